//! A received MDN, in any spelling of the field.
//!
//! Tolerated: fields in any case, in any order, twice, with blank lines between; no part for people; parts in base64 or
//! quoted-printable; `multipart/report` without its type, or a bare `message/disposition-notification`; preamble, epilogue, and no
//! closing boundary. What is signed is the whole report, or nothing.
//! Fails with [`NotAnMdn`]; a signature that does not hold is no failure but a fact, [`Signed::Bad`].

use super::{Condition, Disposition, Kind, LONGEST, Mdn, Mic, Modifier, Severity};
use crate::algorithm::{Digest, Hashed, Hashing};
use crate::certificate::Certificate;
use crate::cms::{self, Signature, SignatureError};
use crate::header::{Fields, Name};
use crate::mime::boundary::Multipart;
use crate::mime::entity::{ContentType, Header, HeaderLimits};
use crate::mime::transfer::{Decoder, TransferEncoding};
use std::fmt;
use std::io::Read;

/// Multiparts within one another, the signed one counted.
const DEEPEST: usize = 4;
/// Of a multipart; a report has two or three.
const MOST_PARTS: usize = 20;
const MOST_FIELDS: usize = 200;

/// Judges a CMS SignedData by the digests of its content.
type Verify<'a> = dyn FnMut(&[u8], &Hashed) -> Result<Signature, SignatureError> + 'a;

/// Whether and by whom it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    No,
    Yes(Signature),
    Bad(SignatureError),
}

/// Oddities that change nothing of what the MDN says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// No part for people.
    NoText,
    /// The MIC names an algorithm that we do not know, or is no base64.
    Mic(String),
    NoMessageId,
    NoFinalRecipient,
    /// Several Disposition fields; the least favourable counts.
    Dispositions(usize),
    /// The signature fits only with every line ended by CRLF.
    SignedCanonical,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub mdn: Mdn,
    pub signed: Signed,
    pub notes: Vec<Note>,
}

/// Why these bytes are no MDN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAnMdn {
    /// Longer than [`LONGEST`].
    TooLong,
    TooDeep,
    /// Another kind of body; its content type, empty where there is none.
    ContentType(String),
    /// No boundary, or it never occurs.
    NoParts,
    /// MIME that cannot be read: why.
    Malformed(String),
    /// A report without a Disposition field.
    NoDisposition,
}

impl fmt::Display for NotAnMdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotAnMdn::TooLong => write!(f, "the answer is longer than the {LONGEST} bytes an MDN may have"),
            NotAnMdn::TooDeep => write!(f, "the answer nests multiparts deeper than {DEEPEST}"),
            NotAnMdn::ContentType(none) if none.is_empty() => f.write_str(
                "the answer has no content type; an MDN is a multipart/report or multipart/signed",
            ),
            NotAnMdn::ContentType(other) => {
                write!(f, "the answer is {other}; an MDN is a multipart/report or multipart/signed")
            }
            NotAnMdn::NoParts => f.write_str("the answer is a multipart whose boundary never occurs in it"),
            NotAnMdn::Malformed(why) => write!(f, "the answer cannot be read: {why}"),
            NotAnMdn::NoDisposition => f.write_str("the answer is a report without a Disposition field"),
        }
    }
}

impl std::error::Error for NotAnMdn {}

/// Whether a request brings an MDN, not a message: by its content type, and where it is signed by that of the first part.
/// `start`: the first few KiB of the body.
pub fn is_mdn(fields: &Fields, start: &[u8]) -> bool {
    let Some(content_type) = Header::from_fields(fields).ok().and_then(|h| h.content_type()) else {
        return false;
    };
    if content_type.essence != "multipart/signed" {
        return is_report(&content_type);
    }
    let Ok(mut parts) = Multipart::new(start, content_type.parameter("boundary").unwrap_or_default()) else {
        return false;
    };
    let mut first = Vec::new();
    if !matches!(parts.next_part(), Ok(true)) || parts.read_to_end(&mut first).is_err() {
        return false;
    }
    let header = Header::read(&mut first.as_slice(), HeaderLimits::default());
    header.ok().and_then(|h| h.content_type()).is_some_and(|c| is_report(&c))
}

fn is_report(content_type: &ContentType) -> bool {
    match content_type.essence.as_str() {
        "multipart/report" => content_type
            .parameter("report-type")
            .is_none_or(|kind| kind.trim().eq_ignore_ascii_case("disposition-notification")),
        "message/disposition-notification" => true,
        _ => false,
    }
}

/// Reads an MDN from the fields and the body of an HTTP reply or request; `pinned`: the certificates of the partner.
///
/// # Errors
/// [`NotAnMdn`].
pub fn read(fields: &Fields, body: &[u8], pinned: &[Certificate]) -> Result<Received, NotAnMdn> {
    read_with(fields, body, &mut |signature, content| cms::verify(signature, content, pinned))
}

pub(super) fn read_with(fields: &Fields, body: &[u8], verify: &mut Verify<'_>) -> Result<Received, NotAnMdn> {
    if body.len() > LONGEST {
        return Err(NotAnMdn::TooLong);
    }
    let header = Header::from_fields(fields).map_err(|e| NotAnMdn::Malformed(e.to_string()))?;
    let content_type = header.content_type();
    let mut notes = Vec::new();
    let mut report = Report::default();
    let signed = match &content_type {
        Some(kind) if kind.essence == "multipart/signed" => {
            let parts = parts(kind, body)?;
            let (content, rest) = parts.split_first().ok_or(NotAnMdn::NoParts)?;
            report.entity(content, 1)?;
            let signature = rest.first().ok_or_else(|| malformed("a part with the signature is missing"));
            match signature.and_then(|part| signature_of(part)) {
                Ok(signature) => check(kind, content, &signature, verify, &mut notes),
                Err(error) => Signed::Bad(error),
            }
        }
        _ => {
            report.body(&header, body, 0)?;
            Signed::No
        }
    };
    let Some(fields) = report.notification else {
        return Err(match content_type {
            Some(kind) if kind.is_multipart() => NotAnMdn::NoDisposition,
            kind => NotAnMdn::ContentType(kind.map(|k| k.essence).unwrap_or_default()),
        });
    };
    let mdn = mdn(&fields, report.text, &mut notes)?;
    Ok(Received { mdn, signed, notes })
}

fn malformed(why: &str) -> SignatureError {
    SignatureError::Malformed(why.to_string())
}

/// The exact bytes of each part.
fn parts(content_type: &ContentType, body: &[u8]) -> Result<Vec<Vec<u8>>, NotAnMdn> {
    let boundary = content_type.parameter("boundary").unwrap_or_default();
    let unreadable = |e: std::io::Error| NotAnMdn::Malformed(e.to_string());
    let mut multipart = Multipart::new(body, boundary).map_err(|e| NotAnMdn::Malformed(e.to_string()))?;
    let mut parts = Vec::new();
    while parts.len() < MOST_PARTS && multipart.next_part().map_err(unreadable)? {
        let mut part = Vec::new();
        multipart.read_to_end(&mut part).map_err(unreadable)?;
        parts.push(part);
    }
    if parts.is_empty() { Err(NotAnMdn::NoParts) } else { Ok(parts) }
}

/// A part's header and body. What has no readable header is all body.
fn split(part: &[u8]) -> (Header, &[u8]) {
    let mut rest = part;
    match Header::read(&mut rest, HeaderLimits::default()) {
        Ok(header) => (header, rest),
        Err(_) => (Header::default(), part),
    }
}

fn decoded(encoding: &TransferEncoding, body: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    Decoder::new(encoding, body).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// The CMS of the signature's part; base64 also where nothing says so.
fn signature_of(part: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let (header, body) = split(part);
    let bytes = decoded(&header.transfer_encoding(), body).map_err(SignatureError::Malformed)?;
    // A SEQUENCE begins with 0x30, which base64 never shows as `0` here: it writes `MI`.
    if !bytes.starts_with(b"0")
        && let Ok(bytes) = decoded(&TransferEncoding::Base64, body)
    {
        return Ok(bytes);
    }
    Ok(bytes)
}

fn check(
    kind: &ContentType,
    content: &[u8],
    signature: &[u8],
    verify: &mut Verify<'_>,
    notes: &mut Vec<Note>,
) -> Signed {
    let micalg = kind.parameter("micalg").unwrap_or_default();
    let mut digests: Vec<Digest> = micalg.split(',').filter_map(Digest::named).collect();
    if digests.is_empty() {
        digests.push(Digest::Sha256);
    }
    let mut verify_over = |bytes: &[u8]| loop {
        let hashed = match hashed(bytes, &digests) {
            Ok(hashed) => hashed,
            Err(e) => return Err(SignatureError::Unsupported(e.to_string())),
        };
        match verify(signature, &hashed) {
            Err(SignatureError::NeedDigest(digest)) if !digests.contains(&digest) => digests.push(digest),
            result => return result,
        }
    };
    match verify_over(content) {
        Ok(signature) => Signed::Yes(signature),
        Err(SignatureError::WrongDigest) => match verify_over(&canonical(content)) {
            Ok(signature) => {
                notes.push(Note::SignedCanonical);
                Signed::Yes(signature)
            }
            Err(_) => Signed::Bad(SignatureError::WrongDigest),
        },
        Err(error) => Signed::Bad(error),
    }
}

fn hashed(bytes: &[u8], digests: &[Digest]) -> std::io::Result<Hashed> {
    let mut hashing = Hashing::new(digests)?;
    hashing.update(bytes)?;
    hashing.finish()
}

/// Every line ended by CRLF.
fn canonical(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                all.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
                all.extend_from_slice(b"\r\n");
            }
            None => all.extend_from_slice(line),
        }
    }
    all
}

/// What a walk through the parts finds.
#[derive(Default)]
struct Report {
    text: Option<String>,
    notification: Option<Vec<(String, String)>>,
}

impl Report {
    fn entity(&mut self, part: &[u8], depth: usize) -> Result<(), NotAnMdn> {
        let (header, body) = split(part);
        self.body(&header, body, depth)
    }

    fn body(&mut self, header: &Header, body: &[u8], depth: usize) -> Result<(), NotAnMdn> {
        if depth >= DEEPEST {
            return Err(NotAnMdn::TooDeep);
        }
        // RFC 2045 section 5.2: without a type, it is text.
        let kind = header.content_type().unwrap_or_else(|| ContentType::parse("text/plain"));
        let decoded = || decoded(&header.transfer_encoding(), body).map_err(NotAnMdn::Malformed);
        match kind.essence.as_str() {
            "message/disposition-notification" if self.notification.is_none() => {
                self.notification = Some(notification_fields(&decoded()?));
            }
            // A signature in there would cover a part only: nothing in it is taken.
            "multipart/signed" => {}
            essence if essence.starts_with("multipart/") => {
                for part in parts(&kind, body)? {
                    self.entity(&part, depth + 1)?;
                }
            }
            essence if essence.starts_with("text/") && depth > 0 && self.text.is_none() => {
                let text = decoded().unwrap_or_else(|_| body.to_vec());
                let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
                self.text = Some(text.trim_end().to_string()).filter(|t| !t.is_empty());
            }
            _ => {}
        }
        Ok(())
    }
}

/// Lines of `name: value`, folded ones joined; what has no colon or no name is passed over, as are blank lines between groups of fields.
fn notification_fields(bytes: &[u8]) -> Vec<(String, String)> {
    // Controls mean nothing here, and harm in a log.
    let text: String = String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\r' | '\n' | '\t'))
        .collect();
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.split(['\r', '\n']).filter(|line| !line.trim().is_empty()) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if fields.len() < MOST_FIELDS {
            let (name, value) = line.split_once(':').unwrap_or_default();
            fields.push((name.trim().to_string(), value.trim().to_string()));
        }
    }
    fields.retain(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic()));
    fields
}

fn mdn(fields: &[(String, String)], text: Option<String>, notes: &mut Vec<Note>) -> Result<Mdn, NotAnMdn> {
    const READ: [&str; 6] = [
        "Reporting-UA",
        "Original-Recipient",
        "Final-Recipient",
        "Original-Message-ID",
        "Disposition",
        "Received-Content-MIC",
    ];
    let all =
        |name: &'static str| fields.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v);
    let first = |name| all(name).find(|value| !value.is_empty()).cloned();
    let mut dispositions: Vec<Disposition> = all("Disposition").map(|v| Disposition::read(v)).collect();
    if dispositions.len() > 1 {
        notes.push(Note::Dispositions(dispositions.len()));
        dispositions.sort_by_key(Disposition::is_processed);
    }
    let mut disposition = dispositions.into_iter().next().ok_or(NotAnMdn::NoDisposition)?;
    complete(&mut disposition, &|name| first(name));

    let mic_field = first("Received-Content-MIC");
    let mic = mic_field.as_deref().and_then(Mic::read);
    if let (None, Some(field)) = (&mic, mic_field) {
        notes.push(Note::Mic(field));
    }
    let original_message_id = first("Original-Message-ID");
    let final_recipient = first("Final-Recipient").map(|value| recipient(&value));
    notes.extend(text.is_none().then_some(Note::NoText));
    notes.extend(original_message_id.is_none().then_some(Note::NoMessageId));
    notes.extend(final_recipient.is_none().then_some(Note::NoFinalRecipient));
    let others = fields.iter().filter(|(name, _)| !READ.iter().any(|known| name.eq_ignore_ascii_case(known)));
    Ok(Mdn {
        reporting_ua: first("Reporting-UA"),
        original_recipient: first("Original-Recipient").map(|value| recipient(&value)),
        final_recipient,
        original_message_id,
        disposition,
        mic,
        text: text.unwrap_or_default(),
        others: others.cloned().collect(),
    })
}

/// RFC 4130 section 7.5.6: the condition may stand in a field of its own.
fn complete(disposition: &mut Disposition, first: &dyn Fn(&'static str) -> Option<String>) {
    let severity = match &disposition.modifier {
        Some(Modifier { severity, condition: Condition::Other(text) }) if text.is_empty() => severity.clone(),
        None if disposition.kind == Kind::Failed => Severity::Failure,
        _ => return,
    };
    let field = match &severity {
        Severity::Error => "Error",
        Severity::Failure => "Failure",
        Severity::Warning => "Warning",
        Severity::Other(_) => return,
    };
    if let Some(text) = first(field) {
        disposition.modifier = Some(Modifier { severity, condition: Condition::read(&text) });
    }
}

/// `rfc822; NAME`, with or without the type and quotes.
fn recipient(value: &str) -> String {
    let name = match value.split_once(';') {
        Some((kind, name)) if kind.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => name,
        _ => value,
    };
    let name = name.trim();
    Name::read("Final-Recipient", name).map_or_else(|_| name.to_string(), |name| name.as_str().to_string())
}
