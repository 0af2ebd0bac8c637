//! `doc show PO:…`: all of a conversation in order, across partners, and whose move it is.

use super::*;
use serde_json::json;

#[test]
fn a_conversation_is_one_timeline_and_says_whose_move_it_is() {
    let talk = talk();
    talk.order("4500123", 7);
    assert_eq!(talk.thread("4500123")["move"], "Nobody's move: all is answered");

    let id = talk.hand_over("acme", RESPONSE, &response("4500123"));
    assert_eq!(talk.thread("4500123")["move"], "Their move (acme): fetch our 855 4500123");
    let sent = talk.fetch();
    assert!(sent.contains("BAK*00*AD*4500123*20261104"), "{sent}");
    let open = talk.thread("4500123");
    let said = open["move"].as_str().unwrap();
    assert!(said.starts_with("Their move (acme): 997 for our 855 4500123, due 20"), "{said}");
    assert!(open["moves"][0]["due_at"].is_string(), "{open:#}");

    for (group, (what, segments), functional_id) in
        [(3, (NOTICE, notice("4500123")), "SH"), (4, (INVOICE, invoice("4500123")), "IN")]
    {
        talk.hand_over("acme", what, &segments);
        talk.fetch();
        talk.partner.post(functional("ACME", 10 + group, (functional_id, what.2), group)).id();
    }
    talk.partner.post(functional("ACME", 20, ("PR", "855"), 2)).id();
    talk.gateway.until("all answered", || {
        (talk.thread("4500123")["move"] == "Nobody's move: all is answered").then_some(())
    });

    let shown = talk.thread("4500123");
    let events = shown["timeline"].as_array().unwrap();
    let line = |e: &Value| format!("{} {}", e["way"].as_str().unwrap(), e["what"].as_str().unwrap());
    let lines: Vec<String> = events.iter().map(line).collect();
    assert_eq!(lines[0], "from_partner 850", "{shown:#}");
    let count = |line: &str| lines.iter().filter(|l| *l == line).count();
    assert_eq!((count("to_us 850"), count("to_partner 997")), (1, 1), "{lines:?}");
    for set in ["855", "856", "810"] {
        let both = (count(&format!("from_us {set}")), count(&format!("to_partner {set}")));
        assert_eq!(both, (1, 1), "{set}: {lines:?}");
    }
    assert_eq!(count("from_partner 997"), 3, "{lines:?}");
    let at = |line: &str| lines.iter().position(|l| l == line).unwrap();
    let path = [
        "from_partner 850",
        "to_us 850",
        "to_partner 997",
        "to_partner 855",
        "to_partner 856",
        "to_partner 810",
    ];
    assert!(path.windows(2).all(|two| at(two[0]) < at(two[1])), "{lines:?}");
    assert_eq!(events[0]["since_ms"], json!(null));
    let pairs = events.windows(2).all(|two| {
        two[1]["since_ms"].as_i64().unwrap()
            == two[1]["ms"].as_i64().unwrap() - two[0]["ms"].as_i64().unwrap()
    });
    assert!(pairs, "{shown:#}");
    let sent = &events[at("to_partner 855")];
    assert_eq!(
        (&sent["control"], &sent["state"]),
        (&json!("ISA 000000002 GS 2 ST 0001"), &json!("delivered"))
    );

    let text = talk.run(&["doc", "show", "po:4500123"]);
    assert!(
        text.contains("<--") && text.contains("-->") && text.contains("<==") && text.contains("==>"),
        "{text}"
    );
    assert!(text.trim_end().ends_with("Nobody's move: all is answered"), "{text}");
    let ours = talk.run(&["doc", "show", &id]);
    assert!(ours.contains("855 4500123 to acme: done") && ours.contains("997 accepted"), "{ours}");
    assert!(ours.contains("interchange 000000002 group 2 set 0001"), "{ours}");
    assert!(talk.run(&["doc", "list", "--direction", "out"]).contains(" out "));
    assert_eq!(talk.site.run(&["doc", "show", "PO:NOBODYS"]).0, 5);
    talk.gateway.stop();
}

#[test]
fn a_warehouse_joins_the_customers_thread_also_where_it_came_first() {
    let talk = talk();
    let threads = |number: &str| {
        let sql = format!(
            "SELECT code || ' ' || thread_id FROM transaction_set WHERE number IN ('{number}', 'D-{number}') ORDER BY code"
        );
        let rows = talk.site.database().rows(&sql);
        rows.iter().map(|row| row.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    talk.order("77001", 7);
    talk.hand_over("dock", WAREHOUSE_ORDER, &warehouse_order("77001"));
    let after = threads("77001");
    assert!(after.len() == 2 && after[0] == after[1], "{after:?}");

    talk.hand_over("dock", WAREHOUSE_ORDER, &warehouse_order("77002"));
    let alone = threads("77002");
    talk.order("77002", 8);
    let merged = threads("77002");
    assert!(merged.len() == 2 && merged[0] == merged[1] && merged[0] != alone[0], "{alone:?} {merged:?}");
    assert_eq!(talk.site.database().count("thread_open"), 0);
    let shown = talk.thread("77002");
    let who: Vec<&str> =
        shown["timeline"].as_array().unwrap().iter().map(|e| e["who"].as_str().unwrap()).collect();
    assert!(who.contains(&"acme") && who.contains(&"dock"), "{shown:#}");
    assert_eq!(shown["move"], "Their move (dock): fetch our 940 D-77002");

    // An invoice between us and another partner stays with that partner, whatever the number.
    talk.order("77003", 9);
    let stray = interchange("DOCK", ("IN", "810"), 5, &invoice("77003"));
    Partner::new(&talk.site, &talk.gateway, "dock").post(stray).id();
    talk.gateway.until("two threads", || {
        let sql = "SELECT count(DISTINCT thread_id)::text FROM transaction_set WHERE number IN ('77003', 'I-77003')";
        (talk.site.database().rows(sql) == ["2"]).then_some(())
    });
    talk.gateway.stop();
}
