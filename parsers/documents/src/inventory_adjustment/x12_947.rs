//! X12 947 (004010, 005010) and [`InventoryAdjustment`], both ways.
//!
//! The quantity of a line is what is added, with a minus what is taken away. Some partners leave the minus out where the reason
//! (181) says it already, as a book adjustment that decreases: such a quantity is read with its minus, and written with it.

use super::{AdjustmentLine, AdjustmentReason, InventoryAdjustment};
use crate::heading::Purpose;
use crate::item::{complete, identify};
use crate::mapping::{Elements, Walk};
use crate::party::Party;
use crate::quantity::Decimal;
use crate::x12::party::{address, name};
use crate::x12::{codes, money, stock, warehouse};

/// What the set has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/purpose", "353 has no code for this purpose"),
    ("/kind_name", "W15 names no kind of document"),
    ("/version", "W15 has a number, no version"),
    ("/revision", "W15 has a number, no revision"),
    ("/currency", "the 947 has no currency"),
    ("/other_currencies", "the 947 has no currency"),
    ("/locations", "the 947 has places with parties alone"),
    ("/measurements", "the 947 has weights of lines alone"),
    ("/attachments", "the 947 names no other documents"),
    ("/totals", "the 947 counts nothing"),
    ("/dates", "G62 has days and times alone, and by 432 fewer kinds of them than others"),
    ("/references/kind", "an N9 without a number says nothing"),
    ("/parties/references", "the loop N1 has contacts alone"),
    ("/parties/dates", "the loop N1 has contacts alone"),
    ("/parties/additional_names", "the loop N1 has one N2"),
    ("/parties/address/lines", "the loop N1 has one N3"),
    ("/notes/language", "NTE has no language"),
    ("/lines/number", "W19 has no number"),
    ("/lines/reason", "181 has no code for this reason"),
    ("/lines/movement", "W19 tells which way stock moved by the sign"),
    ("/lines/instruction", "W19 has no instructions"),
    ("/lines/currency", "the 947 has no currency"),
    ("/lines/price", "the 947 has prices in contracts (CS) alone"),
    ("/lines/prices", "the 947 has prices in contracts (CS) alone"),
    ("/lines/quantities", "W19 has one quantity"),
    ("/lines/amounts/money/currency", "the 947 has no currency"),
    ("/lines/notes", "the 947 has notes (NTE) before its lines alone"),
    ("/lines/locations", "the 947 has places with parties alone"),
    ("/lines/measurements", "W19 has weights alone"),
    ("/lines/attachments", "the 947 names no other documents"),
    ("/lines/packages", "the 947 has no packages"),
    ("/lines/packs", "the 947 has no packages"),
    ("/lines/statuses", "the loop W19 has codes with their agency alone (LM)"),
    ("/lines/dates", "G62 has days and times alone, and by 432 fewer kinds of them than others"),
    ("/lines/references/kind", "an N9 without a number says nothing"),
    ("/lines/parties/references", "the loop N1 has contacts alone"),
    ("/lines/contacts", "a line has contacts (G61) with its parties alone"),
    ("/lines/item/identities", "W19 has one lot (451) and no numbers of single things"),
    ("/lines/item/lots", "W19 has one lot (451)"),
    ("/lines/item/serials", "W19 has no serial numbers"),
    ("/lines/item/expiry_date", "the 947 has dates of the line (G62) by their kind"),
    ("/lines/item/trade_conditions", "the 947 has no country of origin"),
    ("/lines/item/descriptions/language", "G69 has a text alone"),
    ("/lines/item/descriptions/form_code", "G69 has a text alone"),
    ("/lines/item/descriptions/code", "G69 has a text alone"),
];

/// The 947.
pub(crate) fn map(walk: &mut Walk<'_>, adjustment: &mut InventoryAdjustment) {
    walk.once("W15", |e| beginning(e, adjustment));
    walk.loops("N1", &mut adjustment.parties, crate::x12::party::party);
    walk.each("N9", &mut adjustment.references, warehouse::reference);
    warehouse::contacts(walk, &mut adjustment.contacts);
    walk.each("G62", &mut adjustment.dates, warehouse::date);
    warehouse::notes(walk, &mut adjustment.notes);
    warehouse::industry_codes(walk, &mut adjustment.industry_codes);
    walk.loops("W19", &mut adjustment.lines, line);
}

/// W15. The number is the warehouse's (31), or the depositor's where the warehouse has none.
fn beginning(e: &mut Elements<'_>, a: &mut InventoryAdjustment) {
    e.date(1, &mut a.adjustment_date);
    if !e.is_reading() && !e.has(1) {
        // W1501 is mandatory: the day of the first date.
        e.date(1, &mut a.dates.iter().find_map(|d| d.date));
    }
    if e.is_reading() || a.depositor_number.as_ref() != Some(&a.number) {
        e.required(2, &mut a.number);
    }
    e.text(3, &mut a.depositor_number);
    if let (true, true, Some(number)) = (e.is_reading(), a.number.is_empty(), &a.depositor_number) {
        a.number.clone_from(number);
    }
    e.coded(4, &codes::PURPOSE, &mut a.purpose, &mut a.purpose_code);
    if !e.is_reading() && !e.has(4) && (a.purpose == Purpose::Other && a.purpose_code.is_empty()) {
        e.constant(4, "00");
    }
    e.code(5, &mut a.transaction_type_code);
    e.code(6, &mut a.action_code);
}

/// The loop W19.
fn line(walk: &mut Walk<'_>, line: &mut AdjustmentLine) {
    if walk.is_writing() {
        complete(&mut line.item);
        line.sign();
    }
    walk.once("W19", |e| item(e, line));
    identify(&mut line.item);
    warehouse::descriptions(walk, &mut line.item.descriptions);
    walk.each("N9", &mut line.references, warehouse::reference);
    walk.each("CS", &mut line.contracts, stock::contract);
    walk.each("AMT", &mut line.amounts, money::amount);
    walk.each("G62", &mut line.dates, warehouse::date);
    warehouse::industry_codes(walk, &mut line.industry_codes);
    walk.loops("N1", &mut line.parties, line_party);
    parts(walk, line);
    warehouse::accounting(walk, &mut line.accounting);
    if walk.is_reading() {
        line.sign();
    }
}

/// W19. A correction that says not why is of another kind (181 = AH). Of its weights the qualifier says which is net (187 = N).
fn item(e: &mut Elements<'_>, line: &mut AdjustmentLine) {
    e.coded(1, &codes::ADJUSTMENT_REASON, &mut line.reason, &mut line.reason_code);
    if !e.is_reading() && !e.has(1) {
        e.constant(1, "AH");
    }
    e.quantity(2, 3, &mut line.quantity);
    warehouse::product_ids(e, &[4], &[5, 7, 17], &mut line.item.product_ids);
    warehouse::lot(e, 9, &mut line.item);
    let net_first = match e.is_reading() {
        true => e.peek(11) == "N",
        false => line.gross_weight.is_none(),
    };
    let (gross, net) = if net_first { (13, 10) } else { (10, 13) };
    warehouse::weight(e, gross, &mut line.gross_weight_code, &mut line.gross_weight, "G");
    warehouse::weight(e, net, &mut line.net_weight_code, &mut line.net_weight, "N");
    e.code(16, &mut line.stock_type_code);
}

/// The loop N1 of a line, whose contacts are G61.
fn line_party(walk: &mut Walk<'_>, party: &mut Party) {
    walk.once("N1", |e| name(e, party));
    walk.texts("N2", 2, &mut party.additional_names);
    address(walk, &mut party.address);
    warehouse::contacts(walk, &mut party.contacts);
}

/// The loops LX: parts of a line.
fn parts(walk: &mut Walk<'_>, line: &mut AdjustmentLine) {
    walk.loops("LX", &mut line.parts, |w, part| {
        w.once("LX", |e| e.required(1, &mut part.number));
        w.each("N9", &mut part.references, warehouse::reference);
        w.each("G62", &mut part.dates, warehouse::date);
        warehouse::parties(w, &mut part.parties);
        warehouse::industry_codes(w, &mut part.industry_codes);
    });
}

impl AdjustmentLine {
    /// Gives the quantity its minus where the reason says that stock became less, or the movement that it went out.
    pub(crate) fn sign(&mut self) {
        use AdjustmentReason as R;
        let less = matches!(self.reason, R::BookDecrease | R::Destroyed | R::ShippedMore | R::ReceivedLess);
        let out = self.movement == Some(crate::inventory_report::StockMovement::Out);
        if let Some(quantity) = self.quantity.as_mut().filter(|q| (less || out) && q.value > Decimal::ZERO) {
            quantity.value = -quantity.value;
        }
    }
}
