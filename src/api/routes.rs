//! The table of routes: the router and the description are both made of it.

use super::{description, documents, events, look, results};
use crate::pipeline::House;
use axum::routing::{MethodRouter, get, post};
use http::Method;
use http::header::CONTENT_TYPE;
use portway_documents::DocumentKind;

/// What a route takes and gives.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// Of any kind where none is named.
    HandOver(Option<DocumentKind>),
    Document,
    Result,
    Events,
    Description,
}

pub struct Route {
    pub method: Method,
    pub path: String,
    /// Its name for programs.
    pub id: String,
    pub summary: String,
    pub what: What,
    pub handler: MethodRouter<House>,
}

impl Route {
    fn new(
        method: Method,
        path: &str,
        id: &str,
        summary: &str,
        what: What,
        handler: MethodRouter<House>,
    ) -> Route {
        let (path, id, summary) = (path.to_owned(), id.to_owned(), summary.to_owned());
        Route { method, path, id, summary, what, handler }
    }
}

/// All of them.
pub fn all() -> Vec<Route> {
    let mut routes = vec![
        Route::new(
            Method::POST,
            "/v1/documents",
            "handOver",
            "Hands a document of any kind over",
            What::HandOver(None),
            post(documents::any),
        ),
        Route::new(
            Method::GET,
            "/v1/documents/{id}",
            "document",
            "How a document stands, and who owes what",
            What::Document,
            get(look::document),
        ),
        Route::new(
            Method::POST,
            "/v1/documents/{id}/result",
            "result",
            "What the caller's application says of a document that it received",
            What::Result,
            post(results::result),
        ),
        Route::new(
            Method::GET,
            "/v1/events",
            "events",
            "The events of the caller's endpoint, in an order that never skips",
            What::Events,
            get(events::events),
        ),
        Route::new(
            Method::GET,
            "/v1/openapi.json",
            "description",
            "This description",
            What::Description,
            get(|_: super::caller::Caller| async { ([(CONTENT_TYPE, "application/json")], described()) }),
        ),
    ];
    for kind in DocumentKind::ALL {
        let plural = documents::plural(*kind);
        let (path, id) = (format!("/v1/{plural}"), format!("handOver-{}", kind.name()));
        let summary = format!("Hands a {} over", kind.name());
        let take = post(move |state, caller, query, headers, body| {
            documents::one(state, caller, query, headers, body, *kind)
        });
        routes.push(Route::new(Method::POST, &path, &id, &summary, What::HandOver(Some(*kind)), take));
    }
    routes
}

/// The description as it is served, and as it stands in docs/openapi.json.
pub fn described() -> String {
    let description = description::openapi(&all());
    serde_json::to_string_pretty(&description).unwrap_or_default() + "\n"
}
