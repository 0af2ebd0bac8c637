//! When a delivery is tried again: exponential back-off with jitter, or later where the receiver asks for it.
//!
//! Jitter keeps a thousand deliveries that failed together from coming back together. The chance is a parameter, so the
//! rule itself has none.

use std::time::Duration;

/// Nobody waits longer; keeps the arithmetic away from its ends too.
const YEAR: Duration = Duration::from_secs(365 * 86_400);

/// The wait before the next try, at most a year.
///
/// `attempt`: tries made so far, from 1. The wait doubles from `first` up to `longest`, and is drawn from its upper half
/// by `chance` (0 ≤ chance < 1). `retry_after` is never undercut; up to a tenth of it, at most a minute, is added.
pub fn next_delay(
    attempt: u32,
    first: Duration,
    longest: Duration,
    retry_after: Option<Duration>,
    chance: f64,
) -> Duration {
    let chance = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 0.5 };
    let doublings = attempt.saturating_sub(1).min(31);
    let step = first.saturating_mul(1 << doublings).min(longest).min(YEAR);
    let delay = step.mul_f64(0.5 + chance / 2.0);
    match retry_after {
        Some(wish) => {
            let spread = (wish / 10).min(Duration::from_secs(60)).mul_f64(chance);
            delay.max(wish.saturating_add(spread)).min(YEAR)
        }
        None => delay,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(10);
    const LONGEST: Duration = Duration::from_secs(3600);

    fn seconds(attempt: u32, retry_after: Option<u64>, chance: f64) -> f64 {
        next_delay(attempt, FIRST, LONGEST, retry_after.map(Duration::from_secs), chance).as_secs_f64()
    }

    #[test]
    fn it_doubles_up_to_the_longest() {
        let waits: Vec<f64> = (1..=11).map(|n| seconds(n, None, 1.0)).collect();
        assert_eq!(waits, [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 640.0, 1280.0, 2560.0, 3600.0, 3600.0]);
        assert_eq!(seconds(u32::MAX, None, 1.0), 3600.0);
        assert_eq!(seconds(0, None, 1.0), 10.0);
    }

    #[test]
    fn chance_draws_from_the_upper_half() {
        assert_eq!(seconds(2, None, 0.0), 10.0);
        assert_eq!(seconds(2, None, 0.5), 15.0);
        assert_eq!(seconds(2, None, f64::NAN), 15.0);
        assert_eq!(seconds(2, None, 7.0), 20.0);
    }

    #[test]
    fn the_receivers_wish_is_never_undercut() {
        assert_eq!(seconds(1, Some(100), 0.0), 100.0);
        assert_eq!(seconds(1, Some(100), 0.5), 105.0);
        assert_eq!(seconds(1, Some(86_400), 1.0), 86_460.0);
        assert_eq!(seconds(10, Some(5), 1.0), 3600.0);
        assert_eq!(next_delay(9, Duration::MAX, Duration::MAX, Some(Duration::MAX), 1.0), YEAR);
    }
}
