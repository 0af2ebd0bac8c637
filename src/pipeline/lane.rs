//! A delivery lane: claims what is due, runs it, and writes what came of it. Endpoints and partners have one each.

use super::House;
use crate::endpoint::Outcome;
use crate::endpoint::retry::next_delay;
use crate::ledger;
use crate::ledger::alert::Raise;
use crate::ledger::delivery::{Due, Next, Tried};
use crate::profile::gateway::Retry;
use jiff::Timestamp;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// How long a lane waits after the ledger failed it.
const PAUSE: Duration = Duration::from_millis(500);

/// The loop of one delivery lane: waits for its bell, claims up to the free places, spawns one task a delivery.
pub async fn run<F, W>(house: House, lane: String, cap: u32, work: F)
where
    F: Fn(House, Due) -> W + Clone + Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let bell = house.ledger.wake.of(&lane);
    let places = Arc::new(Semaphore::new(cap as usize));
    let running = TaskTracker::new();
    // Work may have waited here since before this process began.
    bell.notify_one();
    loop {
        tokio::select! {
            () = house.stop.cancelled() => break,
            () = bell.notified() => {}
        }
        loop {
            let free = places.available_permits();
            if free == 0 || house.stop.is_cancelled() {
                break;
            }
            let due = match house.ledger.claim_deliveries(&lane, free as i64, house.clock.now()).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::warn!(%error, lane, "nothing claimed");
                    tokio::time::sleep(PAUSE).await;
                    break;
                }
            };
            let claimed = due.len();
            for due in due {
                let Ok(place) = places.clone().acquire_owned().await else { return };
                let (house, work, bell) = (house.clone(), work.clone(), bell.clone());
                running.spawn(async move {
                    work(house, due).await;
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

/// What an outcome means for the delivery: the one place where that is decided.
pub fn judge(
    outcome: &Outcome,
    due: &Due,
    retry: Retry,
    idempotent: bool,
    now: Timestamp,
    chance: f64,
) -> Tried {
    let tries = u32::try_from(due.tries).unwrap_or(1).max(1);
    let again = |wish: Option<Duration>| {
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
        next,
    }
}

impl House {
    /// Writes the outcome, for as long as it takes: the ledger may be away, the epoch tells whether it still counts.
    pub async fn settle(&self, due: &Due, tried: &Tried, raise: Option<&Raise>) {
        let mut wait = Duration::from_millis(50);
        loop {
            let raise = raise.map(|r| (r, self.coalesce()));
            match self.ledger.finish_delivery(due, tried, raise, self.clock.now()).await {
                Ok(()) => break,
                Err(ledger::Error::LeaseLost) => {
                    tracing::warn!(delivery = %due.id, "another worker has this delivery since: what came of this try is noted, no more");
                    break;
                }
                Err(error) if error.is_unavailable() && !self.stop.is_cancelled() => {
                    tracing::warn!(%error, "the outcome cannot be written yet");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(2));
                }
                Err(error) => {
                    tracing::error!(%error, delivery = %due.id, "the outcome was not written: the delivery will be tried again with the same id");
                    break;
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
