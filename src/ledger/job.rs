//! The queue: lanes, jobs, leases, epochs.
//!
//! A lane (one a partner, an endpoint, and one each for processing and mail) has a cap over all nodes and is locked only to
//! claim, in batches: first the lane's row `FOR UPDATE SKIP LOCKED`, then, in a statement with a fresh view, its jobs. (One
//! combined statement leases a job twice now and then.) Completion touches the job's row only. A lease runs on the database's
//! clock; a heartbeat renews it; each claim raises the epoch, and a worker that slept past its lease is refused.

use super::{Error, Ledger, Result, at};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub const PROCESS_LANE: &str = "process";
pub const MAIL_LANE: &str = "mail";
/// A job that was lost with its worker this often is suspect: it is worked alone from then on. (Whoever is in work when a
/// process dies loses a try, the innocent too.)
pub const SUSPECT_TRIES: i32 = 3;
/// A suspect that was alone in work this often when its worker died is not tried again.
pub const POISON_STRIKES: i32 = 3;

pub fn endpoint_lane(name: &str) -> String {
    format!("endpoint:{name}")
}

pub fn partner_lane(id: &str) -> String {
    format!("partner:{id}")
}

/// The leases this node holds, for the heartbeat.
#[derive(Default)]
pub struct Held(Mutex<HashMap<i64, Holding>>);

struct Holding {
    epoch: i64,
    until: Instant,
    /// Whether its work has begun; what has not is given back as soon as the gateway stops.
    begun: bool,
}

impl Held {
    fn put(&self, job: i64, epoch: i64, until: Instant) {
        self.lock().insert(job, Holding { epoch, until, begun: false });
    }

    fn until(&self, job: i64, epoch: i64) -> Option<Instant> {
        self.lock().get(&job).filter(|held| held.epoch == epoch).map(|held| held.until)
    }

    fn begin(&self, job: i64, epoch: i64) -> bool {
        match self.lock().get_mut(&job).filter(|held| held.epoch == epoch) {
            Some(held) => {
                held.begun = true;
                true
            }
            None => false,
        }
    }

    fn all(&self) -> (Vec<i64>, Vec<i64>) {
        self.lock().iter().map(|(job, held)| (*job, held.epoch)).unzip()
    }

    /// Those not begun, which are held no longer: they will not begin here.
    fn take_idle(&self) -> (Vec<i64>, Vec<i64>) {
        self.lock().extract_if(|_, held| !held.begun).map(|(job, held)| (job, held.epoch)).unzip()
    }

    fn drop_lease(&self, job: i64, epoch: i64) {
        let mut held = self.lock();
        if held.get(&job).is_some_and(|held| held.epoch == epoch) {
            held.remove(&job);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Holding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job of ours, for as long as the lease lasts. Renewed by the heartbeat until dropped.
pub struct Lease {
    pub job: i64,
    pub epoch: i64,
    pub tries: i32,
    held: Arc<Held>,
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "job {} epoch {}", self.job, self.epoch)
    }
}

impl Lease {
    /// `since`: taken before the statement that claimed it was sent, so our view of the lease ends no later than the database's.
    pub(crate) fn new(ledger: &Ledger, job: i64, epoch: i64, tries: i32, since: Instant) -> Lease {
        ledger.held.put(job, epoch, since + ledger.lease);
        Lease { job, epoch, tries, held: ledger.held.clone() }
    }

    /// Says that its work begins. `false`: it was given back, as this gateway stops, and is another's.
    #[must_use]
    pub fn begin(&self) -> bool {
        self.held.begin(self.job, self.epoch)
    }

    /// Time left by our own clock. Checked before the first byte leaves.
    pub fn remaining(&self) -> Duration {
        self.held
            .until(self.job, self.epoch)
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.held.drop_lease(self.job, self.epoch);
    }
}

impl Ledger {
    /// Makes the lane, or gives it a new cap.
    pub async fn set_lanes(&self, lanes: &[(String, u32)]) -> Result<()> {
        let (names, caps): (Vec<&str>, Vec<i32>) =
            lanes.iter().map(|(n, c)| (n.as_str(), i32::try_from(*c).unwrap_or(i32::MAX).max(1))).unzip();
        sqlx::query(
            "INSERT INTO lane (name, cap) SELECT * FROM unnest($1::text[], $2::int[])
             ON CONFLICT (name) DO UPDATE SET cap = excluded.cap WHERE lane.cap <> excluded.cap",
        )
        .bind(names)
        .bind(caps)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Renews all leases of this node. Called every third of a lease.
    pub async fn heartbeat(&self, now: Timestamp) -> Result<()> {
        let since = Instant::now();
        let (jobs, epochs) = self.held.all();
        let renewed: Vec<(i64, i64)> = sqlx::query_as(
            "WITH seen AS (UPDATE node SET seen_at = $5 WHERE id = $3)
             UPDATE lease SET until = clock_timestamp() + make_interval(secs => $4)
             FROM unnest($1::bigint[], $2::bigint[]) AS mine (job, epoch)
             WHERE lease.job = mine.job AND lease.epoch = mine.epoch AND lease.node = $3
             RETURNING lease.job, lease.epoch",
        )
        .bind(&jobs)
        .bind(&epochs)
        .bind(self.node)
        .bind(self.lease.as_secs_f64())
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?;
        let mut held = self.held.lock();
        for (job, epoch) in renewed {
            if let Some(lease) = held.get_mut(&job).filter(|held| held.epoch == epoch) {
                lease.until = since + self.lease;
            }
        }
        Ok(())
    }

    pub fn lease_time(&self) -> Duration {
        self.lease
    }

    /// Notes that a suspect is about to be worked alone; says how often it was before.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] if another worker has it since.
    pub async fn strike(&self, lease: &Lease) -> Result<i32> {
        sqlx::query_scalar(
            "UPDATE job SET strikes = strikes + 1 WHERE id = $1 AND epoch = $2 RETURNING strikes - 1",
        )
        .bind(lease.job)
        .bind(lease.epoch)
        .fetch_optional(&self.pool)
        .await?
        .ok_or(Error::LeaseLost)
    }

    /// Gives a job back untouched, to be taken from that time on.
    pub async fn give_back_until(&self, lease: &Lease, when: Timestamp) -> Result<()> {
        sqlx::query(
            "WITH l AS (DELETE FROM lease WHERE job = $1 AND epoch = $2)
             UPDATE job SET tries = greatest(tries - 1, 0), run_at = $3 WHERE id = $1 AND epoch = $2",
        )
        .bind(lease.job)
        .bind(lease.epoch)
        .bind(at(when))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives a job back untouched, for others to take at once.
    pub async fn give_back(&self, lease: &Lease) -> Result<()> {
        sqlx::query(
            "WITH l AS (DELETE FROM lease WHERE job = $1 AND epoch = $2)
             UPDATE job SET tries = greatest(tries - 1, 0) WHERE id = $1 AND epoch = $2",
        )
        .bind(lease.job)
        .bind(lease.epoch)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives back what this process has claimed and not begun: others take it at once, and its try does not count.
    pub async fn give_back_idle(&self, now: Timestamp) -> Result<u64> {
        let (jobs, epochs) = self.held.take_idle();
        if jobs.is_empty() {
            return Ok(0);
        }
        let lanes: Vec<String> = sqlx::query_scalar(
            "WITH gone AS (
                DELETE FROM lease USING unnest($1::bigint[], $2::bigint[]) AS mine (job, epoch)
                WHERE lease.job = mine.job AND lease.epoch = mine.epoch AND lease.node = $3
                RETURNING lease.job, lease.epoch, lease.lane
             ), back AS (
                UPDATE job SET tries = greatest(tries - 1, 0), epoch = job.epoch + 1 FROM gone
                WHERE job.id = gone.job AND job.epoch = gone.epoch
                RETURNING job.kind, job.subject, gone.epoch
             ), tried AS (
                -- A claim writes the try down. Nothing left us, so it is not one that may have.
                UPDATE attempt SET finished_at = $4, outcome = 'deferred', detail = 'this gateway stopped before it began' FROM back
                WHERE back.kind = 'deliver' AND attempt.delivery_id = back.subject AND attempt.epoch = back.epoch
                    AND attempt.finished_at IS NULL
             ), again AS (
                UPDATE delivery SET state = 'queued', spared = delivery.spared + 1 FROM back
                WHERE back.kind = 'deliver' AND delivery.id = back.subject AND delivery.state = 'delivering'
             )
             SELECT lane FROM gone",
        )
        .bind(jobs)
        .bind(epochs)
        .bind(self.node)
        .bind(at(now))
        .fetch_all(&self.pool)
        .await?;
        self.ring_given_back(lanes).await
    }

    /// Gives back all that this process still holds, at its end: others take it without waiting for the lease, and what is still at work
    /// here is refused by its epoch. A delivery whose bytes may have left is tried again as after a crash.
    pub async fn leave(&self) -> Result<u64> {
        self.held.lock().clear();
        sqlx::query("UPDATE poll SET epoch = epoch + 1, node = NULL, until = NULL WHERE node = $1")
            .bind(self.node)
            .execute(&self.pool)
            .await?;
        let lanes: Vec<String> = sqlx::query_scalar(
            "WITH gone AS (
                DELETE FROM lease WHERE node = $1 RETURNING job, lane
             ), back AS (
                UPDATE job SET epoch = epoch + 1 WHERE id IN (SELECT job FROM gone)
             )
             SELECT lane FROM gone",
        )
        .bind(self.node)
        .fetch_all(&self.pool)
        .await?;
        self.ring_given_back(lanes).await
    }

    async fn ring_given_back(&self, mut lanes: Vec<String>) -> Result<u64> {
        let many = lanes.len() as u64;
        lanes.sort();
        lanes.dedup();
        self.ring_all(&lanes.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        Ok(many)
    }
}

/// Locks the lane for one claim; `false` if it is paused, unknown, or being claimed by another node just now.
pub(crate) async fn lock_lane(tx: &mut sqlx::PgTransaction<'_>, lane: &str) -> Result<bool> {
    let locked: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM lane WHERE name = $1 AND NOT paused FOR UPDATE SKIP LOCKED")
            .bind(lane)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(locked.is_some())
}

/// The statement that takes jobs of a locked lane: `$1` lane, `$2` now, `$3` at most, `$4` node, `$5` lease in seconds.
/// Ends in a CTE `taken (id, epoch, tries, subject)`. A probe takes first what was tried least, so that one bad document is not
/// the probe for ever.
macro_rules! take_jobs {
    ($rest:literal) => {
        take_jobs!("j.position, j.id", $rest)
    };
    ($order:literal, $rest:literal) => {
        concat!(
            "WITH free AS (
                SELECT j.id FROM job j
                WHERE j.lane = $1 AND j.state = 'ready' AND j.run_at <= $2
                  AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.job = j.id AND l.until > clock_timestamp())
                  AND (j.order_key IS NULL OR (
                        NOT EXISTS (SELECT 1 FROM job e WHERE e.lane = j.lane AND e.order_key = j.order_key
                                    AND (e.position, e.id) < (j.position, j.id))
                        AND NOT EXISTS (SELECT 1 FROM job p WHERE p.kind = 'process' AND p.partner = j.partner
                                    AND p.position < j.position)))
                ORDER BY ",
            $order,
            "
                LIMIT least($3, greatest(0, (SELECT cap FROM lane WHERE name = $1)
                    - (SELECT count(*) FROM lease f WHERE f.lane = $1 AND f.until > clock_timestamp())))
            ), taken AS (
                UPDATE job SET epoch = epoch + 1, tries = tries + 1
                -- Looked at again on the row as it is now: someone may just have parked it.
                FROM free WHERE job.id = free.id AND job.state = 'ready'
                RETURNING job.id, job.epoch, job.tries, job.subject, job.position
            ), leased AS (
                INSERT INTO lease (job, lane, epoch, node, until)
                SELECT id, $1, epoch, $4, clock_timestamp() + make_interval(secs => $5) FROM taken
                ON CONFLICT (job) DO UPDATE SET epoch = excluded.epoch, node = excluded.node, until = excluded.until
            )",
            $rest
        )
    };
}
pub(crate) use take_jobs;

/// A completion touched one row, or the lease is lost.
pub(crate) fn one_row(rows: i64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::LeaseLost) }
}

/// A claimed job of a kind that has no further data.
#[derive(Debug)]
pub struct Claimed {
    pub lease: Lease,
    pub subject: Uuid,
}

impl Ledger {
    /// Claims jobs of the processing or mail lane.
    pub async fn claim_plain(&self, lane: &str, most: i64, now: Timestamp) -> Result<Vec<Claimed>> {
        let since = Instant::now();
        let mut tx = self.pool.begin().await?;
        if !lock_lane(&mut tx, lane).await? {
            tx.rollback().await?;
            return Ok(Vec::new());
        }
        let rows: Vec<(i64, i64, i32, Uuid)> =
            sqlx::query_as(take_jobs!(" SELECT id, epoch, tries, subject FROM taken ORDER BY position"))
                .bind(lane)
                .bind(at(now))
                .bind(most)
                .bind(self.node)
                .bind(self.lease.as_secs_f64())
                .fetch_all(&mut *tx)
                .await?;
        tx.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(job, epoch, tries, subject)| Claimed {
                lease: Lease::new(self, job, epoch, tries, since),
                subject,
            })
            .collect())
    }
}
