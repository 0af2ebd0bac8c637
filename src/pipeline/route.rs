//! Route: which endpoints a document goes to, as the partner's profile says.
//!
//! Test and live never mix: a document marked as test reaches only endpoints marked test, a live one only the others. What has
//! nowhere to go is held with its reason, never dropped.

use crate::ledger::id;
use crate::ledger::process::DeliveryRow;
use crate::profile::gateway::Endpoint;
use crate::profile::partner::{Order, Status};
use crate::profile::{Configuration, PartnerProfile};
use uuid::Uuid;

/// Where a document goes, or why it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    To(Vec<Hop>),
    Held { reason: &'static str, detail: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub endpoint: String,
    pub way: &'static str,
}

/// `usage`: ISA15. `code`: the set's, `850`.
pub fn route(configuration: &Configuration, profile: &PartnerProfile, code: &str, usage: char) -> Route {
    let partner = &profile.partner;
    let id = &partner.id;
    let test = usage != 'P';
    let held = |reason, detail| Route::Held { reason, detail };
    match partner.status {
        Status::Paused => {
            return held(
                "paused",
                format!("{id} is paused: set status = \"live\" in partners.d/{id}.toml, then release"),
            );
        }
        Status::Draft => {
            return held(
                "draft",
                format!(
                    "{id} is a draft: set status = \"test\" or \"live\" in partners.d/{id}.toml, then release"
                ),
            );
        }
        Status::Test if !test => {
            return held(
                "partner_in_test",
                format!(
                    "{id} is in test, but sent a live document (ISA15 = P): make it live, or ask them to mark tests with T"
                ),
            );
        }
        Status::Test | Status::Live => {}
    }
    let Some(receive) = partner.receive.get(code) else {
        return held(
            "not_expected",
            format!(
                "{id} is not expected to send {code}: add [receive.{code}] to partners.d/{id}.toml, then release; or ask them"
            ),
        );
    };
    let hops: Vec<Hop> = receive
        .to
        .iter()
        .filter_map(|name| configuration.endpoint(name).map(|endpoint| (name, endpoint)))
        .filter(|(_, endpoint)| endpoint.is_test() == test)
        .map(|(name, endpoint)| Hop { endpoint: name.clone(), way: way(endpoint) })
        .collect();
    if !hops.is_empty() {
        return Route::To(hops);
    }
    if test {
        held(
            "test",
            format!(
                "no endpoint of [receive.{code}] in partners.d/{id}.toml is marked test = true; test documents go nowhere else"
            ),
        )
    } else {
        held(
            "no_endpoint",
            format!("[receive.{code}] in partners.d/{id}.toml names no endpoint for live documents"),
        )
    }
}

/// The way to an endpoint of this name; `None` where there is none.
pub(super) fn hop(configuration: &Configuration, name: &str) -> Option<Hop> {
    configuration.endpoint(name).map(|endpoint| Hop { endpoint: name.to_owned(), way: way(endpoint) })
}

fn way(endpoint: &Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Http(_) => "http",
        Endpoint::Directory(_) => "directory",
        Endpoint::Sftp(_) => "sftp",
        Endpoint::Events(_) => "events",
    }
}

/// The obligations that follow; the same set and endpoint always yield the same id.
pub fn deliveries(
    profile: &PartnerProfile,
    code: &str,
    set: Uuid,
    number: Option<&str>,
    hops: &[Hop],
) -> Vec<DeliveryRow> {
    let partner = &profile.partner.id;
    let order = profile.partner.receive.get(code).map(|r| r.order).unwrap_or_default();
    let order_key = match (order, number) {
        (Order::ByNumber, Some(number)) => Some(format!("{partner}/{number}")),
        (Order::ByPartner, _) => Some(format!("{partner}/")),
        (Order::ByNumber | Order::None, _) => None,
    };
    hops.iter()
        .map(|hop| DeliveryRow {
            id: id::derive(set, &hop.endpoint, 0),
            target: hop.endpoint.clone(),
            way: hop.way,
            order_key: order_key.clone(),
        })
        .collect()
}
