//! Watches a folder where one of our systems puts documents, and hands them over as the API would.
//!
//! ```text
//! out/a.csv ──claim──> .taking.a.csv ──each document: hand_over, key <file key>/<n>──> taken/a.csv, or removed
//!                            │ the ledger is away: it stays claimed        └ one refused ──> failed/a.csv, a.csv.report.txt
//! ```
//!
//! A document is committed before its file moves, under a key of this very file: after a crash it is found in the ledger, and not handed
//! over twice. Of many documents in a file the good ones go; the report says which did. A file that changed while it was worked on is put
//! among the failed ones, never taken again as a whole. While the ledger is away files wait.

use super::handing::{File, Now, documents, refused, tell_refused, whole};
use super::report::{self, Entry};
use crate::ledger::alert::{Move, Raise};
use crate::net::folder::{
    Candidate, Memory, Pattern, PickedUp, ReadError, claim, leftovers, name_fits, scan,
};
use crate::pipeline::House;
use crate::profile::gateway::Endpoint;
use std::collections::HashSet;
use std::io::Read as _;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Between two looks at a folder.
const LOOK: Duration = Duration::from_millis(500);
/// After the ledger or the folder failed us.
const PAUSE: Duration = Duration::from_secs(2);
/// Files claimed in one look: each holds a file descriptor until it is taken.
const BATCH: usize = 32;

/// Watches the source of the endpoint `name` until `stop`, following the configuration through reloads.
pub async fn watch(house: House, name: String, stop: CancellationToken) {
    let mut folder = Folder { house, name, memory: Memory::default(), told: HashSet::new(), alert: None };
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
    house: House,
    /// The endpoint's.
    name: String,
    memory: Memory,
    /// Files that cannot even be claimed, by key: told once.
    told: HashSet<String>,
    /// Whether the alert that says this folder does not work is open; `None`: just started.
    alert: Option<bool>,
}

impl Folder {
    fn now(&self) -> Option<Now> {
        let now = Now::of(&self.house.profiles.current(), &self.name)?;
        matches!(now.endpoint, Endpoint::Directory(_)).then_some(now)
    }

    /// Takes a batch of complete files; `true`: there are more.
    async fn look(&mut self, stop: &CancellationToken) -> Result<bool, String> {
        let Some(now) = self.now() else { return Ok(false) };
        let (files, more) = self.find(&now).await?;
        for file in files {
            if stop.is_cancelled() {
                return Ok(false);
            }
            self.take(file, &now).await?;
        }
        Ok(more)
    }

    /// Files claimed before and never finished, then complete ones, claimed now: a batch of them.
    async fn find(&mut self, now: &Now) -> Result<(Vec<PickedUp>, bool), String> {
        let folder = now.configuration.path(&now.source.folder);
        let (pattern, settle) = (Pattern::new(&now.source.wildcards()), now.source.settled().duration());
        let mut memory = std::mem::take(&mut self.memory);
        let looking = tokio::task::spawn_blocking(move || {
            let found = leftovers(&folder, BATCH).and_then(|claimed| {
                let candidates = scan(&folder, &pattern, settle, Instant::now(), &mut memory)?;
                Ok(choose(claimed, candidates))
            });
            let found = found.map_err(|e| format!("the folder {} cannot be read: {e}", folder.display()));
            (memory, found)
        });
        let (memory, found) = looking.await.map_err(|e| e.to_string())?;
        self.memory = memory;
        let (claimed, unfit, more) = found?;
        for candidate in unfit {
            self.tell_unfit(&candidate).await;
        }
        Ok((claimed, more))
    }

    async fn take(&self, file: PickedUp, now: &Now) -> Result<(), String> {
        let (spool, limit) =
            (self.house.spool.clone(), now.configuration.gateway.limits.max_set_bytes as u64);
        let reading = tokio::task::spawn_blocking(move || {
            let read = file.read(&spool, limit);
            (file, read)
        });
        let (file, read) = reading.await.map_err(|e| e.to_string())?;
        let name = file.name();
        let entries = match read {
            Ok(content) => {
                let mut bytes = Vec::new();
                let reading = content.reader().and_then(|mut reader| reader.read_to_end(&mut bytes));
                reading.map_err(|e| format!("{name} cannot be read back: {e}"))?;
                let key = format!("file:{}:{}", file.key(), hex(&content.sha256));
                let file =
                    File { name: &name, key: &key, bytes: &bytes, transport: "directory", remote: None };
                documents(&self.house, &self.name, now, &file).await.map_err(|wait| wait.to_string())?
            }
            // Nothing of it was handed over yet.
            Err(ReadError::StillWritten) => {
                return file.release().map(drop).map_err(|e| format!("{name} cannot be put back: {e}"));
            }
            Err(error @ ReadError::TooLarge { .. }) => vec![whole(error.to_string())],
            Err(error @ ReadError::Io(_)) => return Err(format!("{name}: {error}")),
        };
        crate::fault::point("source.committed");
        self.finish(file, now, entries).await
    }

    /// Moves the file: to the taken ones or away, or with its report to the failed ones.
    async fn finish(&self, file: PickedUp, now: &Now, mut entries: Vec<Entry>) -> Result<(), String> {
        let (name, sorry) = (file.name(), |e: std::io::Error, name: &str| {
            format!("{name} cannot be moved away: {e}; it is not handed over twice")
        });
        if file.changed().map_err(|e| sorry(e, &name))? {
            let nth = entries.len() + 1;
            let why = "the file changed after it was read; what was written since was not read. Write under another name and rename";
            entries.push(Entry { nth, ..refused(why, Vec::new()) });
        }
        if !entries.iter().any(Entry::is_refused) {
            tracing::info!(endpoint = %self.name, file = name, documents = entries.len(), "handed over");
            let taken = now.source.taken.as_ref().map(|taken| now.configuration.path(taken));
            let moving = tokio::task::spawn_blocking(move || match taken {
                // As it is now: what was written since lies there, and is not taken for new.
                Some(taken) => {
                    let name = file.os_name().to_owned();
                    file.put(&taken, &name).map(drop)
                }
                None => file.finish(None).map(drop),
            });
            return moving.await.map_err(|e| e.to_string())?.map_err(|e| sorry(e, &name));
        }
        let failed = now.configuration.path(&now.source.failed);
        let text = report::text(&name, &self.name, &entries);
        let (under, written) = tokio::task::block_in_place(|| report::write(&failed, file.os_name(), &text))
            .map_err(|e| format!("the report on {name} cannot be written to {}: {e}", failed.display()))?;
        tell_refused(&self.house, &self.name, &name, &text, &written.display().to_string())
            .await
            .map_err(|error| format!("{name} waits: {error}"))?;
        crate::fault::point("source.reported");
        let moving = tokio::task::spawn_blocking(move || file.put(&failed, &under));
        moving.await.map_err(|e| e.to_string())?.map(drop).map_err(|e| sorry(e, &name))
    }

    async fn tell_unfit(&mut self, candidate: &Candidate) {
        let (key, name) = (candidate.key(), candidate.name());
        if self.told.contains(&key) {
            return;
        }
        let raise = Raise {
            cause: format!("refused:{}", self.name),
            whose: Move::Endpoint,
            partner: None,
            title: format!("endpoint {}: a file cannot be taken", self.name),
            detail: format!(
                "{name}: the name is longer than 247 bytes. It stays where it is. Give it a shorter one."
            ),
            subject: None,
        };
        tracing::warn!(endpoint = %self.name, file = name, "a file with too long a name stays where it is");
        if self.raise(&raise).await.is_ok() {
            self.told.insert(key);
        }
    }

    async fn complain(&mut self, why: &str) {
        tracing::warn!(endpoint = %self.name, why, "source folder");
        if self.alert == Some(true) {
            return;
        }
        let raise = Raise {
            cause: self.cause(),
            whose: Move::Us,
            partner: None,
            title: format!(
                "endpoint {}: the folder that it hands documents over in is not working",
                self.name
            ),
            detail: format!("{why}\nNothing is lost: files stay where they are until it works again."),
            subject: None,
        };
        if self.raise(&raise).await.is_ok() {
            self.alert = Some(true);
        }
    }

    /// A look went well: whatever alert there is, also of an earlier run, is over.
    async fn recovered(&mut self) {
        if self.alert == Some(false) {
            return;
        }
        match self.house.ledger.recover(&self.cause(), self.house.clock.now()).await {
            Ok(_) => self.alert = Some(false),
            Err(error) => tracing::warn!(endpoint = %self.name, %error, "an alert stays open for now"),
        }
    }

    async fn raise(&self, raise: &Raise) -> crate::ledger::Result<()> {
        self.house.ledger.raise(raise, self.house.coalesce(), self.house.clock.now()).await
    }

    fn cause(&self) -> String {
        format!("source:{}", self.name)
    }
}

/// Claims candidates until the batch is full; those that cannot be claimed, and whether there are more.
fn choose(mut claimed: Vec<PickedUp>, candidates: Vec<Candidate>) -> (Vec<PickedUp>, Vec<Candidate>, bool) {
    let mut unfit = Vec::new();
    for candidate in candidates {
        if !name_fits(&candidate) {
            unfit.push(candidate);
        } else if claimed.len() == BATCH {
            return (claimed, unfit, true);
        } else {
            match claim(&candidate) {
                Ok(file) => claimed.extend(file),
                Err(error) => {
                    tracing::warn!(file = candidate.name(), %error, "a complete file cannot be claimed")
                }
            }
        }
    }
    let full = claimed.len() == BATCH;
    (claimed, unfit, full)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
