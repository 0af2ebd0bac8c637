//! An SFTP server where we are the client: its name, TCP, SSH, host key, our login, the folders that we list, and a probe where we write.
//!
//! The probe is a hidden file of one line, under a temporary name, renamed where the configuration renames, and removed again.

use super::{Report, Step, Verdict};
use crate::ledger::alert::Move;
use crate::net::probe::{self, NoConnection};
use crate::net::spool::Spooled;
use crate::net::ssh::{Client, Server, SshError, Upload, Whose};
use crate::profile::secret::Secret;
use crate::profile::sftp_client::{Account, Poll};
use std::path::Path;

const NAME: &str = "SFTP name";
const TCP: &str = "SFTP TCP";
const SSH: &str = "SSH";
const HOST_KEY: &str = "host key";
const LOGIN: &str = "login";
const PROBE: &str = ".portway-check.part";
const RENAMED: &str = ".portway-check.renamed.part";

/// What is looked at, and who has to act over there.
pub struct Look<'a> {
    pub account: &'a Account,
    /// The configuration folder.
    pub base: &'a Path,
    /// Where the keys stand, `[sftp_client]`.
    pub section: String,
    pub theirs: Move,
    pub poll: Option<&'a Poll>,
    /// The folder that we write to, and whether files are renamed there.
    pub push: Option<(&'a str, bool)>,
}

impl Look<'_> {
    /// Says step by step what is found; true if everything is as it has to be.
    pub async fn run(&self, report: &mut Report) -> bool {
        let before = report.errors;
        let mut told = Vec::new();
        let mut tell = |step: Step| {
            told.push(step.what.clone());
            report.add(&step);
        };
        let end = self.walk(&mut tell).await;
        if let Err(step) = end {
            report.add(&step);
            told.push(step.what);
            let folders = self.poll.iter().flat_map(|poll| poll.folders.iter().map(|folder| listing(folder)));
            let all = [NAME, TCP, SSH, HOST_KEY, LOGIN].map(str::to_owned).into_iter().chain(folders);
            for what in all.chain(self.push.map(|(folder, _)| writing(folder))) {
                if !told.contains(&what) {
                    report.skip(&what);
                }
            }
            return false;
        }
        report.errors == before
    }

    async fn walk(&self, tell: &mut impl FnMut(Step)) -> Result<(), Step> {
        self.reach(tell).await?;
        let client = Client::new(self.secrets().await?);
        self.log_in(&client, tell).await?;
        for folder in self.poll.iter().flat_map(|poll| &poll.folders) {
            tell(self.list(&client, folder).await?);
        }
        if let Some((folder, rename)) = self.push {
            tell(self.probe(&client, folder, rename).await?);
        }
        client.close().await;
        Ok(())
    }

    async fn reach(&self, tell: &mut impl FnMut(Step)) -> Result<(), Step> {
        let (host, port, section) = (&self.account.host, self.account.port, &self.section);
        let found = probe::resolve(host, port).await.map_err(|why| {
            let next = format!(
                "compare host under {section} with what they told; look at our resolver (/etc/resolv.conf)"
            );
            Step::error(NAME, format!("{host} cannot be resolved: {why}"), Move::Us, next)
        })?;
        let ips: Vec<_> = found.iter().map(|address| address.ip().to_string()).collect();
        tell(Step::ok(NAME, format!("{host} is {}", ips.join(", "))));
        let (_, address) = probe::connect(&found).await.map_err(|why| {
            let (whose, why, next) = match why {
                NoConnection::Refused => (
                    self.theirs,
                    "the connection was refused".to_owned(),
                    format!("ask whether their SFTP server runs and listens on port {port}"),
                ),
                NoConnection::Silence => (
                    Move::Us,
                    format!("nobody answered within {} s", probe::STEP.as_secs()),
                    "look whether our firewall lets us out to that port, and ask whether theirs lets our address in".to_owned(),
                ),
                NoConnection::Other(error) => {
                    (Move::Us, error.to_string(), "look at our own network first".to_owned())
                }
            };
            Step::error(TCP, format!("{host} port {port}: {why}"), whose, next)
        })?;
        tell(Step::ok(TCP, format!("connected to {address}")));
        Ok(())
    }

    async fn secrets(&self) -> Result<Server, Step> {
        let (account, base) = (self.account.clone(), self.base.to_owned());
        let server = tokio::task::spawn_blocking(move || Server::of(&account, &base)).await;
        let server = server.unwrap_or_else(|e| Err(SshError::OurSecret { why: e.to_string() }));
        server.map_err(|error| {
            let secrets = [&self.account.key, &self.account.passphrase, &self.account.password];
            // A credential or a variable is the service's, not this shell's.
            let elsewhere =
                secrets.into_iter().flatten().any(|s| matches!(s, Secret::Credential(_) | Secret::Env(_)));
            if elsewhere {
                let next = "run this within the service's environment: systemd-run --pipe -p LoadCredential=NAME:PATH portway ...";
                return Step::warning(LOGIN, format!("not tried: {error}"), Move::Us, next);
            }
            Step::error(LOGIN, error.to_string(), Move::Us, format!("put it there; see {}", self.section))
        })
    }

    async fn log_in(&self, client: &Client, tell: &mut impl FnMut(Step)) -> Result<(), Step> {
        let agreed = || Step::ok(SSH, "a session was agreed on");
        let known = || Step::ok(HOST_KEY, format!("the one that host_key under {} names", self.section));
        match client.about().await {
            Ok(about) => {
                tell(Step::ok(SSH, format!("{}; {}, {}", about.banner, about.key_exchange, about.cipher)));
                tell(Step::ok(HOST_KEY, format!("{}, as {} says", about.host_key, self.section)));
                tell(Step::ok(LOGIN, format!("{} is let in, at {}", self.account.user, about.home)));
                Ok(())
            }
            Err(error @ SshError::HostKey { .. }) => {
                tell(agreed());
                let found = "the server shows another one".to_owned();
                let (expected, got) = match &error {
                    SshError::HostKey { expected, got } => (expected.join(" or "), got.join(", ")),
                    _ => Default::default(),
                };
                let next = format!(
                    "ask its owners by telephone whether they changed it; only then write the new fingerprint into host_key under {}",
                    self.section
                );
                let found = format!("{found}: {got} instead of {expected}; nobody logged in");
                Err(Step::error(HOST_KEY, found, Move::Us, next))
            }
            Err(error @ SshError::LoginRefused { .. }) => {
                tell(agreed());
                tell(known());
                let next = format!(
                    "ask whether {} and our public key (or password) are entered there",
                    self.account.user
                );
                Err(Step::error(LOGIN, error.to_string(), self.theirs, next))
            }
            Err(error @ SshError::OurSecret { .. }) => {
                tell(agreed());
                tell(known());
                let next = format!("correct key and passphrase under {}", self.section);
                Err(Step::error(LOGIN, error.to_string(), Move::Us, next))
            }
            Err(error) => Err(self.step(SSH, &error, "ask what their log says for this connection")),
        }
    }

    /// The error of a step that ends the walk, or of one that does not.
    fn step(&self, what: &str, error: &SshError, next: &str) -> Step {
        let whose = match error.whose() {
            Whose::Us => Move::Us,
            Whose::Theirs => self.theirs,
        };
        Step::error(what, error.to_string(), whose, next)
    }

    async fn list(&self, client: &Client, folder: &str) -> Result<Step, Step> {
        let what = listing(folder);
        let Some(poll) = self.poll else { return Ok(Step::ok(what, "")) };
        match client.list(folder).await {
            Ok(entries) => {
                let files = entries.iter().filter(|entry| entry.stat.is_file).count();
                let ours =
                    entries.iter().filter(|entry| entry.stat.is_file && poll.wants(&entry.name)).count();
                Ok(Step::ok(what, format!("{files} files, {ours} of them for us by name ({})", poll.pattern)))
            }
            Err(error) if error.ends_session() => Err(self.step(&what, &error, "try it again")),
            Err(SshError::NoSuchPath { path }) => {
                let next = "compare folders under [sftp_client.poll] with what they told".to_owned();
                Ok(Step::error(what, format!("{path} does not exist on the server"), Move::Us, next))
            }
            Err(error) => Ok(self.step(&what, &error, "let our user list that folder")),
        }
    }

    async fn probe(&self, client: &Client, folder: &str, rename: bool) -> Result<Step, Step> {
        let what = writing(folder);
        let at = |name: &str| match folder.trim_end_matches('/') {
            "" => format!("/{name}"),
            folder => format!("{folder}/{name}"),
        };
        let (probe, renamed) = (at(PROBE), at(RENAMED));
        let failed = |error: SshError, next: &str| match error.ends_session() {
            true => Err(self.step(&what, &error, "try it again")),
            false => Ok(self.step(&what, &error, next)),
        };
        let content = Spooled::from_bytes("a check of the connection; it may be removed\n");
        match client.upload(&probe, content, Upload::Overwrite).await {
            Ok(_) => {}
            Err(SshError::NoSuchPath { .. }) => {
                let next = format!("compare the folder under {} with what they told", self.section);
                return Ok(Step::error(&what, "the folder does not exist on the server", Move::Us, next));
            }
            Err(error) => return failed(error, "let our user write there"),
        }
        let mut there = &probe;
        let mut trouble = None;
        if rename {
            match client.rename(&probe, &renamed).await {
                Ok(()) => there = &renamed,
                // Left by a check that could not remove it.
                Err(SshError::Exists { .. }) => {}
                Err(error) if error.ends_session() => return failed(error, ""),
                Err(error) => trouble = Some(error),
            }
        }
        let removed = client.remove(there).await;
        if let Some(error) = trouble {
            let next = "let our user rename files there, or write temporary = false";
            return failed(error, next);
        }
        let done = if rename { "written and renamed" } else { "written" };
        match removed {
            Ok(()) => Ok(Step::ok(what, format!("a probe was {done}, and removed"))),
            Err(error) if error.ends_session() => failed(error, ""),
            Err(error) => {
                let found = format!("a probe was {done}; it could not be removed: {error}");
                let next =
                    format!("remove {there}; we need no more than to write, unless overwrite = \"replace\"");
                Ok(Step { verdict: Verdict::Warning, ..Step::error(what, found, self.theirs, next) })
            }
        }
    }
}

fn listing(folder: &str) -> String {
    format!("fetch from {folder}")
}

fn writing(folder: &str) -> String {
    format!("write to {folder}")
}
