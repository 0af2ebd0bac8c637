//! Events that one of our systems fetches: numbered here, after their commit, in the lane of their endpoint.
//!
//! Each gateway has one such task for an endpoint; the ledger lets one at a time number. It wakes by the lane's bell, and by the look
//! at the queue once a second. While the ledger is away nothing is numbered, and nothing is lost.

use super::House;
use crate::ledger::job;

/// Numbers until the gateway stops, or the endpoint is of another kind.
pub async fn run(house: House, endpoint: String) {
    let bell = house.ledger.wake.of(&job::endpoint_lane(&endpoint));
    let mut adopted = false;
    bell.notify_one();
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = bell.notified() => {}
        }
        if !adopted {
            match house.ledger.adopt_events(&endpoint).await {
                Ok(()) => adopted = true,
                Err(error) => {
                    tracing::warn!(%error, endpoint, "what waits from before is not taken over yet")
                }
            }
        }
        loop {
            match house.ledger.number_events(&endpoint, house.clock.now()).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, endpoint, "events are not numbered yet");
                    break;
                }
            }
        }
    }
}
