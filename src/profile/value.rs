//! What a profile writes as one text: party ids, the hash of a token, a certificate. Each is checked as it is read.
//!
//! Fails with what is wrong and how it is written; never repeats what could be a secret.

use portway_edi::interchange::PartyId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// `01:123456789`: ISA05/06 or ISA07/08, blanks at the end removed (X12.5, elements I05 to I07).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct X12Id(pub PartyId);

pub(super) const X12_ID_HELP: &str = "write the ISA qualifier (two characters), a colon and the id (up to 15 characters), as in \"01:123456789\"";

impl FromStr for X12Id {
    type Err = String;

    fn from_str(text: &str) -> Result<X12Id, String> {
        let Some((qualifier, id)) = text.split_once(':') else {
            return Err(format!("`{text}` is not an X12 address: the qualifier is missing"));
        };
        if qualifier.len() != 2 || !qualifier.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            return Err(format!("`{qualifier}` is not an ISA qualifier"));
        }
        let id = id.trim_end_matches(' ');
        if id.is_empty() || id.len() > 15 || !id.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            return Err(format!("`{id}` is not an ISA id: it has 1 to 15 printable ASCII characters"));
        }
        if id.starts_with(' ') {
            return Err(format!("`{id}` begins with a blank: ISA ids stand at the left"));
        }
        Ok(X12Id(PartyId { qualifier: qualifier.to_owned(), id: id.to_owned() }))
    }
}

impl fmt::Display for X12Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `14:4012345000009`, or the id alone: S002 or S003, elements 0004/0010 and 0007 (ISO 9735).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EdifactId(pub PartyId);

pub(super) const EDIFACT_ID_HELP: &str = "write the UNB qualifier, a colon and the id (up to 35 characters), as in \"14:4012345000009\"; the id alone where there is no qualifier";

impl FromStr for EdifactId {
    type Err = String;

    fn from_str(text: &str) -> Result<EdifactId, String> {
        let (qualifier, id) = text.split_once(':').unwrap_or(("", text));
        if qualifier.len() > 4 || !qualifier.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(format!("`{qualifier}` is not a UNB qualifier"));
        }
        if id.is_empty() || id.len() > 35 || !id.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
            return Err(format!("`{id}` is not a UNB id: it has 1 to 35 printable ASCII characters"));
        }
        Ok(EdifactId(PartyId { qualifier: qualifier.to_owned(), id: id.to_owned() }))
    }
}

impl fmt::Display for EdifactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// SHA-256 of a bearer token.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

pub(super) const TOKEN_HELP: &str = "write the token's SHA-256, never the token: printf %s TOKEN | sha256sum, \
     then \"sha256:<64 hex digits>\"; `portway partner new --token` makes one";

impl TokenHash {
    /// The hash under which a token is known.
    pub fn of(token: &str) -> TokenHash {
        use sha2::Digest;
        TokenHash(sha2::Sha256::digest(token.as_bytes()).into())
    }
}

impl FromStr for TokenHash {
    type Err = String;

    /// Errors never repeat the text: it may be the token.
    fn from_str(text: &str) -> Result<TokenHash, String> {
        let hex =
            text.strip_prefix("sha256:").ok_or("this is not a token's hash: it begins with `sha256:`")?;
        if hex.len() != 64 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(format!("a SHA-256 has 64 hex digits; here are {} characters", hex.chars().count()));
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            let digit = |c: u8| (c as char).to_digit(16).unwrap_or(0) as u8;
            *byte = digit(pair[0]) << 4 | digit(pair[1]);
        }
        Ok(TokenHash(hash))
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    /// The first digits only: enough to tell two apart.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{:02x}{:02x}…", self.0[0], self.0[1])
    }
}

/// A certificate: the path of a PEM file, or the PEM text itself (so a stored profile stands alone).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CertificateSource(pub String);

impl CertificateSource {
    /// The PEM text, where it is given in place.
    pub fn inline(&self) -> Option<&str> {
        self.0.trim_start().starts_with("-----BEGIN").then_some(self.0.as_str())
    }
}

impl fmt::Debug for CertificateSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.inline().is_some() { "(PEM)" } else { &self.0 })
    }
}

/// Reads a value from text and names its form in the JSON Schema.
macro_rules! read_from_text {
    ($type:ident, $format:literal, $pattern:literal, $help:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|message: String| serde::de::Error::custom(format!("{message}; {}", $help)))
            }
        }
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format, "pattern": $pattern })
            }
        }
    };
}
read_from_text!(X12Id, "x12-id", "^[0-9A-Z]{2}:.{1,15}$", X12_ID_HELP);
read_from_text!(EdifactId, "edifact-id", "^([0-9A-Za-z]{1,4}:)?.{1,35}$", EDIFACT_ID_HELP);
read_from_text!(TokenHash, "token-hash", "^sha256:[0-9a-fA-F]{64}$", TOKEN_HELP);

impl JsonSchema for CertificateSource {
    fn schema_name() -> Cow<'static, str> {
        "CertificateSource".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}
