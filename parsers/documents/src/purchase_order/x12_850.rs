//! X12 850 (004010, 005010) and [`PurchaseOrder`], both ways.
//!
//! Each loop names its segments in the order of the standard's table, and says which field each belongs to; how a segment is
//! mapped stands in [`crate::x12`]. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{OrderLine, PurchaseOrder, SalesRequirement, SubLine, Totals};
use crate::finding::COUNT_DIFFERS;
use crate::item::{Description, complete, identify};
use crate::mapping::{Elements, Walk};
use crate::quantity::{Decimal, QualifiedQuantity};
use crate::reference::{Characteristic, Note};
use crate::x12::allowance::allowance_charge;
use crate::x12::item::{commodity, description, product_ids};
use crate::x12::party::{contact, party};
use crate::x12::quantity::{measurement, qty};
use crate::x12::reference::characteristics;
use crate::x12::{bounded, codes, date, money, reference, transport};
use portway_edi::Severity;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/totals/line_count", "CTT01 counts the lines that are written"),
    ("/kind_name", "BEG02 is a code alone"),
    ("/version", "BEG has a number and a release, no version"),
    ("/revision", "BEG has a number and a release, no revision"),
    ("/other_currencies", "the 850 has one CUR before its lines"),
    ("/payment_instructions", "the 850 has no element for the means of payment"),
    ("/packs", "the 850 has packages (PO4) with the lines alone"),
    ("/locations", "the 850 has places with parties alone"),
    ("/schedule", "the 850 has schedules (SCH) with the lines alone"),
    ("/lines/locations", "the 850 has places with parties alone"),
    ("/lines/payment_instructions", "the 850 has no element for the means of payment"),
    ("/lines/parent_number", "PO1 names no other line"),
    ("/totals/allowances_and_charges", "the 850 has allowances before the lines and with them alone"),
    ("/totals/counts", "CTT counts lines, and sums one quantity"),
    ("/lines/distribution/dates", "SDQ has no dates"),
    ("/lines/distribution/location_name", "SDQ has no names"),
];

/// The 850.
pub(crate) fn map(walk: &mut Walk<'_>, order: &mut PurchaseOrder) {
    walk.once("BEG", |e| beginning(e, order));
    walk.maybe("CUR", &mut order.currency, money::currency);
    walk.set_currency(order.currency.as_ref());
    walk.each("REF", &mut order.references, reference::reference);
    walk.each("PER", &mut order.contacts, contact);
    money::taxes(walk, &mut order.taxes);
    walk.each("FOB", &mut order.delivery_terms, transport::delivery_terms);
    walk.each("CTP", &mut order.prices, money::qualified_price);
    walk.each("CSH", &mut order.sales_requirements, sales_requirement);
    walk.loops("SAC", &mut order.allowances_and_charges, allowance_charge);
    walk.each("ITD", &mut order.payment_terms, money::payment_terms);
    walk.each("DTM", &mut order.dates, date::dtm);
    walk.each_opening("LDT", &mut order.lead_times, date::lead_time);
    characteristics(walk, &mut order.characteristics);
    walk.each("PID", &mut order.descriptions, description);
    walk.each("MEA", &mut order.measurements, measurement);
    walk.each("PKG", &mut order.packaging, transport::packaging);
    transport::transport(walk, &mut order.transport);
    transport::marks(walk, &mut order.marks);
    walk.each("TC2", &mut order.commodities, commodity);
    walk.loops("N9", &mut order.notes, reference::note);
    walk.loops("N1", &mut order.parties, party);
    advertising(walk, &mut order.notes);
    walk.loops("PO1", &mut order.lines, line);
    let lines = if walk.is_writing() { walk.written("PO1") } else { order.lines.len() };
    walk.once_loop("CTT", |w| totals(w, &mut order.totals, lines));
    // Amounts of the whole order stand before its lines (004010: behind BEG's dates) or in the loop CTT.
    walk.loops("AMT", &mut order.amounts, money::amount_loop);
}

/// BEG.
fn beginning(e: &mut Elements<'_>, order: &mut PurchaseOrder) {
    e.coded(1, &codes::PURPOSE, &mut order.purpose, &mut order.purpose_code);
    e.coded(2, &codes::ORDER_KIND, &mut order.kind, &mut order.kind_code);
    if !e.is_reading() && !e.has(2) {
        e.constant(2, "SA");
    }
    e.required(3, &mut order.number);
    e.text(4, &mut order.release_number);
    e.date(5, &mut order.order_date);
    e.text(6, &mut order.contract_number);
    e.code(7, &mut order.acknowledgement_code);
    e.code(8, &mut order.invoice_type_code);
    e.code(9, &mut order.contract_type_code);
    e.code(10, &mut order.purchase_category_code);
    e.code(11, &mut order.security_level_code);
    e.code(12, &mut order.transaction_type_code);
}

/// The loop ADV: of it only the texts. Our own texts go into the loop N9.
pub(crate) fn advertising(walk: &mut Walk<'_>, notes: &mut Vec<Note>) {
    for mut inner in walk.found("ADV") {
        inner.each("MTX", notes, reference::text);
    }
}

/// CSH.
pub(crate) fn sales_requirement(e: &mut Elements<'_>, s: &mut SalesRequirement) {
    e.code(1, &mut s.code);
    e.code(2, &mut s.action_code);
    e.money_cents(3, &mut s.money);
    e.text(4, &mut s.account_number);
    e.date(5, &mut s.date);
    e.code(6, &mut s.agency_code);
    e.code(7, &mut s.service_code);
    e.code(8, &mut s.substitution_code);
    e.decimal(9, &mut s.percent);
    e.code(10, &mut s.percent_code);
}

/// IT8: as CSH, and what may come instead.
pub(crate) fn line_sales_requirement(e: &mut Elements<'_>, s: &mut SalesRequirement) {
    e.code(1, &mut s.code);
    e.code(2, &mut s.action_code);
    e.money_cents(3, &mut s.money);
    e.text(4, &mut s.account_number);
    e.date(5, &mut s.date);
    e.code(6, &mut s.agency_code);
    e.code(7, &mut s.substitution_code);
    product_ids(e, (8..=26).step_by(2), &mut s.product_ids);
}

/// The loop PO1.
fn line(walk: &mut Walk<'_>, line: &mut OrderLine) {
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
    characteristics(walk, &mut line.characteristics);
    money::line_currency(walk, &mut line.currency, &mut line.price);
    walk.loops("CTP", &mut line.prices, money::priced);
    walk.each("MEA", &mut line.measurements, measurement);
    walk.loops("PID", &mut line.item.descriptions, described);
    walk.each("PO4", &mut line.packs, transport::pack);
    walk.each("REF", &mut line.references, reference::reference);
    walk.each("PER", &mut line.contacts, contact);
    walk.loops("SAC", &mut line.allowances_and_charges, allowance_charge);
    let has_products = |s: &SalesRequirement| !s.product_ids.is_empty();
    walk.each_chosen("IT8", &mut line.sales_requirements, has_products, line_sales_requirement);
    walk.each_chosen("CSH", &mut line.sales_requirements, |s| !has_products(s), sales_requirement);
    walk.each("ITD", &mut line.payment_terms, money::payment_terms);
    walk.each("FOB", &mut line.delivery_terms, transport::delivery_terms);
    transport::distribution(walk, &mut line.distribution);
    walk.each("DTM", &mut line.dates, date::dtm);
    transport::transport(walk, &mut line.transport);
    transport::marks(walk, &mut line.marks);
    reference::messages(walk, &mut line.notes);
    money::taxes(walk, &mut line.taxes);
    counted(walk, &mut line.quantities, &mut line.characteristics);
    transport::schedule(walk, &mut line.schedule);
    packaging(walk, line);
    bounded(walk, "LDT", &mut line.lead_times, date::lead_times);
    walk.loops_chosen("N9", &mut line.notes, |n| !reference::is_message(n), reference::note);
    walk.loops("N1", &mut line.parties, party);
    walk.loops("SLN", &mut line.sublines, subline);
    walk.each("TC2", &mut line.item.commodities, commodity);
    walk.loops("AMT", &mut line.amounts, money::amount_loop);
}

/// The loop PKG.
fn packaging(walk: &mut Walk<'_>, line: &mut OrderLine) {
    walk.loops("PKG", &mut line.packaging, |w, p| w.once("PKG", |e| transport::packaging(e, p)));
}

/// The loop PID: a description and what it measures.
pub(crate) fn described(walk: &mut Walk<'_>, d: &mut Description) {
    walk.once("PID", |e| description(e, d));
    walk.each("MEA", &mut d.measurements, measurement);
}

/// The loop QTY: a quantity, and characteristics.
pub(crate) fn counted(
    walk: &mut Walk<'_>,
    quantities: &mut Vec<QualifiedQuantity>,
    characteristics: &mut Vec<Characteristic>,
) {
    for mut inner in walk.found("QTY") {
        inner.each("QTY", quantities, qty);
        reference::characteristics(&mut inner, characteristics);
    }
    if walk.is_writing() {
        walk.loops("QTY", quantities, |w, q| w.once("QTY", |e| qty(e, q)));
    }
}

/// The loop SLN.
pub(crate) fn subline(walk: &mut Walk<'_>, subline: &mut SubLine) {
    complete(&mut subline.item);
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
    reference::messages(walk, &mut subline.notes);
    characteristics(walk, &mut subline.characteristics);
    walk.each("PID", &mut subline.item.descriptions, description);
    walk.each("TC2", &mut subline.item.commodities, commodity);
    walk.loops_chosen("N9", &mut subline.notes, |n| !reference::is_message(n), reference::note);
    walk.loops("SAC", &mut subline.allowances_and_charges, allowance_charge);
    walk.each("DTM", &mut subline.dates, date::dtm);
    walk.each("CTP", &mut subline.prices, money::qualified_price);
    walk.each("PO4", &mut subline.packs, transport::pack);
    walk.each("TAX", &mut subline.taxes, money::tax);
    counted(walk, &mut subline.quantities, &mut subline.characteristics);
    walk.loops("N1", &mut subline.parties, party);
}

/// The loop CTT. CTT01 counts the loops PO1.
pub(crate) fn totals(walk: &mut Walk<'_>, totals: &mut Totals, lines: usize) {
    walk.once("CTT", |e| {
        if !e.is_reading() {
            totals.line_count = Some(Decimal::from(lines));
        }
        e.decimal(1, &mut totals.line_count);
        e.decimal(2, &mut totals.hash_total);
        e.quantity(3, 4, &mut totals.weight);
        e.quantity(5, 6, &mut totals.volume);
        e.text(7, &mut totals.description);
        check_count(e, totals.line_count, lines);
    });
    walk.each("AMT", &mut totals.amounts, money::amount);
}

fn check_count(e: &Elements<'_>, declared: Option<Decimal>, lines: usize) {
    let Some(declared) = declared.filter(|d| *d != Decimal::from(lines)) else { return };
    e.report(
        COUNT_DIFFERS,
        Severity::Warning,
        1,
        format!("CTT01 counts {declared} lines, {lines} came."),
        "The partner's move: send as many lines as CTT01 counts. Ask whether a line is missing before it is shipped.",
    );
}
