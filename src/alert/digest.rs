//! The daily digest: one mail that says what broke, what mended itself, what is due, and what waits for a person.
//!
//! Promises: one a day at the hour of `[alerts] digest`, on however many gateways; one that was missed because none ran goes when the
//! first runs again that day. On a quiet day it says so, or does not go, by `digest_when_quiet`.
//! Fails with the ledger's error only; the next look makes it good.

use crate::ledger::Ledger;
use crate::ledger::absence::{Day, Heap, Told};
use crate::profile::Configuration;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::fmt::Write;

/// The first digest of all is not sent for an hour that has long passed.
const FIRST: SignedDuration = SignedDuration::from_hours(2);

/// Writes today's digest if its hour has come.
///
/// # Errors
/// The ledger's.
pub async fn look(
    ledger: &Ledger,
    configuration: &Configuration,
    now: Timestamp,
) -> crate::ledger::Result<()> {
    let alerts = &configuration.gateway.alerts;
    let Some(hour) = alerts.digest else { return Ok(()) };
    let zone = alerts.time_zone.as_ref().map_or(TimeZone::UTC, |zone| zone.get());
    let Some((begin, at)) = hour.last_on(now, &zone, |_| true) else { return Ok(()) };
    let local = at.to_zoned(zone.clone());
    let day = local.date().to_string();
    let last = ledger.last_digest().await?;
    if last.as_deref().is_some_and(|last| last >= day.as_str()) {
        return Ok(());
    }
    if last.is_none() && now.duration_since(at) > FIRST {
        ledger.write_digest(&day, None, now).await?;
        return Ok(());
    }
    let since = at.checked_sub(SignedDuration::from_hours(24)).unwrap_or(at);
    let midnight = begin.to_zoned(zone).checked_add(1.day()).map_or(at, |midnight| midnight.timestamp());
    let found = ledger.day(since, midnight).await?;
    let quiet =
        found.broke.is_empty() && found.mended.is_empty() && found.due.is_empty() && found.waits.is_empty();
    let (title, text) = words(&local.strftime("%A, %Y-%m-%d").to_string(), &found);
    let mail = (!quiet || alerts.digest_when_quiet).then_some((title.as_str(), text.as_str()));
    if ledger.write_digest(&day, mail, now).await? {
        tracing::info!(day, mailed = mail.is_some(), "the day's digest is written");
    }
    Ok(())
}

/// Subject and text.
fn words(day: &str, found: &Day) -> (String, String) {
    let open = found.broke.iter().filter(|told| told.open).count();
    let waits: i64 = found.waits.iter().map(|heap| heap.many).sum();
    let due: i64 = found.due.iter().map(|heap| heap.many).sum();
    let title = match (open, waits) {
        (0, 0) if found.broke.is_empty() => format!("{day}: nothing broke"),
        _ => {
            format!("{day}: {open} open, {} mended, {waits} wait for a person, {due} due", found.mended.len())
        }
    };
    let mut text = String::new();
    let mut part = |heading: &str, none: &str, lines: Vec<String>, look: &str| {
        let _ = writeln!(text, "{heading}");
        if lines.is_empty() {
            let _ = writeln!(text, "  {none}\n");
            return;
        }
        lines.iter().for_each(|line| text += &format!("  {line}\n"));
        let _ = writeln!(text, "  Look at it:  {look}\n");
    };
    part(
        "WHAT BROKE, AND WHAT IS STILL OPEN",
        "nothing broke",
        found.broke.iter().map(told).collect(),
        "portway status",
    );
    part("WHAT MENDED ITSELF", "nothing", found.mended.iter().map(told).collect(), "portway status");
    part("DUE TODAY", "no acknowledgement", heaps(&found.due, "until"), "portway ack list");
    part(
        "WHAT WAITS FOR A PERSON",
        "nothing",
        heaps(&found.waits, "since"),
        "portway doc list --state held; portway message list --quarantined; portway endpoint list",
    );
    (title, text)
}

fn told(told: &Told) -> String {
    let whose = match told.whose.as_str() {
        "partner" => "the partner must act",
        "endpoint" => "the endpoint's owners must act",
        _ => "we must act",
    };
    let times = if told.count > 1 { format!(", {} times", told.count) } else { String::new() };
    let state = if told.open { format!("open, {whose}") } else { "over".to_owned() };
    format!("{}  {} ({state}{times})", told.since, told.title)
}

fn heaps(heaps: &[Heap], word: &str) -> Vec<String> {
    let wide = heaps.iter().map(|heap| heap.partner.chars().count()).max().unwrap_or(0);
    heaps
        .iter()
        .map(|heap| {
            format!("{:<wide$}  {:>5}  {}, {word} {}", heap.partner, heap.many, heap.what, heap.first)
        })
        .collect()
}
