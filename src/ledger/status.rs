//! The state of the house in one look: what waits, what failed, how old the oldest is.

use super::{Ledger, Result, at};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct LaneLine {
    pub lane: String,
    pub cap: i32,
    pub paused: bool,
    pub waiting: i64,
    pub in_flight: i64,
    pub parked: i64,
    /// Seconds since the oldest waiting job became due.
    pub oldest_seconds: Option<f64>,
    /// `closed`; `open`: nothing gets through, one at a time is tried; `half_open`: one is under way; `draining`.
    pub breaker: String,
    /// Since when it is not closed.
    pub since: Option<String>,
    /// When the next is tried, while it is open.
    pub next_probe: Option<String>,
    /// Until when the other side asked us to wait.
    pub silent_until: Option<String>,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Counted {
    pub what: String,
    pub state: String,
    pub count: i64,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct OpenAlert {
    pub id: Uuid,
    pub cause: String,
    #[sqlx(rename = "move")]
    #[serde(rename = "move")]
    pub whose: String,
    pub title: String,
    pub count: i32,
    pub first_at: String,
    pub last_at: String,
}

#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct NodeLine {
    pub id: Uuid,
    pub home: String,
    pub version: String,
    pub pid: i32,
    pub started_at: String,
    pub seen_at: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Status {
    pub nodes: Vec<NodeLine>,
    pub lanes: Vec<LaneLine>,
    /// Messages, sets and deliveries of the last day, and whatever is still open, by state; receipts that we wait for.
    pub counts: Vec<Counted>,
    pub alerts: Vec<OpenAlert>,
    /// Partners' SFTP servers that we look at.
    pub polls: Vec<super::poll::PollLine>,
    pub database_bytes: i64,
}

impl Ledger {
    /// Lanes that have a job due, or one whose worker lost its lease: the safety net under the bells.
    pub async fn lanes_due(&self, now: Timestamp) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT lane FROM job
             WHERE state = 'ready' AND run_at <= $1
               AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.job = job.id AND l.until > clock_timestamp())
               AND NOT EXISTS (SELECT 1 FROM breaker b WHERE b.lane = job.lane AND b.state IN ('open', 'half_open') AND b.next_at > $1)",
        )
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?)
    }

    /// Every lane, with what waits in it.
    pub async fn lanes(&self, now: Timestamp) -> Result<Vec<LaneLine>> {
        Ok(sqlx::query_as(
            "SELECT l.name AS lane, l.cap, l.paused,
                count(j.id) FILTER (WHERE j.state = 'ready' AND s.job IS NULL) AS waiting,
                count(s.job) AS in_flight,
                count(j.id) FILTER (WHERE j.state = 'parked') AS parked,
                extract(epoch FROM $1 - min(j.run_at) FILTER (WHERE j.state = 'ready' AND j.run_at <= $1 AND s.job IS NULL))::float8 AS oldest_seconds,
                coalesce(b.state, 'closed') AS breaker,
                CASE WHEN b.state <> 'closed' THEN instant(b.since) END AS since,
                CASE WHEN b.state IN ('open', 'half_open') THEN instant(b.next_at) END AS next_probe,
                CASE WHEN l.silent_until > $1 THEN instant(l.silent_until) END AS silent_until
             FROM lane l LEFT JOIN breaker b ON b.lane = l.name
             LEFT JOIN job j ON j.lane = l.name LEFT JOIN lease s ON s.job = j.id
             GROUP BY l.name, l.cap, l.paused, b.lane ORDER BY l.name",
        )
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?)
    }

    pub async fn status(&self, now: Timestamp) -> Result<Status> {
        let alive = now.checked_sub(jiff::SignedDuration::from_mins(2)).unwrap_or(now);
        let day = now.checked_sub(jiff::SignedDuration::from_hours(24)).unwrap_or(now);
        let nodes = sqlx::query_as(
            "SELECT id, home, version, pid, instant(started_at) AS started_at, instant(seen_at) AS seen_at FROM node
             WHERE seen_at >= $1 ORDER BY started_at",
        )
        .bind(at(alive))
        .fetch_all(&self.pool)
        .await?;
        let lanes = self.lanes(now).await?;
        let counts = sqlx::query_as(
            "SELECT 'message ' || direction AS what, state, count(*) AS count FROM message
                WHERE received_at >= $1 OR state = 'quarantined' GROUP BY 1, 2
             UNION ALL
             SELECT 'document', state, count(*) FROM transaction_set
                WHERE received_at >= $1 OR state NOT IN ('done', 'cancelled') GROUP BY 2
             UNION ALL
             SELECT 'delivery', state, count(*) FROM delivery
                WHERE created_at >= $1 OR state NOT IN ('delivered', 'cancelled') GROUP BY 2
             UNION ALL
             SELECT CASE direction WHEN 'ours' THEN 'answer of ours (' ELSE 'receipt of theirs (' END || kind || ')', state, count(*)
                FROM acknowledgement WHERE direction = 'expected' AND state IN ('expected', 'overdue')
                    OR direction = 'ours' AND state IN ('owed', 'overdue') GROUP BY 1, 2
             ORDER BY 1, 2",
        )
        .bind(at(day))
        .fetch_all(&self.pool)
        .await?;
        let alerts = sqlx::query_as(
            "SELECT id, cause, move, title, count, instant(first_at) AS first_at, instant(last_at) AS last_at FROM alert
             WHERE state = 'open' ORDER BY last_at DESC LIMIT 50",
        )
        .fetch_all(&self.pool)
        .await?;
        let database_bytes =
            sqlx::query_scalar("SELECT pg_database_size(current_database())").fetch_one(&self.pool).await?;
        Ok(Status { nodes, lanes, counts, alerts, polls: self.polls().await?, database_bytes })
    }
}
