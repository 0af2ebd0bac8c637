//! An error as a partner reports it, and what its code means in words.
//!
//! One shape for AK3 and AK4, IK3 and IK4, TA105, AK502, AK905 and the segments of a CONTRL: which element of the answer holds the
//! code, and where in our set it points. Displayed it is one sentence for people. A code without words is told as it came.

use super::read::{ElementNote, SegmentNote};
use crate::edifact::contrl::Fault;
use std::fmt;

/// What the error is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Interchange,
    Group,
    Set,
    Segment,
    Element,
}

/// One error of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedError {
    pub level: Level,
    /// Where the answer has the code: `TA105`, `AK905`, `AK502`, `AK304`, `AK403`, `IK403`, `UCI05`, `UCF05`, `UCM04`, `UCS02`, `UCD01`.
    pub told_in: &'static str,
    /// As it came; empty where only a place is told.
    pub code: String,
    /// Segment id. A CONTRL names those of envelopes alone: [`super::our_element`] knows the others by their position.
    pub segment: String,
    /// In the set; ST or UNH is 1.
    pub position: Option<u32>,
    pub loop_id: String,
    /// From 1, the tag not counted.
    pub element: Option<u16>,
    pub component: Option<u16>,
    pub repetition: Option<u32>,
    /// Number of the element in the dictionary (AK402).
    pub reference: String,
    /// A copy of what we sent (AK404); empty where none is told.
    pub value: String,
    /// What the error depends on (CTX).
    pub contexts: Vec<String>,
}

impl ReportedError {
    pub(super) fn new(level: Level, told_in: &'static str, code: &str) -> ReportedError {
        ReportedError {
            level,
            told_in,
            code: code.to_string(),
            segment: String::new(),
            position: None,
            loop_id: String::new(),
            element: None,
            component: None,
            repetition: None,
            reference: String::new(),
            value: String::new(),
            contexts: Vec::new(),
        }
    }

    pub(super) fn of_note(note: &SegmentNote, told_in: &'static str) -> ReportedError {
        ReportedError {
            segment: note.segment.clone(),
            position: note.position,
            loop_id: note.loop_id.clone(),
            contexts: note.contexts.clone(),
            ..ReportedError::new(Level::Segment, told_in, &note.code)
        }
    }

    pub(super) fn of_element(
        note: &SegmentNote,
        element: &ElementNote,
        told_in: &'static str,
    ) -> ReportedError {
        ReportedError {
            level: Level::Element,
            told_in,
            code: element.code.clone(),
            element: element.element,
            component: element.component,
            repetition: element.repetition.map(u32::from),
            reference: element.reference.clone(),
            value: element.value.clone(),
            contexts: element.contexts.clone(),
            ..ReportedError::of_note(note, told_in)
        }
    }

    pub(super) fn of_fault(fault: &Fault, level: Level, told_in: &'static str) -> ReportedError {
        // 0098 counts the tag as 1: nothing below points at an element.
        let element = fault.element.filter(|element| *element > 0);
        ReportedError {
            segment: fault.segment.clone(),
            position: fault.position,
            element,
            component: fault.component.filter(|_| element.is_some()),
            repetition: fault.repetition,
            ..ReportedError::new(level, told_in, &fault.code)
        }
    }

    /// What the code means; `None` where it has no words here.
    pub fn words(&self) -> Option<&'static str> {
        words(self.told_in, &self.code)
    }

    /// `N104`, `MEA04-1`; of an envelope what it is.
    fn place(&self) -> String {
        let segment = match (self.segment.is_empty(), self.level) {
            (false, _) => self.segment.as_str(),
            (true, Level::Interchange) => return "interchange".to_string(),
            (true, Level::Group) => return "group".to_string(),
            (true, Level::Set) => return "set".to_string(),
            (true, _) => "segment",
        };
        let separator = if self.segment.is_empty() { " element " } else { "" };
        let element = self.element.map(|e| format!("{separator}{e:02}")).unwrap_or_default();
        let component = self.component.map(|c| format!("-{c}")).unwrap_or_default();
        format!("{segment}{element}{component}")
    }
}

/// ``N104 (position 12): code not in the list (AK403 7); value `XQ` ``.
impl fmt::Display for ReportedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())?;
        let position = self.position.map(|n| format!("position {n}"));
        let loop_id = Some(format!("loop {}", self.loop_id)).filter(|_| !self.loop_id.is_empty());
        let repetition = self.repetition.map(|n| format!("value {n} of those repeated"));
        let around: Vec<String> = [position, loop_id, repetition].into_iter().flatten().collect();
        if !around.is_empty() {
            write!(f, " ({})", around.join(", "))?;
        }
        match self.words() {
            Some(words) => write!(f, ": {words} ({} {})", self.told_in, self.code)?,
            None if self.code.is_empty() => f.write_str(": at fault, without a code")?,
            None => write!(f, ": a code without words here ({} {})", self.told_in, self.code)?,
        }
        if !self.value.is_empty() {
            write!(f, "; value `{}`", self.value)?;
        }
        if !self.contexts.is_empty() {
            write!(f, "; because of {}", self.contexts.join(", "))?;
        }
        Ok(())
    }
}

/// What a code means in an element of an answer (`AK403`, `7`); `None` where we have no words for it.
pub fn words(told_in: &str, code: &str) -> Option<&'static str> {
    let lists: &[&[(&str, &'static str)]] = match told_in {
        "TA105" => &[INTERCHANGE],
        "AK905" => &[GROUP],
        "AK502" => &[SET],
        "IK502" => &[SET, SET_GUIDE],
        "AK304" => &[SEGMENT],
        "IK304" => &[SEGMENT, SEGMENT_GUIDE],
        "AK403" => &[ELEMENT],
        "IK403" => &[ELEMENT, ELEMENT_GUIDE],
        "UCI05" | "UCF05" | "UCM04" | "UCS02" | "UCD01" => &[SYNTAX],
        _ => &[],
    };
    // Some partners fill up with zeros, or leave them out.
    let plain = |code: &str| code.trim_start_matches('0').to_ascii_uppercase();
    let code = Some(plain(code.trim())).filter(|_| !code.trim().is_empty())?;
    lists.iter().copied().flatten().find(|(known, _)| plain(known) == code).map(|(_, words)| *words)
}

type Words = &'static [(&'static str, &'static str)];

/// X12 I18.
const INTERCHANGE: Words = &[
    ("000", "no error"),
    ("001", "control numbers of ISA and IEA differ"),
    ("002", "standard not supported (ISA11)"),
    ("003", "version not supported (ISA12)"),
    ("004", "invalid segment terminator"),
    ("005", "invalid qualifier of the sender"),
    ("006", "invalid sender"),
    ("007", "invalid qualifier of the receiver"),
    ("008", "invalid receiver"),
    ("009", "unknown receiver"),
    ("010", "invalid qualifier of the authorization"),
    ("011", "invalid authorization"),
    ("012", "invalid qualifier of the security information"),
    ("013", "invalid security information"),
    ("014", "invalid date"),
    ("015", "invalid time"),
    ("016", "invalid standard (ISA11)"),
    ("017", "invalid version (ISA12)"),
    ("018", "invalid control number"),
    ("019", "invalid wish for an acknowledgement (ISA14)"),
    ("020", "invalid test indicator"),
    ("021", "wrong count of groups"),
    ("022", "invalid control structure"),
    ("023", "file ends too early"),
    ("024", "invalid content"),
    ("025", "control number used before"),
    ("026", "invalid element separator"),
    ("027", "invalid component separator"),
    ("028", "invalid date of deferred delivery"),
    ("029", "invalid time of deferred delivery"),
    ("030", "invalid time zone of deferred delivery"),
    ("031", "invalid grade of service"),
];

/// X12 716.
const GROUP: Words = &[
    ("1", "functional group not supported"),
    ("2", "version of the group not supported"),
    ("3", "trailer of the group missing"),
    ("4", "control numbers of GS and GE differ"),
    ("5", "wrong count of sets"),
    ("6", "invalid control number of the group"),
    ("10", "unknown name of the authentication key"),
    ("11", "unknown name of the encryption key"),
    ("12", "security service not available"),
    ("13", "unknown receiver of the security"),
    ("14", "unknown originator of the security"),
    ("15", "syntax error in decrypted text"),
    ("16", "security not supported"),
    ("17", "wrong length of the message (encryption)"),
    ("18", "authentication failed"),
    ("19", "control number of the group not unique in the interchange"),
    ("20", "end of security S3 missing for its start"),
    ("21", "start of security S3 missing for its end"),
    ("22", "end of security S4 missing for its start"),
    ("23", "end of security missing (S3)"),
    ("24", "start of security missing (S3)"),
    ("25", "end of security missing (S4)"),
    ("26", "start of security missing (S4)"),
];

/// X12 718.
const SET: Words = &[
    ("1", "transaction set not supported"),
    ("2", "trailer of the set missing"),
    ("3", "control numbers of ST and SE differ"),
    ("4", "wrong count of segments"),
    ("5", "one or more segments in error"),
    ("6", "missing or invalid code of the set"),
    ("7", "missing or invalid control number of the set"),
    ("8", "unknown name of the authentication key"),
    ("9", "unknown name of the encryption key"),
    ("10", "security service not available"),
    ("11", "unknown receiver of the security"),
    ("12", "wrong length of the message (encryption)"),
    ("13", "authentication failed"),
    ("15", "unknown originator of the security"),
    ("16", "syntax error in decrypted text"),
    ("17", "security not supported"),
    ("18", "set not allowed in the group"),
    ("19", "invalid reference to the implementation guide"),
    ("20", "end of security S3 missing for its start"),
    ("21", "start of security S3 missing for its end"),
    ("22", "end of security S4 missing for its start"),
    ("23", "control number of the set not unique in the group"),
    ("24", "end of security missing (S3)"),
    ("25", "start of security missing (S3)"),
    ("26", "end of security missing (S4)"),
    ("27", "start of security missing (S4)"),
];

/// X12 618 beyond 718.
const SET_GUIDE: Words = &[
    ("I5", "one or more segments against the implementation guide"),
    ("I6", "implementation guide not supported"),
];

/// X12 720.
const SEGMENT: Words = &[
    ("1", "unknown segment"),
    ("2", "unexpected segment"),
    ("3", "mandatory segment missing"),
    ("4", "loop occurs too often"),
    ("5", "segment occurs too often"),
    ("6", "segment not defined in the set"),
    ("7", "segment out of order"),
    ("8", "segment has elements in error"),
];

/// X12 620 beyond 720.
const SEGMENT_GUIDE: Words = &[
    ("I4", "segment not used by the implementation guide"),
    ("I6", "segment missing that the implementation guide asks for here"),
    ("I7", "loop occurs less often than the implementation guide asks for"),
    ("I8", "segment occurs less often than the implementation guide asks for"),
    ("I9", "segment that the implementation guide forbids here"),
];

/// X12 723.
const ELEMENT: Words = &[
    ("1", "required element missing"),
    ("2", "element missing that another one asks for"),
    ("3", "too many elements"),
    ("4", "element too short"),
    ("5", "element too long"),
    ("6", "invalid character in the element"),
    ("7", "code not in the list"),
    ("8", "invalid date"),
    ("9", "invalid time"),
    ("10", "element excluded by another one"),
    ("12", "element repeated too often"),
    ("13", "too many components"),
];

/// X12 621 beyond 723.
const ELEMENT_GUIDE: Words = &[
    ("I6", "code not used by the implementation guide"),
    ("I9", "element missing that the implementation guide asks for here"),
    ("I10", "element not used by the implementation guide"),
    ("I11", "element repeated less often than the implementation guide asks for"),
    ("I12", "value not of the pattern of the implementation guide"),
    ("I13", "element that the implementation guide forbids here"),
];

/// EDIFACT 0085.
const SYNTAX: Words = &[
    ("2", "syntax version or level not supported"),
    ("7", "receiver is not the one who got it"),
    ("12", "invalid value"),
    ("13", "missing"),
    ("14", "value not supported here"),
    ("15", "not supported here"),
    ("16", "too many parts"),
    ("17", "no agreement to receive it"),
    ("18", "error that is not specified"),
    ("19", "invalid decimal mark"),
    ("20", "character not allowed as a service character"),
    ("21", "invalid characters"),
    ("22", "invalid service characters"),
    ("23", "unknown sender"),
    ("24", "too old"),
    ("25", "test indicator not supported"),
    ("26", "duplicate"),
    ("27", "security function not supported"),
    ("28", "references of header and trailer differ"),
    ("29", "count differs from what came"),
    ("30", "groups and messages mixed"),
    ("31", "several message types in a group"),
    ("32", "nothing within"),
    ("33", "not allowed outside of a message or group"),
    ("34", "nesting indicator not allowed here"),
    ("35", "repeated too often"),
    ("36", "segment group repeated too often"),
    ("37", "wrong kind of characters"),
    ("38", "digit missing before the decimal mark"),
    ("39", "too long"),
    ("40", "too short"),
    ("41", "permanent fault of the network"),
    ("42", "temporary fault of the network"),
    ("43", "unknown receiver"),
    ("45", "separator at the end"),
    ("46", "character set not supported"),
    ("47", "function of the envelope not supported"),
    ("48", "condition between parts broken"),
];
