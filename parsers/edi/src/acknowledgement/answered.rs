//! What a partner answers to something we sent, in one shape for both standards: for matching it with what was sent.
//!
//! Made from a TA1, a 997 or 999, or a CONTRL. Reading is lenient: what partners leave out (counts, the word on a set, the sets of a
//! group that is accepted whole) is taken from what they do say, and what nobody said stays open (`None`). An answer never fails to
//! be read because of what is wrong with it; that stands in `findings`.
//!
//! A CONTRL with action 8 says that the interchange came: [`Verdict::Received`] is no acceptance yet.

use super::AckCode;
use super::read::{self, GroupAnswer, InterchangeAnswer, SetAnswer};
use super::told::{Level, ReportedError};
use crate::edifact::contrl::{self, Action, Control, ControlGroup, ControlMessage, Fault};
use crate::finding::Finding;
use crate::interchange::{PartyId, Standard, TransactionSet};
use crate::segment::Segment;

/// What the partner says to something of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    Accepted,
    AcceptedWithErrors,
    /// Some of what is in it is rejected.
    Partial,
    Rejected,
    /// It came; whether it is accepted is still to be said (CONTRL, 0083 = 8).
    Received,
}

impl Verdict {
    /// True if nothing of it was rejected, and more than its arrival was said.
    pub fn accepts(self) -> bool {
        matches!(self, Verdict::Accepted | Verdict::AcceptedWithErrors)
    }

    /// `accepted`, `accepted with errors`, `partly rejected`, `rejected`, `received`.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::AcceptedWithErrors => "accepted with errors",
            Verdict::Partial => "partly rejected",
            Verdict::Rejected => "rejected",
            Verdict::Received => "received, not yet checked",
        }
    }
}

impl From<AckCode> for Verdict {
    fn from(code: AckCode) -> Verdict {
        match code {
            AckCode::Accepted => Verdict::Accepted,
            AckCode::AcceptedWithErrors => Verdict::AcceptedWithErrors,
            AckCode::PartiallyAccepted => Verdict::Partial,
            AckCode::Rejected => Verdict::Rejected,
        }
    }
}

/// One answer: of X12 to one interchange (TA1) or one group (997, 999), of EDIFACT to one interchange with all in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub standard: Standard,
    /// TA1 or UCI; a 997 or 999 names no interchange.
    pub interchange: Option<AnsweredInterchange>,
    pub groups: Vec<AnsweredGroup>,
    /// What is wrong with the answer itself.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredInterchange {
    /// ISA13 or 0020 of ours.
    pub control_number: String,
    /// ISA09 and ISA10 of ours; EDIFACT does not repeat them.
    pub date: String,
    pub time: String,
    /// Us and the partner, as the UCI repeats them; a TA1 does not.
    pub sender: Option<PartyId>,
    pub receiver: Option<PartyId>,
    pub verdict: Option<Verdict>,
    pub errors: Vec<ReportedError>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredGroup {
    /// EDIFACT: messages of an interchange without groups stand in one that is implied, without a control number.
    pub implied: bool,
    /// GS01; EDIFACT does not repeat it.
    pub functional_id: String,
    /// GS06 or 0048.
    pub control_number: String,
    /// GS08 where it is said.
    pub version: String,
    /// As the partner says it (AK901, UCF).
    pub verdict: Option<Verdict>,
    /// Sets that GE01 declared, that came, that were accepted; `None` where not said. Partners count wrongly: nothing is decided by
    /// these alone.
    pub declared: Option<u32>,
    pub received: Option<u32>,
    pub accepted: Option<u32>,
    /// What that is for sets that are not named; `None` where it stays open.
    pub unnamed: Option<Verdict>,
    pub errors: Vec<ReportedError>,
    pub sets: Vec<AnsweredSet>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnsweredSet {
    /// `850`, `ORDERS`; empty when not said.
    pub code: String,
    /// ST02 or 0062.
    pub control_number: String,
    /// ST03 of a 999; empty when not said.
    pub implementation: String,
    /// With what the group says of it; `None` where it is open.
    pub verdict: Option<Verdict>,
    pub errors: Vec<ReportedError>,
}

/// A set that we sent, by the numbers it went out with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent<'a> {
    pub interchange: &'a str,
    /// GS01; empty of EDIFACT.
    pub functional_id: &'a str,
    /// GS06 or 0048; `None` of EDIFACT without groups.
    pub group: Option<&'a str>,
    /// `850`, `ORDERS`.
    pub code: &'a str,
    pub set: &'a str,
}

/// What an answer says of one set of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct OnSet<'a> {
    /// `None`: it is among what is answered, and nothing is decided.
    pub verdict: Option<Verdict>,
    /// Those of its interchange, its group and its own.
    pub errors: Vec<&'a ReportedError>,
}

impl Answered {
    /// The answer that a 997, 999 or CONTRL is; `None` of other sets, and of a CONTRL without an action that is known.
    pub fn of(set: &TransactionSet<'_>) -> Option<Answered> {
        if let Some(answer) = read::read(set) {
            return Some(Answered::of_group(&answer, set.code == "999"));
        }
        contrl::read(set).map(|control| Answered::of_control(&control))
    }

    /// The answer that a TA1 is.
    pub fn of_ta1(ta1: &Segment<'_>) -> Answered {
        let answer = read::read_interchange(ta1);
        let InterchangeAnswer { control_number, date, time, verdict, note_code, findings } = answer;
        let says = !note_code.is_empty() && note_code.bytes().any(|b| b != b'0');
        let note = says.then(|| ReportedError::new(Level::Interchange, "TA105", &note_code));
        let interchange = AnsweredInterchange {
            control_number,
            date,
            time,
            sender: None,
            receiver: None,
            verdict: verdict.map(Verdict::from),
            errors: note.into_iter().collect(),
        };
        Answered { standard: Standard::X12, interchange: Some(interchange), groups: Vec::new(), findings }
    }

    fn of_group(answer: &GroupAnswer, implementation: bool) -> Answered {
        let group = AnsweredGroup {
            implied: false,
            functional_id: answer.functional_id.clone(),
            control_number: answer.control_number.clone(),
            version: answer.version.clone(),
            verdict: answer.verdict.map(Verdict::from),
            declared: answer.declared,
            received: answer.received,
            accepted: answer.accepted,
            unnamed: unnamed(answer),
            errors: answer.codes.iter().map(|c| ReportedError::new(Level::Group, "AK905", c)).collect(),
            sets: answer.sets.iter().map(|set| set_of(set, answer, implementation)).collect(),
        };
        let findings = answer.findings.clone();
        Answered { standard: Standard::X12, interchange: None, groups: vec![group], findings }
    }

    fn of_control(control: &Control) -> Answered {
        let verdict = verdict_of(control.action);
        let interchange = AnsweredInterchange {
            control_number: control.reference.clone(),
            date: String::new(),
            time: String::new(),
            sender: Some(control.sender.clone()),
            receiver: Some(control.receiver.clone()),
            verdict: Some(verdict),
            errors: told(control.error.as_ref(), Level::Interchange, "UCI05"),
        };
        let mut groups: Vec<AnsweredGroup> = Vec::new();
        if !control.messages.is_empty() {
            let implied = ControlGroup {
                reference: String::new(),
                action: control.action,
                error: None,
                messages: control.messages.clone(),
            };
            groups.push(AnsweredGroup { implied: true, ..group_of(&implied, control.action) });
        }
        groups.extend(control.groups.iter().map(|group| group_of(group, control.action)));
        let (interchange, findings) = (Some(interchange), Vec::new());
        Answered { standard: Standard::Edifact, interchange, groups, findings }
    }

    /// Of everything that is answered; `None` where nothing is decided.
    pub fn verdict(&self) -> Option<Verdict> {
        let of_all = self.interchange.as_ref().map(|i| i.verdict);
        if let Some(whole @ (None | Some(Verdict::Rejected | Verdict::Received))) = of_all {
            return whole;
        }
        let groups: Vec<Option<Verdict>> = self.groups.iter().map(AnsweredGroup::whole).collect();
        let Some(of_all) = of_all else { return together(&groups) };
        // The word on the interchange holds for everything in it that is not named.
        together(&[groups, vec![of_all]].concat())
    }

    /// What it says of a set of ours; `None` where it is not about the interchange or group that the set went out in, or says only
    /// that the envelope of the interchange is right.
    pub fn on(&self, sent: &Sent<'_>) -> Option<OnSet<'_>> {
        let same = |a: &str, b: &str| is_same(self.standard, a, b);
        let mut errors = Vec::new();
        let mut above = None;
        if let Some(interchange) = &self.interchange {
            if !same(&interchange.control_number, sent.interchange) {
                return None;
            }
            errors.extend(&interchange.errors);
            above = interchange.verdict;
            if matches!(above, Some(Verdict::Rejected | Verdict::Received)) {
                return Some(OnSet { verdict: above, errors });
            }
        }
        let is_its_own = |group: &&AnsweredGroup| match sent.group {
            None => group.implied,
            Some(number) => {
                let of_kind = group.functional_id.eq_ignore_ascii_case(sent.functional_id);
                let named = group.functional_id.is_empty() || sent.functional_id.is_empty() || of_kind;
                !group.implied && named && same(&group.control_number, number)
            }
        };
        let Some(group) = self.groups.iter().find(is_its_own) else {
            // Of EDIFACT the interchange speaks for groups and messages that are not named; a TA1 for its envelope alone.
            let speaks = self.standard == Standard::Edifact && self.interchange.is_some();
            return speaks.then_some(OnSet { verdict: above, errors });
        };
        errors.extend(&group.errors);
        let is_it = |set: &&AnsweredSet| {
            let code = set.code.is_empty() || set.code.eq_ignore_ascii_case(sent.code);
            code && same(&set.control_number, sent.set)
        };
        let verdict = match group.sets.iter().find(is_it) {
            Some(set) => {
                errors.extend(&set.errors);
                set.verdict
            }
            None => group.unnamed,
        };
        Some(OnSet { verdict, errors })
    }
}

impl AnsweredGroup {
    /// Of the group and everything in it.
    fn whole(&self) -> Option<Verdict> {
        if matches!(self.verdict, Some(Verdict::Rejected | Verdict::Received)) {
            return self.verdict;
        }
        let mut of_sets: Vec<Option<Verdict>> = self.sets.iter().map(|set| set.verdict).collect();
        match self.verdict {
            // AK9 is missing: what is said of the sets is all there is.
            None => {}
            Some(Verdict::Partial) => return self.verdict,
            // Sets that are not named, of which there may be none.
            Some(_) => of_sets.push(self.verdict),
        }
        together(&of_sets)
    }
}

/// What several verdicts come to; `None` of none, and where one is open and none rejects.
fn together(all: &[Option<Verdict>]) -> Option<Verdict> {
    let any = |wanted: Verdict| all.contains(&Some(wanted));
    if all.is_empty() {
        None
    } else if all.iter().all(|v| *v == Some(Verdict::Rejected)) {
        Some(Verdict::Rejected)
    } else if any(Verdict::Rejected) || any(Verdict::Partial) {
        Some(Verdict::Partial)
    } else if all.contains(&None) {
        None
    } else if any(Verdict::Received) {
        Some(Verdict::Received)
    } else if any(Verdict::AcceptedWithErrors) {
        Some(Verdict::AcceptedWithErrors)
    } else {
        Some(Verdict::Accepted)
    }
}

/// Control numbers of X12 are numbers: partners drop their zeros.
fn is_same(standard: Standard, a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = |text: &str| text.trim_start_matches('0').to_string();
    a == b || (standard == Standard::X12 && is_number(a) && is_number(b) && number(a) == number(b))
}

/// What AK9 says of sets without an AK2.
fn unnamed(answer: &GroupAnswer) -> Option<Verdict> {
    let named = |verdict| answer.sets.iter().filter(|s| s.verdict == Some(verdict)).count() as u64;
    match answer.verdict? {
        // The errors are those of the sets that are named.
        AckCode::AcceptedWithErrors if named(AckCode::AcceptedWithErrors) > 0 => Some(Verdict::Accepted),
        // If the sets that are named make up all that were rejected, the others were not.
        AckCode::PartiallyAccepted => {
            let rejected = u64::from(answer.received?.checked_sub(answer.accepted?)?);
            let all_decided = answer.sets.iter().all(|s| s.verdict.is_some());
            (all_decided && rejected > 0 && rejected == named(AckCode::Rejected)).then_some(Verdict::Accepted)
        }
        verdict => Some(verdict.into()),
    }
}

fn set_of(set: &SetAnswer, answer: &GroupAnswer, implementation: bool) -> AnsweredSet {
    let tag = |functional, of_guide| if implementation { of_guide } else { functional };
    let has_errors = !set.codes.is_empty() || !set.notes.is_empty();
    let verdict = match (answer.verdict, set.verdict) {
        // A group rejected whole takes its sets with it, whatever is said of them.
        (Some(AckCode::Rejected), _) => Some(Verdict::Rejected),
        (_, Some(verdict)) => Some(verdict.into()),
        // AK5 is missing: AK9 speaks for it, unless it says that some sets are rejected, or the letter is one that nobody knows.
        (Some(AckCode::PartiallyAccepted) | None, None) => None,
        (Some(_), None) if !set.letter.is_empty() => None,
        (Some(AckCode::Accepted), None) if has_errors => Some(Verdict::AcceptedWithErrors),
        (Some(verdict), None) => Some(verdict.into()),
    };
    let of_set = set.codes.iter().map(|code| ReportedError::new(Level::Set, tag("AK502", "IK502"), code));
    let mut errors: Vec<ReportedError> = of_set.collect();
    for note in &set.notes {
        // "The segment has elements in error" is said once more by each of them.
        if note.elements.is_empty() || !(note.code.is_empty() || note.code == "8") {
            errors.push(ReportedError::of_note(note, tag("AK304", "IK304")));
        }
        let told_in = tag("AK403", "IK403");
        errors.extend(note.elements.iter().map(|e| ReportedError::of_element(note, e, told_in)));
    }
    AnsweredSet {
        code: set.code.clone(),
        control_number: set.control_number.clone(),
        implementation: set.implementation.clone(),
        verdict,
        errors,
    }
}

fn verdict_of(action: Action) -> Verdict {
    match action {
        Action::Rejected => Verdict::Rejected,
        Action::Acknowledged => Verdict::Accepted,
        Action::Received => Verdict::Received,
    }
}

fn told(fault: Option<&Fault>, level: Level, told_in: &'static str) -> Vec<ReportedError> {
    fault.map(|fault| ReportedError::of_fault(fault, level, told_in)).into_iter().collect()
}

fn group_of(group: &ControlGroup, above: Action) -> AnsweredGroup {
    let action = if above == Action::Acknowledged { group.action } else { above };
    AnsweredGroup {
        implied: false,
        functional_id: String::new(),
        control_number: group.reference.clone(),
        version: String::new(),
        verdict: Some(verdict_of(action)),
        declared: None,
        received: None,
        accepted: None,
        unnamed: Some(verdict_of(action)),
        errors: told(group.error.as_ref(), Level::Group, "UCF05"),
        sets: group.messages.iter().map(|message| message_of(message, action)).collect(),
    }
}

fn message_of(message: &ControlMessage, above: Action) -> AnsweredSet {
    let mut errors = told(message.error.as_ref(), Level::Set, "UCM04");
    for fault in &message.faults {
        let (level, told_in) = match fault.element {
            Some(element) if element > 0 => (Level::Element, "UCD01"),
            _ => (Level::Segment, "UCS02"),
        };
        errors.push(ReportedError::of_fault(fault, level, told_in));
    }
    let action = if above == Action::Acknowledged { message.action } else { above };
    let verdict = match verdict_of(action) {
        Verdict::Accepted if !errors.is_empty() => Verdict::AcceptedWithErrors,
        verdict => verdict,
    };
    AnsweredSet {
        code: message.code.clone(),
        control_number: message.reference.clone(),
        implementation: String::new(),
        verdict: Some(verdict),
        errors,
    }
}
