//! Events that a system of ours fetches, in an order that never skips.
//!
//! An event is a delivery of the way `events`. Sequences and ids are given before a commit, so a reader that goes by them misses what
//! commits late. Here a position is given after the commit, by one transaction at a time ([`Ledger::number_events`]), and a reader
//! sees numbered events only. Order keys hold as in a lane: an event waits for earlier messages of its connection, and behind one
//! of its key that a person holds. Its job stays until the reader has asked for what comes after.

use super::{Ledger, Result, at, job};
use jiff::Timestamp;
use uuid::Uuid;

/// Events numbered in one go.
const BATCH: i64 = 500;

/// The bell that rings when events of an endpoint were numbered.
pub fn bell(endpoint: &str) -> String {
    format!("events:{endpoint}")
}

/// An event to be read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Event {
    pub position: i64,
    /// The set: its payload is the event's bytes.
    pub set_id: Uuid,
}

impl Ledger {
    /// What waits for an endpoint that was of another kind before is fetched from now on.
    pub async fn adopt_events(&self, endpoint: &str) -> Result<()> {
        sqlx::query(
            "UPDATE delivery SET way = 'events', state = 'queued', next_try_at = NULL, place = NULL, read_at = NULL
             WHERE target_kind = 'endpoint' AND target = $1 AND way <> 'events' AND state IN ('queued', 'deferred', 'uncertain')",
        )
        .bind(endpoint)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives committed events their positions. Returns whether there may be more to do; nothing is done where another gateway is at
    /// it just now.
    pub async fn number_events(&self, endpoint: &str, now: Timestamp) -> Result<bool> {
        let mut tx = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO event_position (endpoint, last) SELECT $1, 0
             WHERE NOT EXISTS (SELECT 1 FROM event_position WHERE endpoint = $1) ON CONFLICT DO NOTHING",
        )
        .bind(endpoint)
        .execute(&mut *tx)
        .await?;
        let last: Option<i64> =
            sqlx::query_scalar("SELECT last FROM event_position WHERE endpoint = $1 FOR UPDATE SKIP LOCKED")
                .bind(endpoint)
                .fetch_optional(&mut *tx)
                .await?;
        let Some(last) = last else {
            tx.rollback().await?;
            return Ok(false);
        };
        // A statement of its own: its view is younger than the lock, so it sees what the one before us numbered.
        let numbered: i64 = sqlx::query_scalar(
            "WITH free AS (
                SELECT d.id, row_number() OVER (ORDER BY j.position, j.id) AS nth
                FROM delivery d JOIN job j ON j.kind = 'deliver' AND j.subject = d.id
                WHERE d.way = 'events' AND d.target = $1 AND d.place IS NULL AND d.state = 'queued'
                  AND j.state = 'ready' AND j.run_at <= $4
                  AND (j.order_key IS NULL OR (
                        NOT EXISTS (SELECT 1 FROM job p WHERE p.kind = 'process' AND p.partner = j.partner AND p.position < j.position)
                        AND NOT EXISTS (SELECT 1 FROM job e WHERE e.lane = j.lane AND e.order_key = j.order_key
                            AND (e.position, e.id) < (j.position, j.id) AND e.state = 'parked')))
                ORDER BY nth LIMIT $3
             ), n AS (
                UPDATE delivery d SET place = $2 + free.nth FROM free
                WHERE d.id = free.id AND d.place IS NULL AND d.state = 'queued' RETURNING d.place
             ), l AS (
                UPDATE event_position SET last = greatest(last, (SELECT max(place) FROM n)) WHERE endpoint = $1
             )
             SELECT count(*) FROM n",
        )
        .bind(endpoint)
        .bind(last)
        .bind(BATCH)
        .bind(at(now))
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        if numbered > 0 {
            self.wake.ring(&bell(endpoint));
        }
        Ok(numbered == BATCH)
    }

    /// The last position given.
    pub async fn last_event(&self, endpoint: &str) -> Result<i64> {
        let last = sqlx::query_scalar("SELECT last FROM event_position WHERE endpoint = $1")
            .bind(endpoint)
            .fetch_optional(&self.pool)
            .await?;
        Ok(last.unwrap_or(0))
    }

    /// What comes after a position, held and cancelled ones aside; without one, what is not confirmed yet. They count as read.
    pub async fn events_after(
        &self,
        endpoint: &str,
        after: Option<i64>,
        most: i64,
        now: Timestamp,
    ) -> Result<Vec<Event>> {
        let events: Vec<Event> = sqlx::query_as(
            "WITH e AS (
                SELECT id, place, set_id FROM delivery
                WHERE way = 'events' AND target = $1 AND place > coalesce($2, 0)
                  AND (state = 'queued' OR state = 'delivered' AND $2 IS NOT NULL)
                ORDER BY place LIMIT $3
             ), r AS (
                UPDATE delivery SET read_at = $4, tries = tries + 1 FROM e WHERE delivery.id = e.id AND state = 'queued'
             )
             SELECT place AS position, set_id FROM e ORDER BY place",
        )
        .bind(endpoint)
        .bind(after)
        .bind(most)
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?;
        Ok(events)
    }

    /// The reader has asked for what comes after a position: what it has read up to there is delivered.
    pub async fn confirm_events(
        &self,
        endpoint: &str,
        up_to: i64,
        reader: &str,
        now: Timestamp,
    ) -> Result<u64> {
        let mut tx = self.pool.begin().await?;
        // Jobs before deliveries, as everybody has it.
        let confirmed: Vec<Uuid> = sqlx::query_scalar(
            "SELECT d.id FROM job j JOIN delivery d ON d.id = j.subject
             WHERE j.kind = 'deliver' AND j.lane = $3 AND d.way = 'events' AND d.target = $1 AND d.place <= $2
               AND d.state = 'queued' AND d.read_at IS NOT NULL
             ORDER BY j.id FOR UPDATE OF j",
        )
        .bind(endpoint)
        .bind(up_to)
        .bind(job::endpoint_lane(endpoint))
        .fetch_all(&mut *tx)
        .await?;
        if confirmed.is_empty() {
            tx.rollback().await?;
            return Ok(0);
        }
        let done: i64 = sqlx::query_scalar(
            "WITH d AS (
                UPDATE delivery SET state = 'delivered', finished_at = $2, detail = 'fetched by ' || $3
                WHERE id = ANY ($1) AND state = 'queued' RETURNING id, set_id
             ), j AS (
                DELETE FROM job USING d WHERE kind = 'deliver' AND subject = d.id
             ), s AS (
                UPDATE transaction_set t SET open_deliveries = open_deliveries - 1,
                    state = CASE WHEN open_deliveries = 1 AND state = 'routed' THEN 'done' ELSE state END,
                    finished_at = CASE WHEN open_deliveries = 1 THEN $2 ELSE finished_at END
                FROM d WHERE t.id = d.set_id
             ), h AS (
                INSERT INTO history (id, subject, at, event, detail)
                SELECT id_new($2), id, $2, 'delivered', jsonb_build_object('by', $3::text) FROM d
             )
             SELECT count(*) FROM d",
        )
        .bind(&confirmed)
        .bind(at(now))
        .bind(reader)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        let done = u64::try_from(done).unwrap_or(0);
        crate::tally::delivered(endpoint, done);
        Ok(done)
    }
}
