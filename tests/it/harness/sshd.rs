//! A partner's own SFTP server: OpenSSH's sshd on loopback, as an ordinary process of the test, with host keys of its own.

use super::watched::DEADLINE;
use portway::net::ssh::{Login, Server};
use rustix::process::{Pid, Signal, kill_process};
use secrecy::SecretString;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

pub struct Sshd {
    dir: tempfile::TempDir,
    child: Option<Child>,
    pub port: u16,
    /// Host keys, of `ssh-keygen -t`.
    host_keys: Vec<String>,
    /// Arguments of `internal-sftp`.
    sftp: String,
    /// Further lines of its configuration.
    more: String,
}

impl Sshd {
    /// One with an Ed25519 host key, which lets the test's account in by one key.
    #[track_caller]
    pub fn start() -> Sshd {
        Sshd::with(&["ed25519"], "", "")
    }

    /// `sftp`: arguments of `internal-sftp`, such as `-P remove`.
    #[track_caller]
    pub fn with(host_keys: &[&str], sftp: &str, more: &str) -> Sshd {
        let dir = tempfile::Builder::new().prefix("pw-sshd-").tempdir().unwrap();
        fs::create_dir(dir.path().join("files")).unwrap();
        keygen(dir.path(), "user", "ed25519");
        for kind in host_keys {
            keygen(dir.path(), &format!("host_{kind}"), kind);
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let host_keys = host_keys.iter().map(ToString::to_string).collect();
        let mut sshd = Sshd { dir, child: None, port, host_keys, sftp: sftp.into(), more: more.into() };
        sshd.start_again();
        sshd
    }

    /// Starts it where it was.
    #[track_caller]
    pub fn start_again(&mut self) {
        assert!(self.child.is_none());
        if rustix::process::geteuid().is_root() {
            // Where its unprivileged half is locked in.
            fs::create_dir_all("/run/sshd").unwrap();
        }
        let keys: String = self
            .host_keys
            .iter()
            .map(|kind| format!("HostKey {}\n", self.path(&format!("host_{kind}"))))
            .collect();
        let text = format!(
            "Port {}\nListenAddress 127.0.0.1\n{keys}AuthorizedKeysFile {}\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nPermitRootLogin yes\nPidFile none\nMaxStartups 100\nLogLevel VERBOSE\n\
             Subsystem sftp internal-sftp -d {} {}\n{}\n",
            self.port,
            self.path("user.pub"),
            self.files().display(),
            self.sftp,
            self.more
        );
        fs::write(self.dir.path().join("sshd_config"), text).unwrap();
        let log = fs::OpenOptions::new().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f", &self.path("sshd_config")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("sshd");
        self.child = Some(child);
        let end = Instant::now() + DEADLINE;
        let pace = super::Watched::new(());
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < end, "no sshd: {}", self.log());
            pace.next_change(Duration::from_millis(20));
        }
    }

    /// Down, with every session there is.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = Pid::from_child(&child);
        for session in descendants(pid) {
            // It may have ended since.
            let _ = kill_process(session, Signal::KILL);
        }
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Another server at the same address, as far as anybody can see.
    #[track_caller]
    pub fn change_host_key(&mut self) {
        self.stop();
        for kind in &self.host_keys {
            fs::remove_file(self.path(&format!("host_{kind}"))).unwrap();
            keygen(self.dir.path(), &format!("host_{kind}"), kind);
        }
        self.start_again();
    }

    /// Changes the arguments of `internal-sftp`.
    #[track_caller]
    pub fn restart_with(&mut self, sftp: &str) {
        self.stop();
        self.sftp = sftp.into();
        self.start_again();
    }

    /// What it logged: who came, who was let in.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// Where sessions begin.
    pub fn files(&self) -> PathBuf {
        self.dir.path().join("files")
    }

    /// Makes a folder for files, and says its name on the server.
    pub fn folder(&self, name: &str) -> String {
        let folder = self.files().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder.display().to_string()
    }

    /// Names in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let listed = fs::read_dir(self.files().join(folder)).unwrap();
        let mut names: Vec<String> =
            listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A file that is there at once, whole.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        self.put_of(name, content, SystemTime::now());
    }

    /// The same, of this time.
    pub fn put_of(&self, name: &str, content: impl AsRef<[u8]>, modified: SystemTime) {
        let temporary = self.dir.path().join("put");
        fs::write(&temporary, content).unwrap();
        fs::File::options().write(true).open(&temporary).unwrap().set_modified(modified).unwrap();
        fs::rename(temporary, self.files().join(name)).unwrap();
    }

    pub fn modified(&self, name: &str) -> SystemTime {
        fs::metadata(self.files().join(name)).unwrap().modified().unwrap()
    }

    pub fn host_key_line(&self, kind: &str) -> String {
        let line = fs::read_to_string(self.path(&format!("host_{kind}.pub"))).unwrap();
        line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
    }

    /// `SHA256:…`, as `ssh-keygen -l` says it.
    pub fn fingerprint(&self, kind: &str) -> String {
        let said = Command::new("ssh-keygen")
            .args(["-lf", &self.path(&format!("host_{kind}.pub"))])
            .output()
            .unwrap();
        String::from_utf8(said.stdout).unwrap().split_whitespace().nth(1).unwrap().to_owned()
    }

    /// The user's private key.
    pub fn key(&self) -> PathBuf {
        self.dir.path().join("user")
    }

    /// The same user, seen from the client.
    pub fn server(&self) -> Server {
        Server {
            host: "127.0.0.1".into(),
            port: self.port,
            user: own_user(),
            host_keys: vec![self.fingerprint(&self.host_keys[0]).parse().unwrap()],
            login: Login::Key {
                pem: SecretString::from(fs::read_to_string(self.key()).unwrap()),
                passphrase: None,
            },
            timeout: DEADLINE,
        }
    }

    /// The keys of `[sftp_client]` that name this server.
    pub fn section(&self) -> String {
        self.section_at(self.port)
    }

    /// The same, by another way.
    pub fn section_at(&self, port: u16) -> String {
        format!(
            "[sftp_client]\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"{}\"\nhost_key = [\"{}\"]\nkey = {{ file = \"{}\" }}\n",
            own_user(),
            self.fingerprint(&self.host_keys[0]),
            self.key().display()
        )
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
        if std::thread::panicking() {
            eprintln!("--- sshd\n{}", self.log());
        }
    }
}

pub fn own_user() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

fn keygen(dir: &Path, name: &str, kind: &str) {
    let path = dir.join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", kind, "-N", "", "-f"])
        .arg(&path)
        .stdin(Stdio::null())
        .status();
    assert!(made.unwrap().success());
}

fn descendants(pid: Pid) -> Vec<Pid> {
    let number = pid.as_raw_nonzero();
    let children = fs::read_to_string(format!("/proc/{number}/task/{number}/children")).unwrap_or_default();
    let own = children.split_whitespace().filter_map(|child| Pid::from_raw(child.parse().ok()?));
    own.flat_map(|child| std::iter::once(child).chain(descendants(child))).collect()
}
