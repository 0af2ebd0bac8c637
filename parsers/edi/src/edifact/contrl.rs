//! CONTRL: what we answer to an EDIFACT interchange, and what a partner's says (ISO 9735-4; UN/EDIFACT syntax 3 part 10).
//!
//! ```text
//! UNH, UCI, { UCM, { UCS, UCD x99 } x999 }, { UCF, { UCM, { UCS, UCD } } }, UNT
//! ```
//! Only three actions are used: 4 rejected with everything below, 7 acknowledged unless rejected below, 8 received, and the
//! obligation stays open. Only what rejects is reported: notes and warnings have no place here. A CONTRL is never
//! acknowledged. Nothing here decides whether one is owed but [`is_owed`].

use super::writer::{Envelope, Foreign, Value, WriteError, Writer};
use crate::acknowledgement::{AckCode, GroupResult, InterchangeResult, SetResult};
use crate::calendar::number;
use crate::finding::{self, Finding, Severity};
use crate::interchange::{Interchange, PartyId, TransactionSet};

/// 0083.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// 4: this level and all below.
    Rejected,
    /// 7: this level, and all below unless rejected there.
    Acknowledged,
    /// 8: it came; whether it is accepted is still to be said.
    Received,
}

impl Action {
    pub fn code(self) -> &'static str {
        match self {
            Action::Rejected => "4",
            Action::Acknowledged => "7",
            Action::Received => "8",
        }
    }

    fn read(code: &[u8]) -> Option<Action> {
        match code.trim_ascii() {
            b"4" => Some(Action::Rejected),
            b"7" => Some(Action::Acknowledged),
            b"8" => Some(Action::Received),
            _ => None,
        }
    }
}

/// What the answer says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Report {
    /// The verdict, and each message that is rejected.
    #[default]
    Verdict,
    /// The verdict, and every message: acknowledged ones too.
    EveryMessage,
    /// Only that the interchange came (8). A rejected one is reported as rejected all the same.
    Receipt,
}

/// True if a CONTRL is owed: 0031 = 1, unless the profile says otherwise.
pub fn is_owed(header: &Interchange, profile: Option<bool>) -> bool {
    profile.unwrap_or(header.acknowledgement_requested)
}

/// The answer to one interchange; the envelope is ours, so that sender and receiver are the other way round. `None` for an
/// interchange of nothing but CONTRL.
///
/// # Errors
/// A header field that does not fit, or characters of it outside the set. What is quoted from the partner is replaced.
pub fn write(
    result: &InterchangeResult,
    envelope: &Envelope,
    report: Report,
) -> Result<Option<Vec<u8>>, WriteError> {
    let mut sets = result.groups.iter().flat_map(|g| &g.sets).peekable();
    if sets.peek().is_some() && sets.all(|set| set.code == "CONTRL") {
        return Ok(None);
    }
    let version4 = envelope.syntax_version == 4;
    let mut writer = Writer::new(envelope, Foreign::ReplaceWith(' '))?;
    writer.begin_message("CONTRL", if version4 { "4:1:UN" } else { "D:3:UN" })?;
    let accepted = result.verdict().accepts();
    let action = match (accepted, report) {
        (false, _) => Action::Rejected,
        (true, Report::Receipt) => Action::Received,
        (true, _) => Action::Acknowledged,
    };
    uci(&mut writer, &result.header, action, worst(&result.findings, "UCI05"), version4)?;
    if action == Action::Acknowledged {
        for group in result.groups.iter().filter(|g| g.header.implied) {
            messages(&mut writer, group, report, version4)?;
        }
        for group in result.groups.iter().filter(|g| !g.header.implied) {
            let rejected = group.sets.iter().any(|s| s.verdict == AckCode::Rejected);
            if !group.envelope_accepted() || rejected || report == Report::EveryMessage {
                ucf(&mut writer, group, version4)?;
                if group.envelope_accepted() {
                    messages(&mut writer, group, report, version4)?;
                }
            }
        }
    }
    writer.finish().map(Some)
}

/// `UCI+4711+SENDER:14+RECEIVER:14+4+28+UNZ+3`
fn uci(
    writer: &mut Writer,
    header: &Interchange,
    action: Action,
    fault: Option<&Finding>,
    version4: bool,
) -> Result<(), WriteError> {
    let internal = header.edifact.as_deref();
    let internal =
        internal.map(|syntax| (syntax.sender_internal[0].as_str(), syntax.receiver_internal[0].as_str()));
    let (sender_internal, receiver_internal) = internal.unwrap_or_default();
    let (code, tag, place) = told(fault, action, version4);
    writer.segment_of(
        "UCI",
        &[
            Value::Simple(or_unknown(&header.control_number)),
            Value::Composite(&[or_unknown(&header.sender.id), &header.sender.qualifier, sender_internal]),
            Value::Composite(&[
                or_unknown(&header.receiver.id),
                &header.receiver.qualifier,
                receiver_internal,
            ]),
            Value::Simple(action.code()),
            Value::Simple(code),
            Value::Simple(tag),
            Value::Composite(&place.each()),
        ],
    )
}

/// `UCF+1+SENDER:14+RECEIVER:14+7`
fn ucf(writer: &mut Writer, group: &GroupResult, version4: bool) -> Result<(), WriteError> {
    let action = if group.envelope_accepted() { Action::Acknowledged } else { Action::Rejected };
    let (code, tag, place) = told(worst(&group.findings, "UCF05"), action, version4);
    let header = &group.header;
    writer.segment_of(
        "UCF",
        &[
            Value::Simple(or_unknown(&header.control_number)),
            Value::Simple(or_unknown(&header.sender)),
            Value::Simple(or_unknown(&header.receiver)),
            Value::Simple(action.code()),
            Value::Simple(code),
            Value::Simple(tag),
            Value::Composite(&place.each()),
        ],
    )
}

fn messages(
    writer: &mut Writer,
    group: &GroupResult,
    report: Report,
    version4: bool,
) -> Result<(), WriteError> {
    for set in group.sets.iter().filter(|s| s.code != "CONTRL") {
        if set.verdict == AckCode::Rejected || report == Report::EveryMessage {
            message(writer, set, version4)?;
        }
    }
    Ok(())
}

/// `UCM+1+ORDERS:D:96A:UN+4`, then a UCS for each segment at fault, with a UCD for each element.
fn message(writer: &mut Writer, set: &SetResult, version4: bool) -> Result<(), WriteError> {
    let action = if set.verdict == AckCode::Rejected { Action::Rejected } else { Action::Acknowledged };
    let fault = worst(&set.findings, "UCM04");
    let within = || set.findings.iter().filter(|f| rejects(f) && (f.answers("UCS02") || f.answers("UCD01")));
    // Without a fault anywhere that has a code the rejection still needs one.
    let unspecified = action == Action::Rejected && fault.is_none() && within().next().is_none();
    let (code, tag, place) = match unspecified {
        true => ("18", "", Default::default()),
        false if fault.is_none() => ("", "", Default::default()),
        false => told(fault, action, version4),
    };
    let identifier: Vec<&str> =
        std::iter::once(or_unknown(&set.code)).chain(set.version.split(':')).collect();
    writer.segment_of(
        "UCM",
        &[
            Value::Simple(or_unknown(&set.control_number)),
            Value::Composite(&identifier),
            Value::Simple(action.code()),
            Value::Simple(code),
            Value::Simple(tag),
            Value::Composite(&place.each()),
        ],
    )?;
    if action == Action::Acknowledged {
        return Ok(());
    }
    let mut faults: Vec<&Finding> = within().collect();
    faults.sort_by_key(|f| position(f));
    for of_segment in faults.chunk_by(|a, b| position(a) == position(b)).take(999) {
        let own = of_segment.iter().find(|f| f.answers("UCS02"));
        let code = own.map_or("", |f| code_of(f, version4));
        writer.segment("UCS", &[&position(of_segment[0]).to_string(), code])?;
        for fault in of_segment.iter().filter(|f| f.answers("UCD01")).take(99) {
            writer.segment_of(
                "UCD",
                &[
                    Value::Simple(code_of(fault, version4)),
                    Value::Composite(&place_of(fault, version4).each()),
                ],
            )?;
        }
    }
    Ok(())
}

/// 0096: UNH is 1. A missing segment is told at the last one before the place where it should stand.
fn position(finding: &Finding) -> u32 {
    let position = finding.place.position.unwrap_or(1).min(999_999);
    match finding.code {
        finding::TAG_MISSING | finding::GUIDE_SEGMENT_MISSING | finding::GUIDE_LOOP_MISSING => {
            position.saturating_sub(1).max(1)
        }
        _ => position,
    }
}

fn rejects(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

/// The first fault of this level; UCI, UCF and UCM have room for one.
fn worst<'f>(findings: &'f [Finding], level: &str) -> Option<&'f Finding> {
    findings.iter().find(|f| rejects(f) && f.answers(level))
}

/// 0085, 0013 (or 0135) and S011 of a level.
fn told(fault: Option<&Finding>, action: Action, version4: bool) -> (&str, &str, Pointer) {
    let Some(fault) = fault else {
        // A rejection says why; 18 is an error that has no code.
        return (if action == Action::Rejected { "18" } else { "" }, "", Default::default());
    };
    const TAGS: &[&str] = &["UNA", "UNB", "UNE", "UNG", "UNH", "UNT", "UNZ"];
    let tag = fault.place.segment.as_deref().filter(|tag| TAGS.contains(tag)).unwrap_or("");
    let place = if tag.is_empty() { Pointer::default() } else { place_of(fault, version4) };
    (code_of(fault, version4), tag, place)
}

/// S011: 0098, 0104, 0136; empty where nothing is to stand.
#[derive(Default)]
struct Pointer([String; 3]);

impl Pointer {
    fn each(&self) -> [&str; 3] {
        self.0.each_ref().map(String::as_str)
    }
}

/// The tag is 1, so that the first element is 2. The value of a repeated element has a number in syntax 4, where no component
/// is pointed at: D4(020,030).
fn place_of(fault: &Finding, version4: bool) -> Pointer {
    let place = &fault.place;
    let text = |number: Option<u32>| number.map(|n| n.to_string()).unwrap_or_default();
    let element = place.element.map(|e| u32::from(e) + 1);
    let component = place.component.map(u32::from);
    let repetition = place.repetition.filter(|_| version4 && component.is_none());
    Pointer([text(element), text(component), text(repetition)])
}

/// 0085 as the syntax in force has it: each list lacks some codes of the other.
fn code_of(fault: &Finding, version4: bool) -> &str {
    let code = fault.answer.as_ref().map_or("18", |answer| answer.code.as_str());
    match (version4, code) {
        (false, "46") => "2",
        (false, "45" | "47" | "48") => "18",
        (true, "19" | "38") => "12",
        (true, "43") => "7",
        (true, "27" | "31" | "34" | "41" | "42") => "18",
        _ => code,
    }
}

/// Elements that a CONTRL must have are quoted from data that may lack them.
fn or_unknown(text: &str) -> &str {
    if text.trim().is_empty() { "0" } else { text }
}

/// A partner's CONTRL, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// 0020, S002 and S003 of the interchange it answers.
    pub reference: String,
    pub sender: PartyId,
    pub receiver: PartyId,
    pub action: Action,
    pub error: Option<Fault>,
    pub groups: Vec<ControlGroup>,
    /// Of an interchange without groups.
    pub messages: Vec<ControlMessage>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlGroup {
    pub reference: String,
    pub action: Action,
    pub error: Option<Fault>,
    pub messages: Vec<ControlMessage>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlMessage {
    pub reference: String,
    /// 0065.
    pub code: String,
    pub action: Action,
    pub error: Option<Fault>,
    pub faults: Vec<Fault>,
}

/// One error as the partner tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    /// 0085; empty where only a segment is pointed at.
    pub code: String,
    /// 0013 or 0135 of a service segment.
    pub segment: String,
    /// 0096.
    pub position: Option<u32>,
    /// 0098 less one: the number of the element, as everywhere else here.
    pub element: Option<u16>,
    pub component: Option<u16>,
    /// 0136: which value of a repeated element, from 1 (syntax 4).
    pub repetition: Option<u32>,
}

impl Control {
    /// What it says of a message of ours, by its own reference and that of its group; an interchange or group that is
    /// acknowledged covers every message that is not named.
    pub fn verdict(&self, group: Option<&str>, message: &str) -> Action {
        if self.action != Action::Acknowledged {
            return self.action;
        }
        let of_group = group.and_then(|reference| self.groups.iter().find(|g| g.reference == reference));
        let (above, messages) = of_group.map_or((self.action, &self.messages), |g| (g.action, &g.messages));
        if above != Action::Acknowledged {
            return above;
        }
        messages.iter().find(|m| m.reference == message).map_or(above, |m| m.action)
    }
}

/// Reads a CONTRL; `None` if it is none, or has no UCI with an action that is known (4, 7, 8).
pub fn read(set: &TransactionSet<'_>) -> Option<Control> {
    if set.code != "CONTRL" {
        return None;
    }
    let uci = set.segments.iter().find(|s| s.tag() == "UCI")?;
    let party = |element| PartyId {
        qualifier: uci.component_text(element, 2).into_owned(),
        id: uci.component_text(element, 1).into_owned(),
    };
    let mut control = Control {
        reference: uci.text(1).into_owned(),
        sender: party(2),
        receiver: party(3),
        action: Action::read(uci.element(4))?,
        error: fault(uci, 5),
        groups: Vec::new(),
        messages: Vec::new(),
    };
    let mut position = None;
    for segment in &set.segments {
        match segment.tag() {
            "UCF" => control.groups.push(ControlGroup {
                reference: segment.text(1).into_owned(),
                action: Action::read(segment.element(4)).unwrap_or(control.action),
                error: fault(segment, 5),
                messages: Vec::new(),
            }),
            "UCM" => {
                let message = ControlMessage {
                    reference: segment.text(1).into_owned(),
                    code: segment.component_text(2, 1).into_owned(),
                    action: Action::read(segment.element(3)).unwrap_or(control.action),
                    error: fault(segment, 4),
                    faults: Vec::new(),
                };
                control.open().push(message);
            }
            "UCS" => {
                position = number(segment.element(1));
                let code = segment.text(2).into_owned();
                if let Some(message) = control.open().last_mut().filter(|_| !code.is_empty()) {
                    message.faults.push(Fault { code, position, ..Fault::default() });
                }
            }
            "UCD" => {
                if let Some(message) = control.open().last_mut() {
                    let code = segment.text(1).into_owned();
                    message.faults.push(Fault { code, position, ..pointed_at(segment, 2) });
                }
            }
            _ => {}
        }
    }
    Some(control)
}

impl Control {
    /// Where the next message goes: into the last group, where there are groups.
    fn open(&mut self) -> &mut Vec<ControlMessage> {
        match self.groups.last_mut() {
            Some(group) => &mut group.messages,
            None => &mut self.messages,
        }
    }
}

/// 0085, the service segment and S011, from element `first` on.
fn fault(segment: &crate::Segment<'_>, first: usize) -> Option<Fault> {
    if segment.element(first).is_empty() {
        return None;
    }
    Some(Fault {
        code: segment.text(first).into_owned(),
        segment: segment.text(first + 1).into_owned(),
        ..pointed_at(segment, first + 2)
    })
}

/// S011 in that element.
fn pointed_at(segment: &crate::Segment<'_>, element: usize) -> Fault {
    let at = |component| number(segment.component(element, component)).and_then(|n| u16::try_from(n).ok());
    Fault {
        element: at(1).map(|n| n.saturating_sub(1)),
        component: at(2),
        repetition: number(segment.component(element, 3)),
        ..Fault::default()
    }
}
