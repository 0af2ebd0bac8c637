//! Maps: their schema, and what is wrong with one in words.

use crate::{ORDERS_MAP, map};
use portway_flat::{ColumnMap, Map};

fn wrong(change: (&str, &str)) -> String {
    let toml = ORDERS_MAP.replace(change.0, change.1);
    assert_ne!(toml, ORDERS_MAP, "{change:?} changes nothing");
    match toml::from_str::<ColumnMap>(&toml) {
        Ok(map) => Map::new(map).expect_err("the map is taken").to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_map_is_checked_in_words() {
    for (change, told) in [
        (("purchase-order", "purchase-ordr"), "no kind of document"),
        (("\"/number\"", "\"number\""), "begins with /"),
        (("\"/number\"", "\"/numbr\""), "did you mean number?"),
        (("\"/lines/-/number\"", "\"/lines/number\""), "a number or -"),
        (("\"/lines/-/number\"", "\"/lines/-/item\""), "leads to a record"),
        (("\"/order_date\"", "\"/number\""), "both go to /number"),
        (("\"/currency/code\"", "\"/number\""), "is fixed, and column"),
        (("separator = \";\"", "separator = \"\\\"\""), "same character"),
        (("%Y%m%d", "%Q"), "no format of a day"),
        (("key = \"PO\"", "kee = \"PO\""), "unknown field"),
        (("\"PO\", \"Date\"", "\"P\", \"Date\""), "order names \"P\""),
        (("key = \"PO\"", "key = \"PO\"\nheader = false"), "named by number"),
        (("/lines/-/dates/0/date\"", "/lines/-/sublines/-/number\""), "more than one -"),
        (("/parties/0/name", "/parties/99999/name"), "beyond"),
    ] {
        let message = wrong(change);
        assert!(message.contains(told), "{change:?}: {message}");
    }
}

#[test]
fn the_schema_of_a_map_takes_the_sample_and_no_stranger() {
    let schema = jsonschema::validator_for(&ColumnMap::json_schema()).unwrap();
    let sample: serde_json::Value = toml::from_str(ORDERS_MAP).unwrap();
    assert!(schema.is_valid(&sample));
    let mut stranger = sample.clone();
    stranger["colums"] = true.into();
    assert!(!schema.is_valid(&stranger));
    // What is written of a map is the map.
    let typed: ColumnMap = toml::from_str(ORDERS_MAP).unwrap();
    let again: ColumnMap = serde_json::from_value(serde_json::to_value(&typed).unwrap()).unwrap();
    assert_eq!(typed, again);
    assert_eq!(map(ORDERS_MAP).kind(), portway_documents::DocumentKind::PurchaseOrder);
}
