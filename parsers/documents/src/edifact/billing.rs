//! Segments and groups of invoices: ALI, FII, DOC, GIR, GIS, QVR, AJT, INP, SEL, and the carriage with its references.
//!
//! A code without a word of ours stays a bare code, and is written to EDIFACT alone.

use super::reference::{dated, identifier, note};
use super::transport::{carriage, dated_location, location};
use super::{codes, date, money, party};
use crate::mapping::{Elements, Walk};
use crate::money::{Adjustment, AmountRole, BankAccount, Currency, QualifiedAmount, Tax};
use crate::party::Party;
use crate::quantity::{Discrepancy, Quantity};
use crate::reference::{Attachment, Identity, IndustryCode, Instruction, TradeCondition};
use crate::transport::{Equipment, Route, Seal};

/// The groups CUX of a header: the first is the currency of the document. One that says not what for is that of the invoice
/// (6343 = 4).
pub(crate) fn currencies(walk: &mut Walk<'_>, first: &mut Option<Currency>, others: &mut Vec<Currency>) {
    let currency = |w: &mut Walk<'_>, c: &mut Currency| {
        w.once("CUX", |e| money::currency_for(e, c, "4"));
        w.each("DTM", &mut c.dates, date::dtm);
    };
    walk.maybe_loop("CUX", first, currency);
    walk.loops("CUX", others, currency);
    walk.set_currency(first.as_ref());
}

/// The group NAD, with banks and documents.
pub(crate) fn paying_party(walk: &mut Walk<'_>, p: &mut Party) {
    party::party(walk, p);
    walk.each("FII", &mut p.bank_accounts, bank_account);
    walk.loops("DOC", &mut p.attachments, document);
}

/// FII.
fn bank_account(e: &mut Elements<'_>, b: &mut BankAccount) {
    e.needs(1);
    e.code((1, 1), &mut b.role_code);
    e.text((2, 1), &mut b.number);
    e.texts((2..=3).map(|component| (2, component).into()), &mut b.holder_names);
    e.text((2, 4), &mut b.currency);
    identifier(e, 3, &codes::ID_SCHEME, &mut b.bank);
    e.identifier((3, 6), (3, 4), &codes::ID_SCHEME, &mut b.branch);
    if let Some(branch) = &mut b.branch {
        e.code((3, 5), &mut branch.list_code);
    }
    e.text((3, 7), &mut b.bank_name);
    e.text((3, 8), &mut b.branch_name);
    e.text((4, 1), &mut b.country);
}

/// The group DOC: a document, and its dates.
pub(crate) fn document(walk: &mut Walk<'_>, a: &mut Attachment) {
    walk.once("DOC", |e| {
        if !e.is_reading() {
            e.needs(1);
        }
        e.required_code((1, 1), &mut a.kind_code);
        e.code((1, 2), &mut a.list_code);
        e.code((1, 3), &mut a.agency_code);
        e.text((1, 4), &mut a.name);
        e.text((2, 1), &mut a.number);
        e.code((2, 2), &mut a.status_code);
        e.text((2, 3), &mut a.source);
        e.text((2, 4), &mut a.language);
        e.text((2, 5), &mut a.version);
        e.text((2, 6), &mut a.revision);
        e.code((3, 1), &mut a.transmission_code);
        e.decimal((4, 1), &mut a.copies);
        e.decimal((5, 1), &mut a.originals);
    });
    walk.each("DTM", &mut a.dates, date::dtm);
}

/// ALI.
pub(crate) fn trade_condition(e: &mut Elements<'_>, t: &mut TradeCondition) {
    e.text((1, 1), &mut t.origin_country);
    e.code((2, 1), &mut t.duty_regime_code);
    e.texts((3..=7).map(|element| (element, 1).into()), &mut t.condition_codes);
}

/// GIR: numbers that belong together, five to a segment.
pub(crate) fn identities(walk: &mut Walk<'_>, list: &mut Vec<Identity>) {
    let same = |a: &Identity, b: &Identity| a.set_code == b.set_code;
    walk.packed("GIR", 5, list, same, |e, slot, i| {
        let at = slot + 2;
        e.needs((at, 1));
        e.code((1, 1), &mut i.set_code);
        e.required((at, 1), &mut i.value);
        e.required_code((at, 2), &mut i.kind_code);
        e.code((at, 3), &mut i.status_code);
    });
}

/// GIS.
pub(crate) fn indicator(e: &mut Elements<'_>, c: &mut IndustryCode) {
    e.needs((1, 1));
    e.code((1, 1), &mut c.code);
    e.code((1, 2), &mut c.list_code);
    e.code((1, 3), &mut c.agency_code);
}

/// QVR.
pub(crate) fn variance(e: &mut Elements<'_>, d: &mut Discrepancy) {
    e.part(&mut d.quantity, |e, q: &mut Quantity| {
        e.needs_number((1, 1));
        e.required_decimal((1, 1), &mut q.value);
    });
    e.code((1, 2), &mut d.quantity_code);
    e.required_code((2, 1), &mut d.kind_code);
    e.code((3, 1), &mut d.reason_code);
    e.code((3, 2), &mut d.reason_list_code);
    e.code((3, 3), &mut d.reason_agency_code);
    e.text((3, 4), &mut d.reason);
}

/// The group AJT.
pub(crate) fn adjustment(walk: &mut Walk<'_>, a: &mut Adjustment) {
    walk.once("AJT", |e| {
        if !e.is_reading() {
            e.needs((1, 1));
        }
        e.required_code((1, 1), &mut a.reason_code);
        e.text((2, 1), &mut a.line_number);
    });
    walk.each("FTX", &mut a.notes, note);
}

/// The group INP.
pub(crate) fn instruction(walk: &mut Walk<'_>, i: &mut Instruction) {
    walk.once("INP", |e| {
        e.code((1, 1), &mut i.from_code);
        e.code((1, 2), &mut i.to_code);
        e.code((2, 1), &mut i.kind_code);
        e.code((2, 2), &mut i.code);
        e.code((2, 3), &mut i.list_code);
        e.code((2, 4), &mut i.agency_code);
        e.text((2, 5), &mut i.text);
        e.code((3, 1), &mut i.status_code);
        e.text((3, 2), &mut i.party_name);
        e.code((4, 1), &mut i.action_code);
    });
    walk.each("FTX", &mut i.notes, note);
}

/// The group TDT, with references.
pub(crate) fn route(walk: &mut Walk<'_>, r: &mut Route) {
    walk.once("TDT", |e| carriage(e, r));
    walk.each("LOC", &mut r.locations, location);
    walk.loops("LOC", &mut r.locations, dated_location);
    walk.loops("RFF", &mut r.references, dated);
}

/// The group EQD, with seals.
pub(crate) fn sealed(walk: &mut Walk<'_>, q: &mut Equipment) {
    super::transport::equipment(walk, q);
    walk.each("SEL", &mut q.seals, |e, s: &mut Seal| {
        e.needs((1, 1));
        e.required((1, 1), &mut s.number);
        e.code((2, 1), &mut s.issuer_code);
        e.text((2, 4), &mut s.issuer_name);
        e.code((3, 1), &mut s.status_code);
    });
}

/// The group TAX. What the percentage is of stands in an MOA (5025 = 125) where there is room for two, else in 5286.
pub(crate) fn tax(walk: &mut Walk<'_>, t: &mut Tax, amounts: usize) {
    let base = t.amounts.iter().find(|a| a.role == AmountRole::TaxableAmount).and_then(|a| a.money.clone());
    let mut written = None;
    if walk.is_writing() {
        match (&base, t.base) {
            (Some(_), _) => written = t.base.take(),
            (None, Some(amount)) if amounts > 1 && !walk.codes_are_ours() => {
                written = t.base.take();
                let money = Some(crate::money::Money { amount, currency: walk.currency().cloned() });
                let role = AmountRole::TaxableAmount;
                t.amounts.push(QualifiedAmount { role, money, ..QualifiedAmount::default() });
            }
            _ => {}
        }
    }
    money::tax(walk, t);
    if walk.is_reading() {
        let base =
            t.amounts.iter().find(|a| a.role == AmountRole::TaxableAmount).and_then(|a| a.money.clone());
        t.base = t.base.or(base.map(|money| money.amount));
    } else {
        t.base = t.base.or(written);
    }
}
