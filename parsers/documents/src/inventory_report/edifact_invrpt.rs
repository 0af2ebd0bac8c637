//! EDIFACT INVRPT (D.96A, D.01B) and [`InventoryReport`], both ways.
//!
//! An INVRPT is a report, unless it corrects stock: see [`crate::inventory_adjustment`]. Each quantity of a line is a group, which
//! opens with QTY in D.96A and with INV in D.01B. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{InventoryLine, InventoryQuantity, InventoryReport, StockKind};
use crate::date::{DateRole, DateTime};
use crate::edifact::party::party;
use crate::edifact::quantity::measurement;
use crate::edifact::{codes, date, item, money, package, party as parties, reference, stock, transport};
use crate::mapping::{Elements, Walk};
use crate::money::Price;
use crate::party::PartyRole;
use crate::transport::Location;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/totals", "INVRPT counts nothing"),
    ("/kind", "1001 has no code for this kind; BGM says inventory report"),
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    ("/report_time", "a DTM without a day says nothing"),
    ("/notes", "INVRPT of D.96A has no FTX"),
    ("/lines/notes", "INVRPT of D.96A has no FTX"),
    ("/contacts", "INVRPT has contacts with parties alone: they stand with who reports"),
    ("/locations", "INVRPT has places with parties and lines alone"),
    ("/measurements", "INVRPT measures items alone"),
    ("/industry_codes", "INVRPT has no codes of an industry's lists"),
    ("/attachments", "INVRPT names no other documents"),
    ("/packages/packs/measurements", "INVRPT measures packages of a quantity alone"),
    ("/packages/packs/references", "INVRPT has references to packages with a quantity alone"),
    ("/packages/packs/marks", "a package before the lines has its numbers with a quantity"),
    ("/lines/currency", "INVRPT has currencies before its lines and with prices"),
    ("/lines/price", "INVRPT has prices with quantities alone: it stands with the first"),
    ("/lines/prices", "INVRPT has prices with quantities alone"),
    ("/lines/contacts", "a line of INVRPT has no contacts"),
    ("/lines/industry_codes", "INVRPT has no codes of an industry's lists"),
    ("/lines/attachments", "INVRPT names no other documents"),
    ("/lines/packs", "INVRPT has packages with quantities alone"),
    ("/lines/packages", "INVRPT has packages with quantities alone"),
    ("/lines/marks", "INVRPT has marks of packages with quantities alone"),
    ("/lines/item/identities", "INVRPT has numbers of single things with quantities alone"),
    ("/lines/item/lots", "INVRPT has numbers of single things with quantities alone"),
    ("/lines/item/lot", "INVRPT has numbers of single things with quantities alone"),
    ("/lines/item/serials", "INVRPT has numbers of single things with quantities alone"),
    ("/lines/item/expiry_date", "INVRPT has dates (DTM) by their kind"),
    ("/lines/allowances_and_charges", "INVRPT has no allowances"),
    ("/lines/distribution", "the parts of a line stand as quantities with their place (LOC)"),
    ("/lines/lead_times", "INVRPT has dates, no lead times"),
    ("/lines/percentages", "INVRPT has no percentages"),
    ("/lines/contracts", "INVRPT has a contract as a reference (RFF) alone"),
    ("/lines/demands", "INVRPT has no demands"),
    ("/lines/maintenance_code", "LIN has the action in 1229, which has other codes"),
    ("/lines/sublines", "a line of INVRPT has no components"),
    ("/lines/quantities/text", "QTY has no text"),
    ("/lines/quantities/lead_times", "INVRPT has dates, no lead times"),
    ("/lines/quantities/measurements", "INVRPT measures items alone"),
    ("/lines/quantities/schedule", "INVRPT has dates with a quantity, no schedule"),
    ("/lines/quantities/industry_codes", "INVRPT has no codes of an industry's lists"),
    ("/lines/quantities/lots", "a lot has its number alone here (GIN)"),
    ("/lines/quantities/price/currency", "a CUX without a price says nothing"),
    ("/lines/quantities/price/basis_code", "PRI has how many units the price is for"),
    ("D.96A:/lines/parties", "D.96A has NAD before the lines and with places alone"),
    ("D.01B:/lines/parties/contacts", "the NAD of a line has no contacts"),
];

/// The INVRPT.
pub(crate) fn map(walk: &mut Walk<'_>, report: &mut InventoryReport) {
    if walk.is_writing() {
        complete(report);
    }
    walk.once("BGM", |e| beginning(e, report));
    walk.each("FTX", &mut report.notes, reference::note);
    walk.each("DTM", &mut report.dates, date::dtm);
    walk.loops("RFF", &mut report.references, reference::dated);
    walk.loops("NAD", &mut report.parties, party);
    money::currencies(walk, &mut report.currency, &mut report.other_currencies);
    stock::packages_of_all(walk, &mut report.packages);
    walk.loops("LIN", &mut report.lines, line);
    if walk.is_reading() {
        derive(report);
    }
}

/// BGM. 1001 = 35: inventory report, where the kind has no code.
fn beginning(e: &mut Elements<'_>, report: &mut InventoryReport) {
    e.coded_opt((1, 1), &codes::REPORT_KIND, &mut report.kind, &mut report.kind_code);
    // What would be read as an adjustment is written as a report too.
    let corrects = match &*e.peek((1, 1)) {
        "263" => true,
        "78" => moves_alone(report),
        _ => false,
    };
    if !e.is_reading() && (corrects || !e.has((1, 1))) {
        e.constant((1, 1), "35");
    }
    let opening = stock::Opening {
        list_code: &mut report.kind_list_code,
        agency_code: &mut report.kind_agency_code,
        name: &mut report.kind_name,
        number: &mut report.number,
        version: &mut report.version,
        revision: &mut report.revision,
        purpose: &mut report.purpose,
        purpose_code: &mut report.purpose_code,
        acknowledgement_code: &mut report.acknowledgement_code,
    };
    stock::opening(e, opening);
}

/// True if every quantity says which way it moved, and none that it was received or delivered: see the adjustment.
fn moves_alone(report: &InventoryReport) -> bool {
    let mut quantities = report.lines.iter().flat_map(|line| &line.quantities).peekable();
    quantities.peek().is_some()
        && quantities.all(|q| q.movement.is_some() && !matches!(q.reason_code.as_deref(), Some("1" | "2")))
}

/// What the document has in fields of their own and EDIFACT in dates and with parties.
fn complete(report: &mut InventoryReport) {
    let told = report.dates.iter().any(|d| d.role == DateRole::Issue && d.date == report.report_date);
    if report.report_date.is_some() && !told {
        let (date, time) = (report.report_date, report.report_time);
        report.dates.insert(0, DateTime { role: DateRole::Issue, date, time, ..DateTime::default() });
    }
    let contacts = std::mem::take(&mut report.contacts);
    let reporting = [
        PartyRole::Warehouse,
        PartyRole::Supplier,
        PartyRole::Vendor,
        PartyRole::Seller,
        PartyRole::MessageFrom,
    ];
    let who = reporting.iter().find_map(|role| report.parties.iter().position(|p| p.role == *role));
    if let Some(party) = report.parties.get_mut(who.unwrap_or(0)) {
        party.contacts.extend(contacts);
    }
}

fn derive(report: &mut InventoryReport) {
    let issued = report.dates.iter().find(|d| d.role == DateRole::Issue);
    report.report_date = issued.and_then(|d| d.date);
    report.report_time = issued.and_then(|d| d.time);
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut InventoryLine) {
    if walk.is_writing() {
        complete_line(line);
    }
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.code((2, 1), &mut line.action_code);
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    let mut keeper = if walk.is_writing() { line.parties.first().cloned() } else { None };
    walk.maybe("NAD", &mut keeper, parties::name_and_address);
    if walk.is_reading() {
        line.parties.extend(keeper);
    }
    walk.each("MEA", &mut line.measurements, measurement);
    walk.each("ALI", &mut line.item.trade_conditions, stock::trade_condition);
    walk.each("LOC", &mut line.locations, place_of_goods);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("FTX", &mut line.notes, reference::note);
    walk.loops("RFF", &mut line.references, reference::dated);
    quantities(walk, &mut line.quantities);
    if walk.is_reading() {
        line.derive_quantity();
    }
}

/// Numbers each line; the price of the line stands with its first quantity, and a part of it (SDQ) is a quantity with its place.
fn complete_line(line: &mut InventoryLine) {
    line.complete_quantity();
    if let (Some(price), Some(first)) = (&line.price, line.quantities.first_mut()) {
        first.price.get_or_insert_with(|| price.clone());
    }
    let (kind, kind_code) = line
        .quantities
        .first()
        .map_or((StockKind::OnHand, crate::Text::default()), |q| (q.kind, q.kind_code.clone()));
    for part in std::mem::take(&mut line.distribution) {
        let place = Location { id: Some(part.location), name: part.location_name, ..Location::default() };
        line.quantities.push(InventoryQuantity {
            kind,
            kind_code: kind_code.clone(),
            quantity: Some(part.quantity),
            locations: vec![place],
            dates: part.dates,
            ..InventoryQuantity::default()
        });
    }
}

/// The groups of quantities: QTY opens them in D.96A, INV in D.01B. One that 6063 has no code for is not written.
fn quantities(walk: &mut Walk<'_>, list: &mut Vec<InventoryQuantity>) {
    if walk.is_reading() {
        walk.loops("QTY", list, quantity);
        return walk.loops("INV", list, quantity);
    }
    let trigger = if walk.is_newer() { "INV" } else { "QTY" };
    for q in list {
        if walk.has_code(&codes::STOCK_KIND, q.kind, &q.kind_code) {
            walk.write_loop(trigger, |w| quantity(w, q));
        }
    }
}

fn quantity(walk: &mut Walk<'_>, q: &mut InventoryQuantity) {
    if walk.is_reading() || walk.is_newer() {
        walk.once("INV", |e| inventory(e, q));
    }
    walk.once("QTY", |e| {
        if !e.is_reading() {
            e.needs((1, 1));
            e.needs((1, 2));
        }
        e.coded((1, 1), &codes::STOCK_KIND, &mut q.kind, &mut q.kind_code);
        e.quantity((1, 2), (1, 3), &mut q.quantity);
    });
    if walk.is_writing() && !walk.is_newer() {
        walk.once("INV", |e| inventory(e, q));
    }
    package::identities(walk, &mut q.identities);
    if walk.is_reading() {
        q.lots.extend(stock::lots(&q.identities));
    }
    walk.each("LOC", &mut q.locations, place_of_goods);
    walk.each("DTM", &mut q.dates, date::dtm);
    walk.each("STS", &mut q.statuses, stock::status);
    walk.loops("NAD", &mut q.parties, party);
    walk.maybe_loop("PRI", &mut q.price, price);
    walk.loops("PRI", &mut q.prices, price);
    walk.loops("RFF", &mut q.references, reference::dated);
    stock::packages(walk, &mut q.packages);
}

/// LOC. A place that says not what it is for is where the goods are (3227 = 14).
fn place_of_goods(e: &mut Elements<'_>, place: &mut Location) {
    transport::location(e, place);
    if !e.is_reading() && e.has((2, 1)) && !e.has((1, 1)) {
        e.constant((1, 1), "14");
    }
}

/// INV. It opens the group in D.01B and so cannot be empty: where there is nothing to say, 4503 = 1, a balance of the books.
fn inventory(e: &mut Elements<'_>, q: &mut InventoryQuantity) {
    let movement = stock::Movement {
        movement: &mut q.movement,
        movement_code: &mut q.movement_code,
        stock_type_code: &mut q.stock_type_code,
        balance_code: &mut q.balance_code,
        instruction: &mut q.instruction,
    };
    stock::movement(e, movement);
    e.code((3, 1), &mut q.reason_code);
    if !e.is_reading() && e.is_newer() && !(1..=5).any(|element| e.has((element, 1))) {
        e.constant((4, 1), "1");
    }
}

/// The group PRI: a price, and its currency where it is not the one in force.
fn price(walk: &mut Walk<'_>, p: &mut Price) {
    let in_force = walk.currency().cloned();
    walk.once("PRI", |e| {
        e.needs_number((1, 2));
        e.code((1, 1), &mut p.role_code);
        if !e.is_reading() && !e.has((1, 1)) {
            // 5125 = AAE: for information.
            e.constant((1, 1), "AAE");
        }
        e.required_decimal((1, 2), &mut p.amount);
        e.code((1, 3), &mut p.type_code);
        e.code((1, 4), &mut p.specification_code);
        e.decimal((1, 5), &mut p.base_quantity);
        e.unit((1, 6), &mut p.base_unit, &mut p.original_base_unit);
        e.code((2, 1), &mut p.change_code);
    });
    let mut own = p.currency.clone().filter(|code| walk.is_writing() && in_force.as_ref() != Some(code));
    walk.once("CUX", |e| {
        e.needs((1, 2));
        if !e.is_reading() {
            // 6347 = 2: the currency amounts are in.
            e.constant((1, 1), "2");
        }
        e.text((1, 2), &mut own);
    });
    if walk.is_reading() {
        p.currency = own.or(in_force);
    }
}
