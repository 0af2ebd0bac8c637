//! What operators are told, and by e-mail how.

pub mod mail;
