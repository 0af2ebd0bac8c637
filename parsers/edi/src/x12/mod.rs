//! X12 (X12.5, X12.6): interchanges, functional groups, transaction sets.
//!
//! `reader` turns a stream into events, `writer` values into bytes. In between: `cut`
//! (segments), `isa` (the header and its delimiters), `envelope` (the rules of headers and trailers). `examination` reads, validates and
//! judges a whole input of either standard.

pub mod characters;
mod cut;
mod envelope;
pub(crate) mod isa;
pub mod reader;
pub mod sample;
pub mod writer;

pub use crate::examination;
pub use crate::interchange::{FunctionalGroup, Interchange, PartyId, TransactionSet};
