//! Quantities and measurements: QTY (C186), MEA, CNT (C270).
//!
//! A quantity without a unit counts pieces by EANCOM; the document then has no unit, for none was sent. A unit is only taken
//! together with its value.
//!
//! Never fails: a value that is no number is a finding.

use super::reading::Fields;
use crate::quantity::{Measurement, QualifiedQuantity, Quantity};

/// The quantity of component `value`, in the unit of component `unit`.
pub(crate) fn quantity(f: &Fields<'_, '_>, element: usize, value: usize, unit: usize) -> Option<Quantity> {
    let value = f.decimal(element, value)?;
    let (unit, original_unit) = f.unit(element, unit);
    Some(Quantity { value, unit, original_unit })
}

/// QTY and CNT: a qualifier, a value and a unit.
pub(crate) fn qualified(f: &Fields<'_, '_>) -> QualifiedQuantity {
    QualifiedQuantity { code: f.required(1, 1), quantity: quantity(f, 1, 2, 3), text: None }
}

/// MEA.
pub(crate) fn measurement(f: &Fields<'_, '_>) -> Measurement {
    Measurement {
        reference_code: f.text(1, 1),
        code: f.text(2, 1),
        significance_code: f.text(2, 2),
        attribute_code: f.text(2, 3),
        method: f.text(2, 4),
        value: quantity(f, 3, 2, 1),
        minimum: f.decimal(3, 3),
        maximum: f.decimal(3, 4),
        position_code: f.text(4, 1),
    }
}
