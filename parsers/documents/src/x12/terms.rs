//! Terms beside price and payment, and what else orders, answers and invoices share: PAM, DIS, INC, CTB, PCT, CN1, PO3, PWK, LM
//! with LQ, and LIN before the lines.
//!
//! Each is mapped element by element, in the standard's order. A number that is none stays unmapped, and is a finding.

use super::{codes, date, money};
use crate::item::ProductId;
use crate::line::{ContractTerms, LineDetail};
use crate::mapping::{At, Elements, Walk};
use crate::money::{Percentage, QualifiedAmount};
use crate::quantity::{QualifiedQuantity, Quantity};
use crate::reference::{Attachment, IndustryCode};
use crate::terms::{Installment, PeriodAmount, Restriction, VolumeDiscount};

/// PAM: a quantity, amount or percentage of a period.
pub(crate) fn period_amount(e: &mut Elements<'_>, p: &mut PeriodAmount) {
    e.part(&mut p.quantity, |e, q: &mut QualifiedQuantity| {
        e.required_code(1, &mut q.code);
        e.quantity(2, 3, &mut q.quantity);
    });
    e.part(&mut p.amount, |e, a: &mut QualifiedAmount| {
        e.coded(4, &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
        e.money(5, &mut a.money);
    });
    e.code(6, &mut p.period_code);
    date::triples(e, [7, 10].into_iter(), &mut p.dates);
    e.code(13, &mut p.percent_code);
    e.decimal(14, &mut p.percent);
    e.code(15, &mut p.answer_code);
}

/// DIS: a discount by quantity or amount. All of it unmapped without its value.
pub(crate) fn volume_discount(e: &mut Elements<'_>, d: &mut VolumeDiscount) {
    e.needs_number(3);
    e.required_code(1, &mut d.type_code);
    e.required_code(2, &mut d.base_code);
    e.required_decimal(3, &mut d.value);
    e.code(4, &mut d.limit_code);
    e.decimal(5, &mut d.from);
    e.decimal(6, &mut d.to);
}

/// INC: instalments.
pub(crate) fn installment(e: &mut Elements<'_>, i: &mut Installment) {
    e.required_code(1, &mut i.terms_code);
    e.quantity(3, 2, &mut i.period);
    e.decimal(4, &mut i.count);
    e.part(&mut i.amount, |e, a: &mut QualifiedAmount| e.money(5, &mut a.money));
}

/// CTB: a restriction or condition. CTB06 has two implied decimals.
pub(crate) fn restriction(e: &mut Elements<'_>, r: &mut Restriction) {
    e.required_code(1, &mut r.code);
    e.text(2, &mut r.description);
    e.part(&mut r.quantity, |e, q: &mut QualifiedQuantity| {
        e.required_code(3, &mut q.code);
        number(e, 4, &mut q.quantity);
    });
    e.part(&mut r.amount, |e, a: &mut QualifiedAmount| {
        e.coded(5, &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
        e.money_cents(6, &mut a.money);
    });
}

/// A quantity that has no unit.
pub(crate) fn number(e: &mut Elements<'_>, at: impl Into<At>, field: &mut Option<Quantity>) {
    let mut value = field.as_ref().map(|q| q.value);
    e.decimal(at, &mut value);
    if let (true, None, Some(value)) = (e.is_reading(), &field, value) {
        *field = Some(Quantity { value, ..Quantity::default() });
    }
}

/// PCT.
pub(crate) fn percentage(e: &mut Elements<'_>, p: &mut Percentage) {
    e.required_code(1, &mut p.code);
    e.decimal(2, &mut p.percent);
}

/// CN1: the contract that holds for a line.
pub(crate) fn contract(e: &mut Elements<'_>, c: &mut ContractTerms) {
    e.required_code(1, &mut c.type_code);
    e.money(2, &mut c.money);
    e.decimal(3, &mut c.percent);
    e.text(4, &mut c.number);
    e.decimal(5, &mut c.discount_percent);
    e.text(6, &mut c.version);
}

/// PO3: another price, date or quantity of a line, and why.
pub(crate) fn detail(e: &mut Elements<'_>, d: &mut LineDetail) {
    e.required_code(1, &mut d.reason_code);
    e.date(2, &mut d.date);
    e.code(3, &mut d.price_role_code);
    money::price(e, 4, 5, &mut d.price);
    e.quantity(6, 7, &mut d.quantity);
    e.text(8, &mut d.description);
}

/// PWK: a document that belongs to this one. Of PWK08 nothing is taken.
pub(crate) fn attachment(e: &mut Elements<'_>, a: &mut Attachment) {
    e.required_code(1, &mut a.kind_code);
    e.code(2, &mut a.transmission_code);
    e.decimal(3, &mut a.copies);
    e.code(4, &mut a.party_role_code);
    e.identifier(5, 6, &codes::ID_SCHEME, &mut a.party);
    e.text(7, &mut a.description);
    e.code(9, &mut a.request_code);
}

/// LIN before the lines: up to 15 pairs of qualifier and number in each.
pub(crate) fn product_ids(walk: &mut Walk<'_>, list: &mut Vec<ProductId>) {
    walk.packed(
        "LIN",
        15,
        list,
        |_, _| true,
        |e, slot, id| {
            let at = 2 + 2 * slot;
            e.needs(at);
            e.needs(at + 1);
            e.coded(at, &codes::PRODUCT_ID_SCHEME, &mut id.scheme, &mut id.scheme_code);
            e.required(at + 1, &mut id.id);
        },
    );
}

/// The loops LM: an agency, and codes of its lists (LQ).
pub(crate) fn industry_codes(walk: &mut Walk<'_>, list: &mut Vec<IndustryCode>) {
    let agency = |e: &mut Elements<'_>, c: &mut IndustryCode| {
        e.code(1, &mut c.agency_code);
        e.code(2, &mut c.source_code);
    };
    let code = |e: &mut Elements<'_>, c: &mut IndustryCode| {
        e.code(1, &mut c.list_code);
        e.code(2, &mut c.code);
    };
    for mut inner in walk.found("LM") {
        inner.claim_loop();
        let mut head = IndustryCode::default();
        inner.once("LM", |e| agency(e, &mut head));
        let mut found = Vec::new();
        inner.each("LQ", &mut found, code);
        if found.is_empty() {
            found.push(IndustryCode::default());
        }
        list.extend(found.into_iter().map(|c| IndustryCode {
            agency_code: head.agency_code.clone(),
            source_code: head.source_code.clone(),
            ..c
        }));
    }
    for entry in if walk.is_writing() { list.iter_mut() } else { [].iter_mut() } {
        walk.write_loop("LM", |w| {
            w.once("LM", |e| agency(e, entry));
            w.once("LQ", |e| code(e, entry));
        });
    }
}

/// LDT, which one version has as a segment and another as a loop.
pub(crate) fn lead_times(walk: &mut Walk<'_>, list: &mut Vec<crate::date::LeadTime>) {
    if walk.is_reading() {
        walk.each("LDT", list, date::lead_time);
    }
    walk.loops("LDT", list, date::lead_times);
}
