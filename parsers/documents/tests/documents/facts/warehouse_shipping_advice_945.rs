//! Facts of the 945 and DESADV cases of warehouse shipments, asserted by hand from the inputs.

use crate::sets::case;
use portway_documents::line::LineStatus;
use portway_documents::quantity::DiscrepancyKind;
use portway_documents::{Document, WarehouseShippingAdvice};

fn advice(name: &str) -> Box<WarehouseShippingAdvice> {
    let set = case("warehouse-shipping-advice", name);
    assert!(
        set.faults.iter().all(|f| f.severity != portway_edi::Severity::Error),
        "{name}: {:#?}",
        set.faults
    );
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::WarehouseShippingAdvice(advice) = set.document else { panic!("no shipping advice") };
    assert!(advice.unmapped.is_empty(), "{name}: {:#?}", advice.unmapped);
    advice
}

#[test]
fn a_warehouses_945() {
    let advice = advice("3pl-004010");
    assert_eq!(advice.number, "SO-448120");
    assert_eq!(advice.purchase_order_number.as_deref(), Some("PO-77310"));
    assert_eq!(advice.shipment_number.as_deref(), Some("BL8774120012"));
    assert_eq!(advice.transport.routes[0].carrier.as_ref().unwrap().id, "NWFX");
    assert_eq!(advice.transport.equipment[0].seals[1].number, "SEAL88121");
    assert_eq!(advice.notes[1].lines.len(), 2, "an NTE without a code goes on with the note before it");
    assert_eq!(advice.contacts[0].channels.len(), 2);
    assert_eq!(advice.packages[0].pallet.as_ref().unwrap().count.unwrap().to_string(), "22");
    let line = &advice.lines[0];
    assert_eq!((line.status, line.group_number.as_deref()), (Some(LineStatus::ShippedPartially), Some("1")));
    assert_eq!(line.quantity.as_ref().unwrap().value.to_string(), "200");
    assert_eq!(line.discrepancies[0].kind, DiscrepancyKind::Short);
    assert_eq!(line.gross_weight.as_ref().unwrap().unit.as_deref(), Some("LBR"));
    assert_eq!(line.item.seller_number.as_deref(), Some("MF-1001"));
    assert_eq!(line.parts[0].references[0].value.as_deref(), Some("SN-77001"));
    assert_eq!(advice.lines[2].status, Some(LineStatus::Backordered));
    assert_eq!(advice.groups[0].packages[0].sscc.as_deref(), Some("006912345600000011"));
    assert_eq!(advice.totals.quantity.as_ref().unwrap().value.to_string(), "260");
}

#[test]
fn parcels_of_a_945() {
    let advice = advice("3pl-005010");
    assert_eq!(advice.lines[0].item.serials, ["D18-000912", "D18-000913"]);
    assert_eq!(advice.groups[1].packages[1].tracking_number.as_deref(), Some("1Z99AA10123456793"));
    assert_eq!(advice.lines[0].parties[0].address.as_ref().unwrap().city.as_deref(), Some("TULSA"));
}

#[test]
fn a_despatch_advice_that_calls_itself_a_shipping_advice() {
    let advice = advice("desadv-d01b");
    assert_eq!(advice.kind_name.as_deref(), Some("Warehouse shipping advice"));
    assert_eq!(advice.shipment_date.unwrap().0.to_string(), "2026-11-10");
    assert_eq!(advice.groups[0].packages[0].sscc.as_deref().map(str::len), Some(18));
    assert_eq!(advice.lines[1].status, Some(LineStatus::ShippedPartially));
    assert_eq!(advice.lines[1].discrepancies[0].kind, DiscrepancyKind::Short);
    assert_eq!(advice.lines[1].ordered_quantity.as_ref().unwrap().value.to_string(), "5");
}
