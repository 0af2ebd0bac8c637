//! What despatch and receiving advices share: references with their day, carriage, equipment with its seals, documents (DOC), origin
//! (ALI), levels, and the lots, serials and expiry dates of items.
//!
//! A day that says not what it is, is that of the reference (2005 = 171).

use super::{date, money};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::item::{Item, Lot, ProductIdScheme};
use crate::mapping::{Elements, Walk};
use crate::money::Currency;
use crate::quantity::{QualifiedQuantity, Quantity};
use crate::reference::{Attachment, Identity, IdentityKind, Reference, ReferenceKind, TradeCondition};
use crate::transport::{DeliveryTerms, Equipment, Route, Seal};

/// The group RFF: a reference, and its days.
pub(crate) fn reference(walk: &mut Walk<'_>, r: &mut Reference) {
    walk.once("RFF", |e| super::reference::reference(e, r));
    walk.each("DTM", &mut r.dates, |e, d| {
        date::dtm(e, d);
        if !e.is_reading() && !e.has((1, 1)) {
            e.constant((1, 1), "171");
        }
    });
}

/// CUX, which these messages have as a segment: the first is the document's currency.
pub(crate) fn currencies(walk: &mut Walk<'_>, first: &mut Option<Currency>, others: &mut Vec<Currency>) {
    if walk.is_reading() {
        walk.maybe("CUX", first, money::currency);
        walk.each("CUX", others, money::currency);
    }
    money::currencies(walk, first, others);
}

/// The group TOD: its places stand in it, or in groups of their own.
pub(crate) fn delivery_terms(walk: &mut Walk<'_>, t: &mut DeliveryTerms) {
    super::transport::delivery_terms(walk, t);
    for mut inner in walk.found("LOC") {
        inner.claim_loop();
        inner.each("LOC", &mut t.locations, super::transport::location);
    }
}

/// The group TDT; in the RECADV with its dates.
pub(crate) fn route(walk: &mut Walk<'_>, r: &mut Route) {
    let is_long = |text: &Text| text.chars().count() > 17;
    if walk.is_writing() && r.carrier_name.is_none() && r.description.as_ref().is_some_and(is_long) {
        // 8066 has 17 characters, the carrier's name 35.
        r.carrier_name = r.description.take();
    }
    walk.once("TDT", |e| super::transport::carriage(e, r));
    if walk.is_reading() {
        walk.each("LOC", &mut r.locations, super::transport::location);
    }
    walk.loops("LOC", &mut r.locations, super::transport::dated_location);
    walk.each("DTM", &mut r.dates, date::dtm);
}

/// The group EQD: equipment, and in the DESADV its seals.
pub(crate) fn sealed_equipment(walk: &mut Walk<'_>, q: &mut Equipment) {
    equipment(walk, q);
    let mut first = q.seal_number.clone().map(|number| Seal { number, ..Seal::default() });
    if walk.is_writing() && q.seals.is_empty() {
        q.seals.extend(first.take());
    }
    walk.each("SEL", &mut q.seals, seal);
}

/// The group EQD without its seals: in the RECADV they are told by their state alone.
pub(crate) fn equipment(walk: &mut Walk<'_>, q: &mut Equipment) {
    walk.once("EQD", |e| {
        e.code((1, 1), &mut q.code);
        if !e.is_reading() && !e.has((1, 1)) {
            // 8053 = TE: trailer.
            e.constant((1, 1), "TE");
        }
        number(e, q);
        e.code((3, 1), &mut q.type_code);
        e.code((4, 1), &mut q.ownership_code);
        e.code((5, 1), &mut q.status_code);
        e.code((6, 1), &mut q.fullness_code);
    });
    walk.each("MEA", &mut q.measurements, super::quantity::measurement);
}

/// C237: X12 has the number in two parts.
fn number(e: &mut Elements<'_>, q: &mut Equipment) {
    match (e.is_reading(), &q.initial, &q.number) {
        (false, Some(initial), Some(number)) => e.constant((2, 1), &format!("{initial}{number}")),
        _ => e.text((2, 1), &mut q.number),
    }
}

fn seal(e: &mut Elements<'_>, s: &mut Seal) {
    e.needs((1, 1));
    e.required((1, 1), &mut s.number);
    e.code((2, 1), &mut s.issuer_code);
    e.text((2, 4), &mut s.issuer_name);
    e.code((3, 1), &mut s.status_code);
}

/// DOC.
pub(crate) fn attachment(e: &mut Elements<'_>, a: &mut Attachment) {
    e.required_code((1, 1), &mut a.kind_code);
    e.code((1, 2), &mut a.list_code);
    e.code((1, 3), &mut a.agency_code);
    e.text((1, 4), &mut a.name);
    e.text((2, 1), &mut a.number);
    e.code((2, 2), &mut a.status_code);
    e.text((2, 3), &mut a.source);
    e.text((2, 4), &mut a.language);
    e.code((3, 1), &mut a.transmission_code);
    e.decimal((4, 1), &mut a.copies);
    e.decimal((5, 1), &mut a.originals);
    if !e.is_reading() {
        e.needs((1, 1));
    }
}

/// ALI.
pub(crate) fn origin(e: &mut Elements<'_>, c: &mut TradeCondition) {
    e.text((1, 1), &mut c.origin_country);
    e.code((2, 1), &mut c.duty_regime_code);
    e.texts((3..=7).map(|at| (at, 1).into()), &mut c.condition_codes);
}

/// 7164 of the level that tells of the whole shipment.
pub(crate) const WHOLE: &str = "0";

/// Gives lines without a level one in common, and levels without an id one each.
pub(crate) fn level_ids<'a>(
    lines: impl Iterator<Item = &'a mut Option<Text>>,
    levels: impl Iterator<Item = &'a mut Text>,
) {
    let (mut lines, mut levels): (Vec<_>, Vec<_>) = (lines.collect(), levels.collect());
    let given = lines.iter().filter_map(|n| n.as_ref()).chain(levels.iter().map(|n| &**n));
    let mut taken: Vec<Text> = given.filter(|n| !n.is_empty()).cloned().collect();
    let mut next = || {
        let free =
            (1_u32..).map(|n| Text::new(n.to_string())).find(|n| !taken.contains(n)).unwrap_or_default();
        taken.push(free.clone());
        free
    };
    let mut common = None;
    for level in lines.iter_mut().filter(|n| n.is_none()) {
        **level = Some(common.get_or_insert_with(&mut next).clone());
    }
    for id in levels.iter_mut().filter(|n| n.is_empty()) {
        **id = next();
    }
}

/// Fields of their own as references, where they do not stand there.
pub(crate) fn complete_references(fields: &[(ReferenceKind, &Option<Text>)], list: &mut Vec<Reference>) {
    for (kind, value) in fields {
        if value.is_some() && !list.iter().any(|r| r.kind == *kind && r.value == **value) {
            list.push(Reference { kind: *kind, value: (*value).clone(), ..Reference::default() });
        }
    }
}

pub(crate) fn value_of(list: &[Reference], kind: ReferenceKind) -> Option<Text> {
    list.iter().find(|r| r.kind == kind).and_then(|r| r.value.clone())
}

pub(crate) fn write_quantity(walk: &mut Walk<'_>, code: &str, quantity: &mut Quantity) {
    walk.once("QTY", |e| {
        e.constant((1, 1), code);
        e.required_quantity((1, 2), (1, 3), quantity);
    });
}

pub(crate) fn take_quantity(code: &str, list: &mut Vec<QualifiedQuantity>) -> Option<Quantity> {
    let at = list.iter().position(|q| q.code == code && q.quantity.is_some())?;
    list.remove(at).quantity
}

/// An item, and the dates of its line.
pub(crate) struct Derived<'a> {
    pub item: &'a mut Item,
    pub dates: &'a mut Vec<DateTime>,
}

/// Lots and serials as numbers of single things (GIN), the expiry date as a date.
pub(crate) fn complete_item(of: Derived<'_>) {
    let Derived { item, dates } = of;
    crate::item::complete(item);
    let lots = item.lots.iter().filter_map(|l| l.number.clone()).chain(item.lot.clone());
    let lots = lots.map(|number| (IdentityKind::Lot, number));
    let serials = item.serials.iter().cloned().map(|number| (IdentityKind::Serial, number));
    for (kind, value) in lots.chain(serials).collect::<Vec<_>>() {
        let listed = item.identities.iter().any(|i| i.kind == kind && i.value == value)
            || item.product_ids.iter().any(|p| p.scheme == ProductIdScheme::Lot && p.id == value);
        if !listed {
            item.identities.push(Identity { kind, value, ..Identity::default() });
        }
    }
    let role = DateRole::Expiration;
    if item.expiry_date.is_some() && !dates.iter().any(|d| d.role == role) {
        dates.push(DateTime { role, date: item.expiry_date, ..DateTime::default() });
    }
}

pub(crate) fn derive_item(of: Derived<'_>, references: &[Reference]) {
    let Derived { item, dates } = of;
    let numbers = |kind| item.identities.iter().filter(move |i| i.kind == kind).map(|i| i.value.clone());
    let mut lots: Vec<Text> = numbers(IdentityKind::Lot).collect();
    lots.extend(item.product_ids.iter().filter(|p| p.scheme == ProductIdScheme::Lot).map(|p| p.id.clone()));
    lots.extend(value_of(references, ReferenceKind::Batch).filter(|_| lots.is_empty()));
    item.serials = numbers(IdentityKind::Serial).collect();
    item.lot = lots.first().cloned();
    item.lots = lots.into_iter().map(|number| Lot { number: Some(number), ..Lot::default() }).collect();
    item.expiry_date = dates.iter().find(|d| d.role == DateRole::Expiration).and_then(|d| d.date);
}

/// LIN 1082: a line that came without a number gets its running one.
pub(crate) fn line_number(e: &mut Elements<'_>) {
    if !e.is_reading() && !e.has((1, 1)) {
        e.serial((1, 1));
    }
}
