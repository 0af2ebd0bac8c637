//! `portway audit list`: who changed what, when, through what, and why; the newest first.
//!
//! Promises: only reads. What the gateway does by itself (tries, answers, alerts) is not here: `portway doc show` and `portway message show`
//! have that. Exit: 0 fine, 2 `--since` is no age, 3 gateway or database unreachable, 5 nothing has the key of `--on`.

use super::arguments::AuditVerb;
use super::listing::{since, table};
use super::output::shown;
use super::{connect, fail};
use crate::ledger::audit::{Asked, Entry};
use crate::ledger::{Error, Ledger};
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: AuditVerb) -> ExitCode {
    let AuditVerb::List { since: age, actor, through, on, limit, json } = verb;
    let since = match since(age.as_deref()) {
        Ok(since) => since,
        Err(exit) => return exit,
    };
    let (_, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let (actor, through) = (actor.as_deref(), through.as_deref());
    let asked = Asked { since, actor, through, on: on.as_deref(), most: limit };
    match list(&ledger, &asked, json).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn list(ledger: &Ledger, asked: &Asked<'_>, json: bool) -> Result<(), Error> {
    let entries = ledger.audit(asked).await?;
    if json {
        for entry in &entries {
            anstream::println!("{}", serde_json::to_value(entry).unwrap_or_default());
        }
        return Ok(());
    }
    let mut lines = table(["WHEN", "ACTOR", "THROUGH", "VERB", "ON", "PARTNER", "REASON", "WHAT"]);
    for entry in &entries {
        lines.add_row([
            entry.at.clone(),
            shown(&entry.actor),
            through(entry),
            entry.verb.clone(),
            shown(&format!("{} {}", entry.kind, entry.subject)),
            shown(entry.partner.as_deref().unwrap_or_default()),
            shown(entry.reason.as_deref().unwrap_or_default()),
            shown(&what(&entry.detail)),
        ]);
    }
    anstream::println!("{lines}");
    Ok(())
}

/// `command gate1 (root)`, `api 10.0.0.7`.
fn through(entry: &Entry) -> String {
    let text = |key: &str| entry.whence.get(key).and_then(Value::as_str);
    let mut words = vec![entry.through.clone()];
    words.extend(text("host").or(text("remote")).map(shown));
    words.extend(text("user").filter(|user| *user != entry.actor).map(|user| format!("({})", shown(user))));
    words.join(" ")
}

/// Before and after, and what else is short.
fn what(detail: &Value) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let short = |value: &Value| plain(value).chars().take(12).collect::<String>();
    let mut words = Vec::new();
    for (key, value) in detail.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("before", _) | ("documents", _) => {}
            ("after", after) => {
                let before = detail.get("before").map_or_else(|| "nothing".to_owned(), short);
                words.push(format!("{before} -> {}", short(after)));
            }
            ("changes", Value::Object(changes)) => {
                words.extend(changes.iter().map(|(key, value)| format!("{key}: {}", plain(value))));
            }
            (key, value) => words.push(format!("{key}={}", plain(value))),
        }
    }
    words.join(", ")
}
