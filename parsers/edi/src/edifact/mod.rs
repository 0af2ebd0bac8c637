//! EDIFACT (ISO 9735, syntax 1 to 4): interchanges, groups, messages.
//!
//! `reader` turns a stream into the same events as X12's, `writer` values into bytes, `contrl` verdicts into a CONTRL and back.
//! In between: `service` (UNA and UNB, from which the delimiters come), `cut` (segments), `envelope` (the rules of headers and
//! trailers), `sample` (a valid message of any kind), `extension` (two-byte characters).

pub mod contrl;
mod cut;
mod envelope;
mod extension;
pub mod reader;
pub mod sample;
pub(crate) mod service;
pub mod writer;
