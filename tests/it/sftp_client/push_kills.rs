//! `kill -9` while a message goes to a partner's server: one file, with the right bytes.

use super::pushing::{FIRST, Pushed};
use super::*;
use std::fs;

/// `there`: names after the death.
#[track_caller]
fn killed_at(point: &str, push: &str, there: &[&str]) {
    killed_with(Sshd::start(), point, push, there);
}

#[track_caller]
fn killed_with(sshd: Sshd, point: &str, push: &str, there: &[&str]) {
    let pushed = Pushed::at(sshd, push);
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
fn where_nothing_can_be_read_name_and_size_have_to_do() {
    let blind = || Sshd::with(&["ed25519"], "-P read", "");
    killed_with(blind(), "put.renamed", "", &[FIRST]);
    killed_with(blind(), "put.uploaded", STRAIGHT, &[FIRST]);
    killed_with(blind(), "put.renamed", "overwrite = \"replace\"", &[FIRST]);
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
