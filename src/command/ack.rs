//! `portway ack list|waive`: the acknowledgements and answers that we expect of partners, and the business answers that we owe them.
//!
//! Promises: `list` only reads; `waive` ends the waiting for one, with its reason in the message's history, and sends nothing. A
//! receipt that comes all the same is still written down, and counts as late.
//! Exit: 0 fine, 1 it cannot be waived, 3 gateway or database unreachable, 5 no such acknowledgement, 78 bad configuration.

use super::actor::actor;
use super::arguments::AckVerb;
use super::listing::table;
use super::output::shown;
use super::{connect, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::as2::{ExpectedLine, Waived};
use crate::ledger::{Error, Ledger};
use crate::transport::as2::overdue_cause;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: AckVerb) -> ExitCode {
    let (_, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let done = match verb {
        AckVerb::List { overdue, json } => list(&ledger, overdue, json).await,
        AckVerb::Waive { id, reason } => waive(&ledger, &id, &reason).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn list(ledger: &Ledger, overdue: bool, json: bool) -> Result<(), Error> {
    let all = ledger.acknowledgements_expected(overdue, SystemClock.now()).await?;
    if json {
        for line in &all {
            anstream::println!("{}", serde_json::to_value(line).unwrap_or_default());
        }
        return Ok(());
    }
    if all.is_empty() {
        anstream::eprintln!("{}", if overdue { "Nothing is overdue." } else { "Nothing is expected." });
        return Ok(());
    }
    let mut lines = table([
        "ID",
        "KIND",
        "STATE",
        "WHOSE",
        "PARTNER",
        "FOR",
        "MESSAGE",
        "SINCE",
        "DUE",
        "THE MESSAGE IS",
    ]);
    for line in &all {
        lines.add_row([
            line.id.to_string(),
            line.kind.clone(),
            line.state.clone(),
            line.whose.clone(),
            shown(line.partner.as_deref().unwrap_or("-")),
            shown(line.answers.as_deref().unwrap_or("-")),
            line.message.map_or_else(|| "-".to_owned(), |message| message.to_string()),
            line.since.clone(),
            due(line),
            line.delivery.clone().unwrap_or_default(),
        ]);
    }
    anstream::println!("{lines}");
    Ok(())
}

fn due(line: &ExpectedLine) -> String {
    match (&line.due_at, &line.overdue_since) {
        (Some(due), _) => due.clone(),
        (None, Some(since)) => format!("was {since}"),
        (None, None) if line.terms.is_some() => line.terms.clone().unwrap_or_default(),
        (None, None) if line.mdn.as_deref() == Some("sync") => "in the answer".to_owned(),
        (None, None) => "once handed over".to_owned(),
    }
}

async fn waive(ledger: &Ledger, id: &str, reason: &str) -> Result<(), Error> {
    let now = SystemClock.now();
    let waived = ledger.waive(id, &actor(), reason, now).await?;
    let Waived { look, kind, ours, partner, last } = waived;
    // A person has dealt with it: no mail says that it is over.
    match partner {
        Some(partner) if ours => {
            for (which, soon) in [("owed", false), ("owed-soon", true)] {
                if !ledger.any_ours(&partner, &kind, soon).await? {
                    ledger.close_alert(&format!("partner:{partner}:{which}:{kind}"), now).await?;
                }
            }
        }
        Some(partner) if last => ledger.close_alert(&overdue_cause(&partner), now).await?,
        _ => {}
    }
    let what = if ours { "no answer of ours is owed" } else { "no receipt is waited for" };
    anstream::eprintln!("{what} any more; what happened: 'portway {look}'");
    Ok(())
}
