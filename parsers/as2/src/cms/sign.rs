use super::CmsError;
use crate::algorithm::{Digest, Hashed, Scheme};
use crate::certificate::Identity;

/// How to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignOptions {
    pub digest: Digest,
    /// For RSA keys; an EC key always does ECDSA.
    pub scheme: Scheme,
    /// The CMSAlgorithmProtection attribute (RFC 6211). Some products refuse what they do not know.
    pub algorithm_protection: bool,
    pub certificate_included: bool,
    /// Unix seconds.
    pub signing_time: Option<i64>,
}

impl Default for SignOptions {
    fn default() -> Self {
        SignOptions {
            digest: Digest::Sha256,
            scheme: Scheme::Pkcs1,
            algorithm_protection: true,
            certificate_included: true,
            signing_time: None,
        }
    }
}

/// A detached signature over content of which `options.digest` is in `content`: SignedData in DER (RFC 5652 section 5).
///
/// # Errors
/// [`CmsError::Unsupported`] when `content` lacks the digest, or OpenSSL refuses.
pub fn sign(_content: &Hashed, _identity: &Identity, _options: &SignOptions) -> Result<Vec<u8>, CmsError> {
    Err(CmsError::Unsupported("not yet".to_owned()))
}
