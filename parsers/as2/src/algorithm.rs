//! The algorithms that AS2 names, in the spellings of the field, and running digests.

use openssl::hash::{Hasher, MessageDigest};
use std::fmt;
use std::io;

/// A digest: of a signature, of a MIC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Digest {
    /// Received, never sent unless a profile insists.
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub const ALL: [Digest; 4] = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];

    /// Reads `sha-256`, `sha256`, `SHA256`, `rsa-sha256` and the like (RFC 5751 section 3.4.3.2, and what others write).
    pub fn named(name: &str) -> Option<Digest> {
        let name = name.trim().to_ascii_lowercase();
        let name = name.strip_prefix("rsa-").or_else(|| name.strip_prefix("ecdsa-")).unwrap_or(&name);
        match name {
            "sha1" | "sha-1" | "sha" => Some(Digest::Sha1),
            "sha256" | "sha-256" | "sha2-256" => Some(Digest::Sha256),
            "sha384" | "sha-384" | "sha2-384" => Some(Digest::Sha384),
            "sha512" | "sha-512" | "sha2-512" => Some(Digest::Sha512),
            _ => None,
        }
    }

    /// As RFC 5751 and later write it: `sha-256`, and `sha1` for SHA-1.
    pub fn name(self) -> &'static str {
        match self {
            Digest::Sha1 => "sha1",
            Digest::Sha256 => "sha-256",
            Digest::Sha384 => "sha-384",
            Digest::Sha512 => "sha-512",
        }
    }

    /// As RFC 3851 and older products write it: `sha256`.
    pub fn old_name(self) -> &'static str {
        match self {
            Digest::Sha1 => "sha1",
            Digest::Sha256 => "sha256",
            Digest::Sha384 => "sha384",
            Digest::Sha512 => "sha512",
        }
    }

    pub(crate) fn openssl(self) -> MessageDigest {
        match self {
            Digest::Sha1 => MessageDigest::sha1(),
            Digest::Sha256 => MessageDigest::sha256(),
            Digest::Sha384 => MessageDigest::sha384(),
            Digest::Sha512 => MessageDigest::sha512(),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A content cipher (RFC 3565, RFC 5084).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cipher {
    Aes128Cbc,
    Aes192Cbc,
    Aes256Cbc,
    Aes128Gcm,
    Aes256Gcm,
    /// des-ede3-cbc; by profile only.
    TripleDes,
}

impl Cipher {
    pub const ALL: [Cipher; 6] = [
        Cipher::Aes128Cbc,
        Cipher::Aes192Cbc,
        Cipher::Aes256Cbc,
        Cipher::Aes128Gcm,
        Cipher::Aes256Gcm,
        Cipher::TripleDes,
    ];

    /// `aes128-cbc` …, as profiles and listings have it.
    pub fn name(self) -> &'static str {
        match self {
            Cipher::Aes128Cbc => "aes128-cbc",
            Cipher::Aes192Cbc => "aes192-cbc",
            Cipher::Aes256Cbc => "aes256-cbc",
            Cipher::Aes128Gcm => "aes128-gcm",
            Cipher::Aes256Gcm => "aes256-gcm",
            Cipher::TripleDes => "3des",
        }
    }
}

/// How the content key goes to the recipient (RFC 3370 section 4.2.1, RFC 3560).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyTransport {
    #[default]
    Pkcs1,
    OaepSha1,
    OaepSha256,
    /// Met in the field; nobody asks for it.
    OaepSha384,
    /// node-libas2 sends it.
    OaepSha512,
}

impl KeyTransport {
    /// The digest of OAEP's label.
    pub(crate) fn oaep(self) -> Option<Digest> {
        match self {
            KeyTransport::Pkcs1 => None,
            KeyTransport::OaepSha1 => Some(Digest::Sha1),
            KeyTransport::OaepSha256 => Some(Digest::Sha256),
            KeyTransport::OaepSha384 => Some(Digest::Sha384),
            KeyTransport::OaepSha512 => Some(Digest::Sha512),
        }
    }
}

/// How an RSA key signs; an EC key always does ECDSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scheme {
    #[default]
    Pkcs1,
    /// RSASSA-PSS, MGF1 and salt length of the same digest (RFC 4056).
    Pss,
}

/// Several digests of the same bytes, while these pass.
pub struct Hashing(Vec<(Digest, Hasher)>);

impl Hashing {
    /// # Errors
    /// OpenSSL's, when it refuses a digest (a FIPS policy may refuse SHA-1).
    pub fn new(digests: &[Digest]) -> io::Result<Hashing> {
        let mut all: Vec<(Digest, Hasher)> = Vec::with_capacity(digests.len());
        for &digest in digests {
            if all.iter().all(|(d, _)| *d != digest) {
                all.push((digest, Hasher::new(digest.openssl())?));
            }
        }
        Ok(Hashing(all))
    }

    pub fn update(&mut self, bytes: &[u8]) -> io::Result<()> {
        for (_, hasher) in &mut self.0 {
            hasher.update(bytes)?;
        }
        Ok(())
    }

    pub fn finish(self) -> io::Result<Hashed> {
        let mut all = Vec::with_capacity(self.0.len());
        for (digest, mut hasher) in self.0 {
            all.push((digest, hasher.finish()?.to_vec()));
        }
        Ok(Hashed(all))
    }
}

/// The finished digests of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed(Vec<(Digest, Vec<u8>)>);

impl Hashed {
    pub fn get(&self, digest: Digest) -> Option<&[u8]> {
        self.0.iter().find(|(d, _)| *d == digest).map(|(_, value)| value.as_slice())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_spelling_of_the_field_is_read() {
        for name in ["sha1", "SHA-1", "rsa-sha1", "sha256", "sha-256", "SHA-256", "rsa-sha256", " sha512 "] {
            assert!(Digest::named(name).is_some(), "{name}");
        }
        for digest in Digest::ALL {
            assert_eq!(Digest::named(digest.name()), Some(digest));
            assert_eq!(Digest::named(digest.old_name()), Some(digest));
        }
        assert_eq!(Digest::named("md5"), None);
    }

    #[test]
    fn digests_run_side_by_side() {
        let mut hashing = Hashing::new(&[Digest::Sha1, Digest::Sha256, Digest::Sha1]).unwrap();
        hashing.update(b"ab").unwrap();
        hashing.update(b"c").unwrap();
        let hashed = hashing.finish().unwrap();
        assert_eq!(&hashed.get(Digest::Sha1).unwrap()[..4], [0xa9, 0x99, 0x3e, 0x36]);
        assert_eq!(&hashed.get(Digest::Sha256).unwrap()[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(hashed.get(Digest::Sha512), None);
    }
}
