//! Partners of an IDoc: E1EDKA1 and E1EDPA1 of ORDERS and INVOIC, E1ADRM1 of DELVRY.
//!
//! PARTN is the number the SAP system has for the partner, LIFNR the number the other side has; a number of 13 digits is a GLN, as
//! SAP's own have ten. What is not taken stays in the segment.

use crate::codes::PARTNER;
use crate::segment::Segment;
use crate::value::{Reading, Writing, other_scheme};
use portway_documents::Text;
use portway_documents::party::{Address, Channel, ChannelKind, Contact, ContactRole, Party, PartyRole};
use portway_documents::reference::{IdScheme, Identifier, Reference, ReferenceKind};

/// The names of the fields that a segment of partners has, and their lengths.
struct Fields {
    role: &'static str,
    /// The partner's number in SAP.
    number: &'static str,
    names: [&'static str; 4],
    name_length: usize,
    streets: &'static [&'static str],
    postal_code: (&'static str, usize),
    city: &'static str,
    region: &'static str,
    country: &'static str,
    telephone: (&'static str, usize),
    fax: (&'static str, usize),
}

const OF_ORDERS: Fields = Fields {
    role: "PARVW",
    number: "PARTN",
    names: ["NAME1", "NAME2", "NAME3", "NAME4"],
    name_length: 35,
    streets: &["STRAS", "STRS2"],
    postal_code: ("PSTLZ", 9),
    city: "ORT01",
    region: "REGIO",
    country: "LAND1",
    telephone: ("TELF1", 25),
    fax: ("TELFX", 25),
};

const OF_DELIVERIES: Fields = Fields {
    role: "PARTNER_Q",
    number: "PARTNER_ID",
    names: ["NAME1", "NAME2", "NAME3", "NAME4"],
    name_length: 40,
    streets: &["STREET1", "STREET2", "STREET3"],
    postal_code: ("POSTL_COD1", 10),
    city: "CITY1",
    region: "REGION",
    country: "COUNTRY1",
    telephone: ("TELEPHONE1", 30),
    fax: ("TELEFAX", 30),
};

/// The partners of E1EDKA1, E1EDPA1 or E1ADRM1.
pub(crate) fn read(parent: &mut Segment, name: &str, r: &Reading) -> Vec<Party> {
    let fields = fields_of(name);
    parent.each(name).filter_map(|segment| party(segment, fields, r)).collect()
}

pub(crate) fn write(parties: &[Party], name: &str, w: &Writing) -> Vec<Segment> {
    let fields = fields_of(name);
    parties.iter().filter_map(|party| segment(party, name, fields, w)).collect()
}

fn fields_of(name: &str) -> &'static Fields {
    if name == "E1ADRM1" { &OF_DELIVERIES } else { &OF_ORDERS }
}

fn party(segment: &mut Segment, fields: &Fields, r: &Reading) -> Option<Party> {
    let role_code = segment.take(fields.role)?;
    let mut party = Party { role: (PARTNER.word)(&role_code), role_code, ..Party::default() };
    for (field, scheme) in [(fields.number, r.scheme), ("LIFNR", other_scheme(r.scheme))] {
        if let Some(id) = segment.take(field) {
            let scheme = if is_gln(&id) { IdScheme::Gln } else { scheme };
            add_id(&mut party, scheme, id);
        }
    }
    if let Some(id) = segment.take("ILNNR") {
        add_id(&mut party, IdScheme::Gln, id);
    }
    let mut names = fields.names.iter().filter_map(|field| segment.take(field));
    party.name = names.next();
    party.additional_names = names.collect();
    party.address = address(segment, fields);
    party.contacts.extend(contact(segment, fields));
    if let Some(value) = segment.take("IHREZ") {
        let kind = ReferenceKind::CustomerReference;
        party.references.push(Reference { kind, value: Some(value), ..Reference::default() });
    }
    Some(party)
}

fn add_id(party: &mut Party, scheme: IdScheme, id: Text) {
    if !party.ids.iter().any(|i| i.scheme == scheme && i.id == id) {
        party.ids.push(Identifier { scheme, id, ..Identifier::default() });
    }
}

fn address(segment: &mut Segment, fields: &Fields) -> Option<Address> {
    let mut address = Address {
        lines: fields.streets.iter().filter_map(|field| segment.take(field)).collect(),
        city: segment.take(fields.city),
        region: segment.take(fields.region),
        postal_code: segment.take(fields.postal_code.0),
        country: segment.take(fields.country),
        ..Address::default()
    };
    // The ISO code beside SAP's own key, which mostly is the same.
    match &address.country {
        Some(country) => segment.take_if("ISOAL", country),
        None => address.country = segment.take("ISOAL"),
    }
    (address != Address::default()).then_some(address)
}

fn contact(segment: &mut Segment, fields: &Fields) -> Option<Contact> {
    let mut contact = Contact { role: ContactRole::Information, ..Contact::default() };
    contact.name = segment.take("BNAME").or_else(|| segment.take("NAME_CO"));
    for (field, kind) in [
        (fields.telephone.0, ChannelKind::Telephone),
        (fields.fax.0, ChannelKind::Fax),
        ("E_MAIL", ChannelKind::Email),
    ] {
        if let Some(value) = segment.take(field) {
            contact.channels.push(Channel { kind, value, ..Channel::default() });
        }
    }
    (contact.name.is_some() || !contact.channels.is_empty()).then_some(contact)
}

fn segment(party: &Party, name: &str, fields: &Fields, w: &Writing) -> Option<Segment> {
    let mut segment = Segment::new(name);
    let of_deliveries = name == "E1ADRM1";
    segment.put(fields.role, 3, PARTNER.written(party.role, &party.role_code, w.ours)?.as_str());
    let id = |scheme| party.ids.iter().find(|i| i.scheme == scheme).map(|i| i.id.as_str());
    let (own, other, gln) = (id(w.scheme), id(other_scheme(w.scheme)), id(IdScheme::Gln));
    match of_deliveries {
        true => segment.put(fields.number, 17, own.or(gln).or(other)),
        false => {
            segment.put(fields.number, 17, own);
            segment.put("LIFNR", 17, other);
        }
    }
    let names = party.name.iter().chain(&party.additional_names);
    fields.names.iter().zip(names).for_each(|(f, n)| segment.put(f, fields.name_length, n.as_str()));
    if let Some(address) = &party.address {
        fields.streets.iter().zip(&address.lines).for_each(|(f, line)| {
            segment.put(f, fields.name_length, line.as_str());
        });
        segment.put(fields.city, fields.name_length, address.city.as_deref());
        segment.put(fields.postal_code.0, fields.postal_code.1, address.postal_code.as_deref());
        segment.put(fields.country, 3, address.country.as_deref());
    }
    write_contact(&mut segment, party, fields, of_deliveries);
    let region = party.address.as_ref().and_then(|a| a.region.as_deref());
    segment.put(fields.region, 3, region);
    if !of_deliveries {
        let reference = party.references.iter().find(|r| r.kind == ReferenceKind::CustomerReference);
        segment.put("IHREZ", 30, reference.and_then(|r| r.value.as_deref()));
        segment.put("ILNNR", 70, gln);
    }
    Some(segment)
}

fn write_contact(segment: &mut Segment, party: &Party, fields: &Fields, of_deliveries: bool) {
    let Some(contact) = party.contacts.first() else { return };
    let channel = |kind| contact.channels.iter().find(|c| c.kind == kind).map(|c| c.value.as_str());
    segment.put(fields.telephone.0, fields.telephone.1, channel(ChannelKind::Telephone));
    segment.put(fields.fax.0, fields.fax.1, channel(ChannelKind::Fax));
    let name = contact.name.as_deref();
    match of_deliveries {
        true => {
            segment.put("NAME_CO", 40, name);
            segment.put("E_MAIL", 70, channel(ChannelKind::Email));
        }
        false => segment.put("BNAME", 35, name),
    }
}

/// 13 digits: a GLN, as SAP's own numbers have at most ten characters.
fn is_gln(id: &str) -> bool {
    id.len() == 13 && id.bytes().all(|b| b.is_ascii_digit())
}

/// KUNDEUINR and EIGENUINR: the tax numbers of buyer and seller stand in the heading, and belong to the party.
pub(crate) fn read_tax_numbers(heading: &mut Segment, parties: &mut [Party]) {
    for (field, roles) in TAX_NUMBERS {
        let Some(party) = parties.iter_mut().find(|p| roles.contains(&p.role)) else { continue };
        if let Some(id) = heading.take(field) {
            add_id(party, IdScheme::TaxNumber, id);
        }
    }
}

pub(crate) fn write_tax_numbers(heading: &mut Segment, parties: &[Party]) {
    for (field, roles) in TAX_NUMBERS {
        // The party that is read first gets it back.
        let party = parties.iter().find(|p| roles.contains(&p.role));
        let id = party.and_then(|p| p.ids.iter().find(|i| i.scheme == IdScheme::TaxNumber));
        heading.put(field, 20, id.map(|i| i.id.as_str()));
    }
}

const TAX_NUMBERS: [(&str, &[PartyRole]); 2] = [
    ("KUNDEUINR", &[PartyRole::Buyer, PartyRole::SoldTo, PartyRole::Customer, PartyRole::OrderedBy]),
    (
        "EIGENUINR",
        &[
            PartyRole::Supplier,
            PartyRole::Seller,
            PartyRole::Vendor,
            PartyRole::InvoiceIssuer,
            PartyRole::RemitTo,
        ],
    ),
];
