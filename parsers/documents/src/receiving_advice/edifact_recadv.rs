//! EDIFACT RECADV (D.96A, D.01B) and [`ReceivingAdvice`], both ways.
//!
//! What differs is told by QVR ([`crate::edifact::package`]): damaged, short and over are also summed up in fields of their own. What
//! was received is QTY+48, or QTY+194 (received and accepted), which stays in the list beside it. A CPS is a level; one with
//! the number 0 (7164) and without lines tells the packages of the whole receipt. States of documents, carriages and places
//! (CDI outside packages and lines) stay unmapped.

use super::{ReceivedLevel, ReceivedLine, ReceivingAdvice, complete_differences, sum_differences};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::edifact::packing::{difference, identities, in_unit_of, marked, package, states};
use crate::edifact::party::party;
use crate::edifact::quantity::qualified;
use crate::edifact::shipment::{self, Derived, WHOLE, attachment, origin};
use crate::edifact::{codes, date, item, money, reference};
use crate::line::{complete_order, order_of};
use crate::mapping::{Elements, Walk};
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};
use crate::reference::ReferenceKind;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/purpose", "1225 says why it is sent, not how much is told"),
    ("/contacts", "CTA stands with a party"),
    ("/master_reference", "no qualifier of 1153 is that of the master reference (X12 474)"),
    ("/link_sequence", "no qualifier of 1153 is that of the link sequence (X12 472)"),
    ("/revision", "BGM of D.96A has the number alone"),
    ("/version", "BGM of D.96A has the number alone"),
    ("/industry_codes", "the message has no codes of industries (X12 LM)"),
    ("/currency/role", "CUX says not whose currency it is"),
    ("/dates/time_zone_code", "DTM has no zones by X12's codes"),
    ("*/references/parts", "RFF has one number"),
    ("*/references/kind", "no qualifier of 1153 for this kind"),
    ("*/references/value", "no qualifier of 1153 for this kind"),
    ("*/references/dates", "no qualifier of 1153 for this kind, or more than one day"),
    ("*/parties/ids", "one identifier a party, by a scheme that 3055 has"),
    ("/lines/parties", "the line of D.96A has no NAD"),
    ("*/parties/contacts", "no place for contacts by role"),
    ("/packaging", "PAC has the kind of package alone"),
    ("*/packages/marks", "PCI has codes of its own; SSCC and carrier's number stand in GIN and RFF"),
    ("*/packages/pallet", "PAC has the number of packages alone"),
    ("*/packages/references", "one RFF a PCI"),
    ("*/packages/notes", "the group PAC has no texts"),
    ("/transport/loads", "the message has no place for kinds of loads; PAC has packages"),
    ("/transport/handling", "no place for care of the whole"),
    ("/transport/temperatures", "the message has no TMP"),
    ("/transport/equipment/initial", "C237 has one number"),
    ("/transport/equipment/number", "C237 has one number, initial and number together"),
    ("/transport/equipment/weight", "EQD has no weight"),
    ("/transport/equipment/seals", "seals stand with a state (CDI) alone"),
    ("/transport/equipment/seal_number", "SEL lists every seal"),
    ("*/routes/description", "8066 has 17 characters: a longer one is written as the carrier's name"),
    ("*/routes/mode", "no code of 8067 for this mode"),
    ("/delivery_terms/location", "TOD has places by codes"),
    ("/lines/adjustment_id", "the line has no such identifier (X12 893)"),
    ("/lines/shipped_to_date", "the line has no cumulative quantity without a code"),
    ("/lines/measurements", "MEA needs a code (6311) of its own list"),
    ("/lines/amounts", "MOA needs a qualifier that 5025 has"),
    ("/lines/packs", "packages stand in PAC, not with the line"),
    ("/lines/marks", "packages stand in PAC, not with the line"),
    ("/lines/accounting", "the line has no accounts"),
    ("/lines/contacts", "the line has no contacts"),
    ("/lines/delivery_terms", "the line has no terms of delivery"),
    ("/lines/transport", "the line has no carriage"),
    ("/lines/allowances_and_charges", "the line has no allowances"),
    ("/lines/industry_codes", "the line has no codes of industries (X12 LM)"),
    ("/lines/sublines", "the line has no components"),
    ("/lines/discrepancies/references", "QVR has no references"),
    ("/lines/discrepancies/lot", "QVR has no lot"),
    ("/lines/discrepancies/quantity/unit", "QVR has no unit: it counts in that of the line"),
    ("/lines/discrepancies/quantity/original_unit", "QVR has no unit: it counts in that of the line"),
    ("*/item/product_ids", "a number whose scheme 7143 has no code for"),
    ("*/dates/time", "DTM has no time without a day"),
    ("/purpose_code", "1225 says why it is sent, not how much is told"),
    ("/kind", "BGM does not say at which point it was made"),
    ("/condition", "BGM has no condition"),
    ("/measurements", "RECADV has no MEA"),
    ("/notes", "D.96A has no FTX"),
    ("/lines/notes", "D.96A has no FTX"),
    ("/lines/price", "D.96A has no PRI"),
    ("/lines/prices", "D.96A has no PRI"),
    ("/currency", "D.96A has no CUX"),
    ("/other_currencies", "D.96A has no CUX"),
    ("/received_total", "CNT occurs once: the number of lines"),
    ("/shipped_total", "CNT occurs once: the number of lines"),
    ("/damaged_total", "CNT occurs once: the number of lines"),
    ("/received_packages", "CNT occurs once: the number of lines"),
    ("/shipped_packages", "CNT occurs once: the number of lines"),
    ("/totals", "CNT occurs once: the number of lines"),
    ("*/packages/measurements", "RECADV has no MEA"),
    ("*/packages/quantities", "RECADV has no QTY of packages"),
    ("*/packages/handling", "RECADV has no HAN"),
    ("/lines/damaged_quantity/unit", "QVR has no unit: it counts in that of the line"),
    ("/lines/damaged_quantity/original_unit", "QVR has no unit: it counts in that of the line"),
    ("/lines/short_quantity/unit", "QVR has no unit: it counts in that of the line"),
    ("/lines/short_quantity/original_unit", "QVR has no unit: it counts in that of the line"),
    ("/lines/over_quantity/unit", "QVR has no unit: it counts in that of the line"),
    ("/lines/over_quantity/original_unit", "QVR has no unit: it counts in that of the line"),
    ("/order/change_number", "no qualifier of 1153 is that of the change of the order"),
    ("/lines/pallet_block_and_tiers", "PAC does not say how a pallet is stacked"),
    ("/lines/freight_class_code", "no place for classes of freight"),
    ("/special_handling_code", "no place for handling of the whole"),
    ("/totals/line_count", "the lines that are written are counted"),
    ("/lines/order/line_number", "RFF has the line beside the number of its order (1154)"),
];

/// The RECADV.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    if walk.is_writing() {
        complete_document(advice);
    }
    walk.once("BGM", |e| beginning(e, advice));
    walk.each("DTM", &mut advice.dates, date::dtm);
    walk.each("ALI", &mut advice.trade_conditions, origin);
    shipment::currencies(walk, &mut advice.currency, &mut advice.other_currencies);
    walk.each("FTX", &mut advice.notes, reference::note);
    walk.loops("RFF", &mut advice.references, shipment::reference);
    walk.loops("DOC", &mut advice.attachments, |w, a| w.once("DOC", |e| attachment(e, a)));
    walk.loops("NAD", &mut advice.parties, party);
    walk.loops("TOD", &mut advice.delivery_terms, shipment::delivery_terms);
    walk.loops("TDT", &mut advice.transport.routes, shipment::route);
    walk.loops("EQD", &mut advice.transport.equipment, shipment::equipment);
    levels(walk, advice);
    walk.once("CNT", |e| {
        if !e.is_reading() {
            advice.totals.line_count = Some(Decimal::from(advice.lines.len()));
        }
        e.constant((1, 1), "2");
        if e.peek((1, 1)) == "2" {
            e.decimal((1, 2), &mut advice.totals.line_count);
        }
    });
    if walk.is_reading() {
        derive_document(advice);
    }
}

/// BGM.
fn beginning(e: &mut Elements<'_>, advice: &mut ReceivingAdvice) {
    e.code((1, 1), &mut advice.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 1001 = 632: receipt of goods.
        e.constant((1, 1), "632");
    }
    e.code((1, 2), &mut advice.kind_list_code);
    e.code((1, 3), &mut advice.kind_agency_code);
    e.text((1, 4), &mut advice.kind_name);
    e.required((2, 1), &mut advice.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut advice.version);
        e.text((2, 3), &mut advice.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut advice.purpose, &mut advice.purpose_code);
    if !e.is_reading() && !e.has((3, 1)) {
        e.constant((3, 1), "9");
    }
    e.code((4, 1), &mut advice.acknowledgement_code);
}

/// What the document has in fields of their own and EDIFACT in dates and references.
fn complete_document(advice: &mut ReceivingAdvice) {
    let of_receipt = |d: &DateTime| d.role == DateRole::Received && d.date.is_some();
    if advice.receipt_date.is_some() && !advice.dates.iter().any(of_receipt) {
        let (date, time) = (advice.receipt_date, advice.receipt_time);
        advice.dates.push(DateTime { role: DateRole::Received, date, time, ..DateTime::default() });
    }
    complete_order(&advice.order, &mut advice.references, false);
    shipment::complete_references(
        &[
            (ReferenceKind::ShipNotice, &advice.depositor_order_number),
            (ReferenceKind::Shipment, &advice.shipment_number),
        ],
        &mut advice.references,
    );
}

fn derive_document(advice: &mut ReceivingAdvice) {
    let received = advice.dates.iter().find(|d| d.role == DateRole::Received);
    advice.receipt_date = received.and_then(|d| d.date);
    advice.receipt_time = received.and_then(|d| d.time);
    advice.order = order_of(&advice.references);
    let value = |kind| shipment::value_of(&advice.references, kind);
    advice.depositor_order_number = value(ReferenceKind::ShipNotice);
    advice.shipment_number = value(ReferenceKind::Shipment);
}

/// The groups CPS.
fn levels(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    if walk.is_writing() {
        return write_levels(walk, advice);
    }
    for mut inner in walk.found("CPS") {
        inner.claim_loop();
        let mut level = ReceivedLevel::default();
        level_head(&mut inner, &mut level);
        let first = advice.lines.len();
        inner.loops("LIN", &mut advice.lines, line);
        let lines = &mut advice.lines[first..];
        lines.iter_mut().for_each(|line| line.level_id = Some(level.id.clone()));
        let (empty, alone) = (lines.is_empty(), level.parent_id.is_none() && level.kind_code.is_none());
        if level.id == WHOLE && empty && alone && !level.packages.is_empty() {
            advice.packages.append(&mut level.packages);
        } else if empty || !alone || !level.packages.is_empty() {
            advice.levels.push(level);
        }
    }
}

fn level_head(walk: &mut Walk<'_>, level: &mut ReceivedLevel) {
    walk.once("CPS", |e| {
        e.required((1, 1), &mut level.id);
        e.text((2, 1), &mut level.parent_id);
        e.code((3, 1), &mut level.kind_code);
    });
    walk.loops("PAC", &mut level.packages, package);
}

/// Lines of one level stand together, where the first of them stands; lines without a level share one.
fn write_levels(walk: &mut Walk<'_>, advice: &mut ReceivingAdvice) {
    let (mut lines, mut levels) = (std::mem::take(&mut advice.lines), advice.levels.clone());
    shipment::level_ids(lines.iter_mut().map(|l| &mut l.level_id), levels.iter_mut().map(|l| &mut l.id));
    if !advice.packages.is_empty() {
        let packages = advice.packages.clone();
        let mut level = ReceivedLevel { id: Text::new_static(WHOLE), packages, ..ReceivedLevel::default() };
        walk.write_loop("CPS", |w| level_head(w, &mut level));
    }
    let mut order: Vec<Text> = Vec::new();
    for id in levels.iter().map(|l| l.id.clone()).chain(lines.iter().filter_map(|l| l.level_id.clone())) {
        if !order.contains(&id) {
            order.push(id);
        }
    }
    for id in order {
        let empty = || ReceivedLevel { id: id.clone(), ..ReceivedLevel::default() };
        let mut level = levels.iter().find(|l| l.id == id).cloned().unwrap_or_else(empty);
        walk.write_loop("CPS", |w| {
            level_head(w, &mut level);
            for entry in lines.iter_mut().filter(|l| l.level_id.as_ref() == Some(&id)) {
                w.write_loop("LIN", |inner| line(inner, entry));
            }
        });
    }
    advice.lines = lines;
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut ReceivedLine) {
    if walk.is_writing() {
        complete_order(&line.order, &mut line.references, false);
        complete_listed(line);
        shipment::complete_item(Derived { item: &mut line.item, dates: &mut line.dates });
    }
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        shipment::line_number(e);
        e.code((2, 1), &mut line.action_code);
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    quantities(walk, line);
    walk.each("QVR", &mut line.discrepancies, difference);
    walk.each("DTM", &mut line.dates, date::dtm);
    if walk.is_reading() {
        walk.each("PRI", &mut line.prices, money::pri);
    }
    money::prices(walk, &mut line.price, &mut line.prices);
    walk.each("FTX", &mut line.notes, reference::note);
    walk.each("NAD", &mut line.parties, crate::edifact::party::name_and_address);
    states(walk, &mut line.states);
    walk.loops("DOC", &mut line.attachments, |w, a| w.once("DOC", |e| attachment(e, a)));
    identities(walk, &mut line.item.identities);
    walk.loops("RFF", &mut line.references, shipment::reference);
    walk.loops("PCI", &mut line.packages, marked);
    if walk.is_reading() {
        in_unit_of(line.quantity.as_ref(), &mut line.discrepancies);
        line.order = order_of(&line.references);
        shipment::derive_item(Derived { item: &mut line.item, dates: &mut line.dates }, &line.references);
        sum_differences(line);
        sum_listed(line);
    }
}

/// QTY: 48 received, 195 to be returned, 12 despatched, 21 ordered.
fn quantities(walk: &mut Walk<'_>, line: &mut ReceivedLine) {
    let accepted = line.quantities.iter().find(|q| q.code == "194").and_then(|q| q.quantity.clone());
    let mut own = [
        ("48", &mut line.quantity),
        ("195", &mut line.returned_quantity),
        ("12", &mut line.shipped_quantity),
        ("21", &mut line.ordered_quantity),
    ];
    if walk.is_writing() {
        for (code, field) in &mut own {
            let Some(quantity) = field.as_mut().filter(|q| *code != "48" || accepted.as_ref() != Some(&**q))
            else {
                continue;
            };
            shipment::write_quantity(walk, code, quantity);
        }
    }
    walk.each("QTY", &mut line.quantities, qualified);
    if walk.is_reading() {
        for (code, field) in own {
            *field = shipment::take_quantity(code, &mut line.quantities);
        }
        if line.quantity.is_none() {
            line.quantity = listed(&line.quantities, &["194"]);
        }
    }
}

fn listed(list: &[QualifiedQuantity], codes: &[&str]) -> Option<Quantity> {
    list.iter().find(|q| codes.contains(&q.code.as_str())).and_then(|q| q.quantity.clone())
}

/// 6063 of quantities that say a difference: damaged, short, over.
const DAMAGED: &[&str] = &["124"];
const SHORT: &[&str] = &["119"];
const OVER: &[&str] = &["121", "123"];

/// Differences that are told by QTY alone.
fn sum_listed(line: &mut ReceivedLine) {
    let fields = [
        (DAMAGED, &mut line.damaged_quantity),
        (SHORT, &mut line.short_quantity),
        (OVER, &mut line.over_quantity),
    ];
    for (codes, field) in fields {
        if field.is_none() {
            *field = listed(&line.quantities, codes);
        }
    }
}

/// What stands in QTY needs no QVR.
fn complete_listed(line: &mut ReceivedLine) {
    let (damaged, short, over) =
        (line.damaged_quantity.clone(), line.short_quantity.clone(), line.over_quantity.clone());
    let told = |field: &mut Option<Quantity>, codes: &[&str], list: &[QualifiedQuantity]| {
        if field.is_some() && listed(list, codes) == *field {
            *field = None;
        }
    };
    told(&mut line.damaged_quantity, DAMAGED, &line.quantities);
    told(&mut line.short_quantity, SHORT, &line.quantities);
    told(&mut line.over_quantity, OVER, &line.quantities);
    complete_differences(line);
    (line.damaged_quantity, line.short_quantity, line.over_quantity) = (damaged, short, over);
}
