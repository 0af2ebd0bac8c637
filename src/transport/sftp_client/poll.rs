//! One poll of one server, under its lease.
//!
//! Each file: looked at, downloaded, looked at again, committed by its [`Owner`] under a key of host, path, size, time and SHA-256, and
//! only then deleted or moved. When the process dies in between, the next poll finds the file again, and the key says that it is committed.
//! Before each commit and each deletion the lease is looked at, and before a deletion the file: it may be another one by now. SFTP has no
//! way to delete a file on condition: what changes in the moment between that look and the deletion is not seen.

use super::files::{Next, Rules, Seen, judge};
use super::owner::{End, Fetched, Means, Owner, Polled};
use crate::ledger::poll::{FileState, KnownFile, PollClaim};
use crate::ledger::{self, Ledger};
use crate::net::spool::Spooled;
use crate::net::ssh::{Client, SshError, Stat};
use crate::profile::sftp_client::{After, Poll};
use jiff::SignedDuration;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tokio_util::sync::CancellationToken;

/// Folders that are looked into below one of the profile's.
const MOST_SUBFOLDERS: usize = 200;
/// Names that are tried in the folder of taken files.
const MOST_NUMBERS: u32 = 99;

/// Why a poll ended early.
#[derive(Debug)]
pub enum Trouble {
    Server(SshError),
    Ledger(ledger::Error),
    /// Something of our own is not as it should be: a sentence.
    Ours(String),
    /// Told to stop.
    Stopped,
}

impl From<SshError> for Trouble {
    fn from(error: SshError) -> Trouble {
        Trouble::Server(error)
    }
}

impl From<ledger::Error> for Trouble {
    fn from(error: ledger::Error) -> Trouble {
        Trouble::Ledger(error)
    }
}

type Result<T> = std::result::Result<T, Trouble>;

/// What a poll did.
#[derive(Debug, Default)]
pub struct Done {
    pub there: usize,
    pub taken: usize,
    /// When the next file may be whole.
    pub wait: Option<SignedDuration>,
    /// Files that should be gone: how many, and the first with its reason.
    pub left: usize,
    pub first_left: Option<(String, SshError)>,
    /// Files were removed late, or could not be.
    pub cleared: bool,
}

/// Our right to poll this server.
pub struct Held {
    ledger: Ledger,
    claim: PollClaim,
    until: Mutex<Instant>,
}

impl Held {
    pub fn new(ledger: Ledger, claim: PollClaim) -> Held {
        let until = Mutex::new(claim.since + ledger.lease_time());
        Held { ledger, claim, until }
    }

    fn check(&self) -> Result<()> {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if Instant::now() < until { Ok(()) } else { Err(ledger::Error::LeaseLost.into()) }
    }

    /// Renews it for as long as it is polled; ends when it is lost.
    pub async fn keep(&self) -> Trouble {
        loop {
            tokio::time::sleep(self.ledger.lease_time() / 3).await;
            let since = Instant::now();
            match self.ledger.renew_poll(&self.claim).await {
                Ok(()) => {
                    let until = since + self.ledger.lease_time();
                    *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
                }
                Err(error) if error.is_unavailable() && self.check().is_ok() => {}
                Err(error) => return error.into(),
            }
        }
    }
}

/// What one poll works with.
pub struct Work<'a, O: Owner> {
    pub owner: &'a O,
    pub means: &'a Means,
    /// Its id in the ledger.
    pub id: &'a str,
    pub polled: &'a Polled<O::Case>,
    pub client: &'a Client,
    pub held: &'a Held,
    pub stop: &'a CancellationToken,
}

/// What became of the attempt to delete or move a file.
enum Cleared {
    Yes,
    /// Another file has its name now; it is not ours to remove.
    Other,
    No(SshError),
}

impl<O: Owner> Work<'_, O> {
    fn poll(&self) -> &Poll {
        &self.polled.poll
    }

    pub async fn run(&self) -> Result<Done> {
        let (ledger, now) = (&self.means.ledger, self.means.clock.now());
        let (seen, mut failed) = self.look().await?;
        let known = ledger.known_files(self.id).await?;
        let mut done = Done { there: seen.len(), ..Done::default() };
        let (mut fresh, mut todo) = (Vec::new(), Vec::new());
        for file in &seen {
            let (next, remember) = judge(file, known.get(&self.place(file)), self.rules(), now);
            if remember {
                fresh.push((self.place(file), self.known(file, FileState::Watched, None)));
            }
            match next {
                Next::Wait(time) => done.wait = Some(done.wait.map_or(time, |wait| wait.min(time))),
                Next::Leave => {}
                next => todo.push((file, next)),
            }
        }
        ledger.know_files(self.id, &fresh, now).await?;
        let places: Vec<String> =
            seen.iter().map(|file| self.place(file)).filter(|p| known.contains_key(p)).collect();
        if !known.is_empty() {
            ledger.still_there(self.id, &places, now).await?;
        }
        for (file, next) in todo {
            if self.stop.is_cancelled() {
                return Err(Trouble::Stopped);
            }
            self.held.check()?;
            let worked = match next {
                Next::Clear => {
                    done.cleared = true;
                    self.clear_away(file, &mut done).await
                }
                Next::Refuse(why, limit) => self.refuse(file, &why, limit, &mut done).await,
                _ => self.take(file, &mut done).await,
            };
            match worked {
                // Such as a folder that is not there for what is put aside: the others go on.
                Err(Trouble::Server(error)) => keep_first(&mut failed, error)?,
                worked => worked?,
            }
        }
        failed.map_or(Ok(done), |error| Err(error.into()))
    }

    /// All files that are for us, oldest first; a folder that cannot be listed does not keep us from the others.
    async fn look(&self) -> Result<(Vec<Seen>, Option<SshError>)> {
        let (mut seen, mut failed) = (Vec::new(), None);
        let moved = match &self.poll().moved {
            Some(moved) => Some(self.client.realpath(moved).await.unwrap_or_else(|_| moved.clone())),
            None => None,
        };
        for folder in &self.poll().folders {
            let mut below = Vec::new();
            if let Err(error) = self.look_into(folder, &mut seen, &mut below).await {
                keep_first(&mut failed, error)?;
            }
            below.retain(|folder| moved.as_ref() != Some(folder));
            below.truncate(MOST_SUBFOLDERS);
            for folder in below {
                if let Err(error) = self.look_into(&folder, &mut seen, &mut Vec::new()).await {
                    keep_first(&mut failed, error)?;
                }
            }
        }
        seen.sort_by(|a, b| (a.mtime, &a.path).cmp(&(b.mtime, &b.path)));
        seen.dedup();
        Ok((seen, failed))
    }

    async fn look_into(
        &self,
        folder: &str,
        seen: &mut Vec<Seen>,
        below: &mut Vec<String>,
    ) -> std::result::Result<(), SshError> {
        // By its real name the same file is the same, however the profile calls the folder.
        let real = match self.client.realpath(folder).await {
            // The listing says what is wrong.
            Err(SshError::NoSuchPath { .. } | SshError::Permission { .. } | SshError::Failed { .. }) => {
                folder.to_owned()
            }
            real => real?,
        };
        let path = |name: &str| format!("{}/{name}", real.trim_end_matches('/'));
        for entry in self.client.list(&real).await? {
            if entry.stat.is_folder {
                if self.poll().subfolders && entry.usable && !entry.name.starts_with('.') {
                    below.push(path(&entry.name));
                }
            } else if entry.stat.is_file && self.poll().wants(&entry.name) {
                seen.push(Seen {
                    path: path(&entry.name),
                    size: entry.stat.size.unwrap_or(0),
                    mtime: entry.stat.mtime.unwrap_or(0),
                    usable: entry.usable,
                    name: entry.name,
                });
            }
        }
        Ok(())
    }

    async fn take(&self, file: &Seen, done: &mut Done) -> Result<()> {
        let content = match self.fetch(file).await {
            Ok(Some(content)) => content,
            Ok(None) => {
                // Still being written, or gone: the next look begins to watch it anew.
                let settle = self.rules().settle;
                done.wait = Some(done.wait.map_or(settle, |wait| wait.min(settle)));
                return self.remember(file, FileState::Watched, None).await;
            }
            Err(Trouble::Server(error)) => return self.unfetched(file, error, done).await,
            Err(other) => return Err(other),
        };
        crate::fault::point("poll.downloaded");
        self.held.check()?;
        let end = self.owner.take(self.fetched(file), content).await?;
        done.taken += 1;
        crate::fault::point("poll.committed");
        self.finish(file, end, None, done).await?;
        crate::fault::point("poll.finished");
        Ok(())
    }

    /// What is to become of the file itself.
    async fn finish(&self, file: &Seen, end: End, limit: Option<u64>, done: &mut Done) -> Result<()> {
        match end {
            End::Taken if self.poll().after == After::Keep => {
                self.remember(file, FileState::Taken, None).await
            }
            End::Taken => self.clear_away(file, done).await,
            End::Aside(to) => {
                self.held.check()?;
                match self.clear(file, Some(&to)).await? {
                    Cleared::Yes | Cleared::Other => {
                        Ok(self.means.ledger.forget_file(self.id, &self.place(file)).await?)
                    }
                    // It is found again, and known.
                    Cleared::No(error) => Err(error.into()),
                }
            }
            End::Refused => self.remember(file, FileState::Refused, limit).await,
            End::Untold => Ok(()),
        }
    }

    fn fetched<'b>(&'b self, file: &'b Seen) -> Fetched<'b, O::Case> {
        Fetched { polled: self.polled, client: self.client, file }
    }

    /// The whole file; `None`: it did not stand still.
    async fn fetch(&self, file: &Seen) -> Result<Option<Spooled>> {
        let (client, limit) = (self.client, self.rules().limit);
        if !same(&client.stat(&file.path).await?, file) {
            return Ok(None);
        }
        let content = tokio::select! {
            content = client.download(&file.path, &self.means.spool, limit) => content?,
            () = self.stop.cancelled() => return Err(Trouble::Stopped),
        };
        let still = content.size == file.size && same(&client.stat(&file.path).await?, file);
        Ok(still.then_some(content))
    }

    /// Whether the poll goes on after a file that could not be read.
    async fn unfetched(&self, file: &Seen, error: SshError, done: &mut Done) -> Result<()> {
        match error {
            SshError::NoSuchPath { .. } => Ok(()),
            SshError::TooLarge { limit, .. } => {
                self.refuse(file, &error.to_string(), Some(limit), done).await
            }
            SshError::Permission { .. } | SshError::Failed { .. } => {
                self.refuse(file, &error.to_string(), None, done).await
            }
            error => Err(error.into()),
        }
    }

    /// Deletes or moves what is committed; what cannot be is remembered.
    async fn clear_away(&self, file: &Seen, done: &mut Done) -> Result<()> {
        self.held.check()?;
        match self.clear(file, None).await? {
            Cleared::Yes | Cleared::Other => {
                Ok(self.means.ledger.forget_file(self.id, &self.place(file)).await?)
            }
            Cleared::No(error) => {
                done.left += 1;
                done.first_left.get_or_insert((file.path.clone(), error));
                self.remember(file, FileState::Taken, None).await
            }
        }
    }

    /// `aside`: to this path, whatever the poll says.
    async fn clear(&self, file: &Seen, aside: Option<&str>) -> Result<Cleared> {
        match self.client.stat(&file.path).await {
            Ok(stat) if same(&stat, file) => {}
            Ok(_) => return Ok(Cleared::Other),
            Err(SshError::NoSuchPath { .. }) => return Ok(Cleared::Yes),
            Err(error) => return Err(error.into()),
        }
        // We may have slept over the answer, and somebody else may have put another file there since.
        self.held.check()?;
        let cleared = match (aside, self.poll().after, &self.poll().moved) {
            (Some(to), ..) => self.client.rename(&file.path, to).await,
            (None, After::Move, Some(moved)) => self.move_to(file, moved).await,
            _ => self.client.remove(&file.path).await,
        };
        match cleared {
            Ok(()) => Ok(Cleared::Yes),
            Err(
                error @ (SshError::Permission { .. } | SshError::Failed { .. } | SshError::Exists { .. }),
            ) => Ok(Cleared::No(error)),
            Err(error @ (SshError::NoSuchPath { .. } | SshError::NoSpace { .. })) => {
                // Of a deletion it says that there is nothing to delete; of a move, that there is no such folder.
                let gone = aside.is_none() && self.poll().after == After::Delete;
                Ok(if gone { Cleared::Yes } else { Cleared::No(error) })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Under a free name: `a.edi`, `a-1.edi`, …
    async fn move_to(&self, file: &Seen, folder: &str) -> std::result::Result<(), SshError> {
        let (stem, ending) = match file.name.rfind('.').filter(|at| *at > 0) {
            Some(at) => file.name.split_at(at),
            None => (file.name.as_str(), ""),
        };
        let folder = folder.trim_end_matches('/');
        for nth in 0..=MOST_NUMBERS {
            let number = if nth == 0 { String::new() } else { format!("-{nth}") };
            let to = format!("{folder}/{stem}{number}{ending}");
            match self.client.rename(&file.path, &to).await {
                Err(SshError::Exists { .. }) if nth < MOST_NUMBERS => {}
                result => return result,
            }
        }
        Ok(())
    }

    async fn refuse(&self, file: &Seen, why: &str, limit: Option<u64>, done: &mut Done) -> Result<()> {
        let end = self.owner.refuse(self.fetched(file), why, limit.is_some()).await?;
        self.finish(file, end, limit, done).await
    }

    async fn remember(&self, file: &Seen, state: FileState, limit: Option<u64>) -> Result<()> {
        let known = [(self.place(file), self.known(file, state, limit))];
        Ok(self.means.ledger.know_files(self.id, &known, self.means.clock.now()).await?)
    }

    fn known(&self, file: &Seen, state: FileState, limit: Option<u64>) -> KnownFile {
        KnownFile { size: file.size, mtime: file.mtime, state, since: self.means.clock.now(), limit }
    }

    /// Where a file is, as the ledger knows it: another server is another memory.
    fn place(&self, file: &Seen) -> String {
        format!("{}:{}", self.client.server().shown(), file.path)
    }

    fn rules(&self) -> Rules {
        Rules {
            settle: SignedDuration::try_from(self.poll().settle.duration()).unwrap_or(SignedDuration::MAX),
            limit: self.polled.limit,
            after: self.poll().after,
        }
    }
}

fn same(stat: &Stat, file: &Seen) -> bool {
    (stat.size.unwrap_or(0), stat.mtime.unwrap_or(0)) == (file.size, file.mtime)
}

/// Of what one folder has, another may be free; what the connection has, all have.
fn keep_first(first: &mut Option<SshError>, error: SshError) -> Result<()> {
    match error {
        SshError::NoSuchPath { .. } | SshError::Permission { .. } | SshError::Failed { .. } => {
            first.get_or_insert(error);
            Ok(())
        }
        error => Err(error.into()),
    }
}
