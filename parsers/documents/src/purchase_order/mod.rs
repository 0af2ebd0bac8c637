//! The canonical purchase order: what a buyer wants, from whom, for where, when and at which price.
//!
//! The words are near to those of UBL. Where the partner used a code, the code stands beside our word, so that nothing is lost
//! in translation. Whatever no field took stands in `unmapped`. Fields are only ever added; `schema_version` says how many there
//! may be.

pub(crate) mod edifact_orders;
pub(crate) mod x12_850;

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime, LeadTime};
use crate::item::{Commodity, Description, Item};
use crate::money::{
    Currency, Money, PaymentInstruction, PaymentTerms, Price, QualifiedAmount, QualifiedPrice, Tax,
};
use crate::party::{Contact, Party};
use crate::quantity::{Decimal, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{Characteristic, CodeList, Note, Reference, Unmapped};
use crate::transport::{
    DeliveryTerms, Distribution, Location, Marks, Pack, Packaging, ScheduleLine, Transport,
};

pub use crate::SCHEMA_VERSION;
pub use crate::heading::{Purpose, Totals};

record! {
    /// A purchase order. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct PurchaseOrder {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The buyer's number of the order.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353.
        one purpose_code: Text,
        /// What kind of order it is.
        one kind: OrderKind,
        /// X12 92.
        one kind_code: Text,
        /// Release against a blanket order.
        opt release_number: Text,
        /// Day of the order.
        opt order_date: Date,
        /// Number of the contract it is placed under.
        opt contract_number: Text,
        /// Which acknowledgement the buyer wants: X12 587.
        opt acknowledgement_code: Text,
        /// X12 1019.
        opt invoice_type_code: Text,
        /// X12 1166.
        opt contract_type_code: Text,
        /// X12 1232.
        opt purchase_category_code: Text,
        /// X12 786.
        opt security_level_code: Text,
        /// X12 640.
        opt transaction_type_code: Text,
        opt currency: Currency,
        many dates: DateTime,
        many lead_times: LeadTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many payment_terms: PaymentTerms,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many packaging: Packaging,
        many marks: Marks,
        many taxes: Tax,
        many prices: QualifiedPrice,
        many allowances_and_charges: AllowanceCharge,
        many sales_requirements: SalesRequirement,
        many amounts: QualifiedAmount,
        many descriptions: Description,
        many commodities: Commodity,
        many measurements: Measurement,
        many characteristics: Characteristic,
        many notes: Note,
        /// EDIFACT 1131 and 3055: who keeps the list `kind_code` is of.
        opt kind_list_code: Text,
        opt kind_agency_code: Text,
        /// The kind in the partner's words: EDIFACT 1000.
        opt kind_name: Text,
        /// EDIFACT 1056 and 1060.
        opt version: Text,
        opt revision: Text,
        /// Currencies beside that of the order, such as that of the invoice.
        many other_currencies: Currency,
        many payment_instructions: PaymentInstruction,
        many packs: Pack,
        many locations: Location,
        many schedule: ScheduleLine,
        many lines: OrderLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

vocabulary! {
    /// What kind of order it is.
    pub enum OrderKind {
        StandAlone,
        New,
        Release,
        BlanketFirm,
        BlanketEstimated,
        BlanketAgreement,
        Confirmation,
        Consignment,
        Dropship,
        DirectShip,
        Emergency,
        Rush,
        Reorder,
        Renewal,
        Repair,
        Rental,
        Sample,
        SpecialOrder,
        StandingOrder,
        Promotion,
        NewStore,
        Contract,
        Warranty,
        SupplyOrService,
        Change,
        InformationCopy,
        MutuallyDefined,
        Spot,
    }
}

record! {
    /// A line: what, how much, at which price, and for where.
    pub struct OrderLine {
        /// The buyer's number of the line.
        opt number: Text,
        opt quantity: Quantity,
        opt price: Price,
        one item: Item,
        /// Where it differs from that of the order.
        opt currency: Currency,
        /// Prices beside the one ordered at.
        many prices: QualifiedPrice,
        many packs: Pack,
        many packaging: Packaging,
        many marks: Marks,
        many dates: DateTime,
        many lead_times: LeadTime,
        many references: Reference,
        many contacts: Contact,
        many payment_terms: PaymentTerms,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many taxes: Tax,
        many allowances_and_charges: AllowanceCharge,
        many sales_requirements: SalesRequirement,
        many amounts: QualifiedAmount,
        many measurements: Measurement,
        many characteristics: Characteristic,
        /// Quantities beside the one ordered.
        many quantities: QualifiedQuantity,
        /// When which part is wanted.
        many schedule: ScheduleLine,
        /// Where which part goes.
        many distribution: Distribution,
        many parties: Party,
        many sublines: SubLine,
        many notes: Note,
        /// What to do with the line: EDIFACT 1229.
        opt action_code: Text,
        /// Number of the line it belongs to, where that line did not come: EDIFACT C829.
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        many locations: Location,
        many payment_instructions: PaymentInstruction,
    }
}

record! {
    /// A part of a line: a component of a kit, a size of an assortment.
    pub struct SubLine {
        one number: Text,
        /// Number of the line or subline it belongs to.
        opt parent_number: Text,
        /// X12 662: `I` included, `A` in addition.
        one relationship_code: Text,
        opt quantity: Quantity,
        opt price: Price,
        /// X12 662.
        opt price_relationship_code: Text,
        one item: Item,
        many prices: QualifiedPrice,
        many packs: Pack,
        many dates: DateTime,
        many taxes: Tax,
        many allowances_and_charges: AllowanceCharge,
        many characteristics: Characteristic,
        many quantities: QualifiedQuantity,
        many parties: Party,
        many notes: Note,
        /// What to do with the line: EDIFACT 1229.
        opt action_code: Text,
        many references: Reference,
        many amounts: QualifiedAmount,
        many measurements: Measurement,
    }
}

record! {
    /// What the seller may do: back-order, substitute, and the like. X12 CSH and IT8.
    pub struct SalesRequirement {
        /// X12 563: `N` no back order, `Y` back order if out of stock.
        opt code: Text,
        /// X12 306.
        opt action_code: Text,
        opt money: Money,
        opt account_number: Text,
        opt date: Date,
        /// X12 559.
        opt agency_code: Text,
        /// X12 560.
        opt service_code: Text,
        /// X12 566.
        opt substitution_code: Text,
        opt percent: Decimal,
        /// X12 1004.
        opt percent_code: Text,
        /// What may come instead.
        many product_ids: crate::item::ProductId,
    }
}
