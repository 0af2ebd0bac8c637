//! EDIFACT ORDERS (D.96A, D.01B) and [`PurchaseOrder`], both ways.
//!
//! Each group says which of its segments belongs to which field; how a segment is mapped stands in [`crate::edifact`]. Groups are
//! told by their trigger, so one mapping serves both directories. Segments that are not named are left alone, and so are listed in
//! `unmapped`.

use super::{OrderLine, PurchaseOrder, SubLine, Totals};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::edifact::allowance::allowance_charge;
use crate::edifact::party::party;
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::{codes, date, item, money, reference, transport};
use crate::mapping::{Elements, Walk};
use crate::party::PartyRole;
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};
use crate::reference::{Reference, ReferenceKind};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/totals/line_count", "CNT counts the lines that are written"),
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    ("/kind", "1001 has no code for this kind; BGM says order"),
    ("/contacts", "ORDERS has contacts with parties alone: they stand with the buyer"),
    ("/amounts", "ORDERS has amounts of the whole behind the lines alone: they stand with the totals"),
    ("/prices", "ORDERS has prices in the group LIN alone"),
    ("/marks", "ORDERS has marks of packages alone (PCI in the group PAC)"),
    ("/lines/marks", "GIN holds single numbers"),
    ("/lines/currency", "a line of ORDERS has its currency with its price (CUX in the group PRI)"),
    ("/sales_requirements", "ORDERS has no conditions of sale"),
    ("/lines/sales_requirements", "ORDERS has no conditions of sale"),
    ("/lead_times", "ORDERS has dates, no lead times"),
    ("/lines/lead_times", "ORDERS has dates, no lead times"),
    ("/lines/contacts", "ORDERS has contacts with parties alone"),
    ("/lines/sublines/parent_number", "a component belongs to its line, or to another component of it"),
    ("/lines/sublines/parties", "ORDERS has what stands here in other groups than a component of a line"),
    ("/totals/description", "CNT has no text"),
];

/// The ORDERS.
pub(crate) fn map(walk: &mut Walk<'_>, order: &mut PurchaseOrder) {
    if walk.is_writing() {
        complete(order);
    }
    let (mut head, mut summary) = walk.split("UNS");
    head.once("BGM", |e| beginning(e, order));
    head.each("DTM", &mut order.dates, date::dtm);
    head.each("PAI", &mut order.payment_instructions, money::payment_instruction);
    head.each("IMD", &mut order.descriptions, item::description);
    head.each("FTX", &mut order.notes, reference::note);
    head.loops("RFF", &mut order.references, reference::dated);
    head.loops("NAD", &mut order.parties, party);
    money::currencies(&mut head, &mut order.currency, &mut order.other_currencies);
    summary.set_currency(order.currency.as_ref());
    head.loops("TAX", &mut order.taxes, money::tax);
    money::terms(&mut head, &mut order.payment_terms);
    head.loops("TDT", &mut order.transport.routes, transport::route);
    head.loops("TOD", &mut order.delivery_terms, transport::delivery_terms);
    head.loops("PAC", &mut order.packs, transport::pack);
    head.loops("EQD", &mut order.transport.equipment, transport::equipment);
    transport::schedule(&mut head, &mut order.schedule);
    head.loops("ALC", &mut order.allowances_and_charges, allowance_charge);
    lines(&mut head, &mut order.lines);
    walk.once("UNS", |e| e.constant(1, "S"));
    totals(&mut summary, &mut order.totals);
    if walk.is_reading() {
        derive(order);
    }
}

/// BGM. D.96A has the number as a simple element, D.01B in C106 with version and revision.
fn beginning(e: &mut Elements<'_>, order: &mut PurchaseOrder) {
    e.coded((1, 1), &codes::ORDER_KIND, &mut order.kind, &mut order.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 1001 = 220: order.
        e.constant((1, 1), "220");
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

/// What the document has in fields of their own and EDIFACT in dates and references.
fn complete(order: &mut PurchaseOrder) {
    if order.order_date.is_some() && order.order_date != day_of(order) {
        let (role, date) = (DateRole::Issue, order.order_date);
        order.dates.insert(0, DateTime { role, date, ..DateTime::default() });
    }
    // Contacts stand with a party, amounts behind the lines.
    let contacts = std::mem::take(&mut order.contacts);
    let buyer = order.parties.iter().position(|p| p.role == PartyRole::Buyer).unwrap_or(0);
    if let Some(party) = order.parties.get_mut(buyer) {
        party.contacts.extend(contacts);
    }
    order.totals.amounts.append(&mut order.amounts);
    let numbers =
        [(ReferenceKind::Contract, &order.contract_number), (ReferenceKind::Release, &order.release_number)];
    for (kind, value) in numbers {
        if value.is_some() && !order.references.iter().any(|r| r.kind == kind && r.value == *value) {
            order.references.push(Reference { kind, value: value.clone(), ..Reference::default() });
        }
    }
}

fn derive(order: &mut PurchaseOrder) {
    order.order_date = day_of(order);
    let number = |kind| order.references.iter().find(|r| r.kind == kind).and_then(|r| r.value.clone());
    order.contract_number = number(ReferenceKind::Contract);
    order.release_number = number(ReferenceKind::Release);
}

fn day_of(order: &PurchaseOrder) -> Option<crate::date::Date> {
    let day = |role: DateRole| order.dates.iter().find(|d| d.role == role).and_then(|d| d.date);
    day(DateRole::Order).or_else(|| day(DateRole::Issue))
}

/// The groups LIN: a line, or a subline of one that came before (C829).
fn lines(walk: &mut Walk<'_>, lines: &mut Vec<OrderLine>) {
    for (at, entry) in (1..).zip(if walk.is_writing() { lines.iter_mut() } else { [].iter_mut() }) {
        let number = entry.number.get_or_insert_with(|| Text::new(at.to_string())).clone();
        let numbers: Vec<Text> = entry.sublines.iter().map(|s| s.number.clone()).collect();
        walk.write_loop("LIN", |w| line(w, entry));
        for inner in &mut entry.sublines {
            // A component without a parent that is here belongs to the line.
            if inner.parent_number.as_ref().is_none_or(|parent| !numbers.contains(parent)) {
                inner.parent_number = Some(number.clone());
            }
            walk.write_loop("LIN", |w| subline(w, inner));
        }
    }
    // Lines are large: room for all of them at once spares moving them.
    lines.reserve_exact(walk.found("LIN").count());
    for mut inner in walk.found("LIN") {
        inner.claim_loop();
        let parent = inner.peek("LIN", (4, 2));
        let of = lines.iter_mut().rev().find(|line| {
            !parent.is_empty()
                && (line.number.as_ref() == Some(&parent) || line.sublines.iter().any(|s| s.number == parent))
        });
        match of {
            Some(of) => {
                of.sublines.push(SubLine::default());
                if let Some(entry) = of.sublines.last_mut() {
                    subline(&mut inner, entry);
                }
            }
            None => {
                lines.push(OrderLine::default());
                if let Some(entry) = lines.last_mut() {
                    line(&mut inner, entry);
                }
            }
        }
    }
}

fn line(walk: &mut Walk<'_>, line: &mut OrderLine) {
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.code((2, 1), &mut line.action_code);
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    walk.each("MEA", &mut line.measurements, measurement);
    quantities(walk, &mut line.quantity, &mut line.quantities);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("MOA", &mut line.amounts, money::amount);
    walk.each("GIN", &mut line.marks, transport::identity);
    walk.each("PAI", &mut line.payment_instructions, money::payment_instruction);
    walk.each("FTX", &mut line.notes, reference::note);
    money::terms(walk, &mut line.payment_terms);
    money::prices(walk, &mut line.price, &mut line.prices);
    walk.loops("RFF", &mut line.references, reference::dated);
    walk.loops("PAC", &mut line.packs, transport::pack);
    transport::split(walk, &mut line.distribution, &mut line.locations);
    walk.loops("TAX", &mut line.taxes, money::tax);
    walk.loops("NAD", &mut line.parties, party);
    walk.loops("ALC", &mut line.allowances_and_charges, allowance_charge);
    walk.loops("TDT", &mut line.transport.routes, transport::route);
    walk.loops("TOD", &mut line.delivery_terms, transport::delivery_terms);
    walk.loops("EQD", &mut line.transport.equipment, transport::equipment);
    transport::schedule(walk, &mut line.schedule);
}

/// A component of a line. What it has no field for stays unmapped.
pub(crate) fn subline(walk: &mut Walk<'_>, subline: &mut SubLine) {
    item::numbers(walk, &mut subline.item, |e| {
        e.required((1, 1), &mut subline.number);
        // X12 has no code here that 1229 could be taken for.
        e.text((2, 1), &mut subline.action_code);
        e.required_code((4, 1), &mut subline.relationship_code);
        if !e.is_reading() && !e.has((4, 1)) {
            // 5495 = 1: a subline.
            e.constant((4, 1), "1");
        }
        e.text((4, 2), &mut subline.parent_number);
    });
    walk.each("IMD", &mut subline.item.descriptions, item::description);
    walk.each("MEA", &mut subline.measurements, measurement);
    quantities(walk, &mut subline.quantity, &mut subline.quantities);
    walk.each("DTM", &mut subline.dates, date::dtm);
    walk.each("MOA", &mut subline.amounts, money::amount);
    walk.each("FTX", &mut subline.notes, reference::note);
    money::prices(walk, &mut subline.price, &mut subline.prices);
    walk.loops("RFF", &mut subline.references, reference::dated);
    walk.loops("PAC", &mut subline.packs, transport::pack);
    walk.loops("TAX", &mut subline.taxes, money::tax);
    walk.loops("NAD", &mut subline.parties, party);
    walk.loops("ALC", &mut subline.allowances_and_charges, allowance_charge);
}

/// QTY. The quantity ordered (6063 = 21) stands by itself, the others in the list; where there is none, it is the plain one
/// (6063 = 1), which stays in the list.
pub(crate) fn quantities(
    walk: &mut Walk<'_>,
    ordered: &mut Option<Quantity>,
    list: &mut Vec<QualifiedQuantity>,
) {
    let plain = |q: &QualifiedQuantity| q.code == "1";
    if let (true, Some(own)) = (walk.is_writing(), ordered.as_mut()) {
        let listed = list.iter().find(|q| plain(q)).and_then(|q| q.quantity.as_ref()) == Some(&*own);
        if !listed {
            walk.once("QTY", |e| {
                e.constant((1, 1), "21");
                e.required_quantity((1, 2), (1, 3), own);
            });
        }
    }
    walk.each("QTY", list, qualified);
    if walk.is_reading() {
        *ordered = match list.iter().position(|q| q.code == "21" && q.quantity.is_some()) {
            Some(at) => list.remove(at).quantity,
            None => list.iter().find(|q| plain(q)).and_then(|q| q.quantity.clone()),
        };
    }
}

/// What stands behind the UNS. Whether the counts are right, the validation says.
pub(crate) fn totals(walk: &mut Walk<'_>, totals: &mut Totals) {
    walk.each("MOA", &mut totals.amounts, money::amount);
    if walk.is_writing() {
        totals.line_count = Some(Decimal::from(walk.written("LIN")));
        write_count(walk, "1", totals.hash_total.map(|value| Quantity { value, ..Quantity::default() }));
        write_count(walk, "2", totals.line_count.map(|value| Quantity { value, ..Quantity::default() }));
        write_count(walk, "7", totals.weight.clone());
        write_count(walk, "15", totals.volume.clone());
    }
    walk.each("CNT", &mut totals.counts, qualified);
    if walk.is_reading() {
        for counted in std::mem::take(&mut totals.counts) {
            count(counted, totals);
        }
    }
    walk.loops("ALC", &mut totals.allowances_and_charges, allowance_charge);
}

fn write_count(walk: &mut Walk<'_>, code: &'static str, quantity: Option<Quantity>) {
    if let Some(mut quantity) = quantity {
        walk.once("CNT", |e| {
            e.constant((1, 1), code);
            e.required_quantity((1, 2), (1, 3), &mut quantity);
        });
    }
}

/// 6069 = 1 sum of the quantities, 2 lines, 7 gross weight, 15 volume.
fn count(counted: QualifiedQuantity, totals: &mut Totals) {
    let Some(quantity) = counted.quantity.clone() else { return totals.counts.push(counted) };
    match counted.code.as_str() {
        "1" if totals.hash_total.is_none() && quantity.original_unit.is_none() => {
            totals.hash_total = Some(quantity.value);
        }
        "2" if totals.line_count.is_none() && quantity.original_unit.is_none() => {
            totals.line_count = Some(quantity.value);
        }
        "7" if totals.weight.is_none() => totals.weight = Some(quantity),
        "15" if totals.volume.is_none() => totals.volume = Some(quantity),
        _ => totals.counts.push(counted),
    }
}
