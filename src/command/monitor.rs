//! `portway check`: one look for a monitoring system, on its terms.
//!
//! Promises: one line with perfdata and exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, as the Monitoring Plugins' guidelines have it (not
//! the exit codes of the other verbs); or the same facts for Prometheus' textfile collector, exit 0. It asks the ledger directly, so it
//! also tells that no gateway runs. Fails by saying so in that line, within [`PATIENCE`].

use super::arguments::{CheckArguments, CheckFormat};
use super::connect;
use crate::clock::{Clock, SystemClock};
use crate::ledger::Error;
use crate::ledger::watch::Facts;
use crate::profile::Configuration;
use crate::profile::certificates::{Held, Standing};
use crate::watch::exposition::Page;
use crate::watch::page;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Monitoring gives a plugin ten seconds as a rule.
const PATIENCE: Duration = Duration::from_secs(8);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Ok,
    Warning,
    Critical,
    Unknown,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Ok => "OK",
            State::Warning => "WARNING",
            State::Critical => "CRITICAL",
            State::Unknown => "UNKNOWN",
        }
    }
}

/// What was found, piece by piece.
#[derive(Default)]
struct Report {
    found: Vec<(State, String)>,
    perfdata: Vec<String>,
}

pub async fn run(dir: &Path, asked: &CheckArguments) -> ExitCode {
    let configuration = match Configuration::load(dir) {
        Ok(configuration) => configuration,
        Err(problems) => {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            return unanswered(asked, State::Unknown, &format!("the configuration cannot be read: {first}"));
        }
    };
    let now = SystemClock.now();
    let facts = match tokio::time::timeout(PATIENCE, facts(&configuration, now)).await {
        Ok(facts) => facts,
        Err(_) => Err(Error::Unavailable(format!("no answer within {} s", PATIENCE.as_secs()))),
    };
    let self_signed = connect::state_directory(&configuration).join("certs/self-signed.pem");
    let held = configuration.certificates(&self_signed, now);
    match (facts, asked.format) {
        (facts, CheckFormat::Prometheus) => {
            let mut page = Page::default();
            page::up(&mut page, facts.is_ok());
            if let Ok(facts) = &facts {
                page::ledger(&mut page, facts, &configuration);
            }
            page::certificates(&mut page, &held, now);
            anstream::print!("{}", page.into_text());
            ExitCode::SUCCESS
        }
        (Err(error), CheckFormat::Nagios) => {
            let state = if error.is_unavailable() { State::Critical } else { State::Unknown };
            unanswered(asked, state, &error.to_string())
        }
        (Ok(facts), CheckFormat::Nagios) => judge(asked, &facts, &held, now).say(),
    }
}

async fn facts(configuration: &Configuration, now: Timestamp) -> Result<Facts, Error> {
    connect::reach(configuration, 1).await?.facts(now).await
}

fn unanswered(asked: &CheckArguments, state: State, why: &str) -> ExitCode {
    if asked.format == CheckFormat::Prometheus {
        let mut page = Page::default();
        page::up(&mut page, false);
        anstream::print!("{}", page.into_text());
        super::output::words(format_args!("error: {why}"));
        return ExitCode::SUCCESS;
    }
    Report { found: vec![(state, why.to_owned())], perfdata: Vec::new() }.say()
}

fn judge(asked: &CheckArguments, facts: &Facts, held: &[Held], now: Timestamp) -> Report {
    let mut report = Report::default();
    gateways(&mut report, asked, facts);
    alerts(&mut report, asked, facts);
    waiting(&mut report, asked, facts);
    let overdue = sum(facts, "acknowledgement", |state| state == "overdue");
    let limits = (asked.overdue_warning, asked.overdue_critical);
    report.counted("overdue", overdue, limits, "acknowledgement(s) overdue");
    for state in ["dead", "held"] {
        let limits = (asked.stuck_warning, asked.stuck_critical);
        let stuck = sum(facts, "delivery", |s| s == state);
        report.counted(state, stuck, limits, &format!("{state} delivery(ies)"));
    }
    certificates(&mut report, asked, held, now);
    report
}

fn sum(facts: &Facts, what: &str, state: impl Fn(&str) -> bool) -> u64 {
    // Counts: whole, and never below nought.
    facts.of(what).filter(|figure| state(&figure.state)).map(|figure| figure.value as u64).sum()
}

fn gateways(report: &mut Report, asked: &CheckArguments, facts: &Facts) {
    let (seen, wanted) = (facts.gateways, i64::from(asked.gateways));
    let state = match seen {
        0 => State::Critical,
        seen if seen < wanted => State::Warning,
        _ => State::Ok,
    };
    let words = match seen {
        0 => "no gateway seen in the last two minutes".to_owned(),
        seen => format!("{seen} gateway(s) seen, {wanted} wanted"),
    };
    report.add(state, words);
    report.perfdata.push(format!("gateways={seen};{wanted}:;1:;0"));
}

fn alerts(report: &mut Report, asked: &CheckArguments, facts: &Facts) {
    let of = |whose: &str| facts.of("alert").filter(|f| f.name == whose).map(|f| f.value as u64).sum::<u64>();
    let by_move = ["us", "endpoint", "partner"].map(|whose| (whose, of(whose)));
    let all = by_move.iter().map(|(_, count)| count).sum();
    let whose: Vec<String> = by_move
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(whose, count)| format!("{count} {whose}"))
        .collect();
    let words = format!("open alert(s), the move of: {}", whose.join(", "));
    report.counted("alerts", all, (asked.alerts_warning, asked.alerts_critical), &words);
    report.perfdata.extend(by_move.map(|(whose, count)| format!("alerts_{whose}={count};;;0")));
}

fn waiting(report: &mut Report, asked: &CheckArguments, facts: &Facts) {
    let (warning, critical) =
        (asked.waiting_warning.duration().as_secs(), asked.waiting_critical.duration().as_secs());
    for figure in facts.of("waiting") {
        let seconds = figure.value.max(0.0) as u64;
        let beyond = |limit: u64| limit > 0 && seconds >= limit;
        let state = match () {
            () if beyond(critical) => State::Critical,
            () if beyond(warning) => State::Warning,
            () => State::Ok,
        };
        let lane = figure.name.replace(':', " ");
        report.add(state, format!("{lane} has had something waiting for {} min", seconds / 60));
        report.perfdata.push(format!("'waiting {lane}'={seconds}s;{warning};{critical};0"));
    }
}

fn certificates(report: &mut Report, asked: &CheckArguments, held: &[Held], now: Timestamp) {
    let (warning, critical) = (i64::from(asked.certificate_warning), i64::from(asked.certificate_critical));
    let mut least: BTreeMap<String, i64> = BTreeMap::new();
    for one in held.iter().filter(|one| one.standing == Standing::InForce && !one.covered) {
        let [owner, used, _] = page::certificate_name(one);
        let days = least.entry(format!("{} {used}", owner.replace(':', " "))).or_insert(i64::MAX);
        *days = (*days).min(one.days_left(now));
    }
    for (name, days) in &least {
        let state = match *days {
            days if days < critical => State::Critical,
            days if days < warning => State::Warning,
            _ => State::Ok,
        };
        let words = match days {
            ..0 => format!("certificate of {name} has expired"),
            days => format!("certificate of {name} expires in {days} day(s)"),
        };
        report.add(state, words);
    }
    if let Some(days) = least.values().min() {
        report.perfdata.push(format!("certificate_days={days};{warning}:;{critical}:"));
    }
}

impl Report {
    fn add(&mut self, state: State, words: String) {
        self.found.push((state, words));
    }

    /// A count that should be nought; a limit of 0 is none.
    fn counted(&mut self, label: &str, count: u64, (warning, critical): (u64, u64), words: &str) {
        let beyond = |limit: u64| limit > 0 && count >= limit;
        let state = match () {
            () if beyond(critical) => State::Critical,
            () if beyond(warning) => State::Warning,
            () => State::Ok,
        };
        self.add(state, format!("{count} {words}"));
        // A range alerts above its end.
        let end = |limit: u64| limit.checked_sub(1).map(|end| end.to_string()).unwrap_or_default();
        self.perfdata.push(format!("{label}={count};{};{};0", end(warning), end(critical)));
    }

    /// The worst first; what is fine is not told.
    fn say(mut self) -> ExitCode {
        self.found.sort_by_key(|(state, _)| std::cmp::Reverse(*state));
        let worst = self.found.first().map_or(State::Unknown, |(state, _)| *state);
        let told: Vec<&str> = self
            .found
            .iter()
            .filter(|(state, _)| *state > State::Ok)
            .map(|(_, words)| words.as_str())
            .collect();
        let words =
            if told.is_empty() { "nothing overdue, nothing stuck".to_owned() } else { told.join("; ") };
        // `|` begins the perfdata, and a plugin says one line.
        let words = super::output::shown(&words.replace('|', "/").replace('\n', " "));
        let perfdata =
            if self.perfdata.is_empty() { String::new() } else { format!(" | {}", self.perfdata.join(" ")) };
        anstream::println!("PORTWAY {} - {words}{perfdata}", worst.word());
        ExitCode::from(worst as u8)
    }
}
