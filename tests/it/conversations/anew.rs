//! EDIFACT sent anew: the same message under another interchange reference, and whose CONTRL is whose.

use super::texts::{ACME, Standard, accepting, document};
use super::*;

/// Without the envelope and its numbers.
fn message(text: &str) -> Vec<&str> {
    text.split('\'').filter(|segment| !["UNB", "UNZ"].iter().any(|tag| segment.starts_with(tag))).collect()
}

#[test]
fn an_edifact_message_is_reissued_under_a_new_reference_that_the_contrl_follows() {
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    let erp = Recorder::erp();
    site.endpoint("erp", &erp, "");
    let more =
        format!("[edifact]\nid = \"14:{}\"\n{EDIFACT}[send.ORDERS]\nversion = \"D:96A:UN\"\n", ACME.edifact);
    site.partner(&Profile { more, ..Profile::live("acme") });
    let gateway = site.start();
    let (ours, partner) = (Ours::new(&gateway, "erp"), Partner::new(&site, &gateway, "acme"));
    let fetch = || {
        let item = partner.outbox_of(&gateway, 1).remove(0);
        let text = String::from_utf8(partner.fetch(&item.id)).unwrap();
        assert_eq!(partner.confirm(&item.id), 204);
        text
    };
    let order = document(&site, Standard::Edifact, "order");
    let taken = ours.hand_over("/v1/purchase-orders?partner=acme", "po", &order);
    assert_eq!(taken.status, 201, "{}", taken.json());
    let id = taken.json()["id"].as_str().unwrap().to_owned();
    let first = fetch();
    let reissue = ["doc", "reissue", id.as_str(), "--reason", "they reject repetitions"];
    let (exit, diff, errors) = site.run(&[&reissue[..], &["--dry-run"]].concat());
    assert_eq!(exit, 0, "{errors}");
    assert!(diff.contains("\n-UNB") && diff.contains("\n+UNB") && diff.contains("UNH+1+ORDERS"), "{diff}");
    assert!(partner.outbox().is_empty(), "a dry run sends nothing");
    assert_eq!(site.run(&reissue).0, 0);
    let again = fetch();
    let reference =
        |text: &str| text.rsplit('+').next().unwrap().trim_end_matches(['\'', '\n', '\r']).to_owned();
    assert_eq!((reference(&first).as_str(), reference(&again).as_str()), ("1", "2"), "{again}");
    assert_eq!(message(&first), message(&again));
    let states = || expected(&site);
    assert_eq!(states(), ["CONTRL waived", "CONTRL expected"]);
    let sides = |wanted: &[&str]| {
        let sql = "SELECT coalesce(side, 'in time') FROM answer WHERE set_id IS NOT NULL ORDER BY at, id";
        gateway.until(&format!("{wanted:?}"), || (site.database().rows(sql) == wanted).then_some(()));
    };
    partner.post(accepting(ACME, 1, &first)).id();
    sides(&["late"]);
    assert_eq!(states(), ["CONTRL waived", "CONTRL expected"], "the newer one is waited for");
    partner.post(accepting(ACME, 2, &again)).id();
    sides(&["late", "in time"]);
    assert_eq!(states(), ["CONTRL waived", "CONTRL accepted"]);
    partner.post(accepting(ACME, 3, &first)).id();
    sides(&["late", "in time", "duplicate"]);
    assert_eq!(site.database().count("answer WHERE side = 'orphan'"), 0);
    assert_eq!(site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}
