//! `portway cert list|show|import|new`: the certificates of stations, partners and doors, as files.
//!
//! Promises: needs no database and no running gateway; where there is one, `import` and `new` leave their entry in the audit trail. `list` and `show` only read; `import` adds one certificate and one line
//! to a profile, `new` writes one key (0600) and its certificate; neither ever writes over a file. No key is printed.
//! Exit: 0 fine, 1 a certificate in force has expired or an import was refused, 2 wrong arguments, 5 not found, 78
//! `gateway.toml` is missing or broken.

mod import;
pub mod new;

use super::arguments::CertificateVerb;
use super::connect;
use super::listing::table;
use super::output::{Stop, shown, to_stdout};
use super::trail::Trail;
use super::{FINE, PROBLEMS};
use crate::clock::{Clock, SystemClock};
use crate::profile::Configuration;
use crate::profile::certificates::{Held, Owner, Standing, day, valid_until};
use jiff::Timestamp;
use portway_as2::algorithm::{Digest, Hashing};
use portway_as2::certificate::{Certificate, Purpose, fingerprint};
use portway_as2::certificate_file;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: CertificateVerb) -> ExitCode {
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    let now = SystemClock.now();
    let changes = matches!(verb, CertificateVerb::Import { .. } | CertificateVerb::New { .. });
    let mut trail = Trail::open(Some(&configuration).filter(|_| changes)).await;
    to_stdout(|out| match verb {
        CertificateVerb::List { json } => list(&configuration, now, json, out),
        CertificateVerb::Show { what, json } => show(&configuration, &what, now, json, out),
        CertificateVerb::Import { file, partner, from } => {
            import::run(&configuration, &import::Import { file, partner, from }, &mut trail, now, out)
        }
        CertificateVerb::New { station, days, rsa, ec } => {
            new::run(&configuration, &new::New { station, days, rsa, ec }, &mut trail, now, out)
        }
    })
}

/// Every certificate that the configuration names.
pub(super) fn held(configuration: &Configuration, now: Timestamp) -> Vec<Held> {
    let self_signed = connect::state_directory(configuration).join("certs/self-signed.pem");
    configuration.certificates(&self_signed, now)
}

fn list(configuration: &Configuration, now: Timestamp, json: bool, out: &mut dyn Write) -> Result<u8, Stop> {
    let all = held(configuration, now);
    if json {
        for one in &all {
            writeln!(out, "{}", held_json(one, now))?;
        }
    } else {
        let mut table = table(["WHOSE", "FOR", "SUBJECT", "SHA-256", "VALID UNTIL", "DAYS", "STATE"]);
        for one in &all {
            table.add_row([
                one.owner.to_string(),
                one.used.to_string(),
                shown(&one.certificate.subject()),
                one.certificate.fingerprint().chars().take(23).collect::<String>() + "…",
                valid_until(&one.certificate),
                one.days_left(now).to_string(),
                state(one, now),
            ]);
        }
        writeln!(out, "{table}")?;
    }
    let expired = all.iter().any(|one| one.standing == Standing::InForce && one.days_left(now) < 0);
    Ok(if expired { PROBLEMS } else { FINE })
}

/// `in force`, `later (from 2027-01-31)`, `in force, EXPIRED`.
fn state(held: &Held, now: Timestamp) -> String {
    let mut text = held.standing.name().to_owned();
    if let (Standing::Later, Some(from)) = (held.standing, held.from) {
        text += &format!(" (from {})", day(from));
    }
    if held.days_left(now) < 0 {
        text += ", EXPIRED";
    }
    text
}

fn held_json(held: &Held, now: Timestamp) -> Value {
    let (kind, name) = match &held.owner {
        Owner::Station(name) => ("station", name.as_str()),
        Owner::Partner(id) => ("partner", id.as_str()),
        Owner::Door(name) => ("door", *name),
    };
    let mut value = json!({
        "owner": kind,
        "name": name,
        "for": held.used.to_string(),
        "state": held.standing.name(),
        "from": held.from.map(|from| from.to_string()),
        "covered": held.covered,
    });
    if let (Some(own), Value::Object(facts)) = (value.as_object_mut(), facts(&held.certificate, now)) {
        own.extend(facts);
    }
    value
}

/// What a certificate says of itself.
fn facts(certificate: &Certificate, now: Timestamp) -> Value {
    json!({
        "subject": certificate.subject(),
        "issuer": certificate.issuer(),
        "serial": certificate.serial(),
        "key": certificate.key_description(),
        "valid_from": instant(certificate.not_before()),
        "valid_until": instant(certificate.not_after()),
        "days_left": (certificate.not_after() - now.as_second()).div_euclid(86_400),
        "sha256": certificate.fingerprint(),
        "sha1": sha1(certificate),
        "remarks": remarks(certificate),
    })
}

fn instant(second: i64) -> Option<String> {
    Timestamp::from_second(second).ok().map(|at| at.to_string())
}

/// SHA-1 of the DER, `AA:BB:…`: older products show nothing else. `None` where a policy forbids SHA-1.
pub(super) fn sha1(certificate: &Certificate) -> Option<String> {
    let mut hashing = Hashing::new(&[Digest::Sha1]).ok()?;
    hashing.update(certificate.der()).ok()?;
    hashing.finish().ok()?.get(Digest::Sha1).map(fingerprint)
}

fn remarks(certificate: &Certificate) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for purpose in [Purpose::Signing, Purpose::Encryption] {
        for remark in certificate.remarks(purpose) {
            let text = remark.to_string();
            if !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all
}

fn show(
    configuration: &Configuration,
    what: &str,
    now: Timestamp,
    json: bool,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let found: Vec<(Option<Held>, Certificate)> = if Path::new(what).is_file() {
        let read =
            std::fs::read(what).map_err(|error| Stop::Problem(format!("cannot read {what}: {error}")))?;
        let read =
            certificate_file::read(&read).map_err(|error| Stop::Problem(format!("{what}: {error}")))?;
        read.into_iter().map(|certificate| (None, certificate)).collect()
    } else {
        let all = held(configuration, now).into_iter().filter(|held| is_of(&held.owner, what));
        all.map(|held| (Some(held.clone()), held.certificate)).collect()
    };
    if found.is_empty() {
        let message =
            format!("`{what}` is no file, and nobody with a certificate; `portway cert list` shows all");
        return Err(Stop::NotFound(message));
    }
    for (index, (held, certificate)) in found.iter().enumerate() {
        if json {
            let value = held.as_ref().map_or_else(|| facts(certificate, now), |held| held_json(held, now));
            writeln!(out, "{value}")?;
            continue;
        }
        if index > 0 {
            writeln!(out)?;
        }
        if let Some(held) = held {
            writeln!(out, "whose         {}", held.owner)?;
            writeln!(out, "for           {}", held.used)?;
            writeln!(out, "state         {}", state(held, now))?;
        }
        describe(certificate, now, out)?;
    }
    Ok(FINE)
}

/// `us`, `acme`, or with the kind before it: `station:us`, `partner:acme`, `door:as2`.
fn is_of(owner: &Owner, what: &str) -> bool {
    let (kind, name) = match owner {
        Owner::Station(name) => ("station", name.as_str()),
        Owner::Partner(id) => ("partner", id.as_str()),
        Owner::Door(name) => ("door", *name),
    };
    what == name || what.split_once(':').is_some_and(|(asked, rest)| asked == kind && rest == name)
}

/// A certificate for people: what they compare, and what is odd about it.
fn describe(certificate: &Certificate, now: Timestamp, out: &mut dyn Write) -> std::io::Result<()> {
    let days = (certificate.not_after() - now.as_second()).div_euclid(86_400);
    writeln!(out, "subject       {}", shown(&certificate.subject()))?;
    writeln!(out, "issuer        {}", shown(&certificate.issuer()))?;
    writeln!(out, "serial        {}", certificate.serial())?;
    writeln!(out, "key           {}", certificate.key_description())?;
    writeln!(out, "valid from    {}", instant(certificate.not_before()).unwrap_or_default())?;
    writeln!(
        out,
        "valid until   {} ({days} days left)",
        instant(certificate.not_after()).unwrap_or_default()
    )?;
    writeln!(out, "SHA-256       {}", certificate.fingerprint())?;
    if let Some(sha1) = sha1(certificate) {
        writeln!(out, "SHA-1         {sha1}")?;
    }
    for remark in remarks(certificate) {
        writeln!(out, "note          {remark}")?;
    }
    Ok(())
}
