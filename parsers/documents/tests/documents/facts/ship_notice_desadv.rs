//! Facts of the DESADV cases, asserted by hand from the inputs, and what a notice is in the other standard: where the numbers of
//! orders and packages stand.
//!
//! Fails with the value that is wrong.

use super::ship_notice_856::{notice, shape};
use crate::sets::{case, set, written};
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::package::PackageKind;
use portway_documents::party::PartyRole;
use portway_documents::reference::{IdentityKind, ReferenceKind};
use portway_documents::ship_notice::{LevelKind, ShipNotice};
use portway_edi::Standard;

const SUPPLIER: &str = "desadv-d96a-supplier";
const SEVERAL: &str = "desadv-d01b-several-orders";
const FLAT: &str = "desadv-d96a-no-packaging";

fn of(name: &str) -> ShipNotice {
    notice(case("ship-notice", name))
}

#[test]
fn every_case_is_valid_and_mapped_whole() {
    for name in [SUPPLIER, SEVERAL, FLAT] {
        let set = case("ship-notice", name);
        // EANCOM's own codes for marks, which the directory of the UN does not have.
        let of_eancom =
            |message: &str| message.starts_with("PCI01 '33E'") || message.starts_with("PCI01 '36E'");
        let others: Vec<_> = set.faults.iter().filter(|f| !of_eancom(&f.message)).collect();
        assert!(others.is_empty(), "{name}: {others:#?}");
        assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
        assert!(set.document.unmapped().is_empty(), "{name}: {:#?}", set.document.unmapped());
    }
}

#[test]
fn supplier_header() {
    let notice = of(SUPPLIER);
    assert_eq!((notice.number.as_str(), notice.purpose), ("LS-2026-0931", Purpose::Original));
    assert_eq!(notice.notice_date.unwrap().0.to_string(), "2026-11-16");
    assert_eq!(notice.notice_time.unwrap().0.to_string(), "08:15:00");
    let roles: Vec<_> = notice.dates.iter().map(|d| d.role).collect();
    assert_eq!(roles, [DateRole::Shipped, DateRole::EstimatedDelivery]);
    assert_eq!(notice.measurements[0].value.as_ref().unwrap().value.to_string(), "412.5");
    assert_eq!(notice.trade_conditions[0].origin_country.as_deref(), Some("DE"));
    assert_eq!(notice.references[0].kind, ReferenceKind::Delivery);
    assert_eq!(notice.parties[0].role, PartyRole::Supplier);
    assert_eq!(notice.parties[0].name.as_deref(), Some("Feinkost Bäcker GmbH"));
    assert_eq!(notice.transport.equipment[0].seal_number.as_deref(), Some("55120771"));
    assert_eq!(notice.transport.routes[0].locations[0].dates.len(), 1);
    let counts: Vec<_> = notice.packages.iter().map(|p| (p.kind, p.count)).collect();
    assert_eq!(
        counts,
        [(Some(PackageKind::Pallet), Some(2.into())), (Some(PackageKind::Carton), Some(5.into()))]
    );
    assert_eq!(notice.totals.line_count, Some(3.into()));
    assert_eq!(notice.totals.weight.as_ref().unwrap().unit.as_deref(), Some("KGM"));
    assert_eq!(notice.totals.package_count.as_ref().unwrap().value, 5.into());
    let order = notice.orders[0].order.as_ref().unwrap();
    assert_eq!(
        (order.number.as_deref(), order.date.unwrap().0.to_string()),
        (Some("B-2026-1187"), "2026-11-02".into())
    );
}

#[test]
fn supplier_packages_and_lines() {
    let notice = of(SUPPLIER);
    assert_eq!(shape(&notice.contents), "pallet(package(item:1) package(item:1)) pallet(package(item:1))");
    let pallet = &notice.contents[0];
    assert_eq!(pallet.packages[0].sscc.as_deref(), Some("354123450000000014"));
    assert_eq!(pallet.packages[0].gross_weight.as_ref().unwrap().value, 230.into());
    assert_eq!(pallet.notes[0].lines, ["Nicht stapeln"]);
    let cartons = &pallet.contents[0].packages[0];
    let numbers: Vec<_> = cartons.identities.iter().map(|i| i.value.as_str()).collect();
    assert_eq!((cartons.count, numbers), (Some(2.into()), vec!["354123450000000113", "354123450000000120"]));
    let level = &pallet.contents[0].contents[0];
    let line = level.line.as_ref().unwrap();
    assert_eq!(line.quantity.as_ref().unwrap().value, 48.into());
    assert_eq!((line.quantities[0].code.as_str(), line.item.lot.as_deref()), ("59", Some("L2611A")));
    assert_eq!(line.item.lots[0].best_before_date.unwrap().0.to_string(), "2028-01-31");
    assert_eq!(line.item.trade_conditions[0].origin_country.as_deref(), Some("IT"));
    assert_eq!(line.order.as_ref().unwrap().line_number.as_deref(), Some("10"));
    assert_eq!(level.amounts[0].money.as_ref().unwrap().amount.to_string(), "412.8");
    // A partial shipment says what lacks.
    let short = pallet.contents[1].contents[0].line.as_ref().unwrap();
    assert_eq!(short.ordered_quantity.as_ref().unwrap().value, 24.into());
    let lacking = &short.discrepancies[0];
    assert_eq!((lacking.quantity.as_ref().unwrap().value, lacking.kind_code.as_str()), ((-12).into(), "BP"));
    assert_eq!(lacking.dates[0].role, DateRole::RequestedDelivery);
    // A range of SSCC, and lots under a mark of their own.
    let range = &notice.contents[1].contents[0].packages[0];
    assert_eq!(range.identities[0].range_end.as_deref(), Some("354123450000000229"));
    assert_eq!(range.identities[2].kind, IdentityKind::Lot);
    assert_eq!(range.marks[0].values, ["KAFFEE", "NUR KÜHL LAGERN"]);
}

#[test]
fn several_orders_in_one_shipment() {
    let notice = of(SEVERAL);
    assert_eq!(
        shape(&notice.contents),
        "pallet(item:1 item:2(package package item)) pallet(package(item:2))"
    );
    let numbers: Vec<_> =
        notice.orders.iter().map(|o| o.order.as_ref().unwrap().number.as_deref().unwrap()).collect();
    assert_eq!(numbers, ["PO-7001", "PO-7002"]);
    assert_eq!(notice.currency.as_ref().unwrap().code, "EUR");
    let drills = &notice.contents[0].contents[0];
    let line = drills.line.as_ref().unwrap();
    assert_eq!(line.item.serials, ["SN-A1", "SN-A2", "SN-A3"]);
    assert_eq!(line.order.as_ref().unwrap().date.unwrap().0.to_string(), "2026-10-20");
    assert_eq!(drills.parties[0].role, PartyRole::UltimateConsignee);
    let goods = &drills.dangerous_goods[0];
    assert_eq!(
        (goods.un_number.as_deref(), goods.shipping_name.as_deref()),
        (Some("UN3480"), Some("LITHIUM ION BATTERIES"))
    );
    // What of a line lies in which package, and a part of the line.
    let split = &notice.contents[0].contents[1];
    assert_eq!(split.distribution[0].quantity.value, 60.into());
    let packages: Vec<_> = split.contents.iter().filter(|l| l.kind == LevelKind::Package).collect();
    assert_eq!(packages[0].packages[0].size.as_ref().unwrap().value, 50.into());
    assert_eq!(packages[1].packages[0].sscc.as_deref(), Some("354123450000008126"));
    assert_eq!(split.contents[2].line.as_ref().unwrap().relationship_code.as_deref(), Some("1"));
    // Serial and lot that belong together.
    let pair = &notice.contents[1].contents[0].contents[0].line.as_ref().unwrap().item.identities;
    let second: Vec<_> = pair.iter().filter(|i| i.set == Some(2)).map(|i| i.value.as_str()).collect();
    assert_eq!(second, ["SN-B2", "LOT-2"]);
    let boxes = &notice.contents[1].contents[0].packages[0];
    assert_eq!((boxes.kind, boxes.identities[0].kind), (Some(PackageKind::Box), IdentityKind::CasePackage));
}

#[test]
fn a_notice_without_packages() {
    let notice = of(FLAT);
    assert_eq!(shape(&notice.contents), "item item:1");
    let line = notice.contents[0].line.as_ref().unwrap();
    assert_eq!(line.item.expiry_date.unwrap().0.to_string(), "2026-11-26");
    assert_eq!(line.item.lot.as_deref(), Some("M1112"));
    assert!(line.order.is_none());
    assert!(notice.contents[1].line.as_ref().unwrap().quantity.as_ref().unwrap().unit.is_none());
}

/// The segments of a golden case in the other standard.
fn converted(name: &str, standard: Standard, code: &str, version: &str) -> (Vec<String>, ShipNotice) {
    let bytes = written(&case("ship-notice", name).document, standard, code, version).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    (text.split(['~', '\'']).map(str::to_owned).collect(), notice(set(&bytes)))
}

fn count(segments: &[String], wanted: &str) -> usize {
    segments.iter().filter(|s| *s == wanted).count()
}

#[test]
fn orders_of_an_856_stand_in_rff() {
    // One order: once, with the message. Two: with each line.
    let (segments, back) = converted("pick-and-pack", Standard::Edifact, "DESADV", "D:96A:UN");
    assert_eq!(count(&segments, "RFF+ON:LS-90017"), 1);
    let items = ["item:1 item:1", "item:1(item:1 item:1)"];
    assert_eq!(shape(&back.contents), format!("package({}) package({})", items[0], items[1]));
    let (segments, back) = converted("pallets-and-cartons", Standard::Edifact, "DESADV", "D:01B:UN");
    assert_eq!((count(&segments, "RFF+ON:4500881"), count(&segments, "RFF+ON:4500881:20")), (2, 1));
    assert_eq!(count(&segments, "RFF+ON:4500882"), 2);
    assert_eq!(count(&segments, "GIN+BJ+006141410000000111"), 1);
    assert_eq!(shape(&back.contents), shape(&of("pallets-and-cartons").contents));
    assert_eq!(back.contents[0].packages[0].kind, Some(PackageKind::Pallet));
}

#[test]
fn orders_of_a_desadv_become_levels() {
    let (segments, back) = converted(SUPPLIER, Standard::X12, "856", "004010");
    assert_eq!(count(&segments, "PRF*B-2026-1187***20261102"), 1);
    assert_eq!((count(&segments, "HL*2*1*O*1"), count(&segments, "HL*3*2*T*1")), (1, 1));
    assert_eq!(count(&segments, "MAN*GM*354123450000000212*354123450000000229"), 1);
    assert_eq!(count(&segments, "CTT*10**412.5*KG"), 1);
    assert_eq!(shape(&back.contents), shape(&of(SUPPLIER).contents));
    // A pallet with goods of two orders: the orders lie in it.
    let (segments, back) = converted(SEVERAL, Standard::X12, "856", "005010");
    assert!(segments.iter().any(|s| s == "BSN*00*3PL-88120*20261116**0003"), "{segments:#?}");
    assert_eq!((count(&segments, "HL*2*1*T*1"), count(&segments, "HL*3*2*O*1")), (1, 1));
    assert_eq!(count(&segments, "LH1*PC*3*UN3480*******2"), 1);
    assert_eq!(
        shape(&back.contents),
        "pallet(item:1 item:2(package package item:2)) pallet(package(item:2))"
    );
}
