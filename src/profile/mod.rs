//! `gateway.toml` and `partners.d/*.toml`: typed, checked, reloaded. The only code that reads configuration.

pub mod duration;
pub mod gateway;
pub mod partner;
pub mod secret;
