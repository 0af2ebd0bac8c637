//! What we answer: verdicts on interchange, groups and sets, and the TA1, 997 or 999 that say so (X12.20).
//!
//! A verdict follows from findings alone: an error rejects, a warning that the acknowledgement has a code for is noted. One
//! 997 or 999 a group, never one for a group of acknowledgements (FA). Nothing here decides whether an answer is owed.
//! `read` turns what partners answer us back into values, one shape a standard; `answered` gives both standards one shape, `told` its
//! errors in words, `our_element` their places in what we wrote.

pub mod answered;
mod our_element;
mod read;
mod told;

pub use our_element::{OurElement, our_element};
pub use told::{Level, ReportedError, words};

pub use read::{ElementNote, GroupAnswer, InterchangeAnswer, SegmentNote, SetAnswer, read, read_interchange};

use crate::finding::{self, Finding, Severity};
use crate::interchange::{FunctionalGroup, Interchange, Standard, TransactionSet};
use crate::x12::writer::{Envelope, InData, Value, WriteError, Writer};

/// AK501/AK901 and TA104 share these letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckCode {
    Accepted,
    AcceptedWithErrors,
    /// AK901 only: some sets of the group rejected.
    PartiallyAccepted,
    Rejected,
}

impl AckCode {
    /// `A`, `E`, `P`, `R`; `M`, `W` and `X` reject for reasons of security.
    pub fn of(letter: &str) -> Option<AckCode> {
        Some(match letter {
            "A" => AckCode::Accepted,
            "E" => AckCode::AcceptedWithErrors,
            "P" => AckCode::PartiallyAccepted,
            "R" | "M" | "W" | "X" => AckCode::Rejected,
            _ => return None,
        })
    }

    /// `A`, `E`, `P`, `R`.
    pub fn letter(self) -> &'static str {
        match self {
            AckCode::Accepted => "A",
            AckCode::AcceptedWithErrors => "E",
            AckCode::PartiallyAccepted => "P",
            AckCode::Rejected => "R",
        }
    }

    /// What it is said of may be posted.
    pub fn accepts(self) -> bool {
        matches!(self, AckCode::Accepted | AckCode::AcceptedWithErrors)
    }
}

/// How a set with faults is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tolerance {
    /// Any error rejects the set.
    #[default]
    Strict,
    /// Errors within elements (AK4, UCD) are accepted with errors (AK501 = E; a CONTRL has no word for it); structural ones reject.
    ElementErrors,
}

#[derive(Debug, Clone)]
pub struct SetResult {
    pub code: String,
    /// As in [`TransactionSet::version`]; a CONTRL repeats it. Empty where only the code was known.
    pub version: String,
    pub control_number: String,
    /// The set's own and its schema's.
    pub findings: Vec<Finding>,
    pub verdict: AckCode,
    /// ST03: the implementation guide the set says it follows; AK203 repeats it in a 999.
    pub implementation: Option<String>,
}

/// Which set says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// 997.
    #[default]
    Functional,
    /// 999, from 005010 on: the envelope's group version must be one, such as `005010X231A1`.
    Implementation,
}

#[derive(Debug, Clone)]
pub struct GroupResult {
    pub header: FunctionalGroup,
    pub declared_sets: Option<u32>,
    pub received_sets: u32,
    pub sets: Vec<SetResult>,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone)]
pub struct InterchangeResult {
    pub header: Interchange,
    pub groups: Vec<GroupResult>,
    pub findings: Vec<Finding>,
}

fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}

/// Something the acknowledgement has a word for, that does not reject.
fn is_noted(finding: &Finding) -> bool {
    finding.severity >= Severity::Warning && finding.answer.is_some()
}

impl SetResult {
    pub fn judge(
        code: &str,
        control_number: &str,
        findings: Vec<Finding>,
        tolerance: Tolerance,
    ) -> SetResult {
        let rejects = |f: &Finding| {
            f.severity == Severity::Error
                && !(tolerance == Tolerance::ElementErrors && (f.answers("AK403") || f.answers("UCD01")))
        };
        let verdict = if findings.iter().any(rejects) {
            AckCode::Rejected
        } else if findings.iter().any(is_noted) {
            AckCode::AcceptedWithErrors
        } else {
            AckCode::Accepted
        };
        let (code, control_number) = (code.to_string(), control_number.to_string());
        let version = String::new();
        SetResult { code, version, control_number, findings, verdict, implementation: None }
    }

    /// The same of a set of either standard, its version and guide kept.
    pub fn of(set: &TransactionSet<'_>, findings: Vec<Finding>, tolerance: Tolerance) -> SetResult {
        let judged = SetResult::judge(&set.code, &set.control_number, findings, tolerance);
        let st = set.segments.first().filter(|_| set.standard == Standard::X12);
        let implementation = st.map(|st| st.text(3).into_owned()).filter(|text| !text.is_empty());
        SetResult { version: set.version.clone(), implementation, ..judged }
    }
}

impl GroupResult {
    /// Errors of the group's own envelope (GE missing, count, control number) reject the group whole.
    pub fn verdict(&self) -> AckCode {
        let rejected = self.sets.iter().filter(|s| s.verdict == AckCode::Rejected).count();
        if !self.envelope_accepted() || (rejected > 0 && rejected == self.sets.len()) {
            AckCode::Rejected
        } else if rejected > 0 {
            AckCode::PartiallyAccepted
        } else if self.findings.iter().any(is_noted)
            || self.sets.iter().any(|s| s.verdict != AckCode::Accepted)
        {
            AckCode::AcceptedWithErrors
        } else {
            AckCode::Accepted
        }
    }
    /// True if a set of it may be posted, as far as the group's own envelope goes.
    pub fn envelope_accepted(&self) -> bool {
        !has_errors(&self.findings)
    }

    /// AK904: none when the group is rejected whole.
    fn accepted_sets(&self) -> usize {
        match self.envelope_accepted() {
            true => self.sets.iter().filter(|s| s.verdict.accepts()).count(),
            false => 0,
        }
    }
}

impl InterchangeResult {
    /// Accepted, AcceptedWithErrors or Rejected: TA104, or the action of the UCI.
    pub fn verdict(&self) -> AckCode {
        if has_errors(&self.findings) {
            AckCode::Rejected
        } else if self.findings.iter().any(|f| is_noted(f) && f.answers("TA105")) {
            AckCode::AcceptedWithErrors
        } else {
            AckCode::Accepted
        }
    }
    /// TA105, `000` when nothing is wrong.
    pub fn note_code(&self) -> &str {
        let worst = |severity| {
            let mut of = self.findings.iter().filter(move |f| f.severity == severity && f.answers("TA105"));
            of.find_map(|f| f.answer.as_ref()).map(|a| a.code.as_str())
        };
        match self.verdict() {
            AckCode::Accepted => "000",
            // An error without a code of its own is a fault of the content.
            AckCode::Rejected => worst(Severity::Error).unwrap_or("024"),
            _ => worst(Severity::Warning).unwrap_or("000"),
        }
    }
}

/// The answer to one interchange: one ISA with the TA1 (when `ta1`) and, if the interchange was accepted, one GS*FA with one
/// ST*997 a group. `None` when there is nothing to say (no TA1 and no groups, or only groups that are never acknowledged: FA).
///
/// # Errors
/// A header field that does not fit.
pub fn write(
    result: &InterchangeResult,
    envelope: &Envelope,
    ta1: bool,
) -> Result<Option<Vec<u8>>, WriteError> {
    write_as(result, envelope, ta1, Form::Functional)
}

/// As [`write`], with a 999 instead of the 997 if asked.
///
/// # Errors
/// A header field that does not fit.
pub fn write_as(
    result: &InterchangeResult,
    envelope: &Envelope,
    ta1: bool,
    form: Form,
) -> Result<Option<Vec<u8>>, WriteError> {
    let answered: Vec<&GroupResult> = match result.verdict().accepts() {
        true => result.groups.iter().filter(|g| g.header.functional_id != "FA").collect(),
        false => Vec::new(),
    };
    if !ta1 && answered.is_empty() {
        return Ok(None);
    }
    // What the partner wrote is quoted: a delimiter of ours in it becomes a blank.
    let mut writer = Writer::new(envelope, InData::ReplaceWith(b' '))?;
    if ta1 {
        let header = &result.header;
        writer.interchange_acknowledgement(&[
            &header.control_number,
            &header.date,
            &header.time,
            result.verdict().letter(),
            result.note_code(),
        ])?;
    }
    if !answered.is_empty() {
        writer.begin_group("FA")?;
    }
    let mut response = Response { form, version: &envelope.group_version, writer: &mut writer };
    for group in answered {
        response.group(group)?;
    }
    writer.finish().map(Some)
}

/// ```text
/// 997   ST, AK1, { AK2, { AK3, AK4 x99 }, AK5 }, AK9, SE
/// 999   ST, AK1, { AK2, { IK3, { IK4, CTX x10 } }, IK5 }, AK9, SE
/// ```
struct Response<'w> {
    form: Form,
    /// GS08 of the answer: 005010 has codes that 004010 has not.
    version: &'w str,
    writer: &'w mut Writer,
}

impl Response<'_> {
    fn tag(&self, functional: &'static str, implementation: &'static str) -> &'static str {
        match self.form {
            Form::Functional => functional,
            Form::Implementation => implementation,
        }
    }

    fn group(&mut self, group: &GroupResult) -> Result<(), WriteError> {
        let (id, number) = (&group.header.functional_id, &group.header.control_number);
        match self.form {
            Form::Functional => {
                self.writer.begin_set("997")?;
                self.writer.segment("AK1", &[id, number])?;
            }
            Form::Implementation => {
                // ST03 repeats the guide that GS08 names beyond the version.
                let guide = if self.version.len() > 6 { self.version } else { "" };
                self.writer.begin_set_of("999", guide)?;
                self.writer.segment("AK1", &[id, number, fit(&group.header.version, 12)])?;
            }
        }
        for set in &group.sets {
            // AK5 A beside AK9 R would contradict: of a group rejected whole, only sets with faults of their own are named.
            if group.envelope_accepted() || set.verdict == AckCode::Rejected {
                self.set(set)?;
            }
        }
        let verdict = group.verdict();
        let received = group.received_sets.to_string();
        let declared = group.declared_sets.map_or(received.clone(), |n| n.to_string());
        let accepted = group.accepted_sets().to_string();
        let mut elements = vec![verdict.letter(), declared.as_str(), received.as_str(), accepted.as_str()];
        elements.extend(codes(&group.findings, "AK905"));
        self.writer.segment("AK9", &elements)?;
        self.writer.end_set()
    }

    fn set(&mut self, set: &SetResult) -> Result<(), WriteError> {
        let guide = set.implementation.as_deref().filter(|_| self.form == Form::Implementation);
        let guide = fit(guide.unwrap_or(""), 35);
        self.writer.segment("AK2", &[fit(&set.code, 3), fit(&set.control_number, 9), guide])?;
        let mut notes: Vec<&Finding> =
            set.findings.iter().filter(|f| f.answers("AK304") || f.answers("AK403")).collect();
        notes.sort_by_key(|f| f.place.position);
        // A segment's own faults first, then one AK3 with code 8 for what is wrong within it.
        for at_segment in
            notes.chunk_by(|a, b| a.place.position == b.place.position && a.place.segment == b.place.segment)
        {
            for finding in at_segment.iter().filter(|f| f.answers("AK304")) {
                self.segment(finding, self.segment_code(finding))?;
            }
            let within: Vec<&&Finding> = at_segment.iter().filter(|f| f.answers("AK403")).collect();
            if let Some(first) = within.first() {
                self.segment(first, "8")?;
            }
            for finding in within.into_iter().take(99) {
                self.element(finding)?;
            }
        }
        let mut elements = vec![set.verdict.letter()];
        let mut faults = codes(&set.findings, "AK502");
        if !notes.is_empty() && !faults.contains(&"5") {
            faults.insert(0, "5");
            faults.truncate(5);
        }
        elements.extend(faults);
        self.writer.segment(self.tag("AK5", "IK5"), &elements)
    }

    /// `AK3*N1*4**3`, `IK3*N1*4*N1*3`
    fn segment(&mut self, finding: &Finding, code: &str) -> Result<(), WriteError> {
        // Two characters at least (721): what is shorter is filled up with blanks.
        let id = format!("{:2}", fit(finding.place.segment.as_deref().unwrap_or(""), 3));
        let id = if id.trim().is_empty() { "??" } else { &id };
        let position = position(finding);
        self.writer.segment(self.tag("AK3", "IK3"), &[id, &position, self.loop_id(finding), code])
    }

    fn loop_id<'f>(&self, finding: &'f Finding) -> &'f str {
        let named = finding.place.loop_id.as_deref().filter(|_| self.form == Form::Implementation);
        fit(named.unwrap_or(""), 4)
    }

    /// `AK4*3*355*7*EACH`, with a composite's component as `AK4*5>1*355*7*EACH`
    fn element(&mut self, finding: &Finding) -> Result<(), WriteError> {
        let element = finding.place.element.unwrap_or(1).to_string();
        let component = finding.place.component.map(|c| c.to_string()).unwrap_or_default();
        // C030 has a third component from 005010 on.
        let repetition = finding.place.repetition.filter(|_| self.version >= "005010");
        let repetition = repetition.map(|r| r.min(9999).to_string()).unwrap_or_default();
        let at = [element.as_str(), component.as_str(), repetition.as_str()];
        // Composites have ids, but AK402 takes numbers only.
        let reference = finding
            .place
            .reference
            .as_deref()
            .filter(|r| r.len() <= 4 && r.bytes().all(|b| b.is_ascii_digit()));
        let delimiters = self.writer.delimiters();
        let quoted = |c: char| match u8::try_from(c) {
            Ok(b) if delimiters.contains(b) || b.is_ascii_control() => ' ',
            _ => c,
        };
        let value: String = finding.value.as_deref().unwrap_or("").chars().map(quoted).collect();
        let elements = [
            Value::Composite(&at),
            Value::Simple(reference.unwrap_or("")),
            Value::Simple(self.element_code(finding)),
            Value::Simple(value.trim()),
        ];
        self.writer.segment_of(self.tag("AK4", "IK4"), &elements)?;
        if self.form == Form::Implementation && is_situational(finding) {
            self.context(finding)?;
        }
        Ok(())
    }

    /// `CTX*SITUATIONAL TRIGGER*N1*4*N1`: what asks for the element stands in this segment.
    fn context(&mut self, finding: &Finding) -> Result<(), WriteError> {
        let position = position(finding);
        let segment = fit(finding.place.segment.as_deref().unwrap_or(""), 3);
        let loop_id = self.loop_id(finding);
        self.writer.segment("CTX", &["SITUATIONAL TRIGGER", segment, &position, loop_id])
    }

    /// 723 of 004010 has no code for repetitions and components; 621 of the 999 has some for guides.
    fn element_code<'f>(&self, finding: &'f Finding) -> &'f str {
        let newer = self.version >= "005010";
        match finding.code {
            finding::TOO_MANY_COMPONENTS if newer => "13",
            finding::TOO_MANY_REPETITIONS if !newer => "3",
            finding::GUIDE_CODE if self.form == Form::Implementation => "I6",
            finding::GUIDE_ELEMENT_UNUSED if self.form == Form::Implementation => "I10",
            _ => answer_code(finding),
        }
    }

    /// 620 of the 999 has codes for what a guide asks for beyond the standard.
    fn segment_code<'f>(&self, finding: &'f Finding) -> &'f str {
        match finding.code {
            finding::GUIDE_SEGMENT_UNUSED if self.form == Form::Implementation => "I4",
            finding::GUIDE_LOOP_MISSING if self.form == Form::Implementation => "I7",
            finding::GUIDE_SEGMENT_MISSING if self.form == Form::Implementation => "I8",
            _ => answer_code(finding),
        }
    }
}

/// GS08 of a 999 (005010): a guide's own where a group that it answers follows one (005010X222A1), else the bare release.
pub fn implementation_version(result: &InterchangeResult) -> &'static str {
    let follows = |group: &GroupResult| group.header.version.as_bytes().get(6) == Some(&b'X');
    if result.groups.iter().any(follows) { "005010X231A1" } else { "005010" }
}

/// Wrong only because of what else is there, or of what was agreed.
fn is_situational(finding: &Finding) -> bool {
    matches!(finding.code, finding::ELEMENT_CONDITION | finding::EXCLUSION | finding::GUIDE_MISSING)
}

fn position(finding: &Finding) -> String {
    finding.place.position.unwrap_or(1).min(999_999).to_string()
}

fn answer_code(finding: &Finding) -> &str {
    finding.answer.as_ref().map_or("", |a| a.code.as_str())
}

/// The first `longest` characters.
fn fit(text: &str, longest: usize) -> &str {
    text.char_indices().nth(longest).map_or(text, |(end, _)| &text[..end])
}

/// The different codes answered in this element, five at most: AK5 and AK9 have no room for more.
fn codes<'f>(findings: &'f [Finding], element: &str) -> Vec<&'f str> {
    let mut codes: Vec<&str> = Vec::new();
    for finding in findings.iter().filter(|f| f.answers(element)) {
        let code = answer_code(finding);
        if codes.len() < 5 && !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}
