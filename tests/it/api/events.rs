//! Events that a system fetches: the same bytes, confirmed by asking for what comes after, and none is skipped.

use super::fetching;
use crate::harness::x12::order;
use crate::harness::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// Subjects and cursors of an answer.
fn read(reply: &Reply) -> Vec<(String, String)> {
    assert_eq!(reply.status, 200, "{}", reply.json());
    let body = reply.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    body["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (text(&e["event"]["subject"]), text(&e["cursor"])))
        .collect()
}

fn subjects(reply: &Reply) -> Vec<String> {
    read(reply).into_iter().map(|(subject, _)| subject).collect()
}

#[test]
fn an_event_is_fetched_confirmed_and_fetched_again_by_its_cursor() {
    let site = fetching();
    let gateway = site.start();
    let (erp, partner) = (Ours::new(&gateway, "erp"), Partner::new(&site, &gateway, "acme"));
    let waiting = beside({
        let erp = erp.clone();
        async move { erp.try_get("/v1/events?wait=60s").await.unwrap() }
    });
    partner.post(order("4500123", 1).text()).id();
    let first = block(waiting).unwrap();
    assert_eq!(subjects(&first), ["4500123"], "long polling hears of it");
    let event = &first.json()["events"][0]["event"];
    assert_eq!((&event["specversion"], &event["data"]["number"]), (&"1.0".into(), &"4500123".into()));
    assert_eq!(
        site.database().rows("SELECT state FROM transaction_set"),
        ["routed"],
        "read, not yet confirmed"
    );
    assert_eq!(subjects(&erp.get("/v1/events")), ["4500123"], "a reader that lost the answer has it again");

    let next = first.json()["next"].as_str().unwrap().to_owned();
    assert_eq!(read(&erp.get(&format!("/v1/events?after={next}"))), []);
    assert_eq!(site.database().rows("SELECT state FROM transaction_set"), ["done"]);
    assert_eq!(
        site.database().rows("SELECT state || detail FROM delivery WHERE way = 'events'"),
        ["deliveredfetched by erp"]
    );
    assert_eq!(site.database().count("job WHERE kind = 'deliver' AND lane = 'endpoint:erp'"), 0);
    assert_eq!(read(&erp.get("/v1/events")), []);
    assert_eq!(
        erp.get("/v1/events?after=0").json()["events"],
        first.json()["events"],
        "the same bytes as before"
    );
    let wrong = erp.get("/v1/events?after=99");
    assert_eq!((wrong.status, wrong.json()["type"].as_str()), (400, Some("urn:portway:problem:bad-query")));
    assert_eq!(erp.get("/v1/events?endpoint=other").status, 403);
    gateway.stop();
}

#[test]
fn an_event_whose_commit_comes_late_is_never_skipped() {
    let site = fetching();
    let gateway = site.start();
    let (erp, partner) = (Ours::new(&gateway, "erp"), Partner::new(&site, &gateway, "acme"));
    partner.post(order("FIRST", 1).text()).id();
    let first = erp.get("/v1/events?wait=60s");
    assert_eq!(subjects(&first), ["FIRST"]);
    // A transaction takes its ids and its place in the sequence, and does not commit yet.
    let (set, delivery) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    let late = site.database().hold_open(&[
        format!(
            "INSERT INTO transaction_set (id, message_id, interchange_id, ordinal, group_number, functional_id, version, code,
                control_number, partner, usage, state, thread_id, open_deliveries, received_at)
             SELECT '{set}', message_id, interchange_id, 99, group_number, functional_id, version, code, control_number, partner,
                usage, 'routed', thread_id, 1, received_at FROM transaction_set WHERE number = 'FIRST'"
        ),
        format!(
            "INSERT INTO payload SELECT '{set}', part, codec, size, bytes FROM payload
             WHERE owner = (SELECT id FROM transaction_set WHERE number = 'FIRST')"
        ),
        format!(
            "INSERT INTO delivery (id, set_id, target_kind, target, state, way, created_at)
             VALUES ('{delivery}', '{set}', 'endpoint', 'erp', 'queued', 'events', now())"
        ),
        format!(
            "INSERT INTO job (lane, kind, subject, position, run_at)
             VALUES ('endpoint:erp', 'deliver', '{delivery}', nextval('receipt'), now())"
        ),
    ]);
    let mut cursor = first.json()["next"].as_str().unwrap().to_owned();
    for (number, nth) in [("SECOND", 2), ("THIRD", 3)] {
        partner.post(order(number, nth).text()).id();
        let more = erp.get(&format!("/v1/events?after={cursor}&wait=60s"));
        assert_eq!(subjects(&more), [number], "the later ones do not wait for it");
        more.json()["next"].as_str().unwrap().clone_into(&mut cursor);
    }
    let waiting = beside({
        let (erp, path) = (erp.clone(), format!("/v1/events?after={cursor}&wait=60s"));
        async move { erp.try_get(&path).await.unwrap() }
    });
    late.commit();
    let came = block(waiting).unwrap();
    assert_eq!(subjects(&came), ["FIRST"], "the late one, after all that the reader has");
    let cursor = came.json()["next"].as_str().unwrap().to_owned();
    assert_eq!(read(&erp.get(&format!("/v1/events?after={cursor}"))), []);
    assert_eq!(
        site.database().rows("SELECT state FROM delivery WHERE way = 'events' AND state <> 'delivered'"),
        Vec::<String>::new()
    );
    gateway.stop();
}

#[test]
fn two_gateways_number_one_row_of_events_and_a_reader_has_each_once() {
    let site = fetching();
    let gateway = site.start();
    let other_site = site.beside();
    let other = other_site.start();
    let partners = [Partner::new(&site, &gateway, "acme"), Partner::new(&other_site, &other, "acme")];
    let erp = Ours::new(&gateway, "erp");
    let posting = std::thread::spawn(move || {
        for nth in 1..=40u32 {
            partners[nth as usize % 2].post(order(&format!("N{nth}"), nth).text()).id();
        }
    });
    let (mut cursor, mut had) = (String::new(), Vec::new());
    while had.len() < 40 {
        let reply = erp.get(&format!("/v1/events?wait=20s&limit=3{cursor}"));
        let read = read(&reply);
        assert!(!read.is_empty(), "nothing more came after {}: {had:?}", had.len());
        had.extend(read.into_iter().map(|(subject, _)| subject));
        cursor = format!("&after={}", reply.json()["next"].as_str().unwrap());
    }
    posting.join().unwrap();
    assert_eq!(had.iter().collect::<BTreeSet<_>>().len(), 40, "{had:?}");
    assert_eq!(read(&erp.get(&format!("/v1/events?{}", &cursor[1..]))), []);
    let last = site.database().rows(
        "SELECT last::text || ' ' || (SELECT count(DISTINCT place) FROM delivery)::text FROM event_position",
    );
    assert_eq!(last, ["40 40"], "without holes");
    other.stop();
    gateway.stop();
}

#[test]
fn what_is_held_is_not_read_and_what_is_redelivered_comes_at_the_end() {
    let mut erp_before = Recorder::erp();
    erp_before.close();
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    site.endpoint("erp", &erp_before, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("WAITS", 1).text()).id();
    gateway.line("no connection, nothing was sent");
    gateway.stop();

    // The same endpoint, now fetched from: what waits for it is fetched too.
    let port = erp_before.url();
    site.replace(&format!("kind = \"http\"\nurl = \"{port}\"\nsecrets = [{{ file = \"secrets/erp\" }}]\nretry = {{ first = \"100ms\", longest = \"400ms\", tries = 500 }}\n"), "kind = \"events\"\n");
    let gateway = site.start();
    let (erp, partner) = (Ours::new(&gateway, "erp"), Partner::new(&site, &gateway, "acme"));
    let first = erp.get("/v1/events?wait=60s");
    assert_eq!(subjects(&first), ["WAITS"]);
    let (exit, _, errors) = site.run(&["doc", "hold", "PO:WAITS", "--reason", "asked"]);
    assert_eq!(exit, 0, "{errors}");
    partner.post(order("NEXT", 2).text()).id();
    let next = erp.get("/v1/events?after=1&wait=60s");
    assert_eq!(read(&next), [("NEXT".to_owned(), "2".to_owned())]);
    assert_eq!(site.database().rows("SELECT state FROM delivery WHERE place = 1"), ["held"]);
    let (exit, _, errors) = site.run(&["doc", "release", "PO:WAITS", "--reason", "fine now"]);
    assert_eq!(exit, 0, "{errors}");
    assert_eq!(read(&erp.get("/v1/events?after=2&wait=60s")), [("WAITS".to_owned(), "3".to_owned())]);
    gateway.stop();
}
