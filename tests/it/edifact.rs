//! EDIFACT through the whole house: in over HTTPS and as a file, to the ERP as the same documents as X12, and the CONTRL back.

use crate::harness::*;

/// Our station also has an EDIFACT address; Acme sends ORDERS and 850s, and wants a CONTRL for all it sends.
fn site(erp: &Recorder, more: &str) -> Site {
    let mut site = Site::new();
    site.endpoint("erp", erp, "");
    let edifact = "[edifact]\nid = \"14:5412345000013\"\n";
    let receive = "[receive.850]\nto = [\"erp\"]\n[receive.ORDERS]\nto = [\"erp\"]\n";
    site.partner(&Profile { more: format!("{edifact}{receive}{more}"), ..Profile::live("acme") });
    site
}

/// An ORDERS D.96A of one line; `request` is 0031, `quantity` what QTY says.
fn orders(number: &str, reference: u32, quantity: &str) -> String {
    let body = format!(
        "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+{number}+9'DTM+137:20260105:102'\
         NAD+BY+5412345000013::9'NAD+SU+4012345000009::9'LIN+1++4000862141404:EN'QTY+21:{quantity}'UNS+S'CNT+2:1'"
    );
    let segments = body.matches('\'').count() + 1;
    format!(
        "UNA:+.? 'UNB+UNOC:3+5412345000013:14+4012345000009:14+260105:0930+{reference}++ORDERS++1'{body}\
         UNT+{segments}+1'UNZ+1+{reference}'"
    )
}

/// The segments of an answer that say something, control numbers of our own and dates left out.
fn said(answer: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(answer);
    let kept = text.split('\'').map(str::trim).filter(|s| s.starts_with("UC"));
    kept.map(str::to_owned).collect()
}

#[test]
fn orders_over_https_reach_the_erp_and_a_contrl_goes_back() {
    let erp = Recorder::erp();
    let site = site(&erp, "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(orders("PO-7", 4711, "12")).id();
    let event: serde_json::Value = serde_json::from_slice(&erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["type"], "portway.purchase-order.received");
    assert_eq!((&event["subject"], &event["usage"]), (&"PO-7".into(), &"live".into()));
    // The same document as an 850 becomes.
    let order = &event["data"];
    assert_eq!((&order["number"], &order["order_date"]), (&"PO-7".into(), &"2026-01-05".into()), "{order:#}");
    assert_eq!(order["lines"][0]["quantity"]["value"], "12", "{order:#}");

    let item = partner.outbox_of(&gateway, 1).remove(0);
    assert!(item.name.starts_with("CONTRL_acme_"), "{item:?}");
    let answer = partner.fetch(&item.id);
    assert_eq!(said(&answer), ["UCI+4711+5412345000013:14+4012345000009:14+7"]);
    assert_eq!(partner.confirm(&item.id), 204);
    let settled = "SELECT kind || ' ' || code || ' ' || state FROM acknowledgement";
    assert_eq!(site.database().rows(settled), ["CONTRL 7 sent"]);
    gateway.stop();
}

#[test]
fn a_broken_message_is_rejected_by_the_contrl_and_never_posted() {
    let erp = Recorder::erp();
    let site = site(&erp, "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(orders("PO-8", 4712, "twelve")).id();
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let answer = said(&partner.fetch(&item.id));
    assert_eq!(answer[0], "UCI+4712+5412345000013:14+4012345000009:14+7");
    assert!(answer[1].starts_with("UCM+1+ORDERS:D:96A:UN:EAN008+4"), "{answer:?}");
    // QTY is segment 7; 0098 counts the tag as 1, so C186 is 2; 6060 is its second component.
    assert_eq!(&answer[2..], ["UCS+7", "UCD+37+2:2"]);
    gateway.until("the message done", || {
        (site.database().rows("SELECT state || ' ' || reason FROM transaction_set") == ["rejected invalid"])
            .then_some(())
    });
    assert!(erp.log().is_empty());
}

#[test]
fn orders_dropped_as_a_file_are_answered_with_a_file() {
    let erp = Recorder::erp();
    let folders = tempfile::tempdir().unwrap();
    let (inbound, out) = (folders.path().join("in"), folders.path().join("out"));
    std::fs::create_dir(&inbound).unwrap();
    std::fs::create_dir(&out).unwrap();
    let directory = format!(
        "[directory]\nin = \"{}\"\nout = \"{}\"\nsettle = \"0s\"\n",
        inbound.display(),
        out.display()
    );
    let site = site(&erp, &directory);
    let gateway = site.start();
    std::fs::write(inbound.join("orders.tmp"), orders("PO-9", 4713, "1")).unwrap();
    std::fs::rename(inbound.join("orders.tmp"), inbound.join("orders.edi")).unwrap();
    erp.wait_effects(1);
    let name = gateway.until("the answer", || {
        let found = std::fs::read_dir(&out).unwrap().flatten().map(|e| e.path());
        found.into_iter().find(|p| p.extension().is_some_and(|e| e == "edi"))
    });
    assert_eq!(said(&std::fs::read(name).unwrap()), ["UCI+4713+5412345000013:14+4012345000009:14+7"]);
    assert_eq!(std::fs::read_dir(&inbound).unwrap().count(), 0);
}

#[test]
fn both_standards_in_one_file_are_two_interchanges_with_two_answers() {
    let erp = Recorder::erp();
    let site = site(&erp, "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(format!("{}{}", x12::order("PO-10", 10).text(), orders("PO-11", 4714, "3"))).id();
    erp.wait_effects(2);
    assert_eq!(erp.subjects(), ["PO-10", "PO-11"]);
    let mut names: Vec<String> =
        partner.outbox_of(&gateway, 2).iter().map(|i| i.name.split('_').next().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(names, ["997", "CONTRL"]);
}

#[test]
fn the_same_reference_again_is_one_order_and_another_content_is_held() {
    let erp = Recorder::erp();
    let site = site(&erp, "");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(orders("PO-12", 4715, "3")).id();
    erp.wait_effects(1);
    partner.post(orders("PO-12", 4715, "3")).id();
    partner.post(orders("PO-13", 4715, "3")).id();
    gateway.until("all three judged", || {
        let states = site.database().rows("SELECT state FROM interchange ORDER BY id");
        (states == ["accepted", "duplicate", "held"]).then_some(())
    });
    assert_eq!(erp.subjects(), ["PO-12"]);
}

#[test]
fn a_message_without_a_document_of_its_own_goes_out_in_the_shape_of_its_schema() {
    let erp = Recorder::erp();
    let site = site(&erp, "[receive.SLSRPT]\nto = [\"erp\"]\n");
    let gateway = site.start();
    let report = "UNB+UNOC:3+5412345000013:14+4012345000009:14+260105:0930+4716++SLSRPT++1'\
        UNH+1+SLSRPT:D:96A:UN'BGM+73E::9+SALES-1+9'DTM+137:20260105:102'NAD+SE+5412345000013::9'\
        LOC+162+4012345000016::9'DTM+90:20260104:102'LIN+1++4000862141404:EN'QTY+153:4'UNT+9+1'UNZ+1+4716'";
    Partner::new(&site, &gateway, "acme").post(report).id();
    let event: serde_json::Value = serde_json::from_slice(&erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(
        (&event["type"], &event["subject"]),
        (&"portway.edifact-slsrpt.received".into(), &"SALES-1".into())
    );
    assert_eq!(event["data"]["version"], "D:96A:UN");
    assert_eq!(event["data"]["content"]["loop"], "SLSRPT");
}

#[test]
fn a_guide_is_laid_over_edifact_too() {
    let erp = Recorder::erp();
    let site = site(&erp, "[guide.ORDERS]\nmandatory = [\"BGM03\"]\nlongest.BGM02 = 5\n");
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(orders("TOO-LONG", 4717, "3")).id();
    let item = partner.outbox_of(&gateway, 1).remove(0);
    let answer = said(&partner.fetch(&item.id));
    assert!(answer[1].starts_with("UCM+1+ORDERS:D:96A:UN:EAN008+4"), "{answer:?}");
    // BGM is segment 2, its second element at 3 with the tag counted; 39: too long.
    assert_eq!(&answer[2..], ["UCS+2", "UCD+39+3"]);
    assert_eq!(partner.confirm(&item.id), 204);
    partner.post(orders("SHORT", 4718, "3")).id();
    erp.wait_effects(1);
    assert_eq!(erp.subjects(), ["SHORT"]);
}
