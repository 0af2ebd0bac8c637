//! Retention: what is older than its class may get goes, what is still owed stays.
//!
//! One round at a time over all gateways (an advisory lock on a connection of its own). First it finds out what is still owed (`still_owed`
//! of the schema: open work, deliveries, answers, and all of their threads), then it removes messages with what hangs on them in small
//! batches, then whole months of the partitioned tables. A month that still holds something owed is replaced by a small partition of the
//! same range with that alone: history cannot be deleted from, a partition's range takes back no rows of another month, and one open
//! answer must not keep a month of payloads. `DETACH CONCURRENTLY` is not to be had beside a default partition, so it is a short exclusive
//! lock that gives up after half a second and is tried again.
//!
//! Promises: no row that is owed goes; a round that is cut off has removed some and lost nothing; a second round finds nothing to do.
//! Fails with the ledger's errors; what could not be locked or waited for is named in [`Report::left`] and goes in a later round.

mod months;
mod rows;

use super::audit::{self, Actor, Change, On};
use super::{Error, Ledger, Result, at};
use crate::profile::retention::Retention;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// One round over all gateways.
const LOCK: i64 = 7_061_727_470;
/// A gateway leaves it alone for so long after anyone's last round.
const BETWEEN: SignedDuration = SignedDuration::from_hours(1);
/// How many of what is owed are shown.
const SHOWN: i64 = 20;

/// The instants before which each class is too old.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    pub payloads: Timestamp,
    pub documents: Timestamp,
    pub history: Timestamp,
    pub audit: Timestamp,
    pub test: Timestamp,
    pub junk: Timestamp,
    pub keys: Timestamp,
}

impl Before {
    /// By `[retention]`. A control number stays as long as the longest window in which a repetition must be known.
    pub fn of(retention: &Retention, longest_window: std::time::Duration, now: Timestamp) -> Before {
        let ago = |age: std::time::Duration| {
            let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
            now.saturating_sub(age).unwrap_or(Timestamp::MIN).max(Timestamp::UNIX_EPOCH)
        };
        Before {
            payloads: ago(retention.payloads.duration()),
            documents: ago(retention.documents.duration()),
            history: ago(retention.history.duration()),
            audit: ago(retention.audit.duration()),
            test: ago(retention.test.duration()),
            junk: ago(retention.junk.duration()),
            keys: ago(retention.keys.duration().max(longest_window)),
        }
    }

    fn newest(&self) -> Timestamp {
        [self.payloads, self.documents, self.history, self.test, self.junk]
            .into_iter()
            .fold(self.history, Ord::max)
    }
}

/// A month of a class that went.
#[derive(Debug, Clone, Serialize)]
pub struct Gone {
    /// `payloads`, `documents`, `history`, `attempt`, `as2`, `audit`.
    pub class: String,
    /// `202601`; `rest` is what lies in no month's partition.
    pub month: String,
    pub rows: i64,
    /// Rows that are still owed, and stay.
    pub kept: i64,
}

/// What a round removed, or would remove.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Messages with all that was known of them, by class: `history`, `test`, `junk`.
    pub messages: BTreeMap<String, i64>,
    /// Numbers and keys by which repetitions are known.
    pub keys: i64,
    /// Signed and encrypted originals of AS2 messages.
    pub wire: i64,
    /// Closed alerts with their mails.
    pub alerts: i64,
    pub months: Vec<Gone>,
    /// What must wait for a later round, and why.
    pub left: Vec<String>,
}

impl Report {
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.months.is_empty() && self.keys + self.wire + self.alerts == 0
    }
}

#[derive(Debug)]
pub enum Round {
    Done(Report),
    /// Another gateway or person does it just now, or did a moment ago.
    Elsewhere,
}

/// A message that stays although it is old.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Owed {
    pub message: Uuid,
    pub partner: Option<String>,
    pub received_at: String,
    pub why: String,
}

/// A month's partition of one table.
#[derive(Debug, Serialize)]
pub struct Size {
    pub table: String,
    pub month: String,
    pub bytes: i64,
    /// As PostgreSQL estimates.
    pub rows: i64,
}

/// What there is, for people and programs.
#[derive(Debug, Serialize)]
pub struct Kept {
    /// The oldest of each class.
    pub oldest: BTreeMap<String, Option<String>>,
    pub months: Vec<Size>,
    pub would_go: Report,
    pub owed: Vec<Owed>,
    /// How many are owed and old.
    pub owed_count: i64,
    pub last_round: Option<String>,
}

/// The connection of a round, with what is owed and what goes in temporary tables.
struct Work {
    connection: PgConnection,
    before: Before,
    now: Timestamp,
    /// Nothing is removed.
    dry: bool,
    report: Report,
}

impl Ledger {
    /// Removes what is old. `by_itself`: not so soon after another round.
    ///
    /// # Errors
    /// The ledger's; what was removed until then is in the audit trail.
    pub async fn retain(
        &self,
        before: Before,
        actor: &Actor,
        by_itself: bool,
        now: Timestamp,
    ) -> Result<Round> {
        let mut work = self.begin_round(before, false, now).await?;
        let mine: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
            .bind(LOCK)
            .fetch_one(&mut work.connection)
            .await?;
        if !mine || by_itself && work.was_lately().await? {
            return Ok(Round::Elsewhere);
        }
        let done = work.round().await;
        if !work.report.is_empty() {
            let detail = serde_json::to_value(&work.report).unwrap_or_default();
            let change = Change::new("retention", On::Gateway("all")).with(detail);
            audit::write(&mut work.connection, actor, &change, now).await?;
        }
        done?;
        note(&mut work.connection, "run", "", now).await?;
        Ok(Round::Done(work.report))
    }

    /// What there is, what would go now, and what stays. Removes nothing.
    pub async fn kept(&self, before: Before, now: Timestamp) -> Result<Kept> {
        let mut work = self.begin_round(before, true, now).await?;
        work.round().await?;
        let months = work.months().await?;
        let connection = &mut work.connection;
        let old = before.payloads.max(before.documents);
        let owed = sqlx::query_as(
            "SELECT o.message, coalesce(m.partner, m.connection) AS partner, instant(m.received_at) AS received_at, o.why
             FROM kept_message o JOIN message m ON m.id = o.message WHERE o.message < id_floor($1) ORDER BY o.message LIMIT $2",
        )
        .bind(at(old))
        .bind(SHOWN)
        .fetch_all(&mut *connection)
        .await?;
        let owed_count = sqlx::query_scalar("SELECT count(*) FROM kept_message WHERE message < id_floor($1)")
            .bind(at(old))
            .fetch_one(&mut *connection)
            .await?;
        let mut oldest = BTreeMap::new();
        for (class, sql) in [
            (
                "payloads",
                "SELECT instant(min(m.received_at)) FROM message m WHERE m.id >= coalesce((SELECT owner FROM payload ORDER BY owner LIMIT 1), m.id)",
            ),
            ("history", "SELECT instant(h.at) FROM history h ORDER BY h.id LIMIT 1"),
            ("audit", "SELECT instant(a.at) FROM audit a ORDER BY a.id LIMIT 1"),
            ("messages", "SELECT instant(m.received_at) FROM message m ORDER BY m.id LIMIT 1"),
            (
                "junk",
                "SELECT instant(m.received_at) FROM message m WHERE m.state = 'quarantined' ORDER BY m.id LIMIT 1",
            ),
            (
                "keys",
                "SELECT instant(least((SELECT min(i.at) FROM idempotency i), (SELECT min(i.at) FROM interchange_seen i)))",
            ),
        ] {
            let found: Option<Option<String>> =
                sqlx::query_scalar(sql).fetch_optional(&mut *connection).await?;
            oldest.insert(class.to_owned(), found.flatten());
        }
        let last_round = sqlx::query_scalar("SELECT instant(removed_at) FROM removed WHERE class = 'run'")
            .fetch_optional(&mut *connection)
            .await?;
        let months = months
            .into_iter()
            .map(|m| Size { table: m.parent, month: m.month, bytes: m.bytes, rows: m.rows })
            .collect();
        Ok(Kept { oldest, months, would_go: work.report, owed, owed_count, last_round })
    }

    /// When retention removed the content that belongs to this id; `None`: it is there, or was not removed by age.
    pub async fn content_removed(&self, owner: Uuid) -> Result<Option<String>> {
        let month = owner
            .get_timestamp()
            .and_then(|time| Timestamp::from_second(i64::try_from(time.to_unix().0).ok()?).ok())
            .map(|instant| instant.strftime("%Y%m").to_string());
        let found = sqlx::query_scalar(
            "SELECT instant(min(removed_at)) FROM removed WHERE class IN ('payloads', 'documents') AND month = $2
             AND NOT EXISTS (SELECT 1 FROM payload WHERE owner = $1)",
        )
        .bind(owner)
        .bind(month)
        .fetch_one(&self.pool)
        .await;
        match found {
            // 42P01: an older gateway's schema, which knows no retention.
            Err(sqlx::Error::Database(db)) if db.code().as_deref() == Some("42P01") => Ok(None),
            found => Ok(found?),
        }
    }

    /// # Errors
    /// [`Error::NotFound`] where retention removed the content of this id.
    pub async fn refuse_removed(&self, owner: Uuid) -> Result<()> {
        match self.content_removed(owner).await? {
            None => Ok(()),
            Some(when) => Err(Error::NotFound(format!(
                "the content of {owner}, removed by retention on {}",
                when.get(..10).unwrap_or(&when)
            ))),
        }
    }

    async fn begin_round(&self, before: Before, dry: bool, now: Timestamp) -> Result<Work> {
        // Closed at the end, with its temporary tables and the lock.
        let connection = self.pool.acquire().await?.detach();
        let mut work = Work { connection, before, now, dry, report: Report::default() };
        sqlx::raw_sql(
            "SET enable_bitmapscan = on; SET plan_cache_mode = auto;
             CREATE TEMP TABLE kept_message (message uuid PRIMARY KEY, why text);
             CREATE TEMP TABLE kept_owner (owner uuid PRIMARY KEY);
             CREATE TEMP TABLE going (message uuid PRIMARY KEY, class text NOT NULL)",
        )
        .execute(&mut work.connection)
        .await?;
        Ok(work)
    }
}

impl Work {
    async fn was_lately(&mut self) -> Result<bool> {
        let since = self.now.saturating_sub(BETWEEN).unwrap_or(Timestamp::MIN);
        Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM removed WHERE class = 'run' AND removed_at > $1 AND removed_at <= $2)")
            .bind(at(since))
            .bind(at(self.now))
            .fetch_one(&mut self.connection)
            .await?)
    }

    async fn round(&mut self) -> Result<()> {
        self.find_owed().await?;
        self.find_going().await?;
        let all_rows = self.remove_messages().await?;
        self.remove_keys().await?;
        self.remove_alerts().await?;
        self.remove_wire().await?;
        self.remove_months(all_rows).await
    }

    /// What stays: the messages, and the owners of their payloads.
    async fn find_owed(&mut self) -> Result<()> {
        sqlx::query("INSERT INTO kept_message SELECT message, why FROM still_owed(id_floor($1))")
            .bind(at(self.before.newest()))
            .execute(&mut self.connection)
            .await?;
        sqlx::raw_sql(
            "ANALYZE kept_message;
             INSERT INTO kept_owner
                SELECT message FROM kept_message
                UNION SELECT s.id FROM kept_message k JOIN transaction_set s ON s.message_id = k.message
                UNION SELECT a.id FROM kept_message k JOIN attachment a ON a.message_id = k.message
                UNION SELECT r.id FROM kept_message k JOIN as2_receipt r ON r.message_id = k.message
                UNION SELECT a.sealed FROM kept_message k JOIN as2 a ON a.message_id = k.message WHERE a.sealed IS NOT NULL
                UNION SELECT owner FROM staged;
             ANALYZE kept_owner",
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }
}

/// Writes down that a month of a class went.
async fn note(connection: &mut PgConnection, class: &str, month: &str, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO removed (class, month, removed_at) VALUES ($1, $2, $3)
         ON CONFLICT (class, month) DO UPDATE SET removed_at = excluded.removed_at",
    )
    .bind(class)
    .bind(month)
    .bind(at(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// What a round says of itself in one line.
pub fn summary(report: &Report) -> serde_json::Value {
    json!({ "messages": report.messages, "months": report.months.len(), "keys": report.keys, "wire": report.wire,
        "left": report.left })
}
