//! What the messages that answer or change an order share (ORDRSP, ORDCHG): the groups before the lines, those of a line, and the
//! numbers and days that our documents have in fields of their own and EDIFACT in RFF and DTM.
//!
//! The documents have the same fields there, so each part is written once, as a macro over the document. The day of the order is
//! the DTM (2005 = 171) with its number (RFF+ON), or a DTM of the heading (2005 = 4).

use super::reference::dated;
use crate::Text;
use crate::date::{Date, DateRole, DateTime};
use crate::mapping::{Walk, date_text};
use crate::party::{Contact, Party, PartyRole};
use crate::purchase_order::SubLine;
use crate::reference::{Reference, ReferenceKind};

/// What no message that answers or changes an order has a place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/dates/role", "2005 has no scheduled shipment: it is written as promised"),
    ("/lines/dates/role", "2005 has no scheduled shipment: it is written as promised"),
    ("/version", "BGM of D.96A has the number alone (1004)"),
    ("/revision", "BGM of D.96A has the number alone (1004)"),
    ("/dates/role_code", "a DTM without a day says nothing"),
    ("/dates/time", "a DTM without a day says nothing"),
    ("/lines/dates/role_code", "a DTM without a day says nothing"),
    ("/lines/dates/time", "a DTM without a day says nothing"),
    ("/kind", "1001 says which message it is, not what kind of order it is about"),
    ("/contacts", "contacts stand with parties alone"),
    ("/amounts", "amounts of the whole stand behind the lines: they are with the totals"),
    ("/prices", "prices stand with lines alone"),
    ("/marks", "marks stand with packages (PCI) and lines (GIN)"),
    ("/measurements", "measurements stand with packages and lines"),
    ("/attachments", "documents (DOC) stand with parties and lines"),
    ("/industry_codes", "the message has no codes of an industry here"),
    ("/locations", "places stand with parties, carriage and lines"),
    ("/product_ids", "numbers of goods stand with lines alone"),
    ("/identities", "numbers of single things stand with lines and packages"),
    ("/sales_requirements", "the message has no conditions of sale"),
    ("/lead_times", "the message has dates, no lead times"),
    ("/restrictions", "the message has no restrictions by quantity"),
    ("/installments", "the message has payment terms by date alone"),
    ("/volume_discounts", "the message has discounts as allowances (ALC)"),
    ("/period_amounts", "the message has no quantities of a period"),
    ("/percentages", "percentages stand with terms, allowances and lines"),
    ("/accounting", "the message has no accounts here"),
    ("/totals/line_count", "CNT counts the lines that are written"),
    ("/totals/description", "CNT has no text"),
    ("/lines/currency", "a line has its currency with its price (CUX in the group PRI)"),
    ("*/notes/code", "a text without lines says nothing"),
    ("*/packs/size", "a package is told by how many there are, or of which kind (PAC)"),
    ("*/packs/gross_weight", "a package is told by how many there are, or of which kind (PAC)"),
    ("*/packs/gross_volume", "a package is told by how many there are, or of which kind (PAC)"),
    ("/lines/contacts", "contacts stand with parties alone"),
    ("/lines/marks", "GIN holds single numbers"),
    ("/lines/industry_codes", "the message has no codes of an industry here"),
    ("/lines/sales_requirements", "the message has no conditions of sale"),
    ("/lines/lead_times", "the message has dates, no lead times"),
    ("/lines/restrictions", "the message has no restrictions by quantity"),
    ("/lines/installments", "the message has payment terms by date alone"),
    ("/lines/volume_discounts", "the message has discounts as allowances (ALC)"),
    ("/lines/period_amounts", "the message has no quantities of a period"),
    ("/lines/details", "the message has no further price or quantity with a reason"),
    ("/lines/contract", "a contract is a reference (RFF+CT)"),
    ("/lines/accounting", "the message has no accounts here"),
    ("/lines/sublines/parent_number", "a component belongs to its line, or to another component of it"),
    ("/lines/sublines/price_relationship_code", "PRI does not say how the price belongs to the line's"),
    ("/lines/sublines/item/commodities", "the message has no codes of goods"),
];

/// The groups between BGM and the lines; the references are mapped by [`references`].
macro_rules! heading {
    ($walk:ident, $doc:ident) => {{
        use $crate::edifact::{allowance, date, detail, item, money, party, reference, transport};
        $walk.each("DTM", &mut $doc.dates, date::dtm);
        $walk.each("PAI", &mut $doc.payment_instructions, money::payment_instruction);
        $walk.each("ALI", &mut $doc.trade_conditions, detail::trade_condition);
        $walk.each("IMD", &mut $doc.descriptions, item::description);
        $walk.each("FTX", &mut $doc.notes, reference::note);
        $walk.loops("AJT", &mut $doc.adjustments, detail::adjustment);
        $walk.loops("NAD", &mut $doc.parties, party::party);
        money::currencies($walk, &mut $doc.currency, &mut $doc.other_currencies);
        $walk.loops("TAX", &mut $doc.taxes, money::tax);
        money::terms($walk, &mut $doc.payment_terms);
        $walk.loops("TDT", &mut $doc.transport.routes, transport::route);
        $walk.loops("TOD", &mut $doc.delivery_terms, transport::delivery_terms);
        $walk.loops("PAC", &mut $doc.packs, transport::pack);
        $walk.loops("EQD", &mut $doc.transport.equipment, transport::equipment);
        transport::schedule($walk, &mut $doc.schedule);
        $walk.loops("ALC", &mut $doc.allowances_and_charges, allowance::allowance_charge);
    }};
}
pub(crate) use heading;

/// The segments and groups of a line behind LIN, PIA and QTY.
macro_rules! line_rest {
    ($walk:ident, $line:ident) => {{
        use $crate::edifact::{allowance, date, detail, item, money, party, quantity, reference, transport};
        $walk.each("IMD", &mut $line.item.descriptions, item::description);
        $walk.each("MEA", &mut $line.measurements, quantity::measurement);
        $walk.each("PCD", &mut $line.percentages, money::percentage);
        $walk.each("ALI", &mut $line.item.trade_conditions, detail::trade_condition);
        $walk.each("DTM", &mut $line.dates, date::dtm);
        $walk.each("MOA", &mut $line.amounts, money::amount);
        $walk.each("GIN", &mut $line.marks, transport::identity);
        $walk.each("QVR", &mut $line.discrepancies, detail::discrepancy);
        $walk.each("DOC", &mut $line.attachments, detail::attachment);
        $walk.each("PAI", &mut $line.payment_instructions, money::payment_instruction);
        $walk.each("FTX", &mut $line.notes, reference::note);
        money::terms($walk, &mut $line.payment_terms);
        $walk.loops("AJT", &mut $line.adjustments, detail::adjustment);
        money::prices($walk, &mut $line.price, &mut $line.prices);
        $walk.loops("RFF", &mut $line.references, reference::dated);
        $walk.loops("PAC", &mut $line.packs, transport::pack);
        transport::split($walk, &mut $line.distribution, &mut $line.locations);
        $walk.loops("TAX", &mut $line.taxes, money::tax);
        $walk.loops("NAD", &mut $line.parties, party::party);
        $walk.loops("ALC", &mut $line.allowances_and_charges, allowance::allowance_charge);
        $walk.loops("TDT", &mut $line.transport.routes, transport::route);
        $walk.loops("TOD", &mut $line.delivery_terms, transport::delivery_terms);
        $walk.loops("EQD", &mut $line.transport.equipment, transport::equipment);
    }};
}
pub(crate) use line_rest;

/// Before writing: what the document has in fields of their own and EDIFACT in dates, references, parties and totals. `$own` is the
/// day of the document itself; the document's contacts stand with the first party of `$roles`.
macro_rules! complete {
    ($doc:ident, $own:ident, $roles:expr) => {{
        use $crate::date::DateRole;
        use $crate::edifact::order;
        use $crate::reference::ReferenceKind as K;
        order::complete_day(&mut $doc.dates, DateRole::Issue, $doc.$own);
        if $doc.order_number.is_none() {
            // Without an order's number its day has no place with it.
            order::complete_day(&mut $doc.dates, DateRole::Order, $doc.order_date);
        }
        let numbers = [
            (K::PurchaseOrder, &$doc.order_number),
            (K::OrderChange, &$doc.change_number),
            (K::VendorOrder, &$doc.seller_order_number),
            (K::Contract, &$doc.contract_number),
            (K::Release, &$doc.release_number),
            (K::Request, &$doc.request_number),
        ];
        order::complete_numbers(&mut $doc.references, &numbers);
        order::with_party(&mut $doc.parties, &mut $doc.contacts, &$roles);
        let totals = &mut $doc.totals.amounts;
        $doc.amounts.retain(|a| !totals.iter().any(|t| (t.role, &t.money) == (a.role, &a.money)));
        totals.append(&mut $doc.amounts);
    }};
}
pub(crate) use complete;

/// After reading: the fields that EDIFACT has in dates and references.
macro_rules! derive {
    ($doc:ident, $own:ident) => {{
        use $crate::date::DateRole;
        use $crate::edifact::order;
        use $crate::reference::ReferenceKind as K;
        $doc.order_number = order::number(&$doc.references, K::PurchaseOrder);
        $doc.change_number = order::number(&$doc.references, K::OrderChange);
        $doc.seller_order_number = order::number(&$doc.references, K::VendorOrder);
        $doc.contract_number = order::number(&$doc.references, K::Contract);
        $doc.release_number = order::number(&$doc.references, K::Release);
        $doc.request_number = order::number(&$doc.references, K::Request);
        $doc.order_date = order::referred_day(&$doc.references, K::PurchaseOrder)
            .or_else(|| order::day(&$doc.dates, DateRole::Order));
        $doc.$own = order::day(&$doc.dates, DateRole::Issue);
    }};
}
pub(crate) use derive;

/// The groups RFF of the heading. `days` are those of the documents referred to, which stand with their numbers (2005 = 171).
pub(crate) fn references(
    walk: &mut Walk<'_>,
    list: &mut Vec<Reference>,
    days: &[(ReferenceKind, Option<Date>)],
) {
    if walk.is_reading() {
        return walk.loops("RFF", list, dated);
    }
    let mut open: Vec<(ReferenceKind, Date)> =
        days.iter().filter_map(|(kind, day)| Some((*kind, (*day)?))).collect();
    for reference in list {
        let at = open.iter().position(|(kind, _)| *kind == reference.kind);
        let day = at.map(|at| open.remove(at).1);
        walk.write_loop("RFF", |w| {
            dated(w, reference);
            if let Some(day) = day.filter(|day| !reference.dates.iter().any(|d| d.date == Some(*day))) {
                w.once("DTM", |e| {
                    e.constant((1, 1), "171");
                    e.constant((1, 2), &date_text(day));
                    e.constant((1, 3), "102");
                });
            }
        });
    }
}

/// The day of the first document of a kind that is referred to.
pub(crate) fn referred_day(list: &[Reference], kind: ReferenceKind) -> Option<Date> {
    let of = list.iter().find(|r| r.kind == kind)?;
    let reference_day = of.dates.iter().find(|d| d.role == DateRole::Reference).and_then(|d| d.date);
    reference_day.or_else(|| of.dates.iter().find_map(|d| d.date))
}

/// The first number of a kind.
pub(crate) fn number(list: &[Reference], kind: ReferenceKind) -> Option<Text> {
    list.iter().find(|r| r.kind == kind).and_then(|r| r.value.clone())
}

/// Puts the numbers that stand in fields of their own before the references, unless they are among them.
pub(crate) fn complete_numbers(list: &mut Vec<Reference>, numbers: &[(ReferenceKind, &Option<Text>)]) {
    for (kind, value) in numbers.iter().rev() {
        if value.is_some() && !list.iter().any(|r| r.kind == *kind && r.value == **value) {
            list.insert(0, Reference { kind: *kind, value: (*value).clone(), ..Reference::default() });
        }
    }
}

/// Puts the day of the document (2005 = 137) before the dates, unless it is among them.
pub(crate) fn complete_day(dates: &mut Vec<DateTime>, role: DateRole, date: Option<Date>) {
    if date.is_some() && !dates.iter().any(|d| d.role == role && d.date == date) {
        dates.insert(0, DateTime { role, date, ..DateTime::default() });
    }
}

/// The day of the first date of a role.
pub(crate) fn day(dates: &[DateTime], role: DateRole) -> Option<Date> {
    dates.iter().find(|d| d.role == role && d.date.is_some()).and_then(|d| d.date)
}

/// Contacts stand with a party: the first that has one of `roles`, or the first at all.
pub(crate) fn with_party(parties: &mut [Party], contacts: &mut Vec<Contact>, roles: &[PartyRole]) {
    let at = parties.iter().position(|p| roles.contains(&p.role)).unwrap_or(0);
    if let Some(party) = parties.get_mut(at) {
        party.contacts.append(contacts);
    }
}

/// A line that may have components.
pub(crate) trait Line: Default {
    fn number(&mut self) -> &mut Option<Text>;
    fn sublines(&mut self) -> &mut Vec<SubLine>;
}

macro_rules! lines_of {
    ($($line:ty)+) => {
        $(impl Line for $line {
            fn number(&mut self) -> &mut Option<Text> {
                &mut self.number
            }
            fn sublines(&mut self) -> &mut Vec<SubLine> {
                &mut self.sublines
            }
        })+
    };
}
lines_of! {
    crate::order_response::ResponseLine crate::order_change::ChangeLine
    crate::order_change_response::ChangeResponseLine
}

/// How many groups LIN the lines are: theirs and those of their components.
pub(crate) fn count<L: Line>(lines: &mut [L]) -> usize {
    lines.iter_mut().map(|line| 1 + line.sublines().len()).sum()
}

/// The groups LIN: a line, or a component of one that came before (C829).
pub(crate) fn lines<'m, L: Line>(
    walk: &mut Walk<'m>,
    lines: &mut Vec<L>,
    line: impl Fn(&mut Walk<'m>, &mut L),
) {
    use crate::purchase_order::edifact_orders::subline;
    for (at, entry) in (1..).zip(if walk.is_writing() { lines.iter_mut() } else { [].iter_mut() }) {
        let number = entry.number().get_or_insert_with(|| Text::new(at.to_string())).clone();
        walk.write_loop("LIN", |w| line(w, entry));
        let numbers: Vec<Text> = entry.sublines().iter().map(|s| s.number.clone()).collect();
        for inner in entry.sublines() {
            // A component without a parent that is here belongs to the line.
            if inner.parent_number.as_ref().is_none_or(|parent| !numbers.contains(parent)) {
                inner.parent_number = Some(number.clone());
            }
            walk.write_loop("LIN", |w| subline(w, inner));
        }
    }
    lines.reserve_exact(walk.found("LIN").count());
    for mut inner in walk.found("LIN") {
        inner.claim_loop();
        let parent = inner.peek("LIN", (4, 2));
        let is_of = |line: &mut L| {
            !parent.is_empty()
                && (line.number().as_ref() == Some(&parent)
                    || line.sublines().iter().any(|s| s.number == parent))
        };
        match lines.iter_mut().rposition(is_of) {
            Some(of) => {
                let mut entry = SubLine::default();
                subline(&mut inner, &mut entry);
                lines[of].sublines().push(entry);
            }
            None => {
                lines.push(L::default());
                if let Some(entry) = lines.last_mut() {
                    line(&mut inner, entry);
                }
            }
        }
    }
}
