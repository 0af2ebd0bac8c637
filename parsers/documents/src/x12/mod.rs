//! Reads the building blocks of the documents from X12 segments.
//!
//! [`reading`] hands out elements and remembers which were taken, so that the rest can be listed; [`codes`] and [`units`] turn
//! codes into words; the other files read one block each, in the elements' order of the standard. A document's own mapping
//! (`purchase_order/x12_850.rs`) only says which segment of which loop fills which field.

pub(crate) mod allowance;
pub(crate) mod codes;
pub(crate) mod date;
pub(crate) mod item;
pub(crate) mod money;
pub(crate) mod party;
pub(crate) mod quantity;
pub(crate) mod reading;
pub(crate) mod reference;
pub(crate) mod transport;
pub mod units;
