//! Our messages to a partner's server: names, what is there already, servers that are away, strange, slow or forbid it.

use super::*;
use crate::harness::ours::purchase_order;
use rustix::process::Signal;
use sha2::{Digest, Sha256};
use std::fs;

/// A partner that takes orders of ours at its server, in the folder `inbox`.
pub struct Pushed {
    pub site: Site,
    pub sshd: Sshd,
}

pub const FIRST: &str = "850_acme_000000001.edi";

impl Pushed {
    #[track_caller]
    pub fn new(push: &str) -> Pushed {
        Pushed::at(Sshd::start(), push)
    }

    #[track_caller]
    pub fn at(sshd: Sshd, push: &str) -> Pushed {
        let mut site = Site::new();
        site.api();
        site.client("procurement", "");
        sshd.folder("inbox");
        let pushed = Pushed { site, sshd };
        pushed.profile(&pushed.sshd.section(), push);
        pushed
    }

    pub fn profile(&self, section: &str, push: &str) {
        let push = format!(
            "[sftp_client.push]\nfolder = \"inbox\"\nretry = {{ first = \"100ms\", longest = \"1s\" }}\n{push}\n"
        );
        let more = format!("[send.850]\n{section}\n{push}");
        self.site.partner(&Profile { more, ..Profile::live("acme") });
    }

    /// An order of ours is handed over.
    #[track_caller]
    pub fn order(&self, gateway: &Gateway, number: &str) {
        let ours = Ours::new(gateway, "procurement");
        let reply = ours.hand_over("/v1/purchase-orders?partner=acme", number, &purchase_order(number));
        assert_eq!(reply.status, 201, "{}", reply.json());
    }

    /// Every message of ours counts as sent.
    #[track_caller]
    pub fn sent(&self, gateway: &Gateway, many: usize) {
        let sql = "SELECT state FROM message WHERE direction = 'out'";
        gateway
            .until("all to be sent", || (self.site.database().rows(sql) == vec!["sent"; many]).then_some(()));
    }

    /// These names, and under the first of ours the bytes that the ledger has.
    #[track_caller]
    pub fn files(&self, names: &[&str], ours: &str) {
        assert_eq!(self.sshd.names("inbox"), names);
        let hex = self.digest(ours);
        let sql =
            "SELECT encode(sha256, 'hex') FROM message WHERE direction = 'out' ORDER BY position LIMIT 1";
        assert_eq!(self.site.database().rows(sql), [hex]);
    }

    fn digest(&self, name: &str) -> String {
        let digest = Sha256::digest(fs::read(self.sshd.files().join("inbox").join(name)).unwrap());
        digest.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[track_caller]
    pub fn alert(&self, gateway: &Gateway, cause: &str, state: &str) -> String {
        gateway.until(&format!("{cause} {state}"), || {
            let sql = format!("SELECT detail FROM alert WHERE cause = '{cause}' AND state = '{state}'");
            self.site.database().rows(&sql).pop()
        })
    }

    /// Outcomes of tries.
    pub fn outcomes(&self) -> Vec<String> {
        self.site
            .database()
            .rows("SELECT outcome || ' ' || detail FROM attempt WHERE outcome IS NOT NULL ORDER BY id")
    }
}

#[test]
fn orders_go_to_the_folder_over_one_connection() {
    for push in ["", "temporary = false\nname = \"US-{stem}.txt\""] {
        let pushed = Pushed::new(push);
        let gateway = pushed.site.start();
        for number in ["4500901", "4500902", "4500903"] {
            pushed.order(&gateway, number);
        }
        pushed.sent(&gateway, 3);
        let names: Vec<String> = (1..=3)
            .map(|n| match push {
                "" => format!("850_acme_00000000{n}.edi"),
                _ => format!("US-850_acme_00000000{n}.txt"),
            })
            .collect();
        assert_eq!(pushed.sshd.names("inbox"), names);
        let first = fs::read_to_string(pushed.sshd.files().join("inbox").join(&names[0])).unwrap();
        assert!(first.contains("BEG*00*SA*45009"), "{first}");
        assert_eq!(pushed.sshd.log().matches("Accepted publickey").count(), 1, "one connection");
        let ways = pushed.site.database().rows("SELECT DISTINCT way || ' ' || state FROM delivery");
        assert_eq!(ways, ["sftp delivered"]);
        assert_eq!(pushed.site.database().orphans(), Vec::<String>::new());
        gateway.stop();
    }
}

#[test]
fn what_was_polled_is_answered_by_a_file() {
    let scene = Scene::new("settle = \"0s\"");
    scene.sshd.folder("inbox");
    let poll = "settle = \"0s\"\n[sftp_client.push]\nfolder = \"inbox\"";
    scene.polled(poll);
    scene.put("out/a.edi", "4500123", 1);
    let gateway = scene.site.start();
    scene.once(&gateway, &["4500123"]);
    let names = gateway.until("the answer", || {
        let names = scene.sshd.names("inbox");
        (names.iter().any(|name| !name.starts_with('.'))).then_some(names)
    });
    assert_eq!(names, ["997_acme_000000001.edi"]);
    let bytes = fs::read(scene.sshd.files().join("inbox").join(&names[0])).unwrap();
    assert_eq!(x12::Acknowledgement::read(&bytes).only(), ("A", "A"));
}

#[test]
fn another_file_of_that_name_gets_a_neighbour_with_a_number() {
    let pushed = Pushed::new("overwrite = \"number\"");
    pushed.sshd.put(&format!("inbox/{FIRST}"), "theirs");
    let gateway = pushed.site.start();
    pushed.order(&gateway, "4500901");
    pushed.sent(&gateway, 1);
    pushed.files(&["850_acme_000000001-1.edi", FIRST], "850_acme_000000001-1.edi");
    assert_eq!(fs::read(pushed.sshd.files().join("inbox").join(FIRST)).unwrap(), b"theirs");
}

#[test]
fn another_file_of_that_name_is_replaced_where_the_profile_says_so() {
    for push in ["overwrite = \"replace\"", "overwrite = \"replace\"\ntemporary = false"] {
        let pushed = Pushed::new(push);
        pushed.sshd.put(&format!("inbox/{FIRST}"), "x".repeat(100_000));
        let gateway = pushed.site.start();
        pushed.order(&gateway, "4500901");
        pushed.sent(&gateway, 1);
        pushed.files(&[FIRST], FIRST);
        gateway.stop();
    }
}

#[test]
fn a_name_that_is_taken_is_waited_for_and_told() {
    for push in ["", "temporary = false"] {
        let pushed = Pushed::new(push);
        pushed.sshd.put(&format!("inbox/{FIRST}"), "theirs");
        let gateway = pushed.site.start();
        pushed.order(&gateway, "4500901");
        let told = pushed.alert(&gateway, "partner:acme:send", "open");
        assert!(told.contains(&format!("{FIRST} exists on the server already")), "{told}");
        assert_eq!(fs::read(pushed.sshd.files().join("inbox").join(FIRST)).unwrap(), b"theirs");
        fs::remove_file(pushed.sshd.files().join("inbox").join(FIRST)).unwrap();
        pushed.sent(&gateway, 1);
        pushed.files(&[FIRST], FIRST);
        pushed.alert(&gateway, "partner:acme:send", "closed");
        gateway.stop();
    }
}

#[test]
fn a_file_of_the_same_size_that_cannot_be_read_is_not_taken_for_ours() {
    for push in ["", "temporary = false"] {
        let mut pushed = Pushed::at(Sshd::with(&["ed25519"], "-P read", ""), push);
        pushed.sshd.stop();
        let gateway = pushed.site.start();
        pushed.order(&gateway, "4500901");
        let size = gateway.until("the message", || {
            pushed.site.database().rows("SELECT size::text FROM message WHERE direction = 'out'").pop()
        });
        let theirs = "x".repeat(size.parse().unwrap());
        pushed.sshd.put(&format!("inbox/{FIRST}"), &theirs);
        pushed.sshd.start_again();
        gateway.until("two tries that met it", || {
            let met = pushed.outcomes().iter().filter(|one| one.contains("exists on the server")).count();
            (met >= 2).then_some(())
        });
        assert_eq!(fs::read_to_string(pushed.sshd.files().join("inbox").join(FIRST)).unwrap(), theirs);
        assert_eq!(pushed.site.database().rows("SELECT state FROM delivery"), ["deferred"]);
        assert_eq!(pushed.sshd.names("inbox"), [FIRST]);
        fs::remove_file(pushed.sshd.files().join("inbox").join(FIRST)).unwrap();
        pushed.sent(&gateway, 1);
        pushed.files(&[FIRST], FIRST);
        gateway.stop();
    }
}

#[test]
fn a_server_that_is_down_gets_everything_once_it_is_up() {
    let mut pushed = Pushed::new("");
    pushed.sshd.stop();
    let gateway = pushed.site.start();
    pushed.order(&gateway, "4500901");
    let told = pushed.alert(&gateway, "partner:acme:send", "open");
    assert!(told.contains("refuses connections"), "{told}");
    pushed.sshd.start_again();
    pushed.sent(&gateway, 1);
    pushed.files(&[FIRST], FIRST);
    pushed.alert(&gateway, "partner:acme:send", "closed");
    assert!(pushed.outcomes()[0].starts_with("deferred"), "{:?}", pushed.outcomes());
}

#[test]
fn a_server_that_forbids_it_is_told_and_served_once_it_permits() {
    let mut pushed = Pushed::at(Sshd::with(&["ed25519"], "-R", ""), "");
    let gateway = pushed.site.start();
    pushed.order(&gateway, "4500901");
    let told = pushed.alert(&gateway, "partner:acme:send", "open");
    assert!(told.contains("the server does not permit it at inbox/"), "{told}");
    let whose = pushed.site.database().rows("SELECT move FROM alert");
    assert_eq!(whose, ["partner"]);
    assert_eq!(pushed.sshd.names("inbox"), Vec::<String>::new());
    // To write, and not to rename: nothing is left behind, and the way out is named.
    pushed.sshd.restart_with("-P rename,posix-rename");
    gateway.until("the advice", || {
        pushed.outcomes().iter().any(|detail| detail.contains("temporary = false")).then_some(())
    });
    pushed.sshd.restart_with("");
    pushed.sent(&gateway, 1);
    pushed.files(&[FIRST], FIRST);
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let pushed = Pushed::new("");
    fs::remove_dir(pushed.sshd.files().join("inbox")).unwrap();
    let gateway = pushed.site.start();
    pushed.order(&gateway, "4500901");
    let told = pushed.alert(&gateway, "partner:acme:send", "open");
    assert!(told.contains("the folder inbox does not exist on the server"), "{told}");
    pushed.sshd.folder("inbox");
    pushed.sent(&gateway, 1);
    pushed.files(&[FIRST], FIRST);
}

#[test]
fn a_changed_host_key_is_one_alert_and_nothing_is_sent_until_the_profile_says_so() {
    let mut pushed = Pushed::new("");
    pushed.sshd.change_host_key();
    let (old, offset) = (pushed.sshd.fingerprint("ed25519"), pushed.sshd.log().len());
    pushed.profile(&pushed.sshd.section(), "");
    pushed.sshd.change_host_key();
    let gateway = pushed.site.start();
    pushed.order(&gateway, "4500901");
    let told = pushed.alert(&gateway, "poll-host-key:acme", "open");
    assert!(told.contains(&format!("instead of {old}")), "{told}");
    gateway.until("four tries", || (pushed.outcomes().len() >= 4).then_some(()));
    assert!(!pushed.sshd.log()[offset..].contains("Accepted"), "nobody logs in");
    assert!(pushed.outcomes().iter().all(|one| one.starts_with("deferred")), "{:?}", pushed.outcomes());
    assert_eq!(pushed.site.database().count("alert"), 1, "one alert, however often");
    assert_eq!(pushed.site.database().rows("SELECT move FROM alert"), ["us"]);
    pushed.profile(&pushed.sshd.section(), "");
    gateway.signal(Signal::HUP);
    pushed.sent(&gateway, 1);
    pushed.files(&[FIRST], FIRST);
    pushed.alert(&gateway, "poll-host-key:acme", "closed");
}

#[test]
fn a_server_that_falls_silent_is_tried_again() {
    let pushed = Pushed::new("");
    let valve = Valve::to(pushed.sshd.port);
    let section = pushed.sshd.section_at(valve.port) + "timeout = \"1s\"\n";
    pushed.profile(&section, "");
    let gateway = pushed.site.start();
    pushed.order(&gateway, "4500901");
    pushed.sent(&gateway, 1);
    valve.after(0, Then::Stall);
    pushed.order(&gateway, "4500902");
    gateway.until("a try that timed out", || {
        pushed.outcomes().iter().any(|detail| detail.contains("said nothing for 1 s")).then_some(())
    });
    valve.open();
    pushed.sent(&gateway, 2);
    pushed.files(&[FIRST, "850_acme_000000002.edi"], FIRST);
}

/// The server's answers are cut at one place after the other, from the first one of an upload to beyond the last.
#[track_caller]
fn cut_everywhere(push: &str) {
    let pushed = Pushed::new("");
    let valve = Valve::to(pushed.sshd.port);
    pushed.profile(&pushed.sshd.section_at(valve.port), push);
    let gateway = pushed.site.start();
    pushed.order(&gateway, "4500900");
    pushed.sent(&gateway, 1);
    let mut orders = 1;
    for bytes in (0..).step_by(30) {
        let tries = pushed.outcomes().len();
        valve.after(bytes, Then::Break);
        pushed.order(&gateway, &format!("45009{bytes:02}-{orders}"));
        orders += 1;
        gateway.until("the end of a try", || (pushed.outcomes().len() > tries).then_some(()));
        let whole = pushed.outcomes()[tries].starts_with("delivered");
        valve.open();
        pushed.sent(&gateway, orders);
        if whole {
            break;
        }
    }
    assert!(orders > 8, "{orders} orders");
    let sql = "SELECT file_name || ' ' || encode(sha256, 'hex') FROM message WHERE direction = 'out' ORDER BY file_name";
    let there: Vec<String> =
        pushed.sshd.names("inbox").iter().map(|name| format!("{name} {}", pushed.digest(name))).collect();
    assert_eq!(there, pushed.site.database().rows(sql), "each once, with its own bytes");
    let outcomes = pushed.outcomes();
    for (outcome, words) in [("uncertain", "the connection was lost"), ("delivered", "was there already")] {
        let found = outcomes.iter().any(|one| one.starts_with(outcome) && one.contains(words));
        assert!(found, "{outcome} {words} in {outcomes:#?}");
    }
}

#[test]
fn answers_that_get_lost_anywhere_leave_one_file_each() {
    cut_everywhere("overwrite = \"number\"");
}

#[test]
fn answers_that_get_lost_while_the_final_name_is_written_leave_one_file_each() {
    cut_everywhere("temporary = false");
}

#[test]
fn no_more_go_out_than_the_rate_allows() {
    let pushed = Pushed::new("rate = \"5/s\"");
    let gateway = pushed.site.start();
    for nth in 0..12 {
        pushed.order(&gateway, &format!("45009{nth:02}"));
    }
    pushed.sent(&gateway, 12);
    // In any second: five, what was saved up (one and a half), and one for the time between a look at the clock and its turn.
    let most = pushed.site.database().rows(
        "SELECT max(n)::text FROM (SELECT (SELECT count(*) FROM attempt b WHERE b.started_at >= a.started_at
            AND b.started_at < a.started_at + interval '1 second') AS n FROM attempt a) x",
    );
    assert!(most[0].parse::<u32>().unwrap() <= 8, "{most:?} in a second");
    gateway.stop();
}

#[test]
fn what_waits_for_a_server_that_is_down_is_probed_and_comes_in_order() {
    // Five tries would be used up in no time.
    let mut pushed = Pushed::new("");
    let profile = fs::read_to_string(pushed.site.path("conf/partners.d/acme.toml")).unwrap();
    let few = profile.replace("longest = \"1s\" }", "longest = \"400ms\", tries = 5 }");
    assert_ne!(few, profile);
    pushed.site.partner_text("acme", &few);
    pushed.sshd.stop();
    let gateway = pushed.site.start();
    let numbers: Vec<String> = (1..=40).map(|n| format!("45{n:05}")).collect();
    for number in &numbers {
        pushed.order(&gateway, number);
    }
    let (database, lane) =
        (pushed.site.database(), "breaker WHERE lane = 'partner:acme' AND state <> 'closed'");
    gateway.until("the lane open", || (database.count(lane) == 1).then_some(()));
    pushed.alert(&gateway, "partner:acme:send", "open");
    let before = database.count("attempt");
    gateway.until("eight probes", || {
        (database.count("attempt WHERE finished_at IS NOT NULL") >= before + 8).then_some(())
    });
    assert_eq!(
        database.count("delivery WHERE state IN ('dead', 'held', 'delivered')"),
        0,
        "an outage uses up no tries"
    );
    // Those before the lane opened, and one at a time since: most were not touched at all.
    let untouched =
        database.count("delivery d WHERE NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id = d.id)");
    assert!(untouched >= 10, "{untouched} of 40 were not tried");
    // What was under way when the lane opened is over by now.
    let at_once = database.rows(
        "WITH probes AS (SELECT * FROM attempt ORDER BY started_at DESC LIMIT 6)
         SELECT count(*)::text FROM probes a JOIN probes b ON b.id > a.id AND b.started_at < a.finished_at",
    );
    assert_eq!(at_once, ["0"], "one at a time");
    let (_, status, _) = pushed.site.run(&["status"]);
    assert!(status.contains("partner:acme (open since") && status.contains("next try"), "{status}");

    pushed.sshd.start_again();
    pushed.sent(&gateway, 40);
    pushed.alert(&gateway, "partner:acme:send", "closed");
    gateway.until("the lane closed", || (pushed.site.database().count("breaker") == 0).then_some(()));
    assert_eq!(pushed.sshd.names("inbox").len(), 40, "each once");
    // The probe that got through comes first; all others as they were handed over.
    let went = pushed.site.database().rows(
        "SELECT m.position::text FROM attempt a JOIN delivery d ON d.id = a.delivery_id JOIN message m ON m.id = d.message_id
         WHERE a.outcome = 'delivered' ORDER BY a.started_at, m.position OFFSET 1",
    );
    let went: Vec<i64> = went.iter().map(|position| position.parse().unwrap()).collect();
    assert!(went.is_sorted(), "{went:?}");
    assert_eq!(pushed.site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}
