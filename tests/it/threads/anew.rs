//! Resend, reissue, reprocess: which bytes, which numbers, which answers; and documents of ours that wait.

use super::*;

fn without_numbers(text: &str) -> Vec<String> {
    let set = text.split('~').filter(|s| !["ISA", "GS*", "GE*", "IEA"].iter().any(|tag| s.starts_with(tag)));
    set.map(str::to_owned).collect()
}

#[test]
fn resend_sends_the_same_bytes_and_reissue_new_numbers_that_the_answers_follow() {
    let talk = talk();
    let id = talk.hand_over("acme", RESPONSE, &response("4500124"));
    let refused = talk.site.run(&["doc", "reissue", &id, "--reason", "too early"]);
    assert_eq!(refused.0, 1, "{}", refused.2);
    let first = talk.fetch();

    let dry = talk.run(&["doc", "resend", &id, "--reason", "they lost it", "--dry-run"]);
    assert!(dry.contains("same control numbers") && talk.partner.outbox().is_empty(), "{dry}");
    talk.run(&["doc", "resend", "855:4500124", "--reason", "they lost it"]);
    assert_eq!(talk.fetch(), first);
    assert_eq!(talk.owed(&id, "997"), ["expected"]);

    let diff = talk.run(&["doc", "reissue", &id, "--reason", "they reject repetitions", "--dry-run"]);
    assert!(
        diff.contains("\n-ISA*") && diff.contains("\n+ISA*") && diff.contains("\n ST*855*0001"),
        "{diff}"
    );
    assert!(talk.partner.outbox().is_empty(), "a dry run sends nothing");
    talk.run(&["doc", "reissue", &id, "--reason", "they reject repetitions"]);
    let again = talk.fetch();
    assert!(first.contains("*000000001*") && again.contains("*000000002*"), "{again}");
    assert_eq!(without_numbers(&first), without_numbers(&again));
    assert_eq!(talk.owed(&id, "997"), ["waived", "expected"]);
    let linked = "SELECT n.control_number || ' for ' || o.control_number FROM interchange n JOIN interchange o ON o.id = n.reissues";
    assert_eq!(talk.site.database().rows(linked), ["000000002 for 000000001"]);

    talk.partner.post(functional("ACME", 7, ("PR", "855"), 2)).id();
    talk.gateway.until("the answer", || (talk.owed(&id, "997") == ["waived", "accepted"]).then_some(()));
    assert_eq!(talk.site.database().orphans(), Vec::<String>::new());
    let text = talk.run(&["doc", "show", "PO:4500124"]);
    assert!(text.contains("resend 4500124") && text.contains("they reject repetitions"), "{text}");
    talk.gateway.stop();
}

#[test]
fn what_came_is_made_again_by_todays_profile_and_answered_once() {
    let talk = talk();
    let id = talk.order("4500125", 7);
    let reprocess = ["doc", "reprocess", id.as_str(), "--reason", "the mapping was mended"];
    let out = talk.site.database().count("message WHERE direction = 'out'");
    let dry = [&reprocess[..], &["--dry-run"]].concat();
    assert_eq!(talk.run(&dry), "", "nothing differs yet");

    let mended = "[receive.850]\nto = [\"erp\"]\ntransform = \"mended.jq\"\n";
    std::fs::write(talk.site.path("conf/mended.jq"), ". + {mended: true}").unwrap();
    talk.site.partner(&Profile { more: mended.into(), ..Profile::live("acme") });
    let diff = talk.run(&dry);
    assert!(diff.contains("\n+  \"mended\": true"), "{diff}");
    assert_eq!(talk.site.database().count("transaction_set"), 1, "a dry run writes nothing");

    talk.run(&reprocess);
    let states = "SELECT revision || ' ' || state || ' ' || coalesce(answer, '-') FROM transaction_set ORDER BY revision";
    assert_eq!(talk.site.database().rows(states), ["0 done A", "1 done -"], "the ERP has it");
    assert_eq!(talk.erp.log().len(), 1);

    let (exit, _, errors) = talk.site.run(&reprocess);
    assert_eq!(exit, 1, "{errors}");
    let all = ["doc", "reprocess", "850:4500125", "--reason", "the ERP wants it", "--all"];
    talk.run(&all);
    let effects = talk.erp.wait_effects(2);
    // Kept by id, which for a revision has the time of the first.
    let events = effects.iter().map(|effect| serde_json::from_slice::<Value>(&effect.body).unwrap());
    let last = events.into_iter().find(|event| event["data"]["mended"] == true).expect("the revision");
    assert!(effects.iter().any(|effect| !effect.body.windows(6).any(|w| w == b"mended")), "and the first");
    assert_eq!(
        (&last["data"]["mended"], &last["data"]["number"]),
        (&true.into(), &"4500125".into()),
        "{last:#}"
    );
    assert_eq!(talk.site.database().count("message WHERE direction = 'out'"), out, "answered once");
    assert_eq!(talk.site.database().orphans(), Vec::<String>::new());
    talk.gateway.stop();
}

#[test]
fn a_document_of_ours_is_made_again_and_its_old_answers_are_waived() {
    let talk = talk();
    let id = talk.hand_over("acme", RESPONSE, &response("4500126"));
    talk.fetch();
    let fixed = "[receive.850]\nto = [\"erp\"]\n[send.855]\nfixed = { \"BAK08\" = \"SELLER-1\" }\n";
    talk.site.partner(&Profile { more: fixed.into(), ..Profile::live("acme") });
    let reprocess = ["doc", "reprocess", id.as_str(), "--reason", "they want BAK08"];
    let diff = talk.run(&[&reprocess[..], &["--dry-run"]].concat());
    assert!(diff.contains("\n-BAK*") && diff.contains("\n+BAK*") && diff.contains("SELLER-1"), "{diff}");
    talk.run(&reprocess);
    assert!(talk.fetch().contains("SELLER-1"));
    let revision =
        talk.site.database().rows("SELECT id::text FROM transaction_set WHERE revision = 1").remove(0);
    assert_eq!(
        (talk.owed(&id, "997"), talk.owed(&revision, "997")),
        (vec!["waived".into()], vec!["expected".into()])
    );
    talk.gateway.stop();
}

#[test]
fn what_waits_can_be_held_released_and_cancelled() {
    let talk = talk();
    let waits = "[send.855]\nat = [\"03:00\"]\n";
    talk.site.partner(&Profile { more: waits.into(), ..Profile::live("acme") });
    talk.run(&["reload"]);
    let held = talk.hand_over("acme", RESPONSE, &response("1"));
    let gone = talk.hand_over("acme", RESPONSE, &response("2"));
    talk.run(&["doc", "hold", &held, "--reason", "not yet"]);
    assert_eq!(talk.thread("1")["move"], "Our move: 855 1 held (by_hand)");
    talk.run(&["doc", "cancel", &gone, "--reason", "a mistake"]);
    assert_eq!(talk.site.run(&["doc", "release", &gone, "--reason", "no"]).0, 1);
    assert_eq!(talk.site.run(&["doc", "resend", &gone, "--reason", "no"]).0, 1);
    assert!(talk.partner.outbox().is_empty());
    talk.run(&["doc", "release", &held, "--reason", "now"]);
    assert!(talk.fetch().contains("BAK*00*AD*1*"));
    let (exit, _, errors) = talk.site.run(&["doc", "cancel", &held, "--reason", "too late"]);
    assert_eq!(exit, 1, "{errors}");
    assert_eq!(talk.site.run(&["doc", "cancel", "00000000", "--reason", "x"]).0, 5);
    talk.gateway.stop();
}

#[test]
fn many_are_sent_again_only_once_it_was_said_so() {
    let talk = talk();
    for number in ["11", "12"] {
        talk.hand_over("acme", RESPONSE, &response(number));
        talk.fetch();
    }
    let query = [
        "doc",
        "resend",
        "--partner",
        "acme",
        "--set",
        "855",
        "--since",
        "2h",
        "--reason",
        "their disk broke",
    ];
    let (exit, shown, errors) = talk.site.run(&query);
    assert_eq!(exit, 2, "{errors}");
    assert!(
        shown.contains("2 documents") && errors.contains("--yes") && talk.partner.outbox().is_empty(),
        "{shown}{errors}"
    );
    talk.run(&[&query[..], &["--rate", "10/s", "--yes"]].concat());
    assert_eq!(talk.partner.outbox_of(&talk.gateway, 2).len(), 2);
    let none = ["doc", "resend", "--partner", "acme", "--set", "810", "--reason", "x", "--yes"];
    assert_eq!(talk.site.run(&none).0, 5);
    talk.gateway.stop();
}

#[test]
fn a_sample_goes_the_whole_way_as_a_test() {
    let talk = talk();
    let id = talk.run(&["partner", "send", "acme", "--sample", "855"]);
    let sent = talk.fetch();
    assert!(sent.contains("*T*>~GS*PR*") && sent.contains("ST*855*0001"), "{sent}");
    assert!(talk.run(&["doc", "show", id.trim()]).contains("test)"));
    assert_eq!(talk.site.run(&["partner", "send", "nobody", "--sample", "855"]).0, 5);
    assert_eq!(talk.site.run(&["partner", "send", "acme", "--sample", "999999"]).0, 5);
    assert_eq!(talk.site.run(&["partner", "send", "acme", "--sample", "850"]).0, 1, "not agreed on");
    talk.gateway.stop();
}

#[test]
fn an_answer_to_the_earlier_sending_is_kept_as_late_and_leaves_the_newer_one_alone() {
    let talk = talk();
    let id = talk.hand_over("acme", RESPONSE, &response("4500127"));
    talk.fetch();
    talk.run(&["doc", "reissue", &id, "--reason", "no answer"]);
    talk.fetch();
    talk.run(&["doc", "reissue", &id, "--reason", "still none"]);
    talk.fetch();
    assert_eq!(talk.owed(&id, "997"), ["waived", "waived", "expected"]);
    let sides = |many: usize| {
        talk.gateway.until(&format!("{many} answers"), || {
            let sql = "SELECT verdict || ' ' || coalesce(side, 'in time') || ' ' || coalesce(set_id::text, '-') FROM answer ORDER BY at, id";
            let rows = talk.site.database().rows(sql);
            (rows.len() == many).then_some(rows)
        })
    };
    // To the first sending, after all: a rejection of it says nothing of the third.
    let rejecting = "AK1*PR*1~AK2*855*0001~AK5*R*5~AK9*R*1*1*0~";
    talk.partner.post(interchange("ACME", ("FA", "997"), 7, rejecting)).id();
    assert_eq!(sides(1), [format!("rejected late {id}")]);
    assert_eq!(talk.owed(&id, "997"), ["waived", "waived", "expected"]);
    assert_eq!(talk.site.database().count("alert WHERE cause LIKE 'answer:%'"), 0);
    talk.partner.post(functional("ACME", 8, ("PR", "855"), 3)).id();
    talk.gateway
        .until("the answer", || (talk.owed(&id, "997") == ["waived", "waived", "accepted"]).then_some(()));
    assert_eq!(sides(2)[1], format!("accepted in time {id}"));
    talk.partner.post(functional("ACME", 9, ("PR", "855"), 2)).id();
    assert_eq!(sides(3)[2], format!("accepted duplicate {id}"));
    talk.partner.post(functional("ACME", 10, ("PR", "855"), 77)).id();
    assert_eq!(sides(4)[3], "accepted orphan -");
    assert_eq!(talk.site.database().orphans(), Vec::<String>::new());
    talk.gateway.stop();
}
