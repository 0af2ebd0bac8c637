//! The HTTP client: one POST, and an honest account of what became of it.
//!
//! [`client`] builds one keep-alive client per endpoint or partner: HTTP/1.1, no redirects, no environment proxy, no
//! repeats of its own (the ledger decides what is repeated). [`post`] sends one body and maps what happened:
//!
//! - **never left**: no connection (name, refused, TLS not agreed, connect time-out): `Deferred`;
//! - **bytes left, no answer**: time-out, reset, a half answer, or 502/504 where a proxy lost it: `Uncertain`;
//! - an answer: 2xx `Delivered`; 408, 425, 429, 500 and other 5xx `Deferred` with its `Retry-After`; the rest `Refused`.
//!
//! The status line is the answer: a body that breaks off after it changes nothing. Bodies are read to 64 KiB at most.

use super::outcome::Outcome;
use super::tls::{self, TlsError};
use bytes::Bytes;
use http::header::{HeaderMap, LOCATION, RETRY_AFTER};
use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Bytes of an answer that are read at most.
const ANSWER_READ: usize = 64 * 1024;
/// Bytes of an answer that are kept for people.
const ANSWER_KEPT: usize = 512;
/// Time for an answer's body, after its status line.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// Time for name, TCP and TLS; never more than half of the request's own.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// A receiver may not put us off for longer than this.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug)]
pub enum ClientError {
    /// The extra certificate authorities cannot be used.
    Tls(TlsError),
    Build(reqwest::Error),
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Tls(e) => e.fmt(f),
            ClientError::Build(e) => write!(f, "the HTTP client cannot be set up: {}", chain(e)),
        }
    }
}

impl Error for ClientError {}

/// A client for one endpoint. `timeout` is the one later given to [`post`]; `ca`: a PEM file with extra certificate
/// authorities, or with the receiver's own certificate.
pub fn client(ca: Option<&Path>, timeout: Duration) -> Result<reqwest::Client, ClientError> {
    client_as(ca, None, timeout)
}

/// The same, showing a certificate of ours where the receiver asks for one.
pub fn client_as(
    ca: Option<&Path>,
    own: Option<tls::OwnCertificate>,
    timeout: Duration,
) -> Result<reqwest::Client, ClientError> {
    let tls = tls::client_config(ca, own).map_err(ClientError::Tls)?;
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("portway/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .http1_only()
        // Shorter than the whole time, so that "could not connect" is told from "no answer".
        .connect_timeout(CONNECT_TIME.min(timeout / 2))
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_keepalive(Duration::from_secs(30))
        .build()
        .map_err(ClientError::Build)
}

/// Posts `body` and waits at most `timeout` for the status line.
pub async fn post(
    client: &reqwest::Client,
    url: &str,
    headers: HeaderMap,
    body: Bytes,
    timeout: Duration,
) -> Outcome {
    let sent = client.post(url).headers(headers).body(body).send();
    match tokio::time::timeout(timeout, sent).await {
        Ok(Ok(response)) => answered(response, timeout).await,
        Ok(Err(error)) => unanswered(&error),
        Err(_) => Outcome::Uncertain {
            reason: format!("no answer within {} s; the receiver may have taken it", timeout.as_secs_f32()),
            status: None,
        },
    }
}

/// An answer that is read to its end: the reply to an AS2 message is its receipt.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
    retry_after: Option<Duration>,
}

impl Answer {
    /// What the status alone means.
    pub fn outcome(&self) -> Outcome {
        let code = http::StatusCode::from_u16(self.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let location = self.fields.iter().find(|(name, _)| name == "location").map(|(_, to)| to.clone());
        let detail = readable(&self.body[..self.body.len().min(ANSWER_KEPT)]);
        verdict(code, self.retry_after, location, detail)
    }
}

/// Posts `body` and reads the whole answer, at most `longest` bytes of it. `timeout` is for all of it.
///
/// # Errors
/// The outcome of a request that got no whole answer.
pub async fn exchange(
    client: &reqwest::Client,
    url: &str,
    headers: HeaderMap,
    body: reqwest::Body,
    timeout: Duration,
    longest: usize,
) -> Result<Answer, Outcome> {
    let whole = async {
        let mut response =
            client.post(url).headers(headers).body(body).send().await.map_err(|e| unanswered(&e))?;
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers(), SystemTime::now());
        let fields =
            response.headers().iter().map(|(n, v)| (n.as_str().to_owned(), text(v.as_bytes()))).collect();
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= longest => body.extend_from_slice(&chunk),
                Ok(Some(_)) => {
                    let reason = format!("the answer is longer than {longest} bytes");
                    return Err(Outcome::Uncertain { reason, status: Some(status) });
                }
                Ok(None) => return Ok(Answer { status, fields, body, retry_after }),
                Err(error) => {
                    let reason = format!("the answer ({status}) broke off: {}", chain(&error));
                    return Err(Outcome::Uncertain { reason, status: Some(status) });
                }
            }
        }
    };
    tokio::time::timeout(timeout, whole).await.unwrap_or_else(|_| {
        Err(Outcome::Uncertain {
            reason: format!(
                "no whole answer within {} s; the receiver may have taken it",
                timeout.as_secs_f32()
            ),
            status: None,
        })
    })
}

/// A field's bytes as text: UTF-8 where they are, else Latin-1, so that nothing is lost.
pub fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|&b| char::from(b)).collect(), str::to_owned)
}

fn unanswered(error: &reqwest::Error) -> Outcome {
    if error.is_builder() {
        return Outcome::Refused {
            status: None,
            reason: format!("the URL cannot be used: {}", chain(error)),
        };
    }
    if error.is_connect() {
        return Outcome::Deferred {
            reason: format!("no connection, nothing was sent: {}", chain(error)),
            retry_after: None,
            status: None,
        };
    }
    Outcome::Uncertain {
        reason: format!("the connection broke before an answer came: {}", chain(error)),
        status: None,
    }
}

async fn answered(response: reqwest::Response, timeout: Duration) -> Outcome {
    let code = response.status();
    let wish = retry_after(response.headers(), SystemTime::now());
    let location = response.headers().get(LOCATION).map(|l| readable(l.as_bytes()));
    let detail = head(response, ANSWER_TIME.min(timeout)).await;
    verdict(code, wish, location, detail)
}

/// What a status means for us: the one place where HTTP's answers are mapped (RFC 9110 section 15).
fn verdict(
    code: http::StatusCode,
    retry_after: Option<Duration>,
    location: Option<String>,
    detail: String,
) -> Outcome {
    let status = Some(code.as_u16());
    let said = if detail.is_empty() { String::new() } else { format!(": {detail}") };
    match code.as_u16() {
        200..=299 => Outcome::Delivered { status, detail },
        // A proxy answers in the receiver's stead, and does not know either.
        502 | 504 => Outcome::Uncertain {
            reason: format!("a proxy lost the answer of the receiver ({code}){said}"),
            status,
        },
        // Refused for now: a token that is being renewed, a deployment that went wrong. Operators hear of it and mend it.
        401 | 403 | 404 | 407 => Outcome::Deferred {
            reason: format!("the receiver answered {code}: is the address right, are we let in?{said}"),
            retry_after,
            status,
        },
        408 | 425 | 429 | 500..=599 => {
            Outcome::Deferred { reason: format!("the receiver answered {code}{said}"), retry_after, status }
        }
        300..=399 => Outcome::Refused {
            status,
            reason: format!(
                "the receiver answered {code} and points to {}; redirects are not followed, \
                 put the final address into the configuration",
                location.as_deref().unwrap_or("nowhere")
            ),
        },
        _ => Outcome::Refused { status, reason: format!("the receiver answered {code}{said}") },
    }
}

/// `Retry-After`, seconds or a date (RFC 9110 section 10.2.3); at most a day, never negative.
pub fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wish = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a u64 holds are still a number: a very long time.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(wish.min(LONGEST_RETRY_AFTER))
}

/// The start of an answer as text. Reads on to 64 KiB so that the connection can be used again.
async fn head(mut response: reqwest::Response, time: Duration) -> String {
    let mut kept = Vec::new();
    let mut read = 0;
    let reading = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            read += chunk.len();
            let room = ANSWER_KEPT.saturating_sub(kept.len()).min(chunk.len());
            kept.extend_from_slice(&chunk[..room]);
            if read >= ANSWER_READ {
                break;
            }
        }
    };
    // Too slow: what came is good enough for people.
    let _ = tokio::time::timeout(time, reading).await;
    readable(&kept)
}

/// Foreign bytes made fit for screens and mails: no control characters, no broken UTF-8 at the cut.
fn readable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end_matches(char::REPLACEMENT_CHARACTER).trim();
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// An error with its causes, which reqwest keeps one below the other.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        let part = e.to_string();
        if !text.ends_with(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = e.source();
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use http::HeaderValue;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    const LONG: Duration = Duration::from_secs(20);

    /// Reads one request with its body.
    async fn request(stream: &mut TcpStream) -> String {
        let mut all = Vec::new();
        let mut buffer = [0u8; 4096];
        loop {
            let n = stream.read(&mut buffer).await.unwrap();
            all.extend_from_slice(&buffer[..n]);
            let text = String::from_utf8_lossy(&all).into_owned();
            if n == 0 || text.ends_with("payload") {
                return text;
            }
        }
    }

    /// A server that answers each connection with the next of `answers`, then closes it.
    async fn server(answers: Vec<String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                request(&mut stream).await;
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        url
    }

    async fn ask(url: &str) -> Outcome {
        let client = client(None, LONG).unwrap();
        post(&client, url, HeaderMap::new(), Bytes::from_static(b"payload"), LONG).await
    }

    fn answer(status: &str, headers: &str, body: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }

    #[tokio::test]
    async fn a_yes_keeps_the_start_of_the_answer() {
        let long = "x".repeat(5000);
        let url = server(vec![answer("202 Accepted", "", &format!("taken\u{7}{long}"))]).await;
        let Outcome::Delivered { status, detail } = ask(&url).await else { panic!() };
        assert_eq!(status, Some(202));
        assert!(detail.starts_with("taken x") && detail.len() == ANSWER_KEPT);
    }

    #[tokio::test]
    async fn not_now_carries_the_wish_of_the_receiver() {
        let url = server(vec![answer("429 Too Many Requests", "Retry-After: 17\r\n", "busy")]).await;
        let Outcome::Deferred { retry_after, status, reason } = ask(&url).await else { panic!() };
        assert_eq!((retry_after, status), (Some(Duration::from_secs(17)), Some(429)));
        assert!(reason.contains("busy"), "{reason}");
    }

    #[tokio::test]
    async fn nobody_listens_means_that_nothing_left() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        assert!(matches!(ask(&url).await, Outcome::Deferred { status: None, .. }));
        assert!(matches!(ask("http://nobody.invalid/").await, Outcome::Deferred { .. }));
    }

    #[tokio::test]
    async fn a_cut_after_the_request_is_uncertain() {
        let url = server(vec![String::new(), "HTTP/1.1 20".to_owned()]).await;
        for _ in 0..2 {
            let outcome = ask(&url).await;
            assert!(matches!(outcome, Outcome::Uncertain { status: None, .. }), "{outcome:?}");
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_does_not_undo_the_yes() {
        let url = server(vec!["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart".to_owned()]).await;
        assert_eq!(ask(&url).await, Outcome::Delivered { status: Some(200), detail: "part".to_owned() });
    }

    #[tokio::test]
    async fn silence_is_uncertain() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            request(&mut stream).await;
            // Holds the connection open until the client gives up.
            let _ = stream.read(&mut [0u8; 1]).await;
        });
        let client = client(None, LONG).unwrap();
        let soon = Duration::from_millis(100);
        let outcome = post(&client, &url, HeaderMap::new(), Bytes::from_static(b"payload"), soon).await;
        assert!(matches!(outcome, Outcome::Uncertain { status: None, .. }), "{outcome:?}");
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let url = server(vec![answer("302 Found", "Location: http://elsewhere.example/\r\n", "")]).await;
        let Outcome::Refused { status, reason } = ask(&url).await else { panic!() };
        assert_eq!(status, Some(302));
        assert!(reason.contains("http://elsewhere.example/"));
    }

    #[test]
    fn each_status_has_one_meaning() {
        let word =
            |code: u16| verdict(http::StatusCode::from_u16(code).unwrap(), None, None, String::new()).word();
        for (codes, expected) in [
            (&[200, 201, 202, 204, 299][..], "delivered"),
            (&[401, 403, 404, 407, 408, 425, 429, 500, 501, 503, 507, 599], "deferred"),
            (&[502, 504], "uncertain"),
            (&[301, 307, 400, 409, 410, 413, 415, 422], "refused"),
        ] {
            for code in codes {
                assert_eq!(word(*code), expected, "{code}");
            }
        }
    }

    #[test]
    fn retry_after_in_both_forms() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let wish = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
            retry_after(&headers, now).map(|d| d.as_secs())
        };
        assert_eq!(wish("120"), Some(120));
        assert_eq!(wish("Sun, 06 Nov 1994 08:51:37 GMT"), Some(120));
        assert_eq!(wish("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(wish("99999999999999999999999999"), Some(86400));
        assert_eq!(wish("soon"), None);
        assert_eq!(wish("-5"), None);
        assert_eq!(wish(""), None);
    }

    #[tokio::test]
    async fn a_useless_url_is_final() {
        assert!(matches!(ask("not a url").await, Outcome::Refused { status: None, .. }));
    }
}
