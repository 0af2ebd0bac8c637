//! The parts of a multipart body, one after the other, each as a reader of its exact bytes (RFC 2046 section 5.1.1).
//!
//! The line end before a delimiter belongs to the delimiter, not to the part. A delimiter is a whole line: a part may hold lines
//! that merely begin like one. Memory is one buffer of fixed size.

use super::MimeError;
use super::tee::drain;
use memchr::memmem::Finder;
use std::io::{self, BufRead, Read};

/// RFC 2046 allows 70; some go beyond.
const LONGEST_BOUNDARY: usize = 256;
/// White space after a delimiter, which transports may add.
const LONGEST_PADDING: usize = 512;
const BUFFER: usize = 32 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Preamble,
    /// After a delimiter line: a part begins here.
    PartStart,
    Part,
    /// After the closing delimiter.
    Closed,
    /// The input ended before the closing delimiter.
    Ended,
}

/// How a multipart ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// The closing delimiter was there.
    pub closed: bool,
    /// Nothing but white space came after it.
    pub bare: bool,
}

/// A multipart body. As a reader it gives the current part, and then ends until [`Multipart::next_part`] is called.
pub struct Multipart<R> {
    input: R,
    delimiter: Finder<'static>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// So many bytes from `start` are content of the part.
    ready: usize,
    input_ended: bool,
    /// Nothing of this part has been given yet: a delimiter may stand at once.
    fresh: bool,
    at: At,
}

/// What follows `--boundary` on its line.
enum Tail {
    Delimiter { closing: bool, bytes: usize },
    Content,
    NeedMore,
}

impl<R: Read> Multipart<R> {
    /// `boundary`: the parameter of the `Content-Type`.
    ///
    /// # Errors
    /// An empty or overlong boundary.
    pub fn new(input: R, boundary: &str) -> Result<Multipart<R>, MimeError> {
        if boundary.is_empty() {
            return Err(MimeError::Boundary("it is empty".to_string()));
        }
        if boundary.len() > LONGEST_BOUNDARY {
            return Err(MimeError::Boundary(format!("it is longer than {LONGEST_BOUNDARY} characters")));
        }
        Ok(Multipart {
            input,
            delimiter: Finder::new(&[b"--", boundary.as_bytes()].concat()).into_owned(),
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            ready: 0,
            input_ended: false,
            fresh: true,
            at: At::Preamble,
        })
    }

    /// Skips what is left of the current part (or the preamble) and goes to the next; `false` when there is none.
    ///
    /// # Errors
    /// Those of the input.
    pub fn next_part(&mut self) -> io::Result<bool> {
        if matches!(self.at, At::Preamble | At::Part) {
            drain(self)?;
        }
        if self.at == At::PartStart {
            self.at = At::Part;
            self.fresh = true;
            return Ok(true);
        }
        Ok(false)
    }

    /// Reads whatever is left, the epilogue too.
    ///
    /// # Errors
    /// Those of the input.
    pub fn finish(&mut self) -> io::Result<Ending> {
        while self.next_part()? {}
        let mut bare = true;
        loop {
            bare &= self.buffer[self.start..self.end].iter().all(u8::is_ascii_whitespace);
            self.start = self.end;
            if self.input_ended {
                return Ok(Ending { closed: self.at == At::Closed, bare });
            }
            self.fill()?;
        }
    }

    /// One read of the input into the free end of the buffer, which is made where there is none.
    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 && (self.start == self.end || self.end == self.buffer.len()) {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.input_ended = true;
                    return Ok(());
                }
                Ok(count) => {
                    self.end += count;
                    return Ok(());
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Until some content is ready, or the part has ended.
    fn advance(&mut self) -> io::Result<()> {
        while self.ready == 0 && matches!(self.at, At::Preamble | At::Part) {
            if self.scan() {
                continue;
            }
            if self.input_ended {
                self.ready = self.end - self.start;
                if self.ready == 0 {
                    self.at = At::Ended;
                }
            } else {
                self.fill()?;
            }
        }
        Ok(())
    }

    /// Looks at what is in the buffer: content is ready, a delimiter was passed (`true`), or more is needed (`false`).
    fn scan(&mut self) -> bool {
        let data = &self.buffer[self.start..self.end];
        let length = self.delimiter.needle().len();
        let mut from = 0;
        while let Some(found) = self.delimiter.find(&data[from..]) {
            let at = from + found;
            let line_end = match &data[..at] {
                [] if self.fresh => 0,
                [.., b'\r', b'\n'] => 2,
                [.., b'\n'] => 1,
                _ => {
                    from = at + 1;
                    continue;
                }
            };
            match tail(&data[at + length..], self.input_ended) {
                Tail::Content => from = at + 1,
                Tail::NeedMore | Tail::Delimiter { .. } if at > line_end => {
                    self.ready = at - line_end;
                    return true;
                }
                Tail::NeedMore => return false,
                Tail::Delimiter { closing, bytes } => {
                    self.start += at + length + bytes;
                    self.at = if closing { At::Closed } else { At::PartStart };
                    return true;
                }
            }
        }
        // What may be the beginning of a delimiter stays: its line end, and all of it but the last byte.
        self.ready = data.len().saturating_sub(length + 1);
        self.ready > 0
    }
}

fn tail(after: &[u8], input_ended: bool) -> Tail {
    let closing = after.starts_with(b"--");
    let mut at = if closing { 2 } else { 0 };
    while matches!(after.get(at), Some(b' ' | b'\t')) && at < LONGEST_PADDING {
        at += 1;
    }
    match (&after[at..], input_ended) {
        ([b'\n', ..], _) => Tail::Delimiter { closing, bytes: at + 1 },
        ([b'\r', b'\n', ..], _) => Tail::Delimiter { closing, bytes: at + 2 },
        ([] | [b'\r'], true) => Tail::Delimiter { closing, bytes: after.len() },
        ([] | [b'\r'], false) => Tail::NeedMore,
        ([b'-'], false) if at == 0 => Tail::NeedMore,
        _ => Tail::Content,
    }
}

impl<R: Read> Read for Multipart<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        crate::mime::read_buffered(self, out)
    }
}

impl<R: Read> BufRead for Multipart<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.advance()?;
        Ok(&self.buffer[self.start..self.start + self.ready])
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.ready);
        self.start += count;
        self.ready -= count;
        self.fresh &= count == 0;
    }
}
