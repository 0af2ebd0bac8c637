//! Facts of the 945 cases, asserted by hand from the inputs.

use crate::sets::case;
use portway_documents::{Document, WarehouseShippingAdvice};

fn advice(name: &str) -> Box<WarehouseShippingAdvice> {
    let set = case("warehouse-shipping-advice", name);
    assert!(set.faults.is_empty(), "{name}: {:#?}", set.faults);
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::WarehouseShippingAdvice(advice) = set.document else { panic!("no shipping advice") };
    assert!(advice.unmapped.is_empty(), "{name}: {:#?}", advice.unmapped);
    advice
}

#[test]
fn valid() {
    advice("3pl-004010");
    advice("3pl-005010");
}
