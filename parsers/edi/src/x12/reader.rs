//! Reads any number of X12 interchanges from a stream, one transaction set in memory at a time.

use super::{FunctionalGroup, Interchange, TransactionSet};
use crate::{Finding, Segment};
use std::io::BufRead;

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one transaction set, ST to SE.
    pub max_set_bytes: usize,
    /// Bytes of one segment.
    pub max_segment_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_set_bytes: 64 << 20, max_segment_bytes: 1 << 20 }
    }
}

/// What the reader meets, in order. Ends are always reported, also when the trailer is missing.
#[derive(Debug)]
pub enum Event<'a> {
    Interchange(Interchange),
    /// A TA1 between ISA and the first GS (or after the last GE).
    InterchangeAcknowledgement(Segment<'a>),
    Group(FunctionalGroup),
    Set(TransactionSet<'a>),
    /// Findings of GE (count, control number, missing) and of the GS itself.
    GroupEnd {
        declared_sets: Option<u32>,
        received_sets: u32,
        findings: Vec<Finding>,
    },
    /// Findings of IEA and of the ISA itself. `length` from ISA to the end of IEA's terminator.
    InterchangeEnd {
        declared_groups: Option<u32>,
        received_groups: u32,
        complete: bool,
        length: u64,
        findings: Vec<Finding>,
    },
    /// Bytes that belong to no interchange: junk before, between or after. Nothing is dropped in silence.
    Stray(Finding),
}

pub struct Reader<R> {
    _input: R,
}

impl<R: BufRead> Reader<R> {
    pub fn new(input: R, _limits: Limits) -> Self {
        Reader { _input: input }
    }

    /// The next event; `None` at the end of the input. Errors are those of the input alone, never of its content.
    pub fn next_event(&mut self) -> std::io::Result<Option<Event<'_>>> {
        unimplemented!()
    }
}
