//! X12 940 (004010, 005010) and [`WarehouseShippingOrder`], both ways.
//!
//! The lines are flat: the loop LX that a line came in is its `group_number`, and its number where it is the only one in there; what
//! the loop says of its lines stands in `groups`. Written, lines of one group stand in one loop LX. The way to go is W66, which has
//! one carrier; a route that says its place in a sequence (133) is an R2. Dangerous goods (LH1 to LHR) stay unmapped.

use super::{OrderGroup, RailBilling, ShippingOrderLine, WarehouseShippingOrder};
use crate::Text;
use crate::item::{complete, identify};
use crate::line::{complete_order, order_of};
use crate::mapping::{Elements, Walk};
use crate::package::Package;
use crate::purchase_order::Purpose;
use crate::quantity::Quantity;
use crate::reference::{IdScheme, Identifier, IdentityKind};
use crate::transport::{DeliveryTerms, Equipment, Marks, Place, Route, Temperature, Transport};
use crate::x12::party::{contact, name, party};
use crate::x12::quantity::qty;
use crate::x12::{codes, money, transport, warehouse};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/purpose", "473 has no code for this purpose"),
    ("/kind", "92 has no code for this kind, and W05 of 004010 has no kind"),
    ("/kind_code", "W05 of 004010 has no kind of order"),
    ("/kind_name", "W0508 is a code alone"),
    ("/version", "W05 has a number, no version"),
    ("/revision", "W05 has a number, no revision"),
    ("/currency", "the 940 has no currency"),
    ("/other_currencies", "the 940 has no currency"),
    ("/amounts", "the 940 has amounts (AMT) with the lines alone"),
    ("/amounts/money/currency", "the 940 has no currency"),
    ("/totals/amounts", "the 940 has amounts (AMT) with the lines alone"),
    ("/totals/line_count", "W76 counts units, no lines"),
    ("/totals/hash_total", "W76 has the units in all"),
    ("/totals/counts", "W76 has units, weight and volume"),
    ("/totals/package_count", "W76 has units, weight and volume"),
    ("/totals/description", "W76 has no text"),
    ("/totals/quantity/unit", "W7601 has no unit"),
    ("/locations", "the 940 has places with parties alone"),
    ("/instructions", "the 940 has instructions as notes (NTE) alone"),
    ("/parties/references", "the loop N1 has contacts alone"),
    ("/parties/dates", "the loop N1 has contacts alone"),
    ("/notes/language", "NTE has no language"),
    (
        "/delivery_terms",
        "W66 has who pays the freight, and the point where it passes; terms by their code have no place",
    ),
    ("/transport/equipment", "the 940 has equipment (TD3) in 005010 alone, and one"),
    ("/dates", "G62 has days and times alone, and by 432 fewer kinds of them than others"),
    ("/master_reference", "W0504 and W0505 need each other"),
    ("/link_sequence", "W0504 and W0505 need each other"),
    ("/references/kind", "an N9 without a number says nothing"),
    ("/lines/references/kind", "an N9 without a number says nothing"),
    ("/groups/number", "a group that says nothing of its lines is told by their own numbers"),
    ("/groups/references", "LX has references (N9) in 005010 alone"),
    ("/groups/parties", "the loop LX has one party, by N1 alone"),
    ("/lines/number", "LX has whole numbers of up to six digits"),
    ("/lines/parent_number", "W01 names no other line"),
    ("/lines/locations", "the 940 has places with parties alone"),
    ("/lines/instructions", "the 940 has instructions as notes (NTE) alone"),
    ("/lines/packages", "SSCCs stand with the group of lines (MAN); of packages the 940 has no more"),
    ("/lines/marks", "the 940 has marks (MAN) with the group of lines alone"),
    ("/lines/dangerous_goods", "of dangerous goods the mapping writes none yet: LH1 to LHR"),
    ("/lines/contacts", "a line has contacts (PER) in 004010 alone"),
    ("/lines/notes/language", "NTE has no language"),
    ("/lines/dates", "G62 has days and times alone, and by 432 fewer kinds of them than others"),
    ("/lines/item/identities", "W01 has one lot (451) and no numbers of single things"),
    ("/lines/item/lots", "W01 has one lot (451)"),
    ("/lines/item/serials", "W01 has no serial numbers"),
    ("/lines/item/expiry_date", "the 940 has dates of the line (G62) by their kind"),
    ("/lines/item/trade_conditions", "the 940 has no country of origin"),
    ("/lines/item/product_ids", "W01 has three numbers beside the case code (438)"),
    ("/lines/item/descriptions/language", "G69 has a text alone"),
    ("/lines/item/descriptions/form_code", "G69 has a text alone"),
    ("/lines/item/descriptions/code", "G69 has a text alone"),
    ("/transport/routes/carrier", "the carrier is told by its SCAC alone (140)"),
    ("/lines/amounts/money/currency", "the 940 has no currency"),
    ("004010:/lines/parties/additional_names", "004010 has of a line's parties N1 alone"),
    ("004010:/lines/parties/address", "004010 has of a line's parties N1 alone"),
    ("004010:/lines/parties/contacts", "004010 has of a line's parties N1 alone"),
    ("/lines/parties/dates", "the loop N1 of a line has no dates"),
];

/// The 940.
pub(crate) fn map(walk: &mut Walk<'_>, order: &mut WarehouseShippingOrder) {
    walk.once("W05", |e| beginning(e, order));
    walk.loops("N1", &mut order.parties, party);
    walk.each("N9", &mut order.references, warehouse::reference);
    warehouse::contacts(walk, &mut order.contacts);
    walk.each("G62", &mut order.dates, warehouse::date);
    warehouse::notes(walk, &mut order.notes);
    walk.each("W09", &mut order.transport.temperatures, temperature);
    carriage(walk, order);
    walk.once("W6", |e| warehouse::handling(e, &mut order.transport.handling, 0));
    walk.maybe("BNX", &mut order.rail_billing, rail_billing);
    walk.loops("TD3", &mut order.transport.equipment, |w, q: &mut Equipment| {
        w.once("TD3", |e| transport::equipment(e, q));
    });
    warehouse::industry_codes(walk, &mut order.industry_codes);
    lines(walk, order);
    totals(walk, order);
}

/// W05. An order that says not what it does is a new one (473 = N).
fn beginning(e: &mut Elements<'_>, order: &mut WarehouseShippingOrder) {
    e.coded(1, &codes::ORDER_STATUS, &mut order.purpose, &mut order.purpose_code);
    if !e.is_reading() && order.purpose == Purpose::Other && order.purpose_code.is_empty() {
        e.constant(1, "N");
    }
    let fields = warehouse::Order {
        number: &mut order.number,
        purchase_order_number: &mut order.purchase_order_number,
        link_sequence: &mut order.link_sequence,
        master_reference: &mut order.master_reference,
        transaction_type_code: &mut order.transaction_type_code,
        action_code: &mut order.action_code,
    };
    warehouse::order(e, fields);
    e.coded_opt(8, &codes::ORDER_KIND, &mut order.kind, &mut order.kind_code);
}

/// W09: the range of temperature that the goods need. W0901 is mandatory: without it nothing is written.
fn temperature(e: &mut Elements<'_>, t: &mut Temperature) {
    if !e.is_reading() {
        e.needs(1);
    }
    e.code(1, &mut t.equipment_code);
    e.quantity(2, 3, &mut t.minimum);
    e.quantity(4, 5, &mut t.maximum);
    e.text(6, &mut t.description);
    e.code(7, &mut t.vent_code);
    e.decimal(8, &mut t.vent_percent);
    e.decimal(9, &mut t.quantity);
}

/// BNX.
fn rail_billing(e: &mut Elements<'_>, b: &mut RailBilling) {
    e.code(1, &mut b.weight_code);
    e.text(2, &mut b.pattern);
    e.code(3, &mut b.billing_code);
    e.text(4, &mut b.pattern_number);
}

/// W66, and R2 for routes that have a place in a sequence.
fn carriage(walk: &mut Walk<'_>, order: &mut WarehouseShippingOrder) {
    let ours = walk.codes_are_ours();
    let is_leg = move |r: &Route| ours && r.sequence_code.is_some();
    let transport = &mut order.transport;
    let leading = transport.routes.iter().position(|r| !is_leg(r));
    let mut way = Way {
        route: leading.and_then(|at| transport.routes.get(at)).cloned().unwrap_or_default(),
        terms: order.delivery_terms.first().cloned().unwrap_or_default(),
        pallet_exchange_code: order.pallet_exchange_code.take(),
        unit_load_code: order.unit_load_code.take(),
    };
    walk.once("W66", |e| {
        paid_and_carried(e, &mut way);
        e.code(8, &mut order.cash_on_delivery_code);
        e.money_cents(9, &mut order.cash_on_delivery);
        carrier(e, 10, &mut way.route);
        mandatory(e);
    });
    (order.pallet_exchange_code, order.unit_load_code) = (way.pallet_exchange_code, way.unit_load_code);
    if walk.is_reading() {
        keep(way.route, way.terms, &mut order.transport, &mut order.delivery_terms);
    }
    walk.each_chosen("R2", &mut order.transport.routes, is_leg, leg);
}

/// W66 says who pays and how it goes: where the document says neither, by agreement (146 = DF), by a means that is agreed (91 = ZZ).
fn mandatory(e: &mut Elements<'_>) {
    if !e.is_reading() && (1..=10).any(|at| e.has(at)) {
        for (at, code) in [(1, "DF"), (2, "ZZ")] {
            if !e.has(at) {
                e.constant(at, code);
            }
        }
    }
}

/// What W66 and G66 share.
struct Way {
    route: Route,
    terms: DeliveryTerms,
    pallet_exchange_code: Option<Text>,
    unit_load_code: Option<Text>,
}

/// 146, 91, 399, 400, 387, 433 and 434. The point where the freight passes keeps its code (433) as its kind.
fn paid_and_carried(e: &mut Elements<'_>, way: &mut Way) {
    let terms = &mut way.terms;
    e.coded_opt(1, &codes::FREIGHT_PAYMENT, &mut terms.freight_payment, &mut terms.freight_payment_code);
    e.coded_opt(2, &codes::TRANSPORT_MODE, &mut way.route.mode, &mut way.route.mode_code);
    e.code(3, &mut way.pallet_exchange_code);
    e.code(4, &mut way.unit_load_code);
    e.text(5, &mut way.route.description);
    if !e.is_reading() && !e.has(5) {
        // The name of a carrier has no element of its own.
        e.text(5, &mut way.route.carrier_name);
    }
    e.part(&mut terms.location, |e, place: &mut Place| {
        e.code(6, &mut place.kind_code);
        e.text(7, &mut place.description);
    });
}

/// 140. A carrier by another scheme than SCAC has no place.
fn carrier(e: &mut Elements<'_>, at: usize, route: &mut Route) {
    let mut scac = route.carrier.as_ref().filter(|c| c.scheme == IdScheme::Scac).map(|c| c.id.clone());
    e.text(at, &mut scac);
    if let (true, None, Some(id)) = (e.is_reading(), &route.carrier, scac) {
        route.carrier = Some(Identifier { scheme: IdScheme::Scac, id, ..Identifier::default() });
    }
}

/// Puts what was read where it belongs, if it says anything.
fn keep(route: Route, terms: DeliveryTerms, transport: &mut Transport, list: &mut Vec<DeliveryTerms>) {
    if route != Route::default() {
        transport.routes.push(route);
    }
    if terms != DeliveryTerms::default() {
        list.push(terms);
    }
}

/// R2: one carrier of several. Its switch carriers (296) and route in words (742) stay unmapped.
fn leg(e: &mut Elements<'_>, r: &mut Route) {
    e.needs(1);
    e.needs(2);
    carrier(e, 1, r);
    e.code(2, &mut r.sequence_code);
    e.text(3, &mut r.city);
    e.code(5, &mut r.intermodal_service_code);
    e.coded_opt(6, &codes::TRANSPORT_MODE, &mut r.mode, &mut r.mode_code);
    e.text(9, &mut r.invoice_number);
    e.date(10, &mut r.date);
    e.text(11, &mut r.description);
    e.code(12, &mut r.service_type_code);
}

/// The loops LX.
fn lines(walk: &mut Walk<'_>, order: &mut WarehouseShippingOrder) {
    if walk.is_writing() {
        return write_lines(walk, order);
    }
    for mut inner in walk.found("LX") {
        inner.claim_loop();
        let mut group = OrderGroup::default();
        group_head(&mut inner, &mut group);
        let mut came: Vec<ShippingOrderLine> = Vec::new();
        inner.loops("W01", &mut came, line);
        let number = Some(group.number.clone()).filter(|n| !n.is_empty());
        if let [only] = came.as_mut_slice() {
            only.number.clone_from(&number);
        }
        for line in &mut came {
            line.group_number.clone_from(&number);
        }
        let plain = OrderGroup { number: group.number.clone(), ..OrderGroup::default() };
        if came.is_empty() || group != plain {
            order.groups.push(group);
        }
        order.lines.append(&mut came);
    }
}

/// LX, MAN, SDQ, N1, G62 and N9.
fn group_head(walk: &mut Walk<'_>, group: &mut OrderGroup) {
    walk.once("LX", |e| e.required(1, &mut group.number));
    transport::marks(walk, &mut group.marks);
    transport::distribution(walk, &mut group.distribution);
    walk.each("N1", &mut group.parties, name);
    walk.each("G62", &mut group.dates, warehouse::date);
    walk.each("N9", &mut group.references, warehouse::reference);
}

/// Lines of one group stand together, where the first of them stands; a line without a group has one of its own.
fn write_lines(walk: &mut Walk<'_>, order: &mut WarehouseShippingOrder) {
    let (mut lines, mut groups) = (std::mem::take(&mut order.lines), std::mem::take(&mut order.groups));
    for at in 0..lines.len() {
        let own = lines.get(at).and_then(own_number);
        let taken = own.is_none() || lines.iter().any(|l| l.group_number == own);
        if let (false, Some(line)) = (taken, lines.get_mut(at)) {
            line.group_number = own;
        }
    }
    warehouse::number_groups(
        lines.iter_mut().map(|l| &mut l.group_number),
        groups.iter_mut().map(|g| &mut g.number),
    );
    let mut numbers: Vec<Text> = Vec::new();
    let of_lines = lines.iter().filter_map(|l| l.group_number.clone());
    for number in of_lines.chain(groups.iter().map(|g| g.number.clone())) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    for number in numbers {
        let empty = || OrderGroup { number: number.clone(), ..OrderGroup::default() };
        let mut group = groups.iter().find(|g| g.number == number).cloned().unwrap_or_else(empty);
        let of_lines = lines.iter().filter(|l| l.group_number.as_ref() == Some(&number));
        group.marks.extend(of_lines.flat_map(|l| &l.packages).flat_map(sscc_marks));
        walk.write_loop("LX", |w| {
            group_head(w, &mut group);
            for entry in lines.iter_mut().filter(|l| l.group_number.as_ref() == Some(&number)) {
                w.write_loop("W01", |inner| line(inner, entry));
            }
        });
    }
    (order.lines, order.groups) = (lines, groups);
}

/// The SSCCs of a package as marks (88 = GM).
fn sscc_marks(package: &Package) -> Option<Marks> {
    let listed = package.identities.iter().filter(|i| i.kind == IdentityKind::Sscc).map(|i| i.value.clone());
    let mut values: Vec<Text> = listed.collect();
    values.extend(package.sscc.clone().filter(|sscc| !values.contains(sscc)));
    (!values.is_empty()).then(|| Marks { code: "GM".into(), values, ..Marks::default() })
}

/// The number of a line without a group, as LX may have it: up to six digits, no zeros before them.
fn own_number(line: &ShippingOrderLine) -> Option<Text> {
    let number = line.number.as_ref().filter(|_| line.group_number.is_none())?.trim_start_matches('0');
    let fits = (1..=6).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| Text::new(number))
}

/// The loop W01.
fn line(walk: &mut Walk<'_>, line: &mut ShippingOrderLine) {
    if walk.is_writing() {
        complete(&mut line.item);
        complete_order(&line.order, &mut line.references, true);
    }
    walk.once("W01", |e| {
        let classes = warehouse::Classes {
            freight_class_code: &mut line.freight_class_code,
            rate_class_code: &mut line.rate_class_code,
            pallet_block_and_tiers: &mut line.pallet_block_and_tiers,
        };
        warehouse::ordered_item(e, &mut line.quantity, &mut line.item, classes);
    });
    identify(&mut line.item);
    warehouse::descriptions(walk, &mut line.item.descriptions);
    walk.each("N9", &mut line.references, warehouse::reference);
    warehouse::notes(walk, &mut line.notes);
    walk.each("W20", &mut line.packs, warehouse::pack);
    walk.each("QTY", &mut line.quantities, qty);
    walk.each("AMT", &mut line.amounts, money::amount);
    walk.each("G62", &mut line.dates, warehouse::date);
    line_carriage(walk, line);
    warehouse::parties(walk, &mut line.parties);
    walk.each("PER", &mut line.contacts, contact);
    warehouse::industry_codes(walk, &mut line.industry_codes);
    warehouse::line_parts(walk, &mut line.parts);
    warehouse::accounting(walk, &mut line.accounting);
    if walk.is_reading() {
        line.order = order_of(&line.references);
    }
}

/// G66.
fn line_carriage(walk: &mut Walk<'_>, line: &mut ShippingOrderLine) {
    let mut way = Way {
        route: line.transport.routes.first().cloned().unwrap_or_default(),
        terms: line.delivery_terms.first().cloned().unwrap_or_default(),
        pallet_exchange_code: line.pallet_exchange_code.take(),
        unit_load_code: line.unit_load_code.take(),
    };
    walk.once("G66", |e| paid_and_carried(e, &mut way));
    (line.pallet_exchange_code, line.unit_load_code) = (way.pallet_exchange_code, way.unit_load_code);
    if walk.is_reading() {
        keep(way.route, way.terms, &mut line.transport, &mut line.delivery_terms);
    }
}

/// W76. What is to be shipped in all is the sum of the lines, where the document does not say it.
fn totals(walk: &mut Walk<'_>, order: &mut WarehouseShippingOrder) {
    let totals = &mut order.totals;
    if walk.is_writing() && totals.quantity.is_none() {
        let value = warehouse::sum(order.lines.iter().filter_map(|l| l.quantity.as_ref()));
        totals.quantity = Some(Quantity { value, ..Quantity::default() });
    }
    walk.once("W76", |e| {
        warehouse::plain_quantity(e, 1, &mut totals.quantity);
        e.quantity(2, 3, &mut totals.weight);
        e.quantity(4, 5, &mut totals.volume);
        e.decimal(6, &mut totals.order_sizing_factor);
    });
}
