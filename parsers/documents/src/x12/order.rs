//! What the sets that answer or change an order share (855, 860, 865): the segments before the lines, those of a line, and ACK.
//!
//! The documents have the same fields there, so each part is written once, as a macro over the document. Places that a set does not
//! have are dropped when it is written.
//!
//! ACK says what becomes of a part of a line: how much, when, and of which item. The status of the whole line is that of its parts
//! where they agree, else `accepted_with_changes`. An ACK within SLN is about that subline. An ACK without a status stays unmapped.

use super::{codes, date};
use crate::Text;
use crate::date::DateTime;
use crate::line::{LineAcknowledgement, LineChange, LineStatus};
use crate::mapping::{Elements, Walk};
use crate::purchase_order::{SubLine, x12_850};
use crate::quantity::{Decimal, Quantity};
use crate::reference::IndustryCode;

/// Characters a number of a change may have (327).
pub(crate) const CHANGE_NUMBER: usize = 8;

/// What no set that answers or changes an order has a place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/kind_list_code", "92 is the standard's own list"),
    ("/kind_agency_code", "92 is the standard's own list"),
    ("/kind_name", "the set opens with a code alone"),
    ("/kind", "92 has no code for this kind"),
    ("/version", "the set opens with a number and a release, no version"),
    ("/revision", "the set opens with a number and a release, no revision"),
    ("/action_code", "the set has no response code of its own"),
    ("/other_currencies", "the set has one CUR before its lines"),
    ("/locations", "places stand with parties alone"),
    ("/lines/locations", "places stand with parties alone"),
    ("/identities", "single numbers stand with lines alone"),
    ("/lines/item/identities", "the set has marks (MAN), no numbers of single things"),
    ("/trade_conditions", "the set has no segment for the origin of goods"),
    ("/lines/item/trade_conditions", "the set has no segment for the origin of goods"),
    ("/payment_instructions", "the set has no element for the means of payment"),
    ("/lines/payment_instructions", "the set has no element for the means of payment"),
    ("/packs", "packages (PO4) stand with the lines alone"),
    ("/schedule", "schedules (SCH) stand with the lines alone"),
    ("/lines/percentages", "PCT stands with other lines"),
    ("/lines/discrepancies", "ACK says by its status what differs"),
    ("/lines/parent_number", "a line names no other line"),
    ("/lines/relationship_code", "a line names no other line"),
    ("/lines/attachments/list_code", "PWK is coded by the standard alone"),
    ("/lines/attachments/agency_code", "PWK is coded by the standard alone"),
    ("/lines/attachments/number", "PWK names the kind of document, not its number"),
    ("/lines/attachments/dates", "PWK has no dates"),
    ("/lines/schedule/status_code", "SCH does not say how firm it is"),
    ("/lines/schedule/quantity_code", "SCH has one kind of quantity"),
    ("/lines/distribution/dates", "SDQ has no dates"),
    ("/lines/distribution/location_name", "SDQ has no names"),
    ("/lines/sublines/references", "the loop SLN has no REF"),
    ("/lines/sublines/amounts", "the loop SLN has no AMT"),
    ("/lines/sublines/measurements", "the loop SLN has no MEA"),
    (
        "/lines/acknowledgements/subline_number",
        "an answer to a component that is not there is one to the line",
    ),
    ("*/descriptions/form_code", "a PID without text or code says nothing"),
    ("*/descriptions/characteristic_code", "a PID without text or code says nothing"),
    ("/totals/line_count", "CTT01 counts the lines that are written"),
    ("/totals/counts", "CTT counts lines, and sums one quantity"),
    ("/totals/allowances_and_charges", "allowances stand before the lines and with them alone"),
];

/// The segments between the first one and the lines. The document's contacts, notes and the like, each to its field.
macro_rules! heading {
    ($walk:ident, $doc:ident) => {{
        use $crate::purchase_order::x12_850;
        use $crate::x12::{allowance, date, item, money, party, quantity, reference, terms, transport};
        $walk.maybe("CUR", &mut $doc.currency, money::currency);
        $walk.set_currency($doc.currency.as_ref());
        $walk.each("REF", &mut $doc.references, reference::reference);
        $walk.each("PER", &mut $doc.contacts, party::contact);
        money::taxes($walk, &mut $doc.taxes);
        $walk.each("FOB", &mut $doc.delivery_terms, transport::delivery_terms);
        $walk.each("CTP", &mut $doc.prices, money::qualified_price);
        $walk.each("PAM", &mut $doc.period_amounts, terms::period_amount);
        $walk.each("CSH", &mut $doc.sales_requirements, x12_850::sales_requirement);
        $walk.loops("SAC", &mut $doc.allowances_and_charges, allowance::allowance_charge);
        $walk.each("ITD", &mut $doc.payment_terms, money::payment_terms);
        $walk.each("DIS", &mut $doc.volume_discounts, terms::volume_discount);
        $walk.each("INC", &mut $doc.installments, terms::installment);
        $walk.each("DTM", &mut $doc.dates, date::dtm);
        terms::lead_times($walk, &mut $doc.lead_times);
        terms::product_ids($walk, &mut $doc.product_ids);
        reference::characteristics($walk, &mut $doc.characteristics);
        $walk.each("PID", &mut $doc.descriptions, item::description);
        $walk.each("MEA", &mut $doc.measurements, quantity::measurement);
        $walk.each("PWK", &mut $doc.attachments, terms::attachment);
        $walk.each("PKG", &mut $doc.packaging, transport::packaging);
        transport::transport($walk, &mut $doc.transport);
        transport::marks($walk, &mut $doc.marks);
        $walk.each("TC2", &mut $doc.commodities, item::commodity);
        $walk.each("CTB", &mut $doc.restrictions, terms::restriction);
        $walk.each("PCT", &mut $doc.percentages, terms::percentage);
        $walk.loops("AMT", &mut $doc.amounts, money::amount_loop);
        $walk.loops("N9", &mut $doc.notes, reference::note);
        $walk.loops("N1", &mut $doc.parties, party::party);
        x12_850::advertising($walk, &mut $doc.notes);
        terms::industry_codes($walk, &mut $doc.industry_codes);
    }};
}
pub(crate) use heading;

/// The segments of a line behind the first one (PO1, POC), and LIN. `further` are the numbers that the first one had no place for.
macro_rules! line_rest {
    ($walk:ident, $line:ident) => {{
        use $crate::purchase_order::{SalesRequirement, x12_850};
        use $crate::x12::{
            allowance, bounded, date, item, money, party, quantity, reference, terms, transport,
        };
        reference::characteristics($walk, &mut $line.characteristics);
        money::line_currency($walk, &mut $line.currency, &mut $line.price);
        $walk.maybe("CN1", &mut $line.contract, terms::contract);
        $walk.each("PO3", &mut $line.details, terms::detail);
        $walk.each("CTP", &mut $line.prices, money::qualified_price);
        $walk.each("PAM", &mut $line.period_amounts, terms::period_amount);
        $walk.each("MEA", &mut $line.measurements, quantity::measurement);
        $walk.loops("PID", &mut $line.item.descriptions, x12_850::described);
        $walk.each("PWK", &mut $line.attachments, terms::attachment);
        $walk.each("PO4", &mut $line.packs, transport::pack);
        $walk.each("REF", &mut $line.references, reference::reference);
        $walk.each("PER", &mut $line.contacts, party::contact);
        $walk.loops("SAC", &mut $line.allowances_and_charges, allowance::allowance_charge);
        let has_products = |s: &SalesRequirement| !s.product_ids.is_empty();
        $walk.each_chosen(
            "IT8",
            &mut $line.sales_requirements,
            has_products,
            x12_850::line_sales_requirement,
        );
        $walk.each_chosen(
            "CSH",
            &mut $line.sales_requirements,
            |s| !has_products(s),
            x12_850::sales_requirement,
        );
        $walk.each("ITD", &mut $line.payment_terms, money::payment_terms);
        $walk.each("DIS", &mut $line.volume_discounts, terms::volume_discount);
        $walk.each("INC", &mut $line.installments, terms::installment);
        money::taxes($walk, &mut $line.taxes);
        $walk.each("FOB", &mut $line.delivery_terms, transport::delivery_terms);
        transport::distribution($walk, &mut $line.distribution);
        $walk.each("DTM", &mut $line.dates, date::dtm);
        transport::transport($walk, &mut $line.transport);
        transport::marks($walk, &mut $line.marks);
        reference::messages($walk, &mut $line.notes);
        $walk.each("CTB", &mut $line.restrictions, terms::restriction);
        $walk.each("PCT", &mut $line.percentages, terms::percentage);
        x12_850::counted($walk, &mut $line.quantities, &mut $line.characteristics);
        if $walk.is_reading() {
            $walk.each("PKG", &mut $line.packaging, transport::packaging);
        }
        $walk.loops("PKG", &mut $line.packaging, |w, p| w.once("PKG", |e| transport::packaging(e, p)));
        transport::schedule($walk, &mut $line.schedule);
        // One set has lead times as segments or loops of the line, another between LS and LE.
        terms::lead_times($walk, &mut $line.lead_times);
        bounded($walk, "LDT", &mut $line.lead_times, date::lead_times);
        $walk.loops_chosen("N9", &mut $line.notes, |n| !reference::is_message(n), reference::note);
        $walk.loops("N1", &mut $line.parties, party::party);
        $walk.each("TC2", &mut $line.item.commodities, item::commodity);
        if $walk.is_reading() {
            $walk.each("AMT", &mut $line.amounts, money::amount);
        }
        $walk.loops("AMT", &mut $line.amounts, money::amount_loop);
        terms::industry_codes($walk, &mut $line.industry_codes);
    }};
}
pub(crate) use line_rest;

/// The loops SLN and the ACK of a line: those within SLN are about that subline.
pub(crate) fn answers(
    walk: &mut Walk<'_>,
    sublines: &mut Vec<SubLine>,
    acknowledgements: &mut Vec<LineAcknowledgement>,
) {
    if walk.is_writing() {
        // What answers a component that is not there is said of the line.
        let is_here =
            |a: &LineAcknowledgement| sublines.iter().any(|s| Some(&s.number) == a.subline_number.as_ref());
        for ack in acknowledgements.iter_mut().filter(|a| !is_here(a)) {
            walk.write_loop("ACK", |w| answer(w, ack));
        }
        for subline in sublines {
            walk.write_loop("SLN", |w| {
                x12_850::subline(w, subline);
                for ack in acknowledgements.iter_mut() {
                    if ack.subline_number.as_ref() == Some(&subline.number) {
                        w.once("ACK", |e| acknowledgement(e, ack));
                    }
                }
            });
        }
        return;
    }
    walk.loops("ACK", acknowledgements, answer);
    acknowledgements.retain(|a| !a.status_code.is_empty());
    for mut inner in walk.found("SLN") {
        inner.claim_loop();
        let mut subline = SubLine::default();
        x12_850::subline(&mut inner, &mut subline);
        let mut own = Vec::new();
        inner.each("ACK", &mut own, acknowledgement);
        own.iter_mut().for_each(|a| a.subline_number = Some(subline.number.clone()));
        acknowledgements.append(&mut own);
        sublines.push(subline);
    }
}

/// The loop ACK: the answer, and a further date.
fn answer(walk: &mut Walk<'_>, a: &mut LineAcknowledgement) {
    // ACK has room for one day; what has a time of day stands in the DTM.
    let mut day: Vec<DateTime> = Vec::new();
    if walk.is_writing()
        && let Some(at) = a.dates.iter().position(|d| d.date.is_some() && d.time.is_none())
    {
        day.push(a.dates.remove(at));
    }
    let mut rest = std::mem::replace(&mut a.dates, day);
    walk.once("ACK", |e| acknowledgement(e, a));
    walk.each("DTM", &mut rest, date::dtm);
    a.dates.append(&mut rest);
}

fn acknowledgement(e: &mut Elements<'_>, a: &mut LineAcknowledgement) {
    e.needs(1);
    e.coded(1, &codes::LINE_STATUS, &mut a.status, &mut a.status_code);
    e.quantity(2, 3, &mut a.quantity);
    if !e.is_reading() && e.has(2) && !e.has(3) {
        // ACK03 is mandatory beside a quantity; a quantity without a unit counts pieces.
        e.constant(3, "EA");
    }
    e.slots([4].into_iter(), &mut a.dates, |e, at, d: &mut DateTime| {
        e.needs(at);
        e.coded(at, &codes::DATE_ROLE, &mut d.role, &mut d.role_code);
        e.date(at + 1, &mut d.date);
    });
    e.text(6, &mut a.request_reference);
    super::item::product_ids(e, (7..=25).step_by(2), &mut a.product_ids);
    e.slots([27].into_iter(), &mut a.reasons, |e, at, reason: &mut IndustryCode| {
        e.code(at, &mut reason.agency_code);
        e.code(at + 1, &mut reason.source_code);
        e.code(at + 2, &mut reason.code);
    });
}

/// POC04, what is still to come. It is mandatory beside a quantity: all of it where the document does not say, nothing of a line that
/// is taken back.
pub(crate) fn quantity_left(
    e: &mut Elements<'_>,
    change: LineChange,
    quantity: &Option<Quantity>,
    left: &mut Option<Decimal>,
) {
    if let (false, None, Some(quantity)) = (e.is_reading(), &left, quantity) {
        let gone = matches!(change, LineChange::Deleted | LineChange::Cancelled);
        *left = Some(if gone { Decimal::ZERO } else { quantity.value });
    }
    e.decimal(4, left);
}

/// What becomes of a line as a whole: what its acknowledgements agree on.
pub(crate) fn status_of(
    acknowledgements: &[LineAcknowledgement],
    status: &mut Option<LineStatus>,
    code: &mut Option<Text>,
) {
    let mut own = acknowledgements.iter().filter(|a| a.subline_number.is_none());
    let Some(first) = own.next() else { return };
    (*status, *code) = match own.all(|a| a.status == first.status) {
        true => (Some(first.status), Some(first.status_code.clone()).filter(|c| !c.is_empty())),
        false => (Some(LineStatus::AcceptedWithChanges), None),
    };
}

/// A line that says what becomes of it without any acknowledgement gets one, so that it can be written.
pub(crate) fn complete(
    acknowledgements: &mut Vec<LineAcknowledgement>,
    status: Option<LineStatus>,
    code: &Option<Text>,
    quantity: &Option<Quantity>,
) {
    if let (Some(status), false) = (status, acknowledgements.iter().any(|a| a.subline_number.is_none())) {
        let answer = LineAcknowledgement {
            status,
            status_code: code.clone().unwrap_or_default(),
            quantity: quantity.clone(),
            ..LineAcknowledgement::default()
        };
        acknowledgements.insert(0, answer);
    }
}
