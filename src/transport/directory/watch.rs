//! The watch over one partner's drop folder, and the hand-over of answers into its out folder.
//!
//! A file is read, committed, and only then moved or removed. When the process dies in between, the file is found again under its
//! in-progress name, and its key says that it was committed: it is finished, not taken twice. While the ledger is away, files stay
//! where they are. A full folder is worked off in small batches, so that it cannot use up our file descriptors. A file that
//! cannot be taken is told once and left alone until it or the limit changes.

use super::write_answer;
use crate::ledger::alert::{Move, Raise};
use crate::net::folder::{
    Candidate, Finished, Memory, Pattern, PickedUp, ReadError, claim, leftovers, name_fits, scan,
};
use crate::net::outcome::Outcome;
use crate::net::spool::Spooled;
use crate::profile::partner::{Directory, Status};
use crate::profile::{Configuration, PartnerProfile};
use crate::transport::Doors;
use crate::transport::accept::{Facts, Taken};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Between two looks at a folder.
const LOOK: Duration = Duration::from_millis(500);
/// After the ledger or the folder failed us.
const PAUSE: Duration = Duration::from_secs(2);
/// Files claimed in one look: each holds a file descriptor until it is taken.
const BATCH: usize = 32;

/// Watches the drop folder of partner `id` until `stop`, following its profile through reloads.
pub async fn watch(doors: Doors, id: String, stop: CancellationToken) {
    let mut folder =
        Folder { doors, id, memory: Memory::default(), refused: HashMap::new(), alert: Alert::Unknown };
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = match folder.look(&stop).await {
            Ok(more) => {
                folder.recovered().await;
                if more { Duration::ZERO } else { LOOK }
            }
            Err(why) => {
                folder.complain(&why).await;
                PAUSE
            }
        };
    }
}

struct Folder {
    doors: Doors,
    id: String,
    memory: Memory,
    /// Files that cannot be taken as they are, by key, with the size limit then: told once, left alone until either changes.
    refused: HashMap<String, u64>,
    alert: Alert,
}

/// What we know of the alert that says this folder does not work.
#[derive(PartialEq)]
enum Alert {
    /// Just started: an earlier run may have left it open.
    Unknown,
    Open,
    Closed,
}

/// What one look found.
#[derive(Default)]
struct Found {
    claimed: Vec<PickedUp>,
    /// Files that are not even claimed, and why.
    unfit: Vec<(Candidate, String)>,
    /// There are more to claim.
    more: bool,
}

impl Folder {
    /// Takes a batch of complete files; `true`: there are more.
    async fn look(&mut self, stop: &CancellationToken) -> Result<bool, String> {
        let configuration = self.doors.profiles.current();
        let Some(profile) = configuration.partner(&self.id).cloned() else { return Ok(false) };
        let Some(directory) = profile.partner.directory.clone() else { return Ok(false) };
        if profile.partner.status == Status::Draft {
            return Ok(false);
        }
        let inbound = configuration.path(&directory.inbound);
        let taken = directory.taken.as_ref().map(|t| configuration.path(t));
        let limit = configuration.gateway.limits.max_message_bytes;
        let found = self.find(&inbound, &directory, limit).await?;
        for (candidate, why) in found.unfit {
            self.tell(candidate.key(), &candidate.name(), &why, limit).await;
        }
        for file in found.claimed {
            if stop.is_cancelled() {
                return Ok(false);
            }
            self.take(file, &profile, taken.clone(), limit).await?;
        }
        Ok(found.more)
    }

    /// Files claimed before and never finished, then complete ones, claimed now: a batch of them.
    async fn find(&mut self, inbound: &Path, directory: &Directory, limit: u64) -> Result<Found, String> {
        let (inbound, pattern, settle) =
            (inbound.to_owned(), Pattern::new(&directory.pattern), directory.settle.duration());
        let (mut memory, refused) = (std::mem::take(&mut self.memory), std::mem::take(&mut self.refused));
        let looking = tokio::task::spawn_blocking(move || {
            let mut refused = refused;
            let found = leftovers(&inbound, BATCH).and_then(|claimed| {
                let candidates = scan(&inbound, &pattern, settle, Instant::now(), &mut memory)?;
                forget_gone(&mut refused, &memory);
                Ok(choose(claimed, candidates, &refused, limit))
            });
            let found =
                found.map_err(|e| format!("the drop folder {} cannot be read: {e}", inbound.display()));
            (memory, refused, found)
        });
        let (memory, refused, found) = looking.await.map_err(|e| e.to_string())?;
        (self.memory, self.refused) = (memory, refused);
        found
    }

    async fn take(
        &mut self,
        file: PickedUp,
        profile: &PartnerProfile,
        taken: Option<PathBuf>,
        limit: u64,
    ) -> Result<(), String> {
        let spool = self.doors.spool.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let read = file.read(&spool, limit);
            (file, read)
        });
        let (file, read) = reading.await.map_err(|e| e.to_string())?;
        let content = match read {
            Ok(content) => content,
            Err(ReadError::StillWritten) => return release(file).map(|_| ()),
            Err(error) => return self.refuse(file, &error, limit).await,
        };
        let key = format!("file:{}:{}", file.key(), hex(&content.sha256));
        let name = file.name();
        let taking = self.commit(profile, &name, &key, content).await;
        if let Err(error) = &taking {
            let back = release(file);
            return back.and_then(|_| Err(format!("{name} stays in the drop folder: {error}")));
        }
        crate::fault::point("directory.committed");
        let finishing = tokio::task::spawn_blocking(move || file.finish(taken.as_deref()));
        match finishing.await.map_err(|e| e.to_string())? {
            Ok(Finished::WrittenAfterwards(path)) => {
                tracing::warn!(file = %path.display(), "this file changed after it was taken: what was added since comes as another message");
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(error) => {
                Err(format!("{name} is committed, but cannot be moved away: {error}; it is not taken twice"))
            }
        }
    }

    async fn commit(
        &self,
        profile: &PartnerProfile,
        name: &str,
        key: &str,
        content: Spooled,
    ) -> crate::ledger::Result<()> {
        let facts = Facts {
            transport: "directory",
            remote: None,
            file_name: Some(name),
            content_type: None,
            idempotency_key: Some(key),
            as2: None,
        };
        let taken = self.doors.take(profile, facts, content).await?;
        if let Taken::New(message) = taken {
            tracing::info!(message_id = %message, partner = %profile.partner.id, file = name, "taken from the drop folder");
        }
        Ok(())
    }

    /// A file that cannot be read: back to where it was, and told.
    async fn refuse(&mut self, file: PickedUp, error: &ReadError, limit: u64) -> Result<(), String> {
        let (name, mark) = (file.name(), file.mark());
        let back = release(file)?;
        // It may lie there under another name now.
        let key = mark.key(back.file_name().unwrap_or_default());
        self.tell(key, &name, &error.to_string(), limit).await;
        Ok(())
    }

    /// One alert for a file that cannot be taken; it counts as refused once that is in the ledger.
    async fn tell(&mut self, key: String, name: &str, why: &str, limit: u64) {
        let raise = Raise {
            // A single event, unlike the folder's own trouble: nothing tells us when it is over.
            cause: format!("file:{}", self.id),
            whose: Move::Partner,
            partner: Some(self.id.clone()),
            title: format!("{}: a dropped file cannot be taken", self.id),
            detail: format!(
                "{name}: {why}. It stays in the drop folder. Ask the partner to send it again, or remove it."
            ),
            subject: None,
        };
        tracing::warn!(partner = %self.id, file = name, why, "a dropped file cannot be taken");
        if self.raise(&raise).await {
            self.refused.insert(key, limit);
        }
    }

    async fn complain(&mut self, why: &str) {
        tracing::warn!(partner = %self.id, why, "drop folder");
        if self.alert == Alert::Open {
            return;
        }
        let raise = Raise {
            cause: self.cause(),
            whose: Move::Us,
            partner: Some(self.id.clone()),
            title: format!("{}: the drop folder is not working", self.id),
            detail: format!("{why}\nNothing is lost: files stay where they are until it works again."),
            subject: None,
        };
        if self.raise(&raise).await {
            self.alert = Alert::Open;
        }
    }

    /// A look went well: whatever alert there is, also of an earlier run, is over.
    async fn recovered(&mut self) {
        if self.alert == Alert::Closed {
            return;
        }
        match self.doors.ledger.recover(&self.cause(), self.doors.clock.now()).await {
            Ok(_) => self.alert = Alert::Closed,
            Err(error) => tracing::warn!(partner = %self.id, %error, "an alert stays open for now"),
        }
    }

    async fn raise(&self, raise: &Raise) -> bool {
        let now = self.doors.clock.now();
        let coalesce = self.doors.profiles.current().gateway.alerts.coalesce.duration();
        let coalesce =
            jiff::SignedDuration::try_from(coalesce).unwrap_or(jiff::SignedDuration::from_secs(60));
        self.doors.ledger.raise(raise, coalesce, now).await.is_ok()
    }

    fn cause(&self) -> String {
        format!("directory:{}", self.id)
    }
}

/// Claims candidates until the batch is full, and passes over those that are refused already or cannot be taken.
fn choose(
    claimed: Vec<PickedUp>,
    candidates: Vec<Candidate>,
    refused: &HashMap<String, u64>,
    limit: u64,
) -> Found {
    let mut found = Found { claimed, ..Found::default() };
    for candidate in candidates {
        if refused.get(&candidate.key()) == Some(&limit) {
            continue;
        }
        if let Some(why) = unfit(&candidate, limit) {
            found.unfit.push((candidate, why));
        } else if found.claimed.len() == BATCH {
            found.more = true;
            break;
        } else {
            found.claimed.extend(claim_or_log(&candidate));
        }
    }
    // Leftovers that fill a batch may have hidden others.
    found.more |= found.claimed.len() == BATCH;
    found
}

fn unfit(candidate: &Candidate, limit: u64) -> Option<String> {
    if candidate.size() > limit {
        return Some(ReadError::TooLarge { limit }.to_string());
    }
    (!name_fits(candidate)).then(|| "the file's name is longer than 247 bytes".to_owned())
}

fn forget_gone(refused: &mut HashMap<String, u64>, memory: &Memory) {
    if !refused.is_empty() {
        let there: HashSet<String> = memory.keys().collect();
        refused.retain(|key, _| there.contains(key));
    }
}

fn claim_or_log(candidate: &Candidate) -> Option<PickedUp> {
    claim(candidate)
        .inspect_err(
            |error| tracing::warn!(file = candidate.name(), %error, "a complete file cannot be claimed"),
        )
        .ok()
        .flatten()
}

fn release(file: PickedUp) -> Result<PathBuf, String> {
    let name = file.name();
    file.release().map_err(|e| format!("{name} cannot be put back: {e}"))
}

/// Writes one of our messages into the partner's out folder.
pub async fn hand_over(
    configuration: &Configuration,
    profile: &Arc<PartnerProfile>,
    name: String,
    bytes: Vec<u8>,
) -> Outcome {
    let Some(out) = profile.partner.directory.as_ref().and_then(|d| d.out.as_ref()) else {
        return Outcome::Deferred {
            reason: format!("[directory] out is gone from the profile {}; restore it", profile.partner.id),
            retry_after: None,
            status: None,
        };
    };
    let out = configuration.path(out);
    match tokio::task::spawn_blocking(move || write_answer(&out, &name, &bytes)).await {
        Ok(Ok(path)) => Outcome::Delivered { status: None, detail: format!("written to {}", path.display()) },
        Ok(Err(error)) => Outcome::Deferred {
            reason: format!("the out folder cannot be written: {error}"),
            retry_after: None,
            status: None,
        },
        Err(error) => Outcome::Uncertain { reason: format!("writing was broken off: {error}"), status: None },
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn one_look_claims_a_batch_and_passes_over_what_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("0-large.edi"), "x".repeat(11)).unwrap();
        for nth in 0..BATCH + 5 {
            std::fs::write(dir.path().join(format!("po-{nth:02}.edi")), "ISA").unwrap();
        }
        let mut memory = Memory::default();
        let mut look = |earlier, refused: &mut HashMap<String, u64>, limit| {
            let now = Instant::now();
            let seen = scan(dir.path(), &Pattern::new("*"), Duration::ZERO, now, &mut memory).unwrap();
            forget_gone(refused, &memory);
            choose(earlier, seen, refused, limit)
        };
        let mut refused = HashMap::from([("of a file that is gone".to_owned(), 10)]);
        let first = look(Vec::new(), &mut refused, 10);
        assert_eq!((first.claimed.len(), first.unfit.len(), first.more), (BATCH, 1, true));
        assert!(refused.is_empty());
        refused.insert(first.unfit[0].0.key(), 10);

        let second = look(Vec::new(), &mut refused, 10);
        assert_eq!((second.claimed.len(), second.unfit.len(), second.more), (5, 0, false));
        let raised = look(second.claimed, &mut refused, 11);
        assert_eq!((raised.claimed.len(), raised.unfit.len(), raised.more), (6, 0, false));
        let full = look(first.claimed, &mut refused, 11);
        assert_eq!((full.claimed.len(), full.more), (BATCH, true), "earlier ones fill the batch");
    }
}
