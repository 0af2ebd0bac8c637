//! Opens a received AS2 message: decrypts, inflates and verifies it, and computes its MIC, in one pass over the body.
//!
//! A chain of readers, each within the one before: body, transfer encoding, decryption, entity, signed part (hashed as it comes),
//! inflation, entity, payload. When the payload has been read, every outer layer is read to its end and then judged; the failure
//! of an outer layer wins over that of an inner one.
//!
//! Promises: **what went into the sink may be used only if the outcome is [`Outcome::Opened`]**; at most one encryption, outermost,
//! one signature, over the whole payload, one compression; memory does not grow with the message; a message that does not decrypt,
//! or decrypts to what is no entity, has one outcome whatever was wrong with it.
//! Fails with an `io::Error` only when the body or the sink failed; everything about the message itself is an [`Outcome`].

mod chain;
mod watch;

use crate::algorithm::Digest;
use crate::certificate::{Certificate, Identity};
use crate::cms::{Encryption, Signature};
use crate::mic::Mic;
use crate::mime::entity::HeaderLimits;
use std::fmt;
use std::io::{self, BufRead};

/// What a message is opened with.
pub struct Receiving<'a> {
    /// Ours, the current one and its successors.
    pub identities: &'a [Identity],
    /// The certificates pinned for the partner.
    pub signers: &'a [Certificate],
    /// The first of `signed-receipt-micalg` that we have; `None` where the partner asked for none: SHA-256.
    pub requested: Option<Digest>,
    pub mic_by: MicBy,
    /// After [`Outcome::Again`] what it said.
    pub again: Option<Digest>,
    /// Hash with every line ended by CRLF: the MIC, and a signature that is not over the bytes as they came.
    pub canonical: bool,
    pub limits: Limits,
}

/// Which digest the MIC of a signed message uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MicBy {
    /// That of the signature (RFC 4130 section 7.3.1 and most products).
    #[default]
    Signature,
    /// [`Receiving::requested`].
    Requested,
}

/// How far a message may go.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of payload, all parts together.
    pub payload: u64,
    /// Bytes out of compressed data.
    pub inflated: u64,
    /// Multiparts within one another.
    pub nesting: usize,
    /// Parts of the payload.
    pub parts: usize,
    /// Bytes of a signature.
    pub signature: usize,
    /// Of each entity.
    pub header: HeaderLimits,
}

impl Default for Limits {
    fn default() -> Self {
        const GIB: u64 = 1 << 30;
        Limits {
            payload: 4 * GIB,
            inflated: 4 * GIB,
            nesting: 4,
            parts: 1000,
            signature: 256 * 1024,
            header: HeaderLimits::default(),
        }
    }
}

/// Takes the payload while it is read. It is proven only when [`open`] says [`Outcome::Opened`].
pub trait Sink {
    /// A part begins; with several attachments (RFC 6362) in their order.
    ///
    /// # Errors
    /// End the opening, and are returned by it.
    fn begin(&mut self, part: &Part) -> io::Result<()>;

    /// More of the part, decoded.
    ///
    /// # Errors
    /// As for [`Sink::begin`].
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// A part of the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The field's value as it came, unfolded; `multipart/report` is a receipt, handed on whole.
    pub content_type: Option<String>,
    /// Without folders and control characters.
    pub file_name: Option<String>,
    /// Decoded; 0 when the part begins.
    pub bytes: u64,
}

/// Where the compression stands. Without a signature: before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    BeforeSigning,
    AfterSigning,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Opened(Opened),
    Refused(Refused),
    /// The signature uses this digest, which nothing announced: read the body again with it in [`Receiving::again`].
    Again(Digest),
}

/// A message that opened. Whether it is safe enough for the partner's profile, the caller judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub encrypted: Option<Encryption>,
    pub signed: Option<Signature>,
    pub compressed: Option<Compression>,
    pub mic: Mic,
    pub parts: Vec<Part>,
    pub notes: Vec<Note>,
}

/// What was odd, and did no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Of the payload; it was taken as binary.
    UnknownTransferEncoding(String),
    /// Of a multipart/signed whose signature is good.
    NoClosingBoundary,
    /// The signature fits the content only with every line ended by CRLF.
    SignedCanonical,
}

/// A message that did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub why: Why,
    /// For our own log; never for the partner.
    pub detail: String,
    /// Where it could be computed.
    pub mic: Option<Mic>,
    pub encrypted: Option<Encryption>,
    /// Only if the signature was good, and something within it was not.
    pub signed: Option<Signature>,
    pub compressed: Option<Compression>,
}

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    DecryptionFailed,
    /// Not the partner's signature, or none that can be read.
    AuthenticationFailed,
    /// The partner's signature, over other content.
    IntegrityCheckFailed,
    DecompressionFailed,
    /// Larger than a limit, compression aside.
    TooLarge,
    /// MIME that is none.
    Malformed,
    /// Well-formed, but packed as AS2 does not pack: nested signatures, encryption within a signature, opaque signatures.
    UnsupportedFormat,
}

impl Why {
    /// The disposition of the receipt, without its modes (RFC 4130 sections 7.4.3, 7.5.3, 7.5.4).
    pub fn disposition(self) -> &'static str {
        match self {
            Why::DecryptionFailed => "processed/error: decryption-failed",
            Why::AuthenticationFailed => "processed/error: authentication-failed",
            Why::IntegrityCheckFailed => "processed/error: integrity-check-failed",
            Why::DecompressionFailed => "processed/error: decompression-failed",
            Why::TooLarge | Why::Malformed => "processed/error: unexpected-processing-error",
            Why::UnsupportedFormat => "failed/failure: unsupported format",
        }
    }
}

/// For people, the partner's among them: what is wrong, and who can do what about it. It tells no more than the disposition does.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Why::DecryptionFailed => {
                "The message could not be decrypted. The sender should check that it encrypts for our current certificate, and send again."
            }
            Why::AuthenticationFailed => {
                "The message is not signed with a certificate known for this partner. The sender should check which one it signs with, or send us its new one."
            }
            Why::IntegrityCheckFailed => {
                "The content differs from what was signed. The sender should send again, and look for what changes it on its way."
            }
            Why::DecompressionFailed => {
                "The compressed content could not be read, or is larger than is allowed here. The sender should send again, or in parts."
            }
            Why::TooLarge => "The message is larger than is allowed here. The sender should send it in parts, or ask for more.",
            Why::Malformed => "The message is not well-formed MIME. The sender should check how it packs, and send again.",
            Why::UnsupportedFormat => {
                "The message is packed in a way that AS2 does not provide for. The sender should sign, compress and encrypt at most once each, and encrypt last."
            }
        })
    }
}

/// Opens a message.
///
/// `fields`: those of the HTTP message, of which the `Content-` ones matter. `body`: its content without HTTP's framing.
/// # Errors
/// Those of `body` and of `sink`.
pub fn open(
    fields: &[(String, String)],
    body: &mut dyn BufRead,
    receiving: &Receiving<'_>,
    sink: &mut dyn Sink,
) -> io::Result<Outcome> {
    chain::open(fields, body, receiving, sink)
}
