//! Documents that wait and cannot be sent off when their time has come: operators are told, until they have left.

use crate::harness::ours::purchase_order;
use crate::harness::*;

const OPEN: &str = "SELECT title || ' | ' || detail FROM alert WHERE cause = 'batch:acme' AND state = 'open'";

#[test]
fn a_batch_that_cannot_leave_is_an_alert_until_it_has_left() {
    let mailbox = Mailbox::start();
    let mut site = Site::new();
    site.api();
    site.client("procurement", "");
    site.mail(&mailbox);
    let profile = Profile { more: "[send.850]\nat = [\"03:00\"]".into(), ..Profile::live("acme") };
    site.partner(&profile);
    let gateway = site.start();
    let ours = Ours::new(&gateway, "procurement");
    let reply = ours.hand_over("/v1/purchase-orders?partner=acme", "po-1", &purchase_order("4500900"));
    assert_eq!(reply.json()["state"], "translated");

    // Its time comes when we have no X12 address any more.
    let toml = site.path("conf/gateway.toml");
    let good = std::fs::read_to_string(&toml).unwrap();
    std::fs::write(&toml, good.replace("x12 = \"ZZ:NORTHWIND\"\n", "")).unwrap();
    let (exit, _, errors) = site.run(&["reload"]);
    assert!(exit <= 1, "{errors}");
    site.database().run("UPDATE transaction_set SET leaves_at = now() - interval '1 hour'");
    mailbox.mail("acme: documents that wait cannot be sent off");
    let told = site.database().rows(OPEN).remove(0);
    assert!(told.contains("X1194") && told.contains("has no x12 address"), "{told}");
    let (exit, explained, _) = site.run(&["explain", "X1194"]);
    assert!(exit == 0 && explained.contains("Waiting documents"), "{explained}");
    let count = "SELECT count::text FROM alert WHERE cause = 'batch:acme'";
    assert_eq!(site.database().rows(count), ["1"], "each look tries again, and tells nobody again");

    std::fs::write(&toml, &good).unwrap();
    assert_eq!(site.run(&["reload"]).0, 0);
    mailbox.mail("over: acme: documents that wait");
    assert_eq!(site.database().rows(OPEN), Vec::<String>::new());
    let partner = Partner::new(&site, &gateway, "acme");
    assert_eq!(partner.outbox_of(&gateway, 1).len(), 1, "it has left");
    gateway.stop();
}

#[test]
fn a_batch_whose_partner_is_gone_is_an_alert_until_it_is_cancelled() {
    let mut site = Site::new();
    site.api();
    site.client("procurement", "");
    site.partner(&Profile { more: "[send.850]\nat = [\"03:00\"]".into(), ..Profile::live("acme") });
    let gateway = site.start();
    let ours = Ours::new(&gateway, "procurement");
    let reply = ours.hand_over("/v1/purchase-orders?partner=acme", "po-1", &purchase_order("4500900"));
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    std::fs::remove_file(site.path("conf/partners.d/acme.toml")).unwrap();
    assert_eq!(site.run(&["reload"]).0, 0);
    site.database().run("UPDATE transaction_set SET leaves_at = now() - interval '1 hour'");
    let told = gateway.until("the alert", || site.database().rows(OPEN).pop());
    assert!(told.contains("partners.d/acme.toml"), "{told}");
    gateway.stop();
    // Another process knows what is open.
    let gateway = site.start();
    assert_eq!(site.run(&["doc", "cancel", &id, "--reason", "too late"]).0, 0);
    gateway.until("its end", || site.database().rows(OPEN).is_empty().then_some(()));
    gateway.stop();
}
