//! Whose folders are polled, and what becomes of a file in them.
//!
//! The clock, the lease, the memory and the order "commit, then remove" are the same for all ([`super::schedule`], [`super::poll`]); an
//! [`Owner`] says whom there is to poll and takes what was downloaded. [`Partners`] makes messages of it. Whoever stands above the
//! transports brings an owner of its own.

use super::alerts;
use super::files::Seen;
use super::poll::Trouble;
use crate::clock::SharedClock;
use crate::ledger::Ledger;
use crate::ledger::alert::{Move, Raise};
use crate::net::spool::{Spool, Spooled};
use crate::net::ssh::Client;
use crate::profile::sftp_client::{Account, Poll};
use crate::profile::{Configuration, PartnerProfile, Store};
use crate::transport::Doors;
use crate::transport::accept::{Facts, Taken};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What every poll works with.
#[derive(Clone)]
pub struct Means {
    pub ledger: Ledger,
    pub profiles: Arc<Store>,
    pub spool: Spool,
    pub clock: SharedClock,
}

/// Whose server it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A partner's, by id.
    Partner(String),
    /// That of one of our systems, by the name of its endpoint.
    Source(String),
}

impl Whom {
    /// In the ledger. No partner's id has a colon.
    pub fn id(&self) -> String {
        match self {
            Whom::Partner(id) => id.clone(),
            Whom::Source(name) => format!("source:{name}"),
        }
    }

    pub fn partner(&self) -> Option<String> {
        match self {
            Whom::Partner(id) => Some(id.clone()),
            Whom::Source(_) => None,
        }
    }

    /// Whose move it is where it is not ours.
    pub fn they(&self) -> Move {
        match self {
            Whom::Partner(_) => Move::Partner,
            Whom::Source(_) => Move::Endpoint,
        }
    }
}

/// One that is to be polled.
pub struct Wanted {
    pub whom: Whom,
    /// Of what says so: another version is polled at once.
    pub version: [u8; 32],
    pub every: Duration,
}

/// All that it takes to poll one.
pub struct Polled<C> {
    pub whom: Whom,
    pub version: [u8; 32],
    pub account: Account,
    /// The configuration folder, where its secrets are looked for.
    pub base: PathBuf,
    pub poll: Poll,
    /// The largest file, in bytes.
    pub limit: u64,
    /// The owner's own.
    pub case: C,
}

/// What became of a file.
#[derive(Debug)]
pub enum End {
    /// It is committed: it goes as the poll says.
    Taken,
    /// It is committed as far as it goes, and told: it is moved to this path.
    Aside(String),
    /// It stays where it is, and is told.
    Refused,
    /// It stays where it is, and could not be told yet.
    Untold,
}

/// A file as it was downloaded, and from where.
pub struct Fetched<'a, C> {
    pub polled: &'a Polled<C>,
    pub client: &'a Client,
    pub file: &'a Seen,
}

impl<C> Fetched<'_, C> {
    /// Of this very file: the server, size, time, content and path.
    pub fn key(&self, content: &Spooled) -> String {
        let sha256: String = content.sha256.iter().map(|b| format!("{b:02x}")).collect();
        let (file, remote) = (self.file, self.client.server().shown());
        format!("poll:{remote}:{}:{}:{sha256}:{}", file.size, file.mtime, file.path)
    }
}

/// See the module.
pub trait Owner: Clone + Send + Sync + 'static {
    /// What it has to know of one of those that it polls.
    type Case: Send + Sync + 'static;

    fn means(&self) -> Means;

    /// Whose servers they are.
    fn whom(name: String) -> Whom;

    /// All that are to be polled.
    fn wanted(&self, configuration: &Configuration) -> Vec<Wanted>;

    /// One of them by its id in the ledger.
    fn polled(&self, configuration: &Arc<Configuration>, id: &str) -> Option<Polled<Self::Case>>;

    /// Commits a file; the same again is committed once.
    fn take(
        &self,
        file: Fetched<'_, Self::Case>,
        content: Spooled,
    ) -> impl Future<Output = Result<End, Trouble>> + Send;

    /// A file that cannot be had. `too_large`: by its size alone.
    fn refuse(
        &self,
        file: Fetched<'_, Self::Case>,
        why: &str,
        too_large: bool,
    ) -> impl Future<Output = Result<End, Trouble>> + Send;
}

/// Partners by their profiles: what they have for us becomes messages.
#[derive(Clone)]
pub struct Partners(pub Doors);

impl Owner for Partners {
    type Case = Arc<PartnerProfile>;

    fn means(&self) -> Means {
        let Doors { ledger, profiles, spool, clock, .. } = self.0.clone();
        Means { ledger, profiles, spool, clock }
    }

    fn whom(name: String) -> Whom {
        Whom::Partner(name)
    }

    fn wanted(&self, configuration: &Configuration) -> Vec<Wanted> {
        let wanted = configuration.partners.iter().filter_map(|(id, profile)| {
            let every = profile.polled()?.every.duration();
            Some(Wanted { whom: Whom::Partner(id.clone()), version: profile.hash, every })
        });
        wanted.collect()
    }

    fn polled(&self, configuration: &Arc<Configuration>, id: &str) -> Option<Polled<Self::Case>> {
        let profile = configuration.partner(id)?.clone();
        let poll = profile.polled()?.clone();
        let most = configuration.gateway.limits.max_message_bytes;
        Some(Polled {
            whom: Whom::Partner(id.to_owned()),
            version: profile.hash,
            account: profile.partner.sftp_client.as_ref()?.account(),
            base: configuration.dir.clone(),
            limit: poll.max_file_bytes.map_or(most, |own| own.min(most)),
            poll,
            case: profile,
        })
    }

    async fn take(&self, fetched: Fetched<'_, Self::Case>, content: Spooled) -> Result<End, Trouble> {
        let (remote, key) = (fetched.client.server().shown(), fetched.key(&content));
        let (profile, file) = (&fetched.polled.case, fetched.file);
        let facts = Facts {
            transport: "sftp_client",
            remote: Some(&remote),
            file_name: Some(&file.name),
            content_type: None,
            idempotency_key: Some(&key),
            as2: None,
        };
        if let Taken::New(message) = self.0.take(profile, facts, content).await? {
            tracing::info!(message_id = %message, partner = profile.partner.id, file = file.path, "taken from the partner's SFTP server");
        }
        Ok(End::Taken)
    }

    async fn refuse(&self, fetched: Fetched<'_, Self::Case>, why: &str, _: bool) -> Result<End, Trouble> {
        Ok(alerts::refused(&self.means(), &fetched.polled.whom, &fetched.file.path, why).await)
    }
}

impl Means {
    /// `true`: it is in the ledger.
    pub async fn raise(&self, raise: &Raise) -> bool {
        let coalesce = self.profiles.current().gateway.alerts.coalesce.duration();
        let coalesce =
            jiff::SignedDuration::try_from(coalesce).unwrap_or(jiff::SignedDuration::from_secs(60));
        let raised = self.ledger.raise(raise, coalesce, self.clock.now()).await;
        raised.inspect_err(|error| tracing::warn!(%error, "an alert is not in the ledger yet")).is_ok()
    }

    /// `true`: whatever there was is over.
    pub async fn recover(&self, cause: &str) -> bool {
        let recovered = self.ledger.recover(cause, self.clock.now()).await;
        recovered.inspect_err(|error| tracing::warn!(%error, "an alert stays open for now")).is_ok()
    }
}
