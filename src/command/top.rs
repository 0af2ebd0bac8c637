//! `portway top`: the house as it runs, once a second, in the terminal.
//!
//! Promises: `q` and Ctrl-C end it, and the terminal is as before, also after a signal or a fault of ours. While the ledger is away it
//! says so and goes on looking. `--once` prints one look as plain text.

use super::output::shown;
use super::status::trouble;
use super::{USAGE, connect, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::status::{LaneLine, Status};
use crate::ledger::watch::{Failure, Throughput};
use crate::ledger::{Ledger, Result};
use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{self, Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute, queue, style};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

const EVERY: Duration = Duration::from_secs(1);
/// How far back the first look reaches.
const FIRST: SignedDuration = SignedDuration::from_mins(1);
/// How far back failures are told.
const FAILURES: SignedDuration = SignedDuration::from_hours(1);
const MOST_FAILURES: i64 = 8;

pub async fn run(dir: &Path, once: bool) -> ExitCode {
    if !once && !std::io::stdout().is_terminal() {
        anstream::eprintln!("error: stdout is no terminal; 'portway top --once' prints one look");
        return ExitCode::from(USAGE);
    }
    let (_, ledger) = match connect::open(dir).await {
        Ok(open) => open,
        Err(exit) => return exit,
    };
    let now = SystemClock.now();
    let since = now.checked_sub(FIRST).unwrap_or(now);
    if once {
        return match Look::take(&ledger, since, now).await {
            Ok(look) => {
                anstream::print!("{}", look.text());
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error),
        };
    }
    match live(&ledger, since).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: the terminal cannot be used: {error}");
            ExitCode::from(super::PROBLEMS)
        }
    }
}

/// What is shown.
struct Look {
    status: Status,
    throughput: Throughput,
    seconds: f64,
    failures: Vec<Failure>,
}

impl Look {
    async fn take(ledger: &Ledger, since: Timestamp, now: Timestamp) -> Result<Look> {
        let before = now.checked_sub(FAILURES).unwrap_or(now);
        Ok(Look {
            status: ledger.status(now).await?,
            throughput: ledger.throughput(since).await?,
            seconds: now.duration_since(since).as_secs_f64().max(0.001),
            failures: ledger.last_failures(before, MOST_FAILURES).await?,
        })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        self.head(&mut text);
        self.lanes(&mut text);
        self.trouble(&mut text);
        text
    }

    // Writing to a String cannot fail.
    fn head(&self, text: &mut String) {
        let (came, status) = (&self.throughput, &self.status);
        let _ = writeln!(
            text,
            "PORTWAY  {} gateway(s)  ledger {:.1} MB  open alerts {}  (q ends)",
            status.nodes.len(),
            status.database_bytes as f64 / 1e6,
            status.alerts.len()
        );
        for node in &status.nodes {
            let _ = writeln!(text, "  {} pid {} since {}", shown(&node.home), node.pid, node.started_at);
        }
        let rate = |count: i64| format!("{count} ({:.1}/s)", count as f64 / self.seconds);
        let _ = writeln!(
            text,
            "\nLAST {:.0} s   came {}   documents {}   to partners {}   tries: through {}, failed {}\n",
            self.seconds,
            rate(came.received),
            rate(came.documents),
            rate(came.sent),
            rate(came.delivered),
            rate(came.failed)
        );
    }

    fn lanes(&self, text: &mut String) {
        let busy = |lane: &&LaneLine| {
            lane.waiting + lane.in_flight + lane.parked > 0
                || lane.breaker != "closed"
                || lane.lane.starts_with("endpoint:")
        };
        let _ = writeln!(
            text,
            "{:<32} {:>8} {:>9} {:>7} {:>9}  BREAKER",
            "LANE", "WAITING", "IN FLIGHT", "PARKED", "OLDEST"
        );
        for lane in self.status.lanes.iter().filter(busy) {
            let oldest = lane.oldest_seconds.map(|s| format!("{s:.0} s")).unwrap_or_default();
            let breaker = match trouble(lane) {
                told if told.is_empty() => "closed".to_owned(),
                told => told.trim().to_owned(),
            };
            let paused = if lane.paused { " paused" } else { "" };
            let _ = writeln!(
                text,
                "{:<32} {:>8} {:>9} {:>7} {:>9}  {breaker}{paused}",
                shown(&lane.lane),
                lane.waiting,
                lane.in_flight,
                lane.parked,
                oldest
            );
        }
    }

    fn trouble(&self, text: &mut String) {
        let _ = writeln!(text, "\n{:<9} OPEN ALERT", "MOVE");
        for alert in self.status.alerts.iter().take(8) {
            let _ = writeln!(text, "{:<9} {}", alert.whose, shown(&alert.title));
        }
        if self.status.alerts.is_empty() {
            let _ = writeln!(text, "{:<9} none", "");
        }
        let _ = writeln!(text, "\n{:<9} {:<25} LAST FAILED TRIES", "MOVE", "WHEN");
        for failure in &self.failures {
            let _ = writeln!(
                text,
                "{:<9} {:<25} {} {} ({} now): {}",
                whose(failure),
                failure.at,
                shown(&failure.lane),
                failure.outcome,
                failure.state,
                shown(&failure.detail)
            );
        }
        if self.failures.is_empty() {
            let _ = writeln!(text, "{:<9} none in the last hour", "");
        }
    }
}

/// Who must act on a failed try: what is held waits for us, the rest for whoever did not take it.
fn whose(failure: &Failure) -> &'static str {
    match (failure.state.as_str(), failure.lane.split_once(':')) {
        ("delivered" | "cancelled", _) => "nobody",
        ("held", _) => "us",
        (_, Some(("partner", _))) => "partner",
        _ => "endpoint",
    }
}

/// The terminal while it is ours.
struct Screen;

impl Screen {
    fn take() -> std::io::Result<Screen> {
        terminal::enable_raw_mode()?;
        let screen = Screen;
        execute!(std::io::stdout(), EnterAlternateScreen, cursor::Hide)?;
        Ok(screen)
    }

    /// What does not fit is cut.
    fn show(&self, text: &str) -> std::io::Result<()> {
        // A terminal that does not say is an old one.
        let (width, height) = terminal::size().ok().filter(|(w, h)| *w > 0 && *h > 0).unwrap_or((80, 24));
        let mut out = std::io::stdout().lock();
        queue!(out, cursor::MoveTo(0, 0))?;
        for (row, line) in (0..height).zip(text.lines()) {
            let line: String = line.chars().take(usize::from(width)).collect();
            queue!(out, cursor::MoveTo(0, row), style::Print(line), Clear(ClearType::UntilNewLine))?;
        }
        queue!(out, Clear(ClearType::FromCursorDown))?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = execute!(std::io::stdout(), LeaveAlternateScreen, cursor::Show);
        let _ = terminal::disable_raw_mode();
    }
}

async fn live(ledger: &Ledger, mut since: Timestamp) -> std::io::Result<()> {
    let (mut terminate, mut hangup) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    let screen = Screen::take()?;
    let mut keys = keys();
    loop {
        let now = SystemClock.now();
        let looking = Look::take(ledger, since, now);
        // `None`: there are no more keys.
        let look = tokio::select! {
            look = looking => look,
            _ = keys.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            _ = hangup.recv() => return Ok(()),
        };
        match look {
            Ok(look) => {
                screen.show(&look.text())?;
                since = now;
            }
            Err(error) => {
                screen.show(&format!("PORTWAY  {}\n\nLooking again. q ends", shown(&error.to_string())))?
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = keys.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            _ = hangup.recv() => return Ok(()),
        }
    }
}

/// Says when `q` or Ctrl-C was pressed, or that no key can come any more.
fn keys() -> mpsc::Receiver<()> {
    let (pressed, keys) = mpsc::channel(1);
    // A thread of its own: it waits for ever, and ends with the process.
    std::thread::spawn(move || {
        while let Ok(event) = crossterm::event::read() {
            let Event::Key(key) = event else { continue };
            let ends = match key.code {
                KeyCode::Char('q' | 'Q') => true,
                KeyCode::Char('c' | 'C') => key.modifiers.contains(KeyModifiers::CONTROL),
                _ => false,
            };
            if ends && key.kind == KeyEventKind::Press {
                break;
            }
        }
        drop(pressed);
    });
    keys
}
