//! Each verb on a document, a message or an acknowledgement leaves its entry in the audit trail: who, why, and on what.

use super::*;

/// Who it is that becomes root with sudo; who is not root cannot claim to be another.
fn ann() -> String {
    if rustix::process::geteuid().is_root() {
        return "ann".to_owned();
    }
    let id = std::process::Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}

impl Talk {
    #[track_caller]
    fn as_ann(&self, arguments: &[&str]) {
        let (exit, _, errors) = self.site.run_as("ann", arguments);
        assert_eq!(exit, 0, "{arguments:?}: {errors}");
    }

    /// The entries that this finds, oldest first.
    #[track_caller]
    fn entries(&self, more: &[&str]) -> Vec<Value> {
        let listed = self.run(&[&["audit", "list", "--json", "--through", "command"], more].concat());
        listed.lines().rev().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Verb, kind and reason of each, all of Ann's.
    #[track_caller]
    fn said(&self, more: &[&str]) -> Vec<String> {
        let one = |entry: &Value| {
            assert_eq!((entry["actor"].as_str(), &entry["through"]), (Some(&ann()[..]), &"command".into()));
            assert_eq!(entry["whence"]["sudo_user"], "ann", "{entry}");
            assert!(entry["whence"]["host"].is_string() && entry["whence"]["user"].is_string(), "{entry}");
            let text = |key: &str| entry[key].as_str().unwrap_or("-").to_owned();
            format!("{} {}: {}", text("verb"), text("kind"), text("reason"))
        };
        self.entries(more).iter().map(one).collect()
    }
}

#[test]
fn what_goes_once_more_is_written_down_with_who_and_why() {
    let talk = talk();
    let came = talk.order("4500200", 1);
    let ours = talk.hand_over("acme", RESPONSE, &response("4500200"));
    talk.fetch();
    talk.as_ann(&["doc", "redeliver", &came, "--reason", "the ERP lost it"]);
    talk.as_ann(&["doc", "resend", &ours, "--reason", "they lost it"]);
    talk.fetch();
    talk.as_ann(&["doc", "reissue", &ours, "--reason", "they reject repetitions"]);
    talk.fetch();
    talk.run(&["doc", "reprocess", &ours, "--reason", "only looked at", "--dry-run"]);
    talk.as_ann(&["doc", "reprocess", &ours, "--reason", "they want it otherwise"]);
    talk.fetch();
    talk.gateway.until("the order done again", || {
        let again = "delivery WHERE set_id IS NOT NULL AND state = 'delivered'";
        (talk.site.database().count(again) == 1).then_some(())
    });
    talk.as_ann(&["doc", "reprocess", &came, "--reason", "the mapping was wrong", "--all"]);
    let expected = [
        "redeliver document: the ERP lost it",
        "resend message: they lost it",
        "reissue document: they reject repetitions",
        "reprocess document: they want it otherwise",
        "reprocess document: the mapping was wrong",
    ];
    assert_eq!(talk.said(&["--on", "PO:4500200"]), expected);
    assert_eq!(talk.said(&["--on", "acme"]), expected, "of the partner");
    assert_eq!(talk.said(&["--actor", &ann(), "--since", "1h"]), expected);
    assert!(talk.entries(&["--actor", "bob"]).is_empty());
    let of_one = talk.entries(&["--on", &came]);
    assert_eq!(of_one.len(), 2, "{of_one:?}");
    assert_eq!((&of_one[1]["detail"]["to"][0], &of_one[1]["partner"]), (&"erp".into(), &"acme".into()));
    let table = talk.run(&["audit", "list", "--on", "PO:4500200"]);
    assert!(table.contains("they reject repetitions") && table.contains(&ann()), "{table}");
    let timeline = talk.run(&["doc", "show", "PO:4500200"]);
    let step = timeline.lines().find(|line| line.contains("reissue")).unwrap();
    assert!(step.contains(&ann()), "the timeline names who: {timeline}");
    let shown = talk.run(&["doc", "show", &came]);
    assert!(shown.contains(&format!("by={}", ann())), "{shown}");
    assert_eq!(talk.site.run(&["audit", "list", "--on", "PO:NOBODY"]).0, 5);
    assert_eq!(talk.site.run(&["audit", "list", "--since", "soon"]).0, 2);
    talk.gateway.stop();
}

#[test]
fn what_is_held_released_cancelled_and_waived_is_written_down() {
    let talk = talk();
    let left = talk.hand_over("acme", RESPONSE, &response("0"));
    talk.fetch();
    let waiting = format!("SELECT id::text FROM acknowledgement WHERE set_id = '{left}' AND kind = '997'");
    let waiting = talk.site.database().rows(&waiting).remove(0);
    talk.as_ann(&["ack", "waive", &waiting, "--reason", "they never send one"]);
    let waits = "[receive.850]\nto = [\"erp\"]\n[send.855]\nat = [\"03:00\"]\n";
    talk.site.partner(&Profile { more: waits.into(), ..Profile::live("acme") });
    talk.run(&["reload"]);
    let held = talk.hand_over("acme", RESPONSE, &response("1"));
    talk.as_ann(&["doc", "hold", &held, "--reason", "not yet"]);
    talk.as_ann(&["doc", "release", &held, "--reason", "now"]);
    talk.fetch();
    let gone = talk.hand_over("acme", RESPONSE, &response("2"));
    talk.as_ann(&["doc", "cancel", &gone, "--reason", "a mistake"]);
    assert_eq!(talk.site.run_as("ann", &["doc", "cancel", &gone, "--reason", "again"]).0, 1);
    let expected = [
        "waive acknowledgement: they never send one",
        "hold document: not yet",
        "release document: now",
        "cancel document: a mistake",
    ];
    assert_eq!(talk.said(&["--actor", &ann(), "--on", "acme"]), expected, "what is refused leaves none");

    // One that is seen again under another content is set aside, and worked on by a person's word.
    talk.order("4500201", 17);
    let message = talk.partner.post(x12::order("4500202", 17).text()).id();
    let aside = format!("message WHERE id = '{message}' AND state = 'quarantined'");
    talk.gateway.until("the quarantine", || (talk.site.database().count(&aside) == 1).then_some(()));
    talk.as_ann(&["message", "assign", &message, "--partner", "acme", "--reason", "it is theirs"]);
    talk.erp.wait_effects(2);
    assert_eq!(talk.said(&["--on", &message]), ["assign message: it is theirs"]);
    let other = talk.partner.post(x12::order("4500203", 17).text()).id();
    let aside = format!("message WHERE id = '{other}' AND state = 'quarantined'");
    talk.gateway.until("the quarantine", || (talk.site.database().count(&aside) == 1).then_some(()));
    talk.as_ann(&["message", "release", &other]);
    assert_eq!(talk.said(&["--on", &other]), ["release message: -"]);

    talk.as_ann(&["partner", "send", "acme", "--sample", "855"]);
    assert_eq!(talk.said(&["--on", "acme"]).last().unwrap(), "hand over document: -");
    talk.gateway.stop();
}

#[test]
fn many_that_go_again_are_one_entry_that_names_them() {
    let mut talk = talk();
    talk.erp.close();
    talk.partner.post(x12::order("4500210", 1).text()).id();
    talk.gateway.line("no connection, nothing was sent");
    talk.gateway.until("the order held", || {
        let asked = ["doc", "hold", "PO:4500210", "--reason", "wait"];
        (talk.site.run_as("ann", &asked).0 == 0).then_some(())
    });
    talk.erp.open();
    let again = ["endpoint", "redeliver", "erp", "--state", "held", "--reason", "ERP mended"];
    talk.run(&[&again[..], &["--dry-run"]].concat());
    talk.as_ann(&again);
    talk.erp.wait_effects(1);
    assert_eq!(talk.site.run_as("ann", &again).0, 5, "nothing is held any more");
    let entries = talk.entries(&["--on", "erp"]);
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!((&entries[0]["verb"], &entries[0]["detail"]["deliveries"]), (&"redeliver".into(), &1.into()));
    let of_order = talk.said(&["--on", "PO:4500210"]);
    assert_eq!(of_order, ["hold document: wait", "redeliver endpoint: ERP mended"]);
    talk.gateway.stop();
}
