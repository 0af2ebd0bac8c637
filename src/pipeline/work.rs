//! A message in work: what its stages need at hand, and how working on it can fail.

use super::House;
use crate::ledger;
use crate::ledger::job::Lease;
use crate::ledger::message::ToProcess;
use crate::net::spool::SpoolError;
use crate::profile::{Configuration, PartnerProfile};
use jiff::Timestamp;
use std::sync::Arc;

#[derive(Debug)]
pub enum Failure {
    Ledger(ledger::Error),
    /// The spool, or the stored payload, cannot be read.
    Content(std::io::Error),
    /// An answer cannot be written: ours to mend.
    Answer(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Ledger(error) => error.fmt(f),
            Failure::Content(error) => write!(f, "the message's bytes cannot be read back: {error}"),
            Failure::Answer(why) => write!(f, "the answer cannot be written: {why}"),
        }
    }
}

impl From<ledger::Error> for Failure {
    fn from(error: ledger::Error) -> Self {
        Failure::Ledger(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::Content(error)
    }
}

impl From<SpoolError> for Failure {
    fn from(error: SpoolError) -> Self {
        Failure::Content(std::io::Error::other(error.to_string()))
    }
}

/// A message in work.
pub(super) struct Work<'a> {
    pub house: &'a House,
    pub configuration: Arc<Configuration>,
    pub connection: Arc<PartnerProfile>,
    pub message: ToProcess,
    pub lease: &'a Lease,
    pub now: Timestamp,
}
