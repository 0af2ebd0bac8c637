//! AS2 with live products: messages in and out, receipts at once and later.

use super::*;
use crate::harness::as2_peer::decoded;
use crate::harness::x12::order;
use crate::harness::*;

const SIGNED_AND_ENCRYPTED: &str =
    r#"{ "sign": "sha256", "encrypt": "aes128-cbc", "mdn": "sync", "mdn_signed": "sha256" }"#;

#[test]
fn an_order_from_a_live_product_reaches_the_erp_and_its_997_goes_back() {
    let (house, peer) = pair(Product::Pyas2, "");
    let sent = peer.send(order("4500123", 17).text().as_bytes(), &asked(SIGNED_AND_ENCRYPTED));
    assert_eq!(sent["http_status"], 200, "{sent}");
    let mdn = &sent["mdn"];
    assert_eq!(
        (&mdn["accepted"], &mdn["signed"], &mdn["mic_matches"]),
        (&json!(true), &json!(true), &json!(true)),
        "{sent}"
    );

    let event: Value = serde_json::from_slice(&house.erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["subject"], "4500123");
    let back = peer.received(1).remove(0);
    assert_eq!(back["accepted"], true, "{back}");
    assert_eq!(
        (&back["signed"], &back["encrypted"], &back["content_type"]),
        (&json!(true), &json!(true), &json!("application/edi-x12")),
        "{back}"
    );
    assert_eq!(x12::Acknowledgement::read(&decoded(&back["payload"])).only(), ("A", "A"));
    house.gateway.until("the receipt for the 997", || {
        (house.site.database().rows("SELECT state FROM acknowledgement WHERE kind = 'MDN'") == ["accepted"])
            .then_some(())
    });
    assert_eq!(house.site.database().rows("SELECT state FROM message ORDER BY direction"), ["done", "sent"]);
    assert_eq!(house.site.database().count("job"), 0);
    house.gateway.stop();
}
