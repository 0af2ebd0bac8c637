//! The `[sftp]` section of a partner's profile, and the SFTP door of `gateway.toml`.
//!
//! Promises: the types are the file, key by key; every key that may be absent has a default. Public keys are read once, with the
//! profile; files of keys become part of the stored profile. A password is never here, only its Argon2 hash.
//! Fails with the place in the profile, and never repeats what could be a password.

use super::document::{Document, steps};
use super::duration::Span;
use super::partner::Partner;
use super::problem::Problem;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Argon2, PasswordVerifier};
use russh::keys::ssh_key::{AuthorizedKeys, public::KeyData};
use russh::keys::{HashAlg, PublicKey};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use wildmatch::WildMatch;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sftp {
    /// The user name at our door; default the partner's id.
    pub user: Option<String>,
    /// Public keys: `authorized_keys` lines, or files of them relative to the configuration folder; several while rotating.
    #[serde(default)]
    pub keys: Vec<String>,
    /// The Argon2 hash of a password, `$argon2id$…`, for a partner that cannot use a key.
    pub password: Option<PasswordHash>,
    /// Where the partner may come from, `192.0.2.0/24`; default anywhere.
    #[serde(default)]
    pub addresses: Vec<Network>,
    /// When a file is taken: at CLOSE, at RENAME to a final name, or when it has settled.
    #[serde(default)]
    pub accept: Accept,
    /// Names that are final. A file under another name waits to be renamed.
    #[serde(default = "any")]
    pub pattern: String,
    /// Names that are never final: what clients call a file while they write it.
    #[serde(default = "temporary")]
    pub temporary: Vec<String>,
    /// With `accept = "settle"`: the time without a change after which a closed file is taken.
    #[serde(default = "settle")]
    pub settle: Span,
    /// What was read to its end leaves `/out` by itself. Default: it leaves, and counts as sent, when the partner deletes it.
    #[serde(default)]
    pub delete_after_read: bool,
    /// What waits in `/out` for longer than this raises an alert; `0s`: never.
    #[serde(default = "uncollected")]
    pub uncollected_after: Span,
    /// The largest file, in bytes. Default: the gateway's limit.
    pub max_file_bytes: Option<u64>,
    /// Bytes of unfinished files that are kept.
    #[serde(default = "pending")]
    pub max_pending_bytes: u64,
    /// Sessions at once.
    #[serde(default = "sessions")]
    pub max_sessions: usize,
}

/// When a file is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Accept {
    /// At CLOSE under a final name; else at RENAME to one.
    #[default]
    Close,
    /// Only at RENAME to a final name.
    Rename,
    /// Closed, and unchanged for the settle time, under a final name.
    Settle,
}

impl Sftp {
    /// Whether a file of this name is whole by its name.
    pub fn is_final(&self, name: &str) -> bool {
        WildMatch::new(&self.pattern).matches(name)
            && !self.temporary.iter().any(|temporary| WildMatch::new(temporary).matches(name))
    }
}

/// The SFTP door.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SftpDoor {
    /// Address and port, `0.0.0.0:2222`.
    #[schemars(with = "String", extend("format" = "socket-address"))]
    pub address: SocketAddr,
    /// The name (and port, where it is not 22) that partners use, `sftp.us.example:2222`; shown on their sheet.
    pub host: Option<String>,
    /// Connections open at once; more wait.
    pub max_sessions: usize,
    /// Time for key exchange and login.
    pub handshake: Span,
    /// Connections of one address that have not logged in yet; further ones are closed at once.
    pub max_unauthenticated: usize,
    /// Tries to log in on one connection.
    pub tries: usize,
    /// A session that says nothing for this long is ended.
    pub idle: Span,
}

impl Default for SftpDoor {
    fn default() -> Self {
        SftpDoor {
            address: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 2222)),
            host: None,
            max_sessions: 256,
            handshake: Span::seconds(30),
            max_unauthenticated: 20,
            tries: 6,
            idle: Span::seconds(15 * 60),
        }
    }
}

/// The public keys of a profile, parsed.
#[derive(Debug, Clone, Default)]
pub struct SftpPartner {
    keys: Vec<PublicKey>,
}

impl SftpPartner {
    /// Whether this key, whatever its comment, is one of the partner's.
    pub fn knows(&self, key: &PublicKey) -> bool {
        self.keys.iter().any(|own| own.key_data() == key.key_data())
    }

    /// `SHA256:…` of each.
    pub fn fingerprints(&self) -> impl Iterator<Item = String> {
        self.keys.iter().map(|key| key.fingerprint(HashAlg::Sha256).to_string())
    }
}

/// Whether an entry of `keys` is a line rather than the name of a file.
pub(super) fn is_key_line(text: &str) -> bool {
    let text = text.trim_start();
    text.contains(char::is_whitespace)
        && (["ssh-", "ecdsa-", "sk-"].iter().any(|start| text.starts_with(start)) || text.contains(" ssh-"))
        || text.starts_with('#')
}

/// Reads the keys of `[sftp]`, files among them already in place.
pub(super) fn read(document: &Document, partner: &Partner) -> Result<Option<SftpPartner>, Vec<Problem>> {
    let Some(sftp) = &partner.sftp else { return Ok(None) };
    let (mut keys, mut problems) = (Vec::new(), Vec::new());
    for (index, text) in sftp.keys.iter().enumerate() {
        if let Err((message, help)) = lines(text, &mut keys) {
            problems.push(document.problem(&steps!["sftp", "keys", index], message).help(help));
        }
    }
    if problems.is_empty() { Ok(Some(SftpPartner { keys })) } else { Err(problems) }
}

fn lines(text: &str, keys: &mut Vec<PublicKey>) -> Result<(), (String, &'static str)> {
    let before = keys.len();
    for entry in AuthorizedKeys::new(text) {
        let entry = entry.map_err(|error| (format!("this is not a public key: {error}"), KEY_HELP))?;
        if !entry.config_opts().is_empty() {
            let message = "the options before the key are not honoured here".to_owned();
            return Err((message, "leave them out; write `addresses` under [sftp] for from=\"…\""));
        }
        keys.push(strong(entry.public_key().clone())?);
    }
    if keys.len() == before {
        return Err(("there is no public key in it".to_owned(), KEY_HELP));
    }
    Ok(())
}

fn strong(key: PublicKey) -> Result<PublicKey, (String, &'static str)> {
    match key.key_data() {
        KeyData::Rsa(rsa) if rsa.key_size() < 2048 => Err((
            format!("this RSA key has {} bits only", rsa.key_size()),
            "ask the partner for an Ed25519 key, or RSA with 3072 bits",
        )),
        KeyData::Ed25519(_) | KeyData::Ecdsa(_) | KeyData::Rsa(_) => Ok(key),
        _ => Err((
            format!("keys of the kind {} are not taken", key.algorithm()),
            "ask the partner for an Ed25519 key: ssh-keygen -t ed25519",
        )),
    }
}

const KEY_HELP: &str = "write the line of the partner's .pub file, \"ssh-ed25519 AAAA… name\", or the file's path relative to the configuration folder";

/// The Argon2 hash of a password, in PHC form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

pub(super) const PASSWORD_HELP: &str = "write the password's Argon2 hash, never the password: \
     `portway partner password` makes one; it begins with `$argon2id$`";

impl PasswordHash {
    /// The hash of a new password.
    ///
    /// # Errors
    /// The system gives no random bytes for the salt.
    pub fn of(password: &str) -> Result<PasswordHash, String> {
        use argon2::PasswordHasher;
        let hash: Phc = Argon2::default().hash_password(password.as_bytes()).map_err(|e| e.to_string())?;
        Ok(PasswordHash(hash.to_string()))
    }

    /// Takes tens of milliseconds and 19 MiB with the usual parameters: for blocking threads.
    pub fn verify(&self, password: &str) -> bool {
        Phc::new(&self.0)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    }
}

impl FromStr for PasswordHash {
    type Err = String;

    /// Errors never repeat the text: it may be the password.
    fn from_str(text: &str) -> Result<PasswordHash, String> {
        if !text.starts_with("$argon2") {
            return Err("this is not a password's hash: it begins with `$argon2id$`".to_owned());
        }
        Phc::new(text).map_err(|_| "this Argon2 hash is not whole".to_owned())?;
        Ok(PasswordHash(text.to_owned()))
    }
}

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(an Argon2 hash)")
    }
}

/// One address, or a network of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(ipnet::IpNet);

pub(super) const NETWORK_HELP: &str =
    "write an address, \"192.0.2.7\", or a network, \"192.0.2.0/24\" or \"2001:db8::/32\"";

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Network, String> {
        let one = text.parse::<IpAddr>().map(ipnet::IpNet::from).ok();
        one.or_else(|| text.parse().ok()).map(Network).ok_or_else(|| format!("`{text}` is not a network"))
    }
}

macro_rules! read_from_text {
    ($type:ident, $format:literal, $help:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(|message: String| serde::de::Error::custom(format!("{message}; {}", $help)))
            }
        }
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}
read_from_text!(PasswordHash, "password-hash", PASSWORD_HELP);
read_from_text!(Network, "network", NETWORK_HELP);

fn any() -> String {
    "*".to_owned()
}
pub(super) fn temporary() -> Vec<String> {
    [".*", "*~", "*.part", "*.partial", "*.filepart", "*.tmp", "*.temp", "*.uploading"]
        .map(str::to_owned)
        .to_vec()
}
/// For how long an item may wait for a partner whose profile says nothing of it.
pub const UNCOLLECTED_AFTER: Span = Span::seconds(24 * 60 * 60);

fn uncollected() -> Span {
    UNCOLLECTED_AFTER
}
fn settle() -> Span {
    Span::seconds(10)
}
fn pending() -> u64 {
    4 << 30
}
fn sessions() -> usize {
    8
}
