//! Files with a document that is refused: where they go, and what is said of them.

use super::place;
use super::taken::{COLUMNS, ROWS};
use crate::harness::ours::purchase_order;
use crate::harness::*;
use serde_json::json;

#[test]
fn a_refused_document_lies_in_failed_with_its_report() {
    let guide = "[send.850]\n[guide.850]\nmandatory = [\"BEG06\"]\nlongest = { \"PO101\" = 2 }";
    let p = place("", "format = \"json\"\ndocument = \"purchase-order\"\npartner = \"acme\"", guide);
    let gateway = p.site.start();
    let mut order = purchase_order("4500904");
    order["lines"][1]["number"] = json!("20000");
    p.put("po.json", &order.to_string());
    p.wait(&gateway, "failed", &["po.json", "po.json.report.txt"]);
    let report = p.report("po.json.report.txt");
    for part in ["Nothing was taken", "PO1-01", "/lines/1/number", "\"20000\"", "BEG-06", "4500904"] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    // The same name once more, of another shape.
    p.put("po.json", &json!({ "number": "1", "lins": [] }).to_string());
    p.wait(&gateway, "failed", &["po-1.json", "po-1.json.report.txt", "po.json", "po.json.report.txt"]);
    assert!(p.report("po-1.json.report.txt").contains("there is no field `lins` here"));
    assert_eq!(p.numbers(), Vec::<String>::new());
    let alert = p.site.database().rows("SELECT title FROM alert WHERE cause = 'refused:erp'");
    assert_eq!(alert, ["endpoint erp: a file with a document that is refused"]);
    gateway.stop();
}

#[test]
fn of_many_rows_the_good_documents_go_and_the_bad_ones_are_told_with_row_and_column() {
    let p = place(
        "",
        "format = \"csv\"\npartner = \"acme\"\nmap_file = \"orders.toml\"",
        "[send.850]\n[guide.850]\nlongest = { \"PO101\" = 3 }",
    );
    std::fs::write(p.site.path("conf/orders.toml"), COLUMNS).unwrap();
    let gateway = p.site.start();
    let partner = Partner::new(&p.site, &gateway, "acme");
    let rows = format!(
        "{ROWS}4500903;04.11.2026;1;twelve;ST;1,00;ROSE-12\n4500904;04.11.2026;1000;1;ST;1,00;ROSE-12\n"
    );
    p.put("orders.csv", &rows);
    p.wait(&gateway, "failed", &["orders.csv", "orders.csv.report.txt"]);
    let report = p.report("orders.csv.report.txt");
    for part in [
        "2 refused, 2 taken",
        "must not come again",
        "REFUSED 3, 4500903",
        "row 5, column \"Qty\"",
        "row 6, column \"Line\"  /lines/0/number  PO1-01",
        "taken 1, rows 2, 4, 4500901",
    ] {
        assert!(report.contains(part), "{part} is not in {report}");
    }
    assert_eq!(partner.outbox_of(&gateway, 2).len(), 2);
    assert_eq!(p.numbers(), ["4500901", "4500902"]);
    gateway.stop();
}

#[test]
fn a_folder_that_is_not_there_is_told_and_works_when_it_is() {
    let p = place("", "format = \"json\"\ndocument = \"purchase-order\"\npartner = \"acme\"", "[send.850]");
    std::fs::remove_dir(&p.out).unwrap();
    let gateway = p.site.start();
    let state = || p.site.database().rows("SELECT state FROM alert WHERE cause = 'source:erp'");
    gateway.until("the alert", || (state() == ["open"]).then_some(()));
    std::fs::create_dir(&p.out).unwrap();
    p.put("po.json", &purchase_order("1").to_string());
    p.wait(&gateway, "taken", &["po.json"]);
    gateway.until("the alert closed", || (state() == ["closed"]).then_some(()));
    gateway.stop();
}
