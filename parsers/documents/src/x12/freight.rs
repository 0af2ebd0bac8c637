//! Segments of motor carriers: L11, N9, G61, G62, K1, NTE, MS1 to MS3, R3, AT5, AT7, AT8, H3, N7, M7, S5, L0 to L9, L5, LAD, PLD, Q7,
//! OID, SPO, C2, C3.
//!
//! Weights, volumes and lengths have units of one letter (188, 184, 90); they become those of Recommendation 20. Charges of type N2
//! have two implied decimals and are exact: one with more is not written. A date and its time have a meaning each (432 and 176).
//!
//! A code of four letters for a carrier (140) is a SCAC; a carrier known by any other number has no place there.

use super::party::{address, name};
use super::reference::parts;
use super::{codes, quantity, transport};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::freight::{CarriedOrder, Dimensions, FreightCharge, Goods, Stop, Tariff};
use crate::item::Commodity;
use crate::mapping::{Elements, Walk};
use crate::money::{BankAccount, Currency, QualifiedAmount};
use crate::party::{Channel, Contact, Party};
use crate::quantity::{Decimal, Quantity};
use crate::reference::{IdScheme, Identifier, Note, Reference};
use crate::transport::{Equipment, Handling, Marks, Route, Seal, Temperature};

/// 188, units of weight.
pub(crate) const WEIGHT_UNITS: &[(&str, &str)] =
    &[("L", "LBR"), ("K", "KGM"), ("E", "TNE"), ("G", "GRM"), ("O", "ONZ"), ("S", "STN"), ("T", "LTN")];

/// 184, units of volume.
pub(crate) const VOLUME_UNITS: &[(&str, &str)] =
    &[("E", "FTQ"), ("X", "MTQ"), ("C", "CMQ"), ("G", "GLL"), ("M", "DMQ"), ("N", "INQ"), ("V", "LTR")];

/// 90, units of length.
pub(crate) const LENGTH_UNITS: &[(&str, &str)] = &[("N", "INH"), ("E", "FOT"), ("C", "CMT"), ("X", "MTR")];

/// Writing, what stands at `at` where the document says nothing there and something at `beside`.
pub(crate) fn or_else(e: &mut Elements<'_>, at: usize, beside: usize, value: &str) {
    if !e.is_reading() && e.has(beside) && !e.has(at) {
        e.constant(at, value);
    }
}

/// A carrier by its SCAC.
pub(crate) fn scac(e: &mut Elements<'_>, at: usize, field: &mut Option<Identifier>) {
    match field {
        None if e.is_reading() => {
            let mut id = None;
            e.text(at, &mut id);
            *field = id.map(|id| Identifier { scheme: IdScheme::Scac, id, ..Identifier::default() });
        }
        Some(carrier) if !e.is_reading() && carrier.scheme == IdScheme::Scac => {
            e.required(at, &mut carrier.id);
        }
        _ => {}
    }
}

/// A number whose unit no element of the segment names.
pub(crate) fn bare(e: &mut Elements<'_>, at: usize, field: &mut Option<Quantity>) {
    let mut value = field.as_ref().map(|q| q.value);
    e.decimal(at, &mut value);
    if e.is_reading() && field.is_none() {
        *field = value.map(|value| Quantity { value, ..Quantity::default() });
    }
}

/// A number of type N1: one implied decimal (`35` is 3.5).
pub(crate) fn tenths(e: &mut Elements<'_>, at: usize, field: &mut Option<Decimal>) {
    let mut value =
        field.and_then(|v| v.checked_mul(Decimal::TEN)).map(|v| v.normalize()).filter(Decimal::is_integer);
    e.decimal(at, &mut value);
    if e.is_reading() && field.is_none() {
        let scaled = |v: Decimal| Decimal::try_from_i128_with_scale(v.mantissa(), v.scale() + 1).ok();
        *field = value.and_then(scaled);
    }
}

/// Weights whose unit the document names once.
pub(crate) fn weight(e: &mut Elements<'_>, value: usize, unit: usize, field: &mut Option<Quantity>) {
    e.quantity_in(value, unit, WEIGHT_UNITS, field);
}

pub(crate) fn volume(e: &mut Elements<'_>, value: usize, unit: usize, field: &mut Option<Quantity>) {
    e.quantity_in(value, unit, VOLUME_UNITS, field);
}

/// Segments that open a loop in one version and stand alone in another.
pub(crate) fn each_flat<'m, T: Default>(
    walk: &mut Walk<'m>,
    tag: &'static str,
    list: &mut Vec<T>,
    map: impl Fn(&mut Elements<'m>, &mut T),
) {
    walk.each(tag, list, &map);
    for mut inner in walk.found(tag) {
        inner.claim_loop();
        inner.each(tag, list, &map);
    }
}

/// L11, and N9 in its place in the 210 of 004010.
pub(crate) fn references(walk: &mut Walk<'_>, list: &mut Vec<Reference>) {
    if walk.is_reading() {
        walk.each("N9", list, reference_dated);
        walk.each("L11", list, business_reference);
    } else {
        walk.each("L11", list, business_reference);
    }
}

/// As [`references`], of the 210: N9 in 004010, L11 from then on.
pub(crate) fn invoice_references(walk: &mut Walk<'_>, list: &mut Vec<Reference>) {
    match walk.is_reading() || walk.is_newer() {
        true => references(walk, list),
        false => walk.each("N9", list, reference_dated),
    }
}

/// L11. A number needs a qualifier: one whose kind has no code is mutually defined (128 = ZZ).
pub(crate) fn business_reference(e: &mut Elements<'_>, r: &mut Reference) {
    e.text(1, &mut r.value);
    e.coded(2, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
    or_else(e, 2, 1, "ZZ");
    e.text(3, &mut r.description);
    if !e.is_reading() && !e.has(1) && !e.has(3) {
        e.needs(1);
    }
    e.slots([4].into_iter(), &mut r.dates, |e, at, d: &mut DateTime| e.date(at, &mut d.date));
}

/// N9: a reference with the day it is of.
fn reference_dated(e: &mut Elements<'_>, r: &mut Reference) {
    e.coded(1, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
    e.text(2, &mut r.value);
    or_else(e, 1, 2, "ZZ");
    e.text(3, &mut r.description);
    or_else(e, 1, 3, "ZZ");
    if !e.is_reading() && !e.has(2) {
        e.needs(3);
    }
    parts(e, 7, &mut r.parts);
    e.slots([4].into_iter(), &mut r.dates, |e, at, d: &mut DateTime| {
        e.date(at, &mut d.date);
        e.time(at + 1, &mut d.time);
        e.code(at + 2, &mut d.time_zone_code);
    });
}

/// G62. A date needs a qualifier; a time that says not what it is gets the one that belongs to the date.
pub(crate) fn g62(e: &mut Elements<'_>, d: &mut DateTime) {
    if !e.is_reading() && d.date.is_some() {
        e.needs(1);
    }
    e.coded(1, &codes::TRANSPORT_DATE_ROLE, &mut d.role, &mut d.role_code);
    e.date(2, &mut d.date);
    if !e.is_reading() && !e.has(2) {
        // Without a day the qualifier says nothing; the time stands alone.
        e.needs(4);
    }
    e.code(3, &mut d.time_role_code);
    e.time(4, &mut d.time);
    or_else(e, 3, 4, time_role(d.role));
    e.code(5, &mut d.time_zone_code);
}

/// 176, the meaning of a time that belongs to a date of this meaning; `W` (effective) for any other.
fn time_role(role: DateRole) -> &'static str {
    match role {
        DateRole::RequestedPickup | DateRole::RequestedShip => "Y",
        DateRole::RequestedDelivery | DateRole::RequiredBy => "Z",
        DateRole::ScheduledPickup | DateRole::ScheduledShip => "U",
        DateRole::ScheduledDelivery => "X",
        DateRole::Pickup | DateRole::Shipped => "8",
        DateRole::Delivered => "9",
        DateRole::ShipNotBefore => "EP",
        DateRole::ShipNotAfter => "LP",
        DateRole::DeliverNotBefore => "ED",
        DateRole::DeliverNotAfter => "LD",
        DateRole::EstimatedDelivery | DateRole::EstimatedArrival => "E",
        _ => "W",
    }
}

/// G61: a contact, with one number to reach it. Both a function and a name are asked for.
pub(crate) fn g61(e: &mut Elements<'_>, c: &mut Contact) {
    e.coded(1, &codes::CONTACT_ROLE, &mut c.role, &mut c.role_code);
    e.text(2, &mut c.name);
    e.slots([3].into_iter(), &mut c.channels, |e, at, channel: &mut Channel| {
        e.needs(at + 1);
        e.needs(at);
        e.coded(at, &codes::CHANNEL_KIND, &mut channel.kind, &mut channel.kind_code);
        e.required(at + 1, &mut channel.value);
    });
    e.text(5, &mut c.reference);
    if !e.is_reading() && (e.has(1) || e.has(2) || e.has(4) || e.has(5)) {
        if !e.has(1) {
            e.constant(1, "IC");
        }
        if !e.has(2) {
            e.constant(2, "CONTACT");
        }
    }
}

/// Contacts in G61: one with several numbers stands in several.
pub(crate) fn contacts(walk: &mut Walk<'_>, list: &mut Vec<Contact>) {
    if walk.is_writing() {
        let mut single = Vec::new();
        for contact in list.iter() {
            let mut rest = contact.clone();
            let channels = std::mem::take(&mut rest.channels);
            if channels.is_empty() {
                single.push(rest.clone());
            }
            single.extend(channels.into_iter().map(|c| Contact { channels: vec![c], ..rest.clone() }));
        }
        *list = single;
    }
    walk.each("G61", list, g61);
}

/// The loop N1.
pub(crate) fn party(walk: &mut Walk<'_>, party: &mut Party) {
    party_with(walk, party, references);
}

/// The loop N1 of the 210.
pub(crate) fn invoice_party(walk: &mut Walk<'_>, party: &mut Party) {
    party_with(walk, party, invoice_references);
}

fn party_with(walk: &mut Walk<'_>, party: &mut Party, refs: fn(&mut Walk<'_>, &mut Vec<Reference>)) {
    walk.once("N1", |e| name(e, party));
    walk.texts("N2", 2, &mut party.additional_names);
    address(walk, &mut party.address);
    contacts(walk, &mut party.contacts);
    walk.each("G62", &mut party.dates, g62);
    refs(walk, &mut party.references);
}

/// K1: two lines of remarks.
pub(crate) fn remarks(walk: &mut Walk<'_>, list: &mut Vec<Note>) {
    walk.each("K1", list, |e, n| e.texts([1.into(), 2.into()].into_iter(), &mut n.lines));
}

/// Notes with more than two lines, in as many K1; writing only.
pub(crate) fn split_remarks(list: &mut Vec<Note>) {
    let halves = |n: &Note| {
        n.lines.chunks(2).map(|lines| Note { lines: lines.to_vec(), ..n.clone() }).collect::<Vec<_>>()
    };
    *list = list.iter().flat_map(halves).collect();
}

/// NTE: each line a segment.
pub(crate) fn notes(walk: &mut Walk<'_>, list: &mut Vec<Note>) {
    if walk.is_writing() {
        let lines = |n: &Note| {
            n.lines.iter().map(|l| Note { lines: vec![l.clone()], ..n.clone() }).collect::<Vec<_>>()
        };
        *list = list.iter().flat_map(lines).collect();
    }
    walk.each("NTE", list, |e, n| {
        e.needs(2);
        e.code(1, &mut n.code);
        e.texts([2.into()].into_iter(), &mut n.lines);
    });
}

/// AT5: the care that goods need, and from 005010 on the temperatures they keep.
pub(crate) fn care(walk: &mut Walk<'_>, handling: &mut Vec<Handling>, temperatures: &mut Vec<Temperature>) {
    type Care = (Handling, Option<Temperature>);
    let map = |e: &mut Elements<'_>, (h, t): &mut Care| {
        e.code(1, &mut h.code);
        e.code(2, &mut h.service_code);
        e.text(3, &mut h.description);
        e.part(t, |e, t| {
            e.needs_number(5);
            e.quantity(5, 4, &mut t.minimum);
            e.quantity(6, 4, &mut t.maximum);
        });
    };
    if walk.is_writing() {
        for h in split_care(handling) {
            let mut care: Care = (h, None);
            walk.once("AT5", |e| map(e, &mut care));
        }
        if walk.is_newer() {
            for t in temperatures.iter_mut() {
                let mut care: Care = (Handling::default(), Some(t.clone()));
                walk.once("AT5", |e| map(e, &mut care));
            }
        }
        return;
    }
    let mut list: Vec<Care> = Vec::new();
    each_flat(walk, "AT5", &mut list, map);
    for (h, t) in list {
        if h != Handling::default() {
            handling.push(h);
        }
        temperatures.extend(t);
    }
}

/// A code and a text exclude each other in AT5 and H3: two entries.
pub(crate) fn split_care(list: &[Handling]) -> Vec<Handling> {
    let parts = |h: &Handling| {
        let coded = Handling { description: None, ..h.clone() };
        let described = Handling { description: h.description.clone(), ..Handling::default() };
        if h.code.is_none() { vec![h.clone()] } else { vec![coded, described] }
    };
    list.iter().flat_map(parts).filter(|h| *h != Handling::default()).collect()
}

/// H3.
pub(crate) fn special_handling(e: &mut Elements<'_>, h: &mut Handling) {
    e.code(1, &mut h.code);
    e.text(2, &mut h.description);
    e.code(3, &mut h.protective_service_code);
    e.code(4, &mut h.vent_code);
    e.code(5, &mut h.tariff_code);
}

/// MS2: the equipment something happened to. The carrier is the owner, or the prefix of the number.
pub(crate) fn ms2(e: &mut Elements<'_>, q: &mut Equipment) {
    if !e.is_reading() {
        split_number(q);
        if q.carrier.as_ref().is_none_or(|c| c.scheme != IdScheme::Scac) {
            let prefix = q.initial.clone().unwrap_or_default();
            e.constant(1, &prefix);
        }
        e.needs(1);
        e.needs(2);
    }
    scac(e, 1, &mut q.carrier);
    e.text(2, &mut q.number);
    e.code(3, &mut q.code);
    e.text(4, &mut q.check_digit);
}

/// A container's number in one piece (four letters, six digits, a check digit) becomes the three that X12 has.
fn split_number(q: &mut Equipment) {
    let Some(number) = &q.number else { return };
    let whole = number.len() == 11
        && number.bytes().take(4).all(|b| b.is_ascii_uppercase())
        && number.bytes().skip(4).all(|b| b.is_ascii_digit());
    if !whole || q.initial.is_some() || q.check_digit.is_some() {
        return;
    }
    let part = |from: usize, to: usize| number.get(from..to).map(Text::new);
    (q.initial, q.check_digit, q.number) = (part(0, 4), part(10, 11), part(4, 10));
}

/// MS3: a carrier on the way.
pub(crate) fn ms3(e: &mut Elements<'_>, r: &mut Route) {
    e.needs(1);
    scac(e, 1, &mut r.carrier);
    e.code(2, &mut r.sequence_code);
    // 133 = B: the carrier from origin to destination.
    or_else(e, 2, 1, "B");
    e.text(3, &mut r.city);
    e.coded_opt(4, &codes::TRANSPORT_MODE, &mut r.mode, &mut r.mode_code);
    e.text(5, &mut r.region);
}

/// R3: a carrier on the way, with its own invoice.
pub(crate) fn r3(e: &mut Elements<'_>, r: &mut Route) {
    e.needs(1);
    scac(e, 1, &mut r.carrier);
    e.code(2, &mut r.sequence_code);
    or_else(e, 2, 1, "B");
    e.text(3, &mut r.city);
    e.coded_opt(4, &codes::TRANSPORT_MODE, &mut r.mode, &mut r.mode_code);
    e.part(&mut r.location, |e, id: &mut Identifier| e.required(5, &mut id.id));
    e.text(6, &mut r.invoice_number);
    e.date(7, &mut r.date);
    e.money_cents(8, &mut r.charge);
    e.text(9, &mut r.description);
    e.codes((10..=12).map(Into::into), &mut r.service_level_codes);
}

/// AT8: gross weight and pieces. A weight that says not which it is, is the gross one (187 = G).
pub(crate) fn at8(e: &mut Elements<'_>, g: &mut Goods) {
    // Without a weight there is no qualifier.
    if e.is_reading() || g.weight.is_some() {
        e.code(1, &mut g.weight_code);
    }
    weight(e, 3, 2, &mut g.weight);
    or_else(e, 1, 3, "G");
    e.decimal(4, &mut g.pieces);
    e.decimal(5, &mut g.second_pieces);
    volume(e, 7, 6, &mut g.volume);
}

/// L5.
pub(crate) fn l5(e: &mut Elements<'_>, g: &mut Goods) {
    e.text(1, &mut g.number);
    e.texts([2.into()].into_iter(), &mut g.descriptions);
    e.slots([3, 9].into_iter(), &mut g.commodities, |e, at, c: &mut Commodity| {
        e.needs(at);
        e.required(at, &mut c.code);
        e.required_code(if at == 3 { 4 } else { 8 }, &mut c.scheme_code);
    });
    // 23 = Z: mutually defined.
    or_else(e, 4, 3, "Z");
    or_else(e, 8, 9, "Z");
    e.code(5, &mut g.packaging_code);
    e.slots([6].into_iter(), &mut g.marks, |e, at, m: &mut Marks| {
        e.needs(at);
        e.texts([at.into()].into_iter(), &mut m.values);
        e.required_code(at + 1, &mut m.code);
    });
    e.code(10, &mut g.compartment_code);
}

/// LAD.
pub(crate) fn lad(e: &mut Elements<'_>, g: &mut Goods) {
    e.code(1, &mut g.packaging_code);
    e.decimal(2, &mut g.pieces);
    // 211 = PCS: pieces.
    or_else(e, 1, 2, "PCS");
    weight(e, 4, 3, &mut g.unit_weight);
    weight(e, 6, 5, &mut g.weight);
    super::item::product_ids(e, (7..=11).step_by(2), &mut g.product_ids);
    e.texts([13.into()].into_iter(), &mut g.descriptions);
    e.text(14, &mut g.lading_value);
}

/// L0. Quantities billed, weights and pieces of a line.
pub(crate) fn l0(e: &mut Elements<'_>, g: &mut Goods) {
    e.text(1, &mut g.number);
    e.decimal(2, &mut g.billed_quantity);
    e.code(3, &mut g.billed_quantity_code);
    or_else(e, 3, 2, "NU");
    weight(e, 4, 11, &mut g.weight);
    e.code(5, &mut g.weight_code);
    or_else(e, 5, 4, "G");
    volume(e, 6, 7, &mut g.volume);
    e.decimal(8, &mut g.pieces);
    e.code(9, &mut g.packaging_code);
    or_else(e, 9, 8, "PCS");
    e.text(10, &mut g.dunnage);
    e.code(12, &mut g.service_type_code);
    bare(e, 13, &mut g.quantity);
    e.code(15, &mut g.answer_code);
}

/// L4.
pub(crate) fn l4(e: &mut Elements<'_>, d: &mut Dimensions) {
    e.needs_number(1);
    e.quantity_in(1, 4, LENGTH_UNITS, &mut d.length);
    e.quantity_in(2, 4, LENGTH_UNITS, &mut d.width);
    e.quantity_in(3, 4, LENGTH_UNITS, &mut d.height);
    if !e.is_reading() {
        for at in 2..=4 {
            e.needs(at);
        }
    }
    e.decimal(5, &mut d.count);
    e.code(6, &mut d.industry_code);
}

/// L1: a rate, and the charge it comes to. The amount in another currency stands in `amounts`.
pub(crate) fn l1(e: &mut Elements<'_>, c: &mut FreightCharge) {
    e.text(1, &mut c.line_number);
    e.decimal(2, &mut c.rate);
    e.code(3, &mut c.rate_code);
    // 122 = FR: flat rate.
    or_else(e, 3, 2, "FR");
    e.money_cents(4, &mut c.amount);
    e.money_cents(5, &mut c.advances);
    e.money_cents(6, &mut c.prepaid);
    e.code(7, &mut c.rate_combination_code);
    e.code(8, &mut c.code);
    e.code(9, &mut c.rate_class_code);
    e.code(10, &mut c.entitlement_code);
    e.code(11, &mut c.payment_code);
    e.text(12, &mut c.description);
    e.code(13, &mut c.tariff_code);
    declared(e, c);
    e.code(16, &mut c.liability_code);
    e.decimal(17, &mut c.billed_quantity);
    e.code(18, &mut c.billed_quantity_code);
    or_else(e, 18, 17, "NU");
    e.decimal(19, &mut c.percent);
    e.slots([20].into_iter(), &mut c.amounts, |e, at, a: &mut QualifiedAmount| {
        e.needs(at + 1);
        e.money_cents(at + 1, &mut a.money);
        let mut own = a.money.as_ref().and_then(|m| m.currency.clone());
        if e.is_reading() {
            own = None;
        }
        e.text(at, &mut own);
        if let (true, Some(money), Some(own)) = (e.is_reading(), &mut a.money, own) {
            money.currency = Some(own);
        }
    });
    e.text(22, &mut c.lading_value);
}

/// The value declared in elements 14 and 15 of L1 and L3.
fn declared(e: &mut Elements<'_>, c: &mut FreightCharge) {
    e.money_cents(14, &mut c.declared_value);
    e.code(15, &mut c.declared_value_code);
    // 122 = BL: the value that the bill of lading declares.
    or_else(e, 15, 14, "BL");
}

/// L3: weight, pieces and charges in all.
pub(crate) fn l3(
    e: &mut Elements<'_>,
    total: &mut Option<FreightCharge>,
    counted: &mut crate::heading::Totals,
) {
    weight(e, 1, 12, &mut counted.weight);
    e.code(2, &mut counted.weight_code);
    or_else(e, 2, 1, "G");
    e.part(total, |e, c: &mut FreightCharge| {
        e.decimal(3, &mut c.rate);
        e.code(4, &mut c.rate_code);
        or_else(e, 4, 3, "FR");
        e.money_cents(5, &mut c.amount);
        e.money_cents(6, &mut c.advances);
        e.money_cents(7, &mut c.prepaid);
        e.code(8, &mut c.code);
        e.text(13, &mut c.tariff_number);
        declared(e, c);
    });
    volume(e, 9, 10, &mut counted.volume);
    bare(e, 11, &mut counted.package_count);
}

/// L7.
pub(crate) fn l7(e: &mut Elements<'_>, t: &mut Tariff) {
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

/// L9.
pub(crate) fn l9(e: &mut Elements<'_>, c: &mut FreightCharge) {
    e.needs(1);
    e.needs(2);
    e.code(1, &mut c.code);
    e.money(2, &mut c.amount);
}

/// PLD.
pub(crate) fn pallets(
    e: &mut Elements<'_>,
    count: &mut Option<Decimal>,
    exchange: &mut Option<Text>,
    of: &mut Option<Quantity>,
) {
    e.needs(1);
    e.decimal(1, count);
    e.code(2, exchange);
    weight(e, 4, 3, of);
}

/// Q7: what was wrong with goods.
pub(crate) fn q7(e: &mut Elements<'_>, g: &mut Goods) {
    e.needs(1);
    e.code(1, &mut g.exception_code);
    e.code(2, &mut g.packaging_code);
    e.decimal(3, &mut g.pieces);
}

/// N7.
pub(crate) fn n7(e: &mut Elements<'_>, q: &mut Equipment) {
    if !e.is_reading() {
        split_number(q);
    }
    e.needs(2);
    e.text(1, &mut q.initial);
    e.text(2, &mut q.number);
    weight(e, 3, 17, &mut q.weight);
    e.code(4, &mut q.weight_code);
    or_else(e, 4, 3, "G");
    weight(e, 5, 17, &mut q.tare_weight);
    weight(e, 6, 17, &mut q.weight_allowance);
    weight(e, 7, 17, &mut q.dunnage_weight);
    volume(e, 8, 9, &mut q.volume);
    e.code(10, &mut q.ownership_code);
    e.code(11, &mut q.code);
    scac(e, 12, &mut q.carrier);
    e.text(13, &mut q.temperature_control);
    e.text(14, &mut q.position);
    feet_and_inches(e, 15, &mut q.length);
    e.code(16, &mut q.tare_code);
    // 571 = A: actual tare.
    or_else(e, 16, 5, "A");
    e.text(18, &mut q.check_digit);
    e.code(19, &mut q.service_type_code);
    bare(e, 20, &mut q.height);
    bare(e, 21, &mut q.width);
    e.code(22, &mut q.type_code);
    scac(e, 23, &mut q.owner);
    e.code(24, &mut q.car_type_code);
}

/// 567, the length of equipment: feet, and two digits of inches (`5300` is 53 feet). Kept in inches.
fn feet_and_inches(e: &mut Elements<'_>, at: usize, field: &mut Option<Quantity>) {
    let inch = || (Some(Text::new_static("INH")), Some(Text::new_static("IN")));
    if e.is_reading() {
        let came = e.peek(at).into_owned();
        let digits = came.bytes().all(|b| b.is_ascii_digit()) && (3..=6).contains(&came.len());
        let Some(number) = came.parse::<u32>().ok().filter(|n| digits && n % 100 < 12) else { return };
        if field.is_none() {
            let (unit, original_unit) = inch();
            *field = Some(Quantity {
                value: Decimal::from(number / 100 * 12 + number % 100),
                unit,
                original_unit,
                ..Quantity::default()
            });
            e.ignore(at);
        }
        return;
    }
    let Some(length) = field else { return };
    let inches = match length.unit.as_deref() {
        Some("INH") => Some(length.value),
        Some("FOT") => length.value.checked_mul(Decimal::from(12)),
        _ => None,
    };
    let whole = inches.filter(|i| i.is_integer()).and_then(|i| u32::try_from(i).ok());
    if let Some(inches) = whole {
        e.constant(at, &format!("{:02}{:02}", inches / 12, inches % 12));
    }
}

/// M7: up to four seals, and who set them.
pub(crate) fn seals(walk: &mut Walk<'_>, list: &mut Vec<Seal>) {
    let ours = walk.codes_are_ours();
    let same = |a: &Seal, b: &Seal| !ours || a.issuer_code == b.issuer_code;
    walk.packed("M7", 4, list, same, |e, slot, s| {
        e.needs(slot + 1);
        e.required(slot + 1, &mut s.number);
        e.code(5, &mut s.issuer_code);
    });
}

/// The loop N7: equipment, its seals and measurements.
pub(crate) fn equipment(walk: &mut Walk<'_>, q: &mut Equipment) {
    if !walk.codes_are_ours() {
        // What was measured is said by codes alone: without them a measurement says nothing.
        q.measurements.clear();
    }
    walk.once("N7", |e| n7(e, q));
    walk.each("MEA", &mut q.measurements, quantity::measurement);
    seals(walk, &mut q.seals);
}

/// S5.
pub(crate) fn s5(e: &mut Elements<'_>, s: &mut Stop) {
    e.required(1, &mut s.number);
    e.coded(2, &codes::STOP_REASON, &mut s.reason, &mut s.reason_code);
    weight(e, 3, 4, &mut s.weight);
    e.quantity(5, 6, &mut s.quantity);
    volume(e, 7, 8, &mut s.volume);
    e.text(9, &mut s.description);
    e.text(10, &mut s.location_code);
    e.code(11, &mut s.accomplish_code);
    if !e.is_reading() {
        if !e.has(1) {
            e.serial(1);
        }
        if !e.has(2) {
            // 163 = CU: unload all.
            e.constant(2, "CU");
        }
    }
}

/// OID. What element 4 is depends on the version: a unit, or a packaging.
pub(crate) fn oid(e: &mut Elements<'_>, o: &mut CarriedOrder) {
    e.text(1, &mut o.number);
    e.text(2, &mut o.purchase_order_number);
    e.text(3, &mut o.reference);
    match e.is_newer() {
        true => {
            bare(e, 5, &mut o.quantity);
            e.code(4, &mut o.packaging_code);
            or_else(e, 4, 5, "PCS");
        }
        false => {
            e.quantity(5, 4, &mut o.quantity);
            or_else(e, 4, 5, "EA");
        }
    }
    weight(e, 7, 6, &mut o.weight);
    volume(e, 9, 8, &mut o.volume);
    e.code(10, &mut o.error_code);
    if !e.is_reading() && !e.has(1) && !e.has(2) {
        e.needs(1);
    }
}

/// SPO.
fn spo(e: &mut Elements<'_>, o: &mut CarriedOrder) {
    e.needs(1);
    e.text(1, &mut o.purchase_order_number);
    e.text(2, &mut o.reference);
    e.quantity(4, 3, &mut o.quantity);
    or_else(e, 3, 4, "EA");
    weight(e, 6, 5, &mut o.weight);
    e.code(7, &mut o.error_code);
}

/// Orders that are carried, where 004010 has SPO and 005010 has OID.
pub(crate) fn carried_orders(walk: &mut Walk<'_>, list: &mut Vec<CarriedOrder>) {
    let rest = |w: &mut Walk<'_>, o: &mut CarriedOrder| transport::distribution(w, &mut o.distribution);
    if walk.is_reading() || !walk.is_newer() {
        walk.loops("SPO", list, |w, o| {
            w.once("SPO", |e| spo(e, o));
            rest(w, o);
        });
    }
    if walk.is_reading() || walk.is_newer() {
        walk.loops("OID", list, |w, o| {
            w.once("OID", |e| oid(e, o));
            rest(w, o);
        });
    }
}

/// C3: the currency of the charges, and the one they are changed into.
pub(crate) fn currency(e: &mut Elements<'_>, c: &mut Currency) {
    e.needs(1);
    e.required(1, &mut c.code);
    e.decimal(2, &mut c.exchange_rate);
    e.text(3, &mut c.target_currency);
}

/// C2: where to pay.
pub(crate) fn bank(e: &mut Elements<'_>, b: &mut BankAccount) {
    e.needs(1);
    e.needs(3);
    e.code(1, &mut b.client_code);
    e.identifier(2, 3, &codes::ID_SCHEME, &mut b.bank);
    e.text(4, &mut b.client_number);
    e.text(5, &mut b.number);
    e.code(6, &mut b.payment_method_code);
    e.date(7, &mut b.date);
}
