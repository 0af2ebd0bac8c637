//! The audit trail beside the documents: configuration that is read, programs at the API, files that verbs write; and that nobody alters it.

use crate::harness::ours::purchase_order;
use crate::harness::*;
use rustix::process::Signal;
use serde_json::Value;

/// The entries that this finds, oldest first.
#[track_caller]
fn entries(site: &Site, more: &[&str]) -> Vec<Value> {
    let (exit, listed, errors) = site.run(&[&["audit", "list", "--json"], more].concat());
    assert_eq!(exit, 0, "{errors}");
    listed.lines().rev().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ann() -> &'static str {
    // Who is not root is who they are, whatever they say.
    if rustix::process::geteuid().is_root() { "ann" } else { "-" }
}

#[test]
fn a_reload_names_who_asked_and_what_is_other_in_each_profile() {
    let mut site = Site::new();
    site.api();
    let live = || Profile { more: "[send.850]".into(), ..Profile::live("acme") };
    site.partner(&live());
    let gateway = site.start();
    let first = entries(&site, &["--on", "acme"]);
    assert_eq!(
        (first.len(), &first[0]["verb"], &first[0]["through"]),
        (1, &"profile".into(), &"start".into())
    );
    let configured = entries(&site, &["--through", "start"]);
    assert!(configured.iter().any(|entry| entry["verb"] == "configuration"), "{configured:?}");

    site.partner(&Profile { status: "test", ..live() });
    assert_eq!(site.run_as("ann", &["reload"]).0, 0);
    let second = entries(&site, &["--on", "acme"]).pop().unwrap();
    assert_eq!((&second["verb"], &second["through"]), (&"profile".into(), &"reload".into()));
    assert_eq!(second["detail"]["before"], first[0]["detail"]["after"], "{second}");
    assert_ne!(second["detail"]["before"], second["detail"]["after"]);
    assert_eq!(second["detail"]["changes"]["status"], "\"live\" -> \"test\"", "{second}");
    let asked = entries(&site, &["--through", "command"]);
    assert_eq!((asked.len(), &asked[0]["verb"]), (1, &"reload".into()));
    assert_eq!(second["actor"], asked[0]["actor"], "who asked, not the gateway");
    if ann() == "ann" {
        assert_eq!(second["actor"], "ann");
    }

    site.partner(&live());
    gateway.signal(Signal::HUP);
    let by_signal =
        gateway.until("the third version", || entries(&site, &["--on", "acme"]).into_iter().nth(2));
    assert_eq!(by_signal["whence"]["by"], "SIGHUP", "{by_signal}");
    assert_eq!(by_signal["detail"]["after"], first[0]["detail"]["after"], "as it was");

    std::fs::rename(site.path("conf/partners.d/acme.toml"), site.path("kept.toml")).unwrap();
    gateway.signal(Signal::HUP);
    let gone = gateway.until("its end", || entries(&site, &["--on", "acme"]).into_iter().nth(3));
    assert_eq!((&gone["verb"], &gone["detail"]["after"]), (&"profile removed".into(), &"removed".into()));
    gateway.stop();
    std::fs::rename(site.path("kept.toml"), site.path("conf/partners.d/acme.toml")).unwrap();
    let gateway = site.start();
    let back = entries(&site, &["--on", "acme"]);
    assert_eq!((back.len(), &back[4]["detail"]["before"]), (5, &"removed".into()), "{back:?}");
    gateway.stop();
    let gateway = site.start();
    assert_eq!(entries(&site, &["--on", "acme"]).len(), 5, "a start that changes nothing says nothing");
    gateway.stop();
}

#[test]
fn a_program_at_the_api_is_named_with_its_address() {
    let mut site = Site::new();
    site.api();
    site.client("procurement", "");
    site.partner(&Profile { more: "[send.850]".into(), ..Profile::live("acme") });
    let gateway = site.start();
    let ours = Ours::new(&gateway, "procurement");
    let path = "/v1/purchase-orders?partner=acme";
    for expected in [201, 200] {
        assert_eq!(ours.hand_over(path, "po-1", &purchase_order("4500900")).status, expected);
    }
    let all = entries(&site, &["--actor", "procurement"]);
    assert_eq!(all.len(), 1, "a repetition changes nothing: {all:?}");
    let entry = &all[0];
    assert_eq!((&entry["verb"], &entry["through"]), (&"hand over".into(), &"api".into()));
    assert_eq!((&entry["partner"], &entry["detail"]["number"]), (&"acme".into(), &"4500900".into()));
    assert!(entry["whence"]["remote"].as_str().unwrap().starts_with("127.0.0.1"), "{entry}");
    gateway.stop();
}

#[test]
fn nobody_alters_it_and_a_change_that_cannot_be_written_down_does_not_happen() {
    let mut site = Site::new();
    site.api();
    site.client("procurement", "");
    let waits = "[send.850]\nat = [\"03:00\"]";
    site.partner(&Profile { more: waits.into(), ..Profile::live("acme") });
    let gateway = site.start();
    let ours = Ours::new(&gateway, "procurement");
    let path = "/v1/purchase-orders?partner=acme";
    let id =
        ours.hand_over(path, "po-1", &purchase_order("4500901")).json()["id"].as_str().unwrap().to_owned();
    for sql in [
        "UPDATE audit SET actor = 'nobody' RETURNING actor",
        "DELETE FROM audit RETURNING actor",
        "TRUNCATE audit",
    ] {
        let refused = site.database().try_rows(sql).unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    let audit = site.database().count("audit");
    assert_eq!(site.database().count("audit_rest"), 0, "each month has its partition");

    site.database().run("ALTER TABLE audit ADD CONSTRAINT full_disk CHECK (false) NOT VALID");
    let (exit, _, errors) = site.run_as("ann", &["doc", "hold", &id, "--reason", "not yet"]);
    assert!(exit != 0 && errors.contains("full_disk"), "{exit} {errors}");
    assert_eq!(ours.hand_over(path, "po-2", &purchase_order("4500902")).status, 500);
    let partner = ["partner", "new", "globex", "--x12", "ZZ:GLOBEX"];
    assert_eq!(site.run(&partner).0, 1);
    assert!(!site.path("conf/partners.d/globex.toml").exists());
    let version = "SELECT encode(hash, 'hex') FROM profile_current";
    let before = site.database().rows(version);
    site.partner(&Profile { status: "test", more: waits.into(), ..Profile::live("acme") });
    gateway.signal(Signal::HUP);
    gateway.line("not reloaded");
    assert_eq!(site.database().rows(version), before);
    assert_eq!(site.database().rows("SELECT state FROM transaction_set"), ["translated"]);
    assert_eq!(site.database().count("audit"), audit);

    site.database().run("ALTER TABLE audit DROP CONSTRAINT full_disk");
    assert_eq!(site.run_as("ann", &["doc", "hold", &id, "--reason", "not yet"]).0, 0);
    assert_eq!(site.database().rows("SELECT state FROM transaction_set"), ["held"]);
    gateway.stop();
}

#[test]
fn files_that_a_verb_writes_are_written_down_where_there_is_a_ledger() {
    let mut site = Site::new();
    site.as2(&Identity::rsa("northwind.example"));
    let as2 = "[as2]\nid = \"ACME\"\ncertificates = []\n[send.850]";
    site.partner(&Profile { more: as2.into(), ..Profile::live("acme") });
    site.write();
    let (exit, _, errors) = site.run(&["partner", "new", "globex", "--x12", "ZZ:GLOBEX"]);
    assert!(exit == 0 && errors.contains("no ledger can be reached"), "{errors}");
    let gateway = site.start();
    let theirs = Identity::rsa("acme.example").cert;
    let theirs = theirs.to_str().unwrap();
    let verbs: [&[&str]; 3] = [
        &["partner", "new", "initech", "--x12", "ZZ:INITECH", "--token"],
        &["cert", "new", "--station", "us"],
        &["cert", "import", theirs, "--partner", "acme"],
    ];
    for verb in verbs {
        let (exit, _, errors) = site.run_as("ann", verb);
        assert_eq!(exit, 0, "{verb:?}: {errors}");
        assert!(!errors.contains("no ledger"), "{errors}");
    }
    assert_eq!(site.run_as("ann", verbs[2]).0, 0, "it is there already");
    let all = entries(&site, &["--through", "command"]);
    let told: Vec<String> = all
        .iter()
        .map(|e| {
            format!(
                "{} {} {}",
                e["verb"].as_str().unwrap(),
                e["kind"].as_str().unwrap(),
                e["subject"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(told, ["partner new partner initech", "cert new station us", "cert import partner acme"]);
    assert!(all.iter().all(|entry| entry["whence"]["sudo_user"] == "ann"), "{all:?}");
    assert!(all[2]["detail"]["sha256"].as_str().unwrap().contains(':'), "{}", all[2]);
    gateway.stop();
}
