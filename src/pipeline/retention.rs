//! Retention by itself: a round a few times a day, on one gateway at a time, by the business clock.
//!
//! A round that fails is told in the log and comes again; nothing that is owed waits for it.

use super::House;
use crate::ledger::audit::Actor;
use crate::ledger::retention::{Before, Round, summary};
use jiff::SignedDuration;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// After the start, so that a gateway which is started again and again does not begin with it.
const FIRST: SignedDuration = SignedDuration::from_mins(10);
const EVERY: SignedDuration = SignedDuration::from_hours(6);

/// Removes what is old until the gateway stops. A round under way is cut off then, and loses nothing by it.
pub async fn run(house: House, host: String, close: CancellationToken) {
    let mut next = house.clock.now().saturating_add(FIRST).unwrap_or(jiff::Timestamp::MAX);
    loop {
        tokio::select! {
            () = close.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let now = house.clock.now();
        if now < next {
            continue;
        }
        next = now.saturating_add(EVERY).unwrap_or(jiff::Timestamp::MAX);
        let configuration = house.profiles.current();
        let before = Before::of(&configuration.gateway.retention, configuration.longest_window(), now);
        let actor = Actor::retention(&host);
        let done = tokio::select! {
            () = close.cancelled() => return,
            done = house.ledger.retain(before, &actor, true, now) => done,
        };
        match done {
            Ok(Round::Done(report)) if report.is_empty() && report.left.is_empty() => {}
            Ok(Round::Done(report)) => tracing::info!(removed = %summary(&report), "removed by retention"),
            Ok(Round::Elsewhere) => tracing::debug!("another gateway looks after retention"),
            Err(error) => tracing::warn!(%error, "retention is not done; it is tried again in some hours"),
        }
    }
}
