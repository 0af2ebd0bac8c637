//! Facts of the 846 and INVRPT cases that are reports, asserted by hand from the inputs.

use crate::sets::{Set, case};
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::inventory_report::{InventoryLine, ReportKind, StockKind, StockMovement};
use portway_documents::money::PriceRole;
use portway_documents::party::PartyRole;
use portway_documents::quantity::Quantity;
use portway_documents::reference::{IdentityKind, ReferenceKind};
use portway_documents::{Document, InventoryReport};

fn read(name: &str) -> (Box<InventoryReport>, Set) {
    let set = case("inventory-report", name);
    assert!(set.faults.is_empty(), "{name}: {:#?}", set.faults);
    assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
    let Document::InventoryReport(report) = set.document.clone() else { panic!("{name} is no report") };
    (report, set)
}

fn amount(quantity: &Option<Quantity>) -> (String, Option<&str>) {
    let q = quantity.as_ref().unwrap();
    (q.value.to_string(), q.unit.as_deref())
}

fn stock(line: &InventoryLine) -> Vec<(StockKind, String)> {
    line.quantities.iter().map(|q| (q.kind, amount(&q.quantity).0)).collect()
}

#[test]
fn the_846_of_a_distributor() {
    let (report, _) = read("rich-004010");
    assert!(report.unmapped.is_empty(), "{:#?}", report.unmapped);
    assert_eq!((report.number.as_str(), report.purpose), ("INV-2026-1109", Purpose::Original));
    assert_eq!(report.kind, Some(ReportKind::DistributorInventory));
    assert_eq!(report.report_date.unwrap().0.to_string(), "2026-11-09");
    assert_eq!(report.report_time.unwrap().0.to_string(), "07:15:00");
    assert_eq!(report.currency.as_ref().unwrap().code, "USD");
    assert_eq!(report.parties[1].role, PartyRole::Warehouse);
    let listed: Vec<_> = report.industry_codes.iter().map(|c| c.code.as_deref().unwrap()).collect();
    assert_eq!(listed, ["FULL", "NIGHTLY"]);
    assert_eq!(report.totals.hash_total.unwrap().to_string(), "1219");

    let oats = &report.lines[0];
    assert_eq!(oats.item.gtin.as_deref(), Some("10012345678902"));
    assert_eq!(amount(&oats.quantity), ("412".into(), Some("XCS")));
    let expected = [
        (StockKind::OnHand, "412"),
        (StockKind::Committed, "60"),
        (StockKind::Available, "352"),
        (StockKind::OnOrder, "216"),
        (StockKind::OnHold, "0"),
    ];
    assert_eq!(stock(oats), expected.map(|(kind, value)| (kind, value.to_owned())));
    // The line's own currency holds for its prices.
    let price = oats.price.as_ref().unwrap();
    assert_eq!((price.amount.to_string(), price.currency.as_deref()), ("21.75".into(), Some("CAD")));
    assert_eq!(oats.prices[0].role, PriceRole::Contract);
    assert_eq!(oats.prices[1].price.as_ref().unwrap().base_unit.as_deref(), Some("EA"));
    let stores: Vec<_> =
        oats.distribution.iter().map(|d| (d.location.id.as_str(), d.quantity.value.to_string())).collect();
    assert_eq!(stores, [("0101", "40".to_owned()), ("0102", "65".to_owned())]);
    let on_hand = &oats.quantities[0];
    assert_eq!(on_hand.schedule.len(), 2);
    assert_eq!(on_hand.references[0].value.as_deref(), Some("4500117"));
    assert_eq!(on_hand.references[0].dates[0].date.unwrap().0.to_string(), "2026-10-20");
    let contract = &oats.contracts[0];
    assert_eq!(contract.money.as_ref().unwrap().amount.to_string(), "1500.25");
    assert_eq!(contract.percents.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10", "5"]);
    assert_eq!(oats.demands[0].codes.len(), 3);
    assert_eq!(oats.sublines[0].item.upc.as_deref(), Some("012345678905"));

    let flakes = &report.lines[1];
    assert_eq!(stock(flakes)[1], (StockKind::Backordered, "35".into()));
    assert_eq!(flakes.quantities[1].dates[0].role, DateRole::Available);
}

#[test]
fn the_846_of_a_vendor() {
    let (report, _) = read("vendor-005010");
    assert!(report.unmapped.is_empty(), "{:#?}", report.unmapped);
    assert_eq!(report.kind, Some(ReportKind::SellerInventory));
    assert_eq!(report.purpose_code, "08");
    // Nothing is on hand by that name: the first quantity is the line's.
    assert_eq!(amount(&report.lines[0].quantity), ("1200".into(), Some("EA")));
    assert_eq!(amount(&report.lines[1].quantity).0, "0");
    assert_eq!(stock(&report.lines[1])[1], (StockKind::Projected, "250".into()));
    assert_eq!(
        stock(&report.lines[2]),
        [(StockKind::Available, "37".into()), (StockKind::Damaged, "2".into())]
    );
}

#[test]
fn the_invrpt_of_a_warehouse() {
    let (report, set) = read("rich-d01b");
    assert_eq!(set.code, "INVRPT");
    // Numbers that only count, a code's list, and what a currency is for.
    let left: Vec<_> = report.unmapped.iter().map(|u| u.segment.as_str()).collect();
    assert_eq!(left, ["CPS", "CPS", "STS", "CUX", "CPS", "CPS"]);
    assert_eq!((report.kind, report.number.as_str()), (Some(ReportKind::InventoryStatus), "BB-2026-311"));
    assert_eq!((report.version.as_deref(), report.revision.as_deref()), (Some("2"), Some("1")));
    assert_eq!(report.report_date.unwrap().0.to_string(), "2026-11-11");
    assert_eq!(report.dates[1].role, DateRole::Inventory);
    assert_eq!(report.parties[1].name.as_deref(), Some("Rhein Lager GmbH"));
    assert_eq!(report.parties[1].contacts[0].name.as_deref(), Some("Frau Öztürk"));

    let mustard = &report.lines[0];
    assert_eq!(amount(&mustard.quantity), ("1440".into(), Some("H87")));
    assert_eq!(mustard.parties[0].role, PartyRole::Manufacturer);
    assert_eq!(mustard.item.trade_conditions[0].origin_country.as_deref(), Some("DE"));
    let kinds: Vec<_> = mustard.quantities.iter().map(|q| q.kind).collect();
    assert_eq!(kinds, [StockKind::OnHand, StockKind::Damaged, StockKind::Committed]);
    let on_hand = &mustard.quantities[0];
    assert_eq!(on_hand.identities[1].kind, IdentityKind::Lot);
    assert_eq!(on_hand.identities[1].range_end.as_deref(), Some("C26404"));
    assert_eq!(on_hand.lots[0].number.as_deref(), Some("C26401"));
    assert_eq!(on_hand.locations[0].id.as_ref().unwrap().id, "G04-12");
    assert_eq!(on_hand.dates[0].role, DateRole::BestBefore);
    let price = on_hand.price.as_ref().unwrap();
    assert_eq!((price.amount.to_string(), price.currency.as_deref()), ("0.89".into(), Some("CHF")));
    assert_eq!(on_hand.prices[0].currency.as_deref(), Some("EUR"));
    assert_eq!(on_hand.references[0].kind, ReferenceKind::PurchaseOrder);
    assert_eq!(on_hand.references[0].line_number.as_deref(), Some("20"));
    let instruction = mustard.quantities[1].instruction.as_ref().unwrap();
    assert_eq!(instruction.text.as_deref(), Some("Bitte Freigabe"));
}

#[test]
fn the_invrpt_of_a_supplier_with_receipts_and_deliveries_is_a_report() {
    let (report, _) = read("supplier-d96a");
    assert!(report.unmapped.is_empty(), "{:#?}", report.unmapped);
    assert_eq!(report.kind_code.as_deref(), Some("35"));
    let kinds: Vec<_> = report.lines[0].quantities.iter().map(|q| q.kind).collect();
    use StockKind as K;
    assert_eq!(kinds, [K::OnHand, K::InTransit, K::Maximum, K::Minimum]);
    let nuts = &report.lines[1];
    assert_eq!(
        nuts.quantities.iter().map(|q| q.kind).collect::<Vec<_>>(),
        [K::Opening, K::Shipped, K::Closing]
    );
    assert_eq!(nuts.quantities[1].movement, Some(StockMovement::Out));
    assert_eq!(nuts.quantities[1].reason_code.as_deref(), Some("2"));
}
