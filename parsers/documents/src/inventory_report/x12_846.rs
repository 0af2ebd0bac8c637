//! X12 846 (004010, 005010) and [`InventoryReport`], both ways.
//!
//! Each loop QTY is a quantity of its line, with what it counts (673). The parties and codes of a reference within a quantity (the
//! loop LS) stay unmapped. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{InventoryLine, InventoryQuantity, InventoryReport};
use crate::finding::COUNT_DIFFERS;
use crate::heading::{Purpose, Totals};
use crate::item::{complete, identify};
use crate::mapping::{Elements, Walk};
use crate::money::{Percentage, Price, QualifiedPrice};
use crate::purchase_order::SubLine;
use crate::quantity::Decimal;
use crate::reference::Reference;
use crate::transport::ScheduleLine;
use crate::x12::allowance::sac;
use crate::x12::item::{description, product_ids};
use crate::x12::party::{contact, party};
use crate::x12::quantity::measurement;
use crate::x12::{bounded, codes, date, money, reference, stock, transport, warehouse};
use portway_edi::Severity;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/totals/line_count", "CTT01 counts the lines that are written"),
    ("/kind", "755 has no code for this kind; BIA02 says location inventory"),
    ("/kind_name", "BIA02 is a code alone"),
    ("/version", "BIA has a number, no version"),
    ("/revision", "BIA has a number, no revision"),
    ("/other_currencies", "the 846 has one CUR before its lines"),
    ("/notes", "the 846 has no text but descriptions (PID)"),
    ("/locations", "the 846 has places with parties alone"),
    ("/attachments", "the 846 names no other documents"),
    ("/packages", "the 846 has packing (PKG) with the lines alone"),
    ("/lines/parent_number", "LIN names no other line"),
    ("/lines/notes", "the 846 has no text but descriptions (PID)"),
    ("/lines/locations", "the 846 has places with parties and in SDQ alone"),
    ("/lines/attachments", "the 846 names no other documents"),
    ("/lines/packs", "the 846 has packing (PKG) without sizes"),
    ("/lines/packages", "the 846 has no packages by their numbers"),
    ("/lines/item/identities", "LIN has a lot and a serial number as product ids alone"),
    ("/lines/item/lots", "LIN has a lot as a product id alone"),
    ("/lines/item/lot", "LIN has a lot as a product id alone"),
    ("/lines/item/serials", "LIN has a serial number as a product id alone"),
    ("/lines/item/expiry_date", "the 846 has dates of the line (DTM) by their kind"),
    ("/lines/item/trade_conditions", "the 846 has no country of origin"),
    ("/lines/item/commodities", "the 846 has no codes of goods"),
    ("/lines/distribution/dates", "SDQ has no dates"),
    ("/lines/distribution/location_name", "SDQ has no names"),
    ("/lines/quantities/movement", "QTY counts stock, not which way it moved"),
    ("/lines/quantities/instruction", "the loop QTY has no instructions"),
    ("/lines/quantities/lots", "the loop QTY names no lots"),
    ("/lines/quantities/identities", "the loop QTY has no numbers of single things"),
    ("/lines/quantities/locations", "the loop QTY has no place: the 846 has places in SDQ and with parties"),
    ("/lines/quantities/parties", "the loop QTY has parties with its references alone"),
    ("/lines/quantities/statuses", "the loop QTY has codes with their agency alone (LM)"),
    ("/lines/quantities/packages", "the 846 has no packages by their numbers"),
    ("/lines/price", "UIT has no currency: a price in another one than the line's is not written"),
    ("/lines/prices", "CTP has no currency here: a price in another one than the line's is not written"),
    (
        "/lines/quantities/prices",
        "UIT has no currency: a price in another one than the line's is not written",
    ),
    ("/lines/quantities/price/amount", "UIT names no currency: a price in another has no place"),
    ("/lines/quantities/price/currency", "UIT names no currency: a price in another has no place"),
];

/// The 846.
pub(crate) fn map(walk: &mut Walk<'_>, report: &mut InventoryReport) {
    walk.once("BIA", |e| beginning(e, report));
    walk.maybe("CUR", &mut report.currency, money::currency);
    walk.set_currency(report.currency.as_ref());
    walk.each("DTM", &mut report.dates, date::dtm);
    walk.each("REF", &mut report.references, reference::reference);
    walk.each("PER", &mut report.contacts, contact);
    walk.each("MEA", &mut report.measurements, measurement);
    walk.loops("N1", &mut report.parties, party);
    warehouse::industry_codes(walk, &mut report.industry_codes);
    walk.loops("LIN", &mut report.lines, line);
    let lines = report.lines.len();
    walk.once("CTT", |e| totals(e, &mut report.totals, lines));
}

/// BIA. A report that says not what it is of, tells the stock of a location (755 = LC).
fn beginning(e: &mut Elements<'_>, report: &mut InventoryReport) {
    e.coded(1, &codes::PURPOSE, &mut report.purpose, &mut report.purpose_code);
    if !e.is_reading() && report.purpose == Purpose::Other && report.purpose_code.is_empty() {
        e.constant(1, "00");
    }
    e.coded_opt(2, &codes::REPORT_KIND, &mut report.kind, &mut report.kind_code);
    if !e.is_reading() && !e.has(2) {
        e.constant(2, "LC");
    }
    e.required(3, &mut report.number);
    e.date(4, &mut report.report_date);
    if !e.is_reading() && !e.has(4) {
        // BIA04 is mandatory: the day of the first date.
        e.date(4, &mut report.dates.iter().find_map(|d| d.date));
    }
    e.time(5, &mut report.report_time);
    e.code(6, &mut report.action_code);
}

/// The loop LIN.
fn line(walk: &mut Walk<'_>, line: &mut InventoryLine) {
    if walk.is_writing() {
        line.complete_quantity();
    }
    complete(&mut line.item);
    walk.once("LIN", |e| {
        e.text(1, &mut line.number);
        product_ids(e, (2..=30).step_by(2), &mut line.item.product_ids);
    });
    identify(&mut line.item);
    walk.each("PID", &mut line.item.descriptions, description);
    walk.each("MEA", &mut line.measurements, measurement);
    walk.each("PKG", &mut line.packaging, transport::packaging);
    walk.each("DTM", &mut line.dates, date::dtm);
    money::line_currency(walk, &mut line.currency, &mut line.price);
    prices(walk, line);
    walk.each("SAC", &mut line.allowances_and_charges, sac);
    walk.each("REF", &mut line.references, reference::reference);
    walk.each("PER", &mut line.contacts, contact);
    transport::distribution(walk, &mut line.distribution);
    transport::marks(walk, &mut line.marks);
    walk.each("CS", &mut line.contracts, stock::contract);
    walk.each("DD", &mut line.demands, stock::demand);
    walk.once("G53", |e| e.code(1, &mut line.maintenance_code));
    walk.each("PCT", &mut line.percentages, |e, p: &mut Percentage| {
        e.needs(1);
        e.required_code(1, &mut p.code);
        e.decimal(2, &mut p.percent);
    });
    walk.each("LDT", &mut line.lead_times, date::lead_time);
    warehouse::industry_codes(walk, &mut line.industry_codes);
    walk.loops("SLN", &mut line.sublines, subline);
    walk.loops("QTY", &mut line.quantities, quantity);
    walk.loops("N1", &mut line.parties, party);
    if walk.is_reading() {
        line.derive_quantity();
    }
}

/// CTP and UIT. The first UIT is the price of the line; further ones have no role in the list of prices.
fn prices(walk: &mut Walk<'_>, line: &mut InventoryLine) {
    let in_force = walk.currency().cloned();
    let is_in_force = |p: &QualifiedPrice| {
        let own = p.price.as_ref().and_then(|price| price.currency.as_ref());
        own.is_none() || own == in_force.as_ref()
    };
    let chosen = |p: &QualifiedPrice| !is_unit_price(p) && is_in_force(p);
    walk.each_chosen("CTP", &mut line.prices, chosen, money::qualified_price);
    walk.maybe("UIT", &mut line.price, stock::unit_price);
    if walk.is_writing() {
        for price in line.prices.iter_mut().filter(|p| is_unit_price(p)) {
            walk.maybe("UIT", &mut price.price, stock::unit_price);
        }
        return;
    }
    let mut further: Vec<Price> = Vec::new();
    walk.each("UIT", &mut further, stock::unit_price);
    line.prices.extend(
        further.into_iter().map(|price| QualifiedPrice { price: Some(price), ..QualifiedPrice::default() }),
    );
}

/// A price that says its unit and nothing else.
fn is_unit_price(p: &QualifiedPrice) -> bool {
    let unit =
        p.price.as_ref().is_some_and(|price| price.original_base_unit.is_some() || price.base_unit.is_some());
    unit && QualifiedPrice { price: None, ..p.clone() } == QualifiedPrice::default()
}

/// The loop SLN.
fn subline(walk: &mut Walk<'_>, subline: &mut SubLine) {
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
    walk.each("PID", &mut subline.item.descriptions, description);
    walk.each("MEA", &mut subline.measurements, measurement);
}

/// The loop QTY.
fn quantity(walk: &mut Walk<'_>, q: &mut InventoryQuantity) {
    walk.once("QTY", |e| {
        if !e.is_reading() {
            e.needs(1);
        }
        e.coded(1, &codes::STOCK_KIND, &mut q.kind, &mut q.kind_code);
        e.quantity(2, 3, &mut q.quantity);
        e.text(4, &mut q.text);
    });
    if let (true, Some(own)) = (walk.is_writing(), &q.quantity) {
        // A price without its unit is for that of the quantity.
        for price in q.price.iter_mut().chain(&mut q.prices) {
            if price.base_unit.is_none() && price.original_base_unit.is_none() {
                price.base_unit.clone_from(&own.unit);
                price.original_base_unit.clone_from(&own.original_unit);
            }
        }
    }
    walk.maybe("UIT", &mut q.price, stock::unit_price);
    walk.each("UIT", &mut q.prices, stock::unit_price);
    walk.each("MEA", &mut q.measurements, measurement);
    walk.each("LDT", &mut q.lead_times, date::lead_time);
    walk.each("DTM", &mut q.dates, date::dtm);
    walk.loops("SCH", &mut q.schedule, |w, s: &mut ScheduleLine| {
        w.once("SCH", |e| transport::schedule_line(e, s));
    });
    warehouse::industry_codes(walk, &mut q.industry_codes);
    bounded(walk, "REF", &mut q.references, |w, r: &mut Reference| {
        w.once("REF", |e| reference::reference(e, r));
        w.each("DTM", &mut r.dates, date::dtm);
    });
}

/// CTT. CTT01 counts the loops LIN.
fn totals(e: &mut Elements<'_>, totals: &mut Totals, lines: usize) {
    if !e.is_reading() {
        totals.line_count = Some(Decimal::from(lines));
    }
    e.decimal(1, &mut totals.line_count);
    e.decimal(2, &mut totals.hash_total);
    e.quantity(3, 4, &mut totals.weight);
    e.quantity(5, 6, &mut totals.volume);
    e.text(7, &mut totals.description);
    let Some(declared) = totals.line_count.filter(|d| *d != Decimal::from(lines)) else { return };
    e.report(
        COUNT_DIFFERS,
        Severity::Warning,
        1,
        format!("CTT01 counts {declared} lines, {lines} came."),
        "The partner's move: send as many lines as CTT01 counts. Ask whether the stock of an item is missing.",
    );
}
