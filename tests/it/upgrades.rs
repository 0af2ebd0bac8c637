//! From one version to the next: the schema, the gateway before on the schema after, and the private PostgreSQL's data.

use crate::harness::x12::order;
use crate::harness::*;
use std::fs;
use std::path::PathBuf;

#[test]
fn migrations_are_named_before_they_run_and_run_by_hand() {
    let site = Site::new();
    site.write();
    let (exit, named, said) = site.run(&["db", "migrate", "--check"]);
    assert!(exit == 1 && named.starts_with("0001 ledger\n"), "{exit} {named}{said}");
    assert_eq!(site.database().count("pg_class WHERE relname = 'message'"), 0, "only looked");
    let (exit, run, said) = site.run(&["db", "migrate"]);
    assert_eq!((exit, run), (0, named), "{said}");
    let (exit, named, said) = site.run(&["db", "migrate", "--check"]);
    assert!(exit == 0 && named.is_empty() && said.contains("nothing to do"), "{exit} {named}{said}");
    site.start().stop();
}

/// The schema is one step ahead of this program, as it is for the gateways that are not upgraded yet.
#[test]
fn a_gateway_works_on_a_schema_that_is_newer_than_itself() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    site.write();
    assert_eq!(site.run(&["db", "migrate"]).0, 0);
    site.database().run("ALTER TABLE message ADD COLUMN of_tomorrow text");
    site.database().run(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (999999, 'of tomorrow', true, '\\x00', 0)",
    );
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("NEWER", 1).text()).id();
    erp.wait_effects(1);
    assert_eq!(site.run(&["db", "migrate", "--check"]).0, 0, "nothing to run");
    gateway.stop();
}

/// `PORTWAY_PREVIOUS` names the binary of the version before: it takes an order in on the schema of this one.
#[test]
fn the_previous_binary_works_on_this_schema() {
    let Some(previous) = std::env::var_os("PORTWAY_PREVIOUS") else {
        eprintln!("skipped: PORTWAY_PREVIOUS does not name the binary of the version before");
        return;
    };
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("THIS", 1).text()).id();
    erp.wait_effects(1);
    gateway.stop();
    site.program = Some(PathBuf::from(previous));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("BEFORE", 2).text()).id();
    erp.wait_effects(2);
    gateway.until("both are done", || {
        (site.database().count("transaction_set WHERE state = 'done'") == 2).then_some(())
    });
    gateway.stop();
}

#[test]
fn a_private_postgresql_is_upgraded_while_it_stands_still_and_keeps_the_old_data_until_told() {
    let erp = Recorder::erp();
    let mut site = Site::private();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("KEPT", 1).text()).id();
    erp.wait_effects(1);
    gateway.until("it is done", || {
        (site.database().count("transaction_set WHERE state = 'done'") == 1).then_some(())
    });
    let (exit, _, said) = site.run(&["db", "upgrade", "--check"]);
    assert!(exit == 1 && said.contains("another gateway runs on"), "{exit} {said}");
    gateway.kill();
    let (exit, _, said) = site.run(&["db", "upgrade", "--check"]);
    assert!(exit == 1 && said.contains("runs: stop it first"), "{exit} {said}");
    site.start().stop();

    let data = site.state().join("postgres/data");
    let major = fs::read_to_string(data.join("PG_VERSION")).unwrap().trim().to_owned();
    let newest = fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .flatten()
        .filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok())
        .max();
    assert_eq!(newest.unwrap().to_string(), major, "made by the newest");
    let (exit, _, said) = site.run(&["db", "upgrade"]);
    assert!(
        exit == 1 && said.contains("there is nothing to upgrade to") && said.contains("apt install"),
        "{exit} {said}"
    );
    let (exit, _, said) = site.run(&["db", "upgrade", "--to", "99"]);
    assert!(exit == 1 && said.contains("postgresql-99"), "{exit} {said}");

    // To the same version: everything but the new binaries.
    let (exit, _, said) = site.run(&["db", "upgrade", "--to", &major, "--check"]);
    assert!(exit == 0 && said.contains("nothing was changed"), "{exit} {said}");
    let folders = || {
        let listed = fs::read_dir(site.state().join("postgres")).unwrap().flatten();
        let mut names: Vec<String> = listed.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(folders(), ["data", "postgres.log", "run"]);
    let (exit, _, said) = site.run(&["db", "upgrade", "--to", &major]);
    assert!(exit == 0 && said.contains("vacuumdb --all --analyze-in-stages"), "{exit} {said}");
    let kept = format!("data.{major}");
    assert_eq!(folders(), ["data", &kept, "postgres.log", "run"]);
    let (exit, _, said) = site.run(&["db", "upgrade", "--to", &major]);
    assert!(exit == 1 && said.contains("--finish"), "{exit} {said}");

    let gateway = site.start();
    assert_eq!(site.database().rows("SELECT number FROM transaction_set"), ["KEPT"]);
    Partner::new(&site, &gateway, "acme").post(order("AFTER", 2).text()).id();
    erp.wait_effects(2);
    gateway.stop();
    let (exit, _, said) = site.run(&["db", "upgrade", "--finish"]);
    assert!(exit == 0 && said.contains(&kept), "{exit} {said}");
    assert_eq!(folders(), ["data", "postgres.log", "run"]);
}

#[test]
fn a_ledger_on_a_server_of_its_own_is_its_administrators_to_upgrade() {
    let site = Site::new();
    site.write();
    let (exit, _, said) = site.run(&["db", "upgrade"]);
    assert!(exit == 1 && said.contains("as its administrator does"), "{exit} {said}");
}
