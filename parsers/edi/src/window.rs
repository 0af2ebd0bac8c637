//! A window over a byte stream, addressed by absolute offsets.
//!
//! It holds what is still needed and reads on when asked. Memory is bounded by what the caller keeps: bytes before `keep`
//! are given up when room is needed. Asking for bytes that were given up yields others or none, never a panic: the caller
//! keeps what it will ask for. Errors are the input's alone.
//!
//! A file that was wrapped at a fixed column (80, as card images were) is unwrapped here: a line break at exactly that column
//! is taken out, any other stays. Offsets then count without what was taken out; how much that is, is counted.

use std::io::{BufRead, ErrorKind, Result};
use std::ops::Range;

/// Large enough that partial sets are seldom moved, small enough to stay in the processor's cache.
const INITIAL: usize = 256 << 10;

pub(crate) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    filled: usize,
    /// Absolute offset of `buffer[0]`.
    base: u64,
    ended: bool,
    wrap: Option<Wrap>,
    removed: u64,
}

/// A fixed line length, and where in a line we are.
#[derive(Clone, Copy)]
struct Wrap {
    column: usize,
    at: usize,
    /// A CR was taken out: its LF goes with it.
    after_return: bool,
}

impl<R: BufRead> Window<R> {
    pub fn new(input: R) -> Self {
        Window { input, buffer: Vec::new(), filled: 0, base: 0, ended: false, wrap: None, removed: 0 }
    }

    /// Absolute offset behind the last byte read so far.
    pub fn end(&self) -> u64 {
        self.base + self.filled as u64
    }

    pub fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// Bytes of line breaks that were taken out so far.
    pub fn removed(&self) -> u64 {
        self.removed
    }

    /// Takes line breaks at that column out of everything from `from` on, to the end of the input.
    pub fn unwrap_lines(&mut self, from: u64, column: usize) {
        let start = self.index(from);
        self.wrap = Some(Wrap { column, at: 0, after_return: false });
        self.filled = self.unwrapped(start, self.filled);
    }

    /// Where the bytes of `start..end` end once unwrapped.
    fn unwrapped(&mut self, start: usize, end: usize) -> usize {
        let Some(wrap) = &mut self.wrap else { return end };
        let mut to = start;
        for from in start..end {
            let byte = self.buffer[from];
            let line_end = matches!(byte, b'\r' | b'\n');
            let taken = (line_end && wrap.at == wrap.column) || (byte == b'\n' && wrap.after_return);
            wrap.after_return = taken && byte == b'\r';
            wrap.at = if line_end { 0 } else { wrap.at + 1 };
            if taken {
                self.removed += 1;
            } else {
                self.buffer[to] = byte;
                to += 1;
            }
        }
        to
    }

    /// What is there from `from` on.
    pub fn rest(&self, from: u64) -> &[u8] {
        &self.buffer[self.index(from)..self.filled]
    }

    pub fn slice(&self, range: Range<u64>) -> &[u8] {
        let (from, to) = (self.index(range.start), self.index(range.end));
        &self.buffer[from..to.max(from)]
    }

    fn index(&self, offset: u64) -> usize {
        (offset.saturating_sub(self.base) as usize).min(self.filled)
    }

    /// Reads on until `count` bytes from `from` are there; false when the input ends before.
    pub fn ensure(&mut self, from: u64, count: usize) -> Result<bool> {
        while self.rest(from).len() < count {
            if !self.fill(from)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads more bytes, keeping those from `keep` on. False at the end of the input.
    pub fn fill(&mut self, keep: u64) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.filled == self.buffer.len() {
            self.make_room(keep);
        }
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(count) => {
                    let start = self.filled;
                    self.filled = self.unwrapped(start, start + count);
                    if self.filled > start {
                        return Ok(true);
                    }
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Moves what is kept to the front when that frees at least half, else grows: each byte is moved a bounded number of times.
    fn make_room(&mut self, keep: u64) {
        let keep = self.index(keep);
        if keep > 0 && keep >= self.buffer.len() / 2 {
            self.buffer.copy_within(keep..self.filled, 0);
            self.filled -= keep;
            self.base += keep as u64;
        } else {
            self.buffer.resize((self.buffer.len() * 2).max(INITIAL), 0);
        }
    }
}
