//! AS2 (RFC 4130) without sockets, files or a clock: MIME entities, S/MIME, compression, MIC and MDN, as streams from bytes to bytes.
//!
//! Promises: what was signed is hashed as it came, never as it could be written again; memory does not grow with the message;
//! whatever cannot be opened is told in one way, so that nobody learns from answers what is inside.

pub mod algorithm;
pub mod certificate;
pub mod certificate_file;
pub mod cms;
pub mod header;
pub mod mdn;
pub mod mic;
pub mod mime;
pub mod open;
pub mod seal;
