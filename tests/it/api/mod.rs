//! The API beside handing over: what is told of a faulty document, events that are fetched, results, tokens, its description.

mod faults;

use crate::harness::*;

/// A gateway with the client `erp` and the partner `acme`.
pub fn site(more: &str) -> Site {
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    site.partner(&Profile { more: more.to_owned(), ..Profile::live("acme") });
    site
}
