//! Facts, asserted by hand from the inputs: what a reader of the order would look for.
//!
//! The golden documents are written by the code under test, so they only show that nothing changed; these assertions show that
//! it was right. They cover each building block at least once, and every kind of value that cannot be read.
//!
//! Fails with the value that is wrong.

use crate::sets::{order, order_case as case};
use portway_documents::allowance::{AllowanceHandling, AllowanceKind};
use portway_documents::date::DateRole;
use portway_documents::item::ProductIdScheme;
use portway_documents::money::{AmountRole, PriceRole, TermsBasis};
use portway_documents::party::{ChannelKind, ContactRole, PartyRole};
use portway_documents::purchase_order::{OrderKind, Purpose};
use portway_documents::reference::{IdScheme, ReferenceKind};
use portway_documents::transport::{FreightPayment, TransportMode};

/// The digits as the document has them.
fn digits(value: impl ToString) -> String {
    value.to_string()
}

#[test]
fn retailer_header() {
    let order = case("retailer-distribution").order;
    assert_eq!((order.schema_version.as_str(), order.number.as_str()), ("1.0", "4500123"));
    assert_eq!((order.purpose, order.purpose_code.as_str()), (Purpose::Original, "00"));
    assert_eq!((order.kind, order.kind_code.as_str()), (OrderKind::StandAlone, "SA"));
    assert_eq!(order.contract_number.as_deref(), Some("C-2026-17"));
    assert_eq!(order.order_date.unwrap().0.to_string(), "2026-11-02");
    let currency = order.currency.as_ref().unwrap();
    assert_eq!((currency.code.as_str(), currency.role), ("USD", PartyRole::Buyer));

    let kinds: Vec<_> = order.references.iter().map(|r| (r.kind, r.value.as_deref().unwrap())).collect();
    assert_eq!(kinds[0], (ReferenceKind::Department, "038"));
    assert_eq!(kinds[1], (ReferenceKind::InternalVendor, "77123"));
    assert_eq!(kinds[2], (ReferenceKind::Promotion, "HOLIDAY26"));
    assert_eq!(kinds[3], (ReferenceKind::MerchandiseType, "0013"));
    assert_eq!(order.references[0].description.as_deref(), Some("LADIES SHOES"));

    let buyer = &order.contacts[0];
    assert_eq!((buyer.role, buyer.name.as_deref()), (ContactRole::Buyer, Some("Jane Buyer")));
    assert_eq!(
        (buyer.channels[1].kind, buyer.channels[1].value.as_str()),
        (ChannelKind::Email, "jane.buyer@acme.example")
    );

    let dates: Vec<_> = order.dates.iter().map(|d| (d.role, d.date.unwrap().0.to_string())).collect();
    assert_eq!(dates[0], (DateRole::RequestedShip, "2026-11-16".to_owned()));
    assert_eq!(dates[1], (DateRole::CancelAfter, "2026-11-30".to_owned()));
    assert_eq!(dates[2].0, DateRole::DeliverNotBefore);
    assert_eq!(order.dates[2].time.unwrap().0.to_string(), "08:00:00");
    assert_eq!(order.dates[2].time_zone_code.as_deref(), Some("ET"));
}

#[test]
fn retailer_money_and_terms() {
    let order = case("retailer-distribution").order;
    let rebate = &order.allowances_and_charges[0];
    assert_eq!((rebate.kind, rebate.service_code.as_deref()), (AllowanceKind::Allowance, Some("C310")));
    let money = rebate.money.as_ref().unwrap();
    assert_eq!((digits(money.amount), money.currency.as_deref()), ("125.50".to_owned(), Some("USD")));
    assert_eq!(digits(rebate.percent.unwrap()), "2.5");
    assert_eq!(rebate.handling, Some(AllowanceHandling::OffInvoice));
    let freight = &order.allowances_and_charges[1];
    assert_eq!(
        (freight.kind, digits(freight.money.as_ref().unwrap().amount)),
        (AllowanceKind::Charge, "45.00".to_owned())
    );
    let quantity = freight.quantity.as_ref().unwrap();
    assert_eq!((digits(quantity.value), quantity.unit.as_deref()), ("30".to_owned(), Some("XCT")));

    let terms = &order.payment_terms[0];
    assert_eq!(terms.basis, Some(TermsBasis::InvoiceDate));
    assert_eq!(digits(terms.discount_percent.unwrap()), "2");
    assert_eq!(
        (digits(terms.discount_days.unwrap()), digits(terms.net_days.unwrap())),
        ("10".to_owned(), "30".to_owned())
    );

    let delivery = &order.delivery_terms[0];
    assert_eq!(
        (delivery.freight_payment, delivery.code.as_deref()),
        (Some(FreightPayment::Collect), Some("FCA"))
    );
    assert_eq!(delivery.location.as_ref().unwrap().description.as_deref(), Some("DALLAS TX"));

    let totals = &order.totals;
    assert_eq!(
        (digits(totals.line_count.unwrap()), digits(totals.hash_total.unwrap())),
        ("2".to_owned(), "216".to_owned())
    );
    assert_eq!(
        (totals.amounts[0].role, digits(totals.amounts[0].money.as_ref().unwrap().amount)),
        (AmountRole::Total, "5760.00".to_owned())
    );
}

#[test]
fn retailer_parties_and_transport() {
    let order = case("retailer-distribution").order;
    let roles: Vec<_> =
        order.parties.iter().map(|p| (p.role, p.ids[0].scheme, p.ids[0].id.as_str())).collect();
    assert_eq!(roles[0], (PartyRole::Buyer, IdScheme::Gln, "0614141000012"));
    assert_eq!(roles[1], (PartyRole::ShipTo, IdScheme::AssignedByBuyer, "0007"));
    assert_eq!(roles[2], (PartyRole::BillTo, IdScheme::DunsPlusFour, "1234567890001"));
    let ship_to = &order.parties[1];
    assert_eq!(ship_to.additional_names, ["INBOUND"]);
    let address = ship_to.address.as_ref().unwrap();
    assert_eq!(address.lines, ["400 WAREHOUSE ROAD", "BUILDING C"]);
    assert_eq!((address.city.as_deref(), address.region.as_deref()), (Some("COLUMBUS"), Some("OH")));
    assert_eq!((address.postal_code.as_deref(), address.country.as_deref()), (Some("43085"), Some("US")));
    assert_eq!(ship_to.contacts[0].role, ContactRole::Delivery);

    let route = &order.transport.routes[0];
    let carrier = route.carrier.as_ref().unwrap();
    assert_eq!((carrier.scheme, carrier.id.as_str()), (IdScheme::Scac, "ACMF"));
    assert_eq!(route.mode, Some(TransportMode::Road));
    assert_eq!(order.notes[0].lines, ["DELIVER TO DOCK DOORS 12 TO 18 ONLY", "CALL 24 HOURS AHEAD"]);
}

#[test]
fn retailer_lines_and_stores() {
    let order = case("retailer-distribution");
    assert!(order.order.unmapped.is_empty(), "{:?}", order.order.unmapped);
    assert!(order.findings.is_empty(), "{:?}", order.findings);
    let line = &order.order.lines[0];
    assert_eq!(line.number.as_deref(), Some("1"));
    let quantity = line.quantity.as_ref().unwrap();
    assert_eq!(
        (digits(quantity.value), quantity.unit.as_deref(), quantity.original_unit.as_deref()),
        ("144".to_owned(), Some("EA"), Some("EA"))
    );
    let price = line.price.as_ref().unwrap();
    assert_eq!(
        (digits(price.amount), price.currency.as_deref(), price.basis_code.as_deref()),
        ("24.50".to_owned(), Some("USD"), Some("WE"))
    );
    assert_eq!(line.item.gtin.as_deref(), Some("614141007349"));
    assert_eq!(line.item.buyer_number.as_deref(), Some("SKU-1001"));
    assert_eq!(line.item.seller_number.as_deref(), Some("NW-BOOT-07"));
    assert_eq!(line.item.descriptions[1].text.as_deref(), Some("BLACK"));
    assert_eq!(
        (line.prices[0].role, digits(line.prices[0].price.as_ref().unwrap().amount)),
        (PriceRole::Retail, "59.99".to_owned())
    );
    let pack = &line.packs[0];
    assert_eq!(pack.gross_weight.as_ref().unwrap().unit.as_deref(), Some("LBR"));
    assert_eq!(pack.gross_volume.as_ref().unwrap().unit.as_deref(), Some("FTQ"));
    assert_eq!(pack.height.as_ref().unwrap().unit.as_deref(), Some("INH"));

    let stores: Vec<_> =
        line.distribution.iter().map(|d| (d.location.id.as_str(), digits(d.quantity.value))).collect();
    let expected = [("0101", "48"), ("0102", "36"), ("0115", "24"), ("0207", "36")];
    assert_eq!(stores, expected.map(|(id, quantity)| (id, quantity.to_owned())));
    assert!(line.distribution.iter().all(|d| d.location.scheme == IdScheme::AssignedByBuyer));
    assert_eq!(digits(line.allowances_and_charges[0].money.as_ref().unwrap().amount), "72.00");
}

#[test]
fn schedules_and_product_numbers() {
    let order = case("schedules").order;
    assert_eq!((order.kind, order.release_number.as_deref()), (OrderKind::Release, Some("0007")));
    let currency = order.currency.as_ref().unwrap();
    assert_eq!(digits(currency.exchange_rate.unwrap()), "1.0865");
    let charge = &order.allowances_and_charges[0];
    let money = charge.money.as_ref().unwrap();
    assert_eq!((digits(money.amount), money.currency.as_deref()), ("-19.99".to_owned(), Some("USD")));
    let period = order.dates[0].period.as_ref().unwrap();
    assert_eq!(period.end.unwrap().0.to_string(), "2026-12-31");
    let parts = &order.references[1].parts;
    assert_eq!((parts[1].kind, parts[1].value.as_str()), (ReferenceKind::Job, "PLANT 2"));

    let line = &order.lines[0];
    let schemes: Vec<_> = line.item.product_ids.iter().map(|p| p.scheme).collect();
    use ProductIdScheme as S;
    let expected = [
        S::BuyerPart,
        S::SellerPart,
        S::ManufacturerNumber,
        S::Gtin,
        S::EngineeringChange,
        S::MutuallyDefined,
    ];
    assert_eq!(schemes, expected);
    assert_eq!(line.item.gtin.as_deref(), Some("10614141007346"));
    assert_eq!(line.item.manufacturer_number.as_deref(), Some("M8X40-A2"));
    let price = line.price.as_ref().unwrap();
    assert_eq!(
        (digits(price.amount), digits(price.base_quantity.unwrap())),
        ("112.4".to_owned(), "100".to_owned())
    );
    assert_eq!(price.currency.as_deref(), Some("USD"), "the line's own CUR holds for its price");

    let schedule: Vec<_> = line
        .schedule
        .iter()
        .map(|s| (digits(s.quantity.value), s.dates[0].date.unwrap().0.to_string()))
        .collect();
    let expected = [("1000", "2026-12-01"), ("1000", "2026-12-08"), ("500", "2026-12-15")];
    assert_eq!(schedule, expected.map(|(q, d)| (q.to_owned(), d.to_owned())));
    assert_eq!(line.schedule[0].dates[0].time.unwrap().0.to_string(), "08:30:00");
    assert_eq!(line.schedule[1].dates[1].role, DateRole::RequestedShip);
    assert_eq!(line.schedule[1].references[0].value.as_deref(), Some("0007-2"));
    assert_eq!(line.schedule[0].quantity.unit.as_deref(), Some("H87"));

    let party = &line.parties[0];
    assert_eq!(party.ids[0].scheme, IdScheme::AssignedBySeller);
    assert_eq!(digits(party.quantities[0].quantity.as_ref().unwrap().value), "1500");
    assert_eq!(line.notes[0].lines, ["Lot certificate 3.1"]);
    assert_eq!(digits(line.lead_times[0].value.unwrap()), "21");
}

#[test]
fn schedules_sublines_and_the_rest() {
    let order = case("schedules").order;
    let line = &order.lines[1];
    assert_eq!(line.quantity.as_ref().unwrap().unit.as_deref(), Some("XCS"));
    let numbers: Vec<_> =
        line.sublines.iter().map(|s| (s.number.as_str(), s.relationship_code.as_str())).collect();
    assert_eq!(numbers, [("20.1", "I"), ("20.2", "A")]);
    assert_eq!(line.sublines[1].parent_number.as_deref(), Some("20.1"));
    assert_eq!(line.sublines[1].quantity.as_ref().unwrap().unit.as_deref(), Some("KGM"));
    assert_eq!(line.sales_requirements[0].product_ids[0].id, "KIT-10");
    let left: Vec<_> = order
        .unmapped
        .iter()
        .map(|u| (u.segment.as_str(), u.element, u.component, u.value.as_str(), u.loop_id.as_deref()))
        .collect();
    assert!(left.contains(&("PO3", 1, None, "QP", Some("PO1"))), "{left:?}");
    assert!(left.contains(&("SLN", 5, Some(4), "PC", Some("SLN"))), "{left:?}");
    assert!(!left.iter().any(|u| u.0 == "SLN" && u.2 == Some(1)), "{left:?}");
}

#[test]
fn the_realistic_cases_are_valid_orders() {
    for name in ["retailer-distribution", "schedules", "minimal"] {
        let faults = case(name).faults;
        assert!(faults.is_empty(), "{name}: {faults:#?}");
    }
}

/// The case has every element of every segment of the 850; these segments alone are left to `unmapped`.
#[test]
fn segments_without_fields_of_their_own() {
    let order = case("every-element").order;
    let whole: std::collections::BTreeSet<_> = order
        .unmapped
        .iter()
        .filter(|u| !matches!(u.loop_id.as_deref(), Some("SPI" | "CB1" | "LM" | "FA1" | "ADV")))
        .filter(|u| u.element == 1 && !(u.segment == "LIN" && u.loop_id.is_some()))
        .map(|u| u.segment.as_str())
        .collect();
    let expected = [
        "ADV", "CN1", "CTB", "DIS", "G61", "INC", "IT3", "LIN", "MAN", "MEA", "MSG", "N1", "N2", "N3", "N4",
        "PAM", "PCT", "PO3", "PWK", "REF", "SPI",
    ];
    assert_eq!(whole.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_smallest_order() {
    let order = case("minimal");
    assert_eq!(order.order.number, "1");
    assert!(order.findings.is_empty() && order.order.unmapped.is_empty());
    let json = order.json();
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "code_list",
        "kind",
        "kind_code",
        "lines",
        "number",
        "order_date",
        "purpose",
        "purpose_code",
        "schema_version",
    ];
    assert_eq!(keys, expected);
    assert_eq!(json["lines"][0].as_object().unwrap().len(), 2, "{json}");
}

#[test]
fn odd_values_are_reported_and_stay_unmapped() {
    let order = case("odd-content");
    let left: Vec<_> =
        order.order.unmapped.iter().map(|u| (u.segment.as_str(), u.element, u.value.as_str())).collect();
    for expected in [
        ("DTM", 2, "20260230"),
        ("DTM", 3, "2561"),
        ("SAC", 5, "12.50"),
        ("N4", 1, "大阪"),
        ("SPI", 3, "4711"),
        ("PO1", 8, "VN"),
        ("PO1", 2, "12345678901234567890123456789012345"),
        ("PO1", 4, "1_000"),
        ("SDQ", 5, "0002"),
        ("PWK", 1, "CT"),
    ] {
        assert!(left.contains(&expected), "{expected:?} not in {left:?}");
    }
    let mut codes = order.codes();
    codes.sort_unstable();
    assert_eq!(codes, ["D1001", "D1002", "D1003", "D1004", "D1004", "D1004", "D1005"]);
    for finding in &order.findings {
        assert!(finding.place.segment.is_some() && finding.place.position.is_some(), "{finding:?}");
        assert!(finding.place.element.is_some() && finding.help.is_some(), "{finding:?}");
        assert!(portway_documents::finding::explain(finding.code.0).is_some(), "{finding:?}");
    }
}

#[test]
fn odd_values_that_are_fine() {
    let order = case("odd-content").order;
    assert_eq!(order.number, r#"PO "7" \ <b>&amp;"#);
    assert_eq!(order.purpose, Purpose::Replacement);
    assert_eq!(order.contract_number, None, "blanks are no contract");
    assert_eq!(order.references[0].value.as_deref(), Some("Größe 42 – „Übergröße“"));
    assert_eq!(
        (order.references[1].kind, order.references[1].kind_code.as_str()),
        (ReferenceKind::Other, "X9")
    );
    assert_eq!(order.contacts[0].name.as_deref(), Some("José Núñez"), "ISO 8859-1 where it is no UTF-8");
    assert_eq!(order.parties[0].name.as_deref(), Some("日本商事株式会社"));
    assert_eq!(order.parties[0].address.as_ref().unwrap().city.as_deref(), Some("東京"));
    let line = &order.lines[0];
    assert_eq!(digits(line.quantity.as_ref().unwrap().value), "0.5");
    assert_eq!(line.quantity.as_ref().unwrap().unit, None);
    assert_eq!(line.quantity.as_ref().unwrap().original_unit.as_deref(), Some("QQ"));
    assert_eq!(digits(line.price.as_ref().unwrap().amount), "-3.10");
    assert_eq!(line.item.descriptions[0].text.as_deref(), Some("Quote \" backslash \\ tab and emoji 📦"));
    assert!(order.lines[1].quantity.is_none() && order.lines[1].price.is_none());
    assert_eq!(order.amounts[0].money.as_ref().unwrap().currency.as_deref(), Some("JPY"));
}

#[test]
fn amounts_keep_every_digit() {
    let input = |sac05: &str, price: &str| {
        let set =
            format!("ST*850*0001~BEG*00*SA*7**20261103~SAC*A*C310***{sac05}~PO1*1*1*EA*{price}~SE*5*0001~");
        let isa = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261103*0915*U*00401*000000001*0*P*>~";
        format!("{isa}GS*PO*A*B*20261103*0915*1*X*004010~{set}GE*1*1~IEA*1*000000001~").into_bytes()
    };
    for (sac05, amount) in [
        ("1", "0.01"),
        ("0", "0.00"),
        ("100", "1.00"),
        ("-5", "-0.05"),
        ("123456789012345", "1234567890123.45"),
    ] {
        let order = order(&input(sac05, "1")).order;
        assert_eq!(digits(order.allowances_and_charges[0].money.as_ref().unwrap().amount), amount);
    }
    for price in ["0.1", "10.00", "99999999999999.9999", "-0.00001", "3"] {
        let order = order(&input("1", price)).order;
        assert_eq!(digits(order.lines[0].price.as_ref().unwrap().amount), price);
    }
}
