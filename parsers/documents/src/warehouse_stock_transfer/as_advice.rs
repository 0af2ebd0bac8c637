//! A stock transfer as a shipping advice, and back: the two say the same of a shipment, one on its way into a warehouse and one on
//! its way out of it, so that their mappings share what both sets have.
//!
//! Every field of the one is a field of the other, but for the parts of a line (X12 LX inside W12), which only an advice has. Moves
//! the fields; cannot fail. A field that is missing in the lists here does not come back in the tests of round trips.

use super::{StockTransferLine, WarehouseStockTransfer};
use crate::warehouse_shipping_advice::{ShippingAdviceLine, WarehouseShippingAdvice};

/// Runs `map` on the transfer as an advice.
pub(crate) fn as_advice(
    transfer: &mut WarehouseStockTransfer,
    map: impl FnOnce(&mut WarehouseShippingAdvice),
) {
    let mut advice = document_into_advice(transfer);
    advice.lines = transfer.lines.iter_mut().map(line_into_advice).collect();
    map(&mut advice);
    *transfer = document_into_transfer(&mut advice);
    transfer.lines = advice.lines.iter_mut().map(line_into_transfer).collect();
}

macro_rules! moves {
    ($there:ident, $back:ident, $one:ident, $other:ident: $($field:ident)*) => {
        // Either record may have fields of its own.
        #[allow(clippy::needless_update)]
        fn $there(from: &mut $one) -> $other {
            $other { $($field: std::mem::take(&mut from.$field),)* ..$other::default() }
        }
        // Either record may have fields of its own.
        #[allow(clippy::needless_update)]
        fn $back(from: &mut $other) -> $one {
            $one { $($field: std::mem::take(&mut from.$field),)* ..$one::default() }
        }
    };
}

moves! {
    document_into_advice, document_into_transfer, WarehouseStockTransfer, WarehouseShippingAdvice:
    schema_version number purpose purpose_code kind_code kind_list_code kind_agency_code kind_name version revision
    acknowledgement_code transaction_type_code action_code purchase_order_number master_reference link_sequence shipment_number
    agent_shipment_number shipment_date special_handling_code date_change_reason_code other_currencies dates references parties
    contacts notes locations measurements industry_codes attachments delivery_terms transport packages packaging marks
    dangerous_goods allowances_and_charges amounts statements instructions trade_conditions characteristics consolidations groups
    totals unmapped code_list currency
}

moves! {
    line_into_advice, line_into_transfer, StockTransferLine, ShippingAdviceLine:
    number group_number quantity ordered_quantity shipped_to_date status status_code item order action_code parent_number
    relationship_code adjustment_id change_reason_code hold_code currency freight_class_code rate_class_code
    pallet_block_and_tiers dates references parties contacts notes locations measurements industry_codes attachments discrepancies
    quantities packages packs packaging marks net_weight gross_weight net_weight_code gross_weight_code amounts prices
    allowances_and_charges transport delivery_terms dangerous_goods instructions distribution characteristics statements
    accounting sublines
}
