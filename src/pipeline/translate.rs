//! Translate: a transaction set is validated against its schema and becomes a canonical document.
//!
//! Pure: a set goes in, its verdict, its document's JSON and its findings come out.

use super::findings;
use portway_documents::{Document, DocumentKind};
use portway_edi::acknowledgement::{AckCode, SetResult, Tolerance};
use portway_edi::schema::Schema;
use portway_edi::x12::TransactionSet;
use portway_edi::{Answer, Finding, Place, Severity};
use serde_json::value::RawValue;

/// A set, judged and translated.
#[derive(Debug)]
pub struct Translated {
    pub result: SetResult,
    pub kind: Option<DocumentKind>,
    /// The document's number, also of a rejected set where it can be read.
    pub number: Option<String>,
    /// The canonical document; `None` for a rejected set, or one without a document.
    pub data: Option<Box<RawValue>>,
    pub unmapped: usize,
    /// No schema for this set and version is known.
    pub unknown: bool,
}

pub fn translate(set: &TransactionSet<'_>, version: &str, tolerance: Tolerance) -> Translated {
    let mut findings = set.findings.clone();
    let Some(schema) = Schema::x12(&set.code, version) else {
        findings.push(not_supported(set, version));
        return Translated {
            result: SetResult::judge(&set.code, &set.control_number, findings, Tolerance::Strict),
            kind: None,
            number: None,
            data: None,
            unmapped: 0,
            unknown: true,
        };
    };
    let validated = schema.validate(set);
    findings.extend(validated.findings);
    let mapped = portway_documents::from_x12(&set.code, &validated.root);
    let mut result = SetResult::judge(&set.code, &set.control_number, findings, tolerance);
    let Some(mapped) = mapped else {
        return Translated { result, kind: None, number: None, data: None, unmapped: 0, unknown: false };
    };
    // What the mapping found is for our side: it never changes the answer to the partner.
    result.findings.extend(mapped.findings);
    let rejected = result.verdict == AckCode::Rejected;
    let number = Some(mapped.document.number().to_owned()).filter(|n| !n.is_empty());
    Translated {
        kind: Some(mapped.document.kind()),
        unmapped: unmapped(&mapped.document),
        data: if rejected { None } else { serde_json::value::to_raw_value(&mapped.document).ok() },
        number,
        result,
        unknown: false,
    }
}

fn unmapped(document: &Document) -> usize {
    match document {
        Document::PurchaseOrder(order) => order.unmapped.len(),
    }
}

fn not_supported(set: &TransactionSet<'_>, version: &str) -> Finding {
    Finding {
        code: findings::SET_NOT_SUPPORTED,
        severity: Severity::Error,
        place: Place {
            set: Some(set.control_number.clone()),
            segment: Some("ST".into()),
            position: Some(1),
            element: Some(1),
            offset: set.offset,
            ..Place::default()
        },
        value: Some(set.code.clone()),
        message: format!("set {} in version {version} is not supported here", set.code),
        help: Some("the partner sends a set that was not agreed, or we lack its schema: ask which".into()),
        answer: Some(Answer { element: "AK502".into(), code: "1".into() }),
    }
}
