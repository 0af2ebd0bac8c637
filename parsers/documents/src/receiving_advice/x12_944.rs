//! X12 944 (004010, 005010) and [`ReceivingAdvice`], both ways.
//!
//! A W13 is a difference of its line: how much, in which condition (412), why (853), of which lot. The damaged, the short and the
//! over ones are also summed up in fields of their own. The loops LX of 005010 are `levels`, one package a MAN.

use super::{ReceivedLevel, ReceivedLine, ReceivingAdvice, complete_differences, sum_differences};
use crate::Text;
use crate::item::{complete, identify};
use crate::line::{complete_order, order_of};
use crate::mapping::{Elements, Walk};
use crate::package::{Package, PackageKind};
use crate::quantity::Discrepancy;
use crate::transport::{Packaging, Pallet};
use crate::x12::party::party;
use crate::x12::{codes, transport, warehouse};

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
    ("/lines/locations", "the line has no places by GLN"),
    ("/lines/packages", "the line has no packages: a loop LX has them"),
    ("/totals/line_count", "the set counts units, no lines"),
    ("/measurements", "the header has no MEA"),
    ("/purpose", "514 says how much is told, 353 why it is sent"),
    ("/purpose_code", "514 says how much is told, 353 why it is sent"),
    ("/kind", "W17 does not say at which point it was made"),
    ("/kind_code", "W17 does not say at which point it was made"),
    ("/condition", "W17 has no condition"),
    ("/condition_code", "W17 has no condition"),
    ("/action_code", "W17 has no action"),
    ("/currency", "944 has no CUR"),
    ("/other_currencies", "944 has no CUR"),
    ("/industry_codes", "944 has no loop LM"),
    ("/delivery_terms", "944 has no FOB"),
    ("/transport/loads", "004010 has no TD1"),
    ("/transport/handling", "944 has no TD4"),
    ("/dates", "G62 has codes of its own (432)"),
    ("/parties/delivery_terms", "the loop N1 has no FOB"),
    ("/totals", "W14 counts units"),
    ("/lines/level_id", "004010 has no loop LX"),
    ("/lines/returned_quantity", "W07 has what was received alone"),
    ("/lines/shipped_quantity", "W07 has what was received alone"),
    ("/lines/ordered_quantity", "W07 has what was received alone"),
    ("/lines/shipped_to_date", "W07 has what was received alone"),
    ("/lines/status_code", "W07 has what was received alone"),
    ("/lines/quantities", "the loop W07 has no QTY"),
    ("/lines/dates", "the loop W07 has no G62"),
    ("/lines/measurements", "the loop W07 has no MEA"),
    ("/lines/parties", "the loop W07 has no N1"),
    ("/lines/contacts", "the loop W07 has no contacts"),
    ("/lines/marks", "the loop W07 has no MAN"),
    ("/lines/delivery_terms", "the loop W07 has no FOB"),
    ("/lines/transport", "the loop W07 has no carriage"),
    ("/lines/allowances_and_charges", "the loop W07 has no SAC"),
    ("/lines/industry_codes", "the loop W07 has no LM"),
    ("/lines/accounting", "the loop W07 has no FA1"),
    ("/lines/attachments", "the loop W07 has no documents"),
    ("/lines/sublines", "the loop W07 has no SLN"),
    ("/lines/states", "W13 has the condition of a quantity alone"),
    ("/lines/discrepancies/reason", "W13 has the reason as a code"),
    ("/lines/discrepancies/kind", "412 has no such condition"),
    ("/dates/time", "G62 has a time without a day by 176 alone"),
    ("/dates/role", "G62 has a time without a day by 176 alone"),
    ("/order/change_number", "N9 has no code (128) for the number of a change"),
    ("/order/kind_code", "references do not say what kind of order it is"),
    ("004010:/levels", "004010 has no loop LX"),
    ("005010:/levels/parent_id", "LX has no levels"),
    ("005010:/levels/packages/count", "the loop LX has marks, references and one pallet"),
    ("005010:/levels/packages/kind", "the loop LX has marks, references and one pallet"),
    ("005010:/levels/packages/discrepancies", "the loop LX has marks, references and one pallet"),
    ("005010:/levels/packages/identities", "the loop LX has marks, references and one pallet"),
    ("005010:/levels/packages/states", "the loop LX has marks, references and one pallet"),
    ("/transport/equipment/code", "W08 has one trailer: initial, number and the state of seals"),
    ("/transport/equipment/seal_number", "W08 has one trailer: initial, number and the state of seals"),
    ("/transport/equipment/weight", "W08 has one trailer: initial, number and the state of seals"),
    ("/transport/routes/sequence_code", "W08 has one carrier, no sequence"),
    ("/lines/item/descriptions/form_code", "G69 has texts alone"),
    ("/lines/item/descriptions/characteristic_code", "G69 has texts alone"),
    ("/transport/routes/carrier", "the carrier is told by its SCAC alone (140)"),
    ("/transport/routes/mode", "W08 has the mode beside a SCAC alone"),
];

/// The 944.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    if walk.is_writing() {
        complete_order(&advice.order, &mut advice.references, true);
    }
    walk.once("W17", |e| beginning(e, advice));
    walk.loops("N1", &mut advice.parties, party);
    walk.each("N9", &mut advice.references, warehouse::reference);
    warehouse::contacts(walk, &mut advice.contacts);
    walk.each("G62", &mut advice.dates, warehouse::date);
    warehouse::notes(walk, &mut advice.notes);
    arrival(walk, advice);
    walk.each("W18", &mut advice.transport.temperatures, warehouse::measured_temperature);
    pallets(walk, &mut advice.packages);
    walk.each("TD1", &mut advice.transport.loads, transport::load);
    if walk.is_reading() {
        walk.loops("W07", &mut advice.lines, line);
        for mut inner in walk.found("LX") {
            inner.claim_loop();
            read_level(&mut inner, advice);
        }
        advice.order = order_of(&advice.references);
    } else if walk.is_newer() {
        write_levels(walk, advice);
    } else {
        walk.loops("W07", &mut advice.lines, line);
    }
    totals(walk, advice);
}

/// W17.
fn beginning(e: &mut Elements<'_>, advice: &mut ReceivingAdvice) {
    e.coded(1, &codes::REPORTING, &mut advice.purpose, &mut advice.purpose_code);
    if !e.is_reading() && !e.has(1) {
        // 514 = F: full detail.
        e.constant(1, "F");
    }
    e.date(2, &mut advice.receipt_date);
    e.required(3, &mut advice.number);
    e.text(4, &mut advice.depositor_order_number);
    e.text(5, &mut advice.shipment_number);
    // Each of the two needs the other; 176 = 9: time of the delivery.
    if e.is_reading() || advice.receipt_time.is_some() {
        e.code(6, &mut advice.receipt_time_code);
        if !e.is_reading() && !e.has(6) {
            e.constant(6, "9");
        }
        e.time(7, &mut advice.receipt_time);
    }
    if e.is_reading() || (advice.master_reference.is_some() && advice.link_sequence.is_some()) {
        e.text(8, &mut advice.master_reference);
        e.text(9, &mut advice.link_sequence);
    }
}

/// W08.
fn arrival(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    let mut loaded = advice.packaging.iter().find_map(|p| p.unit_load_code.clone());
    walk.once("W08", |e| warehouse::arrival(e, &mut advice.transport, &mut loaded));
    if let (true, Some(code)) = (walk.is_reading(), loaded) {
        advice.packaging.push(Packaging { unit_load_code: Some(code), ..Packaging::default() });
    }
}

/// G08: pallets of the whole receipt.
fn pallets(walk: &mut Walk<'_>, packages: &mut Vec<Package>) {
    if walk.is_reading() {
        let mut came: Vec<Pallet> = Vec::new();
        walk.each("G08", &mut came, warehouse::pallets);
        let kind = Some(PackageKind::Pallet);
        packages.extend(came.into_iter().map(|pallet| Package {
            kind,
            pallet: Some(pallet),
            ..Package::default()
        }));
    } else {
        let mut pallets: Vec<Pallet> = packages.iter().filter_map(|p| p.pallet.clone()).collect();
        walk.each("G08", &mut pallets, warehouse::pallets);
    }
}

/// One loop LX. References of the loop stand with its first package.
fn read_level(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    let mut level = ReceivedLevel::default();
    walk.once("LX", |e| e.required(1, &mut level.id));
    warehouse::packages(walk, &mut level.packages);
    let mut references = Vec::new();
    walk.each("N9", &mut references, warehouse::reference);
    if level.packages.is_empty() && !references.is_empty() {
        level.packages.push(Package::default());
    }
    if let Some(first) = level.packages.first_mut() {
        first.references.append(&mut references);
    }
    let first = advice.lines.len();
    walk.loops("W07", &mut advice.lines, line);
    let lines = &mut advice.lines[first..];
    lines.iter_mut().for_each(|line| line.level_id = Some(level.id.clone()));
    if lines.is_empty() || !level.packages.is_empty() {
        advice.levels.push(level);
    }
}

/// Lines of one level stand together, where the first of them stands; a line without a level has one of its own.
fn write_levels(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    let (mut lines, mut levels) = (std::mem::take(&mut advice.lines), advice.levels.clone());
    warehouse::number_groups(lines.iter_mut().map(|l| &mut l.level_id), levels.iter_mut().map(|l| &mut l.id));
    let mut order: Vec<Text> = Vec::new();
    for id in lines.iter().filter_map(|l| l.level_id.clone()).chain(levels.iter().map(|l| l.id.clone())) {
        if !order.contains(&id) {
            order.push(id);
        }
    }
    for id in order {
        let mut level = levels.iter().find(|l| l.id == id).cloned().unwrap_or_default();
        walk.write_loop("LX", |w| {
            w.once("LX", |e| e.constant(1, &id));
            warehouse::packages(w, &mut level.packages);
            let mut references = level.packages.iter().flat_map(|p| p.references.clone()).collect();
            w.each("N9", &mut references, warehouse::reference);
            for entry in lines.iter_mut().filter(|l| l.level_id.as_ref() == Some(&id)) {
                w.write_loop("W07", |inner| line(inner, entry));
            }
        });
    }
    advice.lines = lines;
}

/// The loop W07.
fn line(walk: &mut Walk<'_>, line: &mut ReceivedLine) {
    if walk.is_writing() {
        complete(&mut line.item);
        complete_order(&line.order, &mut line.references, true);
        warehouse::complete_numbers(&line.item, &mut line.references, true);
        complete_differences(line);
    }
    walk.once("W07", |e| {
        warehouse::received_item(e, &mut line.quantity, &mut line.item, &mut line.adjustment_id);
        if !e.is_reading() && !e.has(1) {
            // Nothing came of it.
            e.constant(1, "0");
            e.constant(2, "EA");
        }
    });
    identify(&mut line.item);
    warehouse::descriptions(walk, &mut line.item.descriptions);
    walk.each("N9", &mut line.references, warehouse::reference);
    walk.each("W20", &mut line.packs, warehouse::pack);
    walk.loops("W13", &mut line.discrepancies, difference);
    if walk.is_reading() {
        line.order = order_of(&line.references);
        warehouse::derive_numbers(&mut line.item, &line.references);
        sum_differences(line);
    }
}

/// The loop W13.
fn difference(walk: &mut Walk<'_>, d: &mut Discrepancy) {
    walk.once("W13", |e| {
        e.quantity(1, 2, &mut d.quantity);
        e.coded(3, &codes::CONDITION, &mut d.kind, &mut d.kind_code);
        e.text(4, &mut d.lot);
        e.code(5, &mut d.reason_code);
    });
    walk.each("N9", &mut d.references, warehouse::reference);
}

/// W14. What was received in all is the sum of the lines, where the document does not say it.
fn totals(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    if walk.is_writing() && advice.received_total.is_none() {
        let sum = warehouse::sum(advice.lines.iter().filter_map(|l| l.quantity.as_ref()));
        advice.received_total = Some(sum);
    }
    walk.once("W14", |e| {
        e.decimal(1, &mut advice.received_total);
        e.decimal(2, &mut advice.shipped_total);
        e.decimal(3, &mut advice.damaged_total);
        e.decimal(4, &mut advice.received_packages);
        e.decimal(5, &mut advice.shipped_packages);
    });
}
