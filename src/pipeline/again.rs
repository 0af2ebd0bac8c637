//! A set made a document again by today's profile, from the bytes that came: one that is held because it became none, or one that a person
//! wants made again, as a new revision ([`reprocess`]).
//!
//! Promises: what we answered to the partner stays, and so does the set's thread; a held set keeps its id and its event's. A set that
//! today's profile rejects stays as it is. Memory stays flat, whatever the size of the message.
//! Fails with the ledger's error, or with a sentence for the operator where there is still no document.

use super::findings::{one_line, to_json};
use super::frame::By;
use super::material::Material;
use super::process::{content_of, version_in_force};
use super::route::{self, Route};
use super::set::Subject;
use super::translate::{Agreed, Translated, tolerance, translate_with};
use super::unpack::Trouble;
use crate::ledger::anew::Retranslated;
use crate::ledger::audit::Actor;
use crate::ledger::document::DocumentLine;
use crate::ledger::{Error, Ledger, id};
use crate::net::spool::Spool;
use crate::profile::{Configuration, PartnerProfile};
use jiff::Timestamp;
use portway_edi::Severity;
use portway_edi::interchange::{Event, Interchange, Limits};
use portway_edi::reader::Reader;
use std::io;
use std::sync::Arc;
use uuid::Uuid;

/// What a set became at last.
#[derive(Debug)]
pub struct Again {
    /// The frozen event for our systems.
    pub event: Vec<u8>,
    pub findings: serde_json::Value,
    pub document: Option<String>,
    pub number: Option<String>,
    pub unmapped: i32,
}

/// Translates the set of a document again; its event gets this id.
///
/// # Errors
/// [`Error::Refused`] where it is still no document: why, and what to do.
pub async fn translate_again(
    ledger: &Ledger,
    configuration: &Configuration,
    profile: &Arc<PartnerProfile>,
    document: &DocumentLine,
    id: Uuid,
) -> Result<Again, Error> {
    let origin = ledger.origin_of_set(document.id).await?;
    let message = ledger.message_to_process(document.message_id).await?;
    let back = |e: &dyn std::fmt::Display| Error::Refused(format!("the message cannot be read back: {e}"));
    let spool = Spool::new(std::env::temp_dir()).map_err(|e| back(&e))?;
    let content = content_of(ledger, &spool, message.id).await.map_err(|e| back(&e))?;
    let connection = version_in_force(ledger, configuration, &message).await.map_err(|e| back(&e))?;
    let Some(connection) = connection else {
        return Err(Error::Refused(format!("no profile {:?} exists: restore it", message.connection)));
    };
    let read = tokio::task::block_in_place(|| {
        let by = By { configuration, connection: &connection, message: &message, spool: &spool };
        match by.read(&content) {
            Ok((material, _)) => {
                nth_set(&material, by.limits(), origin.ordinal, profile).map_err(|e| e.to_string())
            }
            Err(Trouble::Disk(error)) => Err(error.to_string()),
            Err(Trouble::Refused(why)) => Err(why.detail),
        }
    });
    let Some((to, translated)) = read.map_err(|e| back(&e))? else {
        return Err(Error::Refused(format!(
            "message {} has no set number {} any more: restore it from the backup",
            document.message_id, origin.ordinal
        )));
    };
    let Some(data) = &translated.data else { return Err(still_held(&translated)) };
    let Some((station, _)) = configuration.station(to.standard, &to.receiver) else {
        return Err(Error::Refused(format!("{} is none of our addresses any more", to.receiver)));
    };
    let subject = Subject {
        id,
        thread: document.thread_id,
        message: document.message_id,
        document: translated.document.as_deref().or(document.document.as_deref()).unwrap_or_default(),
        number: document.number.as_deref(),
        partner: &document.partner,
        station,
        received_at: origin.received_at,
        test: document.usage != "P",
    };
    Ok(Again {
        event: subject.event(data),
        findings: to_json(&translated.result.findings),
        unmapped: i32::try_from(translated.unmapped).unwrap_or(i32::MAX),
        document: translated.document,
        number: translated.number,
    })
}

/// A document that came, made again by today's profile.
#[derive(Debug)]
pub struct Reprocessed {
    pub id: Uuid,
    /// The frozen event, before and now.
    pub before: Option<Vec<u8>>,
    pub event: Vec<u8>,
    /// Endpoints that get it.
    pub to: Vec<String>,
    /// Endpoints that have taken it before, and do not get it again.
    pub skipped: Vec<String>,
}

/// How a document is made again.
#[derive(Debug, Clone, Copy)]
pub struct Reprocessing<'a> {
    pub actor: &'a Actor,
    pub reason: &'a str,
    /// Also for endpoints that have confirmed it.
    pub all: bool,
    /// Nothing is written.
    pub dry: bool,
    pub now: Timestamp,
}

/// Makes a document that came again, as a new revision: the partner is not answered a second time.
///
/// # Errors
/// [`Error::Refused`] where we rejected it, or today's profile makes no document of it or sends it nowhere: nothing is written.
pub async fn reprocess(
    ledger: &Ledger,
    configuration: &Configuration,
    document: &DocumentLine,
    how: Reprocessing<'_>,
) -> Result<Reprocessed, Error> {
    let old = document.id;
    let partner = &document.partner;
    if document.state == "rejected" || document.answer.as_deref() == Some("R") {
        return Err(Error::Refused(format!(
            "we rejected document {old}, and the partner knows: what was rejected is never posted; ask for a new one"
        )));
    }
    let profile = configuration
        .partner(partner)
        .ok_or_else(|| Error::Refused(format!("there is no profile {partner} any more: restore it first")))?;
    let hops = match route::route(
        configuration,
        profile,
        &document.code,
        document.usage.chars().next().unwrap_or('P'),
    ) {
        Route::To(hops) => hops,
        Route::Held { detail, .. } => return Err(Error::Refused(format!("it would be held: {detail}"))),
    };
    let id = id::derive(old, "revision", 1);
    let again = translate_again(ledger, configuration, profile, document, id).await?;
    let confirmed = if how.all { Vec::new() } else { ledger.confirmed_by(old).await? };
    let (skipped, hops): (Vec<_>, Vec<_>) =
        hops.into_iter().partition(|hop| confirmed.contains(&hop.endpoint));
    let number = again.number.as_deref().or(document.number.as_deref());
    let rows = route::deliveries(profile, &document.code, id, number, &hops);
    if !how.dry {
        let new = Retranslated {
            id,
            document: again.document.as_deref(),
            number: again.number.as_deref(),
            event: &again.event,
            findings: &again.findings,
            unmapped: again.unmapped,
            deliveries: &rows,
        };
        ledger.write_retranslated(old, &new, how.actor, how.reason, how.now).await?;
    }
    let names = |hops: &[route::Hop]| hops.iter().map(|hop| hop.endpoint.clone()).collect();
    Ok(Reprocessed {
        id,
        before: ledger.payload(old).await.ok(),
        event: again.event,
        to: names(&hops),
        skipped: names(&skipped),
    })
}

fn still_held(translated: &Translated) -> Error {
    let faults = translated.result.findings.iter().filter(|f| f.severity == Severity::Error).take(10);
    let faults: Vec<String> = faults.map(one_line).collect();
    Error::Refused(format!("it is still no document by today's profile: {}", faults.join("\n")))
}

/// The set with this position among those of the message, from 1, and its interchange.
fn nth_set(
    material: &Material,
    limits: Limits,
    nth: i32,
    profile: &PartnerProfile,
) -> io::Result<Option<(Interchange, Translated)>> {
    let (mut at, mut of) = (0, None);
    for piece in &material.pieces {
        let mut reader = Reader::new(material.reader(piece)?, limits);
        while let Some(event) = reader.next_event()? {
            match event {
                Event::Interchange(interchange) => of = Some(interchange),
                Event::Set(set) => {
                    at += 1;
                    if at == nth {
                        let agreed = Agreed::with(profile, &set.code);
                        let tolerance = tolerance(profile, set.standard);
                        return Ok(of.map(|of| (of, translate_with(&set, &set.version, tolerance, agreed))));
                    }
                }
                _ => {}
            }
        }
    }
    Ok(None)
}
