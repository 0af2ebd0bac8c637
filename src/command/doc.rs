//! `portway doc list|show|redeliver|hold|release|cancel`: documents, their timelines, and what a person may do with them.

use super::arguments::{DocVerb, Order as Asked};
use super::connect;
use super::fail;
use super::listing::{deliveries, filter, findings, state, table, timeline};
use super::output::shown;
use crate::clock::{Clock, SystemClock};
use crate::ledger::delivery::Order;
use crate::ledger::document::{DocumentLine, Filter};
use crate::ledger::{Error, Ledger};
use crate::pipeline::again::translate_again;
use crate::pipeline::route::{self, Route};
use crate::profile::Configuration;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: DocVerb) -> ExitCode {
    let (configuration, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let done = match verb {
        DocVerb::List { list, kind } => match filter(&list) {
            Ok(filter) => show_list(&ledger, &Filter { kind, ..filter }, list.json).await,
            Err(exit) => return exit,
        },
        DocVerb::Show { document, json } => show(&ledger, &document, json).await,
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
    let mut lines = table(["ID", "PARTNER", "SET", "NUMBER", "STATE", "ANSWER", "RECEIVED"]);
    for d in &documents {
        lines.add_row([
            d.id.to_string(),
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
        let deliveries_of = ledger.deliveries_of(document.id).await?;
        let acknowledgements = ledger.acknowledgements_of_message(document.message_id).await?;
        let events = ledger.timeline(document.id).await?;
        if as_json {
            let data = ledger.payload(document.id).await?;
            let event: Option<Value> = serde_json::from_slice(&data).ok();
            let all = json!({ "document": document, "deliveries": deliveries_of, "acknowledgements": acknowledgements,
                "history": events, "event": event });
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
        deliveries(&deliveries_of);
        timeline(&events);
        anstream::println!();
    }
    Ok(())
}

/// The one document that a person means.
async fn the(ledger: &Ledger, asked: &Asked) -> Result<DocumentLine, Error> {
    let mut found = ledger.find_documents(&asked.document).await?;
    match found.len() {
        1 => Ok(found.remove(0)),
        n => Err(Error::Refused(format!(
            "{} names {n} documents: give the id of one\n{}",
            asked.document,
            found
                .iter()
                .map(|d| format!("  {}  {}  {}", d.id, state(d), d.received_at))
                .collect::<Vec<_>>()
                .join("\n")
        ))),
    }
}

async fn order(ledger: &Ledger, asked: &Asked, order: Order) -> Result<(), Error> {
    let document = the(ledger, asked).await?;
    let touched = ledger
        .order_deliveries(document.id, asked.endpoint.as_deref(), order, &asked.reason, SystemClock.now())
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

async fn cancel(ledger: &Ledger, asked: &Asked) -> Result<(), Error> {
    let document = the(ledger, asked).await?;
    if ledger.cancel_held_set(document.id, &asked.reason, SystemClock.now()).await? {
        anstream::eprintln!("document {} is cancelled: it will not be posted", document.id);
        return Ok(());
    }
    order(ledger, asked, Order::Cancel).await
}

/// A document held as a whole gets its deliveries by today's profile; held deliveries go on.
async fn release(ledger: &Ledger, configuration: &Configuration, asked: &Asked) -> Result<(), Error> {
    let document = the(ledger, asked).await?;
    if document.state != "held" {
        return order(ledger, asked, Order::Release).await;
    }
    let profile = configuration.partner(&document.partner).ok_or_else(|| {
        Error::Refused(format!("there is no profile {} any more: restore it first", document.partner))
    })?;
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
        true => Some(translate_again(ledger, configuration, profile, &document).await?),
        false => None,
    };
    let made = again.as_ref().map(|again| (&again.event[..], &again.findings));
    ledger.release_set(document.id, &rows, made, &asked.reason, SystemClock.now()).await?;
    anstream::eprintln!(
        "document {} goes to {}",
        document.id,
        hops.iter().map(|h| h.endpoint.as_str()).collect::<Vec<_>>().join(", ")
    );
    Ok(())
}
