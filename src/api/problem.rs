//! Errors as the ERP's programmer sees them: RFC 9457 problem details, with what is wrong in the document one by one.

use crate::ledger;
use crate::net::limit::{Of, TooMany};
use crate::pipeline::outgoing::Fault;
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
    pub errors: Vec<Fault>,
}

impl Problem {
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        let retry_after = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_SECONDS);
        Problem { status, kind, title, detail: detail.into(), retry_after, errors: Vec::new() }
    }

    pub fn with(self, errors: Vec<Fault>) -> Problem {
        Problem { errors, ..self }
    }
}

impl From<ledger::Error> for Problem {
    fn from(error: ledger::Error) -> Problem {
        match error {
            ledger::Error::NotFound(what) => Problem::new(
                StatusCode::NOT_FOUND,
                "not-found",
                "There is no such thing",
                format!("{what} is not in the ledger."),
            ),
            ledger::Error::Refused(why) => {
                Problem::new(StatusCode::CONFLICT, "not-now", "Its state does not allow that", why)
            }
            error if error.is_unavailable() => {
                tracing::warn!(%error, "answered 503");
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "The ledger is away",
                    "Nothing was taken. Send the same again in a few seconds, under the same Idempotency-Key.",
                )
            }
            error => {
                tracing::error!(%error, "answered 500");
                Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "A fault of the gateway",
                    "Nothing was taken. Its log says more; send the same again later, under the same Idempotency-Key.",
                )
            }
        }
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
                    "Nothing was taken, and no Idempotency-Key is used up. Send the same again in {seconds} s. \
                     [client.<name>] in gateway.toml, rate and burst, says how often you may come."
                ),
            ),
            Of::WrongTokens => (
                "too-many-wrong-tokens",
                "Too many wrong tokens came from your address",
                format!(
                    "Your token was not looked at, and nothing was taken. Try again in {seconds} s, with the right token."
                ),
            ),
        };
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, kind, title, detail);
        Problem { retry_after: Some(seconds), ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = serde_json::json!({
            "type": format!("urn:portway:problem:{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if !self.errors.is_empty() {
            body["errors"] = serde_json::to_value(&self.errors).unwrap_or_default();
        }
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"portway\""));
        }
        (self.status, headers, body.to_string()).into_response()
    }
}

pub async fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        "There is nothing here",
        "Documents go to POST /v1/documents; GET /v1/documents/{id} says how one stands.",
    )
}

pub async fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Not with this method",
        "Documents go to POST /v1/documents; GET /v1/documents/{id} says how one stands.",
    )
}
