//! `portway partner sheet [P]`: what a new partner must know of us, and what we must know of it: by AS2, by SFTP, or both.
//!
//! Promises: text that can be sent as it is (certificates as PEM, no secret in it); with `--json` one object of the same. What
//! the partner is to fill in is left blank, save for what its profile says already. Reads only.
//! Exit: 0 fine, 1 something that the partner needs is missing (named on stderr), 2 which station is not said, 5 no such
//! partner or station, 78 `gateway.toml` is missing or broken.

use super::certificate::sha1;
use super::connect;
use super::output::{Stop, to_stdout, words};
use super::sheet_sftp::SftpSheet;
use super::{FINE, PROBLEMS};
use crate::clock::{Clock, SystemClock};
use crate::profile::as2::{Compress, EncryptWith, MdnWanted, SignWith};
use crate::profile::certificates::{day, superseded, valid_until};
use crate::profile::gateway::Station;
use crate::profile::{Configuration, PartnerProfile, Pinned};
use jiff::Timestamp;
use portway_as2::algorithm::{Cipher, Digest};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

pub fn run(dir: &Path, partner: Option<&str>, station: Option<&str>, json: bool) -> ExitCode {
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    let now = SystemClock.now();
    to_stdout(|out| {
        let sheet = Sheet::of(&configuration, partner, station, now)?;
        if json {
            writeln!(out, "{}", sheet.json())?;
        } else {
            out.write_all(sheet.text().as_bytes())?;
        }
        out.flush()?;
        let missing = sheet.missing();
        missing.iter().for_each(|what| words(format_args!("missing: {what}")));
        Ok(if missing.is_empty() { FINE } else { PROBLEMS })
    })
}

struct Sheet<'a> {
    configuration: &'a Configuration,
    name: &'a str,
    station: &'a Station,
    partner: Option<&'a Arc<PartnerProfile>>,
    /// Those that are in use, and those that will be.
    certificates: Vec<&'a Pinned>,
    now: Timestamp,
}

/// Read as well as sent. 3DES and SHA-1 are by agreement only.
const DIGESTS: [Digest; 3] = [Digest::Sha256, Digest::Sha384, Digest::Sha512];
const CIPHERS: [Cipher; 5] =
    [Cipher::Aes128Cbc, Cipher::Aes192Cbc, Cipher::Aes256Cbc, Cipher::Aes128Gcm, Cipher::Aes256Gcm];

impl<'a> Sheet<'a> {
    fn of(
        configuration: &'a Configuration,
        partner: Option<&str>,
        station: Option<&str>,
        now: Timestamp,
    ) -> Result<Sheet<'a>, Stop> {
        let partner = match partner {
            None => None,
            Some(id) => Some(configuration.partner(id).ok_or_else(|| {
                let message = format!("no partner `{id}` is in force; `portway partner list` shows all, `portway validate` what is wrong");
                Stop::NotFound(message)
            })?),
        };
        let found = match partner {
            Some(partner) => configuration.station_of(partner),
            None => configuration.gateway.station_named(station),
        };
        let (name, own) = found.ok_or_else(|| {
            let names: Vec<_> = configuration.gateway.stations().map(|(name, _)| name).collect();
            let names = names.join(", ");
            match station {
                Some(station) => {
                    Stop::NotFound(format!("there is no station `{station}`; there are: {names}"))
                }
                None => {
                    Stop::Usage(format!("we have several stations: name one, --station; there are: {names}"))
                }
            }
        })?;
        let all = configuration.keys.certificates(name);
        let certificates =
            all.iter().enumerate().filter(|(index, _)| !superseded(all, *index, now)).map(|(_, one)| one);
        Ok(Sheet { configuration, name, station: own, partner, certificates: certificates.collect(), now })
    }

    fn url(&self) -> Option<&str> {
        self.configuration.gateway.listen.as2.as_ref()?.url.as_deref()
    }

    fn sftp(&self) -> Option<SftpSheet<'_>> {
        SftpSheet::of(self.configuration, self.partner?)
    }

    /// Whether the partner comes by SFTP alone.
    fn sftp_alone(&self) -> bool {
        self.partner.is_some_and(|profile| profile.partner.sftp.is_some() && profile.partner.as2.is_none())
    }

    /// What a partner cannot do without.
    fn missing(&self) -> Vec<String> {
        let mut all = self.sftp().map(|sheet| sheet.missing()).unwrap_or_default();
        if self.sftp_alone() {
            return all;
        }
        if self.station.as2.is_none() {
            all.push(format!(
                "our AS2 name: write as2 = \"OURNAME\" for the station `{}` in gateway.toml",
                self.name
            ));
        }
        if self.url().is_none() {
            all.push("our address: write url = \"https://…\" under [listen.as2] in gateway.toml".to_owned());
        }
        if self.certificates.is_empty() {
            all.push(format!("our certificate: portway cert new --station {}", self.name));
        }
        all
    }

    fn from(&self, pinned: &Pinned) -> Option<String> {
        pinned.from.filter(|from| *from > self.now).map(day)
    }

    fn text(&self) -> String {
        let sftp = self.sftp().map(|sheet| sheet.text());
        match sftp {
            Some(sftp) if self.sftp_alone() => sftp,
            Some(sftp) => format!("{}\n{sftp}", self.as2_text()),
            None => self.as2_text(),
        }
    }

    fn as2_text(&self) -> String {
        let mut text = String::new();
        let station = self.station;
        let blank = "________________________________________".to_owned();
        let or_blank = |value: Option<String>| value.unwrap_or_else(|| blank.clone());
        let known = |value: Option<String>| value.unwrap_or_else(|| "(not yet set up)".to_owned());
        let none = |value: Option<String>| value.unwrap_or_else(|| "not used".to_owned());
        let mut line = |key: &str, value: String| {
            let line = if key.is_empty() { value } else { format!("{key:<24} {value}") };
            let _ = writeln!(text, "{}", line.trim_end());
        };

        line("", format!("AS2 CONNECTION SHEET, {}", day(self.now)));
        line("", String::new());
        line("US", String::new());
        line("Company", station.name.clone());
        line("AS2 name (case counts)", known(station.as2.clone()));
        line("URL", known(self.url().map(str::to_owned)));
        line("Standards", "AS2-Version 1.2 (RFC 4130), HTTP/1.1, TLS 1.2 and 1.3".to_owned());
        line("X12 ISA qualifier:id", none(station.x12.as_ref().map(ToString::to_string)));
        if station.x12.is_some() {
            line(
                "X12 GS id",
                none(station.x12_group.clone().or_else(|| station.x12.as_ref().map(|id| id.0.id.clone()))),
            );
        }
        line("EDIFACT qualifier:id", none(station.edifact.as_ref().map(ToString::to_string)));
        line("", String::new());
        line("WHAT WE TAKE", String::new());
        line("Signature", format!("{} (RSA PKCS#1 v1.5, RSA-PSS, ECDSA)", names(DIGESTS.map(Digest::name))));
        line("Encryption", names(CIPHERS.map(Cipher::name)));
        line("Key transport", "RSA PKCS#1 v1.5, RSA-OAEP".to_owned());
        line("Compression", "zlib, before or after signing".to_owned());
        line("Receipts (MDN)", "synchronous or asynchronous, signed on request".to_owned());
        line("", String::new());
        line("WHAT WE SEND", String::new());
        for (key, value) in self.sent() {
            line(key, value);
        }
        for pinned in &self.certificates {
            let certificate = &pinned.certificate;
            line("", String::new());
            match self.from(pinned) {
                Some(from) => line(
                    "OUR NEXT CERTIFICATE",
                    format!("we sign with it from {from}; encrypt to it from then on"),
                ),
                None => line("OUR CERTIFICATE", "to verify our signatures, and to encrypt to".to_owned()),
            }
            line("Subject", super::output::shown(&certificate.subject()));
            line("Key", certificate.key_description());
            line("Valid until", valid_until(certificate));
            line("SHA-256", certificate.fingerprint());
            line("SHA-1", none(sha1(certificate)));
            line("", String::new());
            certificate.to_pem().unwrap_or_default().lines().for_each(|pem| line("", pem.to_owned()));
        }
        line("", String::new());
        line("YOU (please fill in, and send your certificate as a file)", String::new());
        let partner = self.partner.map(|profile| &profile.partner);
        let as2 = partner.and_then(|partner| partner.as2.as_ref());
        line("Company", or_blank(partner.map(|partner| partner.name.clone())));
        line("AS2 name (case counts)", or_blank(as2.map(|as2| as2.id.clone())));
        line("URL", or_blank(as2.and_then(|as2| as2.url.clone())));
        line("Asynchronous MDN URL", or_blank(as2.and_then(|as2| as2.mdn_urls.first().cloned())));
        let pinned = self.partner.and_then(|profile| profile.as2.as_ref()?.encrypt_to(self.now).cloned());
        line("Certificate SHA-256", or_blank(pinned.map(|certificate| certificate.fingerprint())));
        line("X12 ISA qualifier:id", or_blank(partner.and_then(|p| Some(p.x12.as_ref()?.id.to_string()))));
        line("X12 GS id", or_blank(partner.and_then(|p| p.x12.as_ref()?.group_id.clone())));
        line(
            "EDIFACT qualifier:id",
            or_blank(partner.and_then(|p| Some(p.edifact.as_ref()?.id.to_string()))),
        );
        for key in
            ["Signature, encryption", "AS2 product and version", "Your IP addresses", "Technical contact"]
        {
            line(key, blank.clone());
        }
        text
    }

    /// What we send: as the partner's profile has it, else as a profile has it that says nothing.
    fn sent(&self) -> Vec<(&'static str, String)> {
        let as2 = self.partner.and_then(|profile| profile.partner.as2.as_ref());
        let sign = as2.map_or_else(SignWith::default, |as2| as2.sign);
        let encrypt = as2.map_or_else(EncryptWith::default, |as2| as2.encrypt);
        let compress = match as2.map_or_else(Compress::default, |as2| as2.compress) {
            Compress::None => "none",
            Compress::BeforeSigning => "zlib, before signing",
            Compress::AfterSigning => "zlib, after signing",
        };
        let signed = if as2.is_none_or(|as2| as2.mdn_signed) { "signed" } else { "unsigned" };
        let receipt = match as2.map_or_else(MdnWanted::default, |as2| as2.mdn) {
            MdnWanted::Sync => format!("{signed}, synchronous"),
            MdnWanted::Async => format!("{signed}, asynchronous, to {}", self.url().unwrap_or("our URL")),
            MdnWanted::None => "none asked for".to_owned(),
        };
        vec![
            ("Signature", sign.digest().map_or("none", Digest::name).to_owned()),
            ("Encryption", encrypt.cipher().map_or("none", Cipher::name).to_owned()),
            ("Compression", compress.to_owned()),
            ("Receipt we ask for", receipt),
        ]
    }

    fn json(&self) -> Value {
        let station = self.station;
        let certificates = self.certificates.iter().map(|pinned| {
            let certificate = &pinned.certificate;
            json!({
                "subject": certificate.subject(),
                "key": certificate.key_description(),
                "valid_until": valid_until(certificate),
                "sha256": certificate.fingerprint(),
                "sha1": sha1(certificate),
                "from": self.from(pinned),
                "pem": certificate.to_pem().ok(),
            })
        });
        let partner = self.partner.map(|profile| &profile.partner);
        let as2 = partner.and_then(|partner| partner.as2.as_ref());
        let sent =
            self.sent().into_iter().map(|(key, value)| (key.to_lowercase().replace(' ', "_"), json!(value)));
        json!({
            "date": day(self.now),
            "sftp": self.sftp().map(|sheet| sheet.json()),
            "us": {
                "station": self.name,
                "company": station.name,
                "as2": station.as2,
                "url": self.url(),
                "certificates": certificates.collect::<Vec<_>>(),
                "x12": station.x12.as_ref().map(ToString::to_string),
                "x12_group": station.x12_group,
                "edifact": station.edifact.as_ref().map(ToString::to_string),
                "takes": {
                    "signature": DIGESTS.map(Digest::name),
                    "encryption": CIPHERS.map(Cipher::name),
                    "compression": ["before-signing", "after-signing"],
                    "receipts": ["sync", "async"],
                },
                "sends": sent.collect::<serde_json::Map<_, _>>(),
            },
            "you": {
                "company": partner.map(|partner| &partner.name),
                "as2": as2.map(|as2| &as2.id),
                "url": as2.and_then(|as2| as2.url.as_ref()),
                "mdn_url": as2.and_then(|as2| as2.mdn_urls.first()),
                "certificate_sha256": self.partner.and_then(|p| Some(p.as2.as_ref()?.encrypt_to(self.now)?.fingerprint())),
                "x12": partner.and_then(|p| Some(p.x12.as_ref()?.id.to_string())),
                "x12_group": partner.and_then(|p| p.x12.as_ref()?.group_id.as_ref()),
                "edifact": partner.and_then(|p| Some(p.edifact.as_ref()?.id.to_string())),
            },
        })
    }
}

fn names<const N: usize>(all: [&str; N]) -> String {
    all.join(", ")
}
