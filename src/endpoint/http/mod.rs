//! An endpoint that takes events as signed webhooks: one POST per try, signed as Standard Webhooks has it.
//!
//! Headers: `webhook-id`, `webhook-timestamp`, `webhook-signature` (one `v1,…` per secret, while keys rotate),
//! `Idempotency-Key` with the same id, `Content-Type: application/cloudevents+json`. Body: the event's frozen bytes.
//!
//! It promises that one call is at most one request on the wire, or one more where the first was answered 401 and [`token`] has
//! another token; what became of it is in the [`Outcome`], mapped in [`crate::net::http`]. It fails only through that outcome.

pub mod sign;
pub mod token;

use super::{EventBody, Outcome};
use crate::net;
use ::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use sign::SigningSecret;
use std::sync::Arc;
use std::time::Duration;
use token::Tokens;

/// CloudEvents 1.0, JSON format, section 3 (structured mode).
pub const CONTENT_TYPE_EVENT: &str = "application/cloudevents+json";

/// Where and how to post. The client beside it (see [`net::http::client`]) is kept per endpoint, for its connections.
#[derive(Clone)]
pub struct HttpTarget {
    pub url: String,
    /// The first signs first; all sign while rotating. Empty: unsigned.
    pub secrets: Vec<SigningSecret>,
    /// Time until the status line.
    pub timeout: Duration,
    /// Where the token comes from that it demands, if it demands one.
    pub tokens: Option<Arc<Tokens>>,
}

/// Posts `event` once.
pub async fn deliver(client: &reqwest::Client, target: &HttpTarget, event: &EventBody) -> Outcome {
    let Some(headers) = headers(target, event) else {
        let reason = format!("the event id {:?} cannot stand in an HTTP header; nothing was sent", event.id);
        return Outcome::Refused { status: None, reason };
    };
    match &target.tokens {
        Some(tokens) => tokens.post(client, target, headers, event.bytes.clone()).await,
        None => net::http::post(client, &target.url, headers, event.bytes.clone(), target.timeout).await,
    }
}

fn headers(target: &HttpTarget, event: &EventBody) -> Option<HeaderMap> {
    let id = HeaderValue::from_str(&event.id).ok()?;
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_EVENT));
    headers.insert(HeaderName::from_static("idempotency-key"), id.clone());
    headers.insert(HeaderName::from_static(sign::ID), id);
    headers.insert(HeaderName::from_static(sign::TIMESTAMP), event.timestamp.into());
    if !target.secrets.is_empty() {
        let signature = sign::sign(&target.secrets, &event.id, event.timestamp, &event.bytes);
        headers.insert(HeaderName::from_static(sign::SIGNATURE), HeaderValue::from_str(&signature).ok()?);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::net::accept::{DoorLimits, listen, serve};
    use axum::Router;
    use axum::routing::post;
    use bytes::Bytes;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn the_receiver_can_verify_what_it_gets() {
        let secrets: Vec<_> =
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
                .iter()
                .map(|s| SigningSecret::parse(s).unwrap())
                .collect();
        let (got, mut seen) = tokio::sync::mpsc::channel::<(HeaderMap, Bytes)>(1);
        let handler = move |headers: HeaderMap, body: Bytes| {
            let got = got.clone();
            async move {
                got.send((headers, body)).await.unwrap();
                "posted as 4711"
            }
        };
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let stop = CancellationToken::new();
        let router = Router::new().route("/events", post(handler));
        let door = tokio::spawn(serve(listener, None, router, DoorLimits::default(), stop.clone()));

        let target =
            HttpTarget { url, secrets: secrets.clone(), timeout: Duration::from_secs(20), tokens: None };
        let client = net::http::client(None, target.timeout).unwrap();
        let event = EventBody {
            id: "evt-1".to_owned(),
            timestamp: 1_780_000_000,
            bytes: Bytes::from_static(b"{\"a\":1}"),
        };
        let outcome = deliver(&client, &target, &event).await;
        assert_eq!(outcome, Outcome::Delivered { status: Some(200), detail: "posted as 4711".to_owned() });

        let (headers, body) = seen.recv().await.unwrap();
        assert_eq!(body, event.bytes);
        assert_eq!(headers["content-type"], CONTENT_TYPE_EVENT);
        assert_eq!(headers["idempotency-key"], "evt-1");
        for secret in &secrets {
            sign::verify(
                std::slice::from_ref(secret),
                headers["webhook-id"].to_str().unwrap(),
                headers["webhook-timestamp"].to_str().unwrap(),
                &body,
                headers["webhook-signature"].to_str().unwrap(),
                1_780_000_100,
            )
            .unwrap();
        }
        stop.cancel();
        door.await.unwrap();
    }

    #[tokio::test]
    async fn an_id_that_would_break_the_head_is_not_sent() {
        let target = HttpTarget {
            url: "http://erp.invalid/".to_owned(),
            secrets: Vec::new(),
            timeout: Duration::from_secs(1),
            tokens: None,
        };
        let client = net::http::client(None, target.timeout).unwrap();
        let event = EventBody { id: "a\r\nX: y".to_owned(), timestamp: 0, bytes: Bytes::new() };
        assert!(matches!(deliver(&client, &target, &event).await, Outcome::Refused { .. }));
    }
}
