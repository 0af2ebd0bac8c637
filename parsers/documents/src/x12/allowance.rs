//! Allowances and charges: the loop SAC (SAC, CUR, CTP).
//!
//! SAC05 has two implied decimals (type N2): `12550` is 125.50. The currency is the one in force, or that of a CUR in the loop.
//! SAC09 is the unit of the rate in SAC08 and of the quantity in SAC10; where there is neither it stays unmapped.

use super::codes;
use super::money::{currency, qualified_price};
use crate::allowance::{AllowanceCharge, Rate};
use crate::mapping::{Elements, Walk};
use crate::money::Currency;

/// The loop SAC.
pub(crate) fn allowance_charge(walk: &mut Walk<'_>, a: &mut AllowanceCharge) {
    walk.once("SAC", |e| sac(e, a));
    let of_money = a.money.as_ref().and_then(|m| m.currency.as_ref());
    if let (true, None, Some(code)) =
        (walk.is_writing(), &a.currency, of_money.filter(|c| walk.currency() != Some(c)))
    {
        let role = crate::party::PartyRole::Buyer;
        a.currency = Some(Currency { code: code.clone(), role, ..Currency::default() });
    }
    walk.maybe("CUR", &mut a.currency, currency);
    walk.set_currency(a.currency.as_ref());
    if let (true, Some(own), Some(money)) = (walk.is_reading(), &a.currency, &mut a.money) {
        money.currency = Some(own.code.clone());
    }
    walk.maybe("CTP", &mut a.price, qualified_price);
}

/// SAC.
pub(crate) fn sac(e: &mut Elements<'_>, a: &mut AllowanceCharge) {
    e.needs(1);
    e.coded(1, &codes::ALLOWANCE_KIND, &mut a.kind, &mut a.kind_code);
    e.coded_opt(2, &codes::ALLOWANCE_SERVICE, &mut a.service, &mut a.service_code);
    e.code(3, &mut a.agency_code);
    e.code(4, &mut a.agency_service_code);
    if !e.is_reading() && !e.has(2) && !e.has(3) {
        // 1300 = ZZZZ: mutually defined.
        e.constant(2, "ZZZZ");
    }
    e.money_cents(5, &mut a.money);
    e.code(6, &mut a.percent_basis_code);
    e.decimal(7, &mut a.percent);
    if !e.is_reading() && e.has(7) && !e.has(6) {
        // 378 = Z: mutually defined; a percentage needs what it is of.
        e.constant(6, "Z");
    }
    e.part(&mut a.rate, |e, rate: &mut Rate| {
        e.needs_number(8);
        e.required_decimal(8, &mut rate.amount);
        e.unit(9, &mut rate.unit, &mut rate.original_unit);
    });
    e.quantity(10, 9, &mut a.quantity);
    e.decimal(11, &mut a.second_quantity);
    e.coded_opt(12, &codes::ALLOWANCE_HANDLING, &mut a.handling, &mut a.handling_code);
    e.text(13, &mut a.reference);
    e.text(14, &mut a.option);
    e.text(15, &mut a.description);
    e.text(16, &mut a.language);
}
