//! X12 810 (004010, 005010) and [`Invoice`], both ways: invoices and credit notes.
//!
//! Each loop names its segments in the order of the standard's table, and says which field each belongs to; how a segment is
//! mapped stands in [`crate::x12`]. Segments that are not named are left alone, and so are listed in `unmapped`.
//!
//! Which of both it is, BIG07 says: see [`super::is_credit_note`]. Amounts of TDS and SAC have two implied decimals, those of AMT and
//! TXI have their point. The total is checked by [`super::totals`].

use super::{Invoice, InvoiceLine, InvoiceTotals, LineShipment, complete_order, derive_order, totals};
use crate::Text;
use crate::allowance::{AllowanceCharge, AllowanceKind};
use crate::finding::COUNT_DIFFERS;
use crate::item::{ProductId, ProductIdScheme, complete, identify};
use crate::line::OrderReference;
use crate::mapping::{Elements, Walk};
use crate::money::{AmountRole, Money};
use crate::purchase_order::SubLine;
use crate::quantity::Decimal;
use crate::reference::ReferenceKind;
use crate::transport::{Route, TransportMode};
use crate::x12::allowance::{allowance_charge, sac};
use crate::x12::item::{commodity, description, product_ids};
use crate::x12::party::{contact, party};
use crate::x12::quantity::measurement;
use crate::x12::{billing, codes, date, money, reference, transport};
use portway_edi::Severity;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/kind", "640 has no code for this kind"),
    ("/kind_name", "BIG07 is a code alone"),
    ("/version", "BIG has a number, no version"),
    ("/revision", "BIG has a number, no revision"),
    ("/other_currencies", "the 810 has one CUR before its lines"),
    ("/locations", "the 810 has places with parties alone"),
    ("/payment_instructions", "the 810 has no element for the means of payment"),
    ("/bank_accounts", "the 810 has no bank accounts"),
    ("/parties/bank_accounts", "the loop N1 has no bank accounts"),
    ("/parties/attachments", "the loop N1 has no documents"),
    ("/transport/routes", "the 810 has one CAD for the whole invoice"),
    ("/transport/routes/carrier", "CAD has a SCAC alone"),
    ("/transport/loads", "the 810 sums weights and packages in ISS"),
    ("/transport/equipment", "the 810 has equipment with its carrier (CAD)"),
    ("/transport/handling", "the 810 has no handling"),
    ("/packs", "the 810 has packages (PO4) with the lines alone"),
    ("/prices", "the 810 has prices with the lines alone"),
    ("/product_ids", "the 810 has numbers of goods with the lines alone"),
    ("/identities", "the 810 has no numbers of single things"),
    ("/trade_conditions", "the 810 has no element for it"),
    ("/dangerous_goods", "the 810 has no dangerous goods"),
    ("/instructions", "the 810 has no instructions"),
    ("/rates", "the 810 has rates with allowances and charges alone"),
    ("/taxes", "the 810 has taxes behind its lines and with them: they stand with the totals"),
    ("/order/kind_code", "BIG has no kind of order"),
    ("/lines/line_amount", "IT1 has quantity and price: their product is the amount of the line"),
    ("/lines/amounts", "the 810 has no amounts with its lines but price, allowance, charge and tax"),
    ("/lines/discrepancies", "IT3 has what was shipped"),
    ("/lines/shipped_quantity", "IT3 has what was shipped"),
    ("/lines/parent_number", "IT1 names no other line"),
    ("/lines/notes", "IT1 has no texts beside the descriptions of the goods"),
    ("/lines/locations", "the 810 has places with parties alone"),
    ("/lines/delivery_terms", "the 810 has terms of delivery for the whole alone"),
    ("/lines/payment_instructions", "the 810 has no element for the means of payment"),
    ("/lines/marks", "the 810 has no marks"),
    ("/lines/distribution/dates", "SDQ has no dates"),
    ("/lines/distribution/location_name", "SDQ has no names"),
    ("/lines/characteristics", "the 810 has no element for it"),
    ("/lines/percentages", "the 810 has percentages with allowances, charges and taxes alone"),
    ("/lines/dangerous_goods", "the 810 has no dangerous goods"),
    ("/lines/order/line_number", "IT1 names the line of the order by a product number (PL)"),
    ("/lines/order/date", "REF has no date"),
    ("/lines/order/change_number", "REF has one number"),
    ("/lines/item/lots", "the 810 has a lot by its number alone"),
    ("/lines/item/identities", "the 810 has no numbers of single things"),
    ("/lines/item/trade_conditions", "the 810 has no element for it"),
    ("/lines/item/commodities", "the 810 has codes of goods with components alone"),
    ("/lines/transport", "the 810 has carriers (CAD) with its lines alone"),
    ("/lines/sublines/parties", "the loop SLN has no parties"),
    ("/lines/sublines/notes", "the loop SLN has no texts"),
    ("/lines/sublines/amounts", "SLN has quantity and price"),
    ("/lines/sublines/quantities", "SLN has one quantity"),
    ("/lines/sublines/measurements", "the loop SLN has no measures"),
    ("/lines/sublines/prices", "SLN has one price"),
    ("/lines/sublines/packs", "the loop SLN has no packages"),
    ("/lines/sublines/characteristics", "the loop SLN has no characteristics"),
    ("/totals/line_count", "CTT01 counts the lines that are written"),
    ("/totals/line_total", "the 810 sums its lines in TDS01, with allowances, charges and taxes"),
    ("/totals/allowance_total", "the 810 has allowances one by one"),
    ("/totals/charge_total", "the 810 has charges one by one"),
    ("/totals/taxable_total", "the 810 has taxes one by one"),
    ("/totals/tax_total", "the 810 has taxes one by one"),
    ("/totals/prepaid", "the 810 has the total of the invoice in TDS01"),
    ("/totals/payable", "the 810 has the total of the invoice in TDS01"),
    ("/totals/allowances_and_charges", "the 810 has allowances and charges one by one"),
    ("/totals/counts", "CTT counts lines, and sums one quantity"),
    ("/totals/amounts/references", "AMT has no references here"),
    ("*/notes/lines", "the 810 has one loop N9; further texts are notes (NTE) of their lines"),
    ("*/notes/subject", "the 810 has one loop N9; further texts are notes (NTE) of their lines"),
    ("*/notes/kind", "the 810 has one loop N9; further texts are notes (NTE) of their lines"),
    ("*/notes/reference", "the 810 has one loop N9; further texts are notes (NTE) of their lines"),
    ("*/notes/date", "the 810 has one loop N9; further texts are notes (NTE) of their lines"),
    ("*/notes/dates", "the loop N9 has no DTM here"),
    ("*/notes/parts", "the 810 has one loop N9; further texts are notes (NTE) of their lines"),
    ("*/allowances_and_charges/currency", "the loop SAC has no CUR here"),
    ("*/allowances_and_charges/price", "the loop SAC has no CTP here"),
    ("*/prices/currency", "CTP is no loop here, and has no CUR"),
    ("*/parties/contacts", "the loop N1 has three PER"),
    (
        "/lines/price/amount",
        "IT104 has the gross price where the allowances and charges of the line make the net one of it",
    ),
];

/// An invoice.
pub(crate) fn map(walk: &mut Walk<'_>, invoice: &mut Invoice) {
    map_as(walk, invoice, None);
}

/// A credit note: BIG07 says that it is one.
pub(crate) mod credit_note {
    pub(crate) use super::NOT_CARRIED;
    use super::{Invoice, Walk};

    pub(crate) fn map(walk: &mut Walk<'_>, invoice: &mut Invoice) {
        super::map_as(walk, invoice, Some("CR"));
    }
}

/// `usual` is the kind written (640) where ours has none.
fn map_as(walk: &mut Walk<'_>, invoice: &mut Invoice, usual: Option<&str>) {
    if walk.is_writing() {
        fill_in(invoice);
        if !walk.codes_are_ours() {
            rounding(invoice);
        }
    }
    walk.once("BIG", |e| beginning(e, invoice, usual));
    billing::notes(walk, &mut invoice.notes);
    walk.maybe("CUR", &mut invoice.currency, money::currency);
    walk.set_currency(invoice.currency.as_ref());
    walk.each("REF", &mut invoice.references, reference::reference);
    walk.each("YNQ", &mut invoice.statements, billing::statement);
    walk.each("PER", &mut invoice.contacts, contact);
    walk.loops("N1", &mut invoice.parties, party);
    walk.each("ITD", &mut invoice.payment_terms, money::payment_terms);
    walk.each("DTM", &mut invoice.dates, date::dtm);
    walk.each("FOB", &mut invoice.delivery_terms, transport::delivery_terms);
    walk.each("PID", &mut invoice.descriptions, description);
    walk.each("MEA", &mut invoice.measurements, measurement);
    walk.each("PWK", &mut invoice.attachments, billing::attachment);
    walk.each("PKG", &mut invoice.packaging, transport::packaging);
    walk.each("L7", &mut invoice.tariffs, billing::tariff);
    walk.each("BAL", &mut invoice.balances, billing::balance);
    walk.each("INC", &mut invoice.installments, billing::installment);
    walk.each("PAM", &mut invoice.period_amounts, billing::period_amount);
    billing::industry_codes(walk, &mut invoice.industry_codes);
    walk.loops("FA1", &mut invoice.accounting, billing::accounting);
    carriers(walk, &mut invoice.transport.routes, true);
    if walk.is_reading() {
        derive_order(&mut invoice.order, &invoice.references, false);
    }
    walk.loops("IT1", &mut invoice.lines, line);
    walk.loops("SAC", &mut invoice.allowances_and_charges, charge);
    let lines = if walk.is_writing() { walk.written("IT1") } else { invoice.lines.len() };
    summary(walk, &mut invoice.totals, lines);
    if walk.is_reading() {
        totals::check_x12(walk, invoice);
    }
}

/// BIG.
fn beginning(e: &mut Elements<'_>, invoice: &mut Invoice, usual: Option<&str>) {
    e.date(1, &mut invoice.invoice_date);
    e.required(2, &mut invoice.number);
    e.part(&mut invoice.order, |e, order: &mut OrderReference| {
        e.date(3, &mut order.date);
        e.text(4, &mut order.number);
        e.text(5, &mut order.release_number);
        e.text(6, &mut order.change_number);
    });
    e.coded_opt(7, &codes::INVOICE_KIND, &mut invoice.kind, &mut invoice.kind_code);
    if let (false, Some(usual)) = (e.is_reading(), usual)
        && !super::is_credit_code(portway_edi::Standard::X12, &e.peek(7))
    {
        e.constant(7, usual);
    }
    e.coded(8, &codes::PURPOSE, &mut invoice.purpose, &mut invoice.purpose_code);
    e.code(9, &mut invoice.action_code);
    e.text(10, &mut invoice.original_invoice_number);
    e.code(11, &mut invoice.structure_code);
}

/// What the other standard has elsewhere: the total as what is to be paid, and taxes of the whole before the lines.
fn fill_in(invoice: &mut Invoice) {
    complete_order(&invoice.order, &mut invoice.references, false);
    let totals = &mut invoice.totals;
    if totals.total.is_none() {
        totals.total = totals.payable.clone();
    }
    if totals.taxes.is_empty() {
        totals.taxes = invoice.taxes.clone();
    }
    // Sums of allowances and charges that stand nowhere one by one.
    let mut lines = invoice.lines.iter();
    if invoice.allowances_and_charges.is_empty() && lines.all(|l| l.allowances_and_charges.is_empty()) {
        invoice.allowances_and_charges = totals.allowances_and_charges.clone();
    }
}

/// What an INVOIC was rounded by (MOA 366) is a charge or an allowance here, or TDS01 would not be the sum of its parts.
fn rounding(invoice: &mut Invoice) {
    let by = invoice.totals.amounts.iter().find(|a| a.role == AmountRole::Rounding);
    let Some(money) = by.and_then(|a| a.money.clone()).filter(|money| !money.amount.is_zero()) else {
        return;
    };
    let kind = if money.amount.is_sign_negative() { AllowanceKind::Allowance } else { AllowanceKind::Charge };
    invoice.allowances_and_charges.push(AllowanceCharge {
        kind,
        money: Some(Money { amount: money.amount.abs(), ..money }),
        description: Some(Text::new_static("Rounding")),
        ..AllowanceCharge::default()
    });
}

/// CAD, and the loop V1 for what goes by ship. `whole`: of the whole invoice, which has one CAD.
fn carriers(walk: &mut Walk<'_>, routes: &mut Vec<Route>, whole: bool) {
    let by_ship = |r: &Route| {
        let ship = matches!(r.mode, Some(TransportMode::Sea | TransportMode::InlandWater) | None);
        ship && (r.vehicle.is_some() || r.vehicle_name.is_some())
    };
    walk.loops_chosen("V1", routes, by_ship, billing::vessel);
    if walk.is_reading() {
        return walk.each("CAD", routes, billing::carrier);
    }
    let most = if whole { 1 } else { usize::MAX };
    for route in routes.iter_mut().filter(|r| !by_ship(r)).take(most) {
        walk.once("CAD", |e| billing::carrier(e, route));
    }
}

/// The loop SAC.
fn charge(walk: &mut Walk<'_>, a: &mut AllowanceCharge) {
    allowance_charge(walk, a);
    walk.each_opening("TXI", &mut a.taxes, money::tax_information);
    walk.each("DTM", &mut a.dates, date::dtm);
}

/// The loop IT1.
fn line(walk: &mut Walk<'_>, line: &mut InvoiceLine) {
    complete(&mut line.item);
    if walk.is_writing() {
        if let Some(gross) = totals::gross_price(line).filter(|_| !walk.codes_are_ours()) {
            line.price = Some(gross);
        }
        let number = line.order.as_ref().and_then(|order| order.line_number.clone());
        // What a product number says already needs no reference.
        let named = |number: &Text| own_order(&line.item.product_ids).as_ref() == Some(number);
        let order = line.order.clone().map(|order| OrderReference {
            line_number: None,
            number: order.number.filter(|number| !named(number)),
            ..order
        });
        complete_order(&order, &mut line.references, true);
        if let Some(id) = number.filter(|_| own_line(&line.item.product_ids).is_none()) {
            let scheme = ProductIdScheme::Line;
            line.item.product_ids.push(ProductId { scheme, id, ..ProductId::default() });
        }
        if let (true, Some(shipped)) = (line.shipments.is_empty(), &line.shipped_quantity) {
            line.shipments.push(LineShipment { quantity: Some(shipped.clone()), ..LineShipment::default() });
        }
    }
    walk.once("IT1", |e| {
        e.text(1, &mut line.number);
        e.quantity(2, 3, &mut line.quantity);
        money::price(e, 4, 5, &mut line.price);
        product_ids(e, (6..=24).step_by(2), &mut line.item.product_ids);
    });
    identify(&mut line.item);
    billing::industry_codes(walk, &mut line.industry_codes);
    billing::quantities(walk, &mut line.quantities);
    money::line_currency(walk, &mut line.currency, &mut line.price);
    walk.each("IT3", &mut line.shipments, billing::line_shipment);
    walk.each("TXI", &mut line.taxes, money::tax_information);
    walk.each("CTP", &mut line.prices, money::qualified_price);
    walk.each("PAM", &mut line.period_amounts, billing::period_amount);
    walk.each("MEA", &mut line.measurements, measurement);
    walk.loops("PID", &mut line.item.descriptions, billing::described);
    walk.each("PWK", &mut line.attachments, billing::attachment);
    walk.each("PKG", &mut line.packaging, transport::packaging);
    walk.each("PO4", &mut line.packs, transport::pack);
    walk.each("ITD", &mut line.payment_terms, money::payment_terms);
    walk.each("REF", &mut line.references, reference::reference);
    walk.each("YNQ", &mut line.statements, billing::statement);
    walk.each("PER", &mut line.contacts, contact);
    transport::distribution(walk, &mut line.distribution);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("L7", &mut line.tariffs, billing::tariff);
    walk.each("SR", &mut line.services, billing::requested_service);
    walk.loops("SAC", &mut line.allowances_and_charges, charge);
    walk.loops("SLN", &mut line.sublines, subline);
    walk.loops("N1", &mut line.parties, party);
    walk.loops("FA1", &mut line.accounting, billing::accounting);
    carriers(walk, &mut line.transport.routes, false);
    if walk.is_reading() {
        let mut order =
            OrderReference { line_number: own_line(&line.item.product_ids), ..Default::default() };
        let listed = line.references.iter().any(|r| r.kind == ReferenceKind::PurchaseOrder);
        if !listed {
            order.number = own_order(&line.item.product_ids);
        }
        line.order = Some(order);
        derive_order(&mut line.order, &line.references, true);
        line.shipped_quantity = line.shipments.iter().find_map(|s| s.quantity.clone());
    }
}

/// The line of the order, where it is named among the product numbers.
fn own_line(ids: &[ProductId]) -> Option<Text> {
    ids.iter().find(|id| id.scheme == ProductIdScheme::Line).map(|id| id.id.clone())
}

/// The order, where it is named among the product numbers.
fn own_order(ids: &[ProductId]) -> Option<Text> {
    ids.iter().find(|id| id.scheme == ProductIdScheme::PurchaseOrder).map(|id| id.id.clone())
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
    walk.each("DTM", &mut subline.dates, date::dtm);
    walk.each("REF", &mut subline.references, reference::reference);
    walk.each("PID", &mut subline.item.descriptions, description);
    walk.each_opening("SAC", &mut subline.allowances_and_charges, sac);
    walk.each("TC2", &mut subline.item.commodities, commodity);
    walk.each("TXI", &mut subline.taxes, money::tax_information);
}

/// What stands behind the lines. CTT01 counts the loops IT1.
fn summary(walk: &mut Walk<'_>, totals: &mut InvoiceTotals, lines: usize) {
    walk.once("TDS", |e| {
        e.money_cents(1, &mut totals.total);
        e.money_cents(2, &mut totals.discountable);
        e.money_cents(3, &mut totals.payable_with_discount);
        e.money_cents(4, &mut totals.terms_discount);
    });
    walk.each("TXI", &mut totals.taxes, money::tax_information);
    walk.each("AMT", &mut totals.amounts, money::amount);
    walk.loops("ISS", &mut totals.shipments, billing::shipment_total);
    walk.once("CTT", |e| {
        if !e.is_reading() {
            totals.line_count = Some(Decimal::from(lines));
        }
        e.decimal(1, &mut totals.line_count);
        e.decimal(2, &mut totals.hash_total);
        e.quantity(3, 4, &mut totals.weight);
        e.quantity(5, 6, &mut totals.volume);
        e.text(7, &mut totals.description);
        check_count(e, totals.line_count, lines);
    });
}

fn check_count(e: &Elements<'_>, declared: Option<Decimal>, lines: usize) {
    let Some(declared) = declared.filter(|d| *d != Decimal::from(lines)) else { return };
    e.report(
        COUNT_DIFFERS,
        Severity::Warning,
        1,
        format!("CTT01 counts {declared} lines, {lines} came."),
        "The partner's move: send as many lines as CTT01 counts. Ask whether a line is missing before it is paid.",
    );
}
