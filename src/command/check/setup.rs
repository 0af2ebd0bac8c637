//! What the profile and our configuration say: complete, certificates in date, secret files readable, endpoints there. No network.

use super::{SOON, Step};
use crate::command::certificate::held;
use crate::command::partner::ways;
use crate::ledger::alert::Move;
use crate::profile::Configuration;
use crate::profile::as2::As2;
use crate::profile::certificates::{Held, Owner, Standing, Use, day, valid_until};
use crate::profile::gateway::Endpoint;
use crate::profile::secret::Secret;
use crate::transport::as2::Link;
use portway_as2::certificate::{Certificate, Purpose, Remark};

pub fn steps(link: &Link) -> Vec<Step> {
    let (configuration, profile) = (&link.configuration, &link.profile);
    let partner = &profile.partner;
    let mut steps = vec![addresses(link)];
    let ways = ways(profile);
    steps.push(match ways.is_empty() {
        true => us(
            "way in",
            "none",
            "write [as2], [https], [sftp], [sftp_client], [directory] or via = \"<network>\"",
        ),
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
    let x12 = partner
        .x12
        .as_ref()
        .map(|x12| ("X12", "x12", x12.id.to_string(), station.x12.as_ref().map(ToString::to_string)));
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
        "" => us(
            "AS2 names",
            format!("our station `{station}` has none"),
            "write as2 = \"OURNAME\" under that station in gateway.toml",
        ),
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
        Some(Endpoint::Sftp(sftp)) => {
            let secrets = [&sftp.key, &sftp.passphrase, &sftp.password];
            match secrets.into_iter().flatten().find_map(|one| readable(configuration, one).err()) {
                Some(error) => us(&what, error, "put the secret there"),
                None => Step::ok(what, crate::command::endpoint::place(sftp)),
            }
        }
        Some(Endpoint::Events(_)) => Step::ok(what, "fetched from GET /v1/events"),
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::command::check::Verdict;
    use std::path::Path;
    use std::sync::Arc;

    fn checked(folder: &Path, id: &str) -> Vec<Step> {
        let configuration = Arc::new(Configuration::load(folder).unwrap());
        let profile =
            configuration.partner(id).unwrap_or_else(|| panic!("{:?}", configuration.problems)).clone();
        steps(&Link { configuration, profile, now: SystemClock.now() })
    }

    #[track_caller]
    fn found<'a>(steps: &'a [Step], what: &str) -> (Verdict, &'a str) {
        let step = steps.iter().find(|step| step.what == what);
        let step = step.unwrap_or_else(|| panic!("no {what} in {steps:?}"));
        (step.verdict, &step.found)
    }

    fn folder(gateway: &str, acme: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("partners.d")).unwrap();
        let endpoint = "[endpoint.erp]\nkind = \"http\"\nurl = \"https://erp.us.example\"\nsecrets = [{ file = \"erp.key\" }]\n";
        std::fs::write(
            folder.path().join("gateway.toml"),
            format!("state = \"state\"\n[us]\nname = \"Us\"\n{gateway}\n{endpoint}"),
        )
        .unwrap();
        let acme = format!("id = \"acme\"\nname = \"Acme\"\nstatus = \"draft\"\n{acme}\n");
        std::fs::write(folder.path().join("partners.d/acme.toml"), acme).unwrap();
        folder
    }

    #[test]
    fn a_secret_that_is_missing_is_told_until_it_is_there() {
        let folder = folder(
            "x12 = \"ZZ:US\"",
            "[https]\ntokens = []\n[x12]\nid = \"ZZ:ACME\"\n[receive.850]\nto = [\"erp\"]",
        );
        let steps = checked(folder.path(), "acme");
        let (verdict, found) = found(&steps, "850 to `erp`");
        assert!(verdict == Verdict::Error && found.contains("erp.key"), "{found}");
        std::fs::write(folder.path().join("erp.key"), "whsec_x").unwrap();
        let steps = checked(folder.path(), "acme");
        assert!(steps.iter().all(|step| step.verdict == Verdict::Ok), "{steps:?}");
    }

    #[test]
    fn each_standard_needs_both_addresses() {
        let edifact =
            "[https]\ntokens = []\n[edifact]\nid = \"14:5412345000013\"\n[receive.ORDERS]\nto = [\"erp\"]";
        let only = folder("edifact = \"14:4012345000009\"", edifact);
        assert_eq!(found(&checked(only.path(), "acme"), "addresses").0, Verdict::Ok);
        let other = folder("x12 = \"ZZ:US\"", edifact);
        let steps = checked(other.path(), "acme");
        let (verdict, found) = found(&steps, "addresses");
        assert!(verdict == Verdict::Error && found.contains("no EDIFACT address"), "{found}");
    }

    #[test]
    fn certificates_are_told_before_and_after_their_end() {
        let certificate = |folder: &Path, days: i64| {
            let mut parameters = rcgen::CertificateParams::new(vec!["acme.example".to_owned()]).unwrap();
            let end = SystemClock.now().as_second() + days * 86_400 + 3600;
            let day = jiff::Timestamp::from_second(end).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date();
            parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
            let (month, day_of) = (u8::try_from(day.month()).unwrap(), u8::try_from(day.day()).unwrap());
            parameters.not_after = rcgen::date_time_ymd(i32::from(day.year()), month, day_of);
            let key = rcgen::KeyPair::generate().unwrap();
            std::fs::write(folder.join("acme.pem"), parameters.self_signed(&key).unwrap().pem()).unwrap();
        };
        let acme = "[as2]\nid = \"ACME\"\ncertificates = [\"acme.pem\"]\n[x12]\nid = \"ZZ:ACME\"\n[receive.850]\nto = [\"erp\"]";
        let folder = folder("x12 = \"ZZ:US\"\nas2 = \"US\"", acme);
        for (days, verdict, word) in [
            (400, Verdict::Ok, "days left"),
            (10, Verdict::Warning, "days left"),
            (-10, Verdict::Error, "expired on"),
        ] {
            certificate(folder.path(), days);
            let steps = checked(folder.path(), "acme");
            let told = found(&steps, "their certificate");
            assert!(told.0 == verdict && told.1.contains(word), "{days}: {told:?}");
        }
    }
}
