//! A live AS2 product as partner: pyas2lib or libas2, in a process of its own, which sends, receives and judges.
//!
//! Its control face, with every JSON key, stands at the head of `tests/peers/as2_pyas2.py`. Values go through as they are:
//! what is asserted is what the product said.

use super::as2_keys::Identity;
use super::mailbox::python;
use super::watched::Watched;
use super::{DEADLINE, block};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    Pyas2,
    Libas2,
}

/// What its process has said: where it listens, then how many of each event.
#[derive(Default)]
struct Told {
    listening: Option<(u16, u16)>,
    events: HashMap<String, usize>,
}

pub struct As2Peer {
    process: Child,
    told: Arc<Watched<Told>>,
    client: Client,
    control: String,
    url: String,
    _dir: tempfile::TempDir,
}

/// The least a peer must know: who it is, and who its partner is. Everything else is added as at the peer's head.
pub fn config(own_id: &str, own: &Identity, partner_id: &str, partner: &Identity) -> Value {
    json!({
        "own": { "as2_id": own_id, "key": own.key, "cert": own.cert },
        "partner": { "as2_id": partner_id, "cert": partner.cert },
        "listen": {}, "receive": {}, "send": {}, "answer": {},
    })
}

impl As2Peer {
    #[track_caller]
    pub fn start(product: Product, config: &Value) -> As2Peer {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.json");
        std::fs::write(&file, config.to_string()).unwrap();
        let mut command = match product {
            Product::Pyas2 => {
                let mut command = Command::new(python());
                command.arg(format!("{PROGRAMS}/as2_pyas2.py"));
                command
            }
            Product::Libas2 => {
                let mut command = Command::new("node");
                command.arg(format!("{PROGRAMS}/as2_libas2.mjs")).arg(node_folder());
                command
            }
        };
        // It ends when its stdin does: a test that is killed leaves nothing behind.
        let mut process = command
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Not ours: Node makes what it inherits non-blocking, and writing to it may then fail.
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{product:?}: {e}: run the tests with 'make test'"));
        let errors = BufReader::new(process.stderr.take().unwrap());
        std::thread::spawn(move || errors.lines().map_while(Result::ok).for_each(|line| eprintln!("{line}")));
        let lines = BufReader::new(process.stdout.take().unwrap());
        let told = Arc::new(Watched::<Told>::default());
        let teller = told.clone();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let said: Value = serde_json::from_str(&line).expect(&line);
                let port = |name: &str| said[name].as_u64().and_then(|n| u16::try_from(n).ok());
                teller.with(|t| match said["event"].as_str() {
                    Some("listening") => t.listening = port("as2").zip(port("control")),
                    Some(event) => *t.events.entry(event.into()).or_default() += 1,
                    None => panic!("{line}"),
                });
            }
        });
        let (as2, control) = told.until(&format!("{product:?} to listen"), |t| t.listening);
        let scheme = if config["listen"]["cert"].is_null() { "http" } else { "https" };
        As2Peer {
            process,
            told,
            client: Client::builder().no_proxy().timeout(DEADLINE).build().unwrap(),
            control: format!("http://127.0.0.1:{control}"),
            url: format!("{scheme}://127.0.0.1:{as2}/as2"),
            _dir: dir,
        }
    }

    /// Where it takes messages and asynchronous MDNs.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Merges this into its configuration.
    #[track_caller]
    pub fn configure(&self, change: &Value) {
        self.ask(Method::POST, "/configure", change);
    }

    /// How it answers messages from now on; `{}` as they ask.
    #[track_caller]
    pub fn answer(&self, how: &Value) {
        self.ask(Method::POST, "/answer", how);
    }

    /// Lets go the MDNs it holds.
    #[track_caller]
    pub fn release(&self) {
        self.ask(Method::POST, "/release", &json!({}));
    }

    /// Sends a message and waits for its reply: HTTP status, and the verdict on a synchronous MDN.
    #[track_caller]
    pub fn send(&self, payload: &[u8], options: &Value) -> Value {
        self.ask(Method::POST, "/send", &with_payload(payload, options))
    }

    /// A message as it would send it: headers and body. What it finds in a later MDN counts as for one that was sent.
    #[track_caller]
    pub fn build(&self, payload: &[u8], options: &Value) -> (Vec<(String, String)>, Vec<u8>) {
        let built = self.ask(Method::POST, "/build", &with_payload(payload, options));
        let text = |v: &Value| v.as_str().unwrap_or_else(|| panic!("{built}")).to_owned();
        let headers =
            built["headers"].as_object().unwrap().iter().map(|(k, v)| (k.clone(), text(v))).collect();
        (headers, decoded(&built["body"]))
    }

    /// Waits until it has received so many messages, and gives all of them.
    #[track_caller]
    pub fn received(&self, many: usize) -> Vec<Value> {
        self.list("received", "/received", many)
    }

    /// Waits for so many asynchronous MDNs that came to it.
    #[track_caller]
    pub fn mdns(&self, many: usize) -> Vec<Value> {
        self.list("mdn", "/mdns", many)
    }

    /// Waits until it has delivered, or failed to deliver, so many asynchronous MDNs.
    #[track_caller]
    pub fn mdns_sent(&self, many: usize) -> Vec<Value> {
        self.list("mdn_sent", "/mdns_sent", many)
    }

    #[track_caller]
    fn list(&self, event: &str, path: &str, many: usize) -> Vec<Value> {
        self.told.until(&format!("{many} times {event} at the peer"), |t| {
            (t.events.get(event).copied().unwrap_or(0) >= many).then_some(())
        });
        match self.ask(Method::GET, path, &Value::Null) {
            Value::Array(all) => all,
            other => panic!("{path}: {other}"),
        }
    }

    #[track_caller]
    fn ask(&self, method: Method, path: &str, body: &Value) -> Value {
        let mut request = self.client.request(method, format!("{}{path}", self.control));
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        let (ok, text) = block(async {
            let response = request.send().await?;
            Ok::<_, reqwest::Error>((response.status().is_success(), response.text().await?))
        })
        .unwrap_or_else(|e| panic!("{path}: {e}"));
        assert!(ok, "{path}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}: {text}"))
    }
}

impl Drop for As2Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The bytes of a value in base64, such as `payload` of what was received.
#[track_caller]
pub fn decoded(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap_or_else(|| panic!("no text: {value}"))).unwrap()
}

fn with_payload(payload: &[u8], options: &Value) -> Value {
    let mut request = options.clone();
    request["payload"] = STANDARD.encode(payload).into();
    request
}

/// Where the preparation of the tests put `node_modules`.
fn node_folder() -> PathBuf {
    python().ancestors().nth(3).map(|cache| cache.join("node")).expect("a folder above that of Python")
}
