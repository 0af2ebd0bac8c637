//! The canonical price catalog: what is sold, how it is packed, and at which prices.
//!
//! X12 832 and EDIFACT PRICAT.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime, LeadTime};
use crate::hazard::DangerousGoods;
use crate::heading::{Purpose, Totals};
use crate::item::{Description, Item, ProductId};
use crate::line::LineChange;
use crate::money::{Currency, Money, PaymentTerms, Percentage, Price, QualifiedAmount, QualifiedPrice, Tax};
use crate::package::Package;
use crate::party::{Contact, Party};
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{
    Attachment, Characteristic, CodeList, IndustryCode, Note, Reference, Statement, TradeCondition, Unmapped,
};
use crate::terms::{PeriodAmount, Restriction};
use crate::transport::{DeliveryTerms, Handling, Location, Pack, Packaging, Transport};

pub(crate) mod edifact_pricat;
pub(crate) mod x12_832;

record! {
    /// A price list or sales catalog. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct PriceCatalog {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The seller's number of the catalog; empty where it has none.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353, EDIFACT 1225.
        one purpose_code: Text,
        /// Which kind of catalog it is.
        opt kind: CatalogKind,
        /// X12 683, EDIFACT 1001.
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
        opt catalog_version: Text,
        opt catalog_revision: Text,
        /// The catalog before this one: X12 BCT06 to BCT08.
        opt previous_number: Text,
        opt previous_version: Text,
        opt previous_revision: Text,
        opt name: Text,
        /// ISO 639: EDIFACT 3453, which BGM has in later directories.
        opt language: Text,
        /// Unit of measure of the catalog.
        opt unit: Text,
        opt original_unit: Text,
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
        many taxes: Tax,
        many prices: QualifiedPrice,
        many price_brackets: PriceBracket,
        many allowances_and_charges: AllowanceCharge,
        many restrictions: Restriction,
        many lead_times: LeadTime,
        many statements: Statement,
        many refusals: Refusal,
        many trade_conditions: TradeCondition,
        many groups: ProductGroup,
        many lines: CatalogLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

vocabulary! {
    /// Which kind of catalog it is.
    pub enum CatalogKind {
        PriceCatalog,
        SalesCatalog,
        PriceSheet,
        ResaleCatalog,
        CustomizedCatalog,
    }
}

record! {
    /// An item, how it is packed, and what it costs.
    pub struct CatalogLine {
        opt number: Text,
        one change: LineChange,
        /// X12 875, EDIFACT 1229.
        one change_code: Text,
        one item: Item,
        /// The first of `prices`.
        opt price: Price,
        opt quantity: Quantity,
        /// Number of the line it belongs to: EDIFACT C829.
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        /// Group of `groups` it came in.
        opt group_number: Text,
        opt currency: Currency,
        many prices: CatalogPrice,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many locations: Location,
        many measurements: Measurement,
        many industry_codes: IndustryCode,
        many attachments: Attachment,
        many quantities: QualifiedQuantity,
        many packs: Pack,
        many packaging: Packaging,
        many packages: Package,
        many shelf_units: ShelfUnit,
        many displays: ItemQuantity,
        many taxes: Tax,
        many allowances_and_charges: AllowanceCharge,
        many payment_terms: PaymentTerms,
        many lead_times: LeadTime,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many handling: Handling,
        many restrictions: Restriction,
        many characteristics: Characteristic,
        many properties: ItemProperty,
        many statements: Statement,
        many refusals: Refusal,
        many made_in: CountryContent,
        many dangerous_goods: DangerousGoods,
        many related: RelatedItem,
        many priorities: IndustryCode,
        many percentages: Percentage,
        many sublines: SubLine,
    }
}

record! {
    /// A price, and when, where and from which quantity it holds.
    pub struct CatalogPrice {
        one price: QualifiedPrice,
        many brackets: PriceBracket,
        many dates: DateTime,
        many price_lists: PriceList,
        many lead_times: LeadTime,
        many packs: Pack,
        many restrictions: Restriction,
        many references: Reference,
        many markets: Market,
        many allowances_and_charges: AllowanceCharge,
        many taxes: Tax,
        many conditions: PriceCondition,
        many percentages: Percentage,
        many locations: Location,
        many period_amounts: PeriodAmount,
    }
}

record! {
    /// A price by bracket, new and old: X12 G40 and G93.
    pub struct PriceBracket {
        opt id: Text,
        opt new_cost: Money,
        opt old_cost: Money,
        opt new_retail: Money,
        opt old_retail: Money,
        opt quantity: Quantity,
        /// X12 236.
        opt price_role_code: Text,
        opt number: Decimal,
        /// X12 91.
        opt transport_mode_code: Text,
        /// X12 306.
        opt action_code: Text,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
        opt unit: Text,
        opt original_unit: Text,
        opt description: Text,
    }
}

record! {
    /// The list a price stands in: X12 G36.
    pub struct PriceList {
        opt number: Text,
        opt issue: Text,
        opt date: Date,
        /// X12 291.
        opt condition_code: Text,
    }
}

record! {
    /// When a price comes to hold: X12 G26.
    pub struct PriceCondition {
        /// X12 290.
        one code: Text,
        opt date: DateTime,
        /// X12 292.
        opt quantity_basis_code: Text,
        opt quantity: Quantity,
    }
}

record! {
    /// Where a price holds: X12 G43.
    pub struct Market {
        /// X12 771.
        opt scheme_code: Text,
        opt id: Text,
        opt description: Text,
        /// X12 687.
        opt trade_class_code: Text,
    }
}

record! {
    /// The unit that a consumer buys, or the case it comes in: X12 G55, G39 and PKL.
    pub struct ShelfUnit {
        many product_ids: ProductId,
        opt length: Quantity,
        opt width: Quantity,
        opt height: Quantity,
        opt volume: Quantity,
        /// Units in the case, and what one of them holds.
        opt packs: Decimal,
        opt size: Quantity,
        opt inner_packs: Decimal,
        opt quantity: Quantity,
        opt gross_weight: Quantity,
        opt net_weight: Quantity,
        /// X12 187.
        opt gross_weight_code: Text,
        opt net_weight_code: Text,
        opt color: Text,
        many register_descriptions: Text,
        opt coupon_family_code: Text,
        opt dated_days: Decimal,
        opt deposit: Decimal,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
        /// X12 152.
        opt special_handling_code: Text,
        opt pallet_block_and_tiers: Text,
        opt alternate_tiers: Decimal,
        opt order_sizing_factor: Decimal,
        /// X12 103.
        opt packaging_code: Text,
        opt description: Text,
        many prices: QualifiedPrice,
        many packaging: Packaging,
    }
}

record! {
    /// An item in a display or shipper, and how many of it: X12 G54.
    pub struct ItemQuantity {
        opt quantity: Quantity,
        one item: Item,
        opt description: Text,
    }
}

record! {
    /// A property of an item and its value: EDIFACT CCI and CAV.
    pub struct ItemProperty {
        /// EDIFACT 7059.
        opt class_code: Text,
        /// EDIFACT 7037.
        opt code: Text,
        /// EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        opt name: Text,
        /// EDIFACT 4051.
        opt relevance_code: Text,
        opt measured: Measurement,
        many values: Description,
        many measurements: Measurement,
    }
}

record! {
    /// What part of an item comes from a country: X12 CRD.
    pub struct CountryContent {
        one country: Text,
        opt amount: QualifiedAmount,
        opt percent: Decimal,
    }
}

record! {
    /// An item that belongs to another: EDIFACT HYN.
    pub struct RelatedItem {
        /// EDIFACT 7173.
        opt code: Text,
        /// EDIFACT 7171.
        opt relationship_code: Text,
        /// EDIFACT 1229.
        opt action_code: Text,
        one item: Item,
        opt parent_id: Text,
        many quantities: QualifiedQuantity,
        many references: Reference,
        many notes: Note,
    }
}

record! {
    /// A group of items, and what holds for all of it: EDIFACT PGI.
    pub struct ProductGroup {
        one number: Text,
        /// EDIFACT 5379.
        opt kind_code: Text,
        opt code: Text,
        opt list_code: Text,
        opt agency_code: Text,
        opt name: Text,
        opt currency: Currency,
        many prices: CatalogPrice,
        many quantities: QualifiedQuantity,
        many dates: DateTime,
        many parties: Party,
        many taxes: Tax,
        many allowances_and_charges: AllowanceCharge,
        many payment_terms: PaymentTerms,
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        many packs: Pack,
        many trade_conditions: TradeCondition,
        many attachments: Attachment,
        many references: Reference,
        many notes: Note,
    }
}

record! {
    /// Why a request is refused: X12 AAA.
    pub struct Refusal {
        /// X12 1073: `Y` or `N`.
        one answer_code: Text,
        /// X12 559.
        opt agency_code: Text,
        /// X12 901.
        opt reason_code: Text,
        /// X12 889.
        opt follow_up_code: Text,
    }
}
