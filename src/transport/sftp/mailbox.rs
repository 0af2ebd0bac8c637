//! `/out` and `/failed`: what a partner reads.
//!
//! `/out` is the ledger's outbox, the same that `GET /edi/outbox` shows. An item counts as sent only when it was read to its end
//! and then deleted, or, by profile, read to its end and closed. `/failed` shows the files that could not be taken, each beside a
//! report in plain words; what our own people are told of them (it may name other partners) stays here.
//!
//! Payloads are read a part at a time, so that no item is ever in memory whole.

use super::tree::{Refusal, refuse};
use crate::ledger::delivery::Confirmed;
use crate::ledger::message::PART;
use crate::ledger::sftp::FailedFile;
use crate::ledger::{self, Ledger};
use crate::net::file::plain_name;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use russh_sftp::protocol::StatusCode;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Items listed at once; the others follow when these are fetched.
const MOST: i64 = 1000;
/// For how long a file that could not be taken is shown.
const SHOWN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Clients ask for each name after a listing: the listing answers for a moment.
const FRESH: Duration = Duration::from_secs(2);
/// The longest answer to one READ.
pub const LONGEST_READ: u32 = 255 * 1024;

/// A file to be read.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: String,
    pub size: u64,
    /// Seconds since 1970.
    pub changed: i64,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// An item of the outbox.
    Item(Uuid),
    /// A file that could not be taken.
    Failed(Uuid),
    Report(Bytes),
}

/// One session's view.
pub struct Mailbox {
    ledger: Ledger,
    partner: String,
    out: Option<(Instant, Vec<Entry>)>,
    failed: Option<(Instant, Vec<Entry>)>,
    /// Left `/out` by themselves: clients that delete what they have read are told that it worked.
    fetched: HashSet<String>,
}

impl Mailbox {
    pub fn new(ledger: Ledger, partner: String) -> Mailbox {
        Mailbox { ledger, partner, out: None, failed: None, fetched: HashSet::new() }
    }

    /// What waits for the partner; `anew`: as of now.
    pub async fn out(&mut self, anew: bool) -> Result<&[Entry], Refusal> {
        if anew || !is_fresh(&self.out) {
            let items = self.ledger.outbox(&self.partner, MOST).await.map_err(|e| away(&e))?;
            let mut entries: Vec<Entry> = items
                .into_iter()
                .map(|item| Entry {
                    name: shown(&item.file_name, item.message),
                    size: u64::try_from(item.size).unwrap_or(0),
                    changed: item.created_at.as_second(),
                    source: Source::Item(item.message),
                })
                .collect();
            tell_apart(&mut entries);
            self.out = Some((Instant::now(), entries));
        }
        Ok(self.out.as_ref().map_or(&[], |(_, entries)| entries))
    }

    /// The files that could not be taken, and their reports.
    pub async fn failed(&mut self, anew: bool, now: Timestamp) -> Result<&[Entry], Refusal> {
        if anew || !is_fresh(&self.failed) {
            let since = now.saturating_sub(SHOWN).unwrap_or(Timestamp::MIN);
            let files = self.ledger.failed_files(&self.partner, since, MOST).await.map_err(|e| away(&e))?;
            self.failed = Some((Instant::now(), failed_entries(&files)));
        }
        Ok(self.failed.as_ref().map_or(&[], |(_, entries)| entries))
    }

    /// Deletes an item of `/out`: with that it is sent.
    pub async fn delete(&mut self, name: &str, now: Timestamp) -> Result<(), Refusal> {
        let found = self.out(false).await?.iter().find(|entry| entry.name == name).cloned();
        let Some(Entry { source: Source::Item(message), .. }) = found else {
            if self.fetched.remove(name) {
                return Ok(());
            }
            return refuse(StatusCode::NoSuchFile, "There is no such file.");
        };
        match self.ledger.outbox_taken(&self.partner, message, now).await.map_err(|e| away(&e))? {
            Confirmed::Unread => {
                refuse(StatusCode::PermissionDenied, "Read the file to its end first, then delete it.")
            }
            Confirmed::Sent | Confirmed::Unknown => {
                self.out = None;
                Ok(())
            }
        }
    }

    /// An item was read to its end and closed.
    async fn read(&mut self, name: &str, message: Uuid, leaves: bool, now: Timestamp) -> ledger::Result<()> {
        self.ledger.outbox_read(&self.partner, message, now).await?;
        crate::fault::point("sftp.read");
        if leaves {
            self.ledger.outbox_taken(&self.partner, message, now).await?;
            self.out = None;
            self.fetched.insert(name.to_owned());
        }
        Ok(())
    }
}

fn is_fresh(listing: &Option<(Instant, Vec<Entry>)>) -> bool {
    listing.as_ref().is_some_and(|(at, _)| at.elapsed() < FRESH)
}

/// A file that a handle reads.
#[derive(Debug)]
pub struct Reading {
    pub entry: Entry,
    /// The part read last, and its number.
    part: Option<(i32, Bytes)>,
    /// Everything before this was read.
    covered: u64,
}

impl Reading {
    pub fn new(entry: Entry) -> Reading {
        Reading { entry, part: None, covered: 0 }
    }

    /// Up to `length` bytes at `offset`; fewer only at the end. `None`: the end was passed.
    pub async fn read(
        &mut self,
        mailbox: &Mailbox,
        offset: u64,
        length: u32,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let end = offset.saturating_add(u64::from(length.min(LONGEST_READ))).min(self.entry.size);
        if offset >= end {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(end - offset).unwrap_or(0));
        let mut at = offset;
        while at < end {
            let piece = self.piece(mailbox, at).await?;
            if piece.is_empty() {
                return refuse(
                    StatusCode::Failure,
                    "The file is shorter than it should be. Ask your contact.",
                );
            }
            let length = piece.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
            bytes.extend_from_slice(&piece[..length]);
            at += length as u64;
        }
        if offset <= self.covered {
            self.covered = self.covered.max(end);
        }
        Ok(Some(bytes))
    }

    /// What is there from `offset` to the end of its part.
    async fn piece(&mut self, mailbox: &Mailbox, offset: u64) -> Result<Bytes, Refusal> {
        let owner = match &self.entry.source {
            Source::Report(text) => return Ok(text.slice(usize::try_from(offset).unwrap_or(0)..)),
            Source::Item(owner) | Source::Failed(owner) => *owner,
        };
        let number = i32::try_from(offset / PART as u64).unwrap_or(i32::MAX);
        let inside = usize::try_from(offset % PART as u64).unwrap_or(0);
        let part = match &self.part {
            Some((there, part)) if *there == number => part.clone(),
            _ => {
                let part = mailbox.ledger.payload_part(owner, number).await.map_err(|e| away(&e))?;
                let part = Bytes::from(part.unwrap_or_default());
                self.part = Some((number, part.clone()));
                part
            }
        };
        Ok(part.slice(inside.min(part.len())..))
    }

    /// The client's CLOSE. Whether it read everything is known by now.
    pub async fn close(self, mailbox: &mut Mailbox, leaves: bool, now: Timestamp) {
        let Source::Item(message) = self.entry.source else { return };
        if self.covered < self.entry.size {
            return;
        }
        if let Err(error) = mailbox.read(&self.entry.name, message, leaves, now).await {
            tracing::warn!(%error, message_id = %message, "read to its end, but that was not noted; the partner must read it again");
        }
    }
}

/// A name as it may be shown: one part, printable.
fn shown(name: &str, id: Uuid) -> String {
    let name: String =
        name.chars().map(|c| if c == '/' || c == '\\' || c.is_control() { '_' } else { c }).collect();
    let name = name.trim_start_matches('.');
    if plain_name(name) { name.to_owned() } else { id.to_string() }
}

/// Where several have one name, all but the first are told apart by a piece of their id.
fn tell_apart(entries: &mut [Entry]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for entry in entries {
        let count = seen.entry(entry.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            let id = match &entry.source {
                Source::Item(id) | Source::Failed(id) => id.simple().to_string(),
                Source::Report(_) => continue,
            };
            let mark = &id[id.len() - 8..];
            entry.name = match entry.name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
                Some((stem, rest)) => format!("{stem}-{mark}.{rest}"),
                None => format!("{}-{mark}", entry.name),
            };
        }
    }
}

fn failed_entries(files: &[FailedFile]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = files
        .iter()
        .map(|file| Entry {
            name: shown(&file.file_name, file.message),
            size: u64::try_from(file.size).unwrap_or(0),
            changed: file.received_at.as_second(),
            source: Source::Failed(file.message),
        })
        .collect();
    tell_apart(&mut entries);
    let reports: Vec<Entry> = files
        .iter()
        .zip(&entries)
        .map(|(file, entry)| {
            let text = Bytes::from(report(file, &entry.name));
            let name = format!("{}.report.txt", entry.name);
            let size = text.len() as u64;
            Entry { name, size, changed: entry.changed, source: Source::Report(text) }
        })
        .collect();
    entries.into_iter().zip(reports).flat_map(|(file, report)| [file, report]).collect()
}

/// What the partner is told: the reason in words of its own, and whose move it is.
fn report(file: &FailedFile, name: &str) -> String {
    let (why, next) = match file.reason.as_str() {
        "unparseable" => (
            "It could not be read as EDI (X12 or EDIFACT), or it ends before its trailer.",
            "Check the file, and send it again under a new name.",
        ),
        "too_large" => (
            "It holds a transaction set or message that is larger than we process.",
            "Split it, and send the parts.",
        ),
        "sender_mismatch" => (
            "The sender written in its header (ISA or UNB, GS or UNG) is not one that we have agreed on with you.",
            "Check the sender, or tell us about the new one.",
        ),
        "unknown_partner" => (
            "We have no agreement for the sender and receiver written in its header.",
            "Check both, or ask us to set them up.",
        ),
        "duplicate" => (
            "Its interchange control number was used before, with other content.",
            "Send it again under a new control number. If it is the same as before, nothing need be done.",
        ),
        _ => (
            "It could not be processed. Our operators have been told.",
            "You need not do anything, unless we ask you.",
        ),
    };
    format!(
        "This file was received, and could not be processed.\n\n\
         File:       {name}\nSize:       {} bytes\nReceived:   {}\nReference:  {}\n\n\
         Why:        {why}\nWhat next:  {next}\n\n\
         When you ask us about it, please name the reference.\n",
        file.size, file.received_at, file.message
    )
}

fn away(error: &ledger::Error) -> Refusal {
    tracing::warn!(%error, "an SFTP request was answered with a failure");
    Refusal(StatusCode::Failure, "We cannot answer just now. Try again in a while.".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, reason: &str) -> FailedFile {
        FailedFile {
            message: Uuid::from_u128(7),
            file_name: name.to_owned(),
            size: 3,
            reason: reason.to_owned(),
            detail: "the sender ZZ:BOLT is `bolt`".to_owned(),
            received_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_report_stands_beside_each_file_and_names_nobody_else() {
        let entries = failed_entries(&[file("a.edi", "sender_mismatch"), file("a.edi", "unparseable")]);
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a.edi", "a.edi.report.txt", "a-00000007.edi", "a-00000007.edi.report.txt"]);
        let Source::Report(text) = &entries[1].source else { panic!("{entries:?}") };
        let text = String::from_utf8_lossy(text);
        assert!(text.contains("sender") && text.contains("Reference:"), "{text}");
        assert!(!text.contains("bolt"), "{text}");
    }

    #[test]
    fn names_are_shown_as_one_part() {
        let id = Uuid::nil();
        assert_eq!(shown("997_acme_1.edi", id), "997_acme_1.edi");
        assert_eq!(shown("../../etc/passwd", id), "_.._etc_passwd");
        assert_eq!(shown("", id), id.to_string());
        assert_eq!(shown("...", id), id.to_string());
    }
}
