//! IDocs of our own making, documents of the house, and mangled input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod documents;
mod facts;
mod mangled;
mod samples;
mod xml;

use portway_documents::Document;
use portway_idoc::{Control, Idoc, Layout};

/// A sample by its name.
pub fn sample(name: &str) -> String {
    let path = format!("{}/tests/it/samples/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn read_one(xml: &str) -> Idoc {
    let mut idocs: Vec<Idoc> = portway_idoc::read(xml.as_bytes()).map(|idoc| idoc.unwrap()).collect();
    assert_eq!(idocs.len(), 1);
    idocs.remove(0)
}

/// The XML, and the messages of the findings.
pub fn write(document: &Document, control: &Control, layout: Layout) -> (String, Vec<String>) {
    let (bytes, findings) = portway_idoc::write(document, control, layout).unwrap();
    (String::from_utf8(bytes).unwrap(), findings.into_iter().map(|f| f.message).collect())
}
