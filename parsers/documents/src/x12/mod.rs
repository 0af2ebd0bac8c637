//! The building blocks of the documents, in X12 segments.
//!
//! Each file has one block, in the elements' order of the standard; [`codes`] and [`units`] have its codes and our words. A
//! document's own mapping (`purchase_order/x12_850.rs`) only says which segment of which loop belongs to which field.

use crate::mapping::Walk;

pub(crate) mod allowance;
pub(crate) mod billing;
pub(crate) mod codes;
pub(crate) mod date;
pub(crate) mod freight;
pub(crate) mod hazard;
pub(crate) mod item;
pub(crate) mod money;
pub(crate) mod package;
pub(crate) mod party;
pub(crate) mod quantity;
pub(crate) mod reference;
pub(crate) mod stock;
pub(crate) mod transport;
pub mod units;
pub(crate) mod warehouse;

/// What no X12 set carries of the shared blocks: path (`*` wherever it stands) and reason.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("*/item/our_number", "our own number stays in the house"),
    ("*/original_value", "what came in the partner's unit is what it was converted from"),
    ("*/period/value", "a period of the other standard is written by its first and last day"),
    ("*/allowances_and_charges/amounts", "SAC has one amount"),
    ("*/allowances_and_charges/ranges", "SAC has no ranges"),
    ("*/allowances_and_charges/taxes", "the loop SAC has no taxes"),
    ("*/allowances_and_charges/dates", "the loop SAC has no dates"),
    ("*/allowances_and_charges/rate/base_quantity", "SAC08 is for one unit"),
    ("*/taxes/amounts", "TXI has one amount"),
    ("*/taxes/description", "TXI has no text"),
    ("*/payment_terms/period_count", "ITD counts days alone"),
    ("*/payment_terms/dates", "ITD has the days of discount and payment alone"),
    ("*/payment_terms/percentages", "ITD has one percentage"),
    ("*/payment_terms/amounts", "ITD has the discount alone"),
    ("*/delivery_terms/descriptions", "FOB has no text for the terms"),
    ("*/delivery_terms/locations", "FOB has places by kind and words"),
    ("*/routes/carrier_name", "TD5 names no carrier: it stands in TD505"),
    ("*/routes/means", "TD5 has no means of transport"),
    ("*/routes/vehicle", "TD5 names no vehicle"),
    ("*/routes/vehicle_name", "TD5 names no vehicle"),
    ("*/routes/vehicle_country", "TD5 names no vehicle"),
    ("*/routes/conveyance", "TD5 has no number of the voyage"),
    ("*/routes/locations", "TD5 has one place"),
    ("*/references/line_number", "REF has no line number"),
    ("*/references/version", "REF has no version"),
    ("*/references/revision", "REF has no revision"),
    ("*/references/dates", "the loop has no dates beside the reference"),
    ("*/parties/locations", "the loop N1 has no further places"),
    ("*/price/base_unit", "the basis of the price (639) has no unit"),
    ("*/price/original_base_unit", "the basis of the price (639) has no unit"),
    ("*/price/base_quantity", "the basis of the price (639) has tens and dozens alone"),
    ("*/prices/ranges", "CTP has one quantity"),
    ("*/prices/dates", "the loop CTP has no dates"),
    ("*/packs/description", "PO4 has no text"),
    ("*/packs/quantities", "PO4 has the size of a package alone"),
    ("*/packs/measurements", "PO4 has weight, volume and edges alone"),
    ("*/packs/references", "PO4 has no references"),
    ("*/packs/dates", "PO4 has no dates"),
    ("*/packs/marks", "PO4 has no marks"),
    ("*/notes/language", "N9 and MSG have no language"),
];

/// Loops bounded by LS and LE, which name the segment the loops open with.
pub(crate) fn bounded<'m, T: Default>(
    walk: &mut Walk<'m>,
    trigger: &'static str,
    list: &mut Vec<T>,
    map: impl Fn(&mut Walk<'m>, &mut T),
) {
    for mut within in walk.found("LS").filter(|w| w.found(trigger).next().is_some()) {
        within.claim_loop();
        within.loops(trigger, list, &map);
    }
    if !list.is_empty() {
        walk.write_loop("LS", |within| {
            within.once("LS", |e| e.constant(1, trigger));
            within.loops(trigger, list, &map);
            within.once("LE", |e| e.constant(1, trigger));
        });
    }
}
