//! Parties and contacts: the group NAD (NAD, LOC, RFF, CTA, COM), and CTA with COM.
//!
//! Name and address stand structured (C080, C059, 3164 …) or as plain lines (C058): the first of those is the name where no name
//! is given. A region is a code (3229) or, in D.01B, a name (3228). Written, they are structured.

use super::reference::{dated, identifier};
use super::transport::location;
use super::{codes, date};
use crate::mapping::{Elements, Walk};
use crate::party::{Address, Channel, Contact, Party};

/// The group NAD.
pub(crate) fn party(walk: &mut Walk<'_>, party: &mut Party) {
    walk.once("NAD", |e| name_and_address(e, party));
    walk.each("LOC", &mut party.locations, location);
    walk.each("DTM", &mut party.dates, date::dtm);
    walk.loops("RFF", &mut party.references, dated);
    walk.loops("CTA", &mut party.contacts, contact);
}

/// NAD.
/// The group NAD where CTA and COM stand in it themselves: which number is whose cannot be told, and so all go with the last contact.
pub(crate) fn party_and_contacts(walk: &mut Walk<'_>, p: &mut Party) {
    let mut contacts = std::mem::take(&mut p.contacts);
    party(walk, p);
    let mut numbers: Vec<Channel> = contacts.iter().flat_map(|c| c.channels.iter().cloned()).collect();
    walk.each("CTA", &mut contacts, cta);
    channels(walk, &mut numbers);
    if walk.is_reading() && !numbers.is_empty() {
        match contacts.last_mut() {
            Some(last) => last.channels = numbers,
            None => contacts.push(Contact { channels: numbers, ..Contact::default() }),
        }
    }
    p.contacts = contacts;
}

pub(crate) fn name_and_address(e: &mut Elements<'_>, party: &mut Party) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.coded((1, 1), &codes::PARTY_ROLE, &mut party.role, &mut party.role_code);
    let known = |id: &&crate::reference::Identifier| (codes::ID_SCHEME.code)(id.scheme).is_some();
    let mut id = party.ids.iter().find(known).or(party.ids.first()).cloned();
    let first = id.is_none();
    identifier(e, 2, &codes::ID_SCHEME, &mut id);
    if first {
        party.ids.extend(id);
    }
    let mut address = party.address.take().unwrap_or_default();
    let structured = |component| (4, component).into();
    let street = |component| (5, component).into();
    if e.is_reading() {
        let (mut names, mut plain) = (Vec::new(), Vec::new());
        e.texts((1..=5).map(structured), &mut names);
        e.texts((1..=5).map(|component| (3, component).into()), &mut plain);
        if names.is_empty() && !plain.is_empty() {
            names.push(plain.remove(0));
        }
        let mut names = names.into_iter();
        party.name = names.next();
        party.additional_names = names.collect();
        let mut lines = Vec::new();
        e.texts((1..=4).map(street), &mut lines);
        address.lines = plain.into_iter().chain(lines).collect();
    } else {
        let mut names: Vec<_> = party.name.iter().chain(&party.additional_names).cloned().collect();
        e.texts((1..=5).map(structured), &mut names);
        e.texts((1..=4).map(street), &mut address.lines);
    }
    e.text((6, 1), &mut address.city);
    e.text((7, 1), &mut address.region);
    if e.is_reading() {
        e.text((7, 4), &mut address.region);
    }
    e.text((8, 1), &mut address.postal_code);
    e.text((9, 1), &mut address.country);
    party.address = (address != Address::default()).then_some(address);
}

/// The group CTA: a contact, and how to reach it. A contact that says not what it is for gives information (3139 = IC).
pub(crate) fn contact(walk: &mut Walk<'_>, contact: &mut Contact) {
    walk.once("CTA", |e| cta(e, contact));
    channels(walk, &mut contact.channels);
}

fn cta(e: &mut Elements<'_>, contact: &mut Contact) {
    e.coded((1, 1), &codes::CONTACT_ROLE, &mut contact.role, &mut contact.role_code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "IC");
    }
    e.text((2, 1), &mut contact.reference);
    e.text((2, 2), &mut contact.name);
}

/// COM.
fn channels(walk: &mut Walk<'_>, list: &mut Vec<Channel>) {
    // D.01B may have three numbers in one COM; one each is understood by everybody.
    let per = if walk.is_reading() { 3 } else { 1 };
    walk.packed(
        "COM",
        per,
        list,
        |_, _| true,
        |e, slot, channel: &mut Channel| {
            e.needs((slot + 1, 1));
            if !e.is_reading() {
                e.needs((slot + 1, 2));
            }
            e.required((slot + 1, 1), &mut channel.value);
            e.coded((slot + 1, 2), &codes::CHANNEL_KIND, &mut channel.kind, &mut channel.kind_code);
        },
    );
}
