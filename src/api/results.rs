//! `POST /v1/documents/{id}/result`: what the caller's application says of a document that it received.
//!
//! 200 with the verdict as it is kept, the same for every repetition; `told` says by which document of ours the partner hears of a
//! rejection. 409 where another verdict was given before.

use super::caller::Caller;
use super::documents::idempotency_key;
use super::problem::Problem;
use crate::ledger::Error;
use crate::pipeline::House;
use crate::pipeline::results::{NotKept, Verdict};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use uuid::Uuid;

const LARGEST: usize = 1 << 20;

pub async fn result(
    State(house): State<House>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let unknown = || Problem::from(Error::NotFound(format!("document {id} of a partner")));
    let document: Uuid = id.parse().map_err(|_| unknown())?;
    let key = idempotency_key(&headers)?;
    let verdict = verdict(body).await?;
    let of = house.ledger.received(document).await?;
    caller.may_reach(&of.partner).map_err(|_| unknown())?;
    match house.keep_result(&of, &caller.name, &caller.actor(), &key, &verdict).await {
        Ok(kept) => {
            let mut body = serde_json::to_value(&kept.result).unwrap_or_default();
            body["document"] = json!(of.id);
            if let Some(why) = kept.untold {
                body["untold"] = json!(why);
            }
            Ok(([(CONTENT_TYPE, "application/json")], body.to_string()).into_response())
        }
        Err(NotKept::KeyUsed) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "This Idempotency-Key was used with another result",
            "Nothing was changed: the first result counts.",
        )),
        Err(NotKept::Given(before)) => Err(Problem::new(
            StatusCode::CONFLICT,
            "result-given",
            "There is a result already",
            format!(
                "{} said {} at {}. A result is given once; what changed since is told to the partner in a document.",
                before.client,
                if before.accepted { "accepted" } else { "rejected" },
                before.at
            ),
        )),
        Err(NotKept::Ledger(error)) => Err(error.into()),
    }
}

async fn verdict(body: Body) -> Result<Verdict, Problem> {
    let refused = |detail: String| {
        let detail = format!(
            "Nothing was kept: {detail}. It is {{ \"accepted\": true, \"number\": \"SO-77\" }} or \
             {{ \"accepted\": false, \"reason\": \"…\", \"errors\": [{{ \"pointer\", \"message\", \"code\" }}] }}."
        );
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-result", "It is not of this shape", detail)
    };
    let bytes = axum::body::to_bytes(body, LARGEST).await.map_err(|error| refused(error.to_string()))?;
    let verdict: Verdict = serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
    if !verdict.accepted && verdict.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(refused("a rejection needs a reason".to_owned()));
    }
    Ok(verdict)
}
