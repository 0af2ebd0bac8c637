//! What is missing, late, or stands still: the questions behind the alerts of absence, and the digest of a day. Read only, but for the
//! digest's own mail, which is written once a day, on however many gateways.

use super::job::MAIL_LANE;
use super::{Ledger, Result, at, id};
use jiff::Timestamp;
use uuid::Uuid;

/// Deliveries that are due and do not go.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Standing {
    pub lane: String,
    pub many: i64,
    pub oldest: String,
}

/// Documents that are not delivered in the time agreed on.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Late {
    pub many: i64,
    pub oldest: String,
    pub document: Uuid,
}

/// An alert, as the digest tells it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Told {
    pub title: String,
    #[sqlx(rename = "move")]
    pub whose: String,
    pub count: i32,
    pub open: bool,
    pub since: String,
}

/// So many of a kind at a partner.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Heap {
    pub partner: String,
    pub what: String,
    pub many: i64,
    pub first: String,
}

/// What a digest says.
#[derive(Debug, Clone, Default)]
pub struct Day {
    pub broke: Vec<Told>,
    pub mended: Vec<Told>,
    pub due: Vec<Heap>,
    pub waits: Vec<Heap>,
}

impl Ledger {
    /// Whether a set of this code came from the partner since then.
    pub async fn came_since(&self, partner: &str, code: &str, since: Timestamp) -> Result<bool> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM transaction_set WHERE id >= id_floor($3) AND partner = $1 AND code = $2
                AND direction = 'in' AND received_at >= $3)",
        )
        .bind(partner)
        .bind(code)
        .bind(at(since))
        .fetch_one(&self.pool)
        .await?)
    }

    /// Lanes, neither open nor paused, with deliveries that were due before this and are not in flight.
    pub async fn standing(&self, before: Timestamp) -> Result<Vec<Standing>> {
        Ok(sqlx::query_as(
            "SELECT j.lane, count(*) AS many, instant(min(j.run_at)) AS oldest FROM job j JOIN lane l ON l.name = j.lane
             WHERE j.kind = 'deliver' AND j.state = 'ready' AND j.run_at < $1 AND NOT l.paused
               AND NOT EXISTS (SELECT 1 FROM lease s WHERE s.job = j.id AND s.until > clock_timestamp())
               AND NOT EXISTS (SELECT 1 FROM breaker b WHERE b.lane = j.lane AND b.state <> 'closed')
             GROUP BY j.lane ORDER BY j.lane",
        )
        .bind(at(before))
        .fetch_all(&self.pool)
        .await?)
    }

    /// Documents of a partner, received before this, that are on their way and not delivered.
    pub async fn late(&self, partner: &str, code: &str, before: Timestamp) -> Result<Option<Late>> {
        Ok(sqlx::query_as(
            "SELECT count(*) AS many, instant(min(received_at)) AS oldest, (array_agg(id ORDER BY received_at, id))[1] AS document
             FROM transaction_set WHERE state IN ('parsed', 'validated', 'translated', 'routed') AND direction = 'in'
               AND partner = $1 AND code = $2 AND received_at < $3 HAVING count(*) > 0",
        )
        .bind(partner)
        .bind(code)
        .bind(at(before))
        .fetch_optional(&self.pool)
        .await?)
    }

    /// The newest day (`2026-11-24`) whose digest is written.
    pub async fn last_digest(&self) -> Result<Option<String>> {
        Ok(sqlx::query_scalar("SELECT max(day)::text FROM digest").fetch_one(&self.pool).await?)
    }

    /// What happened since, what is due until, and what waits.
    pub async fn day(&self, since: Timestamp, until: Timestamp) -> Result<Day> {
        const TOLD: &str =
            "SELECT title, move, count, state = 'open' AS open, instant(first_at) AS since FROM alert
            WHERE cause NOT LIKE 'digest:%' AND ";
        let broke = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "{TOLD} (state = 'open' OR first_at >= $1) ORDER BY state DESC, first_at LIMIT 100"
        )));
        let mended = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "{TOLD} closed_at >= $1 ORDER BY closed_at LIMIT 100"
        )));
        let due = sqlx::query_as(
            "SELECT coalesce(m.partner, m.connection, s.partner, '?') AS partner, CASE a.direction WHEN 'ours' THEN 'our ' ELSE '' END || a.kind
                    || CASE WHEN a.state = 'overdue' THEN ', overdue' ELSE '' END AS what,
                count(*) AS many, instant(min(a.due_at)) AS first
             FROM acknowledgement a LEFT JOIN message m ON m.id = a.answers LEFT JOIN transaction_set s ON s.id = a.set_id
             WHERE (a.direction = 'expected' AND a.state IN ('expected', 'overdue')
                OR a.direction = 'ours' AND a.state IN ('owed', 'overdue')) AND a.due_at < $1
             GROUP BY 1, 2 ORDER BY min(a.due_at)",
        );
        let waits = sqlx::query_as(
            "SELECT partner, 'held ' || code AS what, count(*) AS many, instant(min(received_at)) AS first FROM transaction_set
                WHERE state = 'held' GROUP BY partner, code
             UNION ALL
             SELECT coalesce(s.partner, m.partner, '?'), d.state || ' at ' || CASE WHEN d.set_id IS NULL THEN 'the partner' ELSE d.target END,
                count(*), instant(min(d.created_at))
                FROM delivery d LEFT JOIN transaction_set s ON s.id = d.set_id LEFT JOIN message m ON m.id = d.message_id
                WHERE d.state IN ('dead', 'held') GROUP BY 1, 2
             UNION ALL
             SELECT coalesce(partner, connection, '?'), 'quarantined (' || reason || ')', count(*), instant(min(received_at)) FROM message
                WHERE state = 'quarantined' GROUP BY 1, 2
             ORDER BY 1, 2",
        );
        Ok(Day {
            broke: broke.bind(at(since)).fetch_all(&self.pool).await?,
            mended: mended.bind(at(since)).fetch_all(&self.pool).await?,
            due: due.bind(at(until)).fetch_all(&self.pool).await?,
            waits: waits.fetch_all(&self.pool).await?,
        })
    }

    /// Notes the day's digest as written and, with a text, owes its mail. `false`: it was written before.
    pub async fn write_digest(&self, day: &str, mail: Option<(&str, &str)>, now: Timestamp) -> Result<bool> {
        let (title, text) = mail.unwrap_or_default();
        let mailed: Option<bool> = sqlx::query_scalar(
            "WITH d AS (
                INSERT INTO digest (day, at) VALUES ($1::text::date, $2) ON CONFLICT (day) DO NOTHING RETURNING day
             ), a AS (
                INSERT INTO alert (id, cause, state, move, title, detail, first_at, last_at, closed_at)
                SELECT $3, 'digest:' || $1::text, 'closed', 'us', $4, $5, $2, $2, $2 FROM d WHERE $6 RETURNING id
             ), m AS (
                INSERT INTO mail (id, alert_id, kind, state, created_at) SELECT $7, id, 'digest', 'queued', $2 FROM a RETURNING id
             ), j AS (
                INSERT INTO job (lane, kind, subject, position, run_at) SELECT $8, 'mail', id, 0, $2 FROM m
             )
             SELECT EXISTS (SELECT 1 FROM m) FROM d",
        )
        .bind(day)
        .bind(at(now))
        .bind(id::new(now))
        .bind(title)
        .bind(text)
        .bind(mail.is_some())
        .bind(id::new(now))
        .bind(MAIL_LANE)
        .fetch_optional(&self.pool)
        .await?;
        if mailed == Some(true) {
            self.wake.ring(MAIL_LANE);
        }
        Ok(mailed.is_some())
    }
}

/// A set as its partner knows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Known {
    pub direction: String,
    pub standard: Option<String>,
    /// The interchange's control number.
    pub interchange: Option<String>,
    /// The file's name, where it has one that is the partner's or that we gave it.
    pub file_name: Option<String>,
    /// When it came, or when it left.
    pub at: String,
    pub station: Option<String>,
    /// An earlier set with the same number, where this one is a duplicate: its interchange, and when it came.
    pub earlier: Option<String>,
    pub earlier_at: Option<String>,
}

impl Ledger {
    /// The numbers and the file under which the partner finds a set.
    pub async fn known_to_partner(&self, set: Uuid) -> Result<Known> {
        Ok(sqlx::query_as(
            "SELECT s.direction, i.standard, i.control_number AS interchange, m.file_name, coalesce(s.station, m.station) AS station,
                instant(CASE WHEN s.direction = 'out' THEN coalesce(m.finished_at, m.received_at) ELSE m.received_at END) AS at,
                e.interchange AS earlier, e.at AS earlier_at
             FROM transaction_set s LEFT JOIN interchange i ON i.id = s.interchange_id
             JOIN message m ON m.id = CASE WHEN s.direction = 'out' THEN coalesce(i.message_id, s.message_id) ELSE s.message_id END
             LEFT JOIN LATERAL (
                SELECT o.control_number AS interchange, instant(b.received_at) AS at
                FROM transaction_set b JOIN interchange o ON o.id = b.interchange_id
                WHERE b.partner = s.partner AND b.number = s.number AND b.code = s.code AND b.id < s.id AND b.direction = 'in'
                ORDER BY b.id LIMIT 1) e ON s.direction = 'in'
             WHERE s.id = $1",
        )
        .bind(set)
        .fetch_one(&self.pool)
        .await?)
    }

    /// The answers to a set of ours that have not come in time: kind, and when they were due.
    pub async fn overdue_to(&self, set: Uuid) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query_as(
            // Whoever is told that it is overdue takes the date away, where nothing more is done at one.
            "SELECT a.kind, instant(coalesce(a.due_at, (SELECT max(h.at) FROM history h WHERE h.subject IN (a.set_id, a.answers)
                AND h.event IN ('answer overdue', 'receipt overdue')), a.at)) FROM acknowledgement a WHERE a.direction = 'expected' AND a.state = 'overdue'
               AND (a.set_id = $1 OR a.set_id IS NULL AND a.answers = (SELECT i.message_id FROM transaction_set s
                    JOIN interchange i ON i.id = s.interchange_id WHERE s.id = $1)) ORDER BY a.due_at",
        )
        .bind(set)
        .fetch_all(&self.pool)
        .await?)
    }
}
