//! What an AS2 message says about itself in its HTTP fields: names, version, Message-ID, and the receipt it asks for (RFC 4130 sections 6, 7.3).
//!
//! Promises: fields in any case, folded, quoted or not, in odd spacing are read; a name and a Message-ID are kept byte for byte.
//! Fails softly: what is missing or wrong is a [`Fault`] in [`Request::faults`], never an error; the caller answers it.

use crate::algorithm::Digest;
use std::fmt;

/// HTTP fields in the order they came. Values may still be folded.
pub type Fields = [(String, String)];

/// The first field of that name, in any case; unfolded and trimmed.
pub fn field(fields: &Fields, name: &str) -> Option<String> {
    let _ = (fields, name);
    None
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
        Ok(Name(name.to_string()))
    }

    /// From a field: quoted or not; unquoted spaces inside, and single quotes of no meaning, are taken as they stand.
    ///
    /// # Errors
    /// As [`Name::new`].
    pub fn read(field: &str) -> Result<Name, Fault> {
        Name::new(field)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As the field has it: quoted where it has a space, a quote or a backslash.
    pub fn field(&self) -> String {
        self.0.clone()
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

/// What is missing or wrong in the fields of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A field that each message needs.
    Missing(&'static str),
    /// The same field twice, with different values.
    Twice(&'static str),
    Empty(&'static str),
    /// A name of so many characters.
    TooLong(&'static str, usize),
    /// A control character, or one outside ASCII where only ASCII may stand.
    Character(&'static str, char),
    /// A value that is none for this field.
    Value(&'static str, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The AS2 version of the other side; what we do differs in no more than compression (1.1) and features (1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub major: u8,
    pub minor: u8,
}

/// Whether the receipt shall be signed, and how (Disposition-Notification-Options, RFC 4130 section 7.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// `signed-receipt-protocol` names pkcs7-signature.
    pub signed: bool,
    /// The digests that we know of `signed-receipt-micalg`, by preference; empty: any.
    pub digests: Vec<Digest>,
    /// `required` protocols and algorithms of which we know none: what a `failed/failure:` MDN has to say.
    pub unsupported: Option<crate::mdn::Condition>,
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

/// What an incoming AS2 request says in its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub from: Option<Name>,
    pub to: Option<Name>,
    /// As it came, brackets and all; Original-Message-ID repeats it byte for byte.
    pub message_id: Option<String>,
    pub version: Option<Version>,
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
    pub fn read(fields: &Fields) -> Request {
        let _ = fields;
        Request {
            from: None,
            to: None,
            message_id: None,
            version: None,
            subject: None,
            wanted: Wanted::None,
            features: Vec::new(),
            product: None,
            faults: Vec::new(),
        }
    }
}

/// `<unique@domain>` (RFC 2822 section 3.6.4). `unique` is the caller's; characters that may not stand there become `-`.
pub fn message_id(unique: &str, domain: &str) -> String {
    format!("<{unique}@{domain}>")
}

/// Whether both name the same message: brackets and white space around do not count.
pub fn same_message_id(one: &str, other: &str) -> bool {
    one == other
}

/// The field that asks for a signed receipt: `signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=…`.
pub fn notification_options(digests: &[Digest], old_names: bool) -> String {
    let _ = (digests, old_names);
    String::new()
}

/// The file name of a Content-Disposition (RFC 2183, 2231, 6266): the last part of a path only; none that is no name (`..`).
pub fn file_name(content_disposition: &str) -> Option<String> {
    let _ = content_disposition;
    None
}

/// `attachment; filename="…"`; without quotes for those who cannot read them (then only if the name needs none).
pub fn content_disposition(file_name: &str, quoted: bool) -> String {
    let _ = quoted;
    format!("attachment; filename=\"{file_name}\"")
}

/// `Mon, 05 Jan 2026 09:30:00 GMT` (RFC 5322 section 3.3, RFC 9110 section 5.6.7) of seconds since 1970.
pub fn date(unix_seconds: i64) -> String {
    unix_seconds.to_string()
}
