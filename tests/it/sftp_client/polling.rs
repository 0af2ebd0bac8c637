//! What is taken from a partner's server, when, and what becomes of it there.

use super::*;
use rustix::process::Signal;
use std::io::Write;

#[test]
fn a_file_is_taken_once_and_deleted() {
    let scene = Scene::new("settle = \"0s\"");
    scene.put("out/a.edi", "4500123", 1);
    scene.put("out/b.edi", "4500124", 2);
    let gateway = scene.site.start();
    scene.there(&gateway, "out", &[]);
    scene.polls(&gateway, 2);
    scene.once(&gateway, &["4500123", "4500124"]);
    assert_eq!(scene.messages(), ["sftp_client a.edi", "sftp_client b.edi"]);
    assert_eq!(scene.site.database().count("poll_file"), 0);
    // The same name with new content is another file.
    scene.put("out/a.edi", "4500125", 3);
    scene.erp.wait_effects(3);
    let (code, out, _) = scene.site.run(&["status"]);
    assert!(code == 0 && out.contains("POLLED") && out.contains("there, "), "{out}");
    gateway.stop();
}

#[test]
fn a_file_is_taken_once_and_moved_under_a_free_name() {
    let scene = Scene::new("settle = \"0s\"\nafter = \"move\"\nmoved = \"out/done\"\nsubfolders = true");
    scene.sshd.folder("out/done");
    scene.sshd.put("out/done/a.edi", "an earlier one");
    scene.put("out/a.edi", "4500123", 1);
    let gateway = scene.site.start();
    scene.there(&gateway, "out/done", &["a-1.edi", "a.edi"]);
    scene.polls(&gateway, 2);
    scene.once(&gateway, &["4500123"]);
    assert_eq!(scene.sshd.names("out"), ["done"]);
    assert_eq!(std::fs::read_to_string(scene.sshd.files().join("out/done/a.edi")).unwrap(), "an earlier one");
}

#[test]
fn a_file_that_stays_is_neither_taken_nor_read_twice_also_after_a_restart() {
    let scene = Scene::new("settle = \"0s\"\nafter = \"keep\"");
    scene.put("out/a.edi", "4500123", 1);
    let gateway = scene.site.start();
    scene.erp.wait_effects(1);
    scene.polls(&gateway, 2);
    gateway.stop();
    // Other content that looks the same from outside: whoever read it would take it.
    scene.sshd.put_of("out/a.edi", order("4500999", 9).text(), scene.sshd.modified("out/a.edi"));
    let gateway = scene.site.start();
    scene.polls(&gateway, 2);
    scene.once(&gateway, &["4500123"]);
    assert_eq!(scene.sshd.names("out"), ["a.edi"]);
    scene.put("out/a.edi", "4500124-LONGER", 2);
    scene.erp.wait_effects(2);
}

#[test]
fn names_that_fit_are_taken_from_folders_one_level_deep() {
    let scene = Scene::new("settle = \"0s\"\npattern = \"*.edi\"\nsubfolders = true");
    scene.sshd.folder("out/sub/deeper");
    scene.sshd.folder("elsewhere");
    for (nth, name) in [
        "out/a.edi",
        "out/sub/b.edi",
        "out/sub/deeper/c.edi",
        "out/d.txt",
        "out/e.edi.part",
        "out/.f.edi",
        "elsewhere/g.edi",
    ]
    .into_iter()
    .enumerate()
    {
        scene.put(name, &format!("PO-{nth}"), nth as u32 + 1);
    }
    scene.sshd.put("out/empty.edi", "");
    std::os::unix::fs::symlink("d.txt", scene.sshd.files().join("out/link.edi")).unwrap();
    let gateway = scene.site.start();
    scene.erp.wait_effects(2);
    scene.polls(&gateway, 2);
    scene.once(&gateway, &["PO-0", "PO-1"]);
    assert_eq!(scene.sshd.names("out"), [".f.edi", "d.txt", "e.edi.part", "empty.edi", "link.edi", "sub"]);
    assert_eq!(scene.sshd.names("out/sub"), ["deeper"]);
}

#[test]
fn a_file_that_still_grows_is_not_taken() {
    let scene = Scene::new("settle = \"3s\"");
    let gateway = scene.site.start();
    let whole = order("SLOW", 1).text();
    let mut slow = std::fs::File::create(scene.sshd.files().join("out/slow.edi")).unwrap();
    // It grows between two looks, each time as soon as the last size was seen.
    for piece in whole.as_bytes().chunks(whole.len() / 4 + 1) {
        slow.write_all(piece).unwrap();
        let size = slow.metadata().unwrap().len().to_string();
        scene.rows(&gateway, "SELECT size::text FROM poll_file WHERE state = 'watched'", &[size.as_str()]);
    }
    drop(slow);
    scene.erp.wait_effects(1);
    scene.there(&gateway, "out", &[]);
    scene.once(&gateway, &["SLOW"]);
    assert_eq!(scene.site.database().rows("SELECT state FROM interchange"), ["accepted"]);
}

#[test]
fn a_file_that_is_too_large_stays_and_is_told_once() {
    let mut scene = Scene::new("settle = \"0s\"\nmax_file_bytes = 5000");
    scene.site.add("");
    scene.sshd.put("out/large.edi", "x".repeat(5001));
    scene.put("out/small.edi", "4500123", 1);
    let gateway = scene.site.start();
    let told = scene.alert(&gateway, "file:acme");
    assert!(told.contains("large.edi: it has 5001 bytes; the limit is 5000 bytes"), "{told}");
    scene.polls(&gateway, 3);
    scene.once(&gateway, &["4500123"]);
    assert!(scene.alert(&gateway, "file:acme").starts_with("1 "));
    assert_eq!(scene.sshd.names("out"), ["large.edi"]);
    // A higher limit is enough.
    scene.polled("settle = \"0s\"\nmax_file_bytes = 6000");
    gateway.signal(Signal::HUP);
    scene.there(&gateway, "out", &[]);
}

#[test]
fn a_paused_partner_is_not_polled_and_a_reload_is_followed() {
    let scene = Scene::new("settle = \"0s\"");
    let paused = std::fs::read_to_string(scene.site.path("conf/partners.d/acme.toml")).unwrap();
    scene.site.partner_text("acme", &paused.replace("\"live\"", "\"paused\""));
    let mut globex = Profile::live("globex");
    let other = Sshd::start();
    other.folder("out");
    globex.more +=
        &format!("\n{}\n[sftp_client.poll]\nfolders = [\"out\"]\nevery = \"200ms\"\n", other.section());
    scene.site.partner(&globex);
    scene.put("out/a.edi", "4500123", 1);
    let gateway = scene.site.start();
    // Globex is polled meanwhile.
    scene.polls(&gateway, 3);
    assert_eq!(scene.site.database().rows("SELECT partner FROM poll"), ["globex"]);
    assert_eq!((scene.sshd.names("out").len(), scene.messages().len()), (1, 0));
    scene.site.partner_text("acme", &paused);
    gateway.signal(Signal::HUP);
    scene.there(&gateway, "out", &[]);
    scene.once(&gateway, &["4500123"]);
    assert!(!scene.sshd.log().is_empty());
}

#[test]
fn two_gateways_on_one_database_take_each_file_once() {
    let scene = Scene::new("settle = \"0s\"\nafter = \"keep\"");
    let first = scene.site.start();
    let beside = scene.site.beside();
    let second = beside.start();
    let mut numbers = Vec::new();
    for nth in 1..=30 {
        numbers.push(format!("PO-{nth:02}"));
        scene.put(&format!("out/{nth:02}.edi"), &numbers[nth - 1], nth as u32);
    }
    scene.erp.wait_effects(30);
    scene.polls(&first, 4);
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    scene.once(&first, &numbers);
    assert_eq!(scene.site.database().count("poll_file WHERE state = 'taken'"), 30);
    first.stop();
    second.stop();
}
