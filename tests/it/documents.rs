//! The documents through the whole house: 850, 856, 810, ORDERS, DESADV and INVOIC in, the golden documents out, and one ship
//! notice for three systems of which one is down.
//!
//! The inputs are the golden ones, with the envelope that this partner and station have; the rest of them stays to the byte.
//! What differs for one partner (codes, items, transform) is at the end.

use crate::harness::x12::{Acknowledgement, order};
use crate::harness::*;
use serde_json::Value;
use std::path::PathBuf;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
/// Golden 850s that break the standard on purpose, within elements only.
const BROKEN: [&str; 2] = ["every-element", "odd-content"];

/// A golden case: an interchange with one set, and the document that it is.
struct Case {
    name: String,
    input: Vec<u8>,
    document: Value,
}

impl Case {
    fn read(folder: PathBuf) -> Case {
        Case {
            name: folder.file_name().unwrap().to_str().unwrap().to_owned(),
            input: std::fs::read(folder.join("input.edi")).unwrap(),
            document: serde_json::from_slice(&std::fs::read(folder.join("document.json")).unwrap()).unwrap(),
        }
    }

    /// All cases of a document that are this set, by name.
    fn all(document: &str, set: &str) -> Vec<Case> {
        let folders = std::fs::read_dir(format!("{GOLDEN}/{document}")).unwrap();
        let mut cases: Vec<Case> = folders.map(|f| Case::read(f.unwrap().path())).collect();
        cases.retain(|case| case.is(set));
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        cases
    }

    fn one(document: &str, name: &str) -> Case {
        Case::read(format!("{GOLDEN}/{document}/{name}").into())
    }

    fn is(&self, set: &str) -> bool {
        let begins = |tag: String| find(&self.input, tag.as_bytes()).is_some();
        if self.is_x12() {
            let element = self.input[3] as char;
            begins(format!("ST{element}{set}{element}"))
        } else {
            begins(format!("+{set}:D:"))
        }
    }

    fn is_x12(&self) -> bool {
        self.input.starts_with(b"ISA")
    }

    /// From Acme to Northwind, live, under this control number.
    fn addressed(&self, control: u32) -> Vec<u8> {
        if self.is_x12() { self.x12(control) } else { self.edifact(control) }
    }

    fn x12(&self, control: u32) -> Vec<u8> {
        let mut out = self.input.clone();
        // ISA is of fixed length: 05 to 08, 13 and 15.
        let mut set = |at: usize, value: &str| out[at..at + value.len()].copy_from_slice(value.as_bytes());
        set(32, "ZZ");
        set(35, &format!("{:<15}", "ACME"));
        set(51, "ZZ");
        set(54, &format!("{:<15}", "NORTHWIND"));
        set(90, &format!("{control:09}"));
        set(102, "P");
        let (element, end) = (out[3], out[105]);
        let tag = |name: &str| [name.as_bytes(), &[element]].concat();
        edit(&mut out, &tag("GS"), element, end, &[(2, "ACME"), (3, "NORTHWIND")]);
        edit(&mut out, &tag("IEA"), element, end, &[(2, &format!("{control:09}"))]);
        out
    }

    fn edifact(&self, control: u32) -> Vec<u8> {
        let mut out = self.input.clone();
        let (from, to, number) = ("5412345000013:14", "4012345000009:14", control.to_string());
        edit(&mut out, b"UNB+", b'+', b'\'', &[(2, from), (3, to), (5, &number)]);
        edit(&mut out, b"UNZ+", b'+', b'\'', &[(2, &number)]);
        out
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|w| w == what)
}

/// Gives the first segment of this tag other elements. No envelope here has a released separator.
fn edit(bytes: &mut Vec<u8>, tag: &[u8], element: u8, end: u8, changes: &[(usize, &str)]) {
    let from = find(bytes, tag).unwrap();
    let to = from + bytes[from..].iter().position(|b| *b == end).unwrap();
    let mut elements: Vec<Vec<u8>> = bytes[from..to].split(|b| *b == element).map(<[u8]>::to_vec).collect();
    for (nth, value) in changes {
        elements[*nth] = value.as_bytes().to_vec();
    }
    bytes.splice(from..to, elements.join(&element));
}

/// Acme speaks both standards, and is told of every message.
fn acme(receive: &str) -> Profile {
    let edifact = "[edifact]\nid = \"14:5412345000013\"\ncontrl = \"always\"\nreport = \"every-message\"\n";
    Profile { more: format!("{edifact}{receive}"), ..Profile::live("acme") }
}

/// Each golden case of a set goes in over HTTPS; the ERP gets the golden document, the partner an answer that accepts it.
#[track_caller]
fn through_the_house(document: &str, set: &str, least: usize) {
    let mut cases = Case::all(document, set);
    cases.retain(|case| !BROKEN.contains(&case.name.as_str()));
    assert!(cases.len() >= least, "{} cases of {set}", cases.len());
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&acme(&format!("[receive.{set}]\nto = [\"erp\"]\n")));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    for (control, case) in (1001..).zip(&cases) {
        let name = &case.name;
        let message = partner.post(case.addressed(control)).id();
        let item = partner.outbox_of(&gateway, 1).remove(0);
        let answer = partner.fetch(&item.id);
        assert_eq!(partner.confirm(&item.id), 204);
        accepted(case, set, control, &answer);

        let (id, event) = event_of(&erp, &gateway, &message);
        assert_eq!(event["type"], format!("portway.{document}.received"), "{name}");
        assert_eq!(event["dataschema"], format!("https://portway.example/schemas/{document}-1.json"));
        assert_eq!(event["subject"], case.document["number"], "{name}");
        assert_eq!((&event["usage"], &event["partner"]), (&"live".into(), &"acme".into()), "{name}");
        assert_eq!(event["data"], case.document, "{name}");
        assert_eq!(event["id"], *id, "the webhook's id is the event's");
    }
    gateway.until("all sets done", || {
        (site.database().count("transaction_set WHERE state = 'done'") == cases.len()).then_some(())
    });
    // Each once, and each signature was right.
    assert_eq!(erp.log().len(), cases.len());
    assert_eq!(erp.received().len(), cases.len());
    assert_eq!(site.database().count("alert"), 0);
}

/// The event of a message, and the webhook's id, once it took effect.
#[track_caller]
fn event_of(erp: &Recorder, gateway: &Gateway, message: &str) -> (String, Value) {
    gateway.until(&format!("the event of {message}"), || {
        let events = erp.effects().into_values();
        let mut events = events.map(|e| (e.id, serde_json::from_slice::<Value>(&e.body).unwrap()));
        events.find(|(_, event)| event["messageid"] == *message)
    })
}

#[track_caller]
fn accepted(case: &Case, set: &str, control: u32, answer: &[u8]) {
    if case.is_x12() {
        let answer = Acknowledgement::read(answer);
        assert_eq!(answer.only(), ("A", "A"), "{}", case.name);
        assert_eq!((answer.receiver.as_str(), answer.usage.as_str()), ("ACME", "P"), "{}", case.name);
        return;
    }
    let answer = String::from_utf8_lossy(answer);
    let said: Vec<&str> = answer.split('\'').map(str::trim).filter(|s| s.starts_with("UC")).collect();
    assert_eq!(said.len(), 2, "{}: {answer}", case.name);
    assert_eq!(said[0], format!("UCI+{control}+5412345000013:14+4012345000009:14+7"), "{}", case.name);
    let message: Vec<&str> = said[1].split('+').collect();
    assert!(message[0] == "UCM" && message[2].starts_with(&format!("{set}:D:")), "{}: {answer}", case.name);
    assert_eq!(message[3], "7", "{}: {answer}", case.name);
}

#[test]
fn every_sound_golden_850_is_a_purchase_order_at_the_erp() {
    through_the_house("purchase-order", "850", 3);
}

#[test]
fn every_golden_orders_is_a_purchase_order_at_the_erp() {
    through_the_house("purchase-order", "ORDERS", 2);
}

#[test]
fn every_golden_856_is_a_ship_notice_at_the_erp() {
    through_the_house("ship-notice", "856", 5);
}

#[test]
fn every_golden_desadv_is_a_ship_notice_at_the_erp() {
    through_the_house("ship-notice", "DESADV", 3);
}

#[test]
fn every_golden_810_is_an_invoice_at_the_erp() {
    through_the_house("invoice", "810", 3);
}

#[test]
fn every_golden_invoic_is_an_invoice_at_the_erp() {
    through_the_house("invoice", "INVOIC", 3);
}

#[test]
fn a_golden_850_with_broken_elements_is_posted_only_where_that_was_agreed() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let profile = acme("[receive.850]\nto = [\"erp\"]\n");
    site.partner(&profile);
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let cases = BROKEN.map(|name| Case::one("purchase-order", name));
    for (control, case) in (1..).zip(&cases) {
        partner.post(case.addressed(control)).id();
        assert_eq!(partner.acknowledgement(&gateway).only(), ("R", "R"), "{}", case.name);
    }
    site.partner(&Profile { x12: "tolerance = \"element-errors\"".into(), ..profile });
    let (exit, _, errors) = site.run(&["reload"]);
    assert_eq!(exit, 0, "{errors}");
    for (control, case) in (11..).zip(&cases) {
        let message = partner.post(case.addressed(control)).id();
        assert_eq!(partner.acknowledgement(&gateway).only(), ("E", "E"), "{}", case.name);
        assert_eq!(event_of(&erp, &gateway, &message).1["data"], case.document, "{}", case.name);
    }
    // Those that were rejected never came.
    assert_eq!(erp.log().len(), cases.len());
}

/// Three systems, and a partner whose 856s go to all of them.
struct Three {
    erp: Recorder,
    wms: Recorder,
    procurement: Recorder,
    site: Site,
}

impl Three {
    fn new() -> Three {
        let (erp, wms, procurement) = (Recorder::erp(), Recorder::erp(), Recorder::erp());
        let mut site = Site::new();
        for (name, system) in [("erp", &erp), ("wms", &wms), ("procurement", &procurement)] {
            site.endpoint(name, system, "");
        }
        site.partner(&acme("[receive.856]\nto = [\"erp\", \"wms\", \"procurement\"]\n"));
        Three { erp, wms, procurement, site }
    }

    /// Waits until the ledger says this of the three, by name: `erp deferred, procurement delivered, wms delivered`.
    #[track_caller]
    fn until(&self, gateway: &Gateway, wanted: &str) {
        let sql = "SELECT string_agg(target || ' ' || state, ', ' ORDER BY target) FROM delivery
                   WHERE target_kind = 'endpoint' HAVING count(*) = 3";
        gateway.until(wanted, || (self.site.database().rows(sql) == [wanted]).then_some(()));
    }

    /// All three have the one event, each once in effect.
    #[track_caller]
    fn all_have_it(&self, case: &Case) {
        let at = [&self.erp, &self.wms, &self.procurement].map(|system| {
            let mut effects = system.wait_effects(1);
            assert_eq!((effects.len(), system.log().len()), (1, 1));
            effects.remove(0)
        });
        assert!(at.iter().all(|a| a.id == at[0].id && a.body == at[0].body), "{at:?}");
        let event: Value = serde_json::from_slice(&at[0].body).unwrap();
        assert_eq!(event["type"], "portway.ship-notice.received");
        assert_eq!(event["data"], case.document);
        assert_eq!(self.site.database().orphans(), Vec::<String>::new());
    }
}

#[test]
fn a_ship_notice_reaches_wms_and_procurement_while_the_erp_is_down() {
    let mut three = Three::new();
    three.erp.close();
    let gateway = three.site.start();
    let partner = Partner::new(&three.site, &gateway, "acme");
    let case = Case::one("ship-notice", "pallets-and-cartons");
    partner.post(case.addressed(1)).id();
    assert_eq!(
        partner.acknowledgement(&gateway).only(),
        ("A", "A"),
        "the answer waits for no system of ours"
    );
    let at_wms = three.wms.wait_effects(1).remove(0);
    three.procurement.wait_effects(1);
    three.until(&gateway, "erp deferred, procurement delivered, wms delivered");
    assert_eq!(three.site.database().rows("SELECT state FROM transaction_set"), ["routed"]);
    assert!(three.erp.received().is_empty());

    three.erp.open();
    assert_eq!(three.erp.wait_effects(1)[0].id, at_wms.id);
    three.until(&gateway, "erp delivered, procurement delivered, wms delivered");
    assert_eq!(three.site.database().rows("SELECT state FROM transaction_set"), ["done"]);
    three.all_have_it(&case);
    // The others saw it once, however often the ERP was tried.
    assert_eq!((three.wms.received().len(), three.procurement.received().len()), (1, 1));
    gateway.stop();
}

#[test]
fn nor_do_they_wait_for_an_erp_that_refuses_for_now_or_does_not_answer() {
    let three = Three::new();
    three.erp.otherwise(Answer::Status(503));
    let gateway = three.site.start();
    let partner = Partner::new(&three.site, &gateway, "acme");
    let case = Case::one("ship-notice", "cross-dock");
    partner.post(case.addressed(1)).id();
    three.until(&gateway, "erp deferred, procurement delivered, wms delivered");
    assert!(three.erp.effects().is_empty());
    // From now on it takes the request, and says nothing.
    three.erp.otherwise(Answer::Hold);
    three.erp.wait_effects(1);
    three.until(&gateway, "erp delivering, procurement delivered, wms delivered");
    let second = Case::one("ship-notice", "no-packaging");
    partner.post(second.addressed(2)).id();
    three.wms.wait_effects(2);
    three.procurement.wait_effects(2);
    assert_eq!(three.wms.subjects(), three.procurement.subjects());
    three.erp.wait_effects(2);
    three.erp.release();
    gateway.until("both done", || {
        (three.site.database().count("transaction_set WHERE state = 'done'") == 2).then_some(())
    });
    let ids = |system: &Recorder| system.log().into_keys().collect::<Vec<_>>();
    assert_eq!(ids(&three.erp), ids(&three.wms));
    assert_eq!(ids(&three.erp), ids(&three.procurement));
    gateway.stop();
}

#[test]
fn codes_items_and_the_transform_of_a_partner_make_the_event() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let write = |name: &str, text: &str| std::fs::write(site.config().join(name), text).unwrap();
    write("items.csv", "buyer_number,our_number,unit,our_unit,factor\nSKU-1001,A-100,EA,XCT,0.5\n");
    write(
        "short.jq",
        "{po: .number, kinds: [.references[].kind],\n lines: [.lines[] | {ours: .item.our_number, quantity}]}\n",
    );
    site.partner(&acme(
        "[codes.reference_kind]\nDP = \"division\"\n[items]\nfile = \"items.csv\"\n\
         [receive.850]\nto = [\"erp\"]\ntransform = \"short.jq\"\n",
    ));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let case = Case::one("purchase-order", "retailer-distribution");
    partner.post(case.addressed(1)).id();
    let event: Value = serde_json::from_slice(&erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["type"], "portway.purchase-order.received");
    assert_eq!(event["subject"], "4500123", "by the document, whatever the transform makes of it");
    let quantity = |value: &str, unit: &str, more: Value| {
        let mut quantity = serde_json::json!({ "value": value, "unit": unit, "original_unit": "EA" });
        quantity.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        quantity
    };
    let made = serde_json::json!({
        "po": "4500123",
        "kinds": ["division", "internal_vendor", "promotion", "merchandise_type"],
        "lines": [
            { "ours": "A-100", "quantity": quantity("72", "XCT", serde_json::json!({ "original_value": "144" })) },
            // It is not in the cross-reference.
            { "ours": null, "quantity": quantity("72", "EA", serde_json::json!({})) },
        ],
    });
    assert_eq!(event["data"], made, "{event:#}");
    assert_eq!(partner.acknowledgement(&gateway).only(), ("A", "A"));
}

#[test]
fn an_order_on_which_the_transform_fails_is_accepted_held_told_and_released_once_it_is_mended() {
    let (erp, mailbox) = (Recorder::erp(), Mailbox::start());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.mail(&mailbox);
    let program = "if .number == \"BAD\" then error(\"no such customer\") else {n: .number} end";
    site.partner(&acme(&format!("[receive.850]\nto = [\"erp\"]\ntransform_program = '{program}'\n")));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    let message = partner.post(order("BAD", 1).text()).id();
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let answer = partner.fetch(&item.id);
    assert_eq!(Acknowledgement::read(&answer).only(), ("A", "A"), "the order is valid: the fault is ours");
    assert!(!String::from_utf8_lossy(&answer).contains("AK3"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(partner.confirm(&item.id), 204);
    let held = site.database().rows("SELECT state || ' ' || reason || ' ' || answer FROM transaction_set");
    assert_eq!(held, ["held transform_failed A"]);

    let (exit, shown, errors) = site.run(&["doc", "show", "850:BAD", "--json"]);
    assert_eq!(exit, 0, "{errors}");
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["document"]["reason"], "transform_failed", "{shown:#}");
    let findings = shown["document"]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{shown:#}");
    assert_eq!((&findings[0]["code"], &findings[0]["severity"]), (&"X1192".into(), &"error".into()));
    assert!(findings[0]["message"].as_str().unwrap().contains("no such customer"), "{shown:#}");
    assert_eq!((&shown["event"], &shown["deliveries"]), (&Value::Null, &serde_json::json!([])));

    let mail = mailbox.mail("acme: 850 BAD is held (transform_failed)");
    assert!(mail.subject.contains("we must act"), "{mail:?}");
    assert!(mail.body.contains("X1192") && mail.body.contains("no such customer"), "{}", mail.body);
    assert_eq!(
        site.database().rows("SELECT cause || ' ' || state || ' ' || move FROM alert"),
        ["set:held:transform_failed:acme:850 open us"]
    );

    assert!(mail.body.contains("Once mended:     portway doc release"), "{}", mail.body);

    // It holds up no other.
    partner.post(order("GOOD", 2).text()).id();
    let event: Value = serde_json::from_slice(&erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["data"], serde_json::json!({ "n": "GOOD" }));

    // Nothing was mended: nothing is let through.
    let release = ["doc", "release", "PO:BAD", "--reason", "the customer is known now"];
    let (exit, _, errors) = site.run(&release);
    assert!(exit == 1 && errors.contains("X1192") && errors.contains("no such customer"), "{exit} {errors}");
    assert_eq!(site.database().rows("SELECT state FROM transaction_set WHERE number = 'BAD'"), ["held"]);

    site.partner(&acme(
        "[receive.850]\nto = [\"erp\"]\ntransform_program = '{n: .number, lines: .lines | length}'\n",
    ));
    let (exit, _, errors) = site.run(&["reload"]);
    assert_eq!(exit, 0, "{errors}");
    let (exit, _, errors) = site.run(&release);
    assert_eq!(exit, 0, "{errors}");
    let (id, event) = event_of(&erp, &gateway, &message);
    assert_eq!((&event["id"], &event["subject"]), (&id.as_str().into(), &"BAD".into()));
    assert_eq!(
        (&event["type"], &event["usage"]),
        (&"portway.purchase-order.received".into(), &"live".into())
    );
    assert_eq!(event["id"], shown["document"]["id"]);
    assert_eq!(
        event["time"].as_str().map(|t| &t[..19]),
        shown["document"]["received_at"].as_str().map(|t| &t[..19])
    );
    assert_eq!(event["data"], serde_json::json!({ "n": "BAD", "lines": 2 }));
    gateway.until("the order done", || {
        (site.database().count("transaction_set WHERE state = 'done'") == 2).then_some(())
    });
    let (_, shown, _) = site.run(&["doc", "show", "850:BAD", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["event"], &shown["document"]["findings"]), (&event, &serde_json::json!([])));
    // Once: neither a second release nor a second answer.
    assert_eq!(site.run(&release).0, 1);
    assert_eq!(erp.log().len(), 2);
    assert_eq!(site.database().count("message WHERE direction = 'out'"), 2);
    assert_eq!(site.database().orphans(), Vec::<String>::new());
}
