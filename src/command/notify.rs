//! `portway doc notify`: the message to a partner about one of their documents, or about one of ours that they owe an answer to.
//!
//! Promises: it speaks in their terms (segment, element, value, what is expected), names the control numbers, the file and the time by
//! which they find it, and nothing of our house: no endpoint, host, path or id of ours. It is a draft on stdout; nothing is sent.
//! Fails where there is nothing to tell the partner, and says whose move it is.

use super::output::shown;
use crate::ledger::absence::Known;
use crate::ledger::document::DocumentLine;
use crate::ledger::{Error, Ledger};
use crate::pipeline::findings::{DOCUMENT_NUMBER_USED, explain};
use crate::profile::Configuration;
use portway_edi::finding::WhoseMove;
use serde_json::Value;
use std::fmt::Write;

/// Words of our house; a text that has one stays here.
const OURS: [&str; 7] = ["portway", ".toml", "profile", "endpoint", "[receive", "[send", "partners.d"];

/// Prints the draft for each document that the reference names and that has something to tell.
pub(super) async fn notify(
    ledger: &Ledger,
    configuration: &Configuration,
    reference: &str,
) -> Result<(), Error> {
    let documents = ledger.find_documents(reference).await?;
    let mut told = 0;
    for document in &documents {
        let known = ledger.known_to_partner(document.id).await?;
        let overdue = ledger.overdue_to(document.id).await?;
        if let Some(text) = draft(document, &known, &overdue, configuration) {
            if told > 0 {
                anstream::println!("\n----\n");
            }
            anstream::println!("{text}");
            told += 1;
        }
    }
    if told > 0 {
        return Ok(());
    }
    let stands: Vec<String> =
        documents.iter().map(|d| format!("{} {} is {}", d.code, d.id, super::listing::state(d))).collect();
    Err(Error::Refused(format!(
        "there is nothing to tell the partner: it is neither rejected, nor a held duplicate, nor is an answer of theirs overdue\n{}",
        stands.join("\n")
    )))
}

fn draft(
    document: &DocumentLine,
    known: &Known,
    overdue: &[(String, String)],
    configuration: &Configuration,
) -> Option<String> {
    let what = match &document.number {
        Some(number) => format!("{} {}", document.code, shown(number)),
        None => document.code.clone(),
    };
    let station = configuration
        .gateway
        .station_named(known.station.as_deref())
        .or_else(|| configuration.gateway.stations().next());
    let us = station.map(|(_, station)| station.name.clone()).unwrap_or_default();
    let (subject, body) = if known.direction == "out" {
        (format!("Our {what}: your acknowledgement is missing"), missing(&what, overdue)?)
    } else if document.state == "rejected" {
        (format!("Your {what} was rejected"), rejected(&what, &document.findings))
    } else if document.reason.as_deref() == Some("duplicate_document") {
        (format!("Your {what} came a second time"), duplicate(&what, known))
    } else {
        return None;
    };
    Some(format!(
        "Subject: {subject}\n\nHello,\n\n{body}\nTo find it:\n{}\nThank you,\n{us}",
        numbers(document, known)
    ))
}

fn rejected(what: &str, findings: &Value) -> String {
    let mut text = format!(
        "we could not process your {what}, and rejected it. It is as if it had not come. What is wrong with it:\n\n"
    );
    let mut told = 0;
    for finding in findings.as_array().into_iter().flatten() {
        let field = |key: &str| finding.get(key).and_then(Value::as_str).unwrap_or_default();
        let theirs = explain(field("code")).is_none_or(|code| code.whose_move == WhoseMove::Partner);
        if field("severity") != "error" || !theirs || house(field("message")) {
            continue;
        }
        told += 1;
        let mut place = field("segment").to_owned();
        if let Some(element) = finding.get("element").and_then(Value::as_u64) {
            place += &format!("{element:02}");
        }
        if let Some(component) = finding.get("component").and_then(Value::as_u64) {
            place += &format!(", component {component}");
        }
        if let Some(position) = finding.get("position").and_then(Value::as_u64) {
            place += &format!(" (segment {position} of the set)");
        }
        let place = if place.is_empty() { "In the set".to_owned() } else { place };
        let message = match field("code") == DOCUMENT_NUMBER_USED.0 {
            // Its message names the earlier one by our id.
            true => "you used this document number before".to_owned(),
            false => shown(field("message")),
        };
        let _ = writeln!(text, "{told}. {place}: {message}");
        if !field("value").is_empty() {
            let _ = writeln!(text, "   You sent: {}", shown(field("value")));
        }
        if !field("help").is_empty() && !house(field("help")) {
            let _ = writeln!(text, "   Expected: {}", shown(field("help")));
        }
    }
    if told == 0 {
        text += "The acknowledgement that we sent you says it.\n";
    }
    text + "\nPlease correct it and send it again, under a new control number.\n"
}

fn duplicate(what: &str, known: &Known) -> String {
    let earlier = match (&known.earlier, &known.earlier_at) {
        (Some(number), Some(at)) => format!(" We have one from {at}, interchange {number}."),
        _ => String::new(),
    };
    format!(
        "your {what} has the number of one that you sent before.{earlier} We have put the second one aside and not processed it.\n\n\
         Please tell us: was it sent twice by mistake, so that we may drop it? Does it replace the first one? Or is it another document, which \
         needs a number of its own?\n"
    )
}

fn missing(what: &str, overdue: &[(String, String)]) -> Option<String> {
    overdue.first()?;
    let mut text = format!("we sent you {what}, and what you owe us in answer has not come:\n\n");
    for (kind, due) in overdue {
        let _ = writeln!(text, "  {kind}, expected by {due}");
    }
    text += "\nPlease tell us whether you have it. If you do, please send the answer; if you do not, we will send it again.\n";
    Some(text)
}

/// Control numbers, file name and time.
fn numbers(document: &DocumentLine, known: &Known) -> String {
    let edifact = known.standard.as_deref() == Some("edifact");
    let names = if edifact { ["UNB 0020", "UNG 0048", "UNH 0062"] } else { ["ISA13", "GS06", "ST02"] };
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            text += &format!("  {name:<12} {}\n", shown(value));
        }
    };
    line(names[0], known.interchange.as_deref().unwrap_or_default());
    line(names[1], &document.group_number);
    line(names[2], &document.control_number);
    line(
        "File",
        known.file_name.as_deref().and_then(|name| name.rsplit(['/', '\\']).next()).unwrap_or_default(),
    );
    line(if known.direction == "out" { "Sent" } else { "Received" }, &known.at);
    text
}

fn house(text: &str) -> bool {
    let text = text.to_lowercase();
    OURS.iter().any(|word| text.contains(word))
}
