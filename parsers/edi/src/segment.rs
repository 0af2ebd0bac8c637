//! A segment as a borrowed slice of the bytes that came, and the delimiters it is cut by.
//!
//! Nothing is copied: a segment is a window into the reader's buffer, cut into elements when asked. Missing elements
//! are empty slices, never errors. A released delimiter of EDIFACT (`?+`) does not cut; the release characters stay in the
//! slices and are resolved in texts.

use crate::charset::Charset;
use crate::index::Places;
use memchr::{memchr, memchr2};
use std::borrow::Cow;

/// The separators in force. X12 takes them from the ISA (X12.5), EDIFACT from UNA (ISO 9735).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    pub segment: u8,
    pub element: u8,
    pub component: u8,
    /// ISA11 from version 00402 on; `None` before, where repetition does not exist.
    pub repetition: Option<u8>,
    /// EDIFACT only (`?`).
    pub release: Option<u8>,
}

impl Delimiters {
    /// What most of North America sends: `~`, `*`, `>`, no repetition.
    pub const X12: Delimiters =
        Delimiters { segment: b'~', element: b'*', component: b'>', repetition: None, release: None };

    /// What EDIFACT has without a UNA (ISO 9735, level A): `'`, `+`, `:`, `?`.
    pub const EDIFACT: Delimiters =
        Delimiters { segment: b'\'', element: b'+', component: b':', repetition: None, release: Some(b'?') };

    /// True if the byte is one of them.
    pub fn contains(&self, byte: u8) -> bool {
        byte == self.segment
            || byte == self.element
            || byte == self.component
            || Some(byte) == self.repetition
    }
}

/// How the values between the delimiters are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notation {
    pub charset: Charset,
    /// The decimal mark of EDIFACT syntax 1 to 3, where a UNA names it; point and comma are both read without.
    pub decimal: Option<u8>,
}

/// One segment, borrowed. Element numbers start at 1, as in the standard's tables (`BEG03` is `element(3)`).
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// From the first byte of the tag to the last before the terminator; never the terminator.
    pub bytes: &'a [u8],
    pub delimiters: Delimiters,
    pub notation: Notation,
    /// ST/UNH counts as 1. 0 for segments of the envelope.
    pub position: u32,
    /// Of the first byte of the tag, in bytes from the start of the input.
    pub offset: u64,
}

impl<'a> Segment<'a> {
    /// The bytes of the segment id, up to the first element separator.
    pub fn tag_bytes(&self) -> &'a [u8] {
        // Tags are two or three bytes long: a plain loop beats a vector search.
        let end = self.bytes.iter().position(|&b| b == self.delimiters.element).unwrap_or(self.bytes.len());
        &self.bytes[..end]
    }
    /// The segment id; empty for an empty segment. Bytes that are not UTF-8 yield an empty tag.
    pub fn tag(&self) -> &'a str {
        std::str::from_utf8(self.tag_bytes()).unwrap_or("")
    }
    /// The number of the element that holds binary data, which may have any byte in it: BIN02, BDS03 (X12 only).
    #[inline]
    pub fn binary(&self) -> Option<usize> {
        match *self.bytes {
            [b'B', b'I', b'N', separator, ..] if separator == self.delimiters.element => Some(2),
            [b'B', b'D', b'S', separator, ..] if separator == self.delimiters.element => Some(3),
            _ => None,
        }
    }
    /// The bytes of element `number` (1-based), as they came; empty when absent.
    pub fn element(&self, number: usize) -> &'a [u8] {
        if let Some(last) = self.binary().filter(|&last| number >= last) {
            return if number == last { rest(self.bytes, self.delimiters.element, last) } else { &[] };
        }
        part(self.bytes, self.delimiters.element, self.delimiters.release, number)
    }
    /// Element `number` as text in the declared character set, else UTF-8 when it is, else ISO 8859-1. Released characters
    /// stand for themselves. Empty when absent.
    pub fn text(&self, number: usize) -> Cow<'a, str> {
        self.decoded(self.element(number))
    }
    /// Component `component` (1-based) of element `number`.
    pub fn component(&self, number: usize, component: usize) -> &'a [u8] {
        match component {
            0 => &[],
            _ => {
                part(self.element(number), self.delimiters.component, self.delimiters.release, component - 1)
            }
        }
    }
    /// Component `component` of element `number`, as [`Segment::text`].
    pub fn component_text(&self, number: usize, component: usize) -> Cow<'a, str> {
        self.decoded(self.component(number, component))
    }
    /// All elements after the tag, in order.
    pub fn elements(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut parts = Parts::new(self.bytes, self.delimiters.element, self.delimiters.release);
        parts.left = self.binary().unwrap_or(usize::MAX);
        parts.skip_first();
        parts
    }
    /// The components of element `number`; one when it is simple, none when it is empty.
    pub fn components(&self, number: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let element = self.element(number);
        parts(element, self.delimiters.component, self.delimiters.release).take(if element.is_empty() {
            0
        } else {
            usize::MAX
        })
    }
    /// The segment as text, where every value in it reads as its bytes stand. `None` where a value has to be [`Segment::decoded`].
    #[inline]
    pub fn plain_text(&self) -> Option<&'a str> {
        let released = self.delimiters.release.is_some_and(|release| memchr(release, self.bytes).is_some());
        text_as_it_stands(self.bytes, self.notation.charset).filter(|_| !released)
    }
    /// A value as text: release characters resolved, the declared character set read.
    pub fn decoded(&self, value: &'a [u8]) -> Cow<'a, str> {
        match released(value, self.delimiters.release) {
            Cow::Borrowed(value) => to_text(value, self.notation.charset),
            Cow::Owned(value) => Cow::Owned(to_text(&value, self.notation.charset).into_owned()),
        }
    }
}

/// In the declared set; undeclared: UTF-8 when it is, else ISO 8859-1, which every byte string is.
pub(crate) fn to_text(bytes: &[u8], charset: Charset) -> Cow<'_, str> {
    text_as_it_stands(bytes, charset).map_or_else(|| charset.decode(bytes), Cow::Borrowed)
}

#[inline]
fn text_as_it_stands(bytes: &[u8], charset: Charset) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    // Every set but ISO 2022 has ASCII in it.
    let stands = charset == Charset::Undeclared || charset != Charset::X && text.is_ascii();
    stands.then_some(text)
}

/// The value without its release characters; one at the end has nothing to release, and stays.
pub(crate) fn released(value: &[u8], release: Option<u8>) -> Cow<'_, [u8]> {
    let Some(release) = release.filter(|&release| memchr(release, value).is_some()) else {
        return Cow::Borrowed(value);
    };
    let mut plain = Vec::with_capacity(value.len());
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        match byte == release {
            true => plain.push(bytes.next().copied().unwrap_or(byte)),
            false => plain.push(byte),
        }
    }
    Cow::Owned(plain)
}

/// Where the separator next stands that is not released.
pub(crate) fn find(separator: u8, release: Option<u8>, bytes: &[u8]) -> Option<usize> {
    let Some(release) = release else { return memchr(separator, bytes) };
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr2(separator, release, rest)) {
        if bytes[at + found] == separator {
            return Some(at + found);
        }
        at += found + 2;
    }
    None
}

/// Part `index` (0-based) of what the separator cuts; empty when there are fewer.
fn part(bytes: &[u8], separator: u8, release: Option<u8>, index: usize) -> &[u8] {
    let mut places = Places::new(bytes, separator, release);
    match index.checked_sub(1).map(|before| places.nth(before)) {
        None => &bytes[..places.next().unwrap_or(bytes.len())],
        Some(Some(before)) => &bytes[before + 1..places.next().unwrap_or(bytes.len())],
        Some(None) => &[],
    }
}

/// Everything from part `index` (0-based) on, separators in it included; empty when there are fewer.
fn rest(bytes: &[u8], separator: u8, index: usize) -> &[u8] {
    match index.checked_sub(1).map(|before| Places::new(bytes, separator, None).nth(before)) {
        None => bytes,
        Some(Some(before)) => &bytes[before + 1..],
        Some(None) => &[],
    }
}

/// What lies between separators, from first to last.
struct Parts<'a> {
    bytes: &'a [u8],
    places: Places<'a>,
    /// Where the next one starts; `None` behind the last.
    start: Option<usize>,
    /// How many are still to be cut; the last takes all that is there.
    left: usize,
}

impl<'a> Parts<'a> {
    #[inline(always)]
    fn new(bytes: &'a [u8], separator: u8, release: Option<u8>) -> Self {
        Parts { bytes, places: Places::new(bytes, separator, release), start: Some(0), left: usize::MAX }
    }

    #[inline(always)]
    fn skip_first(&mut self) {
        self.start = self.places.next().map(|at| at + 1);
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    #[inline(always)]
    fn next(&mut self) -> Option<&'a [u8]> {
        let from = self.start?;
        self.left -= 1;
        let next = if self.left == 0 { None } else { self.places.next() };
        self.start = next.map(|at| at + 1);
        Some(&self.bytes[from..next.unwrap_or(self.bytes.len())])
    }
}

pub(crate) fn parts<'a>(
    bytes: &'a [u8],
    separator: u8,
    release: Option<u8>,
) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    Parts::new(bytes, separator, release)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(bytes: &[u8]) -> Segment<'_> {
        Segment { bytes, delimiters: Delimiters::X12, notation: Notation::default(), position: 1, offset: 0 }
    }

    #[test]
    fn elements_are_counted_from_one() {
        let s = segment(b"SLN*1**I*2*EA>2>LB**");
        assert_eq!(s.tag(), "SLN");
        assert_eq!(s.element(1), b"1");
        assert_eq!(s.element(2), b"");
        assert_eq!(s.component(5, 1), b"EA");
        assert_eq!(s.component(5, 3), b"LB");
        assert_eq!(s.component(5, 4), b"");
        assert_eq!(s.component(3, 1), b"I");
        assert_eq!(s.element(40), b"");
        assert_eq!(s.elements().count(), 7);
        assert_eq!(s.components(5).count(), 3);
        assert_eq!(s.components(2).count(), 0);
    }

    #[test]
    fn a_tag_alone_has_no_elements() {
        assert_eq!(segment(b"BEG").elements().count(), 0);
        assert_eq!(segment(b"").tag(), "");
        assert_eq!(segment(b"\xff\xfe*1").tag(), "");
        assert_eq!(segment(b"N1*M\xfcller").text(1), "Müller");
    }

    #[test]
    fn released_delimiters_do_not_cut() {
        let bytes = b"FTX+AAI+++Fox ??+What?+ever?'s:b?:c+?";
        let s = Segment { bytes, delimiters: Delimiters::EDIFACT, ..segment(b"") };
        assert_eq!(s.text(4), "Fox ?");
        assert_eq!(s.component(5, 1), b"What?+ever?'s");
        assert_eq!(s.component_text(5, 1), "What+ever's");
        assert_eq!(s.component_text(5, 2), "b:c");
        assert_eq!(s.components(5).count(), 2);
        assert_eq!(s.element(6), b"?");
        assert_eq!(s.text(6), "?");
        assert_eq!(s.elements().count(), 6);
    }
}
