//! Allowances and charges: the group ALC (ALC, DTM, QTY, PCD, MOA, RTE, RNG, TAX).
//!
//! `money` is the first amount that came; all of them stand in `amounts`, each with its kind. The first quantity, percentage and
//! rate count: the standard allows one of each.

use super::{codes, date, money};
use crate::allowance::{AllowanceCharge, AllowanceKind, Rate};
use crate::mapping::{Elements, Walk};
use crate::money::{AmountRole, QualifiedAmount};

/// The group ALC.
pub(crate) fn allowance_charge(walk: &mut Walk<'_>, a: &mut AllowanceCharge) {
    if walk.is_writing() && a.money.is_some() && !a.amounts.iter().any(|amount| amount.money == a.money) {
        let role = AmountRole::AllowanceOrCharge;
        a.amounts.insert(0, QualifiedAmount { role, money: a.money.clone(), ..QualifiedAmount::default() });
    }
    walk.once("ALC", |e| alc(e, a));
    walk.each_anywhere("DTM", &mut a.dates, date::dtm);
    walk.once_anywhere("QTY", |e| {
        e.code((1, 1), &mut a.quantity_code);
        e.quantity((1, 2), (1, 3), &mut a.quantity);
        default_code(e, "1");
    });
    walk.once_anywhere("PCD", |e| {
        e.code((1, 1), &mut a.percent_code);
        e.decimal((1, 2), &mut a.percent);
        e.code((1, 3), &mut a.percent_basis_code);
        // 5245: 1 allowance, 2 charge.
        default_code(e, if a.kind == AllowanceKind::Charge { "2" } else { "1" });
    });
    walk.each_anywhere("MOA", &mut a.amounts, money::amount);
    walk.once_anywhere("RTE", |e| {
        e.part(&mut a.rate, rate);
    });
    walk.each_anywhere("RNG", &mut a.ranges, money::range);
    walk.loops("TAX", &mut a.taxes, money::tax);
    if walk.is_reading() {
        let own = a.amounts.iter().find(|m| m.role == AmountRole::AllowanceOrCharge && m.money.is_some());
        a.money = own.or(a.amounts.first()).and_then(|amount| amount.money.clone());
    }
}

/// The qualifier where a value stands without one.
fn default_code(e: &mut Elements<'_>, code: &str) {
    if !e.is_reading() {
        e.needs((1, 2));
        if !e.has((1, 1)) {
            e.constant((1, 1), code);
        }
    }
}

fn alc(e: &mut Elements<'_>, a: &mut AllowanceCharge) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.coded((1, 1), &codes::ALLOWANCE_KIND, &mut a.kind, &mut a.kind_code);
    e.text((2, 1), &mut a.reference);
    e.code((2, 2), &mut a.reason_code);
    e.coded_opt((3, 1), &codes::ALLOWANCE_HANDLING, &mut a.handling, &mut a.handling_code);
    e.code((4, 1), &mut a.sequence_code);
    e.coded_opt((5, 1), &codes::ALLOWANCE_SERVICE, &mut a.service, &mut a.service_code);
    e.code((5, 2), &mut a.list_code);
    e.code((5, 3), &mut a.agency_code);
    e.lines((4..=5).map(|component| (5, component).into()), &mut a.description);
}

/// RTE.
fn rate(e: &mut Elements<'_>, r: &mut Rate) {
    e.needs_number((1, 2));
    e.code((1, 1), &mut r.code);
    e.required_decimal((1, 2), &mut r.amount);
    e.decimal((1, 3), &mut r.base_quantity);
    e.unit((1, 4), &mut r.unit, &mut r.original_unit);
    if !e.is_reading() && !e.has((1, 1)) {
        // 5419 = 1: rate of the allowance.
        e.constant((1, 1), "1");
    }
}
