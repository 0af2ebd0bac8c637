//! The drop folder and the out folder of a partner: files taken whole, once, and answers written whole.

use crate::harness::x12::{Acknowledgement, order};
use crate::harness::*;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

struct Folders {
    erp: Recorder,
    site: Site,
    inbound: PathBuf,
    out: PathBuf,
}

fn folders(settle: &str) -> Folders {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let (inbound, out) = (site.path("in"), site.path("out"));
    fs::create_dir(&inbound).unwrap();
    fs::create_dir(&out).unwrap();
    let mut profile = Profile::live("acme");
    profile.more += &format!(
        "\n[directory]\nin = \"{}\"\nout = \"{}\"\nsettle = \"{settle}\"\n",
        inbound.display(),
        out.display()
    );
    site.partner(&profile);
    Folders { erp, site, inbound, out }
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_dropped_file_becomes_an_order_and_the_answer_a_file() {
    let f = folders("0s");
    let gateway = f.site.start();
    fs::write(f.inbound.join("po.tmp"), order("4500123", 1).text()).unwrap();
    fs::rename(f.inbound.join("po.tmp"), f.inbound.join("po.edi")).unwrap();
    f.erp.wait_effects(1);
    let name = gateway.until("the answer's file", || names(&f.out).pop().filter(|n| !n.starts_with('.')));
    assert_eq!(Acknowledgement::read(&fs::read(f.out.join(name)).unwrap()).only(), ("A", "A"));
    gateway.until("the dropped file gone", || names(&f.inbound).is_empty().then_some(()));
    let row = "SELECT transport || ' ' || file_name FROM message WHERE direction = 'in'";
    assert_eq!(f.site.database().rows(row), ["directory po.edi"]);
    gateway.until("the answer sent", || {
        (f.site.database().rows("SELECT state FROM message WHERE direction = 'out'") == ["sent"])
            .then_some(())
    });
}

#[test]
fn a_file_that_is_still_being_written_is_not_taken() {
    let f = folders("2s");
    let gateway = f.site.start();
    let whole = order("SLOW", 1).text();
    let mut slow = File::create(f.inbound.join("slow.edi")).unwrap();
    // A writer who is slower than one look at the folder, and faster than the settle time.
    let pace = Watched::new(());
    for piece in whole.as_bytes().chunks(whole.len() / 25 + 1) {
        slow.write_all(piece).unwrap();
        slow.flush().unwrap();
        pace.next_change(Duration::from_millis(150));
    }
    drop(slow);
    f.erp.wait_effects(1);
    assert_eq!(f.erp.subjects(), ["SLOW"]);
    gateway
        .until("the order done", || (f.site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    assert_eq!(f.site.database().count("message WHERE direction = 'in'"), 1);
    assert_eq!(f.site.database().rows("SELECT state FROM interchange"), ["accepted"]);
}

#[test]
fn temporary_names_and_locked_files_wait_until_they_are_ready() {
    let f = folders("0s");
    let gateway = f.site.start();
    let half = order("TEMPORARY", 1).text();
    fs::write(f.inbound.join("a.edi.part"), &half[..200]).unwrap();
    fs::write(f.inbound.join(".b.edi"), &half[..200]).unwrap();
    let locked = File::create(f.inbound.join("c.edi.tmp")).unwrap();
    locked.lock().unwrap();
    fs::rename(f.inbound.join("c.edi.tmp"), f.inbound.join("c.edi")).unwrap();
    // Files come oldest first: two that come later and are taken show that the others were passed over.
    for (nth, name) in ["y.edi", "z.edi"].into_iter().enumerate() {
        fs::write(f.inbound.join("new.tmp"), order(&format!("WHOLE-{nth}"), 10 + nth as u32).text()).unwrap();
        fs::rename(f.inbound.join("new.tmp"), f.inbound.join(name)).unwrap();
        f.erp.wait_effects(nth + 1);
    }
    assert_eq!(names(&f.inbound), [".b.edi", "a.edi.part", "c.edi"]);
    (&locked).write_all(order("LOCKED", 2).text().as_bytes()).unwrap();
    drop(locked);
    fs::write(f.inbound.join("a.edi.part"), &half).unwrap();
    fs::rename(f.inbound.join("a.edi.part"), f.inbound.join("a.edi")).unwrap();
    f.erp.wait_effects(4);
    assert_eq!(f.erp.subjects(), ["LOCKED", "TEMPORARY", "WHOLE-0", "WHOLE-1"]);
    gateway.until("the folder cleared", || (names(&f.inbound) == [".b.edi"]).then_some(()));
    assert_eq!(f.site.database().count("message WHERE direction = 'in'"), 4);
}

#[test]
fn files_wait_while_the_gateway_is_away_and_the_same_file_name_may_come_again() {
    let f = folders("0s");
    fs::write(f.inbound.join("po.edi"), order("FIRST", 1).text()).unwrap();
    let gateway = f.site.start();
    f.erp.wait_effects(1);
    gateway.until("the folder cleared", || names(&f.inbound).is_empty().then_some(()));
    gateway.stop();
    fs::write(f.inbound.join("po.edi"), order("SECOND", 2).text()).unwrap();
    let _gateway = f.site.start();
    f.erp.wait_effects(2);
    assert_eq!(f.erp.subjects(), ["FIRST", "SECOND"]);
}

#[test]
fn a_junk_file_is_taken_and_quarantined() {
    let f = folders("0s");
    let gateway = f.site.start();
    fs::write(f.inbound.join("note.txt"), "please see attached").unwrap();
    let reason = gateway.until("the quarantine", || {
        f.site.database().rows("SELECT reason FROM message WHERE reason IS NOT NULL").pop()
    });
    assert_eq!(reason, "unparseable");
    fs::write(f.inbound.join("empty.edi"), "").unwrap();
    gateway.until("the folder cleared", || names(&f.inbound).is_empty().then_some(()));
    assert!(f.erp.received().is_empty());
}

/// Count and text of the alerts with this cause and state.
fn alerts(site: &Site, cause: &str, state: &str) -> Vec<String> {
    site.database().rows(&format!(
        "SELECT count || ' ' || detail FROM alert WHERE cause = '{cause}' AND state = '{state}'"
    ))
}

#[test]
fn more_files_at_once_than_one_look_takes_are_all_taken() {
    let f = folders("0s");
    for nth in 0..200 {
        let name = f.inbound.join(format!("po-{nth:03}.edi"));
        fs::write(name, order(&format!("MANY-{nth:03}"), nth + 1).text()).unwrap();
    }
    // Claimed by a gateway that died.
    for nth in 200..250 {
        let name = f.inbound.join(format!(".taking.po-{nth:03}.edi"));
        fs::write(name, order(&format!("MANY-{nth:03}"), nth + 1).text()).unwrap();
    }
    let gateway = f.site.start();
    f.erp.wait_effects(250);
    let expected: Vec<String> = (0..250).map(|nth| format!("MANY-{nth:03}")).collect();
    assert_eq!(f.erp.subjects(), expected);
    gateway.until("the folder cleared", || names(&f.inbound).is_empty().then_some(()));
    assert_eq!(f.site.database().count("message WHERE direction = 'in'"), 250);
}

#[test]
fn a_file_that_cannot_be_taken_is_told_once_and_left_alone() {
    let mut f = folders("0s");
    f.site.add("[limits]\nmax_message_bytes = 5000");
    let long = format!("{}.edi", "n".repeat(244));
    fs::write(f.inbound.join("large.edi"), "x".repeat(5001)).unwrap();
    let gateway = f.site.start();
    let told = gateway.until("the alert", || alerts(&f.site, "file:acme", "open").pop());
    assert!(told.starts_with("1 large.edi: the file is larger than the limit of 5000 bytes"), "{told}");
    fs::write(f.inbound.join("long.tmp"), order("LONG", 9).text()).unwrap();
    fs::rename(f.inbound.join("long.tmp"), f.inbound.join(&long)).unwrap();
    gateway.line("the file's name is longer than 247 bytes");
    // Each is taken by a later look, which passes the two by.
    for nth in 0..3 {
        fs::write(f.inbound.join("new.tmp"), order(&format!("GOOD-{nth}"), 10 + nth).text()).unwrap();
        fs::rename(f.inbound.join("new.tmp"), f.inbound.join("good.edi")).unwrap();
        f.erp.wait_effects(nth as usize + 1);
        gateway.until("the good file gone", || {
            (names(&f.inbound) == ["large.edi", long.as_str()]).then_some(())
        });
    }
    let told = alerts(&f.site, "file:acme", "open");
    assert!(told.len() == 1 && told[0].starts_with("2 large.edi"), "{told:?}");
    // A sender who mends the file under the same name is heard.
    fs::write(f.inbound.join("mended.tmp"), order("MENDED", 20).text()).unwrap();
    fs::rename(f.inbound.join("mended.tmp"), f.inbound.join("large.edi")).unwrap();
    f.erp.wait_effects(4);
    gateway.until("the mended file gone", || (names(&f.inbound) == [long.as_str()]).then_some(()));
}

#[test]
fn the_alert_of_a_folder_that_was_away_closes_also_after_a_restart() {
    let f = folders("0s");
    fs::rename(&f.inbound, f.site.path("away")).unwrap();
    let gateway = f.site.start();
    let told = gateway.until("the alert", || alerts(&f.site, "directory:acme", "open").pop());
    assert!(told.starts_with("1 the drop folder "), "{told}");
    fs::rename(f.site.path("away"), &f.inbound).unwrap();
    gateway.until("the alert closed", || alerts(&f.site, "directory:acme", "open").is_empty().then_some(()));

    fs::rename(&f.inbound, f.site.path("away")).unwrap();
    gateway.until("the alert again", || alerts(&f.site, "directory:acme", "open").pop());
    gateway.stop();
    fs::rename(f.site.path("away"), &f.inbound).unwrap();
    let gateway = f.site.start();
    gateway.until("the alert closed", || alerts(&f.site, "directory:acme", "open").is_empty().then_some(()));
    assert_eq!(alerts(&f.site, "directory:acme", "closed").len(), 2);
    fs::write(f.inbound.join("po.edi"), order("BACK", 1).text()).unwrap();
    f.erp.wait_effects(1);
}
