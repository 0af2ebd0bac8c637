//! What our systems say of documents that they received: accepted, or rejected and why.
//!
//! One verdict a document: the first counts, the same again is no news, and another is refused. A rejection, its alert and the
//! obligation to tell the partner (`tell_at`) are one commit; the document of ours that tells it is noted once it is in the ledger. Whoever
//! took the verdict tells at once; where it dies over that, a gateway does it at that time.

use super::alert::{self, Raise};
use super::audit::{self, Actor, Change, On};
use super::{Error, Ledger, Result, at, job};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// What a verdict is given on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Received {
    pub id: Uuid,
    pub partner: String,
    pub state: String,
    pub code: String,
    pub version: String,
    pub document: Option<String>,
    pub number: Option<String>,
    pub group_number: String,
    pub control_number: String,
    pub usage: String,
    pub thread_id: Uuid,
}

/// A verdict as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, sqlx::FromRow)]
pub struct ResultLine {
    pub accepted: bool,
    /// Our system's own number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub errors: serde_json::Value,
    pub client: String,
    #[serde(skip)]
    pub key: String,
    /// The document of ours that tells the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_code: Option<String>,
    pub at: String,
}

/// Whoever keeps a rejection, or takes it over, has this long to tell the partner. Two who do leave one document: its key is the same.
const TOLD_WITHIN: SignedDuration = SignedDuration::from_secs(5);

const RESULT: &str = "SELECT accepted, number, reason, errors, client, key, answer, answer_code, instant(at) AS at FROM result ";

impl Ledger {
    /// A document that came in.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none of that id, or it is one of ours.
    pub async fn received(&self, set: Uuid) -> Result<Received> {
        let row: Option<Received> = sqlx::query_as(
            "SELECT id, partner, state, code, version, document, number, group_number, control_number, usage, thread_id
             FROM transaction_set WHERE id = $1 AND direction = 'in'",
        )
        .bind(set)
        .fetch_optional(&self.pool)
        .await?;
        row.ok_or_else(|| Error::NotFound(format!("document {set} of a partner")))
    }

    /// The verdict on a document.
    pub async fn result_of(&self, set: Uuid) -> Result<Option<ResultLine>> {
        let sql = format!("{RESULT} WHERE set_id = $1");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(set).fetch_optional(&self.pool).await?)
    }

    /// Keeps a verdict with its alert. Returns the one that counts: this one, or the one that was there before.
    pub async fn keep_result(
        &self,
        set: Uuid,
        given: &ResultLine,
        raise: Option<(&Raise, SignedDuration)>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<ResultLine> {
        let mut tx = self.pool.begin().await?;
        let fresh: Option<Uuid> = sqlx::query_scalar(
            "WITH r AS (
                INSERT INTO result (set_id, accepted, number, reason, errors, client, key, at, tell_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN NOT $2 THEN $9 END) ON CONFLICT (set_id) DO NOTHING RETURNING set_id
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($8), $1, $8, CASE WHEN $2 THEN 'accepted by our system' ELSE 'rejected by our system' END,
                    jsonb_strip_nulls(jsonb_build_object('by', $6::text, 'via', 'api', 'number', $3::text, 'reason', $4::text)) FROM r
             ) SELECT set_id FROM r",
        )
        .bind(set)
        .bind(given.accepted)
        .bind(&given.number)
        .bind(&given.reason)
        .bind(&given.errors)
        .bind(&given.client)
        .bind(&given.key)
        .bind(at(now))
        .bind(at(now.checked_add(TOLD_WITHIN).unwrap_or(now)))
        .fetch_optional(&mut *tx)
        .await?;
        if fresh.is_some() {
            let mut change = Change::new("result", On::Document(set));
            change.reason = given.reason.as_deref();
            let verdict = if given.accepted { "accepted" } else { "rejected" };
            let detail = json!({ "verdict": verdict, "number": given.number });
            audit::write(&mut tx, actor, &change.with(detail), now).await?;
        }
        let mut mail = false;
        if let (Some(_), Some((raise, coalesce))) = (fresh, raise) {
            mail = alert::raise_in(&mut tx, raise, coalesce, now).await?;
        }
        tx.commit().await?;
        if mail {
            self.wake.ring(job::MAIL_LANE);
        }
        let kept = self.result_of(set).await?;
        kept.ok_or_else(|| Error::NotFound(format!("the result of document {set}")))
    }

    /// The partner is told by this document of ours.
    pub async fn result_answered(&self, set: Uuid, answer: Uuid, code: &str, now: Timestamp) -> Result<()> {
        sqlx::query(
            "WITH r AS (
                UPDATE result SET answer = $2, answer_code = $3, tell_at = NULL WHERE set_id = $1 AND answer IS NULL RETURNING set_id
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($4), $1, $4, 'rejection handed over', jsonb_build_object('document', $2, 'set', $3::text) FROM r",
        )
        .bind(set)
        .bind(answer)
        .bind(code)
        .bind(at(now))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Nobody has to tell the partner any more: its profile wants no word, or operators know why there is none.
    pub async fn result_settled(&self, set: Uuid) -> Result<()> {
        sqlx::query("UPDATE result SET tell_at = NULL WHERE set_id = $1")
            .bind(set)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Rejections that the partner should know of by now. They are the caller's for a while; then another's.
    pub async fn claim_untold(&self, now: Timestamp) -> Result<Vec<Uuid>> {
        Ok(sqlx::query_scalar(
            "WITH due AS (
                SELECT set_id FROM result WHERE tell_at <= $1 ORDER BY tell_at LIMIT 100 FOR UPDATE SKIP LOCKED
             )
             UPDATE result SET tell_at = $2 FROM due WHERE result.set_id = due.set_id RETURNING result.set_id",
        )
        .bind(at(now))
        .bind(at(now.checked_add(TOLD_WITHIN).unwrap_or(now)))
        .fetch_all(&self.pool)
        .await?)
    }
}
