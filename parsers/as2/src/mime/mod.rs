//! MIME entities as streams: headers whose bytes are kept, parts between boundaries, transfer encodings (RFC 2045, RFC 2046).
//!
//! Promises: what is handed on as content is exactly what came; memory does not grow with the input; input in pieces of any size
//! gives the same result. Fails with [`MimeError`], alone or inside an [`io::Error`] of kind `InvalidData` where a reader fails.

pub mod boundary;
pub mod entity;
pub mod tee;
pub mod transfer;

use std::fmt;
use std::io;

/// Why bytes are no MIME entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MimeError {
    /// The header is no header: what is wrong with which line.
    Header(String),
    /// The header is longer, or has more fields, than the limit allows.
    HeaderTooLarge { limit: usize },
    /// The entity ends inside its header.
    HeaderCut,
    /// base64 or quoted-printable that is none.
    TransferEncoding(String),
    /// A multipart without a usable boundary parameter.
    Boundary(String),
}

impl fmt::Display for MimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MimeError::Header(what) => write!(f, "the MIME header is malformed: {what}"),
            MimeError::HeaderTooLarge { limit } => write!(f, "the MIME header exceeds its limit of {limit}"),
            MimeError::HeaderCut => f.write_str("the MIME entity ends inside its header"),
            MimeError::TransferEncoding(what) => {
                write!(f, "the content transfer encoding is malformed: {what}")
            }
            MimeError::Boundary(what) => write!(f, "the multipart has no usable boundary: {what}"),
        }
    }
}

impl std::error::Error for MimeError {}

impl From<MimeError> for io::Error {
    fn from(error: MimeError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

/// `Read` for whatever is a `BufRead`: what lies ready, as much as there is room for.
pub(crate) fn read_buffered(from: &mut impl std::io::BufRead, out: &mut [u8]) -> std::io::Result<usize> {
    let available = from.fill_buf()?;
    let count = available.len().min(out.len());
    out[..count].copy_from_slice(&available[..count]);
    from.consume(count);
    Ok(count)
}
