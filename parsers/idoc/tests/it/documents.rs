//! The golden documents of the house, which came as X12 and EDIFACT: each is written as an IDoc, and either comes back or is told.

use portway_documents::carried::not_carried;
use portway_documents::{Document, DocumentKind};
use portway_idoc::{Control, Layout};
use std::path::{Path, PathBuf};

const KINDS: [DocumentKind; 7] = [
    DocumentKind::PurchaseOrder,
    DocumentKind::OrderChange,
    DocumentKind::OrderResponse,
    DocumentKind::ShipNotice,
    DocumentKind::WarehouseShippingOrder,
    DocumentKind::Invoice,
    DocumentKind::CreditNote,
];

fn documents() -> Vec<(PathBuf, Document)> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let mut found = Vec::new();
    for kind in KINDS {
        for entry in std::fs::read_dir(golden.join(kind.name())).unwrap().flatten() {
            let path = entry.path().join("document.json");
            let Ok(json) = std::fs::read_to_string(&path) else { continue };
            found.push((path, kind.parse(&json).unwrap()));
        }
    }
    assert!(found.len() >= 20, "only {} documents were found", found.len());
    found
}

#[test]
fn golden_documents_come_back_or_what_lacks_is_told() {
    for (path, document) in documents() {
        let shown = path.display();
        let (bytes, findings) = portway_idoc::write(&document, &Control::default(), Layout::Compact).unwrap();
        let back = portway_idoc::read(bytes.as_slice()).next().unwrap().unwrap();
        assert_eq!(back.document.number(), document.number(), "{shown}");
        assert_eq!(back.document.unmapped(), [], "{shown}: what was written was not read");
        let warnings = findings.iter().filter(|f| f.code.0 == "D1101" && f.value.is_some()).count();
        let lacking = not_carried(&document, &back.document);
        assert!(warnings <= lacking.len(), "{shown}");
        for lost in &lacking {
            let told = findings
                .iter()
                .any(|f| f.message.contains(lost.pointer.as_str()) || f.message.contains("and more"));
            assert!(told, "{shown}: {} is lost and not told", lost.pointer);
        }
        // Written once more it is the same: what came back is whole.
        let again = portway_idoc::write(&back.document, &Control::default(), Layout::Compact).unwrap();
        let (first, second) = (String::from_utf8(bytes).unwrap(), String::from_utf8(again.0).unwrap());
        assert_eq!(difference(&first, &second), None, "{shown}");
        assert!(again.1.is_empty(), "{shown}: {:#?}", again.1);
    }
}

/// The first elements that differ.
fn difference(first: &str, second: &str) -> Option<(String, String)> {
    let elements = |xml: &str| xml.split_inclusive('>').chain([""]).map(str::to_owned).collect::<Vec<_>>();
    let (first, second) = (elements(first), elements(second));
    let at = (0..first.len().max(second.len())).find(|at| first.get(*at) != second.get(*at))?;
    let around =
        |list: &[String]| list.iter().skip(at.saturating_sub(12)).take(16).map(String::as_str).collect();
    Some((around(&first), around(&second)))
}

#[test]
fn what_matters_most_comes_back() {
    for (path, document) in documents() {
        let (bytes, _) = portway_idoc::write(&document, &Control::default(), Layout::Compact).unwrap();
        let back = portway_idoc::read(bytes.as_slice()).next().unwrap().unwrap();
        let (was, is) =
            (serde_json::to_value(&document).unwrap(), serde_json::to_value(&back.document).unwrap());
        let lines = |json: &serde_json::Value| json["lines"].as_array().map_or(0, Vec::len);
        assert_eq!(lines(&was), lines(&is), "{}", path.display());
        for (before, after) in
            was["lines"].as_array().into_iter().flatten().zip(is["lines"].as_array().into_iter().flatten())
        {
            for pointer in ["/quantity/value", "/price/amount", "/item/buyer_number", "/item/seller_number"] {
                if let Some(value) = before.pointer(pointer) {
                    assert_eq!(after.pointer(pointer), Some(value), "{}: {pointer}", path.display());
                }
            }
        }
    }
}
