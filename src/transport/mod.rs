//! The partners' side: one folder a transport.

pub mod directory;
