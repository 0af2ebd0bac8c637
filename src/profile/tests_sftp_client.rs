//! `[sftp_client]`: what is read, what is refused, and where the problem is shown.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::secret::Secret;
use super::sftp_client::{After, Overwrite};
use super::tests::{Folder, assert_problem};
use super::*;
use std::time::Duration;

const GATEWAY: &str = "[us]\nname = \"Us Inc.\"\nx12 = \"ZZ:US\"\n";
const KEY: &str = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn folder(section: &str) -> Folder {
    let text = format!("id = \"acme\"\nname = \"Acme\"\nstatus = \"live\"\n[sftp_client]\n{section}\n");
    Folder::new(GATEWAY, &[("acme", &text)])
}

/// Line 5 is the host, 8 the key, 9 the poll, 10 its folders; `more` begins at line 11.
fn polling(more: &str) -> Folder {
    folder(&format!(
        "host = \"sftp.acme.example\"\nuser = \"us\"\nhost_key = [\"{KEY}\"]\nkey = {{ file = \"keys/acme\" }}\n\
         [sftp_client.poll]\nfolders = [\"/outbox\"]\n{more}"
    ))
}

#[test]
fn a_short_section_has_defaults_and_stands_alone() {
    let configuration = Configuration::load(polling("").path()).unwrap();
    assert!(configuration.problems.is_empty(), "{}", render(&configuration.problems, false));
    let profile = configuration.partner("acme").unwrap();
    let stored = PartnerProfile::from_stored("acme", &profile.source).unwrap();
    let client = stored.partner.sftp_client.unwrap();
    let account = client.account();
    assert_eq!((account.port, account.key), (22, Some(Secret::File("keys/acme".into()))));
    let poll = client.poll.unwrap();
    assert_eq!((poll.every.duration(), poll.after), (Duration::from_secs(300), After::Delete));
    assert!(poll.wants("po.edi") && !poll.wants("po.edi.filepart") && !poll.wants(".po.edi"));
}

#[test]
fn what_can_never_work_is_told_at_its_key() {
    for (more, place, message) in [
        ("after = \"move\"", "11:9:", "where taken files go"),
        ("moved = \"/done\"", "11:9:", "are not moved"),
        ("after = \"move\"\nmoved = \"/outbox/\"", "10:12:", "would be taken again"),
        ("every = \"0s\"", "11:9:", "cannot be zero"),
        ("every = 5", "11:9:", "a text in quotes is expected"),
        ("pattern = \"\"", "11:11:", "empty pattern"),
        ("max_file_bytes = 99999999999", "11:18:", "takes no more than"),
        ("after = \"burn\"", "11:9:", "unknown word"),
        ("subfolder = true", "11:1:", "unknown key `subfolder`"),
    ] {
        assert_problem(&polling(more).problems(), &format!("partners.d/acme.toml:{place}"), message, "");
    }
    let rest = "user = \"us\"\n[sftp_client.poll]\nfolders = []";
    let problems = folder(&format!("host = \"sftp://acme\"\nhost_key = []\n{rest}")).problems();
    assert_problem(&problems, "partners.d/acme.toml:5:8:", "is not a host", "sftp.acme.example");
    assert_problem(&problems, "partners.d/acme.toml:6:12:", "known beforehand", "fingerprint");
    assert_problem(&problems, "partners.d/acme.toml:4:2:", "neither `key` nor `password`", "ssh-keygen");
    assert_problem(&problems, "partners.d/acme.toml:9:11:", "no folder", "/outbox");
}

#[test]
fn pushing_has_defaults_and_its_own_checks() {
    let pushing = |more: &str| {
        folder(&format!(
            "host = \"sftp.acme.example\"\nuser = \"us\"\nhost_key = [\"{KEY}\"]\nkey = {{ file = \"keys/acme\" }}\n\
             [sftp_client.push]\nfolder = \"/inbox\"\n{more}"
        ))
    };
    let configuration = Configuration::load(pushing("").path()).unwrap();
    assert!(configuration.problems.is_empty(), "{}", render(&configuration.problems, false));
    let client = configuration.partner("acme").unwrap().partner.sftp_client.clone().unwrap();
    let push = client.push.unwrap();
    assert!(client.poll.is_none() && push.temporary && push.overwrite == Overwrite::Refuse);
    assert_eq!(push.name_of("997_acme_1.edi", "m"), "997_acme_1.edi");
    for (more, place, message) in [
        ("name = \"{nmae}\"", "11:8:", "`nmae` stands for nothing"),
        ("name = \"a/{name}\"", "11:8:", "no plain file name"),
        ("name = \".{name}\"", "11:8:", "no plain file name"),
        ("name = \"\"", "11:8:", "no plain file name"),
        ("overwrite = \"always\"", "11:13:", "unknown word"),
        ("retry = { tries = 0 }", "11:19:", "cannot be zero"),
        ("[sftp_client.poll]\nfolders = [\"/inbox/\"]", "10:10:", "fetched from there again"),
    ] {
        assert_problem(&pushing(more).problems(), &format!("partners.d/acme.toml:{place}"), message, "");
    }
    let text = folder(&format!(
        "host = \"a\"\nuser = \"us\"\nhost_key = [\"{KEY}\"]\nkey = {{ file = \"k\" }}\n[sftp_client.push]\nfolder = \"\""
    ))
    .problems();
    assert_problem(&text, "partners.d/acme.toml:10:10:", "is not a folder", "after the login");
}

#[test]
fn an_endpoint_at_a_server_is_checked_like_a_partner() {
    let with = |more: &str| {
        let text = format!(
            "{GATEWAY}[endpoint.wms]\nkind = \"sftp\"\nhost = \"wms.us.example\"\nuser = \"portway\"\npath = \"/events\"\n{more}"
        );
        Folder::new(&text, &[])
    };
    let key = format!("host_key = [\"{KEY}\"]\nkey = {{ file = \"keys/wms\" }}");
    let configuration = Configuration::load(with(&key).path()).unwrap();
    let Some(gateway::Endpoint::Sftp(wms)) = configuration.endpoint("wms") else { panic!("no wms") };
    assert!(wms.temporary && wms.overwrite == Overwrite::Replace && wms.port == 22 && !wms.test);
    for (more, message) in [
        ("host_key = []\nkey = { file = \"k\" }".to_owned(), "known beforehand"),
        (format!("host_key = [\"{KEY}\"]"), "neither `key` nor `password`"),
        (format!("{key}\nsecrets = []"), "unknown key `secrets`"),
        (format!("{key}\nretry = {{ tries = 0 }}"), "cannot be zero"),
    ] {
        let problems = Configuration::load(with(&more).path()).unwrap_err();
        assert!(render(&problems, false).contains(message), "{message}: {}", render(&problems, false));
    }
}

#[test]
fn host_keys_are_whole_and_secrets_are_not_written_here() {
    let problems = folder("host = \"a\"\nuser = \"us\"\nhost_key = [\"SHA256:abc\"]").problems();
    assert_problem(
        &problems,
        "partners.d/acme.toml:7:13:",
        "not a whole SHA-256 fingerprint",
        "43 characters",
    );
    let problems = folder("host = \"a\"\nuser = \"us\"").problems();
    assert_problem(&problems, "partners.d/acme.toml:4:2:", "the key `host_key` is missing", "");
    let open =
        folder(&format!("host = \"a\"\nuser = \"us\"\nhost_key = [\"{KEY}\"]\npassword = \"hunter42\""));
    assert_problem(&open.problems(), "partners.d/acme.toml:8:12:", "never written", "credential");
    let shown = Configuration::load(open.path()).unwrap().problems;
    assert!(!render(&shown, false).contains("hunter42"));
    let both = "key = { env = \"K\" }\npassword = { env = \"P\" }";
    let both = folder(&format!("host = \"a\"\nuser = \"us\"\nhost_key = [\"{KEY}\"]\n{both}"));
    assert_problem(&both.problems(), "partners.d/acme.toml:9:1:", "a key and a password", "keep one");
    assert_problem(&both.problems(), "partners.d/acme.toml:4:2:", "does nothing", "[sftp_client.poll]");
}
