//! Whole months of the partitioned tables: dropped, or replaced by a partition of the same range with what is still owed.
//!
//! Until the swap only writers of that old month wait, and there are hardly any; the swap itself takes the parent's exclusive lock for
//! moments, and gives up after half a second, so that no worker queues behind a backup.

use super::super::{Error, Result};
use super::{Gone, Work, note};
use jiff::Timestamp;
use std::time::Duration;

const TRIES: u32 = 5;
const AGAIN: Duration = Duration::from_secs(1);

/// A partition as PostgreSQL knows it.
#[derive(Debug, Clone)]
pub(super) struct Month {
    pub parent: String,
    pub name: String,
    /// `202601`, or `rest`.
    pub month: String,
    /// `FOR VALUES FROM (...) TO (...)`, or `DEFAULT`.
    bounds: String,
    pub bytes: i64,
    pub rows: i64,
}

impl Month {
    /// The instant at which it is over; of what lies in no month's partition, never.
    fn end(&self) -> Option<Timestamp> {
        let (year, month) = (self.month.get(..4)?.parse().ok()?, self.month.get(4..)?.parse().ok()?);
        let first = jiff::civil::Date::new(year, month, 1).ok()?;
        let next = first.checked_add(jiff::Span::new().months(1)).ok()?;
        next.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    }

    fn over(&self, before: Timestamp) -> bool {
        self.end().is_some_and(|end| end <= before)
    }

    fn is_rest(&self) -> bool {
        self.month == "rest"
    }
}

impl Work {
    pub(super) async fn months(&mut self) -> Result<Vec<Month>> {
        let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
            "SELECT p.relname::text, c.relname::text, pg_get_expr(c.relpartbound, c.oid), pg_total_relation_size(c.oid),
                greatest(c.reltuples, 0)::bigint
             FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid JOIN pg_class p ON p.oid = h.inhparent
             WHERE p.oid IN ('payload'::regclass, 'attempt'::regclass, 'history'::regclass, 'as2'::regclass, 'audit'::regclass)
               AND c.relname ~ '^[a-z0-9]+_([0-9]{6}|rest)$'
             ORDER BY 1, 2",
        )
        .fetch_all(&mut self.connection)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(parent, name, bounds, bytes, rows)| {
                let month = name.rsplit('_').next().unwrap_or_default().to_owned();
                Month { parent, name, month, bounds, bytes, rows }
            })
            .collect())
    }

    /// `all_rows`: nothing that goes is left in the tables that the history is about.
    pub(super) async fn remove_months(&mut self, all_rows: bool) -> Result<()> {
        for month in self.months().await? {
            let (class, keep) = match month.parent.as_str() {
                "payload" => match self.payload_keep(&month).await? {
                    Some(found) => found,
                    None => continue,
                },
                "audit" if month.over(self.before.audit) => ("audit".to_owned(), "false".to_owned()),
                "audit" => continue,
                table if all_rows && (month.over(self.before.history) || month.is_rest()) => {
                    (table.to_owned(), self.record_keep(table, &month))
                }
                _ => continue,
            };
            let mut tries = 0;
            let gone = loop {
                match self.thin(&month, &class, &keep).await {
                    Err(Error::Unavailable(why)) if tries < TRIES => {
                        tracing::debug!(partition = month.name, %why, "not removed yet");
                        tries += 1;
                        tokio::time::sleep(AGAIN).await;
                    }
                    Err(Error::Unavailable(_)) => {
                        self.report
                            .left
                            .push(format!("{}: it is in use, a later round removes it", month.name));
                        break None;
                    }
                    done => break done?,
                }
            };
            self.report.months.extend(gone);
        }
        Ok(())
    }

    /// The class that a month of payloads goes by, and which of its rows stay; `None`: all of it stays.
    async fn payload_keep(&mut self, month: &Month) -> Result<Option<(String, String)>> {
        let owed = "EXISTS (SELECT 1 FROM kept_owner k WHERE k.owner = p.owner)".to_owned();
        let (raw, documents) = (self.before.payloads, self.before.documents);
        let both = raw.min(documents);
        if month.is_rest() {
            return Ok(Some(("rest".into(), format!("{owed} OR p.owner >= id_floor('{both}')"))));
        }
        if month.over(both) {
            return Ok(Some(("payloads".into(), owed)));
        }
        let is_document = "EXISTS (SELECT 1 FROM transaction_set s WHERE s.id = p.owner)";
        let (class, young) = if month.over(raw) {
            ("payloads", is_document.to_owned())
        } else if month.over(documents) {
            ("documents", format!("NOT {is_document}"))
        } else {
            return Ok(None);
        };
        // Once is enough: what was owed then goes with the other class.
        let done: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM removed WHERE class = $1 AND month = $2)")
                .bind(class)
                .bind(&month.month)
                .fetch_one(&mut self.connection)
                .await?;
        Ok((!done).then(|| (class.to_owned(), format!("{owed} OR {young}"))))
    }

    /// What is left in the ledger of a month that is over is owed: the messages that were not have just gone.
    fn record_keep(&self, table: &str, month: &Month) -> String {
        let there = |of: &str, column: &str| format!("EXISTS (SELECT 1 FROM {of} o WHERE o.id = p.{column})");
        let going = |column: &str| {
            // A dry round has removed nothing yet.
            if self.dry {
                format!(" AND NOT EXISTS (SELECT 1 FROM going g WHERE g.message = p.{column})")
            } else {
                String::new()
            }
        };
        let (id, keep) = match table {
            "attempt" => ("id", self.of_delivery()),
            "as2" => ("message_id", there("message", "message_id") + &going("message_id")),
            _ => (
                "id",
                format!(
                    "{}{} OR {} OR {} OR {}",
                    there("message", "subject"),
                    going("subject"),
                    self.of_set(),
                    self.of_delivery().replace("p.delivery_id", "p.subject"),
                    there("acknowledgement", "subject"),
                ),
            ),
        };
        if month.is_rest() {
            format!("p.{id} >= id_floor('{}') OR {keep}", self.before.history)
        } else {
            keep
        }
    }

    fn of_set(&self) -> String {
        let dry = if self.dry {
            " AND NOT EXISTS (SELECT 1 FROM going g WHERE g.message = o.message_id)"
        } else {
            ""
        };
        format!("EXISTS (SELECT 1 FROM transaction_set o WHERE o.id = p.subject{dry})")
    }

    fn of_delivery(&self) -> String {
        let dry = if self.dry {
            " AND NOT EXISTS (SELECT 1 FROM going g WHERE g.message = coalesce(o.message_id,
                (SELECT s.message_id FROM transaction_set s WHERE s.id = o.set_id)))"
        } else {
            ""
        };
        format!("EXISTS (SELECT 1 FROM delivery o WHERE o.id = p.delivery_id{dry})")
    }

    /// Leaves of a partition what is to be kept; `None`: nothing is to go.
    async fn thin(&mut self, month: &Month, class: &str, keep: &str) -> Result<Option<Gone>> {
        use sqlx::Connection;
        let (dry, now) = (self.dry, self.now);
        let Month { parent, name, bounds, .. } = month;
        let mut tx = self.connection.begin().await?;
        if !dry {
            let lock = format!("SET LOCAL lock_timeout = '500ms'; LOCK TABLE {name} IN SHARE MODE");
            sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut *tx).await?;
        }
        let count = format!(
            "SELECT count(*) FILTER (WHERE NOT ({keep})), count(*) FILTER (WHERE {keep}) FROM {name} p"
        );
        let (rows, kept): (i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(count)).fetch_one(&mut *tx).await?;
        // An empty month goes too; it is made anew if anything comes.
        let empty = rows + kept == 0 && !month.is_rest();
        if rows == 0 && !empty {
            return Ok(None);
        }
        let gone = Gone { class: class.to_owned(), month: month.month.clone(), rows, kept };
        if dry {
            return Ok(Some(gone));
        }
        let replace = kept > 0 || month.is_rest();
        let mut swap = String::new();
        if replace {
            swap.push_str(&format!(
                "CREATE TABLE {name}_kept (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE);
                 INSERT INTO {name}_kept SELECT p.* FROM {name} p WHERE {keep};"
            ));
        }
        swap.push_str(&format!("ALTER TABLE {parent} DETACH PARTITION {name}; DROP TABLE {name};"));
        if replace {
            swap.push_str(&format!(
                "ALTER TABLE {name}_kept RENAME TO {name}; ALTER TABLE {parent} ATTACH PARTITION {name} {bounds};"
            ));
        }
        sqlx::raw_sql(sqlx::AssertSqlSafe(swap)).execute(&mut *tx).await?;
        if !month.is_rest() {
            note(&mut tx, class, &month.month, now).await?;
        }
        tx.commit().await?;
        Ok(Some(gone))
    }
}
