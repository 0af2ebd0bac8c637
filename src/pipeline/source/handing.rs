//! The documents of one file, handed over one after another.
//!
//! It promises: each is in the ledger, or refused with its faults, and the same file again finds what it committed by its key. Of many
//! documents the good ones go. It fails with [`Wait`]: nobody knows yet, and the file has to come again.

use super::partner::partner_of;
use super::pieces::{Named, Piece, Read, Reader, Told, named, plain};
use super::report::{End, Entry};
use crate::ledger;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::audit::Actor;
use crate::pipeline::House;
use crate::pipeline::outgoing::{Fault, HandOver, Refusal, worth_telling};
use crate::profile::Configuration;
use crate::profile::gateway::Endpoint;
use crate::profile::source::{Format, Source};
use std::fmt;
use std::sync::Arc;

/// A source as it is configured now.
#[derive(Clone)]
pub struct Now {
    pub configuration: Arc<Configuration>,
    pub endpoint: Endpoint,
    pub source: Source,
}

impl Now {
    /// `None`: the endpoint has no source.
    pub fn of(configuration: &Arc<Configuration>, name: &str) -> Option<Now> {
        let endpoint = configuration.endpoint(name)?.clone();
        let source = endpoint.source()?.clone();
        Some(Now { configuration: configuration.clone(), endpoint, source })
    }
}

/// A file, and how it came.
pub struct File<'a> {
    pub name: &'a str,
    /// Of this very file.
    pub key: &'a str,
    pub bytes: &'a [u8],
    pub transport: &'static str,
    pub remote: Option<&'a str>,
}

/// Nobody knows yet what becomes of the file.
#[derive(Debug)]
pub enum Wait {
    Ledger(ledger::Error),
    /// What our own configuration lacks.
    Ours(String),
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wait::Ledger(error) => write!(f, "the files wait: {error}"),
            Wait::Ours(why) => f.write_str(why),
        }
    }
}

/// Hands over each document of a file of the endpoint `name`, and says what became of each. After an error the file comes again: what
/// was committed is found by its key then.
pub async fn documents(house: &House, name: &str, now: &Now, file: &File<'_>) -> Result<Vec<Entry>, Wait> {
    let partners = now.configuration.partners.keys().map(String::as_str);
    let said = match named(&now.source, file.name, partners) {
        Ok(said) => said,
        Err(why) => return Ok(vec![whole(why)]),
    };
    let reader = match (now.source.format, said.kind) {
        (Format::Json, Some(kind)) => Reader::Json(kind),
        (Format::Json, None) => {
            return Ok(vec![whole("nothing says what kind of document it is".to_owned())]);
        }
        (Format::Csv, _) => {
            let map = now.source.column_map(&now.configuration.dir).map_err(Wait::Ours)?;
            Reader::Csv(Box::new(map))
        }
        (Format::Idoc, _) => Reader::Idoc,
    };
    let pieces = tokio::task::block_in_place(|| reader.pieces(file.bytes));
    if pieces.is_empty() {
        return Ok(vec![whole("there is no document in it".to_owned())]);
    }
    let handing = One { house, name, now, reader: &reader, file, said: &said };
    let mut entries = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.into_iter().enumerate() {
        let nth = index + 1;
        let Piece { place, read } = piece;
        let entry = match read {
            Ok(read) => handing.hand_over(&format!("{}/{nth}", file.key), &read).await?,
            Err(faults) => refused("it cannot be read", faults),
        };
        entries.push(Entry { nth, place, ..entry });
        crate::fault::point("source.handed");
    }
    Ok(entries)
}

/// What the documents of one file share.
struct One<'a> {
    house: &'a House,
    /// The endpoint's.
    name: &'a str,
    now: &'a Now,
    reader: &'a Reader,
    file: &'a File<'a>,
    said: &'a Named,
}

impl One<'_> {
    /// One document: in the ledger, or refused. An error: nobody knows yet.
    async fn hand_over(&self, key: &str, read: &Read) -> Result<Entry, Wait> {
        let number = read.document.number().to_owned();
        let partner = match partner_of(self.now, self.said, read) {
            Ok(partner) => partner,
            Err(why) => return Ok(Entry { number, ..refused(&why, Vec::new()) }),
        };
        let body = read.body.as_deref().unwrap_or(self.file.bytes);
        let content_type = match (&read.body, self.reader.format()) {
            (Some(_), _) | (None, Format::Json) => "application/json",
            (None, Format::Csv) => "text/csv",
            (None, Format::Idoc) => "application/xml",
        };
        let handed = HandOver {
            actor: &Actor::folder(self.name),
            source: self.name,
            transport: self.file.transport,
            remote: self.file.remote,
            file_name: Some(self.file.name),
            content_type: Some(content_type),
            key: Some(key),
            body,
            document: &read.document,
            partner: &partner,
            set: self.now.source.set.as_deref().or(self.said.set.as_deref()),
            test: read.test || self.now.endpoint.is_test(),
            strict: self.now.source.strict,
            thread: None,
        };
        let end = match self.house.hand_over(&handed).await {
            Ok(done) => {
                for told in worth_telling(&done.told) {
                    tracing::warn!(document = %done.document, pointer = told.pointer, "{}", told.message);
                }
                End::Taken { document: done.document.to_string(), code: done.code }
            }
            Err(Refusal::Ledger(error)) if error.is_unavailable() => return Err(Wait::Ledger(error)),
            Err(refusal) => {
                let faults: Vec<Fault> = match &refusal {
                    Refusal::Invalid { told, .. } => worth_telling(told),
                    _ => Vec::new(),
                };
                End::Refused { why: refusal.to_string(), faults: self.reader.placed(read, faults) }
            }
        };
        Ok(Entry { number, partner, end, ..whole(String::new()) })
    }
}

pub fn refused(why: &str, faults: Vec<Told>) -> Entry {
    let end = End::Refused { why: why.to_owned(), faults };
    Entry { nth: 1, place: String::new(), number: String::new(), partner: String::new(), end }
}

/// A file that is refused as a whole.
pub fn whole(why: String) -> Entry {
    refused("the file cannot be read", vec![plain(why)])
}

/// Tells operators of a file in which something was refused; `text` is its report, which lies at `report`.
pub async fn tell_refused(
    house: &House,
    endpoint: &str,
    name: &str,
    text: &str,
    report: &str,
) -> ledger::Result<()> {
    tracing::warn!(endpoint, file = name, report, "documents in this file were refused");
    let beginning: String = text.chars().take(2000).collect();
    let raise = Raise {
        // A single event: nothing tells us when it is over.
        cause: format!("refused:{endpoint}"),
        whose: Move::Endpoint,
        partner: None,
        title: format!("endpoint {endpoint}: a file with a document that is refused"),
        detail: format!("{beginning}\n\nThe report: {report}"),
        subject: None,
    };
    house.ledger.raise(&raise, house.coalesce(), house.clock.now()).await
}
