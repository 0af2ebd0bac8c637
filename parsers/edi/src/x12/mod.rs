//! X12 (X12.5, X12.6): interchanges, functional groups, transaction sets.
//!
//! `reader` turns a stream into events, `writer` values into bytes. In between: `window` (bytes over a stream), `cut`
//! (segments), `isa` (the header and its delimiters), `envelope` (the rules of headers and trailers). `examination` reads, validates and
//! judges a whole input.

mod control_numbers;
mod cut;
mod envelope;
pub mod examination;
mod isa;
pub mod reader;
mod window;
pub mod writer;

use crate::segment::{Delimiters, Segment};
use serde::{Deserialize, Serialize};

/// An interchange address: ISA05/06 or ISA07/08, trailing blanks removed from the id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PartyId {
    pub qualifier: String,
    pub id: String,
}

impl std::fmt::Display for PartyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.qualifier, self.id)
    }
}

/// The ISA, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interchange {
    pub sender: PartyId,
    pub receiver: PartyId,
    /// ISA09, ISA10 as they came (`YYMMDD`, `HHMM`).
    pub date: String,
    pub time: String,
    /// ISA12, `00401`.
    pub version: String,
    /// ISA13, nine digits.
    pub control_number: String,
    /// ISA14 = 1: a TA1 is asked for.
    pub acknowledgement_requested: bool,
    /// ISA15: `T` test, `P` production, `I` information.
    pub usage: char,
    pub delimiters: Delimiters,
    pub offset: u64,
}

/// The GS, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionalGroup {
    /// GS01, `PO`.
    pub functional_id: String,
    pub sender: String,
    pub receiver: String,
    pub date: String,
    pub time: String,
    /// GS06.
    pub control_number: String,
    pub agency: String,
    /// GS08, `004010` or `004010VICS`.
    pub version: String,
    pub offset: u64,
}

/// One ST to SE, whole, borrowed from the reader's window.
#[derive(Debug, Clone)]
pub struct TransactionSet<'a> {
    /// ST01, `850`.
    pub code: String,
    /// ST02.
    pub control_number: String,
    /// ISA13 and GS06 of what encloses it, for the findings.
    pub interchange: String,
    pub group: String,
    /// ST and SE included (SE may be missing from a cut-off set).
    pub segments: Vec<Segment<'a>>,
    /// Faults of the set's own envelope: SE missing, SE01, SE02.
    pub findings: Vec<crate::Finding>,
    pub offset: u64,
    pub length: u64,
    /// The set was over a limit of the reader: `segments` is empty, `length` is what was skipped, a finding says so.
    pub too_large: bool,
}
