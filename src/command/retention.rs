//! `portway retention show|run`: what is kept, what would go, what stays because it is owed; and a round now.
//!
//! `show` changes nothing. `run` does what a gateway does a few times a day, and says so in the audit trail. Exit: 0 fine, 1 something must
//! wait for a later round or another round is under way, 3 database unreachable.

use super::actor::actor;
use super::arguments::RetentionVerb;
use super::listing::table;
use super::output::shown;
use super::{PROBLEMS, connect, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::retention::{Before, Kept, Report, Round};
use crate::profile::Configuration;
use crate::profile::retention::Retention;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: RetentionVerb) -> ExitCode {
    let (configuration, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let now = SystemClock.now();
    let before = Before::of(&configuration.gateway.retention, configuration.longest_window(), now);
    match verb {
        RetentionVerb::Show { json } => match ledger.kept(before, now).await {
            Ok(kept) => {
                show(&configuration, &kept, json);
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error),
        },
        RetentionVerb::Run { json } => match ledger.retain(before, &actor(), false, now).await {
            Ok(Round::Done(report)) => ran(&report, json),
            Ok(Round::Elsewhere) => {
                anstream::eprintln!("error: another round is under way: see 'portway audit list --on all'");
                ExitCode::from(PROBLEMS)
            }
            Err(error) => fail(&error),
        },
    }
}

fn ran(report: &Report, as_json: bool) -> ExitCode {
    if as_json {
        anstream::println!("{}", serde_json::to_value(report).unwrap_or_default());
    } else if report.is_empty() && report.left.is_empty() {
        anstream::println!("Nothing is old enough to go.");
    } else {
        gone(report, "Removed");
    }
    if report.left.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) }
}

fn ages(retention: &Retention) -> [(&'static str, String); 7] {
    [
        ("payloads", retention.payloads.to_string()),
        ("documents", retention.documents.to_string()),
        ("history", retention.history.to_string()),
        ("audit", retention.audit.to_string()),
        ("test", retention.test.to_string()),
        ("junk", retention.junk.to_string()),
        ("keys", retention.keys.to_string()),
    ]
}

fn show(configuration: &Configuration, kept: &Kept, as_json: bool) {
    let ages = ages(&configuration.gateway.retention);
    if as_json {
        let mut all = serde_json::to_value(kept).unwrap_or_default();
        all["ages"] = json!(ages.iter().cloned().collect::<std::collections::BTreeMap<_, _>>());
        anstream::println!("{all}");
        return;
    }
    let mut classes = table(["CLASS", "KEPT FOR", "OLDEST"]);
    for (class, age) in &ages {
        let oldest = kept.oldest.get(*class).cloned().flatten().unwrap_or_default();
        classes.add_row([(*class).to_owned(), age.clone(), oldest]);
    }
    anstream::println!("{classes}\n");
    let mut months = table(["TABLE", "MONTH", "MB", "ROWS, ABOUT"]);
    for size in kept.months.iter().filter(|size| size.rows > 0 || size.bytes > 1 << 17) {
        let bytes = format!("{:.1}", size.bytes as f64 / 1e6);
        months.add_row([size.table.clone(), size.month.clone(), bytes, size.rows.to_string()]);
    }
    anstream::println!("{months}\n");
    if kept.would_go.is_empty() {
        anstream::println!("Nothing would go now.");
    } else {
        gone(&kept.would_go, "Would go now");
    }
    if kept.owed_count > 0 {
        anstream::println!("\nOld, and stays until it is done: {} messages", kept.owed_count);
        let mut owed = table(["MESSAGE", "PARTNER", "RECEIVED", "WHY"]);
        for line in &kept.owed {
            let partner = shown(line.partner.as_deref().unwrap_or_default());
            owed.add_row([line.message.to_string(), partner, line.received_at.clone(), shown(&line.why)]);
        }
        anstream::println!("{owed}");
    }
    if let Some(last) = &kept.last_round {
        anstream::println!("\nLast round: {last}");
    }
}

fn gone(report: &Report, title: &str) {
    anstream::println!("{title}:");
    for (class, count) in &report.messages {
        anstream::println!("  {count} messages with all that is known of them ({class})");
    }
    for month in &report.months {
        let kept = if month.kept > 0 { format!(", {} stay", month.kept) } else { String::new() };
        anstream::println!("  {} of {}: {} rows{kept}", month.class, month.month, month.rows);
    }
    for (count, what) in [
        (report.keys, "numbers and keys of repetitions"),
        (report.wire, "originals of AS2 messages"),
        (report.alerts, "closed alerts"),
    ] {
        if count > 0 {
            anstream::println!("  {count} {what}");
        }
    }
    for left in &report.left {
        anstream::println!("  not yet: {left}");
    }
}
