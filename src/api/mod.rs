//! The door of our own systems: they hand documents over, and learn what became of them.
//!
//! `POST /v1/purchase-orders` and its like (or `/v1/documents`) take a canonical document for a partner: judged at once against the
//! document's shape, the set's schema and the partner's guide, and in the ledger before the answer leaves. `GET /v1/documents/{id}`
//! says how it stands. Every handler takes a [`caller::Caller`], or does not compile. Errors are RFC 9457 problem details with a JSON
//! pointer and the element that it would become.

mod caller;
mod description;
mod documents;
mod events;
mod look;
mod problem;
mod results;
mod routes;

use crate::net::limit::Gate;
use crate::pipeline::House;
use axum::Router;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub use routes::described;

/// The door's routes. `close` ends what waits for events when the door closes.
pub fn router(house: House, close: CancellationToken) -> Router {
    let routes = routes::all().into_iter();
    let router = routes.fold(Router::new(), |router, route| router.route(&route.path, route.handler));
    router
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::Extension(close))
        .layer(axum::Extension(Arc::new(Gate::default())))
        .with_state(house)
}
