//! History: what happened, in order. Append-only; PostgreSQL refuses to change it.

use super::{Ledger, Result, at, id};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Event {
    pub at: String,
    pub subject: Uuid,
    pub event: String,
    pub detail: serde_json::Value,
}

impl Ledger {
    pub async fn record(
        &self,
        subject: Uuid,
        event: &str,
        detail: serde_json::Value,
        now: Timestamp,
    ) -> Result<()> {
        sqlx::query("INSERT INTO history (id, subject, at, event, detail) VALUES ($1, $2, $3, $4, $5)")
            .bind(id::new(now))
            .bind(subject)
            .bind(at(now))
            .bind(event)
            .bind(detail)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The events of a set, its message and its deliveries, and each try, oldest first.
    pub async fn timeline(&self, set: Uuid) -> Result<Vec<Event>> {
        Ok(sqlx::query_as(
            "WITH about AS (
                SELECT id FROM transaction_set WHERE id = $1
                UNION SELECT message_id FROM transaction_set WHERE id = $1
                UNION SELECT id FROM delivery WHERE set_id = $1
                UNION SELECT (h.detail->>'message')::uuid FROM history h WHERE h.subject = $1 AND h.event = 'put into an interchange'
                UNION SELECT d.id FROM history h JOIN delivery d ON d.message_id = (h.detail->>'message')::uuid
                      WHERE h.subject = $1 AND h.event = 'put into an interchange'
                UNION SELECT d.id FROM transaction_set s JOIN acknowledgement a ON a.interchange_id = s.interchange_id
                      JOIN delivery d ON d.message_id = a.message_id WHERE s.id = $1
             )
             SELECT instant(at) AS at, subject, event, detail FROM (
                SELECT h.id, h.at, h.subject, h.event, h.detail FROM history h WHERE h.subject IN (SELECT id FROM about)
                UNION ALL
                SELECT a.id, a.started_at, a.delivery_id, 'try ' || a.number,
                    jsonb_strip_nulls(jsonb_build_object('to', d.target, 'outcome', coalesce(a.outcome, 'under way'),
                        'status', a.status, 'detail', a.detail))
                FROM attempt a JOIN delivery d ON d.id = a.delivery_id WHERE a.delivery_id IN (SELECT id FROM about)
             ) e ORDER BY e.at, e.id",
        )
        .bind(set)
        .fetch_all(&self.pool)
        .await?)
    }

    /// The events of one message, delivery or set alone.
    pub async fn events_of(&self, subject: Uuid) -> Result<Vec<Event>> {
        Ok(sqlx::query_as(
            "SELECT instant(at) AS at, subject, event, detail FROM history WHERE subject = $1 ORDER BY id",
        )
        .bind(subject)
        .fetch_all(&self.pool)
        .await?)
    }
}
