//! Each fault of a refused document names the field that it comes from.

use super::site;
use crate::harness::ours::purchase_order;
use crate::harness::*;
use serde_json::{Value, json};

const ORDERS: &str = "/v1/purchase-orders?partner=acme";

fn refused(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 422, "{}", reply.json());
    reply.json()["errors"].as_array().unwrap().clone()
}

#[track_caller]
fn at<'a>(faults: &'a [Value], pointer: &str) -> &'a Value {
    faults.iter().find(|f| f["pointer"] == pointer).unwrap_or_else(|| panic!("{pointer}: {faults:#?}"))
}

#[test]
fn a_fault_of_an_element_names_the_field_that_it_is_written_from() {
    let guide = "[send.850]\nextra = { BEG = [\"REF*ZZ*7\"] }\nfixed = { CUR01 = \"XXXX\" }\n\
                 [guide.850]\nmandatory = [\"BEG06\"]\nlongest = { PO101 = 2 }\ncodes = { PO103 = [\"EA\"] }";
    let site = site(guide);
    let gateway = site.start();
    let erp = Ours::new(&gateway, "erp");
    let mut order = purchase_order("4500904");
    order["lines"][1]["number"] = json!("20000");
    let faults = refused(&erp.hand_over(ORDERS, "1", &order));
    let unit = at(&faults, "/lines/1/quantity/unit");
    assert_eq!(
        (&unit["element"], &unit["value"], &unit["severity"]),
        (&json!("PO1-03"), &json!("CT"), &json!("error"))
    );
    assert_eq!(at(&faults, "/lines/1/number")["element"], "PO1-01");
    let missing = faults.iter().find(|f| f["element"] == "BEG-06").unwrap();
    assert!(missing["pointer"].as_str().unwrap().starts_with('/'), "{missing}");
    let fixed = faults.iter().find(|f| f["element"] == "CUR-01").unwrap();
    assert!(fixed["pointer"].is_null(), "it is the profile's value, not the document's: {fixed}");
    assert_eq!(site.database().count("transaction_set"), 0);
    gateway.stop();
}

#[test]
fn a_unit_without_a_code_is_refused_and_other_losses_only_when_asked() {
    let site = site("[send.850]");
    let gateway = site.start();
    let erp = Ours::new(&gateway, "erp");
    let mut order = purchase_order("1");
    order["lines"][0]["quantity"]["unit"] = json!("CT");
    let faults = refused(&erp.hand_over(ORDERS, "1", &order));
    let unit = at(&faults, "/lines/0/quantity/unit");
    assert_eq!((&unit["severity"], &unit["value"]), (&json!("error"), &json!("CT")), "{faults:#?}");
    assert!(unit["help"].as_str().unwrap().contains("X12 calls CT is XCT"), "{faults:#?}");
    assert_eq!((&unit["element"], &unit["code"]), (&json!("PO1-03"), &json!("X1193")), "{faults:#?}");

    let mut order = purchase_order("2");
    order["lines"][0]["item"]["our_number"] = json!("4711");
    let lenient = erp.hand_over(ORDERS, "2", &order);
    assert_eq!(lenient.status, 201, "{}", lenient.json());
    let warnings = lenient.json()["warnings"].as_array().unwrap().clone();
    assert!(!warnings.is_empty(), "{}", lenient.json());
    assert!(warnings.iter().all(|w| w["severity"] == "warning" && w["pointer"].is_string()), "{warnings:#?}");
    let strict = refused(&erp.hand_over(&format!("{ORDERS}&strict=true"), "3", &order));
    let errors = strict.iter().filter(|f| f["severity"] == "error").count();
    assert!(errors >= warnings.len(), "{strict:#?}");
    gateway.stop();
}

#[test]
fn pointers_are_into_what_a_transform_made() {
    let site = site("[send.850]\ntransform_program = '.lines[0].quantity.unit = \"QQQ\"'");
    let gateway = site.start();
    let erp = Ours::new(&gateway, "erp");
    let reply = erp.hand_over(ORDERS, "1", &purchase_order("1"));
    at(&refused(&reply), "/lines/0/quantity/unit");
    assert!(reply.json()["detail"].as_str().unwrap().contains("transform made of it"), "{}", reply.json());
    gateway.stop();
}

#[test]
fn typos_are_told_with_the_nearest_name() {
    let site = site("[send.850]");
    let gateway = site.start();
    let erp = Ours::new(&gateway, "erp");
    let mut order = purchase_order("1");
    order["curency"] = order["currency"].take();
    order["parties"][0]["role"] = json!("shipto");
    order["lines"][0]["quantity"]["value"] = json!(12);
    order["lines"][1]["price"] = json!("18.00");
    order["order_date"] = json!("2026-02-30");
    order["lines"][1]["quantity"]["value"] = json!("three");
    let reply = erp.hand_over(ORDERS, "1", &order);
    assert_eq!(reply.json()["type"], "urn:portway:problem:not-a-document");
    let faults = refused(&reply);
    assert_eq!(at(&faults, "/curency")["help"], "did you mean `currency`?");
    assert_eq!(at(&faults, "/parties/0/role")["help"], "did you mean `ship_to`?");
    for pointer in ["/lines/0/quantity/value", "/lines/1/price", "/order_date", "/lines/1/quantity/value"] {
        at(&faults, pointer);
    }
    assert_eq!(faults.len(), 6, "null is as if it were not there: {faults:#?}");
    let broken = erp.post(ORDERS, &[("Idempotency-Key", "2")], "{\"number\": ");
    assert!(refused(&broken)[0]["message"].as_str().unwrap().contains("not JSON"));
    assert_eq!(site.database().count("transaction_set"), 0);
    gateway.stop();
}
