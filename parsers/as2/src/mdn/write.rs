//! An MDN as HTTP fields and body: `multipart/report`, in `multipart/signed` where it is signed (RFC 4130 section 7.4, RFC 6522).
//!
//! Promises: the same values give the same bytes, but for what the signer adds; Original-Message-ID stands as it came; nothing that
//! came from the other side can begin a field or a part of its own.
//! Fails only where the signer does.

use super::Mdn;
use crate::algorithm::{Digest, Hashed, Hashing};
use crate::certificate::Identity;
use crate::cms::{self, SignOptions};
use crate::header::{self, Name, Version};
use crate::mime::transfer::Base64Writer;
use std::io::{self, Write};

/// Makes a CMS SignedData of hashed bytes.
type Sign<'a> = dyn FnMut(&Hashed) -> io::Result<Vec<u8>> + 'a;

/// The fields around an MDN. Nothing here comes from a clock or a random number: the caller gives them.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// We; the AS2-To of the message that is answered.
    pub from: Name,
    pub to: Name,
    /// With brackets.
    pub message_id: String,
    pub version: Version,
    /// EDIINT-Features, where there are any (RFC 6017: from version 1.2).
    pub features: Vec<String>,
    /// Seconds since 1970.
    pub date: i64,
    /// Letters and digits that occur nowhere else; boundaries are made from it.
    pub unique: String,
    /// `sha256` in place of `sha-256`, for those who know no other.
    pub old_digest_names: bool,
}

/// An MDN, ready to be kept and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Without Content-Length.
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Writes an MDN, signed where a signer is given.
///
/// # Errors
/// What [`cms::sign`] or OpenSSL says.
pub fn write(
    mdn: &Mdn,
    envelope: &Envelope,
    signer: Option<(&Identity, &SignOptions)>,
) -> io::Result<Written> {
    match signer {
        None => write_with(mdn, envelope, None),
        Some((identity, options)) => write_with(
            mdn,
            envelope,
            Some((options.digest, &mut |hashed| Ok(cms::sign(hashed, identity, options)?))),
        ),
    }
}

pub(super) fn write_with(
    mdn: &Mdn,
    envelope: &Envelope,
    signer: Option<(Digest, &mut Sign<'_>)>,
) -> io::Result<Written> {
    let text = part_for_people(&mdn.text);
    let report = report_fields(mdn, envelope.old_digest_names);
    let boundary = boundary("report", &envelope.unique, &[&text, &report]);
    let mut body = Vec::new();
    for part in [text, report] {
        write!(body, "--{boundary}\r\n{part}\r\n")?;
    }
    write!(body, "--{boundary}--\r\n")?;
    let report_type =
        format!("multipart/report; report-type=disposition-notification; boundary=\"{boundary}\"");

    let content_type = match signer {
        None => report_type,
        Some((digest, sign)) => {
            let entity = [format!("Content-Type: {report_type}\r\n\r\n").as_bytes(), &body].concat();
            let mut hashing = Hashing::new(&[digest])?;
            hashing.update(&entity)?;
            let signature = sign(&hashing.finish()?)?;
            let outer = self::boundary("signed", &envelope.unique, &[&String::from_utf8_lossy(&entity)]);
            body = Vec::with_capacity(entity.len() + signature.len() * 3 / 2 + 512);
            write!(body, "--{outer}\r\n")?;
            body.extend_from_slice(&entity);
            write!(
                body,
                "\r\n--{outer}\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n\
                 Content-Transfer-Encoding: base64\r\n\
                 Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n"
            )?;
            let mut lines = Base64Writer::new(body);
            lines.write_all(&signature)?;
            body = lines.finish()?;
            if !body.ends_with(b"\r\n") {
                body.extend_from_slice(b"\r\n");
            }
            write!(body, "--{outer}--\r\n")?;
            let micalg = if envelope.old_digest_names { digest.old_name() } else { digest.name() };
            format!(
                "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg={micalg}; boundary=\"{outer}\""
            )
        }
    };
    Ok(Written { fields: fields(envelope, content_type), body })
}

fn fields(envelope: &Envelope, content_type: String) -> Vec<(String, String)> {
    let mut fields = vec![
        ("AS2-Version", envelope.version.to_string()),
        ("AS2-From", envelope.from.field()),
        ("AS2-To", envelope.to.field()),
        ("Message-ID", one_line(&envelope.message_id)),
        ("Date", header::date(envelope.date)),
        ("Subject", "Message Disposition Notification".to_string()),
        ("MIME-Version", "1.0".to_string()),
        ("Content-Type", content_type),
    ];
    if !envelope.features.is_empty() {
        fields.insert(7, ("EDIINT-Features", one_line(&envelope.features.join(", "))));
    }
    fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

fn part_for_people(text: &str) -> String {
    let mut lines = String::new();
    for line in text.trim_end().lines() {
        lines.extend(line.chars().filter(|c| !c.is_control() || *c == '\t'));
        lines.push_str("\r\n");
    }
    let (charset, encoding) = if lines.is_ascii() { ("us-ascii", "7bit") } else { ("utf-8", "8bit") };
    format!(
        "Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{lines}"
    )
}

fn report_fields(mdn: &Mdn, old_names: bool) -> String {
    let mut fields = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        fields.extend(value.map(|value| format!("{name}: {}\r\n", one_line(&value))));
    };
    // A name that is none, of another's message, is told back as it is.
    let recipient = |name: &Option<String>| {
        name.as_ref().map(|name| {
            format!("rfc822; {}", Name::new(name).map_or_else(|_| name.clone(), |name| name.field()))
        })
    };
    add("Reporting-UA", mdn.reporting_ua.clone());
    add("Original-Recipient", recipient(&mdn.original_recipient));
    add("Final-Recipient", recipient(&mdn.final_recipient));
    add("Original-Message-ID", mdn.original_message_id.clone());
    add("Disposition", Some(mdn.disposition.to_string()));
    for (name, value) in &mdn.others {
        let name: String = name.chars().filter(|c| c.is_ascii_graphic() && *c != ':').collect();
        add(&name, Some(value.clone()).filter(|_| !name.is_empty()));
    }
    add("Received-Content-MIC", mdn.mic.as_ref().map(|mic| mic.field(old_names)));
    let fields = fields.concat();
    let encoding = if fields.is_ascii() { "7bit" } else { "8bit" };
    format!(
        "Content-Type: message/disposition-notification\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{fields}"
    )
}

/// Without anything that could end the line.
fn one_line(value: &str) -> String {
    value.chars().filter(|c| !c.is_control() || *c == '\t').collect()
}

/// One that none of the texts contains.
fn boundary(kind: &str, unique: &str, texts: &[&str]) -> String {
    let mut boundary = format!("{kind}-");
    boundary.extend(unique.chars().filter(char::is_ascii_alphanumeric).take(40));
    while texts.iter().any(|text| text.contains(&boundary)) {
        boundary.push('x');
    }
    boundary
}
