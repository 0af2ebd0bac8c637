//! What does not happen is told, once, and is over by itself: a silent partner, a late document, a queue that stands; the day's digest;
//! and the words for the partner.

use crate::harness::x12::order;
use crate::harness::*;

/// A zone whose clocks show noon or so, and an hour there that has passed: no test depends on when it runs.
fn noon(site: &Site) -> (String, String) {
    let hour: i32 =
        site.database().rows("SELECT to_char(now() AT TIME ZONE 'UTC', 'HH24')")[0].parse().unwrap();
    // The signs of these zones are turned round: Etc/GMT-2 is two hours ahead.
    let ahead = 12 - hour;
    let zone = if ahead == 0 { "Etc/GMT".to_owned() } else { format!("Etc/GMT{:+}", -ahead) };
    (zone, "11:59".to_owned())
}

fn subjects(mailbox: &Mailbox) -> Vec<String> {
    mailbox.mails().into_iter().map(|mail| mail.subject).collect()
}

#[test]
fn a_silent_partner_is_told_once_by_two_gateways_and_is_over_when_one_comes() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    let (zone, by) = noon(&site);
    let days = "days = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]";
    let profile = Profile::live("acme");
    site.partner_text(
        "acme",
        &format!("time_zone = \"{zone}\"\n{}expected_by = \"{by}\"\n{days}\n", profile.text()),
    );
    let first = site.start();
    let beside = site.beside();
    let second = beside.start();
    let mail = mailbox.mail("acme: no 850 came by 11:59");
    assert!(mail.subject.contains("the partner must act"), "{mail:?}");
    Partner::new(&site, &first, "acme").post(order("4500123", 1).text()).id();
    mailbox.mail("over: acme: no 850 came by 11:59");
    assert_eq!(subjects(&mailbox).len(), 2, "{:?}", subjects(&mailbox));
    first.stop();
    second.stop();
}

#[test]
fn late_documents_and_queues_that_stand_are_told_and_are_over_when_they_went() {
    let (mut erp, mailbox) = (Recorder::erp(), Mailbox::start());
    erp.script(&[Answer::Status(400)]);
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.add("queue_age = \"1s\"");
    let mut profile = Profile::live("acme");
    profile.more = "[receive.850]\nto = [\"erp\"]\norder = \"by-partner\"\ndelivered_within = \"1s\"".into();
    site.partner(&profile);
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    // Dead: it holds the next one back.
    partner.post(order("A-1", 1).text()).id();
    mailbox.mail("a document of acme could not be delivered (dead)");
    partner.post(order("A-2", 2).text()).id();
    let mail = mailbox.mail("endpoint erp: deliveries wait for more than 1s");
    assert!(mail.body.contains("portway endpoint redeliver"), "{}", mail.body);
    mailbox.mail("acme: 850 not delivered within 1s");
    assert_eq!(site.run(&["endpoint", "redeliver", "erp", "--reason", "mended"]).0, 0);
    mailbox.mail("over: endpoint erp: deliveries wait");
    mailbox.mail("over: acme: 850 not delivered");
    erp.close();
    gateway.stop();
}

#[test]
fn the_day_has_one_digest_on_two_gateways() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.partner(&Profile::live("acme"));
    let before = site.start();
    let partner = Partner::new(&site, &before, "acme");
    partner.post("this is no EDI at all").id();
    partner.post(order("4500123", 1).text()).id();
    partner.post(order("4500123", 2).text()).id();
    mailbox.mail("a message is in quarantine");
    before.until("the second one held", || {
        (site.database().count("transaction_set WHERE state = 'held'") == 1).then_some(())
    });
    before.stop();
    let zone = noon(&site).0;
    // Its hour is this hour: the first digest of all is not sent for one that has long passed.
    site.add(&format!("digest = \"12:00\"\ntime_zone = \"{zone}\""));
    let first = site.start();
    let beside = site.beside();
    let second = beside.start();
    let mail = mailbox.mail("wait for a person");
    for part in [
        "WHAT BROKE",
        "a message is in quarantine",
        "acme      1  held 850",
        "acme      1  quarantined (unparseable)",
        "portway doc list --state held",
    ] {
        assert!(mail.body.contains(part), "{part}\n{}", mail.body);
    }
    for gateway in [&first, &second] {
        gateway.until("both have looked", || (site.database().count("digest") == 1).then_some(()));
    }
    first.stop();
    second.stop();
    // A third start looks again, and finds it written.
    let third = site.start();
    third.until("no mail owed", || (site.database().count("job WHERE kind = 'mail'") == 0).then_some(()));
    assert_eq!(site.database().count("mail WHERE kind = 'digest'"), 1);
    assert_eq!(subjects(&mailbox).iter().filter(|subject| subject.contains("wait for a person")).count(), 1);
    third.stop();
}

#[test]
fn a_quiet_day_says_so() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.add(&format!("digest = \"12:00\"\ntime_zone = \"{}\"", noon(&site).0));
    let gateway = site.start();
    let mail = mailbox.mail("nothing broke");
    assert!(mail.subject.starts_with("[Portway] "), "{mail:?}");
    gateway.stop();
}

#[test]
fn a_quiet_day_says_nothing_where_nobody_wants_to_hear_of_it() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    site.add(&format!("digest = \"12:00\"\ntime_zone = \"{}\"\ndigest_when_quiet = false", noon(&site).0));
    let gateway = site.start();
    assert!(gateway.line("the day's digest is written").contains("mailed=false"));
    assert_eq!(site.database().count("digest"), 1, "the day is done");
    assert_eq!(site.database().count("mail"), 0);
    gateway.stop();
}

#[test]
fn the_partner_is_told_which_answer_of_theirs_is_overdue() {
    let mut site = Site::new();
    site.api();
    site.client("procurement", "");
    let x12 = "acknowledged_within = \"1s\"".to_owned();
    site.partner(&Profile { x12, more: "[send.850]".into(), ..Profile::live("acme") });
    let gateway = site.start();
    let procurement = Ours::new(&gateway, "procurement");
    let path = "/v1/purchase-orders?partner=acme";
    let reply = procurement.hand_over(path, "po-1", &ours::purchase_order("4500900"));
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    let (exit, _, errors) = site.run(&["doc", "notify", &id]);
    assert!(exit == 1 && errors.contains("nothing to tell"), "not yet: {errors}");
    let partner = Partner::new(&site, &gateway, "acme");
    let item = partner.outbox_of(&gateway, 1).remove(0);
    partner.fetch(&item.id);
    assert_eq!(partner.confirm(&item.id), 204);
    let overdue = "acknowledgement WHERE kind = '997' AND state = 'overdue'";
    gateway.until("the 997 overdue", || (site.database().count(overdue) == 1).then_some(()));
    let (exit, text, errors) = site.run(&["doc", "notify", &id]);
    assert_eq!(exit, 0, "{errors}");
    for part in [
        "Subject: Our 850 4500900: your acknowledgement is missing",
        "  997, expected by 20",
        "ISA13        000000001",
        "GS06         1",
        "ST02         0001",
        "File         850_acme_000000001.edi",
        "Northwind Supply Inc.",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // A receipt's date is taken away once it is told: what is said is when that was.
    site.database().run("UPDATE acknowledgement SET due_at = NULL WHERE state = 'overdue'");
    let (exit, text, errors) = site.run(&["doc", "notify", &id]);
    assert!(exit == 0 && text.contains("  997, expected by 20"), "{text}{errors}");
    gateway.stop();
}

#[test]
fn the_partner_is_told_in_its_own_terms() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 41).text().replace("**20260105~", "**20260230~")).id();
    partner.post(order("4500124", 42).text()).id();
    partner.post(order("4500124", 43).text()).id();
    let ended = "transaction_set WHERE state IN ('rejected', 'done', 'held')";
    gateway.until("all three ended", || (site.database().count(ended) == 3).then_some(()));
    let id = site.database().rows("SELECT id::text FROM transaction_set WHERE state = 'rejected'").remove(0);
    let (exit, text, errors) = site.run(&["doc", "notify", &id]);
    assert_eq!(exit, 0, "{errors}");
    for part in [
        "BEG05 (segment 2 of the set)",
        "You sent: 20260230",
        "ISA13        000000041",
        "GS06         41",
        "ST02         0001",
        "Northwind Supply Inc.",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let (exit, second, errors) = site.run(&["doc", "notify", "PO:4500124"]);
    assert_eq!(exit, 0, "{errors}");
    assert!(second.contains("came a second time") && second.contains("interchange 000000042"), "{second}");
    for text in [text, second] {
        let state = site.state().display().to_string();
        for ours in ["erp", "127.0.0.1", "portway", ".toml", state.as_str(), id.as_str()] {
            assert!(!text.contains(ours), "{ours}\n{text}");
        }
    }
    let good = site.database().rows("SELECT id::text FROM transaction_set WHERE state = 'done'").remove(0);
    let (exit, _, errors) = site.run(&["doc", "notify", &good]);
    assert!(exit == 1 && errors.contains("nothing to tell"), "{errors}");
    gateway.stop();
}
