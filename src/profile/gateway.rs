//! `gateway.toml`: who we are, the database, the doors, the endpoints of our own systems, mail and alerts.

use super::secret::Secret;
use super::{duration::Span, partner::X12Id};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Our own identity; shorthand for a single `[station.us]`.
    pub us: Option<Station>,
    #[serde(default)]
    pub station: BTreeMap<String, Station>,
    /// Where the private PostgreSQL, the spool and the lock live. Default `/var/lib/portway`, or `$STATE_DIRECTORY`.
    pub state: Option<PathBuf>,
    /// Absent: a private PostgreSQL cluster under the state directory.
    pub database: Option<Database>,
    #[serde(default)]
    pub listen: Listen,
    #[serde(default)]
    pub endpoint: BTreeMap<String, Endpoint>,
    pub mail: Option<Mail>,
    #[serde(default)]
    pub alerts: Alerts,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub work: Work,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    pub name: String,
    /// `ZZ:OURID`; several where we have several.
    pub x12: Option<X12Id>,
    /// GS02/GS03 where it differs from the ISA id.
    pub x12_group: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user@host/db`; a password by reference.
    pub url: String,
    pub password: Option<Secret>,
    #[serde(default = "defaults::connections")]
    pub connections: u32,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The partners' HTTPS door. Absent: closed.
    pub https: Option<HttpsDoor>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpsDoor {
    pub address: SocketAddr,
    /// PEM chain and key, relative to the configuration folder. Both absent: a self-signed certificate is made on first start.
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Issuers whose client certificates are asked for. A partner names its own certificate in its profile.
    #[serde(default = "defaults::max_connections")]
    pub max_connections: usize,
}

/// One of our own systems.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Endpoint {
    Http(HttpEndpoint),
    Directory(DirectoryEndpoint),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpEndpoint {
    pub url: String,
    /// Standard Webhooks secrets, `whsec_…`; the first signs first, all sign while rotating.
    pub secrets: Vec<Secret>,
    /// Only documents marked as test go to a test endpoint, and nowhere else.
    #[serde(default)]
    pub test: bool,
    /// Deliveries in flight at once.
    #[serde(default = "defaults::concurrency")]
    pub concurrency: u32,
    #[serde(default = "defaults::timeout")]
    pub timeout: Span,
    /// Extra certificate authorities (PEM) for `https://`.
    pub ca: Option<PathBuf>,
    /// Whether the receiver honours the id. `false`: a lost answer is held for a person instead of repeated.
    #[serde(default = "defaults::yes")]
    pub idempotent: bool,
    #[serde(default)]
    pub retry: Retry,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryEndpoint {
    pub path: PathBuf,
    #[serde(default)]
    pub test: bool,
    #[serde(default)]
    pub retry: Retry,
}

/// Exponential back-off with jitter.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    pub first: Span,
    pub longest: Span,
    /// Tries before a delivery is dead.
    pub tries: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { first: Span::seconds(10), longest: Span::seconds(3600), tries: 24 }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtp.example:587`.
    pub host: String,
    pub port: u16,
    #[serde(default)]
    pub tls: MailTls,
    pub username: Option<String>,
    pub password: Option<Secret>,
    pub from: String,
    pub ca: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    #[default]
    Starttls,
    Implicit,
    None,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    pub to: Vec<String>,
    /// Causes that arrive within this time go into one mail.
    pub coalesce: Span,
}

impl Default for Alerts {
    fn default() -> Self {
        Alerts { to: Vec::new(), coalesce: Span::seconds(60) }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub max_message_bytes: u64,
    pub max_set_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_message_bytes: 1 << 30, max_set_bytes: 64 << 20 }
    }
}

/// How the gateway works through the ledger.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Work {
    /// A worker that has not renewed its lease for this long has lost its job.
    pub lease: Span,
    /// Messages parsed and translated at once. Default: the number of cores.
    pub processors: Option<usize>,
    /// Time that running work has to end on SIGTERM.
    pub drain: Span,
}

impl Default for Work {
    fn default() -> Self {
        Work { lease: Span::seconds(30), processors: None, drain: Span::seconds(20) }
    }
}

mod defaults {
    use crate::profile::duration::Span;
    pub fn connections() -> u32 {
        12
    }
    pub fn max_connections() -> usize {
        512
    }
    pub fn concurrency() -> u32 {
        8
    }
    pub fn timeout() -> Span {
        Span::seconds(30)
    }
    pub fn yes() -> bool {
        true
    }
}
