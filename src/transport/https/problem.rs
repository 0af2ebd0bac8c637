//! Errors as the partner's programmer sees them: RFC 9457 problem details.

use crate::ledger;
use crate::net::limit::{Of, TooMany};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};

/// Seconds after which a temporary refusal is worth another try.
const RETRY_SECONDS: u64 = 5;

/// One problem; `kind` completes `urn:portway:problem:`.
#[derive(Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub kind: &'static str,
    pub title: &'static str,
    pub detail: String,
    /// Seconds after which the same may be sent again.
    pub retry_after: Option<u64>,
}

impl Problem {
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_SECONDS);
        Problem { status, kind, title, detail: detail.into(), retry_after }
    }
}

impl From<ledger::Error> for Problem {
    fn from(error: ledger::Error) -> Problem {
        if error.is_unavailable() {
            tracing::warn!(%error, "answered 503");
            return Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "We cannot take it just now",
                "Nothing was accepted. Our store is away for the moment: send the same again in a few seconds.",
            );
        }
        tracing::error!(%error, "answered 500");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "A fault of ours",
            "Nothing was accepted. Send the same again later; our operators see this in their log.",
        )
    }
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Problem {
        let seconds = too_many.retry_after;
        let (kind, title, detail) = match too_many.of {
            Of::Requests => (
                "too-many-requests",
                "You come too often",
                format!(
                    "Nothing was accepted, and no Idempotency-Key is used up. Send the same again in {seconds} s. \
                     Ask your contact if you need to come more often."
                ),
            ),
            Of::WrongTokens => (
                "too-many-wrong-tokens",
                "Too many wrong tokens came from your address",
                format!(
                    "Your token was not looked at, and nothing was accepted. Try again in {seconds} s, with the right token."
                ),
            ),
        };
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, kind, title, detail);
        Problem { retry_after: Some(seconds), ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "type": format!("urn:portway:problem:{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"edi\""));
        }
        (self.status, headers, body.to_string()).into_response()
    }
}

pub async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "There is nothing here",
        "Messages go to POST /edi; what waits for you is under GET /edi/outbox.",
    )
}

pub async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Not with this method",
        "Messages go to POST /edi; what waits for you is under GET /edi/outbox, and DELETE confirms an item.",
    )
}
