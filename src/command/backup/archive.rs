//! The backup's file: a tar under zstd, `configuration/…` and `state/…` as files, the ledger's dump in pieces, at last `manifest.json`.
//!
//! Promises: written under a temporary name, readable by its owner alone, flushed to disk and renamed, so that a file of the final name is
//! whole; every part has its SHA-256 in the manifest, and a file without one is not taken for a backup. Nothing is held in
//! memory but a piece. `tar` and `cat` are enough to open it by hand.

use crate::command::output::Stop;
use crate::ledger::backup::Contents;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufReader, BufWriter, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

pub const LEDGER: &str = "ledger/";
const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;
/// No manifest we write is longer: a line a pair of control numbers.
const LONGEST_MANIFEST: u64 = 256 << 20;

/// What is in a backup, and what it was made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version that wrote it.
    pub portway: String,
    pub taken_at: String,
    pub host: String,
    /// The server's major version.
    pub postgresql: u32,
    /// Private keys and secrets are in it.
    pub keys: bool,
    pub ledger: Contents,
    pub parts: BTreeMap<String, Part>,
    pub not_in_it: Vec<String>,
}

impl Manifest {
    /// The names of the ledger's tables.
    pub fn tables(&self) -> Vec<&str> {
        self.ledger.tables.keys().map(String::as_str).collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub size: u64,
    pub sha256: String,
}

impl Part {
    fn of(bytes: &[u8]) -> Part {
        Part { size: bytes.len() as u64, sha256: hex(&Sha256::digest(bytes)) }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub struct Writer {
    tar: tar::Builder<zstd::Encoder<'static, BufWriter<File>>>,
    parts: BTreeMap<String, Part>,
    at: u64,
    file: PathBuf,
    partial: Partial,
}

/// The file under its temporary name, which may hold keys: nothing is left of a backup that came to no end.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        // It has its final name by then, or is of no use.
        let _ = fs::remove_file(&self.0);
    }
}

/// The temporary name of a backup.
pub fn partial(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn wrong(file: &Path, what: &str, error: &io::Error) -> Stop {
    Stop::Problem(format!("{} cannot be {what}: {error}", file.display()))
}

fn damaged(file: &Path, error: &io::Error) -> Stop {
    Stop::Problem(format!(
        "{} is damaged or no backup of Portway's ({error}): take another one",
        file.display()
    ))
}

impl Writer {
    /// Begins a file that must not be there yet; `at` is the time of all parts, in seconds.
    pub fn new(file: &Path, at: u64) -> Result<Writer, Stop> {
        if file.exists() {
            return Err(Stop::Problem(format!("{} is there already, and is left as it is", file.display())));
        }
        let partial = Partial(partial(file));
        let begun = || -> io::Result<zstd::Encoder<'static, BufWriter<File>>> {
            // What a killed one left goes. Made anew, so that no link of another's is followed.
            if let Err(error) = fs::remove_file(&partial.0)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(error);
            }
            let out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial.0)?;
            out.set_permissions(Permissions::from_mode(0o600))?;
            let mut encoder = zstd::Encoder::new(BufWriter::with_capacity(1 << 20, out), 3)?;
            encoder.include_checksum(true)?;
            Ok(encoder)
        };
        let encoder = begun().map_err(|error| wrong(&partial.0, "written", &error))?;
        Ok(Writer {
            tar: tar::Builder::new(encoder),
            parts: BTreeMap::new(),
            at,
            file: file.to_owned(),
            partial,
        })
    }

    pub fn add(&mut self, name: &str, mode: u32, bytes: &[u8]) -> Result<(), Stop> {
        self.append(name, mode, bytes).map_err(|error| wrong(&self.partial.0, "written", &error))?;
        self.parts.insert(name.to_owned(), Part::of(bytes));
        Ok(())
    }

    fn append(&mut self, name: &str, mode: u32, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(mode & 0o777);
        header.set_mtime(self.at);
        self.tar.append_data(&mut header, name, bytes)
    }

    /// Writes the manifest, which gets the parts, and gives the file its name.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<Manifest, Stop> {
        manifest.format = FORMAT;
        manifest.parts = std::mem::take(&mut self.parts);
        let text = serde_json::to_vec_pretty(&manifest).map_err(|e| Stop::Problem(e.to_string()))?;
        self.append(MANIFEST, 0o644, &text).map_err(|error| wrong(&self.partial.0, "written", &error))?;
        let named = |tar: tar::Builder<zstd::Encoder<'static, BufWriter<File>>>| -> io::Result<()> {
            let file = tar.into_inner()?.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            fs::rename(&self.partial.0, &self.file)?;
            let folder = self.file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder)?.sync_all()
        };
        named(self.tar).map_err(|error| wrong(&self.partial.0, "written", &error))?;
        Ok(manifest)
    }
}

/// One part as it is read.
pub struct Entry<'a> {
    pub name: String,
    pub mode: u32,
    pub bytes: &'a mut dyn Read,
}

/// Reads all parts in turn, the manifest aside, and gives the manifest. What is said of damage is said of the whole file.
fn walk(file: &Path, take: &mut dyn FnMut(Entry<'_>) -> Result<(), Stop>) -> Result<Manifest, Stop> {
    let damaged = |error| damaged(file, &error);
    let input = File::open(file).map_err(|error| wrong(file, "read", &error))?;
    let decoder = zstd::Decoder::new(BufReader::with_capacity(1 << 20, input)).map_err(damaged)?;
    let mut archive = tar::Archive::new(decoder);
    let mut manifest = None;
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if name == MANIFEST {
            let mut text = Vec::new();
            (&mut entry).take(LONGEST_MANIFEST).read_to_end(&mut text).map_err(damaged)?;
            let read: Manifest = serde_json::from_slice(&text).map_err(|e| damaged(e.into()))?;
            manifest = Some(read);
        } else {
            let mode = entry.header().mode().unwrap_or(0o600) & 0o777;
            take(Entry { name, mode, bytes: &mut entry })?;
        }
    }
    let manifest =
        manifest.ok_or_else(|| damaged(io::Error::other("it has no manifest: it is not whole")))?;
    if manifest.format > FORMAT {
        return Err(Stop::Problem(format!(
            "{} was written by a newer Portway ({}): restore it with that version",
            file.display(),
            manifest.portway
        )));
    }
    Ok(manifest)
}

/// Reads the file to its end and compares every part with the manifest. Nothing is written.
pub fn check(file: &Path) -> Result<Manifest, Stop> {
    let mut found = BTreeMap::new();
    let manifest = walk(file, &mut |entry| {
        let mut hash = Sha256::new();
        let mut piece = vec![0; 1 << 20];
        let mut size = 0;
        loop {
            let read = entry.bytes.read(&mut piece).map_err(|error| damaged(file, &error))?;
            if read == 0 {
                break;
            }
            size += read as u64;
            hash.update(&piece[..read]);
        }
        found.insert(entry.name, Part { size, sha256: hex(&hash.finalize()) });
        Ok(())
    })?;
    if found == manifest.parts {
        return Ok(manifest);
    }
    let differs = |name: &&String| found.get(*name) != manifest.parts.get(*name);
    let names: Vec<&str> =
        manifest.parts.keys().chain(found.keys()).filter(differs).map(String::as_str).take(3).collect();
    Err(Stop::Problem(format!(
        "{} is damaged: {} is not what the manifest says. Take another backup",
        file.display(),
        names.join(", ")
    )))
}

/// Gives every part to `take`, in order; of the ledger's, the pieces.
pub fn read(file: &Path, take: &mut dyn FnMut(Entry<'_>) -> Result<(), Stop>) -> Result<(), Stop> {
    walk(file, take).map(drop)
}
