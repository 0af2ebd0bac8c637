//! `portway top`: one look as text, and live in a pseudo-terminal.

use super::*;
use crate::harness::x12::order;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

#[test]
fn one_look_has_gateways_throughput_lanes_and_the_last_failures_with_whose_move_it_is() {
    let erp = Recorder::erp();
    erp.otherwise(Answer::Status(503));
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    let text = gateway.until("a failed try", || {
        let (exit, out, err) = site.run(&["top", "--once"]);
        assert_eq!(exit, 0, "{err}");
        out.contains("deferred").then_some(out)
    });
    let line = |begin: &str| {
        text.lines().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{begin}: {text}"))
    };
    assert!(line("PORTWAY").contains("1 gateway(s)"), "{text}");
    assert!(line("LAST ").contains("came 1 ("), "{text}");
    let lane = line("endpoint:erp").split_whitespace().collect::<Vec<_>>();
    assert_eq!(lane[1].parse::<u32>().unwrap() + lane[2].parse::<u32>().unwrap(), 1, "{text}");
    assert!(
        text.lines().any(|line| line.starts_with("endpoint ") && line.contains("endpoint:erp deferred")),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "no escapes in plain text");
    let (exit, _, err) = site.run(&["top"]);
    assert!(exit == 2 && err.contains("--once"), "{err}");
    gateway.stop();
}

#[test]
fn live_it_ends_with_q_and_leaves_the_terminal_as_it_was() {
    let site = Site::new();
    let gateway = site.start();
    let command = format!(
        "stty -a > '{0}/before'; '{1}' top --config '{2}'; echo exit=$?; stty -a > '{0}/after'",
        site.path(".").display(),
        env!("CARGO_BIN_EXE_portway"),
        site.config().display()
    );
    // util-linux's script gives it a terminal.
    let mut script = Command::new("timeout")
        .args(["60", "script", "-q", "-c", &command, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut keys, mut out) = (script.stdin.take().unwrap(), script.stdout.take().unwrap());
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    while !seen.contains("(q ends)") {
        let read = out.read(&mut buffer).unwrap();
        assert!(read > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    assert!(seen.contains("\u{1b}[?1049h") && seen.contains("1 gateway(s)"), "{seen}");
    keys.write_all(b"q").unwrap();
    out.read_to_string(&mut seen).unwrap();
    script.wait().unwrap();
    assert!(
        seen.contains("\u{1b}[?1049l") && seen.contains("\u{1b}[?25h") && seen.contains("exit=0"),
        "{seen}"
    );
    let state = |name: &str| std::fs::read_to_string(site.path(name)).unwrap();
    assert_eq!(state("before"), state("after"));
    gateway.stop();
}
