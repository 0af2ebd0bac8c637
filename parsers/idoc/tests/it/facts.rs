//! Which segment and qualifier is which field.

use crate::{read_one, sample, write};
use portway_documents::line::LineStatus;
use portway_documents::order_response::ResponseStatus;
use portway_documents::party::PartyRole;
use portway_documents::reference::IdScheme;
use portway_documents::{Document, DocumentKind};
use portway_idoc::{Control, Direction, Layout, WriteError};
use serde_json::{Value, json};

fn json_of(name: &str) -> Value {
    serde_json::to_value(read_one(&sample(name)).document).unwrap()
}

/// Each pointer has its value.
fn check(document: &Value, expected: &[(&str, Value)]) {
    for (pointer, value) in expected {
        assert_eq!(document.pointer(pointer), Some(value), "{pointer}");
    }
}

#[test]
fn an_order_out_of_sap() {
    let order = json_of("orders");
    check(
        &order,
        &[
            ("/code_list", json!("idoc")),
            ("/number", json!("4500012345")),
            ("/purpose", json!("original")),
            ("/kind", json!("stand_alone")),
            ("/order_date", json!("2026-11-24")),
            ("/contract_number", json!("4600000042")),
            ("/currency/code", json!("EUR")),
            ("/dates/0/role", json!("requested_delivery")),
            ("/dates/0/time", json!("08:00:00")),
            ("/dates/1/role_code", json!("011")),
            ("/references/0/kind", json!("quote")),
            ("/parties/0/role", json!("buyer")),
            ("/parties/0/ids/0", json!({"scheme": "assigned_by_buyer", "id": "1000"})),
            ("/parties/0/ids/1", json!({"scheme": "assigned_by_seller", "id": "C-7788"})),
            ("/parties/0/ids/2", json!({"scheme": "gln", "id": "4012345000009"})),
            ("/parties/1/role", json!("supplier")),
            ("/parties/2/ids/0/scheme", json!("gln")),
            ("/parties/3/role_code", json!("ZX")),
            ("/payment_terms/0/discount_percent", json!("2.000")),
            ("/payment_terms/0/discount_days", json!("14")),
            ("/payment_terms/0/net_days", json!("30")),
            ("/delivery_terms/0/code", json!("DAP")),
            ("/delivery_terms/0/location/description", json!("Hamburg")),
            ("/notes/0/lines", json!(["Bitte nur vormittags anliefern.", "Tor 4"])),
            ("/allowances_and_charges/0/description", json!("Freight & packing")),
            ("/lines/0/quantity", json!({"value": "120.000", "unit": "H87", "original_unit": "PCE"})),
            ("/lines/0/price/amount", json!("3.45")),
            ("/lines/0/item/buyer_number", json!("MAT-100")),
            ("/lines/0/item/seller_number", json!("S-100-8")),
            ("/lines/0/item/ean", json!("4012345678901")),
            ("/lines/0/schedule/1/dates/0/date", json!("2026-12-09")),
            ("/lines/0/amounts/0/role", json!("line_net")),
            ("/lines/1/quantity/unit", json!("XCT")),
            ("/lines/1/price/base_quantity", json!("100")),
            ("/totals/line_count", json!("2")),
            ("/totals/amounts/0/role", json!("lines_total")),
        ],
    );
    let unmapped = order["unmapped"].as_array().unwrap();
    let places: Vec<String> = unmapped
        .iter()
        .map(|u| {
            let text = |key: &str| u[key].as_str().unwrap_or_default().to_owned();
            format!("{}/{}-{}={}", text("loop"), text("segment"), text("field"), text("value"))
        })
        .collect();
    assert_eq!(
        places,
        ["/E1EDK01-VSART=01", "/E1EDKT1-TSSPRAS=D", "/E1EDP01-PSTYP=0", "/Z1EDK99-ZCOST=4711"]
    );
}

#[test]
fn whose_numbers_partn_has_follows_from_the_direction() {
    let into_sap = sample("orders").replace("<DIRECT>1</DIRECT>", "<DIRECT>2</DIRECT>");
    let idoc = read_one(&into_sap);
    assert_eq!(idoc.control.direction, Direction::IntoSap);
    let Document::PurchaseOrder(order) = &idoc.document else { panic!("no order") };
    assert_eq!(order.parties[0].ids[0].scheme, IdScheme::AssignedBySeller);
    // Written the other way the same numbers change places.
    let control = Control { direction: Direction::OutOfSap, ..idoc.control.clone() };
    let (xml, _) = write(&idoc.document, &control, Layout::Compact);
    assert!(xml.contains("<PARVW>AG</PARVW><PARTN>C-7788</PARTN><LIFNR>1000</LIFNR>"), "{xml}");
}

#[test]
fn a_response_confirms_parts() {
    let idoc = read_one(&sample("ordrsp"));
    assert!(idoc.control.test);
    let Document::OrderResponse(response) = &idoc.document else { panic!("no response") };
    assert_eq!(response.status, ResponseStatus::AcceptedWithChanges);
    assert_eq!(response.order_number.as_deref(), Some("4500012345"));
    assert_eq!(response.seller_order_number.as_deref(), Some("0000080123"));
    assert_eq!(response.lines[0].status, Some(LineStatus::AcceptedWithChanges));
    assert_eq!(response.lines[0].acknowledgements.len(), 2);
    assert_eq!(response.lines[1].status, Some(LineStatus::Rejected));
    assert_eq!(response.unmapped[0].field.as_deref(), Some("ABGRU"));
}

#[test]
fn a_ship_notice_has_items_within_packages_within_pallets() {
    let notice = json_of("desadv");
    check(
        &notice,
        &[
            ("/number", json!("0080004711")),
            ("/dates/0/role", json!("scheduled_ship")),
            ("/dates/1/role", json!("shipped")),
            ("/dates/2/role", json!("scheduled_delivery")),
            ("/references/0/kind", json!("bill_of_lading")),
            ("/contents/0/kind", json!("pallet")),
            ("/contents/0/packages/0/sscc", json!("340123450000000017")),
            ("/contents/0/contents/1/packages/0/sscc", json!("340123450000000031")),
            ("/contents/0/contents/1/contents/0/line/quantity/value", json!("50.000")),
            ("/contents/0/contents/1/contents/0/line/item/lot", json!("L0815")),
            ("/contents/0/contents/1/contents/0/line/order/number", json!("4500012345")),
            ("/contents/0/contents/1/contents/0/line/order/line_number", json!("00010")),
            ("/contents/1/kind", json!("item")),
            ("/contents/1/line/number", json!("20")),
        ],
    );
    assert_eq!(notice["contents"].as_array().unwrap().len(), 2);
}

#[test]
fn an_invoice_has_its_sums_and_taxes() {
    check(
        &json_of("invoic"),
        &[
            ("/number", json!("0090001234")),
            ("/invoice_date", json!("2026-11-30")),
            ("/order/number", json!("4500012345")),
            ("/parties/0/ids/1", json!({"scheme": "tax_number", "id": "DE111111111"})),
            ("/totals/taxes/0/percent", json!("19.000")),
            ("/totals/line_total/amount", json!("414.00")),
            ("/totals/total/amount", json!("492.66")),
            ("/lines/0/line_amount/amount", json!("414.00")),
            ("/lines/0/amounts/0/role", json!("gross")),
            ("/lines/0/amounts/1/money/amount", json!("-1.00")),
            ("/lines/0/order/line_number", json!("00010")),
            ("/bank_accounts/0/number", json!("DE00200500000123456789")),
        ],
    );
    let credit = read_one(&sample("credit-note")).document;
    assert_eq!(credit.kind(), DocumentKind::CreditNote);
    let credit = serde_json::to_value(credit).unwrap();
    check(&credit, &[("/original_invoice_number", json!("0090001234")), ("/kind", json!("credit_note"))]);
}

#[test]
fn what_cannot_be_read_is_told_and_stays() {
    let xml = sample("orders")
        .replace("<DATUM>20261201</DATUM>", "<DATUM>20261301</DATUM>")
        .replace("<MENGE>2</MENGE><MENEE>CT</MENEE>", "<MENGE>2,5</MENGE><MENEE>CT</MENEE>")
        .replace("<MENEE>PCE</MENEE>", "<MENEE>QQQ</MENEE>");
    let idoc = read_one(&xml);
    let codes: Vec<(&str, Option<&str>)> =
        idoc.findings.iter().map(|f| (f.code.0, f.place.reference.as_deref())).collect();
    assert_eq!(codes, [("D1002", Some("DATUM")), ("D1001", Some("MENEE")), ("D1004", Some("MENGE"))]);
    let fields: Vec<_> = idoc.document.unmapped().iter().filter_map(|u| u.field.as_deref()).collect();
    assert!(fields.contains(&"DATUM") && fields.contains(&"MENGE"), "{fields:?}");
}

#[test]
fn what_an_idoc_has_no_place_for_is_told() {
    let Document::PurchaseOrder(mut order) = read_one(&sample("orders")).document else { panic!("no order") };
    order.unmapped.clear();
    order.release_number = Some("7".into());
    order.parties[0].name = Some("a name with more than its thirty-five characters".into());
    order.parties[1].role = PartyRole::Factor;
    let document = Document::PurchaseOrder(order);
    let (_, told) = write(&document, &Control::default(), Layout::Compact);
    for pointer in ["/release_number", "/parties/0/name", "/parties/1/role"] {
        assert!(
            told.iter().any(|m| m.starts_with(pointer) && m.contains("not carried by ORDERS05")),
            "{told:#?}"
        );
    }
}

#[test]
fn codes_of_another_standard_are_not_taken_for_qualifiers() {
    let order = json!({
        "schema_version": "1.0", "code_list": "x12", "number": "1", "purpose": "original", "purpose_code": "00",
        "kind": "stand_alone", "kind_code": "SA",
        "parties": [{"role": "ship_to", "role_code": "ST", "name": "Dock"}, {"role": "other", "role_code": "RG"}],
        "dates": [{"role": "other", "role_code": "002", "date": "2026-01-02"}],
        "lines": [{"number": "1", "quantity": {"value": "1", "unit": "EA", "original_unit": "EA"}, "item": {}}]
    });
    let document = DocumentKind::PurchaseOrder.parse(&order.to_string()).unwrap();
    let (xml, told) = write(&document, &Control::default(), Layout::Compact);
    assert!(xml.contains("<PARVW>WE</PARVW>") && !xml.contains("RG"), "{xml}");
    assert!(!xml.contains("20260102"), "{xml}");
    assert!(told.iter().any(|m| m.starts_with("/dates/0/date ")), "{told:#?}");
}

#[test]
fn a_document_without_a_type_and_a_type_of_another_document_are_refused() {
    let remittance = json!({"schema_version": "1.0", "number": "1"});
    let document = DocumentKind::RemittanceAdvice.parse(&remittance.to_string());
    if let Ok(document) = document {
        let error = portway_idoc::write(&document, &Control::default(), Layout::Compact).unwrap_err();
        assert_eq!(error, WriteError::NoType(DocumentKind::RemittanceAdvice));
    }
    let order = read_one(&sample("orders")).document;
    let control = Control { message: "ORDRSP".into(), ..Control::default() };
    let error = portway_idoc::write(&order, &control, Layout::Compact).unwrap_err();
    assert!(error.to_string().contains("purchase-order is no ORDRSP of ORDERS05"), "{error}");
}
