//! X12 856 (004010, 005010) and [`ShipNotice`], both ways.
//!
//! The loops HL stand one after the other in the set, and say by HL02 what they belong to: [`super::tree`] puts them into each other,
//! [`super::orders`] takes the orders out. Written, they are numbered anew, each level before those in it. What a segment says of
//! depends on its level: PO4, MAN and TD1 of a package are the package, of an item what it is packed in.
//!
//! GF and V1 stay unmapped: who furnishes goods, and vessels, belong to other sets.

use super::{
    ExcessTransport, Level, LevelKind, ShipNotice, ShippedLine, Structure, goods, orders, shipment, tree,
};
use crate::Text;
use crate::finding::COUNT_DIFFERS;
use crate::hazard::DangerousGoods;
use crate::item::{ProductId, ProductIdScheme, complete, identify};
use crate::line::OrderReference;
use crate::mapping::{Elements, Walk};
use crate::package::Package;
use crate::purchase_order::SubLine;
use crate::quantity::Decimal;
use crate::reference::{Attachment, IndustryCode, Reference, ReferenceKind, Statement};
use crate::x12::allowance::allowance_charge;
use crate::x12::codes::{self as words, LEVEL_KIND, STRUCTURE};
use crate::x12::item::{description, product_ids};
use crate::x12::party::{contact, party};
use crate::x12::quantity::measurement;
use crate::x12::{date, money, package, reference, transport};
use portway_edi::Severity;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("*/level_id", "HL01: levels are numbered anew, each before those in it"),
    ("*/child_code", "HL04 says whether levels are written below"),
    ("/level_child_code", "HL04 says whether levels are written below"),
    ("*/order_id", "orders are numbered anew, as they stand in the levels"),
    ("/totals/level_count", "CTT01 counts the levels that are written"),
    ("/totals/line_count", "CTT01 counts levels, and lines are not counted apart"),
    ("/totals/package_count", "CTT counts levels; packages are counted by TD1"),
    ("/totals/counts", "CTT counts levels, and sums one quantity"),
    ("/kind_name", "BSN has no kind of notice"),
    ("/version", "BSN has the number alone"),
    ("/revision", "BSN has the number alone"),
    ("/other_currencies", "a level has one CUR"),
    ("*/amounts", "the 856 has no amounts"),
    ("*/notes", "the 856 has no free text"),
    ("*/locations", "the 856 has places with parties and carriage alone"),
    ("*/trade_conditions", "the 856 has no conditions of origin"),
    ("*/discrepancies", "SN1 has what was ordered and shipped, and no reason why they differ"),
    ("*/line/quantities", "SN1 has what was ordered and shipped alone"),
    ("*/item/identities/set", "lots and serial numbers stand in LIN and REF, one by one"),
    ("*/lots/best_before_date", "374 has no code for a day until which goods are best"),
    ("*/packages/marks", "MAN holds numbers; texts on packages have no segment"),
    ("*/packages/quantities", "PO4 has the size of a package alone"),
    ("*/packages/measurements", "weight and edges of a package stand in PO4 and TD1"),
    ("*/packages/handling", "TD4 stands with the level"),
    ("/packages/identities", "packages of the whole shipment are counted (TD1)"),
    ("/packages/size", "packages of the whole shipment are counted (TD1)"),
    ("*/equipment/seals", "TD3 has the number of one seal"),
    ("*/equipment/measurements", "TD3 has one weight"),
    ("*/equipment/country", "TD3 has no country"),
    ("*/dangerous_goods/labels", "LH1 to LH3 have class, name and number alone"),
    ("*/dangerous_goods/flashpoint", "LH1 to LH3 have class, name and number alone"),
    ("*/dangerous_goods/emergency_schedule", "LH1 to LH3 have class, name and number alone"),
    ("*/dangerous_goods/first_aid_guide", "LH1 to LH3 have class, name and number alone"),
    ("*/dangerous_goods/emergency_card", "LH1 to LH3 have class, name and number alone"),
    ("*/dangerous_goods/placard_upper", "LH1 to LH3 have class, name and number alone"),
    ("*/dangerous_goods/placard_lower", "LH1 to LH3 have class, name and number alone"),
    ("*/dangerous_goods/quantities", "LH1 has two quantities"),
    ("*/distribution/dates", "SDQ has no dates"),
    ("*/distribution/location_name", "SDQ has no names"),
];

/// The 856.
pub(crate) fn map(walk: &mut Walk<'_>, notice: &mut ShipNotice) {
    if walk.is_reading() {
        walk.once("BSN", |e| beginning(e, notice));
        walk.each("DTM", &mut notice.dates, date::dtm);
        let levels = read_levels(walk, notice);
        walk.once("CTT", |e| totals(e, notice, levels));
        return;
    }
    if notice.structure.is_none() && !walk.codes_are_ours() {
        orders::list(notice);
        notice.structure = usual_structure(&notice.contents);
    }
    let lowest = notice.structure == Some(Structure::ShipmentPackagingOrderItem);
    orders::hang(notice, lowest);
    walk.once("BSN", |e| beginning(e, notice));
    let levels = write_levels(walk, notice);
    walk.once("CTT", |e| totals(e, notice, levels));
}

/// How the levels will follow each other, of a notice that came without an agreement about it.
fn usual_structure(contents: &[Level]) -> Option<Structure> {
    fn holds(levels: &[Level], outer: fn(&Level) -> bool, inner: fn(&Level) -> bool) -> bool {
        levels.iter().any(|l| (outer(l) && l.contents.iter().any(inner)) || holds(&l.contents, outer, inner))
    }
    fn is_mixed(level: &Level) -> bool {
        let mut keys = Vec::new();
        orders::keys_of(level, &mut keys);
        !orders::is_item(level) && keys.len() > 1
    }
    let is_package = |level: &Level| !orders::is_item(level);
    if contents.iter().any(is_mixed) {
        return Some(Structure::ShipmentPackagingOrderItem);
    }
    if holds(contents, orders::is_item, is_package) {
        Some(Structure::ShipmentOrderItemPackaging)
    } else if contents.iter().any(is_package) {
        Some(Structure::ShipmentOrderPackagingItem)
    } else {
        Some(Structure::ShipmentOrderItem)
    }
}

/// BSN.
fn beginning(e: &mut Elements<'_>, notice: &mut ShipNotice) {
    e.coded(1, &words::PURPOSE, &mut notice.purpose, &mut notice.purpose_code);
    e.required(2, &mut notice.number);
    e.date(3, &mut notice.notice_date);
    e.time(4, &mut notice.notice_time);
    e.coded_opt(5, &STRUCTURE, &mut notice.structure, &mut notice.structure_code);
    e.code(6, &mut notice.transaction_type_code);
    e.code(7, &mut notice.status_reason_code);
}

/// The loops HL, put into each other. Returns how many there are.
fn read_levels(walk: &mut Walk<'_>, notice: &mut ShipNotice) -> usize {
    let mut levels = Vec::new();
    let mut parents = Vec::new();
    for mut inner in walk.found("HL") {
        inner.claim_loop();
        parents.push(inner.peek("HL", 2));
        let mut level = Level::default();
        inner.once("HL", |e| {
            e.text(1, &mut level.level_id);
            // HL02 says where the level lies in the tree.
            e.ignore(2);
            let mut code = Text::default();
            e.coded(3, &LEVEL_KIND, &mut level.kind, &mut code);
            level.kind_code = Some(code).filter(|code| !code.is_empty());
            e.code(4, &mut level.child_code);
        });
        facts(&mut inner, &mut level);
        levels.push(level);
    }
    let count = levels.len();
    let mut tops = tree::nest(levels, &parents);
    let shipments = tops.iter().filter(|level| level.kind == LevelKind::Shipment).count();
    if let (1, Some(at)) = (shipments, tops.iter().position(|level| level.kind == LevelKind::Shipment)) {
        shipment::into(tops.remove(at), notice);
    }
    notice.contents.append(&mut tops);
    if orders::lift(notice) {
        notice.structure = Some(Structure::ShipmentPackagingOrderItem);
    }
    orders::each(&mut notice.contents, &mut |level| {
        let number = |line: &ShippedLine| {
            let of = line.item.product_ids.iter().find(|id| id.scheme == ProductIdScheme::Line);
            of.map(|id| id.id.clone())
        };
        if let Some(line) = &mut level.line
            && let Some(number) = number(line)
        {
            line.order.get_or_insert_default().line_number.get_or_insert(number);
        }
        goods::derive(level);
    });
    count
}

/// Writes the levels in depth-first order, the shipment first. Returns how many there are.
fn write_levels(walk: &mut Walk<'_>, notice: &mut ShipNotice) -> usize {
    let own_orders = std::mem::take(&mut notice.orders);
    let mut shipment = shipment::out_of(notice);
    let mut count = 0;
    let several = shipment.contents.iter().any(|level| level.kind == LevelKind::Shipment);
    let dates = std::mem::take(&mut shipment.dates);
    let contents = std::mem::take(&mut shipment.contents);
    if several && shipment == (Level { kind: LevelKind::Shipment, ..Level::default() }) {
        let mut dates = dates;
        walk.each("DTM", &mut dates, date::dtm);
        for mut level in contents {
            write_level(walk, &mut level, Above { number: None, order: None }, &mut count);
        }
    } else {
        shipment.dates = dates;
        shipment.contents = contents;
        write_level(walk, &mut shipment, Above { number: None, order: None }, &mut count);
    }
    notice.orders = own_orders;
    count
}

/// What a level lies in.
#[derive(Clone, Copy)]
struct Above<'a> {
    number: Option<usize>,
    order: Option<&'a OrderReference>,
}

fn write_level(walk: &mut Walk<'_>, level: &mut Level, above: Above<'_>, count: &mut usize) {
    *count += 1;
    let number = *count;
    let mut contents = std::mem::take(&mut level.contents);
    walk.write_loop("HL", |w| {
        w.once("HL", |e| {
            e.constant(1, &number.to_string());
            if let Some(above) = above.number {
                e.constant(2, &above.to_string());
            }
            let mut code = level.kind_code.clone().unwrap_or_default();
            e.coded(3, &LEVEL_KIND, &mut level.kind, &mut code);
            if !e.has(3) {
                e.constant(3, if level.line.is_some() { "I" } else { "P" });
            }
            e.constant(4, if contents.is_empty() { "0" } else { "1" });
        });
        complete_line(level, above.order);
        facts(w, level);
    });
    let order = match level.kind {
        LevelKind::Order => level.order.as_ref(),
        _ => above.order,
    };
    for inner in &mut contents {
        write_level(walk, inner, Above { number: Some(number), order }, count);
    }
}

/// Before a line is written: its lists get what stands in fields alone, and its order is left out where the level above says it.
fn complete_line(level: &mut Level, order: Option<&OrderReference>) {
    let (mut lots, serials) = goods::missing(level, false);
    let Some(line) = &mut level.line else { return };
    for goods in level.dangerous_goods.iter_mut().filter(|d| d.lading_quantity.is_none()) {
        // LH1 needs a quantity: that of the line.
        goods.lading_quantity = line.quantity.clone();
    }
    complete(&mut line.item);
    let ids = &mut line.item.product_ids;
    let has = |ids: &[ProductId], scheme| ids.iter().any(|id| id.scheme == scheme);
    if let Some(number) = line.order.as_ref().and_then(|o| o.line_number.clone()).filter(|number| {
        !has(ids, ProductIdScheme::Line) && order.and_then(|o| o.line_number.as_ref()) != Some(number)
    }) {
        ids.push(ProductId { scheme: ProductIdScheme::Line, id: number, ..ProductId::default() });
    }
    if !has(ids, ProductIdScheme::Lot) && !lots.is_empty() {
        ids.push(ProductId { scheme: ProductIdScheme::Lot, id: lots.remove(0), ..ProductId::default() });
    }
    let further = lots.into_iter().map(|lot| (ReferenceKind::Lot, lot));
    let serials = serials.into_iter().map(|serial| (ReferenceKind::Serial, serial));
    level.references.extend(further.chain(serials).map(|(kind, number)| Reference {
        kind,
        value: Some(number),
        ..Reference::default()
    }));
    if let (Some(own), Some(order)) = (&line.order, order)
        && orders::is_same(own, order)
    {
        line.order = None;
    }
    // The number of the line of the order stands in LIN.
    if let Some(own) = &mut line.order {
        own.line_number = None;
    }
}

/// What MAN, PO4, TD1 and others say of.
#[derive(PartialEq)]
enum Says {
    Package,
    Item,
    All,
}

fn says(level: &Level) -> Says {
    match level.kind {
        LevelKind::Pallet | LevelKind::Package | LevelKind::Subpackage | LevelKind::Container => {
            Says::Package
        }
        _ if level.line.is_some() => Says::Item,
        LevelKind::Shipment | LevelKind::Order | LevelKind::Item => Says::All,
        _ => Says::Package,
    }
}

/// The loop HL, HL itself aside.
fn facts(walk: &mut Walk<'_>, level: &mut Level) {
    if walk.is_reading() && ["LIN", "SN1", "SLN"].into_iter().any(|tag| walk.has(tag)) {
        level.line = Some(ShippedLine::default());
    }
    walk.maybe("CUR", &mut level.currency, money::currency);
    walk.set_currency(level.currency.as_ref());
    match says(level) {
        Says::Package => one_package(walk, &mut level.packages),
        Says::Item => walk.each("TD1", &mut level.packages, package::load),
        Says::All => {
            walk.each("TD1", &mut level.packages, package::load);
            transport::marks(walk, &mut level.marks);
        }
    }
    walk.maybe("PAL", &mut level.pallet, package::pallet);
    match &mut level.line {
        Some(line) => shipped(walk, line),
        None => {
            walk.maybe("PRF", &mut level.order, order);
            walk.each("PID", &mut level.descriptions, description);
        }
    }
    walk.each("MEA", &mut level.measurements, measurement);
    walk.each("PWK", &mut level.attachments, attachment);
    walk.each("PKG", &mut level.packaging, transport::packaging);
    transport::transport(walk, &mut level.transport);
    walk.once("TSD", |e| {
        e.text(1, &mut level.load_sequence);
        e.text(2, &mut level.load_position);
    });
    walk.each("REF", &mut level.references, reference::reference);
    walk.each("PER", &mut level.contacts, contact);
    walk.loops("LH1", &mut level.dangerous_goods, dangerous_goods);
    walk.each("DTM", &mut level.dates, date::dtm);
    walk.each("FOB", &mut level.delivery_terms, transport::delivery_terms);
    walk.loops("N1", &mut level.parties, party);
    transport::distribution(walk, &mut level.distribution);
    walk.each("ETD", &mut level.excess_transport, excess_transport);
    walk.loops("SAC", &mut level.allowances_and_charges, allowance_charge);
    walk.each("YNQ", &mut level.statements, statement);
    industry_codes(walk, &mut level.industry_codes);
}

/// The package that a level is. Further ones are counted (TD1).
fn one_package(walk: &mut Walk<'_>, packages: &mut Vec<Package>) {
    if walk.is_reading() {
        let mut own = Package::default();
        package::package(walk, &mut own);
        if !own.says_nothing() {
            packages.push(own);
        }
        return walk.each("TD1", packages, package::load);
    }
    let mut rest = packages.iter_mut();
    if let Some(own) = rest.next() {
        package::package(walk, own);
    }
    for further in rest {
        walk.once("TD1", |e| package::load(e, further));
        package::identities(walk, &mut further.identities);
    }
}

/// LIN, SN1, SLN and what else says of the goods of an item.
fn shipped(walk: &mut Walk<'_>, line: &mut ShippedLine) {
    walk.once("LIN", |e| {
        e.text(1, &mut line.number);
        product_ids(e, (2..=30).step_by(2), &mut line.item.product_ids);
    });
    identify(&mut line.item);
    walk.once("SN1", |e| {
        e.text(1, &mut line.shipped_number);
        e.quantity(2, 3, &mut line.quantity);
        package::piece(e, 2, 3);
        e.decimal(4, &mut line.shipped_to_date);
        e.quantity(5, 6, &mut line.ordered_quantity);
        package::piece(e, 5, 6);
        e.code(7, &mut line.returnable_code);
        e.code(8, &mut line.status_code);
    });
    walk.each("SLN", &mut line.sublines, subline);
    walk.maybe("PRF", &mut line.order, order);
    walk.each("PO4", &mut line.packs, transport::pack);
    walk.each("PID", &mut line.item.descriptions, description);
    package::identities(walk, &mut line.item.identities);
    walk.loops("CLD", &mut line.loads, package::load_loop);
}

/// PRF.
fn order(e: &mut Elements<'_>, o: &mut OrderReference) {
    e.text(1, &mut o.number);
    e.text(2, &mut o.release_number);
    e.text(3, &mut o.change_number);
    e.date(4, &mut o.date);
    e.text(5, &mut o.line_number);
    e.text(6, &mut o.contract_number);
    e.code(7, &mut o.kind_code);
}

/// SLN.
fn subline(e: &mut Elements<'_>, s: &mut SubLine) {
    complete(&mut s.item);
    e.required(1, &mut s.number);
    e.text(2, &mut s.parent_number);
    e.required_code(3, &mut s.relationship_code);
    if !e.is_reading() && !e.has(3) {
        // 662 = I: included.
        e.constant(3, "I");
    }
    e.quantity(4, 5, &mut s.quantity);
    money::price(e, 6, 7, &mut s.price);
    e.code(8, &mut s.price_relationship_code);
    product_ids(e, (9..=27).step_by(2), &mut s.item.product_ids);
    identify(&mut s.item);
}

/// PWK.
fn attachment(e: &mut Elements<'_>, a: &mut Attachment) {
    e.required_code(1, &mut a.kind_code);
    e.code(2, &mut a.transmission_code);
    e.decimal(3, &mut a.copies);
    e.code(4, &mut a.party_role_code);
    e.identifier(5, 6, &words::ID_SCHEME, &mut a.party);
    e.text(7, &mut a.description);
    e.code(9, &mut a.request_code);
}

/// ETD.
fn excess_transport(e: &mut Elements<'_>, t: &mut ExcessTransport) {
    e.required_code(1, &mut t.reason_code);
    e.required_code(2, &mut t.responsibility_code);
    e.part(&mut t.reference, |e, r: &mut Reference| {
        e.needs(3);
        e.coded(3, &words::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
        e.text(4, &mut r.value);
    });
    e.code(5, &mut t.returnable_payment_code);
}

/// YNQ. A period that says not its format stays unmapped.
fn statement(e: &mut Elements<'_>, s: &mut Statement) {
    e.code(1, &mut s.condition_code);
    e.required_code(2, &mut s.answer_code);
    e.part(&mut s.period, |e, p: &mut crate::date::Period| {
        e.needs(3);
        e.needs(4);
        e.required_code(3, &mut p.format_code);
        e.required(4, &mut p.value);
    });
    e.texts([5, 6, 7, 10].into_iter().map(Into::into), &mut s.lines);
    e.code(8, &mut s.list_code);
    e.code(9, &mut s.code);
}

/// The loops LM: an agency, and codes of its lists.
fn industry_codes(walk: &mut Walk<'_>, list: &mut Vec<IndustryCode>) {
    let head = |e: &mut Elements<'_>, c: &mut IndustryCode| {
        e.code(1, &mut c.agency_code);
        e.code(2, &mut c.source_code);
    };
    let code = |e: &mut Elements<'_>, c: &mut IndustryCode| {
        e.code(1, &mut c.list_code);
        e.code(2, &mut c.code);
    };
    for mut inner in walk.found("LM") {
        inner.claim_loop();
        let mut common = IndustryCode::default();
        inner.once("LM", |e| head(e, &mut common));
        let mut codes = Vec::new();
        inner.each("LQ", &mut codes, code);
        let (agency, source) = (common.agency_code.clone(), common.source_code.clone());
        match codes.is_empty() {
            true => list.push(common),
            false => list.extend(codes.into_iter().map(|c| IndustryCode {
                agency_code: agency.clone(),
                source_code: source.clone(),
                ..c
            })),
        }
    }
    let mut rest = if walk.is_writing() { list.as_mut_slice() } else { &mut [] };
    while let Some(first) = rest.first().cloned() {
        let alike =
            |c: &&IndustryCode| (&c.agency_code, &c.source_code) == (&first.agency_code, &first.source_code);
        let (now, later) = rest.split_at_mut(rest.iter().take_while(alike).count().max(1));
        walk.write_loop("LM", |w| {
            w.once("LM", |e| head(e, &mut first.clone()));
            for entry in now {
                w.once("LQ", |e| code(e, entry));
            }
        });
        rest = later;
    }
}

/// The loop LH1: the goods, their class and their name. Temperatures and rules of single countries stay unmapped.
fn dangerous_goods(walk: &mut Walk<'_>, d: &mut DangerousGoods) {
    walk.once("LH1", |e| {
        e.quantity(2, 1, &mut d.lading_quantity);
        e.text(3, &mut d.un_number);
        e.text(4, &mut d.page);
        e.text(5, &mut d.code);
        e.quantity(7, 6, &mut d.quantity);
        e.code(8, &mut d.compartment_code);
        e.code(9, &mut d.residue_code);
        e.text(10, &mut d.packing_group_code);
        e.text(11, &mut d.regulatory_number);
    });
    walk.once("LH2", |e| {
        e.text(1, &mut d.class);
        e.code(2, &mut d.class_scheme_code);
        e.text(3, &mut d.placard);
        e.text(4, &mut d.endorsement);
        e.code(5, &mut d.reportable_quantity_code);
    });
    walk.once("LH3", |e| {
        e.text(1, &mut d.shipping_name);
        e.code(2, &mut d.shipping_name_code);
        e.code(3, &mut d.not_otherwise_specified_code);
    });
    walk.each("PER", &mut d.contacts, contact);
}

/// CTT. CTT01 counts the loops HL.
fn totals(e: &mut Elements<'_>, notice: &mut ShipNotice, levels: usize) {
    let totals = &mut notice.totals;
    if !e.is_reading() {
        totals.level_count = Some(Decimal::from(levels));
    }
    e.decimal(1, &mut totals.level_count);
    e.decimal(2, &mut totals.hash_total);
    e.quantity(3, 4, &mut totals.weight);
    e.quantity(5, 6, &mut totals.volume);
    e.text(7, &mut totals.description);
    let Some(declared) = totals.level_count.filter(|d| *d != Decimal::from(levels)) else { return };
    e.report(
        COUNT_DIFFERS,
        Severity::Warning,
        1,
        format!("CTT01 counts {declared} levels, {levels} loops HL came."),
        "The partner's move: count the loops HL in CTT01. Ask whether a level is missing before the goods are booked.",
    );
}
