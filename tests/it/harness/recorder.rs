//! A receiver that keeps its own books: the ERP, or a partner's server that takes our answers.
//!
//! Each request is written to a log of its own, flushed to disk, before it is answered. It honours ids: the first request of an
//! id takes effect, further ones are counted only. How it answers can be scripted. As ERP it checks the signature (Standard
//! Webhooks 1.0) with code of its own.

use super::token_server::{Issued, TokenServer};
use super::watched::Watched;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What it does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Takes effect, 200.
    Take,
    /// No effect, this status.
    Status(u16),
    /// No effect, this status with `Retry-After` in seconds.
    Later(u16, u32),
    /// Takes effect; the 200 waits for [`Recorder::release`].
    Hold,
    /// Takes effect; the connection is cut instead of an answer.
    Cut,
}

impl Answer {
    fn takes_effect(self) -> bool {
        matches!(self, Answer::Take | Answer::Hold | Answer::Cut)
    }
}

#[derive(Debug, Clone)]
pub struct Received {
    pub id: String,
    /// The CloudEvent's subject: the order's number.
    pub subject: String,
    pub body: Vec<u8>,
}

struct Books {
    received: Vec<Received>,
    effects: BTreeMap<String, Received>,
    script: VecDeque<Answer>,
    otherwise: Answer,
    releases: usize,
    /// The token server whose tokens it demands.
    demands: Option<Issued>,
    /// How far from now, in seconds, a signature's time may be.
    window: u64,
    unauthorized: usize,
    faults: Vec<String>,
    log: File,
    connections: HashMap<u64, TcpStream>,
}

pub struct Recorder {
    books: Arc<Watched<Books>>,
    address: SocketAddr,
    secret: Option<Vec<u8>>,
    log: PathBuf,
    _dir: tempfile::TempDir,
    door: Option<Arc<AtomicBool>>,
}

impl Recorder {
    /// One of our systems: takes signed events.
    pub fn erp() -> Recorder {
        Recorder::new(Some(b"0123456789abcdef0123456789abcdef".to_vec()))
    }

    /// A partner's server: takes our answers as they are.
    pub fn partner() -> Recorder {
        Recorder::new(None)
    }

    fn new(secret: Option<Vec<u8>>) -> Recorder {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("received.log");
        let books = Books {
            received: Vec::new(),
            effects: BTreeMap::new(),
            script: VecDeque::new(),
            otherwise: Answer::Take,
            releases: 0,
            demands: None,
            window: 300,
            unauthorized: 0,
            faults: Vec::new(),
            log: File::create(&log).unwrap(),
            connections: HashMap::new(),
        };
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut recorder =
            Recorder { books: Arc::new(Watched::new(books)), address, secret, log, _dir: dir, door: None };
        recorder.open();
        recorder
    }

    pub fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    /// The webhook secret as it stands in the gateway's secret file.
    pub fn secret(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.secret.as_deref().unwrap_or_default()))
    }

    /// Listens; at first anywhere, later again where it was.
    pub fn open(&mut self) {
        let listener = TcpListener::bind(self.address).unwrap();
        self.address = listener.local_addr().unwrap();
        let closed = Arc::new(AtomicBool::new(false));
        self.door = Some(closed.clone());
        let (books, secret) = (self.books.clone(), self.secret.clone());
        std::thread::spawn(move || {
            for (number, stream) in (0u64..).zip(listener.incoming()) {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let Ok(copy) = stream.try_clone() else { continue };
                books.with(|b| b.connections.insert(number, copy));
                let (books, secret) = (books.clone(), secret.clone());
                std::thread::spawn(move || {
                    let _ = serve(&books, secret.as_deref(), stream);
                    books.with(|b| b.connections.remove(&number));
                });
            }
        });
    }

    /// Refuses connections from now on, and breaks the ones that are open.
    pub fn close(&mut self) {
        if let Some(closed) = self.door.take() {
            closed.store(true, Ordering::SeqCst);
            let _ = TcpStream::connect(self.address);
            self.books.with(|b| b.connections.drain().for_each(|(_, c)| drop(c.shutdown(Shutdown::Both))));
        }
    }

    /// The answers to the next requests, in order.
    pub fn script(&self, answers: &[Answer]) {
        self.books.with(|b| b.script.extend(answers));
    }

    /// The answer to every request that is not scripted.
    pub fn otherwise(&self, answer: Answer) {
        self.books.with(|b| b.otherwise = answer);
    }

    /// Answers all requests that are held, and holds none from now on.
    pub fn release(&self) {
        self.books.with(|b| {
            b.otherwise = Answer::Take;
            b.releases += 1;
        });
    }

    /// Answers 401 to every request without a token that this server stands by.
    pub fn demand_token(&self, of: &TokenServer) {
        self.books.with(|b| b.demands = Some(of.issued()));
    }

    /// Takes events of any time, as those of a gateway whose clock a test has moved.
    pub fn timeless(&self) {
        self.books.with(|b| b.window = u64::MAX);
    }

    /// Requests that were answered 401 for want of a good token.
    pub fn unauthorized(&self) -> usize {
        self.books.with(|b| b.unauthorized)
    }

    pub fn received(&self) -> Vec<Received> {
        self.books.with(|b| b.received.clone())
    }

    /// What took effect, by id.
    pub fn effects(&self) -> BTreeMap<String, Received> {
        self.books.with(|b| b.effects.clone())
    }

    /// The subjects of what took effect, sorted.
    pub fn subjects(&self) -> Vec<String> {
        let mut subjects: Vec<String> = self.effects().into_values().map(|e| e.subject).collect();
        subjects.sort();
        subjects
    }

    #[track_caller]
    pub fn wait_received(&self, many: usize) -> Vec<Received> {
        self.books
            .until(&format!("{many} requests"), |b| (b.received.len() >= many).then(|| b.received.clone()))
    }

    #[track_caller]
    pub fn wait_effects(&self, many: usize) -> Vec<Received> {
        self.books.until(&format!("{many} effects"), |b| {
            (b.effects.len() >= many).then(|| b.effects.values().cloned().collect())
        })
    }

    /// What took effect by its log on disk: id and subject. Also checks that no request was at fault.
    #[track_caller]
    pub fn log(&self) -> BTreeMap<String, String> {
        assert_eq!(
            self.books.with(|b| b.faults.clone()),
            Vec::<String>::new(),
            "requests that should not have been sent"
        );
        let text = std::fs::read_to_string(&self.log).unwrap();
        let fields = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let mut bodies: HashMap<String, String> = HashMap::new();
        let mut effects = BTreeMap::new();
        for line in fields {
            let body = bodies.entry(line[1].into()).or_insert_with(|| line[3].into());
            assert_eq!(body, line[3], "the same id with other bytes");
            if line[0] == "effect" {
                effects.insert(line[1].to_owned(), line[2].to_owned());
            }
        }
        effects
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.release();
        self.close();
    }
}

/// One connection, request after request.
fn serve(books: &Watched<Books>, secret: Option<&[u8]>, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let Some((headers, body)) = request(&mut reader)? else { return Ok(()) };
        let id = headers.get("webhook-id").or(headers.get("idempotency-key")).cloned().unwrap_or_default();
        if books.with(|b| b.turned_away(&headers)) {
            respond(&mut writer, 401, "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n")?;
            continue;
        }
        let fault = secret.and_then(|secret| verify(secret, &headers, &body, books.with(|b| b.window)).err());
        let subject = serde_json::from_slice::<serde_json::Value>(&body)
            .ok()
            .and_then(|event| event["subject"].as_str().map(str::to_owned))
            .unwrap_or_else(|| "-".into());
        let (answer, releases) = books.with(|b| b.enter(id, subject, body, fault));
        match answer {
            Answer::Take => respond(&mut writer, 200, "")?,
            Answer::Status(status) => respond(&mut writer, status, "")?,
            Answer::Later(status, seconds) => {
                respond(&mut writer, status, &format!("Retry-After: {seconds}\r\n"))?
            }
            Answer::Cut => return writer.shutdown(Shutdown::Both),
            Answer::Hold => {
                books.until("a release", |b| (b.releases > releases).then_some(()));
                respond(&mut writer, 200, "")?;
            }
        }
    }
}

impl Books {
    fn turned_away(&mut self, headers: &HashMap<String, String>) -> bool {
        let shown = headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let good = self.demands.as_ref().is_none_or(|issued| shown.is_some_and(|token| issued.good(token)));
        self.unauthorized += usize::from(!good);
        !good
    }

    fn enter(
        &mut self,
        id: String,
        subject: String,
        body: Vec<u8>,
        fault: Option<String>,
    ) -> (Answer, usize) {
        let answer = match fault {
            Some(fault) => {
                self.faults.push(fault);
                Answer::Status(401)
            }
            None => self.script.pop_front().unwrap_or(self.otherwise),
        };
        let first = answer.takes_effect() && !self.effects.contains_key(&id);
        let hash: String = Sha256::digest(&body).iter().map(|b| format!("{b:02x}")).collect();
        let what = if first { "effect" } else { "seen" };
        writeln!(self.log, "{what}\t{id}\t{subject}\t{hash}\t{answer:?}").unwrap();
        self.log.sync_data().unwrap();
        let received = Received { id: id.clone(), subject, body };
        if first {
            self.effects.insert(id, received.clone());
        }
        self.received.push(received);
        (answer, self.releases)
    }
}

/// Header fields by lower-case name, and the body.
pub(super) type Request = (HashMap<String, String>, Vec<u8>);

pub(super) fn request(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut headers = HashMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some((headers, body)))
}

fn respond(writer: &mut TcpStream, status: u16, headers: &str) -> io::Result<()> {
    writer.write_all(format!("HTTP/1.1 {status} Word\r\n{headers}Content-Length: 0\r\n\r\n").as_bytes())
}

/// Standard Webhooks 1.0, "Verifying webhook authenticity": HMAC-SHA256 over `id.timestamp.body`.
fn verify(secret: &[u8], headers: &HashMap<String, String>, body: &[u8], window: u64) -> Result<(), String> {
    let header = |name: &str| headers.get(name).map(String::as_str).ok_or(format!("no {name}"));
    let (id, timestamp, signatures) =
        (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let sent: u64 = timestamp.parse().map_err(|_| format!("webhook-timestamp {timestamp}"))?;
    if now.abs_diff(sent) > window {
        return Err(format!("webhook-timestamp {timestamp} is far from {now}"));
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|e| e.to_string())?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    signatures
        .split(' ')
        .any(|s| s == expected)
        .then_some(())
        .ok_or(format!("webhook-signature {signatures} of {id}"))
}
