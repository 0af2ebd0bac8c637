//! Segments of invoices: CAD, ISS, L7, BAL, INC, PAM, NTE, YNQ, CRC, PWK, SR, IT3, and the loops LM, V1 and FA1.
//!
//! Elements of type N2 have two implied decimals; those of type R have the point where it stands. A code without a word of ours
//! stays a bare code, and is written to X12 alone.

use super::codes;
use super::date;
use super::quantity::{measurement, qty};
use crate::invoice::{LineShipment, RequestedService, ShipmentTotal};
use crate::mapping::{Elements, Walk};
use crate::money::QualifiedAmount;
use crate::quantity::QualifiedQuantity;
use crate::reference::{
    Accounting, AccountingPart, Attachment, IdScheme, Identifier, IndustryCode, Note, Reference, Statement,
};
use crate::terms::{Balance, Installment, PeriodAmount};
use crate::transport::{Equipment, Location, Route};
use crate::{Text, freight::Tariff};

/// CAD: a carrier, its equipment and its reference. The identifier of CAD04 is a SCAC.
pub(crate) fn carrier(e: &mut Elements<'_>, r: &mut Route) {
    e.coded_opt(1, &codes::TRANSPORT_MODE, &mut r.mode, &mut r.mode_code);
    let mut equipment = r.equipment.first().cloned();
    e.part(&mut equipment, |e, q: &mut Equipment| {
        e.text(2, &mut q.initial);
        e.text(3, &mut q.number);
    });
    if e.is_reading() {
        r.equipment.extend(equipment);
    }
    if e.is_reading() {
        let mut scac = Text::default();
        e.required(4, &mut scac);
        if !scac.is_empty() {
            r.carrier = Some(Identifier { scheme: IdScheme::Scac, id: scac, ..Identifier::default() });
        }
    } else if let Some(carrier) = r.carrier.as_mut().filter(|c| c.scheme == IdScheme::Scac) {
        e.required(4, &mut carrier.id);
    }
    e.text(5, &mut r.description);
    if !e.is_reading() && !e.has(4) && !e.has(5) {
        // CAD needs one of both: a carrier without a SCAC by its name or number.
        let name = r.carrier_name.clone().or(r.carrier.as_ref().map(|c| c.id.clone()));
        e.text(5, &mut name.clone());
    }
    if !e.is_reading() && e.is_newer() && !e.has(1) && (e.has(4) || e.has(5)) {
        // 91 = ZZ: mutually defined; 005010 wants some mode.
        e.constant(1, "ZZ");
    }
    e.code(6, &mut r.status_code);
    let mut reference = r.references.first().cloned();
    e.part(&mut reference, |e, reference: &mut Reference| {
        e.needs(8);
        e.coded(7, &codes::REFERENCE_KIND, &mut reference.kind, &mut reference.kind_code);
        e.text(8, &mut reference.value);
    });
    if e.is_reading() {
        r.references.extend(reference);
    }
    e.texts([9.into()].into_iter(), &mut r.service_level_codes);
}

/// The loop ISS: what was shipped in all.
pub(crate) fn shipment_total(walk: &mut Walk<'_>, s: &mut ShipmentTotal) {
    walk.once("ISS", |e| {
        e.quantity(1, 2, &mut s.quantity);
        e.quantity(3, 4, &mut s.weight);
        e.quantity(5, 6, &mut s.volume);
        e.decimal(7, &mut s.second_quantity);
        e.decimal(8, &mut s.second_weight);
    });
    walk.each("PID", &mut s.descriptions, super::item::description);
}

/// IT3: what of a line was shipped.
pub(crate) fn line_shipment(e: &mut Elements<'_>, s: &mut LineShipment) {
    e.quantity(1, 2, &mut s.quantity);
    e.code(3, &mut s.status_code);
    e.decimal(4, &mut s.difference);
    e.code(5, &mut s.reason_code);
}

/// SR: a service on days.
pub(crate) fn requested_service(e: &mut Elements<'_>, s: &mut RequestedService) {
    e.text(1, &mut s.number);
    e.code(2, &mut s.day_rotation);
    e.time(3, &mut s.start_time);
    e.time(4, &mut s.end_time);
    e.text(5, &mut s.text);
    e.decimal(6, &mut s.price);
    e.decimal(7, &mut s.quantity);
    e.date(8, &mut s.start_date);
    e.date(9, &mut s.end_date);
    e.texts((10..=11).map(Into::into), &mut s.product_ids);
}

/// L7.
pub(crate) fn tariff(e: &mut Elements<'_>, t: &mut Tariff) {
    e.text(1, &mut t.line_number);
    e.code(2, &mut t.agency_code);
    e.text(3, &mut t.number);
    e.text(4, &mut t.section);
    e.text(5, &mut t.item);
    e.text(6, &mut t.item_part);
    e.code(7, &mut t.freight_class_code);
    e.text(8, &mut t.supplement);
    e.text(9, &mut t.ex_parte);
    e.date(10, &mut t.date);
    e.text(11, &mut t.rate_basis);
    e.text(12, &mut t.column);
    e.decimal(13, &mut t.distance);
    e.code(14, &mut t.distance_code);
    e.text(15, &mut t.city);
    e.text(16, &mut t.region);
}

/// BAL.
pub(crate) fn balance(e: &mut Elements<'_>, b: &mut Balance) {
    e.needs(1);
    e.needs(2);
    e.required_code(1, &mut b.kind_code);
    e.required_code(2, &mut b.amount_code);
    e.money(3, &mut b.money);
}

/// INC. What INC05 is an amount of says 005010 alone (INC06).
pub(crate) fn installment(e: &mut Elements<'_>, i: &mut Installment) {
    e.needs(1);
    e.required_code(1, &mut i.terms_code);
    e.quantity(3, 2, &mut i.period);
    e.decimal(4, &mut i.number);
    e.part(&mut i.amount, |e, a: &mut QualifiedAmount| {
        e.needs_number(5);
        e.money(5, &mut a.money);
        e.coded(6, &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
    });
}

/// PAM.
pub(crate) fn period_amount(e: &mut Elements<'_>, p: &mut PeriodAmount) {
    e.part(&mut p.quantity, |e, q: &mut QualifiedQuantity| {
        e.needs(1);
        e.required_code(1, &mut q.code);
        e.quantity(2, 3, &mut q.quantity);
    });
    e.part(&mut p.amount, |e, a: &mut QualifiedAmount| {
        e.needs(4);
        e.coded(4, &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
        e.money(5, &mut a.money);
    });
    e.code(6, &mut p.period_code);
    date::triples(e, [7, 10].into_iter(), &mut p.dates);
    e.code(13, &mut p.percent_code);
    e.fraction(14, &mut p.percent);
    e.code(15, &mut p.answer_code);
}

/// NTE and, for the first text that has more than its lines, the loop N9: an 810 may have one of those.
pub(crate) fn notes(walk: &mut Walk<'_>, notes: &mut Vec<Note>) {
    if walk.is_reading() {
        walk.each("NTE", notes, note);
        return walk.loops("N9", notes, super::reference::note);
    }
    let is_plain = |n: &Note| {
        *n == Note { code: n.code.clone(), lines: n.lines.clone(), ..Note::default() } && !n.lines.is_empty()
    };
    let special = notes.iter().position(|n| !is_plain(n));
    for (at, note_of) in notes.iter_mut().enumerate() {
        if special == Some(at) {
            walk.write_loop("N9", |w| super::reference::note(w, note_of));
            continue;
        }
        for line in wrapped(&note_of.lines) {
            let mut one = Note { code: note_of.code.clone(), lines: vec![line], ..Note::default() };
            walk.once("NTE", |e| note(e, &mut one));
        }
    }
}

/// NTE. A text of ours that says not what it is about has no code: 363 is optional.
fn note(e: &mut Elements<'_>, n: &mut Note) {
    e.needs(2);
    e.code(1, &mut n.code);
    e.texts([2.into()].into_iter(), &mut n.lines);
}

/// Lines cut between words so that each fits the 80 characters of 352.
fn wrapped(lines: &[Text]) -> Vec<Text> {
    const WIDTH: usize = 80;
    let mut out = Vec::new();
    for line in lines {
        let mut rest = line.as_str().trim();
        while rest.chars().count() > WIDTH {
            let hard = rest.char_indices().nth(WIDTH).map_or(rest.len(), |(at, _)| at);
            let cut = rest[..hard].rfind(' ').filter(|at| *at > 0).unwrap_or(hard);
            out.push(Text::new(rest[..cut].trim_end()));
            rest = rest[cut..].trim_start();
        }
        if !rest.is_empty() {
            out.push(Text::new(rest));
        }
    }
    out
}

/// YNQ. Up to three parts of a text (933).
pub(crate) fn statement(e: &mut Elements<'_>, s: &mut Statement) {
    e.needs(2);
    e.code(1, &mut s.condition_code);
    e.required_code(2, &mut s.answer_code);
    date::format_and_value(e, 3, &mut s.period);
    e.texts((5..=7).map(Into::into), &mut s.lines);
    e.code(8, &mut s.list_code);
    e.code(9, &mut s.code);
}

/// CRC: conditions, whether they hold, of a category.
pub(crate) fn conditions(e: &mut Elements<'_>, c: &mut IndustryCode) {
    e.needs(1);
    e.code(1, &mut c.category_code);
    e.code(2, &mut c.answer_code);
    e.texts((3..=7).map(Into::into), &mut c.condition_codes);
}

/// The loops LM, one entry for each LQ, and the CRC beside them.
pub(crate) fn industry_codes(walk: &mut Walk<'_>, list: &mut Vec<IndustryCode>) {
    let is_condition = |c: &IndustryCode| c.category_code.is_some();
    let of_set = |c: &IndustryCode| (c.agency_code.clone(), c.source_code.clone());
    for mut inner in walk.found("LM") {
        inner.claim_loop();
        let mut head = IndustryCode::default();
        inner.once("LM", |e| {
            e.code(1, &mut head.agency_code);
            e.code(2, &mut head.source_code);
        });
        let mut codes = Vec::new();
        inner.each("LQ", &mut codes, industry_code);
        if codes.is_empty() {
            codes.push(IndustryCode::default());
        }
        list.extend(codes.into_iter().map(|code| IndustryCode {
            agency_code: head.agency_code.clone(),
            source_code: head.source_code.clone(),
            ..code
        }));
    }
    walk.each_chosen("CRC", list, is_condition, conditions);
    if walk.is_writing() {
        let mut rest: Vec<IndustryCode> = list.iter().filter(|c| !is_condition(c)).cloned().collect();
        while let Some(first) = rest.first().cloned() {
            let same = rest.iter().take_while(|c| of_set(c) == of_set(&first)).count();
            let mut now: Vec<IndustryCode> = rest.drain(..same).collect();
            walk.write_loop("LM", |w| {
                w.once("LM", |e| {
                    e.code(1, &mut first.agency_code.clone());
                    e.code(2, &mut first.source_code.clone());
                });
                w.each("LQ", &mut now, industry_code);
            });
        }
    }
}

fn industry_code(e: &mut Elements<'_>, c: &mut IndustryCode) {
    e.code(1, &mut c.list_code);
    e.code(2, &mut c.code);
}

/// The loops FA1: to which account it is booked.
pub(crate) fn accounting(walk: &mut Walk<'_>, a: &mut Accounting) {
    walk.once("FA1", |e| {
        e.code(1, &mut a.agency_code);
        e.code(2, &mut a.service_code);
        e.code(3, &mut a.allowance_kind_code);
    });
    walk.each("FA2", &mut a.parts, |e, part: &mut AccountingPart| {
        e.needs(2);
        e.code(1, &mut part.code);
        e.text(2, &mut part.value);
    });
}

/// PWK.
pub(crate) fn attachment(e: &mut Elements<'_>, a: &mut Attachment) {
    e.needs(1);
    e.required_code(1, &mut a.kind_code);
    e.code(2, &mut a.transmission_code);
    e.decimal(3, &mut a.copies);
    e.code(4, &mut a.party_role_code);
    e.identifier(5, 6, &codes::ID_SCHEME, &mut a.party);
    e.text(7, &mut a.description);
    e.code(9, &mut a.request_code);
}

/// The loop V1: a vessel, and the ports it calls at.
pub(crate) fn vessel(walk: &mut Walk<'_>, r: &mut Route) {
    walk.once("V1", |e| {
        e.part(&mut r.vehicle, |e, v: &mut Identifier| {
            e.needs(1);
            e.required(1, &mut v.id);
            e.code(8, &mut v.scheme_code);
        });
        e.text(2, &mut r.vehicle_name);
        e.text(3, &mut r.vehicle_country);
        e.text(4, &mut r.conveyance);
        if e.is_reading() {
            let mut scac = Text::default();
            e.required(5, &mut scac);
            if !scac.is_empty() {
                r.carrier = Some(Identifier { scheme: IdScheme::Scac, id: scac, ..Identifier::default() });
            }
        } else if let Some(carrier) = r.carrier.as_mut().filter(|c| c.scheme == IdScheme::Scac) {
            e.required(5, &mut carrier.id);
        }
        e.code(6, &mut r.vessel_requirement_code);
        e.code(7, &mut r.vessel_type_code);
        e.coded_opt(9, &codes::TRANSPORT_MODE, &mut r.mode, &mut r.mode_code);
    });
    walk.each("R4", &mut r.locations, port);
    walk.each("DTM", &mut r.dates, date::dtm);
}

/// R4.
fn port(e: &mut Elements<'_>, l: &mut Location) {
    e.needs(1);
    e.required_code(1, &mut l.role_code);
    e.identifier(2, 3, &codes::PLACE_SCHEME, &mut l.id);
    e.text(4, &mut l.name);
    e.text(5, &mut l.country);
    e.text(6, &mut l.terminal);
    e.text(7, &mut l.pier);
    e.text(8, &mut l.region);
}

/// The loop PID of a line: a description and what it measures.
pub(crate) fn described(walk: &mut Walk<'_>, d: &mut crate::item::Description) {
    walk.once("PID", |e| super::item::description(e, d));
    walk.each("MEA", &mut d.measurements, measurement);
}

/// The quantities beside the one of the line.
pub(crate) fn quantities(walk: &mut Walk<'_>, list: &mut Vec<QualifiedQuantity>) {
    walk.each("QTY", list, qty);
}
