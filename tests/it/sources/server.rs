//! A source on our own system's SFTP server: a real sshd, whose folder an ERP writes into.

use crate::harness::ours::purchase_order;
use crate::harness::*;
use rustix::process::Signal;
use std::fs;

/// An ERP's server with the folders `out`, `taken` and `failed`, and a gateway whose endpoint `erp` it is.
struct Erp {
    site: Site,
    sshd: Sshd,
    source: &'static str,
}

const JSON: &str = "format = \"json\"\ndocument = \"purchase-order\"\npartner = \"acme\"";

impl Erp {
    fn new(source: &'static str, partner: &str) -> Erp {
        let sshd = Sshd::start();
        for name in ["out", "taken", "failed", "events"] {
            sshd.folder(name);
        }
        let mut erp = Erp { site: Site::new(), sshd, source };
        erp.site.api();
        let section = erp.section(erp.sshd.port);
        erp.site.add(&section);
        erp.site.partner(&Profile { more: partner.to_owned(), ..Profile::live("acme") });
        erp
    }

    fn section(&self, port: u16) -> String {
        let account = self.sshd.section_at(port).replace("[sftp_client]", "[endpoint.erp]\nkind = \"sftp\"");
        format!(
            "{account}path = \"events\"\n[endpoint.erp.source]\nfolder = \"out\"\ntaken = \"taken\"\nfailed = \"failed\"\n\
             settle = \"0s\"\nevery = \"200ms\"\n{}\n",
            self.source
        )
    }

    #[track_caller]
    fn there(&self, gateway: &Gateway, folder: &str, names: &[&str]) {
        gateway.until(&format!("{names:?} in {folder}"), || (self.sshd.names(folder) == names).then_some(()));
    }

    fn report(&self, name: &str) -> String {
        fs::read_to_string(self.sshd.files().join("failed").join(name)).unwrap()
    }

    fn numbers(&self) -> Vec<String> {
        self.site.database().rows("SELECT number FROM transaction_set WHERE document IS NOT NULL ORDER BY 1")
    }

    /// So many whole polls from now on.
    #[track_caller]
    fn polls(&self, gateway: &Gateway, many: i64) {
        let epoch = || {
            let sql = "SELECT coalesce(max(epoch), 0)::text FROM poll WHERE partner = 'source:erp'";
            self.site.database().rows(sql)[0].parse::<i64>().unwrap()
        };
        // The one that runs just now may have listed before.
        let end = epoch() + many + 1;
        gateway.until(&format!("{many} polls"), || (epoch() >= end).then_some(()));
    }

    #[track_caller]
    fn alert(&self, gateway: &Gateway, cause: &str) -> String {
        let sql = format!(
            "SELECT move || ': ' || title || ': ' || detail FROM alert WHERE cause = '{cause}' AND state = 'open'"
        );
        gateway.until(&format!("an alert {cause}"), || self.site.database().rows(&sql).pop())
    }

    #[track_caller]
    fn no_alert(&self, gateway: &Gateway, cause: &str) {
        let open = format!("alert WHERE cause = '{cause}' AND state = 'open'");
        gateway.until(&format!("{cause} closed"), || (self.site.database().count(&open) == 0).then_some(()));
    }
}

#[test]
fn an_order_on_the_server_goes_to_the_partner() {
    let p = Erp::new(JSON, "[send.850]");
    p.sshd.put("out/po-1.json", purchase_order("4500900").to_string());
    // Begun, and not for us yet.
    p.sshd.put("out/po-2.json.tmp", "{");
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let text = String::from_utf8(partner.fetch(&item.id)).unwrap();
    assert!(text.contains("BEG*00*SA*4500900**20261104~") && text.contains("PO1*1*12*EA*3.25"), "{text}");
    p.there(&gateway, "taken", &["po-1.json"]);
    p.there(&gateway, "out", &["po-2.json.tmp"]);
    let sql =
        "SELECT transport || ' ' || file_name FROM message WHERE direction = 'ours' OR transport = 'sftp'";
    assert_eq!(p.site.database().rows(sql), ["sftp po-1.json"]);
    p.polls(&gateway, 2);
    assert_eq!((p.numbers(), p.sshd.names("failed").len()), (vec!["4500900".to_owned()], 0));
    let (_, status, _) = p.site.run(&["status"]);
    assert!(status.contains("source:erp") && status.contains("there, 0 taken"), "{status}");
    assert_eq!(p.site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn a_broken_file_lies_in_failed_with_its_report_and_is_not_tried_again() {
    let p = Erp::new(JSON, "[send.850]\n[guide.850]\nlongest = { \"PO101\" = 2 }");
    let mut wrong = purchase_order("2");
    wrong["lines"][1]["number"] = serde_json::json!("20000");
    p.sshd.put("out/po.jsonl", format!("{}\n{wrong}\n", purchase_order("1")));
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    p.there(&gateway, "failed", &["po.jsonl", "po.jsonl.report.txt"]);
    let report = p.report("po.jsonl.report.txt");
    for part in ["1 refused, 1 taken", "/lines/1/number", "PO1-01", "\"20000\""] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    let told = p.alert(&gateway, "refused:erp");
    assert!(told.starts_with("endpoint: ") && told.contains("failed/po.jsonl.report.txt"), "{told}");
    p.there(&gateway, "out", &[]);
    p.polls(&gateway, 3);
    assert_eq!((p.numbers(), partner.outbox().len()), (vec!["1".to_owned()], 1));
    assert_eq!(p.site.database().rows("SELECT count::text FROM alert WHERE cause = 'refused:erp'"), ["1"]);
    // The same name once more: beside the first.
    p.sshd.put("out/po.jsonl", "{\"numbr\": 1}");
    p.there(&gateway, "failed", &["po-1.jsonl", "po-1.jsonl.report.txt", "po.jsonl", "po.jsonl.report.txt"]);
    assert!(p.report("po-1.jsonl.report.txt").contains("numbr"));
    gateway.stop();
}

#[test]
fn a_file_over_the_limit_lies_in_failed_too() {
    let mut p = Erp::new(JSON, "[send.850]");
    p.site.add("[limits]\nmax_set_bytes = 65536");
    p.sshd.put("out/big.json", format!("{}{}", purchase_order("1"), " ".repeat(70_000)));
    let gateway = p.site.start();
    p.there(&gateway, "failed", &["big.json", "big.json.report.txt"]);
    assert!(p.report("big.json.report.txt").contains("the limit is 65536 bytes"));
    gateway.stop();
}

#[test]
fn without_the_folder_for_failed_files_the_others_go_and_operators_hear() {
    let p = Erp::new(JSON, "[send.850]");
    fs::remove_dir(p.sshd.files().join("failed")).unwrap();
    p.sshd.put("out/a.json", "{}");
    p.sshd.put("out/b.json", purchase_order("1").to_string());
    let gateway = p.site.start();
    let told = p.alert(&gateway, "source-poll:erp");
    assert!(told.contains("endpoint erp: its SFTP server") && told.contains("failed"), "{told}");
    p.there(&gateway, "taken", &["b.json"]);
    assert_eq!(p.sshd.names("out"), ["a.json"]);
    p.sshd.folder("failed");
    p.there(&gateway, "failed", &["a.json", "a.json.report.txt"]);
    p.no_alert(&gateway, "source-poll:erp");
    gateway.stop();
}

#[test]
fn a_server_that_is_down_is_told_and_asked_again() {
    let mut p = Erp::new(JSON, "[send.850]");
    p.sshd.stop();
    let gateway = p.site.start();
    let told = p.alert(&gateway, "source-poll:erp");
    assert!(told.contains("refuses connections") && told.contains("Nothing is lost"), "{told}");
    p.sshd.put("out/a.json", purchase_order("1").to_string());
    p.sshd.start_again();
    p.there(&gateway, "taken", &["a.json"]);
    p.no_alert(&gateway, "source-poll:erp");
    Partner::new(&p.site, &gateway, "acme").outbox_of(&gateway, 1);
    gateway.stop();
}

#[test]
fn another_host_key_is_one_alert_and_nobody_logs_in() {
    let mut p = Erp::new(JSON, "[send.850]");
    let old = p.section(p.sshd.port);
    let gateway = p.site.start();
    p.polls(&gateway, 1);
    p.sshd.change_host_key();
    let offset = p.sshd.log().len();
    p.sshd.put("out/a.json", purchase_order("1").to_string());
    let told = p.alert(&gateway, "source-host-key:erp");
    assert!(told.starts_with("us: ") && told.contains(&p.sshd.fingerprint("ed25519")), "{told}");
    gateway.until("two polls that were refused", || {
        (p.site.database().count("poll WHERE failures >= 2") == 1).then_some(())
    });
    let said = p.sshd.log()[offset..].to_owned();
    assert!(!said.contains("Accepted") && said.contains("Connection"), "{said}");
    assert_eq!((p.sshd.names("out").len(), p.site.database().count("alert")), (1, 1));
    let new = p.section(p.sshd.port);
    p.site.replace(&old, &new);
    p.site.write();
    gateway.signal(Signal::HUP);
    p.there(&gateway, "taken", &["a.json"]);
    p.no_alert(&gateway, "source-host-key:erp");
    gateway.stop();
}

#[test]
fn a_connection_that_breaks_in_the_middle_of_a_file_takes_it_once() {
    let mut p = Erp::new(JSON, "[send.850]");
    let valve = Valve::to(p.sshd.port);
    let (straight, by_valve) = (p.section(p.sshd.port), p.section(valve.port));
    p.site.replace(&straight, &by_valve);
    let gateway = p.site.start();
    p.polls(&gateway, 1);
    valve.after(20_000, Then::Break);
    p.sshd.put("out/a.json", format!("{}{}", purchase_order("1"), " ".repeat(60_000)));
    gateway
        .until("a broken poll", || (p.site.database().count("poll WHERE failures > 0") == 1).then_some(()));
    assert_eq!(p.numbers(), Vec::<String>::new());
    valve.open();
    p.there(&gateway, "taken", &["a.json"]);
    Partner::new(&p.site, &gateway, "acme").outbox_of(&gateway, 1);
    assert_eq!(p.numbers(), ["1"]);
    gateway.stop();
}

#[test]
fn two_gateways_take_each_file_once() {
    let p = Erp::new(JSON, "[send.850]");
    let first = p.site.start();
    let beside = p.site.beside();
    let second = beside.start();
    let mut names: Vec<String> = Vec::new();
    let mut numbers: Vec<String> = Vec::new();
    for nth in 10..40 {
        names.push(format!("po-{nth}.json"));
        numbers.push(nth.to_string());
        p.sshd.put(&format!("out/po-{nth}.json"), purchase_order(&nth.to_string()).to_string());
    }
    let partner = Partner::new(&p.site, &first, "acme");
    p.there(&first, "taken", &names.iter().map(String::as_str).collect::<Vec<_>>());
    partner.outbox_of(&first, 30);
    p.polls(&second, 2);
    assert_eq!(p.numbers(), numbers, "each once");
    assert_eq!((partner.outbox().len(), p.sshd.names("failed").len()), (30, 0));
    first.stop();
    // The other goes on alone.
    p.sshd.put("out/po-99.json", purchase_order("99").to_string());
    second.until("the last", || p.sshd.names("out").is_empty().then_some(()));
    assert!(p.numbers().contains(&"99".to_owned()));
    second.stop();
}

#[test]
fn what_cannot_work_on_a_server_is_told_by_validate() {
    let mut p = Erp::new("format = \"json\"\nfailed_ = 1", "[send.850]");
    p.site.replace("failed_ = 1", "document = \"purchase-order\"\npartner = \"acme\"");
    p.site.replace("every = \"200ms\"", "every = \"0s\"");
    p.site.replace("folder = \"out\"", "folder = \"events\"");
    p.site.replace("taken = \"taken\"", "taken = \"events\"");
    p.site.write();
    let (exit, out, error) = p.site.run(&["validate"]);
    let text = out + &error;
    assert_ne!(exit, 0, "{text}");
    for part in
        ["what is delivered to the endpoint would be taken", "taken again and again", "this cannot be zero"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[cfg(feature = "faults")]
mod kills {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    /// Killed at the point, and started again: the documents `1` to `3` of one file, each once.
    #[track_caller]
    fn survives(point: &str, nth: u32, refused: bool) {
        let p = Erp::new(JSON, "[send.850]");
        let mut lines: Vec<String> = ["1", "2", "3"].map(|number| purchase_order(number).to_string()).into();
        if refused {
            lines.push("{\"numbr\":\"4\"}".to_owned());
        }
        p.sshd.put("out/orders.jsonl", lines.join("\n"));
        let mut gateway = p.site.spawn_with(&[("PORTWAY_FAULT", &format!("{point}:kill:{nth}"))]);
        assert_eq!(gateway.ended().signal(), Some(9), "killed at {point}");
        let gateway = p.site.start();
        let partner = Partner::new(&p.site, &gateway, "acme");
        if refused {
            p.there(&gateway, "failed", &["orders.jsonl", "orders.jsonl.report.txt"]);
            assert!(p.report("orders.jsonl.report.txt").contains("1 refused, 3 taken"));
        } else {
            p.there(&gateway, "taken", &["orders.jsonl"]);
        }
        partner.outbox_of(&gateway, 3);
        p.polls(&gateway, 1);
        assert_eq!(p.numbers(), ["1", "2", "3"], "each once");
        assert_eq!((partner.outbox().len(), p.sshd.names("out").len()), (3, 0));
        assert_eq!(p.site.database().orphans(), Vec::<String>::new());
        gateway.stop();
    }

    #[test]
    fn killed_after_the_second_document_of_a_file_was_committed() {
        survives("outgoing.committed", 2, false);
    }

    #[test]
    fn killed_after_the_commit_before_the_file_was_moved() {
        survives("source.committed", 1, false);
        survives("poll.committed", 1, false);
    }

    #[test]
    fn killed_after_the_report_before_the_file_was_moved() {
        survives("source.reported", 1, true);
        survives("poll.committed", 1, true);
    }

    #[test]
    fn a_gateway_that_slept_past_its_lease_moves_nothing() {
        let p = Erp::new(JSON, "[send.850]");
        let hour = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
        p.sshd.put_of("out/po.json", purchase_order("1").to_string(), hour);
        let first = p.site.start_with(&[("PORTWAY_FAULT", "poll.committed:stop:1")]);
        first.until("the commit", || (p.numbers().len() == 1).then_some(()));
        let beside = p.site.beside();
        let second = beside.start();
        p.there(&second, "taken", &["po.json"]);
        second.stop();
        // Another file that looks the same: only the lease says that it is not the one that was committed.
        p.sshd.put_of("out/po.json", purchase_order("2").to_string(), hour);
        first.signal(Signal::CONT);
        first.line("another worker has taken this job since");
        p.there(&first, "taken", &["po-1.json", "po.json"]);
        assert_eq!(p.numbers(), ["1", "2"]);
        first.stop();
    }
}
