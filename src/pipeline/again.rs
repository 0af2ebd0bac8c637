//! A held set that became no document, because the partner's transform failed on it: made one by today's profile, from the bytes
//! that came.
//!
//! Promises: what we answered to the partner stays, and so do the set's id, number and thread, and with them the event's id. A set
//! that today's profile rejects stays held. Memory stays flat, whatever the size of the message. Nothing is written here.
//! Fails with the ledger's error, or with a sentence for the operator where there is still no document.

use super::findings::{one_line, to_json};
use super::set::Subject;
use super::translate::{Agreed, Translated, tolerance, translate_with};
use crate::ledger::document::DocumentLine;
use crate::ledger::message::PART;
use crate::ledger::{Error, Ledger};
use crate::profile::{Configuration, PartnerProfile};
use portway_edi::Severity;
use portway_edi::interchange::{Event, Interchange, Limits};
use portway_edi::reader::Reader;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use tokio::sync::mpsc;

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
    let limits = Limits { max_set_bytes: configuration.gateway.limits.max_set_bytes, ..Limits::default() };
    let (send, parts) = mpsc::channel(2);
    let by = Arc::clone(profile);
    let reading = tokio::task::spawn_blocking(move || nth_set(parts, limits, origin.ordinal, &by));
    let mut part = 0;
    while let Some(bytes) = ledger.payload_part(document.message_id, part).await? {
        let last = bytes.len() < PART;
        // The reader leaves once it has its set.
        if send.send(bytes).await.is_err() || last {
            break;
        }
        part += 1;
    }
    drop(send);
    let read = reading.await.map_err(io::Error::other).flatten();
    let read = read.map_err(|e| Error::Refused(format!("the message cannot be read back: {e}")))?;
    let Some((to, translated)) = read else {
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
    parts: mpsc::Receiver<Vec<u8>>,
    limits: Limits,
    nth: i32,
    profile: &PartnerProfile,
) -> io::Result<Option<(Interchange, Translated)>> {
    let content = Content { parts, now: Cursor::default() };
    let mut reader = Reader::new(BufReader::new(content), limits);
    let (mut at, mut of) = (0, None);
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
    Ok(None)
}

/// The parts of a payload, one after the other.
struct Content {
    parts: mpsc::Receiver<Vec<u8>>,
    now: Cursor<Vec<u8>>,
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.now.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.parts.blocking_recv() {
                Some(next) => self.now = Cursor::new(next),
                None => return Ok(0),
            }
        }
    }
}
