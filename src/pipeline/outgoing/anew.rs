//! A document of ours once more: reissued (the frozen segments under new control numbers) or made again (by today's profile, from what
//! was handed over).
//!
//! Either is one transaction: the old interchange's answers are waived, the new one leaves and is waited for. A dry run does all of it and
//! rolls back, so what it shows is what would leave; its numbers are taken inside the transaction and are not used up. Refused while the
//! old interchange is still on its way, and where the document was made again since.

use super::interchange::{Envelope, Filled, Left, Manner, send_off};
use super::{HandOver, Refusal, judge};
use crate::ledger::anew::{Ours, Recomposed};
use crate::ledger::audit::Actor;
use crate::ledger::process::Process;
use crate::ledger::{Error, Ledger, id, job};
use crate::pipeline::findings::to_json;
use crate::profile::Configuration;
use crate::profile::partner::Status;
use jiff::Timestamp;
use portway_documents::{DocumentKind, Written};
use portway_edi::Standard;
use uuid::Uuid;

/// What is to be done, and how.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub set: Uuid,
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// Nothing stays written.
    pub dry: bool,
    pub now: Timestamp,
}

/// What left anew.
#[derive(Debug)]
pub struct Anew {
    /// The document: the same, or its revision.
    pub document: Uuid,
    /// The message that carries it.
    pub message: Uuid,
    pub control_number: String,
    pub partner: String,
    /// The interchange that it left in before, where it had left.
    pub before: Option<Vec<u8>>,
    pub bytes: Vec<u8>,
}

/// The same segments under new control numbers.
///
/// # Errors
/// [`Refusal`]: nothing was sent.
pub async fn reissue(
    ledger: &Ledger,
    configuration: &Configuration,
    asked: &Asked<'_>,
) -> Result<Anew, Refusal> {
    let mut tx = ledger.begin_process(id::new(asked.now), 0, asked.now).await?;
    let ours = tx.lock_ours(asked.set).await?;
    if ours.interchange_id.is_none() {
        return Err(refused(format!(
            "document {} has not left yet, so there is nothing to reissue: see 'portway doc show {}'",
            ours.id, ours.id
        )));
    }
    may_go(&ours)?;
    let frozen = ledger.frozen_segments(ours.id).await?;
    let segments: Vec<Written> = serde_json::from_slice(&frozen)
        .map_err(|error| Refusal::Unwritable(format!("document {}: {error}", ours.id)))?;
    let before = before(ledger, &ours).await?;
    tx.give_up_old(&ours, "reissue", None, asked.actor, asked.reason).await?;
    tx.wait_again(ours.id).await?;
    let filled = Filled {
        id: ours.id,
        code: &ours.code,
        version: &ours.version,
        functional_id: &ours.functional_id,
        segments: &segments,
    };
    let usage = ours.usage.chars().next().unwrap_or('T');
    let left = leave(ledger, configuration, &mut tx, &ours, usage, &filled, asked).await?;
    finish(ledger, tx, left, before, ours.id, &ours.partner, asked.dry).await
}

/// Made again from what was handed over, by today's profile.
///
/// # Errors
/// [`Refusal`]: nothing was sent.
pub async fn recompose(
    ledger: &Ledger,
    configuration: &Configuration,
    asked: &Asked<'_>,
) -> Result<Anew, Refusal> {
    let mut tx = ledger.begin_process(id::new(asked.now), 0, asked.now).await?;
    let ours = tx.lock_ours(asked.set).await?;
    may_go(&ours)?;
    let body = ledger.payload(ours.message_id).await?;
    let kind = ours.document.as_deref().and_then(DocumentKind::from_name);
    let document = kind.and_then(|kind| kind.parse(std::str::from_utf8(&body).ok()?).ok());
    let document = document.ok_or_else(|| {
        let message = ours.message_id;
        refused(format!("what was handed over is not a document that can be read back: see 'portway message raw {message}'"))
    })?;
    let handed = HandOver {
        actor: asked.actor,
        source: "",
        transport: "command",
        remote: None,
        file_name: None,
        content_type: None,
        key: None,
        body: &body,
        document: &document,
        partner: &ours.partner,
        set: Some(&ours.code),
        test: ours.usage != "P",
        strict: false,
        thread: None,
    };
    let judged = tokio::task::block_in_place(|| judge(configuration, &handed))?;
    let segments = serde_json::to_vec(&judged.composed.segments)
        .map_err(|error| Refusal::Unwritable(error.to_string()))?;
    let before = before(ledger, &ours).await?;
    let new = id::derive(ours.id, "revision", 1);
    let test = ours.usage != "P" || judged.profile.partner.status == Status::Test;
    let recomposed = Recomposed {
        id: new,
        code: &judged.wanted.code,
        version: &judged.wanted.version,
        functional_id: judged.wanted.schema.functional_id(),
        usage: if test { 'T' } else { 'P' },
        segments: &segments,
        findings: &to_json(&judged.composed.findings),
    };
    tx.give_up_old(&ours, "reprocess", Some(new), asked.actor, asked.reason).await?;
    tx.write_recomposed(&ours, &recomposed, asked.actor, asked.reason).await?;
    let filled = Filled {
        id: new,
        code: recomposed.code,
        version: recomposed.version,
        functional_id: recomposed.functional_id,
        segments: &judged.composed.segments,
    };
    let left = leave(ledger, configuration, &mut tx, &ours, recomposed.usage, &filled, asked).await?;
    finish(ledger, tx, left, before, new, &ours.partner, asked.dry).await
}

/// # Errors
/// It was made again since, given up, or is still on its way.
fn may_go(ours: &Ours) -> Result<(), Refusal> {
    let set = ours.id;
    if let Some(later) = ours.later {
        return Err(refused(format!("document {set} was made again since, as {later}: name that one")));
    }
    if ours.state == "cancelled" {
        return Err(refused(format!("document {set} was given up: hand it over again")));
    }
    match ours.delivery.as_deref() {
        Some(state @ ("queued" | "delivering" | "deferred" | "uncertain")) => Err(refused(format!(
            "document {set} is still on its way in interchange {} ({state}): once it was handed over or given up, it can go anew",
            ours.control_number.as_deref().unwrap_or_default()
        ))),
        _ => Ok(()),
    }
}

fn refused(why: String) -> Refusal {
    Refusal::Ledger(Error::Refused(why))
}

async fn before(ledger: &Ledger, ours: &Ours) -> Result<Option<Vec<u8>>, Refusal> {
    match ours.interchange_message {
        Some(message) => Ok(Some(ledger.payload(message).await?)),
        None => Ok(None),
    }
}

async fn leave(
    ledger: &Ledger,
    configuration: &Configuration,
    tx: &mut Process<'_>,
    ours: &Ours,
    usage: char,
    filled: &Filled<'_>,
    asked: &Asked<'_>,
) -> Result<Left, Refusal> {
    let partner = &ours.partner;
    let profile = configuration.partner(partner).ok_or_else(|| {
        Refusal::NoPartner(format!("there is no profile {partner} any more: restore it first"))
    })?;
    if matches!(profile.partner.status, Status::Draft | Status::Paused) {
        return Err(Refusal::NotAgreed(format!(
            "{partner} is a draft or paused: set its status in partners.d/{partner}.toml first"
        )));
    }
    let x12 = filled.code.starts_with(|c: char| c.is_ascii_digit());
    let standard = if x12 { Standard::X12 } else { Standard::Edifact };
    let envelope = Envelope::of(configuration, profile, standard).map_err(Refusal::NotAgreed)?;
    let manner = Manner { now: asked.now, usage, gapless: asked.dry };
    let filled = Filled { ..*filled };
    let left = send_off(ledger, tx, &envelope, manner, &[filled]).await?;
    tx.note_reissue(left.interchange, ours.interchange_id).await?;
    Ok(left)
}

async fn finish(
    ledger: &Ledger,
    tx: Process<'_>,
    left: Left,
    before: Option<Vec<u8>>,
    document: Uuid,
    partner: &str,
    dry: bool,
) -> Result<Anew, Refusal> {
    if dry {
        drop(tx);
    } else {
        tx.commit().await?;
        ledger.ring_all(&[&job::partner_lane(&left.target)]).await?;
    }
    let Left { message, control_number, bytes, .. } = left;
    Ok(Anew { document, message, control_number, partner: partner.to_owned(), before, bytes })
}
