//! Facts of the 861 and 944 cases, asserted by hand from the inputs.

use crate::sets::case;
use portway_documents::{Document, ReceivingAdvice};

fn advice(name: &str) -> Box<ReceivingAdvice> {
    let set = case("receiving-advice", name);
    assert!(set.faults.is_empty(), "{name}: {:#?}", set.faults);
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::ReceivingAdvice(advice) = set.document else { panic!("no receiving advice") };
    assert!(advice.unmapped.is_empty(), "{name}: {:#?}", advice.unmapped);
    advice
}

#[test]
fn valid() {
    advice("retailer-861-004010");
}

#[test]
fn valid2() {
    advice("3pl-944-005010");
    advice("3pl-944-004010");
}
