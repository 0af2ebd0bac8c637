//! The AS2 peers of the other tests, shown to work with each other and without the gateway: two live products, the openssl command
//! and bytes on the wire. What fails here is not the gateway's fault.

use crate::harness::as2_openssl::{self as openssl, AES128_CBC, Encryption, SHA256, Signing};
use crate::harness::as2_peer::{config, decoded};
use crate::harness::as2_raw::{Catcher, Raw, chunked_request, head, reply, request};
use crate::harness::*;
use serde_json::{Value, json};

const ORDER: &[u8] = b"ISA*00*          *00*          *ZZ*NORTHWIND~\r\nGS*PO~";

fn northwind() -> Identity {
    Identity::rsa("northwind.example")
}

fn acme() -> Identity {
    Identity::rsa("acme.example")
}

/// pyas2lib as Northwind and libas2 as ACME CORP, who know each other.
fn pair() -> (As2Peer, As2Peer) {
    let pyas2 = As2Peer::start(Product::Pyas2, &config("NORTHWIND", &northwind(), "ACME CORP", &acme()));
    let mut other = config("ACME CORP", &acme(), "NORTHWIND", &northwind());
    // Quotes that pyas2lib sends, and libas2 cannot read.
    other["receive"]["unquote"] = true.into();
    other["partner"]["url"] = pyas2.url().into();
    let libas2 = As2Peer::start(Product::Libas2, &other);
    pyas2.configure(&json!({ "partner": { "url": libas2.url() } }));
    (pyas2, libas2)
}

/// One product alone, whose partner is this catcher.
fn alone(product: Product, catcher: &Catcher) -> As2Peer {
    let mut config = config("ACME", &acme(), "NORTHWIND", &northwind());
    config["partner"]["url"] = catcher.url().into();
    As2Peer::start(product, &config)
}

#[track_caller]
fn assert_accepted(mdn: &Value) {
    assert_eq!((&mdn["accepted"], &mdn["status"]), (&json!(true), &json!("processed")), "{mdn}");
}

#[test]
fn two_products_exchange_messages_in_every_packaging() {
    let (pyas2, libas2) = pair();
    let packagings = [
        json!({ "sign": "sha256", "encrypt": "aes128-cbc", "mdn": "sync", "mdn_signed": "sha256", "filename": "po 850.edi" }),
        json!({ "sign": "sha512", "encrypt": "aes256-cbc", "mdn": "sync", "mdn_signed": "sha512" }),
        json!({ "sign": "sha1", "encrypt": "3des", "mdn": "sync" }),
        json!({ "sign": "sha384", "mdn": "sync", "mdn_signed": "sha384" }),
        json!({ "encrypt": "aes192-cbc", "mdn": "sync", "mdn_signed": "sha256" }),
        json!({ "mdn": "sync" }),
    ];
    for (from, to) in [(&pyas2, &libas2), (&libas2, &pyas2)] {
        for (nth, packaging) in (1..).zip(&packagings) {
            let mut packaging = packaging.clone();
            // All that pyas2lib reads.
            packaging["oaep"] = "sha1".into();
            packaging["message_id"] =
                format!("{nth}-{}@peers.example", packaging["sign"]).replace('"', "").into();
            let sent = from.send(ORDER, &packaging);
            assert_eq!((&sent["http_status"], &sent["error"]), (&json!(200), &Value::Null), "{sent}");
            assert_eq!(sent["message_id"], packaging["message_id"]);
            assert_accepted(&sent["mdn"]);
            assert_eq!(sent["mdn"]["signed"].as_bool(), Some(packaging["mdn_signed"].is_string()), "{sent}");
            let received = to.received(nth).pop().unwrap();
            assert!(received["accepted"] == true, "{received}");
            assert_eq!(decoded(&received["payload"]), ORDER, "{received}");
            let layers: Vec<&str> = [("encrypt", "encrypted"), ("sign", "signed")]
                .iter()
                .filter_map(|(asked, layer)| packaging[asked].is_string().then_some(*layer))
                .collect();
            assert_eq!(received["layers"], json!(layers));
            assert_eq!(received["digest_alg"], packaging["sign"]);
            if packaging["sign"].is_string() {
                assert_eq!(sent["mdn"]["mic_matches"], true, "{sent}");
                assert_eq!(received["mic"], sent["mic"]);
            }
            if packaging["filename"].is_string() {
                assert_eq!(received["filename"], packaging["filename"], "{received}");
            }
        }
    }
}

#[test]
fn two_products_carry_large_messages_and_any_bytes() {
    let (pyas2, libas2) = pair();
    let mut asked = json!({
        "sign": "sha256", "encrypt": "aes128-cbc", "oaep": "sha1", "mdn": "sync", "mdn_signed": "sha256", "filename": "all.bin",
    });
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    assert_accepted(&libas2.send(&bytes, &asked)["mdn"]);
    assert!(decoded(&pyas2.received(1)[0]["payload"]) == bytes, "other bytes");
    // What is not in base64 libas2 verifies only below 128.
    let text: Vec<u8> = bytes.iter().map(|b| b & 0x7f).collect();
    asked["content_type"] = "application/octet-stream".into();
    assert_accepted(&pyas2.send(&text, &asked)["mdn"]);
    assert!(decoded(&libas2.received(1)[0]["payload"]) == text, "other bytes");
}

#[test]
fn two_products_exchange_asynchronous_mdns() {
    let (pyas2, libas2) = pair();
    let asked = json!({ "sign": "sha256", "encrypt": "aes128-cbc", "oaep": "sha1", "mdn": "async", "mdn_signed": "sha256" });
    for (from, to) in [(&pyas2, &libas2), (&libas2, &pyas2)] {
        to.answer(&json!({ "hold": true }));
        let sent = from.send(ORDER, &asked);
        assert_eq!(
            (&sent["http_status"], &sent["mdn"], &sent["body"]),
            (&json!(200), &Value::Null, &json!(""))
        );
        assert_eq!(from.mdns(0).len(), 0, "held");
        to.release();
        let mdn = from.mdns(1).remove(0);
        assert_accepted(&mdn);
        assert_eq!(
            (&mdn["original_message_id"], &mdn["mic_matches"]),
            (&sent["message_id"], &json!(true)),
            "{mdn}"
        );
        assert_eq!(to.mdns_sent(1)[0]["http_status"], 200);

        to.answer(&json!({ "repeat": 2, "times": 1 }));
        from.send(ORDER, &asked);
        from.mdns(3).iter().for_each(assert_accepted);
        from.send(ORDER, &asked);
        assert_eq!(from.mdns(4).len(), 4, "the script ended");
    }
}

#[test]
fn a_product_answers_wrongly_when_told_to_and_the_other_says_so() {
    let (pyas2, libas2) = pair();
    let asked = json!({ "sign": "sha256", "encrypt": "aes128-cbc", "oaep": "sha1", "mdn": "sync", "mdn_signed": "sha256" });
    let stranger = Identity::rsa("stranger.example");
    let faults = [
        json!({ "mic": "wrong" }),
        json!({ "mdn": "unsigned" }),
        json!({ "disposition": "processed/error: decryption-failed" }),
        json!({ "disposition": "failed/failure: unsupported MIC-algorithms" }),
        json!({ "corrupt": true }),
        json!({ "sign_with": { "key": stranger.key, "cert": stranger.cert } }),
        json!({ "replace": [["Original-Message-ID: .*", "Original-Message-ID: <unknown@peers.example>"]] }),
    ];
    for (from, to) in [(&pyas2, &libas2), (&libas2, &pyas2)] {
        for fault in &faults {
            to.answer(fault);
            let mdn = &from.send(ORDER, &asked)["mdn"];
            assert_eq!(mdn["accepted"], false, "{fault}: {mdn}");
        }
        to.answer(&json!({ "disposition": "processed/error: decryption-failed" }));
        let mdn = &from.send(ORDER, &asked)["mdn"];
        let disposition = mdn["disposition"].as_str().unwrap();
        assert!(disposition.ends_with("; processed/error: decryption-failed"), "{mdn}");
        to.answer(&json!({ "replace": [["rfc822; *", ""], ["Disposition", "DISPOSITION"]] }));
        let mdn = &from.send(ORDER, &asked)["mdn"];
        assert!(!mdn["final_recipient"].as_str().unwrap().contains("rfc822"), "{mdn}");
        assert_accepted(mdn);

        to.answer(&json!({ "mdn": "none" }));
        let sent = from.send(ORDER, &asked);
        assert_eq!((&sent["http_status"], &sent["mdn"]), (&json!(200), &Value::Null));
        to.answer(&json!({ "http_status": 503, "times": 1 }));
        assert_eq!(from.send(ORDER, &asked)["http_status"], 503);
        assert_accepted(&from.send(ORDER, &asked)["mdn"]);
        to.answer(&json!({ "cut": true }));
        assert!(from.send(ORDER, &asked)["error"].is_string());
    }
}

#[test]
fn a_product_says_what_it_finds_wrong_in_a_message() {
    let (pyas2, libas2) = pair();
    let asked = json!({ "sign": "sha256", "encrypt": "aes128-cbc", "oaep": "sha1", "mdn": "sync", "mdn_signed": "sha256" });
    let stranger = Identity::rsa("stranger.example");
    for (from, to) in [(&pyas2, &libas2), (&libas2, &pyas2)] {
        let known = from.send(ORDER, &asked)["message_id"].as_str().unwrap().to_owned();
        to.configure(&json!({ "receive": { "signed": true, "encrypted": true } }));
        let refused = |options: &Value| {
            let sent = from.send(ORDER, options);
            let received = to.received(1).pop().unwrap();
            assert_eq!(sent["mdn"]["accepted"], false, "{options}: {}, {}", sent["mdn"], received["detail"]);
        };
        refused(&json!({ "mdn": "sync" }));
        to.configure(&json!({ "partner": { "verify_cert": stranger.cert } }));
        refused(&asked);
        to.configure(&json!({ "partner": { "verify_cert": null }, "own": { "key": stranger.key, "cert": stranger.cert } }));
        refused(&asked);
        let verdicts: Vec<bool> = to.received(4).iter().map(|r| r["accepted"] == true).collect();
        assert_eq!(verdicts, [true, false, false, false]);
        let keys = if std::ptr::eq(to, &pyas2) { northwind() } else { acme() };
        to.configure(&json!({ "receive": { "signed": false, "encrypted": false }, "own": { "key": keys.key, "cert": keys.cert } }));
        // Only pyas2lib detects duplicates.
        let mut again = asked.clone();
        again["message_id"] = known.into();
        let mdn = &from.send(ORDER, &again)["mdn"];
        let disposition = mdn["disposition"].as_str().unwrap();
        let duplicate = disposition.ends_with("processed/Warning: duplicate-document");
        assert_eq!(duplicate, std::ptr::eq(to, &pyas2), "{mdn}");
    }
}

#[test]
fn the_openssl_command_opens_what_products_send() {
    let catcher = Catcher::start();
    let (own, partner) = (northwind(), acme());
    let pyas2 = alone(Product::Pyas2, &catcher);
    let libas2 = alone(Product::Libas2, &catcher);
    let compressed = json!({ "sign": "sha384", "encrypt": "3des", "compress": true, "mdn": "async", "mdn_signed": "sha1" });
    let plain = json!({ "sign": "sha256" });
    let oaep = json!({ "sign": "sha512", "encrypt": "aes256-cbc" });
    let cases: [(&As2Peer, &Value, &[&str], &[&str]); 3] = [
        (
            &pyas2,
            &compressed,
            &["enveloped-data", "signed-data", "compressed-data"],
            &["des-ede3-cbc", "rsaEncryption", "sha384"],
        ),
        (&pyas2, &plain, &["signed-data"], &["sha256"]),
        (&libas2, &oaep, &["enveloped-data", "signed-data"], &["aes-256-cbc", "rsaesOaep", "sha512"]),
    ];
    for (nth, (peer, options, kinds, algorithms)) in (1..).zip(cases) {
        let sent = peer.send(ORDER, options);
        let heard = catcher.requests(nth).pop().unwrap();
        assert_eq!(heard.header("AS2-From"), "ACME");
        let (layers, inner) = openssl::open(&heard.entity(), &own, &partner.cert);
        let found: Vec<&str> = layers.iter().map(|l| l.kind).collect();
        assert_eq!(found, kinds, "{layers:?}");
        let mut text = String::new();
        for layer in &layers {
            assert!(layer.verdict.ok, "{}: {}", layer.kind, layer.verdict.said);
            let printed = openssl::printed(&layer.der);
            text += printed.split("signerInfos:").last().unwrap();
        }
        algorithms.iter().for_each(|name| assert!(text.contains(name), "no {name}: {text}"));
        assert_eq!(inner.content(), ORDER);
        let signed = layers.iter().find(|l| l.kind == "signed-data").unwrap();
        assert_eq!(openssl::mic(&signed.content, options["sign"].as_str().unwrap()), sent["mic"]);

        // Another key does not open it, another certificate does not verify it.
        let stranger = Identity::rsa("stranger.example");
        let (layers, _) = openssl::open(&heard.entity(), &stranger, &stranger.cert);
        assert!(!layers[0].verdict.ok);
    }
    assert!(catcher.requests(1)[0].header("receipt-delivery-option").starts_with(pyas2.url()));
}

#[test]
fn products_read_what_the_openssl_command_builds() {
    let catcher = Catcher::start();
    let pyas2 = alone(Product::Pyas2, &catcher);
    let libas2 = alone(Product::Libas2, &catcher);
    let order = Entity::new("application/edi-x12", ORDER).with("Content-Transfer-Encoding", "binary");
    let mime = |e: Entity| {
        e.with("Content-Disposition", "attachment; filename=\"smime.p7m\"")
            .with("Content-Transfer-Encoding", "binary")
    };
    let by = northwind();
    let pss = Signing { pss: true, digest: "sha512", ..SHA256 };
    let oaep = Encryption { cipher: "aes-256-cbc", oaep: Some("sha1"), ..AES128_CBC };
    let oaep256 = Encryption { oaep: Some("sha256"), ..oaep };
    let des3 = Encryption { cipher: "des3", indefinite: true, ..AES128_CBC };
    let ec = Identity::ec("northwind.example");
    let plain = openssl::signed(&order, &by, SHA256);
    let squeezed = openssl::signed(&mime(openssl::compressed(&order)), &by, SHA256);
    let outside = mime(openssl::compressed(&plain));
    let cases = [
        (Product::Pyas2, plain.clone(), "signed", "sha256"),
        (Product::Pyas2, openssl::signed(&order, &by, pss), "signed", "sha512"),
        (Product::Pyas2, mime(openssl::encrypted(&plain, &[&acme()], oaep)), "encrypted", "aes256_cbc"),
        (
            Product::Pyas2,
            mime(openssl::encrypted(&squeezed, &[&acme()], AES128_CBC)),
            "compressed",
            "aes128_cbc",
        ),
        (Product::Pyas2, outside, "compressed", r#"["compressed","signed"]"#),
        (Product::Pyas2, mime(openssl::encrypted(&plain, &[&acme()], des3)), "encrypted", "tripledes_3key"),
        (Product::Libas2, plain.clone(), "signed", "sha256"),
        (Product::Libas2, openssl::signed(&order, &ec, SHA256), "signed", "ecdsa"),
        (Product::Libas2, mime(openssl::encrypted(&plain, &[&acme()], oaep256)), "encrypted", "rsaes_oaep"),
        (
            Product::Libas2,
            mime(openssl::encrypted(&plain, &[&acme()], AES128_CBC)),
            "encrypted",
            "aes128_cbc",
        ),
    ];
    let mut counts = [0, 0];
    for (product, entity, layer, algorithm) in cases {
        let peer = if product == Product::Pyas2 { &pyas2 } else { &libas2 };
        let signer = if algorithm == "ecdsa" { &ec } else { &by };
        peer.configure(&json!({ "partner": { "verify_cert": signer.cert } }));
        counts[product as usize] += 1;
        let nth = counts[product as usize];
        let mut lines: Vec<String> = entity.headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
        lines.extend(as2_headers(&format!("{nth}@peers.example")));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let reply = server_of(peer).send(&request("/as2", &lines, &entity.body));
        assert_eq!(reply.status(), 200);
        let received = peer.received(nth).pop().unwrap();
        assert_eq!((&received["accepted"], &received[layer]), (&json!(true), &json!(true)), "{received}");
        assert_eq!(decoded(&received["payload"]), ORDER, "{received}");
        assert!(received.to_string().contains(algorithm), "{received}");
        let (layers, report) = openssl::open(&reply.entity(), &northwind(), &acme().cert);
        assert!(layers.len() == 1 && layers[0].verdict.ok, "{layers:?}");
        let report = String::from_utf8(report.body).unwrap();
        assert!(report.contains(received["mic"].as_str().unwrap()), "{report}");
    }
}

#[test]
fn the_openssl_command_knows_every_algorithm_it_is_asked_for() {
    let order = Entity::new("application/edi-x12", ORDER);
    let (rsa, ec, other) = (northwind(), Identity::ec("northwind.example"), acme());
    let signings = [
        (&rsa, SHA256, "rsaEncryption"),
        (&rsa, Signing { digest: "sha1", ..SHA256 }, "sha1"),
        (&rsa, Signing { pss: true, digest: "sha384", ..SHA256 }, "rsassaPss"),
        (&ec, Signing { digest: "sha512", ..SHA256 }, "ecdsa-with-SHA512"),
        (&rsa, Signing { more: &["-noattr"], ..SHA256 }, "signedAttrs:\n          <ABSENT>"),
    ];
    for (by, how, shown) in signings {
        let detached = openssl::signed(&order, by, how);
        let opaque = openssl::opaque_signed(&order, by, Signing { indefinite: !how.pss, ..how });
        for message in [&detached, &opaque] {
            let (layers, inner) = openssl::open(message, &rsa, &by.cert);
            assert!(layers.len() == 1 && layers[0].verdict.ok, "{layers:?}");
            // The certificate before it names algorithms too.
            let text = openssl::printed(&layers[0].der);
            let signer = text.split("signerInfos:").nth(1).unwrap();
            assert!(signer.contains(shown), "no {shown}: {signer}");
            assert_eq!(inner.body, ORDER);
            let (layers, _) = openssl::open(message, &rsa, &other.cert);
            assert!(!layers[0].verdict.ok, "verified by another's certificate");
        }
        assert_eq!(opaque.body[1] == 0x80, !how.pss, "indefinite length");
        let mut changed = detached.clone();
        let at = changed.body.windows(4).position(|w| w == b"ISA*").unwrap();
        changed.body[at] = b'X';
        assert!(!openssl::open(&changed, &rsa, &by.cert).0[0].verdict.ok, "verified though changed");
    }
    let encryptions = [
        (AES128_CBC, "aes-128-cbc"),
        (Encryption { cipher: "aes-192-cbc", oaep: Some("sha1"), ..AES128_CBC }, "rsaesOaep"),
        (Encryption { cipher: "aes-256-cbc", oaep: Some("sha256"), ..AES128_CBC }, "sha256"),
        (Encryption { cipher: "aes-128-gcm", ..AES128_CBC }, "aes-128-gcm"),
        (Encryption { cipher: "aes-256-gcm", oaep: Some("sha256"), ..AES128_CBC }, "authEnvelopedData"),
        (Encryption { cipher: "des3", indefinite: true, ..AES128_CBC }, "des-ede3-cbc"),
        (Encryption { more: &["-keyid"], ..AES128_CBC }, "subjectKeyIdentifier"),
    ];
    for (how, shown) in encryptions {
        let message = openssl::encrypted(&order, &[&other, &rsa], how);
        assert_eq!(message.body[1] == 0x80, how.indefinite);
        for reader in [&rsa, &other] {
            let (layers, inner) = openssl::open(&message, reader, &other.cert);
            assert!(layers[0].verdict.ok, "{}", layers[0].verdict.said);
            assert!(openssl::printed(&layers[0].der).contains(shown), "no {shown}");
            assert_eq!(inner.body, ORDER);
        }
        let stranger = Identity::rsa("stranger.example");
        assert!(!openssl::open(&message, &stranger, &other.cert).0[0].verdict.ok);
    }
    let (layers, inner) = openssl::open(&openssl::compressed(&order).base64(), &rsa, &other.cert);
    assert_eq!((layers[0].kind, inner.body.as_slice()), ("compressed-data", ORDER));
}

#[test]
fn bytes_go_out_and_come_in_as_they_are() {
    let catcher = Catcher::start();
    let pyas2 = alone(Product::Pyas2, &catcher);
    let server = server_of(&pyas2);
    let lines = [
        "aS2-fROM:\r\n NORTHWIND",
        "AS2-TO: ACME",
        "Message-Id: <1@peers.example>",
        "Content-Type: text/plain",
    ];
    assert_eq!(server.send(&chunked_request("/as2", &lines, ORDER, 7)).status(), 200);
    let received = pyas2.received(1).remove(0);
    assert_eq!((&received["chunked"], &received["from"]), (&json!(true), &json!("NORTHWIND")));
    assert_eq!(decoded(&received["payload"]), ORDER);

    let length = format!("Content-Length: {}", ORDER.len());
    let expecting = [&lines[..], &["Expect: 100-continue", length.as_str()]].concat();
    let (interim, answered) = server.send_expecting(&head("/as2", &expecting), ORDER);
    assert_eq!((interim, answered.status()), (100, 200));
    let whole = request("/as2", &lines, ORDER);
    let mut connection = server.open();
    assert_eq!(connection.ask(&whole).unwrap().status(), 200);
    assert_eq!(connection.ask(&whole).unwrap().status(), 200, "kept alive");
    pyas2.received(4);
    // Half a message is none; so it is at the other product.
    let libas2 = alone(Product::Libas2, &catcher);
    // Node refuses folded lines.
    let whole = request("/as2", &[&["AS2-From: NORTHWIND"], &lines[1..]].concat(), ORDER);
    for (peer, before) in [(&pyas2, 4), (&libas2, 0)] {
        let answered = server_of(peer).send_truncated(&whole[..whole.len() - 9]);
        assert!(answered.is_none_or(|reply| reply.status() != 200));
        assert_eq!(server_of(peer).send(&whole).status(), 200);
        assert_eq!(peer.received(before + 1).len(), before + 1);
    }

    // The catcher, over TLS, with what it was sent: case, folding, chunks.
    let own = Identity::ec("acme.example");
    let catcher = Catcher::tls(&own);
    catcher.statuses(&[503]);
    let sender = Raw::tls(&catcher.address(), &own.cert, None);
    assert!(catcher.url().starts_with("https://"));
    assert_eq!(sender.send(&chunked_request("/mdn?x=1", &lines, ORDER, 5)).status(), 503);
    assert_eq!(sender.send_expecting(&head("/mdn", &expecting), ORDER).1.status(), 200);
    let heard = catcher.requests(2);
    assert_eq!((heard[0].path(), heard[0].header_lines[1].as_str()), ("/mdn?x=1", lines[0]));
    assert!(heard.iter().all(|h| h.body == ORDER));
    assert!(sender.send_truncated(&whole[..whole.len() - 9]).is_none());
    assert_eq!(catcher.requests(2).len(), 2, "half a request is none");
    catcher.reply_with(|heard| reply(202, &[&format!("X-Path: {}", heard.path())], b"made"));
    let answered = sender.send(&request("/again", &lines, ORDER));
    assert_eq!(
        (answered.status(), answered.header("x-path"), answered.body.as_slice()),
        (202, "/again", &b"made"[..])
    );
}

#[test]
fn products_speak_tls_with_passwords_and_client_certificates() {
    let (server, client) = (Identity::ec("server.example"), Identity::ec("client.example"));
    for (product, sender) in [(Product::Pyas2, Product::Libas2), (Product::Libas2, Product::Pyas2)] {
        let mut config = config("ACME", &acme(), "NORTHWIND", &northwind());
        config["listen"] = json!({ "cert": server.cert, "key": server.key, "client_ca": client.cert, "basic": ["northwind", "secret"] });
        let listener = As2Peer::start(product, &config);
        let mut config = crate::harness::as2_peer::config("NORTHWIND", &northwind(), "ACME", &acme());
        config["partner"] = json!({
            "as2_id": "ACME", "cert": acme().cert, "url": listener.url(), "ca": server.cert,
            "client_cert": client.cert, "client_key": client.key, "basic": ["northwind", "secret"],
        });
        let sender = As2Peer::start(sender, &config);
        let asked = json!({ "sign": "sha256", "mdn": "sync", "mdn_signed": "sha256" });
        let sent = sender.send(ORDER, &asked);
        assert_accepted(&sent["mdn"]);
        let subject = listener.received(1)[0]["client_subject"].to_string();
        assert!(subject.contains("client.example"), "{subject}");
        sender.configure(&json!({ "partner": { "basic": ["northwind", "wrong"] } }));
        assert_eq!(sender.send(ORDER, &asked)["http_status"], 401);
        sender.configure(&json!({ "partner": { "client_cert": null, "client_key": null } }));
        assert!(sender.send(ORDER, &asked)["error"].is_string());

        let raw = Raw::tls(&address(&listener), &server.cert, Some(&client));
        let basic = "Authorization: Basic bm9ydGh3aW5kOnNlY3JldA==";
        let lines = ["AS2-From: NORTHWIND", "AS2-To: ACME", "Message-ID: <7@peers.example>", basic];
        let lines = [&lines[..], &["Content-Type: application/edi-x12"]].concat();
        assert_eq!(raw.send(&request("/as2", &lines, ORDER)).status(), 200);
    }
}

#[test]
fn what_a_product_built_can_be_sent_by_other_hands() {
    let catcher = Catcher::start();
    let pyas2 = alone(Product::Pyas2, &catcher);
    let other = As2Peer::start(Product::Pyas2, &config("NORTHWIND", &northwind(), "ACME", &acme()));
    let options = json!({ "sign": "sha256", "encrypt": "aes128-cbc", "mdn": "sync", "mdn_signed": "sha256" });
    let (headers, mut body) = other.build(ORDER, &options);
    let lines: Vec<String> = headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let server = server_of(&pyas2);
    assert_eq!(server.send(&request("/as2", &lines, &body)).status(), 200);
    let last = body.len() - 1;
    body[last] ^= 1;
    assert_eq!(server.send(&request("/as2", &lines, &body)).status(), 200);
    let verdicts: Vec<bool> = pyas2.received(2).iter().map(|r| r["accepted"] == true).collect();
    assert_eq!(verdicts, [true, false]);
}

fn as2_headers(message_id: &str) -> Vec<String> {
    vec![
        "AS2-From: NORTHWIND".into(),
        "AS2-To: ACME".into(),
        "AS2-Version: 1.2".into(),
        format!("Message-ID: <{message_id}>"),
        "Disposition-Notification-To: edi@northwind.example".into(),
        "Disposition-Notification-Options: signed-receipt-protocol=required, pkcs7-signature; \
         signed-receipt-micalg=required, sha256"
            .into(),
    ]
}

fn address(peer: &As2Peer) -> String {
    peer.url().split('/').nth(2).unwrap().to_owned()
}

fn server_of(peer: &As2Peer) -> Raw {
    Raw::plain(&address(peer))
}
