//! X12 820 (004010, 005010) and [`RemittanceAdvice`], both ways.
//!
//! A loop RMR is a line: a document paid or deducted. The loop ENT around it says for whom, and every line of it carries that: lines
//! that follow each other for the same are written in one loop. The amounts of BPR, RMR and ADX are of type R, exact as they stand;
//! those of SAC, TXP and DED have two implied decimals. Segments that are not named are left alone, and so are listed in
//! `unmapped`: the loops LX, N9 and RYL of single industries among them.

use super::{Deduction, RemittanceAdvice, RemittanceDelivery, RemittanceLine, TaxPayment, TaxPaymentAmount};
use crate::Text;
use crate::allowance::AllowanceCharge;
use crate::item::{complete, identify};
use crate::mapping::{Elements, Walk};
use crate::money::{Adjustment, BankAccount, Money, PaidLine};
use crate::party::{Party, PartyRole};
use crate::purchase_order::SubLine;
use crate::quantity::Decimal;
use crate::reference::{Identifier, Reference};
use crate::x12::allowance::allowance_charge;
use crate::x12::item::product_ids;
use crate::x12::party::{address, contact, individual, party};
use crate::x12::{codes, date, money, reference};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/purpose", "the 820 says what to do with the payment (BPR01), not why it was sent"),
    ("/kind_name", "BPR has no name of the document"),
    ("/version", "TRN has a number alone"),
    ("/revision", "TRN has a number alone"),
    ("/payment_method", "591 has no code for the method; BPR04 says mutually defined"),
    ("/payer_account/holder_names", "BPR has numbers of accounts and banks alone"),
    ("/payer_account/bank_name", "BPR has numbers of accounts and banks alone"),
    ("/payer_account/branch", "BPR has numbers of accounts and banks alone"),
    ("/payer_account/branch_name", "BPR has numbers of accounts and banks alone"),
    ("/payer_account/country", "BPR has numbers of accounts and banks alone"),
    ("/payer_account/currency", "BPR has numbers of accounts and banks alone"),
    ("/payee_account/holder_names", "BPR has numbers of accounts and banks alone"),
    ("/payee_account/bank_name", "BPR has numbers of accounts and banks alone"),
    ("/payee_account/branch", "BPR has numbers of accounts and banks alone"),
    ("/payee_account/branch_name", "BPR has numbers of accounts and banks alone"),
    ("/payee_account/country", "BPR has numbers of accounts and banks alone"),
    ("/payee_account/currency", "BPR has numbers of accounts and banks alone"),
    ("/bank_accounts", "BPR has the accounts of payer and payee alone"),
    ("/payment_instructions", "BPR04 is all the 820 says of the means of payment"),
    ("/other_currencies", "the 820 has one CUR"),
    ("/contacts", "the 820 has contacts with parties alone"),
    ("/locations", "the 820 has no places"),
    ("/measurements", "the 820 has no measurements"),
    ("/industry_codes", "the 820 has no codes of an agency"),
    ("/attachments", "the 820 has no PWK"),
    ("/amounts", "BPR02 is the amount of the payment"),
    ("/totals", "the 820 has no totals"),
    ("/allowances_and_charges", "the 820 has allowances with lines of a document alone"),
    ("/lines/document_kind", "128 has no code for the kind"),
    ("/lines/document_status_code", "RMR has no status of the document"),
    ("/lines/source", "RMR has no source of the document"),
    ("/lines/currency", "the 820 has one CUR, before its lines"),
    ("/lines/other_currencies", "the 820 has one CUR, before its lines"),
    ("*/currency", "the 820 has one CUR, before its lines"),
    ("/lines/amounts", "RMR has the amounts paid, of the document, of discount and of adjustment alone"),
    ("/deliveries", "the loop N1 has one RDM: without a party it has no place"),
    ("/lines/contacts", "the loop RMR has no PER"),
    ("/lines/notes", "an NTE has one line of 80 characters and no language: texts are cut"),
    ("/notes", "an NTE has one line of 80 characters and no language: texts are cut"),
    ("/lines/taxes", "the loop RMR has no TXI"),
    ("/lines/instructions", "the 820 has no instructions"),
    ("/lines/parties/dates", "the loop NM1 has no DTM"),
    ("*/adjustments/amounts", "ADX has one amount"),
    ("*/adjustments/quantities", "ADX has no quantity"),
    ("*/adjustments/line_number", "ADX has no line: it stands with the lines of the document (IT1)"),
    ("*/adjustments/dates", "the loop ADX of a document has no DTM"),
    ("*/adjustments/notes", "an NTE has one line of 80 characters and no language: texts are cut"),
    ("*/items/amounts", "IT1 has quantity and price alone"),
    ("*/items/dates", "the loop IT1 has no dates"),
    ("*/items/adjustments", "the loop IT1 has no ADX"),
    ("*/function_code", "235 has no function of a number"),
];

/// The 820.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut RemittanceAdvice) {
    // CUR stands behind BPR, whose amount is in its currency.
    walk.maybe("CUR", &mut advice.currency, money::currency);
    walk.set_currency(advice.currency.as_ref());
    if walk.is_writing() {
        advice.amount = advice.amount.take().or_else(|| sum(&advice.lines));
    }
    walk.once("BPR", |e| payment(e, advice));
    reference::remarks(walk, &mut advice.notes);
    walk.once("TRN", |e| trace(e, advice));
    walk.each("REF", &mut advice.references, reference::reference);
    walk.each("DTM", &mut advice.dates, date::dtm);
    parties(walk, advice);
    entities(walk, advice);
    walk.loops("TXP", &mut advice.tax_payments, tax_payment);
    walk.loops("DED", &mut advice.deductions, |w, d| w.once("DED", |e| deduction(e, d)));
}

/// What is paid in all; `None` where a line does not say.
fn sum(lines: &[RemittanceLine]) -> Option<Money> {
    let paid: Option<Vec<Decimal>> = lines.iter().map(|l| l.paid.as_ref().map(|m| m.amount)).collect();
    let amount = paid?.into_iter().try_fold(Decimal::ZERO, |sum, paid| sum.checked_add(paid))?;
    Some(Money { amount, currency: None })
}

/// BPR. A document that says not what to do is an advice alone (305 = I), of a credit (478 = C).
fn payment(e: &mut Elements<'_>, advice: &mut RemittanceAdvice) {
    e.coded(1, &codes::PAYMENT_HANDLING, &mut advice.handling, &mut advice.handling_code);
    e.money(2, &mut advice.amount);
    e.code(3, &mut advice.credit_debit_code);
    e.coded_opt(4, &codes::PAYMENT_METHOD, &mut advice.payment_method, &mut advice.payment_method_code);
    if !e.is_reading() {
        for (element, code) in [(1, "I"), (2, "0"), (3, "C"), (4, "ZZZ")] {
            if !e.has(element) {
                e.constant(element, code);
            }
        }
    }
    e.code(5, &mut advice.payment_format_code);
    account(e, 6, &mut advice.payer_account);
    e.text(10, &mut advice.originating_company);
    e.text(11, &mut advice.originating_company_supplement);
    account(e, 12, &mut advice.payee_account);
    e.date(16, &mut advice.payment_date);
    e.code(17, &mut advice.business_function_code);
    account(e, 18, &mut advice.return_account);
}

/// Bank and account, each with its qualifier, from `element` on.
fn account(e: &mut Elements<'_>, element: usize, field: &mut Option<BankAccount>) {
    e.part(field, |e, account| {
        e.part(&mut account.bank, |e, bank: &mut Identifier| {
            e.needs(element + 1);
            e.code(element, &mut bank.scheme_code);
            e.required(element + 1, &mut bank.id);
            if !e.is_reading() && !e.has(element) {
                e.constant(element, bank_scheme(&bank.id));
            }
        });
        e.code(element + 2, &mut account.number_scheme_code);
        e.text(element + 3, &mut account.number);
    });
}

/// 506 by the look of the number: nine digits are a routing number, eight or eleven characters a BIC.
fn bank_scheme(id: &str) -> &'static str {
    match id.len() {
        9 if id.bytes().all(|b| b.is_ascii_digit()) => "01",
        8 | 11 if id.bytes().take(6).all(|b| b.is_ascii_uppercase()) => "02",
        _ => "ZZ",
    }
}

/// TRN. The number of the payment is that of this transaction (481 = 1) unless it says otherwise.
fn trace(e: &mut Elements<'_>, advice: &mut RemittanceAdvice) {
    e.needs(2);
    e.code(1, &mut advice.trace_code);
    if !e.is_reading() && !e.has(1) {
        e.constant(1, "1");
    }
    e.required(2, &mut advice.number);
    e.text(3, &mut advice.trace_company);
    e.text(4, &mut advice.trace_reference);
}

/// The loops N1. How the advice reaches its receiver (RDM) stands with the payee.
fn parties(walk: &mut Walk<'_>, advice: &mut RemittanceAdvice) {
    for mut inner in walk.found("N1") {
        inner.each("RDM", &mut advice.deliveries, delivery);
    }
    if walk.is_reading() {
        return walk.loops("N1", &mut advice.parties, party);
    }
    // A party has one RDM: the only one is the payee's.
    let mut deliveries: Vec<_> = advice.deliveries.drain(..).map(Some).collect();
    if deliveries.len() == 1 {
        let payee = advice.parties.iter().position(|p| p.role == PartyRole::Payee).unwrap_or(0);
        deliveries.splice(..0, (0..payee).map(|_| None));
    }
    deliveries.resize(advice.parties.len().max(deliveries.len()), None);
    for (named, own) in advice.parties.iter_mut().zip(deliveries) {
        walk.write_loop("N1", |w| {
            party(w, named);
            w.each("RDM", &mut Vec::from_iter(own), delivery);
        });
    }
}

/// RDM.
fn delivery(e: &mut Elements<'_>, d: &mut RemittanceDelivery) {
    e.required_code(1, &mut d.transmission_code);
    e.text(2, &mut d.name);
    e.text(3, &mut d.number);
    e.slots([4, 5].into_iter(), &mut d.references, |e, element, r: &mut Reference| {
        e.needs((element, 1));
        e.coded((element, 1), &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
        e.text((element, 2), &mut r.value);
    });
}

/// The loops ENT: the lines of each, and adjustments of no document.
fn entities(walk: &mut Walk<'_>, advice: &mut RemittanceAdvice) {
    for mut inner in walk.found("ENT") {
        let mut head = RemittanceLine::default();
        let mut lines = Vec::new();
        inner.loops("RMR", &mut lines, line);
        inner.claim_loop();
        inner.once("ENT", |e| {
            e.text(1, &mut head.entity_number);
            // Without a line there is nobody to carry them.
            if !lines.is_empty() {
                named_by_number(e, &mut head.parties);
            }
        });
        let first = advice.adjustments.len();
        inner.loops("ADX", &mut advice.adjustments, adjustment);
        for adjustment in &mut advice.adjustments[first..] {
            adjustment.entity_number.clone_from(&head.entity_number);
        }
        if !lines.is_empty() {
            inner.loops("NM1", &mut head.parties, person);
        }
        for line in &mut lines {
            line.entity_number.clone_from(&head.entity_number);
            line.parties.clone_from(&head.parties);
        }
        advice.lines.append(&mut lines);
    }
    if walk.is_writing() {
        write_entities(walk, advice);
    }
}

fn write_entities(walk: &mut Walk<'_>, advice: &mut RemittanceAdvice) {
    let mut adjustments = std::mem::take(&mut advice.adjustments);
    let same =
        |a: &RemittanceLine, b: &RemittanceLine| a.entity_number == b.entity_number && a.parties == b.parties;
    for lines in advice.lines.chunk_by_mut(same) {
        let Some(first) = lines.first() else { continue };
        let (mut number, parties) = (first.entity_number.clone(), first.parties.clone());
        let (mut own, rest) = adjustments.into_iter().partition(|a| a.entity_number == number);
        adjustments = rest;
        let (mut numbers, mut persons): (Vec<Party>, Vec<Party>) = parties.into_iter().partition(is_number);
        persons.extend(numbers.split_off(numbers.len().min(2)));
        walk.write_loop("ENT", |w| {
            w.once("ENT", |e| {
                entity_number(e, &mut number);
                named_by_number(e, &mut numbers);
            });
            w.loops("NM1", &mut persons, person);
            w.loops("ADX", &mut own, adjustment);
            for paid in lines {
                w.write_loop("RMR", |inner| line(inner, paid));
            }
        });
    }
    for left in adjustments.chunk_by_mut(|a, b| a.entity_number == b.entity_number) {
        let mut number = left.first().and_then(|a| a.entity_number.clone());
        walk.write_loop("ENT", |w| {
            w.once("ENT", |e| entity_number(e, &mut number));
            for of_none in left {
                w.write_loop("ADX", |inner| adjustment(inner, of_none));
            }
        });
    }
}

/// ENT01, a running number where the document has none.
fn entity_number(e: &mut Elements<'_>, number: &mut Option<Text>) {
    match number {
        Some(_) => e.text(1, number),
        None => e.serial(1),
    }
}

/// A party that is but a role and a number, so that ENT can hold it.
fn is_number(p: &Party) -> bool {
    let plain = Party {
        role: p.role,
        role_code: p.role_code.clone(),
        ids: p.ids.clone(),
        references: p.references.clone(),
        ..Party::default()
    };
    *p == plain && p.ids.len() == 1 && p.references.len() <= 1
}

/// ENT02 to ENT09: one or two parties by their numbers, and a reference of the first.
fn named_by_number(e: &mut Elements<'_>, parties: &mut Vec<Party>) {
    e.slots([2, 5].into_iter(), parties, |e, at, party: &mut Party| {
        e.needs(at + 2);
        e.coded(at, &codes::PARTY_ROLE, &mut party.role, &mut party.role_code);
        let mut id = party.ids.first().cloned();
        e.identifier(at + 1, at + 2, &codes::ID_SCHEME, &mut id);
        if party.ids.is_empty() {
            party.ids.extend(id);
        }
    });
    if let Some(first) = parties.first_mut() {
        e.slots([8].into_iter(), &mut first.references, |e, at, r: &mut Reference| {
            e.needs(at + 1);
            e.coded(at, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
            e.text(at + 1, &mut r.value);
        });
    }
}

/// The loop NM1.
fn person(walk: &mut Walk<'_>, party: &mut Party) {
    walk.once("NM1", |e| individual(e, party));
    walk.texts("N2", 2, &mut party.additional_names);
    address(walk, &mut party.address);
    walk.each("REF", &mut party.references, reference::reference);
    walk.each("PER", &mut party.contacts, contact);
}

/// The loop RMR.
fn line(walk: &mut Walk<'_>, line: &mut RemittanceLine) {
    walk.once("RMR", |e| {
        e.coded(1, &codes::REFERENCE_KIND, &mut line.document_kind, &mut line.document_kind_code);
        e.text(2, &mut line.number);
        if !e.is_reading() && e.has(2) && !e.has(1) {
            // 128 = ZZ: mutually defined.
            e.constant(1, "ZZ");
        }
        e.code(3, &mut line.action_code);
        e.money(4, &mut line.paid);
        e.money(5, &mut line.document_amount);
        e.money(6, &mut line.discount);
        e.coded_opt(
            7,
            &codes::PAYMENT_ADJUSTMENT,
            &mut line.adjustment_reason,
            &mut line.adjustment_reason_code,
        );
        e.money(8, &mut line.adjustment);
        if !e.is_reading() && e.has(8) && !e.has(7) {
            e.constant(7, "ZZ");
        }
    });
    reference::remarks(walk, &mut line.notes);
    walk.each("REF", &mut line.references, reference::reference);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.loops("IT1", &mut line.items, item);
    walk.loops("ADX", &mut line.adjustments, adjustment);
}

/// The loop ADX. Its first reference stands in ADX03 and ADX04.
fn adjustment(walk: &mut Walk<'_>, a: &mut Adjustment) {
    let mut first: Vec<Reference> = Vec::new();
    if let (true, Some(r)) = (walk.is_writing(), a.references.first()) {
        let plain = Reference {
            kind: r.kind,
            kind_code: r.kind_code.clone(),
            value: r.value.clone(),
            ..Reference::default()
        };
        if *r == plain && r.value.is_some() {
            first.push(a.references.remove(0));
        }
    }
    walk.once("ADX", |e| {
        e.needs(1);
        e.money(1, &mut a.money);
        let mut reason = a.reason.unwrap_or_default();
        e.coded(2, &codes::PAYMENT_ADJUSTMENT, &mut reason, &mut a.reason_code);
        a.reason = a.reason.or((!a.reason_code.is_empty()).then_some(reason));
        if !e.is_reading() && !e.has(2) {
            e.constant(2, "ZZ");
        }
        e.slots([3].into_iter(), &mut first, |e, at, r: &mut Reference| {
            e.needs(at);
            e.coded(at, &codes::REFERENCE_KIND, &mut r.kind, &mut r.kind_code);
            e.text(at + 1, &mut r.value);
        });
    });
    if walk.is_reading() {
        a.references.append(&mut first);
    }
    reference::remarks(walk, &mut a.notes);
    walk.each("PER", &mut a.contacts, contact);
    walk.each("DTM", &mut a.dates, date::dtm);
    walk.loops("REF", &mut a.references, dated);
    walk.loops("IT1", &mut a.lines, item);
}

/// The loop REF: a reference, and its dates.
fn dated(walk: &mut Walk<'_>, r: &mut Reference) {
    walk.once("REF", |e| reference::reference(e, r));
    walk.each("DTM", &mut r.dates, date::dtm);
}

/// The loop IT1.
fn item(walk: &mut Walk<'_>, line: &mut PaidLine) {
    complete(&mut line.item);
    walk.once("IT1", |e| {
        e.text(1, &mut line.number);
        e.quantity(2, 3, &mut line.quantity);
        money::price(e, 4, 5, &mut line.price);
        product_ids(e, (6..=24).step_by(2), &mut line.item.product_ids);
    });
    identify(&mut line.item);
    walk.loops("REF", &mut line.references, dated);
    walk.loops("SAC", &mut line.allowances_and_charges, charged);
    walk.loops("SLN", &mut line.sublines, subline);
}

/// The loop SAC with its taxes.
fn charged(walk: &mut Walk<'_>, a: &mut AllowanceCharge) {
    allowance_charge(walk, a);
    walk.each("TXI", &mut a.taxes, money::tax_information);
    walk.each("DTM", &mut a.dates, date::dtm);
}

/// The loop SLN.
fn subline(walk: &mut Walk<'_>, subline: &mut SubLine) {
    complete(&mut subline.item);
    walk.once("SLN", |e| {
        e.required(1, &mut subline.number);
        e.text(2, &mut subline.parent_number);
        e.required_code(3, &mut subline.relationship_code);
        if !e.is_reading() && !e.has(3) {
            e.constant(3, "I");
        }
        e.quantity(4, 5, &mut subline.quantity);
        money::price(e, 6, 7, &mut subline.price);
        e.code(8, &mut subline.price_relationship_code);
        product_ids(e, (9..=27).step_by(2), &mut subline.item.product_ids);
    });
    identify(&mut subline.item);
    walk.loops("REF", &mut subline.references, dated);
    walk.loops("SAC", &mut subline.allowances_and_charges, charged);
}

/// The loop TXP.
fn tax_payment(walk: &mut Walk<'_>, t: &mut TaxPayment) {
    walk.once("TXP", |e| {
        e.required(1, &mut t.number);
        e.code(2, &mut t.kind_code);
        e.date(3, &mut t.period_end);
        e.slots([4, 6, 8].into_iter(), &mut t.amounts, |e, at, amount: &mut TaxPaymentAmount| {
            e.text(at, &mut amount.id);
            e.money_cents(at + 1, &mut amount.money);
        });
        e.text(10, &mut t.verification);
    });
    walk.each("TXI", &mut t.taxes, money::tax_information);
}

/// DED.
fn deduction(e: &mut Elements<'_>, d: &mut Deduction) {
    e.required_code(1, &mut d.kind_code);
    e.required(2, &mut d.case_number);
    e.date(3, &mut d.date);
    e.money_cents(4, &mut d.money);
    e.text(5, &mut d.id);
    e.code(6, &mut d.medical_code);
    e.text(7, &mut d.name);
    e.text(8, &mut d.agency);
    e.code(9, &mut d.ended_code);
}
