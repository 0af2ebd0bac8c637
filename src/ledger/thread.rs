//! Threads: which documents belong to one order.
//!
//! The thread of an order has a derived id ([`super::id::thread`]), so most documents find theirs without looking anything up. What is
//! looked up here: orders that a third party's document names, and documents that another answers. What names an order which nobody has
//! placed yet is written down, and the order takes it in when it comes ([`super::process::Process::write_sets`]).

use super::Result;
use super::answers::Numbered;
use super::process::Process;
use sqlx::types::Json;
use uuid::Uuid;

/// A document that is in the ledger, by its number.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    pub partner: String,
    pub document: String,
    pub number: String,
    pub thread: Uuid,
}

/// Locks of order numbers: as many at most as one transaction may hold.
const LOCKS: i32 = 256;

impl Process<'_> {
    /// Until this transaction ends, no order of these numbers commits beside a third party's document that names one: each would look
    /// for the other before it is there. Orders do not wait for orders: theirs is a shared lock. Taken before anything is looked up, in
    /// one order for all.
    pub async fn meet(&mut self, placed: &[&str], named: &[&str]) -> Result<()> {
        if placed.is_empty() && named.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "SELECT CASE WHEN alone THEN pg_advisory_xact_lock(74001, lock) ELSE pg_advisory_xact_lock_shared(74001, lock) END
             FROM (SELECT lock, bool_or(alone) AS alone FROM (
                    SELECT hashtext(number) & ($3 - 1) AS lock, false AS alone FROM unnest($1::text[]) AS p (number)
                    UNION ALL SELECT hashtext(number) & ($3 - 1), true FROM unnest($2::text[]) AS n (number)) x
                GROUP BY lock ORDER BY lock) y",
        )
        .bind(placed)
        .bind(named)
        .bind(LOCKS)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Orders of these numbers, whoever placed them; and the documents named, of any partner.
    pub async fn known_threads(&mut self, orders: &[&str], documents: &[Numbered]) -> Result<Vec<Known>> {
        Ok(sqlx::query_as(
            "SELECT DISTINCT s.partner, s.document, s.number, s.thread_id AS thread FROM transaction_set s
             WHERE s.number = ANY($1) AND s.document = 'purchase-order' AND s.state <> 'rejected'
             UNION
             SELECT s.partner, s.document, s.number, t.thread_id
             FROM jsonb_to_recordset($2) AS n (document text, number text)
             JOIN transaction_set s ON s.number = n.number AND s.document = n.document AND s.state <> 'rejected'
             JOIN thread_set t ON t.set_id = s.id
             LIMIT 5000",
        )
        .bind(orders)
        .bind(Json(documents))
        .fetch_all(self.connection())
        .await?)
    }
}
