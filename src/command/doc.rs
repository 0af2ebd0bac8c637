//! `portway doc list|show|redeliver|hold|release|cancel`: documents, their timelines, and what a person may do with them. An order's thread is
//! shown by [`super::thread`], what goes once more by [`super::anew`].

use super::actor::actor;
use super::anew::{self, Verb};
use super::arguments::{Anew, DocVerb, Order as Asked};
use super::connect;
use super::fail;
use super::listing::{deliveries, filter, findings, removed as removed_by_age, state, table, timeline};
use super::output::shown;
use super::thread;
use crate::clock::{Clock, SystemClock};
use crate::ledger::by_hand::Order;
use crate::ledger::document::{DocumentLine, Filter};
use crate::ledger::{Error, Ledger};
use crate::pipeline::again::translate_again;
use crate::pipeline::results;
use crate::pipeline::route::{self, Route};
use crate::profile::Configuration;
use crate::profile::partner::Status;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: DocVerb) -> ExitCode {
    let (configuration, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let done = match verb {
        DocVerb::List { list, kind, direction } => match filter(&list) {
            Ok(filter) => show_list(&ledger, &Filter { kind, direction, ..filter }, list.json).await,
            Err(exit) => return exit,
        },
        DocVerb::Show { document, json } => match thread::order(&document) {
            Some(number) => thread::show(&ledger, &configuration, number, json).await,
            None => show(&ledger, &document, json).await,
        },
        DocVerb::Resend(asked) => return anew::run(&ledger, &configuration, Verb::Resend, &asked).await,
        DocVerb::Reissue(asked) => return anew::run(&ledger, &configuration, Verb::Reissue, &asked).await,
        DocVerb::Reprocess { anew, all, direction } => {
            let asked = Anew { all, direction, ..anew };
            return anew::run(&ledger, &configuration, Verb::Reprocess, &asked).await;
        }
        DocVerb::Notify { document } => super::notify::notify(&ledger, &configuration, &document).await,
        DocVerb::Redeliver(asked) => order(&ledger, &asked, Order::Redeliver).await,
        DocVerb::Hold(asked) => order(&ledger, &asked, Order::Hold).await,
        DocVerb::Cancel(asked) => cancel(&ledger, &asked).await,
        DocVerb::Release(asked) => release(&ledger, &configuration, &asked).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn show_list(ledger: &Ledger, filter: &Filter, json: bool) -> Result<(), Error> {
    let documents = ledger.documents(filter).await?;
    if json {
        for document in &documents {
            anstream::println!("{}", serde_json::to_value(document).unwrap_or_default());
        }
        return Ok(());
    }
    let mut lines = table(["ID", "", "PARTNER", "SET", "NUMBER", "STATE", "ANSWER", "RECEIVED"]);
    for d in &documents {
        lines.add_row([
            d.id.to_string(),
            d.direction.clone(),
            d.partner.clone(),
            d.code.clone(),
            shown(d.number.as_deref().unwrap_or_default()),
            state(d),
            d.answer.clone().unwrap_or_default(),
            d.received_at.clone(),
        ]);
    }
    anstream::println!("{lines}");
    Ok(())
}

pub(super) async fn show(ledger: &Ledger, reference: &str, as_json: bool) -> Result<(), Error> {
    for document in ledger.find_documents(reference).await? {
        if document.direction == "out" {
            show_ours(ledger, &document, as_json).await?;
            continue;
        }
        let deliveries_of = ledger.deliveries_of(document.id).await?;
        let acknowledgements = ledger.acknowledgements_of_message(document.message_id).await?;
        let events = ledger.timeline(document.id).await?;
        let result = ledger.result_of(document.id).await?;
        let removed = ledger.content_removed(document.id).await?;
        if as_json {
            let data = if removed.is_some() { Vec::new() } else { ledger.payload(document.id).await? };
            let event: Option<Value> = serde_json::from_slice(&data).ok();
            let all = json!({ "document": document, "deliveries": deliveries_of, "acknowledgements": acknowledgements,
                "history": events, "event": event, "result": result, "content_removed_at": removed });
            anstream::println!("{all}");
            continue;
        }
        anstream::println!(
            "{} {} from {}: {}  (answer {}, {})",
            document.code,
            shown(document.number.as_deref().unwrap_or("without a number")),
            document.partner,
            state(&document),
            document.answer.as_deref().unwrap_or("none"),
            if document.usage == "P" { "live" } else { "test" }
        );
        anstream::println!(
            "  document {}\n  message  {}\n  thread   {}",
            document.id,
            document.message_id,
            document.thread_id
        );
        removed_by_age(removed.as_deref());
        revised(&document);
        if document.unmapped > 0 {
            anstream::println!(
                "  {} elements are not mapped: they stand under 'unmapped' in the document",
                document.unmapped
            );
        }
        findings(&document.findings, "  ");
        for a in &acknowledgements {
            anstream::println!("  {} {} {}", a.kind, a.code.as_deref().unwrap_or("-"), a.state);
        }
        if let Some(result) = &result {
            anstream::println!("  {}", shown(&results::shown(result)));
        }
        deliveries(&deliveries_of);
        timeline(&events);
        anstream::println!();
    }
    Ok(())
}

fn revised(document: &DocumentLine) {
    if let Some(revises) = document.revises {
        anstream::println!("  made again from {revises}");
    }
}

/// A document of ours: the interchanges it left in, what became of them, and what was answered.
async fn show_ours(ledger: &Ledger, document: &DocumentLine, as_json: bool) -> Result<(), Error> {
    let left = ledger.left_in(document.id).await?;
    let mut sent = Vec::new();
    for interchange in &left {
        sent.extend(ledger.deliveries_of(interchange.message_id).await?);
    }
    let owed = ledger.answers_to(document.id).await?;
    let came = ledger.came_for(document.id).await?;
    let events = ledger.timeline(document.id).await?;
    let removed = ledger.content_removed(document.message_id).await?;
    if as_json {
        let all = json!({ "document": document, "content_removed_at": removed, "interchanges": left, "deliveries": sent, "acknowledgements": owed,
            "answers": came, "history": events });
        anstream::println!("{all}");
        return Ok(());
    }
    anstream::println!(
        "{} {} to {}: {}  (handed over by {}, {})",
        document.code,
        shown(document.number.as_deref().unwrap_or("without a number")),
        document.partner,
        state(document),
        shown(document.source.as_deref().unwrap_or("nobody")),
        if document.usage == "P" { "live" } else { "test" }
    );
    anstream::println!(
        "  document {}\n  message  {}\n  thread   {}",
        document.id,
        document.message_id,
        document.thread_id
    );
    removed_by_age(removed.as_deref());
    revised(document);
    if let Some(leaves) = document.leaves_at.as_ref().filter(|_| document.state == "translated") {
        anstream::println!("  leaves at {leaves} at the latest");
    }
    for i in &left {
        anstream::println!(
            "  interchange {} group {} set {} in message {}",
            i.control_number.as_deref().unwrap_or("-"),
            i.group_number.as_deref().filter(|group| !group.is_empty()).unwrap_or("-"),
            i.set_number.as_deref().unwrap_or("-"),
            i.message_id
        );
    }
    deliveries(&sent);
    for a in &owed {
        let due = a.due_at.as_ref().map(|due| format!(", due {due}")).unwrap_or_default();
        let detail = a.detail.as_ref().map(|text| format!(": {}", shown(text))).unwrap_or_default();
        anstream::println!("  {} {}{due}{detail}", a.kind, a.state);
    }
    for a in &came {
        let side = a.side.as_ref().map(|side| format!(" ({side})")).unwrap_or_default();
        anstream::println!("  {} came {}: {}{side} in message {}", a.kind, a.at, a.verdict, a.message_id);
    }
    findings(&document.findings, "  ");
    timeline(&events);
    anstream::println!();
    Ok(())
}

/// The one document that a person means; of revisions the latest.
pub(super) async fn the(ledger: &Ledger, reference: &str) -> Result<DocumentLine, Error> {
    let mut found = ledger.find_documents(reference).await?;
    if found.len() > 1 {
        let revised: Vec<_> = found.iter().filter_map(|d| d.revises).collect();
        found.retain(|d| !revised.contains(&d.id));
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        n => Err(Error::Refused(format!(
            "{reference} names {n} documents: give the id of one\n{}",
            found
                .iter()
                .map(|d| format!("  {}  {}  {}", d.id, state(d), d.received_at))
                .collect::<Vec<_>>()
                .join("\n")
        ))),
    }
}

async fn order(ledger: &Ledger, asked: &Asked, order: Order) -> Result<(), Error> {
    let document = the(ledger, &asked.document).await?;
    if document.direction == "out" {
        return order_ours(ledger, &document, order, asked).await;
    }
    let touched = ledger
        .order_deliveries(
            document.id,
            asked.endpoint.as_deref(),
            order,
            &actor(),
            &asked.reason,
            SystemClock.now(),
        )
        .await?;
    let what = match order {
        Order::Redeliver => "queued again, with the same bytes and the same id",
        Order::Release => "released: they go on, with the same bytes and the same id",
        Order::Hold => "held",
        Order::Cancel => "cancelled",
    };
    anstream::eprintln!("{touched} deliveries {what}; see 'portway doc show {}'", document.id);
    Ok(())
}

/// A document of ours that waits to leave.
async fn order_ours(
    ledger: &Ledger,
    document: &DocumentLine,
    order: Order,
    asked: &Asked,
) -> Result<(), Error> {
    if asked.endpoint.is_some() {
        return Err(Error::Refused(format!(
            "document {} is ours and goes to {}: leave --endpoint out",
            document.id, document.partner
        )));
    }
    ledger.order_waiting(document.id, order, &actor(), &asked.reason, SystemClock.now()).await?;
    let what = match order {
        Order::Hold => "is held: it does not leave until it is released",
        Order::Cancel => "is cancelled: it will not be sent",
        _ => "leaves with the next interchange, at once",
    };
    anstream::eprintln!("document {} {what}", document.id);
    Ok(())
}

async fn cancel(ledger: &Ledger, asked: &Asked) -> Result<(), Error> {
    let document = the(ledger, &asked.document).await?;
    if document.direction == "out" {
        return order_ours(ledger, &document, Order::Cancel, asked).await;
    }
    if ledger.cancel_held_set(document.id, &actor(), &asked.reason, SystemClock.now()).await? {
        anstream::eprintln!("document {} is cancelled: it will not be posted", document.id);
        return Ok(());
    }
    order(ledger, asked, Order::Cancel).await
}

/// A document held as a whole gets its deliveries by today's profile; held deliveries go on.
async fn release(ledger: &Ledger, configuration: &Configuration, asked: &Asked) -> Result<(), Error> {
    let document = the(ledger, &asked.document).await?;
    if document.state != "held" {
        return order(ledger, asked, Order::Release).await;
    }
    let profile = configuration.partner(&document.partner).ok_or_else(|| {
        Error::Refused(format!("there is no profile {} any more: restore it first", document.partner))
    })?;
    if document.direction == "out" {
        if profile.partner.status == Status::Paused {
            let id = &document.partner;
            return Err(Error::Refused(format!(
                "{id} is paused: set status = \"live\" in partners.d/{id}.toml first"
            )));
        }
        return order_ours(ledger, &document, Order::Release, asked).await;
    }
    let usage = document.usage.chars().next().unwrap_or('P');
    let hops = match route::route(configuration, profile, &document.code, usage) {
        Route::To(hops) => hops,
        Route::Held { detail, .. } => {
            return Err(Error::Refused(format!("it would be held again: {detail}")));
        }
    };
    if let Some(endpoint) = &asked.endpoint {
        let all: Vec<&str> = hops.iter().map(|h| h.endpoint.as_str()).collect();
        return Err(Error::Refused(format!(
            "a document that is held as a whole goes to all its endpoints ({}), not to {endpoint} alone: leave --endpoint out",
            all.join(", ")
        )));
    }
    let rows = route::deliveries(profile, &document.code, document.id, document.number.as_deref(), &hops);
    // It became no document when it came: by the profile as it is now, it may.
    let untranslated = matches!(document.reason.as_deref(), Some("transform_failed" | "no_document"));
    let again = match untranslated {
        true => Some(translate_again(ledger, configuration, profile, &document, document.id).await?),
        false => None,
    };
    let made = again.as_ref().map(|again| (&again.event[..], &again.findings));
    ledger.release_set(document.id, &rows, made, &actor(), &asked.reason, SystemClock.now()).await?;
    anstream::eprintln!(
        "document {} goes to {}",
        document.id,
        hops.iter().map(|h| h.endpoint.as_str()).collect::<Vec<_>>().join(", ")
    );
    Ok(())
}
