//! X12 210 (004010, 005010) and [`FreightInvoice`], both ways. EDIFACT has no set of a carrier's invoice of its own.
//!
//! Charges have two implied decimals (type N2) and stand exactly. 004010 has references in N9 and orders in SPO where 005010 has L11
//! and OID.

use super::{FreightInvoice, FreightLine, ProofOfDelivery};
use crate::date::DateTime;
use crate::freight::{FreightCharge, Goods, Stop};
use crate::heading::Purpose;
use crate::mapping::{Elements, Walk};
use crate::party::Party;
use crate::transport_status::Carton;
use crate::x12::freight as f;
use crate::x12::{charge, codes, hazard, money};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("*/references/kind", "L11 and N9 need a number or a text"),
    ("*/references/kind_code", "L11 and N9 need a number or a text"),
    ("/references/dates", "L11 of 005010 has a date alone, N9 of 004010 one date with its time"),
    ("*/references/parts", "L11 of 005010 has one number"),
    ("/parties/references/dates", "L11 of 005010 has a date alone"),
    ("/stops/references/dates", "L11 of 005010 has a date alone"),
    ("/lines/references/dates", "L11 of 005010 has a date alone"),
    ("/lines/deliveries", "005010 has no POD in the loop LX"),
    ("/purpose", "202 has codes of corrections; none is an original"),
    ("/lines/charges/lading_value", "L1 of 004010 ends at 21"),
    ("/lines/cartons", "the loop CD3 stands with a party of the line: N1"),
    ("/stops/equipment", "the loop N7 of a stop stands with its party: N1"),
    ("004010:/orders/number", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/orders/packaging_code", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/orders/volume", "SPO of 004010 has the order's number, quantity and weight"),
    ("005010:/orders/quantity/unit", "OID of 005010 has a packaging in place of the unit"),
    ("005010:/orders/quantity/original_unit", "OID of 005010 has a packaging in place of the unit"),
    ("004010:/lines/orders/number", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/lines/orders/packaging_code", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/lines/orders/volume", "SPO of 004010 has the order's number, quantity and weight"),
    ("005010:/lines/orders/quantity/unit", "OID of 005010 has a packaging in place of the unit"),
    ("005010:/lines/orders/quantity/original_unit", "OID of 005010 has a packaging in place of the unit"),
    ("004010:/stops/orders/number", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/stops/orders/packaging_code", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/stops/orders/volume", "SPO of 004010 has the order's number, quantity and weight"),
    ("005010:/stops/orders/quantity/unit", "OID of 005010 has a packaging in place of the unit"),
    ("005010:/stops/orders/quantity/original_unit", "OID of 005010 has a packaging in place of the unit"),
];

/// The 210.
pub(crate) fn map(walk: &mut Walk<'_>, invoice: &mut FreightInvoice) {
    walk.maybe("C3", &mut invoice.currency, charge::currency);
    walk.set_currency(invoice.currency.as_ref());
    walk.once("B3", |e| beginning(e, invoice));
    walk.each("C2", &mut invoice.bank_accounts, charge::bank);
    walk.each("ITD", &mut invoice.payment_terms, money::payment_terms);
    f::invoice_references(walk, &mut invoice.references);
    walk.each("G62", &mut invoice.dates, f::g62);
    walk.each("R3", &mut invoice.transport.routes, f::r3);
    if walk.is_writing() {
        invoice.transport.handling = f::split_care(&invoice.transport.handling);
        f::split_remarks(&mut invoice.notes);
    }
    walk.each("H3", &mut invoice.transport.handling, f::special_handling);
    f::remarks(walk, &mut invoice.notes);
    walk.loops("N1", &mut invoice.parties, f::invoice_party);
    walk.loops("N7", &mut invoice.transport.equipment, f::equipment);
    f::carried_orders(walk, &mut invoice.orders);
    walk.loops("S5", &mut invoice.stops, stop);
    walk.loops("LX", &mut invoice.lines, line);
    walk.once("L3", |e| charge::l3(e, &mut invoice.charge_total, &mut invoice.totals));
}

/// B3. Who pays must be said: an invoice that does not say so means what the parties agreed (146 = DF).
fn beginning(e: &mut Elements<'_>, invoice: &mut FreightInvoice) {
    e.code(1, &mut invoice.kind_code);
    e.required(2, &mut invoice.number);
    e.text(3, &mut invoice.shipment_number);
    e.coded_opt(4, &codes::FREIGHT_PAYMENT, &mut invoice.freight_payment, &mut invoice.freight_payment_code);
    if !e.is_reading() && !e.has(4) {
        e.constant(4, "DF");
    }
    e.code(5, &mut invoice.weight_unit_code);
    e.date(6, &mut invoice.invoice_date);
    e.money_cents(7, &mut invoice.amount_due);
    e.coded(8, &codes::CORRECTION, &mut invoice.purpose, &mut invoice.purpose_code);
    if e.is_reading() && invoice.purpose_code.is_empty() {
        invoice.purpose = Purpose::Original;
    }
    e.part(&mut invoice.delivery, |e, d: &mut DateTime| {
        e.date(9, &mut d.date);
        e.coded(10, &codes::DATE_ROLE, &mut d.role, &mut d.role_code);
        // 374 = 035: delivered.
        f::or_else(e, 10, 9, "035");
    });
    f::scac(e, 11, &mut invoice.carrier);
    e.date(12, &mut invoice.pickup_date);
    e.code(13, &mut invoice.tariff_service_code);
    e.code(14, &mut invoice.terms_code);
}

/// The loop S5.
fn stop(walk: &mut Walk<'_>, stop: &mut Stop) {
    walk.once("S5", |e| f::s5(e, stop));
    f::invoice_references(walk, &mut stop.references);
    walk.each("G62", &mut stop.dates, f::g62);
    if walk.is_writing() {
        stop.handling = f::split_care(&stop.handling);
    }
    walk.each("H3", &mut stop.handling, f::special_handling);
    f::carried_orders(walk, &mut stop.orders);
    if walk.is_reading() {
        for mut inner in walk.found("N1") {
            inner.claim_loop();
            let mut party = Party::default();
            f::invoice_party(&mut inner, &mut party);
            inner.loops("N7", &mut stop.equipment, f::equipment);
            stop.parties.push(party);
        }
        return;
    }
    // Equipment stands with the first party of a stop.
    let mut equipment = std::mem::take(&mut stop.equipment);
    for party in &mut stop.parties {
        walk.write_loop("N1", |w| {
            f::invoice_party(w, party);
            w.loops("N7", &mut equipment, f::equipment);
        });
        equipment.clear();
    }
}

/// The loop LX.
fn line(walk: &mut Walk<'_>, line: &mut FreightLine) {
    walk.once("LX", |e| {
        e.required(1, &mut line.number);
        if !e.is_reading() && !e.has(1) {
            e.serial(1);
        }
    });
    f::invoice_references(walk, &mut line.references);
    walk.each("POD", &mut line.deliveries, proof);
    // Descriptions (L5), weights (L0) and measures (L4) of a line are entries of one list.
    walk.each_chosen("L5", &mut line.goods, |g| form(g) == Form::Described, f::l5);
    walk.each_chosen("L0", &mut line.goods, |g| form(g) == Form::Weighed, f::l0);
    walk.each_chosen("L4", &mut line.goods, |g| form(g) == Form::Measured, |e, g| measured(e, g));
    walk.each("H1", &mut line.dangerous_goods, hazard::h1);
    walk.each("L1", &mut line.charges, charge::l1);
    walk.each("L7", &mut line.tariffs, charge::l7);
    if walk.is_writing() {
        f::split_remarks(&mut line.notes);
    }
    f::remarks(walk, &mut line.notes);
    f::carried_orders(walk, &mut line.orders);
    parties(walk, line);
}

/// The loops N1 of a line: a party, and the cartons and orders it got.
fn parties(walk: &mut Walk<'_>, line: &mut FreightLine) {
    if walk.is_reading() {
        for mut inner in walk.found("N1") {
            inner.claim_loop();
            let mut party = Party::default();
            f::invoice_party(&mut inner, &mut party);
            line.parties.push(party);
            inner.loops("CD3", &mut line.cartons, carton);
            f::carried_orders(&mut inner, &mut line.orders);
        }
        return;
    }
    let mut cartons = std::mem::take(&mut line.cartons);
    for party in &mut line.parties {
        walk.write_loop("N1", |w| {
            f::invoice_party(w, party);
            w.loops("CD3", &mut cartons, carton);
        });
        cartons.clear();
    }
}

fn proof(e: &mut Elements<'_>, p: &mut ProofOfDelivery) {
    if !e.is_reading() {
        e.needs(1);
    }
    e.date(1, &mut p.date);
    e.time(2, &mut p.time);
    e.required(3, &mut p.name);
}

/// L4 as goods of their own.
fn measured(e: &mut Elements<'_>, g: &mut Goods) {
    e.slots([()].into_iter(), &mut g.dimensions, |e, (), d| f::l4(e, d));
}

#[derive(PartialEq)]
enum Form {
    Described,
    Weighed,
    Measured,
}

fn form(g: &Goods) -> Form {
    let weighed = g.weight.is_some()
        || g.pieces.is_some()
        || g.volume.is_some()
        || g.billed_quantity.is_some()
        || g.quantity.is_some();
    match (g.dimensions.is_empty(), weighed) {
        (false, _) => Form::Measured,
        (true, true) => Form::Weighed,
        (true, false) => Form::Described,
    }
}

/// The loop CD3, with the charges of the carton in L9.
fn carton(walk: &mut Walk<'_>, carton: &mut Carton) {
    crate::transport_status::x12_214::cd3(walk, carton);
    f::invoice_references(walk, &mut carton.references);
    walk.each_chosen("L9", &mut carton.charges, |c: &FreightCharge| c.rate_code.is_none(), charge::l9);
}
