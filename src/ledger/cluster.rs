//! The private PostgreSQL: a cluster of our own under the state directory, from the host's binaries, on a unix socket alone.
//!
//! It is made on first start, started when it does not run, adopted when it does (it outlives a `kill -9` of ours), started again
//! when it dies, and stopped with us. PostgreSQL refuses to run as root: started as root, it runs as `portway` or `postgres`.
//! The data folder is pinned to its major version; a mismatch is said, never guessed around.
//!
//! As a unit of its own (`portway-postgres.service`) the same cluster belongs to an account of its own and outlives the gateway:
//! [`Cluster::become_server`]. There the gateway's role is an ordinary one that owns its database.

pub mod upgrade;

use super::{Address, Error, Result};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const USER: &str = "portway";
const DATABASE: &str = "portway";
/// The superuser of a unit's cluster.
const SUPERUSER: &str = "postgres";
const HBA: &str = "local all all peer map=portway\n";
/// Who may be whom there: the gateway's account and root the gateway's role, the cluster's own account and root the superuser.
const UNIT_IDENT: &str = "portway portway portway\nportway root portway\nportway root postgres\nportway portway-postgres postgres\n";
const SETTINGS: [&str; 13] = [
    "listen_addresses=",
    "port=5432",
    "max_connections=60",
    "jit=off",
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=128MB",
    "max_wal_size=2GB",
    "checkpoint_timeout=15min",
    "wal_compression=on",
    "autovacuum_naptime=10s",
    "log_min_messages=warning",
    "cluster_name=portway",
];
/// The oldest major version that the ledger runs on.
const OLDEST: u32 = 15;
/// `sun_path` holds 108 bytes; the socket's name takes 15.
const LONGEST_FOLDER: usize = 90;

/// Where the cluster lives and whose it is.
#[derive(Debug, Clone)]
pub struct Cluster {
    data: PathBuf,
    run: PathBuf,
    log: PathBuf,
    /// Set when we are root: the account it runs under.
    account: Option<Account>,
}

#[derive(Debug, Clone)]
struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// The cluster of a state directory; touches nothing.
    pub fn of(state: &Path) -> Result<Cluster> {
        let home = state.join("postgres");
        let run = home.join("run");
        if run.as_os_str().len() > LONGEST_FOLDER {
            return Err(Error::Unsuitable(format!(
                "the path of the state directory is too long for a unix socket ({}): choose a shorter 'state' in gateway.toml",
                run.display()
            )));
        }
        let account = if rustix::process::geteuid().is_root() { Some(account()?) } else { None };
        Ok(Cluster { data: home.join("data"), log: home.join("postgres.log"), run, account })
    }

    pub fn address(&self, connections: u32) -> Address {
        Address::socket(&self.run, USER, DATABASE, connections)
    }

    /// The cluster of `portway-postgres.service`: its data, and the folder of its socket. It belongs to the account that calls.
    pub fn of_unit(data: &Path, run: &Path) -> Cluster {
        Cluster { data: data.to_owned(), run: run.to_owned(), log: PathBuf::new(), account: None }
    }

    /// Makes the cluster and our database if they are not there, then becomes the server: this process, so that a service
    /// manager sees its readiness and its end. Returns only what went wrong.
    pub fn become_server(&self) -> Error {
        let prepared = || -> Result<PathBuf> {
            let bin = self.binaries()?;
            if !self.data.join("PG_VERSION").exists() {
                self.make_for_unit(&bin)?;
            }
            fs::write(self.data.join("pg_ident.conf"), UNIT_IDENT)
                .map_err(|e| write_failed(&self.data, &e))?;
            Ok(bin)
        };
        let bin = match prepared() {
            Ok(bin) => bin,
            Err(error) => return error,
        };
        let program = bin.join("postgres");
        let mut command = Command::new(&program);
        command.arg("-D").arg(&self.data).args(self.settings()).env("LC_ALL", "C").current_dir("/");
        let error = command.exec();
        Error::Unsuitable(format!("{} cannot be run: {error}", program.display()))
    }

    fn make_for_unit(&self, bin: &Path) -> Result<()> {
        // Made beside and renamed: a half-made cluster is never taken for a whole one.
        let making = Cluster { data: self.data.with_extension("making"), ..self.clone() };
        let _ = fs::remove_dir_all(&making.data);
        make_folder(&making.data, 0o700, None)?;
        making.initdb(bin, SUPERUSER)?;
        fs::write(making.data.join("pg_hba.conf"), HBA).map_err(|e| write_failed(&making.data, &e))?;
        let data = making.data.display().to_string();
        let statements = format!("CREATE ROLE {USER} LOGIN;\nCREATE DATABASE {DATABASE} OWNER {USER};\n");
        self.run_with(&bin.join("postgres"), &["--single", "-D", &data, "postgres"], &statements)?;
        fs::rename(&making.data, &self.data).map_err(|e| write_failed(&self.data, &e))
    }

    /// Makes the cluster if it is not there, and starts it if it does not run. Blocks for a few seconds at most.
    ///
    /// # Errors
    /// [`Error::Unsuitable`] with what to install or mend; [`Error::Unavailable`] if it does not come up.
    pub fn ensure(&self) -> Result<Started> {
        let made = if self.data.join("PG_VERSION").exists() { false } else { self.make()? };
        let started = if self.running() { false } else { self.start()? };
        self.make_database()?;
        Ok(match (made, started) {
            (true, _) => Started::Made,
            (false, true) => Started::Started,
            (false, false) => Started::Adopted,
        })
    }

    /// True while the postmaster of this data folder lives.
    pub fn running(&self) -> bool {
        let Ok(text) = fs::read_to_string(self.data.join("postmaster.pid")) else { return false };
        let Some(pid) = text.lines().next().and_then(|l| l.trim().parse::<i32>().ok()) else { return false };
        let ours = fs::metadata(format!("/proc/{pid}"))
            .is_ok_and(|process| fs::metadata(&self.data).is_ok_and(|data| data.uid() == process.uid()));
        // A dead pid may have been given to another process: a postmaster says so in its command line.
        ours && fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|c| c.starts_with(b"/") && contains(&c, b"postgres"))
    }

    /// Stops it, rolling back what is open.
    pub fn stop(&self) {
        if let Ok(bin) = self.binaries() {
            let data = self.data.display().to_string();
            if let Err(error) =
                self.run(&bin.join("pg_ctl"), &["stop", "-D", &data, "-m", "fast", "-w", "-t", "30"])
            {
                tracing::warn!(%error, "the private PostgreSQL did not stop cleanly; it recovers at its next start");
            }
        }
    }

    fn make(&self) -> Result<bool> {
        let bin = self.binaries()?;
        let home = self.data.parent().unwrap_or(&self.data);
        make_folder(home, 0o755, None)?;
        make_folder(&self.data, 0o700, self.account.as_ref())?;
        tracing::info!(folder = %self.data.display(), "making a private PostgreSQL cluster; this takes a few seconds");
        self.initdb(&bin, USER).inspect_err(|_| {
            // A half-made cluster would be taken for a whole one.
            let _ = fs::remove_dir_all(&self.data);
        })?;
        self.write_access()?;
        Ok(true)
    }

    fn initdb(&self, bin: &Path, superuser: &str) -> Result<String> {
        let data = self.data.display().to_string();
        let user = format!("--username={superuser}");
        self.run(
            &bin.join("initdb"),
            &[
                "-D",
                &data,
                &user,
                "--auth-local=peer",
                "--auth-host=reject",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions",
            ],
        )
    }

    /// The server's settings, as arguments.
    fn settings(&self) -> Vec<String> {
        let folder = format!("unix_socket_directories={}", self.run.display());
        let fixed = SETTINGS.iter().map(|setting| (*setting).to_owned());
        fixed.chain([folder]).flat_map(|setting| ["-c".to_owned(), setting]).collect()
    }

    /// Who may log in as the ledger's role: the account we run under, root, and the account of the cluster.
    fn write_access(&self) -> Result<()> {
        let me = user_of(rustix::process::geteuid().as_raw()).unwrap_or_else(|| "root".into());
        let mut names = vec!["root".to_owned(), me];
        names.extend(self.account.as_ref().map(|a| a.name.clone()));
        names.sort();
        names.dedup();
        let ident: String = names.iter().map(|n| format!("portway {n} {USER}\n")).collect();
        fs::write(self.data.join("pg_ident.conf"), ident).map_err(|e| write_failed(&self.data, &e))?;
        fs::write(self.data.join("pg_hba.conf"), HBA).map_err(|e| write_failed(&self.data, &e))
    }

    fn start(&self) -> Result<bool> {
        let bin = self.binaries()?;
        make_folder(&self.run, 0o755, self.account.as_ref())?;
        if !self.log.exists() {
            fs::write(&self.log, "").map_err(|e| write_failed(&self.log, &e))?;
        }
        give(&self.log, self.account.as_ref())?;
        // pg_ctl gives these to a shell.
        let options: Vec<String> = self.settings().iter().map(|part| format!("'{part}'")).collect();
        let options = options.join(" ");
        let (data, log) = (self.data.display().to_string(), self.log.display().to_string());
        self.run(&bin.join("pg_ctl"), &["start", "-D", &data, "-l", &log, "-w", "-t", "60", "-o", &options])
            .map_err(|error| {
                let tail = fs::read_to_string(&self.log).unwrap_or_default();
                let tail: Vec<&str> = tail.lines().rev().take(3).collect();
                Error::Unavailable(format!(
                    "{error}; its log {} ends: {}",
                    log,
                    tail.into_iter().rev().collect::<Vec<_>>().join(" | ")
                ))
            })?;
        Ok(true)
    }

    fn make_database(&self) -> Result<()> {
        let bin = self.binaries()?;
        let run = self.run.display().to_string();
        let exists = "SELECT 1 FROM pg_database WHERE datname = 'portway'";
        let found =
            self.run(&bin.join("psql"), &["-h", &run, "-U", USER, "-d", "postgres", "-Atc", exists])?;
        if found.trim() != "1" {
            self.run(&bin.join("createdb"), &["-h", &run, "-U", USER, DATABASE])?;
        }
        Ok(())
    }

    /// The binaries that fit the data folder, or the newest of the host.
    fn binaries(&self) -> Result<PathBuf> {
        let found = installed();
        let pinned = self.major();
        let fits = match pinned {
            Some(major) => found.iter().find(|(m, _)| *m == major),
            None => found.last().filter(|(m, _)| *m >= OLDEST),
        };
        fits.map(|(_, bin)| bin.clone()).ok_or_else(|| {
            Error::Unsuitable(match pinned {
                Some(major) => format!(
                    "{} was made by PostgreSQL {major}, whose binaries are not on this host (found: {:?}): install postgresql-{major}",
                    self.data.display(),
                    found.iter().map(|(m, _)| m).collect::<Vec<_>>()
                ),
                None => "no PostgreSQL 15 or newer under /usr/lib/postgresql: run 'apt install postgresql', or name a server \
                         under [database] in gateway.toml"
                    .into(),
            })
        })
    }

    /// The major version that made the data folder; `None` where there is none yet.
    pub fn major(&self) -> Option<u32> {
        fs::read_to_string(self.data.join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Result<String> {
        self.run_with(program, arguments, "")
    }

    fn run_with(&self, program: &Path, arguments: &[&str], input: &str) -> Result<String> {
        self.run_in(Path::new("/"), program, arguments, input)
    }

    fn run_in(&self, folder: &Path, program: &Path, arguments: &[&str], input: &str) -> Result<String> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stderr(Stdio::piped())
            .env("LC_ALL", "C")
            .current_dir(folder);
        // pg_ctl leaves the postmaster behind with our descriptors: a pipe for its output would never end.
        let capture = !program.ends_with("pg_ctl");
        command.stdout(if capture { Stdio::piped() } else { Stdio::null() });
        if !capture {
            command.stderr(Stdio::null());
        }
        if let Some(account) = &self.account {
            command.uid(account.uid).gid(account.gid);
        }
        // A group of its own: a signal meant for us from the terminal must not stop the database first.
        command.process_group(0);
        let failed =
            |e: std::io::Error| Error::Unsuitable(format!("{} cannot be run: {e}", program.display()));
        let mut child = command.spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).map_err(failed)?;
        }
        let output = child.wait_with_output().map_err(failed)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(Error::Unavailable(format!(
            "{} failed ({}): {}",
            program.display(),
            output.status,
            // pg_upgrade says what is wrong on stdout.
            [&output.stderr, &output.stdout]
                .map(|said| String::from_utf8_lossy(said).trim().to_owned())
                .join("\n")
                .trim()
        )))
    }
}

/// The host's PostgreSQL versions and where their programs are, the newest last.
pub fn installed() -> Vec<(u32, PathBuf)> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, bin): &(u32, PathBuf)| bin.join("postgres").exists())
        .collect();
    found.sort();
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    Made,
    Started,
    Adopted,
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

fn account() -> Result<Account> {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["portway", "postgres"]
        .iter()
        .find_map(|wanted| {
            let mut fields = passwd.lines().find(|l| l.starts_with(&format!("{wanted}:")))?.split(':').skip(2);
            Some(Account { name: (*wanted).into(), uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
        })
        .ok_or_else(|| {
            Error::Unsuitable(
                "PostgreSQL does not run as root, and there is neither a 'portway' nor a 'postgres' account: run \
                 'apt install postgresql', or start Portway as an ordinary user"
                    .into(),
            )
        })
}

/// The name of an account.
pub fn user_of(uid: u32) -> Option<String> {
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse::<u32>().ok()? == uid).then(|| name.to_owned())
    })
}

fn make_folder(path: &Path, mode: u32, account: Option<&Account>) -> Result<()> {
    fs::create_dir_all(path).map_err(|e| write_failed(path, &e))?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|e| write_failed(path, &e))?;
    give(path, account)
}

fn give(path: &Path, account: Option<&Account>) -> Result<()> {
    match account {
        Some(account) => std::os::unix::fs::chown(path, Some(account.uid), Some(account.gid))
            .map_err(|e| write_failed(path, &e)),
        None => Ok(()),
    }
}

fn write_failed(path: &Path, error: &std::io::Error) -> Error {
    Error::Unsuitable(format!(
        "{} cannot be made or written: {error}; check the owner of the state directory",
        path.display()
    ))
}

/// An exclusive lock on the state directory, held for the life of the process.
#[derive(Debug)]
pub struct StateLock(#[allow(dead_code)] fs::File);

impl StateLock {
    /// # Errors
    /// [`Error::Refused`] if another gateway holds it.
    pub fn take(state: &Path) -> Result<StateLock> {
        fs::create_dir_all(state).map_err(|e| write_failed(state, &e))?;
        let path = state.join("portway.lock");
        let mut file = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .read(true)
            .open(&path)
            .map_err(|e| write_failed(&path, &e))?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(|_| {
            Error::Refused(format!(
                "another gateway runs on {}: stop it first, or give this one a state directory of its own",
                state.display()
            ))
        })?;
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(|e| write_failed(&path, &e))?;
        Ok(StateLock(file))
    }
}
