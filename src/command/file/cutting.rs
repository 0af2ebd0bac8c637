//! A file cut into its very bytes: interchange by interchange, segment by segment, nothing left out.
//!
//! Where an interchange begins and ends is the reader's word; within it segments are cut by the terminator in force, releases
//! and binary data respected. What `fmt` and `redact` write is these pieces put together again, so that no byte can get
//! lost. A file that was wrapped at a fixed column is unwrapped first ([`unwrapped`]), in memory as a whole; else one segment is
//! held at a time. Fails only when the file cannot be read.

use super::Stop;
use super::source::Source;
use portway_edi::finding::WRAPPED_LINES;
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use portway_edi::{Delimiters, Standard};
use std::io::{BufRead, Read};

/// A run of bytes: an interchange, or what stands between two.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    pub offset: u64,
    pub length: u64,
    /// `None`: belongs to no interchange.
    pub cut_by: Option<(Standard, Delimiters)>,
}

/// One segment as it stands in the file: blanks before it, its bytes, its terminator (empty at a cut-off end).
#[derive(Debug, Default)]
pub struct Piece {
    pub blank: Vec<u8>,
    pub bytes: Vec<u8>,
    pub terminator: Vec<u8>,
}

/// The regions of a file in order; together they are the file.
pub fn regions(source: &Source) -> Result<Vec<Region>, Stop> {
    let length = source.length()?;
    if let Some(cut_by) = source.assumed.cut_by {
        return Ok(vec![Region { offset: 0, length, cut_by: Some(cut_by) }]);
    }
    let mut reader = Reader::new(source.reader(), Limits::default());
    let (mut regions, mut open, mut end) = (Vec::new(), None, 0);
    let between =
        |from: u64, to: u64| (to > from).then_some(Region { offset: from, length: to - from, cut_by: None });
    while let Some(event) = reader.next_event().map_err(|e| source.unreadable(e))? {
        match event {
            Event::Interchange(header) => open = Some(header),
            Event::InterchangeEnd { length, .. } => {
                if let Some(header) = open.take() {
                    regions.extend(between(end, header.offset));
                    let cut_by = Some((header.standard, header.delimiters));
                    regions.push(Region { offset: header.offset, length, cut_by });
                    end = header.offset + length;
                }
            }
            _ => {}
        }
    }
    regions.extend(between(end, length));
    Ok(regions)
}

/// The file without the line breaks of a fixed column, if it was wrapped: the same, else.
pub fn unwrapped(source: Source) -> Result<(Source, bool), Stop> {
    let mut reader = Reader::new(source.reader(), Limits::default());
    let mut from = None;
    while let Some(event) = reader.next_event().map_err(|e| source.unreadable(e))? {
        if let Event::InterchangeEnd { findings, .. } = event
            && let Some(wrapped) = findings.iter().find(|f| f.code == WRAPPED_LINES)
        {
            from = Some(wrapped.place.offset);
            break;
        }
    }
    drop(reader);
    let Some(from) = from else { return Ok((source, false)) };
    let mut bytes = source.bytes(0, usize::MAX)?;
    let tail = bytes.split_off((from as usize).min(bytes.len()));
    bytes.extend(tail.into_iter().filter(|b| !matches!(b, b'\r' | b'\n')));
    Ok((source.replaced(bytes.as_slice())?, true))
}

/// The segments of one interchange, in order.
pub struct Cutter<R> {
    input: std::io::Take<R>,
    standard: Standard,
    delimiters: Delimiters,
    first: bool,
}

/// The pieces of a region that is an interchange.
pub fn pieces<'s>(
    source: &'s Source,
    region: &Region,
    (standard, delimiters): (Standard, Delimiters),
) -> Cutter<impl BufRead + use<'s>> {
    Cutter { input: source.reader_at(region.offset).take(region.length), standard, delimiters, first: true }
}

impl<R: BufRead> Cutter<R> {
    /// # Errors
    /// Those of the input.
    pub fn next_piece(&mut self) -> std::io::Result<Option<Piece>> {
        let mut piece = Piece::default();
        let Delimiters { element, segment, component, .. } = self.delimiters;
        let is_blank =
            |b: u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n') && ![element, segment, component].contains(&b);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok((!piece.blank.is_empty()).then_some(piece));
            }
            let count = buffer.iter().position(|&b| !is_blank(b)).unwrap_or(buffer.len());
            piece.blank.extend_from_slice(&buffer[..count]);
            let ended = count < buffer.len();
            self.input.consume(count);
            if ended {
                break;
            }
        }
        self.fill(&mut piece)?;
        self.first = false;
        if piece.bytes.last() == Some(&segment) {
            piece.bytes.pop();
            piece.terminator.push(segment);
            if segment == b'\n' && piece.bytes.last() == Some(&b'\r') {
                piece.bytes.pop();
                piece.terminator.insert(0, b'\r');
            }
            self.tail(&mut piece)?;
        }
        Ok(Some(piece))
    }

    /// Up to the terminator that ends it, which is kept.
    fn fill(&mut self, piece: &mut Piece) -> std::io::Result<()> {
        // UNA is nine bytes, whatever stands in them.
        let is_una =
            self.first && self.standard == Standard::Edifact && self.input.fill_buf()?.starts_with(b"UNA");
        let fixed = if is_una { 9 } else { 0 };
        if fixed > 0 {
            (&mut self.input).take(fixed).read_to_end(&mut piece.bytes)?;
            return Ok(());
        }
        loop {
            let read = self.input.read_until(self.delimiters.segment, &mut piece.bytes)?;
            if read == 0 || piece.bytes.last() != Some(&self.delimiters.segment) {
                return Ok(());
            }
            if self.is_released(&piece.bytes) || self.is_in_header(&piece.bytes) {
                continue;
            }
            match self.binary(&piece.bytes) {
                Some(more) => (&mut self.input).take(more).read_to_end(&mut piece.bytes)?,
                None => return Ok(()),
            };
        }
    }

    /// A line break in an ISA whose segments end in line breaks: it has sixteen elements, whatever is between them.
    fn is_in_header(&self, bytes: &[u8]) -> bool {
        let separators = || bytes.iter().filter(|&&b| b == self.delimiters.element).count();
        self.first && bytes.starts_with(b"ISA") && separators() < 16
    }

    /// An odd number of release characters stands before the last byte.
    fn is_released(&self, bytes: &[u8]) -> bool {
        let Some(release) = self.delimiters.release else { return false };
        let before = bytes.iter().rev().skip(1).filter(|b| !matches!(b, b'\r' | b'\n'));
        before.take_while(|&&b| b == release).count() % 2 == 1
    }

    /// How many bytes of binary data are still to come: BIN01 and BDS02 say how many there are.
    fn binary(&self, bytes: &[u8]) -> Option<u64> {
        let length_at = match bytes.get(..3)? {
            b"BIN" if self.standard == Standard::X12 => 1,
            b"BDS" if self.standard == Standard::X12 => 2,
            _ => return None,
        };
        let mut parts = bytes.splitn(length_at + 2, |&b| b == self.delimiters.element);
        let length: u64 = std::str::from_utf8(parts.nth(length_at)?).ok()?.parse().ok()?;
        // The last byte was taken for a terminator: with fewer data before it than announced, it is one of them.
        let have = parts.next()?.len() as u64;
        length.checked_sub(have)
    }

    /// A terminator that is a character of several bytes.
    fn tail(&mut self, piece: &mut Piece) -> std::io::Result<()> {
        if self.delimiters.segment < 0xc2 {
            return Ok(());
        }
        while let Some(&byte) = self.input.fill_buf()?.first().filter(|&&b| b & 0xc0 == 0x80) {
            piece.terminator.push(byte);
            self.input.consume(1);
        }
        Ok(())
    }
}
