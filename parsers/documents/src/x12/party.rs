//! Parties and contacts: the loop N1 (N1, N2, N3, N4, NX2, REF, PER, and on a line its quantities and dates), and PER.
//!
//! One pass over the segments of the loop. A party has one address: a second N4 stays unmapped. An identifier without its
//! qualifier is kept, with the scheme `other`; a qualifier without its identifier stays unmapped.
//!
//! Never fails: what cannot be read is a finding.

use super::codes;
use super::reading::{Fields, Node};
use super::reference::{characteristics, identifier, reference};
use super::{date, quantity, transport};
use crate::party::{Address, AddressComponent, Channel, Contact, Party};

/// The loop N1.
pub(crate) fn party(node: Node<'_, '_>) -> Party {
    let mut party = Party::default();
    let mut address: Option<Address> = None;
    let mut place_read = false;
    for f in node.segments() {
        match f.tag() {
            "N1" => name(&f, &mut party),
            "N2" => party.additional_names.extend(f.texts(1..=2)),
            "N3" => address.get_or_insert_default().lines.extend(f.texts(1..=2)),
            // One address a party: a second N4 stays unmapped.
            "N4" if !place_read => {
                place_read = true;
                place(&f, address.get_or_insert_default());
            }
            "NX2" => address.get_or_insert_default().components.push(AddressComponent {
                code: f.required(1),
                text: f.text(2),
                county: f.text(3),
            }),
            "REF" => party.references.push(reference(&f)),
            "PER" => party.contacts.push(contact(&f)),
            "SI" => party.characteristics.extend(characteristics(&f)),
            "FOB" => party.delivery_terms.push(transport::delivery_terms(&f)),
            "PKG" => party.packaging.push(transport::packaging(&f)),
            "DTM" => party.dates.push(date::dtm(&f)),
            "QTY" => party.quantities.push(quantity::qty(&f)),
            "SCH" => party.schedule.extend(transport::schedule_line(&f)),
            _ => transport::add(&mut party.transport, &f),
        }
    }
    party.address = address;
    party.lead_times.extend(node.loops().filter(|l| l.id() == "LDT").map(date::lead_times));
    party
}

fn name(f: &Fields<'_, '_>, party: &mut Party) {
    (party.role, party.role_code) = f.coded(1, codes::party_role).unwrap_or_default();
    party.name = f.text(2);
    party.ids.extend(identifier(f, 3, codes::id_scheme));
    party.relationship_code = f.text(5);
    party.related_role_code = f.text(6);
}

fn place(f: &Fields<'_, '_>, address: &mut Address) {
    address.city = f.text(1);
    address.region = f.text(2);
    address.postal_code = f.text(3);
    address.country = f.text(4);
    address.location = identifier(f, 5, codes::place_scheme);
    if address.location.is_none() {
        address.location_code = f.text(5);
    }
}

/// PER: a function, a name, and up to three numbers.
pub(crate) fn contact(f: &Fields<'_, '_>) -> Contact {
    let (role, role_code) = f.coded(1, codes::contact_role).unwrap_or_default();
    let channel = |element: usize| {
        let value = f.text(element + 1)?;
        let (kind, kind_code) = f.coded(element, codes::channel_kind).unwrap_or_default();
        Some(Channel { kind, kind_code, value })
    };
    Contact {
        role,
        role_code,
        name: f.text(2),
        channels: [3, 5, 7].into_iter().filter_map(channel).collect(),
        reference: f.text(9),
    }
}
