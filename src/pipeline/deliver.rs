//! Deliver: documents to our own systems, one lane an endpoint.
//!
//! A lane claims what is due, in batches, up to its cap; each try's row is committed before its first byte leaves, and its outcome
//! decides what the ledger says next: done, again later, dead, or held for a person. Operators hear of an endpoint when its lane
//! opens or one document failed three times, at once of what is dead or held, and once when it works again.

use super::House;
use super::lane::judge;
use crate::endpoint::http::{HttpTarget, sign::SigningSecret, token::Tokens};
use crate::endpoint::sftp::SftpTarget;
use crate::endpoint::{EventBody, Outcome, Target, idoc};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::breaker::Trip;
use crate::ledger::delivery::{Due, Next, Tried};
use crate::ledger::pace::Pace;
use crate::ledger::{self, job};
use crate::profile::Configuration;
use crate::profile::duration::Rate;
use crate::profile::gateway::{Endpoint, HttpEndpoint, Retry};
use crate::tally;
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// How many a second go out, always and after it was down.
    pub pace: Pace,
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
        let (target, retry, idempotent, cap, (rate, drain)) = match endpoint {
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
                let tokens = tokens(configuration, name, http)?;
                let target = HttpTarget { url: http.url.clone(), secrets, timeout, tokens };
                let target = Target::Http { client, target };
                (target, http.retry, http.idempotent, http.concurrency, (http.rate, http.drain))
            }
            Endpoint::Directory(directory) => {
                let idoc = idoc::settings(directory.format, directory.idoc.as_ref()).map(Arc::new);
                let target = Target::Directory { dir: configuration.path(&directory.path), idoc };
                (target, directory.retry, true, 4, (directory.rate, directory.drain))
            }
            Endpoint::Sftp(sftp) => {
                let target = SftpTarget::of(sftp, &configuration.dir);
                let target = target.map_err(|e| format!("endpoint {name}: {e}"))?;
                (Target::Sftp(Arc::new(target)), sftp.retry, true, 4, (sftp.rate, sftp.drain))
            }
            Endpoint::Events(_) => {
                return Err(format!(
                    "endpoint {name} is sent nothing: it fetches its events from GET /v1/events"
                ));
            }
        };
        Ok(Outlet {
            name: name.to_owned(),
            target,
            retry,
            idempotent,
            cap,
            pace: Pace { steady: rate.map(Rate::a_second), drain: drain.map(Rate::a_second) },
            troubled: AtomicBool::new(troubled),
        })
    }

    /// What a held document is told by where it could not even be sent.
    fn held_title(&self, partner: &str) -> String {
        let endpoint = &self.name;
        match self.target {
            // Without a token nothing is sent.
            Target::Http { .. } => {
                format!(
                    "endpoint {endpoint}: its token server does not know us, a document of {partner} waits (held)"
                )
            }
            _ => format!("endpoint {endpoint}: a document of {partner} cannot be written for it (held)"),
        }
    }

    fn cause(&self) -> String {
        format!("endpoint:{}", self.name)
    }
}

fn tokens(
    configuration: &Configuration,
    name: &str,
    http: &HttpEndpoint,
) -> Result<Option<Arc<Tokens>>, String> {
    let Some(oauth2) = &http.oauth2 else { return Ok(None) };
    let secret = oauth2.client_secret.resolve(&configuration.dir);
    let secret =
        secret.map_err(|e| format!("endpoint {name}: [endpoint.{name}.oauth2] client_secret: {e}"))?;
    Ok(Some(Arc::new(Tokens::new(name, oauth2.clone(), secret))))
}

impl House {
    /// One try of one delivery, from claim to ledger.
    pub async fn deliver(&self, outlet: Arc<Outlet>, mut due: Due) {
        let span = tracing::info_span!("deliver", delivery = %due.id, document = %due.subject, partner = due.partner.as_deref(),
            thread = due.thread.map(tracing::field::display), endpoint = %outlet.name, epoch = due.lease.epoch);
        async {
            crate::fault::point("deliver.claimed");
            if due.lease.remaining() < self.ledger.lease_time() / LEAST_LEASE {
                tracing::warn!("the lease ran out before anything was sent; another worker has it, or will");
                return;
            }
            let outcome = if due.interrupted && !outlet.idempotent {
                // The receiver would not know a repetition from a second order.
                let reason = "an earlier try was broken off by a crash of ours; it may have arrived".to_owned();
                Outcome::Uncertain { reason, status: None }
            } else {
                self.post(&outlet, &mut due).await
            };
            let lane = job::endpoint_lane(&outlet.name);
            let trip = self.lane_failed(&lane, &due, &outcome, outlet.retry).await;
            let chance = (self.clock.now(), rand::random());
            let tried = judge(&outcome, &due, outlet.retry, outlet.idempotent, trip.open, chance);
            tracing::info!(outcome = tried.outcome, status = tried.status, tries = due.tries, detail = %tried.detail, "tried");
            let raise = raise_for(&outlet, &due, &tried, trip);
            if raise.is_some() {
                outlet.troubled.store(true, Ordering::Relaxed);
            }
            if self.settle(&lane, &due, &tried, raise.as_ref()).await {
                match tried.next {
                    Next::Done => tally::delivered(&outlet.name, 1),
                    Next::Dead => tally::failed(&outlet.name, "dead"),
                    Next::Held => tally::failed(&outlet.name, "held"),
                    Next::Again(_) => {}
                }
            }
            let strained = self.lane_answered(&lane, &due, &outcome, outlet.pace.drain.is_some()).await;
            let done = tried.next == Next::Done && outlet.troubled.swap(false, Ordering::Relaxed);
            if strained || done {
                self.recovered(&outlet.cause()).await;
            }
        }
        .instrument(span)
        .await;
    }
}

impl House {
    async fn post(&self, outlet: &Outlet, due: &mut Due) -> Outcome {
        let bytes = match self.ledger.payload_of(due).await {
            Ok(bytes) => bytes,
            Err(error) => return unread(&error),
        };
        let event = EventBody {
            id: due.subject.to_string(),
            timestamp: self.clock.now().as_second(),
            bytes: bytes.into(),
        };
        let outcome = outlet.target.deliver(&event).await;
        crate::fault::point("deliver.answered");
        outcome
    }
}

/// What goes cannot be read back just now: nothing left us.
pub fn unread(error: &ledger::Error) -> Outcome {
    Outcome::Deferred { reason: format!("nothing was sent: {error}"), retry_after: None, status: None }
}

fn raise_for(outlet: &Outlet, due: &Due, tried: &Tried, trip: Trip) -> Option<Raise> {
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
                "After {} tries it is given up. The last one: {}\n\n{show}\nOnce mended:     portway doc redeliver {} --endpoint {endpoint} --reason \"…\"",
                due.tries, tried.detail, due.subject
            ),
        )),
        // Nobody saw it: it cannot be written for this endpoint.
        Next::Held if tried.outcome == "refused" => Some(raise(
            format!("delivery:held:{endpoint}"),
            Move::Us,
            outlet.held_title(partner),
            format!(
                "{}\n\n{show}\nOnce mended:     portway doc redeliver {} --endpoint {endpoint} --reason \"…\"\nElse:            \
                 portway doc cancel {} --endpoint {endpoint} --reason \"…\"",
                tried.detail, due.subject, due.subject
            ),
        )),
        Next::Held => Some(raise(
            format!("delivery:held:{endpoint}"),
            Move::Us,
            format!("endpoint {endpoint}: nobody knows whether a document of {partner} arrived (held)"),
            format!(
                "{}\nThe endpoint is configured as not honouring ids (idempotent = false), so it is not repeated by itself.\nAsk \
                 there whether it arrived.\n\n{show}\nIf it did not:   portway doc redeliver {} --endpoint {endpoint} --reason \"…\"\nIf it did:       \
                 portway doc cancel {} --endpoint {endpoint} --reason \"…\"",
                tried.detail, due.subject, due.subject
            ),
        )),
        Next::Again(_) if trip.open.is_some() => Some(raise(
            outlet.cause(),
            Move::Endpoint,
            format!("endpoint {endpoint} does not take documents"),
            format!(
                "Too many tries failed in a row. What is owed to it waits, in order, and loses no tries; one document at a time is \
                 tried, until one gets through. The last one: {}\n\n{show}\nAll that waits:  portway endpoint list",
                tried.detail
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
    let (cap, pace) = (outlet.cap, outlet.pace);
    super::lane::run(
        house,
        lane,
        cap,
        move |_| pace,
        move |house, due| {
            let outlet = outlet.clone();
            async move { house.deliver(outlet, due).await }
        },
    )
    .await;
}
