//! Several gateways on one ledger: they share the work, and one that slept past its lease is refused.

use crate::harness::x12::{Order, order};
use crate::harness::*;
use rustix::process::Signal;

#[test]
fn a_worker_that_slept_past_its_lease_is_refused() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    // The first request is held; the repetition by the other gateway is taken.
    erp.script(&[Answer::Hold]);
    let first = site.start();
    Partner::new(&site, &first, "acme").post(order("4500123", 1).text()).id();
    erp.wait_received(1);
    first.signal(Signal::STOP);

    let beside = site.beside();
    let second = beside.start();
    let delivered = || site.database().count("delivery WHERE target = 'erp' AND state = 'delivered'") == 1;
    second.until("the delivery by the second gateway", || delivered().then_some(()));
    assert_eq!(erp.received().len(), 2);

    erp.release();
    first.signal(Signal::CONT);
    first.line("another worker has this delivery since");
    let refused = "history WHERE event = 'stale completion refused'";
    first.until("the refusal in the history", || (site.database().count(refused) == 1).then_some(()));
    assert!(delivered(), "what the second wrote stands");
    assert_eq!(site.database().rows("SELECT state FROM transaction_set"), ["done"]);
    assert_eq!(site.database().count("history WHERE event = 'delivered'"), 1);
    assert_eq!(erp.log().len(), 1, "once in effect");

    // Awake again, it works on as before.
    let partner = Partner::new(&site, &first, "acme");
    partner.post(order("4500124", 2).text()).id();
    erp.wait_effects(2);
    first.stop();
    second.stop();
}

#[test]
fn two_gateways_share_the_work_and_no_answer_has_the_number_of_another() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    let first = site.start();
    let beside = site.beside();
    let second = beside.start();
    let partners = [Partner::new(&site, &first, "acme"), Partner::new(&beside, &second, "acme")];
    let posts: Vec<_> = (1..=40u32)
        .map(|nth| {
            let partner = partners[nth as usize % 2].clone();
            beside_post(partner, order(&format!("PO-{nth:02}"), nth).text())
        })
        .collect();
    for post in posts {
        assert_eq!(block(post).unwrap(), 202);
    }
    erp.wait_effects(40);
    first.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    assert_eq!(erp.log().len(), 40);
    let items = partners[0].outbox_of(&first, 40);
    let mut numbers: Vec<String> =
        items.iter().map(|i| x12::Acknowledgement::read(&partners[1].fetch(&i.id)).control).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 40, "no number twice: {numbers:?}");
    first.stop();
    second.stop();
}

fn beside_post(partner: Partner, text: String) -> tokio::task::JoinHandle<u16> {
    beside(async move { partner.try_post(text.into_bytes(), &[]).await.unwrap().status })
}

#[test]
fn a_gateway_without_processors_takes_and_another_works() {
    let erp = Recorder::erp();
    let mut front = Site::new();
    front.add("processors = 0");
    front.endpoint("erp", &erp, "");
    front.partner(&Profile::live("acme"));
    let door = front.start();
    Partner::new(&front, &door, "acme").post(order("4500123", 17).text()).id();
    assert_eq!(front.database().rows("SELECT state FROM message"), ["verified"], "taken, and left to others");
    let mut back = front.beside();
    back.replace("processors = 0", "processors = 2");
    let worker = back.start();
    erp.wait_effects(1);
    worker.until("the order done", || {
        (front.database().rows("SELECT state FROM transaction_set") == ["done"]).then_some(())
    });
    assert_eq!(erp.effects().len(), 1);
    worker.stop();
    door.stop();
}

#[test]
fn what_does_not_end_in_time_goes_to_another_gateway_at_once() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "concurrency = 1");
    site.partner(&Profile::live("acme"));
    site.write();
    // Nobody could wait for such a lease to pass.
    let patient = |site: &Site| {
        let text = std::fs::read_to_string(site.path("conf/gateway.toml")).unwrap();
        let text = text.replace("lease = \"2s\"\ndrain = \"5s\"", "lease = \"600s\"\ndrain = \"1s\"");
        std::fs::write(site.path("conf/gateway.toml"), text).unwrap();
        Gateway::start(site, &[])
    };
    erp.script(&[Answer::Hold]);
    let mut first = patient(&site);
    let partner = Partner::new(&site, &first, "acme");
    partner.post(order("HANGS", 1).text()).id();
    erp.wait_received(1);
    partner.post(order("WAITS", 2).text()).id();
    let beside = site.beside();
    beside.write();
    let second = patient(&beside);
    first.signal(Signal::TERM);
    assert!(first.ended().success());
    first.line("some work did not end in time; it is given back");
    erp.wait_effects(2);
    let done = "SELECT state FROM transaction_set ORDER BY number";
    second.until("both done", || (site.database().rows(done) == ["done", "done"]).then_some(()));
    // Its bytes had left: it came once more, under the same id.
    assert_eq!(erp.received().iter().filter(|r| r.subject == "HANGS").count(), 2);
    assert_eq!(erp.log().len(), 2, "once in effect");
    assert_eq!(site.database().count("lease"), 0);
    erp.release();
    second.stop();
}

#[test]
fn a_gateway_that_is_stopped_under_load_loses_nothing_and_another_goes_on() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "concurrency = 2");
    site.partner(&Profile::live("acme"));
    let first = site.start();
    let other = site.beside();
    let second = other.start();
    let partners = [Partner::new(&site, &first, "acme"), Partner::new(&other, &second, "acme")];
    // To the one that stops, and where it does not answer any more, again to the other: as partners do.
    let posts: Vec<_> = (1..=120u32)
        .map(|nth| {
            let (partners, text) = (partners.clone(), order(&format!("PO-{nth:03}"), nth).text());
            beside(async move {
                let mut told = partners[0].try_post(text.clone().into_bytes(), &[]).await.map(|r| r.status);
                while !matches!(told, Ok(202)) {
                    told = partners[1].try_post(text.clone().into_bytes(), &[]).await.map(|r| r.status);
                }
            })
        })
        .collect();
    erp.wait_effects(10);
    first.stop();
    for post in posts {
        block(post).unwrap();
    }
    erp.wait_effects(120);
    second.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    assert_eq!(erp.log().len(), 120, "nothing lost");
    let ids: std::collections::BTreeSet<String> = erp.received().into_iter().map(|r| r.id).collect();
    assert_eq!(ids.len(), 120, "nothing under a second id");
    assert_eq!(site.database().count("transaction_set WHERE state = 'done'"), 120);
    assert_eq!(site.database().orphans(), Vec::<String>::new());
    second.stop();
}

#[test]
fn what_has_not_begun_is_given_back_as_soon_as_a_gateway_stops() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&Profile::live("acme"));
    site.partner(&Profile::live("globex"));
    site.write();
    let file = site.path("conf/gateway.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let patient = "lease = \"600s\"\ndrain = \"600s\"\nprocessors = 1";
    std::fs::write(&file, text.replace("lease = \"2s\"\ndrain = \"5s\"", patient)).unwrap();
    let mut first = Gateway::start(&site, &[]);
    let acme = Partner::new(&site, &first, "acme");
    acme.post(order("4500001", 1).text()).id();
    erp.wait_effects(1);
    // The same interchange again must look at this row: the one processor waits, and what comes then has not begun.
    let held = site.database().hold_open(&["SELECT 1 FROM interchange_seen FOR UPDATE".to_owned()]);
    acme.post(order("4500001", 1).text()).id();
    let waits = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    first.until("a processor that waits", || (site.database().count(waits) == 1).then_some(()));
    let globex = Partner::new(&site, &first, "globex");
    for nth in 2..=6 {
        globex.post(Order { sender: "GLOBEX".into(), ..order(&format!("450000{nth}"), nth) }.text()).id();
    }
    let beside = site.beside();
    beside.write();
    let second = Gateway::start(&beside, &[]);
    assert_eq!(erp.effects().len(), 1);
    first.signal(Signal::TERM);
    first.line("given back unbegun");
    erp.wait_effects(6);
    assert!(first.lines().iter().all(|line| !line.contains("stopped")), "it drains still");
    held.commit();
    assert!(first.ended().success());
    let all = || site.database().count("message WHERE direction = 'in' AND state = 'done'") == 7;
    second.until("all done", || all().then_some(()));
    assert_eq!(erp.log().len(), 6);
    assert_eq!(site.database().count("lease"), 0);
    second.stop();
}
