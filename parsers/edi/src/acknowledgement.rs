//! What we answer: verdicts on interchange, groups and sets, and the TA1 and 997 that say so (X12.20, 997 in 004010).

use crate::Finding;
use crate::x12::writer::{Envelope, WriteError};
use crate::x12::{FunctionalGroup, Interchange};

/// AK501/AK901 and TA104 share these letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AckCode {
    Accepted,
    AcceptedWithErrors,
    /// AK901 only: some sets of the group rejected.
    PartiallyAccepted,
    Rejected,
}

/// How a set with faults is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tolerance {
    /// Any error rejects the set.
    #[default]
    Strict,
    /// Errors within elements (AK4) are accepted with errors (AK501 = E); structural ones reject.
    ElementErrors,
}

#[derive(Debug, Clone)]
pub struct SetResult {
    pub code: String,
    pub control_number: String,
    /// The set's own and its schema's.
    pub findings: Vec<Finding>,
    pub verdict: AckCode,
}

#[derive(Debug, Clone)]
pub struct GroupResult {
    pub header: FunctionalGroup,
    pub declared_sets: Option<u32>,
    pub received_sets: u32,
    pub sets: Vec<SetResult>,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone)]
pub struct InterchangeResult {
    pub header: Interchange,
    pub groups: Vec<GroupResult>,
    pub findings: Vec<Finding>,
}

impl SetResult {
    pub fn judge(
        _code: &str,
        _control_number: &str,
        _findings: Vec<Finding>,
        _tolerance: Tolerance,
    ) -> SetResult {
        unimplemented!()
    }
}

impl GroupResult {
    /// Errors of the group's own envelope (GE missing, count, control number) reject the group whole.
    pub fn verdict(&self) -> AckCode {
        unimplemented!()
    }
    /// True if a set of it may be posted, as far as the group's own envelope goes.
    pub fn envelope_accepted(&self) -> bool {
        unimplemented!()
    }
}

impl InterchangeResult {
    /// Accepted, AcceptedWithErrors or Rejected: TA104.
    pub fn verdict(&self) -> AckCode {
        unimplemented!()
    }
    /// TA105, `000` when nothing is wrong.
    pub fn note_code(&self) -> &str {
        unimplemented!()
    }
}

/// The answer to one interchange: one ISA with the TA1 (when `ta1`) and, if the interchange was accepted, one GS*FA with one
/// ST*997 a group. `None` when there is nothing to say (no TA1 and no groups, or only groups that are never acknowledged: FA).
///
/// # Errors
/// A header field that does not fit.
pub fn write(
    _result: &InterchangeResult,
    _envelope: &Envelope,
    _ta1: bool,
) -> Result<Option<Vec<u8>>, WriteError> {
    unimplemented!()
}
