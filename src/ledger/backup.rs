//! The ledger as a stream of bytes and back: PostgreSQL's own `pg_dump` and `pg_restore`, and what is counted beside.
//!
//! Promises: the counts and the dump are of one snapshot, also while gateways work on; a restore is one transaction, so that there is
//! either all of it or nothing. The password reaches the programs by their environment, never by their arguments.
//! Fails with [`Error::Unsuitable`] where the host has no binaries that fit the server, and with the program's own words.

use super::cluster::installed;
use super::{Address, Error, Ledger, Result};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgSslMode;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// What a ledger holds, as a manifest has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The newest migration.
    pub schema: i64,
    /// Rows of each table; a partitioned one is one.
    pub tables: BTreeMap<String, i64>,
    /// The last numbers given out.
    pub control_numbers: Vec<ControlNumber>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct ControlNumber {
    /// `interchange`, `group`.
    pub kind: String,
    pub sender: String,
    pub receiver: String,
    pub last: i64,
}

/// One state of the ledger, kept for reading.
pub struct Snapshot {
    id: String,
    pub contents: Contents,
    pub server: u32,
    _open: sqlx::PgTransaction<'static>,
}

/// Roots of partitioned tables and ordinary ones, ours and the migrator's.
const TABLES: &str = "SELECT c.relname::text, quote_ident(c.relname) FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname <> 'restore_unfinished' ORDER BY 1";

async fn contents(connection: &mut sqlx::PgConnection) -> Result<Contents> {
    let names: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(&mut *connection).await?;
    if !names.iter().any(|(name, _)| name == "control_number") {
        return Err(Error::Refused(
            "this database holds no ledger: no gateway has run on it yet. Check [database] in gateway.toml"
                .into(),
        ));
    }
    let mut tables = BTreeMap::new();
    for (name, quoted) in names {
        let sql = format!("SELECT count(*) FROM {quoted}");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *connection).await?;
        tables.insert(name, rows);
    }
    let schema = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success")
        .fetch_one(&mut *connection)
        .await?;
    let control_numbers = sqlx::query_as(
        "SELECT kind, sender, receiver, last FROM control_number ORDER BY sender, receiver, kind",
    )
    .fetch_all(&mut *connection)
    .await?;
    Ok(Contents { schema, tables, control_numbers })
}

impl Ledger {
    /// One state of everything; it costs the server what a long query does, until it is dropped.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").execute(&mut *tx).await?;
        // It stays open, and idle, as long as pg_dump takes.
        sqlx::query("SET LOCAL idle_in_transaction_session_timeout = 0").execute(&mut *tx).await?;
        let id = sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_one(&mut *tx).await?;
        let contents = contents(&mut tx).await?;
        let server: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int / 10000")
            .fetch_one(&mut *tx)
            .await?;
        Ok(Snapshot { id, contents, server: server.unsigned_abs(), _open: tx })
    }

    pub async fn contents(&self) -> Result<Contents> {
        contents(&mut *self.pool.acquire().await?).await
    }

    /// The server's major version.
    pub async fn server(&self) -> Result<u32> {
        let major: i32 = sqlx::query_scalar("SELECT current_setting('server_version_num')::int / 10000")
            .fetch_one(&self.pool)
            .await?;
        Ok(major.unsigned_abs())
    }
}

impl Snapshot {
    /// Starts `pg_dump` of this state; its custom format comes on the child's stdout.
    pub fn dump(&self, address: &Address) -> Result<Program> {
        let mut command = program(address, "pg_dump", self.server)?;
        command.args(["--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password"]);
        // Extensions are the server's: others' would need a superuser to come back. This one is everywhere, and stays as it is.
        command.args(["--extension=plpgsql", "--no-comments"]);
        command.arg(format!("--snapshot={}", self.id)).stdin(Stdio::null()).stdout(Stdio::piped());
        Program::start(command, "pg_dump")
    }
}

/// Starts `pg_restore` into this database, in one transaction; the dump goes into the child's stdin.
pub fn restore(address: &Address, server: u32) -> Result<Program> {
    let mut command = program(address, "pg_restore", server)?;
    command.args(["--single-transaction", "--no-owner", "--no-privileges", "--no-password"]);
    let database = address.options.get_database().unwrap_or("portway").to_owned();
    command.arg(format!("--dbname={database}")).stdin(Stdio::piped()).stdout(Stdio::null());
    Program::start(command, "pg_restore")
}

/// A program of PostgreSQL's that runs.
pub struct Program {
    pub child: Child,
    name: &'static str,
    said: std::thread::JoinHandle<String>,
}

impl Program {
    fn start(mut command: Command, name: &'static str) -> Result<Program> {
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| Error::Unsuitable(format!("{name} cannot be run: {e}")))?;
        let mut stderr = child.stderr.take();
        let said = std::thread::spawn(move || {
            let mut text = String::new();
            if let Some(stderr) = &mut stderr {
                // What cannot be read is not said.
                let _ = stderr.read_to_string(&mut text);
            }
            text
        });
        Ok(Program { child, name, said })
    }

    /// Waits for its end, which must be a good one.
    pub fn end(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait().map_err(|e| Error::Unavailable(format!("{}: {e}", self.name)))?;
        let said = self.said.join().unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        let last: Vec<&str> = said.lines().filter(|l| !l.trim().is_empty()).take(6).collect();
        Err(Error::Refused(format!("{} failed ({status}): {}", self.name, last.join(" | "))))
    }
}

/// A client program of the server's major version, or of the next newer one here.
fn program(address: &Address, name: &str, server: u32) -> Result<Command> {
    let found = installed();
    let fits = found.iter().find(|(major, bin)| *major >= server && bin.join(name).exists());
    let path: PathBuf = fits.map(|(_, bin)| bin.join(name)).ok_or_else(|| {
        Error::Unsuitable(format!(
            "the server is PostgreSQL {server}, and no {name} of that version or a newer one is on this host (found: {:?}): run \
             'apt install postgresql-client-{server}'",
            found.iter().map(|(major, _)| major).collect::<Vec<_>>()
        ))
    })?;
    let options = &address.options;
    let mut command = Command::new(path);
    let host =
        options.get_socket().map_or_else(|| options.get_host().to_owned(), |s| s.display().to_string());
    command
        .env("PGHOST", host)
        .env("PGPORT", options.get_port().to_string())
        .env("PGUSER", options.get_username())
        .env("PGDATABASE", options.get_database().unwrap_or(options.get_username()))
        .env("PGAPPNAME", "portway")
        .env("PGSSLMODE", ssl_mode(options.get_ssl_mode()))
        .envs(address.tls.iter().map(|(name, file)| (*name, file)))
        .env("LC_ALL", "C")
        .current_dir("/");
    if let Some(password) = &address.password {
        command.env("PGPASSWORD", password.expose_secret());
    }
    Ok(command)
}

fn ssl_mode(mode: PgSslMode) -> &'static str {
    match mode {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require => "require",
        PgSslMode::VerifyCa => "verify-ca",
        PgSslMode::VerifyFull => "verify-full",
    }
}
