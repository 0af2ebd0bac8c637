//! `[sftp]` and `[listen.sftp]`: what is read, what is refused, and where the problem is shown.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::tests::{Folder, assert_problem};
use super::*;
use std::net::IpAddr;

const GATEWAY: &str = "[us]\nname = \"Us Inc.\"\nx12 = \"ZZ:US\"\n[listen.sftp]\n";
const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti edi@acme.example";
/// RSA with 1024 bits.
const SHORT: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDXAWGEDeH4Kg9ICEmC1qp+10CHDgDDrySptIgZ4NmlMZ3vDP4t5EBFy0N8gRQSXcWe87QStX2BG/y10YrZoOnynUEiqJy0XEjLkc4oQBMDeW2/mf8hEZPVa+Tumyp/Wc7U8kqkjSWvrT+BDyP9b8jMZezlpcU9hARGglO0F8jzJw== old";

fn partner(sftp: &str) -> String {
    format!("id = \"acme\"\nname = \"Acme\"\nstatus = \"live\"\n[sftp]\n{sftp}\n")
}

fn folder(sftp: &str) -> Folder {
    Folder::new(GATEWAY, &[("acme", &partner(sftp))])
}

fn load(folder: &Folder) -> Configuration {
    let configuration = Configuration::load(folder.path()).unwrap();
    assert!(
        !configuration.problems.iter().any(Problem::is_error),
        "{}",
        render(&configuration.problems, false)
    );
    configuration
}

#[test]
fn keys_come_from_lines_and_from_files() {
    let folder = folder(&format!(
        "keys = [\"{ED25519}\", \"acme.pub\"]\naddresses = [\"192.0.2.0/24\", \"2001:db8::7\"]"
    ));
    folder.write("acme.pub", &format!("# Acme's keys\n{ED25519}\n\n{ED25519}\n"));
    let configuration = load(&folder);
    let profile = configuration.partner_of_sftp_user("acme").unwrap();
    assert_eq!(profile.sftp.as_ref().unwrap().fingerprints().count(), 3);
    let stored = PartnerProfile::from_stored("acme", &profile.source).unwrap();
    assert_eq!(stored.sftp.unwrap().fingerprints().count(), 3, "the stored profile stands alone");
    let sftp = profile.partner.sftp.as_ref().unwrap();
    let inside =
        |address: &str| sftp.addresses.iter().any(|n| n.contains(address.parse::<IpAddr>().unwrap()));
    assert!(inside("192.0.2.200") && inside("2001:db8::7") && inside("::ffff:192.0.2.1"));
    assert!(!inside("192.0.3.1") && !inside("2001:db8::8"));
}

#[test]
fn what_is_no_key_is_told_at_its_place() {
    for (keys, message, help) in [
        ("\"nowhere.pub\"".to_owned(), "cannot read `nowhere.pub`", "authorized"),
        ("\"ssh-ed25519 AAAA broken\"".to_owned(), "not a public key", ".pub"),
        (format!("\"{SHORT}\""), "1024 bits only", "Ed25519"),
        (format!("'from=\"192.0.2.1\" {ED25519}'"), "options before the key", "addresses"),
    ] {
        let problems = folder(&format!("keys = [{keys}]")).problems();
        let help = if help == "authorized" { "write the line of a .pub file" } else { help };
        assert_problem(&problems, "partners.d/acme.toml:5:9:", message, help);
    }
}

#[test]
fn passwords_are_hashes_and_networks_are_networks() {
    let problems = folder("password = \"hunter42\"").problems();
    assert_problem(&problems, "partners.d/acme.toml:5:12:", "not a password's hash", "partner password");
    let shown = folder("password = \"hunter42\"");
    let shown = Configuration::load(shown.path()).unwrap().problems;
    assert!(!render(&shown, false).contains("hunter42"), "{}", render(&shown, false));
    let problems = folder("addresses = [\"192.0.2.0/33\"]").problems();
    assert_problem(&problems, "partners.d/acme.toml:5:14:", "not a network", "192.0.2.0/24");
    let hash = sftp::PasswordHash::of("correct horse").unwrap();
    assert!(hash.verify("correct horse") && !hash.verify("wrong horse"));
    assert!(!format!("{hash:?}").contains("argon2id$"));
    load(&folder(&format!("password = \"{hash}\"")));
}

#[test]
fn what_can_never_work_is_an_error_and_what_is_hardly_meant_a_warning() {
    let key = format!("keys = [\"{ED25519}\"]\n");
    for (more, place, message) in [
        ("user = \"a b\"", "partners.d/acme.toml:6:8:", "not a user name"),
        ("max_sessions = 0", "partners.d/acme.toml:6:16:", "cannot be zero"),
        ("accept = \"settle\"\nsettle = \"0s\"", "partners.d/acme.toml:7:10:", "cannot be zero"),
        ("pattern = \"\"", "partners.d/acme.toml:6:11:", "empty pattern"),
        ("max_file_bytes = 99999999999", "partners.d/acme.toml:6:18:", "takes no more than"),
        ("accept = \"later\"", "partners.d/acme.toml:6:10:", "unknown word"),
    ] {
        assert_problem(&folder(&format!("{key}{more}")).problems(), place, message, "");
    }
    assert_problem(&folder("").problems(), "partners.d/acme.toml:4:", "no key and no password", "keys");
    let closed = Folder::new("[us]\nname = \"Us\"\nx12 = \"ZZ:US\"\n", &[("acme", &partner(&key))]);
    assert_problem(&closed.problems(), "partners.d/acme.toml:4:", "that door is closed", "[listen.sftp]");
    let gateway = format!("{GATEWAY}tries = 0\nhost = \"sftp://us\"\n");
    let problems = Folder::new(&gateway, &[]).problems();
    assert_problem(&problems, "gateway.toml:5:9:", "cannot be zero", "");
    assert_problem(&problems, "gateway.toml:6:8:", "is not a host", "");
}

#[test]
fn a_user_name_belongs_to_one_partner() {
    let other = partner(&format!("keys = [\"{ED25519}\"]\nuser = \"acme\""))
        .replace("id = \"acme\"", "id = \"bolt\"");
    let acme = partner(&format!("keys = [\"{ED25519}\"]"));
    let folder = Folder::new(GATEWAY, &[("acme", &acme), ("bolt", &other)]);
    assert_problem(
        &folder.problems(),
        "partners.d/bolt.toml:6:8:",
        "SFTP user name acme is that of partner `acme`",
        "",
    );
}

#[test]
fn temporary_names_are_never_final() {
    let folder = folder(&format!("keys = [\"{ED25519}\"]\npattern = \"*.edi\""));
    let configuration = load(&folder);
    let sftp = configuration.partners["acme"].partner.sftp.as_ref().unwrap();
    for (name, is_final) in [
        ("po.edi", true),
        (".po.edi", false),
        ("po.edi.part", false),
        ("po.edi.filepart", false),
        ("po.txt", false),
    ] {
        assert_eq!(sftp.is_final(name), is_final, "{name}");
    }
}
