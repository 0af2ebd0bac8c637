//! Our own documents: handed over by our systems, put into interchanges, answered by partners.
//!
//! A document of ours is a transaction set with the direction `out`. What was handed over is a message of its own (the original
//! stays); the composed segments are the set's payload; the interchange that carries it is another message, frozen with its control
//! numbers. All of it is written through a [`Process`], so taking a document and sending it off is one commit where nothing has to
//! wait. A key of the caller's own making is used once: the same again is the earlier document, with other content it is refused.

use super::audit::{self, Actor, Change, On};
use super::due::Says;
use super::process::{Parts, Process};
use super::{Error, Ledger, Result, at, job};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

/// A document as one of our systems handed it over.
#[derive(Debug)]
pub struct Taken<'a> {
    pub actor: &'a Actor,
    /// The message it was handed over in.
    pub message: Uuid,
    pub set: Uuid,
    /// Who handed it over: a client's name, an endpoint's.
    pub source: &'a str,
    /// `api`, `directory`, `sftp`.
    pub transport: &'static str,
    pub remote: Option<&'a str>,
    pub file_name: Option<&'a str>,
    pub content_type: Option<&'a str>,
    /// Scope and key; absent: it is never a repetition.
    pub key: Option<(&'a str, &'a str)>,
    /// What was handed over, as it came.
    pub body: &'a [u8],
    /// SHA-256 of what makes two the same: the body, and to whom it goes.
    pub sha256: [u8; 32],
    pub partner: &'a str,
    pub station: &'a str,
    pub profile: &'a [u8; 32],
    pub code: &'a str,
    pub version: &'a str,
    pub functional_id: &'a str,
    pub usage: char,
    pub document: &'a str,
    pub number: Option<&'a str>,
    /// Of the first order it names; of the further ones; and orders that nobody has placed yet.
    pub thread: Uuid,
    pub further: &'a [Uuid],
    pub unplaced: &'a [String],
    pub says: Says,
    pub findings: &'a serde_json::Value,
    /// The composed segments, frozen.
    pub segments: &'a [u8],
    /// `translated`, or `held` with its reason.
    pub state: &'static str,
    pub reason: Option<&'a str>,
    /// When it leaves at the latest.
    pub leaves_at: Timestamp,
    /// As many waiting for this partner leave at once.
    pub batch: Option<i64>,
}

/// What was handed over under a key before.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    pub message: Uuid,
    pub same: bool,
}

/// A document that waits for its interchange.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Waiting {
    pub id: Uuid,
    pub code: String,
    pub version: String,
    pub functional_id: String,
    pub usage: String,
    pub station: String,
}

/// An interchange of ours with everything that hangs on it.
#[derive(Debug)]
pub struct Interchange {
    /// The message that carries it.
    pub message: Uuid,
    pub delivery: Uuid,
    pub interchange: Uuid,
    pub partner: String,
    /// The partner whose connection carries it.
    pub target: String,
    pub station: String,
    pub transport: &'static str,
    pub way: &'static str,
    pub file_name: String,
    pub bytes: Vec<u8>,
    pub standard: &'static str,
    pub sender: String,
    pub receiver: String,
    pub control_number: String,
    pub version: String,
    pub usage: char,
    pub sets: Vec<Enveloped>,
    pub expected: Vec<Expected>,
}

/// Where a document stands in its interchange.
#[derive(Debug, Clone, Serialize)]
pub struct Enveloped {
    pub id: Uuid,
    pub group_number: String,
    pub control_number: String,
}

/// An answer that is owed to us.
#[derive(Debug, Clone, Serialize)]
pub struct Expected {
    pub id: Uuid,
    /// `997`, `CONTRL`, `855`.
    pub kind: String,
    /// The document that is to be answered; none: the interchange itself (TA1).
    pub set_id: Option<Uuid>,
    pub group_number: Option<String>,
    /// Seconds from the hand-over of the message.
    pub due_in: Option<i64>,
    /// In their place: the terms by which it is due.
    pub due_terms: Option<Vec<String>>,
}

impl Ledger {
    /// What this key was used for.
    pub async fn handed_over_before(
        &self,
        (scope, key): (&str, &str),
        sha256: &[u8; 32],
    ) -> Result<Option<Before>> {
        let row: Option<(Uuid, bool)> =
            sqlx::query_as("SELECT message_id, sha256 = $3 FROM idempotency WHERE scope = $1 AND key = $2")
                .bind(scope)
                .bind(key)
                .bind(&sha256[..])
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|(message, same)| Before { message, same }))
    }

    /// Partners with documents that are to leave now.
    pub async fn partners_with_documents_due(&self, now: Timestamp) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT partner FROM transaction_set
             WHERE direction = 'out' AND state = 'translated' AND leaves_at <= $1 ORDER BY partner",
        )
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?)
    }
}

impl Process<'_> {
    /// Writes a document that was handed over. `Some`: its key was used before, and nothing is written.
    ///
    /// # Errors
    /// The ledger's: nothing was taken.
    pub async fn take_document(&mut self, taken: &Taken<'_>) -> Result<Option<Before>> {
        if let Some((scope, key)) = taken.key {
            // An update that changes nothing waits for whoever is just committing the same key.
            let before: (Uuid, bool) = sqlx::query_as(
                "INSERT INTO idempotency AS i (scope, key, message_id, sha256, at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (scope, key) DO UPDATE SET at = i.at RETURNING message_id, sha256 = $4",
            )
            .bind(scope)
            .bind(key)
            .bind(taken.message)
            .bind(&taken.sha256[..])
            .bind(at(self.now()))
            .fetch_one(self.connection())
            .await?;
            if before.0 != taken.message {
                return Ok(Some(Before { message: before.0, same: before.1 }));
            }
        }
        let mut parts = Parts::default();
        parts.push(taken.message, taken.body);
        parts.push(taken.set, taken.segments);
        let now = at(self.now());
        sqlx::query(
            "WITH m AS (
                INSERT INTO message (id, direction, state, connection, partner, station, transport, remote, file_name,
                    content_type, size, sha256, profile, received_at, finished_at)
                VALUES ($1, 'in', 'done', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT owner, part, codec, size, bytes
                FROM unnest($13::uuid[], $14::int[], $15::smallint[], $16::int[], $17::bytea[]) AS n (owner, part, codec, size, bytes)
             ), s AS (
                INSERT INTO transaction_set (id, message_id, ordinal, group_number, functional_id, version, code, control_number,
                    partner, usage, state, reason, document, number, findings, thread_id, received_at, direction, source, station,
                    leaves_at, ships_from, ships_till, arrives_from, arrives_till)
                SELECT $18, $1, 1, '', $19, $20, $21, '', $3, $22, $23, $24, $25, $26, $27, $28, $12, 'out', $2, $4, $29, y.*
                FROM jsonb_to_record($32) AS y (ships_from timestamptz, ships_till timestamptz, arrives_from timestamptz,
                    arrives_till timestamptz)
             ), more AS (
                INSERT INTO thread_member (thread_id, set_id) SELECT thread, $18 FROM unnest($30::uuid[]) AS f (thread)
             ), waits AS (
                INSERT INTO thread_open (number, set_id, thread_id) SELECT number, $18, $28 FROM unnest($31::text[]) AS u (number)
             ), placed AS (
                DELETE FROM thread_open o WHERE $25 = 'purchase-order' AND o.number = $26 RETURNING o.set_id, o.thread_id AS old
             ), moved AS (
                UPDATE transaction_set t SET thread_id = $28 FROM placed WHERE t.id = placed.set_id AND t.thread_id = placed.old
             ), moved_too AS (
                UPDATE thread_member t SET thread_id = $28 FROM placed
                WHERE t.set_id = placed.set_id AND t.thread_id = placed.old AND placed.old <> $28
             )
             INSERT INTO history (id, subject, at, event, detail)
             VALUES (id_new($12), $18, $12, 'handed over', jsonb_strip_nulls(jsonb_build_object('by', $2::text, 'via', $5::text,
                'reason', $24::text)))",
        )
        .bind(taken.message)
        .bind(taken.source)
        .bind(taken.partner)
        .bind(taken.station)
        .bind(taken.transport)
        .bind(taken.remote)
        .bind(taken.file_name)
        .bind(taken.content_type)
        .bind(i64::try_from(taken.body.len()).unwrap_or(i64::MAX))
        .bind(&taken.sha256[..])
        .bind(&taken.profile[..])
        .bind(now)
        .bind(parts.owner)
        .bind(parts.part)
        .bind(parts.codec)
        .bind(parts.size)
        .bind(parts.bytes)
        .bind(taken.set)
        .bind(taken.functional_id)
        .bind(taken.version)
        .bind(taken.code)
        .bind(taken.usage.to_string())
        .bind(taken.state)
        .bind(taken.reason)
        .bind(taken.document)
        .bind(taken.number)
        .bind(taken.findings)
        .bind(taken.thread)
        .bind(at(taken.leaves_at))
        .bind(taken.further)
        .bind(taken.unplaced)
        .bind(Json(&taken.says))
        .execute(self.connection())
        .await?;
        let change = Change::new("hand over", On::Document(taken.set)).of(Some(taken.partner));
        let detail = json!({ "set": taken.code, "number": taken.number, "message": taken.message, "state": taken.state });
        let instant = self.now();
        audit::write(self.connection(), taken.actor, &change.with(detail), instant).await?;
        if let Some(batch) = taken.batch {
            self.full_batch(taken.partner, batch).await?;
        }
        Ok(None)
    }

    /// Enough wait: they leave at once.
    async fn full_batch(&mut self, partner: &str, batch: i64) -> Result<()> {
        let now = at(self.now());
        sqlx::query(
            "UPDATE transaction_set SET leaves_at = $2
             WHERE direction = 'out' AND state = 'translated' AND partner = $1 AND leaves_at > $2 AND $3 <= (
                SELECT count(*) FROM transaction_set WHERE direction = 'out' AND state = 'translated' AND partner = $1)",
        )
        .bind(partner)
        .bind(now)
        .bind(batch)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Locks what waits for a partner, the oldest first; what another gateway is just sending off is left out.
    pub async fn lock_waiting(&mut self, partner: &str, most: i64) -> Result<Vec<Waiting>> {
        let now = at(self.now());
        Ok(sqlx::query_as(
            "SELECT id, code, version, functional_id, usage, station FROM transaction_set
             WHERE direction = 'out' AND state = 'translated' AND partner = $1 AND leaves_at <= $2
             ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED",
        )
        .bind(partner)
        .bind(now)
        .bind(most)
        .fetch_all(self.connection())
        .await?)
    }

    /// The next control numbers of an identity pair, inside this transaction: what is not committed is not used up. Other
    /// interchanges of the pair wait for the commit.
    pub async fn gapless_numbers(&mut self, sender: &str, receiver: &str) -> Result<(u32, u32)> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "INSERT INTO control_number AS c (kind, sender, receiver, last)
             VALUES ('group', $1, $2, 1), ('interchange', $1, $2, 1)
             ON CONFLICT (kind, sender, receiver) DO UPDATE SET last = c.last % 999999999 + 1
             RETURNING kind, last",
        )
        .bind(sender)
        .bind(receiver)
        .fetch_all(self.connection())
        .await?;
        let of = |kind: &str| {
            let last = rows.iter().find(|(k, _)| k == kind).map_or(0, |(_, last)| *last);
            u32::try_from(last).unwrap_or_default()
        };
        Ok((of("interchange"), of("group")))
    }

    /// Further groups of the same interchange use these numbers too.
    pub async fn gapless_groups(&mut self, sender: &str, receiver: &str, more: u32) -> Result<()> {
        if more > 0 {
            sqlx::query(
                "UPDATE control_number SET last = (last + $3 - 1) % 999999999 + 1
                 WHERE kind = 'group' AND sender = $1 AND receiver = $2",
            )
            .bind(sender)
            .bind(receiver)
            .bind(i64::from(more))
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Freezes an interchange of ours: its bytes, its place in the ledger, the obligation to get it to the partner, and the answers
    /// that are owed to us from then on.
    ///
    /// # Errors
    /// [`Error::Refused`] where one of its documents does not wait any more: roll back.
    pub async fn write_interchange(&mut self, out: &Interchange) -> Result<()> {
        use sha2::Digest;
        let mut parts = Parts::default();
        parts.push(out.message, &out.bytes);
        if out.way != "outbox" {
            self.wakes(job::partner_lane(&out.target));
        }
        let now = at(self.now());
        let written: i64 = sqlx::query_scalar(
            "WITH m AS (
                INSERT INTO message (id, direction, state, partner, station, transport, file_name, size, sha256, received_at)
                VALUES ($1, 'out', 'queued', $2, $3, $4, $5, $6, $7, $8) RETURNING id, position
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT owner, part, codec, size, bytes
                FROM unnest($9::uuid[], $10::int[], $11::smallint[], $12::int[], $13::bytea[]) AS n (owner, part, codec, size, bytes)
             ), i AS (
                INSERT INTO interchange (id, message_id, ordinal, standard, sender, receiver, control_number, version, usage,
                    state, note_code)
                VALUES ($14, $1, 1, $15, $16, $17, $18, $19, $20, 'ours', '')
             ), d AS (
                INSERT INTO delivery (id, message_id, target_kind, target, state, way, created_at)
                VALUES ($21, $1, 'partner', $22, 'queued', $23, $8)
             ), j AS (
                INSERT INTO job (lane, kind, subject, position, run_at)
                SELECT 'partner:' || $22, 'deliver', $21, position, $8 FROM m WHERE $23 <> 'outbox'
             ), n AS (
                SELECT * FROM jsonb_to_recordset($24) AS n (id uuid, group_number text, control_number text)
             ), s AS (
                UPDATE transaction_set t SET state = 'routed', interchange_id = $14, group_number = n.group_number,
                    control_number = n.control_number, leaves_at = NULL
                FROM n WHERE t.id = n.id AND t.direction = 'out' AND t.state = 'translated' RETURNING t.id
             ), x AS (
                INSERT INTO acknowledgement (id, direction, kind, state, interchange_id, group_number, set_id, answers, due_in,
                    due_terms, at)
                SELECT id, 'expected', kind, 'expected', $14, group_number, set_id, $1, due_in, due_terms, $8
                FROM jsonb_to_recordset($25) AS e (id uuid, kind text, set_id uuid, group_number text, due_in bigint, due_terms text[])
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($8), n.id, $8, 'put into an interchange',
                    jsonb_build_object('message', $1, 'interchange', $18::text, 'group', n.group_number, 'set', n.control_number)
                FROM n
             )
             SELECT count(*) FROM s",
        )
        .bind(out.message)
        .bind(&out.partner)
        .bind(&out.station)
        .bind(out.transport)
        .bind(&out.file_name)
        .bind(i64::try_from(out.bytes.len()).unwrap_or(i64::MAX))
        .bind(sha2::Sha256::digest(&out.bytes).to_vec())
        .bind(now)
        .bind(parts.owner)
        .bind(parts.part)
        .bind(parts.codec)
        .bind(parts.size)
        .bind(parts.bytes)
        .bind(out.interchange)
        .bind(out.standard)
        .bind(&out.sender)
        .bind(&out.receiver)
        .bind(&out.control_number)
        .bind(&out.version)
        .bind(out.usage.to_string())
        .bind(out.delivery)
        .bind(&out.target)
        .bind(out.way)
        .bind(Json(&out.sets))
        .bind(Json(&out.expected))
        .fetch_one(self.connection())
        .await?;
        if usize::try_from(written).ok() != Some(out.sets.len()) {
            return Err(Error::Refused(format!(
                "{} of {} documents for {} do not wait any more: they were held, cancelled or sent meanwhile",
                out.sets.len() as i64 - written,
                out.sets.len(),
                out.partner
            )));
        }
        Ok(())
    }
}

/// The frozen segments of a document of ours and what it goes as, for a new interchange.
impl Ledger {
    /// # Errors
    /// [`Error::NotFound`] where it is none of ours.
    pub async fn frozen_segments(&self, set: Uuid) -> Result<Vec<u8>> {
        let ours: Option<bool> =
            sqlx::query_scalar("SELECT direction = 'out' FROM transaction_set WHERE id = $1")
                .bind(set)
                .fetch_optional(&self.pool)
                .await?;
        match ours {
            Some(true) => self.payload(set).await,
            _ => Err(Error::NotFound(format!("document {set} of ours"))),
        }
    }
}

/// How one answer to a document of ours stands.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct AnswerLine {
    /// `997`, `CONTRL`, `855`.
    pub kind: String,
    pub state: String,
    pub code: Option<String>,
    pub due_at: Option<String>,
    /// The message that it came in.
    pub message_id: Option<Uuid>,
    pub detail: Option<String>,
}

impl Ledger {
    /// What a partner owes for a document of ours, or has answered; of a document of theirs what we owe.
    pub async fn answers_to(&self, set: Uuid) -> Result<Vec<AnswerLine>> {
        Ok(sqlx::query_as(
            "SELECT kind, state, code, instant(due_at) AS due_at, message_id, detail FROM acknowledgement
             WHERE set_id = $1 AND direction IN ('expected', 'ours') ORDER BY at, kind",
        )
        .bind(set)
        .fetch_all(&self.pool)
        .await?)
    }
}

/// An interchange that a document of ours left in.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct LeftIn {
    pub message_id: Uuid,
    pub control_number: Option<String>,
    pub group_number: Option<String>,
    pub set_number: Option<String>,
    pub file_name: Option<String>,
    pub at: String,
}

/// An answer of a partner to a document of ours, as it came.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct CameLine {
    pub kind: String,
    pub verdict: String,
    pub side: Option<String>,
    pub detail: Option<String>,
    pub message_id: Uuid,
    pub at: String,
}

impl Ledger {
    /// The interchanges that a document left in, the latest last.
    pub async fn left_in(&self, set: Uuid) -> Result<Vec<LeftIn>> {
        Ok(sqlx::query_as(
            "SELECT m.id AS message_id, h.detail->>'interchange' AS control_number, h.detail->>'group' AS group_number,
                h.detail->>'set' AS set_number, m.file_name, instant(h.at) AS at
             FROM history h JOIN message m ON m.id = (h.detail->>'message')::uuid
             WHERE h.subject = $1 AND h.event = 'put into an interchange' ORDER BY h.id",
        )
        .bind(set)
        .fetch_all(&self.pool)
        .await?)
    }

    /// What partners answered, also the late and the repeated.
    pub async fn came_for(&self, set: Uuid) -> Result<Vec<CameLine>> {
        Ok(sqlx::query_as(
            "SELECT kind, verdict, side, detail, message_id, instant(at) AS at FROM answer WHERE set_id = $1 ORDER BY at, id",
        )
        .bind(set)
        .fetch_all(&self.pool)
        .await?)
    }
}
