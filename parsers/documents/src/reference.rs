//! References, identifiers and notes as they stand in every document.
//!
//! A reference is a number by which somebody knows something: a department, a contract, a promotion. Its kind is a word where we
//! have one, and the partner's own code stands beside it always. A note is text for people, whole, line by line.
//!
//! These are shapes only; they cannot fail. How they are filled stands in `x12/reference.rs` and `edifact/reference.rs`.

use crate::Text;
use crate::date::{DateTime, Period};
use crate::quantity::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which standard the codes beside our words are of; `idoc`: qualifiers of SAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeList {
    X12,
    Edifact,
    Idoc,
}

impl CodeList {
    pub fn of(standard: portway_edi::Standard) -> CodeList {
        match standard {
            portway_edi::Standard::X12 => CodeList::X12,
            portway_edi::Standard::Edifact => CodeList::Edifact,
        }
    }
}

record! {
    /// A number by which somebody knows something.
    pub struct Reference {
        one kind: ReferenceKind,
        /// The partner's code for the kind: X12 128.
        one kind_code: Text,
        opt value: Text,
        opt description: Text,
        /// Further numbers that make the reference complete.
        many parts: ReferencePart,
        /// A line of the document referred to: EDIFACT 1156.
        opt line_number: Text,
        /// EDIFACT 4000 and 1060.
        opt version: Text,
        opt revision: Text,
        many dates: DateTime,
    }
}

record! {
    /// A part of a reference: X12 composite C040.
    pub struct ReferencePart {
        one kind: ReferenceKind,
        one kind_code: Text,
        one value: Text,
    }
}

vocabulary! {
    /// What a reference is to.
    pub enum ReferenceKind {
        Department,
        Division,
        Contract,
        PurchaseOrder,
        Release,
        Requisition,
        CustomerOrder,
        CustomerReference,
        InternalVendor,
        Vendor,
        Account,
        Promotion,
        MerchandiseType,
        Quote,
        BillOfLading,
        CarrierReference,
        Tracking,
        Shipment,
        Invoice,
        PackingList,
        Store,
        Location,
        Warehouse,
        Lot,
        Serial,
        Job,
        Project,
        TaxExemption,
        TaxIdentification,
        Line,
        Batch,
        Authorization,
        Appointment,
        Drawing,
        MutuallyDefined,
        VendorOrder,
        InternalOrder,
        Customer,
        BillingAccount,
        ProductGroup,
        WorkOrder,
        Delivery,
        Text,
        PriceList,
        OrderResponse,
        BlanketOrder,
        DepositorOrder,
        ShipNotice,
        ReceivingAdvice,
        WarehouseReceipt,
        RemittanceAdvice,
        CreditNote,
        DebitNote,
        Catalog,
        Payment,
        Seal,
        PickupNumber,
        Consignment,
        DeliveryNote,
        OrderChange,
        ReturnAuthorization,
        Request,
    }
}

record! {
    /// An identifier with the scheme it comes from.
    pub struct Identifier {
        one scheme: IdScheme,
        /// The partner's code for the scheme: X12 66 (parties, carriers) or 309 (places).
        opt scheme_code: Text,
        one id: Text,
        /// EDIFACT 1131.
        opt list_code: Text,
    }
}

vocabulary! {
    /// Who gave out an identifier.
    pub enum IdScheme {
        /// GS1 Global Location Number.
        Gln,
        Duns,
        /// D-U-N-S with a suffix of four.
        DunsPlusFour,
        AssignedByBuyer,
        AssignedBySeller,
        AssignedByCarrier,
        AssignedByThirdParty,
        /// Standard Carrier Alpha Code.
        Scac,
        /// Standard Address Number, of the book trade.
        San,
        TaxNumber,
        Telephone,
        PostalCode,
        Plant,
        Warehouse,
        Department,
        Store,
        DistributionCenter,
        LoadingDock,
        /// US Drug Enforcement Administration.
        Dea,
        /// Health Industry Number.
        Hin,
        /// US Department of Defense activity address.
        Dodaac,
        /// Commercial and Government Entity.
        Cage,
        UnLocode,
        Country,
        City,
        Region,
        Port,
        Origin,
        Destination,
        MutuallyDefined,
        GlnWithSuffix,
        AssignedBySender,
        AssignedByReceiver,
        County,
    }
}

record! {
    /// Text for people, or an instruction, with what it is about.
    pub struct Note {
        /// The partner's code for what the note is: X12 128 (N9) or 363 (MTX).
        opt code: Text,
        opt kind: ReferenceKind,
        /// A number it refers to.
        opt reference: Text,
        opt subject: Text,
        /// Further numbers that make the reference complete.
        many parts: ReferencePart,
        opt date: DateTime,
        many dates: DateTime,
        /// The text, line by line as it came.
        many lines: Text,
        /// EDIFACT 4453.
        opt function_code: Text,
        /// A coded text, who keeps its list: EDIFACT 4441, 1131, 3055.
        opt text_code: Text,
        opt text_list_code: Text,
        opt text_agency_code: Text,
        /// ISO 639.
        opt language: Text,
    }
}

record! {
    /// Coded characteristics that an agency keeps a list of: X12 SI.
    pub struct Characteristic {
        /// X12 559.
        one agency_code: Text,
        /// X12 1000.
        one code: Text,
        one value: Text,
    }
}

record! {
    /// A code of a list that an industry or agency keeps: X12 LM and LQ, EDIFACT GIS and GEI.
    pub struct IndustryCode {
        /// X12 559.
        opt agency_code: Text,
        /// X12 822.
        opt source_code: Text,
        /// Which list it is of: X12 1270, EDIFACT 1131.
        opt list_code: Text,
        /// X12 1271, EDIFACT 7365.
        opt code: Text,
        /// What the code is about: EDIFACT 9649.
        opt qualifier_code: Text,
        opt description: Text,
        /// X12 1136, with `answer_code` and `condition_codes`: X12 CRC.
        opt category_code: Text,
        /// X12 1073: `Y` or `N`.
        opt answer_code: Text,
        /// X12 1321.
        many condition_codes: Text,
    }
}

record! {
    /// A declaration that is true or not, in words or by a code: X12 YNQ.
    pub struct Statement {
        /// X12 1321.
        opt condition_code: Text,
        /// X12 1073: `Y`, `N`, `U`.
        one answer_code: Text,
        opt period: Period,
        /// The text, line by line as it came.
        many lines: Text,
        /// X12 1270 and 1271.
        opt list_code: Text,
        opt code: Text,
    }
}

record! {
    /// A document that belongs to this one: X12 PWK, EDIFACT DOC.
    pub struct Attachment {
        /// What it is: X12 755, EDIFACT 1001.
        one kind_code: Text,
        /// EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        /// The kind in the partner's words: EDIFACT 1000.
        opt name: Text,
        opt number: Text,
        /// EDIFACT 1373.
        opt status_code: Text,
        opt source: Text,
        /// ISO 639.
        opt language: Text,
        /// EDIFACT 1056 and 1060.
        opt version: Text,
        opt revision: Text,
        /// How it is sent: X12 756, EDIFACT 3153.
        opt transmission_code: Text,
        opt copies: Decimal,
        /// EDIFACT 1218.
        opt originals: Decimal,
        /// For whom: X12 98.
        opt party_role_code: Text,
        opt party: Identifier,
        opt description: Text,
        /// X12 1525.
        opt request_code: Text,
        many dates: DateTime,
    }
}

record! {
    /// To which account it is booked: X12 FA1 and FA2, EDIFACT RJL.
    pub struct Accounting {
        /// X12 559.
        opt agency_code: Text,
        /// X12 1300.
        opt service_code: Text,
        /// X12 248.
        opt allowance_kind_code: Text,
        many parts: AccountingPart,
    }
}

record! {
    /// One part of an account.
    pub struct AccountingPart {
        /// X12 1196, EDIFACT 4475.
        opt code: Text,
        /// X12 1195, EDIFACT 1171.
        opt value: Text,
        opt description: Text,
    }
}

record! {
    /// Numbers of single things, such as packages, vehicles or serials: X12 MAN, EDIFACT GIN and GIR.
    pub struct Identity {
        one kind: IdentityKind,
        /// X12 88, EDIFACT 7405.
        one kind_code: Text,
        one value: Text,
        /// Where it is a range: its last number.
        opt range_end: Text,
        /// EDIFACT 7297: of a number that came in a set, what the set is of.
        opt set_code: Text,
        /// Numbers of one set belong together: which set of the list, from 1.
        opt set: u32,
        /// EDIFACT 4405.
        opt status_code: Text,
    }
}

vocabulary! {
    /// What a number of a single thing identifies.
    pub enum IdentityKind {
        /// GS1 Serial Shipping Container Code.
        Sscc,
        Serial,
        Lot,
        BuyerPackage,
        SellerPackage,
        CasePackage,
        CarrierPackage,
        Product,
        Vehicle,
        VehicleRegistration,
        Kanban,
        Manufacturing,
        ReturnableContainer,
    }
}

record! {
    /// Where goods come from, and which conditions hold: EDIFACT ALI.
    pub struct TradeCondition {
        /// ISO 3166: EDIFACT 3239.
        opt origin_country: Text,
        /// EDIFACT 9213.
        opt duty_regime_code: Text,
        /// EDIFACT 4183.
        many condition_codes: Text,
    }
}

record! {
    /// What somebody is to do: EDIFACT INP, and the instruction of DLM and INV.
    pub struct Instruction {
        /// Who gives it, and to whom: EDIFACT 3301 and 3285.
        opt from_code: Text,
        opt to_code: Text,
        /// EDIFACT 4403.
        opt kind_code: Text,
        /// EDIFACT 4401.
        opt code: Text,
        /// EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        opt text: Text,
        /// EDIFACT 4405.
        opt status_code: Text,
        opt party_name: Text,
        /// EDIFACT 1229.
        opt action_code: Text,
        /// EDIFACT 4455, 4457 and 7161: X12 has these in sales requirements.
        opt backorder_code: Text,
        opt substitution_code: Text,
        opt service_code: Text,
        many notes: Note,
    }
}

record! {
    /// What no field of the document took: nothing that came is lost.
    pub struct Unmapped {
        /// Segment id, `PO1`, `LIN`.
        one segment: Text,
        /// Position of the segment in its set; ST or UNH counts as 1.
        one position: u32,
        /// 1-based element number.
        one element: u16,
        /// 1-based component number, where only a part of the element is left over.
        opt component: u16,
        /// The field's name, where fields have names: of an IDoc.
        opt field: Text,
        one value: Text,
        /// The loop the segment stands in: by its trigger segment, of EDIFACT by its name (`SG25`). Absent in the header.
        #[serde(rename = "loop")]
        opt loop_id: Text,
    }
}
