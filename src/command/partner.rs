//! `portway partner list|show|new`: profiles as files. `check` stands in a file of its own.
//!
//! Promises: reads only, but for `new`, which writes one new file and never over another. Needs no database; where
//! there is one, `new` leaves its entry in the audit trail.
//! Data goes to stdout (`--json`: one object a line), words to stderr. A token made by `new` is shown once, on
//! stdout, and kept nowhere; the file has its hash.
//! Exit: 0 fine, 1 problems found, 2 wrong arguments, 5 no such partner, 78 `gateway.toml` is missing or broken.

use super::FINE;
use super::output::{Stop, to_stdout};
use super::trail::Trail;
use super::validate::{count, print, say};
use crate::ledger::audit::{Change, On};
use crate::profile::as2::MdnWanted;
use crate::profile::partner::{Status, TokenHash, X12Id};
use crate::profile::{Configuration, PartnerProfile, Problem};
use serde_json::{Value, json};
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

const PROBLEMS: u8 = 1;
const USAGE: u8 = 2;
const NOT_FOUND: u8 = 5;
const BAD_CONFIGURATION: u8 = 78;

/// `partner list`: id, name, status, addresses and ways, one line each.
pub fn list(dir: &Path, as_json: bool) -> ExitCode {
    let configuration = match load(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    if as_json {
        configuration.partners.values().for_each(|profile| say(summary(profile)));
    } else {
        let mut table = comfy_table::Table::new();
        table
            .load_style(comfy_table::presets::NOTHING)
            .set_header(["ID", "STATUS", "X12", "AS2", "WAYS", "NAME"]);
        for profile in configuration.partners.values() {
            let ids = profile.x12_ids().map(X12Id::to_string).collect::<Vec<_>>().join(" ");
            let (partner, ways) = (&profile.partner, ways(profile).join(" "));
            table.add_row([
                partner.id.as_str(),
                word(partner.status),
                &ids,
                &as2(profile),
                &ways,
                &partner.name,
            ]);
        }
        say(table);
    }
    let (errors, _) = count(&configuration.problems);
    if errors > 0 {
        eprintln!("{errors} errors in the configuration: `portway validate` shows them");
        return ExitCode::from(PROBLEMS);
    }
    ExitCode::SUCCESS
}

/// `partner show ID`: the profile as it is in force, template merged in.
pub fn show(dir: &Path, id: &str, as_json: bool) -> ExitCode {
    let configuration = match load(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    let Some(profile) = configuration.partner(id) else { return absent(&configuration, id, as_json) };
    if as_json {
        say(summary(profile));
    } else {
        say(format_args!("# {id}: version {}", profile.hash_hex()));
        if profile.partner.as2.is_some() {
            say(format_args!("# AS2: {}", as2(profile)));
        }
        say(profile.source.trim_end());
    }
    ExitCode::SUCCESS
}

/// What `partner new` writes into the file.
#[derive(Debug, Clone, Default)]
pub struct NewPartner {
    pub id: String,
    pub name: Option<String>,
    /// `01:123456789`; needed with the default template.
    pub x12: Option<String>,
    /// A template; default `x12-4010-retail`.
    pub extends: Option<String>,
    /// Endpoints that get the 850.
    pub to: Vec<String>,
    /// Make a bearer token, print it, and write its hash.
    pub token: bool,
}

/// `partner new ID`: writes `partners.d/ID.toml` as a draft, and checks it.
pub async fn new(dir: &Path, new: &NewPartner) -> ExitCode {
    // A folder that is not whole yet has no ledger either.
    let configuration = Configuration::load(dir).ok();
    write_new(dir, new, &mut Trail::open(configuration.as_ref()).await)
}

fn write_new(dir: &Path, new: &NewPartner, trail: &mut Trail) -> ExitCode {
    if let Some(Err(message)) = new.x12.as_deref().map(str::parse::<X12Id>) {
        eprintln!("error: {message}");
        return ExitCode::from(USAGE);
    }
    if !crate::profile::is_plain_name(&new.id) {
        eprintln!(
            "error: `{}` is not a partner's id: use lower-case letters, digits and `-`, at most 64",
            new.id
        );
        return ExitCode::from(USAGE);
    }
    if new.x12.is_none() && new.extends.is_none() {
        eprintln!(
            "error: the partner's address is missing: give its ISA qualifier and id, --x12 01:123456789"
        );
        return ExitCode::from(USAGE);
    }
    let token = new.token.then(make_token);
    let text = profile_text(new, token.as_deref());
    let folder = dir.join("partners.d");
    let file = folder.join(format!("{}.toml", new.id));
    let around = crate::profile::Surroundings { folder: Some(dir) };
    if let Err(problems) = PartnerProfile::parse(&file, &new.id, &text, &around) {
        print(&problems, false);
        return ExitCode::from(USAGE);
    }
    if let Err(stop) = write(&file, &text, new, trail) {
        return stop.say();
    }
    eprintln!(
        "wrote {}; next: complete it, `portway partner check {}`, then status = \"test\"",
        file.display(),
        new.id
    );
    if let Some(token) = token {
        eprintln!("the partner's bearer token, shown this once:");
        say(token);
    }
    ExitCode::SUCCESS
}

fn write(file: &Path, text: &str, new: &NewPartner, trail: &mut Trail) -> Result<(), Stop> {
    let there = || Stop::Usage(format!("{} is there already; it was left as it is", file.display()));
    if file.exists() {
        return Err(there());
    }
    let detail = json!({ "name": new.name, "x12": new.x12, "extends": new.extends, "token": new.token });
    trail.note(&Change::new("partner new", On::Partner(&new.id)).with(detail))?;
    let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = made
        .and_then(|()| std::fs::File::create_new(file))
        // The gateway's account reads it, whatever root's umask is: no secret is in it.
        .and_then(|mut out| {
            out.set_permissions(Permissions::from_mode(0o644))
                .and_then(|()| out.write_all(text.as_bytes()))
                .and_then(|()| out.sync_all())
        });
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => there(),
        _ => Stop::Problem(format!("cannot write {}: {error}", file.display())),
    })?;
    trail.done()
}

fn profile_text(new: &NewPartner, token: Option<&str>) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut text = format!(
        "id = {}\nname = {}\nstatus = \"draft\"                       # draft | test | live | paused\nextends = {}\n",
        quoted(&new.id),
        quoted(new.name.as_deref().unwrap_or(&new.id)),
        quoted(new.extends.as_deref().unwrap_or("x12-4010-retail")),
    );
    if let Some(token) = token {
        text.push_str(&format!("\n[https]\ntokens = [\"{}\"]\n", TokenHash::of(token)));
    }
    match &new.x12 {
        Some(id) => text.push_str(&format!("\n[x12]\nid = {}\n", quoted(id))),
        None => text.push_str(
            "\n# [x12]\n# id = \"01:123456789\"              # the partner's ISA qualifier and id\n",
        ),
    }
    let to = new.to.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    match (&new.x12, to.as_str()) {
        (_, "") => text.push_str("\n# [receive.850]\n# to = [\"erp\"]\n"),
        (None, to) => text.push_str(&format!("\n# [receive.850]\n# to = [{to}]\n")),
        (Some(_), to) => text.push_str(&format!("\n[receive.850]\nto = [{to}]\n")),
    }
    text
}

/// 256 random bits, in letters that pass through headers and shells as they are.
fn make_token() -> String {
    use base64::Engine;
    let bytes: [u8; 32] = rand::random();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// `partner password`: the Argon2 hash of the first line of stdin.
pub fn password() -> ExitCode {
    to_stdout(|out| {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .map_err(|e| Stop::Problem(format!("stdin cannot be read: {e}")))?;
        let password = line.trim_end_matches(['\r', '\n']);
        if password.chars().count() < 8 {
            return Err(Stop::Usage(
                "the password is shorter than 8 characters: give it on one line of stdin".to_owned(),
            ));
        }
        let hash = crate::profile::sftp::PasswordHash::of(password)
            .map_err(|e| Stop::Problem(format!("the hash cannot be made: {e}")))?;
        writeln!(out, "{hash}")?;
        Ok(FINE)
    })
}

/// How the partner comes to us.
pub(super) fn ways(profile: &PartnerProfile) -> Vec<String> {
    let partner = &profile.partner;
    let as2 = partner.as2.as_ref().map(|_| "as2".to_owned());
    let https = partner.https.as_ref().map(|_| "https".to_owned());
    let sftp = partner.sftp.as_ref().map(|_| "sftp".to_owned());
    let client = partner.sftp_client.as_ref().map(|_| "sftp_client".to_owned());
    let directory = partner.directory.as_ref().map(|_| "directory".to_owned());
    let via = partner.via.as_ref().map(|network| format!("via:{network}"));
    as2.into_iter().chain(https).chain(sftp).chain(client).chain(directory).chain(via).collect()
}

/// `ACME, https://as2.acme.example/in, receipts sync`; empty without AS2.
fn as2(profile: &PartnerProfile) -> String {
    let Some(as2) = &profile.partner.as2 else { return String::new() };
    let mdn = match as2.mdn {
        MdnWanted::Sync => "sync",
        MdnWanted::Async => "async",
        MdnWanted::None => "none",
    };
    match &as2.url {
        Some(url) => format!("{}, {url}, receipts {mdn}", as2.id),
        None => format!("{}, sends only", as2.id),
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Draft => "draft",
        Status::Test => "test",
        Status::Live => "live",
        Status::Paused => "paused",
    }
}

fn summary(profile: &PartnerProfile) -> Value {
    let partner = &profile.partner;
    let routes = partner.receive.iter().map(|(code, receive)| (code.clone(), json!(receive.to)));
    json!({
        "id": partner.id,
        "name": partner.name,
        "status": partner.status,
        "station": partner.station,
        "via": partner.via,
        "as2": partner.as2.as_ref().map(|as2| json!({ "id": as2.id, "url": as2.url, "mdn": as2.mdn })),
        "x12": profile.x12_ids().map(X12Id::to_string).collect::<Vec<_>>(),
        "ways": ways(profile),
        "receive": routes.collect::<serde_json::Map<_, _>>(),
        "send": partner.send.keys().collect::<Vec<_>>(),
        "version": profile.hash_hex(),
    })
}

/// Loads for a command that only looks; a fatal problem is printed and becomes the exit code.
fn load(dir: &Path) -> Result<Configuration, ExitCode> {
    Configuration::load(dir).map_err(|problems| {
        anstream::eprintln!("{}", crate::profile::render(&problems, true));
        ExitCode::from(BAD_CONFIGURATION)
    })
}

/// The partner is not in force: its file is broken, or there is none.
pub(super) fn absent(configuration: &Configuration, id: &str, as_json: bool) -> ExitCode {
    let problems = of_partner(&configuration.problems, id);
    if problems.is_empty() {
        eprintln!("error: there is no partner `{id}`; `portway partner list` shows all");
        return ExitCode::from(NOT_FOUND);
    }
    print(&problems, as_json);
    ExitCode::from(PROBLEMS)
}

pub(super) fn of_partner(problems: &[Problem], id: &str) -> Vec<Problem> {
    problems.iter().filter(|problem| problem.partner.as_deref() == Some(id)).cloned().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const GATEWAY: &str = "[us]\nname = \"Us\"\nx12 = \"ZZ:US\"\n[endpoint.erp]\nkind = \"http\"\n\
                           url = \"https://erp.us.example\"\nsecrets = [{ file = \"erp.key\" }]\n";

    #[test]
    fn a_new_partner_is_a_good_draft_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gateway.toml"), GATEWAY).unwrap();
        let wanted = NewPartner {
            id: "acme".into(),
            name: Some("Acme \"Retail\" Inc.".into()),
            x12: Some("01:123456789".into()),
            to: vec!["erp".into()],
            token: true,
            ..NewPartner::default()
        };
        write_new(folder.path(), &wanted, &mut Trail::nowhere());
        let configuration = Configuration::load(folder.path()).unwrap();
        assert!(configuration.problems.is_empty(), "{:?}", configuration.problems);
        let partner = &configuration.partner("acme").unwrap().partner;
        assert_eq!((partner.name.as_str(), partner.status), ("Acme \"Retail\" Inc.", Status::Draft));
        assert_eq!(partner.https.as_ref().unwrap().tokens.len(), 1);
        let before = std::fs::read(folder.path().join("partners.d/acme.toml")).unwrap();
        write_new(folder.path(), &wanted, &mut Trail::nowhere());
        assert_eq!(std::fs::read(folder.path().join("partners.d/acme.toml")).unwrap(), before);
    }

    #[test]
    fn a_bad_new_partner_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        for (id, x12, extends) in [
            ("../x", Some("ZZ:X"), None),
            ("x", None, None),
            ("x", Some("1"), None),
            ("x", None, Some("no-such")),
        ] {
            let (x12, extends) = (x12.map(str::to_owned), extends.map(str::to_owned));
            let wanted = NewPartner { id: id.into(), x12, extends, ..NewPartner::default() };
            write_new(folder.path(), &wanted, &mut Trail::nowhere());
            assert!(!folder.path().join("partners.d").exists(), "{id}");
            assert!(!folder.path().join("x.toml").exists());
        }
    }
}
