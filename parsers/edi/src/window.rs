//! A window over a byte stream, addressed by absolute offsets.
//!
//! It holds what is still needed and reads on when asked. Memory is bounded by what the caller keeps: bytes before `keep`
//! are given up when room is needed. Asking for bytes that were given up yields others or none, never a panic: the caller
//! keeps what it will ask for. Errors are the input's alone.

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
}

impl<R: BufRead> Window<R> {
    pub fn new(input: R) -> Self {
        Window { input, buffer: Vec::new(), filled: 0, base: 0, ended: false }
    }

    /// Absolute offset behind the last byte read so far.
    pub fn end(&self) -> u64 {
        self.base + self.filled as u64
    }

    pub fn capacity(&self) -> usize {
        self.buffer.len()
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
                    self.filled += count;
                    return Ok(true);
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
