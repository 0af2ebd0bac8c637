//! Facts of the 861, 944 and RECADV cases, asserted by hand from the inputs: what came, and what of it was damaged, short or over.

use crate::sets::case;
use portway_documents::date::DateRole;
use portway_documents::quantity::{DiscrepancyKind, Quantity};
use portway_documents::receiving_advice::ReceiptKind;
use portway_documents::reference::ReferenceKind;
use portway_documents::{Document, ReceivingAdvice};

fn advice(name: &str) -> Box<ReceivingAdvice> {
    let set = case("receiving-advice", name);
    assert!(
        set.faults.iter().all(|f| f.severity != portway_edi::Severity::Error),
        "{name}: {:#?}",
        set.faults
    );
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::ReceivingAdvice(advice) = set.document else { panic!("no receiving advice") };
    advice
}

fn says(quantity: &Option<Quantity>) -> (String, &str) {
    let quantity = quantity.as_ref().unwrap();
    (quantity.value.to_string(), quantity.unit.as_deref().unwrap_or("none"))
}

#[test]
fn a_retailers_861() {
    let advice = advice("retailer-861-004010");
    assert_eq!((advice.number.as_str(), advice.kind), ("RA-26-20714", Some(ReceiptKind::PostReceipt)));
    assert_eq!(advice.receipt_date.unwrap().0.to_string(), "2026-11-12");
    assert_eq!(advice.condition, Some(DiscrepancyKind::Short));
    assert_eq!(advice.order.as_ref().unwrap().number.as_deref(), Some("PO-77310"));
    assert!(advice.unmapped.is_empty(), "{:#?}", advice.unmapped);
    let [first, second, third] = advice.lines.as_slice() else { panic!("three lines") };
    assert_eq!(says(&first.quantity), ("192".into(), "XCS"));
    assert_eq!(says(&first.returned_quantity), ("3".into(), "XCS"));
    assert_eq!(says(&first.shipped_quantity), ("200".into(), "XCS"));
    assert_eq!(says(&first.ordered_quantity), ("240".into(), "XCS"));
    assert_eq!(says(&first.damaged_quantity), ("5".into(), "XCS"));
    assert_eq!(says(&first.short_quantity), ("40".into(), "XCS"));
    assert!(first.over_quantity.is_none());
    assert_eq!(first.discrepancies[2].kind, DiscrepancyKind::QualityProblem);
    assert_eq!(says(&second.over_quantity), ("4".into(), "XCS"));
    assert_eq!(third.discrepancies[0].kind, DiscrepancyKind::NotAnnounced);
}

#[test]
fn a_warehouses_944() {
    let advice = advice("3pl-944-005010");
    assert_eq!((advice.number.as_str(), advice.purpose_code.as_str()), ("WR-551203", "F"));
    assert_eq!(advice.depositor_order_number.as_deref(), Some("ST-2026-0551"));
    assert_eq!(advice.receipt_time.unwrap().0.to_string(), "07:35:00");
    assert_eq!(advice.received_total.unwrap().to_string(), "1184");
    assert_eq!(advice.damaged_total.unwrap().to_string(), "12");
    assert_eq!(advice.transport.equipment[0].seals.len(), 2);
    assert!(advice.unmapped.is_empty(), "{:#?}", advice.unmapped);
    let line = &advice.lines[0];
    assert_eq!((line.level_id.as_deref(), line.item.lot.as_deref()), (Some("1"), Some("L26A17")));
    assert_eq!(says(&line.damaged_quantity), ("12".into(), "XCS"));
    assert_eq!(line.discrepancies[0].reason_code.as_deref(), Some("CC"));
    assert_eq!(line.discrepancies[0].references[0].value.as_deref(), Some("PHOTO-81"));
    assert_eq!(says(&line.short_quantity), ("8".into(), "XCS"));
    assert_eq!(says(&advice.lines[1].over_quantity), ("4".into(), "XCS"));
    assert_eq!(advice.levels[0].packages[0].sscc.as_deref(), Some("006912345600000042"));
    assert_eq!(advice.levels[2].packages[0].tracking_number.as_deref(), Some("1Z440021"));
}

#[test]
fn a_944_of_exceptions() {
    let advice = advice("3pl-944-004010");
    assert_eq!(says(&advice.lines[0].short_quantity), ("2".into(), "EA"));
    assert_eq!(says(&advice.lines[1].quantity), ("0".into(), "EA"));
    assert_eq!(advice.lines[1].discrepancies[0].kind, DiscrepancyKind::OnHold);
}

#[test]
fn a_european_recadv() {
    let advice = advice("recadv-d96a-retailer");
    assert_eq!(advice.number, "WE-26-30718");
    assert_eq!(advice.receipt_date.unwrap().0.to_string(), "2026-11-12");
    assert_eq!(advice.receipt_time.unwrap().0.to_string(), "08:45:00");
    assert_eq!(advice.depositor_order_number.as_deref(), Some("LA-88410"));
    assert_eq!(advice.order.as_ref().unwrap().number.as_deref(), Some("B-2026-1187"));
    assert!(advice.unmapped.is_empty(), "{:#?}", advice.unmapped);
    let line = &advice.lines[0];
    assert_eq!(says(&line.quantity), ("92".into(), "H87"));
    assert_eq!(says(&line.short_quantity), ("5".into(), "H87"));
    assert_eq!(says(&line.damaged_quantity), ("3".into(), "H87"));
    assert_eq!(line.discrepancies[0].reason.as_deref(), Some("Palette unvollständig"));
    assert_eq!(line.states[0].kind, DiscrepancyKind::Damaged);
    assert_eq!(line.item.expiry_date.unwrap().0.to_string(), "2026-11-30");
    assert_eq!(line.item.lot.as_deref(), Some("L-2026-45"));
    assert_eq!(line.order.as_ref().unwrap().line_number.as_deref(), Some("10"));
    assert_eq!(says(&advice.lines[1].quantity), ("44".into(), "H87"), "received and accepted");
    assert_eq!(says(&advice.lines[1].damaged_quantity), ("4".into(), "H87"), "told by QTY alone");
    assert_eq!(advice.lines[1].discrepancies[0].kind, DiscrepancyKind::NotAnnounced);
}

#[test]
fn a_short_recadv_of_the_newer_directory() {
    let advice = advice("recadv-d01b-supplier");
    assert_eq!(advice.currency.as_ref().unwrap().code, "SEK");
    assert_eq!(advice.references[0].kind, ReferenceKind::Delivery);
    assert_eq!(advice.references[0].dates[0].role, DateRole::Reference);
    let line = &advice.lines[0];
    assert_eq!(line.price.as_ref().unwrap().amount.to_string(), "12.50");
    assert_eq!(line.discrepancies[0].kind, DiscrepancyKind::Short, "a minus says it");
    assert_eq!(line.item.lot.as_deref(), Some("U23362"));
}
