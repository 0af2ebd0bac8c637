//! The file that a verb looks at, readable from any place: a finding that comes late may point at a byte far back.
//!
//! Promises: bounded memory (16 bytes for each 64 KiB once lines are asked for). What cannot be read twice (stdin, a pipe) is
//! copied to a temporary file without a name first. Fails with words that name the file: exit 2.

use super::Stop;
use super::fragment::Assumed;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

const CHUNK: usize = 1 << 16;

pub struct Source {
    /// As it is shown.
    pub name: String,
    file: File,
    /// For each chunk: lines that ended before it, and where its first line begins.
    chunks: Vec<(u64, u64)>,
    /// The envelope that a file without one is read in.
    pub assumed: Assumed,
}

/// Reads a file from its beginning, whatever other reader does.
struct From<'f> {
    file: &'f File,
    offset: u64,
}

impl Read for From<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

impl Source {
    /// # Errors
    /// The file is missing, a folder, or not ours to read.
    pub fn open(path: &Path) -> Result<Source, Stop> {
        if path == Path::new("-") {
            return Source::copy(io::stdin().lock(), "<stdin>".into());
        }
        let name = path.display().to_string();
        let fail = |error: io::Error| Stop::Usage(format!("{name} cannot be read: {error}"));
        let file = File::open(path).map_err(fail)?;
        let kind = file.metadata().map_err(fail)?.file_type();
        if kind.is_dir() {
            return Err(Stop::Usage(format!("{name} is a folder: name one file")));
        }
        if !kind.is_file() {
            return Source::copy(file, name);
        }
        Ok(Source { name, file, chunks: Vec::new(), assumed: Assumed::default() })
    }

    fn copy(mut from: impl Read, name: String) -> Result<Source, Stop> {
        let fail =
            |error: io::Error| Stop::Usage(format!("{name} cannot be copied to a temporary file: {error}"));
        let mut file = tempfile::tempfile().map_err(fail)?;
        io::copy(&mut from, &mut file).map_err(fail)?;
        Ok(Source { name, file, chunks: Vec::new(), assumed: Assumed::default() })
    }

    /// True if the first byte that is no blank opens a JSON object.
    pub fn begins_with_json(&self) -> Result<bool, Stop> {
        let head = self.bytes(0, 4096)?;
        Ok(head.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{'))
    }

    /// What the readers of EDI get: the file, in the envelope that is assumed for it.
    pub fn reader(&self) -> impl BufRead + use<'_> {
        let Assumed { before, after, .. } = &self.assumed;
        Cursor::new(before.as_slice()).chain(self.reader_at(0)).chain(Cursor::new(after.as_slice()))
    }

    /// The file itself, from a byte on.
    pub fn reader_at(&self, offset: u64) -> impl BufRead + use<'_> {
        BufReader::with_capacity(4 * CHUNK, From { file: &self.file, offset })
    }

    pub fn length(&self) -> Result<u64, Stop> {
        self.file.metadata().map(|m| m.len()).map_err(|e| self.unreadable(e))
    }

    /// The same, with other bytes: what a verb made of it to read that instead.
    pub fn replaced(&self, bytes: impl Read) -> Result<Source, Stop> {
        Source::copy(bytes, self.name.clone())
    }

    /// What a failed read is called.
    pub fn unreadable(&self, error: io::Error) -> Stop {
        Stop::Usage(format!("{} cannot be read: {error}", self.name))
    }

    /// The same bytes, for someone who looks into them while another reads.
    pub fn again(&self) -> Result<Source, Stop> {
        let file = self.file.try_clone().map_err(|e| self.unreadable(e))?;
        Ok(Source { name: self.name.clone(), file, chunks: Vec::new(), assumed: self.assumed.clone() })
    }

    /// Up to `most` bytes from `offset`; fewer at the end.
    pub fn bytes(&self, offset: u64, most: usize) -> Result<Vec<u8>, Stop> {
        let mut bytes = Vec::new();
        let read = From { file: &self.file, offset }.take(most as u64).read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|e| self.unreadable(e))
    }

    /// Line and column of a byte, from 1. The column counts characters, in a line longer than 64 KiB bytes.
    pub fn line(&mut self, offset: u64) -> Result<(u64, u64), Stop> {
        let chunk = (offset / CHUNK as u64) as usize;
        while self.chunks.len() <= chunk {
            let Some(&(lines, begins)) = self.chunks.last() else {
                self.chunks.push((0, 0));
                continue;
            };
            let start = (self.chunks.len() as u64 - 1) * CHUNK as u64;
            let next = count(&self.bytes(start, CHUNK)?, start, (lines, begins));
            self.chunks.push(next);
        }
        let start = chunk as u64 * CHUNK as u64;
        let before = self.bytes(start, (offset - start) as usize)?;
        let (lines, begins) = count(&before, start, self.chunks[chunk]);
        let column = match offset - begins {
            far if far > CHUNK as u64 => far,
            near => String::from_utf8_lossy(&self.bytes(begins, near as usize)?).chars().count() as u64,
        };
        Ok((lines + 1, column + 1))
    }
}

/// Lines ended, and where the open one begins, after these bytes.
fn count(bytes: &[u8], start: u64, (lines, begins): (u64, u64)) -> (u64, u64) {
    let ends = bytes.iter().filter(|&&b| b == b'\n').count() as u64;
    let last = bytes.iter().rposition(|&b| b == b'\n');
    (lines + ends, last.map_or(begins, |at| start + at as u64 + 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn source(bytes: &[u8]) -> Source {
        Source::copy(bytes, "test".into()).unwrap_or_else(|_| panic!("no temporary file"))
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let mut source = source("ISA~\nN1*M\u{fc}ller~\nX".as_bytes());
        for (offset, expected) in [(0, (1, 1)), (4, (1, 5)), (5, (2, 1)), (11, (2, 6)), (17, (3, 1))] {
            assert_eq!(source.line(offset).unwrap_or_default(), expected, "at byte {offset}");
        }
    }

    #[test]
    fn lines_are_found_across_chunks_and_backwards() {
        let text = format!("{}\n{}\nend", "a".repeat(CHUNK - 1), "b".repeat(3 * CHUNK));
        let mut source = source(text.as_bytes());
        let end = text.len() as u64 - 3;
        assert_eq!(source.line(end).unwrap_or_default(), (3, 1));
        assert_eq!(source.line(CHUNK as u64).unwrap_or_default(), (2, 1));
        assert_eq!(source.line(CHUNK as u64 - 1).unwrap_or_default(), (1, CHUNK as u64));
        assert_eq!(source.line(3 * CHUNK as u64 + 9).unwrap_or_default(), (2, 2 * CHUNK as u64 + 10));
    }
}
