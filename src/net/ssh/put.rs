//! A file is handed over: once in effect, under its own name, whole.
//!
//! With a temporary name it is uploaded to `.<name>.<tag>.part`, its size looked at, and renamed; the name is the same at each try of the
//! same id, so a try that broke off leaves nothing beside the next one. Without, it is written under its final name at once.
//!
//! It promises: a file that is there already, byte for byte, counts as handed over; what is somebody else's is overwritten only by
//! [`Overwrite::Replace`]. Nobody can know whether a file that is gone was taken or never arrived: then it is written again.
//! It fails with [`NotPut`], which says whether the file may be there all the same.

use super::error::{Result, SshError};
use super::session::{Compared, Session, Stat, Upload};
use crate::net::file;
use crate::net::outcome::Outcome;
use crate::net::spool::Spooled;
use crate::profile::sftp_client::Overwrite;
use std::ffi::OsStr;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Accounts get locked by whoever tries again quickly.
const AFTER_REFUSAL: Duration = Duration::from_secs(15 * 60);
/// How often a name is cleared for a file that replaces another.
const CLEARINGS: u32 = 3;
const TAG: usize = 8;

/// What goes where.
#[derive(Debug, Clone)]
pub struct Put {
    /// On the server; `.` is where we are after the login.
    pub folder: String,
    /// One plain name.
    pub name: String,
    /// The same at each try, and no other file's. Its last characters stand in the temporary name.
    pub id: String,
    pub temporary: bool,
    pub overwrite: Overwrite,
    /// An earlier try may have written: it was cut off, or nobody knows how it ended.
    pub again: bool,
}

/// The file is on the server, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub path: String,
    /// An earlier try wrote it.
    pub was_there: bool,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotPut {
    pub error: SshError,
    /// It may be there, whole or in part.
    pub unsure: bool,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.was_there {
            true => write!(f, "{} was there already, from an earlier try", self.path),
            false => write!(f, "written to {}", self.path),
        }
    }
}

/// What the end of a try means for the delivery.
pub fn outcome(end: &std::result::Result<Done, NotPut>) -> Outcome {
    match end {
        Ok(done) => Outcome::Delivered { status: None, detail: done.to_string() },
        Err(NotPut { error, unsure: true }) => Outcome::Uncertain { reason: error.to_string(), status: None },
        Err(NotPut { error, unsure: false }) => Outcome::Deferred {
            reason: error.to_string(),
            retry_after: matches!(error, SshError::LoginRefused { .. }).then_some(AFTER_REFUSAL),
            status: None,
        },
    }
}

impl Put {
    pub fn path(&self, name: &str) -> String {
        match self.folder.trim_end_matches('/') {
            "" if self.folder.is_empty() => name.to_owned(),
            folder => format!("{folder}/{name}"),
        }
    }

    fn temporary_path(&self) -> String {
        let mut tag: Vec<char> =
            self.id.chars().rev().filter(char::is_ascii_alphanumeric).take(TAG).collect();
        tag.reverse();
        self.path(&format!(".{}.{}.part", self.name, tag.into_iter().collect::<String>()))
    }

    /// The names to be tried, in their order.
    fn names(&self) -> impl Iterator<Item = String> {
        let most = if self.overwrite == Overwrite::Number { usize::MAX } else { 1 };
        file::numbered(OsStr::new(&self.name)).take(most).filter_map(|name| name.into_string().ok())
    }
}

/// What is at a name.
enum There {
    Nothing,
    /// What we are about to write.
    Ours,
    /// What an earlier try of ours wrote of it.
    Half,
    Other,
}

/// On the session's thread. `unsure` says, whatever happens, whether the file may be there.
pub(super) fn put(session: &mut Session, put: &Put, content: &Spooled, unsure: &AtomicBool) -> Result<Done> {
    let mut work = Work { session, put, content, unsure, begun: false, uploaded: false };
    let end = work.run();
    let over = matches!(&end, Err(error) if !error.ends_session());
    if over && work.begun && !unsure.load(Ordering::SeqCst) {
        // Nobody else clears it away, should this have been the last try.
        let _ = work.session.remove(&put.temporary_path());
    }
    end
}

struct Work<'a> {
    session: &'a mut Session,
    put: &'a Put,
    content: &'a Spooled,
    unsure: &'a AtomicBool,
    /// There may be a temporary file.
    begun: bool,
    /// It is whole.
    uploaded: bool,
}

impl Work<'_> {
    fn run(&mut self) -> Result<Done> {
        let mut last = self.put.path(&self.put.name);
        for name in self.put.names() {
            let path = self.put.path(&name);
            let there = self.look(&path)?;
            let clear = match there {
                There::Ours => {
                    if self.put.temporary && (self.begun || self.put.again) {
                        let _ = self.session.remove(&self.put.temporary_path());
                    }
                    return Ok(Done { path, was_there: true });
                }
                There::Nothing => false,
                There::Half => true,
                There::Other if self.put.overwrite == Overwrite::Replace => true,
                There::Other => {
                    last = path;
                    continue;
                }
            };
            let written =
                if self.put.temporary { self.renamed(&path, clear) } else { self.straight(&path, clear) };
            match written {
                Ok(()) => return Ok(Done { path, was_there: false }),
                // Somebody was quicker.
                Err(SshError::Exists { path }) => last = path,
                Err(error) => return Err(error),
            }
        }
        Err(SshError::Exists { path: last })
    }

    fn look(&mut self, path: &str) -> Result<There> {
        let stat = match self.session.stat(path) {
            Ok(stat) => stat,
            // Where one may write and nothing else, writing tells.
            Err(SshError::NoSuchPath { .. } | SshError::Permission { .. }) => return Ok(There::Nothing),
            Err(error) => return Err(error),
        };
        let Stat { size: Some(size), is_folder: false, .. } = stat else { return Ok(There::Other) };
        let half = !self.put.temporary && self.put.again && size < self.content.size;
        if size != self.content.size && !half {
            return Ok(There::Other);
        }
        Ok(match self.session.compare(path, self.content) {
            Ok(Compared::Same) => There::Ours,
            Ok(Compared::Beginning) if half => There::Half,
            Ok(_) => There::Other,
            Err(error) if error.ends_session() => return Err(error),
            // It cannot be read: its name and size have to do. Where names are counted, a second file is better than none.
            Err(_) if half && self.put.overwrite != Overwrite::Number => There::Half,
            Err(_) if self.put.again && self.put.overwrite == Overwrite::Refuse => There::Ours,
            Err(_) => There::Other,
        })
    }

    fn renamed(&mut self, path: &str, clear: bool) -> Result<()> {
        let temporary = self.put.temporary_path();
        if !self.uploaded {
            self.begun = true;
            let sent = self.session.upload(&temporary, self.content, Upload::Overwrite);
            sent.map_err(|error| self.of_folder(error))?;
            // As far as it says.
            if let Ok(Stat { size: Some(size), .. }) = self.session.stat(&temporary)
                && size != self.content.size
            {
                return Err(self.another_size(&temporary, size));
            }
            self.uploaded = true;
            crate::fault::point("put.uploaded");
        }
        for _ in 0..CLEARINGS {
            if clear {
                self.clear(path)?;
            }
            self.unsure.store(true, Ordering::SeqCst);
            let renamed = self.session.rename(&temporary, path);
            self.unsure.store(matches!(&renamed, Err(error) if error.ends_session()), Ordering::SeqCst);
            match renamed {
                Ok(()) => {
                    crate::fault::point("put.renamed");
                    return Ok(());
                }
                Err(SshError::Exists { .. }) if clear => {}
                Err(SshError::Permission { .. }) => {
                    return Err(SshError::Failed {
                        doing: "renaming the temporary file".into(),
                        path: path.to_owned(),
                        why: "not permitted; temporary = false uploads under the final name at once".into(),
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Err(SshError::Exists { path: path.to_owned() })
    }

    fn straight(&mut self, path: &str, clear: bool) -> Result<()> {
        let how = if clear { Upload::Overwrite } else { Upload::New };
        self.unsure.store(true, Ordering::SeqCst);
        let sent = self.session.upload(path, self.content, how);
        let nothing = matches!(
            sent,
            Err(SshError::Exists { .. } | SshError::Permission { .. } | SshError::NoSuchPath { .. })
        );
        self.unsure.store(!nothing, Ordering::SeqCst);
        sent.map_err(|error| self.of_folder(error))?;
        crate::fault::point("put.uploaded");
        match self.session.stat(path) {
            Ok(Stat { size: Some(size), .. }) if size != self.content.size => {
                Err(self.another_size(path, size))
            }
            Err(error) if error.ends_session() => Err(error),
            // Taken by now, or not to be looked at.
            _ => Ok(()),
        }
    }

    fn clear(&mut self, path: &str) -> Result<()> {
        match self.session.remove(path) {
            Ok(()) | Err(SshError::NoSuchPath { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A file that cannot be made is one whose folder is not there.
    fn of_folder(&self, error: SshError) -> SshError {
        match error {
            SshError::NoSuchPath { .. } => {
                SshError::NoSuchPath { path: format!("the folder {}", self.put.folder) }
            }
            error => error,
        }
    }

    fn another_size(&self, path: &str, size: u64) -> SshError {
        SshError::Failed {
            doing: "looking at what was written".into(),
            path: path.to_owned(),
            why: format!("it has {size} bytes there, and {} were sent", self.content.size),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &str, overwrite: Overwrite) -> Put {
        Put {
            folder: folder.into(),
            name: "997_acme_000000001.edi".into(),
            id: "0199a1b2-0000-7000-8000-0123456789ab".into(),
            temporary: true,
            overwrite,
            again: false,
        }
    }

    #[test]
    fn an_id_has_one_temporary_name_and_one_row_of_names() {
        let one = put("/inbox/", Overwrite::Number);
        assert_eq!(one.temporary_path(), "/inbox/.997_acme_000000001.edi.456789ab.part");
        let names: Vec<String> = one.names().take(3).collect();
        assert_eq!(names, ["997_acme_000000001.edi", "997_acme_000000001-1.edi", "997_acme_000000001-2.edi"]);
        assert_eq!(put("/", Overwrite::Refuse).names().count(), 1);
        assert_eq!(put("/", Overwrite::Refuse).path("a"), "/a");
        assert_eq!(put(".", Overwrite::Refuse).path("a"), "./a");
    }

    #[test]
    fn only_what_may_be_there_is_uncertain() {
        let lost = SshError::Lost { doing: "renaming".into(), why: "reset".into() };
        let end = |unsure| outcome(&Err(NotPut { error: lost.clone(), unsure }));
        assert_eq!((end(true).word(), end(false).word()), ("uncertain", "deferred"));
        let by = super::super::LoginBy::Key;
        let refused = SshError::LoginRefused { user: "us".into(), by, why: "no".into() };
        let end = outcome(&Err(NotPut { error: refused, unsure: false }));
        assert!(matches!(end, Outcome::Deferred { retry_after: Some(AFTER_REFUSAL), .. }), "{end:?}");
    }
}
