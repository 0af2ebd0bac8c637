//! `gateway.toml` and `partners.d/*.toml`: typed, checked, reloaded. The only code that reads configuration.
//!
//! Text becomes a `document` (values with places), is held against its `shape` (the JSON Schema of the types), read
//! into the types of `gateway` and `partner`, and checked across keys in `checks` and across partners in `choice`. [`Configuration`] is
//! what is in force; [`Store`] swaps it on reload.
//! Promises: a broken profile stops that partner only; every problem names file, line, column and what to write.

mod api_checks;
pub mod as2;
mod as2_checks;
pub mod certificates;
mod checks;
mod choice;
pub mod compare;
mod configuration;
mod document;
pub mod due;
pub mod duration;
pub mod files;
pub mod gateway;
pub mod hour;
pub mod items;
pub mod oauth2;
mod own_keys;
pub mod partner;
mod partner_profile;
mod pinned;
mod problem;
pub mod retention;
pub mod secret;
pub mod sftp;
mod sftp_checks;
pub mod sftp_client;
mod sftp_client_checks;
mod shape;
pub mod source;
mod store;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_api;
#[cfg(test)]
mod tests_as2;
#[cfg(test)]
mod tests_sftp;
#[cfg(test)]
mod tests_sftp_client;
pub mod transform;
mod value;

pub use configuration::{Configuration, LastGood, MismatchReason, SenderMismatch};
pub use own_keys::{OwnKey, OwnKeys, Reader};
pub use partner_profile::{PartnerProfile, SHIPPED_TEMPLATES, Surroundings, is_plain_name};
pub use pinned::{As2Partner, Pinned, beginning};
pub use problem::{Problem, Severity, render};
pub use shape::suggest;
pub use shape::{gateway_schema, partner_schema};
pub use store::{ReloadReport, Store};
