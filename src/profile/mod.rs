//! `gateway.toml` and `partners.d/*.toml`: typed, checked, reloaded. The only code that reads configuration.
//!
//! Text becomes a `document` (values with places), is held against its `shape` (the JSON Schema of the types), read
//! into the types of `gateway` and `partner`, and checked across keys and files in `checks`. [`Configuration`] is
//! what is in force; [`Store`] swaps it on reload.
//! Promises: a broken profile stops that partner only; every problem names file, line, column and what to write.

mod checks;
mod configuration;
mod document;
pub mod duration;
pub mod gateway;
pub mod partner;
mod problem;
mod profile;
pub mod secret;
mod shape;
mod store;
#[cfg(test)]
mod tests;

pub use configuration::{Configuration, LastGood, MismatchReason, SenderMismatch};
pub use problem::{Problem, Severity, render};
pub use profile::{PartnerProfile, SHIPPED_TEMPLATES, Surroundings};
pub use shape::{gateway_schema, partner_schema};
pub use store::{ReloadReport, Store};
