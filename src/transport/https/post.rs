//! Our messages to a partner's URL: one POST, the bytes as they are, the stable id beside them.

use crate::net::http::ClientError;
use crate::net::{self, outcome::Outcome};
use crate::profile::partner::Https;
use crate::profile::{Configuration, PartnerProfile};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Posts to partners; keeps one client each, for its connections, until the profile changes.
#[derive(Default)]
pub struct Poster(Mutex<HashMap<String, ([u8; 32], reqwest::Client)>>);

impl Poster {
    /// Posts once. `id`: the message's, the same on every try.
    pub async fn post(
        &self,
        configuration: &Configuration,
        profile: &PartnerProfile,
        id: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Outcome {
        let partner = &profile.partner.id;
        let Some((https, url)) = profile.partner.https.as_ref().and_then(|h| h.url.as_ref().map(|u| (h, u)))
        else {
            return ours(format!("[https] url is gone from the profile {partner}; restore it"));
        };
        let headers = match headers(configuration, https, id, name) {
            Ok(headers) => headers,
            Err(why) => return ours(format!("the token for {partner} cannot be used: {why}")),
        };
        match self.client(configuration, profile, https) {
            Ok(client) => net::http::post(&client, url, headers, Bytes::from(bytes), TIMEOUT).await,
            Err(error) => ours(error.to_string()),
        }
    }

    fn client(
        &self,
        configuration: &Configuration,
        profile: &PartnerProfile,
        https: &Https,
    ) -> Result<reqwest::Client, ClientError> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match clients.get(&profile.partner.id) {
            Some((hash, client)) if *hash == profile.hash => Ok(client.clone()),
            _ => {
                let ca = https.ca.as_ref().map(|ca| configuration.path(ca));
                let client = net::http::client(ca.as_deref(), TIMEOUT)?;
                clients.insert(profile.partner.id.clone(), (profile.hash, client.clone()));
                Ok(client)
            }
        }
    }
}

fn headers(configuration: &Configuration, https: &Https, id: &str, name: &str) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/edi-x12"));
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("idempotency-key"), value);
    }
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    if let Some(token) = &https.token {
        let token = token.resolve(&configuration.dir).map_err(|e| e.to_string())?;
        let mut value =
            HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|e| e.to_string())?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

fn ours(reason: String) -> Outcome {
    Outcome::Deferred { reason, retry_after: None, status: None }
}
