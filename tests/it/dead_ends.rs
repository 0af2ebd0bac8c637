//! No state is a dead end: what waits for a person can be let go by one, and what waits for a mended configuration goes on by itself.

use crate::harness::x12::order;
use crate::harness::*;

#[test]
fn an_endpoint_that_cannot_be_opened_is_told_and_gets_what_waited_once_mended() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.partner(&Profile::live("acme"));
    let secret = site.path("conf/secrets/erp");
    let kept = std::fs::read(&secret).unwrap();
    std::fs::remove_file(&secret).unwrap();
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    mailbox.mail("endpoint erp cannot be used");
    assert!(erp.log().is_empty());
    std::fs::write(&secret, kept).unwrap();
    let (exit, _, errors) = site.run(&["reload"]);
    assert_eq!(exit, 0, "{errors}");
    erp.wait_effects(1);
    mailbox.mail("over: endpoint erp");
}

#[test]
fn an_answer_that_died_is_sent_again_when_a_person_says_so() {
    let (erp, theirs) = (Recorder::erp(), Recorder::partner());
    theirs.otherwise(Answer::Status(400));
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile { https: format!("url = \"{}\"\n", theirs.url()), ..Profile::live("acme") });
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 1).text()).id();
    let dead = "SELECT message_id::text FROM delivery WHERE target_kind = 'partner' AND state = 'dead'";
    let message = gateway.until("the answer dead", || site.database().rows(dead).pop());
    theirs.otherwise(Answer::Take);
    let (exit, _, errors) = site.run(&["message", "resend", &message, "--reason", "their server is mended"]);
    assert_eq!(exit, 0, "{errors}");
    let answer = theirs.wait_effects(1).remove(0);
    assert_eq!(x12::Acknowledgement::read(&answer.body).only(), ("A", "A"));
}

#[test]
fn a_held_interchange_beside_a_good_one_can_be_let_through() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("FIRST", 1).text()).id();
    erp.wait_effects(1);
    let both = format!("{}{}", order("GOOD", 2).text(), order("OTHER", 1).text());
    let message = partner.post(both).id();
    erp.wait_effects(2);
    assert_eq!(erp.subjects(), ["FIRST", "GOOD"]);
    let (exit, _, errors) = site.run(&["message", "release", &message]);
    assert_eq!(exit, 0, "{errors}");
    erp.wait_effects(3);
    assert_eq!(erp.subjects(), ["FIRST", "GOOD", "OTHER"]);
    assert_eq!(partner.outbox_of(&gateway, 3).len(), 3, "one answer each, none twice");
}

#[test]
fn a_held_document_is_not_released_to_nowhere() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 1).text()).id();
    erp.wait_effects(1);
    partner.post(order("4500123", 2).text()).id();
    let held = "SELECT id::text FROM transaction_set WHERE state = 'held'";
    let document = gateway.until("the duplicate held", || site.database().rows(held).pop());
    let (exit, _, errors) = site.run(&["doc", "release", &document, "--endpoint", "typo", "--reason", "x"]);
    assert!(exit == 1 && errors.contains("leave --endpoint out"), "{exit} {errors}");
    let (exit, _, errors) = site.run(&["doc", "release", &document, "--reason", "they mean it"]);
    assert_eq!(exit, 0, "{errors}");
    erp.wait_effects(2);
}
