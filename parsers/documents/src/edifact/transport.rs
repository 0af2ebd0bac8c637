//! Carriage, places, packing and schedules: TDT, LOC, TOD, PAC, PCI, GIN, SCC, EQD.
//!
//! A part of a schedule, or a place with its part of the quantity, counts only with a quantity that is a number; else it stays
//! unmapped, so that nobody ships by half of it.
//!
//! Never fails: what cannot be read is a finding.

use super::quantity::{measurement, qualified, quantity};
use super::reading::{Fields, Node};
use super::reference::{dated, identifier, reference};
use super::{codes, date, money};
use crate::reference::Identifier;
use crate::transport::{DeliveryTerms, Distribution, Equipment, Location, Marks, Pack, Route, ScheduleLine};

/// LOC.
pub(crate) fn location(f: &Fields<'_, '_>) -> Location {
    Location {
        role_code: f.required(1, 1),
        id: place(f, 2),
        name: f.text(2, 4),
        related: [3, 4].into_iter().filter_map(|element| place(f, element)).collect(),
        ..Location::default()
    }
}

/// The place in a composite of LOC (C517, C519, C553).
pub(crate) fn place(f: &Fields<'_, '_>, element: usize) -> Option<Identifier> {
    identifier(f, element, codes::id_scheme)
}

/// The group LOC without a quantity: a place and its dates.
fn dated_location(node: Node<'_, '_>) -> Option<Location> {
    let mut read = None;
    for f in node.segments() {
        match f.tag() {
            "LOC" => read = Some(location(&f)),
            "DTM" => money::add_date(read.as_mut(), &f),
            _ => {}
        }
    }
    read
}

/// The group LOC of a line: with a quantity a part of the line, without one a place.
pub(crate) fn split(node: Node<'_, '_>, parts: &mut Vec<Distribution>, places: &mut Vec<Location>) {
    if !node.segments().any(|f| f.tag() == "QTY") {
        places.extend(dated_location(node));
        return;
    }
    let mut segments = node.segments();
    let quantity =
        node.segments().find(|f| f.tag() == "QTY").and_then(|f| Some((quantity(&f, 1, 2, 3)?, f.text(1, 1))));
    let Some((quantity, quantity_code)) = quantity else { return };
    let Some(f) = segments.next() else { return };
    let Some(location) = place(&f, 2) else { return };
    parts.push(Distribution {
        location,
        quantity,
        place: f.text(3, 1),
        location_role_code: f.text(1, 1),
        location_name: f.text(2, 4),
        quantity_code,
        dates: segments.filter(|f| f.tag() == "DTM").map(|f| date::dtm(&f)).collect(),
    });
}

/// The group TOD.
pub(crate) fn delivery_terms(node: Node<'_, '_>) -> DeliveryTerms {
    let mut terms = DeliveryTerms::default();
    for f in node.segments() {
        match f.tag() {
            "TOD" => {
                terms.function_code = f.text(1, 1);
                (terms.freight_payment, terms.freight_payment_code) =
                    f.coded(2, 1, codes::freight_payment).unzip();
                terms.code = f.text(3, 1);
                terms.list_code = f.text(3, 2);
                terms.scheme_code = f.text(3, 3);
                terms.descriptions = f.texts(3, 4..=5);
            }
            "LOC" => terms.locations.push(location(&f)),
            _ => {}
        }
    }
    terms
}

/// The group TDT.
pub(crate) fn route(node: Node<'_, '_>) -> Route {
    let mut route = Route::default();
    for f in node.segments().filter(|f| f.tag() == "TDT") {
        let (mode, mode_code) = f.coded(3, 1, codes::transport_mode).unzip();
        route = Route {
            sequence_code: f.text(1, 1),
            conveyance: f.text(2, 1),
            mode,
            mode_code,
            description: f.text(3, 2),
            means_code: f.text(4, 1),
            means: f.text(4, 2),
            carrier: identifier(&f, 5, codes::id_scheme),
            carrier_name: f.text(5, 4),
            transit_direction_code: f.text(6, 1),
            vehicle: identifier(&f, 8, codes::id_scheme),
            vehicle_name: f.text(8, 4),
            vehicle_country: f.text(8, 5),
            ownership_code: f.text(9, 1),
            ..Route::default()
        };
    }
    route.locations.extend(node.groups().filter_map(dated_location));
    route
}

/// EQD.
pub(crate) fn equipment(f: &Fields<'_, '_>) -> Equipment {
    Equipment {
        code: f.text(1, 1),
        number: f.text(2, 1),
        type_code: f.text(3, 1),
        ownership_code: f.text(4, 1),
        ..Equipment::default()
    }
}

/// The group PAC: packages, what they hold and measure, and their marks.
pub(crate) fn pack(node: Node<'_, '_>) -> Pack {
    let mut pack = Pack::default();
    for f in node.all_segments() {
        match f.tag() {
            "PAC" => {
                pack.packs = f.decimal(1, 1);
                pack.level_code = f.text(2, 1);
                pack.information_code = f.text(2, 2);
                pack.terms_code = f.text(2, 3);
                pack.packaging_code = f.text(3, 1);
                pack.agency_code = f.text(3, 3);
                pack.description = f.text(3, 4);
            }
            "MEA" => pack.measurements.push(measurement(&f)),
            "QTY" => pack.quantities.push(qualified(&f)),
            "RFF" => pack.references.push(reference(&f)),
            "DTM" => pack.dates.push(date::dtm(&f)),
            "PCI" => pack.marks.push(Marks {
                code: f.required(1, 1),
                values: f.texts(2, 1..=10),
                type_code: f.text(4, 1),
            }),
            "GIN" => pack.marks.push(identity(&f)),
            _ => {}
        }
    }
    // 6063 = 52: quantity in a package.
    let within = pack.quantities.iter().find(|q| q.code == "52");
    pack.size = within.and_then(|q| q.quantity.clone());
    pack
}

/// GIN: numbers of packages or goods, each one or a range.
pub(crate) fn identity(f: &Fields<'_, '_>) -> Marks {
    let values = (2..=6).flat_map(|element| f.texts(element, 1..=2)).collect();
    Marks { code: f.required(1, 1), values, type_code: None }
}

/// The group SCC: one part for each quantity in it. Without any it stays unmapped.
pub(crate) fn schedule(node: Node<'_, '_>) -> Vec<ScheduleLine> {
    let mut lines: Vec<ScheduleLine> = node.groups().filter_map(scheduled).collect();
    if lines.is_empty() {
        return lines;
    }
    let references: Vec<_> = node.segments().filter(|f| f.tag() == "RFF").map(|f| reference(&f)).collect();
    let own = node.groups().filter(|g| g.trigger() == "RFF").map(dated);
    let references: Vec<_> = references.into_iter().chain(own).collect();
    for f in node.segments().filter(|f| f.tag() == "SCC") {
        for line in &mut lines {
            line.status_code = f.text(1, 1);
            line.requirement_code = f.text(2, 1);
            line.frequency_code = f.text(3, 1);
            line.pattern_code = f.text(3, 2);
            line.pattern_time_code = f.text(3, 3);
            line.references.clone_from(&references);
        }
    }
    lines
}

fn scheduled(node: Node<'_, '_>) -> Option<ScheduleLine> {
    let mut segments = node.segments();
    let f = segments.next().filter(|f| f.tag() == "QTY")?;
    Some(ScheduleLine {
        quantity: quantity(&f, 1, 2, 3)?,
        quantity_code: f.text(1, 1),
        dates: segments.filter(|f| f.tag() == "DTM").map(|f| date::dtm(&f)).collect(),
        ..ScheduleLine::default()
    })
}
