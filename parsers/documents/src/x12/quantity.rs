//! Quantities and measurements: QTY, MEA.
//!
//! A unit is only taken together with its value: a unit that stands alone says nothing, and is listed as unmapped. A value that
//! is no number is a finding. A unit that Recommendation 20 does not have keeps its X12 code, and is a finding once a set.

use super::codes;
use crate::mapping::Elements;
use crate::quantity::{Measurement, MeasurementKind as K, QualifiedQuantity};

/// QTY.
pub(crate) fn qty(e: &mut Elements<'_>, q: &mut QualifiedQuantity) {
    if !e.is_reading() {
        e.needs(1);
    }
    e.required_code(1, &mut q.code);
    e.quantity(2, 3, &mut q.quantity);
    e.text(4, &mut q.text);
}

/// MEA: the value or the range is in the unit of MEA04.
pub(crate) fn measurement(e: &mut Elements<'_>, m: &mut Measurement) {
    e.code(1, &mut m.reference_code);
    e.coded_opt(2, &codes::MEASUREMENT_KIND, &mut m.kind, &mut m.code);
    if !e.codes_are_ours() && !e.has(1) && e.has(2) {
        // 737: WT weights, PD physical dimensions.
        let is_weight = matches!(m.kind, Some(K::GrossWeight | K::NetWeight | K::TareWeight));
        e.constant(1, if is_weight { "WT" } else { "PD" });
    }
    e.quantity(3, 4, &mut m.value);
    e.decimal(5, &mut m.minimum);
    e.decimal(6, &mut m.maximum);
    e.code(7, &mut m.significance_code);
    e.code(8, &mut m.attribute_code);
    e.code(9, &mut m.position_code);
    e.text(10, &mut m.method);
}
