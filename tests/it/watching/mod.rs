//! What is watched of a gateway: metrics, health and readiness over HTTP, the check for monitoring plugins, `top`, and the journal.

mod check;
mod dashboards;
mod journal;
mod metrics;
mod scrape;
mod top;
#[cfg(feature = "otlp")]
mod traces;

use crate::harness::*;
use scrape::Scrape;

/// The door of metrics opens.
fn watched(site: &mut Site) {
    site.add("[listen.metrics]\naddress = \"127.0.0.1:0\"");
}

/// Where that door is, also of a gateway that is not ready.
#[track_caller]
pub fn door(gateway: &Gateway) -> String {
    gateway.line("the metrics door is open address=").rsplit_once('=').unwrap().1.trim().to_owned()
}

/// Status and body.
#[track_caller]
fn get(address: &str, path: &str) -> (u16, String) {
    block(async {
        let client = reqwest::Client::builder().no_proxy().timeout(DEADLINE).build().unwrap();
        let answer = client.get(format!("http://{address}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

#[track_caller]
pub fn scraped(address: &str) -> Scrape {
    let (status, text) = get(address, "/metrics");
    assert_eq!(status, 200, "{text}");
    Scrape::read(&text)
}
