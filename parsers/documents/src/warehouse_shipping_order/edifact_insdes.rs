//! EDIFACT INSDES (D.01B; D.96A has none) and [`WarehouseShippingOrder`], both ways.
//!
//! The quantity of a line is the one to be delivered (6063 = 113), else the one to despatch or ordered. The marks of packages of a
//! line (PCI) are a package each, with its numbers (GIN). Segments that are not named are left alone, and so are listed in
//! `unmapped`: such as how equipment is handled (HAN).

use super::{ShippingOrderLine, WarehouseShippingOrder};
use crate::Text;
use crate::edifact::party::{contact, party};
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::{codes, date, item, money, package, reference, stock, transport};
use crate::hazard::DangerousGoods;
use crate::heading::Totals;
use crate::line::{complete_order, order_of};
use crate::mapping::{Elements, Walk};
use crate::package::Package;
use crate::party::{Party, PartyRole};
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};
use crate::reference::{IdentityKind, Reference, ReferenceKind};
use crate::transport::{Equipment, Marks};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/totals/line_count", "CNT counts the lines that are written"),
    ("/totals/order_sizing_factor", "INSDES has no such factor"),
    ("/totals/description", "CNT has no text"),
    ("/kind", "1001 has other orders than these; BGM says despatch order"),
    ("/master_reference", "INSDES has no number that holds orders together"),
    ("/link_sequence", "INSDES has no number that holds orders together"),
    ("/contacts", "INSDES has contacts with parties alone: they stand with the depositor"),
    ("/currency", "INSDES names the currency with each amount"),
    ("/other_currencies", "INSDES names the currency with each amount"),
    ("/locations", "INSDES has places with parties and carriage alone"),
    ("/measurements", "INSDES measures equipment alone"),
    ("/industry_codes", "INSDES has no codes of an industry's lists"),
    ("/attachments", "INSDES names no other documents"),
    ("/packages", "INSDES has packages with the lines alone"),
    ("/marks", "INSDES has marks with the lines alone"),
    ("/dangerous_goods", "INSDES has dangerous goods with the lines alone"),
    ("/allowances_and_charges", "INSDES has amounts alone"),
    ("/statements", "INSDES has declarations as texts alone"),
    ("/trade_conditions", "INSDES has conditions of trade with the lines alone"),
    ("/payment_terms", "INSDES has no terms of payment"),
    ("/cash_on_delivery", "INSDES has no collection on delivery"),
    ("/rail_billing", "INSDES has no billing of rail"),
    ("/transport/temperatures", "INSDES has no temperatures"),
    ("/transport/routes/city", "TDT has places (LOC) by their function"),
    ("/transport/routes/invoice_number", "TDT has no invoice"),
    ("/transport/routes/date", "TDT has dates with its places (LOC)"),
    ("/transport/equipment/seals", "EQD has no seal"),
    ("/groups", "INSDES has what lines share with each of them"),
    ("/lines/group_number", "INSDES has no groups of lines"),
    ("/lines/freight_class_code", "INSDES has no classes of freight"),
    ("/lines/rate_class_code", "INSDES has no classes of freight"),
    ("/lines/pallet_block_and_tiers", "INSDES says not how goods are stacked"),
    ("/lines/contacts", "INSDES has contacts with parties alone"),
    ("/lines/locations", "INSDES has places with a line's parties alone"),
    ("/lines/measurements", "INSDES measures equipment alone"),
    ("/lines/industry_codes", "INSDES has no codes of an industry's lists"),
    ("/lines/attachments", "INSDES names no other documents"),
    ("/lines/discrepancies", "an instruction has no differences"),
    ("/lines/packs", "INSDES has no sizes of packages"),
    ("/lines/marks", "marks stand with the packages of a line (PCI)"),
    ("/lines/net_weight", "INSDES measures equipment alone"),
    ("/lines/gross_weight", "INSDES measures equipment alone"),
    ("/lines/prices", "INSDES has amounts alone"),
    ("/lines/allowances_and_charges", "INSDES has amounts alone"),
    ("/lines/transport", "INSDES has carriage before its lines alone"),
    ("/lines/delivery_terms", "INSDES has terms of delivery before its lines alone"),
    ("/lines/distribution", "INSDES has a part of a line with a party of it (NAD and QTY)"),
    ("/lines/statements", "INSDES has declarations as texts alone"),
    ("/lines/accounting", "INSDES has no accounts"),
    ("/lines/parts", "INSDES has no parts of a line"),
    ("/lines/quantities/text", "QTY has no text"),
    ("/lines/item/expiry_date", "INSDES has dates (DTM) by their kind"),
    ("/lines/parties/references", "a line's NAD has a quantity, a date and places"),
    ("/lines/parties/contacts", "a line's NAD has a quantity, a date and places"),
    ("/lines/order/line_number", "RFF has the line beside the number of its order (1154)"),
];

/// The INSDES.
pub(crate) fn map(walk: &mut Walk<'_>, order: &mut WarehouseShippingOrder) {
    if walk.is_writing() {
        complete(order);
        number_lines(&mut order.lines);
    }
    let (mut head, mut summary) = walk.split("UNS");
    head.once("BGM", |e| beginning(e, order));
    head.each("DTM", &mut order.dates, date::dtm);
    head.each("INP", &mut order.instructions, stock::instruction);
    head.each("FTX", &mut order.notes, reference::note);
    head.loops("RFF", &mut order.references, reference::dated);
    head.loops("NAD", &mut order.parties, party);
    head.loops("TOD", &mut order.delivery_terms, transport::delivery_terms);
    head.loops("TDT", &mut order.transport.routes, transport::route);
    head.loops("EQD", &mut order.transport.equipment, equipment);
    head.loops("LIN", &mut order.lines, line);
    walk.once("UNS", |e| e.constant(1, "S"));
    summary.each("MOA", &mut order.amounts, money::amount);
    totals(&mut summary, order);
    if walk.is_reading() {
        let of_order = order.references.iter().find(|r| r.kind == ReferenceKind::PurchaseOrder);
        order.purchase_order_number = of_order.and_then(|r| r.value.clone());
    }
}

/// BGM. 1001 = 350: despatch order, unless the document came with a code of this list.
fn beginning(e: &mut Elements<'_>, order: &mut WarehouseShippingOrder) {
    if e.is_reading() || (e.codes_are_ours() && order.kind_code.is_some()) {
        e.coded_opt((1, 1), &codes::ORDER_KIND, &mut order.kind, &mut order.kind_code);
    } else {
        e.constant((1, 1), "350");
    }
    let opening = stock::Opening {
        list_code: &mut order.kind_list_code,
        agency_code: &mut order.kind_agency_code,
        name: &mut order.kind_name,
        number: &mut order.number,
        version: &mut order.version,
        revision: &mut order.revision,
        purpose: &mut order.purpose,
        purpose_code: &mut order.purpose_code,
        acknowledgement_code: &mut order.acknowledgement_code,
    };
    stock::opening(e, opening);
}

/// What the document has in fields of their own and EDIFACT in references and with parties.
fn complete(order: &mut WarehouseShippingOrder) {
    let number = order.purchase_order_number.clone();
    let kind = ReferenceKind::PurchaseOrder;
    if number.is_some() && !order.references.iter().any(|r| r.kind == kind && r.value == number) {
        order.references.insert(0, Reference { kind, value: number, ..Reference::default() });
    }
    let contacts = std::mem::take(&mut order.contacts);
    let giving = [PartyRole::Depositor, PartyRole::ShipFrom, PartyRole::Seller, PartyRole::Supplier];
    let who = giving.iter().find_map(|role| order.parties.iter().position(|p| p.role == *role));
    if let Some(party) = order.parties.get_mut(who.unwrap_or(0)) {
        party.contacts.extend(contacts);
    }
}

/// LIN names each line: those without a number get one that no other has.
fn number_lines(lines: &mut [ShippingOrderLine]) {
    let mut taken: Vec<Text> = lines.iter().filter_map(|l| l.number.clone()).collect();
    for line in lines.iter_mut().filter(|l| l.number.is_none()) {
        let free = (1_u32..).map(|n| Text::new(n.to_string())).find(|n| !taken.contains(n));
        taken.extend(free.clone());
        line.number = free;
    }
}

/// The group EQD: its measures, and equipment attached to it (EQA).
fn equipment(walk: &mut Walk<'_>, q: &mut Equipment) {
    transport::equipment(walk, q);
    walk.each("MEA", &mut q.measurements, measurement);
    walk.each("EQA", &mut q.attached, |e, attached: &mut Equipment| {
        if !e.is_reading() {
            e.needs((1, 1));
        }
        e.code((1, 1), &mut attached.code);
        e.text((2, 1), &mut attached.number);
    });
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut ShippingOrderLine) {
    if walk.is_writing() {
        stock::complete_identities(&mut line.item);
        complete_order(&line.order, &mut line.references, false);
    }
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.code((2, 1), &mut line.action_code);
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    stock::quantities(walk, &["113", "12", "21", "1"], &mut line.quantity, &mut line.quantities);
    package::identities(walk, &mut line.item.identities);
    walk.each("INP", &mut line.instructions, stock::instruction);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("FTX", &mut line.notes, reference::note);
    walk.each("MOA", &mut line.amounts, money::amount);
    walk.each("ALI", &mut line.item.trade_conditions, stock::trade_condition);
    walk.loops("RFF", &mut line.references, reference::dated);
    walk.loops("NAD", &mut line.parties, |w, p: &mut Party| {
        party(w, p);
        w.each("QTY", &mut p.quantities, qualified);
    });
    walk.loops("PCI", &mut line.packages, marked_package);
    walk.loops("DGS", &mut line.dangerous_goods, dangerous_goods);
    if walk.is_reading() {
        stock::derive_identities(&mut line.item);
        line.order = order_of(&line.references);
    }
}

/// The group PCI: a mark, and the numbers of packages that have it. Numbers without a mark get one that says so (4233 = 30: by the
/// SSCC; 24: by the shipper).
fn marked_package(walk: &mut Walk<'_>, p: &mut Package) {
    let is_sscc = p.identities.iter().any(|i| i.kind == IdentityKind::Sscc);
    let mut mark = p.marks.first().cloned().unwrap_or_default();
    walk.once("PCI", |e| {
        e.required_code((1, 1), &mut mark.code);
        if !e.is_reading() && !e.has((1, 1)) {
            e.constant((1, 1), if is_sscc { "30" } else { "24" });
        }
        e.texts((1..=10).map(|component| (2, component).into()), &mut mark.values);
        e.code((4, 1), &mut mark.type_code);
    });
    package::identities(walk, &mut p.identities);
    if walk.is_reading() {
        if mark != Marks::default() {
            p.marks.push(mark);
        }
        p.sscc = p.identities.iter().find(|i| i.kind == IdentityKind::Sscc).map(|i| i.value.clone());
    }
}

/// The group DGS: what is dangerous about the goods, and whom to call.
fn dangerous_goods(walk: &mut Walk<'_>, g: &mut DangerousGoods) {
    walk.once("DGS", |e| {
        e.code((1, 1), &mut g.regulation_code);
        e.text((2, 1), &mut g.class);
        e.text((2, 2), &mut g.page);
        e.text((3, 1), &mut g.un_number);
        e.quantity((4, 1), (4, 2), &mut g.flashpoint);
        e.code((5, 1), &mut g.packing_group_code);
        e.text((6, 1), &mut g.emergency_schedule);
        e.text((7, 1), &mut g.first_aid_guide);
        e.text((8, 1), &mut g.emergency_card);
        e.text((9, 1), &mut g.placard_upper);
        e.text((9, 2), &mut g.placard_lower);
        e.texts((1..=3).map(|component| (10, component).into()), &mut g.labels);
        e.code((11, 1), &mut g.packing_instruction_code);
        e.code((12, 1), &mut g.transport_category_code);
        e.code((13, 1), &mut g.authorisation_code);
    });
    walk.each("FTX", &mut g.notes, reference::note);
    walk.loops("CTA", &mut g.contacts, contact);
}

/// CNT: 1 the sum of the quantities, 2 lines, 7 gross weight, 11 packages, 15 volume.
fn totals(walk: &mut Walk<'_>, order: &mut WarehouseShippingOrder) {
    let totals = &mut order.totals;
    if walk.is_writing() {
        let plain = |value| Some(Quantity { value, ..Quantity::default() });
        let lines = plain(Decimal::from(order.lines.len()));
        let counts = [
            ("1", totals.quantity.clone()),
            ("2", lines),
            ("7", totals.weight.clone()),
            ("11", totals.package_count.clone()),
            ("15", totals.volume.clone()),
        ];
        for (code, mut quantity) in counts {
            count(walk, code, &mut quantity);
        }
    }
    walk.each("CNT", &mut totals.counts, qualified);
    for counted in std::mem::take(&mut totals.counts) {
        if let Some(left) = told(counted, totals) {
            totals.counts.push(left);
        }
    }
}

fn count(walk: &mut Walk<'_>, code: &str, quantity: &mut Option<Quantity>) {
    if let Some(quantity) = quantity {
        walk.once("CNT", |e: &mut Elements<'_>| {
            e.constant((1, 1), code);
            e.required_quantity((1, 2), (1, 3), quantity);
        });
    }
}

/// Puts a count into the field for it, or gives it back.
fn told(counted: QualifiedQuantity, totals: &mut Totals) -> Option<QualifiedQuantity> {
    let field = match counted.code.as_str() {
        "1" => &mut totals.quantity,
        "7" => &mut totals.weight,
        "11" => &mut totals.package_count,
        "15" => &mut totals.volume,
        "2" if totals.line_count.is_none() => {
            totals.line_count = counted.quantity.as_ref().map(|q| q.value);
            return None;
        }
        _ => return Some(counted),
    };
    if field.is_some() || counted.quantity.is_none() {
        return Some(counted);
    }
    *field = counted.quantity;
    None
}
