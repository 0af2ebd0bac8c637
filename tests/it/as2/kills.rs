//! `kill -9` between the body and the receipt, and on our own way out: nothing is lost, nothing is effective twice.

use super::*;
use crate::harness::as2_peer::decoded;
use crate::harness::as2_raw::Catcher;
use crate::harness::x12::{self, order};

/// Sends until there is a receipt, as a product does: the same bytes under the same Message-ID.
#[track_caller]
fn killed_at(point: &str) {
    let (erp, site) = site();
    site.partner(&profile(None, ""));
    let message = Message::of("1", order("4500123", 17).text().as_bytes()).request();
    let mut gateway = site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:1"))]);
    let mut connection = Raw::plain(&gateway.as2_plain).open();
    assert!(connection.ask(&message).is_err(), "{point}: no answer may come");
    gateway.ended();
    drop(gateway);
    let house = House { gateway: site.start(), erp, site };
    assert_eq!(Receipt::of(&house.raw().send(&message)).disposition, "processed", "{point}");
    house.erp.wait_effects(1);
    house.ledger("SELECT state FROM message WHERE direction = 'in'", &["done"]);
    house.ledger("SELECT count(*)::text FROM job WHERE kind <> 'mail'", &["0"]);
    assert_eq!(house.erp.effects().len(), 1, "{point}");
    assert_eq!(house.site.database().orphans(), Vec::<String>::new());
    house.gateway.stop();
}

#[test]
fn killed_when_the_body_was_there() {
    killed_at("as2.body");
}

#[test]
fn killed_when_the_message_was_opened_and_its_receipt_signed() {
    killed_at("as2.opened");
}

#[test]
fn killed_when_both_were_committed() {
    killed_at("as2.committed");
}

/// The 997 on its way to Acme: whatever happens to us, Acme has it once in effect, under one Message-ID.
#[track_caller]
fn killed_sending(point: &str, mdn: &str) {
    let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let (erp, site) = site();
    site.partner(&profile(Some(peer.url()), ""));
    let mut gateway = site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:1"))]);
    let message = Message::of("1", order("4500123", 17).text().as_bytes()).request();
    // The receipt comes before anything is sent, or the kill is quicker.
    let _ = Raw::plain(&gateway.as2_plain).open().ask(&message);
    gateway.ended();
    drop(gateway);
    let house = House { gateway: site.start(), erp, site };
    house.ledger("SELECT state FROM acknowledgement WHERE kind = 'MDN'", &["accepted"]);
    house.ledger("SELECT state FROM message WHERE direction = 'out'", &["sent"]);
    let received = peer.received(1);
    let ids: std::collections::BTreeSet<String> =
        received.iter().map(|m| m["message_id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "{mdn}: {received:#?}");
    let taken: Vec<_> = received.iter().filter(|m| m["accepted"] == true).collect();
    assert_eq!(taken.len(), 1, "repeats are told as such: {received:#?}");
    assert_eq!(x12::Acknowledgement::read(&decoded(&taken[0]["payload"])).only(), ("A", "A"));
    house.gateway.stop();
}

#[test]
fn killed_when_the_message_was_frozen() {
    killed_sending("as2.frozen", "sync");
}

#[test]
fn killed_when_the_partner_had_answered() {
    killed_sending("as2.answered", "sync");
}

/// The receipt was wanted later: it is in the ledger with the message, and leaves when the next process finds it.
#[test]
fn killed_before_a_receipt_that_is_wanted_later_left() {
    let catcher = Catcher::start();
    let (erp, site) = site();
    site.partner(&profile(None, &format!("mdn_urls = [\"http://{}/mdn\"]\n", catcher.address())));
    let mut gateway = site.start_with(&[("PORTWAY_FAULT", "as2.committed:kill:1")]);
    let message = Message::of("1", order("4500123", 17).text().as_bytes())
        .with(&format!("Receipt-Delivery-Option: http://{}/mdn", catcher.address()));
    assert!(Raw::plain(&gateway.as2_plain).open().ask(&message.request()).is_err());
    gateway.ended();
    drop(gateway);
    let house = House { gateway: site.start(), erp, site };
    let receipt = Receipt::read(&catcher.requests(1)[0].entity(), true);
    assert_eq!((receipt.disposition.as_str(), receipt.original.as_str()), ("processed", "<1@acme.example>"));
    house.erp.wait_effects(1);
    // The partner never heard our reply, and repeats.
    assert_eq!(house.raw().send(&message.request()).status(), 200);
    assert_eq!(catcher.requests(2)[1].body, catcher.requests(1)[0].body);
    assert_eq!(house.erp.effects().len(), 1);
    house.gateway.stop();
}
