//! What a restored ledger needs before a gateway may run on it: it is older than the world.
//!
//! After the backup control numbers were given out, deliveries arrived and documents left that it knows nothing of. So, in one
//! transaction: counters jump; what was open is held for a person, with the reason; leases of gateways that are gone are cleared. What
//! is expected of partners stays expected. An entry in the audit trail and one in the history of all that was held say so.
//! Fails with [`Error::Refused`] where the ledger is not empty before.

use super::audit::{self, Actor, Change, On};
use super::{Error, Ledger, Result, at, own_tables};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// What was done to make it safe.
#[derive(Debug, Default, Serialize)]
pub struct Safe {
    pub counters: Vec<Jump>,
    /// Open deliveries by target: `endpoint` or `partner`, name, state before, how many.
    pub deliveries: Vec<Held>,
    /// Documents of ours that waited to leave.
    pub documents: u64,
    /// Messages that were being worked on.
    pub messages: u64,
    /// Documents whose rejection by our system was not told to the partner yet.
    pub rejections: Vec<Uuid>,
    pub leases: u64,
}

#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Jump {
    /// `interchange`, `group`; `event` of an endpoint whose events are fetched.
    pub kind: String,
    pub sender: String,
    pub receiver: String,
    pub before: i64,
    pub after: i64,
}

#[derive(Debug, Serialize, sqlx::FromRow)]
pub struct Held {
    pub target_kind: String,
    pub target: String,
    pub was: String,
    pub many: i64,
}

/// What a restore finds where it may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// No tables, but for what a restore leaves that was ended before it filled anything.
    Empty,
    /// A gateway has started on it, and nothing more happened.
    Started,
}

/// Where something stands only if something came, left or was handed over.
const WORK: [&str; 9] = [
    "message",
    "interchange",
    "transaction_set",
    "delivery",
    "acknowledgement",
    "control_number",
    "interchange_seen",
    "idempotency",
    "payload",
];

/// A table that is there while a restore is on its way.
pub(super) const UNFINISHED: &str = "restore_unfinished";
const UNSAFE: &str = "a restore into this database did not come to its end, so that its numbers and deliveries are not safe to use: drop \
     the database, create it anew, and run 'portway restore' again";

/// All of it: what pg_restore makes must not be there.
const EMPTY: &str = "DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
        AND c.relkind IN ('v', 'r', 'p', 'S') AND NOT c.relispartition
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
            AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
        ORDER BY CASE c.relkind WHEN 'v' THEN 0 WHEN 'S' THEN 2 ELSE 1 END, c.oid DESC
    LOOP
        EXECUTE format(CASE one.relkind WHEN 'v' THEN 'DROP VIEW %s' WHEN 'S' THEN 'DROP SEQUENCE %s' ELSE 'DROP TABLE %s' END, one.name);
    END LOOP;
    FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('DROP FUNCTION %s', one.name);
    END LOOP;
END $$";

impl Ledger {
    /// Makes room for a restore. A ledger on which a gateway has started, and nothing more happened, counts as empty and is
    /// removed. `known`: the tables of the backup; any one that is neither among them nor of our schema is not ours to touch.
    ///
    /// # Errors
    /// [`Error::Refused`] with what is there; nothing was touched.
    pub async fn make_room(&self, known: &[&str]) -> Result<()> {
        if self.has_room(known).await? == Room::Started {
            let mut tx = self.pool.begin().await?;
            sqlx::query(EMPTY).execute(&mut *tx).await?;
            tx.commit().await?;
        }
        self.mark_unfinished().await
    }

    /// Whether a restore may begin here; changes nothing.
    ///
    /// # Errors
    /// [`Error::Refused`] with what is there.
    pub async fn has_room(&self, known: &[&str]) -> Result<Room> {
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
             AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1",
        )
        .fetch_all(&self.pool)
        .await?;
        let unfinished = tables.iter().any(|t| t == UNFINISHED);
        if unfinished && tables.len() > 1 {
            return Err(Error::Refused(UNSAFE.into()));
        }
        if tables.is_empty() || unfinished {
            return Ok(Room::Empty);
        }
        let ours = own_tables();
        let strange = |t: &&str| !known.contains(t) && !ours.contains(t);
        let others: Vec<&str> = tables.iter().map(String::as_str).filter(strange).collect();
        if !others.is_empty() {
            return Err(Error::Refused(format!(
                "the database is not empty, and holds tables that the backup knows nothing of ({}): give the ledger an empty \
                 database of its own (createdb), and name it under [database] in gateway.toml",
                others.join(", ")
            )));
        }
        let mut there = Vec::new();
        for table in WORK.iter().filter(|w| tables.iter().any(|t| t == *w)) {
            let sql = format!("SELECT count(*) FROM {table}");
            let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.pool).await?;
            if rows > 0 {
                there.push(format!("{table}: {rows}"));
            }
        }
        if !there.is_empty() {
            return Err(Error::Refused(format!(
                "the ledger is not empty ({}), and is left as it is: restore into an empty database, or, if this one is to go, \
                 drop it and create it anew",
                there.join(", ")
            )));
        }
        Ok(Room::Started)
    }

    /// From now until [`Ledger::make_safe`] is through no gateway enters, whatever dies in between.
    async fn mark_unfinished(&self) -> Result<()> {
        sqlx::query("CREATE TABLE IF NOT EXISTS restore_unfinished ()").execute(&self.pool).await?;
        Ok(())
    }

    /// # Errors
    /// [`Error::Unsuitable`]: a restore filled this ledger and did not come to its end.
    pub(super) async fn refuse_unfinished(&self) -> Result<()> {
        let there: bool = sqlx::query_scalar("SELECT to_regclass('restore_unfinished') IS NOT NULL")
            .fetch_one(&self.pool)
            .await?;
        if there { Err(Error::Unsuitable(UNSAFE.into())) } else { Ok(()) }
    }

    /// Makes a restored ledger safe to run on.
    pub async fn make_safe(
        &self,
        taken_at: &str,
        margin: i64,
        actor: &Actor,
        home: &str,
        now: Timestamp,
    ) -> Result<Safe> {
        let reason = format!("restored from a backup of {taken_at}: it may have left after that");
        let mut tx = self.pool.begin().await?;
        let counters = jump(&mut tx, margin).await?;
        let deliveries = hold_deliveries(&mut tx, &reason, now).await?;
        let documents = hold_documents(&mut tx, &reason, now).await?;
        let messages = set_aside(&mut tx, taken_at, now).await?;
        let rejections = keep_untold(&mut tx, taken_at, now).await?;
        let leases = sqlx::query("DELETE FROM lease").execute(&mut *tx).await?.rows_affected()
            + sqlx::query(
                "UPDATE poll SET node = NULL, until = NULL, epoch = epoch + 1 WHERE node IS NOT NULL",
            )
            .execute(&mut *tx)
            .await?
            .rows_affected();
        let held: i64 = deliveries.iter().map(|h| h.many).sum();
        let detail = json!({ "taken_at": taken_at, "margin": margin, "deliveries": held, "documents": documents,
            "messages": messages, "rejections": rejections.len(), "leases": leases, "counters": counters.len() });
        audit::write(
            &mut tx,
            actor,
            &Change::new("restore", On::Gateway(home)).because(&reason).with(detail),
            now,
        )
        .await?;
        sqlx::query("DROP TABLE IF EXISTS restore_unfinished").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Safe { counters, deliveries, documents, messages, rejections, leases })
    }
}

async fn jump(tx: &mut sqlx::PgConnection, margin: i64) -> Result<Vec<Jump>> {
    let mut jumps: Vec<Jump> = sqlx::query_as(
        "WITH c AS (
            UPDATE control_number SET last = CASE WHEN last + $1 > 999999999 THEN last + $1 - 999999999 ELSE last + $1 END
            FROM (SELECT kind AS k, sender AS s, receiver AS r, last AS before FROM control_number) old
            WHERE kind = old.k AND sender = old.s AND receiver = old.r
            RETURNING kind, sender, receiver, old.before, last AS after
         ) SELECT * FROM c ORDER BY sender, receiver, kind",
    )
    .bind(margin)
    .fetch_all(&mut *tx)
    .await?;
    // Whoever fetches events asks for what comes after the last it saw, which may be later than the backup knows.
    let events: Vec<Jump> = sqlx::query_as(
        "UPDATE event_position SET last = last + $1
         RETURNING 'event' AS kind, '' AS sender, endpoint AS receiver, last - $1 AS before, last AS after",
    )
    .bind(margin)
    .fetch_all(tx)
    .await?;
    jumps.extend(events);
    Ok(jumps)
}

async fn hold_deliveries(tx: &mut sqlx::PgConnection, reason: &str, now: Timestamp) -> Result<Vec<Held>> {
    Ok(sqlx::query_as(
        "WITH open AS (
            SELECT id AS open_id, state AS was FROM delivery WHERE state IN ('queued', 'deferred', 'uncertain', 'delivering')
         ), d AS (
            UPDATE delivery SET state = 'held', next_try_at = NULL, detail = $1 FROM open WHERE id = open.open_id
            RETURNING id, target_kind, target, open.was
         ), j AS (
            UPDATE job SET state = 'parked', epoch = epoch + 1 WHERE kind = 'deliver' AND subject IN (SELECT id FROM d)
         ), a AS (
            UPDATE attempt SET finished_at = $2, outcome = 'uncertain', detail = $1
            WHERE finished_at IS NULL AND delivery_id IN (SELECT id FROM d)
         ), h AS (
            INSERT INTO history (id, subject, at, event, detail)
            SELECT id_new($2), id, $2, 'hold', jsonb_build_object('reason', $1::text, 'was', was) FROM d
         )
         SELECT target_kind, target, was, count(*) AS many FROM d GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    )
    .bind(reason)
    .bind(at(now))
    .fetch_all(tx)
    .await?)
}

async fn hold_documents(tx: &mut sqlx::PgConnection, reason: &str, now: Timestamp) -> Result<u64> {
    let held = sqlx::query(
        "WITH s AS (
            UPDATE transaction_set SET state = 'held', reason = 'restored' WHERE direction = 'out' AND state = 'translated'
            RETURNING id
         )
         INSERT INTO history (id, subject, at, event, detail)
         SELECT id_new($2), id, $2, 'hold', jsonb_build_object('reason', $1::text) FROM s",
    )
    .bind(reason)
    .bind(at(now))
    .execute(tx)
    .await?;
    Ok(held.rows_affected())
}

/// What was accepted and not worked through: by the time of the loss it may have been posted, and answered.
async fn set_aside(tx: &mut sqlx::PgConnection, taken_at: &str, now: Timestamp) -> Result<u64> {
    let reason = format!(
        "restored from a backup of {taken_at}, in which it was not worked through yet: our systems may have it since, and the partner our answer"
    );
    let aside = sqlx::query(
        "WITH j AS (DELETE FROM job WHERE kind = 'process' RETURNING subject),
         m AS (
            UPDATE message SET state = 'quarantined', reason = 'poison', detail = $1
            WHERE id IN (SELECT subject FROM j) AND direction = 'in' AND state <> 'done' RETURNING id
         )
         INSERT INTO history (id, subject, at, event, detail)
         SELECT id_new($2), id, $2, 'quarantined', jsonb_build_object('reason', $1::text) FROM m",
    )
    .bind(&reason)
    .bind(at(now))
    .execute(tx)
    .await?;
    Ok(aside.rows_affected())
}

/// Rejections that no document of ours tells yet, as far as the backup knows: the one that did may have left after it.
async fn keep_untold(tx: &mut sqlx::PgConnection, taken_at: &str, now: Timestamp) -> Result<Vec<Uuid>> {
    let reason = format!("restored from a backup of {taken_at}: the partner may have been told after that");
    Ok(sqlx::query_scalar(
        "WITH r AS (UPDATE result SET tell_at = NULL WHERE tell_at IS NOT NULL RETURNING set_id),
         h AS (
            INSERT INTO history (id, subject, at, event, detail)
            SELECT id_new($2), set_id, $2, 'rejection not told', jsonb_build_object('reason', $1::text) FROM r
         )
         SELECT set_id FROM r ORDER BY 1",
    )
    .bind(&reason)
    .bind(at(now))
    .fetch_all(tx)
    .await?)
}
