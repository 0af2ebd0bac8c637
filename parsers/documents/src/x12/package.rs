//! Packages: PO4, TD1, MAN, PAL, CLD and PKG of one package.
//!
//! A package that is counted and not described inside is a TD1; one that has inner packages, edges or numbers is a PO4, and its
//! count, if any, a TD1 beside it. What a second of these segments says otherwise stays unmapped.

use super::codes::{self as words, IDENTITY_KIND, PACKAGE_FORM as FORM};
use super::{date, quantity, reference, transport};
use crate::date::{DateTime, Period};
use crate::mapping::{Codes, Elements, Walk};
use crate::package::{Package, PackageKind, PackageLoad};
use crate::quantity::{Measurement, MeasurementKind};
use crate::reference::Identity;
use crate::transport::Pallet;

/// 103: form and material, `CTN25`. The form alone tells the word.
pub(crate) const PACKAGE_KIND: Codes<PackageKind> =
    Codes { name: FORM.name, word: |code| (FORM.word)(code.get(..3).unwrap_or(code)), code: FORM.code };

/// What a level says of the one package it is.
pub(crate) fn package(walk: &mut Walk<'_>, p: &mut Package) {
    complete(walk, p);
    let counted = walk.is_writing() && p.count.is_some() && !is_described(p);
    if !counted {
        walk.once("PO4", |e| described(e, p));
    }
    let packed = p.clone();
    walk.once("TD1", |e| {
        if e.is_reading() || counted {
            return load(e, p);
        }
        // PO4 has the rest.
        e.needs(2);
        form(e, 1, p);
        e.decimal(2, &mut p.count);
        commodity(e, p);
    });
    if walk.is_reading() && p.kind_code.is_none() {
        p.kind = packed.kind;
    }
    walk.maybe("PAL", &mut p.pallet, pallet);
    identities(walk, &mut p.identities);
    walk.each("PKG", &mut p.packaging, transport::packaging);
    walk.loops("CLD", &mut p.loads, load_loop);
    // What came from the other standard as measurements, PO4 and TD1 have said.
    let foreign = !walk.codes_are_ours();
    let said =
        [&p.gross_weight, &p.net_weight, &p.gross_volume, &p.length, &p.width, &p.height].map(Clone::clone);
    let own = |m: &Measurement| !(foreign && m.value.is_some() && said.contains(&m.value));
    walk.each_chosen("MEA", &mut p.measurements, own, quantity::measurement);
    walk.each("REF", &mut p.references, reference::reference);
    walk.each("DTM", &mut p.dates, date::dtm);
    if walk.is_reading() {
        derive(p);
    }
}

/// The segment TD1 of packages that are counted only.
pub(crate) fn load(e: &mut Elements<'_>, p: &mut Package) {
    form(e, 1, p);
    e.decimal(2, &mut p.count);
    commodity(e, p);
    weight(e, 6, p);
    e.quantity(9, 10, &mut p.gross_volume);
}

/// A quantity without a unit counts pieces, by EANCOM; X12 says so.
pub(crate) fn piece(e: &mut Elements<'_>, value: usize, unit: usize) {
    if !e.is_reading() && e.has(value) && !e.has(unit) {
        e.constant(unit, "EA");
    }
}

fn commodity(e: &mut Elements<'_>, p: &mut Package) {
    e.code(3, &mut p.commodity_scheme_code);
    e.text(4, &mut p.commodity_code);
    e.text(5, &mut p.description);
}

fn form(e: &mut Elements<'_>, at: usize, p: &mut Package) {
    if e.is_reading() && p.kind_code.is_some() {
        // Said already, by another segment of the level.
        if p.kind_code.as_deref() == Some(&*e.peek(at)) {
            e.ignore(at);
        }
        return;
    }
    e.coded_opt(at, &PACKAGE_KIND, &mut p.kind, &mut p.kind_code);
}

/// 187, weight and unit: gross unless it says otherwise.
fn weight(e: &mut Elements<'_>, at: usize, p: &mut Package) {
    let net =
        if e.is_reading() { e.peek(at) == "N" } else { p.gross_weight.is_none() && p.net_weight.is_some() };
    let field = if net { &mut p.net_weight } else { &mut p.gross_weight };
    if e.is_reading() && field.is_some() {
        return;
    }
    e.quantity(at + 1, at + 2, field);
    if !e.has(at + 1) {
        return;
    }
    if e.is_reading() && matches!(&*e.peek(at), "G" | "N") {
        return e.ignore(at);
    }
    e.code(at, &mut p.weight_code);
    if !e.is_reading() && !e.has(at) {
        e.constant(at, if net { "N" } else { "G" });
    }
}

/// True of a package that says what is in it, how large it is, or which one it is.
fn is_described(p: &Package) -> bool {
    p.inner_count.is_some()
        || p.size.is_some()
        || p.inner_packs.is_some()
        || p.length.is_some()
        || p.width.is_some()
        || p.height.is_some()
        || p.position_code.is_some()
        || !p.assigned_ids.is_empty()
        || p.number.is_some()
}

/// PO4. Length, width and height share the unit of PO413.
fn described(e: &mut Elements<'_>, p: &mut Package) {
    e.decimal(1, &mut p.inner_count);
    e.quantity(2, 3, &mut p.size);
    piece(e, 2, 3);
    form(e, 4, p);
    weight(e, 5, p);
    e.quantity(8, 9, &mut p.gross_volume);
    e.quantity(10, 13, &mut p.length);
    e.quantity(11, 13, &mut p.width);
    e.quantity(12, 13, &mut p.height);
    e.decimal(14, &mut p.inner_packs);
    e.code(15, &mut p.position_code);
    e.texts((16..=17).map(Into::into), &mut p.assigned_ids);
    e.decimal(18, &mut p.number);
}

/// MAN: a qualifier, a number or the first and last of a range, twice. Written one a segment: not everybody reads the second.
pub(crate) fn identities(walk: &mut Walk<'_>, list: &mut Vec<Identity>) {
    walk.packed(
        "MAN",
        2,
        list,
        |_, _| false,
        |e, slot, identity| {
            let at = 1 + 3 * slot;
            e.needs(at);
            e.needs(at + 1);
            e.coded(at, &IDENTITY_KIND, &mut identity.kind, &mut identity.kind_code);
            e.required(at + 1, &mut identity.value);
            e.text(at + 2, &mut identity.range_end);
        },
    );
}

/// PAL.
pub(crate) fn pallet(e: &mut Elements<'_>, p: &mut Pallet) {
    e.code(1, &mut p.type_code);
    e.decimal(2, &mut p.tiers);
    e.decimal(3, &mut p.blocks);
    e.decimal(4, &mut p.packs);
    e.quantity(5, 6, &mut p.unit_weight);
    e.quantity(7, 10, &mut p.length);
    e.quantity(8, 10, &mut p.width);
    e.quantity(9, 10, &mut p.height);
    e.quantity(11, 12, &mut p.gross_weight);
    e.quantity(13, 14, &mut p.gross_volume);
    e.code(15, &mut p.exchange_code);
    e.decimal(16, &mut p.inner_packs);
    e.code(17, &mut p.structure_code);
}

/// The loop CLD.
pub(crate) fn load_loop(walk: &mut Walk<'_>, l: &mut PackageLoad) {
    walk.once("CLD", |e| {
        e.required_decimal(1, &mut l.loads);
        e.decimal(2, &mut l.units_shipped);
        e.code(3, &mut l.packaging_code);
        e.quantity(4, 5, &mut l.size);
    });
    walk.each("REF", &mut l.references, reference::reference);
    walk.each("DTP", &mut l.dates, dtp);
}

/// DTP. X12 1250 = `D8` is a day.
fn dtp(e: &mut Elements<'_>, d: &mut DateTime) {
    e.needs(1);
    e.coded(1, &words::DATE_ROLE, &mut d.role, &mut d.role_code);
    if !e.is_reading() && d.date.is_some() {
        e.constant(2, "D8");
        return e.date(3, &mut d.date);
    }
    if e.is_reading() && e.peek(2) == "D8" {
        e.date(3, &mut d.date);
        if d.date.is_some() {
            e.ignore(2);
        }
        return;
    }
    e.part(&mut d.period, |e, p: &mut Period| {
        e.needs(2);
        e.needs(3);
        e.required_code(2, &mut p.format_code);
        e.required(3, &mut p.value);
    });
}

/// Numbers and measures that stand in fields of their own and not in the lists yet.
fn complete(walk: &Walk<'_>, p: &mut Package) {
    if walk.is_reading() {
        return;
    }
    p.complete_identities();
    // PO4 and TD1 have one weight: the net one beside a gross one is a measurement.
    if let (Some(_), Some(net)) = (&p.gross_weight, &p.net_weight) {
        if !p.measurements.iter().any(|m| m.value.as_ref() == Some(net)) {
            p.measurements.push(Measurement {
                kind: Some(MeasurementKind::NetWeight),
                value: Some(net.clone()),
                ..Measurement::default()
            });
        }
    }
}

/// The numbers and measures that most readers want.
fn derive(p: &mut Package) {
    p.derive_identities();
    p.derive_measures();
}
