//! How quickly an endpoint is delivered to: at its own rate, by all gateways together, and not before it wishes.

use super::outage::orders;
use crate::harness::x12::order;
use crate::harness::*;

fn profile(to: &str) -> Profile {
    let more = format!("[receive.850]\nto = [{to}]\norder = \"none\"\nduplicate = \"accept\"");
    Profile { more, ..Profile::live("acme") }
}

/// The most tries that the ledger saw begin in one second.
fn most_in_a_second(site: &Site, target: &str) -> u32 {
    let most = site.database().rows(&format!(
        "WITH t AS (SELECT a.started_at AS at FROM attempt a JOIN delivery d ON d.id = a.delivery_id WHERE d.target = '{target}')
         SELECT max(n)::text FROM (SELECT (SELECT count(*) FROM t b WHERE b.at >= a.at AND b.at < a.at + interval '1 second') AS n FROM t a) x",
    ));
    most[0].parse().unwrap()
}

#[test]
fn an_endpoint_with_a_rate_gets_no_more_of_all_gateways_together() {
    let (erp, wms) = (Recorder::erp(), Recorder::erp());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "rate = \"10/s\"");
    site.endpoint("wms", &wms, "");
    site.partner(&profile("\"erp\", \"wms\""));
    let first = site.start();
    let beside = site.beside();
    let second = beside.start();
    let numbers: Vec<String> = (0..36).map(|n| format!("A-{n:02}")).collect();
    for (gateway, nth) in [(&first, 0), (&second, 1)] {
        Partner::new(if nth == 0 { &site } else { &beside }, gateway, "acme")
            .post(orders("acme", 1 + nth, &numbers[18 * nth as usize..][..18]))
            .id();
    }
    wms.wait_effects(36);
    erp.wait_effects(36);
    first.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    // Ten, two that were saved up, and one for the time between a look at the clock and its turn.
    let most = most_in_a_second(&site, "erp");
    assert!(most <= 13, "{most} in a second");
    assert_eq!(erp.log().len(), 36);
    assert_eq!(erp.received().len(), 36, "none failed");
    let paced =
        "SELECT name || ' ' || (paced_at IS NOT NULL) FROM lane WHERE name LIKE 'endpoint:%' ORDER BY name";
    assert_eq!(site.database().rows(paced), ["endpoint:erp true", "endpoint:wms false"]);
    first.stop();
    second.stop();
}

#[test]
fn a_wish_to_wait_holds_for_the_whole_lane_and_a_restart_changes_nothing() {
    let (erp, wms) = (Recorder::erp(), Recorder::erp());
    erp.script(&[Answer::Later(429, 1800)]);
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.endpoint("wms", &wms, "");
    site.partner(&profile("\"erp\", \"wms\""));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500001", 1).text()).id();
    gateway.line("asked to wait: nothing goes there before");
    let deferred = "delivery WHERE target = 'erp' AND state = 'deferred' AND next_try_at > now() + interval '25 minutes'";
    gateway.until("a deferred delivery", || (site.database().count(deferred) == 1).then_some(()));
    let (exit, list, _) = site.run(&["endpoint", "list"]);
    assert!(exit == 0 && list.contains("asked us to wait until"), "{list}");

    gateway.stop();
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    for nth in 2..6 {
        partner.post(order(&format!("450000{nth}"), nth).text()).id();
    }
    wms.wait_effects(5);
    let waits = "delivery WHERE target = 'erp' AND state = 'queued' AND tries = 0";
    assert_eq!(site.database().count(waits), 4, "not even tried");
    assert_eq!(erp.received().len(), 1);
    assert_eq!(site.database().count("breaker WHERE state <> 'closed'"), 0, "it is not down");

    // The time has come.
    site.database().run("UPDATE lane SET silent_until = now() WHERE name = 'endpoint:erp'");
    erp.wait_effects(4);
    assert_eq!(
        site.database().count(deferred),
        1,
        "the one that was put off waits for as long as it was told"
    );
    gateway.stop();
}
