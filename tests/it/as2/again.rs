//! Our documents to a live product that is down for a while, and once more by hand or because no answer came.

use super::*;
use crate::harness::as2_peer::decoded;
use crate::harness::ours::purchase_order;

const MDN: &str = "SELECT state FROM acknowledgement WHERE kind = 'MDN'";

/// A live product that takes orders of ours. `x12` are further keys of `[x12]`, `retry` are those of the retry.
fn supplier(x12: &str, retry: &str) -> (House, As2Peer) {
    let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let (erp, mut site) = site();
    site.api();
    site.client("procurement", "");
    let mut profile = profile(Some(peer.url()), "");
    profile.more = profile.more.replace("tries = 500", retry) + "\n[send.850]";
    x12.clone_into(&mut profile.x12);
    site.partner(&profile);
    let house = House { gateway: site.start(), erp, site };
    peer.configure(&json!({ "partner": { "url": format!("http://{}/as2", house.gateway.as2_plain) } }));
    (house, peer)
}

#[track_caller]
fn hand_over(house: &House, number: &str) -> String {
    let ours = Ours::new(&house.gateway, "procurement");
    let reply = ours.hand_over("/v1/purchase-orders?partner=acme", number, &purchase_order(number));
    assert_eq!(reply.status, 201, "{}", reply.json());
    reply.json()["id"].as_str().unwrap().to_owned()
}

/// The same bytes inside and outside, under another Message-ID.
#[track_caller]
fn another_message(received: &[Value]) {
    assert_eq!(decoded(&received[0]["payload"]), decoded(&received[1]["payload"]), "same control numbers");
    assert_eq!(received[0]["body_size"], received[1]["body_size"]);
    assert_ne!(received[0]["message_id"], received[1]["message_id"]);
}

#[test]
fn a_document_that_was_confirmed_is_sent_again_as_another_message() {
    let (house, peer) = supplier("", "tries = 500");
    let id = hand_over(&house, "4500901");
    house.ledger(MDN, &["accepted"]);
    house.ledger("SELECT state FROM message WHERE direction = 'out'", &["sent"]);
    let (exit, said, errors) = house.site.run(&["doc", "resend", &id, "--reason", "they lost it after all"]);
    assert_eq!(exit, 0, "{said}{errors}");
    another_message(&peer.received(2));
    house.ledger(MDN, &["accepted"]);
    house.ledger("SELECT state FROM message WHERE direction = 'out'", &["sent"]);
    house.ledger("SELECT count(*)::text FROM as2_sent", &["2"]);
    house.ledger("SELECT verdict || coalesce(side, '') FROM as2_receipt", &["accepted", "accepted"]);
    let numbers = "SELECT control_number FROM interchange";
    house.ledger(numbers, &["000000001"]);
    house.ledger("SELECT detail->>'reason' FROM history WHERE event = 'resend'", &["they lost it after all"]);
    assert_eq!(house.site.database().orphans(), Vec::<String>::new());
    house.gateway.stop();
}

#[test]
fn a_997_that_does_not_come_sends_a_confirmed_document_again() {
    let (house, peer) = supplier("acknowledged_within = \"1s\"\nresends = 1", "tries = 500");
    hand_over(&house, "4500902");
    another_message(&peer.received(2));
    house.ledger("SELECT state FROM acknowledgement WHERE kind = '997'", &["overdue"]);
    house.ledger(MDN, &["accepted"]);
    house.gateway.stop();
}

#[test]
fn what_was_never_answered_is_repeated_as_it_is() {
    let (house, peer) = supplier("", "tries = 1");
    peer.answer(&json!({ "http_status": 400 }));
    let id = hand_over(&house, "4500903");
    house.ledger("SELECT state FROM delivery WHERE way = 'as2'", &["dead"]);
    peer.answer(&json!({}));
    let (exit, _, errors) = house.site.run(&["doc", "resend", &id, "--reason", "mended there"]);
    assert_eq!(exit, 0, "{errors}");
    house.ledger(MDN, &["accepted"]);
    let received = peer.received(2);
    assert_eq!(received[0]["message_id"], received[1]["message_id"]);
    house.gateway.stop();
}

#[test]
fn a_partner_that_is_down_is_probed_and_gets_everything_once() {
    let (house, peer) = supplier("", "tries = 5");
    peer.answer(&json!({ "http_status": 503 }));
    let numbers: Vec<String> = (1..=30).map(|n| format!("45{n:05}")).collect();
    for number in &numbers {
        hand_over(&house, number);
    }
    let open = "SELECT (state <> 'closed')::text FROM breaker WHERE lane = 'partner:acme'";
    house.ledger(open, &["true"]);
    let database = house.site.database();
    let before = database.count("attempt");
    house.gateway.until("eight probes", || {
        (database.count("attempt WHERE finished_at IS NOT NULL") >= before + 8).then_some(())
    });
    assert_eq!(
        database.count("delivery WHERE state IN ('dead', 'held', 'delivered')"),
        0,
        "an outage uses up no tries"
    );
    let untouched =
        database.count("delivery d WHERE NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id = d.id)");
    assert!(untouched >= 5, "{untouched} of 30 were not tried");
    let told = "SELECT title FROM alert WHERE cause = 'partner:acme:send' AND state = 'open'";
    house.ledger(told, &["acme: our messages cannot be handed over"]);

    peer.answer(&json!({}));
    house.ledger("SELECT DISTINCT state FROM delivery WHERE way = 'as2'", &["delivered"]);
    house.ledger(
        "SELECT state || ' ' || count(*) FROM acknowledgement WHERE kind = 'MDN' GROUP BY state",
        &["accepted 30"],
    );
    house.ledger("SELECT count(*)::text FROM breaker", &["0"]);
    house.ledger(told, &[]);
    house.ledger("SELECT count(*)::text FROM as2_sent", &["30"]);
    assert_eq!(database.orphans(), Vec::<String>::new());
    house.gateway.stop();
}
