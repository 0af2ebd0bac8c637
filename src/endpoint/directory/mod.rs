//! An endpoint that takes events as files: `<id>.json`, or `<id>.xml` where it takes IDocs, in a folder, whole or absent.
//!
//! The same id is the same name with the same bytes, so a repeated try changes nothing for whoever still has the file;
//! a reader that moved it away sees it again and must honour the id, as with HTTP. A full disk, a missing folder or
//! missing rights are `Deferred`: nobody saw the file. A folder that cannot be fsynced after the rename is `Uncertain`.

use super::{EventBody, Outcome, idoc};
use crate::net::file::{self, PutError};
use crate::profile::source::IdocSettings;
use std::io;
use std::path::{Path, PathBuf};

/// Writes `event` to `dir/<id>.json`, or its document as an IDoc to `dir/<id>.xml`.
pub async fn deliver(dir: &Path, settings: Option<&IdocSettings>, event: &EventBody) -> Outcome {
    let (dir, settings, event) = (dir.to_owned(), settings.cloned(), event.clone());
    let writing = tokio::task::spawn_blocking(move || match idoc::file(&event, settings.as_ref()) {
        Ok(file) => idoc::told(verdict(&dir, file::put(&dir, &file.name, &file.bytes)), &file.lost),
        Err(held) => held,
    });
    writing.await.unwrap_or_else(|e| Outcome::Uncertain {
        reason: format!("writing the file was broken off: {e}"),
        status: None,
    })
}

fn verdict(dir: &Path, put: Result<PathBuf, PutError>) -> Outcome {
    match put {
        Ok(path) => Outcome::Delivered { status: None, detail: format!("written to {}", path.display()) },
        Err(PutError::Before(e)) if e.kind() == io::ErrorKind::InvalidFilename => {
            Outcome::Refused { status: None, reason: format!("{}: {e}", dir.display()) }
        }
        Err(PutError::Before(e)) => Outcome::Deferred {
            reason: format!("{}: the file could not be written: {e}", dir.display()),
            retry_after: None,
            status: None,
        },
        Err(PutError::After(e)) => Outcome::Uncertain {
            reason: format!("{}: the file was written, but not safely: {e}", dir.display()),
            status: None,
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use bytes::Bytes;

    fn event(id: &str) -> EventBody {
        EventBody { id: id.to_owned(), timestamp: 0, bytes: Bytes::from_static(b"{}") }
    }

    #[tokio::test]
    async fn the_same_id_is_the_same_file() {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            let outcome = deliver(dir.path(), None, &event("evt-1")).await;
            assert!(matches!(outcome, Outcome::Delivered { status: None, .. }), "{outcome:?}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read(dir.path().join("evt-1.json")).unwrap(), b"{}");
    }

    #[tokio::test]
    async fn what_can_pass_is_deferred_and_what_cannot_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("not-mounted");
        let outcome = deliver(&gone, None, &event("evt-1")).await;
        assert!(
            matches!(&outcome, Outcome::Deferred { reason, .. } if reason.contains("not-mounted")),
            "{outcome:?}"
        );
        let outcome = deliver(dir.path(), None, &event("../evt")).await;
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    }
}
