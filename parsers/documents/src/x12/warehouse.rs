//! Warehouse segments: W01, W03 to W08, W10, W12 to W14, W17, W18, W20, W27, W28, G08, G61, G62, G69, N9, NTE, PAL.
//!
//! An item is told by its U.P.C. case code (438), which has an element of its own, and by pairs of qualifier and number. Weights
//! have units of their own (188): `L` pounds, `K` kilograms. Dates have qualifiers of two characters (432), times their own (176).
//!
//! Never fails: a number without its qualifier, or a qualifier without its number, stays unmapped.

use super::{codes, item as items};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::item::{Commodity, Description, Item, Lot, ProductId, ProductIdScheme};
use crate::mapping::{Elements, Walk, wrapped};
use crate::package::Package;
use crate::party::{Channel, Contact, Party};
use crate::quantity::{Decimal, Quantity};
use crate::reference::{Accounting, AccountingPart, IdScheme, IndustryCode, Note, Reference, ReferenceKind};
use crate::transport::{
    DeliveryTerms, Handling, Location, Pack, Pallet, Route, Seal, Temperature, Transport,
};
use crate::warehouse_shipping_order::LinePart;
use crate::warehouse_stock_transfer::Consolidation;

/// U.P.C. case codes in the elements `cases`, and the pairs of qualifier and number that start at one of `pairs`.
pub(crate) fn product_ids(e: &mut Elements<'_>, cases: &[usize], pairs: &[usize], list: &mut Vec<ProductId>) {
    let in_its_element = |id: &ProductId| id.scheme == ProductIdScheme::UpcCase && id.scheme_code.is_empty();
    let pairs = pairs.iter().copied();
    if e.is_reading() {
        let (mut codes, mut rest) = (Vec::new(), Vec::new());
        e.texts(cases.iter().map(|at| (*at).into()), &mut codes);
        items::product_ids(e, pairs, &mut rest);
        let scheme = ProductIdScheme::UpcCase;
        list.extend(codes.into_iter().map(|id| ProductId { scheme, id, ..ProductId::default() }));
        list.append(&mut rest);
        return;
    }
    let (codes, mut rest): (Vec<_>, Vec<_>) = list.iter().cloned().partition(in_its_element);
    let mut further = codes.iter().skip(cases.len()).cloned().collect();
    for (at, code) in cases.iter().zip(codes) {
        e.constant(*at, &code.id);
    }
    rest.append(&mut further);
    items::product_ids(e, pairs, &mut rest);
}

/// 451, the warehouse's lot: the first of the item.
pub(crate) fn lot(e: &mut Elements<'_>, at: usize, item: &mut Item) {
    if !e.is_reading() {
        let mut number = item.lots.iter().find_map(|l| l.number.clone()).or_else(|| item.lot.clone());
        return e.text(at, &mut number);
    }
    let mut number = None;
    e.text(at, &mut number);
    if number.is_some() {
        item.lot.get_or_insert_with(|| number.clone().unwrap_or_default());
        item.lots.push(Lot { number, ..Lot::default() });
    }
}

/// A weight in `value`, which weight in `value + 1`, and its unit (188) in `value + 2`.
pub(crate) fn weight(
    e: &mut Elements<'_>,
    value: usize,
    code: &mut Option<Text>,
    field: &mut Option<Quantity>,
    default_code: &str,
) {
    e.part(field, |e, weight: &mut Quantity| {
        e.needs_number(value);
        e.required_decimal(value, &mut weight.value);
        weight_unit(e, value + 2, weight);
    });
    if e.has(value) {
        e.code(value + 1, code);
        if !e.is_reading() && !e.has(value + 1) {
            e.constant(value + 1, default_code);
        }
    }
}

/// 188. A weight that says no unit is in pounds.
fn weight_unit(e: &mut Elements<'_>, at: usize, weight: &mut Quantity) {
    const UNITS: [(&str, &str); 6] =
        [("L", "LBR"), ("K", "KGM"), ("G", "GRM"), ("E", "TNE"), ("S", "STN"), ("T", "LTN")];
    if e.is_reading() {
        e.text(at, &mut weight.original_unit);
        let original = weight.original_unit.as_deref();
        let known = UNITS.iter().find(|(code, _)| Some(*code) == original);
        weight.unit = known.map(|(_, unit)| Text::new_static(unit));
        if original == Some("O") {
            weight.unit = Some(Text::new_static("ONZ"));
        }
        return;
    }
    let unit = weight.unit.as_deref();
    let known = UNITS.iter().find(|(_, u)| Some(*u) == unit).map(|(code, _)| *code);
    let own = weight.original_unit.as_deref().filter(|o| o.len() == 1);
    if let Some(code) = known.or((unit == Some("ONZ")).then_some("O")).or(own) {
        e.constant(at, code);
    }
}

/// A number in `at` that has no unit beside it.
pub(crate) fn plain_quantity(e: &mut Elements<'_>, at: usize, field: &mut Option<Quantity>) {
    let mut value = field.as_ref().map(|q| q.value);
    e.decimal(at, &mut value);
    if let (true, None, Some(value)) = (e.is_reading(), &field, value) {
        *field = Some(Quantity { value, ..Quantity::default() });
    }
}

/// What W01 and W04 say of an item beside its numbers: freight class (59), rate class (121), and how it is stacked (416).
pub(crate) struct Classes<'a> {
    pub freight_class_code: &'a mut Option<Text>,
    pub rate_class_code: &'a mut Option<Text>,
    pub pallet_block_and_tiers: &'a mut Option<Text>,
}

/// W01.
pub(crate) fn ordered_item(
    e: &mut Elements<'_>,
    quantity: &mut Option<Quantity>,
    item: &mut Item,
    classes: Classes<'_>,
) {
    e.quantity(1, 2, quantity);
    product_ids(e, &[3], &[4, 6, 15], &mut item.product_ids);
    classed(e, item, classes);
    lot(e, 13, item);
    e.code(14, &mut item.condition_code);
}

/// W04; its hold (844) apart.
pub(crate) fn shipped_item(
    e: &mut Elements<'_>,
    quantity: &mut Option<Quantity>,
    item: &mut Item,
    classes: Classes<'_>,
    hold_code: &mut Option<Text>,
) {
    e.quantity(1, 2, quantity);
    product_ids(e, &[3], &[4, 6, 14], &mut item.product_ids);
    classed(e, item, classes);
    e.code(13, hold_code);
}

fn classed(e: &mut Elements<'_>, item: &mut Item, classes: Classes<'_>) {
    e.code(8, classes.freight_class_code);
    e.code(9, classes.rate_class_code);
    let mut commodity = item.commodities.first().cloned();
    let first = commodity.is_none();
    e.part(&mut commodity, |e, c: &mut Commodity| {
        e.needs(10);
        e.needs(11);
        e.required_code(10, &mut c.scheme_code);
        e.required(11, &mut c.code);
    });
    if first {
        item.commodities.extend(commodity);
    }
    e.text(12, classes.pallet_block_and_tiers);
}

/// W07; `adjustment_id` is 893.
pub(crate) fn received_item(
    e: &mut Elements<'_>,
    quantity: &mut Option<Quantity>,
    item: &mut Item,
    adjustment_id: &mut Option<Text>,
) {
    e.quantity(1, 2, quantity);
    product_ids(e, &[3], &[4, 6, 10], &mut item.product_ids);
    lot(e, 8, item);
    e.code(9, adjustment_id);
}

/// W05: what W05 says of an order. 324 is the buyer's number, 474 and 472 hold several orders together.
pub(crate) struct Order<'a> {
    pub number: &'a mut Text,
    pub purchase_order_number: &'a mut Option<Text>,
    pub link_sequence: &'a mut Option<Text>,
    pub master_reference: &'a mut Option<Text>,
    pub transaction_type_code: &'a mut Option<Text>,
    pub action_code: &'a mut Option<Text>,
}

/// W05, elements 2 to 7.
pub(crate) fn order(e: &mut Elements<'_>, o: Order<'_>) {
    e.required(2, o.number);
    e.text(3, o.purchase_order_number);
    // Each of the two needs the other.
    if e.is_reading() || (o.link_sequence.is_some() && o.master_reference.is_some()) {
        e.text(4, o.link_sequence);
        e.text(5, o.master_reference);
    }
    e.code(6, o.transaction_type_code);
    e.code(7, o.action_code);
}

/// W20: how the line is packed. Its color (397) stays unmapped.
pub(crate) fn pack(e: &mut Elements<'_>, p: &mut Pack) {
    e.decimal(1, &mut p.packs);
    e.quantity(2, 3, &mut p.size);
    weight(e, 4, &mut p.weight_code, &mut p.gross_weight, "G");
    plain_quantity(e, 7, &mut p.unit_weight);
    e.quantity(8, 9, &mut p.gross_volume);
}

/// W27: carrier, who pays it, and its equipment. Of the care it needs (152) the first.
pub(crate) fn carrier(e: &mut Elements<'_>, t: &mut Transport, terms: &mut Vec<DeliveryTerms>) {
    let mut route = first(&mut t.routes);
    let mut equipment = first(&mut t.equipment);
    let mut paid = first(terms);
    mode_and_carrier(e, &mut route);
    e.coded_opt(4, &codes::FREIGHT_PAYMENT, &mut paid.freight_payment, &mut paid.freight_payment_code);
    e.code(5, &mut equipment.code);
    e.text(6, &mut equipment.initial);
    e.text(7, &mut equipment.number);
    e.code(8, &mut route.status_code);
    let mut handling = first(&mut t.handling);
    if e.is_reading() || e.has(1) {
        e.code(9, &mut handling.code);
    }
    e.code(10, &mut route.change_reason_code);
    mode(e);
    if !e.is_reading() && !e.has(2) && !e.has(3) {
        // One of the two must be there: a carrier by another scheme is told by its number.
        match route.carrier.as_mut().filter(|_| e.has(1)) {
            Some(carrier) => e.required(3, &mut carrier.id),
            None => e.needs(2),
        }
    }
    put_first(route, &mut t.routes);
    put_first(equipment, &mut t.equipment);
    put_first(paid, terms);
    put_first(handling, &mut t.handling);
}

/// W08: the carrier that brought the goods, its equipment and seals. 400 is how it was loaded.
pub(crate) fn arrival(e: &mut Elements<'_>, t: &mut Transport, unit_load_code: &mut Option<Text>) {
    let mut route = first(&mut t.routes);
    let mut equipment = first(&mut t.equipment);
    mode_and_carrier(e, &mut route);
    // Each of the two needs the other.
    if e.is_reading() || (equipment.initial.is_some() && equipment.number.is_some()) {
        e.text(4, &mut equipment.initial);
        e.text(5, &mut equipment.number);
    }
    if !e.is_reading() && !e.has(2) && !e.has(4) {
        e.needs(2);
    }
    e.slots([6, 7].into_iter(), &mut equipment.seals, |e, at, seal: &mut Seal| {
        e.needs(at);
        e.required(at, &mut seal.number);
    });
    e.code(8, &mut equipment.seal_status_code);
    e.code(9, unit_load_code);
    mode(e);
    put_first(route, &mut t.routes);
    put_first(equipment, &mut t.equipment);
}

/// 91, 140 and 387. A carrier by another scheme than SCAC has no place.
fn mode_and_carrier(e: &mut Elements<'_>, route: &mut Route) {
    e.coded_opt(1, &codes::TRANSPORT_MODE, &mut route.mode, &mut route.mode_code);
    let mut scac = route.carrier.as_ref().filter(|c| c.scheme == IdScheme::Scac).map(|c| c.id.clone());
    e.text(2, &mut scac);
    if let (true, None, Some(id)) = (e.is_reading(), &route.carrier, scac) {
        let scheme = IdScheme::Scac;
        route.carrier = Some(crate::reference::Identifier { scheme, id, ..Default::default() });
    }
    e.text(3, &mut route.description);
    if let (false, false, Some(name)) = (e.is_reading(), e.has(3), route.carrier_name.as_mut()) {
        e.required(3, name);
    }
}

/// The mode must be said: where the document does not say it, 91 = ZZ.
fn mode(e: &mut Elements<'_>) {
    if !e.is_reading() && !e.has(1) && (2..=10).any(|at| e.has(at)) {
        e.constant(1, "ZZ");
    }
}

/// The first entry, or an empty one.
fn first<T: Default + Clone>(list: &mut [T]) -> T {
    list.first().cloned().unwrap_or_default()
}

/// Puts the first entry back, if it says anything.
fn put_first<T: Default + PartialEq>(entry: T, list: &mut Vec<T>) {
    match list.first_mut() {
        Some(first) => *first = entry,
        None if entry != T::default() => list.push(entry),
        None => {}
    }
}

/// W6: the care that goods need, all entries from `from` on.
pub(crate) fn handling(e: &mut Elements<'_>, list: &mut Vec<Handling>, from: usize) {
    let mut rest = list.split_off(from.min(list.len()));
    e.slots(1..=4, &mut rest, |e, at, h: &mut Handling| e.code(at, &mut h.code));
    list.append(&mut rest);
}

/// W28.
pub(crate) fn consolidation(e: &mut Elements<'_>, c: &mut Consolidation) {
    e.code(1, &mut c.code);
    if !e.is_reading() && !e.has(1) {
        // 604 = C: consolidated.
        e.constant(1, "C");
    }
    weight(e, 2, &mut c.weight_code, &mut c.weight, "G");
    e.decimal(5, &mut c.stop_count);
    e.identifier(7, 6, &codes::PLACE_SCHEME, &mut c.location);
    e.text(8, &mut c.bill_of_lading);
}

/// W18: a temperature that was measured, and where (456).
pub(crate) fn measured_temperature(e: &mut Elements<'_>, t: &mut Temperature) {
    e.code(1, &mut t.code);
    if !e.is_reading() && !e.has(1) {
        e.constant(1, "01");
        e.needs(2);
    }
    e.quantity(2, 3, &mut t.minimum);
}

/// G08: pallets that came, that went back, and that are contested.
pub(crate) fn pallets(e: &mut Elements<'_>, p: &mut Pallet) {
    e.decimal(1, &mut p.count);
    e.decimal(2, &mut p.returned_count);
    e.decimal(3, &mut p.contested_quantity);
    e.code(4, &mut p.condition_code);
}

/// PAL. Length, width and height share the unit of PAL10.
pub(crate) fn pallet_of(e: &mut Elements<'_>, p: &mut Pallet) {
    e.code(1, &mut p.type_code);
    e.decimal(2, &mut p.tiers);
    e.decimal(3, &mut p.blocks);
    e.decimal(4, &mut p.packs);
    e.quantity(5, 6, &mut p.unit_weight);
    e.quantity(7, 10, &mut p.length);
    e.quantity(8, 10, &mut p.width);
    e.quantity(9, 10, &mut p.height);
    e.quantity(11, 12, &mut p.gross_weight);
    e.quantity(13, 14, &mut p.gross_volume);
    e.code(15, &mut p.exchange_code);
    e.decimal(16, &mut p.inner_packs);
    e.code(17, &mut p.structure_code);
}

/// Every G61: a contact and one number. Those of one contact that follow each other are its channels.
pub(crate) fn contacts(walk: &mut Walk<'_>, list: &mut Vec<Contact>) {
    let one = |e: &mut Elements<'_>, c: &mut Contact| {
        e.needs(1);
        e.needs(2);
        e.coded(1, &codes::CONTACT_ROLE, &mut c.role, &mut c.role_code);
        if !e.is_reading() && !e.has(1) {
            // 366 = IC: information.
            e.constant(1, "IC");
        }
        e.text(2, &mut c.name);
        e.slots([3].into_iter(), &mut c.channels, |e, at, channel: &mut Channel| {
            e.needs(at);
            e.needs(at + 1);
            e.coded(at, &codes::CHANNEL_KIND, &mut channel.kind, &mut channel.kind_code);
            e.required(at + 1, &mut channel.value);
        });
        e.text(5, &mut c.reference);
    };
    if walk.is_writing() {
        for contact in list {
            let count = contact.channels.len().max(1);
            for at in 0..count {
                let channels = contact.channels.get(at).cloned().into_iter().collect();
                walk.once("G61", |e| one(e, &mut Contact { channels, ..contact.clone() }));
            }
        }
        return;
    }
    let mut came: Vec<Contact> = Vec::new();
    walk.each("G61", &mut came, one);
    for mut contact in came {
        let same = |c: &Contact| {
            (&c.role_code, &c.name, &c.reference) == (&contact.role_code, &contact.name, &contact.reference)
        };
        match list.last_mut().filter(|last| same(last) && !contact.channels.is_empty()) {
            Some(last) => last.channels.append(&mut contact.channels),
            None => list.push(contact),
        }
    }
}

/// G62: what the date is (432), what the time is (176), and the zone.
pub(crate) fn date(e: &mut Elements<'_>, d: &mut DateTime) {
    if e.is_reading() {
        if e.has(1) {
            e.coded(1, &codes::TRANSPORT_DATE_ROLE, &mut d.role, &mut d.role_code);
            e.date(2, &mut d.date);
        }
        if d.role_code.is_empty() && e.has(3) {
            d.role = (codes::TRANSPORT_TIME_ROLE.word)(&e.peek(3));
        }
        e.code(3, &mut d.time_role_code);
        e.time(4, &mut d.time);
        e.code(5, &mut d.time_zone_code);
        return;
    }
    // A code of the longer list (374) is none of this one.
    let foreign = d.role == DateRole::Other && d.role_code.len() != 2;
    if d.date.is_some() && !foreign {
        e.coded(1, &codes::TRANSPORT_DATE_ROLE, &mut d.role, &mut d.role_code);
        if e.has(1) {
            e.date(2, &mut d.date);
        }
    }
    if d.time.is_some() && (e.has(2) || d.date.is_none()) {
        e.code(3, &mut d.time_role_code);
        let own = (codes::TRANSPORT_TIME_ROLE.code)(d.role);
        // A time whose meaning is said by the date alone: 176 = W.
        match (e.has(3), own, e.has(1)) {
            (true, ..) => {}
            (_, Some(code), _) => e.constant(3, code),
            (_, None, true) => e.constant(3, "W"),
            _ => {}
        }
        if e.has(3) {
            e.time(4, &mut d.time);
        }
    }
    if e.has(4) {
        e.code(5, &mut d.time_zone_code);
    }
}

/// N9 that stands alone: a reference, with its day.
pub(crate) fn reference(e: &mut Elements<'_>, r: &mut Reference) {
    e.needs(1);
    e.coded(1, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
    if !e.is_reading() && r.value.is_none() && r.description.is_none() {
        return e.needs(2);
    }
    e.text(2, &mut r.value);
    e.text(3, &mut r.description);
    e.slots([4].into_iter(), &mut r.dates, |e, _, d: &mut DateTime| {
        e.date(4, &mut d.date);
        e.time(5, &mut d.time);
        if e.has(5) {
            e.code(6, &mut d.time_zone_code);
        }
        if e.is_reading() {
            d.role = DateRole::Reference;
        }
    });
    super::reference::parts(e, 7, &mut r.parts);
}

/// Every NTE. One without its code (363) goes on with the note before it: so a text that is longer than an NTE stays one note.
pub(crate) fn notes(walk: &mut Walk<'_>, list: &mut Vec<Note>) {
    let one = |e: &mut Elements<'_>, n: &mut Note| {
        e.needs(2);
        e.code(1, &mut n.code);
        e.texts([2.into()].into_iter(), &mut n.lines);
    };
    if walk.is_writing() {
        for note in list {
            for (at, line) in wrapped(&note.lines, 80).into_iter().enumerate() {
                let code = note.code.clone().filter(|_| at == 0);
                walk.once("NTE", |e| {
                    one(e, &mut Note { code, lines: vec![line], ..Note::default() });
                    if at == 0 && !e.has(1) {
                        // 363 = GEN: of the whole set.
                        e.constant(1, "GEN");
                    }
                });
            }
        }
        return;
    }
    let mut came: Vec<Note> = Vec::new();
    walk.each("NTE", &mut came, one);
    for mut note in came {
        match list.last_mut().filter(|_| note.code.is_none()) {
            Some(last) => last.lines.append(&mut note.lines),
            None => list.push(note),
        }
    }
}

/// Every G69: a description. A longer one goes on in the next, after 45 characters.
pub(crate) fn descriptions(walk: &mut Walk<'_>, list: &mut Vec<Description>) {
    if walk.is_writing() {
        let texts = list.iter().filter_map(|d| d.text.clone());
        let mut lines: Vec<Text> = texts.flat_map(|text| wrapped(&[text], 45)).collect();
        return walk.texts("G69", 1, &mut lines);
    }
    walk.each("G69", list, |e, d| e.text(1, &mut d.text));
}

/// The sum of quantities; of those that would not fit no more than fits.
pub(crate) fn sum<'a>(quantities: impl Iterator<Item = &'a Quantity>) -> Decimal {
    quantities.fold(Decimal::ZERO, |total, quantity| total.checked_add(quantity.value).unwrap_or(total))
}

/// MAN and PAL of a loop LX: each MAN is a package, and the pallet is that of the first. The SSCC is the mark GM, the carrier's
/// number the mark CP.
pub(crate) fn packages(walk: &mut Walk<'_>, list: &mut Vec<Package>) {
    if walk.is_writing() {
        for package in list.iter() {
            let is_marked = |number: &&Text| package.marks.iter().any(|m| m.values.contains(number));
            walk.once("MAN", |e| {
                let numbers = [("GM", &package.sscc), ("CP", &package.tracking_number)];
                let unmarked = numbers.iter().filter_map(|(code, n)| n.as_ref().map(|n| (code, n)));
                for (at, (code, number)) in [1, 4].into_iter().zip(unmarked.filter(|(_, n)| !is_marked(n))) {
                    e.constant(at, code);
                    e.constant(at + 1, number);
                }
            });
            super::transport::marks(walk, &mut package.marks.clone());
        }
        let mut pallet = list.iter().find_map(|p| p.pallet.clone());
        return walk.maybe("PAL", &mut pallet, pallet_of);
    }
    walk.each("MAN", list, |e, package: &mut Package| {
        e.slots([1, 4].into_iter(), &mut package.marks, super::transport::mark);
    });
    let mut pallet = None;
    walk.maybe("PAL", &mut pallet, pallet_of);
    if pallet.is_some() {
        if list.is_empty() {
            list.push(Package::default());
        }
        if let Some(first) = list.first_mut() {
            first.pallet = pallet;
        }
    }
    for package in list {
        let marked = |code: &str| {
            package.marks.iter().find(|m| m.code == code).and_then(|m| m.values.first().cloned())
        };
        (package.sscc, package.tracking_number) = (marked("GM"), marked("CP"));
    }
}

/// Gives a number to lines that have none, and to groups: the smallest that nobody has, each its own.
pub(crate) fn number_groups<'a>(
    lines: impl Iterator<Item = &'a mut Option<Text>>,
    groups: impl Iterator<Item = &'a mut Text>,
) {
    let (mut lines, mut groups): (Vec<_>, Vec<_>) = (lines.collect(), groups.collect());
    let given = lines.iter().filter_map(|n| n.as_ref()).chain(groups.iter().map(|n| &**n));
    let mut taken: Vec<Text> = given.filter(|n| !n.is_empty()).cloned().collect();
    let mut next = || {
        let free =
            (1_u32..).map(|n| Text::new(n.to_string())).find(|n| !taken.contains(n)).unwrap_or_default();
        taken.push(free.clone());
        free
    };
    for number in lines.iter_mut().filter(|n| n.is_none()) {
        **number = Some(next());
    }
    for number in groups.iter_mut().filter(|n| n.is_empty()) {
        **number = next();
    }
}

/// N1 of a line: one version has it as a segment, another as a loop.
pub(crate) fn parties(walk: &mut Walk<'_>, list: &mut Vec<Party>) {
    if walk.is_reading() {
        walk.each("N1", list, super::party::name);
    }
    walk.loops("N1", list, super::party::party);
}

/// The loops LX that LS and LE bound: parts of a line.
pub(crate) fn line_parts(walk: &mut Walk<'_>, list: &mut Vec<LinePart>) {
    super::bounded(walk, "LX", list, |w, part| {
        w.once("LX", |e| e.required(1, &mut part.number));
        w.each("N9", &mut part.references, reference);
        w.each("G62", &mut part.dates, date);
        parties(w, &mut part.parties);
        super::transport::distribution(w, &mut part.distribution);
        industry_codes(w, &mut part.industry_codes);
    });
}

/// R4: a port or terminal.
pub(crate) fn port(e: &mut Elements<'_>, l: &mut Location) {
    e.needs(1);
    e.required_code(1, &mut l.role_code);
    e.identifier(2, 3, &codes::PLACE_SCHEME, &mut l.id);
    e.text(4, &mut l.name);
    e.text(5, &mut l.country);
    e.text(6, &mut l.terminal);
    e.text(7, &mut l.pier);
    e.text(8, &mut l.region);
}

/// The loops LM: an agency, and codes of its lists (LQ).
pub(crate) fn industry_codes(walk: &mut Walk<'_>, list: &mut Vec<IndustryCode>) {
    let agency = |e: &mut Elements<'_>, c: &mut IndustryCode| {
        e.code(1, &mut c.agency_code);
        e.code(2, &mut c.source_code);
    };
    let code = |e: &mut Elements<'_>, c: &mut IndustryCode| {
        e.code(1, &mut c.list_code);
        e.code(2, &mut c.code);
    };
    for mut inner in walk.found("LM") {
        inner.claim_loop();
        let mut head = IndustryCode::default();
        inner.once("LM", |e| agency(e, &mut head));
        let mut found = Vec::new();
        inner.each("LQ", &mut found, code);
        if found.is_empty() {
            found.push(IndustryCode::default());
        }
        list.extend(found.into_iter().map(|c| IndustryCode {
            agency_code: head.agency_code.clone(),
            source_code: head.source_code.clone(),
            ..c
        }));
    }
    if walk.is_writing() {
        let head = |c: &IndustryCode| (c.agency_code.clone(), c.source_code.clone());
        let mut rest = list.as_mut_slice();
        while let Some(first) = rest.first().cloned() {
            let same = rest.iter().take_while(|c| head(c) == head(&first)).count();
            let (now, later) = rest.split_at_mut(same);
            walk.write_loop("LM", |w| {
                w.once("LM", |e| agency(e, &mut first.clone()));
                for entry in now {
                    w.once("LQ", |e| code(e, entry));
                }
            });
            rest = later;
        }
    }
}

/// The loops FA1: to which account it is booked.
pub(crate) fn accounting(walk: &mut Walk<'_>, list: &mut Vec<Accounting>) {
    walk.loops("FA1", list, |w, a| {
        w.once("FA1", |e| {
            e.needs(1);
            e.code(1, &mut a.agency_code);
            e.code(2, &mut a.service_code);
            e.code(3, &mut a.allowance_kind_code);
        });
        w.each("FA2", &mut a.parts, |e, part: &mut AccountingPart| {
            e.needs(1);
            e.code(1, &mut part.code);
            e.text(2, &mut part.value);
        });
    });
}

/// Lots and serials as references, where they have no element of their own: of the lots all but the one in the line's segment.
pub(crate) fn complete_numbers(item: &Item, references: &mut Vec<Reference>, lot_in_segment: bool) {
    let lots: Vec<Text> = item.lots.iter().filter_map(|l| l.number.clone()).collect();
    let lots = if lots.is_empty() { item.lot.clone().into_iter().collect() } else { lots };
    let lots = lots.into_iter().skip(usize::from(lot_in_segment)).map(|lot| (ReferenceKind::Lot, lot));
    let serials = item.serials.iter().map(|serial| (ReferenceKind::Serial, serial.clone()));
    for (kind, value) in lots.chain(serials) {
        if !references.iter().any(|r| r.kind == kind && r.value.as_ref() == Some(&value)) {
            references.push(Reference { kind, value: Some(value), ..Reference::default() });
        }
    }
}

/// Lots and serials that references name.
pub(crate) fn derive_numbers(item: &mut Item, references: &[Reference]) {
    let of_kind = |kind| references.iter().filter(move |r| r.kind == kind).filter_map(|r| r.value.clone());
    item.serials = of_kind(ReferenceKind::Serial).collect();
    for number in of_kind(ReferenceKind::Lot) {
        if !item.lots.iter().any(|l| l.number.as_ref() == Some(&number)) {
            item.lot.get_or_insert_with(|| number.clone());
            item.lots.push(Lot { number: Some(number), ..Lot::default() });
        }
    }
}
