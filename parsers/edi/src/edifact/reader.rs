//! Reads any number of EDIFACT interchanges from a stream, one message in memory at a time.
//!
//! Promises: nothing is dropped in silence (what belongs nowhere is a finding), ends are always reported, memory is bounded
//! by the limits however large or broken the input is, and work is linear in its length. Segments are borrowed from the
//! reader's window. Faults in content are findings, never errors; errors are those of the input alone.
//!
//! ```text
//! between interchanges --[UNA] UNB--> in an interchange --UNG, or implied by UNH--> in a group --UNH..UNT--> (one event)
//!          ^---------------UNZ, UNB, end------+   ^--------UNE, UNG, UNZ, UNB, end--------+
//! ```

use super::cut::{Cut, Cutter, Span};
use super::{envelope, service};
use crate::calendar::number;
use crate::control_numbers::Seen;
use crate::finding::{self, Code, Finding, Place, Severity, excerpt};
use crate::interchange::{
    Accounted, Event, FunctionalGroup, Interchange, Limits, Standard, TransactionSet, Within,
};
use crate::reader::{Handover, find_start, stray_finding};
use crate::window::Window;
use crate::x12::isa;
use std::collections::VecDeque;
use std::io::{BufRead, Result};

pub struct Reader<R> {
    cutter: Cutter<R>,
    limits: Limits,
    interchange: Option<OpenInterchange>,
    group: Option<OpenGroup>,
    pending: VecDeque<Step>,
    /// Where the segments of the message being read stand.
    spans: Vec<Span>,
    accounted: Accounted,
    finished: bool,
    /// X12 interchanges may come too: they are left to another reader.
    mixed: bool,
}

struct OpenInterchange {
    header: Interchange,
    version: u8,
    findings: Vec<Finding>,
    /// With a UNG of their own.
    groups: u32,
    group_numbers: Seen,
    /// Messages and packages outside any group.
    loose: u32,
    mixing_told: bool,
    message_numbers: Seen,
}

struct OpenGroup {
    header: FunctionalGroup,
    findings: Vec<Finding>,
    messages: u32,
    /// Packages: counted by the trailer, and nothing to us.
    packages: u32,
    message_numbers: Seen,
}

/// An event that does not borrow yet. `Message` finds its segments in `spans`.
pub(crate) enum Step {
    Event(Event<'static>),
    Message(TransactionSet<'static>),
}

/// Bytes of what is skipped that are looked at for the finding: 99 characters of four bytes.
const HEAD: usize = 99 * 4;

/// Findings of one group or interchange that are listed: junk between messages could go on for ever.
const MAX_FINDINGS: usize = 1000;

/// The segments that shape an interchange.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// A UNA, UNB or ISA that begins another interchange.
    Start,
    Ung,
    Unh,
    Unt,
    Une,
    Unz,
    Uno,
    /// USA, USC, USH, USR, UST.
    Security,
    Other,
}

impl<R: BufRead> Reader<R> {
    pub fn new(input: R, limits: Limits) -> Self {
        Reader::over(Window::new(input), limits)
    }

    fn over(window: Window<R>, limits: Limits) -> Self {
        Reader {
            cutter: Cutter::new(window, limits.max_segment_bytes, limits.max_set_bytes),
            limits,
            interchange: None,
            group: None,
            pending: VecDeque::new(),
            spans: Vec::new(),
            accounted: Accounted::default(),
            finished: false,
            mixed: false,
        }
    }

    /// A reader that goes on where one of the other standard left off, and gives way to one itself.
    pub(crate) fn taking_over(from: Handover<R>, limits: Limits) -> Self {
        let mut reader = Reader::over(from.window, limits);
        reader.cutter.go_to(from.at);
        reader.accounted = from.accounted;
        (reader.mixed, reader.cutter.mixed) = (true, true);
        reader
    }

    /// Where it stands, once it has nothing more to say.
    pub(crate) fn give_way(self) -> Handover<R> {
        Handover { at: self.cutter.at(), window: self.cutter.window, accounted: self.accounted }
    }

    /// Where the bytes went so far, open interchange excluded.
    pub fn accounted(&self) -> Accounted {
        Accounted { wrapping: self.cutter.window.removed(), ..self.accounted }
    }

    /// Memory that the window takes: bounded by the limits, whatever the input.
    pub fn window_bytes(&self) -> usize {
        self.cutter.window.capacity()
    }

    /// The next event; `None` at the end of the input.
    ///
    /// # Errors
    /// Those of the input alone, never of its content; after one the reader has lost its place and is of no more use.
    pub fn next_event(&mut self) -> Result<Option<Event<'_>>> {
        let step = self.advance()?;
        Ok(step.map(|step| self.present(step)))
    }

    pub(crate) fn advance(&mut self) -> Result<Option<Step>> {
        loop {
            if let Some(step) = self.pending.pop_front() {
                return Ok(Some(step));
            }
            if self.finished {
                return Ok(None);
            }
            match self.interchange {
                None => self.between()?,
                Some(_) => self.within_interchange()?,
            }
        }
    }

    pub(crate) fn present(&self, step: Step) -> Event<'_> {
        match step {
            Step::Event(event) => event,
            Step::Message(message) => {
                Event::Set(TransactionSet { segments: self.cutter.views(&self.spans), ..message })
            }
        }
    }

    /// Before, between and after interchanges: blanks, the next header, or bytes that belong to nothing.
    fn between(&mut self) -> Result<()> {
        self.accounted.blank += self.cutter.skip_blanks()?;
        let offset = self.cutter.at();
        self.cutter.window.ensure(offset, service::LOOKAHEAD)?;
        let bytes = self.cutter.window.rest(offset);
        if bytes.is_empty() || (self.mixed && isa::read(bytes).is_some()) {
            self.finished = true;
        } else if let Some(header) = service::read(bytes) {
            self.open_interchange(header, offset)?;
        } else {
            self.stray()?;
        }
        Ok(())
    }

    fn open_interchange(&mut self, header: service::Header, offset: u64) -> Result<()> {
        self.cutter.window.ensure(offset, HEAD)?;
        let head = self.cutter.window.rest(offset);
        let head = head[..head.len().min(HEAD)].to_vec();
        self.cutter.enter(header.delimiters, header.notation, offset + header.unb as u64);
        self.cutter.forget_copies();
        let cut = self.cutter.cut(None)?;
        let end = self.cutter.at();
        let ended = self.cutter.window.slice(end.saturating_sub(1)..end) == [header.delimiters.segment];
        let Some(span) = (match cut {
            Cut::Segment(span) if ended => Some(span),
            _ => None,
        }) else {
            self.tell_stray(offset, &head);
            return Ok(());
        };
        let unb = self.cutter.view(span);
        let (interchange, findings) = envelope::interchange(&unb, &header, offset);
        let version = interchange.edifact.as_ref().map_or(3, |syntax| syntax.version);
        self.push(Event::Interchange(interchange.clone()));
        self.interchange = Some(OpenInterchange {
            header: interchange,
            version,
            findings,
            groups: 0,
            group_numbers: Seen::default(),
            loose: 0,
            mixing_told: false,
            message_numbers: Seen::default(),
        });
        Ok(())
    }

    /// Junk up to the next interchange header or the end; only its first bytes are kept.
    fn stray(&mut self) -> Result<()> {
        let offset = self.cutter.at();
        self.cutter.window.ensure(offset, HEAD)?;
        let head = self.cutter.window.rest(offset);
        let head = head[..head.len().min(HEAD)].to_vec();
        let next = match self.mixed {
            true => find_start(&mut self.cutter.window, offset + 1)?,
            false => self.cutter.find_header(offset + 1)?,
        };
        self.cutter.go_to(next);
        self.tell_stray(offset, &head);
        Ok(())
    }

    /// From `offset` to where we are; `head` is what it begins with.
    fn tell_stray(&mut self, offset: u64, head: &[u8]) {
        let length = self.cutter.at() - offset;
        self.accounted.stray += length;
        let head = &head[..head.len().min(length as usize)];
        let x12 = self.mixed && head.starts_with(b"ISA");
        let finding =
            stray_finding(offset, length, head, if x12 { Standard::X12 } else { Standard::Edifact });
        self.push(Event::Stray(finding));
    }

    fn within_interchange(&mut self) -> Result<()> {
        self.spans.clear();
        self.cutter.forget_copies();
        match self.cutter.cut(None)? {
            Cut::Segment(span) => match self.tag(span)? {
                Tag::Unh => self.read_message(span)?,
                Tag::Ung => self.open_group(span),
                Tag::Une if self.group.as_ref().is_some_and(|g| !g.header.implied) => {
                    self.close_group(Some(span))
                }
                Tag::Unz => self.close_interchange(Some(span)),
                Tag::Start => {
                    self.cutter.go_to(span.from);
                    self.close_interchange(None);
                }
                Tag::Uno => self.pass_over_object(span)?,
                Tag::Security => self.note_security(span),
                Tag::Une | Tag::Unt | Tag::Other => self.outside(span.from)?,
            },
            Cut::Rest { from, .. } => self.outside(from)?,
            Cut::TooLong { from, next } => {
                let place = Place { segment: None, ..self.within().place("", None, from) };
                let message = format!("{} bytes without a segment terminator; skipped", next - from);
                self.note(finding::TOO_LONG_SEGMENT, Severity::Error, place, message, b"");
            }
            Cut::End => self.close_interchange(None),
        }
        Ok(())
    }

    /// A run of segments that stand where none of theirs may: one finding.
    fn outside(&mut self, from: u64) -> Result<()> {
        self.cutter.window.ensure(from, HEAD)?;
        let head = self.cutter.window.rest(from);
        let head = head[..head.len().min(HEAD)].to_vec();
        let end = loop {
            let before = self.cutter.at();
            self.cutter.forget_copies();
            match self.cutter.cut(None)? {
                Cut::Segment(span) => {
                    let in_group = self.group.as_ref().is_some_and(|g| !g.header.implied);
                    let tag = self.tag(span)?;
                    if !matches!(tag, Tag::Other | Tag::Unt) && (tag != Tag::Une || in_group) {
                        self.cutter.go_to(span.from);
                        break before;
                    }
                }
                Cut::Rest { .. } | Cut::TooLong { .. } => {}
                Cut::End => break self.cutter.at(),
            }
        };
        let length = end - from;
        let head = &head[..head.len().min(length as usize)];
        let id: String =
            head.iter().take(3).take_while(|b| b.is_ascii_alphanumeric()).map(|&b| b as char).collect();
        let message = format!("{length} bytes stand outside any message; not read");
        let place = self.within().place(&id, None, from);
        self.note(finding::OUTSIDE_MESSAGE, Severity::Error, place, message, head);
        Ok(())
    }

    fn open_group(&mut self, span: Span) {
        self.close_group(None);
        let Some(open) = &mut self.interchange else { return };
        let ung = self.cutter.view(span);
        let (header, findings) =
            envelope::group(&ung, &open.header.control_number, open.version, &mut open.group_numbers);
        open.groups += 1;
        self.begin_group(header, findings);
        self.tell_mixing(span.from);
    }

    /// Messages outside any group are handed over in one that is made up.
    fn imply_group(&mut self, offset: u64) {
        let empty = String::new;
        let header = FunctionalGroup {
            implied: true,
            functional_id: empty(),
            sender: empty(),
            receiver: empty(),
            date: empty(),
            time: empty(),
            control_number: empty(),
            agency: empty(),
            version: empty(),
            offset,
        };
        self.begin_group(header, Vec::new());
    }

    fn begin_group(&mut self, header: FunctionalGroup, findings: Vec<Finding>) {
        self.push(Event::Group(header.clone()));
        let message_numbers = Seen::default();
        self.group = Some(OpenGroup { header, findings, messages: 0, packages: 0, message_numbers });
    }

    /// Either all messages stand in groups, or none does.
    fn tell_mixing(&mut self, offset: u64) {
        let Some(open) = &mut self.interchange else { return };
        if open.groups == 0 || open.loose == 0 || std::mem::replace(&mut open.mixing_told, true) {
            return;
        }
        let within = Within { interchange: Some(open.header.control_number.clone()), ..Within::default() };
        let message = "some messages stand in groups, others outside".to_string();
        let place = within.place("UNG", None, offset);
        open.findings.push(Finding::new(finding::GROUPS_MIXED, Severity::Error, place, message));
    }

    /// By its UNE, or without one: what came instead is still to be read.
    fn close_group(&mut self, une: Option<Span>) {
        let within = self.within();
        let offset = self.cutter.at();
        let Some(open) = &self.interchange else { return };
        let Some(group) = self.group.take() else { return };
        let mut findings = group.findings;
        let received = group.messages + group.packages;
        let declared_sets = match une {
            Some(span) => {
                let une = self.cutter.view(span);
                let (declared, faults) =
                    envelope::trailer_of_group(&une, &group.header, &within, open.version, received);
                findings.extend(faults);
                declared
            }
            None if group.header.implied => None,
            None => {
                let message = format!("group {} has no UNE", group.header.control_number);
                let place = within.place("UNE", None, offset);
                findings.push(Finding::new(finding::UNE_MISSING, Severity::Error, place, message));
                None
            }
        };
        if received == 0 {
            let place = within.place("UNG", None, group.header.offset);
            let message = format!("group {} has no message in it", group.header.control_number);
            findings.push(Finding::new(finding::GROUP_EMPTY, Severity::Error, place, message));
        }
        findings.extend(self.irregular(&within));
        self.push(Event::GroupEnd { declared_sets, received_sets: group.messages, findings });
    }

    fn close_interchange(&mut self, unz: Option<Span>) {
        self.close_group(None);
        let within = self.within();
        let end = self.cutter.at();
        let Some(open) = self.interchange.take() else { return };
        let length = end - open.header.offset;
        self.accounted.interchanges += length;
        let mut findings = open.findings;
        let received = if open.groups > 0 { open.groups } else { open.loose };
        let declared_groups = match unz {
            Some(span) => {
                let unz = self.cutter.view(span);
                let (declared, faults) =
                    envelope::trailer_of_interchange(&unz, &open.header, open.version, received);
                findings.extend(faults);
                declared
            }
            None => {
                let at_end = self.cutter.window.rest(end).is_empty();
                let before = if at_end { "the input ends" } else { "another interchange comes" };
                let message =
                    format!("{before} before the UNZ of interchange {}", open.header.control_number);
                let place = within.place("UNZ", None, end);
                findings.push(Finding::new(finding::UNZ_MISSING, Severity::Error, place, message));
                None
            }
        };
        if open.groups + open.loose == 0 {
            let place = within.place("UNB", None, open.header.offset);
            let message = format!("interchange {} has no message in it", open.header.control_number);
            findings.push(Finding::new(finding::INTERCHANGE_EMPTY, Severity::Error, place, message));
        }
        findings.extend(self.irregular(&within));
        let received_groups = open.groups;
        let complete = unz.is_some();
        self.push(Event::InterchangeEnd { declared_groups, received_groups, complete, length, findings });
    }

    /// Counts a message or package, in its group or outside any.
    fn count(&mut self, offset: u64) {
        if self.group.is_none() {
            self.imply_group(offset);
        }
        let implied = self.group.as_ref().is_some_and(|g| g.header.implied);
        if let Some(open) = self.interchange.as_mut().filter(|_| implied) {
            open.loose += 1;
        }
        self.tell_mixing(offset);
    }

    /// From a UNH to its UNT, or to whatever ends it without one.
    fn read_message(&mut self, span: Span) -> Result<()> {
        let from = span.from;
        self.count(from);
        let mut within = self.within();
        let (Some(open), Some(group)) = (&mut self.interchange, &mut self.group) else { return Ok(()) };
        group.messages += 1;
        let span = span.at_position(1);
        let unh = self.cutter.view(span);
        let part = |component| excerpt(unh.component_text(2, component).trim_end().as_bytes());
        let code = part(1);
        let version: Vec<String> = (2..=5).map(part).collect();
        let version = version.join(":").trim_end_matches(':').to_string();
        let control_number = excerpt(unh.text(1).trim_end().as_bytes());
        if let Some(stranger) = envelope::type_in_group(&unh, &within, &group.header)
            && !group.findings.iter().any(|f| f.code == finding::GROUP_TYPES)
        {
            group.findings.push(stranger);
        }
        within.set = Some(control_number.clone());
        let seen = if group.header.implied { &mut open.message_numbers } else { &mut group.message_numbers };
        let mut findings = envelope::header_of_message(&unh, &within, open.version, seen);
        let syntax = open.version;
        self.spans.push(span);
        let too_large = self.read_body(from, &control_number, &within, syntax, &mut findings)?;
        findings.extend(self.irregular(&within));
        let length = self.cutter.at() - from;
        if too_large {
            self.spans.clear();
            let message = format!("the message has {length} bytes, more than is accepted; it was skipped");
            let place = Place { position: Some(1), ..within.place("UNH", None, from) };
            findings.push(Finding::new(finding::MESSAGE_TOO_LARGE, Severity::Error, place, message));
        }
        self.pending.push_back(Step::Message(TransactionSet {
            standard: Standard::Edifact,
            code,
            version,
            control_number,
            interchange: within.interchange.unwrap_or_default(),
            group: within.group.unwrap_or_default(),
            segments: Vec::new(),
            findings,
            offset: from,
            length,
            too_large,
        }));
        Ok(())
    }

    /// Collects the spans of the message that starts at `start`. True if it grew over a limit, and was only counted on.
    fn read_body(
        &mut self,
        start: u64,
        reference: &str,
        within: &Within,
        syntax: u8,
        findings: &mut Vec<Finding>,
    ) -> Result<bool> {
        let mut count = 1u32;
        let mut too_large = false;
        let mut security_told = false;
        loop {
            if too_large {
                self.cutter.forget_copies();
            }
            if !too_large {
                self.cutter.cut_plain(start, &mut count, &mut self.spans, self.limits.max_set_segments);
            }
            let cut = self.cutter.cut((!too_large).then_some(start))?;
            too_large |= self.cutter.outgrown(start);
            let (offset, fragment) = match cut {
                Cut::Segment(span) => match self.tag_in_message(span, (!too_large).then_some(start))? {
                    Tag::Other => {
                        count = count.saturating_add(1);
                        too_large |= self.spans.len() >= self.limits.max_set_segments;
                        if !too_large {
                            self.spans.push(span.at_position(count));
                        }
                        continue;
                    }
                    Tag::Security => {
                        count = count.saturating_add(1);
                        if !std::mem::replace(&mut security_told, true) {
                            let place =
                                Place { position: Some(count), ..within.place("US", None, span.from) };
                            findings.push(security(place));
                        }
                        continue;
                    }
                    Tag::Unt => {
                        count = count.saturating_add(1);
                        let span = span.at_position(count);
                        self.spans.push(span);
                        let unt = self.cutter.view(span);
                        findings.extend(envelope::trailer_of_message(&unt, reference, within, syntax, count));
                        return Ok(too_large);
                    }
                    _ => {
                        self.cutter.go_to(span.from);
                        (span.from, String::new())
                    }
                },
                Cut::Rest { from, to } => (from, excerpt(self.cutter.window.slice(from..to))),
                Cut::TooLong { from, next } => {
                    too_large = true;
                    count = count.saturating_add(1);
                    let place =
                        Place { position: Some(count), segment: None, ..within.place("", None, from) };
                    let message = format!("{} bytes without a segment terminator; skipped", next - from);
                    findings.push(
                        Finding::new(finding::TOO_LONG_SEGMENT, Severity::Error, place, message)
                            .with_answer("UCM04", "18"),
                    );
                    continue;
                }
                Cut::End => (self.cutter.at(), String::new()),
            };
            let place =
                Place { position: Some(count.saturating_add(1)), ..within.place("UNT", None, offset) };
            let message = match fragment.as_str() {
                "" => format!("message {reference} has no UNT"),
                _ => format!("message {reference} has no UNT; it breaks off within a segment"),
            };
            let missing = Finding::new(finding::UNT_MISSING, Severity::Error, place, message);
            findings.push(missing.with_value(fragment.as_bytes()));
            return Ok(too_large);
        }
    }

    /// A package: so many bytes as its UNO says (S022, 0810), or up to the next UNP where it does not.
    fn pass_over_object(&mut self, span: Span) -> Result<()> {
        self.count(span.from);
        if let Some(group) = &mut self.group {
            group.packages += 1;
        }
        let uno = self.cutter.view(span);
        let reference = excerpt(uno.element(1));
        if let Some(length) = number(uno.component(4, 1)) {
            self.cutter.skip(u64::from(length))?;
        }
        let ended = loop {
            self.cutter.forget_copies();
            match self.cutter.cut(None)? {
                Cut::Segment(span) => {
                    let segment = self.cutter.view(span);
                    if segment.tag() == "UNP" {
                        break true;
                    }
                    if matches!(self.tag(span)?, Tag::Unz | Tag::Une | Tag::Start) {
                        self.cutter.go_to(span.from);
                        break false;
                    }
                }
                Cut::Rest { .. } | Cut::TooLong { .. } => {}
                Cut::End => break false,
            }
        };
        let length = self.cutter.at() - span.from;
        let place = self.within().place("UNO", None, span.from);
        let message = format!("package {reference} ({length} bytes) was not read");
        self.note(finding::OBJECT_PASSED_OVER, Severity::Note, place.clone(), message, b"");
        if !ended {
            let message = format!("package {reference} has no UNP");
            self.note(finding::UNO_INCOMPLETE, Severity::Error, place, message, b"");
        }
        Ok(())
    }

    fn tag(&mut self, span: Span) -> Result<Tag> {
        self.tag_in_message(span, None)
    }

    /// What the segment is to the envelope. A UNA, UNB or ISA counts only if it is a whole header.
    fn tag_in_message(&mut self, span: Span, keep: Option<u64>) -> Result<Tag> {
        let segment = self.cutter.view(span);
        Ok(match segment.bytes {
            [b'U', b'N', third, rest @ ..]
                if rest.first().is_none_or(|&b| b == segment.delimiters.element) =>
            {
                match third {
                    b'H' => Tag::Unh,
                    b'T' => Tag::Unt,
                    b'G' => Tag::Ung,
                    b'E' => Tag::Une,
                    b'Z' => Tag::Unz,
                    b'O' => Tag::Uno,
                    b'A' | b'B' => return self.start(span, keep),
                    _ => Tag::Other,
                }
            }
            [b'U', b'S', b'A' | b'C' | b'H' | b'R' | b'T', rest @ ..]
                if rest.first().is_none_or(|&b| b == segment.delimiters.element) =>
            {
                Tag::Security
            }
            [b'U', b'N', b'A' | b'B', ..] => return self.start(span, keep),
            [b'I', b'S', b'A', ..] if self.mixed => return self.start(span, keep),
            _ => Tag::Other,
        })
    }

    fn start(&mut self, span: Span, keep: Option<u64>) -> Result<Tag> {
        self.cutter.look_ahead(span.from, keep)?;
        Ok(if self.cutter.header_at(span.from) { Tag::Start } else { Tag::Other })
    }

    fn within(&self) -> Within {
        let group = self.group.as_ref().filter(|g| !g.header.implied);
        Within {
            interchange: self.interchange.as_ref().map(|i| i.header.control_number.clone()),
            group: group.map(|g| g.header.control_number.clone()),
            set: None,
        }
    }

    fn push(&mut self, event: Event<'static>) {
        self.pending.push_back(Step::Event(event));
    }

    /// A finding of the innermost that is open.
    fn note(&mut self, code: Code, severity: Severity, place: Place, message: String, value: &[u8]) {
        let (findings, level) = match (&mut self.group, &mut self.interchange) {
            (Some(group), _) if !group.header.implied => (&mut group.findings, "UCF05"),
            (_, Some(interchange)) => (&mut interchange.findings, "UCI05"),
            _ => return,
        };
        if findings.len() < MAX_FINDINGS {
            findings.push(Finding::new(code, severity, place, message).in_edifact(level).with_value(value));
        } else if findings.len() == MAX_FINDINGS {
            let message = "more findings follow that are not listed";
            findings.push(Finding::new(finding::FURTHER_FINDINGS, Severity::Note, place, message));
        }
    }

    fn note_security(&mut self, span: Span) {
        let place = self.within().place("US", None, span.from);
        let Finding { code, severity, place, message, .. } = security(place);
        self.note(code, severity, place, message, b"");
    }

    /// Empty segments and line breaks since last asked.
    fn irregular(&mut self, within: &Within) -> Vec<Finding> {
        let place = |offset| Place { segment: None, ..within.place("", None, offset) };
        let empty = self.cutter.take_empty().map(|(offset, count)| {
            let message = format!("{count} empty segments; they are not counted");
            Finding::new(finding::SEGMENT_EMPTY, Severity::Warning, place(offset), message)
        });
        let wrapped = self.cutter.take_wrapped().map(|(offset, count)| {
            let message = format!("{count} segments have line breaks in them, which were taken out");
            Finding::new(finding::LINE_BREAKS, Severity::Warning, place(offset), message)
        });
        empty.into_iter().chain(wrapped).collect()
    }
}

fn security(place: Place) -> Finding {
    let message = "security segments were not checked".to_string();
    Finding::new(finding::SECURITY_PASSED_OVER, Severity::Note, place, message)
}
