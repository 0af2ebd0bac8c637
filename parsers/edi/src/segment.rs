//! A segment as a borrowed slice of the bytes that came, and the delimiters it is cut by.
//!
//! Nothing is copied: a segment is a window into the reader's buffer, cut into elements when asked. Missing elements
//! are empty slices, never errors. EDIFACT's release character is not resolved here.

use crate::index::Places;
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

    /// True if the byte is one of them.
    pub fn contains(&self, byte: u8) -> bool {
        byte == self.segment
            || byte == self.element
            || byte == self.component
            || Some(byte) == self.repetition
    }
}

/// One segment, borrowed. Element numbers start at 1, as in the standard's tables (`BEG03` is `element(3)`).
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// From the first byte of the tag to the last before the terminator; never the terminator.
    pub bytes: &'a [u8],
    pub delimiters: Delimiters,
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
    /// The bytes of element `number` (1-based); empty when absent.
    pub fn element(&self, number: usize) -> &'a [u8] {
        if let Some(last) = self.binary().filter(|&last| number >= last) {
            return if number == last { rest(self.bytes, self.delimiters.element, last) } else { &[] };
        }
        part(self.bytes, self.delimiters.element, number)
    }
    /// Element `number` as text: UTF-8 when it is, else read as ISO 8859-1. Empty when absent.
    pub fn text(&self, number: usize) -> Cow<'a, str> {
        to_text(self.element(number))
    }
    /// Component `component` (1-based) of element `number`.
    pub fn component(&self, number: usize, component: usize) -> &'a [u8] {
        match component {
            0 => &[],
            _ => part(self.element(number), self.delimiters.component, component - 1),
        }
    }
    /// All elements after the tag, in order.
    pub fn elements(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut parts = Parts::new(self.bytes, self.delimiters.element);
        parts.left = self.binary().unwrap_or(usize::MAX);
        parts.skip_first();
        parts
    }
    /// The components of element `number`; one when it is simple, none when it is empty.
    pub fn components(&self, number: usize) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let element = self.element(number);
        parts(element, self.delimiters.component).take(if element.is_empty() { 0 } else { usize::MAX })
    }
}

/// UTF-8 when it is, else ISO 8859-1, which every byte string is.
pub(crate) fn to_text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|&b| b as char).collect()),
    }
}

/// Part `index` (0-based) of what the separator cuts; empty when there are fewer.
fn part(bytes: &[u8], separator: u8, index: usize) -> &[u8] {
    let mut places = Places::new(bytes, separator, None);
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
    fn new(bytes: &'a [u8], separator: u8) -> Self {
        Parts { bytes, places: Places::new(bytes, separator, None), start: Some(0), left: usize::MAX }
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

fn parts<'a>(bytes: &'a [u8], separator: u8) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    Parts::new(bytes, separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(bytes: &[u8]) -> Segment<'_> {
        Segment { bytes, delimiters: Delimiters::X12, position: 1, offset: 0 }
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
}
