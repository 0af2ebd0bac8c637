//! The purchase order from real bytes: each test reads X12 or EDIFACT, validates it against the shipped schema, and maps it.
//!
//! `golden` compares whole documents, `facts` asserts by hand what must be in them, `nothing_lost` changes every element of
//! every input and expects the document to change, `schema` keeps the checked-in JSON Schema true, `samples` maps whatever
//! real-life orders lie beside the workspace.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod facts;
mod facts_edifact;
mod golden;
mod nothing_lost;
mod samples;
mod schema;
mod sets;
