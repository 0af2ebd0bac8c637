//! Facts, asserted by hand from the golden inputs: what a reader of the document would look for. One file a set.
//!
//! The golden documents are written by the code under test, so they only show that nothing changed; these assertions show that
//! it was right.

mod inventory_adjustment;
mod inventory_report;
mod purchase_order_850;
mod purchase_order_orders;
mod transport;
mod ship_notice_856;
mod ship_notice_desadv;
mod receiving_advice_861_944;
mod warehouse_shipping_advice_945;
mod warehouse_shipping_order;
mod warehouse_stock_transfer_943;
mod application_advice;
mod price_catalog;
mod remittance_advice;
