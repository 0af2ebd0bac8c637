//! Receipts: message disposition notifications as AS2 uses them (RFC 4130 section 7, RFC 3798).
//!
//! [`write()`] makes the bytes of ours, [`read()`] takes theirs in any spelling of the field, [`judge()`] says what a received one means
//! for the message it answers. MDNs are small: they are held in memory, and [`LONGEST`] caps what is read.

mod disposition;
mod judge;
mod read;
mod write;

pub use crate::mic::Mic;
pub use disposition::{Condition, Disposition, Kind, Modifier, Severity};
pub use judge::{Expected, Verdict, judge};
pub use read::{NotAnMdn, Note, Received, Signed, is_mdn, read};
pub use write::{Envelope, Written, write};

#[cfg(test)]
use {read::read_with, write::write_with};

use crate::algorithm::Digest;
use crate::header::{self, Name, Request};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The longest MDN that is read, in bytes; callers cap the body they collect at it.
pub const LONGEST: usize = 1 << 20;

static BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What an MDN says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mdn {
    /// Product and host.
    pub reporting_ua: Option<String>,
    /// AS2 names, without `rfc822;` and quotes.
    pub original_recipient: Option<String>,
    pub final_recipient: Option<String>,
    /// As it came, byte for byte, but for white space around it.
    pub original_message_id: Option<String>,
    pub disposition: Disposition,
    pub mic: Option<Mic>,
    /// The part for people; lines end in LF.
    pub text: String,
    /// Error, Failure, Warning and other fields (RFC 3798 section 3.2.7), in their order.
    pub others: Vec<(String, String)>,
}

impl Mdn {
    /// Our answer to a request. The text for people follows from the fields and the disposition alone, so that answers to
    /// messages that do not open differ in nothing but ids and dates.
    ///
    /// `received`: seconds since 1970. `product` is told as Reporting-UA.
    pub fn answering(
        request: &Request,
        disposition: Disposition,
        mic: Option<Mic>,
        product: &str,
        received: i64,
    ) -> Mdn {
        let shown = |name: &Option<Name>| name.as_ref().map_or("(no name)", Name::as_str).to_string();
        let mut text = format!(
            "The message {} from {} to {}",
            request.message_id.as_deref().unwrap_or("(no Message-ID)"),
            shown(&request.from),
            shown(&request.to)
        );
        if let Some(subject) = &request.subject {
            text.push_str(&format!(", subject \"{subject}\""));
        }
        text.push_str(&format!(", came on {}.\n{}\n", header::date(received), outcome(&disposition)));
        Mdn {
            reporting_ua: Some(product.to_string()),
            original_recipient: request.to.as_ref().map(|n| n.as_str().to_string()),
            final_recipient: request.to.as_ref().map(|n| n.as_str().to_string()),
            original_message_id: request.message_id.clone(),
            disposition,
            mic,
            text,
            others: Vec::new(),
        }
    }
}

/// What happened and whose move it is, for people at the other side.
fn outcome(disposition: &Disposition) -> &'static str {
    match disposition.condition() {
        None if disposition.is_processed() => {
            "It was opened, its integrity was checked, and it is kept safe. Whether its content is right, the EDI acknowledgement says."
        }
        None | Some(Condition::Other(_) | Condition::UnexpectedProcessingError) => {
            "It could not be taken in, for a reason on our side. We look into it; please send it again later."
        }
        Some(Condition::DecryptionFailed) => {
            "It could not be opened. Please encrypt it for our current certificate and send it again."
        }
        Some(Condition::AuthenticationFailed) => {
            "Its signature is not by a certificate that we have of you. Please sign it with the certificate we agreed on, or send us the new one."
        }
        Some(Condition::IntegrityCheckFailed) => {
            "Its content is not what was signed: it changed on the way. Please send it again."
        }
        Some(Condition::DecompressionFailed) => {
            "It opened, but could not be decompressed, or grew too large. Please send it again, or uncompressed."
        }
        Some(Condition::InsufficientMessageSecurity) => {
            "It is signed or encrypted less than we agreed on. Please send it again with both."
        }
        Some(Condition::DuplicateDocument) => {
            "It had come before and was taken in then; nothing was done again."
        }
        Some(Condition::ProcessingContinued) => {
            "Its signature could not be checked; it was taken in all the same, as we agreed."
        }
        Some(Condition::UnsupportedFormat) => {
            "It asks for a receipt in a format that we do not write. Please ask for pkcs7-signature and send it again."
        }
        Some(Condition::UnsupportedMicAlgorithms) => {
            "It asks for a receipt with digests of which we compute none. Please ask for sha-256 and send it again."
        }
        Some(Condition::SenderEqualsReceiver) => {
            "Its AS2-From is its AS2-To. Please correct the names and send it again."
        }
        Some(
            Condition::UnknownTradingPartner | Condition::UnknownTradingRelationship | Condition::NotFound,
        ) => {
            "We do not exchange messages under these names. Please compare AS2-From and AS2-To with what we agreed on."
        }
        Some(Condition::DuplicateFilename | Condition::IllegalFilename) => {
            "The name of its file cannot be taken. Please send it again under another name."
        }
        Some(Condition::InvalidMessageId) => {
            "Its Message-ID cannot be taken. Please send it again with another one."
        }
    }
}

impl Mic {
    /// `value, algorithm` in that order or the other; without an algorithm, by the length of the value.
    pub fn read(field: &str) -> Option<Mic> {
        let parts: Vec<String> = field
            .split([',', ';'])
            .map(|p| p.chars().filter(|c| !c.is_whitespace() && *c != '"').collect::<String>())
            .filter(|p| !p.is_empty())
            .collect();
        let value = |text: &str| BASE64.decode(text).ok().filter(|bytes| !bytes.is_empty());
        let (text, digest) = match parts.as_slice() {
            [only] => (only, None),
            [text, name, ..] => match (Digest::named(name), Digest::named(text)) {
                (Some(digest), _) => (text, Some(digest)),
                (None, Some(digest)) => (name, Some(digest)),
                // An algorithm that we do not know is not guessed at.
                (None, None) => return None,
            },
            [] => return None,
        };
        let value = value(text)?;
        let by_length = || match value.len() {
            20 => Some(Digest::Sha1),
            32 => Some(Digest::Sha256),
            48 => Some(Digest::Sha384),
            64 => Some(Digest::Sha512),
            _ => None,
        };
        digest.or_else(by_length).map(|digest| Mic { digest, value })
    }

    /// `value, algorithm` (RFC 4130 section 7.4.3); `old_names` as in RFC 3851.
    pub fn field(&self, old_names: bool) -> String {
        let name = if old_names { self.digest.old_name() } else { self.digest.name() };
        format!("{}, {name}", self.base64())
    }
}

#[cfg(test)]
mod tests;
