//! EDIFACT ORDERS (D.96A, D.01B) to [`PurchaseOrder`].
//!
//! One pass over the segments of each group: the tag says which field it fills; how a segment is read stands in
//! [`crate::edifact`]. Groups are told by their trigger, so one mapping serves both directories. Segments that no arm names are
//! left alone, and so are listed in `unmapped`.
//!
//! Never fails: what cannot be read is a finding, and what no field takes is listed in `unmapped`.

use super::{OrderLine, PurchaseOrder, SCHEMA_VERSION, SubLine, Totals};
use crate::date::DateRole;
use crate::edifact::allowance::allowance_charge;
use crate::edifact::party::party;
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::reading::{Fields, Node, Reading};
use crate::edifact::{codes, date, item, money, reference, transport};
use crate::item::identify;
use crate::money::{Price, QualifiedPrice};
use crate::quantity::{QualifiedQuantity, Quantity};
use crate::reference::ReferenceKind;
use crate::{Document, Mapped, Text};
use portway_edi::schema::Loop;

/// Maps a validated ORDERS, whose root is the message itself.
pub fn read(root: &Loop<'_>) -> Mapped {
    let reading = Reading::new(root);
    let mut order =
        PurchaseOrder { schema_version: Text::new_static(SCHEMA_VERSION), ..PurchaseOrder::default() };
    let node = reading.root(root);
    header(node, &mut order);
    groups(node, &mut order);
    summary(node, &mut order);
    let (unmapped, findings) = reading.finish(root);
    order.unmapped = unmapped;
    Mapped { document: Document::PurchaseOrder(Box::new(order)), findings }
}

fn header(root: Node<'_, '_>, order: &mut PurchaseOrder) {
    for f in root.segments() {
        match f.tag() {
            "BGM" => beginning(&f, order),
            "DTM" => order.dates.push(date::dtm(&f)),
            "PAI" => order.payment_instructions.push(money::payment_instruction(&f)),
            "IMD" => order.descriptions.push(item::description(&f)),
            "FTX" => order.notes.push(reference::note(&f)),
            _ => {}
        }
    }
    let day = |role: DateRole| order.dates.iter().find(|d| d.role == role).and_then(|d| d.date);
    order.order_date = day(DateRole::Order).or_else(|| day(DateRole::Issue));
}

/// BGM. D.96A has the number as a simple element, D.01B in C106 with version and revision.
fn beginning(f: &Fields<'_, '_>, order: &mut PurchaseOrder) {
    (order.kind, order.kind_code) = f.coded(1, 1, codes::order_kind).unwrap_or_default();
    order.kind_list_code = f.text(1, 2);
    order.kind_agency_code = f.text(1, 3);
    order.kind_name = f.text(1, 4);
    order.number = f.required(2, 1);
    order.version = f.text(2, 2);
    order.revision = f.text(2, 3);
    (order.purpose, order.purpose_code) = f.coded(3, 1, codes::purpose).unwrap_or_default();
    order.acknowledgement_code = f.text(4, 1);
}

fn groups(root: Node<'_, '_>, order: &mut PurchaseOrder) {
    for node in root.groups().filter(|n| n.trigger() == "CUX") {
        currency(node, order);
    }
    let code = order.currency.as_ref().map(|c| c.code.clone());
    let currency = code.as_deref();
    let details_end = section_end(root);
    // Lines are large: room for all of them at once spares moving them.
    order.lines.reserve_exact(root.groups().filter(|node| node.trigger() == "LIN").count());
    for node in root.groups() {
        match node.trigger() {
            "RFF" => order.references.push(reference::dated(node)),
            "NAD" => order.parties.push(party(node)),
            "TAX" => order.taxes.push(money::tax(node, currency)),
            "PAT" => order.payment_terms.push(money::payment_terms(node, currency)),
            "TDT" => order.transport.routes.push(transport::route(node)),
            "TOD" => order.delivery_terms.push(transport::delivery_terms(node)),
            "PAC" => order.packs.push(transport::pack(node)),
            "EQD" => equipment(node, &mut order.transport),
            "SCC" => order.schedule.extend(transport::schedule(node)),
            "ALC" if node.position() > details_end => {
                order.totals.allowances_and_charges.push(allowance_charge(node, currency));
            }
            "ALC" => order.allowances_and_charges.push(allowance_charge(node, currency)),
            "LIN" => add_line(node, order, currency),
            _ => {}
        }
    }
    let contract = order.references.iter().find(|r| r.kind == ReferenceKind::Contract);
    order.contract_number = contract.and_then(|r| r.value.clone());
}

/// Position of the UNS; groups behind it stand in the summary.
fn section_end(root: Node<'_, '_>) -> u32 {
    root.segments().find(|f| f.tag() == "UNS").map_or(u32::MAX, |f| f.position())
}

/// The group CUX. The first one is the currency of the order.
fn currency(node: Node<'_, '_>, order: &mut PurchaseOrder) {
    let mut read = None;
    for f in node.segments() {
        match (f.tag(), &mut read) {
            ("CUX", _) => read = Some(money::currency(&f)),
            ("DTM", Some(currency)) => currency.dates.push(date::dtm(&f)),
            _ => {}
        }
    }
    match order.currency {
        None => order.currency = read,
        Some(_) => order.other_currencies.extend(read),
    }
}

fn equipment(node: Node<'_, '_>, transport: &mut crate::transport::Transport) {
    let segments = node.segments().filter(|f| f.tag() == "EQD");
    transport.equipment.extend(segments.map(|f| transport::equipment(&f)));
}

/// The group LIN: a line, or a subline of one that came before (C829).
fn add_line(node: Node<'_, '_>, order: &mut PurchaseOrder, currency: Option<&str>) {
    let parent = node.segments().next().map(|f| f.peek(4, 2)).unwrap_or_default();
    let parent = order.lines.iter_mut().rev().find(|line| {
        !parent.is_empty()
            && (line.number.as_deref() == Some(&*parent)
                || line.sublines.iter().any(|subline| *subline.number == *parent))
    });
    match parent {
        Some(parent) => parent.sublines.push(subline(node, currency)),
        None => {
            order.lines.push(OrderLine::default());
            if let Some(line) = order.lines.last_mut() {
                fill_line(line, node, currency);
            }
        }
    }
}

/// The line is filled where it stands: it is too large to be handed around.
fn fill_line(line: &mut OrderLine, node: Node<'_, '_>, currency: Option<&str>) {
    for f in node.segments() {
        line_segment(&f, line, currency);
    }
    let mut prices = Vec::new();
    for inner in node.groups() {
        match inner.trigger() {
            "PAT" => line.payment_terms.push(money::payment_terms(inner, currency)),
            "PRI" => prices.push(money::price(inner, currency)),
            "RFF" => line.references.push(reference::dated(inner)),
            "PAC" => line.packs.push(transport::pack(inner)),
            "LOC" => transport::split(inner, &mut line.distribution, &mut line.locations),
            "TAX" => line.taxes.push(money::tax(inner, currency)),
            "NAD" => line.parties.push(party(inner)),
            "ALC" => line.allowances_and_charges.push(allowance_charge(inner, currency)),
            "TDT" => line.transport.routes.push(transport::route(inner)),
            "TOD" => line.delivery_terms.push(transport::delivery_terms(inner)),
            "EQD" => equipment(inner, &mut line.transport),
            "SCC" => line.schedule.extend(transport::schedule(inner)),
            _ => {}
        }
    }
    line.price = ordered_price(&mut prices);
    line.prices = prices;
    line.quantity = ordered_quantity(&mut line.quantities);
}

fn line_segment(f: &Fields<'_, '_>, line: &mut OrderLine, currency: Option<&str>) {
    match f.tag() {
        "LIN" => {
            line.number = f.text(1, 1);
            line.action_code = f.text(2, 1);
            identify(&mut line.item, item::product_ids(f, 3..=3, None));
            line.relationship_code = f.text(4, 1);
            line.parent_number = f.text(4, 2);
        }
        "PIA" => identify(&mut line.item, item::additional_ids(f)),
        "IMD" => line.item.descriptions.push(item::description(f)),
        "MEA" => line.measurements.push(measurement(f)),
        "QTY" => line.quantities.push(qualified(f)),
        "DTM" => line.dates.push(date::dtm(f)),
        "MOA" => line.amounts.push(money::amount(f, currency)),
        "GIN" => line.marks.push(transport::identity(f)),
        "PAI" => line.payment_instructions.push(money::payment_instruction(f)),
        "FTX" => line.notes.push(reference::note(f)),
        _ => {}
    }
}

/// A component of a line. What it has no field for stays unmapped.
fn subline(node: Node<'_, '_>, currency: Option<&str>) -> SubLine {
    let mut subline = SubLine::default();
    for f in node.segments() {
        match f.tag() {
            "LIN" => {
                subline.number = f.required(1, 1);
                subline.action_code = f.text(2, 1);
                identify(&mut subline.item, item::product_ids(&f, 3..=3, None));
                subline.relationship_code = f.required(4, 1);
                subline.parent_number = f.text(4, 2);
            }
            "PIA" => identify(&mut subline.item, item::additional_ids(&f)),
            "IMD" => subline.item.descriptions.push(item::description(&f)),
            "MEA" => subline.measurements.push(measurement(&f)),
            "QTY" => subline.quantities.push(qualified(&f)),
            "DTM" => subline.dates.push(date::dtm(&f)),
            "MOA" => subline.amounts.push(money::amount(&f, currency)),
            "FTX" => subline.notes.push(reference::note(&f)),
            _ => {}
        }
    }
    let mut prices = Vec::new();
    for inner in node.groups() {
        match inner.trigger() {
            "PRI" => prices.push(money::price(inner, currency)),
            "RFF" => subline.references.push(reference::dated(inner)),
            "PAC" => subline.packs.push(transport::pack(inner)),
            "TAX" => subline.taxes.push(money::tax(inner, currency)),
            "NAD" => subline.parties.push(party(inner)),
            "ALC" => subline.allowances_and_charges.push(allowance_charge(inner, currency)),
            _ => {}
        }
    }
    subline.price = ordered_price(&mut prices);
    subline.prices = prices;
    subline.quantity = ordered_quantity(&mut subline.quantities);
    subline
}

/// The price ordered at: the net one (AAA), else the gross one (AAB). It is taken out of the list where it is whole without
/// what else the list says of it.
fn ordered_price(prices: &mut Vec<QualifiedPrice>) -> Option<Price> {
    let of =
        |code: &str| prices.iter().position(|p| p.role_code.as_deref() == Some(code) && p.price.is_some());
    let chosen = of("AAA").or_else(|| of("AAB"))?;
    match money::is_plain(&prices[chosen]) {
        true => prices.remove(chosen).price,
        false => prices[chosen].price.clone(),
    }
}

/// The quantity ordered (6063 = 21), taken out of the list. Where there is none, the plain one (6063 = 1), which stays in it.
fn ordered_quantity(quantities: &mut Vec<QualifiedQuantity>) -> Option<Quantity> {
    match quantities.iter().position(|q| q.code == "21" && q.quantity.is_some()) {
        Some(ordered) => quantities.remove(ordered).quantity,
        None => quantities.iter().find(|q| q.code == "1").and_then(|q| q.quantity.clone()),
    }
}

/// MOA and CNT behind the UNS. Whether the counts are right, the validation says.
fn summary(root: Node<'_, '_>, order: &mut PurchaseOrder) {
    let code = order.currency.as_ref().map(|c| c.code.clone());
    for f in root.segments() {
        match f.tag() {
            "MOA" => order.totals.amounts.push(money::amount(&f, code.as_deref())),
            "CNT" => count(&f, &mut order.totals),
            _ => {}
        }
    }
}

/// CNT: 6069 = 1 sum of the quantities, 2 lines, 7 gross weight, 15 volume.
fn count(f: &Fields<'_, '_>, totals: &mut Totals) {
    let kind = f.peek(1, 1);
    let counted = qualified(f);
    let Some(quantity) = counted.quantity.clone() else { return totals.counts.push(counted) };
    match &*kind {
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
