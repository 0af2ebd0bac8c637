//! References and notes: REF, N9 with its messages, MSG, MTX, SI, and pairs of qualifier and identifier within other segments.
//!
//! Texts are kept as they came, one line a segment. Of MSG the carriage control and number stay unmapped: they are for
//! printers.
//!
//! Never fails: what cannot be read is a finding.

use super::codes;
use super::date;
use super::reading::{Fields, Node};
use crate::date::DateTime;
use crate::reference::{Characteristic, IdScheme, Identifier, Note, Reference, ReferencePart};

/// REF.
pub(crate) fn reference(f: &Fields<'_, '_>) -> Reference {
    let (kind, kind_code) = f.coded(1, codes::reference_kind).unwrap_or_default();
    Reference {
        kind,
        kind_code,
        value: f.text(2),
        description: f.text(3),
        parts: parts(f, 4),
        ..Reference::default()
    }
}

/// Composite C040: up to three pairs of qualifier and value.
fn parts(f: &Fields<'_, '_>, element: usize) -> Vec<ReferencePart> {
    let part = |component: usize| {
        let kind_code = f.component(element, component)?;
        let value = f.component(element, component + 1).unwrap_or_default();
        Some(ReferencePart { kind: codes::reference_kind(&kind_code), kind_code, value })
    };
    if f.has(element) { [1, 3, 5].into_iter().filter_map(part).collect() } else { Vec::new() }
}

/// The identifier in element `qualifier + 1`, with the scheme of element `qualifier`.
pub(crate) fn identifier(
    f: &Fields<'_, '_>,
    qualifier: usize,
    scheme: fn(&str) -> IdScheme,
) -> Option<Identifier> {
    let id = f.text(qualifier + 1)?;
    let (scheme, scheme_code) = f.coded(qualifier, scheme).unzip();
    Some(Identifier { scheme: scheme.unwrap_or_default(), scheme_code, id, ..Identifier::default() })
}

/// The loop N9: a reference, dates and the messages that follow.
pub(crate) fn note(node: Node<'_, '_>) -> Note {
    let mut note = Note::default();
    for f in node.segments() {
        match f.tag() {
            "N9" => {
                (note.kind, note.code) = f.coded(1, codes::reference_kind).unzip();
                note.reference = f.text(2);
                note.subject = f.text(3);
                note.date = (f.has(4) || f.has(5)).then(|| DateTime {
                    date: f.date(4),
                    time: f.time(5),
                    time_zone_code: f.text(6),
                    ..DateTime::default()
                });
                note.parts = parts(&f, 7);
            }
            "DTM" => note.dates.push(date::dtm(&f)),
            "MSG" => note.lines.extend(f.text(1)),
            _ => {}
        }
    }
    note
}

/// MSG outside a loop of its own.
pub(crate) fn message(f: &Fields<'_, '_>) -> Note {
    Note { lines: f.text(1).into_iter().collect(), ..Note::default() }
}

/// MTX: a text of two parts.
pub(crate) fn text(f: &Fields<'_, '_>) -> Note {
    Note { code: f.text(1), lines: f.texts(2..=3), ..Note::default() }
}

/// SI: an agency, and pairs of characteristic and value.
pub(crate) fn characteristics(f: &Fields<'_, '_>) -> Vec<Characteristic> {
    let agency_code = f.required(1);
    let pair = |element: usize| Characteristic {
        agency_code: agency_code.clone(),
        code: f.required(element),
        value: f.required(element + 1),
    };
    (2..=20).step_by(2).filter(|e| f.has(*e) && f.has(e + 1)).map(pair).collect()
}
