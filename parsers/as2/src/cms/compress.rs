use super::CmsError;
use std::io::{self, BufRead, Read, Write};

/// Reads the content out of CompressedData (RFC 3274), in BER or DER. Memory is constant.
///
/// `Ok(0)` comes only after the checksum and the structure's end were right. Errors: [`CmsError::TooLarge`],
/// [`CmsError::BadCompression`], or those of the input.
pub struct Inflater<R> {
    _input: R,
}

impl<R: BufRead> Inflater<R> {
    /// `limit`: bytes that may come out.
    pub fn new(input: R, _limit: u64) -> Inflater<R> {
        Inflater { _input: input }
    }
}

impl<R: BufRead> Read for Inflater<R> {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(CmsError::Unsupported("not yet".to_owned()).into())
    }
}

impl<R: BufRead> BufRead for Inflater<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Err(CmsError::Unsupported("not yet".to_owned()).into())
    }

    fn consume(&mut self, _amount: usize) {}
}

/// Writes CompressedData (RFC 3274): DER when the result is small, else BER of indefinite length. Memory is constant.
pub fn compress(_content: &mut dyn Read, _out: &mut dyn Write) -> io::Result<()> {
    Err(CmsError::Unsupported("not yet".to_owned()).into())
}
