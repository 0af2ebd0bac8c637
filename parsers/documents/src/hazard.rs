//! Dangerous goods as they stand in every document.
//!
//! The identification, the class and the papers, by the regulation named. These are shapes only; they cannot fail.

use crate::Text;
use crate::date::Date;
use crate::party::Contact;
use crate::quantity::{Decimal, Measurement, QualifiedQuantity, Quantity};
use crate::reference::{Note, Reference};
use crate::transport::Temperature;

record! {
    /// Dangerous goods: X12 LH1 to LHR, H1, LFG; EDIFACT DGS.
    pub struct DangerousGoods {
        /// EDIFACT 8273: `ADR`, `IMD`.
        opt regulation_code: Text,
        /// UN number: X12 277, EDIFACT 7124.
        opt un_number: Text,
        /// X12 62, and its list: X12 208.
        opt code: Text,
        opt scheme_code: Text,
        /// X12 215 or 209, EDIFACT 8351.
        opt class: Text,
        /// X12 983.
        opt class_scheme_code: Text,
        many subsidiary_classes: Text,
        /// X12 254, EDIFACT 8339.
        opt packing_group_code: Text,
        opt shipping_name: Text,
        /// X12 984 and 985.
        opt shipping_name_code: Text,
        opt not_otherwise_specified_code: Text,
        opt technical_name: Text,
        opt placard: Text,
        opt endorsement: Text,
        many labels: Text,
        /// X12 271.
        many subsidiary_risk_codes: Text,
        /// X12 759.
        opt reportable_quantity_code: Text,
        opt quantity: Quantity,
        opt lading_quantity: Quantity,
        opt net_explosive: Quantity,
        opt flashpoint: Quantity,
        many temperatures: Temperature,
        /// X12 595 and 665.
        opt compartment_code: Text,
        opt residue_code: Text,
        /// Page of the regulation, and its special number: X12 200, 1375.
        opt page: Text,
        opt regulatory_number: Text,
        /// X12 1023.
        opt zone_code: Text,
        /// X12 1577.
        opt exception_code: Text,
        opt emergency_plan: Text,
        many emergency_phones: Text,
        /// EDIFACT 8364, 8410 and 8126.
        opt emergency_schedule: Text,
        opt first_aid_guide: Text,
        opt emergency_card: Text,
        /// EDIFACT 8158 and 8186: numbers on the orange placard.
        opt placard_upper: Text,
        opt placard_lower: Text,
        /// EDIFACT 8255, 8325 and 8211.
        opt packing_instruction_code: Text,
        opt transport_category_code: Text,
        opt authorisation_code: Text,
        /// Further facts: X12 LFH.
        many details: HazardDetail,
        /// X12 272 and 273: who certifies what.
        opt certifier: Text,
        opt certification_code: Text,
        many certifications: Text,
        /// X12 806 and 807.
        opt waste_stream_code: Text,
        opt waste_characteristics_code: Text,
        many quantities: QualifiedQuantity,
        many measurements: Measurement,
        many references: Reference,
        many contacts: Contact,
        many notes: Note,
    }
}

record! {
    /// A further fact about dangerous goods: X12 LFH.
    pub struct HazardDetail {
        /// X12 808.
        one code: Text,
        many texts: Text,
        /// X12 1023.
        opt zone_code: Text,
        opt quantity: Quantity,
        opt second_quantity: Decimal,
        opt date: Date,
    }
}
