//! `portway partner check ID [--send]`: whether a partner is set up, can be reached, and understands us. One line a step.
//!
//! Promises: needs no database and no running gateway, and writes nothing here. Without `--send` no message leaves: of an AS2 address
//! it looks at name, TCP and TLS; at a partner's SFTP server it logs in, lists what is polled, and writes and removes a probe where
//! we push; of an account at our SFTP door it says who gets in. With `--send` one AS2 test message goes out, a few lines of text, and its receipt is judged; it is
//! no business document, uses up no control number, and does not stand in the ledger. A step that makes no sense after one that
//! failed is `skipped`.
//! Data goes to stdout (`--json`: one object a step). Exit: 0 no errors (there may be warnings), 1 errors, 2 `--send` where there is
//! no AS2 address, 5 no such partner, 78 `gateway.toml` is missing or broken.

mod connection;
mod hosted;
mod message;
pub(super) mod server;
mod setup;
pub(super) mod token;

use super::output::shown;
use super::partner::{absent, of_partner};
use super::validate::{count, print, say};
use super::{PROBLEMS, USAGE, connect};
use crate::clock::{Clock, SystemClock};
use crate::ledger::alert::Move;
use crate::transport::as2::Link;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

pub async fn run(dir: &Path, id: &str, send: bool, as_json: bool) -> ExitCode {
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => Arc::new(configuration),
        Err(exit) => return exit,
    };
    let Some(profile) = configuration.partner(id).cloned() else {
        return absent(&configuration, id, as_json);
    };
    let url = profile.partner.as2.as_ref().and_then(|as2| as2.url.clone());
    if send && url.is_none() {
        let message = "--send sends an AS2 test message, and the profile has no url under [as2]";
        super::output::words(format_args!("error: {id}: {message}"));
        return ExitCode::from(USAGE);
    }
    let problems = of_partner(&configuration.problems, id);
    print(&problems, as_json);
    let mut report = Report { as_json, errors: count(&problems).0 };
    let link = Link { configuration, profile, now: SystemClock.now() };
    for step in setup::steps(&link) {
        report.add(&step);
    }
    if let Some((as2, url)) = link.profile.partner.as2.as_ref().zip(url) {
        let reached = connection::look(&link, as2, &url, &mut report).await;
        match (send, reached) {
            (false, _) => {}
            (true, true) => message::send(&link, as2, &url, &mut report).await,
            (true, false) => ["test message", "receipt"].iter().for_each(|what| report.skip(what)),
        }
    }
    hosted::look(&link.configuration, &link.profile, &mut report).await;
    if let Some(client) = &link.profile.partner.sftp_client {
        let look = server::Look {
            account: &client.account(),
            base: &link.configuration.dir,
            section: "[sftp_client]".to_owned(),
            theirs: Move::Partner,
            poll: client.poll.as_ref(),
            push: client.push.as_ref().map(|push| (push.folder.as_str(), push.temporary)),
        };
        look.run(&mut report).await;
    }
    ExitCode::from(if report.errors > 0 { PROBLEMS } else { 0 })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    Warning,
    Error,
    Skipped,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Error => "error",
            Verdict::Skipped => "skipped",
        }
    }
}

/// One line: what was looked at, what was found, and what to do about it.
#[derive(Debug)]
pub(super) struct Step {
    what: String,
    verdict: Verdict,
    found: String,
    next: Option<(Move, String)>,
}

impl Step {
    fn ok(what: impl Into<String>, found: impl Into<String>) -> Step {
        Step { what: what.into(), verdict: Verdict::Ok, found: found.into(), next: None }
    }

    fn warning(
        what: impl Into<String>,
        found: impl Into<String>,
        whose: Move,
        next: impl Into<String>,
    ) -> Step {
        let next = Some((whose, next.into()));
        Step { what: what.into(), verdict: Verdict::Warning, found: found.into(), next }
    }

    fn error(
        what: impl Into<String>,
        found: impl Into<String>,
        whose: Move,
        next: impl Into<String>,
    ) -> Step {
        Step { verdict: Verdict::Error, ..Step::warning(what, found, whose, next) }
    }

    fn json(&self) -> Value {
        json!({
            "check": self.what,
            "verdict": self.verdict.name(),
            "message": self.found,
            "move": self.next.as_ref().map(|(whose, _)| whose.name()),
            "next": self.next.as_ref().map(|(_, next)| next),
        })
    }

    fn text(&self) -> String {
        let mut text = format!("{:8} {}: {}", self.verdict.name(), self.what, self.found);
        if let Some((whose, next)) = &self.next {
            let whose = match whose {
                Move::Partner => "the partner",
                Move::Us => "us",
                Move::Endpoint => "the endpoint",
            };
            text = text.trim_end_matches('.').to_owned() + &format!(". Next ({whose}): {next}");
        }
        shown(&text)
    }
}

/// Prints steps as they end, and counts.
pub(super) struct Report {
    as_json: bool,
    pub(super) errors: usize,
}

impl Report {
    pub(super) fn new(as_json: bool) -> Report {
        Report { as_json, errors: 0 }
    }

    fn add(&mut self, step: &Step) {
        self.errors += usize::from(step.verdict == Verdict::Error);
        if self.as_json {
            say(step.json());
        } else {
            say(step.text());
        }
    }

    fn skip(&mut self, what: &str) {
        let found = "not tried, because of what is above".to_owned();
        self.add(&Step { what: what.to_owned(), verdict: Verdict::Skipped, found, next: None });
    }
}

/// Days left at which a certificate is warned of.
const SOON: i64 = 30;
