//! `/in` of one partner, shared by all its sessions: unfinished files, and what was taken of late.
//!
//! Promises: a file is taken once, whole, and committed to the ledger before anybody is told so. Until then it is an unfinished
//! file under `state/sftp/in/<partner>/`, its name there written in base64, so that no name from outside is ever a path of ours.
//! Unfinished files outlive the session and the process: an upload can be resumed. Two handles never write one file: the newer
//! has it. A name that was taken is shown with its size until the partner's last session ends, because clients look.
//!
//! Fails with a [`Refusal`]: the status and the words of the answer. The file stays as it was, for another try.

use super::content::{Content, remove};
use crate::ledger;
use crate::ledger::staged::Ahead;
use crate::net::file;
use crate::net::spool::Spooled;
use crate::profile::PartnerProfile;
use crate::profile::sftp::{Accept, Sftp};
use crate::transport::Doors;
use crate::transport::accept::{Facts, Taken};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use russh_sftp::protocol::{OpenFlags, StatusCode};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// Unfinished files of one partner.
const MOST_FILES: usize = 1000;
/// Names remembered as taken.
const MOST_TAKEN: usize = 4096;
/// The same name and content within this time is the same upload, whose answer got lost. Later it is the partner's wish to send it
/// again: then the interchange's control number decides, and the answer of old goes out again.
const SAME_UPLOAD: SignedDuration = SignedDuration::from_hours(1);
/// An unfinished file that nobody touched for this long is removed.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// An unfinished file, and one that was closed and settles.
const OPEN: &str = ".part";
const CLOSED: &str = ".ready";

/// A request that is not met: the status code and the words beside it.
#[derive(Debug, Clone)]
pub struct Refusal(pub StatusCode, pub String);

pub fn refuse<T>(code: StatusCode, words: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(code, words.into()))
}

/// The trees of all partners, loaded as they are needed.
#[derive(Debug)]
pub struct Trees {
    root: PathBuf,
    trees: Mutex<HashMap<String, Arc<Tree>>>,
}

impl Trees {
    pub fn new(root: PathBuf) -> Trees {
        Trees { root, trees: Mutex::default() }
    }

    /// The partner's; blocks on disk the first time.
    pub fn of(&self, partner: &str) -> io::Result<Arc<Tree>> {
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tree) = trees.get(partner) {
            return Ok(Arc::clone(tree));
        }
        let tree = Arc::new(Tree::load(self.root.join(partner), partner)?);
        trees.insert(partner.to_owned(), Arc::clone(&tree));
        Ok(tree)
    }
}

#[derive(Debug)]
pub struct Tree {
    partner: String,
    folder: PathBuf,
    state: Mutex<State>,
    /// Bytes of all unfinished files.
    pending: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    sessions: usize,
    uploads: BTreeMap<String, Arc<Upload>>,
    taken: BTreeMap<String, Listed>,
    /// Names in `taken`, oldest first.
    order: VecDeque<String>,
}

#[derive(Debug)]
pub struct Upload {
    content: AsyncMutex<Content>,
    size: AtomicU64,
    /// Seconds since 1970.
    changed: AtomicI64,
}

/// What a listing says of a file; the time in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    pub size: u64,
    pub changed: i64,
}

/// A file that a handle writes.
#[derive(Debug)]
pub struct Writing {
    pub name: String,
    upload: Arc<Upload>,
    owner: u64,
    append: bool,
}

/// Who asks, and what for.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    pub doors: &'a Doors,
    pub profile: &'a PartnerProfile,
    pub sftp: &'a Sftp,
    pub remote: &'a str,
    /// The gateway's own limit and the profile's, whichever is less.
    pub limit: u64,
}

impl Tree {
    fn load(folder: PathBuf, partner: &str) -> io::Result<Tree> {
        std::fs::create_dir_all(&folder)?;
        let (mut uploads, mut pending) = (BTreeMap::new(), 0);
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let name = URL_SAFE_NO_PAD.decode(stem).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
            let closed = extension == &CLOSED[1..];
            let (Some(name), true) = (name, closed || extension == &OPEN[1..]) else { continue };
            let mut content = Content::found(&path)?;
            content.closed = closed;
            let changed = std::fs::metadata(&path)?.modified().ok().and_then(|t| Timestamp::try_from(t).ok());
            pending += content.size();
            let upload = Upload {
                size: AtomicU64::new(content.size()),
                changed: AtomicI64::new(changed.unwrap_or_default().as_second()),
                content: AsyncMutex::new(content),
            };
            uploads.insert(name, Arc::new(upload));
        }
        let state = Mutex::new(State { uploads, ..State::default() });
        Ok(Tree { partner: partner.to_owned(), folder, state, pending: AtomicU64::new(pending) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, name: &str, closed: bool) -> PathBuf {
        let mut file = URL_SAFE_NO_PAD.encode(name);
        file.push_str(if closed { CLOSED } else { OPEN });
        self.folder.join(file)
    }

    /// Counts a session in; `None`: there are `most` already.
    pub fn enter(self: &Arc<Self>, most: usize) -> Option<Entered> {
        let mut state = self.state();
        if state.sessions >= most {
            return None;
        }
        state.sessions += 1;
        Some(Entered(Arc::clone(self)))
    }

    /// Everything in `/in`, by name.
    pub fn list(&self) -> Vec<(String, Listed)> {
        let state = self.state();
        let mut all = state.taken.clone();
        all.extend(state.uploads.iter().map(|(name, upload)| (name.clone(), upload.listed())));
        all.into_iter().collect()
    }

    pub fn find(&self, name: &str) -> Option<Listed> {
        let state = self.state();
        state.uploads.get(name).map(|upload| upload.listed()).or_else(|| state.taken.get(name).copied())
    }

    /// Opens a file to be written.
    pub async fn open(&self, asking: Asking<'_>, name: &str, flags: OpenFlags) -> Result<Writing, Refusal> {
        loop {
            let upload = self.upload(asking, name, flags)?;
            let mut content = upload.content.lock().await;
            // Taken, removed or renamed while we waited.
            if content.gone || !self.is(name, &upload) {
                continue;
            }
            if content.closed {
                let (from, to) = (self.path(name, true), self.path(name, false));
                std::fs::rename(from, to).map_err(|error| disk(&error))?;
                content.closed = false;
            }
            content.owner += 1;
            if flags.contains(OpenFlags::TRUNCATE) {
                content.empty(&self.path(name, false)).map_err(|error| disk(&error))?;
            }
            content.spoiled = false;
            self.noted(&upload, &content, asking);
            let append = flags.contains(OpenFlags::APPEND);
            let owner = content.owner;
            drop(content);
            return Ok(Writing { name: name.to_owned(), upload, owner, append });
        }
    }

    fn is(&self, name: &str, upload: &Arc<Upload>) -> bool {
        self.state().uploads.get(name).is_some_and(|there| Arc::ptr_eq(there, upload))
    }

    fn upload(&self, asking: Asking<'_>, name: &str, flags: OpenFlags) -> Result<Arc<Upload>, Refusal> {
        let mut state = self.state();
        if let Some(upload) = state.uploads.get(name) {
            if flags.contains(OpenFlags::EXCLUDE) {
                return refuse(StatusCode::Failure, "There is a file of this name already.");
            }
            return Ok(Arc::clone(upload));
        }
        if !flags.contains(OpenFlags::CREATE) {
            return refuse(StatusCode::NoSuchFile, "There is no unfinished file of this name.");
        }
        if state.uploads.len() >= MOST_FILES {
            let words = format!("There are {MOST_FILES} unfinished files already. Remove or finish some.");
            return refuse(StatusCode::Failure, words);
        }
        let upload = Arc::new(Upload {
            content: AsyncMutex::new(Content::new()),
            size: AtomicU64::new(0),
            changed: AtomicI64::new(asking.doors.clock.now().as_second()),
        });
        state.uploads.insert(name.to_owned(), Arc::clone(&upload));
        Ok(upload)
    }

    /// Keeps the books after a change of content.
    fn noted(&self, upload: &Upload, content: &Content, asking: Asking<'_>) {
        let before = upload.size.swap(content.size(), Ordering::SeqCst);
        self.pending.fetch_add(content.size(), Ordering::SeqCst);
        self.pending.fetch_sub(before, Ordering::SeqCst);
        upload.changed.store(asking.doors.clock.now().as_second(), Ordering::SeqCst);
    }

    pub async fn write(
        &self,
        asking: Asking<'_>,
        writing: &Writing,
        offset: u64,
        bytes: &[u8],
    ) -> Result<(), Refusal> {
        let mut content = writing.content().await?;
        let offset = if writing.append { content.size() } else { offset };
        let growth = content.growth(offset, bytes.len() as u64);
        let refused = if growth > 0 && offset.saturating_add(bytes.len() as u64) > asking.limit {
            Some(format!("The file is larger than {} bytes, the most that is taken.", asking.limit))
        } else if growth > 0
            && self.pending.load(Ordering::SeqCst).saturating_add(growth) > asking.sftp.max_pending_bytes
        {
            let most = asking.sftp.max_pending_bytes;
            Some(format!("Your unfinished files have {most} bytes already. Remove or finish some."))
        } else {
            None
        };
        if let Some(words) = refused {
            content.spoiled = true;
            return refuse(StatusCode::Failure, words);
        }
        let path = self.path(&writing.name, false);
        let written = if content.stays_in_memory(offset, bytes.len()) {
            content.write(&path, offset, bytes)
        } else {
            tokio::task::block_in_place(|| content.write(&path, offset, bytes))
        };
        if let Err(error) = written {
            content.spoiled = true;
            return Err(disk(&error));
        }
        content.store_ahead(&asking.doors.ledger, &asking.doors.clock);
        self.noted(&writing.upload, &content, asking);
        Ok(())
    }

    /// SETSTAT with a size: to nothing, or to what it is.
    pub async fn resize(&self, asking: Asking<'_>, writing: &Writing, size: u64) -> Result<(), Refusal> {
        let mut content = writing.content().await?;
        if size == content.size() {
            return Ok(());
        }
        if size > 0 {
            return refuse(StatusCode::OpUnsupported, "A file cannot be cut or stretched here.");
        }
        content.empty(&self.path(&writing.name, false)).map_err(|error| disk(&error))?;
        self.noted(&writing.upload, &content, asking);
        Ok(())
    }

    /// The client's CLOSE. On `Ok` the file is committed, where the profile takes it now; else it is kept, unfinished.
    ///
    /// A file whose CLOSE fails is gone: some clients do not look at the status, but ask for the size afterwards. What they find
    /// must be what the status said.
    pub async fn close(&self, asking: Asking<'_>, writing: &Writing) -> Result<(), Refusal> {
        let mut content = writing.content().await?;
        let closed = self.closed(asking, writing, &mut content).await;
        if closed.is_err() {
            let path = self.path(&writing.name, content.closed);
            if let Err(error) = content.empty(&path) {
                tracing::warn!(partner = %self.partner, %error, "a file that was refused stays in the state folder");
            }
            self.forget(&writing.name, &writing.upload, &mut content);
        }
        closed
    }

    async fn closed(
        &self,
        asking: Asking<'_>,
        writing: &Writing,
        content: &mut Content,
    ) -> Result<(), Refusal> {
        let name = &writing.name;
        if content.spoiled {
            return refuse(StatusCode::Failure, "A write failed: the file was not taken. Send it again.");
        }
        if !content.is_whole() {
            return refuse(
                StatusCode::Failure,
                "Parts of the file are missing: it was not taken. Send it again.",
            );
        }
        let whole = content.size() > 0 && asking.sftp.is_final(name);
        let path = self.path(name, false);
        match asking.sftp.accept {
            Accept::Close if whole => self.take(asking, name, name, &writing.upload, content, true).await,
            Accept::Settle if whole => {
                // Nobody will ask again: it must be there after a power cut.
                let ready = self.path(name, true);
                let kept = content.sync(&path).and_then(|()| std::fs::rename(&path, &ready));
                kept.and_then(|()| file::sync_dir(&self.folder)).map_err(|error| disk(&error))?;
                content.closed = true;
                Ok(())
            }
            _ => content.flush(&path).map_err(|error| disk(&error)),
        }
    }

    /// The session ended without a CLOSE: what came is kept, and never taken as it is.
    pub async fn abandon(&self, writing: &Writing) {
        let Ok(mut content) = writing.content().await else { return };
        if let Err(error) = content.flush(&self.path(&writing.name, false)) {
            tracing::warn!(partner = %self.partner, %error, "an upload that broke off cannot be kept");
            content.spoiled = true;
        }
        content.forget_ahead();
    }

    /// RENAME within `/in`; to a final name the file is committed before this returns.
    pub async fn rename(
        &self,
        asking: Asking<'_>,
        from: &str,
        to: &str,
        overwrite: bool,
    ) -> Result<(), Refusal> {
        if from == to {
            return Ok(());
        }
        if overwrite && self.state().uploads.contains_key(to) {
            self.remove(to).await?;
        }
        let upload = {
            let mut state = self.state();
            let Some(upload) = state.uploads.get(from).cloned() else {
                // Taken already, under its first name: only the view changes.
                let Some(listed) = state.taken.remove(from) else {
                    return refuse(StatusCode::NoSuchFile, "There is no such file.");
                };
                state.remember(to, listed);
                return Ok(());
            };
            if state.uploads.contains_key(to) {
                return refuse(StatusCode::Failure, "There is a file of that name already.");
            }
            // Nobody else begins a file of this name meanwhile.
            state.uploads.insert(to.to_owned(), Arc::clone(&upload));
            upload
        };
        let mut content = upload.content.lock().await;
        let renamed = self.renamed(asking, from, to, &upload, &mut content).await;
        let mut state = self.state();
        // Under one of the two names it stays, unless it was taken.
        let old = if renamed.is_ok() { from } else { to };
        let both = if content.gone { [from, to] } else { [old, old] };
        for name in both {
            if state.uploads.get(name).is_some_and(|there| Arc::ptr_eq(there, &upload)) {
                state.uploads.remove(name);
            }
        }
        renamed
    }

    async fn renamed(
        &self,
        asking: Asking<'_>,
        from: &str,
        to: &str,
        upload: &Arc<Upload>,
        content: &mut Content,
    ) -> Result<(), Refusal> {
        if content.gone || !self.is(from, upload) {
            return refuse(StatusCode::NoSuchFile, "There is no such file.");
        }
        if content.spoiled || !content.is_whole() {
            return refuse(StatusCode::Failure, "The file is not whole: send it again before you rename it.");
        }
        // Whoever has it open has lost it.
        content.owner += 1;
        let whole = content.size() > 0 && asking.sftp.is_final(to);
        if whole && asking.sftp.accept != Accept::Settle {
            return self.take(asking, from, to, upload, content, true).await;
        }
        let (old, new) = (self.path(from, content.closed), self.path(to, whole));
        if content.is_on_disk() || whole {
            content
                .flush(&old)
                .and_then(|()| std::fs::rename(&old, &new))
                .and_then(|()| if whole { content.sync(&new) } else { Ok(()) })
                .and_then(|()| if whole { file::sync_dir(&self.folder) } else { Ok(()) })
                .map_err(|error| disk(&error))?;
        }
        content.closed = whole;
        self.noted(upload, content, asking);
        Ok(())
    }

    /// REMOVE of an unfinished file.
    pub async fn remove(&self, name: &str) -> Result<(), Refusal> {
        let upload = {
            let state = self.state();
            match state.uploads.get(name) {
                Some(upload) => Arc::clone(upload),
                None if state.taken.contains_key(name) => {
                    let words =
                        "The file has been taken already: it cannot be withdrawn here. Ask your contact.";
                    return refuse(StatusCode::PermissionDenied, words);
                }
                None => return refuse(StatusCode::NoSuchFile, "There is no such file."),
            }
        };
        let mut content = upload.content.lock().await;
        if content.gone {
            return refuse(StatusCode::NoSuchFile, "There is no such file.");
        }
        remove(&self.path(name, content.closed)).map_err(|error| disk(&error))?;
        self.forget(name, &upload, &mut content);
        Ok(())
    }

    fn forget(&self, name: &str, upload: &Arc<Upload>, content: &mut Content) {
        content.gone = true;
        content.forget_ahead();
        self.pending.fetch_sub(upload.size.swap(0, Ordering::SeqCst), Ordering::SeqCst);
        let mut state = self.state();
        if state.uploads.get(name).is_some_and(|there| Arc::ptr_eq(there, upload)) {
            state.uploads.remove(name);
        }
    }

    /// Commits a whole file under the name `to`. `fresh`: the partner has just sent it.
    async fn take(
        &self,
        asking: Asking<'_>,
        name: &str,
        to: &str,
        upload: &Arc<Upload>,
        content: &mut Content,
        fresh: bool,
    ) -> Result<(), Refusal> {
        let path = self.path(name, content.closed);
        let ahead = content.ahead().await;
        let spooled = tokio::task::block_in_place(|| content.spooled(&path)).map_err(|error| disk(&error))?;
        crate::fault::point("sftp.whole");
        let (size, now) = (spooled.size, asking.doors.clock.now());
        let key = format!("sftp:{to}:{}", hex(&spooled.sha256));
        let facts = Facts {
            transport: "sftp",
            remote: Some(asking.remote),
            file_name: Some(to),
            content_type: None,
            idempotency_key: Some(&key),
            as2: None,
        };
        let taken = self.keep(asking, facts, spooled, ahead, fresh).await;
        match taken {
            Ok(Taken::New(message)) => {
                tracing::info!(message_id = %message, partner = %self.partner, file = to, "taken by SFTP");
            }
            Ok(Taken::Replay(message) | Taken::KeyConflict(message)) => {
                tracing::info!(message_id = %message, partner = %self.partner, file = to, "this file had come before; it is not taken twice");
            }
            Err(error) => {
                tracing::warn!(partner = %self.partner, file = to, %error, "a file cannot be taken now; the client was told so");
                let words =
                    "We cannot take it just now. Nothing was accepted: send the same again in a while.";
                return refuse(StatusCode::Failure, words);
            }
        }
        crate::fault::point("sftp.committed");
        if let Err(error) = remove(&path) {
            tracing::warn!(partner = %self.partner, file = to, %error, "taken, but its copy stays in the state folder");
        }
        self.forget(name, upload, content);
        self.state().remember(to, Listed { size, changed: now.as_second() });
        Ok(())
    }

    /// Commits it, with what the ledger has of it already where that is still there.
    async fn keep(
        &self,
        asking: Asking<'_>,
        facts: Facts<'_>,
        spooled: Spooled,
        ahead: Option<Ahead>,
        fresh: bool,
    ) -> ledger::Result<Taken> {
        let Asking { doors, profile, .. } = asking;
        let mut taken = doors.take(profile, facts, spooled.clone().with_ahead(ahead)).await;
        if let Some(Ahead { owner, .. }) = ahead
            && !matches!(taken, Ok(Taken::New(_)))
        {
            if let Err(error) = doors.ledger.unstage(owner).await {
                tracing::debug!(%error, %owner, "what was stored ahead stays until it is swept");
            }
            if matches!(taken, Err(ledger::Error::Refused(_))) {
                taken = doors.take(profile, facts, spooled.clone()).await;
            }
        }
        if let (true, Ok(Taken::Replay(_)), Some(key)) = (fresh, &taken, facts.idempotency_key) {
            let before = doors.clock.now() - SAME_UPLOAD;
            if doors.ledger.forget_key(&self.partner, key, before).await? {
                return doors.take(profile, facts, spooled).await;
            }
        }
        taken
    }

    /// Takes what has settled; removes what nobody came back for.
    pub async fn tend(&self, asking: Asking<'_>) {
        let now = asking.doors.clock.now();
        let settle = SignedDuration::try_from(asking.sftp.settle.duration()).unwrap_or(SignedDuration::MAX);
        let all: Vec<_> = self.state().uploads.iter().map(|(n, u)| (n.clone(), Arc::clone(u))).collect();
        for (name, upload) in all {
            let unchanged = now.as_second() - upload.changed.load(Ordering::SeqCst);
            if unchanged > KEPT.as_secs() {
                tracing::info!(partner = %self.partner, file = name, "an unfinished file that nobody came back for is removed");
                let _ = self.remove(&name).await;
                continue;
            }
            if asking.sftp.accept != Accept::Settle || SignedDuration::from_secs(unchanged) < settle {
                continue;
            }
            // A writer has it.
            let Ok(mut content) = upload.content.try_lock() else { continue };
            if content.closed && !content.gone && self.is(&name, &upload) {
                let taken = self.take(asking, &name, &name, &upload, &mut content, false).await;
                if taken.is_err() {
                    return;
                }
            }
        }
    }
}

impl State {
    fn remember(&mut self, name: &str, listed: Listed) {
        if self.taken.insert(name.to_owned(), listed).is_none() {
            self.order.push_back(name.to_owned());
        }
        while self.order.len() > MOST_TAKEN {
            let Some(oldest) = self.order.pop_front() else { break };
            self.taken.remove(&oldest);
        }
    }
}

impl Upload {
    fn listed(&self) -> Listed {
        let (size, changed) = (self.size.load(Ordering::SeqCst), self.changed.load(Ordering::SeqCst));
        Listed { size, changed }
    }
}

impl Writing {
    async fn content(&self) -> Result<tokio::sync::MutexGuard<'_, Content>, Refusal> {
        let content = self.upload.content.lock().await;
        if content.gone || content.owner != self.owner {
            return refuse(StatusCode::Failure, "Another session has this file now.");
        }
        Ok(content)
    }

    pub fn listed(&self) -> Listed {
        self.upload.listed()
    }
}

/// A session's place; dropping it gives it back.
#[derive(Debug)]
pub struct Entered(Arc<Tree>);

impl std::ops::Deref for Entered {
    type Target = Tree;

    fn deref(&self) -> &Tree {
        &self.0
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.sessions = state.sessions.saturating_sub(1);
        if state.sessions == 0 {
            state.taken.clear();
            state.order.clear();
        }
    }
}

fn disk(error: &io::Error) -> Refusal {
    tracing::error!(%error, "an upload cannot be kept on disk; the client was told to come again");
    Refusal(
        StatusCode::Failure,
        "We have no room for it just now. Nothing was accepted: try again later.".into(),
    )
}

/// Where the unfinished files are.
pub fn root(state: &Path) -> PathBuf {
    state.join("sftp/in")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
