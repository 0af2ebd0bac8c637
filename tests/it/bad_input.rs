//! Input that is not what it should be: nothing of it reaches the ERP, the partner gets the answer the standard has for it, and
//! whoever must act is told.

use crate::harness::x12::{Acknowledgement, order};
use crate::harness::*;

struct Scene {
    erp: Recorder,
    site: Site,
    gateway: Gateway,
    partner: Partner,
}

fn scene() -> Scene {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    Scene { erp, site, gateway, partner }
}

impl Scene {
    /// Waits until the message came to an end, and says how: state, and reason of a quarantine.
    #[track_caller]
    fn end_of(&self, message: &str) -> (String, String) {
        let sql = format!(
            "SELECT state || ' ' || coalesce(reason, '') FROM message WHERE id = '{message}' AND finished_at IS NOT NULL"
        );
        let end = self.gateway.until("the end of the message", || self.site.database().rows(&sql).pop());
        let (state, reason) = end.split_once(' ').unwrap();
        (state.into(), reason.into())
    }

    /// A good order still goes through, and it is the only one that ever did.
    #[track_caller]
    fn only_the_good_one_arrives(&self) {
        assert_eq!(self.partner.post(order("GOOD", 999_999).text()).status, 202);
        self.erp.wait_effects(1);
        assert_eq!(self.erp.subjects(), ["GOOD"]);
        assert_eq!(self.erp.log().len(), 1);
    }

    /// The only answer so far, read and confirmed.
    #[track_caller]
    fn answer(&self) -> Acknowledgement {
        self.partner.acknowledgement(&self.gateway)
    }
}

#[test]
fn an_empty_body_is_refused_and_leaves_nothing() {
    let scene = scene();
    let reply = scene.partner.post("");
    assert_eq!((reply.status, reply.content_type.as_str()), (400, "application/problem+json"));
    assert_eq!(reply.json()["type"], "urn:portway:problem:empty");
    assert_eq!(scene.site.database().count("message"), 0);
    scene.only_the_good_one_arrives();
}

#[test]
fn binary_junk_is_kept_in_quarantine_byte_for_byte() {
    let scene = scene();
    let junk: Vec<u8> = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let message = scene.partner.post(junk).id();
    assert_eq!(scene.end_of(&message), ("quarantined".into(), "unparseable".into()));
    assert_eq!(scene.site.database().rows("SELECT size::text FROM message"), ["200000"]);
    scene.only_the_good_one_arrives();
}

#[test]
fn a_hundred_megabytes_without_a_terminator_do_not_fill_the_memory() {
    let scene = scene();
    let mut body = vec![b'X'; 100 << 20];
    // Enough of an ISA to be believed: its separators stand, the segment after it never ends.
    let start = order("4500123", 1).text();
    body[..106].copy_from_slice(&start.as_bytes()[..106]);
    body[106..110].copy_from_slice(b"\nGS*");
    let message = scene.partner.post(body).id();
    let (state, _) = scene.end_of(&message);
    assert!(["quarantined", "done"].contains(&state.as_str()), "{state}");
    let plain = scene.partner.post(vec![b'X'; 100 << 20]).id();
    assert_eq!(scene.end_of(&plain), ("quarantined".into(), "unparseable".into()));
    let peak = scene.gateway.peak_memory();
    assert!(peak < 300 << 20, "{} MB", peak >> 20);
    scene.only_the_good_one_arrives();
}

#[test]
fn a_cut_off_interchange_never_reaches_the_erp_wherever_it_was_cut() {
    let scene = scene();
    let ends = ["GS*", "ST*", "BEG*00", "PO1*2", "CTT*", "SE*", "GE*", "IEA*", "*000000", "0~"];
    // Without the last terminator alone it is whole: all nine digits of the number stand, and match.
    for (nth, end) in (0..).zip(ends) {
        // A number of its own each, or it would be a duplicate.
        let whole = order("4500123", 100 + nth).text();
        let cut = whole.rfind(end).unwrap();
        let message = scene.partner.post(&whole.as_bytes()[..cut]).id();
        let (state, _) = scene.end_of(&message);
        assert!(["quarantined", "done"].contains(&state.as_str()), "{state} for a cut before {end}");
        let routed = scene.site.database().count("transaction_set WHERE state NOT IN ('rejected')");
        assert_eq!(routed, 0, "a cut before {end} let the order through");
    }
    scene.only_the_good_one_arrives();
    let routed =
        scene.site.database().rows("SELECT number FROM transaction_set WHERE state IN ('routed', 'done')");
    assert_eq!(routed, ["GOOD"]);
}

#[test]
fn a_wrong_segment_count_rejects_the_set() {
    let scene = scene();
    let message = scene.partner.post(order("4500123", 1).text().replace("SE*6*", "SE*7*")).id();
    assert_eq!(scene.end_of(&message).0, "done");
    let answer = scene.answer();
    assert_eq!(answer.only(), ("R", "R"));
    assert_eq!(scene.site.database().rows("SELECT state FROM transaction_set"), ["rejected"]);
    scene.only_the_good_one_arrives();
}

#[test]
fn a_wrong_set_count_rejects_the_group() {
    let scene = scene();
    scene.partner.post(order("4500123", 1).text().replace("GE*1*", "GE*2*")).id();
    assert_eq!(scene.answer().groups[0].1, "R");
    scene.only_the_good_one_arrives();
}

#[test]
fn a_wrong_group_count_rejects_the_interchange_with_a_ta1() {
    let scene = scene();
    scene.partner.post(order("4500123", 1).text().replace("IEA*1*", "IEA*2*")).id();
    let answer = scene.answer();
    // TA105 021: invalid number of included groups.
    assert_eq!(answer.ta1, Some(("000000001".into(), "R".into(), "021".into())));
    assert!(answer.groups.is_empty(), "a rejected interchange gets no 997");
    scene.only_the_good_one_arrives();
}

#[test]
fn control_numbers_that_do_not_match_reject_the_interchange() {
    let scene = scene();
    scene.partner.post(order("4500123", 1).text().replace("IEA*1*000000001", "IEA*1*000000002")).id();
    // TA105 001: the numbers of ISA and IEA differ.
    assert_eq!(scene.answer().ta1.unwrap().2, "001");
    scene.only_the_good_one_arrives();
}

#[test]
fn an_order_with_a_broken_element_is_rejected_and_told() {
    let mut mailbox = Mailbox::start();
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 1).text().replace("PO1*2*4*EA", "PO1*2*four*EA")).id();
    assert_eq!(partner.acknowledgement(&gateway).only(), ("R", "R"));
    let mail = mailbox.mail("4500123");
    assert!(mail.subject.contains("acme") && mail.subject.contains("the partner must act"), "{mail:?}");
    assert!(mail.body.contains("PO102") && mail.body.contains("\"four\""), "{}", mail.body);
    assert_eq!(mail.to, ["edi@northwind.example"]);
    assert!(erp.received().is_empty());
    mailbox.close();
}

#[test]
fn a_stranger_is_turned_away() {
    let scene = scene();
    for stranger in [scene.partner.clone().with_token("wrong"), scene.partner.clone().with_token("")] {
        let reply = stranger.post(order("4500123", 1).text());
        assert_eq!(reply.status, 401);
        assert_eq!(reply.json()["type"], "urn:portway:problem:unauthenticated");
    }
    assert_eq!(scene.site.database().count("message"), 0);
    scene.only_the_good_one_arrives();
}

#[test]
fn a_sender_that_is_not_the_caller_goes_to_quarantine() {
    let scene = scene();
    let foreign = order("4500123", 1);
    let isa = foreign.text().replace("ZZ*ACME ", "ZZ*OTHER");
    let gs = foreign.text().replace("GS*PO*ACME", "GS*PO*OTHER");
    for body in [isa, gs] {
        let message = scene.partner.post(body).id();
        assert_eq!(scene.end_of(&message), ("quarantined".into(), "sender_mismatch".into()));
    }
    scene.only_the_good_one_arrives();
    assert_eq!(scene.partner.outbox_of(&scene.gateway, 1).len(), 1, "only the good one is answered");
}

#[test]
fn an_interchange_for_another_house_is_rejected() {
    let scene = scene();
    scene.partner.post(order("4500123", 1).text().replace("ZZ*NORTHWIND  ", "ZZ*SOMEONEELSE")).id();
    let ta1 = scene.answer().ta1.unwrap();
    // TA105 009: unknown receiver.
    assert_eq!((ta1.1.as_str(), ta1.2.as_str()), ("R", "009"));
    scene.only_the_good_one_arrives();
}

#[test]
fn a_set_nobody_knows_is_rejected() {
    let scene = scene();
    let body = order("4500123", 1).text().replace("ST*850*", "ST*875*").replace("GS*PO*", "GS*OG*");
    scene.partner.post(body).id();
    assert_eq!(scene.answer().only(), ("R", "R"));
    assert_eq!(scene.site.database().rows("SELECT reason FROM transaction_set"), ["not_supported"]);
    scene.only_the_good_one_arrives();
}

#[test]
fn a_set_the_profile_does_not_expect_is_held() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let mut profile = Profile::live("acme");
    profile.more.clear();
    site.partner(&profile);
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 1).text()).id();
    assert_eq!(partner.acknowledgement(&gateway).only(), ("A", "A"), "it is fine as X12");
    assert_eq!(
        site.database().rows("SELECT state || ' ' || reason FROM transaction_set"),
        ["held not_expected"]
    );
    assert_eq!(site.database().count("delivery WHERE target = 'erp'"), 0);
    assert!(erp.received().is_empty());
}
