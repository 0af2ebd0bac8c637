//! Checks across keys and across files, on typed values.
//!
//! Promises: all faults are reported, not the first only, each at the key that has to change. Between partners that
//! claim the same address, token, certificate or folder, the one already in force keeps it; among new ones the
//! first by id. So an order of files or a reload never hands one partner's traffic to another in silence.

use super::configuration::{LastGood, Read};
use super::document::{Document, Step, steps};
use super::gateway::{Endpoint, Gateway};
use super::partner::Status;
use super::problem::Problem;
use super::profile::{PartnerProfile, is_plain_name};
use super::shape::suggest;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// `gateway.toml` in itself. Errors are fatal.
pub(super) fn gateway(document: &Document, gateway: &Gateway, dir: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    stations(document, gateway, &mut problems);
    for (name, endpoint) in &gateway.endpoint {
        endpoint_of(document, name, endpoint, dir, &mut problems);
    }
    if let Some(door) = &gateway.listen.https {
        for (key, here, other, missing) in [
            ("certificate", &door.certificate, &door.key, "key"),
            ("key", &door.key, &door.certificate, "certificate"),
        ] {
            let at = steps!["listen", "https", key];
            if let Some(file) = here {
                readable(document, &at, &dir.join(file), &mut problems);
            }
            if here.is_some() && other.is_none() {
                let problem = document.problem(&at, format!("`{key}` stands alone: `{missing}` is missing"));
                problems.push(problem.help("name both, or neither: then a self-signed certificate is made"));
            }
        }
    }
    if let Some(database) = &gateway.database {
        let at = steps!["database", "url"];
        if !database.url.starts_with("postgres://") && !database.url.starts_with("postgresql://") {
            problems.push(
                document
                    .problem(&at, "this is not a PostgreSQL URL")
                    .help("write postgres://user@host/database"),
            );
        }
        let authority =
            database.url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        if authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
            let problem = document.problem(&at, "the password is written into the URL").concealed();
            problems.push(problem.help("take it out, and write password = { credential = \"database\" }"));
        }
    }
    if let Some(ca) = gateway.mail.as_ref().and_then(|mail| mail.ca.as_ref()) {
        readable(document, &steps!["mail", "ca"], &dir.join(ca), &mut problems);
    }
    match (&gateway.mail, gateway.alerts.to.is_empty()) {
        (Some(_), true) => {
            let problem =
                document.problem(&steps!["mail"], "mail is set up, but `alerts.to` names nobody").warning();
            problems.push(problem.help("write to = [\"edi@us.example\"] under [alerts]"));
        }
        (None, false) => {
            let problem = document
                .problem(&steps!["alerts", "to"], "alerts have readers, but there is no [mail]")
                .warning();
            problems
                .push(problem.help("set up [mail]; until then alerts are only in the ledger and the log"));
        }
        _ => {}
    }
    for (at, zero) in [
        (steps!["work", "lease"], gateway.work.lease.is_zero()),
        (steps!["work", "processors"], gateway.work.processors == Some(0)),
        (steps!["limits", "max_message_bytes"], gateway.limits.max_message_bytes == 0),
        (steps!["limits", "max_set_bytes"], gateway.limits.max_set_bytes == 0),
        (steps!["database", "connections"], gateway.database.as_ref().is_some_and(|d| d.connections == 0)),
    ] {
        if zero {
            problems
                .push(document.problem(&at, "this cannot be zero").help("leave the key out for its default"));
        }
    }
    problems
}

fn stations(document: &Document, gateway: &Gateway, problems: &mut Vec<Problem>) {
    if gateway.stations().next().is_none() {
        let help = "write [us] with name = \"Us Inc.\" and x12 = \"ZZ:OURID\"";
        problems.push(document.problem(&[], "no station: nothing says who we are").help(help));
    }
    if gateway.us.is_some() && gateway.station.contains_key("us") {
        let problem =
            document.problem(&steps!["station", "us"], "[us] and [station.us] are the same station");
        problems.push(problem.help("keep one of the two"));
    }
    let mut seen = BTreeMap::new();
    for (name, station) in gateway.stations() {
        let Some(id) = &station.x12 else { continue };
        if let Some(first) = seen.insert(id.to_string(), name) {
            let at = steps!["station", name, "x12"];
            let problem =
                document.problem(&at, format!("the X12 address {id} is that of station `{first}` already"));
            problems
                .push(problem.help("one address, one station: interchanges to it could not be told apart"));
        }
    }
}

fn endpoint_of(
    document: &Document,
    name: &str,
    endpoint: &Endpoint,
    dir: &Path,
    problems: &mut Vec<Problem>,
) {
    let at = |key: &str| steps!["endpoint", name, key];
    if !is_plain_name(name) {
        let problem = document.problem(&at(""), format!("`{name}` is not an endpoint's name"));
        problems.push(problem.help("use lower-case letters, digits and `-`, at most 64"));
    }
    let retry = match endpoint {
        Endpoint::Http(http) => {
            if http.secrets.is_empty() {
                let problem = document.problem(&at("secrets"), "the list of signing secrets is empty");
                problems
                    .push(problem.help(
                        "write secrets = [{ credential = \"erp-webhook\" }]: events are always signed",
                    ));
            }
            url(document, &at("url"), &http.url, problems);
            if http.concurrency == 0 {
                let problem =
                    document.problem(&at("concurrency"), "with a concurrency of 0 nothing is ever delivered");
                problems.push(problem.help("write 1 or more; `portway endpoint` pauses an endpoint"));
            }
            if http.timeout.is_zero() {
                problems.push(
                    document.problem(&at("timeout"), "this cannot be zero").help("leave it out for 30s"),
                );
            }
            if let Some(ca) = &http.ca {
                readable(document, &at("ca"), &dir.join(ca), problems);
            }
            http.retry
        }
        Endpoint::Directory(directory) => directory.retry,
    };
    let at = |key: &str| steps!["endpoint", name, "retry", key];
    if retry.first > retry.longest {
        let message =
            format!("the first wait ({}) is longer than the longest ({})", retry.first, retry.longest);
        problems
            .push(document.problem(&at("first"), message).help("make `first` shorter or `longest` longer"));
    }
    if retry.first.is_zero() || retry.tries == 0 {
        let key = if retry.tries == 0 { "tries" } else { "first" };
        problems.push(
            document.problem(&at(key), "this cannot be zero").help("leave the key out for its default"),
        );
    }
}

fn url(document: &Document, at: &[Step], text: &str, problems: &mut Vec<Problem>) {
    let (plain, help) = ("this is not an HTTP URL", "write https://host/path, or http://host:port/path");
    match text.parse::<http::Uri>() {
        Ok(uri)
            if matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.host().is_some_and(|h| !h.is_empty()) =>
        {
            if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
                let problem = document.problem(at, "user and password are written into the URL").concealed();
                problems.push(problem.help("take them out of the URL"));
            }
        }
        _ => problems.push(document.problem(at, plain).help(help)),
    }
}

fn readable(document: &Document, at: &[Step], file: &Path, problems: &mut Vec<Problem>) {
    if let Err(error) = std::fs::File::open(file) {
        let problem = document.problem(at, format!("cannot read {}: {error}", file.display()));
        problems.push(
            problem
                .help("name a file that the gateway's user can read, relative to the configuration folder"),
        );
    }
}

/// Decides which version of each partner is in force: the file's, its last good one, or none.
pub(super) fn choose(
    gateway: &Gateway,
    read: Read,
    last_good: &LastGood,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Arc<PartnerProfile>> {
    let ids: BTreeSet<String> = read.keys().cloned().collect();
    let (mut incumbents, mut newcomers) = (Vec::new(), Vec::new());
    for (id, result) in read {
        let last = last_good.get(&id);
        let checked = result.and_then(|profile| {
            let found = partner(gateway, &profile, &ids);
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

/// One profile against the gateway and the other files.
fn partner(gateway: &Gateway, profile: &PartnerProfile, ids: &BTreeSet<String>) -> Vec<Problem> {
    let partner = &profile.partner;
    let mut problems = Vec::new();
    match &partner.station {
        Some(name) if gateway.station_named(Some(name)).is_none() => {
            let help =
                suggest(name, gateway.stations().map(|(name, _)| name), "stations").unwrap_or_default();
            problems.push(
                profile.problem(&steps!["station"], format!("there is no station `{name}`")).help(help),
            );
        }
        None if gateway.stations().count() > 1 => {
            let names =
                gateway.stations().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(" or ");
            let problem = profile.problem(&[], "we have several stations, and this profile names none");
            problems.push(problem.help(format!("write station = {names}")));
        }
        _ => {}
    }
    if let Some(via) = &partner.via {
        let at = steps!["via"];
        if via == &partner.id {
            let problem = profile.problem(&at, "a partner cannot come via itself");
            problems.push(problem.help("leave `via` out: it names the network that carries this partner"));
        } else if !ids.contains(via) {
            let help = suggest(via, ids.iter().map(String::as_str), "partners").unwrap_or_default();
            problems.push(profile.problem(&at, format!("there is no partner `{via}`")).help(help));
        }
    }
    routes(gateway, profile, &mut problems);
    if let Some(https) = &partner.https {
        if let Some(text) = &https.url {
            let before = problems.len();
            url(&profile.document, &steps!["https", "url"], text, &mut problems);
            problems[before..].iter_mut().for_each(|problem| problem.partner = Some(partner.id.clone()));
        }
        if https.tokens.is_empty() && https.certificates.is_empty() && https.url.is_none() {
            let problem =
                profile.problem(&steps!["https"], "[https] names no token and no certificate").warning();
            problems.push(
                problem.help("`portway partner new --token` makes a token; without one nobody can come in"),
            );
        }
    }
    if partner.status != Status::Draft
        && partner.https.is_none()
        && partner.directory.is_none()
        && partner.via.is_none()
    {
        let problem = profile.problem(&steps!["status"], "this partner has no way in or out").warning();
        problems
            .push(problem.help("write [https], [directory] or via = \"<network>\"; or status = \"draft\""));
    }
    problems
}

fn routes(gateway: &Gateway, profile: &PartnerProfile, problems: &mut Vec<Problem>) {
    let partner = &profile.partner;
    for code in partner
        .receive
        .keys()
        .map(|code| ("receive", code))
        .chain(partner.send.keys().map(|code| ("send", code)))
    {
        let (direction, code) = code;
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_digit()) {
            let problem =
                profile.problem(&steps![direction, code.as_str()], format!("`{code}` is not a set's code"));
            problems.push(problem.help("write its three digits, as in [receive.850]"));
        }
    }
    if partner.x12.is_none() && !(partner.receive.is_empty() && partner.send.is_empty()) {
        let problem = profile.problem(&steps!["receive"], "sets are exchanged, but [x12] is missing");
        problems.push(problem.help("write [x12] with id = \"<qualifier>:<id>\""));
    }
    for (code, receive) in &partner.receive {
        if receive.to.is_empty() {
            let problem =
                profile.problem(&steps!["receive", code.as_str(), "to"], format!("the {code} goes nowhere"));
            problems.push(problem.help("name at least one endpoint of gateway.toml"));
        }
        let mut known = Vec::new();
        for (index, name) in receive.to.iter().enumerate() {
            match gateway.endpoint.get(name) {
                Some(endpoint) => known.push(endpoint.is_test()),
                None => {
                    let names = gateway.endpoint.keys().map(String::as_str);
                    let help = suggest(name, names, "endpoints of gateway.toml")
                        .unwrap_or_else(|| format!("write [endpoint.{name}] in gateway.toml"));
                    problems.push(
                        profile
                            .problem_of_route(code, index, format!("there is no endpoint `{name}`"))
                            .help(help),
                    );
                }
            }
            if receive.to[..index].contains(name) {
                problems.push(
                    profile
                        .problem_of_route(code, index, format!("`{name}` is listed twice"))
                        .help("remove one"),
                );
            }
        }
        let (word, other) = match partner.status {
            Status::Live if !known.is_empty() && known.iter().all(|test| *test) => ("live", "test"),
            Status::Test if !known.is_empty() && known.iter().all(|test| !*test) => ("test", "live"),
            _ => continue,
        };
        let at = steps!["receive", code.as_str(), "to"];
        let message = format!(
            "a {word} partner, but the {code} goes to {other} endpoints only: every set will be held"
        );
        problems.push(
            profile.problem(&at, message).warning().help(format!("add an endpoint for {word} documents")),
        );
    }
}
