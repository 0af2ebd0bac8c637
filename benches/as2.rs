//! AS2 messages a second through the door of the release binary, durable, with a real PostgreSQL; the load generator runs on the
//! same machine.
//!
//! `cargo bench --bench as2 [-- SECONDS]` prints messages a second and CPU a message (gateway and PostgreSQL apart) for 4 KB,
//! 100 KB and 10 MB, signed and encrypted, answered by a signed MDN; on connections that stay and on a new one each; beside what
//! one RSA operation costs in the same run. `-- gigabyte` receives and sends one message of 1 GB. The gateway has no processors:
//! what comes is taken, opened, kept and answered, and waits. Needs the PostgreSQL server's and OpenSSL's binaries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod machinery;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use machinery::{Gateway, Measured, Postgres, home, measure};
use portway_as2::algorithm::{Cipher, Digest, KeyTransport, Scheme};
use portway_as2::certificate::{Identity, KeyKind};
use portway_as2::cms::{EncryptOptions, SignOptions};
use portway_as2::seal::{Attachment, BodyEncoding, Scratch, Sending, seal};
use std::fs;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 8;
const GIGABYTE: u64 = 1_000_000_000;

fn main() {
    portway::net::tls::install_provider();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let gigabyte = arguments.iter().any(|a| a == "gigabyte");
    let seconds = arguments.iter().find_map(|a| a.parse().ok()).unwrap_or(10);
    let home = home();
    let postgres = Postgres::start(home.path());
    let parties = Parties::new(home.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let sink = Sink::start().await;
        parties.configure(home.path(), &postgres, sink.port);
        let gateway = Gateway::start(home.path());
        if gigabyte {
            println!("| what | seconds | MB/s | peak memory of the gateway, MB |\n|---|---|---|---|");
            receive_a_gigabyte(&gateway, &parties, home.path()).await;
            send_a_gigabyte(&gateway, &postgres, &sink).await;
            return;
        }
        let rsa = rsa_private_ms();
        let commits = postgres.pgbench();
        println!("| payload, connections | messages/s | MB/s | CPU ms: gateway | PostgreSQL | both | over one RSA-2048 private operation ({rsa:.2} ms) | commits | statements |\n|---|---|---|---|---|---|---|---|---|");
        for (name, size) in [("4 KB", 4_000), ("100 KB", 100_000), ("10 MB", 10_000_000)] {
            let sealed = parties.sealed(&mut payload(size), size);
            for (kept, how) in [(true, "kept"), (false, "a new one each")] {
                let load = Load { url: format!("https://127.0.0.1:{}/as2", gateway.port("the AS2 door")), sealed: &sealed, kept };
                load.run(Duration::from_secs(2)).await; // warm
                let (before, at) = (measure(&postgres, &gateway), Instant::now());
                let sent = load.run(Duration::from_secs(seconds)).await;
                let (after, took) = (measure(&postgres, &gateway), at.elapsed().as_secs_f64());
                let per = |f: fn(&Measured) -> f64| (f(&after) - f(&before)) / sent as f64;
                let both = per(|m| m.gateway_ms + m.postgres_ms);
                println!(
                    "| {name}, {how} | {:.0} | {:.1} | {:.2} | {:.2} | {both:.2} | {:.1} | {:.1} | {:.1} |",
                    sent as f64 / took,
                    sent as f64 * size as f64 / 1e6 / took,
                    per(|m| m.gateway_ms),
                    per(|m| m.postgres_ms),
                    both / rsa,
                    per(|m| m.commits),
                    per(|m| m.statements)
                );
            }
        }
        println!("\nMemory of the gateway at the end: {} MB. pgbench in this run: {commits:.0} commits a second.", gateway.memory("VmRSS"));
        postgres.top();
    });
}

/// What `openssl speed` says of one RSA-2048 signature, in ms.
fn rsa_private_ms() -> f64 {
    let said = Command::new("openssl").args(["speed", "-seconds", "2", "rsa2048"]).output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = text.lines().rfind(|l| l.starts_with("rsa 2048")).expect(&text).to_owned();
    let seconds = line.split_whitespace().find_map(|w| w.strip_suffix('s')?.parse::<f64>().ok()).unwrap();
    seconds * 1000.0
}

/// Lines of an interchange, as many as are wanted.
fn payload(size: u64) -> impl Read {
    let line =
        b"PO1*1*12*EA*9.95**UP*012345678905*VN*NW-0001~PID*F****Watering can, 1 litre~\r\n".repeat(100);
    let head = b"ISA*00*          *00*          *ZZ*ACME           *ZZ*NORTHWIND      *260105*0930*U*00401*000000001*0*P*>~".to_vec();
    io::Cursor::new(head).chain(Repeat { line, at: 0 }).take(size)
}

struct Repeat {
    line: Vec<u8>,
    at: usize,
}

impl Read for Repeat {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = into.len().min(self.line.len() - self.at);
        into[..n].copy_from_slice(&self.line[self.at..self.at + n]);
        self.at = (self.at + n) % self.line.len();
        Ok(n)
    }
}

struct Parties {
    us: Identity,
    them: Identity,
}

type Packed = (Vec<(String, String)>, Bytes);

impl Parties {
    fn new(home: &Path) -> Parties {
        let make = |name: &str| {
            let identity = Identity::generate(name, KeyKind::Rsa(2048), 1_700_000_000, 3650).unwrap();
            fs::write(home.join(format!("{name}.pem")), identity.certificate().to_pem().unwrap()).unwrap();
            fs::write(home.join(format!("{name}.key")), identity.key().to_pem(None).unwrap()).unwrap();
            identity
        };
        Parties { us: make("northwind"), them: make("acme") }
    }

    fn configure(&self, home: &Path, postgres: &Postgres, sink: u16) {
        fs::create_dir_all(home.join("conf/partners.d")).unwrap();
        let gateway = format!(
            "state = \"../state\"\n[us]\nname = \"Northwind Supply Inc.\"\nx12 = \"ZZ:NORTHWIND\"\nas2 = \"NORTHWIND\"\nkeys = [{{ \
             certificate = \"../northwind.pem\", key = {{ file = \"../northwind.key\" }} }}]\n[database]\nurl = \
             \"postgres://portway@localhost/portway?host={}\"\nconnections = 16\n[work]\nprocessors = 0\n[listen.as2]\naddress = \"127.0.0.1:0\"\n",
            postgres.run.display()
        );
        fs::write(home.join("conf/gateway.toml"), gateway).unwrap();
        let partner = |id: &str, name: &str, status: &str| {
            format!(
                "id = \"{id}\"\nname = \"{name}\"\nstatus = \"{status}\"\n[as2]\nid = \"{name}\"\nurl = \"http://127.0.0.1:{sink}/\"\n\
                 certificates = [\"../acme.pem\"]\nmdn = \"none\"\n[x12]\nid = \"ZZ:{name}\"\n"
            )
        };
        fs::write(home.join("conf/partners.d/acme.toml"), partner("acme", "ACME", "live")).unwrap();
        fs::write(home.join("conf/partners.d/bulk.toml"), partner("bulk", "BULK", "live")).unwrap();
    }

    fn pack(&self, content: &mut dyn Read, length: u64, out: &mut dyn io::Write) -> Vec<(String, String)> {
        let to = [self.us.certificate().clone()];
        let sending = Sending {
            compress: None,
            sign: Some((
                &self.them,
                SignOptions {
                    digest: Digest::Sha256,
                    scheme: Scheme::Pkcs1,
                    algorithm_protection: true,
                    certificate_included: true,
                    signing_time: Some(1_767_225_600),
                },
            )),
            encrypt: Some((
                &to,
                EncryptOptions { cipher: Cipher::Aes128Cbc, transport: KeyTransport::Pkcs1 },
            )),
            payload_encoding: BodyEncoding::Binary,
            layer_encoding: BodyEncoding::Binary,
            quoted_file_names: true,
            old_digest_names: false,
            mic: None,
        };
        let parts = vec![Attachment {
            content_type: "application/edi-x12",
            file_name: Some("order.edi"),
            content,
            length,
        }];
        let mut scratch = || -> io::Result<Box<dyn Scratch>> { Ok(Box::new(tempfile::tempfile()?)) };
        seal(parts, &sending, &mut scratch, out).unwrap().fields
    }

    fn sealed(&self, content: &mut dyn Read, length: u64) -> Packed {
        let mut body = Vec::new();
        let fields = self.pack(content, length, &mut body);
        (fields, body.into())
    }
}

/// The fields of a message; only the Message-ID differs from one to the next.
fn request(
    client: &reqwest::Client,
    url: &str,
    fields: &[(String, String)],
    id: u64,
) -> reqwest::RequestBuilder {
    let mut request = client
        .post(url)
        .header("AS2-From", "ACME")
        .header("AS2-To", "NORTHWIND")
        .header("AS2-Version", "1.2")
        .header("Message-ID", format!("<{id}@acme.example>"))
        .header("Disposition-Notification-To", "edi@acme.example")
        .header(
            "Disposition-Notification-Options",
            "signed-receipt-protocol=optional, pkcs7-signature; signed-receipt-micalg=optional, sha-256",
        );
    for (name, value) in fields {
        request = request.header(name, value);
    }
    request
}

static NEXT: AtomicU64 = AtomicU64::new(1);

struct Load<'a> {
    url: String,
    sealed: &'a Packed,
    kept: bool,
}

impl Load<'_> {
    /// As many as go through, for a time; returns how many.
    async fn run(&self, time: Duration) -> u64 {
        let end = Instant::now() + time;
        let sent = Arc::new(AtomicU64::new(0));
        let workers: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let (client, url, sealed, sent) =
                    (client(self.kept), self.url.clone(), self.sealed.clone(), sent.clone());
                tokio::spawn(async move {
                    while Instant::now() < end {
                        let id = NEXT.fetch_add(1, Ordering::Relaxed);
                        let answer = request(&client, &url, &sealed.0, id)
                            .body(sealed.1.clone())
                            .send()
                            .await
                            .unwrap();
                        let text = answer.text().await.unwrap();
                        assert!(text.contains("; processed\r\n"), "{text}");
                        sent.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        sent.load(Ordering::Relaxed)
    }
}

/// Without sessions to resume: a new connection is a whole handshake.
fn client(kept: bool) -> reqwest::Client {
    let builder = reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().http1_only();
    if kept { builder.build().unwrap() } else { builder.pool_max_idle_per_host(0).build().unwrap() }
}

/// A partner's server: counts what is posted, answers 200.
struct Sink {
    port: u16,
    bytes: Arc<AtomicU64>,
    done: Arc<AtomicU64>,
}

impl Sink {
    async fn start() -> Sink {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink =
            Sink { port: listener.local_addr().unwrap().port(), bytes: Arc::default(), done: Arc::default() };
        let (bytes, done) = (sink.bytes.clone(), sink.done.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (bytes, done) = (bytes.clone(), done.clone());
                tokio::spawn(async move {
                    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                        let (bytes, done) = (bytes.clone(), done.clone());
                        async move {
                            let mut body = request.into_body();
                            while let Some(frame) = body.frame().await {
                                if let Ok(data) = frame.unwrap().into_data() {
                                    bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
                                }
                            }
                            done.fetch_add(1, Ordering::Relaxed);
                            Ok::<_, std::convert::Infallible>(hyper::Response::new(Full::new(Bytes::new())))
                        }
                    });
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        sink
    }
}

async fn receive_a_gigabyte(gateway: &Gateway, parties: &Parties, home: &Path) {
    let mut file = tempfile::tempfile_in(home).unwrap();
    let fields = parties.pack(&mut payload(GIGABYTE), GIGABYTE, &mut file);
    let length = file.stream_position().unwrap();
    file.rewind().unwrap();
    let chunks = stream::iter(std::iter::from_fn(move || {
        let mut chunk = vec![0u8; 256 * 1024];
        let n = file.read(&mut chunk).unwrap();
        chunk.truncate(n);
        (n > 0).then_some(Ok::<_, io::Error>(chunk))
    }));
    let url = format!("https://127.0.0.1:{}/as2", gateway.port("the AS2 door"));
    let at = Instant::now();
    let client = client(true);
    let sending = request(&client, &url, &fields, 0).header("Content-Length", length);
    let text = sending.body(reqwest::Body::wrap_stream(chunks)).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("; processed\r\n"), "{text}");
    told("received, with its MDN", at.elapsed(), gateway);
}

/// A message of ours is put into the ledger, and the gateway packs and sends it.
async fn send_a_gigabyte(gateway: &Gateway, postgres: &Postgres, sink: &Sink) {
    let at = Instant::now();
    let parts = GIGABYTE / (1 << 20);
    postgres.sql(&format!(
        "WITH part AS (SELECT convert_to(rpad('ISA', 1048576, 'PO1*1*12*EA*9.95**UP*012345678905~'), 'UTF8') AS bytes),
         m AS (INSERT INTO message (id, direction, state, partner, station, transport, file_name, size, sha256, received_at)
            VALUES (id_new(now()), 'out', 'queued', 'bulk', 'us', 'as2', 'bulk.edi', {parts}::bigint * 1048576, '\\x00', now()) RETURNING id, position),
         p AS (INSERT INTO payload (owner, part, codec, size, bytes) SELECT m.id, n, 0, 1048576, part.bytes FROM m, part, generate_series(0, {parts} - 1) n),
         d AS (INSERT INTO delivery (id, message_id, target_kind, target, state, way, created_at)
            SELECT id_new(now()), id, 'partner', 'bulk', 'queued', 'as2', now() FROM m RETURNING id)
         INSERT INTO job (lane, kind, subject, position, run_at) SELECT 'partner:bulk', 'deliver', d.id, m.position, now() FROM d, m"
    ));
    eprintln!("written into the ledger in {:.0} s", at.elapsed().as_secs_f64());
    let at = Instant::now();
    while sink.done.load(Ordering::Relaxed) == 0 {
        assert!(at.elapsed() < Duration::from_secs(300), "{} bytes came", sink.bytes.load(Ordering::Relaxed));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(sink.bytes.load(Ordering::Relaxed) > parts << 20);
    told("sent: packed, frozen, posted", at.elapsed(), gateway);
}

fn told(what: &str, took: Duration, gateway: &Gateway) {
    let seconds = took.as_secs_f64();
    println!(
        "| {what} | {seconds:.1} | {:.0} | {} |",
        GIGABYTE as f64 / 1e6 / seconds,
        gateway.memory("VmHWM")
    );
}
