//! X12 214 (004010, 005010) and [`TransportStatus`], both ways.
//!
//! 004010 has references, parties and remarks of the shipment in the header; 005010 has all of them in the loop LX. Written, those of
//! the shipment stand where the version has them, in the first LX.

use super::{Carton, EventKind, StatusEvent, StatusLine, TransportStatus};
use crate::freight::{FreightCharge, Goods};
use crate::line::OrderReference;
use crate::mapping::{Elements, Walk};
use crate::party::PartyRole;
use crate::reference::{IdScheme, Reference, ReferenceKind};
use crate::x12::codes;
use crate::x12::freight as f;
use crate::x12::transport::marks;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("*/references/kind", "L11 and N9 need a number or a text"),
    ("*/references/kind_code", "L11 and N9 need a number or a text"),
    ("/purpose", "B10 does not say why it was sent"),
    ("/purpose_code", "B10 does not say why it was sent"),
    ("/kind_code", "B10 has no kind of document"),
    ("/kind_name", "B10 has no kind of document"),
    ("/version", "B10 has no version of the document"),
    ("/revision", "B10 has no version of the document"),
    ("/acknowledgement_code", "B10 asks for no answer"),
    ("/status_date", "B10 of 004010 ends at 07"),
    ("/status_time", "B10 of 004010 ends at 07"),
    ("/dates", "the 214 has dates of parties and of what happened alone: G62 and AT7"),
    ("/references", "005010 has L11 in the loop LX alone, of the first one; L11 has one number and no time"),
    (
        "/parties",
        "005010 has N1 in the loop LX alone, of the first one; G61 has one contact, of a name and one number",
    ),
    ("/notes", "005010 has K1 in the loop LX alone, of the first one; K1 has no code and no subject"),
    ("/marks", "005010 has MAN in the loop LX alone, of the first one"),
    ("/contacts", "the 214 has contacts of parties alone: G61"),
    ("/locations", "the 214 has places of what happened alone: MS1"),
    ("/carriage_terms", "the 214 has no terms of carriage"),
    ("/totals", "the 214 has no totals"),
    ("/transport/routes", "MS3 stands in the header of 004010 alone, with carrier, sequence, mode and city"),
    ("/lines/consignment_number", "B10-02 has the number of one shipment; that of a further one is an L11"),
    ("/lines/document_status_code", "LX has a number alone"),
    ("/lines/source", "LX has a number alone"),
    ("/lines/load_sequence", "LX has a number alone"),
    ("/lines/locations", "LX has no places; MS1 has that of what happened"),
    ("/lines/counts", "LX has no counts; AT8 has weight and pieces"),
    ("/lines/order", "005010 has OID in place of the loop PRF"),
    ("/lines/cartons", "the loop CD3 stands in 004010 alone"),
    ("/lines/parties", "004010 has N1 in the header alone"),
    ("/lines/references/dates", "L11 of 004010 has no date, that of 005010 no time"),
    ("/lines/temperatures", "AT5 of 004010 has no temperature"),
    ("/lines/events/status", "1650 has no code of that meaning: the nearest is written"),
    ("/lines/events/text", "AT7 has codes alone"),
    ("/lines/events/reasons", "AT7 has codes alone"),
    ("/lines/events/dates", "AT7 has one date"),
    ("/lines/events/references", "the loop AT7 has no references"),
    ("/lines/events/parties", "the loop AT7 has no parties"),
    ("/lines/events/locations", "MS1 has a city, or a longitude and a latitude"),
    ("/lines/events/marks", "the loop AT7 has no marks"),
    ("/lines/events/identities", "the loop AT7 has no numbers of packages"),
    ("/lines/events/goods", "the loop AT7 has no goods"),
    ("/lines/events/attachments", "the loop AT7 has no papers"),
    ("/lines/events/notes", "004010 has no K1 in the loop AT7, 005010 one of two lines"),
    ("/lines/events/routes", "the loop AT7 has no route: MS3 stands in the header"),
    ("/lines/events/reason_codes", "1651 of 005010 has no NS; AT7 has one reason"),
    ("/lines/events/appointment_reason_code", "1651 of 005010 has no NS"),
    ("/lines/events/place", "MS1 has a city with its state or country, or a longitude with its latitude"),
    ("/lines/events/place/postal_code", "MS1 of 004010 ends at 07"),
    ("/lines/events/signed_by", "the 214 has no name of who received it"),
    ("004010:/lines/orders/number", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/lines/orders/packaging_code", "SPO of 004010 has the order's number, quantity and weight"),
    ("004010:/lines/orders/volume", "SPO of 004010 has the order's number, quantity and weight"),
    ("005010:/lines/orders/quantity/unit", "OID of 005010 has a packaging in place of the unit"),
    ("005010:/lines/orders/quantity/original_unit", "OID of 005010 has a packaging in place of the unit"),
    ("004010:/lines/events/equipment/seals", "M7 stands in the loop AT7 of 005010 alone"),
];

/// The 214.
pub(crate) fn map(walk: &mut Walk<'_>, status: &mut TransportStatus) {
    if walk.is_writing() {
        complete(status, walk.is_newer());
    }
    walk.once("B10", |e| beginning(e, status));
    f::references(walk, &mut status.references);
    marks(walk, &mut status.marks);
    f::remarks(walk, &mut status.notes);
    walk.loops("N1", &mut status.parties, f::party);
    walk.each("MS3", &mut status.transport.routes, f::ms3);
    walk.loops("LX", &mut status.lines, line);
}

/// B10.
fn beginning(e: &mut Elements<'_>, status: &mut TransportStatus) {
    e.required(1, &mut status.number);
    e.text(2, &mut status.shipment_number);
    f::scac(e, 3, &mut status.carrier);
    e.text(4, &mut status.inquiry_number);
    e.part(&mut status.reference, |e, r: &mut Reference| {
        e.needs(6);
        e.coded(5, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
        e.text(6, &mut r.value);
    });
    if !e.is_reading() && e.has(6) && !e.has(5) {
        e.constant(5, "ZZ");
    }
    e.code(7, &mut status.answer_code);
    e.date(8, &mut status.status_date);
    e.time(9, &mut status.status_time);
}

/// The loop LX.
fn line(walk: &mut Walk<'_>, line: &mut StatusLine) {
    walk.once("LX", |e| {
        e.required(1, &mut line.number);
        if !e.is_reading() && !e.has(1) {
            e.serial(1);
        }
    });
    walk.loops("AT7", &mut line.events, event);
    f::references(walk, &mut line.references);
    marks(walk, &mut line.marks);
    f::remarks(walk, &mut line.notes);
    f::care(walk, &mut line.handling, &mut line.temperatures);
    walk.each_chosen("AT8", &mut line.goods, |g| g.exception_code.is_none(), f::at8);
    walk.each_chosen("Q7", &mut line.goods, |g| g.exception_code.is_some(), f::q7);
    walk.loops("N1", &mut line.parties, f::party);
    walk.loops("CD3", &mut line.cartons, carton);
    purchase_order(walk, line);
    f::carried_orders(walk, &mut line.orders);
}

/// The loop PRF: the order, and cartons and parties of it.
fn purchase_order(walk: &mut Walk<'_>, line: &mut StatusLine) {
    let prf = |w: &mut Walk<'_>, order: &mut OrderReference| {
        w.once("PRF", |e| {
            e.needs(1);
            e.text(1, &mut order.number);
            e.text(2, &mut order.release_number);
            e.text(3, &mut order.change_number);
            e.date(4, &mut order.date);
            e.text(5, &mut order.line_number);
            e.text(6, &mut order.contract_number);
            e.code(7, &mut order.kind_code);
        });
    };
    walk.maybe_loop("PRF", &mut line.order, prf);
}

/// The loop AT7. An appointment (1652) is a status of its own.
fn event(walk: &mut Walk<'_>, event: &mut StatusEvent) {
    walk.once("AT7", |e| {
        let mut reasons = event.reason_codes.clone();
        e.code(3, &mut event.appointment_code);
        // 1651 of 005010 has no code for what is normal (NS): there a reason may be absent.
        let normal = |code: &crate::Text| !e.is_reading() && e.is_newer() && code == "NS";
        reasons.retain(|code| !normal(code));
        event.appointment_reason_code = event.appointment_reason_code.take().filter(|code| !normal(code));
        e.code(4, &mut event.appointment_reason_code);
        let appointed = event.appointment_code.is_some();
        if e.is_reading() || !e.has(3) {
            e.coded(1, &codes::EVENT_KIND, &mut event.status, &mut event.status_code);
            if !e.is_reading() && !e.has(1) {
                e.constant(1, nearest(event.status));
            }
            e.codes([2.into()].into_iter(), &mut reasons);
            if !e.is_reading() && e.has(1) && !e.has(2) && !e.is_newer() {
                // 1651 = NS: normal status. 004010 asks for a reason with a status.
                e.constant(2, "NS");
            }
        }
        if e.is_reading() {
            event.reason_codes = reasons;
            if appointed && event.status == EventKind::Other {
                event.status = EventKind::Appointment;
            }
        } else if e.has(3) && !e.has(4) && !e.is_newer() {
            e.constant(4, "NS");
        }
        e.date(5, &mut event.date);
        if e.is_reading() || e.has(5) {
            e.time(6, &mut event.time);
            if e.is_reading() || e.has(6) {
                e.code(7, &mut event.time_zone_code);
            }
        }
    });
    walk.maybe("MS1", &mut event.place, |e, p| {
        if !e.is_reading() && p.longitude.is_none() {
            // A city alone says nothing: its state or its country belong to it.
            e.needs(1);
            e.needs(if p.region.is_some() { 2 } else { 3 });
        }
        e.text(1, &mut p.city);
        e.text(2, &mut p.region);
        e.text(3, &mut p.country);
        e.text(4, &mut p.longitude);
        e.text(5, &mut p.latitude);
        e.code(6, &mut p.longitude_direction_code);
        e.code(7, &mut p.latitude_direction_code);
        e.text(8, &mut p.postal_code);
    });
    walk.each("MS2", &mut event.equipment, f::ms2);
    f::remarks(walk, &mut event.notes);
    let mut seals = Vec::new();
    if let (true, Some(equipment)) = (walk.is_writing(), event.equipment.first_mut()) {
        seals.append(&mut equipment.seals);
    }
    f::seals(walk, &mut seals);
    if let (true, false) = (walk.is_reading(), seals.is_empty()) {
        if event.equipment.is_empty() {
            event.equipment.push(crate::transport::Equipment::default());
        }
        if let Some(equipment) = event.equipment.first_mut() {
            equipment.seals = seals;
        }
    }
}

/// The code of 1650 that comes nearest to a word that has none.
fn nearest(kind: EventKind) -> &'static str {
    use EventKind as K;
    match kind {
        K::PickedUp | K::Departed => "AF",
        K::Arrived | K::VesselArrival => "X4",
        K::VesselDeparture => "P1",
        K::OutForDelivery | K::CustomsReleased | K::EstimatedDeparture => "X6",
        K::UnloadingAtDelivery => "X1",
        K::PartiallyDelivered => "D1",
        K::Returned => "A7",
        K::Lost | K::Exception => "SD",
        _ => "",
    }
}

/// The loop CD3.
fn carton(walk: &mut Walk<'_>, carton: &mut Carton) {
    cd3(walk, carton);
    f::references(walk, &mut carton.references);
    walk.loops("AT7", &mut carton.events, event);
    marks(walk, &mut carton.marks);
    walk.loops("N1", &mut carton.parties, f::party);
}

/// CD3.
pub(crate) fn cd3(walk: &mut Walk<'_>, carton: &mut Carton) {
    walk.once("CD3", |e| {
        e.code(1, &mut carton.weight_code);
        f::bare(e, 2, &mut carton.weight);
        f::or_else(e, 1, 2, "G");
        e.text(3, &mut carton.zone);
        f::tenths(e, 4, &mut carton.service_standard);
        e.codes([5.into(), 11.into(), 12.into()].into_iter(), &mut carton.service_level_codes);
        e.code(6, &mut carton.pickup_or_delivery_code);
        e.slots([7, 9].into_iter(), &mut carton.charges, |e, at, c: &mut FreightCharge| {
            e.needs(at);
            e.needs(at + 1);
            e.code(at, &mut c.rate_code);
            e.money_cents(at + 1, &mut c.amount);
        });
        e.code(13, &mut carton.payment_method_code);
        e.text(14, &mut carton.country);
        if !e.is_reading() {
            e.needs(1);
        }
    });
}

/// What the document says elsewhere than a 214 does.
fn complete(status: &mut TransportStatus, newer: bool) {
    if status.carrier.is_none() {
        let of_party = status.parties.iter().filter(|p| p.role == PartyRole::Carrier).flat_map(|p| &p.ids);
        let events = status.lines.iter().flat_map(|l| &l.events);
        let of_route = events.flat_map(|e| &e.routes).chain(&status.transport.routes);
        let ids = of_party.chain(of_route.filter_map(|r| r.carrier.as_ref()));
        status.carrier = ids.into_iter().find(|id| id.scheme == IdScheme::Scac).cloned();
    }
    let consignment = status.lines.first().and_then(|l| l.consignment_number.clone());
    if status.shipment_number.is_none() {
        status.shipment_number = consignment;
    }
    let known = status.shipment_number.clone();
    for line in &mut status.lines {
        let number = line.consignment_number.take().filter(|n| Some(n) != known.as_ref());
        let kind = ReferenceKind::Shipment;
        line.references.extend(number.map(|n| Reference { kind, value: Some(n), ..Reference::default() }));
        f::split_remarks(&mut line.notes);
        let weigh = |g: &Goods| g.weight.is_some() || g.exception_code.is_some() || g.pieces.is_some();
        line.goods.retain(weigh);
        for event in &mut line.events {
            if let (None, Some(day)) = (event.date, event.dates.first()) {
                (event.date, event.time) = (day.date, day.time);
                event.time_zone_code = day.time_zone_code.clone();
            }
        }
    }
    f::split_remarks(&mut status.notes);
    if newer {
        if status.lines.is_empty() {
            status.lines.push(StatusLine::default());
        }
        if let Some(first) = status.lines.first_mut() {
            first.references.splice(0..0, status.references.drain(..));
            first.parties.splice(0..0, status.parties.drain(..));
            first.notes.splice(0..0, status.notes.drain(..));
            first.marks.splice(0..0, status.marks.drain(..));
        }
    } else {
        for line in &mut status.lines {
            status.parties.append(&mut line.parties);
        }
    }
}
