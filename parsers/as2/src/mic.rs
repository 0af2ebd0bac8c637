//! The message integrity check: a digest by which both sides agree on what was exchanged (RFC 4130 section 7.3.1).

use crate::algorithm::{Digest, Hashed};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// A digest with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mic {
    pub digest: Digest,
    pub value: Vec<u8>,
}

impl Mic {
    pub(crate) fn of(hashed: &Hashed, digest: Digest) -> Option<Mic> {
        hashed.get(digest).map(|value| Mic { digest, value: value.to_vec() })
    }

    pub fn base64(&self) -> String {
        STANDARD.encode(&self.value)
    }
}

/// As `Received-Content-MIC` has it: `<base64>, sha-256`.
impl fmt::Display for Mic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.base64(), self.digest)
    }
}
