//! Carriage as it stands in transport orders, freight invoices and status messages: goods, stops, charges.
//!
//! These are shapes only; they cannot fail.

use crate::Text;
use crate::date::{Date, DateTime};
use crate::hazard::DangerousGoods;
use crate::item::{Commodity, ProductId};
use crate::money::{Currency, Money, Percentage, Price, QualifiedAmount};
use crate::party::{Contact, Party};
use crate::quantity::{Decimal, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{Attachment, Identity, IndustryCode, Note, Reference, TradeCondition};
use crate::transport::{Distribution, Equipment, Handling, Location, Marks, Pack, Seal, Temperature};

record! {
    /// The tariff a charge or rate comes from: X12 L7.
    pub struct Tariff {
        opt line_number: Text,
        /// X12 168.
        opt agency_code: Text,
        opt number: Text,
        opt section: Text,
        opt item: Text,
        opt item_part: Text,
        /// X12 59.
        opt freight_class_code: Text,
        opt supplement: Text,
        opt ex_parte: Text,
        opt date: Date,
        opt rate_basis: Text,
        opt column: Text,
        opt distance: Decimal,
        /// X12 294.
        opt distance_code: Text,
        opt city: Text,
        opt region: Text,
    }
}

record! {
    /// A charge for carriage: X12 L1, L3, L9, CD3; EDIFACT TCC.
    pub struct FreightCharge {
        opt line_number: Text,
        /// X12 150, EDIFACT 8023.
        opt code: Text,
        /// EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        opt description: Text,
        opt amount: Money,
        opt rate: Decimal,
        /// X12 122.
        opt rate_code: Text,
        /// X12 121, EDIFACT 5243.
        opt rate_class_code: Text,
        /// X12 120.
        opt rate_combination_code: Text,
        opt advances: Money,
        opt prepaid: Money,
        /// X12 39.
        opt entitlement_code: Text,
        /// X12 16, EDIFACT 4237.
        opt payment_code: Text,
        /// X12 257.
        opt tariff_code: Text,
        /// X12 171.
        opt tariff_number: Text,
        opt declared_value: Money,
        /// X12 122.
        opt declared_value_code: Text,
        /// X12 372.
        opt liability_code: Text,
        opt lading_value: Text,
        opt billed_quantity: Decimal,
        /// X12 221.
        opt billed_quantity_code: Text,
        opt percent: Decimal,
        /// EDIFACT 7357.
        opt commodity_code: Text,
        many prices: Price,
        many quantities: QualifiedQuantity,
        many percentages: Percentage,
        many amounts: QualifiedAmount,
        many currencies: Currency,
        many locations: Location,
        many notes: Note,
    }
}

record! {
    /// Goods as they are carried: X12 L5, L0, L4, AT8, LAD, Q7, PLD; EDIFACT GID.
    pub struct Goods {
        /// X12 213, EDIFACT 1496.
        opt number: Text,
        many descriptions: Text,
        many commodities: Commodity,
        many product_ids: ProductId,
        /// Pieces, and how they are packed.
        opt pieces: Decimal,
        /// X12 211 or 103, EDIFACT 7065.
        opt packaging_code: Text,
        opt packaging: Text,
        /// Further levels of packaging.
        many packs: Pack,
        /// Lading quantities beside the pieces: X12 AT805.
        opt second_pieces: Decimal,
        opt quantity: Quantity,
        opt weight: Quantity,
        /// X12 187.
        opt weight_code: Text,
        opt unit_weight: Quantity,
        opt volume: Quantity,
        opt billed_quantity: Decimal,
        /// X12 221.
        opt billed_quantity_code: Text,
        /// X12 458.
        opt dunnage: Text,
        /// X12 56.
        opt service_type_code: Text,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
        opt lading_value: Text,
        /// X12 595.
        opt compartment_code: Text,
        /// X12 33: what was wrong with it.
        opt exception_code: Text,
        opt pallets: Decimal,
        /// X12 399.
        opt pallet_exchange_code: Text,
        /// EDIFACT C703.
        opt nature_code: Text,
        many dimensions: Dimensions,
        many marks: Marks,
        many identities: Identity,
        many measurements: Measurement,
        many amounts: QualifiedAmount,
        many handling: Handling,
        many temperatures: Temperature,
        many dangerous_goods: DangerousGoods,
        many tariffs: Tariff,
        many charges: FreightCharge,
        many references: Reference,
        many attachments: Attachment,
        many locations: Location,
        many dates: DateTime,
        many parties: Party,
        many contacts: Contact,
        many formalities: Formality,
        /// On which equipment, and how many packages: EDIFACT SGP.
        many equipment: GoodsEquipment,
        many trade_conditions: TradeCondition,
        many percentages: Percentage,
        many notes: Note,
    }
}

record! {
    /// Length, width and height: X12 L4, EDIFACT DIM.
    pub struct Dimensions {
        /// EDIFACT 6145.
        opt code: Text,
        opt length: Quantity,
        opt width: Quantity,
        opt height: Quantity,
        /// X12 90.
        opt unit_code: Text,
        /// How many pieces measure so.
        opt count: Decimal,
        /// X12 1271.
        opt industry_code: Text,
    }
}

record! {
    /// Which part of goods is on which equipment: EDIFACT SGP.
    pub struct GoodsEquipment {
        one number: Text,
        opt packages: Decimal,
        many measurements: Measurement,
    }
}

record! {
    /// What an authority asks for: EDIFACT GOR.
    pub struct Formality {
        /// EDIFACT 8323.
        opt movement_code: Text,
        many agencies: IndustryCode,
        many dates: DateTime,
        many locations: Location,
        many seals: Seal,
        many attachments: Attachment,
        many notes: Note,
    }
}

record! {
    /// An order, or a part of one, that is carried: X12 OID and SPO.
    pub struct CarriedOrder {
        opt number: Text,
        opt purchase_order_number: Text,
        opt reference: Text,
        /// X12 211.
        opt packaging_code: Text,
        opt quantity: Quantity,
        opt weight: Quantity,
        opt volume: Quantity,
        /// X12 647.
        opt error_code: Text,
        many dates: DateTime,
        many goods: Goods,
        many distribution: Distribution,
    }
}

record! {
    /// A stop: where, why, when, and what is loaded or unloaded: X12 S5.
    pub struct Stop {
        /// Running number: X12 165.
        one number: Text,
        one reason: StopReason,
        /// X12 163.
        one reason_code: Text,
        opt weight: Quantity,
        opt quantity: Quantity,
        opt volume: Quantity,
        opt description: Text,
        /// X12 154.
        opt location_code: Text,
        /// X12 190.
        opt accomplish_code: Text,
        many references: Reference,
        many dates: DateTime,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many handling: Handling,
        many temperatures: Temperature,
        many orders: CarriedOrder,
        many goods: Goods,
        many equipment: Equipment,
    }
}

vocabulary! {
    /// Why a vehicle stops.
    pub enum StopReason {
        Load,
        Unload,
        PartLoad,
        PartUnload,
        CompleteLoad,
        CompleteUnload,
        Pickup,
        DropTrailer,
        Consolidate,
        Inspection,
        Transload,
        Weigh,
        Spot,
        Retrieve,
    }
}

record! {
    /// Service, priority and nature of the cargo: EDIFACT TSR, TPL and CPI.
    pub struct CarriageTerms {
        /// EDIFACT 4065.
        opt condition_code: Text,
        /// EDIFACT 7273.
        many service_codes: Text,
        /// EDIFACT 4219.
        opt priority_code: Text,
        /// EDIFACT 7085.
        opt nature_code: Text,
        /// Who pays which charges: EDIFACT 5237, 4215 and 4237.
        opt charge_category_code: Text,
        opt payment_method_code: Text,
        opt payment_code: Text,
        many locations: Location,
        many references: Reference,
        many notes: Note,
    }
}
