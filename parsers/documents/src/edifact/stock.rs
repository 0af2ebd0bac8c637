//! Stock: BGM of inventory and despatch messages, GIN, ALI, INP, INV, STS, and packages in the groups CPS.
//!
//! Numbers of single things stand in `identities`, each with its kind; batches among them also fill the lots of the item, and serial
//! numbers its serials. A CPS only counts packages: its number stays unmapped, as does the level it names.

use super::{codes, quantity, transport};
use crate::Text;
use crate::inventory_report::StockMovement;
use crate::item::{Item, Lot};
use crate::mapping::{Elements, Walk};
use crate::package::Package;
use crate::purchase_order::Purpose;
use crate::quantity::Quantity;
use crate::reference::{Identity, IdentityKind, IndustryCode, Instruction, TradeCondition};

/// What BGM says beside the kind of the document (1001).
pub(crate) struct Opening<'a> {
    pub list_code: &'a mut Option<Text>,
    pub agency_code: &'a mut Option<Text>,
    pub name: &'a mut Option<Text>,
    pub number: &'a mut Text,
    pub version: &'a mut Option<Text>,
    pub revision: &'a mut Option<Text>,
    pub purpose: &'a mut Purpose,
    pub purpose_code: &'a mut Text,
    pub acknowledgement_code: &'a mut Option<Text>,
}

/// BGM without 1001. D.96A has the number as a simple element, D.01B in C106 with version and revision.
pub(crate) fn opening(e: &mut Elements<'_>, o: Opening<'_>) {
    e.code((1, 2), o.list_code);
    e.code((1, 3), o.agency_code);
    e.text((1, 4), o.name);
    e.required((2, 1), o.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), o.version);
        e.text((2, 3), o.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, o.purpose, o.purpose_code);
    e.code((4, 1), o.acknowledgement_code);
}

/// Every GIN: numbers of one kind, each one or a range.
pub(crate) fn identities(walk: &mut Walk<'_>, list: &mut Vec<Identity>) {
    let same = |a: &Identity, b: &Identity| (a.kind, &a.kind_code) == (b.kind, &b.kind_code);
    walk.packed("GIN", 5, list, same, |e, slot, id| {
        let at = slot + 2;
        e.needs((at, 1));
        if !e.is_reading() {
            e.needs((1, 1));
        }
        e.coded((1, 1), &codes::IDENTITY_KIND, &mut id.kind, &mut id.kind_code);
        e.required((at, 1), &mut id.value);
        e.text((at, 2), &mut id.range_end);
    });
}

/// Lists the lots and serial numbers of an item that its identities do not have yet.
pub(crate) fn complete_identities(item: &mut Item) {
    let lots = item.lot.iter().chain(item.lots.iter().filter_map(|l| l.number.as_ref()));
    let numbers: Vec<(IdentityKind, Text)> = lots
        .map(|lot| (IdentityKind::Lot, lot.clone()))
        .chain(item.serials.iter().map(|serial| (IdentityKind::Serial, serial.clone())))
        .collect();
    for (kind, value) in numbers {
        if !item.identities.iter().any(|id| id.kind == kind && id.value == value) {
            item.identities.push(Identity { kind, value, ..Identity::default() });
        }
    }
}

/// Fills the lots and serial numbers of an item from its identities.
pub(crate) fn derive_identities(item: &mut Item) {
    item.lots.extend(lots(&item.identities));
    item.lot = item.lots.iter().find_map(|l| l.number.clone());
    let serials =
        item.identities.iter().filter(|id| id.kind == IdentityKind::Serial && id.range_end.is_none());
    item.serials.extend(serials.map(|id| id.value.clone()));
}

/// The lots among numbers of single things.
pub(crate) fn lots(identities: &[Identity]) -> impl Iterator<Item = Lot> + '_ {
    let lots = identities.iter().filter(|id| id.kind == IdentityKind::Lot);
    lots.map(|id| Lot { number: Some(id.value.clone()), ..Lot::default() })
}

/// ALI.
pub(crate) fn trade_condition(e: &mut Elements<'_>, c: &mut TradeCondition) {
    e.text((1, 1), &mut c.origin_country);
    e.code((2, 1), &mut c.duty_regime_code);
    if e.is_reading() || e.codes_are_ours() {
        e.texts((3..=7).map(|element| (element, 1).into()), &mut c.condition_codes);
    }
}

/// INP: who is to do what for whom. One that says nothing of the parties cannot be written: 3301 is mandatory within them.
pub(crate) fn instruction(e: &mut Elements<'_>, i: &mut Instruction) {
    e.code((1, 1), &mut i.from_code);
    e.code((1, 2), &mut i.to_code);
    coded_instruction(e, 2, i);
    e.code((3, 1), &mut i.status_code);
    e.text((3, 2), &mut i.party_name);
    e.code((4, 1), &mut i.action_code);
}

/// The instruction in C522.
fn coded_instruction(e: &mut Elements<'_>, element: usize, i: &mut Instruction) {
    e.code((element, 1), &mut i.kind_code);
    e.code((element, 2), &mut i.code);
    e.code((element, 3), &mut i.list_code);
    e.code((element, 4), &mut i.agency_code);
    e.text((element, 5), &mut i.text);
    if !e.is_reading() && !e.has((element, 1)) && (2..=5).any(|component| e.has((element, component))) {
        // 4403 = 1: action required.
        e.constant((element, 1), "1");
    }
}

/// What INV says of a quantity. 4499, why it moved, is the caller's.
pub(crate) struct Movement<'a> {
    pub movement: &'a mut Option<StockMovement>,
    pub movement_code: &'a mut Option<Text>,
    pub stock_type_code: &'a mut Option<Text>,
    pub balance_code: &'a mut Option<Text>,
    pub instruction: &'a mut Option<Instruction>,
}

/// INV without 4499.
pub(crate) fn movement(e: &mut Elements<'_>, m: Movement<'_>) {
    e.coded_opt((1, 1), &codes::STOCK_MOVEMENT, m.movement, m.movement_code);
    e.code((2, 1), m.stock_type_code);
    e.code((4, 1), m.balance_code);
    e.part(m.instruction, |e, i: &mut Instruction| coded_instruction(e, 5, i));
}

/// STS: a status, and whose list it is of. Its reasons stay unmapped.
pub(crate) fn status(e: &mut Elements<'_>, s: &mut IndustryCode) {
    if !e.is_reading() {
        e.needs((2, 1));
    }
    e.code((1, 1), &mut s.qualifier_code);
    e.code((2, 1), &mut s.code);
    e.code((2, 2), &mut s.list_code);
    e.code((2, 3), &mut s.agency_code);
    e.text((2, 4), &mut s.description);
}

/// The groups CPS, each with packages (PAC) of one kind or more.
pub(crate) fn packages(walk: &mut Walk<'_>, list: &mut Vec<Package>) {
    walk.loops("CPS", list, |w, package| {
        w.once("CPS", |e| {
            if !e.is_reading() {
                e.serial((1, 1));
            }
        });
        w.loops("PAC", &mut package.packs, transport::pack);
    });
}

/// QTY of one quantity alone: its qualifier is `code`.
pub(crate) fn write_quantity(walk: &mut Walk<'_>, code: &str, quantity: &mut Option<Quantity>) {
    if let (true, Some(quantity)) = (walk.is_writing(), quantity) {
        walk.once("QTY", |e| {
            e.constant((1, 1), code);
            e.required_quantity((1, 2), (1, 3), quantity);
        });
    }
}

/// Quantities beside the main one, which is that of the first of `main` (6063) that came.
pub(crate) fn quantities(
    walk: &mut Walk<'_>,
    main: &[&str],
    own: &mut Option<Quantity>,
    list: &mut Vec<crate::quantity::QualifiedQuantity>,
) {
    // The code it came with stays with it in the list when it is not the usual one.
    let listed = list.iter().any(|q| main.contains(&q.code.as_str()) && q.quantity == *own);
    if let (false, Some(usual)) = (listed, main.first()) {
        write_quantity(walk, usual, own);
    }
    walk.each("QTY", list, quantity::qualified);
    if walk.is_reading() {
        let found =
            main.iter().find_map(|code| list.iter().position(|q| q.code == *code && q.quantity.is_some()));
        if let Some(at) = found {
            let is_usual = list.get(at).is_some_and(|q| Some(&q.code.as_str()) == main.first());
            *own = if is_usual {
                list.remove(at).quantity
            } else {
                list.get(at).and_then(|q| q.quantity.clone())
            };
        }
    }
}
