//! Facts of the EDIFACT invoices and credit notes, asserted by hand from the inputs: what a reader of the document would look for.
//!
//! Fails with the value that is wrong.

use super::invoice::{input, invoice};
use crate::sets::{case, set};
use portway_documents::Invoice;
use portway_documents::allowance::{AllowanceHandling, AllowanceKind, AllowanceService};
use portway_documents::date::DateRole;
use portway_documents::invoice::InvoiceKind;
use portway_documents::money::{AmountRole, Money, TaxKind, TermsBasis};
use portway_documents::party::PartyRole;
use portway_documents::reference::ReferenceKind;
use portway_documents::transport::TransportMode;

fn of(kind: &str, name: &str) -> Invoice {
    invoice(case(kind, name))
}

fn text(value: &Option<impl ToString>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn amount(money: &Option<Money>) -> String {
    let Some(money) = money else { return String::new() };
    format!("{} {}", money.amount, money.currency.as_deref().unwrap_or_default()).trim_end().to_owned()
}

#[test]
fn several_rates_header() {
    let invoice = of("invoice", "supplier-several-rates");
    assert_eq!((invoice.number.as_str(), invoice.kind), ("R-2026-30881", Some(InvoiceKind::Invoice)));
    assert_eq!(invoice.invoice_date.unwrap().0.to_string(), "2026-11-16");
    assert_eq!(invoice.dates[2].role, DateRole::TaxPoint);
    let order = invoice.order.as_ref().unwrap();
    assert_eq!(
        (order.number.as_deref(), order.date.unwrap().0.to_string()),
        (Some("B-2026-1187"), "2026-11-02".into())
    );
    assert_eq!(
        (order.contract_number.as_deref(), order.seller_number.as_deref()),
        (Some("C-2026-17"), Some("AB-9001"))
    );
    assert_eq!(invoice.references[1].kind, ReferenceKind::Delivery);
    assert_eq!(invoice.payment_instructions[0].method_code.as_deref(), Some("42"));
    assert_eq!(invoice.trade_conditions[0].origin_country.as_deref(), Some("IT"));
    assert_eq!(invoice.notes[0].lines, ["Lieferung frei Rampe", "Rechnung in zweifacher Ausfertigung"]);

    let seller = &invoice.parties[0];
    assert_eq!((seller.role, seller.name.as_deref()), (PartyRole::Supplier, Some("Bergmann Werkzeuge GmbH")));
    let bank = &seller.bank_accounts[0];
    assert_eq!(
        (bank.number.as_deref(), bank.bank.as_ref().unwrap().id.as_str()),
        (Some("DE02120300000000202051"), "BYLADEM1001")
    );
    assert_eq!(
        (bank.branch.as_ref().unwrap().id.as_str(), bank.bank_name.as_deref()),
        ("12030000", Some("Beispielbank"))
    );
    assert_eq!(seller.references[0].kind, ReferenceKind::TaxIdentification);
    let document = &seller.attachments[0];
    assert_eq!((document.kind_code.as_str(), document.number.as_deref()), ("861", Some("UZ-2026-5")));
    assert_eq!((text(&document.copies), text(&document.originals)), ("1".into(), "2".into()));
    assert_eq!(seller.contacts[0].channels[1].value, "lindner@bergmann.example");
    let currency = invoice.currency.as_ref().unwrap();
    assert_eq!((currency.code.as_str(), currency.role_code.as_str()), ("EUR", "4"));
    assert_eq!(text(&currency.exchange_rate), "0.9350");
}

#[test]
fn several_rates_terms_allowances_and_taxes() {
    let invoice = of("invoice", "supplier-several-rates");
    let [discount, net] = invoice.payment_terms.as_slice() else { panic!("two PAT") };
    assert_eq!((text(&discount.discount_days), text(&discount.discount_percent)), ("14".into(), "2".into()));
    assert_eq!(
        (discount.basis, discount.discount_due_date.unwrap().0.to_string()),
        (Some(TermsBasis::InvoiceDate), "2026-11-30".into())
    );
    assert_eq!(
        (text(&net.net_days), net.net_due_date.unwrap().0.to_string()),
        ("30".into(), "2026-12-16".into())
    );
    assert_eq!(invoice.transport.routes[0].mode, Some(TransportMode::Road));
    assert_eq!(invoice.transport.routes[0].references[0].value.as_deref(), Some("CMR-7781"));

    let [rebate, freight] = invoice.allowances_and_charges.as_slice() else { panic!("two ALC") };
    // The amount of the allowance, not what it is of (MOA 25), nor its tax.
    assert_eq!((rebate.kind, amount(&rebate.money)), (AllowanceKind::Allowance, "86.11 EUR".into()));
    assert_eq!((rebate.service, text(&rebate.percent)), (Some(AllowanceService::TradeDiscount), "3".into()));
    assert_eq!(
        (rebate.taxes[0].kind, text(&rebate.taxes[0].percent)),
        (Some(TaxKind::ValueAdded), "19".into())
    );
    assert_eq!((freight.kind, amount(&freight.money)), (AllowanceKind::Charge, "45.00 EUR".into()));

    let rates: Vec<_> =
        invoice.totals.taxes.iter().map(|t| (text(&t.percent), amount(&t.money), text(&t.base))).collect();
    assert_eq!(rates[0], ("19".into(), "460.92 EUR".into(), "2425.89".into()));
    assert_eq!(rates[1], ("7".into(), "28.22 EUR".into(), "403.20".into()));
}

#[test]
fn several_rates_lines_and_totals() {
    let invoice = of("invoice", "supplier-several-rates");
    let line = &invoice.lines[0];
    assert_eq!(amount(&line.line_amount), "2375.00 EUR");
    assert_eq!(line.price.as_ref().unwrap().amount.to_string(), "11.875");
    assert_eq!(line.price.as_ref().unwrap().role_code.as_deref(), Some("AAA"));
    let shipped = line.shipped_quantity.as_ref().unwrap();
    assert_eq!((shipped.value.to_string(), shipped.unit.as_deref()), ("200".into(), Some("H87")));
    let order = line.order.as_ref().unwrap();
    assert_eq!((order.number.as_deref(), order.line_number.as_deref()), (Some("B-2026-1187"), Some("1")));
    let variance = &line.discrepancies[0];
    assert_eq!(
        (text(&variance.quantity.as_ref().map(|q| q.value)), variance.kind_code.as_str()),
        ("-5".into(), "BP")
    );
    assert_eq!(variance.reason.as_deref(), Some("Rest folgt"));
    let allowance = &line.allowances_and_charges[0];
    assert_eq!(
        (allowance.handling, amount(&allowance.money)),
        (Some(AllowanceHandling::OffInvoice), "125.00 EUR".into())
    );
    let stores: Vec<_> = invoice.lines[1].distribution.iter().map(|d| d.quantity.value.to_string()).collect();
    assert_eq!(stores, ["60", "36"]);
    let price = invoice.lines[2].price.as_ref().unwrap();
    assert_eq!((price.amount.to_string(), text(&price.base_quantity)), ("18.40".into(), "1000".into()));

    let totals = &invoice.totals;
    assert_eq!(amount(&totals.total), "3318.23 EUR");
    assert_eq!(amount(&totals.line_total), "2870.20 EUR");
    assert_eq!(amount(&totals.taxable_total), "2829.09 EUR");
    assert_eq!(amount(&totals.tax_total), "489.14 EUR");
    assert_eq!(
        (amount(&totals.prepaid), amount(&totals.payable)),
        ("500.00 EUR".into(), "2818.23 EUR".into())
    );
    let prepaid = totals.amounts.iter().find(|a| a.role == AmountRole::Prepaid).unwrap();
    assert_eq!(prepaid.references[0].value.as_deref(), Some("AZ-2026-9"));
    assert_eq!((text(&totals.line_count), text(&totals.hash_total)), ("3".into(), "5296".into()));
    assert_eq!(totals.allowances_and_charges.len(), 2);
}

#[test]
fn foreign_characters() {
    let invoice = of("invoice", "foreign-characters");
    assert_eq!((invoice.version.as_deref(), invoice.revision.as_deref()), (Some("1"), Some("2")));
    assert_eq!(invoice.kind_name.as_deref(), Some("Faktura VAT"));
    assert_eq!(invoice.notes[0].lines, ["Płatność przelewem; prosimy podać numer faktury"]);
    assert_eq!(invoice.parties[1].address.as_ref().unwrap().city.as_deref(), Some("Ålborg"));
    assert_eq!(invoice.lines[0].item.descriptions[0].text.as_deref(), Some("Ława dębowa „Jesień”"));
    assert_eq!(invoice.industry_codes[0].code.as_deref(), Some("37"));
    assert_eq!(
        invoice.payment_terms[0].bank_accounts[0].number.as_deref(),
        Some("PL61109010140000071219812874")
    );
    assert_eq!(invoice.transport.equipment[0].seals[0].number, "778812");
    assert_eq!(invoice.lines[1].item.identities.len(), 3);
    assert_eq!(invoice.lines[1].item.identities[2].value, "KŁ-003");
    // A component: LIN with the line it belongs to.
    assert_eq!(invoice.lines.len(), 2);
    assert_eq!(invoice.lines[1].sublines[0].number, "3");
    assert_eq!(amount(&invoice.lines[0].taxes[0].money), "1195.08 PLN");
    assert_eq!(text(&invoice.lines[0].taxes[0].base), "5196.00");
    assert_eq!(amount(&invoice.totals.total), "11000.00 PLN");
}

#[test]
fn self_billed() {
    let invoice = of("invoice", "self-billed");
    assert_eq!(invoice.kind, Some(InvoiceKind::SelfBilledInvoice));
    assert_eq!(invoice.parties[2].role, PartyRole::InvoiceIssuer);
    let period = invoice.dates[1].period.as_ref().unwrap();
    assert_eq!(period.end.unwrap().0.to_string(), "2026-11-15");
    assert_eq!(invoice.totals.taxes[0].category_code.as_deref(), Some("E"));
    // No MOA 77: what is to be paid is the total.
    assert_eq!(amount(&invoice.totals.total), "1452.15 EUR");
}

#[test]
fn credit_notes() {
    let difference = of("credit-note", "price-difference");
    assert_eq!(
        (difference.kind, difference.kind_code.as_deref()),
        (Some(InvoiceKind::CreditNote), Some("381"))
    );
    assert_eq!(difference.original_invoice_number.as_deref(), Some("R-2026-30881"));
    assert_eq!(difference.lines[0].references[0].line_number.as_deref(), Some("1"));
    assert_eq!(amount(&difference.totals.total), "95.20 EUR");
    let bonus = of("credit-note", "annual-bonus");
    assert_eq!((bonus.kind, bonus.kind_code.as_deref()), (Some(InvoiceKind::FinancialCredit), Some("83")));
    assert_eq!(bonus.notes[0].lines, ["Annual bonus of 1.5 percent on a turnover of 84'200.00"]);
    assert_eq!(amount(&bonus.totals.total), "1365.30 CHF");
}

#[test]
fn the_kind_tells_a_credit_note() {
    let became = |kind: &str, name: &str, from: &str, to: &str| {
        set(input(kind, name).replacen(from, to, 1).as_bytes()).document.kind().name()
    };
    for code in ["381", "396", "83", "81", "261", "262", "308", "420", "532"] {
        let code = format!("BGM+{code}+");
        assert_eq!(became("invoice", "supplier-several-rates", "BGM+380+", &code), "credit-note", "{code}");
    }
    for code in ["380", "383", "389", "384", "386", ""] {
        let code = format!("BGM+{code}+");
        assert_eq!(became("credit-note", "price-difference", "BGM+381+", &code), "invoice", "{code}");
    }
    for (code, kind) in
        [("CN", "credit-note"), ("CG", "credit-note"), ("DR", "invoice"), ("DI", "invoice"), ("", "invoice")]
    {
        let code = format!("***{code}*00**INV");
        assert_eq!(became("credit-note", "goods-returned", "***CR*00**INV", &code), kind, "{code}");
    }
}
