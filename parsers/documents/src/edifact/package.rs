//! Packages: the group PAC (PAC, MEA, QTY, HAN, PCI with RFF, DTM, GIR and GIN), and the identities of GIN and GIR.
//!
//! The marks of all PCI of a package stand in one list and its numbers in another. Written, lots stand with the mark for lots
//! (4233 = 10, EANCOM 36E) where there is one, all other numbers with the first mark; numbers without any mark get a PCI
//! that says what they are.

use super::codes::{IDENTITY_KIND, PACKAGE_KIND};
use super::quantity::qualified;
use super::{date, quantity, reference};
use crate::mapping::{Elements, Walk};
use crate::package::{Package, PackageKind};
use crate::quantity::QualifiedQuantity;
use crate::reference::{Identity, IdentityKind};
use crate::transport::{Handling, Marks};

/// The group PAC. `usual` is what it is where it says nothing of it.
pub(crate) fn package(walk: &mut Walk<'_>, p: &mut Package, usual: Option<PackageKind>) {
    if walk.is_writing() {
        p.complete_identities();
        if p.kind.is_none_or(|kind| (PACKAGE_KIND.code)(kind).is_none()) && p.kind_code.is_none() {
            p.kind = usual;
        }
        p.measurements.splice(0..0, p.measures());
        if let (Some(size), false) = (&p.size, p.quantities.iter().any(|q| q.code == "52")) {
            // 6063 = 52: quantity in a package.
            let quantity = Some(size.clone());
            p.quantities
                .insert(0, QualifiedQuantity { code: "52".into(), quantity, ..QualifiedQuantity::default() });
        }
    }
    walk.once("PAC", |e| pac(e, p));
    walk.each("MEA", &mut p.measurements, quantity::measurement);
    walk.each("QTY", &mut p.quantities, |e, q| {
        // The one code that is written whatever codes the document has.
        if !e.is_reading() && q.code == "52" {
            e.constant((1, 1), "52");
        }
        qualified(e, q);
    });
    walk.loops("HAN", &mut p.handling, |w, h| {
        w.once("HAN", |e| handling(e, h));
    });
    marks(walk, p);
    if walk.is_reading() {
        let within = p.quantities.iter().find(|q| q.code == "52");
        p.size = within.and_then(|q| q.quantity.clone());
        p.derive_identities();
        p.derive_measures();
    }
}

fn pac(e: &mut Elements<'_>, p: &mut Package) {
    e.decimal((1, 1), &mut p.count);
    e.code((2, 1), &mut p.level_code);
    e.code((2, 2), &mut p.information_code);
    e.code((2, 3), &mut p.terms_code);
    e.coded_opt((3, 1), &PACKAGE_KIND, &mut p.kind, &mut p.kind_code);
    e.code((3, 2), &mut p.list_code);
    e.code((3, 3), &mut p.agency_code);
    e.text((3, 4), &mut p.description);
    e.code((5, 1), &mut p.return_payment_code);
    e.code((5, 2), &mut p.return_load_code);
    let empty = !(1..=5).any(|element| (1..=4).any(|component| e.has((element, component))));
    if !e.is_reading() && p.count.is_none() && !(empty && p.says_nothing()) {
        // What is not counted is one package.
        e.constant((1, 1), "1");
    }
}

/// HAN.
pub(crate) fn handling(e: &mut Elements<'_>, h: &mut Handling) {
    e.code((1, 1), &mut h.code);
    e.text((1, 4), &mut h.description);
    e.text((2, 1), &mut h.hazard_class);
    e.code((2, 2), &mut h.hazard_scheme_code);
}

/// The groups PCI.
fn marks(walk: &mut Walk<'_>, p: &mut Package) {
    if walk.is_reading() {
        for mut inner in walk.found("PCI") {
            inner.claim_loop();
            inner.each("PCI", &mut p.marks, mark);
            inner.each("RFF", &mut p.references, reference::reference);
            inner.each("DTM", &mut p.dates, date::dtm);
            related(&mut inner, &mut p.identities);
            identities(&mut inner, &mut p.identities);
        }
        return;
    }
    let mut marks = std::mem::take(&mut p.marks);
    if marks.is_empty() && !(p.identities.is_empty() && p.references.is_empty() && p.dates.is_empty()) {
        let is_sscc = p.identities.iter().any(|i| i.kind == IdentityKind::Sscc);
        // 4233: EANCOM 33E marked with the SSCC, 24 by the shipper.
        marks.push(Marks { code: if is_sscc { "33E" } else { "24" }.into(), ..Marks::default() });
    }
    let for_lots = marks.iter().position(|m| matches!(m.code.as_str(), "10" | "36E")).unwrap_or(0);
    let (mut lots, mut others): (Vec<Identity>, Vec<Identity>) = std::mem::take(&mut p.identities)
        .into_iter()
        .partition(|i| i.kind == IdentityKind::Lot && i.set.is_none());
    let last = marks.len().saturating_sub(1);
    for (at, entry) in marks.iter_mut().enumerate() {
        walk.write_loop("PCI", |w| {
            w.once("PCI", |e| mark(e, entry));
            let mut reference = p.references.get(at).cloned();
            w.maybe("RFF", &mut reference, reference::reference);
            if at == last {
                w.each("DTM", &mut p.dates, date::dtm);
            }
            if at == 0 {
                write_related(w, &mut others);
                identities(w, &mut others);
            }
            if at == for_lots {
                identities(w, &mut lots);
            }
        });
    }
}

/// PCI.
pub(crate) fn mark(e: &mut Elements<'_>, m: &mut Marks) {
    e.required((1, 1), &mut m.code);
    e.texts((1..=10).map(|component| (2, component).into()), &mut m.values);
    e.code((4, 1), &mut m.type_code);
}

/// GIN: up to five numbers of one kind, each one or a range.
pub(crate) fn identities(walk: &mut Walk<'_>, list: &mut Vec<Identity>) {
    let mut plain: Vec<Identity> = Vec::new();
    if walk.is_writing() {
        plain = list.iter().filter(|i| i.set.is_none()).cloned().collect();
    }
    let same = |a: &Identity, b: &Identity| a.kind == b.kind && a.kind_code == b.kind_code;
    let slot = |e: &mut Elements<'_>, slot: usize, i: &mut Identity| {
        let at = slot + 2;
        e.needs((1, 1));
        e.needs((at, 1));
        e.coded((1, 1), &IDENTITY_KIND, &mut i.kind, &mut i.kind_code);
        e.required((at, 1), &mut i.value);
        e.text((at, 2), &mut i.range_end);
    };
    walk.packed("GIN", 5, &mut plain, same, slot);
    for mut inner in walk.found("GIN") {
        inner.claim_loop();
        inner.packed("GIN", 5, &mut plain, same, slot);
    }
    if walk.is_reading() {
        list.append(&mut plain);
    }
}

/// GIR: up to five numbers that belong together, each with its kind.
pub(crate) fn related(walk: &mut Walk<'_>, list: &mut Vec<Identity>) {
    if walk.is_writing() {
        return write_related(walk, list);
    }
    let mut sets: Vec<Vec<Identity>> = Vec::new();
    walk.each("GIR", &mut sets, |e, set| related_numbers(e, set));
    for mut inner in walk.found("GIR") {
        inner.claim_loop();
        inner.each("GIR", &mut sets, |e, set| related_numbers(e, set));
    }
    let before = list.iter().filter_map(|i| i.set).max().unwrap_or(0);
    for (number, set) in (before + 1..).zip(sets.into_iter().filter(|set| !set.is_empty())) {
        list.extend(set.into_iter().map(|i| Identity { set: Some(number), ..i }));
    }
}

fn write_related(walk: &mut Walk<'_>, list: &mut [Identity]) {
    let mut rest: Vec<Identity> = list.iter().filter(|i| i.set.is_some()).cloned().collect();
    while let Some(number) = rest.first().map(|i| i.set) {
        let (mut set, others) = rest.into_iter().partition(|i| i.set == number);
        walk.once("GIR", |e| related_numbers(e, &mut set));
        rest = others;
    }
}

fn related_numbers(e: &mut Elements<'_>, set: &mut Vec<Identity>) {
    e.slots(2..=6, set, |e, at, i: &mut Identity| {
        e.needs((at, 1));
        e.code((1, 1), &mut i.set_code);
        if !e.is_reading() && !e.has((1, 1)) {
            // 7297 = 1: numbers of a product.
            e.constant((1, 1), "1");
        }
        e.required((at, 1), &mut i.value);
        e.coded((at, 2), &IDENTITY_KIND, &mut i.kind, &mut i.kind_code);
        e.code((at, 3), &mut i.status_code);
    });
}
