//! A gateway's folders and configuration, as an operator would write them: `conf/`, `state/`, and whatever a test adds.

use super::as2_keys::Identity;
use super::database::Database;
use super::gateway::{Gateway, stop_private};
use super::mailbox::Mailbox;
use super::recorder::Recorder;
use super::server::Server;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub struct Site {
    dir: Arc<tempfile::TempDir>,
    name: &'static str,
    us: String,
    gateway: String,
    database: Arc<Database>,
    private: bool,
    /// A command and its arguments that runs the gateway, as `unshare` does.
    pub within: Vec<String>,
    /// The binary that runs as the gateway, where it is not this build's.
    pub program: Option<PathBuf>,
}

impl Site {
    /// A gateway with a database of its own on the server of the test run.
    pub fn new() -> Site {
        Site::with(Arc::new(folder()), "one", Arc::new(Database::fresh()), false)
    }

    /// A gateway that runs its own PostgreSQL.
    pub fn private() -> Site {
        let dir = folder();
        let run = dir.path().join("one/state/postgres/run");
        let database = Database::at(format!("postgres://portway@localhost/portway?host={}", run.display()));
        Site::with(Arc::new(dir), "one", Arc::new(database), true)
    }

    /// A gateway with the database `postgres` of a server that the test has for itself.
    pub fn on(server: &Server) -> Site {
        Site::with(Arc::new(folder()), "one", Arc::new(Database::at(server.url())), false)
    }

    /// A second gateway, with folders of its own, on the database of this one.
    pub fn beside(&self) -> Site {
        let mut site = Site::with(self.dir.clone(), "two", self.database.clone(), false);
        site.us.clone_from(&self.us);
        site.gateway.clone_from(&self.gateway);
        copy(&self.config(), &site.config());
        site
    }

    fn with(dir: Arc<tempfile::TempDir>, name: &'static str, database: Arc<Database>, private: bool) -> Site {
        let (us, gateway, within) = Default::default();
        let site = Site { dir, name, us, gateway, database, private, within, program: None };
        for folder in ["conf/partners.d", "conf/secrets", "state"] {
            fs::create_dir_all(site.path(folder)).unwrap();
        }
        site
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(self.name).join(name)
    }

    pub fn config(&self) -> PathBuf {
        self.path("conf")
    }

    pub fn state(&self) -> PathBuf {
        self.path("state")
    }

    pub fn is_private(&self) -> bool {
        self.private
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Sections of `gateway.toml`, as they are.
    pub fn add(&mut self, toml: &str) {
        writeln!(self.gateway, "{toml}").unwrap();
    }

    /// We are `NORTHWIND` in AS2 too, with this key; the AS2 door opens, with TLS and without.
    pub fn as2(&mut self, own: &Identity) {
        self.us.push_str(&format!(
            "as2 = \"NORTHWIND\"\nkeys = [{{ certificate = \"{}\", key = {{ file = \"{}\" }} }}]\n",
            own.cert.display(),
            own.key.display()
        ));
        self.add("[listen.as2]\naddress = \"127.0.0.1:0\"\nplain_address = \"127.0.0.1:0\"");
    }

    /// One more key of ours, which signs from this day on.
    pub fn another_key(&mut self, own: &Identity, from: &str) {
        let key = format!(
            "}}, {{ certificate = \"{}\", key = {{ file = \"{}\" }}, from = \"{from}\" }}]",
            own.cert.display(),
            own.key.display()
        );
        self.us = self.us.replace("}]", &key);
    }

    /// Changes what stands in `gateway.toml` so far.
    #[track_caller]
    pub fn replace(&mut self, this: &str, that: &str) {
        assert!(self.gateway.contains(this), "{this}");
        self.gateway = self.gateway.replace(this, that);
    }

    /// One of our systems, tried again after moments; `more` are further keys, such as `test = true`.
    pub fn endpoint(&mut self, name: &str, system: &Recorder, more: &str) {
        fs::write(self.path(&format!("conf/secrets/{name}")), system.secret()).unwrap();
        self.add(&format!(
            "[endpoint.{name}]\nkind = \"http\"\nurl = \"{}\"\nsecrets = [{{ file = \"secrets/{name}\" }}]\n\
             retry = {{ first = \"100ms\", longest = \"400ms\", tries = 500 }}\n{more}",
            system.url()
        ));
    }

    /// The API opens, without TLS.
    pub fn api(&mut self) {
        self.add("[listen.api]\naddress = \"127.0.0.1:0\"\nplain = true");
    }

    /// A program of ours at the API: `erp` has the token `token-of-erp`; `more` are further keys.
    pub fn client(&mut self, name: &str, more: &str) {
        let hash: String =
            Sha256::digest(format!("token-of-{name}")).iter().map(|b| format!("{b:02x}")).collect();
        self.add(&format!("[client.{name}]\ntokens = [\"sha256:{hash}\"]\n{more}"));
    }

    pub fn mail(&mut self, mailbox: &Mailbox) {
        self.add(&format!(
            "[mail]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nfrom = \"portway@northwind.example\"\n\
             [alerts]\nto = [\"edi@northwind.example\"]\ncoalesce = \"0s\"",
            mailbox.port()
        ));
    }

    pub fn partner(&self, profile: &Profile) {
        self.partner_text(&profile.id, &profile.text());
    }

    pub fn partner_text(&self, id: &str, text: &str) {
        fs::write(self.path(&format!("conf/partners.d/{id}.toml")), text).unwrap();
    }

    /// Writes `gateway.toml`.
    pub fn write(&self) {
        let database = if self.private {
            String::new()
        } else {
            format!("[database]\nurl = \"{}\"\nconnections = 8\n", self.database.url)
        };
        let text = format!(
            "state = \"{}\"\n[us]\nname = \"Northwind Supply Inc.\"\nx12 = \"ZZ:NORTHWIND\"\n\
             edifact = \"14:4012345000009\"\n{}{database}\
             [listen.https]\naddress = \"127.0.0.1:0\"\n[work]\nlease = \"2s\"\ndrain = \"5s\"\n{}",
            self.state().display(),
            self.us,
            self.gateway
        );
        fs::write(self.path("conf/gateway.toml"), text).unwrap();
    }

    #[track_caller]
    pub fn start(&self) -> Gateway {
        self.start_with(&[])
    }

    #[track_caller]
    pub fn start_with(&self, environment: &[(&str, &str)]) -> Gateway {
        self.write();
        Gateway::start(self, environment)
    }

    /// Runs a verb of the command line to its end: exit code, stdout and stderr.
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run_with_input(arguments, "")
    }

    /// The same, by who became us with sudo.
    pub fn run_as(&self, person: &str, arguments: &[&str]) -> (i32, String, String) {
        self.run_in(arguments, "", &[("SUDO_USER", person)])
    }

    /// The same, with this on its stdin.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        self.run_in(arguments, input, &[])
    }

    /// The same, by the clock of the file `clock` of this site, as a gateway that was started with it.
    pub fn run_by_clock(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run_in(arguments, "", &[("PORTWAY_CLOCK", self.path("clock").to_str().unwrap())])
    }

    /// The same, with this on its stdin, in this environment.
    pub fn run_in(
        &self,
        arguments: &[&str],
        input: &str,
        environment: &[(&str, &str)],
    ) -> (i32, String, String) {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_portway"))
            .args(arguments)
            .arg("--config")
            .arg(self.config())
            .env_remove("SUDO_USER")
            .envs(environment.iter().copied())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // A verb that does not read it may be gone already.
        let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes());
        let done = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (done.status.code().unwrap_or(-1), text(done.stdout), text(done.stderr))
    }

    /// Starts it without waiting for anything.
    pub fn spawn(&self) -> Gateway {
        self.spawn_with(&[])
    }

    pub fn spawn_with(&self, environment: &[(&str, &str)]) -> Gateway {
        self.write();
        Gateway::spawn(self, environment)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if self.private {
            stop_private(&self.state());
        }
    }
}

/// Reachable for the account that a private PostgreSQL runs under.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::Builder::new().prefix("pw-").tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    dir
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// A partner's profile. Id `acme` has the address `ZZ:ACME` and the token `token-of-acme`.
pub struct Profile {
    pub id: String,
    pub status: &'static str,
    /// Further keys of `[https]`.
    pub https: String,
    /// Further keys of `[x12]`.
    pub x12: String,
    /// Further sections.
    pub more: String,
}

impl Profile {
    /// A live partner whose 850s go to the endpoint `erp`.
    pub fn live(id: &str) -> Profile {
        Profile {
            id: id.into(),
            status: "live",
            https: String::new(),
            x12: String::new(),
            more: "[receive.850]\nto = [\"erp\"]".into(),
        }
    }

    pub fn text(&self) -> String {
        let hash: String =
            Sha256::digest(format!("token-of-{}", self.id)).iter().map(|b| format!("{b:02x}")).collect();
        format!(
            "id = \"{id}\"\nname = \"The {id} company\"\nstatus = \"{}\"\n[https]\ntokens = [\"sha256:{hash}\"]\n{}\n\
             [x12]\nid = \"ZZ:{}\"\n{}\n{}\n",
            self.status,
            self.https,
            self.id.to_uppercase(),
            self.x12,
            self.more,
            id = self.id,
        )
    }
}
