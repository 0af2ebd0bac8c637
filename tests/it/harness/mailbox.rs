//! A mail server for one test: aiosmtpd, in a process of its own that can be stopped and started again.

use super::watched::Watched;
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/harness/mail_server.py");

#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    pub to: Vec<String>,
    pub subject: String,
    pub body: String,
}

#[derive(Default)]
struct Kept {
    port: u16,
    mails: Vec<Mail>,
}

pub struct Mailbox {
    kept: Arc<Watched<Kept>>,
    server: Option<Child>,
    port: u16,
}

impl Mailbox {
    pub fn start() -> Mailbox {
        let mut mailbox = Mailbox { kept: Arc::default(), server: None, port: 0 };
        mailbox.open();
        mailbox
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts the server; the second time on the port it had.
    #[track_caller]
    pub fn open(&mut self) {
        self.kept.with(|k| k.port = 0);
        let mut server = Command::new(python())
            .args([SERVER, &self.port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python with aiosmtpd: run the tests with 'make test'");
        let lines = BufReader::new(server.stdout.take().unwrap());
        let kept = self.kept.clone();
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                match line.strip_prefix("listening ") {
                    Some(port) => kept.with(|k| k.port = port.parse().unwrap()),
                    None => kept.with(|k| k.mails.push(serde_json::from_str(&line).unwrap())),
                }
            }
        });
        self.server = Some(server);
        self.port = self.kept.until("the mail server", |k| (k.port != 0).then_some(k.port));
    }

    pub fn close(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.kept.with(|k| k.mails.clone())
    }

    /// Waits for the first mail whose subject has this text.
    #[track_caller]
    pub fn mail(&self, subject: &str) -> Mail {
        self.kept.until(&format!("a mail about {subject:?}"), |k| {
            k.mails.iter().find(|m| m.subject.contains(subject)).cloned()
        })
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the preparation of the tests made.
pub(super) fn python() -> PathBuf {
    if let Some(named) = std::env::var_os("PORTWAY_TEST_PYTHON") {
        return named.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache"))).unwrap_or_default();
    cache.join("portway/venv/bin/python")
}
