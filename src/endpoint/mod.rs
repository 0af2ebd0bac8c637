//! Our own systems: one folder a kind. Each takes one event and says what became of it.
//!
//! An event is bytes frozen at commit plus an id; the same id always goes with the same bytes. Delivery is at least
//! once; a receiver that remembers the id has it once in effect.

pub mod directory;
pub mod event;
pub mod http;
pub mod idoc;
pub mod retry;
pub mod sftp;

pub use crate::net::outcome::Outcome;

use crate::profile::source::IdocSettings;
use bytes::Bytes;
use std::path::PathBuf;
use std::sync::Arc;

/// What is delivered, the same on every try.
#[derive(Debug, Clone)]
pub struct EventBody {
    /// The stable id: `webhook-id`, `Idempotency-Key`, file name. Letters, digits, `-` and `_`.
    pub id: String,
    /// Unix seconds of this try (the signature covers it).
    pub timestamp: i64,
    /// The CloudEvents envelope, see [`event::event_bytes`].
    pub bytes: Bytes,
}

/// One of our systems, ready to deliver to: a kind is an arm.
#[derive(Clone)]
pub enum Target {
    /// The client keeps the connections, so one target is made for each endpoint and kept.
    Http { client: reqwest::Client, target: http::HttpTarget },
    /// A folder; with settings, what is written there is IDocs.
    Directory { dir: PathBuf, idoc: Option<Arc<IdocSettings>> },
    /// A folder on a server; the client keeps its connection.
    Sftp(Arc<sftp::SftpTarget>),
}

impl Target {
    /// One try.
    pub async fn deliver(&self, event: &EventBody) -> Outcome {
        match self {
            Target::Http { client, target } => http::deliver(client, target, event).await,
            Target::Directory { dir, idoc } => directory::deliver(dir, idoc.as_deref(), event).await,
            Target::Sftp(target) => sftp::deliver(target, event).await,
        }
    }
}
