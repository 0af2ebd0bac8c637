//! Parties and contacts: the loop N1 (N1, N2, N3, N4, NX2, REF, PER, and on a line its quantities and dates), and PER.
//!
//! A party has one address: a second N4 stays unmapped. An identifier without its qualifier is kept, with the scheme `other`; a
//! qualifier without its identifier stays unmapped.

use super::reference::{characteristics, reference};
use super::{codes, date, quantity, transport};
use crate::mapping::{Elements, Walk};
use crate::party::{Address, Channel, Contact, Party};

/// The loop N1.
pub(crate) fn party(walk: &mut Walk<'_>, party: &mut Party) {
    walk.once("N1", |e| name(e, party));
    walk.texts("N2", 2, &mut party.additional_names);
    address(walk, &mut party.address);
    walk.each("REF", &mut party.references, reference);
    walk.each("PER", &mut party.contacts, contact);
    characteristics(walk, &mut party.characteristics);
    walk.each("DTM", &mut party.dates, date::dtm);
    walk.each("FOB", &mut party.delivery_terms, transport::delivery_terms);
    walk.each("SCH", &mut party.schedule, transport::schedule_line);
    transport::transport(walk, &mut party.transport);
    walk.each("QTY", &mut party.quantities, quantity::qty);
    walk.each("PKG", &mut party.packaging, transport::packaging);
    walk.loops("LDT", &mut party.lead_times, date::lead_times);
}

/// N1. An identifier travels in one element: further ones have no place.
pub(crate) fn name(e: &mut Elements<'_>, party: &mut Party) {
    e.needs(1);
    e.coded(1, &codes::PARTY_ROLE, &mut party.role, &mut party.role_code);
    e.text(2, &mut party.name);
    let mut id = party.ids.iter().find(|id| known(id.scheme)).or(party.ids.first()).cloned();
    let first = id.is_none();
    e.identifier(3, 4, &codes::ID_SCHEME, &mut id);
    if !e.is_reading() && e.has(4) && !e.has(3) {
        // 66 = ZZ: whose number it is, both sides know.
        e.constant(3, "ZZ");
    }
    if first {
        party.ids.extend(id);
    }
    identifier(e, 3, party);
    e.code(5, &mut party.relationship_code);
    e.code(6, &mut party.related_role_code);
}

fn known(scheme: crate::reference::IdScheme) -> bool {
    (codes::ID_SCHEME.code)(scheme).is_some()
}

/// N3, N4 and NX2.
pub(crate) fn address(walk: &mut Walk<'_>, field: &mut Option<Address>) {
    let mut address = field.take().unwrap_or_default();
    walk.texts("N3", 2, &mut address.lines);
    walk.once("N4", |e| place(e, &mut address));
    walk.each("NX2", &mut address.components, |e, part| {
        e.required_code(1, &mut part.code);
        e.text(2, &mut part.text);
        e.text(3, &mut part.county);
    });
    *field = (address != Address::default()).then_some(address);
}

fn place(e: &mut Elements<'_>, address: &mut Address) {
    e.text(1, &mut address.city);
    e.text(2, &mut address.region);
    e.text(3, &mut address.postal_code);
    e.text(4, &mut address.country);
    e.identifier(5, 6, &codes::PLACE_SCHEME, &mut address.location);
    if address.location.is_none() {
        e.code(5, &mut address.location_code);
    }
}

/// PER: a function, a name, and up to three numbers.
pub(crate) fn contact(e: &mut Elements<'_>, c: &mut Contact) {
    e.needs(1);
    e.coded(1, &codes::CONTACT_ROLE, &mut c.role, &mut c.role_code);
    e.text(2, &mut c.name);
    e.slots([3, 5, 7].into_iter(), &mut c.channels, |e, at, channel: &mut Channel| {
        e.needs(at + 1);
        e.coded(at, &codes::CHANNEL_KIND, &mut channel.kind, &mut channel.kind_code);
        e.required(at + 1, &mut channel.value);
    });
    e.text(9, &mut c.reference);
}

/// NM1: a person or an organization. Which of the two must be said: a document that does not say so means a person where there is a
/// first name.
pub(crate) fn individual(e: &mut Elements<'_>, party: &mut Party) {
    e.needs(1);
    e.coded(1, &codes::PARTY_ROLE, &mut party.role, &mut party.role_code);
    e.code(2, &mut party.entity_code);
    if !e.is_reading() && !e.has(2) {
        e.constant(2, if party.first_name.is_some() { "1" } else { "2" });
    }
    e.text(3, &mut party.name);
    e.text(4, &mut party.first_name);
    e.text(5, &mut party.middle_name);
    e.text(6, &mut party.name_prefix);
    e.text(7, &mut party.name_suffix);
    identifier(e, 8, party);
    e.code(10, &mut party.relationship_code);
    e.code(11, &mut party.related_role_code);
}

/// The identifier of a party, its scheme in element `scheme`: of several the first that has a scheme the standard knows.
fn identifier(e: &mut Elements<'_>, scheme: usize, party: &mut Party) {
    let mut id = party.ids.iter().find(|id| known(id.scheme)).or(party.ids.first()).cloned();
    let first = id.is_none();
    e.identifier(scheme, scheme + 1, &codes::ID_SCHEME, &mut id);
    if first {
        party.ids.extend(id);
    }
}
