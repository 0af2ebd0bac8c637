//! Are the totals what the lines, allowances, charges and taxes come to? Sums are exact; a finding says what was declared and what
//! was computed.
//!
//! The rule, for both standards: a finding is given only when the document has everything the sum needs, and *no* usual reading of it
//! gives the declared amount. What a sum cannot be made of is undecidable, and says nothing.
//!
//! * A **line** is its declared amount (MOA 203, 66, 38), else quantity times price by its base. Undecidable: no quantity or price, a
//!   basis for single units (`PE`) where another unit is invoiced, a price in another unit, a factor in CTP, components with a price
//!   of their own, another currency, and in EDIFACT an allowance or charge of a line without MOA 203.
//! * An **allowance or charge** counts with its amount if it is off or on the invoice (SAC12 and 4471: none, `02`/`2`, `06`, `CA`), not at
//!   all if it is settled otherwise (`01` `03` `04` `05` `15`) or is none (`N`). Undecidable: any other handling or kind, or a rate without
//!   its amount.
//! * A **tax** counts with its amount, not at all if it is included or for information (TXI07 `I`, `O`). Undecidable: a percentage above
//!   zero without its amount.
//! * X12 TDS01 is lines, allowances and charges of lines and of the whole, and taxes. Also accepted: allowances and charges of lines
//!   as part of the price already; taxes of the lines beside, or summed up by, those behind them; taxes as part of the price, unless
//!   TXI07 says that they are added (`A`).
//! * EDIFACT MOA 79 is the lines (also accepted: with the allowances and charges of lines). MOA 176, else 124, is the taxes behind the
//!   UNS. MOA 77, 388 and 9 are lines, allowances and charges before the lines, and taxes; MOA 86, 39 and 128 also without taxes; MOA 9
//!   also without what is prepaid (113). MOA 366 (rounding) may be in any of them.
//! * In a credit note, the total may have the other sign than its lines.
//! * Undecidable as a whole: no lines; an amount behind the lines whose code is not known to leave the total alone (a deposit, a
//!   retention); one sum declared twice.
//! * **Rounding**: nothing where all amounts were declared. One smallest coin for each line that was computed and has more decimals
//!   than the currency; one for each tax where taxes are summed; 0.05 in Swiss francs, which are rounded so.
//!
//! Never fails: sums that no decimal can hold are undecidable.

use super::{Invoice, InvoiceLine, is_credit_code};
use crate::Text;
use crate::allowance::{AllowanceCharge, AllowanceHandling, AllowanceKind};
use crate::finding::TOTAL_DIFFERS;
use crate::mapping::Walk;
use crate::money::{AmountRole, Money, QualifiedAmount, Tax};
use crate::quantity::{Decimal, Quantity};
use portway_edi::{Severity, Standard};

/// Checks TDS01.
pub(super) fn check_x12(walk: &Walk<'_>, invoice: &Invoice) {
    let Some(declared) = &invoice.totals.total else { return };
    let Some(sum) = sum_x12(invoice) else { return };
    if sum.differs(declared.amount) {
        report(walk, "TDS", "", "TDS01", declared.amount, &sum);
    }
}

/// Checks MOA 79, the tax total, and each total of the invoice. `summary` is what stands behind the UNS.
pub(super) fn check_edifact(summary: &Walk<'_>, invoice: &Invoice) {
    for (code, sum) in sums_edifact(invoice) {
        let Some(declared) = declared(invoice, code) else { continue };
        if sum.differs(declared) {
            report(summary, "MOA", code, &format!("MOA {code}"), declared, &sum);
        }
    }
}

/// What the lines come to, to the smallest coin; `None` where that is undecidable.
pub(super) fn lines_sum(invoice: &Invoice) -> Option<Decimal> {
    Some(Lines::of(invoice)?.with_charges()?.amount)
}

/// What the taxes of the whole come to.
pub(super) fn taxes_sum(invoice: &Invoice) -> Option<Decimal> {
    taxes(&invoice.totals.taxes, currency_of(invoice))
}

/// The amount of a line, with its allowances and charges and without tax.
pub(super) fn rounded_line_amount(line: &InvoiceLine, currency: Option<&Text>) -> Option<Money> {
    let own = extended(line, currency)?;
    let charges = charges(&line.allowances_and_charges, currency)?;
    Some(Money { amount: own.amount.checked_add(charges)?, currency: currency.cloned() })
}

/// What something comes to, and how far a declared amount may be from it.
#[derive(Clone, Copy, Default)]
struct Part {
    amount: Decimal,
    slack: Decimal,
}

/// All readings of a total, the plain one first, with its parts in words.
struct Sum {
    readings: Vec<Decimal>,
    slack: Decimal,
    either_sign: bool,
    words: String,
}

impl Sum {
    fn differs(&self, declared: Decimal) -> bool {
        let near = |a: Decimal, b: Decimal| a.checked_sub(b).is_some_and(|by| by.abs() <= self.slack);
        !self.readings.iter().any(|sum| near(declared, *sum) || (self.either_sign && near(declared, -*sum)))
    }
}

fn report(walk: &Walk<'_>, tag: &str, code: &str, what: &str, declared: Decimal, sum: &Sum) {
    let computed = sum.readings.first().copied().unwrap_or_default();
    let message = format!("{what} declares {declared}; {} come to {computed}.", sum.words);
    let help = "The partner's move: correct the total, or send the line, allowance, charge or tax that it has and the \
                document lacks. Ours: do not pay before it is known which of both is right.";
    let level = (TOTAL_DIFFERS, Severity::Warning);
    match tag {
        "TDS" => walk.report(tag, |_| true, 1, level, message, help),
        _ => walk.report(tag, |e| e.peek((1, 1)) == code, (1, 2), level, message, help),
    }
}

/// TDS01 by its parts.
fn sum_x12(invoice: &Invoice) -> Option<Sum> {
    let currency = currency_of(invoice);
    let known = |a: &QualifiedAmount| {
        matches!(
            a.role_code.as_str(),
            "1" | "5" | "TT" | "T" | "F7" | "GT" | "GV" | "N" | "D8" | "BAP" | "KK"
        )
    };
    if !invoice.totals.amounts.iter().all(known) {
        return None;
    }
    let lines = Lines::of(invoice)?;
    let of_lines = lines.charges?;
    let of_whole = charges(&invoice.allowances_and_charges, currency)?;
    let all = invoice.lines.iter().flat_map(|line| &line.allowances_and_charges);
    let all: Vec<&AllowanceCharge> = all.chain(&invoice.allowances_and_charges).collect();
    let of_charges = total(all.iter().map(|a| taxes(&a.taxes, currency)))?;
    let taxes = tax_readings(invoice)?;
    let credit = is_credit(invoice);
    // In a credit note an allowance may have the sign of the lines or its own.
    let signs = if credit { &[Decimal::ONE, Decimal::NEGATIVE_ONE][..] } else { &[Decimal::ONE][..] };
    let mut readings = Vec::new();
    for sign in signs {
        for within in [of_lines, Decimal::ZERO] {
            for tax in &taxes {
                for on_charges in [of_charges, Decimal::ZERO] {
                    let charges = within.checked_add(of_whole)?.checked_mul(*sign)?;
                    let sum = lines.plain.amount.checked_add(charges)?.checked_add(*tax)?;
                    readings.push(sum.checked_add(on_charges)?);
                }
            }
        }
    }
    let tax = taxes.first()?.checked_add(of_charges)?;
    let words = words(lines.plain.amount, of_lines.checked_add(of_whole)?, Some(tax));
    Some(Sum { readings, slack: lines.plain.slack + tolerance(currency), either_sign: credit, words })
}

/// The taxes of an 810: behind the lines, with the lines, or in an AMT.
fn tax_readings(invoice: &Invoice) -> Option<Vec<Decimal>> {
    let currency = currency_of(invoice);
    let whole = &invoice.totals.taxes;
    let of_lines: Vec<&Tax> = invoice.lines.iter().flat_map(|line| &line.taxes).collect();
    let mut readings = Vec::new();
    let lines = total(of_lines.iter().map(|tax| tax_amount(tax, currency)));
    if !whole.is_empty() {
        let whole = taxes(whole, currency)?;
        readings.push(whole);
        if let (false, Some(lines)) = (of_lines.is_empty(), lines) {
            readings.extend([lines, whole.checked_add(lines)?]);
        }
    } else if !of_lines.is_empty() {
        readings.push(lines?);
    } else {
        let is_tax = |a: &&QualifiedAmount| matches!(a.role_code.as_str(), "T" | "F7" | "GT");
        let amounts = invoice.totals.amounts.iter().filter(is_tax);
        readings.push(total(amounts.map(|a| amount_in(a.money.as_ref(), currency)))?);
    }
    let added = |tax: &&Tax| tax.relationship_code.as_deref() == Some("A");
    if !whole.iter().chain(of_lines).all(|tax| added(&tax)) {
        readings.push(Decimal::ZERO);
    }
    Some(readings)
}

/// The sums of an INVOIC that can be reckoned, by the code of the amount (5025) that declares them.
fn sums_edifact(invoice: &Invoice) -> Vec<(&'static str, Sum)> {
    let currency = currency_of(invoice);
    let mut sums = Vec::new();
    let lines = Lines::of(invoice);
    let credit = is_credit(invoice);
    if let Some(lines) = &lines {
        let mut readings = vec![lines.plain.amount];
        readings.extend(lines.charges.and_then(|charges| lines.plain.amount.checked_add(charges)));
        let words = format!("the {} lines", invoice.lines.len());
        sums.push(("79", Sum { readings, slack: lines.plain.slack, either_sign: credit, words }));
    }
    let summed = taxes_sum(invoice).filter(|_| !invoice.totals.taxes.is_empty());
    let tax_code = if declared(invoice, "176").is_some() { "176" } else { "124" };
    if let Some(summed) = summed {
        let count = Decimal::from(invoice.totals.taxes.len());
        let slack = coin(currency).checked_mul(count).unwrap_or_default();
        let words = "the taxes one by one".to_owned();
        sums.push((tax_code, Sum { readings: vec![summed], slack, either_sign: credit, words }));
    }
    let taxes = match (declared(invoice, tax_code), summed) {
        (None, None) if is_taxed(invoice) => None,
        (None, None) => Some(vec![Decimal::ZERO]),
        (declared, summed) => Some(summed.into_iter().chain(declared).collect::<Vec<_>>()),
    };
    if let (Some(lines), Some(taxes)) = (lines, taxes) {
        sums.extend(totals_edifact(invoice, &lines, &taxes).unwrap_or_default());
    }
    sums
}

fn totals_edifact(invoice: &Invoice, lines: &Lines, taxes: &[Decimal]) -> Option<Vec<(&'static str, Sum)>> {
    let currency = currency_of(invoice);
    const KNOWN: [&str; 26] = [
        "9", "21", "38", "39", "52", "53", "66", "77", "79", "86", "109", "113", "124", "125", "128", "129",
        "131", "138", "150", "161", "176", "259", "260", "366", "388", "389",
    ];
    if !invoice.totals.amounts.iter().all(|a| KNOWN.contains(&a.role_code.as_str())) {
        return None;
    }
    let stated = ["131", "259", "260"].iter().filter_map(|code| declared(invoice, code));
    if invoice.allowances_and_charges.is_empty() && stated.into_iter().any(|amount| !amount.is_zero()) {
        return None;
    }
    let charges = charges(&invoice.allowances_and_charges, currency)?;
    let net = lines.plain.amount.checked_add(charges)?;
    let rounding = declared(invoice, "366").unwrap_or_default();
    let prepaid = declared(invoice, "113").unwrap_or_default();
    let mut sums = Vec::new();
    for code in ["77", "388", "9", "86", "39", "128"] {
        let mut readings: Vec<Decimal> = taxes.iter().filter_map(|tax| net.checked_add(*tax)).collect();
        match code {
            "86" | "39" | "128" => readings.push(net),
            "9" => {
                let due: Vec<_> = readings.iter().filter_map(|sum| sum.checked_sub(prepaid.abs())).collect();
                readings.extend(due);
            }
            _ => {}
        }
        let rounded: Vec<_> = readings.iter().filter_map(|sum| sum.checked_add(rounding)).collect();
        readings.extend(rounded);
        let words = words(lines.plain.amount, charges, taxes.first().copied());
        let slack = lines.plain.slack + tolerance(currency);
        sums.push((code, Sum { readings, slack, either_sign: is_credit(invoice), words }));
    }
    Some(sums)
}

/// The amount declared behind the lines under a code, in the currency of the invoice; `None` where there is none, or more than one.
fn declared(invoice: &Invoice, code: &str) -> Option<Decimal> {
    let currency = currency_of(invoice);
    let of = |a: &&QualifiedAmount| a.role_code == code;
    let mut amounts =
        invoice.totals.amounts.iter().filter(of).filter_map(|a| amount_in(a.money.as_ref(), currency));
    let first = amounts.next()?;
    amounts.next().is_none().then_some(first)
}

/// True if a tax above zero is named anywhere.
fn is_taxed(invoice: &Invoice) -> bool {
    let of_lines = invoice.lines.iter().flat_map(|line| &line.taxes);
    let mut all = of_lines.chain(&invoice.taxes).chain(&invoice.totals.taxes);
    all.any(|tax| tax.money.is_some() || tax.percent.is_none_or(|percent| !percent.is_zero()))
}

/// All lines together.
struct Lines {
    /// Their amounts, allowances and charges aside where they stand by themselves.
    plain: Part,
    /// Their allowances and charges; `None` where undecidable.
    charges: Option<Decimal>,
    /// True if the amounts were declared: they have the allowances and charges in them.
    declared: bool,
}

impl Lines {
    fn of(invoice: &Invoice) -> Option<Lines> {
        if invoice.lines.is_empty() {
            return None;
        }
        let currency = currency_of(invoice);
        let mut plain = Part::default();
        for line in &invoice.lines {
            let part = line_part(line, currency)?;
            plain.amount = plain.amount.checked_add(part.amount)?;
            plain.slack = plain.slack.checked_add(part.slack)?;
        }
        let charges = total(invoice.lines.iter().map(|l| charges(&l.allowances_and_charges, currency)));
        let declared = invoice.lines.iter().all(|line| line.line_amount.is_some());
        Some(Lines { plain, charges, declared })
    }

    fn with_charges(&self) -> Option<Part> {
        let charges = if self.declared { Decimal::ZERO } else { self.charges? };
        Some(Part { amount: self.plain.amount.checked_add(charges)?, slack: self.plain.slack })
    }
}

/// A line by its declared amount, else by quantity and price.
fn line_part(line: &InvoiceLine, currency: Option<&Text>) -> Option<Part> {
    let is_edifact = line.price.as_ref().is_some_and(|p| p.role_code.is_some()) || !line.amounts.is_empty();
    let has_charges = !line.allowances_and_charges.is_empty();
    let priced = |subline: &crate::purchase_order::SubLine| {
        let included = matches!(subline.relationship_code.as_str(), "I" | "O");
        !included && (subline.price.is_some() || !subline.amounts.is_empty())
    };
    if line.sublines.iter().any(priced) {
        return None;
    }
    if let Some(amount) = &line.line_amount {
        let with_charges = line.amounts.is_empty() || line.amounts.iter().any(|a| a.role_code == "203");
        if has_charges && !with_charges {
            return None;
        }
        let amount = amount_in(Some(amount), currency)?;
        return Some(Part { amount, slack: Decimal::ZERO });
    }
    if is_edifact && has_charges {
        return None;
    }
    extended(line, currency)
}

/// Quantity times price, to the smallest coin.
fn extended(line: &InvoiceLine, currency: Option<&Text>) -> Option<Part> {
    let (quantity, price) = match (&line.quantity, &line.price) {
        (Some(quantity), Some(price)) => (quantity, price),
        // A line of X12 that is nothing but a charge.
        (None, None) if !line.allowances_and_charges.is_empty() => return Some(Part::default()),
        _ => return None,
    };
    let other_price = |p: &crate::money::QualifiedPrice| p.multiplier.is_some() || p.rebate.is_some();
    let plain_role = matches!(price.role_code.as_deref(), None | Some("AAA" | "AAB"));
    if price.currency.as_ref() != currency || line.prices.iter().any(other_price) || !plain_role {
        return None;
    }
    let base = price.base_quantity.unwrap_or(Decimal::ONE);
    let by_unit = match (price.basis_code.as_deref(), &price.base_unit, &price.original_base_unit) {
        (None, None, None) => true,
        (None, unit, original) => *unit == quantity.unit && *original == quantity.original_unit,
        (Some("UM"), ..) => true,
        // The price of single units.
        (Some(_), ..) => price.base_quantity.is_some() && is_single(quantity),
    };
    if !by_unit {
        return None;
    }
    let exact = quantity.value.checked_mul(price.amount)?.checked_div(base)?.normalize();
    let coin = coin(currency);
    let amount =
        exact.round_dp_with_strategy(coin.scale(), rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    let slack = if amount == exact { Decimal::ZERO } else { coin };
    Some(Part { amount, slack })
}

fn is_single(quantity: &Quantity) -> bool {
    matches!(quantity.unit.as_deref(), Some("EA" | "H87" | "C62"))
}

/// Charges less allowances.
fn charges(list: &[AllowanceCharge], currency: Option<&Text>) -> Option<Decimal> {
    total(list.iter().map(|a| charge(a, currency)))
}

fn charge(a: &AllowanceCharge, currency: Option<&Text>) -> Option<Decimal> {
    use AllowanceHandling as H;
    match a.handling {
        None | Some(H::OffInvoice | H::PaidByCustomer | H::AddToInvoice) => {}
        Some(H::BillBack | H::VendorCheck | H::CreditAccount | H::PaidByVendor | H::InformationOnly) => {
            return Some(Decimal::ZERO);
        }
        Some(_) => return None,
    }
    if a.kind == AllowanceKind::NoAllowanceOrCharge {
        return Some(Decimal::ZERO);
    }
    let amount = amount_in(Some(a.money.as_ref()?), currency)?;
    match a.kind {
        _ if amount.is_zero() => Some(amount),
        AllowanceKind::Charge => Some(amount),
        AllowanceKind::Allowance => Some(-amount),
        _ => None,
    }
}

fn taxes(list: &[Tax], currency: Option<&Text>) -> Option<Decimal> {
    total(list.iter().map(|tax| tax_amount(tax, currency)))
}

fn tax_amount(tax: &Tax, currency: Option<&Text>) -> Option<Decimal> {
    match tax.relationship_code.as_deref() {
        Some("I" | "O") => return Some(Decimal::ZERO),
        None | Some("A") => {}
        Some(_) => return None,
    }
    let is_tax = |a: &&QualifiedAmount| a.role == AmountRole::Tax;
    let own = tax.amounts.iter().find(is_tax).and_then(|a| a.money.as_ref());
    // Of EDIFACT only an amount that says it is the tax; X12 has one amount and no list.
    let money = own.or(tax.money.as_ref().filter(|_| tax.amounts.is_empty()));
    match money {
        Some(money) => amount_in(Some(money), currency),
        None => tax.percent.is_none_or(|percent| percent.is_zero()).then_some(Decimal::ZERO),
    }
}

/// An amount in the currency of the invoice.
fn amount_in(money: Option<&Money>, currency: Option<&Text>) -> Option<Decimal> {
    money.filter(|money| money.currency.as_ref() == currency).map(|money| money.amount)
}

fn total(amounts: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    amounts.into_iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount?))
}

fn currency_of(invoice: &Invoice) -> Option<&Text> {
    invoice.currency.as_ref().map(|c| &c.code).filter(|code| !code.is_empty())
}

fn is_credit(invoice: &Invoice) -> bool {
    let code = invoice.kind_code.as_deref().unwrap_or_default();
    is_credit_code(Standard::X12, code) || is_credit_code(Standard::Edifact, code)
}

/// The smallest amount of a currency that prices are rounded to: 1 where ISO 4217 has no decimals, else 0.01 (a currency with three is
/// rounded finer, and so within it).
fn coin(currency: Option<&Text>) -> Decimal {
    const WHOLE: [&str; 16] = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
        "XOF", "XPF",
    ];
    match currency {
        Some(code) if WHOLE.contains(&code.as_str()) => Decimal::ONE,
        _ => Decimal::new(1, 2),
    }
}

/// How totals of a currency are rounded beside.
fn tolerance(currency: Option<&Text>) -> Decimal {
    match currency.map(Text::as_str) {
        Some("CHF") => Decimal::new(5, 2),
        _ => Decimal::ZERO,
    }
}

fn words(lines: Decimal, charges: Decimal, taxes: Option<Decimal>) -> String {
    let taxes = taxes.unwrap_or_default();
    format!("lines of {lines}, charges less allowances of {charges} and taxes of {taxes}")
}
