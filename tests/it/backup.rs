//! A backup taken beside a running gateway, tried, and restored elsewhere: equal but for what must differ, and nothing goes twice.

use crate::harness::ours::purchase_order;
use crate::harness::x12::order;
use crate::harness::*;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Every table, but those that a restore changes on purpose and the gateways' own life signs.
const CHANGED: [&str; 10] = [
    "audit",
    "history",
    "delivery",
    "job",
    "attempt",
    "control_number",
    "event_position",
    "result",
    "lease",
    "node",
];

fn tables(site: &Site) -> Vec<String> {
    site.database().rows(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
         AND NOT relispartition ORDER BY 1",
    )
}

fn rows(site: &Site, table: &str, which: &str) -> Vec<String> {
    let mut rows = site.database().rows(&format!("SELECT row_to_json(t)::text FROM {table} t WHERE {which}"));
    rows.sort();
    rows
}

#[track_caller]
fn run(site: &Site, arguments: &[&str]) -> String {
    let (exit, out, said) = site.run(arguments);
    assert_eq!(exit, 0, "{arguments:?}: {out}{said}");
    said
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Orders that arrived, and one that the ERP has without an answer.
fn busy(erp: &Recorder) -> (Site, Gateway) {
    let mut site = Site::new();
    site.endpoint("erp", erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    for nth in 1..=3 {
        partner.post(order(&format!("DONE-{nth}"), nth).text()).id();
    }
    erp.wait_effects(3);
    gateway.until("all are delivered", || {
        (site.database().count("transaction_set WHERE state = 'done'") == 3).then_some(())
    });
    erp.otherwise(Answer::Hold);
    partner.post(order("UNDER-WAY", 9).text()).id();
    erp.wait_received(4);
    (site, gateway)
}

/// Another host: folders and a database of its own, the same partner and ERP.
fn elsewhere(erp: &Recorder) -> Site {
    let mut site = Site::new();
    site.endpoint("erp", erp, "");
    site.partner(&Profile::live("acme"));
    site.write();
    site
}

/// The ledger's role owns its database and may nothing else, as everywhere but in tests.
fn ordinary(site: &Site) {
    let name = site.database().rows("SELECT current_database()::text").remove(0);
    site.database().run(&format!("CREATE ROLE owner_{name} LOGIN"));
    site.database().run(&format!("ALTER DATABASE {name} OWNER TO owner_{name}"));
    let file = site.path("conf/gateway.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("//portway@", &format!("//owner_{name}@"))).unwrap();
}

#[test]
fn a_backup_beside_a_running_gateway_is_the_same_ledger_elsewhere_and_nothing_goes_twice() {
    let erp = Recorder::erp();
    let (site, gateway) = busy(&erp);
    // As whoever keeps a rejection leaves it that dies before the partner is told.
    site.database().run(
        "INSERT INTO result (set_id, accepted, reason, errors, client, key, at, tell_at)
         SELECT id, false, 'no such item', '[]', 'erp', 'verdict-1', now(), now() + interval '1 day'
         FROM transaction_set WHERE state = 'done' ORDER BY id LIMIT 1",
    );
    let file = site.path("one.tar.zst");
    let name = file.to_str().unwrap();
    // A link under the temporary name is not followed.
    fs::write(site.path("theirs"), "theirs").unwrap();
    std::os::unix::fs::symlink(site.path("theirs"), site.path("one.tar.zst.partial")).unwrap();
    let said = run(&site, &["backup", name]);
    assert_eq!(fs::read_to_string(site.path("theirs")).unwrap(), "theirs");
    assert!(said.contains("8 messages, 4 documents") && said.contains("not in it:"), "{said}");
    assert_eq!(mode(&file), 0o600);
    assert!(!site.path("one.tar.zst.partial").exists());

    let two = elsewhere(&erp);
    ordinary(&two);
    let said = run(&two, &["restore", name, "--margin", "500"]);
    assert!(said.contains("counters are 500 further") && said.contains("doc list --state held"), "{said}");
    assert!(said.contains("1 rejections that the partner was not told of"), "{said}");
    assert_eq!(two.database().count("result WHERE NOT accepted AND tell_at IS NULL"), 1);
    let told = "history WHERE event = 'rejection not told' AND detail->>'reason' LIKE 'restored from a backup of 20%'";
    assert_eq!(two.database().count(told), 1);
    let all = tables(&site);
    assert_eq!(all, tables(&two));
    for table in all.iter().filter(|t| !CHANGED.contains(&t.as_str())) {
        assert_eq!(rows(&site, table, "true"), rows(&two, table, "true"), "{table}");
    }
    for (table, which) in [("delivery", "state = 'delivered'"), ("attempt", "outcome = 'delivered'")] {
        let before = rows(&site, table, which);
        assert!(before.len() >= 3, "{table}");
        assert_eq!(before, rows(&two, table, which), "{table}");
    }
    for table in ["audit", "history"] {
        let after = rows(&two, table, "true");
        assert!(rows(&site, table, "true").iter().all(|row| after.contains(row)), "{table} only grows");
    }
    // What was under way waits for a person, and says why.
    assert_eq!(two.database().count("delivery WHERE state = 'held' AND set_id IS NOT NULL AND detail LIKE 'restored from a backup of 20%'"), 1);
    assert_eq!(two.database().count("delivery WHERE state NOT IN ('held', 'delivered')"), 0);
    assert_eq!(two.database().count("job WHERE state = 'ready' AND kind <> 'mail'"), 0);
    assert_eq!(two.database().count("lease"), 0);
    assert_eq!(
        two.database().count("audit WHERE verb = 'restore' AND reason LIKE 'restored from a backup of 20%'"),
        1
    );
    assert_eq!(two.database().count("history WHERE event = 'hold' AND detail->>'was' = 'delivering'"), 1);
    let last = "SELECT last::text FROM control_number WHERE kind = 'interchange'";
    let number = |site: &Site| site.database().rows(last)[0].parse::<i64>().unwrap();
    assert_eq!(number(&two), number(&site) + 500);

    // The old host burns down; the ERP had taken it. The new one sends it once a person says so, under the same id.
    gateway.kill();
    erp.release();
    erp.otherwise(Answer::Take);
    let started = two.start();
    let listed = two.run(&["doc", "list", "--state", "held", "--json"]).1;
    assert!(listed.lines().count() == 1 && listed.contains("UNDER-WAY"), "{listed}");
    run(&two, &["doc", "release", "PO:UNDER-WAY", "--reason", "the ERP knows its id"]);
    started.until("it is delivered", || {
        (two.database().count("delivery WHERE state = 'delivered' AND set_id IS NOT NULL") == 4).then_some(())
    });
    assert_eq!(erp.log().len(), 4, "once in effect");
    // So do our answers to the partner, which lay in its outbox.
    let listed = two.run(&["message", "list", "--direction", "out", "--state", "held", "--json"]).1;
    assert_eq!(listed.lines().count(), 4, "{listed}");
    let one: serde_json::Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    run(&two, &["message", "resend", one["id"].as_str().unwrap(), "--reason", "they have not got it"]);
    assert_eq!(Partner::new(&two, &started, "acme").outbox_of(&started, 1).len(), 1);
    assert!(two.database().orphans().is_empty());
    started.stop();
}

#[test]
fn what_had_not_left_and_what_was_not_worked_through_wait_for_a_person_too() {
    let erp = Recorder::erp();
    let host = |processors: &str| {
        let mut site = Site::new();
        site.add(processors);
        site.endpoint("erp", &erp, "");
        site.api();
        site.client("procurement", "");
        let more = "[receive.850]\nto = [\"erp\"]\n[send.850]\nat = [\"03:00\"]".into();
        site.partner(&Profile { more, ..Profile::live("acme") });
        site.write();
        site
    };
    // It takes, and works nothing through.
    let site = host("processors = 0");
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("TAKEN", 1).text()).id();
    let ours = Ours::new(&gateway, "procurement");
    let reply = ours.hand_over("/v1/purchase-orders?partner=acme", "po-1", &purchase_order("4500900"));
    assert_eq!(reply.json()["state"], "translated");
    let file = site.path("one.tar.zst");
    run(&site, &["backup", file.to_str().unwrap()]);
    gateway.kill();

    let two = host("processors = 2");
    let said = run(&two, &["restore", file.to_str().unwrap()]);
    assert!(
        said.contains("1 documents of ours") && said.contains("1 messages that were not worked"),
        "{said}"
    );
    let gateway = two.start();
    assert_eq!(two.database().count("transaction_set WHERE state = 'held' AND reason = 'restored'"), 1);
    let aside = two.database().rows("SELECT id::text FROM message WHERE state = 'quarantined'").remove(0);
    assert_eq!(two.database().count("job"), 0, "nothing goes by itself");
    run(&two, &["message", "release", &aside, "--reason", "the ERP has not got it"]);
    erp.wait_effects(1);
    run(&two, &["doc", "release", "PO:4500900", "--reason", "it had not left"]);
    let partner = Partner::new(&two, &gateway, "acme");
    assert_eq!(partner.outbox_of(&gateway, 2).len(), 2, "our answer, and our order");
    gateway.stop();
}

#[test]
fn no_gateway_runs_on_a_ledger_whose_restore_did_not_come_to_its_end() {
    let erp = Recorder::erp();
    let (site, gateway) = busy(&erp);
    let file = site.path("one.tar.zst");
    run(&site, &["backup", file.to_str().unwrap()]);
    gateway.stop();
    // As a restore leaves it that is killed between filling the ledger and making it safe.
    site.database().run("CREATE TABLE restore_unfinished ()");
    let mut refused = Gateway::spawn(&site, &[]);
    refused.line("a restore into this database did not come to its end");
    assert!(!refused.ended().success());
    let (exit, _, errors) = site.run(&["restore", file.to_str().unwrap()]);
    assert!(exit == 1 && errors.contains("did not come to its end"), "{exit} {errors}");
    // One that was killed before it filled anything may be begun again.
    let other = elsewhere(&erp);
    other.database().run("CREATE TABLE restore_unfinished ()");
    run(&other, &["restore", file.to_str().unwrap()]);
    other.start().stop();
}

#[test]
fn a_backup_is_tried_and_leaves_nothing_and_a_damaged_one_is_told() {
    let erp = Recorder::erp();
    let (site, gateway) = busy(&erp);
    let file = site.path("one.tar.zst");
    let name = file.to_str().unwrap();
    run(&site, &["backup", name]);
    let scratch = site.path("scratch");
    fs::create_dir(&scratch).unwrap();
    fs::set_permissions(&scratch, Permissions::from_mode(0o755)).unwrap();
    let verify = |name: &str| {
        let tried = site.run_in(&["restore", name, "--verify"], "", &[("TMPDIR", scratch.to_str().unwrap())]);
        assert_eq!(fs::read_dir(&scratch).unwrap().count(), 0, "{tried:?}");
        tried
    };
    let (exit, _, said) = verify(name);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("fine: schema"), "{said}");

    // Nothing is written over, neither a backup nor a ledger.
    let (exit, _, said) = site.run(&["backup", name]);
    assert!(exit == 1 && said.contains("is there already"), "{exit} {said}");
    gateway.kill();
    let (exit, _, said) = site.run(&["restore", name]);
    assert!(exit == 1 && said.contains("the ledger is not empty (message: 8"), "{exit} {said}");
    // Nor is a file, before it is known that the ledger may be filled.
    let toml = site.config().join("gateway.toml");
    let changed_since = format!("{}# since\n", fs::read_to_string(&toml).unwrap());
    fs::write(&toml, &changed_since).unwrap();
    let (exit, _, said) = site.run(&["restore", name, "--config-too"]);
    assert!(exit == 1 && said.contains("the ledger is not empty (message: 8"), "{exit} {said}");
    assert_eq!(fs::read_to_string(&toml).unwrap(), changed_since);
    assert!(!site.config().join("gateway.toml.before-restore").exists());

    let whole = fs::read(&file).unwrap();
    let two = elsewhere(&erp);
    for (what, bytes) in [("cut off", whole[..whole.len() - 40].to_vec()), ("changed", changed(&whole))] {
        fs::write(&file, bytes).unwrap();
        let (exit, _, said) = verify(name);
        assert!(exit == 1 && said.contains("is damaged"), "{what}: {exit} {said}");
        assert_eq!(two.run(&["restore", name]).0, 1, "{what}");
        assert!(tables(&two).is_empty(), "{what}");
    }
    // A gateway that has only started leaves nothing that would be missed.
    fs::write(&file, whole).unwrap();
    two.start().stop();
    let said = run(&two, &["restore", name]);
    assert!(said.contains("restored: the ledger as it was"), "{said}");
    assert_eq!(two.database().count("transaction_set"), 4);
}

fn changed(whole: &[u8]) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    bytes
}

#[test]
fn keys_are_in_it_only_when_asked_and_a_host_comes_back_from_the_file_alone() {
    let mut site = Site::private();
    site.add("[listen.sftp]\naddress = \"127.0.0.1:0\"");
    site.partner(&Profile::live("acme"));
    fs::write(site.path("conf/secrets/erp"), "c2VjcmV0").unwrap();
    site.add("[endpoint.erp]\nkind = \"http\"\nurl = \"https://erp.us.example/edi\"\nsecrets = [{ file = \"secrets/erp\" }]");
    let gateway = site.start();
    let (plain, keys) = (site.path("plain.tar.zst"), site.path("keys.tar.zst"));
    let said = run(&site, &["backup", plain.to_str().unwrap()]);
    for left_out in ["secrets/erp", "sftp/host_ed25519"] {
        assert!(said.contains(&format!("{left_out} (a key or secret)")), "{said}");
    }
    let said = run(&site, &["backup", keys.to_str().unwrap(), "--with-keys"]);
    assert!(said.contains("it holds private keys and secrets"), "{said}");
    gateway.stop();

    // Another host: nothing there but the program.
    let two = Site::private();
    fs::remove_dir_all(two.config()).unwrap();
    let configuration = fs::read_to_string(site.config().join("gateway.toml")).unwrap();
    let moved =
        configuration.replace(&site.state().display().to_string(), &two.state().display().to_string());
    fs::write(site.config().join("gateway.toml"), moved).unwrap();
    let kept = site.state().join("sftp/host_ed25519");
    let again = site.path("again.tar.zst");
    // The gateway is stopped, and so is its PostgreSQL: a backup needs it.
    let (exit, _, said) = site.run(&["backup", again.to_str().unwrap()]);
    assert!(exit == 3 && !again.exists(), "{exit} {said}");
    // A folder beside: the configuration is looked at, and the ledger goes where --config says.
    fs::create_dir_all(two.config()).unwrap();
    fs::copy(site.config().join("gateway.toml"), two.config().join("gateway.toml")).unwrap();
    fs::create_dir_all(two.path("conf/secrets")).unwrap();
    fs::copy(site.path("conf/secrets/erp"), two.path("conf/secrets/erp")).unwrap();
    let seen = two.path("seen");
    run(&two, &["restore", keys.to_str().unwrap(), "--into", seen.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(seen.join("gateway.toml")).unwrap(), configuration);
    assert_eq!(fs::read_to_string(seen.join("secrets/erp")).unwrap(), "c2VjcmV0");
    assert!(seen.join("partners.d/acme.toml").exists());
    let key = two.state().join("sftp/host_ed25519");
    assert_eq!(fs::read(&key).unwrap(), fs::read(kept).unwrap(), "partners' clients know it");
    assert_eq!(mode(&key), 0o600);
    assert!(!two.state().join("postgres/data/postmaster.pid").exists(), "stopped again");
    let gateway = Gateway::start(&two, &[]);
    assert_eq!(two.database().count("audit WHERE verb = 'restore'"), 1);
    gateway.stop();

    // The first host loses everything, and comes back from the file alone.
    fs::remove_dir_all(site.config()).unwrap();
    fs::remove_dir_all(site.state()).unwrap();
    let said = run(&site, &["restore", keys.to_str().unwrap()]);
    assert!(said.contains("the configuration is in"), "{said}");
    assert_eq!(fs::read_to_string(site.config().join("gateway.toml")).unwrap(), configuration);
    assert_eq!(fs::read(site.state().join("sftp/host_ed25519")).unwrap(), fs::read(&key).unwrap());
    let gateway = Gateway::start(&site, &[]);
    gateway.stop();

    // What a host has of its own is kept, and said; or kept aside, beside what was kept before.
    let (toml, host_key) = (site.config().join("gateway.toml"), site.state().join("sftp/host_ed25519"));
    let another = || {
        fs::remove_dir_all(site.state()).unwrap();
        fs::create_dir_all(site.state().join("sftp")).unwrap();
        fs::write(&host_key, "another").unwrap();
    };
    another();
    let said = run(&site, &["restore", keys.to_str().unwrap()]);
    assert!(said.contains("kept: state/sftp/host_ed25519; the backup's is another"), "{said}");
    assert_eq!(fs::read_to_string(&host_key).unwrap(), "another");
    another();
    let since = format!("{configuration}# since\n");
    fs::write(&toml, &since).unwrap();
    fs::write(site.config().join("gateway.toml.before-restore"), "the first").unwrap();
    let said = run(&site, &["restore", keys.to_str().unwrap(), "--config-too"]);
    assert!(!said.contains("kept: state/sftp/host_ed25519"), "{said}");
    assert_eq!(fs::read_to_string(&toml).unwrap(), configuration);
    let kept = |name: &str| fs::read_to_string(site.config().join(name)).unwrap();
    assert_eq!(kept("gateway.toml.before-restore"), "the first");
    assert_eq!(kept("gateway.toml.before-restore.2"), since);
    assert_eq!(fs::read(&host_key).unwrap(), fs::read(&key).unwrap());
    assert_eq!(fs::read_to_string(site.state().join("sftp/host_ed25519.before-restore")).unwrap(), "another");
}
