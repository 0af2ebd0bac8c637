//! Files of JSON and CSV that become documents for the partner.

use super::place;
use crate::harness::ours::purchase_order;
use crate::harness::*;

#[test]
fn a_json_file_becomes_an_850_at_the_partner() {
    let p = place("", "format = \"json\"\ndocument = \"purchase-order\"\npartner = \"acme\"", "[send.850]");
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    p.put("po-1.json", &format!("{:#}", purchase_order("4500900")));
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let text = String::from_utf8(partner.fetch(&item.id)).unwrap();
    assert!(text.contains("BEG*00*SA*4500900**20261104~") && text.contains("PO1*1*12*EA*3.25"), "{text}");
    p.wait(&gateway, "taken", &["po-1.json"]);
    assert!(p.names("out").is_empty() && p.names("failed").is_empty());
    let rows = p
        .site
        .database()
        .rows("SELECT transport || ' ' || file_name FROM message WHERE transport = 'directory'");
    assert_eq!(rows, ["directory po-1.json"]);
    assert_eq!(p.site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn names_say_whom_and_what_and_each_line_is_a_document() {
    let p = place("", "format = \"json\"\npattern = \"{partner}_{document}_*\"", "[send.850]");
    p.site.partner(&Profile { more: "[send.850]".to_owned(), ..Profile::live("acme-two") });
    let gateway = p.site.start();
    let (acme, two) = (Partner::new(&p.site, &gateway, "acme"), Partner::new(&p.site, &gateway, "acme-two"));
    let lines = format!("{}\n{}\n", purchase_order("1"), purchase_order("2"));
    p.put("acme-two_purchase-order_9.jsonl", &lines);
    p.put("acme_purchase-order_9.json", &purchase_order("3").to_string());
    assert_eq!(two.outbox_of(&gateway, 2).len(), 2);
    assert_eq!(acme.outbox_of(&gateway, 1).len(), 1);
    p.wait(&gateway, "taken", &["acme-two_purchase-order_9.jsonl", "acme_purchase-order_9.json"]);
    p.put("other_purchase-order_1.json", &purchase_order("4").to_string());
    p.wait(&gateway, "failed", &["other_purchase-order_1.json", "other_purchase-order_1.json.report.txt"]);
    assert!(
        p.report("other_purchase-order_1.json.report.txt").contains("does not name a partner of partners.d")
    );
    assert_eq!(p.numbers(), ["1", "2", "3"]);
    gateway.stop();
}

/// Columns of orders.
pub const COLUMNS: &str = r#"
document = "purchase-order"
key = "PO"
separator = ";"
decimal = ","
[columns]
"PO" = "/number"
"Day" = { to = "/order_date", date = "%d.%m.%Y" }
"Line" = "/lines/-/number"
"Qty" = "/lines/-/quantity/value"
"Unit" = { to = "/lines/-/quantity/unit", words = { "ST" = "EA" } }
"Price" = "/lines/-/price/amount"
"SKU" = "/lines/-/item/product_ids/0/id"
[fixed]
"/purpose" = "original"
"/kind" = "stand_alone"
"/currency/code" = "USD"
"/lines/-/item/product_ids/0/scheme" = "seller_number"
"#;

pub const ROWS: &str = "PO;Day;Line;Qty;Unit;Price;SKU\n\
    4500901;04.11.2026;1;12;ST;3,25;ROSE-12\n\
    4500902;04.11.2026;1;7;ST;1,50;ROSE-12\n\
    4500901;04.11.2026;2;3;ST;18,00;POT-9\n";

#[test]
fn a_csv_of_two_orders_becomes_two_850s() {
    let p = place("", "format = \"csv\"\npartner = \"acme\"\nmap_file = \"orders.toml\"", "[send.850]");
    std::fs::write(p.site.path("conf/orders.toml"), COLUMNS).unwrap();
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    p.put("orders.csv", ROWS);
    let items = partner.outbox_of(&gateway, 2);
    let mut texts: Vec<String> =
        items.iter().map(|item| String::from_utf8(partner.fetch(&item.id)).unwrap()).collect();
    texts.sort_by_key(|text| text.contains("*4500902*"));
    assert!(texts[0].contains("*4500901*") && texts[0].contains("PO1*1*12*EA*3.25"), "{}", texts[0]);
    assert!(texts[0].contains("PO1*2*3*EA*18"), "{}", texts[0]);
    assert!(texts[1].contains("*4500902*") && texts[1].contains("PO1*1*7*EA*1.5"), "{}", texts[1]);
    p.wait(&gateway, "taken", &["orders.csv"]);
    gateway.stop();
}

#[test]
fn what_does_not_go_together_is_told_by_validate() {
    let p = place(
        "format = \"idoc\"",
        "format = \"csv\"\n[endpoint.erp.source.map]\ndocument = \"purchase-order\"\ncolumns = { \"PO\" = \"/numbr\" }",
        "",
    );
    p.site.write();
    let (exit, out, error) = p.site.run(&["validate"]);
    let text = out + &error;
    assert_ne!(exit, 0, "{text}");
    for part in ["/numbr", "whom a document is for is said not at all", "[endpoint.erp.idoc]"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
