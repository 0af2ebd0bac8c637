//! The stages between the doors: frame, translate, route, acknowledge, deliver, send. One file a stage.
//!
//! Stages do not call each other. What waits for nobody (frame, translate, route, acknowledge) runs through as one job for one
//! message ([`process`]); delivering to our systems and sending to partners are jobs of their own lanes ([`deliver`]). Each
//! computes without side effects and then writes the next state, and the jobs that follow, in one short transaction.

pub mod acknowledge;
pub mod again;
pub mod aperak;
pub mod compose;
pub mod deliver;
mod due;
mod envelope;
pub mod events;
pub mod findings;
mod fragment;
pub mod frame;
pub mod lane;
pub mod material;
pub mod outgoing;
pub mod overdue;
pub mod process;
pub mod receipts;
mod reconcile;
pub mod results;
pub mod retention;
pub mod route;
pub mod send;
pub mod set;
pub mod source;
pub mod supervise;
mod thread;
pub mod translate;
pub mod uncollected;
pub mod unpack;
mod vigil;
pub mod work;

use crate::clock::SharedClock;
use crate::ledger::Ledger;
use crate::net::spool::Spool;
use crate::profile::Store;
use crate::transport::Arrived;
use crate::transport::as2::Sender;
use crate::transport::https::Poster;
use crate::transport::sftp_client::Pusher;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

/// What every stage works with.
#[derive(Clone)]
pub struct House {
    pub ledger: Ledger,
    pub profiles: Arc<Store>,
    pub spool: Spool,
    pub poster: Arc<Poster>,
    pub as2: Arc<Sender>,
    pub pusher: Arc<Pusher>,
    pub clock: SharedClock,
    /// Causes of alerts that are open, as far as this node knows: what there is to recover.
    pub troubled: Arc<Troubled>,
    /// Cancelled when the gateway is to stop: nothing new is begun.
    pub stop: CancellationToken,
}

impl House {
    fn coalesce(&self) -> jiff::SignedDuration {
        let wait = self.profiles.current().gateway.alerts.coalesce.duration();
        jiff::SignedDuration::try_from(wait).unwrap_or(jiff::SignedDuration::from_secs(60))
    }
}

/// A set of causes.
#[derive(Default)]
pub struct Troubled(std::sync::Mutex<std::collections::HashSet<String>>);

impl Troubled {
    pub fn add(&self, cause: &str) {
        self.extend([cause.to_owned()]);
    }

    pub fn extend(&self, causes: impl IntoIterator<Item = String>) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(causes);
    }

    /// True if it was there; it is not any more.
    pub fn take(&self, cause: &str) -> bool {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(cause)
    }
}

/// Messages that a transport has just committed, with their bytes still at hand.
pub type Arrivals = Arc<Mutex<mpsc::Receiver<Arrived>>>;
