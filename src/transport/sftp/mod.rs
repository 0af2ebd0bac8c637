//! The SFTP door: suppliers put files into `/in` and fetch our answers from `/out`.
//!
//! `login` decides who comes in, `session` answers requests, `tree` keeps unfinished files and takes whole ones, `mailbox` shows
//! what waits for the partner. SSH is russh's, and contained: each connection is a task of its own behind a stream that can be
//! cut, so a panic, a stall or a flood there ends that connection and nothing else. No compression, no keyboard-interactive.
//!
//! It promises: OK to CLOSE or RENAME of a file that is taken goes out only after the ledger's commit; what was not closed is
//! never processed. On `stop` no new connection is taken, running requests are answered, then connections end.

mod content;
mod cut;
pub mod host_key;
mod login;
mod mailbox;
mod path;
mod session;
mod staging;
mod strangers;
mod tree;
mod tries;

use super::Doors;
use crate::profile::gateway::Gateway;
use crate::profile::sftp::SftpDoor;
use cut::Cut;
use jiff::SignedDuration;
use login::Login;
use russh::keys::PrivateKey;
use russh::server::{self, Config};
use russh::{MethodKind, MethodSet, Preferred, SshId, compression};
use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use strangers::{Enough, Stranger, Strangers};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tree::{Asking, Trees};
use tries::Tries;

/// A refused login is answered after this long, whatever was wrong.
const REFUSAL: Duration = Duration::from_millis(500);
/// A connection that says nothing is asked whether it is still there.
const ALIVE: Duration = Duration::from_secs(20);
/// Passwords looked at at once.
const HASHING: usize = 2;
/// Between two looks at files that settle.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks at what was stored ahead for uploads that nobody ended, in looks; and how long such an upload may rest.
const SWEEP: u32 = 600;
const RESTS: SignedDuration = SignedDuration::from_hours(1);
/// What is said to have been heard of us before a login: nothing that tells a version.
const IDENTIFICATION: &str = "SSH-2.0-Portway";

/// What all connections share.
pub struct Door {
    doors: Doors,
    config: Arc<Config>,
    trees: Trees,
    tries: Tries,
    strangers: Arc<Strangers>,
    hashing: Semaphore,
    handshake: Duration,
    most: usize,
    drain: Duration,
}

/// A connection that has just come.
struct Visitor {
    stream: TcpStream,
    address: SocketAddr,
    stranger: Stranger,
}

/// One connection's tasks and signals.
#[derive(Clone)]
struct Served {
    sessions: TaskTracker,
    authenticated: CancellationToken,
    stop: CancellationToken,
}

impl Door {
    pub fn new(
        doors: Doors,
        keys: Vec<PrivateKey>,
        gateway: &Gateway,
        door: &SftpDoor,
        state: &Path,
    ) -> Door {
        let methods = MethodSet::from(&[MethodKind::PublicKey, MethodKind::Password][..]);
        let config = Config {
            server_id: SshId::Standard(Cow::Borrowed(IDENTIFICATION)),
            methods,
            auth_rejection_time: REFUSAL,
            // The probe that clients begin with is no try.
            auth_rejection_time_initial: Some(Duration::ZERO),
            keys,
            max_auth_attempts: door.tries,
            inactivity_timeout: Some(door.idle.duration()),
            keepalive_interval: Some(ALIVE),
            maximum_packet_size: 64 * 1024 - 1,
            preferred: Preferred { compression: Cow::Borrowed(&[compression::NONE]), ..Preferred::DEFAULT },
            nodelay: true,
            ..Config::default()
        };
        Door {
            doors,
            config: Arc::new(config),
            trees: Trees::new(tree::root(state)),
            tries: Tries::default(),
            strangers: Strangers::new(door.max_unauthenticated),
            hashing: Semaphore::new(HASHING),
            handshake: door.handshake.duration(),
            most: door.max_sessions,
            drain: gateway.work.drain.duration(),
        }
    }

    /// Serves until `stop`, then drains.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let door = Arc::new(self);
        let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
        let tending = tokio::spawn(Arc::clone(&door).tend(stop.clone()));
        tokio::select! {
            () = stop.cancelled() => {}
            () = door.accept(&listener, &connections, &stop, &cut) => {}
        }
        drop(listener);
        connections.close();
        if tokio::time::timeout(door.drain, connections.wait()).await.is_err() {
            tracing::warn!(open = connections.len(), "SFTP connections did not end in time and are cut");
            cut.cancel();
            connections.wait().await;
        }
        let _ = tending.await;
    }

    async fn accept(
        self: &Arc<Self>,
        listener: &TcpListener,
        connections: &TaskTracker,
        stop: &CancellationToken,
        cut: &CancellationToken,
    ) {
        let places = Arc::new(Semaphore::new(self.most.max(1)));
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, address)) => {
                    let entered = self.strangers.enter(address.ip());
                    let Ok(stranger) = entered else {
                        if matches!(entered, Err(Enough { first: true })) {
                            tracing::info!(%address, "an SFTP connection was closed: too many of this address have not logged in yet");
                        }
                        continue;
                    };
                    let visitor = Visitor { stream, address, stranger };
                    let (stop, cut) = (stop.clone(), cut.child_token());
                    connections.spawn(Arc::clone(self).connection(visitor, place, stop, cut));
                }
                Err(error) => {
                    // Out of descriptors, or one connection's own trouble: either way a moment's rest does no harm.
                    tracing::debug!(%error, "no SFTP connection can be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn connection(
        self: Arc<Self>,
        visitor: Visitor,
        _place: OwnedSemaphorePermit,
        stop: CancellationToken,
        cut: CancellationToken,
    ) {
        let Visitor { stream, address, stranger } = visitor;
        let mut stranger = Some(stranger);
        let _ = stream.set_nodelay(true);
        let (sessions, authenticated) = (TaskTracker::new(), CancellationToken::new());
        let served = Served { sessions, authenticated, stop: stop.clone() };
        let login = Login::new(Arc::clone(&self), address, served.clone());
        let config = Arc::clone(&self.config);
        let greeting = server::run_stream(config, Cut::new(stream, cut.clone()), login);
        let Ok(Ok(running)) = tokio::time::timeout(self.handshake, greeting).await else { return };
        let handle = running.handle();
        let mut running = std::pin::pin!(running);
        let late = tokio::time::sleep(self.handshake);
        let mut late = std::pin::pin!(late);
        let mut stopping = false;
        let ended = loop {
            tokio::select! {
                ended = &mut running => break ended,
                () = &mut late, if !served.authenticated.is_cancelled() => {
                    tracing::debug!(%address, "an SFTP login took too long");
                    cut.cancel();
                    break running.as_mut().await;
                }
                () = served.authenticated.cancelled(), if stranger.is_some() => stranger = None,
                () = stop.cancelled(), if !stopping => {
                    stopping = true;
                    // Requests that run are answered; what is left of uploads is kept.
                    served.sessions.close();
                    served.sessions.wait().await;
                    let words = "The gateway is stopping: come again in a while.".to_owned();
                    let _ = handle.disconnect(russh::Disconnect::ByApplication, words, "en".to_owned()).await;
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%address, %error, "an SFTP connection ended");
        }
        cut.cancel();
        served.sessions.close();
        served.sessions.wait().await;
    }

    /// Takes files that have settled, and removes those that nobody came back for.
    async fn tend(self: Arc<Self>, stop: CancellationToken) {
        for nth in 0u32.. {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            if nth.is_multiple_of(SWEEP) {
                self.sweep().await;
            }
            let configuration = self.doors.profiles.current();
            for (id, profile) in &configuration.partners {
                let Some(sftp) = &profile.partner.sftp else { continue };
                let Ok(tree) = tokio::task::block_in_place(|| self.trees.of(id)) else { continue };
                let limit = configuration.gateway.limits.max_message_bytes;
                let remote = "(settled)";
                tree.tend(Asking { doors: &self.doors, profile, sftp, remote, limit }).await;
            }
        }
    }

    async fn sweep(&self) {
        let before = self.doors.clock.now().saturating_sub(RESTS).unwrap_or_default();
        match self.doors.ledger.sweep_staged(before).await {
            Ok(0) => {}
            Ok(many) => {
                tracing::info!(many, "what was stored ahead for uploads that nobody ended is removed")
            }
            Err(error) => tracing::debug!(%error, "uploads that nobody ended cannot be looked for"),
        }
    }
}
