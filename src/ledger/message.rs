//! Messages: what a transport carried, in and out, byte for byte.
//!
//! [`Ledger::accept`] is the one door in. When it returns, the bytes, the transport's facts and the first job (already leased to
//! this node) are on disk; only then may a transport answer. Payloads are kept compressed in parts of one MiB, so no statement
//! grows with the message.

use super::as2::{As2In, renew};
use super::audit::{self, Actor, Change, On};
use super::job::{Lease, PROCESS_LANE};
use super::staged::{Ahead, Columns};
use super::{Error, Ledger, Result, at, id};
use jiff::Timestamp;
use serde_json::json;
use std::io;
use std::time::Instant;
use uuid::Uuid;

/// Bytes of one payload part before compression.
pub const PART: usize = 1 << 20;
/// Parts that are read, compressed and inserted at once: each holds a MiB or two for a moment.
const AT_ONCE: usize = 4;
/// Below this, compressing costs more than it saves.
const COMPRESS_FROM: usize = 512;
/// Of zstd.
const LEVEL: i32 = 1;

/// What a transport hands over. `parts` yields the content in pieces of [`PART`] bytes, the last one shorter.
pub struct Arrival<'a> {
    pub transport: &'static str,
    /// The authenticated partner id.
    pub connection: &'a str,
    pub remote: Option<&'a str>,
    pub file_name: Option<&'a str>,
    pub content_type: Option<&'a str>,
    /// The profile version it will be worked under.
    pub profile: &'a [u8; 32],
    pub size: u64,
    pub sha256: [u8; 32],
    pub parts: &'a mut (dyn Iterator<Item = io::Result<Vec<u8>>> + Send),
    /// What is stored already; `parts` begins after it.
    pub ahead: Option<Ahead>,
    /// Key of the sender's own making, scoped to the caller: the same key again yields the same answer.
    pub idempotency_key: Option<&'a str>,
    /// Leased to this node at once; else it waits for one that processes.
    pub worked_here: bool,
    /// What AS2 knows of it, with the receipt that was signed for it.
    pub as2: Option<&'a As2In>,
    pub attachments: Vec<Attachment<'a>>,
}

/// What came beside the EDI in one message; `parts` as in [`Arrival`].
pub struct Attachment<'a> {
    pub file_name: Option<String>,
    pub content_type: Option<String>,
    pub size: u64,
    pub sha256: [u8; 32],
    pub parts: Box<dyn Iterator<Item = io::Result<Vec<u8>>> + Send + 'a>,
}

pub enum Accepted {
    New(Receipt),
    /// The same key and content as before: the earlier message's id.
    Replay(Uuid),
    /// The same key with other content.
    KeyConflict(Uuid),
}

/// A committed message and the lease on its processing.
#[derive(Debug)]
pub struct Receipt {
    pub message: ToProcess,
    pub lease: Option<Lease>,
}

/// A payload part ready to store.
#[derive(Debug)]
pub struct Part {
    pub(crate) codec: i16,
    pub(crate) size: i32,
    pub(crate) bytes: Vec<u8>,
}

/// Compresses a part, where that makes it smaller. Takes a millisecond a MiB: for blocking threads.
pub(crate) fn pack(bytes: Vec<u8>) -> Part {
    let smaller = if bytes.len() < COMPRESS_FROM { None } else { zstd::bulk::compress(&bytes, LEVEL).ok() };
    packed_as(bytes, smaller)
}

fn packed_as(bytes: Vec<u8>, smaller: Option<Vec<u8>>) -> Part {
    let size = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
    match smaller.filter(|smaller| smaller.len() < bytes.len()) {
        Some(bytes) => Part { codec: 1, size, bytes },
        None => Part { codec: 0, size, bytes },
    }
}

/// Compresses many parts of [`PART`] bytes, one after the other, in memory that it keeps.
pub struct Packer {
    zstd: zstd::bulk::Compressor<'static>,
    whole: Vec<u8>,
    smaller: Vec<u8>,
}

impl Packer {
    pub fn new() -> io::Result<Packer> {
        let smaller = Vec::with_capacity(zstd::zstd_safe::compress_bound(PART));
        Ok(Packer { zstd: zstd::bulk::Compressor::new(LEVEL)?, whole: vec![0; PART], smaller })
    }

    /// `fill` writes the part into place.
    pub fn pack(&mut self, fill: impl FnOnce(&mut [u8]) -> io::Result<()>) -> io::Result<Part> {
        fill(&mut self.whole)?;
        self.smaller.clear();
        let length = self.zstd.compress_to_buffer(&self.whole, &mut self.smaller)?;
        let (codec, bytes) = if length < PART { (1, &self.smaller) } else { (0, &self.whole) };
        Ok(Part { codec, size: i32::try_from(PART).unwrap_or(i32::MAX), bytes: bytes.clone() })
    }
}

pub(crate) fn unpack(codec: i16, size: i32, bytes: Vec<u8>) -> Result<Vec<u8>> {
    match codec {
        0 => Ok(bytes),
        _ => zstd::bulk::decompress(&bytes, usize::try_from(size).unwrap_or(0)).map_err(|e| {
            Error::Refused(format!("a stored payload cannot be unpacked: {e}; restore it from the backup"))
        }),
    }
}

/// The message with everything that hangs on it, in one statement; `$more` are further expressions, for a message of `go`.
macro_rules! accept {
    ($more:literal) => {
        concat!(
            "WITH key AS (
    INSERT INTO idempotency (scope, key, message_id, sha256, at)
    SELECT $4, $13, $1, $9, $2 WHERE $13 IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING 1
), go AS (
    SELECT nextval('receipt') AS position WHERE $13 IS NULL OR EXISTS (SELECT 1 FROM key)
), m AS (
    INSERT INTO message (id, position, direction, state, connection, transport, remote, file_name, content_type, size, sha256,
                         profile, received_at)
    SELECT $1, position, 'in', 'verified', $4, $3, $5, $6, $7, $8, $9, $10, $2 FROM go
), p AS (
    INSERT INTO payload (owner, part, codec, size, bytes) SELECT $1, $14, $15, $16, $17 FROM go
), h AS (
    INSERT INTO history (id, subject, at, event, detail)
    SELECT $18, $1, $2, 'received', jsonb_build_object('transport', $3, 'from', $4, 'remote', $5, 'bytes', $8) FROM go
), j AS (
    INSERT INTO job (lane, kind, subject, partner, position, run_at, tries, epoch)
    SELECT 'process', 'process', $1, $4, position, $2, 1, 1 FROM go RETURNING id, position
), l AS (
    INSERT INTO lease (job, lane, epoch, node, until)
    SELECT id, 'process', 1, $11, clock_timestamp() + make_interval(secs => $12) FROM j WHERE $12 IS NOT NULL
)",
            $more,
            " SELECT id, position FROM j"
        )
    };
}

const ACCEPT: &str = accept!("");
const ACCEPT_AS2: &str = accept!(
    ", a AS (
    INSERT INTO as2 (message_id, direction, as2_from, as2_to, exchange, facts, mic_digest, mic, mdn, disposition, receipt_fields,
                     receipt, receipt_id, raw, opened, at)
    SELECT $1, 'in', $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $2 FROM go
)"
);

impl Ledger {
    /// Commits a message. On any error nothing is accepted, and the sender must be told so.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: answer 503. A commit whose answer was lost is not looked up here: the sender repeats, and the
    /// interchange's control number (or its idempotency key) finds the first one.
    pub async fn accept(&self, arrival: Arrival<'_>, now: Timestamp) -> Result<Accepted> {
        let message_id = arrival.ahead.map_or_else(|| id::new(now), |ahead| ahead.owner);
        let since = Instant::now();
        let mut tx = match arrival.ahead {
            Some(ahead) => Some(self.adopt(ahead).await?),
            None => None,
        };
        let first = arrival.ahead.map_or(0, |ahead| ahead.parts);
        let (ahead, last) = self.put_ahead(&mut tx, message_id, first, arrival.parts).await?;
        let part = pack(last);
        let statement = if arrival.as2.is_some() { ACCEPT_AS2 } else { ACCEPT };
        let mut query = sqlx::query_as::<_, (i64, i64)>(statement)
            .bind(message_id)
            .bind(at(now))
            .bind(arrival.transport)
            .bind(arrival.connection)
            .bind(arrival.remote)
            .bind(arrival.file_name)
            .bind(arrival.content_type)
            .bind(i64::try_from(arrival.size).unwrap_or(i64::MAX))
            .bind(&arrival.sha256[..])
            .bind(&arrival.profile[..])
            .bind(self.node)
            .bind(arrival.worked_here.then_some(self.lease.as_secs_f64()))
            .bind(arrival.idempotency_key)
            .bind(ahead)
            .bind(part.codec)
            .bind(part.size)
            .bind(part.bytes)
            .bind(id::new(now));
        let receipt = arrival.as2.map(|as2| (as2, super::as2::receipt_id(message_id, as2)));
        if let Some((as2, receipt)) = receipt {
            query = as2.bind(query, receipt);
        }
        let more = receipt.is_some_and(|(_, receipt)| receipt.is_some()) || !arrival.attachments.is_empty();
        if more && tx.is_none() {
            tx = Some(self.pool.begin().await?);
        }
        let job = match tx {
            None => query.fetch_optional(&self.pool).await?,
            Some(mut tx) => {
                let job = query.fetch_optional(&mut *tx).await?;
                if job.is_some() {
                    if let Some((as2, Some(receipt))) = receipt {
                        as2.write_receipt(&mut tx, message_id, receipt, arrival.connection, now).await?;
                    }
                    super::as2::insert_attachments(&mut tx, message_id, arrival.attachments).await?;
                    tx.commit().await?;
                }
                job
            }
        };
        match job {
            Some((job, position)) => {
                let message = ToProcess {
                    id: message_id,
                    position,
                    connection: arrival.connection.to_owned(),
                    transport: arrival.transport.to_owned(),
                    file_name: arrival.file_name.map(str::to_owned),
                    profile: Some(arrival.profile.to_vec()),
                    accept_duplicate: false,
                    received_at: now,
                };
                Ok(Accepted::New(Receipt {
                    message,
                    lease: arrival.worked_here.then(|| Lease::new(self, job, 1, 1, since)),
                }))
            }
            None => self.earlier(arrival.connection, arrival.idempotency_key, &arrival.sha256).await,
        }
    }

    /// Every part but the last goes ahead in the same transaction; a message of one part is one statement, one commit. The next
    /// parts are compressed while PostgreSQL takes the ones before. Says how many are stored, `first` counted, and the last part.
    async fn put_ahead(
        &self,
        tx: &mut Option<sqlx::PgTransaction<'static>>,
        owner: Uuid,
        first: i32,
        parts: &mut (dyn Iterator<Item = io::Result<Vec<u8>>> + Send),
    ) -> Result<(i32, Vec<u8>)> {
        let (mut ahead, mut last) = (first, Vec::new());
        let mut packing = Vec::new();
        loop {
            let (mut some, ended) = tokio::task::block_in_place(|| some_parts(parts))?;
            if !last.is_empty() && !some.is_empty() {
                some.insert(0, std::mem::take(&mut last));
            }
            last = some.pop().unwrap_or(last);
            let next: Vec<_> =
                some.into_iter().map(|part| tokio::task::spawn_blocking(move || pack(part))).collect();
            ahead += self.insert_packed(tx, owner, ahead, std::mem::replace(&mut packing, next)).await?;
            if ended {
                ahead += self.insert_packed(tx, owner, ahead, packing).await?;
                return Ok((ahead, last));
            }
        }
    }

    /// Waits for parts to be compressed and inserts them in one statement, from number `first` on; says how many.
    async fn insert_packed(
        &self,
        tx: &mut Option<sqlx::PgTransaction<'static>>,
        owner: Uuid,
        first: i32,
        packing: Vec<tokio::task::JoinHandle<Part>>,
    ) -> Result<i32> {
        if packing.is_empty() {
            return Ok(0);
        }
        let columns: Columns = packed(packing).await?.into_iter().collect();
        let many = i32::try_from(columns.bytes.len()).unwrap_or(i32::MAX);
        let tx = match tx {
            Some(tx) => tx,
            none => none.insert(self.pool.begin().await?),
        };
        sqlx::query(
            "INSERT INTO payload (owner, part, codec, size, bytes)
             SELECT $1, $2 + n.nth - 1, n.codec, n.size, n.bytes
             FROM unnest($3::smallint[], $4::int[], $5::bytea[]) WITH ORDINALITY AS n (codec, size, bytes, nth)",
        )
        .bind(owner)
        .bind(first)
        .bind(columns.codec)
        .bind(columns.size)
        .bind(columns.bytes)
        .execute(&mut **tx)
        .await?;
        Ok(many)
    }

    async fn earlier(&self, scope: &str, key: Option<&str>, sha256: &[u8; 32]) -> Result<Accepted> {
        let (message, earlier): (Uuid, Vec<u8>) =
            sqlx::query_as("SELECT message_id, sha256 FROM idempotency WHERE scope = $1 AND key = $2")
                .bind(scope)
                .bind(key)
                .fetch_one(&self.pool)
                .await?;
        Ok(if earlier == sha256 { Accepted::Replay(message) } else { Accepted::KeyConflict(message) })
    }

    /// One part of a payload, unpacked; `None` past the last.
    pub async fn payload_part(&self, owner: Uuid, part: i32) -> Result<Option<Vec<u8>>> {
        let row: Option<(i16, i32, Vec<u8>)> =
            sqlx::query_as("SELECT codec, size, bytes FROM payload WHERE owner = $1 AND part = $2")
                .bind(owner)
                .bind(part)
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(codec, size, bytes)| unpack(codec, size, bytes)).transpose()
    }

    /// A whole payload in memory; for what is known to be small, and for people who ask for it.
    pub async fn payload(&self, owner: Uuid) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        let mut part = 0;
        while let Some(bytes) = self.payload_part(owner, part).await? {
            all.extend_from_slice(&bytes);
            if bytes.len() < PART {
                break;
            }
            part += 1;
        }
        if all.is_empty() {
            self.refuse_removed(owner).await?;
        }
        Ok(all)
    }

    /// What processing needs to know of a message it did not accept itself.
    pub async fn message_to_process(&self, id: Uuid) -> Result<ToProcess> {
        sqlx::query_as("SELECT id, position, connection, transport, file_name, profile, accept_duplicate, received_at FROM message WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?
            .map(|(id, position, connection, transport, file_name, profile, accept_duplicate, received): ProcessRow| ToProcess {
                id,
                position,
                connection: connection.unwrap_or_default(),
                transport,
                file_name,
                profile,
                accept_duplicate,
                received_at: received.to_jiff(),
            })
            .ok_or_else(|| Error::NotFound(format!("message {id}")))
    }

    /// Puts a quarantined message back to work, for the connection it came by or another (`message assign`).
    ///
    /// # Errors
    /// [`Error::Refused`] unless it is quarantined.
    pub async fn requeue_message(
        &self,
        message: Uuid,
        connection: Option<(&str, &[u8; 32])>,
        order: &Requeue<'_>,
        now: Timestamp,
    ) -> Result<()> {
        self.refuse_removed(message).await?;
        let mut tx = self.pool.begin().await?;
        let rows: i64 = sqlx::query_scalar(
            "WITH m AS (UPDATE message SET state = 'verified', accept_duplicate = accept_duplicate OR state = 'done' OR reason = 'duplicate',
                            reason = NULL, detail = NULL, finished_at = NULL,
                            connection = coalesce($2, connection), profile = coalesce($3, profile)
                        WHERE id = $1 AND (state = 'quarantined' OR state = 'done'
                            AND EXISTS (SELECT 1 FROM interchange i WHERE i.message_id = $1 AND i.state = 'held'))
                            AND NOT EXISTS (SELECT 1 FROM as2 a WHERE a.message_id = $1 AND NOT a.opened)
                        RETURNING id, connection, position),
             j AS (INSERT INTO job (lane, kind, subject, partner, position, run_at)
                   SELECT $4, 'process', id, connection, position, $5 FROM m),
             h AS (INSERT INTO history (id, subject, at, event, detail)
                   SELECT $6, id, $5, 'released', jsonb_strip_nulls(jsonb_build_object('to', connection, 'by', $7::text, 'reason', $8::text))
                   FROM m)
             SELECT count(*) FROM m",
        )
        .bind(message)
        .bind(connection.map(|(id, _)| id))
        .bind(connection.map(|(_, hash)| &hash[..]))
        .bind(PROCESS_LANE)
        .bind(at(now))
        .bind(id::new(now))
        .bind(order.actor.name())
        .bind(order.reason)
        .fetch_one(&mut *tx)
        .await?;
        if rows == 1 {
            let to = connection.map(|(id, _)| id);
            let mut change = Change::new(order.verb, On::Message(message)).of(to).with(json!({ "to": to }));
            change.reason = order.reason;
            audit::write(&mut tx, order.actor, &change, now).await?;
            return Ok(tx.commit().await?);
        }
        tx.rollback().await?;
        let state: Option<String> = sqlx::query_scalar("SELECT state FROM message WHERE id = $1")
            .bind(message)
            .fetch_optional(&self.pool)
            .await?;
        Err(match state {
            None => Error::NotFound(format!("message {message}")),
            Some(state) if state == "quarantined" => Error::Refused(format!(
                "message {message} was never opened: what is kept of it is what came over the wire. Its sender was told so; ask for it again"
            )),
            Some(state) => Error::Refused(format!(
                "message {message} is {state}, not quarantined: there is nothing to release. See 'portway message show {message}'"
            )),
        })
    }
}

async fn packed(packing: Vec<tokio::task::JoinHandle<Part>>) -> Result<Vec<Part>> {
    let mut parts = Vec::with_capacity(packing.len());
    for part in packing {
        parts.push(part.await.map_err(|e| Error::Refused(format!("a part cannot be compressed: {e}")))?);
    }
    Ok(parts)
}

/// The next parts of a message as it is read, and whether they were the last.
fn some_parts(parts: &mut (dyn Iterator<Item = io::Result<Vec<u8>>> + Send)) -> Result<(Vec<Vec<u8>>, bool)> {
    let mut some = Vec::new();
    while some.len() < AT_ONCE {
        match parts.next().transpose() {
            Ok(Some(part)) => some.push(part),
            Ok(None) => return Ok((some, true)),
            Err(e) => return Err(Error::Refused(format!("the spooled message cannot be read back: {e}"))),
        }
    }
    Ok((some, false))
}

/// Sets a message aside for a person, with the reason and one sentence that says whose move it is. Ends its job.
pub(crate) async fn quarantine_in(
    connection: &mut sqlx::PgConnection,
    message: Uuid,
    lease: &Lease,
    why: &Quarantine,
    now: Timestamp,
) -> Result<()> {
    let rows: i64 = sqlx::query_scalar(
        "WITH j AS (DELETE FROM job WHERE id = $1 AND epoch = $2 RETURNING 1),
         l AS (DELETE FROM lease WHERE job = $1 AND epoch = $2),
         m AS (UPDATE message SET state = 'quarantined', reason = $4, detail = $5, partner = coalesce($6, partner),
                   finished_at = $7
               WHERE id = $3 AND EXISTS (SELECT 1 FROM j)),
         h AS (INSERT INTO history (id, subject, at, event, detail)
               SELECT $8, $3, $7, 'quarantined', jsonb_build_object('reason', $4::text, 'detail', $5::text) FROM j)
         SELECT count(*) FROM j",
    )
    .bind(lease.job)
    .bind(lease.epoch)
    .bind(message)
    .bind(why.reason)
    .bind(&why.detail)
    .bind(why.partner.as_deref())
    .bind(at(now))
    .bind(id::new(now))
    .fetch_one(connection)
    .await?;
    super::job::one_row(rows)
}

impl Ledger {
    /// Sends a message of ours to the partner again: same bytes, same control numbers (`message resend`).
    ///
    /// # Errors
    /// [`Error::Refused`] unless it is ours and not on its way already.
    pub async fn resend_message(
        &self,
        message: Uuid,
        actor: &Actor,
        reason: &str,
        not_before: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.refuse_removed(message).await?;
        let mut tx = self.pool.begin().await?;
        renew(&mut tx, message, now).await?;
        let target: Option<String> = sqlx::query_scalar(
            "WITH d AS (
                UPDATE delivery SET state = 'queued', finished_at = NULL, next_try_at = NULL, read_at = NULL, tries = 0, spared = 0
                WHERE message_id = $1 AND state NOT IN ('queued', 'delivering') RETURNING id, message_id, target, way
             ), m AS (
                UPDATE message SET state = 'queued', finished_at = NULL FROM d WHERE message.id = d.message_id
             ), j AS (
                INSERT INTO job (lane, kind, subject, position, run_at)
                SELECT 'partner:' || d.target, 'deliver', d.id, m.position, $4 FROM d JOIN message m ON m.id = d.message_id
                WHERE d.way <> 'outbox' ON CONFLICT (kind, subject) DO UPDATE SET state = 'ready', run_at = excluded.run_at, tries = 0
             ), k AS (
                -- What is owed for it is owed from the new hand-over on.
                UPDATE acknowledgement SET state = 'expected', due_at = NULL FROM d
                WHERE answers = d.message_id AND direction = 'expected' AND kind <> 'MDN' AND due_terms IS NULL
                    AND acknowledgement.state IN ('expected', 'overdue')
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($2), $1, $2, 'resend', jsonb_build_object('reason', $3::text, 'by', $5::text) FROM d
             ) SELECT target FROM d",
        )
        .bind(message)
        .bind(at(now))
        .bind(reason)
        .bind(at(not_before))
        .bind(actor.name())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(target) = target else {
            return Err(Error::Refused(format!(
                "message {message} is not one of ours, or is on its way already: see 'portway message show {message}'"
            )));
        };
        let change =
            Change::new("resend", On::Message(message)).because(reason).with(json!({ "to": target }));
        audit::write(&mut tx, actor, &change, now).await?;
        tx.commit().await?;
        self.ring_all(&[&super::job::partner_lane(&target)]).await
    }
}

type ProcessRow =
    (Uuid, i64, Option<String>, String, Option<String>, Option<Vec<u8>>, bool, jiff_sqlx::Timestamp);

/// Who has a message worked on again, and why.
#[derive(Debug, Clone, Copy)]
pub struct Requeue<'a> {
    /// `assign` or `release`.
    pub verb: &'a str,
    pub actor: &'a Actor,
    pub reason: Option<&'a str>,
}

#[derive(Debug, Clone)]
pub struct ToProcess {
    pub id: Uuid,
    pub position: i64,
    pub connection: String,
    pub transport: String,
    /// As the partner called it: display data, and what `[[files.name]]` is held against.
    pub file_name: Option<String>,
    /// Hash of the profile version it is worked under.
    pub profile: Option<Vec<u8>>,
    /// A person released it although its control number was seen before.
    pub accept_duplicate: bool,
    pub received_at: Timestamp,
}

/// Why a message is set aside. `reason` is one of the ledger's.
#[derive(Debug, Clone)]
pub struct Quarantine {
    pub reason: &'static str,
    pub detail: String,
    pub partner: Option<String>,
}

pub(crate) async fn insert_part(
    tx: &mut sqlx::PgTransaction<'_>,
    owner: Uuid,
    part: i32,
    packed: Part,
) -> Result<()> {
    sqlx::query("INSERT INTO payload (owner, part, codec, size, bytes) VALUES ($1, $2, $3, $4, $5)")
        .bind(owner)
        .bind(part)
        .bind(packed.codec)
        .bind(packed.size)
        .bind(packed.bytes)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
