//! Files that others read: whole or absent, and on disk before we say so.
//!
//! A file is written under a hidden temporary name in its own folder, fsynced, and renamed; then the folder is fsynced.
//! [`put`] replaces a file of that name, [`put_new`] never does. [`rename_new`] moves without overwriting, also where
//! the file system lacks the call for it. Names are checked by [`plain_name`]: one part, not hidden, no control
//! characters. Everything here blocks. A crash can leave a hidden `.portway-….tmp` behind, never a half
//! file; [`sweep`] removes old ones.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

const TEMPORARY: (&str, &str) = (".portway-", ".tmp");
/// How far [`numbered`] counts.
const MOST_NUMBERS: u32 = 9999;

/// Writes `dir/name`, replacing what is there. On `Ok` the file survives a power cut.
///
/// The error says whether the new file may be visible already: see [`PutError`].
pub fn put(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, PutError> {
    let target = dir.join(checked(name).map_err(PutError::Before)?);
    let temporary = write_temporary(dir, &mut &bytes[..]).map_err(PutError::Before)?;
    temporary.persist(&target).map_err(|e| PutError::Before(e.error))?;
    sync_dir(dir).map_err(PutError::After)?;
    Ok(target)
}

/// Why [`put`] failed.
#[derive(Debug)]
pub enum PutError {
    /// Nobody can have seen the file.
    Before(io::Error),
    /// The file is there, but a power cut may take it away again.
    After(io::Error),
}

/// Writes `source` to `dir/name`, or to `name-1`, `name-2`, … where a name is taken. Never overwrites.
pub fn put_new(dir: &Path, name: &OsStr, source: &mut dyn Read) -> io::Result<PathBuf> {
    let mut temporary = write_temporary(dir, source)?;
    for name in numbered(name) {
        let target = dir.join(name);
        match temporary.persist_noclobber(&target) {
            Ok(_) => {
                sync_dir(dir)?;
                return Ok(target);
            }
            Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => temporary = e.file,
            Err(e) => return Err(e.error),
        }
    }
    Err(all_taken(dir, name))
}

/// Renames `from` to `dir/name`, or to `name-1`, … where a name is taken; fsyncs `dir`. Never overwrites.
pub fn move_new(from: &Path, dir: &Path, name: &OsStr) -> io::Result<PathBuf> {
    for name in numbered(name) {
        let target = dir.join(name);
        match rename_new(from, &target) {
            Ok(()) => {
                sync_dir(dir)?;
                return Ok(target);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(all_taken(dir, name))
}

/// Renames, and fails with `AlreadyExists` rather than overwrite `to`.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => return Ok(()),
        // Network file systems without the flag: a hard link has the same effect.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {}
        Err(e) => return Err(e.into()),
    }
    match std::fs::hard_link(from, to) {
        Ok(()) => std::fs::remove_file(from),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists || e.kind() == io::ErrorKind::NotFound => Err(e),
        // Neither: the check and the rename are two steps, which is the best such a file system offers.
        Err(_) if to.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}

/// Makes renames within `dir` durable.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Removes temporary files of crashed writers in `dir` that are older than `age` at `now`; says how many. A live writer
/// needs seconds, so an age of a day is safe also where several gateways share the folder.
pub fn sweep(dir: &Path, age: Duration, now: SystemTime) -> io::Result<usize> {
    let mut removed = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|n| n.starts_with(TEMPORARY.0) && n.ends_with(TEMPORARY.1));
        let Ok(metadata) = entry.metadata() else { continue };
        let old = metadata.modified().is_ok_and(|m| now.duration_since(m).is_ok_and(|passed| passed > age));
        if ours && metadata.is_file() && old && std::fs::remove_file(entry.path()).is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether `name` is one visible file name and nothing else: no path, not hidden, no control characters, at most 200
/// bytes.
pub fn plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('.')
        && !name.chars().any(|c| c == '/' || c == '\\' || c.is_control())
}

/// `a.edi`, `a-1.edi`, `a-2.edi`, …
pub fn numbered(name: &OsStr) -> impl Iterator<Item = OsString> {
    let bytes = name.as_bytes();
    let dot = bytes.iter().rposition(|b| *b == b'.').filter(|at| *at > 0).unwrap_or(bytes.len());
    let (stem, rest) = (bytes[..dot].to_vec(), bytes[dot..].to_vec());
    (0..=MOST_NUMBERS).map(move |n| {
        let mut name = stem.clone();
        if n > 0 {
            name.extend_from_slice(format!("-{n}").as_bytes());
        }
        name.extend_from_slice(&rest);
        OsString::from_vec(name)
    })
}

fn all_taken(dir: &Path, name: &OsStr) -> io::Error {
    let text = format!("{}: {MOST_NUMBERS} files are named like {}", dir.display(), name.to_string_lossy());
    io::Error::new(io::ErrorKind::AlreadyExists, text)
}

fn checked(name: &str) -> io::Result<&str> {
    if plain_name(name) {
        return Ok(name);
    }
    Err(io::Error::new(io::ErrorKind::InvalidFilename, format!("{name:?} is no plain file name")))
}

fn write_temporary(dir: &Path, source: &mut dyn Read) -> io::Result<NamedTempFile> {
    // Readable as the umask says: others are to read it.
    let mut temporary = tempfile::Builder::new()
        .prefix(TEMPORARY.0)
        .suffix(TEMPORARY.1)
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(dir)?;
    io::copy(source, temporary.as_file_mut())?;
    temporary.as_file_mut().flush()?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut all: Vec<_> =
            std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        all.sort();
        all
    }

    #[test]
    fn put_replaces_and_put_new_does_not() {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), "a.json", b"one").unwrap();
        put(dir.path(), "a.json", b"two").unwrap();
        put_new(dir.path(), OsStr::new("a.json"), &mut &b"three"[..]).unwrap();
        put_new(dir.path(), OsStr::new("a.json"), &mut &b"four"[..]).unwrap();
        assert_eq!(names(dir.path()), ["a-1.json", "a-2.json", "a.json"]);
        assert_eq!(std::fs::read(dir.path().join("a.json")).unwrap(), b"two");
        assert_eq!(std::fs::read(dir.path().join("a-2.json")).unwrap(), b"four");
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["", ".", "..", "../a", "a/b", "/etc/x", ".hidden", "a\nb", "a\0b", "a\\b"] {
            let error = put(dir.path(), name, b"x").unwrap_err();
            assert!(
                matches!(error, PutError::Before(e) if e.kind() == io::ErrorKind::InvalidFilename),
                "{name}"
            );
        }
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn renaming_never_overwrites() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&a, "a").unwrap();
        std::fs::write(&b, "b").unwrap();
        assert_eq!(rename_new(&a, &b).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&b).unwrap(), b"b");
        assert_eq!(move_new(&a, dir.path(), OsStr::new("b")).unwrap(), dir.path().join("b-1"));
        assert_eq!(rename_new(&a, &b).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn numbers_go_before_the_last_dot() {
        let second = |name: &str| numbered(OsStr::new(name)).nth(1).unwrap().into_string().unwrap();
        assert_eq!(second("a.tar.gz"), "a.tar-1.gz");
        assert_eq!(second("plain"), "plain-1");
        assert_eq!(second(".dot"), ".dot-1");
    }

    #[test]
    fn only_old_temporary_files_of_ours_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        for name in [".portway-1.tmp", ".portway-2.edi", "a.edi", ".other.tmp"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let day = Duration::from_secs(86_400);
        assert_eq!(sweep(dir.path(), day, SystemTime::now()).unwrap(), 0);
        assert_eq!(sweep(dir.path(), day, SystemTime::now() + 2 * day).unwrap(), 1);
        assert_eq!(names(dir.path()), [".other.tmp", ".portway-2.edi", "a.edi"]);
    }
}
