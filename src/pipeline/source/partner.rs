//! Whom a document of a file is for: the source says so, or the file's name, or what is in it.
//!
//! What is in it (a column's value, RCVPRN, the numbers of a party) is compared with what partners are called: their ids, `known_as`,
//! and their X12 and EDIFACT addresses. Exactly one partner is whom it is for; none, and several, are reasons to refuse the document.

use super::handing::Now;
use super::pieces::{Named, Read};
use crate::profile::Configuration;
use crate::profile::source::ANY_PARTY;
use serde_json::Value;
use std::collections::BTreeSet;

/// # Errors
/// Nobody, or several: a sentence with what was looked for, and what to do.
pub fn partner_of(now: &Now, said: &Named, read: &Read) -> Result<String, String> {
    if let Some(partner) = now.source.partner.as_ref().or(said.partner.as_ref()) {
        return Ok(partner.clone());
    }
    let configuration = &now.configuration;
    if let Some(role) = &now.source.party {
        return by_party(configuration, role, read);
    }
    let Some((what, number)) = &read.receiver else {
        return Err("nothing in it says whom it is for".to_owned());
    };
    if number.trim().is_empty() {
        return Err(format!("{what} is empty: it says whom the document is for"));
    }
    // What gateway.toml says of a number is meant for this system alone.
    if let Some(id) = now.endpoint.idoc().and_then(|idoc| idoc.partner_of(number)) {
        return Ok(id.to_owned());
    }
    one(&format!("{what} {number:?}"), configuration.partners_called(number).into_iter().collect(), number)
}

/// By the numbers of the parties in this role.
fn by_party(configuration: &Configuration, role: &str, read: &Read) -> Result<String, String> {
    let document = serde_json::to_value(&read.document).unwrap_or_default();
    let parties = document.get("parties").and_then(Value::as_array);
    let wanted = parties
        .into_iter()
        .flatten()
        .filter(|party| role == ANY_PARTY || party.get("role").and_then(Value::as_str) == Some(role));
    let numbers: Vec<&str> = wanted
        .flat_map(|party| party.get("ids").and_then(Value::as_array).into_iter().flatten())
        .filter_map(|id| id.get("id").and_then(Value::as_str))
        .collect();
    let whose = match role {
        ANY_PARTY => "the parties".to_owned(),
        role => format!("the party {role}"),
    };
    if numbers.is_empty() {
        return Err(format!("{whose} of the document has no number: it says whom the document is for"));
    }
    let found = numbers.iter().flat_map(|number| configuration.partners_called(number)).collect();
    let shown: Vec<String> = numbers.iter().map(|number| format!("{number:?}")).collect();
    one(&format!("{} of {whose}", shown.join(", ")), found, numbers[0])
}

/// `number` is the first that was looked for.
fn one(what: &str, found: BTreeSet<&str>, number: &str) -> Result<String, String> {
    let found: Vec<&str> = found.into_iter().collect();
    match found.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => Err(format!(
            "{what} is no partner's number: write known_as = [{number:?}] into the partner's profile"
        )),
        several => Err(format!(
            "{what} is of {} partners, {}: let it stand in one profile alone (known_as, addresses), or name the partner in another way",
            several.len(),
            several.join(" and ")
        )),
    }
}
