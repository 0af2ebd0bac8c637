//! Polling of partners' SFTP servers: whose turn it is, and the memory of what lies there.
//!
//! Of all gateways on a database one polls a partner at a time: a claim leases its row on the database's clock and raises the
//! epoch. Whoever slept past its lease is refused with [`Error::LeaseLost`]. When the next poll is due is business time.

use super::{Error, Ledger, Result, at};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::HashMap;
use std::time::Instant;

/// A file that is gone from the server is remembered for this long: a listing may lack it for a while.
const FORGET: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How exact `seen_at` is.
const SEEN: SignedDuration = SignedDuration::from_hours(1);

/// A poll that is ours.
#[derive(Debug, Clone)]
pub struct PollClaim {
    pub partner: String,
    pub epoch: i64,
    /// Failed polls in a row before this one.
    pub failures: i32,
    /// Taken before the claim was sent: our view of the lease ends no later than the database's.
    pub since: Instant,
    /// The same in business time.
    pub at: Timestamp,
}

/// What became of a poll.
#[derive(Debug, Clone)]
pub struct PollEnd<'a> {
    pub failures: i32,
    pub next_at: Timestamp,
    pub detail: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    Watched,
    Taken,
    Refused,
}

impl FileState {
    fn name(self) -> &'static str {
        match self {
            FileState::Watched => "watched",
            FileState::Taken => "taken",
            FileState::Refused => "refused",
        }
    }
}

/// What is remembered of a file on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFile {
    pub size: u64,
    /// Seconds since 1970; 0 where the server does not say.
    pub mtime: u64,
    pub state: FileState,
    pub since: Timestamp,
    pub limit: Option<u64>,
}

/// A line of `portway status`.
#[derive(Debug, Clone, Serialize, sqlx::FromRow)]
pub struct PollLine {
    pub partner: String,
    pub last_at: Option<String>,
    pub next_at: String,
    pub failures: i32,
    pub detail: String,
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Ledger {
    /// Makes the rows of partners that are to be polled: id, version of the profile, when the first poll is due. Where there is
    /// one, another version of the profile is polled at once.
    pub async fn enroll_polls(&self, polls: &[(String, [u8; 32], Timestamp)], now: Timestamp) -> Result<()> {
        for (partner, profile, first) in polls {
            sqlx::query(
                "INSERT INTO poll AS p (partner, profile, next_at) VALUES ($1, $2, $3)
                 ON CONFLICT (partner) DO UPDATE SET profile = excluded.profile, next_at = $4
                 WHERE p.profile <> excluded.profile",
            )
            .bind(partner)
            .bind(&profile[..])
            .bind(at(*first))
            .bind(at(now))
            .execute(&self.pool)
            .await?;
        }
        Ok(())
    }

    /// Claims polls that are due, of these partners, at most `most`.
    pub async fn claim_polls(
        &self,
        partners: &[String],
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<PollClaim>> {
        let since = Instant::now();
        let rows: Vec<(String, i64, i32)> = sqlx::query_as(
            "WITH due AS (
                SELECT partner FROM poll
                WHERE partner = ANY($1) AND next_at <= $2 AND (until IS NULL OR until <= clock_timestamp())
                ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED
             )
             UPDATE poll SET epoch = epoch + 1, node = $4, until = clock_timestamp() + make_interval(secs => $5)
             FROM due WHERE poll.partner = due.partner
             RETURNING poll.partner, poll.epoch, poll.failures",
        )
        .bind(partners)
        .bind(at(now))
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .bind(self.node)
        .bind(self.lease.as_secs_f64())
        .fetch_all(&self.pool)
        .await?;
        let claim = |(partner, epoch, failures)| PollClaim { partner, epoch, failures, since, at: now };
        Ok(rows.into_iter().map(claim).collect())
    }

    /// Renews the lease.
    ///
    /// # Errors
    /// [`Error::LeaseLost`].
    pub async fn renew_poll(&self, claim: &PollClaim) -> Result<()> {
        let renewed = sqlx::query(
            "UPDATE poll SET until = clock_timestamp() + make_interval(secs => $3) WHERE partner = $1 AND epoch = $2",
        )
        .bind(&claim.partner)
        .bind(claim.epoch)
        .bind(self.lease.as_secs_f64())
        .execute(&self.pool)
        .await?;
        if renewed.rows_affected() == 1 { Ok(()) } else { Err(Error::LeaseLost) }
    }

    /// Ends a poll, and says when the next is due.
    ///
    /// # Errors
    /// [`Error::LeaseLost`].
    pub async fn finish_poll(&self, claim: &PollClaim, end: &PollEnd<'_>, now: Timestamp) -> Result<()> {
        let finished = sqlx::query(
            // A profile that changed meanwhile wants to be polled at once: that stands.
            "UPDATE poll SET node = NULL, until = NULL, failures = $3, detail = $5, last_at = $6,
                 next_at = CASE WHEN next_at > $7 THEN next_at ELSE $4 END
             WHERE partner = $1 AND epoch = $2",
        )
        .bind(&claim.partner)
        .bind(claim.epoch)
        .bind(end.failures)
        .bind(at(end.next_at))
        .bind(end.detail)
        .bind(at(now))
        .bind(at(claim.at))
        .execute(&self.pool)
        .await?;
        if finished.rows_affected() == 1 { Ok(()) } else { Err(Error::LeaseLost) }
    }

    /// What is remembered of the files on a partner's server, by path.
    pub async fn known_files(&self, partner: &str) -> Result<HashMap<String, KnownFile>> {
        type Row = (String, i64, i64, String, jiff_sqlx::Timestamp, Option<i64>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT path, size, mtime, state, since, size_limit FROM poll_file WHERE partner = $1",
        )
        .bind(partner)
        .fetch_all(&self.pool)
        .await?;
        let known = rows.into_iter().map(|(path, size, mtime, state, since, limit)| {
            let state = match state.as_str() {
                "taken" => FileState::Taken,
                "refused" => FileState::Refused,
                _ => FileState::Watched,
            };
            let known = KnownFile {
                size: size.unsigned_abs(),
                mtime: mtime.unsigned_abs(),
                state,
                since: since.to_jiff(),
                limit: limit.map(i64::unsigned_abs),
            };
            (path, known)
        });
        Ok(known.collect())
    }

    /// Remembers files, in place of what was known of these paths.
    pub async fn know_files(
        &self,
        partner: &str,
        files: &[(String, KnownFile)],
        now: Timestamp,
    ) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        let sizes: Vec<i64> = files.iter().map(|(_, f)| number(f.size)).collect();
        let times: Vec<i64> = files.iter().map(|(_, f)| number(f.mtime)).collect();
        let states: Vec<&str> = files.iter().map(|(_, f)| f.state.name()).collect();
        let since: Vec<jiff_sqlx::Timestamp> = files.iter().map(|(_, f)| at(f.since)).collect();
        let limits: Vec<Option<i64>> = files.iter().map(|(_, f)| f.limit.map(number)).collect();
        sqlx::query(
            "INSERT INTO poll_file (partner, path, size, mtime, state, since, size_limit, seen_at)
             SELECT $1, f.*, $8 FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::timestamptz[], $7::bigint[]) AS f
             ON CONFLICT (partner, path) DO UPDATE SET size = excluded.size, mtime = excluded.mtime,
                 state = excluded.state, since = excluded.since, size_limit = excluded.size_limit, seen_at = excluded.seen_at",
        )
        .bind(partner)
        .bind(paths)
        .bind(sizes)
        .bind(times)
        .bind(states)
        .bind(since)
        .bind(limits)
        .bind(at(now))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// These paths are there; forgets what has been gone for days.
    pub async fn still_there(&self, partner: &str, paths: &[String], now: Timestamp) -> Result<()> {
        let hour = now.checked_sub(SEEN).unwrap_or(now);
        sqlx::query(
            "UPDATE poll_file SET seen_at = $3 WHERE partner = $1 AND path = ANY($2) AND seen_at < $4",
        )
        .bind(partner)
        .bind(paths)
        .bind(at(now))
        .bind(at(hour))
        .execute(&self.pool)
        .await?;
        let days = now.checked_sub(FORGET).unwrap_or(now);
        sqlx::query("DELETE FROM poll_file WHERE partner = $1 AND seen_at < $2")
            .bind(partner)
            .bind(at(days))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Forgets one file: it is gone from the server by our own doing.
    pub async fn forget_file(&self, partner: &str, path: &str) -> Result<()> {
        sqlx::query("DELETE FROM poll_file WHERE partner = $1 AND path = $2")
            .bind(partner)
            .bind(path)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// For people: who is polled, when it was, when it will be.
    pub async fn polls(&self) -> Result<Vec<PollLine>> {
        Ok(sqlx::query_as(
            "SELECT partner, instant(last_at) AS last_at, instant(next_at) AS next_at, failures, detail FROM poll ORDER BY partner",
        )
        .fetch_all(&self.pool)
        .await?)
    }
}
