//! AS2 (RFC 4130), both ways.
//!
//! The door takes messages and receipts by POST on any path. A message is spooled, opened, judged by the partner's profile and
//! committed together with its signed receipt; only then is anything answered. What does not open, or is not safe enough, is set
//! aside for a person and answered with the RFC's words; of what comes from strangers little is kept, and not without end.
//!
//! The sender packs a message of ours once ([`Sender`]), freezes it in the ledger and sends the same bytes on every try; the receipt,
//! in the answer or later at the door, settles it.

mod answer;
mod check;
// The answer to a request is also the error that ends its handling: once a request.
#[allow(clippy::result_large_err)]
mod door;
mod opening;
mod packing;
mod reach;
#[allow(clippy::result_large_err)]
mod receipt;
mod sender;

pub use check::{End, Test, test};
pub use packing::Link;
pub use reach::own_certificate;
pub use receipt::{Judgement, overdue_cause};
pub use sender::{Outgoing, Sender};

use super::Doors;
use axum::Router;

/// The longest receipt that is read, in bytes.
const LONGEST_RECEIPT: usize = portway_as2::mdn::LONGEST;

/// Told in AS2-Product, User-Agent and receipts.
const PRODUCT: &str = concat!("Portway ", env!("CARGO_PKG_VERSION"));

/// The door's routes: partners were told all sorts of paths.
pub fn router(doors: Doors) -> Router {
    let door = door::Door::new(doors);
    Router::new().fallback(door::any).with_state(door)
}
