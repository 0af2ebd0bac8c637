//! Cuts a stream into segments by the terminator in force (X12.5), with `memchr`.
//!
//! Line ends and blanks after a terminator are skipped, empty segments counted. A segment over the limit is skipped without
//! being kept. The data of BIN and BDS may hold any byte: their length element says where they end. Where an interchange breaks off and the next one follows without a terminator between, the cut is made
//! before the next ISA: what stands before it is a rest.

use super::isa;
use crate::edifact::service;
use crate::plain::Run;
use crate::segment::{Delimiters, Notation, Segment};
use crate::window::Window;
use memchr::memchr;
use memchr::memmem::Finder;
use std::io::{BufRead, Result};

pub(super) enum Cut {
    /// `from..to`, the terminator not included.
    Segment { from: u64, to: u64 },
    /// Bytes without a terminator at the end of the input, or before an ISA that comes out of turn.
    Rest { from: u64, to: u64 },
    /// Longer than the limit; skipped up to `next`.
    TooLong { from: u64, next: u64 },
    /// Nothing but blanks to the end of the input.
    End,
}

/// Where a segment stands, for when the window may still move.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub from: u64,
    pub length: u32,
    pub position: u32,
}

impl Span {
    /// A segment is never longer than `max_segment_bytes`, which is far below 4 GB.
    pub fn new(from: u64, to: u64, position: u32) -> Span {
        Span { from, length: u32::try_from(to - from).unwrap_or(u32::MAX), position }
    }
}

pub(super) struct Cutter<R> {
    pub window: Window<R>,
    pub delimiters: Delimiters,
    /// The rest of a terminator that takes several bytes in UTF-8; `delimiters` has the first.
    tail: Vec<u8>,
    /// EDIFACT interchanges begin anew too.
    pub mixed: bool,
    /// The next byte to read.
    at: u64,
    max_segment: usize,
    /// Bytes held for a caller that asks to keep a set; beyond, it is given up (and the set with it).
    max_kept: usize,
    /// Offset of the first empty segment since last asked, and how many there were.
    empty: Option<(u64, u32)>,
    isa: Finder<'static>,
}

/// `BDS*ASC*` and the fifteen digits of a length.
const LONGEST_BINARY_HEADER: usize = 3 + 1 + 3 + 1 + 15 + 1;

/// Where in a BIN or BDS segment the data begin, and how long they are said to be.
pub(super) fn binary_data(segment: &[u8], separator: u8) -> Option<(usize, u64)> {
    let length_element = match segment.get(..3)? {
        b"BIN" => 1,
        b"BDS" => 2,
        _ => return None,
    };
    let mut start = 0;
    for _ in 0..length_element {
        start += memchr(separator, &segment[start..])? + 1;
    }
    let digits = &segment[start..start + memchr(separator, &segment[start..])?];
    let length =
        std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    Some((start + digits.len() + 1, length))
}

/// From this length on a segment is searched for an ISA that it may have swallowed.
const SUSPICIOUS: usize = 2048;
/// Bytes of an ISA without its terminator.
const ISA_LENGTH: usize = 105;

/// A segment that is nothing but data: without blanks before it, and with a tag that does not begin like one that shapes an
/// interchange or holds binary data. No is always a safe answer.
#[inline(always)]
fn is_plain(segment: &[u8]) -> bool {
    let &[first, second, ..] = segment else { return false };
    match first {
        b'S' => second != b'E' && second != b'T',
        b'G' => second != b'E' && second != b'S',
        b'I' => second != b'S' && second != b'E',
        b'T' => second != b'A',
        b'U' => second != b'N',
        b'B' => second != b'I' && second != b'D',
        _ => first.is_ascii_uppercase(),
    }
}

impl<R: BufRead> Cutter<R> {
    pub fn new(window: Window<R>, max_segment: usize, max_kept: usize) -> Self {
        Cutter {
            window,
            delimiters: Delimiters::X12,
            tail: Vec::new(),
            mixed: false,
            at: 0,
            max_segment,
            max_kept,
            empty: None,
            isa: Finder::new(b"ISA"),
        }
    }

    pub fn view(&self, span: Span) -> Segment<'_> {
        Segment {
            bytes: self.window.slice(span.from..span.from + u64::from(span.length)),
            delimiters: self.delimiters,
            notation: Notation::default(),
            position: span.position,
            offset: span.from,
        }
    }

    /// All of them, in order.
    pub fn views(&self, spans: &[Span]) -> Vec<Segment<'_>> {
        let start = spans.first().map_or(self.at, |span| span.from);
        let (bytes, delimiters) = (self.window.rest(start), self.delimiters);
        let view = |span: &Span| {
            let from = (span.from - start) as usize;
            let bytes = bytes.get(from..from + span.length as usize).unwrap_or_default();
            Segment {
                bytes,
                delimiters,
                notation: Notation::default(),
                position: span.position,
                offset: span.from,
            }
        };
        spans.iter().map(view).collect()
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn go_to(&mut self, at: u64) {
        self.at = at;
    }

    /// An interchange with these delimiters goes on at `at`.
    pub fn enter(&mut self, delimiters: Delimiters, at: u64) {
        self.delimiters = delimiters;
        let more = match delimiters.segment {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => 0,
        };
        let rest = self.window.rest(at);
        let continues = rest.len() >= more && rest[..more].iter().all(|b| b & 0xc0 == 0x80);
        self.tail = if continues { rest[..more].to_vec() } else { Vec::new() };
        self.at = at + self.tail.len() as u64;
    }

    /// Length of the whole terminator.
    pub fn terminator_length(&self) -> u64 {
        1 + self.tail.len() as u64
    }

    pub fn take_empty(&mut self) -> Option<(u64, u32)> {
        self.empty.take()
    }

    /// Skips blanks, line ends and byte order marks between interchanges; how many bytes.
    pub fn skip_blanks(&mut self) -> Result<u64> {
        let start = self.at;
        loop {
            self.window.ensure(self.at, 3)?;
            match self.window.rest(self.at) {
                [b' ' | b'\t' | b'\r' | b'\n', ..] => self.at += 1,
                [0xef, 0xbb, 0xbf, ..] => self.at += 3,
                _ => return Ok(self.at - start),
            }
        }
    }

    /// True if that much lies between `start` and where we are that the window does not hold it any more.
    pub fn outgrown(&self, start: u64) -> bool {
        self.at.saturating_sub(start) > self.max_kept as u64
    }

    /// Reads on, from `self.at` on at least, and from `keep` on unless that has grown too large.
    fn fill(&mut self, keep: Option<u64>) -> Result<bool> {
        self.window.fill(keep.filter(|&start| !self.outgrown(start)).unwrap_or(self.at))
    }

    /// The next segment. Bytes from `keep` on stay in the window while there are not too many; without it, only those of
    /// the segment itself.
    pub fn cut(&mut self, keep: Option<u64>) -> Result<Cut> {
        loop {
            self.skip_after_terminator(keep)?;
            let from = self.at;
            if let Some(cut) = self.binary(keep, from)? {
                return Ok(cut);
            }
            let mut searched = from;
            let to = loop {
                if let Some(found) = memchr(self.delimiters.segment, self.window.rest(searched)) {
                    let to = searched + found as u64;
                    if self.released(from, to) || (!self.tail.is_empty() && !self.has_tail(keep, to)?) {
                        searched = to + 1;
                        continue;
                    }
                    break Some(to);
                }
                searched = self.window.end();
                if (searched - from) as usize > self.max_segment || !self.fill(keep)? {
                    break None;
                }
            };
            match to {
                Some(to) if to == from => {
                    self.at = to + self.terminator_length();
                    let (first, count) = self.empty.unwrap_or((from, 0));
                    self.empty = Some((first, count.saturating_add(1)));
                }
                Some(to) => {
                    let swallowed = self.swallowed(keep, from, to)?;
                    return self.segment(keep, from, to, swallowed);
                }
                None if searched == from => return Ok(Cut::End),
                None => return self.unterminated(from, searched),
            }
        }
    }

    /// Cuts the plain segments that the window has, the first at position `count` + 1; `spans` may get `most` long.
    pub fn cut_plain(&mut self, start: u64, count: &mut u32, spans: &mut Vec<Span>, most: usize) {
        if !self.tail.is_empty() {
            return;
        }
        let base = self.at;
        let kept = (start + self.max_kept as u64).saturating_sub(base);
        let bytes = self.window.rest(base);
        let bytes = &bytes[..bytes.len().min(usize::try_from(kept).unwrap_or(usize::MAX))];
        let run = Run {
            delimiters: self.delimiters,
            most: most.saturating_sub(spans.len()).min((u32::MAX - *count) as usize),
            // Too short to have swallowed an ISA.
            longest: self.max_segment.min(ISA_LENGTH - 1),
            unbroken: false,
        };
        let taken = run.cut(bytes, is_plain, |from, to| {
            *count += 1;
            spans.push(Span { from: base + from as u64, length: (to - from) as u32, position: *count });
        });
        self.at = base + taken as u64;
    }

    fn has_tail(&mut self, keep: Option<u64>, to: u64) -> Result<bool> {
        while self.window.end() < to + self.terminator_length() && self.fill(keep)? {}
        Ok(self.window.rest(to + 1).starts_with(&self.tail))
    }

    /// True if the release character in force takes the terminator at `to` for data (ISX01).
    fn released(&self, from: u64, to: u64) -> bool {
        self.delimiters.release.is_some_and(|release| {
            let before = self.window.slice(from..to);
            before.iter().rev().take_while(|&&b| b == release).count() % 2 == 1
        })
    }

    /// A BIN or BDS segment whose length element is right: a terminator stands behind that many bytes.
    fn binary(&mut self, keep: Option<u64>, from: u64) -> Result<Option<Cut>> {
        if !matches!(self.window.rest(from), [b'B', ..]) {
            return Ok(None);
        }
        self.ensure_kept(keep, from, LONGEST_BINARY_HEADER)?;
        let head = self.window.rest(from);
        let Some((start, length)) =
            binary_data(&head[..head.len().min(LONGEST_BINARY_HEADER)], self.delimiters.element)
        else {
            return Ok(None);
        };
        let to = from + start as u64 + length;
        while self.window.end() <= to && self.window.end() - from <= self.max_segment as u64 {
            if !self.fill(keep)? {
                return Ok(None);
            }
        }
        if self.window.end() <= to {
            return self.skip_binary(from, to).map(Some);
        }
        if self.window.slice(to..to + 1) != [self.delimiters.segment] {
            return Ok(None);
        }
        self.at = to + self.terminator_length();
        Ok(Some(match (to - from) as usize > self.max_segment {
            true => Cut::TooLong { from, next: self.at },
            false => Cut::Segment { from, to },
        }))
    }

    /// Reads over data that is over the limit, keeping nothing of it.
    fn skip_binary(&mut self, from: u64, to: u64) -> Result<Cut> {
        while self.window.end() <= to && self.window.fill(self.window.end())? {}
        let next = (to + 1).min(self.window.end());
        self.at = next;
        Ok(Cut::TooLong { from, next })
    }

    fn ensure_kept(&mut self, keep: Option<u64>, from: u64, count: usize) -> Result<()> {
        while self.window.rest(from).len() < count && self.fill(keep)? {}
        Ok(())
    }

    fn segment(&mut self, keep: Option<u64>, from: u64, to: u64, swallowed: Option<u64>) -> Result<Cut> {
        // Asked for every segment that looks like one, so that the reader, which cannot read on, finds it whole.
        let header = self.header_at(keep.or(Some(from)), from)?;
        let too_long = (to - from) as usize > self.max_segment;
        if too_long && swallowed.is_none() && !header {
            self.at = to + self.terminator_length();
            return Ok(Cut::TooLong { from, next: self.at });
        }
        match swallowed {
            // An EDIFACT interchange, whole, before the ISA: the reader leaves it to another.
            Some(_) if header && self.window.rest(from).starts_with(b"UN") => {
                self.at = to + 1;
                Ok(Cut::Segment { from, to })
            }
            Some(isa) => Ok(self.rest(from, isa)),
            None => {
                self.at = to + self.terminator_length();
                Ok(Cut::Segment { from, to })
            }
        }
    }

    /// Line ends after a terminator are common, indentation is seen in test suites; neither is data.
    fn skip_after_terminator(&mut self, keep: Option<u64>) -> Result<()> {
        loop {
            let rest = self.window.rest(self.at);
            match rest
                .iter()
                .position(|&b| !matches!(b, b'\r' | b'\n' | b' ' | b'\t') || b == self.delimiters.element)
            {
                Some(blanks) => {
                    self.at += blanks as u64;
                    return Ok(());
                }
                None => self.at = self.window.end(),
            }
            if !self.fill(keep)? {
                return Ok(());
            }
        }
    }

    /// The offset of an interchange header within `from..to`: the one before it broke off.
    fn swallowed(&mut self, keep: Option<u64>, from: u64, to: u64) -> Result<Option<u64>> {
        // Its terminator is ours, or its component separator is: then it ends one byte later.
        for back in [ISA_LENGTH as u64, ISA_LENGTH as u64 - 1] {
            let Some(start) = to.checked_sub(back).filter(|&start| start > from) else { continue };
            if self.window.slice(start..start + 3) == b"ISA" && self.header_at(keep.or(Some(from)), start)? {
                return Ok(Some(start));
            }
        }
        Ok(match (to - from) as usize > SUSPICIOUS {
            true => self.header_within(from + 1, to),
            false => None,
        })
    }

    /// True if a whole interchange header stands there; reads on as far as it takes to know.
    fn header_at(&mut self, keep: Option<u64>, from: u64) -> Result<bool> {
        while self.window.rest(from).len() <= ISA_LENGTH && self.window.rest(from).starts_with(b"ISA") {
            if !self.fill(keep)? {
                break;
            }
        }
        if self.mixed && self.window.rest(from).starts_with(b"UN") {
            return self.edifact_at(keep, from);
        }
        let bytes = self.window.rest(from);
        Ok(bytes.starts_with(b"ISA") && isa::read_fixed(bytes).is_some())
    }

    /// The same of the other standard.
    fn edifact_at(&mut self, keep: Option<u64>, from: u64) -> Result<bool> {
        while self.window.rest(from).len() < service::LOOKAHEAD && self.fill(keep)? {}
        Ok(service::read(self.window.rest(from)).is_some())
    }

    fn header_within(&self, from: u64, to: u64) -> Option<u64> {
        let mut hits = self.isa.find_iter(self.window.slice(from..to));
        hits.find_map(|hit| isa::read_fixed(self.window.rest(from + hit as u64)).map(|_| from + hit as u64))
    }

    /// No terminator in `from..end`: the input ends there, or the limit is reached.
    fn unterminated(&mut self, from: u64, end: u64) -> Result<Cut> {
        if self.header_at(None, from)? {
            // With another terminator than ours; the reader leaves this interchange and begins anew.
            return Ok(Cut::Segment { from, to: from + ISA_LENGTH as u64 });
        }
        if let Some(isa) = self.header_within(from + 1, end) {
            return Ok(self.rest(from, isa));
        }
        if (end - from) as usize <= self.max_segment {
            return Ok(self.rest(from, end));
        }
        let next = self.skip_to_terminator(end)?;
        self.at = next;
        Ok(Cut::TooLong { from, next })
    }

    /// A trailer that only lacks its terminator is still a trailer.
    fn rest(&mut self, from: u64, to: u64) -> Cut {
        self.at = to;
        let bytes = self.window.slice(from..to).trim_ascii_end();
        let separator = self.delimiters.element;
        let trailer = [&b"IEA"[..], b"GE", b"SE"]
            .iter()
            .any(|t| bytes.starts_with(t) && bytes.get(t.len()) == Some(&separator));
        match trailer {
            true => Cut::Segment { from, to: from + bytes.len() as u64 },
            false => Cut::Rest { from, to },
        }
    }

    /// Behind the next terminator, before the next ISA, or at the end of the input; nothing is kept.
    fn skip_to_terminator(&mut self, from: u64) -> Result<u64> {
        let mut at = from;
        loop {
            let terminator =
                memchr(self.delimiters.segment, self.window.rest(at)).map(|found| at + found as u64 + 1);
            // The terminator of a swallowed ISA may be ours: the ISA stands before it.
            if let Some(isa) = self
                .header_within(at.saturating_sub(ISA_LENGTH as u64), terminator.unwrap_or(self.window.end()))
            {
                return Ok(isa);
            }
            if let Some(next) = terminator {
                return Ok(next);
            }
            at = self.window.end();
            if !self.window.fill(at.saturating_sub(ISA_LENGTH as u64))? {
                return Ok(at);
            }
        }
    }

    /// The next offset from `from` on where an interchange header stands, or the end of the input; nothing is kept.
    pub fn find_isa(&mut self, from: u64) -> Result<u64> {
        let mut at = from;
        loop {
            match self.isa.find(self.window.rest(at)) {
                Some(hit) => {
                    at += hit as u64;
                    self.window.ensure(at, isa::LOOKAHEAD)?;
                    let bytes = self.window.rest(at);
                    if isa::read(bytes).is_some() || isa::wrapped(bytes).is_some() {
                        return Ok(at);
                    }
                    at += 3;
                }
                None => {
                    // The last two bytes may be the beginning of one.
                    at = at.max(self.window.end().saturating_sub(2));
                    if !self.window.fill(at)? {
                        return Ok(self.window.end());
                    }
                }
            }
        }
    }
}
