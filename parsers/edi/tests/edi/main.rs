//! Reading, validating, answering and writing X12 and EDIFACT, as a caller sees it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod acknowledgement;
mod answered;
mod answers;
mod codes;
mod each_code;
mod edifact;
mod expected;
mod guide;
mod mutated;
mod odd_inputs;
mod reader;
mod reading;
mod rules;
mod samples;
mod schema_files;
mod validation;
mod writer;
