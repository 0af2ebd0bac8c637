//! What a person has sent anew: an interchange again, under new numbers, or a document made again by today's profile.
//!
//! Originals stay: a reissue is another interchange that names the one it stands for, a revision is another document that names the one it
//! was made from. What was waited for of the old one is waived, with the reason. Fails with [`Error::Refused`] in words for the operator
//! where the document is not in a state for it; nothing is written then.

use super::audit::{self, Actor, Change, On};
use super::process::{DeliveryRow, Parts, Process};
use super::{Error, Ledger, Result, at, job};
use jiff::Timestamp;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

/// A document of ours and where it stands, locked.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Ours {
    pub id: Uuid,
    /// What was handed over.
    pub message_id: Uuid,
    pub partner: String,
    pub code: String,
    pub version: String,
    pub functional_id: String,
    pub usage: String,
    pub state: String,
    pub document: Option<String>,
    pub revision: i32,
    /// A later revision.
    pub later: Option<Uuid>,
    pub interchange_id: Option<Uuid>,
    pub interchange_message: Option<Uuid>,
    pub control_number: Option<String>,
    pub standard: Option<String>,
    /// How the interchange's delivery stands.
    pub delivery: Option<String>,
    /// Documents beside it in the interchange.
    pub others: i64,
}

/// A document of ours, made again.
#[derive(Debug)]
pub struct Recomposed<'a> {
    pub id: Uuid,
    pub code: &'a str,
    pub version: &'a str,
    pub functional_id: &'a str,
    pub usage: char,
    pub segments: &'a [u8],
    pub findings: &'a serde_json::Value,
}

/// A document that came, made again.
#[derive(Debug)]
pub struct Retranslated<'a> {
    pub id: Uuid,
    pub document: Option<&'a str>,
    pub number: Option<&'a str>,
    pub event: &'a [u8],
    pub findings: &'a serde_json::Value,
    pub unmapped: i32,
    pub deliveries: &'a [DeliveryRow],
}

/// What stands in one interchange of ours.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Companion {
    pub id: Uuid,
    pub code: String,
    pub number: Option<String>,
}

impl Process<'_> {
    /// # Errors
    /// [`Error::NotFound`] where it is none of ours.
    pub async fn lock_ours(&mut self, set: Uuid) -> Result<Ours> {
        let ours: Option<Ours> = sqlx::query_as(
            "SELECT s.id, s.message_id, s.partner, s.code, s.version, s.functional_id, s.usage, s.state, s.document, s.revision,
                (SELECT l.id FROM transaction_set l WHERE l.message_id = s.message_id AND l.revises = s.id) AS later,
                s.interchange_id, i.message_id AS interchange_message, i.control_number, i.standard, d.state AS delivery,
                (SELECT count(*) FROM transaction_set o WHERE o.direction = 'out' AND o.interchange_id = i.id AND o.id <> s.id) AS others
             FROM transaction_set s LEFT JOIN interchange i ON i.id = s.interchange_id
             LEFT JOIN delivery d ON d.message_id = i.message_id
             WHERE s.id = $1 AND s.direction = 'out' FOR UPDATE OF s",
        )
        .bind(set)
        .fetch_optional(self.connection())
        .await?;
        ours.ok_or_else(|| Error::NotFound(format!("document {set} of ours")))
    }

    /// The old interchange of a document is waited for no more; with nothing else in it, it is not sent any more either. This is the
    /// entry in the audit trail of a reissue and of a reprocessing; `new`: the revision, where there is one.
    pub async fn give_up_old(
        &mut self,
        ours: &Ours,
        verb: &str,
        new: Option<Uuid>,
        actor: &Actor,
        reason: &str,
    ) -> Result<()> {
        let now = self.now();
        let detail =
            json!({ "message": ours.interchange_message, "interchange": ours.control_number, "as": new });
        let change = Change::new(verb, On::Document(ours.id)).because(reason).with(detail);
        audit::write(self.connection(), actor, &change, now).await?;
        let now = at(now);
        sqlx::query(
            "WITH k AS (
                UPDATE acknowledgement SET state = 'waived', due_at = NULL, detail = $4 || ': ' || $5
                WHERE direction = 'expected' AND interchange_id = $2 AND (set_id = $1 OR set_id IS NULL AND $6)
                  AND state IN ('expected', 'overdue', 'received')
             ), d AS (
                UPDATE delivery SET state = 'cancelled', next_try_at = NULL, finished_at = $7
                WHERE message_id = $3 AND $6 AND state IN ('dead', 'held') RETURNING id, message_id
             ), j AS (DELETE FROM job WHERE kind = 'deliver' AND subject IN (SELECT id FROM d)),
             m AS (UPDATE message SET state = 'cancelled', finished_at = $7 FROM d WHERE message.id = d.message_id)
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($7), $1, $7, $4, jsonb_strip_nulls(jsonb_build_object('reason', $5::text, 'by', $9::text,
                'message', $3::uuid, 'interchange', $8::text))",
        )
        .bind(ours.id)
        .bind(ours.interchange_id)
        .bind(ours.interchange_message)
        .bind(verb)
        .bind(reason)
        .bind(ours.others == 0)
        .bind(now)
        .bind(&ours.control_number)
        .bind(actor.name())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// The document waits again, for the interchange that this transaction writes.
    pub async fn wait_again(&mut self, set: Uuid) -> Result<()> {
        sqlx::query("UPDATE transaction_set SET state = 'translated', reason = NULL, finished_at = NULL WHERE id = $1")
            .bind(set)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// The new interchange stands for the old one.
    pub async fn note_reissue(&mut self, new: Uuid, old: Option<Uuid>) -> Result<()> {
        sqlx::query("UPDATE interchange SET reissues = $2 WHERE id = $1")
            .bind(new)
            .bind(old)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Writes a revision of a document of ours, which waits for the interchange that this transaction writes.
    pub async fn write_recomposed(
        &mut self,
        old: &Ours,
        new: &Recomposed<'_>,
        actor: &Actor,
        reason: &str,
    ) -> Result<()> {
        let mut parts = Parts::default();
        parts.push(new.id, new.segments);
        let now = at(self.now());
        sqlx::query(
            "WITH s AS (
                INSERT INTO transaction_set (id, message_id, ordinal, revision, revises, group_number, functional_id, version, code,
                    control_number, partner, usage, state, document, number, findings, thread_id, received_at, direction, source,
                    station, leaves_at)
                SELECT $2, message_id, ordinal, revision + 1, id, '', $3, $4, $5, '', partner, $6, 'translated', document, number, $7,
                    thread_id, $8, 'out', source, station, $8
                FROM transaction_set WHERE id = $1
             ), t AS (INSERT INTO thread_member (thread_id, set_id) SELECT thread_id, $2 FROM thread_member WHERE set_id = $1),
             o AS (UPDATE thread_open SET set_id = $2 WHERE set_id = $1),
             gone AS (
                UPDATE transaction_set SET state = 'cancelled', finished_at = $8 WHERE id = $1 AND state IN ('translated', 'held')
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT owner, part, codec, size, bytes
                FROM unnest($9::uuid[], $10::int[], $11::smallint[], $12::int[], $13::bytea[]) AS n (owner, part, codec, size, bytes)
             )
             INSERT INTO history (id, subject, at, event, detail)
             VALUES (id_new($8), $2, $8, 'made again', jsonb_build_object('of', $1::uuid, 'reason', $14::text, 'by', $15::text))",
        )
        .bind(old.id)
        .bind(new.id)
        .bind(new.functional_id)
        .bind(new.version)
        .bind(new.code)
        .bind(new.usage.to_string())
        .bind(new.findings)
        .bind(now)
        .bind(parts.owner)
        .bind(parts.part)
        .bind(parts.codec)
        .bind(parts.size)
        .bind(parts.bytes)
        .bind(reason)
        .bind(actor.name())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl Ledger {
    /// Holds back, lets go or gives up a document of ours that waits to leave.
    ///
    /// # Errors
    /// [`Error::Refused`] where it does not wait.
    pub async fn order_waiting(
        &self,
        set: Uuid,
        order: super::by_hand::Order,
        actor: &Actor,
        reason: &str,
        now: Timestamp,
    ) -> Result<()> {
        use super::by_hand::Order;
        let (from, to) = match order {
            Order::Hold => (vec!["translated"], "held"),
            Order::Release => (vec!["held"], "translated"),
            Order::Cancel => (vec!["translated", "held"], "cancelled"),
            Order::Redeliver => return Err(Error::Refused(ours_goes_to_a_partner(set))),
        };
        let mut tx = self.pool.begin().await?;
        let done: Option<i32> = sqlx::query_scalar(
            "WITH s AS (
                UPDATE transaction_set SET state = $3, reason = CASE WHEN $3 = 'held' THEN 'by_hand' END,
                    leaves_at = CASE WHEN $3 = 'translated' THEN $5 ELSE leaves_at END,
                    finished_at = CASE WHEN $3 = 'cancelled' THEN $5 END
                WHERE id = $1 AND direction = 'out' AND state = ANY($2) RETURNING id
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($5), id, $5, $4, jsonb_build_object('reason', $6::text, 'by', $7::text) FROM s
             ) SELECT 1 FROM s",
        )
        .bind(set)
        .bind(from)
        .bind(to)
        .bind(order.verb())
        .bind(at(now))
        .bind(reason)
        .bind(actor.name())
        .fetch_optional(&mut *tx)
        .await?;
        match done {
            Some(_) => {
                let change = Change::new(order.verb(), On::Document(set)).because(reason);
                audit::write(&mut tx, actor, &change, now).await?;
                Ok(tx.commit().await?)
            }
            None => Err(Error::Refused(format!(
                "document {set} of ours {}: see 'portway doc show {set}'",
                match order {
                    Order::Release => "is not held, so there is nothing to release",
                    Order::Hold => "does not wait any more: what has left cannot be held",
                    _ => "does not wait any more: what has left cannot be called back",
                }
            ))),
        }
    }

    /// The message that carries a document of ours, and what else is in its interchange.
    ///
    /// # Errors
    /// [`Error::Refused`] where it has not left.
    pub async fn carried(&self, set: Uuid) -> Result<(Uuid, Vec<Companion>)> {
        let message: Option<Option<Uuid>> = sqlx::query_scalar(
            "SELECT i.message_id FROM transaction_set s LEFT JOIN interchange i ON i.id = s.interchange_id
             WHERE s.id = $1 AND s.direction = 'out'",
        )
        .bind(set)
        .fetch_optional(&self.pool)
        .await?;
        let message = match message {
            Some(Some(message)) => message,
            Some(None) => {
                return Err(Error::Refused(format!(
                    "document {set} has not left yet, so there is nothing to send again: see 'portway doc show {set}'"
                )));
            }
            None => {
                return Err(Error::Refused(format!(
                    "document {set} came from a partner: 'portway doc redeliver' sends it to our systems again, 'portway doc \
                     reprocess' makes it again by today's profile"
                )));
            }
        };
        let others = sqlx::query_as(
            "SELECT s.id, s.code, s.number FROM interchange i JOIN transaction_set s ON s.interchange_id = i.id AND s.direction = 'out'
             WHERE i.message_id = $1 AND s.id <> $2 ORDER BY s.id",
        )
        .bind(message)
        .bind(set)
        .fetch_all(&self.pool)
        .await?;
        Ok((message, others))
    }

    /// Endpoints that have taken a document, or an earlier or later revision of it.
    pub async fn confirmed_by(&self, set: Uuid) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT d.target FROM transaction_set s
             JOIN transaction_set r ON r.message_id = s.message_id AND r.ordinal = s.ordinal
             JOIN delivery d ON d.set_id = r.id WHERE s.id = $1 AND d.state = 'delivered' ORDER BY d.target",
        )
        .bind(set)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Writes a revision of a document that came, with its deliveries. What is open of the old one is given up; our answer to the
    /// partner stays the old one's.
    ///
    /// # Errors
    /// [`Error::Refused`] where it has a later revision, or is being delivered at this moment.
    pub async fn write_retranslated(
        &self,
        old: Uuid,
        new: &Retranslated<'_>,
        actor: &Actor,
        reason: &str,
        now: Timestamp,
    ) -> Result<()> {
        let mut parts = Parts::default();
        parts.push(new.id, new.event);
        let mut tx = self.pool.begin().await?;
        // Jobs before deliveries, as a claim has it.
        sqlx::query(
            "SELECT 1 FROM job j JOIN delivery d ON d.id = j.subject WHERE j.kind = 'deliver' AND d.set_id = $1 FOR UPDATE OF j",
        )
        .bind(old)
        .execute(&mut *tx)
        .await?;
        let written: Option<i32> = sqlx::query_scalar(
            "WITH old AS (
                SELECT * FROM transaction_set o WHERE id = $1 AND direction = 'in' AND state <> 'rejected'
                  AND NOT EXISTS (SELECT 1 FROM transaction_set l WHERE l.message_id = o.message_id AND l.revises = o.id)
                  AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.set_id = o.id AND d.state = 'delivering')
                FOR UPDATE
             ), s AS (
                INSERT INTO transaction_set (id, message_id, interchange_id, ordinal, revision, revises, group_number, functional_id,
                    version, code, control_number, partner, usage, state, document, number, findings, unmapped, thread_id,
                    open_deliveries, received_at, finished_at)
                SELECT $2, message_id, interchange_id, ordinal, revision + 1, id, group_number, functional_id, version, code,
                    control_number, partner, usage, CASE WHEN jsonb_array_length($6) = 0 THEN 'done' ELSE 'routed' END,
                    coalesce($3, document), coalesce($4, number), $5, $7, thread_id, jsonb_array_length($6), $8,
                    CASE WHEN jsonb_array_length($6) = 0 THEN $8 END
                FROM old RETURNING id, partner, message_id
             ), t AS (INSERT INTO thread_member (thread_id, set_id) SELECT thread_id, $2 FROM thread_member, s WHERE set_id = $1),
             d0 AS (
                UPDATE delivery SET state = 'cancelled', next_try_at = NULL, finished_at = $8
                WHERE set_id = $1 AND state NOT IN ('delivered', 'cancelled') AND EXISTS (SELECT 1 FROM s) RETURNING id
             ), j0 AS (DELETE FROM job WHERE kind = 'deliver' AND subject IN (SELECT id FROM d0)),
             s0 AS (
                UPDATE transaction_set SET open_deliveries = open_deliveries - (SELECT count(*) FROM d0),
                    state = CASE WHEN state = 'done' THEN state ELSE 'cancelled' END, finished_at = coalesce(finished_at, $8)
                WHERE id = $1 AND EXISTS (SELECT 1 FROM s)
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT owner, part, codec, size, bytes
                FROM s, unnest($9::uuid[], $10::int[], $11::smallint[], $12::int[], $13::bytea[]) AS n (owner, part, codec, size, bytes)
             ), owed AS (
                SELECT n.* FROM s, jsonb_to_recordset($6) AS n (id uuid, target text, way text, order_key text)
             ), d AS (
                INSERT INTO delivery (id, set_id, target_kind, target, state, way, created_at)
                SELECT id, $2, 'endpoint', target, 'queued', way, $8 FROM owed
             ), j AS (
                INSERT INTO job (lane, kind, subject, order_key, partner, position, run_at)
                SELECT 'endpoint:' || o.target, 'deliver', o.id, o.order_key, m.connection, m.position, $8
                FROM owed o, s JOIN message m ON m.id = s.message_id
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($8), x.subject, $8, x.event, x.detail FROM s, (VALUES
                    ($1, 'reprocess', jsonb_build_object('reason', $14::text, 'by', $15::text, 'as', $2)),
                    ($2, 'made again', jsonb_build_object('reason', $14::text, 'by', $15::text, 'of', $1))) AS x (subject, event, detail)
             )
             SELECT 1 FROM s",
        )
        .bind(old)
        .bind(new.id)
        .bind(new.document)
        .bind(new.number)
        .bind(new.findings)
        .bind(Json(new.deliveries))
        .bind(new.unmapped)
        .bind(at(now))
        .bind(parts.owner)
        .bind(parts.part)
        .bind(parts.codec)
        .bind(parts.size)
        .bind(parts.bytes)
        .bind(reason)
        .bind(actor.name())
        .fetch_optional(&mut *tx)
        .await?;
        if written.is_none() {
            tx.rollback().await?;
            return Err(Error::Refused(format!(
                "document {old} has a later revision, or is being delivered at this moment: see 'portway doc show {old}', then try it again"
            )));
        }
        let to: Vec<&str> = new.deliveries.iter().map(|d| d.target.as_str()).collect();
        let change = Change::new("reprocess", On::Document(old)).because(reason);
        audit::write(&mut tx, actor, &change.with(json!({ "as": new.id, "to": to })), now).await?;
        tx.commit().await?;
        let lanes: Vec<String> = new.deliveries.iter().map(|d| job::endpoint_lane(&d.target)).collect();
        self.ring_all(&lanes.iter().map(String::as_str).collect::<Vec<_>>()).await
    }
}

fn ours_goes_to_a_partner(set: Uuid) -> String {
    format!(
        "document {set} is ours and goes to a partner: 'portway doc resend' sends the same bytes again, 'portway doc reissue' \
         the same document under new control numbers"
    )
}
