//! `[endpoint.<name>.oauth2]`: the token that an endpoint demands, and whence it is fetched (RFC 6749 section 4.4).
//!
//! Promises: our secret stays a reference, and never goes over a network in the clear.

use super::checks::url;
use super::document::{Document, steps};
use super::gateway::HttpEndpoint;
use super::problem::Problem;
use super::secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;
use std::net::IpAddr;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OAuth2 {
    /// The token endpoint, `https://login.example/oauth2/token`; plain `http://` on loopback only.
    pub token_url: String,
    /// What we are called there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: Secret,
    /// The scope that is asked for, names with blanks between them. Default none.
    pub scope: Option<String>,
    /// The audience that is asked for, where the token server wants one. Default none.
    pub audience: Option<String>,
    /// How we show who we are: `basic` (in the header) or `body` (in the form).
    #[serde(default)]
    pub auth: ClientAuth,
}

/// RFC 6749 section 2.3.1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClientAuth {
    #[default]
    Basic,
    Body,
}

/// The section in itself.
pub(super) fn check(document: &Document, name: &str, http: &HttpEndpoint, problems: &mut Vec<Problem>) {
    let Some(oauth2) = &http.oauth2 else { return };
    let at = |key: &str| steps!["endpoint", name, "oauth2", key];
    url(document, &at("token_url"), &oauth2.token_url, problems);
    if in_the_clear(&oauth2.token_url) {
        let problem = document.problem(&at("token_url"), "our secret would go over the network in the clear");
        problems.push(problem.help("write https://…; plain http:// is for a token server on this host"));
    }
    if in_the_clear(&http.url) {
        let message = "the token goes over the network in the clear, for everybody on it to use";
        let problem = document.problem(&steps!["endpoint", name, "url"], message).warning();
        problems.push(problem.help("write https://…"));
    }
    if oauth2.client_id.is_empty() {
        let problem = document.problem(&at("client_id"), "this is empty");
        problems.push(problem.help("write the id that the token server knows us by"));
    }
}

fn in_the_clear(text: &str) -> bool {
    let Ok(uri) = text.parse::<http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    uri.scheme_str() == Some("http") && !here
}
