//! `portway reload`: checks the configuration here first, then makes every running gateway read it again, and says what changed.

use super::actor::actor;
use super::connect;
use super::{BAD_CONFIGURATION, PROBLEMS, UNREACHABLE, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::{Error, Ledger};
use crate::profile::{Problem, render};
use serde_json::Value;
use std::collections::HashSet;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long the gateways have to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// Exit 0: in force everywhere, whole. 1: in force, but parts kept their last good version. 78: gateway.toml is broken.
pub async fn run(dir: &Path, json: bool) -> ExitCode {
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    if !configuration.problems.is_empty() {
        anstream::eprint!("{}", render(&configuration.problems, std::io::stderr().is_terminal()));
    }
    let ledger = match connect::ledger(&configuration).await {
        Ok(ledger) => ledger,
        Err(exit) => return exit,
    };
    match ask(&ledger).await {
        Ok(reports) if reports.is_empty() => {
            anstream::eprintln!("error: no running gateway answered; is one running? See 'portway status'");
            ExitCode::from(UNREACHABLE)
        }
        Ok(reports) => say(&reports, json, configuration.problems.iter().any(Problem::is_error)),
        Err(error) => fail(&error),
    }
}

/// Rings, and waits until every node seen lately has said what it did.
async fn ask(ledger: &Ledger) -> Result<Vec<(Uuid, Value)>, Error> {
    let since = SystemClock.now();
    let lately = since.checked_sub(jiff::SignedDuration::from_mins(2)).unwrap_or(since);
    let expected: HashSet<Uuid> = ledger.nodes_since(lately).await?.into_iter().map(|(id, ..)| id).collect();
    ledger.ask_for_reload(&actor(), since).await?;
    let started = Instant::now();
    loop {
        let reports = ledger.reloads_since(since).await?;
        let answered: HashSet<Uuid> = reports.iter().map(|(id, _)| *id).collect();
        if expected.is_subset(&answered)
            || started.elapsed() > PATIENCE
            || !answered.is_empty() && started.elapsed() > Duration::from_secs(3)
        {
            return Ok(reports);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn say(reports: &[(Uuid, Value)], json: bool, problems: bool) -> ExitCode {
    let mut kept = problems;
    for (node, report) in reports {
        if json {
            anstream::println!("{}", serde_json::json!({ "node": node, "report": report }));
        } else {
            anstream::println!("gateway {node}: reloaded");
            for key in ["added", "changed", "removed", "kept_last_good", "obligations"] {
                let names: Vec<&str> =
                    report[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                if !names.is_empty() {
                    anstream::println!("  {}: {}", key.replace('_', " "), names.join(", "));
                }
            }
        }
        if report["gateway_kept"] == Value::Bool(true) {
            return ExitCode::from(BAD_CONFIGURATION);
        }
        kept |= report["kept_last_good"].as_array().is_some_and(|k| !k.is_empty());
    }
    if kept { ExitCode::from(PROBLEMS) } else { ExitCode::SUCCESS }
}
