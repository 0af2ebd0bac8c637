//! `portway partner send ID --sample 850`: a sample document, handed over for a partner as one of our systems would, and marked as a test.
//!
//! It takes the whole way: composed by the profile, enveloped with the next control numbers and usage T, written to the ledger, sent by the
//! gateway, and its answers are waited for. Exit: 0 handed over; 1 the profile does not let it go, or the partner's guide asks for more than
//! the sample has (each fault is shown); 5 no such partner, or no sample of that set.

use super::actor::actor;
use super::file::sample::sample;
use super::output::{shown, words};
use super::{FINE, NOT_FOUND, PROBLEMS, connect, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::job;
use crate::pipeline::findings::one_line;
use crate::pipeline::outgoing::{HandOver, Refusal, hand_over};
use crate::pipeline::translate::translate;
use portway_documents::Document;
use portway_edi::acknowledgement::Tolerance;
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, partner: &str, set: &str) -> ExitCode {
    let (configuration, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let set = set.to_ascii_uppercase();
    let Some(document) = document(&set) else {
        words(format_args!(
            "error: there is no sample of {}: 'portway file sample' has those there are",
            shown(&set)
        ));
        return ExitCode::from(NOT_FOUND);
    };
    let body = match serde_json::to_vec(&document) {
        Ok(body) => body,
        Err(error) => {
            words(format_args!("error: the sample cannot be written: {error}"));
            return ExitCode::from(PROBLEMS);
        }
    };
    let handed = HandOver {
        actor: &actor(),
        source: "portway",
        transport: "command",
        remote: None,
        file_name: None,
        content_type: Some("application/json"),
        key: None,
        body: &body,
        document: &document,
        partner,
        set: Some(&set),
        test: true,
        strict: false,
        thread: None,
    };
    match hand_over(&ledger, &configuration, SystemClock.now(), &handed).await {
        Ok(done) => {
            let carrier =
                configuration.partner(partner).and_then(|p| p.partner.via.as_deref()).unwrap_or(partner);
            if let Err(error) = ledger.ring_all(&[&job::partner_lane(carrier)]).await {
                return fail(&error);
            }
            anstream::println!("{}", done.document);
            words(format_args!(
                "a sample {} goes to {partner}, marked as a test; follow it with 'portway doc show {}'",
                done.code, done.document
            ));
            ExitCode::from(FINE)
        }
        Err(Refusal::NoPartner(why)) => {
            words(format_args!("error: {why}: see 'portway partner list'"));
            ExitCode::from(NOT_FOUND)
        }
        Err(Refusal::Ledger(error)) => fail(&error),
        Err(refusal) => {
            words(format_args!("error: nothing was sent: {refusal}"));
            if let Refusal::Invalid { told, .. } = &refusal {
                told.iter().for_each(|told| words(format_args!("  {}", shown(&one_line(&told.finding)))));
            }
            ExitCode::from(PROBLEMS)
        }
    }
}

/// The document that the sample of a set is.
fn document(set: &str) -> Option<Document> {
    let bytes = sample(set, None)?;
    let mut reader = Reader::new(&bytes[..], Limits::default());
    let mut version = String::new();
    loop {
        match reader.next_event().ok()?? {
            Event::Group(group) => version = group.version,
            Event::Set(set) => {
                let version = if version.is_empty() { set.version.to_string() } else { version };
                return translate(&set, &version, Tolerance::Strict).canonical;
            }
            _ => {}
        }
    }
}
