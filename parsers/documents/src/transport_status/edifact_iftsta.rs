//! EDIFACT IFTSTA (D.96A, D.01B) and [`TransportStatus`], both ways.
//!
//! What happened is a code of Recommendation 24: 9011 in D.96A, 4405 in D.01B. When and where it happened stand in the DTM and LOC of
//! the status; the document has them in `dates` and `locations`, and in `date`, `time` and `place` of the event.

use super::{EventKind, StatusEvent, StatusLine, TransportStatus};
use crate::date::{DateRole, DateTime};
use crate::edifact::freight as f;
use crate::edifact::party::party;
use crate::edifact::quantity::qualified;
use crate::edifact::{codes, date, reference, transport};
use crate::freight::CarriageTerms;
use crate::heading::Totals;
use crate::mapping::{Elements, Walk};
use crate::party::{Party, PartyRole};
use crate::reference::{Reference, ReferenceKind};

/// What the message has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/version", "BGM of D.96A has the number alone: 1004"),
    ("/revision", "BGM of D.96A has the number alone: 1004"),
    ("/lines/events/equipment/measurements/code", "a MEA without what it measures says nothing"),
    ("/lines/events/notes/code", "an FTX without a text says nothing"),
    ("/inquiry_number", "IFTSTA has references of a kind alone: RFF"),
    ("/carrier", "NAD has a carrier with a code of who gave it out: C082"),
    ("/currency", "IFTSTA has no currency"),
    ("/reference", "RFF: 1153 has no code of that kind"),
    ("/marks", "IFTSTA has marks of what a status is about alone: PCI"),
    ("/dates/time_role_code", "DTM has one qualifier: 2005"),
    ("/parties/role", "3035 has one role, consignor, for who ships goods and who hands them over"),
    (
        "/parties",
        "NAD needs a role: 3035 has no code of that meaning; its name has five lines, its address four",
    ),
    ("/parties/dates", "SG1 NAD of IFTSTA has no dates"),
    ("/parties/references", "SG1 NAD of IFTSTA has no references"),
    ("/transport", "IFTSTA has carriage with a status alone: TDT"),
    ("/lines/order", "CNI has a number of a consignment; orders stand as RFF with a status"),
    ("/lines/references", "CNI has no references of its own: they stand with the status, SG5 RFF"),
    ("/lines/marks", "CNI has no marks of its own: they stand with the status, SG5 PCI"),
    ("/lines/notes", "CNI has no text of its own: it stands with the status, SG5 FTX"),
    ("/lines/handling", "CNI has no handling"),
    ("/lines/temperatures", "CNI has no temperatures"),
    (
        "/lines/goods",
        "CNI has no goods of its own: weights stand as counts (CNT), items with the status (GID)",
    ),
    ("/lines/parties", "CNI has no parties of its own: they stand with the status"),
    ("/lines/cartons", "IFTSTA has no parcels with charges"),
    ("/lines/orders", "IFTSTA has no orders but RFF with a status"),
    ("/lines/attachments", "CNI has no papers of its own"),
    (
        "/lines/events/status",
        "Recommendation 24 has one code for all arrivals, one for all departures: the nearest is written",
    ),
    ("/lines/events/time", "DTM has no time without a day"),
    ("/lines/events/place", "LOC has name, region and country; D.96A one LOC a status"),
    ("/lines/events/dates/time_role_code", "DTM has one qualifier: 2005"),
    ("/lines/events/references/dates", "the RFF of a status has no date"),
    ("/lines/events/signed_by", "STS has no name of who received it"),
    ("/lines/events/equipment/initial", "8260 has the number of equipment in one piece"),
    ("/lines/events/equipment/number", "8260 has the number of equipment in one piece"),
    ("/lines/events/equipment/check_digit", "8260 has the number of equipment in one piece"),
    ("/lines/events/equipment/carrier", "EQD has no carrier"),
    ("/lines/events/equipment/references", "D.96A has no RFF in the group EQD"),
    ("/lines/events/equipment/movement_code", "D.96A has no TMD in the group EQD"),
    ("/lines/events/equipment/haulage_code", "D.96A has no TMD in the group EQD"),
    ("/lines/events/equipment/seals/range_end", "SEL of D.96A has one number"),
    ("/lines/events/parties/contacts", "D.96A has no CTA with the NAD of a status"),
    ("/lines/events/routes/locations/dates", "D.96A has no DTM with the LOC of a carriage"),
    ("/lines/events/routes/references/dates", "the RFF of a carriage has no date"),
    ("/lines/events/goods/dangerous_goods", "D.96A has no DGS in the group GID"),
    ("/lines/events/goods/equipment", "D.96A has no SGP in the group GID"),
    ("/lines/events/goods/notes", "D.96A has no FTX in the group GID"),
    ("/lines/events/goods/descriptions", "D.96A has no FTX in the group GID"),
    ("/lines/events/attachments/version", "DOC of D.96A has no version"),
    ("/lines/events/attachments/revision", "DOC of D.96A has no version"),
];

/// The IFTSTA.
pub(crate) fn map(walk: &mut Walk<'_>, status: &mut TransportStatus) {
    if walk.is_writing() {
        complete(status);
    }
    walk.once("BGM", |e| beginning(e, status));
    walk.each("DTM", &mut status.dates, date::dtm);
    walk.each("TSR", &mut status.carriage_terms, |e, t: &mut CarriageTerms| f::service(e, t));
    walk.loops("NAD", &mut status.parties, party);
    walk.loops("RFF", &mut status.references, reference::dated);
    walk.each("LOC", &mut status.locations, transport::location);
    walk.each("FTX", &mut status.notes, reference::note);
    totals(walk, &mut status.totals);
    walk.loops("CNI", &mut status.lines, line);
    if walk.is_reading() {
        derive(status);
    }
}

/// BGM. D.96A has the number as a simple element, D.01B in C106 with version and revision.
fn beginning(e: &mut Elements<'_>, status: &mut TransportStatus) {
    e.code((1, 1), &mut status.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 1001 = 23: status information.
        e.constant((1, 1), "23");
    }
    e.code((1, 2), &mut status.kind_list_code);
    e.code((1, 3), &mut status.kind_agency_code);
    e.text((1, 4), &mut status.kind_name);
    e.required((2, 1), &mut status.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut status.version);
        e.text((2, 3), &mut status.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut status.purpose, &mut status.purpose_code);
    e.code((4, 1), &mut status.acknowledgement_code);
}

/// CNT of the message: 6069 = 7 gross weight, 11 packages, 15 volume.
fn totals(walk: &mut Walk<'_>, totals: &mut Totals) {
    if walk.is_writing() {
        f::write_count(walk, "7", totals.weight.clone());
        f::write_count(walk, "11", totals.package_count.clone());
        f::write_count(walk, "15", totals.volume.clone());
    }
    walk.each("CNT", &mut totals.counts, qualified);
    if walk.is_reading() {
        for counted in std::mem::take(&mut totals.counts) {
            match counted.code.as_str() {
                "7" if totals.weight.is_none() => totals.weight = counted.quantity,
                "11" if totals.package_count.is_none() => totals.package_count = counted.quantity,
                "15" if totals.volume.is_none() => totals.volume = counted.quantity,
                _ => totals.counts.push(counted),
            }
        }
    }
}

/// The group CNI.
fn line(walk: &mut Walk<'_>, line: &mut StatusLine) {
    walk.once("CNI", |e| {
        e.required((1, 1), &mut line.number);
        e.text((2, 1), &mut line.consignment_number);
        e.code((2, 2), &mut line.document_status_code);
        e.text((2, 3), &mut line.source);
        e.text((3, 1), &mut line.load_sequence);
        if !e.is_reading() && !e.has((1, 1)) {
            e.serial((1, 1));
        }
    });
    walk.each("LOC", &mut line.locations, transport::location);
    if walk.is_writing() {
        counts(walk, line);
    }
    walk.each("CNT", &mut line.counts, qualified);
    walk.loops("STS", &mut line.events, event);
}

/// Weight, pieces and volume of a consignment that has them in its goods alone.
fn counts(walk: &mut Walk<'_>, line: &StatusLine) {
    if line.counts.is_empty() {
        let Some(goods) = line.goods.iter().find(|g| g.exception_code.is_none()) else { return };
        f::write_count(walk, "7", goods.weight.clone());
        let pieces = goods.pieces.map(|value| crate::quantity::Quantity { value, ..Default::default() });
        f::write_count(walk, "11", pieces);
        f::write_count(walk, "15", goods.volume.clone());
    }
}

/// The group STS.
fn event(walk: &mut Walk<'_>, event: &mut StatusEvent) {
    walk.once("STS", |e| {
        e.code((1, 1), &mut event.category_code);
        e.coded((2, 1), &codes::EVENT_KIND, &mut event.status, &mut event.status_code);
        e.code((2, 2), &mut event.list_code);
        e.code((2, 3), &mut event.agency_code);
        e.text((2, 4), &mut event.text);
        e.codes((3..=7).map(|element| (element, 1).into()), &mut event.reason_codes);
        e.texts((3..=7).map(|element| (element, 4).into()), &mut event.reasons);
        if !e.is_reading() {
            if !e.has((1, 1)) {
                // 9015 = 1: transport.
                e.constant((1, 1), "1");
            }
            if !e.has((2, 1)) {
                e.constant((2, 1), nearest(event.status));
            }
        }
    });
    walk.each("RFF", &mut event.references, reference::reference);
    walk.each("DTM", &mut event.dates, date::dtm);
    walk.each("DOC", &mut event.attachments, f::attachment);
    walk.each("FTX", &mut event.notes, reference::note);
    f::parties(walk, &mut event.parties, party);
    if let (true, Some(place)) = (walk.is_writing() && event.locations.is_empty(), &event.place) {
        walk.once("LOC", |e| f::write_event_place(e, place));
    }
    walk.each("LOC", &mut event.locations, transport::location);
    walk.each("PCI", &mut event.marks, f::marking);
    walk.loops("TDT", &mut event.routes, f::route);
    walk.loops("EQD", &mut event.equipment, f::equipment);
    walk.loops("GID", &mut event.goods, f::goods);
    if walk.is_reading() {
        let roles = ["334", "78"];
        let of = |d: &&DateTime| roles.contains(&d.role_code.as_str());
        let day = event.dates.iter().find(of).or(event.dates.first());
        if let Some(day) = day {
            (event.date, event.time, event.time_zone_code) = (day.date, day.time, day.time_zone_code.clone());
        }
        event.place = event.locations.first().map(f::event_place).filter(|p| *p != Default::default());
    }
}

/// The code of Recommendation 24 that comes nearest to a word that has none.
fn nearest(kind: EventKind) -> &'static str {
    use EventKind as K;
    match kind {
        K::ArrivedAtPickup | K::ArrivedAtTerminal | K::ArrivedAtDelivery | K::RailArrival => "1",
        K::VesselArrival | K::GateIn => "1",
        K::DepartedPickup | K::DepartedTerminal | K::DepartedDelivery | K::RailDeparture => "24",
        K::VesselDeparture | K::GateOut => "24",
        K::EstimatedDelivery | K::EstimatedArrival | K::EstimatedDeparture | K::OutForDelivery => "31",
        K::AttemptedDelivery => "56",
        K::PartiallyDelivered => "23",
        K::Acknowledged => "72",
        K::UnloadingAtDelivery => "59",
        K::LoadingAtPickup => "5",
        K::CustomsHold => "90",
        K::Cancelled => "7",
        _ => "",
    }
}

/// What the document has in fields of its own and EDIFACT in lists.
fn complete(status: &mut TransportStatus) {
    if status.number.is_empty() {
        status.number = status.shipment_number.clone().unwrap_or_default();
    }
    let issued = DateTime {
        role: DateRole::Issue,
        date: status.status_date,
        time: status.status_time,
        ..DateTime::default()
    };
    f::complete_date(&mut status.dates, issued);
    if let Some(carrier) = status.carrier.clone()
        && !status.parties.iter().any(|p| p.role == PartyRole::Carrier)
    {
        status.parties.push(Party { role: PartyRole::Carrier, ids: vec![carrier], ..Party::default() });
    }
    let shipment = Reference {
        kind: ReferenceKind::Shipment,
        value: status.shipment_number.clone(),
        ..Reference::default()
    };
    let same = |r: &Reference| r.kind == shipment.kind && r.value == shipment.value;
    if shipment.value.is_some() && !status.references.iter().any(same) {
        status.references.insert(0, shipment.clone());
    }
    status.references.extend(status.reference.clone());
    f::consign(&mut status.parties);
    for line in &mut status.lines {
        f::consign(&mut line.parties);
        if line.consignment_number.is_none() {
            line.consignment_number = shipment.value.clone().or_else(|| Some(status.number.clone()));
        }
        let (references, notes) = (&line.references, &line.notes);
        let order = line.order.as_ref().and_then(|o| o.number.clone());
        let orders = line.orders.iter().filter_map(|o| o.purchase_order_number.clone()).chain(order);
        let mut orders: Vec<Reference> = orders
            .map(|number| Reference {
                kind: ReferenceKind::PurchaseOrder,
                value: Some(number),
                ..Reference::default()
            })
            .collect();
        orders.dedup();
        for (at, event) in line.events.iter_mut().enumerate() {
            let role = event_role(event.status);
            let day = DateTime {
                role,
                date: event.date,
                time: event.time,
                time_zone_code: event.time_zone_code.clone(),
                ..DateTime::default()
            };
            f::complete_date(&mut event.dates, day);
            // What is said of the consignment stands with the first thing that happened to it.
            if at == 0 {
                event.references.extend(references.iter().chain(&orders).cloned());
                event.notes.extend(notes.iter().cloned());
                event.parties.append(&mut line.parties);
                event.marks.append(&mut line.marks);
                if event.routes.is_empty() {
                    event.routes.append(&mut status.transport.routes);
                }
            }
        }
    }
}

/// What the date of an event means: when it is to be, or when it was.
fn event_role(kind: EventKind) -> DateRole {
    match kind {
        EventKind::EstimatedDelivery => DateRole::EstimatedDelivery,
        EventKind::EstimatedArrival => DateRole::EstimatedArrival,
        EventKind::EstimatedDeparture => DateRole::EstimatedDeparture,
        _ => DateRole::StatusChange,
    }
}

fn derive(status: &mut TransportStatus) {
    let issued = status.dates.iter().find(|d| d.role == DateRole::Issue);
    (status.status_date, status.status_time) = (issued.and_then(|d| d.date), issued.and_then(|d| d.time));
    let shipment = status.references.iter().find(|r| r.kind == ReferenceKind::Shipment);
    status.shipment_number = shipment.and_then(|r| r.value.clone());
    let carrier = status.parties.iter().find(|p| p.role == PartyRole::Carrier);
    status.carrier = carrier.and_then(|p| p.ids.first().cloned());
}
