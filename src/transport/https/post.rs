//! Our messages to a partner's URL: one POST, the bytes as they are, the stable id beside them.

use crate::net::{self, outcome::Outcome};
use crate::profile::{Configuration, PartnerProfile};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Posts once. `id`: the message's, the same on every try.
pub async fn post(
    configuration: &Configuration,
    profile: &PartnerProfile,
    id: &str,
    name: &str,
    bytes: Vec<u8>,
) -> Outcome {
    let partner = &profile.partner.id;
    let Some(https) = &profile.partner.https else { return gone(partner) };
    let Some(url) = &https.url else { return gone(partner) };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/edi-x12"));
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("idempotency-key"), value);
    }
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    if let Some(token) = &https.token {
        let value = token.resolve(&configuration.dir).map_err(|e| e.to_string()).and_then(|t| {
            HeaderValue::from_str(&format!("Bearer {}", t.expose_secret())).map_err(|e| e.to_string())
        });
        match value {
            Ok(mut value) => {
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
            Err(why) => return ours(format!("the token for {partner} cannot be read: {why}")),
        }
    }
    let ca = https.ca.as_ref().map(|ca| configuration.path(ca));
    match net::http::client(ca.as_deref(), TIMEOUT) {
        Ok(client) => net::http::post(&client, url, headers, Bytes::from(bytes), TIMEOUT).await,
        Err(error) => ours(error.to_string()),
    }
}

fn ours(reason: String) -> Outcome {
    Outcome::Deferred { reason, retry_after: None, status: None }
}

fn gone(partner: &str) -> Outcome {
    ours(format!("[https] url is gone from the profile {partner}; restore it"))
}
