//! Packages, what they are marked with, and what differs: the groups PAC and PCI, GIN, QVR, CDI with INP.
//!
//! The SSCC of a package is its first number of that kind (GIN+BJ), the carrier's number its first RFF+CN. Marks of X12 that say the
//! same again are not written. A difference (QVR) is told by its code (4221), else by what the quantity is (6063), else by our own
//! word as the reason, else by its sign: less is short, more is over. It has no unit: it counts in that of its line.

use super::quantity::{measurement, qualified};
use super::{codes, date, reference};
use crate::Text;
use crate::mapping::{Elements, Walk};
use crate::package::{Package, PackageKind};
use crate::quantity::{Decimal, Discrepancy, DiscrepancyKind, Quantity, StateFound};
use crate::reference::{Identity, IdentityKind, Instruction, Reference, ReferenceKind};
use crate::transport::{Handling, Marks, Pack};

/// The group PAC.
pub(crate) fn package(walk: &mut Walk<'_>, p: &mut Package) {
    if walk.is_writing() {
        complete(p);
    }
    walk.once("PAC", |e| {
        let mut pack = p.packs.first().cloned().unwrap_or_default();
        e.decimal((1, 1), &mut p.count);
        if !e.is_reading() && !e.has((1, 1)) {
            e.constant((1, 1), "1");
        }
        e.code((2, 1), &mut pack.level_code);
        e.code((2, 2), &mut pack.information_code);
        e.code((2, 3), &mut pack.terms_code);
        e.coded_opt((3, 1), &codes::PACKAGE_KIND, &mut p.kind, &mut p.kind_code);
        e.code((3, 3), &mut pack.agency_code);
        e.text((3, 4), &mut pack.description);
        if e.is_reading() && pack != Pack::default() {
            p.packs.push(pack);
        }
    });
    contents(walk, p);
    for mut inner in walk.found("PCI") {
        inner.claim_loop();
        marked_part(&mut inner, p);
    }
    if walk.is_writing() {
        write_marks(walk, p);
    }
    derive(p);
}

/// The group PCI of a line: what of the line is marked so.
pub(crate) fn marked(walk: &mut Walk<'_>, p: &mut Package) {
    if walk.is_reading() {
        marked_part(walk, p);
        contents(walk, p);
        return derive(p);
    }
    complete(p);
    let mut mark = own_marks(p).into_iter().next().unwrap_or_else(sscc_mark);
    walk.once("PCI", |e| marking(e, &mut mark));
    inside(walk, p);
    contents(walk, p);
}

fn contents(walk: &mut Walk<'_>, p: &mut Package) {
    walk.each("MEA", &mut p.measurements, measurement);
    walk.each("QTY", &mut p.quantities, qualified);
    walk.each("QVR", &mut p.discrepancies, difference);
    walk.loops("HAN", &mut p.handling, handling);
}

fn marked_part(walk: &mut Walk<'_>, p: &mut Package) {
    walk.each("PCI", &mut p.marks, marking);
    inside(walk, p);
}

/// What stands in a group PCI.
fn inside(walk: &mut Walk<'_>, p: &mut Package) {
    walk.each("RFF", &mut p.references, reference::reference);
    walk.each("DTM", &mut p.dates, date::dtm);
    identities(walk, &mut p.identities);
    states(walk, &mut p.states);
}

/// Each mark has a group of its own; the numbers stand in the last.
fn write_marks(walk: &mut Walk<'_>, p: &mut Package) {
    let mut marks = own_marks(p);
    let has_more = !p.identities.is_empty() || !p.references.is_empty() || !p.dates.is_empty();
    if marks.is_empty() && (has_more || !p.states.is_empty()) {
        marks.push(sscc_mark());
    }
    let last = marks.len();
    for (at, mark) in (1..).zip(&mut marks) {
        walk.write_loop("PCI", |w| {
            w.once("PCI", |e| marking(e, mark));
            if at == last {
                inside(w, p);
            }
        });
    }
}

/// A mark that says nothing itself: the number stands in GIN.
fn sscc_mark() -> Marks {
    Marks::default()
}

/// Marks but for those that say the SSCC or the carrier's number again.
fn own_marks(p: &Package) -> Vec<Marks> {
    let numbers: Vec<&Text> =
        p.sscc.iter().chain(&p.tracking_number).chain(p.identities.iter().map(|i| &i.value)).collect();
    let says_again = |m: &&Marks| !m.values.is_empty() && m.values.iter().all(|v| numbers.contains(&v));
    p.marks.iter().filter(|m| !says_again(m)).cloned().collect()
}

fn marking(e: &mut Elements<'_>, m: &mut Marks) {
    e.required_code((1, 1), &mut m.code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 4233: 24 as the shipper marks it, 30 with the SSCC.
        e.constant((1, 1), if m.values.is_empty() { "30" } else { "24" });
    }
    e.texts((1..=10).map(|component| (2, component).into()), &mut m.values);
    e.code((4, 1), &mut m.type_code);
}

/// GIN: numbers of single things, up to five of a kind in each.
pub(crate) fn identities(walk: &mut Walk<'_>, list: &mut Vec<Identity>) {
    let same = |a: &Identity, b: &Identity| (a.kind, &a.kind_code) == (b.kind, &b.kind_code);
    let one = |e: &mut Elements<'_>, slot: usize, i: &mut Identity| {
        let at = slot + 2;
        e.needs((at, 1));
        if !e.is_reading() {
            e.needs((1, 1));
        }
        e.coded((1, 1), &codes::IDENTITY_KIND, &mut i.kind, &mut i.kind_code);
        e.required((at, 1), &mut i.value);
        e.text((at, 2), &mut i.range_end);
    };
    for mut inner in walk.found("GIN") {
        inner.claim_loop();
        inner.packed("GIN", 5, list, same, one);
    }
    walk.packed("GIN", 5, list, same, one);
}

/// QVR.
pub(crate) fn difference(e: &mut Elements<'_>, d: &mut Discrepancy) {
    if !e.is_reading() {
        return write_difference(e, d);
    }
    e.coded((2, 1), &codes::DISCREPANCY, &mut d.kind, &mut d.kind_code);
    e.code((1, 2), &mut d.quantity_code);
    let mut value = None;
    e.decimal((1, 1), &mut value);
    if d.kind == DiscrepancyKind::Other {
        d.kind = (codes::QUANTITY_IN_QUESTION.word)(d.quantity_code.as_deref().unwrap_or_default());
    }
    reason(e, d);
    if d.kind == DiscrepancyKind::Other && d.kind_code.is_empty() {
        d.kind = by_words_or_sign(d.reason.as_deref(), value);
    }
    let less = is_less(d.kind);
    d.quantity = value.map(|value| Quantity {
        value: if less && value.is_sign_negative() { -value } else { value },
        ..Quantity::default()
    });
}

/// Our own word as the reason; else less is short, and more without a reason is over.
fn by_words_or_sign(reason: Option<&str>, value: Option<Decimal>) -> DiscrepancyKind {
    let word = reason.map(|r| serde_json::Value::String(r.replace(' ', "_")));
    let kind = word.and_then(|w| serde_json::from_value(w).ok()).unwrap_or_default();
    match (kind, value) {
        (DiscrepancyKind::Other, Some(value)) if value.is_sign_negative() => DiscrepancyKind::Short,
        (DiscrepancyKind::Other, Some(_)) if reason.is_none() => DiscrepancyKind::Over,
        (kind, _) => kind,
    }
}

/// A quantity that lacks stands there with a minus.
fn is_less(kind: DiscrepancyKind) -> bool {
    matches!(kind, DiscrepancyKind::Short | DiscrepancyKind::NotDelivered | DiscrepancyKind::Damaged)
}

fn write_difference(e: &mut Elements<'_>, d: &mut Discrepancy) {
    let mut value = d.quantity.as_ref().map(|q| q.value);
    if is_less(d.kind) {
        value = value.map(|v| if v.is_sign_positive() { -v } else { v });
    }
    e.decimal((1, 1), &mut value);
    e.coded((2, 1), &codes::DISCREPANCY, &mut d.kind, &mut d.kind_code);
    if !e.has((2, 1)) {
        e.required_code((2, 1), &mut d.kind_code);
    }
    if e.has((1, 1)) {
        e.code((1, 2), &mut d.quantity_code);
        let own = (codes::QUANTITY_IN_QUESTION.code)(d.kind).filter(|_| !e.has((2, 1)) && !e.has((1, 2)));
        if let Some(code) = own {
            e.constant((1, 2), code);
        }
    }
    if !e.has((1, 2)) && !e.has((2, 1)) && d.reason.is_none() {
        // What has no code is said in words.
        d.reason =
            serde_json::to_value(d.kind).ok().and_then(|v| v.as_str().map(|w| w.replace('_', " ").into()));
    }
    reason(e, d);
}

fn reason(e: &mut Elements<'_>, d: &mut Discrepancy) {
    e.code((3, 1), &mut d.reason_code);
    e.code((3, 2), &mut d.reason_list_code);
    e.code((3, 3), &mut d.reason_agency_code);
    e.text((3, 4), &mut d.reason);
}

/// Every group CDI, and those of the groups within: a state, and what is to be done.
pub(crate) fn states(walk: &mut Walk<'_>, list: &mut Vec<StateFound>) {
    walk.loops("CDI", list, |w, s| {
        w.once("CDI", |e| {
            e.code((1, 1), &mut s.qualifier_code);
            if !e.is_reading() && !e.has((1, 1)) {
                // 7001 = 1: upon receipt.
                e.constant((1, 1), "1");
            }
            e.coded((2, 1), &codes::STATE, &mut s.kind, &mut s.kind_code);
            e.code((2, 2), &mut s.list_code);
            e.code((2, 3), &mut s.agency_code);
            e.text((2, 4), &mut s.text);
        });
        w.each("INP", &mut s.instructions, instruction);
    });
}

/// INP.
fn instruction(e: &mut Elements<'_>, i: &mut Instruction) {
    e.code((1, 1), &mut i.from_code);
    e.code((1, 2), &mut i.to_code);
    e.code((2, 1), &mut i.kind_code);
    e.code((2, 2), &mut i.code);
    e.code((2, 3), &mut i.list_code);
    e.code((2, 4), &mut i.agency_code);
    e.text((2, 5), &mut i.text);
    e.code((3, 1), &mut i.status_code);
    e.text((3, 2), &mut i.party_name);
    e.code((4, 1), &mut i.action_code);
}

/// The group HAN: how goods are to be handled.
fn handling(walk: &mut Walk<'_>, h: &mut Handling) {
    walk.once("HAN", |e| {
        e.code((1, 1), &mut h.code);
        e.text((1, 4), &mut h.description);
        e.code((2, 1), &mut h.hazard_class);
    });
}

/// SSCC and carrier's number in the lists, where they do not stand there; the count of the pallets as the package's own.
fn complete(p: &mut Package) {
    if let Some(sscc) = p.sscc.clone().filter(|s| !p.identities.iter().any(|i| i.value == *s)) {
        p.identities.insert(0, Identity { kind: IdentityKind::Sscc, value: sscc, ..Identity::default() });
    }
    let kind = ReferenceKind::CarrierReference;
    if let Some(number) =
        p.tracking_number.clone().filter(|n| !p.references.iter().any(|r| r.value.as_ref() == Some(n)))
    {
        p.references.push(Reference { kind, value: Some(number), ..Reference::default() });
    }
    if let (None, Some(pallet)) = (p.count, &p.pallet) {
        p.count = pallet.count;
        p.kind = p.kind.or(Some(PackageKind::Pallet));
    }
}

fn derive(p: &mut Package) {
    let of_kind = |kind| p.identities.iter().find(|i| i.kind == kind).map(|i| i.value.clone());
    p.sscc = of_kind(IdentityKind::Sscc);
    let carrier = p.references.iter().find(|r| r.kind == ReferenceKind::CarrierReference);
    p.tracking_number = carrier.and_then(|r| r.value.clone());
}

/// A difference counts in the unit of its line.
pub(crate) fn in_unit_of(line: Option<&Quantity>, differences: &mut [Discrepancy]) {
    let Some(line) = line else { return };
    let without = |q: &&mut Quantity| q.unit.is_none() && q.original_unit.is_none();
    for quantity in differences.iter_mut().filter_map(|d| d.quantity.as_mut()).filter(without) {
        *quantity = Quantity { value: quantity.value, ..line.clone() };
    }
}
