//! What the profile and our configuration say: complete, certificates in date, secret files readable, endpoints there. No network.

use super::{SOON, Step};
use crate::command::certificate::held;
use crate::command::partner::ways;
use crate::ledger::alert::Move;
use crate::profile::as2::As2;
use crate::profile::certificates::{Held, Owner, Standing, Use, day, valid_until};
use crate::profile::gateway::Endpoint;
use crate::profile::secret::Secret;
use crate::profile::Configuration;
use crate::transport::as2::Link;
use portway_as2::certificate::{Certificate, Purpose, Remark};

pub fn steps(link: &Link) -> Vec<Step> {
    let (configuration, profile) = (&link.configuration, &link.profile);
    let partner = &profile.partner;
    let mut steps = vec![addresses(link)];
    let ways = ways(profile);
    steps.push(match ways.is_empty() {
        true => us("way in", "none", "write [as2], [https], [directory] or via = \"<network>\""),
        false => Step::ok("way in", ways.join(", ")),
    });
    if let Some(as2) = &partner.as2 {
        steps.extend(as2_steps(link, as2));
    }
    let owner = Owner::Partner(partner.id.clone());
    let own = configuration.station_of(profile).map(|(name, _)| Owner::Station(name.to_owned()));
    for one in held(configuration, link.now) {
        if one.owner == owner || partner.as2.is_some() && Some(&one.owner) == own.as_ref() {
            steps.push(certificate(&one, link));
        }
    }
    if let Some(password) = partner.as2.as_ref().and_then(|as2| as2.password.as_ref()) {
        steps.push(secret(configuration, "AS2 password", password));
    }
    if let Some(token) = partner.https.as_ref().and_then(|https| https.token.as_ref()) {
        steps.push(secret(configuration, "token", token));
    }
    if partner.receive.is_empty() && partner.send.is_empty() {
        steps.push(us("sets", "nothing is exchanged", "write [receive.850] with to = [\"erp\"]"));
    }
    for (code, receive) in &partner.receive {
        for name in &receive.to {
            steps.push(endpoint(configuration, code, name));
        }
    }
    steps
}

fn us(what: &str, found: impl Into<String>, next: impl Into<String>) -> Step {
    Step::error(what, found, Move::Us, next)
}

/// In every standard that the profile names, both sides have an address.
fn addresses(link: &Link) -> Step {
    const WHAT: &str = "addresses";
    let partner = &link.profile.partner;
    let Some((name, station)) = link.configuration.station_of(&link.profile) else {
        return us(WHAT, "which of our stations it is for is not said", "write station = \"<name>\"");
    };
    let x12 = partner.x12.as_ref().map(|x12| ("X12", "x12", x12.id.to_string(), station.x12.as_ref().map(ToString::to_string)));
    let edifact = partner.edifact.as_ref().map(|edifact| {
        ("EDIFACT", "edifact", edifact.id.to_string(), station.edifact.as_ref().map(ToString::to_string))
    });
    let mut pairs = Vec::new();
    for (standard, key, theirs, ours) in x12.into_iter().chain(edifact) {
        match ours {
            Some(ours) => pairs.push(format!("{standard} {theirs} and ours {ours}")),
            None => {
                let found = format!("our station `{name}` has no {standard} address");
                return us(WHAT, found, format!("write {key} under that station in gateway.toml"));
            }
        }
    }
    match pairs.is_empty() {
        true => us(WHAT, "none: neither X12 nor EDIFACT", "write [x12] or [edifact] with its id"),
        false => Step::ok(WHAT, pairs.join("; ")),
    }
}

fn as2_steps(link: &Link, as2: &As2) -> Vec<Step> {
    let Some((station, _)) = link.configuration.station_of(&link.profile) else { return Vec::new() };
    let new = format!("portway cert new --station {station}");
    let id = &link.profile.partner.id;
    let mut steps = vec![match link.us() {
        "" => us("AS2 names", format!("our station `{station}` has none"), "write as2 = \"OURNAME\" under that station in gateway.toml"),
        us => Step::ok("AS2 names", format!("theirs {}, ours {us}", as2.id)),
    }];
    if as2.sign.digest().is_some() && as2.url.is_some() {
        let known = link.configuration.keys.certificates(station);
        steps.push(match link.configuration.signing_identity(station, link.now) {
            Some(identity) => Step::ok("signed with", named(identity.certificate())),
            None if known.is_empty() => us("signed with", "nothing: we have no key", new),
            None => Step::warning(
                "signed with",
                "a key that cannot be read here, or whose day has not come",
                Move::Us,
                "look at it as the gateway's own user",
            ),
        });
    }
    if as2.encrypt.cipher().is_some() && as2.url.is_some() {
        steps.push(match link.profile.as2.as_ref().and_then(|as2| as2.encrypt_to(link.now)) {
            Some(to) => Step::ok("encrypted to", named(to)),
            None => us(
                "encrypted to",
                "nothing: no certificate of theirs with an RSA key is in force",
                format!("ask for one; portway cert import FILE --partner {id}"),
            ),
        });
    }
    steps
}

pub fn named(certificate: &Certificate) -> String {
    let start: String = certificate.fingerprint().chars().take(23).collect();
    format!("{}, {}, SHA-256 {start}…", certificate.subject(), certificate.key_description())
}

fn certificate(held: &Held, link: &Link) -> Step {
    let (station, id) = (matches!(held.owner, Owner::Station(_)), &link.profile.partner.id);
    let what = match (station, held.used) {
        (true, _) => "our certificate",
        (false, Use::Client) => "their TLS client certificate",
        (false, _) => "their certificate",
    };
    let left = held.days_left(link.now);
    let from = held.from.filter(|_| held.standing == Standing::Later);
    let from = from.map(|from| format!(", from {}", day(from))).unwrap_or_default();
    let until = format!("until {}, {left} days left", valid_until(&held.certificate));
    let found = format!("{}, {}{from}, {until}", held.certificate.subject(), held.standing.name());
    let (whose, next) = match (&held.owner, held.used) {
        (Owner::Station(name), _) => {
            (Move::Us, format!("portway cert new --station {name}, and send the new one to the partners"))
        }
        (_, Use::Client) => (Move::Partner, "ask for the new one, and name it in the profile".to_owned()),
        _ => (Move::Partner, format!("ask for the new one; portway cert import FILE --partner {id}")),
    };
    let in_use = matches!(held.standing, Standing::InForce | Standing::Draft);
    if in_use && left < 0 {
        let found = format!("{}, expired on {}", held.certificate.subject(), valid_until(&held.certificate));
        return Step::error(what, found, whose, next);
    }
    if in_use && held.certificate.not_before() > link.now.as_second() {
        return Step::error(what, format!("{found}, and not valid yet"), whose, next);
    }
    if in_use && left <= SOON && !held.covered {
        return Step::warning(what, found, whose, next);
    }
    match odd(held) {
        Some(remark) if in_use => Step::warning(what, format!("{found}; {remark}"), whose, next),
        _ => Step::ok(what, found),
    }
}

/// What a product may stumble over.
fn odd(held: &Held) -> Option<String> {
    if !matches!(held.used, Use::SignDecrypt | Use::VerifyEncrypt) {
        return None;
    }
    let remarks = [Purpose::Signing, Purpose::Encryption].map(|purpose| held.certificate.remarks(purpose));
    let odd = |remark: &&Remark| matches!(remark, Remark::KeyUsage(_) | Remark::ShortKey(_));
    remarks.iter().flatten().find(odd).map(ToString::to_string)
}

/// Whether the endpoint is there and its secrets can be read. Nothing is sent.
fn endpoint(configuration: &Configuration, code: &str, name: &str) -> Step {
    let what = format!("{code} to `{name}`");
    match configuration.endpoint(name) {
        None => us(&what, "there is no such endpoint", format!("write [endpoint.{name}] in gateway.toml")),
        Some(Endpoint::Directory(directory)) => Step::ok(what, directory.path.display().to_string()),
        Some(Endpoint::Http(http)) => {
            let unreadable = http.secrets.iter().find_map(|one| readable(configuration, one).err());
            match unreadable {
                Some(error) => us(&what, error, "put the secret there"),
                None => Step::ok(what, format!("{}{}", http.url, if http.test { " (test)" } else { "" })),
            }
        }
    }
}

fn secret(configuration: &Configuration, what: &str, secret: &Secret) -> Step {
    match readable(configuration, secret) {
        Ok(found) => Step::ok(what, format!("{secret}: {found}")),
        Err(error) => us(what, error, "put the secret there"),
    }
}

/// A credential or a variable is the service's, not this shell's: only files are tried.
fn readable(configuration: &Configuration, secret: &Secret) -> Result<&'static str, String> {
    match secret {
        Secret::File(_) => secret.resolve(&configuration.dir).map(|_| "can be read"),
        Secret::Credential(_) | Secret::Env(_) => Ok("only the running gateway can read it"),
    }
    .map_err(|error| error.to_string())
}

