//! How often somebody may come to a door: a bucket of turns for each caller, and a small one for wrong tokens from one address.
//!
//! Whoever is known is counted by name, so one who is too quick costs the others nothing. A wrong token costs its address a turn;
//! once these are used up, tokens from there are not looked at any more, right or wrong, so that none can be guessed at wire
//! speed. Whoever came in from that address before still does: a program with an old token locks nobody out that shares its address.
//!
//! Each gateway counts for itself. Memory: one bucket for each name in the configuration and its last few addresses, and at most
//! [`ADDRESSES`] others; where there are more at once, the rest share one bucket.

use super::accept::Peer;
use crate::profile::duration::Allowance;
use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{DefaultDirectRateLimiter, NotUntil, Quota, RateLimiter};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Addresses that are counted one by one.
const ADDRESSES: usize = 10_000;
/// Addresses that are remembered of one caller.
const HOMES: usize = 16;
/// Full buckets are looked for this often at most, where the table is full.
const SWEEP: Duration = Duration::from_secs(1);
/// A caller who is too quick is told of in the log this often at most.
const TELL: Duration = Duration::from_secs(60);

/// Too often; nothing was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    pub of: Of,
    /// Whole seconds, for `Retry-After`.
    pub retry_after: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Requests,
    WrongTokens,
}

/// What a door counts.
#[derive(Default)]
pub struct Gate {
    callers: Mutex<HashMap<String, Bucket>>,
    strangers: Mutex<Option<Strangers>>,
}

struct Bucket {
    allowance: Allowance,
    turns: DefaultDirectRateLimiter,
    homes: VecDeque<IpAddr>,
    told: Option<Instant>,
}

struct Strangers {
    allowance: Allowance,
    turns: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock>,
    swept: Instant,
}

impl Gate {
    /// Takes a turn of a caller whose token or certificate is right. `tokens`: wrong ones that an address may show.
    ///
    /// # Errors
    /// It has none left, or comes from an address that has guessed too often, for the first time.
    pub fn admit(
        &self,
        name: &str,
        allowance: Allowance,
        peer: Option<&Peer>,
        tokens: Allowance,
    ) -> Result<(), TooMany> {
        let home = address(peer);
        let known = {
            let callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
            callers.get(name).is_some_and(|bucket| bucket.homes.contains(&home))
        };
        if !known {
            self.guess(home, tokens)?;
        }
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = callers.entry(name.to_owned()).or_insert_with(|| Bucket::new(allowance));
        if bucket.allowance != allowance {
            *bucket = Bucket { homes: std::mem::take(&mut bucket.homes), ..Bucket::new(allowance) };
        }
        if !known {
            bucket.homes.truncate(HOMES - 1);
            bucket.homes.push_front(home);
        }
        bucket.turns.check().map_err(|not| {
            if bucket.told.is_none_or(|told| told.elapsed() >= TELL) {
                bucket.told = Some(Instant::now());
                tracing::warn!(caller = name, address = %home, "comes more often than its rate allows: answered 429 until it is slower");
            }
            too_many(Of::Requests, &not)
        })
    }

    /// A wrong token was shown.
    ///
    /// # Errors
    /// Too many were, from there.
    pub fn refuse(&self, peer: Option<&Peer>, tokens: Allowance) -> Result<(), TooMany> {
        self.guess(address(peer), tokens)
    }

    fn guess(&self, home: IpAddr, tokens: Allowance) -> Result<(), TooMany> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let strangers = match &mut *strangers {
            Some(known) if known.allowance == tokens => known,
            other => other.insert(Strangers::new(tokens)),
        };
        strangers.check(home)
    }
}

impl Bucket {
    fn new(allowance: Allowance) -> Bucket {
        let turns = RateLimiter::direct(quota(allowance));
        Bucket { allowance, turns, homes: VecDeque::new(), told: None }
    }
}

impl Strangers {
    fn new(allowance: Allowance) -> Strangers {
        let turns = RateLimiter::hashmap(quota(allowance));
        Strangers { allowance, turns, swept: Instant::now() }
    }

    fn check(&mut self, home: IpAddr) -> Result<(), TooMany> {
        if self.turns.len() >= ADDRESSES && self.swept.elapsed() >= SWEEP {
            // A bucket that has filled up again says no more than none.
            self.turns.retain_recent();
            self.turns.shrink_to_fit();
            self.swept = Instant::now();
        }
        let home = if self.turns.len() < ADDRESSES { home } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
        self.turns.check_key(&home).map_err(|not| too_many(Of::WrongTokens, &not))
    }
}

fn quota(allowance: Allowance) -> Quota {
    let period = Duration::try_from_secs_f64(1.0 / allowance.rate.a_second());
    let quota = period.ok().and_then(Quota::with_period);
    quota.unwrap_or_else(|| Quota::per_second(allowance.burst)).allow_burst(allowance.burst)
}

fn too_many(of: Of, not: &NotUntil<<DefaultClock as Clock>::Instant>) -> TooMany {
    let wait = not.wait_time_from(DefaultClock::default().now());
    TooMany { of, retry_after: wait.as_secs_f64().ceil().max(1.0) as u64 }
}

/// Of IPv6 the network: whoever has one address of it has them all.
fn address(peer: Option<&Peer>) -> IpAddr {
    match peer.map(|peer| peer.address.ip().to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        Some(address) => address,
        None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::profile::duration::Rate;
    use std::num::NonZeroU32;

    fn allowance(rate: &str, burst: u32) -> Allowance {
        Allowance::new(rate.parse::<Rate>().unwrap(), NonZeroU32::new(burst))
    }

    fn from(address: &str) -> Peer {
        Peer { address: address.parse().unwrap(), client_certificate: None }
    }

    #[test]
    fn a_caller_has_its_burst_and_the_others_theirs() {
        let (gate, mine, tokens) = (Gate::default(), allowance("1/h", 3), allowance("30/m", 10));
        let peer = from("127.0.0.1:1");
        for _ in 0..3 {
            gate.admit("erp", mine, Some(&peer), tokens).unwrap();
        }
        let error = gate.admit("erp", mine, Some(&peer), tokens).unwrap_err();
        assert!(error.of == Of::Requests && (3590..=3600).contains(&error.retry_after), "{error:?}");
        gate.admit("wms", mine, Some(&peer), tokens).unwrap();
        gate.admit("erp", allowance("1/h", 4), Some(&peer), tokens).unwrap();
    }

    #[test]
    fn an_address_that_guesses_is_not_looked_at_but_who_is_at_home_there_is() {
        let (gate, mine, tokens) = (Gate::default(), allowance("100/s", 100), allowance("1/h", 3));
        gate.admit("erp", mine, Some(&from("192.0.2.1:1")), tokens).unwrap();
        for _ in 0..2 {
            gate.refuse(Some(&from("192.0.2.1:2")), tokens).unwrap();
        }
        assert_eq!(gate.refuse(Some(&from("192.0.2.1:3")), tokens).unwrap_err().of, Of::WrongTokens);
        // Right, but nobody may learn that.
        assert!(gate.admit("wms", mine, Some(&from("192.0.2.1:4")), tokens).is_err());
        gate.admit("erp", mine, Some(&from("192.0.2.1:5")), tokens).unwrap();
        gate.admit("wms", mine, Some(&from("192.0.2.2:4")), tokens).unwrap();
        // One network, one guesser.
        for nth in 0..3 {
            gate.refuse(Some(&from(&format!("[2001:db8::{nth}]:1"))), tokens).unwrap();
        }
        assert!(gate.refuse(Some(&from("[2001:db8::9]:1")), tokens).is_err());
        gate.refuse(Some(&from("[2001:db8:0:1::9]:1")), tokens).unwrap();
    }

    #[test]
    fn many_addresses_need_no_more_memory_than_their_share() {
        let (gate, tokens) = (Gate::default(), allowance("1/h", 1));
        for nth in 0..u32::try_from(ADDRESSES).unwrap() + 1000 {
            let address = std::net::Ipv4Addr::from(0x0a00_0000 + nth);
            let _ = gate.refuse(Some(&from(&format!("{address}:1"))), tokens);
        }
        let strangers = gate.strangers.lock().unwrap();
        assert!(strangers.as_ref().unwrap().turns.len() <= ADDRESSES + 1);
    }
}
