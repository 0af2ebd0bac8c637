//! `kind = "sftp"`: a system of ours that takes events as files on a server.

use super::*;
use serde_json::Value;
use std::fs;

/// A WMS with the folder `events`, and a partner whose orders go there.
struct Wms {
    site: Site,
    sshd: Sshd,
}

impl Wms {
    #[track_caller]
    fn new(more: &str) -> Wms {
        let mut site = Site::new();
        let sshd = Sshd::start();
        sshd.folder("events");
        site.add(&endpoint(&sshd, more));
        site.partner(&Profile { more: "[receive.850]\nto = [\"wms\"]".into(), ..Profile::live("acme") });
        Wms { site, sshd }
    }

    #[track_caller]
    fn order(&self, gateway: &Gateway, number: &str, control: u32) {
        let reply = Partner::new(&self.site, gateway, "acme").post(order(number, control).text());
        assert_eq!(reply.status, 202);
    }

    /// The events, once every delivery is done; each under its id.
    #[track_caller]
    fn events(&self, gateway: &Gateway, many: usize) -> Vec<Value> {
        let sql = "SELECT way || ' ' || state FROM delivery WHERE target = 'wms'";
        gateway.until("the deliveries", || {
            (self.site.database().rows(sql) == vec!["sftp delivered"; many]).then_some(())
        });
        let names = self.sshd.names("events");
        assert_eq!(names.len(), many, "{names:?}");
        let read = |name: &String| fs::read(self.sshd.files().join("events").join(name)).unwrap();
        let events: Vec<Value> =
            names.iter().map(|name| serde_json::from_slice(&read(name)).unwrap()).collect();
        for (event, name) in events.iter().zip(&names) {
            assert_eq!(format!("{}.json", event["id"].as_str().unwrap()), *name);
        }
        events
    }
}

pub fn endpoint(sshd: &Sshd, more: &str) -> String {
    let account = sshd.section().replace("[sftp_client]", "[endpoint.wms]\nkind = \"sftp\"");
    format!("{account}path = \"events\"\nretry = {{ first = \"100ms\", longest = \"400ms\" }}\n{more}\n")
}

#[test]
fn an_order_becomes_a_file_of_json() {
    for more in ["", "temporary = false", "temporary = false\noverwrite = \"refuse\""] {
        let wms = Wms::new(more);
        let gateway = wms.site.start();
        wms.order(&gateway, "4500123", 1);
        let events = wms.events(&gateway, 1);
        assert_eq!(events[0]["type"], "portway.purchase-order.received");
        assert_eq!(
            (&events[0]["subject"], &events[0]["data"]["number"]),
            (&"4500123".into(), &"4500123".into())
        );
        wms.order(&gateway, "4500124", 2);
        wms.events(&gateway, 2);
        assert_eq!(wms.sshd.log().matches("Accepted publickey").count(), 1, "one connection");
        assert_eq!(wms.site.database().orphans(), Vec::<String>::new());
        gateway.stop();
    }
}

#[test]
fn a_server_that_is_down_is_told_and_gets_everything_once_it_is_up() {
    let mut wms = Wms::new("");
    wms.sshd.stop();
    let gateway = wms.site.start();
    wms.order(&gateway, "4500123", 1);
    let open = "SELECT move || ' ' || detail FROM alert WHERE cause = 'endpoint:wms' AND state = 'open'";
    let told = gateway.until("an alert", || wms.site.database().rows(open).pop());
    assert!(told.starts_with("endpoint") && told.contains("refuses connections"), "{told}");
    wms.sshd.start_again();
    wms.events(&gateway, 1);
    gateway.until("the alert to close", || wms.site.database().rows(open).is_empty().then_some(()));
}

#[cfg(feature = "faults")]
#[test]
fn killed_in_the_middle_it_leaves_one_file() {
    for (point, more) in [
        ("put.uploaded", ""),
        ("put.renamed", ""),
        ("deliver.answered", ""),
        ("put.uploaded", "temporary = false\noverwrite = \"refuse\""),
    ] {
        let wms = Wms::new(more);
        let mut gateway = wms.site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:1"))]);
        wms.order(&gateway, "4500123", 1);
        gateway.ended();
        drop(gateway);
        let gateway = wms.site.start();
        wms.events(&gateway, 1);
        gateway.stop();
    }
}

#[test]
fn a_test_of_the_endpoint_says_each_step() {
    let mut site = Site::new();
    let mut sshd = Sshd::start();
    sshd.folder("events");
    site.add(&endpoint(&sshd, ""));
    site.write();
    let test = || {
        let (exit, out, err) = site.run(&["endpoint", "test", "wms"]);
        assert_eq!(err, "");
        (exit, out)
    };
    let (exit, out) = test();
    assert_eq!(exit, 0, "{out}");
    for line in [
        "ok       SFTP name: 127.0.0.1 is 127.0.0.1",
        "ok       SSH: SSH-2.0-OpenSSH",
        "as [endpoint.wms] says",
        "is let in, at ",
        "ok       write to events: a probe was written and renamed, and removed",
        "wms: delivered written to events/",
    ] {
        assert!(out.contains(line), "{line} in {out}");
    }
    let names = sshd.names("events");
    assert!(names.len() == 1 && names[0].ends_with(".json"), "the test event alone: {names:?}");

    fs::remove_dir_all(sshd.files().join("events")).unwrap();
    let (exit, out) = test();
    assert!(exit == 1 && out.contains("error    write to events: the folder does not exist"), "{out}");
    assert!(!out.contains("delivered"), "{out}");
    sshd.stop();
    let (exit, out) = test();
    assert!(exit == 1 && out.contains("connection was refused. Next (the endpoint): ask whether"), "{out}");
    assert!(out.contains("skipped  login: not tried") && out.contains("skipped  write to events"), "{out}");
}
