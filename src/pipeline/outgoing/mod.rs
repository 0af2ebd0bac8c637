//! Our own documents: judged when they are handed over, put into interchanges, and sent off.
//!
//! [`House::hand_over`] answers at once: either the document is in the ledger, with its segments frozen, or the caller learns what is
//! wrong with it and where. What has to wait for nobody is put into an interchange in the same commit; what a profile lets wait for
//! others leaves with them ([`batch`]). From then on it is a message like any other: a delivery in the partner's lane.
//!
//! Fails with [`Refusal`]: nothing was taken, and whose move it is.

pub mod anew;
pub mod batch;
mod fault;
mod interchange;
mod judge;
pub mod shape;
mod target;

use super::House;
use super::due;
use super::findings::to_json;
use super::thread;
use crate::ledger::audit::Actor;
use crate::ledger::outgoing::Taken;
use crate::ledger::{self, Ledger, id};
use crate::profile::partner::Status;
use crate::profile::{Configuration, PartnerProfile};
use interchange::{Envelope, Filled, Manner, send_off};
use jiff::Timestamp;
use portway_documents::Document;
use portway_edi::Severity;
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub use fault::{Fault, worth_telling};
pub use judge::{Judged, Told, judge};
pub use shape::parsed;
pub use target::Wanted;

/// A document that one of our systems hands over.
#[derive(Debug, Clone)]
pub struct HandOver<'a> {
    /// Whose doing it is, for the audit trail.
    pub actor: &'a Actor,
    /// Who: a client's name, an endpoint's.
    pub source: &'a str,
    /// `api`, `directory`, `sftp`, `command`, `result`.
    pub transport: &'static str,
    pub remote: Option<&'a str>,
    pub file_name: Option<&'a str>,
    pub content_type: Option<&'a str>,
    /// Of the caller's own making: the same again is the same document.
    pub key: Option<&'a str>,
    /// As it came.
    pub body: &'a [u8],
    pub document: &'a Document,
    /// The partner's id.
    pub partner: &'a str,
    /// The set, where the document may become several.
    pub set: Option<&'a str>,
    /// Marked as a test, although the partner is live.
    pub test: bool,
    /// Every value that the set does not carry is an error.
    pub strict: bool,
    /// The thread that it belongs to; by default that of its number.
    pub thread: Option<Uuid>,
}

/// A document that is in the ledger.
#[derive(Debug, Clone)]
pub struct HandedOver {
    pub document: Uuid,
    pub message: Uuid,
    /// It was handed over before, under the same key.
    pub replay: bool,
    /// What a person may want to know: warnings and notes.
    pub told: Vec<Told>,
    /// `routed`, `translated` while it waits for others, `held`.
    pub state: &'static str,
    pub code: String,
    pub thread: Uuid,
}

/// Nothing was taken.
#[derive(Debug)]
pub enum Refusal {
    /// No such partner, or not for this caller.
    NoPartner(String),
    /// The partner's profile does not let it go: what to do.
    NotAgreed(String),
    /// The document is not what the set and the guide ask for.
    Invalid {
        code: String,
        version: String,
        told: Vec<Told>,
        /// The pointers are into what the partner's transform made of it.
        transformed: bool,
    },
    /// A transform or a writer of ours refuses it.
    Unwritable(String),
    /// The key was used before, for another document.
    KeyUsed {
        document: Uuid,
    },
    Ledger(ledger::Error),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::NoPartner(why) | Refusal::NotAgreed(why) | Refusal::Unwritable(why) => f.write_str(why),
            Refusal::Invalid { code, version, told, .. } => {
                let errors = told.iter().filter(|told| told.finding.severity == Severity::Error).count();
                write!(f, "it does not become {code} in version {version}: {errors} errors")
            }
            Refusal::KeyUsed { document } => {
                write!(f, "this key was used before, for document {document} with other content")
            }
            Refusal::Ledger(error) => error.fmt(f),
        }
    }
}

impl From<ledger::Error> for Refusal {
    fn from(error: ledger::Error) -> Refusal {
        Refusal::Ledger(error)
    }
}

impl House {
    /// Takes a document for a partner. When this returns `Ok`, it is in the ledger for good.
    ///
    /// # Errors
    /// [`Refusal`]: nothing was taken.
    pub async fn hand_over(&self, handed: &HandOver<'_>) -> Result<HandedOver, Refusal> {
        hand_over(&self.ledger, &self.profiles.current(), self.clock.now(), handed).await
    }
}

/// The same, for whoever has no running gateway.
///
/// # Errors
/// [`Refusal`]: nothing was taken.
pub async fn hand_over(
    ledger: &Ledger,
    configuration: &Configuration,
    now: Timestamp,
    handed: &HandOver<'_>,
) -> Result<HandedOver, Refusal> {
    let sha256 = same(handed);
    let scope = format!("ours:{}", handed.source);
    if let Some(key) = handed.key
        && let Some(before) = ledger.handed_over_before((&scope, key), &sha256).await?
    {
        return before_it(ledger, before).await;
    }
    let judged = tokio::task::block_in_place(|| judge(configuration, handed))?;
    let message = id::new(now);
    let document = id::derive(message, "set", 1);
    let envelope =
        Envelope::of(configuration, &judged.profile, judged.wanted.standard).map_err(Refusal::NotAgreed)?;
    let usage = if handed.test || judged.profile.partner.status == Status::Test { 'T' } else { 'P' };
    let paused = judged.profile.partner.status == Status::Paused;
    let number = Some(handed.document.number()).filter(|number| !number.is_empty());
    let leaves_at = batch::leaves_at(&judged.profile.partner, &judged.wanted.code, now);
    let send = judged.profile.partner.send.get(&judged.wanted.code);
    let segments = serde_json::to_vec(&judged.composed.segments)
        .map_err(|error| Refusal::Unwritable(error.to_string()))?;
    let mut tx = ledger.begin_process(message, 0, now).await?;
    let asked = thread::Asked {
        set: document,
        partner: handed.partner,
        name: handed.document.kind().name(),
        number,
        document: Some(handed.document),
    };
    let threads = thread::of(&mut tx, &[asked]).await?.swap_remove(0);
    // An answer of ours stands with what it answers, whatever its own number is.
    let thread = handed.thread.unwrap_or(threads.first);
    let before = tx
        .take_document(&Taken {
            actor: handed.actor,
            message,
            set: document,
            source: handed.source,
            transport: handed.transport,
            remote: handed.remote,
            file_name: handed.file_name,
            content_type: handed.content_type,
            key: handed.key.map(|key| (scope.as_str(), key)),
            body: handed.body,
            sha256,
            partner: handed.partner,
            station: &envelope.station,
            profile: &judged.profile.hash,
            code: &judged.wanted.code,
            version: &judged.wanted.version,
            functional_id: judged.wanted.schema.functional_id(),
            usage,
            document: handed.document.kind().name(),
            number,
            thread,
            further: &threads.further,
            unplaced: &threads.unplaced,
            says: due::says(handed.document, &judged.profile),
            findings: &to_json(&judged.composed.findings),
            segments: &segments,
            state: if paused { "held" } else { "translated" },
            reason: paused.then_some("paused"),
            leaves_at,
            batch: send.and_then(|send| send.count).map(i64::from).filter(|_| leaves_at > now),
        })
        .await?;
    if let Some(before) = before {
        drop(tx);
        return before_it(ledger, before).await;
    }
    if let Some(why) = due::ends(handed.document).filter(|_| judged.profile.partner.times_answers()) {
        tx.orders_end(document, handed.partner, why).await?;
    }
    let at_once = !paused && leaves_at <= now;
    if at_once {
        let filled = Filled {
            id: document,
            code: &judged.wanted.code,
            version: &judged.wanted.version,
            functional_id: judged.wanted.schema.functional_id(),
            segments: &judged.composed.segments,
        };
        let manner = Manner { now, usage, gapless: false };
        send_off(ledger, &mut tx, &envelope, manner, &[filled]).await?;
    }
    tx.commit().await?;
    crate::fault::point("outgoing.committed");
    let state = if paused {
        "held"
    } else if at_once {
        "routed"
    } else {
        "translated"
    };
    tracing::info!(document = %document, partner = handed.partner, code = %judged.wanted.code, state, by = handed.source, "handed over");
    let code = judged.wanted.code;
    Ok(HandedOver { document, message, replay: false, told: judged.told, state, code, thread })
}

async fn before_it(ledger: &Ledger, before: crate::ledger::outgoing::Before) -> Result<HandedOver, Refusal> {
    let document = id::derive(before.message, "set", 1);
    if !before.same {
        return Err(Refusal::KeyUsed { document });
    }
    let line = ledger.find_documents(&document.to_string()).await?.swap_remove(0);
    Ok(HandedOver {
        document,
        message: before.message,
        replay: true,
        told: Vec::new(),
        state: match line.state.as_str() {
            "held" => "held",
            "translated" => "translated",
            "done" => "done",
            "cancelled" => "cancelled",
            _ => "routed",
        },
        code: line.code,
        thread: line.thread_id,
    })
}

/// What makes two hand-overs under one key the same.
fn same(handed: &HandOver<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [handed.partner, handed.document.kind().name(), handed.set.unwrap_or_default()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update([u8::from(handed.test)]);
    hash.update(handed.body);
    hash.finalize().into()
}

/// `YYYYMMDD` and `HHMM` by the partner's clock.
fn stamp(profile: &PartnerProfile, now: Timestamp) -> (String, String) {
    let zone = profile.partner.time_zone.as_ref().map_or(jiff::tz::TimeZone::UTC, |zone| zone.get());
    let there = now.to_zoned(zone);
    (there.strftime("%Y%m%d").to_string(), there.strftime("%H%M").to_string())
}
