//! What partners answer us, as values: 997, 999 and TA1 read back, for reconciling with what was sent.
//!
//! Reading is by the segments' tags alone and takes what is there: an answer that breaks the rules still says something. What is
//! wrong with it (a verdict nobody knows, counts that contradict each other, AK9 missing) is a finding of its own.
//! AK1 and AK9 alone speak of every set of the group: ask [`GroupAnswer::verdict_on`].

use super::AckCode;
use crate::finding::{self, Code, Finding, Place, Severity, excerpt};
use crate::interchange::{Standard, TransactionSet};
use crate::schema::{Dictionary, check_service};
use crate::segment::Segment;

/// A TA1: what became of one interchange of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterchangeAnswer {
    /// ISA13, ISA09 and ISA10 of the interchange that is answered.
    pub control_number: String,
    pub date: String,
    pub time: String,
    /// TA104; `None` for a letter that nobody defined, which then stands in a finding. Small letters count as large ones.
    pub verdict: Option<AckCode>,
    /// TA105, `000` for nothing wrong.
    pub note_code: String,
    pub findings: Vec<Finding>,
}

/// A 997 or 999: what became of one group of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAnswer {
    /// AK101 and AK102: GS01 and GS06 of the group that is answered.
    pub functional_id: String,
    pub control_number: String,
    /// AK103, GS08 of that group; empty when not said.
    pub version: String,
    /// AK901; `None` when missing or undefined.
    pub verdict: Option<AckCode>,
    /// AK901 as it came; empty when missing.
    pub letter: String,
    /// AK902 to AK904: sets that GE01 declared, that came, that were accepted.
    pub declared: Option<u32>,
    pub received: Option<u32>,
    pub accepted: Option<u32>,
    /// AK905 and on.
    pub codes: Vec<String>,
    /// Those that are named; a short answer names none.
    pub sets: Vec<SetAnswer>,
    /// What is wrong with the answer itself.
    pub findings: Vec<Finding>,
}

/// AK2 to AK5 (IK5): what became of one set of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAnswer {
    /// AK201 and AK202: ST01 and ST02.
    pub code: String,
    pub control_number: String,
    /// AK203: ST03; empty when not said.
    pub implementation: String,
    /// AK501 or IK501; `None` when missing or undefined.
    pub verdict: Option<AckCode>,
    /// AK501 or IK501 as it came; empty when missing.
    pub letter: String,
    /// AK502 (IK502) and on.
    pub codes: Vec<String>,
    pub notes: Vec<SegmentNote>,
}

/// AK3 or IK3.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SegmentNote {
    pub segment: String,
    /// ST is 1.
    pub position: Option<u32>,
    pub loop_id: String,
    /// AK304, IK304; empty when not said.
    pub code: String,
    pub elements: Vec<ElementNote>,
    /// CTX01 of contexts: `SITUATIONAL TRIGGER`, or a name and its value.
    pub contexts: Vec<String>,
}

/// AK4 or IK4.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ElementNote {
    /// From 1.
    pub element: Option<u16>,
    pub component: Option<u16>,
    pub repetition: Option<u16>,
    /// AK402: number in the dictionary.
    pub reference: String,
    /// AK403, IK403.
    pub code: String,
    /// AK404: a copy of what was sent.
    pub value: String,
    pub contexts: Vec<String>,
}

impl GroupAnswer {
    /// What is said of that set: by its own AK2, or by AK9 for all. `None` when nothing is: of a group that was accepted in
    /// part, sets that are not named stay open.
    pub fn verdict_on(&self, code: &str, control_number: &str) -> Option<AckCode> {
        let named =
            |s: &&SetAnswer| s.control_number == control_number && (s.code == code || s.code.is_empty());
        match (self.sets.iter().find(named), self.verdict) {
            // A group rejected whole takes its sets with it, whatever is said of them.
            (_, Some(AckCode::Rejected)) => Some(AckCode::Rejected),
            (Some(set), _) => set.verdict,
            (None, Some(AckCode::PartiallyAccepted)) => None,
            (None, verdict) => verdict,
        }
    }
}

/// Reads a 997 or 999; `None` for any other set.
pub fn read(set: &TransactionSet<'_>) -> Option<GroupAnswer> {
    if !matches!(set.code.as_str(), "997" | "999") {
        return None;
    }
    let mut reading = Reading { set, answer: GroupAnswer::nothing() };
    for segment in &set.segments {
        reading.segment(segment);
    }
    Some(reading.finish())
}

/// Reads a TA1. What is wrong with it is a warning: it is never answered, and does not stop what came with it.
pub fn read_interchange(ta1: &Segment<'_>) -> InterchangeAnswer {
    let text = |n: usize| excerpt(ta1.element(n).trim_ascii());
    let verdict = AckCode::of(&text(4).to_ascii_uppercase()).filter(|v| *v != AckCode::PartiallyAccepted);
    let (control_number, date, time, note_code) = (text(1), text(2), text(3), text(5));
    let mut findings = faults_of_ta1(ta1);
    if verdict.is_none() {
        let place = Place {
            segment: Some("TA1".to_string()),
            element: Some(4),
            offset: ta1.offset,
            ..Place::default()
        };
        let message = format!("TA104 '{}' is none of A, E, R", text(4));
        findings.push(Finding::new(finding::ANSWER_UNCLEAR, Severity::Warning, place, message));
    }
    InterchangeAnswer { control_number, date, time, verdict, note_code, findings }
}

/// By its definition, which is the same in all versions shipped.
fn faults_of_ta1(ta1: &Segment<'_>) -> Vec<Finding> {
    let Some(dictionary) = Dictionary::x12("005010") else { return Vec::new() };
    let within = TransactionSet {
        standard: Standard::X12,
        code: String::new(),
        version: String::new(),
        control_number: String::new(),
        interchange: String::new(),
        group: String::new(),
        segments: Vec::new(),
        findings: Vec::new(),
        offset: ta1.offset,
        length: 0,
        too_large: false,
    };
    let mut findings = check_service(dictionary, &within, ta1, "");
    // Date and time repeat those of the interchange that is answered, whatever they are.
    findings.retain(|f| !matches!(f.code, finding::INVALID_DATE | finding::INVALID_TIME));
    for finding in &mut findings {
        let place =
            Place { interchange: None, group: None, set: None, position: None, ..finding.place.clone() };
        (finding.severity, finding.answer, finding.place) = (Severity::Warning, None, place);
    }
    findings
}

impl GroupAnswer {
    fn nothing() -> GroupAnswer {
        GroupAnswer {
            functional_id: String::new(),
            control_number: String::new(),
            version: String::new(),
            verdict: None,
            letter: String::new(),
            declared: None,
            received: None,
            accepted: None,
            codes: Vec::new(),
            sets: Vec::new(),
            findings: Vec::new(),
        }
    }
}

struct Reading<'r, 'a> {
    set: &'r TransactionSet<'a>,
    answer: GroupAnswer,
}

fn text(segment: &Segment<'_>, element: usize) -> String {
    excerpt(segment.element(element).trim_ascii())
}

fn texts(segment: &Segment<'_>, from: usize) -> Vec<String> {
    (from..from + 5).map(|n| text(segment, n)).filter(|t| !t.is_empty()).collect()
}

impl Reading<'_, '_> {
    fn segment(&mut self, segment: &Segment<'_>) {
        let answer = &mut self.answer;
        match segment.tag_bytes().to_ascii_uppercase().as_slice() {
            b"AK1" => {
                answer.functional_id = text(segment, 1);
                answer.control_number = text(segment, 2);
                answer.version = text(segment, 3);
            }
            b"AK2" => answer.sets.push(SetAnswer {
                code: text(segment, 1),
                control_number: text(segment, 2),
                implementation: text(segment, 3),
                verdict: None,
                letter: String::new(),
                codes: Vec::new(),
                notes: Vec::new(),
            }),
            b"AK3" | b"IK3" => self.note(segment),
            b"AK4" | b"IK4" => self.element(segment),
            b"CTX" => self.context(segment),
            b"AK5" | b"IK5" => {
                let verdict = self.verdict(segment, false);
                if let Some(set) = self.answer.sets.last_mut() {
                    (set.verdict, set.codes) = (verdict, texts(segment, 2));
                    set.letter = text(segment, 1);
                }
            }
            b"AK9" => {
                answer.declared = text(segment, 2).parse().ok();
                answer.received = text(segment, 3).parse().ok();
                answer.accepted = text(segment, 4).parse().ok();
                answer.codes = texts(segment, 5);
                answer.letter = text(segment, 1);
                self.answer.verdict = self.verdict(segment, true);
                self.counts(segment);
            }
            _ => {}
        }
    }

    fn note(&mut self, segment: &Segment<'_>) {
        let note = SegmentNote {
            segment: text(segment, 1),
            position: text(segment, 2).parse().ok(),
            loop_id: text(segment, 3),
            code: text(segment, 4),
            ..SegmentNote::default()
        };
        if let Some(set) = self.answer.sets.last_mut() {
            set.notes.push(note);
        }
    }

    fn element(&mut self, segment: &Segment<'_>) {
        let at = |n: usize| excerpt(segment.component(1, n)).trim().parse().ok();
        let element = ElementNote {
            element: at(1),
            component: at(2),
            repetition: at(3),
            reference: text(segment, 2),
            code: text(segment, 3),
            value: text(segment, 4),
            contexts: Vec::new(),
        };
        if let Some(note) = self.answer.sets.last_mut().and_then(|s| s.notes.last_mut()) {
            note.elements.push(element);
        }
    }

    fn context(&mut self, segment: &Segment<'_>) {
        let context = text(segment, 1);
        let Some(note) = self.answer.sets.last_mut().and_then(|s| s.notes.last_mut()) else { return };
        match note.elements.last_mut() {
            Some(element) => element.contexts.push(context),
            None => note.contexts.push(context),
        }
    }

    fn verdict(&mut self, segment: &Segment<'_>, of_group: bool) -> Option<AckCode> {
        let letter = text(segment, 1);
        let verdict = AckCode::of(&letter.to_ascii_uppercase())
            .filter(|v| of_group || *v != AckCode::PartiallyAccepted);
        if verdict.is_none() {
            let message = format!("{}01 '{letter}' is no verdict: the answer decides nothing", segment.tag());
            self.find(segment, 1, message);
        }
        verdict
    }

    /// AK904 may not say otherwise than AK901 and AK5.
    fn counts(&mut self, ak9: &Segment<'_>) {
        let answer = &self.answer;
        let (Some(received), Some(accepted)) = (answer.received, answer.accepted) else { return };
        let contradicts = match answer.verdict {
            _ if accepted > received => true,
            Some(AckCode::Accepted | AckCode::AcceptedWithErrors) => accepted < received,
            Some(AckCode::Rejected) => accepted > 0,
            _ => false,
        };
        if contradicts {
            let message = format!("AK9 says '{}' and {accepted} of {received} sets accepted", text(ak9, 1));
            self.find(ak9, 4, message);
        }
    }

    fn find(&mut self, segment: &Segment<'_>, element: u16, message: String) {
        let place = Place {
            interchange: Some(self.set.interchange.clone()),
            group: Some(self.set.group.clone()),
            set: Some(self.set.control_number.clone()),
            segment: Some(segment.tag().to_string()),
            position: Some(segment.position),
            element: Some(element),
            offset: segment.offset,
            ..Place::default()
        };
        const CODE: Code = finding::ANSWER_UNCLEAR;
        self.answer.findings.push(Finding::new(CODE, Severity::Error, place, message));
    }

    fn finish(mut self) -> GroupAnswer {
        let has = |tag: &[u8]| self.set.segments.iter().any(|s| s.tag_bytes().eq_ignore_ascii_case(tag));
        let missing: Vec<&str> = ["AK1", "AK9"].into_iter().filter(|tag| !has(tag.as_bytes())).collect();
        if let Some(st) = self.set.segments.first() {
            for tag in missing {
                self.find(st, 1, format!("{tag} is missing: the answer names no group, or decides nothing"));
            }
        }
        let open: Vec<String> = self
            .answer
            .sets
            .iter()
            .filter(|s| s.verdict.is_none())
            .map(|s| s.control_number.clone())
            .collect();
        if let (Some(st), false) = (self.set.segments.first(), open.is_empty()) {
            self.find(st, 1, format!("no verdict on set {}", open.join(", ")));
        }
        self.answer
    }
}
