//! Carriage, places, packing and schedules: TDT, LOC, TOD, PAC, PCI, GIN, SCC, EQD.
//!
//! A part of a schedule, or a place with its part of the quantity, counts only with a quantity that is a number; else it stays
//! unmapped, so that nobody ships by half of it.

use super::quantity::{measurement, qualified};
use super::reference::{dated, identifier, reference};
use super::{codes, date};
use crate::mapping::{Elements, Walk};
use crate::quantity::{Measurement, Quantity};
use crate::reference::{Identifier, Reference};
use crate::transport::{DeliveryTerms, Distribution, Equipment, Location, Marks, Pack, Route, ScheduleLine};

/// LOC.
pub(crate) fn location(e: &mut Elements<'_>, l: &mut Location) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.required_code((1, 1), &mut l.role_code);
    place(e, 2, &mut l.id);
    e.text((2, 4), &mut l.name);
    e.slots([3, 4].into_iter(), &mut l.related, |e, element, related: &mut Identifier| {
        e.needs((element, 1));
        e.required((element, 1), &mut related.id);
        e.code((element, 2), &mut related.list_code);
        e.coded_code_opt((element, 3), &codes::ID_SCHEME, &mut related.scheme, &mut related.scheme_code);
    });
}

/// The place in a composite of LOC (C517, C519, C553).
pub(crate) fn place(e: &mut Elements<'_>, element: usize, field: &mut Option<Identifier>) {
    identifier(e, element, &codes::ID_SCHEME, field);
}

/// The group LOC without a quantity: a place and its dates.
pub(crate) fn dated_location(walk: &mut Walk<'_>, l: &mut Location) {
    walk.once("LOC", |e| location(e, l));
    walk.each("DTM", &mut l.dates, date::dtm);
}

/// The groups LOC of a line: with a quantity a part of the line, without one a place.
pub(crate) fn split(walk: &mut Walk<'_>, parts: &mut Vec<Distribution>, places: &mut Vec<Location>) {
    walk.loops_if("LOC", |w| !w.has("QTY"), places, dated_location);
    if walk.is_writing() {
        return walk.loops("LOC", parts, part);
    }
    for mut inner in walk.found("LOC") {
        if inner.has_number("QTY", (1, 2)) && !inner.peek("LOC", (2, 1)).is_empty() {
            inner.claim_loop();
            let mut read = Distribution::default();
            part(&mut inner, &mut read);
            parts.push(read);
        }
    }
}

fn part(walk: &mut Walk<'_>, d: &mut Distribution) {
    walk.once("LOC", |e| {
        e.needs((2, 1));
        e.code((1, 1), &mut d.location_role_code);
        if !e.is_reading() && !e.has((1, 1)) {
            // 3227 = 7: place of delivery.
            e.constant((1, 1), "7");
        }
        e.required((2, 1), &mut d.location.id);
        e.code((2, 2), &mut d.location.list_code);
        e.coded_code_opt((2, 3), &codes::ID_SCHEME, &mut d.location.scheme, &mut d.location.scheme_code);
        e.text((2, 4), &mut d.location_name);
        e.text((3, 1), &mut d.place);
    });
    walk.once("QTY", |e| {
        e.code((1, 1), &mut d.quantity_code);
        if !e.is_reading() && !e.has((1, 1)) {
            // 6063 = 11: split quantity.
            e.constant((1, 1), "11");
        }
        e.required_quantity((1, 2), (1, 3), &mut d.quantity);
    });
    walk.each("DTM", &mut d.dates, date::dtm);
}

/// The group TOD.
pub(crate) fn delivery_terms(walk: &mut Walk<'_>, t: &mut DeliveryTerms) {
    walk.once("TOD", |e| {
        e.code((1, 1), &mut t.function_code);
        e.coded_opt((2, 1), &codes::FREIGHT_PAYMENT, &mut t.freight_payment, &mut t.freight_payment_code);
        // Incoterms have the same three letters in both standards.
        e.text((3, 1), &mut t.code);
        e.code((3, 2), &mut t.list_code);
        e.code((3, 3), &mut t.scheme_code);
        if !e.is_reading() && !e.codes_are_ours() && e.has((3, 1)) {
            // 3055 = 4: the International Chamber of Commerce, whose terms they are.
            e.constant((3, 3), "4");
        }
        e.texts((4..=5).map(|component| (3, component).into()), &mut t.descriptions);
    });
    walk.each("LOC", &mut t.locations, location);
}

/// The group TDT.
pub(crate) fn route(walk: &mut Walk<'_>, r: &mut Route) {
    walk.once("TDT", |e| carriage(e, r));
    // A group of its own in most messages, a segment in the lines of some.
    if walk.is_reading() {
        walk.each("LOC", &mut r.locations, location);
    }
    walk.loops("LOC", &mut r.locations, dated_location);
}

/// TDT. A carriage that says not which stage it is, is the main one (8051 = 20).
pub(crate) fn carriage(e: &mut Elements<'_>, r: &mut Route) {
    e.code((1, 1), &mut r.sequence_code);
    e.text((2, 1), &mut r.conveyance);
    e.coded_opt((3, 1), &codes::TRANSPORT_MODE, &mut r.mode, &mut r.mode_code);
    e.text((3, 2), &mut r.description);
    e.code((4, 1), &mut r.means_code);
    e.text((4, 2), &mut r.means);
    identifier(e, 5, &codes::ID_SCHEME, &mut r.carrier);
    e.text((5, 4), &mut r.carrier_name);
    e.code((6, 1), &mut r.transit_direction_code);
    identifier(e, 8, &codes::ID_SCHEME, &mut r.vehicle);
    e.text((8, 4), &mut r.vehicle_name);
    e.text((8, 5), &mut r.vehicle_country);
    e.code((9, 1), &mut r.ownership_code);
    if !e.is_reading() && !e.has((1, 1)) && (2..=9).any(|element| e.has(element)) {
        e.constant((1, 1), "20");
    }
}

/// The group EQD.
pub(crate) fn equipment(walk: &mut Walk<'_>, q: &mut Equipment) {
    walk.once("EQD", |e| {
        if !e.is_reading() {
            e.needs((1, 1));
        }
        e.code((1, 1), &mut q.code);
        e.text((2, 1), &mut q.number);
        e.code((3, 1), &mut q.type_code);
        e.code((4, 1), &mut q.ownership_code);
    });
}

/// The group PAC: packages, what they hold and measure, and their marks.
pub(crate) fn pack(walk: &mut Walk<'_>, p: &mut Pack) {
    walk.once("PAC", |e| {
        e.decimal((1, 1), &mut p.packs);
        e.code((2, 1), &mut p.level_code);
        e.code((2, 2), &mut p.information_code);
        e.code((2, 3), &mut p.terms_code);
        e.code((3, 1), &mut p.packaging_code);
        e.code((3, 3), &mut p.agency_code);
        e.text((3, 4), &mut p.description);
    });
    for (code, mut quantity) in if walk.is_writing() { measures(p) } else { Vec::new() } {
        // 6311 = PD: physical dimensions.
        walk.once("MEA", |e| {
            e.constant((1, 1), "PD");
            e.constant((2, 1), code);
            e.quantity((3, 2), (3, 1), &mut quantity);
        });
    }
    walk.each_anywhere("MEA", &mut p.measurements, measurement);
    if let (true, Some(size)) = (walk.is_writing(), p.size.as_mut())
        && !p.quantities.iter().any(|q| q.code == "52")
    {
        // 6063 = 52: quantity in a package.
        walk.once("QTY", |e| {
            e.constant((1, 1), "52");
            e.required_quantity((1, 2), (1, 3), size);
        });
    }
    walk.each_anywhere("QTY", &mut p.quantities, qualified);
    walk.each_anywhere("RFF", &mut p.references, reference);
    walk.each_anywhere("DTM", &mut p.dates, date::dtm);
    marks(walk, &mut p.marks);
    if walk.is_reading() {
        let measured = |codes: &[&str]| {
            let of = |m: &&Measurement| m.code.as_deref().is_some_and(|code| codes.contains(&code));
            p.measurements.iter().find(of).and_then(|m| m.value.clone())
        };
        p.gross_weight = measured(&["G", "AAB"]);
        p.gross_volume = measured(&["AAW"]);
        (p.length, p.width, p.height) = (measured(&["LN"]), measured(&["WD"]), measured(&["HT"]));
        let within = p.quantities.iter().find(|q| q.code == "52");
        p.size = within.and_then(|q| q.quantity.clone());
    }
}

/// What a package weighs and measures, in fields of its own: 6313 and the quantity. Empty when reading.
fn measures(p: &Pack) -> Vec<(&'static str, Option<Quantity>)> {
    let fields = [
        ("G", &p.gross_weight),
        ("AAW", &p.gross_volume),
        ("LN", &p.length),
        ("WD", &p.width),
        ("HT", &p.height),
    ];
    let listed = |quantity: &Option<Quantity>| p.measurements.iter().any(|m| m.value == *quantity);
    fields
        .into_iter()
        .filter(|(_, quantity)| quantity.is_some() && !listed(quantity))
        .map(|(code, quantity)| (code, quantity.clone()))
        .collect()
}

/// PCI and the GIN with it. Numbers without marks get a PCI that says so (4233 = 33E: marked with the SSCC).
fn marks(walk: &mut Walk<'_>, list: &mut Vec<Marks>) {
    if walk.is_reading() {
        walk.each_anywhere("PCI", list, marking);
        return walk.each_anywhere("GIN", list, identity);
    }
    let is_number = |m: &Marks| m.code.starts_with(|c: char| c.is_ascii_alphabetic());
    let mut numbers: Vec<Marks> = list.iter().filter(|m| is_number(m)).cloned().collect();
    let mut marked: Vec<Marks> = list.iter().filter(|m| !is_number(m)).cloned().collect();
    if marked.is_empty() && !numbers.is_empty() {
        marked.push(Marks { code: "33E".into(), ..Marks::default() });
    }
    let last = marked.len();
    for (at, mark) in (1..).zip(&mut marked) {
        walk.write_loop("PCI", |w| {
            w.once("PCI", |e| marking(e, mark));
            if at == last {
                w.each("GIN", &mut numbers, identity);
            }
        });
    }
}

fn marking(e: &mut Elements<'_>, m: &mut Marks) {
    e.required_code((1, 1), &mut m.code);
    e.texts((1..=10).map(|component| (2, component).into()), &mut m.values);
    e.code((4, 1), &mut m.type_code);
}

/// GIN: numbers of packages or goods, each one or a range.
pub(crate) fn identity(e: &mut Elements<'_>, m: &mut Marks) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.required_code((1, 1), &mut m.code);
    if e.is_reading() {
        e.texts((2..=6).flat_map(|element| [(element, 1).into(), (element, 2).into()]), &mut m.values);
    } else {
        e.texts((2..=6).map(|element| (element, 1).into()), &mut m.values);
    }
}

/// The groups SCC: one part for each quantity in it. Without any it stays unmapped.
pub(crate) fn schedule(walk: &mut Walk<'_>, list: &mut Vec<ScheduleLine>) {
    if walk.is_writing() {
        return write_schedule(walk, list);
    }
    for mut inner in walk.found("SCC") {
        let mut lines: Vec<ScheduleLine> = Vec::new();
        for mut part in inner.found("QTY").filter(|w| w.has_number("QTY", (1, 2))) {
            part.claim_loop();
            let mut line = ScheduleLine::default();
            scheduled(&mut part, &mut line);
            lines.push(line);
        }
        if lines.is_empty() {
            continue;
        }
        inner.claim_loop();
        let mut head = ScheduleLine::default();
        inner.once("SCC", |e| kind(e, &mut head));
        inner.each("RFF", &mut head.references, reference);
        inner.loops("RFF", &mut head.references, dated);
        for line in lines {
            list.push(ScheduleLine {
                quantity: line.quantity,
                quantity_code: line.quantity_code,
                dates: line.dates,
                ..head.clone()
            });
        }
    }
}

/// Parts of one kind stand in one group.
fn write_schedule(walk: &mut Walk<'_>, list: &mut [ScheduleLine]) {
    let head = |line: &ScheduleLine| ScheduleLine {
        quantity: Quantity::default(),
        quantity_code: None,
        dates: Vec::new(),
        ..line.clone()
    };
    let mut rest = list;
    while let Some(first) = rest.first() {
        let mut common = head(first);
        let same = rest.iter().take_while(|line| head(line) == common).count();
        let (now, later) = rest.split_at_mut(same);
        walk.write_loop("SCC", |w| {
            w.once("SCC", |e| kind(e, &mut common));
            w.each("RFF", &mut common.references, |e, r: &mut Reference| reference(e, r));
            for line in now {
                w.write_loop("QTY", |part| scheduled(part, line));
            }
        });
        rest = later;
    }
}

/// SCC. A schedule that says not how firm it is, is firm (4017 = 1).
fn kind(e: &mut Elements<'_>, line: &mut ScheduleLine) {
    e.code((1, 1), &mut line.status_code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "1");
    }
    e.code((2, 1), &mut line.requirement_code);
    e.code((3, 1), &mut line.frequency_code);
    e.code((3, 2), &mut line.pattern_code);
    e.code((3, 3), &mut line.pattern_time_code);
}

fn scheduled(walk: &mut Walk<'_>, line: &mut ScheduleLine) {
    walk.once("QTY", |e| {
        e.code((1, 1), &mut line.quantity_code);
        if !e.is_reading() && !e.has((1, 1)) {
            // 6063 = 113: to be delivered.
            e.constant((1, 1), "113");
        }
        e.required_quantity((1, 2), (1, 3), &mut line.quantity);
    });
    walk.each("DTM", &mut line.dates, date::dtm);
}
