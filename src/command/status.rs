//! `portway status`: the house in one look.

use super::connect;
use super::listing::table;
use super::{PROBLEMS, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::status::{LaneLine, Status};
use std::path::Path;
use std::process::ExitCode;

/// Exit 1 if an alert is open.
pub async fn run(dir: &Path, json: bool) -> ExitCode {
    let (configuration, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let mut status = match ledger.status(SystemClock.now()).await {
        Ok(status) => status,
        Err(error) => return fail(&error),
    };
    let polled = |id: &str| match id.strip_prefix("source:") {
        Some(name) => configuration.endpoint(name).is_some_and(|endpoint| endpoint.source().is_some()),
        None => configuration.partner(id).is_some_and(|profile| profile.polled().is_some()),
    };
    status.polls.retain(|poll| polled(&poll.partner));
    if json {
        anstream::println!("{}", serde_json::to_value(&status).unwrap_or_default());
    } else {
        print(&status);
    }
    if status.alerts.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) }
}

/// What the lane's breaker is, where it is not closed: nothing more gets through, and since when.
pub(super) fn trouble(lane: &LaneLine) -> String {
    let asked = lane.silent_until.as_deref();
    let word = match lane.breaker.as_str() {
        "closed" => {
            return asked.map(|until| format!(" (asked us to wait until {until})")).unwrap_or_default();
        }
        "half_open" => "half-open",
        other => other,
    };
    let since = lane.since.as_deref().unwrap_or_default();
    match &lane.next_probe {
        Some(next) => format!(" ({word} since {since}, next try {next})"),
        None => format!(" ({word} since {since})"),
    }
}

fn print(status: &Status) {
    if status.nodes.is_empty() {
        anstream::println!(
            "No gateway has been seen in the last two minutes: start it with 'portway serve'.\n"
        );
    }
    for node in &status.nodes {
        anstream::println!(
            "gateway {} (pid {}, version {}), up since {}",
            node.home,
            node.pid,
            node.version,
            node.started_at
        );
    }
    anstream::println!("ledger  {:.1} MB\n", status.database_bytes as f64 / 1e6);
    let mut counts = table(["", "STATE", "COUNT"]);
    for line in &status.counts {
        counts.add_row([line.what.clone(), line.state.clone(), line.count.to_string()]);
    }
    anstream::println!("The last day, and what is still open\n{counts}\n");
    let mut lanes = table(["LANE", "WAITING", "IN FLIGHT", "PARKED", "CAP", "OLDEST"]);
    for lane in status
        .lanes
        .iter()
        .filter(|l| l.waiting + l.in_flight + l.parked > 0 || l.lane.starts_with("endpoint:"))
    {
        let oldest = lane.oldest_seconds.map(|s| format!("{s:.0} s")).unwrap_or_default();
        let paused = if lane.paused { " (paused)" } else { "" };
        lanes.add_row([
            format!("{}{paused}{}", lane.lane, trouble(lane)),
            lane.waiting.to_string(),
            lane.in_flight.to_string(),
            lane.parked.to_string(),
            lane.cap.to_string(),
            oldest,
        ]);
    }
    anstream::println!("{lanes}\n");
    if !status.polls.is_empty() {
        let mut polls = table(["POLLED", "LAST", "NEXT", "FAILURES", "WHAT CAME OF IT"]);
        for poll in &status.polls {
            let last = poll.last_at.clone().unwrap_or_default();
            let failures = poll.failures.to_string();
            polls.add_row([poll.partner.clone(), last, poll.next_at.clone(), failures, poll.detail.clone()]);
        }
        anstream::println!("{polls}\n");
    }
    if status.alerts.is_empty() {
        anstream::println!("No open alerts.");
        return;
    }
    let mut alerts = table(["OPEN ALERT", "WHO MUST ACT", "TIMES", "SINCE"]);
    for alert in &status.alerts {
        alerts.add_row([
            alert.title.clone(),
            alert.whose.clone(),
            alert.count.to_string(),
            alert.first_at.clone(),
        ]);
    }
    anstream::println!("{alerts}");
}
