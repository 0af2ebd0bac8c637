//! A reader that hashes what passes through it, so that a digest is over the bytes that came and nothing else.

use crate::algorithm::Hashing;
use std::io::{self, BufRead, Read};

/// Bytes as they came, and, where asked, once more with every line ended by CRLF (RFC 4130 section 7.3.1: canonicalised).
pub struct Digests {
    as_came: Hashing,
    canonical: Option<Canonical>,
}

struct Canonical {
    hashing: Hashing,
    after_cr: bool,
}

impl Digests {
    pub fn new(as_came: Hashing, canonical: Option<Hashing>) -> Digests {
        Digests { as_came, canonical: canonical.map(|hashing| Canonical { hashing, after_cr: false }) }
    }

    pub fn update(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.as_came.update(bytes)?;
        if let Some(canonical) = &mut self.canonical {
            canonical.update(bytes)?;
        }
        Ok(())
    }

    /// The digests of the bytes as they came, and of the canonical ones.
    pub fn finish(self) -> (Hashing, Option<Hashing>) {
        (self.as_came, self.canonical.map(|c| c.hashing))
    }
}

impl Canonical {
    fn update(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut from = 0;
        for at in memchr::memchr_iter(b'\n', bytes) {
            let after_cr = if at == 0 { self.after_cr } else { bytes[at - 1] == b'\r' };
            if !after_cr {
                self.hashing.update(&bytes[from..at])?;
                self.hashing.update(b"\r")?;
                from = at;
            }
        }
        self.hashing.update(&bytes[from..])?;
        if let Some(last) = bytes.last() {
            self.after_cr = *last == b'\r';
        }
        Ok(())
    }
}

/// Reads from `input`, and gives every byte that is consumed to `digests`.
pub struct Tee<'a, R> {
    input: R,
    digests: &'a mut Digests,
}

impl<'a, R: BufRead> Tee<'a, R> {
    pub fn new(input: R, digests: &'a mut Digests) -> Tee<'a, R> {
        Tee { input, digests }
    }
}

impl<R: BufRead> Read for Tee<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.input.fill_buf()?;
        let count = available.len().min(out.len());
        out[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Tee<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        // A filled buffer is given again without reading; what cannot be hashed spoils the digest, which then fits nothing.
        if count > 0
            && let Ok(available) = self.input.fill_buf()
        {
            let seen = &available[..count.min(available.len())];
            // OpenSSL's digests fail only for want of memory.
            let _ = self.digests.update(seen);
        }
        self.input.consume(count);
    }
}

/// Reads `input` to its end and drops what it gives.
pub fn drain(input: &mut dyn BufRead) -> io::Result<u64> {
    let mut total = 0;
    loop {
        let count = match input.fill_buf() {
            Ok(bytes) => bytes.len(),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if count == 0 {
            return Ok(total);
        }
        total += count as u64;
        input.consume(count);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::algorithm::{Digest, Hashed};
    use std::io::BufReader;

    fn hashing() -> Hashing {
        Hashing::new(&[Digest::Sha256]).unwrap()
    }

    fn of(bytes: &[u8]) -> Hashed {
        let mut h = hashing();
        h.update(bytes).unwrap();
        h.finish().unwrap()
    }

    #[test]
    fn lone_line_feeds_become_line_ends_however_they_arrive() {
        let came = b"a\nb\r\n\n\r\nc\rd\n";
        for size in 1..came.len() + 1 {
            let mut digests = Digests::new(hashing(), Some(hashing()));
            let mut read = Vec::new();
            Tee::new(BufReader::with_capacity(size, &came[..]), &mut digests).read_to_end(&mut read).unwrap();
            let (as_came, canonical) = digests.finish();
            assert_eq!(read, came);
            assert_eq!(as_came.finish().unwrap(), of(came));
            assert_eq!(
                canonical.unwrap().finish().unwrap(),
                of(b"a\r\nb\r\n\r\n\r\nc\rd\r\n"),
                "pieces of {size}"
            );
        }
    }
}
