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

const IDOC: &str = "format = \"idoc\"\n[endpoint.wms.idoc]\nclient = \"100\"\nsender_port = \"PORTWAY\"\n\
    receiver_port = \"SAPERP\"\nreceiver_partner = \"ERPCLNT100\"\npartners = { \"0000100123\" = \"acme\" }";

/// The IDocs on the server, once every delivery is done.
#[track_caller]
fn idocs(wms: &Wms, gateway: &Gateway, many: usize) -> Vec<String> {
    let sql = "SELECT way || ' ' || state FROM delivery WHERE target = 'wms'";
    gateway.until("the deliveries", || {
        (wms.site.database().rows(sql) == vec!["sftp delivered"; many]).then_some(())
    });
    let names = wms.sshd.names("events");
    assert!(names.len() == many && names.iter().all(|name| name.ends_with(".xml")), "{names:?}");
    let read = |name: &String| fs::read_to_string(wms.sshd.files().join("events").join(name)).unwrap();
    names.iter().map(read).collect()
}

#[test]
fn an_order_becomes_an_idoc_on_the_server() {
    let wms = Wms::new(IDOC);
    let gateway = wms.site.start();
    wms.order(&gateway, "4500123", 1);
    let text = idocs(&wms, &gateway, 1).remove(0);
    for part in [
        "<ORDERS05><IDOC BEGIN=\"1\"><EDI_DC40",
        "<DIRECT>2</DIRECT>",
        "<MESTYP>ORDERS</MESTYP>",
        "<SNDPRN>0000100123</SNDPRN>",
        "<RCVPRN>ERPCLNT100</RCVPRN>",
        "<BELNR>4500123</BELNR>",
        "<E1EDP01",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let (read, none) = {
        let mut idocs = portway_idoc::read(text.as_bytes());
        (idocs.next().unwrap().unwrap(), idocs.next())
    };
    assert!(none.is_none() && read.findings.is_empty(), "{:?}", read.findings);
    assert_eq!(read.document.number(), "4500123");
    let detail = wms.site.database().rows("SELECT detail FROM attempt WHERE outcome = 'delivered'");
    assert!(detail[0].contains("written to events/") && detail[0].contains(".xml"), "{detail:?}");
    gateway.stop();
}

#[test]
fn what_is_no_idoc_is_held_and_the_next_one_goes() {
    let wms = Wms::new(IDOC);
    wms.site.partner(&Profile {
        more: "[receive.850]\nto = [\"wms\"]\n[receive.846]\nto = [\"wms\"]".into(),
        ..Profile::live("acme")
    });
    let gateway = wms.site.start();
    let inventory = "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *261104*1015*U*00401*000000001*0*P*>~\
        GS*IB*ACME*NORTHWIND*20261104*1015*1*X*004010~ST*846*0001~BIA*00*DD*STOCK-1*20261104~LIN*1*VN*ROSE-12~QTY*33*12*EA~\
        CTT*1~SE*6*0001~GE*1*1~IEA*1*000000001~";
    Partner::new(&wms.site, &gateway, "acme").post(inventory).id();
    let told = gateway.until("the alert", || {
        let sql = "SELECT detail FROM alert WHERE cause = 'delivery:held:wms'";
        wms.site.database().rows(sql).pop()
    });
    assert!(told.contains("there is no IDoc type for a document of kind inventory-report"), "{told}");
    wms.order(&gateway, "4500124", 2);
    gateway.until("the order", || (wms.sshd.names("events").len() == 1).then_some(()));
    let states = "SELECT state FROM delivery WHERE target = 'wms' ORDER BY 1";
    gateway.until("its end", || (wms.site.database().rows(states) == ["delivered", "held"]).then_some(()));
    gateway.stop();
}

#[cfg(feature = "faults")]
#[test]
fn an_idoc_that_is_written_again_has_the_same_bytes() {
    let wms = Wms::new(IDOC);
    let mut gateway = wms.site.start_with(&[("PORTWAY_FAULT", "put.renamed:kill:1")]);
    wms.order(&gateway, "4500123", 1);
    gateway.ended();
    drop(gateway);
    let name = wms.sshd.names("events").remove(0);
    let before = fs::read(wms.sshd.files().join("events").join(&name)).unwrap();
    // Its reader took it, and does not know that nobody heard of it.
    fs::remove_file(wms.sshd.files().join("events").join(&name)).unwrap();
    let gateway = wms.site.start();
    assert_eq!(idocs(&wms, &gateway, 1)[0].as_bytes(), before);
    gateway.stop();
}
