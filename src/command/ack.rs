//! `portway ack list|waive`: the acknowledgements that we expect of partners. So far those are receipts (MDN) of AS2 messages.
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
use crate::ledger::as2::ExpectedLine;
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
    let mut lines = table(["ID", "KIND", "STATE", "PARTNER", "MESSAGE", "SINCE", "DUE", "THE MESSAGE IS"]);
    for line in &all {
        lines.add_row([
            line.id.to_string(),
            line.kind.clone(),
            line.state.clone(),
            shown(line.partner.as_deref().unwrap_or("-")),
            line.message.to_string(),
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
        (None, None) if line.mdn.as_deref() == Some("sync") => "in the answer".to_owned(),
        (None, None) => "once handed over".to_owned(),
    }
}

async fn waive(ledger: &Ledger, id: &str, reason: &str) -> Result<(), Error> {
    let now = SystemClock.now();
    let waived = ledger.waive(id, &actor(), reason, now).await?;
    if let Some(partner) = waived.partner.filter(|_| waived.last) {
        // A person has dealt with it: no mail says that it is over.
        ledger.close_alert(&overdue_cause(&partner), now).await?;
    }
    anstream::eprintln!(
        "no receipt is waited for any more; what happened: 'portway message show {}'",
        waived.message
    );
    Ok(())
}
