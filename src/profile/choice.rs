//! Which version of each partner is in force.
//!
//! Promises: the file's version where it is good, else the last good one, else none. Between partners that claim the
//! same address, AS2 name, token, certificate or folder, the one already in force keeps it; among new ones the first by id.
//! So neither the order of files nor a reload ever hands one partner's traffic to another in silence.
//! Fails for the later claimant only, at the key it has to change, naming the file that has the claim.

use super::checks;
use super::configuration::{LastGood, Read};
use super::document::{Step, steps};
use super::gateway::Gateway;
use super::partner_profile::PartnerProfile;
use super::problem::Problem;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Decides which version of each partner is in force: the file's, its last good one, or none.
pub(super) fn choose(
    gateway: &Gateway,
    read: Read,
    last_good: &LastGood,
    now: Timestamp,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Arc<PartnerProfile>> {
    let ids: BTreeSet<String> = read.keys().cloned().collect();
    let (mut incumbents, mut newcomers) = (Vec::new(), Vec::new());
    for (id, result) in read {
        let last = last_good.get(&id);
        let checked = result.and_then(|profile| {
            let found = checks::partner(gateway, &profile, &ids, now);
            let broken = found.iter().any(Problem::is_error);
            if broken { Err(found) } else { Ok((profile, found)) }
        });
        match (checked, last) {
            (Ok((profile, warnings)), Some(last)) if last.hash == profile.hash => {
                problems.extend(warnings);
                incumbents.push(Arc::new(profile));
            }
            (Ok((profile, warnings)), _) => newcomers.push((Arc::new(profile), warnings)),
            (Err(found), last) => {
                problems.extend(found);
                incumbents.extend(last.cloned());
            }
        }
    }
    let mut claims = Claims::default();
    let mut chosen = BTreeMap::new();
    for profile in incumbents {
        settle(gateway, profile, &mut claims, &mut chosen, problems);
    }
    for (profile, warnings) in newcomers {
        let id = profile.partner.id.clone();
        if settle(gateway, profile, &mut claims, &mut chosen, problems) {
            problems.extend(warnings);
        } else if let Some(last) = last_good.get(&id) {
            settle(gateway, last.clone(), &mut claims, &mut chosen, problems);
        }
    }
    chosen
}

fn settle(
    gateway: &Gateway,
    profile: Arc<PartnerProfile>,
    claims: &mut Claims,
    chosen: &mut BTreeMap<String, Arc<PartnerProfile>>,
    problems: &mut Vec<Problem>,
) -> bool {
    let conflicts = claims.take(gateway, &profile);
    let fine = conflicts.is_empty();
    problems.extend(conflicts);
    if fine {
        chosen.insert(profile.partner.id.clone(), profile);
    }
    fine
}

/// What only one partner can have, and who has it.
#[derive(Default)]
struct Claims {
    taken: BTreeMap<(&'static str, String), String>,
}

impl Claims {
    /// Takes all that the profile claims, or nothing and says why.
    fn take(&mut self, gateway: &Gateway, profile: &PartnerProfile) -> Vec<Problem> {
        let claims = claims_of(gateway, profile);
        let mut problems = Vec::new();
        let mut own = BTreeSet::new();
        for claim in &claims {
            let key = (claim.what, claim.value.clone());
            let place = &claim.place[..];
            if let Some(owner) = self.taken.get(&key) {
                let message = format!("the {} is that of partner `{owner}` already", claim.shown);
                let help =
                    format!("only one partner can have it: change it here or in partners.d/{owner}.toml");
                problems.push(profile.problem(place, message).help(help));
            } else if !own.insert(key) {
                problems.push(
                    profile.problem(place, format!("the {} is listed twice", claim.shown)).help("remove one"),
                );
            }
        }
        if problems.is_empty() {
            let id = &profile.partner.id;
            self.taken.extend(claims.into_iter().map(|claim| ((claim.what, claim.value), id.clone())));
        }
        problems
    }
}

struct Claim {
    what: &'static str,
    value: String,
    shown: String,
    place: Vec<Step>,
}

fn claims_of(gateway: &Gateway, profile: &PartnerProfile) -> Vec<Claim> {
    let partner = &profile.partner;
    let station = gateway.station_named(partner.station.as_deref()).map_or("", |(name, _)| name);
    let mut claims = Vec::new();
    for (index, id) in profile.x12_ids().enumerate() {
        let place = match index.checked_sub(1) {
            None => steps!["x12", "id"].to_vec(),
            Some(other) => steps!["x12", "other_ids", other].to_vec(),
        };
        let shown = format!("X12 address {id}");
        claims.push(Claim { what: "x12", value: format!("{station} {id}"), shown, place });
    }
    for (index, id) in profile.edifact_ids().enumerate() {
        let place = match index.checked_sub(1) {
            None => steps!["edifact", "id"].to_vec(),
            Some(other) => steps!["edifact", "other_ids", other].to_vec(),
        };
        let shown = format!("EDIFACT address {id}");
        claims.push(Claim { what: "edifact", value: format!("{station} {id}"), shown, place });
    }
    if let Some(as2) = &partner.as2 {
        let shown = format!("AS2 name {}", as2.id);
        let place = steps!["as2", "id"].to_vec();
        claims.push(Claim { what: "as2", value: format!("{station} {}", as2.id), shown, place });
    }
    for (index, token) in partner.https.iter().flat_map(|https| &https.tokens).enumerate() {
        let (value, shown) = (token.to_string(), format!("token {token:?}"));
        claims.push(Claim { what: "token", value, shown, place: steps!["https", "tokens", index].to_vec() });
    }
    for (index, certificate) in profile.certificates.iter().enumerate() {
        let value = certificate.iter().map(|byte| format!("{byte:02x}")).collect();
        let shown = "client certificate".to_owned();
        claims.push(Claim {
            what: "certificate",
            value,
            shown,
            place: steps!["https", "certificates", index].to_vec(),
        });
    }
    if let Some(user) = profile.sftp_user() {
        let (value, shown) = (user.to_owned(), format!("SFTP user name {user}"));
        let own = partner.sftp.as_ref().is_some_and(|sftp| sftp.user.is_some());
        let place = if own { steps!["sftp", "user"].to_vec() } else { steps!["sftp"].to_vec() };
        claims.push(Claim { what: "sftp", value, shown, place });
    }
    if let Some(directory) = &partner.directory {
        let folders = [
            ("in", Some(&directory.inbound)),
            ("out", directory.out.as_ref()),
            ("taken", directory.taken.as_ref()),
        ];
        for (key, folder) in folders {
            let Some(folder) = folder else { continue };
            let (value, shown) = (folder.display().to_string(), format!("folder {}", folder.display()));
            claims.push(Claim { what: "folder", value, shown, place: steps!["directory", key].to_vec() });
        }
    }
    claims
}
