//! Hands out the components of a validated message, and remembers which were taken.
//!
//! A value is addressed by element and component, both from 1; a simple element has one component. It is marked as used when it
//! is read *and* understood; what is not becomes a finding and stays unmarked. [`Reading::finish`] lists everything with
//! something in it that nobody took, in the order of the message, so nothing is lost in silence.
//!
//! Released characters stand for themselves. An element that repeats (syntax 4) is not cut: it stays unmapped whole.

use crate::Text;
use crate::date::Date;
use crate::finding::{UNKNOWN_UNIT, UNREADABLE_DATE, UNREADABLE_NUMBER};
use crate::quantity::Decimal;
use crate::reference::Unmapped;
use portway_edi::schema::Loop;
use portway_edi::{Code, Finding, Place, Segment, Severity};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Elements and components that a mapping can take; the longest (PCI, C210) has ten. Further ones are unmapped.
const PARTS: usize = 16;

/// Segments that only bound the message and its sections.
const BOUNDS: &[&str] = &["UNH", "UNT", "UNS"];

/// One reading of one message.
pub(crate) struct Reading {
    /// By position of the segment.
    usage: Vec<Usage>,
    findings: RefCell<Vec<Finding>>,
    unknown_units: RefCell<BTreeSet<String>>,
}

/// By element one bit a component.
#[derive(Default)]
struct Usage([Cell<u16>; PARTS]);

/// A segment group whose segments hand out tracked components; the message itself at the root.
#[derive(Clone, Copy)]
pub(crate) struct Node<'r, 'a> {
    reading: &'r Reading,
    node: &'r Loop<'a>,
    group: Option<&'static str>,
}

/// The components of one segment.
pub(crate) struct Fields<'r, 'a> {
    reading: &'r Reading,
    segment: &'r Segment<'a>,
    group: Option<&'static str>,
    elements: [&'a [u8]; PARTS],
}

impl Reading {
    pub(crate) fn new(root: &Loop<'_>) -> Reading {
        let size = last_position(root) as usize + 1;
        Reading {
            usage: std::iter::repeat_with(Usage::default).take(size).collect(),
            findings: RefCell::default(),
            unknown_units: RefCell::default(),
        }
    }

    pub(crate) fn root<'r, 'a>(&'r self, root: &'r Loop<'a>) -> Node<'r, 'a> {
        Node { reading: self, node: root, group: None }
    }

    /// What nobody took, and what was found on the way.
    pub(crate) fn finish(self, root: &Loop<'_>) -> (Vec<Unmapped>, Vec<Finding>) {
        let mut unmapped = Vec::new();
        self.list_unmapped(root, None, &mut unmapped);
        unmapped.sort_by_key(|u| (u.position, u.element, u.component));
        (unmapped, self.findings.into_inner())
    }

    fn list_unmapped(&self, node: &Loop<'_>, group: Option<&'static str>, list: &mut Vec<Unmapped>) {
        for segment in node.segments.iter().filter(|s| !BOUNDS.contains(&s.tag())) {
            let usage = &self.usage[segment.position as usize];
            for (index, bytes) in segment.elements().enumerate().filter(|(_, bytes)| !is_blank(bytes)) {
                let used = usage.0.get(index + 1).map_or(0, Cell::get);
                list_element(segment, index + 1, bytes, used, group, list);
            }
        }
        for inner in &node.loops {
            self.list_unmapped(inner, Some(inner.id), list);
        }
    }
}

/// The element where it is simple, else the components left over.
fn list_element(
    segment: &Segment<'_>,
    element: usize,
    bytes: &[u8],
    used: u16,
    group: Option<&'static str>,
    list: &mut Vec<Unmapped>,
) {
    let entry = |component: Option<u16>, value: Text| Unmapped {
        segment: Text::new(segment.tag()),
        position: segment.position,
        element: element as u16,
        component,
        field: None,
        value,
        loop_id: group.map(Text::new_static),
    };
    // A repeating element is not cut: it stands as it came.
    let repeats = repeats(segment, bytes);
    if repeats || segment.components(element).nth(1).is_none() {
        if used == 0 {
            let whole = if repeats {
                Text::new(String::from_utf8_lossy(bytes))
            } else {
                Text::new(segment.text(element))
            };
            list.push(entry(None, whole));
        }
        return;
    }
    for (index, part) in segment.components(element).enumerate() {
        let taken = index + 1 < PARTS && used & (1 << (index + 1)) != 0;
        if !taken && !is_blank(part) {
            let value = Text::new(segment.component_text(element, index + 1));
            list.push(entry(Some(index as u16 + 1), value));
        }
    }
}

impl<'r, 'a> Node<'r, 'a> {
    /// The group's own segments in order, the trigger first.
    pub(crate) fn segments(self) -> impl Iterator<Item = Fields<'r, 'a>> {
        self.node.segments.iter().map(move |segment| Fields::open(self.reading, segment, self.group))
    }

    /// The groups within, in order.
    pub(crate) fn groups(self) -> impl Iterator<Item = Node<'r, 'a>> {
        self.node.loops.iter().map(move |node| Node { reading: self.reading, node, group: Some(node.id) })
    }

    /// The segments of this group and of those within, in the order of the tables.
    pub(crate) fn all_segments(self) -> Vec<Fields<'r, 'a>> {
        let inner = self.groups().flat_map(Node::all_segments);
        self.segments().chain(inner).collect()
    }

    /// The tag of the segment that opens the group, `LIN`.
    pub(crate) fn trigger(self) -> &'a str {
        self.node.segments.first().map_or("", Segment::tag)
    }

    /// Position of the trigger in the message.
    pub(crate) fn position(self) -> u32 {
        self.node.segments.first().map_or(0, |s| s.position)
    }
}

impl<'r, 'a> Fields<'r, 'a> {
    fn open(reading: &'r Reading, segment: &'r Segment<'a>, group: Option<&'static str>) -> Self {
        let mut elements: [&'a [u8]; PARTS] = [&[]; PARTS];
        for (slot, bytes) in elements.iter_mut().skip(1).zip(segment.elements()) {
            if !repeats(segment, bytes) {
                *slot = bytes;
            }
        }
        Fields { reading, segment, group, elements }
    }

    pub(crate) fn tag(&self) -> &'a str {
        self.segment.tag()
    }

    pub(crate) fn position(&self) -> u32 {
        self.segment.position
    }

    /// True if the component holds something.
    pub(crate) fn has(&self, element: usize, component: usize) -> bool {
        !self.raw(element, component).is_empty()
    }

    /// The value of a component without taking it; for choices.
    pub(crate) fn peek(&self, element: usize, component: usize) -> Cow<'a, str> {
        self.segment.decoded(self.raw(element, component))
    }

    /// Says that a component that was peeked at is carried over.
    pub(crate) fn take(&self, element: usize, component: usize) {
        if self.has(element, component) {
            self.mark(element, component);
        }
    }

    /// The component as text; `None` when empty.
    pub(crate) fn text(&self, element: usize, component: usize) -> Option<Text> {
        let raw = self.raw(element, component);
        if raw.is_empty() {
            return None;
        }
        self.mark(element, component);
        Some(Text::new(self.segment.decoded(raw)))
    }

    /// The component as text; empty when absent.
    pub(crate) fn required(&self, element: usize, component: usize) -> Text {
        self.text(element, component).unwrap_or_default()
    }

    /// The components that hold something, as texts.
    pub(crate) fn texts(&self, element: usize, components: std::ops::RangeInclusive<usize>) -> Vec<Text> {
        components.filter_map(|component| self.text(element, component)).collect()
    }

    /// A text that stands in several components, its parts as lines.
    pub(crate) fn lines(&self, element: usize, components: std::ops::RangeInclusive<usize>) -> Option<Text> {
        let lines = self.texts(element, components);
        (!lines.is_empty()).then(|| Text::new(lines.join("\n")))
    }

    /// A code as a word and as it came.
    pub(crate) fn coded<T>(
        &self,
        element: usize,
        component: usize,
        word: fn(&str) -> T,
    ) -> Option<(T, Text)> {
        self.text(element, component).map(|code| (word(&code), code))
    }

    /// A decimal number, exactly as it came. A finding, and unmapped, when it is none.
    pub(crate) fn decimal(&self, element: usize, component: usize) -> Option<Decimal> {
        let raw = self.raw(element, component);
        if raw.is_empty() {
            return None;
        }
        let value = parse_decimal(raw, self.segment.notation.decimal);
        match value {
            Some(_) => self.mark(element, component),
            None => self.report(
                UNREADABLE_NUMBER,
                Severity::Warning,
                element,
                &self.segment.decoded(raw),
                format!("{} is not a number that can be kept exactly.", self.name(element, component)),
                "The partner's move: send digits and the decimal mark of the UNA, no thousands separators. The value stands \
                 under `unmapped`.",
            ),
        }
        value
    }

    /// Says that a date cannot be read; its value stays unmapped.
    pub(crate) fn unreadable_date(&self, element: usize, component: usize, format: &str) {
        self.report(
            UNREADABLE_DATE,
            Severity::Warning,
            element,
            &self.segment.decoded(self.raw(element, component)),
            format!("{} is not a date or time of format {format}.", self.name(element, component)),
            "The partner's move: send a day that exists, in the format that 2379 names. The value stands under `unmapped`.",
        );
    }

    /// UN/ECE Recommendation 20 code, and the code as it came, of a unit (6411).
    pub(crate) fn unit(&self, element: usize, component: usize) -> (Option<Text>, Option<Text>) {
        let Some(original) = self.text(element, component) else { return (None, None) };
        let unit = super::units::recommendation_20(&original);
        if unit.is_none() && self.reading.unknown_units.borrow_mut().insert(original.to_string()) {
            self.report(
                UNKNOWN_UNIT,
                Severity::Note,
                element,
                &original,
                format!("The unit {original} has no code in UN/ECE Recommendation 20 that we know."),
                "Our side: the document carries `original_unit` alone; whoever reads it must know that code.",
            );
        }
        (unit.map(Text::new_static), Some(original))
    }

    fn report(
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
            loop_id: self.group.map(str::to_owned),
            offset: self.segment.offset,
            ..Place::default()
        };
        let value = Some(value.chars().take(99).collect());
        let finding =
            Finding { code, severity, place, value, message, help: Some(help.to_owned()), answer: None };
        self.reading.findings.borrow_mut().push(finding);
    }

    /// `DTM01.2`.
    fn name(&self, element: usize, component: usize) -> String {
        format!("{}{element:02}.{component}", self.tag())
    }

    fn raw(&self, element: usize, component: usize) -> &'a [u8] {
        let Some(bytes) = self.elements.get(element).filter(|bytes| !bytes.is_empty()) else { return &[] };
        if component >= PARTS {
            return &[];
        }
        let delimiters = self.segment.delimiters;
        if component == 1 && !bytes.contains(&delimiters.component) {
            return trim(bytes);
        }
        trim(self.segment.component(element, component))
    }

    fn mark(&self, element: usize, component: usize) {
        let usage = &self.reading.usage[self.segment.position as usize].0[element];
        usage.set(usage.get() | 1 << component);
    }
}

/// Digits, a leading minus, and one decimal mark: the one a UNA names, else point or comma (ISO 9735, 10.1).
fn parse_decimal(raw: &[u8], mark: Option<u8>) -> Option<Decimal> {
    let is_mark = |b: u8| mark.map_or(matches!(b, b'.' | b','), |mark| b == mark);
    let unsigned = raw.strip_prefix(b"-").unwrap_or(raw);
    let marks = unsigned.iter().filter(|b| is_mark(**b)).count();
    let plain = unsigned.iter().all(|b| b.is_ascii_digit() || is_mark(*b));
    if !plain || marks > 1 || marks == unsigned.len() {
        return None;
    }
    let digits: String = raw.iter().map(|b| if is_mark(*b) { '.' } else { char::from(*b) }).collect();
    Decimal::from_str_exact(&digits).ok()
}

/// Eight digits, CCYYMMDD.
pub(crate) fn parse_date(raw: &str) -> Option<Date> {
    let number = |from: usize, to: usize| {
        raw.get(from..to).filter(|s| s.bytes().all(|b| b.is_ascii_digit()))?.parse::<i16>().ok()
    };
    if raw.len() != 8 {
        return None;
    }
    let date = jiff::civil::Date::new(number(0, 4)?, number(4, 6)? as i8, number(6, 8)? as i8);
    date.ok().map(Date)
}

/// True if a repetition separator that is not released stands in the element.
fn repeats(segment: &Segment<'_>, bytes: &[u8]) -> bool {
    let Some(separator) = segment.delimiters.repetition else { return false };
    let mut released = false;
    bytes.iter().any(|b| {
        let separates = !released && *b == separator;
        released = !released && Some(*b) == segment.delimiters.release;
        separates
    })
}

/// Trailing blanks are no content, unless the last one is released.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_mark_of_the_una_or_either() {
        let parsed = |raw: &[u8], mark| parse_decimal(raw, mark).map(|d| d.to_string());
        assert_eq!(parsed(b"12.50", None).as_deref(), Some("12.50"));
        assert_eq!(parsed(b"12,50", None).as_deref(), Some("12.50"));
        assert_eq!(parsed(b"12,50", Some(b',')).as_deref(), Some("12.50"));
        assert_eq!(parsed(b"12.50", Some(b',')), None);
        assert_eq!(parsed(b"1.234,5", None), None);
        assert_eq!(parsed(b"-3", None).as_deref(), Some("-3"));
        assert_eq!(parsed(b"-", None), None);
        assert_eq!(parsed(b"", None), None);
        assert_eq!(parsed(b",", None), None);
    }
}
