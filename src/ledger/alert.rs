//! Alerts: what operators must know, one row a cause, and the mails owed for it.
//!
//! Five hundred equal failures are one alert with a count of five hundred, one mail, and one more when it is over. The mail is
//! a row and a job of the ledger, so none is lost while SMTP is down; its text is written when it is sent, so the count is right.

use super::job::{self, Claimed, Lease, MAIL_LANE};
use super::{Ledger, Result, at, id};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// A cause of single events that is quiet for this long is over; the same later is a new alert, and a new mail.
const QUIET: SignedDuration = SignedDuration::from_hours(1);
/// After this, an alert of single events leaves the status by itself.
const STALE: SignedDuration = SignedDuration::from_hours(24);
/// Causes that last until they are mended; all others are single events (a rejected set, a dead delivery).
const LASTING: &str = "^(endpoint|partner|profile|directory|certificate|poll|poll-host-key|poll-leftover|\
    source|source-poll|source-host-key|source-leftover|silent|queue|late|batch):";

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Partner,
    Us,
    Endpoint,
}

impl Move {
    pub fn name(self) -> &'static str {
        match self {
            Move::Partner => "partner",
            Move::Us => "us",
            Move::Endpoint => "endpoint",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Raise {
    /// Equal causes are one alert: `endpoint:erp`.
    pub cause: String,
    pub whose: Move,
    pub partner: Option<String>,
    /// Partner, document, number: the mail's subject.
    pub title: String,
    /// What broke, why, what to do next.
    pub detail: String,
    /// The message, set or delivery it was raised for first.
    pub subject: Option<Uuid>,
}

/// A mail to be written and sent.
#[derive(Debug)]
pub struct MailDue {
    pub lease: Lease,
    pub mail: Uuid,
    pub alert: Uuid,
    /// `raised`, `recovered` or `digest`.
    pub kind: String,
    pub whose: String,
    pub partner: Option<String>,
    pub title: String,
    pub detail: String,
    pub subject: Option<Uuid>,
    pub count: i32,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub tries: i32,
}

/// Raises a cause inside a transaction, or counts it where it is open already. `true`: a mail is owed, ring the mail lane
/// once committed. The mail goes when `coalesce` has passed.
pub(crate) async fn raise_in(
    connection: &mut sqlx::PgConnection,
    raise: &Raise,
    coalesce: SignedDuration,
    now: Timestamp,
) -> Result<bool> {
    let due = now.checked_add(coalesce).unwrap_or(now);
    let quiet = now.checked_sub(QUIET).unwrap_or(now);
    sqlx::query(
        "UPDATE alert SET state = 'closed', closed_at = $2
         WHERE cause = $1 AND state = 'open' AND last_at < $3 AND cause !~ $4",
    )
    .bind(&raise.cause)
    .bind(at(now))
    .bind(at(quiet))
    .bind(LASTING)
    .execute(&mut *connection)
    .await?;
    let fresh: bool = sqlx::query_scalar(
        "WITH a AS (
            INSERT INTO alert AS a (id, cause, state, move, partner, title, detail, subject, first_at, last_at)
            VALUES ($2, $1, 'open', $3, $4, $5, $6, $7, $8, $8)
            ON CONFLICT (cause) WHERE state = 'open' DO UPDATE SET count = a.count + 1, last_at = excluded.last_at
            RETURNING id, count = 1 AS fresh
         ), m AS (
            INSERT INTO mail (id, alert_id, kind, state, created_at) SELECT $9, id, 'raised', 'queued', $8 FROM a WHERE fresh
            RETURNING id
         ), j AS (
            INSERT INTO job (lane, kind, subject, position, run_at) SELECT $10, 'mail', id, 0, $11 FROM m
         )
         SELECT fresh FROM a",
    )
    .bind(&raise.cause)
    .bind(id::new(now))
    .bind(raise.whose.name())
    .bind(raise.partner.as_deref())
    .bind(&raise.title)
    .bind(&raise.detail)
    .bind(raise.subject)
    .bind(at(now))
    .bind(id::new(now))
    .bind(MAIL_LANE)
    .bind(at(due))
    .fetch_one(&mut *connection)
    .await?;
    Ok(fresh)
}

impl Ledger {
    /// Raises a cause in a transaction of its own.
    pub async fn raise(&self, raise: &Raise, coalesce: SignedDuration, now: Timestamp) -> Result<()> {
        let mut tx = self.pool.begin().await?;
        let mail = raise_in(&mut tx, raise, coalesce, now).await?;
        tx.commit().await?;
        if mail {
            self.wake.ring(MAIL_LANE);
        }
        Ok(())
    }

    /// The cause is gone: closes its alert and owes one mail that says so, if the first one left or will leave.
    pub async fn recover(&self, cause: &str, now: Timestamp) -> Result<bool> {
        let closed: Option<i32> = sqlx::query_scalar(
            "WITH a AS (
                UPDATE alert SET state = 'closed', closed_at = $2 WHERE cause = $1 AND state = 'open' RETURNING id
             ), m AS (
                INSERT INTO mail (id, alert_id, kind, state, created_at) SELECT $3, id, 'recovered', 'queued', $2 FROM a RETURNING id
             ), j AS (
                INSERT INTO job (lane, kind, subject, position, run_at) SELECT $4, 'mail', id, 1, $2 FROM m
             )
             SELECT 1 FROM a",
        )
        .bind(cause)
        .bind(at(now))
        .bind(id::new(now))
        .bind(MAIL_LANE)
        .fetch_optional(&self.pool)
        .await?;
        if closed.is_some() {
            self.wake.ring(MAIL_LANE);
        }
        Ok(closed.is_some())
    }

    /// Closes an alert without a mail: another has taken its place.
    pub async fn close_alert(&self, cause: &str, now: Timestamp) -> Result<()> {
        sqlx::query("UPDATE alert SET state = 'closed', closed_at = $2 WHERE cause = $1 AND state = 'open'")
            .bind(cause)
            .bind(at(now))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Closes alerts of single events that nobody needs to see any more.
    pub async fn close_stale_alerts(&self, now: Timestamp) -> Result<()> {
        let stale = now.checked_sub(STALE).unwrap_or(now);
        sqlx::query(
            "UPDATE alert SET state = 'closed', closed_at = $1 WHERE state = 'open' AND last_at < $2 AND cause !~ $3",
        )
        .bind(at(now))
        .bind(at(stale))
        .bind(LASTING)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The causes that are open, so that a node knows after a restart what there is to recover.
    pub async fn open_causes(&self) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar("SELECT cause FROM alert WHERE state = 'open'").fetch_all(&self.pool).await?)
    }

    /// What a claimed mail says.
    pub async fn mail_due(&self, claimed: Claimed) -> Result<MailDue> {
        type Row = (
            Uuid,
            String,
            String,
            Option<String>,
            String,
            String,
            Option<Uuid>,
            i32,
            jiff_sqlx::Timestamp,
            jiff_sqlx::Timestamp,
        );
        let (alert, kind, whose, partner, title, detail, subject, count, first, last): Row = sqlx::query_as(
            "SELECT a.id, m.kind, a.move, a.partner, a.title, a.detail, a.subject, a.count, a.first_at, a.last_at
             FROM mail m JOIN alert a ON a.id = m.alert_id WHERE m.id = $1",
        )
        .bind(claimed.subject)
        .fetch_one(&self.pool)
        .await?;
        Ok(MailDue {
            tries: claimed.lease.tries,
            lease: claimed.lease,
            mail: claimed.subject,
            alert,
            kind,
            whose,
            partner,
            title,
            detail,
            subject,
            count,
            first_at: first.to_jiff(),
            last_at: last.to_jiff(),
        })
    }

    /// `again`: when to try next; `None` with `sent = false` gives the mail up.
    pub async fn finish_mail(
        &self,
        due: &MailDue,
        sent: bool,
        detail: &str,
        again: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        let rows: i64 = sqlx::query_scalar(
            "WITH gone AS (DELETE FROM job WHERE id = $1 AND epoch = $2 AND $5::timestamptz IS NULL RETURNING 1),
             l AS (DELETE FROM lease WHERE job = $1 AND epoch = $2),
             kept AS (UPDATE job SET run_at = $5
                      WHERE id = $1 AND epoch = $2 AND $5 IS NOT NULL RETURNING 1),
             j AS (SELECT * FROM gone UNION ALL SELECT * FROM kept),
             m AS (UPDATE mail SET tries = tries + 1, detail = $6,
                       state = CASE WHEN $4 THEN 'sent' WHEN $5 IS NULL THEN 'dead' ELSE 'queued' END,
                       sent_at = CASE WHEN $4 THEN $7 END
                   WHERE id = $3 AND EXISTS (SELECT 1 FROM j))
             SELECT count(*) FROM j",
        )
        .bind(due.lease.job)
        .bind(due.lease.epoch)
        .bind(due.mail)
        .bind(sent)
        .bind(again.map(at))
        .bind(detail)
        .bind(at(now))
        .fetch_one(&self.pool)
        .await?;
        job::one_row(rows)
    }
}
