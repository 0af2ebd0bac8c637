//! The gateway and its PostgreSQL: its own one, adopted, killed, mended; another's, away and back; and what it refuses to start on.

use crate::harness::x12::order;
use crate::harness::*;
use rustix::process::{Signal, kill_process, test_kill_process};

#[test]
fn the_private_postgresql_is_made_adopted_after_a_kill_and_stopped_with_the_gateway() {
    let erp = Recorder::erp();
    let mut site = Site::private();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let mut partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("ONE", 1).text()).id();
    erp.wait_effects(1);
    let postmaster = gateway.postmaster();
    gateway.kill();
    assert!(test_kill_process(postmaster).is_ok(), "it outlives the gateway");

    let gateway = site.start();
    assert_eq!(gateway.postmaster(), postmaster, "adopted");
    partner.follow(&gateway);
    partner.post(order("TWO", 2).text()).id();
    erp.wait_effects(2);
    gateway.stop();
    assert!(!site.state().join("postgres/data/postmaster.pid").exists(), "stopped with the gateway");
    assert_eq!(erp.subjects(), ["ONE", "TWO"]);
}

#[test]
fn a_private_postgresql_that_dies_is_started_again_and_nothing_is_lost() {
    let erp = Recorder::erp();
    let mut site = Site::private();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    erp.otherwise(Answer::Hold);
    for nth in 1..=20 {
        partner.post(order(&format!("BEFORE-{nth:02}"), nth).text()).id();
    }
    kill_process(gateway.postmaster(), Signal::KILL).unwrap();
    erp.release();
    gateway.line("the private PostgreSQL had died and was started again");
    // Whatever is answered meanwhile, it is 202 or 503, and a partner who repeats gets it in.
    gateway.until("an order accepted", || {
        let reply = partner.post(order("AFTER", 99).text());
        assert!([202, 503].contains(&reply.status), "{reply:?}");
        (reply.status == 202).then_some(())
    });
    erp.wait_effects(21);
    gateway.until("all work done", || {
        site.database()
            .try_rows("SELECT count(*)::text FROM job WHERE kind <> 'mail'")
            .is_ok_and(|rows| rows == ["0"])
            .then_some(())
    });
    assert_eq!(erp.log().len(), 21);
    gateway.stop();
}

#[test]
fn while_postgresql_is_away_the_door_answers_503_and_work_goes_on_by_itself_after() {
    let (server, erp) = (Server::start(""), Recorder::erp());
    let mut site = Site::on(&server);
    site.endpoint("erp", &erp, "concurrency = 32");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    erp.otherwise(Answer::Hold);
    for nth in 1..=20 {
        partner.post(order(&format!("BEFORE-{nth:02}"), nth).text()).id();
    }
    erp.wait_received(20);
    server.kill();
    // The ERP has them all and says so: the gateway cannot write that down yet.
    erp.release();
    for _ in 0..3 {
        let reply = partner.post(order("MEANWHILE", 50).text());
        assert_eq!(reply.status, 503, "{reply:?}");
        assert_eq!(reply.retry_after.as_deref(), Some("5"));
        assert_eq!(reply.json()["type"], "urn:portway:problem:unavailable");
    }
    server.start_again();
    gateway.until("an order accepted", || {
        let reply = partner.post(order("MEANWHILE", 50).text());
        assert!([202, 503].contains(&reply.status), "{reply:?}");
        (reply.status == 202).then_some(())
    });
    erp.wait_effects(21);
    gateway.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    assert_eq!(erp.log().len(), 21, "each once in effect");
    assert_eq!(site.database().count("transaction_set WHERE state = 'done'"), 21);
    gateway.stop();
}

#[test]
fn a_server_that_does_not_write_through_is_refused() {
    let server = Server::start("-c fsync=off");
    let site = Site::on(&server);
    let mut gateway = site.spawn();
    assert_eq!(gateway.ended().code(), Some(3));
    let said = gateway.lines().join("\n");
    assert!(said.contains("fsync=off") && said.contains("Set fsync = on"), "{said}");
}

#[test]
fn a_second_gateway_on_the_same_state_directory_is_refused() {
    let site = Site::new();
    let running = site.start();
    let mut second = site.spawn();
    assert_eq!(second.ended().code(), Some(1));
    let said = second.lines().join("\n");
    assert!(said.contains("another gateway runs on") && said.contains("stop it first"), "{said}");
    running.stop();
}

#[test]
fn a_broken_gateway_toml_ends_with_78_and_its_place() {
    let mut site = Site::new();
    site.add("[alerts]\ntoo = [\"edi@northwind.example\"]");
    let mut gateway = site.spawn();
    assert_eq!(gateway.ended().code(), Some(78));
    let said = gateway.lines().join("\n");
    assert!(said.contains("gateway.toml:") && said.contains("too"), "{said}");
}
