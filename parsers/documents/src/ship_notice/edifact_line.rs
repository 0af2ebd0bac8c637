//! The lines of a DESADV: the group LIN, and the references that name an order (RFF+ON), which message and lines have alike.
//!
//! Packages that a line is split into (PCI) are levels within the item. Never fails.

use super::Level;
use crate::Text;
use crate::edifact::package::{identities, mark, related};
use crate::edifact::party::name_and_address;
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::{date, item, money, reference, transport};
use crate::hazard::DangerousGoods;
use crate::line::OrderReference;
use crate::mapping::{Elements, Walk};
use crate::package::Package;
use crate::quantity::{Discrepancy, QualifiedQuantity, Quantity};
use crate::reference::{IdentityKind, Note, TradeCondition};
use crate::ship_notice::LevelKind;
use crate::transport::Marks;

/// The group LIN.
pub(super) fn line(walk: &mut Walk<'_>, level: &mut Level) {
    let line = level.line.get_or_insert_default();
    // LIN04 of an item within another is in the tree.
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.code((2, 1), &mut line.action_code);
        e.code((4, 1), &mut line.relationship_code);
        if e.is_reading() {
            return e.ignore((4, 2));
        }
        e.text((4, 2), &mut line.parent_number);
        if e.has((4, 2)) && !e.has((4, 1)) {
            // 5495 = 1: a part of the line.
            e.constant((4, 1), "1");
        }
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    walk.each("MEA", &mut level.measurements, measurement);
    quantity(walk, "12", &mut line.quantity);
    quantity(walk, "21", &mut line.ordered_quantity);
    walk.each("QTY", &mut line.quantities, qualified);
    walk.each("ALI", &mut line.item.trade_conditions, trade_condition);
    identities(walk, &mut line.item.identities);
    related(walk, &mut line.item.identities);
    walk.each("DTM", &mut level.dates, date::dtm);
    walk.each("FTX", &mut level.notes, reference::note);
    walk.each("MOA", &mut level.amounts, money::amount);
    if walk.is_reading() {
        if let Some(mut inner) = walk.found("RFF").find(names_order) {
            inner.claim_loop();
            order_reference(&mut inner, line.order.get_or_insert_default());
        }
    } else if let Some(order) = &mut line.order {
        walk.write_loop("RFF", |w| order_reference(w, order));
    }
    walk.loops("RFF", &mut level.references, reference::dated);
    walk.loops("DGS", &mut level.dangerous_goods, dangerous_goods);
    transport::split(walk, &mut level.distribution, &mut level.locations);
    walk.loops("QVR", &mut line.discrepancies, |w, d| {
        w.once("QVR", |e| discrepancy(e, d));
        w.each("DTM", &mut d.dates, date::dtm);
    });
    walk.each("NAD", &mut level.parties, name_and_address);
    packages_of_line(walk, &mut level.contents);
}

/// QTY with this qualifier (6063).
fn quantity(walk: &mut Walk<'_>, code: &'static str, field: &mut Option<Quantity>) {
    if walk.is_reading() || field.is_some() {
        let wanted = |e: &Elements<'_>| e.peek((1, 1)) == code;
        walk.once_if("QTY", wanted, |e| {
            e.needs_number((1, 2));
            e.constant((1, 1), code);
            e.quantity((1, 2), (1, 3), field);
        });
    }
}

/// The groups PCI of a line: what of it lies in which package.
fn packages_of_line(walk: &mut Walk<'_>, levels: &mut Vec<Level>) {
    if walk.is_reading() {
        for mut inner in walk.found("PCI") {
            inner.claim_loop();
            let mut p = Package::default();
            package_of_line(&mut inner, &mut p);
            p.derive_identities();
            p.derive_measures();
            let within = p.quantities.iter().find(|q| q.code == "52");
            p.size = within.and_then(|q| q.quantity.clone());
            levels.push(Level { kind: LevelKind::Package, packages: vec![p], ..Level::default() });
        }
        return;
    }
    for level in levels {
        for p in &mut level.packages {
            p.complete_identities();
            p.measurements.splice(0..0, p.measures());
            if let (Some(size), true) = (&p.size, p.quantities.is_empty()) {
                // 6063 = 52: quantity in a package.
                let quantity = Some(size.clone());
                p.quantities.push(QualifiedQuantity {
                    code: "52".into(),
                    quantity,
                    ..QualifiedQuantity::default()
                });
            }
            if p.marks.is_empty() {
                let is_sscc = p.identities.iter().any(|i| i.kind == IdentityKind::Sscc);
                // 4233: EANCOM 33E marked with the SSCC, 24 by the shipper.
                p.marks.push(Marks { code: if is_sscc { "33E" } else { "24" }.into(), ..Marks::default() });
            }
            walk.write_loop("PCI", |w| package_of_line(w, p));
        }
    }
}

fn package_of_line(walk: &mut Walk<'_>, p: &mut Package) {
    walk.each("PCI", &mut p.marks, mark);
    walk.each("DTM", &mut p.dates, date::dtm);
    walk.each("MEA", &mut p.measurements, measurement);
    walk.each("QTY", &mut p.quantities, |e, q| {
        // The one code that is written whatever codes the document has.
        if !e.is_reading() && q.code == "52" {
            e.constant((1, 1), "52");
        }
        qualified(e, q);
    });
    identities(walk, &mut p.identities);
}

/// QVR.
pub(super) fn discrepancy(e: &mut Elements<'_>, d: &mut Discrepancy) {
    let mut value = d.quantity.as_ref().map(|q| q.value);
    e.decimal((1, 1), &mut value);
    if e.is_reading() {
        d.quantity = value.map(|value| Quantity { value, ..Quantity::default() });
    }
    e.code((1, 2), &mut d.quantity_code);
    e.required_code((2, 1), &mut d.kind_code);
    e.code((3, 1), &mut d.reason_code);
    e.code((3, 2), &mut d.reason_list_code);
    e.code((3, 3), &mut d.reason_agency_code);
    e.text((3, 4), &mut d.reason);
}

/// The group DGS.
fn dangerous_goods(walk: &mut Walk<'_>, d: &mut DangerousGoods) {
    let is_name = |note: &Note| note.code.as_deref() == Some("AAD");
    if let (true, Some(name)) = (walk.is_writing(), &d.shipping_name)
        && !d.notes.iter().any(|note| note.lines.first() == Some(name))
    {
        let lines = vec![name.clone()];
        d.notes.insert(0, Note { code: Some("AAD".into()), lines, ..Note::default() });
    }
    walk.once("DGS", |e| {
        e.text((1, 1), &mut d.regulation_code);
        e.text((2, 1), &mut d.class);
        e.text((2, 2), &mut d.page);
        // 7124 has the digits alone.
        let mut digits = d.un_number.as_ref().map(|number| Text::new(number.trim_start_matches("UN")));
        e.text((3, 1), &mut digits);
        if e.is_reading() {
            d.un_number = digits.map(|digits| Text::new(format!("UN{digits}")));
        }
        e.quantity((4, 1), (4, 2), &mut d.flashpoint);
        e.text((5, 1), &mut d.packing_group_code);
        e.text((6, 1), &mut d.emergency_schedule);
        e.text((7, 1), &mut d.first_aid_guide);
        e.text((8, 1), &mut d.emergency_card);
        e.text((9, 1), &mut d.placard_upper);
        e.text((9, 2), &mut d.placard_lower);
        e.texts((1..=3).map(|component| (10, component).into()), &mut d.labels);
        e.code((11, 1), &mut d.packing_instruction_code);
        e.code((12, 1), &mut d.transport_category_code);
        e.code((13, 1), &mut d.authorisation_code);
    });
    walk.each("QTY", &mut d.quantities, qualified);
    walk.each("FTX", &mut d.notes, |e, note| {
        // 4451 = AAD: name and further facts of dangerous goods, whatever codes the document has.
        if !e.is_reading() && is_name(note) {
            e.constant((1, 1), "AAD");
        }
        reference::note(e, note);
    });
    if walk.is_reading() {
        d.shipping_name =
            d.notes.iter().find(|note| is_name(note)).and_then(|note| note.lines.first().cloned());
    }
}

/// True of a reference (RFF+ON) that names an order and nothing this mapping has no field for.
pub(super) fn names_order(walk: &Walk<'_>) -> bool {
    walk.peek("RFF", (1, 1)) == "ON" && !walk.peek("RFF", (1, 2)).is_empty()
}

/// RFF+ON with the day of the order (2005 = 171).
pub(super) fn order_reference(walk: &mut Walk<'_>, o: &mut OrderReference) {
    walk.once("RFF", |e| {
        e.needs((1, 2));
        e.constant((1, 1), "ON");
        e.text((1, 2), &mut o.number);
        e.text((1, 3), &mut o.line_number);
    });
    let is_day = |e: &Elements<'_>| e.peek((1, 1)) == "171" && e.peek((1, 3)) == "102";
    if walk.is_reading() || o.date.is_some() {
        walk.once_if("DTM", is_day, |e| {
            e.constant((1, 1), "171");
            e.date((1, 2), &mut o.date);
            e.constant((1, 3), "102");
        });
    }
}

/// ALI.
pub(super) fn trade_condition(e: &mut Elements<'_>, t: &mut TradeCondition) {
    e.text(1, &mut t.origin_country);
    e.code(2, &mut t.duty_regime_code);
    e.texts((3..=7).map(Into::into), &mut t.condition_codes);
}
