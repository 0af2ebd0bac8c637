//! An ERP that fails in every way it can: the order arrives in the end, once in effect, or is dead and told.

use crate::harness::x12::order;
use crate::harness::*;

fn site(erp: &Recorder, more: &str) -> Site {
    let mut site = Site::new();
    site.endpoint("erp", erp, more);
    site.partner(&Profile::live("acme"));
    site
}

/// The outcomes of all tries, in order.
fn outcomes(site: &Site) -> Vec<String> {
    site.database().rows(
        "SELECT a.outcome FROM attempt a JOIN delivery d ON d.id = a.delivery_id WHERE d.target = 'erp' ORDER BY a.number",
    )
}

#[track_caller]
fn delivered(site: &Site, gateway: &Gateway) {
    gateway.until("the order delivered", || {
        (site.database().count("delivery WHERE target = 'erp' AND state = 'delivered'") == 1).then_some(())
    });
}

#[test]
fn an_erp_that_is_down_gets_the_order_when_it_is_back() {
    let mut erp = Recorder::erp();
    erp.close();
    let site = site(&erp, "");
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    gateway.lines_with("no connection, nothing was sent", 2);
    erp.open();
    erp.wait_effects(1);
    delivered(&site, &gateway);
    assert_eq!(erp.received().len(), 1, "what never left is no second try for the ERP");
    assert!(outcomes(&site).ends_with(&["deferred".into(), "delivered".into()]), "{:?}", outcomes(&site));
}

#[test]
fn a_server_error_is_tried_again_with_the_same_bytes_and_id() {
    let erp = Recorder::erp();
    erp.script(&[Answer::Status(500), Answer::Status(503), Answer::Status(500)]);
    let site = site(&erp, "");
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    delivered(&site, &gateway);
    let received = erp.received();
    assert_eq!(received.len(), 4);
    assert!(received.iter().all(|r| r.id == received[0].id && r.body == received[0].body));
    assert_eq!(outcomes(&site), ["deferred", "deferred", "deferred", "delivered"]);
    assert_eq!(erp.log().len(), 1);
}

#[test]
fn a_wish_to_wait_is_never_undercut() {
    let erp = Recorder::erp();
    erp.script(&[Answer::Later(429, 1800)]);
    let site = site(&erp, "");
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    let waits = gateway.until("a deferred delivery", || {
        site.database()
            .rows(
                "SELECT (d.next_try_at - a.finished_at >= interval '1800 seconds')::text FROM delivery d
                 JOIN attempt a ON a.delivery_id = d.id WHERE d.target = 'erp' AND d.state = 'deferred'",
            )
            .pop()
    });
    assert_eq!(waits, "true");
    assert_eq!(erp.received().len(), 1);
}

#[test]
fn a_short_wish_to_wait_is_followed_by_the_order() {
    let erp = Recorder::erp();
    erp.script(&[Answer::Later(429, 1), Answer::Later(503, 1)]);
    let site = site(&erp, "");
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    delivered(&site, &gateway);
    assert_eq!(outcomes(&site), ["deferred", "deferred", "delivered"]);
}

#[test]
fn an_erp_that_is_too_slow_gets_the_same_id_again() {
    let erp = Recorder::erp();
    erp.script(&[Answer::Hold]);
    let site = site(&erp, "timeout = \"1s\"");
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    delivered(&site, &gateway);
    let received = erp.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].id, received[1].id);
    assert_eq!(outcomes(&site), ["uncertain", "delivered"]);
    assert_eq!(erp.log().len(), 1, "once in effect");
}

#[test]
fn a_connection_cut_after_the_request_is_uncertain_and_repeated_once_in_effect() {
    let erp = Recorder::erp();
    erp.script(&[Answer::Cut, Answer::Cut]);
    let site = site(&erp, "");
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    delivered(&site, &gateway);
    assert_eq!(outcomes(&site), ["uncertain", "uncertain", "delivered"]);
    assert_eq!(erp.received().len(), 3);
    assert_eq!(erp.log().len(), 1);
}

#[test]
fn where_ids_are_not_honoured_a_lost_answer_waits_for_a_person() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    erp.script(&[Answer::Cut]);
    let mut site = site(&erp, "idempotent = false");
    site.mail(&mailbox);
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    let mail = mailbox.mail("endpoint erp: nobody knows whether a document of acme arrived (held)");
    assert!(mail.subject.contains("we must act"), "{mail:?}");
    assert_eq!(site.database().rows("SELECT state FROM delivery WHERE target = 'erp'"), ["held"]);
    assert_eq!(erp.received().len(), 1);
}

#[test]
fn a_refused_order_is_dead_and_told_and_goes_again_when_a_person_says_so() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    erp.script(&[Answer::Status(400)]);
    let mut site = site(&erp, "");
    site.mail(&mailbox);
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    let mail = mailbox.mail("endpoint erp: a document of acme could not be delivered (dead)");
    assert!(mail.subject.contains("the endpoint's owners must act"), "{mail:?}");
    assert!(mail.body.contains("400"), "{}", mail.body);
    assert_eq!(site.database().rows("SELECT state FROM delivery WHERE target = 'erp'"), ["dead"]);
    assert!(erp.effects().is_empty());
    let command =
        mail.body.lines().find_map(|l| l.split_once("portway doc redeliver ")).expect("what to do next").1;
    let document = command.split(' ').next().unwrap();
    let (exit, _, errors) = site.run(&["doc", "redeliver", document, "--reason", "mended at our side"]);
    assert_eq!(exit, 0, "{errors}");
    delivered(&site, &gateway);
    let received = erp.received();
    assert_eq!(received.len(), 2);
    assert!(received[0].id == received[1].id && received[0].body == received[1].body);
    assert_eq!(erp.log().len(), 1);
}
