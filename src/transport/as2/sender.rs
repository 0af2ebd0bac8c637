//! Our messages and receipts, to a partner's address.

use super::packing::{Content, Link, Packing};
use super::{door, reach, receipt};
use crate::clock::SharedClock;
use crate::ledger::as2::{Expected, Fields, Freeze, Frozen, Mdn};
use crate::ledger::delivery::Due;
use crate::ledger::message::PART;
use crate::ledger::{self, Ledger, id};
use crate::net::http::Answer;
use crate::net::outcome::Outcome;
use crate::net::spool::{Spool, Spooled};
use crate::profile::as2::As2;
use futures_util::stream;
use jiff::SignedDuration;
use portway_as2::{header, mdn};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Sends to partners; keeps one client each, for its connections, until the profile changes.
#[derive(Default)]
pub struct Sender(Mutex<HashMap<String, ([u8; 32], reqwest::Client)>>);

/// What one sending works with.
#[derive(Clone)]
pub struct Outgoing {
    pub ledger: Ledger,
    pub spool: Spool,
    /// A try may take long: what happens at its end has its own time.
    pub clock: SharedClock,
    pub link: Link,
}

impl Sender {
    /// One try of one message. What the receipt says is written down before this returns.
    pub async fn send(&self, out: &Outgoing, due: &Due) -> Outcome {
        let partner = &out.link.profile.partner.id;
        let Some(as2) = out.link.profile.partner.as2.as_ref() else {
            return ours(format!("[as2] is gone from the profile {partner}; restore it"));
        };
        let Some(url) = &as2.url else {
            return ours(format!("[as2] url is gone from the profile {partner}; restore it"));
        };
        let mut frozen = match self.frozen(out, as2, due).await {
            Ok(frozen) => frozen,
            Err(why) => return ours(why),
        };
        crate::fault::point("as2.frozen");
        if frozen.accepted {
            return Outcome::Delivered { status: None, detail: "its receipt had come already".to_owned() };
        }
        if frozen.repeated && as2.interop.new_message_id {
            let renewed = header::message_id(&Uuid::now_v7().simple().to_string(), &out.link.domain());
            if let Err(error) = out.ledger.as2_new_exchange(due.subject, &renewed).await {
                return ours(error.to_string());
            }
            set(&mut frozen.fields, "Message-ID", &renewed);
            frozen.exchange = renewed;
        }
        let body = reqwest::Body::wrap_stream(payload(out.ledger.clone(), frozen.sealed));
        let answer = match self.exchange(out, as2, url, &frozen.fields, body, frozen.size).await {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        crate::fault::point("as2.answered");
        self.judge(out, as2, due, &frozen, answer).await
    }

    /// One try of a receipt that was wanted later.
    pub async fn send_receipt(&self, out: &Outgoing, due: &mut Due) -> Outcome {
        let partner = &out.link.profile.partner.id;
        let Some(as2) = out.link.profile.partner.as2.as_ref() else {
            return ours(format!("[as2] is gone from the profile {partner}; restore it"));
        };
        let (target, bytes) =
            match (out.ledger.as2_receipt_to_send(due.subject).await, out.ledger.payload_of(due).await) {
                (Ok(target), Ok(bytes)) => (target, bytes),
                (Err(error), _) | (_, Err(error)) => return ours(error.to_string()),
            };
        let Some((url, fields)) = target else {
            return ours("the receipt's address is not in the ledger".to_owned());
        };
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        match self.exchange(out, as2, &url, &fields, bytes.into(), size).await {
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        }
    }

    async fn exchange(
        &self,
        out: &Outgoing,
        as2: &As2,
        url: &str,
        fields: &Fields,
        body: reqwest::Body,
        size: i64,
    ) -> Result<Answer, Outcome> {
        let client = self.client(out, as2).map_err(ours)?;
        reach::post(&client, &out.link, as2, url, fields, body, size).await
    }

    async fn judge(&self, out: &Outgoing, as2: &As2, due: &Due, frozen: &Frozen, answer: Answer) -> Outcome {
        let start = &answer.body[..answer.body.len().min(1024)];
        if frozen.mdn == Mdn::None || !mdn::is_mdn(&answer.fields, start) {
            return self.unreceipted(out, as2, due, frozen, &answer).await;
        }
        let pinned = receipt::signers(&out.link.profile);
        let read = tokio::task::block_in_place(|| mdn::read(&answer.fields, &answer.body, pinned));
        let received = match read {
            Ok(received) => received,
            Err(why) => {
                let reason = format!("the receipt in the answer cannot be read: {why:?}");
                return Outcome::Uncertain { reason, status: Some(answer.status) };
            }
        };
        let expected = Expected { message: due.subject, mdn: frozen.mdn, mic: frozen.mic.clone() };
        let mut judgement = receipt::judge(&received, Some(&expected), as2.mdn_signed, frozen.repeated);
        if judgement.exchange != frozen.exchange {
            let reason = format!("the receipt in the answer is for another message, {}", judgement.exchange);
            return Outcome::Uncertain { reason, status: Some(answer.status) };
        }
        // It came as the answer to our own request: who else could have written it?
        judgement.forgeable = false;
        let names = (as2.id.as_str(), out.link.us());
        let when = (door::coalesce(&out.link.configuration), out.clock.now());
        let written = receipt::settle(
            &out.ledger,
            &out.link.profile,
            names,
            Some(&expected),
            &judgement,
            answer.body.clone(),
            when,
        )
        .await;
        if let Err(error) = written {
            let reason = format!("the receipt could not be written down: {error}");
            return Outcome::Uncertain { reason, status: Some(answer.status) };
        }
        let status = Some(answer.status);
        match (judgement.word, judgement.temporary) {
            ("rejected", true) => Outcome::Deferred { reason: judgement.detail, retry_after: None, status },
            ("rejected", false) => Outcome::Refused { reason: judgement.detail, status },
            _ => Outcome::Delivered { status, detail: judgement.detail },
        }
    }

    /// An answer without a receipt.
    async fn unreceipted(
        &self,
        out: &Outgoing,
        as2: &As2,
        due: &Due,
        frozen: &Frozen,
        answer: &Answer,
    ) -> Outcome {
        let outcome = answer.outcome();
        if !matches!(outcome, Outcome::Delivered { .. }) {
            return outcome;
        }
        match frozen.mdn {
            Mdn::None => outcome,
            Mdn::Sync => Outcome::Uncertain {
                reason: format!("they answered {} without the receipt that we asked for", answer.status),
                status: Some(answer.status),
            },
            Mdn::Async => {
                let wait =
                    SignedDuration::try_from(as2.mdn_due.duration()).unwrap_or(SignedDuration::from_hours(1));
                let now = out.clock.now();
                let until = now.checked_add(wait).unwrap_or(now);
                match out.ledger.receipt_due(due.subject, until).await {
                    Ok(()) => outcome,
                    Err(error) => {
                        Outcome::Uncertain { reason: error.to_string(), status: Some(answer.status) }
                    }
                }
            }
        }
    }

    fn client(&self, out: &Outgoing, as2: &As2) -> Result<reqwest::Client, String> {
        let partner = &out.link.profile.partner.id;
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match clients.get(partner) {
            Some((hash, client)) if *hash == out.link.profile.hash => Ok(client.clone()),
            _ => {
                let client = reach::client(&out.link, as2)?;
                clients.insert(partner.clone(), (out.link.profile.hash, client.clone()));
                Ok(client)
            }
        }
    }

    /// The frozen form: of an earlier try, or made now.
    async fn frozen(&self, out: &Outgoing, as2: &As2, due: &Due) -> Result<Frozen, String> {
        let stored = out.ledger.as2_frozen(due.subject).await.map_err(|e| e.to_string())?;
        if let Some(frozen) = stored {
            return Ok(frozen);
        }
        let content = content(out, due.subject).await.map_err(|e| e.to_string())?;
        let exchange = header::message_id(&id_text(due.subject), &out.link.domain());
        let mdn = Content::mdn(as2);
        let file_name = due.file_name.clone().unwrap_or_else(|| format!("{}.edi", due.subject));
        let what = Content { exchange: exchange.clone(), file_name, content_type: None, mdn };
        let packing = Packing::of(&out.link, as2, what)?;
        let (fields, facts) = (packing.fields.clone(), packing.facts.clone());
        let spool = out.spool.clone();
        let (sealed, bytes) = tokio::task::spawn_blocking(move || packing.pack(&content, &spool))
            .await
            .map_err(|e| e.to_string())?
            .map_err(|e| format!("the message cannot be packed: {e}"))?;
        let mut all = fields;
        all.extend(sealed.fields);
        let mut parts = bytes.chunks(PART).map(|part| part.map(|bytes| bytes.to_vec()));
        let freeze = Freeze {
            as2_from: out.link.us(),
            as2_to: &as2.id,
            exchange: &exchange,
            facts,
            mic: (mdn != Mdn::None).then(|| (sealed.mic.digest.name().to_owned(), sealed.mic.base64())),
            mdn,
            fields: all,
            size: bytes.size,
            parts: &mut parts,
        };
        out.ledger.freeze_as2(due.subject, freeze, out.link.now).await.map_err(|e| e.to_string())
    }
}

/// The payload of a frozen message, part by part.
fn payload(ledger: Ledger, owner: Uuid) -> impl futures_util::Stream<Item = ledger::Result<Vec<u8>>> {
    stream::try_unfold((ledger, 0), move |(ledger, part)| async move {
        let bytes = ledger.payload_part(owner, part).await?;
        Ok(bytes.map(|bytes| (bytes, (ledger, part + 1))))
    })
}

/// The EDI, from the ledger into the spool.
async fn content(out: &Outgoing, message: Uuid) -> Result<Spooled, String> {
    let mut writer = out.spool.writer(u64::MAX);
    let mut part = 0;
    while let Some(bytes) = out.ledger.payload_part(message, part).await.map_err(|e| e.to_string())? {
        writer.write(&bytes).await.map_err(|e| e.to_string())?;
        part += 1;
    }
    writer.finish().await.map_err(|e| e.to_string())
}

/// The Message-ID is made from the message's own id: a second worker would make the same one.
fn id_text(message: Uuid) -> String {
    id::derive(message, "as2", 0).simple().to_string()
}

fn set(fields: &mut Fields, name: &str, value: &str) {
    for (known, old) in fields.iter_mut() {
        if known.eq_ignore_ascii_case(name) {
            value.clone_into(old);
        }
    }
}

/// Ours to mend; nothing left us.
pub fn ours(reason: String) -> Outcome {
    Outcome::Deferred { reason, retry_after: None, status: None }
}
