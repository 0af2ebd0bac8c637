//! Deliver: documents to our own systems, one lane an endpoint.
//!
//! A lane claims what is due, in batches, up to its cap; each try's row is committed before its first byte leaves, and its outcome
//! decides what the ledger says next: done, again later, dead, or held for a person. Operators hear of an endpoint after
//! its third failed try in a row, at once of what is dead or held, and once when it works again.

use super::House;
use crate::endpoint::http::{HttpTarget, sign::SigningSecret};
use crate::endpoint::retry::next_delay;
use crate::endpoint::{EventBody, Outcome, Target};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::delivery::{Due, Next, Tried};
use crate::ledger::{self, job};
use crate::profile::Configuration;
use crate::profile::gateway::{Endpoint, Retry};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::Instrument;

/// Failed tries of one delivery after which operators are told.
const TELL_AFTER: i32 = 3;
/// A first byte never leaves with less of the lease left than this share of it.
const LEAST_LEASE: u32 = 4;

/// An endpoint as its lane needs it; made anew when its configuration changes.
pub struct Outlet {
    pub name: String,
    pub target: Target,
    pub retry: Retry,
    /// Whether the receiver honours the id, so that a lost answer may be repeated.
    pub idempotent: bool,
    pub cap: u32,
    /// An alert on this endpoint is open, as far as this node knows.
    troubled: AtomicBool,
}

impl Outlet {
    /// # Errors
    /// A secret or a CA that cannot be read: one sentence that names it.
    pub fn open(
        configuration: &Configuration,
        name: &str,
        endpoint: &Endpoint,
        troubled: bool,
    ) -> Result<Outlet, String> {
        let (target, retry, idempotent, cap) = match endpoint {
            Endpoint::Http(http) => {
                let mut secrets = Vec::new();
                for secret in &http.secrets {
                    let text =
                        secret.resolve(&configuration.dir).map_err(|e| format!("endpoint {name}: {e}"))?;
                    secrets.push(
                        SigningSecret::parse(text.expose_secret())
                            .map_err(|e| format!("endpoint {name}: {e}"))?,
                    );
                }
                let timeout = http.timeout.duration();
                let ca = http.ca.as_ref().map(|ca| configuration.path(ca));
                let client = crate::net::http::client(ca.as_deref(), timeout)
                    .map_err(|e| format!("endpoint {name}: {e}"))?;
                let target =
                    Target::Http { client, target: HttpTarget { url: http.url.clone(), secrets, timeout } };
                (target, http.retry, http.idempotent, http.concurrency)
            }
            Endpoint::Directory(directory) => {
                (Target::Directory(configuration.path(&directory.path)), directory.retry, true, 4)
            }
        };
        Ok(Outlet {
            name: name.to_owned(),
            target,
            retry,
            idempotent,
            cap,
            troubled: AtomicBool::new(troubled),
        })
    }

    fn cause(&self) -> String {
        format!("endpoint:{}", self.name)
    }
}

impl House {
    /// One try of one delivery, from claim to ledger.
    pub async fn deliver(&self, outlet: Arc<Outlet>, due: Due) {
        let span = tracing::info_span!("deliver", delivery = %due.id, document = %due.subject, partner = due.partner.as_deref(),
            thread = due.thread.map(tracing::field::display), endpoint = %outlet.name, epoch = due.lease.epoch);
        async {
            crate::fault::point("deliver.claimed");
            if due.lease.remaining() < self.ledger.lease_time() / LEAST_LEASE {
                tracing::warn!("the lease ran out before anything was sent; another worker has it, or will");
                return;
            }
            let event = EventBody {
                id: due.subject.to_string(),
                timestamp: self.clock.now().as_second(),
                bytes: bytes::Bytes::copy_from_slice(&due.bytes),
            };
            let outcome = outlet.target.deliver(&event).await;
            crate::fault::point("deliver.answered");
            let tried = judge(&outcome, &due, outlet.retry, outlet.idempotent, self.clock.now(), rand::random());
            tracing::info!(outcome = tried.outcome, status = tried.status, tries = due.tries, detail = %tried.detail, "tried");
            let raise = raise_for(&outlet, &due, &tried);
            if raise.is_some() {
                outlet.troubled.store(true, Ordering::Relaxed);
            }
            self.settle(&due, &tried, raise.as_ref()).await;
            if tried.next == Next::Done && outlet.troubled.swap(false, Ordering::Relaxed) {
                self.recovered(&outlet.cause()).await;
            }
        }
        .instrument(span)
        .await;
    }

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

    async fn recovered(&self, cause: &str) {
        if let Err(error) = self.ledger.recover(cause, self.clock.now()).await {
            tracing::warn!(%error, cause, "the recovery was not noted");
        }
    }
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
    };
    Tried {
        outcome: outcome.word(),
        status: outcome.status().map(i32::from),
        detail: outcome.reason().chars().take(500).collect(),
        next,
    }
}

fn raise_for(outlet: &Outlet, due: &Due, tried: &Tried) -> Option<Raise> {
    let endpoint = &outlet.name;
    let partner = due.partner.as_deref().unwrap_or("?");
    let show = format!("Look at it:      portway doc show {}", due.subject);
    let raise = |cause: String, whose, title: String, detail: String| Raise {
        cause,
        whose,
        partner: None,
        title,
        detail,
        subject: Some(due.subject),
    };
    match tried.next {
        Next::Done => None,
        Next::Dead => Some(raise(
            format!("delivery:dead:{endpoint}"),
            Move::Endpoint,
            format!("endpoint {endpoint}: a document of {partner} could not be delivered (dead)"),
            format!(
                "After {} tries it is given up. The last one: {}\n\n{show}\nOnce mended:     portway doc redeliver {} --reason \"…\"",
                due.tries, tried.detail, due.subject
            ),
        )),
        Next::Held => Some(raise(
            format!("delivery:held:{endpoint}"),
            Move::Us,
            format!("endpoint {endpoint}: nobody knows whether a document of {partner} arrived (held)"),
            format!(
                "{}\nThe endpoint is configured as not honouring ids (idempotent = false), so it is not repeated by itself.\nAsk \
                 there whether it arrived.\n\n{show}\nIf it did not:   portway doc redeliver {} --reason \"…\"\nIf it did:       \
                 portway doc cancel {} --reason \"…\"",
                tried.detail, due.subject, due.subject
            ),
        )),
        Next::Again(_) if due.tries >= TELL_AFTER => Some(raise(
            outlet.cause(),
            Move::Endpoint,
            format!("endpoint {endpoint} does not take documents"),
            format!(
                "{} tries failed so far; Portway goes on trying. The last one: {}\n\n{show}\nAll that waits:  portway status",
                due.tries, tried.detail
            ),
        )),
        Next::Again(_) => None,
    }
}

/// The lane of an endpoint: claims and delivers until the gateway stops.
pub async fn run_lane(house: House, outlet: Arc<Outlet>) {
    let lane = job::endpoint_lane(&outlet.name);
    let cap = outlet.cap;
    super::supervise::lane(house, lane, cap, move |house, due| {
        let outlet = outlet.clone();
        async move { house.deliver(outlet, due).await }
    })
    .await;
}
