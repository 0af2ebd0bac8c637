//! EDIFACT ORDRSP (D.96A, D.01B) and [`OrderResponse`], both ways.
//!
//! An ORDRSP that answers a change of an order (it refers to one: RFF+PP) becomes an `OrderChangeResponse` instead.
//!
//! What becomes of the order, BGM says by 4343, and by 1225 where that is an answer (29 accepted, 4 changed, 27 refused); such an
//! answer is an original. The order's number is RFF+ON, its day the DTM with it. What becomes of a line stands in
//! [`crate::edifact::answer`].
//!
//! Never fails. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{OrderResponse, ResponseLine, ResponseStatus};
use crate::Text;
use crate::edifact::answer::{self, answered};
use crate::edifact::order::{self, complete, derive, heading, line_rest};
use crate::edifact::{codes, item, transport};
use crate::heading::Purpose;
use crate::mapping::{Elements, Walk, joined};
use crate::party::PartyRole;
use crate::purchase_order::edifact_orders::{quantities, totals};
use crate::reference::{CodeList, ReferenceKind};

/// What the message has no place for, beside what no message of its kind has.
const OWN: &[(&str, &str)] = &[
    ("/purpose", "1225 says what becomes of the order"),
    ("/status", "4343 and 1225 have no code for it; the lines say it"),
    ("/acknowledgement_code", "4343 says what becomes of the order"),
    ("/change_number", "a reference to a change (RFF+PP) makes it the answer to that"),
    ("/transaction_type_code", "BGM has no type of transaction"),
    ("/contract_type_code", "a contract has its number alone (RFF+CT)"),
    ("/purchase_category_code", "BGM has no category of purchase"),
    ("/security_level_code", "BGM has no level of security"),
];
pub(crate) const LINES: &[(&str, &str)] = &joined::<{ answer::NOT_CARRIED.len() + order::NOT_CARRIED.len() }>(
    answer::NOT_CARRIED,
    order::NOT_CARRIED,
);
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &joined::<{ OWN.len() + LINES.len() }>(OWN, LINES);

/// Whose contacts those of an answer are.
pub(crate) const SELLERS: [PartyRole; 3] = [PartyRole::Seller, PartyRole::Supplier, PartyRole::Vendor];

/// The ORDRSP.
pub(crate) fn map(walk: &mut Walk<'_>, response: &mut OrderResponse) {
    if walk.is_writing() {
        // A reference to a change would make it the answer to that.
        response.change_number = None;
        response.references.retain(|r| r.kind != ReferenceKind::OrderChange);
        complete!(response, response_date, SELLERS);
    }
    let ours = response.code_list.is_none_or(|list| list == CodeList::Edifact);
    let (mut head, mut summary) = walk.split("UNS");
    let head = &mut head;
    head.once("BGM", |e| {
        let mut opening = Opening {
            kind_code: &mut response.kind_code,
            kind_list_code: &mut response.kind_list_code,
            kind_agency_code: &mut response.kind_agency_code,
            kind_name: &mut response.kind_name,
            number: &mut response.number,
            version: &mut response.version,
            revision: &mut response.revision,
            purpose: &mut response.purpose,
            purpose_code: &mut response.purpose_code,
            status: &mut response.status,
            status_code: &mut response.status_code,
            acknowledgement_code: &mut response.acknowledgement_code,
        };
        beginning(e, &mut opening, ours);
    });
    heading!(head, response);
    let days = [(ReferenceKind::PurchaseOrder, response.order_date)];
    order::references(head, &mut response.references, &days);
    summary.set_currency(response.currency.as_ref());
    order::lines(head, &mut response.lines, |w, l| line(w, l, ours));
    walk.once("UNS", |e| e.constant(1, "S"));
    let count = order::count(&mut response.lines);
    if walk.is_reading() || count > 0 || !response.totals.is_empty() {
        totals(&mut summary, &mut response.totals);
    }
    if walk.is_reading() {
        for line in &mut response.lines {
            answer::derive_of_sublines(&line.sublines, &mut line.acknowledgements);
        }
        derive!(response, response_date);
    }
}

/// What BGM of an answer holds.
pub(crate) struct Opening<'d> {
    pub kind_code: &'d mut Option<Text>,
    pub kind_list_code: &'d mut Option<Text>,
    pub kind_agency_code: &'d mut Option<Text>,
    pub kind_name: &'d mut Option<Text>,
    pub number: &'d mut Text,
    pub version: &'d mut Option<Text>,
    pub revision: &'d mut Option<Text>,
    pub purpose: &'d mut Purpose,
    pub purpose_code: &'d mut Text,
    pub status: &'d mut ResponseStatus,
    pub status_code: &'d mut Text,
    pub acknowledgement_code: &'d mut Option<Text>,
}

/// BGM. 1001 = 231 (answer to an order) says nothing more.
pub(crate) fn beginning(e: &mut Elements<'_>, o: &mut Opening<'_>, ours: bool) {
    if !e.is_reading() || e.peek((1, 1)) != "231" {
        e.code((1, 1), o.kind_code);
    }
    if e.is_reading() || !e.has((1, 1)) {
        e.constant((1, 1), "231");
    }
    e.code((1, 2), o.kind_list_code);
    e.code((1, 3), o.kind_agency_code);
    e.text((1, 4), o.kind_name);
    e.required((2, 1), o.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), o.version);
        e.text((2, 3), o.revision);
    }
    if e.is_reading() { read_status(e, o) } else { write_status(e, o, ours) }
}

fn read_status(e: &mut Elements<'_>, o: &mut Opening<'_>) {
    e.coded((3, 1), &codes::RESPONSE_PURPOSE, o.purpose, o.purpose_code);
    e.coded((4, 1), &codes::RESPONSE_STATUS, o.status, o.status_code);
    if *o.status == ResponseStatus::Other {
        // 4343 that is no answer, such as NA: 1225 has it.
        *o.acknowledgement_code = Some(std::mem::take(o.status_code)).filter(|code| !code.is_empty());
        *o.status = (codes::RESPONSE_FUNCTION.word)(o.purpose_code);
        if *o.status != ResponseStatus::Other {
            *o.status_code = o.purpose_code.clone();
        }
    }
}

fn write_status(e: &mut Elements<'_>, o: &mut Opening<'_>, ours: bool) {
    let came =
        ours && !o.purpose_code.is_empty() && (codes::RESPONSE_PURPOSE.word)(o.purpose_code) == *o.purpose;
    let by_status = (codes::RESPONSE_FUNCTION.code)(*o.status);
    match by_status {
        Some(code) if !came && matches!(o.purpose, Purpose::Original | Purpose::Other) => {
            e.constant((3, 1), code);
        }
        _ => e.coded((3, 1), &codes::RESPONSE_PURPOSE, o.purpose, o.purpose_code),
    }
    if !e.has((3, 1)) {
        // 1225 = 9: original.
        e.constant((3, 1), "9");
    }
    let told = (codes::RESPONSE_FUNCTION.word)(&e.peek((3, 1))) == *o.status;
    let is_answer = (codes::RESPONSE_STATUS.word)(o.status_code) == *o.status;
    let needed = *o.status != ResponseStatus::Other && (!told || !ours || is_answer);
    if needed {
        e.coded((4, 1), &codes::RESPONSE_STATUS, o.status, o.status_code);
    }
    if !e.has((4, 1)) {
        e.code((4, 1), o.acknowledgement_code);
    }
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut ResponseLine, ours: bool) {
    let plan = if walk.is_writing() { answer::plan(answered!(line), ours) } else { answer::Plan::default() };
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        if e.is_reading() {
            e.coded_opt((2, 1), &codes::LINE_STATUS, &mut line.status, &mut line.status_code);
        } else {
            e.constant((2, 1), &plan.action);
        }
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    quantities(walk, &mut line.quantity, &mut line.quantities);
    plan.write(walk);
    line_rest!(walk, line);
    transport::schedule(walk, &mut line.schedule);
    if walk.is_reading() {
        answer::derive(answered!(line));
    }
}
