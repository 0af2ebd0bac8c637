//! Documents to rows.

use crate::{ORDERS, ORDERS_MAP, map};
use portway_documents::{Document, DocumentKind};
use serde_json::json;

fn orders() -> Vec<Document> {
    map(ORDERS_MAP).read(ORDERS.as_bytes()).into_iter().map(|read| read.unwrap().document).collect()
}

#[test]
fn what_was_read_is_written_and_read_the_same() {
    let (bytes, lacking) = map(ORDERS_MAP).write(&orders()).unwrap();
    assert_eq!(lacking, []);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        text.starts_with(
            "PO;Date;Ship to;GLN;Pos;SKU;Text;Qty;Unit;Price;Wanted\r\n4711;24.11.2026;Lager Nord;"
        ),
        "{text}"
    );
    assert!(text.contains("\"Schraube \"\"M8\"\";\nverzinkt\";1200,5;ST;3,45;20261201\r\n"), "{text}");
    let back: Vec<Document> =
        map(ORDERS_MAP).read(&bytes).into_iter().map(|read| read.unwrap().document).collect();
    assert_eq!(back, orders());
}

#[test]
fn what_no_column_has_is_told() {
    let order = json!({
        "schema_version": "1.0", "number": "1", "purpose": "original", "purpose_code": "", "kind": "rush", "kind_code": "",
        "contract_number": "C-1",
        "lines": [{"number": "1", "quantity": {"value": "1", "unit": "EA"}, "item": {"seller_number": "A", "buyer_number": "B"}}]
    });
    let order = DocumentKind::PurchaseOrder.parse(&order.to_string()).unwrap();
    let (_, lacking) = map(ORDERS_MAP).write(&[order]).unwrap();
    let pointers: Vec<&str> = lacking.iter().map(|n| n.pointer.as_str()).collect();
    assert!(pointers.contains(&"/contract_number") && pointers.contains(&"/kind"), "{pointers:?}");
    assert!(pointers.contains(&"/lines/0/item/buyer_number"), "{pointers:?}");
    assert!(!pointers.contains(&"/number"), "{pointers:?}");
}

#[test]
fn rows_that_could_not_be_told_apart_are_refused() {
    let keyless = ORDERS_MAP.replace("key = \"PO\"\n", "");
    let error = map(&keyless).write(&orders()).unwrap_err();
    assert!(error.to_string().contains("4711 has 2 rows"), "{error}");
    let twice = [orders(), orders()].concat();
    let error = map(ORDERS_MAP).write(&twice).unwrap_err();
    assert!(error.to_string().contains("two documents have the key \"4711\""), "{error}");
    let other = DocumentKind::Invoice
        .parse(r#"{"schema_version":"1.0","number":"9","purpose":"original","purpose_code":""}"#);
    let error = map(ORDERS_MAP).write(&[other.unwrap()]).unwrap_err();
    assert!(error.to_string().contains("9 is a document of kind invoice"), "{error}");
}

#[test]
fn latin_1_takes_what_it_has() {
    let latin = format!("encoding = \"iso-8859-1\"\n{ORDERS_MAP}");
    let (bytes, _) = map(&latin).write(&orders()).unwrap();
    assert!(bytes.windows(3).any(|w| w == b"S\xfcd"));
    let file = ORDERS.replace("Süd", "€");
    let orders: Vec<Document> =
        map(ORDERS_MAP).read(file.as_bytes()).into_iter().map(|read| read.unwrap().document).collect();
    assert!(map(&latin).write(&orders).unwrap_err().to_string().contains("'€'"));
}
