//! Reads the building blocks of the documents from EDIFACT segments (D.96A and D.01B).
//!
//! As [`crate::x12`]: [`reading`] hands out components and remembers which were taken, [`codes`] and [`units`] turn codes into
//! words, the other files read one block each. Segment groups are told by the tag of their trigger, never by their number,
//! which differs between the directories.

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
