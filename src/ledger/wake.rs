//! Waking workers: in this process at once, on other nodes by one coalesced `NOTIFY` about every 10 ms from a connection of
//! its own (inside a work transaction it would serialise commits). Polling makes it safe: a bell that is lost costs a second.

use super::Ledger;
use sqlx::postgres::PgListener;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

const CHANNEL: &str = "portway";
const COALESCE: Duration = Duration::from_millis(10);
/// PostgreSQL refuses payloads of 8,000 bytes and more.
const PAYLOAD: usize = 7000;

/// One bell a name: a lane, or `reload`.
#[derive(Clone, Default)]
pub struct Bell(Arc<Inner>);

#[derive(Default)]
struct Inner {
    bells: Mutex<HashMap<String, Arc<Notify>>>,
    outgoing: Mutex<BTreeSet<String>>,
    something: Notify,
}

impl Bell {
    /// What to wait on for `name`. A ring while nobody waits is kept for the next to wait.
    pub fn of(&self, name: &str) -> Arc<Notify> {
        let mut bells = self.0.bells.lock().unwrap_or_else(PoisonError::into_inner);
        match bells.get(name) {
            Some(bell) => bell.clone(),
            None => bells.entry(name.to_owned()).or_default().clone(),
        }
    }

    /// Rings here and, soon, on the other nodes.
    pub fn ring(&self, name: &str) {
        self.ring_here(name);
        let fresh = self.0.outgoing.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        if fresh {
            self.0.something.notify_one();
        }
    }

    pub fn ring_here(&self, name: &str) {
        self.of(name).notify_one();
    }

    fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.0.outgoing.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Ledger {
    /// Sends this node's bells to the others until cancelled. A failure drops them: polling finds the work.
    pub async fn send_bells(&self) {
        loop {
            self.wake.0.something.notified().await;
            tokio::time::sleep(COALESCE).await;
            for payload in payloads(self.node, self.wake.take()) {
                let sent = sqlx::query("SELECT pg_notify($1, $2)")
                    .bind(CHANNEL)
                    .bind(&payload)
                    .execute(&self.pool)
                    .await;
                if let Err(error) = sent {
                    tracing::debug!(%error, "bells not sent; the other nodes will find the work by polling");
                }
            }
        }
    }

    /// Rings here what other nodes and the command line ring, until cancelled.
    pub async fn hear_bells(&self) {
        loop {
            if let Err(error) = self.listen().await {
                tracing::debug!(%error, "not listening for other nodes; trying again");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    async fn listen(&self) -> std::result::Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        let own = self.node.to_string();
        loop {
            let notification = listener.recv().await?;
            let mut names = notification.payload().split('\n');
            if names.next() == Some(own.as_str()) {
                continue;
            }
            names.for_each(|name| self.wake.ring_here(name));
        }
    }

    /// Rings at once on all nodes, this one's own worker loops included: for the command line.
    pub async fn ring_all(&self, names: &[&str]) -> super::Result<()> {
        let names = names.iter().map(|n| (*n).to_owned()).collect();
        for payload in payloads(uuid::Uuid::nil(), names) {
            sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(&payload).execute(&self.pool).await?;
        }
        Ok(())
    }
}

/// The sender's id, then one name a line; as many payloads as the limit asks for.
fn payloads(sender: uuid::Uuid, names: BTreeSet<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        match all.last_mut() {
            Some(last) if last.len() + name.len() < PAYLOAD => {
                last.push('\n');
                last.push_str(&name);
            }
            _ => all.push(format!("{sender}\n{name}")),
        }
    }
    all
}
