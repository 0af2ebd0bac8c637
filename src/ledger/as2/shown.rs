//! AS2 as people look at it: how a message was packed, its receipts, what came beside it. Read only.

use crate::ledger::{Ledger, Result};
use serde::Serialize;
use uuid::Uuid;

/// What AS2 knows of a message.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct As2Line {
    pub as2_from: String,
    pub as2_to: String,
    #[serde(rename = "message_id")]
    pub exchange: String,
    pub facts: serde_json::Value,
    pub mic: Option<String>,
    pub mdn: String,
    /// What we answered.
    pub disposition: Option<String>,
    /// The message that carries our receipt, where it was wanted later.
    pub receipt_id: Option<Uuid>,
    pub resends: i32,
    /// What we expect for a message of ours: `expected`, `accepted`, `overdue` …
    pub expected: Option<String>,
    pub due_at: Option<String>,
}

/// A receipt that came.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct ReceiptLine {
    pub id: Uuid,
    pub verdict: String,
    pub side: Option<String>,
    pub signed: bool,
    pub disposition: String,
    pub detail: String,
    pub at: String,
}

/// What came beside the EDI.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct AttachmentLine {
    pub id: Uuid,
    pub ordinal: i32,
    pub file_name: Option<String>,
    pub content_type: Option<String>,
    pub size: i64,
    pub sha256: String,
}

impl Ledger {
    pub async fn as2_of(&self, message: Uuid) -> Result<Option<As2Line>> {
        Ok(sqlx::query_as(
            "SELECT as2_from, as2_to, exchange, facts, mic || ', ' || mic_digest AS mic, mdn, disposition, receipt_id, as2.resends,
                k.state AS expected, instant(k.due_at) AS due_at
             FROM as2 LEFT JOIN acknowledgement k ON k.answers = as2.message_id AND k.kind = 'MDN' WHERE as2.message_id = $1",
        )
        .bind(message)
        .fetch_optional(&self.pool)
        .await?)
    }

    /// The receipts for a message of ours.
    pub async fn receipts_of(&self, message: Uuid) -> Result<Vec<ReceiptLine>> {
        Ok(sqlx::query_as(
            "SELECT id, verdict, side, signed, disposition, detail, instant(at) AS at FROM as2_receipt
             WHERE message_id = $1 ORDER BY id",
        )
        .bind(message)
        .fetch_all(&self.pool)
        .await?)
    }

    pub async fn attachments_of(&self, message: Uuid) -> Result<Vec<AttachmentLine>> {
        Ok(sqlx::query_as(
            "SELECT id, ordinal, file_name, content_type, size, encode(sha256, 'hex') AS sha256 FROM attachment
             WHERE message_id = $1 ORDER BY ordinal",
        )
        .bind(message)
        .fetch_all(&self.pool)
        .await?)
    }

    /// What came over the wire, where it was small enough to be kept; and the receipt that we answered with.
    pub async fn as2_bytes(&self, message: Uuid) -> Result<(Option<Vec<u8>>, Option<Vec<u8>>)> {
        type Row = (Option<Vec<u8>>, Option<Vec<u8>>);
        let row: Option<Row> = sqlx::query_as("SELECT raw, receipt FROM as2 WHERE message_id = $1")
            .bind(message)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.unwrap_or_default())
    }
}
