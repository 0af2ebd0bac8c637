//! One segment against its definition (X12.6, ISO 9735): presence, types, lengths, codes, syntax notes.
//!
//! One pass over the bytes cuts and classifies them together. Nothing is allocated unless something is wrong. Each element
//! yields one finding at most, each syntax note one.

use super::checksum::checks;
use super::dictionary::{Checked, Dictionary, Element, Holds, Kind, Note, Position, Rule, Shape};
use super::validate::Sink;
use super::values;
use crate::calendar::{is_date, is_time};
use crate::charset::Charset;
use crate::finding::{self, Code, Severity, excerpt};
use crate::interchange::Standard;
use crate::segment::{Segment, parts, released};
use std::borrow::Cow;
use std::sync::OnceLock;

/// What kinds of bytes a value has, as bits.
pub(super) const DIGIT: u16 = 1;
const LETTER: u16 = 2;
const OTHER: u16 = 4;
const BLANK: u16 = 8;
const CONTROL: u16 = 16;
/// Outside ASCII: UTF-8 or an 8-bit set.
const HIGH: u16 = 32;
const COMPONENT: u16 = 64;
const REPEAT: u16 = 128;
/// The release character of EDIFACT: what follows it does not cut.
const RELEASE: u16 = 256;
/// Not in the character set that the interchange declares.
const FOREIGN: u16 = 512;
/// What a byte is by itself, whatever it delimits.
const ITSELF: u16 = !(COMPONENT | REPEAT | RELEASE);

/// The class of each byte under the delimiters in force.
pub(super) struct Classes([u16; 256]);

impl Classes {
    /// Of the interchange that the segment stands in.
    pub fn new(segment: &Segment<'_>) -> Classes {
        let (delimiters, charset) = (&segment.delimiters, segment.notation.charset);
        let mut table = *Classes::of_charset(charset);
        table[usize::from(delimiters.component)] |= COMPONENT;
        if let Some(repetition) = delimiters.repetition {
            table[usize::from(repetition)] |= REPEAT;
        }
        if let Some(release) = delimiters.release {
            table[usize::from(release)] |= RELEASE;
        }
        Classes(table)
    }

    /// Of the bytes by themselves: worked out once for each character set.
    fn of_charset(charset: Charset) -> &'static [u16; 256] {
        static TABLES: [OnceLock<[u16; 256]>; Charset::Y as usize + 1] =
            [const { OnceLock::new() }; Charset::Y as usize + 1];
        TABLES[charset as usize].get_or_init(|| {
            std::array::from_fn(|byte| {
                let byte = byte as u8;
                let class = match byte {
                    b'0'..=b'9' => DIGIT,
                    b'A'..=b'Z' | b'a'..=b'z' => LETTER,
                    b' ' => BLANK,
                    0..=31 | 127 => CONTROL,
                    128.. => HIGH,
                    _ => OTHER,
                };
                if class != CONTROL && !charset.holds(byte) { class | FOREIGN } else { class }
            })
        })
    }

    fn of(&self, value: &[u8]) -> u16 {
        let class = value.iter().fold(0, |class, &b| class | self.0[usize::from(b)]);
        if class & RELEASE == 0 { class } else { self.of_released(value) }
    }

    /// A released byte is only what it is by itself.
    #[cold]
    fn of_released(&self, value: &[u8]) -> u16 {
        let mut class = 0;
        let mut bytes = value.iter();
        while let Some(&byte) = bytes.next() {
            class |= self.0[usize::from(byte)]
                & if self.0[usize::from(byte)] & RELEASE != 0 { RELEASE } else { !0 };
            if self.0[usize::from(byte)] & RELEASE != 0 {
                class |= bytes.next().map_or(OTHER, |&b| self.0[usize::from(b)] & ITSELF);
            }
        }
        class
    }

    /// Where the element ends that begins at `start`, release characters in it.
    #[cold]
    fn released_end(&self, bytes: &[u8], start: usize, separator: u8) -> usize {
        let mut at = start;
        while at < bytes.len() && bytes[at] != separator {
            at += if self.0[usize::from(bytes[at])] & RELEASE != 0 { 2 } else { 1 };
        }
        at.min(bytes.len())
    }
}

/// Where a value stands: element, and component of a composite.
#[derive(Clone, Copy)]
struct At {
    element: usize,
    component: Option<usize>,
}

/// Checks one segment; findings go to the sink.
pub(super) struct Checker<'c, 's> {
    pub dictionary: &'c Dictionary,
    pub classes: &'c Classes,
    pub segment: &'c Segment<'c>,
    pub sink: &'c mut Sink<'s>,
    /// The last qualifier of an identification (235, 66, 88), and the element it belongs to.
    qualifier: (&'static str, &'c [u8]),
    /// The message follows the subset of an association (0057), which has values of its own in many lists.
    pub subset: bool,
    /// The composite being checked says that its values are of another list than the directory's (1131, 3055).
    pub other_list: bool,
}

impl<'c, 's> Checker<'c, 's> {
    pub fn new(
        dictionary: &'c Dictionary,
        classes: &'c Classes,
        segment: &'c Segment<'c>,
        sink: &'c mut Sink<'s>,
        subset: bool,
    ) -> Self {
        Checker { dictionary, classes, segment, sink, qualifier: ("", b""), subset, other_list: false }
    }

    pub fn check(&mut self, shape: &Shape) {
        let before = self.sink.count();
        let bytes = self.segment.bytes;
        let separator = self.segment.delimiters.element;
        let mut at = shape.id.len();
        let mut number = 0;
        let mut present = 0u64;
        let binary = self.segment.binary();
        while at < bytes.len() {
            at += 1;
            let start = at;
            let mut class = 0;
            if binary == Some(number + 1) {
                // Any byte may stand in it, separators too.
                at = bytes.len();
            }
            while at < bytes.len() && bytes[at] != separator {
                class |= self.classes.0[usize::from(bytes[at])];
                at += 1;
            }
            number += 1;
            if class & RELEASE != 0 {
                at = self.classes.released_end(bytes, start, separator);
                class = self.classes.of_released(&bytes[start..at]);
            }
            if at == start {
                continue;
            }
            let value = &bytes[start..at];
            let Some(position) = shape.positions.get(number - 1) else {
                let message =
                    format!("{} has {} elements at most, there is one more", shape.id, shape.positions.len());
                self.report(
                    finding::TOO_MANY_ELEMENTS,
                    At { element: number, component: None },
                    None,
                    value,
                    message,
                );
                break;
            };
            if self.position(position, At { element: number, component: None }, value, class) {
                present |= 1 << (number - 1);
            }
        }
        if shape.mandatory & !present != 0 {
            self.missing(shape, present, None);
        }
        for note in &shape.notes {
            self.note(note, shape, present, None);
        }
        if self.edifact() {
            if number > 0 && bytes.last() == Some(&separator) && !values::ends_released(self.segment, bytes) {
                let message = format!("{} ends in a separator without a value behind it", shape.id);
                self.report(
                    finding::TRAILING_SEPARATOR,
                    At { element: number, component: None },
                    None,
                    b"",
                    message,
                );
            }
            values::check(self.segment, self.sink);
        }
        self.sink.sort_from(before);
    }

    fn edifact(&self) -> bool {
        self.dictionary.standard == Standard::Edifact
    }

    /// True if there is a value.
    fn position(&mut self, position: &Position, at: At, value: &'c [u8], class: u16) -> bool {
        if class == BLANK {
            let message = format!("{} holds blanks only", name(self.segment, at));
            self.report(finding::BLANK_VALUE, at, Some(position), b"", message);
            return false;
        }
        if class & REPEAT != 0 {
            self.repeats(position, at, value);
            return true;
        }
        match position.holds {
            Holds::Element(element) => {
                self.value(&self.dictionary.elements[usize::from(element)], position, at, value, class)
            }
            Holds::Composite(composite) => {
                self.composite(&self.dictionary.composites[usize::from(composite)], at, value)
            }
        }
        true
    }

    fn repeats(&mut self, position: &Position, at: At, value: &'c [u8]) {
        let Some(separator) = self.segment.delimiters.repetition else { return };
        let mut count = 0;
        for repeat in parts(value, separator, self.segment.delimiters.release) {
            count += 1;
            self.sink.repetition = Some(count).filter(|_| position.max_repeat > 1);
            if count > position.max_repeat {
                let message = format!("{} may come {} times", name(self.segment, at), position.max_repeat);
                self.report(finding::TOO_MANY_REPETITIONS, at, Some(position), value, message);
                break;
            }
            if !repeat.is_empty() {
                self.position(position, at, repeat, self.classes.of(repeat));
            }
        }
        self.sink.repetition = None;
    }

    fn composite(&mut self, shape: &Shape, at: At, value: &'c [u8]) {
        let mut present = 0u64;
        self.other_list = shape.list_names | shape.list_keepers != 0 && self.names_a_list(shape, value);
        let (separator, release) = (self.segment.delimiters.component, self.segment.delimiters.release);
        for (index, part) in parts(value, separator, release).enumerate() {
            if part.is_empty() {
                continue;
            }
            let at = At { component: Some(index + 1), ..at };
            let Some(position) = shape.positions.get(index) else {
                let message =
                    format!("{} has {} components at most", name(self.segment, at), shape.positions.len());
                self.report(finding::TOO_MANY_COMPONENTS, at, None, part, message);
                break;
            };
            if self.position(position, at, part, self.classes.of(part)) {
                present |= 1 << index;
            }
        }
        self.other_list = false;
        if self.edifact() && value.last() == Some(&separator) && !values::ends_released(self.segment, value) {
            let message = format!("{} ends in a separator without a value behind it", name(self.segment, at));
            self.report(finding::TRAILING_SEPARATOR, at, None, b"", message);
        }
        if shape.mandatory & !present != 0 {
            self.missing(shape, present, Some(at.element));
        }
        for note in &shape.notes {
            self.note(note, shape, present, Some(at.element));
        }
    }

    /// 1131 names a code list, 3055 who keeps it; 6 is the directory's own keeper.
    fn names_a_list(&self, shape: &Shape, value: &[u8]) -> bool {
        let (separator, release) = (self.segment.delimiters.component, self.segment.delimiters.release);
        let from = (shape.list_names | shape.list_keepers).trailing_zeros() as usize;
        parts(value, separator, release).enumerate().skip(from).take(64 - from).any(|(index, part)| {
            let is = |positions: u64| positions >> index & 1 == 1;
            is(shape.list_names) && !part.is_empty() || is(shape.list_keepers) && !matches!(part, b"" | b"6")
        })
    }

    fn value(&mut self, element: &Element, position: &Position, at: At, value: &'c [u8], class: u16) {
        let fault = match element.kind {
            Kind::Alphabetic | Kind::Number | Kind::Alphanumeric => {
                return self.edifact_value(element, position, at, value, class);
            }
            _ if class & CONTROL != 0 => Some(finding::INVALID_CHARACTER),
            _ if class & COMPONENT != 0 => Some(finding::INVALID_CHARACTER),
            Kind::Identifier => identifier(element, value, class),
            Kind::Text => length(element, value, class),
            Kind::Numeric(_) => numeric(element, value, class),
            Kind::Decimal => decimal(element, value, class),
            Kind::Date => date(element, value),
            Kind::Time => time(element, value),
            Kind::Binary => length(element, value, class),
        };
        if let Some(code) = fault {
            self.fault(code, element, position, at, value);
        } else if element.checked != Checked::No {
            self.qualified(element, position, at, value);
        }
    }

    /// GTIN, GLN and SSCC by their qualifiers, dates and times by their format. Other lengths, and kinds without a check digit (UA with twelve digits is
    /// 2-5-5), are left alone.
    fn qualified(&mut self, element: &Element, position: &Position, at: At, value: &'c [u8]) {
        if element.checked == Checked::Qualifier {
            self.qualifier = (element.id, value);
            return;
        }
        let (what, lengths, digits): (_, &[usize], _) = match self.qualifier {
            ("235" | "88", b"UP") => ("GTIN", &[12], value),
            ("235", b"EN") => ("GTIN", &[13], value),
            ("235", b"EO") => ("GTIN", &[8], value),
            ("235", b"UK") | ("88", b"UC") => ("GTIN", &[14], value),
            ("235", b"UA") => ("GTIN", &[13, 14], value),
            ("235", b"UO") | ("88", b"GM" | b"AA") => ("SSCC", &[18], sscc(value)),
            ("88", b"AI") if sscc(value).len() < value.len() => ("SSCC", &[18], sscc(value)),
            ("66", b"UL") => ("GLN", &[13], value),
            ("1250", format) if element.id == "1251" && !values::is_period(format, value) => {
                let times = matches!(format, b"TM" | b"TS" | b"RTM");
                let code = if times { finding::INVALID_TIME } else { finding::INVALID_DATE };
                return self.fault(code, element, position, at, value);
            }
            _ => return,
        };
        if lengths.contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) && !checks(digits) {
            let message = format!(
                "{} '{}' is no {what}: its check digit is wrong",
                name(self.segment, at),
                excerpt(value)
            );
            self.report(finding::CHECK_DIGIT_WRONG, at, Some(position), value, message);
        }
    }

    /// ISO 9735: characters of the declared set, the right type, length and code; one finding at most.
    fn edifact_value(&mut self, element: &Element, position: &Position, at: At, value: &[u8], class: u16) {
        let release = self.segment.delimiters.release;
        if class & COMPONENT != 0 && at.component.is_none() {
            let message = format!("{} has no components", name(self.segment, at));
            let at = At { component: Some(2), ..at };
            return self.report(finding::TOO_MANY_COMPONENTS, at, Some(position), value, message);
        }
        let plain = if class & RELEASE == 0 { Cow::Borrowed(value) } else { released(value, release) };
        let charset = self.segment.notation.charset;
        if charset == Charset::X && class & CONTROL != 0 {
            return self.extended_value(element, position, at, &plain);
        }
        let fault = match element.kind {
            _ if class & CONTROL != 0 => Some(finding::INVALID_CHARACTER),
            _ if class & HIGH != 0
                && matches!(charset, Charset::W | Charset::Y)
                && std::str::from_utf8(&plain).is_err() =>
            {
                Some(finding::INVALID_CHARACTER)
            }
            Kind::Number => number(element, &plain, self.segment.notation.decimal),
            Kind::Alphabetic if class & DIGIT != 0 => Some(finding::CHARACTER_TYPE),
            _ => length(element, &plain, if charset.is_single_byte() { class & !HIGH } else { class }),
        };
        let listed = !self.other_list || element.id == "3055";
        let fault = fault.or_else(|| match &element.codes {
            Some(codes) if listed && !codes.contains(plain.trim_ascii_end()) => Some(finding::INVALID_CODE),
            _ => None,
        });
        let fault = fault.or_else(|| (class & FOREIGN != 0).then_some(finding::CHARACTER_FOREIGN));
        if let Some(code) = fault {
            self.fault(code, element, position, at, &plain);
        }
    }

    /// With escape sequences in it (ISO 2022), which are no characters: what they switch to is.
    #[cold]
    fn extended_value(&mut self, element: &Element, position: &Position, at: At, value: &[u8]) {
        let text = Charset::X.decode(value);
        let listed = !self.other_list || element.id == "3055";
        let fault = match &element.codes {
            _ if text.chars().any(char::is_control) => Some(finding::INVALID_CHARACTER),
            // Of a set that is not known here: how many there are cannot be told.
            _ if text.contains('\u{fffd}') => Some(finding::CHARACTER_FOREIGN),
            _ if element.kind == Kind::Number => Some(finding::CHARACTER_TYPE),
            Some(codes) if listed && !codes.contains(text.trim_end().as_bytes()) => {
                Some(finding::INVALID_CODE)
            }
            _ => within(element, text.trim_end().chars().count()),
        };
        if let Some(code) = fault {
            self.fault(code, element, position, at, value);
        }
    }

    #[cold]
    fn fault(&mut self, code: Code, element: &Element, position: &Position, at: At, value: &[u8]) {
        let name = name(self.segment, at);
        let shown = excerpt(self.segment.notation.charset.decode(value).as_bytes());
        let Element { id, title, min, max, type_name, .. } = element;
        let message = match code {
            finding::INVALID_CODE => format!("{name} '{shown}' is not in the code list of {id} ({title})"),
            finding::ELEMENT_TOO_SHORT => {
                format!("{name} '{shown}' is too short: {id} ({title}) has at least {min} characters")
            }
            finding::ELEMENT_TOO_LONG => {
                format!("{name} '{shown}' is too long: {id} ({title}) has at most {max} characters")
            }
            finding::CHARACTER_TYPE => {
                format!(
                    "{name} '{shown}' holds what {id} ({title}, {type_name}) does not: a number has digits only, an alphabetic value none"
                )
            }
            finding::DECIMAL_NOTATION => {
                format!("{name} '{shown}' is no number with its decimal mark in place")
            }
            finding::DIGIT_BEFORE_MARK => {
                format!("{name} '{shown}' has no digit in front of its decimal mark")
            }
            finding::CHARACTER_FOREIGN => {
                format!("{name} '{shown}' holds a character that the declared character set does not have")
            }
            finding::INVALID_DATE => format!("{name} '{shown}' is no date of the calendar ({id}, {title})"),
            finding::INVALID_TIME => format!("{name} '{shown}' is no time of day ({id}, {title})"),
            _ => format!(
                "{name} '{}' holds a character that {id} ({title}, type {type_name}) does not allow",
                shown.escape_debug()
            ),
        };
        self.report(code, at, Some(position), value, message);
    }

    #[cold]
    fn missing(&mut self, shape: &Shape, present: u64, inside: Option<usize>) {
        for index in bits(shape.mandatory & !present) {
            let at = at(index, inside);
            let message = format!(
                "{} is mandatory and missing: {}",
                name(self.segment, at),
                self.describe(shape, index)
            );
            self.report(finding::ELEMENT_MISSING, at, shape.positions.get(index), b"", message);
        }
    }

    fn note(&mut self, note: &Note, shape: &Shape, present: u64, inside: Option<usize>) {
        let there = note.positions & present;
        let others = note.positions & !note.first;
        let broken = match note.rule {
            Rule::Paired => there != 0 && there != note.positions,
            Rule::Required => there == 0,
            Rule::Exclusive => there.count_ones() > 1,
            Rule::Conditional => present & note.first != 0 && others & present != others,
            Rule::ListConditional => present & note.first != 0 && others & present == 0,
        };
        if broken {
            self.broken_note(note, shape, present, inside);
        }
    }

    #[cold]
    fn broken_note(&mut self, note: &Note, shape: &Shape, present: u64, inside: Option<usize>) {
        let others = note.positions & !note.first;
        let named =
            |set: u64| bits(set).map(|i| name(self.segment, at(i, inside))).collect::<Vec<_>>().join(", ");
        // The element to point at: the first that is missing, or the second that is too many.
        let index = match note.rule {
            Rule::Exclusive => bits(note.positions & present).nth(1),
            Rule::Required | Rule::ListConditional => bits(others).next(),
            Rule::Paired | Rule::Conditional => bits(others & !present).next(),
        };
        let index = index.unwrap_or(0);
        let place = at(index, inside);
        let there = named(note.positions & present);
        let (code, message) = match note.rule {
            Rule::Paired => (
                finding::ELEMENT_CONDITION,
                format!("{} must be there because {there} is", name(self.segment, place)),
            ),
            Rule::Required => {
                (finding::ELEMENT_CONDITION, format!("one of {} must be there", named(note.positions)))
            }
            Rule::Exclusive => (
                finding::EXCLUSION,
                format!("only one of {} may be there, not {there}", named(note.positions)),
            ),
            Rule::Conditional => (
                finding::ELEMENT_CONDITION,
                format!("{} must be there because {} is", name(self.segment, place), named(note.first)),
            ),
            Rule::ListConditional => (
                finding::ELEMENT_CONDITION,
                format!("one of {} must be there because {} is", named(others), named(note.first)),
            ),
        };
        let value = match note.rule {
            Rule::Exclusive if inside.is_none() => self.segment.element(place.element),
            _ => b"",
        };
        self.report(code, place, shape.positions.get(index), value, message);
    }

    /// `355 (Unit of measure)`
    fn describe(&self, shape: &Shape, index: usize) -> String {
        match shape.positions.get(index).map(|p| p.holds) {
            Some(Holds::Element(e)) => {
                let element = &self.dictionary.elements[usize::from(e)];
                format!("{} ({})", element.id, element.title)
            }
            Some(Holds::Composite(c)) => self.dictionary.composites[usize::from(c)].title.to_string(),
            None => String::new(),
        }
    }

    #[cold]
    fn report(&mut self, code: Code, at: At, position: Option<&Position>, value: &[u8], message: String) {
        let reference = position.map(|p| match p.holds {
            Holds::Element(e) => self.dictionary.elements[usize::from(e)].id,
            Holds::Composite(c) => self.dictionary.composites[usize::from(c)].id,
        });
        let severity = match code {
            finding::INVALID_CODE if self.subset => Severity::Warning,
            finding::CHECK_DIGIT_WRONG
            | finding::BLANK_VALUE
            | finding::CHARACTER_FOREIGN
            | finding::TRAILING_SEPARATOR => Severity::Warning,
            _ => Severity::Error,
        };
        let text = self.segment.notation.charset.decode(value);
        let value = text.as_bytes();
        self.sink.element(
            code,
            severity,
            self.segment,
            (at.element, at.component),
            reference,
            value,
            message,
        );
    }
}

fn at(index: usize, inside: Option<usize>) -> At {
    match inside {
        Some(element) => At { element, component: Some(index + 1) },
        None => At { element: index + 1, component: None },
    }
}

/// `PO103`, or `SLN05-2` within a composite.
fn name(segment: &Segment<'_>, at: At) -> String {
    match at.component {
        Some(component) => format!("{}{:02}-{component}", segment.tag(), at.element),
        None => format!("{}{:02}", segment.tag(), at.element),
    }
}

/// Without its application identifier.
fn sscc(value: &[u8]) -> &[u8] {
    match value.strip_prefix(b"(00)") {
        Some(rest) => rest,
        None if value.len() == 20 => value.strip_prefix(b"00").unwrap_or(value),
        None => value,
    }
}

fn bits(set: u64) -> impl Iterator<Item = usize> {
    (0..64).filter(move |i| set >> i & 1 == 1)
}

/// Characters, not bytes, where the value is UTF-8.
fn characters(value: &[u8], class: u16) -> usize {
    match class & HIGH != 0 && std::str::from_utf8(value).is_ok() {
        true => value.iter().filter(|&&b| b & 0xc0 != 0x80).count(),
        false => value.len(),
    }
}

fn within(element: &Element, count: usize) -> Option<Code> {
    if count < element.min as usize {
        Some(finding::ELEMENT_TOO_SHORT)
    } else if count > element.max as usize {
        Some(finding::ELEMENT_TOO_LONG)
    } else {
        None
    }
}

/// Blanks at the end may fill a value up, and are forgiven beyond the maximum.
fn length(element: &Element, value: &[u8], class: u16) -> Option<Code> {
    match within(element, characters(value, class)) {
        Some(finding::ELEMENT_TOO_LONG) if class & BLANK != 0 => {
            let value = value.trim_ascii_end();
            within(element, characters(value, class)).filter(|&fault| fault == finding::ELEMENT_TOO_LONG)
        }
        fault => fault,
    }
}

fn identifier(element: &Element, value: &[u8], class: u16) -> Option<Code> {
    let fault = length(element, value, class);
    match &element.codes {
        _ if fault.is_some() => fault,
        Some(codes) if class & BLANK == 0 && !codes.contains(value) => Some(finding::INVALID_CODE),
        Some(codes) if class & BLANK != 0 && !codes.contains(value.trim_ascii_end()) => {
            Some(finding::INVALID_CODE)
        }
        _ => None,
    }
}

/// `[-]digits`; the sign does not count.
fn numeric(element: &Element, value: &[u8], class: u16) -> Option<Code> {
    if class == DIGIT {
        return within(element, value.len());
    }
    match value.strip_prefix(b"-") {
        Some(digits) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            within(element, digits.len())
        }
        _ => Some(finding::INVALID_CHARACTER),
    }
}

/// ISO 9735, 10: `[-]digits[mark digits]`; neither sign nor mark counts.
fn number(element: &Element, value: &[u8], mark: Option<u8>) -> Option<Code> {
    let unsigned = value.strip_prefix(b"-").unwrap_or(value);
    let digits = unsigned.iter().filter(|b| b.is_ascii_digit()).count();
    let marks = unsigned.iter().filter(|b| matches!(b, b'.' | b',')).count();
    if digits == 0 || digits + marks != unsigned.len() {
        return Some(finding::CHARACTER_TYPE);
    }
    let wrong = |b: &u8| matches!(b, b'.' | b',') && mark.is_some_and(|mark| mark != *b);
    if marks > 1 || unsigned.iter().any(wrong) || matches!(unsigned.last(), Some(b'.' | b',')) {
        return Some(finding::DECIMAL_NOTATION);
    }
    if matches!(unsigned.first(), Some(b'.' | b',')) {
        return Some(finding::DIGIT_BEFORE_MARK);
    }
    within(element, digits)
}

/// `[-]digits[.digits][E[-]digits]`; only digits count.
fn decimal(element: &Element, value: &[u8], class: u16) -> Option<Code> {
    if class == DIGIT {
        return within(element, value.len());
    }
    let mut digits = 0;
    let mut point = false;
    let mut exponent = false;
    let mut previous = 0u8;
    for &byte in value {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' if !point && !exponent => point = true,
            b'E' if !exponent && digits > 0 => exponent = true,
            b'-' if previous == 0 || previous == b'E' => {}
            _ => return Some(finding::INVALID_CHARACTER),
        }
        previous = byte;
    }
    match digits == 0 || matches!(previous, b'E' | b'-') {
        true => Some(finding::INVALID_CHARACTER),
        false => within(element, digits),
    }
}

/// Too short and too long first: `260105` where eight digits are asked for is a date, but not of this format.
fn date(element: &Element, value: &[u8]) -> Option<Code> {
    within(element, value.len()).or_else(|| (!is_date(value)).then_some(finding::INVALID_DATE))
}

fn time(element: &Element, value: &[u8]) -> Option<Code> {
    within(element, value.len()).or_else(|| (!is_time(value)).then_some(finding::INVALID_TIME))
}
