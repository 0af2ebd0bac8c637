//! Stock: the loops LM and FA1, and UIT, CS, DD.
//!
//! Codes of an industry (LQ) keep who lists them (LM); accounts (FA2) keep the agency they stand under (FA1).
//!
//! Never fails: what lacks its qualifier stays unmapped.

use super::codes;
use crate::inventory_report::{StockContract, StockDemand};
use crate::mapping::{Elements, Walk};
use crate::money::Price;
use crate::quantity::Decimal;
use crate::reference::{Accounting, AccountingPart, IndustryCode, Reference};

/// The loops LM: an agency, its list, and the codes of it (LQ). Codes of one list that follow each other stand in one loop.
pub(crate) fn industry_codes(walk: &mut Walk<'_>, list: &mut Vec<IndustryCode>) {
    for mut inner in walk.found("LM") {
        inner.claim_loop();
        let mut agency = IndustryCode::default();
        inner.once("LM", |e| keeper(e, &mut agency));
        let mut codes: Vec<IndustryCode> = Vec::new();
        inner.each("LQ", &mut codes, industry_code);
        let kept = codes.into_iter().map(|code| IndustryCode {
            agency_code: agency.agency_code.clone(),
            source_code: agency.source_code.clone(),
            ..code
        });
        list.extend(kept);
    }
    if walk.is_reading() {
        return;
    }
    let mut rest = list.as_mut_slice();
    while let Some(first) = rest.first() {
        let mut agency = first.clone();
        let same =
            |c: &IndustryCode| (&c.agency_code, &c.source_code) == (&agency.agency_code, &agency.source_code);
        let count = rest.iter().take_while(|c| same(c)).count().max(1);
        let (now, later) = rest.split_at_mut(count);
        walk.write_loop("LM", |w| {
            w.once("LM", |e| keeper(e, &mut agency));
            for code in now {
                w.once("LQ", |e| industry_code(e, code));
            }
        });
        rest = later;
    }
}

fn keeper(e: &mut Elements<'_>, c: &mut IndustryCode) {
    if !e.is_reading() {
        e.needs(1);
    }
    e.code(1, &mut c.agency_code);
    e.code(2, &mut c.source_code);
}

fn industry_code(e: &mut Elements<'_>, c: &mut IndustryCode) {
    e.needs(2);
    e.code(1, &mut c.list_code);
    e.code(2, &mut c.code);
}

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

/// The loop FA1: whose list of accounts, and the parts of the account (FA2).
pub(crate) fn accounting(walk: &mut Walk<'_>, a: &mut Accounting) {
    walk.once("FA1", |e| {
        e.code(1, &mut a.agency_code);
        e.code(2, &mut a.service_code);
        e.code(3, &mut a.allowance_kind_code);
    });
    walk.each("FA2", &mut a.parts, |e, part: &mut AccountingPart| {
        e.needs(1);
        e.needs(2);
        e.code(1, &mut part.code);
        e.text(2, &mut part.value);
    });
}
