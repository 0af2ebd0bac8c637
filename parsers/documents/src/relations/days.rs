//! The day a document's goods leave, and the day they arrive: what is known best, of the whole document before its lines.

use crate::Document;
use crate::date::{Date, DateRole, DateTime, Time};
use crate::each;

/// What happened before what is planned, and that before what is asked for.
const SHIP: [DateRole; 10] = [
    DateRole::Shipped,
    DateRole::ActualDeparture,
    DateRole::Pickup,
    DateRole::EstimatedShip,
    DateRole::EstimatedDeparture,
    DateRole::ScheduledShip,
    DateRole::PromisedShip,
    DateRole::RequestedShip,
    DateRole::ShipNotBefore,
    DateRole::ShipNotAfter,
];

const DELIVERY: [DateRole; 11] = [
    DateRole::Delivered,
    DateRole::ActualArrival,
    DateRole::EstimatedDelivery,
    DateRole::EstimatedArrival,
    DateRole::ScheduledDelivery,
    DateRole::PromisedDelivery,
    DateRole::RequestedDelivery,
    DateRole::RequiredBy,
    DateRole::DeliverNotBefore,
    DateRole::RequestedDeliveryNotBefore,
    DateRole::DeliverNotAfter,
];

impl Document {
    /// The day the goods leave: when they did, else when they are to. Of lines that differ the first day. `None` where it is not said.
    pub fn ship_date(&self) -> Option<Date> {
        self.ships().map(|(date, _)| date)
    }

    /// The day the goods arrive: when they did, else when they are to. Of lines that differ the first day. `None` where it is not said.
    pub fn delivery_date(&self) -> Option<Date> {
        self.arrives().map(|(date, _)| date)
    }

    /// [`Document::ship_date`], with the time of that day where it is said.
    pub fn ships(&self) -> Option<(Date, Option<Time>)> {
        let own = match self {
            Document::WarehouseShippingAdvice(d) => d.shipment_date,
            Document::WarehouseStockTransfer(d) => d.shipment_date,
            Document::FreightInvoice(d) => d.pickup_date,
            _ => None,
        };
        own.map(|date| (date, None)).or_else(|| day(self, &SHIP))
    }

    /// [`Document::delivery_date`], with the time of that day where it is said.
    pub fn arrives(&self) -> Option<(Date, Option<Time>)> {
        let own = match self {
            Document::ReceivingAdvice(d) => d.receipt_date,
            Document::FreightInvoice(d) => d.delivery.as_ref().and_then(|delivery| delivery.date),
            _ => None,
        };
        own.map(|date| (date, None)).or_else(|| day(self, &DELIVERY))
    }
}

fn day(document: &Document, roles: &[DateRole]) -> Option<(Date, Option<Time>)> {
    best(&of_header(document), roles).or_else(|| best(&of_lines(document), roles))
}

/// The first day of the best role that is said.
fn best(dates: &[&DateTime], roles: &[DateRole]) -> Option<(Date, Option<Time>)> {
    let of = |d: &&DateTime| match d.date {
        Some(date) => Some((date, d.time)),
        None => d.period.as_ref().and_then(|period| period.start).map(|start| (start, None)),
    };
    let first = |role: &DateRole| dates.iter().filter(|d| d.role == *role).filter_map(of).min();
    roles.iter().find_map(first)
}

fn of_header(document: &Document) -> Vec<&DateTime> {
    let mut list: Vec<&DateTime> = each!(document, d => d.dates.iter().collect());
    match document {
        // A notice of one order may say it with the order.
        Document::ShipNotice(d) => {
            list.extend(d.transport.routes.iter().flat_map(|route| &route.dates));
            list.extend(d.orders.iter().flat_map(|order| &order.dates));
        }
        Document::PurchaseOrder(d) => list.extend(d.schedule.iter().flat_map(|s| &s.dates)),
        Document::OrderResponse(d) => list.extend(d.schedule.iter().flat_map(|s| &s.dates)),
        _ => {}
    }
    list
}

fn of_lines(document: &Document) -> Vec<&DateTime> {
    let mut list: Vec<&DateTime> = Vec::new();
    match document {
        Document::PurchaseOrder(d) => {
            for line in &d.lines {
                list.extend(line.dates.iter().chain(line.schedule.iter().flat_map(|s| &s.dates)));
            }
        }
        Document::OrderResponse(d) => {
            for line in &d.lines {
                list.extend(line.dates.iter().chain(line.schedule.iter().flat_map(|s| &s.dates)));
                list.extend(line.acknowledgements.iter().flat_map(|a| &a.dates));
            }
        }
        Document::OrderChange(d) => list.extend(d.lines.iter().flat_map(|line| &line.dates)),
        Document::OrderChangeResponse(d) => list.extend(d.lines.iter().flat_map(|line| &line.dates)),
        Document::Invoice(d) | Document::CreditNote(d) => {
            list.extend(d.lines.iter().flat_map(|line| &line.dates));
        }
        Document::ShipNotice(d) => {
            list.extend(d.contents.iter().flat_map(|level| &level.dates));
        }
        Document::TransportOrder(d) => list.extend(d.stops.iter().flat_map(|stop| &stop.dates)),
        _ => {}
    }
    list
}
