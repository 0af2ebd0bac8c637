//! Quantities and measurements: a value element and its unit element, QTY, MEA.
//!
//! A unit is only taken together with its value: a unit that stands alone says nothing, and is listed as unmapped. A value that
//! is no number is a finding. A unit that Recommendation 20 does not have keeps its X12 code, and is a finding once a set.
//!
//! Never fails otherwise.

use super::reading::Fields;
use crate::quantity::{Measurement, QualifiedQuantity, Quantity};

/// The quantity of element `value`, in the unit of element `unit`.
pub(crate) fn quantity(f: &Fields<'_, '_>, value: usize, unit: usize) -> Option<Quantity> {
    let value = f.decimal(value)?;
    let (unit, original_unit) = f.unit(unit);
    Some(Quantity { value, unit, original_unit })
}

/// QTY.
pub(crate) fn qty(f: &Fields<'_, '_>) -> QualifiedQuantity {
    QualifiedQuantity { code: f.required(1), quantity: quantity(f, 2, 3), text: f.text(4) }
}

/// MEA: the value or the range is in the unit of MEA04.
pub(crate) fn measurement(f: &Fields<'_, '_>) -> Measurement {
    Measurement {
        reference_code: f.text(1),
        code: f.text(2),
        value: quantity(f, 3, 4),
        minimum: f.decimal(5),
        maximum: f.decimal(6),
        significance_code: f.text(7),
        attribute_code: f.text(8),
        position_code: f.text(9),
        method: f.text(10),
    }
}
