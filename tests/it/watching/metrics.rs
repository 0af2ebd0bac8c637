//! `/metrics`, `/healthz`, `/readyz`, scraped from the running gateway: in ordinary work, without PostgreSQL, and while it drains.

use super::*;
use crate::harness::x12::order;
use rustix::process::Signal;

#[test]
fn a_scrape_tells_what_came_and_what_our_systems_took() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    watched(&mut site);
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    site.partner(&Profile::live("other-co"));
    let gateway = site.start();
    let metrics = door(&gateway);
    let before = scraped(&metrics);
    assert_eq!(before.sum("portway_documents_delivered_total", &[("endpoint", "erp")]), Some(0.0));
    assert_eq!(before.sum("portway_documents_failed_total", &[("endpoint", "erp")]), Some(0.0));

    let partner = Partner::new(&site, &gateway, "acme");
    let first = partner.post_with(order("4500123", 17).text(), &[("Idempotency-Key", "a")]).id();
    let again = partner.post_with(order("4500123", 17).text(), &[("Idempotency-Key", "a")]).id();
    assert_eq!(first, again);
    partner.post(order("4500124", 18).text()).id();
    erp.wait_effects(2);
    let scrape = gateway.until("two documents counted", || {
        let scrape = scraped(&metrics);
        (scrape.sum("portway_documents_delivered_total", &[("endpoint", "erp")]) == Some(2.0))
            .then_some(scrape)
    });
    let of = |name: &str, labels: &[(&str, &str)]| scrape.sum(name, labels);
    let received = "portway_messages_received_total";
    assert_eq!(of(received, &[("transport", "https"), ("verdict", "accepted")]), Some(2.0));
    assert_eq!(of(received, &[("transport", "https"), ("verdict", "repeated")]), Some(1.0));
    assert_eq!(of(received, &[("transport", "as2")]), Some(0.0));
    let attempts = "portway_attempts_total";
    assert_eq!(of(attempts, &[("lane", "endpoint:erp"), ("outcome", "delivered")]), Some(2.0));
    assert_eq!(of(attempts, &[("lane", "partner:other-co")]), Some(0.0));
    for (name, least) in [
        ("portway_ledger_up", 1.0),
        ("portway_ready", 1.0),
        ("portway_gateways", 1.0),
        ("portway_build_info", 1.0),
        ("portway_ledger_bytes", 1e6),
        ("portway_database_connections_max", 8.0),
        ("process_resident_memory_bytes", 1e6),
        ("process_open_fds", 5.0),
        ("process_max_fds", 5.0),
        ("process_cpu_seconds_total", 1e-6),
        ("portway_certificate_days_left", 1.0),
    ] {
        assert!(of(name, &[]).is_some_and(|value| value >= least), "{name}: {:?}", of(name, &[]));
    }
    assert_eq!(of("portway_alerts_open", &[("move", "endpoint")]), Some(0.0));
    assert_eq!(of("portway_breaker_state", &[("lane", "endpoint:erp"), ("state", "closed")]), Some(1.0));
    gateway.stop();
}

#[test]
fn an_endpoint_that_is_down_is_seen_as_a_queue_a_breaker_an_alert_and_failed_attempts() {
    let erp = Recorder::erp();
    erp.otherwise(Answer::Status(503));
    let mut site = Site::new();
    watched(&mut site);
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let metrics = door(&gateway);
    let partner = Partner::new(&site, &gateway, "acme");
    for nth in 0..4 {
        partner.post(order(&format!("450012{nth}"), 17 + nth).text()).id();
    }
    let erps = [("lane", "endpoint:erp")];
    gateway.until("the breaker, the queue and the alert", || {
        let scrape = scraped(&metrics);
        let open = |state| scrape.sum("portway_breaker_state", &[erps[0], ("state", state)]);
        let broken = open("open") == Some(1.0) || open("half_open") == Some(1.0);
        let waiting = scrape.sum("portway_queue_jobs", &erps).unwrap_or_default() >= 4.0;
        let told = scrape.sum("portway_alerts_open", &[("move", "endpoint")]) == Some(1.0);
        let deferred = scrape.sum("portway_attempts_total", &[erps[0], ("outcome", "deferred")]);
        (broken && waiting && told && deferred.unwrap_or_default() >= 3.0).then_some(())
    });
    gateway.stop();
}

#[test]
fn lanes_of_whoever_is_not_configured_are_one_series() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    watched(&mut site);
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    for nth in 0..5 {
        site.database().run(&format!("INSERT INTO lane (name, cap) VALUES ('partner:gone-{nth}', 4)"));
    }
    let metrics = door(&gateway);
    let scrape = gateway.until("the lanes of those who are gone", || {
        let scrape = scraped(&metrics);
        scrape.values("lane").contains("other").then_some(scrape)
    });
    assert!(!scrape.values("lane").iter().any(|lane| lane.contains("gone")), "{:?}", scrape.values("lane"));
    gateway.stop();
}

#[test]
fn without_postgresql_it_lives_is_not_ready_and_tells_what_is_its_own() {
    let server = Server::start("");
    let erp = Recorder::erp();
    let mut site = Site::on(&server);
    watched(&mut site);
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let metrics = door(&gateway);
    assert_eq!(get(&metrics, "/readyz"), (200, "{\"ready\":true,\"reason\":null}\n".into()));
    Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    erp.wait_effects(1);
    server.kill();
    let scrape = gateway.until("a scrape without the ledger", || {
        let scrape = scraped(&metrics);
        (scrape.sum("portway_ledger_up", &[]) == Some(0.0)).then_some(scrape)
    });
    assert_eq!(scrape.sum("portway_messages_received_total", &[("verdict", "accepted")]), Some(1.0));
    assert!(scrape.sum("process_open_fds", &[]).is_some());
    assert_eq!(scrape.sum("portway_queue_jobs", &[]), None, "nothing old is shown as if it were new");
    assert_eq!(scrape.sum("portway_ready", &[]), Some(0.0));
    let (status, body) = get(&metrics, "/readyz");
    assert!(status == 503 && body.contains("ledger_unreachable"), "{status} {body}");
    assert_eq!(get(&metrics, "/healthz").0, 200);
    server.start_again();
    gateway.until("the ledger seen again", || {
        (scraped(&metrics).sum("portway_ledger_up", &[]) == Some(1.0)).then_some(())
    });
    gateway.until("readiness", || (get(&metrics, "/readyz").0 == 200).then_some(()));
    gateway.stop();
}

#[test]
fn before_the_ledger_is_reached_it_lives_and_is_not_ready() {
    let server = Server::start("");
    let mut site = Site::on(&server);
    watched(&mut site);
    server.kill();
    let mut gateway = site.spawn();
    let metrics = door(&gateway);
    assert_eq!(get(&metrics, "/healthz").0, 200);
    let (status, body) = get(&metrics, "/readyz");
    assert!(status == 503 && body.contains("\"starting\""), "{status} {body}");
    let scrape = scraped(&metrics);
    assert_eq!(scrape.sum("portway_ledger_up", &[]), Some(0.0));
    assert!(scrape.sum("portway_build_info", &[]).is_some());
    gateway.line("not reachable yet");
    gateway.signal(Signal::TERM);
    assert!(gateway.ended().success());
}

#[test]
fn while_it_drains_it_lives_and_is_not_ready() {
    let erp = Recorder::erp();
    erp.otherwise(Answer::Hold);
    let mut site = Site::new();
    watched(&mut site);
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let mut gateway = site.start();
    let metrics = door(&gateway);
    Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    erp.wait_received(1);
    // One delivery is under way: it has the drain's time to end.
    gateway.signal(Signal::TERM);
    gateway.line("stopping: the doors close");
    let (status, body) = gateway.until("the drain", || {
        let (status, body) = get(&metrics, "/readyz");
        (status != 200).then_some((status, body))
    });
    assert!(status == 503 && body.contains("\"draining\""), "{status} {body}");
    assert_eq!(get(&metrics, "/healthz").0, 200);
    erp.release();
    assert!(gateway.ended().success());
}

#[test]
fn the_door_is_for_this_host_alone() {
    let mut site = Site::new();
    site.add("[listen.metrics]\naddress = \"0.0.0.0:9464\"\n[log]\nlevel = \"loud=loud\"");
    site.write();
    let (exit, out, err) = site.run(&["validate"]);
    let said = out + &err;
    assert!(exit != 0 && said.contains("everybody on the network"), "{exit} {said}");
    assert!(said.contains("is no level"), "{said}");
}

#[test]
fn the_time_from_hand_over_to_the_997_is_measured_by_kind_and_what_is_owed_is_counted() {
    let system = Recorder::erp();
    let mut site = Site::new();
    watched(&mut site);
    site.api();
    site.endpoint("procurement", &system, "");
    site.client("procurement", "");
    let more = "[receive.855]\nto = [\"procurement\"]\n[send.850]\n".to_owned();
    site.partner(&Profile { more, ..Profile::live("acme") });
    let gateway = site.start();
    let metrics = door(&gateway);
    let procurement = ours::Ours::new(&gateway, "procurement");
    let partner = Partner::new(&site, &gateway, "acme");
    let order = ours::purchase_order("4500910");
    assert_eq!(procurement.hand_over("/v1/purchase-orders?partner=acme", "1", &order).status, 201);
    let item = partner.outbox_of(&gateway, 1).remove(0);
    partner.fetch(&item.id);
    assert_eq!(partner.confirm(&item.id), 204);
    let theirs = [("whose", "theirs"), ("kind", "997")];
    gateway.until("a 997 that is owed", || {
        (scraped(&metrics).sum("portway_acknowledgements_owed", &theirs) == Some(1.0)).then_some(())
    });
    let count = "portway_acknowledgement_delay_seconds_count";
    assert_eq!(scraped(&metrics).sum(count, &[("kind", "997")]), Some(0.0));
    let answer = "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*000000007*0*P*>~\
                  GS*FA*ACME*NORTHWIND*20260105*0930*7*X*004010~ST*997*0001~AK1*PO*1~AK2*850*0001~AK5*A~AK9*A*1*1*1~\
                  SE*6*0001~GE*1*7~IEA*1*000000007~";
    partner.post(answer).id();
    let scrape = gateway.until("the 997 measured", || {
        let scrape = scraped(&metrics);
        (scrape.sum(count, &[("kind", "997")]) == Some(1.0)).then_some(scrape)
    });
    let total = scrape.sum("portway_acknowledgement_delay_seconds_sum", &[("kind", "997")]).unwrap();
    assert!(total >= 0.0, "{total}");
    assert_eq!(
        scrape.sum("portway_acknowledgement_delay_seconds_bucket", &[("kind", "997"), ("le", "+Inf")]),
        Some(1.0)
    );
    gateway.stop();
}
