//! The outbox, looked at from outside: what partners have not fetched for too long.
//!
//! An item that nobody collects is an obligation that we cannot meet alone, so operators are told, one alert a partner. Which causes
//! are open is read from the alerts themselves: any node may raise one, any other may close it.

use super::{Ledger, Result, at};
use jiff::Timestamp;

/// What one partner has let lie.
#[derive(Debug, Clone)]
pub struct Uncollected {
    pub partner: String,
    pub many: i64,
    pub oldest: Timestamp,
    /// The oldest item's name.
    pub file_name: String,
}

const START: &str = "partner:";
const END: &str = ":uncollected";

/// The alert's cause.
pub fn cause(partner: &str) -> String {
    format!("{START}{partner}{END}")
}

impl Ledger {
    /// For each partner with its instant: the items of its outbox that are older, where there are any.
    pub async fn uncollected(&self, before: &[(String, Timestamp)]) -> Result<Vec<Uncollected>> {
        let partners: Vec<&str> = before.iter().map(|(partner, _)| partner.as_str()).collect();
        let instants: Vec<jiff_sqlx::Timestamp> = before.iter().map(|(_, instant)| at(*instant)).collect();
        let rows: Vec<(String, i64, jiff_sqlx::Timestamp, Option<String>)> = sqlx::query_as(
            "SELECT d.target, count(*), min(d.created_at), (array_agg(m.file_name ORDER BY d.created_at, d.id))[1]
             FROM unnest($1::text[], $2::timestamptz[]) AS l (partner, before)
             JOIN delivery d ON d.target = l.partner AND d.way = 'outbox' AND d.state = 'queued' AND d.created_at < l.before
             JOIN message m ON m.id = d.message_id
             GROUP BY d.target",
        )
        .bind(partners)
        .bind(instants)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(partner, many, oldest, name)| Uncollected {
                partner,
                many,
                oldest: oldest.to_jiff(),
                file_name: name.unwrap_or_default(),
            })
            .collect())
    }

    /// The partners whose alert of uncollected items is open.
    pub async fn told_uncollected(&self) -> Result<Vec<String>> {
        let causes = self.open_causes().await?;
        let partner = |cause: &String| Some(cause.strip_prefix(START)?.strip_suffix(END)?.to_owned());
        Ok(causes.iter().filter_map(partner).collect())
    }
}
