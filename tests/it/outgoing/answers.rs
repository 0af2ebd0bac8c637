//! What a partner says to an order of ours: accepted, rejected with the place, late, twice, or for nothing of ours.

use crate::harness::ours::purchase_order;
use crate::harness::*;
use serde_json::{Value, json};

/// An interchange of acme's with these segments in one FA group.
fn functional(control: u32, segments: &str) -> String {
    let count = segments.matches('~').count() + 2;
    format!(
        "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*{control:09}*0*P*>~\
         GS*FA*ACME*NORTHWIND*20260105*0930*{control}*X*004010~ST*997*0001~{segments}SE*{count}*0001~GE*1*{control}~IEA*1*{control:09}~"
    )
}

struct Talk {
    site: Site,
    gateway: Gateway,
    procurement: Ours,
    partner: Partner,
    system: Recorder,
}

fn talk(x12: &str, send: &str) -> Talk {
    let system = Recorder::erp();
    let mut site = Site::new();
    site.api();
    site.endpoint("procurement", &system, "");
    site.client("procurement", "");
    let more = format!("[receive.855]\nto = [\"procurement\"]\n[send.850]\n{send}");
    site.partner(&Profile { x12: x12.to_owned(), more, ..Profile::live("acme") });
    let gateway = site.start();
    let procurement = Ours::new(&gateway, "procurement");
    let partner = Partner::new(&site, &gateway, "acme");
    Talk { site, gateway, procurement, partner, system }
}

impl Talk {
    /// Hands an order over and has the partner fetch it; its id.
    #[track_caller]
    fn order(&self, number: &str) -> String {
        let reply =
            self.procurement.hand_over("/v1/purchase-orders?partner=acme", number, &purchase_order(number));
        assert_eq!(reply.status, 201, "{}", reply.json());
        let item = self.partner.outbox_of(&self.gateway, 1).remove(0);
        self.partner.fetch(&item.id);
        assert_eq!(self.partner.confirm(&item.id), 204);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    fn answers(&self, id: &str) -> Vec<Value> {
        let shown = self.procurement.get(&format!("/v1/documents/{id}")).json();
        shown["acknowledgements"].as_array().unwrap().clone()
    }

    /// Waits until the acknowledgement of this kind has this state.
    #[track_caller]
    fn until(&self, id: &str, kind: &str, state: &str) -> Value {
        self.gateway.until(&format!("{kind} {state}"), || {
            self.answers(id).into_iter().find(|a| a["kind"] == kind && a["state"] == state)
        })
    }
}

#[test]
fn an_accepting_997_closes_what_was_waited_for_and_a_second_is_a_duplicate() {
    let talk = talk("", "");
    let id = talk.order("4500910");
    let accepting = |control| functional(control, "AK1*PO*1~AK2*850*0001~AK5*A~AK9*A*1*1*1~");
    talk.partner.post(accepting(7)).id();
    talk.until(&id, "997", "accepted");
    talk.partner.post(accepting(8)).id();
    talk.partner.post(functional(9, "AK1*PO*77~AK9*A*1*1*1~")).id();
    let sides = talk.gateway.until("three answers", || {
        let rows = talk.site.database().rows("SELECT coalesce(side, 'in time') FROM answer ORDER BY at, id");
        (rows.len() == 3).then_some(rows)
    });
    assert_eq!(sides, ["in time", "duplicate", "orphan"]);
    assert!(talk.system.log().is_empty(), "nothing to tell");
    talk.gateway.stop();
}

#[test]
fn a_rejection_names_our_field_and_goes_to_whom_handed_it_over() {
    let talk = talk("", "");
    let id = talk.order("4500911");
    let rejecting = "AK1*PO*1~AK2*850*0001~AK3*PO1*8**8~AK4*3*355*7*EA~AK5*R*5~AK9*R*1*1*0~";
    talk.partner.post(functional(7, rejecting)).id();
    talk.until(&id, "997", "rejected");
    let event: Value = serde_json::from_slice(&talk.system.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["type"], "portway.acknowledgement.received");
    let told = &event["data"]["documents"][0];
    assert_eq!(
        (&told["id"], &told["verdict"], &told["number"]),
        (&json!(id), &json!("rejected"), &json!("4500911"))
    );
    let error = &told["errors"][0];
    let places: Vec<&Value> = told["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert!(places.contains(&&json!("/lines/0/quantity/unit")), "{event:#}");
    assert!(error["message"].is_string());
    let alerts = talk.site.database().rows("SELECT title FROM alert WHERE state = 'open'");
    assert!(alerts.iter().any(|title| title.contains("our 850 4500911 was rejected (997)")), "{alerts:?}");
    talk.gateway.stop();
}

#[test]
fn an_855_closes_the_business_answer_and_reaches_our_system() {
    let talk = talk("", "answers = { 855 = \"48h\" }");
    let id = talk.order("4500912");
    let response = "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*000000007*0*P*>~\
         GS*PR*ACME*NORTHWIND*20260105*0930*7*X*004010~ST*855*0001~BAK*00*AD*4500912*20261104~PO1*1*12*EA*3.25**VN*ROSE-12~\
         CTT*1~SE*5*0001~GE*1*7~IEA*1*000000007~";
    talk.partner.post(response).id();
    talk.until(&id, "855", "accepted");
    let event: Value = serde_json::from_slice(&talk.system.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["type"], "portway.order-response.received");
    talk.gateway.stop();
}

#[test]
fn a_997_that_does_not_come_is_told_the_order_sent_again_and_a_late_one_closes_it() {
    let talk = talk("acknowledged_within = \"1s\"\nresends = 1", "");
    let id = talk.order("4500913");
    let again = talk.partner.outbox_of(&talk.gateway, 1).remove(0);
    talk.partner.fetch(&again.id);
    assert_eq!(talk.partner.confirm(&again.id), 204);
    talk.until(&id, "997", "overdue");
    let (code, listed, _) = talk.site.run(&["ack", "list", "--overdue"]);
    assert_eq!(code, 0);
    assert!(listed.contains("997") && listed.contains("acme"), "{listed}");
    let open =
        || talk.site.database().count("alert WHERE state = 'open' AND cause = 'partner:acme:overdue:997'");
    assert_eq!(open(), 1);
    talk.partner.post(functional(7, "AK1*PO*1~AK9*A*1*1*1~")).id();
    talk.until(&id, "997", "late_accepted");
    talk.gateway.until("the alert closed", || (open() == 0).then_some(()));
    talk.gateway.stop();
}
