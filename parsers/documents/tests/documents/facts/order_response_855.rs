//! Facts of the 855 cases, asserted by hand from the inputs.

use crate::sets::case;

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    for name in [
        "line-by-line",
        "backorder",
        "rejected",
        "accepted-as-ordered",
        "ordrsp-d96a-supplier",
        "ordrsp-d01b-split-delivery",
        "ordrsp-d96a-accepted",
        "ordrsp-d01b-refused",
    ] {
        let case = case("order-response", name);
        let faults: Vec<_> = case.faults.iter().map(|f| (f.place.position, f.place.element, &f.message)).collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        assert!(case.findings.is_empty(), "{name}: {:#?}", case.findings);
        assert!(case.document.unmapped().is_empty(), "{name}: {:#?}", case.document.unmapped());
    }
}
