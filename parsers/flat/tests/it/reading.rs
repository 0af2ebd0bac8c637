//! Rows to documents.

use crate::{ORDERS, ORDERS_MAP, errors, map};
use serde_json::{Value, json};

fn documents(toml: &str, bytes: &[u8]) -> Vec<Value> {
    let read = map(toml).read(bytes);
    read.into_iter().map(|read| serde_json::to_value(read.unwrap().document).unwrap()).collect()
}

#[test]
fn rows_with_one_key_are_one_document() {
    let documents = documents(ORDERS_MAP, ORDERS.as_bytes());
    assert_eq!(documents.len(), 2);
    assert_eq!(
        documents[0],
        json!({
            "schema_version": "1.0", "number": "4711", "purpose": "original", "purpose_code": "", "kind": "other",
            "kind_code": "", "order_date": "2026-11-24",
            "currency": {"code": "EUR", "role": "other", "role_code": ""},
            "parties": [{"role": "ship_to", "role_code": "", "name": "Lager Nord", "ids": [{"scheme": "gln", "id": "4012345000016"}]}],
            "lines": [
                {
                    "number": "1", "quantity": {"value": "1200.5", "unit": "H87"}, "price": {"amount": "3.45"},
                    "item": {"seller_number": "S-100", "descriptions": [{"form_code": "F", "text": "Schraube \"M8\";\nverzinkt"}]},
                    "dates": [{"role": "requested_delivery", "role_code": "", "date": "2026-12-01"}]
                },
                {
                    "number": "2", "quantity": {"value": "10", "unit": "XCT"}, "price": {"amount": "0.07"},
                    "item": {"seller_number": "S-200", "descriptions": [{"form_code": "F", "text": "Mutter"}]},
                    "dates": [{"role": "requested_delivery", "role_code": "", "date": "2026-12-02"}]
                }
            ]
        })
    );
    let rows: Vec<Vec<u64>> =
        map(ORDERS_MAP).read(ORDERS.as_bytes()).into_iter().map(|read| read.unwrap().rows).collect();
    assert_eq!(rows, [vec![2, 4], vec![6]], "lines of the file, a text goes over two");
}

#[test]
fn errors_name_row_and_column() {
    for (change, told) in [
        (
            ("1.200,5", "1,200.5"),
            "row 2, column \"Qty\": \"1,200.5\" is no number with ',' before its decimals",
        ),
        (
            ("24.11.2026", "2026-11-24"),
            "row 2, column \"Date\": \"2026-11-24\" is no day of the form %d.%m.%Y",
        ),
        (("2;S-200", "2;"), "row 4, column \"SKU\": there is no value, and the map requires one"),
        (
            ("10;KT", ";KT"),
            "row 4, column \"Qty\": there is no value, and the document must have /lines/1/quantity/value",
        ),
        (("Mutter;10", "Mutter;extra;10"), "row 4: it has 12 values, the header row 11"),
        (
            ("4711;24.11.2026;Lager Nord", "4711;24.11.2026;Lager Ost"),
            "row 4, column \"Ship to\": \"Lager Nord\" differs from \"Lager Ost\" in row 2",
        ),
        (("\r\n4712;", "\r\n;"), "row 6, column \"PO\": the key is empty"),
    ] {
        let file = ORDERS.replacen(change.0, change.1, 1);
        assert_ne!(file, ORDERS, "{change:?} changes nothing");
        let found = errors(&map(ORDERS_MAP), file.as_bytes());
        assert!(found.iter().any(|error| error.starts_with(told)), "{change:?}: {found:#?}");
    }
    // The other document is read all the same.
    let read = map(ORDERS_MAP).read(ORDERS.replacen("24.11.2026", "today", 1).as_bytes());
    assert!(read[0].is_err() && read[1].is_ok());
    assert_eq!(read[0].as_ref().unwrap_err().document, "4711");
}

#[test]
fn a_file_that_cannot_be_read_is_one_error() {
    let latin = ORDERS.replace("Süd", "S\u{1}d").into_bytes();
    let latin: Vec<u8> = latin.into_iter().map(|b| if b == 1 { 0xfc } else { b }).collect();
    let found = errors(&map(ORDERS_MAP), &latin);
    assert!(
        found.len() == 1 && found[0].starts_with("row 6: there are bytes that are no UTF-8"),
        "{found:?}"
    );
    let found = errors(&map(ORDERS_MAP), ORDERS.replace("Price", "Cost").as_bytes());
    assert!(found[0].starts_with("row 1, column \"Price\": there is no such column"), "{found:?}");
    let found = errors(&map(ORDERS_MAP), ORDERS.replace(";GLN;", ";Pos;").as_bytes());
    assert!(found.iter().any(|e| e.contains("column")), "{found:?}");
    assert_eq!(errors(&map(ORDERS_MAP), b""), ["there are no rows in it"]);
    // Stated as what it is, it is read.
    let stated = format!("encoding = \"iso-8859-1\"\n{ORDERS_MAP}");
    assert_eq!(documents(&stated, &latin)[1]["parties"][0]["name"], "Lager Süd");
}

#[test]
fn columns_may_be_numbered_and_each_row_a_document() {
    let toml = "document = \"inventory-report\"\nheader = false\nquote = \"'\"\nseparator = \"|\"\n\
                [columns]\n1 = \"/number\"\n3 = \"/dates/0/date\"\n[fixed]\n\"/dates/0/role\" = \"inventory\"\n";
    let read = documents(toml, "\u{feff}R-1|x|2026-11-24\nR-2|'a|b'|2026-11-25".as_bytes());
    assert_eq!(read.len(), 2);
    assert_eq!(read[1]["number"], "R-2");
    assert_eq!(read[1]["dates"][0]["date"], "2026-11-25");
}

#[test]
fn words_are_those_of_the_document() {
    let toml = ORDERS_MAP.replace("\"/parties/0/name\"", "\"/purpose\"");
    let found = errors(&map(&toml), ORDERS.as_bytes());
    assert!(
        found[0].contains("column \"Ship to\": \"Lager Nord\" is no word of ours; there are original, "),
        "{found:?}"
    );
}
