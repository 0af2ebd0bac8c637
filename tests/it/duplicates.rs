//! The same thing twice: the same interchange, the same number with other content, the same order under a new number.

use crate::harness::x12::{Acknowledgement, order};
use crate::harness::*;

fn site(x12: &str, receive: &str) -> (Recorder, Site, Mailbox) {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    let mut profile = Profile::live("acme");
    profile.x12 = x12.into();
    profile.more += receive;
    site.partner(&profile);
    (erp, site, mailbox)
}

#[test]
fn the_same_interchange_again_is_one_order_and_gets_the_first_answer_again() {
    let (erp, site, _mailbox) = site("", "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let text = order("4500123", 17).text();
    partner.post(text.clone()).id();
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let answer = partner.fetch(&item.id);
    assert_eq!(partner.confirm(&item.id), 204);
    erp.wait_effects(1);

    let again = partner.post(text).id();
    let repeated = partner.outbox_of(&gateway, 1).remove(0);
    assert_eq!(partner.fetch(&repeated.id), answer, "the same bytes, the same control numbers");
    assert_eq!(partner.confirm(&repeated.id), 204);
    let state = format!("SELECT state FROM interchange WHERE message_id = '{again}'");
    assert_eq!(site.database().rows(&state), ["duplicate"]);
    assert_eq!(site.database().count("transaction_set"), 1);
    assert_eq!(erp.received().len(), 1);
    assert_eq!(erp.log().len(), 1);
}

#[test]
fn a_used_number_with_other_content_is_held_and_told() {
    let (erp, site, mailbox) = site("", "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 17).text()).id();
    partner.acknowledgement(&gateway);
    erp.wait_effects(1);

    let other = partner.post(order("4500124", 17).text()).id();
    let mail = mailbox.mail("interchange 000000017 came again with other content");
    assert!(mail.body.contains(&other), "{}", mail.body);
    let state = format!("SELECT state FROM interchange WHERE message_id = '{other}'");
    assert_eq!(site.database().rows(&state), ["held"]);
    assert!(partner.outbox().is_empty(), "held: no answer until a person decides");
    assert_eq!(erp.subjects(), ["4500123"]);
}

#[test]
fn a_used_number_with_other_content_is_rejected_where_the_profile_says_so() {
    let (erp, site, _mailbox) = site("duplicate_interchange = \"reject\"", "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 17).text()).id();
    partner.acknowledgement(&gateway);
    partner.post(order("4500124", 17).text()).id();
    // TA105 025: duplicate interchange control number.
    assert_eq!(partner.acknowledgement(&gateway).ta1, Some(("000000017".into(), "R".into(), "025".into())));
    erp.wait_effects(1);
    assert_eq!(erp.subjects(), ["4500123"]);
}

#[test]
fn the_same_order_number_under_a_new_control_number_is_held() {
    let (erp, site, mailbox) = site("", "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 17).text()).id();
    partner.acknowledgement(&gateway);
    partner.post(order("4500123", 18).text()).id();
    assert_eq!(partner.acknowledgement(&gateway).only(), ("A", "A"), "as X12 it is fine");
    mailbox.mail("acme: 850 4500123 came again under a new control number and is held");
    let held = "SELECT reason FROM transaction_set WHERE state = 'held'";
    assert_eq!(site.database().rows(held), ["duplicate_document"]);
    erp.wait_effects(1);
    assert_eq!(erp.log().len(), 1);
}

#[test]
fn the_same_order_number_is_rejected_where_the_profile_says_so() {
    let (erp, site, _mailbox) = site("", "\nduplicate = \"reject\"");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 17).text()).id();
    partner.acknowledgement(&gateway);
    partner.post(order("4500123", 18).text()).id();
    assert_eq!(partner.acknowledgement(&gateway).only(), ("R", "R"));
    erp.wait_effects(1);
    assert_eq!(erp.log().len(), 1);
}

#[test]
fn the_same_order_number_goes_on_where_the_profile_accepts_it() {
    let (erp, site, _mailbox) = site("", "\nduplicate = \"accept\"");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    for control in [17, 18] {
        partner.post(order("4500123", control).text()).id();
    }
    erp.wait_effects(2);
    assert_eq!(erp.subjects(), ["4500123", "4500123"]);
}

#[test]
fn two_of_the_same_interchange_in_one_file_are_one_order() {
    let (erp, site, _mailbox) = site("", "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let (one, two) = (order("4500123", 17).text(), order("4500124", 18).text());
    partner.post(format!("{one}{one}{two}")).id();
    erp.wait_effects(2);
    assert_eq!(erp.subjects(), ["4500123", "4500124"]);
    let items = partner.outbox_of(&gateway, 2);
    let mut answered: Vec<String> =
        items.iter().map(|i| Acknowledgement::read(&partner.fetch(&i.id)).groups[0].0.clone()).collect();
    answered.sort();
    assert_eq!(answered, ["17", "18"]);
}

#[test]
fn an_idempotency_key_replays_its_answer_and_refuses_another_body() {
    let (erp, site, _mailbox) = site("", "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let key = [("Idempotency-Key", "7d0a-1")];
    let text = order("4500123", 17).text();
    let first = partner.post_with(text.clone(), &key).id();
    assert_eq!(partner.post_with(text.clone(), &key).id(), first);
    let conflict = partner.post_with(order("4500124", 18).text(), &key);
    assert_eq!(conflict.status, 422);
    assert_eq!(conflict.json()["type"], "urn:portway:problem:idempotency-key-reused");
    erp.wait_effects(1);
    assert_eq!(site.database().count("message WHERE direction = 'in'"), 1);
    assert_eq!(erp.subjects(), ["4500123"]);
}
