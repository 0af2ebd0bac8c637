//! A reader that remembers whether it failed: a layer that failed is judged by its own reader, whatever the layers within made of it.

use std::io::{self, BufRead, Read};

/// After its first error every further read is an error too.
pub(super) struct Watch<R> {
    input: R,
    failed: Option<io::Error>,
}

impl<R: BufRead> Watch<R> {
    pub(super) fn new(input: R) -> Watch<R> {
        Watch { input, failed: None }
    }

    /// The first error, and the reader.
    pub(super) fn into_parts(self) -> (Option<io::Error>, R) {
        (self.failed, self.input)
    }
}

impl<R: BufRead> Read for Watch<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        crate::mime::read_buffered(self, out)
    }
}

impl<R: BufRead> BufRead for Watch<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(failed) = &self.failed {
            return Err(io::Error::new(failed.kind(), failed.to_string()));
        }
        match self.input.fill_buf() {
            Err(e) if e.kind() != io::ErrorKind::Interrupted => {
                let told = io::Error::new(e.kind(), e.to_string());
                self.failed = Some(e);
                Err(told)
            }
            other => other,
        }
    }

    fn consume(&mut self, count: usize) {
        self.input.consume(count);
    }
}
