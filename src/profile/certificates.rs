//! All certificates that the configuration names: whose, what for, and which of them are in force.
//!
//! Promises: one list for `portway cert list` and for the warnings of expiry. A certificate is *in force* from its `from` until
//! it is superseded: by one of the same owner whose own later `from` has come, or, where neither has one, by a renewal (same
//! subject, issued later). It is *covered* where a successor is set to begin before it expires.
//! The doors' files are read when asked; one that cannot be read is left out here (loading and the door itself report it).

use super::configuration::Configuration;
use super::partner::Status;
use super::pinned::{Pinned, is_valid};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use portway_as2::certificate::Certificate;
use std::fmt;
use std::path::Path;

/// Whose a certificate is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    Station(String),
    Partner(String),
    /// `https`, `as2`.
    Door(&'static str),
}

/// `station us`, `partner acme`, `door as2`.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Station(name) => write!(f, "station {name}"),
            Owner::Partner(id) => write!(f, "partner {id}"),
            Owner::Door(name) => write!(f, "door {name}"),
        }
    }
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// AS2, ours: to sign with, to be encrypted to.
    SignDecrypt,
    /// AS2, theirs: to verify with, to encrypt to.
    VerifyEncrypt,
    /// They show it at a door of ours.
    Client,
    /// A door shows it.
    Server,
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Use::SignDecrypt => "AS2: sign, decrypt",
            Use::VerifyEncrypt => "AS2: verify, encrypt",
            Use::Client => "TLS client",
            Use::Server => "TLS server",
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    InForce,
    /// Its `from` is still to come.
    Later,
    /// Another has taken its place; it still decrypts and verifies.
    Superseded,
    /// The partner is a draft.
    Draft,
}

impl Standing {
    pub fn name(self) -> &'static str {
        match self {
            Standing::InForce => "in force",
            Standing::Later => "later",
            Standing::Superseded => "superseded",
            Standing::Draft => "draft",
        }
    }
}

/// One certificate that the configuration names.
#[derive(Debug, Clone)]
pub struct Held {
    pub owner: Owner,
    pub used: Use,
    pub certificate: Certificate,
    pub from: Option<Timestamp>,
    pub standing: Standing,
    /// A successor begins before it expires.
    pub covered: bool,
}

impl Held {
    /// Whole days until it expires; negative once it has.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        (self.certificate.not_after() - now.as_second()).div_euclid(86_400)
    }
}

/// The day of an instant, UTC.
pub fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

/// The day until which a certificate is valid.
pub fn valid_until(certificate: &Certificate) -> String {
    Timestamp::from_second(certificate.not_after()).map_or_else(|_| "?".to_owned(), day)
}

impl Configuration {
    /// Every certificate: stations, partners, doors. `self_signed` is the certificate of doors that name none.
    pub fn certificates(&self, self_signed: &Path, now: Timestamp) -> Vec<Held> {
        let mut all = Vec::new();
        for (name, _) in self.gateway.stations() {
            let owner = Owner::Station(name.to_owned());
            add(&mut all, &owner, Use::SignDecrypt, self.keys.certificates(name), false, now);
        }
        for (id, profile) in &self.partners {
            let owner = Owner::Partner(id.clone());
            let draft = profile.partner.status == Status::Draft;
            let pinned = profile.as2.as_ref().map_or(&[][..], |as2| as2.pinned());
            add(&mut all, &owner, Use::VerifyEncrypt, pinned, draft, now);
            let client = profile.as2.iter().flat_map(|as2| as2.client_certificates());
            let client =
                client.chain(&profile.certificates).filter_map(|der| Certificate::from_der(der).ok());
            let client: Vec<_> = client.map(|certificate| Pinned { certificate, from: None }).collect();
            add(&mut all, &owner, Use::Client, &client, draft, now);
        }
        let https = self.gateway.listen.https.as_ref().map(|door| ("https", &door.certificate));
        let as2 = self.gateway.listen.as2.as_ref().map(|door| ("as2", &door.certificate));
        for (name, file) in https.into_iter().chain(as2) {
            let file = file.as_ref().map_or_else(|| self_signed.to_owned(), |file| self.path(file));
            let read = std::fs::read(file).ok().and_then(|bytes| Certificate::read(&bytes).ok());
            // The door's own stands first; what follows are authorities.
            let own: Vec<_> = read
                .into_iter()
                .flatten()
                .take(1)
                .map(|certificate| Pinned { certificate, from: None })
                .collect();
            add(&mut all, &Owner::Door(name), Use::Server, &own, false, now);
        }
        all
    }
}

fn add(all: &mut Vec<Held>, owner: &Owner, used: Use, pinned: &[Pinned], draft: bool, now: Timestamp) {
    for (index, one) in pinned.iter().enumerate() {
        let standing = match () {
            () if draft => Standing::Draft,
            () if one.from.is_some_and(|from| from > now) => Standing::Later,
            () if superseded(pinned, index, now) => Standing::Superseded,
            () => Standing::InForce,
        };
        all.push(Held {
            owner: owner.clone(),
            used,
            certificate: one.certificate.clone(),
            from: one.from,
            standing,
            covered: covered(pinned, index),
        });
    }
}

/// Whether another of the same owner has taken the place of `all[index]`.
pub fn superseded(all: &[Pinned], index: usize, now: Timestamp) -> bool {
    let own = &all[index];
    all.iter().any(|other| {
        let begun = other.from.is_none_or(|from| from <= now);
        let renewal = other.certificate.subject() == own.certificate.subject()
            && other.certificate.not_before() > own.certificate.not_before()
            && is_valid(&other.certificate, now);
        begun && (other.from > own.from || other.from == own.from && renewal)
    })
}

/// Whether a successor begins, by its own `from`, while this one is still valid.
fn covered(all: &[Pinned], index: usize) -> bool {
    let own = &all[index];
    all.iter().any(|other| {
        other.from > own.from
            && other.from.is_some_and(|from| from.as_second() <= own.certificate.not_after())
            && other.certificate.not_after() > own.certificate.not_after()
    })
}
