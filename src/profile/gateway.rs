//! `gateway.toml`: who we are, the database, the doors, the endpoints of our own systems, mail and alerts.
//!
//! Promises: the types are the file, key by key; their comments are the descriptions that `portway schema gateway`
//! shows, and everything that can have a default has one. A key that is not here is an error.
//! Fails as a whole: with a broken `gateway.toml` the gateway does not start (exit 78), and a reload changes nothing.

use super::as2::KeyPair;
use super::hour::{Hour, Zone};
use super::oauth2::OAuth2;
use super::retention::Retention;
use super::secret::{KeyFile, Secret};
use super::sftp::SftpDoor;
use super::sftp_client::{Account, HostKey, Overwrite};
use super::source::{IdocSettings, Source, Written};
use super::{
    duration::{Rate, Span},
    partner::{EdifactId, TokenHash, X12Id},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Our own identity; shorthand for a single `[station.us]`.
    pub us: Option<Station>,
    /// Our identities, by name, where we have several.
    #[serde(default)]
    pub station: BTreeMap<String, Station>,
    /// Where the private PostgreSQL, the spool and the lock live. Default `/var/lib/portway`, or `$STATE_DIRECTORY`.
    pub state: Option<PathBuf>,
    /// Absent: a private PostgreSQL cluster under the state directory.
    pub database: Option<Database>,
    /// The doors that partners come to.
    #[serde(default)]
    pub listen: Listen,
    /// Our own systems, by name.
    #[serde(default)]
    pub endpoint: BTreeMap<String, Endpoint>,
    /// Programs of ours that hand documents over, by name.
    #[serde(default)]
    pub client: BTreeMap<String, Client>,
    /// The mail server for alerts. Absent: alerts are only in the ledger and the log.
    pub mail: Option<Mail>,
    /// Who is told when something breaks.
    #[serde(default)]
    pub alerts: Alerts,
    /// Sizes that are refused.
    #[serde(default)]
    pub limits: Limits,
    /// How work is leased and drained.
    #[serde(default)]
    pub work: Work,
    /// How long what is kept.
    #[serde(default)]
    pub retention: Retention,
    /// What is written to the log.
    #[serde(default)]
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Station {
    /// Our company's name, as people write it.
    pub name: String,
    /// Our AS2 name; case counts.
    pub as2: Option<String>,
    /// Our key pairs: to sign with, to be encrypted to. One, or two while a successor takes over.
    #[serde(default)]
    pub keys: Vec<KeyPair>,
    /// Our ISA qualifier:id, `ZZ:OURID`.
    pub x12: Option<X12Id>,
    /// GS02/GS03 where it differs from the ISA id.
    pub x12_group: Option<String>,
    /// Our UNB id with its qualifier, `14:4012345000009`.
    pub edifact: Option<EdifactId>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user@host/db`; the password is not in it.
    pub url: String,
    pub password: Option<Secret>,
    /// Connections held open at most.
    #[serde(default = "defaults::connections")]
    pub connections: u32,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The partners' HTTPS door. Absent: closed.
    pub https: Option<HttpsDoor>,
    /// The AS2 door. Absent: closed.
    pub as2: Option<As2Door>,
    /// The SFTP door. Absent: closed.
    pub sftp: Option<SftpDoor>,
    /// The door of our own systems. Absent: closed.
    pub api: Option<ApiDoor>,
    /// Metrics and health, for whoever watches the gateway. Absent: closed.
    pub metrics: Option<MetricsDoor>,
}

/// Where `/metrics`, `/healthz` and `/readyz` are, without TLS and for nobody but this host.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsDoor {
    /// A loopback address and port, `127.0.0.1:9464`.
    #[schemars(extend("format" = "socket-address"))]
    pub address: SocketAddr,
}

/// What is written to the log.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// From which level on: `error`, `warn`, `info`, `debug`, `trace`; or by part, `info,portway::pipeline=debug`. Default `info`.
    /// `PORTWAY_LOG` of the environment counts more.
    pub level: Option<String>,
    /// Where the traces of all jobs go by OTLP over HTTP, `http://127.0.0.1:4318`; in builds with the feature `otlp`. Read at the start.
    pub otlp: Option<String>,
}

/// Where our own systems hand documents over. Not for partners.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiDoor {
    /// Address and port, `127.0.0.1:8080`.
    #[schemars(extend("format" = "socket-address"))]
    pub address: SocketAddr,
    /// PEM chain and key, relative to the configuration folder. Both absent: a self-signed certificate is made on first start.
    pub certificate: Option<PathBuf>,
    pub key: Option<KeyFile>,
    /// Without TLS: only on a loopback address.
    #[serde(default)]
    pub plain: bool,
    /// Connections open at once.
    #[serde(default = "defaults::max_connections")]
    pub max_connections: usize,
    /// How many requests one program may make, on each gateway, where it has no `rate` of its own. Above it: 429, and nothing is taken.
    #[serde(default = "defaults::api_rate")]
    pub rate: Rate,
    /// How many at once after a rest. Default what comes in five seconds.
    pub burst: Option<NonZeroU32>,
    /// Wrong tokens from one address that are answered 401; further ones, and tokens that are new from there, are answered 429 unread.
    #[serde(default = "defaults::wrong_tokens")]
    pub wrong_tokens: Rate,
}

/// A program of ours at the API.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// SHA-256 of its bearer token, `sha256:<64 hex>`; several while rotating.
    pub tokens: Vec<TokenHash>,
    /// The partners that it may send to and ask about, by id; default all.
    #[serde(default)]
    pub partners: Vec<String>,
    /// The documents that it may hand over (`purchase-order`, `invoice`); default all.
    #[serde(default)]
    pub documents: Vec<String>,
    /// The endpoint that hears what becomes of its documents. Default the endpoint of its own name, where there is one.
    pub endpoint: Option<String>,
    /// How many requests it may make at our door, on each gateway: `50/s`. Default that of the door.
    pub rate: Option<Rate>,
    /// How many at once after a rest. Default what comes in five seconds.
    pub burst: Option<NonZeroU32>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpsDoor {
    /// Address and port, `0.0.0.0:8443`.
    #[schemars(extend("format" = "socket-address"))]
    pub address: SocketAddr,
    /// PEM chain and key, relative to the configuration folder. Both absent: a self-signed certificate is made on first start.
    pub certificate: Option<PathBuf>,
    pub key: Option<KeyFile>,
    /// Connections open at once. (A partner's client certificate is named in its profile.)
    #[serde(default = "defaults::max_connections")]
    pub max_connections: usize,
    /// How many requests one partner may make, on each gateway, where it has no `rate` of its own. Above it: 429, and nothing is taken.
    #[serde(default = "defaults::https_rate")]
    pub rate: Rate,
    /// How many at once after a rest. Default what comes in five seconds.
    pub burst: Option<NonZeroU32>,
    /// Wrong tokens from one address that are answered 401; further ones, and tokens that are new from there, are answered 429 unread.
    #[serde(default = "defaults::wrong_tokens")]
    pub wrong_tokens: Rate,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct As2Door {
    /// Address and port, `0.0.0.0:4443`.
    #[schemars(extend("format" = "socket-address"))]
    pub address: SocketAddr,
    /// A second door without TLS, for partners that cannot do better: what they send is signed and encrypted all the same.
    #[schemars(with = "Option<String>", extend("format" = "socket-address"))]
    pub plain_address: Option<SocketAddr>,
    /// The address that partners use, `https://as2.us.example:4443/as2`; receipts that come later are asked for there.
    pub url: Option<String>,
    /// PEM chain and key, relative to the configuration folder. Both absent: a self-signed certificate is made on first start.
    pub certificate: Option<PathBuf>,
    pub key: Option<KeyFile>,
    /// Connections open at once.
    #[serde(default = "defaults::max_connections")]
    pub max_connections: usize,
}

/// One of our own systems.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Endpoint {
    Http(HttpEndpoint),
    Directory(DirectoryEndpoint),
    Sftp(SftpEndpoint),
    Events(EventsEndpoint),
}

impl Endpoint {
    /// Whether only test documents go there.
    pub fn is_test(&self) -> bool {
        match self {
            Endpoint::Http(http) => http.test,
            Endpoint::Directory(directory) => directory.test,
            Endpoint::Sftp(sftp) => sftp.test,
            Endpoint::Events(events) => events.test,
        }
    }

    /// The documents that it hands over as files.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Endpoint::Directory(directory) => directory.source.as_ref(),
            Endpoint::Sftp(sftp) => sftp.source.as_ref(),
            Endpoint::Http(_) | Endpoint::Events(_) => None,
        }
    }

    pub fn idoc(&self) -> Option<&IdocSettings> {
        match self {
            Endpoint::Directory(directory) => directory.idoc.as_ref(),
            Endpoint::Sftp(sftp) => sftp.idoc.as_ref(),
            Endpoint::Http(_) | Endpoint::Events(_) => None,
        }
    }
}

/// Each kind's own keys plus `kind`: written by hand, so that a fault in one kind is told in that kind's words.
impl JsonSchema for Endpoint {
    fn schema_name() -> Cow<'static, str> {
        "Endpoint".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds = [
            ("http", HttpEndpoint::json_schema(generator)),
            ("directory", DirectoryEndpoint::json_schema(generator)),
            ("sftp", SftpEndpoint::json_schema(generator)),
            ("events", EventsEndpoint::json_schema(generator)),
        ];
        let kinds = kinds.map(|(kind, schema)| {
            let mut schema = schema.to_value();
            schema["properties"]["kind"] = serde_json::json!({
                "type": "string", "const": kind, "description": "`http`, `directory`, `sftp` or `events`."
            });
            let required = schema.get("required").and_then(|r| r.as_array().cloned()).unwrap_or_default();
            schema["required"] = required.into_iter().chain(["kind".into()]).collect();
            schema
        });
        schemars::json_schema!({ "oneOf": kinds, "discriminator": { "propertyName": "kind" } })
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpEndpoint {
    /// Where events are posted, `https://` or `http://`.
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
    /// Extra certificate authorities (PEM) for `https://`, of the token server too.
    pub ca: Option<PathBuf>,
    /// A bearer token by OAuth 2.0 client credentials. Absent: none is shown.
    pub oauth2: Option<OAuth2>,
    /// Whether the receiver honours the id. `false`: a lost answer is held for a person instead of repeated.
    #[serde(default = "defaults::yes")]
    pub idempotent: bool,
    /// Waits between tries.
    #[serde(default)]
    pub retry: Retry,
    /// How many go out at most, over all gateways: `10/s`. Default as fast as it takes them.
    pub rate: Option<Rate>,
    /// How many a second go out, over all gateways, of what waited while it was down: `50/s`. Default as fast as it takes them.
    pub drain: Option<Rate>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryEndpoint {
    /// The folder where events are written, one file each.
    pub path: PathBuf,
    /// What is written.
    #[serde(default)]
    pub format: Written,
    /// IDocs: their control record, and the partners' numbers.
    pub idoc: Option<IdocSettings>,
    /// Documents that the system hands over as files. Absent: none.
    pub source: Option<Source>,
    /// Only documents marked as test go to a test endpoint, and nowhere else.
    #[serde(default)]
    pub test: bool,
    /// Waits between tries.
    #[serde(default)]
    pub retry: Retry,
    /// How many go out at most, over all gateways: `10/s`. Default as fast as it takes them.
    pub rate: Option<Rate>,
    /// How many a second go out, over all gateways, of what waited while it was down: `50/s`. Default as fast as it takes them.
    pub drain: Option<Rate>,
}

/// One of our systems that takes events as files on an SFTP server.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SftpEndpoint {
    /// The server's name or address.
    pub host: String,
    #[serde(default = "super::sftp_client::port")]
    pub port: u16,
    /// Our user name there.
    pub user: String,
    /// The server's host key: `SHA256:…`, or the line of its public key; several while it changes.
    pub host_key: Vec<HostKey>,
    /// Our private key.
    pub key: Option<Secret>,
    /// What the private key is encrypted with.
    pub passphrase: Option<Secret>,
    /// Our password, where the server takes no key.
    pub password: Option<Secret>,
    /// How long the server may say nothing.
    #[serde(default = "super::sftp_client::timeout")]
    pub timeout: Span,
    /// The folder on the server where events are written, one file each; a relative one begins where we are after the login.
    pub path: String,
    /// What is written.
    #[serde(default)]
    pub format: Written,
    /// IDocs: their control record, and the partners' numbers.
    pub idoc: Option<IdocSettings>,
    /// Documents that the system hands over as files on this server. Absent: none.
    pub source: Option<Source>,
    /// Upload under a temporary name, then rename. `false`: under the final name at once.
    #[serde(default = "defaults::yes")]
    pub temporary: bool,
    /// What happens where another file has that name.
    #[serde(default = "defaults::replace")]
    pub overwrite: Overwrite,
    /// Only documents marked as test go to a test endpoint, and nowhere else.
    #[serde(default)]
    pub test: bool,
    /// Waits between tries.
    #[serde(default)]
    pub retry: Retry,
    /// How many go out at most, over all gateways: `10/s`. Default as fast as it takes them.
    pub rate: Option<Rate>,
    /// How many a second go out, over all gateways, of what waited while it was down: `50/s`. Default as fast as it takes them.
    pub drain: Option<Rate>,
}

impl SftpEndpoint {
    pub fn account(&self) -> Account {
        Account {
            host: self.host.clone(),
            port: self.port,
            user: self.user.clone(),
            host_key: self.host_key.clone(),
            key: self.key.clone(),
            passphrase: self.passphrase.clone(),
            password: self.password.clone(),
            timeout: self.timeout,
        }
    }
}

/// Events that the system fetches itself, from `GET /v1/events`: for one behind a firewall.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsEndpoint {
    /// Only documents marked as test go to a test endpoint, and nowhere else.
    #[serde(default)]
    pub test: bool,
}

/// Exponential back-off with jitter.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// The wait after the first failure; it doubles from there.
    pub first: Span,
    /// The longest wait between two tries.
    pub longest: Span,
    /// Tries before a delivery is dead. Those made while nothing gets through are not counted.
    pub tries: u32,
    /// After so many failed tries in a row one at a time is tried, until one gets through; all else waits, in order.
    pub in_a_row: u32,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { first: Span::seconds(10), longest: Span::seconds(3600), tries: 24, in_a_row: 3 }
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server's name, `smtp.example`.
    pub host: String,
    /// Its port. Default 587, 465 for `implicit`, 25 for `none`.
    pub port: Option<u16>,
    /// How the connection is secured.
    #[serde(default)]
    pub tls: MailTls,
    /// Absent: no login.
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// The sender's address.
    pub from: String,
    /// Extra certificate authorities (PEM).
    pub ca: Option<PathBuf>,
}

impl Mail {
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            MailTls::Starttls => 587,
            MailTls::Implicit => 465,
            MailTls::None => 25,
        })
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    #[default]
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// In the clear: for a relay on this host only.
    None,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Alerts {
    /// The gateway's operators, mailed about every partner.
    pub to: Vec<String>,
    /// Causes that arrive within this time go into one mail.
    pub coalesce: Span,
    /// A delivery that is due for this long and does not go is told, unless its endpoint is down or paused; `0s`: never.
    pub queue_age: Span,
    /// The time before a business answer of ours is due at which it is told that it has not left; `0s`: it is told once it is late.
    pub due_soon: Span,
    /// The hour of the daily digest, `"07:00"`. Absent: there is none.
    pub digest: Option<Hour>,
    /// The clock of that hour, `Europe/Berlin`. Default UTC.
    pub time_zone: Option<Zone>,
    /// Whether the digest goes also when there is nothing to say.
    pub digest_when_quiet: bool,
}

impl Default for Alerts {
    fn default() -> Self {
        Alerts {
            to: Vec::new(),
            coalesce: Span::seconds(60),
            queue_age: Span::seconds(15 * 60),
            due_soon: Span::seconds(3600),
            digest: None,
            time_zone: None,
            digest_when_quiet: true,
        }
    }
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest message taken, in bytes.
    pub max_message_bytes: u64,
    /// The largest transaction set held in memory, in bytes; a larger one is quarantined.
    pub max_set_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_message_bytes: 1 << 30, max_set_bytes: 64 << 20 }
    }
}

/// How the gateway works through the ledger.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Work {
    /// A worker that has not renewed its lease for this long has lost its job.
    pub lease: Span,
    /// Messages parsed and translated at once, 8 by default; 0: this gateway takes and sends, others on its database process.
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
    use crate::profile::duration::{Rate, Span};
    use crate::profile::sftp_client::Overwrite;
    pub fn replace() -> Overwrite {
        Overwrite::Replace
    }
    pub fn connections() -> u32 {
        24
    }
    pub fn max_connections() -> usize {
        512
    }
    pub fn api_rate() -> Rate {
        Rate::per_second(500)
    }
    pub fn https_rate() -> Rate {
        Rate::per_second(200)
    }
    pub fn wrong_tokens() -> Rate {
        Rate::per_minute(30)
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
