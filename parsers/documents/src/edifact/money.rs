//! Money: CUX, MOA, PRI, TAX, the group PAT, PCD, PAI, RNG.
//!
//! The currency in force is handed in by the mapping: that of the nearest CUX. An MOA may name its own.
//!
//! Never fails: what cannot be read is a finding.

use super::quantity::quantity;
use super::reading::{Fields, Node};
use super::{codes, date};
use crate::Text;
use crate::money::{
    Currency, Money, PaymentInstruction, PaymentTerms, Percentage, Price, QualifiedAmount, QualifiedPrice,
    Range, Tax,
};
use crate::transport::Location;

/// CUX: the reference currency, and the one it is changed into.
pub(crate) fn currency(f: &Fields<'_, '_>) -> Currency {
    Currency {
        usage_code: f.text(1, 1),
        code: f.required(1, 2),
        role_code: f.required(1, 3),
        base_rate: f.decimal(1, 4),
        target_usage_code: f.text(2, 1),
        target_currency: f.text(2, 2),
        target_role_code: f.text(2, 3),
        target_base_rate: f.decimal(2, 4),
        exchange_rate: f.decimal(3, 1),
        market_code: f.text(4, 1),
        ..Currency::default()
    }
}

/// MOA.
pub(crate) fn amount(f: &Fields<'_, '_>, in_force: Option<&str>) -> QualifiedAmount {
    let (role, role_code) = f.coded(1, 1, codes::amount_role).unwrap_or_default();
    let money = f
        .decimal(1, 2)
        .map(|amount| Money { amount, currency: f.text(1, 3).or_else(|| in_force.map(Text::new)) });
    QualifiedAmount {
        role,
        role_code,
        money,
        currency_role_code: f.text(1, 4),
        status_code: f.text(1, 5),
        ..QualifiedAmount::default()
    }
}

/// The group PRI: a price, its currency, and when and for how much it holds.
pub(crate) fn price(node: Node<'_, '_>, in_force: Option<&str>) -> QualifiedPrice {
    let mut read = QualifiedPrice::default();
    for f in node.segments() {
        match f.tag() {
            "PRI" => pri(&f, &mut read, in_force),
            "CUX" => read.set_currency(currency(&f)),
            "RNG" => read.ranges.push(range(&f)),
            "DTM" => read.dates.push(date::dtm(&f)),
            _ => {}
        }
    }
    read
}

fn pri(f: &Fields<'_, '_>, read: &mut QualifiedPrice, in_force: Option<&str>) {
    (read.role, read.role_code) = match f.coded(1, 1, codes::price_role) {
        Some((role, code)) => (role, Some(code)),
        None => Default::default(),
    };
    let Some(amount) = f.decimal(1, 2) else { return };
    let base_quantity = f.decimal(1, 5);
    let (base_unit, original_base_unit) = f.unit(1, 6);
    read.price = Some(Price {
        amount,
        currency: in_force.map(Text::new),
        base_quantity,
        role_code: read.role_code.clone(),
        type_code: f.text(1, 3),
        specification_code: f.text(1, 4),
        base_unit,
        original_base_unit,
        change_code: f.text(2, 1),
        ..Price::default()
    });
}

/// RNG.
pub(crate) fn range(f: &Fields<'_, '_>) -> Range {
    Range { code: f.required(1, 1), minimum: quantity(f, 2, 2, 1), maximum: f.decimal(2, 3) }
}

/// PCD.
pub(crate) fn percentage(f: &Fields<'_, '_>) -> Percentage {
    Percentage { code: f.required(1, 1), percent: f.decimal(1, 2), basis_code: f.text(1, 3) }
}

/// PAI.
pub(crate) fn payment_instruction(f: &Fields<'_, '_>) -> PaymentInstruction {
    PaymentInstruction {
        condition_code: f.text(1, 1),
        guarantee_code: f.text(1, 2),
        method_code: f.text(1, 3),
        channel_code: f.text(1, 6),
    }
}

/// The group TAX: a tax, its amounts, and where it is levied.
pub(crate) fn tax(node: Node<'_, '_>, in_force: Option<&str>) -> Tax {
    let mut read = Tax::default();
    for f in node.segments() {
        match f.tag() {
            "TAX" => {
                read = Tax {
                    function_code: f.text(1, 1),
                    type_code: f.text(2, 1),
                    description: f.text(2, 4),
                    assigned_number: f.text(3, 1),
                    base: f.decimal(4, 1),
                    rate_code: f.text(5, 1),
                    percent: f.decimal(5, 4),
                    category_code: f.text(6, 1),
                    number: f.text(7, 1),
                    ..Tax::default()
                }
            }
            "MOA" => {
                let amount = amount(&f, in_force);
                if matches!(amount.role_code.as_str(), "124" | "150" | "161" | "176") {
                    read.money = amount.money.clone();
                }
                read.amounts.push(amount);
            }
            "LOC" if f.has(2, 1) => read.jurisdictions.extend(super::transport::place(&f, 2)),
            _ => {}
        }
    }
    read
}

/// The group PAT: terms of payment, their dates, percentages and amounts.
pub(crate) fn payment_terms(node: Node<'_, '_>, in_force: Option<&str>) -> PaymentTerms {
    let mut terms = PaymentTerms::default();
    for f in node.all_segments() {
        match f.tag() {
            "PAT" => pat(&f, &mut terms),
            "DTM" => {
                let date = date::dtm(&f);
                match date.role_code.as_str() {
                    "12" => terms.discount_due_date = date.date,
                    "13" => terms.net_due_date = date.date,
                    _ => {}
                }
                terms.dates.push(date);
            }
            "PCD" => {
                let percentage = percentage(&f);
                match percentage.code.as_str() {
                    "12" => terms.discount_percent = percentage.percent,
                    _ => terms.percent = percentage.percent,
                }
                terms.percentages.push(percentage);
            }
            "MOA" => terms.amounts.push(amount(&f, in_force)),
            _ => {}
        }
    }
    terms
}

fn pat(f: &Fields<'_, '_>, terms: &mut PaymentTerms) {
    terms.type_code = f.text(1, 1);
    terms.code = f.text(2, 1);
    terms.agency_code = f.text(2, 3);
    terms.description = f.lines(2, 4..=5);
    (terms.basis, terms.basis_code) = f.coded(3, 1, codes::terms_basis).unzip();
    terms.relation_code = f.text(3, 2);
    terms.period_code = f.text(3, 3);
    terms.period_count = f.decimal(3, 4);
    // 4279 = 22: discount; the days are those in which it holds.
    let days = terms.period_count.filter(|_| terms.period_code.as_deref() == Some("D"));
    match terms.type_code.as_deref() {
        Some("22") => terms.discount_days = days,
        _ => terms.net_days = days,
    }
}

/// True where a price is nothing but a price: then it is whole without what surrounds it.
pub(crate) fn is_plain(price: &QualifiedPrice) -> bool {
    price.price.is_some() && price.currency.is_none() && price.ranges.is_empty() && price.dates.is_empty()
}

/// Adds dates to the place they stand with.
pub(crate) fn add_date(place: Option<&mut Location>, f: &Fields<'_, '_>) {
    if let Some(place) = place {
        place.dates.push(date::dtm(f));
    }
}
