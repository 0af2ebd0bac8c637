//! Taking a file from a drop folder so that a crash at any moment neither loses nor halves it.
//!
//! ```text
//! a.edi ──claim──> .taking.a.edi (locked) ──read, commit──> finish ──> taken/a.edi, or removed
//!                        │ still written: release ──> a.edi, watched anew
//!                        └ crash: the lock goes, the name stays: leftovers finds it
//! ```
//!
//! The lock (`flock`) tells a running gateway's file from a dead one's, also between two gateways on one folder. A file
//! that changed while it was read is given back; one that changed after the commit is not removed but put back under a
//! free name, to be taken once more in full. Nothing is ever overwritten: an earlier `.taking.a.edi` makes a new `a.edi` wait.

use super::scan::{Candidate, Mark};
use crate::net::file;
use crate::net::spool::{Spool, SpoolError, Spooled};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Before the original name while a file is ours; hidden, and never matched by a scan.
const TAKING: &str = ".taking.";
/// Bytes in a file name, on every file system that matters.
const NAME_MAX: usize = 255;

/// A file that is ours until it is finished or released. Dropped otherwise, it stays for [`leftovers`].
#[derive(Debug)]
pub struct PickedUp {
    /// Holds the lock.
    file: File,
    dir: PathBuf,
    path: PathBuf,
    name: OsString,
    mark: Mark,
}

/// Where a file went after its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    Removed,
    Moved(PathBuf),
    /// It changed after it was read; it lies in the drop folder again.
    WrittenAfterwards(PathBuf),
}

#[derive(Debug)]
pub enum ReadError {
    /// Size or time changed while it was read: release it and wait.
    StillWritten,
    TooLarge {
        limit: u64,
    },
    Io(io::Error),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::StillWritten => f.write_str("the file is still being written"),
            ReadError::TooLarge { limit } => write!(f, "the file is larger than the limit of {limit} bytes"),
            ReadError::Io(e) => write!(f, "the file cannot be read: {e}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Whether the name leaves room for the hidden one, in which the original name must survive a crash. Others cannot be
/// claimed.
pub fn name_fits(candidate: &Candidate) -> bool {
    TAKING.len() + candidate.name.len() <= NAME_MAX
}

/// Takes a complete file. `None`: it is gone, changed, locked by its writer or another gateway, or an earlier file of
/// its name is not finished; the next scan tells. An error names a file that cannot be opened or renamed: its owner's
/// move.
pub fn claim(candidate: &Candidate) -> io::Result<Option<PickedUp>> {
    let original = candidate.dir.join(&candidate.name);
    let Some(file) = open_locked(&original).or_else(gone)? else { return Ok(None) };
    let mark = Mark::of(&file.metadata()?);
    if mark != candidate.mark {
        return Ok(None);
    }
    let mut hidden = OsString::from(TAKING);
    hidden.push(&candidate.name);
    let path = candidate.dir.join(hidden);
    match file::rename_new(&original, &path) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists || e.kind() == io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(e) => return Err(e),
    }
    let taken = PickedUp { file, dir: candidate.dir.clone(), path, name: candidate.name.clone(), mark };
    // Between opening and renaming another file may have taken the name.
    if !taken.is_at_its_path() {
        taken.release()?;
        return Ok(None);
    }
    Ok(Some(taken))
}

/// Files in `dir` that were claimed and never finished, by a gateway that no longer runs: the oldest, at most `most`, since
/// each holds a file descriptor. May be called at any time: files that are being worked on are locked, and left alone.
/// One that cannot be opened is logged and left.
pub fn leftovers(dir: &Path, most: usize) -> io::Result<Vec<PickedUp>> {
    let mut hidden_files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let hidden = entry.file_name();
        let Some(name) = hidden.as_bytes().strip_prefix(TAKING.as_bytes()) else { continue };
        if name.is_empty() || !entry.file_type().is_ok_and(|t| t.is_file()) {
            continue;
        }
        let Ok(metadata) = entry.metadata() else { continue };
        hidden_files.push((Mark::of(&metadata).modified, OsStr::from_bytes(name).to_owned(), entry.path()));
    }
    hidden_files.sort();
    let mut found = Vec::new();
    for (_, name, path) in hidden_files {
        if found.len() == most {
            break;
        }
        match leftover(dir, &path, &name) {
            Ok(Some(taken)) => found.push(taken),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "a file taken earlier cannot be opened")
            }
        }
    }
    Ok(found)
}

fn leftover(dir: &Path, path: &Path, name: &OsStr) -> io::Result<Option<PickedUp>> {
    let Some(file) = open_locked(path).or_else(gone)? else { return Ok(None) };
    let mark = Mark::of(&file.metadata()?);
    let taken = PickedUp { file, dir: dir.to_owned(), path: path.to_owned(), name: name.to_owned(), mark };
    // Its owner may have finished it between our opening and our lock.
    Ok(taken.is_at_its_path().then_some(taken))
}

/// Opens a plain file and locks it; `None` where someone else holds the lock, or it is no plain file.
fn open_locked(path: &Path) -> io::Result<Option<File>> {
    use rustix::fs::OFlags;
    // NONBLOCK: a pipe put in place of the file must not make us wait.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let open = |write| OpenOptions::new().read(true).write(write).custom_flags(flags as i32).open(path);
    // NFS locks only what is open for writing; elsewhere reading is enough, and all we may do.
    let file = match open(true) {
        Err(e) if matches!(e.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
            open(false)?
        }
        other => other?,
    };
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

fn gone(error: io::Error) -> io::Result<Option<File>> {
    if error.kind() == io::ErrorKind::NotFound { Ok(None) } else { Err(error) }
}

impl PickedUp {
    /// The name it came under, for people; never to build a path from.
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// The same as the file system has it.
    pub fn os_name(&self) -> &OsStr {
        &self.name
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        self.mark.size
    }

    /// Tells this very file from another of the same name: with the SHA-256 of its bytes, the ledger's key against taking it
    /// twice after a crash.
    pub fn key(&self) -> String {
        self.mark.key(&self.name)
    }

    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Reads it into the spool, and looks whether it stood still meanwhile. One larger than `limit` bytes is not read.
    pub fn read(&self, spool: &Spool, limit: u64) -> Result<Spooled, ReadError> {
        if self.mark.size > limit {
            return Err(ReadError::TooLarge { limit });
        }
        let mut file = &self.file;
        file.rewind().map_err(ReadError::Io)?;
        let spooled = spool.read_from(file, limit).map_err(|e| match e {
            SpoolError::TooLarge { limit } => ReadError::TooLarge { limit },
            SpoolError::Disk(e) => ReadError::Io(e),
        })?;
        if spooled.size != self.mark.size || self.changed().map_err(ReadError::Io)? {
            return Err(ReadError::StillWritten);
        }
        Ok(spooled)
    }

    /// After the commit: moves it to `taken` under a free name (the folder is made when missing), or removes it.
    ///
    /// On an error it stays claimed: [`leftovers`] brings it again, and its key tells that it was committed.
    pub fn finish(self, taken: Option<&Path>) -> io::Result<Finished> {
        if self.changed()? {
            return self.release().map(Finished::WrittenAfterwards);
        }
        let Some(taken) = taken else {
            remove(&self.path)?;
            file::sync_dir(&self.dir)?;
            return Ok(Finished::Removed);
        };
        let name = self.name.clone();
        self.put(taken, &name).map(Finished::Moved)
    }

    /// Moves it to `dir` as it is now, under this name or the next free one (the folder is made when missing).
    ///
    /// On an error it stays claimed.
    pub fn put(self, dir: &Path, name: &OsStr) -> io::Result<PathBuf> {
        std::fs::create_dir_all(dir)?;
        let moved = match file::move_new(&self.path, dir, name) {
            Err(e) if e.kind() == io::ErrorKind::CrossesDevices => {
                let mut source = &self.file;
                source.rewind()?;
                let copy = file::put_new(dir, name, &mut source)?;
                remove(&self.path)?;
                copy
            }
            other => other?,
        };
        file::sync_dir(&self.dir)?;
        Ok(moved)
    }

    /// Gives it back under its own name, or the next free one where a new file has that.
    pub fn release(self) -> io::Result<PathBuf> {
        file::move_new(&self.path, &self.dir, &self.name)
    }

    /// Whether it was written to since it was claimed.
    pub fn changed(&self) -> io::Result<bool> {
        Ok(Mark::of(&self.file.metadata()?) != self.mark)
    }

    fn is_at_its_path(&self) -> bool {
        self.path.symlink_metadata().is_ok_and(|m| m.is_file() && Mark::of(&m).inode == self.mark.inode)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::super::scan::{Memory, Pattern, scan};
    use super::*;
    use std::fs;
    use std::io::Write;
    use std::time::{Duration, Instant};

    struct Folder {
        dir: tempfile::TempDir,
        spool: Spool,
        _spool_dir: tempfile::TempDir,
    }

    impl Folder {
        fn new() -> Self {
            let spool_dir = tempfile::tempdir().unwrap();
            let spool = Spool::new(spool_dir.path()).unwrap();
            Folder { dir: tempfile::tempdir().unwrap(), spool, _spool_dir: spool_dir }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }

        fn put(&self, name: &str, text: &str) {
            fs::write(self.path(name), text).unwrap();
        }

        fn candidates(&self) -> Vec<Candidate> {
            let mut memory = Memory::default();
            scan(self.dir.path(), &Pattern::new("*"), Duration::ZERO, Instant::now(), &mut memory).unwrap()
        }

        fn take(&self) -> Option<PickedUp> {
            claim(&self.candidates()[0]).unwrap()
        }

        fn names(&self) -> Vec<String> {
            let mut all: Vec<_> = fs::read_dir(self.dir.path())
                .unwrap()
                .map(|e| e.unwrap().file_name().into_string().unwrap())
                .collect();
            all.sort();
            all
        }
    }

    #[test]
    fn taken_read_and_removed() {
        let folder = Folder::new();
        folder.put("a.edi", "ISA*00");
        let taken = folder.take().unwrap();
        assert_eq!((taken.name().as_str(), folder.names()), ("a.edi", vec![".taking.a.edi".to_owned()]));
        assert!(folder.candidates().is_empty());
        let spooled = taken.read(&folder.spool, 100).unwrap();
        assert_eq!(&spooled.in_memory().unwrap()[..], b"ISA*00");
        assert!(matches!(taken.read(&folder.spool, 5), Err(ReadError::TooLarge { limit: 5 })));
        assert_eq!(taken.finish(None).unwrap(), Finished::Removed);
        assert!(folder.names().is_empty());
    }

    #[test]
    fn moved_under_a_free_name() {
        let folder = Folder::new();
        let taken_dir = folder.path("taken");
        for (text, name) in [("one", "a.edi"), ("two", "a-1.edi")] {
            folder.put("a.edi", text);
            let moved = folder.take().unwrap().finish(Some(&taken_dir)).unwrap();
            assert_eq!(moved, Finished::Moved(taken_dir.join(name)));
            assert_eq!(fs::read_to_string(taken_dir.join(name)).unwrap(), text);
        }
        assert_eq!(folder.names(), ["taken"]);
    }

    #[test]
    fn a_crash_leaves_the_file_to_be_taken_again() {
        let folder = Folder::new();
        folder.put("a.edi", "one");
        let candidate = folder.candidates().remove(0);
        let taken = claim(&candidate).unwrap().unwrap();
        let key = taken.key();
        assert_eq!(key, candidate.key());
        assert!(leftovers(folder.dir.path(), 9).unwrap().is_empty(), "it is being worked on");
        drop(taken);
        let mut again = leftovers(folder.dir.path(), 9).unwrap();
        assert_eq!(again.len(), 1);
        let again = again.pop().unwrap();
        assert_eq!((again.key(), again.name()), (key, "a.edi".to_owned()));
        again.finish(None).unwrap();
        assert!(leftovers(folder.dir.path(), 9).unwrap().is_empty());
    }

    #[test]
    fn leftovers_come_oldest_first_and_not_all_at_once() {
        let folder = Folder::new();
        for name in ["a.edi", "b.edi", "c.edi"] {
            folder.put(name, name);
            drop(folder.take());
        }
        let names = |files: &[PickedUp]| files.iter().map(PickedUp::name).collect::<Vec<_>>();
        let first = leftovers(folder.dir.path(), 2).unwrap();
        assert_eq!(names(&first), ["a.edi", "b.edi"]);
        let next = leftovers(folder.dir.path(), 2).unwrap();
        assert_eq!(names(&next), ["c.edi"], "those in work do not count");
    }

    #[test]
    fn a_name_must_leave_room_for_the_hidden_one() {
        let folder = Folder::new();
        folder.put(&"n".repeat(247), "ISA");
        let fits = folder.candidates().remove(0);
        assert!(name_fits(&fits));
        claim(&fits).unwrap().unwrap().finish(None).unwrap();
        folder.put(&"n".repeat(248), "ISA");
        let long = folder.candidates().remove(0);
        assert!(!name_fits(&long));
        assert!(claim(&long).is_err());
    }

    #[test]
    fn a_new_file_waits_for_the_earlier_one_of_its_name() {
        let folder = Folder::new();
        folder.put("a.edi", "one");
        let first = folder.take().unwrap();
        folder.put("a.edi", "two");
        assert!(folder.take().is_none());
        assert_eq!(fs::read_to_string(folder.path("a.edi")).unwrap(), "two");
        assert_eq!(&first.read(&folder.spool, 10).unwrap().in_memory().unwrap()[..], b"one");
        assert_eq!(first.release().unwrap(), folder.path("a-1.edi"));
        assert_eq!(folder.names(), ["a-1.edi", "a.edi"]);
    }

    #[test]
    fn a_file_that_grows_is_given_back() {
        let folder = Folder::new();
        folder.put("a.edi", "ISA");
        let candidate = folder.candidates().remove(0);
        let mut writer = OpenOptions::new().append(true).open(folder.path("a.edi")).unwrap();
        writer.write_all(b"*00").unwrap();
        assert!(claim(&candidate).unwrap().is_none(), "it grew between scan and claim");

        let taken = folder.take().unwrap();
        writer.write_all(b"*more").unwrap();
        assert!(matches!(taken.read(&folder.spool, 100), Err(ReadError::StillWritten)));
        assert_eq!(taken.release().unwrap(), folder.path("a.edi"));

        let taken = folder.take().unwrap();
        taken.read(&folder.spool, 100).unwrap();
        writer.write_all(b"*late").unwrap();
        let end = taken.finish(None).unwrap();
        assert_eq!(end, Finished::WrittenAfterwards(folder.path("a.edi")));
        assert_eq!(fs::read_to_string(folder.path("a.edi")).unwrap(), "ISA*00*more*late");
    }

    #[test]
    fn a_file_that_its_writer_locks_is_left_alone() {
        let folder = Folder::new();
        folder.put("a.edi", "ISA");
        let writer = OpenOptions::new().append(true).open(folder.path("a.edi")).unwrap();
        writer.lock().unwrap();
        assert!(folder.take().is_none());
        drop(writer);
        assert!(folder.take().is_some());
    }

    #[test]
    fn gone_replaced_by_a_link_or_unreadable() {
        let folder = Folder::new();
        folder.put("a.edi", "ISA");
        let candidate = folder.candidates().remove(0);
        fs::remove_file(folder.path("a.edi")).unwrap();
        assert!(claim(&candidate).unwrap().is_none());
        std::os::unix::fs::symlink("/etc/hostname", folder.path("a.edi")).unwrap();
        assert!(claim(&candidate).is_err());
        assert_eq!(folder.names(), ["a.edi"]);
    }
}
