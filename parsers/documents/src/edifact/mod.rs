//! The building blocks of the documents, in EDIFACT segments and groups.
//!
//! Each file has one block, in the elements' order of the standard; [`codes`] and [`units`] have its codes and our words. A
//! document's own mapping (`purchase_order/edifact_orders.rs`) only says which segment of which group belongs to which field.

pub(crate) mod allowance;
pub(crate) mod answer;
pub(crate) mod codes;
pub(crate) mod date;
pub(crate) mod detail;
pub(crate) mod item;
pub(crate) mod money;
pub(crate) mod order;
pub(crate) mod party;
pub(crate) mod quantity;
pub(crate) mod reference;
pub(crate) mod transport;
pub mod units;

/// What no EDIFACT message carries of the shared blocks: path (`*` wherever it stands) and reason.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[];
