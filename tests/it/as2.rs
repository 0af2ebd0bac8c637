//! AS2 with live products: messages in and out, receipts at once and later.

use crate::harness::as2_peer::{config, decoded};
use crate::harness::x12::order;
use crate::harness::*;
use serde_json::{Value, json};

/// The gateway as Northwind, and Acme on an AS2 product of somebody else's.
struct Pair {
    erp: Recorder,
    site: Site,
    gateway: Gateway,
    acme: As2Peer,
}

fn northwind() -> Identity {
    Identity::rsa("northwind.example")
}

fn acme() -> Identity {
    Identity::rsa("acme.example")
}

/// `as2`: further keys of `[as2]` in Acme's profile.
fn pair(product: Product, as2: &str) -> Pair {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.as2(&northwind());
    let acme = As2Peer::start(product, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let profile = Profile::live("acme");
    let more = format!(
        "{}\n[as2]\nid = \"ACME\"\nurl = \"{}\"\ncertificates = [\"{}\"]\n{as2}",
        profile.more,
        acme.url(),
        self::acme().cert.display()
    );
    site.partner(&Profile { more, ..profile });
    let gateway = site.start();
    acme.configure(&json!({ "partner": { "url": format!("http://{}/as2", gateway.as2_plain) } }));
    Pair { erp, site, gateway, acme }
}

const SIGNED_AND_ENCRYPTED: &str =
    r#"{ "sign": "sha256", "encrypt": "aes128-cbc", "mdn": "sync", "mdn_signed": "sha256" }"#;

fn asked(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn an_order_from_a_live_product_reaches_the_erp_and_its_997_goes_back() {
    let pair = pair(Product::Pyas2, "");
    let sent = pair.acme.send(order("4500123", 17).text().as_bytes(), &asked(SIGNED_AND_ENCRYPTED));
    assert_eq!(sent["http_status"], 200, "{sent}");
    let mdn = &sent["mdn"];
    assert_eq!(
        (&mdn["accepted"], &mdn["signed"], &mdn["mic_matches"]),
        (&json!(true), &json!(true), &json!(true)),
        "{sent}"
    );

    let event: Value = serde_json::from_slice(&pair.erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["subject"], "4500123");
    let back = pair.acme.received(1).remove(0);
    assert_eq!(back["accepted"], true, "{back}");
    assert_eq!(
        (&back["signed"], &back["encrypted"], &back["content_type"]),
        (&json!(true), &json!(true), &json!("application/edi-x12")),
        "{back}"
    );
    assert_eq!(x12::Acknowledgement::read(&decoded(&back["payload"])).only(), ("A", "A"));
    pair.gateway.until("the receipt for the 997", || {
        (pair.site.database().rows("SELECT state FROM acknowledgement WHERE kind = 'MDN'") == ["accepted"])
            .then_some(())
    });
    assert_eq!(pair.site.database().rows("SELECT state FROM message ORDER BY direction"), ["done", "sent"]);
    assert_eq!(pair.site.database().count("job"), 0);
    pair.gateway.stop();
}
