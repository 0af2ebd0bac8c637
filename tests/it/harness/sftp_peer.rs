//! Suppliers at the SFTP door, with what they really use: OpenSSH's `sftp`, curl, lftp, paramiko.

use super::gateway::Gateway;
use super::site::Site;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

/// A key pair made by `ssh-keygen`.
#[derive(Debug, Clone)]
pub struct Key(PathBuf);

impl Key {
    #[track_caller]
    pub fn new(site: &Site, name: &str) -> Key {
        Key::of(site, name, &["-t", "ed25519"])
    }

    #[track_caller]
    pub fn of(site: &Site, name: &str, kind: &[&str]) -> Key {
        let path = site.path(name);
        let done = Command::new("ssh-keygen")
            .args(kind)
            .args(["-q", "-N", "", "-C", name, "-f"])
            .arg(&path)
            .status()
            .expect("ssh-keygen");
        assert!(done.success());
        Key(path)
    }

    /// One that was made before.
    pub fn existing(site: &Site, name: &str) -> Key {
        Key(site.path(name))
    }

    /// The line of its `.pub` file.
    pub fn line(&self) -> String {
        std::fs::read_to_string(self.public()).unwrap().trim().to_owned()
    }

    pub fn public(&self) -> PathBuf {
        self.0.with_extension("pub")
    }
}

/// Who connects, and where to.
#[derive(Debug, Clone)]
pub struct Supplier {
    port: String,
    user: String,
    key: Key,
    known_hosts: PathBuf,
}

impl Supplier {
    /// Trusts the host key that the gateway has published, and no other.
    pub fn new(site: &Site, gateway: &Gateway, user: &str, key: &Key) -> Supplier {
        let port = gateway.sftp.rsplit(':').next().unwrap().to_owned();
        let public = std::fs::read_to_string(site.state().join("sftp/host_ed25519.pub")).unwrap();
        let known_hosts = site.path(&format!("known_hosts-{port}"));
        std::fs::write(&known_hosts, format!("[127.0.0.1]:{port} {public}")).unwrap();
        Supplier { port, user: user.to_owned(), key: key.clone(), known_hosts }
    }

    fn ssh_options(&self) -> Vec<String> {
        let known = format!("UserKnownHostsFile={}", self.known_hosts.display());
        let mut options = vec!["-F".into(), "none".into(), "-i".into(), self.key.0.display().to_string()];
        for option in [
            known.as_str(),
            "StrictHostKeyChecking=yes",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "PreferredAuthentications=publickey",
            "ConnectTimeout=60",
        ] {
            options.extend(["-o".to_owned(), option.to_owned()]);
        }
        options
    }

    /// Runs a batch of `sftp` commands to its end; it stops at the first that fails.
    #[track_caller]
    pub fn sftp(&self, batch: &str) -> Output {
        self.begin_sftp(batch).wait_with_output().unwrap()
    }

    /// Starts a batch.
    #[track_caller]
    pub fn begin_sftp(&self, batch: &str) -> Child {
        let mut child = Command::new("sftp")
            .args(self.ssh_options())
            .args(["-b", "-", "-P", &self.port])
            .arg(format!("{}@127.0.0.1", self.user))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sftp");
        child.stdin.take().unwrap().write_all(format!("{batch}\n").as_bytes()).unwrap();
        child
    }

    /// The same, and it must work. What it printed, the commands themselves aside.
    #[track_caller]
    pub fn sftp_fine(&self, batch: &str) -> String {
        let output = self.sftp(batch);
        assert!(output.status.success(), "{}", said(&output));
        let lines = String::from_utf8(output.stdout).unwrap();
        lines.lines().filter(|line| !line.starts_with("sftp> ")).map(|line| format!("{line}\n")).collect()
    }

    /// `ssh` to the same door.
    pub fn ssh(&self, arguments: &[&str]) -> Output {
        Command::new("ssh")
            .args(self.ssh_options())
            .args(["-p", &self.port, &format!("{}@127.0.0.1", self.user)])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("ssh")
    }

    /// `curl` on a path of the door.
    pub fn curl(&self, path: &str, arguments: &[&str]) -> Output {
        Command::new("curl")
            .args(["-sS", "-k", "-u", &format!("{}:", self.user), "--key"])
            .arg(&self.key.0)
            .arg("--pubkey")
            .arg(self.key.public())
            .args(arguments)
            .arg(format!("sftp://127.0.0.1:{}{path}", self.port))
            .output()
            .expect("curl")
    }

    /// A script of `lftp` commands.
    pub fn lftp(&self, script: &str) -> Output {
        let ssh = format!("ssh -a -x {}", self.ssh_options().join(" "));
        let script = format!(
            "set sftp:connect-program '{ssh}'; set net:max-retries 1; set cmd:fail-exit yes; \
             open -u {},x -p {} sftp://127.0.0.1; {script}; bye",
            self.user, self.port
        );
        Command::new("lftp")
            .env("HOME", self.known_hosts.parent().unwrap())
            .args(["--norc", "-c", &script])
            .output()
            .expect("lftp")
    }

    #[track_caller]
    pub fn paramiko(&self) -> Paramiko {
        Paramiko::start(&self.port, &self.user, &self.key.0.display().to_string())
            .unwrap_or_else(|e| panic!("{e}"))
    }

    /// Logs in by password; the error is the client's.
    pub fn by_password(&self, password: &str) -> Result<Paramiko, String> {
        Paramiko::start(&self.port, &self.user, &format!("password:{password}"))
    }

    pub fn as_user(&self, user: &str) -> Supplier {
        Supplier { user: user.to_owned(), ..self.clone() }
    }

    pub fn with(&self, key: &Key) -> Supplier {
        Supplier { key: key.clone(), ..self.clone() }
    }
}

pub fn said(output: &Output) -> String {
    format!(
        "{}: {}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A client whose every step the test decides.
pub struct Paramiko {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Paramiko {
    fn start(port: &str, user: &str, secret: &str) -> Result<Paramiko, String> {
        let python = std::env::var("PORTWAY_TEST_PYTHON")
            .expect("PORTWAY_TEST_PYTHON: run the tests with 'make test'");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/sftp_paramiko.py");
        let mut child = Command::new(python)
            .arg(script)
            .args([port, user, secret])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python");
        let (requests, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut peer = Paramiko { child, requests, answers };
        peer.answer().map(|_| peer)
    }

    fn answer(&mut self) -> Result<Value, String> {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let mut answer: Value = serde_json::from_str(&line).map_err(|e| format!("{e}: {line:?}"))?;
        match answer.get("error") {
            Some(error) => Err(error.as_str().unwrap().to_owned()),
            None => Ok(answer["ok"].take()),
        }
    }

    /// Sends a request without waiting.
    pub fn send(&mut self, request: &Value) {
        writeln!(self.requests, "{request}").unwrap();
    }

    pub fn ask(&mut self, request: &Value) -> Result<Value, String> {
        self.send(request);
        self.answer()
    }

    #[track_caller]
    pub fn fine(&mut self, request: Value) -> Value {
        self.ask(&request).unwrap_or_else(|error| panic!("{error}: {request}"))
    }

    #[track_caller]
    pub fn refused(&mut self, request: Value) -> String {
        match self.ask(&request) {
            Err(error) => error,
            Ok(answer) => panic!("{request} was granted: {answer}"),
        }
    }

    /// Names and sizes in a folder.
    #[track_caller]
    pub fn list(&mut self, path: &str) -> Vec<(String, u64)> {
        let listed = self.fine(json!({ "do": "list", "path": path }));
        serde_json::from_value(listed).unwrap()
    }

    /// Gone, as after a power cut.
    pub fn vanish(mut self) {
        self.send(&json!({ "do": "vanish" }));
        self.child.wait().unwrap();
    }
}

impl Drop for Paramiko {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
