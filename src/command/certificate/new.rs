//! `portway cert new --station NAME`: a key and a self-signed certificate of our own.
//!
//! Promises: the key is written 0600 and shown nowhere; nothing is written over. `gateway.toml` is left to its owner: the line to
//! write is printed, with a `from` that gives partners time where there is a key already.

use super::describe;
use crate::command::FINE;
use crate::command::output::{Stop, words};
use crate::command::trail::Trail;
use crate::ledger::audit::{Change, On};
use crate::profile::Configuration;
use crate::profile::certificates::day;
use crate::profile::gateway::Station;
use crate::profile::secret::CREDENTIALS;
use jiff::{SignedDuration, Timestamp};
use portway_as2::certificate::{CertificateError, Identity, KeyKind};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

pub struct New {
    pub station: String,
    pub days: u32,
    pub rsa: u32,
    pub ec: bool,
}

/// How long partners get to take our new certificate in.
const NOTICE_DAYS: i64 = 30;
/// The longest common name (RFC 5280, ub-common-name).
const LONGEST_NAME: usize = 64;

pub fn run(
    configuration: &Configuration,
    new: &New,
    trail: &mut Trail,
    now: Timestamp,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let Some((station, settings)) = configuration.gateway.station_named(Some(&new.station)) else {
        let names: Vec<_> = configuration.gateway.stations().map(|(name, _)| name).collect();
        return Err(Stop::NotFound(format!(
            "there is no station `{}`; there are: {}",
            new.station,
            names.join(", ")
        )));
    };
    let kind = if new.ec { KeyKind::P256 } else { KeyKind::Rsa(new.rsa) };
    let name = settings.as2.as_deref().unwrap_or(&settings.name);
    let pair = Pair::generate(station, name, kind, new.days, now)?;
    let (sha256, stem) = (pair.identity.certificate().fingerprint(), pair.stem.clone());
    let detail = json!({ "sha256": sha256, "file": format!("certs/{stem}.pem") });
    trail.note(&Change::new("cert new", On::Station(station)).with(detail))?;
    let (file, key_file) = pair.write(&configuration.dir)?;
    trail.done()?;

    describe(pair.identity.certificate(), now, out)?;
    writeln!(out, "certificate   {}", file.display())?;
    writeln!(out, "key           {}", key_file.display())?;
    out.flush()?;
    say_next(configuration, station, settings, &key_file, &stem, now);
    Ok(FINE)
}

/// A key and its self-signed certificate, not yet in files.
pub struct Pair {
    identity: Identity,
    /// The files' name without its ending.
    pub stem: String,
}

impl Pair {
    pub fn generate(
        station: &str,
        name: &str,
        kind: KeyKind,
        days: u32,
        now: Timestamp,
    ) -> Result<Pair, Stop> {
        let name: String = name.chars().take(LONGEST_NAME).collect();
        // An hour back: the partner's clock may be behind ours.
        let identity =
            Identity::generate(&name, kind, now.as_second() - 3600, days).map_err(|error| failed(&error))?;
        Ok(Pair { identity, stem: format!("{station}-as2-{}", day(now)) })
    }

    /// Writes both under a configuration folder; gives the certificate's file, and the key's.
    pub fn write(&self, dir: &Path) -> Result<(PathBuf, PathBuf), Stop> {
        let key = self.identity.key().to_pem(None).map_err(|error| failed(&error))?;
        let pem = self.identity.certificate().to_pem().map_err(|error| failed(&error))?;
        let folder = dir.join("certs");
        std::fs::create_dir_all(&folder)
            .map_err(|error| Stop::Problem(format!("cannot make {}: {error}", folder.display())))?;
        // Where the package's unit loads its secrets from, if it is that configuration.
        let credentials = dir.join(CREDENTIALS);
        let key_folder = if credentials.is_dir() { &credentials } else { &folder };
        let key_file = key_folder.join(format!("{}.key", self.stem));
        write_new(&key_file, 0o600, &key)?;
        let file = folder.join(format!("{}.pem", self.stem));
        write_new(&file, 0o644, pem.as_bytes())?;
        Ok((file, key_file))
    }
}

fn failed(error: &CertificateError) -> Stop {
    Stop::Problem(format!("no key was made: {error}"))
}

fn write_new(file: &Path, mode: u32, bytes: &[u8]) -> Result<(), Stop> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(mode).open(file);
    match opened.and_then(|mut out| out.write_all(bytes).and_then(|()| out.sync_all())) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let message = format!(
                "{} is there already; it was left as it is. Move it away to make another today",
                file.display()
            );
            Err(Stop::Problem(message))
        }
        Err(error) => Err(Stop::Problem(format!("cannot write {}: {error}", file.display()))),
    }
}

fn say_next(
    configuration: &Configuration,
    station: &str,
    settings: &Station,
    key: &Path,
    stem: &str,
    now: Timestamp,
) {
    let loaded = key.parent().is_some_and(|folder| folder.ends_with(CREDENTIALS));
    let section = if configuration.gateway.station.contains_key(station) {
        format!("[station.{station}]")
    } else {
        "[us]".to_owned()
    };
    let place = if loaded {
        format!("{{ credential = \"{stem}.key\" }}")
    } else {
        format!("{{ file = \"certs/{stem}.key\" }}")
    };
    let pair = format!("certificate = \"certs/{stem}.pem\", key = {place}");
    if settings.keys.is_empty() {
        words(format_args!("next: write under {section} in gateway.toml:\n\nkeys = [{{ {pair} }}]\n"));
    } else {
        let from = day(first_day(configuration, station, now));
        words(format_args!(
            "next: add it to `keys` under {section} in gateway.toml; until {from} the old one signs, both decrypt:\n\n\
             {{ {pair}, from = \"{from}\" }}\n\n\
             No partner has the old one yet (an example's, a first try)? Then write this in its place, without `from`.\n"
        ));
    }
    if loaded {
        words(
            "Then: portway validate, systemctl restart portway (it loads the key); and send `portway partner sheet` to every AS2 partner.",
        );
        return;
    }
    words(
        "The gateway's user must be able to read the key; or give it as a systemd credential, LoadCredential=NAME:PATH, and \
         write key = { credential = \"NAME\" }.",
    );
    words("Then: portway validate, portway reload; and send `portway partner sheet` to every AS2 partner.");
}

/// In a month, or a week before the one in use expires; tomorrow at the earliest.
fn first_day(configuration: &Configuration, station: &str, now: Timestamp) -> Timestamp {
    let plus = |days: i64| now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    let ends = configuration
        .keys
        .certificates(station)
        .iter()
        .map(|one| one.certificate.not_after() - 7 * 86_400)
        .max();
    let before_its_end = ends.and_then(|second| Timestamp::from_second(second).ok());
    before_its_end.map_or(plus(NOTICE_DAYS), |end| end.min(plus(NOTICE_DAYS))).max(plus(1))
}
