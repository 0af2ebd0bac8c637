//! `kill -9` of the gateway at each named step and at any moment under load: no accepted order is lost, none is effective twice.
//!
//! Partners are what they are outside: each posts its order until it gets a 202, half of them with an `Idempotency-Key`, half
//! without. At each kill at least [`IN_FLIGHT`] orders are on their way. Afterwards three books must agree: what the partners were
//! promised, the ledger, and the ERP's own log on disk.

use crate::harness::x12::{Acknowledgement, order};
use crate::harness::*;
use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::watch;

/// Orders on their way at each kill, at least.
const IN_FLIGHT: usize = 20;
/// Orders of the tests with one kill.
const ORDERS: u32 = 40;

/// The partners' side: who was promised what.
struct Load {
    /// The partner as of the gateway's newest start; `None` between two.
    door: watch::Sender<Option<Partner>>,
    accepted: Arc<Watched<BTreeSet<String>>>,
    /// Control number of the next order.
    next: Arc<AtomicU32>,
}

impl Load {
    fn new() -> Load {
        Load { door: watch::channel(None).0, accepted: Arc::default(), next: Arc::new(AtomicU32::new(1)) }
    }

    fn open(&self, site: &Site, gateway: &Gateway) {
        self.door.send_replace(Some(Partner::new(site, gateway, "acme")));
    }

    fn accepted(&self) -> BTreeSet<String> {
        self.accepted.with(|a| a.clone())
    }

    /// `many` new orders, each posted until it is accepted.
    fn post(&self, many: u32) {
        for _ in 0..many {
            let control = self.next.fetch_add(1, Ordering::SeqCst);
            let (door, accepted) = (self.door.subscribe(), self.accepted.clone());
            beside(async move {
                insist(control, door).await;
                accepted.with(|a| a.insert(name(control)));
            });
        }
    }

    #[track_caller]
    fn wait_accepted(&self, many: usize) {
        self.accepted.until(&format!("{many} accepted orders"), |a| (a.len() >= many).then_some(()));
    }
}

fn name(control: u32) -> String {
    format!("PO-{control:05}")
}

/// One partner's patience: the same order again, at the next door, until it is accepted.
async fn insist(control: u32, mut door: watch::Receiver<Option<Partner>>) {
    let text = order(&name(control), control).text();
    let key = format!("order-{control}");
    let headers: &[(&str, &str)] = if control.is_multiple_of(2) { &[("Idempotency-Key", &key)] } else { &[] };
    loop {
        let partner = door.wait_for(Option::is_some).await.unwrap().clone().unwrap();
        match partner.try_post(text.clone().into_bytes(), headers).await {
            Ok(reply) if reply.status == 202 => return,
            Ok(reply) => assert_eq!(reply.status, 503, "{reply:?}"),
            // No answer: perhaps it was accepted, perhaps not. The next gateway will know.
            Err(_) => door.changed().await.unwrap(),
        }
    }
}

struct Scene {
    erp: Recorder,
    site: Site,
    load: Load,
}

/// `at_once`: requests that the ERP takes at once.
fn scene(profile: &Profile, at_once: usize) -> Scene {
    let erp = Recorder::erp();
    let mut site = Site::new();
    site.endpoint("erp", &erp, &format!("concurrency = {at_once}"));
    site.partner(profile);
    Scene { erp, site, load: Load::new() }
}

impl Scene {
    /// Starts a gateway that kills itself when `point` is reached for the nth time.
    fn start_to_be_killed(&self, point: &str, nth: u32) -> Gateway {
        self.site.start_with(&[("PORTWAY_FAULT", &format!("{point}:kill:{nth}"))])
    }

    /// Waits for the kill, and starts the gateway again as it would be.
    #[track_caller]
    fn killed_and_back(&self, mut gateway: Gateway) -> Gateway {
        let status = gateway.ended();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "{status}");
        self.load.door.send_replace(None);
        assert!(self.in_flight() >= IN_FLIGHT, "only {} orders were in flight", self.in_flight());
        let gateway = self.site.start();
        self.load.open(&self.site, &gateway);
        gateway
    }

    /// Orders that came in and are not done: what a kill now may harm.
    fn in_flight(&self) -> usize {
        self.site.database().count("message WHERE direction = 'in' AND state <> 'done'")
            + self.site.database().count("transaction_set WHERE state = 'routed'")
    }

    /// All work done, and the books agree: `orders` promised, in the ledger, and in effect once each.
    #[track_caller]
    fn books_agree(&self, gateway: &Gateway, orders: &BTreeSet<String>) {
        let database = self.site.database();
        // Thousands may still wait: each further hundred has the whole deadline, so that a slow machine is no failure and a
        // standstill is one.
        let waiting = (self.erp.effects().len()..orders.len()).step_by(100).chain([orders.len()]);
        waiting.for_each(|many| drop(self.erp.wait_effects(many)));
        let open = "job WHERE kind <> 'mail'";
        gateway.until("all work done", || (database.count(open) == 0).then_some(()));
        let log = self.erp.log();
        let in_effect: BTreeSet<String> = log.values().cloned().collect();
        assert_eq!(&in_effect, orders, "the ERP's log has just the orders that were promised");
        assert_eq!(log.len(), orders.len(), "none twice under another id");
        let delivered =
            "SELECT s.id || ' ' || s.number FROM transaction_set s JOIN delivery d ON d.set_id = s.id
             WHERE s.state = 'done' AND d.state = 'delivered' ORDER BY s.number";
        let mut ledger: Vec<String> = log.iter().map(|(id, number)| format!("{id} {number}")).collect();
        ledger.sort_by(|a, b| a.split(' ').nth(1).cmp(&b.split(' ').nth(1)));
        assert_eq!(database.rows(delivered), ledger, "the ledger and the ERP's log");
        assert_eq!(database.count("transaction_set WHERE state NOT IN ('done', 'rejected')"), 0);
        let unfinished = "message WHERE direction = 'in' AND state NOT IN ('done', 'quarantined')";
        assert_eq!(database.count(unfinished), 0);
        assert_eq!(database.orphans(), Vec::<String>::new());
    }
}

/// One kill at `point`, the `nth` time, while [`ORDERS`] orders come in and the ERP takes its time.
fn killed_at(point: &str, nth: u32, profile: &Profile) -> (Scene, Gateway) {
    let scene = scene(profile, 64);
    // What it has got stays without an answer, so that everything accepted is in flight at the kill.
    scene.erp.otherwise(Answer::Hold);
    let gateway = scene.start_to_be_killed(point, nth);
    scene.load.open(&scene.site, &gateway);
    scene.load.post(ORDERS);
    if point.ends_with(".answered") {
        scene.erp.wait_received(IN_FLIGHT);
        scene.erp.release();
    }
    let gateway = scene.killed_and_back(gateway);
    if !point.ends_with(".answered") {
        scene.erp.release();
    }
    scene.load.wait_accepted(ORDERS as usize);
    (scene, gateway)
}

fn survives(point: &str, nth: u32) {
    let (scene, gateway) = killed_at(point, nth, &Profile::live("acme"));
    scene.books_agree(&gateway, &scene.load.accepted());
    gateway.stop();
}

#[test]
fn killed_after_the_commit_before_the_answer() {
    survives("accept.committed", 21);
}

#[test]
fn killed_while_a_message_is_leased() {
    survives("process.leased", 21);
}

#[test]
fn killed_after_a_delivery_was_claimed_before_its_first_byte() {
    survives("deliver.claimed", 21);
}

#[test]
fn killed_after_the_erp_answered_before_the_ledger_knew() {
    survives("deliver.answered", 1);
}

/// Our answers go to a server of the partner's own.
fn answers_survive(point: &str) {
    let theirs = Recorder::partner();
    let profile = Profile { https: format!("url = \"{}\"", theirs.url()), ..Profile::live("acme") };
    let (scene, gateway) = killed_at_send(point, &profile);
    scene.books_agree(&gateway, &scene.load.accepted());
    theirs.log();
    let answers = theirs.effects();
    // A repeated interchange gets its first answer again: the same id, the same bytes, checked by the log.
    let mut answered: Vec<String> =
        answers.values().map(|a| Acknowledgement::read(&a.body)).map(|a| a.groups[0].0.clone()).collect();
    answered.sort_by_key(|n| n.parse::<u32>().unwrap());
    let expected: Vec<String> = (1..=ORDERS).map(|n| n.to_string()).collect();
    assert_eq!(answered, expected, "each order is answered once");
    let numbers: BTreeSet<String> =
        answers.values().map(|a| Acknowledgement::read(&a.body).control).collect();
    assert_eq!(numbers.len(), ORDERS as usize, "under a number of its own");
    gateway.stop();
}

fn killed_at_send(point: &str, profile: &Profile) -> (Scene, Gateway) {
    let scene = scene(profile, 64);
    scene.erp.otherwise(Answer::Hold);
    let gateway = scene.start_to_be_killed(point, 21);
    scene.load.open(&scene.site, &gateway);
    scene.load.post(ORDERS);
    let gateway = scene.killed_and_back(gateway);
    scene.erp.release();
    scene.load.wait_accepted(ORDERS as usize);
    (scene, gateway)
}

#[test]
fn killed_after_an_answer_was_claimed_before_it_was_sent() {
    answers_survive("send.claimed");
}

#[test]
fn killed_after_an_answer_was_sent_before_the_ledger_knew() {
    answers_survive("send.answered");
}

#[test]
fn killed_after_a_file_was_committed_before_it_was_moved_away() {
    let mut profile = Profile::live("acme");
    profile.more += "\n[directory]\nin = \"../in\"\ntaken = \"../taken\"\nsettle = \"0s\"\n";
    let scene = scene(&profile, 64);
    let (inbound, taken) = (scene.site.path("in"), scene.site.path("taken"));
    fs::create_dir(&inbound).unwrap();
    fs::create_dir(&taken).unwrap();
    for control in 1..=ORDERS {
        fs::write(inbound.join(format!("po-{control}.edi")), order(&name(control), control).text()).unwrap();
    }
    scene.erp.otherwise(Answer::Hold);
    let gateway = scene.start_to_be_killed("directory.committed", 21);
    let gateway = scene.killed_and_back(gateway);
    scene.erp.release();
    scene.books_agree(&gateway, &(1..=ORDERS).map(name).collect());
    gateway.until("all files moved", || (fs::read_dir(&inbound).unwrap().count() == 0).then_some(()));
    assert_eq!(fs::read_dir(&taken).unwrap().count(), ORDERS as usize);
    assert_eq!(
        scene.site.database().count("message WHERE direction = 'in'"),
        ORDERS as usize,
        "each file once"
    );
    gateway.stop();
}

#[test]
fn a_message_that_kills_its_worker_each_time_is_set_aside() {
    let scene = scene(&Profile::live("acme"), 64);
    let fault = [("PORTWAY_FAULT", "process.begun:kill:1")];
    let mut gateway = scene.site.start_with(&fault);
    let partner = Partner::new(&scene.site, &gateway, "acme");
    drop(block(partner.try_post(order("DEADLY", 1).text().into_bytes(), &[])));
    // Three times among others, as far as anybody knows, and three times alone.
    for _ in 0..6 {
        assert!(!gateway.ended().success());
        gateway = scene.site.spawn_with(&fault);
    }
    let reason = "SELECT reason FROM message WHERE state = 'quarantined'";
    gateway.until("the quarantine", || (scene.site.database().rows(reason) == ["poison"]).then_some(()));
    gateway.kill();
    let gateway = scene.site.start();
    Partner::new(&scene.site, &gateway, "acme").post(order("HARMLESS", 2).text()).id();
    scene.erp.wait_effects(1);
    assert_eq!(scene.erp.subjects(), ["HARMLESS"]);
}

#[test]
fn killed_again_and_again_at_any_moment_under_load() {
    let kills = if std::env::var_os("PORTWAY_SOAK").is_some() { 500 } else { 50 };
    let scene = scene(&Profile::live("acme"), 24);
    let mut gateway = scene.site.start();
    scene.load.open(&scene.site, &gateway);
    for kill in 0..kills {
        // Broken input comes along, and must never get through.
        let partner = Partner::new(&scene.site, &gateway, "acme");
        let broken = order("BROKEN", 500_000 + kill).text();
        let cut = &broken.as_bytes()[..broken.len() - 30 - (kill as usize % 7) * 20];
        let rejected = broken.replace("EA*3.25", "EA*x").replace("000500", "000600");
        for body in [cut.to_vec(), rejected.into_bytes()] {
            let partner = partner.clone();
            beside(async move { partner.try_post(body, &[]).await.is_ok() });
        }
        scene.erp.otherwise(Answer::Hold);
        scene.load.post(80);
        scene.erp.wait_received(scene.erp.received().len() + 1);
        gateway.until("enough orders in flight", || (scene.in_flight() >= 3 * IN_FLIGHT).then_some(()));
        // From here on everything moves, and a number drawn by lot decides after how many requests the blow falls.
        let already = scene.erp.received().len();
        let lot = rand::random_range(0..16);
        scene.erp.release();
        if lot > 0 {
            scene.erp.wait_received(already + lot);
        }
        println!("kill {kill}: after {lot} requests");
        gateway.kill();
        assert!(scene.in_flight() >= IN_FLIGHT, "only {} orders were in flight", scene.in_flight());
        scene.load.door.send_replace(None);
        gateway = scene.site.start();
        scene.load.open(&scene.site, &gateway);
    }
    let posted = scene.load.next.load(Ordering::SeqCst) - 1;
    scene.load.wait_accepted(posted as usize);
    scene.books_agree(&gateway, &(1..=posted).map(name).collect());
    gateway.stop();
}
