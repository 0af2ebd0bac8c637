//! Money: CUR, CTP, AMT, TAX, TXI, ITD, and the unit price of a line.
//!
//! The currency in force is handed in by the mapping: it is that of the nearest CUR. Elements of type N2 have two implied
//! decimals; those of type R have the point where it stands.
//!
//! Never fails: what cannot be read is a finding.

use super::codes;
use super::date;
use super::quantity::quantity;
use super::reading::Fields;
use super::reference::identifier;
use crate::Text;
use crate::money::{Currency, Money, PaymentTerms, Price, QualifiedAmount, QualifiedPrice, Tax};
use crate::quantity::Decimal;

/// The amount of a decimal element (type R).
pub(crate) fn money(f: &Fields<'_, '_>, element: usize, currency: Option<&str>) -> Option<Money> {
    f.decimal(element).map(|amount| Money { amount, currency: currency.map(Text::new) })
}

/// The amount of an element with two implied decimals (type N2).
pub(crate) fn cents(f: &Fields<'_, '_>, element: usize, currency: Option<&str>) -> Option<Money> {
    f.cents(element).map(|amount| Money { amount, currency: currency.map(Text::new) })
}

/// CUR.
pub(crate) fn currency(f: &Fields<'_, '_>) -> Currency {
    let (role, role_code) = f.coded(1, codes::party_role).unwrap_or_default();
    Currency {
        code: f.required(2),
        role,
        role_code,
        exchange_rate: f.decimal(3),
        target_role_code: f.text(4),
        target_currency: f.text(5),
        market_code: f.text(6),
        dates: date::triples(f, (7..=19).step_by(3)),
        ..Currency::default()
    }
}

/// A unit price in element `amount`, on the basis in element `basis`.
pub(crate) fn price(
    f: &Fields<'_, '_>,
    amount: usize,
    basis: usize,
    currency: Option<&str>,
) -> Option<Price> {
    let amount = f.decimal(amount)?;
    let basis_code = f.text(basis);
    let base_quantity = basis_code.as_deref().and_then(codes::price_base).map(Decimal::from);
    Some(Price { amount, currency: currency.map(Text::new), base_quantity, basis_code, ..Price::default() })
}

/// CTP.
pub(crate) fn qualified_price(f: &Fields<'_, '_>, currency: Option<&str>) -> QualifiedPrice {
    let (role, role_code) = f.coded(2, codes::price_role).unzip();
    QualifiedPrice {
        role: role.unwrap_or_default(),
        role_code,
        trade_class_code: f.text(1),
        price: price(f, 3, 9, currency),
        quantity: quantity(f, 4, 5),
        multiplier_code: f.text(6),
        multiplier: f.decimal(7),
        rebate: money(f, 8, currency),
        condition_value: f.text(10),
        multiple_quantity: f.decimal(11),
        ..QualifiedPrice::default()
    }
}

/// AMT.
pub(crate) fn amount(f: &Fields<'_, '_>, currency: Option<&str>) -> QualifiedAmount {
    let (role, role_code) = f.coded(1, codes::amount_role).unwrap_or_default();
    let money = money(f, 2, currency);
    QualifiedAmount { role, role_code, money, credit_debit_code: f.text(3), ..QualifiedAmount::default() }
}

/// TAX: numbers and exemptions.
pub(crate) fn tax(f: &Fields<'_, '_>) -> Tax {
    Tax {
        number: f.text(1),
        jurisdictions: (2..=10).step_by(2).filter_map(|e| identifier(f, e, codes::place_scheme)).collect(),
        exempt_code: f.text(12),
        customs_code: f.text(13),
        ..Tax::default()
    }
}

/// TXI: tax amounts and rates.
pub(crate) fn tax_information(f: &Fields<'_, '_>, currency: Option<&str>) -> Tax {
    Tax {
        type_code: f.text(1),
        money: money(f, 2, currency),
        percent: f.decimal(3),
        jurisdictions: identifier(f, 4, |_| crate::reference::IdScheme::Other).into_iter().collect(),
        exempt_code: f.text(6),
        relationship_code: f.text(7),
        base: f.decimal(8),
        number: f.text(9),
        assigned_number: f.text(10),
        ..Tax::default()
    }
}

/// ITD.
pub(crate) fn payment_terms(f: &Fields<'_, '_>, currency: Option<&str>) -> PaymentTerms {
    let (basis, basis_code) = f.coded(2, codes::terms_basis).unzip();
    PaymentTerms {
        type_code: f.text(1),
        basis,
        basis_code,
        discount_percent: f.decimal(3),
        discount_due_date: f.date(4),
        discount_days: f.decimal(5),
        net_due_date: f.date(6),
        net_days: f.decimal(7),
        discount: cents(f, 8, currency),
        deferred_due_date: f.date(9),
        deferred: cents(f, 10, currency),
        payable_percent: f.decimal(11),
        description: f.text(12),
        day_of_month: f.decimal(13),
        payment_method_code: f.text(14),
        percent: f.decimal(15),
        ..PaymentTerms::default()
    }
}
