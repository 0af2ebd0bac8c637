//! Facts, asserted by hand from the golden inputs: what a reader of the document would look for. One file a set.
//!
//! The golden documents are written by the code under test, so they only show that nothing changed; these assertions show that
//! it was right.

mod application_advice;
mod inventory_adjustment;
mod inventory_report;
mod invoice;
mod invoice_810;
mod invoice_invoic;
mod invoice_totals;
mod order_change;
mod order_response_855;
mod order_response_ordrsp;
mod price_catalog;
mod purchase_order_850;
mod purchase_order_orders;
mod receiving_advice_861_944;
mod remittance_advice;
mod ship_notice_856;
mod ship_notice_desadv;
mod transport;
mod warehouse_shipping_advice_945;
mod warehouse_shipping_order;
mod warehouse_stock_transfer_943;
