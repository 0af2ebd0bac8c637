//! The demo's pretend world: a partner, an ERP that fails once, a mail server. They speak the real protocols over loopback.

use crate::clock::{Clock, SystemClock};
use crate::endpoint::http::sign::{self, SigningSecret};
use crate::net::accept::{self, DoorLimits};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// A Standard Webhooks secret that protects nothing.
const SECRET: &str = "whsec_cG9ydHdheS1kZW1vLXNlY3JldC1vZi1ubyB1c2U=";

#[derive(Debug, Clone)]
pub struct Event {
    pub id: String,
    pub body: Value,
}

/// Takes events as an ERP should: checks the signature, fails the first time, takes each id once.
#[derive(Clone)]
pub struct Erp {
    address: SocketAddr,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    failed: bool,
    events: Vec<Event>,
}

impl Erp {
    pub async fn open() -> std::io::Result<Erp> {
        let listener = accept::listen((Ipv4Addr::LOCALHOST, 0).into()).await?;
        let erp = Erp { address: listener.local_addr()?, taken: Arc::default() };
        let router = Router::new().route("/edi-events", post(take)).with_state(erp.clone());
        tokio::spawn(accept::serve(listener, None, router, DoorLimits::default(), CancellationToken::new()));
        Ok(erp)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self) -> String {
        format!("http://{}/edi-events", self.address)
    }

    pub fn secret(&self) -> &'static str {
        SECRET
    }

    pub fn last(&self) -> Option<Event> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).events.last().cloned()
    }

    pub fn count(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).events.len()
    }
}

async fn take(State(erp): State<Erp>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (id, stamp, signatures) = (text(sign::ID), text(sign::TIMESTAMP), text(sign::SIGNATURE));
    let Ok(secret) = SigningSecret::parse(SECRET) else { return StatusCode::INTERNAL_SERVER_ERROR };
    let now = SystemClock.now().as_second();
    if sign::verify(&[secret], &id, &stamp, &body, &signatures, now).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let mut taken = erp.taken.lock().unwrap_or_else(PoisonError::into_inner);
    if !std::mem::replace(&mut taken.failed, true) {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let Ok(body) = serde_json::from_slice(&body) else { return StatusCode::BAD_REQUEST };
    if !taken.events.iter().any(|e| e.id == id) {
        taken.events.push(Event { id, body });
    }
    StatusCode::OK
}

/// A trading partner with a bearer token.
pub struct Partner {
    client: reqwest::Client,
    base: String,
    token: &'static str,
}

impl Partner {
    /// `certificate`: the door's own, which this partner was given to trust.
    pub fn new(door: SocketAddr, token: &'static str, certificate: &Path) -> Result<Partner, String> {
        let client = crate::net::http::client(Some(certificate), std::time::Duration::from_secs(10))
            .map_err(|e| e.to_string())?;
        Ok(Partner { client, base: format!("https://{door}"), token })
    }

    /// Posts an interchange; the message's id.
    pub async fn send(&self, edi: &'static str) -> Result<String, String> {
        let request = self.client.post(format!("{}/edi", self.base)).bearer_auth(self.token).body(edi);
        let answer: Value = json(request).await?;
        answer["id"].as_str().map(str::to_owned).ok_or_else(|| format!("the door answered {answer}"))
    }

    /// Reads the oldest item of the outbox to its end and confirms it.
    pub async fn fetch_answer(&self) -> Result<String, String> {
        let list = json(self.client.get(format!("{}/edi/outbox", self.base)).bearer_auth(self.token)).await?;
        let href = list["items"][0]["href"].as_str().ok_or("the outbox is empty")?.to_owned();
        let url = format!("{}{href}", self.base);
        let answer = self.client.get(&url).bearer_auth(self.token).send().await.map_err(|e| e.to_string())?;
        let text = answer.text().await.map_err(|e| e.to_string())?;
        let confirmed =
            self.client.delete(&url).bearer_auth(self.token).send().await.map_err(|e| e.to_string())?;
        if confirmed.status() == StatusCode::NO_CONTENT {
            Ok(text)
        } else {
            Err(format!("not confirmed: {}", confirmed.status()))
        }
    }
}

async fn json(request: reqwest::RequestBuilder) -> Result<Value, String> {
    let answer = request.send().await.map_err(|e| e.to_string())?;
    let text = answer.text().await.map_err(|e| e.to_string())?;
    serde_json::from_str(&text).map_err(|e| format!("{e}: {text}"))
}

/// A mail server that keeps what it gets.
#[derive(Clone)]
pub struct MailServer {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub async fn open() -> std::io::Result<MailServer> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let server = MailServer { address: listener.local_addr()?, mails: Arc::default() };
        let mails = server.mails.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, mails.clone()));
            }
        });
        Ok(server)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn last(&self) -> Option<String> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }
}

/// SMTP (RFC 5321) as far as a client that sends one mail after another needs it.
async fn converse(stream: TcpStream, mails: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 demo.example\r\n").await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let verb = line.trim().to_ascii_uppercase();
        line.clear();
        if verb == "DATA" {
            stream.write_all(b"354 go on\r\n").await?;
            let mut mail = String::new();
            while stream.read_line(&mut line).await? > 0 && line.trim_end() != "." {
                mail += &line;
                line.clear();
            }
            line.clear();
            mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
        } else if verb == "QUIT" {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(());
        }
        stream.write_all(b"250 ok\r\n").await?;
    }
    Ok(())
}
