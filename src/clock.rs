//! Business time. Everything that decides by the time of day takes a `Clock`; SQL gets the instant as a parameter.
//! Leases alone run on the database's clock.

use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
}

pub type SharedClock = Arc<dyn Clock>;

/// The host's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    // The one place where the host's clock becomes business time.
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> Timestamp {
        Timestamp::now() + moved()
    }
}

/// How far tests have moved the clock: the seconds in the file that `PORTWAY_CLOCK` names.
#[cfg(not(feature = "faults"))]
#[inline(always)]
fn moved() -> SignedDuration {
    SignedDuration::ZERO
}

/// How far tests have moved the clock: the seconds in the file that `PORTWAY_CLOCK` names.
#[cfg(feature = "faults")]
fn moved() -> SignedDuration {
    static FILE: std::sync::OnceLock<Option<std::path::PathBuf>> = std::sync::OnceLock::new();
    let file = FILE.get_or_init(|| std::env::var_os("PORTWAY_CLOCK").map(Into::into));
    let seconds = file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()?.trim().parse().ok());
    SignedDuration::from_secs(seconds.unwrap_or_default())
}

/// Text of an instant as events and mails carry it: RFC 3339, UTC, milliseconds.
pub fn rfc3339(at: Timestamp) -> String {
    format!("{at:.3}")
}
