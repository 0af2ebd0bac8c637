//! References, identifiers and texts: RFF, FTX, and identifiers with code list and agency (1131, 3055).
//!
//! Every text keeps its lines as they came. An identifier without an agency is kept, with the scheme `other`.

use super::{codes, date};
use crate::mapping::{Codes, Elements, Walk, wrapped};
use crate::reference::{IdScheme, Identifier, Note, Reference};

/// RFF.
pub(crate) fn reference(e: &mut Elements<'_>, r: &mut Reference) {
    e.needs((1, 1));
    e.coded((1, 1), &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
    e.text((1, 2), &mut r.value);
    e.text((1, 3), &mut r.line_number);
    e.text((1, 4), &mut r.version);
    e.text((1, 5), &mut r.revision);
}

/// The group RFF: a reference, and its dates.
pub(crate) fn dated(walk: &mut Walk<'_>, r: &mut Reference) {
    walk.once("RFF", |e| reference(e, r));
    walk.each("DTM", &mut r.dates, date::dtm);
}

/// An identifier in component 1, its code list in 2, its agency in 3.
pub(crate) fn identifier(
    e: &mut Elements<'_>,
    element: usize,
    codes: &Codes<IdScheme>,
    field: &mut Option<Identifier>,
) {
    e.identifier((element, 3), (element, 1), codes, field);
    if let Some(identifier) = field {
        e.code((element, 2), &mut identifier.list_code);
    }
}

/// FTX. A text that says not what it is about is general information (4451 = AAI).
pub(crate) fn note(e: &mut Elements<'_>, n: &mut Note) {
    e.code((1, 1), &mut n.code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "AAI");
    }
    e.code((2, 1), &mut n.function_code);
    e.code((3, 1), &mut n.text_code);
    e.code((3, 2), &mut n.text_list_code);
    e.code((3, 3), &mut n.text_agency_code);
    if !e.is_reading() {
        // 4440 has 70 characters in D.96A, 512 in D.01B.
        n.lines = wrapped(&n.lines, if e.is_newer() { 512 } else { 70 });
        e.needs(4);
    }
    e.texts((1..=5).map(|component| (4, component).into()), &mut n.lines);
    e.text((5, 1), &mut n.language);
}
