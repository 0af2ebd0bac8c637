//! What must not be taken, what came before, and what is answered then.

use super::*;
use crate::harness::x12::order;

#[test]
fn a_message_that_came_before_gets_the_receipt_it_got_then() {
    let house = House::open(&profile(None, ""));
    let payload = order("4500123", 17).text();
    let first = house.raw().send(&Message::of("1", payload.as_bytes()).request());
    let receipt = Receipt::of(&first);
    assert_eq!((receipt.disposition.as_str(), receipt.original.as_str()), ("processed", "<1@acme.example>"));
    // Packed anew: other ciphertext, the same content under the same Message-ID.
    let again = house.raw().send(&Message::of("1", payload.as_bytes()).request());
    assert_eq!(again.body, first.body, "the stored bytes");
    house.erp.wait_effects(1);
    assert_eq!(house.site.database().count("message WHERE direction = 'in'"), 1);

    let other = house.raw().send(&Message::of("1", order("4500124", 18).text().as_bytes()).request());
    assert_eq!(Receipt::of(&other).disposition, "processed/error: unexpected-processing-error");
    assert_eq!(
        house.site.database().rows("SELECT reason FROM message WHERE state = 'quarantined'"),
        ["duplicate"]
    );
    house.gateway.stop();
}
