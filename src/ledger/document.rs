//! Looking documents and messages up: lists, one in full, by id or business key. Read only.
//!
//! A reference is an id, the beginning of one (eight digits or more), or a business key: `PO:4500123`, `850:4500123`, or the
//! bare number.

use super::{Error, Ledger, Result, at};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct MessageLine {
    pub id: Uuid,
    pub direction: String,
    pub state: String,
    pub reason: Option<String>,
    pub detail: Option<String>,
    pub partner: Option<String>,
    pub connection: Option<String>,
    pub station: Option<String>,
    pub transport: String,
    pub remote: Option<String>,
    pub file_name: Option<String>,
    pub size: i64,
    pub sha256: String,
    pub received_at: String,
    pub finished_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct DocumentLine {
    pub id: Uuid,
    pub message_id: Uuid,
    pub thread_id: Uuid,
    pub partner: String,
    pub code: String,
    pub document: Option<String>,
    pub number: Option<String>,
    pub state: String,
    pub reason: Option<String>,
    pub answer: Option<String>,
    pub usage: String,
    pub control_number: String,
    pub group_number: String,
    pub version: String,
    pub unmapped: i32,
    pub findings: serde_json::Value,
    pub received_at: String,
    pub finished_at: Option<String>,
    /// `in`, or `out` for a document of ours.
    pub direction: String,
    /// Who of ours handed it over.
    pub source: Option<String>,
    /// When it leaves at the latest, while it waits.
    pub leaves_at: Option<String>,
    /// The document that it was made from anew.
    pub revises: Option<Uuid>,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct DeliveryLine {
    pub id: Uuid,
    pub target_kind: String,
    pub target: String,
    pub way: String,
    pub state: String,
    pub tries: i32,
    pub next_try_at: Option<String>,
    pub status: Option<i32>,
    pub detail: Option<String>,
    pub created_at: String,
    pub finished_at: Option<String>,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct InterchangeLine {
    pub id: Uuid,
    pub sender: String,
    pub receiver: String,
    pub control_number: String,
    pub version: String,
    pub usage: String,
    pub state: String,
    pub note_code: String,
    pub findings: serde_json::Value,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct AcknowledgementLine {
    pub id: Uuid,
    pub kind: String,
    pub direction: String,
    pub state: String,
    pub code: Option<String>,
    pub group_number: Option<String>,
    pub message_id: Option<Uuid>,
}

/// Where a set came from.
#[derive(Debug)]
pub struct Origin {
    /// Among the sets of its message, from 1.
    pub ordinal: i32,
    pub received_at: Timestamp,
}

#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub partner: Option<String>,
    pub state: Option<String>,
    pub direction: Option<String>,
    /// Document kind or set code.
    pub kind: Option<String>,
    pub since: Option<Timestamp>,
    pub most: i64,
}

const MESSAGE: &str = "SELECT id, direction, state, reason, detail, partner, connection, station, transport, remote, file_name,
    size, encode(sha256, 'hex') AS sha256, instant(received_at) AS received_at, instant(finished_at) AS finished_at FROM message ";

const DOCUMENT: &str =
    "SELECT id, message_id, thread_id, partner, code, document, number, state, reason, answer, usage,
    control_number, group_number, version, unmapped, findings, instant(received_at) AS received_at,
    instant(finished_at) AS finished_at, direction, source, instant(leaves_at) AS leaves_at, revises FROM transaction_set ";

const DELIVERY: &str =
    "SELECT id, target_kind, target, way, state, tries, instant(next_try_at) AS next_try_at, status, detail,
    instant(created_at) AS created_at, instant(finished_at) AS finished_at FROM delivery ";

impl Ledger {
    pub async fn messages(&self, filter: &Filter) -> Result<Vec<MessageLine>> {
        let sql = format!(
            "{MESSAGE} WHERE ($1::text IS NULL OR partner = $1 OR connection = $1)
             AND ($2::text IS NULL OR state = $2
                  OR $2 = 'held' AND EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = message.id AND d.state = 'held'))
             AND ($3::text IS NULL OR direction = $3) AND ($4::timestamptz IS NULL OR received_at >= $4) ORDER BY id DESC LIMIT $5"
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(&filter.partner)
            .bind(&filter.state)
            .bind(&filter.direction)
            .bind(filter.since.map(at))
            .bind(filter.most)
            .fetch_all(&self.pool)
            .await?)
    }

    pub async fn documents(&self, filter: &Filter) -> Result<Vec<DocumentLine>> {
        let sql = format!(
            "{DOCUMENT} WHERE ($1::text IS NULL OR partner = $1)
             AND ($2::text IS NULL OR state = $2
                  OR $2 = 'held' AND EXISTS (SELECT 1 FROM delivery d WHERE d.set_id = transaction_set.id AND d.state = 'held'))
             AND ($3::text IS NULL OR document = $3 OR code = $3) AND ($4::timestamptz IS NULL OR received_at >= $4)
             AND ($6::text IS NULL OR direction = $6) ORDER BY id DESC LIMIT $5"
        );
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(&filter.partner)
            .bind(&filter.state)
            .bind(&filter.kind)
            .bind(filter.since.map(at))
            .bind(filter.most)
            .bind(&filter.direction)
            .fetch_all(&self.pool)
            .await?)
    }

    /// The message of an id, or of the beginning of one.
    pub async fn find_message(&self, reference: &str) -> Result<MessageLine> {
        let sql = format!("{MESSAGE} WHERE id::text LIKE $1 ORDER BY id LIMIT 2");
        let rows: Vec<MessageLine> =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(prefix(reference)?).fetch_all(&self.pool).await?;
        one(rows, reference, "message")
    }

    /// The documents of a reference: one for an id, all of a number (revisions, changes) for a business key.
    pub async fn find_documents(&self, reference: &str) -> Result<Vec<DocumentLine>> {
        let (kind, number) = match reference.split_once(':') {
            Some((kind, number)) => (Some(kind), number),
            None => (None, reference),
        };
        let document = kind.map(|k| if k.eq_ignore_ascii_case("PO") { "purchase-order" } else { k });
        let sql = format!(
            "{DOCUMENT} WHERE number = $1 AND ($2::text IS NULL OR document = $2 OR code = $2)
                OR $2::text IS NULL AND $3::text IS NOT NULL AND id::text LIKE $3 ORDER BY id"
        );
        let rows: Vec<DocumentLine> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(number)
            .bind(document)
            .bind(prefix(reference).ok())
            .fetch_all(&self.pool)
            .await?;
        if rows.is_empty() { Err(Error::NotFound(format!("document {reference}"))) } else { Ok(rows) }
    }

    pub async fn documents_of_message(&self, message: Uuid) -> Result<Vec<DocumentLine>> {
        let sql = format!("{DOCUMENT} WHERE message_id = $1 ORDER BY ordinal");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(message).fetch_all(&self.pool).await?)
    }

    /// Where a set came from.
    pub async fn origin_of_set(&self, set: Uuid) -> Result<Origin> {
        let row: Option<(i32, jiff_sqlx::Timestamp)> =
            sqlx::query_as("SELECT ordinal, received_at FROM transaction_set WHERE id = $1")
                .bind(set)
                .fetch_optional(&self.pool)
                .await?;
        let (ordinal, received) = row.ok_or_else(|| Error::NotFound(format!("document {set}")))?;
        Ok(Origin { ordinal, received_at: received.to_jiff() })
    }

    pub async fn interchanges_of_message(&self, message: Uuid) -> Result<Vec<InterchangeLine>> {
        Ok(sqlx::query_as(
            "SELECT id, sender, receiver, control_number, version, usage, state, note_code, findings FROM interchange
             WHERE message_id = $1 ORDER BY ordinal",
        )
        .bind(message)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Deliveries of a set or of an outbound message.
    pub async fn deliveries_of(&self, subject: Uuid) -> Result<Vec<DeliveryLine>> {
        let sql = format!("{DELIVERY} WHERE set_id = $1 OR message_id = $1 ORDER BY id");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(subject).fetch_all(&self.pool).await?)
    }

    /// What we owe as acknowledgement for the interchanges of a message.
    pub async fn acknowledgements_of_message(&self, message: Uuid) -> Result<Vec<AcknowledgementLine>> {
        Ok(sqlx::query_as(
            "SELECT a.id, a.kind, a.direction, a.state, a.code, a.group_number, a.message_id
             FROM acknowledgement a JOIN interchange i ON i.id = a.interchange_id WHERE i.message_id = $1 ORDER BY a.id",
        )
        .bind(message)
        .fetch_all(&self.pool)
        .await?)
    }
}

pub(super) fn prefix(reference: &str) -> Result<String> {
    let plain = reference.len() >= 8 && reference.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if plain {
        Ok(format!("{}%", reference.to_ascii_lowercase()))
    } else {
        Err(Error::NotFound(format!("{reference} (an id, or its first eight digits or more)")))
    }
}

pub(super) fn one<T>(mut rows: Vec<T>, reference: &str, what: &str) -> Result<T> {
    match rows.len() {
        1 => Ok(rows.remove(0)),
        0 => Err(Error::NotFound(format!("{what} {reference}"))),
        _ => Err(Error::Refused(format!("{reference} is the beginning of several ids: give more of it"))),
    }
}
