//! What is old goes, what is owed stays, whatever its age: on a clock that the tests move, from 500 days ago on.

use crate::harness::x12::{Order, order};
use crate::harness::*;
use serde_json::Value;

const DAY: i64 = 86_400;

struct House {
    site: Site,
    erp: Recorder,
    trial: Recorder,
}

impl House {
    /// A gateway's folder whose clock stands 500 days ago; test orders go to `trial`.
    fn new() -> House {
        let (erp, trial) = (Recorder::erp(), Recorder::erp());
        erp.timeless();
        trial.timeless();
        let mut site = Site::new();
        site.endpoint("erp", &erp, "");
        site.endpoint("trial", &trial, "test = true");
        let more = "[receive.850]\nto = [\"erp\", \"trial\"]";
        for partner in ["acme", "globex"] {
            site.partner(&Profile { more: more.into(), ..Profile::live(partner) });
        }
        let house = House { site, erp, trial };
        house.move_to(-500);
        house
    }

    fn move_to(&self, days: i64) {
        self.clock(days * DAY);
    }

    fn clock(&self, seconds: i64) {
        let new = self.site.path("clock.new");
        std::fs::write(&new, seconds.to_string()).unwrap();
        std::fs::rename(new, self.site.path("clock")).unwrap();
    }

    fn start(&self) -> Gateway {
        self.start_beside(&self.site)
    }

    fn start_beside(&self, site: &Site) -> Gateway {
        site.start_with(&[("PORTWAY_CLOCK", self.site.path("clock").to_str().unwrap())])
    }

    fn one(&self, sql: &str) -> String {
        self.site.database().rows(sql).pop().unwrap_or_default()
    }

    /// Posts an order, and confirms our answer; its message's id.
    fn done(&self, gateway: &Gateway, order: &Order) -> String {
        let partner = Partner::new(&self.site, gateway, "acme");
        let id = partner.post(order.text()).id();
        assert_eq!(partner.acknowledgement(gateway).groups.len(), 1);
        self.until(gateway, &order.number, "done");
        id
    }

    fn until(&self, gateway: &Gateway, number: &str, state: &str) {
        let sql = format!("SELECT state FROM transaction_set WHERE number = '{number}'");
        gateway.until(&format!("{number} {state}"), || (self.one(&sql) == state).then_some(()));
    }

    fn retention(&self, verb: &str) -> Value {
        let (exit, out, errors) = self.site.run_by_clock(&["retention", verb, "--json"]);
        assert_eq!(exit, 0, "{out}{errors}");
        serde_json::from_str(&out).unwrap()
    }

    /// Exit code and all words of a verb.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let (exit, out, errors) = self.site.run_by_clock(arguments);
        (exit, out + &errors)
    }

    /// How many rows there are of everything, and which partitions.
    fn picture(&self) -> Vec<String> {
        self.site.database().rows(
            "SELECT count(*)::text FROM message UNION ALL SELECT count(*)::text FROM payload UNION ALL SELECT count(*)::text FROM history
             UNION ALL SELECT count(*)::text FROM attempt UNION ALL SELECT count(*)::text FROM transaction_set
             UNION ALL SELECT count(*)::text FROM audit
             UNION ALL (SELECT inhrelid::regclass::text FROM pg_inherits ORDER BY 1)",
        )
    }

    fn months(&self, table: &str, days_ago: i64) -> usize {
        let sql = format!(
            "SELECT '{table}_' || to_char((now() - interval '{days_ago} days') AT TIME ZONE 'UTC', 'YYYYMM')"
        );
        self.site.database().count(&format!("pg_class WHERE relname = '{}'", self.one(&sql)))
    }
}

#[test]
fn old_and_done_goes_old_and_owed_stays_until_it_is_done() {
    let house = House::new();
    let gateway = house.start();
    let done = house.done(&gateway, &order("OLD-DONE", 1));
    // Refused by the ERP for good: dead, and a person's move.
    house.erp.script(&[Answer::Status(422)]);
    let partner = Partner::new(&house.site, &gateway, "acme");
    let dead = partner.post(order("OLD-DEAD", 2).text()).id();
    partner.acknowledgement(&gateway);
    let deadly =
        || (house.one("SELECT count(*)::text FROM delivery WHERE state = 'dead'") == "1").then_some(());
    gateway.until("a dead delivery", deadly);
    // Our 997 is not fetched.
    let globex = Partner::new(&house.site, &gateway, "globex");
    let open = Order { sender: "GLOBEX".into(), ..order("OLD-OPEN", 3) }.text();
    let unanswered = globex.post(open.clone()).id();
    house.until(&gateway, "OLD-OPEN", "done");
    house.site.database().run(
        "INSERT INTO message (id, direction, state, reason, transport, size, sha256, received_at)
         VALUES (id_new(now() - interval '499 days'), 'in', 'quarantined', 'unknown_partner', 'as2', 1, '', now() - interval '499 days')"
    );
    gateway.stop();
    house.move_to(-40);
    let gateway = house.start();
    let test = house.done(&gateway, &Order { usage: 'T', ..order("TEST-1", 4) });
    house.trial.wait_effects(1);
    let live = house.done(&gateway, &order("LIVE-1", 5));
    gateway.stop();
    house.move_to(0);
    let gateway = house.start();
    let new = house.done(&gateway, &order("NEW-1", 6));
    let before = house.picture();

    // What would go is shown, and goes nowhere.
    let shown = house.retention("show");
    assert_eq!(shown["would_go"]["messages"], serde_json::json!({ "junk": 1, "test": 2 }), "{shown}");
    assert_eq!(shown["owed_count"], 4, "two orders and our answers to them: {shown}");
    let why: Vec<&str> =
        shown["owed"].as_array().unwrap().iter().map(|o| o["why"].as_str().unwrap()).collect();
    assert!(why.contains(&"a delivery to erp is dead"), "{why:?}");
    assert_eq!(shown["ages"]["payloads"], "400d");
    assert_eq!(house.picture(), before);

    let ran = house.retention("run");
    assert_eq!(ran["messages"], serde_json::json!({ "junk": 1, "test": 2 }), "{ran}");
    assert!(ran["left"].as_array().unwrap().is_empty(), "{ran}");
    assert!(
        ran["months"].as_array().unwrap().iter().any(|m| m["class"] == "payloads" && m["kept"] == 6),
        "{ran}"
    );
    let (exit, words) = house.run(&["message", "show", &done]);
    assert!(exit == 0 && words.contains("its content was removed by retention on 20"), "{words}");
    let (exit, words) = house.run(&["message", "raw", &done]);
    assert!(exit == 5 && words.contains("removed by retention on 20"), "{words}");
    let (exit, words) = house.run(&["doc", "show", "850:OLD-DONE"]);
    assert!(exit == 0 && words.contains("its content was removed by retention on 20"), "{words}");
    let again = ["doc", "redeliver", "850:OLD-DONE", "--reason", "lost"];
    assert_eq!(house.run(&again).0, 5, "nothing is left to send");
    for (id, text) in [
        (&dead, order("OLD-DEAD", 2).text()),
        (&unanswered, open),
        (&live, order("LIVE-1", 5).text()),
        (&new, order("NEW-1", 6).text()),
    ] {
        assert_eq!(house.run(&["message", "raw", id]), (0, text));
    }
    assert_eq!(house.run(&["message", "show", &test]).0, 5, "a test goes with all that is known of it");
    assert_eq!(house.site.database().orphans(), Vec::<String>::new());
    let (_, listed) = house.run(&["audit", "list", "--on", "all", "--json"]);
    assert!(
        listed.contains("\"verb\":\"retention\"") && listed.contains("\"through\":\"command\""),
        "{listed}"
    );

    // Once more changes nothing.
    let before = house.picture();
    let ran = house.retention("run");
    assert!(
        ran["messages"].as_object().unwrap().is_empty() && ran["months"].as_array().unwrap().is_empty(),
        "{ran}"
    );
    assert_eq!(house.picture(), before);

    // What was owed still can be done, and goes then.
    assert_eq!(house.run(&["doc", "redeliver", "850:OLD-DEAD", "--reason", "mended"]).0, 0);
    house.until(&gateway, "OLD-DEAD", "done");
    assert!(house.erp.subjects().contains(&"OLD-DEAD".to_owned()));
    Partner::new(&house.site, &gateway, "globex").acknowledgement(&gateway);
    house.retention("run");
    assert_eq!(house.run(&["message", "raw", &dead]).0, 5);
    assert_eq!(house.run(&["message", "raw", &unanswered]).0, 5);
    assert_eq!(house.months("payload", 500), 0, "the month is gone");
    assert_eq!(house.months("history", 500), 1);

    // In the end, by itself: the record goes too.
    house.move_to(700);
    gateway.line("removed by retention");
    for id in [&done, &dead, &unanswered] {
        assert_eq!(house.run(&["message", "show", id]).0, 5);
    }
    assert_eq!(house.run(&["message", "show", &new]).0, 0);
    assert_eq!(house.run(&["message", "raw", &new]).0, 5);
    assert_eq!((house.months("history", 500), house.months("attempt", 500)), (0, 0));
    assert_eq!(house.months("audit", 500), 1, "who did what is kept for longer");
    let refused = house.site.database().try_rows("DELETE FROM audit RETURNING verb").unwrap_err().to_string();
    assert!(refused.contains("append-only"), "{refused}");
    assert_eq!(house.site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn rounds_run_beside_flowing_orders_and_one_gateway_alone_does_them() {
    let house = House::new();
    let gateway = house.start();
    let partner = Partner::new(&house.site, &gateway, "acme");
    for nth in 1..=20 {
        partner.post(order(&format!("OLD-{nth:02}"), nth).text()).id();
    }
    house.erp.wait_effects(20);
    for item in partner.outbox_of(&gateway, 20) {
        partner.fetch(&item.id);
        assert_eq!(partner.confirm(&item.id), 204);
    }
    let none = || (house.site.database().count("job WHERE kind <> 'mail'") == 0).then_some(());
    gateway.until("all work done", none);
    gateway.stop();
    house.move_to(0);
    let first = house.start();
    let beside_site = house.site.beside();
    let second = house.start_beside(&beside_site);
    let partners = [Partner::new(&house.site, &first, "acme"), Partner::new(&beside_site, &second, "acme")];
    let posts: Vec<_> = (101..=160u32)
        .map(|nth| {
            if nth == 110 {
                // Both come to it while orders flow.
                house.clock(660);
            }
            let (partner, text) =
                (partners[nth as usize % 2].clone(), order(&format!("NEW-{nth}"), nth).text());
            beside(async move { partner.try_post(text.into_bytes(), &[]).await.unwrap().status })
        })
        .collect();
    for post in posts {
        assert_eq!(block(post).unwrap(), 202);
    }
    let rounds = "audit WHERE verb = 'retention'";
    first.until("a round", || (house.site.database().count(rounds) > 0).then_some(()));
    // And whoever asks for another meanwhile breaks nothing.
    house.site.run_by_clock(&["retention", "run"]);
    house.erp.wait_effects(80);
    first.until("all work done", none);
    assert_eq!(house.site.database().count("transaction_set WHERE state <> 'done'"), 0);
    assert_eq!(house.erp.log().len(), 80, "nothing lost, nothing twice");
    assert_eq!(house.site.database().count(&format!("{rounds} AND through = 'retention'")), 1);
    assert_eq!(
        house.site.database().count(
            "payload p JOIN message m ON m.id = p.owner WHERE m.received_at < now() - interval '1 year'"
        ),
        0
    );
    assert_eq!(house.site.database().orphans(), Vec::<String>::new());
    first.stop();
    second.stop();
}
