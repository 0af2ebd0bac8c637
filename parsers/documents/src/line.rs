//! What lines of several documents share: the order they are of, and what became of them.
//!
//! These are shapes only; they cannot fail.

use crate::Text;
use crate::date::{Date, DateTime};
use crate::item::ProductId;
use crate::money::{Price, QualifiedAmount};
use crate::quantity::Quantity;
use crate::reference::{IndustryCode, Note, Reference, ReferenceKind};
use crate::terms::Restriction;
use crate::transport::Marks;

record! {
    /// The order that goods or a line belong to: X12 PRF, EDIFACT RFF+ON.
    pub struct OrderReference {
        opt number: Text,
        opt release_number: Text,
        opt change_number: Text,
        opt date: Date,
        /// Number of the line of the order.
        opt line_number: Text,
        opt contract_number: Text,
        /// X12 92.
        opt kind_code: Text,
        /// The seller's number of the order.
        opt seller_number: Text,
    }
}

record! {
    /// What the seller does with a line or a part of it: X12 ACK, EDIFACT LIN with QTY and DTM.
    pub struct LineAcknowledgement {
        one status: LineStatus,
        /// X12 668, EDIFACT 1229.
        one status_code: Text,
        /// Number of the subline it is about; absent where it is the line itself.
        opt subline_number: Text,
        opt quantity: Quantity,
        /// EDIFACT 6063.
        opt quantity_code: Text,
        /// X12 ACK04 and ACK05, DTM.
        many dates: DateTime,
        opt request_reference: Text,
        /// What comes instead, or is meant.
        many product_ids: ProductId,
        opt price: Price,
        /// Why: X12 ACK27 to ACK29.
        many reasons: IndustryCode,
        many amounts: QualifiedAmount,
        many marks: Marks,
        many restrictions: Restriction,
        many taxes: crate::money::Tax,
        many notes: Note,
    }
}

vocabulary! {
    /// What became of a line.
    pub enum LineStatus {
        Accepted,
        AcceptedAndShipped,
        AcceptedAndReleased,
        AcceptedWithChanges,
        AcceptedPartially,
        PriceChanged,
        PricePending,
        QuantityChanged,
        DateChanged,
        DatePending,
        Substituted,
        Backordered,
        PartialBackordered,
        Rejected,
        OnHold,
        Deleted,
        Cancelled,
        Added,
        Changed,
        NoAction,
        Shipped,
        ShippedPartially,
        Complete,
        OutOfStock,
        Discontinued,
        AwaitingShipment,
    }
}

vocabulary! {
    /// What changes in a line.
    pub enum LineChange {
        Added,
        Deleted,
        Changed,
        Unchanged,
        Replaced,
        PriceChanged,
        QuantityIncreased,
        QuantityDecreased,
        QuantityAndPriceChanged,
        QuantityAndDateChanged,
        Rescheduled,
        PriceAndDateChanged,
        DatesReplaced,
        AllReplaced,
        TermsChanged,
        AllowancesChanged,
        TransportChanged,
        Rejected,
        Transferred,
        Cancelled,
        Confirmed,
    }
}

record! {
    /// A further fact about a line: another price, date or quantity, and why. X12 PO3.
    pub struct LineDetail {
        /// X12 371.
        one reason_code: Text,
        opt date: Date,
        /// X12 236.
        opt price_role_code: Text,
        opt price: Price,
        opt quantity: Quantity,
        opt description: Text,
    }
}

record! {
    /// The contract that holds for a line: X12 CN1.
    pub struct ContractTerms {
        /// X12 1166.
        one type_code: Text,
        opt money: crate::money::Money,
        opt percent: crate::quantity::Decimal,
        opt number: Text,
        opt discount_percent: crate::quantity::Decimal,
        opt version: Text,
    }
}

/// Lists the number of the order, its line and what else names it as references, where they do not stand there: so sets that only
/// have references carry it. The line stands with the number (EDIFACT), or in a reference of its own (X12).
pub(crate) fn complete_order(
    order: &Option<OrderReference>,
    references: &mut Vec<Reference>,
    line_apart: bool,
) {
    let Some(order) = order else { return };
    let has = |references: &[Reference], kind, value: &Text| {
        references.iter().any(|r| r.kind == kind && r.value.as_ref() == Some(value))
    };
    if let Some(number) = order.number.clone().filter(|n| !has(references, ReferenceKind::PurchaseOrder, n)) {
        let dates = order.date.map(|date| DateTime { date: Some(date), ..DateTime::default() });
        references.push(Reference {
            kind: ReferenceKind::PurchaseOrder,
            value: Some(number),
            line_number: order.line_number.clone().filter(|_| !line_apart),
            dates: dates.into_iter().collect(),
            ..Reference::default()
        });
    }
    let line = order.line_number.clone().filter(|_| line_apart);
    let others = [
        (ReferenceKind::Line, &line),
        (ReferenceKind::Release, &order.release_number),
        (ReferenceKind::Contract, &order.contract_number),
        (ReferenceKind::VendorOrder, &order.seller_number),
    ];
    for (kind, value) in others {
        if let Some(value) = value.clone().filter(|v| !has(references, kind, v)) {
            references.push(Reference { kind, value: Some(value), ..Reference::default() });
        }
    }
}

/// The order that references name; `None` where none does.
pub(crate) fn order_of(references: &[Reference]) -> Option<OrderReference> {
    let first = |kind| references.iter().find(|r| r.kind == kind);
    let value = |kind| first(kind).and_then(|r| r.value.clone());
    let order = first(ReferenceKind::PurchaseOrder)?;
    let line = order.line_number.clone().or_else(|| value(ReferenceKind::Line));
    Some(OrderReference {
        number: order.value.clone(),
        date: order.dates.iter().find_map(|d| d.date),
        line_number: line,
        release_number: value(ReferenceKind::Release),
        contract_number: value(ReferenceKind::Contract),
        seller_number: value(ReferenceKind::VendorOrder),
        ..OrderReference::default()
    })
}
