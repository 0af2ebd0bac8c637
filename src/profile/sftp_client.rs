//! The `[sftp_client]` section of a partner's profile: a server of theirs, where we are the client.
//!
//! Promises: the types are the file, key by key; every key that may be absent has a default, save the host key, which has to be
//! known beforehand. [`Account`] is what it takes to log in anywhere, for other sections too. Secrets stay references.
//! Fails with the place in the profile.

use super::duration::{Rate, Span};
use super::gateway::Retry;
use super::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use russh::keys::{HashAlg, PublicKey};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use wildmatch::WildMatch;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SftpClient {
    /// The server's name or address.
    pub host: String,
    #[serde(default = "port")]
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
    #[serde(default = "timeout")]
    pub timeout: Span,
    /// We look for files there.
    pub poll: Option<Poll>,
    /// We put our messages there.
    pub push: Option<Push>,
}

/// Where our messages go, and under which names.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// The folder on the server; a relative one begins where we are after the login.
    pub folder: String,
    /// Upload under a temporary name, then rename. `false`: under the final name at once.
    #[serde(default = "yes")]
    pub temporary: bool,
    /// The file's name; `{name}`, `{stem}`, `{extension}` are the message's file name and its parts, `{id}` is its id.
    #[serde(default = "whole_name")]
    pub name: String,
    /// What happens where another file has that name.
    #[serde(default)]
    pub overwrite: Overwrite,
    /// Waits between tries.
    #[serde(default)]
    pub retry: Retry,
    /// How many of our messages go out at most, over all gateways: `10/s`. Default as fast as they are taken.
    pub rate: Option<Rate>,
}

/// What happens where another file has the name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overwrite {
    /// Ours waits until the name is free.
    #[default]
    Refuse,
    /// Ours takes its place.
    Replace,
    /// Ours gets a number, `name-1.edi`.
    Number,
}

const PLACES: [&str; 4] = ["name", "stem", "extension", "id"];

impl Push {
    /// The name of the file for a message; not checked.
    pub fn name_of(&self, name: &str, id: &str) -> String {
        let (stem, extension) =
            name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((name, ""));
        let mut text = String::new();
        let mut rest = self.name.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((place, after)) = after.split_once('}') else { break };
            text.push_str(match place {
                "name" => name,
                "stem" => stem,
                "extension" => extension,
                _ => id,
            });
            rest = after;
        }
        text.push_str(rest);
        text
    }

    /// The first place in the template that is none.
    pub(super) fn unknown_place(&self) -> Option<&str> {
        let mut rest = self.name.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let inside = rest[at..].strip_prefix('{').and_then(|inside| inside.split_once('}'));
            match inside {
                Some((place, after)) if PLACES.contains(&place) => rest = after,
                Some((place, _)) => return Some(place),
                None => return Some(&rest[at..]),
            }
        }
        None
    }
}

/// Where files for us lie, and what becomes of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// Folders on the server; relative ones begin where we are after the login.
    pub folders: Vec<String>,
    /// Look into the folders of each folder too, one level deep.
    #[serde(default)]
    pub subfolders: bool,
    /// Names that are taken; default every file that is not temporary.
    #[serde(default = "any")]
    pub pattern: String,
    /// Names that are never final: what others call a file while they write it.
    #[serde(default = "super::sftp::temporary")]
    pub temporary: Vec<String>,
    /// From one look to the next.
    #[serde(default = "every")]
    pub every: Span,
    /// A file is complete when neither size nor time changed for this long.
    #[serde(default = "settle")]
    pub settle: Span,
    /// What becomes of a file that is taken.
    #[serde(default)]
    pub after: After,
    /// With `after = "move"`: the folder on the server that it goes to.
    pub moved: Option<String>,
    /// The largest file, in bytes. Default: the gateway's limit.
    pub max_file_bytes: Option<u64>,
}

/// What becomes of a file that is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum After {
    /// It is deleted.
    #[default]
    Delete,
    /// It goes to the folder `moved`.
    Move,
    /// It stays; we remember it.
    Keep,
}

impl Poll {
    /// Whether a file of this name is one for us.
    pub fn wants(&self, name: &str) -> bool {
        WildMatch::new(&self.pattern).matches(name)
            && !self.temporary.iter().any(|temporary| WildMatch::new(temporary).matches(name))
    }
}

/// What it takes to log in at an SFTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub host_key: Vec<HostKey>,
    pub key: Option<Secret>,
    pub passphrase: Option<Secret>,
    pub password: Option<Secret>,
    pub timeout: Span,
}

impl SftpClient {
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

/// A server's host key, as far as it takes to know it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    sha256: [u8; 32],
    /// `ssh-ed25519`; not known of a fingerprint.
    kind: Option<String>,
}

pub(super) const HOST_KEY_HELP: &str = "write the fingerprint that the server's owners tell you, \"SHA256:\" and 43 characters, or \
     the key itself, \"ssh-ed25519 AAAA…\"; `ssh-keyscan HOST | ssh-keygen -lf -` shows what it says of itself, to be compared";

impl HostKey {
    /// By the digest of the key as it stands on the wire.
    pub fn from_sha256(sha256: [u8; 32]) -> HostKey {
        HostKey { sha256, kind: None }
    }

    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`; `None` of a fingerprint.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    pub fn same_key(&self, other: &HostKey) -> bool {
        self.sha256 == other.sha256
    }
}

impl FromStr for HostKey {
    type Err = String;

    fn from_str(text: &str) -> Result<HostKey, String> {
        let text = text.trim();
        if let Some(digest) = text.strip_prefix("SHA256:") {
            let bytes = STANDARD_NO_PAD.decode(digest.trim_end_matches('=')).ok();
            let sha256 = bytes.and_then(|bytes| bytes.try_into().ok());
            return sha256
                .map(HostKey::from_sha256)
                .ok_or_else(|| format!("`{text}` is not a whole SHA-256 fingerprint"));
        }
        // A line of known_hosts or ssh-keyscan begins with the host.
        let start = ["ssh-", "ecdsa-"].iter().filter_map(|kind| text.find(kind)).min();
        let line = start.map_or(text, |start| &text[start..]);
        let key = PublicKey::from_openssh(line).map_err(|_| format!("`{text}` is not a host key"))?;
        let sha256 = key.fingerprint(HashAlg::Sha256).as_bytes().try_into();
        let sha256 = sha256.map_err(|_| format!("`{text}` is not a host key"))?;
        Ok(HostKey { sha256, kind: Some(key.algorithm().to_string()) })
    }
}

/// `SHA256:…`, as `ssh-keygen -l` shows it.
impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA256:{}", STANDARD_NO_PAD.encode(self.sha256))
    }
}

impl<'de> Deserialize<'de> for HostKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HostKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|message| serde::de::Error::custom(format!("{message}; {HOST_KEY_HELP}")))
    }
}

impl JsonSchema for HostKey {
    fn schema_name() -> Cow<'static, str> {
        "HostKey".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "host-key" })
    }
}

fn yes() -> bool {
    true
}
fn whole_name() -> String {
    "{name}".to_owned()
}
pub(super) fn port() -> u16 {
    22
}
pub(super) fn timeout() -> Span {
    Span::seconds(30)
}
fn any() -> String {
    "*".to_owned()
}
fn every() -> Span {
    Span::seconds(5 * 60)
}
fn settle() -> Span {
    Span::seconds(30)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const LINE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti";

    #[test]
    fn a_line_and_its_fingerprint_are_the_same_key() {
        let line: HostKey = LINE.parse().unwrap();
        let fingerprint: HostKey = line.to_string().parse().unwrap();
        assert!(line.same_key(&fingerprint));
        assert_eq!((line.kind(), fingerprint.kind()), (Some("ssh-ed25519"), None));
        let scanned: HostKey = format!("[sftp.acme.example]:2222 {LINE} comment").parse().unwrap();
        assert!(scanned.same_key(&line));
        let padded: HostKey = format!("{line}=").parse().unwrap();
        assert!(padded.same_key(&line));
    }

    #[test]
    fn names_are_made_of_the_messages_own() {
        let push = |name: &str| Push {
            folder: "/inbox".into(),
            temporary: true,
            name: name.into(),
            overwrite: Overwrite::Refuse,
            retry: Retry::default(),
            rate: None,
        };
        for (template, name) in [
            ("{name}", "850_1.edi"),
            ("US-{stem}.{extension}.txt", "US-850_1.edi.txt"),
            ("{id}.x12", "m-1.x12"),
            ("order", "order"),
        ] {
            assert_eq!(push(template).name_of("850_1.edi", "m-1"), name);
            assert_eq!(push(template).unknown_place(), None);
        }
        for (template, unknown) in [("{nmae}", "nmae"), ("a{", "{"), ("a}b", "}b"), ("{name}{}", "")] {
            assert_eq!(push(template).unknown_place(), Some(unknown), "{template}");
        }
    }

    #[test]
    fn halves_of_keys_are_none() {
        for text in ["SHA256:abc", "MD5:16:27:ac:a5:76:28:2d:36", "ssh-ed25519 AAAA", "", "SHA256:"] {
            assert!(text.parse::<HostKey>().is_err(), "{text}");
        }
    }
}
