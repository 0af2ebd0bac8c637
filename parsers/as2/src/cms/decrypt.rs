use super::CmsError;
use crate::algorithm::{Cipher, KeyTransport};
use crate::certificate::Identity;
use std::io::{self, BufRead, Read};

/// How a message was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encryption {
    pub cipher: Cipher,
    pub transport: KeyTransport,
    /// Which of the given identities it was for.
    pub identity: usize,
}

/// Reads the content out of EnvelopedData or AuthEnvelopedData (RFC 5652 section 6, RFC 5083), in BER or DER.
///
/// What is read is to be used only once `read` has answered `Ok(0)`: only then were padding or tag right. Every failure is
/// [`CmsError::NotOpened`], or an error of the input.
pub struct Decrypter<'a, R> {
    _input: R,
    _identities: &'a [Identity],
}

impl<'a, R: BufRead> Decrypter<'a, R> {
    /// Nothing is read yet.
    pub fn new(input: R, identities: &'a [Identity]) -> Decrypter<'a, R> {
        Decrypter { _input: input, _identities: identities }
    }

    /// Known once the first byte was read; `None` also when none of the identities is a recipient.
    pub fn facts(&self) -> Option<Encryption> {
        None
    }
}

impl<R: BufRead> Read for Decrypter<'_, R> {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(CmsError::Unsupported("not yet".to_owned()).into())
    }
}

impl<R: BufRead> BufRead for Decrypter<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Err(CmsError::Unsupported("not yet".to_owned()).into())
    }

    fn consume(&mut self, _amount: usize) {}
}
