//! A document in: `POST /v1/purchase-orders?partner=acme` and its like.
//!
//! 201 once it is in the ledger, with what a person may want to know of it under `warnings`; the same answer again (200) for the same
//! `Idempotency-Key`. 422 with every fault at its JSON pointer and element: nothing was taken.

use super::caller::Caller;
use super::problem::Problem;
use crate::pipeline::House;
use crate::pipeline::outgoing::{Fault, HandOver, HandedOver, Refusal, parsed, worth_telling};
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, StatusCode};
use portway_documents::{Document, DocumentKind};
use serde::Deserialize;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const LONGEST_KEY: usize = 255;
/// The largest document taken, in bytes.
const LARGEST: usize = 32 << 20;

/// To whom, and as what.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The partner's id in our profiles.
    partner: String,
    /// The kind of document, for `/v1/documents`.
    document: Option<String>,
    /// The set, where the document may become several.
    set: Option<String>,
    /// A test for a live partner.
    #[serde(default)]
    test: bool,
    /// Every value that the set does not carry is an error.
    #[serde(default)]
    strict: bool,
}

/// The last part of its path: `purchase-orders`, `inventory-reports`.
pub fn plural(kind: DocumentKind) -> String {
    match kind {
        DocumentKind::TransportStatus => "transport-statuses".to_owned(),
        DocumentKind::WarehouseShippingOrder => "warehouse-orders".to_owned(),
        DocumentKind::ReceivingAdvice => "receipts".to_owned(),
        kind => format!("{}s", kind.name()),
    }
}

/// `POST /v1/documents?document=purchase-order`.
pub async fn any(
    state: State<House>,
    caller: Caller,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let named = asked.as_ref().ok().and_then(|asked| asked.document.clone());
    let Some(kind) = named.as_deref().and_then(DocumentKind::from_name) else {
        let names: Vec<&str> = DocumentKind::ALL.iter().map(|kind| kind.name()).collect();
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "no-document-named",
            "Which document is it?",
            format!("Name it, as in ?document=purchase-order: one of {}.", names.join(", ")),
        ));
    };
    one(state, caller, asked, headers, body, kind).await
}

pub async fn one(
    State(house): State<House>,
    caller: Caller,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
    kind: DocumentKind,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|error| {
        let detail = format!("{}. Name the partner, as in ?partner=acme.", error.body_text());
        Problem::new(StatusCode::BAD_REQUEST, "bad-query", "The query cannot be read", detail)
    })?;
    caller.may_reach(&asked.partner)?;
    caller.may_hand_over(kind)?;
    let key = idempotency_key(&headers)?;
    let bytes = axum::body::to_bytes(body, LARGEST).await.map_err(|error| {
        let detail = format!("Nothing was taken: {error}. A document has {LARGEST} bytes at most.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "broken-off", "The body did not come whole", detail)
    })?;
    let document = parse(kind, &bytes)?;
    let handed = HandOver {
        actor: &caller.actor(),
        source: &caller.name,
        transport: "api",
        remote: caller.remote.as_deref(),
        file_name: None,
        content_type: headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()),
        key: Some(&key),
        body: &bytes,
        document: &document,
        partner: &asked.partner,
        set: asked.set.as_deref(),
        test: asked.test,
        strict: asked.strict,
        thread: None,
    };
    match house.hand_over(&handed).await {
        Ok(done) => Ok(created(&done, &asked.partner)),
        Err(refusal) => Err(refused(refusal)),
    }
}

fn parse(kind: DocumentKind, bytes: &[u8]) -> Result<Document, Problem> {
    parsed(kind, bytes).map_err(|faults| {
        let detail = format!(
            "Nothing was taken: the body is no {}. portway schema {} prints its shape.",
            kind.name(),
            kind.name()
        );
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-document", "It is not of this shape", detail)
            .with(faults)
    })
}

fn created(done: &HandedOver, partner: &str) -> Response {
    let warnings: Vec<Fault> = worth_telling(&done.told);
    let body = serde_json::json!({
        "id": done.document, "message": done.message, "thread": done.thread, "partner": partner, "set": done.code,
        "state": done.state, "warnings": warnings,
    });
    let status = if done.replay { StatusCode::OK } else { StatusCode::CREATED };
    let location = format!("/v1/documents/{}", done.document);
    (status, [(CONTENT_TYPE, "application/json".to_owned()), (LOCATION, location)], body.to_string())
        .into_response()
}

fn refused(refusal: Refusal) -> Problem {
    let detail = format!("Nothing was taken: {refusal}.");
    let unprocessable =
        |kind, title| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, kind, title, detail.clone());
    match refusal {
        Refusal::NoPartner(_) => {
            Problem::new(StatusCode::NOT_FOUND, "no-such-partner", "There is no such partner", detail)
        }
        Refusal::NotAgreed(_) => unprocessable("not-agreed", "It was not agreed on with this partner"),
        Refusal::Invalid { told, transformed, .. } => {
            let mut problem = unprocessable("invalid-document", "The partner would reject it");
            if transformed {
                problem.detail.push_str(" The pointers are into what the partner's transform made of it.");
            }
            problem.with(worth_telling(&told))
        }
        Refusal::Unwritable(_) => unprocessable("unwritable", "It cannot be written"),
        Refusal::KeyUsed { .. } => {
            unprocessable("idempotency-key-reused", "This Idempotency-Key was used with another document")
        }
        Refusal::Ledger(error) => error.into(),
    }
}

pub fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get(IDEMPOTENCY_KEY).map(|value| value.to_str().map(str::trim));
    match key {
        Some(Ok(key)) if !key.is_empty() && key.len() <= LONGEST_KEY => Ok(key.to_owned()),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "idempotency-key-missing",
            "An Idempotency-Key is needed",
            format!(
                "Send a header Idempotency-Key of 1 to {LONGEST_KEY} printable ASCII characters, the same for every repetition \
                 of one document. Nothing was taken."
            ),
        )),
    }
}
