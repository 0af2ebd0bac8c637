//! Hazardous goods: H1 of the 210; LH1 to LH4, LFH and LEP of the 204, with the contact G61 and the certificate LH6.
//!
//! In the 204 the goods stand in loops that open with the contact to call: it belongs to the first entry of its loop, and an entry
//! without one stands in the loop of the entry before. An entry that nobody is to be called for gets a contact that says so.
//!
//! Further LH2 and LH3 of one entry stay unmapped.

use super::freight::{contacts, g61, or_else, references};
use crate::freight::Goods;
use crate::hazard::{DangerousGoods, HazardDetail};
use crate::mapping::{Elements, Walk};
use crate::party::Contact;
use crate::transport::Temperature;

/// H1.
pub(crate) fn h1(e: &mut Elements<'_>, h: &mut DangerousGoods) {
    e.needs(1);
    let mut code = h.code.take().or_else(|| h.un_number.clone().filter(|_| !e.is_reading()));
    e.text(1, &mut code);
    h.code = code;
    e.text(2, &mut h.class);
    e.code(3, &mut h.scheme_code);
    e.text(4, &mut h.shipping_name);
    e.slots([5].into_iter(), &mut h.contacts, |e, at, c: &mut Contact| e.text(at, &mut c.name));
    e.text(6, &mut h.page);
    e.quantity(7, 8, &mut h.flashpoint);
    e.code(9, &mut h.packing_group_code);
}

/// The loops G61 within goods.
pub(crate) fn hazards(walk: &mut Walk<'_>, goods: &mut Goods) {
    if walk.is_writing() {
        return write(walk, goods);
    }
    for mut inner in walk.found("G61") {
        inner.claim_loop();
        references(&mut inner, &mut goods.references);
        let first = goods.dangerous_goods.len();
        inner.loops("LH1", &mut goods.dangerous_goods, hazard);
        inner.each("LH6", &mut goods.dangerous_goods, certificate);
        let mut called = Vec::new();
        contacts(&mut inner, &mut called);
        match goods.dangerous_goods.get_mut(first) {
            Some(entry) => entry.contacts.append(&mut called),
            None => goods.contacts.append(&mut called),
        }
    }
}

fn write(walk: &mut Walk<'_>, goods: &mut Goods) {
    // 004010 has references of the goods with the first contact, 005010 with the goods; contacts stand in PER there.
    let mut called = if walk.is_newer() { Vec::new() } else { goods.references.clone() };
    if !walk.is_newer() {
        for contact in &mut goods.contacts {
            walk.write_loop("G61", |w| {
                w.once("G61", |e| g61(e, contact));
                references(w, &mut called);
            });
            called.clear();
        }
    }
    let mut rest = goods.dangerous_goods.as_mut_slice();
    while !rest.is_empty() {
        let alone = rest.iter().skip(1).take_while(|h| h.contacts.is_empty()).count() + 1;
        let (now, later) = rest.split_at_mut(alone);
        let contact = now.first().and_then(|h| h.contacts.first()).cloned();
        walk.write_loop("G61", |w| {
            w.once("G61", |e| match contact {
                Some(mut contact) => g61(e, &mut contact),
                None => {
                    // 366 = HM: hazardous material contact. The standard asks for a name.
                    e.constant(1, "HM");
                    e.constant(2, "SEE SHIPPING PAPERS");
                }
            });
            references(w, &mut called);
            called.clear();
            for h in now {
                w.once("LH6", |e| certificate(e, h));
                w.write_loop("LH1", |w| hazard(w, h));
            }
        });
        rest = later;
    }
}

/// LH6: who certifies what.
pub(crate) fn certificate(e: &mut Elements<'_>, h: &mut DangerousGoods) {
    e.text(1, &mut h.certifier);
    e.code(2, &mut h.certification_code);
    e.texts([3.into(), 4.into()].into_iter(), &mut h.certifications);
    if !e.is_reading() && (!e.has(2) || !e.has(3)) && !e.has(1) {
        e.needs(1);
    }
}

/// The loop LH1.
fn hazard(walk: &mut Walk<'_>, h: &mut DangerousGoods) {
    walk.once("LH1", |e| {
        e.quantity(2, 1, &mut h.lading_quantity);
        e.text(3, &mut h.un_number);
        e.text(4, &mut h.page);
        e.quantity(7, 6, &mut h.quantity);
        e.code(8, &mut h.compartment_code);
        e.code(9, &mut h.residue_code);
        e.text(10, &mut h.packing_group_code);
        e.text(11, &mut h.regulatory_number);
        if !e.is_reading() && (3..=11).any(|at| e.has(at)) {
            // The standard asks for pieces: one package, where none are counted.
            if !e.has(2) {
                e.constant(2, "1");
            }
            or_else(e, 1, 2, "PK");
        }
    });
    walk.once("LH2", |e| {
        e.text(1, &mut h.class);
        e.code(2, &mut h.class_scheme_code);
        e.text(3, &mut h.placard);
        e.text(4, &mut h.endorsement);
        e.code(5, &mut h.reportable_quantity_code);
        e.quantity(7, 6, &mut h.flashpoint);
        e.slots([8, 10].into_iter(), &mut h.temperatures, |e, at, t: &mut Temperature| {
            e.needs(at);
            e.quantity(at + 1, at, &mut t.minimum);
        });
    });
    walk.once("LH3", |e| {
        e.text(1, &mut h.shipping_name);
        e.code(2, &mut h.shipping_name_code);
        // 984 = I: the name of the international code.
        or_else(e, 2, 1, "I");
        e.code(3, &mut h.not_otherwise_specified_code);
    });
    walk.each("LFH", &mut h.details, |e, d: &mut HazardDetail| {
        e.needs(1);
        e.needs(2);
        e.required_code(1, &mut d.code);
        e.texts([2.into(), 3.into()].into_iter(), &mut d.texts);
        e.code(4, &mut d.zone_code);
        e.quantity(6, 5, &mut d.quantity);
        e.decimal(7, &mut d.second_quantity);
        e.date(8, &mut d.date);
    });
    walk.once("LEP", |e| {
        e.code(1, &mut h.waste_stream_code);
        e.code(2, &mut h.waste_characteristics_code);
    });
    walk.once("LH4", |e| {
        e.text(1, &mut h.emergency_plan);
        e.texts([2.into(), 11.into()].into_iter(), &mut h.emergency_phones);
        e.texts((4..=6).map(Into::into), &mut h.subsidiary_classes);
        e.codes([7.into()].into_iter(), &mut h.subsidiary_risk_codes);
        e.quantity(8, 12, &mut h.net_explosive);
    });
}
