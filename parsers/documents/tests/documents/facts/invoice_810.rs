//! Facts of the X12 invoices and credit notes, asserted by hand from the inputs.

use crate::sets::case;

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    for (kind, name) in [
        ("invoice", "retailer-allowances"),
        ("invoice", "freight-only"),
        ("invoice", "partial-shipment"),
        ("credit-note", "goods-returned"),
        ("invoice", "supplier-several-rates"),
        ("invoice", "foreign-characters"),
        ("invoice", "self-billed"),
        ("credit-note", "price-difference"),
        ("credit-note", "annual-bonus"),
    ] {
        let case = case(kind, name);
        for f in case.faults.iter().chain(&case.findings) {
            println!("=={name} {} {:?}: {}", f.code.0, f.place.position, f.message);
        }
        for u in case.document.unmapped() {
            println!("=={name} unmapped {u:?}");
        }
    }
}
