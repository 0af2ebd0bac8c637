//! EDIFACT ORDCHG (D.96A, D.01B) and [`OrderChange`], both ways.
//!
//! BGM has the number of the change; the order's number is RFF+ON, its day the DTM with it. LIN 1229 says what changes in a line;
//! its quantity is the one wanted now (6063 = 21), what is still to come an outstanding one (73).
//!
//! Never fails. Segments that are not named are left alone, and so are listed in `unmapped`.

use super::{ChangeLine, OrderChange};
use crate::edifact::order::{self, complete, derive, heading, line_rest};
use crate::edifact::{codes, item, transport};
use crate::mapping::{Elements, Walk, joined};
use crate::party::PartyRole;
use crate::purchase_order::edifact_orders::{quantities, totals};
use crate::quantity::{Decimal, QualifiedQuantity, Quantity};
use crate::reference::ReferenceKind;

const OWN: &[(&str, &str)] = &[
    ("/purpose", "1225 has no code for it"),
    ("/response_date", "the message has the days of the order and of the change"),
    ("/transaction_type_code", "BGM has no type of transaction"),
    ("/contract_type_code", "a contract has its number alone (RFF+CT)"),
    ("/purchase_category_code", "BGM has no category of purchase"),
    ("/security_level_code", "BGM has no level of security"),
    ("/lines/change", "1229 says changed; what changed, the line shows"),
    ("/lines/change_code", "1229 says changed; what changed, the line shows"),
];
/// What the message has no place for.
pub(crate) const NOT_CARRIED: &[(&str, &str)] =
    &joined::<{ OWN.len() + order::NOT_CARRIED.len() }>(OWN, order::NOT_CARRIED);

/// The ORDCHG.
pub(crate) fn map(walk: &mut Walk<'_>, change: &mut OrderChange) {
    if walk.is_writing() {
        complete!(change, change_date, [PartyRole::Buyer]);
    }
    let (mut head, mut summary) = walk.split("UNS");
    let head = &mut head;
    head.once("BGM", |e| beginning(e, change));
    heading!(head, change);
    let days = [(ReferenceKind::PurchaseOrder, change.order_date)];
    order::references(head, &mut change.references, &days);
    summary.set_currency(change.currency.as_ref());
    order::lines(head, &mut change.lines, line);
    walk.once("UNS", |e| e.constant(1, "S"));
    let count = order::count(&mut change.lines);
    if walk.is_reading() || count > 0 || !change.totals.is_empty() {
        totals(&mut summary, &mut change.totals);
    }
    if walk.is_reading() {
        derive!(change, change_date);
    }
}

/// BGM. 1001 = 230: change of an order.
fn beginning(e: &mut Elements<'_>, change: &mut OrderChange) {
    if e.is_reading() {
        e.coded_opt((1, 1), &codes::ORDER_KIND, &mut change.kind, &mut change.kind_code);
    } else {
        e.code((1, 1), &mut change.kind_code);
        if !e.has((1, 1)) {
            e.constant((1, 1), "230");
        }
    }
    e.code((1, 2), &mut change.kind_list_code);
    e.code((1, 3), &mut change.kind_agency_code);
    e.text((1, 4), &mut change.kind_name);
    e.required((2, 1), &mut change.number);
    if e.is_reading() || e.is_newer() {
        e.text((2, 2), &mut change.version);
        e.text((2, 3), &mut change.revision);
    }
    e.coded((3, 1), &codes::PURPOSE, &mut change.purpose, &mut change.purpose_code);
    if !e.is_reading() && !e.has((3, 1)) {
        // 1225 = 4: change.
        e.constant((3, 1), "4");
    }
    e.code((4, 1), &mut change.acknowledgement_code);
}

/// The group LIN.
fn line(walk: &mut Walk<'_>, line: &mut ChangeLine) {
    item::numbers(walk, &mut line.item, |e| {
        e.text((1, 1), &mut line.number);
        e.coded((2, 1), &codes::LINE_CHANGE, &mut line.change, &mut line.change_code);
        e.code((4, 1), &mut line.relationship_code);
        e.text((4, 2), &mut line.parent_number);
    });
    quantities(walk, &mut line.quantity, &mut line.quantities);
    quantity_left(walk, &line.quantity, &mut line.quantity_left, &mut line.quantities);
    line_rest!(walk, line);
    transport::schedule(walk, &mut line.schedule);
}

/// The quantity that is still to come (6063 = 73), in the unit of the line.
pub(crate) fn quantity_left(
    walk: &mut Walk<'_>,
    ordered: &Option<Quantity>,
    left: &mut Option<Decimal>,
    quantities: &mut Vec<QualifiedQuantity>,
) {
    if let (true, Some(value)) = (walk.is_writing(), *left) {
        let mut quantity = Quantity { value, ..ordered.clone().unwrap_or_default() };
        return walk.once("QTY", |e| {
            e.constant((1, 1), "73");
            e.required_quantity((1, 2), (1, 3), &mut quantity);
        });
    }
    let unit = ordered.as_ref().and_then(|q| q.original_unit.as_ref());
    let is_left = |q: &QualifiedQuantity| {
        let same = q.quantity.as_ref().is_some_and(|q| q.original_unit.as_ref() == unit);
        q.code == "73" && same
    };
    if let (true, Some(at)) = (walk.is_reading(), quantities.iter().position(is_left)) {
        *left = quantities.remove(at).quantity.map(|q| q.value);
    }
}
