//! The event that our systems receive: a CloudEvents 1.0 envelope in the JSON format, `data` the canonical document.
//!
//! The bytes are made once, stored, and never made again: a redelivery sends the same bytes under the same id. `data`
//! goes in as it is, without being parsed. Extension attributes are lower-case letters and digits, as CloudEvents 1.0
//! section "Naming conventions" asks. Fields are only ever added.

use serde::Serialize;

/// The parts of an event. Instants are RFC 3339.
#[derive(Debug, Clone, Copy)]
pub struct EventParts<'a> {
    /// Unique together with `source`; also `webhook-id`, `Idempotency-Key` and the file's name.
    pub id: &'a str,
    /// URI reference of who speaks: `/portway/<station>`.
    pub source: &'a str,
    /// `portway.purchase-order.received`, …
    pub event_type: &'a str,
    /// What it is about in the partner's words: the document's number.
    pub subject: Option<&'a str>,
    /// When it happened: the receipt of the message.
    pub time: &'a str,
    /// URI of the JSON Schema that `data` follows.
    pub data_schema: Option<&'a str>,
    /// The partner's id in our profiles.
    pub partner: &'a str,
    /// Our station's id.
    pub station: &'a str,
    /// The thread of all that belongs to one order.
    pub thread: Option<&'a str>,
    /// The message it came in.
    pub message: Option<&'a str>,
    /// ISA15 = T or UNB 0035 = 1: `usage` says `test`, else `live`.
    pub test: bool,
    /// The canonical document, JSON.
    pub data: &'a [u8],
}

/// CloudEvents 1.0 JSON format, section 3; the order of members is ours and fixed. `data` comes last, as it was written.
#[derive(Serialize)]
struct Envelope<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    time: &'a str,
    datacontenttype: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataschema: Option<&'a str>,
    partner: &'a str,
    station: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    threadid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    messageid: Option<&'a str>,
    usage: &'static str,
}

/// The envelope's bytes, compact, UTF-8.
pub fn event_bytes(parts: EventParts<'_>) -> Vec<u8> {
    // CloudEvents forbids empty attributes: those are left out.
    let envelope = Envelope {
        specversion: "1.0",
        id: parts.id,
        source: parts.source,
        event_type: parts.event_type,
        subject: parts.subject.filter(|s| !s.is_empty()),
        time: parts.time,
        datacontenttype: "application/json",
        dataschema: parts.data_schema.filter(|s| !s.is_empty()),
        partner: parts.partner,
        station: parts.station,
        threadid: parts.thread.filter(|s| !s.is_empty()),
        messageid: parts.message.filter(|s| !s.is_empty()),
        usage: if parts.test { "test" } else { "live" },
    };
    let mut bytes = Vec::with_capacity(512 + parts.data.len());
    // Strings into a vector: nothing in it can fail.
    let written = serde_json::to_writer(&mut bytes, &envelope);
    debug_assert!(written.is_ok());
    bytes.pop();
    bytes.extend_from_slice(br#","data":"#);
    bytes.extend_from_slice(parts.data);
    bytes.push(b'}');
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn an_envelope_in_full() {
        let data = br#"{"number":"4500123","total":"10.50"}"#;
        let parts = EventParts {
            id: "0199-1",
            source: "/portway/us",
            event_type: "portway.purchase-order.received",
            subject: Some("PO \"4500123\""),
            time: "2026-11-04T10:15:00Z",
            data_schema: None,
            partner: "acme-retail",
            station: "us",
            thread: Some("t-1"),
            message: Some("m-1"),
            test: true,
            data,
        };
        let text = String::from_utf8(event_bytes(parts)).unwrap();
        insta::assert_snapshot!(text, @r#"{"specversion":"1.0","id":"0199-1","source":"/portway/us","type":"portway.purchase-order.received","subject":"PO \"4500123\"","time":"2026-11-04T10:15:00Z","datacontenttype":"application/json","partner":"acme-retail","station":"us","threadid":"t-1","messageid":"m-1","usage":"test","data":{"number":"4500123","total":"10.50"}}"#);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for name in value.as_object().unwrap().keys() {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{name}");
        }
        let live = EventParts { test: false, subject: Some(""), thread: None, message: None, ..parts };
        let value: serde_json::Value = serde_json::from_slice(&event_bytes(live)).unwrap();
        assert_eq!(value["usage"], "live");
        assert!(value.get("subject").is_none() && value.get("threadid").is_none());
    }
}
