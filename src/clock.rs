//! Business time. Everything that decides by the time of day takes a `Clock`; SQL gets the instant as a parameter.
//! Leases alone run on the database's clock.

use jiff::Timestamp;
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
        Timestamp::now()
    }
}

/// Text of an instant as events and mails carry it: RFC 3339, UTC, milliseconds.
pub fn rfc3339(at: Timestamp) -> String {
    format!("{at:.3}")
}
