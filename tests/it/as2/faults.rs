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

/// What Acme meets with: the disposition, whether there is a MIC, and the ledger's reason.
#[track_caller]
fn meets(house: &House, message: &Message, disposition: &str, mic: bool, reason: &str) {
    let receipt = Receipt::of(&house.raw().send(&message.request()));
    assert_eq!(receipt.disposition, disposition, "{}: {}", message.id, receipt.text);
    assert_eq!(receipt.original, message.id);
    assert_eq!(receipt.mic.is_some(), mic, "{}: {:?}", message.id, receipt.mic);
    let sql = format!(
        "SELECT coalesce(reason, state) FROM message JOIN as2 ON message_id = id WHERE exchange = '{}'",
        message.id
    );
    assert_eq!(house.site.database().rows(&sql), [reason], "{}", message.id);
}

#[test]
fn what_is_not_safe_is_refused_in_the_words_of_the_rfc_and_reaches_nobody() {
    let house = House::open(&profile(None, ""));
    let payload = order("4500123", 17).text();
    let edi = Entity::new("application/edi-x12", payload.as_bytes());
    let stranger = Identity::rsa("mallory.example");

    let wrong_key = Message {
        entity: openssl::encrypted(&openssl::signed(&edi, &acme(), SHA256), &[&acme()], AES128_CBC),
        ..Message::of("wrong-key", b"")
    };
    meets(&house, &wrong_key, "processed/error: decryption-failed", false, "decrypt");

    let forged = Message::packed("forged", &edi, Some((&stranger, SHA256)), Some(AES128_CBC));
    meets(&house, &forged, "processed/error: authentication-failed", true, "signature");

    let mut signed = openssl::signed(&edi, &acme(), SHA256);
    let at = signed.body.windows(7).position(|w| w == b"4500123").unwrap();
    signed.body[at] = b'9';
    let changed = Message {
        entity: openssl::encrypted(&signed, &[&northwind()], AES128_CBC),
        ..Message::of("changed", b"")
    };
    meets(&house, &changed, "processed/error: integrity-check-failed", true, "signature");

    let unsigned = Message::packed("unsigned", &edi, None, Some(AES128_CBC));
    meets(&house, &unsigned, "processed/error: insufficient-message-security", true, "signature");
    let clear = Message::packed("clear", &edi, Some((&acme(), SHA256)), None);
    meets(&house, &clear, "processed/error: insufficient-message-security", true, "signature");

    // A good signature beside other content, and one around another: neither is what was signed.
    let part = openssl::signed(&edi, &acme(), SHA256);
    let beside = Entity::multipart("multipart/mixed", "outer", &[&part.bytes(), &edi.bytes()]);
    let wrapped = Message {
        entity: openssl::encrypted(&beside, &[&northwind()], AES128_CBC),
        ..Message::of("wrapped", b"")
    };
    let receipt = Receipt::of(&house.raw().send(&wrapped.request()));
    assert!(receipt.disposition.starts_with("processed/error: "), "{receipt:?}");
    let twice = openssl::signed(&part, &acme(), SHA256);
    let nested = Message {
        entity: openssl::encrypted(&twice, &[&northwind()], AES128_CBC),
        ..Message::of("nested", b"")
    };
    let receipt = Receipt::of(&house.raw().send(&nested.request()));
    assert!(receipt.disposition.starts_with("processed/error: "), "{receipt:?}");
    let both = Signing {
        more: &["-signer", stranger.cert.to_str().unwrap(), "-inkey", stranger.key.to_str().unwrap()],
        ..SHA256
    };
    let two_signers = Message::packed("two-signers", &edi, Some((&acme(), both)), Some(AES128_CBC));
    meets(&house, &two_signers, "processed/error: authentication-failed", true, "signature");

    // All of them again, mended, under the same Message-ID: an error is no "processed".
    for id in ["wrong-key", "forged", "changed", "unsigned"] {
        let good = Message::of(id, order(&format!("PO-{id}"), 100 + id.len() as u32).text().as_bytes());
        assert_eq!(Receipt::of(&house.raw().send(&good.request())).disposition, "processed", "{id}");
    }
    assert_eq!(house.erp.wait_effects(4).len(), 4);
    assert!(
        house.erp.subjects().iter().all(|subject| subject.starts_with("PO-")),
        "{:?}",
        house.erp.subjects()
    );

    // What was never opened cannot be released.
    let sql = "SELECT id::text FROM message WHERE reason = 'decrypt'";
    let id = house.site.database().rows(sql).remove(0);
    let (code, _, stderr) = house.site.run(&["message", "release", &id]);
    assert!(code != 0 && stderr.contains("never opened"), "{stderr}");
    house.gateway.stop();
}

#[test]
fn a_profile_may_take_what_is_unsigned_or_in_the_clear() {
    let house = House::open(&profile(None, "accept_unsigned = true\naccept_unencrypted = true\n"));
    let edi = |n: u32| Entity::new("application/edi-x12", order(&format!("PO-{n}"), n).text().into_bytes());
    let messages = [
        Message::packed("1", &edi(1), None, Some(AES128_CBC)),
        Message::packed("2", &edi(2), Some((&acme(), SHA256)), None),
        Message::packed("3", &edi(3), None, None),
    ];
    for (nth, message) in (1..).zip(&messages) {
        let receipt = Receipt::of(&house.raw().send(&message.request()));
        assert_eq!(receipt.disposition, "processed", "{}", message.id);
        let over = match nth {
            // RFC 4130, 7.3.1: encrypted or signed, with its MIME header; in the clear, the body alone.
            1 | 2 => edi(nth).bytes(),
            _ => edi(nth).body,
        };
        assert_eq!(
            receipt.mic.unwrap(),
            format!("{}, sha-256", openssl::mic(&over, "sha256")),
            "{}",
            message.id
        );
    }
    house.erp.wait_effects(3);
    house.gateway.stop();
}

#[test]
fn a_stranger_learns_that_there_is_no_agreement_and_little_is_kept() {
    let house = House::open(&profile(None, ""));
    let message = Message::of("1", order("4500123", 17).text().as_bytes());
    for (from, to, said) in [
        ("AS2-From: MALLORY", "AS2-To: NORTHWIND", "processed/error: unknown-trading-partner"),
        ("AS2-From: acme", "AS2-To: NORTHWIND", "processed/error: unknown-trading-partner"),
    ] {
        let message = message.clone().with(from).with(to);
        assert_eq!(Receipt::of(&house.raw().send(&message.request())).disposition, said, "{from} {to}");
    }
    let elsewhere = message.clone().with("AS2-To: SOUTHWIND");
    let reply = house.raw().send(&elsewhere.request());
    let receipt = Receipt::read(&reply.entity(), false);
    assert_eq!(receipt.disposition, "processed/error: unknown-trading-relationship");
    let silent = message.with("AS2-From: MALLORY").with("Disposition-Notification-To:");
    assert_eq!(house.raw().send(&silent.request()).status(), 403);

    let rows = house
        .site
        .database()
        .rows("SELECT DISTINCT state || ' ' || reason || ' ' || coalesce(connection, '-') FROM message");
    assert_eq!(rows, ["quarantined unknown_partner -"]);
    assert_eq!(house.site.database().count("alert WHERE cause = 'as2:stranger'"), 1);
    assert_eq!(house.erp.received().len(), 0);

    let nothing = request("/as2", &["Content-Type: application/edi-x12"], b"ISA");
    let reply = house.raw().send(&nothing);
    assert_eq!(reply.status(), 400);
    assert!(String::from_utf8_lossy(&reply.body).contains("AS2-From"), "{reply:?}");
    house.gateway.stop();
}

/// What a reply says, but for what must differ: dates, ids, boundaries, the signature.
fn plain(reply: &Heard) -> String {
    let entity = reply.entity();
    let report = Entity::parse(&entity.parts()[0]);
    let parts: Vec<Vec<u8>> = report.parts();
    let names: Vec<&str> = entity.headers.iter().map(|(name, _)| name.as_str()).collect();
    let text = String::from_utf8_lossy(&parts[0]).into_owned();
    let (before, after) = text.split_once(", came on ").unwrap();
    let after = after.split_once("GMT").unwrap().1;
    let (line, length) = (&reply.line, reply.body.len());
    format!("{line} {names:?} {length}\n{before}{after}\n{}", String::from_utf8_lossy(&parts[1]))
}

#[test]
fn whatever_does_not_open_is_answered_in_one_way() {
    let house = House::open(&profile(None, ""));
    let many = if std::env::var("PORTWAY_SOAK").is_ok() { 10_000 } else { 1_000 };
    let good = Message::of("mutated", order("4500123", 17).text().as_bytes());
    let gcm = Encryption { cipher: "aes-256-gcm", ..AES128_CBC };
    let edi = Entity::new("application/edi-x12", order("4500123", 17).text().into_bytes());
    let sealed = Message::packed("mutated", &edi, Some((&acme(), SHA256)), Some(gcm));
    let elsewhere = openssl::encrypted(&openssl::signed(&edi, &acme(), SHA256), &[&acme()], AES128_CBC);
    let wrong = Message { entity: elsewhere, ..good.clone() };
    let raw = house.raw();
    let mut connection = raw.open();
    let reference = connection.ask(&wrong.request()).unwrap();
    assert_eq!(Receipt::of(&reference).disposition, "processed/error: decryption-failed");
    let expected = plain(&reference);
    let (mut failed, mut seed) = (0, 0x9e37_79b9_7f4a_7c15u64);
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as usize
    };
    while failed < many {
        let source = if failed % 2 == 0 { &good } else { &sealed };
        let mut message = source.clone();
        // A bit in the first KiB: the envelope and the encrypted key; in CBC a later one may leave it to the signature.
        let reach = if failed % 2 == 0 { 600 } else { message.entity.body.len() };
        let at = random() % reach;
        message.entity.body[at] ^= 1 << (random() % 8);
        let reply = connection.ask(&message.request()).unwrap();
        let said = plain(&reply);
        if said.contains("decryption-failed") {
            assert_eq!(said, expected, "bit at {at}");
            failed += 1;
        } else {
            // The bit meant nothing (an unused field), or it opened and the signature is in the way.
            assert!(!said.contains("processed\r\n") || !said.contains("error"), "{said}");
        }
    }
    assert!(house.erp.received().len() <= 1);
    house.gateway.stop();
}

#[test]
fn a_message_that_breaks_off_leaves_no_trace() {
    let house = House::open(&profile(None, ""));
    let whole = Message::of("1", order("4500123", 17).text().as_bytes()).request();
    for cut in [whole.len() - 1, whole.len() / 2, whole.len() / 4] {
        let reply = house.raw().send_truncated(&whole[..cut]);
        assert!(reply.is_none_or(|reply| reply.status() == 400));
    }
    assert_eq!(house.site.database().count("message"), 0);
    assert_eq!(Receipt::of(&house.raw().send(&whole)).disposition, "processed");
    house.erp.wait_effects(1);
    house.gateway.stop();
}

/// A compressed entity of 10 GB of blanks: one piece of a deflate stream, told again and again.
fn bomb() -> Entity {
    let script = "import sys, zlib\nc = zlib.compressobj(9)\nblank = b' ' * (16 << 20)\n\
                  head = c.compress(b'Content-Type: application/edi-x12\\r\\n\\r\\n' + blank) + c.flush(zlib.Z_FULL_FLUSH)\n\
                  again = c.compress(blank) + c.flush(zlib.Z_FULL_FLUSH)\n\
                  sys.stdout.buffer.write(head + again * 640)";
    let python = std::env::var("PORTWAY_TEST_PYTHON").expect("run the tests with 'make test'");
    let deflated = std::process::Command::new(python).args(["-c", script]).output().unwrap().stdout;
    let der = |tag: u8, content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x84][..], &length, content].concat()
    };
    let oid = |last: &[u8]| der(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9][..], last].concat());
    let data = {
        let id = der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]);
        der(0x30, &[id, der(0xa0, &der(4, &deflated))].concat())
    };
    let compressed = [der(2, &[0]), der(0x30, &oid(&[16, 3, 8])), data].concat();
    let cms = [oid(&[16, 1, 9]), der(0xa0, &der(0x30, &compressed))].concat();
    Entity::new("application/pkcs7-mime; smime-type=compressed-data", der(0x30, &cms))
}

#[test]
fn what_grows_too_large_is_refused_within_its_cap() {
    let (erp, mut site) = site();
    site.add("[limits]\nmax_message_bytes = 16000000");
    site.partner(&profile(None, ""));
    let house = House { gateway: site.start(), erp, site };
    let before = house.gateway.peak_memory();
    // RFC 3274's reach: a stream of 10 MB that inflates to 10 GB, and that compressed again: 10 KB or so.
    let bomb = bomb();
    let twice = openssl::compressed(&bomb);
    assert!(
        bomb.body.len() < 12_000_000 && twice.body.len() < 50_000,
        "{} {}",
        bomb.body.len(),
        twice.body.len()
    );
    for (nth, bomb) in [bomb, twice].iter().enumerate() {
        let message =
            Message::packed(&format!("bomb-{nth}"), bomb, Some((&acme(), SHA256)), Some(AES128_CBC));
        let receipt = Receipt::of(&house.raw().send(&message.request()));
        assert!(receipt.disposition.starts_with("processed/error: "), "{receipt:?}");
    }
    let grown = house.gateway.peak_memory() - before;
    assert!(grown < 64 << 20, "{grown} bytes");
    assert_eq!(house.site.database().rows("SELECT DISTINCT state FROM message"), ["quarantined"]);
    house.gateway.stop();
}
