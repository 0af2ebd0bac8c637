//! The whole configuration: `gateway.toml` and every partner in force, with the lookups that work needs.
//!
//! Promises: what is in a [`Configuration`] was read and checked, and never changes. A broken `gateway.toml` yields
//! none at all (exit 78); a broken profile stops that partner only, and its last good version, where one is given,
//! stays in force. No two partners share an address, AS2 name, token, certificate or folder.
//! Fails with all problems found, each with its place. Reads files; writes nothing, and knows no SQL.

use super::api_checks;
use super::as2_checks;
use super::checks;
use super::choice;
use super::document::{Document, steps};
use super::gateway::{Endpoint, Gateway, Station};
use super::own_keys::{self, OwnKey, OwnKeys, Reader};
use super::partner_profile::{PartnerProfile, Surroundings, is_plain_name};
use super::problem::Problem;
use super::shape::{self, Extent};
use super::source::bare;
use crate::clock::{Clock, SystemClock};
use jiff::Timestamp;
use portway_as2::certificate::Identity;
use portway_edi::Standard;
use portway_edi::interchange::PartyId;
use sha2::Digest;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct Configuration {
    /// The configuration folder; paths in the files are relative to it.
    pub dir: PathBuf,
    pub gateway: Gateway,
    /// The key pairs of our stations.
    pub keys: OwnKeys,
    /// Partners in force, by id.
    pub partners: BTreeMap<String, Arc<PartnerProfile>>,
    /// Warnings, and the errors of profiles that are not in force as written.
    pub problems: Vec<Problem>,
    pub(super) gateway_document: Document,
}

/// Good versions to fall back on, by partner id: from the ledger, or from the configuration now in force.
pub type LastGood = BTreeMap<String, Arc<PartnerProfile>>;

impl Configuration {
    /// SHA-256 of the text of gateway.toml.
    pub fn gateway_hash(&self) -> [u8; 32] {
        sha2::Sha256::digest(self.gateway_document.text.as_bytes()).into()
    }

    /// The longest time within which an interchange's number counts as seen, over all partners.
    pub fn longest_window(&self) -> std::time::Duration {
        let standards = [Standard::X12, Standard::Edifact];
        let habits = self.partners.values().flat_map(|p| standards.map(|s| p.partner.habits(s)));
        habits.flatten().map(|habits| habits.duplicate_window.duration()).max().unwrap_or_default()
    }

    /// Reads the folder, for a verb that only looks: keys of ours that only the gateway can read are left out. An error is
    /// fatal: `gateway.toml` is missing or broken.
    pub fn load(dir: &Path) -> Result<Configuration, Vec<Problem>> {
        Configuration::read(dir, &LastGood::new(), Reader::Onlooker, SystemClock.now())
    }

    /// The same for the gateway itself: every key must be there. A partner whose file is now broken keeps the version of
    /// `last_good`.
    pub fn load_with(dir: &Path, last_good: &LastGood) -> Result<Configuration, Vec<Problem>> {
        Configuration::read(dir, last_good, Reader::Gateway, SystemClock.now())
    }

    /// What `[database] url` says, whatever else is in the file and whoever may read its keys: for the unit that starts that
    /// server.
    pub fn database_url(dir: &Path) -> Option<String> {
        let text = std::fs::read_to_string(dir.join("gateway.toml")).ok()?;
        let table: toml::Table = text.parse().ok()?;
        Some(table.get("database")?.get("url")?.as_str()?.to_owned())
    }

    /// `now` decides about warnings only: which certificates have expired.
    pub(super) fn read(
        dir: &Path,
        last_good: &LastGood,
        reader: Reader,
        now: Timestamp,
    ) -> Result<Configuration, Vec<Problem>> {
        let gateway = read_gateway(dir, reader, now);
        let (read, mut problems) = read_partners(dir);
        let (gateway_document, gateway, keys) = match gateway {
            Ok((document, gateway, keys, warnings)) => {
                problems.extend(warnings);
                (document, gateway, keys)
            }
            Err(fatal) => {
                let broken = read.into_values().filter_map(Result::err).flatten();
                return Err(fatal.into_iter().chain(problems).chain(broken).collect());
            }
        };
        let ids = read.keys().cloned().collect();
        api_checks::clients(&gateway_document, &gateway, &ids, &mut problems);
        let partners = choice::choose(&gateway, read, last_good, now, &mut problems);
        Ok(Configuration { dir: dir.to_owned(), gateway, keys, partners, problems, gateway_document })
    }

    /// `gateway.toml` as it stands: whether something in it changed.
    pub fn gateway_text(&self) -> &str {
        &self.gateway_document.text
    }

    /// A path from the configuration, made absolute by the configuration folder.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.dir.join(path)
    }

    /// Our station that an interchange is addressed to.
    pub fn station(&self, standard: Standard, receiver: &PartyId) -> Option<(&str, &Station)> {
        self.gateway.stations().find(|(_, station)| match standard {
            Standard::X12 => station.x12.as_ref().is_some_and(|id| id.0 == *receiver),
            Standard::Edifact => station.edifact.as_ref().is_some_and(|id| id.0 == *receiver),
        })
    }

    /// The station that a partner trades with: the one it names, else the only one.
    pub fn station_of(&self, partner: &PartnerProfile) -> Option<(&str, &Station)> {
        self.gateway.station_named(partner.partner.station.as_deref())
    }

    pub fn endpoint(&self, name: &str) -> Option<&Endpoint> {
        self.gateway.endpoint.get(name)
    }

    /// Whether any partner's business answers are due by dates, or are owed by us.
    pub fn times_answers(&self) -> bool {
        self.partners.values().any(|profile| profile.partner.times_answers())
    }

    pub fn partner(&self, id: &str) -> Option<&Arc<PartnerProfile>> {
        self.partners.get(id)
    }

    /// Those whom our own systems call so: by id, `known_as`, or an address without its qualifier. Leading zeros do not count.
    pub fn partners_called(&self, name: &str) -> Vec<&str> {
        let called = |profile: &&Arc<PartnerProfile>| profile.names().any(|own| bare(own) == bare(name));
        self.partners.values().filter(called).map(|profile| profile.partner.id.as_str()).collect()
    }

    /// Who shows this bearer token; `sha256` is its SHA-256.
    pub fn partner_of_token(&self, sha256: &[u8; 32]) -> Option<&Arc<PartnerProfile>> {
        self.partners.values().find(|profile| {
            profile.partner.https.iter().flat_map(|https| &https.tokens).any(|token| token.0 == *sha256)
        })
    }

    /// Who shows this client certificate, byte for byte.
    pub fn partner_of_certificate(&self, der: &[u8]) -> Option<&Arc<PartnerProfile>> {
        self.partners
            .values()
            .find(|profile| profile.certificates.iter().any(|pinned| pinned.as_ref() == der))
    }

    /// Who logs in under this name at the SFTP door.
    pub fn partner_of_sftp_user(&self, user: &str) -> Option<&Arc<PartnerProfile>> {
        self.partners.values().find(|profile| profile.sftp_user() == Some(user))
    }

    /// Our key pairs at a station: all decrypt.
    pub fn identities(&self, station: &str) -> &[OwnKey] {
        self.keys.of(station)
    }

    /// The same, as what is encrypted to us is opened with.
    pub fn decrypting(&self, station: &str) -> &[Identity] {
        self.keys.decrypting(station)
    }

    /// The key pair that signs for a station: the newest in force.
    pub fn signing_identity(&self, station: &str, now: Timestamp) -> Option<&Identity> {
        self.keys.signing(station, now)
    }

    /// Who sends under the AS2 name `from` to our AS2 name `to`, and which of our stations that is (RFC 4130 section 6.2:
    /// names are compared as they are, case counts).
    pub fn as2_partner(&self, from: &str, to: &str) -> Option<(Arc<PartnerProfile>, &str)> {
        let (name, _) = self.gateway.stations().find(|(_, station)| station.as2.as_deref() == Some(to))?;
        let named = |profile: &&Arc<PartnerProfile>| {
            profile.partner.as2.as_ref().is_some_and(|as2| as2.id == from)
                && self.station_of(profile).is_some_and(|(own, _)| own == name)
        };
        self.partners.values().find(named).map(|profile| (profile.clone(), name))
    }

    /// Whose interchange this is: `sender` (ISA05/06, S002) and `group_sender` (GS02, UNG, where a group is at hand) must
    /// belong to the authenticated partner `connection`, or to a partner that comes `via` it.
    #[allow(clippy::result_large_err)] // once an interchange, and the words are worth it
    pub fn partner_for_sender(
        &self,
        connection: &str,
        standard: Standard,
        sender: &PartyId,
        group_sender: Option<&str>,
    ) -> Result<Arc<PartnerProfile>, SenderMismatch> {
        let mismatch = |reason| SenderMismatch {
            connection: connection.to_owned(),
            sender: sender.clone(),
            group_sender: group_sender.map(str::to_owned),
            reason,
        };
        let own = self.partners.get(connection).into_iter();
        let carried = self.partners.values().filter(|p| p.partner.via.as_deref() == Some(connection));
        let Some(profile) = own.chain(carried).find(|profile| profile.sends_as(standard, sender)) else {
            let owner = self.partners.values().find(|profile| profile.sends_as(standard, sender));
            return Err(mismatch(match owner {
                Some(owner) => MismatchReason::OtherPartner(owner.partner.id.clone()),
                None => MismatchReason::UnknownSender,
            }));
        };
        let known_group = |group: &str| profile.groups_as(standard, group.trim_end_matches(' '));
        match group_sender {
            Some(group) if !known_group(group) => {
                Err(mismatch(MismatchReason::GroupSender(profile.partner.id.clone())))
            }
            _ => Ok(profile.clone()),
        }
    }
}

impl Gateway {
    /// All our stations by name; `[us]` is the station `us`.
    pub fn stations(&self) -> impl Iterator<Item = (&str, &Station)> {
        let us = self.us.iter().map(|station| ("us", station));
        us.chain(self.station.iter().map(|(name, station)| (name.as_str(), station)))
    }

    /// The station of that name; without a name, the only one.
    pub fn station_named(&self, name: Option<&str>) -> Option<(&str, &Station)> {
        let mut stations = self.stations();
        match name {
            Some(name) => stations.find(|(known, _)| *known == name),
            None => stations.next().filter(|_| stations.next().is_none()),
        }
    }
}

/// The sender written in an interchange does not belong to who brought it: `quarantined{sender_mismatch}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderMismatch {
    pub connection: String,
    pub sender: PartyId,
    pub group_sender: Option<String>,
    pub reason: MismatchReason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MismatchReason {
    /// No profile has this ISA sender.
    UnknownSender,
    /// The ISA sender is another partner, who does not come via this connection.
    OtherPartner(String),
    /// The ISA sender is right (this partner), the GS sender is not.
    GroupSender(String),
}

impl fmt::Display for SenderMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sender, connection) = (&self.sender, &self.connection);
        match &self.reason {
            MismatchReason::UnknownSender => write!(
                f,
                "the sender {sender} is in no partner's profile; it came over the connection of `{connection}`. \
                 If it is theirs, add it to other_ids in partners.d/{connection}.toml; else ask them"
            ),
            MismatchReason::OtherPartner(owner) => write!(
                f,
                "the sender {sender} is `{owner}`, but it came over the connection of `{connection}`. If they carry \
                 for `{owner}`, write via = \"{connection}\" in partners.d/{owner}.toml; else ask them"
            ),
            MismatchReason::GroupSender(partner) => write!(
                f,
                "the sender {sender} is `{partner}`, but the group's sender is `{}`. If it is theirs, write it as group_id under \
                 [x12] or [edifact] in partners.d/{partner}.toml; else ask them",
                self.group_sender.as_deref().unwrap_or_default()
            ),
        }
    }
}

impl std::error::Error for SenderMismatch {}

type GatewayRead = (Document, Gateway, OwnKeys, Vec<Problem>);

fn read_gateway(dir: &Path, reader: Reader, now: Timestamp) -> Result<GatewayRead, Vec<Problem>> {
    let file = dir.join("gateway.toml");
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let problem = Problem::of_file(&file, format!("cannot read gateway.toml: {error}"));
        vec![problem.help("name the folder that holds gateway.toml; partner-profiles/example is one to copy")]
    })?;
    let document = Document::parse(&file, &text)?;
    let problems = shape::check(&document, shape::gateway_schema(), Extent::Whole);
    if !problems.is_empty() {
        return Err(problems);
    }
    let gateway: Gateway = toml::from_str(&text).map_err(|error| vec![document.fault(&error)])?;
    let mut problems = checks::gateway(&document, &gateway, dir);
    let keys = own_keys::read(&document, &gateway, dir, reader, &mut problems);
    as2_checks::gateway(&document, &gateway, &keys, now, &mut problems);
    if problems.iter().any(Problem::is_error) {
        Err(problems)
    } else {
        Ok((document, gateway, keys, problems))
    }
}

/// A partner's file as it was read.
pub(super) type Read = BTreeMap<String, Result<PartnerProfile, Vec<Problem>>>;

/// Every `partners.d/<id>.toml`; other names are left alone. The folder may be missing: there are no partners yet.
fn read_partners(dir: &Path) -> (Read, Vec<Problem>) {
    let folder = dir.join("partners.d");
    let (mut read, mut problems) = (Read::new(), Vec::new());
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (read, problems),
        Err(error) => {
            problems.push(Problem::of_file(&folder, format!("cannot read the folder partners.d: {error}")));
            return (read, problems);
        }
    };
    for entry in entries {
        let file = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                problems
                    .push(Problem::of_file(&folder, format!("cannot read the folder partners.d: {error}")));
                continue;
            }
        };
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(id) = name.strip_suffix(".toml").filter(|id| !id.starts_with('.')) else { continue };
        read.insert(id.to_owned(), read_partner(&file, id, dir));
    }
    (read, problems)
}

fn read_partner(file: &Path, id: &str, dir: &Path) -> Result<PartnerProfile, Vec<Problem>> {
    let refuse =
        |message: String, help: &str| vec![Problem::of_file(file, message).help(help).of_partner(id)];
    if !is_plain_name(id) {
        let help = "name it by lower-case letters, digits and `-`, at most 64, as in acme-retail.toml";
        return Err(refuse(format!("`{id}` is not a partner's id"), help));
    }
    let text = std::fs::read_to_string(file).map_err(|error| {
        refuse(format!("cannot read the profile: {error}"), "make the file readable for the gateway's user")
    })?;
    PartnerProfile::parse(file, id, &text, &Surroundings { folder: Some(dir) })
}

impl PartnerProfile {
    /// A problem at a place of this profile's file.
    pub(super) fn problem(&self, at: &[super::document::Step], message: impl Into<String>) -> Problem {
        self.document.problem(at, message).of_partner(&self.partner.id)
    }

    /// Where a receive rule names its endpoint.
    pub(super) fn problem_of_route(&self, code: &str, index: usize, message: String) -> Problem {
        self.problem(&steps!["receive", code, "to", index], message)
    }
}
