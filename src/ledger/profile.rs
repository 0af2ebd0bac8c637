//! Accepted versions of partner profiles, by hash. Work names the version it ran under; a broken file leaves the last good
//! version in force, also after a restart and on every node.

use super::audit::{self, Actor, Change, On};
use super::{Ledger, Result, at};
use crate::profile::compare;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

/// What a gateway has read, and is about to put in force.
#[derive(Debug)]
pub struct Accepted<'a> {
    /// Partner, hash, self-contained source.
    pub profiles: &'a [(String, [u8; 32], String)],
    /// Host and state directory.
    pub gateway: &'a str,
    /// SHA-256 of its gateway.toml.
    pub gateway_hash: [u8; 32],
}

#[derive(sqlx::FromRow)]
struct Current {
    partner: String,
    hash: Vec<u8>,
    source: String,
    /// Its file was found gone.
    gone: Option<bool>,
}

async fn put_current(
    tx: &mut sqlx::PgConnection,
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
    .execute(tx)
    .await?;
    Ok(())
}

/// Each gateway has a gateway.toml of its own; what it was is in the entry before.
async fn gateway_accepted(
    tx: &mut sqlx::PgConnection,
    accepted: &Accepted<'_>,
    actor: &Actor,
    now: Timestamp,
) -> Result<()> {
    let before: Option<Option<String>> = sqlx::query_scalar(
        "SELECT detail->>'after' FROM audit WHERE subject = $1 AND kind = 'gateway' AND verb = 'configuration' ORDER BY id DESC LIMIT 1",
    )
    .bind(accepted.gateway)
    .fetch_optional(&mut *tx)
    .await?;
    let (before, after) = (before.flatten(), hex(&accepted.gateway_hash));
    if before.as_ref() == Some(&after) {
        return Ok(());
    }
    let change = Change::new("configuration", On::Gateway(accepted.gateway));
    audit::write(tx, actor, &change.with(json!({ "before": before, "after": after })), now).await
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Ledger {
    /// Stores the versions in force as current, with an entry in the audit trail for each that is new, changed or gone. They are not in
    /// force before this returns.
    pub async fn accept_configuration(
        &self,
        accepted: &Accepted<'_>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let mut tx = self.pool.begin().await?;
        // Of two gateways that reload at once, the second finds nothing changed.
        sqlx::query("SELECT pg_advisory_xact_lock(7061727470)").execute(&mut *tx).await?;
        let current: Vec<Current> = sqlx::query_as(
            "SELECT c.partner, c.hash, p.source, (SELECT a.verb FROM audit a WHERE a.subject = c.partner AND a.kind = 'partner'
                AND a.verb IN ('profile', 'profile removed') ORDER BY a.id DESC LIMIT 1) = 'profile removed' AS gone
             FROM profile_current c JOIN profile p USING (hash)",
        )
        .fetch_all(&mut *tx)
        .await?;
        for (partner, hash, source) in accepted.profiles {
            let before = current.iter().find(|c| c.partner == *partner);
            let gone = before.is_some_and(|b| b.gone == Some(true));
            if before.is_some_and(|b| b.hash == hash[..]) && !gone {
                continue;
            }
            let changes = before.map(|b| compare::changes(&b.source, source));
            let before = before.map(|b| if gone { "removed".to_owned() } else { hex(&b.hash) });
            let detail = json!({ "before": before, "after": hex(hash), "changes": changes });
            audit::write(&mut tx, actor, &Change::new("profile", On::Partner(partner)).with(detail), now)
                .await?;
        }
        let absent = current.iter().filter(|c| accepted.profiles.iter().all(|(id, ..)| *id != c.partner));
        for one in absent.filter(|c| c.gone != Some(true)) {
            let change = Change::new("profile removed", On::Partner(&one.partner));
            let detail = json!({ "before": hex(&one.hash), "after": "removed" });
            audit::write(&mut tx, actor, &change.with(detail), now).await?;
        }
        put_current(&mut tx, accepted.profiles, now).await?;
        gateway_accepted(&mut tx, accepted, actor, now).await?;
        Ok(tx.commit().await?)
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
