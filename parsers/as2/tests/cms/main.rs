//! CMS both ways against the `openssl cms` command, another product's compression, captured messages, and damaged input.
//!
//! The command is the judge of what we write and the maker of what we read. What a machine lacks (samples, Python) is said and skipped.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod compression;
mod encryption;
mod hostile;
mod samples;
mod signatures;

use portway_as2::algorithm::{Digest, Hashed, Hashing};
use portway_as2::certificate::{Identity, KeyKind};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{LazyLock, OnceLock};
use tempfile::TempDir;

const START: i64 = 1_750_000_000;

/// Two RSA identities and three of EC, each made once, when first asked for; their PEM files lie beside the messages.
struct Party {
    name: &'static str,
    kind: KeyKind,
    identity: OnceLock<Identity>,
}

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
static PARTIES: [Party; 5] = [
    Party { name: "rsa", kind: KeyKind::Rsa(2048), identity: OnceLock::new() },
    Party { name: "other", kind: KeyKind::Rsa(2048), identity: OnceLock::new() },
    Party { name: "p256", kind: KeyKind::P256, identity: OnceLock::new() },
    Party { name: "p384", kind: KeyKind::P384, identity: OnceLock::new() },
    Party { name: "p521", kind: KeyKind::P521, identity: OnceLock::new() },
];

fn party(name: &str) -> &'static Identity {
    let party = PARTIES.iter().find(|p| p.name == name).unwrap();
    party.identity.get_or_init(|| {
        let identity = Identity::generate(name, party.kind, START, 3650).unwrap();
        let folder = FOLDER.path();
        fs::write(folder.join(format!("{name}.crt")), identity.certificate().to_pem().unwrap()).unwrap();
        fs::write(folder.join(format!("{name}.key")), identity.key().to_pem(None).unwrap()).unwrap();
        identity
    })
}

fn crt(name: &str) -> String {
    party(name);
    FOLDER.path().join(format!("{name}.crt")).display().to_string()
}

fn key(name: &str) -> String {
    party(name);
    FOLDER.path().join(format!("{name}.key")).display().to_string()
}

/// A folder of the test's own for the files the command reads and writes.
struct Bench(TempDir);

impl Bench {
    fn new() -> Bench {
        Bench(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name).display().to_string()
    }

    /// `openssl cms -binary … -out <folder>/out`; the written bytes.
    fn cms(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        let out = self.path("out");
        let _ = fs::remove_file(&out);
        let Output { status, stderr, .. } = Command::new("openssl")
            .args(["cms", "-binary"])
            .args(arguments)
            .arg("-out")
            .arg(&out)
            .output()
            .unwrap();
        if status.success() {
            Ok(fs::read(out).unwrap())
        } else {
            Err(String::from_utf8_lossy(&stderr).into_owned())
        }
    }
}

fn hashed(content: &[u8]) -> Hashed {
    let mut hashing = Hashing::new(&Digest::ALL).unwrap();
    hashing.update(content).unwrap();
    hashing.finish().unwrap()
}

/// The same structure with indefinite lengths throughout, and long strings in pieces, as streaming products write it.
fn indefinite(der: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = der;
    while let [tag, first, ..] = *rest {
        let octets = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        let length = rest[2..2 + octets].iter().fold(0, |l, b| l << 8 | usize::from(*b));
        let length = if octets == 0 { usize::from(first) } else { length };
        let content = &rest[2 + octets..][..length];
        if tag & 0x20 != 0 {
            out.extend_from_slice(&[tag, 0x80]);
            out.extend(indefinite(content));
            out.extend_from_slice(&[0, 0]);
        } else if (tag == 0x04 || tag == 0x80) && length > 100 {
            out.extend_from_slice(&[tag | 0x20, 0x80]);
            for piece in content.chunks(100) {
                out.extend_from_slice(&[0x04, piece.len() as u8]);
                out.extend_from_slice(piece);
            }
            out.extend_from_slice(&[0, 0]);
        } else {
            out.extend_from_slice(&rest[..2 + octets + length]);
        }
        rest = &rest[2 + octets + length..];
    }
    out
}

/// Bytes that look random and are the same each time (xorshift64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

/// A reader that hands out a few bytes at a time, as networks do.
struct Trickle<'a>(&'a [u8], usize);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let amount = self.1.min(buffer.len()).min(self.0.len());
        buffer[..amount].copy_from_slice(&self.0[..amount]);
        self.0 = &self.0[amount..];
        Ok(amount)
    }
}

impl std::io::BufRead for Trickle<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        Ok(&self.0[..self.1.min(self.0.len())])
    }

    fn consume(&mut self, amount: usize) {
        self.0 = &self.0[amount..];
    }
}
