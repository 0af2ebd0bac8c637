//! Messages cut at every byte, and bytes changed at random: no panic, and nothing opens as what it is not.

use crate::parties::*;
use portway_as2::cms::SignOptions;
use portway_as2::open::{Compression, Outcome, Receiving};
use portway_as2::seal::{BodyEncoding, Sending};

#[test]
fn cut_anywhere_it_opens_only_if_nothing_of_the_payload_is_gone() {
    let after = Some(Compression::AfterSigning);
    let before = Some(Compression::BeforeSigning);
    // Without the certificate in it: fewer bytes to cut at.
    let options = SignOptions { certificate_included: false, ..SignOptions::default() };
    let sign = || Some((&PARTIES.partner, options));
    for (what, sending) in [
        ("signed", Sending { sign: sign(), ..sending() }),
        ("encrypted", Sending { encrypt: encrypted(), ..sending() }),
        ("compressed", Sending { compress: before, ..sending() }),
        ("signed, encrypted", Sending { sign: sign(), encrypt: encrypted(), ..sending() }),
        ("compressed, signed", Sending { sign: sign(), compress: before, ..sending() }),
        ("signed, compressed", Sending { sign: sign(), compress: after, ..sending() }),
        ("compressed, encrypted", Sending { compress: before, encrypt: encrypted(), ..sending() }),
    ] {
        for layer_encoding in [BodyEncoding::Binary, BodyEncoding::Base64] {
            let sending = Sending { layer_encoding, sign: sending.sign, ..sending };
            let (sealed, body) = sealed_order(&sending);
            let mut opened_at = Vec::new();
            for length in 0..body.len() {
                let (outcome, kept) = outcome(&sealed.fields, &body[..length], &receiving());
                match outcome {
                    Outcome::Opened(opened) => {
                        assert!(
                            kept.contents() == [ORDER] && opened.mic == sealed.mic,
                            "{what} cut at {length}"
                        );
                        assert_eq!(opened.signed.is_some(), sending.sign.is_some());
                        opened_at.push(body.len() - length);
                    }
                    Outcome::Refused(refused) => {
                        if sending.encrypt.is_some() {
                            assert_eq!(
                                refused,
                                crate::refusals::uniform(&refused.detail),
                                "{what} cut at {length}"
                            );
                        }
                    }
                    Outcome::Again(digest) => panic!("{what} cut at {length}: {digest}"),
                }
            }
            // Line ends and the closing boundary may go, the base64 padding may; not more.
            assert!(opened_at.iter().all(|missing| *missing < 50), "{what}: {opened_at:?}");
        }
    }
}

#[test]
fn attachments_cut_anywhere_do_not_open() {
    let parts: [(&str, Option<&str>, &[u8]); 2] =
        [("text/b", None, b"one"), ("c/d", Some("two"), b"two\r\n")];
    let (sealed, body) = sealed(&parts, &sending());
    for length in 0..body.len() {
        let (outcome, kept) = outcome(&sealed.fields, &body[..length], &receiving());
        if let Outcome::Opened(_) = outcome {
            assert_eq!(kept.contents(), [&b"one"[..], b"two\r\n"], "cut at {length}");
            assert!(body.len() - length <= 2, "only the last line end may go");
        }
    }
}

/// A plain generator: the same bytes in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

#[test]
fn bytes_changed_at_random_never_panic_nor_forge() {
    let mut random = Random(4130);
    let packagings = packagings();
    for round in 0..3000 {
        let (name, sending) = &packagings[round % packagings.len()];
        let (sealed, mut body) = sealed_order(sending);
        for _ in 0..random.below(4) + 1 {
            let at = random.below(body.len());
            match random.below(3) {
                0 => body[at] = random.below(256) as u8,
                1 => drop(body.drain(at..(at + 1 + random.below(40)).min(body.len()))),
                _ => drop(body.splice(at..at, [b"\r\n--"[random.below(4)]])),
            }
            if body.is_empty() {
                break;
            }
        }
        let canonical = random.below(2) == 0;
        let (outcome, kept) = outcome(&sealed.fields, &body, &Receiving { canonical, ..receiving() });
        if let Outcome::Opened(opened) = outcome
            && opened.signed.is_some()
        {
            let same = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
            assert_eq!(kept.contents().into_iter().map(same).collect::<Vec<_>>(), [same(ORDER)], "{name}");
        }
    }
}
