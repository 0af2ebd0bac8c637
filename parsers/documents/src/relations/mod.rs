//! What ties documents together: the orders a document is about, the documents it answers, what answers it, and the days by which
//! an answer is due.
//!
//! Taken from the fields of the documents alone: numbers as the partners wrote them, blanks at the ends aside. A number that stands in
//! several places is told once. Nothing here fails; what a document does not say is absent.

mod advice;
mod days;
mod orders;

pub use advice::SpokenOf;

use crate::reference::{Identifier, Reference, ReferenceKind};
use crate::{Document, DocumentKind, Text};

/// A purchase order, as documents about it name it.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderKey {
    /// Who placed it, where the document names the buyer by a number.
    pub buyer: Option<Identifier>,
    pub number: Text,
    /// Of a release against a blanket order.
    pub release: Option<Text>,
}

/// Another document that a document names by its number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Answers {
    pub kind: DocumentKind,
    pub number: Text,
}

impl DocumentKind {
    /// The documents that business answers this one with; none where none is usual. An application advice may answer any of them.
    pub fn answered_by(self) -> &'static [DocumentKind] {
        use DocumentKind as K;
        match self {
            K::PurchaseOrder => &[K::OrderResponse],
            K::OrderChange => &[K::OrderChangeResponse],
            K::ShipNotice | K::WarehouseStockTransfer => &[K::ReceivingAdvice],
            K::Invoice | K::CreditNote | K::FreightInvoice => &[K::RemittanceAdvice],
            K::WarehouseShippingOrder => &[K::WarehouseShippingAdvice],
            K::TransportOrder => &[K::TransportStatus],
            K::OrderResponse
            | K::OrderChangeResponse
            | K::ReceivingAdvice
            | K::InventoryReport
            | K::InventoryAdjustment
            | K::WarehouseShippingAdvice
            | K::RemittanceAdvice
            | K::PriceCatalog
            | K::ApplicationAdvice
            | K::TransportStatus => &[],
        }
    }
}

impl Document {
    /// The purchase orders it is about, in its order: an order its own, an answer the order answered, a notice or an invoice each
    /// one that its header or a line of it names. Of one number the entry with a release is kept.
    pub fn orders(&self) -> Vec<OrderKey> {
        orders::of(self)
    }

    /// The documents, purchase orders aside, that it names by number: an invoice its ship notices, a receiving advice the ship
    /// notice, an advice the documents it is about (of these see [`crate::ApplicationAdvice::spoken_of`] for more).
    pub fn answers(&self) -> Vec<Answers> {
        let mut list = Vec::new();
        match self {
            Document::PurchaseOrder(d) => named(&mut list, &d.references),
            Document::OrderResponse(d) => named(&mut list, &d.references),
            Document::OrderChange(d) => named(&mut list, &d.references),
            Document::OrderChangeResponse(d) => {
                named(&mut list, &d.references);
                // X12 has no number of the change but that of the order it changes.
                if !list.iter().any(|a: &Answers| a.kind == DocumentKind::OrderChange) {
                    add(&mut list, DocumentKind::OrderChange, d.change_number.as_ref());
                }
            }
            Document::ShipNotice(d) => {
                named(&mut list, &d.references);
                orders::each_level(d, &mut |level| named(&mut list, &level.references));
            }
            Document::ReceivingAdvice(d) => {
                add(&mut list, DocumentKind::ShipNotice, d.shipment_number.as_ref());
                let sent = match d.code_list {
                    Some(crate::reference::CodeList::X12) => DocumentKind::WarehouseStockTransfer,
                    _ => DocumentKind::ShipNotice,
                };
                add(&mut list, sent, d.depositor_order_number.as_ref());
                named(&mut list, &d.references);
                d.lines.iter().for_each(|line| named(&mut list, &line.references));
            }
            Document::Invoice(d) | Document::CreditNote(d) => {
                add(&mut list, DocumentKind::Invoice, d.original_invoice_number.as_ref());
                named(&mut list, &d.references);
                d.lines.iter().for_each(|line| named(&mut list, &line.references));
            }
            Document::WarehouseShippingAdvice(d) => {
                add(&mut list, DocumentKind::WarehouseShippingOrder, Some(&d.number));
                named(&mut list, &d.references);
            }
            Document::RemittanceAdvice(d) => {
                for line in &d.lines {
                    let kind = kind_of(line.document_kind).filter(|k| *k != DocumentKind::PurchaseOrder);
                    if let Some(kind) = kind {
                        add(&mut list, kind, line.number.as_ref());
                    }
                }
            }
            Document::ApplicationAdvice(d) => {
                for spoken in d.spoken_of() {
                    if let Some(kind) = kind_of(spoken.number_kind).filter(|kind| spoken.kind == Some(*kind))
                    {
                        add(&mut list, kind, spoken.number.as_ref());
                    }
                }
            }
            Document::TransportStatus(d) => {
                add(&mut list, DocumentKind::TransportOrder, d.shipment_number.as_ref());
                named(&mut list, &d.references);
            }
            Document::FreightInvoice(d) => {
                add(&mut list, DocumentKind::TransportOrder, d.shipment_number.as_ref());
                named(&mut list, &d.references);
            }
            Document::WarehouseShippingOrder(d) => named(&mut list, &d.references),
            Document::WarehouseStockTransfer(d) => named(&mut list, &d.references),
            Document::TransportOrder(d) => named(&mut list, &d.references),
            Document::InventoryReport(d) => named(&mut list, &d.references),
            Document::InventoryAdjustment(d) => named(&mut list, &d.references),
            Document::PriceCatalog(d) => named(&mut list, &d.references),
        }
        // A document does not answer itself, nor a copy of it.
        list.retain(|a| !(a.kind == self.kind() && a.number.trim() == self.number().trim()));
        list
    }
}

/// The document that a kind of reference is a number of; `None` for numbers that are none of a document.
fn kind_of(kind: ReferenceKind) -> Option<DocumentKind> {
    Some(match kind {
        ReferenceKind::PurchaseOrder => DocumentKind::PurchaseOrder,
        ReferenceKind::OrderResponse => DocumentKind::OrderResponse,
        ReferenceKind::OrderChange => DocumentKind::OrderChange,
        ReferenceKind::ShipNotice => DocumentKind::ShipNotice,
        ReferenceKind::ReceivingAdvice => DocumentKind::ReceivingAdvice,
        ReferenceKind::Invoice => DocumentKind::Invoice,
        ReferenceKind::CreditNote => DocumentKind::CreditNote,
        ReferenceKind::RemittanceAdvice => DocumentKind::RemittanceAdvice,
        ReferenceKind::DepositorOrder => DocumentKind::WarehouseShippingOrder,
        ReferenceKind::PriceList | ReferenceKind::Catalog => DocumentKind::PriceCatalog,
        _ => return None,
    })
}

/// Documents among references, orders aside.
fn named(list: &mut Vec<Answers>, references: &[Reference]) {
    for reference in references {
        if let Some(kind) = kind_of(reference.kind).filter(|k| *k != DocumentKind::PurchaseOrder) {
            add(list, kind, reference.value.as_ref());
        }
    }
}

fn add(list: &mut Vec<Answers>, kind: DocumentKind, number: Option<&Text>) {
    let number = number.map(|number| number.trim()).filter(|number| !number.is_empty());
    if let Some(number) = number.map(Text::new) {
        let answers = Answers { kind, number };
        if !list.contains(&answers) {
            list.push(answers);
        }
    }
}
