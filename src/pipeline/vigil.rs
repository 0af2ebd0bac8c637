//! The looks that are due every few seconds: what did not happen ([`crate::alert::absence`]), and the day's digest.

use super::House;
use crate::alert::{absence, digest};
use std::time::Duration;

/// How often is looked.
const LOOK: Duration = Duration::from_secs(5);

/// Looks until the gateway stops.
pub async fn run(house: House) {
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let (configuration, now) = (house.profiles.current(), house.clock.now());
        if let Err(error) = absence::look(&house.ledger, &configuration, now).await {
            tracing::debug!(%error, "what is missing cannot be looked for");
        }
        if let Err(error) = digest::look(&house.ledger, &configuration, now).await {
            tracing::debug!(%error, "the day's digest is not written yet");
        }
    }
}
