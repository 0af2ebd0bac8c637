//! Items: pairs of qualifier and product number within PO1, SLN, LIN and IT8; PID; TC2.
//!
//! Every pair is kept in order. The first of a scheme also fills the item's own field for it, and the GTIN is the one of 14
//! digits where there is one. A number without its qualifier, or a qualifier without its number, stays unmapped.

use super::codes;
use crate::item::{Commodity, Description, ProductId};
use crate::mapping::Elements;

/// The pairs of qualifier and number that start at one of `elements`.
pub(crate) fn product_ids(
    e: &mut Elements<'_>,
    elements: impl Iterator<Item = usize>,
    list: &mut Vec<ProductId>,
) {
    e.slots(elements, list, |e, at, id| {
        e.needs(at);
        e.needs(at + 1);
        e.coded(at, &codes::PRODUCT_ID_SCHEME, &mut id.scheme, &mut id.scheme_code);
        e.required(at + 1, &mut id.id);
    });
}

/// TC2.
pub(crate) fn commodity(e: &mut Elements<'_>, c: &mut Commodity) {
    e.required_code(1, &mut c.scheme_code);
    e.required(2, &mut c.code);
}

/// PID.
pub(crate) fn description(e: &mut Elements<'_>, d: &mut Description) {
    if !e.is_reading() && d.text.is_none() {
        e.needs(4);
    }
    let coded = d.code.is_some() && e.codes_are_ours();
    form(e, &mut d.form_code, coded);
    e.code(2, &mut d.characteristic_code);
    e.code(3, &mut d.agency_code);
    e.code(4, &mut d.code);
    e.text(5, &mut d.text);
    e.code(6, &mut d.position_code);
    e.code(7, &mut d.source_code);
    e.code(8, &mut d.answer_code);
    e.text(9, &mut d.language);
}

/// X12 349, whether a description is coded (`S`, with text `X`) or free (`F`). A document of our own need not say it.
fn form(e: &mut Elements<'_>, code: &mut crate::Text, coded: bool) {
    e.required_code(1, code);
    if !e.is_reading() && !e.has(1) {
        e.constant(1, if coded { "S" } else { "F" });
    }
}
