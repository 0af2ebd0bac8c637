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
    ("/kind_name", "W06 and W17 have no name of the document"),
    ("/version", "the header has no version"),
    ("/revision", "the header has no revision"),
    ("/trade_conditions", "the set has no place for the country of origin"),
    ("/attachments", "the set has no place for documents"),
    ("/delivery_terms/code", "W27 has who pays the freight alone"),
    ("/delivery_terms/locations", "W27 has who pays the freight alone"),
    ("/delivery_terms/descriptions", "W27 has who pays the freight alone"),
    ("/transport/equipment/measurements", "W27 has the number of the equipment alone"),
    ("/transport/equipment/number", "W08 has initial and number together alone"),
    ("/parties/locations", "the loop N1 has no places"),
    ("/parties/references", "the loop N1 has no REF"),
    ("/lines/number", "the line has no number: N9 has that of the order's line"),
    ("/lines/parent_number", "the line has no number"),
    ("/lines/references/line_number", "N9 has the line of the order in a reference of its own"),
    ("/references/line_number", "N9 has the line in a reference of its own"),
    ("*/references/dates/role", "N9 has a day that says not what it is"),
    ("*/references/dates/role_code", "N9 has a day that says not what it is"),
    ("/lines/item/trade_conditions", "the line has no country of origin"),
    ("/lines/item/identities/range_end", "N9 has each serial by itself"),
    ("/lines/item/identities", "lots and serials are references (N9)"),
    ("/lines/item/expiry_date", "the line has no day of its own"),
    ("/lines/item/descriptions/text", "G69 has 45 characters: a longer text goes on in the next"),
    ("/lines/notes", "the line has no texts but its description"),
    ("/lines/prices", "the line has no price"),
    ("/lines/price", "the line has no price"),
    ("/lines/locations", "the line has no places by GLN"),
    ("/lines/packages", "the line has no packages: a loop LX has them"),
    ("/totals/line_count", "the set counts units, no lines"),
    ("/measurements", "the header has no MEA"),
    ("/groups/parent_number", "LX has no levels"),
    ("/groups/notes", "the loop LX has no texts"),
    ("/groups/discrepancies", "the loop LX has no differences"),
    ("/notes/code", "NTE has codes of its own (363)"),
    ("/amounts", "the header has no amounts"),
    ("/currency", "the set has no CUR"),
    ("/groups", "943 has no loop LX: packages are not told"),
    ("/packages", "W10 has pallets alone"),
    ("/industry_codes", "943 has no loop LM"),
    ("/lines/group_number", "943 has no loop LX"),
    ("/lines/dates", "the loop W04 has no G62"),
    ("/lines/measurements", "the loop W04 has no MEA"),
    ("/lines/gross_weight", "W20 has the weight of the packing alone"),
    ("/lines/net_weight", "W20 has the weight of the packing alone"),
    ("/lines/quantities", "the loop W04 has no QTY"),
    ("/lines/amounts", "the loop W04 has no AMT"),
    ("/lines/parties", "the loop W04 has no N1"),
    ("/lines/distribution", "the loop W04 has no places"),
    ("/lines/ordered_quantity", "W04 has what is shipped alone"),
    ("/lines/discrepancies", "W04 has what is shipped alone"),
    ("/lines/status", "W04 has what is shipped alone"),
    ("/lines/status_code", "W04 has what is shipped alone"),
    ("/dates/time", "G62 has a time without a day by 176 alone"),
    ("/dates/role", "G62 has a time without a day by 176 alone"),
    ("/transport/routes/carrier", "the carrier is told by its SCAC alone (140)"),
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
        warehouse::complete_numbers(&line.item, &mut line.references, false);
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
        warehouse::derive_numbers(&mut line.item, &line.references);
    }
}
