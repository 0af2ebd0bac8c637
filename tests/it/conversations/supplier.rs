//! We sell: the customer's order comes in over SFTP, a warehouse of others ships it, and our documents go out; with an
//! acknowledgement lost, one that rejects, one late, one twice and one for nothing.

use super::texts::{ACME, DOCK, Party, Standard, accepting, code, document, functional, interchange};
use super::*;
use crate::harness::sftp_peer::{Key, Paramiko, Supplier};
use serde_json::json;

/// The customer at our SFTP door.
struct Customer {
    client: Paramiko,
    files: u32,
}

impl Customer {
    fn puts(&mut self, text: &str) {
        self.files += 1;
        let path = format!("/in/{}.edi", self.files);
        self.client.fine(json!({ "do": "put", "path": path, "text": text }));
    }

    /// Fetches what waits in `/out` until one of it holds this word.
    #[track_caller]
    fn fetches(&mut self, gateway: &Gateway, word: &str) -> String {
        gateway.until(&format!("{word} in /out"), || {
            for (name, _) in self.client.list("/out") {
                let path = format!("/out/{name}");
                let read = self.client.fine(json!({ "do": "get", "path": path }));
                let text = read.as_str().unwrap_or_default().to_owned();
                self.client.fine(json!({ "do": "remove", "path": path }));
                if text.contains(word) {
                    return Some(text);
                }
            }
            None
        })
    }
}

fn profiles(site: &mut Site, standard: Standard, key: &Key) {
    let edifact = |party: Party| format!("[edifact]\nid = \"14:{}\"\n{EDIFACT}", party.edifact);
    let acme = format!(
        "{}[sftp]\nkeys = ['''{}''']\n{}",
        edifact(ACME),
        key.line(),
        agreed(standard, &["order"], &[("response", &[]), ("notice", &[]), ("invoice", &[])])
    );
    let x12 = "acknowledged_within = \"2s\"\nresends = 1\n".to_owned();
    site.partner(&Profile { more: acme, x12, ..Profile::live("acme") });
    let dock = format!(
        "{}{}",
        edifact(DOCK),
        agreed(standard, &["despatched"], &[("despatch order", &["despatched"])])
    );
    site.partner(&Profile { more: dock, ..Profile::live("dock") });
}

fn converse(standard: Standard) {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    site.endpoint("erp", &erp, "");
    site.add("[listen.sftp]\naddress = \"127.0.0.1:0\"");
    let key = Key::new(&site, "acme");
    profiles(&mut site, standard, &key);
    let gateway = site.start();
    let mut customer = Customer { client: Supplier::new(&site, &gateway, "acme", &key).paramiko(), files: 0 };
    let (dock, ours) = (Partner::new(&site, &gateway, "dock"), Ours::new(&gateway, "erp"));
    let hand_over = |path: &str, what: &str| {
        let reply = ours.hand_over(path, what, &document(&site, standard, what));
        assert_eq!(reply.status, 201, "{what}: {}", reply.json());
        reply.json()["id"].as_str().unwrap().to_owned()
    };
    let word =
        |what| format!("{}{}", if standard == Standard::X12 { "ST*" } else { "+" }, code(standard, what));

    customer.puts(&interchange(standard, ACME, 1, "order"));
    assert_eq!(told(&erp, 1)["subject"], "4500123");
    customer.fetches(&gateway, if standard == Standard::X12 { "ST*997" } else { "CONTRL" });

    hand_over("/v1/order-responses?partner=acme", "response");
    let response = customer.fetches(&gateway, &word("response"));
    customer.puts(&accepting(ACME, 2, &response));
    customer.puts(&accepting(ACME, 3, &response));

    hand_over("/v1/warehouse-orders?partner=dock", "despatch order");
    let item = dock.outbox_of(&gateway, 1).remove(0);
    let despatch = String::from_utf8(dock.fetch(&item.id)).unwrap();
    assert_eq!(dock.confirm(&item.id), 204);
    dock.post(accepting(DOCK, 1, &despatch)).id();
    dock.post(interchange(standard, DOCK, 2, "despatched")).id();
    assert_eq!(told(&erp, 2)["partner"], "dock");

    hand_over("/v1/ship-notices?partner=acme", "notice");
    let notice = customer.fetches(&gateway, &word("notice"));
    if standard == Standard::X12 {
        // The 997 is lost: the same bytes go out again, and the second one is answered, late.
        let again = customer.fetches(&gateway, &word("notice"));
        assert_eq!(again, notice);
    }
    customer.puts(&accepting(ACME, 4, &notice));
    let invoice_id = hand_over("/v1/invoices?partner=acme", "invoice");
    let invoice = customer.fetches(&gateway, &word("invoice"));
    if standard == Standard::X12 {
        let group = invoice.split("~GS*IN*").nth(1).unwrap().split('*').nth(4).unwrap();
        let rejecting =
            format!("AK1*IN*{group}~AK2*810*0001~AK3*IT1*3**8~AK4*3*355*7*EA~AK5*R*5~AK9*R*1*1*0~");
        customer.puts(&functional(ACME, 5, &rejecting));
        let event = told(&erp, 3);
        let rejected = &event["data"]["documents"][0];
        assert_eq!(rejected["id"], json!(invoice_id));
        let pointers: Vec<&Value> =
            rejected["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
        assert!(pointers.contains(&&json!("/lines/0/quantity/unit")), "{event:#}");
        customer.puts(&functional(ACME, 6, "AK1*IN*4711~AK9*A*1*1*1~"));
    } else {
        customer.puts(&accepting(ACME, 5, &invoice));
    }
    let settled = |wanted: &[&str]| {
        gateway.until(&format!("{wanted:?}"), || (expected(&site) == wanted).then_some(()));
    };
    let sides = |wanted: &[&str]| {
        let sql = "SELECT kind || ' ' || side FROM answer WHERE side IS NOT NULL ORDER BY at, id";
        gateway.until(&format!("{wanted:?}"), || (site.database().rows(sql) == wanted).then_some(()));
    };
    match standard {
        Standard::X12 => {
            settled(&["997 accepted", "945 accepted", "997 accepted", "997 accepted", "997 rejected"]);
            sides(&["997 duplicate", "997 orphan"]);
        }
        Standard::Edifact => {
            settled(&[
                "CONTRL accepted",
                "CONTRL accepted",
                "DESADV accepted",
                "CONTRL accepted",
                "CONTRL accepted",
            ]);
            sides(&["CONTRL duplicate"]);
        }
    }
    assert_eq!(site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn a_customers_order_in_x12_to_our_invoice() {
    converse(Standard::X12);
}

#[test]
fn a_customers_order_in_edifact_to_our_invoice() {
    converse(Standard::Edifact);
}
