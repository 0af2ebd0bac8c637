//! Bearer tokens for an endpoint, by OAuth 2.0 client credentials (RFC 6749 section 4.4).
//!
//! A token is fetched when the first delivery needs it and kept until shortly before it expires. However many deliveries wait, one
//! asks: the others get what it got, a token or the failure. A token that the endpoint does not take is fetched anew, once a try.
//! It fails with [`NoToken`], which says whose move it is: nothing went to the endpoint then. Neither the secret nor a token
//! stands in any text that leaves here.

use crate::ledger::alert::Move;
use crate::net;
use crate::net::outcome::Outcome;
use crate::profile::oauth2::{ClientAuth, OAuth2};
use ::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Of an answer.
const LONGEST: usize = 64 * 1024;
/// How long a token is good whose server does not say (RFC 6749 section 5.1 recommends that it does).
const USUAL: Duration = Duration::from_secs(300);
/// A token is not used for the last part of its life, a fifth of it and this at most: it has to get there.
const MARGIN: Duration = Duration::from_secs(30);
/// A server that does not know us is not asked again so soon: some lock whoever comes with a wrong secret too often.
const REST: Duration = Duration::from_secs(30);

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoToken {
    pub found: String,
    pub whose: Move,
    pub next: String,
    retry_after: Option<Duration>,
    /// The server does not know us: asking again is of no use before a person has mended it.
    unknown: bool,
}

impl NoToken {
    fn outcome(self) -> Outcome {
        let NoToken { found, whose, next, retry_after, unknown } = self;
        let whose = if whose == Move::Us { "us" } else { "the endpoint" };
        let reason = format!("{found}. Nothing was sent to the endpoint. Next ({whose}): {next}");
        if unknown {
            Outcome::Held { reason }
        } else {
            Outcome::Deferred { reason, retry_after, status: None }
        }
    }
}

/// Where tokens for one endpoint come from, and the one that is good now.
pub struct Tokens {
    endpoint: String,
    asked: OAuth2,
    secret: SecretString,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    failed: Option<(Instant, NoToken)>,
}

#[derive(Clone)]
struct Token {
    value: SecretString,
    /// How long it is used.
    life: Duration,
    until: Instant,
}

/// RFC 6749 section 5.1.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: Option<String>,
    expires_in: Option<serde_json::Value>,
}

/// RFC 6749 section 5.2.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Denied {
    error: String,
    error_description: String,
}

impl Tokens {
    pub fn new(endpoint: &str, asked: OAuth2, secret: SecretString) -> Tokens {
        Tokens { endpoint: endpoint.to_owned(), asked, secret, kept: Mutex::default() }
    }

    /// Posts with a token; once more with a new one where the endpoint does not take the first.
    pub async fn post(
        &self,
        client: &reqwest::Client,
        target: &super::HttpTarget,
        mut headers: HeaderMap,
        body: bytes::Bytes,
    ) -> Outcome {
        let mut refused: Option<SecretString> = None;
        loop {
            let (token, value) = match self.bearer(client, target.timeout, refused.as_ref()).await {
                Ok(bearer) => bearer,
                Err(none) => return none.outcome(),
            };
            headers.insert(AUTHORIZATION, value);
            let outcome =
                net::http::post(client, &target.url, headers.clone(), body.clone(), target.timeout).await;
            let outcome = without(outcome, token.expose_secret());
            if outcome.status() != Some(401) || refused.is_some() {
                return outcome;
            }
            refused = Some(token);
        }
    }

    /// Asks for a new token, and says how long it is good.
    ///
    /// # Errors
    /// There is none.
    pub async fn look(&self, client: &reqwest::Client, timeout: Duration) -> Result<Duration, NoToken> {
        self.fetch(client, timeout).await.map(|token| token.life)
    }

    pub fn url(&self) -> &str {
        &self.asked.token_url
    }

    pub fn client_id(&self) -> &str {
        &self.asked.client_id
    }

    async fn bearer(
        &self,
        client: &reqwest::Client,
        timeout: Duration,
        refused: Option<&SecretString>,
    ) -> Result<(SecretString, HeaderValue), NoToken> {
        let token = self.token(client, timeout, refused).await?;
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
            .map_err(|_| self.theirs("a token with characters that no header may have".to_owned(), None))?;
        value.set_sensitive(true);
        Ok((token, value))
    }

    /// `refused`: the endpoint does not take this one any more.
    async fn token(
        &self,
        client: &reqwest::Client,
        timeout: Duration,
        refused: Option<&SecretString>,
    ) -> Result<SecretString, NoToken> {
        let since = Instant::now();
        let mut kept = self.kept.lock().await;
        let other = |token: &&Token| refused.is_none_or(|r| r.expose_secret() != token.value.expose_secret());
        if let Some(token) = kept.token.as_ref().filter(|token| token.until > Instant::now()).filter(other) {
            return Ok(token.value.clone());
        }
        kept.token = None;
        if let Some((at, failed)) = &kept.failed
            && (*at > since || failed.unknown && at.elapsed() < REST)
        {
            return Err(failed.clone());
        }
        match self.fetch(client, timeout).await {
            Ok(token) => {
                *kept = Kept { token: Some(token.clone()), failed: None };
                Ok(token.value)
            }
            Err(failed) => {
                kept.failed = Some((Instant::now(), failed.clone()));
                Err(failed)
            }
        }
    }

    /// The request of RFC 6749 section 4.4.2.
    fn request(&self) -> Result<(HeaderMap, String), NoToken> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        for (name, value) in [("scope", &self.asked.scope), ("audience", &self.asked.audience)] {
            value.iter().for_each(|value| {
                form.append_pair(name, value);
            });
        }
        match self.asked.auth {
            ClientAuth::Basic => {
                let both =
                    format!("{}:{}", encoded(&self.asked.client_id), encoded(self.secret.expose_secret()));
                let value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(both)));
                let mut value = value.map_err(|e| self.ours(format!("no header can be made: {e}")))?;
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
            }
            ClientAuth::Body => {
                form.append_pair("client_id", &self.asked.client_id);
                form.append_pair("client_secret", self.secret.expose_secret());
            }
        }
        Ok((headers, form.finish()))
    }

    async fn fetch(&self, client: &reqwest::Client, timeout: Duration) -> Result<Token, NoToken> {
        let since = Instant::now();
        let (headers, form) = self.request()?;
        let answer = net::http::exchange(client, self.url(), headers, form.into(), timeout, LONGEST).await;
        let answer = answer.map_err(|outcome| self.theirs(outcome.reason().to_owned(), None))?;
        if !(200..300).contains(&answer.status) {
            return Err(self.denied(&answer));
        }
        let granted: Granted = serde_json::from_slice(&answer.body)
            .map_err(|_| self.theirs(format!("{} without an access_token in JSON", answer.status), None))?;
        if let Some(other) = granted.token_type.filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err(
                self.theirs(format!("a token of type {other:?}, and we can only show bearer tokens"), None)
            );
        }
        let life = granted.expires_in.as_ref().and_then(seconds).unwrap_or(USUAL);
        let life = life - MARGIN.min(life / 5);
        let until = since.checked_add(life).unwrap_or(since);
        Ok(Token { value: granted.access_token.into(), life, until })
    }

    fn denied(&self, answer: &net::http::Answer) -> NoToken {
        let denied: Denied = serde_json::from_slice(&answer.body).unwrap_or_default();
        let retry_after = match answer.outcome() {
            Outcome::Deferred { retry_after, .. } => retry_after,
            _ => None,
        };
        let mut said = answer.status.to_string();
        for part in [&denied.error, &denied.error_description].into_iter().filter(|part| !part.is_empty()) {
            said += &format!(", {}", self.plain(part));
        }
        match denied.error.as_str() {
            "invalid_client" => NoToken { unknown: true, ..self.ours(said) },
            "invalid_request" | "invalid_scope" | "unauthorized_client" | "unsupported_grant_type" => {
                self.ours(said)
            }
            _ => self.theirs(said, retry_after),
        }
    }

    /// What was said, for a person to read; whoever repeats our secret is not repeated.
    fn plain(&self, text: &str) -> String {
        let secret = self.secret.expose_secret();
        let text = text.replace(secret, "(our secret)").replace(&encoded(secret), "(our secret)");
        text.chars().filter(|c| !c.is_control()).take(200).collect()
    }

    fn found(&self, said: &str) -> String {
        format!("no token from {} for client {}: {said}", self.url(), self.client_id())
    }

    fn ours(&self, said: String) -> NoToken {
        let name = &self.endpoint;
        NoToken {
            found: self.found(&said),
            whose: Move::Us,
            next: format!(
                "correct [endpoint.{name}.oauth2] (client_id, client_secret, auth, scope, audience), or have it corrected at the token \
                 server; portway reload; portway endpoint test {name}; what is held by then: portway endpoint redeliver {name} \
                 --state held --reason \"…\""
            ),
            retry_after: None,
            unknown: false,
        }
    }

    fn theirs(&self, said: String, retry_after: Option<Duration>) -> NoToken {
        let next = "the owners of the token server mend it; Portway goes on trying".to_owned();
        NoToken { found: self.found(&said), whose: Move::Endpoint, next, retry_after, unknown: false }
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Some servers write the number as text.
fn seconds(value: &serde_json::Value) -> Option<Duration> {
    let number = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    number.map(|number| Duration::from_secs(number.min(365 * 86_400)))
}

/// The same outcome, where the endpoint's answer repeats our token.
fn without(outcome: Outcome, token: &str) -> Outcome {
    let hidden = |text: String| if token.is_empty() { text } else { text.replace(token, "(our token)") };
    match outcome {
        Outcome::Delivered { status, detail } => Outcome::Delivered { status, detail: hidden(detail) },
        Outcome::Deferred { reason, retry_after, status } => {
            Outcome::Deferred { reason: hidden(reason), retry_after, status }
        }
        Outcome::Uncertain { reason, status } => Outcome::Uncertain { reason: hidden(reason), status },
        Outcome::Refused { status, reason } => Outcome::Refused { status, reason: hidden(reason) },
        Outcome::Held { reason } => Outcome::Held { reason },
    }
}
