//! We buy: our order goes out over AS2, and what the seller sends comes in.

use super::texts::{ACME, Standard, accepting, code, document, interchange};
use super::*;
use crate::as2::{acme, northwind};
use crate::harness::as2_peer::{config, decoded};
use serde_json::json;

fn converse(standard: Standard) {
    let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    site.endpoint("erp", &erp, "");
    site.as2(&northwind());
    let more = format!(
        "[edifact]\nid = \"14:{}\"\n{EDIFACT}[as2]\nid = \"ACME\"\nurl = \"{}\"\ncertificates = [\"{}\"]\n{}",
        ACME.edifact,
        peer.url(),
        acme().cert.display(),
        agreed(
            standard,
            &["response", "notice", "invoice"],
            &[("order", &["response", "notice", "invoice"]), ("receipt", &[])]
        )
    );
    site.partner(&Profile { more, ..Profile::live("acme") });
    let gateway = site.start();
    peer.configure(&json!({ "partner": { "url": format!("http://{}/as2", gateway.as2_plain) } }));
    let ours = Ours::new(&gateway, "erp");

    let order = document(&site, standard, "order");
    let taken = ours.hand_over("/v1/purchase-orders?partner=acme", "po", &order);
    assert_eq!(taken.status, 201, "{}", taken.json());
    let id = taken.json()["id"].as_str().unwrap().to_owned();
    let out = String::from_utf8(decoded(&peer.received(1)[0]["payload"])).unwrap();
    assert!(out.contains(code(standard, "order")) && out.contains("4500123"), "{out}");
    let comes = |control: u32, text: String| {
        let asked =
            json!({ "sign": "sha256", "encrypt": "aes128-cbc", "mdn": "sync", "mdn_signed": "sha256" });
        let sent = peer.send(text.as_bytes(), &asked);
        assert_eq!(sent["http_status"], 200, "{control}: {sent}");
    };
    comes(1, accepting(ACME, 1, &out));
    for (nth, what) in (2u32..).zip(["response", "notice"]) {
        comes(nth, interchange(standard, ACME, nth, what));
        let event = told(&erp, nth as usize - 1);
        assert_eq!((&event["partner"], &event["usage"]), (&json!("acme"), &json!("live")), "{event:#}");
    }
    let receipt = ours.hand_over("/v1/receipts?partner=acme", "ra", &document(&site, standard, "receipt"));
    assert_eq!(receipt.status, 201, "{}", receipt.json());
    // Our answers to two of theirs lie between.
    let all = gateway.until("the receipt at the peer", || {
        let all: Vec<String> = peer
            .received(4)
            .iter()
            .map(|message| String::from_utf8(decoded(&message["payload"])).unwrap())
            .collect();
        Some(all)
    });
    let receipt = all.iter().find(|text| text.contains(code(standard, "receipt"))).unwrap();
    comes(4, accepting(ACME, 4, receipt));
    comes(5, interchange(standard, ACME, 5, "invoice"));
    told(&erp, 3);
    let done = gateway.until("every answer in", || {
        let all = expected(&site);
        all.iter().all(|line| line.ends_with(" accepted")).then_some(all)
    });
    assert_eq!(done.len(), 5, "the order's four and the receipt's one: {done:?}");
    let shown = ours.get(&format!("/v1/documents/{id}")).json();
    assert_eq!(shown["state"], "done");
    assert_eq!(site.database().rows("SELECT DISTINCT state FROM transaction_set"), ["done"]);
    assert_eq!(site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn an_order_of_ours_in_x12_to_its_invoice() {
    converse(Standard::X12);
}

#[test]
fn an_order_of_ours_in_edifact_to_its_invoice() {
    converse(Standard::Edifact);
}
