//! Where an order goes: test and live apart, by the partner's status, to several systems.

use crate::harness::x12::{Order, order};
use crate::harness::*;

fn held(site: &Site, gateway: &Gateway) -> String {
    gateway.until("a held order", || {
        site.database().rows("SELECT reason FROM transaction_set WHERE state = 'held'").pop()
    })
}

fn test_order(number: &str, control: u32) -> Order {
    Order { usage: 'T', ..order(number, control) }
}

#[test]
fn a_test_order_goes_only_to_the_test_system_and_a_live_one_only_to_the_live() {
    let (erp, erp_test) = (Recorder::erp(), Recorder::erp());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.endpoint("erp-test", &erp_test, "test = true");
    let mut profile = Profile::live("acme");
    profile.more = "[receive.850]\nto = [\"erp\", \"erp-test\"]".into();
    site.partner(&profile);
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(test_order("TEST-1", 1).text()).id();
    let answer = partner.acknowledgement(&gateway);
    assert_eq!((answer.only(), answer.usage.as_str()), (("A", "A"), "T"), "the answer copies the flag");
    partner.post(order("LIVE-1", 2).text()).id();
    erp.wait_effects(1);
    erp_test.wait_effects(1);
    gateway.until("all delivered", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    assert_eq!(erp.subjects(), ["LIVE-1"]);
    assert_eq!(erp_test.subjects(), ["TEST-1"]);
}

#[test]
fn a_test_order_without_a_test_system_is_held() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(test_order("TEST-1", 1).text()).id();
    assert_eq!(held(&site, &gateway), "test");
    partner.post(order("LIVE-1", 2).text()).id();
    erp.wait_effects(1);
    assert_eq!(erp.subjects(), ["LIVE-1"]);
}

#[test]
fn a_partner_in_test_cannot_post_live_orders() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile { status: "test", ..Profile::live("acme") });
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("LIVE-1", 1).text()).id();
    assert_eq!(held(&site, &gateway), "partner_in_test");
    assert!(erp.received().is_empty());
}

#[test]
fn what_a_paused_partner_sends_is_kept_and_held() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile { status: "paused", ..Profile::live("acme") });
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 1).text()).id();
    assert_eq!(held(&site, &gateway), "paused");
    assert_eq!(partner.acknowledgement(&gateway).only(), ("A", "A"));
    assert!(erp.received().is_empty());
}

#[test]
fn a_draft_partner_is_not_open_yet() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile { status: "draft", ..Profile::live("acme") });
    let gateway = site.start();
    let reply = Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text());
    assert_eq!(reply.status, 403);
    assert_eq!(site.database().count("message"), 0);
}

#[test]
fn an_order_goes_to_several_systems_with_its_own_id_at_each() {
    let (erp, wms) = (Recorder::erp(), Recorder::erp());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.endpoint("wms", &wms, "");
    let mut profile = Profile::live("acme");
    profile.more = "[receive.850]\nto = [\"erp\", \"wms\"]".into();
    site.partner(&profile);
    // One of them fails at first: the other does not wait for it, nor get it twice.
    wms.script(&[Answer::Status(500), Answer::Status(503)]);
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 1).text()).id();
    let at_erp = erp.wait_effects(1).remove(0);
    let at_wms = wms.wait_effects(1).remove(0);
    assert_eq!(at_erp.body, at_wms.body, "one event for all");
    gateway.until("the order done", || {
        (site.database().rows("SELECT state FROM transaction_set") == ["done"]).then_some(())
    });
    assert_eq!((erp.received().len(), wms.received().len()), (1, 3));
    assert_eq!((erp.log().len(), wms.log().len()), (1, 1));
}
