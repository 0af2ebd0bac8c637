//! A large upload goes into the ledger while it still comes, so that its CLOSE has little left to store.
//!
//! A task beside the session reads whole parts back from the file as they are there, compresses them and stores them under an id
//! that no message has yet. Promises: it never holds the session up, holds at most two batches of parts in memory (and [`AT_ONCE`]
//! uploads work at a time), and what is not wanted any more is forgotten. It fails quietly: the file is still whole, and is stored
//! from there when it is accepted.

use crate::clock::SharedClock;
use crate::ledger::message::{PART, Packer, Part};
use crate::ledger::staged::Ahead;
use crate::ledger::{self, Ledger, id};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// Smaller uploads are stored when they are accepted.
pub const FROM: u64 = 8 * PART as u64;
/// Parts stored by one statement.
const BATCH: i32 = 4;
/// Uploads that read, compress and store at once; the others fall behind, and catch up.
const AT_ONCE: usize = 4;
static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// One upload's. Dropped, what is stored is forgotten.
#[derive(Debug)]
pub struct Staging {
    come: watch::Sender<Come>,
    task: JoinHandle<Option<Ahead>>,
}

#[derive(Debug, Clone, Copy)]
enum Come {
    /// So many bytes are in the file, and will not change.
    Bytes(u64),
    /// There will be no more: what is stored is wanted.
    All,
}

impl Staging {
    pub fn begin(ledger: Ledger, clock: SharedClock, file: Arc<File>) -> Staging {
        let (come, seen) = watch::channel(Come::Bytes(0));
        let stage = Stage { ledger, clock, file, seen };
        Staging { come, task: tokio::spawn(stage.run()) }
    }

    pub fn come(&self, bytes: u64) {
        self.come.send_replace(Come::Bytes(bytes));
    }

    /// Ends with the batch that is being stored; what the ledger has by then.
    pub async fn end(self) -> Option<Ahead> {
        self.come.send_replace(Come::All);
        self.task.await.ok().flatten()
    }
}

struct Stage {
    ledger: Ledger,
    clock: SharedClock,
    file: Arc<File>,
    seen: watch::Receiver<Come>,
}

impl Stage {
    async fn run(mut self) -> Option<Ahead> {
        let mut ahead = Ahead { owner: id::new(self.clock.now()), parts: 0 };
        let wanted = self.store(&mut ahead).await;
        match wanted {
            Ok(true) => return (ahead.parts > 0).then_some(ahead),
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(%error, "an upload is not stored ahead; it is stored when it is whole")
            }
        }
        if let Err(error) = self.ledger.unstage(ahead.owner).await {
            tracing::debug!(%error, owner = %ahead.owner, "what was stored ahead stays until it is swept");
        }
        None
    }

    /// `false`: the upload is not wanted any more.
    async fn store(&mut self, ahead: &mut Ahead) -> ledger::Result<bool> {
        loop {
            // The last part of all goes with the message itself.
            let enough = (parts(ahead.parts) + parts(BATCH)) * PART as u64;
            let come =
                self.seen.wait_for(|come| !matches!(come, Come::Bytes(there) if *there <= enough)).await;
            match come.map(|come| *come) {
                Err(_) => return Ok(false),
                Ok(Come::All) => return Ok(true),
                Ok(Come::Bytes(_)) => {}
            }
            let Ok(_place) = PLACES.acquire().await else { return Ok(false) };
            let packer = Packer::new().map_err(unreadable)?;
            let mut next = self.pack(packer, ahead.parts);
            // While one batch is stored, the next is compressed.
            loop {
                let (packer, batch) =
                    next.await.map_err(io::Error::other).and_then(|read| read).map_err(unreadable)?;
                let after = ahead.parts + BATCH;
                let more = matches!(*self.seen.borrow(), Come::Bytes(there) if there > (parts(after) + parts(BATCH)) * PART as u64);
                let following = more.then(|| self.pack(packer, after));
                *ahead = self.ledger.stage(*ahead, batch, self.clock.now()).await?;
                match following {
                    Some(following) => next = following,
                    None => break,
                }
            }
        }
    }

    /// Reads and compresses a batch, from the part numbered `first` on.
    fn pack(&self, mut packer: Packer, first: i32) -> JoinHandle<io::Result<(Packer, Vec<Part>)>> {
        let file = Arc::clone(&self.file);
        tokio::task::spawn_blocking(move || {
            let mut batch = Vec::new();
            for part in first..first + BATCH {
                batch.push(packer.pack(|bytes| file.read_exact_at(bytes, parts(part) * PART as u64))?);
            }
            Ok((packer, batch))
        })
    }
}

fn unreadable(error: io::Error) -> ledger::Error {
    ledger::Error::Refused(format!("the upload cannot be read back: {error}"))
}

fn parts(many: i32) -> u64 {
    u64::try_from(many).unwrap_or(0)
}
