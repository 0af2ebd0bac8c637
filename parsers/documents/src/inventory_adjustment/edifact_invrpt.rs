//! EDIFACT INVRPT (D.96A, D.01B) and [`InventoryAdjustment`], both ways.
//!
//! Which INVRPT is an adjustment, BGM says by 1001: 263 (an adjustment) always; 78 (movements of stock) where every quantity says
//! which way it moved (4501) and none is a receipt or a delivery (4499 = 1 or 2). Any other is a report. Written, it is 263 in D.01B,
//! and in D.96A, which has no 263, 78 where that is enough. Each quantity of an item is a line of its own: one that came with several becomes several
//! lines of the same number. A quantity is positive in EDIFACT, and 4501 says which way it moved; the document has it with its sign.

use super::{AdjustmentLine, AdjustmentReason, InventoryAdjustment};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::edifact::party::party;
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::{codes, date, item, money, package, party as parties, reference, stock, transport};
use crate::inventory_report::StockMovement;
use crate::mapping::{Elements, Walk};
use crate::party::PartyRole;
use crate::quantity::Decimal;
use crate::reference::{Reference, ReferenceKind};
use portway_edi::schema::Loop;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/totals", "INVRPT counts nothing"),
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    ("/notes", "INVRPT of D.96A has no FTX"),
    ("/lines/notes", "INVRPT of D.96A has no FTX"),
    ("/kind_code", "D.96A has no 263; BGM says a movement of stock, which is read as an adjustment too"),
    ("/contacts", "INVRPT has contacts with parties alone: they stand with the warehouse"),
    ("/locations", "INVRPT has places with parties and lines alone"),
    ("/measurements", "INVRPT measures items alone"),
    ("/industry_codes", "INVRPT has no codes of an industry's lists"),
    ("/attachments", "INVRPT names no other documents"),
    ("/lines/movement", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/movement_code", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/reason_code", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/stock_type_code", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/balance_code", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/instruction", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/statuses", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/locations", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/dates", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/references", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/price", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/prices", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/packages", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/item/identities", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/item/lots", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/item/lot", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/item/serials", "a movement without a quantity says nothing: QTY opens its group"),
    ("/lines/reason", "4499 has no code for this reason"),
    ("/lines/currency", "INVRPT has currencies before its lines and with prices"),
    ("/lines/contacts", "a line of INVRPT has no contacts"),
    ("/lines/parties", "a quantity of INVRPT has parties without contacts"),
    ("/lines/industry_codes", "INVRPT has no codes of an industry's lists"),
    ("/lines/attachments", "INVRPT names no other documents"),
    ("/lines/net_weight", "INVRPT has weights as measures (MEA) by their kind"),
    ("/lines/gross_weight", "INVRPT has weights as measures (MEA) by their kind"),
    ("/lines/amounts", "INVRPT has no amounts"),
    ("/lines/contracts", "INVRPT has a contract as a reference (RFF) alone"),
    ("/lines/quantities", "a quantity is a line of its own"),
    ("/lines/packs", "INVRPT has packages by CPS"),
    ("/lines/accounting", "INVRPT has no accounts"),
    ("/lines/parts", "INVRPT has no parts of a line"),
    ("/lines/item/expiry_date", "INVRPT has dates (DTM) by their kind"),
    ("/lines/item/condition_code", "INVRPT has the type of stock (7491), which has other codes"),
];

/// True if an INVRPT corrects stock.
pub(crate) fn is_adjustment(root: &Loop<'_>) -> bool {
    let beginning = root.segments.iter().find(|s| s.tag() == "BGM");
    match beginning.map(|s| s.component_text(1, 1)).as_deref() {
        Some("263") => true,
        Some("78") => moves_alone(root),
        _ => false,
    }
}

/// True if there are quantities, and each says which way it moved, and none that it was received or delivered.
fn moves_alone(root: &Loop<'_>) -> bool {
    let opens = |inner: &&Loop<'_>, tag: &str| inner.segments.first().is_some_and(|s| s.tag() == tag);
    let mut any = false;
    for line in root.loops.iter().filter(|l| opens(l, "LIN")) {
        for group in line.loops.iter().filter(|l| opens(l, "QTY") || opens(l, "INV")) {
            any = true;
            let Some(inventory) = group.segments.iter().find(|s| s.tag() == "INV") else { return false };
            let reason = inventory.component_text(3, 1);
            if inventory.component_text(1, 1).is_empty() || matches!(reason.as_ref(), "1" | "2") {
                return false;
            }
        }
    }
    any
}

/// The INVRPT.
pub(crate) fn map(walk: &mut Walk<'_>, adjustment: &mut InventoryAdjustment) {
    if walk.is_writing() {
        complete(adjustment);
    }
    walk.once("BGM", |e| beginning(e, adjustment));
    walk.each("FTX", &mut adjustment.notes, reference::note);
    walk.each("DTM", &mut adjustment.dates, date::dtm);
    walk.loops("RFF", &mut adjustment.references, reference::dated);
    walk.loops("NAD", &mut adjustment.parties, party);
    money::currencies(walk, &mut adjustment.currency, &mut adjustment.other_currencies);
    lines(walk, &mut adjustment.lines);
    if walk.is_reading() {
        let issued = adjustment.dates.iter().find(|d| d.role == DateRole::Issue);
        adjustment.adjustment_date = issued.and_then(|d| d.date);
        let theirs = adjustment.references.iter().find(|r| r.kind == ReferenceKind::CustomerReference);
        adjustment.depositor_number = theirs.and_then(|r| r.value.clone());
    }
}

/// BGM: see the head of this file.
fn beginning(e: &mut Elements<'_>, a: &mut InventoryAdjustment) {
    if e.is_reading() {
        e.text((1, 1), &mut a.kind_code);
    } else {
        let told = a.lines.iter().any(|l| l.quantity.is_some()) && a.lines.iter().all(moves);
        let came = a.kind_code.as_deref() == Some("78") && e.codes_are_ours();
        e.constant((1, 1), if told && (came || !e.is_newer()) { "78" } else { "263" });
    }
    let opening = stock::Opening {
        list_code: &mut a.kind_list_code,
        agency_code: &mut a.kind_agency_code,
        name: &mut a.kind_name,
        number: &mut a.number,
        version: &mut a.version,
        revision: &mut a.revision,
        purpose: &mut a.purpose,
        purpose_code: &mut a.purpose_code,
        acknowledgement_code: &mut a.acknowledgement_code,
    };
    stock::opening(e, opening);
}

/// True if a line needs no 263 to be one of an adjustment: its movement, which is written, is no receipt and no delivery.
fn moves(line: &AdjustmentLine) -> bool {
    line.quantity.is_some() && !matches!(line.reason_code.as_str(), "1" | "2")
}

/// What the document has in fields of their own and EDIFACT in dates, in references and with parties.
fn complete(a: &mut InventoryAdjustment) {
    let told = a.dates.iter().any(|d| d.role == DateRole::Issue && d.date == a.adjustment_date);
    if let (false, date @ Some(_)) = (told, a.adjustment_date) {
        a.dates.insert(0, DateTime { role: DateRole::Issue, date, ..DateTime::default() });
    }
    let (kind, value) = (ReferenceKind::CustomerReference, a.depositor_number.clone());
    if value.is_some() && !a.references.iter().any(|r| r.kind == kind && r.value == value) {
        a.references.insert(0, Reference { kind, value, ..Reference::default() });
    }
    let contacts = std::mem::take(&mut a.contacts);
    let who = a.parties.iter().position(|p| p.role == PartyRole::Warehouse).unwrap_or(0);
    if let Some(party) = a.parties.get_mut(who) {
        party.contacts.extend(contacts);
    }
    let mut taken: Vec<Text> = a.lines.iter().filter_map(|l| l.number.clone()).collect();
    for line in a.lines.iter_mut().filter(|l| l.number.is_none()) {
        let free = (1_u32..).map(|n| Text::new(n.to_string())).find(|n| !taken.contains(n));
        taken.extend(free.clone());
        line.number = free;
    }
}

/// The groups LIN, a line for each quantity.
fn lines(walk: &mut Walk<'_>, lines: &mut Vec<AdjustmentLine>) {
    if walk.is_writing() {
        return write_lines(walk, lines);
    }
    for mut inner in walk.found("LIN") {
        inner.claim_loop();
        let mut read = AdjustmentLine::default();
        head(&mut inner, &mut read);
        let (number, item) = (read.number.clone(), read.item.clone());
        let groups: Vec<_> = inner.found("QTY").chain(inner.found("INV")).collect();
        let mut groups = groups.into_iter();
        if let Some(mut group) = groups.next() {
            group.claim_loop();
            quantity(&mut group, &mut read);
        }
        lines.push(read);
        for mut group in groups {
            group.claim_loop();
            let (number, item) = (number.clone(), item.clone());
            let mut read = AdjustmentLine { number, item, ..AdjustmentLine::default() };
            quantity(&mut group, &mut read);
            lines.push(read);
        }
    }
}

/// Lines that are quantities of one item, as they were read, stand in one group.
fn write_lines(walk: &mut Walk<'_>, lines: &mut [AdjustmentLine]) {
    for line in lines.iter_mut() {
        line.sign();
        stock::complete_identities(&mut line.item);
    }
    let trigger = if walk.is_newer() { "INV" } else { "QTY" };
    let mut rest = lines;
    while let Some(first) = rest.first().cloned() {
        let further = rest.iter().skip(1).take_while(|l| is_same_item(&first, l)).count();
        let (now, later) = rest.split_at_mut(1 + further);
        walk.write_loop("LIN", |w| {
            head(w, &mut first.clone());
            for line in now {
                w.write_loop(trigger, |group| quantity(group, line));
            }
        });
        rest = later;
    }
}

/// True if a line says nothing of its item that the other does not say.
fn is_same_item(first: &AdjustmentLine, line: &AdjustmentLine) -> bool {
    let item = |l: &AdjustmentLine| {
        (l.item.product_ids.clone(), l.item.descriptions.clone(), l.item.trade_conditions.clone())
    };
    let plain = line.notes.is_empty() && line.measurements.is_empty() && line.action_code.is_none();
    plain && line.number == first.number && item(line) == item(first)
}

/// What stands before the quantities of an item.
fn head(walk: &mut Walk<'_>, line: &mut AdjustmentLine) {
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.code((2, 1), &mut line.action_code);
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    if walk.is_reading() {
        walk.each("NAD", &mut line.parties, parties::name_and_address);
    }
    walk.each("MEA", &mut line.measurements, measurement);
    walk.each("ALI", &mut line.item.trade_conditions, stock::trade_condition);
    if walk.is_reading() {
        // Written, these stand with the quantity.
        walk.each("LOC", &mut line.locations, transport::location);
        walk.each("DTM", &mut line.dates, date::dtm);
        walk.loops("RFF", &mut line.references, reference::dated);
    }
    walk.each("FTX", &mut line.notes, reference::note);
}

/// The group of a quantity.
fn quantity(walk: &mut Walk<'_>, line: &mut AdjustmentLine) {
    if walk.is_reading() || walk.is_newer() {
        walk.once("INV", |e| inventory(e, line));
    }
    walk.once("QTY", |e| moved(e, line));
    if walk.is_writing() && !walk.is_newer() {
        walk.once("INV", |e| inventory(e, line));
    }
    if walk.is_reading() {
        line.sign();
    }
    package::identities(walk, &mut line.item.identities);
    walk.each("LOC", &mut line.locations, transport::location);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("STS", &mut line.statuses, stock::status);
    walk.loops("NAD", &mut line.parties, party);
    money::prices(walk, &mut line.price, &mut line.prices);
    walk.loops("RFF", &mut line.references, reference::dated);
    stock::packages(walk, &mut line.packages);
    if walk.is_reading() {
        stock::derive_identities(&mut line.item);
    }
}

/// QTY: without its sign where the movement says it. 6063 = 191: adjustment of stock; any other code is kept beside it.
fn moved(e: &mut Elements<'_>, line: &mut AdjustmentLine) {
    if e.is_reading() {
        let mut came = crate::quantity::QualifiedQuantity::default();
        qualified(e, &mut came);
        line.quantity.clone_from(&came.quantity);
        if came.code != "191" {
            line.quantities.push(came);
        }
        return;
    }
    let kept = line.quantities.first().filter(|q| same_size(q.quantity.as_ref(), line.quantity.as_ref()));
    let code = kept.filter(|_| e.codes_are_ours()).map_or("191", |q| q.code.as_str());
    e.needs((1, 2));
    e.constant((1, 1), code);
    let mut quantity = line.quantity.clone();
    if let Some(q) = quantity.as_mut().filter(|_| direction(line) == Some(StockMovement::Out)) {
        q.value = q.value.abs();
    }
    e.quantity((1, 2), (1, 3), &mut quantity);
}

fn same_size(a: Option<&crate::quantity::Quantity>, b: Option<&crate::quantity::Quantity>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.value.abs() == b.value.abs())
}

/// Which way stock moved: as the document says, else by the sign of the quantity.
fn direction(line: &AdjustmentLine) -> Option<StockMovement> {
    let value = line.quantity.as_ref()?.value;
    match line.movement {
        Some(movement) if movement != StockMovement::Other => Some(movement),
        _ if value < Decimal::ZERO => Some(StockMovement::Out),
        _ => Some(StockMovement::In),
    }
}

/// INV.
fn inventory(e: &mut Elements<'_>, line: &mut AdjustmentLine) {
    if !e.is_reading() {
        line.movement = direction(line).or(line.movement);
    }
    let movement = stock::Movement {
        movement: &mut line.movement,
        movement_code: &mut line.movement_code,
        stock_type_code: &mut line.stock_type_code,
        balance_code: &mut line.balance_code,
        instruction: &mut line.instruction,
    };
    stock::movement(e, movement);
    let (mut reason, mut code) = (line.reason, line.reason_code.clone());
    e.coded((3, 1), &codes::ADJUSTMENT_REASON, &mut reason, &mut code);
    if e.is_reading() {
        (line.reason, line.reason_code) = (reason, code);
    } else if !e.has((3, 1)) && counted(line.reason) {
        // 4499 = 4: a difference.
        e.constant((3, 1), "4");
    }
}

/// True of reasons that are differences between the books and what is there.
fn counted(reason: AdjustmentReason) -> bool {
    use AdjustmentReason as R;
    matches!(reason, R::PhysicalCount | R::BookIncrease | R::BookDecrease)
}
