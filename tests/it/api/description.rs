//! The API's description: served, checked in, valid to a validator that is not ours, and true.

use super::site;
use crate::harness::ours::purchase_order;
use crate::harness::*;
use serde_json::Value;
use std::process::Command;

#[test]
fn the_description_is_served_checked_in_and_valid() {
    let site = site("[send.850]");
    let gateway = site.start();
    let erp = Ours::new(&gateway, "erp");
    let served = erp.get("/v1/openapi.json");
    assert_eq!(served.status, 200);
    assert_eq!(erp.clone().with_token("nobody's").get("/v1/openapi.json").status, 401);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, &served.bytes).unwrap();
    }
    let kept = std::fs::read(file).unwrap_or_default();
    assert!(
        kept == served.bytes,
        "docs/openapi.json is not what is served: run this test with UPDATE_DOCS=1"
    );
    let judged = Command::new(std::env::var("PORTWAY_TEST_PYTHON").expect("PORTWAY_TEST_PYTHON"))
        .args(["-m", "openapi_spec_validator", file])
        .output()
        .unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    gateway.stop();
}

#[test]
fn what_is_described_is_there_and_a_document_that_is_taken_is_of_its_schema() {
    let site = site("[send.850]");
    let gateway = site.start();
    let erp = Ours::new(&gateway, "erp");
    let described = erp.get("/v1/openapi.json").json();
    for (path, operations) in described["paths"].as_object().unwrap() {
        let path = path.replace("{id}", &uuid::Uuid::now_v7().to_string());
        for method in operations.as_object().unwrap().keys() {
            let reply = if method == "get" { erp.get(&path) } else { erp.post(&path, &[], "{}") };
            let problem: Value = serde_json::from_slice(&reply.bytes).unwrap_or_default();
            assert_ne!(problem["title"], "There is nothing here", "{method} {path}");
            assert_ne!(reply.status, 405, "{method} {path}");
        }
    }
    let mut schema = described.clone();
    schema["$ref"] = "#/components/schemas/purchase-order".into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let order = purchase_order("1");
    assert!(
        validator.is_valid(&order),
        "{:?}",
        validator.iter_errors(&order).map(|e| e.to_string()).collect::<Vec<_>>()
    );
    let mut wrong = order.clone();
    wrong["lines"][0]["quantity"]["value"] = 12.into();
    assert!(!validator.is_valid(&wrong));
    gateway.stop();
}
