//! Business answers that are due by dates: what partners owe us, and what we owe them.
//!
//! An obligation hangs on the document it answers and has its terms as the profile wrote them. What documents say of shipment and arrival
//! stands with each of them, so that whenever one comes, or an obligation is about to be overdue, its due time is worked out anew from the
//! documents of its threads. One of ours is closed when a document of its kind is handed to the partner: the oldest due goes first.

use super::alert::{Raise, raise_in};
use super::process::Process;
use super::{Ledger, Result, at, job};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

/// What a document says of shipment and arrival: the first and the last instant that each can mean.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Says {
    pub ships_from: Option<String>,
    pub ships_till: Option<String>,
    pub arrives_from: Option<String>,
    pub arrives_till: Option<String>,
}

/// An obligation with terms.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Timed {
    pub id: Uuid,
    /// `expected` or `ours`.
    pub direction: String,
    pub kind: String,
    pub state: String,
    pub open: bool,
    due_at: Option<jiff_sqlx::Timestamp>,
    pub terms: Vec<String>,
    /// The document that is to be answered.
    pub set_id: Uuid,
    pub partner: String,
    came: jiff_sqlx::Timestamp,
    pub shipment: Option<Uuid>,
}

impl Timed {
    pub fn due_at(&self) -> Option<Timestamp> {
        self.due_at.map(|at| at.to_jiff())
    }

    /// When the document to be answered came, or was handed over.
    pub fn came(&self) -> Timestamp {
        self.came.to_jiff()
    }
}

/// A document in the threads of what is to be answered.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Dated {
    /// The document to be answered.
    pub answers: Uuid,
    pub id: Uuid,
    pub partner: String,
    pub direction: String,
    pub code: String,
    pub document: String,
    came: jiff_sqlx::Timestamp,
    ships_from: Option<jiff_sqlx::Timestamp>,
    ships_till: Option<jiff_sqlx::Timestamp>,
    arrives_from: Option<jiff_sqlx::Timestamp>,
    arrives_till: Option<jiff_sqlx::Timestamp>,
}

impl Dated {
    pub fn came(&self) -> Timestamp {
        self.came.to_jiff()
    }

    pub fn ships(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.ships_from?.to_jiff(), self.ships_till?.to_jiff()))
    }

    pub fn arrives(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.arrives_from?.to_jiff(), self.arrives_till?.to_jiff()))
    }
}

/// An answer that we owe.
#[derive(Debug, Clone, Serialize)]
pub struct Owed {
    pub id: Uuid,
    pub kind: String,
    pub set_id: Uuid,
    pub terms: Vec<String>,
    pub shipment: Option<Uuid>,
    /// RFC 3339.
    pub due_at: Option<String>,
}

/// An obligation whose due time is another one now.
#[derive(Debug, Clone, Serialize)]
pub struct Moved {
    pub id: Uuid,
    pub due_at: Option<String>,
    pub shipment: Option<Uuid>,
}

/// An answer of ours that is late, or soon will be.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ours {
    pub id: Uuid,
    pub kind: String,
    pub set_id: Uuid,
    pub partner: String,
    pub code: String,
    pub number: Option<String>,
    pub due_at: String,
    pub terms: Vec<String>,
    /// The number of the warehouse's advice.
    pub shipment: Option<String>,
    /// It was handed over, and is on its way.
    pub message: Option<Uuid>,
}

impl Process<'_> {
    /// Answers that we owe from now on. What is there already stays as it is.
    pub async fn owe_answers(&mut self, owed: &[Owed]) -> Result<()> {
        if owed.is_empty() {
            return Ok(());
        }
        let now = at(self.now());
        sqlx::query(
            "INSERT INTO acknowledgement (id, direction, kind, state, set_id, due_terms, due_shipment, due_at, at)
             SELECT id, 'ours', kind, 'owed', set_id, terms, shipment, due_at, $2
             FROM jsonb_to_recordset($1) AS n (id uuid, kind text, set_id uuid, terms text[], shipment uuid, due_at timestamptz)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(Json(owed))
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The obligations with terms of all documents in the threads of these ones. Locked, in one order for all.
    pub async fn timed(&mut self, sets: &[Uuid]) -> Result<Vec<Timed>> {
        Ok(sqlx::query_as(
            "SELECT k.id, k.direction, k.kind, k.state, k.due_at, k.due_terms AS terms, k.set_id, s.partner, s.received_at AS came,
                k.due_shipment AS shipment, k.state IN ('expected', 'owed', 'overdue', 'received') AS open
             FROM acknowledgement k JOIN transaction_set s ON s.id = k.set_id
             WHERE k.due_terms IS NOT NULL AND k.set_id IN (
                SELECT o.set_id FROM thread_set m JOIN thread_set o ON o.thread_id = m.thread_id WHERE m.set_id = ANY($1))
             ORDER BY k.id FOR UPDATE OF k",
        )
        .bind(sets)
        .fetch_all(self.connection())
        .await?)
    }

    /// The documents in the threads of each of these, by when they came.
    pub async fn dated(&mut self, answered: &[Uuid]) -> Result<Vec<Dated>> {
        Ok(sqlx::query_as(
            "SELECT DISTINCT m.set_id AS answers, s.id, s.partner, s.direction, s.code, coalesce(s.document, '') AS document,
                s.received_at AS came, s.ships_from, s.ships_till, s.arrives_from, s.arrives_till
             FROM thread_set m JOIN thread_set o ON o.thread_id = m.thread_id JOIN transaction_set s ON s.id = o.set_id
             WHERE m.set_id = ANY($1) AND s.state NOT IN ('rejected', 'cancelled') AND s.revision = 0
                AND s.reason IS DISTINCT FROM 'duplicate_document'
             ORDER BY s.received_at, s.id LIMIT 5000",
        )
        .bind(answered)
        .fetch_all(self.connection())
        .await?)
    }

    /// Due times that are others now. What was overdue and is due later is waited for again.
    pub async fn moved(&mut self, moved: &[Moved]) -> Result<()> {
        if moved.is_empty() {
            return Ok(());
        }
        let now = at(self.now());
        sqlx::query(
            "WITH n AS (SELECT * FROM jsonb_to_recordset($1) AS n (id uuid, due_at timestamptz, shipment uuid)),
             k AS (
                UPDATE acknowledgement k SET due_at = n.due_at, due_shipment = n.shipment,
                    due_told = k.due_told AND n.due_at IS NOT DISTINCT FROM k.due_at,
                    state = CASE WHEN k.state = 'overdue' AND coalesce(n.due_at > $2, true)
                        THEN CASE k.direction WHEN 'ours' THEN 'owed' ELSE 'expected' END ELSE k.state END
                FROM n WHERE k.id = n.id RETURNING k.set_id, k.kind, k.due_at
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($2), set_id, $2, 'answer due', jsonb_build_object('kind', kind, 'at', instant(due_at)) FROM k",
        )
        .bind(Json(moved))
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Nothing more is to come for the orders in the threads of this document but their answers: they are cancelled, or rejected.
    pub async fn orders_end(&mut self, set: Uuid, partner: &str, why: &str) -> Result<()> {
        let now = at(self.now());
        sqlx::query(
            "WITH k AS (
                UPDATE acknowledgement k SET state = 'waived', due_at = NULL, detail = $3 FROM transaction_set s
                WHERE s.id = k.set_id AND s.partner = $2 AND s.document = 'purchase-order' AND k.due_terms IS NOT NULL
                  AND k.state IN ('expected', 'received', 'owed', 'overdue') AND k.kind NOT IN ('855', '865', 'ORDRSP')
                  AND s.id IN (SELECT o.set_id FROM thread_set m JOIN thread_set o ON o.thread_id = m.thread_id WHERE m.set_id = $1)
                RETURNING k.set_id, k.kind
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($4), set_id, $4, 'answer waived', jsonb_build_object('kind', kind, 'reason', $3) FROM k",
        )
        .bind(set)
        .bind(partner)
        .bind(why)
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// A document of ours goes out in this message: it is the answer that is due first of those its threads owe.
    pub async fn answers_for_us(&mut self, set: Uuid, message: Uuid) -> Result<()> {
        sqlx::query(
            "WITH open AS (
                SELECT DISTINCT ON (k.set_id) k.id
                FROM transaction_set g JOIN thread_set m ON m.set_id = g.id JOIN thread_set o ON o.thread_id = m.thread_id
                JOIN transaction_set s ON s.id = o.set_id AND s.partner = g.partner AND s.direction = 'in'
                JOIN acknowledgement k ON k.set_id = s.id AND k.direction = 'ours' AND k.kind = g.code
                WHERE g.id = $1 AND g.usage = s.usage AND (k.message_id IS NULL AND k.state IN ('owed', 'overdue')
                    OR k.state IN ('generated', 'overdue') AND EXISTS (SELECT 1 FROM delivery d
                        WHERE d.message_id = k.message_id AND d.state = 'cancelled'))
                ORDER BY k.set_id, k.due_at NULLS LAST, k.at, k.id
             )
             UPDATE acknowledgement k SET message_id = $2, state = CASE k.state WHEN 'owed' THEN 'generated' ELSE k.state END
             FROM open WHERE k.id = open.id",
        )
        .bind(set)
        .bind(message)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

/// Of `k`, an answer of ours, and `s`, what it answers: it has not left. What only waits for the partner to fetch it has.
const STANDS: &str = "k.direction = 'ours' AND (s.state <> 'cancelled' OR EXISTS (SELECT 1 FROM transaction_set l WHERE l.revises = s.id))
    AND (k.state = 'owed' OR k.state = 'generated' AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = k.message_id
        AND (d.way = 'outbox' OR d.state = 'delivered')))";

impl Ledger {
    /// Answers of ours that should have left by now, the longest overdue first; with `soon`, those that nobody was told of and that
    /// are due by then, at the earliest after half of their time.
    pub async fn ours_due(&self, now: Timestamp, soon: Option<Timestamp>) -> Result<Vec<Ours>> {
        let which = match soon {
            None => "k.due_at <= $1",
            Some(_) => {
                "k.due_at <= $2 AND k.at + (k.due_at - k.at) / 2 <= $1 AND NOT k.due_told AND k.state = 'owed'"
            }
        };
        let sql = format!(
            "SELECT k.id, k.kind, k.set_id, s.partner, s.code, s.number, instant(k.due_at) AS due_at, k.due_terms AS terms,
                w.number AS shipment, k.message_id AS message
             FROM acknowledgement k JOIN transaction_set s ON s.id = k.set_id LEFT JOIN transaction_set w ON w.id = k.due_shipment
             WHERE {STANDS} AND {which} AND $2 IS NOT NULL ORDER BY k.due_at LIMIT 100"
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(at(now))
            .bind(at(soon.unwrap_or(now)))
            .fetch_all(&self.pool)
            .await?)
    }

    /// Notes one as overdue, or that it was told to be due soon. `false`: another node was first, it left, or is due later now.
    pub async fn ours_told(
        &self,
        ours: &Ours,
        soon: bool,
        (raise, coalesce): (&Raise, SignedDuration),
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.pool.begin().await?;
        let marked = sqlx::query(
            "WITH k AS (
                UPDATE acknowledgement SET due_told = true, state = CASE WHEN $3 THEN state ELSE 'overdue' END
                WHERE id = $1 AND direction = 'ours' AND CASE WHEN $3 THEN state = 'owed' AND NOT due_told
                    ELSE state IN ('owed', 'generated') AND due_at <= $2 END
                RETURNING kind, set_id
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($2), set_id, $2, CASE WHEN $3 THEN 'our answer due soon' ELSE 'our answer overdue' END,
                jsonb_build_object('kind', kind) FROM k",
        )
        .bind(ours.id)
        .bind(at(now))
        .bind(soon)
        .execute(&mut *tx)
        .await?;
        if marked.rows_affected() == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        let mail = raise_in(&mut tx, raise, coalesce, now).await?;
        tx.commit().await?;
        if mail {
            self.wake.ring(job::MAIL_LANE);
        }
        Ok(true)
    }

    /// Whether an answer of ours of this kind to a partner is still overdue, or told to be due soon.
    pub async fn any_ours(&self, partner: &str, kind: &str, soon: bool) -> Result<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM acknowledgement k JOIN transaction_set s ON s.id = k.set_id
                WHERE k.direction = 'ours' AND k.kind = $2 AND s.partner = $1
                  AND (k.state = 'overdue' OR $3 AND k.state = 'owed' AND k.due_told))",
        )
        .bind(partner)
        .bind(kind)
        .bind(soon)
        .fetch_one(&self.pool)
        .await?)
    }

    /// Documents whose answers of partners are overdue by dates now.
    pub async fn theirs_due(&self, now: Timestamp) -> Result<Vec<Uuid>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT k.set_id FROM acknowledgement k JOIN delivery d ON d.message_id = k.answers AND d.state = 'delivered'
             WHERE k.due_terms IS NOT NULL AND k.due_at <= $1 AND k.direction = 'expected' AND k.state IN ('expected', 'received')
             LIMIT 100",
        )
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?)
    }
}
