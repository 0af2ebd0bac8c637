//! Quantities, units and measurements as they stand in every document.
//!
//! A value is an exact decimal, written as a JSON string with the digits that came (`"12.50"` stays `"12.50"`), never a float.
//! A unit is the code of UN/ECE Recommendation 20 (packages: Recommendation 21 with an `X` before it, as Recommendation 20
//! says), with the partner's own code beside it; where there is no such code, the unit is absent and a finding says so.

use crate::Text;
pub use rust_decimal::Decimal;

record! {
    /// How much, of what unit.
    pub struct Quantity {
        one value: Decimal,
        /// UN/ECE Recommendation 20 code, `EA`, `KGM`, `XCS`. Absent when the partner's code has none.
        opt unit: Text,
        /// The partner's code: X12 355.
        opt original_unit: Text,
        /// The value in the partner's unit, where the cross-reference of its profile made it one in ours.
        opt original_value: Decimal,
    }
}

record! {
    /// A quantity that says what it counts, beside the ordered quantity.
    pub struct QualifiedQuantity {
        /// X12 673.
        one code: Text,
        opt quantity: Quantity,
        opt text: Text,
    }
}

record! {
    /// What differs from what was wanted or announced: EDIFACT QVR, X12 W12, IT3, W13 and RCD.
    pub struct Discrepancy {
        one kind: DiscrepancyKind,
        /// EDIFACT 4221, X12 368 or 412.
        one kind_code: Text,
        /// By how much. EDIFACT 6064 is signed.
        opt quantity: Quantity,
        /// EDIFACT 6063.
        opt quantity_code: Text,
        /// EDIFACT 4295, X12 371, 853, 892 or 893.
        opt reason_code: Text,
        /// Who keeps the list of `reason_code`: EDIFACT 1131 and 3055.
        opt reason_list_code: Text,
        opt reason_agency_code: Text,
        opt reason: Text,
        opt lot: Text,
        /// A further reason: X12 893 beside 892.
        opt detail_code: Text,
        many references: crate::reference::Reference,
        many dates: crate::date::DateTime,
        many notes: crate::reference::Note,
    }
}

vocabulary! {
    /// In which way a delivery or an item differs.
    pub enum DiscrepancyKind {
        Damaged,
        Short,
        Over,
        QualityProblem,
        WrongItem,
        NonStandardContainer,
        GoodCondition,
        Rejected,
        OnHold,
        Scrapped,
        OverReturned,
        NotAnnounced,
        NotDelivered,
        DeliveredTooLate,
        Backordered,
        PartialBackordered,
        Cancelled,
        Substituted,
        Discontinued,
        OutOfStock,
        Complete,
        Expired,
        Returned,
    }
}

record! {
    /// A state that goods, a package or a means of transport was found in: EDIFACT CDI, with the instruction that follows.
    pub struct StateFound {
        one kind: DiscrepancyKind,
        /// EDIFACT 7007.
        one kind_code: Text,
        /// EDIFACT 7001.
        opt qualifier_code: Text,
        /// EDIFACT 1131 and 3055.
        opt list_code: Text,
        opt agency_code: Text,
        opt text: Text,
        many instructions: crate::reference::Instruction,
    }
}

record! {
    /// A measurement: a weight, a length, a temperature.
    pub struct Measurement {
        /// What was measured: X12 737.
        opt reference_code: Text,
        opt kind: MeasurementKind,
        /// Which measure: X12 738, EDIFACT 6313: `WT`, `LN`.
        opt code: Text,
        opt value: Quantity,
        opt minimum: Decimal,
        opt maximum: Decimal,
        /// X12 935, `04` between, `07` less than.
        opt significance_code: Text,
        /// X12 936.
        opt attribute_code: Text,
        /// X12 752.
        opt position_code: Text,
        opt method: Text,
    }
}

vocabulary! {
    /// What a measurement is of.
    pub enum MeasurementKind {
        GrossWeight,
        NetWeight,
        TareWeight,
        Length,
        Width,
        Height,
        Volume,
        GrossVolume,
    }
}
