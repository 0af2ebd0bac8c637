//! The gateway as a process: started, listened to, signalled, killed, and never left behind.

use super::site::Site;
use super::watched::{DEADLINE, Watched};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct Log {
    lines: Vec<String>,
    ended: bool,
}

pub struct Gateway {
    child: Child,
    log: Arc<Watched<Log>>,
    state: PathBuf,
    private: bool,
    /// `127.0.0.1:PORT` of the HTTPS door; empty if it did not open.
    pub address: String,
    /// The AS2 door's: with TLS, and without.
    pub as2: String,
    pub as2_plain: String,
    /// The SFTP door's.
    pub sftp: String,
    /// The API's.
    pub api: String,
}

impl Gateway {
    /// Starts it and waits until it is ready.
    #[track_caller]
    pub fn start(site: &Site, environment: &[(&str, &str)]) -> Gateway {
        let mut gateway = Gateway::spawn(site, environment);
        gateway.line("INFO ready");
        let lines = gateway.lines();
        let of = |door: &str| {
            let text = format!("the {door} door is open address=");
            lines
                .iter()
                .find_map(|line| line.split_once(&text).map(|(_, a)| a.trim().to_owned()))
                .unwrap_or_default()
        };
        (gateway.address, gateway.as2, gateway.as2_plain) = (of("HTTPS"), of("AS2"), of("plain AS2"));
        gateway.sftp = of("SFTP");
        gateway.api = lines
            .iter()
            .find_map(|line| line.split_once("the API is open address=").map(|(_, a)| a.trim().to_owned()))
            .unwrap_or_default();
        gateway
    }

    /// Starts it, come what may.
    pub fn spawn(site: &Site, environment: &[(&str, &str)]) -> Gateway {
        let program = site
            .program
            .as_ref()
            .map_or_else(|| env!("CARGO_BIN_EXE_portway").to_owned(), |p| p.display().to_string());
        let mut words = site.within.iter().cloned().chain([program]);
        let mut child = Command::new(words.next().unwrap())
            .args(words)
            .args(["serve", "--config"])
            .arg(site.config())
            .env_remove("PORTWAY_FAULT")
            .env("PORTWAY_LOG", "info")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the gateway's binary");
        let log = Arc::new(Watched::<Log>::default());
        let lines = BufReader::new(child.stderr.take().unwrap());
        let mut kept =
            std::fs::OpenOptions::new().create(true).append(true).open(site.path("gateway.log")).unwrap();
        std::thread::spawn({
            let log = log.clone();
            move || {
                for line in lines.split(b'\n').map_while(Result::ok) {
                    let line = String::from_utf8_lossy(&line).into_owned();
                    writeln!(kept, "{line}").unwrap();
                    log.with(|l| l.lines.push(line));
                }
                log.with(|l| l.ended = true);
            }
        });
        let (address, as2, as2_plain, sftp, api) = Default::default();
        let (state, private) = (site.state(), site.is_private());
        Gateway { child, log, state, private, address, as2, as2_plain, sftp, api }
    }

    pub fn lines(&self) -> Vec<String> {
        self.log.with(|log| log.lines.clone())
    }

    /// The first line with this text, from the start of the process on.
    #[track_caller]
    pub fn line(&self, text: &str) -> String {
        self.lines_with(text, 1).remove(0)
    }

    /// Waits for `many` lines with this text.
    #[track_caller]
    pub fn lines_with(&self, text: &str, many: usize) -> Vec<String> {
        let found = self.log.until(&format!("{many} log lines with {text:?}"), |log| {
            let found: Vec<String> = log.lines.iter().filter(|l| l.contains(text)).cloned().collect();
            (found.len() >= many || log.ended).then_some(found)
        });
        assert!(found.len() >= many, "the gateway ended without saying {text:?}");
        found
    }

    /// Waits for a state of the world, looking anew with each log line, and a few times a second without.
    #[track_caller]
    pub fn until<R>(&self, what: &str, mut found: impl FnMut() -> Option<R>) -> R {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(result) = found() {
                return result;
            }
            assert!(Instant::now() < end, "waited {DEADLINE:?} in vain for: {what}");
            self.log.next_change(Duration::from_millis(100));
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
        // What it left running is the next one's to adopt.
        self.private = false;
    }

    /// SIGTERM, and it must end well.
    #[track_caller]
    pub fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.ended();
        assert!(status.success(), "{status}");
    }

    /// Waits until it has ended by itself.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        self.log.until("the end of the gateway", |log| log.ended.then_some(()));
        self.child.wait().unwrap()
    }

    /// Its largest size in memory so far, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// The process id of the private PostgreSQL.
    pub fn postmaster(&self) -> Pid {
        postmaster(&self.state).expect("a running private PostgreSQL")
    }
}

fn postmaster(state: &std::path::Path) -> Option<Pid> {
    let text = std::fs::read_to_string(state.join("postgres/data/postmaster.pid")).ok()?;
    Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
}

/// Stops a private PostgreSQL that a gateway left running.
pub(super) fn stop_private(state: &std::path::Path) {
    if let Some(pid) = postmaster(state) {
        let _ = kill_process(pid, Signal::QUIT);
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let status = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- a gateway's log, which ended with {status:?}\n{}", self.lines().join("\n"));
        }
        if self.private {
            stop_private(&self.state);
        }
    }
}
