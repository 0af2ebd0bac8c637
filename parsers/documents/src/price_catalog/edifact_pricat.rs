//! EDIFACT PRICAT (D.96A, D.01B) and [`PriceCatalog`], both ways.
//!
//! Items stand in groups (PGI): what holds for a group stands with it, and each line names its group by its running number. Lines
//! without a group are written in one of their own. Groups are told by their trigger, so one mapping serves both directories.
//! Segments that are not named are left alone, and so are listed in `unmapped`: handling (HAN), hierarchies (HYN) and patient or
//! trade union matters of D.01B among them.

use super::{CatalogLine, CatalogPrice, ItemProperty, PriceCatalog, ProductGroup};
use crate::Text;
use crate::edifact::allowance::allowance_charge;
use crate::edifact::party::{name_and_address, party};
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::{codes, date, item, money, reference, transport};
use crate::item::Description;
use crate::mapping::{Elements, Walk};
use crate::money::{PriceRole, QualifiedPrice};
use crate::quantity::Measurement;
use crate::reference::TradeCondition;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/lines/price/currency", "PRICAT of D.96A has one currency, before its lines"),
    ("/lines/price/role_code", "PRICAT of D.96A has one currency, before its lines"),
    ("/lines/prices/price/price/currency", "PRICAT of D.96A has one currency, before its lines"),
    ("/version", "BGM has the version of the catalog (1056)"),
    ("/revision", "BGM has the revision of the catalog (1060)"),
    ("/catalog_version", "BGM of D.96A has the number alone (1004)"),
    ("/catalog_revision", "BGM of D.96A has the number alone (1004)"),
    ("/kind", "1001 has no code for the kind; BGM says price catalogue"),
    ("/previous_number", "BGM has one number"),
    ("/previous_version", "BGM has one number"),
    ("/previous_revision", "BGM has one number"),
    ("/language", "BGM has a language in later directories alone"),
    ("/name", "BGM has the number alone"),
    ("/unit", "PRICAT has units with quantities alone"),
    ("/original_unit", "PRICAT has units with quantities alone"),
    ("/contacts", "PRICAT has contacts with parties alone"),
    ("/locations", "PRICAT has places with parties alone"),
    ("/measurements", "PRICAT has measurements with lines alone"),
    ("/industry_codes", "PRICAT has no codes of an agency"),
    ("/attachments", "PRICAT has documents with lines alone"),
    ("/prices", "PRICAT has prices with groups and lines alone"),
    ("/price_brackets", "PRICAT has ranges of quantities with each price (RNG)"),
    ("/restrictions", "PRICAT has conditions in words alone"),
    ("/lead_times", "PRICAT has dates, no lead times"),
    ("/statements", "PRICAT has conditions in words alone"),
    ("/refusals", "PRICAT has no refusals"),
    ("/totals", "PRICAT has no totals"),
    ("/lines/contacts", "PRICAT has contacts with parties alone"),
    ("/lines/change", "1229 has no code for the word"),
    ("/lines/locations", "a line of PRICAT has one place"),
    ("/lines/industry_codes", "PRICAT has no codes of an agency"),
    ("/lines/references", "a line of D.96A has one RFF, without dates"),
    ("/lines/packages", "PRICAT has packages in PAC"),
    ("/lines/shelf_units", "PRICAT has units in PAC and in measurements"),
    ("/lines/displays", "PRICAT has components as lines of their own"),
    ("/lines/lead_times", "PRICAT has dates, no lead times"),
    ("/lines/restrictions", "PRICAT has conditions in words alone"),
    ("/lines/statements", "PRICAT has conditions in words alone"),
    ("/lines/refusals", "PRICAT has no refusals"),
    ("/lines/made_in", "the country of origin stands in ALI"),
    ("/lines/priorities", "PRICAT has no priorities"),
    ("/lines/percentages", "PRICAT has percentages with prices"),
    ("/lines/sublines", "PRICAT has components as lines of their own"),
    ("/lines/packs/quantities", "the group PAC of D.96A has no QTY"),
    ("/lines/packs/size", "the group PAC of D.96A has no QTY"),
    ("/lines/prices/brackets", "PRI has one price: a bracket is a price with a range (RNG)"),
    ("/lines/prices/dates", "dates of a price stand with PRI"),
    ("/lines/prices/price_lists", "PRI names no list"),
    ("/lines/prices/lead_times", "PRI has dates, no lead times"),
    ("/lines/prices/packs", "packages stand with the line (PAC)"),
    ("/lines/prices/restrictions", "PRI has no conditions"),
    ("/lines/prices/references", "PRI has no references"),
    ("/lines/prices/markets", "PRI has no markets"),
    ("/lines/prices/allowances_and_charges", "allowances stand with the line (ALC)"),
    ("/lines/prices/taxes", "taxes stand with the line (TAX)"),
    ("/lines/prices/conditions", "PRI has no conditions"),
    ("/lines/prices/percentages", "PRI of a group has no percentage"),
    ("/lines/prices/locations", "PRI of D.96A has no place"),
    ("/lines/prices/price/role", "5125 and 5387 have no code for the price; PRI says catalogue"),
    ("/lines/prices/price/role_code", "5125 and 5387 have no code for the price; PRI says catalogue"),
    ("/lines/prices/price/quantity", "what a price holds for is the base quantity of PRI"),
    ("/lines/prices/price/price/base_quantity", "what a price holds for is the base quantity of PRI"),
    ("/lines/prices/price/multiplier", "PRI has no factor"),
    ("/lines/prices/price/multiple_quantity", "PRI has its base quantity alone"),
    ("/lines/prices/price/rebate", "PRI has no rebate"),
    ("/lines/prices/price/condition_value", "PRI has no condition"),
    ("/lines/prices/price/currency", "a CUX says what a currency is for, not whose it is"),
    ("D.96A:/lines/parties/contacts", "the NAD of a line has no contacts in D.96A"),
    ("/groups/number", "PGI has no number: groups are counted anew"),
    ("/lines/group_number", "PGI has no number: groups are counted anew"),
];

/// The PRICAT.
pub(crate) fn map(walk: &mut Walk<'_>, catalog: &mut PriceCatalog) {
    walk.once("BGM", |e| beginning(e, catalog));
    walk.each("DTM", &mut catalog.dates, date::dtm);
    walk.each("ALI", &mut catalog.trade_conditions, trade_condition);
    walk.each("FTX", &mut catalog.notes, reference::note);
    walk.loops("RFF", &mut catalog.references, reference::dated);
    walk.loops("NAD", &mut catalog.parties, party);
    walk.loops("TAX", &mut catalog.taxes, money::tax);
    money::currencies(walk, &mut catalog.currency, &mut catalog.other_currencies);
    money::terms(walk, &mut catalog.payment_terms);
    walk.loops("TDT", &mut catalog.transport.routes, transport::route);
    walk.loops("TOD", &mut catalog.delivery_terms, transport::delivery_terms);
    walk.loops("ALC", &mut catalog.allowances_and_charges, allowance_charge);
    match walk.is_reading() {
        true => read_groups(walk, catalog),
        false => write_groups(walk, catalog),
    }
}

/// BGM. A catalog that says not which kind it is, is a price catalogue (1001 = 9).
fn beginning(e: &mut Elements<'_>, catalog: &mut PriceCatalog) {
    e.coded_opt((1, 1), &codes::CATALOG_KIND, &mut catalog.kind, &mut catalog.kind_code);
    if !e.is_reading() && !e.has((1, 1)) {
        e.constant((1, 1), "9");
    }
    e.code((1, 2), &mut catalog.kind_list_code);
    e.code((1, 3), &mut catalog.kind_agency_code);
    e.text((1, 4), &mut catalog.kind_name);
    e.required((2, 1), &mut catalog.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut catalog.catalog_version);
        e.text((2, 3), &mut catalog.catalog_revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut catalog.purpose, &mut catalog.purpose_code);
    e.code((4, 1), &mut catalog.acknowledgement_code);
    e.text((5, 1), &mut catalog.language);
}

/// ALI.
fn trade_condition(e: &mut Elements<'_>, c: &mut TradeCondition) {
    e.text((1, 1), &mut c.origin_country);
    e.code((2, 1), &mut c.duty_regime_code);
    if e.is_reading() || e.codes_are_ours() {
        e.texts((3..=7).map(|element| (element, 1).into()), &mut c.condition_codes);
    }
}

/// The groups PGI, and the lines in each.
fn read_groups(walk: &mut Walk<'_>, catalog: &mut PriceCatalog) {
    for (number, mut inner) in (1..).zip(walk.found("PGI")) {
        inner.claim_loop();
        let number = Text::new(number.to_string());
        let mut read = ProductGroup { number: number.clone(), ..ProductGroup::default() };
        group(&mut inner, &mut read);
        catalog.groups.push(read);
        let first = catalog.lines.len();
        inner.loops("LIN", &mut catalog.lines, line);
        for line in &mut catalog.lines[first..] {
            line.group_number = Some(number.clone());
        }
    }
}

fn write_groups(walk: &mut Walk<'_>, catalog: &mut PriceCatalog) {
    let known: Vec<Text> = catalog.groups.iter().map(|g| g.number.clone()).collect();
    for entry in &mut catalog.groups {
        let of: Vec<&mut CatalogLine> =
            catalog.lines.iter_mut().filter(|l| l.group_number.as_ref() == Some(&entry.number)).collect();
        write_group(walk, entry, of);
    }
    let left: Vec<&mut CatalogLine> = catalog
        .lines
        .iter_mut()
        .filter(|l| !l.group_number.as_ref().is_some_and(|n| known.contains(n)))
        .collect();
    if !left.is_empty() || known.is_empty() {
        write_group(walk, &mut ProductGroup::default(), left);
    }
}

fn write_group(walk: &mut Walk<'_>, entry: &mut ProductGroup, lines: Vec<&mut CatalogLine>) {
    walk.write_loop("PGI", |w| {
        group(w, entry);
        for of_group in lines {
            w.write_loop("LIN", |inner| line(inner, of_group));
        }
    });
}

/// The group PGI. One that says not what it is, is no group (5379 = 9).
fn group(walk: &mut Walk<'_>, g: &mut ProductGroup) {
    walk.once("PGI", |e| {
        e.code((1, 1), &mut g.kind_code);
        if !e.is_reading() && !e.has((1, 1)) {
            e.constant((1, 1), "9");
        }
        e.code((2, 1), &mut g.code);
        e.code((2, 2), &mut g.list_code);
        e.code((2, 3), &mut g.agency_code);
        e.text((2, 4), &mut g.name);
    });
    walk.each("DTM", &mut g.dates, date::dtm);
    walk.each("QTY", &mut g.quantities, qualified);
    walk.each("ALI", &mut g.trade_conditions, trade_condition);
    walk.each("FTX", &mut g.notes, reference::note);
    walk.maybe_loop("CUX", &mut g.currency, money::dated_currency);
    walk.set_currency(g.currency.as_ref());
    walk.loops("PRI", &mut g.prices, price);
    walk.loops("TAX", &mut g.taxes, money::tax);
    walk.loops("ALC", &mut g.allowances_and_charges, allowance_charge);
    walk.loops("NAD", &mut g.parties, party);
    money::terms(walk, &mut g.payment_terms);
    walk.loops("TDT", &mut g.transport.routes, transport::route);
    walk.loops("TOD", &mut g.delivery_terms, transport::delivery_terms);
    walk.loops("PAC", &mut g.packs, transport::pack);
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut CatalogLine) {
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.coded((2, 1), &codes::CATALOG_CHANGE, &mut line.change, &mut line.change_code);
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    walk.each("MEA", &mut line.measurements, measurement);
    walk.each("QTY", &mut line.quantities, qualified);
    walk.each("ALI", &mut line.item.trade_conditions, trade_condition);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("RFF", &mut line.references, reference::reference);
    walk.each("LOC", &mut line.locations, transport::location);
    walk.each("FTX", &mut line.notes, reference::note);
    if walk.is_reading() {
        walk.each("NAD", &mut line.parties, name_and_address);
    }
    walk.loops("NAD", &mut line.parties, party);
    walk.loops("CCI", &mut line.properties, property);
    walk.loops("TAX", &mut line.taxes, money::tax);
    walk.maybe_loop("CUX", &mut line.currency, money::dated_currency);
    walk.set_currency(line.currency.as_ref());
    if let (true, Some(own)) = (walk.is_writing(), &line.price)
        && !line.prices.iter().any(|p| p.price.price.as_ref() == Some(own))
    {
        let price = QualifiedPrice { price: Some(own.clone()), ..QualifiedPrice::default() };
        line.prices.insert(0, CatalogPrice { price, ..CatalogPrice::default() });
    }
    walk.loops("PRI", &mut line.prices, price);
    if walk.is_reading() {
        line.price = line.prices.first().and_then(|p| p.price.price.clone());
    }
    walk.loops("ALC", &mut line.allowances_and_charges, allowance_charge);
    walk.loops("PAC", &mut line.packs, transport::pack);
    money::terms(walk, &mut line.payment_terms);
    walk.loops("TDT", &mut line.transport.routes, transport::route);
    walk.loops("TOD", &mut line.delivery_terms, transport::delivery_terms);
}

/// The group PRI. A price of the other standard that says not which it is, is the one of the catalogue; what it holds for is its base
/// quantity.
fn price(walk: &mut Walk<'_>, p: &mut CatalogPrice) {
    // Dates of the loop CTP of X12 are those of the price here.
    if walk.is_writing() {
        p.price.dates.append(&mut p.dates);
        let is_told = p.price.role != PriceRole::Other || p.price.role_code.is_some();
        if !is_told || (!walk.codes_are_ours() && p.price.role == PriceRole::Other) {
            (p.price.role, p.price.role_code) = (PriceRole::Catalog, None);
        }
        if let (Some(price), Some(of)) = (&mut p.price.price, &p.price.quantity)
            && price.base_unit.is_none()
        {
            price.base_quantity = Some(of.value);
            price.base_unit.clone_from(&of.unit);
            price.original_base_unit.clone_from(&of.original_unit);
        }
    }
    money::price(walk, &mut p.price);
    walk.each("PCD", &mut p.percentages, money::percentage);
    walk.each("LOC", &mut p.locations, transport::location);
}

/// The group CCI: a property, its values and measurements.
fn property(walk: &mut Walk<'_>, p: &mut ItemProperty) {
    walk.once("CCI", |e| {
        e.code((1, 1), &mut p.class_code);
        e.part(&mut p.measured, |e, m: &mut Measurement| {
            e.code((2, 1), &mut m.code);
            e.code((2, 2), &mut m.significance_code);
            e.code((2, 3), &mut m.attribute_code);
            e.text((2, 4), &mut m.method);
        });
        e.code((3, 1), &mut p.code);
        e.code((3, 2), &mut p.list_code);
        e.code((3, 3), &mut p.agency_code);
        e.lines([(3, 4).into(), (3, 5).into()].into_iter(), &mut p.name);
        e.code((4, 1), &mut p.relevance_code);
    });
    walk.each("CAV", &mut p.values, |e, d: &mut Description| {
        e.code((1, 1), &mut d.code);
        e.code((1, 2), &mut d.list_code);
        e.code((1, 3), &mut d.agency_code);
        e.lines([(1, 4).into(), (1, 5).into()].into_iter(), &mut d.text);
    });
    walk.each("MEA", &mut p.measurements, measurement);
}
