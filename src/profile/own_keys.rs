//! Our own key pairs, by station: read with `gateway.toml`, so that a key that is not there stops the start, not the first message.
//!
//! Promises: certificate and key are a pair, and were read once. All keys of a station decrypt; one signs, chosen by `from` and
//! the time that the caller gives. Nothing here has a `Debug` that shows a key.
//! Fails for `gateway.toml` as a whole. A verb that only looks is not the gateway's user: a key that only the service can read
//! (a credential, a variable, a file of its own) is left out there, and its certificate is known all the same.

use super::as2::KeyPair;
use super::document::{Document, Step, steps};
use super::gateway::Gateway;
use super::pinned::{self, Pinned};
use super::problem::Problem;
use super::secret::Secret;
use jiff::Timestamp;
use portway_as2::certificate::{Certificate, CertificateError, Identity, PrivateKey, Purpose};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// Who reads the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The gateway: every key must be there.
    Gateway,
    /// A verb that only looks.
    Onlooker,
}

/// One of our key pairs.
#[derive(Clone)]
pub struct OwnKey {
    pub identity: Identity,
    /// From when it signs. It decrypts at once.
    pub from: Option<Timestamp>,
}

/// The key pairs of all stations.
#[derive(Clone, Default)]
pub struct OwnKeys(BTreeMap<String, Keys>);

#[derive(Clone, Default)]
struct Keys {
    /// Also of those whose key could not be read here.
    certificates: Vec<Pinned>,
    own: Vec<OwnKey>,
    identities: Vec<Identity>,
}

/// Not a word of the keys.
impl fmt::Debug for OwnKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, keys)| (name, keys.own.len()))).finish()
    }
}

impl OwnKeys {
    /// The station's key pairs, in the order of `gateway.toml`.
    pub fn of(&self, station: &str) -> &[OwnKey] {
        self.0.get(station).map_or(&[], |keys| &keys.own)
    }

    /// The same, as what is encrypted to us is opened with.
    pub fn decrypting(&self, station: &str) -> &[Identity] {
        self.0.get(station).map_or(&[], |keys| &keys.identities)
    }

    /// The one that signs; `None` where the station has none, or none is in force yet.
    pub fn signing(&self, station: &str, now: Timestamp) -> Option<&Identity> {
        let keys = self.of(station).iter();
        let chosen =
            pinned::in_use(keys, now, Purpose::Signing, |own| (own.identity.certificate(), own.from));
        chosen.map(|own| &own.identity)
    }

    /// The certificates, also of keys that could not be read here.
    pub fn certificates(&self, station: &str) -> &[Pinned] {
        self.0.get(station).map_or(&[], |keys| &keys.certificates)
    }
}

/// Where a station stands in the file: `[us]`, or `[station.<name>]`.
pub(super) fn place(gateway: &Gateway, station: &str) -> Vec<Step> {
    if gateway.station.contains_key(station) {
        steps!["station", station].to_vec()
    } else {
        steps!["us"].to_vec()
    }
}

/// Reads all keys; errors among the problems are fatal.
pub(super) fn read(
    document: &Document,
    gateway: &Gateway,
    dir: &Path,
    reader: Reader,
    problems: &mut Vec<Problem>,
) -> OwnKeys {
    let mut all = OwnKeys::default();
    for (name, station) in gateway.stations() {
        let mut keys = Keys::default();
        for (index, pair) in station.keys.iter().enumerate() {
            let mut at = place(gateway, name);
            at.extend(steps!["keys", index]);
            let pair = Reading { document, dir, reader, at, pair }.read();
            match pair {
                Ok((certificate, key)) => {
                    if let Some(key) = key {
                        keys.identities.push(key.identity.clone());
                        keys.own.push(key);
                    }
                    keys.certificates.push(certificate);
                }
                Err(problem) => problems.push(*problem),
            }
        }
        all.0.insert(name.to_owned(), keys);
    }
    all
}

struct Reading<'a> {
    document: &'a Document,
    dir: &'a Path,
    reader: Reader,
    at: Vec<Step>,
    pair: &'a KeyPair,
}

impl Reading<'_> {
    fn read(&self) -> Result<(Pinned, Option<OwnKey>), Box<Problem>> {
        let file = self.dir.join(&self.pair.certificate);
        let certificates = std::fs::read(&file).map_err(|error| {
            let help = "name a PEM file that the gateway's user can read, relative to the configuration folder; \
                        `portway cert new` makes one";
            self.problem("certificate", format!("cannot read {}: {error}", file.display()), help)
        })?;
        let certificates = Certificate::read(&certificates).map_err(|error| {
            let help = "the file begins with -----BEGIN CERTIFICATE-----";
            self.problem("certificate", format!("{}: {error}", file.display()), help)
        })?;
        let from = self.pair.from.as_deref().map(pinned::beginning).transpose();
        let from = from.map_err(|message| self.problem("from", message, pinned::FROM_HELP))?;
        let key = self.key()?;
        // Beside our own there may be those of the authority.
        let own = match &key {
            None => certificates.first(),
            Some(key) => certificates.iter().find(|one| Identity::new((*one).clone(), key.clone()).is_ok()),
        };
        let Some(certificate) = own.cloned() else {
            let help = "name the key that the certificate was made with; `portway cert new` makes both";
            return Err(self.problem("key", CertificateError::Mismatch.to_string(), help));
        };
        let own = match key.map(|key| Identity::new(certificate.clone(), key)).transpose() {
            Ok(identity) => identity.map(|identity| OwnKey { identity, from }),
            Err(error) => {
                return Err(self.problem("key", error.to_string(), "name the certificate's own key"));
            }
        };
        Ok((Pinned { certificate, from }, own))
    }

    /// `None`: only the running gateway can read it.
    fn key(&self) -> Result<Option<PrivateKey>, Box<Problem>> {
        let Some(pem) = self.secret("key", &self.pair.key)? else { return Ok(None) };
        let passphrase = match &self.pair.passphrase {
            None => None,
            Some(secret) => match self.secret("passphrase", secret)? {
                Some(passphrase) => Some(passphrase),
                None => return Ok(None),
            },
        };
        let passphrase = passphrase.as_ref().map(|text| text.expose_secret().as_bytes());
        PrivateKey::from_pem(pem.expose_secret().as_bytes(), passphrase).map(Some).map_err(|error| {
            let (key, help) = match error {
                CertificateError::WrongPassphrase => (
                    "passphrase",
                    "write passphrase = { credential = \"name\" }, and see that it is this key's",
                ),
                _ => (
                    "key",
                    "name a private key in PEM: it begins with -----BEGIN PRIVATE KEY----- or the like",
                ),
            };
            self.problem(key, format!("the key from {}: {error}", self.pair.key), help)
        })
    }

    fn secret(&self, key: &str, secret: &Secret) -> Result<Option<secrecy::SecretString>, Box<Problem>> {
        match secret.resolve(self.dir) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.reader == Reader::Onlooker && is_the_services_own(secret, self.dir) => Ok(None),
            Err(error) => {
                let help = "the gateway's user must be able to read it: `portway cert new` makes a key, and says what to write";
                Err(self.problem(key, error.to_string(), help))
            }
        }
    }

    fn problem(&self, key: &str, message: String, help: &str) -> Box<Problem> {
        let mut at = self.at.clone();
        at.push(Step::from(key));
        Box::new(self.document.problem(&at, message).help(help))
    }
}

/// Whether it may well be there for the service, though not for this shell.
fn is_the_services_own(secret: &Secret, dir: &Path) -> bool {
    match secret {
        Secret::Credential(_) | Secret::Env(_) => true,
        Secret::File(path) => std::fs::File::open(dir.join(path))
            .is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied),
    }
}
