//! `gateway.toml` and `partners.d/*.toml`: typed, checked, reloaded. The only code that reads configuration.

pub mod gateway;
pub mod partner;
