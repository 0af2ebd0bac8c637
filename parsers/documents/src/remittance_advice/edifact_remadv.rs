//! EDIFACT REMADV (D.96A, D.01B) and [`RemittanceAdvice`], both ways.
//!
//! A group DOC is a line: a document paid or deducted. Its amounts stand in MOA; those that nearly every reader wants (paid, of the
//! document, discount) stand in fields of their own, and others in the list. What is paid in all stands behind the UNS. Groups are
//! told by their trigger, so one mapping serves both directories.

use super::{RemittanceAdvice, RemittanceLine};
use crate::date::{DateRole, DateTime};
use crate::edifact::allowance::allowance_charge;
use crate::edifact::item::further;
use crate::edifact::party::{name_and_address, party};
use crate::edifact::quantity::qualified;
use crate::edifact::{codes, date, money, reference};
use crate::item::{complete as complete_item, identify};
use crate::mapping::{Elements, Walk};
use crate::money::{
    Adjustment, AmountRole, BankAccount, Money, PaidLine, PaymentInstruction, QualifiedAmount,
};
use crate::reference::{Identifier, IndustryCode, Instruction};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    ("/handling", "a REMADV is an advice; the order to pay is another message"),
    ("/payer_account/client_number", "FII has an account and a bank"),
    ("/payer_account/date", "FII has an account and a bank"),
    ("/payee_account/client_number", "FII has an account and a bank"),
    ("/payee_account/date", "FII has an account and a bank"),
    ("/return_account", "REMADV has the accounts of payer and payee"),
    ("/originating_company", "the payer stands in NAD"),
    ("/originating_company_supplement", "the payer stands in NAD"),
    ("/trace_company", "BGM has the number of the advice alone"),
    ("/trace_reference", "BGM has the number of the advice alone"),
    ("/contacts", "REMADV has contacts with parties alone"),
    ("/locations", "REMADV has no places"),
    ("/measurements", "REMADV has no measurements"),
    ("/industry_codes", "D.96A has no GIS"),
    ("/attachments", "REMADV has no documents beside those it pays"),
    ("/amounts", "REMADV has amounts of the whole behind the UNS: they stand with the totals"),
    ("/adjustments", "REMADV has adjustments with a document alone"),
    ("/deliveries", "REMADV says not how it is sent"),
    ("/tax_payments", "REMADV has no payments of tax"),
    ("/deductions", "REMADV has no deductions from wages"),
    ("/allowances_and_charges", "D.96A has no ALC"),
    ("/totals/line_count", "REMADV has no counts"),
    ("/totals/hash_total", "REMADV has no counts"),
    ("/totals/counts", "REMADV has no counts"),
    ("/parties/references", "the group NAD of D.96A has no RFF"),
    ("/parties/locations", "the group NAD has no LOC"),
    ("/references/dates", "the header has RFF without dates"),
    ("/lines/entity_number", "DOC has parties, not their running number"),
    ("/lines/document_kind", "1001 has no code for the kind; DOC says related document"),
    ("/lines/parties/references", "DOC has NAD alone"),
    ("/lines/parties/contacts", "DOC has NAD alone"),
    ("/lines/parties/first_name", "NAD has the name whole"),
    ("/lines/parties/middle_name", "NAD has the name whole"),
    ("/lines/parties/name", "NAD has the name whole"),
    ("/lines/parties/name_prefix", "NAD has the name whole"),
    ("/lines/parties/name_suffix", "NAD has the name whole"),
    ("/lines/adjustment", "DOC has adjustments in AJT: it stands with them"),
    ("/lines/adjustment_reason", "DOC has adjustments in AJT: it stands with them"),
    ("/lines/contacts", "REMADV has contacts with parties alone"),
    ("/lines/notes", "DOC has texts with adjustments alone"),
    ("/lines/taxes", "DOC has no TAX"),
    ("/lines/references/dates", "DOC has RFF without dates"),
    ("*/adjustments/reason", "4465 has no code for the reason; AJT says mutually defined"),
    ("*/adjustments/quantities", "AJT of D.96A has no QTY"),
    ("*/adjustments/contacts", "AJT has no contact"),
    ("*/adjustments/dates", "AJT has no dates"),
    ("*/adjustments/references/dates", "AJT has RFF without dates"),
    ("*/adjustments/lines", "AJT names one line by its number"),
    ("*/adjustments/entity_number", "DOC has parties, not their running number"),
    ("*/items/quantity", "DLI has amounts alone"),
    ("*/items/price", "DLI has amounts alone"),
    ("*/items/references", "DLI has no RFF"),
    ("*/items/allowances_and_charges", "DLI has no ALC"),
    ("*/items/sublines", "DLI has no lines within"),
];

/// The REMADV.
pub(crate) fn map(walk: &mut Walk<'_>, advice: &mut RemittanceAdvice) {
    if walk.is_writing() {
        complete(advice);
    }
    let (mut head, mut summary) = walk.split("UNS");
    head.once("BGM", |e| beginning(e, advice));
    head.each("DTM", &mut advice.dates, date::dtm);
    head.each("RFF", &mut advice.references, reference::reference);
    accounts(&mut head, advice);
    head.once("PAI", |e| means(e, advice));
    head.each("FTX", &mut advice.notes, reference::note);
    head.each("GIS", &mut advice.industry_codes, indicator);
    head.loops("NAD", &mut advice.parties, party);
    money::currencies(&mut head, &mut advice.currency, &mut advice.other_currencies);
    summary.set_currency(advice.currency.as_ref());
    head.loops("DOC", &mut advice.lines, line);
    walk.once("UNS", |e| e.constant(1, "S"));
    if walk.is_writing() {
        use AmountRole as R;
        list(&mut advice.totals.amounts, &advice.amount, &[R::Paid, R::Payable, R::Total]);
    }
    // The header has no MOA: one that stands before the UNS is of the whole too.
    summary.each("MOA", &mut advice.totals.amounts, money::amount);
    if walk.is_reading() {
        head.each("MOA", &mut advice.totals.amounts, money::amount);
    }
    summary.loops("ALC", &mut advice.allowances_and_charges, allowance_charge);
    if walk.is_reading() {
        advice.amount = taken(&mut advice.totals.amounts, "12", &["11", "9", "128", "139", "86"]);
        derive(advice);
    }
}

/// BGM.
fn beginning(e: &mut Elements<'_>, advice: &mut RemittanceAdvice) {
    e.code((1, 1), &mut advice.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 1001 = 481: remittance advice.
        e.constant((1, 1), "481");
    }
    e.code((1, 2), &mut advice.kind_list_code);
    e.code((1, 3), &mut advice.kind_agency_code);
    e.text((1, 4), &mut advice.kind_name);
    e.required((2, 1), &mut advice.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut advice.version);
        e.text((2, 3), &mut advice.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut advice.purpose, &mut advice.purpose_code);
    if !e.is_reading() && !e.has((3, 1)) {
        e.constant((3, 1), "9");
    }
    e.code((4, 1), &mut advice.acknowledgement_code);
}

/// What the document has in fields of their own and EDIFACT in dates and adjustments.
fn complete(advice: &mut RemittanceAdvice) {
    if advice.payment_date.is_some() && advice.payment_date != day_of(advice) {
        let (role, date) = (DateRole::Payment, advice.payment_date);
        advice.dates.insert(0, DateTime { role, date, ..DateTime::default() });
    }
    advice.totals.amounts.append(&mut advice.amounts);
    for line in &mut advice.lines {
        if let Some(adjusted) = line.adjustment.take() {
            line.adjustments.push(Adjustment {
                reason: line.adjustment_reason,
                reason_code: line.adjustment_reason_code.clone().unwrap_or_default(),
                money: Some(adjusted),
                ..Adjustment::default()
            });
        }
    }
}

fn derive(advice: &mut RemittanceAdvice) {
    advice.payment_date = day_of(advice);
}

/// The day of payment (2005 = 138), else the one on which it is to be executed (203), else its value date (209).
fn day_of(advice: &RemittanceAdvice) -> Option<crate::date::Date> {
    let by_word = |d: &&DateTime| d.role == DateRole::Payment;
    let paid = advice.dates.iter().find(by_word).and_then(|d| d.date);
    let day = |code: &str| advice.dates.iter().find(|d| d.role_code == code).and_then(|d| d.date);
    paid.or_else(|| day("203")).or_else(|| day("209"))
}

/// Puts an amount that has a field of its own into the list as the first of `roles`, unless it stands there as one of them.
fn list(amounts: &mut Vec<QualifiedAmount>, field: &Option<Money>, roles: &[AmountRole]) {
    let (Some(role), Some(_)) = (roles.first().copied(), field) else { return };
    if !amounts.iter().any(|a| a.money == *field && roles.contains(&a.role)) {
        amounts.insert(0, QualifiedAmount { role, money: field.clone(), ..QualifiedAmount::default() });
    }
}

/// The amount of kind `main`, taken out of the list where nothing else stands with it; else the first of `others`, which stays.
fn taken(amounts: &mut Vec<QualifiedAmount>, main: &str, others: &[&str]) -> Option<Money> {
    let plain = |a: &QualifiedAmount| {
        let alone = QualifiedAmount {
            role: a.role,
            role_code: a.role_code.clone(),
            money: a.money.clone(),
            ..QualifiedAmount::default()
        };
        *a == alone && a.money.is_some()
    };
    let other = others.iter().find_map(|code| amounts.iter().find(|a| a.role_code == *code));
    let other = other.and_then(|a| a.money.clone());
    match amounts.iter().position(|a| a.role_code == main) {
        // Two of the same amount stay both, so that both are written.
        Some(at) if plain(&amounts[at]) && amounts[at].money != other => amounts.remove(at).money,
        Some(at) => amounts[at].money.clone(),
        None => other,
    }
}

/// FII. The payer's bank is the ordered one (3035 = OR), the payee's the beneficiary's (BF).
fn accounts(walk: &mut Walk<'_>, advice: &mut RemittanceAdvice) {
    if walk.is_writing() {
        for (account, role) in [(&mut advice.payer_account, "OR"), (&mut advice.payee_account, "BF")] {
            walk.maybe("FII", account, |e, a| account_of(e, a, role));
        }
        return walk.each("FII", &mut advice.bank_accounts, |e, a| account_of(e, a, "BK"));
    }
    let mut accounts = Vec::new();
    walk.each("FII", &mut accounts, |e, a| account_of(e, a, "BK"));
    for account in accounts {
        match account.role_code.as_deref() {
            Some("OR" | "PB") if advice.payer_account.is_none() => advice.payer_account = Some(account),
            Some("BF" | "RB") if advice.payee_account.is_none() => advice.payee_account = Some(account),
            _ => advice.bank_accounts.push(account),
        }
    }
}

fn account_of(e: &mut Elements<'_>, a: &mut BankAccount, role: &str) {
    e.code((1, 1), &mut a.role_code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), role);
    }
    e.text((2, 1), &mut a.number);
    e.texts([(2, 2).into(), (2, 3).into()].into_iter(), &mut a.holder_names);
    e.text((2, 4), &mut a.currency);
    bank(e, 1, &mut a.bank);
    bank(e, 4, &mut a.branch);
    e.text((3, 7), &mut a.bank_name);
    e.text((3, 8), &mut a.branch_name);
    e.text((4, 1), &mut a.country);
}

/// A bank or a branch, its list and agency in the components behind it. No word tells a BIC from a national number: the list does.
fn bank(e: &mut Elements<'_>, component: usize, field: &mut Option<Identifier>) {
    e.part(field, |e, bank| {
        e.needs((3, component));
        e.required((3, component), &mut bank.id);
        e.code((3, component + 1), &mut bank.list_code);
        e.code((3, component + 2), &mut bank.scheme_code);
    });
}

/// PAI: the means is a field of the document.
fn means(e: &mut Elements<'_>, advice: &mut RemittanceAdvice) {
    let mut rest = advice.payment_instructions.first().cloned();
    e.part(&mut rest, |e, p: &mut PaymentInstruction| {
        e.code((1, 1), &mut p.condition_code);
        e.code((1, 2), &mut p.guarantee_code);
        e.code((1, 6), &mut p.channel_code);
        if !e.is_reading() {
            e.code((1, 3), &mut p.method_code);
        }
    });
    e.coded_opt((1, 3), &codes::PAYMENT_METHOD, &mut advice.payment_method, &mut advice.payment_method_code);
    if e.is_reading() {
        advice.payment_instructions.extend(rest);
    }
}

/// GIS.
fn indicator(e: &mut Elements<'_>, c: &mut IndustryCode) {
    e.code((1, 1), &mut c.code);
    e.code((1, 2), &mut c.list_code);
    e.code((1, 3), &mut c.agency_code);
    e.code((1, 4), &mut c.qualifier_code);
}

/// The group DOC.
fn line(walk: &mut Walk<'_>, line: &mut RemittanceLine) {
    walk.once("DOC", |e| {
        e.coded((1, 1), &codes::DOCUMENT_KIND, &mut line.document_kind, &mut line.document_kind_code);
        if !e.is_reading() && !e.has((1, 1)) {
            // 1001 = 916: related document.
            e.constant((1, 1), "916");
        }
        e.text((2, 1), &mut line.number);
        e.code((2, 2), &mut line.document_status_code);
        e.text((2, 3), &mut line.source);
    });
    // The currency first: the amounts are in it.
    money::currencies(walk, &mut line.currency, &mut line.other_currencies);
    if walk.is_writing() {
        use AmountRole as R;
        list(&mut line.amounts, &line.discount, &[R::Discount]);
        list(&mut line.amounts, &line.paid, &[R::Paid]);
        list(&mut line.amounts, &line.document_amount, &[R::InvoiceTotal, R::Payable]);
    }
    walk.each("MOA", &mut line.amounts, money::amount);
    if walk.is_reading() {
        line.document_amount = taken(&mut line.amounts, "39", &["77", "9"]);
        line.paid = taken(&mut line.amounts, "12", &["11"]);
        line.discount = taken(&mut line.amounts, "52", &[]);
    }
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("RFF", &mut line.references, reference::reference);
    walk.each("NAD", &mut line.parties, |e, p| {
        let whole: Vec<&str> = [&p.name_prefix, &p.first_name, &p.middle_name, &p.name, &p.name_suffix]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .collect();
        if !e.is_reading() && p.first_name.is_some() {
            p.name = Some(whole.join(" ").into());
        }
        name_and_address(e, p);
    });
    walk.loops("AJT", &mut line.adjustments, adjustment);
    walk.loops("INP", &mut line.instructions, instruction);
    walk.loops("DLI", &mut line.items, item);
}

/// The group AJT. What is not told is mutually defined (4465 = ZZZ).
fn adjustment(walk: &mut Walk<'_>, a: &mut Adjustment) {
    walk.once("AJT", |e| {
        let mut reason = a.reason.unwrap_or_default();
        e.coded((1, 1), &codes::PAYMENT_ADJUSTMENT, &mut reason, &mut a.reason_code);
        a.reason = a.reason.or((!a.reason_code.is_empty()).then_some(reason));
        if !e.is_reading() && !e.has((1, 1)) {
            e.constant((1, 1), "ZZZ");
        }
        e.text((2, 1), &mut a.line_number);
    });
    if walk.is_writing() && !a.amounts.iter().any(|amount| amount.money == a.money) {
        list(&mut a.amounts, &a.money, &[AmountRole::Adjustment]);
    }
    walk.each("MOA", &mut a.amounts, money::amount);
    if walk.is_reading() {
        a.money = taken(&mut a.amounts, "165", &[]);
        a.money = a.money.take().or_else(|| a.amounts.first().and_then(|amount| amount.money.clone()));
    }
    walk.each("RFF", &mut a.references, reference::reference);
    walk.each("FTX", &mut a.notes, reference::note);
    walk.each("QTY", &mut a.quantities, qualified);
}

/// The group INP.
fn instruction(walk: &mut Walk<'_>, i: &mut Instruction) {
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
    walk.each("FTX", &mut i.notes, reference::note);
}

/// The group DLI. A line that says not what it is, is one of the document (1073 = 1); the number must be there.
fn item(walk: &mut Walk<'_>, line: &mut PaidLine) {
    complete_item(&mut line.item);
    walk.once("DLI", |e| {
        e.code((1, 1), &mut line.action_code);
        e.text((2, 1), &mut line.number);
        if !e.is_reading() {
            if !e.has((1, 1)) {
                e.constant((1, 1), "1");
            }
            if !e.has((2, 1)) {
                e.serial((2, 1));
            }
        }
    });
    walk.maybe_loop("CUX", &mut line.currency, money::dated_currency);
    walk.set_currency(line.currency.as_ref());
    walk.each("MOA", &mut line.amounts, money::amount);
    further(walk, &mut line.item.product_ids);
    identify(&mut line.item);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.loops("AJT", &mut line.adjustments, adjustment);
}
