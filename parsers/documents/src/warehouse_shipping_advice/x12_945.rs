//! X12 945 (004010, 005010) and [`WarehouseShippingAdvice`], both ways.
//!
//! The lines are flat: the loop LX that a line came in is its `group_number`, and what the loop says of packages stands in `groups`,
//! one package a MAN. Written, lines of one number stand in one loop LX. Allowances by item (G72) stay unmapped: they name each
//! by a list of their own (340).

use super::{PackageGroup, ShippingAdviceLine, WarehouseShippingAdvice};
use crate::Text;
use crate::item::{complete, identify};
use crate::line::{complete_order, order_of};
use crate::mapping::{Elements, Walk};
use crate::package::{Package, PackageKind};
use crate::quantity::{Decimal, Discrepancy, DiscrepancyKind, Quantity};
use crate::transport::{Equipment, Pallet, Seal, Temperature};
use crate::x12::party::party;
use crate::x12::quantity::{measurement, qty};
use crate::x12::{codes, money, transport, warehouse};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/kind_name", "W06 and W17 have no name of the document"),
    ("/version", "the header has no version"),
    ("/revision", "the header has no revision"),
    ("/trade_conditions", "the set has no place for the country of origin"),
    ("/attachments", "the set has no place for documents"),
    ("/delivery_terms/code", "W27 has who pays the freight alone"),
    ("/delivery_terms/locations", "W27 has who pays the freight alone"),
    ("/delivery_terms/descriptions", "W27 has who pays the freight alone"),
    ("/transport/equipment/measurements", "W27 has the number of the equipment alone"),
    ("/transport/equipment/number", "W08 has initial and number together alone"),
    ("/parties/locations", "the loop N1 has no places"),
    ("/parties/references", "the loop N1 has no REF"),
    ("/lines/number", "the line has no number: N9 has that of the order's line"),
    ("/lines/parent_number", "the line has no number"),
    ("/lines/references/line_number", "N9 has the line of the order in a reference of its own"),
    ("/references/line_number", "N9 has the line in a reference of its own"),
    ("*/references/dates/role", "N9 has a day that says not what it is"),
    ("*/references/dates/role_code", "N9 has a day that says not what it is"),
    ("/lines/item/trade_conditions", "the line has no country of origin"),
    ("/lines/item/identities/range_end", "N9 has each serial by itself"),
    ("/lines/item/identities", "lots and serials are references (N9)"),
    ("/lines/item/expiry_date", "the line has no day of its own"),
    ("/lines/item/descriptions/text", "G69 has 45 characters: a longer text goes on in the next"),
    ("/lines/notes", "the line has no texts but its description"),
    ("/lines/prices", "the line has no price"),
    ("/lines/price", "the line has no price"),
    ("/lines/packages", "the line has no packages: a loop LX has them"),
    ("/totals/line_count", "the set counts units, no lines"),
    ("/measurements", "the header has no MEA"),
    ("/groups/number", "a group that says nothing but its number is told by its lines"),
    ("/groups/parent_number", "LX has no levels"),
    ("/groups/notes", "the loop LX has no texts"),
    ("/groups/discrepancies", "the loop LX has no differences"),
    ("/notes/code", "NTE has codes of its own (363)"),
    ("/amounts", "the header has no amounts"),
    ("/currency", "the set has no CUR"),
    ("/transport/loads", "004010 has no TD1"),
    ("/groups/packages/count", "MAN marks packages one by one"),
    ("/groups/packages/kind", "MAN does not say what kind of package it is"),
    ("/groups/packages/identities", "MAN has the SSCC alone"),
    ("/groups/packages/references", "MAN has the carrier's number alone"),
    ("/groups/packages/measurements", "the loop LX has no MEA"),
    ("/groups/packages/quantities", "the loop LX has no QTY"),
    ("/groups/packages/packs", "the loop LX has no PO4"),
    ("/groups/packages/discrepancies", "the loop LX has no differences"),
    ("/groups/packages/handling", "the loop LX has no handling"),
    ("/lines/discrepancies", "W12 has one difference, whose kind the quantities tell"),
    ("/lines/distribution", "the loop W12 has no SDQ"),
    ("/lines/parties/address", "004010 has of a line's parties N1 alone"),
    ("/lines/parties/additional_names", "004010 has of a line's parties N1 alone"),
    ("/lines/parties/contacts", "004010 has of a line's parties N1 alone"),
    ("/dates/time", "G62 has a time without a day by 176 alone"),
    ("/dates/role", "G62 has a time without a day by 176 alone"),
    ("/lines/dates/time", "G62 has a time without a day by 176 alone"),
    ("/lines/dates/role", "G62 has a time without a day by 176 alone"),
    ("/transport/routes/carrier", "the carrier is told by its SCAC alone (140)"),
    (
        "/groups/packages/marks/values",
        "a MAN is a package: several numbers of one come back as several packages",
    ),
];

/// The 945.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    header(walk, advice);
    lines(walk, advice);
    totals(walk, advice);
}

/// What stands before the lines. The 943 has no W6, TD1 and LM.
pub(crate) fn header(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    walk.once("W06", |e| shipment(e, advice));
    walk.loops("N1", &mut advice.parties, party);
    walk.each("N9", &mut advice.references, warehouse::reference);
    warehouse::contacts(walk, &mut advice.contacts);
    walk.each("G62", &mut advice.dates, warehouse::date);
    warehouse::notes(walk, &mut advice.notes);
    walk.once("W27", |e| warehouse::carrier(e, &mut advice.transport, &mut advice.delivery_terms));
    let in_w27 = usize::from(walk.is_reading() || !advice.transport.routes.is_empty());
    walk.once("W6", |e| warehouse::handling(e, &mut advice.transport.handling, in_w27));
    walk.each("W28", &mut advice.consolidations, warehouse::consolidation);
    conditions(walk, advice);
    walk.each("TD1", &mut advice.transport.loads, transport::load);
    warehouse::industry_codes(walk, &mut advice.industry_codes);
}

/// W06.
fn shipment(e: &mut Elements<'_>, advice: &mut WarehouseShippingAdvice) {
    e.coded(1, &codes::REPORTING, &mut advice.purpose, &mut advice.purpose_code);
    if !e.is_reading() && !e.has(1) {
        // 514 = F: full detail.
        e.constant(1, "F");
    }
    e.required(2, &mut advice.number);
    e.date(3, &mut advice.shipment_date);
    e.text(4, &mut advice.shipment_number);
    e.text(5, &mut advice.agent_shipment_number);
    e.text(6, &mut advice.purchase_order_number);
    // Each of the two needs the other.
    if e.is_reading() || (advice.master_reference.is_some() && advice.link_sequence.is_some()) {
        e.text(7, &mut advice.master_reference);
        e.text(8, &mut advice.link_sequence);
    }
    e.code(9, &mut advice.special_handling_code);
    e.code(10, &mut advice.date_change_reason_code);
    e.code(11, &mut advice.transaction_type_code);
    e.code(12, &mut advice.action_code);
}

/// What one W10 says: pallets, seals of the trailer, and the temperatures it was set to.
#[derive(Default, Clone)]
struct Condition {
    pallet: Pallet,
    seals: Vec<Seal>,
    temperature: Temperature,
}

/// Every W10.
fn conditions(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    if walk.is_reading() {
        let mut came: Vec<Condition> = Vec::new();
        walk.each("W10", &mut came, condition);
        for c in came {
            if c.pallet != Pallet::default() {
                let kind = Some(PackageKind::Pallet);
                advice.packages.push(Package { kind, pallet: Some(c.pallet), ..Package::default() });
            }
            if c.temperature != Temperature::default() {
                advice.transport.temperatures.push(c.temperature);
            }
            if !c.seals.is_empty() && advice.transport.equipment.is_empty() {
                advice.transport.equipment.push(Equipment::default());
            }
            if let Some(equipment) = advice.transport.equipment.first_mut() {
                equipment.seals.extend(c.seals);
            }
        }
        return;
    }
    let mut all: Vec<Condition> = Vec::new();
    let room = |at: usize, all: &mut Vec<Condition>| {
        if all.len() <= at {
            all.resize(at + 1, Condition::default());
        }
    };
    for (at, pallet) in advice.packages.iter().filter_map(|p| p.pallet.as_ref()).enumerate() {
        room(at, &mut all);
        all[at].pallet = pallet.clone();
    }
    for (at, temperature) in advice.transport.temperatures.iter().enumerate() {
        room(at, &mut all);
        all[at].temperature = temperature.clone();
    }
    let seals = advice.transport.equipment.first().map_or(&[][..], |e| e.seals.as_slice());
    for (at, pair) in seals.chunks(2).enumerate() {
        room(at, &mut all);
        all[at].seals = pair.to_vec();
    }
    walk.each("W10", &mut all, condition);
}

fn condition(e: &mut Elements<'_>, c: &mut Condition) {
    e.code(1, &mut c.pallet.unit_load_code);
    e.decimal(2, &mut c.pallet.count);
    e.code(3, &mut c.pallet.exchange_code);
    e.slots([4, 5].into_iter(), &mut c.seals, |e, at, seal: &mut Seal| {
        e.needs(at);
        e.required(at, &mut seal.number);
    });
    e.quantity(6, 7, &mut c.temperature.minimum);
    e.quantity(8, 9, &mut c.temperature.maximum);
}

/// The loops LX.
fn lines(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    if walk.is_writing() {
        return write_lines(walk, advice);
    }
    for mut inner in walk.found("LX") {
        inner.claim_loop();
        let mut group = PackageGroup::default();
        group_head(&mut inner, &mut group);
        let first = advice.lines.len();
        inner.loops("W12", &mut advice.lines, line);
        let lines = &mut advice.lines[first..];
        for line in lines.iter_mut() {
            line.group_number = Some(group.number.clone()).filter(|n| !n.is_empty());
        }
        if lines.is_empty() || !group.packages.is_empty() || !group.references.is_empty() {
            advice.groups.push(group);
        }
    }
}

/// LX, MAN, PAL and N9.
fn group_head(walk: &mut Walk<'_>, group: &mut PackageGroup) {
    walk.once("LX", |e| e.required(1, &mut group.number));
    warehouse::packages(walk, &mut group.packages);
    walk.each("N9", &mut group.references, warehouse::reference);
}

/// Lines of one group stand together, where the first of them stands; a line without a group has one of its own.
fn write_lines(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    let mut lines = std::mem::take(&mut advice.lines);
    let mut groups = std::mem::take(&mut advice.groups);
    warehouse::number_groups(
        lines.iter_mut().map(|l| &mut l.group_number),
        groups.iter_mut().map(|g| &mut g.number),
    );
    let mut order: Vec<Option<Text>> = Vec::new();
    let numbers = lines.iter().map(|l| l.group_number.clone());
    for number in numbers.chain(groups.iter().map(|g| Some(g.number.clone()))) {
        if !order.contains(&number) {
            order.push(number);
        }
    }
    for number in order {
        let number = number.unwrap_or_default();
        let empty = || PackageGroup { number: number.clone(), ..PackageGroup::default() };
        let mut group = groups.iter().find(|g| g.number == number).cloned().unwrap_or_else(empty);
        walk.write_loop("LX", |w| {
            group_head(w, &mut group);
            for entry in lines.iter_mut().filter(|l| l.group_number.as_ref() == Some(&number)) {
                w.write_loop("W12", |inner| line(inner, entry));
            }
        });
    }
}

/// The loop W12.
fn line(walk: &mut Walk<'_>, line: &mut ShippingAdviceLine) {
    if walk.is_writing() {
        complete(&mut line.item);
        complete_order(&line.order, &mut line.references, true);
        warehouse::complete_numbers(&line.item, &mut line.references, true);
    }
    walk.once("W12", |e| item(e, line));
    identify(&mut line.item);
    warehouse::descriptions(walk, &mut line.item.descriptions);
    walk.each("N9", &mut line.references, warehouse::reference);
    walk.each("G62", &mut line.dates, warehouse::date);
    walk.each("QTY", &mut line.quantities, qty);
    walk.each("MEA", &mut line.measurements, measurement);
    walk.each("AMT", &mut line.amounts, money::amount);
    walk.each("R4", &mut line.locations, warehouse::port);
    walk.once("W27", |e| warehouse::carrier(e, &mut line.transport, &mut line.delivery_terms));
    warehouse::parties(walk, &mut line.parties);
    warehouse::industry_codes(walk, &mut line.industry_codes);
    warehouse::line_parts(walk, &mut line.parts);
    warehouse::accounting(walk, &mut line.accounting);
    if walk.is_reading() {
        line.order = order_of(&line.references);
        warehouse::derive_numbers(&mut line.item, &line.references);
    }
}

/// W12. Which of the two weights is the gross one, its qualifier says (187 = N: net).
fn item(e: &mut Elements<'_>, line: &mut ShippingAdviceLine) {
    e.coded_opt(1, &codes::SHIPPED_STATUS, &mut line.status, &mut line.status_code);
    if !e.is_reading() && !e.has(1) {
        // 368 = CC where nothing says that less was shipped: complete; else CP: partial, without a back order.
        let less =
            matches!((&line.ordered_quantity, &line.quantity), (Some(o), Some(s)) if s.value < o.value);
        e.constant(1, if less { "CP" } else { "CC" });
    }
    e.quantity(2, 5, &mut line.ordered_quantity);
    e.quantity(3, 5, &mut line.quantity);
    difference(e, line);
    warehouse::product_ids(e, &[6, 16], &[7, 17, 21], &mut line.item.product_ids);
    warehouse::lot(e, 9, &mut line.item);
    weights(e, line);
    e.code(19, &mut line.change_reason_code);
    e.code(20, &mut line.adjustment_id);
}

/// 383. Short where less was shipped than ordered, over where more.
fn difference(e: &mut Elements<'_>, line: &mut ShippingAdviceLine) {
    let mut difference = line.discrepancies.first().and_then(|d| d.quantity.clone());
    let none = difference.is_none();
    e.quantity(4, 5, &mut difference);
    if let (true, true, Some(quantity)) = (e.is_reading(), none, difference) {
        use std::cmp::Ordering;
        let by = match (&line.ordered_quantity, &line.quantity) {
            (Some(ordered), Some(shipped)) => ordered.value.cmp(&shipped.value),
            _ => quantity.value.cmp(&Decimal::ZERO),
        };
        let kind = match by {
            Ordering::Greater => DiscrepancyKind::Short,
            Ordering::Less => DiscrepancyKind::Over,
            Ordering::Equal => DiscrepancyKind::Complete,
        };
        line.discrepancies.push(Discrepancy { kind, quantity: Some(quantity), ..Discrepancy::default() });
    }
}

fn weights(e: &mut Elements<'_>, line: &mut ShippingAdviceLine) {
    let net_first = match e.is_reading() {
        true => e.peek(11) == "N",
        false => line.gross_weight.is_none(),
    };
    let (gross, net) = if net_first { (13, 10) } else { (10, 13) };
    let at = |first: usize| if first == 10 { [10, 11, 12] } else { [13, 14, 15] };
    warehouse::weight(e, at(gross)[0], &mut line.gross_weight_code, &mut line.gross_weight, "G");
    warehouse::weight(e, at(net)[0], &mut line.net_weight_code, &mut line.net_weight, "N");
}

/// W03. What is shipped in all is the sum of the lines, where the document does not say it.
pub(crate) fn totals(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    let totals = &mut advice.totals;
    if walk.is_writing() && totals.quantity.is_none() {
        let sum = warehouse::sum(advice.lines.iter().filter_map(|l| l.quantity.as_ref()));
        totals.quantity = Some(Quantity { value: sum, ..Quantity::default() });
    }
    walk.once("W03", |e| {
        warehouse::plain_quantity(e, 1, &mut totals.quantity);
        e.quantity(2, 3, &mut totals.weight);
        e.quantity(4, 5, &mut totals.volume);
        e.quantity(6, 7, &mut totals.package_count);
    });
}
