//! From spooled bytes to a committed message: what all transports do the same.

use super::{Arrived, Doors};
use crate::ledger::as2::As2In;
use crate::ledger::message::{Accepted, Arrival, Attachment, PART};
use crate::ledger::{self, job};
use crate::net::spool::Spooled;
use crate::profile::PartnerProfile;
use crate::tally;
use std::time::Duration;
use tokio::sync::mpsc::error::SendTimeoutError;
use uuid::Uuid;

/// How long an answer waits for a place among the workers' next messages. The message is committed already.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes that are always kept at hand.
const SMALL: u64 = 16 * 1024;

/// The transport's facts of one message.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub transport: &'static str,
    pub remote: Option<&'a str>,
    pub file_name: Option<&'a str>,
    pub content_type: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
    /// What AS2 knows of it, its receipt included.
    pub as2: Option<&'a As2In>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    New(Uuid),
    /// The same key and content as before.
    Replay(Uuid),
    /// The same key, other content.
    KeyConflict(Uuid),
}

impl Doors {
    /// Commits the message and hands it to the workers. When this returns `Ok`, it is safe on disk.
    ///
    /// # Errors
    /// The ledger's: nothing was accepted, or (connection lost in the commit) nobody knows; the sender must repeat.
    pub async fn take(
        &self,
        from: &PartnerProfile,
        facts: Facts<'_>,
        content: Spooled,
    ) -> ledger::Result<Taken> {
        self.take_with(from, facts, content, Vec::new()).await
    }

    /// The same, with what came beside the EDI.
    ///
    /// # Errors
    /// As [`Doors::take`].
    pub async fn take_with(
        &self,
        from: &PartnerProfile,
        facts: Facts<'_>,
        content: Spooled,
        attachments: Vec<Attachment<'_>>,
    ) -> ledger::Result<Taken> {
        let mut parts =
            content.chunks(PART).after(content.ahead()).map(|part| part.map(|bytes| bytes.to_vec()));
        let arrival = Arrival {
            transport: facts.transport,
            connection: &from.partner.id,
            remote: facts.remote,
            file_name: facts.file_name,
            content_type: facts.content_type,
            profile: &from.hash,
            size: content.size,
            sha256: content.sha256,
            parts: &mut parts,
            ahead: content.ahead(),
            idempotency_key: facts.idempotency_key,
            worked_here: self.processes,
            as2: facts.as2,
            attachments,
        };
        let transport = facts.transport;
        let accepted = self.ledger.accept(arrival, self.clock.now()).await;
        tally::received(transport, verdict(&accepted));
        let accepted = accepted?;
        crate::fault::point("accept.committed");
        Ok(match accepted {
            Accepted::New(receipt) => {
                let message = receipt.message.id;
                let Some(lease) = receipt.lease else {
                    self.ledger.wake.ring(job::PROCESS_LANE);
                    return Ok(Taken::New(message));
                };
                // Past half of the queue the memory of larger ones is better used by those who are first.
                let keep =
                    content.size <= SMALL || self.arrivals.capacity() > self.arrivals.max_capacity() / 2;
                let content = keep.then_some(content);
                let arrived = Arrived { message: receipt.message, lease, content };
                // A sender that outruns the workers is slowed down a little before the ledger's queue takes its messages.
                if let Err(refused) = self.arrivals.send_timeout(arrived, PATIENCE).await {
                    let (SendTimeoutError::Timeout(arrived) | SendTimeoutError::Closed(arrived)) = refused;
                    // It is committed: whatever happens here, the sender is told so.
                    if let Err(error) = self.ledger.give_back(&arrived.lease).await {
                        tracing::warn!(%error, message_id = %message, "not given back; it is worked on when its lease has passed");
                    }
                    self.ledger.wake.ring(job::PROCESS_LANE);
                }
                Taken::New(message)
            }
            Accepted::Replay(message) => Taken::Replay(message),
            Accepted::KeyConflict(message) => Taken::KeyConflict(message),
        })
    }
}

/// The word that is counted.
fn verdict(accepted: &ledger::Result<Accepted>) -> &'static str {
    match accepted {
        Ok(Accepted::New(_)) => "accepted",
        Ok(Accepted::Replay(_)) => "repeated",
        Ok(Accepted::KeyConflict(_)) => "refused",
        Err(_) => "failed",
    }
}
