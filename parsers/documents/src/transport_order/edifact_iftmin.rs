//! EDIFACT IFTMIN (D.96A, D.01B) and [`TransportOrder`], both ways.
//!
//! An IFTMIN has no stops: written, parties, dates and references of a stop stand with the order, its goods are items (GID), and its
//! equipment stands in EQD. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::TransportOrder;
use crate::date::DateTime;
use crate::edifact::freight as f;
use crate::edifact::party::{contact, name_and_address};
use crate::edifact::quantity::qualified;
use crate::edifact::{codes, date, money, reference, transport};
use crate::freight::{CarriageTerms, Goods, Stop};
use crate::mapping::{Elements, Walk};
use crate::party::{Contact, Party, PartyRole};
use crate::quantity::{Decimal, Quantity};
use crate::transport::DeliveryTerms;

/// What the message has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/version", "BGM of D.96A has the number alone: 1004"),
    ("/revision", "BGM of D.96A has the number alone: 1004"),
    ("/location_code", "IFTMIN has places as LOC"),
    ("/equipment_count", "EQN counts each kind of equipment"),
    (
        "/stops",
        "IFTMIN has no stops: their parties stand in SG11, their dates and texts with the message, their goods in SG18, their equipment in SG37",
    ),
    ("/references/description", "RFF has no text"),
    ("/references/parts", "RFF has one number"),
    ("/references", "RFF: 1153 has no code of that kind"),
    ("/dates", "DTM has one qualifier, and 2005 no code of that meaning"),
    ("/notes/subject", "FTX has no subject"),
    ("/notes/reference", "FTX has no reference"),
    ("/parties/role", "3035 has one role, consignor, for who ships goods and who hands them over"),
    ("/parties", "NAD needs a role: 3035 has no code of that meaning"),
    ("/parties/dates", "SG11 NAD has no dates"),
    ("/parties/references/description", "RFF has no text"),
    ("/transport/handling", "HAN stands with goods and equipment alone"),
    ("/transport/temperatures", "TMP stands with goods and equipment alone"),
    ("/transport/equipment/initial", "8260 has the number of equipment in one piece"),
    ("/transport/equipment/number", "8260 has the number of equipment in one piece"),
    ("/transport/equipment/check_digit", "8260 has the number of equipment in one piece"),
    ("/dangerous_goods", "DGS stands with goods alone"),
    ("/pallets", "IFTMIN has pallets as packages of an item: GID"),
    ("/pallet_weight", "IFTMIN has pallets as packages of an item: GID"),
    ("/charge_total", "IFTMIN has charges one by one (TCC) and amounts (MOA), no rate in all"),
    ("/totals/weight_code", "CNT has the gross weight"),
    ("/currency/dates", "CUX of IFTMIN has no dates"),
    ("/lines/handling", "D.96A has one HAN an item"),
    ("/lines/percentages", "D.96A has no PCD in SG18"),
    ("/lines/dangerous_goods/quantities", "DGS has measurements, no quantities"),
    ("/lines/attachments/version", "DOC of D.96A has no version"),
    ("/lines/attachments/revision", "DOC of D.96A has no version"),
    ("/attachments/version", "DOC of D.96A has no version"),
    ("/attachments/revision", "DOC of D.96A has no version"),
];

/// The IFTMIN.
pub(crate) fn map(walk: &mut Walk<'_>, order: &mut TransportOrder) {
    if walk.is_writing() {
        complete(order);
    }
    walk.once("BGM", |e| beginning(e, order));
    contacts(walk, &mut order.contacts);
    walk.each("DTM", &mut order.dates, date::dtm);
    walk.each_chosen("TSR", &mut order.carriage_terms, |t| !is_payment(t), f::service);
    currencies(walk, order);
    walk.each("MOA", &mut order.amounts, money::amount);
    walk.each("FTX", &mut order.notes, reference::note);
    totals(walk, order);
    walk.each("DOC", &mut order.attachments, f::attachment);
    f::locations(walk, &mut order.locations);
    walk.loops("TOD", &mut order.delivery_terms, transport::delivery_terms);
    walk.loops("RFF", &mut order.references, reference::dated);
    walk.loops("GOR", &mut order.formalities, f::formality);
    walk.loops_chosen("CPI", &mut order.carriage_terms, is_payment, f::payment);
    walk.loops("TCC", &mut order.charges, f::charge);
    walk.loops("TDT", &mut order.transport.routes, f::route);
    walk.loops("NAD", &mut order.parties, party);
    walk.loops("GID", &mut order.lines, f::goods);
    walk.loops("EQD", &mut order.transport.equipment, f::equipment);
    if walk.is_reading() {
        derive(order);
    }
}

/// BGM. D.96A has the number as a simple element, D.01B in C106 with version and revision.
fn beginning(e: &mut Elements<'_>, order: &mut TransportOrder) {
    e.code((1, 1), &mut order.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 1001 = 610: forwarding instructions.
        e.constant((1, 1), "610");
    }
    e.code((1, 2), &mut order.kind_list_code);
    e.code((1, 3), &mut order.kind_agency_code);
    e.text((1, 4), &mut order.kind_name);
    e.required((2, 1), &mut order.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut order.version);
        e.text((2, 3), &mut order.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut order.purpose, &mut order.purpose_code);
    e.code((4, 1), &mut order.acknowledgement_code);
}

/// CTA and COM of the message: one contact.
fn contacts(walk: &mut Walk<'_>, list: &mut Vec<Contact>) {
    if walk.is_writing() {
        if let Some(first) = list.first_mut() {
            contact(walk, first);
        }
        return;
    }
    if walk.has("CTA") {
        let mut first = Contact::default();
        contact(walk, &mut first);
        list.push(first);
    }
}

/// CUX: the first is the currency of the message.
fn currencies(walk: &mut Walk<'_>, order: &mut TransportOrder) {
    walk.maybe("CUX", &mut order.currency, money::currency);
    walk.each("CUX", &mut order.other_currencies, money::currency);
    walk.set_currency(order.currency.as_ref());
}

/// Who pays which charges is a CPI, service and priority a TSR.
fn is_payment(t: &CarriageTerms) -> bool {
    t.charge_category_code.is_some() || t.payment_method_code.is_some() || t.payment_code.is_some()
}

/// CNT: 6069 = 7 gross weight, 11 packages, 15 volume.
fn totals(walk: &mut Walk<'_>, order: &mut TransportOrder) {
    let totals = &mut order.totals;
    if walk.is_writing() {
        f::write_count(walk, "7", totals.weight.clone());
        f::write_count(walk, "11", totals.package_count.clone());
        f::write_count(walk, "15", totals.volume.clone());
    }
    walk.each("CNT", &mut totals.counts, qualified);
    if walk.is_reading() {
        for counted in std::mem::take(&mut totals.counts) {
            match counted.code.as_str() {
                "7" if totals.weight.is_none() => totals.weight = counted.quantity,
                "11" if totals.package_count.is_none() => totals.package_count = counted.quantity,
                "15" if totals.volume.is_none() => totals.volume = counted.quantity,
                _ => totals.counts.push(counted),
            }
        }
    }
}

/// The group NAD.
fn party(walk: &mut Walk<'_>, party: &mut Party) {
    walk.once("NAD", |e| name_and_address(e, party));
    walk.each("LOC", &mut party.locations, transport::location);
    walk.loops("CTA", &mut party.contacts, contact);
    walk.loops("DOC", &mut party.attachments, f::dated_attachment);
    walk.loops("RFF", &mut party.references, reference::dated);
}

/// What the document has in fields of its own, and in stops, as an IFTMIN has it.
fn complete(order: &mut TransportOrder) {
    if let Some(carrier) = order.carrier.clone()
        && !order.parties.iter().any(|p| p.role == PartyRole::Carrier)
    {
        order.parties.push(Party { role: PartyRole::Carrier, ids: vec![carrier], ..Party::default() });
    }
    if let (Some(payment), true) = (order.freight_payment, order.delivery_terms.is_empty()) {
        let freight_payment_code = order.freight_payment_code.clone();
        let freight_payment = Some(payment);
        order.delivery_terms.push(DeliveryTerms {
            freight_payment,
            freight_payment_code,
            ..DeliveryTerms::default()
        });
    }
    for stop in std::mem::take(&mut order.stops) {
        flatten(order, stop);
    }
    f::consign(&mut order.parties);
    if order.totals.package_count.is_none() {
        let pieces: Option<Decimal> = order.lines.iter().map(|g| g.pieces).sum();
        let counted = pieces.filter(|_| !order.lines.is_empty());
        order.totals.package_count = counted.map(|value| Quantity { value, ..Quantity::default() });
    }
}

fn flatten(order: &mut TransportOrder, stop: Stop) {
    for party in stop.parties {
        if !order.parties.contains(&party) {
            order.parties.push(party);
        }
    }
    let there = |list: &[DateTime], d: &DateTime| list.contains(d);
    for day in stop.dates {
        if !there(&order.dates, &day) {
            order.dates.push(day);
        }
    }
    order.references.extend(stop.references);
    order.notes.extend(stop.notes);
    order.transport.equipment.extend(stop.equipment);
    let mut goods: Vec<Goods> = stop.goods;
    for carried in stop.orders {
        for mut g in carried.goods {
            let number = carried.purchase_order_number.clone().or(carried.number.clone());
            g.references.extend(number.map(|value| crate::reference::Reference {
                kind: crate::reference::ReferenceKind::PurchaseOrder,
                value: Some(value),
                ..Default::default()
            }));
            goods.push(g);
        }
    }
    // Weights and ladings in all say of the same goods what the described ones say one by one.
    if goods.iter().any(|g| !g.descriptions.is_empty()) {
        goods.retain(|g| !g.descriptions.is_empty());
    }
    // Items of several stops are numbered anew.
    goods.iter_mut().for_each(|g| g.number = None);
    order.lines.extend(goods);
}

fn derive(order: &mut TransportOrder) {
    let carrier = order.parties.iter().find(|p| p.role == PartyRole::Carrier);
    order.carrier = carrier.and_then(|p| p.ids.first().cloned());
    let payment = order.delivery_terms.iter().find(|t| t.freight_payment.is_some());
    order.freight_payment = payment.and_then(|t| t.freight_payment);
    order.freight_payment_code = payment.and_then(|t| t.freight_payment_code.clone());
}
