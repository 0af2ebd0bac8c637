//! What the tests are written with: a gateway's folder ([`Site`]), the running process ([`Gateway`]), and everybody around it
//! ([`Partner`], [`Recorder`] as ERP or as the partner's own server, [`Mailbox`], [`Server`]). For AS2: two live products
//! ([`As2Peer`]), the openssl command as builder and judge ([`as2_openssl`]), bytes on the wire ([`as2_raw`]).
//! For SFTP: what suppliers use ([`sftp_peer`]), and a partner's own server ([`Sshd`]), with faults on the way to it ([`Valve`]).
//! Programs of ours at the API: [`Ours`]. Where tokens come from that an ERP demands: [`TokenServer`].
//! The ledger is asked in SQL, by [`Site::database`].

pub mod as2_keys;
pub mod as2_mime;
pub mod as2_openssl;
pub mod as2_peer;
pub mod as2_raw;
mod database;
mod gateway;
mod mailbox;
pub mod ours;
mod partner;
mod recorder;
mod server;
pub mod sftp_peer;
mod site;
mod sshd;
mod token_server;
mod valve;
mod watched;
pub mod x12;

pub use as2_keys::Identity;
pub use as2_mime::Entity;
pub use as2_peer::{As2Peer, Product};
pub use database::Transaction;
pub use gateway::Gateway;
pub use mailbox::Mailbox;
pub use ours::Ours;
pub use partner::{Partner, Reply};
pub use recorder::{Answer, Recorder};
pub use server::Server;
pub use site::{Profile, Site};
pub use sshd::Sshd;
pub use token_server::{Grant, TokenServer};
pub use valve::{Then, Valve};
pub use watched::{DEADLINE, Watched};

use std::future::Future;
use std::sync::LazyLock;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime for clients"));

/// Runs a client's work from a test, which is itself plain and blocking.
pub fn block<F: Future>(work: F) -> F::Output {
    RUNTIME.block_on(work)
}

/// Starts a client beside the test.
pub fn beside<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    RUNTIME.spawn(work)
}
