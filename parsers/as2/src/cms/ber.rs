//! Reads BER (X.690 section 8): small structures from a slice, large content from a stream.
//!
//! Promises: definite and indefinite lengths, strings in pieces, nesting capped, nothing allocated by a length that only claims to be.
//! Fails with [`Malformed`]; from a stream inside an `io::Error` of kind `InvalidData`, so that the stream's own errors stay apart.

use super::der;
use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read};

/// Deeper nesting is refused; CMS needs about ten levels.
const DEEPEST: usize = 24;

/// The bytes are no BER, or not of the structure expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

impl From<Malformed> for io::Error {
    fn from(error: Malformed) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl Malformed {
    /// The one inside a stream's error; the error itself when it is another.
    pub(super) fn within(error: io::Error) -> Result<Malformed, io::Error> {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Malformed>()) {
            Some(malformed) => Ok(*malformed),
            None => Err(error),
        }
    }
}

const CUT_SHORT: Malformed = Malformed("it is cut short");
const TOO_DEEP: Malformed = Malformed("it is nested too deeply");
const HIGH_TAG: Malformed = Malformed("it uses a tag that CMS does not have");
const BAD_LENGTH: Malformed = Malformed("a length is not possible");
const UNEXPECTED: Malformed = Malformed("an element is missing or in the wrong place");

/// One element of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// The identifier octet.
    pub(super) tag: u8,
    /// Without end-of-contents octets.
    pub(super) content: &'a [u8],
    /// The whole element.
    pub(super) raw: &'a [u8],
}

/// Length octets: `None` is indefinite. Also how many octets they are.
fn length(bytes: &[u8]) -> Result<(Option<u64>, usize), Malformed> {
    let first = *bytes.first().ok_or(CUT_SHORT)?;
    match first {
        0..=0x7f => Ok((Some(u64::from(first)), 1)),
        0x80 => Ok((None, 1)),
        _ => {
            let count = usize::from(first & 0x7f);
            let octets = bytes.get(1..=count).ok_or(CUT_SHORT)?;
            let mut value: u64 = 0;
            for octet in octets {
                if value >> 56 != 0 {
                    return Err(BAD_LENGTH);
                }
                value = value << 8 | u64::from(*octet);
            }
            Ok((Some(value), count + 1))
        }
    }
}

fn element(bytes: &[u8], depth: usize) -> Result<Element<'_>, Malformed> {
    if depth > DEEPEST {
        return Err(TOO_DEEP);
    }
    let tag = *bytes.first().ok_or(CUT_SHORT)?;
    if tag & 0x1f == 0x1f {
        return Err(HIGH_TAG);
    }
    let (size, octets) = length(&bytes[1..])?;
    let start = 1 + octets;
    if let Some(size) = size {
        let end = usize::try_from(size).ok().and_then(|s| s.checked_add(start)).ok_or(CUT_SHORT)?;
        let raw = bytes.get(..end).ok_or(CUT_SHORT)?;
        return Ok(Element { tag, content: &raw[start..], raw });
    }
    if tag & 0x20 == 0 {
        return Err(BAD_LENGTH);
    }
    let mut end = start;
    loop {
        let rest = bytes.get(end..).ok_or(CUT_SHORT)?;
        if rest.starts_with(&[0, 0]) {
            return Ok(Element { tag, content: &bytes[start..end], raw: &bytes[..end + 2] });
        }
        end += element(rest, depth + 1)?.raw.len();
    }
}

/// The elements of a slice, one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Elements<'a> {
    pub(super) fn next(&mut self) -> Result<Option<Element<'a>>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let found = element(self.0, 0)?;
        self.0 = &self.0[found.raw.len()..];
        Ok(Some(found))
    }

    /// The next element if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        if self.0.first() == Some(&tag) { self.next() } else { Ok(None) }
    }

    pub(super) fn expect(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        self.optional(tag)?.ok_or(UNEXPECTED)
    }

    /// A SEQUENCE's elements.
    pub(super) fn sequence(&mut self) -> Result<Elements<'a>, Malformed> {
        Ok(Elements(self.expect(der::SEQUENCE)?.content))
    }

    pub(super) fn object(&mut self) -> Result<&'a [u8], Malformed> {
        Ok(self.expect(der::OID)?.content)
    }

    /// An OCTET STRING, whole or in pieces.
    pub(super) fn octets(&mut self) -> Result<Cow<'a, [u8]>, Malformed> {
        let element = self.next()?.ok_or(UNEXPECTED)?;
        if element.tag == der::OCTET_STRING {
            return Ok(Cow::Borrowed(element.content));
        }
        let mut whole = Vec::new();
        join(element, &mut whole, 0)?;
        Ok(Cow::Owned(whole))
    }
}

fn join(element: Element<'_>, whole: &mut Vec<u8>, depth: usize) -> Result<(), Malformed> {
    match element.tag {
        der::OCTET_STRING => whole.extend_from_slice(element.content),
        PIECES if depth < DEEPEST => {
            let mut pieces = Elements(element.content);
            while let Some(piece) = pieces.next()? {
                join(piece, whole, depth + 1)?;
            }
        }
        _ => return Err(UNEXPECTED),
    }
    Ok(())
}

/// An OCTET STRING in pieces.
const PIECES: u8 = 0x24;

/// Identifier and length octets read from a stream.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) tag: u8,
    /// `None`: indefinite.
    length: Option<u64>,
    raw: Vec<u8>,
}

/// Where an element that was entered ends.
#[derive(Debug, Clone, Copy)]
enum End {
    At(u64),
    /// At the end-of-contents octets.
    Marked,
}

/// A walk over the elements of a stream.
pub(super) struct Stream<R> {
    input: R,
    position: u64,
    ends: Vec<End>,
    /// Of the string being read: octets left of the piece, and how many levels were open before it (`None`: it is one piece).
    piece: u64,
    outside: Option<usize>,
}

impl<R: BufRead> Stream<R> {
    pub(super) fn new(input: R) -> Stream<R> {
        Stream { input, position: 0, ends: Vec::with_capacity(8), piece: 0, outside: None }
    }

    /// What is at hand of the input; empty at its end. An interrupted call is made again here: above, a step would begin anew.
    fn fill(&mut self) -> io::Result<&[u8]> {
        while let Err(error) = self.input.fill_buf() {
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        self.input.fill_buf()
    }

    fn byte(&mut self) -> io::Result<u8> {
        let byte = *self.fill()?.first().ok_or(CUT_SHORT)?;
        self.input.consume(1);
        self.position += 1;
        Ok(byte)
    }

    /// The next element at this level; `None` when the level has ended, which is thereby left.
    pub(super) fn next(&mut self) -> io::Result<Option<Header>> {
        if let Some(End::At(end)) = self.ends.last()
            && self.position == *end
        {
            self.ends.pop();
            return Ok(None);
        }
        let tag = self.byte()?;
        if tag & 0x1f == 0x1f {
            return Err(HIGH_TAG.into());
        }
        let mut raw = vec![tag, self.byte()?];
        if raw[1] > 0x80 {
            for _ in 0..(raw[1] & 0x7f) {
                raw.push(self.byte()?);
            }
        }
        let (length, _) = length(&raw[1..])?;
        if tag == 0 {
            return match (self.ends.pop(), length) {
                (Some(End::Marked), Some(0)) => Ok(None),
                _ => Err(UNEXPECTED.into()),
            };
        }
        if length.is_none() && tag & 0x20 == 0 {
            return Err(BAD_LENGTH.into());
        }
        if let Some(limit) = self.limit() {
            let end = self.position.checked_add(length.unwrap_or(0));
            if end.is_none_or(|end| end > limit) {
                return Err(BAD_LENGTH.into());
            }
        }
        Ok(Some(Header { tag, length, raw }))
    }

    /// Where the innermost element of definite length ends.
    fn limit(&self) -> Option<u64> {
        self.ends.iter().rev().find_map(|end| match end {
            End::At(end) => Some(*end),
            End::Marked => None,
        })
    }

    pub(super) fn expect(&mut self, tag: u8) -> io::Result<Header> {
        self.next()?.filter(|header| header.tag == tag).ok_or_else(|| UNEXPECTED.into())
    }

    /// Goes into a constructed element.
    pub(super) fn enter(&mut self, header: &Header) -> io::Result<()> {
        if self.ends.len() >= DEEPEST {
            return Err(TOO_DEEP.into());
        }
        self.ends.push(match header.length {
            Some(length) => End::At(self.position.checked_add(length).ok_or(BAD_LENGTH)?),
            None => End::Marked,
        });
        Ok(())
    }

    /// The whole element as it came, at most `most` octets of it.
    pub(super) fn raw(&mut self, header: Header, most: usize) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        self.copy(header, most, &mut out)?;
        Ok(out)
    }

    fn copy(&mut self, header: Header, most: usize, out: &mut Vec<u8>) -> io::Result<()> {
        out.extend_from_slice(&header.raw);
        match header.length {
            Some(length) => {
                let length = usize::try_from(length).ok().filter(|l| *l <= most.saturating_sub(out.len()));
                let length = length.ok_or(Malformed("an element is too large"))?;
                let got = (&mut self.input).take(length as u64).read_to_end(out)?;
                self.position += got as u64;
                if got < length {
                    return Err(CUT_SHORT.into());
                }
            }
            None => {
                self.enter(&header)?;
                while let Some(inner) = self.next()? {
                    self.copy(inner, most, out)?;
                }
                out.extend_from_slice(&[0, 0]);
            }
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, header: &Header) -> io::Result<()> {
        let Some(mut left) = header.length else {
            self.enter(header)?;
            while let Some(inner) = self.next()? {
                self.skip(&inner)?;
            }
            return Ok(());
        };
        while left > 0 {
            let here = self.fill()?.len() as u64;
            if here == 0 {
                return Err(CUT_SHORT.into());
            }
            let part = here.min(left);
            self.advance(part as usize);
            left -= part;
        }
        Ok(())
    }

    /// Leaves everything that was entered, whatever else is in it.
    pub(super) fn leave_all(&mut self) -> io::Result<()> {
        while !self.ends.is_empty() {
            if let Some(header) = self.next()? {
                self.skip(&header)?;
            }
        }
        Ok(())
    }

    /// Begins to read a string's content: whole, or in pieces. The next calls are [`Stream::content`] and [`Stream::advance_content`].
    pub(super) fn begin_content(&mut self, header: &Header) -> io::Result<()> {
        if header.tag & 0x20 == 0 {
            (self.piece, self.outside) = (header.length.ok_or(BAD_LENGTH)?, None);
        } else {
            (self.piece, self.outside) = (0, Some(self.ends.len()));
            self.enter(header)?;
        }
        Ok(())
    }

    /// The content that is at hand; empty at its end.
    pub(super) fn content(&mut self) -> io::Result<&[u8]> {
        while self.piece == 0 {
            let Some(outside) = self.outside else { return Ok(&[]) };
            match self.next()? {
                None if self.ends.len() == outside => {
                    self.outside = None;
                }
                None => {}
                Some(header) if header.tag == der::OCTET_STRING => {
                    self.piece = header.length.ok_or(BAD_LENGTH)?
                }
                Some(header) if header.tag == PIECES => self.enter(&header)?,
                Some(_) => return Err(UNEXPECTED.into()),
            }
        }
        let piece = usize::try_from(self.piece).unwrap_or(usize::MAX);
        let here = self.fill()?;
        if here.is_empty() {
            return Err(CUT_SHORT.into());
        }
        let part = here.len().min(piece);
        Ok(&here[..part])
    }

    pub(super) fn advance_content(&mut self, amount: usize) {
        self.piece -= amount as u64;
        self.advance(amount);
    }

    fn advance(&mut self, amount: usize) {
        self.input.consume(amount);
        self.position += amount as u64;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn lengths_of_every_form_are_read_and_impossible_ones_refused() {
        assert_eq!(length(&[0x05]), Ok((Some(5), 1)));
        assert_eq!(length(&[0x80]), Ok((None, 1)));
        assert_eq!(length(&[0x81, 0x05]), Ok((Some(5), 2)));
        assert_eq!(length(&[0x84, 0, 0, 1, 0]), Ok((Some(256), 5)));
        assert_eq!(length(&[0x89, 0, 1, 2, 3, 4, 5, 6, 7, 8]), Ok((Some(0x0102_0304_0506_0708), 10)));
        assert_eq!(length(&[0x89, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Err(BAD_LENGTH));
        assert_eq!(length(&[0x82, 1]), Err(CUT_SHORT));
        assert_eq!(length(&[]), Err(CUT_SHORT));
    }

    #[test]
    fn indefinite_elements_end_at_their_own_mark() {
        // SEQUENCE { SEQUENCE { NULL }, OCTET STRING of two zeros }, then a NULL.
        let bytes = [0x30, 0x80, 0x30, 0x80, 5, 0, 0, 0, 4, 2, 0, 0, 0, 0, 5, 0];
        let mut elements = Elements(&bytes);
        let outer = elements.next().unwrap().unwrap();
        assert_eq!(outer.content, &bytes[2..12]);
        assert_eq!(outer.raw, &bytes[..14]);
        assert_eq!(elements.expect(5).unwrap().content, []);
        assert_eq!(elements.next(), Ok(None));
        for cut in 1..14 {
            assert_eq!(Elements(&bytes[..cut]).next(), Err(CUT_SHORT), "{cut}");
        }
        assert_eq!(Elements(&[4, 0x80, 0, 0]).next(), Err(BAD_LENGTH));
        assert_eq!(Elements(&[0x1f, 0x20, 0]).next(), Err(HIGH_TAG));
        assert_eq!(Elements(&[0x30, 0x80].repeat(50)).next(), Err(TOO_DEEP));
    }

    #[test]
    fn strings_in_pieces_are_joined_both_ways() {
        // [0] in pieces, one of them in pieces itself, one empty.
        let bytes = [0xa0, 0x80, 4, 2, 1, 2, 4, 0, 0x24, 0x80, 4, 1, 3, 0, 0, 0x24, 3, 4, 1, 4, 0, 0, 9];
        let mut stream = Stream::new(&bytes[..]);
        let header = stream.next().unwrap().unwrap();
        stream.begin_content(&header).unwrap();
        let mut whole = Vec::new();
        loop {
            let here = stream.content().unwrap().to_vec();
            if here.is_empty() {
                break;
            }
            whole.extend_from_slice(&here[..1]);
            stream.advance_content(1);
        }
        assert_eq!(whole, [1, 2, 3, 4]);
        assert_eq!(stream.byte().unwrap(), 9);

        let mut string = bytes[..bytes.len() - 1].to_vec();
        string[0] = PIECES;
        assert_eq!(*Elements(&string).octets().unwrap(), [1, 2, 3, 4]);
        string[2] = 5;
        assert_eq!(Elements(&string).octets(), Err(UNEXPECTED));
    }

    #[test]
    fn a_stream_keeps_elements_within_what_holds_them() {
        let walk = |bytes: &[u8]| -> io::Result<()> {
            let mut stream = Stream::new(bytes);
            let outer = stream.expect(der::SEQUENCE)?;
            stream.enter(&outer)?;
            let inner = stream.expect(der::SEQUENCE)?;
            stream.enter(&inner)?;
            stream.leave_all()
        };
        assert!(walk(&[0x30, 4, 0x30, 2, 5, 0]).is_ok());
        assert!(walk(&[0x30, 6, 0x30, 0x80, 5, 0, 0, 0]).is_ok());
        // The inner claims more than the outer has; so does one of indefinite length; a mark where none belongs.
        assert!(walk(&[0x30, 3, 0x30, 2, 5, 0]).is_err());
        assert!(walk(&[0x30, 5, 0x30, 0x80, 5, 0, 0, 0, 0, 0]).is_err());
        assert!(walk(&[0x30, 4, 0x30, 2, 0, 0]).is_err());
        let error = walk(&[0x30, 4, 0x30]).unwrap_err();
        assert_eq!(Malformed::within(error).unwrap(), CUT_SHORT);
    }
}
