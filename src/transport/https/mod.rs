//! The partners' HTTPS door, and the hand-over of our messages to their URL.
//!
//! `POST /edi` takes a message: 202 once it is committed, never before. `GET /edi/outbox` lists what waits for the partner,
//! `GET /edi/outbox/{id}` reads one, `DELETE /edi/outbox/{id}` confirms it: only then does it count as sent. Every handler takes a
//! [`principal::Caller`], authenticated by bearer token or pinned client certificate, or does not compile. Errors are RFC 9457
//! problem details that say whose move it is.

mod outbox;
mod post;
mod principal;
mod problem;
mod submit;

pub use post::Poster;

use super::Doors;
use crate::net::limit::Gate;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// The door's routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/edi", axum::routing::post(submit::submit))
        .route("/edi/outbox", get(outbox::list))
        .route("/edi/outbox/{id}", get(outbox::read).delete(outbox::confirm))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(axum::Extension(Arc::new(Gate::default())))
        .with_state(doors)
}
