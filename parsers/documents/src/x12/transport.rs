//! Carriage, packing and schedules: FOB, TD1, TD3, TD4, TD5, PKG, PO4, MAN, SCH, SDQ.
//!
//! A schedule line or a pair of SDQ counts only with a quantity that is a number; else it stays unmapped whole, so that nobody
//! ships by half of it.
//!
//! Never fails: what cannot be read is a finding.

use super::codes;
use super::date;
use super::quantity::quantity;
use super::reading::{Fields, Node};
use super::reference::{identifier, reference};
use crate::quantity::Quantity;
use crate::reference::Identifier;
use crate::transport::{
    DeliveryTerms, Distribution, Equipment, Handling, Load, Marks, Pack, Packaging, Place, Route,
    ScheduleLine, Transport,
};

/// Adds TD1, TD3, TD4 and TD5; leaves any other segment alone.
pub(crate) fn add(transport: &mut Transport, f: &Fields<'_, '_>) {
    match f.tag() {
        "TD1" => transport.loads.push(load(f)),
        "TD3" => transport.equipment.push(equipment(f)),
        "TD4" => transport.handling.push(handling(f)),
        "TD5" => transport.routes.push(route(f)),
        _ => {}
    }
}

/// FOB.
pub(crate) fn delivery_terms(f: &Fields<'_, '_>) -> DeliveryTerms {
    let (freight_payment, freight_payment_code) = f.coded(1, codes::freight_payment).unzip();
    let place = |kind: usize, description: usize| {
        let place = Place { kind_code: f.text(kind), description: f.text(description) };
        (place != Place::default()).then_some(place)
    };
    DeliveryTerms {
        freight_payment,
        freight_payment_code,
        location: place(2, 3),
        scheme_code: f.text(4),
        code: f.text(5),
        title_passage: place(6, 7),
        risk_of_loss_code: f.text(8),
        risk_of_loss: f.text(9),
        ..DeliveryTerms::default()
    }
}

fn load(f: &Fields<'_, '_>) -> Load {
    Load {
        packaging_code: f.text(1),
        packages: f.decimal(2),
        commodity_scheme_code: f.text(3),
        commodity_code: f.text(4),
        description: f.text(5),
        weight_code: f.text(6),
        weight: quantity(f, 7, 8),
        volume: quantity(f, 9, 10),
    }
}

fn equipment(f: &Fields<'_, '_>) -> Equipment {
    Equipment {
        code: f.text(1),
        initial: f.text(2),
        number: f.text(3),
        weight_code: f.text(4),
        weight: quantity(f, 5, 6),
        ownership_code: f.text(7),
        seal_status_code: f.text(8),
        seal_number: f.text(9),
        type_code: f.text(10),
        ..Equipment::default()
    }
}

fn handling(f: &Fields<'_, '_>) -> Handling {
    Handling {
        code: f.text(1),
        hazard_scheme_code: f.text(2),
        hazard_class: f.text(3),
        description: f.text(4),
        answer_code: f.text(5),
        ..Handling::default()
    }
}

fn route(f: &Fields<'_, '_>) -> Route {
    let (mode, mode_code) = f.coded(4, codes::transport_mode).unzip();
    Route {
        sequence_code: f.text(1),
        carrier: identifier(f, 2, codes::id_scheme),
        mode,
        mode_code,
        description: f.text(5),
        status_code: f.text(6),
        location: identifier(f, 7, codes::place_scheme),
        transit_direction_code: f.text(9),
        transit_time_code: f.text(10),
        transit_time: f.decimal(11),
        service_level_codes: f.texts(12..=14),
        country: f.text(15),
        ..Route::default()
    }
}

/// PKG.
pub(crate) fn packaging(f: &Fields<'_, '_>) -> Packaging {
    Packaging {
        form_code: f.text(1),
        characteristic_code: f.text(2),
        agency_code: f.text(3),
        code: f.text(4),
        description: f.text(5),
        unit_load_code: f.text(6),
    }
}

/// PO4. Length, width and height share the unit of PO413.
pub(crate) fn pack(f: &Fields<'_, '_>) -> Pack {
    Pack {
        packs: f.decimal(1),
        size: quantity(f, 2, 3),
        packaging_code: f.text(4),
        weight_code: f.text(5),
        gross_weight: quantity(f, 6, 7),
        gross_volume: quantity(f, 8, 9),
        length: quantity(f, 10, 13),
        width: quantity(f, 11, 13),
        height: quantity(f, 12, 13),
        inner_packs: f.decimal(14),
        position_code: f.text(15),
        assigned_ids: f.texts(16..=17),
        number: f.decimal(18),
        ..Pack::default()
    }
}

/// MAN: a qualifier with one or two marks, twice.
pub(crate) fn marks(f: &Fields<'_, '_>) -> Vec<Marks> {
    let set = |element: usize| Marks {
        code: f.required(element),
        values: f.texts(element + 1..=element + 2),
        type_code: None,
    };
    [1, 4].into_iter().filter(|e| f.has(*e)).map(set).collect()
}

/// The loop SCH.
pub(crate) fn schedule(node: Node<'_, '_>) -> Option<ScheduleLine> {
    let mut segments = node.segments();
    let mut line = schedule_line(&segments.next()?)?;
    for f in segments {
        match f.tag() {
            "REF" => line.references.push(reference(&f)),
            _ => add(&mut line.transport, &f),
        }
    }
    Some(line)
}

/// SCH. `None`, and all of it unmapped, when the quantity is no number.
pub(crate) fn schedule_line(f: &Fields<'_, '_>) -> Option<ScheduleLine> {
    Some(ScheduleLine {
        quantity: quantity(f, 1, 2)?,
        party_role_code: f.text(3),
        party_name: f.text(4),
        dates: date::triples(f, [5, 8].into_iter()),
        request_reference: f.text(11),
        assigned_id: f.text(12),
        ..ScheduleLine::default()
    })
}

/// SDQ: up to ten pairs of location and quantity. Unit, scheme and place are those of the segment. A pair without its quantity
/// stays unmapped.
pub(crate) fn distribution(f: &Fields<'_, '_>, list: &mut Vec<Distribution>) {
    for element in (3..=21).step_by(2) {
        if !f.has(element) {
            continue;
        }
        let Some(value) = f.decimal(element + 1) else { continue };
        let (unit, original_unit) = f.unit(1);
        let (scheme, scheme_code) = f.coded(2, codes::id_scheme).unzip();
        list.push(Distribution {
            location: Identifier {
                scheme: scheme.unwrap_or_default(),
                scheme_code,
                id: f.required(element),
                ..Identifier::default()
            },
            quantity: Quantity { value, unit, original_unit },
            place: f.text(23),
            ..Distribution::default()
        });
    }
}
