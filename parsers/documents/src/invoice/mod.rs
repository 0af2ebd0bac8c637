//! The canonical invoice and credit note: what is owed or given back, for what, and when to pay.
//!
//! X12 810 and EDIFACT INVOIC. Both documents have this one shape; `kind` tells which it is.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_invoic;
pub(crate) mod totals;
pub(crate) mod x12_810;

use crate::Text;
use crate::allowance::{AllowanceCharge, Rate};
use crate::date::{Date, DateRole, DateTime, Time};
use crate::freight::Tariff;
use crate::hazard::DangerousGoods;
use crate::heading::Purpose;
use crate::item::{Description, Item, ProductId};
use crate::line::{LineStatus, OrderReference};
use crate::money::{
    Adjustment, BankAccount, Currency, Money, PaymentInstruction, PaymentTerms, Percentage, Price,
    QualifiedAmount, QualifiedPrice, Tax,
};
use crate::party::{Contact, Party};
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Discrepancy, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{
    Accounting, Attachment, Characteristic, CodeList, Identity, IndustryCode, Instruction, Note, Reference,
    ReferenceKind, Statement, TradeCondition, Unmapped,
};
use crate::terms::{Balance, Installment, PeriodAmount};
use crate::transport::{DeliveryTerms, Distribution, Location, Marks, Pack, Packaging, Transport};
use portway_edi::Standard;
use portway_edi::schema::Loop;

record! {
    /// An invoice or a credit note. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct Invoice {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The seller's number of the invoice or credit note.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353, EDIFACT 1225.
        one purpose_code: Text,
        /// Invoice, credit note, or another kind of it.
        opt kind: InvoiceKind,
        /// X12 640, EDIFACT 1001.
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
        /// X12 306.
        opt action_code: Text,
        opt invoice_date: Date,
        /// The first order it is for.
        opt order: OrderReference,
        /// The invoice that this one corrects or credits: X12 BIG10.
        opt original_invoice_number: Text,
        /// X12 1005.
        opt structure_code: Text,
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
        many payment_terms: PaymentTerms,
        many payment_instructions: PaymentInstruction,
        many bank_accounts: BankAccount,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many packaging: Packaging,
        many packs: Pack,
        many taxes: Tax,
        many prices: QualifiedPrice,
        many allowances_and_charges: AllowanceCharge,
        many amounts: QualifiedAmount,
        many descriptions: Description,
        many product_ids: ProductId,
        many identities: Identity,
        many trade_conditions: TradeCondition,
        many dangerous_goods: DangerousGoods,
        many statements: Statement,
        many instructions: Instruction,
        many balances: Balance,
        many installments: Installment,
        many period_amounts: PeriodAmount,
        many adjustments: Adjustment,
        many rates: Rate,
        many tariffs: Tariff,
        many accounting: Accounting,
        many lines: InvoiceLine,
        #[serde(skip_serializing_if = "InvoiceTotals::is_empty")]
        one totals: InvoiceTotals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

vocabulary! {
    /// Which kind of invoice it is.
    pub enum InvoiceKind {
        Invoice,
        CreditNote,
        DebitNote,
        CorrectedInvoice,
        PrepaymentInvoice,
        SelfBilledInvoice,
        ProFormaInvoice,
        FactoredInvoice,
        FactoredCreditNote,
        SelfBilledCreditNote,
        ConsolidatedCreditNote,
        ConsolidatedInvoice,
        PartialInvoice,
        FinancialCredit,
        FinancialDebit,
        FreightInvoice,
        ServiceInvoice,
        ConsignmentInvoice,
        Memo,
        Rebill,
        Duplicate,
    }
}

record! {
    /// A line: what is charged or credited.
    pub struct InvoiceLine {
        opt number: Text,
        /// What is invoiced.
        opt quantity: Quantity,
        opt price: Price,
        one item: Item,
        /// Amount of the line, with allowances and charges, without tax: EDIFACT MOA 203.
        opt line_amount: Money,
        /// The order and line it is for.
        opt order: OrderReference,
        opt shipped_quantity: Quantity,
        opt status: LineStatus,
        /// X12 368.
        opt status_code: Text,
        /// What of the line was shipped, and what differs: X12 IT3, EDIFACT QVR.
        many shipments: LineShipment,
        many discrepancies: Discrepancy,
        /// EDIFACT 1229.
        opt action_code: Text,
        /// Number of the line it belongs to: EDIFACT C829.
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        /// Where it differs from that of the invoice.
        opt currency: Currency,
        /// Prices beside the one invoiced at.
        many prices: QualifiedPrice,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many locations: Location,
        many measurements: Measurement,
        many industry_codes: IndustryCode,
        many attachments: Attachment,
        /// Quantities beside the one invoiced.
        many quantities: QualifiedQuantity,
        many taxes: Tax,
        many allowances_and_charges: AllowanceCharge,
        many amounts: QualifiedAmount,
        many payment_terms: PaymentTerms,
        many payment_instructions: PaymentInstruction,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many packs: Pack,
        many packaging: Packaging,
        many marks: Marks,
        many distribution: Distribution,
        many dangerous_goods: DangerousGoods,
        many characteristics: Characteristic,
        many statements: Statement,
        many period_amounts: PeriodAmount,
        many percentages: Percentage,
        many tariffs: Tariff,
        many services: RequestedService,
        many accounting: Accounting,
        many sublines: SubLine,
    }
}

record! {
    /// What of a line was shipped: X12 IT3.
    pub struct LineShipment {
        opt quantity: Quantity,
        opt status: LineStatus,
        /// X12 368.
        opt status_code: Text,
        opt difference: Decimal,
        /// X12 371.
        opt reason_code: Text,
    }
}

record! {
    /// A service on days, such as advertising: X12 SR.
    pub struct RequestedService {
        opt number: Text,
        /// X12 1430.
        opt day_rotation: Text,
        opt start_time: Time,
        opt end_time: Time,
        opt text: Text,
        opt price: Decimal,
        opt quantity: Decimal,
        opt start_date: Date,
        opt end_date: Date,
        many product_ids: Text,
    }
}

record! {
    /// What the sender summed up. Each is checked against the lines.
    pub struct InvoiceTotals {
        /// What the invoice is for, all in all: X12 TDS01, EDIFACT MOA 77 or 9.
        opt total: Money,
        /// Sum of the lines: EDIFACT MOA 79.
        opt line_total: Money,
        opt allowance_total: Money,
        opt charge_total: Money,
        /// What tax is reckoned on: EDIFACT MOA 125.
        opt taxable_total: Money,
        opt tax_total: Money,
        opt prepaid: Money,
        /// What is to be paid: EDIFACT MOA 9.
        opt payable: Money,
        /// What the discount of the terms is reckoned on: X12 TDS02.
        opt discountable: Money,
        /// What is to be paid by the day of the discount: X12 TDS03.
        opt payable_with_discount: Money,
        /// The discount of the terms: X12 TDS04.
        opt terms_discount: Money,
        /// Taxes in all, one for each kind and rate.
        many taxes: Tax,
        /// Every amount in all, those above among them.
        many amounts: QualifiedAmount,
        /// Sums of allowances and charges, for checking: they stand with the invoice and its lines already.
        many allowances_and_charges: AllowanceCharge,
        opt line_count: Decimal,
        /// Sum of the quantities invoiced, for checking.
        opt hash_total: Decimal,
        opt weight: Quantity,
        opt volume: Quantity,
        opt description: Text,
        /// What was shipped in all: X12 ISS.
        many shipments: ShipmentTotal,
        /// Counts of other kinds: EDIFACT CNT.
        many counts: QualifiedQuantity,
    }
}

record! {
    /// What was shipped in all: X12 ISS.
    pub struct ShipmentTotal {
        opt quantity: Quantity,
        opt weight: Quantity,
        opt volume: Quantity,
        opt second_quantity: Decimal,
        opt second_weight: Decimal,
        many descriptions: Description,
    }
}

impl InvoiceTotals {
    pub fn is_empty(&self) -> bool {
        *self == InvoiceTotals::default()
    }
}

/// True if an 810 is a credit note: BIG07 (640).
pub(crate) fn is_credit_note_x12(root: &Loop<'_>) -> bool {
    let beginning = root.segments.iter().find(|s| s.tag() == "BIG");
    beginning.is_some_and(|s| is_credit_code(Standard::X12, s.text(7).trim_end()))
}

/// True if an INVOIC is a credit note: 1001 in BGM.
pub(crate) fn is_credit_note_edifact(root: &Loop<'_>) -> bool {
    let beginning = root.segments.iter().find(|s| s.tag() == "BGM");
    beginning.is_some_and(|s| is_credit_code(Standard::Edifact, s.component_text(1, 1).trim_end()))
}

/// The kinds that give money back. X12 640: credit memo and invoice, of commissions, consolidated, of material. EDIFACT 1001: credit
/// notes for goods, for financial adjustments, self-billed, consolidated, for price variation, delcredere, factored, with an OCR
/// payment slip, of a forwarder.
pub(crate) fn is_credit_code(standard: Standard, code: &str) -> bool {
    match standard {
        Standard::X12 => matches!(code, "CR" | "CN" | "CC" | "CE" | "CG" | "MC"),
        Standard::Edifact => {
            matches!(code, "81" | "83" | "261" | "262" | "296" | "308" | "381" | "396" | "420" | "532")
        }
    }
}

/// Lists the numbers of an order that stand in fields of their own and not among the references yet. `with_number`: the number of
/// the order itself too, with its release, line and day.
fn complete_order(order: &Option<OrderReference>, references: &mut Vec<Reference>, with_number: bool) {
    let Some(order) = order else { return };
    let mut wanted = Vec::new();
    if with_number && (order.number.is_some() || order.line_number.is_some()) {
        let day = order.date.map(|date| DateTime {
            role: DateRole::Reference,
            date: Some(date),
            ..DateTime::default()
        });
        wanted.push(Reference {
            kind: ReferenceKind::PurchaseOrder,
            value: order.number.clone(),
            line_number: order.line_number.clone(),
            dates: day.into_iter().collect(),
            ..Reference::default()
        });
    }
    let numbers = [
        (ReferenceKind::Release, &order.release_number, with_number),
        (ReferenceKind::Contract, &order.contract_number, true),
        (ReferenceKind::VendorOrder, &order.seller_number, true),
    ];
    for (kind, value, _) in numbers.into_iter().filter(|(.., wanted)| *wanted) {
        if value.is_some() {
            wanted.push(Reference { kind, value: value.clone(), ..Reference::default() });
        }
    }
    for reference in wanted {
        let same = |r: &&mut Reference| r.kind == reference.kind && r.value == reference.value;
        match references.iter_mut().find(same) {
            Some(listed) => {
                if listed.line_number.is_none() {
                    listed.line_number = reference.line_number;
                }
                if listed.dates.is_empty() {
                    listed.dates = reference.dates;
                }
            }
            None => references.push(reference),
        }
    }
}

/// The other way round: what the references say of the order, where no field says it yet.
fn derive_order(order: &mut Option<OrderReference>, references: &[Reference], with_number: bool) {
    let mut read = order.take().unwrap_or_default();
    let of = |kind| references.iter().filter(move |r| r.kind == kind);
    let value = |kind| of(kind).find_map(|r| r.value.clone());
    if with_number {
        let mut orders = of(ReferenceKind::PurchaseOrder);
        if let Some(own) = orders.clone().find(|r| r.value.is_some()).or_else(|| orders.next()) {
            read.number = read.number.or(own.value.clone());
            read.line_number = read.line_number.or(own.line_number.clone());
            read.date = read.date.or(own.dates.iter().find_map(|d| d.date));
        }
        read.release_number = read.release_number.or_else(|| value(ReferenceKind::Release));
    }
    read.contract_number = read.contract_number.or_else(|| value(ReferenceKind::Contract));
    read.seller_number = read.seller_number.or_else(|| value(ReferenceKind::VendorOrder));
    *order = (read != OrderReference::default()).then_some(read);
}
