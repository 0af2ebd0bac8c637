//! The first configuration: by flags, by answers at a terminal, over the package's untouched file; and that a gateway runs on it.

use crate::harness::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

const SHIPPED: &str = include_str!("../../packaging/etc/gateway.toml");

/// A site whose configuration folder is not there yet.
fn bare() -> Site {
    let site = Site::private();
    fs::remove_dir_all(site.config()).unwrap();
    site
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn configuration(site: &Site) -> toml::Table {
    toml::from_str(&fs::read_to_string(site.path("conf/gateway.toml")).unwrap()).unwrap()
}

#[test]
fn a_configuration_made_by_flags_is_complete_and_a_gateway_runs_on_it() {
    let site = bare();
    let state = site.state().display().to_string();
    let flags =
        ["init", "--yes", "--name", "Northwind Supply Inc.", "--x12", "ZZ:NORTHWIND", "--as2", "NORTHWIND"];
    let more = [
        "--erp-url",
        "https://erp.us.example/edi",
        "--mail",
        "127.0.0.1:2525",
        "--to",
        "edi@us.example",
        "--state",
        &state,
    ];
    let (exit, secret, said) = site.run(&[&flags[..], &more].concat());
    assert_eq!(exit, 0, "{secret}{said}");
    assert!(secret.starts_with("whsec_"), "{secret}");
    assert!(said.contains("portway partner new acme") && said.contains("0 errors"), "{said}");
    let webhook = site.path("conf/credentials/erp-webhook");
    assert!(fs::read_to_string(&webhook).unwrap().trim() == secret.lines().next().unwrap());
    assert_eq!((mode(&webhook), mode(&site.path("conf/credentials"))), (0o600, 0o700));
    let made = configuration(&site);
    let key = made["us"]["keys"][0]["key"]["credential"].as_str().unwrap();
    assert_eq!(mode(&site.path(&format!("conf/credentials/{key}"))), 0o600);
    assert!(!made.contains_key("database"), "private");
    assert!(
        fs::read_to_string(site.path("conf/gateway.toml")).unwrap().contains("# The doors."),
        "the comments stay"
    );

    // Nothing is written over.
    let before = fs::read(site.path("conf/gateway.toml")).unwrap();
    let (exit, _, said) = site.run(&[&flags[..], &more].concat());
    assert!(exit == 1 && said.contains("is there already"), "{exit} {said}");
    assert_eq!(fs::read(site.path("conf/gateway.toml")).unwrap(), before);

    // Ports of its own, and it runs.
    let text = String::from_utf8(before).unwrap();
    let text = ["8443", "4443", "2222"]
        .iter()
        .fold(text, |t, port| t.replace(&format!("[::]:{port}"), "127.0.0.1:0"));
    fs::write(site.path("conf/gateway.toml"), text).unwrap();
    let credentials = site.path("conf/credentials");
    let gateway = Gateway::start(&site, &[("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap())]);
    assert!(!gateway.as2.is_empty());
    let (exit, _, said) = site.run(&["partner", "new", "acme", "--x12", "01:123456789", "--to", "erp"]);
    assert_eq!(exit, 0, "{said}");
    gateway.stop();
}

#[test]
fn the_packages_untouched_file_is_replaced_and_a_changed_one_is_not() {
    let site = bare();
    fs::create_dir_all(site.path("conf/credentials")).unwrap();
    fs::set_permissions(site.path("conf/credentials"), Permissions::from_mode(0o700)).unwrap();
    fs::write(site.path("conf/credentials/erp-webhook"), "whsec_kept").unwrap();
    fs::write(site.path("conf/gateway.toml"), SHIPPED).unwrap();
    let flags =
        ["init", "--yes", "--name", "Northwind", "--edifact", "14:4012345000009", "--database", "unit"];
    let (exit, out, said) = site.run(&[&flags[..], &["--erp-url", "https://erp.us.example/"]].concat());
    assert!(said.contains("erp-webhook is there already") && !out.contains("whsec_"), "{exit} {out}{said}");
    assert_eq!(fs::read_to_string(site.path("conf/credentials/erp-webhook")).unwrap(), "whsec_kept");
    let made = configuration(&site);
    assert_eq!(made["us"]["edifact"].as_str(), Some("14:4012345000009"));
    assert!(made["us"].get("x12").is_none());
    assert!(made["database"]["url"].as_str().unwrap().contains("/run/portway-postgres"));

    fs::write(site.path("conf/gateway.toml"), format!("{SHIPPED}\n")).unwrap();
    assert_eq!(site.run(&flags).0, 1);
    assert_eq!(fs::read_to_string(site.path("conf/gateway.toml")).unwrap(), format!("{SHIPPED}\n"));
}

#[test]
fn role_and_database_are_made_by_an_administrators_login_or_the_sql_is_shown() {
    let server = Server::start("");
    let site = bare();
    let url = server.url().replace("portway@localhost/postgres", "edi@localhost/edi_ledger");
    let flags = ["init", "--yes", "--name", "Northwind", "--x12", "ZZ:NORTHWIND", "--database", &url];
    let (exit, _, said) = site.run(&[&flags[..], &["--admin-url", &server.url()]].concat());
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("the role is made, the database made"), "{said}");
    let (exit, _, said) = site.run(&["db", "migrate"]);
    assert_eq!(exit, 0, "the role owns it: {said}");

    // Over the network, and nobody to make it: the SQL, with the password that is kept.
    let site = bare();
    let flags = ["init", "--yes", "--name", "Northwind", "--x12", "ZZ:NORTHWIND", "--database"];
    let (exit, sql, said) = site.run(&[&flags[..], &["postgres://edi@db.us.example/ledger"]].concat());
    assert_eq!(exit, 0, "{said}");
    let password = fs::read_to_string(site.path("conf/credentials/database")).unwrap();
    assert_eq!(mode(&site.path("conf/credentials/database")), 0o600);
    assert!(sql.contains(&format!("CREATE ROLE \"edi\" LOGIN PASSWORD '{}';", password.trim())), "{sql}");
    assert!(sql.contains("CREATE DATABASE \"ledger\" OWNER \"edi\";"), "{sql}");
    assert_eq!(configuration(&site)["database"]["password"]["credential"].as_str(), Some("database"));
}

#[test]
fn questions_are_asked_at_a_terminal_alone() {
    let site = bare();
    let (exit, _, said) = site.run(&["init", "--name", "Northwind"]);
    assert!(exit == 2 && said.contains("--yes"), "{exit} {said}");
    assert!(!site.config().exists(), "nothing was written");
    let (exit, _, said) = site.run(&["init", "--yes", "--name", "Northwind", "--x12", "ZZ"]);
    assert!(exit == 2 && said.contains("--x12"), "{exit} {said}");

    // script(1) is the terminal.
    let command = format!("{} init --config {}", env!("CARGO_BIN_EXE_portway"), site.config().display());
    let mut terminal = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script(1)");
    let answers = "Northwind Supply Inc.\nZZ:NORTHWIND\n\n\n\n\n\n";
    std::io::Write::write_all(terminal.stdin.as_mut().unwrap(), answers.as_bytes()).unwrap();
    let done = terminal.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}");
    assert!(said.contains("Where the ledger is") && said.contains("[private]"), "{said}");
    assert_eq!(configuration(&site)["us"]["name"].as_str(), Some("Northwind Supply Inc."));
    assert_eq!(configuration(&site)["endpoint"]["erp"]["kind"].as_str(), Some("directory"));
}
