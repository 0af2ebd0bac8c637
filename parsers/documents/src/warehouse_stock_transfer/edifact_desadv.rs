//! EDIFACT DESADV (D.96A, D.01B) and [`WarehouseStockTransfer`], both ways.
//!
//! A DESADV is a stock transfer if its name (BGM, 1000) is `WAREHOUSE STOCK TRANSFER`; why, and how it is mapped, stands with the
//! shipping advice ([`crate::warehouse_shipping_advice::edifact_desadv`]).

use super::WarehouseStockTransfer;
use super::as_advice::as_advice;
use crate::mapping::Walk;
use crate::warehouse_shipping_advice::edifact_desadv;
use portway_edi::schema::Loop;

/// The name of the document in BGM (1000).
const NAME: &str = "WAREHOUSE STOCK TRANSFER";

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = edifact_desadv::NOT_CARRIED;

/// True of a DESADV that calls itself a warehouse stock transfer.
pub(crate) fn is_stock_transfer(root: &Loop<'_>) -> bool {
    edifact_desadv::is_named(root, NAME)
}

/// The DESADV to a warehouse.
pub(crate) fn map(walk: &mut Walk<'_>, transfer: &mut WarehouseStockTransfer) {
    as_advice(transfer, |advice| edifact_desadv::named(walk, advice, NAME));
}
