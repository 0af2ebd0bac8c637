//! X12 855 (004010, 005010) and [`OrderResponse`], both ways.
//!
//! BAK02 says what becomes of the order, ACK what becomes of each part of a line. BAK03 is the order's number, BAK04 the order's
//! day, BAK09 that of the answer. An answer that does not say what becomes of the order is written by what its lines say.
//!
//! Never fails. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{OrderResponse, ResponseLine, ResponseStatus};
use crate::item::{complete, identify};
use crate::line::LineStatus;
use crate::mapping::{Elements, Walk, joined};
use crate::purchase_order::x12_850;
use crate::x12::item::product_ids;
use crate::x12::order::{self, answers, heading, line_rest};
use crate::x12::{codes, money};

/// What the set has no place for, beside what no set of its kind has.
const OWN: &[(&str, &str)] = &[
    ("/number", "BAK03 is the number of the order; BAK has none of the answer"),
    ("/purpose", "353 has no code for it"),
    ("/status", "587 has no code for it"),
    ("/acknowledgement_code", "BAK02 says what becomes of the order"),
    ("/change_number", "BAK has no number of a change"),
    ("/kind_code", "BAK does not say what kind of order it answers"),
    ("/contract_type_code", "BAK has no type of contract"),
    ("/purchase_category_code", "BAK has no category of purchase"),
    ("/security_level_code", "BAK has no level of security"),
    ("/percentages", "the 855 has no PCT"),
    ("/commodities", "the 855 has no TC2"),
    ("/industry_codes", "the 855 has no LM"),
    ("/lines/industry_codes", "the 855 has no LM"),
    ("/lines/item/commodities", "the 855 has no TC2"),
    ("/lines/contract", "the 855 has no CN1"),
    ("/lines/status", "ACK says it of each part of a line"),
    ("/lines/status_code", "ACK says it of each part of a line"),
    ("/lines/acknowledgements/status", "668 has no code for it"),
    ("/lines/acknowledgements/quantity_code", "ACK has one kind of quantity"),
    ("/lines/lead_times/quantities", "LDT has no quantities here"),
    ("/lines/lead_times/notes", "LDT has no notes here"),
    ("/lines/lead_times/references", "LDT has no references here"),
    ("/lead_times/quantities", "LDT has no quantities here"),
    ("/lead_times/notes", "LDT has no notes here"),
    ("/lead_times/references", "LDT has no references here"),
];
pub(crate) const NOT_CARRIED: &[(&str, &str)] =
    &joined::<{ OWN.len() + order::NOT_CARRIED.len() }>(OWN, order::NOT_CARRIED);

/// The 855.
pub(crate) fn map(walk: &mut Walk<'_>, response: &mut OrderResponse) {
    walk.once("BAK", |e| beginning(e, response));
    heading!(walk, response);
    walk.loops("PO1", &mut response.lines, line);
    if walk.is_reading() || !response.lines.is_empty() || !response.totals.is_empty() {
        walk.once_loop("CTT", |w| x12_850::totals(w, &mut response.totals, response.lines.len()));
    }
}

/// BAK.
fn beginning(e: &mut Elements<'_>, response: &mut OrderResponse) {
    e.coded(1, &codes::PURPOSE, &mut response.purpose, &mut response.purpose_code);
    if !e.is_reading() && !e.has(1) {
        // 353 = 00: original.
        e.constant(1, "00");
    }
    e.coded(2, &codes::RESPONSE_STATUS, &mut response.status, &mut response.status_code);
    if !e.is_reading() && !e.has(2) {
        e.constant(2, told_by_lines(response));
    }
    if !e.is_reading() && response.order_number.is_some() {
        e.text(3, &mut response.order_number);
    } else {
        e.required(3, &mut response.number);
    }
    if e.is_reading() && !response.number.is_empty() {
        response.order_number = Some(response.number.clone());
    }
    e.date(4, &mut response.order_date);
    if !e.is_reading() && !e.has(4) {
        // BAK04 is mandatory.
        e.date(4, &mut response.response_date);
    }
    e.text(5, &mut response.release_number);
    e.text(6, &mut response.request_number);
    e.text(7, &mut response.contract_number);
    e.text(8, &mut response.seller_order_number);
    e.date(9, &mut response.response_date);
    e.code(10, &mut response.transaction_type_code);
}

/// 587 by what the lines say: AK no detail, AD all accepted as ordered, RD all refused, AC with changes.
fn told_by_lines(response: &OrderResponse) -> &'static str {
    let mut lines = response.lines.iter().peekable();
    let is = |wanted: LineStatus| move |line: &ResponseLine| line.status.is_none_or(|s| s == wanted);
    match () {
        () if response.status == ResponseStatus::Received || lines.peek().is_none() => "AK",
        () if response.lines.iter().all(is(LineStatus::Accepted)) => "AD",
        () if response.lines.iter().all(is(LineStatus::Rejected)) => "RD",
        () => "AC",
    }
}

/// The loop PO1.
fn line(walk: &mut Walk<'_>, line: &mut ResponseLine) {
    if walk.is_writing() {
        order::complete(&mut line.acknowledgements, line.status, &line.status_code, &line.quantity);
    }
    complete(&mut line.item);
    let mut further = line.item.product_ids.split_off(line.item.product_ids.len().min(10));
    walk.once("PO1", |e| {
        e.text(1, &mut line.number);
        e.quantity(2, 3, &mut line.quantity);
        money::price(e, 4, 5, &mut line.price);
        product_ids(e, (6..=24).step_by(2), &mut line.item.product_ids);
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
