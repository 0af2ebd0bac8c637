//! Portway: an EDI/B2B gateway appliance.

pub mod command;
pub mod profile;
