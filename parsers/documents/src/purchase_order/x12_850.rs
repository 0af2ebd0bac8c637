//! X12 850 (004010) to [`PurchaseOrder`].
//!
//! One pass over the segments of each loop: the tag says which field it fills; how a segment is read stands in [`crate::x12`].
//! Segments that no arm names are left alone, and so are listed in `unmapped`.
//!
//! Never fails: what cannot be read is a finding, and what no field takes is listed in `unmapped`.

use super::{OrderLine, PurchaseOrder, SCHEMA_VERSION, SalesRequirement, SubLine, Totals};
use crate::finding::COUNT_DIFFERS;
use crate::item::{Description, identify};
use crate::money::QualifiedPrice;
use crate::quantity::{Decimal, QualifiedQuantity};
use crate::reference::Characteristic;
use crate::x12::allowance::allowance_charge;
use crate::x12::item::{commodity, description, product_ids};
use crate::x12::party::{contact, party};
use crate::x12::quantity::{measurement, qty, quantity};
use crate::x12::reading::{Fields, Node, Reading};
use crate::x12::{codes, date, money, reference, transport};
use crate::{Document, Mapped, Text};
use portway_edi::Severity;
use portway_edi::schema::Loop;

/// Maps a validated 850, whose root is the set itself.
pub fn read(root: &Loop<'_>) -> Mapped {
    let reading = Reading::new(root);
    let mut order =
        PurchaseOrder { schema_version: Text::new_static(SCHEMA_VERSION), ..PurchaseOrder::default() };
    header(reading.root(root), &mut order);
    loops(reading.root(root), &mut order);
    let (unmapped, findings) = reading.finish(root);
    order.unmapped = unmapped;
    Mapped { document: Document::PurchaseOrder(Box::new(order)), findings }
}

fn header(root: Node<'_, '_>, order: &mut PurchaseOrder) {
    for f in root.segments() {
        let currency = order.currency.as_ref().map(|c| c.code.as_str());
        match f.tag() {
            "BEG" => beginning(&f, order),
            "CUR" => order.currency = Some(money::currency(&f)),
            "REF" => order.references.push(reference::reference(&f)),
            "PER" => order.contacts.push(contact(&f)),
            "TAX" => order.taxes.push(money::tax(&f)),
            "TXI" => order.taxes.push(money::tax_information(&f, currency)),
            "FOB" => order.delivery_terms.push(transport::delivery_terms(&f)),
            "CTP" => order.prices.push(money::qualified_price(&f, currency)),
            "CSH" => order.sales_requirements.push(sales_requirement(&f, currency)),
            "ITD" => order.payment_terms.push(money::payment_terms(&f, currency)),
            "DTM" => order.dates.push(date::dtm(&f)),
            "LDT" => order.lead_times.push(date::lead_time(&f)),
            "SI" => order.characteristics.extend(reference::characteristics(&f)),
            "PID" => order.descriptions.push(description(&f)),
            "TC2" => order.commodities.push(commodity(&f)),
            "MEA" => order.measurements.push(measurement(&f)),
            "PKG" => order.packaging.push(transport::packaging(&f)),
            "MAN" => order.marks.extend(transport::marks(&f)),
            _ => transport::add(&mut order.transport, &f),
        }
    }
}

/// BEG.
fn beginning(f: &Fields<'_, '_>, order: &mut PurchaseOrder) {
    (order.purpose, order.purpose_code) = f.coded(1, codes::purpose).unwrap_or_default();
    (order.kind, order.kind_code) = f.coded(2, codes::order_kind).unwrap_or_default();
    order.number = f.required(3);
    order.release_number = f.text(4);
    order.order_date = f.date(5);
    order.contract_number = f.text(6);
    order.acknowledgement_code = f.text(7);
    order.invoice_type_code = f.text(8);
    order.contract_type_code = f.text(9);
    order.purchase_category_code = f.text(10);
    order.security_level_code = f.text(11);
    order.transaction_type_code = f.text(12);
}

fn loops(root: Node<'_, '_>, order: &mut PurchaseOrder) {
    let code = order.currency.as_ref().map(|c| c.code.clone());
    let currency = code.as_deref();
    // Lines are large: room for all of them at once spares moving them.
    order.lines.reserve_exact(root.loops().filter(|node| node.id() == "PO1").count());
    for node in root.loops() {
        match node.id() {
            "SAC" => order.allowances_and_charges.push(allowance_charge(node, currency)),
            "AMT" => order.amounts.push(amount(node, currency)),
            "N9" => order.notes.push(reference::note(node)),
            "N1" => order.parties.push(party(node)),
            "ADV" => advertising(node, order),
            "PO1" => {
                order.lines.push(OrderLine::default());
                if let Some(line) = order.lines.last_mut() {
                    fill_line(line, node, currency);
                }
            }
            "CTT" => order.totals = totals(node, currency, order.lines.len()),
            _ => {}
        }
    }
}

/// The loop AMT: an amount, its references and dates.
fn amount(node: Node<'_, '_>, currency: Option<&str>) -> crate::money::QualifiedAmount {
    let mut amount = crate::money::QualifiedAmount::default();
    for f in node.segments() {
        match f.tag() {
            "AMT" => amount = money::amount(&f, currency),
            "REF" => amount.references.push(reference::reference(&f)),
            "DTM" => amount.dates.push(date::dtm(&f)),
            _ => {}
        }
    }
    amount
}

/// The loop ADV: of it only the texts.
fn advertising(node: Node<'_, '_>, order: &mut PurchaseOrder) {
    for f in node.segments().filter(|f| f.tag() == "MTX") {
        order.notes.push(reference::text(&f));
    }
}

/// CSH.
fn sales_requirement(f: &Fields<'_, '_>, currency: Option<&str>) -> SalesRequirement {
    SalesRequirement {
        code: f.text(1),
        action_code: f.text(2),
        money: money::cents(f, 3, currency),
        account_number: f.text(4),
        date: f.date(5),
        agency_code: f.text(6),
        service_code: f.text(7),
        substitution_code: f.text(8),
        percent: f.decimal(9),
        percent_code: f.text(10),
        ..SalesRequirement::default()
    }
}

/// IT8: as CSH, and what may come instead.
fn line_sales_requirement(f: &Fields<'_, '_>, currency: Option<&str>) -> SalesRequirement {
    SalesRequirement {
        code: f.text(1),
        action_code: f.text(2),
        money: money::cents(f, 3, currency),
        account_number: f.text(4),
        date: f.date(5),
        agency_code: f.text(6),
        substitution_code: f.text(7),
        product_ids: product_ids(f, (8..=26).step_by(2)),
        ..SalesRequirement::default()
    }
}

/// The loop PO1. The line is filled where it stands: it is too large to be handed around.
fn fill_line(line: &mut OrderLine, node: Node<'_, '_>, order_currency: Option<&str>) {
    for f in node.segments() {
        line_segment(&f, line, order_currency);
    }
    let code = line.currency.as_ref().map(|c| c.code.clone());
    let currency = code.as_deref().or(order_currency);
    for inner in node.loops() {
        line_loop(inner, line, currency);
    }
}

fn line_segment(f: &Fields<'_, '_>, line: &mut OrderLine, order_currency: Option<&str>) {
    let currency = line.currency.as_ref().map(|c| c.code.as_str()).or(order_currency);
    match f.tag() {
        "PO1" => {
            line.number = f.text(1);
            line.quantity = quantity(f, 2, 3);
            line.price = money::price(f, 4, 5, currency);
            identify(&mut line.item, product_ids(f, (6..=24).step_by(2)));
        }
        "LIN" => identify(&mut line.item, product_ids(f, (2..=30).step_by(2))),
        "CUR" => {
            let own = money::currency(f);
            if let Some(price) = &mut line.price {
                price.currency = Some(own.code.clone());
            }
            line.currency = Some(own);
        }
        "SI" => line.characteristics.extend(reference::characteristics(f)),
        "MEA" => line.measurements.push(measurement(f)),
        "TC2" => line.item.commodities.push(commodity(f)),
        "PO4" => line.packs.push(transport::pack(f)),
        "REF" => line.references.push(reference::reference(f)),
        "PER" => line.contacts.push(contact(f)),
        "IT8" => line.sales_requirements.push(line_sales_requirement(f, currency)),
        "CSH" => line.sales_requirements.push(sales_requirement(f, currency)),
        "ITD" => line.payment_terms.push(money::payment_terms(f, currency)),
        "TAX" => line.taxes.push(money::tax(f)),
        "TXI" => line.taxes.push(money::tax_information(f, currency)),
        "FOB" => line.delivery_terms.push(transport::delivery_terms(f)),
        "SDQ" => transport::distribution(f, &mut line.distribution),
        "DTM" => line.dates.push(date::dtm(f)),
        "MAN" => line.marks.extend(transport::marks(f)),
        "MSG" => line.notes.push(reference::message(f)),
        _ => transport::add(&mut line.transport, f),
    }
}

fn line_loop(node: Node<'_, '_>, line: &mut OrderLine, currency: Option<&str>) {
    match node.id() {
        "CTP" => line.prices.push(price(node, currency)),
        "PID" => line.item.descriptions.push(described(node)),
        "SAC" => line.allowances_and_charges.push(allowance_charge(node, currency)),
        "QTY" => counted(node, &mut line.quantities, &mut line.characteristics),
        "SCH" => line.schedule.extend(transport::schedule(node)),
        "PKG" => line
            .packaging
            .extend(node.segments().filter(|f| f.tag() == "PKG").map(|f| transport::packaging(&f))),
        "LS" => line.lead_times.extend(node.loops().filter(|l| l.id() == "LDT").map(date::lead_times)),
        "N9" => line.notes.push(reference::note(node)),
        "N1" => line.parties.push(party(node)),
        "SLN" => line.sublines.push(subline(node, currency)),
        "AMT" => line.amounts.push(amount(node, currency)),
        _ => {}
    }
}

/// The loop PID: a description and what it measures.
fn described(node: Node<'_, '_>) -> Description {
    let mut described = Description::default();
    for f in node.segments() {
        match f.tag() {
            "PID" => described = description(&f),
            "MEA" => described.measurements.push(measurement(&f)),
            _ => {}
        }
    }
    described
}

/// The loop CTP: a price, and its currency.
fn price(node: Node<'_, '_>, currency: Option<&str>) -> QualifiedPrice {
    let mut price = QualifiedPrice::default();
    for f in node.segments() {
        match f.tag() {
            "CTP" => price = money::qualified_price(&f, currency),
            "CUR" => price.set_currency(money::currency(&f)),
            _ => {}
        }
    }
    price
}

/// The loop QTY: a quantity, and characteristics.
fn counted(
    node: Node<'_, '_>,
    quantities: &mut Vec<QualifiedQuantity>,
    characteristics: &mut Vec<Characteristic>,
) {
    for f in node.segments() {
        match f.tag() {
            "QTY" => quantities.push(qty(&f)),
            "SI" => characteristics.extend(reference::characteristics(&f)),
            _ => {}
        }
    }
}

/// The loop SLN.
fn subline(node: Node<'_, '_>, currency: Option<&str>) -> SubLine {
    let mut subline = SubLine::default();
    for f in node.segments() {
        match f.tag() {
            "SLN" => subline_detail(&f, &mut subline, currency),
            "MSG" => subline.notes.push(reference::message(&f)),
            "SI" => subline.characteristics.extend(reference::characteristics(&f)),
            "PID" => subline.item.descriptions.push(description(&f)),
            "TC2" => subline.item.commodities.push(commodity(&f)),
            "DTM" => subline.dates.push(date::dtm(&f)),
            "CTP" => subline.prices.push(money::qualified_price(&f, currency)),
            "PO4" => subline.packs.push(transport::pack(&f)),
            "TAX" => subline.taxes.push(money::tax(&f)),
            _ => {}
        }
    }
    for inner in node.loops() {
        match inner.id() {
            "N9" => subline.notes.push(reference::note(inner)),
            "SAC" => subline.allowances_and_charges.push(allowance_charge(inner, currency)),
            "QTY" => counted(inner, &mut subline.quantities, &mut subline.characteristics),
            "N1" => subline.parties.push(party(inner)),
            _ => {}
        }
    }
    subline
}

fn subline_detail(f: &Fields<'_, '_>, subline: &mut SubLine, currency: Option<&str>) {
    subline.number = f.required(1);
    subline.parent_number = f.text(2);
    subline.relationship_code = f.required(3);
    subline.quantity = quantity(f, 4, 5);
    subline.price = money::price(f, 6, 7, currency);
    subline.price_relationship_code = f.text(8);
    identify(&mut subline.item, product_ids(f, (9..=27).step_by(2)));
}

/// The loop CTT.
fn totals(node: Node<'_, '_>, currency: Option<&str>, lines: usize) -> Totals {
    let mut totals = Totals::default();
    for f in node.segments() {
        match f.tag() {
            "CTT" => {
                totals.line_count = f.decimal(1);
                totals.hash_total = f.decimal(2);
                totals.weight = quantity(&f, 3, 4);
                totals.volume = quantity(&f, 5, 6);
                totals.description = f.text(7);
                check_count(&f, totals.line_count, lines);
            }
            "AMT" => totals.amounts.push(money::amount(&f, currency)),
            _ => {}
        }
    }
    totals
}

/// CTT01 counts the loops PO1.
fn check_count(f: &Fields<'_, '_>, declared: Option<Decimal>, lines: usize) {
    let Some(declared) = declared.filter(|d| *d != Decimal::from(lines)) else { return };
    f.report(
        COUNT_DIFFERS,
        Severity::Warning,
        1,
        &declared.to_string(),
        format!("CTT01 counts {declared} lines, {lines} came."),
        "The partner's move: send as many lines as CTT01 counts. Ask whether a line is missing before it is shipped.",
    );
}
