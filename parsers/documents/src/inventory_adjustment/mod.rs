//! The canonical inventory adjustment: what a warehouse has corrected in its stock, and why.
//!
//! X12 947, and the EDIFACT INVRPT that tells of movements.
//!
//! Where the partner used a code, the code stands beside our word. Whatever no field took stands in `unmapped`. Shapes only; they
//! cannot fail. Fields are only ever added.

pub(crate) mod edifact_invrpt;
pub(crate) mod x12_947;

use crate::Text;
use crate::date::{Date, DateTime};
use crate::heading::{Purpose, Totals};
use crate::inventory_report::{StockContract, StockMovement};
use crate::item::Item;
use crate::money::{Currency, Price, QualifiedAmount, QualifiedPrice};
use crate::package::Package;
use crate::party::{Contact, Party};
use crate::quantity::{Measurement, QualifiedQuantity, Quantity};
use crate::reference::{
    Accounting, Attachment, CodeList, IndustryCode, Instruction, Note, Reference, Unmapped,
};
use crate::transport::{Location, Pack};
use crate::warehouse_shipping_order::LinePart;

record! {
    /// An inventory adjustment. Decimals are strings with the digits that came; dates are ISO 8601; units are UN/ECE Recommendation 20.
    pub struct InventoryAdjustment {
        /// Version of this shape, `1.0`. Fields are only ever added.
        one schema_version: Text,
        /// Which standard the codes beside our words are of.
        opt code_list: CodeList,
        /// The warehouse's number of the adjustment; the depositor's where it has none.
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
        opt adjustment_date: Date,
        /// The depositor's number of the adjustment.
        opt depositor_number: Text,
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
        many lines: AdjustmentLine,
        #[serde(skip_serializing_if = "Totals::is_empty")]
        one totals: Totals,
        /// Every element that no field took.
        many unmapped: Unmapped,
    }
}

record! {
    /// A correction of the stock of an item.
    pub struct AdjustmentLine {
        opt number: Text,
        one reason: AdjustmentReason,
        /// X12 181, EDIFACT 4499.
        one reason_code: Text,
        /// What is added, or with a minus taken away.
        opt quantity: Quantity,
        opt movement: StockMovement,
        /// EDIFACT 4501.
        opt movement_code: Text,
        /// X12 529, EDIFACT 7491.
        opt stock_type_code: Text,
        /// EDIFACT 4503.
        opt balance_code: Text,
        opt instruction: Instruction,
        one item: Item,
        /// EDIFACT 1229.
        opt action_code: Text,
        opt net_weight: Quantity,
        opt gross_weight: Quantity,
        /// X12 187.
        opt net_weight_code: Text,
        opt gross_weight_code: Text,
        opt currency: Currency,
        opt price: Price,
        many prices: QualifiedPrice,
        many quantities: QualifiedQuantity,
        many amounts: QualifiedAmount,
        many dates: DateTime,
        many references: Reference,
        many parties: Party,
        many contacts: Contact,
        many notes: Note,
        many locations: Location,
        many measurements: Measurement,
        many industry_codes: IndustryCode,
        many attachments: Attachment,
        many contracts: StockContract,
        many packages: Package,
        many packs: Pack,
        many accounting: Accounting,
        many statuses: IndustryCode,
        many parts: LinePart,
    }
}

vocabulary! {
    /// Why stock was corrected.
    pub enum AdjustmentReason {
        PhysicalCount,
        Damaged,
        DamagedInFacility,
        DamagedInTransit,
        Destroyed,
        PutOnHold,
        TakenOffHold,
        BookIncrease,
        BookDecrease,
        ShippedMore,
        ShippedLess,
        ReceivedMore,
        ReceivedLess,
        Unlocatable,
        Reworked,
        ConditionChange,
        OwnershipChange,
        Transfer,
        Recall,
        Obsolete,
        ReceiptError,
        ShipmentError,
        AccountingError,
        CustomerReturn,
        Donation,
        Sample,
        Reserved,
        Consignment,
        Reclassified,
        Consumption,
        Scrapped,
        Reversal,
    }
}
