//! X12 204 (004010, 005010) and [`TransportOrder`], both ways.
//!
//! Goods stand with the stops where they are loaded or unloaded. An order without stops (that of an IFTMIN) is written as two: where
//! its goods are picked up, and where they are delivered.

use super::TransportOrder;
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::freight::{CarriedOrder, Goods, Stop, StopReason};
use crate::mapping::{Elements, Walk};
use crate::party::{Party, PartyRole};
use crate::reference::IdScheme;
use crate::x12::freight as f;
use crate::x12::{charge, codes, hazard, quantity};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("*/references/kind", "L11 and N9 need a number or a text"),
    ("*/references/kind_code", "L11 and N9 need a number or a text"),
    ("/kind_list_code", "B2A has a code of X12 alone"),
    ("/kind_agency_code", "B2A has a code of X12 alone"),
    ("/kind_name", "B2A has a code alone"),
    ("/version", "the 204 has no version of the document"),
    ("/revision", "the 204 has no version of the document"),
    ("/acknowledgement_code", "B2A says by 346 alone whether an answer is wanted"),
    ("/parties/contacts", "G61 has a name and one number; the number of a contact needs a code of 365"),
    ("/lines", "a 204 has its goods with the stops: loop S5"),
    ("/parties", "the header has five N1 of the order itself; those of a stop stand with it: loop S5"),
    ("/dates", "G62: 432 has no code of that meaning, or the date belongs to a stop"),
    ("/references/parts", "L11 has one number"),
    ("/references/line_number", "L11 has one number"),
    ("/notes", "NTE has a text of one line and a code; nothing else of a note"),
    ("/locations", "the 204 has places as parties alone: N1"),
    ("/measurements", "the 204 has measurements of equipment alone"),
    ("/identities", "the 204 has no numbers of packages: L5-06 has marks"),
    ("/attachments", "the 204 has no list of papers"),
    ("/delivery_terms", "B2 has one trade term and one method of payment"),
    ("/carriage_terms", "B2 has one code of service: 375"),
    ("/formalities", "the 204 has nothing for authorities"),
    ("/amounts", "L3 has the charges in all alone"),
    ("/charges", "the 204 has no charges but L3"),
    ("/currency/dates", "C3 has a currency and a rate"),
    ("/currency/usage_code", "C3 has a currency and a rate"),
    ("/currency", "the 204 of 004010 has no currency"),
    ("/charge_total/amount/currency", "the 204 of 004010 has no currency"),
    ("/charge_total/advances/currency", "the 204 of 004010 has no currency"),
    ("/charge_total/prepaid/currency", "the 204 of 004010 has no currency"),
    ("/charge_total/declared_value/currency", "the 204 of 004010 has no currency"),
    ("/other_currencies", "C3 has one currency"),
    ("/contacts", "the 204 has contacts of parties alone: G61"),
    ("/transport/routes", "MS3 has one carrier with its sequence, mode and city"),
    ("/transport/equipment", "N7 has number, weights and measures of one trailer or container each"),
    ("/transport/temperatures", "AT5 of 004010 has no temperature"),
    ("/stops/equipment/measurements", "MEA needs a code of X12 for what was measured"),
    ("/stops/dates", "G62: 432 has no code of that meaning"),
    ("/stops/temperatures", "AT5 of 004010 has no temperature"),
    ("/stops/goods/temperatures", "AT5 of 004010 has no temperature, nor has the loop L5 any"),
    ("/stops/goods/handling", "the loop L5 of 004010 has no AT5"),
    ("/stops/goods/references", "the loop L5 of 004010 has L11 within the contact alone"),
    ("/stops/goods/measurements", "the loop L5 of 004010 has no MEA"),
    ("/stops/goods/dimensions", "the loop L5 of 004010 has no L4"),
    ("/stops/goods/lading_value", "LAD of 004010 ends at 13"),
    ("/stops/orders/packaging_code", "OID of 004010 has a unit in place of the packaging"),
    ("/stops/orders/error_code", "OID of 004010 ends at 09"),
    ("/stops/orders/goods/dimensions", "the loop L5 of 004010 has no L4"),
    ("/stops/orders/goods/lading_value", "LAD of 004010 ends at 13"),
    ("005010:/stops/orders/quantity/unit", "OID of 005010 has a packaging in place of the unit"),
    ("005010:/stops/orders/quantity/original_unit", "OID of 005010 has a packaging in place of the unit"),
    ("004010:/references/dates", "L11 of 004010 has no date"),
    ("004010:/stops/references/dates", "L11 of 004010 has no date"),
    ("005010:/references/dates/role", "L11 has a day that says not what it is, and no time"),
    ("005010:/references/dates/time", "L11 has a day that says not what it is, and no time"),
    ("005010:/stops/references/dates/role", "L11 has a day that says not what it is, and no time"),
    ("005010:/stops/references/dates/time", "L11 has a day that says not what it is, and no time"),
];

/// The 204.
pub(crate) fn map(walk: &mut Walk<'_>, order: &mut TransportOrder) {
    if walk.is_writing() {
        complete(order);
    }
    walk.maybe("C3", &mut order.currency, charge::currency);
    walk.set_currency(order.currency.as_ref());
    walk.once("B2", |e| beginning(e, order));
    walk.once("B2A", |e| {
        e.coded(1, &codes::PURPOSE, &mut order.purpose, &mut order.purpose_code);
        if !e.is_reading() && !e.has(1) {
            e.constant(1, "00");
        }
        e.code(2, &mut order.kind_code);
    });
    f::references(walk, &mut order.references);
    walk.each("G62", &mut order.dates, f::g62);
    walk.each("MS3", &mut order.transport.routes, f::ms3);
    f::care(walk, &mut order.transport.handling, &mut order.transport.temperatures);
    walk.once("PLD", |e| {
        f::pallets(e, &mut order.pallets, &mut order.pallet_exchange_code, &mut order.pallet_weight);
    });
    walk.each("LH6", &mut order.dangerous_goods, hazard::certificate);
    f::notes(walk, &mut order.notes);
    walk.loops("N1", &mut order.parties, f::party);
    walk.loops("N7", &mut order.transport.equipment, f::equipment);
    walk.loops("S5", &mut order.stops, stop);
    walk.once("L3", |e| charge::l3(e, &mut order.charge_total, &mut order.totals));
}

/// B2. Who pays must be said: an order that does not say so means what the parties agreed (146 = DF).
fn beginning(e: &mut Elements<'_>, order: &mut TransportOrder) {
    e.code(1, &mut order.tariff_service_code);
    f::scac(e, 2, &mut order.carrier);
    e.text(3, &mut order.location_code);
    e.required(4, &mut order.number);
    e.code(5, &mut order.weight_unit_code);
    e.coded_opt(6, &codes::FREIGHT_PAYMENT, &mut order.freight_payment, &mut order.freight_payment_code);
    if !e.is_reading() && !e.has(6) {
        e.constant(6, "DF");
    }
    e.code(7, &mut order.shipment_code);
    e.decimal(8, &mut order.equipment_count);
    e.code(9, &mut order.weight_code);
    e.code(10, &mut order.customs_code);
    e.code(11, &mut order.terms_code);
    e.code(12, &mut order.payment_method_code);
}

/// The loop S5.
fn stop(walk: &mut Walk<'_>, stop: &mut Stop) {
    walk.once("S5", |e| f::s5(e, stop));
    f::references(walk, &mut stop.references);
    walk.each("G62", &mut stop.dates, f::g62);
    f::care(walk, &mut stop.handling, &mut stop.temperatures);
    f::notes(walk, &mut stop.notes);
    walk.loops("N1", &mut stop.parties, f::party);
    walk.loops("OID", &mut stop.orders, carried);
    walk.loops("N7", &mut stop.equipment, f::equipment);
    // The same goods are weights (AT8), ladings (LAD), pallets (PLD) or descriptions (L5).
    walk.each_chosen("AT8", &mut stop.goods, |g| form(g) == Form::Weight, f::at8);
    walk.each_chosen("LAD", &mut stop.goods, |g| form(g) == Form::Lading, f::lad);
    walk.each_chosen(
        "PLD",
        &mut stop.goods,
        |g| form(g) == Form::Pallets,
        |e, g| {
            f::pallets(e, &mut g.pallets, &mut g.pallet_exchange_code, &mut g.weight);
        },
    );
    walk.loops_chosen("L5", &mut stop.goods, |g| form(g) == Form::Described, described);
}

/// The loop OID.
fn carried(walk: &mut Walk<'_>, order: &mut CarriedOrder) {
    walk.once("OID", |e| f::oid(e, order));
    walk.each("G62", &mut order.dates, f::g62);
    walk.each_chosen("LAD", &mut order.goods, |g| form(g) == Form::Lading, f::lad);
    walk.loops_chosen("L5", &mut order.goods, |g| form(g) != Form::Lading, described);
}

/// The loop L5.
fn described(walk: &mut Walk<'_>, goods: &mut Goods) {
    walk.once("L5", |e| f::l5(e, goods));
    walk.once("AT8", |e| f::at8(e, goods));
    f::care(walk, &mut goods.handling, &mut goods.temperatures);
    f::references(walk, &mut goods.references);
    walk.each("MEA", &mut goods.measurements, quantity::measurement);
    walk.each("PER", &mut goods.contacts, crate::x12::party::contact);
    walk.each("L4", &mut goods.dimensions, f::l4);
    hazard::hazards(walk, goods);
}

#[derive(PartialEq)]
enum Form {
    Weight,
    Lading,
    Pallets,
    Described,
}

/// The segment that holds goods whole.
fn form(g: &Goods) -> Form {
    let weight = Goods {
        weight_code: g.weight_code.clone(),
        weight: g.weight.clone(),
        pieces: g.pieces,
        second_pieces: g.second_pieces,
        volume: g.volume.clone(),
        ..Goods::default()
    };
    if *g == weight {
        return Form::Weight;
    }
    let pallets = Goods {
        pallets: g.pallets,
        pallet_exchange_code: g.pallet_exchange_code.clone(),
        weight: g.weight.clone(),
        ..Goods::default()
    };
    if *g == pallets {
        return Form::Pallets;
    }
    let lading = Goods {
        packaging_code: g.packaging_code.clone(),
        pieces: g.pieces,
        unit_weight: g.unit_weight.clone(),
        weight: g.weight.clone(),
        product_ids: g.product_ids.clone(),
        descriptions: g.descriptions.clone(),
        lading_value: g.lading_value.clone(),
        ..Goods::default()
    };
    let lacks = g.unit_weight.is_none() && g.product_ids.is_empty() && g.pieces.is_none();
    if *g == lading && !lacks && g.descriptions.len() < 2 { Form::Lading } else { Form::Described }
}

/// What an order without stops, or without the carrier in a field of its own, needs to become a 204.
fn complete(order: &mut TransportOrder) {
    if order.carrier.is_none() {
        let of_party = order.parties.iter().filter(|p| p.role == PartyRole::Carrier).flat_map(|p| &p.ids);
        let of_route = order.transport.routes.iter().filter_map(|r| r.carrier.as_ref());
        order.carrier = of_party.chain(of_route).find(|id| id.scheme == IdScheme::Scac).cloned();
    }
    if order.freight_payment.is_none() {
        order.freight_payment = order.delivery_terms.iter().find_map(|t| t.freight_payment);
    }
    // Notes of IFTMIN have no place beside their text and code.
    if order.stops.is_empty() {
        order.stops = stops(order);
    }
}

/// Where the goods are picked up, with everything that is to be loaded; and where they are delivered.
fn stops(order: &mut TransportOrder) -> Vec<Stop> {
    use PartyRole as R;
    let wanted = |order: &mut TransportOrder, roles: &[PartyRole]| -> Vec<Party> {
        let at = roles.iter().find_map(|role| order.parties.iter().position(|p| p.role == *role));
        at.map(|at| order.parties.remove(at)).into_iter().collect()
    };
    let from = wanted(order, &[R::PickupLocation, R::ShipFrom, R::Consignor, R::Shipper, R::Seller]);
    let to = wanted(order, &[R::ShipTo, R::PlaceOfDelivery, R::UltimateConsignee, R::Consignee, R::Buyer]);
    let dates = |order: &mut TransportOrder, wanted: fn(DateRole) -> bool| -> Vec<DateTime> {
        let (taken, rest) = std::mem::take(&mut order.dates).into_iter().partition(|d| wanted(d.role));
        order.dates = rest;
        taken
    };
    let (loaded, unloaded) = (dates(order, is_pickup), dates(order, is_delivery));
    let number = |n: &'static str| Text::new_static(n);
    let load = Stop {
        number: number("1"),
        reason: StopReason::CompleteLoad,
        dates: loaded,
        parties: from,
        goods: std::mem::take(&mut order.lines),
        ..Stop::default()
    };
    let unload = Stop {
        number: number("2"),
        reason: StopReason::CompleteUnload,
        dates: unloaded,
        parties: to,
        ..Stop::default()
    };
    vec![load, unload]
}

fn is_pickup(role: DateRole) -> bool {
    use DateRole as R;
    let roles = [
        R::RequestedPickup,
        R::RequestedShip,
        R::ShipNotBefore,
        R::ShipNotAfter,
        R::Pickup,
        R::Shipped,
        R::ScheduledPickup,
        R::ScheduledShip,
    ];
    roles.contains(&role)
}

fn is_delivery(role: DateRole) -> bool {
    use DateRole as R;
    let roles = [
        R::RequestedDelivery,
        R::ScheduledDelivery,
        R::EstimatedDelivery,
        R::PromisedDelivery,
        R::DeliverNotBefore,
        R::DeliverNotAfter,
        R::RequiredBy,
    ];
    roles.contains(&role)
}
