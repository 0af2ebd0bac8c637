//! Translate: a transaction set is validated against its schema and becomes a canonical document; or, where none exists for it
//! yet, JSON in the shape of its schema.
//!
//! Pure: a set goes in, its verdict, its document's JSON and its findings come out.

use super::findings;
use crate::profile::PartnerProfile;
use crate::profile::items::Items;
use crate::profile::partner;
use crate::profile::transform::Transform;
use portway_documents::{Document, DocumentKind, Tables};
use portway_edi::acknowledgement::{AckCode, SetResult, Tolerance};
use portway_edi::interchange::{Standard, TransactionSet};
use portway_edi::schema::{Guide, Loop, Schema, Validated, to_json};
use portway_edi::{Answer, Finding, Place, Severity};

/// A set, judged and translated.
#[derive(Debug)]
pub struct Translated {
    pub result: SetResult,
    pub kind: Option<DocumentKind>,
    /// What the event is called: `purchase-order`; `x12-856`, `edifact-orders` for a set in the shape of its schema.
    pub document: Option<String>,
    /// The document's number, also of a rejected set where it can be read.
    pub number: Option<String>,
    /// The canonical document as JSON; `None` for a rejected set, or one without a document.
    pub data: Option<Vec<u8>>,
    /// The document itself, before items and transform.
    pub canonical: Option<Document>,
    pub unmapped: usize,
    /// The partner's transform failed on it: there is no document until the program is mended.
    pub transform_failed: bool,
    /// No schema for this set and version is known.
    pub unknown: bool,
}

/// What was agreed on with a partner for sets of one kind; nothing of it by default.
#[derive(Clone, Copy, Default)]
pub struct Agreed<'a> {
    /// Laid over the schema.
    pub guide: Option<&'a Guide>,
    /// What the partner's codes mean.
    pub tables: Option<&'a Tables>,
    /// Its item numbers and packs.
    pub items: Option<&'a Items>,
    /// Changes the document before our endpoints see it.
    pub transform: Option<&'a Transform>,
}

impl<'a> Agreed<'a> {
    /// For a set that came.
    pub fn with(profile: &'a PartnerProfile, set: &str) -> Agreed<'a> {
        Agreed {
            guide: profile.partner.guide.get(set),
            tables: Some(&profile.tables),
            items: profile.items.as_deref(),
            transform: profile.transform_received(set),
        }
    }
}

/// What of a set with errors is accepted, by the partner's profile.
pub fn tolerance(profile: &PartnerProfile, standard: Standard) -> Tolerance {
    match profile.partner.habits(standard).map(|habits| habits.tolerance).unwrap_or_default() {
        partner::Tolerance::Strict => Tolerance::Strict,
        partner::Tolerance::ElementErrors => Tolerance::ElementErrors,
    }
}

/// As the standard has it, without anything agreed on.
pub fn translate(set: &TransactionSet<'_>, version: &str, tolerance: Tolerance) -> Translated {
    translate_with(set, version, tolerance, Agreed::default())
}

/// As agreed on with the partner.
pub fn translate_with(
    set: &TransactionSet<'_>,
    version: &str,
    tolerance: Tolerance,
    agreed: Agreed<'_>,
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
            canonical: None,
            unmapped: 0,
            transform_failed: false,
            unknown: true,
        };
    };
    let mut validated = match agreed.guide {
        Some(guide) => schema.validate_with(set, guide),
        None => schema.validate(set),
    };
    findings.append(&mut validated.findings);
    let none = Tables::default();
    let tables = agreed.tables.unwrap_or(&none);
    let mapped = portway_documents::read(set.standard, &set.code, &set.version, &validated.root, tables);
    let mut result = SetResult::of(set, findings, tolerance);
    let Some(mapped) = mapped else { return in_shape_of_schema(set, &validated, result) };
    // What the mapping found is for our side: it never changes the answer to the partner.
    result.findings.extend(mapped.findings);
    let rejected = result.verdict == AckCode::Rejected;
    let number = Some(mapped.document.number().to_owned()).filter(|n| !n.is_empty());
    let adapted = if rejected { Ok(None) } else { adapt(&mapped.document, agreed).map(Some) };
    let (data, failed) = match adapted {
        Ok(data) => (data, false),
        Err(message) => {
            result.findings.push(transform_failed(set, message));
            (None, true)
        }
    };
    Translated {
        kind: Some(mapped.document.kind()),
        document: Some(mapped.document.kind().name().to_owned()),
        unmapped: mapped.document.unmapped().len(),
        data,
        canonical: Some(mapped.document),
        transform_failed: failed,
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
        data: if rejected { None } else { serde_json::to_vec(&data).ok() },
        canonical: None,
        unmapped: 0,
        transform_failed: false,
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

/// The document as our endpoints see it.
fn adapt(document: &Document, agreed: Agreed<'_>) -> Result<Vec<u8>, String> {
    let written = |error: serde_json::Error| format!("the document cannot be written: {error}");
    if agreed.items.is_none() && agreed.transform.is_none() {
        let mut json = Vec::new();
        return portway_documents::write_json(&mut json, document).map(|()| json).map_err(written);
    }
    let mut json = serde_json::to_value(document).map_err(written)?;
    if let Some(items) = agreed.items {
        items.received(&mut json);
    }
    if let Some(transform) = agreed.transform {
        json = transform.run(&json.to_string())?;
    }
    serde_json::to_vec(&json).map_err(written)
}

fn transform_failed(set: &TransactionSet<'_>, message: String) -> Finding {
    let place = Place { set: Some(set.control_number.clone()), offset: set.offset, ..Place::default() };
    let mut finding = Finding::new(findings::TRANSFORM_FAILED, Severity::Error, place, message);
    finding.help = findings::explain(finding.code.0).map(|e| e.fix.to_owned());
    finding
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
