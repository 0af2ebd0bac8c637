//! `POST /edi`: a message in. Streamed to the spool, committed, and only then answered.

use super::principal::Caller;
use super::problem::Problem;
use crate::net::body::{self, BodyError};
use crate::transport::Doors;
use crate::transport::accept::{Facts, Taken};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, StatusCode};
use std::time::Duration;
use uuid::Uuid;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Silence a body may begin with.
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_KEY: usize = 255;

pub async fn submit(
    State(doors): State<Doors>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let limit = doors.profiles.current().gateway.limits.max_message_bytes;
    let content = body::receive(body, &doors.spool, limit, PATIENCE).await.map_err(refused)?;
    if content.size == 0 {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "empty",
            "The body is empty",
            "Nothing was accepted. Send the interchange as the body of the request.",
        ));
    }
    let file_name = file_name(&headers);
    let facts = Facts {
        transport: "https",
        remote: caller.remote.as_deref(),
        file_name: file_name.as_deref(),
        content_type: headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()),
        idempotency_key: key.as_deref(),
        as2: None,
    };
    match doors.take(&caller.profile, facts, content).await? {
        Taken::New(id) => {
            tracing::info!(message_id = %id, partner = %caller.profile.partner.id, "accepted over https");
            Ok(accepted(id))
        }
        Taken::Replay(id) => Ok(accepted(id)),
        Taken::KeyConflict(id) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "This Idempotency-Key was used with another body",
            format!(
                "Message {id} came under the same key with other content. Use a new key for a new message."
            ),
        )),
    }
}

fn accepted(id: Uuid) -> Response {
    let body = serde_json::json!({ "id": id, "status": "accepted" });
    (StatusCode::ACCEPTED, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// `http:` keeps these keys apart from those of other transports.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    match value.to_str().map(str::trim) {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST_KEY => Ok(Some(format!("http:{key}"))),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "bad-idempotency-key",
            "The Idempotency-Key cannot be used",
            format!("It must be 1 to {LONGEST_KEY} printable ASCII characters. Nothing was accepted."),
        )),
    }
}

/// `Content-Disposition: attachment; filename="po.edi"`: for people to recognise it by, no more.
fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_DISPOSITION)?.to_str().ok()?;
    let name = value.split(';').map(str::trim).find_map(|p| p.strip_prefix("filename="))?;
    Some(name.trim_matches('"').chars().filter(|c| !c.is_control()).take(255).collect())
}

fn refused(error: BodyError) -> Problem {
    let (status, kind, title) = match &error {
        BodyError::TooLarge { .. } => {
            (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The message is too large")
        }
        BodyError::Stalled => (StatusCode::REQUEST_TIMEOUT, "too-slow", "The message came too slowly"),
        BodyError::Broken(_) => (StatusCode::BAD_REQUEST, "broken-off", "The message broke off"),
        BodyError::Disk(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "We cannot take it just now"),
    };
    Problem::new(status, kind, title, format!("Nothing was accepted: {error}."))
}
