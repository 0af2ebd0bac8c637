//! `portway partner check`: a partner's address, its TLS, and a test message, with no gateway running.

use super::*;
use crate::harness::as2_peer::decoded;
use crate::harness::as2_raw::Catcher;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

/// A site that knows Acme at this address; nothing runs.
fn house(url: &str, as2: &str) -> Site {
    let (_, site) = site();
    site.partner(&profile(Some(url), as2));
    site.write();
    site
}

/// Exit code, and the steps: `name` to its JSON.
#[track_caller]
fn check(site: &Site, more: &[&str]) -> (i32, Vec<Value>) {
    let arguments = [&["partner", "check", "acme", "--json"], more].concat();
    let (exit, shown, errors) = site.run(&arguments);
    assert_eq!(errors, "", "{shown}");
    (exit, shown.lines().map(asked).collect())
}

#[track_caller]
fn step<'a>(steps: &'a [Value], name: &str) -> &'a Value {
    let found = steps.iter().find(|step| step["check"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {steps:#?}"))
}

#[track_caller]
fn is(steps: &[Value], name: &str, verdict: &str, whose: Option<&str>, words: &[&str]) {
    let step = step(steps, name);
    assert_eq!((&step["verdict"], step["move"].as_str()), (&json!(verdict), whose), "{step}");
    for word in words {
        assert!(step.to_string().contains(word), "{word} in {step}");
    }
}

#[test]
fn a_partner_that_is_set_up_answers_a_test_message() {
    let mut config = config("ACME", &acme(), "NORTHWIND", &northwind());
    config["listen"] = json!({ "cert": acme().cert, "key": acme().key });
    let peer = As2Peer::start(Product::Pyas2, &config);
    let site = house(peer.url(), &format!("ca = \"{}\"\n", acme().cert.display()));

    // Looking alone sends nothing.
    let (exit, steps) = check(&site, &[]);
    assert_eq!(exit, 0, "{steps:#?}");
    assert!(steps.iter().all(|step| step["verdict"] == "ok"), "{steps:#?}");
    is(&steps, "name", "ok", None, &["127.0.0.1"]);
    is(&steps, "TLS", "ok", None, &["TLS 1.3", "acme.example", "2099-01-01", "days left", "pinned by ca"]);
    is(&steps, "signed with", "ok", None, &["northwind.example", "RSA 2048"]);
    is(&steps, "encrypted to", "ok", None, &["acme.example"]);
    assert!(steps.iter().all(|step| step["check"] != "test message"));

    let (exit, steps) = check(&site, &["--send"]);
    assert_eq!(exit, 0, "{steps:#?}");
    is(&steps, "test message", "ok", None, &["signed sha-256", "encrypted aes256-cbc"]);
    is(&steps, "receipt", "ok", None, &["signed: ", "processed"]);
    let received = peer.received(1);
    let came = &received[0];
    assert_eq!(received.len(), 1);
    assert_eq!(
        (&came["accepted"], &came["signed"], &came["encrypted"]),
        (&json!(true), &json!(true), &json!(true))
    );
    assert_eq!(
        (&came["content_type"], &came["filename"]),
        (&json!("text/plain"), &json!("portway-test.txt"))
    );
    let text = String::from_utf8(decoded(&came["payload"])).unwrap();
    assert!(text.contains("from NORTHWIND to ACME") && text.contains("no business data"), "{text}");
    let id = came["message_id"].as_str().unwrap();
    assert!(
        text.contains(id) && step(&steps, "test message")["message"].to_string().contains(id),
        "{id} {text}"
    );

    // The same for people: a line a step.
    let (exit, shown, _) = site.run(&["partner", "check", "acme", "--send"]);
    assert_eq!(exit, 0);
    assert_eq!(shown.lines().count(), steps.len(), "{shown}");
    assert!(shown.lines().all(|line| line.starts_with("ok       ")), "{shown}");
}

#[test]
fn an_address_that_leads_nowhere_is_told_with_whose_move_it_is() {
    let site = house("https://no-such-host.example/as2", "");
    let (exit, steps) = check(&site, &["--send"]);
    assert_eq!(exit, 1);
    is(&steps, "name", "error", Some("us"), &["no-such-host.example", "url under [as2]"]);
    for later in ["TCP", "TLS", "test message", "receipt"] {
        is(&steps, later, "skipped", None, &[]);
    }

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let site = house(&format!("https://127.0.0.1:{port}/as2"), "");
    let (exit, steps) = check(&site, &[]);
    assert_eq!(exit, 1);
    is(&steps, "name", "ok", None, &[]);
    is(&steps, "TCP", "error", Some("partner"), &["refused", &port.to_string()]);
    is(&steps, "TLS", "skipped", None, &[]);

    let site = house("https://as2.acme.example/", "");
    site.partner(&profile(None, ""));
    let (exit, _, errors) = site.run(&["partner", "check", "acme", "--send"]);
    assert!(exit == 2 && errors.contains("no url under [as2]"), "{exit} {errors}");
    let (exit, _, _) = site.run(&["partner", "check", "nobody"]);
    assert_eq!(exit, 5);
}

/// An authority, and servers' certificates by it.
struct Authority {
    dir: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "Authority of Acme");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        fs::write(dir.path().join("ca.pem"), parameters.self_signed(&key).unwrap().pem()).unwrap();
        Authority { dir, issuer: Issuer::new(parameters, key) }
    }

    fn ca(&self) -> String {
        format!("ca = \"{}\"\n", self.dir.path().join("ca.pem").display())
    }

    /// Valid until so many days from now.
    fn server(&self, name: &str, days: i64) -> Identity {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, "server of Acme");
        parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
        #[allow(clippy::disallowed_methods)] // a certificate lives in real time
        let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let day = day.checked_add(jiff::Span::new().days(days)).unwrap();
        let part = |n: i8| u8::try_from(n).unwrap();
        parameters.not_after = rcgen::date_time_ymd(day.year().into(), part(day.month()), part(day.day()));
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let path = |name: &str| -> std::path::PathBuf { Path::new(self.dir.path()).join(name) };
        let identity = Identity { cert: path("server.pem"), key: path("server.key") };
        fs::write(&identity.cert, certificate.pem()).unwrap();
        fs::write(&identity.key, key.serialize_pem()).unwrap();
        identity
    }
}

#[test]
fn a_servers_certificate_is_judged_as_when_sending() {
    let authority = Authority::new();
    let cases = [
        // Name, days left, whether its authority is known; verdict, whose move, words.
        ("127.0.0.1", 400, true, "ok", None, &["days left", "chain and name are good"][..]),
        ("127.0.0.1", 20, true, "warning", Some("partner"), &["days left", "renew"]),
        ("127.0.0.1", -3, true, "error", Some("partner"), &["server of Acme expired on", "renew"]),
        ("as2.other.example", 400, true, "error", Some("us"), &["not for 127.0.0.1"]),
        ("127.0.0.1", 400, false, "error", Some("us"), &["do not know the authority", "ca under [as2]"]),
    ];
    for (name, days, known, verdict, whose, words) in cases {
        let catcher = Catcher::tls(&authority.server(name, days));
        let ca = if known { authority.ca() } else { String::new() };
        let (exit, steps) = check(&house(&catcher.url(), &ca), &["--send"]);
        is(&steps, "TLS", verdict, whose, words);
        if verdict == "error" {
            assert_eq!(exit, 1);
            is(&steps, "test message", "skipped", None, &[]);
        }
    }
    // What is no TLS.
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/as2", plain.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = plain.accept().unwrap();
        stream.read_exact(&mut [0]).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        // Until the other side has gone.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let (exit, steps) = check(&house(&url, ""), &[]);
    server.join().unwrap();
    assert_eq!(exit, 1);
    is(&steps, "TLS", "error", Some("us"), &["does not speak TLS"]);
}

#[test]
fn a_server_that_wants_our_certificate_is_told() {
    let mut config = config("ACME", &acme(), "NORTHWIND", &northwind());
    config["listen"] = json!({ "cert": acme().cert, "key": acme().key, "client_ca": northwind().cert });
    let peer = As2Peer::start(Product::Pyas2, &config);
    let ca = format!("ca = \"{}\"\n", acme().cert.display());
    let (exit, steps) = check(&house(peer.url(), &ca), &["--send"]);
    assert_eq!(exit, 1);
    is(&steps, "TLS", "ok", None, &["we show none: tls_certificate = true"]);
    is(&steps, "test message", "error", Some("partner"), &[]);
    let (exit, steps) = check(&house(peer.url(), &format!("{ca}tls_certificate = true\n")), &["--send"]);
    assert_eq!(exit, 0, "{steps:#?}");
    is(&steps, "TLS", "ok", None, &["and we show it"]);
    is(&steps, "receipt", "ok", None, &[]);
}

#[test]
fn what_the_partner_answers_is_judged() {
    let cases = [
        // How it answers, more of [as2]; exit, verdict, whose move, words.
        (
            r#"{ "corrupt": true }"#,
            "",
            1,
            "error",
            Some("partner"),
            &["not by a certificate", "portway cert import"][..],
        ),
        (r#"{ "mdn": "none" }"#, "", 1, "error", Some("partner"), &["without the receipt"]),
        (r#"{ "mdn": "none" }"#, "mdn = \"none\"\n", 0, "warning", Some("partner"), &["without the receipt"]),
        (r#"{ "mdn": "unsigned" }"#, "", 0, "warning", Some("partner"), &["not signed"]),
        (r#"{ "mic": "wrong" }"#, "", 1, "error", Some("partner"), &["other bytes"]),
        (r#"{ "http_status": 401 }"#, "", 1, "error", Some("us"), &["401", "username and password"]),
        (
            r#"{ "disposition": "processed/error: authentication-failed" }"#,
            "",
            1,
            "error",
            Some("us"),
            &["we signed with SHA-256", "portway partner sheet acme"],
        ),
        (
            r#"{ "disposition": "processed/error: unknown-trading-partner" }"#,
            "",
            1,
            "error",
            Some("partner"),
            &["AS2-From NORTHWIND to AS2-To ACME"],
        ),
    ];
    for (answer, as2, exit, verdict, whose, words) in cases {
        let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind()));
        peer.answer(&asked(answer));
        let (code, steps) = check(&house(peer.url(), as2), &["--send"]);
        assert_eq!(code, exit, "{answer}: {steps:#?}");
        is(&steps, "receipt", verdict, whose, words);
        is(&steps, "TLS", "warning", Some("partner"), &["http://"]);
    }
    // A connection that ends without an answer.
    let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    peer.answer(&asked(r#"{ "cut": true }"#));
    let (code, steps) = check(&house(peer.url(), ""), &["--send"]);
    assert_eq!(code, 1);
    is(&steps, "test message", "error", Some("partner"), &["before an answer came"]);
    is(&steps, "receipt", "skipped", None, &[]);
}

#[test]
fn a_wrong_certificate_pinned_is_what_the_partner_cannot_decrypt() {
    let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let stranger = Identity::rsa("mallory.example");
    let (_, site) = site();
    let text = profile(Some(peer.url()), "").text();
    let both = format!(
        "\"{}\", {{ file = \"{}\", from = \"2020-01-01\" }}",
        acme().cert.display(),
        stranger.cert.display()
    );
    site.partner_text("acme", &text.replace(&format!("\"{}\"", acme().cert.display()), &both));
    site.write();
    let (exit, steps) = check(&site, &["--send"]);
    assert_eq!(exit, 1);
    is(&steps, "encrypted to", "ok", None, &["mallory.example"]);
    is(&steps, "test message", "ok", None, &[]);
    is(
        &steps,
        "receipt",
        "error",
        Some("us"),
        &["decryption-failed", "we encrypted to SHA-256", "by telephone"],
    );
}

#[test]
fn a_partner_with_later_receipts_is_asked_for_one_at_once() {
    let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind()));
    let (_, mut site) = site();
    site.replace("plain_address", "url = \"https://as2.northwind.example/as2\"\nplain_address");
    site.partner(&profile(Some(peer.url()), "mdn = \"async\"\n"));
    site.write();
    let (exit, steps) = check(&site, &["--send"]);
    assert_eq!(exit, 0, "{steps:#?}");
    is(&steps, "receipt", "ok", None, &["processed"]);
    is(&steps, "receipt later", "warning", Some("us"), &["async", "portway ack list"]);
    assert_eq!(peer.received(1)[0]["mdn"], "sync");
}

#[test]
fn a_key_that_only_the_service_can_read_is_told_and_nothing_is_sent() {
    let catcher = Catcher::start();
    let site = house(&catcher.url(), "");
    let file = site.path("conf/gateway.toml");
    let text = fs::read_to_string(&file).unwrap();
    let key = format!("key = {{ file = \"{}\" }}", northwind().key.display());
    assert!(text.contains(&key), "{text}");
    fs::write(&file, text.replace(&key, "key = { credential = \"as2-key\" }")).unwrap();
    let (exit, steps) = check(&site, &[]);
    assert_eq!(exit, 0, "{steps:#?}");
    is(&steps, "signed with", "warning", Some("us"), &["cannot be read here"]);
    let (exit, steps) = check(&site, &["--send"]);
    assert_eq!(exit, 1);
    is(&steps, "test message", "error", Some("us"), &["cannot be read here", "LoadCredential"]);
    is(&steps, "receipt", "skipped", None, &[]);
    assert_eq!(catcher.requests(0).len(), 0);
}
