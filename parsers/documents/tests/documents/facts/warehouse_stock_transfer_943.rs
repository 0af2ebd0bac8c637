//! Facts of the 943 and DESADV cases of stock transfers, asserted by hand from the inputs.

use crate::sets::case;
use portway_documents::date::DateRole;
use portway_documents::line::LineStatus;
use portway_documents::{Document, WarehouseStockTransfer};

fn transfer(name: &str) -> Box<WarehouseStockTransfer> {
    let set = case("warehouse-stock-transfer", name);
    assert!(
        set.faults.iter().all(|f| f.severity != portway_edi::Severity::Error),
        "{name}: {:#?}",
        set.faults
    );
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::WarehouseStockTransfer(transfer) = set.document else { panic!("no stock transfer") };
    assert!(transfer.unmapped.is_empty(), "{name}: {:#?}", transfer.unmapped);
    transfer
}

#[test]
fn a_plants_943() {
    let transfer = transfer("plant-004010");
    assert_eq!((transfer.number.as_str(), transfer.purpose_code.as_str()), ("ST-2026-0551", "J"));
    assert_eq!(transfer.shipment_date.unwrap().0.to_string(), "2026-11-05");
    assert_eq!(transfer.dates[1].role, DateRole::EstimatedDelivery);
    assert_eq!(transfer.dates[1].time_zone_code.as_deref(), Some("ET"));
    assert_eq!(transfer.transport.equipment[0].number.as_deref(), Some("440021"));
    let line = &transfer.lines[0];
    assert_eq!(line.quantity.as_ref().unwrap().value.to_string(), "960");
    assert_eq!(line.item.lot.as_deref(), Some("L26A17"));
    assert_eq!(line.hold_code.as_deref(), Some("02"));
    assert_eq!(line.packs[0].gross_weight.as_ref().unwrap().unit.as_deref(), Some("KGM"));
    assert_eq!(transfer.lines[1].order.as_ref().unwrap().number.as_deref(), Some("PO-90882"));
    assert_eq!(transfer.lines[1].order.as_ref().unwrap().line_number.as_deref(), Some("20"));
}

#[test]
fn a_short_943() {
    let transfer = transfer("short-005010");
    assert_eq!(transfer.lines[0].item.sku.as_deref(), Some("TOOL-778"));
    assert_eq!(transfer.totals.quantity.as_ref().unwrap().value.to_string(), "500");
}

#[test]
fn a_despatch_advice_that_calls_itself_a_stock_transfer() {
    let transfer = transfer("desadv-d96a");
    assert_eq!(transfer.number, "UL-2026-118");
    assert_eq!(transfer.purchase_order_number.as_deref(), Some("B-2026-1187"));
    assert_eq!(transfer.notes[0].lines[0], "Kühl lagern, 2 bis 5 Grad");
    assert_eq!(transfer.packages[0].count.unwrap().to_string(), "2");
    let line = &transfer.lines[0];
    assert_eq!(line.status, Some(LineStatus::PartialBackordered));
    assert_eq!(line.gross_weight.as_ref().unwrap().value.to_string(), "480");
    assert_eq!(line.item.lot.as_deref(), Some("L-2026-45"));
    assert_eq!(line.discrepancies[0].reason.as_deref(), Some("Rest folgt"));
}
