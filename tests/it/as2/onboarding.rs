//! A new operator and a new partner: `partner-profiles/example-as2` and the steps of docs/as2-certificates.md, from nothing to the first
//! order, with a live product at the other end. What the commands say to write is what is written.

use super::*;
use crate::harness::as2_peer::decoded;
use crate::harness::x12::order;
use std::fs;
use std::path::{Path, PathBuf};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[track_caller]
fn replace(file: &Path, pairs: &[(&str, &str)]) {
    let mut text = fs::read_to_string(file).unwrap();
    for (this, that) in pairs {
        assert!(text.contains(this), "{this} in {text}");
        text = text.replace(this, that);
    }
    fs::write(file, text).unwrap();
}

/// Runs it, which must end well; stdout and stderr.
#[track_caller]
fn well(site: &Site, arguments: &[&str]) -> (String, String) {
    let (exit, shown, errors) = site.run(arguments);
    assert_eq!(exit, 0, "portway {}\n{shown}\n{errors}", arguments.join(" "));
    (shown, errors)
}

#[test]
fn the_documented_steps_lead_to_the_first_order() {
    let erp = Recorder::erp();
    let site = Site::new();
    let example = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("partner-profiles/example-as2");
    copy(&example, &site.config());
    let gateway_toml = site.path("conf/gateway.toml");
    well(&site, &["validate"]);

    // What is marked in the example; a database and ports of the test's own.
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut text = fs::read_to_string(&gateway_toml).unwrap();
    let (start, end) = (text.find("keys = [").unwrap(), text.find("]\n\n[listen").unwrap());
    text.replace_range(start..end + 2, "");
    let head = format!("state = \"{}\"\n", site.state().display());
    let database = format!("\n[database]\nurl = \"{}\"\n[work]\ndrain = \"5s\"\n", site.database().url);
    fs::write(&gateway_toml, head + &text + &database).unwrap();
    fs::write(site.path("conf/erp.key"), erp.secret()).unwrap();
    replace(
        &gateway_toml,
        &[
            (
                "address = \"0.0.0.0:4443\"",
                &format!("address = \"127.0.0.1:0\"\nplain_address = \"{plain}\""),
            ),
            ("https://erp-test.northwind.example/edi-events", &erp.url()),
            ("{ credential = \"erp-test-webhook\" }", "{ file = \"erp.key\" }"),
            ("{ credential = \"erp-webhook\" }", "{ file = \"erp.key\" }"),
        ],
    );
    fs::remove_file(site.path("conf/partners.d/acme-retail.toml")).unwrap();

    // Our side, once.
    let (_, said) = well(&site, &["cert", "new", "--station", "us"]);
    let keys = said.lines().find(|line| line.starts_with("keys = [")).unwrap();
    replace(&gateway_toml, &[("[listen.as2]", &format!("{keys}\n\n[listen.as2]"))]);

    // The partner: a draft, the sheet, what it answers.
    well(&site, &["partner", "new", "acme", "--x12", "ZZ:ACME", "--to", "erp-test"]);
    let profile = site.path("conf/partners.d/acme.toml");
    replace(&profile, &[("[x12]", "[as2]\nid = \"ACME\"\n\n[x12]")]);
    let (sheet, _) = well(&site, &["partner", "sheet", "acme"]);
    assert!(
        sheet.contains("https://as2.northwind.example:4443/as2") && sheet.contains("NORTHWIND"),
        "{sheet}"
    );

    // Acme sets us up from the sheet alone.
    let begin = sheet.find("-----BEGIN CERTIFICATE").unwrap();
    let end = begin + sheet[begin..].find("-----END CERTIFICATE-----\n").unwrap() + 26;
    let ours = site.path("ours-as-sent.pem");
    fs::write(&ours, &sheet[begin..end]).unwrap();
    let northwind = Identity { cert: ours, key: PathBuf::new() };
    let peer = As2Peer::start(Product::Pyas2, &config("ACME", &acme(), "NORTHWIND", &northwind));
    peer.configure(&json!({ "partner": { "url": format!("http://{plain}/as2") } }));

    // Its answer: address and certificate.
    replace(&profile, &[("id = \"ACME\"\n", &format!("id = \"ACME\"\nurl = \"{}\"\n", peer.url()))]);
    let (_, said) = well(&site, &["cert", "import", acme().cert.to_str().unwrap(), "--partner", "acme"]);
    assert!(said.contains("telephone"), "{said}");
    replace(&profile, &[("status = \"draft\"", "status = \"test\"")]);
    well(&site, &["validate"]);
    let (steps, _) = well(&site, &["partner", "check", "acme", "--send"]);
    assert!(steps.contains("ok       receipt: signed"), "{steps}");
    assert_eq!(peer.received(1)[0]["content_type"], "text/plain");

    let gateway = Gateway::start(&site, &[]);
    let mut test = order("4500123", 17);
    test.usage = 'T';
    let sent = peer.send(
        test.text().as_bytes(),
        &asked(r#"{ "sign": "sha256", "encrypt": "aes128-cbc", "mdn": "sync", "mdn_signed": "sha256" }"#),
    );
    assert_eq!(
        (&sent["mdn"]["accepted"], &sent["mdn"]["mic_matches"]),
        (&json!(true), &json!(true)),
        "{sent}"
    );
    erp.wait_effects(1);
    let back = peer.received(2).remove(1);
    assert_eq!(x12::Acknowledgement::read(&decoded(&back["payload"])).only(), ("A", "A"));
    gateway.until("our 997 sent, and its receipt there", || {
        (site.database().rows("SELECT state FROM message ORDER BY direction") == ["done", "sent"])
            .then_some(())
    });

    let (shown, _) = well(&site, &["message", "list"]);
    assert!(shown.contains("as2") && shown.contains("done") && shown.contains("sent"), "{shown}");
    let id = site.database().rows("SELECT id::text FROM message WHERE direction = 'out'").remove(0);
    let (shown, _) = well(&site, &["message", "show", &id]);
    for word in
        ["AS2 NORTHWIND > ACME", "signed sha-256", "encrypted aes256-cbc", "their receipt (sync): accepted"]
    {
        assert!(shown.contains(word), "{word} in {shown}");
    }
    let (_, said) = well(&site, &["ack", "list"]);
    assert_eq!(said, "Nothing is expected.\n");
    let (shown, _) = well(&site, &["partner", "list"]);
    assert!(shown.contains(&format!("ACME, {}, receipts sync", peer.url())), "{shown}");
    well(&site, &["status"]);
    gateway.stop();
}
