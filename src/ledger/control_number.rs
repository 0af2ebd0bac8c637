//! Numbers of what we send: ISA13 and GS06, unique for an identity pair, also across gateways.
//!
//! They come from PostgreSQL in blocks, so that a busy pair's row is not fought over at every commit. A block is one number as
//! long as the pair is quiet, and grows only while numbers are asked for quickly: a quiet pair has no gaps. What is left of a
//! block is given back on a clean stop; after a crash it is a gap, never a number used twice.

use super::{Ledger, Result};
use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A block used up sooner than this is followed by a larger one.
const QUICK: Duration = Duration::from_millis(500);
const LARGEST: i64 = 128;
const LAST: i64 = 999_999_999;

/// The blocks that this process holds.
#[derive(Default)]
pub struct Blocks(Mutex<HashMap<(String, String), Block>>);

struct Block {
    interchange: Range<i64>,
    group: Range<i64>,
    size: i64,
    taken_at: Instant,
}

impl Ledger {
    /// The next interchange and group control numbers, 1 to 999,999,999, from us to them.
    pub async fn control_numbers(&self, sender: &str, receiver: &str) -> Result<(u32, u32)> {
        let key = (sender.to_owned(), receiver.to_owned());
        let mut blocks = self.blocks.0.lock().await;
        if !blocks.get(&key).is_some_and(|b| !b.interchange.is_empty() && !b.group.is_empty()) {
            let size = match blocks.get(&key) {
                Some(block) if block.taken_at.elapsed() < QUICK => (block.size * 4).min(LARGEST),
                _ => 1,
            };
            let block = self.take_block(sender, receiver, size).await?;
            blocks.insert(key.clone(), block);
        }
        let next =
            |range: &mut Range<i64>| range.next().and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
        let numbers = blocks.get_mut(&key).map(|b| (next(&mut b.interchange), next(&mut b.group)));
        Ok(numbers.unwrap_or_default())
    }

    async fn take_block(&self, sender: &str, receiver: &str, size: i64) -> Result<Block> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "INSERT INTO control_number AS c (kind, sender, receiver, last)
             VALUES ('group', $1, $2, $3), ('interchange', $1, $2, $3)
             ON CONFLICT (kind, sender, receiver) DO UPDATE
                SET last = CASE WHEN c.last + $3 > $4 THEN $3 ELSE c.last + $3 END
             RETURNING kind, last",
        )
        .bind(sender)
        .bind(receiver)
        .bind(size)
        .bind(LAST)
        .fetch_all(&self.pool)
        .await?;
        let of = |kind: &str| {
            let last = rows.iter().find(|(k, _)| k == kind).map_or(0, |(_, last)| *last);
            last - size + 1..last + 1
        };
        Ok(Block { interchange: of("interchange"), group: of("group"), size, taken_at: Instant::now() })
    }

    /// Gives back what is left, where nobody has taken numbers since.
    pub async fn return_control_numbers(&self) -> Result<()> {
        let blocks = std::mem::take(&mut *self.blocks.0.lock().await);
        for ((sender, receiver), block) in blocks {
            for (kind, range) in [("interchange", block.interchange), ("group", block.group)] {
                sqlx::query(
                    "UPDATE control_number SET last = $4 WHERE kind = $1 AND sender = $2 AND receiver = $3 AND last = $5",
                )
                .bind(kind)
                .bind(&sender)
                .bind(&receiver)
                .bind(range.start - 1)
                .bind(range.end - 1)
                .execute(&self.pool)
                .await?;
            }
        }
        Ok(())
    }
}
