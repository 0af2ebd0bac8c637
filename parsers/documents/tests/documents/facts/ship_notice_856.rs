//! Facts of the 856 cases, asserted by hand from the inputs: what lies in what, for which order, with which numbers; and what becomes
//! of hierarchies that do not fit together.
//!
//! Fails with the value that is wrong.

use crate::sets::{Set, case, set};
use portway_documents::date::DateRole;
use portway_documents::heading::Purpose;
use portway_documents::item::ProductIdScheme;
use portway_documents::package::PackageKind;
use portway_documents::party::PartyRole;
use portway_documents::reference::{IdentityKind, ReferenceKind};
use portway_documents::ship_notice::{Level, LevelKind, ShipNotice, Structure};
use portway_documents::{Document, DocumentKind};

pub fn notice(set: Set) -> ShipNotice {
    let Document::ShipNotice(notice) = set.document else { panic!("no ship notice") };
    *notice
}

fn of(name: &str) -> ShipNotice {
    notice(case("ship-notice", name))
}

/// Kinds and orders of levels as `pallet(package(item:1))`.
pub fn shape(levels: &[Level]) -> String {
    let one = |level: &Level| {
        let kind = serde_json::to_value(level.kind).unwrap();
        let order = level.order_id.as_ref().map(|key| format!(":{key}")).unwrap_or_default();
        match level.contents.as_slice() {
            [] => format!("{}{order}", kind.as_str().unwrap()),
            contents => format!("{}{order}({})", kind.as_str().unwrap(), shape(contents)),
        }
    };
    levels.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_case_is_valid_and_mapped_whole() {
    for name in ["pallets-and-cartons", "pick-and-pack", "packed-below-items", "no-packaging", "cross-dock"] {
        let set = case("ship-notice", name);
        assert_eq!(set.document.kind(), DocumentKind::ShipNotice);
        assert!(set.faults.is_empty(), "{name}: {:#?}", set.faults);
        assert!(set.findings.is_empty(), "{name}: {:#?}", set.findings);
        assert!(set.document.unmapped().is_empty(), "{name}: {:#?}", set.document.unmapped());
    }
}

#[test]
fn orders_are_lifted_out_of_the_levels() {
    assert_eq!(
        shape(&of("pallets-and-cartons").contents),
        "pallet(package(item:1) package(item:1) package(item:1)) pallet(package(item:2) package(item:2))"
    );
    assert_eq!(shape(&of("pick-and-pack").contents), "package(item:1 item:1) package(item:1)");
    assert_eq!(shape(&of("packed-below-items").contents), "item:1(package package) item:1(package)");
    assert_eq!(shape(&of("no-packaging").contents), "item:1 item:1");
    // One order for two stores; the first store's goods lie in two packages.
    let cross_dock = of("cross-dock");
    assert_eq!(shape(&cross_dock.contents), "pallet(package(item:1 item:2) package(item:1))");
    assert_eq!(cross_dock.structure, Some(Structure::ShipmentPackagingOrderItem));
    let stores: Vec<_> = cross_dock.orders.iter().map(|o| o.parties[0].ids[0].id.as_str()).collect();
    assert_eq!(stores, ["0114", "0207"]);
    assert!(cross_dock.orders.iter().all(|o| o.kind == LevelKind::Order && o.contents.is_empty()));
}

#[test]
fn the_shipment_stands_with_the_notice() {
    let notice = of("pallets-and-cartons");
    assert_eq!((notice.number.as_str(), notice.purpose), ("SHP-2026-4471", Purpose::Original));
    assert_eq!(notice.notice_date.unwrap().0.to_string(), "2026-11-16");
    assert_eq!(notice.notice_time.unwrap().0.to_string(), "08:15:30");
    assert_eq!(notice.structure, Some(Structure::ShipmentOrderPackagingItem));
    let roles: Vec<_> = notice.dates.iter().map(|d| d.role).collect();
    assert_eq!(roles, [DateRole::Other, DateRole::Shipped, DateRole::EstimatedDelivery]);
    let [pallets, cartons] = notice.packages.as_slice() else { panic!("two kinds of packages") };
    assert_eq!((pallets.kind, pallets.count), (Some(PackageKind::Pallet), Some(2.into())));
    let weight = pallets.gross_weight.as_ref().unwrap();
    assert_eq!((weight.value.to_string().as_str(), weight.unit.as_deref()), ("1240.5", Some("LBR")));
    assert_eq!(pallets.gross_volume.as_ref().unwrap().unit.as_deref(), Some("FTQ"));
    assert_eq!((cartons.kind, cartons.kind_code.as_deref()), (Some(PackageKind::Carton), Some("CTN25")));
    assert_eq!(notice.pallet.as_ref().unwrap().tiers, Some(2.into()));
    let equipment = &notice.transport.equipment[0];
    assert_eq!(
        (equipment.number.as_deref(), equipment.seal_number.as_deref()),
        (Some("48213"), Some("S-771204"))
    );
    assert_eq!(notice.transport.routes[0].carrier.as_ref().unwrap().id, "RDLN");
    assert_eq!(notice.references[0].kind, ReferenceKind::BillOfLading);
    assert_eq!(notice.load_position.as_deref(), Some("FR"));
    assert_eq!(notice.parties[1].role, PartyRole::ShipTo);
    assert_eq!(notice.parties[1].ids[0].id, "0871234500129");
    assert_eq!(notice.totals.level_count, Some(15.into()));
    assert_eq!(notice.totals.hash_total, Some(60.into()));
}

#[test]
fn packages_have_their_numbers_and_measures() {
    let notice = of("pallets-and-cartons");
    let pallet = &notice.contents[0].packages[0];
    assert_eq!(pallet.sscc.as_deref(), Some("006141410000000012"));
    assert_eq!(pallet.pallet.as_ref().unwrap().gross_weight.as_ref().unwrap().value, 657.into());
    assert_eq!(pallet.references[0].value.as_deref(), Some("P-1"));
    let carton = &notice.contents[0].contents[0].packages[0];
    assert_eq!(carton.sscc.as_deref(), Some("006141410000000111"));
    assert_eq!(carton.tracking_number.as_deref(), Some("1Z4471W90311"));
    assert_eq!(carton.identities.len(), 2);
    assert_eq!((carton.inner_count, carton.size.as_ref().unwrap().value), (Some(1.into()), 24.into()));
    assert_eq!(carton.kind, Some(PackageKind::Carton));
    assert_eq!(carton.gross_weight.as_ref().unwrap().value, 204.into());
    assert_eq!(carton.net_weight.as_ref().unwrap().value, 196.into());
    let length = carton.length.as_ref().unwrap();
    assert_eq!((length.value, length.unit.as_deref()), (20.into(), Some("INH")));
    assert_eq!(carton.packaging[0].description.as_deref(), Some("Barcode on two sides"));
    // 004010, with the count and weight in a TD1.
    let carton = &of("pick-and-pack").contents[0].packages[0];
    assert_eq!((carton.kind, carton.count), (Some(PackageKind::Carton), Some(1.into())));
    assert_eq!(carton.gross_weight.as_ref().unwrap().value.to_string(), "20.1");
    assert_eq!(carton.identities[1].kind, IdentityKind::CarrierPackage);
}

#[test]
fn lines_know_their_order_lot_and_days() {
    let notice = of("pallets-and-cartons");
    let first = &notice.contents[0].contents[0].contents[0];
    let line = first.line.as_ref().unwrap();
    assert_eq!(line.number.as_deref(), Some("1"));
    assert_eq!(line.quantity.as_ref().unwrap().value, 24.into());
    assert_eq!(line.ordered_quantity.as_ref().unwrap().value, 48.into());
    assert_eq!(line.shipped_to_date, Some(24.into()));
    assert_eq!(line.status_code.as_deref(), Some("AC"));
    assert_eq!(line.item.lot.as_deref(), Some("L261110A"));
    assert_eq!(line.item.expiry_date.unwrap().0.to_string(), "2027-11-10");
    assert_eq!(line.item.lots[0].expiry_date, line.item.expiry_date);
    assert_eq!(
        (line.item.buyer_number.as_deref(), line.item.gtin.as_deref()),
        (Some("77120"), Some("061414100779"))
    );
    let order = line.order.as_ref().unwrap();
    assert_eq!(
        (order.number.as_deref(), order.date.unwrap().0.to_string()),
        (Some("4500881"), "2026-11-02".into())
    );
    // LIN has the line of the order.
    let third = notice.contents[0].contents[2].contents[0].line.as_ref().unwrap();
    assert_eq!(third.order.as_ref().unwrap().line_number.as_deref(), Some("20"));
    assert!(third.item.product_ids.iter().any(|id| id.scheme == ProductIdScheme::Line));
    let last = &notice.contents[1].contents[1].contents[0];
    let order = last.line.as_ref().unwrap().order.as_ref().unwrap();
    assert_eq!((order.number.as_deref(), order.release_number.as_deref()), (Some("4500882"), Some("R1")));
    assert_eq!(last.distribution[1].quantity.value, 2.into());
    let coded = &notice.contents[1].contents[0].contents[0];
    assert_eq!((coded.statements.len(), coded.industry_codes[0].code.as_deref()), (1, Some("C12")));

    let serials = of("packed-below-items");
    let line = serials.contents[0].line.as_ref().unwrap();
    assert_eq!(line.item.serials, ["SN-0001", "SN-0002", "SN-0003"]);
    assert_eq!(serials.contents[0].contents[1].packages[0].sscc.as_deref(), Some("006141410000004027"));

    let sublines = of("pick-and-pack").contents[1].contents[0].line.clone().unwrap().sublines;
    assert_eq!(sublines[0].price.as_ref().unwrap().amount.to_string(), "4.50");
    assert_eq!(
        (sublines[1].number.as_str(), sublines[1].item.seller_number.as_deref()),
        ("2", Some("WAX-1"))
    );
}

#[test]
fn a_partial_shipment_without_packages() {
    let notice = of("no-packaging");
    assert_eq!(
        (notice.purpose, notice.structure),
        (Purpose::Replacement, Some(Structure::ShipmentOrderItem))
    );
    let load = &notice.packages[0];
    assert_eq!((load.net_weight.as_ref().unwrap().value, load.gross_weight.as_ref()), (18000.into(), None));
    let order = notice.orders[0].order.as_ref().unwrap();
    assert_eq!((order.number.as_deref(), order.release_number.as_deref()), (Some("BW-2026-88"), Some("3")));
    let level = &notice.contents[0];
    let line = level.line.as_ref().unwrap();
    assert_eq!((line.shipped_to_date, line.status_code.as_deref()), (Some(54.into()), Some("BP")));
    assert_eq!(line.quantity.as_ref().unwrap().unit.as_deref(), Some("STN"));
    let goods = &level.dangerous_goods[0];
    assert_eq!((goods.un_number.as_deref(), goods.class.as_deref()), (Some("UN1866"), Some("3")));
    assert_eq!(goods.shipping_name.as_deref(), Some("Resin solution"));
    assert_eq!(level.excess_transport[0].reference.as_ref().unwrap().value.as_deref(), Some("AUTH-9"));
    let charge = level.allowances_and_charges[0].money.as_ref().unwrap();
    assert_eq!((charge.amount.to_string(), charge.currency.as_deref()), ("45.00".into(), Some("CAD")));
}

/// An 856 of these segments.
fn of_segments(segments: &[&str]) -> Set {
    let mut text = String::from(
        "ISA*00*          *00*          *ZZ*GREENFIELD     *ZZ*ORCHARD        *261116*0830*U*00401*000000001*0*T*>~\
         GS*SH*GREENFIELD*ORCHARD*20261116*0830*1*X*004010~ST*856*0001~BSN*00*1*20261116*0800~",
    );
    segments.iter().for_each(|segment| text += &format!("{segment}~"));
    text += &format!("SE*{}*0001~GE*1*1~IEA*1*000000001~", segments.len() + 3);
    set(text.as_bytes())
}

fn of_levels(levels: &[&str]) -> ShipNotice {
    notice(of_segments(levels))
}

#[test]
fn levels_in_any_order_lie_where_they_belong() {
    let read = of_levels(&["HL*9*4*I", "LIN**VN*A", "HL*4*2*P", "HL*2*1*O", "PRF*77", "HL*1**S"]);
    assert_eq!(shape(&read.contents), "package(item:1)");
    assert_eq!(
        read.contents[0].contents[0].line.as_ref().unwrap().order.as_ref().unwrap().number.as_deref(),
        Some("77")
    );
}

#[test]
fn what_does_not_fit_together_is_kept() {
    // An orphan, an id given twice, and two levels that hold each other.
    let read =
        of_levels(&["HL*1**S", "HL*2*1*P", "HL*2*1*P", "HL*3*2*I", "LIN**VN*A", "HL*5*99*I", "LIN**VN*B"]);
    assert_eq!(shape(&read.contents), "package package(item) item");
    assert_eq!(read.contents[2].parent_level_id.as_deref(), Some("99"));
    let read = of_levels(&["HL*1**S", "HL*2*3*P", "HL*3*2*P", "HL*4*3*I", "LIN**VN*A"]);
    assert_eq!(shape(&read.contents), "package(package item)");
    assert_eq!(read.contents[0].parent_level_id.as_deref(), Some("2"));
    // Two shipments, and none.
    let read = of_levels(&[
        "HL*1**S",
        "HL*2*1*I",
        "LIN**VN*A",
        "HL*3**S",
        "HL*4*3*O",
        "PRF*7",
        "HL*5*4*I",
        "LIN**VN*B",
    ]);
    assert_eq!(shape(&read.contents), "shipment(item) shipment(item:1)");
    assert_eq!(shape(&of_levels(&["HL*1**O", "PRF*7", "HL*2*1*I", "LIN**VN*B"]).contents), "item:1");
    assert_eq!(shape(&of_levels(&[]).contents), "");
}

#[test]
fn a_wrong_count_of_levels_is_told() {
    let right = of_segments(&["HL*1**S", "HL*2*1*I", "LIN**VN*A", "CTT*2"]);
    assert!(right.findings.is_empty(), "{:?}", right.findings);
    let wrong = of_segments(&["HL*1**S", "HL*2*1*I", "LIN**VN*A", "CTT*1"]);
    assert_eq!(wrong.findings.len(), 1);
    assert!(wrong.findings[0].message.contains("2 loops HL"), "{}", wrong.findings[0].message);
}
