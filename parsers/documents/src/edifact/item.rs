//! Items: LIN and PIA (C212), IMD.
//!
//! A number without its type is kept, with the scheme `other`. A description in two components keeps them as two lines.
//!
//! Never fails.

use super::codes;
use super::reading::Fields;
use crate::Text;
use crate::item::{Description, ProductId};

/// The numbers in the composites C212 of `elements`.
pub(crate) fn product_ids(
    f: &Fields<'_, '_>,
    elements: std::ops::RangeInclusive<usize>,
    function_code: Option<&str>,
) -> Vec<ProductId> {
    let read = |element: usize| {
        let id = f.text(element, 1)?;
        let (scheme, scheme_code) = f.coded(element, 2, codes::product_id_scheme).unwrap_or_default();
        Some(ProductId {
            scheme,
            scheme_code,
            id,
            function_code: function_code.map(Text::new),
            list_code: f.text(element, 3),
            agency_code: f.text(element, 4),
        })
    };
    elements.filter_map(read).collect()
}

/// PIA: up to five numbers, and what they are for.
pub(crate) fn additional_ids(f: &Fields<'_, '_>) -> Vec<ProductId> {
    let function = f.peek(1, 1);
    let ids = product_ids(f, 2..=6, (!function.is_empty()).then_some(&function));
    if !ids.is_empty() {
        f.take(1, 1);
    }
    ids
}

/// IMD. D.96A has the characteristic (7081) as a simple element, D.01B as the first component of C272.
pub(crate) fn description(f: &Fields<'_, '_>) -> Description {
    Description {
        form_code: f.required(1, 1),
        characteristic_code: f.text(2, 1),
        code: f.text(3, 1),
        list_code: f.text(3, 2),
        agency_code: f.text(3, 3),
        text: f.lines(3, 4..=5),
        language: f.text(3, 6),
        position_code: f.text(4, 1),
        ..Description::default()
    }
}
