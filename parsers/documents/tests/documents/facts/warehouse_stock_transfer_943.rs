//! Facts of the 943 cases, asserted by hand from the inputs.

use crate::sets::case;
use portway_documents::{Document, WarehouseStockTransfer};

fn advice(name: &str) -> Box<WarehouseStockTransfer> {
    let set = case("warehouse-stock-transfer", name);
    assert!(set.faults.is_empty(), "{name}: {:#?}", set.faults);
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::WarehouseStockTransfer(advice) = set.document else { panic!("no shipping advice") };
    assert!(advice.unmapped.is_empty(), "{name}: {:#?}", advice.unmapped);
    advice
}

#[test]
fn valid() {
    advice("plant-004010");
    advice("short-005010");
}
