//! Facts of the X12 invoices and credit notes, asserted by hand from the inputs: what a reader of the document would look for.
//!
//! Fails with the value that is wrong.

use super::invoice::{input, invoice};
use crate::sets::{case, set};
use portway_documents::Invoice;
use portway_documents::allowance::{AllowanceHandling, AllowanceKind, AllowanceService};
use portway_documents::date::DateRole;
use portway_documents::invoice::InvoiceKind;
use portway_documents::item::ProductIdScheme;
use portway_documents::money::{AmountRole, Money, TaxKind, TermsBasis};
use portway_documents::party::PartyRole;
use portway_documents::reference::{IdScheme, ReferenceKind};
use portway_documents::transport::{FreightPayment, TransportMode};

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
fn retailer_header() {
    let invoice = of("invoice", "retailer-allowances");
    assert_eq!(invoice.number, "INV-20417");
    assert_eq!((invoice.kind, invoice.kind_code.as_deref()), (Some(InvoiceKind::Invoice), Some("DI")));
    assert_eq!(invoice.invoice_date.unwrap().0.to_string(), "2026-11-17");
    let order = invoice.order.as_ref().unwrap();
    assert_eq!(
        (order.number.as_deref(), order.date.unwrap().0.to_string()),
        (Some("PO-778120"), "2026-11-02".into())
    );
    assert_eq!((order.release_number.as_deref(), order.change_number.as_deref()), (Some("R2"), Some("1")));
    assert_eq!(invoice.action_code.as_deref(), Some("B"));
    assert_eq!(invoice.original_invoice_number.as_deref(), Some("INV-20001"));
    let currency = invoice.currency.as_ref().unwrap();
    assert_eq!((currency.code.as_str(), currency.role), ("USD", PartyRole::Seller));
    let kinds: Vec<_> = invoice.references.iter().map(|r| r.kind).collect();
    assert_eq!(
        kinds,
        [ReferenceKind::Department, ReferenceKind::InternalVendor, ReferenceKind::BillOfLading]
    );
    assert_eq!(invoice.references[0].description.as_deref(), Some("Home and garden"));
    assert_eq!(invoice.statements[0].lines[0], "Goods meet the label rules");
    assert_eq!(invoice.contacts[0].channels[1].value, "dana@greenfield.example");

    let roles: Vec<_> = invoice.parties.iter().map(|p| p.role).collect();
    assert_eq!(roles, [PartyRole::RemitTo, PartyRole::BillTo, PartyRole::ShipTo]);
    let remit = &invoice.parties[0];
    assert_eq!((remit.ids[0].scheme, remit.ids[0].id.as_str()), (IdScheme::DunsPlusFour, "1234567890001"));
    assert_eq!(remit.additional_names[0], "Receivables");
    assert_eq!(remit.references[0].kind, ReferenceKind::TaxIdentification);
    assert_eq!(invoice.parties[1].ids[0].scheme, IdScheme::Gln);

    // The texts of NTE, and the loop N9 with its message.
    let notes: Vec<_> = invoice.notes.iter().map(|n| (n.code.as_deref(), n.lines[0].as_str())).collect();
    assert_eq!(notes[0], (Some("GEN"), "Second delivery of the fall assortment"));
    assert_eq!(notes[2], (Some("L1"), "Title passes at the plant."));
    assert_eq!(invoice.notes[2].subject.as_deref(), Some("Conditions"));
}

#[test]
fn retailer_terms_and_amounts_before_the_lines() {
    let invoice = of("invoice", "retailer-allowances");
    let terms = &invoice.payment_terms[0];
    assert_eq!((terms.type_code.as_deref(), terms.basis), (Some("08"), Some(TermsBasis::InvoiceDate)));
    assert_eq!((text(&terms.discount_percent), text(&terms.discount_days)), ("2".into(), "10".into()));
    assert_eq!(terms.discount_due_date.unwrap().0.to_string(), "2026-11-27");
    assert_eq!(
        (text(&terms.net_days), terms.net_due_date.unwrap().0.to_string()),
        ("30".into(), "2026-12-17".into())
    );
    // ITD08 is of type N2: 4209 is 42.09.
    assert_eq!(amount(&terms.discount), "42.09 USD");
    assert_eq!(terms.description.as_deref(), Some("2 percent 10 days, net 30"));
    assert_eq!(invoice.delivery_terms[0].freight_payment, Some(FreightPayment::PrepaidAndAdded));
    assert_eq!(invoice.delivery_terms[0].code.as_deref(), Some("FCA"));
    assert_eq!(invoice.dates[0].role, DateRole::Shipped);
    // BAL03 and INC05 are of type R, as PAM05 is.
    assert_eq!(amount(&invoice.balances[0].money), "1250 USD");
    let installment = &invoice.installments[0];
    assert_eq!(
        (text(&installment.number), text(&installment.period.as_ref().map(|p| p.value))),
        ("1".into(), "3".into())
    );
    assert_eq!(amount(&installment.amount.as_ref().unwrap().money), "730.35 USD");
    let period = &invoice.period_amounts[0];
    assert_eq!(amount(&period.amount.as_ref().unwrap().money), "33.66 USD");
    assert_eq!(period.dates.len(), 2);
    assert_eq!(invoice.industry_codes[0].code.as_deref(), Some("A17"));
    assert_eq!(invoice.accounting[0].parts[0].value.as_deref(), Some("4711-03"));
    assert_eq!(invoice.attachments[0].party.as_ref().unwrap().id, "55120");
}

#[test]
fn retailer_lines() {
    let invoice = of("invoice", "retailer-allowances");
    assert_eq!(invoice.lines.len(), 3);
    let line = &invoice.lines[0];
    let quantity = line.quantity.as_ref().unwrap();
    assert_eq!((text(&Some(quantity.value)), quantity.unit.as_deref()), ("24".into(), Some("EA")));
    let price = line.price.as_ref().unwrap();
    assert_eq!((price.amount.to_string(), price.currency.as_deref()), ("18.75".into(), Some("USD")));
    assert_eq!(line.item.upc.as_deref(), Some("061414100014"));
    assert_eq!(
        (line.item.buyer_number.as_deref(), line.item.seller_number.as_deref()),
        (Some("778-11"), Some("GF-1001"))
    );
    assert_eq!(line.item.product_ids[3].scheme, ProductIdScheme::PurchaseOrder);
    let order = line.order.as_ref().unwrap();
    assert_eq!((order.number.as_deref(), order.line_number.as_deref()), (Some("PO-778120"), Some("1")));
    let shipment = &line.shipments[0];
    assert_eq!((shipment.status_code.as_deref(), text(&shipment.difference)), (Some("PR"), "6".into()));
    assert_eq!(line.shipped_quantity, line.quantity);
    // SAC05 is of type N2: 2250 is 22.50.
    let allowance = &line.allowances_and_charges[0];
    assert_eq!((allowance.kind, amount(&allowance.money)), (AllowanceKind::Allowance, "22.50 USD".into()));
    assert_eq!(allowance.handling, Some(AllowanceHandling::OffInvoice));
    assert_eq!(allowance.service, Some(AllowanceService::Discount));
    let route = &line.transport.routes[0];
    assert_eq!(
        (route.mode, route.carrier.as_ref().unwrap().id.as_str()),
        (Some(TransportMode::Road), "GFLX")
    );
    assert_eq!(
        (route.equipment[0].initial.as_deref(), route.equipment[0].number.as_deref()),
        (Some("GFLD"), Some("48120"))
    );
    assert_eq!(route.references[0].value.as_deref(), Some("PRO7781"));
    let stores: Vec<_> =
        line.distribution.iter().map(|d| (d.location.id.as_str(), d.quantity.value.to_string())).collect();
    assert_eq!(stores, [("0101", "10".to_owned()), ("0102", "14".to_owned())]);

    // TXI03 is a fraction: .0825 is 8.25 percent. TXI02 and TXI08 have their point.
    let tax = &invoice.lines[1].taxes[0];
    assert_eq!(
        (tax.kind, text(&tax.percent), amount(&tax.money)),
        (Some(TaxKind::StateSales), "8.25".into(), "33.66 USD".into())
    );
    assert_eq!((text(&tax.base), tax.jurisdictions[0].id.as_str()), ("408".into(), "NV"));
    let component = &invoice.lines[1].sublines[0];
    assert_eq!(
        (component.relationship_code.as_str(), component.item.commodities[0].code.as_str()),
        ("I", "392690")
    );
    let service = &invoice.lines[2].services[0];
    assert_eq!(
        (service.start_time.unwrap().0.to_string(), text(&service.price)),
        ("08:00:00".into(), "35".into())
    );
    assert_eq!(invoice.lines[2].parties[0].name.as_deref(), Some("Orchard Store 101"));
}

#[test]
fn retailer_totals() {
    let invoice = of("invoice", "retailer-allowances");
    let totals = &invoice.totals;
    // TDS is of type N2.
    assert_eq!(amount(&totals.total), "2191.07 USD");
    assert_eq!(amount(&totals.discountable), "2104.50 USD");
    assert_eq!(amount(&totals.payable_with_discount), "2148.98 USD");
    assert_eq!(amount(&totals.terms_discount), "42.09 USD");
    assert_eq!(
        (totals.amounts[0].role, amount(&totals.amounts[0].money)),
        (AmountRole::LineTotal, "2115 USD".into())
    );
    assert_eq!((totals.taxes.len(), amount(&totals.taxes[0].money)), (1, "33.66 USD".into()));
    assert_eq!(totals.taxes[0].jurisdictions[0].id, "NV-WASHOE");
    let [allowance, freight] = invoice.allowances_and_charges.as_slice() else { panic!("two SAC") };
    assert_eq!((allowance.kind, amount(&allowance.money)), (AllowanceKind::Allowance, "42.09 USD".into()));
    assert_eq!((freight.kind, freight.service), (AllowanceKind::Charge, Some(AllowanceService::Freight)));
    assert_eq!(freight.taxes[0].kind, Some(TaxKind::LocalSales));
    assert_eq!(text(&totals.shipments[0].quantity.as_ref().map(|q| q.value)), "174");
    assert_eq!(totals.shipments[0].descriptions[0].text.as_deref(), Some("Three pallets"));
    assert_eq!((text(&totals.line_count), text(&totals.hash_total)), ("3".into(), "174".into()));
    assert_eq!(invoice.transport.routes[0].service_level_codes, ["G2"]);
}

#[test]
fn freight_alone() {
    let invoice = of("invoice", "freight-only");
    assert!(invoice.lines.is_empty());
    assert_eq!(amount(&invoice.totals.total), "287.50");
    let charges: Vec<_> = invoice.allowances_and_charges.iter().map(|a| amount(&a.money)).collect();
    assert_eq!(charges, ["250.00", "37.50"]);
    let fuel = &invoice.allowances_and_charges[1];
    assert_eq!(
        (fuel.service_code.as_deref(), fuel.handling),
        (Some("H550"), Some(AllowanceHandling::PaidByCustomer))
    );
    assert_eq!(invoice.allowances_and_charges[0].service, Some(AllowanceService::Freight));
    let rate = fuel.rate.as_ref().unwrap();
    assert_eq!((rate.amount.to_string(), rate.unit.as_deref()), ("1.5".into(), Some("LBR")));
}

#[test]
fn partial_shipment() {
    let invoice = of("invoice", "partial-shipment");
    let line = &invoice.lines[0];
    assert_eq!(line.quantities[0].code, "21");
    assert_eq!(text(&line.quantities[0].quantity.as_ref().map(|q| q.value)), "60");
    assert_eq!(
        (line.shipments[0].status_code.as_deref(), text(&line.shipments[0].difference)),
        (Some("BP"), "20".into())
    );
    assert_eq!(line.item.gtin.as_deref(), Some("10614141000125"));
    assert_eq!(line.price.as_ref().unwrap().basis_code.as_deref(), Some("UM"));
    let tax = &invoice.totals.taxes[0];
    assert_eq!((tax.kind, text(&tax.percent)), (Some(TaxKind::GoodsAndServices), "13".into()));
    assert_eq!(tax.relationship_code.as_deref(), Some("A"));
    // Its tax is in the sum of taxes already.
    assert_eq!(invoice.allowances_and_charges[0].taxes[0].relationship_code.as_deref(), Some("I"));
}

#[test]
fn a_tax_rate_is_a_fraction_or_a_percentage() {
    // TXI03 (954) is a fraction; what is above 1 is a percentage sent as such.
    for (sent, percent, written) in
        [(".13", "13", "0.13"), ("13", "13", "0.13"), ("1", "100", "1"), ("6.5", "6.5", "0.065")]
    {
        let changed = input("invoice", "partial-shipment").replacen(
            "TXI*GS*334.1*.13*",
            &format!("TXI*GS*334.1*{sent}*"),
            1,
        );
        let set = set(changed.as_bytes());
        let output = crate::sets::written(&set.document, set.standard, &set.code, &set.version).unwrap();
        assert_eq!(text(&invoice(set).totals.taxes[0].percent), percent, "{sent}");
        assert!(String::from_utf8(output).unwrap().contains(&format!("TXI*GS*334.1*{written}*")), "{sent}");
    }
}

#[test]
fn goods_returned() {
    let case = case("credit-note", "goods-returned");
    assert_eq!(case.document.kind().name(), "credit-note");
    let note = invoice(case);
    assert_eq!((note.kind, note.kind_code.as_deref()), (Some(InvoiceKind::CreditNote), Some("CR")));
    assert_eq!(note.original_invoice_number.as_deref(), Some("INV-20417"));
    assert_eq!(note.order.as_ref().unwrap().seller_number.as_deref(), Some("SO-99120"));
    assert_eq!(amount(&note.totals.total), "202.67 USD");
    assert_eq!(note.dates[0].role, DateRole::Received);
}
