//! What partners answer to documents of ours: found, written down, and what is overdue.
//!
//! An answer is matched inside the transaction that writes the message it came in. The first one closes the obligation; a later one of
//! the same kind is a duplicate, one for nothing of ours an orphan, and both are kept as such. A repeated run over the same message
//! finds its own answer and changes nothing.

use super::alert::{Raise, raise_in};
use super::as2::renew;
use super::delivery::queue_again;
use super::job::{self, partner_lane};
use super::process::Process;
use super::{Ledger, Result, at};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

/// A document of ours that has left, by the numbers it left with.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SentSet {
    pub id: Uuid,
    pub interchange_id: Uuid,
    /// The interchange's control number, as it was written.
    pub interchange: String,
    pub functional_id: String,
    pub group_number: String,
    pub code: String,
    pub control_number: String,
    pub version: String,
    pub usage: String,
    pub document: Option<String>,
    pub number: Option<String>,
    /// The program or endpoint that handed it over, and the message that it did so in.
    pub source: Option<String>,
    pub message_id: Uuid,
    /// It was sent anew since, under other numbers: these are the earlier ones.
    pub superseded: bool,
}

/// One answer to one document.
#[derive(Debug)]
pub struct Answer<'a> {
    pub id: Uuid,
    pub partner: &'a str,
    /// As it came: `999`.
    pub kind: &'a str,
    /// The kinds of obligation that it settles: `997`, `999`.
    pub settles: &'a [&'a str],
    /// `None`: an orphan.
    pub set: Option<Uuid>,
    /// Only the obligation of this interchange; `None`: of any.
    pub interchange: Option<Uuid>,
    /// `received`, `accepted`, `accepted_with_errors`, `partial`, `rejected`, `open`.
    pub verdict: &'static str,
    pub detail: Option<String>,
    /// A second one is a duplicate.
    pub once: bool,
    /// It answers a sending whose place another has taken: late at best, and the other is waited for as before.
    pub superseded: bool,
}

/// What an answer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It was waited for.
    Closed,
    Late,
    /// It was answered before, by another message.
    Duplicate,
    /// It was not waited for, and is kept.
    Unexpected,
    Orphan,
    /// This very answer was written down before.
    Known,
}

/// An answer that has not come in time.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Overdue {
    pub acknowledgement: Uuid,
    pub kind: String,
    /// The message of ours that carries what is to be answered.
    pub message: Uuid,
    pub set_id: Option<Uuid>,
    pub partner: String,
    /// Whose connection carries it.
    pub target: Option<String>,
    pub document: Option<String>,
    pub number: Option<String>,
    pub code: Option<String>,
    pub resends: i32,
}

/// A document by its kind and number.
#[derive(Debug, Clone, Serialize)]
pub struct Numbered {
    /// `purchase-order`.
    pub document: String,
    pub number: String,
}

const SENT: &str = "SELECT s.id, i.id AS interchange_id, i.control_number AS interchange, s.functional_id, s.group_number, s.code,
    s.control_number, s.version, s.usage, s.document, s.number, s.source, s.message_id, false AS superseded
    FROM transaction_set s JOIN interchange i ON i.id = s.interchange_id WHERE s.direction = 'out' AND s.partner = $1 ";

/// Documents of ours by the numbers of sendings before the latest.
const SENT_BEFORE: &str = "WITH RECURSIVE later AS (
        SELECT o.id AS old, n.id AS newer FROM interchange n JOIN interchange o ON o.id = n.reissues
        JOIN message m ON m.id = o.message_id AND m.partner = $1
        UNION SELECT l.old, n.id FROM later l JOIN interchange n ON n.reissues = l.newer
     )
     SELECT s.id, i.id AS interchange_id, i.control_number AS interchange, s.functional_id, coalesce(h.detail->>'group', '') AS group_number,
        s.code, h.detail->>'set' AS control_number, s.version, s.usage, s.document, s.number, s.source, s.message_id, true AS superseded
     FROM later l JOIN interchange i ON i.id = l.old JOIN transaction_set s ON s.interchange_id = l.newer AND s.direction = 'out'
     JOIN history h ON h.subject = s.id AND h.event = 'put into an interchange' AND h.detail->>'message' = i.message_id::text
     WHERE s.partner = $1 ";

impl Process<'_> {
    /// What we sent a partner in groups of these numbers, and sent anew since.
    pub async fn sent_before_in_groups(&mut self, partner: &str, groups: &[String]) -> Result<Vec<SentSet>> {
        let sql = format!(
            "{SENT_BEFORE} AND h.detail->>'group' = ANY($2) ORDER BY i.id DESC, s.id DESC LIMIT 2000"
        );
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(partner).bind(groups);
        Ok(query.fetch_all(self.connection()).await?)
    }

    /// What we sent a partner in an interchange of one of these numbers, and sent anew since.
    pub async fn sent_before_in_interchange(
        &mut self,
        partner: &str,
        numbers: &[String],
    ) -> Result<Vec<SentSet>> {
        let sql =
            format!("{SENT_BEFORE} AND i.control_number = ANY($2) ORDER BY i.id DESC, s.id DESC LIMIT 2000");
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(partner).bind(numbers);
        Ok(query.fetch_all(self.connection()).await?)
    }

    /// What we sent a partner in groups of these numbers (without leading zeros), the newest first.
    pub async fn sent_in_groups(&mut self, partner: &str, groups: &[String]) -> Result<Vec<SentSet>> {
        let sql = format!("{SENT} AND s.group_number = ANY($2) ORDER BY s.id DESC LIMIT 2000");
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(partner).bind(groups);
        Ok(query.fetch_all(self.connection()).await?)
    }

    /// What we sent a partner in an interchange of one of these numbers, the newest first.
    pub async fn sent_in_interchange(&mut self, partner: &str, numbers: &[String]) -> Result<Vec<SentSet>> {
        let sql = format!("{SENT} AND i.control_number = ANY($2) ORDER BY s.id DESC LIMIT 2000");
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(partner).bind(numbers);
        Ok(query.fetch_all(self.connection()).await?)
    }

    /// What we sent a partner under these numbers of documents, the newest first.
    pub async fn sent_documents(&mut self, partner: &str, numbers: &[Numbered]) -> Result<Vec<SentSet>> {
        let sql = format!(
            "{SENT} AND EXISTS (SELECT 1 FROM jsonb_to_recordset($2) AS n (document text, number text)
                WHERE n.number = s.number AND n.document = s.document)
             AND s.number IN (SELECT number FROM jsonb_to_recordset($2) AS n (number text)) ORDER BY s.id DESC LIMIT 200"
        );
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(partner).bind(Json(numbers));
        Ok(query.fetch_all(self.connection()).await?)
    }

    /// What we sent a partner under any of these numbers that a set of this kind is, or was, waited for; the newest first.
    pub async fn sent_expecting(
        &mut self,
        partner: &str,
        kind: &str,
        numbers: &[String],
    ) -> Result<Vec<SentSet>> {
        let sql = format!(
            "{SENT} AND s.number = ANY($2) AND EXISTS (SELECT 1 FROM acknowledgement a
                WHERE a.set_id = s.id AND a.direction = 'expected' AND a.kind = $3) ORDER BY s.id DESC LIMIT 200"
        );
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(partner).bind(numbers).bind(kind);
        Ok(query.fetch_all(self.connection()).await?)
    }

    /// Writes an answer down, and closes what waited for it.
    pub async fn answered(&mut self, answer: &Answer<'_>) -> Result<Settled> {
        let known: Option<i32> = sqlx::query_scalar("SELECT 1 FROM answer WHERE id = $1")
            .bind(answer.id)
            .fetch_optional(self.connection())
            .await?;
        if known.is_some() {
            return Ok(Settled::Known);
        }
        let settled = match answer.set {
            None => Settled::Orphan,
            // Nothing is decided: it is kept, and waited for as before.
            Some(_) if answer.verdict == "open" => Settled::Unexpected,
            Some(set) => self.settle(set, answer).await?,
        };
        let side = match settled {
            Settled::Late => Some("late"),
            Settled::Duplicate => Some("duplicate"),
            Settled::Orphan => Some("orphan"),
            _ => None,
        };
        let (now, message) = (at(self.now()), self.message());
        sqlx::query(
            "WITH a AS (
                INSERT INTO answer (id, partner, kind, set_id, message_id, verdict, side, detail, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($9), coalesce($4, $5), $9, 'answered', jsonb_strip_nulls(jsonb_build_object('by', $3::text,
                'verdict', $6::text, 'side', $7::text, 'message', $5::uuid, 'detail', $8::text))",
        )
        .bind(answer.id)
        .bind(answer.partner)
        .bind(answer.kind)
        .bind(answer.set)
        .bind(message)
        .bind(answer.verdict)
        .bind(side)
        .bind(&answer.detail)
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(settled)
    }

    async fn settle(&mut self, set: Uuid, answer: &Answer<'_>) -> Result<Settled> {
        let (now, message) = (at(self.now()), self.message());
        let settled: Option<(bool, String, Option<f64>)> = sqlx::query_as(
            "WITH open AS (
                SELECT id, state = 'overdue' OR due_at < $6 AS late FROM acknowledgement
                WHERE set_id = $1 AND direction = 'expected' AND kind = ANY($2) AND state IN ('expected', 'overdue', 'received')
                    AND ($3::uuid IS NULL OR interchange_id = $3)
                ORDER BY id DESC LIMIT 1 FOR UPDATE
             )
             UPDATE acknowledgement a SET message_id = $5, detail = $7,
                state = CASE WHEN $4 = 'received' THEN CASE WHEN late THEN a.state ELSE 'received' END
                             WHEN late THEN 'late_' || $4 ELSE $4 END
             FROM open WHERE a.id = open.id RETURNING coalesce(late, false), a.kind,
                (SELECT extract(epoch FROM $6 - finished_at)::float8 FROM message WHERE message.id = a.answers)",
        )
        .bind(set)
        .bind(answer.settles)
        .bind(answer.interchange)
        .bind(answer.verdict)
        .bind(message)
        .bind(now)
        .bind(&answer.detail)
        .fetch_optional(self.connection())
        .await?;
        if let Some((late, kind, seconds)) = settled {
            self.counts_answer(kind, seconds);
            return Ok(if late { Settled::Late } else { Settled::Closed });
        }
        if !answer.once && !answer.superseded {
            return Ok(Settled::Unexpected);
        }
        let before: Option<i32> = sqlx::query_scalar(
            // A late one to an earlier sending is none to this one.
            "SELECT 1 FROM answer WHERE set_id = $1 AND kind = ANY($2) AND verdict <> 'open' AND ($3 OR side IS DISTINCT FROM 'late'
                OR EXISTS (SELECT 1 FROM acknowledgement k WHERE k.set_id = $1 AND k.kind = ANY($2) AND k.state LIKE 'late_%')) LIMIT 1",
        )
        .bind(set)
        .bind(answer.settles)
        .bind(answer.superseded)
        .fetch_optional(self.connection())
        .await?;
        Ok(match before {
            Some(_) => Settled::Duplicate,
            None if answer.superseded => Settled::Late,
            None => Settled::Unexpected,
        })
    }

    /// The interchange of ours with one of these numbers is answered as a whole (TA1): its obligation is closed.
    pub async fn interchange_answered(
        &mut self,
        partner: &str,
        numbers: &[String],
        verdict: &'static str,
        detail: Option<&str>,
    ) -> Result<bool> {
        let (now, message) = (at(self.now()), self.message());
        let done: Vec<Option<f64>> = sqlx::query_scalar(
            "UPDATE acknowledgement a SET message_id = $4, detail = $5,
                state = CASE WHEN a.state = 'overdue' OR a.due_at < $6 THEN 'late_' || $3 ELSE $3 END
             FROM interchange i JOIN message m ON m.id = i.message_id
             WHERE i.id = a.interchange_id AND a.kind = 'TA1' AND a.direction = 'expected' AND a.state IN ('expected', 'overdue')
                AND i.control_number = ANY($2) AND m.partner = $1
             RETURNING extract(epoch FROM $6 - m.finished_at)::float8",
        )
        .bind(partner)
        .bind(numbers)
        .bind(verdict)
        .bind(message)
        .bind(detail)
        .bind(now)
        .fetch_all(self.connection())
        .await?;
        done.iter().for_each(|seconds| self.counts_answer("TA1".to_owned(), *seconds));
        Ok(!done.is_empty())
    }
}

impl Ledger {
    /// Answers that should have come by now, the longest overdue first. Receipts (MDN) are looked for elsewhere.
    pub async fn answers_overdue(&self, now: Timestamp) -> Result<Vec<Overdue>> {
        Ok(sqlx::query_as(
            "SELECT k.id AS acknowledgement, k.kind, k.answers AS message, k.set_id, m.partner, d.target, s.document, s.number, s.code,
                k.repeats AS resends
             FROM acknowledgement k JOIN message m ON m.id = k.answers LEFT JOIN delivery d ON d.message_id = k.answers
             LEFT JOIN transaction_set s ON s.id = k.set_id
             WHERE k.direction = 'expected' AND k.kind <> 'MDN' AND k.state IN ('expected', 'received') AND k.due_at <= $1
                AND (k.due_terms IS NULL OR d.state = 'delivered')
             ORDER BY k.due_at LIMIT 100",
        )
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?)
    }

    /// Marks an answer as overdue; with `resend`, the same bytes go out again, and it is waited for anew. `false`: another node was
    /// first, or it came.
    pub async fn answer_overdue(
        &self,
        overdue: &Overdue,
        resend: bool,
        (raise, coalesce): (&Raise, SignedDuration),
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.pool.begin().await?;
        let marked = sqlx::query(
            "WITH k AS (
                UPDATE acknowledgement SET state = CASE WHEN $3 THEN 'expected' ELSE 'overdue' END,
                    due_at = CASE WHEN $3 THEN NULL ELSE due_at END, repeats = repeats + $3::int
                WHERE id = $1 AND state IN ('expected', 'received') AND due_at <= $2 RETURNING kind, coalesce(set_id, answers) AS subject
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($2), subject, $2, 'answer overdue', jsonb_build_object('kind', kind, 'resend', $3) FROM k",
        )
        .bind(overdue.acknowledgement)
        .bind(at(now))
        .bind(resend)
        .execute(&mut *tx)
        .await?;
        if marked.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        if resend {
            renew(&mut tx, overdue.message, now).await?;
            queue_again(&mut tx, overdue.message, now).await?;
        }
        let mail = raise_in(&mut tx, raise, coalesce, now).await?;
        tx.commit().await?;
        if let (true, Some(target)) = (resend, &overdue.target) {
            self.wake.ring(&partner_lane(target));
        }
        if mail {
            self.wake.ring(job::MAIL_LANE);
        }
        Ok(true)
    }

    /// Whether anything of this kind is still overdue with a partner.
    pub async fn any_overdue(&self, partner: &str, kind: &str) -> Result<bool> {
        let one: Option<i32> = sqlx::query_scalar(
            "SELECT 1 FROM acknowledgement k JOIN message m ON m.id = k.answers
             WHERE k.direction = 'expected' AND k.state = 'overdue' AND k.kind = $2 AND m.partner = $1 LIMIT 1",
        )
        .bind(partner)
        .bind(kind)
        .fetch_optional(&self.pool)
        .await?;
        Ok(one.is_some())
    }
}
