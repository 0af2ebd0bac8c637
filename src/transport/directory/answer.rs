//! An answer as a file in the partner's out folder.
//!
//! Whole or absent, on disk before it counts as written, and never in the place of another: a taken name gets `-1`,
//! `-2`, … . The same answer again (after a crash before the commit) finds its own file and writes nothing, as long as
//! the partner has not fetched it.

use crate::net::file;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Writes `bytes` to `dir/name`, and says where they are. `name` is one plain file name, not a path.
pub fn write_answer(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    if !file::plain_name(name) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidFilename,
            format!("{name:?} is no plain file name"),
        ));
    }
    let name = OsStr::new(name);
    for taken in file::numbered(name).map(|n| dir.join(n)) {
        match same(&taken, bytes) {
            Ok(true) => {
                File::open(&taken)?.sync_all()?;
                file::sync_dir(dir)?;
                return Ok(taken);
            }
            Ok(false) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => break,
            Err(e) => return Err(e),
        }
    }
    file::put_new(dir, name, &mut &bytes[..])
}

/// Whether a plain file at `path` holds just these bytes.
fn same(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let metadata = path.symlink_metadata()?;
    if !metadata.is_file() || metadata.len() != bytes.len() as u64 {
        return Ok(false);
    }
    let mut found = Vec::with_capacity(bytes.len());
    // One byte more shows a file that grew since.
    File::open(path)?.take(bytes.len() as u64 + 1).read_to_end(&mut found)?;
    Ok(found == bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_same_answer_is_one_file_and_another_is_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let write = |bytes: &[u8]| write_answer(dir.path(), "997-000000001.edi", bytes).unwrap();
        let name = |n: &str| dir.path().join(n);
        assert_eq!(write(b"one"), name("997-000000001.edi"));
        assert_eq!(write(b"one"), name("997-000000001.edi"));
        assert_eq!(write(b"two"), name("997-000000001-1.edi"));
        assert_eq!(write(b"two"), name("997-000000001-1.edi"));
        assert_eq!(write(b"longer"), name("997-000000001-2.edi"));
        assert_eq!(std::fs::read(name("997-000000001.edi")).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3);
    }

    #[test]
    fn it_does_not_write_through_links_or_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let outside = dir.path().join("outside");
        let out = dir.path().join("out");
        std::fs::create_dir(&out).unwrap();
        std::os::unix::fs::symlink(&outside, out.join("a.edi")).unwrap();
        assert_eq!(write_answer(&out, "a.edi", b"x").unwrap(), out.join("a-1.edi"));
        assert!(!outside.exists());
        for name in ["../a.edi", "", ".a", "b/c"] {
            assert!(write_answer(&out, name, b"x").is_err(), "{name}");
        }
        assert!(write_answer(&dir.path().join("missing"), "a.edi", b"x").is_err());
    }
}
