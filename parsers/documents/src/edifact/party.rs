//! Parties and contacts: the group NAD (NAD, LOC, RFF, CTA, COM), and CTA with COM.
//!
//! Name and address stand structured (C080, C059, 3164 …) or as plain lines (C058): the first of those is the name where no name
//! is given. A region is a code (3229) or, in D.01B, a name (3228).
//!
//! Never fails.

use super::codes;
use super::date;
use super::reading::{Fields, Node};
use super::reference::{dated, identifier};
use super::transport::location;
use crate::party::{Address, Channel, Contact, Party};

/// The group NAD.
pub(crate) fn party(node: Node<'_, '_>) -> Party {
    let mut party = Party::default();
    for f in node.segments() {
        match f.tag() {
            "NAD" => name_and_address(&f, &mut party),
            "LOC" => party.locations.push(location(&f)),
            "DTM" => party.dates.push(date::dtm(&f)),
            _ => {}
        }
    }
    for inner in node.groups() {
        match inner.trigger() {
            "RFF" => party.references.push(dated(inner)),
            "CTA" => party.contacts.push(contact(inner)),
            _ => {}
        }
    }
    party
}

fn name_and_address(f: &Fields<'_, '_>, party: &mut Party) {
    (party.role, party.role_code) = f.coded(1, 1, codes::party_role).unwrap_or_default();
    party.ids.extend(identifier(f, 2, codes::id_scheme));
    let mut names = f.texts(4, 1..=5).into_iter();
    let mut plain = f.texts(3, 1..=5).into_iter();
    party.name = names.next().or_else(|| plain.next());
    party.additional_names = names.collect();
    let address = Address {
        lines: plain.chain(f.texts(5, 1..=4)).collect(),
        city: f.text(6, 1),
        region: f.text(7, 1).or_else(|| f.text(7, 4)),
        postal_code: f.text(8, 1),
        country: f.text(9, 1),
        ..Address::default()
    };
    party.address = (address != Address::default()).then_some(address);
}

/// The group CTA: a contact, and how to reach it.
pub(crate) fn contact(node: Node<'_, '_>) -> Contact {
    let mut contact = Contact::default();
    for f in node.segments() {
        match f.tag() {
            "CTA" => {
                (contact.role, contact.role_code) = f.coded(1, 1, codes::contact_role).unwrap_or_default();
                contact.reference = f.text(2, 1);
                contact.name = f.text(2, 2);
            }
            "COM" => contact.channels.extend((1..=3).filter_map(|element| channel(&f, element))),
            _ => {}
        }
    }
    contact
}

fn channel(f: &Fields<'_, '_>, element: usize) -> Option<Channel> {
    let value = f.text(element, 1)?;
    let (kind, kind_code) = f.coded(element, 2, codes::channel_kind).unwrap_or_default();
    Some(Channel { kind, kind_code, value })
}
