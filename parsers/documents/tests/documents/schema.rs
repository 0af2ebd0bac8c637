//! The JSON Schema of the purchase order: the documents we write are valid by it, and what is no order is not.
//!
//! That the checked-in schemas are those the code gives, and break no reader, is tested in `tests/schemas`.

use crate::sets::cases;
use portway_documents::DocumentKind;

#[test]
fn the_schema_says_what_it_is() {
    let schema = DocumentKind::PurchaseOrder.json_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$id"], "https://portway.example/schemas/purchase-order-1.json");
    assert_eq!(schema["title"], "Purchase order");
    let quantity = &schema["$defs"]["Quantity"]["properties"]["value"];
    assert_eq!(quantity["type"], "string");
    assert!(quantity["pattern"].is_string());
    assert!(schema["properties"]["number"]["description"].is_string());
    assert!(!schema.to_string().contains(r#""null""#), "what is absent is left out, never null");
    let required = schema["required"].as_array().unwrap();
    assert!(required.contains(&"number".into()) && !required.contains(&"unmapped".into()));
}

#[test]
fn our_documents_are_valid() {
    for case in cases() {
        let validator = jsonschema::validator_for(&case.kind.json_schema()).unwrap();
        let json = case.set().json();
        let errors: Vec<String> =
            validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", case.folder.display());
    }
}

#[test]
fn the_schema_refuses_what_is_no_order() {
    let validator = jsonschema::validator_for(&DocumentKind::PurchaseOrder.json_schema()).unwrap();
    let mut json = crate::sets::order_case("retailer-distribution").json();
    assert!(validator.is_valid(&json));
    json["lines"][0]["quantity"]["value"] = serde_json::json!(144.5);
    assert!(!validator.is_valid(&json), "a quantity is no float");
    let mut json = crate::sets::order_case("retailer-distribution").json();
    json.as_object_mut().unwrap().remove("number");
    assert!(!validator.is_valid(&json), "an order has a number");
}

#[test]
fn the_example_of_the_manual_is_an_order() {
    let page = std::fs::read_to_string(crate::sets::workspace().join("docs/documents.md")).unwrap();
    let example = page.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let order: portway_documents::PurchaseOrder = serde_json::from_str(example).unwrap();
    assert_eq!(
        serde_json::to_value(&order).unwrap(),
        serde_json::from_str::<serde_json::Value>(example).unwrap()
    );
    let validator = jsonschema::validator_for(&DocumentKind::PurchaseOrder.json_schema()).unwrap();
    assert!(validator.is_valid(&serde_json::to_value(&order).unwrap()));
}
