//! The canonical warehouse shipping advice: what a warehouse has shipped for a depositor.
//!
//! X12 945, and the EDIFACT DESADV of a warehouse. Lines are flat; each has its packages. Words are those of the ship notice.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_desadv;
pub(crate) mod x12_945;

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime};
use crate::hazard::DangerousGoods;
use crate::heading::{Purpose, Totals};
use crate::item::Item;
use crate::line::{LineStatus, OrderReference};
use crate::money::{Currency, QualifiedAmount, QualifiedPrice};
use crate::package::Package;
use crate::party::{Contact, Party};
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Discrepancy, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{
    Accounting, Attachment, Characteristic, CodeList, IndustryCode, Instruction, Note, Reference, Statement,
    TradeCondition, Unmapped,
};
use crate::transport::{DeliveryTerms, Distribution, Location, Marks, Pack, Packaging, Transport};
use crate::warehouse_shipping_order::LinePart;
use crate::warehouse_stock_transfer::Consolidation;

record! {
    /// A warehouse's advice of a shipment. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct WarehouseShippingAdvice {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The depositor's number of the order: X12 285.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 514, EDIFACT 1225.
        one purpose_code: Text,
        /// EDIFACT 1001.
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
        /// X12 145.
        opt shipment_number: Text,
        /// The agent's number of the shipment: X12 531.
        opt agent_shipment_number: Text,
        opt shipment_date: Date,
        /// X12 152 and 891.
        opt special_handling_code: Text,
        opt date_change_reason_code: Text,
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
        many consolidations: Consolidation,
        many groups: PackageGroup,
        many lines: ShippingAdviceLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

record! {
    /// A package, or several, that lines of the same `group_number` are in: X12 LX with MAN and PAL.
    pub struct PackageGroup {
        /// X12 554, EDIFACT 7164.
        one number: Text,
        /// Number of the group that this one is in: EDIFACT 7166.
        opt parent_number: Text,
        /// EDIFACT 7075: `1` inner, `3` outer.
        opt kind_code: Text,
        many packages: Package,
        many references: Reference,
        many notes: Note,
        many discrepancies: Discrepancy,
    }
}

record! {
    /// What was shipped of an item.
    pub struct ShippingAdviceLine {
        opt number: Text,
        /// Running number of the group the line came in: X12 554.
        opt group_number: Text,
        /// What is shipped.
        opt quantity: Quantity,
        opt ordered_quantity: Quantity,
        /// Shipped on the order so far, this shipment included: X12 646.
        opt shipped_to_date: Decimal,
        opt status: LineStatus,
        /// X12 368 or 668, EDIFACT 1229.
        opt status_code: Text,
        one item: Item,
        /// Order and line it belongs to.
        opt order: OrderReference,
        /// EDIFACT 1229.
        opt action_code: Text,
        /// Number of the line it belongs to: EDIFACT C829.
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        /// X12 893.
        opt adjustment_id: Text,
        /// Why the line differs from what was wanted: X12 892.
        opt change_reason_code: Text,
        /// X12 844.
        opt hold_code: Text,
        opt currency: Currency,
        /// X12 59, 121 and 416.
        opt freight_class_code: Text,
        opt rate_class_code: Text,
        opt pallet_block_and_tiers: Text,
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
