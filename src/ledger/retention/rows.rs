//! What lies in no partition, removed in small batches: messages with all that hangs on them, keys, closed alerts.
//!
//! A batch is one transaction of a few hundred rows and holds the messages' row locks alone; one that came to life again since is left out.
//! Between two batches it rests as long as the batch took, and longer while messages wait for a processor.

use super::super::{Result, at};
use super::Work;
use jiff::Timestamp;
use std::time::{Duration, Instant};
use uuid::Uuid;

const BATCH: i64 = 200;
/// That many messages wait: the gateways have better things to do.
const BUSY: i64 = 50;
const REST: Duration = Duration::from_millis(500);
/// Rests before the round is put off.
const RESTS: u32 = 120;

impl Work {
    /// The messages that go, each under the class that it goes by.
    pub(super) async fn find_going(&mut self) -> Result<()> {
        let owed = "NOT EXISTS (SELECT 1 FROM kept_message k WHERE k.message = g.id)";
        let test = "SELECT t.id FROM (
                SELECT message_id AS id FROM interchange WHERE usage <> 'P' AND message_id < id_floor($1)
                UNION SELECT message_id FROM transaction_set WHERE usage <> 'P' AND message_id < id_floor($1)
                UNION SELECT a.message_id FROM interchange i JOIN acknowledgement a ON a.interchange_id = i.id
                    WHERE i.usage <> 'P' AND i.message_id < id_floor($1) AND a.message_id < id_floor($1)
             ) t
             WHERE NOT EXISTS (SELECT 1 FROM interchange i WHERE i.message_id = t.id AND i.usage = 'P')
               AND NOT EXISTS (SELECT 1 FROM transaction_set s WHERE s.message_id = t.id AND s.usage = 'P')
               AND NOT EXISTS (SELECT 1 FROM acknowledgement a JOIN interchange i ON i.id = a.interchange_id
                    WHERE a.message_id = t.id AND i.usage = 'P')";
        let junk = "SELECT m.id FROM message m WHERE m.state = 'quarantined' AND m.id < id_floor($1)
             AND m.reason IN ('decrypt', 'signature', 'unknown_partner')";
        let old = "SELECT m.id FROM message m WHERE m.id < id_floor($1)";
        for (class, before, found) in [
            ("history", self.before.history, old),
            ("test", self.before.test, test),
            ("junk", self.before.junk, junk),
        ] {
            let sql = format!(
                "INSERT INTO going SELECT g.id, '{class}' FROM ({found}) g WHERE {owed} ON CONFLICT DO NOTHING"
            );
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(at(before)).execute(&mut self.connection).await?;
        }
        sqlx::raw_sql("ANALYZE going").execute(&mut self.connection).await?;
        Ok(())
    }

    /// `false`: some must wait.
    pub(super) async fn remove_messages(&mut self) -> Result<bool> {
        if self.dry {
            let counts: Vec<(String, i64)> =
                sqlx::query_as("SELECT class, count(*) FROM going GROUP BY class")
                    .fetch_all(&mut self.connection)
                    .await?;
            self.report.messages.extend(counts);
            return Ok(true);
        }
        loop {
            let began = Instant::now();
            if !self.batch().await? {
                return Ok(true);
            }
            if !self.rest(began.elapsed()).await? {
                self.report.left.push("messages: too much work waits, a later round goes on".into());
                return Ok(false);
            }
        }
    }

    /// `false`: nothing more goes.
    async fn batch(&mut self) -> Result<bool> {
        use sqlx::Connection;
        let mut tx = self.connection.begin().await?;
        let next: Vec<(Uuid, String)> = sqlx::query_as(
            "DELETE FROM going WHERE message IN (SELECT message FROM going ORDER BY message LIMIT $1) RETURNING message, class",
        )
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        if next.is_empty() {
            return Ok(false);
        }
        let all: Vec<Uuid> = next.iter().map(|(id, _)| *id).collect();
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "SELECT m.id FROM message m WHERE m.id = ANY($1) AND m.state IN ('done', 'quarantined', 'sent', 'cancelled')
             AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'process' AND j.subject = m.id)
             AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = m.id AND d.state NOT IN ('delivered', 'cancelled'))
             AND NOT EXISTS (SELECT 1 FROM transaction_set s JOIN delivery d ON d.set_id = s.id
                 WHERE s.message_id = m.id AND d.state NOT IN ('delivered', 'cancelled'))
             ORDER BY m.id FOR UPDATE OF m SKIP LOCKED",
        )
        .bind(&all)
        .fetch_all(&mut *tx)
        .await?;
        remove(&mut tx, &ids).await?;
        tx.commit().await?;
        for (_, class) in next.into_iter().filter(|(id, _)| ids.contains(id)) {
            *self.report.messages.entry(class).or_default() += 1;
        }
        Ok(true)
    }

    /// `false`: it is not going to be quiet.
    async fn rest(&mut self, took: Duration) -> Result<bool> {
        tokio::time::sleep(took.min(REST)).await;
        for _ in 0..RESTS {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM (SELECT 1 FROM job j WHERE j.lane = 'process' AND j.state = 'ready' AND j.run_at <= $1
                     AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.job = j.id) LIMIT $2) w",
            )
            .bind(at(self.now))
            .bind(BUSY)
            .fetch_one(&mut self.connection)
            .await?;
            if waiting < BUSY {
                return Ok(true);
            }
            tokio::time::sleep(REST).await;
        }
        Ok(false)
    }

    /// Keys that are older than their window, and those whose message is gone.
    pub(super) async fn remove_keys(&mut self) -> Result<()> {
        let gone = self.before.test.min(self.before.junk);
        for (table, id, of) in [
            ("idempotency", "message_id", "message"),
            ("interchange_seen", "message_id", "message"),
            ("document_seen", "set_id", "transaction_set"),
        ] {
            // A message's own documents have keys too.
            let also = if table == "idempotency" {
                " AND NOT EXISTS (SELECT 1 FROM transaction_set s WHERE s.id = k.message_id)"
            } else {
                ""
            };
            let old = format!(
                "k.at < $1 OR k.at < $2 AND NOT EXISTS (SELECT 1 FROM {of} o WHERE o.id = k.{id}){also}"
            );
            self.report.keys += self.sweep(table, &old, self.before.keys, gone).await?;
        }
        Ok(())
    }

    pub(super) async fn remove_alerts(&mut self) -> Result<()> {
        let (before, never) = (self.before.history, Timestamp::UNIX_EPOCH);
        let mails = "EXISTS (SELECT 1 FROM alert a WHERE a.id = k.alert_id AND a.state = 'closed' AND a.closed_at < $1)
             AND k.state <> 'queued' AND $2::timestamptz IS NOT NULL";
        self.sweep("mail", mails, before, never).await?;
        let alerts = "k.state = 'closed' AND k.closed_at < $1 AND NOT EXISTS (SELECT 1 FROM mail x WHERE x.alert_id = k.id)
             AND $2::timestamptz IS NOT NULL";
        self.report.alerts = self.sweep("alert", alerts, before, never).await?;
        Ok(())
    }

    /// Removes the rows `k` of a small table that are `old`, by the two instants, a batch a commit; says how many.
    async fn sweep(&mut self, table: &str, old: &str, first: Timestamp, second: Timestamp) -> Result<i64> {
        if self.dry {
            let sql = format!("SELECT count(*) FROM {table} k WHERE {old}");
            let count = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(at(first)).bind(at(second));
            return Ok(count.fetch_one(&mut self.connection).await?);
        }
        let mut gone = 0;
        loop {
            let began = Instant::now();
            let sql = format!(
                "DELETE FROM {table} k WHERE k.ctid = ANY(ARRAY(SELECT k.ctid FROM {table} k WHERE {old} LIMIT 2000)) AND ({old})"
            );
            let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(at(first)).bind(at(second));
            let rows = done.execute(&mut self.connection).await?.rows_affected();
            gone += i64::try_from(rows).unwrap_or(i64::MAX);
            if rows == 0 || !self.rest(began.elapsed()).await? {
                return Ok(gone);
            }
        }
    }

    /// What AS2 messages looked like over the wire, of messages whose content goes.
    pub(super) async fn remove_wire(&mut self) -> Result<()> {
        let old = "raw IS NOT NULL AND message_id < id_floor($1)
             AND NOT EXISTS (SELECT 1 FROM kept_message k WHERE k.message = as2.message_id)";
        if self.dry {
            let sql = format!("SELECT count(*) FROM as2 WHERE {old}");
            let count = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(at(self.before.payloads));
            self.report.wire = count.fetch_one(&mut self.connection).await?;
            return Ok(());
        }
        let sql = format!(
            "UPDATE as2 SET raw = NULL WHERE message_id IN (SELECT message_id FROM as2 WHERE {old} ORDER BY message_id LIMIT {BATCH})
             AND message_id < id_floor($1)"
        );
        loop {
            let began = Instant::now();
            let done = sqlx::query(sqlx::AssertSqlSafe(sql.clone())).bind(at(self.before.payloads));
            let rows = done.execute(&mut self.connection).await?.rows_affected();
            self.report.wire += i64::try_from(rows).unwrap_or(i64::MAX);
            if rows == 0 || !self.rest(began.elapsed()).await? {
                return Ok(());
            }
        }
    }
}

/// Messages with all that hangs on them. History goes with its months.
async fn remove(tx: &mut sqlx::PgConnection, messages: &[Uuid]) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let mut owners = messages.to_vec();
    let sets =
        taken(tx, "DELETE FROM transaction_set WHERE message_id = ANY($1) RETURNING id", messages).await?;
    let interchanges =
        taken(tx, "DELETE FROM interchange WHERE message_id = ANY($1) RETURNING id", messages).await?;
    let mut deliveries =
        taken(tx, "DELETE FROM delivery WHERE message_id = ANY($1) RETURNING id", messages).await?;
    deliveries.extend(taken(tx, "DELETE FROM delivery WHERE set_id = ANY($1) RETURNING id", &sets).await?);
    owners.extend(&sets);
    owners
        .extend(taken(tx, "DELETE FROM attachment WHERE message_id = ANY($1) RETURNING id", messages).await?);
    owners.extend(
        taken(tx, "DELETE FROM as2_receipt WHERE message_id = ANY($1) RETURNING id", messages).await?,
    );
    let sealed = "WITH a AS (DELETE FROM as2 WHERE message_id = ANY($1) RETURNING sealed) SELECT sealed FROM a WHERE sealed IS NOT NULL";
    owners.extend(taken(tx, sealed, messages).await?);
    for (sql, ids) in [
        ("DELETE FROM as2_sent WHERE message_id = ANY($1)", messages),
        ("DELETE FROM attempt WHERE delivery_id = ANY($1)", &deliveries[..]),
        ("DELETE FROM payload WHERE owner = ANY($1)", &owners[..]),
        ("DELETE FROM acknowledgement WHERE interchange_id = ANY($1)", &interchanges[..]),
        ("DELETE FROM acknowledgement WHERE set_id = ANY($1)", &sets[..]),
        ("DELETE FROM acknowledgement WHERE answers = ANY($1)", messages),
        // The answer went; that what lives on was answered stays known.
        ("UPDATE acknowledgement SET message_id = NULL WHERE message_id = ANY($1)", messages),
        ("DELETE FROM answer WHERE set_id = ANY($1)", &sets[..]),
        ("DELETE FROM answer WHERE message_id = ANY($1)", messages),
        ("DELETE FROM result WHERE set_id = ANY($1)", &sets[..]),
        ("DELETE FROM thread_member WHERE set_id = ANY($1)", &sets[..]),
        ("DELETE FROM thread_open WHERE set_id = ANY($1)", &sets[..]),
        ("DELETE FROM message WHERE id = ANY($1)", messages),
    ] {
        if !ids.is_empty() {
            sqlx::query(sql).bind(ids).execute(&mut *tx).await?;
        }
    }
    Ok(())
}

async fn taken(tx: &mut sqlx::PgConnection, sql: &'static str, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar(sql).bind(ids).fetch_all(tx).await?)
}
