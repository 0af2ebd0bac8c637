//! Orders a second through the whole gateway: HTTPS in, ERP out, durable; the release binary, a real PostgreSQL, and the load
//! generator on the same machine.
//!
//! `cargo bench --bench orders [-- SECONDS]` prints throughput, latency at 100 orders a second, CPU, commits and statements an
//! order (gateway and PostgreSQL apart), and pgbench's commit rate in the same run. Needs the PostgreSQL server's binaries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const LINES: usize = 20;
const CONNECTIONS: usize = 16;
const TOKEN: &str = "bench-token";

fn main() {
    let seconds = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(20);
    let home = tempfile::Builder::new().prefix("portway-bench").tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let postgres = Postgres::start(home.path());
    let commits = postgres.pgbench();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let sink = Sink::start().await;
        let gateway = Gateway::start(home.path(), &postgres, sink.port);
        let fresh = gateway.resident();
        let client = client();
        let url = format!("https://127.0.0.1:{}/edi", gateway.port);
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
            gateway.resident()
        );
        postgres.top();
    });
}

fn percentiles(mut ms: Vec<f64>) -> String {
    ms.sort_by(f64::total_cmp);
    let at = |q: f64| ms[((ms.len() - 1) as f64 * q) as usize];
    format!("{:.0} ms, {:.0} ms, {:.0} ms", at(0.5), at(0.99), at(1.0))
}

/// A cluster with pg_stat_statements, otherwise set as the private one is.
struct Postgres {
    bin: PathBuf,
    run: PathBuf,
    data: PathBuf,
}

impl Postgres {
    fn start(home: &Path) -> Postgres {
        let mut found: Vec<PathBuf> =
            fs::read_dir("/usr/lib/postgresql").unwrap().flatten().map(|e| e.path().join("bin")).collect();
        found.sort();
        let postgres = Postgres { bin: found.pop().unwrap(), run: home.join("run"), data: home.join("data") };
        for folder in [&postgres.run, &postgres.data] {
            fs::create_dir_all(folder).unwrap();
            if rustix::process::geteuid().is_root() {
                assert!(Command::new("chown").arg("postgres").arg(folder).status().unwrap().success());
            }
        }
        let data = postgres.data.display().to_string();
        postgres
            .tool("initdb", &["-D", &data, "-A", "trust", "-U", "portway", "-E", "UTF8", "--locale=C", "-k"]);
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories={} -c jit=off -c shared_buffers=128MB -c max_wal_size=2GB \
             -c checkpoint_timeout=15min -c wal_compression=on -c autovacuum_naptime=10s -c shared_preload_libraries=pg_stat_statements",
            postgres.run.display()
        );
        postgres.tool("pg_ctl", &["start", "-D", &data, "-w", "-l", &format!("{data}/log"), "-o", &options]);
        postgres.tool("createdb", &["-h", &postgres.run.display().to_string(), "-U", "portway", "portway"]);
        postgres.sql("CREATE EXTENSION pg_stat_statements");
        postgres
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> String {
        let program = self.bin.join(name);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let quiet = if name == "pg_ctl" { Stdio::null() } else { Stdio::piped() };
        let output =
            command.args(arguments).current_dir("/").stdout(quiet).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{name} failed");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn sql(&self, sql: &str) -> String {
        self.tool(
            "psql",
            &["-h", &self.run.display().to_string(), "-U", "portway", "-d", "portway", "-Atc", sql],
        )
    }

    fn number(&self, sql: &str) -> f64 {
        self.sql(sql).trim().parse().unwrap()
    }

    /// Commits a second of the smallest durable transaction.
    fn pgbench(&self) -> f64 {
        self.sql("CREATE TABLE bench (id bigserial PRIMARY KEY, at timestamptz)");
        let script = self.run.join("insert.sql");
        fs::write(&script, "INSERT INTO bench (at) VALUES (now());\n").unwrap();
        let run = self.run.display().to_string();
        let script = script.display().to_string();
        let said = self.tool(
            "pgbench",
            &[
                "-h", &run, "-U", "portway", "-n", "-M", "prepared", "-f", &script, "-c", "8", "-j", "2",
                "-T", "5", "portway",
            ],
        );
        let line = said.lines().find(|l| l.starts_with("tps")).unwrap();
        line.split_whitespace().nth(2).unwrap().parse().unwrap()
    }

    /// The statements that cost most.
    fn top(&self) {
        eprintln!("{}", self.sql("SELECT round(total_exec_time)::text || ' ms ' || calls || ' calls ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 90) FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 12"));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.tool("pg_ctl", &["stop", "-D", &self.data.display().to_string(), "-m", "immediate"]);
    }
}

struct Gateway {
    child: Child,
    port: u16,
}

impl Gateway {
    fn start(home: &Path, postgres: &Postgres, erp: u16) -> Gateway {
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
                 tokens = [\"{hash}\"]\n[x12]\nid = \"01:123456789\"\n[receive.850]\nto = [\"erp\"]\n"
            ),
        )
        .unwrap();
        let log = home.join("gateway.log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_portway"))
            .args(["serve", "--config"])
            .arg(&conf)
            .env("PORTWAY_LOG", "warn,portway::command=info")
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let text = fs::read_to_string(&log).unwrap();
            if let Some(at) = text.find("address=127.0.0.1:").filter(|_| text.contains("ready")) {
                let digits: String = text[at + 18..].chars().take_while(char::is_ascii_digit).collect();
                return Gateway { child, port: digits.parse().unwrap() };
            }
            assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "no gateway: {text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Resident memory, MB.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Measured {
    gateway_ms: f64,
    postgres_ms: f64,
    commits: f64,
    statements: f64,
}

fn measure(postgres: &Postgres, gateway: &Gateway) -> Measured {
    let pid = fs::read_to_string(postgres.data.join("postmaster.pid")).unwrap();
    let postmaster: u32 = pid.lines().next().unwrap().parse().unwrap();
    Measured {
        gateway_ms: cpu_ms(gateway.child.id(), false),
        postgres_ms: cpu_ms(postmaster, true),
        commits: postgres.number("SELECT xact_commit FROM pg_stat_database WHERE datname = 'portway'"),
        statements: postgres.number("SELECT sum(calls) FROM pg_stat_statements"),
    }
}

/// User and system time of a process, in ms; `family`: with its children, ended ones included.
fn cpu_ms(pid: u32, family: bool) -> f64 {
    let ticks = |pid: u32, fields: std::ops::Range<usize>| -> u64 {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0 };
        let rest = stat.rsplit(')').next().unwrap_or_default();
        rest.split_whitespace()
            .skip(fields.start)
            .take(fields.len())
            .filter_map(|f| f.parse::<u64>().ok())
            .sum()
    };
    let mut total = ticks(pid, 11..13);
    if family {
        total += ticks(pid, 13..15);
        for child in fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
            .unwrap_or_default()
            .split_whitespace()
        {
            total += ticks(child.parse().unwrap(), 11..13);
        }
    }
    total as f64 * 10.0
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
