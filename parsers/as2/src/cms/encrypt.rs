use super::CmsError;
use crate::algorithm::{Cipher, KeyTransport};
use crate::certificate::Certificate;
use std::io::{self, Read, Write};

/// How to encrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncryptOptions {
    pub cipher: Cipher,
    pub transport: KeyTransport,
}

impl Default for EncryptOptions {
    fn default() -> Self {
        EncryptOptions { cipher: Cipher::Aes256Cbc, transport: KeyTransport::Pkcs1 }
    }
}

/// Writes EnvelopedData, or AuthEnvelopedData with a GCM cipher, in DER. Memory is constant.
///
/// `length`: bytes of `content`, known beforehand; fewer or more are an error of kind `InvalidInput`.
/// # Errors
/// [`CmsError::Unsupported`] inside, when there is no recipient or one without an RSA key; else those of the streams.
pub fn encrypt(
    _content: &mut dyn Read,
    _length: u64,
    _recipients: &[Certificate],
    _options: EncryptOptions,
    _out: &mut dyn Write,
) -> io::Result<()> {
    Err(CmsError::Unsupported("not yet".to_owned()).into())
}
