//! An endpoint that is down while ten thousand documents pile up for it, and comes back: what another partner and another endpoint
//! feel of it, and how quickly what waited goes out; the release binary, a real PostgreSQL, and the load on the same machine.
//!
//! `cargo bench --bench outage [-- DOCUMENTS]` prints the time from POST to the other endpoint before, during and after, the requests
//! that the dead one saw, and the rate at which it was given what waited. It stops if what waited does not come in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod machinery;

use machinery::flow::{Sink, TOKEN, client, order, percentiles, post_text, steady};
use machinery::{Gateway, Postgres, home};
use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Orders a second of the other partner, and for how long in each phase.
const RATE: u64 = 20;
const PHASE: Duration = Duration::from_secs(15);
/// Orders in one interchange.
const SETS: u64 = 50;
const EVERGREEN: &str = "bench-token-of-evergreen";

fn main() {
    let documents: u64 = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(10_000);
    let home = home();
    let postgres = Postgres::start(home.path());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let (erp, wms) = (Sink::start().await, Sink::start().await);
        configure(home.path(), &postgres, &erp, &wms);
        let gateway = Gateway::start(home.path());
        let client = client();
        let url = format!("https://127.0.0.1:{}/edi", gateway.port("the HTTPS door"));
        steady(&client, &url, &wms, 8_000_000, RATE, Duration::from_secs(3)).await; // warm
        let before = phase(&client, &url, &wms, 1).await;

        erp.up.store(false, Ordering::Relaxed);
        for nth in 0..documents / SETS {
            post_text(&client, &url, EVERGREEN, batch(nth)).await;
        }
        let waiting = "SELECT count(*) FROM job WHERE lane = 'endpoint:erp'";
        while (postgres.number(waiting) as u64) < documents {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let during = phase(&client, &url, &wms, 2).await;

        erp.up.store(true, Ordering::Relaxed);
        let at = Instant::now();
        let draining = async {
            erp.until(documents).await;
            at.elapsed()
        };
        let (drained, meanwhile) = tokio::join!(draining, phase(&client, &url, &wms, 3));
        let after = phase(&client, &url, &wms, 4).await;

        let took = erp.took.lock().unwrap().clone();
        assert_eq!(took.len() as u64, documents, "nothing lost, nothing twice");
        let probe = &took[0];
        assert!(took[1..].iter().filter(|one| *one != probe).is_sorted(), "in order");
        let attempts = postgres.number("SELECT count(*) FROM attempt WHERE outcome <> 'delivered'");
        println!("| another endpoint, {RATE} orders a second: p50, p99, max | |\n|---|---|");
        for (phase, latencies) in [
            ("before", before),
            ("while it is down", during),
            ("while it drains", meanwhile),
            ("after", after),
        ] {
            println!("| {phase} | {} |", percentiles(latencies));
        }
        println!("\n| {documents} documents for an endpoint that was down | |\n|---|---|");
        println!("| requests it saw while it was down | {attempts} |");
        println!("| from its first answer to the last document | {:.1} s |", drained.as_secs_f64());
        println!("| documents a second | {:.0} |", documents as f64 / drained.as_secs_f64());
        println!("| memory of the gateway at the end | {} MB |", gateway.memory("VmRSS"));
        postgres.top();
    });
}

/// One phase of the other partner's orders; each has numbers of its own.
async fn phase(client: &reqwest::Client, url: &str, wms: &Sink, nth: u64) -> Vec<f64> {
    steady(client, url, wms, 9_000_000 + nth * 10_000, RATE, PHASE).await
}

/// The gateway, its two endpoints, and a partner for each; the ERP's is given its orders one after the other.
fn configure(home: &Path, postgres: &Postgres, erp: &Sink, wms: &Sink) {
    let conf = home.join("conf");
    fs::create_dir_all(conf.join("partners.d")).unwrap();
    fs::write(conf.join("secret"), format!("whsec_{}", "YmVuY2gtc2VjcmV0LWJlbmNoLXNlY3JldC1iZW5jaA=="))
        .unwrap();
    let endpoint = |name: &str, port: u16| {
        format!(
            "[endpoint.{name}]\nkind = \"http\"\nurl = \"http://127.0.0.1:{port}/\"\nsecrets = [{{ file = \"secret\" }}]\n\
             concurrency = 16\nretry = {{ first = \"1s\", longest = \"2s\", tries = 5 }}\n"
        )
    };
    let gateway = format!(
        "state = \"../state\"\n[us]\nname = \"Northwind Supply Inc.\"\nx12 = \"ZZ:NORTHWIND\"\n[database]\nurl = \
         \"postgres://portway@localhost/portway?host={}\"\nconnections = 16\n[listen.https]\naddress = \"127.0.0.1:0\"\n{}{}",
        postgres.run.display(),
        endpoint("erp", erp.port),
        endpoint("wms", wms.port),
    );
    fs::write(conf.join("gateway.toml"), gateway).unwrap();
    for (id, token, x12, to) in
        [("acme-retail", TOKEN, "01:123456789", "wms"), ("evergreen", EVERGREEN, "ZZ:EVERGREEN", "erp")]
    {
        let hash = portway::profile::partner::TokenHash::of(token);
        let profile = format!(
            "id = \"{id}\"\nname = \"{id}\"\nstatus = \"live\"\nextends = \"x12-4010-retail\"\n[https]\ntokens = \
             [\"{hash}\"]\nrate = \"100000/s\"\n[x12]\nid = \"{x12}\"\n[receive.850]\nto = [\"{to}\"]\norder = \"by-partner\"\n"
        );
        fs::write(conf.join(format!("partners.d/{id}.toml")), profile).unwrap();
    }
}

/// Fifty orders for the ERP in one interchange, with numbers that sort as they come.
fn batch(nth: u64) -> String {
    let one = order(1_000_000 + nth);
    let (head, rest) = one.split_once("ST*850").unwrap();
    let (set, tail) = rest.split_once("GE*1*").unwrap();
    let sets: String = (0..SETS)
        .map(|n| {
            let set = set.replace("*0001~", &format!("*{:04}~", n + 1));
            format!(
                "ST*850{}",
                set.replace(&format!("PO{}", 1_000_000 + nth), &format!("E{:08}", nth * SETS + n))
            )
        })
        .collect();
    let head = head
        .replace("01*123456789      ", "ZZ*EVERGREEN      ")
        .replace("GS*PO*123456789", "GS*PO*EVERGREEN");
    format!("{head}{sets}GE*{SETS}*{tail}")
}
