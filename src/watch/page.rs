//! The figures by family: the ledger's, of all gateways on it; this process's own.
//!
//! Promises: names, units and words stand here and in [`crate::tally`], nowhere else. Lanes are those of the configuration and the
//! gateway's own; what the ledger still has of others is one lane, `other`, so that no partner that comes and goes makes a new series.

use super::exposition::{Kind, Page};
use super::process;
use crate::ledger::watch::{Facts, PoolUse};
use crate::profile::Configuration;
use crate::profile::certificates::{Held, Standing, Use};
use jiff::Timestamp;
use std::collections::BTreeMap;

const BREAKER: [&str; 4] = ["closed", "open", "half_open", "draining"];
const MOVES: [&str; 3] = ["partner", "us", "endpoint"];

/// Whether the ledger answers.
pub fn up(page: &mut Page, up: bool) {
    page.one(
        "portway_ledger_up",
        Kind::Gauge,
        "Whether the ledger's PostgreSQL answered this gateway; while it is 0, what comes from the ledger is missing",
        f64::from(up),
    );
}

/// The lane as a label.
fn known<'a>(configuration: &Configuration, lane: &'a str) -> &'a str {
    let known = match lane.split_once(':') {
        Some(("endpoint", name)) => configuration.endpoint(name).is_some(),
        Some(("partner", id)) => configuration.partner(id).is_some(),
        _ => true,
    };
    if known { lane } else { "other" }
}

/// What the ledger knows, over all gateways.
pub fn ledger(page: &mut Page, facts: &Facts, configuration: &Configuration) {
    lanes(page, facts, configuration);
    deliveries(page, facts, configuration);
    acknowledgements(page, facts);
    page.family(
        "portway_alerts_open",
        Kind::Gauge,
        "Open alerts, by whose move it is (partner, us, endpoint)",
    );
    for whose in MOVES {
        let open: f64 = facts.of("alert").filter(|f| f.name == whose).map(|f| f.value).sum();
        page.sample(&[("move", whose)], open);
    }
    let quarantined = facts.of("quarantined").map(|figure| figure.value).sum();
    let help = "Messages that are set aside for a person";
    page.one("portway_messages_quarantined", Kind::Gauge, help, quarantined);
    let help = "Gateways on this ledger that were seen in the last two minutes";
    page.one("portway_gateways", Kind::Gauge, help, facts.gateways as f64);
    page.one("portway_ledger_bytes", Kind::Gauge, "Size of the ledger's database", facts.bytes as f64);
}

fn lanes(page: &mut Page, facts: &Facts, configuration: &Configuration) {
    let mut jobs: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    let mut oldest: BTreeMap<&str, f64> = BTreeMap::new();
    for lane in &facts.lanes {
        let name = known(configuration, &lane.lane);
        let sums = jobs.entry(name).or_default();
        for (sum, more) in sums.iter_mut().zip([lane.waiting, lane.in_flight, lane.parked]) {
            *sum += more as f64;
        }
        let age = oldest.entry(name).or_default();
        *age = age.max(lane.oldest_seconds.unwrap_or_default());
    }
    let help = "Jobs in a lane: waiting, in_flight, parked (until a person decides)";
    page.family("portway_queue_jobs", Kind::Gauge, help);
    for (lane, counts) in &jobs {
        for (state, count) in ["waiting", "in_flight", "parked"].iter().zip(counts) {
            page.sample(&[("lane", lane), ("state", state)], *count);
        }
    }
    let help = "Seconds that the oldest job of a lane has been due and not begun; 0: none is due";
    page.family("portway_queue_oldest_seconds", Kind::Gauge, help);
    for (lane, age) in &oldest {
        page.sample(&[("lane", lane)], *age);
    }
    let ours: Vec<_> =
        facts.lanes.iter().filter(|lane| known(configuration, &lane.lane) != "other").collect();
    let help =
        "1 for the state that a lane's breaker is in; open: nothing gets through, one at a time is tried";
    page.family("portway_breaker_state", Kind::Gauge, help);
    for lane in ours.iter().filter(|lane| lane.lane.contains(':')) {
        for state in BREAKER {
            let value = f64::from(lane.breaker == state);
            page.sample(&[("lane", &lane.lane), ("state", state)], value);
        }
    }
    page.family("portway_lane_paused", Kind::Gauge, "1 while a lane is paused");
    for lane in ours {
        page.sample(&[("lane", &lane.lane)], f64::from(lane.paused));
    }
}

fn deliveries(page: &mut Page, facts: &Facts, configuration: &Configuration) {
    let mut states: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for lane in facts.lanes.iter().filter(|lane| lane.lane.contains(':')) {
        for state in ["dead", "held"] {
            states.entry((known(configuration, &lane.lane), state)).or_default();
        }
    }
    for figure in facts.of("delivery") {
        *states.entry((known(configuration, &figure.name), &figure.state)).or_default() += figure.value;
    }
    let mut ages: BTreeMap<&str, f64> = BTreeMap::new();
    for lane in facts.lanes.iter().filter(|lane| lane.lane.starts_with("endpoint:")) {
        ages.entry(known(configuration, &lane.lane)).or_default();
    }
    for figure in facts.of("waiting") {
        let age = ages.entry(known(configuration, &figure.name)).or_default();
        *age = age.max(figure.value);
    }
    let help =
        "Age of the oldest that a lane still has to hand over, whether due or put off; 0: there is none";
    page.family("portway_waiting_seconds", Kind::Gauge, help);
    for (lane, age) in ages {
        page.sample(&[("lane", lane)], age);
    }
    let help = "Deliveries that are not done, by lane and state; dead and held ones are not tried again by themselves";
    page.family("portway_deliveries_open", Kind::Gauge, help);
    for ((lane, state), value) in states {
        page.sample(&[("lane", lane), ("state", state)], value);
    }
}

fn acknowledgements(page: &mut Page, facts: &Facts) {
    // `theirs:997`
    let mut kinds: BTreeMap<(&str, &str), [f64; 2]> = BTreeMap::new();
    for (whose, kind) in [("theirs", "997"), ("theirs", "MDN"), ("ours", "997")] {
        kinds.entry((whose, kind)).or_default();
    }
    for figure in facts.of("acknowledgement") {
        let name = figure.name.split_once(':').unwrap_or_default();
        kinds.entry(name).or_default()[usize::from(figure.state == "overdue")] += figure.value;
    }
    let families = [
        (
            "portway_acknowledgements_owed",
            "Acknowledgements and answers that are owed and not overdue, by who owes them and kind",
        ),
        (
            "portway_acknowledgements_overdue",
            "Acknowledgements and answers that should have come or left by now",
        ),
    ];
    for (nth, (name, help)) in families.into_iter().enumerate() {
        page.family(name, Kind::Gauge, help);
        for ((whose, kind), values) in &kinds {
            page.sample(&[("whose", whose), ("kind", kind)], values[nth]);
        }
    }
}

/// Certificates in force that nothing is set to follow.
pub fn certificates(page: &mut Page, held: &[Held], now: Timestamp) {
    let help = "Days until a certificate in use expires, negative once it has; one whose successor begins in time is left out";
    page.family("portway_certificate_days_left", Kind::Gauge, help);
    let mut days: BTreeMap<[String; 3], f64> = BTreeMap::new();
    for one in held.iter().filter(|one| one.standing == Standing::InForce && !one.covered) {
        let [owner, used, short] = certificate_name(one);
        let left = (one.certificate.not_after() - now.as_second()) as f64 / 86_400.0;
        days.insert([owner, used, short], left);
    }
    for ([owner, used, sha256], left) in &days {
        page.sample(&[("certificate", owner), ("used", used), ("sha256", sha256)], *left);
    }
}

/// Whose it is, what for, and the first bytes of its fingerprint: two of one owner are two.
pub fn certificate_name(held: &Held) -> [String; 3] {
    let used = match held.used {
        Use::SignDecrypt | Use::VerifyEncrypt => "as2",
        Use::Client => "client",
        Use::Server => "server",
    };
    let short = held.certificate.sha256()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    [held.owner.to_string().replace(' ', ":"), used.to_owned(), short]
}

/// This process's connections to the ledger.
pub fn pool(page: &mut Page, pool: PoolUse) {
    let help = "Connections of this gateway to the ledger, by state (in_use, idle)";
    page.family("portway_database_connections", Kind::Gauge, help);
    page.sample(&[("state", "in_use")], f64::from(pool.in_use));
    page.sample(&[("state", "idle")], f64::from(pool.idle));
    let help = "Connections that this gateway opens at most";
    page.one("portway_database_connections_max", Kind::Gauge, help, f64::from(pool.most));
}

/// The process itself, under the names that all exporters use; what the system does not tell is left out.
pub fn own(page: &mut Page, ready: bool) {
    page.family("portway_build_info", Kind::Gauge, "1, with the version that runs");
    page.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    let help = "Whether this gateway takes work: doors open, ledger reachable and read-write, not draining";
    page.one("portway_ready", Kind::Gauge, help, f64::from(ready));
    let families = [
        ("process_resident_memory_bytes", Kind::Gauge, "Resident memory", process::resident_bytes()),
        ("process_cpu_seconds_total", Kind::Counter, "CPU time, user and system", process::cpu_seconds()),
        ("process_open_fds", Kind::Gauge, "Open file descriptors", process::open_fds()),
        ("process_max_fds", Kind::Gauge, "File descriptors that it may open", process::most_fds()),
    ];
    for (name, kind, help, value) in families {
        if let Some(value) = value {
            page.one(name, kind, help, value);
        }
    }
}
