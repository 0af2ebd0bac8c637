//! What holds for any column map and any bytes of a delimited file: the body of its fuzz target.
//!
//! The first line is the map, as JSON; the rest is the file. No panic; every fault says something; a document that was read is shown as
//! JSON and read from it; what is written of documents can be read.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway_flat::{Column, ColumnMap, Map};

pub fn flat_read(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let Ok(columns) = serde_json::from_slice::<ColumnMap>(&bytes[..end]) else { return };
    let map = match Map::new(columns.clone()) {
        Ok(map) => map,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut documents = Vec::new();
    for read in map.read(bytes.get(end + 1..).unwrap_or_default()) {
        match read {
            Ok(read) => {
                assert!(!read.rows.is_empty() && read.rows.is_sorted(), "{:?}", read.rows);
                let json = serde_json::to_string(&read.document).unwrap();
                assert_eq!(map.kind().parse(&json).unwrap(), read.document);
                documents.push(read.document);
            }
            Err(errors) => {
                assert!(!errors.errors.is_empty());
                errors.errors.iter().for_each(|error| assert!(!error.to_string().is_empty()));
            }
        }
    }
    let Ok((written, not_written)) = map.write(&documents) else { return };
    not_written.iter().for_each(|lost| assert!(!lost.pointer.is_empty()));
    let back = map.read(&written);
    // Where the number tells documents apart, as many come back.
    let to = columns.key.as_ref().and_then(|key| columns.columns.get(key)).map(|column| match column {
        Column::To(to) => to.as_str(),
        Column::Detailed(detailed) => detailed.to.as_str(),
    });
    let mut numbers: Vec<&str> = documents.iter().map(|document| document.number()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if to == Some("/number") && !documents.is_empty() {
        assert_eq!(back.len(), numbers.len(), "{}", String::from_utf8_lossy(&written));
    }
}
