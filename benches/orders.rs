//! Orders a second through the whole gateway: HTTPS in, ERP out, durable; the release binary, a real PostgreSQL, and the load
//! generator on the same machine.
//!
//! `cargo bench --bench orders [-- SECONDS]` prints throughput, latency at 100 orders a second, CPU, commits and statements an
//! order (gateway and PostgreSQL apart), and pgbench's commit rate in the same run. Needs the PostgreSQL server's binaries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod machinery;

use machinery::flow::{LINES, Sink, TOKEN, client, percentiles, post, steady};
use machinery::{Gateway, Measured, Postgres, home, measure};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 16;

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
        let latencies = steady(&client, &url, &sink, 9_000_000, 100, Duration::from_secs(15)).await;
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
