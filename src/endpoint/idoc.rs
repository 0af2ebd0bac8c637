//! An event's document as SAP IDoc XML, for an endpoint of files with `format = "idoc"`.
//!
//! The same event makes the same bytes: number and time of the control record are the event's, so a repeated try writes the same file.
//! An event that is of no received document (what became of one of ours, a try of the endpoint) stays CloudEvents JSON.
//! A document that has no IDoc type, or cannot be read back, is an error in words; what an IDoc does not carry is told, not an error.

use super::{EventBody, Outcome};
use crate::profile::source::{IdocSettings, Written};
use bytes::Bytes;
use jiff::Timestamp;
use portway_documents::{DocumentKind, Text};
use portway_idoc::{Address, Control, Direction, Layout};
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

/// DOCNUM has 16 digits.
const NUMBERS: u128 = 10_u128.pow(16);
/// Pointers told of one document.
const MOST: usize = 8;

/// What is written to a file endpoint.
pub struct File {
    /// `<id>.json` or `<id>.xml`.
    pub name: String,
    pub bytes: Bytes,
    /// What the file does not carry of the document, for the history; empty: nothing.
    pub lost: String,
}

/// The members of an event that count here.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    event_type: &'a str,
    time: Timestamp,
    partner: &'a str,
    usage: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The file of an event, in the format of its endpoint; without settings CloudEvents JSON.
///
/// # Errors
/// [`Outcome::Held`]: a person must change what goes there.
pub fn file(event: &EventBody, settings: Option<&IdocSettings>) -> Result<File, Outcome> {
    let json =
        || File { name: format!("{}.json", event.id), bytes: event.bytes.clone(), lost: String::new() };
    let Some(settings) = settings else { return Ok(json()) };
    let held = |why: String| Outcome::Held {
        reason: format!(
            "it cannot be written as an IDoc: {why}. Send it to an endpoint with format = \"json\" too, or instead"
        ),
    };
    let read: Event<'_> =
        serde_json::from_slice(&event.bytes).map_err(|e| held(format!("the event cannot be read: {e}")))?;
    let kind = read.event_type.strip_prefix("portway.").and_then(|rest| rest.strip_suffix(".received"));
    let Some(kind) = kind.and_then(DocumentKind::from_name) else { return Ok(json()) };
    let document = kind.parse(read.data.get()).map_err(|e| held(e.to_string()))?;
    let layout = if settings.indented { Layout::Indented } else { Layout::Compact };
    let written = portway_idoc::write(&document, &control(event, &read, settings), layout);
    let (bytes, findings) = written.map_err(|e| held(e.to_string()))?;
    for finding in &findings {
        tracing::warn!(event = %event.id, code = finding.code.0, value = finding.value, "{}", finding.message);
    }
    let mut lost: Vec<String> = findings.iter().take(MOST).map(|finding| finding.message.clone()).collect();
    if findings.len() > MOST {
        lost.push(format!("and {} more", findings.len() - MOST));
    }
    Ok(File { name: format!("{}.xml", event.id), bytes: bytes.into(), lost: lost.join("; ") })
}

/// The outcome, with what the file does not carry beside it.
pub fn told(outcome: Outcome, lost: &str) -> Outcome {
    match outcome {
        Outcome::Delivered { status, detail } if !lost.is_empty() => {
            Outcome::Delivered { status, detail: format!("{detail}; {lost}") }
        }
        outcome => outcome,
    }
}

/// Whether the endpoint is written IDocs, and with which settings.
pub fn settings(format: Written, settings: Option<&IdocSettings>) -> Option<IdocSettings> {
    (format == Written::Idoc).then(|| settings.cloned().unwrap_or_default())
}

fn control(event: &EventBody, read: &Event<'_>, settings: &IdocSettings) -> Control {
    let number = Uuid::parse_str(&event.id).map_or(0, |id| id.as_u128() % NUMBERS);
    let day = read.time.to_zoned(jiff::tz::TimeZone::UTC);
    Control {
        number: Text::from(format!("{number:016}")),
        client: Text::from(settings.client.as_str()),
        direction: Direction::IntoSap,
        test: read.usage == "test",
        sender: Address {
            port: Text::from(settings.sender_port.as_str()),
            partner_type: Text::from(settings.sender_partner_type.as_str()),
            partner: Text::from(settings.number_of(read.partner)),
            ..Address::default()
        },
        receiver: Address {
            port: Text::from(settings.receiver_port.as_str()),
            partner_type: Text::from(settings.receiver_partner_type.as_str()),
            partner: Text::from(settings.receiver_partner.as_str()),
            ..Address::default()
        },
        created_date: Text::from(day.strftime("%Y%m%d").to_string()),
        created_time: Text::from(day.strftime("%H%M%S").to_string()),
        ..Control::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn event(kind: &str, data: &str) -> EventBody {
        let bytes = format!(
            r#"{{"type":"portway.{kind}","time":"2026-11-04T10:15:00Z","partner":"acme","usage":"live","data":{data}}}"#
        );
        EventBody { id: Uuid::from_u128(7).to_string(), timestamp: 0, bytes: bytes.into() }
    }

    #[test]
    fn a_document_becomes_an_idoc_and_the_same_one_each_time() {
        let text = "sender_port = \"PORTWAY\"\npartners = { \"0000100123\" = \"acme\" }";
        let settings: IdocSettings = toml::from_str(text).unwrap();
        let order = event("purchase-order.received", r#"{"number":"4500123"}"#);
        let (first, again) = (file(&order, Some(&settings)).unwrap(), file(&order, Some(&settings)).unwrap());
        assert_eq!((&first.name, &first.bytes), (&again.name, &again.bytes));
        assert!(first.name.ends_with("07.xml"), "{}", first.name);
        let read = portway_idoc::read(&first.bytes[..]).next().unwrap().unwrap();
        assert_eq!((read.document.number(), read.control.number.as_str()), ("4500123", "0000000000000007"));
        assert_eq!(
            (read.control.sender.partner.as_str(), read.control.sender.port.as_str()),
            ("0000100123", "PORTWAY")
        );
        assert_eq!(read.control.created_date.as_str(), "20261104");
        assert!(file(&order, None).unwrap().name.ends_with(".json"));
    }

    #[test]
    fn what_has_no_idoc_is_held_and_what_is_no_document_stays_json() {
        let settings = IdocSettings::default();
        let payment = event("remittance-advice.received", r#"{"number":"1"}"#);
        let Err(Outcome::Held { reason }) = file(&payment, Some(&settings)) else { panic!("it was written") };
        assert!(reason.contains("IDoc"), "{reason}");
        let status = event("document.status", r#"{"state":"rejected"}"#);
        assert!(file(&status, Some(&settings)).unwrap().name.ends_with(".json"));
    }
}
