//! X12 (X12.5, X12.6): interchanges, functional groups, transaction sets.
//!
//! `reader` turns a stream into events, `writer` values into bytes. In between: `cut`
//! (segments), `isa` (the header and its delimiters), `envelope` (the rules of headers and trailers). `examination` reads, validates and
//! judges a whole input.

pub mod characters;
mod cut;
mod envelope;
pub mod examination;
mod isa;
pub mod reader;
pub mod writer;

pub use crate::interchange::{FunctionalGroup, Interchange, PartyId, TransactionSet};
