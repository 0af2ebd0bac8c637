//! The bytes of a file that is being uploaded: in memory while it is small and open, else in a file of ours.
//!
//! Promises: bytes may come in any order, as clients with many writes under way send them; what is missing is known, so that a
//! file with a hole is never taken. While they come in order the SHA-256 is made on the way. Memory is bounded by
//! [`crate::net::spool::IN_MEMORY`] a file. Everything here blocks on disk at most, never on the network.

use super::staging::{self, Staging};
use crate::clock::SharedClock;
use crate::ledger::Ledger;
use crate::ledger::staged::Ahead;
use crate::net::spool::{IN_MEMORY, Spooled};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// Pieces with holes between them that are kept track of.
const MOST_PIECES: usize = 1000;

#[derive(Debug, Default)]
pub struct Content {
    file: Option<Arc<File>>,
    /// The bytes at the end that are not in the file yet.
    pending: Vec<u8>,
    size: u64,
    /// What was written, in order, without overlaps.
    pieces: Vec<(u64, u64)>,
    /// Of all bytes so far; `None` once they came out of order.
    hash: Option<Sha256>,
    /// Stores what came in order while more comes.
    staging: Option<Staging>,
    /// Who writes: an older handle has lost the file to a newer one.
    pub owner: u64,
    /// A write failed: what is here is not what the client has.
    pub spoiled: bool,
    /// Closed by the client, and waits to settle.
    pub closed: bool,
    /// Taken or removed: whoever waited for it must look again.
    pub gone: bool,
}

impl Content {
    pub fn new() -> Content {
        Content { hash: Some(Sha256::new()), ..Content::default() }
    }

    /// What an earlier session, or an earlier run, left at `path`.
    pub fn found(path: &Path) -> io::Result<Content> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let size = file.metadata()?.len();
        let pieces = if size > 0 { vec![(0, size)] } else { Vec::new() };
        Ok(Content { file: Some(Arc::new(file)), size, pieces, ..Content::default() })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether every byte from the first to the last was written.
    pub fn is_whole(&self) -> bool {
        matches!(self.pieces.as_slice(), [] | [(0, _)])
    }

    /// How much larger the file becomes by `length` bytes at `offset`.
    pub fn growth(&self, offset: u64, length: u64) -> u64 {
        offset.saturating_add(length).saturating_sub(self.size)
    }

    /// Whether a write stays in memory.
    pub fn stays_in_memory(&self, offset: u64, length: usize) -> bool {
        offset == self.size && self.pending.len() + length <= IN_MEMORY
    }

    pub fn write(&mut self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let end = offset.saturating_add(bytes.len() as u64);
        if bytes.is_empty() {
            return Ok(());
        }
        if offset == self.size {
            if let Some(hash) = &mut self.hash {
                hash.update(bytes);
            }
            self.pending.extend_from_slice(bytes);
            self.size = end;
            self.note(offset, end)?;
            if self.pending.len() > IN_MEMORY {
                self.flush(path)?;
            }
            return Ok(());
        }
        self.hash = None;
        self.staging = None;
        self.note(offset, end)?;
        self.flush(path)?;
        self.file(path)?.write_all_at(bytes, offset)?;
        self.size = self.size.max(end);
        Ok(())
    }

    fn note(&mut self, start: u64, end: u64) -> io::Result<()> {
        if let Some(last) = self.pieces.last_mut().filter(|last| last.1 == start) {
            last.1 = end;
            return Ok(());
        }
        let (mut start, mut end) = (start, end);
        self.pieces.retain(|piece| {
            let apart = piece.1 < start || piece.0 > end;
            if !apart {
                (start, end) = (start.min(piece.0), end.max(piece.1));
            }
            apart
        });
        let at = self.pieces.partition_point(|piece| piece.0 < start);
        self.pieces.insert(at, (start, end));
        if self.pieces.len() > MOST_PIECES {
            return Err(io::Error::other("the file comes in too many pieces"));
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> io::Result<Arc<File>> {
        if let Some(file) = &self.file {
            return Ok(Arc::clone(file));
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(Arc::clone(self.file.insert(Arc::new(file))))
    }

    /// Puts into the file what is in memory.
    pub fn flush(&mut self, path: &Path) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let start = self.size - self.pending.len() as u64;
        self.file(path)?.write_all_at(&self.pending, start)?;
        self.pending.clear();
        self.pending.shrink_to(IN_MEMORY);
        if let Some(staging) = &self.staging {
            staging.come(self.size);
        }
        Ok(())
    }

    /// On disk for good, under the name that it has.
    pub fn sync(&mut self, path: &Path) -> io::Result<()> {
        self.flush(path)?;
        self.file(path)?.sync_all()
    }

    pub fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// A large file that comes in order is stored from here on, as it comes.
    pub fn store_ahead(&mut self, ledger: &Ledger, clock: &SharedClock) {
        let due = self.size >= staging::FROM && self.staging.is_none() && self.hash.is_some();
        if let Some(file) = self.file.as_ref().filter(|_| due) {
            let staging = Staging::begin(ledger.clone(), Arc::clone(clock), Arc::clone(file));
            staging.come(self.size - self.pending.len() as u64);
            self.staging = Some(staging);
        }
    }

    /// Nobody writes it for now.
    pub fn forget_ahead(&mut self) {
        self.staging = None;
    }

    /// What the ledger has already.
    pub async fn ahead(&mut self) -> Option<Ahead> {
        match self.staging.take() {
            Some(staging) => staging.end().await,
            None => None,
        }
    }

    /// Back to nothing, for an upload from the start.
    pub fn empty(&mut self, path: &Path) -> io::Result<()> {
        self.staging = None;
        if self.file.take().is_some() {
            remove(path)?;
        }
        self.pending.clear();
        self.pieces.clear();
        self.size = 0;
        self.hash = Some(Sha256::new());
        Ok(())
    }

    /// The whole as the ledger takes it. What is here stays, in case that the ledger does not.
    pub fn spooled(&mut self, path: &Path) -> io::Result<Spooled> {
        if self.file.is_none() {
            return Ok(Spooled::from_bytes(Bytes::copy_from_slice(&self.pending)));
        }
        self.flush(path)?;
        let file = self.file(path)?;
        let sha256 = match &self.hash {
            Some(hash) => hash.clone().finalize().into(),
            None => hash_of(&file, self.size)?,
        };
        Ok(Spooled::from_file(file, self.size, sha256))
    }
}

fn hash_of(file: &File, size: u64) -> io::Result<[u8; 32]> {
    let (mut hash, mut buffer, mut at) = (Sha256::new(), vec![0; IN_MEMORY], 0);
    while at < size {
        let length = (size - at).min(IN_MEMORY as u64) as usize;
        file.read_exact_at(&mut buffer[..length], at)?;
        hash.update(&buffer[..length]);
        at += length as u64;
    }
    Ok(hash.finalize().into())
}

/// Removes a file that may be gone already.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Read;

    fn read(spooled: &Spooled) -> Vec<u8> {
        let mut bytes = Vec::new();
        spooled.reader().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn check(pieces: &[(u64, &[u8])], expected: &[u8]) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let mut content = Content::new();
        for (offset, bytes) in pieces {
            content.write(&path, *offset, bytes).unwrap();
        }
        assert!(content.is_whole(), "{:?}", content.pieces);
        let spooled = content.spooled(&path).unwrap();
        assert_eq!(read(&spooled), expected);
        assert_eq!((spooled.size, spooled.sha256), (expected.len() as u64, Sha256::digest(expected).into()));
    }

    #[test]
    fn bytes_may_come_in_any_order() {
        check(&[(0, b"abc"), (3, b"def")], b"abcdef");
        check(&[(3, b"def"), (0, b"abc")], b"abcdef");
        check(&[(0, b"abcd"), (2, b"XYZ")], b"abXYZ");
        check(&[(4, b"e"), (0, b"ab"), (2, b"cd"), (5, b"f")], b"abcdef");
        let large = vec![7; 3 * IN_MEMORY + 5];
        let parts: Vec<_> = large.chunks(10_000).enumerate().map(|(n, c)| (n as u64 * 10_000, c)).collect();
        check(&parts, &large);
    }

    #[test]
    fn a_hole_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let mut content = Content::new();
        content.write(&path, 0, b"abc").unwrap();
        content.write(&path, 5, b"f").unwrap();
        assert!(!content.is_whole());
        content.write(&path, 3, b"de").unwrap();
        assert!(content.is_whole());
        let mut late = Content::new();
        late.write(&path, 2, b"c").unwrap();
        assert!(!late.is_whole());
    }

    #[test]
    fn what_was_left_is_gone_on_with() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        let mut first = Content::new();
        first.write(&path, 0, b"abc").unwrap();
        first.flush(&path).unwrap();
        drop(first);
        let mut second = Content::found(&path).unwrap();
        second.write(&path, 3, b"def").unwrap();
        let spooled = second.spooled(&path).unwrap();
        assert_eq!((read(&spooled), spooled.sha256), (b"abcdef".to_vec(), Sha256::digest(b"abcdef").into()));
        second.empty(&path).unwrap();
        assert!(!path.exists());
        second.write(&path, 0, b"new").unwrap();
        assert_eq!(read(&second.spooled(&path).unwrap()), b"new");
    }
}
