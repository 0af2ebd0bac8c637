//! The purchase orders that a document is about.

use super::OrderKey;
use crate::freight::CarriedOrder;
use crate::line::OrderReference;
use crate::party::{Party, PartyRole};
use crate::reference::{CodeList, Identifier, Reference, ReferenceKind};
use crate::ship_notice::{Level, ShipNotice};
use crate::{Document, Text};
use std::collections::HashMap;

pub(super) fn of(document: &Document) -> Vec<OrderKey> {
    let mut orders = Orders::default();
    match document {
        Document::PurchaseOrder(d) => {
            orders.buyer = buyer(&d.parties);
            orders.add(Some(&d.number), d.release_number.as_ref());
        }
        Document::OrderResponse(d) => {
            orders.buyer = buyer(&d.parties);
            orders.answered(
                d.order_number.as_ref(),
                &d.number,
                d.release_number.as_ref(),
                d.code_list,
                &d.references,
            );
        }
        Document::OrderChange(d) => {
            orders.buyer = buyer(&d.parties);
            orders.answered(
                d.order_number.as_ref(),
                &d.number,
                d.release_number.as_ref(),
                d.code_list,
                &d.references,
            );
        }
        Document::OrderChangeResponse(d) => {
            orders.buyer = buyer(&d.parties);
            orders.answered(
                d.order_number.as_ref(),
                &d.number,
                d.release_number.as_ref(),
                d.code_list,
                &d.references,
            );
        }
        Document::ShipNotice(d) => of_shipment(&mut orders, d),
        Document::ReceivingAdvice(d) => {
            orders.buyer = buyer(&d.parties);
            orders.head(d.order.as_ref(), &d.references);
            d.lines.iter().for_each(|line| orders.head(line.order.as_ref(), &line.references));
        }
        Document::Invoice(d) | Document::CreditNote(d) => {
            orders.buyer = buyer(&d.parties);
            orders.head(d.order.as_ref(), &d.references);
            d.lines.iter().for_each(|line| orders.head(line.order.as_ref(), &line.references));
        }
        Document::WarehouseShippingOrder(d) => {
            orders.buyer = buyer(&d.parties);
            orders.add(d.purchase_order_number.as_ref(), None);
            orders.listed(&d.references);
            d.lines.iter().for_each(|line| orders.head(line.order.as_ref(), &line.references));
        }
        Document::WarehouseShippingAdvice(d) => {
            orders.buyer = buyer(&d.parties);
            orders.add(d.purchase_order_number.as_ref(), None);
            orders.listed(&d.references);
            d.lines.iter().for_each(|line| orders.head(line.order.as_ref(), &line.references));
        }
        Document::WarehouseStockTransfer(d) => {
            orders.buyer = buyer(&d.parties);
            orders.add(d.purchase_order_number.as_ref(), None);
            orders.listed(&d.references);
            d.lines.iter().for_each(|line| orders.head(line.order.as_ref(), &line.references));
        }
        Document::RemittanceAdvice(d) => {
            orders.listed(&d.references);
            for line in &d.lines {
                if line.document_kind == ReferenceKind::PurchaseOrder {
                    orders.add(line.number.as_ref(), None);
                }
                orders.listed(&line.references);
            }
        }
        Document::ApplicationAdvice(d) => {
            orders.buyer = buyer(&d.parties);
            for spoken in d.spoken_of() {
                if spoken.number_kind == ReferenceKind::PurchaseOrder {
                    orders.add(spoken.number.as_ref(), None);
                }
            }
            d.lines.iter().for_each(|line| orders.listed(&line.references));
        }
        Document::TransportOrder(d) => {
            orders.listed(&d.references);
            for stop in &d.stops {
                orders.listed(&stop.references);
                orders.carried(&stop.orders);
            }
        }
        Document::TransportStatus(d) => {
            orders.listed(&d.references);
            for line in &d.lines {
                orders.head(line.order.as_ref(), &line.references);
                orders.carried(&line.orders);
            }
        }
        Document::FreightInvoice(d) => {
            orders.listed(&d.references);
            orders.carried(&d.orders);
            d.stops.iter().for_each(|stop| orders.carried(&stop.orders));
            for line in &d.lines {
                orders.listed(&line.references);
                orders.carried(&line.orders);
            }
        }
        Document::InventoryReport(_) | Document::InventoryAdjustment(_) | Document::PriceCatalog(_) => {}
    }
    orders.finish()
}

fn of_shipment(orders: &mut Orders, notice: &ShipNotice) {
    orders.buyer = buyer(&notice.parties);
    orders.head(notice.order.as_ref(), &notice.references);
    each_level(notice, &mut |level| {
        // A level of an order may have a buyer of its own.
        let own = buyer(&level.parties);
        let of_notice = own.is_some().then(|| std::mem::replace(&mut orders.buyer, own));
        orders.head(level.order.as_ref(), &level.references);
        if let Some(line) = &level.line {
            orders.head(line.order.as_ref(), &[]);
        }
        if let Some(of_notice) = of_notice {
            orders.buyer = of_notice;
        }
    });
}

/// The orders of a notice, then every level of it, the outer before the inner.
pub(super) fn each_level(notice: &ShipNotice, visit: &mut dyn FnMut(&Level)) {
    // Levels come from outside: no call of its own for each of them.
    let mut open: Vec<&Level> = notice.contents.iter().rev().collect();
    notice.orders.iter().for_each(&mut *visit);
    while let Some(level) = open.pop() {
        visit(level);
        open.extend(level.contents.iter().rev());
    }
}

/// How the buyer is known; who ordered where there is no buyer.
fn buyer(parties: &[Party]) -> Option<Identifier> {
    let of = |role| parties.iter().find(|party| party.role == role).and_then(|party| party.ids.first());
    of(PartyRole::Buyer).or_else(|| of(PartyRole::OrderedBy)).cloned()
}

#[derive(Default)]
struct Orders {
    buyer: Option<Identifier>,
    list: Vec<OrderKey>,
    /// Where in the list each number stands.
    by_number: HashMap<Text, Vec<usize>>,
}

impl Orders {
    fn add(&mut self, number: Option<&Text>, release: Option<&Text>) {
        let said = |text: Option<&Text>| text.map(|t| t.trim()).filter(|t| !t.is_empty()).map(Text::new);
        let (Some(number), release) = (said(number), said(release)) else { return };
        let at = self.by_number.entry(number.clone()).or_default();
        let same = at.iter().copied().find(|&at| {
            let known = &self.list[at].release;
            *known == release || known.is_none() || release.is_none()
        });
        match same {
            Some(same) => {
                let order = &mut self.list[same];
                order.release = order.release.take().or(release);
                order.buyer = order.buyer.take().or_else(|| self.buyer.clone());
            }
            None => {
                at.push(self.list.len());
                self.list.push(OrderKey { buyer: self.buyer.clone(), number, release });
            }
        }
    }

    fn head(&mut self, order: Option<&OrderReference>, references: &[Reference]) {
        if let Some(order) = order {
            self.add(order.number.as_ref(), order.release_number.as_ref());
        }
        self.listed(references);
    }

    fn listed(&mut self, references: &[Reference]) {
        for reference in references.iter().filter(|r| r.kind == ReferenceKind::PurchaseOrder) {
            self.add(reference.value.as_ref(), None);
        }
    }

    fn carried(&mut self, orders: &[CarriedOrder]) {
        orders.iter().for_each(|order| self.add(order.purchase_order_number.as_ref(), None));
    }

    /// An answer or a change names its order; of X12 its own number is the order's.
    fn answered(
        &mut self,
        order: Option<&Text>,
        own: &Text,
        release: Option<&Text>,
        code_list: Option<CodeList>,
        references: &[Reference],
    ) {
        let order = order.or_else(|| Some(own).filter(|_| code_list == Some(CodeList::X12)));
        self.add(order, release);
        self.listed(references);
        if self.list.is_empty() && code_list != Some(CodeList::Edifact) {
            self.add(Some(own), release);
        }
    }

    fn finish(self) -> Vec<OrderKey> {
        self.list
    }
}
