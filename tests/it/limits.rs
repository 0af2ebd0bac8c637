//! How often somebody may come: programs of ours and partners, each by its own rate, and whoever guesses tokens.

use crate::harness::ours::purchase_order;
use crate::harness::x12::order;
use crate::harness::*;
use rustix::process::Signal;

/// A problem that says 429, with a `Retry-After` of an hour at most.
#[track_caller]
fn too_many(reply: &Reply, kind: &str) {
    assert_eq!((reply.status, reply.content_type.as_str()), (429, "application/problem+json"), "{reply:?}");
    assert_eq!(reply.json()["type"], format!("urn:portway:problem:{kind}"));
    let wait: u64 = reply.retry_after.as_deref().unwrap().parse().unwrap();
    assert!((1..=3600).contains(&wait), "{wait}");
}

fn reloaded(site: &Site, gateway: &Gateway) {
    site.write();
    gateway.signal(Signal::HUP);
    gateway.line("reloaded");
}

#[test]
fn a_program_that_comes_too_often_is_put_off_and_its_key_is_not_used_up() {
    let mut site = Site::new();
    site.api();
    site.client("erp", "rate = \"1/h\"\nburst = 3");
    site.client("wms", "");
    site.partner(&Profile { more: "[send.850]".into(), ..Profile::live("acme") });
    let gateway = site.start();
    let (erp, wms) = (Ours::new(&gateway, "erp"), Ours::new(&gateway, "wms"));
    let path = "/v1/purchase-orders?partner=acme";
    assert_eq!(erp.hand_over(path, "k-1", &purchase_order("1")).status, 201);
    assert_eq!(erp.hand_over(path, "k-1", &purchase_order("1")).status, 200);
    assert_eq!(erp.get("/v1/openapi.json").status, 200);
    let put_off = erp.hand_over(path, "k-2", &purchase_order("2"));
    too_many(&put_off, "too-many-requests");
    assert!(put_off.json()["detail"].as_str().unwrap().contains("[client.<name>] in gateway.toml"));
    too_many(&erp.get("/v1/openapi.json"), "too-many-requests");
    assert_eq!(site.database().count("transaction_set WHERE direction = 'out'"), 1, "nothing was taken");
    assert_eq!(wms.get("/v1/openapi.json").status, 200, "others have their own");
    let told = |line: &&String| line.contains("comes more often than its rate allows");
    assert_eq!(gateway.lines().iter().filter(told).count(), 1, "once a minute at most");

    site.replace("rate = \"1/h\"\nburst = 3", "rate = \"1000/s\"");
    reloaded(&site, &gateway);
    assert_eq!(
        erp.hand_over(path, "k-2", &purchase_order("3")).status,
        201,
        "another document: the key is free"
    );
    gateway.stop();
}

#[test]
fn a_partner_that_comes_too_often_is_put_off_and_others_are_not() {
    let mut site = Site::new();
    let erp = Recorder::erp();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile { https: "rate = \"1/h\"\nburst = 2".into(), ..Profile::live("acme") });
    site.partner(&Profile::live("globex"));
    let gateway = site.start();
    let (acme, globex) = (Partner::new(&site, &gateway, "acme"), Partner::new(&site, &gateway, "globex"));
    let key = [("Idempotency-Key", "k-2")];
    acme.post(order("1", 1).text()).id();
    assert!(acme.outbox().len() < 9);
    let put_off = acme.post_with(order("2", 2).text(), &key);
    too_many(&put_off, "too-many-requests");
    assert!(put_off.json()["detail"].as_str().unwrap().contains("Nothing was accepted"));
    assert_eq!(site.database().count("message WHERE direction = 'in'"), 1);
    let mut theirs = order("3", 3);
    theirs.sender = "GLOBEX".into();
    globex.post(theirs.text()).id();

    site.partner(&Profile { https: "rate = \"1000/s\"".into(), ..Profile::live("acme") });
    reloaded(&site, &gateway);
    acme.post_with(order("4", 4).text(), &key).id();
    gateway.stop();
}

#[test]
fn what_holds_for_all_at_a_door_stands_at_the_door() {
    let mut site = Site::new();
    site.api();
    site.replace("plain = true", "plain = true\nrate = \"1/h\"\nburst = 1");
    site.client("erp", "");
    site.client("wms", "burst = 2");
    let gateway = site.start();
    for (name, burst) in [("erp", 1), ("wms", 2)] {
        let ours = Ours::new(&gateway, name);
        for _ in 0..burst {
            assert_eq!(ours.get("/v1/openapi.json").status, 200);
        }
        too_many(&ours.get("/v1/openapi.json"), "too-many-requests");
    }
    gateway.stop();
}

#[test]
fn tokens_cannot_be_guessed_at_wire_speed() {
    let mut site = Site::new();
    site.api();
    site.replace("plain = true", "plain = true\nwrong_tokens = \"1/h\"");
    site.client("erp", "");
    site.client("wms", "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let (erp, wms) = (Ours::new(&gateway, "erp"), Ours::new(&gateway, "wms"));
    assert_eq!(erp.get("/v1/openapi.json").status, 200);
    let guess = |nth: u32| erp.clone().with_token(&format!("guess-{nth}")).get("/v1/openapi.json");
    for nth in 0..9 {
        assert_eq!(guess(nth).status, 401, "{nth}");
    }
    too_many(&guess(9), "too-many-wrong-tokens");
    too_many(&wms.get("/v1/openapi.json"), "too-many-wrong-tokens");
    assert_eq!(erp.get("/v1/openapi.json").status, 200, "it came in from there before");
    // The partners' door counts for itself.
    let stranger = Partner::new(&site, &gateway, "nobody");
    for _ in 0..10 {
        assert_eq!(stranger.post("ISA").status, 401);
    }
    gateway.stop();
}
