//! Facts of the EDIFACT cases, asserted by hand from the inputs: what a reader of the order would look for.
//!
//! As `facts` for X12: the golden documents only show that nothing changed, these show that it was right. Both directories are
//! covered, and every kind of value that cannot be read.
//!
//! Fails with the value that is wrong.

use crate::sets::{Order, order, order_case as case};
use portway_documents::allowance::AllowanceKind;
use portway_documents::date::DateRole;
use portway_documents::item::ProductIdScheme;
use portway_documents::money::{AmountRole, PriceRole, TermsBasis};
use portway_documents::party::{ChannelKind, ContactRole, PartyRole};
use portway_documents::purchase_order::{OrderKind, Purpose};
use portway_documents::reference::{IdScheme, ReferenceKind};
use portway_documents::transport::{FreightPayment, TransportMode};

const SUPPLIER: &str = "orders-d96a-supplier";
const SPLIT: &str = "orders-d01b-split-delivery";

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    for name in [SUPPLIER, SPLIT] {
        let case = case(name);
        assert!(case.faults.is_empty(), "{name}: {:#?}", case.faults);
        assert!(case.findings.is_empty(), "{name}: {:#?}", case.findings);
    }
    assert!(case(SUPPLIER).order.unmapped.is_empty());
}

#[test]
fn supplier_header() {
    let order = case(SUPPLIER).order;
    assert_eq!((order.number.as_str(), order.purpose), ("B-2026-1187", Purpose::Original));
    assert_eq!((order.kind, order.kind_code.as_str()), (OrderKind::StandAlone, "220"));
    assert_eq!(order.acknowledgement_code.as_deref(), Some("AB"));
    assert_eq!(order.order_date.unwrap().0.to_string(), "2026-11-02");
    assert_eq!(order.contract_number.as_deref(), Some("C-2026-17"));
    let currency = order.currency.as_ref().unwrap();
    assert_eq!((currency.code.as_str(), currency.target_currency.as_deref()), ("EUR", Some("CHF")));
    assert_eq!(currency.exchange_rate.unwrap().to_string(), "0.9350");

    let wanted = &order.dates[1];
    assert_eq!(
        (wanted.role, wanted.date.unwrap().0.to_string()),
        (DateRole::RequestedDelivery, "2026-11-16".into())
    );
    assert_eq!(wanted.time.unwrap().0.to_string(), "08:30:00");
    let roles: Vec<_> = order.dates.iter().map(|d| d.role).collect();
    assert_eq!(
        roles[2..5],
        [DateRole::DeliverNotAfter, DateRole::DeliverNotBefore, DateRole::CancelIfNotDeliveredBy]
    );
    let period = order.dates[5].period.as_ref().unwrap();
    assert_eq!(period.start.unwrap().0.to_string(), "2026-11-16");
    assert_eq!(period.end.unwrap().0.to_string(), "2026-11-20");

    assert_eq!(order.references[0].kind, ReferenceKind::Contract);
    assert_eq!(order.references[0].dates[0].date.unwrap().0.to_string(), "2026-01-05");
    assert_eq!(order.references[1].kind, ReferenceKind::Promotion);
    let note = &order.notes[0];
    assert_eq!(note.lines, ["Please ring at gate 3: ask for Mr. O'Neill", "Deliver before noon"]);
    assert_eq!((note.code.as_deref(), note.text_code.as_deref()), (Some("DEL"), Some("001")));
    assert_eq!(order.payment_instructions[0].method_code.as_deref(), Some("42"));
}

#[test]
fn supplier_parties() {
    let order = case(SUPPLIER).order;
    let roles: Vec<_> = order.parties.iter().map(|p| p.role).collect();
    assert_eq!(roles, [PartyRole::Buyer, PartyRole::Supplier, PartyRole::ShipTo, PartyRole::BillTo]);
    let buyer = &order.parties[0];
    assert_eq!(buyer.name.as_deref(), Some("Backhaus Müller"));
    assert_eq!(buyer.additional_names, ["Zentraleinkauf"]);
    assert_eq!((buyer.ids[0].scheme, buyer.ids[0].id.as_str()), (IdScheme::Gln, "5412345000013"));
    let address = buyer.address.as_ref().unwrap();
    assert_eq!(address.lines, ["Industriestraße 12"]);
    assert_eq!((address.city.as_deref(), address.region.as_deref()), (Some("Köln"), Some("NW")));
    assert_eq!((address.postal_code.as_deref(), address.country.as_deref()), (Some("50667"), Some("DE")));
    assert_eq!(buyer.references[0].kind, ReferenceKind::TaxIdentification);
    assert_eq!(buyer.locations[0].id.as_ref().unwrap().scheme, IdScheme::Gln);
    let contact = &buyer.contacts[0];
    assert_eq!((contact.role, contact.name.as_deref()), (ContactRole::Order, Some("Jörg Groß")));
    assert_eq!(contact.channels[0].value, "+49 221 555010");
    assert_eq!(contact.channels[1].kind, ChannelKind::Email);
    // C058: plain lines.
    let store = &order.parties[2];
    assert_eq!(store.name.as_deref(), Some("Lager West"));
    assert_eq!(store.address.as_ref().unwrap().lines, ["Tor 3", "Rheinufer 9", "50999 Köln"]);
}

#[test]
fn supplier_terms() {
    let order = case(SUPPLIER).order;
    let discount = &order.payment_terms[0];
    assert_eq!((discount.basis, discount.discount_days), (Some(TermsBasis::InvoiceDate), Some(10.into())));
    assert_eq!((discount.discount_percent, discount.net_days), (Some(2.into()), None));
    let net = &order.payment_terms[1];
    assert_eq!((net.net_days, net.discount_days), (Some(30.into()), None));
    assert_eq!(net.net_due_date.unwrap().0.to_string(), "2026-12-16");
    assert_eq!(net.description.as_deref(), Some("Net within 30 days\nfrom invoice"));
    let delivery = &order.delivery_terms[0];
    assert_eq!(
        (delivery.code.as_deref(), delivery.freight_payment),
        (Some("DDP"), Some(FreightPayment::Prepaid))
    );
    let route = &order.transport.routes[0];
    assert_eq!(
        (route.mode, route.carrier_name.as_deref()),
        (Some(TransportMode::Road), Some("Spedition Rhein"))
    );
    let [rebate, freight] = &order.allowances_and_charges[..] else { panic!("two of them") };
    assert_eq!((rebate.kind, rebate.percent.unwrap().to_string()), (AllowanceKind::Allowance, "2.5".into()));
    assert_eq!(rebate.money.as_ref().unwrap().amount.to_string(), "125.50");
    assert_eq!((freight.kind, freight.service_code.as_deref()), (AllowanceKind::Charge, Some("FC")));
    assert_eq!(order.taxes[0].percent, Some(19.into()));
    assert_eq!(order.taxes[0].category_code.as_deref(), Some("S"));
}

#[test]
fn supplier_lines() {
    let order = case(SUPPLIER).order;
    assert_eq!(order.lines.len(), 2, "sublines are no lines");
    let line = &order.lines[0];
    let quantity = line.quantity.as_ref().unwrap();
    assert_eq!((quantity.value, quantity.unit.as_deref()), (144.into(), Some("H87")));
    assert_eq!(line.quantities[0].code, "59");
    let price = line.price.as_ref().unwrap();
    assert_eq!((price.amount.to_string(), price.base_quantity), ("1120.00".into(), Some(100.into())));
    assert_eq!((price.currency.as_deref(), price.base_unit.as_deref()), (Some("EUR"), Some("H87")));
    assert_eq!((line.prices.len(), line.prices[0].role), (1, PriceRole::Gross));
    assert_eq!(line.item.gtin.as_deref(), Some("4012345500011"), "the substitute does not count");
    assert_eq!(line.item.seller_number.as_deref(), Some("M550-25"));
    assert_eq!(line.item.buyer_number.as_deref(), Some("10077"));
    assert_eq!(line.item.product_ids[3].scheme, ProductIdScheme::Ean);
    assert_eq!(line.item.product_ids[3].function_code.as_deref(), Some("4"));
    assert_eq!(line.item.descriptions[0].text.as_deref(), Some("Weizenmehl Type 550\nSack 25 kg"));
    assert_eq!(line.amounts[0].role, AmountRole::LineTotal);
    assert_eq!(line.packs[0].size.as_ref().unwrap().value, 24.into());
    assert_eq!(line.packs[0].marks[1].values, ["340123455000000012"]);
    assert_eq!(line.taxes[0].money.as_ref().unwrap().amount.to_string(), "112.90");
    assert_eq!(line.allowances_and_charges[0].rate.as_ref().unwrap().amount.to_string(), "0.10");
    let kit = &order.lines[1];
    let numbers: Vec<_> = kit.sublines.iter().map(|s| s.number.as_str()).collect();
    assert_eq!(numbers, ["3", "4"]);
    assert_eq!(kit.sublines[1].price.as_ref().unwrap().amount.to_string(), "3.10");
    assert_eq!(order.totals.line_count, Some(4.into()));
    assert_eq!(order.totals.weight.as_ref().unwrap().unit.as_deref(), Some("KGM"));
    assert_eq!(order.totals.amounts[0].role, AmountRole::LinesTotal);
}

#[test]
fn split_delivery() {
    let order = case(SPLIT).order;
    assert_eq!(
        (order.number.as_str(), order.kind, order.purpose),
        ("PO-778", OrderKind::Rush, Purpose::Replacement)
    );
    assert_eq!((order.version.as_deref(), order.revision.as_deref()), (Some("1"), Some("2")));
    assert_eq!(order.dates[0].time_zone_code.as_deref(), Some("CET"));
    let week = order.dates[1].period.as_ref().unwrap();
    assert_eq!(week.start.unwrap().0.to_string(), "2026-11-16");
    let buyer = &order.parties[0];
    assert_eq!(buyer.address.as_ref().unwrap().region.as_deref(), Some("Utrecht"));
    assert_eq!(buyer.contacts[0].channels.len(), 2);

    let line = &order.lines[0];
    assert_eq!(line.item.gtin.as_deref(), Some("05790000000128"));
    let parts: Vec<_> =
        line.distribution.iter().map(|d| (d.location.id.as_str(), d.quantity.value)).collect();
    assert_eq!(parts, [("8711111000101", 400.into()), ("8711111000200", 200.into())]);
    assert_eq!(line.distribution[0].dates[0].date.unwrap().0.to_string(), "2026-11-16");
    assert_eq!(line.distribution[0].place.as_deref(), Some("0106"));
    assert_eq!(line.locations[0].id.as_ref().unwrap().scheme, IdScheme::UnLocode);
    assert_eq!(line.parties[0].role, PartyRole::EndUser);

    let scheduled = &order.lines[1];
    let schedule: Vec<_> = scheduled
        .schedule
        .iter()
        .map(|s| (s.quantity.value, s.dates[0].date.unwrap().0.to_string()))
        .collect();
    assert_eq!(schedule, [(60.into(), "2026-11-16".to_owned()), (30.into(), "2026-11-23".to_owned())]);
    assert_eq!(scheduled.price.as_ref().unwrap().currency.as_deref(), Some("DKK"));
    assert_eq!(order.allowances_and_charges.len(), 0);
    assert_eq!(order.totals.allowances_and_charges.len(), 1, "a sum, no further charge");
    assert_eq!(order.totals.hash_total, Some(690.into()));
    assert_eq!(order.totals.counts[0].code, "11");
}

/// An order of one line with further segments in it.
fn with(segments: &str) -> Order {
    let message = format!(
        "UNB+UNOC:3+A:14+B:14+261102:1015+1'UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'DTM+137:20261102:102'LIN+1'{segments}\
         UNS+S'UNT+9+1'UNZ+1+1'"
    );
    order(message.as_bytes())
}

#[test]
fn what_cannot_be_read_is_a_finding_and_stays_unmapped() {
    let order = with("QTY+21:1.234,5:PCE'QTY+12:5:XYZ'DTM+2:20261131:102'");
    assert_eq!(order.codes(), ["D1004", "D1001", "D1002"]);
    assert!(order.order.lines[0].quantity.is_none());
    let left: Vec<_> =
        order.order.unmapped.iter().map(|u| (u.segment.as_str(), u.component, u.value.as_str())).collect();
    assert_eq!(
        left,
        [
            ("QTY", Some(2), "1.234,5"),
            ("QTY", Some(3), "PCE"),
            ("DTM", Some(2), "20261131"),
            ("DTM", Some(3), "102")
        ]
    );
    assert_eq!(order.order.lines[0].quantities[1].quantity.as_ref().unwrap().unit, None);
}

#[test]
fn the_price_ordered_at_is_the_net_one() {
    let order = with("QTY+1:5'PRI+INF:9'PRI+AAB:8'PRI+AAA:7'").order;
    assert_eq!(order.lines[0].price.as_ref().unwrap().amount, 7.into());
    assert_eq!(order.lines[0].prices.len(), 2);
    assert_eq!(order.lines[0].quantity.as_ref().unwrap().value, 5.into());
    let order = with("PRI+INF:9'").order;
    assert!(order.lines[0].price.is_none(), "a price for information is none to order at");
}

#[test]
fn a_subline_without_its_line_is_a_line() {
    let order = with("LIN+2++4012345500219:EN+1:77'").order;
    assert_eq!(order.lines.len(), 2);
    assert_eq!(order.lines[1].parent_number.as_deref(), Some("77"));
}
