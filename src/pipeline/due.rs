//! When business answers are due that profiles tie to dates: worked out from the documents of an order's thread, each time one comes.
//!
//! The shipment and the arrival are what the latest document of the partner says, or the warehouse's advice: an order, its answer, a
//! change, a ship notice. A date without a time is a day by the clock of the partner whose document it is: what is due after it counts
//! from that day's end, for until then it may still happen; what is due before it counts from its beginning, for it may happen at once.
//! A warehouse's advice that came on that day proves the shipment. Where it is not known yet, nothing is due. Fails with the ledger.

use crate::ledger::due::{Dated, Moved, Owed, Says, Timed};
use crate::ledger::process::Process;
use crate::ledger::{Result, id};
use crate::profile::PartnerProfile;
use crate::profile::due::{Mark, Term};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use portway_documents::date::{Date, Time};
use portway_documents::{Document, DocumentKind};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a document says of shipment and arrival, by its partner's clock.
pub(super) fn says(document: &Document, profile: &PartnerProfile) -> Says {
    use DocumentKind as K;
    let telling = matches!(
        document.kind(),
        K::PurchaseOrder
            | K::OrderResponse
            | K::OrderChange
            | K::OrderChangeResponse
            | K::ShipNotice
            | K::WarehouseShippingAdvice
    );
    if !telling {
        return Says::default();
    }
    let zone = profile.partner.time_zone.as_ref().map_or(TimeZone::UTC, |zone| zone.get());
    let ends = |said: Option<(Date, Option<Time>)>| match said.and_then(|said| moment(said, &zone)) {
        Some((from, till)) => (Some(from.to_string()), Some(till.to_string())),
        None => (None, None),
    };
    let (ships_from, ships_till) = ends(document.ships());
    let (arrives_from, arrives_till) = ends(document.arrives());
    Says { ships_from, ships_till, arrives_from, arrives_till }
}

/// The first and the last instant of a day, or of the time of that day.
fn moment((date, time): (Date, Option<Time>), zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let at = |date: jiff::civil::Date, time: jiff::civil::Time| {
        Some(zone.to_ambiguous_zoned(date.to_datetime(time)).compatible().ok()?.timestamp())
    };
    if let Some(time) = time {
        let at = at(date.0, time.0)?;
        return Some((at, at));
    }
    Some((
        at(date.0, jiff::civil::Time::midnight())?,
        at(date.0.tomorrow().ok()?, jiff::civil::Time::midnight())?,
    ))
}

/// The answers that we owe for a document that came.
pub(super) fn owed(profile: &PartnerProfile, code: &str, set: Uuid) -> Vec<Owed> {
    let answers = profile.partner.receive.get(code).into_iter().flat_map(|receive| &receive.answers);
    answers
        .map(|(kind, due)| Owed {
            id: id::derive(set, &format!("ours:{kind}"), 0),
            kind: kind.clone(),
            set_id: set,
            terms: due.texts(),
            shipment: None,
            due_at: None,
        })
        .collect()
}

/// Why nothing more is to come for an order, where a document says so: it is cancelled, or rejected.
pub(super) fn ends(document: &Document) -> Option<&'static str> {
    use portway_documents::heading::Purpose;
    use portway_documents::order_response::ResponseStatus as S;
    let rejected =
        |status: S| matches!(status, S::Rejected | S::RejectedWithDetail).then_some("the order was rejected");
    let cancelled =
        |purpose: &Purpose| (*purpose == Purpose::Cancellation).then_some("the order was cancelled");
    match document {
        Document::OrderResponse(d) => rejected(d.status),
        Document::PurchaseOrder(d) => cancelled(&d.purpose),
        Document::OrderChange(d) => cancelled(&d.purpose),
        _ => None,
    }
}

/// Works out anew when the answers are due that hang on the threads of these documents.
pub(super) async fn settle(tx: &mut Process<'_>, sets: &[Uuid]) -> Result<()> {
    if sets.is_empty() {
        return Ok(());
    }
    let timed = tx.timed(sets).await?;
    if !timed.iter().any(|one| one.open || one.direction == "ours") {
        return Ok(());
    }
    let answered: BTreeSet<Uuid> = timed.iter().map(|one| one.set_id).collect();
    let dated = tx.dated(&answered.into_iter().collect::<Vec<_>>()).await?;
    let mut together: BTreeMap<(Uuid, &str, &str), Vec<&Timed>> = BTreeMap::new();
    for one in &timed {
        together.entry((one.set_id, &one.direction, &one.kind)).or_default().push(one);
    }
    let (mut moved, mut more) = (Vec::new(), Vec::new());
    for ((set, _, _), rows) in together {
        let documents: Vec<&Dated> = dated.iter().filter(|document| document.answers == set).collect();
        again(&rows, &documents, &mut moved, &mut more);
    }
    tx.moved(&moved).await?;
    tx.owe_answers(&more).await
}

/// The rows of one kind of answer to one document.
fn again(rows: &[&Timed], documents: &[&Dated], moved: &mut Vec<Moved>, more: &mut Vec<Owed>) {
    let Some(first) = rows.first() else { return };
    let terms: Vec<Term> = first.terms.iter().filter_map(|text| text.parse().ok()).collect();
    let mut free = shipments(first, &terms, rows, documents).into_iter();
    for row in rows.iter().filter(|row| row.open) {
        let shipment = row.shipment.or_else(|| free.next());
        let due_at = due(row, &terms, shipment, documents);
        if due_at != row.due_at() || shipment != row.shipment {
            moved.push(Moved { id: row.id, due_at: due_at.map(|at| at.to_string()), shipment });
        }
    }
    let gone = documents.iter().filter(|d| d.code == first.kind && is_the_answer(first, d)).count();
    let all = documents.iter().filter(|d| is_shipment(first, d)).count();
    let missing = all.saturating_sub(rows.len().max(gone));
    for shipment in free.take(missing) {
        more.push(Owed {
            id: id::derive(first.set_id, &format!("ours:{}:{shipment}", first.kind), 0),
            kind: first.kind.clone(),
            set_id: first.set_id,
            terms: first.terms.clone(),
            shipment: Some(shipment),
            due_at: due(first, &terms, Some(shipment), documents).map(|at| at.to_string()),
        });
    }
}

/// The warehouse's advices that no answer of ours is tied to yet, the oldest first; those answered before they came are left out.
fn shipments(first: &Timed, terms: &[Term], rows: &[&Timed], documents: &[&Dated]) -> Vec<Uuid> {
    if first.direction != "ours" || !terms.iter().any(|term| term.mark == Mark::Shipment && !term.before) {
        return Vec::new();
    }
    let before = rows.iter().filter(|row| !row.open && row.shipment.is_none()).count();
    let tied = |id: &Uuid| rows.iter().any(|row| row.shipment == Some(*id));
    let all = documents.iter().filter(|d| is_shipment(first, d)).map(|d| d.id);
    all.filter(|id| !tied(id)).skip(before).collect()
}

/// A warehouse's word that goods have left: a 945, or the despatch advice of a third party, for which EDIFACT has no set of its own.
fn is_shipment(row: &Timed, document: &Dated) -> bool {
    let advice = document.document == DocumentKind::WarehouseShippingAdvice.name();
    let notice = document.document == DocumentKind::ShipNotice.name() && document.partner != row.partner;
    document.direction == "in" && (advice || notice)
}

/// Whether a document goes the way that the answer goes.
fn is_the_answer(row: &Timed, document: &Dated) -> bool {
    let way = if row.direction == "ours" { "out" } else { "in" };
    document.direction == way && document.partner == row.partner
}

/// The earliest of the terms whose dates are known.
fn due(row: &Timed, terms: &[Term], shipment: Option<Uuid>, documents: &[&Dated]) -> Option<Timestamp> {
    let at = |term: &Term| {
        let base = match &term.mark {
            Mark::Document => Some(row.came()),
            Mark::Set(code) => documents
                .iter()
                .find(|document| document.code == *code && is_the_answer(row, document))
                .map(|document| document.came()),
            Mark::Shipment => said(row, shipment, documents, Dated::ships).map(|ends| end(ends, term.before)),
            Mark::Arrival => said(row, None, documents, Dated::arrives).map(|ends| end(ends, term.before)),
        }?;
        let span = SignedDuration::try_from(term.span.duration()).ok()?;
        base.checked_add(if term.before { -span } else { span }).ok()
    };
    terms.iter().filter_map(at).min()
}

fn end((from, till): (Timestamp, Timestamp), before: bool) -> Timestamp {
    if before { from } else { till }
}

/// What the latest document says; of a shipment, its advice.
fn said(
    row: &Timed,
    shipment: Option<Uuid>,
    documents: &[&Dated],
    of: impl Fn(&Dated) -> Option<(Timestamp, Timestamp)>,
) -> Option<(Timestamp, Timestamp)> {
    let concerns = |d: &Dated| d.partner == row.partner || is_shipment(row, d);
    let mut latest = documents.iter().rev().filter(|d| concerns(d) && shipment.is_none_or(|id| id == d.id));
    let proven = |document: &&&Dated| {
        let (from, till) = of(document)?;
        let came = document.came();
        // What a warehouse says has left that day has left by now.
        Some(if is_shipment(row, document) && from <= came { (from, till.min(came)) } else { (from, till) })
    };
    latest.find_map(|document| proven(&document))
}
