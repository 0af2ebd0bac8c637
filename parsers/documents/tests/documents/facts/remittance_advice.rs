//! Facts of the remittance advices (820, REMADV), asserted by hand from the inputs: how much is paid, for which documents, and what
//! was deducted why. All amounts to the last digit.
//!
//! Fails with the value that is wrong.

use crate::sets::case;
use portway_documents::Document;
use portway_documents::money::{AdjustmentReason, AmountRole, Money};
use portway_documents::party::PartyRole;
use portway_documents::reference::{IdScheme, ReferenceKind};
use portway_documents::remittance_advice::{PaymentHandling, PaymentMethod, RemittanceAdvice};

const RETAILER: &str = "retailer-pays-with-deductions";
const EMPLOYEES: &str = "payer-for-employees-005010";
const SUPPLIER: &str = "supplier-paid-d96a";
const GROUP: &str = "group-pays-d01b";

fn advice(name: &str) -> Box<RemittanceAdvice> {
    let Document::RemittanceAdvice(advice) = case("remittance-advice", name).document else {
        panic!("no advice")
    };
    advice
}

fn amount(money: &Option<Money>) -> String {
    money
        .as_ref()
        .map(|m| format!("{} {}", m.amount, m.currency.as_deref().unwrap_or("-")))
        .unwrap_or_default()
}

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    let all = [RETAILER, EMPLOYEES, SUPPLIER, GROUP];
    for name in all {
        let case = case("remittance-advice", name);
        let faults: Vec<_> = case
            .faults
            .iter()
            .map(|f| format!("{:?} {:?} {}", f.place.segment, f.value, f.message))
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        let unknown: Vec<_> = case.findings.iter().map(|f| &f.message).collect();
        // IE and 10 are units of one industry.
        assert!(unknown.is_empty() || name == EMPLOYEES, "{name}: {unknown:#?}");
        assert!(case.document.unmapped().is_empty(), "{name}: {:#?}", case.document.unmapped());
    }
}

#[test]
fn the_retailer_pays_by_ach() {
    let advice = advice(RETAILER);
    assert_eq!(
        (advice.handling, advice.payment_method),
        (PaymentHandling::PaymentWithRemittance, Some(PaymentMethod::Ach))
    );
    assert_eq!(amount(&advice.amount), "20871.85 USD");
    assert_eq!(advice.number, "PAY-2026-4471");
    assert_eq!(advice.payment_date.unwrap().0.to_string(), "2026-11-23");
    let payer = advice.payer_account.as_ref().unwrap();
    assert_eq!(
        (payer.bank.as_ref().unwrap().id.as_str(), payer.number.as_deref()),
        ("999999992", Some("12345678"))
    );
    let payee = advice.payee_account.as_ref().unwrap();
    assert_eq!(
        (payee.bank.as_ref().unwrap().id.as_str(), payee.number.as_deref()),
        ("199999999", Some("98765"))
    );
    assert_eq!(advice.return_account.as_ref().unwrap().number.as_deref(), Some("12345699"));
    assert_eq!(advice.originating_company.as_deref(), Some("1123456789"));
    assert_eq!(advice.deliveries[1].number.as_deref(), Some("555-0190"));
}

#[test]
fn each_invoice_has_its_amounts_and_the_store_it_is_for() {
    let advice = advice(RETAILER);
    let paid: Vec<_> = advice
        .lines
        .iter()
        .map(|l| {
            let number = l.number.as_deref().unwrap();
            (l.document_kind, number, amount(&l.paid), amount(&l.document_amount), amount(&l.discount))
        })
        .collect();
    let text = |t: &str| t.to_owned();
    assert_eq!(
        paid,
        [
            (
                ReferenceKind::Invoice,
                "INV-90017",
                text("10400.25 USD"),
                text("10612.5 USD"),
                text("212.25 USD")
            ),
            (ReferenceKind::Invoice, "INV-90019", text("10650.1 USD"), text("10871.1 USD"), text("0 USD")),
            (ReferenceKind::CreditNote, "CM-7788", text("-53.5 USD"), text("-53.5 USD"), String::new()),
        ]
    );
    let stores: Vec<_> = advice.lines.iter().map(|l| l.parties[0].ids[0].id.as_str()).collect();
    assert_eq!(stores, ["0017", "0017", "0021"]);
    let line = &advice.lines[0];
    assert_eq!((line.parties[0].role, line.parties[1].ids[0].scheme), (PartyRole::Store, IdScheme::Gln));
    assert_eq!(line.items[0].quantity.as_ref().unwrap().unit.as_deref(), Some("XCS"));
    assert_eq!(amount(&line.items[0].allowances_and_charges[0].money), "212.25 USD");
    assert_eq!(line.items[0].sublines[0].item.seller_number.as_deref(), Some("BF-100"));
    let shortage = &advice.lines[1];
    assert_eq!(amount(&shortage.adjustment), "-221 USD");
    assert_eq!(shortage.adjustment_reason, Some(AdjustmentReason::GoodsNotReceived));
}

#[test]
fn deductions_stand_with_their_invoice_or_with_none() {
    let advice = advice(RETAILER);
    let own = &advice.lines[0].adjustments[0];
    assert_eq!(
        (amount(&own.money), own.reason),
        ("-0.25 USD".to_owned(), Some(AdjustmentReason::AllowanceOrChargeError))
    );
    assert_eq!(
        (own.references[0].kind, own.references[0].value.as_deref()),
        (ReferenceKind::CreditNote, Some("CM-551"))
    );
    let of_none: Vec<_> =
        advice.adjustments.iter().map(|a| (a.entity_number.as_deref().unwrap(), amount(&a.money))).collect();
    assert_eq!(of_none, [("1", "-125.5 USD".to_owned()), ("3", "0.5 USD".to_owned())]);
    let returned = &advice.adjustments[0];
    assert_eq!(returned.reason, Some(AdjustmentReason::GoodsReturned));
    assert_eq!(returned.lines[0].item.upc.as_deref(), Some("012345678905"));
    assert_eq!(returned.references[1].dates[0].date.unwrap().0.to_string(), "2026-10-02");
    // What is paid is what the lines and the adjustments sum up to.
    let lines: rust_decimal::Decimal = advice.lines.iter().map(|l| l.paid.as_ref().unwrap().amount).sum();
    let adjusted: rust_decimal::Decimal =
        advice.adjustments.iter().map(|a| a.money.as_ref().unwrap().amount).sum();
    assert_eq!(lines + adjusted, advice.amount.as_ref().unwrap().amount);
}

#[test]
fn premiums_taxes_and_wage_deductions() {
    let advice = advice(EMPLOYEES);
    assert_eq!(
        (advice.handling, advice.payment_method),
        (PaymentHandling::RemittanceOnly, Some(PaymentMethod::Check))
    );
    let [first, second] = advice.lines.as_slice() else { panic!("two lines") };
    assert_eq!(first.parties, second.parties);
    let person = &first.parties[1];
    assert_eq!((person.name.as_deref(), person.first_name.as_deref()), (Some("FIELD"), Some("ROSA")));
    assert_eq!(person.address.as_ref().unwrap().city.as_deref(), Some("DALLAS"));
    let period = first.dates[0].period.as_ref().unwrap();
    assert_eq!(period.end.unwrap().0.to_string(), "2026-10-31");
    let tax: Vec<_> =
        advice.tax_payments[0].amounts.iter().map(|a| a.money.as_ref().unwrap().amount.to_string()).collect();
    assert_eq!(tax, ["100.50", "25.00", "0.99"]);
    assert_eq!(advice.deductions[0].money.as_ref().unwrap().amount.to_string(), "125.50");
}

#[test]
fn the_supplier_is_paid_less_discount_and_damage() {
    let advice = advice(SUPPLIER);
    assert_eq!(amount(&advice.amount), "1088.90 EUR");
    assert_eq!(
        (advice.payment_method, advice.payment_method_code.as_deref()),
        (Some(PaymentMethod::BankTransfer), Some("42"))
    );
    assert_eq!(advice.payment_date.unwrap().0.to_string(), "2026-11-23");
    assert_eq!(advice.totals.amounts[0].role, AmountRole::Payable);
    let payee = advice.payee_account.as_ref().unwrap();
    let bank = payee.bank.as_ref().unwrap();
    assert_eq!((bank.id.as_str(), bank.list_code.as_deref()), ("HASPDEHHXXX", Some("25")));
    assert_eq!(payee.holder_names, ["Mühlen Nord"]);
    assert_eq!(advice.bank_accounts[0].role_code.as_deref(), Some("I1"));
    let [invoice, credit] = advice.lines.as_slice() else { panic!("two documents") };
    assert_eq!(
        (invoice.document_kind, invoice.number.as_deref()),
        (ReferenceKind::Invoice, Some("R-2026-881"))
    );
    assert_eq!(
        [&invoice.document_amount, &invoice.paid, &invoice.discount].map(amount),
        ["1190.00 EUR", "1142.40 EUR", "23.80 EUR"]
    );
    let adjusted = &invoice.adjustments[0];
    assert_eq!(
        (adjusted.reason, amount(&adjusted.money)),
        (Some(AdjustmentReason::DamagedGoods), "-23.80 EUR".to_owned())
    );
    assert_eq!(
        (adjusted.line_number.as_deref(), adjusted.notes[0].lines[0].as_str()),
        (Some("10"), "2 Kartons beschädigt")
    );
    assert_eq!(invoice.adjustments[1].reason, Some(AdjustmentReason::DuplicateInvoice));
    assert_eq!(amount(&invoice.adjustments[1].money), "-1.50 EUR");
    assert_eq!(invoice.items[0].item.gtin.as_deref(), Some("4012345000016"));
    assert_eq!(invoice.instructions[0].text.as_deref(), Some("Bitte Gutschrift senden"));
    // The currency of the credit note is its own.
    assert_eq!(
        (credit.document_kind, amount(&credit.paid)),
        (ReferenceKind::CreditNote, "-53.50 USD".to_owned())
    );
}

#[test]
fn the_group_pays_several_documents_at_once() {
    let advice = advice(GROUP);
    assert_eq!((advice.version.as_deref(), amount(&advice.amount).as_str()), (Some("2"), "469.75 EUR"));
    assert_eq!(advice.payment_date.unwrap().0.to_string(), "2026-11-23");
    assert_eq!(advice.payee_account.as_ref().unwrap().number.as_deref(), Some("DE44500105175407324931"));
    assert_eq!(advice.industry_codes[0].code.as_deref(), Some("37"));
    let paid: Vec<_> = advice.lines.iter().map(|l| (l.document_kind, amount(&l.paid))).collect();
    assert_eq!(
        paid,
        [
            (ReferenceKind::Invoice, "500.00 EUR".to_owned()),
            (ReferenceKind::DebitNote, "-40.25 EUR".to_owned()),
            (ReferenceKind::Other, "10.00 EUR".to_owned()),
        ]
    );
    let short = &advice.lines[1].adjustments[0];
    assert_eq!(short.quantities[0].quantity.as_ref().unwrap().value.to_string(), "3");
    assert_eq!(amount(&advice.allowances_and_charges[0].money), "10.00 EUR");
}
