//! Allowances and charges: the group ALC (ALC, DTM, QTY, PCD, MOA, RTE, RNG, TAX).
//!
//! `money` is the first amount that came; all of them stand in `amounts`, each with its kind. The first quantity, percentage and
//! rate count: the standard allows one of each.
//!
//! Never fails: what cannot be read is a finding.

use super::quantity::quantity;
use super::reading::{Fields, Node};
use super::{codes, date, money};
use crate::allowance::{AllowanceCharge, Rate};

/// The group ALC; `in_force` is the currency where it stands.
pub(crate) fn allowance_charge(node: Node<'_, '_>, in_force: Option<&str>) -> AllowanceCharge {
    let mut read = AllowanceCharge::default();
    for f in node.segments() {
        segment(&f, &mut read, in_force);
    }
    for inner in node.groups() {
        match inner.trigger() {
            "TAX" => read.taxes.push(money::tax(inner, in_force)),
            _ => inner.segments().for_each(|f| segment(&f, &mut read, in_force)),
        }
    }
    read
}

fn segment(f: &Fields<'_, '_>, read: &mut AllowanceCharge, in_force: Option<&str>) {
    match f.tag() {
        "ALC" => alc(f, read),
        "DTM" => read.dates.push(date::dtm(f)),
        "QTY" if read.quantity.is_none() => {
            read.quantity_code = f.text(1, 1);
            read.quantity = quantity(f, 1, 2, 3);
        }
        "PCD" if read.percent.is_none() => {
            read.percent_code = f.text(1, 1);
            read.percent = f.decimal(1, 2);
            read.percent_basis_code = f.text(1, 3);
        }
        "MOA" => {
            let amount = money::amount(f, in_force);
            read.money = read.money.take().or_else(|| amount.money.clone());
            read.amounts.push(amount);
        }
        "RTE" if read.rate.is_none() => read.rate = rate(f),
        "RNG" => read.ranges.push(money::range(f)),
        _ => {}
    }
}

fn alc(f: &Fields<'_, '_>, read: &mut AllowanceCharge) {
    (read.kind, read.kind_code) = f.coded(1, 1, codes::allowance_kind).unwrap_or_default();
    read.reference = f.text(2, 1);
    read.reason_code = f.text(2, 2);
    (read.handling, read.handling_code) = f.coded(3, 1, codes::allowance_handling).unzip();
    read.sequence_code = f.text(4, 1);
    read.service_code = f.text(5, 1);
    read.list_code = f.text(5, 2);
    read.agency_code = f.text(5, 3);
    read.description = f.lines(5, 4..=5);
}

/// RTE.
fn rate(f: &Fields<'_, '_>) -> Option<Rate> {
    let amount = f.decimal(1, 2)?;
    let (unit, original_unit) = f.unit(1, 4);
    Some(Rate { amount, unit, original_unit, code: f.text(1, 1), base_quantity: f.decimal(1, 3) })
}
