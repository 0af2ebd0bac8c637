//! X12 861 (004010, 005010) and [`ReceivingAdvice`], both ways.
//!
//! RCD has what was received, what goes back, and up to five quantities in question, each with what is wrong with it (412). Of
//! those the damaged, the short and the over ones are also summed up in fields of their own. Purchase orders beyond the first PRF
//! stay unmapped, and so do the
//! numbers of lines that LIN and SN1 repeat.

use super::{ReceivedLine, ReceivingAdvice, complete_differences, sum_differences};
use crate::date::{DateRole, DateTime};
use crate::item::{complete, identify};
use crate::line::{OrderReference, order_of};
use crate::mapping::{Elements, Walk};
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Discrepancy};
use crate::x12::allowance::sac;
use crate::x12::item::{description, product_ids};
use crate::x12::party::{contact, party};
use crate::x12::quantity::measurement;
use crate::x12::{codes, date, money, reference, transport, warehouse};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/depositor_order_number", "BRA has the number of the receipt alone"),
    ("/shipment_number", "BRA has the number of the receipt alone"),
    ("/master_reference", "BRA has the number of the receipt alone"),
    ("/link_sequence", "BRA has the number of the receipt alone"),
    ("/receipt_time_code", "BRA05 says not what the time is"),
    ("/received_total", "861 has no W14: CTT counts lines"),
    ("/shipped_total", "861 has no W14: CTT counts lines"),
    ("/damaged_total", "861 has no W14: CTT counts lines"),
    ("/received_packages", "861 has no W14: CTT counts lines"),
    ("/shipped_packages", "861 has no W14: CTT counts lines"),
    ("/notes", "861 has no texts"),
    ("/dates/time_role_code", "DTM says not what the time is apart"),
    ("/packages", "861 has no loop LX"),
    ("/packaging", "861 has no W08"),
    ("/levels", "861 has no loop LX"),
    ("/transport/temperatures", "861 has no W18"),
    ("/transport/equipment/seals", "TD3 has one seal"),
    ("/lines/adjustment_id", "RCD has no such identifier (893)"),
    ("/lines/item/lot", "LIN has a lot among the numbers"),
    ("/lines/item/lots", "LIN has a lot among the numbers"),
    ("/lines/packs/unit_weight", "PO4 has the weight of the whole"),
    ("/lines/item/serials", "LIN has a serial among the numbers"),
    ("/lines/item/identities", "LIN has a serial among the numbers"),
    ("/totals/line_count", "the lines that are written are counted"),
    ("/attachments", "861 has no PWK"),
    ("/lines/attachments", "861 has no PWK"),
    ("/kind_name", "BRA has codes alone"),
    ("/version", "BRA has a number, no version"),
    ("/revision", "BRA has a number, no version"),
    ("/purpose", "353 says why it is sent; how much of it is told stands in the 944 alone (514)"),
    ("/purpose_code", "353 says why it is sent; how much of it is told stands in the 944 alone (514)"),
    ("/trade_conditions", "861 has no place for the country of origin"),
    ("/lines/level_id", "861 has no loop LX"),
    ("/lines/order/line_number", "PRF needs the number of the order"),
    ("/lines/packages", "861 has marks of packages alone (MAN)"),
    ("/lines/states", "RCD has the condition of a quantity alone"),
    ("/lines/price", "the line has no price"),
    ("/lines/discrepancies/lot", "RCD has of a difference quantity and condition"),
    ("/lines/discrepancies/reason", "RCD has of a difference quantity and condition"),
    ("/lines/discrepancies/reason_code", "RCD has of a difference quantity and condition"),
    ("/lines/discrepancies/references", "RCD has of a difference quantity and condition"),
    ("/lines/discrepancies/kind", "412 has no such condition"),
    ("/lines/discrepancies/kind_code", "412 has no such condition"),
];

/// The 861.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    walk.once("BRA", |e| beginning(e, advice));
    walk.maybe("CUR", &mut advice.currency, money::currency);
    walk.set_currency(advice.currency.as_ref());
    let listed = order_of(&advice.references);
    walk.each("REF", &mut advice.references, reference::reference);
    walk.each("PER", &mut advice.contacts, contact);
    dates(walk, advice);
    order(walk, &mut advice.order, listed.as_ref());
    transport::transport(walk, &mut advice.transport);
    if walk.is_reading() {
        advice.order = advice.order.take().or_else(|| order_of(&advice.references));
    }
    walk.each("MEA", &mut advice.measurements, measurement);
    walk.loops("N1", &mut advice.parties, party);
    warehouse::industry_codes(walk, &mut advice.industry_codes);
    walk.loops("RCD", &mut advice.lines, line);
    let lines = advice.lines.len();
    walk.once("CTT", |e| {
        let totals = &mut advice.totals;
        if !e.is_reading() {
            totals.line_count = Some(Decimal::from(lines));
        }
        e.decimal(1, &mut totals.line_count);
        e.decimal(2, &mut totals.hash_total);
        e.quantity(3, 4, &mut totals.weight);
        e.quantity(5, 6, &mut totals.volume);
        e.text(7, &mut totals.description);
    });
}

/// BRA.
fn beginning(e: &mut Elements<'_>, advice: &mut ReceivingAdvice) {
    e.required(1, &mut advice.number);
    e.date(2, &mut advice.receipt_date);
    e.coded(3, &codes::PURPOSE, &mut advice.purpose, &mut advice.purpose_code);
    if !e.is_reading() && !e.has(3) {
        e.constant(3, "00");
    }
    e.coded_opt(4, &codes::RECEIPT_KIND, &mut advice.kind, &mut advice.kind_code);
    if !e.is_reading() && !e.has(4) {
        // 962 = 2: made after the receipt.
        e.constant(4, "2");
    }
    e.time(5, &mut advice.receipt_time);
    e.coded_opt(6, &codes::CONDITION, &mut advice.condition, &mut advice.condition_code);
    e.code(7, &mut advice.action_code);
}

/// DTM. The set needs one: a document that has none is given the day of the receipt (374 = 050).
fn dates(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    if walk.is_writing() && advice.dates.is_empty() {
        let role = DateRole::Received;
        let date = advice.receipt_date;
        advice.dates.extend(date.map(|_| DateTime { role, date, ..DateTime::default() }));
    }
    walk.each("DTM", &mut advice.dates, date::dtm);
}

/// PRF. Not written where references say the same already; a REF has no day.
fn order(walk: &mut Walk<'_>, order: &mut Option<OrderReference>, listed: Option<&OrderReference>) {
    if walk.is_writing() && order.as_ref() == listed && listed.is_none_or(|o| o.date.is_none()) {
        return;
    }
    walk.maybe("PRF", order, |e, o| {
        e.needs(1);
        e.text(1, &mut o.number);
        e.text(2, &mut o.release_number);
        e.text(3, &mut o.change_number);
        e.date(4, &mut o.date);
        e.text(5, &mut o.line_number);
        e.text(6, &mut o.contract_number);
        e.code(7, &mut o.kind_code);
    });
}

/// The loop RCD.
fn line(walk: &mut Walk<'_>, line: &mut ReceivedLine) {
    if walk.is_writing() {
        complete(&mut line.item);
        complete_differences(line);
        // One that RCD has no place for would leave a hole between the others.
        let told =
            |d: &Discrepancy| d.quantity.is_some() && walk.has_code(&codes::CONDITION, d.kind, &d.kind_code);
        line.discrepancies.retain(told);
    }
    walk.once("RCD", |e| received(e, line));
    walk.once("SN1", |e| shipped(e, line));
    walk.maybe("CUR", &mut line.currency, money::currency);
    walk.set_currency(line.currency.as_ref());
    walk.once("LIN", |e| {
        // RCD01 has the number; some say it here, or again.
        let is_said = line.number.as_deref() == Some(&*e.peek(1));
        if is_said {
            e.ignore(1);
        } else if e.is_reading() {
            e.text(1, &mut line.number);
        }
        product_ids(e, (2..=30).step_by(2), &mut line.item.product_ids);
    });
    identify(&mut line.item);
    walk.each("PID", &mut line.item.descriptions, description);
    walk.each("PO4", &mut line.packs, transport::pack);
    let listed = order_of(&line.references);
    walk.each("REF", &mut line.references, reference::reference);
    walk.each("PER", &mut line.contacts, contact);
    expiry(walk, line);
    walk.each("DTM", &mut line.dates, date::dtm);
    order(walk, &mut line.order, listed.as_ref());
    walk.each("MEA", &mut line.measurements, measurement);
    walk.each("FOB", &mut line.delivery_terms, transport::delivery_terms);
    transport::transport(walk, &mut line.transport);
    walk.each("SAC", &mut line.allowances_and_charges, sac);
    transport::marks(walk, &mut line.marks);
    warehouse::industry_codes(walk, &mut line.industry_codes);
    walk.loops("SLN", &mut line.sublines, subline);
    walk.loops("N1", &mut line.parties, party);
    warehouse::accounting(walk, &mut line.accounting);
    if walk.is_reading() {
        let expires = line.dates.iter().find(|d| d.role == DateRole::Expiration);
        line.item.expiry_date = expires.and_then(|d| d.date);
        line.order = line.order.take().or_else(|| order_of(&line.references));
        sum_differences(line);
    }
}

/// The day the lot expires is a DTM of the line (374 = 036).
fn expiry(walk: &Walk<'_>, line: &mut ReceivedLine) {
    let role = DateRole::Expiration;
    if walk.is_writing() && !line.dates.iter().any(|d| d.role == role) {
        let date = line.item.expiry_date;
        line.dates.extend(date.map(|_| DateTime { role, date, ..DateTime::default() }));
    }
}

/// RCD. Of RCD21 nothing is taken.
fn received(e: &mut Elements<'_>, line: &mut ReceivedLine) {
    e.text(1, &mut line.number);
    e.quantity(2, 3, &mut line.quantity);
    e.quantity(4, 5, &mut line.returned_quantity);
    e.slots((6..=18).step_by(3), &mut line.discrepancies, |e, at, d: &mut Discrepancy| {
        e.needs_number(at);
        e.needs(at + 2);
        e.quantity(at, at + 1, &mut d.quantity);
        e.coded(at + 2, &codes::CONDITION, &mut d.kind, &mut d.kind_code);
    });
    if !e.is_reading() && ![2, 4, 6].into_iter().any(|at| e.has(at)) {
        // Nothing came of it.
        e.constant(2, "0");
        if let Some(shipped) = &mut line.shipped_quantity {
            e.unit(3, &mut shipped.unit, &mut shipped.original_unit);
        }
        if !e.has(3) {
            e.constant(3, "EA");
        }
    }
}

/// SN1. Of its line number nothing is taken: RCD01 has it.
fn shipped(e: &mut Elements<'_>, line: &mut ReceivedLine) {
    e.needs(2);
    e.quantity(2, 3, &mut line.shipped_quantity);
    e.decimal(4, &mut line.shipped_to_date);
    e.quantity(5, 6, &mut line.ordered_quantity);
    if e.has(2) {
        e.code(8, &mut line.status_code);
    }
}

/// The loop SLN. Its NM1 and LM stay unmapped.
fn subline(walk: &mut Walk<'_>, subline: &mut SubLine) {
    if walk.is_writing() {
        complete(&mut subline.item);
    }
    walk.once("SLN", |e| {
        e.required(1, &mut subline.number);
        e.text(2, &mut subline.parent_number);
        e.required_code(3, &mut subline.relationship_code);
        if !e.is_reading() && !e.has(3) {
            e.constant(3, "I");
        }
        e.quantity(4, 5, &mut subline.quantity);
        money::price(e, 6, 7, &mut subline.price);
        e.code(8, &mut subline.price_relationship_code);
        product_ids(e, (9..=27).step_by(2), &mut subline.item.product_ids);
    });
    identify(&mut subline.item);
    walk.each("PID", &mut subline.item.descriptions, description);
}
