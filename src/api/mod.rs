//! The door of our own systems: they hand documents over, and learn what became of them.
//!
//! `POST /v1/purchase-orders` and its like (or `/v1/documents`) take a canonical document for a partner: judged at once against the
//! document's shape, the set's schema and the partner's guide, and in the ledger before the answer leaves. `GET /v1/documents/{id}`
//! says how it stands. Every handler takes a [`caller::Caller`], or does not compile. Errors are RFC 9457 problem details with a JSON
//! pointer and the element that it would become.

mod caller;
mod documents;
mod events;
mod look;
mod problem;

use crate::pipeline::House;
use axum::Router;
use axum::routing::{get, post};
use portway_documents::DocumentKind;
use tokio_util::sync::CancellationToken;

/// The door's routes. `close` ends what waits for events when the door closes.
pub fn router(house: House, close: CancellationToken) -> Router {
    let mut router = Router::new()
        .route("/v1/documents", post(documents::any))
        .route("/v1/documents/{id}", get(look::document))
        .route("/v1/events", get(events::events));
    for kind in DocumentKind::ALL {
        let path = format!("/v1/{}", documents::plural(*kind));
        let take = post(move |state, caller, query, headers, body| {
            documents::one(state, caller, query, headers, body, *kind)
        });
        router = router.route(&path, take);
    }
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::Extension(close))
        .with_state(house)
}
