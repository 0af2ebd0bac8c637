//! Quantities and measurements: QTY (C186), MEA, CNT (C270).
//!
//! A quantity without a unit counts pieces by EANCOM; the document then has no unit, for none was sent. A unit is only taken
//! together with its value. A value that is no number is a finding.

use super::codes;
use crate::mapping::Elements;
use crate::quantity::{Measurement, MeasurementKind as K, QualifiedQuantity};

/// QTY and CNT: a qualifier, a value and a unit.
pub(crate) fn qualified(e: &mut Elements<'_>, q: &mut QualifiedQuantity) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.required_code((1, 1), &mut q.code);
    e.quantity((1, 2), (1, 3), &mut q.quantity);
}

/// MEA.
pub(crate) fn measurement(e: &mut Elements<'_>, m: &mut Measurement) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.code((1, 1), &mut m.reference_code);
    e.coded_opt((2, 1), &codes::MEASUREMENT_KIND, &mut m.kind, &mut m.code);
    if !e.is_reading() && !e.has((1, 1)) && e.has((2, 1)) {
        // 6311: WT weights, PD physical dimensions.
        let is_weight = matches!(m.kind, Some(K::GrossWeight | K::NetWeight | K::TareWeight));
        e.constant((1, 1), if is_weight { "WT" } else { "PD" });
    }
    e.code((2, 2), &mut m.significance_code);
    e.code((2, 3), &mut m.attribute_code);
    e.text((2, 4), &mut m.method);
    e.quantity((3, 2), (3, 1), &mut m.value);
    e.decimal((3, 3), &mut m.minimum);
    e.decimal((3, 4), &mut m.maximum);
    e.code((4, 1), &mut m.position_code);
}
