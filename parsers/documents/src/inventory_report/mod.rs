//! The canonical inventory report: what is in stock, where, and what is expected.
//!
//! X12 846 and EDIFACT INVRPT.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_invrpt;
pub(crate) mod x12_846;

use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::date::{Date, DateTime, LeadTime, Time};
use crate::heading::{Purpose, Totals};
use crate::item::{Item, Lot};
use crate::money::{Currency, Money, Percentage, Price, QualifiedPrice};
use crate::package::Package;
use crate::party::{Contact, Party};
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Measurement, Quantity};
use crate::reference::{
    Attachment, CodeList, Identity, IndustryCode, Instruction, Note, Reference, Unmapped,
};
use crate::transport::{Distribution, Location, Marks, Pack, Packaging, ScheduleLine};

record! {
    /// An inventory report. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct InventoryReport {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The sender's number of the report.
        one number: Text,
        /// Why the document was sent.
        one purpose: Purpose,
        /// X12 353, EDIFACT 1225.
        one purpose_code: Text,
        /// Who reports which stock.
        opt kind: ReportKind,
        /// X12 755, EDIFACT 1001.
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
        opt report_date: Date,
        opt report_time: Time,
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
        many packages: Package,
        many lines: InventoryLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

vocabulary! {
    /// Who reports which stock.
    pub enum ReportKind {
        SellerInventory,
        DistributorInventory,
        LocationInventory,
        WarehouseInventory,
        ConsignedInventory,
        InventoryStatus,
        InventoryMovement,
        InventoryCount,
        Adjustment,
    }
}

record! {
    /// The stock of an item.
    pub struct InventoryLine {
        opt number: Text,
        one item: Item,
        /// The quantity on hand, or else the first of `quantities`.
        opt quantity: Quantity,
        many quantities: InventoryQuantity,
        /// EDIFACT 1229.
        opt action_code: Text,
        opt parent_number: Text,
        /// EDIFACT 5495.
        opt relationship_code: Text,
        opt currency: Currency,
        opt price: Price,
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
        many packages: Package,
        many allowances_and_charges: AllowanceCharge,
        many distribution: Distribution,
        many lead_times: LeadTime,
        many percentages: Percentage,
        many contracts: StockContract,
        many demands: StockDemand,
        /// X12 875.
        opt maintenance_code: Text,
        many sublines: SubLine,
    }
}

record! {
    /// A quantity of the stock, what it counts, where, and when it changes.
    pub struct InventoryQuantity {
        one kind: StockKind,
        /// X12 673, EDIFACT 6063.
        one kind_code: Text,
        opt quantity: Quantity,
        opt text: Text,
        opt movement: StockMovement,
        /// EDIFACT 4501.
        opt movement_code: Text,
        /// EDIFACT 7491.
        opt stock_type_code: Text,
        /// EDIFACT 4499.
        opt reason_code: Text,
        /// EDIFACT 4503.
        opt balance_code: Text,
        opt instruction: Instruction,
        opt price: Price,
        /// Price beside a unit: X12 UIT.
        many prices: Price,
        many lots: Lot,
        many identities: Identity,
        many locations: Location,
        many dates: DateTime,
        many lead_times: LeadTime,
        many measurements: Measurement,
        many schedule: ScheduleLine,
        many references: Reference,
        many parties: Party,
        many statuses: IndustryCode,
        many industry_codes: IndustryCode,
        many packages: Package,
    }
}

impl InventoryLine {
    /// The quantity of the line: the one on hand, else the first.
    pub(crate) fn derive_quantity(&mut self) {
        let on_hand = self.quantities.iter().find(|q| q.kind == StockKind::OnHand && q.quantity.is_some());
        self.quantity = on_hand.or(self.quantities.first()).and_then(|q| q.quantity.clone());
    }

    /// Lists the quantity of the line where the list does not have it yet: so a document of our own may leave the list out.
    pub(crate) fn complete_quantity(&mut self) {
        if self.quantity.is_some() && !self.quantities.iter().any(|q| q.quantity == self.quantity) {
            let (kind, quantity) = (StockKind::OnHand, self.quantity.clone());
            self.quantities.insert(0, InventoryQuantity { kind, quantity, ..InventoryQuantity::default() });
        }
    }
}

vocabulary! {
    /// What a quantity of the stock counts.
    pub enum StockKind {
        OnHand,
        Available,
        Committed,
        Reserved,
        OnOrder,
        InTransit,
        Backordered,
        Damaged,
        OnHold,
        Quarantined,
        Returned,
        Received,
        Shipped,
        Sold,
        Consigned,
        ReorderPoint,
        Minimum,
        Maximum,
        Opening,
        Closing,
        Projected,
        InProduction,
        Adjustment,
        Scrapped,
        Lost,
    }
}

vocabulary! {
    /// Which way stock moved.
    pub enum StockMovement {
        In,
        Out,
    }
}

record! {
    /// The contract that stock is kept or sold under: X12 CS.
    pub struct StockContract {
        opt number: Text,
        opt change_number: Text,
        opt release_number: Text,
        opt reference: Reference,
        opt order_number: Text,
        /// X12 560.
        many service_codes: Text,
        /// X12 433.
        opt delivery_point_code: Text,
        many percents: Decimal,
        opt money: Money,
        /// X12 336.
        many terms_codes: Text,
        opt price: Price,
        /// X12 1073: `Y` or `N`.
        many answer_codes: Text,
    }
}

record! {
    /// A demand on the stock: X12 DD.
    pub struct StockDemand {
        many codes: IndustryCode,
        opt reference: Reference,
        opt quantity: Decimal,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
    }
}
