//! Named points at which a test kills or stops the process, or panics. Without the feature `faults` every point is nothing at all, and
//! packages never carry it.
//!
//! `PORTWAY_FAULT=<point>:<kill|stop|panic>:<nth>` acts when the point is reached for the nth time.

/// A point was reached.
#[cfg(not(feature = "faults"))]
#[inline(always)]
pub fn point(_name: &'static str) {}

/// A point was reached.
#[cfg(feature = "faults")]
pub fn point(name: &'static str) {
    use rustix::process::{Signal, getpid, kill_process};
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    struct Plan {
        name: String,
        /// Else a panic.
        signal: Option<Signal>,
        left: AtomicU64,
    }
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    let plan = PLAN.get_or_init(|| {
        let text = std::env::var("PORTWAY_FAULT").ok()?;
        let mut parts = text.split(':');
        let name = parts.next()?.to_owned();
        let signal = match parts.next()? {
            "stop" => Some(Signal::STOP),
            "panic" => None,
            _ => Some(Signal::KILL),
        };
        Some(Plan { name, signal, left: AtomicU64::new(parts.next()?.parse().ok()?) })
    });
    if let Some(plan) = plan.as_ref().filter(|p| p.name == name)
        && plan.left.fetch_sub(1, Ordering::SeqCst) == 1
    {
        match plan.signal {
            Some(signal) => drop(kill_process(getpid(), signal)),
            None => panic!("a test wants a panic at {name}"),
        }
    }
}
