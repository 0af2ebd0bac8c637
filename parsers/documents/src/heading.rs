//! What documents open and close with: why they were sent, and what the sender counted.
//!
//! These are shapes only; they cannot fail.

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::money::QualifiedAmount;
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};

vocabulary! {
    /// Why a document was sent.
    pub enum Purpose {
        Original,
        Cancellation,
        Change,
        Replacement,
        Confirmation,
        Duplicate,
        Resubmission,
        Reissue,
        InformationCopy,
        Draft,
        Request,
        Proposal,
        /// An original that wants no answer.
        OriginalNoResponse,
        Correction,
        Simulation,
        Backorder,
        /// Everything in full.
        FullDetail,
        /// Only what differs.
        ExceptionsOnly,
        NoExceptions,
        Response,
        Addition,
        Deletion,
        Test,
        Copy,
    }
}

record! {
    /// What the sender counted.
    pub struct Totals {
        opt line_count: Decimal,
        /// Levels of the hierarchy: X12 CTT01 of sets with HL.
        opt level_count: Decimal,
        /// Sum of the quantities of the lines, for checking.
        opt hash_total: Decimal,
        opt weight: Quantity,
        /// X12 187.
        opt weight_code: Text,
        opt volume: Quantity,
        opt description: Text,
        many amounts: QualifiedAmount,
        /// Counts of other kinds: EDIFACT CNT.
        many counts: QualifiedQuantity,
        /// Sums of allowances and charges, for checking: they stand with the order and its lines already.
        many allowances_and_charges: AllowanceCharge,
        /// Units in all: X12 382, 413.
        opt quantity: Quantity,
        /// Packages in all: X12 80.
        opt package_count: Quantity,
        /// X12 398.
        opt order_sizing_factor: Decimal,
    }
}

impl Totals {
    pub fn is_empty(&self) -> bool {
        *self == Totals::default()
    }
}
