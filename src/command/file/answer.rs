//! What we would answer to an interchange of either standard where no profile says otherwise, and the answer itself.
//!
//! X12: a TA1 when asked for or when the interchange is rejected, a 997 (or 999) for each group. EDIFACT: a CONTRL when asked
//! for (0031) or when something is rejected: silence would pass for acceptance.

use crate::pipeline::acknowledge::{self, Owed, owed_by_default};
use jiff::Timestamp;
use portway_edi::acknowledgement::{AckCode, Form, InterchangeResult, write_as};
use portway_edi::edifact::contrl::{self, Report};
use portway_edi::interchange::{Standard, Syntax};
use portway_edi::{edifact, x12};

/// The version of the 999, and of the groups that it may answer.
const IMPLEMENTATION: &str = "005010X231A1";

pub enum Answer {
    X12(Owed),
    Contrl,
}

/// `None`: nothing is owed.
pub fn owed(result: &InterchangeResult) -> Option<Answer> {
    match result.header.standard {
        Standard::X12 => owed_by_default(result).map(Answer::X12),
        Standard::Edifact => {
            let sets = || result.groups.iter().flat_map(|g| &g.sets);
            let rejected = result.verdict() == AckCode::Rejected
                || result.groups.iter().any(|g| !g.envelope_accepted())
                || sets().any(|s| s.verdict == AckCode::Rejected);
            let never = sets().next().is_some() && sets().all(|s| s.code == "CONTRL");
            (!never && (rejected || contrl::is_owed(&result.header, None))).then_some(Answer::Contrl)
        }
    }
}

/// True if a 999 may answer all its groups.
pub fn takes_999(result: &InterchangeResult) -> bool {
    result.groups.iter().all(|g| g.header.functional_id == "FA" || g.header.version.starts_with("005010"))
}

/// The answer as bytes, under control number 1; `None` when there is nothing to say.
///
/// # Errors
/// Words: a header field that does not fit.
pub fn write(
    result: &InterchangeResult,
    answer: &Answer,
    form: Form,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, String> {
    match (answer, form) {
        (Answer::X12(owed), Form::Functional) => {
            acknowledge::interchange(result, *owed, 1, 1, now).map_err(|e| e.to_string())
        }
        (Answer::X12(owed), Form::Implementation) => implementation(result, *owed, now),
        (Answer::Contrl, _) => {
            contrl::write(result, &unb(result, now), Report::default()).map_err(|e| e.to_string())
        }
    }
}

fn implementation(result: &InterchangeResult, owed: Owed, now: Timestamp) -> Result<Option<Vec<u8>>, String> {
    let header = &result.header;
    let (date, time) = stamp(now);
    let group = result.groups.first();
    let envelope = x12::writer::Envelope {
        sender: header.receiver.clone(),
        receiver: header.sender.clone(),
        group_sender: group.map_or_else(|| header.receiver.id.clone(), |g| g.header.receiver.clone()),
        group_receiver: group.map_or_else(|| header.sender.id.clone(), |g| g.header.sender.clone()),
        date,
        time,
        interchange_version: "00501".into(),
        group_version: IMPLEMENTATION.into(),
        interchange_control_number: 1,
        group_control_number: 1,
        acknowledgement_requested: false,
        usage: header.usage,
        delimiters: header.delimiters,
    };
    write_as(result, &envelope, owed.ta1, Form::Implementation).map_err(|e| e.to_string())
}

fn unb(result: &InterchangeResult, now: Timestamp) -> edifact::writer::Envelope {
    let header = &result.header;
    let syntax = header.edifact.as_deref();
    let (date, time) = stamp(now);
    let internal = |of: fn(&Syntax) -> &[String; 2]| syntax.map(|s| of(s)[0].clone()).unwrap_or_default();
    let (sender, receiver) = (internal(|s| &s.receiver_internal), internal(|s| &s.sender_internal));
    edifact::writer::Envelope {
        syntax: syntax.map_or_else(|| "UNOC".into(), |s| s.identifier.clone()),
        syntax_version: syntax.map_or(3, |s| s.version.clamp(1, 4)),
        sender: header.receiver.clone(),
        receiver: header.sender.clone(),
        sender_internal: sender,
        receiver_internal: receiver,
        date,
        time,
        reference: "1".into(),
        application: String::new(),
        agreement: String::new(),
        acknowledgement_requested: false,
        test: header.usage == 'T',
        service_string: syntax.is_some_and(|s| s.service_string),
        delimiters: header.delimiters,
    }
}

fn stamp(now: Timestamp) -> (String, String) {
    let stamp = now.to_zoned(jiff::tz::TimeZone::UTC);
    (stamp.strftime("%Y%m%d").to_string(), stamp.strftime("%H%M").to_string())
}
