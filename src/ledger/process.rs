//! The write side of processing a message: envelope verdicts, transaction sets, what is owed to our systems and to the partner.
//!
//! A [`Process`] is one short transaction, opened when everything is computed. A message that is small enough is one such
//! transaction; a large one commits its frame first, then its sets in batches. Ids are derived from the message's, so a worker
//! that was killed in between is repeated without effect: every insert skips what is there.
//!
//! Rows go over as one JSON array a statement (`jsonb_to_recordset`), so a batch is one statement whatever its size.

use super::alert::{self, Raise};
use super::due::Says;
use super::job::Lease;
use super::message::{self, PART, Quarantine, pack};
use super::{Ledger, Result, at, id, job};
use crate::tally;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

/// One interchange and what we say of it.
#[derive(Debug, Clone, Serialize)]
pub struct InterchangeRow {
    pub id: Uuid,
    pub ordinal: i32,
    pub station: String,
    pub standard: &'static str,
    /// `01:123456789`.
    pub sender: String,
    pub receiver: String,
    pub control_number: String,
    pub version: String,
    pub usage: String,
    /// `accepted`, `accepted_with_errors`, `rejected`, `duplicate`, `held`.
    pub state: &'static str,
    pub note_code: String,
    pub findings: serde_json::Value,
    /// SHA-256 of the interchange's own bytes, in hex.
    pub sha256: String,
}

/// What came under the same control number before.
#[derive(Debug, Clone)]
pub struct SeenBefore {
    pub interchange: Uuid,
    pub earlier_message: Uuid,
    pub earlier_interchange: Uuid,
    pub same_content: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct SetRow {
    pub id: Uuid,
    pub interchange: Uuid,
    pub ordinal: i32,
    pub group_number: String,
    pub functional_id: String,
    pub version: String,
    pub code: String,
    pub control_number: String,
    pub partner: String,
    pub usage: String,
    pub state: &'static str,
    pub reason: Option<String>,
    /// `A`, `E`, `R`; `None` where the set is never acknowledged.
    pub answer: Option<&'static str>,
    pub document: Option<String>,
    pub number: Option<String>,
    pub findings: serde_json::Value,
    pub unmapped: i32,
    /// Of the first order it names.
    pub thread: Uuid,
    /// Of the further ones.
    pub further: Vec<Uuid>,
    /// Orders it names that nobody has placed yet.
    pub unplaced: Vec<String>,
    #[serde(flatten)]
    pub says: Says,
    /// The frozen event for our systems.
    #[serde(skip)]
    pub event: Option<Vec<u8>>,
    pub deliveries: Vec<DeliveryRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DeliveryRow {
    pub id: Uuid,
    /// Endpoint name.
    pub target: String,
    /// `http`, `directory` or `events`.
    pub way: &'static str,
    /// Deliveries of the same key keep the order of receipt.
    pub order_key: Option<String>,
}

/// A message of ours to a partner, frozen.
#[derive(Debug)]
pub struct OutMessage {
    pub id: Uuid,
    pub delivery: Uuid,
    pub partner: String,
    /// The partner whose connection carries it: itself, or the network it comes via.
    pub target: String,
    pub station: String,
    pub transport: &'static str,
    /// `post`, `directory`, `outbox`.
    pub way: &'static str,
    pub file_name: String,
    pub bytes: Vec<u8>,
    pub acknowledgements: Vec<AcknowledgementRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct AcknowledgementRow {
    pub id: Uuid,
    /// `TA1`, `997`.
    pub kind: &'static str,
    pub interchange: Uuid,
    pub group_number: Option<String>,
    pub code: String,
}

pub struct Process<'a> {
    ledger: &'a Ledger,
    tx: sqlx::PgTransaction<'a>,
    now: Timestamp,
    position: i64,
    message: Uuid,
    /// Rung once committed.
    lanes: Vec<String>,
    /// Counted once committed: answers that settled something, with the seconds since the hand-over.
    answered: Vec<(String, f64)>,
}

impl Ledger {
    /// `message` and `position`: the message being worked on.
    pub async fn begin_process(&self, message: Uuid, position: i64, now: Timestamp) -> Result<Process<'_>> {
        let tx = self.pool.begin().await?;
        Ok(Process { ledger: self, tx, now, position, message, lanes: Vec::new(), answered: Vec::new() })
    }
}

impl Process<'_> {
    /// Notes the control numbers as seen. Returns those that another interchange used since `oldest` (a date in the future
    /// makes these rows the ones that count from now on, whatever came before). The rows' keys are distinct: repetitions inside one message are the caller's to find.
    pub async fn see_interchanges(
        &mut self,
        rows: &[InterchangeRow],
        oldest: Timestamp,
    ) -> Result<Vec<SeenBefore>> {
        let found: Vec<(Uuid, Uuid, Uuid, bool)> = sqlx::query_as(
            "WITH new AS (
                SELECT id, station, standard, sender, receiver, control_number, usage, decode(sha256, 'hex') AS sha256
                FROM jsonb_to_recordset($1) AS n (id uuid, station text, standard text, sender text, receiver text,
                                                  control_number text, usage text, sha256 text)
             ), put AS (
                -- Always an update, so that a row which another transaction is just committing is waited for and returned:
                -- a join would look at this statement's older snapshot and miss it.
                INSERT INTO interchange_seen AS s
                    (station, standard, sender, receiver, control_number, usage, message_id, interchange_id, sha256, at)
                SELECT station, standard, sender, receiver, control_number, usage, $2, id, sha256, $3 FROM new
                ORDER BY station, standard, sender, receiver, control_number, usage
                ON CONFLICT (station, standard, sender, receiver, control_number, usage) DO UPDATE SET
                    message_id = CASE WHEN s.at < $4 THEN excluded.message_id ELSE s.message_id END,
                    interchange_id = CASE WHEN s.at < $4 THEN excluded.interchange_id ELSE s.interchange_id END,
                    sha256 = CASE WHEN s.at < $4 THEN excluded.sha256 ELSE s.sha256 END,
                    at = CASE WHEN s.at < $4 THEN excluded.at ELSE s.at END
                RETURNING s.*
             )
             SELECT n.id, p.message_id, p.interchange_id, p.sha256 = n.sha256
             FROM new n JOIN put p USING (station, standard, sender, receiver, control_number, usage)
             WHERE n.id <> p.interchange_id",
        )
        .bind(Json(rows))
        .bind(self.message)
        .bind(at(self.now))
        .bind(at(oldest))
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(found
            .into_iter()
            .map(|(interchange, earlier_message, earlier_interchange, same_content)| SeenBefore {
                interchange,
                earlier_message,
                earlier_interchange,
                same_content,
            })
            .collect())
    }

    /// Writes the envelopes' verdicts: from here on the answer to them does not change.
    pub async fn write_frame(&mut self, rows: &[InterchangeRow], partner: &str, station: &str) -> Result<()> {
        sqlx::query(
            "WITH m AS (UPDATE message SET state = 'framed', partner = $3, station = $4 WHERE id = $2)
             INSERT INTO interchange (id, message_id, ordinal, standard, sender, receiver, control_number, version, usage,
                                      state, note_code, findings)
             SELECT id, $2, ordinal, standard, sender, receiver, control_number, version, usage, state, note_code, findings
             FROM jsonb_to_recordset($1) AS n (id uuid, ordinal int, standard text, sender text, receiver text,
                control_number text, version text, usage text, state text, note_code text, findings jsonb)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, note_code = excluded.note_code, findings = excluded.findings
                WHERE interchange.state = 'held'",
        )
        .bind(Json(rows))
        .bind(self.message)
        .bind(partner)
        .bind(station)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Notes document numbers as seen; returns `(set, earlier set)` for those another set had before. Numbers within one call
    /// are distinct.
    pub async fn see_documents(&mut self, seen: &[DocumentSeen<'_>]) -> Result<Vec<(Uuid, Uuid)>> {
        if seen.is_empty() {
            return Ok(Vec::new());
        }
        let found = sqlx::query_as(
            "WITH new AS (
                SELECT * FROM jsonb_to_recordset($1) AS n (partner text, document text, number text, id uuid)
             ), put AS (
                INSERT INTO document_seen AS s (partner, document, number, set_id, at)
                SELECT partner, document, number, id, $2 FROM new ORDER BY partner, document, number
                ON CONFLICT (partner, document, number) DO UPDATE SET at = s.at
                RETURNING s.*
             )
             SELECT n.id, p.set_id FROM new n JOIN put p USING (partner, document, number) WHERE n.id <> p.set_id",
        )
        .bind(Json(seen))
        .bind(at(self.now))
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(found)
    }

    /// Writes sets with their events, deliveries and the deliveries' jobs. A set that is there already is left as it is.
    pub async fn write_sets(&mut self, rows: &[SetRow], received_at: Timestamp) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.lanes.extend(rows.iter().flat_map(|r| &r.deliveries).map(|d| job::endpoint_lane(&d.target)));
        let mut parts = Parts::default();
        for row in rows {
            if let Some(event) = &row.event {
                parts.push(row.id, event);
            }
        }
        sqlx::query(
            "WITH new AS (
                SELECT * FROM jsonb_to_recordset($1) AS n (id uuid, interchange uuid, ordinal int, group_number text,
                    functional_id text, version text, code text, control_number text, partner text, usage text, state text,
                    reason text, answer text, document text, number text, findings jsonb, unmapped int, thread uuid,
                    deliveries jsonb, further jsonb, unplaced jsonb, ships_from timestamptz, ships_till timestamptz,
                    arrives_from timestamptz, arrives_till timestamptz)
             ), s AS (
                INSERT INTO transaction_set (id, message_id, interchange_id, ordinal, group_number, functional_id, version, code,
                    control_number, partner, usage, state, reason, answer, document, number, findings, unmapped, thread_id,
                    open_deliveries, received_at, finished_at, ships_from, ships_till, arrives_from, arrives_till)
                SELECT id, $2, interchange, ordinal, group_number, functional_id, version, code, control_number, partner, usage,
                    state, reason, answer, document, number, findings, unmapped, thread, jsonb_array_length(deliveries), $3,
                    CASE WHEN state IN ('done', 'rejected') THEN $4 END, ships_from, ships_till, arrives_from, arrives_till
                FROM new ON CONFLICT (id) DO NOTHING RETURNING id
             ), more AS (
                INSERT INTO thread_member (thread_id, set_id)
                SELECT f.thread::uuid, new.id FROM new JOIN s USING (id), jsonb_array_elements_text(new.further) AS f (thread)
             ), waits AS (
                INSERT INTO thread_open (number, set_id, thread_id)
                SELECT u.number, new.id, new.thread FROM new JOIN s USING (id), jsonb_array_elements_text(new.unplaced) AS u (number)
                WHERE new.state <> 'rejected'
             ), placed AS (
                DELETE FROM thread_open o USING new, s
                WHERE s.id = new.id AND new.document = 'purchase-order' AND new.state <> 'rejected' AND o.number = new.number
                RETURNING o.set_id, o.thread_id AS old, new.thread
             ), moved AS (
                UPDATE transaction_set t SET thread_id = placed.thread FROM placed
                WHERE t.id = placed.set_id AND t.thread_id = placed.old AND placed.old <> placed.thread
             ), moved_too AS (
                UPDATE thread_member t SET thread_id = placed.thread FROM placed
                WHERE t.set_id = placed.set_id AND t.thread_id = placed.old AND placed.old <> placed.thread
             ), joined AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($4), set_id, $4, 'joined the thread of an order', jsonb_build_object('thread', thread, 'before', old)
                FROM placed WHERE old <> thread
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT owner, part, codec, size, bytes
                FROM unnest($5::uuid[], $6::int[], $7::smallint[], $8::int[], $9::bytea[]) AS n (owner, part, codec, size, bytes)
                WHERE owner IN (SELECT id FROM s)
             ), owed AS (
                SELECT d.*, new.id AS set_id, new.partner FROM new JOIN s USING (id),
                    jsonb_to_recordset(new.deliveries) AS d (id uuid, target text, way text, order_key text)
             ), d AS (
                INSERT INTO delivery (id, set_id, target_kind, target, state, way, created_at)
                SELECT id, set_id, 'endpoint', target, 'queued', way, $4 FROM owed
             ), j AS (
                INSERT INTO job (lane, kind, subject, order_key, partner, position, run_at)
                SELECT 'endpoint:' || target, 'deliver', id, order_key, (SELECT connection FROM message WHERE id = $2), $10, $4
                FROM owed
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($4), id, $4, state, jsonb_strip_nulls(jsonb_build_object('reason', reason, 'answer', answer))
             FROM new JOIN s USING (id)",
        )
        .bind(Json(rows))
        .bind(self.message)
        .bind(at(received_at))
        .bind(at(self.now))
        .bind(parts.owner)
        .bind(parts.part)
        .bind(parts.codec)
        .bind(parts.size)
        .bind(parts.bytes)
        .bind(self.position)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Writes an answer: frozen bytes, the acknowledgements it settles, and the obligation to get it to the partner.
    pub async fn write_out(&mut self, out: &OutMessage) -> Result<()> {
        use sha2::Digest;
        let mut parts = Parts::default();
        parts.push(out.id, &out.bytes);
        if out.way != "outbox" {
            self.lanes.push(job::partner_lane(&out.target));
        }
        sqlx::query(
            "WITH m AS (
                INSERT INTO message (id, direction, state, partner, station, transport, file_name, size, sha256, received_at)
                VALUES ($1, 'out', 'queued', $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING id, position
             ), p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT owner, part, codec, size, bytes
                FROM m, unnest($9::uuid[], $10::int[], $11::smallint[], $12::int[], $13::bytea[]) AS n (owner, part, codec, size, bytes)
             ), d AS (
                INSERT INTO delivery (id, message_id, target_kind, target, state, way, created_at)
                SELECT $14, id, 'partner', $18, 'queued', $15, $8 FROM m
             ), j AS (
                INSERT INTO job (lane, kind, subject, position, run_at)
                SELECT 'partner:' || $18, 'deliver', $14, position, $8 FROM m WHERE $15 <> 'outbox'
             ), a AS (
                INSERT INTO acknowledgement (id, direction, kind, state, interchange_id, group_number, code, message_id, at)
                SELECT n.id, 'owed', kind, 'generated', interchange, group_number, code, $1, $8
                FROM m, jsonb_to_recordset($16) AS n (id uuid, kind text, interchange uuid, group_number text, code text)
                ON CONFLICT (id) DO UPDATE SET state = 'generated', code = excluded.code, message_id = excluded.message_id
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($8), $17, $8, 'acknowledgement generated', jsonb_build_object('message', id, 'kinds',
                (SELECT jsonb_agg(kind || ' ' || code) FROM jsonb_to_recordset($16) AS n (kind text, code text))) FROM m",
        )
        .bind(out.id)
        .bind(&out.partner)
        .bind(&out.station)
        .bind(out.transport)
        .bind(&out.file_name)
        .bind(i64::try_from(out.bytes.len()).unwrap_or(i64::MAX))
        .bind(sha2::Sha256::digest(&out.bytes).to_vec())
        .bind(at(self.now))
        .bind(parts.owner)
        .bind(parts.part)
        .bind(parts.codec)
        .bind(parts.size)
        .bind(parts.bytes)
        .bind(out.delivery)
        .bind(out.way)
        .bind(Json(&out.acknowledgements))
        .bind(self.message)
        .bind(&out.target)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The partner repeated an interchange: the original answer goes out again, the same bytes. Nothing to do while the
    /// original is on its way, or was never owed.
    pub async fn answer_again(&mut self, earlier_interchange: Uuid) -> Result<u64> {
        let again: Vec<(String,)> = sqlx::query_as(
            "WITH d AS (
                UPDATE delivery SET state = 'queued', finished_at = NULL, next_try_at = NULL, read_at = NULL
                WHERE state IN ('delivered', 'dead', 'held') AND message_id IN (
                    SELECT message_id FROM acknowledgement WHERE interchange_id = $1 AND direction = 'owed' AND message_id IS NOT NULL)
                RETURNING id, message_id, target, way
             ), j AS (
                INSERT INTO job (lane, kind, subject, position, run_at)
                SELECT 'partner:' || d.target, 'deliver', d.id, m.position, $2 FROM d JOIN message m ON m.id = d.message_id
                WHERE d.way <> 'outbox' ON CONFLICT (kind, subject) DO UPDATE SET state = 'ready', run_at = excluded.run_at, tries = 0
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($2), $3, $2, 'original answer sent again', jsonb_build_object('message', message_id) FROM d
             )
             SELECT target FROM d",
        )
        .bind(earlier_interchange)
        .bind(at(self.now))
        .bind(self.message)
        .fetch_all(&mut *self.tx)
        .await?;
        self.lanes.extend(again.iter().map(|(target,)| job::partner_lane(target)));
        Ok(again.len() as u64)
    }

    /// Ends the message and its job. The lease must still be ours.
    pub async fn finish(&mut self, lease: &Lease) -> Result<()> {
        let rows: i64 = sqlx::query_scalar(
            "WITH j AS (DELETE FROM job WHERE id = $1 AND epoch = $2 RETURNING 1),
             l AS (DELETE FROM lease WHERE job = $1 AND epoch = $2),
             m AS (UPDATE message SET state = 'done', finished_at = $4 WHERE id = $3 AND EXISTS (SELECT 1 FROM j))
             SELECT count(*) FROM j",
        )
        .bind(lease.job)
        .bind(lease.epoch)
        .bind(self.message)
        .bind(at(self.now))
        .fetch_one(&mut *self.tx)
        .await?;
        job::one_row(rows)
    }

    /// A batch of a longer job is written only while the lease is ours.
    pub async fn still_ours(&mut self, lease: &Lease) -> Result<()> {
        let rows: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT 1 FROM job WHERE id = $1 AND epoch = $2 FOR SHARE) x",
        )
        .bind(lease.job)
        .bind(lease.epoch)
        .fetch_one(&mut *self.tx)
        .await?;
        job::one_row(rows)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn message(&self) -> Uuid {
        self.message
    }

    pub(super) fn connection(&mut self) -> &mut sqlx::PgConnection {
        &mut self.tx
    }

    /// An answer of this kind came, so long after the hand-over, where that is known.
    pub(super) fn counts_answer(&mut self, kind: String, seconds: Option<f64>) {
        self.answered.extend(seconds.map(|seconds| (kind, seconds)));
    }

    /// A lane that is rung once this is committed.
    pub(super) fn wakes(&mut self, lane: String) {
        self.lanes.push(lane);
    }

    /// Raises an alert that commits with the rest.
    pub async fn raise(&mut self, raise: &Raise, coalesce: jiff::SignedDuration) -> Result<()> {
        if alert::raise_in(&mut self.tx, raise, coalesce, self.now).await? {
            self.lanes.push(job::MAIL_LANE.to_owned());
        }
        Ok(())
    }

    /// Sets the message aside for a person instead of finishing it. Ends its job.
    pub async fn quarantine(&mut self, lease: &Lease, why: &Quarantine) -> Result<()> {
        message::quarantine_in(&mut self.tx, self.message, lease, why, self.now).await
    }

    /// Commits, then wakes whoever has work now.
    pub async fn commit(self) -> Result<()> {
        let Process { ledger, tx, mut lanes, answered, .. } = self;
        tx.commit().await?;
        answered.iter().for_each(|(kind, seconds)| tally::answered(kind, *seconds));
        lanes.sort();
        lanes.dedup();
        lanes.iter().for_each(|lane| ledger.wake.ring(lane));
        Ok(())
    }
}

/// A document number, to be noted as seen.
#[derive(Debug, Serialize)]
pub struct DocumentSeen<'a> {
    pub partner: &'a str,
    pub document: &'a str,
    pub number: &'a str,
    pub id: Uuid,
}

/// Payload parts as columns.
#[derive(Default)]
pub(super) struct Parts {
    pub owner: Vec<Uuid>,
    pub part: Vec<i32>,
    pub codec: Vec<i16>,
    pub size: Vec<i32>,
    pub bytes: Vec<Vec<u8>>,
}

impl Parts {
    pub fn push(&mut self, owner: Uuid, bytes: &[u8]) {
        for (part, piece) in (0..).zip(bytes.chunks(PART)) {
            let packed = pack(piece.to_vec());
            self.owner.push(owner);
            self.part.push(part);
            self.codec.push(packed.codec);
            self.size.push(packed.size);
            self.bytes.push(packed.bytes);
        }
    }
}

/// The id of the answer to an interchange: derived, so that it is written once.
pub fn answer_id(interchange: Uuid) -> Uuid {
    id::derive(interchange, "answer", 0)
}
