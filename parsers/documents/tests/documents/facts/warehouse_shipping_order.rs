//! Facts of the 940 and INSDES cases, asserted by hand from the inputs.

use crate::sets::case;
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::party::PartyRole;
use portway_documents::purchase_order::OrderKind;
use portway_documents::transport::{FreightPayment, TransportMode};
use portway_documents::{Document, WarehouseShippingOrder};

fn read(name: &str) -> Box<WarehouseShippingOrder> {
    let set = case("warehouse-shipping-order", name);
    assert!(set.faults.is_empty(), "{name}: {:#?}", set.faults);
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::WarehouseShippingOrder(order) = set.document else { panic!("{name} is no such order") };
    order
}

fn quantities(order: &WarehouseShippingOrder) -> Vec<String> {
    order.lines.iter().map(|l| l.quantity.as_ref().unwrap().value.to_string()).collect()
}

#[test]
fn the_940_of_a_depositor() {
    let order = read("rich-004010");
    assert!(order.unmapped.is_empty(), "{:#?}", order.unmapped);
    assert_eq!((order.number.as_str(), order.purpose), ("SO-55120", Purpose::Original));
    assert_eq!(order.purchase_order_number.as_deref(), Some("PO-88417"));
    assert_eq!(
        (order.link_sequence.as_deref(), order.master_reference.as_deref()),
        (Some("000001"), Some("M-7781"))
    );
    let roles: Vec<_> = order.parties.iter().map(|p| p.role).collect();
    assert_eq!(roles, [PartyRole::Depositor, PartyRole::ShipTo, PartyRole::Warehouse]);
    assert_eq!(order.contacts[0].channels.len(), 2, "two G61 of one contact");
    let dates: Vec<_> = order.dates.iter().map(|d| d.role).collect();
    assert_eq!(dates, [DateRole::RequestedShip, DateRole::RequestedDelivery, DateRole::CancelAfter]);
    assert_eq!(order.dates[0].time.unwrap().0.to_string(), "07:00:00");
    assert_eq!(order.notes[1].lines.len(), 2, "an NTE without a code goes on");
    let chilled = &order.transport.temperatures[0];
    assert_eq!(chilled.minimum.as_ref().unwrap().unit.as_deref(), Some("FAH"));
    assert_eq!(order.delivery_terms[0].freight_payment, Some(FreightPayment::Prepaid));
    assert_eq!(order.transport.routes[0].mode, Some(TransportMode::Road));
    assert_eq!(order.transport.routes[0].carrier.as_ref().unwrap().id, "FSTR");
    assert_eq!(order.transport.routes[2].city.as_deref(), Some("LINCOLN"));
    // W6609 has two implied decimals.
    assert_eq!(order.cash_on_delivery.as_ref().unwrap().amount.to_string(), "125.50");
    assert_eq!(quantities(&order), ["60", "12", "5"]);
    assert_eq!(order.totals.quantity.as_ref().unwrap().value.to_string(), "77");
    assert_eq!(order.totals.weight.as_ref().unwrap().unit.as_deref(), Some("LBR"));
}

#[test]
fn lines_of_a_940_and_their_groups() {
    let order = read("rich-004010");
    let groups: Vec<_> = order.lines.iter().map(|l| l.group_number.as_deref().unwrap()).collect();
    assert_eq!(groups, ["1", "1", "2"]);
    // A line has the number of its group where it is the only one there.
    let numbers: Vec<_> = order.lines.iter().map(|l| l.number.as_deref()).collect();
    assert_eq!(numbers, [None, None, Some("2")]);
    assert_eq!(order.groups.len(), 1);
    assert_eq!(order.groups[0].marks[0].values.len(), 2);
    assert_eq!(order.groups[0].distribution[1].quantity.value.to_string(), "20");
    let oats = &order.lines[0];
    assert_eq!(oats.item.product_ids[0].id, "100123456781", "the case code comes first");
    assert_eq!(oats.item.seller_number.as_deref(), Some("PF-4471"));
    assert_eq!(oats.item.lot.as_deref(), Some("L26300"));
    assert_eq!(oats.item.commodities[0].code, "73225-02");
    let of = oats.order.as_ref().unwrap();
    assert_eq!((of.number.as_deref(), of.line_number.as_deref()), (Some("PO-88417"), Some("10")));
    assert_eq!(oats.packs[0].gross_weight.as_ref().unwrap().unit.as_deref(), Some("LBR"));
    assert_eq!(oats.transport.routes[0].mode, Some(TransportMode::RoadLessThanTruckload));
    assert_eq!(oats.delivery_terms[0].freight_payment, Some(FreightPayment::Collect));
    assert_eq!(oats.parts[0].distribution[0].location.id, "0114");
    assert_eq!(oats.accounting[0].parts.len(), 2);
}

#[test]
fn the_940_of_a_parcel() {
    let order = read("parcel-005010");
    assert!(order.unmapped.is_empty(), "{:#?}", order.unmapped);
    assert_eq!(order.kind, Some(OrderKind::Dropship));
    assert_eq!(order.transport.equipment[0].number.as_deref(), Some("5521"));
    assert_eq!(order.groups[0].references[0].value.as_deref(), Some("77120-A"));
    assert_eq!(order.lines[0].amounts.len(), 2);
    let maker = &order.lines[0].parties[0];
    assert_eq!(maker.address.as_ref().unwrap().city.as_deref(), Some("BEND"));
    assert_eq!(maker.contacts[0].name.as_deref(), Some("WARRANTY DESK"));
}

#[test]
fn the_insdes_of_a_supplier() {
    let order = read("rich-d01b");
    let left: Vec<_> = order.unmapped.iter().map(|u| (u.segment.as_str(), u.value.as_str())).collect();
    let expected = [("EQD", "Kühlauflieger"), ("MEA", "CEL"), ("DGS", "2025"), ("DGS", "13")];
    assert_eq!(left, expected);
    assert_eq!((order.number.as_str(), order.kind_code.as_deref()), ("AL-2026-0815", Some("350")));
    assert_eq!(order.purchase_order_number.as_deref(), Some("4500731"));
    assert_eq!(order.parties[0].role, PartyRole::Depositor);
    assert_eq!(order.parties[2].role, PartyRole::ShipTo);
    assert_eq!(order.instructions[0].text.as_deref(), Some("Avis vorab per Telefon"));
    assert_eq!(order.delivery_terms[0].code.as_deref(), Some("DAP"));
    assert_eq!(order.transport.routes[0].locations[0].dates[0].role, DateRole::EstimatedDelivery);
    assert_eq!(order.transport.equipment[0].attached[0].number.as_deref(), Some("AUF-13"));

    // 6063 = 113 is to be delivered; where there is none, the quantity to despatch.
    assert_eq!(quantities(&order), ["480", "24"]);
    let mustard = &order.lines[0];
    assert_eq!(mustard.quantities[0].code, "52");
    assert_eq!(
        mustard.item.lots.iter().filter_map(|l| l.number.as_deref()).collect::<Vec<_>>(),
        ["C26401", "C26402"]
    );
    let of = mustard.order.as_ref().unwrap();
    assert_eq!((of.number.as_deref(), of.line_number.as_deref()), (Some("4500731"), Some("10")));
    let part = &mustard.parties[0];
    assert_eq!(part.quantities[0].quantity.as_ref().unwrap().value.to_string(), "240");
    assert_eq!(part.locations[0].id.as_ref().unwrap().id, "RAMPE1");
    assert_eq!(mustard.packages[0].sscc.as_deref(), Some("340123450000000017"));
    let alcohol = &order.lines[1].dangerous_goods[0];
    assert_eq!((alcohol.un_number.as_deref(), alcohol.class.as_deref()), (Some("1170"), Some("3")));
    assert_eq!(alcohol.flashpoint.as_ref().unwrap().unit.as_deref(), Some("CEL"));
    assert_eq!(alcohol.contacts[0].name.as_deref(), Some("Notruf Chemie"));

    assert_eq!(order.totals.quantity.as_ref().unwrap().value.to_string(), "504");
    assert_eq!(order.totals.volume.as_ref().unwrap().unit.as_deref(), Some("MTQ"));
}

#[test]
fn an_insdes_that_cancels() {
    let order = read("collect-d01b");
    assert!(order.unmapped.is_empty(), "{:#?}", order.unmapped);
    assert_eq!((order.number.as_str(), order.purpose), ("UD-3391", Purpose::Cancellation));
    assert_eq!(quantities(&order), ["4000"]);
    assert_eq!(order.parties[2].role, PartyRole::EndUser);
}
