//! What an operator does at the command line about what is held, dead or in quarantine, and what is shown.

use crate::harness::x12::order;
use crate::harness::*;

#[test]
fn a_held_order_goes_on_once_the_profile_is_mended_and_it_is_released() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let mut profile = Profile::live("acme");
    let receive = std::mem::take(&mut profile.more);
    site.partner(&profile);
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 1).text()).id();
    partner.acknowledgement(&gateway);
    let (exit, _, errors) = site.run(&["doc", "release", "PO:4500123", "--reason", "too early"]);
    assert_eq!(exit, 1, "there is still no route: {errors}");
    assert!(errors.contains("[receive.850]"), "{errors}");

    profile.more = receive;
    site.partner(&profile);
    let (exit, shown, errors) = site.run(&["reload"]);
    assert_eq!(exit, 0, "{errors}");
    assert!(format!("{shown}{errors}").contains("acme"), "{shown}{errors}");
    let (exit, _, errors) = site.run(&["doc", "release", "PO:4500123", "--reason", "now expected"]);
    assert_eq!(exit, 0, "{errors}");
    assert_eq!(erp.wait_effects(1)[0].subject, "4500123");
    let (exit, _, errors) = site.run(&["doc", "release", "PO:4500123", "--reason", "again"]);
    assert_eq!(exit, 1, "{errors}");
    gateway.until("the order done", || {
        (site.database().rows("SELECT state FROM transaction_set") == ["done"]).then_some(())
    });
    assert_eq!(erp.log().len(), 1);
    let reasons = site.database().rows("SELECT detail->>'reason' FROM history WHERE event = 'released'");
    assert_eq!(reasons, ["now expected"]);
}

#[test]
fn a_waiting_order_is_held_and_let_go_again() {
    let mut erp = Recorder::erp();
    erp.close();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("HELD", 1).text()).id();
    partner.post(order("CANCELLED", 2).text()).id();
    gateway.lines_with("no connection, nothing was sent", 2);
    // A try may be under way just now: then there is nothing to hold, and it says so.
    for (verb, key) in [("hold", "PO:HELD"), ("cancel", "PO:CANCELLED")] {
        gateway.until("the order carried out", || {
            let (exit, _, errors) = site.run(&["doc", verb, key, "--reason", "asked by purchasing"]);
            assert!(exit == 0 || exit == 1 && errors.contains("can be"), "{exit} {errors}");
            (exit == 0).then_some(())
        });
    }
    erp.open();
    partner.post(order("OTHER", 3).text()).id();
    erp.wait_effects(1);
    assert_eq!(erp.subjects(), ["OTHER"]);
    let (exit, _, errors) = site.run(&["doc", "release", "PO:HELD", "--reason", "they want it after all"]);
    assert_eq!(exit, 0, "{errors}");
    erp.wait_effects(2);
    gateway.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    assert_eq!(erp.subjects(), ["HELD", "OTHER"]);
    assert_eq!(
        site.database().rows("SELECT state FROM transaction_set WHERE number = 'CANCELLED'"),
        ["cancelled"]
    );
}

#[test]
fn a_message_in_quarantine_is_looked_at_and_let_through() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 17).text()).id();
    erp.wait_effects(1);
    let other = order("4500124", 17).text();
    let message = partner.post(other.clone()).id();
    let reason = format!("SELECT reason FROM message WHERE id = '{message}' AND state = 'quarantined'");
    let reason = gateway.until("the quarantine", || site.database().rows(&reason).pop());
    assert_eq!(reason, "duplicate");
    let (exit, raw, _) = site.run(&["message", "raw", &message]);
    assert_eq!((exit, raw), (0, other));
    let (exit, shown, errors) = site.run(&["message", "show", &message]);
    assert_eq!(exit, 0, "{errors}");
    assert!(shown.contains("duplicate"), "{shown}");
    let (exit, _, errors) = site.run(&["message", "release", &message]);
    assert_eq!(exit, 0, "{errors}");
    erp.wait_effects(2);
    assert_eq!(erp.subjects(), ["4500123", "4500124"]);
    let numbers = partner.outbox_of(&gateway, 2);
    assert_eq!(numbers.len(), 2, "both are answered");
}

#[test]
fn the_state_of_things_is_shown_for_people_and_programs() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 1).text()).id();
    erp.wait_effects(1);
    gateway.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));

    let (exit, shown, errors) = site.run(&["doc", "show", "PO:4500123", "--json"]);
    assert_eq!(exit, 0, "{errors}");
    serde_json::from_str::<serde_json::Value>(&shown).unwrap();
    let (exit, shown, _) = site.run(&["doc", "list", "--json"]);
    assert_eq!(exit, 0);
    let lines: Vec<serde_json::Value> = shown.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((lines.len(), lines[0]["number"].as_str()), (1, Some("4500123")), "{shown}");
    let (exit, shown, _) = site.run(&["status", "--json"]);
    assert_eq!(exit, 0);
    serde_json::from_str::<serde_json::Value>(&shown).unwrap();
    for shown in [&["status"][..], &["doc", "show", "PO:4500123"], &["doc", "list"], &["message", "list"]] {
        let (exit, text, errors) = site.run(shown);
        assert_eq!(exit, 0, "{shown:?} {errors}");
        assert!(!text.trim().is_empty(), "{shown:?}");
    }
    let (exit, _, errors) = site.run(&["doc", "show", "PO:NOBODY"]);
    assert_eq!(exit, 5, "{errors}");
    let (exit, _, errors) = site.run(&["endpoint", "test", "erp"]);
    assert_eq!(exit, 0, "{errors}");
    assert_eq!(erp.wait_received(2).len(), 2);
}

#[test]
fn verbs_say_when_the_ledger_is_not_reachable() {
    let site = Site::private();
    site.write();
    let (exit, _, errors) = site.run(&["status"]);
    assert_eq!(exit, 3, "{errors}");
    assert!(errors.contains("portway serve"), "{errors}");
}
