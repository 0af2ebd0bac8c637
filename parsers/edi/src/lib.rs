//! `portway-edi`: EDI bytes to values and back.
//!
//! Borrowed segments over a byte window, envelopes, schemas as data, findings, acknowledgements and a writer.
//! No clock, no files, no sockets: everything works over `std::io::BufRead`, `std::io::Write` or slices.
//! A reader never stops at the first fault: it yields values *and* findings, and carries on at the next segment,
//! set, group or interchange.

pub mod acknowledgement;
mod calendar;
pub mod charset;
mod control_numbers;
pub mod edifact;
pub mod examination;
pub mod finding;
mod index;
pub mod interchange;
mod plain;
pub mod reader;
pub mod schema;
pub mod segment;
mod window;
pub mod x12;

pub use finding::{Answer, Code, Finding, Place, Severity};
pub use interchange::Standard;
pub use segment::{Delimiters, Segment};
