//! The API beside handing over: what is told of a faulty document, events that are fetched, results, tokens, its description.

mod description;
mod events;
mod faults;
mod results;

use crate::harness::*;

/// The client `erp` fetches the events of its endpoint, to which the 850s of `acme` go.
pub fn fetching() -> Site {
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    site.add("[endpoint.erp]\nkind = \"events\"");
    site.partner(&Profile::live("acme"));
    site
}

/// A gateway with the client `erp` and the partner `acme`.
pub fn site(more: &str) -> Site {
    let mut site = Site::new();
    site.api();
    site.client("erp", "");
    site.partner(&Profile { more: more.to_owned(), ..Profile::live("acme") });
    site
}
