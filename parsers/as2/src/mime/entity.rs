//! The header of a MIME entity: its exact bytes, and its fields as values (RFC 5322 section 2.2, RFC 2045 section 5, RFC 2183).
//!
//! Tolerated: LF alone as a line end, folded fields, names in any case, a blank before the colon, RFC 2231 parameters.
//! Refused, as [`MimeError`]: a line that is no field, two `Content-Type`s (readers would differ on what was signed), a header
//! over its limits, an entity that ends inside its header.

use super::MimeError;
use super::transfer::TransferEncoding;
use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// How large a header may be.
#[derive(Debug, Clone, Copy)]
pub struct HeaderLimits {
    /// Bytes, line ends counted.
    pub bytes: usize,
    pub fields: usize,
}

impl Default for HeaderLimits {
    fn default() -> Self {
        HeaderLimits { bytes: 32 * 1024, fields: 200 }
    }
}

/// The header of an entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    raw: Vec<u8>,
    fields: Vec<(String, String)>,
}

/// A `Content-Type`, in lower case; parameters with lower-case names, unquoted (RFC 2045 section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentType {
    /// `type/subtype`.
    pub essence: String,
    pub parameters: BTreeMap<String, String>,
}

impl ContentType {
    /// A `Content-Type` field's value.
    pub fn parse(value: &str) -> ContentType {
        let parsed = mailparse::parse_content_type(value);
        ContentType { essence: parsed.mimetype.trim().to_string(), parameters: parsed.params }
    }

    pub fn is_multipart(&self) -> bool {
        self.essence.starts_with("multipart/")
    }

    /// `application/pkcs7-mime`, also under its old name (RFC 8551 section 3.2).
    pub fn is_pkcs7_mime(&self) -> bool {
        matches!(self.essence.as_str(), "application/pkcs7-mime" | "application/x-pkcs7-mime")
    }

    /// A parameter; the name in lower case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

impl Header {
    /// Reads up to and with the empty line; the body is what follows.
    ///
    /// # Errors
    /// `InvalidData` with a [`MimeError`] for what is no header; otherwise whatever `input` failed with.
    pub fn read(input: &mut dyn BufRead, limits: HeaderLimits) -> io::Result<Header> {
        let mut raw = Vec::new();
        loop {
            let line_start = raw.len();
            read_line(input, &mut raw, limits.bytes)?;
            match &raw[line_start..] {
                b"\r\n" | b"\n" => break,
                line if !line.ends_with(b"\n") => return Err(MimeError::HeaderCut.into()),
                _ => {}
            }
        }
        let fields = fields_of(&raw, limits.fields)?;
        let header = Header { raw, fields };
        header.once("Content-Type")?;
        Ok(header)
    }

    /// From the fields of an HTTP message, folded or not.
    ///
    /// # Errors
    /// Two `Content-Type`s.
    pub fn from_fields(fields: &[(String, String)]) -> Result<Header, MimeError> {
        let fields = fields.iter().map(|(n, v)| (n.trim().to_string(), unfold(v.as_bytes()))).collect();
        let header = Header { raw: Vec::new(), fields };
        header.once("Content-Type")?;
        Ok(header)
    }

    fn once(&self, name: &str) -> Result<(), MimeError> {
        match self.fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).count() {
            0 | 1 => Ok(()),
            n => Err(MimeError::Header(format!("{n} {name} fields"))),
        }
    }

    /// The bytes as they came, with the empty line; nothing if the header came from HTTP.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The fields in their order, unfolded.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The first field of that name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// `None` where there is none: the reader decides what then holds (RFC 2045 section 5.2: text/plain).
    pub fn content_type(&self) -> Option<ContentType> {
        self.get("Content-Type").map(ContentType::parse)
    }

    /// Absent is taken as binary, as AS2 does (RFC 4130 section 5.2.1 has no 7-bit transport to fear).
    pub fn transfer_encoding(&self) -> TransferEncoding {
        self.get("Content-Transfer-Encoding").map_or(TransferEncoding::Identity, TransferEncoding::named)
    }

    /// `filename` of `Content-Disposition`, or `name` of `Content-Type`; without folders and control characters.
    pub fn file_name(&self) -> Option<String> {
        let disposition = self.get("Content-Disposition").map(|v| {
            // The same parameters in the same syntax; words of RFC 2047 are decoded first.
            mailparse::parse_content_type(&decoded_words(v)).params
        });
        let name = disposition.and_then(|p| p.get("filename").cloned()).or_else(|| {
            let value = self.get("Content-Type")?;
            mailparse::parse_content_type(&decoded_words(value)).params.get("name").cloned()
        })?;
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: String = last.chars().filter(|c| !c.is_control()).collect();
        let clean = clean.trim();
        (!clean.is_empty() && clean != "." && clean != "..").then(|| clean.to_string())
    }
}

/// RFC 2047 words within a field's value, as mailparse reads them.
fn decoded_words(value: &str) -> String {
    if !value.contains("=?") {
        return value.to_string();
    }
    let line = format!("X: {}", value.replace(['\r', '\n'], " "));
    mailparse::parse_header(line.as_bytes()).map_or_else(|_| value.to_string(), |(h, _)| h.get_value())
}

/// Appends one line with its end, or what is left before the end of the input.
fn read_line(input: &mut dyn BufRead, into: &mut Vec<u8>, limit: usize) -> io::Result<()> {
    loop {
        let available = match input.fill_buf() {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if available.is_empty() {
            return Ok(());
        }
        let (count, ended) = match memchr::memchr(b'\n', available) {
            Some(at) => (at + 1, true),
            None => (available.len(), false),
        };
        if into.len() + count > limit {
            return Err(MimeError::HeaderTooLarge { limit }.into());
        }
        into.extend_from_slice(&available[..count]);
        input.consume(count);
        if ended {
            return Ok(());
        }
    }
}

fn fields_of(raw: &[u8], limit: usize) -> Result<Vec<(String, String)>, MimeError> {
    // A name, and where its value begins and ends; a folded value grows over the lines that follow.
    let mut fields: Vec<(&[u8], usize, usize)> = Vec::new();
    let mut start = 0;
    while start < raw.len() {
        let end = memchr::memchr(b'\n', &raw[start..]).map_or(raw.len(), |at| start + at + 1);
        let line = &raw[start..end];
        if matches!(line, b"\r\n" | b"\n") {
            break;
        }
        if matches!(line.first(), Some(b' ' | b'\t')) {
            match fields.last_mut() {
                Some((_, _, value_end)) => *value_end = end,
                None => {
                    return Err(MimeError::Header("it begins with the continuation of a field".to_string()));
                }
            }
        } else {
            let number = fields.len() + 1;
            let Some(colon) = memchr::memchr(b':', line) else {
                return Err(MimeError::Header(format!("field {number} has no colon")));
            };
            let name = line[..colon].trim_ascii_end();
            if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
                return Err(MimeError::Header(format!("field {number} has no name of printable ASCII")));
            }
            if number > limit {
                return Err(MimeError::HeaderTooLarge { limit });
            }
            fields.push((name, start + colon + 1, end));
        }
        start = end;
    }
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    Ok(fields.into_iter().map(|(name, from, to)| (text(name), unfold(&raw[from..to]))).collect())
}

/// Without line ends (RFC 5322 section 2.2.3); UTF-8, else Latin-1.
fn unfold(value: &[u8]) -> String {
    let bytes: Vec<u8> = value.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(other) => other.into_bytes().iter().map(|&b| char::from(b)).collect(),
    };
    text.trim().to_string()
}
