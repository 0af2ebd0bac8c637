//! Stock: UIT, CS, DD.
//!
//! Never fails: what lacks its qualifier stays unmapped.

use super::codes;
use crate::inventory_report::{StockContract, StockDemand};
use crate::mapping::Elements;
use crate::money::Price;
use crate::quantity::Decimal;
use crate::reference::{IndustryCode, Reference};

/// UIT: a price, and the unit it is for. It has no currency: a price in another one than that in force is not written.
pub(crate) fn unit_price(e: &mut Elements<'_>, p: &mut Price) {
    e.needs_number(2);
    if e.is_reading() {
        p.currency = e.currency().cloned();
    } else {
        e.needs(1);
        if p.currency.is_some() && p.currency.as_ref() != e.currency() {
            return;
        }
    }
    e.unit(1, &mut p.base_unit, &mut p.original_base_unit);
    e.required_decimal(2, &mut p.amount);
    e.code(3, &mut p.basis_code);
    let units = p.base_quantity.and_then(|b| u32::try_from(b).ok().filter(|n| b == Decimal::from(*n)));
    if e.is_reading() {
        p.base_quantity = p.basis_code.as_deref().and_then(codes::price_base).map(Decimal::from);
    } else if let (false, Some(code)) = (e.has(3), units.and_then(codes::price_basis)) {
        e.constant(3, code);
    }
}

/// CS.
pub(crate) fn contract(e: &mut Elements<'_>, c: &mut StockContract) {
    e.text(1, &mut c.number);
    e.text(2, &mut c.change_number);
    e.text(3, &mut c.release_number);
    e.part(&mut c.reference, |e, r: &mut Reference| referred(e, 4, r));
    e.text(6, &mut c.order_number);
    e.texts([7.into(), 13.into()].into_iter(), &mut c.service_codes);
    e.code(8, &mut c.delivery_point_code);
    e.slots([9, 10].into_iter(), &mut c.percents, |e, at, percent| {
        e.needs_number(at);
        e.required_decimal(at, percent);
    });
    e.money(11, &mut c.money);
    e.texts([12.into(), 16.into()].into_iter(), &mut c.terms_codes);
    e.part(&mut c.price, |e, p: &mut Price| {
        e.needs_number(15);
        e.unit(14, &mut p.base_unit, &mut p.original_base_unit);
        e.required_decimal(15, &mut p.amount);
        if e.is_reading() {
            p.currency = e.currency().cloned();
        }
    });
    e.texts([17.into(), 18.into()].into_iter(), &mut c.answer_codes);
}

/// DD.
pub(crate) fn demand(e: &mut Elements<'_>, d: &mut StockDemand) {
    e.slots([1, 5, 9].into_iter(), &mut d.codes, |e, at, c: &mut IndustryCode| {
        e.needs(at);
        e.code(at, &mut c.code);
        e.code(at + 1, &mut c.list_code);
    });
    e.part(&mut d.reference, |e, r: &mut Reference| referred(e, 3, r));
    e.decimal(7, &mut d.quantity);
    e.code(8, &mut d.answer_code);
}

/// A qualifier in `at`, and the number that follows.
fn referred(e: &mut Elements<'_>, at: usize, r: &mut Reference) {
    e.needs(at);
    e.needs(at + 1);
    e.coded(at, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
    e.text(at + 1, &mut r.value);
}
