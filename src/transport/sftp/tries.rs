//! Tries to log in with a password: whoever fails is slowed down, by user and by address, and nobody else is.
//!
//! After a few failures each further try waits for its turn; the turns lie further and further apart, up to [`LONGEST`]. Turns
//! count over all connections, so that many at once are no quicker than one. A try whose turn is too far off is refused without
//! looking at the password. Logins by key take no turn: a partner with a key cannot be locked out by somebody who guesses.
//! The memory is bounded: the oldest entries make room, and a quarter of an hour without a failure clears one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures of a user without consequence: people mistype.
const FREE_OF_USER: u32 = 3;
/// Failures of an address without consequence: many people may sit behind one.
const FREE_OF_ADDRESS: u32 = 20;
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(15);
/// A turn further off than this is refused.
const PATIENCE: Duration = Duration::from_secs(20);
const FORGET: Duration = Duration::from_secs(15 * 60);
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub struct Tries(Mutex<HashMap<Key, Entry>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    User(String),
    Address(IpAddr),
}

#[derive(Debug)]
struct Entry {
    failures: u32,
    /// When the next try has its turn.
    next: Instant,
    last: Instant,
}

impl Tries {
    /// Takes a turn: how long this try has to wait. `None`: too long, the try is refused.
    pub fn turn(&self, user: &str, address: IpAddr, now: Instant) -> Option<Duration> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(user, address);
        let waits = keys.iter().filter_map(|key| entries.get(key));
        let wait = waits.map(|entry| entry.next.saturating_duration_since(now)).max().unwrap_or_default();
        if wait > PATIENCE {
            return None;
        }
        for key in &keys {
            // Who has not failed too often takes no turn, and waits for nobody else's.
            if let Some(entry) = entries.get_mut(key)
                && let Some(pause) = pause(key, entry.failures)
            {
                entry.next = entry.next.max(now + wait) + pause;
            }
        }
        Some(wait)
    }

    pub fn failed(&self, user: &str, address: IpAddr, now: Instant) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() + 2 > MOST {
            entries.retain(|_, entry| now.saturating_duration_since(entry.last) < FORGET);
        }
        while entries.len() + 2 > MOST {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.last).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            entries.remove(&oldest);
        }
        for key in keys(user, address) {
            let entry = entries.entry(key.clone()).or_insert(Entry { failures: 0, next: now, last: now });
            if now.saturating_duration_since(entry.last) >= FORGET {
                entry.failures = 0;
            }
            entry.failures = entry.failures.saturating_add(1);
            entry.last = now;
            entry.next = entry.next.max(now + pause(&key, entry.failures).unwrap_or_default());
        }
    }

    /// A login that worked clears its user. The address stays as it is: it may be trying others.
    pub fn succeeded(&self, user: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&Key::User(user.to_owned()));
    }
}

fn keys(user: &str, address: IpAddr) -> [Key; 2] {
    // Names are cut, so that one entry stays small.
    [Key::User(user.chars().take(64).collect()), Key::Address(address.to_canonical())]
}

fn pause(key: &Key, failures: u32) -> Option<Duration> {
    let free = if matches!(key, Key::User(_)) { FREE_OF_USER } else { FREE_OF_ADDRESS };
    let over = failures.checked_sub(free + 1)?;
    Some(FIRST.saturating_mul(1 << over.min(10)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::net::Ipv4Addr;

    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2));

    #[test]
    fn a_user_who_fails_is_slowed_down_and_nobody_else() {
        let (tries, now) = (Tries::default(), Instant::now());
        for _ in 0..3 {
            assert_eq!(tries.turn("acme", HOME, now), Some(Duration::ZERO));
            tries.failed("acme", HOME, now);
        }
        assert_eq!(tries.turn("acme", HOME, now), Some(Duration::ZERO), "people mistype");
        tries.failed("acme", HOME, now);
        assert_eq!(tries.turn("acme", OTHER, now), Some(FIRST), "wherever it comes from");
        assert_eq!(tries.turn("bolt", HOME, now), Some(Duration::ZERO));
        let later = now + FORGET;
        tries.failed("acme", HOME, later);
        assert_eq!(tries.turn("acme", HOME, later), Some(Duration::ZERO), "forgotten");
    }

    #[test]
    fn many_connections_are_no_quicker_than_one() {
        let (tries, now) = (Tries::default(), Instant::now());
        (0..10).for_each(|_| tries.failed("acme", HOME, now));
        let turns: Vec<_> = (0..6).map(|_| tries.turn("acme", HOME, now)).collect();
        assert_eq!(turns[0], Some(LONGEST));
        assert!(turns[1..].iter().all(Option::is_none), "{turns:?}");
        assert_eq!(tries.turn("acme", HOME, now + LONGEST * 2), Some(Duration::ZERO));
        tries.succeeded("acme");
        assert_eq!(tries.turn("acme", HOME, now), Some(Duration::ZERO));
    }

    #[test]
    fn an_address_that_tries_many_names_is_slowed_down_too() {
        let (tries, now) = (Tries::default(), Instant::now());
        (0..25).for_each(|n| tries.failed(&format!("user-{n}"), HOME, now));
        assert!(tries.turn("acme", HOME, now).unwrap() > Duration::ZERO);
        assert_eq!(tries.turn("acme", OTHER, now), Some(Duration::ZERO));
    }

    #[test]
    fn the_memory_is_bounded() {
        let (tries, now) = (Tries::default(), Instant::now());
        (0..2 * MOST).for_each(|n| tries.failed(&format!("user-{n}"), HOME, now));
        assert!(tries.0.lock().unwrap().len() <= MOST);
    }
}
