//! Facts of invoices and credit notes in both standards: every case is valid, and what it becomes in the other standard adds up.

use crate::round_trip::other;
use crate::sets::{Set, case, set, usual_version, written};
use portway_documents::Document;
use portway_documents::Invoice;
use portway_documents::finding::TOTAL_DIFFERS;

pub const CASES: [(&str, &str); 9] = [
    ("invoice", "retailer-allowances"),
    ("invoice", "freight-only"),
    ("invoice", "partial-shipment"),
    ("invoice", "supplier-several-rates"),
    ("invoice", "foreign-characters"),
    ("invoice", "self-billed"),
    ("credit-note", "goods-returned"),
    ("credit-note", "price-difference"),
    ("credit-note", "annual-bonus"),
];

/// The invoice or credit note of a set.
pub fn invoice(set: Set) -> Invoice {
    match set.document {
        Document::Invoice(invoice) | Document::CreditNote(invoice) => *invoice,
        other => panic!("{:?} is no invoice", other.kind()),
    }
}

/// The input of a case.
pub fn input(kind: &str, name: &str) -> String {
    let path = crate::sets::workspace().join("tests/golden").join(kind).join(name).join("input.edi");
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    for (kind, name) in CASES {
        let case = case(kind, name);
        assert_eq!(case.document.kind().name(), kind, "{name}");
        assert!(case.faults.is_empty(), "{name}: {:#?}", case.faults);
        assert!(case.findings.is_empty(), "{name}: {:#?}", case.findings);
        assert!(case.document.unmapped().is_empty(), "{name}: {:#?}", case.document.unmapped());
    }
}

#[test]
fn what_is_converted_still_adds_up() {
    for (kind, name) in CASES {
        let was = case(kind, name);
        let standard = other(was.standard);
        let code = was.document.kind().sets(standard).next().unwrap();
        let converted = set(&written(&was.document, standard, code, usual_version(standard)).unwrap());
        assert_eq!(converted.document.kind().name(), kind, "{name}");
        let wrong: Vec<_> = converted.findings.iter().filter(|f| f.code == TOTAL_DIFFERS).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}
