//! `portway check`, as a monitoring plugin and for a textfile collector.

use super::*;
use crate::harness::x12::order;

/// `PORTWAY STATE - words | label=value;warning;critical;least …`: the state, the words, and each label's value.
#[track_caller]
fn plugin(site: &Site, more: &[&str]) -> (i32, String, Vec<(String, f64)>) {
    let (exit, out, err) = site.run(&[&["check"], more].concat());
    assert_eq!(out.lines().count(), 1, "{out}{err}");
    let (words, perfdata) = out.trim().split_once(" | ").unwrap_or((out.trim(), ""));
    let state = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][usize::try_from(exit).unwrap()];
    assert!(words.starts_with(&format!("PORTWAY {state} - ")), "{exit} {out}");
    let mut values = Vec::new();
    let mut rest = perfdata;
    while !rest.is_empty() {
        let (label, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once("'=").unwrap(),
            None => rest.split_once('=').unwrap(),
        };
        let (value, after) = after.split_once(' ').unwrap_or((after, ""));
        let number = value.split(';').next().unwrap().trim_end_matches('s');
        values.push((label.to_owned(), number.parse().unwrap()));
        rest = after;
    }
    (exit, words.to_owned(), values)
}

fn value(values: &[(String, f64)], label: &str) -> f64 {
    values.iter().find(|(name, _)| name == label).unwrap_or_else(|| panic!("{label}: {values:?}")).1
}

#[test]
fn a_plugin_says_in_one_line_what_is_wrong_and_how_bad_it_is() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let (exit, words, values) = plugin(&site, &[]);
    assert_eq!((exit, value(&values, "gateways"), value(&values, "alerts")), (0, 1.0, 0.0), "{words}");
    assert!(value(&values, "certificate_days") > 30.0, "{values:?}");
    let (exit, words, _) = plugin(&site, &["--gateways", "2"]);
    assert!(exit == 1 && words.contains("1 gateway(s) seen, 2 wanted"), "{words}");
    let (exit, words, _) = plugin(&site, &["--certificate-critical", "100000"]);
    assert!(exit == 2 && words.contains("certificate of door https server expires in"), "{words}");

    erp.otherwise(Answer::Status(503));
    Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    let (words, values) = gateway.until("the alert in the check", || {
        let (exit, words, values) = plugin(&site, &[]);
        (exit == 1).then_some((words, values))
    });
    assert!(words.contains("1 open alert(s), the move of: 1 endpoint"), "{words}");
    assert_eq!((value(&values, "alerts_endpoint"), value(&values, "alerts_us")), (1.0, 0.0));
    let words = gateway.until("one second of waiting", || {
        let (exit, words, _) = plugin(&site, &["--waiting-critical", "1s"]);
        (exit == 2).then_some(words)
    });
    assert!(words.starts_with("PORTWAY CRITICAL - endpoint erp has had something waiting"), "{words}");
    let ignored = ["--alerts-warning", "0", "--waiting-warning", "0s", "--waiting-critical", "0s"];
    assert_eq!(plugin(&site, &ignored).0, 0, "a limit of nought is none");

    site.database().run("UPDATE delivery SET state = 'dead' WHERE target_kind = 'endpoint'");
    let (_, words, values) = plugin(&site, &[]);
    assert!(words.contains("1 dead delivery(ies)") && value(&values, "dead") == 1.0, "{words}");
    gateway.kill();
    site.database().run("UPDATE node SET seen_at = seen_at - interval '3 minutes'");
    let (exit, words, values) = plugin(&site, &[]);
    assert!(exit == 2 && words.contains("no gateway seen") && value(&values, "gateways") == 0.0, "{words}");
}

#[test]
fn without_a_ledger_it_is_critical_and_with_a_broken_configuration_nobody_knows() {
    let server = Server::start("");
    let mut site = Site::on(&server);
    site.write();
    server.kill();
    let (exit, words, _) = plugin(&site, &[]);
    assert!(exit == 2 && words.contains("not reachable"), "{words}");
    let (exit, out, _) = site.run(&["check", "--format", "prometheus"]);
    assert_eq!((exit, Scrape::read(&out).sum("portway_ledger_up", &[])), (0, Some(0.0)), "{out}");
    site.add("[listen.metric]\naddress = \"127.0.0.1:0\"");
    site.write();
    let (exit, words, _) = plugin(&site, &[]);
    assert!(exit == 3 && words.contains("the configuration cannot be read"), "{words}");
}

#[test]
fn for_a_textfile_collector_it_prints_the_figures_that_a_scrape_has() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    watched(&mut site);
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let (exit, out, _) = site.run(&["check", "--format", "prometheus"]);
    let printed = Scrape::read(&out);
    assert_eq!((exit, printed.sum("portway_ledger_up", &[])), (0, Some(1.0)));
    assert!(printed.sum("portway_alerts_open", &[("move", "us")]).is_some(), "{out}");
    assert!(
        printed.sum("portway_certificate_days_left", &[("certificate", "door:https")]).is_some(),
        "{out}"
    );
    let scraped = scraped(&door(&gateway));
    for family in printed.families.keys() {
        assert!(scraped.families.contains_key(family), "{family} has another name in a scrape");
    }
    gateway.stop();
}
