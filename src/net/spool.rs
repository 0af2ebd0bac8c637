//! The spool: bytes on their way in, before the ledger has them.
//!
//! A [`SpoolWriter`] takes a body piece by piece, counts it, hashes it and stops at a limit. Up to 256 KiB stay in
//! memory; above that everything goes to a temporary file that has no name, so that a crash leaves nothing behind. A
//! finished [`Spooled`] can be read any number of times, also at once by several readers.
//!
//! It promises: memory per body is bounded (two buffers of 256 KiB), size and SHA-256 are those of the bytes read back.
//! It fails with [`SpoolError::TooLarge`] (the sender's move) or [`SpoolError::Disk`] (ours). The spool is no store:
//! nothing here outlives the process; only the ledger's commit makes bytes safe.

use crate::ledger::staged::Ahead;
use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that stay in memory, and the size of one write to disk above it.
pub const IN_MEMORY: usize = 256 * 1024;

/// A folder for large bodies on their way in.
#[derive(Debug, Clone)]
pub struct Spool {
    dir: Arc<Path>,
}

#[derive(Debug)]
pub enum SpoolError {
    /// The body is larger than `limit` bytes.
    TooLarge { limit: u64 },
    /// The spool folder cannot be written or read: full, missing, not ours.
    Disk(io::Error),
}

impl fmt::Display for SpoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpoolError::TooLarge { limit } => write!(f, "the body is larger than the limit of {limit} bytes"),
            SpoolError::Disk(e) => write!(f, "the spool folder cannot be used: {e}"),
        }
    }
}

impl std::error::Error for SpoolError {}

impl From<io::Error> for SpoolError {
    fn from(e: io::Error) -> Self {
        SpoolError::Disk(e)
    }
}

impl Spool {
    /// Uses `dir`, which is made when missing. Nothing else is written until a body outgrows memory.
    pub fn new(dir: impl Into<PathBuf>) -> io::Result<Self> {
        let dir = dir.into();
        std::fs::create_dir_all(&dir)?;
        Ok(Spool { dir: dir.into() })
    }

    /// A writer for one body of at most `limit` bytes.
    pub fn writer(&self, limit: u64) -> SpoolWriter {
        SpoolWriter {
            dir: Arc::clone(&self.dir),
            limit,
            size: 0,
            hash: Sha256::new(),
            pending: BytesMut::new(),
            file: Disk::Unused,
        }
    }

    /// A file for a while, in memory while it is small.
    pub fn scratch(&self) -> tempfile::SpooledTempFile {
        tempfile::spooled_tempfile_in(IN_MEMORY, &self.dir)
    }

    /// Reads `source` to its end. Blocking: for blocking threads.
    pub fn read_from(&self, mut source: impl Read, limit: u64) -> Result<Spooled, SpoolError> {
        let mut writer = self.writer(limit);
        let mut buffer = vec![0u8; 64 * 1024];
        loop {
            let n = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e.into()),
            };
            writer.write_blocking(&buffer[..n])?;
        }
        writer.finish_blocking()
    }
}

/// Takes one body; see [`Spool::writer`].
pub struct SpoolWriter {
    dir: Arc<Path>,
    limit: u64,
    size: u64,
    hash: Sha256,
    /// Not yet on disk; the whole body while it is small.
    pending: BytesMut,
    file: Disk,
}

enum Disk {
    Unused,
    Open(File),
    /// A write was abandoned half-way (its future was dropped) or failed.
    Lost,
}

impl SpoolWriter {
    /// Adds bytes. Disk writes happen on a blocking thread, in pieces of 256 KiB. Once it has failed, it stays failed.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        if self.take(bytes)? {
            self.write_out().await?;
        }
        Ok(())
    }

    /// The same for blocking threads.
    pub fn write_blocking(&mut self, bytes: &[u8]) -> Result<(), SpoolError> {
        if self.take(bytes)? {
            self.flush_blocking()?;
        }
        Ok(())
    }

    /// Closes the body, on a blocking thread.
    pub fn finish_blocking(mut self) -> Result<Spooled, SpoolError> {
        if self.on_disk() {
            self.flush_blocking()?;
        }
        Ok(self.close())
    }

    /// Bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Closes the body.
    pub async fn finish(mut self) -> Result<Spooled, SpoolError> {
        if self.on_disk() {
            self.write_out().await?;
        }
        Ok(self.close())
    }

    /// Counts, hashes and buffers; true when the buffer wants to go to disk.
    fn take(&mut self, bytes: &[u8]) -> Result<bool, SpoolError> {
        let size = self.size.saturating_add(bytes.len() as u64);
        if size > self.limit {
            return Err(SpoolError::TooLarge { limit: self.limit });
        }
        self.size = size;
        self.hash.update(bytes);
        self.pending.extend_from_slice(bytes);
        Ok(self.pending.len() > IN_MEMORY)
    }

    fn on_disk(&self) -> bool {
        !matches!(self.file, Disk::Unused)
    }

    async fn write_out(&mut self) -> Result<(), SpoolError> {
        let dir = Arc::clone(&self.dir);
        let disk = std::mem::replace(&mut self.file, Disk::Lost);
        let bytes = self.pending.split();
        let written = tokio::task::spawn_blocking(move || append(&dir, disk, &bytes)).await;
        self.file = Disk::Open(written.map_err(io::Error::other)??);
        Ok(())
    }

    fn flush_blocking(&mut self) -> Result<(), SpoolError> {
        let disk = std::mem::replace(&mut self.file, Disk::Lost);
        let bytes = self.pending.split();
        self.file = Disk::Open(append(&self.dir, disk, &bytes)?);
        Ok(())
    }

    fn close(self) -> Spooled {
        let body = match self.file {
            Disk::Open(file) => Body::File(Arc::new(file)),
            Disk::Unused | Disk::Lost => Body::Memory(self.pending.freeze()),
        };
        Spooled { size: self.size, sha256: self.hash.finalize().into(), body, ahead: None }
    }
}

/// For whoever writes to a `Write`, on a blocking thread.
impl Write for SpoolWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.write_blocking(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(SpoolError::Disk(error)) => Err(error),
            Err(error) => Err(io::Error::new(io::ErrorKind::FileTooLarge, error)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn append(dir: &Path, disk: Disk, bytes: &[u8]) -> io::Result<File> {
    let mut file = match disk {
        Disk::Open(file) => file,
        Disk::Unused => tempfile::tempfile_in(dir)?,
        Disk::Lost => return Err(io::Error::other("an earlier write to the spool was given up")),
    };
    file.write_all(bytes)?;
    Ok(file)
}

/// A whole body, readable any number of times. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Spooled {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of all bytes.
    pub sha256: [u8; 32],
    body: Body,
    ahead: Option<Ahead>,
}

#[derive(Debug, Clone)]
enum Body {
    Memory(Bytes),
    File(Arc<File>),
}

impl Spooled {
    /// A body that is in memory already.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let sha256 = Sha256::digest(&bytes).into();
        Spooled { size: bytes.len() as u64, sha256, body: Body::Memory(bytes), ahead: None }
    }

    /// A body that is in a file already: its first `size` bytes, which nobody changes any more. The file may lose its name.
    pub fn from_file(file: Arc<File>, size: u64, sha256: [u8; 32]) -> Self {
        Spooled { size, sha256, body: Body::File(file), ahead: None }
    }

    /// The same bytes, of which the ledger has the first parts.
    pub fn with_ahead(self, ahead: Option<Ahead>) -> Self {
        Spooled { ahead, ..self }
    }

    pub fn ahead(&self) -> Option<Ahead> {
        self.ahead
    }

    /// The bytes, where they are in memory (at most 256 KiB, or made by [`Spooled::from_bytes`]).
    pub fn in_memory(&self) -> Option<&Bytes> {
        match &self.body {
            Body::Memory(bytes) => Some(bytes),
            Body::File(_) => None,
        }
    }

    /// A reader from the first byte; each has its own position. Blocks on disk for large bodies.
    pub fn reader(&self) -> io::Result<Box<dyn BufRead + Send>> {
        Ok(match &self.body {
            Body::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Body::File(file) => Box::new(BufReader::with_capacity(
                IN_MEMORY,
                Window { file: Arc::clone(file), position: 0, end: self.size },
            )),
        })
    }

    /// A reader of some of the bytes: `length` from `offset` on, as far as there are so many.
    pub fn part(&self, offset: u64, length: u64) -> io::Result<Box<dyn BufRead + Send>> {
        let end = offset.saturating_add(length).min(self.size);
        let offset = offset.min(end);
        Ok(match &self.body {
            Body::Memory(bytes) => Box::new(Cursor::new(bytes.slice(offset as usize..end as usize))),
            Body::File(file) => Box::new(BufReader::with_capacity(
                IN_MEMORY,
                Window { file: Arc::clone(file), position: offset, end },
            )),
        })
    }

    /// A reader that can be sent to any place; each has its own position.
    pub fn anywhere(&self) -> Anywhere {
        Anywhere(match &self.body {
            Body::Memory(bytes) => Place::Memory(Cursor::new(bytes.clone())),
            Body::File(file) => Place::File(BufReader::with_capacity(
                IN_MEMORY,
                Window { file: Arc::clone(file), position: 0, end: self.size },
            )),
        })
    }

    /// The bytes in pieces of `size` (the last one shorter), for storing. An empty body has no piece.
    pub fn chunks(&self, size: usize) -> Chunks {
        Chunks { of: self.clone(), size: size.max(1), position: 0 }
    }
}

/// See [`Spooled::chunks`]. Ends after the first error.
pub struct Chunks {
    of: Spooled,
    size: usize,
    position: u64,
}

impl Chunks {
    /// Without those that the ledger has.
    pub fn after(mut self, ahead: Option<Ahead>) -> Self {
        let parts = ahead.map_or(0, |ahead| u64::try_from(ahead.parts).unwrap_or(0));
        self.position = parts.saturating_mul(self.size as u64);
        self
    }
}

impl Iterator for Chunks {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.of.size.saturating_sub(self.position);
        if left == 0 {
            return None;
        }
        let length = left.min(self.size as u64) as usize;
        let start = self.position;
        let chunk = match &self.of.body {
            Body::Memory(bytes) => Ok(bytes.slice(start as usize..start as usize + length)),
            Body::File(file) => {
                let mut buffer = vec![0u8; length];
                file.read_exact_at(&mut buffer, start).map(|()| buffer.into())
            }
        };
        self.position = if chunk.is_ok() { start + length as u64 } else { self.of.size };
        Some(chunk)
    }
}

/// See [`Spooled::anywhere`].
pub struct Anywhere(Place);

enum Place {
    Memory(Cursor<Bytes>),
    File(BufReader<Window>),
}

impl Read for Anywhere {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Place::Memory(bytes) => bytes.read(buffer),
            Place::File(file) => file.read(buffer),
        }
    }
}

impl Seek for Anywhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Place::Memory(bytes) => bytes.seek(to),
            Place::File(file) => file.seek(to),
        }
    }
}

/// Reads a shared file without its cursor, so that several readers do not disturb each other.
struct Window {
    file: Arc<File>,
    position: u64,
    end: u64,
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_sub(self.position).min(buffer.len() as u64) as usize;
        let n = self.file.read_at(&mut buffer[..left], self.position)?;
        if n == 0 && left > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the spool file is shorter than written",
            ));
        }
        self.position += n as u64;
        Ok(n)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn spool() -> (tempfile::TempDir, Spool) {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool::new(dir.path().join("spool")).unwrap();
        (dir, spool)
    }

    fn sample(size: usize) -> Vec<u8> {
        (0..size).map(|i| (i * 31 % 251) as u8).collect()
    }

    #[tokio::test]
    async fn small_and_large_bodies_read_back_whole() {
        let (_dir, spool) = spool();
        for size in [0, 1, IN_MEMORY, IN_MEMORY + 1, 3 * IN_MEMORY + 17] {
            let data = sample(size);
            let mut writer = spool.writer(u64::MAX);
            for piece in data.chunks(10_007) {
                writer.write(piece).await.unwrap();
            }
            let spooled = writer.finish().await.unwrap();
            assert_eq!(spooled.size, size as u64);
            assert_eq!(spooled.sha256, <[u8; 32]>::from(Sha256::digest(&data)));
            assert_eq!(spooled.in_memory().is_some(), size <= IN_MEMORY);
            let (mut one, mut two) = (spooled.reader().unwrap(), spooled.reader().unwrap());
            let (mut first, mut second) = (Vec::new(), Vec::new());
            one.read_to_end(&mut first).unwrap();
            two.read_to_end(&mut second).unwrap();
            assert!(first == data && second == data);
            let stored: Vec<u8> = spooled.chunks(65_536).flat_map(|c| c.unwrap()).collect();
            assert!(stored == data);
        }
    }

    #[test]
    fn a_part_and_any_place_are_read_from_memory_and_from_disk() {
        let (_dir, spool) = spool();
        for size in [1000, IN_MEMORY + 1000] {
            let data = sample(size);
            let spooled = spool.read_from(&data[..], u64::MAX).unwrap();
            let read = |offset, length| {
                let mut bytes = Vec::new();
                spooled.part(offset, length).unwrap().read_to_end(&mut bytes).unwrap();
                bytes
            };
            assert!(read(10, 200) == data[10..210]);
            assert!(read(size as u64 - 5, 200) == data[size - 5..]);
            assert!(read(size as u64 + 5, 200).is_empty());
            let mut anywhere = spooled.anywhere();
            let mut four = [0; 4];
            assert_eq!(anywhere.seek(SeekFrom::End(-4)).unwrap(), size as u64 - 4);
            anywhere.read_exact(&mut four).unwrap();
            assert!(four == data[size - 4..]);
            anywhere.seek(SeekFrom::Start(7)).unwrap();
            anywhere.read_exact(&mut four).unwrap();
            assert!(four == data[7..11]);
            assert!(anywhere.seek(SeekFrom::Current(-100)).is_err());
            anywhere.seek(SeekFrom::Start(u64::from(u32::MAX))).unwrap();
            assert!(anywhere.read_exact(&mut four).is_err());
        }
    }

    #[tokio::test]
    async fn one_byte_over_the_limit_is_refused() {
        let (_dir, spool) = spool();
        let mut writer = spool.writer(10);
        writer.write(b"0123456789").await.unwrap();
        assert!(matches!(writer.write(b"x").await, Err(SpoolError::TooLarge { limit: 10 })));
    }

    #[test]
    fn reading_a_source_leaves_no_name_on_disk() {
        let (dir, spool) = spool();
        let data = sample(2 * IN_MEMORY + 5);
        let spooled = spool.read_from(&data[..], u64::MAX).unwrap();
        assert!(spooled.in_memory().is_none());
        assert_eq!(std::fs::read_dir(dir.path().join("spool")).unwrap().count(), 0);
        let stored: Vec<u8> = spooled.chunks(IN_MEMORY).flat_map(|c| c.unwrap()).collect();
        assert!(stored == data);
        assert!(matches!(spool.read_from(&data[..], 100), Err(SpoolError::TooLarge { limit: 100 })));
    }

    #[tokio::test]
    async fn a_folder_that_vanished_is_a_disk_error() {
        let (dir, spool) = spool();
        std::fs::remove_dir_all(dir.path()).unwrap();
        let mut writer = spool.writer(u64::MAX);
        let error = writer.write(&sample(IN_MEMORY + 1)).await.unwrap_err();
        assert!(matches!(error, SpoolError::Disk(_)));
        let again = writer.write(&sample(IN_MEMORY + 1)).await.unwrap_err();
        assert!(matches!(again, SpoolError::Disk(_)), "it stays failed");
    }
}
