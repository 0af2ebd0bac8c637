//! Who calls: a program of ours, by bearer token, and no more often than it may.

use super::problem::Problem;
use crate::ledger::audit::Actor;
use crate::net::accept::Peer;
use crate::net::limit::Gate;
use crate::pipeline::House;
use crate::profile::duration::Allowance;
use crate::profile::gateway::{ApiDoor, Client};
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::header::AUTHORIZATION;
use http::request::Parts;
use portway_documents::DocumentKind;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// An authenticated program of ours.
#[derive(Debug, Clone)]
pub struct Caller {
    pub name: String,
    pub client: Client,
    pub remote: Option<String>,
}

impl Caller {
    /// As the audit trail knows it.
    pub fn actor(&self) -> Actor {
        Actor::client(&self.name, self.remote.as_deref())
    }

    /// # Errors
    /// The partner is not among those it may send to or ask about.
    pub fn may_reach(&self, partner: &str) -> Result<(), Problem> {
        if self.client.partners.is_empty() || self.client.partners.iter().any(|id| id == partner) {
            return Ok(());
        }
        let name = &self.name;
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "partner-not-allowed",
            "Not for this partner",
            format!("{name} may not deal with {partner}: see [client.{name}] partners in gateway.toml"),
        ))
    }

    /// # Errors
    /// The document is not among those it may hand over.
    pub fn may_hand_over(&self, kind: DocumentKind) -> Result<(), Problem> {
        if self.client.documents.is_empty() || self.client.documents.iter().any(|name| name == kind.name()) {
            return Ok(());
        }
        let (name, kind) = (&self.name, kind.name());
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "document-not-allowed",
            "Not this document",
            format!("{name} may not hand over a {kind}: see [client.{name}] documents in gateway.toml"),
        ))
    }
}

impl FromRequestParts<House> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Caller, Problem> {
        let token =
            parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
                let (scheme, token) = value.split_once(' ')?;
                scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
            });
        let hash: Option<[u8; 32]> = token.map(|token| Sha256::digest(token.as_bytes()).into());
        let configuration = house.profiles.current();
        let found = hash.and_then(|hash| {
            let mut clients = configuration.gateway.client.iter();
            clients.find(|(_, client)| client.tokens.iter().any(|token| token.0 == hash))
        });
        let peer = parts.extensions.get::<Peer>();
        let gate = parts.extensions.get::<Arc<Gate>>();
        let counted = gate.zip(configuration.gateway.listen.api.as_ref());
        let Some((name, client)) = found else {
            if let (Some((gate, door)), Some(_)) = (counted, token) {
                gate.refuse(peer, Allowance::new(door.wrong_tokens, None))?;
            }
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "We do not know you",
                "Send Authorization: Bearer with a token whose SHA-256 stands under [client.<name>] in gateway.toml.",
            ));
        };
        if let Some((gate, door)) = counted {
            gate.admit(name, allowance(client, door), peer, Allowance::new(door.wrong_tokens, None))?;
        }
        let remote = peer.map(|peer| peer.address.to_string());
        Ok(Caller { name: name.clone(), client: client.clone(), remote })
    }
}

fn allowance(client: &Client, door: &ApiDoor) -> Allowance {
    Allowance::of((client.rate, client.burst), (door.rate, door.burst))
}
