//! Mangled files and maps: reading ends with documents or errors, never with a panic; and what is read can be written.

use crate::{ORDERS, ORDERS_MAP, map};
use portway_flat::{ColumnMap, Map};
use proptest::prelude::*;

fn run(map: &Map, bytes: &[u8]) {
    let documents: Vec<_> = map.read(bytes).into_iter().flatten().map(|read| read.document).collect();
    if let Ok((bytes, _)) = map.write(&documents) {
        let back = map.read(&bytes);
        assert!(documents.is_empty() || back.len() == documents.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_cut_out_and_put_in(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..9, "[;\"\r\n,.0-9ä-]{0,5}"), 1..6),
        noise in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut bytes = ORDERS.as_bytes().to_vec();
        for (at, length, piece) in edits {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, piece.bytes());
            bytes.push(b'x');
        }
        bytes.extend(noise);
        run(&map(ORDERS_MAP), &bytes);
    }

    #[test]
    fn any_map_is_checked_or_works(
        to in "(/(lines|parties|-|0|3|item|number|name|dates|date|quantity|value|unit|~1|purpose)){1,5}",
        date in "[%dmYHQ.z -]{0,6}",
        separator in any::<char>(),
    ) {
        let json = serde_json::json!({
            "document": "purchase-order", "key": "PO", "separator": separator, "date": date,
            "columns": { "PO": "/number", "Date": to },
        });
        if let Ok(map) = serde_json::from_value::<ColumnMap>(json).map_err(|e| e.to_string())
            .and_then(|map| Map::new(map).map_err(|e| e.to_string())) {
            run(&map, ORDERS.replace(';', &separator.to_string()).as_bytes());
        }
    }
}
