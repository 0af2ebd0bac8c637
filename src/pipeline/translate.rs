//! Translate: a transaction set is validated against its schema and becomes a canonical document; or, where none exists for it
//! yet, JSON in the shape of its schema.
//!
//! Pure: a set goes in, its verdict, its document's JSON and its findings come out.

use super::findings;
use portway_documents::DocumentKind;
use portway_edi::acknowledgement::{AckCode, SetResult, Tolerance};
use portway_edi::interchange::{Standard, TransactionSet};
use portway_edi::schema::{Guide, Loop, Schema, Validated, to_json};
use portway_edi::{Answer, Finding, Place, Severity};
use serde_json::value::RawValue;

/// A set, judged and translated.
#[derive(Debug)]
pub struct Translated {
    pub result: SetResult,
    pub kind: Option<DocumentKind>,
    /// What the event is called: `purchase-order`; `x12-856`, `edifact-orders` for a set in the shape of its schema.
    pub document: Option<String>,
    /// The document's number, also of a rejected set where it can be read.
    pub number: Option<String>,
    /// The canonical document; `None` for a rejected set, or one without a document.
    pub data: Option<Box<RawValue>>,
    pub unmapped: usize,
    /// No schema for this set and version is known.
    pub unknown: bool,
}

/// As the standard has it, without a partner's guide.
pub fn translate(set: &TransactionSet<'_>, version: &str, tolerance: Tolerance) -> Translated {
    translate_with(set, version, tolerance, None)
}

/// `guide`: what was agreed on with the partner for sets of this kind.
pub fn translate_with(
    set: &TransactionSet<'_>,
    version: &str,
    tolerance: Tolerance,
    guide: Option<&Guide>,
) -> Translated {
    let mut findings = set.findings.clone();
    let Some(schema) = Schema::of(set) else {
        findings.push(not_supported(set, version));
        return Translated {
            result: SetResult::of(set, findings, Tolerance::Strict),
            kind: None,
            document: None,
            number: None,
            data: None,
            unmapped: 0,
            unknown: true,
        };
    };
    let mut validated = match guide {
        Some(guide) => schema.validate_with(set, guide),
        None => schema.validate(set),
    };
    findings.append(&mut validated.findings);
    let mapped = match set.standard {
        Standard::X12 => portway_documents::from_x12(&set.code, &validated.root),
        Standard::Edifact => portway_documents::from_edifact(&set.code, &validated.root),
    };
    let mut result = SetResult::of(set, findings, tolerance);
    let Some(mapped) = mapped else { return in_shape_of_schema(set, &validated, result) };
    // What the mapping found is for our side: it never changes the answer to the partner.
    result.findings.extend(mapped.findings);
    let rejected = result.verdict == AckCode::Rejected;
    let number = Some(mapped.document.number().to_owned()).filter(|n| !n.is_empty());
    Translated {
        kind: Some(mapped.document.kind()),
        document: Some(mapped.document.kind().name().to_owned()),
        unmapped: mapped.document.unmapped().len(),
        data: if rejected { None } else { serde_json::value::to_raw_value(&mapped.document).ok() },
        number,
        result,
        unknown: false,
    }
}

/// A set that has no canonical document: nothing of it is lost, and nothing is interpreted.
fn in_shape_of_schema(set: &TransactionSet<'_>, validated: &Validated<'_>, result: SetResult) -> Translated {
    let standard = match set.standard {
        Standard::X12 => "x12",
        Standard::Edifact => "edifact",
    };
    let data = serde_json::json!({
        "standard": standard, "set": set.code, "version": set.version, "control_number": set.control_number,
        "content": to_json(validated),
    });
    let rejected = result.verdict == AckCode::Rejected;
    Translated {
        kind: None,
        document: Some(format!("{standard}-{}", set.code.to_lowercase())),
        number: number(&set.code, &validated.root),
        data: if rejected { None } else { serde_json::value::to_raw_value(&data).ok() },
        unmapped: 0,
        result,
        unknown: false,
    }
}

/// Where a set has its document's number: segment and element of its beginning. EDIFACT has it in BGM, C106 or 1004.
const NUMBERS: [(&str, &str, usize); 24] = [
    ("204", "B2", 4),
    ("210", "B3", 2),
    ("214", "B10", 2),
    ("810", "BIG", 2),
    ("812", "BCD", 2),
    ("820", "TRN", 2),
    ("824", "BGN", 2),
    ("830", "BFR", 2),
    ("832", "BCT", 2),
    ("846", "BIA", 3),
    ("855", "BAK", 3),
    ("856", "BSN", 2),
    ("860", "BCH", 3),
    ("861", "BRA", 1),
    ("862", "BSS", 2),
    ("865", "BCA", 3),
    ("870", "BSR", 3),
    ("940", "W05", 2),
    ("943", "W06", 2),
    ("944", "W17", 3),
    ("945", "W06", 2),
    ("947", "W15", 2),
    ("990", "B1", 2),
    ("850", "BEG", 3),
];

fn number(code: &str, root: &Loop<'_>) -> Option<String> {
    let (tag, element) = NUMBERS
        .iter()
        .find(|(set, ..)| *set == code)
        .map_or(("BGM", 2), |(_, tag, element)| (*tag, *element));
    let segment = root.segments.iter().find(|s| s.tag() == tag)?;
    let number = String::from_utf8_lossy(segment.component(element, 1)).trim().to_owned();
    (!number.is_empty()).then_some(number)
}

fn not_supported(set: &TransactionSet<'_>, version: &str) -> Finding {
    Finding {
        code: findings::SET_NOT_SUPPORTED,
        severity: Severity::Error,
        place: Place {
            set: Some(set.control_number.clone()),
            segment: Some(if set.standard == Standard::X12 { "ST" } else { "UNH" }.into()),
            position: Some(1),
            element: Some(if set.standard == Standard::X12 { 1 } else { 2 }),
            offset: set.offset,
            ..Place::default()
        },
        value: Some(set.code.clone()),
        message: format!("set {} in version {version} is not supported here", set.code),
        help: Some("the partner sends a set that was not agreed, or we lack its schema: ask which".into()),
        answer: Some(match set.standard {
            Standard::X12 => Answer::new("AK502", "1"),
            Standard::Edifact => Answer::new("UCM04", "17"),
        }),
    }
}
