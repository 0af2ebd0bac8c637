//! The interchange header (X12.5, ISA): the one segment of fixed widths, from which the delimiters are taken.
//!
//! ```text
//! ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260105*0930*U*00401*000000001*0*P*>~
//! byte 3: element separator      byte 104: component separator (ISA16)      byte 105: segment terminator
//! ISA11: repetition separator, from version 00402 on; a letter (`U`) before
//! ```
//! Widths that are wrong are forgiven when the header can be cut by its separators beyond doubt; `fixed` then says no.

use crate::segment::Delimiters;
use nom::bytes::complete::{tag, take, take_till};
use nom::multi::fill;
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// Widths of ISA01 to ISA16.
const WIDTHS: [usize; 16] = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];

/// Where ISA16 cannot separate components: no text holds a unit separator, so that nothing is taken for a composite.
const NO_COMPONENT: u8 = 0x1f;

/// Bytes to offer: an ISA is 106 bytes; a crooked one may be longer, and what follows it helps to tell.
pub(crate) const LOOKAHEAD: usize = 256;

/// The elements and the terminator behind them.
type Cut<'a> = IResult<&'a [u8], ([&'a [u8]; 16], u8)>;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Header<'a> {
    /// ISA01 is `elements[0]`.
    pub elements: [&'a [u8]; 16],
    pub delimiters: Delimiters,
    /// Bytes, the terminator included.
    pub length: usize,
    /// All elements have their widths.
    pub fixed: bool,
}

/// Reads the header at the start of `bytes`, `None` if there is none that can be relied on.
pub(crate) fn read(bytes: &[u8]) -> Option<Header<'_>> {
    if !bytes.starts_with(b"ISA") {
        return None;
    }
    let separator = bytes.get(3).copied().filter(|&b| may_delimit(b))?;
    match header(bytes, separator, fixed(separator), true) {
        Some(header) => Some(without_component_separator(bytes, &header).unwrap_or(header)),
        None => header(bytes, separator, crooked(separator), false),
    }
}

/// The header, if it has its exact widths: what tells an interchange from data that happens to begin with `ISA`.
pub(crate) fn read_fixed(bytes: &[u8]) -> Option<Header<'_>> {
    let separator = bytes.get(3).copied().filter(|&b| may_delimit(b))?;
    header(bytes, separator, fixed(separator), true)
}

/// The line length of a file that was wrapped at a fixed column: a whole header once the break in it is taken out, or one
/// whose following lines all break at the same column, within segments.
pub(super) fn wrapped(bytes: &[u8]) -> Option<usize> {
    // The window may hold far more, of which nothing is asked.
    let bytes = &bytes[..bytes.len().min(WRAP_LOOKAHEAD)];
    let column = bytes.iter().position(|b| matches!(b, b'\r' | b'\n')).filter(|&at| at >= 40)?;
    let separator = bytes.get(3).copied().filter(|&b| may_delimit(b))?;
    let is_break = |b: &u8| matches!(b, b'\r' | b'\n');
    if column < HEADER_LENGTH {
        let flat: Vec<u8> = bytes.iter().take(LOOKAHEAD).copied().filter(|b| !is_break(b)).collect();
        // Only breaks at that column may be missing from it.
        let (head, rest) = (&bytes[..column], bytes.get(column..)?);
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..))?;
        let next = rest.iter().position(is_break).unwrap_or(rest.len());
        let fits = next == column || head.len() + next >= HEADER_LENGTH;
        return (fits && header(&flat, separator, fixed(separator), true).is_some()).then_some(column);
    }
    let terminator = header(bytes, separator, fixed(separator), true)?.delimiters.segment;
    let mut inside = false;
    let mut rest = bytes;
    for _ in 0..2 {
        if rest.iter().position(is_break) != Some(column) {
            return None;
        }
        inside |= rest[column - 1] != terminator;
        let after = &rest[column..];
        rest = after.strip_prefix(b"\r\n").unwrap_or(&after[1..]);
    }
    (inside && !matches!(terminator, b'\r' | b'\n')).then_some(column)
}

/// Bytes of an ISA, its terminator included.
const HEADER_LENGTH: usize = 106;

/// Bytes to offer where a wrapped file is asked for: two lines of the longest records there are.
pub(super) const WRAP_LOOKAHEAD: usize = 2 * 1024 + 4;

fn may_delimit(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !matches!(byte, b' ' | b'\r' | b'\n' | 0)
}

/// An ISA16 left empty before a line end makes the terminator look like ISA16, and the line end like the terminator. The
/// next segment tells: it ends in both of them too.
fn without_component_separator<'a>(bytes: &'a [u8], header: &Header<'a>) -> Option<Header<'a>> {
    let Delimiters { segment, component, .. } = header.delimiters;
    let rest = bytes.get(header.length..)?.trim_ascii_start();
    let next = &rest[..rest.iter().position(|&b| b == segment)?];
    if !matches!(segment, b'\r' | b'\n') || next.last() != Some(&component) {
        return None;
    }
    let mut elements = header.elements;
    elements[15] = &[];
    let delimiters = Delimiters { segment: component, component: NO_COMPONENT, ..header.delimiters };
    Some(Header { elements, delimiters, length: header.length - 1, fixed: true })
}

/// `"ISA" 16(separator element-of-its-width) terminator`
fn fixed<'a>(separator: u8) -> impl FnMut(&'a [u8]) -> Cut<'a> {
    move |input| {
        let (mut rest, _) = tag(&b"ISA"[..]).parse(input)?;
        let mut elements: [&[u8]; 16] = [&[]; 16];
        for (element, width) in elements.iter_mut().zip(WIDTHS) {
            (rest, *element) = preceded(tag(&[separator][..]), take(width)).parse(rest)?;
        }
        let (rest, terminator) = take(1usize).parse(rest)?;
        Ok((rest, (elements, terminator[0])))
    }
}

/// `"ISA" 15(separator anything-but-separators) separator one-byte terminator`
fn crooked<'a>(separator: u8) -> impl FnMut(&'a [u8]) -> Cut<'a> {
    move |input| {
        let (rest, _) = tag(&b"ISA"[..]).parse(input)?;
        let mut elements: [&[u8]; 16] = [&[]; 16];
        let cut = [separator];
        let element = preceded(tag(&cut[..]), take_till(move |b| b == separator));
        let (rest, ()) = fill(element, &mut elements[..15]).parse(rest)?;
        let (rest, last) = preceded(tag(&cut[..]), take(1usize)).parse(rest)?;
        elements[15] = last;
        let (rest, terminator) = take(1usize).parse(rest)?;
        Ok((rest, (elements, terminator[0])))
    }
}

fn header<'a>(
    bytes: &'a [u8],
    separator: u8,
    mut grammar: impl FnMut(&'a [u8]) -> Cut<'a>,
    fixed: bool,
) -> Option<Header<'a>> {
    let (rest, (elements, segment)) = grammar(bytes).ok()?;
    let component = *elements[15].first()?;
    let distinct = segment != separator && segment != component && component != separator;
    let clean = elements.iter().all(|e| !e.contains(&separator));
    if !distinct || !clean || segment.is_ascii_alphanumeric() || segment == b' ' {
        return None;
    }
    if !fixed && !plausible(&elements, rest) {
        return None;
    }
    let delimiters = Delimiters {
        segment,
        element: separator,
        component: if component.is_ascii_alphanumeric() { NO_COMPONENT } else { component },
        repetition: repetition(&elements, [separator, component, segment]),
        release: None,
    };
    Some(Header { elements, delimiters, length: bytes.len() - rest.len(), fixed })
}

/// From 00402 on, unless it is a letter, a digit or one of the other delimiters.
fn repetition(elements: &[&[u8]; 16], others: [u8; 3]) -> Option<u8> {
    let byte = *elements[10].first()?;
    (elements[11] >= &b"00402"[..] && elements[10].len() == 1 && may_delimit(byte) && !others.contains(&byte))
        .then_some(byte)
}

/// Cut by separators only, a header counts when version and number are digits and an envelope segment follows it.
fn plausible(elements: &[&[u8]; 16], rest: &[u8]) -> bool {
    let digits = |bytes: &[u8], longest: usize| {
        !bytes.is_empty() && bytes.len() <= longest && bytes.iter().all(u8::is_ascii_digit)
    };
    let next = rest.trim_ascii_start();
    let follows = next.is_empty() || [&b"GS"[..], b"TA1", b"IEA"].iter().any(|t| next.starts_with(t));
    elements[..15].iter().all(|e| e.len() <= 35)
        && digits(elements[11], 5)
        && digits(elements[12].trim_ascii(), 14)
        && follows
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const ISA: &str = "ISA*00*          *00*          *ZZ*GREENFIELD     *ZZ*ORCHARD        *260105*0930*U*00401*000000001*0*P*>~";

    #[test]
    fn delimiters_come_from_their_bytes() {
        let header = read(ISA.as_bytes()).unwrap();
        assert!(header.fixed);
        assert_eq!(header.length, 106);
        assert_eq!(header.delimiters, Delimiters::X12);
        assert_eq!(header.elements[12], b"000000001");
    }

    #[test]
    fn repetition_exists_from_00402_on_and_is_no_letter() {
        let newer = ISA.replace("*U*00401", "*^*00501");
        assert_eq!(read(newer.as_bytes()).unwrap().delimiters.repetition, Some(b'^'));
        assert_eq!(read(ISA.replace("00401", "00501").as_bytes()).unwrap().delimiters.repetition, None);
        assert_eq!(read(ISA.replace("*U*", "*^*").as_bytes()).unwrap().delimiters.repetition, None);
    }

    #[test]
    fn crooked_widths_are_cut_by_separators() {
        let crooked = ISA.replace("GREENFIELD     ", "GREENFIELD") + "\r\nGS*PO";
        let header = read(crooked.as_bytes()).unwrap();
        assert!(!header.fixed);
        assert_eq!(header.elements[5], b"GREENFIELD");
        assert!(read_fixed(crooked.as_bytes()).is_none());
        assert!(read((ISA.replace("GREENFIELD     ", "GREENFIELD") + "BEG").as_bytes()).is_none());
    }

    #[test]
    fn what_is_no_header_is_none() {
        assert!(read(&ISA.as_bytes()[..105]).is_none());
        assert!(read(b"ISA").is_none());
        assert!(read(b"ISABELLA was here").is_none());
        assert!(read(ISA.replace('~', "G").as_bytes()).is_none());
        assert!(read(ISA.replace('>', "*").as_bytes()).is_none());
    }
}
