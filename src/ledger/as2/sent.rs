//! What we send by AS2: frozen once, answered by a receipt, overdue when none comes.

use super::{Fields, Mdn, MicText, insert_parts};
use crate::ledger::alert::{Raise, raise_in};
use crate::ledger::delivery::{handed_over, queue_again};
use crate::ledger::job::{self, partner_lane};
use crate::ledger::message::pack;
use crate::ledger::{Error, Ledger, Result, at, id};
use crate::tally;
use jiff::{SignedDuration, Timestamp};
use portway_as2::header::message_id;
use serde_json::Value;
use sqlx::types::Json;
use std::io;
use uuid::Uuid;

/// A message of ours, packed: what the first try freezes.
pub struct Freeze<'a> {
    pub as2_from: &'a str,
    pub as2_to: &'a str,
    pub exchange: &'a str,
    pub facts: Value,
    pub mic: Option<MicText>,
    pub mdn: Mdn,
    pub fields: Fields,
    pub size: u64,
    pub parts: &'a mut (dyn Iterator<Item = io::Result<Vec<u8>>> + Send),
}

/// The frozen form, the same on every try.
#[derive(Debug, Clone)]
pub struct Frozen {
    pub exchange: String,
    pub fields: Fields,
    pub mdn: Mdn,
    pub mic: Option<MicText>,
    /// Owner of the payload.
    pub sealed: Uuid,
    pub size: i64,
    /// The receipt has come already, and accepts.
    pub accepted: bool,
    /// An earlier try has left: the partner may know it as a duplicate.
    pub repeated: bool,
}

/// A message of ours that a receipt is for.
#[derive(Debug, Clone)]
pub struct Expected {
    pub message: Uuid,
    pub mdn: Mdn,
    pub mic: Option<MicText>,
}

/// A receipt that came, judged.
pub struct ReceiptCame<'a> {
    pub as2_from: &'a str,
    pub as2_to: &'a str,
    pub exchange: &'a str,
    /// The message of ours it is for, if any.
    pub message: Option<Uuid>,
    /// `accepted`, `accepted_with_errors`, `rejected`.
    pub verdict: &'static str,
    pub signed: bool,
    pub disposition: &'a str,
    /// In words, for the timeline.
    pub detail: &'a str,
    /// Whether its word counts: a forged one is written down, and settles nothing; nor does a "not just now".
    pub settles: bool,
    /// As it came.
    pub bytes: Vec<u8>,
}

/// What a receipt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// It settled what was expected.
    InTime,
    Late,
    /// There was one before; that one counts.
    Duplicate,
    /// Nothing of ours by that Message-ID.
    Orphan,
    /// Written down only.
    Noted,
}

/// A receipt that did not come in time.
#[derive(Debug, Clone)]
pub struct Overdue {
    pub acknowledgement: Uuid,
    pub message: Uuid,
    pub partner: String,
    pub resends: i32,
    pub exchange: String,
}

type FrozenRow =
    (String, Json<Fields>, String, Option<String>, Option<String>, Uuid, i64, Option<String>, bool);

impl Ledger {
    /// The frozen form of a message of ours, if it was frozen.
    pub async fn as2_frozen(&self, message: Uuid) -> Result<Option<Frozen>> {
        let row: Option<FrozenRow> = sqlx::query_as(
            "SELECT a.exchange, a.sealed_fields, a.mdn, a.mic_digest, a.mic, a.sealed, a.sealed_size, k.state,
                EXISTS (SELECT 1 FROM delivery d JOIN attempt t ON t.delivery_id = d.id
                        WHERE d.message_id = a.message_id AND t.finished_at IS NOT NULL)
             FROM as2 a LEFT JOIN acknowledgement k ON k.answers = a.message_id AND k.kind = 'MDN'
             WHERE a.message_id = $1 AND a.direction = 'out'",
        )
        .bind(message)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(exchange, Json(fields), mdn, digest, mic, sealed, size, state, repeated)| Frozen {
            exchange,
            fields,
            mdn: Mdn::named(&mdn),
            mic: digest.zip(mic),
            sealed,
            size,
            accepted: state.is_some_and(|state| state.contains("accepted")),
            repeated,
        }))
    }

    /// Freezes a message of ours. If another worker was first, its form is the one that counts.
    pub async fn freeze_as2(&self, message: Uuid, freeze: Freeze<'_>, now: Timestamp) -> Result<Frozen> {
        let sealed = id::derive(message, "sealed", 0);
        let mut tx = self.pool.begin().await?;
        let first = sqlx::query(
            "WITH a AS (
                INSERT INTO as2 (message_id, direction, as2_from, as2_to, exchange, facts, mic_digest, mic, mdn, sealed_fields,
                                 sealed, sealed_size, at)
                VALUES ($1, 'out', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING message_id
             ), s AS (
                INSERT INTO as2_sent (exchange, message_id) SELECT $4, message_id FROM a
             ), k AS (
                INSERT INTO acknowledgement (id, direction, kind, state, answers, at)
                SELECT $13, 'expected', 'MDN', 'expected', message_id, $12 FROM a WHERE $8 <> 'none' ON CONFLICT DO NOTHING
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($12), $1, $12, 'packed', $5 || jsonb_build_object('message-id', $4) FROM a",
        )
        .bind(message)
        .bind(freeze.as2_from)
        .bind(freeze.as2_to)
        .bind(freeze.exchange)
        .bind(&freeze.facts)
        .bind(freeze.mic.as_ref().map(|(digest, _)| digest))
        .bind(freeze.mic.as_ref().map(|(_, value)| value))
        .bind(freeze.mdn.name())
        .bind(Json(&freeze.fields))
        .bind(sealed)
        .bind(i64::try_from(freeze.size).unwrap_or(i64::MAX))
        .bind(at(now))
        .bind(id::derive(message, "MDN", 0))
        .execute(&mut *tx)
        .await?;
        if first.rows_affected() == 1 {
            insert_parts(&mut tx, sealed, freeze.parts).await?;
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        self.as2_frozen(message)
            .await?
            .ok_or_else(|| Error::NotFound(format!("the frozen form of {message}")))
    }

    /// A message of ours goes out again under a new Message-ID; receipts for the old ones still count.
    pub async fn as2_new_exchange(&self, message: Uuid, exchange: &str) -> Result<()> {
        sqlx::query(
            "WITH s AS (INSERT INTO as2_sent (exchange, message_id) VALUES ($2, $1) ON CONFLICT DO NOTHING)
             UPDATE as2 SET exchange = $2 WHERE message_id = $1 AND direction = 'out'",
        )
        .bind(message)
        .bind(exchange)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// It was handed over; its receipt is to come until `due`.
    pub async fn receipt_due(&self, message: Uuid, due: Timestamp) -> Result<()> {
        sqlx::query(
            "UPDATE acknowledgement SET due_at = $2
             WHERE answers = $1 AND kind = 'MDN' AND state IN ('expected', 'overdue')",
        )
        .bind(message)
        .bind(at(due))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What a receipt that says `exchange` is for; `from` and `to` are the receipt's own.
    pub async fn receipt_expected(&self, exchange: &str, from: &str, to: &str) -> Result<Option<Expected>> {
        type Row = (Uuid, String, Option<String>, Option<String>);
        let row: Option<Row> = sqlx::query_as(
            "SELECT a.message_id, a.mdn, a.mic_digest, a.mic FROM as2_sent s JOIN as2 a USING (message_id)
             WHERE s.exchange = $1 AND a.as2_from = $3 AND a.as2_to = $2 AND a.direction = 'out'
             ORDER BY a.message_id DESC LIMIT 1",
        )
        .bind(exchange)
        .bind(from)
        .bind(to)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(message, mdn, digest, mic)| Expected {
            message,
            mdn: Mdn::named(&mdn),
            mic: digest.zip(mic),
        }))
    }

    /// Writes a receipt that came, and settles what it is for. An accepting one ends repetitions that wait.
    pub async fn receive_receipt(
        &self,
        came: ReceiptCame<'_>,
        raise: Option<(&Raise, SignedDuration)>,
        now: Timestamp,
    ) -> Result<Matched> {
        let receipt = id::new(now);
        let part = pack(came.bytes);
        let mut tx = self.pool.begin().await?;
        // A receipt in the answer comes before the message counts as handed over: then its last try's begin does.
        let state: Option<(String, Option<f64>)> = sqlx::query_as(
            "SELECT k.state, extract(epoch FROM $2 - coalesce(
                (SELECT m.finished_at FROM message m WHERE m.id = k.answers),
                (SELECT max(t.started_at) FROM attempt t JOIN delivery d ON d.id = t.delivery_id WHERE d.message_id = k.answers)))::float8
             FROM acknowledgement k WHERE k.answers = $1 AND k.kind = 'MDN' FOR UPDATE OF k",
        )
        .bind(came.message)
        .bind(at(now))
        .fetch_optional(&mut *tx)
        .await?;
        let matched = match state.as_ref().map(|(state, _)| state.as_str()) {
            None => Matched::Orphan,
            Some(_) if !came.settles => Matched::Noted,
            Some("expected") => Matched::InTime,
            Some("overdue" | "waived") => Matched::Late,
            Some(_) => Matched::Duplicate,
        };
        let side = match matched {
            Matched::InTime | Matched::Noted => None,
            Matched::Late => Some("late"),
            Matched::Duplicate => Some("duplicate"),
            Matched::Orphan => Some("orphan"),
        };
        sqlx::query(
            "WITH r AS (
                INSERT INTO as2_receipt (id, as2_from, as2_to, exchange, message_id, verdict, side, signed, disposition, detail, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes) VALUES ($1, 0, $12, $13, $14)
             ), k AS (
                UPDATE acknowledgement SET state = CASE WHEN $7 = 'late' THEN 'late_' ELSE '' END || $6, due_at = NULL, detail = $10
                WHERE answers = $5 AND kind = 'MDN' AND coalesce($7, 'late') = 'late' AND $15
             ), d AS (
                -- Repetitions that wait are not needed any more; what is just being sent ends by itself.
                UPDATE delivery SET state = 'delivered', finished_at = $11, next_try_at = NULL, detail = $10
                WHERE message_id = $5 AND state IN ('queued', 'deferred', 'uncertain') AND $6 <> 'rejected' AND $15 RETURNING id
             ), j AS (DELETE FROM job USING d WHERE job.kind = 'deliver' AND job.subject = d.id),
             m AS (UPDATE message SET state = 'sent', finished_at = $11 FROM d WHERE message.id = $5)
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($11), coalesce($5, $1), $11, 'receipt came',
                jsonb_strip_nulls(jsonb_build_object('verdict', $6, 'side', $7, 'disposition', $9, 'detail', $10, 'signed', $8))",
        )
        .bind(receipt)
        .bind(came.as2_from)
        .bind(came.as2_to)
        .bind(came.exchange)
        .bind(came.message)
        .bind(came.verdict)
        .bind(side)
        .bind(came.signed)
        .bind(came.disposition)
        .bind(came.detail)
        .bind(at(now))
        .bind(part.codec)
        .bind(part.size)
        .bind(part.bytes)
        .bind(came.settles)
        .execute(&mut *tx)
        .await?;
        if let (Some(message), true, true) = (came.message, came.settles, came.verdict != "rejected") {
            // Whoever answers has it, whatever our own try came to.
            handed_over(&mut tx, message, now).await?;
        }
        let mut mail = false;
        if let Some((raise, coalesce)) = raise.filter(|_| matched != Matched::Duplicate) {
            mail = raise_in(&mut tx, raise, coalesce, now).await?;
        }
        tx.commit().await?;
        if let (Matched::InTime | Matched::Late, Some((_, Some(seconds)))) = (matched, &state) {
            tally::answered("MDN", *seconds);
        }
        if mail {
            self.wake.ring(job::MAIL_LANE);
        }
        Ok(matched)
    }

    /// Receipts that should have come by now.
    pub async fn receipts_overdue(&self, now: Timestamp) -> Result<Vec<Overdue>> {
        type Row = (Uuid, Uuid, Option<String>, i32, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT k.id, a.message_id, d.target, a.resends, a.exchange
             FROM acknowledgement k JOIN as2 a ON a.message_id = k.answers
             LEFT JOIN delivery d ON d.message_id = a.message_id
             WHERE k.kind = 'MDN' AND k.state IN ('expected', 'overdue') AND k.due_at <= $1 ORDER BY k.due_at LIMIT 100",
        )
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(acknowledgement, message, partner, resends, exchange)| Overdue {
                acknowledgement,
                message,
                partner: partner.unwrap_or_default(),
                resends,
                exchange,
            })
            .collect())
    }

    /// Marks a receipt as overdue; with `resend`, the same bytes go out again. `false`: another node was first, or it came.
    pub async fn receipt_overdue(
        &self,
        overdue: &Overdue,
        resend: bool,
        raise: Option<(&Raise, SignedDuration)>,
        now: Timestamp,
    ) -> Result<bool> {
        let mut tx = self.pool.begin().await?;
        let marked = sqlx::query(
            "WITH k AS (
                UPDATE acknowledgement SET state = 'overdue', due_at = NULL
                WHERE id = $1 AND state IN ('expected', 'overdue') AND due_at <= $2 RETURNING answers
             ), a AS (UPDATE as2 SET resends = resends + 1 FROM k WHERE $3 AND message_id = k.answers)
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($2), answers, $2, 'receipt overdue', jsonb_build_object('resend', $3) FROM k",
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
            queue_again(&mut tx, overdue.message, now).await?;
        }
        let mut mail = false;
        if let Some((raise, coalesce)) = raise {
            mail = raise_in(&mut tx, raise, coalesce, now).await?;
        }
        tx.commit().await?;
        if resend {
            self.wake.ring(&partner_lane(&overdue.partner));
        }
        if mail {
            self.wake.ring(job::MAIL_LANE);
        }
        Ok(true)
    }
}

/// Before a message of ours goes out once more: where it was answered, as another AS2 message, under a Message-ID of its own that a
/// receipt is expected for. Its bytes stay. Under the old one the partner would take it for a repetition, and drop it. What was never
/// answered is repeated as it is (RFC 4130 section 5.5).
pub(in crate::ledger) async fn renew(
    tx: &mut sqlx::PgConnection,
    message: Uuid,
    now: Timestamp,
) -> Result<()> {
    let row: Option<(String, Json<Fields>)> = sqlx::query_as(
        "SELECT a.exchange, a.sealed_fields FROM as2 a WHERE a.message_id = $1 AND a.direction = 'out'
         AND (EXISTS (SELECT 1 FROM acknowledgement k WHERE k.answers = $1 AND k.kind = 'MDN' AND k.state ~ 'accepted|rejected')
              OR a.mdn = 'none' AND EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = $1 AND d.state = 'delivered'))
         FOR UPDATE OF a",
    )
    .bind(message)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((before, Json(mut fields))) = row else { return Ok(()) };
    let domain = before.trim_end_matches('>').rsplit('@').next().unwrap_or_default();
    let exchange = message_id(&id::new(now).simple().to_string(), domain);
    for (name, value) in &mut fields {
        if name.eq_ignore_ascii_case("Message-ID") {
            value.clone_from(&exchange);
        }
    }
    sqlx::query(
        "WITH a AS (UPDATE as2 SET exchange = $2, sealed_fields = $3, resends = 0 WHERE message_id = $1 AND direction = 'out'),
         s AS (INSERT INTO as2_sent (exchange, message_id) VALUES ($2, $1)),
         k AS (UPDATE acknowledgement SET state = 'expected', due_at = NULL, detail = NULL WHERE answers = $1 AND kind = 'MDN')
         INSERT INTO history (id, subject, at, event, detail)
         VALUES (id_new($4), $1, $4, 'another AS2 message', jsonb_build_object('message-id', $2::text, 'before', $5::text))",
    )
    .bind(message)
    .bind(&exchange)
    .bind(Json(&fields))
    .bind(at(now))
    .bind(before)
    .execute(tx)
    .await?;
    Ok(())
}
