//! Deliveries: what is owed to an endpoint or a partner, and each try.
//!
//! A claim commits the attempt's row before the first byte leaves. What comes of it is written together with the end (or the next
//! date) of the job, under the lease's epoch. A delivery that is dead or held keeps its job, parked: it blocks later ones of its
//! order key until a person redelivers, releases or cancels it.

use super::alert::{self, Raise};
use super::breaker::{self, Entry};
use super::job::{self, Lease, take_jobs};
use super::pace::{self, Pace};
use super::{Error, Ledger, Result, at, id, message};
use jiff::{SignedDuration, Timestamp};
use std::time::Instant;
use uuid::Uuid;

/// A claimed delivery with everything it takes to send it.
#[derive(Debug)]
pub struct Due {
    pub lease: Lease,
    pub attempt: Uuid,
    pub id: Uuid,
    /// What goes: the event of this set, or the message itself.
    pub subject: Uuid,
    pub target: String,
    pub way: String,
    /// Tries so far, this one included.
    pub tries: i32,
    /// Of these, the ones made while its lane was open: they are not counted against it.
    pub spared: i32,
    /// Its lane is open, and this is the probe.
    pub probe: bool,
    /// Some on its lane failed lately: that this one arrives is news.
    pub strained: bool,
    /// An earlier worker died over it: whether its bytes arrived, nobody knows.
    pub interrupted: bool,
    pub partner: Option<String>,
    pub thread: Option<Uuid>,
    pub file_name: Option<String>,
    /// Its payload could not be read: nothing left us, and that is nobody's fault but ours.
    pub unread: bool,
    /// The first part of the payload, as stored; see [`Ledger::payload_of`].
    first: Option<(i16, i32, Vec<u8>)>,
}

/// What a try came to, as the ledger keeps it.
#[derive(Debug, Clone)]
pub struct Tried {
    /// `delivered`, `deferred`, `uncertain`, `refused`.
    pub outcome: &'static str,
    pub status: Option<i32>,
    pub detail: String,
    pub next: Next,
    /// Its lane is open: the try is not counted.
    pub spared: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Done,
    /// Another try at this time; the state says `deferred` or `uncertain`.
    Again(Timestamp),
    /// Given up: `dead`.
    Dead,
    /// Waits for a person: `held`.
    Held,
}

/// What a claim of a lane gave.
#[derive(Debug, Default)]
pub struct Batch {
    pub due: Vec<Due>,
    /// The lane gives nothing more before this time.
    pub wait: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    job: i64,
    epoch: i64,
    job_tries: i32,
    attempt: Uuid,
    id: Uuid,
    subject: Uuid,
    target: String,
    way: String,
    tries: i32,
    spared: i32,
    interrupted: bool,
    partner: Option<String>,
    thread_id: Option<Uuid>,
    file_name: Option<String>,
    codec: Option<i16>,
    size: Option<i32>,
    bytes: Option<Vec<u8>>,
}

/// Takes jobs of a locked lane, in the order named, and writes their attempts.
macro_rules! take_deliveries {
    ($order:literal) => {
        take_jobs!(
            $order,
            ", d AS (
                UPDATE delivery SET state = 'delivering', tries = delivery.tries + 1, next_try_at = NULL
                FROM taken JOIN delivery old ON old.id = taken.subject WHERE delivery.id = old.id
                RETURNING delivery.*, taken.id AS job, taken.epoch, taken.tries AS job_tries, taken.position,
                    id_new($2) AS attempt, old.state = 'delivering' AS interrupted
             ), died AS (
                UPDATE attempt SET finished_at = $2, outcome = 'uncertain', detail = 'its worker stopped before it noted an answer'
                FROM d WHERE d.interrupted AND attempt.delivery_id = d.id AND attempt.finished_at IS NULL
             ), a AS (
                INSERT INTO attempt (id, delivery_id, number, epoch, node, started_at)
                SELECT attempt, id, tries, epoch, $4, $2 FROM d
             )
             SELECT d.job, d.epoch, d.job_tries, d.attempt, d.id, coalesce(d.set_id, d.message_id) AS subject, d.target, d.way, d.tries,
                d.spared, d.interrupted, coalesce(s.partner, m.partner) AS partner, s.thread_id, m.file_name, p.codec, p.size, p.bytes
             FROM d
             LEFT JOIN transaction_set s ON s.id = d.set_id
             LEFT JOIN message m ON m.id = d.message_id
             LEFT JOIN payload p ON p.owner = coalesce(d.set_id, d.message_id) AND p.part = 0
             ORDER BY d.position, d.job"
        )
    };
}

impl Ledger {
    /// Claims due deliveries of a lane and writes their attempts, in one commit. Of a lane that is open, at most the one that
    /// is the probe; of one that drains or has a rate, as many as that allows; of one that was asked to wait, none.
    pub async fn claim_deliveries(&self, lane: &str, most: i64, pace: Pace, now: Timestamp) -> Result<Batch> {
        let since = Instant::now();
        let mut tx = self.pool.begin().await?;
        let entry = breaker::enter(&mut tx, lane, most, pace, now).await?;
        let (sql, most, strained) = match entry {
            Entry::Shut(wait) => {
                tx.rollback().await?;
                return Ok(Batch { due: Vec::new(), wait });
            }
            Entry::Free { most, strained } => (take_deliveries!("j.position, j.id"), most, strained),
            Entry::Probe => (take_deliveries!("j.tries, j.position, j.id"), 1, true),
            Entry::Drain { most, strained } => (take_deliveries!("j.position, j.id"), most, strained),
        };
        let rows: Vec<DueRow> = sqlx::query_as(sql)
            .bind(lane)
            .bind(at(now))
            .bind(most)
            .bind(self.node)
            .bind(self.lease.as_secs_f64())
            .fetch_all(&mut *tx)
            .await?;
        let mut wait = None;
        match (entry, pace.drain) {
            // Nothing is due to be the probe.
            (Entry::Probe, _) if rows.is_empty() => {
                tx.rollback().await?;
                return Ok(Batch::default());
            }
            (Entry::Drain { .. }, Some(rate)) => {
                wait = breaker::drained(&mut tx, lane, rows.len(), rate, now).await?;
            }
            _ => {}
        }
        if let Some(rate) = pace.steady.filter(|_| !rows.is_empty()) {
            wait = wait.max(pace::went(&mut tx, lane, rows.len(), rate, now).await?);
        }
        tx.commit().await?;
        let probe = entry == Entry::Probe;
        let due = rows.into_iter().map(|row| self.due(row, probe, strained, since)).collect();
        Ok(Batch { due, wait })
    }

    fn due(&self, row: DueRow, probe: bool, strained: bool, since: Instant) -> Due {
        Due {
            lease: Lease::new(self, row.job, row.epoch, row.job_tries, since),
            attempt: row.attempt,
            id: row.id,
            subject: row.subject,
            target: row.target,
            way: row.way,
            tries: row.tries,
            spared: row.spared,
            probe,
            strained,
            unread: false,
            interrupted: row.interrupted,
            partner: row.partner,
            thread: row.thread_id,
            file_name: row.file_name,
            first: row.codec.zip(row.size).zip(row.bytes).map(|((codec, size), bytes)| (codec, size, bytes)),
        }
    }

    /// The bytes that a claimed delivery sends.
    ///
    /// # Errors
    /// The ledger's; or [`Error::NotFound`] where the payload is gone.
    pub async fn payload_of(&self, due: &mut Due) -> Result<Vec<u8>> {
        due.unread = true;
        let Some((codec, size, bytes)) = due.first.take() else {
            return Err(Error::NotFound(format!("the payload of {}", due.subject)));
        };
        let mut all = message::unpack(codec, size, bytes)?;
        let mut part = 1;
        while all.len() == part as usize * message::PART {
            let Some(more) = self.payload_part(due.subject, part).await? else { break };
            all.extend_from_slice(&more);
            part += 1;
        }
        due.unread = false;
        Ok(all)
    }

    /// Whether an earlier try may have left something at the receiver: it ended uncertain, or with its worker.
    pub async fn may_have_arrived(&self, due: &Due) -> Result<bool> {
        if due.tries <= 1 {
            return Ok(false);
        }
        let sql = "SELECT EXISTS (SELECT 1 FROM attempt WHERE delivery_id = $1 AND id <> $2 AND outcome = 'uncertain')";
        Ok(sqlx::query_scalar(sql).bind(due.id).bind(due.attempt).fetch_one(&self.pool).await?)
    }

    /// Writes what a try came to: one statement, one commit, with the alert it raises if any.
    ///
    /// # Errors
    /// [`Error::LeaseLost`]: another worker has the job; nothing is written but that this attempt was late.
    pub async fn finish_delivery(
        &self,
        due: &Due,
        tried: &Tried,
        raise: Option<(&Raise, SignedDuration)>,
        now: Timestamp,
    ) -> Result<()> {
        let Some((raise, coalesce)) = raise else {
            return self.finish_on(&self.pool, due, tried, now).await;
        };
        let mut tx = self.pool.begin().await?;
        self.finish_on(&mut *tx, due, tried, now).await?;
        let mail = alert::raise_in(&mut tx, raise, coalesce, now).await?;
        tx.commit().await?;
        if mail {
            self.wake.ring(job::MAIL_LANE);
        }
        Ok(())
    }

    async fn finish_on<'c>(
        &self,
        on: impl sqlx::PgExecutor<'c>,
        due: &Due,
        tried: &Tried,
        now: Timestamp,
    ) -> Result<()> {
        let (state, again) = match tried.next {
            Next::Done => ("delivered", None),
            Next::Again(when) => {
                (if tried.outcome == "uncertain" { "uncertain" } else { "deferred" }, Some(when))
            }
            Next::Dead => ("dead", None),
            Next::Held => ("held", None),
        };
        let rows: i64 = sqlx::query_scalar(
            "WITH gone AS (
                DELETE FROM job WHERE id = $1 AND epoch = $2 AND $4 = 'delivered' RETURNING 1
             ), kept AS (
                UPDATE job SET run_at = coalesce($5, run_at),
                    state = CASE WHEN $4 IN ('dead', 'held') THEN 'parked' ELSE 'ready' END
                WHERE id = $1 AND epoch = $2 AND $4 <> 'delivered' RETURNING 1
             ), j AS (SELECT * FROM gone UNION ALL SELECT * FROM kept),
             l AS (DELETE FROM lease WHERE job = $1 AND epoch = $2),
             d AS (
                UPDATE delivery SET state = $4, next_try_at = $5, status = $7, detail = $8, spared = spared + $12::int,
                    finished_at = CASE WHEN $4 = 'delivered' THEN $6 END
                WHERE id = $3 AND EXISTS (SELECT 1 FROM j) RETURNING set_id, message_id
             ), a AS (
                UPDATE attempt SET finished_at = $6, outcome = $9, status = $7, detail = $8
                WHERE id = $10 AND EXISTS (SELECT 1 FROM j)
             ), s AS (
                UPDATE transaction_set t SET open_deliveries = open_deliveries - 1,
                    state = CASE WHEN open_deliveries = 1 AND state = 'routed' THEN 'done' ELSE state END,
                    finished_at = CASE WHEN open_deliveries = 1 THEN $6 ELSE finished_at END
                FROM d WHERE t.id = d.set_id AND $4 = 'delivered'
             ), m AS (
                UPDATE message SET state = 'sent', finished_at = $6 FROM d WHERE message.id = d.message_id AND $4 = 'delivered'
             ), k AS (
                UPDATE acknowledgement k SET state = CASE WHEN direction = 'ours' AND (state = 'overdue' OR due_at < $6) THEN 'late_sent'
                    ELSE 'sent' END FROM d WHERE k.message_id = d.message_id AND $4 = 'delivered' AND (direction = 'owed'
                    OR direction = 'ours' AND k.state IN ('generated', 'overdue'))
             ), t AS (
                UPDATE transaction_set t SET state = 'done', finished_at = $6 FROM d JOIN interchange i ON i.message_id = d.message_id
                WHERE t.interchange_id = i.id AND t.direction = 'out' AND t.state = 'routed' AND $4 = 'delivered'
             ), x AS (
                UPDATE acknowledgement SET due_at = $6 + make_interval(secs => due_in) FROM d
                WHERE answers = d.message_id AND direction = 'expected' AND due_at IS NULL AND due_in IS NOT NULL AND $4 = 'delivered'
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT $11, $3, $6, $4, jsonb_strip_nulls(jsonb_build_object('status', $7::int, 'detail', $8::text)) FROM j
             )
             SELECT count(*) FROM j",
        )
        .bind(due.lease.job)
        .bind(due.lease.epoch)
        .bind(due.id)
        .bind(state)
        .bind(again.map(at))
        .bind(at(now))
        .bind(tried.status)
        .bind(&tried.detail)
        .bind(tried.outcome)
        .bind(due.attempt)
        .bind(id::new(now))
        .bind(i32::from(tried.spared))
        .fetch_one(on)
        .await?;
        if rows == 0 {
            self.note_late(due, tried, now).await?;
        }
        job::one_row(rows)
    }

    async fn note_late(&self, due: &Due, tried: &Tried, now: Timestamp) -> Result<()> {
        sqlx::query(
            "WITH a AS (UPDATE attempt SET finished_at = $2, outcome = $3, status = $4, detail = $5 WHERE id = $1)
             INSERT INTO history (id, subject, at, event, detail)
             VALUES ($6, $7, $2, 'stale completion refused', jsonb_build_object('epoch', $8::bigint, 'outcome', $3::text))",
        )
        .bind(due.attempt)
        .bind(at(now))
        .bind(tried.outcome)
        .bind(tried.status)
        .bind(&tried.detail)
        .bind(id::new(now))
        .bind(due.id)
        .bind(due.lease.epoch)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// The same bytes once more, whatever became of them the first time.
pub(super) async fn queue_again(tx: &mut sqlx::PgConnection, message: Uuid, now: Timestamp) -> Result<u64> {
    let queued = sqlx::query(
        "WITH d AS (
            UPDATE delivery SET state = 'queued', finished_at = NULL, next_try_at = NULL, tries = 0, spared = 0, read_at = NULL
            WHERE message_id = $1 AND state IN ('delivered', 'dead', 'held') RETURNING id, message_id, target, way
         ), m AS (UPDATE message SET state = 'queued', finished_at = NULL FROM d WHERE message.id = d.message_id),
         j AS (
            INSERT INTO job (lane, kind, subject, position, run_at)
            SELECT 'partner:' || d.target, 'deliver', d.id, m.position, $2 FROM d JOIN message m ON m.id = d.message_id
            WHERE d.way <> 'outbox'
            ON CONFLICT (kind, subject) DO UPDATE SET state = 'ready', run_at = excluded.run_at, tries = 0
         )
         INSERT INTO history (id, subject, at, event) SELECT $3, message_id, $2, 'sent again' FROM d",
    )
    .bind(message)
    .bind(at(now))
    .bind(id::new(now))
    .execute(tx)
    .await?;
    Ok(queued.rows_affected())
}

/// A message of ours has reached the partner: the documents in it are done, and the answers to them are due from now on. Where the
/// delivery ends in the same statement, that says the same ([`Ledger::finish_delivery`]).
pub(super) async fn handed_over(tx: &mut sqlx::PgConnection, message: Uuid, now: Timestamp) -> Result<()> {
    sqlx::query(
        "WITH t AS (
            UPDATE transaction_set t SET state = 'done', finished_at = $2 FROM interchange i
            WHERE i.message_id = $1 AND t.interchange_id = i.id AND t.direction = 'out' AND t.state = 'routed'
         ), o AS (UPDATE acknowledgement SET state = CASE WHEN state = 'overdue' OR due_at < $2 THEN 'late_sent' ELSE 'sent' END
            WHERE message_id = $1 AND direction = 'ours' AND state IN ('generated', 'overdue'))
         UPDATE acknowledgement SET due_at = $2 + make_interval(secs => due_in)
         WHERE answers = $1 AND direction = 'expected' AND due_at IS NULL AND due_in IS NOT NULL",
    )
    .bind(message)
    .bind(at(now))
    .execute(tx)
    .await?;
    Ok(())
}

/// One item of a partner's outbox.
#[derive(Debug, Clone)]
pub struct OutboxItem {
    pub delivery: Uuid,
    pub message: Uuid,
    pub file_name: String,
    pub size: i64,
    pub created_at: Timestamp,
}

impl Ledger {
    /// What waits for a partner to fetch, oldest first.
    pub async fn outbox(&self, partner: &str, most: i64) -> Result<Vec<OutboxItem>> {
        let rows: Vec<(Uuid, Uuid, Option<String>, i64, jiff_sqlx::Timestamp)> = sqlx::query_as(
            "SELECT d.id, m.id, m.file_name, m.size, d.created_at FROM delivery d JOIN message m ON m.id = d.message_id
             WHERE d.way = 'outbox' AND d.state = 'queued' AND d.target = $1 ORDER BY d.id LIMIT $2",
        )
        .bind(partner)
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(delivery, message, name, size, created)| OutboxItem {
                delivery,
                message,
                file_name: name.unwrap_or_default(),
                size,
                created_at: created.to_jiff(),
            })
            .collect())
    }

    /// Name and bytes of one outbox item of this partner, whether or not it was fetched before.
    pub async fn outbox_item(&self, partner: &str, message: Uuid) -> Result<Option<(String, Vec<u8>)>> {
        let name: Option<Option<String>> = sqlx::query_scalar(
            "SELECT m.file_name FROM delivery d JOIN message m ON m.id = d.message_id
             WHERE d.way = 'outbox' AND d.target = $1 AND d.message_id = $2",
        )
        .bind(partner)
        .bind(message)
        .fetch_optional(&self.pool)
        .await?;
        match name {
            None => Ok(None),
            Some(name) => Ok(Some((name.unwrap_or_default(), self.payload(message).await?))),
        }
    }

    /// The partner has read the item to its end.
    pub async fn outbox_read(&self, partner: &str, message: Uuid, now: Timestamp) -> Result<()> {
        sqlx::query(
            "UPDATE delivery SET read_at = $3, tries = tries + 1 WHERE way = 'outbox' AND target = $1 AND message_id = $2",
        )
        .bind(partner)
        .bind(message)
        .bind(at(now))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The partner confirms an item: it counts as sent if it was read before.
    pub async fn outbox_taken(&self, partner: &str, message: Uuid, now: Timestamp) -> Result<Confirmed> {
        let read: Option<bool> = sqlx::query_scalar(
            "WITH d AS (
                UPDATE delivery SET state = 'delivered', finished_at = $3, detail = 'fetched by the partner'
                WHERE way = 'outbox' AND target = $1 AND message_id = $2 AND state = 'queued' AND read_at IS NOT NULL
                RETURNING id, message_id
             ), m AS (
                UPDATE message SET state = 'sent', finished_at = $3 FROM d WHERE message.id = d.message_id
             ), k AS (
                -- What waited to be fetched was in time, if it was there in time.
                UPDATE acknowledgement k SET state = CASE k.state WHEN 'overdue' THEN 'late_sent' ELSE 'sent' END FROM d
                WHERE k.message_id = d.message_id AND (direction = 'owed' OR direction = 'ours' AND k.state IN ('generated', 'overdue'))
             ), t AS (
                UPDATE transaction_set t SET state = 'done', finished_at = $3 FROM d JOIN interchange i ON i.message_id = d.message_id
                WHERE t.interchange_id = i.id AND t.direction = 'out' AND t.state = 'routed'
             ), x AS (
                UPDATE acknowledgement SET due_at = $3 + make_interval(secs => due_in) FROM d
                WHERE answers = d.message_id AND direction = 'expected' AND due_at IS NULL AND due_in IS NOT NULL
             ), h AS (
                INSERT INTO history (id, subject, at, event) SELECT id_new($3), id, $3, 'delivered' FROM d
             )
             SELECT read_at IS NOT NULL FROM delivery WHERE way = 'outbox' AND target = $1 AND message_id = $2",
        )
        .bind(partner)
        .bind(message)
        .bind(at(now))
        .fetch_optional(&self.pool)
        .await?;
        Ok(match read {
            None => Confirmed::Unknown,
            Some(true) => Confirmed::Sent,
            Some(false) => Confirmed::Unread,
        })
    }
}

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    Sent,
    Unread,
    Unknown,
}
