//! Receipts for what we send: in time, late, twice, stray, unsigned, wrong, or never; and what is sent again then.

use super::*;
use crate::harness::as2_peer::decoded;
use crate::harness::x12::order;
use crate::watching::{door, scraped};

const MDN: &str = "SELECT state FROM acknowledgement WHERE kind = 'MDN'";

/// An order comes, so that a 997 leaves.
#[track_caller]
pub fn order_comes(house: &House, n: u32) {
    let message = Message::of(&format!("m{n}"), order(&format!("PO-{n}"), n).text().as_bytes());
    assert_eq!(Receipt::of(&house.raw().send(&message.request())).disposition, "processed");
}

/// A live product as Acme, and a gateway that asks for receipts later.
pub fn later(product: Product, as2: &str) -> (House, As2Peer) {
    let peer = As2Peer::start(product, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let (erp, mut site) = site();
    named_door(&mut site);
    site.partner(&profile(Some(peer.url()), &format!("mdn = \"async\"\n{as2}")));
    let house = House { gateway: site.start(), erp, site };
    peer.configure(&json!({ "partner": { "url": format!("http://{}/as2", house.gateway.as2_plain) } }));
    (house, peer)
}

#[test]
fn a_receipt_that_comes_later_settles_the_message() {
    for product in [Product::Pyas2, Product::Libas2] {
        let (house, peer) = later(product, "key_transport = \"oaep-sha1\"\n");
        order_comes(&house, 1);
        house.ledger(MDN, &["accepted"]);
        house.ledger("SELECT verdict || ' ' || signed FROM as2_receipt", &["accepted true"]);
        assert_eq!(peer.mdns_sent(1)[0]["http_status"], 200);
        assert_eq!(decoded(&peer.received(1)[0]["payload"])[..3], *b"ISA");
        house.gateway.stop();
    }
}

#[test]
fn the_time_until_a_receipt_is_measured_in_the_answer_and_later() {
    for way in ["sync", "async"] {
        let (house, _peer) = match way {
            "sync" => pair(Product::Pyas2, ""),
            _ => later(Product::Pyas2, ""),
        };
        order_comes(&house, 1);
        house.ledger(MDN, &["accepted"]);
        let metrics = door(&house.gateway);
        let mdn = [("kind", "MDN")];
        let scrape = house.gateway.until("the receipt measured", || {
            let scrape = scraped(&metrics);
            let count = scrape.sum("portway_acknowledgement_delay_seconds_count", &mdn);
            (count == Some(1.0)).then_some(scrape)
        });
        assert!(scrape.sum("portway_acknowledgement_delay_seconds_sum", &mdn) > Some(0.0), "{way}");
        assert_eq!(
            scrape.sum("portway_messages_received_total", &[("transport", "as2")]),
            Some(1.0),
            "{way}"
        );
        house.gateway.stop();
    }
}

#[test]
fn an_overdue_receipt_is_told_the_message_sent_again_and_a_late_one_closes_it() {
    let (house, peer) = later(Product::Pyas2, "mdn_due = \"1s\"\nresends = 1\n");
    // pyas2lib tells repeats as duplicates: after our own repeat that is an acceptance.
    peer.answer(&json!({ "hold": true }));
    order_comes(&house, 1);
    peer.received(1);
    house.ledger(MDN, &["overdue"]);
    let repeated = peer.received(2);
    assert_eq!(repeated[0]["message_id"], repeated[1]["message_id"]);
    assert_eq!(repeated[0]["body_size"], repeated[1]["body_size"], "the same bytes");
    assert_eq!(
        house.site.database().count("alert WHERE cause = 'partner:acme:receipt-overdue' AND state = 'open'"),
        1
    );
    peer.release();
    house.ledger(MDN, &["late_accepted"]);
    house.ledger("SELECT count(*)::text FROM as2_receipt", &["2"]);
    house.ledger("SELECT side FROM as2_receipt ORDER BY side", &["duplicate", "late"]);
    house.ledger("SELECT count(*)::text FROM alert WHERE cause LIKE '%overdue' AND state = 'open'", &["0"]);
    house.gateway.stop();
}

#[test]
fn a_receipt_that_comes_before_our_own_try_has_ended_well_ends_the_documents_too() {
    let mut theirs = config("ACME", &acme(), "NORTHWIND", &northwind());
    theirs["receive"] = json!({ "duplicates": false });
    let peer = As2Peer::start(Product::Pyas2, &theirs);
    let (erp, mut site) = site();
    named_door(&mut site);
    site.api();
    site.client("procurement", "");
    let mut profile = profile(Some(peer.url()), "mdn = \"async\"\n[send.850]\n");
    // The next try is far off: it would learn of the receipt by itself.
    profile.more =
        profile.more.replace("first = \"100ms\", longest = \"400ms\"", "first = \"1h\", longest = \"1h\"");
    site.partner(&profile);
    let house = House { gateway: site.start(), erp, site };
    peer.configure(&json!({ "partner": { "url": format!("http://{}/as2", house.gateway.as2_plain) } }));
    // Our try is cut off, so it does not end well; what came is answered all the same.
    peer.answer(&json!({ "cut": true, "told": true, "hold": true }));
    let path = "/v1/purchase-orders?partner=acme";
    let reply =
        Ours::new(&house.gateway, "procurement").hand_over(path, "po-1", &ours::purchase_order("4500900"));
    assert_eq!(reply.status, 201, "{}", reply.json());
    house.ledger("SELECT state FROM delivery WHERE way = 'as2'", &["uncertain"]);
    peer.release();
    house.ledger(MDN, &["accepted"]);
    house.ledger("SELECT state FROM delivery WHERE way = 'as2'", &["delivered"]);
    assert_eq!(house.site.database().count("attempt WHERE outcome = 'delivered'"), 0);
    house.ledger("SELECT state FROM transaction_set", &["done"]);
    let due = "SELECT (due_at IS NOT NULL)::text FROM acknowledgement WHERE kind = '997'";
    house.ledger(due, &["true"]);
    house.gateway.stop();
}

#[test]
fn stray_and_repeated_receipts_are_written_down_and_change_nothing() {
    let (house, peer) = later(Product::Pyas2, "");
    peer.answer(&json!({ "repeat": 2, "times": 1 }));
    order_comes(&house, 1);
    house.ledger("SELECT coalesce(side, '-') FROM as2_receipt ORDER BY id", &["-", "duplicate"]);
    peer.answer(&json!({ "replace": [["Original-Message-ID: .*", "Original-Message-ID: <nobody@acme.example>"]], "times": 1 }));
    order_comes(&house, 2);
    house.ledger("SELECT side FROM as2_receipt WHERE message_id IS NULL", &["orphan"]);
    house.ledger(
        "SELECT state FROM acknowledgement WHERE kind = 'MDN' ORDER BY at",
        &["accepted", "expected"],
    );
    house.gateway.stop();
}

#[test]
fn what_a_receipt_in_the_answer_says_decides() {
    let cases = [
        // How the peer answers; the acknowledgement; the delivery; a word of the reason.
        (r#"{ "mdn": "unsigned" }"#, "accepted_with_errors", "delivered", "not signed"),
        (r#"{ "mic": "wrong" }"#, "rejected", "dead", "other bytes"),
        (r#"{ "mic": "none" }"#, "accepted_with_errors", "delivered", "without a MIC"),
        (r#"{ "corrupt": true }"#, "rejected", "dead", "signature"),
        (
            r#"{ "disposition": "processed/error: decryption-failed" }"#,
            "rejected",
            "dead",
            "decryption-failed",
        ),
        (
            r#"{ "disposition": "processed/warning: something odd" }"#,
            "accepted_with_errors",
            "delivered",
            "something odd",
        ),
        (
            r#"{ "replace": [["Final-Recipient: rfc822; ?", "final-RECIPIENT: "], ["Received-Content-MIC: (.*), *sha-?256", "Received-content-mic: \\1, SHA-256"]] }"#,
            "accepted",
            "delivered",
            "processed",
        ),
    ];
    for (nth, (answer, acknowledgement, delivery, word)) in (1..).zip(cases) {
        let (house, peer) = pair(Product::Pyas2, "");
        peer.answer(&asked(answer));
        order_comes(&house, nth);
        house.ledger(MDN, &[acknowledgement]);
        house.ledger("SELECT state FROM delivery WHERE way = 'as2'", &[delivery]);
        let detail =
            house.site.database().rows("SELECT detail FROM acknowledgement WHERE kind = 'MDN'").remove(0);
        assert!(detail.contains(word), "{answer}: {detail}");
        let alerts = house.site.database().rows("SELECT cause FROM alert WHERE cause LIKE 'as2:%'");
        assert_eq!(alerts.is_empty(), acknowledgement == "accepted", "{answer}: {alerts:?}");
        house.gateway.stop();
    }
}

#[test]
fn an_answer_without_a_receipt_is_asked_again_under_the_same_message_id() {
    for answer in [
        r#"{ "mdn": "none", "times": 1 }"#,
        r#"{ "cut": true, "times": 1 }"#,
        r#"{ "http_status": 503, "times": 1 }"#,
    ] {
        let (house, peer) = pair(Product::Pyas2, "");
        peer.answer(&asked(answer));
        order_comes(&house, 1);
        house.ledger(MDN, &["accepted"]);
        let received = peer.received(2);
        assert_eq!(received[0]["message_id"], received[1]["message_id"], "{answer}");
        assert_eq!(received[0]["headers"]["date"], received[1]["headers"]["date"], "frozen");
        house.ledger("SELECT tries::text FROM delivery WHERE way = 'as2'", &["2"]);
        house.gateway.stop();
    }
}

#[test]
fn a_product_that_wants_it_gets_a_new_message_id_with_each_repetition() {
    let (house, peer) = pair(Product::Pyas2, "interop = { new_message_id = true }\n");
    peer.answer(&asked(r#"{ "http_status": 503, "times": 1 }"#));
    order_comes(&house, 1);
    house.ledger(MDN, &["accepted"]);
    let received = peer.received(2);
    assert_ne!(received[0]["message_id"], received[1]["message_id"]);
    house.gateway.stop();
}

#[test]
fn we_show_a_password_and_a_certificate_where_they_ask_for_them() {
    let tls = Identity::rsa("acme-tls.example");
    let mut theirs = config("ACME", &acme(), "NORTHWIND", &northwind());
    theirs["listen"] = json!({ "cert": tls.cert, "key": tls.key, "client_ca": northwind().cert, "basic": ["northwind", "open sesame"] });
    let peer = As2Peer::start(Product::Pyas2, &theirs);
    let url = peer.url().replace("127.0.0.1", "localhost");
    let (erp, site) = site();
    std::fs::write(site.path("conf/secrets/acme"), "open sesame\n").unwrap();
    let more = format!(
        "username = \"northwind\"\npassword = {{ file = \"secrets/acme\" }}\ntls_certificate = true\nca = \"{}\"\n",
        tls.cert.display()
    );
    site.partner(&profile(Some(&url), &more));
    let house = House { gateway: site.start(), erp, site };
    order_comes(&house, 1);
    house.ledger(MDN, &["accepted"]);
    assert!(peer.received(1)[0]["client_subject"].to_string().contains("northwind.example"));
    house.gateway.stop();
}
