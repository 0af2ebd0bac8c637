//! The canonical order change response: what the seller says to a change of an order, or what the seller changes.
//!
//! X12 865, and the EDIFACT ORDRSP that answers a change.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_ordrsp;
pub(crate) mod x12_865;

pub(crate) use edifact_ordrsp::answers_change;

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime, LeadTime};
use crate::heading::{Purpose, Totals};
use crate::item::{Commodity, Description, Item, ProductId};
use crate::line::{ContractTerms, LineAcknowledgement, LineChange, LineDetail, LineStatus};
use crate::money::{
    Adjustment, Currency, PaymentInstruction, PaymentTerms, Percentage, Price, QualifiedAmount,
    QualifiedPrice, Tax,
};
use crate::order_response::ResponseStatus;
use crate::party::{Contact, Party};
use crate::purchase_order::{OrderKind, SalesRequirement, SubLine};
use crate::quantity::{Decimal, Discrepancy, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{
    Accounting, Attachment, Characteristic, CodeList, Identity, IndustryCode, Note, Reference,
    TradeCondition, Unmapped,
};
use crate::terms::{Installment, PeriodAmount, Restriction, VolumeDiscount};
use crate::transport::{
    DeliveryTerms, Distribution, Location, Marks, Pack, Packaging, ScheduleLine, Transport,
};

record! {
    /// A seller's answer to a change of an order. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct OrderChangeResponse {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The number of the response; the order's where the standard has none of its own (X12 324).
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353, EDIFACT 1225.
        one purpose_code: Text,
        /// What the seller says to the order as a whole.
        one status: ResponseStatus,
        /// X12 587, EDIFACT 4343, or 1225 where that says it.
        one status_code: Text,
        /// What kind of order it is about.
        opt kind: OrderKind,
        /// X12 92, EDIFACT 1001.
        opt kind_code: Text,
        /// EDIFACT 1131 and 3055: who keeps the list `kind_code` is of.
        opt kind_list_code: Text,
        opt kind_agency_code: Text,
        /// The kind in the partner's words: EDIFACT 1000.
        opt kind_name: Text,
        /// EDIFACT 1056 and 1060.
        opt version: Text,
        opt revision: Text,
        /// Which answer is wanted or given: X12 587, EDIFACT 4343.
        opt acknowledgement_code: Text,
        /// X12 640.
        opt transaction_type_code: Text,
        /// X12 306.
        opt action_code: Text,
        /// Number of the order.
        opt order_number: Text,
        /// Release against a blanket order.
        opt release_number: Text,
        /// The buyer's running number of the change: X12 327.
        opt change_number: Text,
        /// The buyer's number of the request: X12 326.
        opt request_number: Text,
        /// Number of the contract it is placed under.
        opt contract_number: Text,
        /// The seller's number of the order: X12 127.
        opt seller_order_number: Text,
        /// Day of the order.
        opt order_date: Date,
        /// Day of the change.
        opt change_date: Date,
        /// Day of the response.
        opt response_date: Date,
        /// X12 1166.
        opt contract_type_code: Text,
        /// X12 1232.
        opt purchase_category_code: Text,
        /// X12 786.
        opt security_level_code: Text,
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
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many packaging: Packaging,
        many packs: Pack,
        many marks: Marks,
        many taxes: Tax,
        many prices: QualifiedPrice,
        many allowances_and_charges: AllowanceCharge,
        many sales_requirements: SalesRequirement,
        many amounts: QualifiedAmount,
        many lead_times: LeadTime,
        many product_ids: ProductId,
        many descriptions: Description,
        many commodities: Commodity,
        many characteristics: Characteristic,
        many identities: Identity,
        many trade_conditions: TradeCondition,
        many payment_instructions: PaymentInstruction,
        many schedule: ScheduleLine,
        many restrictions: Restriction,
        many installments: Installment,
        many volume_discounts: VolumeDiscount,
        many period_amounts: PeriodAmount,
        many percentages: Percentage,
        many adjustments: Adjustment,
        many accounting: Accounting,
        many lines: ChangeResponseLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

record! {
    /// A line as it stands now, what changed, and what becomes of it.
    pub struct ChangeResponseLine {
        /// The buyer's number of the line.
        opt number: Text,
        one change: LineChange,
        /// X12 670, EDIFACT 1229.
        one change_code: Text,
        opt quantity: Quantity,
        /// What is still to come: X12 671.
        opt quantity_left: Decimal,
        /// What becomes of the line as a whole: what its acknowledgements agree on, else `accepted_with_changes`.
        opt status: LineStatus,
        /// X12 668, EDIFACT 1229.
        opt status_code: Text,
        /// What becomes of each part.
        many acknowledgements: LineAcknowledgement,
        opt price: Price,
        one item: Item,
        /// What to do with the line: EDIFACT 1229.
        opt action_code: Text,
        /// Number of the line it belongs to, where that line did not come: EDIFACT C829.
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        /// Where it differs from that of the document.
        opt currency: Currency,
        /// Prices beside the one ordered at.
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
        many packs: Pack,
        many packaging: Packaging,
        many marks: Marks,
        many lead_times: LeadTime,
        many payment_terms: PaymentTerms,
        many payment_instructions: PaymentInstruction,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many taxes: Tax,
        many allowances_and_charges: AllowanceCharge,
        many sales_requirements: SalesRequirement,
        many amounts: QualifiedAmount,
        many characteristics: Characteristic,
        /// Quantities beside the one ordered.
        many quantities: QualifiedQuantity,
        many discrepancies: Discrepancy,
        /// When which part is wanted or comes.
        many schedule: ScheduleLine,
        /// Where which part goes.
        many distribution: Distribution,
        many details: LineDetail,
        many restrictions: Restriction,
        many installments: Installment,
        many volume_discounts: VolumeDiscount,
        many period_amounts: PeriodAmount,
        many percentages: Percentage,
        many adjustments: Adjustment,
        many accounting: Accounting,
        opt contract: ContractTerms,
        many sublines: SubLine,
    }
}
