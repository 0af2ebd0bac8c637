//! Acknowledgements and answers that we wait for or owe, as people look at them; and a person's word that one will not come.

use crate::ledger::audit::{self, Actor, Change, On};
use crate::ledger::{Error, Ledger, Result, at, document};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// An acknowledgement that we expect of a partner, or a business answer that we owe one.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct ExpectedLine {
    pub id: Uuid,
    /// `MDN`.
    pub kind: String,
    /// `expected`, `received` or `overdue`; of ours `owed`, `generated` or `overdue`.
    pub state: String,
    /// Who is to send it: `theirs`, `ours`.
    pub whose: String,
    pub partner: Option<String>,
    /// The message of ours that it is for; of an answer of ours the message that carries it.
    pub message: Option<Uuid>,
    /// The document that it answers.
    pub document: Option<Uuid>,
    /// That document's set and number, `850 4500123`.
    pub answers: Option<String>,
    /// When it is due, as the profile says it: `4h after shipment`.
    pub terms: Option<String>,
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
    /// Where its history is: `message show …`, `doc show …`.
    pub look: String,
    pub kind: String,
    pub ours: bool,
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
            "SELECT k.id, k.kind, k.state, CASE k.direction WHEN 'ours' THEN 'ours' ELSE 'theirs' END AS whose,
                coalesce(d.target, s.partner) AS partner, coalesce(k.answers, k.message_id) AS message, s.id AS document,
                s.code || coalesce(' ' || s.number, '') AS answers, array_to_string(k.due_terms, ', ') AS terms,
                a.exchange AS as2_message_id, a.mdn, instant(k.at) AS since, instant(k.due_at) AS due_at, d.state AS delivery, a.resends,
                (SELECT instant(max(h.at)) FROM history h WHERE h.subject = k.answers AND h.event = 'receipt overdue') AS overdue_since
             FROM acknowledgement k LEFT JOIN as2 a ON a.message_id = k.answers
             LEFT JOIN delivery d ON d.message_id = coalesce(k.answers, k.message_id) LEFT JOIN transaction_set s ON s.id = k.set_id
             WHERE (k.direction = 'expected' AND k.state IN ('expected', 'overdue') AND k.answers IS NOT NULL
                    OR k.direction = 'ours' AND k.state IN ('owed', 'generated', 'overdue')
                        AND (s.state <> 'cancelled' OR EXISTS (SELECT 1 FROM transaction_set l WHERE l.revises = s.id)))
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
        let rows: Vec<Waits> = sqlx::query_as(
            "SELECT k.id, k.kind, k.direction = 'ours' AS ours, k.answers AS message, k.set_id AS document, k.state,
                coalesce(d.target, s.partner) AS partner, d.state AS delivery
             FROM acknowledgement k LEFT JOIN delivery d ON d.message_id = k.answers LEFT JOIN transaction_set s ON s.id = k.set_id
             WHERE (k.direction = 'expected' AND k.answers IS NOT NULL OR k.direction = 'ours')
                AND (k.id::text LIKE $1 OR k.answers::text LIKE $1) LIMIT 2",
        )
        .bind(document::prefix(reference)?)
        .fetch_all(&self.pool)
        .await?;
        let waits = document::one(rows, reference, "expected acknowledgement")?;
        let look = waits.look();
        if !matches!(waits.state.as_str(), "expected" | "overdue" | "owed") {
            let state = &waits.state;
            return Err(Error::Refused(format!("it is not waited for: it is {state}; see 'portway {look}'")));
        }
        let mut tx = self.pool.begin().await?;
        let waived = sqlx::query(
            "WITH k AS (
                UPDATE acknowledgement SET state = 'waived', due_at = NULL, detail = $2
                WHERE id = $1 AND state IN ('expected', 'overdue', 'owed') AND NOT EXISTS (SELECT 1 FROM delivery d
                    WHERE d.message_id = answers AND d.state IN ('queued', 'delivering', 'deferred', 'uncertain'))
                RETURNING coalesce(answers, set_id) AS subject, direction
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($3), subject, $3, CASE direction WHEN 'ours' THEN 'answer waived' ELSE 'receipt waived' END,
                jsonb_build_object('reason', $2::text, 'by', $4::text) FROM k",
        )
        .bind(waits.id)
        .bind(reason)
        .bind(at(now))
        .bind(actor.name())
        .execute(&mut *tx)
        .await?;
        if waived.rows_affected() == 0 {
            let delivery = waits.delivery.unwrap_or_default();
            return Err(Error::Refused(format!(
                "its message is still on its way ({delivery}): it can be waived once it was handed over or given up; see 'portway {look}'"
            )));
        }
        let change =
            Change::new("waive", On::Acknowledgement(waits.id)).of(waits.partner.as_deref()).because(reason);
        let detail = json!({ "message": waits.message, "document": waits.document, "before": waits.state, "after": "waived" });
        audit::write(&mut tx, actor, &change.with(detail), now).await?;
        tx.commit().await?;
        let others: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM acknowledgement k JOIN delivery d ON d.message_id = k.answers
             WHERE k.direction = 'expected' AND k.state = 'overdue' AND d.target = $1",
        )
        .bind(&waits.partner)
        .fetch_one(&self.pool)
        .await?;
        let Waits { kind, ours, partner, .. } = waits;
        Ok(Waived { look, kind, ours, partner, last: others == 0 })
    }
}

/// An acknowledgement that may be waived.
#[derive(Debug, sqlx::FromRow)]
struct Waits {
    id: Uuid,
    kind: String,
    ours: bool,
    message: Option<Uuid>,
    document: Option<Uuid>,
    state: String,
    partner: Option<String>,
    delivery: Option<String>,
}

impl Waits {
    fn look(&self) -> String {
        match (self.message, self.document) {
            (Some(message), _) => format!("message show {message}"),
            (None, document) => format!("doc show {}", document.unwrap_or_default()),
        }
    }
}
