//! How quickly a lane may go: a steady rate where one is set, and the wish of whoever said "not now".
//!
//! Both stand in the lane's row, which a claim locks anyway: all gateways on one database keep one rate together, also after a
//! restart. A lane without a rate writes nothing here. Beside the next turn, those of a tenth of a second are saved up, no more:
//! a late look loses none, and no second sees more than the rate, a tenth of it, and one. A clock that is ahead by more than
//! [`SKEW`] is not believed.

use super::{Ledger, Result, at};
use jiff::{SignedDuration, Timestamp};

/// How many a second go out of a lane.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// At all times.
    pub steady: Option<f64>,
    /// Of what waited while the lane was open.
    pub drain: Option<f64>,
}

/// Clocks of gateways differ by this much at most.
const SKEW: SignedDuration = SignedDuration::from_secs(5);
/// Beside the next turn, turns are saved up for this share of a second.
const SAVED: f64 = 0.1;
/// Timestamps are whole microseconds: a turn that is due may look as if a hair were missing.
const HAIR: f64 = 2e-6;

/// The time for which turns are saved up.
fn saved(rate: f64) -> SignedDuration {
    seconds(SAVED + 1.0 / rate)
}

pub(super) fn seconds(seconds: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::from_secs(1))
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(from)
}

/// Where the turns are counted from.
fn base(rate: f64, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let oldest = later(now, -saved(rate));
    last.filter(|last| *last <= later(now, SKEW)).map_or(oldest, |last| last.max(oldest))
}

/// How many may go now, the last one having gone at `last`; of none: when the next may.
pub(super) fn turns(
    rate: f64,
    last: Option<Timestamp>,
    now: Timestamp,
    most: i64,
) -> std::result::Result<i64, Timestamp> {
    let base = base(rate, last, now);
    let passed = now.duration_since(base).as_secs_f64().max(0.0);
    match ((passed + HAIR) * rate) as i64 {
        0 => Err(later(base, seconds(1.0 / rate))),
        turns => Ok(turns.min(most.max(0))),
    }
}

/// Notes that a claim of a locked lane took so many. Says when the next may go.
pub(super) async fn went(
    tx: &mut sqlx::PgTransaction<'_>,
    lane: &str,
    taken: usize,
    rate: f64,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let last: Option<jiff_sqlx::Timestamp> = sqlx::query_scalar(
        "UPDATE lane SET paced_at = CASE WHEN paced_at BETWEEN $2 AND $3 THEN paced_at ELSE $2 END + make_interval(secs => $4)
         WHERE name = $1 RETURNING paced_at",
    )
    .bind(lane)
    .bind(at(later(now, -saved(rate))))
    .bind(at(later(now, SKEW)))
    .bind(taken as f64 / rate)
    .fetch_one(&mut **tx)
    .await?;
    Ok(last.map(|last| later(last.to_jiff(), seconds(1.0 / rate))))
}

impl Ledger {
    /// The other side of a lane asked not to be tried before then: nothing of the lane goes.
    pub async fn lane_waits(&self, lane: &str, until: Timestamp) -> Result<()> {
        sqlx::query("UPDATE lane SET silent_until = greatest(silent_until, $2) WHERE name = $1")
            .bind(lane)
            .bind(at(until))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn after(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
    }

    /// What goes from a lane that is full, claimed every so often, each claim noted as the ledger notes it.
    fn gone(rate: f64, every: i64, milliseconds: i64) -> Vec<(i64, i64)> {
        let (mut last, mut gone) = (None, Vec::new());
        for now in (0..milliseconds).step_by(usize::try_from(every).unwrap()) {
            if let Ok(turns) = turns(rate, last, after(now), 8) {
                let micros =
                    later(base(rate, last, after(now)), seconds(turns as f64 / rate)).as_microsecond();
                last = Some(Timestamp::from_microsecond(micros).unwrap());
                gone.push((now, turns));
            }
        }
        gone
    }

    #[test]
    fn no_second_sees_more_than_the_rate_and_what_was_saved_and_none_is_lost() {
        for (rate, every) in [(10.0, 1), (10.0, 7), (3.0, 10), (50.0, 10), (20.0, 30), (1.0, 10)] {
            let gone = gone(rate, every, 20_000);
            let all: i64 = gone.iter().map(|(_, turns)| turns).sum();
            let most = gone.iter().map(|(from, _)| {
                let second = gone.iter().filter(|(at, _)| (*from..from + 1000).contains(at));
                second.map(|(_, turns)| turns).sum::<i64>()
            });
            let most = most.max().unwrap() as f64;
            assert!(most <= rate + rate * SAVED + 1.0, "{most} in a second at {rate}/s");
            assert!(all as f64 >= rate * 20.0 - 1.0, "{all} in 20 s at {rate}/s");
        }
    }

    #[test]
    fn a_lane_that_rested_has_a_tenth_of_a_second_at_once() {
        assert_eq!(turns(10.0, None, after(0), 8), Ok(2));
        assert_eq!(turns(50.0, Some(after(-9000)), after(0), 8), Ok(6));
        assert_eq!(turns(500.0, Some(after(-9000)), after(0), 8), Ok(8), "no more than there are places");
        assert_eq!(turns(10.0, Some(after(0)), after(40), 8), Err(after(100)));
        assert_eq!(turns(1.0 / 3600.0, Some(after(0)), after(3_599_000), 8), Err(after(3_600_000)));
        assert_eq!(turns(1.0 / 3600.0, Some(after(0)), after(3_600_000), 8), Ok(1));
    }

    #[test]
    fn a_clock_that_is_a_little_ahead_is_waited_for_and_one_far_ahead_is_not() {
        assert_eq!(turns(10.0, Some(after(400)), after(0), 8), Err(after(500)));
        assert_eq!(turns(10.0, Some(after(3_600_000)), after(0), 8), Ok(2));
    }
}
