//! EDIFACT INVOIC (D.96A, D.01B) and [`Invoice`], both ways: invoices and credit notes.
//!
//! Each group says which of its segments belongs to which field; how a segment is mapped stands in [`crate::edifact`]. Groups are
//! told by their trigger, so one mapping serves both directories. Segments that are not named are left alone, and so are listed in
//! `unmapped`.
//!
//! Which of both it is, 1001 in BGM says: see [`super::is_credit_note`]. Sums stand behind the UNS; the named ones have fields of
//! their own beside the list of all amounts. They are checked by [`super::totals`].

use super::{Invoice, InvoiceLine, InvoiceTotals, complete_order, derive_order, totals};
use crate::Text;
use crate::date::{Date, DateRole, DateTime};
use crate::edifact::allowance::allowance_charge;
use crate::edifact::billing;
use crate::edifact::quantity::{measurement, qualified};
use crate::edifact::{codes, date, item, money, reference, transport};
use crate::mapping::{Elements, Walk};
use crate::money::{AmountRole, Money, QualifiedAmount};
use crate::party::PartyRole;
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};
use crate::reference::CodeList;
use crate::reference::{Reference, ReferenceKind};
use portway_edi::Standard;

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/kind", "1001 has no code for this kind"),
    ("/purpose", "1225 has no code for this purpose"),
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    ("/order/change_number", "RFF has no number of a change"),
    ("/order/kind_code", "RFF has no kind of order"),
    ("/contacts", "INVOIC has contacts with parties alone: they stand with the seller"),
    ("/descriptions", "INVOIC has one IMD for the whole"),
    ("/payment_instructions", "INVOIC has one PAI for the whole"),
    ("/product_ids", "INVOIC has numbers of goods with the lines alone"),
    ("/identities", "INVOIC of D.96A has numbers of single things with the lines alone"),
    ("/prices", "INVOIC has prices with the lines alone"),
    ("/measurements", "INVOIC has measures with the lines alone"),
    ("/statements", "INVOIC has no statements by code"),
    ("/industry_codes", "INVOIC of D.96A has no codes of an industry"),
    ("/attachments", "INVOIC has documents with parties alone (DOC)"),
    ("/locations", "INVOIC of D.96A has places with parties and carriage alone"),
    ("/transport/equipment", "INVOIC of D.96A has no equipment for the whole"),
    ("/transport/routes/service_level_codes", "TDT has no level of service"),
    ("/transport/routes/equipment", "equipment stands by itself (EQD)"),
    ("/lines/transport/routes/service_level_codes", "TDT has no level of service"),
    ("/lines/transport/routes/equipment", "equipment stands by itself (EQD)"),
    ("/lines/transport/routes/references", "the group TDT of a line has no references"),
    ("/installments", "INVOIC has terms (PAT) without instalments"),
    ("/balances", "INVOIC has amounts of the invoice alone"),
    ("/period_amounts", "INVOIC has no amounts by period"),
    ("/tariffs", "INVOIC has no tariffs"),
    ("/rates", "INVOIC has rates with allowances and charges alone"),
    ("/accounting", "INVOIC has no accounts of a ledger"),
    ("/amounts", "INVOIC has amounts of the whole behind the lines alone: they stand with the totals"),
    ("/bank_accounts", "INVOIC has bank accounts with parties alone"),
    ("/dangerous_goods", "dangers stand in messages of carriage"),
    ("/lines/contacts", "INVOIC has contacts with parties alone"),
    ("/lines/currency", "an MOA names its own currency"),
    ("/lines/statements", "INVOIC has no statements by code"),
    ("/lines/industry_codes", "INVOIC has no codes of an industry with its lines"),
    ("/lines/attachments", "INVOIC has documents with parties alone (DOC)"),
    ("/lines/shipments", "QTY has what was despatched (6063 = 12), QVR what differs"),
    ("/lines/status", "QVR has what differs"),
    ("/lines/period_amounts", "INVOIC has no amounts by period"),
    ("/lines/tariffs", "INVOIC has no tariffs"),
    ("/lines/services", "INVOIC has no services by day"),
    ("/lines/accounting", "INVOIC has no accounts of a ledger"),
    ("/lines/packs/size", "the group PAC has no quantities here"),
    ("/lines/order/change_number", "RFF has no number of a change"),
    ("/lines/sublines/parent_number", "a component belongs to its line, or to another component of it"),
    ("/lines/sublines/price_relationship_code", "LIN has one relationship"),
    ("/totals/line_count", "CNT counts the lines that are written"),
    ("/totals/payable_with_discount", "5025 has no code for it: it is the total without the discount"),
    ("/totals/shipments", "CNT has the weight and the volume in all, of one shipment"),
    ("/totals/description", "CNT has no text"),
    ("*/taxes/relationship_code", "TAX says by its place whether it is included"),
    ("*/prices/trade_class_code", "PRI has no class of trade"),
];

/// An invoice.
pub(crate) fn map(walk: &mut Walk<'_>, invoice: &mut Invoice) {
    map_as(walk, invoice, "380");
}

/// A credit note: 1001 says that it is one.
pub(crate) mod credit_note {
    pub(crate) use super::NOT_CARRIED;
    use super::{Invoice, Walk};

    pub(crate) fn map(walk: &mut Walk<'_>, invoice: &mut Invoice) {
        super::map_as(walk, invoice, "381");
    }
}

/// `usual` is the kind written (1001) where ours has none.
fn map_as(walk: &mut Walk<'_>, invoice: &mut Invoice, usual: &str) {
    if walk.is_writing() {
        complete(invoice);
    }
    let (mut head, mut summary) = walk.split("UNS");
    head.once("BGM", |e| beginning(e, invoice, usual));
    head.each("DTM", &mut invoice.dates, date::dtm);
    head.each("PAI", &mut invoice.payment_instructions, money::payment_instruction);
    head.each("ALI", &mut invoice.trade_conditions, billing::trade_condition);
    head.each("IMD", &mut invoice.descriptions, item::description);
    head.each("FTX", &mut invoice.notes, reference::note);
    head.each("LOC", &mut invoice.locations, transport::location);
    head.each("GIS", &mut invoice.industry_codes, billing::indicator);
    billing::identities(&mut head, &mut invoice.identities);
    head.loops("RFF", &mut invoice.references, reference::dated);
    head.loops("NAD", &mut invoice.parties, billing::paying_party);
    billing::currencies(&mut head, &mut invoice.currency, &mut invoice.other_currencies);
    summary.set_currency(invoice.currency.as_ref());
    head.loops("TAX", &mut invoice.taxes, |w, t| billing::tax(w, t, 1));
    money::terms(&mut head, &mut invoice.payment_terms);
    head.loops("TDT", &mut invoice.transport.routes, billing::route);
    head.loops("TOD", &mut invoice.delivery_terms, transport::delivery_terms);
    head.loops("EQD", &mut invoice.transport.equipment, billing::sealed);
    head.loops("PAC", &mut invoice.packs, transport::pack);
    head.loops("ALC", &mut invoice.allowances_and_charges, allowance_charge);
    head.loops("AJT", &mut invoice.adjustments, billing::adjustment);
    head.loops("INP", &mut invoice.instructions, billing::instruction);
    lines(&mut head, &mut invoice.lines);
    walk.once("UNS", |e| e.constant(1, "S"));
    summed(&mut summary, &mut invoice.totals);
    if walk.is_reading() {
        derive(invoice);
        totals::check_edifact(&summary, invoice);
    }
}

/// BGM. D.96A has the number as a simple element, D.01B in C106 with version and revision.
fn beginning(e: &mut Elements<'_>, invoice: &mut Invoice, usual: &str) {
    e.coded_opt((1, 1), &codes::INVOICE_KIND, &mut invoice.kind, &mut invoice.kind_code);
    if !e.is_reading() {
        let is_credit = |code: &str| super::is_credit_code(Standard::Edifact, code);
        let code = e.peek((1, 1)).into_owned();
        if code.is_empty() || (is_credit(usual) && !is_credit(&code)) {
            e.constant((1, 1), usual);
        }
    }
    e.code((1, 2), &mut invoice.kind_list_code);
    e.code((1, 3), &mut invoice.kind_agency_code);
    e.text((1, 4), &mut invoice.kind_name);
    e.required((2, 1), &mut invoice.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut invoice.version);
        e.text((2, 3), &mut invoice.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut invoice.purpose, &mut invoice.purpose_code);
    e.code((4, 1), &mut invoice.acknowledgement_code);
}

/// What the document has in fields of their own and EDIFACT in dates, references, parties and amounts.
fn complete(invoice: &mut Invoice) {
    if invoice.invoice_date.is_some() && invoice.invoice_date != day_of(invoice) {
        let (role, date) = (DateRole::Issue, invoice.invoice_date);
        invoice.dates.insert(0, DateTime { role, date, ..DateTime::default() });
    }
    complete_order(&invoice.order, &mut invoice.references, true);
    let original = &invoice.original_invoice_number;
    let is_listed = |r: &Reference| r.kind == ReferenceKind::Invoice && r.value == *original;
    if original.is_some() && !invoice.references.iter().any(is_listed) {
        let (kind, value) = (ReferenceKind::Invoice, original.clone());
        invoice.references.push(Reference { kind, value, ..Reference::default() });
    }
    let contacts = std::mem::take(&mut invoice.contacts);
    let sends = |role| matches!(role, PartyRole::Seller | PartyRole::Supplier | PartyRole::InvoiceIssuer);
    let seller = invoice.parties.iter().position(|p| sends(p.role)).unwrap_or(0);
    if let Some(party) = invoice.parties.get_mut(seller) {
        party.contacts.extend(contacts);
    }
    let number = invoice.order.as_ref().and_then(|order| order.number.clone());
    for order in invoice.lines.iter_mut().filter_map(|line| line.order.as_mut()) {
        if order.number.is_none() && order.line_number.is_some() {
            order.number = number.clone();
        }
    }
    invoice.descriptions.truncate(1);
    invoice.payment_instructions.truncate(1);
    invoice.totals.amounts.append(&mut invoice.amounts);
    complete_totals(invoice);
}

/// The sums that an INVOIC states and an 810 leaves to be reckoned; what was shipped, where it is one shipment.
fn complete_totals(invoice: &mut Invoice) {
    let foreign = invoice.code_list.is_some_and(|list| list != CodeList::Edifact);
    let (lines, taxes) = (totals::lines_sum(invoice), totals::taxes_sum(invoice));
    let currency = invoice.currency.as_ref().map(|c| c.code.clone()).filter(|c| !c.is_empty());
    let own = |amount: Option<Decimal>| amount.map(|amount| Money { amount, currency: currency.clone() });
    let sums = &mut invoice.totals;
    if foreign && sums.line_total.is_none() {
        sums.line_total = own(lines);
    }
    if foreign && sums.tax_total.is_none() && !sums.taxes.is_empty() {
        sums.tax_total = own(taxes);
    }
    if let (true, [only]) = (foreign, sums.shipments.as_slice()) {
        sums.weight = sums.weight.take().or(only.weight.clone());
        sums.volume = sums.volume.take().or(only.volume.clone());
    }
}

fn derive(invoice: &mut Invoice) {
    invoice.invoice_date = day_of(invoice);
    derive_order(&mut invoice.order, &invoice.references, true);
    let is_other = |r: &&Reference| {
        r.kind == ReferenceKind::Invoice && r.value.as_ref().is_some_and(|value| *value != invoice.number)
    };
    invoice.original_invoice_number = invoice.references.iter().find(is_other).and_then(|r| r.value.clone());
}

fn day_of(invoice: &Invoice) -> Option<Date> {
    let day = |role: DateRole| invoice.dates.iter().find(|d| d.role == role).and_then(|d| d.date);
    day(DateRole::Invoice).or_else(|| day(DateRole::Issue))
}

/// The groups LIN: a line, or a subline of one that came before (C829).
fn lines(walk: &mut Walk<'_>, lines: &mut Vec<InvoiceLine>) {
    for (at, entry) in (1..).zip(if walk.is_writing() { lines.iter_mut() } else { [].iter_mut() }) {
        let number = entry.number.get_or_insert_with(|| Text::new(at.to_string())).clone();
        let numbers: Vec<Text> = entry.sublines.iter().map(|s| s.number.clone()).collect();
        walk.write_loop("LIN", |w| line(w, entry));
        for inner in &mut entry.sublines {
            // A component without a parent that is here belongs to the line.
            if inner.parent_number.as_ref().is_none_or(|parent| !numbers.contains(parent)) {
                inner.parent_number = Some(number.clone());
            }
            walk.write_loop("LIN", |w| subline(w, inner));
        }
    }
    // Lines are large: room for all of them at once spares moving them.
    lines.reserve_exact(walk.found("LIN").count());
    for mut inner in walk.found("LIN") {
        inner.claim_loop();
        let parent = inner.peek("LIN", (4, 2));
        let of = lines.iter_mut().rev().find(|line| {
            !parent.is_empty()
                && (line.number.as_ref() == Some(&parent) || line.sublines.iter().any(|s| s.number == parent))
        });
        match of {
            Some(of) => {
                of.sublines.push(SubLine::default());
                if let Some(entry) = of.sublines.last_mut() {
                    subline(&mut inner, entry);
                }
            }
            None => {
                lines.push(InvoiceLine::default());
                if let Some(entry) = lines.last_mut() {
                    line(&mut inner, entry);
                }
            }
        }
    }
}

fn line(walk: &mut Walk<'_>, line: &mut InvoiceLine) {
    if walk.is_writing() {
        complete_order(&line.order, &mut line.references, true);
        if line.line_amount.is_none() && !walk.codes_are_ours() {
            line.line_amount = totals::rounded_line_amount(line, walk.currency());
        }
        let gross = !walk.codes_are_ours() && totals::is_gross(line, walk.currency());
        if let (true, Some(price)) = (gross, line.price.as_mut()) {
            // 5125 = AAB: the price without the allowances and charges of the line, as X12 has it.
            price.role_code = Some(Text::new_static("AAB"));
        }
        if line.shipped_quantity.is_none() {
            line.shipped_quantity = line.shipments.first().and_then(|s| s.quantity.clone());
        }
    }
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.code((2, 1), &mut line.action_code);
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    walk.each("IMD", &mut line.item.descriptions, item::description);
    walk.each("MEA", &mut line.measurements, measurement);
    quantities(walk, line);
    walk.each("PCD", &mut line.percentages, money::percentage);
    walk.each("ALI", &mut line.item.trade_conditions, billing::trade_condition);
    walk.each("DTM", &mut line.dates, date::dtm);
    walk.each("GIN", &mut line.marks, transport::identity);
    billing::identities(walk, &mut line.item.identities);
    walk.each("QVR", &mut line.discrepancies, billing::variance);
    walk.each("FTX", &mut line.notes, reference::note);
    if walk.is_writing() {
        named(walk, &line.amounts, &line.line_amount, LINE_AMOUNT);
    }
    walk.loops("MOA", &mut line.amounts, |w, a| w.once("MOA", |e| money::amount(e, a)));
    money::terms(walk, &mut line.payment_terms);
    money::prices(walk, &mut line.price, &mut line.prices);
    walk.loops("RFF", &mut line.references, reference::dated);
    walk.loops("PAC", &mut line.packs, transport::pack);
    transport::split(walk, &mut line.distribution, &mut line.locations);
    let room = if walk.is_newer() { 2 } else { 1 };
    walk.loops("TAX", &mut line.taxes, |w, t| billing::tax(w, t, room));
    walk.loops("NAD", &mut line.parties, billing::paying_party);
    walk.loops("ALC", &mut line.allowances_and_charges, allowance_charge);
    walk.loops("TDT", &mut line.transport.routes, transport::route);
    walk.loops("TOD", &mut line.delivery_terms, transport::delivery_terms);
    if walk.is_reading() {
        line.line_amount = amount_of(&line.amounts, LINE_AMOUNT);
        derive_order(&mut line.order, &line.references, true);
    }
}

/// A component of a line. What it has no field for stays unmapped.
fn subline(walk: &mut Walk<'_>, subline: &mut SubLine) {
    item::numbers(walk, &mut subline.item, |e| {
        e.required((1, 1), &mut subline.number);
        e.code((2, 1), &mut subline.action_code);
        e.required_code((4, 1), &mut subline.relationship_code);
        if !e.is_reading() && !e.has((4, 1)) {
            // 5495 = 1: a subline.
            e.constant((4, 1), "1");
        }
        e.text((4, 2), &mut subline.parent_number);
    });
    walk.each("IMD", &mut subline.item.descriptions, item::description);
    walk.each("MEA", &mut subline.measurements, measurement);
    let (mut own, mut list) = (subline.quantity.take(), std::mem::take(&mut subline.quantities));
    invoiced(walk, &mut own, &mut list);
    (subline.quantity, subline.quantities) = (own, list);
    walk.each("DTM", &mut subline.dates, date::dtm);
    walk.each("FTX", &mut subline.notes, reference::note);
    walk.loops("MOA", &mut subline.amounts, |w, a| w.once("MOA", |e| money::amount(e, a)));
    money::prices(walk, &mut subline.price, &mut subline.prices);
    walk.loops("RFF", &mut subline.references, reference::dated);
    walk.loops("PAC", &mut subline.packs, transport::pack);
    walk.loops("TAX", &mut subline.taxes, money::tax);
    walk.loops("NAD", &mut subline.parties, billing::paying_party);
    walk.loops("ALC", &mut subline.allowances_and_charges, allowance_charge);
}

/// QTY. What was despatched (6063 = 12) or delivered (46) stays in the list too.
fn quantities(walk: &mut Walk<'_>, line: &mut InvoiceLine) {
    let of = |list: &[QualifiedQuantity]| {
        let find = |code: &str| list.iter().find(|q| q.code == code).and_then(|q| q.quantity.clone());
        find("12").or_else(|| find("46"))
    };
    let listed = of(&line.quantities);
    invoiced(walk, &mut line.quantity, &mut line.quantities);
    if let (true, Some(shipped)) = (walk.is_writing(), line.shipped_quantity.as_mut())
        && listed.as_ref() != Some(&*shipped)
    {
        walk.once("QTY", |e| {
            e.constant((1, 1), "12");
            e.required_quantity((1, 2), (1, 3), shipped);
        });
    }
    if walk.is_reading() {
        line.shipped_quantity = of(&line.quantities);
    }
}

/// The quantity invoiced (6063 = 47) stands by itself, the others in the list; where there is none, it is the plain one (6063 = 1),
/// which stays in the list.
fn invoiced(walk: &mut Walk<'_>, own: &mut Option<Quantity>, list: &mut Vec<QualifiedQuantity>) {
    let plain = |q: &QualifiedQuantity| q.code == "1";
    if let (true, Some(own)) = (walk.is_writing(), own.as_mut()) {
        let listed = list.iter().find(|q| plain(q)).and_then(|q| q.quantity.as_ref()) == Some(&*own);
        if !listed {
            walk.once("QTY", |e| {
                e.constant((1, 1), "47");
                e.required_quantity((1, 2), (1, 3), own);
            });
        }
    }
    walk.each("QTY", list, qualified);
    if walk.is_reading() {
        *own = match list.iter().position(|q| q.code == "47" && q.quantity.is_some()) {
            Some(at) => list.remove(at).quantity,
            None => list.iter().find(|q| plain(q)).and_then(|q| q.quantity.clone()),
        };
    }
}

/// What is read as a sum with a name: the codes (5025) in the order in which they are looked for, the first is the one written; and
/// the words of them.
pub(super) type Named = (&'static [&'static str], &'static [AmountRole]);

const LINE_AMOUNT: Named = (&["203", "66", "38"], &[AmountRole::LineTotal, AmountRole::LineNet]);
const TOTAL: Named = (
    &["77", "39", "86", "388", "128", "9"],
    &[AmountRole::InvoiceTotal, AmountRole::Total, AmountRole::Payable],
);
const PAYABLE: Named = (&["9"], &[AmountRole::Payable]);
const LINE_TOTAL: Named = (&["79"], &[AmountRole::LinesTotal]);
const ALLOWANCE_TOTAL: Named = (&["260"], &[AmountRole::AllowanceTotal]);
const CHARGE_TOTAL: Named = (&["259"], &[AmountRole::ChargeTotal]);
const TAXABLE_TOTAL: Named = (&["125"], &[AmountRole::TaxableAmount]);
const TAX_TOTAL: Named = (&["176", "124", "150", "161"], &[AmountRole::TaxTotal, AmountRole::Tax]);
const PREPAID: Named = (&["113"], &[AmountRole::Prepaid]);
const DISCOUNTABLE: Named = (&["129"], &[AmountRole::DiscountBase]);
/// 138: total of the discount.
const TERMS_DISCOUNT: Named = (&["138"], &[]);

/// The sums with a name, in the order in which they are written.
fn sums(totals: &mut InvoiceTotals) -> [(&mut Option<Money>, Named); 10] {
    [
        (&mut totals.line_total, LINE_TOTAL),
        (&mut totals.allowance_total, ALLOWANCE_TOTAL),
        (&mut totals.charge_total, CHARGE_TOTAL),
        (&mut totals.taxable_total, TAXABLE_TOTAL),
        (&mut totals.tax_total, TAX_TOTAL),
        (&mut totals.total, TOTAL),
        (&mut totals.prepaid, PREPAID),
        (&mut totals.payable, PAYABLE),
        (&mut totals.discountable, DISCOUNTABLE),
        (&mut totals.terms_discount, TERMS_DISCOUNT),
    ]
}

/// The first amount of the first of the codes that came.
fn amount_of(amounts: &[QualifiedAmount], (codes, _): Named) -> Option<Money> {
    let of = |code: &&str| amounts.iter().find(|a| a.role_code == **code).and_then(|a| a.money.clone());
    codes.iter().find_map(of)
}

/// Writes a sum with a name, unless the list has it.
fn named(walk: &mut Walk<'_>, list: &[QualifiedAmount], field: &Option<Money>, (codes, words): Named) {
    let is_it = |a: &QualifiedAmount| codes.contains(&a.role_code.as_str()) || words.contains(&a.role);
    if field.is_none() || list.iter().any(|a| a.money == *field && is_it(a)) {
        return;
    }
    let mut money = field.clone();
    walk.write_loop("MOA", |w| {
        w.once("MOA", |e| {
            e.constant((1, 1), codes.first().copied().unwrap_or_default());
            e.money_in((1, 2), (1, 3), &mut money);
        });
    });
}

/// What stands behind the UNS. Whether the counts are right, the validation says.
fn summed(walk: &mut Walk<'_>, totals: &mut InvoiceTotals) {
    if walk.is_writing() {
        totals.line_count = Some(Decimal::from(walk.written("LIN")));
        write_count(walk, "1", totals.hash_total.map(|value| Quantity { value, ..Quantity::default() }));
        write_count(walk, "2", totals.line_count.map(|value| Quantity { value, ..Quantity::default() }));
        write_count(walk, "7", totals.weight.clone());
        write_count(walk, "15", totals.volume.clone());
        let list = totals.amounts.clone();
        for (field, of) in sums(totals) {
            named(walk, &list, field, of);
        }
    }
    walk.each("CNT", &mut totals.counts, qualified);
    walk.loops("MOA", &mut totals.amounts, |w, a| {
        w.once("MOA", |e| money::amount(e, a));
        w.loops("RFF", &mut a.references, reference::dated);
    });
    walk.loops("TAX", &mut totals.taxes, |w, t| billing::tax(w, t, 2));
    walk.loops("ALC", &mut totals.allowances_and_charges, allowance_charge);
    if walk.is_reading() {
        for counted in std::mem::take(&mut totals.counts) {
            count(counted, totals);
        }
        let list = totals.amounts.clone();
        for (field, of) in sums(totals) {
            *field = amount_of(&list, of);
        }
    }
}

fn write_count(walk: &mut Walk<'_>, code: &'static str, quantity: Option<Quantity>) {
    if let Some(mut quantity) = quantity {
        walk.once("CNT", |e| {
            e.constant((1, 1), code);
            e.required_quantity((1, 2), (1, 3), &mut quantity);
        });
    }
}

/// 6069 = 1 sum of the quantities, 2 lines, 7 gross weight, 15 volume.
fn count(counted: QualifiedQuantity, totals: &mut InvoiceTotals) {
    let Some(quantity) = counted.quantity.clone() else { return totals.counts.push(counted) };
    match counted.code.as_str() {
        "1" if totals.hash_total.is_none() && quantity.original_unit.is_none() => {
            totals.hash_total = Some(quantity.value);
        }
        "2" if totals.line_count.is_none() && quantity.original_unit.is_none() => {
            totals.line_count = Some(quantity.value);
        }
        "7" if totals.weight.is_none() => totals.weight = Some(quantity),
        "15" if totals.volume.is_none() => totals.volume = Some(quantity),
        _ => totals.counts.push(counted),
    }
}
