//! What the benchmarks of the whole gateway stand on: a PostgreSQL with statistics, the release binary as a process, and its costs.

#![allow(dead_code)] // each benchmark uses a part of it

pub mod flow;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A folder that PostgreSQL's account can reach.
pub fn home() -> tempfile::TempDir {
    let home = tempfile::Builder::new().prefix("portway-bench").tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    home
}

/// A cluster with pg_stat_statements, otherwise set as the private one is.
pub struct Postgres {
    bin: PathBuf,
    pub run: PathBuf,
    data: PathBuf,
}

impl Postgres {
    pub fn start(home: &Path) -> Postgres {
        let mut found: Vec<PathBuf> =
            fs::read_dir("/usr/lib/postgresql").unwrap().flatten().map(|e| e.path().join("bin")).collect();
        found.sort();
        let postgres = Postgres { bin: found.pop().unwrap(), run: home.join("run"), data: home.join("data") };
        for folder in [&postgres.run, &postgres.data] {
            fs::create_dir_all(folder).unwrap();
            if rustix::process::geteuid().is_root() {
                assert!(Command::new("chown").arg("postgres").arg(folder).status().unwrap().success());
            }
        }
        let data = postgres.data.display().to_string();
        postgres
            .tool("initdb", &["-D", &data, "-A", "trust", "-U", "portway", "-E", "UTF8", "--locale=C", "-k"]);
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories={} -c jit=off -c shared_buffers=128MB -c max_wal_size=2GB \
             -c checkpoint_timeout=15min -c wal_compression=on -c autovacuum_naptime=10s -c shared_preload_libraries=pg_stat_statements",
            postgres.run.display()
        );
        postgres.tool("pg_ctl", &["start", "-D", &data, "-w", "-l", &format!("{data}/log"), "-o", &options]);
        postgres.tool("createdb", &["-h", &postgres.run.display().to_string(), "-U", "portway", "portway"]);
        postgres.sql("CREATE EXTENSION pg_stat_statements");
        postgres
    }

    fn tool(&self, name: &str, arguments: &[&str]) -> String {
        let program = self.bin.join(name);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let quiet = if name == "pg_ctl" { Stdio::null() } else { Stdio::piped() };
        let output =
            command.args(arguments).current_dir("/").stdout(quiet).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "{name} failed");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub fn sql(&self, sql: &str) -> String {
        self.tool(
            "psql",
            &["-h", &self.run.display().to_string(), "-U", "portway", "-d", "portway", "-Atc", sql],
        )
    }

    pub fn number(&self, sql: &str) -> f64 {
        self.sql(sql).trim().parse().unwrap()
    }

    /// Commits a second of the smallest durable transaction.
    pub fn pgbench(&self) -> f64 {
        self.sql("CREATE TABLE bench (id bigserial PRIMARY KEY, at timestamptz)");
        let script = self.run.join("insert.sql");
        fs::write(&script, "INSERT INTO bench (at) VALUES (now());\n").unwrap();
        let run = self.run.display().to_string();
        let script = script.display().to_string();
        let said = self.tool(
            "pgbench",
            &[
                "-h", &run, "-U", "portway", "-n", "-M", "prepared", "-f", &script, "-c", "8", "-j", "2",
                "-T", "5", "portway",
            ],
        );
        let line = said.lines().find(|l| l.starts_with("tps")).unwrap();
        line.split_whitespace().nth(2).unwrap().parse().unwrap()
    }

    /// The statements that cost most.
    pub fn top(&self) {
        eprintln!("{}", self.sql("SELECT round(total_exec_time)::text || ' ms ' || calls || ' calls ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 90) FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 12"));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.tool("pg_ctl", &["stop", "-D", &self.data.display().to_string(), "-m", "immediate"]);
    }
}

/// The gateway, running.
pub struct Gateway {
    child: Child,
    log: PathBuf,
}

impl Gateway {
    /// Starts it on the configuration folder `conf` of `home`, and waits until it is ready.
    pub fn start(home: &Path) -> Gateway {
        let log = home.join("gateway.log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_portway"))
            .args(["serve", "--config"])
            .arg(home.join("conf"))
            .env("PORTWAY_LOG", "warn,portway::command=info")
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(30);
        while !fs::read_to_string(&log).unwrap().contains("ready") {
            let ended = child.try_wait().unwrap().is_some();
            assert!(Instant::now() < deadline && !ended, "no gateway: {}", fs::read_to_string(&log).unwrap());
            std::thread::sleep(Duration::from_millis(50));
        }
        Gateway { child, log }
    }

    /// The port of `the HTTPS door`, `the AS2 door`.
    pub fn port(&self, door: &str) -> u16 {
        let text = fs::read_to_string(&self.log).unwrap();
        let after = text.split(&format!("{door} is open address=127.0.0.1:")).nth(1).expect(door);
        after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
    }

    /// `VmRSS` or `VmHWM`, MB.
    pub fn memory(&self, what: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|l| l.starts_with(what)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Measured {
    pub gateway_ms: f64,
    pub postgres_ms: f64,
    pub commits: f64,
    pub statements: f64,
}

pub fn measure(postgres: &Postgres, gateway: &Gateway) -> Measured {
    let pid = fs::read_to_string(postgres.data.join("postmaster.pid")).unwrap();
    let postmaster: u32 = pid.lines().next().unwrap().parse().unwrap();
    Measured {
        gateway_ms: cpu_ms(gateway.child.id(), false),
        postgres_ms: cpu_ms(postmaster, true),
        commits: postgres.number("SELECT xact_commit FROM pg_stat_database WHERE datname = 'portway'"),
        statements: postgres.number("SELECT sum(calls) FROM pg_stat_statements"),
    }
}

/// User and system time of a process, in ms; `family`: with its children, ended ones included.
fn cpu_ms(pid: u32, family: bool) -> f64 {
    let ticks = |pid: u32, fields: std::ops::Range<usize>| -> u64 {
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return 0 };
        let rest = stat.rsplit(')').next().unwrap_or_default();
        rest.split_whitespace()
            .skip(fields.start)
            .take(fields.len())
            .filter_map(|f| f.parse::<u64>().ok())
            .sum()
    };
    let mut total = ticks(pid, 11..13);
    if family {
        total += ticks(pid, 13..15);
        for child in fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
            .unwrap_or_default()
            .split_whitespace()
        {
            total += ticks(child.parse().unwrap(), 11..13);
        }
    }
    total as f64 * 10.0
}
