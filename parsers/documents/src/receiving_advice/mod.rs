//! The canonical receiving advice: what arrived, and what of it was damaged, short, over or refused.
//!
//! X12 861 and 944, EDIFACT RECADV. `discrepancies` list every difference with its reason; damaged, short and over have fields
//! of their own beside them.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_recadv;
pub(crate) mod x12_861;
pub(crate) mod x12_944;

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime, Time};
use crate::hazard::DangerousGoods;
use crate::heading::{Purpose, Totals};
use crate::item::Item;
use crate::line::{LineStatus, OrderReference};
use crate::money::{Adjustment, Currency, Price, QualifiedAmount, QualifiedPrice};
use crate::package::Package;
use crate::party::{Contact, Party};
use crate::purchase_order::SubLine;
use crate::quantity::{
    Decimal, Discrepancy, DiscrepancyKind, Measurement, QualifiedQuantity, Quantity, StateFound,
};
use crate::reference::{
    Accounting, Attachment, Characteristic, CodeList, IndustryCode, Instruction, Note, Reference, Statement,
    TradeCondition, Unmapped,
};
use crate::transport::{DeliveryTerms, Distribution, Location, Marks, Pack, Packaging, Transport};

record! {
    /// A receiving advice. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct ReceivingAdvice {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The receiver's number of the receipt: X12 127 or 394.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353 or 514, EDIFACT 1225.
        one purpose_code: Text,
        /// At which point it was made.
        opt kind: ReceiptKind,
        /// X12 962, EDIFACT 1001.
        opt kind_code: Text,
        /// EDIFACT 1131 and 3055: who keeps the list `kind_code` is of.
        opt kind_list_code: Text,
        opt kind_agency_code: Text,
        /// The kind in the partner's words: EDIFACT 1000.
        opt kind_name: Text,
        /// EDIFACT 1056 and 1060.
        opt version: Text,
        opt revision: Text,
        /// Which answer is wanted or given: EDIFACT 4343.
        opt acknowledgement_code: Text,
        /// X12 640.
        opt transaction_type_code: Text,
        /// X12 306.
        opt action_code: Text,
        opt receipt_date: Date,
        opt receipt_time: Time,
        /// X12 176: what the time means.
        opt receipt_time_code: Text,
        opt condition: DiscrepancyKind,
        /// X12 412.
        opt condition_code: Text,
        /// The depositor's number of the order: X12 285.
        opt depositor_order_number: Text,
        /// X12 145.
        opt shipment_number: Text,
        /// X12 474 and 472.
        opt master_reference: Text,
        opt link_sequence: Text,
        opt order: OrderReference,
        opt currency: Currency,
        /// Currencies beside that of the document.
        many other_currencies: Currency,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many locations: Location,
        many measurements: Measurement,
        many industry_codes: IndustryCode,
        many attachments: Attachment,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many packages: Package,
        many packaging: Packaging,
        many marks: Marks,
        many dangerous_goods: DangerousGoods,
        many allowances_and_charges: AllowanceCharge,
        many amounts: QualifiedAmount,
        many statements: Statement,
        many instructions: Instruction,
        many trade_conditions: TradeCondition,
        many characteristics: Characteristic,
        many states: StateFound,
        many discrepancies: Discrepancy,
        many adjustments: Adjustment,
        /// Packages that are told of apart from lines: EDIFACT CPS without LIN.
        many levels: ReceivedLevel,
        many lines: ReceivedLine,
        /// What the receipt counts in all: X12 W14.
        opt received_total: Decimal,
        opt shipped_total: Decimal,
        opt damaged_total: Decimal,
        opt received_packages: Decimal,
        opt shipped_packages: Decimal,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

vocabulary! {
    /// At which point a receiving advice was made.
    pub enum ReceiptKind {
        ReceivingDock,
        PostReceipt,
        Disposition,
        AcceptanceCertificate,
        IntermediatePoint,
        CustomerReturn,
        ProductionReceipt,
    }
}

record! {
    /// What was received of an item.
    pub struct ReceivedLine {
        /// Number of the line.
        opt number: Text,
        /// What was received or accepted.
        opt quantity: Quantity,
        opt returned_quantity: Quantity,
        opt shipped_quantity: Quantity,
        opt ordered_quantity: Quantity,
        opt damaged_quantity: Quantity,
        opt short_quantity: Quantity,
        opt over_quantity: Quantity,
        one item: Item,
        opt order: OrderReference,
        opt price: Price,
        /// EDIFACT 1229.
        opt action_code: Text,
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        /// X12 893.
        opt adjustment_id: Text,
        /// Level of `levels` it was found in: EDIFACT 7164.
        opt level_id: Text,
        opt status: LineStatus,
        /// X12 668.
        opt status_code: Text,
        opt shipped_to_date: Decimal,
        opt currency: Currency,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many locations: Location,
        many measurements: Measurement,
        many industry_codes: IndustryCode,
        many attachments: Attachment,
        /// Every difference: damaged, short, over, refused.
        many discrepancies: Discrepancy,
        many states: StateFound,
        many adjustments: Adjustment,
        /// Quantities beside the one of the line.
        many quantities: QualifiedQuantity,
        many packages: Package,
        many packs: Pack,
        many packaging: Packaging,
        many marks: Marks,
        opt net_weight: Quantity,
        opt gross_weight: Quantity,
        /// X12 187.
        opt net_weight_code: Text,
        opt gross_weight_code: Text,
        many amounts: QualifiedAmount,
        many prices: QualifiedPrice,
        many allowances_and_charges: AllowanceCharge,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many delivery_terms: DeliveryTerms,
        many dangerous_goods: DangerousGoods,
        many instructions: Instruction,
        many distribution: Distribution,
        many characteristics: Characteristic,
        many statements: Statement,
        many accounting: Accounting,
        many sublines: SubLine,
    }
}

record! {
    /// A packaging level as it was received: EDIFACT CPS.
    pub struct ReceivedLevel {
        one id: Text,
        opt parent_id: Text,
        /// EDIFACT 7075.
        opt kind_code: Text,
        many packages: Package,
        many states: StateFound,
    }
}

/// The fields of a line that sum up differences, by kind.
fn differences(line: &mut ReceivedLine) -> [(DiscrepancyKind, &mut Option<Quantity>); 3] {
    [
        (DiscrepancyKind::Damaged, &mut line.damaged_quantity),
        (DiscrepancyKind::Short, &mut line.short_quantity),
        (DiscrepancyKind::Over, &mut line.over_quantity),
    ]
}

/// What is listed of a kind, without signs, in one unit or without a unit.
fn listed(list: &[Discrepancy], kind: DiscrepancyKind, unit: &Quantity) -> Decimal {
    let of = list.iter().filter(|d| d.kind == kind).filter_map(|d| d.quantity.as_ref());
    let has_none = |q: &Quantity| q.unit.is_none() && q.original_unit.is_none();
    let of = of.filter(|q| (q.unit == unit.unit && q.original_unit == unit.original_unit) || has_none(q));
    of.fold(Decimal::ZERO, |sum, q| sum.checked_add(q.value.abs()).unwrap_or(sum))
}

/// After reading: sums up the differences of a kind, in the unit of the last of them that has one.
pub(crate) fn sum_differences(line: &mut ReceivedLine) {
    let list = std::mem::take(&mut line.discrepancies);
    for (kind, field) in differences(line) {
        let mut of = list.iter().filter(|d| d.kind == kind).filter_map(|d| d.quantity.as_ref());
        let last = of.clone().rfind(|q| q.original_unit.is_some()).or_else(|| of.next_back());
        *field = last.map(|unit| Quantity { value: listed(&list, kind, unit), ..unit.clone() });
    }
    line.discrepancies = list;
}

/// Before writing: lists what the sums have and the list lacks, so that sets that list differences carry it.
pub(crate) fn complete_differences(line: &mut ReceivedLine) {
    let mut list = std::mem::take(&mut line.discrepancies);
    for (kind, field) in differences(line) {
        let Some(sum) = field else { continue };
        let Some(value) = sum.value.checked_sub(listed(&list, kind, sum)).filter(|v| !v.is_zero()) else {
            continue;
        };
        let quantity = Some(Quantity { value, ..sum.clone() });
        list.push(Discrepancy { kind, quantity, ..Discrepancy::default() });
    }
    line.discrepancies = list;
}
