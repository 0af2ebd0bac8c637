//! Where in a document an element of what it is written as comes from.

use crate::sets::{Set, case};
use portway_documents::origin::{Origins, pointer_of};
use portway_documents::{DocumentKind, Tables};
use portway_edi::acknowledgement::OurElement;
use portway_edi::interchange::Standard;
use portway_edi::schema::Schema;

fn schema(set: &Set) -> &'static Schema {
    match set.standard {
        Standard::X12 => Schema::x12(&set.code, &set.version).unwrap(),
        Standard::Edifact => Schema::edifact(&set.code, &set.version).unwrap(),
    }
}

/// `PO103`, `NAD02-3`, `N1`; the how-manieth segment of that name after `:`.
fn place(name: &str) -> OurElement {
    let (name, occurrence) = name.split_once(':').unwrap_or((name, "1"));
    let (name, component) = name.split_once('-').unwrap_or((name, ""));
    let at = match name.len() {
        // The tags here have two or three characters; a whole segment has no element.
        0..=3 => name.len(),
        length => length - 2,
    };
    let (segment, element) = name.split_at(at);
    OurElement {
        segment: segment.to_owned(),
        occurrence: occurrence.parse().ok(),
        element: element.parse().ok(),
        component: component.parse().ok(),
        ..OurElement::default()
    }
}

/// What each place of a golden case is written from.
fn check(kind: &str, name: &str, expected: &[(&str, &str)]) {
    let set = case(kind, name);
    let tables = Tables::default();
    let origins = Origins::of(&set.document, schema(&set), &set.version, &tables).unwrap();
    let found: Vec<(&str, String)> = expected
        .iter()
        .map(|(at, _)| (*at, origins.pointer_of(&place(at)).unwrap_or_else(|| "none".to_owned())))
        .collect();
    let found: Vec<(&str, &str)> = found.iter().map(|(at, pointer)| (*at, pointer.as_str())).collect();
    assert_eq!(found, expected, "{kind}/{name} as {}", set.code);
}

#[test]
fn of_an_850() {
    let expected = [
        ("BEG01", "/purpose"),
        ("BEG02", "/kind_code"),
        ("BEG03", "/number"),
        ("BEG05", "/order_date"),
        ("PO102", "/lines/0/quantity/value"),
        ("PO103", "/lines/0/quantity/unit"),
        ("PO1", "/lines/0/quantity"),
        ("CTT01", "none"),
        ("PO103:2", "none"),
    ];
    check("purchase-order", "minimal", &expected);
}

#[test]
fn of_an_855() {
    let expected = [
        ("BAK03", "/order_number"),
        ("BAK04", "/order_date"),
        ("PO101:2", "/lines/1/number"),
        ("PO102:2", "/lines/1/quantity/value"),
        ("PO103:2", "/lines/1/quantity/unit"),
        ("ACK01:2", "/lines/1/acknowledgements/0/status"),
    ];
    check("order-response", "accepted-as-ordered", &expected);
}

#[test]
fn of_an_856() {
    let expected = [
        ("BSN02", "/number"),
        ("BSN03", "/notice_date"),
        ("DTM02", "/dates/0/date"),
        ("N104:2", "/parties/1/ids/0/id"),
        ("N103:2", "/parties/1/ids/0/scheme"),
        ("N101:2", "/parties/1/role"),
        ("N4", "/parties/1/address"),
        ("PRF01", "/orders/0/order/number"),
        ("LIN03:2", "/contents/0/contents/1/line/item/product_ids/0/id"),
        ("LIN02:2", "/contents/0/contents/1/line/item/product_ids/0/scheme"),
        ("SN102:2", "/contents/0/contents/1/line/quantity/value"),
        ("SN103:2", "/contents/0/contents/1/line/quantity/unit"),
        ("HL01:2", "none"),
    ];
    check("ship-notice", "pick-and-pack", &expected);
}

#[test]
fn of_an_810() {
    let expected = [
        ("BIG01", "/invoice_date"),
        ("BIG02", "/number"),
        ("BIG04", "/order/number"),
        ("IT102:2", "/lines/1/quantity/value"),
        ("IT103:2", "/lines/1/quantity/unit"),
        ("IT104:2", "/lines/1/price/amount"),
        ("TDS01", "/totals/total/amount"),
    ];
    check("invoice", "partial-shipment", &expected);
}

#[test]
fn of_orders() {
    let expected = [
        ("BGM02-1", "/number"),
        ("BGM03-1", "/purpose"),
        ("DTM01-2", "/order_date"),
        ("DTM01-1:2", "/dates/1/role"),
        ("DTM01-3:2", "none"),
        ("NAD02-1:2", "/parties/1/ids/0/id"),
        ("NAD02-3:2", "/parties/1/ids/0/scheme"),
        ("NAD01-1:2", "/parties/1/role"),
        ("CUX01-2", "/currency/code"),
        ("LIN01-1:2", "/lines/1/number"),
        ("QTY01-2", "/lines/0/quantity/value"),
    ];
    check("purchase-order", "orders-d96a-supplier", &expected);
}

#[test]
fn of_a_desadv() {
    let expected = [
        ("BGM02-1", "/number"),
        ("DTM01-2", "/notice_date"),
        ("NAD02-1", "/parties/0/ids/0/id"),
        ("LIN03-1:2", "/contents/1/line/item/ean"),
        ("QTY01-2:2", "/contents/1/line/quantity/value"),
        ("RFF01-2", "/contents/1/line/order/number"),
    ];
    check("ship-notice", "desadv-d96a-no-packaging", &expected);
}

#[test]
fn of_an_invoic() {
    let expected = [
        ("BGM02-1", "/number"),
        ("DTM01-2", "/invoice_date"),
        ("NAD02-1", "/parties/0/ids/0/id"),
        ("QTY01-2", "/lines/0/quantity/value"),
        ("QTY01-3", "/lines/0/quantity/unit"),
        ("QTY01-2:2", "/lines/0/quantities/0/quantity/value"),
        ("QTY01-3:2", "/lines/0/quantities/0/quantity/unit"),
        ("PRI01-2:2", "/lines/1/price/amount"),
    ];
    check("invoice", "foreign-characters", &expected);
}

/// What lacks is told by the field that would fill it.
#[test]
fn of_an_element_that_lacks() {
    let set = case("ship-notice", "pick-and-pack");
    let mut json = set.json();
    let second = "/contents/0/contents/1/line";
    let remove = |json: &mut serde_json::Value, record: &str, key: &str| {
        assert!(
            json.pointer_mut(record).unwrap().as_object_mut().unwrap().remove(key).is_some(),
            "{record} {key}"
        );
    };
    remove(&mut json, second, "number");
    remove(&mut json, "/parties/1", "name");
    remove(&mut json, "/parties/1/address", "city");
    let document = DocumentKind::ShipNotice.parse(&json.to_string()).unwrap();
    let told = |at| pointer_of(&document, schema(&set), &set.version, &Tables::default(), &place(at));
    assert_eq!(told("N102:2").as_deref(), Some("/parties/1/name"));
    assert_eq!(told("N401").as_deref(), Some("/parties/1/address/city"));
    assert_eq!(told("LIN01:2").as_deref(), Some("/contents/0/contents/1/line/number"));
}

/// By position, where an answer or a finding has no occurrence: ST is 1.
#[test]
fn by_position() {
    let set = case("purchase-order", "minimal");
    let told = |segment: &str, position| {
        let place = OurElement {
            segment: segment.to_owned(),
            position: Some(position),
            element: Some(3),
            ..OurElement::default()
        };
        pointer_of(&set.document, schema(&set), &set.version, &Tables::default(), &place)
    };
    assert_eq!(told("BEG", 2).as_deref(), Some("/number"));
    assert_eq!(told("", 3).as_deref(), Some("/lines/0/quantity/unit"));
    for (segment, position) in [("PO1", 2), ("ST", 1), ("", 0), ("", 99)] {
        assert_eq!(told(segment, position), None, "{segment} at {position}");
    }
}
