//! A segment as a borrowed slice of the bytes that came, and the delimiters it is cut by.

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
    /// The segment id; empty for an empty segment. Bytes that are not UTF-8 yield an empty tag.
    pub fn tag(&self) -> &'a str {
        unimplemented!()
    }
    /// The bytes of element `number` (1-based); empty when absent.
    pub fn element(&self, _number: usize) -> &'a [u8] {
        unimplemented!()
    }
    /// Element `number` as text: UTF-8 when it is, else read as ISO 8859-1. Empty when absent.
    pub fn text(&self, _number: usize) -> Cow<'a, str> {
        unimplemented!()
    }
    /// Component `component` (1-based) of element `number`.
    pub fn component(&self, _number: usize, _component: usize) -> &'a [u8] {
        unimplemented!()
    }
    /// All elements after the tag, in order.
    pub fn elements(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        std::iter::empty()
    }
}
