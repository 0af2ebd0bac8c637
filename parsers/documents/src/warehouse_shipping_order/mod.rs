//! The canonical warehouse shipping order: what a depositor tells a warehouse to ship.
//!
//! X12 940 and EDIFACT INSDES.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_insdes;
pub(crate) mod x12_940;

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::DateTime;
use crate::hazard::DangerousGoods;
use crate::heading::{Purpose, Totals};
use crate::item::Item;
use crate::line::OrderReference;
use crate::money::{Currency, Money, PaymentTerms, QualifiedAmount, QualifiedPrice};
use crate::package::Package;
use crate::party::{Contact, Party};
use crate::purchase_order::{OrderKind, SubLine};
use crate::quantity::{Discrepancy, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{
    Accounting, Attachment, Characteristic, CodeList, IndustryCode, Instruction, Note, Reference, Statement,
    TradeCondition, Unmapped,
};
use crate::transport::{DeliveryTerms, Distribution, Location, Marks, Pack, Packaging, Transport};

record! {
    /// A warehouse shipping order. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct WarehouseShippingOrder {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The depositor's number of the order: X12 285.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 473, EDIFACT 1225.
        one purpose_code: Text,
        /// What kind of order it is.
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
        /// Which answer is wanted or given: EDIFACT 4343.
        opt acknowledgement_code: Text,
        /// X12 640.
        opt transaction_type_code: Text,
        /// X12 306.
        opt action_code: Text,
        /// The buyer's number of the order.
        opt purchase_order_number: Text,
        /// X12 474: the number that holds several documents together.
        opt master_reference: Text,
        /// X12 472.
        opt link_sequence: Text,
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
        many payment_terms: PaymentTerms,
        /// How to collect cash on delivery: X12 625 and 610.
        opt cash_on_delivery_code: Text,
        opt cash_on_delivery: Money,
        /// X12 399 and 400.
        opt pallet_exchange_code: Text,
        opt unit_load_code: Text,
        opt rail_billing: RailBilling,
        many groups: OrderGroup,
        many lines: ShippingOrderLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

record! {
    /// What to ship of an item.
    pub struct ShippingOrderLine {
        opt number: Text,
        /// Running number of the group the line came in: X12 554.
        opt group_number: Text,
        /// What to ship.
        opt quantity: Quantity,
        one item: Item,
        opt order: OrderReference,
        /// EDIFACT 1229.
        opt action_code: Text,
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        /// X12 59, 121 and 416.
        opt freight_class_code: Text,
        opt rate_class_code: Text,
        opt pallet_block_and_tiers: Text,
        /// X12 399 and 400.
        opt pallet_exchange_code: Text,
        opt unit_load_code: Text,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many locations: Location,
        many measurements: Measurement,
        many industry_codes: IndustryCode,
        many attachments: Attachment,
        many discrepancies: Discrepancy,
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
        /// Parts of the line, where each has its own references, dates and parties: X12 LX inside W01 or W12.
        many parts: LinePart,
    }
}

record! {
    /// A part of a line with references, dates and parties of its own: X12 LX inside a line.
    pub struct LinePart {
        one number: Text,
        opt quantity: Quantity,
        many references: Reference,
        many dates: DateTime,
        many parties: Party,
        many distribution: Distribution,
        many industry_codes: IndustryCode,
        many dangerous_goods: DangerousGoods,
        many notes: Note,
    }
}

record! {
    /// How rail is billed: X12 BNX.
    pub struct RailBilling {
        /// X12 460.
        opt weight_code: Text,
        opt pattern: Text,
        /// X12 11.
        opt billing_code: Text,
        opt pattern_number: Text,
    }
}

record! {
    /// What lines of the same `group_number` share: X12 LX.
    pub struct OrderGroup {
        /// X12 554.
        one number: Text,
        many marks: Marks,
        many distribution: Distribution,
        many parties: Party,
        many dates: DateTime,
        many references: Reference,
    }
}
