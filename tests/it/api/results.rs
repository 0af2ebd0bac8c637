//! What our system says of a document that it received, and how a partner hears of a rejection.

use super::site;
use crate::harness::x12::order;
use crate::harness::*;
use serde_json::{Value, json};

struct Talk {
    site: Site,
    gateway: Gateway,
    erp: Ours,
    partner: Partner,
    /// The order that the ERP received and the partner knows to be readable.
    document: String,
}

/// An order that was delivered and acknowledged.
fn received(profile: &str) -> Talk {
    let mut site = site(&format!("[receive.850]\nto = [\"erp\"]\n{profile}"));
    site.add("[endpoint.erp]\nkind = \"events\"");
    let gateway = site.start();
    let (erp, partner) = (Ours::new(&gateway, "erp"), Partner::new(&site, &gateway, "acme"));
    partner.post(order("4500123", 1).text()).id();
    let document =
        erp.get("/v1/events?wait=60s").json()["events"][0]["event"]["id"].as_str().unwrap().to_owned();
    partner.acknowledgement(&gateway);
    Talk { site, gateway, erp, partner, document }
}

/// The same of an EDIFACT partner, whose order is readable and answered by a CONTRL.
fn received_in_edifact(rejected_with: &str) -> Talk {
    let mut site = site(&format!(
        "[edifact]\nid = \"14:5412345000013\"\ncontrl = \"always\"\n[receive.ORDERS]\nto = [\"erp\"]\nrejected_with = \"{rejected_with}\"\n\
         [send.{rejected_with}]\nversion = \"D:96A:UN\"\n"
    ));
    site.add("[endpoint.erp]\nkind = \"events\"");
    let gateway = site.start();
    let (erp, partner) = (Ours::new(&gateway, "erp"), Partner::new(&site, &gateway, "acme"));
    let order = "UNB+UNOC:3+5412345000013:14+4012345000009:14+260105:0930+4711'UNH+M1+ORDERS:D:96A:UN'BGM+220+4500123+9'\
        DTM+137:20260105:102'NAD+BY+5412345000013::9'NAD+SU+4012345000009::9'LIN+1++ROSE-01:SA'QTY+21:4'UNS+S'CNT+2:1'UNT+10+M1'\
        UNZ+1+4711'";
    partner.post(order).id();
    let document =
        erp.get("/v1/events?wait=60s").json()["events"][0]["event"]["id"].as_str().unwrap().to_owned();
    let contrl = partner.outbox_of(&gateway, 1).remove(0);
    assert!(String::from_utf8(partner.fetch(&contrl.id)).unwrap().contains("UCI+4711+"));
    assert_eq!(partner.confirm(&contrl.id), 204);
    Talk { site, gateway, erp, partner, document }
}

impl Talk {
    /// What tells the partner, after the rejection was sent twice.
    #[track_caller]
    fn told_in_edifact(&self, set: &str) -> String {
        let first = self.rejects("r-1");
        assert_eq!((first.status, &first.json()["answer_code"]), (200, &json!(set)), "{}", first.json());
        assert_eq!(self.rejects("r-1").json(), first.json(), "the same again");
        let item = self.partner.outbox_of(&self.gateway, 1).remove(0);
        let text = String::from_utf8(self.partner.fetch(&item.id)).unwrap();
        assert_eq!(self.partner.confirm(&item.id), 204);
        let answer =
            self.erp.get(&format!("/v1/documents/{}", first.json()["answer"].as_str().unwrap())).json();
        assert_eq!((&answer["state"], &answer["code"]), (&json!("done"), &json!(set)));
        let thread = self.site.database().rows("SELECT DISTINCT thread_id::text FROM transaction_set");
        assert_eq!(thread.len(), 1, "of the order's thread: {thread:?}");
        let file = self.site.path("told.edi");
        std::fs::write(&file, &text).unwrap();
        let (exit, said, errors) = self.site.run(&["file", "lint", file.to_str().unwrap()]);
        assert_eq!(exit, 0, "{said}{errors}\n{text}");
        text
    }

    fn says(&self, key: &str, verdict: &Value) -> Reply {
        self.erp.hand_over(&format!("/v1/documents/{}/result", self.document), key, verdict)
    }

    fn rejects(&self, key: &str) -> Reply {
        let errors =
            json!([{ "pointer": "/lines/0/item", "message": "Not in our catalogue", "code": "E17" }]);
        self.says(key, &json!({ "accepted": false, "reason": "Unknown item", "errors": errors }))
    }
}

#[test]
fn an_accepted_document_shows_our_number() {
    let talk = received("");
    let verdict = json!({ "accepted": true, "number": "SO-77" });
    let first = talk.says("r-1", &verdict);
    assert_eq!((first.status, &first.json()["number"]), (200, &json!("SO-77")), "{}", first.json());
    assert_eq!(talk.says("r-1", &verdict).json(), first.json(), "the same again");
    let other = talk.says("r-1", &json!({ "accepted": true, "number": "SO-78" }));
    assert_eq!(
        (other.status, &other.json()["type"]),
        (422, &json!("urn:portway:problem:idempotency-key-reused"))
    );
    assert_eq!(talk.rejects("r-2").json()["type"], "urn:portway:problem:result-given");
    let seen = talk.erp.get(&format!("/v1/documents/{}", talk.document)).json();
    assert_eq!((&seen["result"]["accepted"], &seen["result"]["client"]), (&json!(true), &json!("erp")));
    let (_, shown, _) = talk.site.run(&["doc", "show", &talk.document]);
    assert!(shown.contains("accepted by erp as SO-77"), "{shown}");
    assert!(talk.partner.outbox().is_empty());
    let path = format!("/v1/documents/{}/result", talk.document);
    assert_eq!(talk.erp.post(&path, &[], &verdict.to_string()).status, 400, "without a key");
    let without = talk.says("r-3", &json!({ "accepted": false }));
    assert_eq!((without.status, &without.json()["type"]), (422, &json!("urn:portway:problem:not-a-result")));
    let nobody =
        talk.erp.hand_over(&format!("/v1/documents/{}/result", uuid::Uuid::now_v7()), "r-4", &verdict);
    assert_eq!(nobody.status, 404);
    talk.gateway.stop();
}

#[test]
fn a_rejection_becomes_an_application_advice() {
    let talk = received("rejected_with = \"824\"\n[send.824]");
    let first = talk.rejects("r-1");
    assert_eq!((first.status, &first.json()["answer_code"]), (200, &json!("824")), "{}", first.json());
    let item = talk.partner.outbox_of(&talk.gateway, 1).remove(0);
    let text = String::from_utf8(talk.partner.fetch(&item.id)).unwrap();
    assert!(text.contains("~ST*824*0001~BGN*11*"), "{text}");
    assert!(text.contains("~OTI*TR*PO*4500123*"), "it names the order: {text}");
    assert!(
        text.contains("TED*024*Unknown item~")
            && text.contains("TED*024*E17: Not in our catalogue (/lines/0/item)~"),
        "{text}"
    );
    assert_eq!(talk.rejects("r-1").json(), first.json());
    assert_eq!(talk.site.database().count("transaction_set WHERE direction = 'out'"), 1, "it leaves once");
    assert_eq!(talk.partner.confirm(&item.id), 204);
    let answer = talk.erp.get(&format!("/v1/documents/{}", first.json()["answer"].as_str().unwrap())).json();
    assert_eq!(
        (&answer["state"], &answer["code"]),
        (&json!("done"), &json!("824")),
        "sent and tracked like any other"
    );
    let (_, listed, _) = talk.site.run(&["audit", "list", "--actor", "erp", "--json"]);
    let said: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&said[1]["verb"], &said[1]["reason"]),
        (&json!("result"), &json!("Unknown item")),
        "{listed}"
    );
    assert_eq!(
        (said.len(), &said[0]["verb"]),
        (2, &json!("hand over")),
        "the 824 is its doing too: {listed}"
    );
    let thread = talk.site.database().rows("SELECT DISTINCT thread_id::text FROM transaction_set");
    assert_eq!(thread.len(), 1, "of the order's thread: {thread:?}");
    let alerts =
        talk.site.database().rows("SELECT title FROM alert WHERE cause = 'result:rejected:acme:850'");
    assert_eq!(alerts, ["acme: 850 4500123 was rejected by erp"]);
    assert_eq!(talk.site.database().orphans(), Vec::<String>::new());
    talk.gateway.stop();
}

#[test]
fn a_rejection_becomes_a_rejecting_order_response() {
    let talk = received("rejected_with = \"855\"\n[send.855]");
    assert_eq!(talk.rejects("r-1").json()["answer_code"], "855");
    let item = talk.partner.outbox_of(&talk.gateway, 1).remove(0);
    let text = String::from_utf8(talk.partner.fetch(&item.id)).unwrap();
    assert!(text.contains("~ST*855*0001~BAK*00*RJ*4500123*"), "{text}");
    assert!(text.contains("Unknown item") && text.contains("E17: Not in our catalogue"), "{text}");
    talk.gateway.stop();
}

/// Killed when the verdict is kept, and when what tells the partner is handed over but not noted.
#[cfg(feature = "faults")]
#[test]
fn a_rejection_that_was_kept_is_told_by_the_next_gateway_without_being_said_again() {
    for point in ["result.kept", "result.told"] {
        let talk = received("rejected_with = \"824\"\n[send.824]");
        talk.gateway.stop();
        let mut gateway = talk.site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:1"))]);
        let mut erp = talk.erp;
        erp.follow(&gateway);
        let path = format!("/v1/documents/{}/result", talk.document);
        let verdict = json!({ "accepted": false, "reason": "Unknown item" });
        assert!(block(erp.try_hand_over(&path, "r-1", &verdict)).is_err(), "{point}: no answer");
        gateway.ended();
        let answers = "SELECT count(*)::text FROM result WHERE answer IS NOT NULL";
        assert_eq!(talk.site.database().rows(answers), ["0"], "{point}");

        let gateway = talk.site.start();
        gateway.until("the partner told", || (talk.site.database().rows(answers) == ["1"]).then_some(()));
        let mut partner = talk.partner;
        partner.follow(&gateway);
        assert_eq!(partner.outbox_of(&gateway, 1).len(), 1, "{point}: one 824");
        assert_eq!(talk.site.database().count("transaction_set WHERE direction = 'out'"), 1, "{point}");
        assert_eq!(talk.site.database().count("result WHERE tell_at IS NOT NULL"), 0, "{point}");
        erp.follow(&gateway);
        let said_again = erp.hand_over(&path, "r-1", &verdict).json();
        assert_eq!(said_again["answer_code"], "824", "{point}: {said_again}");
        gateway.stop();
    }
}

#[test]
fn a_rejection_becomes_an_aperak_for_an_edifact_partner() {
    let talk = received_in_edifact("APERAK");
    let text = talk.told_in_edifact("APERAK");
    let segments: Vec<&str> = text.split('\'').collect();
    assert!(segments.contains(&"UNH+1+APERAK:D:96A:UN"), "{text}");
    for part in ["RFF+ON:4500123", "RFF+ACW:M1"] {
        assert!(segments.contains(&part), "{part}: {text}");
    }
    assert!(text.contains("'ERC+ZZZ::ZZZ'"), "{text}");
    assert!(text.contains("Unknown item") && text.contains("Not in our catalogue"), "{text}");
    assert!(
        segments.iter().any(|segment| segment.starts_with("BGM") && segment.ends_with("+11+RE")),
        "{text}"
    );
    talk.gateway.stop();
}

#[test]
fn a_rejection_becomes_a_rejecting_order_response_in_edifact() {
    let talk = received_in_edifact("ORDRSP");
    let text = talk.told_in_edifact("ORDRSP");
    let segments: Vec<&str> = text.split('\'').collect();
    assert!(segments.contains(&"UNH+1+ORDRSP:D:96A:UN"), "{text}");
    assert!(
        segments.iter().any(|segment| segment.starts_with("BGM+231+") && segment.ends_with("+27")),
        "not accepted: {text}"
    );
    assert!(segments.contains(&"RFF+ON:4500123"), "{text}");
    assert!(text.contains("Unknown item") && text.contains("Not in our catalogue"), "{text}");
    talk.gateway.stop();
}

#[test]
fn a_rejection_that_cannot_be_told_is_kept_and_operators_hear_of_it() {
    let talk = received("rejected_with = \"824\"");
    let reply = talk.rejects("r-1");
    assert_eq!(reply.status, 200);
    assert!(reply.json()["untold"].as_str().unwrap().contains("[send.824]"), "{}", reply.json());
    assert_eq!(talk.site.database().count("alert WHERE cause = 'result:untold:acme:850'"), 1);
    let profile = Profile {
        more: "[receive.850]\nto = [\"erp\"]\nrejected_with = \"824\"\n[send.824]".into(),
        ..Profile::live("acme")
    };
    talk.site.partner(&profile);
    assert_eq!(talk.site.run(&["reload"]).0, 0);
    let again = talk.rejects("r-1").json();
    assert_eq!((&again["answer_code"], again["untold"].is_null()), (&json!("824"), true), "{again}");
    talk.gateway.stop();
}
