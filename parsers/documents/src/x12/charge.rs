//! Charges of motor carriers: L1, L3, L7, L9, C2, C3.
//!
//! Charges of type N2 have two implied decimals and are exact: one with more is not written. L9 has its point where it stands. A rate
//! (R9) has its point too. Amounts are in the currency of the C3.

use super::codes;
use super::freight::{bare, or_else, volume, weight};
use crate::freight::{FreightCharge, Tariff};
use crate::mapping::Elements;
use crate::money::{BankAccount, Currency, QualifiedAmount};

/// L1: a rate, and the charge it comes to. The amount in another currency stands in `amounts`.
pub(crate) fn l1(e: &mut Elements<'_>, c: &mut FreightCharge) {
    e.text(1, &mut c.line_number);
    e.decimal(2, &mut c.rate);
    e.code(3, &mut c.rate_code);
    // 122 = FR: flat rate.
    or_else(e, 3, 2, "FR");
    e.money_cents(4, &mut c.amount);
    e.money_cents(5, &mut c.advances);
    e.money_cents(6, &mut c.prepaid);
    e.code(7, &mut c.rate_combination_code);
    e.code(8, &mut c.code);
    e.code(9, &mut c.rate_class_code);
    e.code(10, &mut c.entitlement_code);
    e.code(11, &mut c.payment_code);
    e.text(12, &mut c.description);
    e.code(13, &mut c.tariff_code);
    declared(e, c);
    e.code(16, &mut c.liability_code);
    e.decimal(17, &mut c.billed_quantity);
    e.code(18, &mut c.billed_quantity_code);
    or_else(e, 18, 17, "NU");
    e.decimal(19, &mut c.percent);
    e.slots([20].into_iter(), &mut c.amounts, |e, at, a: &mut QualifiedAmount| {
        e.needs(at + 1);
        e.money_cents(at + 1, &mut a.money);
        let mut own = a.money.as_ref().and_then(|m| m.currency.clone());
        if e.is_reading() {
            own = None;
        }
        e.text(at, &mut own);
        if let (true, Some(money), Some(own)) = (e.is_reading(), &mut a.money, own) {
            money.currency = Some(own);
        }
    });
    e.text(22, &mut c.lading_value);
}

/// The value declared in elements 14 and 15 of L1 and L3.
fn declared(e: &mut Elements<'_>, c: &mut FreightCharge) {
    e.money_cents(14, &mut c.declared_value);
    e.code(15, &mut c.declared_value_code);
    // 122 = BL: the value that the bill of lading declares.
    or_else(e, 15, 14, "BL");
}

/// L3: weight, pieces and charges in all.
pub(crate) fn l3(
    e: &mut Elements<'_>,
    total: &mut Option<FreightCharge>,
    counted: &mut crate::heading::Totals,
) {
    weight(e, 1, 12, &mut counted.weight);
    e.code(2, &mut counted.weight_code);
    or_else(e, 2, 1, "G");
    e.part(total, |e, c: &mut FreightCharge| {
        e.decimal(3, &mut c.rate);
        e.code(4, &mut c.rate_code);
        or_else(e, 4, 3, "FR");
        e.money_cents(5, &mut c.amount);
        e.money_cents(6, &mut c.advances);
        e.money_cents(7, &mut c.prepaid);
        e.code(8, &mut c.code);
        e.text(13, &mut c.tariff_number);
        declared(e, c);
    });
    volume(e, 9, 10, &mut counted.volume);
    bare(e, 11, &mut counted.package_count);
}

/// L7.
pub(crate) fn l7(e: &mut Elements<'_>, t: &mut Tariff) {
    e.text(1, &mut t.line_number);
    e.code(2, &mut t.agency_code);
    e.text(3, &mut t.number);
    e.text(4, &mut t.section);
    e.text(5, &mut t.item);
    e.text(6, &mut t.item_part);
    e.code(7, &mut t.freight_class_code);
    e.text(8, &mut t.supplement);
    e.text(9, &mut t.ex_parte);
    e.date(10, &mut t.date);
    e.text(11, &mut t.rate_basis);
    e.text(12, &mut t.column);
    e.decimal(13, &mut t.distance);
    e.code(14, &mut t.distance_code);
    e.text(15, &mut t.city);
    e.text(16, &mut t.region);
}

/// L9.
pub(crate) fn l9(e: &mut Elements<'_>, c: &mut FreightCharge) {
    e.needs(1);
    e.needs(2);
    e.code(1, &mut c.code);
    e.money(2, &mut c.amount);
}

/// C3: the currency of the charges, and the one they are changed into.
pub(crate) fn currency(e: &mut Elements<'_>, c: &mut Currency) {
    e.needs(1);
    e.required(1, &mut c.code);
    e.decimal(2, &mut c.exchange_rate);
    e.text(3, &mut c.target_currency);
}

/// C2: where to pay.
pub(crate) fn bank(e: &mut Elements<'_>, b: &mut BankAccount) {
    e.needs(1);
    e.needs(3);
    e.code(1, &mut b.client_code);
    e.identifier(2, 3, &codes::ID_SCHEME, &mut b.bank);
    e.text(4, &mut b.client_number);
    e.text(5, &mut b.number);
    e.code(6, &mut b.payment_method_code);
    e.date(7, &mut b.date);
}
