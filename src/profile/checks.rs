//! Checks across keys and across files, on typed values.
//!
//! Promises: all faults are reported, not the first only, each at the key that has to change. Errors in the
//! gateway's file are fatal; a partner's stop that partner. Warnings are for what is allowed but hardly meant.
//! Looks at files only to see whether they can be read. Changes nothing.

use super::api_checks;
use super::as2_checks;
use super::document::{Document, Step, steps};
use super::files;
use super::gateway::{Endpoint, Gateway, Retry};
use super::oauth2;
use super::own_keys;
use super::partner::Status;
use super::partner_profile::{PartnerProfile, is_plain_name};
use super::problem::Problem;
use super::retention;
use super::secret::KeyFile;
use super::sftp_checks;
use super::sftp_client_checks;
use super::shape::suggest;
use super::source;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// `gateway.toml` in itself. Errors are fatal.
pub(super) fn gateway(document: &Document, gateway: &Gateway, dir: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    stations(document, gateway, &mut problems);
    for (name, endpoint) in &gateway.endpoint {
        endpoint_of(document, name, endpoint, dir, &mut problems);
    }
    if let Some(door) = &gateway.listen.https {
        door_files(document, "https", door.certificate.as_deref(), door.key.as_ref(), dir, &mut problems);
    }
    if let Some(door) = &gateway.listen.as2 {
        door_files(document, "as2", door.certificate.as_deref(), door.key.as_ref(), dir, &mut problems);
    }
    if let Some(door) = &gateway.listen.api {
        door_files(document, "api", door.certificate.as_deref(), door.key.as_ref(), dir, &mut problems);
    }
    api_checks::gateway(document, gateway, &mut problems);
    watching(document, gateway, &mut problems);
    sftp_checks::gateway(document, gateway, &mut problems);
    source::check(document, gateway, dir, &mut problems);
    database(document, gateway, &mut problems);
    mail(document, gateway, dir, &mut problems);
    never_zero(document, gateway, &mut problems);
    retention::check(document, &gateway.retention, &mut problems);
    problems
}

/// The door of metrics, and the log.
fn watching(document: &Document, gateway: &Gateway, problems: &mut Vec<Problem>) {
    if let Some(door) = gateway.listen.metrics.as_ref().filter(|door| !door.address.ip().is_loopback()) {
        let message =
            format!("the metrics would be open on {}, for everybody on the network to read", door.address);
        let problem = document.problem(&steps!["listen", "metrics", "address"], message);
        problems.push(problem.help(
            "listen on 127.0.0.1, and let an agent on this host, or a proxy with TLS and a password, fetch them",
        ));
    }
    if let Some(level) = &gateway.log.level
        && let Err(error) = tracing_subscriber::EnvFilter::try_new(level)
    {
        let problem = document.problem(&steps!["log", "level"], format!("`{level}` is no level: {error}"));
        problems.push(problem.help("write error, warn, info, debug or trace"));
    }
}

/// A door's certificate and key: both or neither, and readable.
fn door_files(
    document: &Document,
    door: &str,
    certificate: Option<&Path>,
    key: Option<&KeyFile>,
    dir: &Path,
    problems: &mut Vec<Problem>,
) {
    if let Some(file) = certificate {
        readable(document, &steps!["listen", door, "certificate"], &dir.join(file), problems);
    }
    match key.map(|key| key.path(dir)) {
        Some(Ok(file)) => readable(document, &steps!["listen", door, "key"], &file, problems),
        Some(Err(error)) => {
            problems.push(document.problem(&steps!["listen", door, "key"], error.to_string()))
        }
        None => {}
    }
    for (name, here, other, missing) in [
        ("certificate", certificate.is_some(), key.is_some(), "key"),
        ("key", key.is_some(), certificate.is_some(), "certificate"),
    ] {
        let at = steps!["listen", door, name];
        if here && !other {
            let problem = document.problem(&at, format!("`{name}` stands alone: `{missing}` is missing"));
            problems.push(problem.help("name both, or neither: then a self-signed certificate is made"));
        }
    }
}

fn database(document: &Document, gateway: &Gateway, problems: &mut Vec<Problem>) {
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
}

fn mail(document: &Document, gateway: &Gateway, dir: &Path, problems: &mut Vec<Problem>) {
    if let Some(mail) = &gateway.mail {
        mail_address(document, &steps!["mail", "from"], &mail.from, problems);
        if let Some(ca) = &mail.ca {
            readable(document, &steps!["mail", "ca"], &dir.join(ca), problems);
        }
    }
    for (index, address) in gateway.alerts.to.iter().enumerate() {
        mail_address(document, &steps!["alerts", "to", index], address, problems);
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
}

fn never_zero(document: &Document, gateway: &Gateway, problems: &mut Vec<Problem>) {
    for (at, zero) in [
        (steps!["work", "lease"], gateway.work.lease.is_zero()),
        // With a database of its own nobody else would process.
        (steps!["work", "processors"], gateway.work.processors == Some(0) && gateway.database.is_none()),
        (steps!["limits", "max_message_bytes"], gateway.limits.max_message_bytes == 0),
        (steps!["limits", "max_set_bytes"], gateway.limits.max_set_bytes == 0),
        (steps!["database", "connections"], gateway.database.as_ref().is_some_and(|d| d.connections == 0)),
    ] {
        if zero {
            problems
                .push(document.problem(&at, "this cannot be zero").help("leave the key out for its default"));
        }
    }
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
        if let Some(group) = &station.x12_group {
            let mut at = own_keys::place(gateway, name);
            at.push(Step::from("x12_group"));
            group_address(document, &at, group, problems);
        }
        let addresses = [
            ("x12", station.x12.as_ref().map(ToString::to_string)),
            ("edifact", station.edifact.as_ref().map(ToString::to_string)),
            ("as2", station.as2.clone()),
        ];
        for (standard, id) in addresses {
            let Some(id) = id else { continue };
            if let Some(first) = seen.insert((standard, id.clone()), name) {
                let mut at = own_keys::place(gateway, name);
                at.push(Step::from(standard));
                let message = format!("the address {id} is that of station `{first}` already");
                let help = "one address, one station: interchanges to it could not be told apart";
                problems.push(document.problem(&at, message).help(help));
            }
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
    let waits = match endpoint {
        Endpoint::Http(http) => {
            if http.secrets.is_empty() {
                let problem = document.problem(&at("secrets"), "the list of signing secrets is empty");
                problems
                    .push(problem.help(
                        "write secrets = [{ credential = \"erp-webhook\" }]: events are always signed",
                    ));
            }
            url(document, &at("url"), &http.url, problems);
            oauth2::check(document, name, http, problems);
            if http.concurrency == 0 {
                let problem =
                    document.problem(&at("concurrency"), "with a concurrency of 0 nothing is ever delivered");
                problems.push(problem.help("write 1 or more, or leave it out for 8"));
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
        Endpoint::Sftp(sftp) => {
            sftp_client_checks::endpoint(document, name, sftp, problems);
            sftp.retry
        }
        Endpoint::Events(_) => return,
    };
    retry(document, &steps!["endpoint", name, "retry"], waits, problems);
}

/// `place` is the section of the waits.
pub(super) fn retry(document: &Document, place: &[Step], retry: Retry, problems: &mut Vec<Problem>) {
    let at = |key: &str| [place, &[Step::from(key)]].concat();
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

pub(super) fn url(document: &Document, at: &[Step], text: &str, problems: &mut Vec<Problem>) {
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

fn mail_address(document: &Document, at: &[Step], text: &str, problems: &mut Vec<Problem>) {
    if text.parse::<lettre::message::Mailbox>().is_err() {
        let problem = document.problem(at, format!("`{text}` is not a mail address"));
        problems.push(problem.help("write it as in \"edi@acme.example\" or \"EDI Desk <edi@acme.example>\""));
    }
}

/// GS02/GS03 (X12.5, elements 142 and 124): 2 to 15 characters.
fn group_address(document: &Document, at: &[Step], text: &str, problems: &mut Vec<Problem>) {
    if !(2..=15).contains(&text.len()) || !text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        let problem = document.problem(at, format!("`{text}` is not a group address"));
        problems.push(problem.help("GS02 and GS03 have 2 to 15 printable ASCII characters"));
    }
}

pub(super) fn readable(document: &Document, at: &[Step], file: &Path, problems: &mut Vec<Problem>) {
    if let Err(error) = std::fs::File::open(file) {
        let problem = document.problem(at, format!("cannot read {}: {error}", file.display()));
        problems.push(
            problem
                .help("name a file that the gateway's user can read, relative to the configuration folder"),
        );
    }
}

/// One profile against the gateway and the other files.
pub(super) fn partner(
    gateway: &Gateway,
    profile: &PartnerProfile,
    ids: &BTreeSet<String>,
    now: Timestamp,
) -> Vec<Problem> {
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
    let mut own = Vec::new();
    for (index, address) in partner.operators.iter().enumerate() {
        mail_address(&profile.document, &steps!["operators", index], address, &mut own);
    }
    if let Some(x12) = &partner.x12 {
        if let Some(group) = &x12.group_id {
            group_address(&profile.document, &steps!["x12", "group_id"], group, &mut own);
        }
        if !(1..=12).contains(&x12.version.len()) || !x12.version.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let problem =
                profile.problem(&steps!["x12", "version"], format!("`{}` is not a version", x12.version));
            own.push(
                problem.help("write GS08, up to 12 letters and digits, as in \"004010\" or \"004010VICS\""),
            );
        }
    }
    if let Some(group) = partner.edifact.as_ref().and_then(|edifact| edifact.group_id.as_ref()) {
        group_address(&profile.document, &steps!["edifact", "group_id"], group, &mut own);
    }
    if let Some(text) = partner.https.as_ref().and_then(|https| https.url.as_ref()) {
        url(&profile.document, &steps!["https", "url"], text, &mut own);
    }
    problems.extend(own.into_iter().map(|problem| problem.of_partner(&partner.id)));
    problems.extend(as2_checks::partner(gateway, profile, now));
    api_checks::partner(gateway, profile, &mut problems);
    sftp_checks::partner(gateway, profile, &mut problems);
    files::check(profile, ids, &mut problems);
    sftp_client_checks::partner(gateway, profile, &mut problems);
    routes(gateway, profile, &mut problems);
    if let Some(https) = &partner.https
        && https.tokens.is_empty()
        && https.certificates.is_empty()
        && https.url.is_none()
    {
        let problem =
            profile.problem(&steps!["https"], "[https] names no token and no certificate").warning();
        problems.push(
            problem.help("`portway partner new --token` makes a token; without one nobody can come in"),
        );
    }
    if partner.status != Status::Draft
        && partner.as2.is_none()
        && partner.https.is_none()
        && partner.sftp.is_none()
        && partner.sftp_client.is_none()
        && partner.directory.is_none()
        && partner.via.is_none()
    {
        let problem = profile.problem(&steps!["status"], "this partner has no way in or out").warning();
        problems.push(
            problem.help(
                "write [as2], [https], [sftp], [sftp_client], [directory] or via = \"<network>\"; or status = \"draft\"",
            ),
        );
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
        let x12 = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
        let edifact = code.len() == 6 && code.bytes().all(|b| b.is_ascii_uppercase());
        let at = steps![direction, code.as_str()];
        if !x12 && !edifact {
            let problem = profile.problem(&at, format!("`{code}` is not a set's code"));
            problems.push(problem.help("write its code, as in [receive.850] or [receive.ORDERS]"));
        } else if x12 && partner.x12.is_none() || edifact && partner.edifact.is_none() {
            let section = if x12 { "x12" } else { "edifact" };
            let problem = profile.problem(&at, format!("{code} is exchanged, but [{section}] is missing"));
            problems.push(problem.help(format!("write [{section}] with id = \"<qualifier>:<id>\"")));
        }
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
