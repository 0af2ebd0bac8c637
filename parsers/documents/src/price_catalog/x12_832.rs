//! X12 832 (004010, 005010) and [`PriceCatalog`], both ways.
//!
//! A loop LIN is a line, with its prices (CTP) and what depends on each. Segments that are not named are left alone, and so are
//! listed in `unmapped`: what the item of a single trade needs (G39, PKL, LFG, SPI) among them.

use super::{
    CatalogLine, CatalogPrice, CountryContent, ItemQuantity, Market, PriceBracket, PriceCatalog,
    PriceCondition, PriceList, Refusal, ShelfUnit,
};
use crate::date::Period;
use crate::item::{complete, identify};
use crate::mapping::{Elements, Walk, date_of};
use crate::money::{Currency, PriceRole, QualifiedAmount, QualifiedPrice};
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};
use crate::reference::{IndustryCode, Note, Statement};
use crate::terms::Restriction;
use crate::x12::allowance::sac;
use crate::x12::item::{commodity, description, product_ids};
use crate::x12::party::{contact, party};
use crate::x12::quantity::{measurement, qty};
use crate::x12::reference::characteristics;
use crate::x12::{codes, date, money, reference, transport};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/kind_name", "BCT has no name of the kind"),
    ("/language", "BCT has no language"),
    ("/version", "BCT03 is the version of the catalog"),
    ("/revision", "BCT04 is the revision of the catalog"),
    ("/purpose", "353 has no code for the word"),
    ("/locations", "the 832 has no places"),
    ("/measurements", "the 832 has measurements with its lines alone"),
    ("/attachments", "the 832 has documents in words alone"),
    ("/trade_conditions", "the 832 has no conditions of trade"),
    ("/groups", "the 832 has no groups of items"),
    ("/notes", "N9 has a reference; its texts (MTX) begin with 005010"),
    ("/totals/line_count", "CTT counts the lines that are written"),
    ("/totals/weight", "CTT counts lines, and sums one quantity"),
    ("/totals/volume", "CTT counts lines, and sums one quantity"),
    ("/totals/counts", "CTT counts lines, and sums one quantity"),
    ("/lines/group_number", "the 832 has no groups of items"),
    ("/lines/parent_number", "LIN names no other line"),
    ("/lines/quantity", "the 832 has quantities with prices"),
    ("/lines/quantities", "the 832 has quantities with prices"),
    ("/lines/change", "875 has no code for the word"),
    ("/lines/currency", "the 832 has the currency with a price (CUR)"),
    ("/lines/locations", "the 832 has no places"),
    ("/lines/notes", "N9 has a reference; its texts (MTX) begin with 005010"),
    ("/lines/attachments", "the 832 has documents in words alone"),
    ("/lines/properties", "PID has properties in codes and words"),
    ("/lines/item/trade_conditions", "CRD has the country alone"),
    ("/lines/percentages", "the 832 has no percentage of a line"),
    ("/lines/taxes", "the 832 has rates and amounts in TXI alone"),
    ("/lines/prices/price/ranges", "CTP has one quantity"),
    ("/lines/prices/price/price/base_unit", "the unit of a price stands with its quantity (CTP05)"),
    ("/lines/prices/price/price/base_quantity", "the basis of the price (639) has tens and dozens alone"),
    ("/lines/prices/price/role", "236 has no code for the price; CTP says catalog"),
    ("/lines/prices/price/role_code", "236 has no code for the price; CTP says catalog"),
    ("/lines/prices/price/dates", "dates of a price stand with its loop (CTP)"),
    ("/lines/prices/percentages", "the loop CTP has no percentage"),
    ("/lines/prices/locations", "the loop CTP has markets (G43), no places"),
    ("/lines/prices/taxes", "the loop CTP of 004010 has no TXI"),
    ("/lines/prices/brackets/quantity", "G40 has no quantity"),
    ("/lines/packs", "LIN has one PO4"),
    ("/lines/shelf_units/inner_packs", "inner packs stand in PO4"),
    ("/lines/shelf_units/packaging_code", "the packaging stands in PO4"),
    ("*/function_code", "235 has no function of a number"),
];

/// The 832.
pub(crate) fn map(walk: &mut Walk<'_>, catalog: &mut PriceCatalog) {
    walk.once("BCT", |e| beginning(e, catalog));
    currencies(walk, catalog);
    walk.each("CTP", &mut catalog.prices, money::qualified_price);
    walk.each("REF", &mut catalog.references, reference::reference);
    walk.each("YNQ", &mut catalog.statements, statement);
    walk.each("PER", &mut catalog.contacts, contact);
    walk.each("DTM", &mut catalog.dates, date::dtm);
    walk.each("CTB", &mut catalog.restrictions, restriction);
    walk.each("ITD", &mut catalog.payment_terms, money::payment_terms);
    walk.each("LDT", &mut catalog.lead_times, date::lead_time);
    walk.each("SAC", &mut catalog.allowances_and_charges, sac);
    transport::transport(walk, &mut catalog.transport);
    walk.each("FOB", &mut catalog.delivery_terms, transport::delivery_terms);
    walk.each("PKG", &mut catalog.packaging, transport::packaging);
    walk.each_opening("G93", &mut catalog.price_brackets, bracket_quantity);
    walk.each("TXI", &mut catalog.taxes, money::tax_information);
    walk.each("AAA", &mut catalog.refusals, refusal);
    walk.loops("N1", &mut catalog.parties, party);
    industry_codes(walk, &mut catalog.industry_codes);
    notes(walk, &mut catalog.notes);
    walk.loops("LIN", &mut catalog.lines, line);
    let lines = catalog.lines.len();
    walk.once("CTT", |e| {
        if !e.is_reading() {
            catalog.totals.line_count = Some(Decimal::from(lines));
        }
        e.decimal(1, &mut catalog.totals.line_count);
        e.decimal(2, &mut catalog.totals.hash_total);
        e.text(7, &mut catalog.totals.description);
    });
}

/// Texts: MTX, which 004010 does not have, and the loop N9 for those with a reference.
fn notes(walk: &mut Walk<'_>, list: &mut Vec<Note>) {
    let is_text =
        |n: &Note| n.reference.is_none() && n.subject.is_none() && n.kind.is_none() && n.lines.len() <= 2;
    if walk.is_reading() || walk.is_newer() {
        walk.each_chosen("MTX", list, is_text, reference::text);
    }
    walk.loops_chosen("N9", list, |n| !is_text(n), reference::note);
}

/// BCT. A catalog that says not which kind it is, is a price catalog (683 = PC).
fn beginning(e: &mut Elements<'_>, catalog: &mut PriceCatalog) {
    e.coded_opt(1, &codes::CATALOG_KIND, &mut catalog.kind, &mut catalog.kind_code);
    if !e.is_reading() && !e.has(1) {
        e.constant(1, "PC");
    }
    e.required(2, &mut catalog.number);
    e.text(3, &mut catalog.catalog_version);
    e.text(4, &mut catalog.catalog_revision);
    e.unit(5, &mut catalog.unit, &mut catalog.original_unit);
    e.text(6, &mut catalog.previous_number);
    e.text(7, &mut catalog.previous_version);
    e.text(8, &mut catalog.previous_revision);
    e.text(9, &mut catalog.name);
    e.coded(10, &codes::PURPOSE, &mut catalog.purpose, &mut catalog.purpose_code);
}

/// CUR: the first is the catalog's.
fn currencies(walk: &mut Walk<'_>, catalog: &mut PriceCatalog) {
    walk.maybe("CUR", &mut catalog.currency, money::currency);
    walk.each("CUR", &mut catalog.other_currencies, money::currency);
    walk.set_currency(catalog.currency.as_ref());
}

/// The loop LIN.
fn line(walk: &mut Walk<'_>, line: &mut CatalogLine) {
    complete(&mut line.item);
    walk.once("LIN", |e| {
        e.text(1, &mut line.number);
        product_ids(e, (2..=30).step_by(2), &mut line.item.product_ids);
    });
    identify(&mut line.item);
    walk.once("G53", |e| e.coded(1, &codes::CATALOG_CHANGE, &mut line.change, &mut line.change_code));
    characteristics(walk, &mut line.characteristics);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("REF", &mut line.references, reference::reference);
    walk.each("YNQ", &mut line.statements, statement);
    walk.each("PER", &mut line.contacts, contact);
    walk.each("CRD", &mut line.made_in, made_in);
    walk.each("CTB", &mut line.restrictions, restriction);
    walk.each("PID", &mut line.item.descriptions, description);
    walk.each("MEA", &mut line.measurements, measurement);
    walk.each("PKG", &mut line.packaging, transport::packaging);
    walk.each("PO4", &mut line.packs, transport::pack);
    transport::transport(walk, &mut line.transport);
    walk.each("ITD", &mut line.payment_terms, money::payment_terms);
    walk.each("LDT", &mut line.lead_times, date::lead_time);
    walk.each("SAC", &mut line.allowances_and_charges, sac);
    walk.each("FOB", &mut line.delivery_terms, transport::delivery_terms);
    walk.each("AAA", &mut line.refusals, refusal);
    walk.each("TC2", &mut line.item.commodities, commodity);
    walk.each("TXI", &mut line.taxes, money::tax_information);
    walk.each("G55", &mut line.shelf_units, shelf_unit);
    walk.each("G54", &mut line.displays, display);
    if let (true, Some(own)) = (walk.is_writing(), &line.price)
        && !line.prices.iter().any(|p| p.price.price.as_ref() == Some(own))
    {
        let price = QualifiedPrice { price: Some(own.clone()), ..QualifiedPrice::default() };
        line.prices.insert(0, CatalogPrice { price, ..CatalogPrice::default() });
    }
    walk.loops("CTP", &mut line.prices, price);
    if walk.is_reading() {
        line.price = line.prices.first().and_then(|p| p.price.price.clone());
    }
    walk.loops("N1", &mut line.parties, party);
    industry_codes(walk, &mut line.industry_codes);
    walk.loops("SLN", &mut line.sublines, subline);
    notes(walk, &mut line.notes);
}

/// The loop CTP: a price, and what it holds for. Its CUR stands behind it, and the price is in that currency.
fn price(walk: &mut Walk<'_>, p: &mut CatalogPrice) {
    let of_price = p.price.price.as_ref().and_then(|price| price.currency.as_ref());
    if let (true, None, Some(code)) =
        (walk.is_writing(), &p.price.currency, of_price.filter(|c| walk.currency() != Some(c)))
    {
        p.price.currency = Some(Currency { code: code.clone(), ..Currency::default() });
    }
    if walk.is_writing() {
        // Dates of a price are those of its loop, and its base quantity is what it holds for.
        p.dates.append(&mut p.price.dates);
        let base = p.price.price.as_ref().and_then(|price| {
            let unit = price.base_unit.clone()?;
            Some(Quantity {
                value: price.base_quantity.unwrap_or(Decimal::ONE),
                unit: Some(unit),
                original_unit: price.original_base_unit.clone(),
                ..Quantity::default()
            })
        });
        p.price.quantity = p.price.quantity.take().or(base);
        // A price that 236 has no code for is the one of the catalog.
        let known = (codes::PRICE_ROLE.code)(p.price.role).is_some();
        if !known && (!walk.codes_are_ours() || p.price.role_code.is_none()) {
            (p.price.role, p.price.role_code) = (PriceRole::Catalog, None);
        }
    }
    money::priced(walk, &mut p.price);
    walk.set_currency(p.price.currency.as_ref());
    walk.each_opening("G40", &mut p.brackets, bracket);
    walk.each("DTM", &mut p.dates, date::dtm);
    walk.each("G36", &mut p.price_lists, price_list);
    walk.each("LDT", &mut p.lead_times, date::lead_time);
    walk.each("PO4", &mut p.packs, transport::pack);
    walk.each("CTB", &mut p.restrictions, restriction);
    walk.each("REF", &mut p.references, reference::reference);
    walk.each("G43", &mut p.markets, market);
    walk.each("SAC", &mut p.allowances_and_charges, sac);
    walk.each("G26", &mut p.conditions, condition);
    walk.each("TXI", &mut p.taxes, money::tax_information);
}

/// G40.
fn bracket(e: &mut Elements<'_>, b: &mut PriceBracket) {
    e.text(1, &mut b.id);
    e.money(2, &mut b.new_cost);
    e.money(3, &mut b.old_cost);
    e.text(4, &mut b.description);
    e.money_cents(5, &mut b.new_retail);
    e.money_cents(6, &mut b.old_retail);
    e.unit(7, &mut b.unit, &mut b.original_unit);
    e.code(8, &mut b.price_role_code);
    e.decimal(9, &mut b.number);
}

/// G93.
fn bracket_quantity(e: &mut Elements<'_>, b: &mut PriceBracket) {
    e.text(1, &mut b.id);
    e.quantity(2, 3, &mut b.quantity);
    e.text(4, &mut b.description);
    e.code(5, &mut b.transport_mode_code);
    e.code(6, &mut b.price_role_code);
    e.code(7, &mut b.action_code);
    e.code(8, &mut b.answer_code);
}

/// G36.
fn price_list(e: &mut Elements<'_>, l: &mut PriceList) {
    e.text(1, &mut l.number);
    e.text(2, &mut l.issue);
    e.date(3, &mut l.date);
    e.code(4, &mut l.condition_code);
}

/// G43.
fn market(e: &mut Elements<'_>, m: &mut Market) {
    e.code(1, &mut m.scheme_code);
    e.text(2, &mut m.id);
    e.text(3, &mut m.description);
    e.code(4, &mut m.trade_class_code);
}

/// G26.
fn condition(e: &mut Elements<'_>, c: &mut PriceCondition) {
    e.required_code(1, &mut c.code);
    e.part(&mut c.date, |e, d| {
        // 432 is another list of qualifiers than 374.
        e.required_code(2, &mut d.role_code);
        e.date(3, &mut d.date);
    });
    e.code(4, &mut c.quantity_basis_code);
    e.quantity(5, 6, &mut c.quantity);
}

/// CTB.
fn restriction(e: &mut Elements<'_>, r: &mut Restriction) {
    e.required_code(1, &mut r.code);
    e.text(2, &mut r.description);
    e.part(&mut r.quantity, |e, q: &mut QualifiedQuantity| {
        e.required_code(3, &mut q.code);
        // There is no unit.
        let mut value = q.quantity.as_ref().map(|quantity| quantity.value);
        e.decimal(4, &mut value);
        q.quantity = q.quantity.take().or(value.map(|value| Quantity { value, ..Quantity::default() }));
    });
    e.part(&mut r.amount, |e, a: &mut QualifiedAmount| {
        e.coded(5, &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
        e.money_cents(6, &mut a.money);
    });
}

/// CRD.
fn made_in(e: &mut Elements<'_>, c: &mut CountryContent) {
    e.required(1, &mut c.country);
    e.part(&mut c.amount, |e, a: &mut QualifiedAmount| {
        e.coded(2, &codes::AMOUNT_ROLE, &mut a.role, &mut a.role_code);
        e.money(3, &mut a.money);
    });
    e.decimal(4, &mut c.percent);
}

/// AAA.
fn refusal(e: &mut Elements<'_>, r: &mut Refusal) {
    e.required_code(1, &mut r.answer_code);
    e.code(2, &mut r.agency_code);
    e.code(3, &mut r.reason_code);
    e.code(4, &mut r.follow_up_code);
}

/// YNQ. Of the period only a day and a range are read.
fn statement(e: &mut Elements<'_>, s: &mut Statement) {
    e.code(1, &mut s.condition_code);
    e.required_code(2, &mut s.answer_code);
    e.part(&mut s.period, |e, p: &mut Period| {
        e.needs(4);
        e.required(3, &mut p.format_code);
        e.required(4, &mut p.value);
        if e.is_reading() && p.format_code == "D8" {
            p.start = date_of(&p.value);
        }
    });
    e.texts([5, 6, 7, 10].into_iter().map(Into::into), &mut s.lines);
    e.code(8, &mut s.list_code);
    e.code(9, &mut s.code);
}

/// G55. Edges have each their unit, in the element behind. Elements 32 and 33 stay unmapped.
fn shelf_unit(e: &mut Elements<'_>, u: &mut ShelfUnit) {
    product_ids(e, [1, 3, 29].into_iter(), &mut u.product_ids);
    e.quantity(5, 6, &mut u.height);
    e.quantity(7, 8, &mut u.width);
    e.quantity(9, 10, &mut u.length);
    e.quantity(11, 12, &mut u.volume);
    e.decimal(13, &mut u.packs);
    e.quantity(14, 15, &mut u.size);
    e.texts([16.into(), 17.into()].into_iter(), &mut u.register_descriptions);
    e.code(18, &mut u.coupon_family_code);
    e.decimal(19, &mut u.dated_days);
    e.decimal(20, &mut u.deposit);
    e.code(21, &mut u.answer_code);
    e.text(22, &mut u.color);
    e.code(24, &mut u.gross_weight_code);
    e.quantity(23, 25, &mut u.gross_weight);
    e.code(27, &mut u.net_weight_code);
    e.quantity(26, 28, &mut u.net_weight);
    e.text(31, &mut u.description);
}

/// G54.
fn display(e: &mut Elements<'_>, i: &mut ItemQuantity) {
    e.quantity(1, 2, &mut i.quantity);
    e.text(3, &mut i.item.upc);
    product_ids(e, [4].into_iter(), &mut i.item.product_ids);
    e.text(6, &mut i.description);
}

/// The loops LM, and in each the codes of its agency (LQ). Codes of one agency that follow each other are written in one loop.
fn industry_codes(walk: &mut Walk<'_>, list: &mut Vec<IndustryCode>) {
    for mut agency in walk.found("LM") {
        agency.claim_loop();
        let mut head = IndustryCode::default();
        agency.once("LM", |e| keeper(e, &mut head));
        let mut codes = Vec::new();
        agency.each_opening("LQ", &mut codes, listed);
        if codes.is_empty() {
            codes.push(IndustryCode::default());
        }
        list.extend(codes.into_iter().map(|code| IndustryCode {
            agency_code: head.agency_code.clone(),
            source_code: head.source_code.clone(),
            ..code
        }));
    }
    let keeper_of = |c: &IndustryCode| (c.agency_code.clone(), c.source_code.clone());
    for codes in list.chunk_by_mut(|a, b| keeper_of(a) == keeper_of(b)) {
        walk.write_loop("LM", |agency| {
            if let Some(first) = codes.first_mut() {
                agency.once("LM", |e| keeper(e, first));
            }
            for code in codes {
                agency.once("LQ", |e| listed(e, code));
            }
        });
    }
}

fn keeper(e: &mut Elements<'_>, c: &mut IndustryCode) {
    e.code(1, &mut c.agency_code);
    e.code(2, &mut c.source_code);
}

fn listed(e: &mut Elements<'_>, c: &mut IndustryCode) {
    e.code(1, &mut c.list_code);
    e.code(2, &mut c.code);
}

/// The loop SLN.
fn subline(walk: &mut Walk<'_>, subline: &mut SubLine) {
    complete(&mut subline.item);
    walk.once("SLN", |e| {
        e.required(1, &mut subline.number);
        e.text(2, &mut subline.parent_number);
        e.required_code(3, &mut subline.relationship_code);
        if !e.is_reading() && !e.has(3) {
            e.constant(3, "I");
        }
        e.quantity(4, 5, &mut subline.quantity);
        money::price(e, 6, 7, &mut subline.price);
        e.code(8, &mut subline.price_relationship_code);
        product_ids(e, (9..=27).step_by(2), &mut subline.item.product_ids);
    });
    identify(&mut subline.item);
    characteristics(walk, &mut subline.characteristics);
    walk.each("PID", &mut subline.item.descriptions, description);
    walk.each("DTM", &mut subline.dates, date::dtm);
    walk.each("CTP", &mut subline.prices, money::qualified_price);
    walk.each("PO4", &mut subline.packs, transport::pack);
    walk.each("QTY", &mut subline.quantities, qty);
    walk.each("MEA", &mut subline.measurements, measurement);
    walk.each("SAC", &mut subline.allowances_and_charges, sac);
    walk.loops("N1", &mut subline.parties, party);
}
