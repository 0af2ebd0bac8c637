//! Hands out the elements of a validated set, and remembers which were taken.
//!
//! Each value is marked as used when it is read *and* understood; a date that does not exist or a number that is none becomes a
//! finding and stays unmarked. [`Reading::finish`] lists every element with something in it that nobody took, in the order of
//! the set, so nothing is lost in silence. Trailing blanks are no content (X12.6), so an element of blanks counts as empty.

use crate::Text;
use crate::date::{Date, Time};
use crate::finding::{UNKNOWN_UNIT, UNREADABLE_DATE, UNREADABLE_NUMBER, UNREADABLE_TIME};
use crate::quantity::Decimal;
use crate::reference::Unmapped;
use portway_edi::schema::Loop;
use portway_edi::{Code, Finding, Place, Segment, Severity};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Elements a mapping can take from one segment; the standard's longest (LIN) has 31. Further ones are unmapped.
const ELEMENTS: usize = 32;
/// Set in `Usage::present` when a segment has elements beyond [`ELEMENTS`].
const BEYOND: u64 = 1 << 63;

/// Segments that only bound the set and its loops.
const BOUNDS: &[&str] = &["ST", "SE", "LS", "LE"];

/// One reading of one set.
pub(crate) struct Reading {
    /// By position of the segment.
    usage: Vec<Usage>,
    /// Components taken from composites: position, element, component.
    components: RefCell<BTreeSet<(u32, u16, u16)>>,
    findings: RefCell<Vec<Finding>>,
    unknown_units: RefCell<BTreeSet<String>>,
}

/// One bit an element.
#[derive(Default)]
struct Usage {
    present: Cell<u64>,
    used: Cell<u64>,
}

/// A loop whose segments hand out tracked elements.
#[derive(Clone, Copy)]
pub(crate) struct Node<'r, 'a> {
    reading: &'r Reading,
    node: &'r Loop<'a>,
    in_header: bool,
}

/// The elements of one segment.
pub(crate) struct Fields<'r, 'a> {
    reading: &'r Reading,
    segment: &'r Segment<'a>,
    loop_id: Option<&'static str>,
    tag: &'a str,
    /// Where element n starts, and one behind its end where the next does; 0 beyond the last.
    starts: [u32; ELEMENTS + 1],
    used: &'r Cell<u64>,
}

impl Reading {
    pub(crate) fn new(root: &Loop<'_>) -> Reading {
        let size = last_position(root) as usize + 1;
        Reading {
            usage: std::iter::repeat_with(Usage::default).take(size).collect(),
            components: RefCell::default(),
            findings: RefCell::default(),
            unknown_units: RefCell::default(),
        }
    }

    pub(crate) fn root<'r, 'a>(&'r self, root: &'r Loop<'a>) -> Node<'r, 'a> {
        Node { reading: self, node: root, in_header: true }
    }

    /// What nobody took, and what was found on the way.
    pub(crate) fn finish(self, root: &Loop<'_>) -> (Vec<Unmapped>, Vec<Finding>) {
        let mut unmapped = Vec::new();
        self.list_unmapped(root, None, &mut unmapped);
        unmapped.sort_by_key(|u| (u.position, u.element, u.component));
        (unmapped, self.findings.into_inner())
    }

    fn list_unmapped(&self, node: &Loop<'_>, loop_id: Option<&'static str>, list: &mut Vec<Unmapped>) {
        for segment in &node.segments {
            let usage = &self.usage[segment.position as usize];
            let opened = usage.present.get() != 0;
            if (opened && usage.present.get() == usage.used.get()) || BOUNDS.contains(&segment.tag()) {
                continue;
            }
            for (index, bytes) in segment.elements().enumerate() {
                let number = index + 1;
                let taken = number < ELEMENTS && usage.used.get() & (1 << number) != 0;
                if !taken && !is_blank(bytes) {
                    self.list_element(segment, number as u16, bytes, loop_id, list);
                }
            }
        }
        for inner in &node.loops {
            self.list_unmapped(inner, Some(inner.id), list);
        }
    }

    /// The whole element, or the components left over when some were taken.
    fn list_element(
        &self,
        segment: &Segment<'_>,
        element: u16,
        bytes: &[u8],
        loop_id: Option<&'static str>,
        list: &mut Vec<Unmapped>,
    ) {
        let entry = |component: Option<u16>, bytes: &[u8]| Unmapped {
            segment: Text::new(segment.tag()),
            position: segment.position,
            element,
            component,
            value: Text::new(decode(bytes)),
            loop_id: loop_id.map(Text::new_static),
        };
        let components = self.components.borrow();
        let taken = |component: u16| components.contains(&(segment.position, element, component));
        let place = |component: u16| (segment.position, element, component);
        if components.range(place(0)..=place(u16::MAX)).next().is_none() {
            list.push(entry(None, bytes));
            return;
        }
        for (index, part) in bytes.split(|b| *b == segment.delimiters.component).enumerate() {
            let component = index as u16 + 1;
            if !is_blank(part) && !taken(component) {
                list.push(entry(Some(component), part));
            }
        }
    }

    /// Says once a set that a unit has no code of UN/ECE Recommendation 20.
    fn unknown_unit(&self, fields: &Fields<'_, '_>, element: usize, unit: &str) {
        if !self.unknown_units.borrow_mut().insert(unit.to_owned()) {
            return;
        }
        fields.report(
            UNKNOWN_UNIT,
            Severity::Note,
            element,
            unit,
            format!("The unit {unit} has no code in UN/ECE Recommendation 20 that we know."),
            "Our side: the document carries `original_unit` alone; whoever reads it must know that code.",
        );
    }
}

impl<'r, 'a> Node<'r, 'a> {
    /// The loop's own segments in order, the trigger first.
    pub(crate) fn segments(self) -> impl Iterator<Item = Fields<'r, 'a>> {
        let loop_id = self.loop_id();
        self.node.segments.iter().map(move |segment| Fields::open(self.reading, segment, loop_id))
    }

    /// The loops within, in order.
    pub(crate) fn loops(self) -> impl Iterator<Item = Node<'r, 'a>> {
        self.node.loops.iter().map(move |node| Node { reading: self.reading, node, in_header: false })
    }

    /// The trigger's tag; the set's code at the root.
    pub(crate) fn id(self) -> &'static str {
        self.node.id
    }

    fn loop_id(self) -> Option<&'static str> {
        (!self.in_header).then_some(self.node.id)
    }
}

impl<'r, 'a> Fields<'r, 'a> {
    fn open(reading: &'r Reading, segment: &'r Segment<'a>, loop_id: Option<&'static str>) -> Self {
        let tag = segment.tag();
        let mut starts = [0; ELEMENTS + 1];
        let mut start = segment.tag_bytes().len() as u32 + 1;
        let mut present = 0_u64;
        for (number, bytes) in (1..).zip(segment.elements()) {
            let blank = is_blank(bytes);
            if number >= ELEMENTS {
                present |= if blank { 0 } else { BEYOND };
                continue;
            }
            starts[number] = start;
            start += bytes.len() as u32 + 1;
            starts[number + 1] = start;
            present |= u64::from(!blank) << number;
        }
        let usage = &reading.usage[segment.position as usize];
        usage.present.set(present);
        Fields { reading, segment, loop_id, tag, starts, used: &usage.used }
    }

    pub(crate) fn tag(&self) -> &'a str {
        self.tag
    }

    /// True if the segment ends before this element.
    pub(crate) fn ends_before(&self, element: usize) -> bool {
        self.starts.get(element + 1).is_none_or(|&next| next == 0)
    }

    /// True if the element holds something.
    pub(crate) fn has(&self, element: usize) -> bool {
        !self.raw(element).is_empty()
    }

    /// The element as text; `None` when empty.
    pub(crate) fn text(&self, element: usize) -> Option<Text> {
        let raw = self.raw(element);
        if raw.is_empty() {
            return None;
        }
        self.mark(element);
        Some(Text::new(decode(raw)))
    }

    /// The element as text; empty when absent.
    pub(crate) fn required(&self, element: usize) -> Text {
        self.text(element).unwrap_or_default()
    }

    /// The elements that hold something, as texts.
    pub(crate) fn texts(&self, elements: impl Iterator<Item = usize>) -> Vec<Text> {
        elements.filter_map(|element| self.text(element)).collect()
    }

    /// A code as a word and as it came.
    pub(crate) fn coded<T>(&self, element: usize, word: fn(&str) -> T) -> Option<(T, Text)> {
        self.text(element).map(|code| (word(&code), code))
    }

    /// A decimal number (type R or N0), exactly as it came. A finding, and unmapped, when it is none.
    pub(crate) fn decimal(&self, element: usize) -> Option<Decimal> {
        self.number(element, parse_decimal)
    }

    /// A number of type N2: two implied decimals (`10000` is 100.00).
    pub(crate) fn cents(&self, element: usize) -> Option<Decimal> {
        self.number(element, parse_cents)
    }

    fn number(&self, element: usize, parse: fn(&str) -> Option<Decimal>) -> Option<Decimal> {
        let raw = self.raw(element);
        if raw.is_empty() {
            return None;
        }
        let value = std::str::from_utf8(raw).ok().and_then(parse);
        match value {
            Some(_) => self.mark(element),
            None => self.report(
                UNREADABLE_NUMBER,
                Severity::Warning,
                element,
                &decode(raw),
                format!("{} is not a number that can be kept exactly.", self.name(element)),
                "The partner's move: send digits as the standard has them. The value stands under `unmapped`.",
            ),
        }
        value
    }

    /// A date, CCYYMMDD. A finding, and unmapped, when there is no such day.
    pub(crate) fn date(&self, element: usize) -> Option<Date> {
        let raw = self.raw(element);
        if raw.is_empty() {
            return None;
        }
        let date = parse_date(raw);
        match date {
            Some(_) => self.mark(element),
            None => self.report(
                UNREADABLE_DATE,
                Severity::Warning,
                element,
                &decode(raw),
                format!("{} is not a date (CCYYMMDD).", self.name(element)),
                "The partner's move: send a day that exists, as CCYYMMDD. The value stands under `unmapped`.",
            ),
        }
        date
    }

    /// A time, HHMM, HHMMSS, or with one or two decimals of a second. A finding, and unmapped, when there is no such time.
    pub(crate) fn time(&self, element: usize) -> Option<Time> {
        let raw = self.raw(element);
        if raw.is_empty() {
            return None;
        }
        let time = parse_time(raw);
        match time {
            Some(_) => self.mark(element),
            None => self.report(
                UNREADABLE_TIME,
                Severity::Warning,
                element,
                &decode(raw),
                format!("{} is not a time (HHMM or HHMMSS).", self.name(element)),
                "The partner's move: send a time that exists, as HHMM. The value stands under `unmapped`.",
            ),
        }
        time
    }

    /// One component of a composite as text; `None` when empty.
    pub(crate) fn component(&self, element: usize, component: usize) -> Option<Text> {
        let part = trim(self.part(element, component));
        if part.is_empty() {
            return None;
        }
        if self.is_simple(element) {
            self.mark(element);
        } else {
            let place = (self.segment.position, element as u16, component as u16);
            self.reading.components.borrow_mut().insert(place);
            self.mark_when_all_taken(element);
        }
        Some(Text::new(decode(part)))
    }

    /// UN/ECE Recommendation 20 code, and the code as it came, of a unit (element 355, or the first component of C001).
    pub(crate) fn unit(&self, element: usize) -> (Option<Text>, Option<Text>) {
        let Some(original) = self.component(element, 1) else { return (None, None) };
        let unit = super::units::recommendation_20(&original);
        if unit.is_none() {
            self.reading.unknown_unit(self, element, &original);
        }
        (unit.map(Text::new_static), Some(original))
    }

    pub(crate) fn report(
        &self,
        code: Code,
        severity: Severity,
        element: usize,
        value: &str,
        message: String,
        help: &str,
    ) {
        let place = Place {
            segment: Some(self.tag().to_owned()),
            position: Some(self.segment.position),
            element: Some(element as u16),
            loop_id: self.loop_id.map(str::to_owned),
            offset: self.segment.offset,
            ..Place::default()
        };
        let value = Some(value.chars().take(99).collect());
        let finding =
            Finding { code, severity, place, value, message, help: Some(help.to_owned()), answer: None };
        self.reading.findings.borrow_mut().push(finding);
    }

    /// `DTM02`.
    fn name(&self, element: usize) -> String {
        format!("{}{element:02}", self.tag())
    }

    fn raw(&self, element: usize) -> &'a [u8] {
        match self.starts.get(element..) {
            Some(&[start, next, ..]) if next > 0 => {
                trim(&self.segment.bytes[start as usize..next as usize - 1])
            }
            _ => &[],
        }
    }

    fn part(&self, element: usize, component: usize) -> &'a [u8] {
        let separator = self.segment.delimiters.component;
        self.raw(element).split(|b| *b == separator).nth(component - 1).unwrap_or_default()
    }

    fn is_simple(&self, element: usize) -> bool {
        !self.raw(element).contains(&self.segment.delimiters.component)
    }

    fn mark(&self, element: usize) {
        self.used.set(self.used.get() | 1 << element);
    }

    fn mark_when_all_taken(&self, element: usize) {
        let separator = self.segment.delimiters.component;
        let taken = self.reading.components.borrow();
        let all = self.raw(element).split(|b| *b == separator).enumerate().all(|(index, part)| {
            is_blank(part) || taken.contains(&(self.segment.position, element as u16, index as u16 + 1))
        });
        if all {
            self.mark(element);
        }
    }
}

/// UTF-8 when it is, else ISO 8859-1.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
    }
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

/// X12.6 type R: digits, a leading minus, a point; an exponent from later versions on.
fn parse_decimal(text: &str) -> Option<Decimal> {
    let (digits, exponent) = match text.split_once('E') {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (text, None),
    };
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let plain = unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain || !unsigned.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    match exponent {
        None => Decimal::from_str_exact(digits).ok(),
        Some(exponent) => scale_by_ten(Decimal::from_str_exact(digits).ok()?, exponent.parse().ok()?),
    }
}

fn scale_by_ten(value: Decimal, exponent: i32) -> Option<Decimal> {
    let steps = u32::try_from(exponent.checked_abs()?).ok().filter(|steps| *steps <= 28)?;
    if exponent < 0 {
        let scale = value.scale().checked_add(steps).filter(|scale| *scale <= 28)?;
        return Decimal::try_from_i128_with_scale(value.mantissa(), scale).ok();
    }
    (0..steps).try_fold(value, |v, _| v.checked_mul(Decimal::TEN))
}

/// X12.6 type N2: digits and a leading minus.
fn parse_cents(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Decimal::try_from_i128_with_scale(text.parse().ok()?, 2).ok()
}

/// X12.6 type DT of eight digits.
pub(crate) fn parse_date(raw: &[u8]) -> Option<Date> {
    if raw.len() != 8 {
        return None;
    }
    let day = digits(&raw[6..])?;
    let date = jiff::civil::Date::new(digits(&raw[..4])?, digits(&raw[4..6])? as i8, day as i8);
    date.ok().map(Date)
}

/// X12.6 type TM: HHMM, HHMMSS, HHMMSSD, HHMMSSDD.
fn parse_time(raw: &[u8]) -> Option<Time> {
    if !matches!(raw.len(), 4 | 6 | 7 | 8) {
        return None;
    }
    let part = |from: usize, to: usize| if raw.len() >= to { digits(&raw[from..to]) } else { Some(0) };
    let fraction = match raw.len() {
        7 => i32::from(digits(&raw[6..7])?) * 100_000_000,
        8 => i32::from(digits(&raw[6..8])?) * 10_000_000,
        _ => 0,
    };
    let time = jiff::civil::Time::new(part(0, 2)? as i8, part(2, 4)? as i8, part(4, 6)? as i8, fraction);
    time.ok().map(Time)
}

/// At most four ASCII digits as a number.
fn digits(raw: &[u8]) -> Option<i16> {
    raw.iter().try_fold(0_i16, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0')))
}
