//! `portway doc resend|reissue|reprocess`: a document once more. What is sent, under which numbers, differs; the original always stays.
//!
//! By id or business key, or many by a query: then the count and the first of them are shown, and only `--yes` does it. `--rate 10/s` spreads
//! them. `--dry-run` writes nothing and shows the difference, a segment (of what came: a line of the document) a line.
//! Exit: 0 done; 1 refused, for one or more; 2 `--yes` is missing, or the question is not clear; 5 there is no such document.

use super::actor::actor;
use super::arguments::{Anew, ListArguments};
use super::diff::unified;
use super::doc::the;
use super::listing::{filter, state};
use super::output::{shown, words};
use super::{FINE, NOT_FOUND, PROBLEMS, USAGE, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::document::{DocumentLine, Filter};
use crate::ledger::{Error, Ledger};
use crate::pipeline::again::{Reprocessing, reprocess};
use crate::pipeline::outgoing::{Refusal, anew};
use crate::profile::Configuration;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::process::ExitCode;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Resend,
    Reissue,
    Reprocess,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Verb::Resend => "resend",
            Verb::Reissue => "reissue",
            Verb::Reprocess => "reprocess",
        }
    }
}

/// As many documents at once, at most.
const MOST: i64 = 10_000;
/// Shown of those that a query found.
const FIRST: usize = 10;

pub async fn run(ledger: &Ledger, configuration: &Configuration, verb: Verb, asked: &Anew) -> ExitCode {
    if let Some(reference) = &asked.document {
        let document = match the(ledger, reference).await {
            Ok(document) => document,
            Err(error) => return fail(&error),
        };
        let mut carried = HashSet::new();
        let done = one(ledger, configuration, verb, asked, &document, &mut carried, SystemClock.now()).await;
        return done.map_or_else(|error| fail(&error), |()| ExitCode::from(FINE));
    }
    let found = match query(ledger, verb, asked).await {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let gap = match asked.rate.as_deref().map(gap).transpose() {
        Ok(gap) => gap.unwrap_or(SignedDuration::ZERO),
        Err(why) => {
            words(format_args!("error: --rate: {why}"));
            return ExitCode::from(USAGE);
        }
    };
    let (mut refused, mut when, mut carried) = (0, SystemClock.now(), HashSet::new());
    for document in &found {
        let before = carried.len();
        match one(ledger, configuration, verb, asked, document, &mut carried, when).await {
            // One message of several documents goes once.
            Ok(()) if verb == Verb::Resend && carried.len() == before => {}
            Ok(()) if verb == Verb::Resend => when = when.checked_add(gap).unwrap_or(when),
            // Control numbers are given in order, so these wait here and not in the queue.
            Ok(()) if !asked.dry_run => tokio::time::sleep(gap.unsigned_abs()).await,
            Ok(()) => {}
            Err(error) => {
                refused += 1;
                words(format_args!("{}: {error}", document.id));
            }
        }
    }
    words(format_args!("{}: {} of {} documents", verb.name(), found.len() - refused, found.len()));
    ExitCode::from(if refused == 0 { FINE } else { PROBLEMS })
}

/// The documents that a query finds, oldest first, once it is clear that they are meant.
async fn query(ledger: &Ledger, verb: Verb, asked: &Anew) -> Result<Vec<DocumentLine>, ExitCode> {
    if asked.partner.is_none() && asked.set.is_none() && asked.since.is_none() {
        words("error: name a document, or say which with --partner, --set and --since");
        return Err(ExitCode::from(USAGE));
    }
    let list = ListArguments {
        partner: asked.partner.clone(),
        state: None,
        since: asked.since.clone(),
        limit: MOST,
        json: false,
    };
    let direction = if verb == Verb::Reprocess { asked.direction.as_deref().unwrap_or("in") } else { "out" };
    let filter = Filter { kind: asked.set.clone(), direction: Some(direction.to_owned()), ..filter(&list)? };
    let mut found = ledger.documents(&filter).await.map_err(|error| fail(&error))?;
    let revised: HashSet<Uuid> = found.iter().filter_map(|d| d.revises).collect();
    // What has a later revision, was given up or rejected, or has not left, is not meant.
    let sent =
        |d: &DocumentLine| verb == Verb::Reprocess || !matches!(d.state.as_str(), "translated" | "held");
    found.retain(|d| {
        !revised.contains(&d.id) && !matches!(d.state.as_str(), "cancelled" | "rejected") && sent(d)
    });
    found.reverse();
    if found.is_empty() {
        words("error: there are no such documents");
        return Err(ExitCode::from(NOT_FOUND));
    }
    if !asked.yes && !asked.dry_run {
        anstream::println!("{} documents would be sent once more ({}):", found.len(), verb.name());
        for d in found.iter().take(FIRST) {
            let number = shown(d.number.as_deref().unwrap_or("-"));
            anstream::println!(
                "  {}  {}  {} {number}  {}  {}",
                d.id,
                d.partner,
                d.code,
                state(d),
                d.received_at
            );
        }
        if found.len() > FIRST {
            anstream::println!("  and {} more", found.len() - FIRST);
        }
        words("nothing was done: say --yes to do it");
        return Err(ExitCode::from(USAGE));
    }
    Ok(found)
}

/// `10/s`, `100/m`: the time between two.
fn gap(text: &str) -> Result<SignedDuration, String> {
    let unclear = || format!("`{text}` is no rate: write 10/s, or 100/m");
    let (count, per) = text.split_once('/').ok_or_else(unclear)?;
    let count: i64 = count.trim().parse().map_err(|_| unclear())?;
    let per = match per.trim() {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(unclear()),
    };
    if count <= 0 {
        return Err(unclear());
    }
    Ok(SignedDuration::from_millis(per / count))
}

async fn one(
    ledger: &Ledger,
    configuration: &Configuration,
    verb: Verb,
    asked: &Anew,
    document: &DocumentLine,
    carried: &mut HashSet<Uuid>,
    when: Timestamp,
) -> Result<(), Error> {
    match (verb, document.direction.as_str()) {
        (Verb::Resend, _) => resend(ledger, asked, document, carried, when).await,
        (Verb::Reissue, _) | (Verb::Reprocess, "out") => {
            again(ledger, configuration, verb, asked, document).await
        }
        (Verb::Reprocess, _) => revise(ledger, configuration, asked, document).await,
    }
}

async fn resend(
    ledger: &Ledger,
    asked: &Anew,
    document: &DocumentLine,
    carried: &mut HashSet<Uuid>,
    when: Timestamp,
) -> Result<(), Error> {
    let (message, others) = ledger.carried(document.id).await?;
    if !carried.insert(message) {
        return Ok(());
    }
    if asked.dry_run {
        let size = ledger.find_message(&message.to_string()).await?.size;
        anstream::println!(
            "message {message} would go again as it is: {size} bytes, the same control numbers"
        );
    } else {
        ledger.resend_message(message, &actor(), &asked.reason, when, SystemClock.now()).await?;
        words(format_args!(
            "message {message} goes out again, the same bytes under the same control numbers; see 'portway doc show {}'",
            document.id
        ));
    }
    for other in &others {
        let number = shown(other.number.as_deref().unwrap_or("without a number"));
        words(format_args!("  in it is also {} {number}, document {}", other.code, other.id));
    }
    Ok(())
}

async fn again(
    ledger: &Ledger,
    configuration: &Configuration,
    verb: Verb,
    asked: &Anew,
    document: &DocumentLine,
) -> Result<(), Error> {
    let (set, reason) = (document.id, asked.reason.as_str());
    let actor = actor();
    let asking = anew::Asked { set, actor: &actor, reason, dry: asked.dry_run, now: SystemClock.now() };
    let done = match verb {
        Verb::Reprocess => anew::recompose(ledger, configuration, &asking).await,
        _ => anew::reissue(ledger, configuration, &asking).await,
    };
    let done = done.map_err(|refusal| words_of(refusal, document))?;
    if asked.dry_run {
        let before = done.before.as_deref().map(segments_of).unwrap_or_default();
        anstream::print!("{}", printable(&unified(&before, &segments_of(&done.bytes))));
        return Ok(());
    }
    let what = if verb == Verb::Reprocess { "made again" } else { "the same document" };
    words(format_args!(
        "{what}: document {} leaves for {} in interchange {} (message {})",
        done.document, done.partner, done.control_number, done.message
    ));
    Ok(())
}

fn words_of(refusal: Refusal, document: &DocumentLine) -> Error {
    match refusal {
        Refusal::Ledger(error) => error,
        Refusal::Invalid { ref told, .. } => {
            let lines = told.iter().map(|told| crate::pipeline::findings::one_line(&told.finding));
            let lines: Vec<String> = lines.collect();
            Error::Refused(format!("document {}: {refusal}\n  {}", document.id, lines.join("\n  ")))
        }
        other => Error::Refused(format!("document {}: {other}", document.id)),
    }
}

async fn revise(
    ledger: &Ledger,
    configuration: &Configuration,
    asked: &Anew,
    document: &DocumentLine,
) -> Result<(), Error> {
    let how = Reprocessing {
        actor: &actor(),
        reason: &asked.reason,
        all: asked.all,
        dry: asked.dry_run,
        now: SystemClock.now(),
    };
    let done = reprocess(ledger, configuration, document, how).await?;
    if asked.dry_run {
        let before = done.before.as_deref().map(data_lines).unwrap_or_default();
        anstream::print!("{}", printable(&unified(&before, &data_lines(&done.event))));
    }
    let would = if asked.dry_run { "would be" } else { "is" };
    let to = if done.to.is_empty() { "no endpoint".to_owned() } else { done.to.join(", ") };
    words(format_args!("document {} {would} made again as {}: it goes to {to}", document.id, done.id));
    if !done.skipped.is_empty() {
        words(format_args!(
            "not to {}, which took it before (--all sends it there too)",
            done.skipped.join(", ")
        ));
    }
    Ok(())
}

/// The document of an event, a field a line.
fn data_lines(event: &[u8]) -> Vec<String> {
    let event: serde_json::Value = serde_json::from_slice(event).unwrap_or_default();
    let text = serde_json::to_string_pretty(&event["data"]).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The segments of an interchange of ours.
fn segments_of(bytes: &[u8]) -> Vec<String> {
    // X12 has its terminator after ISA, and releases nothing; EDIFACT names both in UNA, or they are the usual ones.
    let (terminator, release) = match bytes {
        [b'I', b'S', b'A', ..] => (bytes.get(105).copied().unwrap_or(b'~'), None),
        [b'U', b'N', b'A', _, _, _, release, _, terminator, ..] => (*terminator, Some(*release)),
        _ => (b'\'', Some(b'?')),
    };
    let (mut lines, mut line, mut released) = (Vec::new(), Vec::new(), false);
    for (at, &byte) in bytes.iter().enumerate() {
        line.push(byte);
        let una = at == 8 && bytes.starts_with(b"UNA");
        if una || byte == terminator && !released && !(at < 8 && bytes.starts_with(b"UNA")) {
            lines.push(String::from_utf8_lossy(line.trim_ascii()).into_owned());
            line.clear();
        }
        released = !released && Some(byte) == release;
    }
    if !line.trim_ascii().is_empty() {
        lines.push(String::from_utf8_lossy(line.trim_ascii()).into_owned());
    }
    lines
}

fn printable(text: &str) -> String {
    text.split_inclusive('\n').map(|line| shown(line.trim_end_matches('\n')) + "\n").collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn an_interchange_is_shown_a_segment_a_line() {
        let edifact = "UNA:+.? 'UNB+UNOA:2'FTX+AAI+++it?'s'UNZ+1'";
        assert_eq!(
            segments_of(edifact.as_bytes()),
            ["UNA:+.? '", "UNB+UNOA:2'", "FTX+AAI+++it?'s'", "UNZ+1'"]
        );
        let isa = format!("ISA{}~GS*PO~IEA*1~", "*".repeat(102));
        assert_eq!(segments_of(isa.as_bytes())[1..], ["GS*PO~", "IEA*1~"]);
    }

    #[test]
    fn a_rate_is_a_time_between_two() {
        assert_eq!(gap("10/s"), Ok(SignedDuration::from_millis(100)));
        assert_eq!(gap("30/m"), Ok(SignedDuration::from_secs(2)));
        assert!(["", "10", "0/s", "x/s", "1/d"].iter().all(|text| gap(text).is_err()));
    }
}
