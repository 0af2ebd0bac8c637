//! Who calls: a partner, by bearer token or by pinned client certificate, and no more often than it may.

use super::problem::Problem;
use crate::net::accept::Peer;
use crate::net::limit::Gate;
use crate::profile::PartnerProfile;
use crate::profile::duration::Allowance;
use crate::profile::gateway::HttpsDoor;
use crate::profile::partner::Status;
use crate::transport::Doors;
use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// An authenticated partner.
#[derive(Debug, Clone)]
pub struct Caller {
    pub profile: Arc<PartnerProfile>,
    pub remote: Option<String>,
}

impl FromRequestParts<Doors> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Caller, Problem> {
        let configuration = doors.profiles.current();
        let peer = parts.extensions.get::<Peer>();
        let gate = parts.extensions.get::<Arc<Gate>>();
        let counted = gate.zip(configuration.gateway.listen.https.as_ref());
        let token = bearer(&parts.headers);
        let by_token =
            token.and_then(|token| configuration.partner_of_token(&Sha256::digest(token.as_bytes()).into()));
        let certificate = peer.and_then(|p| p.client_certificate.as_ref());
        let profile =
            by_token.or_else(|| certificate.and_then(|der| configuration.partner_of_certificate(der)));
        let Some(profile) = profile.cloned() else {
            // A certificate cannot be guessed.
            if let (Some((gate, door)), Some(_)) = (counted, token) {
                gate.refuse(peer, Allowance::new(door.wrong_tokens, None))?;
            }
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "We do not know you",
                "Send the bearer token we gave you, or connect with the client certificate you gave us.",
            ));
        };
        if let Some((gate, door)) = counted {
            let tokens = Allowance::new(door.wrong_tokens, None);
            gate.admit(&profile.partner.id, allowance(&profile, door), peer, tokens)?;
        }
        if profile.partner.status == Status::Draft {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "not-open-yet",
                "We are not ready for you yet",
                "Your set-up here is a draft. Nothing was accepted; ask your contact to open it.",
            ));
        }
        Ok(Caller { profile, remote: peer.map(|p| p.address.to_string()) })
    }
}

fn allowance(profile: &PartnerProfile, door: &HttpsDoor) -> Allowance {
    let own = profile.partner.https.as_ref().map_or((None, None), |https| (https.rate, https.burst));
    Allowance::of(own, (door.rate, door.burst))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
