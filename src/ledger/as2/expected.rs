//! Receipts that we wait for, as people look at them; and a person's word that one will not come.

use crate::ledger::audit::{self, Actor, Change, On};
use crate::ledger::{Error, Ledger, Result, at, document};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// An acknowledgement that we expect of a partner.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct ExpectedLine {
    pub id: Uuid,
    /// `MDN`.
    pub kind: String,
    /// `expected` or `overdue`.
    pub state: String,
    pub partner: Option<String>,
    /// The message of ours that it is for.
    pub message: Uuid,
    /// That message's AS2 Message-ID.
    pub as2_message_id: Option<String>,
    /// `sync` or `async`.
    pub mdn: Option<String>,
    /// Since when we expect it.
    pub since: String,
    /// Until when it is to come; none while the message has not been handed over, and for one in the answer.
    pub due_at: Option<String>,
    /// When it last became overdue.
    pub overdue_since: Option<String>,
    /// How the message itself stands.
    pub delivery: Option<String>,
    /// How often the message has been sent again for want of it.
    pub resends: Option<i32>,
}

/// What was waived.
#[derive(Debug, Clone)]
pub struct Waived {
    pub message: Uuid,
    pub partner: Option<String>,
    /// No other of this partner's is overdue.
    pub last: bool,
}

impl Ledger {
    /// What we wait for, the oldest first; with `overdue`, only what should have come by now.
    pub async fn acknowledgements_expected(
        &self,
        overdue: bool,
        now: Timestamp,
    ) -> Result<Vec<ExpectedLine>> {
        Ok(sqlx::query_as(
            "SELECT k.id, k.kind, k.state, d.target AS partner, k.answers AS message, a.exchange AS as2_message_id, a.mdn,
                instant(k.at) AS since, instant(k.due_at) AS due_at, d.state AS delivery, a.resends,
                (SELECT instant(max(h.at)) FROM history h WHERE h.subject = k.answers AND h.event = 'receipt overdue') AS overdue_since
             FROM acknowledgement k LEFT JOIN as2 a ON a.message_id = k.answers LEFT JOIN delivery d ON d.message_id = k.answers
             WHERE k.direction = 'expected' AND k.state IN ('expected', 'overdue') AND k.answers IS NOT NULL
                AND (NOT $1 OR k.state = 'overdue' OR k.due_at <= $2)
             ORDER BY k.at, k.id",
        )
        .bind(overdue)
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?)
    }

    /// A person says that an acknowledgement is not waited for any more. `reference`: its id or its message's, or a beginning.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Refused`] where it has come, was waived before, or its message is still on its way.
    pub async fn waive(
        &self,
        reference: &str,
        actor: &Actor,
        reason: &str,
        now: Timestamp,
    ) -> Result<Waived> {
        type Row = (Uuid, Uuid, String, Option<String>, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT k.id, k.answers, k.state, d.target, d.state FROM acknowledgement k LEFT JOIN delivery d ON d.message_id = k.answers
             WHERE k.direction = 'expected' AND k.answers IS NOT NULL AND (k.id::text LIKE $1 OR k.answers::text LIKE $1) LIMIT 2",
        )
        .bind(document::prefix(reference)?)
        .fetch_all(&self.pool)
        .await?;
        let (id, message, state, partner, delivery) =
            document::one(rows, reference, "expected acknowledgement")?;
        if !matches!(state.as_str(), "expected" | "overdue") {
            return Err(Error::Refused(format!(
                "it is not waited for: it is {state}; see 'portway message show {message}'"
            )));
        }
        let mut tx = self.pool.begin().await?;
        let waived = sqlx::query(
            "WITH k AS (
                UPDATE acknowledgement SET state = 'waived', due_at = NULL, detail = $2
                WHERE id = $1 AND state IN ('expected', 'overdue') AND NOT EXISTS (SELECT 1 FROM delivery d
                    WHERE d.message_id = answers AND d.state IN ('queued', 'delivering', 'deferred', 'uncertain'))
                RETURNING answers
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($3), answers, $3, 'receipt waived', jsonb_build_object('reason', $2::text, 'by', $4::text) FROM k",
        )
        .bind(id)
        .bind(reason)
        .bind(at(now))
        .bind(actor.name())
        .execute(&mut *tx)
        .await?;
        if waived.rows_affected() == 0 {
            let delivery = delivery.unwrap_or_default();
            return Err(Error::Refused(format!(
                "message {message} is still on its way ({delivery}): it can be waived once it was handed over or given up; see 'portway message show {message}'"
            )));
        }
        let change = Change::new("waive", On::Acknowledgement(id)).of(partner.as_deref()).because(reason);
        let detail = json!({ "message": message, "before": state, "after": "waived" });
        audit::write(&mut tx, actor, &change.with(detail), now).await?;
        tx.commit().await?;
        let others: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM acknowledgement k JOIN delivery d ON d.message_id = k.answers
             WHERE k.direction = 'expected' AND k.state = 'overdue' AND d.target = $1",
        )
        .bind(&partner)
        .fetch_one(&self.pool)
        .await?;
        Ok(Waived { message, partner, last: others == 0 })
    }
}
