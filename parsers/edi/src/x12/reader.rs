//! Reads any number of X12 interchanges from a stream, one transaction set in memory at a time.
//!
//! Promises: nothing is dropped in silence (what belongs nowhere is a finding), ends are always reported, memory is bounded
//! by the limits however large or broken the input is, and work is linear in its length. Segments are borrowed from the
//! reader's window. Faults in content are findings, never errors; errors are those of the input alone.
//!
//! ```text
//! between interchanges --ISA--> in an interchange --GS--> in a group --ST..SE--> (a whole set is one event)
//!          ^------------IEA, ISA, end----+   ^----GE, GS, IEA, ISA, end--+
//! ```

use super::cut::{Cut, Cutter, Span};
use super::envelope::{self, Within};
use super::isa;
use crate::control_numbers::Seen;
use crate::edifact::service;
use crate::finding::{self, Finding, Place, Severity, excerpt};
pub use crate::interchange::{Accounted, Event, Limits};
use crate::interchange::{FunctionalGroup, Interchange, Standard, TransactionSet};
use crate::reader::{Handover, find_start, stray_finding};
use crate::window::Window;
use std::collections::VecDeque;
use std::io::{BufRead, Result};

pub struct Reader<R> {
    cutter: Cutter<R>,
    limits: Limits,
    interchange: Option<OpenInterchange>,
    group: Option<OpenGroup>,
    pending: VecDeque<Step>,
    /// Where the segments of the set being read stand.
    spans: Vec<Span>,
    accounted: Accounted,
    /// The line length of a wrapped file, until the interchange that shows it has said so.
    wrapped: Option<usize>,
    finished: bool,
    /// EDIFACT interchanges may come too: they are left to another reader.
    mixed: bool,
}

struct OpenInterchange {
    header: Interchange,
    findings: Vec<Finding>,
    groups: u32,
    group_numbers: Seen,
}

struct OpenGroup {
    header: FunctionalGroup,
    findings: Vec<Finding>,
    sets: u32,
    set_numbers: Seen,
}

/// An event that does not borrow yet. `Set` finds its segments in `spans`.
pub(crate) enum Step {
    Event(Event<'static>),
    Acknowledgement(Span),
    Set(TransactionSet<'static>),
}

/// Bytes of what is skipped that are looked at for the finding: 99 characters of four bytes.
const HEAD: usize = 99 * 4;

/// Findings of one group or interchange that are listed: junk between sets could go on for ever.
const MAX_FINDINGS: usize = 1000;

/// The segments that shape an interchange.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Isa,
    Gs,
    St,
    Se,
    Ge,
    Iea,
    Ta1,
    /// ISB, ISE, TA3: of the interchange, and nothing to us. ISX names a release character.
    Service,
    Other,
}

impl<R: BufRead> Reader<R> {
    pub fn new(input: R, limits: Limits) -> Self {
        Reader::new_over(Window::new(input), limits)
    }

    fn new_over(window: Window<R>, limits: Limits) -> Self {
        Reader {
            cutter: Cutter::new(window, limits.max_segment_bytes, limits.max_set_bytes),
            limits,
            interchange: None,
            group: None,
            pending: VecDeque::new(),
            spans: Vec::new(),
            accounted: Accounted::default(),
            wrapped: None,
            finished: false,
            mixed: false,
        }
    }

    /// Where the bytes went so far, open interchange excluded.
    pub fn accounted(&self) -> Accounted {
        Accounted { wrapping: self.cutter.window.removed(), ..self.accounted }
    }

    /// Memory that the window takes: bounded by the limits, whatever the input.
    pub fn window_bytes(&self) -> usize {
        self.cutter.window.capacity()
    }

    /// The next event; `None` at the end of the input. Errors are those of the input alone, never of its content; after
    /// one the reader has lost its place and is of no more use.
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
            match (&self.interchange, &self.group) {
                (None, _) => self.between()?,
                (Some(_), None) => self.in_interchange()?,
                (Some(_), Some(_)) => self.in_group()?,
            }
        }
    }

    pub(crate) fn present(&self, step: Step) -> Event<'_> {
        match step {
            Step::Event(event) => event,
            Step::Acknowledgement(span) => Event::InterchangeAcknowledgement(self.cutter.view(span)),
            Step::Set(set) => Event::Set(TransactionSet { segments: self.cutter.views(&self.spans), ..set }),
        }
    }

    /// A reader that goes on where one of the other standard left off, and gives way to one itself.
    pub(crate) fn taking_over(from: Handover<R>, limits: Limits) -> Self {
        let mut reader = Reader::new_over(from.window, limits);
        reader.cutter.go_to(from.at);
        reader.accounted = from.accounted;
        (reader.mixed, reader.cutter.mixed) = (true, true);
        reader
    }

    /// Where it stands, once it has nothing more to say.
    pub(crate) fn give_way(self) -> Handover<R> {
        Handover { at: self.cutter.at(), window: self.cutter.window, accounted: self.accounted }
    }

    /// Before, between and after interchanges: blanks, the next ISA, or bytes that belong to nothing.
    fn between(&mut self) -> Result<()> {
        self.accounted.blank += self.cutter.skip_blanks()?;
        let offset = self.cutter.at();
        let ahead = if self.mixed { service::LOOKAHEAD } else { 0 };
        self.cutter.window.ensure(offset, isa::WRAP_LOOKAHEAD.max(ahead))?;
        if let Some(column) = isa::wrapped(self.cutter.window.rest(offset)) {
            self.cutter.window.unwrap_lines(offset, column);
            self.wrapped = Some(column);
            self.cutter.window.ensure(offset, isa::LOOKAHEAD)?;
        }
        let bytes = self.cutter.window.rest(offset);
        if bytes.is_empty() {
            self.finished = true;
        } else if let Some(header) = isa::read(bytes) {
            let (interchange, mut findings) = envelope::interchange(&header, offset);
            findings.extend(self.wrapped.take().map(|column| envelope::wrapped(&interchange, column)));
            let length = header.length as u64;
            self.cutter.enter(interchange.delimiters, offset + length);
            self.push(Event::Interchange(interchange.clone()));
            self.interchange = Some(OpenInterchange {
                header: interchange,
                findings,
                groups: 0,
                group_numbers: Seen::default(),
            });
        } else if self.mixed && service::read(bytes).is_some() {
            self.finished = true;
        } else {
            self.stray()?;
        }
        Ok(())
    }

    /// Junk up to the next interchange header or the end; only its first bytes are kept.
    fn stray(&mut self) -> Result<()> {
        let offset = self.cutter.at();
        self.cutter.window.ensure(offset, HEAD)?;
        let head = self.cutter.window.rest(offset);
        let head = head[..head.len().min(HEAD)].to_vec();
        let next = match self.mixed {
            false => self.cutter.find_isa(offset + 1)?,
            true => find_start(&mut self.cutter.window, offset + 1)?,
        };
        let length = next - offset;
        self.cutter.go_to(next);
        self.accounted.stray += length;
        let head = &head[..head.len().min(length as usize)];
        let edifact = self.mixed && head.starts_with(b"UN");
        let finding =
            stray_finding(offset, length, head, if edifact { Standard::Edifact } else { Standard::X12 });
        self.push(Event::Stray(finding));
        Ok(())
    }

    fn in_interchange(&mut self) -> Result<()> {
        match self.cutter.cut(None)? {
            Cut::Segment { from, to } => match self.tag(from, to) {
                Tag::Gs => self.open_group(from, to),
                Tag::Ta1 => self.pending.push_back(Step::Acknowledgement(Span::new(from, to, 0))),
                Tag::Iea => self.close_interchange(Some((from, to))),
                Tag::Isa => self.leave_at(from),
                Tag::Service => self.note_service_segment(from, to),
                _ => self.outside(from, &[Tag::Gs, Tag::Ta1, Tag::Iea, Tag::Isa])?,
            },
            Cut::Rest { from, .. } => self.outside(from, &[Tag::Gs, Tag::Ta1, Tag::Iea, Tag::Isa])?,
            Cut::TooLong { from, next } => self.note_too_long(from, next),
            Cut::End => self.close_interchange(None),
        }
        Ok(())
    }

    fn in_group(&mut self) -> Result<()> {
        const BELONGS: &[Tag] = &[Tag::St, Tag::Ge, Tag::Gs, Tag::Iea, Tag::Isa];
        match self.cutter.cut(None)? {
            Cut::Segment { from, to } => match self.tag(from, to) {
                Tag::St => self.read_set(from, to)?,
                Tag::Ge => self.close_group(Some((from, to))),
                Tag::Gs | Tag::Iea | Tag::Isa => {
                    self.cutter.go_to(from);
                    self.close_group(None);
                }
                _ => self.outside(from, BELONGS)?,
            },
            Cut::Rest { from, .. } => self.outside(from, BELONGS)?,
            Cut::TooLong { from, next } => self.note_too_long(from, next),
            Cut::End => self.close_group(None),
        }
        Ok(())
    }

    /// A run of segments that stand where none of theirs may, up to one of `until`: one finding.
    fn outside(&mut self, from: u64, until: &[Tag]) -> Result<()> {
        self.cutter.window.ensure(from, HEAD)?;
        let head = self.cutter.window.rest(from);
        let head = head[..head.len().min(HEAD)].to_vec();
        let end = loop {
            let before = self.cutter.at();
            match self.cutter.cut(None)? {
                Cut::Segment { from, to } if until.contains(&self.tag(from, to)) => {
                    self.cutter.go_to(from);
                    break before;
                }
                Cut::Segment { .. } | Cut::Rest { .. } | Cut::TooLong { .. } => {}
                Cut::End => break self.cutter.at(),
            }
        };
        let length = end - from;
        let head = &head[..head.len().min(length as usize)];
        let (code, what) = match self.group {
            Some(_) => (finding::OUTSIDE_SET, "transaction set"),
            None => (finding::OUTSIDE_GROUP, "functional group"),
        };
        let id = head
            .iter()
            .take(3)
            .take_while(|b| b.is_ascii_alphanumeric())
            .map(|&b| b as char)
            .collect::<String>();
        let message = format!("{length} bytes stand outside any {what}; not read");
        let finding = Finding::new(code, Severity::Error, self.within().place(&id, None, from), message)
            .with_value(head);
        self.note(finding);
        Ok(())
    }

    fn open_group(&mut self, from: u64, to: u64) {
        let Some(open) = &mut self.interchange else { return };
        let gs = self.cutter.view(Span::new(from, to, 0));
        let (header, findings) = envelope::group(&gs, &open.header.control_number, &mut open.group_numbers);
        open.groups += 1;
        self.push(Event::Group(header.clone()));
        self.group = Some(OpenGroup { header, findings, sets: 0, set_numbers: Seen::default() });
    }

    /// By its GE, or without one: what came instead is still to be read.
    fn close_group(&mut self, ge: Option<(u64, u64)>) {
        let within = self.within();
        let offset = self.cutter.at();
        let Some(group) = self.group.take() else { return };
        let mut findings = group.findings;
        let declared_sets = match ge {
            Some((from, to)) => {
                let ge = self.cutter.view(Span::new(from, to, 0));
                let (declared, faults) = envelope::trailer_of_group(&ge, &group.header, &within, group.sets);
                findings.extend(faults);
                declared
            }
            None => {
                let message = format!("group {} has no GE", group.header.control_number);
                findings.push(Finding::new(
                    finding::GE_MISSING,
                    Severity::Error,
                    within.place("GE", None, offset),
                    message,
                ));
                None
            }
        };
        findings.extend(self.empty_segment(&within));
        self.push(Event::GroupEnd { declared_sets, received_sets: group.sets, findings });
    }

    fn leave_at(&mut self, isa: u64) {
        self.cutter.go_to(isa);
        self.close_interchange(None);
    }

    fn close_interchange(&mut self, iea: Option<(u64, u64)>) {
        let within = self.within();
        let end = self.cutter.at();
        let Some(open) = self.interchange.take() else { return };
        let length = end - open.header.offset;
        self.accounted.interchanges += length;
        let mut findings = open.findings;
        let declared_groups = match iea {
            Some((from, to)) => {
                let iea = self.cutter.view(Span::new(from, to, 0));
                let (declared, faults) = envelope::trailer_of_interchange(&iea, &open.header, open.groups);
                findings.extend(faults);
                declared
            }
            None => {
                let at_end = self.cutter.window.rest(end).is_empty();
                let (before, answer) =
                    if at_end { ("the input ends", "023") } else { ("another ISA comes", "022") };
                let message =
                    format!("{before} before the IEA of interchange {}", open.header.control_number);
                let finding = Finding::new(
                    finding::IEA_MISSING,
                    Severity::Error,
                    within.place("IEA", None, end),
                    message,
                );
                findings.push(finding.with_answer("TA105", answer));
                None
            }
        };
        findings.extend(self.empty_segment(&within));
        let received_groups = open.groups;
        self.push(Event::InterchangeEnd {
            declared_groups,
            received_groups,
            complete: iea.is_some(),
            length,
            findings,
        });
    }

    /// From an ST to its SE, or to whatever ends it without one.
    fn read_set(&mut self, from: u64, to: u64) -> Result<()> {
        let mut within = self.within();
        let Some(group) = &mut self.group else { return Ok(()) };
        group.sets += 1;
        let version = group.header.version.clone();
        let st = self.cutter.view(Span::new(from, to, 1));
        let (code, control_number) = (excerpt(st.element(1)), excerpt(st.element(2).trim_ascii_end()));
        within.set = Some(control_number.clone());
        let mut findings = envelope::header_of_set(
            &st,
            &within,
            (&group.header.functional_id, &group.header.version),
            &mut group.set_numbers,
        );
        self.spans.clear();
        self.spans.push(Span::new(from, to, 1));
        let too_large = self.read_body(from, &control_number, &within, &mut findings)?;
        findings.extend(self.empty_segment(&within));
        let length = self.cutter.at() - from;
        if too_large {
            self.spans.clear();
            let message = format!("the set has {length} bytes, more than is accepted; it was skipped");
            let place = Place { position: Some(1), ..within.place("ST", None, from) };
            findings.push(Finding::new(finding::SET_TOO_LARGE, Severity::Error, place, message));
        }
        let (interchange, group) = (within.interchange.unwrap_or_default(), within.group.unwrap_or_default());
        let set = TransactionSet {
            standard: Standard::X12,
            code,
            version,
            control_number,
            interchange,
            group,
            segments: Vec::new(),
            findings,
            offset: from,
            length,
            too_large,
        };
        self.pending.push_back(Step::Set(set));
        Ok(())
    }

    /// Collects the spans of the set that starts at `start`. True if it grew over a limit, and was only counted from there on.
    fn read_body(
        &mut self,
        start: u64,
        control_number: &str,
        within: &Within,
        findings: &mut Vec<Finding>,
    ) -> Result<bool> {
        let mut count = 1u32;
        let mut too_large = false;
        loop {
            if !too_large {
                self.cutter.cut_plain(start, &mut count, &mut self.spans, self.limits.max_set_segments);
            }
            let cut = self.cutter.cut((!too_large).then_some(start))?;
            too_large |= self.cutter.outgrown(start);
            let (offset, fragment) = match cut {
                Cut::Segment { from, to } => match self.tag(from, to) {
                    Tag::Other | Tag::Ta1 | Tag::Service => {
                        count = count.saturating_add(1);
                        too_large |= self.spans.len() >= self.limits.max_set_segments;
                        if !too_large {
                            let span = Span::new(from, to, count);
                            self.spans.push(span);
                            findings.extend(envelope::binary_length(&self.cutter.view(span), within));
                        }
                        continue;
                    }
                    Tag::Se => {
                        count = count.saturating_add(1);
                        let span = Span::new(from, to, count);
                        self.spans.push(span);
                        let se = self.cutter.view(span);
                        findings.extend(envelope::trailer_of_set(&se, control_number, within, count));
                        return Ok(too_large);
                    }
                    Tag::Isa | Tag::Gs | Tag::St | Tag::Ge | Tag::Iea => {
                        self.cutter.go_to(from);
                        (from, String::new())
                    }
                },
                Cut::Rest { from, to } => (from, excerpt(self.cutter.window.slice(from..to))),
                Cut::TooLong { from, next } => {
                    too_large = true;
                    count = count.saturating_add(1);
                    let place = Place { position: Some(count), ..within.place("", None, from) };
                    findings.push(too_long(place, next - from));
                    continue;
                }
                Cut::End => (self.cutter.at(), String::new()),
            };
            let place = Place { position: Some(count.saturating_add(1)), ..within.place("SE", None, offset) };
            findings.push(se_missing(place, control_number, &fragment));
            return Ok(too_large);
        }
    }

    /// What the segment is to the envelope. An ISA counts only if it is a whole header.
    fn tag(&self, from: u64, to: u64) -> Tag {
        let bytes = self.cutter.window.slice(from..to);
        let is = |tag: &[u8]| {
            bytes.starts_with(tag)
                && bytes.get(tag.len()).is_none_or(|&b| b == self.cutter.delimiters.element)
        };
        match bytes.first() {
            Some(b'S') if is(b"SE") => Tag::Se,
            Some(b'S') if is(b"ST") => Tag::St,
            Some(b'G') if is(b"GS") => Tag::Gs,
            Some(b'G') if is(b"GE") => Tag::Ge,
            Some(b'I') if is(b"IEA") => Tag::Iea,
            Some(b'I')
                if bytes.starts_with(b"ISA") && isa::read_fixed(self.cutter.window.rest(from)).is_some() =>
            {
                Tag::Isa
            }
            Some(b'U') if self.mixed && service::read(self.cutter.window.rest(from)).is_some() => Tag::Isa,
            Some(b'T') if is(b"TA1") => Tag::Ta1,
            Some(b'T') if is(b"TA3") => Tag::Service,
            Some(b'I') if is(b"ISB") || is(b"ISE") || is(b"ISX") => Tag::Service,
            _ => Tag::Other,
        }
    }

    fn within(&self) -> Within {
        Within {
            interchange: self.interchange.as_ref().map(|i| i.header.control_number.clone()),
            group: self.group.as_ref().map(|g| g.header.control_number.clone()),
            set: None,
        }
    }

    fn push(&mut self, event: Event<'static>) {
        self.pending.push_back(Step::Event(event));
    }

    /// A finding of the innermost that is open.
    fn note(&mut self, finding: Finding) {
        let findings = match (&mut self.group, &mut self.interchange) {
            (Some(group), _) => &mut group.findings,
            (None, Some(interchange)) => &mut interchange.findings,
            (None, None) => return,
        };
        if findings.len() < MAX_FINDINGS {
            findings.push(finding);
        } else if findings.len() == MAX_FINDINGS {
            let message = "more findings follow that are not listed";
            findings.push(Finding::new(finding::MORE_FINDINGS, Severity::Note, finding.place, message));
        }
    }

    fn note_too_long(&mut self, from: u64, next: u64) {
        let mut finding = too_long(self.within().place("", None, from), next - from);
        // Outside a set there is no AK5 to say it in.
        finding.answer = None;
        if self.group.is_none() {
            finding = finding.with_answer("TA105", "024");
        }
        self.note(finding);
    }

    fn note_service_segment(&mut self, from: u64, to: u64) {
        if self.extension(from, to) {
            return;
        }
        let bytes = self.cutter.window.slice(from..to);
        let id = excerpt(&bytes[..bytes.len().min(3)]);
        let place = self.within().place(&id, None, from);
        let message = format!("{id} was not acted upon");
        let finding =
            Finding::new(finding::SERVICE_SEGMENT, Severity::Note, place, message).with_value(bytes);
        self.note(finding);
    }

    /// ISX right after the ISA: its release character is in force from here on. False if it is none, or has none.
    fn extension(&mut self, from: u64, to: u64) -> bool {
        let isx = self.cutter.view(Span::new(from, to, 0));
        let release = match isx.element(1) {
            &[byte] if isx.tag_bytes() == b"ISX" && !byte.is_ascii_alphanumeric() => byte,
            _ => return false,
        };
        let Some(open) = &mut self.interchange else { return false };
        let first = open.groups == 0 && open.header.version.as_str() >= "00501";
        if !first || open.header.delimiters.contains(release) {
            return false;
        }
        open.header.delimiters.release = Some(release);
        self.cutter.delimiters.release = Some(release);
        true
    }

    fn empty_segment(&mut self, within: &Within) -> Option<Finding> {
        let (offset, count) = self.cutter.take_empty()?;
        let message = format!("{count} empty segments; they are not counted");
        Some(Finding::new(
            finding::EMPTY_SEGMENT,
            Severity::Warning,
            Place { segment: None, ..within.place("", None, offset) },
            message,
        ))
    }
}

fn se_missing(place: Place, control_number: &str, fragment: &str) -> Finding {
    let message = match fragment {
        "" => format!("set {control_number} has no SE"),
        _ => format!("set {control_number} has no SE; it breaks off within a segment"),
    };
    Finding::new(finding::SE_MISSING, Severity::Error, place, message).with_value(fragment.as_bytes())
}

fn too_long(place: Place, length: u64) -> Finding {
    let message = format!("{length} bytes without a segment terminator; skipped");
    Finding::new(finding::SEGMENT_TOO_LONG, Severity::Error, Place { segment: None, ..place }, message)
}
