//! Facts of the price catalogs (832, PRICAT), asserted by hand from the inputs: what an item costs, from when, for how much.
//!
//! Fails with the value that is wrong.

use crate::sets::case;
use portway_documents::Document;
use portway_documents::heading::Purpose;
use portway_documents::item::ProductIdScheme;
use portway_documents::line::LineChange;
use portway_documents::money::PriceRole;
use portway_documents::price_catalog::{CatalogKind, PriceCatalog};

const MAKER: &str = "maker-to-retailers";
const BID: &str = "distributor-bid-005010";
const MILL: &str = "mill-price-list-d96a";
const BAKERY: &str = "bakery-goods-d01b";

fn catalog(name: &str) -> Box<PriceCatalog> {
    let Document::PriceCatalog(catalog) = case("price-catalog", name).document else { panic!("no catalog") };
    catalog
}

#[test]
fn the_cases_are_valid_and_mapped_whole() {
    let all = [MAKER, BID, MILL, BAKERY];
    for name in all {
        let case = case("price-catalog", name);
        let faults: Vec<_> = case
            .faults
            .iter()
            .map(|f| format!("{:?} {:?} {}", f.place.segment, f.value, f.message))
            .collect();
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        let left: Vec<_> = case
            .document
            .unmapped()
            .iter()
            .map(|u| format!("{}{:02} {}", u.segment, u.element, u.value))
            .collect();
        assert!(left.is_empty(), "{name}: {left:#?}");
    }
}

#[test]
fn the_maker_names_the_catalog_and_what_holds_for_all_of_it() {
    let catalog = catalog(MAKER);
    assert_eq!((catalog.kind, catalog.number.as_str()), (Some(CatalogKind::PriceCatalog), "CAT-2027"));
    assert_eq!((catalog.purpose, catalog.name.as_deref()), (Purpose::Replacement, Some("SPRING CATALOG")));
    assert_eq!(catalog.previous_number.as_deref(), Some("CAT-2026"));
    assert_eq!(catalog.currency.as_ref().unwrap().code, "USD");
    assert_eq!(catalog.allowances_and_charges[0].money.as_ref().unwrap().amount.to_string(), "50.00");
    assert_eq!(catalog.price_brackets[0].quantity.as_ref().unwrap().unit.as_deref(), Some("XCS"));
    assert_eq!(catalog.totals.line_count.unwrap().to_string(), "2");
}

#[test]
fn an_item_and_its_prices() {
    let catalog = catalog(MAKER);
    let line = &catalog.lines[0];
    assert_eq!((line.change, line.item.gtin.as_deref()), (LineChange::Added, Some("10012345678902")));
    assert_eq!(line.item.seller_number.as_deref(), Some("BF-100"));
    let case_price = &line.prices[0];
    assert_eq!(case_price.price.role, PriceRole::Catalog);
    let price = line.price.as_ref().unwrap();
    // The price names its own currency.
    assert_eq!((price.amount.to_string(), price.currency.as_deref()), ("24.9".to_owned(), Some("CAD")));
    assert_eq!(case_price.price.quantity.as_ref().unwrap().unit.as_deref(), Some("XCS"));
    assert_eq!(case_price.brackets[0].new_cost.as_ref().unwrap().amount.to_string(), "23.5");
    assert_eq!(case_price.dates[0].date.unwrap().0.to_string(), "2027-01-01");
    assert_eq!(case_price.markets[0].id.as_deref(), Some("TX"));
    assert_eq!(line.prices[1].price.role, PriceRole::SuggestedRetail);
    assert_eq!(line.shelf_units[0].register_descriptions, ["CRISPBREAD", "RYE 250G"]);
    assert_eq!(line.sublines[0].item.seller_number.as_deref(), Some("BF-100U"));
    assert_eq!(catalog.lines[1].change, LineChange::Deleted);
}

#[test]
fn the_mill_prices_by_the_sack_and_by_the_pallet() {
    let catalog = catalog(MILL);
    let groups: Vec<_> = catalog.groups.iter().map(|g| (g.number.as_str(), g.name.as_deref())).collect();
    assert_eq!(groups, [("1", Some("Mehle und Schrote")), ("2", None)]);
    let of: Vec<_> = catalog.lines.iter().map(|l| (l.group_number.as_deref().unwrap(), l.change)).collect();
    assert_eq!(of, [("1", LineChange::Added), ("1", LineChange::Changed), ("2", LineChange::Deleted)]);
    let line = &catalog.lines[0];
    assert_eq!(line.item.ean.as_deref(), Some("4012345000016"));
    assert_eq!(
        (line.item.seller_number.as_deref(), line.item.buyer_number.as_deref()),
        (Some("4711"), Some("0815"))
    );
    let prices: Vec<_> = line
        .prices
        .iter()
        .map(|p| {
            let price = p.price.price.as_ref().unwrap();
            let from = p.price.ranges[0].minimum.as_ref().unwrap().value;
            (price.amount.to_string(), price.base_quantity.unwrap().to_string(), from.to_string())
        })
        .collect();
    let text = |t: &str| t.to_owned();
    assert_eq!(prices, [(text("18.40"), text("25"), text("1")), (text("17.90"), text("25"), text("40"))]);
    assert_eq!(line.prices[0].price.price.as_ref().unwrap().base_unit.as_deref(), Some("KGM"));
    assert_eq!(line.prices[0].price.dates[0].date.unwrap().0.to_string(), "2027-01-01");
    assert_eq!(line.properties[0].values[0].text.as_deref(), Some("fein\ngesiebt"));
    assert_eq!(line.item.trade_conditions[0].origin_country.as_deref(), Some("DE"));
}

#[test]
fn the_bakery_prices_in_two_currencies() {
    let catalog = catalog(BAKERY);
    assert_eq!(
        (catalog.catalog_version.as_deref(), catalog.catalog_revision.as_deref()),
        (Some("3"), Some("1"))
    );
    let [bread, part] = catalog.lines.as_slice() else { panic!("two lines") };
    assert_eq!(bread.item.product_ids[0].scheme, ProductIdScheme::Gtin);
    assert_eq!(bread.price.as_ref().unwrap().currency.as_deref(), Some("EUR"));
    assert_eq!(bread.currency.as_ref().unwrap().code, "CHF");
    assert_eq!(bread.prices[0].percentages[0].percent.unwrap().to_string(), "5");
    assert_eq!(part.parent_number.as_deref(), Some("1"));
    let bid = self::catalog(BID);
    assert_eq!((bid.kind, bid.lines.len()), (Some(CatalogKind::PriceSheet), 2));
    assert_eq!(bid.lines[0].price.as_ref().unwrap().amount.to_string(), "99.99");
}
