//! The register of the diagnostic codes of the gateway itself, beside those of `portway-edi` (`X10xx` to `X12xx`, faults of
//! the data) of `portway-documents` (`D10xx`, of the mapping) and of `portway-idoc` (`D11xx`).
//!
//! Promises: every code that is ever shown stands in one of the four, and [`explain`] finds it; a code never changes its
//! meaning. The gateway's own are those that need more than the file to be known: whose address it is, what came before,
//! which sets we can read.

use portway_edi::finding::{Explained, WhoseMove};
use portway_edi::{Code, Finding};

/// Findings kept in the ledger for one set or interchange.
const MOST_FINDINGS: usize = 100;

/// What came holds no interchange.
pub const NO_INTERCHANGE: Code = Code("X1090");
/// ISA07/08 is none of our stations.
pub const NOT_OUR_ADDRESS: Code = Code("X1091");
/// ISA13 was seen before, with other content.
pub const INTERCHANGE_NUMBER_USED: Code = Code("X1092");
/// It came without an envelope, and a name rule lets us read it.
pub const NO_ENVELOPE: Code = Code("X1093");
/// It stood in an archive.
pub const FROM_ARCHIVE: Code = Code("X1094");
/// No schema for this set and version.
pub const SET_NOT_SUPPORTED: Code = Code("X1190");
/// The document's number was seen before.
pub const DOCUMENT_NUMBER_USED: Code = Code("X1191");

/// The transform of the partner's profile fails on the document.
pub const TRANSFORM_FAILED: Code = Code("X1192");
/// The other standard has no place for a value of the document.
pub const NOT_CARRIED: Code = Code("X1193");

/// Documents that wait to leave together cannot be put into an interchange.
pub const BATCH_STAYS: Code = Code("X1194");

/// The gateway's own, explained, in order.
pub const CODES: &[Explained] = &[
    Explained {
        code: NO_INTERCHANGE,
        title: "No interchange",
        meaning: "There is no interchange in it: nothing that begins with ISA and can be read. It is empty, cut off at its \
                  beginning, or something else than X12.",
        fix: "Look at how it begins. The partner sends X12, from ISA to IEA, and nothing around it.",
        whose_move: WhoseMove::Partner,
        answers: &[],
    },
    Explained {
        code: NOT_OUR_ADDRESS,
        title: "Receiver is none of our stations",
        meaning: "The receiver in ISA07 and ISA08 is not the address of any station in gateway.toml.",
        fix: "If the address is ours, add it to gateway.toml as a station; else the partner sent it to the wrong house.",
        whose_move: WhoseMove::Us,
        answers: &[("TA105", "009")],
    },
    Explained {
        code: INTERCHANGE_NUMBER_USED,
        title: "Interchange control number used before",
        meaning: "The same sender used this ISA13 before, for an interchange with other content, and the profile rejects that.",
        fix: "The partner sends it under a new control number.",
        whose_move: WhoseMove::Partner,
        answers: &[("TA105", "025")],
    },
    Explained {
        code: NO_ENVELOPE,
        title: "Read without an envelope",
        meaning: "The file is a set alone, without ISA or UNB, and a rule of the partner's profile ([[files.name]]) fits its name. \
                  Sender and receiver are those of the profile and the station, the control number is the hash of the \
                  content: the same content again is a duplicate, whatever the file is called. Nothing is answered.",
        fix: "Nothing to do.",
        whose_move: WhoseMove::Nobody,
        answers: &[],
    },
    Explained {
        code: FROM_ARCHIVE,
        title: "From an archive",
        meaning: "The interchange was unpacked from the ZIP archive or GZIP file that the message is; the value is the entry's \
                  name, as the archive has it.",
        fix: "Nothing to do.",
        whose_move: WhoseMove::Nobody,
        answers: &[],
    },
    Explained {
        code: SET_NOT_SUPPORTED,
        title: "Set not supported",
        meaning: "No schema is known here for this set in this version (ST01 and GS08), so that it cannot be read.",
        fix: "Ask the partner whether this set and version were agreed; if they were, we lack the schema.",
        whose_move: WhoseMove::Us,
        answers: &[("AK502", "1")],
    },
    Explained {
        code: DOCUMENT_NUMBER_USED,
        title: "Document number used before",
        meaning: "The same partner sent a document of this kind and number before, and the profile rejects that.",
        fix: "The partner sends a change (860 for an 850), or uses a new number.",
        whose_move: WhoseMove::Partner,
        answers: &[],
    },
    Explained {
        code: TRANSFORM_FAILED,
        title: "Transform failed",
        meaning: "The jq program of the partner's profile ([receive.<set>] or [send.<set>], transform) fails on this document, or \
                  gives none or several. The set is valid and was answered so; the document is held.",
        fix: "Mend the program; try it with portway file convert FILE --partner ID --explain; then portway doc release.",
        whose_move: WhoseMove::Us,
        answers: &[],
    },
    Explained {
        code: NOT_CARRIED,
        title: "Value is not carried",
        meaning: "The set written has no place for this value of the document, or read back it is another one. The message says \
                  which clause prevents it.",
        fix: "Leave it out, agree with the partner on another place for it, or send it another way.",
        whose_move: WhoseMove::Us,
        answers: &[],
    },
    Explained {
        code: BATCH_STAYS,
        title: "Waiting documents cannot be sent off",
        meaning: "Documents of ours waited to leave together, by the hours, rhythm or count of [send.<set>]; their time has come,                   and no interchange can be made of them. The alert says why: an address is missing, the profile is gone, or a                   value does not go into the envelope. They wait, and it is tried again every second.",
        fix: "Mend what the alert names, then portway reload; or portway doc cancel what should not leave.",
        whose_move: WhoseMove::Us,
        answers: &[],
    },
];

/// Every code of all registers: data, gateway, mapping, IDocs.
pub fn all() -> impl Iterator<Item = &'static Explained> {
    portway_edi::finding::CODES
        .iter()
        .chain(CODES)
        .chain(portway_documents::finding::CODES)
        .chain(portway_idoc::finding::CODES)
}

/// The register entry of a code such as `X1205` or `D1002`, in any case.
pub fn explain(code: &str) -> Option<&'static Explained> {
    all().find(|e| e.code.0.eq_ignore_ascii_case(code))
}

/// `the partner`, `us`, `nobody`: for people.
pub fn whose(explained: &Explained) -> &'static str {
    match explained.whose_move {
        WhoseMove::Partner => "the partner",
        WhoseMove::Us => "us",
        WhoseMove::Nobody => "nobody",
    }
}

/// `X1203 error at PO1 (5) element 3: …`.
pub fn one_line(finding: &Finding) -> String {
    let place = &finding.place;
    let mut at = String::new();
    if let Some(segment) = &place.segment {
        at = format!(" at {segment}");
        if let Some(element) = place.element {
            at += &format!("{element:02}");
        }
        if let Some(position) = place.position {
            at += &format!(" (segment {position})");
        }
    }
    let value = finding.value.as_ref().map(|v| format!(", value {v:?}")).unwrap_or_default();
    let answer = finding.answer.as_ref().map(|a| format!(" [{} {}]", a.element, a.code)).unwrap_or_default();
    format!("{}{at}: {}{value}{answer}", finding.code.0, finding.message)
}

/// A list of findings as the ledger keeps it, the first hundred.
pub fn to_json(findings: &[Finding]) -> serde_json::Value {
    let kept: Vec<&Finding> = findings.iter().take(MOST_FINDINGS).collect();
    serde_json::to_value(kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_code_stands_in_two_registers() {
        let mut seen = HashSet::new();
        assert!(all().all(|e| seen.insert(e.code.0)));
    }

    #[test]
    fn codes_are_found_in_any_case() {
        assert_eq!(explain("x1190").map(|e| e.code), Some(SET_NOT_SUPPORTED));
        assert_eq!(explain("d1001").map(|e| e.code.0), Some("D1001"));
        assert!(explain("X9999").is_none());
    }
}
