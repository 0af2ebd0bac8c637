//! Certificates that run out: whoever must act is told 60, 30, 14 and 7 days before, and once it has happened.
//!
//! Promises: one mail for each certificate and step, on however many nodes and however often it is looked; a step takes the place
//! of the one before it. A certificate that is not used, is replaced, or whose successor is set to begin in time is not warned
//! of; when that comes to be after a warning, one mail says that it is over. The caller gives the time.
//! Fails with the ledger's error only; the next look makes it good.

use crate::ledger::Ledger;
use crate::ledger::alert::{Move, Raise};
use crate::profile::Configuration;
use crate::profile::certificates::{Held, Owner, Standing, Use, valid_until};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;

/// Days before the end; the last is when it has come.
const STEPS: [i64; 5] = [60, 30, 14, 7, -1];
/// The beginning of all causes from here.
const PREFIX: &str = "certificate:";

/// Where it is looked: what differs from gateway to gateway.
pub struct Here<'a> {
    /// This host: its doors are its own, all else is the same on every gateway of a ledger.
    pub host: &'a str,
    /// The certificate of doors that name none.
    pub self_signed: &'a Path,
}

/// Looks at every certificate of the configuration, raises what is due and closes what is over.
///
/// # Errors
/// The ledger's.
pub async fn look(
    ledger: &Ledger,
    configuration: &Configuration,
    here: &Here<'_>,
    now: Timestamp,
) -> crate::ledger::Result<()> {
    let wait = SignedDuration::try_from(configuration.gateway.alerts.coalesce.duration()).unwrap_or_default();
    let due = due(&configuration.certificates(here.self_signed, now), here.host, now);
    let open = ledger.open_causes().await?;
    let open: Vec<&String> = open.iter().filter(|cause| is_ours(cause, here.host)).collect();
    for raise in due.values() {
        if !open.contains(&&raise.cause) {
            ledger.raise(raise, wait, now).await?;
        }
    }
    for cause in open {
        let subject = cause.rsplit_once(':').map_or("", |(subject, _)| subject);
        match due.get(subject) {
            Some(raise) if raise.cause == *cause => {}
            // The next step is told; that the one before it is "over" would be no news.
            Some(_) => ledger.close_alert(cause, now).await?,
            None => drop(ledger.recover(cause, now).await?),
        }
    }
    Ok(())
}

/// A certificate's cause, and not one of another host's door.
fn is_ours(cause: &str, host: &str) -> bool {
    let Some(rest) = cause.strip_prefix(PREFIX) else { return false };
    !rest.starts_with("door:") || rest.contains(&format!("@{host}:"))
}

/// What is due, by the cause without its step.
fn due(held: &[Held], host: &str, now: Timestamp) -> BTreeMap<String, Raise> {
    let mut all = BTreeMap::new();
    for one in held {
        let days = one.days_left(now);
        let step = STEPS.iter().rev().find(|step| days <= **step);
        let (Some(step), Standing::InForce, false) = (step, one.standing, one.covered) else { continue };
        let subject = subject(one, host);
        let raise = raise(one, host, format!("{subject}:{}", (*step).max(0)), days);
        all.insert(subject, raise);
    }
    all
}

/// `certificate:partner:acme:client:0123456789abcdef`: the same certificate in two places is two causes.
fn subject(held: &Held, host: &str) -> String {
    let owner = match &held.owner {
        Owner::Door(name) => format!("door:{name}@{host}"),
        other => other.to_string().replace(' ', ":"),
    };
    let used = match held.used {
        Use::SignDecrypt | Use::VerifyEncrypt => "as2",
        Use::Client => "client",
        Use::Server => "server",
    };
    let short: String = held.certificate.sha256()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{PREFIX}{owner}:{used}:{short}")
}

fn raise(held: &Held, host: &str, cause: String, days: i64) -> Raise {
    let certificate = &held.certificate;
    let until = valid_until(certificate);
    let (whose, partner, who, next) = match &held.owner {
        Owner::Partner(id) => (
            Move::Partner,
            Some(id.clone()),
            format!("{id}: its certificate"),
            match held.used {
                Use::Client => format!(
                    "Ask the partner for its next client certificate, name it in partners.d/{id}.toml beside the old one, then: \
                     portway reload. We go on taking the old one while the profile names it."
                ),
                _ => format!(
                    "Ask the partner for its next certificate and for the day from which it counts, then: portway cert import \
                     FILE --partner {id} --from DATE, portway reload."
                ),
            },
        ),
        Owner::Station(name) => (
            Move::Us,
            None,
            format!("station {name}: our AS2 certificate"),
            format!(
                "Make the next: portway cert new --station {name}. Write it into gateway.toml with a `from` that gives the \
                 partners time, send them `portway partner sheet`, then: portway reload."
            ),
        ),
        Owner::Door(name) => (
            Move::Us,
            None,
            format!("{host}: the {name} door's TLS certificate"),
            format!("Renew the file that [listen.{name}] certificate names, then: portway reload."),
        ),
    };
    let title = match days {
        ..0 => format!("{who} expired on {until}"),
        0 => format!("{who} expires today, {until}"),
        1 => format!("{who} expires tomorrow, {until}"),
        days => format!("{who} expires in {days} days, {until}"),
    };
    let detail = format!(
        "{title}.\n\nCertificate: {}\nSHA-256: {}\nUsed for: {}\n\n{next}",
        certificate.subject(),
        certificate.fingerprint(),
        held.used
    );
    Raise { cause, whose, partner, title, detail, subject: None }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use portway_as2::certificate::{Certificate, Identity, KeyKind};

    const END: i64 = 1_800_000_000;

    fn certificate() -> Certificate {
        let made = Identity::generate("Acme", KeyKind::P256, END - 730 * 86_400, 730).unwrap();
        made.certificate().clone()
    }

    fn held(certificate: &Certificate) -> Held {
        Held {
            owner: Owner::Partner("acme".into()),
            used: Use::VerifyEncrypt,
            certificate: certificate.clone(),
            from: None,
            standing: Standing::InForce,
            covered: false,
        }
    }

    fn before_end(days: f64) -> Timestamp {
        Timestamp::from_second(END - (days * 86_400.0) as i64).unwrap()
    }

    /// Day by day through its last three months: each step begins once, and in its order.
    #[test]
    fn each_step_has_one_cause() {
        let held = held(&certificate());
        let mut steps = Vec::new();
        for day in (-10..=90).rev() {
            let now = before_end(f64::from(day) - 0.5);
            let due = due(std::slice::from_ref(&held), "gate", now);
            let step = due.values().next().map(|raise| raise.cause.rsplit_once(':').unwrap().1.to_owned());
            if steps.last() != Some(&step) {
                steps.push(step);
            }
        }
        let expected = [None, Some("60"), Some("30"), Some("14"), Some("7"), Some("0")];
        assert_eq!(steps, expected.map(|step| step.map(str::to_owned)));
    }

    #[test]
    fn it_says_when_and_whose_move_it_is() {
        let mut one = held(&certificate());
        let told = |one: &Held, days: f64| {
            due(std::slice::from_ref(one), "gate", before_end(days)).into_values().next()
        };
        let raise = told(&one, 29.5).unwrap();
        assert_eq!(raise.title, "acme: its certificate expires in 29 days, 2027-01-15");
        assert_eq!((raise.whose, raise.partner.as_deref()), (Move::Partner, Some("acme")));
        assert!(raise.detail.contains("portway cert import FILE --partner acme"), "{}", raise.detail);
        assert!(raise.cause.starts_with("certificate:partner:acme:as2:") && raise.cause.ends_with(":30"));
        assert_eq!(told(&one, 0.5).unwrap().title, "acme: its certificate expires today, 2027-01-15");
        assert_eq!(told(&one, -0.5).unwrap().title, "acme: its certificate expired on 2027-01-15");
        one.owner = Owner::Station("us".into());
        let raise = told(&one, 5.0).unwrap();
        assert_eq!((raise.whose, raise.partner), (Move::Us, None));
        assert!(raise.detail.contains("portway cert new --station us"), "{}", raise.detail);
    }

    #[test]
    fn a_door_belongs_to_its_host() {
        let door = Held { owner: Owner::Door("as2"), used: Use::Server, ..held(&certificate()) };
        let raise = due(&[door], "gate", before_end(3.5)).into_values().next().unwrap();
        assert_eq!(raise.title, "gate: the as2 door's TLS certificate expires in 3 days, 2027-01-15");
        assert!(is_ours(&raise.cause, "gate") && !is_ours(&raise.cause, "other"), "{}", raise.cause);
        assert!(is_ours("certificate:partner:acme:as2:00:30", "other"));
        assert!(!is_ours("endpoint:erp", "gate"));
    }

    #[test]
    fn what_is_not_in_force_or_has_a_successor_is_not_warned_of() {
        let certificate = certificate();
        for standing in [Standing::Later, Standing::Superseded, Standing::Draft] {
            assert!(due(&[Held { standing, ..held(&certificate) }], "gate", before_end(3.0)).is_empty());
        }
        assert!(due(&[Held { covered: true, ..held(&certificate) }], "gate", before_end(3.0)).is_empty());
        assert_eq!(due(&[held(&certificate)], "gate", before_end(3.0)).len(), 1);
        assert!(due(&[held(&certificate)], "gate", before_end(61.5)).is_empty());
    }
}
