//! Servers that are away, are not who they were, or forbid things: what is told, how often, and what is not done.

use super::*;
use crate::harness::sftp_peer::Key;
use rustix::process::Signal;

#[test]
fn a_changed_host_key_is_one_alert_and_nobody_logs_in_until_the_profile_says_so() {
    let mailbox = Mailbox::start();
    let mut scene = Scene::new("settle = \"0s\"");
    scene.site.mail(&mailbox);
    scene.put("out/a.edi", "4500123", 1);
    let gateway = scene.site.start();
    scene.once(&gateway, &["4500123"]);
    let old = scene.sshd.fingerprint("ed25519");
    scene.sshd.change_host_key();
    let offset = scene.sshd.log().len();
    scene.put("out/b.edi", "4500124", 2);
    let told = scene.alert(&gateway, "poll-host-key:acme");
    assert!(told.contains(&format!("{} instead of {old}", scene.sshd.fingerprint("ed25519"))), "{told}");
    gateway.until("three polls that were refused", || {
        (scene.site.database().count("poll WHERE failures >= 3") == 1).then_some(())
    });
    let said = scene.sshd.log()[offset..].to_owned();
    assert!(!said.contains("Accepted") && said.contains("Connection"), "{said}");
    assert_eq!((scene.messages().len(), scene.sshd.names("out").len()), (1, 1));
    assert_eq!(scene.site.database().count("alert"), 1, "one alert, however often");
    mailbox.mail("their SFTP server shows another host key");

    scene.polled("settle = \"0s\"");
    gateway.signal(Signal::HUP);
    scene.once(&gateway, &["4500123", "4500124"]);
    mailbox.mail("over: acme: their SFTP server shows another host key");
    assert_eq!(mailbox.mails().len(), 2);
}

#[test]
fn a_server_that_is_down_is_asked_less_and_less_and_told_once() {
    let mailbox = Mailbox::start();
    let mut scene = Scene::new("settle = \"0s\"");
    scene.site.mail(&mailbox);
    scene.sshd.stop();
    let gateway = scene.site.start();
    scene.rows(&gateway, "SELECT 'yes' FROM poll WHERE failures = 2", &["yes"]);
    assert_eq!(scene.site.database().count("alert"), 0, "what may pass by itself is not told at once");
    let told = scene.alert(&gateway, "poll:acme");
    assert!(told.contains("refuses connections") && told.contains("Nothing is lost"), "{told}");
    gateway.until("a fourth failure", || {
        (scene.site.database().count("poll WHERE failures >= 4") == 1).then_some(())
    });
    let wait =
        scene.site.database().rows("SELECT 'longer' FROM poll WHERE next_at - last_at > interval '600 ms'");
    assert_eq!(wait, ["longer"], "the fourth wait is at least half of eight times 200 ms");
    scene.put("out/a.edi", "4500123", 1);
    scene.sshd.start_again();
    scene.once(&gateway, &["4500123"]);
    mailbox.mail("over: acme: their SFTP server cannot be polled");
    assert_eq!((mailbox.mails().len(), scene.site.database().count("alert")), (2, 1));
    scene.rows(&gateway, "SELECT failures::text FROM poll", &["0"]);
}

#[test]
fn a_login_that_is_refused_is_told_at_once_and_not_repeated_soon() {
    let scene = Scene::new("settle = \"0s\"");
    let other = Key::new(&scene.site, "other");
    std::fs::copy(scene.site.path("other"), scene.sshd.key()).unwrap();
    assert!(!other.line().is_empty());
    let gateway = scene.site.start();
    let told = scene.alert(&gateway, "poll:acme");
    assert!(told.contains("does not let") && told.contains("with our key"), "{told}");
    scene.rows(
        &gateway,
        "SELECT 'later' FROM poll WHERE failures = 1 AND next_at - last_at >= interval '15 minutes'",
        &["later"],
    );
    // Whoever is not polled any more has no alert of it.
    let profile = std::fs::read_to_string(scene.site.path("conf/partners.d/acme.toml")).unwrap();
    scene.site.partner_text("acme", &profile.replace("\"live\"", "\"paused\""));
    gateway.signal(Signal::HUP);
    scene.no_alert(&gateway, "poll:acme");
    let (_, status, _) = scene.site.run(&["status"]);
    assert!(!status.contains("POLLED"), "{status}");
}

#[test]
fn what_the_server_does_not_let_us_delete_is_taken_once_and_cleared_later() {
    let mut scene = Scene::at(Sshd::with(&["ed25519"], "-P remove,rename", ""), "settle = \"0s\"");
    scene.put("out/a.edi", "4500123", 1);
    scene.put("out/b.edi", "4500124", 2);
    let gateway = scene.site.start();
    let told = scene.alert(&gateway, "poll-leftover:acme");
    assert!(told.contains("a.edi (2 in all)") && told.contains("does not permit"), "{told}");
    scene.polls(&gateway, 3);
    scene.once(&gateway, &["4500123", "4500124"]);
    assert_eq!(scene.sshd.names("out"), ["a.edi", "b.edi"]);
    assert_eq!(scene.site.database().count("alert"), 1);
    scene.sshd.restart_with("");
    scene.there(&gateway, "out", &[]);
    scene.no_alert(&gateway, "poll-leftover:acme");
    scene.polls(&gateway, 1);
    assert_eq!((scene.messages().len(), scene.site.database().count("poll_file")), (2, 0));
}

#[test]
fn a_folder_that_is_not_there_is_told_and_the_others_are_polled() {
    let scene = Scene::new("settle = \"0s\"");
    let section = scene.sshd.section();
    let text = std::fs::read_to_string(scene.site.path("conf/partners.d/acme.toml")).unwrap();
    scene.site.partner_text("acme", &text.replace("[\"out\"]", "[\"nowhere\", \"out\"]"));
    scene.put("out/a.edi", "4500123", 1);
    let gateway = scene.site.start();
    let told = scene.alert(&gateway, "poll:acme");
    assert!(told.contains("nowhere does not exist"), "{told}");
    scene.there(&gateway, "out", &[]);
    scene.once(&gateway, &["4500123"]);
    scene.polled_by(&section, "settle = \"0s\"");
    gateway.signal(Signal::HUP);
    scene.no_alert(&gateway, "poll:acme");
}

#[test]
fn a_download_that_breaks_off_is_not_taken_and_the_next_one_is() {
    let scene = Scene::new("settle = \"0s\"");
    let valve = Valve::to(scene.sshd.port);
    let text = "ISA".to_owned() + &"x".repeat(500_000);
    scene.sshd.put("out/large.edi", &text);
    valve.after(100_000, Then::Break);
    scene.polled_by(&scene.sshd.section_at(valve.port), "settle = \"0s\"");
    let gateway = scene.site.start();
    gateway.line("an SFTP server cannot be polled");
    assert_eq!((scene.messages().len(), scene.sshd.names("out").len()), (0, 1));
    valve.open();
    scene.there(&gateway, "out", &[]);
    let sizes = scene.site.database().rows("SELECT size::text FROM message WHERE direction = 'in'");
    assert_eq!(sizes, [text.len().to_string()]);
}
