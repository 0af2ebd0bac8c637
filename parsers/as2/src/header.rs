//! What an AS2 message says about itself in its HTTP fields: names, version, Message-ID, and the receipt it asks for (RFC 4130 sections 6, 7.3).
//!
//! Promises: fields in any case, folded, quoted or not, in odd spacing are read; a name and a Message-ID are kept byte for byte.
//! Fails softly: what is missing or wrong is a [`Fault`] in [`Request::faults`], never an error; the caller answers it.

use crate::algorithm::Digest;
use crate::mdn::Condition;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

/// HTTP fields in the order they came. Values may still be folded.
pub type Fields = [(String, String)];

/// The first field of that name, in any case; unfolded, without white space around.
pub fn field(fields: &Fields, name: &str) -> Option<String> {
    fields.iter().find(|(n, _)| n.trim().eq_ignore_ascii_case(name)).map(|(_, value)| unfolded(value))
}

/// A line break and the white space after it become one space (RFC 5322 section 2.2.3, generously).
fn unfolded(value: &str) -> String {
    let mut lines = value.split(['\r', '\n']).map(|l| l.trim_matches([' ', '\t'])).filter(|l| !l.is_empty());
    let mut all = lines.next().unwrap_or_default().to_string();
    for line in lines {
        all.push(' ');
        all.push_str(line);
    }
    all
}

/// The name of a station in AS2-From or AS2-To, without quotes and escapes. Case counts (RFC 4130 section 6.2).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The longest name, in characters.
    pub const LONGEST: usize = 128;

    /// A name as a profile has it.
    ///
    /// # Errors
    /// Empty, longer than 128 characters, or with a character that is not printable ASCII.
    pub fn new(name: &str) -> Result<Name, Fault> {
        Name::of("name", name)
    }

    fn of(field: &'static str, name: &str) -> Result<Name, Fault> {
        let length = name.chars().count();
        if name.is_empty() {
            return Err(Fault::Empty(field));
        }
        if let Some(c) = name.chars().find(|c| !matches!(c, ' '..='~')) {
            return Err(Fault::Character(field, c));
        }
        if length > Name::LONGEST {
            return Err(Fault::TooLong(field, length));
        }
        Ok(Name(name.to_string()))
    }

    /// From a field: quoted or not. White space inside a name without quotes stands, as products write it.
    ///
    /// # Errors
    /// As [`Name::new`], naming `field`.
    pub fn read(field: &'static str, value: &str) -> Result<Name, Fault> {
        let value = unfolded(value);
        let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        Name::of(field, &if quoted { unquoted(&value[1..value.len() - 1]) } else { value })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the field has it: quoted where it has a space, a quote or a backslash.
    pub fn field(&self) -> String {
        if self.0.contains([' ', '"', '\\']) { quoted(&self.0) } else { self.0.clone() }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Without the backslash before a quote or another backslash; a backslash before anything else stands.
fn unquoted(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.peek() {
            Some(&next @ ('"' | '\\')) if c == '\\' => {
                text.push(next);
                characters.next();
            }
            _ => text.push(c),
        }
    }
    text
}

/// What is missing or wrong in the fields of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A field that each message needs.
    Missing(&'static str),
    /// The same field twice, with different values.
    Twice(&'static str),
    Empty(&'static str),
    /// A value of so many characters.
    TooLong(&'static str, usize),
    /// A control character, or one outside ASCII where only ASCII may stand.
    Character(&'static str, char),
    /// A value that is none for this field.
    Value(&'static str, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing(field) => write!(f, "{field} is missing; the sender has to give it"),
            Fault::Twice(field) => write!(f, "{field} stands twice, with different values"),
            Fault::Empty(field) => write!(f, "{field} is empty"),
            Fault::TooLong(field, length) => write!(f, "{field} has {length} characters, more than it may"),
            Fault::Character(field, c) => write!(f, "{field} has the character {c:?}; printable ASCII only"),
            Fault::Value(field, value) => write!(f, "{field} cannot be {value:?}"),
        }
    }
}

/// The AS2 version of the other side: compression came with 1.1, EDIINT-Features with 1.2 (RFC 4130 section 6.1, RFC 6017).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u8,
    pub minor: u8,
}

impl Version {
    /// What a message without AS2-Version speaks.
    pub const OLDEST: Version = Version { major: 1, minor: 0 };

    fn read(value: &str) -> Option<Version> {
        let (major, minor) = value.trim_matches('"').split_once('.')?;
        Some(Version { major: major.trim().parse().ok()?, minor: minor.trim().parse().ok()? })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Whether the receipt shall be signed, and how (Disposition-Notification-Options, RFC 4130 section 7.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// A signature is asked for, in a protocol that we know.
    pub signed: bool,
    /// The digests of `signed-receipt-micalg` that we know, by preference; empty: any.
    pub digests: Vec<Digest>,
    /// A `required` protocol or list of algorithms of which we know none: what a `failed/failure:` MDN has to say.
    pub unsupported: Option<Condition>,
}

impl Receipt {
    /// Reads the options; attributes in any case and order, with or without an importance.
    pub fn read(options: &str) -> Receipt {
        let mut receipt = Receipt::default();
        for parameter in options.split([';', '\r', '\n']) {
            let Some((attribute, values)) = parameter.split_once('=') else { continue };
            let values = values.split(',').map(|v| v.trim().trim_matches('"').trim());
            let mut values = values.filter(|v| !v.is_empty()).peekable();
            let required = values.next_if(|v| v.eq_ignore_ascii_case("required")).is_some();
            let _ = values.next_if(|v| v.eq_ignore_ascii_case("optional"));
            let values: Vec<&str> = values.collect();
            let unsupported = match attribute.trim().to_ascii_lowercase().as_str() {
                "signed-receipt-protocol" => {
                    receipt.signed |= values.iter().any(|v| is_pkcs7_signature(v));
                    (!receipt.signed).then_some(Condition::UnsupportedFormat)
                }
                "signed-receipt-micalg" => {
                    for digest in values.iter().filter_map(|v| Digest::named(v)) {
                        if !receipt.digests.contains(&digest) {
                            receipt.digests.push(digest);
                        }
                    }
                    receipt.digests.is_empty().then_some(Condition::UnsupportedMicAlgorithms)
                }
                _ => None,
            };
            if required && !values.is_empty() {
                receipt.unsupported = receipt.unsupported.or(unsupported);
            }
        }
        receipt
    }
}

fn is_pkcs7_signature(protocol: &str) -> bool {
    let protocol = protocol.to_ascii_lowercase();
    let protocol = protocol.strip_prefix("application/").unwrap_or(&protocol);
    protocol.strip_prefix("x-").unwrap_or(protocol) == "pkcs7-signature"
}

/// The receipt that a message asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    None,
    /// In the HTTP reply.
    Sync(Receipt),
    /// By a POST of our own to `url` (Receipt-Delivery-Option). Whether we do is for the profile to say.
    Async {
        url: String,
        receipt: Receipt,
    },
}

impl Wanted {
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Wanted::None => None,
            Wanted::Sync(receipt) | Wanted::Async { receipt, .. } => Some(receipt),
        }
    }
}

/// What an incoming AS2 request says in its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub from: Option<Name>,
    pub to: Option<Name>,
    /// As it came, brackets and all; Original-Message-ID repeats it byte for byte.
    pub message_id: Option<String>,
    pub version: Version,
    pub subject: Option<String>,
    pub wanted: Wanted,
    /// EDIINT-Features (RFC 6017), in lower case.
    pub features: Vec<String>,
    /// AS2-Product or User-Agent.
    pub product: Option<String>,
    /// Without any, the message can be taken in.
    pub faults: Vec<Fault>,
}

impl Request {
    /// The longest Message-ID, in bytes (RFC 5322 section 2.1.1: a line).
    pub const LONGEST_MESSAGE_ID: usize = 998;

    pub fn read(fields: &Fields) -> Request {
        let mut faults = Vec::new();
        let from = name(fields, "AS2-From", &mut faults);
        let to = name(fields, "AS2-To", &mut faults);
        let message_id =
            needed(fields, "Message-ID", &mut faults).and_then(|id| check_message_id(id, &mut faults));
        let version = match field(fields, "AS2-Version") {
            None => Version::OLDEST,
            Some(value) => Version::read(&value).unwrap_or_else(|| {
                faults.push(Fault::Value("AS2-Version", value));
                Version::OLDEST
            }),
        };
        let filled = |name| field(fields, name).filter(|value| !value.is_empty());
        // The address in it means nothing in AS2: its presence does.
        let wanted = if field(fields, "Disposition-Notification-To").is_none() {
            Wanted::None
        } else {
            let receipt = Receipt::read(&filled("Disposition-Notification-Options").unwrap_or_default());
            match filled("Receipt-Delivery-Option") {
                Some(url) => Wanted::Async { url: url.trim_matches(['<', '>', '"']).to_string(), receipt },
                None => Wanted::Sync(receipt),
            }
        };
        let features = filled("EDIINT-Features").unwrap_or_default();
        Request {
            from,
            to,
            message_id,
            version,
            subject: filled("Subject"),
            wanted,
            features: features
                .split(',')
                .map(|f| f.trim().to_ascii_lowercase())
                .filter(|f| !f.is_empty())
                .collect(),
            product: filled("AS2-Product").or_else(|| filled("User-Agent")),
            faults,
        }
    }
}

fn needed(fields: &Fields, name: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
    let Some(value) = field(fields, name) else {
        faults.push(Fault::Missing(name));
        return None;
    };
    let all = fields.iter().filter(|(n, _)| n.trim().eq_ignore_ascii_case(name));
    // Two readers that take different ones of them would disagree on who sent this.
    if all.into_iter().any(|(_, other)| unfolded(other) != value) {
        faults.push(Fault::Twice(name));
        return None;
    }
    Some(value)
}

fn name(fields: &Fields, field: &'static str, faults: &mut Vec<Fault>) -> Option<Name> {
    let value = needed(fields, field, faults)?;
    Name::read(field, &value).map_err(|fault| faults.push(fault)).ok()
}

fn check_message_id(id: String, faults: &mut Vec<Fault>) -> Option<String> {
    let fault = if bare(&id).is_empty() {
        Fault::Empty("Message-ID")
    } else if id.len() > Request::LONGEST_MESSAGE_ID {
        Fault::TooLong("Message-ID", id.chars().count())
    } else if let Some(c) = id.chars().find(|c| c.is_control()) {
        Fault::Character("Message-ID", c)
    } else {
        return Some(id);
    };
    faults.push(fault);
    None
}

/// `<unique@domain>` (RFC 5322 section 3.6.4). `unique` is the caller's; what may not stand there becomes `-`.
pub fn message_id(unique: &str, domain: &str) -> String {
    let atom = |text: &str| -> String {
        text.chars()
            .map(|c| if c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) { c } else { '-' })
            .collect()
    };
    format!("<{}@{}>", atom(unique), atom(domain))
}

/// Whether both name the same message: brackets, quotes around the whole and white space do not count.
pub fn same_message_id(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

fn bare(id: &str) -> &str {
    let mut id = id.trim();
    loop {
        let inner = match id.as_bytes() {
            [b'<', .., b'>'] | [b'"', .., b'"'] => id[1..id.len() - 1].trim(),
            _ => return id,
        };
        id = inner;
    }
}

/// What Disposition-Notification-Options asks for: a signed receipt, its digests by preference; `old_names` as in RFC 3851.
pub fn notification_options(digests: &[Digest], old_names: bool) -> String {
    let names: Vec<&str> = digests.iter().map(|d| if old_names { d.old_name() } else { d.name() }).collect();
    format!(
        "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, {}",
        names.join(", ")
    )
}

/// The file name of a Content-Disposition (RFC 2183, 2231, 6266): the last part of a path only, and none that is no name (`..`).
pub fn file_name(content_disposition: &str) -> Option<String> {
    let field = paths_with_slashes(&unfolded(content_disposition));
    let mut parameters = mailparse::parse_content_disposition(&field).params;
    // RFC 6266 section 4.3: of both, the extended one; mailparse leaves it undecoded beside the plain one.
    if let Some(extended) = parameters.get("filename*") {
        let alone = format!("attachment; filename*={extended}");
        if let Some(name) = mailparse::parse_content_disposition(&alone).params.remove("filename") {
            parameters.insert("filename".to_string(), name);
        }
    }
    let name = parameters.get("filename").or_else(|| parameters.get("name"))?;
    let name = encoded_words(name);
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim();
    (!matches!(name, "" | "." | "..")).then(|| name.to_string())
}

/// `C:\out\850.edi`, as products for Windows write it without escapes: a backslash that escapes nothing parts a path.
fn paths_with_slashes(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    let mut characters = field.chars().peekable();
    while let Some(c) = characters.next() {
        match characters.peek() {
            Some(&next @ ('"' | '\\')) if c == '\\' => {
                text.extend([c, next]);
                characters.next();
            }
            _ => text.push(if c == '\\' { '/' } else { c }),
        }
    }
    text
}

/// `=?utf-8?B?…?=` (RFC 2047), which has no place in a parameter and stands there all the same.
fn encoded_words(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_string();
    }
    let line = format!("X: {text}");
    mailparse::parse_header(line.as_bytes())
        .map_or_else(|_| text.to_string(), |(header, _)| header.get_value())
}

/// `attachment; filename="…"`. Without quotes for those who cannot read them, where the name is a token; beyond ASCII by RFC 8187 too.
pub fn content_disposition(file_name: &str, in_quotes: bool) -> String {
    let clean: String = file_name.chars().filter(|c| !c.is_control()).collect();
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$&+-.^_`|~".contains(c);
    let ascii: String = clean.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let plain = !in_quotes && !ascii.is_empty() && ascii.chars().all(token);
    let mut field = format!("attachment; filename={}", if plain { ascii } else { quoted(&ascii) });
    if !clean.is_ascii() {
        field.push_str("; filename*=UTF-8''");
        for byte in clean.bytes() {
            match char::from(byte) {
                c if byte.is_ascii() && token(c) => field.push(c),
                _ => field.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    field
}

/// `Mon, 05 Jan 2026 09:30:00 GMT` (RFC 9110 section 5.6.7, a form of RFC 5322's too) of seconds since 1970, up to the year 9999.
pub fn date(unix_seconds: i64) -> String {
    let seconds = u64::try_from(unix_seconds).unwrap_or_default().min(253_402_300_799);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests;
