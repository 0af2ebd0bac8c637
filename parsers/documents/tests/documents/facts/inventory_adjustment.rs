//! Facts of the 947 and INVRPT cases that correct stock, asserted by hand from the inputs.

use crate::sets::{case, set};
use portway_documents::inventory_adjustment::{AdjustmentLine, AdjustmentReason};
use portway_documents::inventory_report::StockMovement;
use portway_documents::party::PartyRole;
use portway_documents::{Document, DocumentKind, InventoryAdjustment};

fn read(name: &str) -> Box<InventoryAdjustment> {
    let set = case("inventory-adjustment", name);
    assert!(set.faults.is_empty(), "{name}: {:#?}", set.faults);
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::InventoryAdjustment(adjustment) = set.document else { panic!("{name} is no adjustment") };
    adjustment
}

fn change(line: &AdjustmentLine) -> (AdjustmentReason, String) {
    (line.reason, line.quantity.as_ref().unwrap().value.to_string())
}

#[test]
fn the_947_of_a_cycle_count() {
    let a = read("rich-004010");
    assert!(a.unmapped.is_empty(), "{:#?}", a.unmapped);
    assert_eq!((a.number.as_str(), a.depositor_number.as_deref()), ("WA-30071", Some("DA-118")));
    assert_eq!(a.adjustment_date.unwrap().0.to_string(), "2026-11-14");
    assert_eq!(a.parties[1].role, PartyRole::Depositor);
    assert_eq!(a.notes[0].lines, ["CYCLE COUNT OF AISLES 4 TO 9", "COUNTED TWICE"]);

    let oats = &a.lines[0];
    assert_eq!(change(oats), (AdjustmentReason::PhysicalCount, "-4".into()));
    assert_eq!(oats.item.lot.as_deref(), Some("L26300"));
    assert_eq!(oats.stock_type_code.as_deref(), Some("SA"));
    let (gross, net) = (oats.gross_weight.as_ref().unwrap(), oats.net_weight.as_ref().unwrap());
    assert_eq!((gross.value.to_string(), gross.unit.as_deref()), ("134".into(), Some("LBR")));
    assert_eq!(net.value.to_string(), "128.5");
    assert_eq!(oats.parties[0].contacts[0].name.as_deref(), Some("LEE MARSH"));
    assert_eq!(oats.parts[0].references[0].value.as_deref(), Some("L26300"));
    assert_eq!(oats.accounting[0].parts[1].value.as_deref(), Some("OATS"));
}

#[test]
fn a_decrease_by_its_reason_has_its_minus() {
    let a = read("rich-004010");
    assert_eq!(change(&a.lines[1]), (AdjustmentReason::BookDecrease, "-10".into()));
    assert_eq!(change(&a.lines[2]), (AdjustmentReason::BookIncrease, "6".into()));
    assert_eq!(a.lines[2].net_weight.as_ref().unwrap().unit.as_deref(), Some("KGM"));
    assert_eq!(change(&a.lines[3]), (AdjustmentReason::DamagedInFacility, "-2".into()));
    assert_eq!(change(&a.lines[4]), (AdjustmentReason::PutOnHold, "-12".into()));
}

#[test]
fn the_947_without_a_number_of_the_warehouse() {
    let a = read("transfer-005010");
    assert!(a.unmapped.is_empty(), "{:#?}", a.unmapped);
    assert_eq!((a.number.as_str(), a.depositor_number.as_deref()), ("TH-ADJ-7", Some("TH-ADJ-7")));
    assert_eq!(change(&a.lines[0]), (AdjustmentReason::CustomerReturn, "1".into()));
    let types: Vec<_> = a.lines[1..].iter().map(|l| l.stock_type_code.as_deref().unwrap()).collect();
    assert_eq!(types, ["DM", "SA"]);
}

#[test]
fn the_invrpt_named_an_adjustment() {
    let a = read("rich-d01b");
    let left: Vec<_> = a.unmapped.iter().map(|u| (u.segment.as_str(), u.value.as_str())).collect();
    assert_eq!(left, [("CPS", "1")], "a number that only counts");
    assert_eq!((a.kind_code.as_deref(), a.depositor_number.as_deref()), (Some("263"), Some("MF-KOR-12")));
    // Two quantities of one item are two lines.
    assert_eq!(a.lines.len(), 3);
    assert_eq!(change(&a.lines[0]), (AdjustmentReason::Scrapped, "-24".into()));
    assert_eq!(change(&a.lines[1]), (AdjustmentReason::Other, "6".into()));
    assert_eq!(change(&a.lines[2]), (AdjustmentReason::Consumption, "-3".into()));
    assert_eq!(a.lines[0].item.ean, a.lines[1].item.ean);
    assert_eq!(a.lines[0].item.serials, ["S-1", "S-2"]);
    assert!(a.lines[1].item.serials.is_empty());
    assert_eq!(a.lines[0].movement, Some(StockMovement::Out));
    assert_eq!(a.lines[2].quantities[0].code, "156");
}

#[test]
fn movements_alone_are_an_adjustment() {
    let a = read("movements-d96a");
    assert!(a.unmapped.is_empty(), "{:#?}", a.unmapped);
    assert_eq!(a.kind_code.as_deref(), Some("78"));
    assert_eq!(change(&a.lines[0]), (AdjustmentReason::Scrapped, "-150".into()));
    assert_eq!(change(&a.lines[1]), (AdjustmentReason::Reversal, "150".into()));
    assert_eq!(change(&a.lines[2]).1, "40");
}

/// The condition in the head of the mapping: a receipt or a delivery, a quantity that says not which way it moved, or another name
/// makes the same message a report.
#[test]
fn what_is_not_certain_is_a_report() {
    let path = crate::sets::workspace().join("tests/golden/inventory-adjustment/movements-d96a/input.edi");
    let input = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let kind = |changed: String| set(changed.as_bytes()).document.kind();
    assert_eq!(kind(input.clone()), DocumentKind::InventoryAdjustment);
    assert_eq!(kind(input.replace("INV+2++4", "INV+2++1")), DocumentKind::InventoryReport);
    assert_eq!(kind(input.replace("INV+2++4", "INV+1++2")), DocumentKind::InventoryReport);
    assert_eq!(kind(input.replace("INV+2++4", "INV+++4")), DocumentKind::InventoryReport);
    assert_eq!(kind(input.replace("BGM+78", "BGM+35")), DocumentKind::InventoryReport);
    assert_eq!(kind(input.replace("BGM+78", "BGM+263")), DocumentKind::InventoryAdjustment);
}
