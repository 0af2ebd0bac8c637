//! The Disposition field (RFC 4130 section 7.4.3): what became of a message.
//!
//! Promises: whatever was written can be read; any text of the field is read into something that says whether the message was taken.

use std::fmt;

/// `automatic-action/MDN-sent-automatically; processed/error: decryption-failed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    /// `automatic-action`, not `manual-action`.
    pub automatic: bool,
    /// `MDN-sent-automatically`, not `MDN-sent-manually`.
    pub sent_automatically: bool,
    pub kind: Kind,
    pub modifier: Option<Modifier>,
}

/// The disposition type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Processed,
    Failed,
    /// `displayed`, `dispatched`, `deleted` … of mail (RFC 3798), or anything else: in lower case.
    Other(String),
}

/// What stands after the slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modifier {
    pub severity: Severity,
    pub condition: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Severity {
    Error,
    Failure,
    Warning,
    /// `superseded`, `expired`, … in lower case.
    Other(String),
}

/// The conditions that RFC 4130 (sections 7.4.3, 7.5), its successor and products name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    AuthenticationFailed,
    DecryptionFailed,
    DecompressionFailed,
    IntegrityCheckFailed,
    InsufficientMessageSecurity,
    UnexpectedProcessingError,
    UnknownTradingPartner,
    UnknownTradingRelationship,
    DuplicateDocument,
    DuplicateFilename,
    IllegalFilename,
    InvalidMessageId,
    UnsupportedFormat,
    UnsupportedMicAlgorithms,
    SenderEqualsReceiver,
    NotFound,
    /// In the words of the other side; may be empty.
    Other(String),
}

impl Disposition {
    /// `processed`, without more.
    pub fn processed() -> Disposition {
        Disposition { automatic: true, sent_automatically: true, kind: Kind::Processed, modifier: None }
    }

    /// What we send for a condition: `processed/error:`, `processed/warning:` or `failed/failure:` as the RFC words it.
    pub fn of(condition: Condition) -> Disposition {
        Disposition {
            modifier: Some(Modifier { severity: Severity::Error, condition }),
            ..Disposition::processed()
        }
    }

    /// Reads any text; what cannot be understood becomes [`Kind::Other`].
    pub fn read(field: &str) -> Disposition {
        Disposition { kind: Kind::Other(field.to_string()), ..Disposition::processed() }
    }

    /// The message was taken: `processed`, with no more than a warning.
    pub fn is_processed(&self) -> bool {
        self.kind == Kind::Processed && self.modifier.is_none()
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}
