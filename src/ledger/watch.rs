//! What is watched of the ledger: figures for monitoring, the throughput of the last moments, the last failures.
//!
//! Promises: two statements for all figures, over rows that are still open, so that the cost does not grow with history. They cover
//! every gateway on this ledger. Instants come from the caller.

use super::status::LaneLine;
use super::{Ledger, Result, at};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// A gateway that was not seen for this long counts as gone.
pub const SEEN: SignedDuration = SignedDuration::from_mins(2);

/// One figure.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Figure {
    /// `delivery`, `waiting`, `acknowledgement`, `alert`, `quarantined`.
    pub what: String,
    /// Of whom: a lane, `theirs:997`, whose move.
    pub name: String,
    pub state: String,
    pub value: f64,
}

/// The ledger's figures at one instant.
#[derive(Debug, Clone)]
pub struct Facts {
    pub lanes: Vec<LaneLine>,
    pub figures: Vec<Figure>,
    /// Gateways seen lately.
    pub gateways: i64,
    pub bytes: i64,
}

impl Facts {
    /// The figures of one sort.
    pub fn of<'a>(&'a self, what: &'a str) -> impl Iterator<Item = &'a Figure> {
        self.figures.iter().filter(move |figure| figure.what == what)
    }
}

/// The connections of this process.
#[derive(Debug, Clone, Copy)]
pub struct PoolUse {
    pub in_use: u32,
    pub idle: u32,
    pub most: u32,
}

/// What happened since an instant.
#[derive(Debug, Clone, Default, Serialize, sqlx::FromRow)]
pub struct Throughput {
    pub received: i64,
    pub sent: i64,
    pub documents: i64,
    pub delivered: i64,
    pub failed: i64,
}

/// A try that failed.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct Failure {
    pub at: String,
    /// `endpoint:erp`, `partner:acme`.
    pub lane: String,
    pub outcome: String,
    /// How the delivery stands now.
    pub state: String,
    pub detail: String,
}

impl Ledger {
    /// What monitoring asks for.
    pub async fn facts(&self, now: Timestamp) -> Result<Facts> {
        let lanes = self.lanes(now).await?;
        let mut figures: Vec<Figure> = sqlx::query_as(
            "SELECT 'delivery' AS what, target_kind || ':' || target AS name, state, count(*)::float8 AS value
                FROM delivery WHERE state NOT IN ('delivered', 'cancelled') GROUP BY 2, 3
             UNION ALL
             SELECT 'waiting', target_kind || ':' || target, '', extract(epoch FROM $1 - min(created_at))::float8
                FROM delivery WHERE state NOT IN ('delivered', 'cancelled', 'dead', 'held') AND way <> 'outbox' GROUP BY 2
             UNION ALL
             SELECT 'acknowledgement', CASE direction WHEN 'expected' THEN 'theirs:' ELSE 'ours:' END || kind,
                CASE WHEN state = 'overdue' OR due_at < $1 THEN 'overdue' ELSE 'open' END, count(*)::float8
                FROM acknowledgement WHERE state IN ('owed', 'generated', 'expected', 'overdue') GROUP BY 2, 3
             UNION ALL
             SELECT 'alert', move, '', count(*)::float8 FROM alert WHERE state = 'open' GROUP BY 2
             UNION ALL
             SELECT 'quarantined', reason, '', count(*)::float8 FROM message WHERE state = 'quarantined' GROUP BY 2
             UNION ALL
             SELECT 'gateways', '', '', count(*)::float8 FROM node WHERE seen_at >= $2
             UNION ALL
             SELECT 'bytes', '', '', pg_database_size(current_database())::float8",
        )
        .bind(at(now))
        .bind(at(now.checked_sub(SEEN).unwrap_or(now)))
        .fetch_all(&self.pool)
        .await?;
        let mut alone = |what: &str| {
            let found = figures.iter().position(|figure| figure.what == what);
            // Counts and sizes, far below 2^53.
            found.map_or(0, |place| figures.swap_remove(place).value as i64)
        };
        let (gateways, bytes) = (alone("gateways"), alone("bytes"));
        Ok(Facts { lanes, figures, gateways, bytes })
    }

    /// Whether a transaction can be written now.
    ///
    /// # Errors
    /// [`super::Error::Unavailable`].
    pub async fn writable(&self) -> Result<bool> {
        let sql = "SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.pool).await?)
    }

    pub fn pool_use(&self) -> PoolUse {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        let most = self.pool.options().get_max_connections();
        PoolUse { in_use: self.pool.size().saturating_sub(idle), idle, most }
    }

    /// What came, left and failed since `since`. Ids carry their time, so only the newest rows are read.
    pub async fn throughput(&self, since: Timestamp) -> Result<Throughput> {
        Ok(sqlx::query_as(
            "SELECT (SELECT count(*) FROM message WHERE id >= id_floor($1) AND direction = 'in') AS received,
                (SELECT count(*) FROM message WHERE id >= id_floor($1) AND direction = 'out') AS sent,
                (SELECT count(*) FROM transaction_set WHERE id >= id_floor($1)) AS documents,
                (SELECT count(*) FROM attempt WHERE id >= id_floor($1) AND outcome = 'delivered') AS delivered,
                (SELECT count(*) FROM attempt WHERE id >= id_floor($1) AND outcome <> 'delivered') AS failed",
        )
        .bind(at(since))
        .fetch_one(&self.pool)
        .await?)
    }

    /// The last tries that failed since `since`, the newest first.
    pub async fn last_failures(&self, since: Timestamp, most: i64) -> Result<Vec<Failure>> {
        Ok(sqlx::query_as(
            "SELECT instant(coalesce(a.finished_at, a.started_at)) AS at, d.target_kind || ':' || d.target AS lane, a.outcome, d.state,
                coalesce(a.detail, '') AS detail
             FROM attempt a JOIN delivery d ON d.id = a.delivery_id
             WHERE a.id >= id_floor($1) AND a.outcome <> 'delivered' ORDER BY a.id DESC LIMIT $2",
        )
        .bind(at(since))
        .bind(most)
        .fetch_all(&self.pool)
        .await?)
    }
}
