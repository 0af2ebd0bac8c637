//! Whole documents: each case's `document.json` is what its `input.edi` becomes, to the letter.
//!
//! Also: a document is read back as it was written, and its JSON has no nulls, no empty lists and no floats.
//!
//! Rewrite the documents with `UPDATE_GOLDEN=1 cargo nextest run -p portway-documents golden`, and read the diff.

use crate::sets::{cases, order};

#[test]
fn each_case_becomes_its_document() {
    for (folder, input) in cases() {
        let json = serde_json::to_string_pretty(&order(&input).order).unwrap() + "\n";
        let path = folder.join("document.json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &json).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            json == expected,
            "{} differs from what the mapping writes; if the change is meant, run this test with UPDATE_GOLDEN=1 and read the diff",
            path.display()
        );
    }
}

#[test]
fn a_document_is_read_back_as_it_was_written() {
    for (folder, input) in cases() {
        let written = order(&input).order;
        let json = serde_json::to_string(&written).unwrap();
        let read: portway_documents::PurchaseOrder = serde_json::from_str(&json).unwrap();
        assert_eq!(read, *written, "{}", folder.display());
        assert_eq!(serde_json::to_string(&read).unwrap(), json, "{}", folder.display());
    }
}

#[test]
fn no_field_is_null_and_no_list_is_empty() {
    fn check(value: &serde_json::Value, path: &str) {
        match value {
            serde_json::Value::Null => panic!("{path} is null"),
            serde_json::Value::Number(n) => assert!(n.is_u64(), "{path} is a float"),
            serde_json::Value::Array(list) => {
                assert!(!list.is_empty(), "{path} is empty");
                list.iter().for_each(|v| check(v, path));
            }
            serde_json::Value::Object(map) => map.iter().for_each(|(k, v)| check(v, &format!("{path}.{k}"))),
            _ => {}
        }
    }
    for (folder, input) in cases() {
        check(&order(&input).json(), &folder.display().to_string());
    }
}
