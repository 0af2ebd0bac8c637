//! X12 943 (004010, 005010) and [`WarehouseStockTransfer`], both ways.
//!
//! What W06 to W10 say of the shipment is mapped as in the 945 ([`crate::warehouse_shipping_advice::x12_945`]); the lines are W04
//! with its texts, references and packing. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::WarehouseStockTransfer;
use super::as_advice::as_advice;
use crate::item::{complete, identify};
use crate::line::{complete_order, order_of};
use crate::mapping::Walk;
use crate::warehouse_shipping_advice::{ShippingAdviceLine, x12_945};
use crate::x12::warehouse::{self, Classes};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/groups", "943 has no loop LX: packages are not told"),
    ("/packages", "W10 has pallets alone, one kind of them"),
    ("/lines/group_number", "943 has no loop LX"),
    ("/lines/packages", "943 has no loop LX"),
    ("/lines/dates", "the loop W04 has no G62"),
    ("/lines/measurements", "the loop W04 has no MEA: W20 has the weight of the packing alone"),
    ("/lines/quantities", "the loop W04 has no QTY"),
    ("/lines/ordered_quantity", "W04 has what is shipped alone"),
    ("/lines/discrepancies", "W04 has what is shipped alone"),
    ("/lines/item/lot", "W04 has no lot: N9 names it"),
    ("/lines/item/lots", "W04 has no lot: N9 names it"),
    ("/lines/item/expiry_date", "W04 has no lot and no date of it"),
    ("/lines/gross_weight", "W20 has the weight of the packing alone"),
    ("/lines/net_weight", "W20 has the weight of the packing alone"),
    ("/lines/item/identities", "the loop W04 has no numbers of single things"),
    ("/lines/item/serials", "the loop W04 has no numbers of single things"),
];

/// The 943.
pub(crate) fn map(walk: &mut Walk<'_>, transfer: &mut WarehouseStockTransfer) {
    as_advice(transfer, |advice| {
        x12_945::header(walk, advice);
        walk.loops("W04", &mut advice.lines, line);
        x12_945::totals(walk, advice);
    });
}

/// The loop W04.
fn line(walk: &mut Walk<'_>, line: &mut ShippingAdviceLine) {
    if walk.is_writing() {
        complete(&mut line.item);
        complete_order(&line.order, &mut line.references, true);
    }
    walk.once("W04", |e| {
        let classes = Classes {
            freight_class_code: &mut line.freight_class_code,
            rate_class_code: &mut line.rate_class_code,
            pallet_block_and_tiers: &mut line.pallet_block_and_tiers,
        };
        warehouse::shipped_item(e, &mut line.quantity, &mut line.item, classes, &mut line.hold_code);
    });
    identify(&mut line.item);
    warehouse::descriptions(walk, &mut line.item.descriptions);
    walk.each("N9", &mut line.references, warehouse::reference);
    walk.each("W20", &mut line.packs, warehouse::pack);
    if walk.is_reading() {
        line.order = order_of(&line.references);
    }
}
