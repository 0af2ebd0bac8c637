//! The beginning of an interchange: UNA, if there is one, and as much of the UNB as tells the delimiters (ISO 9735-1, 6 to 9).
//!
//! ```text
//! UNA:+.? '                    component, element, decimal mark, release, reserved (syntax 4: repetition), terminator
//! UNB+UNOC:3+...               element separator behind UNB, component separator behind the syntax identifier, syntax version
//! ```
//! Without UNA the UNB itself shows its separators: `+` and `:` of level A, or the control characters of level B, whatever level
//! it names.

use crate::charset::Charset;
use crate::segment::{Delimiters, Notation};
use nom::bytes::complete::{tag, take, take_while};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// Bytes to offer: UNA, a UNB, and the beginning of what follows it.
pub(crate) const LOOKAHEAD: usize = 512;

/// Level B without UNA: information separators, and no release character.
const LEVEL_B: Delimiters =
    Delimiters { segment: 0x1c, element: 0x1d, component: 0x1f, repetition: None, release: None };

#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub delimiters: Delimiters,
    pub notation: Notation,
    /// Of the UNB, from the start of the header.
    pub unb: usize,
    pub service_string: bool,
    /// The UNA cannot be used as it stands.
    pub unsuitable: bool,
    /// 0002, if it is a digit.
    pub version: Option<u8>,
}

/// UNA's six characters and the UNB behind it, or a UNB alone; `None` if there is none that can be relied on.
pub(crate) fn read(bytes: &[u8]) -> Option<Header> {
    if bytes.starts_with(b"UNA") {
        return with_service_string(bytes);
    }
    let (element, component, charset, version) = unb(bytes)?;
    let base = if element == LEVEL_B.element { LEVEL_B } else { Delimiters::EDIFACT };
    let component = component.unwrap_or(base.component);
    let repetition = (version == Some(4) && base.release.is_some()).then_some(b'*');
    let delimiters = Delimiters { element, component, repetition, ..base };
    let delimiters = Delimiters { segment: terminator(bytes, &delimiters), ..delimiters };
    let notation = Notation { charset, decimal: None };
    distinct(&delimiters).then_some(Header {
        delimiters,
        notation,
        unb: 0,
        service_string: false,
        unsuitable: false,
        version,
    })
}

fn with_service_string(bytes: &[u8]) -> Option<Header> {
    let (service, at) = service_string(bytes)?;
    let (element, component, charset, version) = unb(bytes.get(at..)?)?;
    let Some([c, e, decimal, release, repetition, terminator]) = service else {
        // Too short or too long: the UNB shows what is in force.
        let header = read(bytes.get(at..)?)?;
        return Some(Header { unb: at, service_string: true, unsuitable: true, ..header });
    };
    let version4 = version == Some(4);
    let delimiters = Delimiters {
        segment: terminator,
        element: e,
        component: c,
        repetition: Some(repetition).filter(|&b| version4 && b != b' '),
        release: Some(release).filter(|&b| b != b' '),
    };
    let suitable = distinct(&delimiters) && e == element && component.is_none_or(|component| c == component);
    let component = component.unwrap_or(b':');
    let delimiters =
        if suitable { delimiters } else { Delimiters { element, component, ..Delimiters::EDIFACT } };
    let notation =
        Notation { charset, decimal: Some(decimal).filter(|&b| !version4 && matches!(b, b'.' | b',')) };
    Some(Header { delimiters, notation, unb: at, service_string: true, unsuitable: !suitable, version })
}

/// The six characters, and where the UNB stands. `None` for the characters if they are not six.
fn service_string(bytes: &[u8]) -> Option<(Option<[u8; 6]>, usize)> {
    let exact = |input| -> IResult<&[u8], (&[u8], &[u8])> {
        let (rest, six) = preceded(tag(&b"UNA"[..]), take(6usize)).parse(input)?;
        let (rest, blanks) = take_while(|b: u8| b.is_ascii_whitespace()).parse(rest)?;
        Ok((rest, (six, blanks)))
    };
    if let Ok((rest, (six, _))) = exact(bytes)
        && rest.starts_with(b"UNB")
    {
        return Some((six.try_into().ok(), bytes.len() - rest.len()));
    }
    let near = bytes.get(..bytes.len().min(24))?;
    near.windows(3).position(|w| w == b"UNB").map(|at| (None, at))
}

/// Element separator, component separator, character set, syntax version.
type Unb = (u8, Option<u8>, Charset, Option<u8>);

/// `"UNB" element-separator four-characters component-separator digit`; S001 may break off behind the identifier. Line breaks of
/// a wrapped file do not count.
fn unb(bytes: &[u8]) -> Option<Unb> {
    let head: Vec<u8> = bytes.iter().take(32).copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let (rest, separator) = taken(preceded(tag(&b"UNB"[..]), take(1usize)), &head)?;
    let (rest, identifier) = taken(take(4usize), rest)?;
    let (rest, component) = taken(take(1usize), rest)?;
    let (element, component) = (separator[0], component[0]);
    let readable =
        identifier.iter().all(u8::is_ascii_alphanumeric) && may_delimit(element) && may_delimit(component);
    let breaks_off = component == element || component == b'\'';
    let version = rest.first().filter(|b| b.is_ascii_digit() && !breaks_off).map(|b| b - b'0');
    let charset = Charset::named(identifier).unwrap_or_default();
    readable.then_some((element, (!breaks_off).then_some(component), charset, version))
}

fn taken<'a>(
    mut grammar: impl Parser<&'a [u8], Output = &'a [u8], Error = nom::error::Error<&'a [u8]>>,
    input: &'a [u8],
) -> Option<(&'a [u8], &'a [u8])> {
    grammar.parse(input).ok()
}

/// Without UNA: what stands before the first UNH or UNG, where the usual terminator does not come until there.
fn terminator(bytes: &[u8], usual: &Delimiters) -> u8 {
    let next = |tag: &[u8]| bytes.windows(4).position(|w| w.starts_with(tag) && w[3] == usual.element);
    let Some(at) = [next(b"UNH"), next(b"UNG")].into_iter().flatten().min() else { return usual.segment };
    let before = &bytes[..at];
    let last = before.trim_ascii_end().last().copied().unwrap_or(b' ');
    if before.contains(&usual.segment) {
        usual.segment
    } else if may_delimit(last) && last != usual.element && last != usual.component {
        last
    } else if before.ends_with(b"\n") {
        b'\n'
    } else if before.ends_with(b"\r") {
        b'\r'
    } else {
        usual.segment
    }
}

fn may_delimit(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && byte != b' ' && byte != 0
}

fn distinct(delimiters: &Delimiters) -> bool {
    let Delimiters { segment, element, component, repetition, release } = *delimiters;
    let all = [Some(segment), Some(element), Some(component), repetition, release];
    let used: Vec<u8> = all.into_iter().flatten().collect();
    used.iter().enumerate().all(|(at, byte)| may_delimit(*byte) && !used[..at].contains(byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn delimiters_come_from_una_or_from_the_unb() {
        let plain = read(b"UNB+UNOC:3+A+B").unwrap();
        assert_eq!((plain.delimiters, plain.version), (Delimiters::EDIFACT, Some(3)));
        assert_eq!(plain.notation, Notation { charset: Charset::C, decimal: None });
        let una = read(b"UNA:+,? '\r\nUNB+UNOA:2+A").unwrap();
        assert_eq!((una.unb, una.notation.decimal), (11, Some(b',')));
        let odd = read(b"UNA|*.\\^~UNB*UNOC|4*A").unwrap().delimiters;
        assert_eq!((odd.segment, odd.element, odd.component), (b'~', b'*', b'|'));
        assert_eq!((odd.repetition, odd.release), (Some(b'^'), Some(b'\\')));
        assert_eq!(read(b"UNA:+.  'UNB+UNOA:1+A").unwrap().delimiters.release, None);
        assert_eq!(read(b"UNB+UNOC:4+A").unwrap().delimiters.repetition, Some(b'*'));
    }

    #[test]
    fn a_terminator_is_told_by_what_follows_the_unb() {
        let terminator = |bytes| read(bytes).unwrap().delimiters.segment;
        assert_eq!(terminator(b"UNB\"UNOB=1\"A\"B;UNH\"1"), b';');
        assert_eq!(terminator(b"UNB+UNOA:1+A+B+++IFCSUM\r\nUNH+1+"), b'\n');
        assert_eq!(terminator(b"UNB+UNOA:1+A+B'\r\nUNH+1+"), b'\'');
        assert_eq!(terminator(b"UNB+UNOA:1+A+B"), b'\'');
        assert_eq!(read(b"UNB+UNOC+A:14+B'UNH+1").unwrap().version, None);
        assert_eq!(read(b"UNA=*.? ~UNB*UN\nOA=3*A").unwrap().delimiters.component, b'=');
    }

    #[test]
    fn level_b_is_told_by_its_separators_not_by_its_name() {
        assert_eq!(read(b"UNB\x1dUNOB\x1f1\x1dA").unwrap().delimiters, LEVEL_B);
        assert_eq!(read(b"UNB+UNOB:1+A").unwrap().delimiters, Delimiters::EDIFACT);
    }

    #[test]
    fn a_crooked_una_is_told() {
        for crooked in [&b"UNA:+.?'UNB+UNOA:1+A"[..], b"UNA++.? 'UNB+UNOA:1+A", b"UNA:+.? AUNB+UNOA:1+A"] {
            let header = read(crooked).unwrap();
            assert!(header.unsuitable);
            assert_eq!(header.delimiters, Delimiters::EDIFACT);
        }
        assert!(read(b"UNA:+.? 'UNH+1").is_none());
        assert!(read(b"UNBELIEVABLE").is_none());
        assert!(read(b"UNB+UN:1").is_none());
        assert!(read(b"UNB+UNOA").is_none());
        assert!(read(b"UNB").is_none());
    }
}
