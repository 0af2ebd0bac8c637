//! The watch over one partner's drop folder, and the hand-over of answers into its out folder.
//!
//! A file is read, committed, and only then moved or removed. When the process dies in between, the file is found again under its
//! in-progress name, and its key says that it was committed: it is finished, not taken twice. While the ledger is away, files stay
//! where they are.

use super::{
    Candidate, Finished, Memory, Pattern, PickedUp, ReadError, claim, leftovers, scan, write_answer,
};
use crate::ledger::alert::{Move, Raise};
use crate::net::outcome::Outcome;
use crate::net::spool::Spooled;
use crate::profile::partner::{Directory, Status};
use crate::profile::{Configuration, PartnerProfile};
use crate::transport::Doors;
use crate::transport::accept::{Facts, Taken};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Between two looks at a folder.
const LOOK: Duration = Duration::from_millis(500);
/// After the ledger or the folder failed us.
const PAUSE: Duration = Duration::from_secs(2);

/// Watches the drop folder of partner `id` until `stop`, following its profile through reloads.
pub async fn watch(doors: Doors, id: String, stop: CancellationToken) {
    let mut folder =
        Folder { doors, id, memory: Memory::default(), refused: HashSet::new(), complained: false };
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = match folder.look(&stop).await {
            Ok(()) => LOOK,
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
    /// Files that cannot be taken as they are, by key: told once, left alone until they change.
    refused: HashSet<String>,
    complained: bool,
}

impl Folder {
    async fn look(&mut self, stop: &CancellationToken) -> Result<(), String> {
        let configuration = self.doors.profiles.current();
        let Some(profile) = configuration.partner(&self.id).cloned() else { return Ok(()) };
        let Some(directory) = profile.partner.directory.clone() else { return Ok(()) };
        if profile.partner.status == Status::Draft {
            return Ok(());
        }
        let inbound = configuration.path(&directory.inbound);
        let taken = directory.taken.as_ref().map(|t| configuration.path(t));
        for file in self.complete(&inbound, &directory).await? {
            if stop.is_cancelled() {
                return Ok(());
            }
            self.take(file, &profile, taken.clone(), configuration.gateway.limits.max_message_bytes).await?;
        }
        if std::mem::take(&mut self.complained) {
            let _ = self.doors.ledger.recover(&self.cause(), self.doors.clock.now()).await;
        }
        Ok(())
    }

    /// Files claimed before and never finished, then complete ones, claimed now.
    async fn complete(&mut self, inbound: &Path, directory: &Directory) -> Result<Vec<PickedUp>, String> {
        let (inbound, pattern, settle) =
            (inbound.to_owned(), Pattern::new(&directory.pattern), directory.settle.duration());
        let mut memory = std::mem::take(&mut self.memory);
        let looking = tokio::task::spawn_blocking(move || {
            let found = leftovers(&inbound).and_then(|mut files| {
                let candidates = scan(&inbound, &pattern, settle, Instant::now(), &mut memory)?;
                files.extend(candidates.iter().filter_map(claimed));
                Ok(files)
            });
            (memory, found.map_err(|e| format!("the drop folder {} cannot be read: {e}", inbound.display())))
        });
        let (memory, found) = looking.await.map_err(|e| e.to_string())?;
        self.memory = memory;
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
            Err(ReadError::StillWritten) => return release(file),
            Err(error) => return self.refuse(file, &error).await,
        };
        let key = format!("file:{}:{}", file.key(), hex(&content.sha256));
        let name = file.name();
        let taking = self.commit(profile, &name, &key, content).await;
        if let Err(error) = &taking {
            let back = release(file);
            return back.and(Err(format!("{name} stays in the drop folder: {error}")));
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
        };
        let taken = self.doors.take(profile, facts, content).await?;
        if let Taken::New(message) = taken {
            tracing::info!(message_id = %message, partner = %profile.partner.id, file = name, "taken from the drop folder");
        }
        Ok(())
    }

    /// A file that cannot be taken: back to where it was, one alert, and left alone until it changes.
    async fn refuse(&mut self, file: PickedUp, error: &ReadError) -> Result<(), String> {
        let (name, key) = (file.name(), file.key());
        release(file)?;
        if self.refused.insert(key) {
            let raise = Raise {
                cause: format!("directory:{}:file", self.id),
                whose: Move::Partner,
                partner: Some(self.id.clone()),
                title: format!("{}: a dropped file cannot be taken", self.id),
                detail: format!(
                    "{name}: {error}. It stays in the drop folder. Ask the partner to send it again, or remove it."
                ),
                subject: None,
            };
            self.raise(&raise).await;
        }
        Ok(())
    }

    async fn complain(&mut self, why: &str) {
        tracing::warn!(partner = %self.id, why, "drop folder");
        if self.complained {
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
        self.complained = self.raise(&raise).await;
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

fn claimed(candidate: &Candidate) -> Option<PickedUp> {
    claim(candidate)
        .inspect_err(
            |error| tracing::warn!(file = candidate.name(), %error, "a complete file cannot be claimed"),
        )
        .ok()
        .flatten()
}

fn release(file: PickedUp) -> Result<(), String> {
    let name = file.name();
    file.release().map(|_| ()).map_err(|e| format!("{name} cannot be put back: {e}"))
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
