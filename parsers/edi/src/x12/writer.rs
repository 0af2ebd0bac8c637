//! Writes X12: envelopes, counts and control numbers by the writer, never a delimiter inside data, no trailing
//! separators.

use super::{Delimiters, PartyId};

/// Everything the writer needs for ISA and GS.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub sender: PartyId,
    pub receiver: PartyId,
    pub group_sender: String,
    pub group_receiver: String,
    /// `YYYYMMDD`; ISA09 takes its last six.
    pub date: String,
    /// `HHMM`.
    pub time: String,
    /// ISA12, `00401`.
    pub interchange_version: String,
    /// GS08, `004010`.
    pub group_version: String,
    pub interchange_control_number: u32,
    pub group_control_number: u32,
    pub acknowledgement_requested: bool,
    /// ISA15.
    pub usage: char,
    pub delimiters: Delimiters,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// The value holds a delimiter, which X12 cannot escape.
    DelimiterInData { segment: String, element: u16, value: String },
    /// A header field does not fit its fixed width.
    DoesNotFit { element: &'static str, value: String },
}
