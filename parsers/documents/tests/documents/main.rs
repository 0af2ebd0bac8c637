//! The documents from real bytes: each test reads X12 or EDIFACT, validates it against the shipped schema, and maps it.
//!
//! Golden cases stand in `tests/golden/<document>/<case>/` of the workspace. `golden` compares whole documents and what they are
//! written as, `facts` asserts by hand what must be in them, `nothing_lost` changes every element of every input and expects the
//! document to change (`changes`), `round_trip` writes documents and reads them back, `rows` holds the lists of what is not
//! carried against what is lost of these and of made documents (`filled`), `schema` keeps the checked-in JSON Schemas true,
//! `samples` maps whatever real-life sets lie beside the workspace, `docs` keeps `docs/documents.md` true.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod changes;
mod docs;
mod expected;
mod facts;
mod filled;
mod golden;
mod nothing_lost;
mod origin;
mod relations;
mod round_trip;
mod rows;
mod samples;
mod schema;
mod sets;
