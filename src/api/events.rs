//! `GET /v1/events`: the events of the caller's endpoint, fetched instead of delivered: for a system behind a firewall.
//!
//! The same CloudEvents that other endpoints are sent, byte for byte, each with its cursor. Asking `after` a cursor confirms what was
//! read up to there; asking the same again gives the same again. `wait` holds the answer until there is something, at most as long.

use super::caller::Caller;
use super::problem::Problem;
use crate::ledger::events::{Event, bell};
use crate::pipeline::House;
use crate::profile::duration::Span;
use crate::profile::gateway::Endpoint;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const USUAL: i64 = 100;
const MOST: i64 = 1000;
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How often is looked while nobody rings.
const LOOK: Duration = Duration::from_secs(1);
/// Bytes of events after which an answer ends, with one event at least.
const FULL: usize = 16 << 20;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    after: Option<String>,
    limit: Option<i64>,
    wait: Option<Span>,
    endpoint: Option<String>,
}

pub async fn events(
    State(house): State<House>,
    caller: Caller,
    Extension(close): Extension<CancellationToken>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|error| bad(error.body_text()))?;
    let endpoint = endpoint(&house, &caller, asked.endpoint.as_deref())?;
    let limit = asked.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(bad(format!("limit is 1 to {MOST}")));
    }
    let wait = asked.wait.map_or(Duration::ZERO, |wait| wait.duration()).min(LONGEST_WAIT);
    let after = match asked.after.as_deref().map(str::parse::<i64>) {
        None => None,
        Some(Ok(after)) if after >= 0 && after <= house.ledger.last_event(&endpoint).await? => Some(after),
        Some(_) => {
            return Err(bad(
                "after is no cursor of these events: give the one of the last event you have, 0 for \
                            the first, or none for what you have not confirmed"
                    .to_owned(),
            ));
        }
    };
    if let Some(after) = after {
        house.ledger.confirm_events(&endpoint, after, &caller.name, house.clock.now()).await?;
    }
    let bell = house.ledger.wake.of(&bell(&endpoint));
    let end = Instant::now() + wait;
    let found = loop {
        let found = house.ledger.events_after(&endpoint, after, limit, house.clock.now()).await?;
        let left = end.saturating_duration_since(Instant::now());
        if !found.is_empty() || left.is_zero() || close.is_cancelled() {
            break found;
        }
        tokio::select! {
            () = bell.notified() => {}
            () = close.cancelled() => {}
            () = tokio::time::sleep(left.min(LOOK)) => {}
        }
    };
    written(&house, after, &found, limit).await
}

/// The caller's own endpoint; named, it must be that one.
fn endpoint(house: &House, caller: &Caller, named: Option<&str>) -> Result<String, Problem> {
    let name = &caller.name;
    let own = caller.client.endpoint.as_deref().unwrap_or(name);
    let refused = |title, detail| Problem::new(StatusCode::FORBIDDEN, "endpoint-not-allowed", title, detail);
    if named.is_some_and(|named| named != own) {
        return Err(refused(
            "Not this endpoint",
            format!("{name} fetches the events of {own}: see [client.{name}] endpoint in gateway.toml"),
        ));
    }
    match house.profiles.current().endpoint(own) {
        Some(Endpoint::Events(_)) => Ok(own.to_owned()),
        Some(_) => Err(refused(
            "These events are delivered",
            format!("{own} is sent its events; to fetch them, write kind = \"events\" in [endpoint.{own}]"),
        )),
        None => Err(refused(
            "There are no events for you",
            format!(
                "write [endpoint.{own}] with kind = \"events\" in gateway.toml, or name another as endpoint in [client.{name}]"
            ),
        )),
    }
}

fn bad(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad-query", "The query cannot be read", detail)
}

async fn written(
    house: &House,
    after: Option<i64>,
    found: &[Event],
    limit: i64,
) -> Result<Response, Problem> {
    let mut body = Vec::from(&b"{\"events\":["[..]);
    let mut next = after;
    let mut given = 0;
    for event in found {
        let bytes = house.ledger.payload(event.set_id).await?;
        if given > 0 && body.len() + bytes.len() > FULL {
            break;
        }
        if given > 0 {
            body.push(b',');
        }
        body.extend_from_slice(format!("{{\"cursor\":\"{}\",\"event\":", event.position).as_bytes());
        body.extend_from_slice(&bytes);
        body.push(b'}');
        next = Some(event.position);
        given += 1;
    }
    let more = given < found.len() || i64::try_from(found.len()).is_ok_and(|found| found == limit);
    let next = next.map_or("null".to_owned(), |next| format!("\"{next}\""));
    body.extend_from_slice(format!("],\"next\":{next},\"more\":{more}}}").as_bytes());
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}
