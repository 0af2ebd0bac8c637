//! One set, judged: what `lint`, `ack` and `convert` say of it.
//!
//! The gateway's own way, mapping included, where no profile says otherwise; segments without a set around them are held
//! against the dictionary. Promises: findings say in which interchange, group and set they stand, and their offsets are those
//! of the file.

use super::fragment::Assumed;
use crate::pipeline::findings;
use crate::pipeline::translate::{Agreed, translate_with};
use portway_documents::Document;
use portway_edi::acknowledgement::{SetResult, Tolerance};
use portway_edi::interchange::TransactionSet;
use portway_edi::schema::Schema;
use portway_edi::{Answer, Finding, Place, Severity, Standard};

pub struct Judged {
    pub result: SetResult,
    /// `purchase-order`; `edifact-orders` for a set in the shape of its schema.
    pub document: Option<String>,
    /// The document's number, also of a rejected set where it can be read.
    pub number: Option<String>,
    /// What our systems would get, JSON; `None` for a rejected set.
    pub data: Option<Vec<u8>>,
    /// The document itself, where it is wanted and the set has one.
    pub canonical: Option<Document>,
}

pub fn judge(set: &TransactionSet<'_>, version: &str, assumed: &Assumed) -> Judged {
    judge_with(set, version, assumed, Agreed::default())
}

/// As agreed on with a partner.
pub fn judge_with(set: &TransactionSet<'_>, version: &str, assumed: &Assumed, agreed: Agreed<'_>) -> Judged {
    let mut judged = match assumed.schema {
        Some(schema) => loose(set, schema, assumed),
        None => {
            let version = if version.is_empty() { &set.version } else { version };
            let translated = translate_with(set, version, Tolerance::Strict, agreed);
            Judged {
                result: translated.result,
                document: translated.document,
                number: translated.number,
                data: translated.data,
                canonical: translated.canonical,
            }
        }
    };
    placed(&mut judged.result.findings, set, assumed);
    judged
}

fn loose(set: &TransactionSet<'_>, schema: &Schema, assumed: &Assumed) -> Judged {
    let mut found = set.findings.clone();
    found.extend(schema.validate(set).findings);
    assumed.keep_inner(&mut found);
    let result = SetResult::of(set, found, Tolerance::Strict);
    Judged { result, document: None, number: None, data: None, canonical: None }
}

/// What the set is read by.
pub fn schema(set: &TransactionSet<'_>, assumed: &Assumed) -> Option<&'static Schema> {
    assumed.schema.or_else(|| Schema::of(set))
}

/// What is told of a set that there is no schema for.
pub fn not_supported(set: &TransactionSet<'_>) -> Finding {
    let (segment, element, answer) = match set.standard {
        Standard::X12 => ("ST", 1, ("AK502", "1")),
        Standard::Edifact => ("UNH", 2, ("UCM04", "17")),
    };
    let place = Place {
        segment: Some(segment.into()),
        position: Some(1),
        element: Some(element),
        offset: set.offset,
        ..Place::default()
    };
    let message = format!("set {} in version {} is not supported here", set.code, set.version);
    let mut finding = Finding::new(findings::SET_NOT_SUPPORTED, Severity::Error, place, message);
    finding.value = Some(set.code.clone()).filter(|code| !code.is_empty());
    finding.help = findings::explain(finding.code.0).map(|e| e.fix.to_owned());
    finding.answer = Some(Answer::new(answer.0, answer.1));
    finding
}

/// Fills in what encloses a set's findings, where its checks did not know it, and counts bytes as the file has them.
fn placed(findings: &mut [Finding], set: &TransactionSet<'_>, assumed: &Assumed) {
    for finding in findings {
        let place = &mut finding.place;
        let known = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        place.interchange = place.interchange.take().or_else(|| known(&set.interchange));
        place.group = place.group.take().or_else(|| known(&set.group));
        place.set = place.set.take().or_else(|| known(&set.control_number));
        assumed.located(place);
    }
}
