//! The circuit breaker of a lane: an endpoint or a partner that is down is probed, not hammered.
//!
//! One row a lane in trouble, so that all gateways on one database act as one, also after a restart. After some failed tries in
//! a row the lane opens: what is owed waits, in order, and one delivery at a time is the probe, at intervals that double. The first
//! answer closes it. With a rate set, what waited then goes out at that rate. In good times there is no row, and nothing is written.
//! A try that is lost with its worker leaves the lane half open; the next claim probes again.

use super::audit::{self, Actor, Change, On};
use super::pace::{self, Pace};
use super::{Ledger, Result, at};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// What a failed try says of the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strain {
    /// The other side cannot be reached, or says that it is not itself.
    Lane,
    /// It may be this document alone: the same one again is no further sign.
    Document,
}

/// The lane after a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trip {
    /// It is open: when the next probe goes.
    pub open: Option<Timestamp>,
    /// By this try.
    pub opened: bool,
}

/// A failed try, as the breaker sees it.
#[derive(Debug, Clone, Copy)]
pub struct Failed<'a> {
    pub lane: &'a str,
    pub delivery: Uuid,
    pub strain: Strain,
    /// It was the probe.
    pub probe: bool,
    /// Failed tries in a row that open the lane.
    pub most: u32,
    pub detail: &'a str,
}

/// What a claim may take from a lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Entry {
    /// Nothing; where that is known, until then.
    Shut(Option<Timestamp>),
    /// As many as there are places, or as its rate allows. `strained`: some failed lately, an answer is news.
    Free { most: i64, strained: bool },
    /// One, which is the probe.
    Probe,
    /// So many, for the rate's sake.
    Drain { most: i64, strained: bool },
}

type Instant = Option<jiff_sqlx::Timestamp>;
type Row = (Option<String>, Option<i32>, Instant, Instant, Instant);

/// Locks the lane for one claim and says what it may take. Nothing if it is paused, unknown, asked to wait, or
/// being claimed by another node.
pub(crate) async fn enter(
    tx: &mut sqlx::PgTransaction<'_>,
    lane: &str,
    most: i64,
    pace: Pace,
    now: Timestamp,
) -> Result<Entry> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT b.state, b.failures, b.next_at, l.paced_at, l.silent_until FROM lane l LEFT JOIN breaker b ON b.lane = l.name
         WHERE l.name = $1 AND NOT l.paused FOR UPDATE OF l SKIP LOCKED",
    )
    .bind(lane)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((state, failures, next, paced, silent)) = row else { return Ok(Entry::Shut(None)) };
    if let Some(until) = silent.map(|until| until.to_jiff()).filter(|until| *until > now) {
        return Ok(Entry::Shut(Some(until)));
    }
    let most = match pace.steady.map(|rate| pace::turns(rate, paced.map(|at| at.to_jiff()), now, most)) {
        Some(Ok(turns)) => turns,
        Some(Err(next)) => return Ok(Entry::Shut(Some(next))),
        None => most,
    };
    let strained = failures.unwrap_or(0) > 0;
    let next = next.map_or(now, |next| next.to_jiff());
    match (state.as_deref(), pace.drain) {
        (Some("open" | "half_open"), _) if next > now => Ok(Entry::Shut(Some(next))),
        (Some("open" | "half_open"), _) => {
            // A fresh view, under the lane's lock: nobody else probes.
            let turn = sqlx::query(
                "UPDATE breaker SET state = 'half_open' WHERE lane = $1 AND state IN ('open', 'half_open') AND next_at <= $2
                   AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.lane = $1 AND until > clock_timestamp())",
            )
            .bind(lane)
            .bind(at(now))
            .execute(&mut **tx)
            .await?;
            Ok(if turn.rows_affected() == 1 { Entry::Probe } else { Entry::Shut(None) })
        }
        (Some("draining"), Some(rate)) => match turns(rate, next, now, most) {
            0 => Ok(Entry::Shut(Some(later(next, 1.0 / rate)))),
            most => Ok(Entry::Drain { most, strained }),
        },
        _ => Ok(Entry::Free { most, strained }),
    }
}

/// How many may go now at this many a second, the last one having gone at `last`. What was not used is not saved up.
fn turns(rate: f64, last: Timestamp, now: Timestamp, most: i64) -> i64 {
    let passed = now.duration_since(last).as_secs_f64().max(0.0);
    ((passed * rate) as i64).min(most.max(0))
}

fn later(from: Timestamp, seconds: f64) -> Timestamp {
    from.checked_add(pace::seconds(seconds)).unwrap_or(from)
}

/// Notes what a claim of a draining lane took; where nothing waits any more, it has drained.
/// Says when the next may go.
pub(crate) async fn drained(
    tx: &mut sqlx::PgTransaction<'_>,
    lane: &str,
    taken: usize,
    rate: f64,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let used = taken as f64 / rate;
    sqlx::query(
        "WITH over AS (
            DELETE FROM breaker WHERE lane = $1 AND state = 'draining' AND $2 = 0
              AND NOT EXISTS (SELECT 1 FROM job j WHERE j.lane = $1 AND j.state = 'ready' AND j.run_at <= $3)
         )
         UPDATE breaker SET next_at = greatest(next_at + make_interval(secs => $4), $3 - make_interval(secs => $5))
         WHERE lane = $1 AND state = 'draining' AND $2 > 0",
    )
    .bind(lane)
    .bind(i64::try_from(taken).unwrap_or(i64::MAX))
    .bind(at(now))
    .bind(used)
    .bind(1.0 / rate)
    .execute(&mut **tx)
    .await?;
    Ok((taken > 0).then(|| later(now, 1.0 / rate)))
}

impl Ledger {
    /// Counts a failed try of temporary kind, and opens the lane where it is one too many. `wait` gives the time to the next probe,
    /// from the number of those that failed.
    pub async fn lane_failed(
        &self,
        failed: &Failed<'_>,
        wait: impl Fn(u32) -> Duration,
        now: Timestamp,
    ) -> Result<Trip> {
        let mut tx = self.pool.begin().await?;
        let (state, failures, probes, next): (String, i32, i32, Option<jiff_sqlx::Timestamp>) = sqlx::query_as(
            "INSERT INTO breaker AS b (lane, last, since, detail) VALUES ($1, $2, $3, $5)
             ON CONFLICT (lane) DO UPDATE SET last = excluded.last, detail = excluded.detail,
                failures = b.failures + CASE WHEN $4 AND b.failures > 0 AND b.last = excluded.last THEN 0 ELSE 1 END
             RETURNING state, failures, probes, next_at",
        )
        .bind(failed.lane)
        .bind(failed.delivery)
        .bind(at(now))
        .bind(failed.strain == Strain::Document)
        .bind(failed.detail.chars().take(500).collect::<String>())
        .fetch_one(&mut *tx)
        .await?;
        let open = matches!(state.as_str(), "open" | "half_open");
        let opens = !open && failures >= i32::try_from(failed.most.max(1)).unwrap_or(i32::MAX);
        // One that was under way when it opened says nothing new.
        if !(opens || open && failed.probe) {
            tx.commit().await?;
            return Ok(Trip { open: next.filter(|_| open).map(|next| next.to_jiff()), opened: false });
        }
        let probes = if opens { 0 } else { probes.saturating_add(1) };
        let wait = wait(u32::try_from(probes).unwrap_or(0));
        let next = now
            .checked_add(SignedDuration::try_from(wait).unwrap_or(SignedDuration::from_mins(1)))
            .unwrap_or(now);
        sqlx::query(
            "UPDATE breaker SET state = 'open', probes = $2, next_at = $3, since = CASE WHEN $4 THEN $5 ELSE since END WHERE lane = $1",
        )
        .bind(failed.lane)
        .bind(probes)
        .bind(at(next))
        .bind(opens)
        .bind(at(now))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Trip { open: Some(next), opened: opens })
    }

    /// The other side answered: the row of failures ends. `true`: the lane was open, and is closed by this; its bell is rung.
    pub async fn lane_answered(&self, lane: &str, drain: bool, now: Timestamp) -> Result<bool> {
        let mut tx = self.pool.begin().await?;
        let state: Option<String> =
            sqlx::query_scalar("SELECT state FROM breaker WHERE lane = $1 FOR UPDATE")
                .bind(lane)
                .fetch_optional(&mut *tx)
                .await?;
        let open = matches!(state.as_deref(), Some("open" | "half_open"));
        let keep = drain && (open || state.as_deref() == Some("draining"));
        let sql = if keep {
            "UPDATE breaker SET failures = 0, state = 'draining', since = CASE WHEN state = 'draining' THEN since ELSE $2 END,
                next_at = CASE WHEN state = 'draining' THEN next_at ELSE $2 END WHERE lane = $1"
        } else {
            "DELETE FROM breaker WHERE lane = $1 AND $2::timestamptz IS NOT NULL"
        };
        if state.is_some() {
            sqlx::query(sql).bind(lane).bind(at(now)).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        if open {
            self.wake.ring(lane);
        }
        Ok(open)
    }
}

/// Documents that the audit trail names of one order; each has it in its history.
const NAMED: usize = 1000;

/// What of an endpoint's deliveries goes again, by a person's order.
#[derive(Debug, Clone, Copy)]
pub struct Again<'a> {
    pub endpoint: &'a str,
    /// `dead` or `held`.
    pub state: &'a str,
    pub partner: Option<&'a str>,
    pub reason: &'a str,
    /// How many a second.
    pub rate: Option<f64>,
}

impl Ledger {
    /// How many that would be: partner, set, count, when the oldest came.
    pub async fn count_of_redelivery(&self, again: &Again<'_>) -> Result<Vec<(String, String, i64, String)>> {
        Ok(sqlx::query_as(
            "SELECT s.partner, s.code, count(*), instant(min(s.received_at)) FROM delivery d JOIN transaction_set s ON s.id = d.set_id
             WHERE d.target_kind = 'endpoint' AND d.target = $1 AND d.state = $2 AND ($3::text IS NULL OR s.partner = $3)
             GROUP BY s.partner, s.code ORDER BY s.partner, s.code",
        )
        .bind(again.endpoint)
        .bind(again.state)
        .bind(again.partner)
        .fetch_all(&self.pool)
        .await?)
    }

    /// Queues them again, in order of receipt and, where a rate is set, one after another. Returns how many.
    pub async fn redeliver_many(&self, again: &Again<'_>, actor: &Actor, now: Timestamp) -> Result<u64> {
        let mut tx = self.pool.begin().await?;
        // Jobs before deliveries, as a claim has it. What is parked is claimed by nobody, but a person may act on one of them just now.
        let jobs: Vec<(i64, Uuid)> = sqlx::query_as(
            "SELECT j.id, j.subject FROM job j JOIN delivery d ON d.id = j.subject JOIN transaction_set s ON s.id = d.set_id
             WHERE j.kind = 'deliver' AND j.state = 'parked' AND d.target_kind = 'endpoint' AND d.target = $1 AND d.state = $2
               AND ($3::text IS NULL OR s.partner = $3)
             ORDER BY j.position, j.id FOR UPDATE OF j",
        )
        .bind(again.endpoint)
        .bind(again.state)
        .bind(again.partner)
        .fetch_all(&mut *tx)
        .await?;
        if jobs.is_empty() {
            return Ok(0);
        }
        let (ids, subjects): (Vec<i64>, Vec<Uuid>) = jobs.into_iter().unzip();
        let documents: Vec<Uuid> = sqlx::query_scalar(
            "WITH n AS (SELECT * FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS n (job, id, nth)),
             d AS (
                UPDATE delivery SET state = 'queued', next_try_at = NULL, tries = 0, spared = 0
                FROM n WHERE delivery.id = n.id AND delivery.state = $3 RETURNING delivery.id, delivery.set_id, n.job, n.nth
             ), j AS (
                UPDATE job SET state = 'ready', tries = 0,
                    run_at = $4 + make_interval(secs => CASE WHEN $5::float8 > 0 THEN (d.nth - 1) / $5::float8 ELSE 0 END)
                FROM d WHERE job.id = d.job
             )
             INSERT INTO history (id, subject, at, event, detail)
             SELECT id_new($4), set_id, $4, 'redeliver', jsonb_build_object('reason', $6::text, 'by', $7::text, 'deliveries', 1) FROM d
             RETURNING subject",
        )
        .bind(&ids)
        .bind(&subjects)
        .bind(again.state)
        .bind(at(now))
        .bind(again.rate)
        .bind(again.reason)
        .bind(actor.name())
        .fetch_all(&mut *tx)
        .await?;
        let named = documents.get(..documents.len().min(NAMED)).unwrap_or_default();
        let detail = json!({ "state": again.state, "deliveries": documents.len(), "documents": named });
        let change = Change::new("redeliver", On::Endpoint(again.endpoint)).of(again.partner);
        audit::write(&mut tx, actor, &change.because(again.reason).with(detail), now).await?;
        tx.commit().await?;
        self.ring_all(&[&super::job::endpoint_lane(again.endpoint)]).await?;
        Ok(documents.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn after(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn a_rate_gives_so_many_turns_and_no_more_than_there_are_places() {
        assert_eq!(turns(50.0, after(0), after(0), 8), 0);
        assert_eq!(turns(50.0, after(0), after(19), 8), 0);
        assert_eq!(turns(50.0, after(0), after(21), 8), 1);
        assert_eq!(turns(50.0, after(0), after(90), 8), 4);
        assert_eq!(turns(50.0, after(0), after(9000), 8), 8);
        assert_eq!(turns(50.0, after(500), after(0), 8), 0, "another node's clock is ahead");
    }
}
