//! When something is down or missing: what is down is probed and all else goes on, what is missing is told, and all of it once.

mod absence;
mod outage;
mod pace;
