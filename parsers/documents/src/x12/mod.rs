//! The building blocks of the documents, in X12 segments.
//!
//! Each file has one block, in the elements' order of the standard; [`codes`] and [`units`] have its codes and our words. A
//! document's own mapping (`purchase_order/x12_850.rs`) only says which segment of which loop belongs to which field.

use crate::mapping::Walk;

pub(crate) mod allowance;
pub(crate) mod codes;
pub(crate) mod date;
pub(crate) mod item;
pub(crate) mod money;
pub(crate) mod order;
pub(crate) mod party;
pub(crate) mod quantity;
pub(crate) mod reference;
pub(crate) mod terms;
pub(crate) mod transport;
pub mod units;

/// What no X12 set carries of the shared blocks: path (`*` wherever it stands) and reason.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[];

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
