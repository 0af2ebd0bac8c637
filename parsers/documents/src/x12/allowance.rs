//! Allowances and charges: the loop SAC (SAC, CUR, CTP).
//!
//! SAC05 has two implied decimals (type N2): `12550` is 125.50. The currency is the one in force, or that of a CUR in the loop.
//! SAC09 is the unit of the rate in SAC08 and of the quantity in SAC10; where there is neither it stays unmapped.
//!
//! Never fails: what cannot be read is a finding.

use super::codes;
use super::money::{cents, currency, qualified_price};
use super::quantity::quantity;
use super::reading::{Fields, Node};
use crate::allowance::{AllowanceCharge, Rate};

/// The loop SAC; `in_force` is the currency where it stands, which a CUR within the loop replaces.
pub(crate) fn allowance_charge(node: Node<'_, '_>, in_force: Option<&str>) -> AllowanceCharge {
    let mut allowance = AllowanceCharge::default();
    for f in node.segments() {
        match f.tag() {
            "SAC" => allowance = sac(&f, in_force),
            "CUR" => {
                let own = currency(&f);
                if let Some(money) = &mut allowance.money {
                    money.currency = Some(own.code.clone());
                }
                allowance.currency = Some(own);
            }
            "CTP" => {
                let code = allowance.currency.as_ref().map(|c| c.code.as_str()).or(in_force);
                allowance.price = Some(qualified_price(&f, code));
            }
            _ => {}
        }
    }
    allowance
}

fn sac(f: &Fields<'_, '_>, in_force: Option<&str>) -> AllowanceCharge {
    let (kind, kind_code) = f.coded(1, codes::allowance_kind).unwrap_or_default();
    let (handling, handling_code) = f.coded(12, codes::allowance_handling).unzip();
    AllowanceCharge {
        kind,
        kind_code,
        service_code: f.text(2),
        agency_code: f.text(3),
        agency_service_code: f.text(4),
        money: cents(f, 5, in_force),
        percent_basis_code: f.text(6),
        percent: f.decimal(7),
        rate: rate(f),
        quantity: quantity(f, 10, 9),
        second_quantity: f.decimal(11),
        handling,
        handling_code,
        reference: f.text(13),
        option: f.text(14),
        description: f.text(15),
        language: f.text(16),
        ..AllowanceCharge::default()
    }
}

/// SAC08 for each unit of SAC09.
fn rate(f: &Fields<'_, '_>) -> Option<Rate> {
    let amount = f.decimal(8)?;
    let (unit, original_unit) = f.unit(9);
    Some(Rate { amount, unit, original_unit, ..Rate::default() })
}
