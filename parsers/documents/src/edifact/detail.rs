//! What orders, answers and notices say of goods beside number, quantity and price: ALI, QVR, DOC and the group AJT.
//!
//! A variance of a quantity keeps its sign. A reason without any variance is kept too.

use super::reference::note;
use super::{codes, date};
use crate::mapping::{Elements, Walk};
use crate::money::Adjustment;
use crate::quantity::{Discrepancy, Quantity};
use crate::reference::{Attachment, TradeCondition};

/// ALI: country of origin, duty regime and conditions.
pub(crate) fn trade_condition(e: &mut Elements<'_>, t: &mut TradeCondition) {
    e.text((1, 1), &mut t.origin_country);
    e.code((2, 1), &mut t.duty_regime_code);
    e.texts((3..=7).map(|element| (element, 1).into()), &mut t.condition_codes);
}

/// QVR: what differs, by how much (C279), in which way (4221), and why (C960).
pub(crate) fn discrepancy(e: &mut Elements<'_>, d: &mut Discrepancy) {
    let mut variance = d.quantity.as_ref().map(|q| q.value);
    e.decimal((1, 1), &mut variance);
    if let (true, Some(value)) = (e.is_reading(), variance) {
        d.quantity = Some(Quantity { value, ..Quantity::default() });
    }
    e.code((1, 2), &mut d.quantity_code);
    e.coded((2, 1), &codes::DISCREPANCY, &mut d.kind, &mut d.kind_code);
    e.code((3, 1), &mut d.reason_code);
    e.code((3, 2), &mut d.reason_list_code);
    e.code((3, 3), &mut d.reason_agency_code);
    e.text((3, 4), &mut d.reason);
}

/// DOC: a document that belongs to this one.
pub(crate) fn attachment(e: &mut Elements<'_>, a: &mut Attachment) {
    e.required_code((1, 1), &mut a.kind_code);
    e.code((1, 2), &mut a.list_code);
    e.code((1, 3), &mut a.agency_code);
    e.text((1, 4), &mut a.name);
    e.text((2, 1), &mut a.number);
    e.code((2, 2), &mut a.status_code);
    e.text((2, 3), &mut a.source);
    e.text((2, 4), &mut a.language);
    e.text((2, 5), &mut a.version);
    e.text((2, 6), &mut a.revision);
    e.code((3, 1), &mut a.transmission_code);
    e.decimal((4, 1), &mut a.copies);
    e.decimal((5, 1), &mut a.originals);
}

/// The group AJT: a reason, a line of the document, and texts.
pub(crate) fn adjustment(walk: &mut Walk<'_>, a: &mut Adjustment) {
    walk.once("AJT", |e| {
        if !e.is_reading() {
            e.needs((1, 1));
        }
        e.required_code((1, 1), &mut a.reason_code);
        e.text((2, 1), &mut a.line_number);
    });
    walk.each("FTX", &mut a.notes, note);
    walk.each("DTM", &mut a.dates, date::dtm);
}
