//! Which files in a drop folder are complete.
//!
//! There is no sure sign from outside, so several count: temporary and hidden names are left alone, and any other file
//! is taken only when neither its size nor its time changed while we watched it for the settle time. An old time stamp
//! proves nothing (copies keep them), so only our own watching counts, on our own monotonic clock. Empty files settle
//! like others and are then handed on: a partner must hear of them. A file that grows later still is caught while it is
//! read, see `pick_up`.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use wildmatch::WildMatch;

/// Endings that programmes give to files they are still writing.
const UNFINISHED: [&str; 8] =
    [".tmp", ".part", ".partial", ".filepart", ".crdownload", ".writing", ".uploading", "~"];

/// Names that are taken: `*` stands for any characters, `?` for one. Case counts.
#[derive(Debug, Clone)]
pub struct Pattern(WildMatch);

impl Pattern {
    pub fn new(text: &str) -> Self {
        Pattern(WildMatch::new(text))
    }

    fn takes(&self, name: &OsStr) -> bool {
        let name = name.to_string_lossy();
        let lower = name.to_lowercase();
        !name.starts_with('.') && !UNFINISHED.iter().any(|end| lower.ends_with(end)) && self.0.matches(&name)
    }
}

/// What changes when a file is written to or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Bytes.
    pub size: u64,
    /// Modification time: seconds and nanoseconds.
    pub modified: (i64, i64),
    pub inode: u64,
}

impl Mark {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Mark {
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// Tells the file `name` with this mark from every other that ever lay there.
    pub fn key(&self, name: &OsStr) -> String {
        let Mark { size, modified: (seconds, nanos), inode } = self;
        format!("{size}:{seconds}.{nanos:09}:{inode}:{}", name.to_string_lossy())
    }
}

/// What [`scan`] saw before; one for each folder, kept between scans.
#[derive(Debug, Default)]
pub struct Memory {
    seen: HashMap<OsString, (Mark, Instant)>,
}

impl Memory {
    /// Files that are watched and not yet complete, or complete and not yet claimed.
    pub fn watched(&self) -> usize {
        self.seen.len()
    }

    /// The keys of these files, see [`Candidate::key`].
    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.seen.iter().map(|(name, (mark, _))| mark.key(name))
    }
}

/// A complete file, not yet ours.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub(super) dir: PathBuf,
    pub(super) name: OsString,
    pub(super) mark: Mark,
}

impl Candidate {
    /// For people; never to build a path from.
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    pub fn size(&self) -> u64 {
        self.mark.size
    }

    /// The same as `PickedUp::key` of this file once it is claimed.
    pub fn key(&self) -> String {
        self.mark.key(&self.name)
    }
}

/// The complete files in `dir`, oldest first. The first scan of a file only begins to watch it, unless `settle` is zero.
///
/// Fails when the folder cannot be read; a file that vanishes meanwhile is none.
pub fn scan(
    dir: &Path,
    pattern: &Pattern,
    settle: Duration,
    now: Instant,
    memory: &mut Memory,
) -> io::Result<Vec<Candidate>> {
    let mut still = HashMap::new();
    let mut complete = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        if !pattern.takes(&name) {
            continue;
        }
        // Of the entry itself: links are not followed.
        let Ok(metadata) = entry.metadata() else { continue };
        if !metadata.is_file() {
            continue;
        }
        let mark = Mark::of(&metadata);
        let since = match memory.seen.get(&name) {
            Some((before, since)) if *before == mark => *since,
            _ => now,
        };
        if now.saturating_duration_since(since) >= settle {
            complete.push(Candidate { dir: dir.to_owned(), name: name.clone(), mark });
        }
        still.insert(name, (mark, since));
    }
    memory.seen = still;
    complete.sort_by(|a, b| (a.mark.modified, &a.name).cmp(&(b.mark.modified, &b.name)));
    Ok(complete)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::fs;

    const SETTLE: Duration = Duration::from_secs(2);

    struct Folder {
        dir: tempfile::TempDir,
        memory: Memory,
        start: Instant,
    }

    impl Folder {
        fn new() -> Self {
            Folder { dir: tempfile::tempdir().unwrap(), memory: Memory::default(), start: Instant::now() }
        }

        fn put(&self, name: &str, text: &str) {
            fs::write(self.dir.path().join(name), text).unwrap();
        }

        fn at(&mut self, seconds: u64, pattern: &str) -> Vec<String> {
            let now = self.start + Duration::from_secs(seconds);
            let found = scan(self.dir.path(), &Pattern::new(pattern), SETTLE, now, &mut self.memory).unwrap();
            found.iter().map(Candidate::name).collect()
        }
    }

    #[test]
    fn a_file_settles_and_starts_anew_when_it_grows() {
        let mut folder = Folder::new();
        folder.put("a.edi", "ISA");
        assert!(folder.at(0, "*").is_empty());
        assert!(folder.at(1, "*").is_empty());
        folder.put("a.edi", "ISA*00");
        assert!(folder.at(2, "*").is_empty());
        assert!(folder.at(3, "*").is_empty());
        assert_eq!(folder.at(4, "*"), ["a.edi"]);
        assert_eq!(folder.at(5, "*"), ["a.edi"], "until it is claimed");
        fs::remove_file(folder.dir.path().join("a.edi")).unwrap();
        assert!(folder.at(6, "*").is_empty());
        assert_eq!(folder.memory.watched(), 0);
    }

    #[test]
    fn a_replaced_file_of_the_same_size_starts_anew() {
        let mut folder = Folder::new();
        folder.put("a.edi", "one");
        assert!(folder.at(0, "*").is_empty());
        folder.put("b.tmp", "two");
        fs::rename(folder.dir.path().join("b.tmp"), folder.dir.path().join("a.edi")).unwrap();
        assert!(folder.at(2, "*").is_empty());
        assert_eq!(folder.at(4, "*"), ["a.edi"]);
    }

    #[test]
    fn only_plain_files_with_finished_names() {
        let mut folder = Folder::new();
        for name in [
            "good.edi",
            "empty.edi",
            ".hidden.edi",
            "a.tmp",
            "b.PART",
            "c.filepart",
            "d.crdownload",
            "e.edi~",
            "f.partial",
        ] {
            folder.put(name, if name.starts_with("empty") { "" } else { "ISA" });
        }
        fs::create_dir(folder.dir.path().join("folder.edi")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.dir.path().join("link.edi")).unwrap();
        folder.at(0, "*");
        let mut found = folder.at(2, "*");
        found.sort();
        assert_eq!(found, ["empty.edi", "good.edi"]);
    }

    #[test]
    fn the_pattern_chooses() {
        let mut folder = Folder::new();
        for name in ["po1.edi", "po2.edi", "po10.edi", "readme.txt"] {
            folder.put(name, "x");
        }
        folder.at(0, "po?.edi");
        let mut found = folder.at(2, "po?.edi");
        found.sort();
        assert_eq!(found, ["po1.edi", "po2.edi"]);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let mut memory = Memory::default();
        let missing = Path::new("/nowhere/at/all");
        let error = scan(missing, &Pattern::new("*"), SETTLE, Instant::now(), &mut memory).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
