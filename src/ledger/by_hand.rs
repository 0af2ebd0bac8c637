//! What a person does with a document's open deliveries: lets them go, sends them again, holds them back or gives them up.
//!
//! Each is one transaction, with its entry in the audit trail. Fails with [`Error::Refused`] in words for the operator where nothing is in a
//! state for it; nothing is written then.

use super::audit::{self, Actor, Change, On};
use super::process::{DeliveryRow, Parts};
use super::{Error, Ledger, Result, at, job};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

impl Ledger {
    /// Gives a held set its deliveries: a person released it. Same event, same ids. `made`: the event and the findings of a set
    /// that has become a document only now; one that has its event keeps it.
    ///
    /// # Errors
    /// [`Error::Refused`] unless it is held and translated.
    pub async fn release_set(
        &self,
        set: Uuid,
        deliveries: &[DeliveryRow],
        made: Option<(&[u8], &serde_json::Value)>,
        actor: &Actor,
        reason: &str,
        now: Timestamp,
    ) -> Result<()> {
        if deliveries.is_empty() {
            return Err(Error::Refused(format!(
                "document {set} has nowhere to go: name an endpoint in the partner's profile"
            )));
        }
        let mut parts = Parts::default();
        if let Some((event, _)) = made {
            parts.push(set, event);
        }
        let mut tx = self.pool.begin().await?;
        let released: Option<String> = sqlx::query_scalar(
            "WITH s AS (
                UPDATE transaction_set SET state = 'routed', reason = NULL, findings = coalesce($5, findings),
                    open_deliveries = open_deliveries + jsonb_array_length($2)
                WHERE id = $1 AND state = 'held' AND ($5::jsonb IS NULL) = EXISTS (SELECT 1 FROM payload WHERE owner = $1)
                RETURNING id, partner, message_id
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT owner, part, codec, size, bytes
                FROM s, unnest($6::uuid[], $7::int[], $8::smallint[], $9::int[], $10::bytea[]) AS n (owner, part, codec, size, bytes)
             ), owed AS (
                SELECT n.* FROM s, jsonb_to_recordset($2) AS n (id uuid, target text, way text, order_key text)
             ), d AS (
                INSERT INTO delivery (id, set_id, target_kind, target, state, way, created_at)
                SELECT id, $1, 'endpoint', target, 'queued', way, $3 FROM owed
             ), j AS (
                INSERT INTO job (lane, kind, subject, order_key, partner, position, run_at)
                SELECT 'endpoint:' || o.target, 'deliver', o.id, o.order_key, m.connection, m.position, $3
                FROM owed o, s JOIN message m ON m.id = s.message_id
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($3), id, $3, 'released', jsonb_strip_nulls(jsonb_build_object('reason', $4::text, 'by', $11::text,
                    'translated_again', CASE WHEN $5::jsonb IS NOT NULL THEN true END)) FROM s
             )
             SELECT partner FROM s",
        )
        .bind(set)
        .bind(sqlx::types::Json(deliveries))
        .bind(at(now))
        .bind(reason)
        .bind(made.map(|(_, findings)| findings))
        .bind(parts.owner)
        .bind(parts.part)
        .bind(parts.codec)
        .bind(parts.size)
        .bind(parts.bytes)
        .bind(actor.name())
        .fetch_optional(&mut *tx)
        .await?;
        if released.is_none() {
            return Err(Error::Refused(format!(
                "document {set} is not held, or was never translated: there is nothing to release. See 'portway doc show {set}'"
            )));
        }
        let to: Vec<&str> = deliveries.iter().map(|d| d.target.as_str()).collect();
        let detail = json!({ "to": to, "translated_again": made.is_some().then_some(true) });
        let change = Change::new("release", On::Document(set)).because(reason).with(detail);
        audit::write(&mut tx, actor, &change, now).await?;
        tx.commit().await?;
        let lanes: Vec<String> = deliveries.iter().map(|d| job::endpoint_lane(&d.target)).collect();
        self.ring_all(&lanes.iter().map(String::as_str).collect::<Vec<_>>()).await
    }

    /// Holds a set back whole, or ends a held one: what has no delivery yet.
    pub async fn cancel_held_set(
        &self,
        set: Uuid,
        actor: &Actor,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.pool.begin().await?;
        let done: Option<i32> = sqlx::query_scalar(
            "WITH s AS (
                UPDATE transaction_set SET state = 'cancelled', finished_at = $2
                WHERE id = $1 AND state IN ('held', 'failed') AND open_deliveries = 0 RETURNING id
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($2), id, $2, 'cancel', jsonb_build_object('reason', $3::text, 'by', $4::text) FROM s
             ) SELECT 1 FROM s",
        )
        .bind(set)
        .bind(at(now))
        .bind(reason)
        .bind(actor.name())
        .fetch_optional(&mut *tx)
        .await?;
        if done.is_some() {
            let change = Change::new("cancel", On::Document(set)).because(reason);
            audit::write(&mut tx, actor, &change, now).await?;
            tx.commit().await?;
        }
        Ok(done.is_some())
    }
}

/// What a person may do with a document's open deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To our systems again: same bytes, same event id. Also what was delivered before, when asked by id.
    Redeliver,
    /// The same, of what is held and nothing else.
    Release,
    Hold,
    Cancel,
}

impl Order {
    /// As it is given, and kept.
    pub fn verb(self) -> &'static str {
        match self {
            Order::Redeliver => "redeliver",
            Order::Release => "release",
            Order::Hold => "hold",
            Order::Cancel => "cancel",
        }
    }
}

impl Ledger {
    /// Carries out a person's order on the deliveries of a set, optionally of one endpoint. Returns how many it touched.
    ///
    /// # Errors
    /// [`Error::Refused`] if none of them is in a state that allows it.
    pub async fn order_deliveries(
        &self,
        set: Uuid,
        endpoint: Option<&str>,
        order: Order,
        actor: &Actor,
        reason: &str,
        now: Timestamp,
    ) -> Result<u64> {
        if let Order::Redeliver = order {
            self.refuse_removed(set).await?;
        }
        let sql = match order {
            Order::Redeliver | Order::Release => {
                "WITH d AS (
                    UPDATE delivery SET state = 'queued', next_try_at = NULL, finished_at = NULL, tries = 0, spared = 0,
                        place = NULL, read_at = NULL
                    WHERE set_id = $1 AND ($2::text IS NULL OR target = $2)
                      AND (state = 'held' OR $4::text = 'redeliver' AND (state IN ('dead', 'deferred', 'uncertain')
                           -- What was delivered goes again only when nothing else is meant.
                           OR state IN ('delivered', 'cancelled') AND NOT EXISTS (SELECT 1 FROM delivery o
                               WHERE o.set_id = $1 AND ($2::text IS NULL OR o.target = $2)
                                 AND o.state IN ('held', 'dead', 'deferred', 'uncertain'))))
                    RETURNING id, target, (SELECT old.finished_at IS NOT NULL FROM delivery old WHERE old.id = delivery.id) AS ended
                 ), s AS (
                    UPDATE transaction_set SET state = 'routed', reason = NULL, finished_at = NULL,
                        open_deliveries = open_deliveries + (SELECT count(*) FROM d WHERE ended)
                    WHERE id = $1 AND EXISTS (SELECT 1 FROM d)
                 ), j AS (
                    INSERT INTO job (lane, kind, subject, partner, position, run_at)
                    SELECT 'endpoint:' || d.target, 'deliver', d.id, m.connection, m.position, $3
                    FROM d, transaction_set s JOIN message m ON m.id = s.message_id WHERE s.id = $1
                    ON CONFLICT (kind, subject) DO UPDATE SET state = 'ready', run_at = excluded.run_at, tries = 0
                 )"
            }
            Order::Hold => {
                "WITH d AS (
                    UPDATE delivery SET state = 'held', next_try_at = NULL
                    WHERE set_id = $1 AND ($2::text IS NULL OR target = $2) AND state IN ('queued', 'deferred', 'uncertain')
                    RETURNING id, target
                 ), j AS (
                    UPDATE job SET state = 'parked', epoch = epoch + 1
                    WHERE kind = 'deliver' AND subject IN (SELECT id FROM d) AND $3::timestamptz IS NOT NULL
                 )"
            }
            Order::Cancel => {
                "WITH d AS (
                    UPDATE delivery SET state = 'cancelled', next_try_at = NULL, finished_at = $3
                    WHERE set_id = $1 AND ($2::text IS NULL OR target = $2)
                      AND state IN ('queued', 'deferred', 'uncertain', 'held', 'dead')
                    RETURNING id, target
                 ), j AS (
                    DELETE FROM job WHERE kind = 'deliver' AND subject IN (SELECT id FROM d)
                 ), s AS (
                    UPDATE transaction_set SET open_deliveries = open_deliveries - (SELECT count(*) FROM d),
                        state = CASE WHEN open_deliveries = (SELECT count(*) FROM d) THEN 'cancelled' ELSE state END,
                        finished_at = CASE WHEN open_deliveries = (SELECT count(*) FROM d) THEN $3 ELSE finished_at END
                    WHERE id = $1 AND EXISTS (SELECT 1 FROM d)
                 )"
            }
        };
        let event = order.verb();
        let sql = format!(
            "{sql}, h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($3), $1, $3, $4, jsonb_build_object('reason', $5::text, 'by', $6::text, 'deliveries', (SELECT count(*) FROM d))
                WHERE EXISTS (SELECT 1 FROM d)
             ) SELECT target FROM d"
        );
        let mut tx = self.pool.begin().await?;
        // Jobs before deliveries, as a claim has it: neither deadlock, nor a try that begins in between.
        sqlx::query(
            "SELECT 1 FROM job j JOIN delivery d ON d.id = j.subject WHERE j.kind = 'deliver' AND d.set_id = $1 FOR UPDATE OF j",
        )
        .bind(set)
        .execute(&mut *tx)
        .await?;
        let targets: Vec<(String,)> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(set)
            .bind(endpoint)
            .bind(at(now))
            .bind(event)
            .bind(reason)
            .bind(actor.name())
            .fetch_all(&mut *tx)
            .await?;
        if targets.is_empty() {
            return Err(Error::Refused(format!(
                "no delivery of this document can be {}: see 'portway doc show {set}' for where they stand",
                match order {
                    Order::Release => "released (only held ones can)",
                    Order::Redeliver =>
                        "redelivered now (one that is queued or delivering is on its way already)",
                    Order::Hold => "held (only waiting ones can)",
                    Order::Cancel => "cancelled (what is delivered stays delivered)",
                }
            )));
        }
        let to: Vec<&str> = targets.iter().map(|(target,)| target.as_str()).collect();
        let change = Change::new(event, On::Document(set)).because(reason).with(json!({ "to": to }));
        audit::write(&mut tx, actor, &change, now).await?;
        tx.commit().await?;
        let lanes: Vec<String> = targets.iter().map(|(t,)| job::endpoint_lane(t)).collect();
        self.ring_all(&lanes.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        Ok(targets.len() as u64)
    }
}
