//! Money: CUX, MOA, PRI, TAX, the group PAT, PCD, PAI, RNG.
//!
//! Amounts are in the currency in force, that of the nearest CUX; an MOA may name its own.

use super::{codes, date};
use crate::date::{DateRole, DateTime};
use crate::mapping::{Elements, Walk};
use crate::money::{
    AmountRole, Currency, PaymentInstruction, PaymentTerms, Percentage, Price, PriceRole, QualifiedAmount,
    QualifiedPrice, Range, Tax,
};

/// CUX: the reference currency, and the one it is changed into. One that says not what for is the reference currency (6347 = 2)
/// of the order (6343 = 9).
pub(crate) fn currency(e: &mut Elements<'_>, c: &mut Currency) {
    currency_for(e, c, "9");
}

/// As [`currency`]; `usage` is the 6343 written where the document says none: `9` order, `4` invoice.
pub(crate) fn currency_for(e: &mut Elements<'_>, c: &mut Currency, usage: &str) {
    if !e.is_reading() {
        e.needs((1, 2));
    }
    e.code((1, 1), &mut c.usage_code);
    e.required((1, 2), &mut c.code);
    e.required_code((1, 3), &mut c.role_code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "2");
        e.constant((1, 3), usage);
    }
    e.decimal((1, 4), &mut c.base_rate);
    e.code((2, 1), &mut c.target_usage_code);
    e.text((2, 2), &mut c.target_currency);
    e.code((2, 3), &mut c.target_role_code);
    if !e.is_reading() && e.has((2, 2)) && !e.has((2, 1)) {
        e.constant((2, 1), "3");
    }
    e.decimal((2, 4), &mut c.target_base_rate);
    e.decimal((3, 1), &mut c.exchange_rate);
    e.code((4, 1), &mut c.market_code);
}

/// The group CUX: a currency, and its dates.
pub(crate) fn dated_currency(walk: &mut Walk<'_>, c: &mut Currency) {
    walk.once("CUX", |e| currency(e, c));
    walk.each("DTM", &mut c.dates, date::dtm);
}

/// The groups CUX of a header: the first is the document's currency.
pub(crate) fn currencies(walk: &mut Walk<'_>, first: &mut Option<Currency>, others: &mut Vec<Currency>) {
    walk.maybe_loop("CUX", first, dated_currency);
    walk.loops("CUX", others, dated_currency);
    walk.set_currency(first.as_ref());
}

/// MOA.
pub(crate) fn amount(e: &mut Elements<'_>, a: &mut QualifiedAmount) {
    if !e.is_reading() {
        e.needs((1, 1));
    }
    e.coded((1, 1), &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
    e.money_in((1, 2), (1, 3), &mut a.money);
    e.code((1, 4), &mut a.currency_role_code);
    e.code((1, 5), &mut a.status_code);
}

/// The group PRI: a price, its currency, and when and for how much it holds.
pub(crate) fn price(walk: &mut Walk<'_>, p: &mut QualifiedPrice) {
    walk.once("PRI", |e| pri(e, p));
    walk.maybe("CUX", &mut p.currency, currency);
    if let (true, Some(own)) = (walk.is_reading(), p.currency.clone()) {
        p.set_currency(own);
    }
    walk.each("RNG", &mut p.ranges, range);
    walk.each("DTM", &mut p.dates, date::dtm);
}

/// PRI.
pub(crate) fn pri(e: &mut Elements<'_>, p: &mut QualifiedPrice) {
    if !e.is_reading() {
        e.needs((1, 1));
        e.needs((1, 2));
    }
    e.coded_code_opt((1, 1), &codes::PRICE_ROLE, &mut p.role, &mut p.role_code);
    special_price(e, p);
    let currency = e.currency().cloned();
    let role_code = p.role_code.clone();
    e.part(&mut p.price, |e, price: &mut Price| {
        e.needs_number((1, 2));
        e.required_decimal((1, 2), &mut price.amount);
        e.code((1, 3), &mut price.type_code);
        e.code((1, 4), &mut price.specification_code);
        e.decimal((1, 5), &mut price.base_quantity);
        e.unit((1, 6), &mut price.base_unit, &mut price.original_base_unit);
        e.code((2, 1), &mut price.change_code);
        if e.is_reading() {
            price.currency = currency.clone();
            price.role_code = role_code.clone();
        }
    });
}

/// A price for information (5125 = AAE) says in 5387 which it is.
fn special_price(e: &mut Elements<'_>, p: &mut QualifiedPrice) {
    let (word, code) = (codes::PRICE_SPECIFICATION.word, codes::PRICE_SPECIFICATION.code);
    if e.is_reading() {
        if p.role == PriceRole::Information {
            let special = word(&e.peek((1, 4)));
            p.role = if special == PriceRole::Other { p.role } else { special };
        }
    } else if let (false, Some(code)) = (e.has((1, 1)), code(p.role)) {
        e.constant((1, 1), "AAE");
        e.constant((1, 4), code);
    }
}

/// The groups PRI of a line. The price a line is meant at stands by itself, the others in the list: it is the net one (AAA), else
/// the gross one (AAB).
pub(crate) fn prices(walk: &mut Walk<'_>, price_of: &mut Option<Price>, list: &mut Vec<QualifiedPrice>) {
    if let (true, Some(own)) = (walk.is_writing(), price_of.as_ref()) {
        let listed = |p: &QualifiedPrice| p.price.as_ref() == Some(own);
        if !list.iter().any(listed) {
            let role =
                if own.role_code.as_deref() == Some("AAB") { PriceRole::Gross } else { PriceRole::Net };
            let plain = QualifiedPrice {
                role,
                role_code: own.role_code.clone(),
                price: Some(own.clone()),
                currency: own
                    .currency
                    .as_ref()
                    .filter(|code| walk.currency() != Some(code))
                    .map(|code| Currency { code: code.clone(), ..Currency::default() }),
                ..QualifiedPrice::default()
            };
            list.insert(0, plain);
        }
    }
    walk.loops("PRI", list, price);
    if walk.is_reading() {
        *price_of = main_price(list);
    }
}

/// The main price, taken out of the list where it is whole without what else the list says of it.
fn main_price(prices: &mut Vec<QualifiedPrice>) -> Option<Price> {
    let of =
        |code: &str| prices.iter().position(|p| p.role_code.as_deref() == Some(code) && p.price.is_some());
    let chosen = of("AAA").or_else(|| of("AAB"))?;
    match is_plain(&prices[chosen]) {
        true => prices.remove(chosen).price,
        false => prices[chosen].price.clone(),
    }
}

/// True where a price is nothing but a price: then it is whole without what surrounds it.
fn is_plain(price: &QualifiedPrice) -> bool {
    price.price.is_some() && price.currency.is_none() && price.ranges.is_empty() && price.dates.is_empty()
}

/// RNG.
pub(crate) fn range(e: &mut Elements<'_>, r: &mut Range) {
    e.required_code((1, 1), &mut r.code);
    e.quantity((2, 2), (2, 1), &mut r.minimum);
    e.decimal((2, 3), &mut r.maximum);
}

/// PCD.
pub(crate) fn percentage(e: &mut Elements<'_>, p: &mut Percentage) {
    e.required_code((1, 1), &mut p.code);
    e.decimal((1, 2), &mut p.percent);
    e.code((1, 3), &mut p.basis_code);
}

/// PAI.
pub(crate) fn payment_instruction(e: &mut Elements<'_>, p: &mut PaymentInstruction) {
    e.code((1, 1), &mut p.condition_code);
    e.code((1, 2), &mut p.guarantee_code);
    e.code((1, 3), &mut p.method_code);
    e.code((1, 6), &mut p.channel_code);
}

/// The group TAX: a tax, its amounts, and where it is levied.
pub(crate) fn tax(walk: &mut Walk<'_>, t: &mut Tax) {
    if walk.is_writing() && t.money.is_some() && !t.amounts.iter().any(|a| a.money == t.money) {
        let role = AmountRole::Tax;
        t.amounts.insert(0, QualifiedAmount { role, money: t.money.clone(), ..QualifiedAmount::default() });
    }
    walk.once("TAX", |e| tax_detail(e, t));
    walk.each("MOA", &mut t.amounts, amount);
    if walk.is_reading() {
        let tax = t.amounts.iter().find(|a| a.role == AmountRole::Tax && a.money.is_some());
        let other = || t.amounts.iter().find(|a| a.role != AmountRole::TaxableAmount);
        t.money = tax.or_else(other).and_then(|a| a.money.clone());
    }
    let mut places: Vec<_> = t.jurisdictions.drain(..).map(Some).collect();
    walk.each("LOC", &mut places, |e, place| {
        e.needs((2, 1));
        super::transport::place(e, 2, place);
        if !e.is_reading() {
            // 3227 = 27: country of the tax; the standard asks for some function.
            e.constant((1, 1), "27");
        }
    });
    t.jurisdictions.extend(places.into_iter().flatten());
}

fn tax_detail(e: &mut Elements<'_>, t: &mut Tax) {
    e.code((1, 1), &mut t.function_code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "7");
    }
    e.coded_opt((2, 1), &codes::TAX_KIND, &mut t.kind, &mut t.type_code);
    e.text((2, 4), &mut t.description);
    e.text((3, 1), &mut t.assigned_number);
    e.decimal((4, 1), &mut t.base);
    e.code((5, 1), &mut t.rate_code);
    e.code((5, 2), &mut t.rate_list_code);
    e.code((5, 3), &mut t.rate_agency_code);
    e.decimal((5, 4), &mut t.percent);
    e.code((6, 1), &mut t.category_code);
    e.text((7, 1), &mut t.number);
}

/// The groups PAT. One has one span of time: terms with a discount and a net time become two.
pub(crate) fn terms(walk: &mut Walk<'_>, list: &mut Vec<PaymentTerms>) {
    if walk.is_writing() {
        let split = |t: PaymentTerms| {
            let discount =
                t.discount_days.is_some() || t.discount_due_date.is_some() || t.discount_percent.is_some();
            let net = t.net_days.is_some() || t.net_due_date.is_some();
            if !discount || !net || t.period_count.is_some() {
                return vec![t];
            }
            let net = PaymentTerms {
                basis: t.basis,
                basis_code: t.basis_code.clone(),
                net_days: t.net_days,
                net_due_date: t.net_due_date,
                ..PaymentTerms::default()
            };
            vec![PaymentTerms { net_days: None, net_due_date: None, ..t }, net]
        };
        *list = std::mem::take(list).into_iter().flat_map(split).collect();
    }
    walk.loops("PAT", list, payment_terms);
}

/// The group PAT: terms of payment, their dates, percentages and amounts. What the terms say by their own fields (a discount, a
/// due day) stands in the lists too.
pub(crate) fn payment_terms(walk: &mut Walk<'_>, t: &mut PaymentTerms) {
    if walk.is_writing() {
        complete_terms(t);
    }
    walk.once("PAT", |e| pat(e, t));
    walk.each_anywhere("DTM", &mut t.dates, date::dtm);
    if walk.is_writing()
        && let Some(percent) = t.discount_percent.filter(|_| !t.percentages.iter().any(|p| p.code == "12"))
    {
        walk.once("PCD", |e| {
            e.constant((1, 1), "12");
            e.decimal((1, 2), &mut Some(percent));
        });
    }
    walk.each_anywhere("PCD", &mut t.percentages, percentage);
    walk.each_anywhere("MOA", &mut t.amounts, amount);
    walk.each("PAI", &mut t.payment_instructions, payment_instruction);
    walk.each("FII", &mut t.bank_accounts, super::billing::bank_account);
    if walk.is_reading() {
        let day = |role| t.dates.iter().rev().find(|d| d.role_code == role).and_then(|d| d.date);
        (t.discount_due_date, t.net_due_date) = (day("12"), day("13"));
        let percent = |discount| {
            t.percentages.iter().rev().find(|p| (p.code == "12") == discount).and_then(|p| p.percent)
        };
        (t.discount_percent, t.percent) = (percent(true), percent(false));
    }
}

fn complete_terms(t: &mut PaymentTerms) {
    let days = [(DateRole::DiscountDue, t.discount_due_date), (DateRole::NetDue, t.net_due_date)];
    for (role, date) in days {
        if date.is_some() && !t.dates.iter().any(|d| d.date == date) {
            t.dates.push(DateTime { role, date, ..DateTime::default() });
        }
    }
}

fn pat(e: &mut Elements<'_>, t: &mut PaymentTerms) {
    let is_discount = t.discount_days.is_some() || t.discount_percent.is_some();
    e.code((1, 1), &mut t.type_code);
    if !e.is_reading() && !e.has((1, 1)) {
        // 4279: 22 discount, 1 basic.
        e.constant((1, 1), if is_discount { "22" } else { "1" });
    }
    e.code((2, 1), &mut t.code);
    e.code((2, 3), &mut t.agency_code);
    if e.is_reading() || e.has((2, 1)) {
        e.lines((4..=5).map(|component| (2, component).into()), &mut t.description);
    }
    e.coded_opt((3, 1), &codes::TERMS_BASIS, &mut t.basis, &mut t.basis_code);
    if !e.is_reading() && t.period_count.is_none() {
        let days = if is_discount { t.discount_days } else { t.net_days };
        if days.is_some() {
            // 2475 = 5 date of invoice, 2009 = 3 after it, 2151 = D days.
            if !e.has((3, 1)) {
                e.constant((3, 1), "5");
            }
            (t.relation_code, t.period_code, t.period_count) = (None, None, days);
            e.constant((3, 2), "3");
            e.constant((3, 3), "D");
        }
    }
    e.code((3, 2), &mut t.relation_code);
    e.code((3, 3), &mut t.period_code);
    e.decimal((3, 4), &mut t.period_count);
    if e.is_reading() {
        // 4279 = 22: discount; the days are those in which it holds.
        let days = t.period_count.filter(|_| t.period_code.as_deref() == Some("D"));
        match t.type_code.as_deref() {
            Some("22") => t.discount_days = days,
            _ => t.net_days = days,
        }
    }
}
