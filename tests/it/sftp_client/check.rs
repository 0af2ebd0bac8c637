//! `portway partner check` at a partner's SFTP server, and for an account at ours: good and bad cases, with no gateway running.

use super::*;
use crate::harness::sftp_peer::Key;
use serde_json::Value;
use std::fs;

struct Checked {
    site: Site,
    sshd: Sshd,
}

impl Checked {
    fn new(sshd: Sshd) -> Checked {
        let mut site = Site::new();
        let erp = Recorder::erp();
        site.endpoint("erp", &erp, "");
        site.write();
        for folder in ["out", "inbox"] {
            sshd.folder(folder);
        }
        let checked = Checked { site, sshd };
        checked.section(&checked.sshd.section(), "");
        checked
    }

    fn section(&self, section: &str, push: &str) {
        let mut profile = Profile::live("acme");
        profile.more += &format!(
            "\n{section}[sftp_client.poll]\nfolders = [\"out\"]\npattern = \"*.edi\"\n[sftp_client.push]\nfolder = \"inbox\"\n{push}\n"
        );
        self.site.partner(&profile);
    }

    /// Verdict and the rest of each step: `name` to its JSON.
    #[track_caller]
    fn is(&self, exit: i32, steps: &[(&str, &str, Option<&str>, &str)]) {
        let (ended, shown, errors) = self.site.run(&["partner", "check", "acme", "--json"]);
        assert_eq!((ended, errors.as_str()), (exit, ""), "{shown}");
        let all: Vec<Value> = shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (name, verdict, whose, words) in steps {
            let step = all.iter().find(|step| step["check"] == *name);
            let step = step.unwrap_or_else(|| panic!("no {name} in {all:#?}"));
            assert_eq!((step["verdict"].as_str(), step["move"].as_str()), (Some(*verdict), *whose), "{step}");
            assert!(step.to_string().contains(words), "{words} in {step}");
        }
        assert_eq!(self.sshd.names("inbox"), Vec::<String>::new(), "nothing stays");
    }
}

#[test]
fn a_server_that_is_as_it_should_be() {
    let checked = Checked::new(Sshd::start());
    checked.sshd.put("out/a.edi", "x");
    checked.sshd.put("out/readme.txt", "x");
    let fingerprint = checked.sshd.fingerprint("ed25519");
    checked.is(
        0,
        &[
            ("SFTP name", "ok", None, "127.0.0.1"),
            ("SFTP TCP", "ok", None, "connected to 127.0.0.1"),
            ("SSH", "ok", None, "OpenSSH"),
            ("host key", "ok", None, &fingerprint),
            ("login", "ok", None, "is let in, at "),
            ("fetch from out", "ok", None, "2 files, 1 of them for us"),
            ("write to inbox", "ok", None, "written and renamed, and removed"),
        ],
    );
    assert_eq!(checked.sshd.names("out"), ["a.edi", "readme.txt"], "nothing is taken");
}

#[test]
fn the_first_step_that_fails_says_whose_move_it_is() {
    let mut checked = Checked::new(Sshd::start());
    let good = checked.sshd.section();
    checked.section(&good.replace("127.0.0.1", "sftp.acme.invalid"), "");
    checked.is(1, &[("SFTP name", "error", Some("us"), "resolv.conf"), ("login", "skipped", None, "")]);

    let key = checked.sshd.key().display().to_string();
    checked.section(&good.replace(&key, "secrets/missing"), "");
    checked.is(1, &[("SFTP TCP", "ok", None, ""), ("login", "error", Some("us"), "secrets/missing")]);

    let stranger = Key::new(&checked.site, "stranger");
    assert!(!stranger.line().is_empty());
    checked.section(&good.replace(&key, &checked.site.path("stranger").display().to_string()), "");
    let entered = "our public key (or password) are entered there";
    checked.is(1, &[("host key", "ok", None, ""), ("login", "error", Some("partner"), entered)]);

    checked.section(&good, "");
    checked.sshd.change_host_key();
    let got = checked.sshd.fingerprint("ed25519");
    checked.is(
        1,
        &[
            ("SSH", "ok", None, ""),
            ("host key", "error", Some("us"), &format!("{got} instead of")),
            ("host key", "error", Some("us"), "by telephone"),
            ("login", "skipped", None, ""),
            ("write to inbox", "skipped", None, ""),
        ],
    );
    checked.sshd.stop();
    checked.is(
        1,
        &[
            ("SFTP TCP", "error", Some("partner"), "refused"),
            ("host key", "skipped", None, ""),
            ("fetch from out", "skipped", None, ""),
        ],
    );
}

#[test]
fn folders_that_are_missing_or_forbidden_are_each_told() {
    let mut checked = Checked::new(Sshd::with(&["ed25519"], "-R", ""));
    fs::remove_dir(checked.sshd.files().join("out")).unwrap();
    checked.is(
        1,
        &[
            ("login", "ok", None, ""),
            ("fetch from out", "error", Some("us"), "out does not exist"),
            ("write to inbox", "error", Some("partner"), "let our user write there"),
        ],
    );
    checked.sshd.folder("out");
    checked.sshd.restart_with("-P rename,posix-rename");
    checked.is(1, &[("write to inbox", "error", Some("partner"), "temporary = false")]);
    let section = checked.sshd.section();
    checked.section(&section, "temporary = false");
    checked.is(0, &[("write to inbox", "ok", None, "a probe was written, and removed")]);
}

#[test]
fn an_account_at_our_door_is_looked_at() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let key = Key::new(&site, "acme");
    let profile = |site: &Site, sftp: &str| {
        let mut profile = Profile::live("acme");
        profile.more += &format!("\n[sftp]\n{sftp}\n");
        site.partner(&profile);
    };
    let check = |site: &Site| site.run(&["partner", "check", "acme"]);
    profile(&site, &format!("keys = [\"{}\"]\naddresses = [\"192.0.2.0/24\"]", key.line()));
    site.write();
    let (exit, out, _) = check(&site);
    assert!(
        exit == 1 && out.contains("error    SFTP door: closed: the partner cannot come in. Next (us)"),
        "{out}"
    );
    assert!(out.contains("ok       SFTP account: acme comes with a key (SHA256:"), "{out}");
    assert!(out.contains("from 192.0.2.0/24"), "{out}");

    profile(&site, "keys = []");
    site.add("[listen.sftp]\naddress = \"127.0.0.1:0\"");
    site.write();
    let (exit, out, _) = check(&site);
    assert!(exit == 1 && out.contains("SFTP account: acme cannot log in: no key, no password"), "{out}");
    assert!(out.contains("warning  SFTP door: 127.0.0.1:0 has no host keys yet"), "{out}");
    profile(&site, &format!("keys = [\"{}\"]", key.line()));
    let gateway = site.start();
    let address = gateway.sftp.clone();
    site.replace(
        "[listen.sftp]\naddress = \"127.0.0.1:0\"",
        &format!("[listen.sftp]\naddress = \"{address}\""),
    );
    site.write();
    let (exit, out, _) = check(&site);
    assert!(
        exit == 0 && out.contains(&format!("ok       SFTP door: open at {address}; host keys SHA256:")),
        "{out}"
    );
    assert!(out.contains("ok       SFTP folders: /in takes a file when it is closed"), "{out}");
    gateway.stop();
    let (exit, out, _) = check(&site);
    assert!(exit == 0 && out.contains(&format!("warning  SFTP door: nobody listens at {address}")), "{out}");
}
