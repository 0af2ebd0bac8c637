//! An endpoint that is down while documents pile up: it is probed, the others feel nothing, and what waited comes in order.

use crate::harness::x12::order;
use crate::harness::*;
use std::collections::{BTreeMap, HashMap};

/// Sets in one interchange.
const SETS: u32 = 50;

/// An interchange with these orders, from this partner.
pub(super) fn orders(sender: &str, control: u32, numbers: &[String]) -> String {
    let mut one = order("X", control);
    one.sender = sender.to_uppercase();
    let whole = one.text();
    let (head, rest) = whole.split_once("ST*850").unwrap();
    let tail = rest.split_once("GE*1").unwrap().1;
    let sets: String = numbers
        .iter()
        .zip(1..)
        .map(|(number, n)| {
            format!("ST*850*{n:04}~\nBEG*00*SA*{number}**20260105~\nPO1*1*4*EA*3.25*PE*BP*ROSE-01~\nCTT*1~\nSE*5*{n:04}~\n")
        })
        .collect();
    format!("{head}{sets}GE*{}{tail}", numbers.len())
}

/// How many wait at each partner: 500, or 5,000.
fn many() -> u32 {
    if std::env::var_os("PORTWAY_SOAK").is_some() { 5000 } else { 500 }
}

fn profile(id: &str, order: &str, to: &str) -> Profile {
    let more = format!("[receive.850]\nto = [\"{to}\"]\norder = \"{order}\"\nduplicate = \"accept\"");
    Profile { more, ..Profile::live(id) }
}

/// The numbers of a partner's orders in the order in which the ERP took them, each by its last request.
fn taken(erp: &Recorder, prefix: &str) -> Vec<(String, String)> {
    let all: Vec<(String, String)> = erp
        .received()
        .into_iter()
        .map(|r| (r.id, r.subject))
        .filter(|(_, s)| s.starts_with(prefix))
        .collect();
    let last: HashMap<&String, usize> = all.iter().enumerate().map(|(at, (id, _))| (id, at)).collect();
    all.iter().enumerate().filter(|(at, (id, _))| last[id] == *at).map(|(_, one)| one.clone()).collect()
}

/// Ids and numbers of a partner's orders, in order of receipt.
fn received(site: &Site, partner: &str) -> Vec<(String, String)> {
    let rows = site.database().rows(&format!(
        "SELECT s.id || ' ' || s.number FROM transaction_set s JOIN message m ON m.id = s.message_id
         WHERE s.partner = '{partner}' ORDER BY m.position, s.ordinal"
    ));
    rows.iter().map(|row| row.split_once(' ').unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

fn breaker(site: &Site) -> Vec<String> {
    site.database()
        .rows("SELECT (state <> 'closed') || ' ' || since FROM breaker WHERE lane = 'endpoint:erp'")
}

#[test]
fn what_waits_for_a_dead_endpoint_comes_in_order_and_others_feel_nothing() {
    let (erp, wms, mailbox) = (Recorder::erp(), Recorder::erp(), Mailbox::start());
    erp.otherwise(Answer::Status(503));
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    // Five tries would be used up in no time.
    site.replace(
        "first = \"100ms\", longest = \"400ms\", tries = 500",
        "first = \"200ms\", longest = \"2s\", tries = 5",
    );
    site.endpoint("wms", &wms, "");
    site.mail(&mailbox);
    site.partner(&profile("acme", "by-number", "erp"));
    site.partner(&profile("globex", "by-partner", "erp"));
    site.partner(&profile("initech", "by-number", "wms"));
    let mut first = site.start();
    let beside = site.beside();
    let second = beside.start();
    let partner = |gateway: &Gateway, id| Partner::new(&site, gateway, id);
    // Each of acme's numbers comes twice: an order and its change.
    for nth in 0..many() / SETS {
        let named = |of: u32, prefix: &str| -> Vec<String> {
            (0..SETS).map(|n| format!("{prefix}-{:05}", (nth * SETS + n) % of)).collect()
        };
        partner(&first, "acme").post(orders("acme", 1 + nth, &named(many() / 2, "A"))).id();
        partner(&first, "globex").post(orders("globex", 1 + nth, &named(many(), "G"))).id();
    }
    let whole = 2 * many() as usize;
    second.until("all of them routed", || {
        (site.database().count("delivery WHERE target = 'erp'") == whole).then_some(())
    });
    second.until("the lane open", || breaker(&site).first().filter(|b| b.starts_with("true")).map(|_| ()));
    mailbox.mail("endpoint erp does not take documents");

    // The warehouse gets its own.
    partner(&first, "initech")
        .post(orders("initech", 1, &(0..20).map(|n| format!("W-{n:02}")).collect::<Vec<_>>()))
        .id();
    wms.wait_effects(20);

    // A gateway that dies changes nothing.
    let since = breaker(&site);
    first.kill();
    first = site.start();
    first.until("a probe after the start", || {
        let probes = erp.received().len();
        erp.wait_received(probes + 1);
        Some(())
    });
    assert_eq!(breaker(&site), since, "open, and since the same time");
    assert_eq!(
        site.database().count("delivery WHERE target = 'erp' AND state IN ('dead', 'held', 'delivered')"),
        0
    );
    let seen = erp.received().len();
    assert!(seen < 150, "{seen} requests while it was down, of {whole} documents");
    let (exit, list, _) = site.run(&["endpoint", "list"]);
    assert_eq!(exit, 0);
    let line = list.lines().find(|line| line.contains("erp")).unwrap().to_owned();
    assert!(line.contains("open since"), "{line}");
    assert!(site.run(&["status"]).1.contains("next try"), "the status says it too");

    erp.otherwise(Answer::Take);
    for effects in (1..=whole).step_by(100) {
        erp.wait_effects(effects);
    }
    erp.wait_effects(whole);
    mailbox.mail("over: endpoint erp does not take documents");
    first.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    assert_eq!(site.database().count("breaker"), 0, "closed is no row");
    assert_eq!(erp.log().len(), whole, "nothing lost, nothing twice");
    assert_eq!(taken(&erp, "G-"), received(&site, "globex"), "by partner: as they came");
    let mut by_number: BTreeMap<String, [Vec<String>; 2]> = BTreeMap::new();
    for (nth, list) in [taken(&erp, "A-"), received(&site, "acme")].into_iter().enumerate() {
        list.into_iter().for_each(|(id, number)| by_number.entry(number).or_default()[nth].push(id));
    }
    assert!(
        by_number.values().all(|[taken, came]| taken == came && taken.len() == 2),
        "by number: as they came"
    );
    let subjects: Vec<String> = mailbox.mails().into_iter().map(|m| m.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    first.stop();
    second.stop();
}

#[test]
fn what_waited_goes_out_at_the_rate_that_is_set_by_all_gateways_together() {
    let erp = Recorder::erp();
    erp.otherwise(Answer::Status(503));
    let mut site = Site::new();
    site.endpoint("erp", &erp, "drain = \"20/s\"");
    site.partner(&profile("acme", "none", "erp"));
    let first = site.start();
    let beside = site.beside();
    let second = beside.start();
    let numbers: Vec<String> = (0..60).map(|n| format!("A-{n:02}")).collect();
    Partner::new(&site, &first, "acme").post(orders("acme", 1, &numbers)).id();
    first.until("all of them routed", || {
        (site.database().count("delivery WHERE target = 'erp'") == 60).then_some(())
    });
    first.until("the lane open", || breaker(&site).first().filter(|b| b.starts_with("true")).map(|_| ()));
    erp.otherwise(Answer::Take);
    erp.wait_effects(60);
    first.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    // In any second that begins with a delivery: twenty, and what one rounding allows.
    let most = site.database().rows(
        "WITH t AS (SELECT started_at AS at FROM attempt WHERE outcome = 'delivered')
         SELECT max(n)::text FROM (SELECT (SELECT count(*) FROM t b WHERE b.at >= a.at AND b.at < a.at + interval '1 second') AS n FROM t a) x",
    );
    let most: u32 = most[0].parse().unwrap();
    assert!(most <= 24, "{most} in a second");
    second.until("drained", || (site.database().count("breaker") == 0).then_some(()));
    first.stop();
    second.stop();
}

#[test]
fn one_document_that_the_endpoint_stumbles_over_does_not_stop_the_others() {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&profile("acme", "by-number", "erp"));
    let gateway = site.start();
    let partner = Partner::new(&site, &gateway, "acme");
    erp.script(&[Answer::Status(500); 5]);
    partner.post(order("BAD", 1).text()).id();
    erp.wait_received(5);
    assert_eq!(site.database().count("breaker WHERE state <> 'closed'"), 0);
    partner.post(order("GOOD", 2).text()).id();
    erp.wait_effects(2);
    gateway.until("no trouble left", || (site.database().count("breaker") == 0).then_some(()));
    gateway.stop();
}

#[test]
fn what_is_dead_goes_again_by_query_in_order_of_receipt() {
    let erp = Recorder::erp();
    erp.otherwise(Answer::Status(400));
    let mut site = Site::new();
    site.endpoint("erp", &erp, "");
    site.partner(&profile("acme", "none", "erp"));
    let gateway = site.start();
    let numbers: Vec<String> = (0..12).map(|n| format!("A-{n:02}")).collect();
    Partner::new(&site, &gateway, "acme").post(orders("acme", 1, &numbers)).id();
    let dead = "delivery WHERE target = 'erp' AND state = 'dead'";
    gateway.until("all of them dead", || (site.database().count(dead) == 12).then_some(()));
    erp.otherwise(Answer::Take);
    let ask = ["endpoint", "redeliver", "erp", "--state", "dead", "--reason", "mended there"];
    let (exit, preview, errors) = site.run(&[&ask[..], &["--dry-run"]].concat());
    assert_eq!(exit, 0, "{errors}");
    assert!(preview.starts_with("12 of acme, 850, the oldest of "), "{preview}");
    assert_eq!(site.database().count(dead), 12, "nothing was changed");
    let (exit, _, errors) = site.run(&[&ask[..], &["--rate", "50/s"]].concat());
    assert_eq!(exit, 0, "{errors}");
    assert!(errors.contains("12 deliveries queued again"), "{errors}");
    erp.wait_effects(12);
    gateway.until("all work done", || (site.database().count("job WHERE kind <> 'mail'") == 0).then_some(()));
    let begun = site.database().rows(
        "SELECT s.number FROM attempt a JOIN delivery d ON d.id = a.delivery_id JOIN transaction_set s ON s.id = d.set_id
         WHERE a.outcome = 'delivered' ORDER BY a.started_at, s.ordinal",
    );
    assert_eq!(begun, numbers);
    assert_eq!(site.run(&ask).0, 5, "nothing is dead any more");
    gateway.stop();
}
