//! Orders a second through the whole gateway: HTTPS in, ERP out, durable; the release binary, a real PostgreSQL, and the load
//! generator on the same machine.
//!
//! `cargo bench --bench orders [-- SECONDS]` prints throughput, latency at 100 orders a second, CPU, commits and statements an
//! order (gateway and PostgreSQL apart), and pgbench's commit rate in the same run. Needs the PostgreSQL server's binaries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod machinery;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use machinery::{Gateway, Measured, Postgres, home, measure};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const LINES: usize = 20;
const CONNECTIONS: usize = 16;
const TOKEN: &str = "bench-token";

fn main() {
    let seconds = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(20);
    let home = home();
    let postgres = Postgres::start(home.path());
    let commits = postgres.pgbench();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let sink = Sink::start().await;
        configure(home.path(), &postgres, sink.port);
        let gateway = Gateway::start(home.path());
        let fresh = gateway.memory("VmRSS");
        let client = client();
        let url = format!("https://127.0.0.1:{}/edi", gateway.port("the HTTPS door"));
        run(&client, &url, &sink, CONNECTIONS, Duration::from_secs(3), 0).await; // warm
        let (before, at) = (measure(&postgres, &gateway), Instant::now());
        let sent = run(&client, &url, &sink, CONNECTIONS, Duration::from_secs(seconds), 1_000_000).await;
        sink.until(sent).await;
        let took = at.elapsed().as_secs_f64();
        let after = measure(&postgres, &gateway);
        let per = |f: fn(&Measured) -> f64| (f(&after) - f(&before)) / sent as f64;
        let latencies = steady(&client, &url, &sink, 100, Duration::from_secs(15)).await;
        println!("| what | measured | goal |\n|---|---|---|");
        println!(
            "| orders a second, {LINES} lines, {CONNECTIONS} connections, {took:.0} s | {:.0} | 500 |",
            sent as f64 / took
        );
        println!("| CPU ms an order: gateway | {:.2} | |", per(|m| m.gateway_ms));
        println!("| CPU ms an order: PostgreSQL | {:.2} | |", per(|m| m.postgres_ms));
        println!("| CPU ms an order: both | {:.2} | 3 |", per(|m| m.gateway_ms + m.postgres_ms));
        println!("| commits an order | {:.1} | 6 |", per(|m| m.commits));
        println!("| statements an order | {:.1} | 15 |", per(|m| m.statements));
        println!(
            "| from POST to ERP at 100 a second: p50, p99, max | {} | p99 1,000 ms |",
            percentiles(latencies)
        );
        println!("| pgbench, one-row insert and commit, 8 clients | {commits:.0} commits a second | |");
        println!("| this run's commits a second | {:.0} | |", (after.commits - before.commits) / took);
        println!(
            "| memory of the gateway: idle after the start, at the end | {fresh} MB, {} MB | |",
            gateway.memory("VmRSS")
        );
        postgres.top();
    });
}

fn percentiles(mut ms: Vec<f64>) -> String {
    ms.sort_by(f64::total_cmp);
    let at = |q: f64| ms[((ms.len() - 1) as f64 * q) as usize];
    format!("{:.0} ms, {:.0} ms, {:.0} ms", at(0.5), at(0.99), at(1.0))
}

/// The configuration of a gateway with one partner and the ERP.
fn configure(home: &Path, postgres: &Postgres, erp: u16) {
    let conf = home.join("conf");
    fs::create_dir_all(conf.join("partners.d")).unwrap();
    fs::write(conf.join("secret"), format!("whsec_{}", "YmVuY2gtc2VjcmV0LWJlbmNoLXNlY3JldC1iZW5jaA=="))
        .unwrap();
    fs::write(
        conf.join("gateway.toml"),
        format!(
            "state = \"../state\"\n[us]\nname = \"Northwind Supply Inc.\"\nx12 = \"ZZ:NORTHWIND\"\n[database]\nurl = \
             \"postgres://portway@localhost/portway?host={}\"\nconnections = 16\n[listen.https]\naddress = \
             \"127.0.0.1:0\"\n[endpoint.erp]\nkind = \"http\"\nurl = \"http://127.0.0.1:{erp}/\"\nsecrets = [{{ file = \
             \"secret\" }}]\nconcurrency = 16\n",
            postgres.run.display()
        ),
    )
    .unwrap();
    let hash = portway::profile::partner::TokenHash::of(TOKEN);
    fs::write(
        conf.join("partners.d/acme-retail.toml"),
        format!(
            "id = \"acme-retail\"\nname = \"Acme Retail Inc.\"\nstatus = \"live\"\nextends = \"x12-4010-retail\"\n[https]\n\
             tokens = [\"{hash}\"]\nrate = \"100000/s\"\n[x12]\nid = \"01:123456789\"\n[receive.850]\nto = [\"erp\"]\n"
        ),
    )
    .unwrap();
}

/// The ERP: notes when each event came.
struct Sink {
    port: u16,
    count: Arc<AtomicU64>,
    came: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Sink {
    async fn start() -> Sink {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink =
            Sink { port: listener.local_addr().unwrap().port(), count: Arc::default(), came: Arc::default() };
        let (count, came) = (sink.count.clone(), sink.came.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (count, came) = (count.clone(), came.clone());
                tokio::spawn(async move {
                    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                        let (count, came) = (count.clone(), came.clone());
                        async move {
                            let body = request.into_body().collect().await.unwrap().to_bytes();
                            let text = String::from_utf8_lossy(&body);
                            let subject = text
                                .split("\"subject\":\"")
                                .nth(1)
                                .and_then(|t| t.split('"').next())
                                .unwrap_or_default();
                            came.lock().unwrap().insert(subject.to_owned(), Instant::now());
                            count.fetch_add(1, Ordering::Relaxed);
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

    /// Until the sink has seen `orders` more than at the last call's end.
    async fn until(&self, orders: u64) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.count.load(Ordering::Relaxed) < orders {
            assert!(
                Instant::now() < deadline,
                "only {} of {orders} orders arrived",
                self.count.load(Ordering::Relaxed)
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.count.store(0, Ordering::Relaxed);
    }
}

fn client() -> reqwest::Client {
    portway::net::tls::install_provider();
    reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().http1_only().build().unwrap()
}

async fn post(client: &reqwest::Client, url: &str, number: u64) {
    let answer = client.post(url).bearer_auth(TOKEN).body(order(number)).send().await.unwrap();
    assert_eq!(answer.status(), 202, "{}", answer.text().await.unwrap());
}

/// As many as go through, for a time; returns how many.
async fn run(
    client: &reqwest::Client,
    url: &str,
    sink: &Sink,
    connections: usize,
    time: Duration,
    from: u64,
) -> u64 {
    let next = Arc::new(AtomicU64::new(from + 1));
    let end = Instant::now() + time;
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (client, url, next) = (client.clone(), url.to_owned(), next.clone());
            tokio::spawn(async move {
                while Instant::now() < end {
                    post(&client, &url, next.fetch_add(1, Ordering::Relaxed)).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let sent = next.load(Ordering::Relaxed) - from - 1;
    if from == 0 {
        sink.until(sent).await;
    }
    sent
}

/// At a fixed rate; returns the time from the POST's start to the ERP, in ms.
async fn steady(client: &reqwest::Client, url: &str, sink: &Sink, rate: u64, time: Duration) -> Vec<f64> {
    let total = rate * time.as_secs();
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / rate as f64));
    let mut sent = Vec::new();
    let mut tasks = Vec::new();
    for nth in 0..total {
        ticks.tick().await;
        let number = 9_000_000 + nth;
        sent.push((number, Instant::now()));
        let (client, url) = (client.clone(), url.to_owned());
        tasks.push(tokio::spawn(async move { post(&client, &url, number).await }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    sink.until(total).await;
    let came = sink.came.lock().unwrap();
    sent.iter()
        .map(|(number, at)| came[&format!("PO{number}")].duration_since(*at).as_secs_f64() * 1000.0)
        .collect()
}

/// A UPC of that number, with its check digit (weights 3 and 1).
fn upc(number: usize) -> String {
    let digits = format!("0123456{number:04}");
    let weights = [3, 1].into_iter().cycle();
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A valid 004010 850 of 20 lines, about 2 KB.
fn order(number: u64) -> String {
    let mut body = format!(
        "ST*850*0001~BEG*00*SA*PO{number}**20260105~CUR*BY*USD~REF*DP*GARDEN~PER*BD*Ida Wells*TE*5551230100~FOB*PP~\
         ITD*01*3*2**10**30~DTM*002*20260119~TD5**2*FDEG*M*Ground~N1*ST*Garden Centre 14*92*0014~N3*14 Orchard Lane~\
         N4*Salem*OR*97301*US~N1*BT*Greenfield Stores*92*0001~"
    );
    for line in 1..=LINES {
        body += &format!(
            "PO1*{line}*{}*EA*{}.{:02}**UP*{}*VN*NW-{line:04}~PID*F****Watering can, {line} litre~",
            line * 3,
            line,
            line,
            upc(line)
        );
    }
    body += &format!("CTT*{LINES}~");
    let segments = body.matches('~').count() + 1;
    format!(
        "ISA*00*          *00*          *01*123456789      *ZZ*NORTHWIND      *260105*0930*U*00401*{number:09}*0*P*>~\
         GS*PO*123456789*NORTHWIND*20260105*0930*{number}*X*004010~{body}SE*{segments}*0001~GE*1*{number}~IEA*1*{number:09}~"
    )
}
