//! `portway message list|show|raw|assign|release`: what came and what left, quarantine included.

use super::actor::actor;
use super::arguments::{MessageVerb, RawWhat};
use super::connect;
use super::listing::{self, filter, table};
use super::output::shown;
use super::{NOT_FOUND, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::as2::{As2Line, ReceiptLine};
use crate::ledger::document::{Filter, MessageLine};
use crate::ledger::message::Requeue;
use crate::ledger::{Error, Ledger, job};
use crate::net::spool::Spool;
use crate::pipeline::process::content_of;
use crate::pipeline::unpack::{Rules, Trouble, unpack};
use crate::profile::Configuration;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: MessageVerb) -> ExitCode {
    let (configuration, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let done = match verb {
        MessageVerb::List { list, direction, quarantined } => {
            let state = if quarantined { Some("quarantined".to_owned()) } else { list.state.clone() };
            let filter = match filter(&list) {
                Ok(filter) => Filter { state, direction, ..filter },
                Err(exit) => return exit,
            };
            show_list(&ledger, &filter, list.json).await
        }
        MessageVerb::Show { id, json } => show(&ledger, &id, json).await,
        MessageVerb::Raw { id, what } if what.unpacked => unpacked(&ledger, &configuration, &id).await,
        MessageVerb::Raw { id, what } => raw(&ledger, &id, &what).await,
        MessageVerb::Assign { id, partner, reason } => {
            if configuration.partner(&partner).is_none() {
                anstream::eprintln!("error: there is no partner {partner}: see 'portway partner list'");
                return ExitCode::from(NOT_FOUND);
            }
            requeue(&ledger, &configuration, &id, Some(&partner), reason.as_deref()).await
        }
        MessageVerb::Resend { id, reason } => resend(&ledger, &id, &reason).await,
        MessageVerb::Release { id, reason } => {
            requeue(&ledger, &configuration, &id, None, reason.as_deref()).await
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

async fn show_list(ledger: &Ledger, filter: &Filter, json: bool) -> Result<(), Error> {
    let messages = ledger.messages(filter).await?;
    if json {
        for message in &messages {
            anstream::println!("{}", serde_json::to_value(message).unwrap_or_default());
        }
        return Ok(());
    }
    let mut lines = table(["ID", "", "STATE", "PARTNER", "BY", "BYTES", "WHEN", "NAME"]);
    for m in &messages {
        lines.add_row([
            m.id.to_string(),
            m.direction.clone(),
            state(m),
            m.partner.clone().or_else(|| m.connection.clone()).unwrap_or_default(),
            m.transport.clone(),
            m.size.to_string(),
            m.received_at.clone(),
            shown(m.file_name.as_deref().unwrap_or_default()),
        ]);
    }
    anstream::println!("{lines}");
    Ok(())
}

fn state(message: &MessageLine) -> String {
    match &message.reason {
        Some(reason) => format!("{} ({reason})", message.state),
        None => message.state.clone(),
    }
}

async fn show(ledger: &Ledger, id: &str, as_json: bool) -> Result<(), Error> {
    let message = ledger.find_message(id).await?;
    let interchanges = ledger.interchanges_of_message(message.id).await?;
    let documents = ledger.documents_of_message(message.id).await?;
    let acknowledgements = ledger.acknowledgements_of_message(message.id).await?;
    let deliveries = ledger.deliveries_of(message.id).await?;
    let events = ledger.events_of(message.id).await?;
    let as2 = ledger.as2_of(message.id).await?;
    let receipts = ledger.receipts_of(message.id).await?;
    let attachments = ledger.attachments_of(message.id).await?;
    let removed = ledger.content_removed(message.id).await?;
    if as_json {
        let all = json!({ "message": message, "content_removed_at": removed, "interchanges": interchanges, "documents": documents,
            "acknowledgements": acknowledgements, "deliveries": deliveries, "history": events,
            "as2": as2, "receipts": receipts, "attachments": attachments });
        anstream::println!("{all}");
        return Ok(());
    }
    anstream::println!("message {}  {}  {}", message.id, message.direction, state(&message));
    if let Some(detail) = &message.detail {
        anstream::println!("  {detail}");
    }
    let who = message.partner.as_ref().or(message.connection.as_ref()).cloned().unwrap_or_default();
    anstream::println!(
        "  {} by {}, {} bytes, sha256 {}\n  {}",
        who,
        message.transport,
        message.size,
        message.sha256,
        message.received_at
    );
    listing::removed(removed.as_deref());
    if let Some(as2) = &as2 {
        show_as2(as2, &receipts);
    }
    for a in &attachments {
        anstream::println!(
            "attachment {}  {}  {}  {} bytes",
            a.ordinal,
            shown(a.file_name.as_deref().unwrap_or("-")),
            shown(a.content_type.as_deref().unwrap_or("-")),
            a.size
        );
    }
    for i in &interchanges {
        anstream::println!(
            "interchange {}  {} > {}  {}  {} (TA1 {})",
            i.control_number,
            i.sender,
            i.receiver,
            i.usage,
            i.state,
            i.note_code
        );
        listing::findings(&i.findings, "  ");
    }
    for d in &documents {
        anstream::println!(
            "document {}  {} {}  {}  answer {}",
            d.id,
            d.code,
            shown(d.number.as_deref().unwrap_or("-")),
            listing::state(d),
            d.answer.as_deref().unwrap_or("-")
        );
        listing::findings(&d.findings, "  ");
    }
    for a in &acknowledgements {
        anstream::println!(
            "acknowledgement {} {}  {}  in message {}",
            a.kind,
            a.code.as_deref().unwrap_or("-"),
            a.state,
            a.message_id.map(|m| m.to_string()).unwrap_or_default()
        );
    }
    listing::deliveries(&deliveries);
    listing::timeline(&events);
    Ok(())
}

fn show_as2(as2: &As2Line, receipts: &[ReceiptLine]) {
    let fact = |name: &str| as2.facts.get(name).and_then(|value| value.as_str()).map(shown);
    let packed: Vec<String> =
        [("signed", "signed"), ("encrypted", "encrypted"), ("compressed", "compressed")]
            .iter()
            .filter_map(|(name, word)| Some(format!("{word} {}", fact(name)?)))
            .collect();
    let packed =
        if packed.is_empty() { "neither signed nor encrypted".to_owned() } else { packed.join(", ") };
    anstream::println!(
        "AS2 {} > {}  {}\n  {packed}",
        shown(&as2.as2_from),
        shown(&as2.as2_to),
        shown(&as2.exchange)
    );
    if let Some(mic) = &as2.mic {
        anstream::println!("  MIC {mic}");
    }
    if let Some(disposition) = &as2.disposition {
        anstream::println!("  our receipt ({}): {}", as2.mdn, shown(disposition));
    }
    if let Some(expected) = &as2.expected {
        let due = as2.due_at.as_deref().map(|due| format!(", due {due}")).unwrap_or_default();
        anstream::println!("  their receipt ({}): {expected}{due}", as2.mdn);
    }
    for r in receipts {
        anstream::println!(
            "receipt {}  {}{}  {}  {}",
            r.at,
            r.verdict,
            r.side.as_deref().map(|side| format!(" ({side})")).unwrap_or_default(),
            if r.signed { "signed" } else { "not signed" },
            shown(&r.detail)
        );
    }
}

async fn raw(ledger: &Ledger, id: &str, what: &RawWhat) -> Result<(), Error> {
    let message = ledger.find_message(id).await?;
    let mut out = std::io::stdout().lock();
    if what.wire || what.receipt {
        let (wire, receipt) = ledger.as2_bytes(message.id).await?;
        let (bytes, name) =
            if what.wire { (wire, "what came over the wire") } else { (receipt, "a receipt of ours") };
        let bytes = bytes.ok_or_else(|| Error::NotFound(format!("{name}, for message {id}")))?;
        let _ = out.write_all(&bytes);
        return Ok(());
    }
    let owner = match what.attachment {
        None => message.id,
        Some(ordinal) => {
            let all = ledger.attachments_of(message.id).await?;
            let found = all.iter().find(|a| a.ordinal == ordinal);
            found.ok_or_else(|| Error::NotFound(format!("attachment {ordinal} of message {id}")))?.id
        }
    };
    ledger.refuse_removed(owner).await?;
    let mut part = 0;
    while let Some(bytes) = ledger.payload_part(owner, part).await? {
        // Whoever reads may have had enough.
        if out.write_all(&bytes).is_err() {
            return Ok(());
        }
        part += 1;
    }
    let _ = out.flush();
    Ok(())
}

/// What was packed in a message. Nothing is written before all of it was found to be whole.
async fn unpacked(ledger: &Ledger, configuration: &Configuration, id: &str) -> Result<(), Error> {
    let id = ledger.find_message(id).await?.id;
    let unreadable =
        |e: &dyn std::fmt::Display| Error::Refused(format!("message {id} cannot be read back: {e}"));
    let message = ledger.message_to_process(id).await?;
    let spool = Spool::new(std::env::temp_dir()).map_err(|e| unreadable(&e))?;
    let content = content_of(ledger, &spool, id).await.map_err(|e| unreadable(&e))?;
    let profile = configuration.partner(&message.connection);
    let rules = Rules {
        files: &profile.map(|profile| profile.partner.files.clone()).unwrap_or_default(),
        partner: &message.connection,
        file_name: message.file_name.as_deref(),
        by_as2: message.transport == "as2",
        most: configuration.gateway.limits.max_message_bytes,
    };
    tokio::task::block_in_place(|| {
        let material = unpack(&content, &rules, &spool).map_err(|trouble| match trouble {
            Trouble::Disk(error) => unreadable(&error),
            Trouble::Refused(why) => Error::Refused(why.detail),
        })?;
        let mut out = std::io::stdout().lock();
        for piece in &material.pieces {
            let mut reader = material.reader(piece).map_err(|e| unreadable(&e))?;
            // Whoever reads may have had enough.
            if std::io::copy(&mut reader, &mut out).is_err() {
                return Ok(());
            }
        }
        let _ = out.flush();
        Ok(())
    })
}

async fn resend(ledger: &Ledger, id: &str, reason: &str) -> Result<(), Error> {
    let message = ledger.find_message(id).await?;
    let now = SystemClock.now();
    ledger.resend_message(message.id, &actor(), reason, now, now).await?;
    anstream::eprintln!(
        "message {} goes out again; follow it with 'portway message show {}'",
        message.id,
        message.id
    );
    Ok(())
}

async fn requeue(
    ledger: &Ledger,
    configuration: &Configuration,
    id: &str,
    partner: Option<&str>,
    reason: Option<&str>,
) -> Result<(), Error> {
    let message = ledger.find_message(id).await?;
    let order =
        Requeue { verb: if partner.is_some() { "assign" } else { "release" }, actor: &actor(), reason };
    let to = partner.or(message.connection.as_deref()).and_then(|id| configuration.partner(id));
    let to = to.map(|profile| (profile.partner.id.as_str(), &profile.hash));
    ledger.requeue_message(message.id, to, &order, SystemClock.now()).await?;
    ledger.ring_all(&[job::PROCESS_LANE]).await?;
    anstream::eprintln!(
        "message {} goes to work again; follow it with 'portway message show {}'",
        message.id,
        message.id
    );
    Ok(())
}
