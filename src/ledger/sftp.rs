//! What the SFTP door asks of the ledger beyond accepting and the outbox: the files that could not be taken, and the end of the
//! memory of a name.

use super::{Ledger, Result, at};
use jiff::Timestamp;
use uuid::Uuid;

/// A file that came by SFTP and was set aside.
#[derive(Debug, Clone)]
pub struct FailedFile {
    pub message: Uuid,
    pub file_name: String,
    pub size: i64,
    /// One of the ledger's reasons.
    pub reason: String,
    /// For our own people: it may name other partners.
    pub detail: String,
    pub received_at: Timestamp,
}

type FailedRow = (Uuid, Option<String>, i64, Option<String>, Option<String>, jiff_sqlx::Timestamp);

impl Ledger {
    /// The files of this partner that are in quarantine, received after `since`, newest first.
    pub async fn failed_files(&self, partner: &str, since: Timestamp, most: i64) -> Result<Vec<FailedFile>> {
        let rows: Vec<FailedRow> = sqlx::query_as(
            "SELECT id, file_name, size, reason, detail, received_at FROM message
             WHERE state = 'quarantined' AND connection = $1 AND transport = 'sftp' AND received_at > $2
             ORDER BY id DESC LIMIT $3",
        )
        .bind(partner)
        .bind(at(since))
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(message, name, size, reason, detail, received)| FailedFile {
                message,
                file_name: name.unwrap_or_default(),
                size,
                reason: reason.unwrap_or_default(),
                detail: detail.unwrap_or_default(),
                received_at: received.to_jiff(),
            })
            .collect())
    }

    /// Forgets a sender's key that is older than `before`; `true`: it was, and the same content under it is a message again.
    pub async fn forget_key(&self, scope: &str, key: &str, before: Timestamp) -> Result<bool> {
        let gone = sqlx::query("DELETE FROM idempotency WHERE scope = $1 AND key = $2 AND at < $3")
            .bind(scope)
            .bind(key)
            .bind(at(before))
            .execute(&self.pool)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
