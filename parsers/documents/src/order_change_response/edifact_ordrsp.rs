//! EDIFACT ORDRSP (D.96A, D.01B) that answers a change of an order, and [`OrderChangeResponse`], both ways.
//!
//! It is one if its heading refers to a change: RFF with 1153 = PP, the number of a purchase order change. Any other ORDRSP answers an
//! order. Written, that reference is always there; a document without the number of the change has the order's there. The day of
//! the change is the DTM (2005 = 171) with it.
//!
//! LIN 1229 says what becomes of a line, as in an answer to an order; `change` is told by it where it says added, deleted or
//! changed.
//!
//! Never fails. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{ChangeResponseLine, OrderChangeResponse};
use crate::edifact::answer::{self, answered};
use crate::edifact::order::{self, complete, derive, heading, line_rest};
use crate::edifact::{codes, item, transport};
use crate::line::LineChange;
use crate::mapping::{Walk, joined};
use crate::order_change::edifact_ordchg::quantity_left;
use crate::order_response::edifact_ordrsp::{LINES, Opening, SELLERS, beginning};
use crate::purchase_order::edifact_orders::{quantities, totals};
use crate::reference::{CodeList, ReferenceKind};
use portway_edi::schema::Loop;

const OWN: &[(&str, &str)] = &[
    ("/purpose", "1225 says what becomes of the order"),
    ("/status", "4343 and 1225 have no code for it; the lines say it"),
    ("/acknowledgement_code", "4343 says what becomes of the order"),
    ("/transaction_type_code", "BGM has no type of transaction"),
    ("/contract_type_code", "a contract has its number alone (RFF+CT)"),
    ("/purchase_category_code", "BGM has no category of purchase"),
    ("/security_level_code", "BGM has no level of security"),
    ("/lines/change", "1229 says what becomes of the line"),
    ("/lines/change_code", "1229 says what becomes of the line"),
];
/// What the message has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &joined::<{ OWN.len() + LINES.len() }>(OWN, LINES);

/// True of an ORDRSP that answers a change of an order.
pub(crate) fn answers_change(root: &Loop<'_>) -> bool {
    let opening = root.loops.iter().filter_map(|inner| inner.segments.first());
    opening.into_iter().any(|s| s.tag() == "RFF" && s.component_text(1, 1) == "PP")
}

/// The ORDRSP.
pub(crate) fn map(walk: &mut Walk<'_>, response: &mut OrderChangeResponse) {
    if walk.is_writing() {
        let numbers = [&response.order_number, &Some(response.number.clone())];
        let number = numbers.into_iter().flatten().find(|n| !n.is_empty()).cloned();
        response.change_number = response.change_number.take().or(number);
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
    let days = [
        (ReferenceKind::PurchaseOrder, response.order_date),
        (ReferenceKind::OrderChange, response.change_date),
    ];
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
        response.change_date = order::referred_day(&response.references, ReferenceKind::OrderChange);
    }
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut ChangeResponseLine, ours: bool) {
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
    quantity_left(walk, &line.quantity, &mut line.quantity_left, &mut line.quantities);
    plan.write(walk);
    line_rest!(walk, line);
    transport::schedule(walk, &mut line.schedule);
    if walk.is_reading() {
        line.change = match line.status_code.as_deref() {
            Some("1") => LineChange::Added,
            Some("2") => LineChange::Deleted,
            Some("3") => LineChange::Changed,
            _ => LineChange::Other,
        };
        answer::derive(answered!(line));
    }
}
