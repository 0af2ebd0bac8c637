//! A value that threads change and tests wait for: a condition, a deadline, and a panic that says what was waited for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The longest any test waits for one thing. Far more than needed: only a failure ever uses it up.
pub const DEADLINE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub struct Watched<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T> Watched<T> {
    pub fn new(value: T) -> Watched<T> {
        Watched { value: Mutex::new(value), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at it, or changes it, and wakes whoever waits.
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let result = work(&mut self.lock());
        self.changed.notify_all();
        result
    }

    /// Waits until `found` finds something.
    #[track_caller]
    pub fn until<R>(&self, what: &str, mut found: impl FnMut(&mut T) -> Option<R>) -> R {
        let end = Instant::now() + DEADLINE;
        let mut value = self.lock();
        loop {
            if let Some(result) = found(&mut value) {
                return result;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited {DEADLINE:?} in vain for: {what}");
            value = self.changed.wait_timeout(value, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for one change, at most `time`. For conditions that stand elsewhere, such as in the ledger.
    pub fn next_change(&self, time: Duration) {
        let value = self.lock();
        drop(self.changed.wait_timeout(value, time).unwrap_or_else(PoisonError::into_inner));
    }
}
