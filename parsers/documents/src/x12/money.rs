//! Money: CUR, CTP, AMT, TAX, TXI, ITD, and the unit price of a line.
//!
//! Amounts are in the currency in force, that of the nearest CUR. Elements of type N2 have two implied decimals; those of type R
//! have the point where it stands.

use super::{codes, date};
use crate::Text;
use crate::mapping::{Elements, Walk};
use crate::money::{Currency, PaymentTerms, Price, QualifiedAmount, QualifiedPrice, Tax};
use crate::quantity::Decimal;
use crate::reference::Identifier;

/// CUR. Whose currency it is must be said: a document that does not say so means the buyer's.
pub(crate) fn currency(e: &mut Elements<'_>, c: &mut Currency) {
    e.coded(1, &codes::PARTY_ROLE, &mut c.role, &mut c.role_code);
    if !e.is_reading() && !e.has(1) {
        e.constant(1, "BY");
    }
    e.needs(2);
    e.required(2, &mut c.code);
    e.decimal(3, &mut c.exchange_rate);
    e.code(4, &mut c.target_role_code);
    e.text(5, &mut c.target_currency);
    e.code(6, &mut c.market_code);
    date::triples(e, (7..=19).step_by(3), &mut c.dates);
}

/// A unit price in element `amount`, on the basis in element `basis`.
pub(crate) fn price(e: &mut Elements<'_>, amount: usize, basis: usize, field: &mut Option<Price>) {
    let currency = e.currency().cloned();
    e.part(field, |e, price| {
        e.needs_number(amount);
        e.required_decimal(amount, &mut price.amount);
        if e.is_reading() {
            price.currency = currency.clone();
            e.code(basis, &mut price.basis_code);
            price.base_quantity = price.basis_code.as_deref().and_then(codes::price_base).map(Decimal::from);
            return;
        }
        e.code(basis, &mut price.basis_code);
        let units =
            price.base_quantity.and_then(|b| u32::try_from(b).ok().filter(|n| b == Decimal::from(*n)));
        if let (false, Some(code)) = (e.has(basis), units.and_then(codes::price_basis)) {
            e.constant(basis, code);
        }
    });
}

/// CTP. A price that does not say which it is, is not written: it would be taken for the one to pay.
pub(crate) fn qualified_price(e: &mut Elements<'_>, p: &mut QualifiedPrice) {
    if !e.is_reading() {
        e.needs(2);
    }
    e.code(1, &mut p.trade_class_code);
    e.coded_code_opt(2, &codes::PRICE_ROLE, &mut p.role, &mut p.role_code);
    price(e, 3, 9, &mut p.price);
    e.quantity(4, 5, &mut p.quantity);
    e.code(6, &mut p.multiplier_code);
    e.decimal(7, &mut p.multiplier);
    e.money(8, &mut p.rebate);
    e.text(10, &mut p.condition_value);
    e.decimal(11, &mut p.multiple_quantity);
}

/// The loop CTP: a price, and its currency.
pub(crate) fn priced(walk: &mut Walk<'_>, p: &mut QualifiedPrice) {
    walk.once("CTP", |e| qualified_price(e, p));
    walk.maybe("CUR", &mut p.currency, currency);
    if let (true, Some(own)) = (walk.is_reading(), p.currency.clone()) {
        p.set_currency(own);
    }
}

/// AMT.
pub(crate) fn amount(e: &mut Elements<'_>, a: &mut QualifiedAmount) {
    e.needs(1);
    e.coded(1, &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
    e.money(2, &mut a.money);
    e.code(3, &mut a.credit_debit_code);
}

/// The loop AMT: an amount, its references and dates.
pub(crate) fn amount_loop(walk: &mut Walk<'_>, a: &mut QualifiedAmount) {
    walk.once("AMT", |e| amount(e, a));
    walk.each("REF", &mut a.references, super::reference::reference);
    walk.each("DTM", &mut a.dates, date::dtm);
}

/// TAX and TXI: a tax with an amount, a rate or a kind is a TXI, one with numbers and exemptions alone a TAX.
pub(crate) fn taxes(walk: &mut Walk<'_>, list: &mut Vec<Tax>) {
    walk.each_chosen("TAX", list, |t| !is_amount(t), tax);
    walk.each_chosen("TXI", list, is_amount, tax_information);
}

fn is_amount(tax: &Tax) -> bool {
    tax.kind.is_some()
        || tax.type_code.is_some()
        || tax.money.is_some()
        || tax.percent.is_some()
        || tax.assigned_number.is_some()
}

/// TAX: numbers and exemptions.
pub(crate) fn tax(e: &mut Elements<'_>, t: &mut Tax) {
    e.text(1, &mut t.number);
    e.slots((2..=10).step_by(2), &mut t.jurisdictions, |e, at, id: &mut Identifier| {
        e.needs(at + 1);
        e.required(at + 1, &mut id.id);
        e.coded_code_opt(at, &codes::PLACE_SCHEME, &mut id.scheme, &mut id.scheme_code);
    });
    e.code(12, &mut t.exempt_code);
    e.code(13, &mut t.customs_code);
}

/// TXI: tax amounts and rates.
pub(crate) fn tax_information(e: &mut Elements<'_>, t: &mut Tax) {
    e.coded_opt(1, &codes::TAX_KIND, &mut t.kind, &mut t.type_code);
    if !e.is_reading() && !e.has(1) {
        // 963 = ZZ: mutually defined.
        e.constant(1, "ZZ");
    }
    e.money(2, &mut t.money);
    e.fraction(3, &mut t.percent);
    e.slots([4].into_iter(), &mut t.jurisdictions, |e, at, id: &mut Identifier| {
        e.needs(at + 1);
        e.required(at + 1, &mut id.id);
        e.code(at, &mut id.scheme_code);
    });
    e.code(6, &mut t.exempt_code);
    e.code(7, &mut t.relationship_code);
    e.decimal(8, &mut t.base);
    e.text(9, &mut t.number);
    e.text(10, &mut t.assigned_number);
}

/// ITD.
pub(crate) fn payment_terms(e: &mut Elements<'_>, t: &mut PaymentTerms) {
    e.code(1, &mut t.type_code);
    e.coded_opt(2, &codes::TERMS_BASIS, &mut t.basis, &mut t.basis_code);
    e.decimal(3, &mut t.discount_percent);
    e.date(4, &mut t.discount_due_date);
    e.decimal(5, &mut t.discount_days);
    e.date(6, &mut t.net_due_date);
    e.decimal(7, &mut t.net_days);
    e.money_cents(8, &mut t.discount);
    e.date(9, &mut t.deferred_due_date);
    e.money_cents(10, &mut t.deferred);
    e.decimal(11, &mut t.payable_percent);
    e.text(12, &mut t.description);
    e.decimal(13, &mut t.day_of_month);
    e.code(14, &mut t.payment_method_code);
    e.decimal(15, &mut t.percent);
}

/// A line's own currency is that of its price too.
pub(crate) fn line_currency(walk: &mut Walk<'_>, own: &mut Option<Currency>, price: &mut Option<Price>) {
    let of_price = price.as_ref().and_then(|p| p.currency.as_ref());
    if let (true, None, Some(code)) =
        (walk.is_writing(), &own, of_price.filter(|code| walk.currency() != Some(code)))
    {
        let role = crate::party::PartyRole::Buyer;
        *own = Some(Currency { code: code.clone(), role, ..Currency::default() });
    }
    walk.maybe("CUR", own, currency);
    walk.set_currency(own.as_ref());
    if let (true, Some(own), Some(price)) = (walk.is_reading(), own, price) {
        price.currency = Some(Text::clone(&own.code));
    }
}
