//! A token server as RFC 6749 section 4.4 has it, with one client, `portway`. Tokens are `token-1`, `token-2`, and good until revoked.

use super::recorder::request;
use super::watched::Watched;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What it says to a client that showed the right secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// A token that expires after so many seconds, as it says.
    For(u64),
    /// The same, once [`TokenServer::release`] says so.
    Held(u64),
    /// No token, but this status and body.
    Fails(u16, &'static str),
}

/// The tokens that are good.
#[derive(Clone, Default)]
pub struct Issued(Arc<Mutex<HashSet<String>>>);

impl Issued {
    pub fn good(&self, token: &str) -> bool {
        self.0.lock().unwrap().contains(token)
    }
}

struct Desk {
    secret: String,
    grant: Grant,
    script: VecDeque<Grant>,
    requests: Vec<BTreeMap<String, String>>,
    given: usize,
    released: bool,
}

pub struct TokenServer {
    desk: Arc<Watched<Desk>>,
    issued: Issued,
    address: SocketAddr,
}

impl TokenServer {
    pub fn start(secret: &str) -> TokenServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let desk = Desk {
            secret: secret.to_owned(),
            grant: Grant::For(3600),
            script: VecDeque::new(),
            requests: Vec::new(),
            given: 0,
            released: false,
        };
        let (desk, issued) = (Arc::new(Watched::new(desk)), Issued::default());
        let server = TokenServer {
            desk: desk.clone(),
            issued: issued.clone(),
            address: listener.local_addr().unwrap(),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (desk, issued) = (desk.clone(), issued.clone());
                std::thread::spawn(move || drop(serve(&desk, &issued, stream)));
            }
        });
        server
    }

    pub fn url(&self) -> String {
        format!("http://{}/token", self.address)
    }

    pub fn issued(&self) -> Issued {
        self.issued.clone()
    }

    pub fn grant(&self, grant: Grant) {
        self.desk.with(|desk| desk.grant = grant);
    }

    /// What it says to the next ones, in order.
    pub fn script(&self, grants: &[Grant]) {
        self.desk.with(|desk| desk.script.extend(grants));
    }

    /// No token of so far is good any more.
    pub fn revoke(&self) {
        self.issued.0.lock().unwrap().clear();
    }

    pub fn release(&self) {
        self.desk.with(|desk| desk.released = true);
    }

    /// The forms that came, with the client that showed itself in the header as `basic`.
    pub fn requests(&self) -> Vec<BTreeMap<String, String>> {
        self.desk.with(|desk| desk.requests.clone())
    }

    #[track_caller]
    pub fn wait_requests(&self, many: usize) {
        self.desk
            .until(&format!("{many} token requests"), |desk| (desk.requests.len() >= many).then_some(()));
    }
}

fn serve(desk: &Watched<Desk>, issued: &Issued, mut stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some((headers, body)) = request(&mut reader)? {
        let mut form: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
        if let Some(basic) = headers.get("authorization").and_then(|value| value.strip_prefix("Basic ")) {
            form.insert("basic".into(), String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap());
        }
        let grant = desk.with(|desk| {
            // RFC 6749 section 2.3.1: both encoded before they are joined.
            let secret: String = form_urlencoded::byte_serialize(desk.secret.as_bytes()).collect();
            let known = form.get("basic") == Some(&format!("portway:{secret}"))
                || form.get("client_id").is_some_and(|id| id == "portway")
                    && form.get("client_secret") == Some(&desk.secret);
            let right = form.get("grant_type").is_some_and(|kind| kind == "client_credentials");
            desk.requests.push(form.clone());
            (known && right).then(|| desk.script.pop_front().unwrap_or(desk.grant))
        });
        let (status, body) = match grant {
            // Some repeat what came, secret and all.
            None => {
                (401, format!(r#"{{"error":"invalid_client","error_description":"wrong: {}"}}"#, said(&form)))
            }
            Some(Grant::Fails(status, body)) => (status, body.to_owned()),
            Some(Grant::For(life)) => (200, token(desk, issued, life)),
            Some(Grant::Held(life)) => {
                desk.until("a release", |desk| desk.released.then_some(()));
                (200, token(desk, issued, life))
            }
        };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status} Word\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
    }
    Ok(())
}

fn said(form: &BTreeMap<String, String>) -> String {
    form.get("client_secret").or(form.get("basic")).cloned().unwrap_or_default()
}

fn token(desk: &Watched<Desk>, issued: &Issued, life: u64) -> String {
    let number = desk.with(|desk| {
        desk.given += 1;
        desk.given
    });
    issued.0.lock().unwrap().insert(format!("token-{number}"));
    format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":{life}}}"#)
}
