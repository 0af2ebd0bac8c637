//! Which files beside the ledger belong into a backup, and which of them are secrets.
//!
//! A secret is what stands in `credentials/`, what its owner alone may read, a private key by its content or ending, and what a
//! configuration file names as `{ file = … }` that is no certificate. Of the state directory: the SFTP door's host keys and the
//! doors' self-signed certificates; the rest is work under way, which partners or we do again, or the private PostgreSQL.

use crate::command::output::Stop;
use crate::profile::secret::CREDENTIALS;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

pub const CONFIGURATION: &str = "configuration/";
pub const STATE: &str = "state/";

/// A file for the backup.
pub struct Found {
    /// Its name there.
    pub name: String,
    pub path: PathBuf,
    pub mode: u32,
    pub bytes: Vec<u8>,
    pub secret: bool,
}

/// The configuration folder's files, all of them; not what lies under `state`, where that is inside.
pub fn of_configuration(dir: &Path, state: &Path) -> Result<Vec<Found>, Stop> {
    let mut found = Vec::new();
    walk(dir, dir, CONFIGURATION, state, &mut found)?;
    let named: BTreeSet<PathBuf> = found
        .iter()
        .filter(|f| f.path.extension().is_some_and(|e| e == "toml"))
        .filter_map(|f| toml::from_str::<toml::Table>(std::str::from_utf8(&f.bytes).ok()?).ok())
        .flat_map(|table| secrets_of(&toml::Value::Table(table)))
        .map(|name| dir.join(name))
        .collect();
    for one in &mut found {
        one.secret = is_secret(one, dir) || named.contains(&one.path) && !is_certificate(&one.bytes);
    }
    Ok(found)
}

/// Keys of the state directory.
pub fn of_state(state: &Path) -> Result<Vec<Found>, Stop> {
    let mut found = Vec::new();
    for folder in ["sftp", "certs"] {
        for path in listed(&state.join(folder))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_file() && (folder == "certs" || name.starts_with("host_")) {
                let mut one = file(&path, format!("{STATE}{folder}/{name}"))?;
                one.secret = true;
                found.push(one);
            }
        }
    }
    Ok(found)
}

fn walk(root: &Path, folder: &Path, under: &str, state: &Path, found: &mut Vec<Found>) -> Result<(), Stop> {
    for path in listed(folder)? {
        if path == state {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, under, state, found)?;
        } else if path.is_file() {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            found.push(file(&path, format!("{under}{name}"))?);
        }
    }
    Ok(())
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(folder, &error)),
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    Ok(paths)
}

fn file(path: &Path, name: String) -> Result<Found, Stop> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let mode = fs::metadata(path).map_err(|error| unreadable(path, &error))?.permissions().mode() & 0o777;
    Ok(Found { name, path: path.to_owned(), mode, bytes, secret: false })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::Problem(format!(
        "{} cannot be read: {error}; run it as an account that reads all of the configuration, such as root",
        path.display()
    ))
}

fn is_secret(one: &Found, dir: &Path) -> bool {
    let ending = one.path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    one.path.starts_with(dir.join(CREDENTIALS))
        || one.mode & 0o077 == 0
        || matches!(ending.as_str(), "key" | "p12" | "pfx")
        || one.bytes.windows(16).any(|w| w == b"PRIVATE KEY-----")
}

fn is_certificate(bytes: &[u8]) -> bool {
    bytes.windows(22).any(|w| w == b"-----BEGIN CERTIFICATE")
}

/// What `{ file = "x" }` names, anywhere.
fn secrets_of(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Table(table) => match (table.len(), table.get("file").and_then(toml::Value::as_str)) {
            (1, Some(file)) => vec![file.to_owned()],
            _ => table.values().flat_map(secrets_of).collect(),
        },
        toml::Value::Array(items) => items.iter().flat_map(secrets_of).collect(),
        _ => Vec::new(),
    }
}

/// The path of a part under a folder, if its name stays inside.
pub fn inside(folder: &Path, name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    let plain = path.components().all(|c| matches!(c, Component::Normal(_)));
    (plain && !name.is_empty()).then(|| folder.join(path))
}
