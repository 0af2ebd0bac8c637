//! The partner side, in and out: one folder (or file) a transport.
//!
//! A transport authenticates, spools, commits through [`crate::ledger::Ledger::accept`], and only then answers. What it has
//! committed it hands on as [`Arrived`], with the bytes still at hand; if nobody takes that, the ledger's queue does.

pub mod accept;
pub mod as2;
pub mod directory;
pub mod https;
pub mod sftp;
pub mod sftp_client;

use crate::clock::SharedClock;
use crate::ledger::Ledger;
use crate::ledger::job::Lease;
use crate::ledger::message::ToProcess;
use crate::net::spool::{Spool, Spooled};
use crate::profile::Store;
use std::sync::Arc;
use tokio::sync::mpsc;

/// A committed message whose processing is leased to this node.
#[derive(Debug)]
pub struct Arrived {
    pub message: ToProcess,
    pub lease: Lease,
    /// The bytes, unless too many wait already: then they are read from the ledger again.
    pub content: Option<Spooled>,
}

/// What a door works with.
#[derive(Clone)]
pub struct Doors {
    pub ledger: Ledger,
    pub profiles: Arc<Store>,
    pub spool: Spool,
    pub clock: SharedClock,
    pub arrivals: mpsc::Sender<Arrived>,
    /// Whether this node works on what it takes, or leaves that to others on the same database.
    pub processes: bool,
}
