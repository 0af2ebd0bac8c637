//! What a seller says to a line of an order or of a change: LIN 1229 with QTY, DTM, SCC, QVR and PIA, as acknowledgements.
//!
//! 1229 speaks of the line as a whole. A part of it is a quantity to be delivered (6063 = 113, or 12), backordered (83) or on hold
//! (27): in QTY of the line, or with its own dates in a plain plan of deliveries (SCC+1). Where no such quantity came, 1229 is the
//! answer to the whole. A single answer has the dates that the seller promises on the line (67, 69, 79, 17). Substitutes are
//! PIA+3. Why a line was accepted with changes, QVR says (4295 = UP price, DC date; 4221 = BP rest follows, CP rest does not), or
//! the line itself: changed (3), and another quantity than ordered.
//!
//! [`derive`] makes acknowledgements of what was read; [`Plan`] is how they are written. What it leaves out shows when the message
//! is read back.

use super::{codes, date};
use crate::Text;
use crate::date::{DateRole, DateTime};
use crate::item::{Item, ProductId};
use crate::line::{LineAcknowledgement, LineStatus};
use crate::mapping::Walk;
use crate::purchase_order::SubLine;
use crate::quantity::{Decimal, Discrepancy, DiscrepancyKind, QualifiedQuantity, Quantity};
use crate::transport::ScheduleLine;

/// What a message that answers an order does not carry of the answers.
pub(crate) const NOT_CARRIED: &[(&str, &str)] = &[
    ("/lines/status", "1229 says accepted, accepted with changes or not accepted"),
    ("/lines/status_code", "1229 says accepted, accepted with changes or not accepted"),
    ("/lines/acknowledgements/status", "1229 is of the whole line; of its parts QTY says the kind alone"),
    (
        "/lines/acknowledgements/status_code",
        "1229 is of the whole line; of its parts QTY says the kind alone",
    ),
    ("/lines/acknowledgements/dates/role", "2005 has no scheduled shipment: it is written as promised"),
    ("/lines/acknowledgements/dates", "a part has dates with its quantity alone (SCC)"),
    ("/lines/acknowledgements/subline_number", "a component is answered by its own LIN"),
    ("/lines/acknowledgements/request_reference", "a part has no reference"),
    ("/lines/acknowledgements/product_ids", "LIN and PIA are of the whole line"),
    ("/lines/acknowledgements/reasons", "the message has no codes of an industry"),
    ("/lines/acknowledgements/price", "PRI is of the whole line"),
    ("/lines/acknowledgements/amounts", "MOA is of the whole line"),
    ("/lines/acknowledgements/marks", "GIN is of the whole line"),
    ("/lines/acknowledgements/restrictions", "the message has no restrictions by quantity"),
    ("/lines/acknowledgements/taxes", "TAX is of the whole line"),
    ("/lines/acknowledgements/notes", "FTX is of the whole line"),
    (
        "/lines/acknowledgements/quantity/value",
        "QTY has no code for a part that is refused, nor for one of a component",
    ),
    (
        "/lines/acknowledgements/quantity/original_unit",
        "QTY has no code for a part that is refused, nor for one of a component",
    ),
];

/// Quantities (6063) that are a part of the answer.
const PARTS: [&str; 4] = ["113", "12", "83", "27"];

/// The fields of a line that the answer is made of.
pub(crate) struct Answered<'l> {
    pub status: &'l mut Option<LineStatus>,
    pub status_code: &'l mut Option<Text>,
    pub acknowledgements: &'l mut Vec<LineAcknowledgement>,
    pub quantity: &'l Option<Quantity>,
    pub quantities: &'l mut Vec<QualifiedQuantity>,
    pub dates: &'l mut Vec<DateTime>,
    pub schedule: &'l mut Vec<ScheduleLine>,
    pub item: &'l mut Item,
    pub discrepancies: &'l [Discrepancy],
    pub sublines: &'l mut Vec<SubLine>,
}

/// The [`Answered`] of a line.
macro_rules! answered {
    ($line:ident) => {
        $crate::edifact::answer::Answered {
            status: &mut $line.status,
            status_code: &mut $line.status_code,
            acknowledgements: &mut $line.acknowledgements,
            quantity: &$line.quantity,
            quantities: &mut $line.quantities,
            dates: &mut $line.dates,
            schedule: &mut $line.schedule,
            item: &mut $line.item,
            discrepancies: &$line.discrepancies,
            sublines: &mut $line.sublines,
        }
    };
}
pub(crate) use answered;

/// The dates a seller promises.
fn is_promise(d: &DateTime) -> bool {
    use DateRole as R;
    matches!(
        d.role,
        R::PromisedDelivery
            | R::ScheduledDelivery
            | R::PromisedShip
            | R::ScheduledShip
            | R::EstimatedDelivery
            | R::EstimatedShip
    )
}

/// Makes acknowledgements of what was read of a line.
pub(crate) fn derive(line: Answered<'_>) {
    let whole = *line.status;
    let code = line.status_code.clone().unwrap_or_default();
    let mut answers = parts(line.quantities);
    let of_lines = answers.len();
    if answers.is_empty() && whole.is_some() && line.schedule.iter().all(is_plain) {
        answers = line.schedule.drain(..).map(planned).collect();
    }
    let planned = answers.len() > of_lines;
    if answers.is_empty()
        && let Some(status) = whole
    {
        let quantity = line.quantity.clone().filter(|_| is_of_all(status));
        answers.push(LineAcknowledgement { status, quantity, ..LineAcknowledgement::default() });
    }
    let single = answers.len() == 1;
    if single && !planned && answers[0].dates.is_empty() {
        answers[0].dates = line.dates.extract_if(.., |d| is_promise(d)).collect();
    }
    for answer in &mut answers {
        answer.status = match answer.quantity_code.as_deref() {
            Some("83") => LineStatus::Backordered,
            Some("27") => LineStatus::OnHold,
            Some(_) if !single && whole.is_none_or(|s| s == LineStatus::AcceptedWithChanges) => {
                LineStatus::Accepted
            }
            _ => whole.unwrap_or(LineStatus::Accepted),
        };
    }
    if let (true, Some(answer)) = (single, answers.first_mut())
        && answer.status == LineStatus::AcceptedWithChanges
    {
        answer.status = why(answer, line.quantity, line.discrepancies, &code);
        if answer.quantity.is_none() && is_of_all(answer.status) {
            answer.quantity = line.quantity.clone();
        }
    }
    let is_substitute = |id: &mut ProductId| id.function_code.as_deref() == Some("3");
    if let Some(answer) = answers.first_mut() {
        answer.product_ids = line.item.product_ids.extract_if(.., is_substitute).collect();
        if !answer.product_ids.is_empty() && answer.status != LineStatus::Rejected {
            answer.status = LineStatus::Substituted;
        }
    }
    for answer in &mut answers {
        if (codes::LINE_STATUS.word)(&code) == answer.status {
            answer.status_code = code.clone();
        }
    }
    if let Some(status) = agreed(&answers) {
        *line.status = Some(status);
    }
    line.acknowledgements.append(&mut answers);
}

/// The answers to the components of a line, once these are read: 1229 of each.
pub(crate) fn derive_of_sublines(sublines: &[SubLine], acknowledgements: &mut Vec<LineAcknowledgement>) {
    for subline in sublines {
        let Some(action) = &subline.action_code else { continue };
        let status = (codes::LINE_STATUS.word)(action);
        if status != LineStatus::Other {
            acknowledgements.push(LineAcknowledgement {
                status,
                status_code: action.clone(),
                subline_number: Some(subline.number.clone()),
                quantity: subline.quantity.clone().filter(|_| is_of_all(status)),
                ..LineAcknowledgement::default()
            });
        }
    }
}

/// The quantities that are answers, taken out of the list.
fn parts(quantities: &mut Vec<QualifiedQuantity>) -> Vec<LineAcknowledgement> {
    let is_part = |q: &mut QualifiedQuantity| PARTS.contains(&q.code.as_str()) && q.quantity.is_some();
    let part = |q: QualifiedQuantity| LineAcknowledgement {
        quantity: q.quantity,
        quantity_code: Some(q.code),
        ..LineAcknowledgement::default()
    };
    quantities.extract_if(.., is_part).map(part).collect()
}

/// True of a part of a plan that says when how much comes, and nothing else.
fn is_plain(line: &ScheduleLine) -> bool {
    let plain = ScheduleLine {
        quantity: line.quantity.clone(),
        quantity_code: line.quantity_code.clone(),
        dates: line.dates.clone(),
        status_code: Some(Text::new_static("1")),
        ..ScheduleLine::default()
    };
    *line == plain && line.quantity_code.as_deref().is_some_and(|code| PARTS.contains(&code))
}

fn planned(line: ScheduleLine) -> LineAcknowledgement {
    LineAcknowledgement {
        quantity: Some(line.quantity),
        quantity_code: line.quantity_code,
        dates: line.dates,
        ..LineAcknowledgement::default()
    }
}

/// True of an answer that is about all that was ordered where it names no quantity.
fn is_of_all(status: LineStatus) -> bool {
    use LineStatus as S;
    matches!(status, S::Accepted | S::Rejected | S::Deleted | S::Cancelled | S::PriceChanged | S::DateChanged)
}

/// What was changed in a line that is accepted with changes.
fn why(
    answer: &LineAcknowledgement,
    ordered: &Option<Quantity>,
    discrepancies: &[Discrepancy],
    code: &str,
) -> LineStatus {
    use LineStatus as S;
    for d in discrepancies {
        let status = match (d.kind, d.reason_code.as_deref()) {
            (DiscrepancyKind::PartialBackordered, _) => S::PartialBackordered,
            (DiscrepancyKind::Substituted, _) => S::Substituted,
            (_, Some("UP")) => S::PriceChanged,
            (_, Some("DC")) => S::DateChanged,
            _ if d.kind_code == "CP" => S::AcceptedPartially,
            _ => continue,
        };
        return status;
    }
    let differs = match (&answer.quantity, ordered) {
        (Some(answer), Some(ordered)) => answer.value != ordered.value && answer.unit == ordered.unit,
        _ => false,
    };
    if code == "3" && differs { S::QuantityChanged } else { S::AcceptedWithChanges }
}

/// What all parts of the line itself agree on; that it was accepted with changes where they do not.
fn agreed(answers: &[LineAcknowledgement]) -> Option<LineStatus> {
    let mut own = answers.iter().filter(|a| a.subline_number.is_none());
    let first = own.next()?;
    Some(if own.all(|a| a.status == first.status) { first.status } else { LineStatus::AcceptedWithChanges })
}

/// How the answers to a line are written.
#[derive(Default)]
pub(crate) struct Plan {
    /// 1229.
    pub action: Text,
    quantities: Vec<(&'static str, Quantity)>,
    dates: Vec<DateTime>,
    deliveries: Vec<(&'static str, Quantity, Vec<DateTime>)>,
    variance: Option<Variance>,
}

struct Variance {
    quantity: Option<Decimal>,
    kind: &'static str,
    reason: &'static str,
}

/// `ours`: the codes beside the document's words are of EDIFACT.
pub(crate) fn plan(line: Answered<'_>, ours: bool) -> Plan {
    let mut plan = Plan::default();
    let own: Vec<&LineAcknowledgement> =
        line.acknowledgements.iter().filter(|a| a.subline_number.is_none()).collect();
    let mixed = own.iter().any(|a| a.status != own[0].status);
    let word = match own.first() {
        Some(_) if mixed => Some(LineStatus::AcceptedWithChanges),
        Some(first) => Some(first.status),
        None => *line.status,
    };
    let own: Vec<LineAcknowledgement> = own.into_iter().map(|a| with_coded_dates(a, ours)).collect();
    plan.action = action(word, line.status_code.as_deref().filter(|_| ours), mixed);
    // What is refused of a line is what the other parts leave.
    let is_refused = |a: &&LineAcknowledgement| {
        use LineStatus as S;
        a.quantity.is_none() || matches!(a.status, S::Rejected | S::Deleted | S::Cancelled)
    };
    let written: Vec<&LineAcknowledgement> =
        own.iter().filter(|a| own.len() == 1 || !is_refused(a)).collect();
    match written.as_slice() {
        [] => {}
        [answer] => plan_single(&mut plan, answer, &line, own.len() == 1),
        answers => plan_several(&mut plan, answers, line.schedule.is_empty()),
    }
    if let Some(answer) = own.iter().find(|_| line.discrepancies.is_empty()) {
        plan.variance = variance(answer, line.quantity);
    }
    // The item's own numbers stand before what comes instead.
    crate::item::complete(line.item);
    for answer in own.iter().filter(|a| a.status == LineStatus::Substituted || ours) {
        for id in &answer.product_ids {
            let function_code = Some(Text::new_static("3"));
            line.item.product_ids.push(ProductId { function_code, ..id.clone() });
        }
    }
    for subline in line.sublines.iter_mut().filter(|s| !ours || s.action_code.is_none()) {
        let of = line.acknowledgements.iter().find(|a| a.subline_number.as_ref() == Some(&subline.number));
        subline.action_code = of.map(|a| action(Some(a.status), None, false)).filter(|a| !a.is_empty());
    }
    plan
}

/// Only dates that 2005 has a code for can be written.
fn with_coded_dates(answer: &LineAcknowledgement, ours: bool) -> LineAcknowledgement {
    let is_coded = |d: &&DateTime| {
        let code = (codes::DATE_ROLE.code)(d.role).is_some() || (ours && !d.role_code.is_empty());
        code && (d.date.is_some() || d.period.is_some())
    };
    LineAcknowledgement { dates: answer.dates.iter().filter(is_coded).cloned().collect(), ..answer.clone() }
}

/// `alone`: there was no other answer, so that 1229 tells what is said of all that was ordered. Beside a plain plan, which would be
/// taken for the answer, the quantity is always said.
fn plan_single(plan: &mut Plan, answer: &LineAcknowledgement, line: &Answered<'_>, alone: bool) {
    let code = quantity_code(answer);
    let beside_plan = !line.schedule.is_empty() && line.schedule.iter().all(looks_plain);
    let of_all = is_of_all(answer.status);
    let told = alone
        && answer.quantity == *line.quantity
        && answer.quantity_code.is_none()
        && code == "113"
        && !beside_plan
        && of_all;
    let quantity = answer.quantity.as_ref().or(line.quantity.as_ref().filter(|_| beside_plan && of_all));
    let at_line = !line.dates.iter().any(is_promise) && answer.dates.iter().all(is_promise);
    match quantity {
        Some(quantity) if !at_line && line.schedule.is_empty() => {
            plan.deliveries.push((code, quantity.clone(), answer.dates.clone()));
            return;
        }
        Some(quantity) if !told => plan.quantities.push((code, quantity.clone())),
        _ => {}
    }
    plan.dates = answer.dates.clone();
}

/// True of a part of a plan that is written as one that says nothing else.
fn looks_plain(line: &ScheduleLine) -> bool {
    line.status_code.as_deref().is_none_or(|code| code == "1")
        && line.requirement_code.is_none()
        && line.frequency_code.is_none()
        && line.references.is_empty()
}

/// Parts with dates stand in a plan of deliveries, all of them.
fn plan_several(plan: &mut Plan, answers: &[&LineAcknowledgement], may_plan: bool) {
    let dated = may_plan && answers.iter().any(|a| !a.dates.is_empty());
    for answer in answers {
        let (code, Some(quantity)) = (quantity_code(answer), answer.quantity.clone()) else { continue };
        if dated {
            plan.deliveries.push((code, quantity, answer.dates.clone()));
        } else {
            plan.quantities.push((code, quantity));
        }
    }
}

/// 6063 of a part of the answer.
fn quantity_code(answer: &LineAcknowledgement) -> &'static str {
    match (answer.status, answer.quantity_code.as_deref()) {
        (LineStatus::Backordered, _) => "83",
        (LineStatus::OnHold, _) => "27",
        (_, Some("12")) => "12",
        _ => "113",
    }
}

/// 1229 of a status: the code that came where it says the same, else that of the word or of the nearest one.
fn action(status: Option<LineStatus>, came: Option<&str>, mixed: bool) -> Text {
    let Some(status) = status else { return Text::default() };
    if let Some(came) = came.filter(|came| mixed || (codes::LINE_STATUS.word)(came) == nearest(status)) {
        return Text::new(came);
    }
    (codes::LINE_STATUS.code)(status).map(Text::new_static).unwrap_or_default()
}

fn nearest(status: LineStatus) -> LineStatus {
    (codes::LINE_STATUS.code)(status).map_or(status, codes::LINE_STATUS.word)
}

/// The QVR that says why a line was changed.
fn variance(answer: &LineAcknowledgement, ordered: &Option<Quantity>) -> Option<Variance> {
    let (kind, reason) = match answer.status {
        LineStatus::PartialBackordered => ("BP", ""),
        LineStatus::AcceptedPartially => ("CP", ""),
        LineStatus::PriceChanged => ("", "UP"),
        LineStatus::DateChanged => ("", "DC"),
        _ => return None,
    };
    let quantity = match (&answer.quantity, ordered) {
        (Some(is), Some(was)) if is.unit == was.unit && is.value != was.value && reason.is_empty() => {
            is.value.checked_sub(was.value)
        }
        _ => None,
    };
    Some(Variance { quantity, kind, reason })
}

impl Plan {
    /// Writes QTY, DTM, QVR and SCC; LIN has the [`Plan::action`].
    pub(crate) fn write(mut self, walk: &mut Walk<'_>) {
        if walk.is_reading() {
            return;
        }
        for (code, quantity) in &mut self.quantities {
            walk.once("QTY", |e| {
                e.constant((1, 1), code);
                e.required_quantity((1, 2), (1, 3), quantity);
            });
        }
        walk.each("DTM", &mut self.dates, date::dtm);
        if let Some(mut variance) = self.variance {
            walk.once("QVR", |e| {
                e.decimal((1, 1), &mut variance.quantity);
                if e.has((1, 1)) {
                    // 6063 = 21: against what was ordered.
                    e.constant((1, 2), "21");
                }
                e.constant((2, 1), variance.kind);
                e.constant((3, 1), variance.reason);
            });
        }
        if self.deliveries.is_empty() {
            return;
        }
        walk.write_loop("SCC", |w| {
            // 4017 = 1: firm.
            w.once("SCC", |e| e.constant((1, 1), "1"));
            for (code, quantity, dates) in &mut self.deliveries {
                w.write_loop("QTY", |part| {
                    part.once("QTY", |e| {
                        e.constant((1, 1), code);
                        e.required_quantity((1, 2), (1, 3), quantity);
                    });
                    part.each("DTM", dates, date::dtm);
                });
            }
        });
    }
}
