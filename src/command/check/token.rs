//! The token that an endpoint demands: whether its server gives us one.

use super::{Report, Step};
use crate::endpoint::http::token::Tokens;
use std::time::Duration;

const WHAT: &str = "token";

/// Asks for one, which is thrown away; true if one came.
pub async fn look(tokens: &Tokens, client: &reqwest::Client, timeout: Duration, report: &mut Report) -> bool {
    match tokens.look(client, timeout).await {
        Ok(life) => {
            let (url, id) = (tokens.url(), tokens.client_id());
            let found = format!("{url} gave client {id} one, which we use for {} s", life.as_secs());
            report.add(&Step::ok(WHAT, found));
            true
        }
        Err(none) => {
            report.add(&Step::error(WHAT, none.found, none.whose, none.next));
            false
        }
    }
}
