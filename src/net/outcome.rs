//! What became of one try to hand something over, the same for every kind of endpoint and for what we send to partners.
//!
//! The ends answer two questions: may the other side have acted on it, and does trying again make sense. Only
//! [`Outcome::Deferred`] promises that the bytes had no effect; [`Outcome::Uncertain`] says that nobody knows, so it is
//! repeated with the same id, or held for a person where the receiver honours no id. On doubt: uncertain.

use std::time::Duration;

/// The end of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver said yes. `detail`: the first 512 bytes of its answer, as text, for people.
    Delivered { status: Option<u16>, detail: String },
    /// Not taken, for now: it never left, or the receiver said "not now". `retry_after`: its own wish.
    Deferred { reason: String, retry_after: Option<Duration>, status: Option<u16> },
    /// Bytes left and no trustworthy answer came: a time-out, a cut connection, or a proxy that answered in its stead.
    Uncertain { reason: String, status: Option<u16> },
    /// The receiver said no, and will say it again: a person must act.
    Refused { status: Option<u16>, reason: String },
    /// It cannot even be written for the receiver: nothing left us, and a person decides where it goes.
    Held { reason: String },
}

impl Outcome {
    /// The word used in the ledger's attempt rows.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Delivered { .. } => "delivered",
            Outcome::Deferred { .. } => "deferred",
            Outcome::Uncertain { .. } => "uncertain",
            Outcome::Refused { .. } | Outcome::Held { .. } => "refused",
        }
    }

    /// The HTTP status that came, if one did.
    pub fn status(&self) -> Option<u16> {
        match self {
            Outcome::Delivered { status, .. }
            | Outcome::Deferred { status, .. }
            | Outcome::Uncertain { status, .. }
            | Outcome::Refused { status, .. } => *status,
            Outcome::Held { .. } => None,
        }
    }

    /// What happened, in words for the timeline.
    pub fn reason(&self) -> &str {
        match self {
            Outcome::Delivered { detail, .. } => detail,
            Outcome::Deferred { reason, .. }
            | Outcome::Uncertain { reason, .. }
            | Outcome::Refused { reason, .. }
            | Outcome::Held { reason } => reason,
        }
    }
}
