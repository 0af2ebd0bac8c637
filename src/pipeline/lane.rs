//! A delivery lane: claims what is due, runs it, and writes what came of it. Endpoints and partners have one each.
//!
//! Whoever is down is probed, not hammered: failed tries are told to the lane's breaker ([`crate::ledger::breaker`]), and while it is
//! open a failed try does not count against its delivery, which comes due with the next probe.

use super::House;
use crate::endpoint::Outcome;
use crate::endpoint::retry::next_delay;
use crate::ledger;
use crate::ledger::alert::Raise;
use crate::ledger::breaker::{Failed, Strain, Trip};
use crate::ledger::delivery::{Due, Next, Tried};
use crate::ledger::pace::Pace;
use crate::profile::gateway::Retry;
use crate::tally;
use jiff::Timestamp;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// The longest time between two probes, unless the other side wishes otherwise.
const PROBE: Duration = Duration::from_secs(60);
/// The longest time for which a lane waits because it was asked to; the delivery itself waits for as long as it was told.
const SILENCE: Duration = Duration::from_secs(3600);
/// The shortest sleep of a lane that waits for its rate.
const NAP: Duration = Duration::from_millis(10);

/// How long a lane waits after the ledger failed it.
const PAUSE: Duration = Duration::from_millis(500);

/// The loop of one delivery lane: waits for its bell, claims up to the free places, spawns one task a delivery.
/// `pace`: how many a second go out; asked before each claim, as a profile may have changed.
pub async fn run<P, F, W>(house: House, lane: String, cap: u32, pace: P, work: F)
where
    P: Fn(&House) -> Pace + Send + 'static,
    F: Fn(House, Due) -> W + Clone + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let bell = house.ledger.wake.of(&lane);
    let places = Arc::new(Semaphore::new(cap as usize));
    let running = TaskTracker::new();
    // Work may have waited here since before this process began.
    bell.notify_one();
    let mut wait: Option<Duration> = None;
    loop {
        tokio::select! {
            () = house.stop.cancelled() => break,
            () = bell.notified() => {}
            () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {}
        }
        wait = None;
        loop {
            let free = places.available_permits();
            if free == 0 || house.stop.is_cancelled() {
                break;
            }
            let now = house.clock.now();
            let batch = match house.ledger.claim_deliveries(&lane, free as i64, pace(&house), now).await {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::warn!(%error, lane, "nothing claimed");
                    tokio::time::sleep(PAUSE).await;
                    break;
                }
            };
            wait = batch.wait.map(|until| until_then(now, until));
            let claimed = batch.due.len();
            for due in batch.due {
                let Ok(place) = places.clone().acquire_owned().await else { return };
                let (house, work, bell) = (house.clone(), work.clone(), bell.clone());
                running.spawn(async move {
                    if due.lease.begin() {
                        work(house, due).await;
                    }
                    drop(place);
                    // A place is free, and the next of this order key may go.
                    bell.notify_one();
                });
            }
            if claimed < free {
                break;
            }
        }
    }
    running.close();
    running.wait().await;
}

fn until_then(now: Timestamp, until: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default().max(NAP)
}

/// What an outcome means for the delivery: the one place where that is decided. `open`: its lane is, until the next probe.
pub fn judge(
    outcome: &Outcome,
    due: &Due,
    retry: Retry,
    idempotent: bool,
    open: Option<Timestamp>,
    (now, chance): (Timestamp, f64),
) -> Tried {
    let tries = u32::try_from(due.tries.saturating_sub(due.spared)).unwrap_or(1).max(1);
    let again = |wish: Option<Duration>| {
        if let Some(probe) = open {
            let wish = wish.and_then(|wish| now.checked_add(wish).ok());
            return Next::Again(wish.map_or(probe, |wish| wish.max(probe)));
        }
        if tries >= retry.tries {
            return Next::Dead;
        }
        let wait = next_delay(tries, retry.first.duration(), retry.longest.duration(), wish, chance);
        let wait = jiff::SignedDuration::try_from(wait).unwrap_or(jiff::SignedDuration::from_hours(1));
        Next::Again(now.checked_add(wait).unwrap_or(now))
    };
    let next = match outcome {
        Outcome::Delivered { .. } => Next::Done,
        Outcome::Deferred { retry_after, .. } => again(*retry_after),
        // Whoever honours no id would have it twice.
        Outcome::Uncertain { .. } if !idempotent => Next::Held,
        Outcome::Uncertain { .. } => again(None),
        Outcome::Refused { .. } => Next::Dead,
        Outcome::Held { .. } => Next::Held,
    };
    Tried {
        outcome: outcome.word(),
        status: outcome.status().map(i32::from),
        detail: outcome.reason().chars().take(500).collect(),
        spared: open.is_some() && matches!(next, Next::Again(_)),
        next,
    }
}

/// What a failed try says of the lane; `None`: nothing, or that it answers.
fn strain(outcome: &Outcome, due: &Due) -> Option<Strain> {
    match outcome {
        // Our own trouble.
        _ if due.unread => None,
        Outcome::Delivered { .. } | Outcome::Refused { .. } | Outcome::Held { .. } => None,
        Outcome::Deferred { status, .. } | Outcome::Uncertain { status, .. } => Some(match status {
            // It answered; it may stumble over this one alone.
            Some(200..=299 | 500 | 501) => Strain::Document,
            _ => Strain::Lane,
        }),
    }
}

impl House {
    /// Tells the breaker of a failed try. Where it cannot be told, the delivery's own waits do.
    pub async fn lane_failed(&self, lane: &str, due: &Due, outcome: &Outcome, retry: Retry) -> Trip {
        let nothing = Trip { open: None, opened: false };
        let Some(strain) = strain(outcome, due) else { return nothing };
        let wish = match outcome {
            Outcome::Deferred { retry_after, .. } => *retry_after,
            _ => None,
        };
        self.troubled.add(lane);
        self.lane_waits(lane, outcome).await;
        let wait = |probes: u32| {
            let longest = retry.longest.duration().min(PROBE);
            next_delay(probes.saturating_add(1), retry.first.duration(), longest, wish, rand::random())
        };
        let failed = Failed {
            lane,
            delivery: due.id,
            strain,
            probe: due.probe,
            most: retry.in_a_row,
            detail: outcome.reason(),
        };
        match self.ledger.lane_failed(&failed, wait, self.clock.now()).await {
            Ok(trip) => {
                if trip.opened {
                    tracing::warn!(lane, until = ?trip.open, "too many failed in a row: one at a time is tried from now on, until one gets through");
                }
                trip
            }
            Err(error) => {
                tracing::warn!(%error, lane, "a failed try is not counted for its lane");
                nothing
            }
        }
    }

    /// Where the other side asked to be left alone for a while, the whole lane does that, not this delivery only.
    async fn lane_waits(&self, lane: &str, outcome: &Outcome) {
        // RFC 9110 section 10.2.3; without a status it was asked before the endpoint itself was.
        let Outcome::Deferred { retry_after: Some(wish), status: None | Some(429 | 503), .. } = outcome
        else {
            return;
        };
        let until = self.clock.now().checked_add((*wish).min(SILENCE)).unwrap_or_else(|_| self.clock.now());
        match self.ledger.lane_waits(lane, until).await {
            Ok(()) => tracing::info!(lane, %until, "asked to wait: nothing goes there before"),
            Err(error) => tracing::warn!(%error, lane, "that it asked to wait is not noted"),
        }
    }

    /// The other side answered. `true`: some failed before, so whatever alert stands is over.
    pub async fn lane_answered(&self, lane: &str, due: &Due, outcome: &Outcome, drain: bool) -> bool {
        if !matches!(outcome, Outcome::Delivered { .. } | Outcome::Refused { .. }) {
            return false;
        }
        // One that was claimed before the failures must know of them too.
        if !(self.troubled.take(lane) || due.strained) {
            return false;
        }
        match self.ledger.lane_answered(lane, drain, self.clock.now()).await {
            Ok(closed) => {
                if closed {
                    tracing::info!(lane, "it answers again: what waited goes out, in order");
                }
                matches!(outcome, Outcome::Delivered { .. }) || closed
            }
            Err(error) => {
                self.troubled.add(lane);
                tracing::warn!(%error, lane, "that it answers again is not noted yet");
                false
            }
        }
    }

    /// Writes the outcome, for as long as it takes: the ledger may be away, the epoch tells whether it still counts. `true`: it is
    /// written, and this try is the one that counts.
    pub async fn settle(&self, lane: &str, due: &Due, tried: &Tried, raise: Option<&Raise>) -> bool {
        let mut wait = Duration::from_millis(50);
        loop {
            let raise = raise.map(|r| (r, self.coalesce()));
            match self.ledger.finish_delivery(due, tried, raise, self.clock.now()).await {
                Ok(()) => {
                    tally::tried(lane, tried.outcome);
                    return true;
                }
                Err(ledger::Error::LeaseLost) => {
                    tracing::warn!(delivery = %due.id, "another worker has this delivery since: what came of this try is noted, no more");
                    return false;
                }
                Err(error) if error.is_unavailable() && !self.stop.is_cancelled() => {
                    tracing::warn!(%error, "the outcome cannot be written yet");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(2));
                }
                Err(error) => {
                    tracing::error!(%error, delivery = %due.id, "the outcome was not written: the delivery will be tried again with the same id");
                    return false;
                }
            }
        }
    }

    /// The cause of an alert is gone.
    pub async fn recovered(&self, cause: &str) {
        if let Err(error) = self.ledger.recover(cause, self.clock.now()).await {
            tracing::warn!(%error, cause, "the recovery was not noted");
        }
    }
}
