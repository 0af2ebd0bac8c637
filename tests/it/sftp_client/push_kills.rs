//! `kill -9` while a message goes to a partner's server, and an answer that gets lost: one file, with the right bytes.

use super::pushing::{FIRST, Pushed};
use super::*;
use rustix::process::Signal;
use std::fs;

/// `there`: names after the death.
#[track_caller]
fn killed_at(point: &str, push: &str, there: &[&str]) {
    let pushed = Pushed::new(push);
    let mut gateway = pushed.site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:1"))]);
    pushed.order(&gateway, "4500901");
    gateway.ended();
    drop(gateway);
    let names = pushed.sshd.names("inbox");
    let shown: Vec<&str> =
        names.iter().map(|name| if name.starts_with('.') { ".part" } else { name }).collect();
    assert_eq!(shown, there, "{point} {push}");
    let gateway = pushed.site.start();
    pushed.sent(&gateway, 1);
    pushed.files(&[FIRST], FIRST);
    assert_eq!(pushed.site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

const STRAIGHT: &str = "temporary = false";

#[test]
fn killed_when_the_file_was_uploaded() {
    for push in ["", "overwrite = \"number\"", "overwrite = \"replace\""] {
        killed_at("put.uploaded", push, &[".part"]);
        killed_at("put.uploaded", &format!("{STRAIGHT}\n{push}"), &[FIRST]);
    }
}

#[test]
fn killed_when_the_file_was_renamed() {
    for push in ["", "overwrite = \"number\"", "overwrite = \"replace\""] {
        killed_at("put.renamed", push, &[FIRST]);
    }
}

#[test]
fn killed_before_the_ledger_knew() {
    killed_at("send.answered", "", &[FIRST]);
    killed_at("send.answered", "overwrite = \"number\"", &[FIRST]);
    killed_at("send.answered", STRAIGHT, &[FIRST]);
}

#[test]
fn half_a_file_of_ours_is_made_whole() {
    for push in ["", "overwrite = \"number\""] {
        let pushed = Pushed::new(&format!("{STRAIGHT}\n{push}"));
        let mut gateway = pushed.site.start_with(&[("PORTWAY_FAULT", "put.uploaded:kill:1")]);
        pushed.order(&gateway, "4500901");
        gateway.ended();
        drop(gateway);
        let path = pushed.sshd.files().join("inbox").join(FIRST);
        fs::File::options().write(true).open(&path).unwrap().set_len(100).unwrap();
        let gateway = pushed.site.start();
        pushed.sent(&gateway, 1);
        pushed.files(&[FIRST], FIRST);
        gateway.stop();
    }
}

#[test]
fn a_neighbour_with_a_number_is_known_again() {
    let pushed = Pushed::new("overwrite = \"number\"");
    pushed.sshd.put(&format!("inbox/{FIRST}"), "theirs");
    let mut gateway = pushed.site.start_with(&[("PORTWAY_FAULT", "put.renamed:kill:1")]);
    pushed.order(&gateway, "4500901");
    gateway.ended();
    drop(gateway);
    let gateway = pushed.site.start();
    pushed.sent(&gateway, 1);
    pushed.files(&["850_acme_000000001-1.edi", FIRST], "850_acme_000000001-1.edi");
}

#[test]
fn a_lost_answer_to_the_rename_leaves_one_file() {
    let pushed = Pushed::new("overwrite = \"number\"");
    let valve = Valve::to(pushed.sshd.port);
    pushed.profile(&pushed.sshd.section_at(valve.port), "overwrite = \"number\"");
    let gateway = pushed.site.start_with(&[("PORTWAY_FAULT", "put.uploaded:stop:1")]);
    pushed.order(&gateway, "4500901");
    gateway.until("the upload", || (pushed.sshd.names("inbox").len() == 1).then_some(()));
    gateway.until("the gateway to stand still", || gateway.stopped().then_some(()));
    // Enough for the look whether the name is free.
    valve.after(100, Then::Break);
    gateway.signal(Signal::CONT);
    gateway.until("an answer that got lost", || {
        pushed.outcomes().iter().any(|one| one.starts_with("uncertain")).then_some(())
    });
    valve.open();
    pushed.sent(&gateway, 1);
    pushed.files(&[FIRST], FIRST);
}
