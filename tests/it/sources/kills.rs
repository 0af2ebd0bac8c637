//! Killed while files are worked on: each document is in effect once, and its file ends where it belongs.

use super::place;
use crate::harness::ours::purchase_order;
use crate::harness::*;
use std::os::unix::process::ExitStatusExt;

const SOURCE: &str = "format = \"json\"\ndocument = \"purchase-order\"\npartner = \"acme\"";

/// Killed at the point, and started again: the documents `1` to `3` of one file, each once.
fn survives(point: &str, nth: u32, refused: bool) {
    let p = place("", SOURCE, "[send.850]");
    let mut lines: Vec<String> = ["1", "2", "3"].map(|number| purchase_order(number).to_string()).into();
    if refused {
        lines.push("{\"numbr\":\"4\"}".to_owned());
    }
    p.put("orders.jsonl", &lines.join("\n"));
    let mut gateway = p.site.spawn_with(&[("PORTWAY_FAULT", &format!("{point}:kill:{nth}"))]);
    assert_eq!(gateway.ended().signal(), Some(9), "killed at {point}");
    assert_eq!(p.names("taken"), Vec::<String>::new());
    assert!(p.out.join(".taking.orders.jsonl").exists(), "it waits under the name of what was begun");
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    if refused {
        p.wait(&gateway, "failed", &["orders.jsonl", "orders.jsonl.report.txt"]);
        assert!(p.report("orders.jsonl.report.txt").contains("1 refused, 3 taken"));
    } else {
        p.wait(&gateway, "taken", &["orders.jsonl"]);
    }
    partner.outbox_of(&gateway, 3);
    gateway.until("all work done", || {
        (p.site.database().count("job WHERE lane = 'process'") == 0).then_some(())
    });
    assert_eq!(p.numbers(), ["1", "2", "3"], "each once");
    assert_eq!(partner.outbox().len(), 3, "and sent once");
    assert_eq!(p.site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn killed_after_the_second_document_of_a_file_was_committed() {
    survives("outgoing.committed", 2, false);
}

#[test]
fn killed_between_two_documents() {
    survives("source.handed", 1, true);
}

#[test]
fn killed_after_the_last_was_committed_before_the_file_was_moved() {
    survives("source.committed", 1, false);
}

#[test]
fn killed_after_the_report_before_the_file_was_moved() {
    survives("source.reported", 1, true);
}
