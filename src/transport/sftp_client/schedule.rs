//! When each server is polled: at its own moments, later after failures, at once after a change of what
//! says so.
//!
//! The due times stand in the ledger, so they hold over restarts and for all gateways on a database. The configuration is followed
//! here: nothing has to be told of a reload. Who is polled at all its [`Owner`] says.

use super::alerts;
use super::owner::{Means, Owner, Polled, Wanted};
use super::poll::{Done, Held, Trouble, Work};
use crate::ledger::poll::{PollClaim, PollEnd};
use crate::net::ssh::{Client, Server, SshError};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Between two looks at what is due.
const LOOK: Duration = Duration::from_millis(500);
/// After the ledger failed us.
const PAUSE: Duration = Duration::from_secs(2);
/// Servers of one owner polled at once by this gateway.
const MOST: usize = 16;
/// The longest wait after failures, unless its own is longer.
const LONGEST: Duration = Duration::from_secs(3600);
/// Accounts get locked by whoever tries again quickly.
const AFTER_REFUSAL: Duration = Duration::from_secs(15 * 60);
/// Who polls again this soon keeps the session.
const KEEP_SESSION: Duration = Duration::from_secs(60);
/// The first poll of a server comes within this time, so that many do not begin at once.
const SPREAD: Duration = Duration::from_secs(5);

/// Polls until `stop`, then lets the polls that run end.
pub async fn run<O: Owner>(owner: O, stop: CancellationToken) {
    let mut schedule = Schedule {
        means: owner.means(),
        owner,
        looked: false,
        enrolled: HashMap::new(),
        standings: HashMap::new(),
        running: JoinSet::new(),
    };
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(ended) = schedule.running.join_next(), if !schedule.running.is_empty() => schedule.ended(ended),
            () = tokio::time::sleep(wait) => {
                wait = match schedule.look(&stop).await {
                    Ok(()) => LOOK,
                    Err(error) => {
                        tracing::warn!(%error, "what is to be polled is not known just now");
                        PAUSE
                    }
                };
            }
        }
    }
    while schedule.running.join_next().await.is_some() {}
}

struct Schedule<O> {
    owner: O,
    means: Means,
    /// Alerts that an earlier run left were looked at.
    looked: bool,
    /// The versions that the ledger knows of.
    enrolled: HashMap<String, [u8; 32]>,
    /// Of those that are not being polled just now.
    standings: HashMap<String, Standing>,
    running: JoinSet<(String, Option<Standing>)>,
}

/// What is kept from one poll of a server to the next.
#[derive(Default)]
struct Standing {
    /// With the version that it was made from.
    client: Option<([u8; 32], Client)>,
    /// No alert of ours is open, as far as this process knows.
    works: bool,
    leftovers: Leftovers,
}

/// What we know of the alert on files that stay.
#[derive(Default, PartialEq, Clone, Copy)]
enum Leftovers {
    #[default]
    Unknown,
    Open,
    Closed,
}

impl<O: Owner> Schedule<O> {
    fn ended(&mut self, ended: Result<(String, Option<Standing>), tokio::task::JoinError>) {
        if let Ok((id, standing)) = ended {
            self.standings.insert(id, standing.unwrap_or_default());
        }
    }

    async fn look(&mut self, stop: &CancellationToken) -> crate::ledger::Result<()> {
        let configuration = self.means.profiles.current();
        let wanted = self.owner.wanted(&configuration);
        let now = self.means.clock.now();
        self.enroll(&wanted, now).await?;
        let ids: Vec<String> = wanted.into_iter().map(|wanted| wanted.whom.id()).collect();
        let free = MOST.saturating_sub(self.running.len());
        if ids.is_empty() || free == 0 {
            return Ok(());
        }
        for claim in self.means.ledger.claim_polls(&ids, free, now).await? {
            let Some(polled) = self.owner.polled(&configuration, &claim.partner) else { continue };
            let standing = self.standings.remove(&claim.partner).unwrap_or_default();
            let (owner, means, stop) = (self.owner.clone(), self.means.clone(), stop.clone());
            self.running.spawn(async move {
                let id = claim.partner.clone();
                // A fault in one poll ends that poll; its lease runs out, and another follows.
                let poll = tokio::spawn(one(owner, means, polled, claim, standing, stop));
                let standing = poll.await;
                (id, standing.inspect_err(|error| tracing::error!(%error, "a poll broke off")).ok())
            });
        }
        Ok(())
    }

    /// Tells the ledger of whom and of what versions are new here.
    async fn enroll(&mut self, wanted: &[Wanted], now: Timestamp) -> crate::ledger::Result<()> {
        let before = self.enrolled.len();
        self.enrolled.retain(|id, _| wanted.iter().any(|wanted| wanted.whom.id() == *id));
        if !self.looked || self.enrolled.len() < before {
            let polled = |whom: &_| wanted.iter().any(|wanted| wanted.whom == *whom);
            alerts::no_longer_polled(&self.means, O::whom, polled).await?;
            self.looked = true;
        }
        let new = wanted.iter().map(|wanted| (wanted.whom.id(), wanted));
        let new = new.filter(|(id, wanted)| self.enrolled.get(id) != Some(&wanted.version));
        let new: Vec<_> = new
            .map(|(id, wanted)| {
                let first = later(now, wanted.every.min(SPREAD).mul_f64(rand::random::<f64>()));
                (id, wanted.version, first)
            })
            .collect();
        if !new.is_empty() {
            self.means.ledger.enroll_polls(&new, now).await?;
            self.enrolled.extend(new.into_iter().map(|(id, version, _)| (id, version)));
        }
        Ok(())
    }
}

/// One poll, and what follows from it.
async fn one<O: Owner>(
    owner: O,
    means: Means,
    polled: Polled<O::Case>,
    claim: PollClaim,
    mut standing: Standing,
    stop: CancellationToken,
) -> Standing {
    let (id, whom, every) = (&claim.partner, &polled.whom, polled.poll.every.duration());
    let result = try_it(&owner, &means, &polled, &claim, &mut standing, &stop).await;
    let failures = claim.failures.saturating_add(1);
    let (failures, wait, detail) = match &result {
        Ok(done) => {
            if claim.failures > 0 || !standing.works {
                standing.works = alerts::works(&means, whom).await;
            }
            standing.leftovers = leftovers(&means, &polled, done, standing.leftovers).await;
            let detail = format!("{} there, {} taken", done.there, done.taken);
            (0, until_next(every, done, rand::random()), detail)
        }
        Err(Trouble::Server(error)) => {
            tracing::warn!(whom = id, failures, %error, "an SFTP server cannot be polled");
            standing.works = false;
            alerts::failed(&means, whom, error, failures).await;
            let refused = matches!(error, SshError::LoginRefused { .. });
            (failures, after_failure(every, failures, refused, rand::random()), error.to_string())
        }
        Err(Trouble::Ours(why)) => {
            tracing::warn!(whom = id, failures, why, "an SFTP server cannot be polled");
            standing.works = false;
            alerts::ours(&means, whom, why).await;
            (failures, after_failure(every, failures, false, rand::random()), why.clone())
        }
        Err(Trouble::Ledger(error)) => {
            tracing::warn!(whom = id, %error, "a poll was broken off");
            (claim.failures, PAUSE, format!("broken off: {error}"))
        }
        Err(Trouble::Stopped) => (claim.failures, Duration::ZERO, "stopped in the middle".to_owned()),
    };
    if let Some((_, client)) = &standing.client
        && (result.is_err() || wait > KEEP_SESSION)
    {
        client.close().await;
    }
    let now = means.clock.now();
    let end = PollEnd { failures, next_at: later(now, wait), detail: &detail };
    if let Err(error) = means.ledger.finish_poll(&claim, &end, now).await {
        tracing::warn!(whom = id, %error, "the end of a poll is not in the ledger; it goes on when its lease has passed");
    }
    standing
}

async fn try_it<O: Owner>(
    owner: &O,
    means: &Means,
    polled: &Polled<O::Case>,
    claim: &PollClaim,
    standing: &mut Standing,
    stop: &CancellationToken,
) -> Result<Done, Trouble> {
    // After a failure the secrets are read anew: they may be what was mended.
    let client = match standing.client.take() {
        Some((version, client)) if version == polled.version && claim.failures == 0 => client,
        _ => {
            let (account, base) = (polled.account.clone(), polled.base.clone());
            let server = tokio::task::spawn_blocking(move || Server::of(&account, &base)).await;
            let server = server.unwrap_or_else(|e| Err(SshError::OurSecret { why: e.to_string() }));
            Client::new(server?)
        }
    };
    let (_, client) = standing.client.insert((polled.version, client));
    let held = Held::new(means.ledger.clone(), claim.clone());
    let work = Work { owner, means, id: &claim.partner, polled, client, held: &held, stop };
    tokio::select! {
        biased;
        lost = held.keep() => Err(lost),
        done = work.run() => done,
    }
}

/// Tells of files that stay, once; and that it is over.
async fn leftovers<C>(means: &Means, polled: &Polled<C>, done: &Done, before: Leftovers) -> Leftovers {
    let whom = &polled.whom;
    match &done.first_left {
        Some(_) if before == Leftovers::Open => before,
        Some((path, error)) if alerts::left_over(means, whom, path, done.left, error).await => {
            Leftovers::Open
        }
        Some(_) => before,
        // Another gateway may have told of what is cleared now.
        None if before == Leftovers::Closed && !done.cleared => before,
        None if alerts::cleared(means, whom).await => Leftovers::Closed,
        None => before,
    }
}

/// `chance` from 0 to 1.
fn until_next(every: Duration, done: &Done, chance: f64) -> Duration {
    let wait = every.mul_f64(0.9 + chance / 5.0);
    let settled = done.wait.and_then(|wait| Duration::try_from(wait).ok());
    settled.map_or(wait, |settled| wait.min(settled))
}

/// Doubles with each failure, up to an hour, drawn from the upper half. `refused`: the login.
fn after_failure(every: Duration, failures: i32, refused: bool, chance: f64) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1)).unwrap_or(0).min(20);
    let longest = LONGEST.max(every);
    let wait = every.saturating_mul(1 << doublings).min(longest).mul_f64(0.5 + chance / 2.0);
    if refused { wait.max(AFTER_REFUSAL) } else { wait }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_secs(300);

    #[test]
    fn failures_double_the_wait_up_to_an_hour() {
        let waits: Vec<u64> = (1..=6).map(|n| after_failure(EVERY, n, false, 1.0).as_secs()).collect();
        assert_eq!(waits, [300, 600, 1200, 2400, 3600, 3600]);
        assert_eq!(after_failure(EVERY, 2, false, 0.0).as_secs(), 300);
        assert_eq!(after_failure(Duration::from_secs(7200), 9, false, 1.0).as_secs(), 7200);
        assert_eq!(after_failure(Duration::from_secs(10), 1, true, 0.0), AFTER_REFUSAL);
    }

    #[test]
    fn a_file_that_settles_is_looked_at_when_it_may_be_whole() {
        let waits = |seconds| Done { wait: Some(SignedDuration::from_secs(seconds)), ..Done::default() };
        assert_eq!(until_next(EVERY, &waits(30), 0.5).as_secs(), 30);
        assert_eq!(until_next(EVERY, &waits(900), 0.5).as_secs(), 300);
        assert_eq!(until_next(EVERY, &Done::default(), 0.0).as_secs(), 270);
    }
}
