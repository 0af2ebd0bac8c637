//! The door itself: HTTP as products speak it, who is let in, where receipts go, what comes beside the EDI, keys that change.

use super::*;
use crate::harness::as2_raw::{Catcher, chunked_request, head};
use crate::harness::x12::order;

const LATER: &str = "Receipt-Delivery-Option";

#[test]
fn http_as_products_speak_it() {
    let house = House::open(&profile(None, ""));
    let message = |n: u32| Message::of(&format!("m{n}"), order(&format!("PO-{n}"), n).text().as_bytes());
    let lines = |message: &Message| message.head();
    let raw = house.raw();
    let said = |reply: &Heard| Receipt::of(reply).disposition;

    // Folded as in mail, in odd case, the names in quotes.
    let folded = message(1)
        .with("AS2-From:")
        .with("as2-FROM: \"ACME\"")
        .with("Disposition-Notification-Options: signed-receipt-protocol=optional,\r\n\tpkcs7-signature;\r\n  signed-receipt-micalg = OPTIONAL ,SHA256 , sha1");
    assert_eq!(said(&raw.send(&folded.request())), "processed");
    // In chunks, on a connection that stays.
    let mut connection = raw.open();
    for n in 2..4 {
        let message = message(n);
        let all = lines(&message);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let reply =
            connection.ask(&chunked_request("/any/path?x=1", &all, &message.entity.body, 100)).unwrap();
        assert_eq!(said(&reply), "processed");
    }
    // Only after we said so.
    let expecting = message(4);
    let length = format!("Content-Length: {}", expecting.entity.body.len());
    let mut all = lines(&expecting);
    all.extend(["Expect: 100-continue".to_owned(), length]);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let (interim, reply) = raw.send_expecting(&head("/as2", &all), &expecting.entity.body);
    assert_eq!((interim, said(&reply).as_str()), (100, "processed"));
    // Base64 outside.
    let base64 = message(5);
    let base64 = Message { entity: base64.entity.clone().base64(), ..base64 };
    assert_eq!(said(&raw.send(&base64.request())), "processed");
    // No receipt wanted; one without signature.
    let silent = message(6).with("Disposition-Notification-To:").with("Disposition-Notification-Options:");
    let reply = raw.send(&silent.request());
    assert_eq!((reply.status(), reply.body.len()), (200, 0));
    let unsigned = message(7).with("Disposition-Notification-Options:");
    assert_eq!(Receipt::read(&raw.send(&unsigned.request()).entity(), false).disposition, "processed");

    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let asked = client.head(format!("http://{}/as2", house.gateway.as2_plain)).send();
    assert_eq!(block(asked).unwrap().status(), 200);
    let reply = raw.send(b"DELETE /as2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(reply.status(), 405);
    house.erp.wait_effects(7);
    house.gateway.stop();
}

#[test]
fn names_keep_their_case_and_may_have_spaces() {
    let (erp, site) = site();
    let text = profile(None, "").text().replace("id = \"ACME\"", "id = \"Acme \\\"Corp\\\" 7\"");
    site.partner_text("acme", &text);
    let house = House { gateway: site.start(), erp, site };
    let message =
        Message::of("1", order("4500123", 17).text().as_bytes()).with(r#"AS2-From: "Acme \"Corp\" 7""#);
    let reply = house.raw().send(&message.request());
    assert_eq!(Receipt::of(&reply).disposition, "processed");
    assert_eq!(reply.header("AS2-To"), r#""Acme \"Corp\" 7""#);
    assert_eq!(reply.header("AS2-From"), "NORTHWIND");
    house.erp.wait_effects(1);
    house.gateway.stop();
}

#[test]
fn a_login_and_a_client_certificate_where_they_are_agreed_on() {
    use sha2::{Digest, Sha256};
    let hash: String = Sha256::digest("open sesame").iter().map(|b| format!("{b:02x}")).collect();
    let tls = Identity::rsa("acme-tls.example");
    let more = format!(
        "client_certificates = [\"{}\"]\nlogin = {{ username = \"acme\", password = \"sha256:{hash}\" }}\n",
        tls.cert.display()
    );
    let house = House::open(&profile(None, &more));
    let trust = house.site.state().join("certs/self-signed.pem");
    let message = Message::of("1", order("4500123", 17).text().as_bytes());
    use base64::Engine;
    let basic = |text: &str| {
        format!("Authorization: Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    };
    let known = Raw::tls(&house.gateway.as2, &trust, Some(&tls));
    assert_eq!(known.send(&message.request()).status(), 401);
    assert_eq!(known.send(&message.clone().with(&basic("acme:wrong")).request()).status(), 401);
    let message = message.with(&basic("acme:open sesame"));
    assert_eq!(Raw::tls(&house.gateway.as2, &trust, None).send(&message.request()).status(), 403);
    assert_eq!(Raw::tls(&house.gateway.as2, &trust, Some(&acme())).send(&message.request()).status(), 403);
    assert_eq!(house.site.database().count("message"), 0);
    assert_eq!(Receipt::of(&known.send(&message.request())).disposition, "processed");
    house.erp.wait_effects(1);
    house.gateway.stop();
}

#[test]
fn a_receipt_that_is_wanted_later_goes_to_a_named_place_only() {
    let catcher = Catcher::start();
    let prefix = format!("http://{}/mdn", catcher.address());
    let house = House::open(&profile(None, &format!("mdn_urls = [\"{prefix}\"]\n")));
    catcher.statuses(&[503, 200]);
    let message = |n: u32| Message::of(&format!("m{n}"), order(&format!("PO-{n}"), n).text().as_bytes());
    let later = message(1).with(&format!("{LATER}: {prefix}/acme?id=7"));
    let reply = house.raw().send(&later.request());
    assert_eq!((reply.status(), reply.body.len()), (200, 0));
    // Refused once, then taken: the same bytes, the query kept.
    let requests = catcher.requests(2);
    assert_eq!(requests[0].path(), "/mdn/acme?id=7");
    assert_eq!(requests[0].body, requests[1].body);
    let receipt = Receipt::read(&requests[1].entity(), true);
    assert_eq!((receipt.disposition.as_str(), receipt.original.as_str()), ("processed", "<m1@acme.example>"));
    assert_eq!(requests[1].header("AS2-To"), "ACME");
    house.ledger("SELECT state FROM delivery WHERE way = 'receipt'", &["delivered"]);

    // The message comes again: so does its receipt.
    assert_eq!(house.raw().send(&later.request()).status(), 200);
    assert_eq!(catcher.requests(3)[2].body, requests[0].body);

    // Errors too.
    let broken = Message {
        entity: openssl::encrypted(&Entity::new("application/edi-x12", "ISA"), &[&acme()], AES128_CBC),
        ..later.clone()
    };
    let broken = Message { id: "<broken@acme.example>".into(), ..broken };
    assert_eq!(house.raw().send(&broken.request()).status(), 200);
    assert_eq!(
        Receipt::read(&catcher.requests(4)[3].entity(), true).disposition,
        "processed/error: decryption-failed"
    );

    // To nowhere else: then it is the reply.
    for url in [
        format!("http://{}/elsewhere", catcher.address()),
        "http://169.254.169.254/mdn".to_owned(),
        format!("http://{}@evil.example/mdn", catcher.address()),
    ] {
        let message = Message { id: format!("<{}@acme.example>", url.len()), ..message(2) }
            .with(&format!("{LATER}: {url}"));
        let said = Receipt::of(&house.raw().send(&message.request())).disposition;
        assert!(said == "processed", "{url}: {said}");
    }
    assert_eq!(catcher.requests(4).len(), 4);
    house.gateway.stop();
}

#[test]
fn what_comes_beside_the_edi_is_kept_and_the_file_name_too() {
    let house = House::open(&profile(None, ""));
    let edi = Entity::new("application/edi-x12", order("4500123", 17).text().into_bytes())
        .with("Content-Disposition", "attachment; filename=\"../orders/PO 4500123.edi\"");
    let drawing = Entity::new("application/pdf", b"%PDF-1.4 a drawing".to_vec())
        .with("Content-Disposition", "attachment; filename=drawing.pdf");
    let related = Entity::multipart("multipart/related", "parts", &[&edi.bytes(), &drawing.bytes()]);
    let message = Message::packed("1", &related, Some((&acme(), SHA256)), Some(AES128_CBC))
        .with("EDIINT-Features: multiple-attachments");
    let receipt = Receipt::of(&house.raw().send(&message.request()));
    assert_eq!(receipt.disposition, "processed");
    assert_eq!(receipt.mic.unwrap(), format!("{}, sha-256", openssl::mic(&related.bytes(), "sha256")));
    house.erp.wait_effects(1);
    let id = house.site.database().rows("SELECT id::text FROM message WHERE direction = 'in'").remove(0);
    assert_eq!(
        house.site.database().rows("SELECT file_name FROM message WHERE direction = 'in'"),
        ["PO 4500123.edi"]
    );
    let (code, shown, _) = house.site.run(&["message", "show", &id]);
    assert!(code == 0 && shown.contains("attachment 1  drawing.pdf  application/pdf  18 bytes"), "{shown}");
    assert!(
        shown.contains("signed sha-256, encrypted aes128-cbc") && shown.contains("our receipt (sync)"),
        "{shown}"
    );
    let (_, bytes, _) = house.site.run(&["message", "raw", &id, "--attachment", "1"]);
    assert_eq!(bytes, "%PDF-1.4 a drawing");
    let (_, bytes, _) = house.site.run(&["message", "raw", &id]);
    assert_eq!(bytes, order("4500123", 17).text());
    house.gateway.stop();
}

#[test]
fn keys_change_on_both_sides_without_a_gap() {
    let (old, new) = (northwind(), Identity::rsa("northwind-2027.example"));
    let theirs = Identity::rsa("acme-2027.example");
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.as2(&old);
    // The successor signs from yesterday on; both decrypt.
    site.another_key(&new, "2026-01-02");
    let certificates = format!(
        "certificates = [\"{}\", {{ file = \"{}\", from = \"2026-01-02\" }}]",
        acme().cert.display(),
        theirs.cert.display()
    );
    let text = profile(None, "").text();
    let line = text.lines().find(|line| line.starts_with("certificates = [\"/")).unwrap().to_owned();
    site.partner_text("acme", &text.replace(&line, &certificates));
    let house = House { gateway: site.start(), erp, site };
    let mut n = 0;
    for signer in [&acme(), &theirs] {
        for to in [&old, &new] {
            n += 1;
            let edi = Entity::new("application/edi-x12", order(&format!("PO-{n}"), n).text().into_bytes());
            let entity = openssl::encrypted(&openssl::signed(&edi, signer, SHA256), &[to], AES128_CBC);
            let message = Message { entity, ..Message::of(&format!("m{n}"), b"") };
            let reply = house.raw().send(&message.request());
            assert_eq!(reply.status(), 200);
            let parts = reply.entity().parts();
            let verdict = openssl::verify(&parts[0], &Entity::parse(&parts[1]).content(), &new.cert);
            assert!(verdict.ok, "the newest key signs: {}", verdict.said);
            let said = String::from_utf8_lossy(&parts[0]).into_owned();
            assert!(said.contains("MDN-sent-automatically; processed\r\n"), "{said}");
        }
    }
    house.erp.wait_effects(4);
    house.gateway.stop();
}
