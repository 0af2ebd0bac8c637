//! Acknowledge: what we owe for an interchange, and the interchange that says it.
//!
//! One answer an interchange: a TA1 where owed, and one 997 a group. Its control numbers come from the ledger, so it is built
//! inside the transaction that writes it; the rest is computed before.

use crate::ledger::id;
use crate::ledger::process::{AcknowledgementRow, OutMessage, answer_id};
use crate::profile::PartnerProfile;
use crate::profile::gateway::Station;
use crate::profile::partner::{Partner, Ta1, X12};
use jiff::Timestamp;
use portway_edi::Delimiters;
use portway_edi::acknowledgement::{AckCode, InterchangeResult, write};
use portway_edi::x12::writer::{Envelope, WriteError};
use uuid::Uuid;

/// What is owed for one interchange; `None` when nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    pub ta1: bool,
    pub functional: bool,
}

pub fn owed(x12: &X12, result: &InterchangeResult) -> Option<Owed> {
    owed_under(x12.ta1, x12.functional_acknowledgement, result)
}

/// What is owed when no profile says otherwise: a TA1 on request or for a rejected interchange, a 997 for each group.
pub fn owed_by_default(result: &InterchangeResult) -> Option<Owed> {
    owed_under(Ta1::default(), true, result)
}

fn owed_under(ta1: Ta1, functional_acknowledgement: bool, result: &InterchangeResult) -> Option<Owed> {
    let rejected = result.verdict() == AckCode::Rejected;
    let ta1 = match ta1 {
        Ta1::OnRequest => result.header.acknowledgement_requested || rejected,
        Ta1::Always => true,
        Ta1::OnError => rejected,
        Ta1::Never => false,
    };
    let functional = functional_acknowledgement
        && !rejected
        && result.groups.iter().any(|g| g.header.functional_id != "FA");
    (ta1 || functional).then_some(Owed { ta1, functional })
}

/// Everything but the control numbers.
pub struct Answer<'a> {
    pub interchange: Uuid,
    pub result: &'a InterchangeResult,
    pub owed: Owed,
    pub partner: &'a PartnerProfile,
    pub station: (&'a str, &'a Station),
    /// The profile whose connection carries the answer.
    pub connection: &'a PartnerProfile,
    /// The transport the message came by.
    pub came_by: &'a str,
}

impl Answer<'_> {
    /// The identity pair whose control numbers are used: ours, theirs.
    pub fn identities(&self) -> (String, String) {
        (self.result.header.receiver.to_string(), self.result.header.sender.to_string())
    }

    /// # Errors
    /// A header field that does not fit; the interchange's own came through the same widths, so none is expected.
    pub fn build(
        &self,
        interchange_number: u32,
        group_number: u32,
        now: Timestamp,
    ) -> Result<Option<OutMessage>, WriteError> {
        let bytes = interchange(self.result, self.owed, interchange_number, group_number, now);
        let Some(bytes) = bytes? else { return Ok(None) };
        let message = answer_id(self.interchange);
        let (transport, way) = way(&self.connection.partner, self.came_by);
        Ok(Some(OutMessage {
            id: message,
            delivery: id::derive(message, "delivery", 0),
            partner: self.partner.partner.id.clone(),
            target: self.connection.partner.id.clone(),
            station: self.station.0.to_owned(),
            transport,
            way,
            file_name: format!("997_{}_{interchange_number:09}.edi", self.partner.partner.id),
            bytes,
            acknowledgements: self.rows(),
        }))
    }

    fn rows(&self) -> Vec<AcknowledgementRow> {
        let mut rows = Vec::new();
        if self.owed.ta1 {
            rows.push(AcknowledgementRow {
                id: id::derive(self.interchange, "TA1", 0),
                kind: "TA1",
                interchange: self.interchange,
                group_number: None,
                code: letter(self.result.verdict()).into(),
            });
        }
        if self.owed.functional {
            for (nth, group) in (0..).zip(&self.result.groups).filter(|(_, g)| g.header.functional_id != "FA")
            {
                rows.push(AcknowledgementRow {
                    id: id::derive(self.interchange, "997", nth),
                    kind: "997",
                    interchange: self.interchange,
                    group_number: Some(group.header.control_number.clone()),
                    code: letter(group.verdict()).into(),
                });
            }
        }
        rows
    }
}

/// The answer as bytes: sender and receiver turned round, under these control numbers.
///
/// # Errors
/// A header field that does not fit.
pub fn interchange(
    result: &InterchangeResult,
    owed: Owed,
    interchange_number: u32,
    group_number: u32,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, WriteError> {
    let header = &result.header;
    let stamp = now.to_zoned(jiff::tz::TimeZone::UTC);
    let group = result.groups.first();
    let mut envelope = Envelope {
        sender: header.receiver.clone(),
        receiver: header.sender.clone(),
        group_sender: group.map_or_else(|| header.receiver.id.clone(), |g| g.header.receiver.clone()),
        group_receiver: group.map_or_else(|| header.sender.id.clone(), |g| g.header.sender.clone()),
        date: stamp.strftime("%Y%m%d").to_string(),
        time: stamp.strftime("%H%M").to_string(),
        interchange_version: "00401".into(),
        group_version: "004010".into(),
        interchange_control_number: interchange_number,
        group_control_number: group_number,
        acknowledgement_requested: false,
        usage: header.usage,
        delimiters: header.delimiters,
    };
    let bytes = write(result, &envelope, owed.ta1);
    if bytes.is_ok() {
        return bytes;
    }
    // Their separators may stand inside what we quote back to them; ours do not.
    envelope.delimiters =
        Delimiters { segment: b'~', element: b'*', component: b'>', repetition: None, release: None };
    write(result, &envelope, owed.ta1)
}

/// The answer goes back the way the message came, as far as that way leads back.
fn way(connection: &Partner, came_by: &str) -> (&'static str, &'static str) {
    let post = connection.https.as_ref().is_some_and(|h| h.url.is_some());
    let folder = connection.directory.as_ref().is_some_and(|d| d.out.is_some());
    match (came_by, post, folder) {
        ("directory", _, true) => ("directory", "directory"),
        (_, true, _) => ("https", "post"),
        (_, false, true) if connection.https.is_none() => ("directory", "directory"),
        _ => ("https", "outbox"),
    }
}

pub fn letter(code: AckCode) -> &'static str {
    match code {
        AckCode::Accepted => "A",
        AckCode::AcceptedWithErrors => "E",
        AckCode::PartiallyAccepted => "P",
        AckCode::Rejected => "R",
    }
}
