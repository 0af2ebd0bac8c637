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
    /// A measurement: a weight, a length, a temperature.
    pub struct Measurement {
        /// What was measured: X12 737.
        opt reference_code: Text,
        /// Which measure: X12 738, `WT`, `LN`.
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
