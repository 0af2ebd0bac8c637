//! The way to a partner's address: its HTTP client, our login, one request and its answer.

use super::packing::Link;
use super::{LONGEST_RECEIPT, sender::ours};
use crate::ledger::as2::Fields;
use crate::net;
use crate::net::http::Answer;
use crate::net::outcome::Outcome;
use crate::net::tls::OwnCertificate;
use crate::profile::as2::As2;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use secrecy::ExposeSecret;
use std::time::Duration;

/// For connection and answer; larger messages have more.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes a second that a partner must take on average.
const SLOWEST: u64 = 256 * 1024;

/// A client for this partner. Blocking, short: it reads files.
///
/// # Errors
/// In words: the certificate authorities or our key cannot be used.
pub fn client(link: &Link, as2: &As2) -> Result<reqwest::Client, String> {
    let ca = as2.ca.as_ref().map(|ca| link.configuration.path(ca));
    let own = if as2.tls_certificate { Some(own_certificate(link)?) } else { None };
    net::http::client_as(ca.as_deref(), own, TIMEOUT).map_err(|e| e.to_string())
}

/// Posts `size` bytes and reads the whole answer.
///
/// # Errors
/// The outcome of a request that got no whole answer.
pub async fn post(
    client: &reqwest::Client,
    link: &Link,
    as2: &As2,
    url: &str,
    fields: &Fields,
    body: reqwest::Body,
    size: i64,
) -> Result<Answer, Outcome> {
    let mut headers = headers(fields);
    // Always announced, never chunked: not every product reads chunks.
    headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
    if let (Some(user), Some(password)) = (&as2.username, &as2.password) {
        let password = password.resolve(&link.configuration.dir).map_err(|e| ours(e.to_string()))?;
        headers.insert(AUTHORIZATION, basic(user, password.expose_secret()).map_err(ours)?);
    }
    let timeout = TIMEOUT + Duration::from_secs(u64::try_from(size).unwrap_or(0) / SLOWEST);
    net::http::exchange(client, url, headers, body, timeout, LONGEST_RECEIPT).await
}

/// Our certificate, as a partner sees it that asks TLS clients for one.
///
/// # Errors
/// There is no key in force, or it cannot be read here.
pub fn own_certificate(link: &Link) -> Result<OwnCertificate, String> {
    let (station, _) =
        link.configuration.station_of(&link.profile).ok_or("the station is gone from gateway.toml")?;
    let identity = link
        .configuration
        .signing_identity(station, link.now)
        .ok_or_else(|| format!("station {station} has no key to show as a TLS client"))?;
    let pem = identity.key().to_pem(None).map_err(|e| e.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|e| e.to_string())?;
    Ok(OwnCertificate { chain: vec![identity.certificate().der().to_vec().into()], key })
}

fn headers(fields: &Fields) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.append(name, value);
        }
    }
    headers
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, String> {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    let mut value = HeaderValue::from_str(&format!("Basic {text}")).map_err(|e| e.to_string())?;
    value.set_sensitive(true);
    Ok(value)
}
