//! `portway ack list|waive`: receipts that we wait for, and those that a person says will not come.

use super::receipts::{later, order_comes};
use super::*;

const MDN: &str = "SELECT state FROM acknowledgement WHERE kind = 'MDN'";

#[track_caller]
fn listed(house: &House, more: &[&str]) -> Vec<Value> {
    let (exit, shown, errors) = house.site.run(&[&["ack", "list", "--json"], more].concat());
    assert_eq!(exit, 0, "{errors}");
    shown.lines().map(asked).collect()
}

#[test]
fn a_receipt_that_is_expected_is_listed_and_one_that_comes_is_not() {
    let (house, peer) = later(Product::Pyas2, "");
    peer.answer(&json!({ "hold": true }));
    order_comes(&house, 1);
    house.ledger("SELECT (due_at IS NOT NULL)::text FROM acknowledgement WHERE kind = 'MDN'", &["true"]);
    house.ledger("SELECT state FROM delivery WHERE way = 'as2'", &["delivered"]);
    let all = listed(&house, &[]);
    assert_eq!(all.len(), 1);
    let message =
        house.site.database().rows("SELECT id::text FROM message WHERE direction = 'out'").remove(0);
    assert_eq!(
        (&all[0]["partner"], &all[0]["state"], &all[0]["kind"], &all[0]["message"], &all[0]["delivery"]),
        (&json!("acme"), &json!("expected"), &json!("MDN"), &json!(message), &json!("delivered")),
        "{all:?}"
    );
    assert!(
        all[0]["due_at"].is_string()
            && all[0]["as2_message_id"] == peer.received(1)[0]["headers"]["message-id"]
    );
    assert!(listed(&house, &["--overdue"]).is_empty());
    let (_, status, _) = house.site.run(&["status", "--json"]);
    assert!(
        status.contains(r#"{"count":1,"state":"expected","what":"receipt of theirs (MDN)"}"#),
        "{status}"
    );
    let (exit, shown, _) = house.site.run(&["ack", "list"]);
    assert!(exit == 0 && shown.contains("acme") && shown.contains(&message), "{shown}");

    peer.release();
    house.ledger(MDN, &["accepted"]);
    assert!(listed(&house, &[]).is_empty());
    let (exit, _, errors) = house.site.run(&["ack", "waive", &message, "--reason", "too late"]);
    assert!(exit == 1 && errors.contains("it is accepted"), "{exit} {errors}");
    house.gateway.stop();
}

#[test]
fn an_overdue_receipt_is_waived_with_a_reason_and_still_taken_when_it_comes() {
    let (house, peer) = later(Product::Pyas2, "mdn_due = \"1s\"\nresends = 0\n");
    peer.answer(&json!({ "hold": true }));
    order_comes(&house, 1);
    house.ledger(MDN, &["overdue"]);
    let all = listed(&house, &["--overdue"]);
    assert!(all.len() == 1 && all[0]["overdue_since"].is_string(), "{all:?}");
    let alerts = "SELECT count(*)::text FROM alert WHERE cause LIKE '%overdue' AND state = 'open'";
    house.ledger(alerts, &["1"]);
    let (exit, _, _) = house.site.run(&["ack", "waive", "00000000", "--reason", "none such"]);
    assert_eq!(exit, 5);

    let id = all[0]["id"].as_str().unwrap();
    let (exit, _, errors) = house.site.run(&["ack", "waive", id, "--reason", "they confirmed by telephone"]);
    assert_eq!(exit, 0, "{errors}");
    house.ledger(MDN, &["waived"]);
    house.ledger(alerts, &["0"]);
    assert!(listed(&house, &[]).is_empty());
    let reasons =
        house.site.database().rows("SELECT detail->>'reason' FROM history WHERE event = 'receipt waived'");
    assert_eq!(reasons, ["they confirmed by telephone"]);
    let (exit, _, errors) = house.site.run(&["ack", "waive", id, "--reason", "again"]);
    assert!(exit == 1 && errors.contains("waived"), "{exit} {errors}");

    peer.release();
    house.ledger(MDN, &["late_accepted"]);
    house.gateway.stop();
}

#[test]
fn a_message_that_is_on_its_way_is_waited_for() {
    let (house, peer) = pair(Product::Pyas2, "");
    peer.answer(&asked(r#"{ "http_status": 503 }"#));
    order_comes(&house, 1);
    house.ledger(MDN, &["expected"]);
    let all = listed(&house, &[]);
    assert_eq!((&all[0]["mdn"], &all[0]["due_at"]), (&json!("sync"), &Value::Null));
    let message = all[0]["message"].as_str().unwrap();
    let (exit, _, errors) = house.site.run(&["ack", "waive", message, "--reason", "impatient"]);
    assert!(exit == 1 && errors.contains("still on its way"), "{exit} {errors}");
    peer.answer(&json!({}));
    house.ledger(MDN, &["accepted"]);
    house.gateway.stop();
}
