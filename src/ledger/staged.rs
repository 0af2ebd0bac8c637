//! Parts of a large message that are stored while the rest of it still comes, so that accepting it has little left to do.
//!
//! Each call is a short transaction of its own; none is open while the network is waited for. The parts belong to no message until
//! [`Ledger::accept`] adopts them in its one transaction. It promises: what is adopted is all that was staged, in order, or nothing
//! (the row says how many parts there are); what nobody adopts is forgotten, at once or by age. On any error the caller accepts the
//! whole from its own copy.

use super::message::Part;
use super::{Error, Ledger, Result, at};
use jiff::Timestamp;
use uuid::Uuid;

/// The first parts of a message to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// The message's id, once it is one.
    pub owner: Uuid,
    /// Each of [`super::message::PART`] bytes.
    pub parts: i32,
}

/// Columns of several parts.
#[derive(Default)]
pub(super) struct Columns {
    pub codec: Vec<i16>,
    pub size: Vec<i32>,
    pub bytes: Vec<Vec<u8>>,
}

impl FromIterator<Part> for Columns {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Columns {
        let mut columns = Columns::default();
        for part in parts {
            columns.codec.push(part.codec);
            columns.size.push(part.size);
            columns.bytes.push(part.bytes);
        }
        columns
    }
}

impl Ledger {
    /// Stores the next parts; says what is there now.
    ///
    /// # Errors
    /// [`Error::Refused`]: what was there before is gone.
    pub async fn stage(&self, before: Ahead, parts: Vec<Part>, now: Timestamp) -> Result<Ahead> {
        let Ahead { owner, parts: first } = before;
        let columns: Columns = parts.into_iter().collect();
        let many = i32::try_from(columns.bytes.len()).unwrap_or(i32::MAX);
        // This commit need not wait for the disk: the one that adopts does, and the log before it is on disk by then.
        let there: Option<(i32, String)> = sqlx::query_as(
            "WITH new AS (
                INSERT INTO staged (owner, parts, at) SELECT $1, $6, $7 WHERE $2 = 0 RETURNING parts
             ), more AS (
                UPDATE staged SET parts = parts + $6, at = $7 WHERE owner = $1 AND parts = $2 AND $2 > 0 RETURNING parts
             ), s AS (SELECT parts FROM new UNION ALL SELECT parts FROM more),
             p AS (
                INSERT INTO payload (owner, part, codec, size, bytes)
                SELECT $1, $2 + n.nth - 1, n.codec, n.size, n.bytes
                FROM s, unnest($3::smallint[], $4::int[], $5::bytea[]) WITH ORDINALITY AS n (codec, size, bytes, nth)
             )
             SELECT parts, set_config('synchronous_commit', 'off', true) FROM s",
        )
        .bind(owner)
        .bind(first)
        .bind(columns.codec)
        .bind(columns.size)
        .bind(columns.bytes)
        .bind(many)
        .bind(at(now))
        .fetch_optional(&self.pool)
        .await?;
        there.map(|(parts, _)| Ahead { owner, parts }).ok_or_else(gone)
    }

    /// Begins the transaction that makes them a message's.
    pub(super) async fn adopt(&self, ahead: Ahead) -> Result<sqlx::PgTransaction<'static>> {
        let mut tx = self.pool.begin().await?;
        let adopted = sqlx::query("DELETE FROM staged WHERE owner = $1 AND parts = $2")
            .bind(ahead.owner)
            .bind(ahead.parts)
            .execute(&mut *tx)
            .await?;
        if adopted.rows_affected() == 1 { Ok(tx) } else { Err(gone()) }
    }

    /// Forgets parts that will not be adopted. Those that were are not touched.
    pub async fn unstage(&self, owner: Uuid) -> Result<()> {
        sqlx::query(
            "WITH s AS (DELETE FROM staged WHERE owner = $1 RETURNING owner)
             DELETE FROM payload USING s WHERE payload.owner = s.owner",
        )
        .bind(owner)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets what nobody has added to since `before`; says of how many files.
    pub async fn sweep_staged(&self, before: Timestamp) -> Result<usize> {
        let old: Vec<Uuid> = sqlx::query_scalar("SELECT owner FROM staged WHERE at < $1 LIMIT 1000")
            .bind(at(before))
            .fetch_all(&self.pool)
            .await?;
        for owner in &old {
            self.unstage(*owner).await?;
        }
        Ok(old.len())
    }
}

fn gone() -> Error {
    Error::Refused("the parts stored ahead of this message are gone; it is stored as a whole".into())
}
