//! References, identifiers and notes as they stand in every document.
//!
//! A reference is a number by which somebody knows something: a department, a contract, a promotion. Its kind is a word where we
//! have one, and the partner's own code stands beside it always. A note is text for people, whole, line by line.
//!
//! These are shapes only; they cannot fail. How they are filled stands in `x12/reference.rs` and `edifact/reference.rs`.

use crate::Text;
use crate::date::DateTime;

/// The standard that the codes beside our words are of. Codes of one standard mean nothing in the other; words do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeList {
    X12,
    Edifact,
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
        one value: Text,
        /// The loop the segment stands in: by its trigger segment, of EDIFACT by its name (`SG25`). Absent in the header.
        #[serde(rename = "loop")]
        opt loop_id: Text,
    }
}
