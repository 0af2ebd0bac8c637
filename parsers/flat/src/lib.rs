//! `portway-flat`: delimited files (RFC 4180) and the canonical documents, both ways, by a map of columns.
//!
//! A map says what a column is, as a JSON pointer into the document (RFC 6901); `-` in it is "a new entry per row":
//!
//! ```toml
//! document = "purchase-order"
//! key = "PO"                       # rows with the same value are one document
//! [columns]
//! "PO" = "/number"
//! "Date" = { to = "/order_date", date = "%d.%m.%Y" }
//! "SKU" = "/lines/-/item/seller_number"
//! "Qty" = { to = "/lines/-/quantity/value", decimal = "," }
//! "Unit" = { to = "/lines/-/quantity/unit", words = { "ST" = "H87" } }
//! [fixed]
//! "/currency/code" = "EUR"
//! ```
//!
//! [`Map::new`] checks the map, [`Map::read`] yields each document or why it is none, naming row and column; a faulty document does
//! not stop the others. [`Map::write`] makes rows of documents, and tells which values no column has. Bytes to values and back: no
//! files, no clock.

mod encoding;
mod map;
mod pointer;
mod read;
mod value;
mod write;

pub use map::{Column, ColumnMap, DateFormat, DecimalMark, Detailed, Encoding, MapError};
pub use read::{FlatError, FlatErrors, Read};
pub use write::{NotWritten, WriteError};

use map::Source;
use pointer::Pointer;
use portway_documents::DocumentKind;

/// A column map that was checked.
#[derive(Debug, Clone)]
pub struct Map {
    map: ColumnMap,
    kind: DocumentKind,
    columns: Vec<Checked>,
    fixed: Vec<(Pointer, String)>,
}

/// A column of the map, its pointer understood.
#[derive(Debug, Clone)]
struct Checked {
    source: Source,
    to: Pointer,
    column: Column,
}
