//! AS2 in the ledger: how a message was packed, the receipt it was answered with, the frozen bytes of what we send, and the
//! receipts that come for it.
//!
//! A receipt of ours is written in the statement that accepts its message; it leaves only after. What we send is frozen once,
//! before the first try: whoever comes second finds it and sends the same. A receipt that comes is written whatever it is for:
//! the late, the repeated and the stray say so.

mod expected;
mod sent;
mod shown;

pub use expected::{ExpectedLine, Waived};
pub(super) use sent::renew;
pub use sent::{Expected, Freeze, Frozen, Matched, Overdue, ReceiptCame};
pub use shown::{As2Line, AttachmentLine, ReceiptLine};

use super::alert::{Raise, raise_in};
use super::id;
use super::job;
use super::message::{Attachment, Part, insert_part, pack};
use super::{Error, Ledger, Result, at};
use crate::tally;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::types::Json;
use std::io;
use uuid::Uuid;

/// A receipt that is wanted later leaves after the HTTP reply has ended; after this time also if nobody said that it has.
const REPLY_ENDS: SignedDuration = SignedDuration::from_secs(5);

/// Which receipt a message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mdn {
    None,
    Sync,
    Async,
}

impl Mdn {
    pub fn name(self) -> &'static str {
        match self {
            Mdn::None => "none",
            Mdn::Sync => "sync",
            Mdn::Async => "async",
        }
    }

    fn named(name: &str) -> Mdn {
        match name {
            "sync" => Mdn::Sync,
            "async" => Mdn::Async,
            _ => Mdn::None,
        }
    }
}

/// `sha-256` and the value in base64.
pub type MicText = (String, String);

/// Header fields, in their order.
pub type Fields = Vec<(String, String)>;

/// What AS2 knows of a message that came.
#[derive(Debug, Clone)]
pub struct As2In {
    pub as2_from: String,
    pub as2_to: String,
    /// Message-ID, as it came.
    pub exchange: String,
    /// What is kept is what was inside.
    pub opened: bool,
    /// How it was packed, what was noted.
    pub facts: Value,
    pub mic: Option<MicText>,
    pub mdn: Mdn,
    pub disposition: String,
    pub receipt: Option<Receipt>,
    /// What came, as it came, where it is small enough to be kept.
    pub raw: Option<Vec<u8>>,
}

/// A receipt of ours: signed, frozen.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub fields: Fields,
    pub bytes: Vec<u8>,
    /// Where it is wanted, if not in the reply.
    pub url: Option<String>,
}

/// The message that carries the receipt, where it is wanted later.
pub(crate) fn receipt_id(message: Uuid, as2: &As2In) -> Option<Uuid> {
    as2.receipt.as_ref()?.url.as_ref()?;
    Some(id::derive(message, "receipt", 0))
}

type Insert<'q, O> = QueryAs<'q, sqlx::Postgres, O, PgArguments>;

impl As2In {
    /// Binds the columns of its row, from `as2_from` to `raw`.
    pub(crate) fn bind<'q, O>(&'q self, query: Insert<'q, O>, receipt: Option<Uuid>) -> Insert<'q, O> {
        query
            .bind(&self.as2_from)
            .bind(&self.as2_to)
            .bind(&self.exchange)
            .bind(&self.facts)
            .bind(self.mic.as_ref().map(|(digest, _)| digest))
            .bind(self.mic.as_ref().map(|(_, value)| value))
            .bind(self.mdn.name())
            .bind(&self.disposition)
            .bind(self.receipt.as_ref().map(|receipt| Json(&receipt.fields)))
            .bind(self.receipt.as_ref().map(|receipt| &receipt.bytes))
            .bind(receipt)
            .bind(self.raw.as_ref())
            .bind(self.opened)
    }

    /// The receipt as a message of its own, to be sent once the reply has ended.
    pub(crate) async fn write_receipt(
        &self,
        tx: &mut sqlx::PgTransaction<'_>,
        message: Uuid,
        receipt_id: Uuid,
        connection: &str,
        now: Timestamp,
    ) -> Result<()> {
        use sha2::Digest;
        let Some(receipt) = &self.receipt else { return Ok(()) };
        let Part { codec, size, bytes } = pack(receipt.bytes.clone());
        let content_type = receipt.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        sqlx::query(
            "WITH m AS (
                INSERT INTO message (id, direction, state, partner, transport, remote, content_type, size, sha256, received_at)
                VALUES ($1, 'out', 'queued', $2, 'as2', $3, $4, $5, $6, $7) RETURNING id, position
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes) SELECT id, 0, $8, $9, $10 FROM m
             ), d AS (
                INSERT INTO delivery (id, message_id, target_kind, target, state, way, created_at)
                SELECT $11, id, 'partner', $2, 'queued', 'receipt', $7 FROM m
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($7), $1, $7, 'receipt', jsonb_build_object('for', $13::uuid, 'to', $3::text)
             )
             INSERT INTO job (lane, kind, subject, position, run_at)
             SELECT 'partner:' || $2, 'deliver', $11, position, $12 FROM m",
        )
        .bind(receipt_id)
        .bind(connection)
        .bind(receipt.url.as_deref())
        .bind(content_type.map(|(_, value)| value))
        .bind(i64::try_from(receipt.bytes.len()).unwrap_or(i64::MAX))
        .bind(sha2::Sha256::digest(&receipt.bytes).to_vec())
        .bind(at(now))
        .bind(codec)
        .bind(size)
        .bind(bytes)
        .bind(id::derive(receipt_id, "delivery", 0))
        .bind(at(now.checked_add(REPLY_ENDS).unwrap_or(now)))
        .bind(message)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

pub(crate) async fn insert_attachments(
    tx: &mut sqlx::PgTransaction<'_>,
    message: Uuid,
    attachments: Vec<Attachment<'_>>,
) -> Result<()> {
    for (ordinal, attachment) in (1u64..).zip(attachments) {
        let owner = id::derive(message, "attachment", ordinal);
        sqlx::query(
            "INSERT INTO attachment (id, message_id, ordinal, file_name, content_type, size, sha256)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(owner)
        .bind(message)
        .bind(i32::try_from(ordinal).unwrap_or(i32::MAX))
        .bind(attachment.file_name)
        .bind(attachment.content_type)
        .bind(i64::try_from(attachment.size).unwrap_or(i64::MAX))
        .bind(attachment.sha256.to_vec())
        .execute(&mut **tx)
        .await?;
        insert_parts(tx, owner, attachment.parts).await?;
    }
    Ok(())
}

pub(super) async fn insert_parts(
    tx: &mut sqlx::PgTransaction<'_>,
    owner: Uuid,
    mut parts: impl Iterator<Item = io::Result<Vec<u8>>>,
) -> Result<()> {
    let mut nth = 0;
    loop {
        let part = tokio::task::block_in_place(|| parts.next().map(|part| part.map(pack)));
        let Some(part) = part else { return Ok(()) };
        let part = part.map_err(|e| Error::Refused(format!("the spooled bytes cannot be read back: {e}")))?;
        insert_part(tx, owner, nth, part).await?;
        nth += 1;
    }
}

/// A message that could not be taken, with the receipt that says so.
pub struct RefusedArrival<'a> {
    /// The partner, unless it is a stranger.
    pub connection: Option<&'a str>,
    pub remote: Option<&'a str>,
    pub file_name: Option<&'a str>,
    pub content_type: Option<String>,
    pub profile: Option<&'a [u8; 32]>,
    /// Of what came over the wire; of what was inside, where it opened.
    pub size: u64,
    pub sha256: [u8; 32],
    /// Its beginning, or all of it, as in [`super::message::Arrival`].
    pub parts: Box<dyn Iterator<Item = io::Result<Vec<u8>>> + Send + 'a>,
    /// `decrypt`, `signature`, `duplicate`, `unparseable`.
    pub reason: &'static str,
    pub detail: &'a str,
    pub as2: &'a As2In,
}

/// The receipt that a message was answered with.
#[derive(Debug)]
pub struct Answered {
    pub mdn: Mdn,
    pub disposition: String,
    pub fields: Fields,
    pub bytes: Vec<u8>,
}

impl Ledger {
    /// Commits a message that is not taken: set aside for a person, with its receipt. Nothing of it is worked on.
    pub async fn refuse_as2(
        &self,
        refused: RefusedArrival<'_>,
        raise: &Raise,
        coalesce: SignedDuration,
        now: Timestamp,
    ) -> Result<Uuid> {
        let message = id::new(now);
        let receipt = receipt_id(message, refused.as2);
        let mut tx = self.pool.begin().await?;
        let query = sqlx::query_as::<_, (Uuid,)>(
            "WITH m AS (
                INSERT INTO message (id, direction, state, reason, detail, connection, partner, transport, remote, file_name,
                                     content_type, size, sha256, profile, received_at, finished_at)
                VALUES ($1, 'in', 'quarantined', $2, $3, $4, $4, 'as2', $5, $6, $7, $8, $9, $10, $11, $11)
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                VALUES (id_new($11), $1, $11, 'quarantined', jsonb_build_object('reason', $2, 'detail', $3))
             )
             INSERT INTO as2 (message_id, direction, at, as2_from, as2_to, exchange, facts, mic_digest, mic, mdn, disposition,
                              receipt_fields, receipt, receipt_id, raw, opened)
             VALUES ($1, 'in', $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) RETURNING message_id",
        )
        .bind(message)
        .bind(refused.reason)
        .bind(refused.detail)
        .bind(refused.connection)
        .bind(refused.remote)
        .bind(refused.file_name)
        .bind(refused.content_type)
        .bind(i64::try_from(refused.size).unwrap_or(i64::MAX))
        .bind(refused.sha256.to_vec())
        .bind(refused.profile.map(|hash| &hash[..]))
        .bind(at(now));
        refused.as2.bind(query, receipt).fetch_one(&mut *tx).await?;
        insert_parts(&mut tx, message, refused.parts).await?;
        if let (Some(receipt), Some(connection)) = (receipt, refused.connection) {
            refused.as2.write_receipt(&mut tx, message, receipt, connection, now).await?;
        }
        let raise = Raise { subject: Some(message), ..raise.clone() };
        let mail = raise_in(&mut tx, &raise, coalesce, now).await?;
        tx.commit().await?;
        tally::received("as2", "quarantined");
        if mail {
            self.wake.ring(job::MAIL_LANE);
        }
        Ok(message)
    }

    /// What a message that came was answered with.
    pub async fn as2_answer(&self, message: Uuid) -> Result<Option<Answered>> {
        type Row = (String, Option<String>, Option<Json<Fields>>, Option<Vec<u8>>);
        let row: Option<Row> = sqlx::query_as(
            "SELECT mdn, disposition, receipt_fields, receipt FROM as2 WHERE message_id = $1 AND direction = 'in'",
        )
        .bind(message)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(mdn, disposition, fields, bytes)| Answered {
            mdn: Mdn::named(&mdn),
            disposition: disposition.unwrap_or_default(),
            fields: fields.map(|Json(fields)| fields).unwrap_or_default(),
            bytes: bytes.unwrap_or_default(),
        }))
    }

    /// The HTTP reply to a message has ended: its receipt may leave. With `again`, also one that had left before.
    pub async fn release_receipt(&self, message: Uuid, again: bool, now: Timestamp) -> Result<()> {
        let lane: Option<(String,)> = sqlx::query_as(
            "WITH r AS (SELECT receipt_id FROM as2 WHERE message_id = $1 AND receipt_id IS NOT NULL),
             d AS (
                UPDATE delivery SET state = 'queued', finished_at = NULL, next_try_at = NULL, tries = 0, spared = 0
                FROM r WHERE delivery.message_id = r.receipt_id AND $2 AND delivery.state IN ('delivered', 'dead', 'held')
                RETURNING id, delivery.message_id, target
             ), m AS (UPDATE message SET state = 'queued', finished_at = NULL FROM d WHERE message.id = d.message_id),
             j AS (
                INSERT INTO job (lane, kind, subject, position, run_at)
                SELECT 'partner:' || d.target, 'deliver', d.id, m.position, $3 FROM d JOIN message m ON m.id = d.message_id
                ON CONFLICT (kind, subject) DO UPDATE SET state = 'ready', run_at = excluded.run_at, tries = 0 RETURNING lane
             ), u AS (
                UPDATE job SET run_at = $3 FROM r JOIN delivery ON delivery.message_id = r.receipt_id
                WHERE job.kind = 'deliver' AND job.subject = delivery.id AND job.state = 'ready' AND job.run_at > $3
                  AND NOT EXISTS (SELECT 1 FROM d) RETURNING job.lane
             )
             SELECT lane FROM j UNION ALL SELECT lane FROM u",
        )
        .bind(message)
        .bind(again)
        .bind(at(now))
        .fetch_optional(&self.pool)
        .await?;
        if let Some((lane,)) = lane {
            self.wake.ring(&lane);
        }
        Ok(())
    }

    /// Where the receipt that a message carries is to be sent, and its header fields.
    pub async fn as2_receipt_to_send(&self, receipt: Uuid) -> Result<Option<(String, Fields)>> {
        let row: Option<(Option<String>, Option<Json<Fields>>)> = sqlx::query_as(
            "SELECT m.remote, a.receipt_fields FROM message m JOIN as2 a ON a.receipt_id = m.id WHERE m.id = $1",
        )
        .bind(receipt)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(|(url, fields)| Some((url?, fields.map(|Json(fields)| fields)?))))
    }
}
