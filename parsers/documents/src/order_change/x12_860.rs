//! X12 860 (004010, 005010) and [`OrderChange`], both ways.
//!
//! BCH03 is the number of the order, BCH05 that of the change, BCH06 the order's day, BCH11 that of the change. POC says of a line
//! what changes, how much is ordered now, and how much of it is still to come.
//!
//! Never fails. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{ChangeLine, OrderChange};
use crate::Text;
use crate::item::{complete, identify};
use crate::mapping::{Elements, Walk, joined};
use crate::purchase_order::x12_850;
use crate::x12::item::product_ids;
use crate::x12::order::{self, heading, line_rest};
use crate::x12::{codes, money};

const OWN: &[(&str, &str)] = &[
    ("/number", "BCH03 is the number of the order; that of the change is BCH05, of at most 8 characters"),
    ("/purpose", "353 has no code for it"),
];
/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] =
    &joined::<{ OWN.len() + order::NOT_CARRIED.len() }>(OWN, order::NOT_CARRIED);

/// The 860.
pub(crate) fn map(walk: &mut Walk<'_>, change: &mut OrderChange) {
    walk.once("BCH", |e| beginning(e, change));
    heading!(walk, change);
    walk.loops("POC", &mut change.lines, line);
    if walk.is_reading() || !change.lines.is_empty() || !change.totals.is_empty() {
        walk.once_loop("CTT", |w| x12_850::totals(w, &mut change.totals, change.lines.len()));
    }
}

/// BCH.
fn beginning(e: &mut Elements<'_>, change: &mut OrderChange) {
    e.coded(1, &codes::PURPOSE, &mut change.purpose, &mut change.purpose_code);
    e.coded_opt(2, &codes::ORDER_KIND, &mut change.kind, &mut change.kind_code);
    if !e.is_reading() {
        if !e.has(1) {
            // 353 = 04: change.
            e.constant(1, "04");
        }
        if !e.has(2) {
            // 92 = CP: change to purchase order.
            e.constant(2, "CP");
        }
    }
    if !e.is_reading() && change.order_number.is_some() {
        e.text(3, &mut change.order_number);
    } else {
        e.required(3, &mut change.number);
    }
    if e.is_reading() && !change.number.is_empty() {
        change.order_number = Some(change.number.clone());
    }
    e.text(4, &mut change.release_number);
    if e.is_reading() || change.change_number.as_ref().is_none_or(|n| n.len() <= order::CHANGE_NUMBER) {
        e.text(5, &mut change.change_number);
    }
    if !e.is_reading() && !e.has(5) {
        let own = Some(&change.number)
            .filter(|n| Some(*n) != change.order_number.as_ref() && n.len() <= order::CHANGE_NUMBER);
        e.constant(5, own.filter(|_| change.order_number.is_some()).map_or("", Text::as_str));
    }
    e.date(6, &mut change.order_date);
    if !e.is_reading() && !e.has(6) {
        // BCH06 is mandatory.
        e.date(6, &mut change.change_date);
    }
    e.text(7, &mut change.request_number);
    e.text(8, &mut change.contract_number);
    e.text(9, &mut change.seller_order_number);
    e.date(10, &mut change.response_date);
    e.date(11, &mut change.change_date);
    e.code(12, &mut change.contract_type_code);
    e.code(13, &mut change.security_level_code);
    e.code(14, &mut change.acknowledgement_code);
    e.code(15, &mut change.transaction_type_code);
    e.code(16, &mut change.purchase_category_code);
}

/// The loop POC.
fn line(walk: &mut Walk<'_>, line: &mut ChangeLine) {
    complete(&mut line.item);
    let mut further = line.item.product_ids.split_off(line.item.product_ids.len().min(10));
    walk.once("POC", |e| {
        e.text(1, &mut line.number);
        e.coded(2, &codes::LINE_CHANGE, &mut line.change, &mut line.change_code);
        if !e.is_reading() && !e.has(2) {
            // 670 = CA: changes to line items.
            e.constant(2, "CA");
        }
        e.quantity(3, 5, &mut line.quantity);
        order::quantity_left(e, line.change, &line.quantity, &mut line.quantity_left);
        money::price(e, 6, 7, &mut line.price);
        product_ids(e, (8..=26).step_by(2), &mut line.item.product_ids);
    });
    walk.once("LIN", |e| product_ids(e, (2..=30).step_by(2), &mut further));
    line.item.product_ids.append(&mut further);
    identify(&mut line.item);
    line_rest!(walk, line);
    walk.loops("SLN", &mut line.sublines, x12_850::subline);
}
