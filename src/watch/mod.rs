//! The door of those who watch: `/metrics` for Prometheus, `/healthz` and `/readyz` for whoever starts or balances gateways.
//!
//! Promises: it opens before the ledger is looked for and closes last, so that it also answers while PostgreSQL is away and while the
//! gateway drains. The ledger is asked every three seconds at most, however many ask, and never for longer than three seconds; while
//! it does not answer, everything else is told all the same, with `portway_ledger_up 0`. What comes from the ledger covers all
//! gateways on it; counters are this process's own.

pub mod exposition;
pub mod page;
mod process;

use crate::clock::{Clock, SystemClock};
use crate::ledger::Ledger;
use crate::ledger::watch::Facts;
use crate::profile::{Configuration, Store};
use crate::tally;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use exposition::Page;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, Instant};

/// How old figures of the ledger may be.
const FRESH: Duration = Duration::from_secs(3);
/// How long the ledger may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often samples that nobody fetches are folded into their buckets.
const UPKEEP: Duration = Duration::from_secs(10);

/// One recorder a process; `None`: another one is in place already.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(tally::ANSWERED.to_owned()), &tally::DELAYS)
        .ok()?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    tally::describe();
    Some(handle)
});

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Starting,
    Open,
    Draining,
}

/// What is known of this gateway, filled in as it comes up.
pub struct Watch {
    parts: OnceLock<Parts>,
    phase: AtomicU8,
    /// The last figures, and when they were asked for; `None`: the ledger did not answer.
    last: tokio::sync::Mutex<Option<(Instant, Option<Arc<Facts>>)>>,
}

struct Parts {
    ledger: Ledger,
    profiles: Arc<Store>,
    /// The certificate of doors that name none.
    self_signed: PathBuf,
}

impl Watch {
    /// Counting begins here.
    pub fn begin() -> Arc<Watch> {
        if let Some(handle) = &*RECORDER {
            tokio::spawn(async {
                loop {
                    tokio::time::sleep(UPKEEP).await;
                    handle.run_upkeep();
                }
            });
        }
        Arc::new(Watch {
            parts: OnceLock::new(),
            phase: AtomicU8::new(Phase::Starting as u8),
            last: tokio::sync::Mutex::default(),
        })
    }

    /// The ledger is reached, the profiles are read.
    pub fn attach(&self, ledger: Ledger, profiles: Arc<Store>, self_signed: PathBuf) {
        count_from_nought(&profiles.current());
        let _ = self.parts.set(Parts { ledger, profiles, self_signed });
    }

    /// All doors are open.
    pub fn opened(&self) {
        self.phase.store(Phase::Open as u8, Ordering::Relaxed);
    }

    /// The doors close, running work ends.
    pub fn draining(&self) {
        self.phase.store(Phase::Draining as u8, Ordering::Relaxed);
    }

    pub fn router(self: &Arc<Watch>) -> Router {
        Router::new()
            .route("/metrics", get(figures))
            .route("/healthz", get(async || "ok\n"))
            .route("/readyz", get(ready))
            .with_state(self.clone())
    }

    /// Why no work should be sent here.
    async fn not_ready(&self) -> Option<&'static str> {
        match self.phase.load(Ordering::Relaxed) {
            phase if phase == Phase::Draining as u8 => return Some("draining"),
            phase if phase == Phase::Starting as u8 => return Some("starting"),
            _ => {}
        }
        let ledger = &self.parts.get()?.ledger;
        match tokio::time::timeout(PATIENCE, ledger.writable()).await {
            Ok(Ok(true)) => None,
            Ok(Ok(false)) => Some("ledger_read_only"),
            Ok(Err(_)) | Err(_) => Some("ledger_unreachable"),
        }
    }

    /// The ledger's figures; whoever asks while another does waits for the same answer.
    async fn facts(&self) -> Option<Arc<Facts>> {
        let parts = self.parts.get()?;
        let mut last = self.last.lock().await;
        if let Some((at, facts)) = &*last
            && at.elapsed() < FRESH
        {
            return facts.clone();
        }
        let asked = tokio::time::timeout(PATIENCE, parts.ledger.facts(SystemClock.now())).await;
        let facts = match asked {
            Ok(Ok(facts)) => Some(Arc::new(facts)),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the ledger's figures cannot be had");
                None
            }
            Err(_) => None,
        };
        *last = Some((Instant::now(), facts.clone()));
        facts
    }
}

/// A partner or endpoint that has done nothing yet is seen too.
fn count_from_nought(configuration: &Configuration) {
    for name in configuration.gateway.endpoint.keys() {
        tally::begin_endpoint(name);
        tally::begin_lane(&crate::ledger::job::endpoint_lane(name));
    }
    for id in configuration.partners.keys() {
        tally::begin_lane(&crate::ledger::job::partner_lane(id));
    }
}

async fn figures(State(watch): State<Arc<Watch>>) -> Response {
    let mut page = Page::default();
    let facts = watch.facts().await;
    page::up(&mut page, facts.is_some());
    if let Some(parts) = watch.parts.get() {
        let (configuration, now) = (parts.profiles.current(), SystemClock.now());
        count_from_nought(&configuration);
        if let Some(facts) = &facts {
            page::ledger(&mut page, facts, &configuration);
        }
        page::pool(&mut page, parts.ledger.pool_use());
        let self_signed = parts.self_signed.clone();
        // The doors' certificates are read from their files.
        let held = tokio::task::spawn_blocking(move || configuration.certificates(&self_signed, now)).await;
        page::certificates(&mut page, &held.unwrap_or_default(), now);
    }
    let open = watch.phase.load(Ordering::Relaxed) == Phase::Open as u8;
    page::own(&mut page, open && facts.is_some());
    let counted = RECORDER.as_ref().map(PrometheusHandle::render).unwrap_or_default();
    let text = counted + &page.into_text();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn ready(State(watch): State<Arc<Watch>>) -> Response {
    let reason = watch.not_ready().await;
    let status = if reason.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::json!({ "ready": reason.is_none(), "reason": reason });
    (status, [(CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response()
}
