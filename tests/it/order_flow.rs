//! The way through the house when nothing is wrong: in by HTTPS or as a file, out to the ERP, and the 997 back.

use crate::harness::x12::order;
use crate::harness::*;

#[test]
fn an_order_over_https_reaches_the_erp_and_is_acknowledged_in_the_outbox() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");

    let reply = partner.post(order("4500123", 17).text());
    let message = reply.id();

    let event: serde_json::Value = serde_json::from_slice(&erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["type"], "portway.purchase-order.received");
    assert_eq!(event["subject"], "4500123");
    assert_eq!(event["partner"], "acme");
    assert_eq!(event["usage"], "live");
    assert_eq!(event["messageid"], message);
    assert_eq!(event["data"]["lines"].as_array().unwrap().len(), 2, "{event:#}");

    let item = partner.outbox_of(&gateway, 1).remove(0);
    assert!(item.name.starts_with("997_acme_") && item.name.ends_with(".edi"), "{item:?}");
    assert_eq!(partner.confirm(&item.id), 409, "it was not read yet");
    let first = partner.fetch(&item.id);
    assert_eq!(partner.outbox().len(), 1, "read, but not confirmed");
    assert_eq!(partner.fetch(&item.id), first);
    assert_eq!(partner.confirm(&item.id), 204);
    assert!(partner.outbox().is_empty());
    let answer = x12::Acknowledgement::read(&first);
    assert_eq!(answer.only(), ("A", "A"));
    assert_eq!((answer.receiver.as_str(), answer.usage.as_str()), ("ACME", "P"));
    assert_eq!(answer.groups[0].0, "17");

    gateway.until("the delivery in the ledger", || {
        (site.database().count("delivery WHERE state = 'delivered'") == 2).then_some(())
    });
    assert_eq!(site.database().rows("SELECT state FROM transaction_set"), ["done"]);
    assert_eq!(site.database().rows("SELECT state FROM message ORDER BY direction"), ["done", "sent"]);
    assert_eq!(site.database().count("job"), 0, "nothing is left to do");
    assert_eq!(erp.log().len(), 1);
    assert_eq!(site.database().orphans(), Vec::<String>::new());
    gateway.stop();
}

#[test]
fn the_answer_is_posted_to_the_partners_own_server_until_it_takes_it() {
    let (erp, theirs) = (Recorder::erp(), Recorder::partner());
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    let url = format!("url = \"{}\"\n", theirs.url());
    site.partner(&Profile { https: url, ..Profile::live("acme") });
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    partner.post(order("4500123", 17).text()).id();
    let answer = theirs.wait_effects(1).remove(0);
    assert_eq!(x12::Acknowledgement::read(&answer.body).only(), ("A", "A"));
    gateway.until("the answer noted as sent", || {
        (site.database().rows("SELECT state FROM message WHERE direction = 'out'") == ["sent"]).then_some(())
    });
    assert_eq!(site.database().rows("SELECT state FROM acknowledgement"), ["sent"]);
    assert!(partner.outbox().is_empty());
    gateway.stop();
}

#[test]
fn an_order_for_a_folder_of_ours_becomes_one_file() {
    let mut site = Site::new();
    let folder = site.path("orders");
    std::fs::create_dir(&folder).unwrap();
    site.add(&format!("[endpoint.erp]\nkind = \"directory\"\npath = \"{}\"", folder.display()));
    site.partner(&Profile::live("acme"));
    let gateway = site.start();
    Partner::new(&site, &gateway, "acme").post(order("4500123", 17).text()).id();
    gateway.until("the order done", || {
        (site.database().rows("SELECT state FROM transaction_set") == ["done"]).then_some(())
    });
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let event: serde_json::Value = serde_json::from_slice(&std::fs::read(&files[0]).unwrap()).unwrap();
    assert_eq!(event["subject"], "4500123");
    assert_eq!(files[0].file_stem().unwrap().to_str(), event["id"].as_str());
}
