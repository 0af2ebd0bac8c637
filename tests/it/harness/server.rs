//! A PostgreSQL server of one test alone, which may be killed and started again. On a unix socket, as an ordinary account.

use super::watched::DEADLINE;
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Server {
    dir: tempfile::TempDir,
    bin: PathBuf,
    settings: String,
}

impl Server {
    /// Makes and starts one; `settings` as after `postgres`, such as `-c fsync=off`.
    #[track_caller]
    pub fn start(settings: &str) -> Server {
        let dir = tempfile::Builder::new().prefix("pw-pg-").tempdir().unwrap();
        if rustix::process::geteuid().is_root() {
            run(Command::new("chown").arg("postgres").arg(dir.path()));
        }
        let server = Server { dir, bin: binaries(), settings: settings.into() };
        let data = server.path("data");
        server.run(
            "initdb",
            &[
                "-D",
                &data,
                "--username=portway",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
        );
        server.start_again();
        server
    }

    /// Starts it where it was.
    #[track_caller]
    pub fn start_again(&self) {
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=60 -c shared_buffers=32MB {}",
            self.dir.path().display(),
            self.settings
        );
        let wait = DEADLINE.as_secs().to_string();
        self.run(
            "pg_ctl",
            &["start", "-w", "-t", &wait, "-D", &self.path("data"), "-l", &self.path("log"), "-o", &options],
        );
    }

    /// `kill -9` of all its processes, as a power cut has it.
    #[track_caller]
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.path("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().trim();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        for one in std::iter::once(pid).chain(children.split_whitespace()) {
            // A child may have ended since.
            let _ = kill_process(Pid::from_raw(one.parse().unwrap()).unwrap(), Signal::KILL);
        }
        std::fs::remove_file(self.path("data/postmaster.pid")).unwrap();
    }

    pub fn url(&self) -> String {
        format!("postgres://portway@localhost/postgres?host={}", self.dir.path().display())
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    #[track_caller]
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.bin.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        run(command.args(arguments).env("LC_ALL", "C").current_dir("/"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if Path::new(&self.path("data/postmaster.pid")).exists() {
            self.kill();
        }
    }
}

#[track_caller]
fn run(command: &mut Command) {
    // The server keeps these open: a pipe would never end.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

fn binaries() -> PathBuf {
    let found =
        std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL's binaries: run .ci/prepare tests");
    let mut versions: Vec<(u32, PathBuf)> = found
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    versions.pop().expect("a version of PostgreSQL").1
}
