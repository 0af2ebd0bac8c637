//! A held set that became no document, because the partner's transform failed on it: made one by today's profile, from the bytes
//! that came.
//!
//! Promises: what we answered to the partner stays, and so do the set's id, number and thread, and with them the event's id. A set
//! that today's profile rejects stays held. Memory stays flat, whatever the size of the message. Nothing is written here.
//! Fails with the ledger's error, or with a sentence for the operator where there is still no document.

use super::findings::{one_line, to_json};
use super::frame::By;
use super::material::Material;
use super::process::{content_of, version_in_force};
use super::set::Subject;
use super::translate::{Agreed, Translated, tolerance, translate_with};
use super::unpack::Trouble;
use crate::ledger::document::DocumentLine;
use crate::ledger::{Error, Ledger};
use crate::net::spool::Spool;
use crate::profile::{Configuration, PartnerProfile};
use portway_edi::Severity;
use portway_edi::interchange::{Event, Interchange, Limits};
use portway_edi::reader::Reader;
use std::io;
use std::sync::Arc;

/// What a set became at last.
#[derive(Debug)]
pub struct Again {
    /// The frozen event for our systems.
    pub event: Vec<u8>,
    pub findings: serde_json::Value,
}

/// Translates the set of a held document again.
///
/// # Errors
/// [`Error::Refused`] where it is still no document: why, and what to do.
pub async fn translate_again(
    ledger: &Ledger,
    configuration: &Configuration,
    profile: &Arc<PartnerProfile>,
    document: &DocumentLine,
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
        id: document.id,
        thread: document.thread_id,
        message: document.message_id,
        document: document.document.as_deref().unwrap_or_default(),
        number: document.number.as_deref(),
        partner: &document.partner,
        station,
        received_at: origin.received_at,
        test: document.usage != "P",
    };
    Ok(Again { event: subject.event(data), findings: to_json(&translated.result.findings) })
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
