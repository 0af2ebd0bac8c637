//! EDIFACT DESADV (D.96A, D.01B) and [`WarehouseShippingAdvice`], both ways; the stock transfer is mapped the same way.
//!
//! A DESADV is a ship notice unless its BGM says otherwise, since no code of 1001 tells one from the other: the document is a shipping
//! advice if its name (1000) is `WAREHOUSE SHIPPING ADVICE`, a stock transfer if it is `WAREHOUSE STOCK TRANSFER`, in letters of any
//! case. Written, the name stands there always, beside 1001 = 351, so that it reads back as what it was.
//!
//! A CPS is a group; one with the number 0 (7164) and without lines tells the packages of the whole shipment, and its FTX are the
//! notes of the document. QVR without a quantity says what became of the line. GIR, DLM, DGS and SGP stay unmapped.

use super::{PackageGroup, ShippingAdviceLine, WarehouseShippingAdvice};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::edifact::packing::{difference, identities, in_unit_of, marked, package};
use crate::edifact::party::{name_and_address, party};
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::shipment::{self, Derived, WHOLE, origin};
use crate::edifact::{codes, date, item, money, reference, transport};
use crate::line::{complete_order, order_of};
use crate::mapping::{Elements, Walk};
use crate::quantity::{Decimal, Discrepancy, Quantity};
use crate::reference::ReferenceKind;
use portway_edi::schema::Loop;

/// The name of the document in BGM (1000).
const NAME: &str = "WAREHOUSE SHIPPING ADVICE";

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
    ("/transport/equipment/seal_number", "SEL lists every seal"),
    ("*/routes/description", "8066 has 17 characters: a longer one is written as the carrier's name"),
    ("*/routes/mode", "no code of 8067 for this mode"),
    ("*/routes/service_level_codes", "TDT has no service level"),
    ("/delivery_terms/location", "TOD has places by codes"),
    ("/lines/adjustment_id", "the line has no such identifier (X12 893)"),
    ("/lines/shipped_to_date", "the line has no cumulative quantity without a code"),
    ("/lines/quantities", "a quantity whose qualifier 6063 does not have"),
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
    ("/lines/discrepancies/references", "QVR has no references"),
    ("/lines/discrepancies/lot", "QVR has no lot"),
    ("/lines/discrepancies/kind", "no code of 4221 or 6063 for this kind: it is said in words"),
    ("/lines/discrepancies/quantity/unit", "QVR has no unit: it counts in that of the line"),
    ("/lines/discrepancies/quantity/original_unit", "QVR has no unit: it counts in that of the line"),
    ("*/item/product_ids", "a number whose scheme 7143 has no code for"),
    ("*/dates/time", "DTM has no time without a day"),
    ("/purpose_code", "1225 says why it is sent, not how much is told"),
    ("/agent_shipment_number", "no qualifier of 1153 is that of the agent's number (X12 531)"),
    ("/consolidations", "DESADV has no consolidations (X12 W28)"),
    ("/groups/references", "the group CPS has no references"),
    ("/groups/discrepancies", "CPS of D.96A has no QVR"),
    ("*/packages/discrepancies", "PAC has no QVR"),
    ("*/packages/states", "DESADV has no CDI"),
    ("/lines/locations", "LOC has places by its own codes (3227)"),
    ("/lines/parts", "the line has no parts with references of their own"),
    ("/lines/status", "no code of 4221 for this status"),
    ("/currency", "D.96A has no CUX"),
    ("/other_currencies", "D.96A has no CUX"),
    ("/lines/pallet_block_and_tiers", "PAC does not say how a pallet is stacked"),
    ("/lines/freight_class_code", "no place for classes of freight"),
    ("/special_handling_code", "no place for handling of the whole"),
    ("/totals/line_count", "the lines that are written are counted"),
    ("/lines/order/line_number", "RFF has the line beside the number of its order (1154)"),
];

/// True of a DESADV that calls itself a warehouse shipping advice.
pub(crate) fn is_shipping_advice(root: &Loop<'_>) -> bool {
    is_named(root, NAME)
}

pub(crate) fn is_named(root: &Loop<'_>, name: &str) -> bool {
    let bgm = root.segments.iter().find(|s| s.tag() == "BGM");
    bgm.is_some_and(|s| s.component_text(1, 4).trim().eq_ignore_ascii_case(name))
}

/// The DESADV of a warehouse.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    named(walk, advice, NAME);
}

/// The DESADV that goes by `name`.
pub(crate) fn named(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice, name: &str) {
    if walk.is_writing() {
        complete_document(advice);
    }
    walk.once("BGM", |e| beginning(e, advice, name));
    walk.each("DTM", &mut advice.dates, date::dtm);
    walk.each("ALI", &mut advice.trade_conditions, origin);
    walk.each("MEA", &mut advice.measurements, measurement);
    walk.each("MOA", &mut advice.amounts, money::amount);
    shipment::currencies(walk, &mut advice.currency, &mut advice.other_currencies);
    walk.loops("RFF", &mut advice.references, shipment::reference);
    walk.loops("NAD", &mut advice.parties, party);
    walk.loops("TOD", &mut advice.delivery_terms, shipment::delivery_terms);
    walk.loops("TDT", &mut advice.transport.routes, shipment::route);
    walk.loops("EQD", &mut advice.transport.equipment, shipment::sealed_equipment);
    groups(walk, advice);
    totals(walk, advice);
    if walk.is_reading() {
        derive_document(advice);
    }
}

/// BGM.
fn beginning(e: &mut Elements<'_>, advice: &mut WarehouseShippingAdvice, name: &str) {
    e.code((1, 1), &mut advice.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 1001 = 351: despatch advice.
        e.constant((1, 1), "351");
    }
    e.code((1, 2), &mut advice.kind_list_code);
    e.code((1, 3), &mut advice.kind_agency_code);
    let is_ours = advice.kind_name.as_ref().is_some_and(|n| n.trim().eq_ignore_ascii_case(name));
    if e.is_reading() || is_ours {
        e.text((1, 4), &mut advice.kind_name);
    } else {
        e.constant((1, 4), name);
    }
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
fn complete_document(advice: &mut WarehouseShippingAdvice) {
    let role = DateRole::Shipped;
    if advice.shipment_date.is_some() && !advice.dates.iter().any(|d| d.role == role && d.date.is_some()) {
        let date = advice.shipment_date;
        advice.dates.insert(0, DateTime { role, date, ..DateTime::default() });
    }
    shipment::complete_references(
        &[
            (ReferenceKind::PurchaseOrder, &advice.purchase_order_number),
            (ReferenceKind::Shipment, &advice.shipment_number),
        ],
        &mut advice.references,
    );
}

fn derive_document(advice: &mut WarehouseShippingAdvice) {
    advice.shipment_date =
        advice.dates.iter().find(|d| d.role == DateRole::Shipped && d.date.is_some()).and_then(|d| d.date);
    advice.purchase_order_number = shipment::value_of(&advice.references, ReferenceKind::PurchaseOrder);
    advice.shipment_number = shipment::value_of(&advice.references, ReferenceKind::Shipment);
}

/// The groups CPS.
fn groups(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    if walk.is_writing() {
        return write_groups(walk, advice);
    }
    for mut inner in walk.found("CPS") {
        inner.claim_loop();
        let mut group = PackageGroup::default();
        group_head(&mut inner, &mut group);
        let first = advice.lines.len();
        inner.loops("LIN", &mut advice.lines, line);
        let lines = &mut advice.lines[first..];
        lines.iter_mut().for_each(|line| line.group_number = Some(group.number.clone()));
        let empty = lines.is_empty();
        let alone =
            group.parent_number.is_none() && group.kind_code.is_none() && group.discrepancies.is_empty();
        let says = !group.packages.is_empty() || !group.notes.is_empty();
        if group.number == WHOLE && empty && alone && says {
            advice.packages.append(&mut group.packages);
            advice.notes.append(&mut group.notes);
        } else if empty || !alone || says {
            advice.groups.push(group);
        }
    }
}

fn group_head(walk: &mut Walk<'_>, group: &mut PackageGroup) {
    walk.once("CPS", |e| {
        e.required((1, 1), &mut group.number);
        e.text((2, 1), &mut group.parent_number);
        e.code((3, 1), &mut group.kind_code);
    });
    walk.each("FTX", &mut group.notes, reference::note);
    walk.each("QVR", &mut group.discrepancies, difference);
    walk.loops("PAC", &mut group.packages, package);
}

/// Lines of one group stand together; lines without a group share one.
fn write_groups(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    let (mut lines, mut groups) = (std::mem::take(&mut advice.lines), advice.groups.clone());
    shipment::level_ids(
        lines.iter_mut().map(|l| &mut l.group_number),
        groups.iter_mut().map(|g| &mut g.number),
    );
    if !advice.packages.is_empty() || !advice.notes.is_empty() {
        let (packages, notes) = (advice.packages.clone(), advice.notes.clone());
        let mut group =
            PackageGroup { number: Text::new_static(WHOLE), packages, notes, ..PackageGroup::default() };
        walk.write_loop("CPS", |w| group_head(w, &mut group));
    }
    let mut order: Vec<Text> = Vec::new();
    let in_lines = lines.iter().filter_map(|l| l.group_number.clone());
    for number in groups.iter().map(|g| g.number.clone()).chain(in_lines) {
        if !order.contains(&number) {
            order.push(number);
        }
    }
    for number in order {
        let empty = || PackageGroup { number: number.clone(), ..PackageGroup::default() };
        let mut group = groups.iter().find(|g| g.number == number).cloned().unwrap_or_else(empty);
        walk.write_loop("CPS", |w| {
            group_head(w, &mut group);
            for entry in lines.iter_mut().filter(|l| l.group_number.as_ref() == Some(&number)) {
                w.write_loop("LIN", |inner| line(inner, entry));
            }
        });
    }
    advice.lines = lines;
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut ShippingAdviceLine) {
    if walk.is_writing() {
        complete_order(&line.order, &mut line.references, false);
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
    weight(walk, "G", &mut line.gross_weight);
    weight(walk, "N", &mut line.net_weight);
    walk.each("MEA", &mut line.measurements, measurement);
    quantities(walk, line);
    walk.each("ALI", &mut line.item.trade_conditions, origin);
    identities(walk, &mut line.item.identities);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("NAD", &mut line.parties, name_and_address);
    walk.each("FTX", &mut line.notes, reference::note);
    walk.each("MOA", &mut line.amounts, money::amount);
    walk.loops("RFF", &mut line.references, shipment::reference);
    transport::split(walk, &mut line.distribution, &mut line.locations);
    walk.loops("PCI", &mut line.packages, marked);
    differences(walk, line);
    if walk.is_reading() {
        in_unit_of(line.quantity.as_ref(), &mut line.discrepancies);
        line.order = order_of(&line.references);
        shipment::derive_item(Derived { item: &mut line.item, dates: &mut line.dates }, &line.references);
    }
}

/// QTY: 12 despatched, 21 ordered.
fn quantities(walk: &mut Walk<'_>, line: &mut ShippingAdviceLine) {
    let mut own = [("12", &mut line.quantity), ("21", &mut line.ordered_quantity)];
    if walk.is_writing() {
        for (code, field) in &mut own {
            if let Some(quantity) = field {
                shipment::write_quantity(walk, code, quantity);
            }
        }
    }
    walk.each("QTY", &mut line.quantities, qualified);
    if walk.is_reading() {
        for (code, field) in own {
            *field = shipment::take_quantity(code, &mut line.quantities);
        }
    }
}

/// QVR: what became of the line, and by how much it differs. One version has days with it.
fn differences(walk: &mut Walk<'_>, line: &mut ShippingAdviceLine) {
    if walk.is_writing() {
        if line.status.is_some() || line.status_code.is_some() {
            walk.write_loop("QVR", |w| {
                w.once("QVR", |e| {
                    e.coded_opt((2, 1), &codes::LINE_STATUS, &mut line.status, &mut line.status_code);
                });
            });
        }
        return walk.loops("QVR", &mut line.discrepancies, difference_group);
    }
    for mut inner in walk.found("QVR") {
        inner.claim_loop();
        if line.status_code.is_none()
            && inner.peek("QVR", (1, 1)).is_empty()
            && !inner.peek("QVR", (2, 1)).is_empty()
        {
            inner.once("QVR", |e| {
                e.coded_opt((2, 1), &codes::LINE_STATUS, &mut line.status, &mut line.status_code);
            });
        } else {
            let mut read = Discrepancy::default();
            difference_group(&mut inner, &mut read);
            line.discrepancies.push(read);
        }
    }
}

fn difference_group(walk: &mut Walk<'_>, d: &mut Discrepancy) {
    walk.once("QVR", |e| difference(e, d));
    walk.each("DTM", &mut d.dates, date::dtm);
}

/// Weight of the line: 6311 = AAI, 6313 = G gross, N net.
fn weight(walk: &mut Walk<'_>, code: &str, weight: &mut Option<Quantity>) {
    let wanted = |e: &Elements<'_>| e.peek((1, 1)) == "AAI" && e.peek((2, 1)) == code && !e.has((2, 2));
    walk.once_if("MEA", wanted, |e| {
        e.needs((3, 2));
        e.constant((1, 1), "AAI");
        e.constant((2, 1), code);
        e.quantity((3, 2), (3, 1), weight);
    });
}

/// CNT: 2 lines, 7 gross weight, 11 packages, 15 volume.
fn totals(walk: &mut Walk<'_>, advice: &mut WarehouseShippingAdvice) {
    let totals = &mut advice.totals;
    if walk.is_writing() {
        let value = Decimal::from(advice.lines.len());
        totals.line_count = Some(value);
        let lines = Some(Quantity { value, ..Quantity::default() });
        let own = [
            ("1", totals.quantity.clone()),
            ("2", lines),
            ("7", totals.weight.clone()),
            ("11", totals.package_count.clone()),
            ("15", totals.volume.clone()),
        ];
        for (code, quantity) in own {
            if let Some(mut quantity) = quantity {
                walk.once("CNT", |e| {
                    e.constant((1, 1), code);
                    e.required_quantity((1, 2), (1, 3), &mut quantity);
                });
            }
        }
    }
    walk.each("CNT", &mut totals.counts, qualified);
    if walk.is_reading() {
        totals.quantity = shipment::take_quantity("1", &mut totals.counts);
        totals.line_count = shipment::take_quantity("2", &mut totals.counts).map(|q| q.value);
        totals.weight = shipment::take_quantity("7", &mut totals.counts);
        totals.package_count = shipment::take_quantity("11", &mut totals.counts);
        totals.volume = shipment::take_quantity("15", &mut totals.counts);
    }
}
