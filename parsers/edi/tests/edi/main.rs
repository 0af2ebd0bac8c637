//! Reading, validating, answering and writing X12, as a caller sees it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod acknowledgement;
mod answers;
mod codes;
mod reader;
mod reading;
mod samples;
mod schema_files;
mod validation;
mod writer;
