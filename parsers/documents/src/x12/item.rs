//! Items: pairs of qualifier and product number within PO1, SLN, LIN and IT8; PID; TC2.
//!
//! Every pair is kept in order. The first of a scheme also fills the item's own field for it, and the GTIN is the one of 14
//! digits where there is one. A number without its qualifier, or a qualifier without its number, stays unmapped.
//!
//! Never fails.

use super::codes;
use super::reading::Fields;
use crate::item::{Commodity, Description, ProductId};

/// The pairs of qualifier and number that start at one of `elements`. A number without a qualifier stays unmapped.
pub(crate) fn product_ids(f: &Fields<'_, '_>, elements: impl Iterator<Item = usize>) -> Vec<ProductId> {
    let pair = |element: usize| {
        if !f.has(element + 1) {
            return None;
        }
        let (scheme, scheme_code) = f.coded(element, codes::product_id_scheme)?;
        Some(ProductId { scheme, scheme_code, id: f.required(element + 1), ..ProductId::default() })
    };
    elements.take_while(|&element| !f.ends_before(element)).filter_map(pair).collect()
}

/// TC2.
pub(crate) fn commodity(f: &Fields<'_, '_>) -> Commodity {
    Commodity { scheme_code: f.required(1), code: f.required(2) }
}

/// PID.
pub(crate) fn description(f: &Fields<'_, '_>) -> Description {
    Description {
        form_code: f.required(1),
        characteristic_code: f.text(2),
        agency_code: f.text(3),
        code: f.text(4),
        text: f.text(5),
        position_code: f.text(6),
        source_code: f.text(7),
        answer_code: f.text(8),
        language: f.text(9),
        ..Description::default()
    }
}
