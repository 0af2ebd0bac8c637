//! EDIFACT DESADV (D.96A, D.01B) and [`ShipNotice`], both ways.
//!
//! The groups CPS stand one after the other, and say by CPS02 what they belong to. The shipment is the one at the top, if it marks no
//! package; its lines and the levels in it are the contents of the notice. Written, there always is one, and the levels are
//! numbered anew. An order is named with the message when all lines are for it, else with each line (RFF+ON).
//!
//! Packages that a line is split into (PCI in the group LIN) are levels within the item. SGP, DLM, TMD and PCD stay unmapped.

use super::edifact_line::{discrepancy, line, names_order, order_reference, trade_condition};
use super::{Level, LevelKind, ShipNotice, ShippedLine, goods, orders, shipment, tree};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::edifact::package::package;
use crate::edifact::party::party;
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::{codes, date, money, reference, transport};
use crate::line::OrderReference;
use crate::mapping::{Elements, Walk};
use crate::package::{Package, PackageKind};
use crate::party::PartyRole;
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Quantity};
use crate::reference::{Identity, IdentityKind};
use crate::transport::{Equipment, Seal};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("*/level_id", "CPS01: levels are numbered anew, each before those in it"),
    ("*/order_id", "orders are numbered anew, as message and lines name them"),
    ("*/contents/kind", "CPS has no kind: it is told from the packages, and from what the level lies in"),
    ("/structure", "orders have no level whose place could be told"),
    ("/order", "the order of the whole shipment is named with the message, like any other (RFF+ON)"),
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    ("/contacts", "DESADV has contacts with parties alone: they stand with the shipper"),
    ("/currency", "D.96A has no currency"),
    ("/other_currencies", "D.96A has no currency"),
    ("/totals/level_count", "CNT counts lines, not levels"),
    ("/totals/line_count", "CNT counts the lines that are written"),
    ("/totals/description", "CNT has no text"),
    ("*/order/release_number", "RFF+ON has the number alone"),
    ("*/order/change_number", "RFF+ON has the number alone"),
    ("*/order/contract_number", "RFF+ON has the number alone"),
    ("*/order/seller_number", "RFF+ON has the number alone"),
    ("*/order/date", "RFF+ON has a day with the number alone"),
    ("*/order/line_number", "RFF+ON has a line with the number alone"),
    ("*/line/shipped_number", "LIN has one number"),
    ("*/line/shipped_to_date", "no code of 6063 counts what was shipped so far, this included"),
    ("*/line/sublines", "a component of a line is a line of its own (C829)"),
    ("*/item/color", "7143 has no code for a color"),
    ("*/item/style", "7143 has no code for the seller's style"),
    ("*/item/size", "7143 has no code for a size"),
    ("*/line/packs", "a line has no packages of its own: they stand with the level (PAC)"),
    ("*/packages/kind", "packages of a line (PCI in the group LIN) have no type"),
    ("*/packages/count", "packages of a line (PCI in the group LIN) are not counted"),
    ("*/packages/references", "PCI has one reference, and none in the group LIN"),
    ("*/packages/pallet", "PAC says nothing of tiers"),
    ("*/packages/loads", "PAC counts packages of its own level"),
    ("*/packages/inner_count", "PAC counts packages of its own level"),
    ("*/packages/inner_packs", "PAC counts packages of its own level"),
    ("*/packages/number", "packages have numbers by GIN"),
    ("*/packages/assigned_ids", "packages have numbers by GIN"),
    ("*/packages/commodity_code", "PAC says nothing of the goods"),
    ("*/packages/tracking_number", "7405 has no code for a carrier's number of a package"),
    ("*/contents/parties", "a line of D.96A and a level have no parties"),
    ("*/contents/measurements", "a level has measurements with its packages alone"),
    ("*/contents/references", "a level has references with its packages alone"),
    ("*/dangerous_goods/quantity", "DGS has a quantity by a code alone"),
    ("*/dangerous_goods/lading_quantity", "DGS has a quantity by a code alone"),
    ("*/dangerous_goods/placard", "DGS has the numbers of the placard alone"),
    ("*/dangerous_goods/endorsement", "DGS has no endorsement"),
    ("*/dangerous_goods/regulatory_number", "DGS has the number of the regulation alone"),
    ("*/dangerous_goods/code", "DGS has the number of the substance alone"),
    ("*/dangerous_goods/contacts", "DESADV has contacts with parties alone"),
    ("/orders/parties", NO_ORDER_LEVEL),
    ("/orders/contacts", NO_ORDER_LEVEL),
    ("/orders/references", NO_ORDER_LEVEL),
    ("/orders/dates", NO_ORDER_LEVEL),
    ("/orders/packages", NO_ORDER_LEVEL),
    ("/orders/pallet", NO_ORDER_LEVEL),
    ("/orders/packaging", NO_ORDER_LEVEL),
    ("/orders/marks", NO_ORDER_LEVEL),
    ("/orders/measurements", NO_ORDER_LEVEL),
    ("/orders/descriptions", NO_ORDER_LEVEL),
    ("/orders/transport", NO_ORDER_LEVEL),
    ("/orders/delivery_terms", NO_ORDER_LEVEL),
    ("/orders/industry_codes", NO_ORDER_LEVEL),
    ("/orders/attachments", NO_ORDER_LEVEL),
    ("/orders/allowances_and_charges", NO_ORDER_LEVEL),
    ("/orders/statements", NO_ORDER_LEVEL),
    ("/orders/distribution", NO_ORDER_LEVEL),
    ("/orders/excess_transport", NO_ORDER_LEVEL),
    ("/orders/dangerous_goods", NO_ORDER_LEVEL),
    ("/orders/currency", NO_ORDER_LEVEL),
    ("/orders/load_position", NO_ORDER_LEVEL),
    ("/orders/load_sequence", NO_ORDER_LEVEL),
    ("*/contents/contacts", NO_PLACE),
    ("*/contents/transport", NO_PLACE),
    ("*/contents/industry_codes", NO_PLACE),
    ("*/contents/attachments", NO_PLACE),
    ("*/contents/delivery_terms", NO_PLACE),
    ("*/contents/allowances_and_charges", NO_PLACE),
    ("*/contents/statements", NO_PLACE),
    ("*/contents/excess_transport", NO_PLACE),
    ("*/contents/marks", NO_PLACE),
    ("*/contents/descriptions", NO_PLACE),
    ("*/contents/currency", NO_PLACE),
    ("*/contents/load_position", NO_PLACE),
    ("*/contents/load_sequence", NO_PLACE),
    ("*/contents/pallet", NO_PLACE),
    ("/industry_codes", NO_PLACE),
    ("/attachments", NO_PLACE),
    ("/allowances_and_charges", NO_PLACE),
    ("/statements", NO_PLACE),
    ("/excess_transport", NO_PLACE),
    ("/marks", NO_PLACE),
    ("/distribution", NO_PLACE),
    ("/descriptions", NO_PLACE),
    ("/load_position", NO_PLACE),
    ("/load_sequence", NO_PLACE),
    ("/dangerous_goods", NO_PLACE),
    ("/pallet", NO_PLACE),
    ("/characteristics", NO_PLACE),
];

const NO_ORDER_LEVEL: &str =
    "DESADV has no level for an order: its number and day stand with the message or its lines (RFF+ON)";
const NO_PLACE: &str = "DESADV has no segment for it here";

/// The DESADV.
pub(crate) fn map(walk: &mut Walk<'_>, notice: &mut ShipNotice) {
    if walk.is_writing() {
        complete(notice);
    }
    walk.once("BGM", |e| beginning(e, notice));
    walk.each("DTM", &mut notice.dates, date::dtm);
    walk.each("ALI", &mut notice.trade_conditions, trade_condition);
    walk.each("MEA", &mut notice.measurements, measurement);
    if walk.is_reading() {
        // Here CUX is a segment, elsewhere a group.
        walk.maybe("CUX", &mut notice.currency, money::currency);
        walk.each("CUX", &mut notice.other_currencies, money::currency);
    }
    money::currencies(walk, &mut notice.currency, &mut notice.other_currencies);
    walk.set_currency(notice.currency.as_ref());
    walk.each("MOA", &mut notice.amounts, money::amount);
    message_orders(walk, notice);
    walk.loops("RFF", &mut notice.references, reference::dated);
    walk.loops("NAD", &mut notice.parties, party);
    walk.loops("TOD", &mut notice.delivery_terms, transport::delivery_terms);
    walk.loops("TDT", &mut notice.transport.routes, transport::route);
    walk.loops("EQD", &mut notice.transport.equipment, equipment);
    let lines = match walk.is_reading() {
        true => read_levels(walk, notice),
        false => write_levels(walk, notice),
    };
    totals(walk, notice, lines);
    if walk.is_reading() {
        derive(notice);
    }
}

/// BGM. D.96A has the number as a simple element, D.01B in C106 with version and revision.
fn beginning(e: &mut Elements<'_>, notice: &mut ShipNotice) {
    e.code((1, 1), &mut notice.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 1001 = 351: despatch advice.
        e.constant((1, 1), "351");
    }
    e.code((1, 2), &mut notice.kind_list_code);
    e.code((1, 3), &mut notice.kind_agency_code);
    e.text((1, 4), &mut notice.kind_name);
    e.required((2, 1), &mut notice.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut notice.version);
        e.text((2, 3), &mut notice.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut notice.purpose, &mut notice.purpose_code);
    e.code((4, 1), &mut notice.acknowledgement_code);
}

/// Before writing: day and time of the notice are a date of the message, and every line knows its order.
fn complete(notice: &mut ShipNotice) {
    if notice.notice_date.is_some() {
        let (role, date, time) = (DateRole::Issue, notice.notice_date, notice.notice_time);
        notice.dates.insert(0, DateTime { role, date, time, ..DateTime::default() });
    }
    // Contacts stand with a party.
    let contacts = std::mem::take(&mut notice.contacts);
    let shipper =
        notice.parties.iter().position(|p| matches!(p.role, PartyRole::ShipFrom | PartyRole::Supplier));
    if let Some(party) = notice.parties.get_mut(shipper.unwrap_or(0)) {
        party.contacts.extend(contacts);
    }
    if let Some(order) = notice.order.take() {
        let listed = |o: &Level| o.order.as_ref().is_some_and(|o| o.number == order.number);
        if !notice.orders.iter().any(listed) {
            notice.orders.push(Level { kind: LevelKind::Order, order: Some(order), ..Level::default() });
        }
    }
    orders::list(notice);
    orders::join(notice);
    orders::each(&mut notice.contents, &mut |level| {
        let order_id = level.order_id.clone();
        if let Some(line) = &mut level.line {
            let components = line.sublines.drain(..).map(component);
            level.contents.extend(components.map(|c| Level { order_id: order_id.clone(), ..c }));
        }
    });
}

/// A component of a line is a line of its own (C829).
fn component(s: SubLine) -> Level {
    let line = ShippedLine {
        quantity: s.quantity,
        item: s.item,
        quantities: s.quantities,
        action_code: s.action_code,
        relationship_code: Some(s.relationship_code).filter(|code| !code.is_empty()),
        ..ShippedLine::default()
    };
    Level {
        kind: LevelKind::Item,
        line: Some(line),
        dates: s.dates,
        parties: s.parties,
        notes: s.notes,
        references: s.references,
        amounts: s.amounts,
        measurements: s.measurements,
        ..Level::default()
    }
}

/// After reading: the day of the notice, and the order of each line.
fn derive(notice: &mut ShipNotice) {
    let plain = |d: &DateTime| {
        d.role == DateRole::Issue && d.date.is_some() && d.time_zone_code.is_none() && d.role_code == "137"
    };
    if let Some(at) = notice.dates.iter().position(plain) {
        let issued = notice.dates.remove(at);
        (notice.notice_date, notice.notice_time) = (issued.date, issued.time);
    }
    let named_with_message = notice.orders.len();
    orders::list(notice);
    if let (1, Some(only)) = (named_with_message, notice.orders.first()) {
        let (key, order) = (only.order_id.clone(), only.order.clone().unwrap_or_default());
        orders::each(&mut notice.contents, &mut |level| {
            if let (Some(line), None) = (&mut level.line, &level.order_id) {
                let line_number = line.order.take().and_then(|o| o.line_number);
                line.order = Some(OrderReference { line_number, ..order.clone() });
                level.order_id = key.clone();
            }
        });
    }
    orders::each(&mut notice.contents, &mut goods::derive);
}

/// RFF+ON with the message: the order that all lines are for, and orders that none is for.
fn message_orders(walk: &mut Walk<'_>, notice: &mut ShipNotice) {
    if walk.is_reading() {
        for mut inner in walk.found("RFF").filter(names_order) {
            inner.claim_loop();
            let mut order = OrderReference::default();
            order_reference(&mut inner, &mut order);
            notice.orders.push(Level { kind: LevelKind::Order, order: Some(order), ..Level::default() });
        }
        return;
    }
    let all = covers_all(notice);
    let mut used = std::collections::HashSet::new();
    orders::each(&mut notice.contents, &mut |level| used.extend(level.order_id.clone()));
    for order in &mut notice.orders {
        let unused = !order.order_id.as_ref().is_some_and(|key| used.contains(key));
        if let (true, Some(number)) = (all || unused, &mut order.order) {
            walk.write_loop("RFF", |w| order_reference(w, number));
        }
    }
}

/// True if there is one order, and every line is for it.
fn covers_all(notice: &mut ShipNotice) -> bool {
    let [only] = notice.orders.as_slice() else { return false };
    let key = only.order_id.clone();
    let mut all = only.order.as_ref().is_some_and(|o| o.number.is_some());
    orders::each(&mut notice.contents, &mut |level| all &= level.line.is_none() || level.order_id == key);
    all
}

/// The group EQD.
fn equipment(walk: &mut Walk<'_>, q: &mut Equipment) {
    if let (true, Some(number)) = (walk.is_writing(), q.seal_number.clone())
        && !q.seals.iter().any(|seal| seal.number == number)
    {
        q.seals.insert(0, Seal { number, status_code: q.seal_status_code.clone(), ..Seal::default() });
    }
    walk.once("EQD", |e| {
        e.code((1, 1), &mut q.code);
        e.text((2, 1), &mut q.number);
        e.text((2, 4), &mut q.country);
        e.code((3, 1), &mut q.type_code);
        e.text((3, 4), &mut q.description);
        e.code((4, 1), &mut q.ownership_code);
        e.code((5, 1), &mut q.status_code);
        e.code((6, 1), &mut q.fullness_code);
        if !e.is_reading() && !e.has((1, 1)) && q.number.is_some() {
            // 8053 = TE: trailer.
            e.constant((1, 1), "TE");
        }
    });
    walk.each("MEA", &mut q.measurements, measurement);
    walk.each("SEL", &mut q.seals, |e, seal| {
        e.needs((1, 1));
        e.required((1, 1), &mut seal.number);
        e.code((2, 1), &mut seal.issuer_code);
        e.text((2, 4), &mut seal.issuer_name);
        e.code((3, 1), &mut seal.status_code);
        e.text((4, 2), &mut seal.range_end);
    });
    walk.each("EQA", &mut q.attached, |e, attached| {
        e.code((1, 1), &mut attached.code);
        e.text((2, 1), &mut attached.number);
    });
    if walk.is_reading() {
        q.seal_number = q.seals.first().map(|seal| seal.number.clone());
    }
}

/// The groups CPS, put into each other. Returns how many lines there are.
fn read_levels(walk: &mut Walk<'_>, notice: &mut ShipNotice) -> usize {
    let mut levels = Vec::new();
    let mut parents = Vec::new();
    let mut items = Vec::new();
    let mut marked = Vec::new();
    for mut inner in walk.found("CPS") {
        inner.claim_loop();
        parents.push(inner.peek("CPS", (2, 1)));
        let mut level = Level::default();
        inner.once("CPS", |e| {
            e.text((1, 1), &mut level.level_id);
            // CPS02 says where the level lies in the tree.
            e.ignore((2, 1));
            e.code((3, 1), &mut level.kind_code);
        });
        facts(&mut inner, &mut level);
        for mut packed in inner.found("PAC") {
            packed.claim_loop();
            let mut read = Package::default();
            package(&mut packed, &mut read, None);
            level.packages.push(read);
        }
        marked.push(level.packages.iter().any(|p| !p.marks.is_empty() || !p.identities.is_empty()));
        items.push(read_lines(&mut inner));
        levels.push(level);
    }
    let lines = items.iter().map(Vec::len).sum();
    let only_top = match parents
        .iter()
        .enumerate()
        .filter(|(_, parent)| parent.is_empty())
        .collect::<Vec<_>>()
        .as_slice()
    {
        [(at, _)] if !marked[*at] => Some(*at),
        _ => None,
    };
    for (at, level) in levels.iter_mut().enumerate() {
        level.kind = if Some(at) == only_top { LevelKind::Shipment } else { LevelKind::Other };
        // Remembers its lines while the levels are put into each other.
        level.load_sequence = Some(Text::new(at.to_string()));
    }
    // Lines lie in the level itself, before the levels in it.
    let mut own: Vec<Option<Vec<Level>>> = items.into_iter().map(Some).collect();
    let mut tops = tree::nest(levels, &parents);
    give_lines(&mut tops, &mut own, None);
    if let Some(at) = tops.iter().position(|level| level.kind == LevelKind::Shipment) {
        shipment::into(tops.remove(at), notice);
    }
    notice.contents.append(&mut tops);
    lines
}

/// Gives the levels their lines back, and tells what kind of level each is.
fn give_lines(levels: &mut [Level], own: &mut [Option<Vec<Level>>], above: Option<LevelKind>) {
    for level in levels {
        let at = level.load_sequence.take().and_then(|at| at.parse::<usize>().ok());
        if level.kind == LevelKind::Other {
            let pallet = level.packages.first().is_some_and(|p| p.kind == Some(PackageKind::Pallet));
            level.kind = match above {
                _ if pallet => LevelKind::Pallet,
                Some(LevelKind::Package | LevelKind::Subpackage) => LevelKind::Subpackage,
                _ => LevelKind::Package,
            };
        }
        give_lines(&mut level.contents, own, Some(level.kind));
        if let Some(mut lines) = at.and_then(|at| own.get_mut(at)).and_then(Option::take) {
            lines.append(&mut level.contents);
            level.contents = lines;
        }
    }
}

/// FTX and QVR of a level.
fn facts(walk: &mut Walk<'_>, level: &mut Level) {
    walk.each("FTX", &mut level.notes, reference::note);
    walk.each("QVR", &mut level.discrepancies, discrepancy);
}

/// The groups LIN of a level: an item, or a part of one that came before (C829).
fn read_lines(walk: &mut Walk<'_>) -> Vec<Level> {
    let mut items = Vec::new();
    let mut parents = Vec::new();
    for mut inner in walk.found("LIN") {
        inner.claim_loop();
        parents.push(inner.peek("LIN", (4, 2)));
        let mut item =
            Level { kind: LevelKind::Item, line: Some(ShippedLine::default()), ..Level::default() };
        line(&mut inner, &mut item);
        items.push(item);
    }
    // The tree is told by ids of levels: here those are the numbers of the lines.
    for item in &mut items {
        item.level_id = item.line.as_ref().and_then(|line| line.number.clone());
    }
    let mut packages: Vec<Vec<Level>> =
        items.iter_mut().map(|item| std::mem::take(&mut item.contents)).collect();
    for (at, item) in items.iter_mut().enumerate() {
        item.load_sequence = Some(Text::new(at.to_string()));
    }
    let mut tops = tree::nest(items, &parents);
    orders::each(&mut tops, &mut |item| {
        let at = item.load_sequence.take().and_then(|at| at.parse::<usize>().ok());
        item.level_id = None;
        if let Some(mut packed) = at.and_then(|at| packages.get_mut(at)).map(std::mem::take) {
            packed.append(&mut item.contents);
            item.contents = packed;
        }
        let named = item.parent_level_id.take();
        if let Some(line) = &mut item.line {
            line.parent_number = named;
        }
    });
    tops
}

/// Writes the levels, the shipment first, each with its lines before the levels in it. Returns how many lines there are.
fn write_levels(walk: &mut Walk<'_>, notice: &mut ShipNotice) -> usize {
    let mut numbers = Numbers { all: covers_all(notice), ..Numbers::default() };
    numbers.lines_without(&mut notice.contents);
    let mut top = Level {
        kind_code: notice.level_code.clone(),
        packages: std::mem::take(&mut notice.packages),
        notes: std::mem::take(&mut notice.notes),
        discrepancies: std::mem::take(&mut notice.discrepancies),
        kind: LevelKind::Shipment,
        contents: std::mem::take(&mut notice.contents),
        ..Level::default()
    };
    let flat = top.packages.is_empty() && !has_packages(&top.contents, false);
    write_level(walk, &mut top, None, flat, &mut numbers);
    numbers.lines
}

/// True if a level is written that is a package, or a line that is split into packages.
fn has_packages(levels: &[Level], in_item: bool) -> bool {
    levels.iter().any(|level| match orders::is_item(level) {
        true => has_packages(&level.contents, true),
        false => !in_item || !level.packages.is_empty(),
    })
}

#[derive(Default)]
struct Numbers {
    levels: usize,
    lines: usize,
    /// The next free number for a line without one.
    free: usize,
    taken: std::collections::HashSet<Text>,
    /// One order is named with the message, for all lines.
    all: bool,
}

impl Numbers {
    /// Lines without a number get one that no other has.
    fn lines_without(&mut self, levels: &mut [Level]) {
        let taken = &mut self.taken;
        orders::each(levels, &mut |level| {
            taken.extend(level.line.as_ref().and_then(|line| line.number.clone()))
        });
        orders::each(levels, &mut |level| {
            if !orders::is_item(level) {
                return;
            }
            let line = level.line.get_or_insert_default();
            if line.number.is_none() {
                loop {
                    self.free += 1;
                    let number = Text::new(self.free.to_string());
                    if !taken.contains(&number) {
                        line.number = Some(number);
                        break;
                    }
                }
            }
        });
    }
}

fn write_level(
    walk: &mut Walk<'_>,
    level: &mut Level,
    above: Option<usize>,
    flat: bool,
    numbers: &mut Numbers,
) {
    numbers.levels += 1;
    let number = numbers.levels;
    let mut contents = std::mem::take(&mut level.contents);
    walk.write_loop("CPS", |w| {
        w.once("CPS", |e| {
            e.constant((1, 1), &number.to_string());
            if let Some(above) = above {
                e.constant((2, 1), &above.to_string());
            }
            e.code((3, 1), &mut level.kind_code);
            if !e.has((3, 1)) && flat {
                // 7075 = 4: no packages in packages.
                e.constant((3, 1), "4");
            }
        });
        facts(w, level);
        let usual = (level.kind == LevelKind::Pallet).then_some(PackageKind::Pallet);
        if level.packages.is_empty() && usual.is_some() {
            level.packages.push(Package { kind: usual, ..Package::default() });
        }
        for packed in &mut level.packages {
            w.write_loop("PAC", |w| package(w, packed, usual));
        }
        if level.line.is_some() {
            write_item(w, level, None, numbers);
        }
        for item in contents.iter_mut().filter(|inner| orders::is_item(inner)) {
            write_item(w, item, None, numbers);
        }
    });
    for inner in contents.iter_mut().filter(|inner| !orders::is_item(inner)) {
        write_level(walk, inner, Some(number), false, numbers);
    }
}

/// An item and, right behind it, the items it is made of.
fn write_item(walk: &mut Walk<'_>, item: &mut Level, parent: Option<Text>, numbers: &mut Numbers) {
    numbers.lines += 1;
    let mut contents = std::mem::take(&mut item.contents);
    let (mut items, packages): (Vec<Level>, Vec<Level>) = contents.drain(..).partition(orders::is_item);
    item.contents = packages;
    if let Some(parent) = parent {
        item.line.get_or_insert_default().parent_number = Some(parent);
    }
    let (lots, serials) = goods::missing(item, true);
    if let Some(line) = &mut item.line {
        let lots = lots.into_iter().map(|lot| (IdentityKind::Lot, lot));
        let serials = serials.into_iter().map(|serial| (IdentityKind::Serial, serial));
        let more = lots.chain(serials).map(|(kind, value)| Identity { kind, value, ..Identity::default() });
        line.item.identities.extend(more);
        if numbers.all && line.order.as_ref().is_none_or(|o| o.line_number.is_none()) {
            line.order = None;
        }
    }
    walk.write_loop("LIN", |w| line(w, item));
    let number = item.line.as_ref().and_then(|line| line.number.clone());
    for inner in &mut items {
        write_item(walk, inner, number.clone(), numbers);
    }
}

/// CNT: 1 sum of the quantities, 2 lines, 7 gross weight, 11 packages, 15 volume.
fn totals(walk: &mut Walk<'_>, notice: &mut ShipNotice, lines: usize) {
    let totals = &mut notice.totals;
    let value = |value: Option<Decimal>| value.map(|value| Quantity { value, ..Quantity::default() });
    if walk.is_writing() {
        let counts = [
            ("1", value(totals.hash_total)),
            ("2", Some(Quantity { value: Decimal::from(lines), ..Quantity::default() })),
            ("7", totals.weight.clone()),
            ("11", totals.package_count.clone()),
            ("15", totals.volume.clone()),
        ];
        for (code, mut counted) in counts.into_iter().filter(|(_, counted)| counted.is_some()) {
            walk.once("CNT", |e| {
                e.constant((1, 1), code);
                e.quantity((1, 2), (1, 3), &mut counted);
            });
        }
        return walk.each("CNT", &mut totals.counts, qualified);
    }
    walk.each("CNT", &mut totals.counts, qualified);
    for counted in std::mem::take(&mut totals.counts) {
        let Some(quantity) = counted.quantity.clone() else {
            totals.counts.push(counted);
            continue;
        };
        let plain = quantity.original_unit.is_none();
        match counted.code.as_str() {
            "1" if totals.hash_total.is_none() && plain => totals.hash_total = Some(quantity.value),
            "2" if totals.line_count.is_none() && plain => totals.line_count = Some(quantity.value),
            "7" if totals.weight.is_none() => totals.weight = Some(quantity),
            "11" if totals.package_count.is_none() => totals.package_count = Some(quantity),
            "15" if totals.volume.is_none() => totals.volume = Some(quantity),
            _ => totals.counts.push(counted),
        }
    }
}
