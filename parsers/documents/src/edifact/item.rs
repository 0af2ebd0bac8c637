//! Items: LIN and PIA (C212), IMD.
//!
//! A number without its type is kept, with the scheme `other`. A description in two components keeps them as two lines.

use super::codes;
use crate::Text;
use crate::item::{Description, Item, ProductId, ProductIdScheme, complete, identify};
use crate::mapping::{Elements, Walk};

/// LIN and PIA: `line` maps the rest of LIN. The number in LIN is the GTIN where there is one.
pub(crate) fn numbers<'m>(walk: &mut Walk<'m>, item: &mut Item, line: impl FnOnce(&mut Elements<'m>)) {
    if walk.is_writing() {
        complete(item);
        return write_numbers(walk, item, line);
    }
    walk.once("LIN", |e| {
        product_ids(e, 3..=3, None, &mut item.product_ids);
        line(e);
    });
    further(walk, &mut item.product_ids);
    identify(item);
}

fn write_numbers<'m>(walk: &mut Walk<'m>, item: &mut Item, line: impl FnOnce(&mut Elements<'m>)) {
    use ProductIdScheme as S;
    let mut ids = item.product_ids.clone();
    // A number whose kind 7143 has no code for would leave a hole.
    ids.retain(|id| walk.has_code(&codes::PRODUCT_ID_SCHEME, nearest(id.scheme), &id.scheme_code));
    let plain = |id: &ProductId| id.function_code.is_none();
    let is_gtin = |id: &ProductId| matches!(id.scheme, S::Gtin | S::Ean | S::Upc | S::EanShort) && plain(id);
    // LIN has the number that came without a function, or the GTIN.
    let first = ids.iter().position(is_gtin).or_else(|| ids.iter().position(plain));
    let mut main: Vec<ProductId> = first.map(|at| ids.remove(at)).into_iter().collect();
    walk.once("LIN", |e| {
        product_ids(e, 3..=3, None, &mut main);
        line(e);
    });
    further(walk, &mut ids);
}

/// PIA. Numbers are additional ones (4347 = 1) unless they say otherwise.
pub(crate) fn further(walk: &mut Walk<'_>, ids: &mut Vec<ProductId>) {
    if walk.is_writing() {
        let function = |id: &ProductId| id.function_code.clone().unwrap_or(Text::new_static("1"));
        let same = |a: &ProductId, b: &ProductId| function(a) == function(b);
        return walk.packed("PIA", 5, ids, same, |e, slot, id| {
            let code = function(id);
            product_id(e, slot + 2, None, id);
            if e.has((slot + 2, 1)) {
                e.constant((1, 1), &code);
            }
        });
    }
    let mut lists: Vec<Vec<ProductId>> = Vec::new();
    walk.each("PIA", &mut lists, |e, list| {
        let function = Text::new(e.peek((1, 1)));
        product_ids(e, 2..=6, (!function.is_empty()).then_some(&function), list);
        if !list.is_empty() && !function.is_empty() {
            e.ignore((1, 1));
        }
    });
    ids.extend(lists.into_iter().flatten());
}

/// The numbers in the composites C212 of `elements`.
pub(crate) fn product_ids(
    e: &mut Elements<'_>,
    elements: std::ops::RangeInclusive<usize>,
    function_code: Option<&Text>,
    list: &mut Vec<ProductId>,
) {
    e.slots(elements, list, |e, element, id| product_id(e, element, function_code, id));
}

fn product_id(e: &mut Elements<'_>, element: usize, function_code: Option<&Text>, id: &mut ProductId) {
    e.needs((element, 1));
    if !e.is_reading() {
        e.needs((element, 2));
    } else if e.has((element, 1)) {
        id.function_code = function_code.cloned();
    }
    e.required((element, 1), &mut id.id);
    let mut scheme = if e.is_reading() { id.scheme } else { nearest(id.scheme) };
    e.coded((element, 2), &codes::PRODUCT_ID_SCHEME, &mut scheme, &mut id.scheme_code);
    if e.is_reading() {
        id.scheme = scheme;
    }
    e.code((element, 3), &mut id.list_code);
    e.code((element, 4), &mut id.agency_code);
}

/// 7143 has one number of the seller and one of the buyer, where X12 tells part numbers from catalogue numbers.
fn nearest(scheme: ProductIdScheme) -> ProductIdScheme {
    use ProductIdScheme as S;
    match scheme {
        S::SellerPart | S::SellerCatalog => S::SellerNumber,
        S::BuyerCatalog => S::BuyerNumber,
        other => other,
    }
}

/// IMD. D.96A has the characteristic (7081) as a simple element, D.01B as the first component of C272. A description that says
/// not in which form it is has free text (7077 = F).
pub(crate) fn description(e: &mut Elements<'_>, d: &mut Description) {
    // Only codes of the other standard: nothing to say.
    if !e.is_reading() && d.text.is_none() && !e.codes_are_ours() {
        return;
    }
    e.required_code((1, 1), &mut d.form_code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "F");
    }
    e.code((2, 1), &mut d.characteristic_code);
    e.code((3, 1), &mut d.code);
    e.code((3, 2), &mut d.list_code);
    e.code((3, 3), &mut d.agency_code);
    e.lines((4..=5).map(|component| (3, component).into()), &mut d.text);
    e.text((3, 6), &mut d.language);
    e.code((4, 1), &mut d.position_code);
}
