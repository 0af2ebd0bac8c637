//! The JSON Schemas of all documents: what is checked in is what the code gives, and a change never breaks a reader.
//!
//! A schema is a promise to those who read our documents: fields are only ever added. So it is checked in, a change of it shows in
//! review, and one that would break a reader (a field gone, of another type, newly or no longer required, a word gone) fails.
//!
//! Regenerate with `UPDATE_SCHEMAS=1 cargo nextest run -p portway-documents schema`. It writes no change that would break a
//! reader; where a shape was never published, remove its file first.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod compatible;

use compatible::breaks;
use portway_documents::DocumentKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn path(kind: DocumentKind) -> String {
    format!("{}/schemas/{}.json", env!("CARGO_MANIFEST_DIR"), kind.name())
}

#[test]
fn the_checked_in_schemas_are_those_the_code_gives() {
    for kind in DocumentKind::ALL {
        let path = path(*kind);
        let new = kind.json_schema();
        let schema = serde_json::to_string_pretty(&new).unwrap() + "\n";
        if let Ok(old) = std::fs::read_to_string(&path) {
            let broken = breaks(&serde_json::from_str(&old).unwrap(), &new);
            assert!(broken.is_empty(), "{path}: readers of the old schema would break: {broken:#?}");
        }
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(&path, &schema).unwrap();
        }
        let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            schema == checked_in,
            "{path} is not what the code gives; if the change is meant, run this test with UPDATE_SCHEMAS=1. \
             Fields are only ever added: never rename or remove one."
        );
    }
}

#[test]
fn no_schema_is_left_of_a_document_that_is_gone() {
    for entry in std::fs::read_dir(format!("{}/schemas", env!("CARGO_MANIFEST_DIR"))).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let kind = name.strip_suffix(".json").and_then(DocumentKind::from_name);
        assert!(kind.is_some(), "{name} is the schema of no document");
    }
}

#[test]
fn every_schema_says_what_it_is() {
    let mut titles = BTreeSet::new();
    for kind in DocumentKind::ALL {
        let schema = kind.json_schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], format!("https://portway.example/schemas/{}-1.json", kind.name()));
        assert!(titles.insert(schema["title"].to_string()), "{}: title used twice", kind.name());
        assert!(!schema.to_string().contains(r#""null""#), "what is absent is left out, never null");
    }
}

/// The same words everywhere: each document opens and closes alike.
#[test]
fn every_schema_opens_and_closes_alike() {
    for kind in DocumentKind::ALL {
        let schema = kind.json_schema();
        let required = schema["required"].as_array().unwrap();
        for field in ["schema_version", "number", "purpose", "purpose_code"] {
            assert!(required.contains(&field.into()), "{}: {field} is not required", kind.name());
        }
        let fields = [
            ("code_list", "/$ref", "#/$defs/CodeList"),
            ("purpose", "/$ref", "#/$defs/Purpose"),
            ("dates", "/items/$ref", "#/$defs/DateTime"),
            ("references", "/items/$ref", "#/$defs/Reference"),
            ("parties", "/items/$ref", "#/$defs/Party"),
            ("contacts", "/items/$ref", "#/$defs/Contact"),
            ("notes", "/items/$ref", "#/$defs/Note"),
            ("unmapped", "/items/$ref", "#/$defs/Unmapped"),
        ];
        for (field, at, expected) in fields {
            let property = &schema["properties"][field];
            assert_eq!(property.pointer(at), Some(&expected.into()), "{}: {field}", kind.name());
        }
    }
}

/// Every record of every document, by name.
fn records() -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for kind in DocumentKind::ALL {
        let schema = kind.json_schema();
        for (name, record) in schema["$defs"].as_object().unwrap() {
            all.push((name.clone(), record.clone()));
        }
        all.push((kind.name().to_owned(), schema));
    }
    all
}

#[test]
fn every_record_of_a_schema_is_described() {
    for (name, record) in records() {
        assert!(record["description"].is_string(), "{name} has no description");
    }
}

#[test]
fn a_code_in_a_schema_is_a_text() {
    for (name, record) in records() {
        let Some(fields) = record["properties"].as_object() else { continue };
        for (field, schema) in fields.iter().filter(|(f, _)| f.ends_with("_code") || f.ends_with("_codes")) {
            let element = if field.ends_with("_codes") && schema["type"] == "array" {
                &schema["items"]
            } else {
                schema
            };
            let records = element["$ref"] == "#/$defs/IndustryCode";
            assert!(element["type"] == "string" || records, "{name}.{field} is no text: {schema}");
        }
    }
}

/// Where the partner used a code, it stands beside our word. Words that stand for no code, or beside a field that is called
/// otherwise, are listed.
#[test]
fn a_word_in_a_schema_has_its_code_beside_it() {
    let otherwise = ["Note.kind", "Measurement.kind", "AdviceLine.scope"];
    let all = records();
    let with_other = all.iter().filter(|(_, record)| compatible::words(record).contains("other"));
    let vocabularies: BTreeSet<&str> = with_other.map(|(name, _)| name.as_str()).collect();
    assert!(vocabularies.contains("PartyRole"));
    for (name, record) in &all {
        let Some(fields) = record["properties"].as_object() else { continue };
        for (field, schema) in fields {
            let place = format!("{name}.{field}");
            let word = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/"));
            let is_word = word.is_some_and(|word| vocabularies.contains(word));
            let beside = fields.contains_key(&format!("{field}_code"));
            assert!(
                !is_word || beside || otherwise.contains(&place.as_str()),
                "{place} has no code beside it"
            );
        }
    }
}

#[test]
fn a_change_of_a_schema_that_breaks_a_reader_is_found() {
    let old = DocumentKind::Invoice.json_schema();
    assert!(breaks(&old, &old).is_empty());
    let change = |change: &dyn Fn(&mut Value)| {
        let mut new = old.clone();
        change(&mut new);
        breaks(&old, &new)
    };
    let gone = change(&|s| drop(s["properties"].as_object_mut().unwrap().remove("number")));
    assert_eq!(gone, ["document.number is gone"]);
    let nested = change(&|s| drop(s["$defs"]["Party"]["properties"].as_object_mut().unwrap().remove("name")));
    assert_eq!(nested, ["Party.name is gone"]);
    let retyped = change(&|s| s["$defs"]["Quantity"]["properties"]["value"]["type"] = json!("number"));
    assert_eq!(retyped, ["Quantity.value has another type"]);
    let list = change(&|s| s["properties"]["lines"] = json!({ "$ref": "#/$defs/InvoiceLine" }));
    assert_eq!(list, ["document.lines has another type"]);
    let required = change(&|s| s["required"].as_array_mut().unwrap().push(json!("order")));
    assert_eq!(required, ["document.order is newly required"]);
    let optional = change(&|s| s["required"].as_array_mut().unwrap().retain(|f| f != "number"));
    assert_eq!(optional, ["document.number is no longer required"]);
    let removed = change(&|s| drop(s["$defs"].as_object_mut().unwrap().remove("Party")));
    assert_eq!(removed, ["Party is gone"]);
    let added = change(&|s| s["properties"]["new"] = json!({ "type": "string" }));
    assert!(added.is_empty(), "{added:?}");
    let described = change(&|s| s["description"] = json!("Other words."));
    assert!(described.is_empty(), "{described:?}");
}

#[test]
fn a_word_gone_from_a_schema_is_found() {
    let old = DocumentKind::Invoice.json_schema();
    let mut new = old.clone();
    let text =
        serde_json::to_string(&new["$defs"]["InvoiceKind"]).unwrap().replace("\"credit_note\"", "\"credit\"");
    new["$defs"]["InvoiceKind"] = serde_json::from_str(&text).unwrap();
    assert_eq!(breaks(&old, &new), ["InvoiceKind: the word credit_note is gone"]);
}
