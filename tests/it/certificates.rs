//! Certificates as an operator lives with them: warned of before they expire, replaced, and a key that is not there stops the start.

use crate::harness::*;
use rustix::process::Signal;
use serde_json::Value;
use std::process::{Command, Stdio};

fn openssl(site: &Site, arguments: &[&str]) {
    let done = Command::new("openssl")
        .args(arguments)
        .current_dir(site.config())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// A certificate of the partner's in `conf/<file>`, valid from now on for `days`.
fn theirs(site: &Site, file: &str, days: &str) {
    let subject = ["-subj", "/O=Acme/CN=ACME", "-days", days, "-out", file];
    let key = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "theirs.key"];
    openssl(site, &[&key[..], &subject[..]].concat());
}

/// Writes gateway.toml with an AS2 name, and these keys of `[us]`.
fn write(site: &Site, keys: &str) {
    site.write();
    let file = site.path("conf/gateway.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("[us]\n", &format!("[us]\nas2 = \"NORTHWIND\"\n{keys}\n"), 1))
        .unwrap();
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const AS2: &str =
    "[as2]\nid = \"ACME\"\ncertificates = [\"acme.pem\"]   # the first\n[receive.850]\nto = [\"erp\"]";

#[test]
fn a_certificate_that_runs_out_is_told_once_and_when_it_is_replaced() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.partner(&Profile { more: AS2.into(), ..Profile::live("acme") });
    theirs(&site, "acme.pem", "5");
    write(&site, "");
    let gateway = Gateway::start(&site, &[]);
    let mail = mailbox.mail("acme: its certificate expires in");
    assert!(mail.subject.contains("the partner must act"), "{mail:?}");
    assert!(mail.body.contains("portway cert import FILE --partner acme --from DATE"), "{}", mail.body);
    assert!(mail.body.contains("CN=ACME"), "{}", mail.body);
    // Looked at again, also by another process: no second mail.
    gateway.signal(Signal::HUP);
    gateway.line("reloaded");
    gateway.stop();
    let gateway = Gateway::start(&site, &[]);
    let causes = || site.database().rows("SELECT cause FROM alert WHERE state = 'open'");
    let [cause] = &causes()[..] else { panic!("{:?}", causes()) };
    assert!(cause.starts_with("certificate:partner:acme:as2:") && cause.ends_with(":7"), "{cause}");
    assert_eq!(mailbox.mails().len(), 1);

    // Had the step before this one been told, this one would be told now, and take its place without a word.
    site.database().rows("UPDATE alert SET cause = regexp_replace(cause, ':7$', ':14') RETURNING cause");
    gateway.signal(Signal::HUP);
    gateway.until("the next step told", || (mailbox.mails().len() == 2).then_some(()));
    gateway.until("the step before closed", || (causes() == [cause.clone()]).then_some(()));

    theirs(&site, "next.pem", "700");
    let next = site.path("conf/next.pem").display().to_string();
    let (exit, shown, errors) = site.run(&["cert", "import", &next, "--partner", "acme"]);
    assert_eq!(exit, 0, "{errors}");
    assert!(shown.contains("SHA-256") && errors.contains("telephone"), "{shown}{errors}");
    let profile = std::fs::read_to_string(site.path("conf/partners.d/acme.toml")).unwrap();
    assert!(profile.contains("certificates = [\"acme.pem\", \"certs/acme-"), "{profile}");
    assert!(profile.contains("# the first"), "{profile}");
    let (exit, _, errors) = site.run(&["cert", "import", &next, "--partner", "acme"]);
    assert!(exit == 0 && errors.contains("already"), "{exit} {errors}");
    gateway.signal(Signal::HUP);
    mailbox.mail("over: acme: its certificate expires in");
    gateway.until("no mail owed", || (site.database().count("job") == 0).then_some(()));
    let subjects: Vec<_> = mailbox.mails().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects.len(), 3, "{subjects:?}");
    assert_eq!(site.database().rows("SELECT state FROM alert"), ["closed", "closed"]);

    let (exit, shown, _) = site.run(&["cert", "list", "--json"]);
    assert_eq!(exit, 0);
    let states: Vec<_> = lines(&shown).iter().map(|l| format!("{} {}", l["owner"], l["state"])).collect();
    assert_eq!(states[..2], ["\"partner\" \"superseded\"", "\"partner\" \"in force\""]);
    assert!(states[2].starts_with("\"door\""), "{states:?}");
}

#[test]
fn a_key_that_is_not_there_stops_the_start_and_the_new_one_is_told_to_partners() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.add("[listen.as2]\naddress = \"127.0.0.1:0\"\nurl = \"https://as2.northwind.example/as2\"");
    let keys = "keys = [{ certificate = \"certs/us.pem\", key = { file = \"certs/us.key\" } }]";
    write(&site, keys);
    let (exit, _, errors) = site.run(&["serve"]);
    assert_eq!(exit, 78, "{errors}");
    assert!(errors.contains("gateway.toml:4:25") && errors.contains("portway cert new"), "{errors}");

    write(&site, "");
    let (exit, shown, errors) = site.run(&["cert", "new", "--station", "us", "--days", "90"]);
    assert_eq!(exit, 0, "{errors}");
    assert!(shown.contains("RSA 2048") && !format!("{shown}{errors}").contains("PRIVATE"), "{shown}{errors}");
    let line = errors.lines().find(|line| line.starts_with("keys = [")).unwrap();
    let key = line.split('"').nth(3).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(site.path("conf").join(key)).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    write(&site, line);
    let (exit, shown, errors) = site.run(&["validate"]);
    assert_eq!(exit, 0, "{shown}{errors}");

    let (exit, sheet, errors) = site.run(&["partner", "sheet"]);
    assert_eq!(exit, 0, "{errors}");
    for part in [
        "Northwind Supply Inc.",
        "NORTHWIND",
        "https://as2.northwind.example/as2",
        "ZZ:NORTHWIND",
        "14:4012345000009",
        "BEGIN CERTIFICATE",
        "____",
    ] {
        assert!(sheet.contains(part), "{part} in {sheet}");
    }
    assert!(!sheet.contains("PRIVATE"), "{sheet}");
    // The certificate in the sheet is the one in force.
    let (_, listed, _) = site.run(&["cert", "show", "us", "--json"]);
    let fingerprint = lines(&listed)[0]["sha256"].as_str().unwrap().to_owned();
    assert!(sheet.contains(&fingerprint), "{sheet}");
    let (_, sheet, _) = site.run(&["partner", "sheet", "--json"]);
    assert_eq!(lines(&sheet)[0]["us"]["certificates"][0]["sha256"], fingerprint);

    // The next key waits for its day; a second one on the same day would be written over the first.
    let (exit, _, errors) = site.run(&["cert", "new", "--station", "us", "--ec"]);
    assert!(exit == 1 && errors.contains("is there already"), "{exit} {errors}");
}

#[test]
fn an_import_that_is_refused_changes_nothing() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    // Without its certificate this profile is refused: it can be mended by the import all the same.
    let as2 = "[as2]\nid = \"ACME\"\nurl = \"https://as2.acme.example/in\"\nsign = \"none\"";
    site.partner(&Profile { more: as2.into(), ..Profile::live("acme") });
    write(&site, "");
    theirs(&site, "acme.pem", "30");
    let profile = || std::fs::read_to_string(site.path("conf/partners.d/acme.toml")).unwrap();
    let before = profile();
    let path = |name: &str| site.path("conf").join(name).display().to_string();
    std::fs::write(path("junk"), "junk").unwrap();
    openssl(
        &site,
        &[
            "pkcs12",
            "-export",
            "-inkey",
            "theirs.key",
            "-in",
            "acme.pem",
            "-passout",
            "pass:x",
            "-out",
            "acme.p12",
        ],
    );
    let date = ["--from", "soon"];
    for (file, more, exit, message) in [
        ("junk", &[][..], 1, "no X.509 certificate"),
        ("gone", &[][..], 5, "gone"),
        ("acme.p12", &[][..], 1, "holds a private key"),
        ("acme.pem", &date[..], 2, "2027-01-31"),
        ("acme.pem", &["--from", "2099-01-01"][..], 2, "after its end"),
    ] {
        let file = path(file);
        let arguments = [&["cert", "import", &file, "--partner", "acme"], more].concat();
        let (code, _, errors) = site.run(&arguments);
        assert!(code == exit && errors.contains(message), "{file}: {code} {errors}");
        assert_eq!(profile(), before);
    }
    let (exit, _, errors) = site.run(&["cert", "import", &path("acme.pem"), "--partner", "nobody"]);
    assert!(exit == 5 && errors.contains("no partner `nobody`"), "{exit} {errors}");
    assert!(!site.path("conf/certs").exists());

    let (exit, _, _) = site.run(&["validate"]);
    assert_eq!(exit, 1);
    openssl(&site, &["crl2pkcs7", "-nocrl", "-certfile", "acme.pem", "-outform", "DER", "-out", "acme.p7b"]);
    let (exit, _, errors) = site.run(&["cert", "import", &path("acme.p7b"), "--partner", "acme"]);
    assert_eq!(exit, 0, "{errors}");
    let (exit, shown, errors) = site.run(&["validate"]);
    assert_eq!(exit, 0, "{shown}{errors}");
    let (exit, shown, _) = site.run(&["cert", "show", "acme"]);
    assert!(exit == 0 && shown.contains("O=Acme, CN=ACME") && shown.contains("in force"), "{shown}");
    let (exit, _, errors) = site.run(&["cert", "show", "nobody"]);
    assert!(exit == 5, "{errors}");
}
