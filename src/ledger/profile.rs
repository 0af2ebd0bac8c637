//! Accepted versions of partner profiles, by hash. Work names the version it ran under; a broken file leaves the last good
//! version in force, also after a restart and on every node.

use super::{Ledger, Result, at};
use jiff::Timestamp;
use uuid::Uuid;

impl Ledger {
    /// Stores profile versions as current: `(partner, hash, self-contained source)`.
    pub async fn accept_profiles(
        &self,
        profiles: &[(String, [u8; 32], String)],
        now: Timestamp,
    ) -> Result<()> {
        sqlx::query(
            "WITH new AS (
                SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[]) AS n (partner, hash, source)
             ), p AS (
                INSERT INTO profile (hash, partner, source, accepted_at) SELECT hash, partner, source, $4 FROM new
                ON CONFLICT (hash) DO NOTHING
             )
             INSERT INTO profile_current (partner, hash, accepted_at) SELECT partner, hash, $4 FROM new
             ON CONFLICT (partner) DO UPDATE SET hash = excluded.hash, accepted_at = excluded.accepted_at
                WHERE profile_current.hash <> excluded.hash",
        )
        .bind(profiles.iter().map(|p| p.0.as_str()).collect::<Vec<_>>())
        .bind(profiles.iter().map(|p| p.1.to_vec()).collect::<Vec<_>>())
        .bind(profiles.iter().map(|p| p.2.as_str()).collect::<Vec<_>>())
        .bind(at(now))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The last good version of every partner: `(partner, source)`.
    pub async fn last_good_profiles(&self) -> Result<Vec<(String, String)>> {
        Ok(sqlx::query_as("SELECT c.partner, p.source FROM profile_current c JOIN profile p USING (hash)")
            .fetch_all(&self.pool)
            .await?)
    }

    /// A version by its hash: `(partner, source)`.
    pub async fn profile_version(&self, hash: &[u8]) -> Result<Option<(String, String)>> {
        Ok(sqlx::query_as("SELECT partner, source FROM profile WHERE hash = $1")
            .bind(hash)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Obligations that keep a partner from being removed.
    pub async fn open_obligations(&self, partner: &str) -> Result<i64> {
        Ok(sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM transaction_set WHERE partner = $1 AND state NOT IN ('done', 'rejected', 'cancelled'))
                  + (SELECT count(*) FROM delivery WHERE target = $1 AND target_kind = 'partner' AND state NOT IN ('delivered', 'cancelled'))
                  + (SELECT count(*) FROM job WHERE kind = 'process' AND partner = $1)",
        )
        .bind(partner)
        .fetch_one(&self.pool)
        .await?)
    }

    /// Records what a reload did on this node; `request` is the command line's id, which waits for it.
    pub async fn record_reload(
        &self,
        request: Option<Uuid>,
        report: &serde_json::Value,
        now: Timestamp,
    ) -> Result<()> {
        sqlx::query("INSERT INTO reload (id, node, request, at, report) VALUES ($1, $2, $3, $4, $5)")
            .bind(super::id::new(now))
            .bind(self.node)
            .bind(request)
            .bind(at(now))
            .bind(report)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Reports of nodes that reloaded at or after `since`.
    pub async fn reloads_since(&self, since: Timestamp) -> Result<Vec<(Uuid, serde_json::Value)>> {
        Ok(sqlx::query_as("SELECT node, report FROM reload WHERE at >= $1 ORDER BY at")
            .bind(at(since))
            .fetch_all(&self.pool)
            .await?)
    }

    /// Nodes seen since, with their process ids and homes.
    pub async fn nodes_since(&self, since: Timestamp) -> Result<Vec<(Uuid, String, i32)>> {
        Ok(sqlx::query_as("SELECT id, home, pid FROM node WHERE seen_at >= $1")
            .bind(at(since))
            .fetch_all(&self.pool)
            .await?)
    }
}
