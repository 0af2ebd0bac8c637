//! `kill -9` between download, commit and deletion; and a gateway that slept past its lease.

use super::*;
use rustix::process::Signal;

#[track_caller]
fn killed_at(point: &str, after: &str, committed: bool) {
    let scene = Scene::new(&format!("settle = \"0s\"\n{after}"));
    scene.sshd.folder("done");
    scene.put("out/a.edi", "4500123", 1);
    let mut gateway = scene.site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:1"))]);
    gateway.ended();
    drop(gateway);
    assert_eq!(scene.messages().len(), usize::from(committed), "{point}");
    let gateway = scene.site.start();
    if after.contains("keep") {
        scene.rows(&gateway, "SELECT state FROM poll_file", &["taken"]);
    } else {
        scene.there(&gateway, "out", &[]);
    }
    scene.once(&gateway, &["4500123"]);
    scene.polls(&gateway, 2);
    assert_eq!(scene.messages(), ["sftp_client a.edi"], "{point} {after}");
    let moved: &[&str] = if after.contains("move") { &["a.edi"] } else { &[] };
    assert_eq!(scene.sshd.names("done"), moved);
    gateway.stop();
}

const MOVE: &str = "after = \"move\"\nmoved = \"done\"";
const KEEP: &str = "after = \"keep\"";

#[test]
fn killed_when_the_file_was_downloaded() {
    killed_at("poll.downloaded", "", false);
    killed_at("poll.downloaded", KEEP, false);
}

#[test]
fn killed_when_the_file_was_committed() {
    killed_at("accept.committed", "", true);
    killed_at("poll.committed", "", true);
    killed_at("poll.committed", MOVE, true);
    killed_at("poll.committed", KEEP, true);
}

#[test]
fn killed_when_the_file_was_deleted_moved_or_remembered() {
    killed_at("poll.finished", "", true);
    killed_at("poll.finished", MOVE, true);
    killed_at("poll.finished", KEEP, true);
}

#[test]
fn a_gateway_that_slept_past_its_lease_deletes_nothing() {
    let scene = Scene::new("settle = \"0s\"");
    let hour = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    scene.sshd.put_of("out/po.edi", order("4500123", 1).text(), hour);
    let first = scene.site.start_with(&[("PORTWAY_FAULT", "poll.committed:stop:1")]);
    let beside = scene.site.beside();
    first.until("the commit", || (scene.messages().len() == 1).then_some(()));
    let second = beside.start();
    // It sees the file again, knows it, and deletes it.
    scene.there(&second, "out", &[]);
    second.stop();
    // Another file that looks the same: only the lease says that it is not the one that was committed.
    scene.sshd.put_of("out/po.edi", order("4500124", 2).text(), hour);
    first.signal(Signal::CONT);
    first.line("another worker has taken this job since");
    scene.there(&first, "out", &[]);
    scene.once(&first, &["4500123", "4500124"]);
    first.stop();
}
