//! Items: pairs of qualifier and product number within PO1, SLN, LIN and IT8; PID; TC2.
//!
//! Every pair is kept in order. The first of a scheme also fills the item's own field for it, and the GTIN is the one of 14
//! digits where there is one. A number without its qualifier, or a qualifier without its number, stays unmapped.
//!
//! Never fails.

use super::codes;
use super::reading::Fields;
use crate::item::{Commodity, Description, Item, ProductId, ProductIdScheme};

/// The pairs of qualifier and number that start at one of `elements`. A number without a qualifier stays unmapped.
pub(crate) fn product_ids(f: &Fields<'_, '_>, elements: impl Iterator<Item = usize>) -> Vec<ProductId> {
    let pair = |element: usize| {
        if !f.has(element + 1) {
            return None;
        }
        let (scheme, scheme_code) = f.coded(element, codes::product_id_scheme)?;
        Some(ProductId { scheme, scheme_code, id: f.required(element + 1) })
    };
    elements.take_while(|&element| !f.ends_before(element)).filter_map(pair).collect()
}

/// Takes the numbers up into the item, and into the fields of their own for those that most readers want: the first of a scheme
/// counts, and a consumer unit's GTIN only where there is no GTIN-14.
pub(crate) fn identify(item: &mut Item, ids: Vec<ProductId>) {
    use ProductIdScheme as S;
    for ProductId { scheme, id, .. } in &ids {
        let field = match scheme {
            S::Upc => &mut item.upc,
            S::Ean => &mut item.ean,
            S::Isbn => &mut item.isbn,
            S::Sku => &mut item.sku,
            S::BuyerNumber | S::BuyerPart | S::BuyerCatalog => &mut item.buyer_number,
            S::SellerNumber | S::SellerPart | S::SellerCatalog => &mut item.seller_number,
            S::ManufacturerNumber => &mut item.manufacturer_number,
            S::Style | S::SellerStyle => &mut item.style,
            S::Color | S::SellerColor | S::BuyerColor => &mut item.color,
            S::SellerSize | S::BuyerSize => &mut item.size,
            _ => continue,
        };
        field.get_or_insert_with(|| id.clone());
    }
    item.product_ids.extend(ids);
    let first = |scheme: S| item.product_ids.iter().find(|p| p.scheme == scheme && looks_like_gtin(&p.id));
    let gtin = [S::Gtin, S::Upc, S::Ean, S::EanShort].into_iter().find_map(first);
    item.gtin = gtin.map(|p| p.id.clone());
}

fn looks_like_gtin(id: &str) -> bool {
    matches!(id.len(), 8 | 12 | 13 | 14) && id.bytes().all(|b| b.is_ascii_digit())
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
