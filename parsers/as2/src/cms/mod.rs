//! CMS (RFC 5652) as AS2 uses it: signed, enveloped, authenticated-enveloped and compressed data, in BER or DER, as streams.
//!
//! Promises: memory does not grow with the content; plaintext is final only once `read` has answered `Ok(0)`; whatever does not
//! open says so in one way ([`CmsError::NotOpened`]), at its end, whether a key, a padding, a tag or a recipient was wrong.
//! No trust is decided by chains: a signature is good by a pinned certificate, or it is not good.
//! Fails with [`CmsError`], inside an `io::Error` of kind `InvalidData` where a stream is read ([`CmsError::of`] finds it),
//! and with [`SignatureError`]. Errors of the streams below pass through unchanged.

mod ber;
mod compress;
mod decrypt;
mod der;
mod encrypt;
mod oid;
mod sign;
mod verify;

pub use compress::{Inflater, compress};
pub use decrypt::{Decrypter, Encryption};
pub use encrypt::{EncryptOptions, encrypt};
pub use sign::{SignOptions, sign};
pub use verify::{Note, Signature, SignatureError, digests_of, verify};

use crate::certificate::reason;
use openssl::error::ErrorStack;
use std::fmt;
use std::io;

/// Why CMS could not be read or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CmsError {
    /// The content does not open. `detail` is for our own log: to a partner every such message gets the same answer.
    NotOpened { detail: String },
    /// More bytes came out of compressed content than are allowed.
    TooLarge { limit: u64 },
    /// The compressed content cannot be inflated.
    BadCompression(String),
    /// What was asked for cannot be made: an EC recipient, no recipient, a digest forbidden by policy.
    Unsupported(String),
}

impl CmsError {
    /// The error inside that of a stream.
    pub fn of(error: &io::Error) -> Option<&CmsError> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }
}

impl fmt::Display for CmsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The detail is left out on purpose: this text may reach a partner.
            CmsError::NotOpened { .. } => f.write_str("the message cannot be decrypted"),
            CmsError::TooLarge { limit } => {
                write!(
                    f,
                    "the compressed content grows beyond the {limit} bytes allowed; the limit is in the profile"
                )
            }
            CmsError::BadCompression(why) => {
                write!(f, "the compressed content cannot be read: {why}; ask for it again")
            }
            CmsError::Unsupported(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for CmsError {}

impl From<CmsError> for io::Error {
    fn from(error: CmsError) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl From<ErrorStack> for CmsError {
    fn from(error: ErrorStack) -> Self {
        CmsError::Unsupported(format!("OpenSSL refused: {}", reason(&error)))
    }
}
