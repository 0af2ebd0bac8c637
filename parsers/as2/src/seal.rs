//! Packs a message for sending: compresses, signs and encrypts it, and computes the MIC to expect, in constant memory.
//!
//! Promises: what it writes, [`crate::open`] opens, with the same MIC; lines of headers end in CRLF; base64 has lines of 76.
//! What is signed or compressed passes through scratch files, since AS2's layers need their length or a second reading.
//! Fails with an `io::Error`: of a stream, or of kind `InvalidInput`/`InvalidData` for what cannot be packed (the text says which).

use crate::algorithm::Digest;
use crate::certificate::{Certificate, Identity};
use crate::cms::{EncryptOptions, SignOptions};
use crate::mic::Mic;
use crate::open::Compression;
use std::io::{self, Read, Seek, Write};

/// A part of the payload. Several make a multipart/related (RFC 6362).
pub struct Attachment<'a> {
    /// A whole `Content-Type` value, such as `application/edi-x12`.
    pub content_type: &'a str,
    pub file_name: Option<&'a str>,
    pub content: &'a mut dyn Read,
    /// Bytes of `content`; others than these are an error.
    pub length: u64,
}

/// How to pack.
pub struct Sending<'a> {
    pub compress: Option<Compression>,
    pub sign: Option<(&'a Identity, SignOptions)>,
    pub encrypt: Option<(&'a [Certificate], EncryptOptions)>,
    /// Of the payload's parts.
    pub payload_encoding: BodyEncoding,
    /// Of compressed and encrypted entities.
    pub layer_encoding: BodyEncoding,
    /// `filename="a.edi"`, else `filename=a.edi` where the name allows it.
    pub quoted_file_names: bool,
    /// `micalg=sha256` as RFC 3851 has it, else `sha-256`.
    pub old_digest_names: bool,
    /// Of the MIC; `None`: that of the signature, or SHA-256 without one.
    pub mic: Option<Digest>,
}

/// The `Content-Transfer-Encoding` to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BodyEncoding {
    #[default]
    Binary,
    Base64,
}

/// A file for a while; it is written, then read from its start.
pub trait Scratch: Read + Write + Seek {}

impl<T: Read + Write + Seek> Scratch for T {}

/// What was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// `MIME-Version` and the `Content-` fields of the HTTP message, each on one line; `Content-Length` is the caller's.
    pub fields: Vec<(String, String)>,
    /// What an honest receipt says.
    pub mic: Mic,
    /// Bytes written to `out`.
    pub bytes: u64,
}

/// Packs `parts` and writes the body of the HTTP message to `out`.
///
/// # Errors
/// Those of the streams; no part; names or types with control characters; what [`crate::cms`] refuses.
pub fn seal(
    _parts: &mut [Attachment<'_>],
    _sending: &Sending<'_>,
    _scratch: &mut dyn FnMut() -> io::Result<Box<dyn Scratch>>,
    _out: &mut dyn Write,
) -> io::Result<Sealed> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "not yet"))
}
