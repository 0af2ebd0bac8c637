//! What the API takes, what it refuses and why, and what leaves for the partner.

use crate::harness::ours::purchase_order;
use crate::harness::*;
use serde_json::json;

fn site(send: &str) -> Site {
    let mut site = Site::new();
    site.api();
    site.client("procurement", "");
    site.partner(&Profile { more: send.to_owned(), ..Profile::live("acme") });
    site
}

#[test]
fn an_order_of_ours_reaches_the_partner_and_its_answers_are_owed() {
    let site = site("[send.850]\nanswers = { 855 = \"48h\" }");
    let gateway = site.start();
    let (procurement, partner) = (Ours::new(&gateway, "procurement"), Partner::new(&site, &gateway, "acme"));

    let reply = procurement.hand_over("/v1/purchase-orders?partner=acme", "po-1", &purchase_order("4500900"));
    assert_eq!(reply.status, 201, "{}", reply.json());
    let taken = reply.json();
    assert_eq!((&taken["set"], &taken["state"]), (&json!("850"), &json!("routed")));

    let item = partner.outbox_of(&gateway, 1).remove(0);
    assert_eq!(item.name, "850_acme_000000001.edi");
    let text = String::from_utf8(partner.fetch(&item.id)).unwrap();
    assert!(
        text.starts_with("ISA*00*          *00*          *ZZ*NORTHWIND      *ZZ*ACME           *"),
        "{text}"
    );
    assert!(text.contains("BEG*00*SA*4500900**20261104~") && text.contains("PO1*1*12*EA*3.25"), "{text}");
    assert!(text.contains("*P*>~GS*PO*NORTHWIND*ACME*"), "{text}");

    let id = taken["id"].as_str().unwrap();
    let before = procurement.get(&format!("/v1/documents/{id}")).json();
    assert_eq!((&before["state"], &before["number"]), (&json!("routed"), &json!("4500900")));
    assert_eq!(before["acknowledgements"][0]["due_at"], json!(null), "due from the hand-over on");
    assert_eq!(partner.confirm(&item.id), 204);
    let after = procurement.get(&format!("/v1/documents/{id}")).json();
    assert_eq!(after["state"], "done");
    let owed = after["acknowledgements"].as_array().unwrap();
    let kinds: Vec<&str> = owed.iter().map(|a| a["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["855", "997"]);
    assert!(owed.iter().all(|a| a["state"] == "expected" && a["due_at"].is_string()), "{owed:?}");
    assert_eq!(site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn a_key_is_used_once() {
    let site = site("[send.850]");
    let gateway = site.start();
    let procurement = Ours::new(&gateway, "procurement");
    let path = "/v1/purchase-orders?partner=acme";
    let first = procurement.hand_over(path, "po-1", &purchase_order("4500901"));
    let again = procurement.hand_over(path, "po-1", &purchase_order("4500901"));
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.json()["id"], again.json()["id"]);
    let other = procurement.hand_over(path, "po-1", &purchase_order("4500902"));
    assert_eq!(other.status, 422);
    assert_eq!(other.json()["type"], "urn:portway:problem:idempotency-key-reused");
    let without = procurement.post(path, &[], &purchase_order("4500903").to_string());
    assert_eq!((without.status, &without.json()["title"]), (400, &json!("An Idempotency-Key is needed")));
    assert_eq!(site.database().count("transaction_set"), 1);
    assert_eq!(site.database().count("message WHERE direction = 'out'"), 1);
    gateway.stop();
}

#[test]
fn what_the_partner_would_reject_is_refused_with_its_place() {
    let site = site("[send.850]\n[guide.850]\nmandatory = [\"BEG06\"]\nlongest = { \"PO101\" = 2 }");
    let gateway = site.start();
    let procurement = Ours::new(&gateway, "procurement");
    let mut order = purchase_order("4500904");
    order["lines"][1]["number"] = json!("20000");
    let reply = procurement.hand_over("/v1/purchase-orders?partner=acme", "po-1", &order);
    assert_eq!(reply.status, 422);
    let problem = reply.json();
    assert_eq!(problem["type"], "urn:portway:problem:invalid-document");
    let errors = problem["errors"].as_array().unwrap();
    let fault =
        errors.iter().find(|fault| fault["element"] == "PO1-01").unwrap_or_else(|| panic!("{problem:#}"));
    assert_eq!((&fault["severity"], &fault["value"]), (&json!("error"), &json!("20000")), "{problem:#}");
    assert!(errors.iter().any(|fault| fault["element"] == "BEG-06"), "{problem:#}");
    let no_order = procurement.hand_over("/v1/purchase-orders?partner=acme", "po-2", &json!({ "number": 7 }));
    assert_eq!(
        (no_order.status, &no_order.json()["type"]),
        (422, &json!("urn:portway:problem:not-a-document"))
    );
    let nobody = procurement.clone().with_token("unknown").get("/v1/documents/1");
    assert_eq!((nobody.status, &nobody.json()["type"]), (401, &json!("urn:portway:problem:unauthenticated")));
    let stranger = procurement.hand_over("/v1/purchase-orders?partner=nobody", "po-3", &purchase_order("1"));
    assert_eq!(stranger.status, 404);
    let not_sent = procurement.hand_over("/v1/invoices?partner=acme", "i-1", &json!({ "number": "9" }));
    assert_eq!(not_sent.status, 422, "{}", not_sent.json());
    assert_eq!(site.database().count("transaction_set"), 0, "nothing was taken");
    assert_eq!(site.database().count("idempotency"), 0, "and the keys may be used again");
    gateway.stop();
}

#[test]
fn documents_wait_for_each_other_and_leave_together() {
    let site = site("[send.850]\ncount = 3\nat = [\"03:00\"]");
    let gateway = site.start();
    let (procurement, partner) = (Ours::new(&gateway, "procurement"), Partner::new(&site, &gateway, "acme"));
    for number in ["1", "2"] {
        let reply =
            procurement.hand_over("/v1/purchase-orders?partner=acme", number, &purchase_order(number));
        assert_eq!((reply.status, &reply.json()["state"]), (201, &json!("translated")));
    }
    assert!(partner.outbox().is_empty());
    procurement.hand_over("/v1/purchase-orders?partner=acme", "3", &purchase_order("3"));
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let text = String::from_utf8(partner.fetch(&item.id)).unwrap();
    assert_eq!(text.matches("~ST*850*").count(), 3, "{text}");
    assert!(text.contains("~GE*3*1~") && text.contains("ST*850*0003~"), "{text}");
    assert_eq!(partner.outbox().len(), 1);
    assert_eq!(site.database().rows("SELECT DISTINCT state FROM transaction_set"), ["routed"]);
    gateway.stop();
}
