//! Cuts a stream into segments by the terminator in force, released ones excepted (ISO 9735-1, 8.4).
//!
//! Line ends and blanks after a terminator are skipped, empty segments counted. A line broken within a segment (files wrapped
//! at 80 columns) is joined again: such a segment is kept as a copy. So is one with two-byte characters (UNOX), whose bytes
//! that would delimit are released in it. A segment over the limit is skipped without being kept.

use super::extension::{self, Extension};
use super::service;
use crate::charset::Charset;
use crate::plain::Run;
use crate::segment::{Delimiters, Notation, Segment};
use crate::window::Window;
use crate::x12::isa;
use memchr::{memchr, memchr2};
use std::io::{BufRead, Result};

#[derive(Clone, Copy)]
pub(super) enum Cut {
    Segment(Span),
    /// Bytes without a terminator at the end of the input, or before a header that comes out of turn.
    Rest {
        from: u64,
        to: u64,
    },
    /// Longer than the limit; skipped up to `next`.
    TooLong {
        from: u64,
        next: u64,
    },
    /// Nothing but blanks to the end of the input.
    End,
}

/// Where a segment stands, for when the window may still move.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub from: u64,
    length: u32,
    pub position: u32,
    /// Where its copy (without line breaks, two-byte characters released) begins, and its length.
    joined: Option<(u32, u32)>,
}

impl Span {
    /// The same, as segment `position` of its message.
    pub fn at_position(self, position: u32) -> Span {
        Span { position, ..self }
    }
}

pub(super) struct Cutter<R> {
    pub window: Window<R>,
    pub delimiters: Delimiters,
    pub notation: Notation,
    /// An ISA begins an interchange too.
    pub mixed: bool,
    /// Where the header of the interchange being read stands: it ends no other.
    entered: u64,
    /// The next byte to read.
    at: u64,
    max_segment: usize,
    /// Bytes held for a caller that asks to keep a message; beyond, it is given up.
    max_kept: usize,
    empty: Option<(u64, u32)>,
    /// Copies of segments that had line breaks in them.
    copies: Vec<u8>,
    /// Offset of the first segment with a line break in it since last asked, and how many there were.
    wrapped: Option<(u64, u32)>,
}

/// A segment that is nothing but data: no blanks before it, and a tag that does not begin like one of the service segments or
/// an ISA. No is always a safe answer.
#[inline(always)]
fn is_plain(segment: &[u8]) -> bool {
    match *segment {
        [first, second, ..] => {
            first.is_ascii_uppercase() && first != b'U' && !(first == b'I' && second == b'S')
        }
        _ => false,
    }
}

impl<R: BufRead> Cutter<R> {
    pub fn new(window: Window<R>, max_segment: usize, max_kept: usize) -> Self {
        Cutter {
            window,
            delimiters: Delimiters::EDIFACT,
            notation: Notation::default(),
            mixed: false,
            entered: 0,
            at: 0,
            max_segment,
            max_kept,
            empty: None,
            copies: Vec::new(),
            wrapped: None,
        }
    }

    pub fn view(&self, span: Span) -> Segment<'_> {
        let bytes = match span.joined {
            Some((start, length)) => &self.copies[start as usize..(start + length) as usize],
            None => self.window.slice(span.from..span.from + u64::from(span.length)),
        };
        let (delimiters, notation) = (self.delimiters, self.notation);
        Segment { bytes, delimiters, notation, position: span.position, offset: span.from }
    }

    /// All of them, in order.
    pub fn views(&self, spans: &[Span]) -> Vec<Segment<'_>> {
        let start = spans.first().map_or(self.at, |span| span.from);
        let (bytes, delimiters, notation) = (self.window.rest(start), self.delimiters, self.notation);
        let view = |span: &Span| {
            if span.joined.is_some() {
                return self.view(*span);
            }
            let from = (span.from - start) as usize;
            let bytes = bytes.get(from..from + span.length as usize).unwrap_or_default();
            Segment { bytes, delimiters, notation, position: span.position, offset: span.from }
        };
        spans.iter().map(view).collect()
    }

    /// Cuts the plain segments that the window has, the first at position `count` + 1; `spans` may get `most` long.
    pub fn cut_plain(&mut self, start: u64, count: &mut u32, spans: &mut Vec<Span>, most: usize) {
        if self.is_extended() {
            return;
        }
        let base = self.at;
        let kept = (start + self.max_kept as u64).saturating_sub(base);
        let bytes = self.window.rest(base);
        let bytes = &bytes[..bytes.len().min(usize::try_from(kept).unwrap_or(usize::MAX))];
        let run = Run {
            delimiters: self.delimiters,
            most: most.saturating_sub(spans.len()).min((u32::MAX - *count) as usize),
            longest: self.max_segment,
            unbroken: true,
        };
        let taken = run.cut(bytes, is_plain, |from, to| {
            *count += 1;
            let (from, length) = (base + from as u64, (to - from) as u32);
            spans.push(Span { from, length, position: *count, joined: None });
        });
        self.at = base + taken as u64;
    }

    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn go_to(&mut self, at: u64) {
        self.at = at;
    }

    pub fn enter(&mut self, delimiters: Delimiters, notation: Notation, at: u64) {
        (self.delimiters, self.notation) = (delimiters, notation);
        (self.at, self.entered) = (at, at);
    }

    /// Copies are needed as long as their spans are.
    pub fn forget_copies(&mut self) {
        self.copies.clear();
    }

    pub fn take_empty(&mut self) -> Option<(u64, u32)> {
        self.empty.take()
    }

    pub fn take_wrapped(&mut self) -> Option<(u64, u32)> {
        self.wrapped.take()
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

    /// Skips so many bytes, whatever they are; false when the input ends before.
    pub fn skip(&mut self, count: u64) -> Result<bool> {
        let to = self.at.saturating_add(count);
        while self.window.end() < to {
            let end = self.window.end();
            if !self.window.fill(end)? {
                self.at = end;
                return Ok(false);
            }
        }
        self.at = to;
        Ok(true)
    }

    pub fn outgrown(&self, start: u64) -> bool {
        self.at.saturating_sub(start) > self.max_kept as u64
    }

    fn fill(&mut self, keep: Option<u64>) -> Result<bool> {
        self.window.fill(keep.filter(|&start| !self.outgrown(start)).unwrap_or(self.at))
    }

    /// The next segment. Bytes from `keep` on stay in the window while there are not too many; without it, only those of
    /// the segment itself.
    pub fn cut(&mut self, keep: Option<u64>) -> Result<Cut> {
        loop {
            self.skip_after_terminator(keep)?;
            let from = self.at;
            let mut searched = from;
            let extended = self.is_extended();
            let to = loop {
                if extended {
                    searched = self.behind_extensions(from, searched, keep)?;
                }
                match memchr(self.delimiters.segment, self.window.rest(searched)) {
                    Some(found) if self.is_released(from, searched + found as u64) => {
                        searched += found as u64 + 1;
                        continue;
                    }
                    Some(found) => break Some(searched + found as u64),
                    None => {}
                }
                searched = self.window.end();
                if (searched - from) as usize > self.max_segment || !self.fill(keep)? {
                    break None;
                }
            };
            match to {
                Some(to) if to == from => {
                    self.at = to + 1;
                    let (first, count) = self.empty.unwrap_or((from, 0));
                    self.empty = Some((first, count.saturating_add(1)));
                }
                Some(to) if (to - from) as usize > self.max_segment && !self.ends_at(from) => {
                    return self.too_long(from);
                }
                Some(to) => {
                    self.at = to + 1;
                    return Ok(Cut::Segment(self.span(from, to)));
                }
                None if searched == from => return Ok(Cut::End),
                None => return self.unterminated(from, searched),
            }
        }
    }

    /// Escape sequences may change the character set (ISO 2022).
    fn is_extended(&self) -> bool {
        self.notation.charset == Charset::X
    }

    /// Behind the last run of two-byte characters that begins before the next terminator.
    fn behind_extensions(&mut self, from: u64, mut searched: u64, keep: Option<u64>) -> Result<u64> {
        let limit = from + self.max_segment as u64;
        loop {
            // What closes beyond the limit is no run, however much of the input has come.
            let rest = self.window.slice(searched..limit.clamp(searched, self.window.end().max(searched)));
            let Some(at) = memchr2(self.delimiters.segment, extension::ESCAPE, rest) else {
                return Ok(searched);
            };
            if rest[at] != extension::ESCAPE {
                return Ok(searched);
            }
            match extension::read(&rest[at..]) {
                Extension::Of(length) => searched += (at + length) as u64,
                Extension::No => searched += at as u64 + 1,
                Extension::Unfinished => {
                    searched += at as u64;
                    if self.window.end() > limit || !self.fill(keep)? {
                        searched += 1;
                    }
                }
            }
        }
    }

    /// An odd number of release characters before it; line breaks between do not count.
    fn is_released(&self, from: u64, at: u64) -> bool {
        self.releases(from, at, false)
    }

    /// The same, where what stands before `from` releases or does not.
    fn releases(&self, from: u64, at: u64, before_from: bool) -> bool {
        let Some(release) = self.delimiters.release else { return false };
        let before = self.window.slice(from..at);
        match before.last() {
            Some(&last) if last == release || is_break(last) => {}
            Some(_) => return false,
            None => return before_from,
        }
        let mut odd = false;
        for &byte in before.iter().rev().filter(|&&b| !is_break(b)) {
            if byte != release {
                return odd;
            }
            odd = !odd;
        }
        odd ^ before_from
    }

    /// The segment's place, without a carriage return before a line feed that terminates; copied if a line break is in it.
    fn span(&mut self, from: u64, to: u64) -> Span {
        let mut bytes = self.window.slice(from..to);
        if self.delimiters.segment == b'\n' {
            bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        }
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let broken = memchr2(b'\r', b'\n', bytes).is_some();
        let extended = self.notation.charset == Charset::X && memchr(extension::ESCAPE, bytes).is_some();
        let joined = (broken || extended).then(|| {
            let start = self.copies.len() as u32;
            match extended {
                true => {
                    let whole: Vec<u8> = bytes.iter().copied().filter(|&b| !is_break(b)).collect();
                    extension::release(&whole, &self.delimiters, &mut self.copies);
                }
                false => self.copies.extend(bytes.iter().filter(|&&b| !is_break(b))),
            }
            if broken {
                let (first, count) = self.wrapped.unwrap_or((from, 0));
                self.wrapped = Some((first, count.saturating_add(1)));
            }
            (start, self.copies.len() as u32 - start)
        });
        Span { from, length, position: 0, joined }
    }

    fn skip_after_terminator(&mut self, keep: Option<u64>) -> Result<()> {
        let Delimiters { element, segment, .. } = self.delimiters;
        loop {
            let is_blank = |b: u8| matches!(b, b'\r' | b'\n' | b' ' | b'\t') && b != element && b != segment;
            match self.window.rest(self.at).iter().position(|&b| !is_blank(b)) {
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

    /// True if another interchange begins there.
    fn ends_at(&self, from: u64) -> bool {
        from != self.entered && self.header_at(from)
    }

    /// True if an interchange header stands there, of either standard.
    pub fn header_at(&self, from: u64) -> bool {
        let bytes = self.window.rest(from);
        match bytes.first() {
            Some(b'U') => bytes.starts_with(b"UNB") || bytes.starts_with(b"UNA"),
            Some(b'I') => return self.mixed && isa::read_fixed(bytes).is_some(),
            _ => false,
        }
        .then(|| service::read(bytes))
        .flatten()
        .is_some()
    }

    /// Reads on until a header that begins there could be told.
    pub fn look_ahead(&mut self, from: u64, keep: Option<u64>) -> Result<()> {
        if !matches!(self.window.rest(from), [b'U', b'N', b'A' | b'B', ..] | [b'I', b'S', b'A', ..]) {
            return Ok(());
        }
        while self.window.rest(from).len() < service::LOOKAHEAD {
            let keep = keep.filter(|&start| !self.outgrown(start)).unwrap_or(from).min(from);
            if !self.window.fill(keep)? {
                break;
            }
        }
        Ok(())
    }

    /// No terminator in `from..end`: the input ends there, or the limit is reached.
    fn unterminated(&mut self, from: u64, end: u64) -> Result<Cut> {
        if self.ends_at(from) {
            // With another terminator than ours; the reader leaves this interchange and begins anew.
            self.at = end;
            return Ok(Cut::Segment(self.span(from, end)));
        }
        if (end - from) as usize > self.max_segment {
            return self.too_long(from);
        }
        let next = (from + 1..end).find(|&at| self.header_at(at));
        Ok(self.rest(from, next.unwrap_or(end)))
    }

    /// No terminator within the limit: up to a header within it, or else skipped to the next terminator. What is there beyond
    /// the limit is not asked, so that it does not matter how much of the input has come.
    fn too_long(&mut self, from: u64) -> Result<Cut> {
        let limit = from + self.max_segment as u64;
        for at in from + 1..limit {
            self.look_ahead(at, Some(from))?;
            if self.header_at(at) {
                return Ok(self.rest(from, at));
            }
        }
        self.at = limit;
        let mut released = self.releases(from, limit, false);
        loop {
            let found = memchr(self.delimiters.segment, self.window.rest(self.at));
            let to = found.map_or(self.window.end(), |found| self.at + found as u64);
            released = self.releases(self.at, to, released);
            match found {
                Some(_) if released => (self.at, released) = (to + 1, false),
                Some(_) => {
                    self.at = to + 1;
                    break;
                }
                None => {
                    self.at = to;
                    if !self.window.fill(to)? {
                        break;
                    }
                }
            }
        }
        Ok(Cut::TooLong { from, next: self.at })
    }

    /// A trailer that only lacks its terminator is still a trailer.
    fn rest(&mut self, from: u64, to: u64) -> Cut {
        self.at = to;
        let bytes = self.window.slice(from..to).trim_ascii_end();
        let trailer = [&b"UNZ"[..], b"UNE", b"UNT"]
            .iter()
            .any(|t| bytes.starts_with(t) && bytes.get(t.len()) == Some(&self.delimiters.element));
        match trailer {
            true => Cut::Segment(self.span(from, from + bytes.len() as u64)),
            false => Cut::Rest { from, to },
        }
    }

    /// The next offset from `from` on where an EDIFACT interchange begins, or the end of the input; nothing is kept.
    pub fn find_header(&mut self, from: u64) -> Result<u64> {
        let mut at = from;
        loop {
            match memchr(b'U', self.window.rest(at)) {
                Some(hit) => {
                    at += hit as u64;
                    self.window.ensure(at, service::LOOKAHEAD)?;
                    if service::read(self.window.rest(at)).is_some() {
                        return Ok(at);
                    }
                    at += 1;
                }
                None => {
                    at = at.max(self.window.end());
                    if !self.window.fill(at)? {
                        return Ok(at);
                    }
                }
            }
        }
    }
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
