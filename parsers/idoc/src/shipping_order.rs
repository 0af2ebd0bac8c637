//! DELVRY03 with message SHPORD or WHSORD: what a warehouse is to ship, both ways.
//!
//! E1EDL24 is a line. Packing is the warehouse's: handling units that came are listed as unmapped.

use crate::codes::DELIVERY_PURPOSE;
use crate::delivery::{Goods, Heading};
use crate::segment::Segment;
use crate::value::{Reading, Writing};
use portway_documents::heading::Purpose;
use portway_documents::quantity::{MeasurementKind, Quantity};
use portway_documents::reference::CodeList;
use portway_documents::warehouse_shipping_order::ShippingOrderLine;
use portway_documents::{SCHEMA_VERSION, Text, WarehouseShippingOrder};

pub(crate) fn read(root: &mut Segment, r: &mut Reading) -> WarehouseShippingOrder {
    let mut order =
        WarehouseShippingOrder { schema_version: Text::new_static(SCHEMA_VERSION), ..Default::default() };
    order.code_list = Some(CodeList::Idoc);
    order.purpose = Purpose::Original;
    for delivery in root.each("E1EDL20").take(1) {
        let heading = Heading::read(delivery, r);
        order.number = heading.number;
        if let Some(code) = heading.action {
            (order.purpose, order.purpose_code) = ((DELIVERY_PURPOSE.word)(&code), code);
        }
        order.dates = heading.dates;
        order.references = heading.references;
        order.parties = heading.parties;
        order.notes = heading.notes;
        order.delivery_terms = heading.delivery_terms;
        order.measurements = heading.measurements;
        order.totals.package_count = heading.packages.map(|value| Quantity { value, ..Quantity::default() });
        order.lines = delivery.each("E1EDL24").map(|item| line(Goods::read(item, r))).collect();
    }
    // The buyer's order stands with each line; where it is one it is that of all.
    let mut numbers = order.lines.iter().map(|l| l.order.as_ref().and_then(|o| o.number.clone()));
    if let Some(Some(first)) = numbers.next()
        && numbers.all(|number| number.as_ref() == Some(&first))
    {
        order.purchase_order_number = Some(first);
    }
    order
}

fn line(goods: Goods) -> ShippingOrderLine {
    let mut measurements = goods.measurements;
    let mut weight = |kind| {
        let at = measurements.iter().position(|m| m.kind == Some(kind))?;
        measurements.remove(at).value
    };
    let (net_weight, gross_weight) =
        (weight(MeasurementKind::NetWeight), weight(MeasurementKind::GrossWeight));
    ShippingOrderLine {
        number: goods.number,
        parent_number: goods.parent_number,
        quantity: goods.quantity,
        item: goods.item,
        order: goods.order,
        net_weight,
        gross_weight,
        measurements,
        locations: goods.locations,
        dates: goods.dates,
        notes: goods.notes,
        ..ShippingOrderLine::default()
    }
}

pub(crate) fn write(order: &WarehouseShippingOrder, root: &mut Segment, w: &Writing) {
    let heading = Heading {
        number: order.number.clone(),
        // A delivery that says nothing else is new.
        action: DELIVERY_PURPOSE
            .written(order.purpose, &order.purpose_code, w.ours)
            .or(Some(Text::new_static("ORI"))),
        dates: order.dates.clone(),
        references: order.references.clone(),
        parties: order.parties.clone(),
        notes: order.notes.clone(),
        delivery_terms: order.delivery_terms.clone(),
        measurements: order.measurements.clone(),
        packages: order.totals.package_count.as_ref().map(|q| q.value),
    };
    let mut delivery = heading.write(w);
    for line in &order.lines {
        let mut reference = line.order.clone().unwrap_or_default();
        reference.number = reference.number.or_else(|| order.purchase_order_number.clone());
        let mut measurements = line.measurements.clone();
        for (kind, weight) in [
            (MeasurementKind::NetWeight, &line.net_weight),
            (MeasurementKind::GrossWeight, &line.gross_weight),
        ] {
            if weight.is_some() {
                measurements.retain(|m| m.kind != Some(kind));
                let value = weight.clone();
                measurements.push(portway_documents::quantity::Measurement {
                    kind: Some(kind),
                    value,
                    ..Default::default()
                });
            }
        }
        let goods = Goods {
            number: line.number.clone(),
            parent_number: line.parent_number.clone(),
            quantity: line.quantity.clone(),
            item: line.item.clone(),
            order: Some(reference),
            measurements,
            locations: line.locations.clone(),
            dates: line.dates.clone(),
            notes: line.notes.clone(),
        };
        delivery.push(goods.write(w));
    }
    root.push(delivery);
}
