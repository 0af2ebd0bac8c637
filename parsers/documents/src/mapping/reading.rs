//! Hands out the elements of a validated set, and remembers which were taken.
//!
//! Each value is marked as taken when it is read *and* understood; a date that does not exist or a number that is none becomes a
//! finding and stays unmarked. [`Reading::finish`] lists every element with something in it that nobody took, in the order of
//! the set, so nothing is lost in silence. Trailing blanks are no content (X12.6), so an element of blanks counts as empty.
//!
//! Released characters of EDIFACT stand for themselves. An element that repeats (syntax 4) is not cut: it stays unmapped whole.

use super::elements::Word;
use super::{At, Codes, Tables, lexeme};
use crate::Text;
use crate::date::{Date, Time};
use crate::finding::{UNKNOWN_UNIT, UNREADABLE_DATE, UNREADABLE_NUMBER, UNREADABLE_TIME};
use crate::quantity::Decimal;
use crate::reference::Unmapped;
use portway_edi::schema::Loop;
use portway_edi::segment::Segment;
use portway_edi::{Code, Finding, Place, Severity, Standard};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;

/// Elements a mapping can take from one segment; the standard's longest (LIN) has 31. Further ones are unmapped.
const ELEMENTS: usize = 32;
/// Components a mapping can take from one element.
const COMPONENTS: usize = 15;
/// Set in `Usage::present` when a segment has elements beyond [`ELEMENTS`].
const BEYOND: u64 = 1 << 63;

/// Segments that only bound the set and its sections.
const BOUNDS: &[&str] = &["ST", "SE", "LS", "LE", "UNH", "UNT", "UNS"];

/// One reading of one set.
pub(crate) struct Reading<'m> {
    pub standard: Standard,
    pub version: &'m str,
    tables: &'m Tables,
    /// By position of the segment.
    usage: Vec<Usage>,
    findings: RefCell<Vec<Finding>>,
    unknown_units: RefCell<BTreeSet<String>>,
}

/// One bit an element, and within composites one a component.
#[derive(Default)]
struct Usage {
    present: Cell<u64>,
    used: Cell<u64>,
    parts: [Cell<u16>; ELEMENTS],
    claimed: Cell<bool>,
    loop_claimed: Cell<bool>,
}

/// The elements of one segment.
pub(super) struct Fields<'m> {
    pub reading: &'m Reading<'m>,
    segment: &'m Segment<'m>,
    loop_id: Option<&'static str>,
    /// Where element n starts, and one behind its end where the next does; 0 beyond the last.
    starts: [u32; ELEMENTS + 1],
    /// A bit for each element that can be read: something stands there, and it does not repeat.
    readable: u64,
    /// The whole segment, where its bytes are its text ([`Segment::plain_text`]).
    plain: Option<&'m str>,
    usage: &'m Usage,
}

impl<'m> Reading<'m> {
    pub(crate) fn new(
        standard: Standard,
        version: &'m str,
        root: &Loop<'_>,
        tables: &'m Tables,
    ) -> Reading<'m> {
        let size = last_position(root) as usize + 1;
        Reading {
            standard,
            version,
            tables,
            usage: std::iter::repeat_with(Usage::default).take(size).collect(),
            findings: RefCell::default(),
            unknown_units: RefCell::default(),
        }
    }

    /// What nobody took, and what was found on the way.
    pub(crate) fn finish(&self, root: &Loop<'_>) -> (Vec<Unmapped>, Vec<Finding>) {
        let mut unmapped = Vec::new();
        self.list_unmapped(root, None, &mut unmapped);
        unmapped.sort_by_key(|u| (u.position, u.element, u.component));
        (unmapped, self.findings.take())
    }

    pub(super) fn word<T: Word>(&self, codes: &Codes<T>, code: &str) -> T {
        let own = (!self.tables.is_empty()).then(|| self.tables.word(codes.name, code)).flatten();
        own.unwrap_or_else(|| (codes.word)(code))
    }

    pub(super) fn is_claimed(&self, segment: &Segment<'_>) -> bool {
        self.usage(segment).claimed.get()
    }

    pub(super) fn is_loop_claimed(&self, trigger: &Segment<'_>) -> bool {
        self.usage(trigger).loop_claimed.get()
    }

    pub(super) fn claim_loop(&self, trigger: &Segment<'_>) {
        self.usage(trigger).loop_claimed.set(true);
    }

    fn usage(&self, segment: &Segment<'_>) -> &Usage {
        &self.usage[segment.position as usize]
    }

    fn list_unmapped(&self, node: &Loop<'_>, loop_id: Option<&'static str>, list: &mut Vec<Unmapped>) {
        for segment in &node.segments {
            let usage = self.usage(segment);
            let opened = usage.present.get() != 0;
            if (opened && usage.present.get() == usage.used.get()) || BOUNDS.contains(&segment.tag()) {
                continue;
            }
            for (number, bytes) in (1..).zip(segment.elements()) {
                let taken = number < ELEMENTS && usage.used.get() & (1 << number) != 0;
                if !taken && !is_blank(bytes) {
                    let parts = usage.parts.get(number).map_or(0, Cell::get);
                    self.list_element(segment, number, bytes, parts, loop_id, list);
                }
            }
        }
        for inner in &node.loops {
            self.list_unmapped(inner, Some(inner.id), list);
        }
    }

    /// The whole element, or the components left over: of X12 when some were taken, of EDIFACT always.
    fn list_element(
        &self,
        segment: &Segment<'_>,
        element: usize,
        bytes: &[u8],
        parts: u16,
        loop_id: Option<&'static str>,
        list: &mut Vec<Unmapped>,
    ) {
        let entry = |component: Option<u16>, value: Text| Unmapped {
            segment: Text::new(segment.tag()),
            position: segment.position,
            element: element as u16,
            component,
            field: None,
            value,
            loop_id: loop_id.map(Text::new_static),
        };
        let repeats = repeats(segment, bytes);
        let simple = segment.components(element).nth(1).is_none();
        if repeats || simple || (parts == 0 && self.standard == Standard::X12) {
            let whole = match repeats || self.standard == Standard::X12 {
                true => Text::new(plain(bytes)),
                false => Text::new(segment.text(element)),
            };
            list.push(entry(None, whole));
            return;
        }
        for (number, part) in (1..).zip(segment.components(element)) {
            let taken = number <= COMPONENTS && parts & (1 << number) != 0;
            if !taken && !is_blank(part) {
                list.push(entry(Some(number as u16), Text::new(segment.component_text(element, number))));
            }
        }
    }
}

impl<'m> Fields<'m> {
    #[inline(always)]
    pub(super) fn open(
        reading: &'m Reading<'m>,
        segment: &'m Segment<'m>,
        loop_id: Option<&'static str>,
    ) -> Self {
        let mut starts = [0; ELEMENTS + 1];
        let mut start = segment.tag_bytes().len() as u32 + 1;
        let (mut present, mut repeating) = (0_u64, 0_u64);
        let may_repeat = reading.standard == Standard::Edifact && segment.delimiters.repetition.is_some();
        let mut number = 0;
        for bytes in segment.elements() {
            number += 1;
            let blank = is_blank(bytes);
            if number >= ELEMENTS {
                present |= if blank { 0 } else { BEYOND };
                continue;
            }
            starts[number] = start;
            start += bytes.len() as u32 + 1;
            starts[number + 1] = start;
            present |= u64::from(!blank) << number;
            repeating |= u64::from(may_repeat && repeats(segment, bytes)) << number;
        }
        let usage = reading.usage(segment);
        usage.present.set(present);
        let readable = present & !repeating & !BEYOND;
        Fields { reading, segment, loop_id, starts, readable, plain: segment.plain_text(), usage }
    }

    /// True if something can be read from an element. Most that a mapping names did not come.
    #[inline]
    pub(super) fn holds(&self, element: usize) -> bool {
        element < ELEMENTS && self.readable & (1 << element) != 0
    }

    /// True if all that came was taken.
    #[inline]
    pub(super) fn is_used_up(&self) -> bool {
        self.usage.present.get() & !self.usage.used.get() == 0
    }

    pub(super) fn claim(&self) {
        self.usage.claimed.set(true);
    }

    #[inline]
    pub(super) fn has(&self, at: At) -> bool {
        self.holds(at.element) && (at.component == 0 || !self.raw(at).is_empty())
    }

    pub(super) fn peek(&self, at: At) -> Cow<'m, str> {
        match self.plain(at) {
            Some(text) => Cow::Borrowed(text),
            None => self.segment.decoded(self.raw(at)),
        }
    }

    /// The value as text, taken; `None` when empty.
    pub(super) fn text(&self, at: At) -> Option<Text> {
        let text = match self.plain(at) {
            Some(text) => Text::new(text),
            None => Text::new(self.segment.decoded(self.raw(at))),
        };
        if text.is_empty() {
            return None;
        }
        self.mark(at);
        Some(text)
    }

    /// A decimal number, exactly as it came; taken if `take`. A finding, and unmapped, when it is none.
    pub(super) fn number_at(&self, at: At, take: bool) -> Option<Decimal> {
        self.number(at, take, |f, raw| match f.reading.standard {
            Standard::X12 => lexeme::parse_decimal(raw),
            Standard::Edifact => lexeme::parse_marked_decimal(raw, f.segment.notation.decimal),
        })
    }

    /// A number of type N2, taken.
    pub(super) fn cents_at(&self, at: At) -> Option<Decimal> {
        self.number(at, true, |_, raw| std::str::from_utf8(raw).ok().and_then(lexeme::parse_cents))
    }

    fn number(&self, at: At, take: bool, parse: fn(&Self, &[u8]) -> Option<Decimal>) -> Option<Decimal> {
        let raw = self.raw(at);
        if raw.is_empty() {
            return None;
        }
        let value = parse(self, raw);
        match value {
            Some(_) if take => self.mark(at),
            Some(_) => {}
            None => self.report(
                UNREADABLE_NUMBER,
                Severity::Warning,
                at,
                format!("{} is not a number that can be kept exactly.", self.name(at)),
                match self.reading.standard {
                    Standard::X12 => {
                        "The partner's move: send digits as the standard has them. The value stands under `unmapped`."
                    }
                    Standard::Edifact => {
                        "The partner's move: send digits and the decimal mark of the UNA, no thousands separators. The value \
                         stands under `unmapped`."
                    }
                },
            ),
        }
        value
    }

    /// A date, CCYYMMDD, taken. A finding, and unmapped, when there is no such day.
    pub(super) fn date_at(&self, at: At) -> Option<Date> {
        let raw = self.raw(at);
        if raw.is_empty() {
            return None;
        }
        let date = lexeme::parse_date(raw);
        match date {
            Some(_) => self.mark(at),
            None => self.report(
                UNREADABLE_DATE,
                Severity::Warning,
                at,
                format!("{} is not a date (CCYYMMDD).", self.name(at)),
                "The partner's move: send a day that exists, as CCYYMMDD. The value stands under `unmapped`.",
            ),
        }
        date
    }

    /// A time, HHMM, HHMMSS, or with one or two decimals of a second, taken. A finding, and unmapped, when there is none.
    pub(super) fn time_at(&self, at: At) -> Option<Time> {
        let raw = self.raw(at);
        if raw.is_empty() {
            return None;
        }
        let time = lexeme::parse_time(raw);
        match time {
            Some(_) => self.mark(at),
            None => self.report(
                UNREADABLE_TIME,
                Severity::Warning,
                at,
                format!("{} is not a time (HHMM or HHMMSS).", self.name(at)),
                "The partner's move: send a time that exists, as HHMM. The value stands under `unmapped`.",
            ),
        }
        time
    }

    /// The UN/ECE Recommendation 20 code of a unit. Says once a set that a unit has none.
    pub(super) fn unit_of(&self, at: At, original: &str) -> Option<Text> {
        if let Some(own) = self.reading.tables.text("unit", original) {
            return Some(Text::new(own));
        }
        let unit = match self.reading.standard {
            Standard::X12 => crate::x12::units::recommendation_20(original),
            Standard::Edifact => crate::edifact::units::recommendation_20(original),
        };
        if unit.is_none() && self.reading.unknown_units.borrow_mut().insert(original.to_owned()) {
            self.report(
                UNKNOWN_UNIT,
                Severity::Note,
                at,
                format!("The unit {original} has no code in UN/ECE Recommendation 20 that we know."),
                "Our side: the document carries `original_unit` alone; whoever reads it must know that code.",
            );
        }
        unit.map(Text::new_static)
    }

    pub(super) fn unreadable_date(&self, at: At, format: &str) {
        self.report(
            UNREADABLE_DATE,
            Severity::Warning,
            at,
            format!("{} is not a date or time of format {format}.", self.name(at)),
            "The partner's move: send a day that exists, in the format that 2379 names. The value stands under `unmapped`.",
        );
    }

    pub(super) fn report(&self, code: Code, severity: Severity, at: At, message: String, help: &str) {
        let place = Place {
            segment: Some(self.segment.tag().to_owned()),
            position: Some(self.segment.position),
            element: Some(at.element as u16),
            loop_id: self.loop_id.map(str::to_owned),
            offset: self.segment.offset,
            ..Place::default()
        };
        let value = Some(self.peek(at).chars().take(99).collect());
        let finding =
            Finding { code, severity, place, value, message, help: Some(help.to_owned()), answer: None };
        self.reading.findings.borrow_mut().push(finding);
    }

    /// `DTM02`, `DTM01.2`.
    fn name(&self, at: At) -> String {
        match at.component {
            0 => format!("{}{:02}", self.segment.tag(), at.element),
            component => format!("{}{:02}.{component}", self.segment.tag(), at.element),
        }
    }

    /// Where the element stands in the segment; empty where nothing can be read.
    #[inline]
    fn span(&self, element: usize) -> Range<usize> {
        match self.starts.get(element..) {
            Some(&[start, next, ..]) if self.holds(element) => start as usize..next as usize - 1,
            _ => 0..0,
        }
    }

    #[inline]
    fn element(&self, element: usize) -> &'m [u8] {
        &self.segment.bytes[self.span(element)]
    }

    /// The value without trailing blanks, where the segment's bytes are its text.
    #[inline]
    fn plain(&self, at: At) -> Option<&'m str> {
        let text = self.plain?;
        let mut span = self.span(at.element);
        if at.component > 0 {
            let part =
                part(&self.segment.bytes[span.clone()], self.segment.delimiters.component, at.component);
            span = span.start + part.start..span.start + part.end;
        }
        let length = trim(&self.segment.bytes[span.clone()]).len();
        text.get(span.start..span.start + length)
    }

    fn raw(&self, at: At) -> &'m [u8] {
        let bytes = self.element(at.element);
        if bytes.is_empty() || at.component > COMPONENTS {
            return &[];
        }
        match at.component {
            0 => trim(bytes),
            1 if self.is_simple(bytes) => trim(bytes),
            component => trim(self.segment.component(at.element, component)),
        }
    }

    fn is_simple(&self, bytes: &[u8]) -> bool {
        !bytes.contains(&self.segment.delimiters.component)
    }

    pub(super) fn mark(&self, at: At) {
        if at.element == 0 || at.element >= ELEMENTS || at.component > COMPONENTS {
            return;
        }
        let is_part = at.component > 0 && !self.is_simple(self.element(at.element));
        let parts = &self.usage.parts[at.element];
        if is_part {
            parts.set(parts.get() | 1 << at.component);
        }
        let whole = !is_part
            || (1..).zip(self.segment.components(at.element)).all(|(number, part)| {
                is_blank(part) || (number <= COMPONENTS && parts.get() & (1 << number) != 0)
            });
        if whole {
            self.usage.used.set(self.usage.used.get() | 1 << at.element);
        }
    }
}

/// True if the segment's tag is this one. Tags have two or three bytes, and are looked at very often: no call to compare memory.
#[inline]
pub(super) fn is_tag(segment: &Segment<'_>, tag: &str) -> bool {
    let rest = match (tag.as_bytes(), segment.bytes) {
        ([a, b, c], [x, y, z, rest @ ..]) if a == x && b == y && c == z => rest,
        ([a, b], [x, y, rest @ ..]) if a == x && b == y => rest,
        _ => return false,
    };
    rest.first().is_none_or(|next| *next == segment.delimiters.element)
}

/// UTF-8 when it is, else ISO 8859-1; release characters stay.
fn plain(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
    }
}

/// True if a repetition separator that is not released stands in the element.
fn repeats(segment: &Segment<'_>, bytes: &[u8]) -> bool {
    let (Some(separator), Some(release)) = (segment.delimiters.repetition, segment.delimiters.release) else {
        return false;
    };
    let mut released = false;
    bytes.iter().any(|b| {
        let separates = !released && *b == separator;
        released = !released && *b == release;
        separates
    })
}

/// Where component `number` (from 1) stands in an element in which nothing is released; empty where a mapping can take none.
fn part(element: &[u8], separator: u8, number: usize) -> Range<usize> {
    let mut start = 0;
    for (at, part) in (1..=COMPONENTS).zip(element.split(|b| *b == separator)) {
        if at == number {
            return start..start + part.len();
        }
        start += part.len() + 1;
    }
    0..0
}

fn trim(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|b| *b != b' ').map_or(0, |last| last + 1);
    &bytes[..end]
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b == b' ')
}

fn last_position(node: &Loop<'_>) -> u32 {
    let own = node.segments.iter().map(|s| s.position).max().unwrap_or(0);
    node.loops.iter().map(last_position).fold(own, u32::max)
}
