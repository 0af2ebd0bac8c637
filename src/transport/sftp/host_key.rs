//! The door's host keys: made once, kept under the state folder, shown to partners.
//!
//! `state/sftp/host_ed25519` and `host_ecdsa` in OpenSSH's form, readable by the gateway alone; the public halves beside them
//! (`.pub`) for everybody, so that the sheet can be printed by any account. A key that cannot be read stops the start: a new one
//! in its place would look like an attack to every partner.

use crate::net::file;
use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, EcdsaCurve, HashAlg, PrivateKey, PublicKey};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

fn kinds() -> [(&'static str, Algorithm); 2] {
    [("host_ed25519", Algorithm::Ed25519), ("host_ecdsa", Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 })]
}

fn folder(state: &Path) -> PathBuf {
    state.join("sftp")
}

/// The door's keys, made where they are missing.
///
/// # Errors
/// The folder cannot be written, or a key in it is not one.
pub fn open(state: &Path) -> io::Result<Vec<PrivateKey>> {
    let folder = folder(state);
    std::fs::create_dir_all(&folder)?;
    kinds().into_iter().map(|(name, algorithm)| one(&folder, name, algorithm)).collect()
}

fn one(folder: &Path, name: &str, algorithm: Algorithm) -> io::Result<PrivateKey> {
    let path = folder.join(name);
    let key = match std::fs::read(&path) {
        Ok(text) => PrivateKey::from_openssh(text).map_err(|error| {
            io::Error::other(format!(
                "{} is no host key: {error}; restore it from the backup",
                path.display()
            ))
        })?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => made(&path, algorithm)?,
        Err(error) => return Err(error),
    };
    let public = key.public_key().to_openssh().map_err(io::Error::other)?;
    let beside = format!("{name}.pub");
    if std::fs::read_to_string(folder.join(&beside)).ok().as_deref() != Some(&format!("{public}\n")) {
        file::put(folder, &beside, format!("{public}\n").as_bytes()).map_err(|error| match error {
            file::PutError::Before(error) | file::PutError::After(error) => error,
        })?;
    }
    Ok(key)
}

fn made(path: &Path, algorithm: Algorithm) -> io::Result<PrivateKey> {
    let key = PrivateKey::random(&mut rand::rng(), algorithm).map_err(io::Error::other)?;
    let text = key.to_openssh(LineEnding::LF).map_err(io::Error::other)?;
    let temporary = path.with_extension("new");
    let _ = std::fs::remove_file(&temporary);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    file::sync_dir(path.parent().unwrap_or(Path::new(".")))?;
    Ok(key)
}

/// The public host keys, as far as the door has ever been opened with this state folder.
pub fn public(state: &Path) -> Vec<PublicKey> {
    kinds()
        .into_iter()
        .filter_map(|(name, _)| {
            let text = std::fs::read_to_string(folder(state).join(format!("{name}.pub"))).ok()?;
            PublicKey::from_openssh(text.trim()).ok()
        })
        .collect()
}

/// `SHA256:…`, as `ssh-keygen -l` and all clients show it.
pub fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_are_made_once_and_only_the_gateway_reads_them() {
        let state = tempfile::tempdir().unwrap();
        assert!(public(state.path()).is_empty());
        let first = open(state.path()).unwrap();
        let again = open(state.path()).unwrap();
        let prints =
            |keys: &[PrivateKey]| keys.iter().map(|k| fingerprint(k.public_key())).collect::<Vec<_>>();
        assert_eq!(prints(&first), prints(&again));
        assert_eq!(public(state.path()).iter().map(fingerprint).collect::<Vec<_>>(), prints(&first));
        let file = folder(state.path()).join("host_ed25519");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "broken").unwrap();
        assert!(open(state.path()).unwrap_err().to_string().contains("is no host key"));
    }
}
