//! Whom a document is for, and what it becomes, told by what is in the file.

use super::taken::COLUMNS;
use super::{Place, idocs, place};
use crate::harness::ours::purchase_order;
use crate::harness::*;
use serde_json::{Value, json};

/// A partner whom our systems call so.
fn known_as(p: &Place, id: &str, numbers: &str, more: &str) {
    let profile = Profile { more: more.to_owned(), ..Profile::live(id) };
    let text = profile.text().replacen("status =", &format!("known_as = [{numbers}]\nstatus ="), 1);
    p.site.partner_text(id, &text);
}

/// An order to the supplier with this number.
fn to_seller(number: &str, seller: &str) -> Value {
    let mut order = purchase_order(number);
    let party = json!({ "role": "seller", "ids": [{ "scheme": "assigned_by_buyer", "scheme_code": "92", "id": seller }] });
    order["parties"].as_array_mut().unwrap().push(party);
    order
}

fn numbers_of(p: &Place, partner: &str) -> Vec<String> {
    p.site.database().rows(&format!(
        "SELECT number FROM transaction_set WHERE document = 'purchase-order' AND message_id IN \
         (SELECT id FROM message WHERE partner = '{partner}') ORDER BY 1"
    ))
}

#[test]
fn the_party_of_a_json_document_is_the_partner_and_none_or_two_are_told() {
    let p = place("", "format = \"json\"\ndocument = \"purchase-order\"\nparty = \"seller\"", "[send.850]");
    known_as(&p, "bolt", "\"0000100123\", \"4012345000009\"", "[send.850]");
    known_as(&p, "cog", "\"100777\"", "[send.850]");
    known_as(&p, "dot", "\"100777\"", "[send.850]");
    let gateway = p.site.start();
    let orders = [
        to_seller("1", "100123"),
        // By its X12 address.
        to_seller("2", "ACME"),
        to_seller("3", "999"),
        to_seller("4", "100777"),
        // The ship-to has a number; it is not the seller.
        purchase_order("5"),
        to_seller("6", "4012345000009"),
    ];
    p.put("orders.jsonl", &orders.map(|order| order.to_string()).join("\n"));
    Partner::new(&p.site, &gateway, "bolt").outbox_of(&gateway, 2);
    Partner::new(&p.site, &gateway, "acme").outbox_of(&gateway, 1);
    p.wait(&gateway, "failed", &["orders.jsonl", "orders.jsonl.report.txt"]);
    let report = p.report("orders.jsonl.report.txt");
    for part in [
        "3 refused, 3 taken",
        "REFUSED 3, line 3, 3: \"999\" of the party seller is no partner's number: write known_as = [\"999\"]",
        "REFUSED 4, line 4, 4: \"100777\" of the party seller is of 2 partners, cog and dot",
        "REFUSED 5, line 5, 5: the party seller of the document has no number",
        "taken 1, line 1, 1: 850 for bolt",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    assert_eq!(
        (numbers_of(&p, "bolt"), numbers_of(&p, "acme")),
        (vec!["1".into(), "6".into()], vec!["2".into()])
    );
    gateway.stop();
}

#[test]
fn a_column_says_whom_each_document_of_a_csv_is_for() {
    let p = place("", "format = \"csv\"\nmap_file = \"orders.toml\"", "[send.850]");
    known_as(&p, "bolt", "\"100123\"", "[send.850]");
    let columns = COLUMNS.replacen("key = \"PO\"", "key = \"PO\"\npartner = \"Vendor\"", 1);
    std::fs::write(p.site.path("conf/orders.toml"), columns).unwrap();
    let gateway = p.site.start();
    p.put(
        "orders.csv",
        "Vendor;PO;Day;Line;Qty;Unit;Price;SKU\n\
         0000100123;1;04.11.2026;1;12;ST;3,25;ROSE-12\n\
         acme;2;04.11.2026;1;7;ST;1,50;ROSE-12\n\
         ;1;04.11.2026;2;3;ST;18,00;POT-9\n\
         ;3;04.11.2026;1;3;ST;18,00;POT-9\n\
         nobody;4;04.11.2026;1;3;ST;18,00;POT-9\n\
         acme;5;04.11.2026;1;3;ST;18,00;POT-9\n\
         100123;5;04.11.2026;2;3;ST;18,00;POT-9\n",
    );
    Partner::new(&p.site, &gateway, "bolt").outbox_of(&gateway, 1);
    Partner::new(&p.site, &gateway, "acme").outbox_of(&gateway, 1);
    p.wait(&gateway, "failed", &["orders.csv", "orders.csv.report.txt"]);
    let report = p.report("orders.csv.report.txt");
    for part in [
        "3 refused, 2 taken",
        "column \"Vendor\" is empty: it says whom the document is for",
        "column \"Vendor\" \"nobody\" is no partner's number",
        "row 8, column \"Vendor\": \"100123\" differs from \"acme\" in row 7",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    assert_eq!((numbers_of(&p, "bolt"), numbers_of(&p, "acme")), (vec!["1".into()], vec!["2".into()]));
    gateway.stop();
}

#[test]
fn the_number_of_an_idoc_may_stand_in_the_partners_profile() {
    let p = place("", "format = \"idoc\"", "[send.850]");
    known_as(&p, "bolt", "\"100123\"", "[send.850]");
    let gateway = p.site.start();
    let idocs = [idocs::orders05("45001", "0000100123", "12.000"), idocs::orders05("45002", "777", "1")];
    p.put("orders.xml", &format!("<ORDERS05>{}</ORDERS05>", idocs.concat()));
    Partner::new(&p.site, &gateway, "bolt").outbox_of(&gateway, 1);
    p.wait(&gateway, "failed", &["orders.xml", "orders.xml.report.txt"]);
    assert!(p.report("orders.xml.report.txt").contains("RCVPRN \"777\" is no partner's number"));
    assert_eq!(numbers_of(&p, "bolt"), ["45001"]);
    gateway.stop();
}

const BOTH: &str = "[edifact]\nid = \"14:5412345000013\"\n[send.850]\n[send.ORDERS]";

/// A place whose station and partner speak both standards.
fn both(source: &str) -> Place {
    let source = format!("format = \"json\"\ndocument = \"purchase-order\"\npartner = \"acme\"\n{source}");
    place("", &source, BOTH)
}

fn codes(p: &Place) -> Vec<String> {
    p.site
        .database()
        .rows("SELECT code FROM transaction_set WHERE document = 'purchase-order' ORDER BY number")
}

#[test]
fn which_set_a_document_becomes_says_the_source_or_the_name() {
    let p = both("pattern = \"{set}_*\"");
    let gateway = p.site.start();
    p.put("ORDERS_1.json", &purchase_order("1").to_string());
    p.put("850_2.json", &purchase_order("2").to_string());
    p.wait(&gateway, "taken", &["850_2.json", "ORDERS_1.json"]);
    assert_eq!(codes(&p), ["ORDERS", "850"]);
    // A set that it never becomes.
    p.put("810_3.json", &purchase_order("3").to_string());
    p.wait(&gateway, "failed", &["810_3.json", "810_3.json.report.txt"]);
    assert!(p.report("810_3.json.report.txt").contains("acme is not sent 810 for a purchase-order"));
    gateway.stop();

    let p = both("set = \"ORDERS\"");
    let gateway = p.site.start();
    p.put("a.json", &purchase_order("1").to_string());
    p.wait(&gateway, "taken", &["a.json"]);
    assert_eq!(codes(&p), ["ORDERS"]);
    gateway.stop();
}

#[test]
fn where_nothing_says_it_the_document_is_refused() {
    let p = both("");
    let gateway = p.site.start();
    p.put("a.json", &purchase_order("1").to_string());
    p.wait(&gateway, "failed", &["a.json", "a.json.report.txt"]);
    let report = p.report("a.json.report.txt");
    assert!(
        report.contains("acme is sent a purchase-order as 850, ORDERS: say which one is meant (set)"),
        "{report}"
    );
    gateway.stop();
}

#[test]
fn what_cannot_say_it_is_told_by_validate() {
    let p = place(
        "",
        "format = \"json\"\ndocument = \"purchase-order\"\npartner = \"acme\"\nparty = \"sellr\"\nset = \"800\"",
        "[send.850]",
    );
    p.site.write();
    let (exit, out, error) = p.site.run(&["validate"]);
    let text = out + &error;
    assert_ne!(exit, 0, "{text}");
    for part in
        ["whom a document is for is said", "`sellr` is no role", "seller", "no document becomes a set `800`"]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
