//! The canonical ship notice: what is on its way, in which packages, for which orders.
//!
//! X12 856 in any hierarchy (shipment, order, pallet, package, item in any order), and EDIFACT DESADV with its packaging
//! levels. The facts of the one shipment level stand with the notice itself and its children are `contents`; where a notice
//! has several shipment levels, or none, the outermost levels are `contents`.
//!
//! `contents` is what lies in what: packages and items. Where an order stands in the hierarchy differs from partner to partner,
//! and says nothing of the goods: orders are listed beside it, and each item names its own (`order_id`, and `order` of its
//! line). So one notice looks alike whichever structure and standard it came in.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_desadv;
mod edifact_line;
mod goods;
mod orders;
mod shipment;
mod tree;
pub(crate) mod x12_856;

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime, Time};
use crate::hazard::DangerousGoods;
use crate::heading::{Purpose, Totals};
use crate::item::{Description, Item};
use crate::line::{LineStatus, OrderReference};
use crate::money::{Currency, QualifiedAmount, QualifiedPrice};
use crate::package::{Package, PackageLoad};
use crate::party::{Contact, Party};
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Discrepancy, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{
    Attachment, Characteristic, CodeList, IndustryCode, Instruction, Note, Reference, Statement,
    TradeCondition, Unmapped,
};
use crate::transport::{
    DeliveryTerms, Distribution, Handling, Location, Marks, Pack, Packaging, Pallet, ScheduleLine, Transport,
};

record! {
    /// A ship notice. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct ShipNotice {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The shipper's number of the shipment.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353, EDIFACT 1225.
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
        /// How the levels follow each other.
        opt structure: Structure,
        /// X12 1005, `0001` shipment, order, packaging, item.
        opt structure_code: Text,
        /// X12 641.
        opt status_reason_code: Text,
        /// Day and time of the notice.
        opt notice_date: Date,
        opt notice_time: Time,
        /// Identifier of the shipment level: X12 628, EDIFACT 7164.
        opt level_id: Text,
        /// X12 735.
        opt level_code: Text,
        /// X12 736.
        opt level_child_code: Text,
        /// The order all of it is for, where it stands with the shipment.
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
        /// Packages of the shipment as a whole: X12 TD1, EDIFACT PAC of the first level.
        many packages: Package,
        /// How the pallets are stacked, of all alike.
        opt pallet: Pallet,
        many packaging: Packaging,
        many marks: Marks,
        many dangerous_goods: DangerousGoods,
        many allowances_and_charges: AllowanceCharge,
        many amounts: QualifiedAmount,
        many statements: Statement,
        many instructions: Instruction,
        many discrepancies: Discrepancy,
        many trade_conditions: TradeCondition,
        many characteristics: Characteristic,
        many descriptions: Description,
        /// Position on the equipment: X12 TSD.
        opt load_position: Text,
        opt load_sequence: Text,
        many distribution: Distribution,
        many excess_transport: ExcessTransport,
        /// The orders that goods are for, each with what is said of it: a level without contents.
        many orders: Level,
        many contents: Level,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

record! {
    /// A level of the shipment: a package, an item, and what it holds.
    pub struct Level {
        /// Identifier of the level: X12 628, EDIFACT 7164. Absent with the lines of an EDIFACT packaging level.
        opt level_id: Text,
        /// The level it belongs to, where that is not the one it stands in: X12 734, EDIFACT 7166.
        opt parent_level_id: Text,
        one kind: LevelKind,
        /// X12 735, EDIFACT 7075.
        opt kind_code: Text,
        /// X12 736.
        opt child_code: Text,
        /// Of an order its key, `1`; of an item, or a package without items, the key of its order in `orders`.
        opt order_id: Text,
        /// Which order.
        opt order: OrderReference,
        /// Of a pallet or package level the package itself; of others the packages that are counted there.
        many packages: Package,
        /// Of an item level: what is shipped.
        opt line: ShippedLine,
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
        many delivery_terms: DeliveryTerms,
        #[serde(skip_serializing_if = "Transport::is_empty")]
        one transport: Transport,
        /// How the pallets are stacked, of all alike.
        opt pallet: Pallet,
        many packaging: Packaging,
        many marks: Marks,
        many dangerous_goods: DangerousGoods,
        many allowances_and_charges: AllowanceCharge,
        many amounts: QualifiedAmount,
        many statements: Statement,
        many instructions: Instruction,
        many discrepancies: Discrepancy,
        many trade_conditions: TradeCondition,
        many characteristics: Characteristic,
        many descriptions: Description,
        /// Position on the equipment: X12 TSD.
        opt load_position: Text,
        opt load_sequence: Text,
        many distribution: Distribution,
        many excess_transport: ExcessTransport,
        many contents: Level,
    }
}

vocabulary! {
    /// What a level is.
    pub enum LevelKind {
        Shipment,
        Order,
        Pallet,
        Package,
        /// A package within a package.
        Subpackage,
        Item,
        /// A part of an item's line.
        Subline,
        Component,
        Kit,
        Assembly,
        Equipment,
        Container,
        BuyerLocation,
        SupplierLocation,
    }
}

vocabulary! {
    /// How the levels follow each other.
    pub enum Structure {
        ShipmentOrderPackagingItem,
        ShipmentOrderItemPackaging,
        ShipmentPackagingOrderItem,
        ShipmentOrderItem,
    }
}

record! {
    /// What is shipped of an item: LIN, SN1 and what belongs to them.
    pub struct ShippedLine {
        opt number: Text,
        /// Number beside the quantity: X12 SN101.
        opt shipped_number: Text,
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
        /// X12 728.
        opt returnable_code: Text,
        many quantities: QualifiedQuantity,
        many discrepancies: Discrepancy,
        many packs: Pack,
        many loads: PackageLoad,
        many prices: QualifiedPrice,
        many amounts: QualifiedAmount,
        many schedule: ScheduleLine,
        many parties: Party,
        many handling: Handling,
        many dangerous_goods: DangerousGoods,
        many components: GoodsComponent,
        many sublines: SubLine,
    }
}

record! {
    /// Why transport cost more than planned, and who pays: X12 ETD.
    pub struct ExcessTransport {
        /// X12 626.
        one reason_code: Text,
        /// X12 627.
        one responsibility_code: Text,
        opt reference: Reference,
        /// X12 743.
        opt returnable_payment_code: Text,
    }
}

record! {
    /// What a part of the goods is made of: EDIFACT COD.
    pub struct GoodsComponent {
        /// EDIFACT 7505.
        opt code: Text,
        opt name: Text,
        /// EDIFACT 7507.
        opt material_code: Text,
        opt material: Text,
        many quantities: QualifiedQuantity,
        many measurements: Measurement,
    }
}
