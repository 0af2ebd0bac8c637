//! Segments and groups of transport messages: CNI, STS, GID, EQD with SEL and EQA, DGS, TCC, CPI, TSR, GOR, HAN, TMP, DIM, SGP, DOC.
//!
//! Weights and measures stand in MEA; goods and equipment that have a weight of their own get one (6311 = AAE, 6313 = G or T), and one
//! that was read fills the field. A container's number is one piece in 8260.

use super::party::name_and_address;
use super::quantity::{measurement, qualified};
use super::reference::{dated, reference};
use super::transport::{dated_location, identity, location};
use super::{codes, date, money};
use crate::Text;
use crate::date::DateTime;
use crate::freight::{CarriageTerms, Dimensions, Formality, FreightCharge, Goods, GoodsEquipment};
use crate::hazard::DangerousGoods;
use crate::mapping::{Elements, Walk};
use crate::money::{Percentage, QualifiedPrice};
use crate::party::{Party, PartyRole};
use crate::quantity::{Measurement, Quantity};
use crate::reference::{Attachment, IdScheme, Identifier, IndustryCode, Note};
use crate::transport::{Equipment, Handling, Location, Marks, Pack, Route, Seal, Temperature};
use crate::transport_status::EventPlace;

/// Segments that open a group in one directory and stand alone in another: all of them are read, and written alone.
pub(crate) fn each_flat<'m, T: Default>(
    walk: &mut Walk<'m>,
    tag: &'static str,
    list: &mut Vec<T>,
    map: impl Fn(&mut Elements<'m>, &mut T),
) {
    walk.each(tag, list, &map);
    for mut inner in walk.found(tag) {
        inner.claim_loop();
        inner.each(tag, list, &map);
    }
}

/// NAD alone, or the group NAD.
pub(crate) fn parties<'m>(
    walk: &mut Walk<'m>,
    list: &mut Vec<Party>,
    group: impl Fn(&mut Walk<'m>, &mut Party),
) {
    if walk.is_reading() {
        walk.each("NAD", list, name_and_address);
    }
    walk.loops("NAD", list, group);
}

/// DOC: a paper that belongs to it. D.96A has no version of it.
pub(crate) fn attachment(e: &mut Elements<'_>, a: &mut Attachment) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.required_code((1, 1), &mut a.kind_code);
    e.code((1, 2), &mut a.list_code);
    e.code((1, 3), &mut a.agency_code);
    e.text((1, 4), &mut a.name);
    e.text((2, 1), &mut a.number);
    e.code((2, 2), &mut a.status_code);
    e.text((2, 3), &mut a.source);
    e.text((2, 4), &mut a.language);
    if e.is_reading() || e.is_newer() {
        e.text((2, 5), &mut a.version);
        e.text((2, 6), &mut a.revision);
    }
    e.code((3, 1), &mut a.transmission_code);
    e.decimal((4, 1), &mut a.copies);
    e.decimal((5, 1), &mut a.originals);
}

/// The group DOC.
pub(crate) fn dated_attachment(walk: &mut Walk<'_>, a: &mut Attachment) {
    walk.once("DOC", |e| attachment(e, a));
    walk.each("DTM", &mut a.dates, date::dtm);
}

/// TSR: condition, services, priority and nature.
pub(crate) fn service(e: &mut Elements<'_>, t: &mut CarriageTerms) {
    e.code((1, 1), &mut t.condition_code);
    e.codes([(2, 1).into(), (2, 4).into()].into_iter(), &mut t.service_codes);
    e.code((3, 1), &mut t.priority_code);
    e.code((4, 1), &mut t.nature_code);
}

/// CPI: who pays which charges.
pub(crate) fn payment(walk: &mut Walk<'_>, t: &mut CarriageTerms) {
    walk.once("CPI", |e| {
        e.code((1, 1), &mut t.charge_category_code);
        e.code((2, 1), &mut t.payment_method_code);
        e.code((3, 1), &mut t.payment_code);
    });
    walk.each("RFF", &mut t.references, reference);
    walk.each("LOC", &mut t.locations, location);
}

/// SEL. The number of D.01B may be absent; a range of seals stands in C208 there.
pub(crate) fn seal(e: &mut Elements<'_>, s: &mut Seal) {
    e.needs((1, 1));
    e.required((1, 1), &mut s.number);
    e.code((2, 1), &mut s.issuer_code);
    e.text((2, 4), &mut s.issuer_name);
    e.code((3, 1), &mut s.status_code);
    if e.is_reading() || e.is_newer() {
        e.text((4, 2), &mut s.range_end);
    }
}

/// MEA, alone or as a group.
pub(crate) fn measurements(walk: &mut Walk<'_>, list: &mut Vec<Measurement>) {
    each_flat(walk, "MEA", list, measurement);
}

/// A weight or a volume of its own as MEA. `code` is 6313: `G` gross, `T` tare, `AAW` volume.
fn complete_measure(list: &mut Vec<Measurement>, code: &'static str, value: Option<&Quantity>) {
    let Some(value) = value else { return };
    if let Some(listed) = list.iter_mut().find(|m| m.code.as_deref() == Some(code)) {
        let same = |l: &Quantity| l.value == value.value && (l.unit == value.unit || value.unit.is_none());
        if !listed.value.as_ref().is_some_and(same) {
            listed.value = Some(value.clone());
        }
        return;
    }
    list.push(Measurement {
        // 6311 = AAE: measurement.
        reference_code: Some(Text::new_static("AAE")),
        code: Some(Text::new_static(code)),
        value: Some(value.clone()),
        ..Measurement::default()
    });
}

fn measured(list: &[Measurement], code: &str) -> Option<Quantity> {
    list.iter().find(|m| m.code.as_deref() == Some(code)).and_then(|m| m.value.clone())
}

/// MEA that the document's own fields ask for: their codes are of EDIFACT whatever the document's are.
fn own_measures(walk: &mut Walk<'_>, own: &[Measurement], listed: &[Measurement]) {
    for m in own.iter().filter(|m| !listed.contains(m)) {
        let mut value = m.value.clone();
        walk.once("MEA", |e| {
            e.constant((1, 1), m.reference_code.as_deref().unwrap_or_default());
            e.constant((2, 1), m.code.as_deref().unwrap_or_default());
            e.quantity((3, 2), (3, 1), &mut value);
        });
    }
}

/// DIM, alone or as a group.
fn dimensions(walk: &mut Walk<'_>, list: &mut Vec<Dimensions>) {
    each_flat(walk, "DIM", list, |e, d| {
        e.code((1, 1), &mut d.code);
        e.quantity((2, 2), (2, 1), &mut d.length);
        e.quantity((2, 3), (2, 1), &mut d.width);
        e.quantity((2, 4), (2, 1), &mut d.height);
        if !e.is_reading() && !e.has((1, 1)) && e.has((2, 1)) {
            // 6145 = 1: gross dimensions.
            e.constant((1, 1), "1");
        }
        if !e.is_reading() {
            e.needs((2, 1));
        }
    });
}

/// HAN. D.01B has the name of the hazard too.
pub(crate) fn handling(e: &mut Elements<'_>, h: &mut Handling) {
    e.code((1, 1), &mut h.code);
    e.text((1, 4), &mut h.description);
    e.text((2, 1), &mut h.hazard_class);
    e.code((2, 2), &mut h.hazard_scheme_code);
}

/// TMP: the temperature to keep; 6245 = 2: transport temperature.
fn temperature(e: &mut Elements<'_>, t: &mut Temperature) {
    if !e.is_reading() {
        e.needs((2, 1));
    }
    e.code((1, 1), &mut t.code);
    e.quantity((2, 1), (2, 2), &mut t.minimum);
    if let (false, false, Some(degrees)) = (e.is_reading(), e.is_newer(), &t.minimum) {
        // 6246 of D.96A has three digits.
        let sign = if degrees.value.is_sign_negative() { "-" } else { "" };
        e.constant((2, 1), &format!("{sign}{:0>3}", degrees.value.abs().to_string()));
    }
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "2");
    }
}

/// TMP, and RNG with the range it has to stay in (6167 = 4): entries of one list, told by whether there is an upper end.
fn temperatures(walk: &mut Walk<'_>, list: &mut Vec<Temperature>) {
    let is_range = |t: &Temperature| t.maximum.is_some();
    let ranged = |e: &mut Elements<'_>, t: &mut Temperature| {
        e.needs((2, 3));
        e.constant((1, 1), "4");
        e.quantity((2, 2), (2, 1), &mut t.minimum);
        e.quantity((2, 3), (2, 1), &mut t.maximum);
    };
    walk.each_chosen("TMP", list, |t| !is_range(t), temperature);
    match walk.is_reading() {
        true => walk.each_if("RNG", |e| e.peek((1, 1)) == "4", list, ranged),
        false => walk.each_chosen("RNG", list, is_range, ranged),
    }
}

/// The group EQD: equipment, its weights, seals and what is attached to it.
pub(crate) fn equipment(walk: &mut Walk<'_>, q: &mut Equipment) {
    let listed = q.measurements.clone();
    if walk.is_writing() {
        complete_equipment(q);
    }
    walk.once("EQD", |e| {
        let kind = equipment_kind(q.code.as_deref());
        e.code((1, 1), &mut q.code);
        if !e.is_reading() && !e.has((1, 1)) {
            e.constant((1, 1), kind);
        }
        e.text((2, 1), &mut q.number);
        e.text((2, 4), &mut q.country);
        e.code((3, 1), &mut q.type_code);
        e.code((3, 2), &mut q.type_list_code);
        e.code((3, 3), &mut q.type_agency_code);
        e.text((3, 4), &mut q.description);
        e.code((4, 1), &mut q.ownership_code);
        e.code((5, 1), &mut q.status_code);
        e.code((6, 1), &mut q.fullness_code);
    });
    walk.once("EQN", |e| e.decimal((1, 1), &mut q.count));
    walk.once("TMD", |e| {
        e.code((1, 1), &mut q.movement_code);
        e.code((3, 1), &mut q.haulage_code);
    });
    let own: Vec<Measurement> = q.measurements.iter().filter(|m| !listed.contains(m)).cloned().collect();
    q.measurements.retain(|m| listed.contains(m) || walk.is_reading());
    measurements(walk, &mut q.measurements);
    own_measures(walk, &own, &listed);
    if walk.is_reading() {
        q.weight = measured(&q.measurements, "G");
        q.tare_weight = measured(&q.measurements, "T");
    }
    walk.each("SEL", &mut q.seals, seal);
    temperatures(walk, &mut q.temperatures);
    walk.each("FTX", &mut q.notes, super::reference::note);
    walk.each("RFF", &mut q.references, reference);
    walk.loops("EQA", &mut q.attached, |w, a| {
        w.once("EQA", |e| {
            e.code((1, 1), &mut a.code);
            e.text((2, 1), &mut a.number);
            e.text((2, 4), &mut a.country);
            if !e.is_reading() && !e.has((1, 1)) && e.has((2, 1)) {
                e.constant((1, 1), "TE");
            }
        });
        w.once("EQN", |e| e.decimal((1, 1), &mut a.count));
        w.each("SEL", &mut a.seals, seal);
    });
}

/// 8053 of a kind of X12 40: container, chassis, boxcar, rail car, else a trailer.
fn equipment_kind(code: Option<&str>) -> &'static str {
    match code {
        Some("CN" | "CL" | "CZ" | "CU" | "20" | "40" | "2B" | "4B") => "CN",
        Some("CH" | "CB") => "CH",
        Some("BX" | "DX") => "BX",
        Some("RR") => "RR",
        _ => "TE",
    }
}

/// One number, as EDIFACT has it, and the weights as measurements.
fn complete_equipment(q: &mut Equipment) {
    if q.initial.is_some() || q.check_digit.is_some() {
        let parts = [q.initial.take(), q.number.take(), q.check_digit.take()];
        q.number = Some(Text::new(parts.iter().flatten().map(Text::as_str).collect::<String>()));
    }
    let (weight, tare) = (q.weight.take(), q.tare_weight.take());
    complete_measure(&mut q.measurements, "G", weight.as_ref());
    complete_measure(&mut q.measurements, "T", tare.as_ref());
    if let Some(number) = q.seal_number.take() {
        q.seals.push(Seal { number, ..Seal::default() });
    }
}

/// The group TDT with everything that stands in it: both directories have it in other orders.
pub(crate) fn route(walk: &mut Walk<'_>, r: &mut Route) {
    walk.once("TDT", |e| super::transport::carriage(e, r));
    walk.once("TMD", |e| {
        e.code((1, 1), &mut r.movement_code);
        e.text((1, 2), &mut r.movement);
        e.code((3, 1), &mut r.haulage_code);
    });
    walk.each("DTM", &mut r.dates, date::dtm);
    locations(walk, &mut r.locations);
    if walk.is_reading() {
        walk.each("RFF", &mut r.references, reference);
    }
    walk.loops("RFF", &mut r.references, dated);
}

/// LOC, alone or as a group with dates.
pub(crate) fn locations(walk: &mut Walk<'_>, list: &mut Vec<Location>) {
    if walk.is_reading() {
        walk.each("LOC", list, location);
    }
    walk.loops("LOC", list, dated_location);
}

/// The group GID: an item of goods.
pub(crate) fn goods(walk: &mut Walk<'_>, g: &mut Goods) {
    let listed = g.measurements.clone();
    let described = crate::reference::Note { lines: g.descriptions.clone(), ..Note::default() };
    if walk.is_writing() {
        complete_measure(&mut g.measurements, "G", g.weight.as_ref());
        complete_measure(&mut g.measurements, "AAW", g.volume.as_ref());
    }
    walk.once("GID", |e| {
        e.text((1, 1), &mut g.number);
        e.decimal((2, 1), &mut g.pieces);
        e.code((2, 2), &mut g.packaging_code);
        e.text((2, 5), &mut g.packaging);
        let levels = if e.is_newer() { 3..=6 } else { 3..=4 };
        e.slots(levels, &mut g.packs, |e, at, p: &mut Pack| {
            e.decimal((at, 1), &mut p.packs);
            e.code((at, 2), &mut p.packaging_code);
            e.code((at, 4), &mut p.agency_code);
            e.text((at, 5), &mut p.description);
        });
        if !e.is_reading() && !e.has((1, 1)) {
            e.serial((1, 1));
        }
    });
    if walk.is_writing() && !walk.is_newer() {
        g.handling.truncate(1);
    }
    walk.each("HAN", &mut g.handling, handling);
    temperatures(walk, &mut g.temperatures);
    walk.each("LOC", &mut g.locations, location);
    walk.each("MOA", &mut g.amounts, money::amount);
    product_numbers(walk, g);
    notes(walk, g, described);
    parties(walk, &mut g.parties, |w, p| {
        w.once("NAD", |e| name_and_address(e, p));
        w.each("DTM", &mut p.dates, date::dtm);
    });
    walk.once("GDS", |e| e.code((1, 1), &mut g.nature_code));
    let own: Vec<Measurement> = g.measurements.iter().filter(|m| !listed.contains(m)).cloned().collect();
    g.measurements.retain(|m| listed.contains(m) || walk.is_reading());
    measurements(walk, &mut g.measurements);
    own_measures(walk, &own, &listed);
    if walk.is_reading() {
        g.weight = measured(&g.measurements, "G");
        g.volume = measured(&g.measurements, "AAW");
    }
    dimensions(walk, &mut g.dimensions);
    walk.loops("RFF", &mut g.references, dated);
    marks(walk, &mut g.marks);
    walk.loops("DOC", &mut g.attachments, dated_attachment);
    walk.loops("GOR", &mut g.formalities, formality);
    split_over_equipment(walk, &mut g.equipment);
    walk.loops("TCC", &mut g.charges, charge);
    if walk.is_reading() {
        walk.each("DGS", &mut g.dangerous_goods, dgs);
    }
    walk.loops("DGS", &mut g.dangerous_goods, dangerous);
}

/// PIA: numbers of the goods.
fn product_numbers(walk: &mut Walk<'_>, g: &mut Goods) {
    if walk.is_reading() {
        let mut lists: Vec<Vec<crate::item::ProductId>> = Vec::new();
        walk.each("PIA", &mut lists, |e, list| {
            let function = Text::new(e.peek((1, 1)));
            super::item::product_ids(e, 2..=6, (!function.is_empty()).then_some(&function), list);
            if !list.is_empty() && !function.is_empty() {
                e.ignore((1, 1));
            }
        });
        g.product_ids.extend(lists.into_iter().flatten());
        return;
    }
    for id in &mut g.product_ids {
        let function = id.function_code.clone().unwrap_or(Text::new_static("1"));
        walk.once("PIA", |e| {
            e.needs((2, 1));
            super::item::product_ids(e, 2..=2, None, std::slice::from_mut(id).to_vec().as_mut());
            if e.has((2, 1)) {
                e.constant((1, 1), &function);
            }
        });
    }
}

/// FTX. What the goods are (4451 = AAA) fills the descriptions; it stands in no other place.
fn notes(walk: &mut Walk<'_>, g: &mut Goods, mut described: Note) {
    if walk.is_writing() {
        if !described.lines.is_empty() {
            walk.once("FTX", |e| {
                e.constant((1, 1), "AAA");
                super::reference::note(e, &mut described);
                e.constant((1, 1), "AAA");
            });
        }
        return walk.each("FTX", &mut g.notes, super::reference::note);
    }
    let mut all = Vec::new();
    walk.each("FTX", &mut all, super::reference::note);
    for note in all {
        let plain =
            Note { code: Some(Text::new_static("AAA")), lines: note.lines.clone(), ..Note::default() };
        match note == plain {
            true => g.descriptions.extend(note.lines),
            false => g.notes.push(note),
        }
    }
}

/// PCI with the numbers of the packages.
pub(crate) fn marks(walk: &mut Walk<'_>, list: &mut Vec<Marks>) {
    if walk.is_reading() {
        walk.each("PCI", list, marking);
        for mut inner in walk.found("PCI") {
            inner.claim_loop();
            inner.each("PCI", list, marking);
            inner.each("GIN", list, identity);
        }
        return;
    }
    let is_number = |m: &Marks| m.code.len() > 1 && m.code.bytes().all(|b| b.is_ascii_uppercase());
    let mut rest = list.as_mut_slice();
    while !rest.is_empty() {
        let leads = rest.first().is_some_and(|m| !is_number(m));
        let numbers = rest.iter().skip(usize::from(leads)).take_while(|m| is_number(m)).count();
        let (now, later) = rest.split_at_mut(usize::from(leads) + numbers);
        walk.write_loop("PCI", |w| {
            let (lead, numbers) = now.split_at_mut(usize::from(leads));
            match lead.first_mut() {
                Some(mark) => w.once("PCI", |e| marking(e, mark)),
                // 4233 = 30: mark the serial shipping container code.
                None => w.once("PCI", |e| e.constant((1, 1), "30")),
            }
            for mark in numbers {
                w.once("GIN", |e| identity(e, mark));
            }
        });
        rest = later;
    }
}

/// PCI. Marks of which nothing else is said are those of the shipper (4233 = 24).
pub(crate) fn marking(e: &mut Elements<'_>, m: &mut Marks) {
    e.required_code((1, 1), &mut m.code);
    e.texts((1..=10).map(|component| (2, component).into()), &mut m.values);
    e.code((4, 1), &mut m.type_code);
    if !e.is_reading() && !e.has((1, 1)) && e.has((2, 1)) {
        e.constant((1, 1), "24");
    }
}

/// SGP, alone or as a group: which part of the goods is on which equipment.
fn split_over_equipment(walk: &mut Walk<'_>, list: &mut Vec<GoodsEquipment>) {
    let sgp = |e: &mut Elements<'_>, s: &mut GoodsEquipment| {
        e.needs((1, 1));
        e.required((1, 1), &mut s.number);
        e.decimal((2, 1), &mut s.packages);
    };
    if walk.is_reading() {
        walk.each("SGP", list, sgp);
    }
    walk.loops("SGP", list, |w, s| {
        w.once("SGP", |e| sgp(e, s));
        measurements(w, &mut s.measurements);
    });
}

/// The group DGS: dangerous goods, whom to call, and how much of them.
pub(crate) fn dangerous(walk: &mut Walk<'_>, h: &mut DangerousGoods) {
    walk.once("DGS", |e| dgs(e, h));
    if let (true, Some(name)) = (walk.is_writing(), h.shipping_name.clone().or(h.technical_name.clone())) {
        let mut named = Note { lines: vec![name], ..Note::default() };
        walk.once("FTX", |e| {
            e.constant((1, 1), "AAD");
            super::reference::note(e, &mut named);
            e.constant((1, 1), "AAD");
        });
    }
    walk.each("FTX", &mut h.notes, super::reference::note);
    if walk.is_reading() {
        // 4451 = AAD: dangerous goods, technical name.
        let plain = |n: &Note| {
            let code = Some(Text::new_static("AAD"));
            n.lines.len() == 1 && *n == Note { code, lines: n.lines.clone(), ..Note::default() }
        };
        if let Some(at) = h.notes.iter().position(plain) {
            h.shipping_name = h.notes.remove(at).lines.into_iter().next();
        }
    }
    walk.loops("CTA", &mut h.contacts, super::party::contact);
    measurements(walk, &mut h.measurements);
}

/// DGS. 7124 has four digits: `UN` stands before them in the document, as it does in X12 277.
fn dgs(e: &mut Elements<'_>, h: &mut DangerousGoods) {
    e.code((1, 1), &mut h.regulation_code);
    e.text((2, 1), &mut h.class);
    e.text((2, 2), &mut h.page);
    if e.is_reading() {
        let mut number = None;
        e.text((3, 1), &mut number);
        h.un_number = number.map(|n: Text| Text::new(format!("UN{n}")));
    } else if let Some(number) = h.un_number.as_deref().and_then(|n| n.strip_prefix("UN")) {
        e.constant((3, 1), number);
    }
    e.quantity((4, 1), (4, 2), &mut h.flashpoint);
    if let (false, Some(point)) = (e.is_reading(), &h.flashpoint) {
        // 7106 has three digits.
        e.constant((4, 1), &format!("{:0>3}", point.value.to_string()));
    }
    // 8339 has 1, 2 and 3 where X12 254 has them in roman digits.
    packing_group(e, h);
    e.text((6, 1), &mut h.emergency_schedule);
    e.text((7, 1), &mut h.first_aid_guide);
    e.text((8, 1), &mut h.emergency_card);
    e.text((9, 1), &mut h.placard_upper);
    e.text((9, 2), &mut h.placard_lower);
    e.texts((1..=3).map(|component| (10, component).into()), &mut h.labels);
    e.code((11, 1), &mut h.packing_instruction_code);
    e.code((12, 1), &mut h.transport_category_code);
    e.code((13, 1), &mut h.authorisation_code);
}

fn packing_group(e: &mut Elements<'_>, h: &mut DangerousGoods) {
    const GROUPS: [(&str, &str); 3] = [("1", "I"), ("2", "II"), ("3", "III")];
    if e.is_reading() {
        let mut code = None;
        e.text((5, 1), &mut code);
        h.packing_group_code = code.map(|c: Text| match GROUPS.iter().find(|(code, _)| c == *code) {
            Some((_, group)) => Text::new_static(group),
            None => c,
        });
    } else if let Some(group) = &h.packing_group_code {
        let code = GROUPS.iter().find(|(_, g)| group == *g).map_or(group.as_str(), |(code, _)| code);
        e.constant((5, 1), code);
    }
}

/// The group TCC: a charge, its rate, amounts and quantities.
pub(crate) fn charge(walk: &mut Walk<'_>, c: &mut FreightCharge) {
    walk.once("TCC", |e| {
        e.code((1, 1), &mut c.code);
        e.code((1, 2), &mut c.list_code);
        e.code((1, 3), &mut c.agency_code);
        e.text((1, 4), &mut c.description);
        e.code((1, 5), &mut c.payment_code);
        e.code((2, 1), &mut c.rate_class_code);
        e.code((3, 1), &mut c.commodity_code);
    });
    walk.each("LOC", &mut c.locations, location);
    walk.each("FTX", &mut c.notes, super::reference::note);
    walk.each("CUX", &mut c.currencies, money::currency);
    let mut prices: Vec<QualifiedPrice> = Vec::new();
    if walk.is_writing() {
        prices = c.prices.drain(..).map(priced).collect();
    }
    walk.each("PRI", &mut prices, money::pri);
    c.prices.extend(prices.into_iter().filter_map(|p| p.price));
    walk.each("PCD", &mut c.percentages, |e, p: &mut Percentage| money::percentage(e, p));
    if let (true, Some(amount)) = (walk.is_writing(), c.amount.clone()) {
        if !c.amounts.iter().any(|a| a.money.as_ref() == Some(&amount)) {
            let mut money = Some(amount);
            walk.once("MOA", |e| {
                // 5025 = 23: charge.
                e.constant((1, 1), "23");
                e.money_in((1, 2), (1, 3), &mut money);
            });
        }
    }
    walk.each("MOA", &mut c.amounts, money::amount);
    walk.each("QTY", &mut c.quantities, qualified);
    if walk.is_reading() {
        c.amount = c.amounts.iter().find(|a| a.role_code == "23").and_then(|a| a.money.clone());
    }
}

fn priced(price: crate::money::Price) -> QualifiedPrice {
    let role_code = price.role_code.clone();
    let role = role_code.as_deref().map(|code| (codes::PRICE_ROLE.word)(code)).unwrap_or_default();
    QualifiedPrice { role, role_code, price: Some(price), ..QualifiedPrice::default() }
}

/// The group GOR: what an authority asks for.
pub(crate) fn formality(walk: &mut Walk<'_>, f: &mut Formality) {
    walk.once("GOR", |e| {
        e.code((1, 1), &mut f.movement_code);
        e.slots(2..=5, &mut f.agencies, |e, at, a: &mut IndustryCode| {
            e.code((at, 1), &mut a.agency_code);
            e.code((at, 2), &mut a.qualifier_code);
            e.code((at, 3), &mut a.code);
            e.code((at, 4), &mut a.category_code);
        });
    });
    walk.each("DTM", &mut f.dates, date::dtm);
    walk.each("LOC", &mut f.locations, location);
    walk.each("SEL", &mut f.seals, seal);
    walk.each("FTX", &mut f.notes, super::reference::note);
    walk.loops("DOC", &mut f.attachments, dated_attachment);
}

/// The place that something happened at, as LOC: the city, then its region and country (3227 = 14: location of goods).
pub(crate) fn write_event_place(e: &mut Elements<'_>, p: &EventPlace) {
    let text = |t: &Option<Text>| t.clone().unwrap_or_default();
    e.constant((1, 1), "14");
    e.constant((2, 4), &text(&p.city));
    e.constant((3, 1), &text(&p.region));
    e.constant((4, 1), &text(&p.country));
    if e.has((4, 1)) {
        // 3055 = 5: ISO, the code of the country.
        e.constant((4, 3), "5");
    }
    e.needs((2, 4));
}

/// What a LOC says of the place something happened at: the city by its name, related places by their code.
pub(crate) fn event_place(l: &Location) -> EventPlace {
    let related = |country: bool| {
        let of = |id: &&Identifier| (id.scheme == IdScheme::Country) == country;
        l.related.iter().find(of).map(|id| id.id.clone())
    };
    // A UN/LOCODE begins with the country.
    let code = l.id.as_ref().filter(|id| id.scheme == IdScheme::UnLocode);
    let of_code = || code.and_then(|id| id.id.get(..2)).map(Text::new);
    EventPlace {
        city: l.name.clone(),
        region: related(false),
        country: related(true).or_else(of_code),
        ..EventPlace::default()
    }
}

/// A shipper is a consignor in EDIFACT (3035 = CZ).
pub(crate) fn consign(parties: &mut [Party]) {
    for party in parties.iter_mut().filter(|p| p.role == PartyRole::Shipper) {
        (party.role, party.role_code) = (PartyRole::Consignor, Text::default());
    }
}

/// CNT: a count, its number and unit.
pub(crate) fn write_count(walk: &mut Walk<'_>, code: &'static str, quantity: Option<Quantity>) {
    if let Some(mut quantity) = quantity {
        walk.once("CNT", |e| {
            e.constant((1, 1), code);
            e.required_quantity((1, 2), (1, 3), &mut quantity);
        });
    }
}

/// A date of that meaning unless one is listed.
pub(crate) fn complete_date(dates: &mut Vec<DateTime>, wanted: DateTime) {
    let there =
        dates.iter().any(|d| d.date == wanted.date && (d.time == wanted.time || wanted.time.is_none()));
    if wanted.date.is_some() && !there {
        dates.insert(0, wanted);
    }
}
