//! Acknowledge: what we owe for an interchange, and the interchange that says it.
//!
//! One answer an interchange: in X12 a TA1 where owed and one 997 a group, in EDIFACT a CONTRL. Its control numbers come from the ledger, so it is built
//! inside the transaction that writes it; the rest is computed before.

use crate::ledger::id;
use crate::ledger::process::{AcknowledgementRow, OutMessage, answer_id};
use crate::profile::PartnerProfile;
use crate::profile::gateway::Station;
use crate::profile::partner::{AcknowledgeWith, Contrl, ContrlReport, Partner, Ta1};
use jiff::Timestamp;
use portway_edi::acknowledgement::{AckCode, Form, InterchangeResult, implementation_version, write_as};
use portway_edi::edifact::contrl::{self, Report};
use portway_edi::interchange::Standard;
use portway_edi::{Delimiters, edifact, x12};
use uuid::Uuid;

/// What is owed for one interchange.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    /// X12: a TA1.
    pub ta1: bool,
    /// X12: a 997 for each group, or a 999.
    pub functional: bool,
    pub form: Form,
    /// EDIFACT: a CONTRL that says this much.
    pub contrl: Option<Report>,
}

/// What the partner's profile says; `None` when nothing is owed.
pub fn owed(partner: &Partner, result: &InterchangeResult) -> Option<Owed> {
    match result.header.standard {
        Standard::X12 => {
            let x12 = partner.x12.as_ref()?;
            let owed = owed_in_x12(x12.ta1, x12.functional_acknowledgement, result)?;
            let implementation = x12.acknowledge_with == AcknowledgeWith::Implementation && is_005010(result);
            Some(Owed { form: if implementation { Form::Implementation } else { Form::Functional }, ..owed })
        }
        Standard::Edifact => {
            let edifact = partner.edifact.as_ref()?;
            owed_in_edifact(edifact.contrl, edifact.report, result)
        }
    }
}

/// What is owed when no profile says otherwise: TA1 and CONTRL on request or for a rejected interchange, a 997 for each group.
pub fn owed_by_default(result: &InterchangeResult) -> Option<Owed> {
    match result.header.standard {
        Standard::X12 => owed_in_x12(Ta1::default(), true, result),
        Standard::Edifact => owed_in_edifact(Contrl::default(), ContrlReport::default(), result),
    }
}

fn owed_in_x12(ta1: Ta1, functional_acknowledgement: bool, result: &InterchangeResult) -> Option<Owed> {
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
    (ta1 || functional).then_some(Owed { ta1, functional, ..Owed::default() })
}

/// A 999 exists from 005010 on.
fn is_005010(result: &InterchangeResult) -> bool {
    result.groups.iter().all(|g| g.header.version.as_str() >= "005010")
}

fn owed_in_edifact(contrl: Contrl, report: ContrlReport, result: &InterchangeResult) -> Option<Owed> {
    let something_rejected = !result.verdict().accepts()
        || result
            .groups
            .iter()
            .any(|g| !g.envelope_accepted() || g.sets.iter().any(|s| !s.verdict.accepts()));
    let owed = match contrl {
        Contrl::OnRequest => result.header.acknowledgement_requested || !result.verdict().accepts(),
        Contrl::Always => true,
        Contrl::OnError => something_rejected,
        Contrl::Never => false,
    };
    let report = match report {
        ContrlReport::Verdict => Report::Verdict,
        ContrlReport::EveryMessage => Report::EveryMessage,
        ContrlReport::Receipt => Report::Receipt,
    };
    owed.then_some(Owed { contrl: Some(report), ..Owed::default() })
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
    ) -> Result<Option<OutMessage>, String> {
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
            file_name: format!("{}_{}_{interchange_number:09}.edi", self.name(), self.partner.partner.id),
            bytes,
            acknowledgements: self.rows(),
        }))
    }

    fn name(&self) -> &'static str {
        match (self.owed.contrl, self.owed.form) {
            (Some(_), _) => "CONTRL",
            (None, Form::Implementation) => "999",
            (None, Form::Functional) => "997",
        }
    }

    fn rows(&self) -> Vec<AcknowledgementRow> {
        let mut rows = Vec::new();
        if let Some(report) = self.owed.contrl {
            let code = match (self.result.verdict().accepts(), report) {
                (false, _) => "4",
                (true, Report::Receipt) => "8",
                (true, _) => "7",
            };
            rows.push(AcknowledgementRow {
                id: id::derive(self.interchange, "CONTRL", 0),
                kind: "CONTRL",
                interchange: self.interchange,
                group_number: None,
                code: code.into(),
            });
        }
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
                    kind: self.name(),
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
) -> Result<Option<Vec<u8>>, String> {
    match owed.contrl {
        Some(report) => in_edifact(result, report, interchange_number, now).map_err(|e| e.to_string()),
        None => in_x12(result, owed, interchange_number, group_number, now).map_err(|e| e.to_string()),
    }
}

fn in_x12(
    result: &InterchangeResult,
    owed: Owed,
    interchange_number: u32,
    group_number: u32,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, x12::writer::WriteError> {
    let header = &result.header;
    let (date, time) = stamp(now);
    let group = result.groups.first();
    let later = header.version.as_str() >= "00501" && group.is_none_or(|_| is_005010(result));
    let mut envelope = x12::writer::Envelope {
        sender: header.receiver.clone(),
        receiver: header.sender.clone(),
        group_sender: group.map_or_else(|| header.receiver.id.clone(), |g| g.header.receiver.clone()),
        group_receiver: group.map_or_else(|| header.sender.id.clone(), |g| g.header.sender.clone()),
        date,
        time,
        // Answered in the version that was used: the release without the guideline behind it. A 999 has a guide of its own.
        interchange_version: if later { "00501" } else { "00401" }.into(),
        group_version: match (later, owed.form) {
            (true, Form::Implementation) => implementation_version(result),
            (true, Form::Functional) => "005010",
            (false, _) => "004010",
        }
        .into(),
        interchange_control_number: interchange_number,
        group_control_number: group_number,
        acknowledgement_requested: false,
        usage: header.usage,
        delimiters: header.delimiters,
    };
    let bytes = write_as(result, &envelope, owed.ta1, owed.form);
    if bytes.is_ok() {
        return bytes;
    }
    // Their separators may stand inside what we quote back to them; ours do not.
    envelope.delimiters = Delimiters::X12;
    write_as(result, &envelope, owed.ta1, owed.form)
}

fn in_edifact(
    result: &InterchangeResult,
    report: Report,
    interchange_number: u32,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, edifact::writer::WriteError> {
    let (date, time) = stamp(now);
    let reference = interchange_number.to_string();
    let envelope = edifact::writer::Envelope::answering(&result.header, &reference, &date, &time);
    contrl::write(result, &envelope, report)
}

/// `YYYYMMDD` and `HHMM`, UTC.
pub(super) fn stamp(now: Timestamp) -> (String, String) {
    let stamp = now.to_zoned(jiff::tz::TimeZone::UTC);
    (stamp.strftime("%Y%m%d").to_string(), stamp.strftime("%H%M").to_string())
}

/// The answer goes back the way the message came, as far as that way leads back.
pub(super) fn way(connection: &Partner, came_by: &str) -> (&'static str, &'static str) {
    let as2 = connection.as2.as_ref().is_some_and(|a| a.url.is_some());
    let post = connection.https.as_ref().is_some_and(|h| h.url.is_some());
    let folder = connection.directory.as_ref().is_some_and(|d| d.out.is_some());
    let push = connection.sftp_client.as_ref().is_some_and(|client| client.push.is_some());
    match came_by {
        "as2" if as2 => ("as2", "as2"),
        "directory" if folder => ("directory", "directory"),
        "https" if post => ("https", "post"),
        // Whoever fetches by HTTPS looks there.
        "https" if connection.https.is_some() => ("https", "outbox"),
        // Whoever fetches by SFTP looks into `/out`.
        "sftp" if connection.sftp.is_some() => ("sftp", "outbox"),
        "sftp_client" if push => ("sftp_client", "sftp"),
        _ if as2 => ("as2", "as2"),
        _ if push => ("sftp_client", "sftp"),
        _ if post => ("https", "post"),
        _ if folder && connection.https.is_none() => ("directory", "directory"),
        _ if connection.sftp.is_some() && connection.https.is_none() => ("sftp", "outbox"),
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
