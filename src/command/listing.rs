//! How documents and messages are listed and shown: filters, tables, findings, deliveries, timelines.

use super::USAGE;
use super::arguments::ListArguments;
use super::output::shown;
use crate::clock::{Clock, SystemClock};
use crate::ledger::document::{DeliveryLine, DocumentLine, Filter};
use crate::ledger::history::Event;
use comfy_table::{Table, presets};
use jiff::Timestamp;
use serde_json::Value;
use std::process::ExitCode;

/// A list's arguments as the ledger takes them.
pub fn filter(list: &ListArguments) -> Result<Filter, ExitCode> {
    let since = since(list.since.as_deref())?;
    Ok(Filter {
        partner: list.partner.clone(),
        state: list.state.clone(),
        direction: None,
        kind: None,
        since,
        most: list.limit,
    })
}

/// `--since 2h`: the instant that long ago.
pub fn since(age: Option<&str>) -> Result<Option<Timestamp>, ExitCode> {
    let Some(age) = age else { return Ok(None) };
    match age.parse::<crate::profile::duration::Span>() {
        Ok(age) => {
            let age = jiff::SignedDuration::try_from(age.duration()).unwrap_or_default();
            Ok(SystemClock.now().checked_sub(age).ok())
        }
        Err(error) => {
            anstream::eprintln!("error: --since {age}: {error}");
            Err(ExitCode::from(USAGE))
        }
    }
}

/// A table as all verbs print it.
pub fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table
}

/// The state with its reason.
pub fn state(document: &DocumentLine) -> String {
    match &document.reason {
        Some(reason) => format!("{} ({reason})", document.state),
        None => document.state.clone(),
    }
}

/// Findings, a line each, with what they mean for the partner's answer.
pub fn findings(all: &Value, indent: &str) {
    for finding in all.as_array().into_iter().flatten() {
        let text = |key: &str| finding.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut at = text("segment").to_owned();
        if let Some(element) = finding.get("element").and_then(Value::as_u64) {
            at += &format!("{element:02}");
        }
        if let Some(position) = finding.get("position").and_then(Value::as_u64) {
            at += &format!(" (segment {position})");
        }
        let value =
            finding.get("value").and_then(Value::as_str).map(|v| format!(" {v:?}")).unwrap_or_default();
        anstream::println!(
            "{indent}{} {} at {at}{value}: {}",
            text("severity"),
            text("code"),
            shown(text("message"))
        );
        if !text("help").is_empty() {
            anstream::println!("{indent}  help: {}", text("help"));
        }
    }
}

pub fn deliveries(all: &[DeliveryLine]) {
    for d in all {
        let next = d.next_try_at.as_ref().map(|n| format!(", next try {n}")).unwrap_or_default();
        let detail = d.detail.as_ref().map(|t| format!(": {}", shown(t))).unwrap_or_default();
        anstream::println!(
            "  to {} {} ({}): {}, tries {}{next}{detail}",
            d.target_kind,
            d.target,
            d.way,
            d.state,
            d.tries
        );
    }
}

pub fn timeline(events: &[Event]) {
    for event in events {
        let detail = match event.detail.as_object() {
            Some(fields) => {
                fields.iter().map(|(k, v)| format!("{k}={}", plain(v))).collect::<Vec<_>>().join(" ")
            }
            None => String::new(),
        };
        anstream::println!("  {}  {:<26} {detail}", event.at, event.event);
    }
}

fn plain(value: &Value) -> String {
    shown(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// That the content went by age, where it did.
pub(super) fn removed(when: Option<&str>) {
    if let Some(when) = when {
        anstream::println!("  its content was removed by retention on {}", when.get(..10).unwrap_or(when));
    }
}
