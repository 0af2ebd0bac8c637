//! The ledger: the only SQL. Who sent what, who acknowledged it, what failed, and the queue made of it.
//!
//! One file a table family. A state and the jobs that follow from it are written in one short transaction; no transaction is
//! open while anything is computed or waited for. Claiming work is a commit of its own. A worker completes a job with the epoch
//! it claimed it under: one row, or [`Error::LeaseLost`].
//!
//! Fails with [`Error::Unavailable`] while PostgreSQL is away: callers answer 503 or wait, and nothing is lost.

pub mod absence;
pub mod alert;
pub mod anew;
pub mod answers;
pub mod as2;
pub mod audit;
pub mod backup;
pub mod breaker;
pub mod by_hand;
pub mod cluster;
pub mod control_number;
pub mod conversation;
pub mod delivery;
pub mod document;
pub mod due;
pub mod events;
pub mod first;
pub mod history;
pub mod id;
pub mod job;
pub mod message;
pub mod outgoing;
pub mod pace;
pub mod poll;
pub mod process;
pub mod profile;
pub mod restored;
pub mod results;
pub mod retention;
pub mod sftp;
pub mod staged;
pub mod status;
pub mod thread;
pub mod uncollected;
pub mod wake;
pub mod watch;

use jiff::Timestamp;
use secrecy::SecretString;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use uuid::Uuid;

#[derive(Debug)]
pub enum Error {
    /// PostgreSQL cannot be reached, or went away in the middle. Temporary; whether a commit happened is unknown.
    Unavailable(String),
    /// The job was claimed by another worker since: what was computed must be dropped.
    LeaseLost,
    /// Nothing by that id or key.
    NotFound(String),
    /// The state does not allow it; says why and what to do.
    Refused(String),
    /// The server is not one we can promise anything on (`fsync=off`, read-only, too old).
    Unsuitable(String),
    /// A fault of ours or of the schema.
    Sql(sqlx::Error),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Unavailable(why) => write!(f, "the ledger's PostgreSQL is not reachable: {why}"),
            Error::LeaseLost => write!(f, "another worker has taken this job since"),
            Error::NotFound(what) => write!(f, "{what}: not found in the ledger"),
            Error::Refused(why) | Error::Unsuitable(why) => write!(f, "{why}"),
            Error::Sql(error) => write!(f, "the ledger refused a statement: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let away = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::Tls(_) => true,
            // 57P01..03 shutting down, 08xxx connection, 53300 too many connections, 25006 became a standby.
            sqlx::Error::Database(db) => db.code().is_some_and(|c| {
                // 40: deadlock or serialisation, 53: no space or memory, 55P03 and 57014: waited too long.
                ["57P", "08", "40", "53"].iter().any(|class| c.starts_with(class))
                    || matches!(c.as_ref(), "25006" | "55P03" | "57014")
            }),
            _ => false,
        };
        if away { Error::Unavailable(error.to_string()) } else { Error::Sql(error) }
    }
}

impl Error {
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Error::Unavailable(_))
    }
}

pub type Result<T> = std::result::Result<T, Error>;

/// An instant as a bound parameter.
pub(crate) fn at(instant: Timestamp) -> jiff_sqlx::Timestamp {
    use jiff_sqlx::ToSqlx;
    instant.to_sqlx()
}

/// What the log leaves out of the database's client, whatever its level: PostgreSQL's notices are no news.
pub const QUIET: &str = "sqlx::postgres::notice=warn";

/// How often a start looks whether the tables that it must change are free: for as long as a long backup takes.
const LOCK_TRIES: u32 = 3600;

/// Whether a statement ended because somebody else holds a lock (55P03).
fn locked(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|e| e.code()).is_some_and(|code| code == "55P03")
}

/// How long a caller waits for a connection before it is told that the ledger is away.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is left idle inside a transaction for a lease's time, and at least this, is rolled back.
const LEAST_IDLE: Duration = Duration::from_secs(3);

/// Settings of every session of ours.
const SESSION: [(&str, &str); 4] = [
    ("TimeZone", "UTC"),
    ("jit", "off"),
    // The queue's tables are small and change all the time: a plain index scan clears dead entries as it meets them.
    ("enable_bitmapscan", "off"),
    // Every statement is prepared once and fits one plan; planning it anew would cost as much as running it.
    ("plan_cache_mode", "force_generic_plan"),
];

/// The newest migration of this program.
pub fn newest_schema() -> i64 {
    migrator().iter().map(|m| m.version).max().unwrap_or_default()
}

/// The tables that this program's migrations make, and the migrator's own. An older backup knows fewer.
fn own_tables() -> Vec<&'static str> {
    static MIGRATOR: LazyLock<sqlx::migrate::Migrator> = LazyLock::new(migrator);
    let made = MIGRATOR.iter().flat_map(|m| m.sql.as_str().lines());
    made.filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split([' ', '(']).next())
        .chain(["_sqlx_migrations"])
        .collect()
}

fn migrator() -> sqlx::migrate::Migrator {
    let mut migrator = sqlx::migrate!("src/ledger/migrations");
    // The previous binary must run on a newer schema while gateways are upgraded one by one.
    migrator.set_ignore_missing(true);
    migrator
}

/// Where the ledger is.
#[derive(Clone)]
pub struct Address {
    pub options: PgConnectOptions,
    pub connections: u32,
    /// The same as in `options`, for PostgreSQL's own programs.
    password: Option<SecretString>,
    /// Likewise the files of `sslrootcert`, `sslcert` and `sslkey`, by the names of libpq's environment.
    tls: Vec<(&'static str, PathBuf)>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address")
    }
}

impl Address {
    pub fn url(url: &str, password: Option<&str>, connections: u32) -> Result<Address> {
        let mut options: PgConnectOptions = url.parse().map_err(|e| {
            Error::Unsuitable(format!(
                "[database] url cannot be read: {e}; it looks like postgres://user@host/name"
            ))
        })?;
        if let Some(password) = password {
            options = options.password(password);
        }
        Ok(Address { options, connections, password: password.map(SecretString::from), tls: tls_files(url) })
    }

    pub fn socket(folder: &std::path::Path, user: &str, database: &str, connections: u32) -> Address {
        let options = PgConnectOptions::new_without_pgpass()
            .host(&folder.to_string_lossy())
            .port(5432)
            .username(user)
            .database(database)
            .ssl_mode(sqlx::postgres::PgSslMode::Disable);
        Address { options, connections, password: None, tls: Vec::new() }
    }
}

/// The files that a URL names for TLS. Programs run elsewhere, so the paths are whole ones.
fn tls_files(url: &str) -> Vec<(&'static str, PathBuf)> {
    let query = url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    form_urlencoded::parse(query.as_bytes())
        .filter_map(|(key, file)| {
            let name = match &*key {
                "sslrootcert" | "ssl-root-cert" | "ssl-ca" => "PGSSLROOTCERT",
                "sslcert" | "ssl-cert" => "PGSSLCERT",
                "sslkey" | "ssl-key" => "PGSSLKEY",
                _ => return None,
            };
            let path = PathBuf::from(&*file);
            Some((name, std::path::absolute(&path).unwrap_or(path)))
        })
        .collect()
}

/// A handle on the ledger; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    pub(crate) pool: PgPool,
    /// This process, as leases name it.
    pub(crate) node: Uuid,
    pub(crate) lease: Duration,
    pub(crate) held: Arc<job::Held>,
    pub(crate) blocks: Arc<control_number::Blocks>,
    pub wake: wake::Bell,
}

impl Ledger {
    /// Connects without touching the schema. Fails if PostgreSQL cannot be reached, is read-only, or runs without fsync.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Unsuitable`].
    pub async fn connect(address: &Address, lease: Duration) -> Result<Ledger> {
        let idle = format!("{}ms", lease.max(LEAST_IDLE).as_millis());
        let pool = PgPoolOptions::new()
            .max_connections(address.connections)
            .min_connections(1)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // A failed-over proxy may hand us a standby: better no connection than one that cannot commit.
                    let standby: bool =
                        sqlx::query_scalar("SELECT pg_is_in_recovery()").fetch_one(&mut *connection).await?;
                    if standby {
                        return Err(sqlx::Error::Io(std::io::Error::other(
                            "this server is a read-only standby",
                        )));
                    }
                    Ok(())
                })
            })
            .connect_with(
                address
                    .options
                    .clone()
                    .application_name("portway")
                    .options(SESSION)
                    // A gateway that is stopped in the middle of a transaction does not hold its rows against the others.
                    .options([("idle_in_transaction_session_timeout", idle.as_str())]),
            )
            .await?;
        let ledger = Ledger {
            pool,
            node: Uuid::now_v7(),
            lease,
            held: Arc::default(),
            blocks: Arc::default(),
            wake: wake::Bell::default(),
        };
        ledger.check_server().await?;
        Ok(ledger)
    }

    async fn check_server(&self) -> Result<()> {
        let (fsync, commit, version): (String, String, String) = sqlx::query_as(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('server_version_num')",
        )
        .fetch_one(&self.pool)
        .await?;
        if fsync == "off" {
            return Err(Error::Unsuitable(
                "this PostgreSQL runs with fsync=off: a power cut would lose accepted messages. Set fsync = on there, or remove \
                 [database] from gateway.toml to let Portway run its own"
                    .into(),
            ));
        }
        if commit == "off" {
            return Err(Error::Unsuitable(
                "this PostgreSQL runs with synchronous_commit=off: an answer could leave before its commit is on disk. Set it to \
                 on for Portway's role or database"
                    .into(),
            ));
        }
        if version.parse::<u32>().is_ok_and(|v| v < 150_000) {
            return Err(Error::Unsuitable(format!(
                "this PostgreSQL is too old ({version}): Portway needs 15 or newer"
            )));
        }
        Ok(())
    }

    /// Brings the schema up to date and makes the partitions ahead. Safe from several nodes at once.
    pub async fn migrate(&self, now: Timestamp) -> Result<()> {
        use sqlx::migrate::MigrateError;
        for wait in 0.. {
            // Of its own, and closed after: an error leaves the migrator's lock with the session.
            let mut connection = self.pool.acquire().await?;
            connection.close_on_drop();
            sqlx::query("SET lock_timeout = '500ms'").execute(&mut *connection).await?;
            let run = migrator().run(&mut *connection).await;
            drop(connection);
            match run {
                Ok(()) => break,
                // A long backup holds all tables. Whoever waits for one of them holds up everybody who comes after: not for long.
                Err(MigrateError::Execute(e) | MigrateError::ExecuteMigration(e, _))
                    if locked(&e) && wait < LOCK_TRIES =>
                {
                    tracing::warn!(
                        "the schema is in use, by a backup or another gateway's start; it is brought up to date after"
                    );
                    tokio::time::sleep(PATIENCE).await;
                }
                Err(MigrateError::Execute(e)) => return Err(e.into()),
                Err(other) => {
                    return Err(Error::Unsuitable(format!(
                        "the ledger's schema cannot be brought up to date: {other}"
                    )));
                }
            }
        }
        match self.make_partitions(now).await {
            // What comes stands in the rest's partition until a later look makes them.
            Err(Error::Sql(e)) if locked(&e) => Ok(()),
            made => made,
        }
    }

    /// The migrations of this program that this database has not had, oldest first: number and description.
    pub async fn pending_migrations(&self) -> Result<Vec<(i64, String)>> {
        let run = self.schema().await?;
        let all = migrator();
        let missing = all.iter().filter(|m| !run.contains(&m.version));
        Ok(missing.map(|m| (m.version, m.description.to_string())).collect())
    }

    /// The migrations that this database has had; none where no gateway has run on it.
    pub async fn schema(&self) -> Result<Vec<i64>> {
        let kept: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
            .fetch_one(&self.pool)
            .await?;
        if !kept {
            return Ok(Vec::new());
        }
        Ok(sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
            .fetch_all(&self.pool)
            .await?)
    }

    /// Partitions of this month and the next three. It waits for nobody: while it waited for a table that a backup reads, everybody
    /// else would wait behind it.
    pub async fn make_partitions(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.pool.begin().await?;
        sqlx::query("SET LOCAL lock_timeout = '500ms'").execute(&mut *tx).await?;
        sqlx::query("SELECT make_partitions($1, 4)").bind(at(now)).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Registers this process, and takes over at once what an earlier process with the same home left leased: whoever calls
    /// this holds the home's lock, so the other is dead.
    ///
    /// # Errors
    /// [`Error::Unsuitable`] where a restore of this ledger did not come to its end.
    pub async fn enter(&self, home: &str, now: Timestamp) -> Result<u64> {
        self.refuse_unfinished().await?;
        sqlx::query(
            "INSERT INTO node (id, home, version, pid, started_at, seen_at) VALUES ($1, $2, $3, $4, $5, $5)",
        )
        .bind(self.node)
        .bind(home)
        .bind(env!("CARGO_PKG_VERSION"))
        .bind(i32::try_from(std::process::id()).unwrap_or(0))
        .bind(at(now))
        .execute(&self.pool)
        .await?;
        let taken = sqlx::query(
            "WITH gone AS (
                DELETE FROM lease WHERE node IN (SELECT id FROM node WHERE home = $1 AND id <> $2) RETURNING job
             )
             UPDATE job SET epoch = epoch + 1 WHERE id IN (SELECT job FROM gone)",
        )
        .bind(home)
        .bind(self.node)
        .execute(&self.pool)
        .await?;
        Ok(taken.rows_affected())
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// True if a trivial statement goes through.
    pub async fn alive(&self) -> bool {
        sqlx::query("SELECT 1").execute(&self.pool).await.is_ok()
    }

    pub fn node(&self) -> Uuid {
        self.node
    }

    /// The state directory's lock file, for messages.
    pub fn lock_path(state: &std::path::Path) -> PathBuf {
        state.join("portway.lock")
    }
}
