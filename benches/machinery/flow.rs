//! Orders on their way through a gateway: made, posted, and taken by an ERP that notes when each came.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub const TOKEN: &str = "bench-token";
pub const LINES: usize = 20;

pub fn percentiles(mut ms: Vec<f64>) -> String {
    ms.sort_by(f64::total_cmp);
    let at = |q: f64| ms[((ms.len() - 1) as f64 * q) as usize];
    format!("{:.0} ms, {:.0} ms, {:.0} ms", at(0.5), at(0.99), at(1.0))
}

/// The ERP: notes when each event came.
pub struct Sink {
    pub port: u16,
    pub count: Arc<AtomicU64>,
    /// Whether it takes anything; 503 while not.
    pub up: Arc<AtomicBool>,
    /// In the order in which it took them.
    pub took: Arc<Mutex<Vec<String>>>,
    came: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Sink {
    pub async fn start() -> Sink {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Sink {
            port: listener.local_addr().unwrap().port(),
            count: Arc::default(),
            up: Arc::new(AtomicBool::new(true)),
            took: Arc::default(),
            came: Arc::default(),
        };
        let (count, came) = (sink.count.clone(), sink.came.clone());
        let (up, took) = (sink.up.clone(), sink.took.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (count, came) = (count.clone(), came.clone());
                let (up, took) = (up.clone(), took.clone());
                tokio::spawn(async move {
                    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                        let (count, came) = (count.clone(), came.clone());
                        let (up, took) = (up.clone(), took.clone());
                        async move {
                            let body = request.into_body().collect().await.unwrap().to_bytes();
                            let text = String::from_utf8_lossy(&body);
                            let subject = text
                                .split("\"subject\":\"")
                                .nth(1)
                                .and_then(|t| t.split('"').next())
                                .unwrap_or_default();
                            let mut answer = hyper::Response::new(Full::new(Bytes::new()));
                            if !up.load(Ordering::Relaxed) {
                                *answer.status_mut() = hyper::StatusCode::SERVICE_UNAVAILABLE;
                                return Ok(answer);
                            }
                            took.lock().unwrap().push(subject.to_owned());
                            came.lock().unwrap().insert(subject.to_owned(), Instant::now());
                            count.fetch_add(1, Ordering::Relaxed);
                            Ok::<_, std::convert::Infallible>(answer)
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
    pub async fn until(&self, orders: u64) {
        let deadline = Instant::now() + Duration::from_secs(600);
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

pub fn client() -> reqwest::Client {
    portway::net::tls::install_provider();
    reqwest::Client::builder().tls_danger_accept_invalid_certs(true).no_proxy().http1_only().build().unwrap()
}

pub async fn post(client: &reqwest::Client, url: &str, number: u64) {
    post_text(client, url, TOKEN, order(number)).await;
}

pub async fn post_text(client: &reqwest::Client, url: &str, token: &str, text: String) {
    let answer = client.post(url).bearer_auth(token).body(text).send().await.unwrap();
    assert_eq!(answer.status(), 202, "{}", answer.text().await.unwrap());
}

/// At a fixed rate, numbers from `from` on; returns the time from the POST's start to the ERP, in ms.
pub async fn steady(
    client: &reqwest::Client,
    url: &str,
    sink: &Sink,
    from: u64,
    rate: u64,
    time: Duration,
) -> Vec<f64> {
    let total = rate * time.as_secs();
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(1.0 / rate as f64));
    let mut sent = Vec::new();
    let mut tasks = Vec::new();
    for nth in 0..total {
        ticks.tick().await;
        let number = from + nth;
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
pub fn order(number: u64) -> String {
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
