use crate::algorithm::{Digest, Hashed, Scheme};
use crate::certificate::Certificate;
use std::fmt;

/// A good signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose it is: an index into the pinned certificates. Whether that one has run out, the caller judges.
    pub signer: usize,
    /// Of the content; the one for the MIC.
    pub digest: Digest,
    /// Meaningless for an EC key.
    pub scheme: Scheme,
    /// Unix seconds, as the signer says.
    pub signing_time: Option<i64>,
    pub notes: Vec<Note>,
}

/// What is odd about a good signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// SHA-1.
    WeakDigest,
    /// An RSA key below 2048 bits.
    ShortKey(u32),
    /// No signed attributes: the signature is over the content itself.
    NoAttributes,
}

/// Why a signature is not good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureError {
    /// Not exactly one signer: how many there are.
    NotOneSigner(usize),
    /// None of the pinned certificates. Says who signed, for a person to compare.
    UnknownSigner {
        issuer: String,
        serial: String,
        certificates: Vec<[u8; 32]>,
    },
    /// The signature is over this digest, which `content` lacks: hash the content with it and ask again.
    NeedDigest(Digest),
    /// The signature is the signer's, but over other content: `integrity-check-failed`.
    WrongDigest,
    /// The signature is not the signer's: `authentication-failed`.
    Bad,
    Unsupported(String),
    Malformed(String),
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SignatureError::NotOneSigner(count) => {
                write!(f, "the signature must have one signer; it has {count}")
            }
            SignatureError::UnknownSigner { issuer, serial, .. } => {
                write!(
                    f,
                    "signed with a certificate that is not the partner's: issued by {issuer}, serial {serial}"
                )
            }
            SignatureError::NeedDigest(digest) => write!(f, "the signature needs {digest} of the content"),
            SignatureError::WrongDigest => f.write_str("the content is not what was signed"),
            SignatureError::Bad => f.write_str("the signature is not that of the partner's key"),
            SignatureError::Unsupported(what) => write!(f, "the signature uses {what}"),
            SignatureError::Malformed(why) => write!(f, "the signature is not readable CMS: {why}"),
        }
    }
}

impl std::error::Error for SignatureError {}

/// The digests a signature is made with, so that the content can be hashed with them in one pass.
pub fn digests_of(_signature: &[u8]) -> Result<Vec<Digest>, SignatureError> {
    Err(SignatureError::Unsupported("not yet".to_owned()))
}

/// Checks a detached SignedData, in BER or DER, against the digests of its content and the certificates pinned for the partner.
pub fn verify(
    _signature: &[u8],
    _content: &Hashed,
    _pinned: &[Certificate],
) -> Result<Signature, SignatureError> {
    Err(SignatureError::Unsupported("not yet".to_owned()))
}
