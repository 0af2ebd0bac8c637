//! Lots, serial numbers and their dates: what most readers want, from the lists in which the standards have them, and back.
//!
//! X12 has them as pairs of LIN and as REF, EDIFACT as GIN, GIR and PIA; days of expiry are dates of the line in both. Of a line
//! with one lot the dates of the line are those of the lot.

use super::Level;
use crate::Text;
use crate::date::{Date, DateRole, DateTime};
use crate::item::{Lot, ProductId, ProductIdScheme};
use crate::reference::{Identity, IdentityKind, Reference, ReferenceKind};

/// Fills the item's own fields from the lists.
pub(super) fn derive(level: &mut Level) {
    let day = |role: DateRole| level.dates.iter().filter(|d| d.role == role).find_map(|d| d.date);
    let (expiry, best_before, made) =
        (day(DateRole::Expiration), day(DateRole::BestBefore), day(DateRole::Manufacture));
    let references = std::mem::take(&mut level.references);
    if let Some(line) = &mut level.line {
        let item = &mut line.item;
        let lots = numbers(
            (&item.product_ids, ProductIdScheme::Lot),
            (&references, ReferenceKind::Lot),
            (&item.identities, IdentityKind::Lot),
        );
        item.serials = numbers(
            (&item.product_ids, ProductIdScheme::Serial),
            (&references, ReferenceKind::Serial),
            (&item.identities, IdentityKind::Serial),
        );
        item.lots = lots.into_iter().map(|number| Lot { number: Some(number), ..Lot::default() }).collect();
        if let [lot] = item.lots.as_mut_slice() {
            (lot.expiry_date, lot.best_before_date, lot.manufacture_date) = (expiry, best_before, made);
        }
        item.lot = item.lots.first().and_then(|lot| lot.number.clone());
        item.expiry_date = expiry;
    }
    level.references = references;
}

fn numbers(
    ids: (&[ProductId], ProductIdScheme),
    references: (&[Reference], ReferenceKind),
    identities: (&[Identity], IdentityKind),
) -> Vec<Text> {
    let of_ids = ids.0.iter().filter(|i| i.scheme == ids.1).map(|i| &i.id);
    let of_references =
        references.0.iter().filter(|r| r.kind == references.1).filter_map(|r| r.value.as_ref());
    let of_identities =
        identities.0.iter().filter(|i| i.kind == identities.1 && i.range_end.is_none()).map(|i| &i.value);
    let mut numbers: Vec<Text> = Vec::new();
    for number in of_ids.chain(of_references).chain(of_identities) {
        if !numbers.contains(number) {
            numbers.push(number.clone());
        }
    }
    // Numbers that stand in several lists come in no order of their own.
    numbers.sort();
    numbers
}

/// The lots and serial numbers that stand in fields of their own and in no list; the dates join the dates of the level.
///
/// `by_number`: the standard has numbers of single things (GIN).
pub(super) fn missing(level: &mut Level, by_number: bool) -> (Vec<Text>, Vec<Text>) {
    let Some(line) = &level.line else { return Default::default() };
    let item = &line.item;
    let identities = if by_number { item.identities.as_slice() } else { &[] };
    let lot = |l: &Lot| l.number.clone();
    let mut lots: Vec<Text> = item.lots.iter().filter_map(lot).collect();
    lots.extend(item.lot.clone().filter(|lot| !lots.contains(lot)));
    let known = numbers(
        (&item.product_ids, ProductIdScheme::Lot),
        (&level.references, ReferenceKind::Lot),
        (identities, IdentityKind::Lot),
    );
    lots.retain(|lot| !known.contains(lot));
    let known = numbers(
        (&item.product_ids, ProductIdScheme::Serial),
        (&level.references, ReferenceKind::Serial),
        (identities, IdentityKind::Serial),
    );
    let serials = item.serials.iter().filter(|serial| !known.contains(serial)).cloned().collect();
    let only = match item.lots.as_slice() {
        [lot] => lot.clone(),
        _ => Lot::default(),
    };
    let dates = [
        (DateRole::Expiration, item.expiry_date.or(only.expiry_date)),
        (DateRole::BestBefore, only.best_before_date),
        (DateRole::Manufacture, only.manufacture_date),
    ];
    for (role, date) in dates {
        add_date(&mut level.dates, role, date);
    }
    (lots, serials)
}

fn add_date(dates: &mut Vec<DateTime>, role: DateRole, date: Option<Date>) {
    if date.is_some() && !dates.iter().any(|d| d.role == role && d.date == date) {
        dates.push(DateTime { role, date, ..DateTime::default() });
    }
}
