//! Sets without an envelope: read where a name rule says whose they are, by the hash of their content, and never answered.

use super::*;

/// ST to SE of an order, and nothing around it.
fn fragment(number: &str) -> String {
    let whole = order(number, 1).text();
    let (from, to) = (whole.find("ST*").unwrap(), whole.find("GE*").unwrap());
    whole[from..to].to_owned()
}

const RULE: &str = "[[files.name]]\npattern = \"850_*.txt\"\ndocument = \"850\"\n";

#[test]
fn a_set_without_an_envelope_is_read_by_the_rule_for_its_name_and_never_answered() {
    let house = House::open(RULE);
    house.drop("850_20260105.txt", fragment("PO-1"));
    house.orders(&["PO-1"]);
    let database = house.site.database();
    let message = house.erp.received().remove(0);
    let event: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(
        (&event["type"], &event["usage"]),
        (&"portway.purchase-order.received".into(), &"live".into())
    );
    assert_eq!(event["data"]["order_date"], "2026-01-05");
    // The ledger tells what is made up, and that nothing is owed.
    let row = "SELECT sender || ' ' || receiver || ' ' || usage || ' ' || state || ' ' || left(control_number, 7) || ' ' ||
               (findings->0->>'code') FROM interchange";
    assert_eq!(database.rows(row), ["ZZ:ACME ZZ:NORTHWIND P accepted sha256: X1093"]);
    assert_eq!(
        database.rows("SELECT state || ' ' || coalesce(answer, 'none') FROM transaction_set"),
        ["done none"]
    );
    assert_eq!(database.count("acknowledgement"), 0);
    assert_eq!(database.count("message WHERE direction = 'out'"), 0);
    let id = database.rows("SELECT id::text FROM message").remove(0);
    let shown = house.fine(&["message", "show", &id]);
    assert!(shown.contains("fits [[files.name]] pattern = \"850_*.txt\" of partners.d/acme.toml"), "{shown}");
    house.gateway.stop();
}

#[test]
fn the_same_content_under_another_name_is_a_duplicate_and_the_same_number_with_other_content_is_held() {
    let house = House::open(RULE);
    house.drop("850_1.txt", fragment("PO-1"));
    house.orders(&["PO-1"]);
    house.drop("850_2.txt", fragment("PO-1"));
    house.rows("SELECT state FROM interchange ORDER BY id", &["accepted", "duplicate"]);
    house.drop("850_3.txt", fragment("PO-1").replace("*4*EA*", "*5*EA*"));
    house.rows(
        "SELECT state || ' ' || coalesce(reason, '') FROM transaction_set ORDER BY id",
        &["done ", "held duplicate_document"],
    );
    house.drop("850_1.txt", fragment("PO-2"));
    house.orders(&["PO-1", "PO-2"]);
    house.rows("SELECT DISTINCT state FROM message", &["done"]);
    house.gateway.stop();
}

#[test]
fn content_seen_before_counts_again_once_its_window_has_passed() {
    let house = House::open(RULE);
    house.drop("850_1.txt", fragment("PO-1"));
    house.orders(&["PO-1"]);
    // As if it had come long ago.
    house.site.database().run("UPDATE interchange_seen SET at = at - interval '401 days'");
    house.drop("850_2.txt", fragment("PO-1"));
    house.rows("SELECT state FROM interchange ORDER BY id", &["accepted", "accepted"]);
    house.rows("SELECT state FROM transaction_set ORDER BY id", &["done", "held"]);
    house.gateway.stop();
}

#[test]
fn without_a_rule_it_waits_and_the_detail_tells_of_the_rule() {
    let house = House::open("");
    house.drop("order-7.txt", fragment("PO-7"));
    let words = [
        "\"order-7.txt\" holds 850 without an envelope (no ISA)",
        "write [[files.name]] with pattern = \"*.txt\" and document = \"850\" in partners.d/acme.toml",
    ];
    let id = house.quarantined("unparseable", &words);
    house.reload("[[files.name]]\npattern = \"*.txt\"\ndocument = \"850\"\n");
    house.fine(&["message", "release", &id]);
    house.orders(&["PO-7"]);
    house.gateway.stop();
}

#[test]
fn a_rule_for_another_set_does_not_let_it_in() {
    let house = House::open("[[files.name]]\npattern = \"*.txt\"\ndocument = \"810\"\n");
    house.drop("850_1.txt", fragment("PO-1"));
    house.quarantined("unparseable", &["holds 850 without an envelope", "says 810 for that name"]);
    assert!(house.erp.received().is_empty());
    house.gateway.stop();
}

#[test]
fn a_faulty_fragment_is_rejected_and_operators_hear_that_nobody_was_answered() {
    let house = House::open(RULE);
    house.drop("850_1.txt", fragment("PO-1").replace("SE*6*", "SE*9*"));
    house.rows("SELECT state || ' ' || coalesce(answer, 'none') FROM transaction_set", &["rejected none"]);
    let told = "SELECT count(*)::text FROM alert WHERE detail LIKE '%nobody was answered: tell the partner%'";
    house.rows(told, &["1"]);
    assert_eq!(house.site.database().count("message WHERE direction = 'out'"), 0);
    assert!(house.erp.received().is_empty());
    house.gateway.stop();
}

#[test]
fn a_hub_brings_sets_of_the_partners_that_come_via_it() {
    let rule = "[[files.name]]\npattern = \"bolt_*\"\npartner = \"bolt\"\n[[files.name]]\npattern = \"crow_*\"\npartner = \"crow\"\n";
    let (erp, site) = scene(rule);
    let mut bolt = Profile::live("bolt").text();
    bolt.insert_str(bolt.find("[https]").unwrap(), "via = \"acme\"\n");
    site.partner_text("bolt", &bolt);
    site.partner(&Profile::live("crow"));
    let gateway = site.start();
    let acme = Partner::new(&site, &gateway, "acme");
    let house = House { erp, site, gateway, acme };
    house.drop("bolt_1.txt", fragment("PO-1"));
    house.orders(&["PO-1"]);
    let whose = "SELECT s.partner || ' ' || i.sender || ' ' || m.connection FROM transaction_set s
                 JOIN interchange i ON i.id = s.interchange_id JOIN message m ON m.id = s.message_id";
    assert_eq!(house.site.database().rows(whose), ["bolt ZZ:BOLT acme"]);
    // Crow does not say that Acme carries for it.
    house.drop("crow_1.txt", fragment("PO-2"));
    house.quarantined("sender_mismatch", &["write via = \"acme\" in partners.d/crow.toml"]);
    house.orders(&["PO-1"]);
    house.gateway.stop();
}

#[test]
fn edifact_messages_without_a_unb_and_entries_of_an_archive_by_their_own_names() {
    let files = "[edifact]\nid = \"14:5412345000013\"\ncontrl = \"always\"\n[receive.ORDERS]\nto = [\"erp\"]\n\
                 [files]\nunpack = [\"zip\", \"gzip\"]\n[[files.name]]\npattern = \"*.msg\"\ndocument = \"ORDERS\"\n\
                 [[files.name]]\npattern = \"*.850\"\n";
    let house = House::open(files);
    let unh = |number: &str| {
        format!(
            "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+{number}+9'DTM+137:20260105:102'NAD+BY+5412345000013::9'\
             NAD+SU+4012345000009::9'LIN+1++4000862141404:EN'QTY+21:3'UNS+S'CNT+2:1'UNT+10+1'"
        )
    };
    let desk = Desk::new();
    desk.put("sub/1.msg", unh("PO-1"));
    desk.put("sub/2.850", fragment("PO-2").replace("~\n", "\n"));
    desk.put("3.edi", order("PO-3", 3).text());
    house.drop("mixed.zip", desk.zip(&["sub/1.msg", "sub/2.850", "3.edi"]));
    house.orders(&["PO-1", "PO-2", "PO-3"]);
    let states = "SELECT standard || ' ' || sender || ' ' || state FROM interchange ORDER BY ordinal";
    assert_eq!(
        house.site.database().rows(states),
        ["x12 ZZ:ACME accepted", "edifact 14:5412345000013 accepted", "x12 ZZ:ACME accepted"]
    );
    assert_eq!(
        house.site.database().rows("SELECT DISTINCT kind FROM acknowledgement"),
        ["997"],
        "for the one with an envelope"
    );
    // Two messages, a UNA, and GZIP, whose file has its name without the end.
    desk.put(
        "plain",
        format!(
            "UNA:+.? '\r\n{}\r\n{}",
            unh("PO-4"),
            unh("PO-5").replace("+1'", "+2'").replace("UNH+1+", "UNH+2+")
        ),
    );
    let name = [("Content-Disposition", "attachment; filename=\"later.msg.gz\"")];
    desk.run("sh", &["-c", "gzip -nc < plain > nameless.gz"]);
    house.acme.post_with(fs::read(desk.path().join("nameless.gz")).unwrap(), &name).id();
    house.orders(&["PO-1", "PO-2", "PO-3", "PO-4", "PO-5"]);
    house.gateway.stop();
}

#[test]
fn a_set_of_an_archive_that_became_no_document_becomes_one_once_the_transform_is_mended() {
    let files = "[files]\nunpack = [\"zip\"]\n[[files.name]]\npattern = \"*.txt\"\n";
    let (erp, site) = scene(files);
    let with = |program: &str| {
        let mut profile = acme(&site, files);
        profile.more = profile
            .more
            .replace("to = [\"erp\"]", &format!("to = [\"erp\"]\ntransform_program = '{program}'"));
        site.partner(&profile);
    };
    with(r#"if .number == "PO-2" then error("no") else . end"#);
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let desk = Desk::new();
    desk.put("1.edi", order("PO-1", 1).text());
    desk.put("2.txt", fragment("PO-2"));
    partner.post(desk.zip(&["1.edi", "2.txt"])).id();
    let sql = "SELECT number || ' ' || state FROM transaction_set ORDER BY ordinal";
    gateway.until("both sets", || (site.database().rows(sql) == ["PO-1 done", "PO-2 held"]).then_some(()));
    with("{number}");
    let (code, _, said) = site.run(&["doc", "release", "850:PO-2", "--reason", "mended"]);
    assert_eq!(code, 0, "{said}");
    let sent = erp.wait_effects(2);
    let mended = sent.iter().find(|event| event.subject == "PO-2").unwrap();
    let mended: serde_json::Value = serde_json::from_slice(&mended.body).unwrap();
    assert_eq!(mended["data"], serde_json::json!({ "number": "PO-2" }));
    gateway.stop();
}
