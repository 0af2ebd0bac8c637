//! References, identifiers and texts: RFF, FTX, GIN, and identifiers with code list and agency (1131, 3055).
//!
//! Every text keeps its lines as they came. An identifier without an agency is kept, with the scheme `other`.
//!
//! Never fails.

use super::reading::{Fields, Node};
use super::{codes, date};
use crate::reference::{IdScheme, Identifier, Note, Reference};

/// RFF.
pub(crate) fn reference(f: &Fields<'_, '_>) -> Reference {
    let (kind, kind_code) = f.coded(1, 1, codes::reference_kind).unwrap_or_default();
    Reference {
        kind,
        kind_code,
        value: f.text(1, 2),
        line_number: f.text(1, 3),
        version: f.text(1, 4),
        revision: f.text(1, 5),
        ..Reference::default()
    }
}

/// The group RFF: a reference, and its dates.
pub(crate) fn dated(node: Node<'_, '_>) -> Reference {
    let mut read = Reference::default();
    for f in node.segments() {
        match f.tag() {
            "RFF" => read = reference(&f),
            "DTM" => read.dates.push(date::dtm(&f)),
            _ => {}
        }
    }
    read
}

/// An identifier in component 1, its code list in 2, its agency in 3.
pub(crate) fn identifier(
    f: &Fields<'_, '_>,
    element: usize,
    scheme: fn(&str) -> IdScheme,
) -> Option<Identifier> {
    let id = f.text(element, 1)?;
    let list_code = f.text(element, 2);
    let (scheme, scheme_code) = f.coded(element, 3, scheme).unzip();
    Some(Identifier { scheme: scheme.unwrap_or_default(), scheme_code, list_code, id })
}

/// FTX.
pub(crate) fn note(f: &Fields<'_, '_>) -> Note {
    Note {
        code: f.text(1, 1),
        function_code: f.text(2, 1),
        text_code: f.text(3, 1),
        text_list_code: f.text(3, 2),
        text_agency_code: f.text(3, 3),
        lines: f.texts(4, 1..=5),
        language: f.text(5, 1),
        ..Note::default()
    }
}
