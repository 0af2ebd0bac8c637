//! Carriage, packing and schedules: FOB, TD1, TD3, TD4, TD5, PKG, PO4, MAN, SCH, SDQ.
//!
//! A schedule line or a pair of SDQ counts only with a quantity that is a number; else it stays unmapped whole, so that nobody
//! ships by half of it.

use super::reference::reference;
use super::{codes, date};
use crate::mapping::{Elements, Walk};
use crate::transport::{
    DeliveryTerms, Distribution, Equipment, Handling, Load, Marks, Pack, Packaging, Place, Route,
    ScheduleLine, Transport,
};

/// TD1, TD5, TD3 and TD4.
pub(crate) fn transport(walk: &mut Walk<'_>, t: &mut Transport) {
    walk.each("TD1", &mut t.loads, load);
    walk.each("TD5", &mut t.routes, route);
    // From 005010 on TD3 opens a loop.
    walk.each_opening("TD3", &mut t.equipment, equipment);
    walk.each("TD4", &mut t.handling, handling);
}

/// FOB.
pub(crate) fn delivery_terms(e: &mut Elements<'_>, t: &mut DeliveryTerms) {
    let place = |kind: usize, description: usize| {
        move |e: &mut Elements<'_>, place: &mut Place| {
            e.code(kind, &mut place.kind_code);
            e.text(description, &mut place.description);
        }
    };
    e.coded_opt(1, &codes::FREIGHT_PAYMENT, &mut t.freight_payment, &mut t.freight_payment_code);
    e.part(&mut t.location, place(2, 3));
    e.code(4, &mut t.scheme_code);
    // Incoterms have the same three letters in both standards.
    e.text(5, &mut t.code);
    e.part(&mut t.title_passage, place(6, 7));
    e.code(8, &mut t.risk_of_loss_code);
    e.text(9, &mut t.risk_of_loss);
}

/// TD1.
pub(crate) fn load(e: &mut Elements<'_>, l: &mut Load) {
    e.code(1, &mut l.packaging_code);
    e.decimal(2, &mut l.packages);
    e.code(3, &mut l.commodity_scheme_code);
    e.text(4, &mut l.commodity_code);
    e.text(5, &mut l.description);
    e.code(6, &mut l.weight_code);
    e.quantity(7, 8, &mut l.weight);
    e.quantity(9, 10, &mut l.volume);
}

/// TD3.
pub(crate) fn equipment(e: &mut Elements<'_>, q: &mut Equipment) {
    e.code(1, &mut q.code);
    e.text(2, &mut q.initial);
    e.text(3, &mut q.number);
    e.code(4, &mut q.weight_code);
    e.quantity(5, 6, &mut q.weight);
    e.code(7, &mut q.ownership_code);
    e.code(8, &mut q.seal_status_code);
    e.text(9, &mut q.seal_number);
    e.code(10, &mut q.type_code);
}

/// TD4.
pub(crate) fn handling(e: &mut Elements<'_>, h: &mut Handling) {
    e.code(1, &mut h.code);
    e.code(2, &mut h.hazard_scheme_code);
    e.text(3, &mut h.hazard_class);
    e.text(4, &mut h.description);
    e.code(5, &mut h.answer_code);
}

/// TD5.
pub(crate) fn route(e: &mut Elements<'_>, r: &mut Route) {
    e.code(1, &mut r.sequence_code);
    e.identifier(2, 3, &codes::ID_SCHEME, &mut r.carrier);
    e.coded_opt(4, &codes::TRANSPORT_MODE, &mut r.mode, &mut r.mode_code);
    e.text(5, &mut r.description);
    if !e.is_reading() && !e.has(5) {
        // The name of a carrier has no element of its own.
        e.text(5, &mut r.carrier_name);
    }
    e.code(6, &mut r.status_code);
    e.identifier(7, 8, &codes::PLACE_SCHEME, &mut r.location);
    e.code(9, &mut r.transit_direction_code);
    e.code(10, &mut r.transit_time_code);
    e.decimal(11, &mut r.transit_time);
    e.texts((12..=14).map(Into::into), &mut r.service_level_codes);
    e.text(15, &mut r.country);
}

/// PKG.
pub(crate) fn packaging(e: &mut Elements<'_>, p: &mut Packaging) {
    e.code(1, &mut p.form_code);
    e.code(2, &mut p.characteristic_code);
    e.code(3, &mut p.agency_code);
    e.code(4, &mut p.code);
    e.text(5, &mut p.description);
    e.code(6, &mut p.unit_load_code);
}

/// PO4. Length, width and height share the unit of PO413.
pub(crate) fn pack(e: &mut Elements<'_>, p: &mut Pack) {
    e.decimal(1, &mut p.packs);
    e.quantity(2, 3, &mut p.size);
    e.code(4, &mut p.packaging_code);
    e.code(5, &mut p.weight_code);
    e.quantity(6, 7, &mut p.gross_weight);
    e.quantity(8, 9, &mut p.gross_volume);
    e.quantity(10, 13, &mut p.length);
    e.quantity(11, 13, &mut p.width);
    e.quantity(12, 13, &mut p.height);
    e.decimal(14, &mut p.inner_packs);
    e.code(15, &mut p.position_code);
    e.texts((16..=17).map(Into::into), &mut p.assigned_ids);
    e.decimal(18, &mut p.number);
}

/// MAN: a qualifier with one or two marks, twice.
pub(crate) fn marks(walk: &mut Walk<'_>, list: &mut Vec<Marks>) {
    walk.packed("MAN", 2, list, |_, _| true, |e, slot, m| mark(e, 1 + 3 * slot, m));
}

/// A qualifier with one or two marks, from `at` on.
pub(crate) fn mark(e: &mut Elements<'_>, at: usize, m: &mut Marks) {
    e.needs(at);
    e.required_code(at, &mut m.code);
    e.texts([at + 1, at + 2].into_iter().map(Into::into), &mut m.values);
}

/// The loop SCH.
pub(crate) fn schedule(walk: &mut Walk<'_>, list: &mut Vec<ScheduleLine>) {
    if walk.is_writing() {
        return walk.loops("SCH", list, schedule_loop);
    }
    for mut inner in walk.found("SCH") {
        inner.claim_loop();
        let mut line = Vec::new();
        inner.each("SCH", &mut line, schedule_line);
        for line in &mut line {
            schedule_rest(&mut inner, line);
        }
        list.append(&mut line);
    }
}

fn schedule_loop(walk: &mut Walk<'_>, line: &mut ScheduleLine) {
    walk.once("SCH", |e| schedule_line(e, line));
    schedule_rest(walk, line);
}

fn schedule_rest(walk: &mut Walk<'_>, line: &mut ScheduleLine) {
    transport(walk, &mut line.transport);
    walk.each("REF", &mut line.references, reference);
}

/// SCH. All of it unmapped when the quantity is no number.
pub(crate) fn schedule_line(e: &mut Elements<'_>, s: &mut ScheduleLine) {
    e.needs_number(1);
    e.required_quantity(1, 2, &mut s.quantity);
    e.code(3, &mut s.party_role_code);
    e.text(4, &mut s.party_name);
    date::triples(e, [5, 8].into_iter(), &mut s.dates);
    e.text(11, &mut s.request_reference);
    e.text(12, &mut s.assigned_id);
}

/// SDQ: up to ten pairs of location and quantity. Unit, scheme and place are those of the segment. A pair without its quantity
/// stays unmapped.
pub(crate) fn distribution(walk: &mut Walk<'_>, list: &mut Vec<Distribution>) {
    let same = |a: &Distribution, b: &Distribution| {
        let unit = |d: &Distribution| (d.quantity.unit.clone(), d.quantity.original_unit.clone());
        let scheme = |d: &Distribution| (d.location.scheme, d.location.scheme_code.clone());
        unit(a) == unit(b) && scheme(a) == scheme(b) && a.place == b.place
    };
    walk.packed("SDQ", 10, list, same, |e, slot, d| {
        let at = 3 + 2 * slot;
        e.needs(at);
        e.needs_number(at + 1);
        e.unit(1, &mut d.quantity.unit, &mut d.quantity.original_unit);
        e.coded_code_opt(2, &codes::ID_SCHEME, &mut d.location.scheme, &mut d.location.scheme_code);
        e.required(at, &mut d.location.id);
        e.required_decimal(at + 1, &mut d.quantity.value);
        e.text(23, &mut d.place);
    });
}
