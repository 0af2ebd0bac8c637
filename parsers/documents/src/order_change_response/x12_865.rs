//! X12 865 (004010, 005010) and [`OrderChangeResponse`], both ways.
//!
//! BCA03 is the number of the order, BCA05 that of the change; BCA06 is the order's day, BCA10 that of the answer, BCA11 that of the
//! change. POC says what changed in a line, ACK what becomes of each part of it.
//!
//! Never fails. Segments that are not named are left alone, and so are listed in `unmapped`; BCA12 among them.

use super::{ChangeResponseLine, OrderChangeResponse};
use crate::item::{complete, identify};
use crate::mapping::{Elements, Walk, joined};
use crate::purchase_order::x12_850;
use crate::x12::item::product_ids;
use crate::x12::order::{self, answers, heading, line_rest};
use crate::x12::{codes, money};

const OWN: &[(&str, &str)] = &[
    ("/number", "BCA03 is the number of the order; BCA has none of the answer"),
    ("/change_number", "BCA05 has at most 8 characters"),
    ("/purpose", "353 has no code for it"),
    ("/status", "587 has no code for it"),
    ("/acknowledgement_code", "BCA02 says what becomes of the order"),
    ("/contract_type_code", "BCA has no type of contract"),
    ("/purchase_category_code", "BCA has no category of purchase"),
    ("/commodities", "the 865 has no TC2"),
    ("/lines/contract", "the 865 has no CN1"),
    ("/lines/item/commodities", "the 865 has no TC2"),
    ("/lines/status", "ACK says it of each part of a line"),
    ("/lines/status_code", "ACK says it of each part of a line"),
    ("/lines/acknowledgements/status", "668 has no code for it"),
    ("/lines/acknowledgements/quantity_code", "ACK has one kind of quantity"),
];
/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] =
    &joined::<{ OWN.len() + order::NOT_CARRIED.len() }>(OWN, order::NOT_CARRIED);

/// The 865.
pub(crate) fn map(walk: &mut Walk<'_>, response: &mut OrderChangeResponse) {
    walk.once("BCA", |e| beginning(e, response));
    heading!(walk, response);
    walk.loops("POC", &mut response.lines, line);
    if walk.is_reading() || !response.lines.is_empty() || !response.totals.is_empty() {
        walk.once_loop("CTT", |w| x12_850::totals(w, &mut response.totals, response.lines.len()));
    }
}

/// BCA.
fn beginning(e: &mut Elements<'_>, response: &mut OrderChangeResponse) {
    e.coded(1, &codes::PURPOSE, &mut response.purpose, &mut response.purpose_code);
    if !e.is_reading() && !e.has(1) {
        // 353 = 00: original.
        e.constant(1, "00");
    }
    e.coded(2, &codes::RESPONSE_STATUS, &mut response.status, &mut response.status_code);
    if !e.is_reading() && response.order_number.is_some() {
        e.text(3, &mut response.order_number);
    } else {
        e.required(3, &mut response.number);
    }
    if e.is_reading() && !response.number.is_empty() {
        response.order_number = Some(response.number.clone());
    }
    e.text(4, &mut response.release_number);
    if e.is_reading() || response.change_number.as_ref().is_none_or(|n| n.len() <= order::CHANGE_NUMBER) {
        e.text(5, &mut response.change_number);
    }
    e.date(6, &mut response.order_date);
    if !e.is_reading() && !e.has(6) {
        // BCA06 is mandatory.
        e.date(6, &mut response.response_date);
    }
    e.text(7, &mut response.request_number);
    e.text(8, &mut response.contract_number);
    e.text(9, &mut response.seller_order_number);
    e.date(10, &mut response.response_date);
    e.date(11, &mut response.change_date);
    e.coded_opt(13, &codes::ORDER_KIND, &mut response.kind, &mut response.kind_code);
    e.code(14, &mut response.security_level_code);
    e.code(15, &mut response.transaction_type_code);
}

/// The loop POC.
fn line(walk: &mut Walk<'_>, line: &mut ChangeResponseLine) {
    if walk.is_writing() {
        order::complete(&mut line.acknowledgements, line.status, &line.status_code, &line.quantity);
    }
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
    answers(walk, &mut line.sublines, &mut line.acknowledgements);
    if walk.is_reading() {
        order::status_of(&line.acknowledgements, &mut line.status, &mut line.status_code);
    }
}
