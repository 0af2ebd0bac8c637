//! The SFTP half of `portway partner sheet`: where a supplier connects, our host keys, what each folder is, and its own keys.
//!
//! Promises: text that can be sent as it is, no secret in it. What the door has not made yet (the host keys come with its first
//! start) is named as missing. Reads only.

use super::connect::state_directory;
use crate::profile::sftp::{Accept, Sftp};
use crate::profile::{Configuration, PartnerProfile};
use crate::transport::sftp::host_key;
use russh::keys::PublicKey;
use serde_json::{Value, json};
use std::fmt::Write as _;

pub struct SftpSheet<'a> {
    configuration: &'a Configuration,
    profile: &'a PartnerProfile,
    sftp: &'a Sftp,
    keys: Vec<PublicKey>,
}

impl<'a> SftpSheet<'a> {
    /// `None`: the partner does not come by SFTP.
    pub fn of(configuration: &'a Configuration, profile: &'a PartnerProfile) -> Option<SftpSheet<'a>> {
        let sftp = profile.partner.sftp.as_ref()?;
        let keys = host_key::public(&state_directory(configuration));
        Some(SftpSheet { configuration, profile, sftp, keys })
    }

    fn host(&self) -> Option<&str> {
        self.configuration.gateway.listen.sftp.as_ref()?.host.as_deref()
    }

    pub fn missing(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.host().is_none() {
            all.push(
                "our SFTP host: write host = \"sftp.us.example:2222\" under [listen.sftp] in gateway.toml"
                    .to_owned(),
            );
        }
        if self.keys.is_empty() {
            all.push(
                "our SFTP host keys: they are made when the gateway starts with [listen.sftp]".to_owned(),
            );
        }
        if self.sftp.keys.is_empty() && self.sftp.password.is_none() {
            all.push("the partner's public key: write it into keys under [sftp]".to_owned());
        }
        all
    }

    /// When a file in `/in` is taken.
    pub fn accepted(&self) -> String {
        let final_name = format!("a final name ({})", self.sftp.pattern);
        match self.sftp.accept {
            Accept::Close => format!("when it is closed under {final_name}, or renamed to one"),
            Accept::Rename => format!("when it is renamed to {final_name}"),
            Accept::Settle => {
                format!("when it was closed under {final_name} and did not change for {}", self.sftp.settle)
            }
        }
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: &str| {
            let line = if key.is_empty() { value.to_owned() } else { format!("{key:<24} {value}") };
            let _ = writeln!(text, "{}", line.trim_end());
        };
        line("", "SFTP CONNECTION SHEET");
        line("", "");
        line("Partner", &self.profile.partner.name);
        line("Host", self.host().unwrap_or("(not yet set up)"));
        line("User", self.profile.sftp_user().unwrap_or_default());
        for key in &self.keys {
            line("Our host key", &format!("{} {}", key.algorithm(), host_key::fingerprint(key)));
        }
        line("Protocol", "SFTP version 3 over SSH 2; no shell, no SCP, no compression");
        line("", "");
        line("/in", "put your files here");
        line("", &format!("{:<24} a file is taken {}", "", self.accepted()));
        line("", &format!("{:<24} names never taken: {}", "", self.sftp.temporary.join(" ")));
        let leaves = if self.sftp.delete_after_read {
            "a file that you have read to its end leaves by itself"
        } else {
            "delete each file once you have it: only then do we know"
        };
        line("/out", "fetch our files here");
        line("", &format!("{:<24} {leaves}", ""));
        line("/failed", "files that we could not process, each beside a report");
        line("", "");
        let keys: Vec<String> = self.profile.sftp.iter().flat_map(|own| own.fingerprints()).collect();
        for key in &keys {
            line("Your key", key);
        }
        if keys.is_empty() {
            line("Your public key", "________________________________________");
        }
        if self.sftp.password.is_some() {
            line("Your password", "(told apart from this sheet)");
        }
        text
    }

    pub fn json(&self) -> Value {
        json!({
            "host": self.host(),
            "user": self.profile.sftp_user(),
            "host_keys": self.keys.iter().map(|key| json!({
                "kind": key.algorithm().to_string(),
                "sha256": host_key::fingerprint(key),
                "line": key.to_openssh().ok(),
            })).collect::<Vec<_>>(),
            "accepted": self.accepted(),
            "temporary": self.sftp.temporary,
            "your_keys": self.profile.sftp.iter().flat_map(|own| own.fingerprints()).collect::<Vec<_>>(),
        })
    }
}
