//! Checks of the API's keys: its door, the programs of ours that come to it, and what profiles say of our own documents.
//!
//! Promises: as [`super::checks`]. A token belongs to one program or one partner, and the door is never in the clear on a network.

use super::document::{Document, steps};
use super::due::{self, Due, Mark};
use super::gateway::Gateway;
use super::partner_profile::PartnerProfile;
use super::problem::Problem;
use super::shape::suggest;
use portway_documents::DocumentKind;
use std::collections::{BTreeMap, BTreeSet};

/// `[listen.api]` and `[client.<name>]` in themselves.
pub(super) fn gateway(document: &Document, gateway: &Gateway, problems: &mut Vec<Problem>) {
    if let Some(door) =
        gateway.listen.api.as_ref().filter(|door| door.plain && !door.address.ip().is_loopback())
    {
        let message =
            format!("the API would be without TLS on {}, for everybody on the network to read", door.address);
        let problem = document.problem(&steps!["listen", "api", "plain"], message);
        problems.push(problem.help("take `plain` out, or listen on 127.0.0.1"));
    }
    let mut tokens: BTreeMap<[u8; 32], &str> = BTreeMap::new();
    for (name, client) in &gateway.client {
        let name = name.as_str();
        for (index, token) in client.tokens.iter().enumerate() {
            let at = steps!["client", name, "tokens", index];
            if let Some(first) = tokens.insert(token.0, name) {
                let problem = document.problem(&at, format!("this token is that of `{first}` already"));
                problems.push(problem.help("one token, one program: make a new one"));
            }
        }
        if client.tokens.is_empty() {
            let problem =
                document.problem(&steps!["client", name, "tokens"], format!("`{name}` has no token"));
            problems.push(problem.help("write tokens = [\"sha256:<64 hex digits>\"]"));
        }
        for (index, kind) in client.documents.iter().enumerate() {
            if DocumentKind::from_name(kind).is_none() {
                let names = DocumentKind::ALL.iter().map(|kind| kind.name());
                let at = steps!["client", name, "documents", index];
                let problem = document.problem(&at, format!("there is no document `{kind}`"));
                problems.push(problem.help(suggest(kind, names, "documents").unwrap_or_default()));
            }
        }
        if let Some(endpoint) = client.endpoint.as_deref().filter(|e| !gateway.endpoint.contains_key(*e)) {
            let names = gateway.endpoint.keys().map(String::as_str);
            let at = steps!["client", name, "endpoint"];
            let problem = document.problem(&at, format!("there is no endpoint `{endpoint}`"));
            let else_write = format!("write [endpoint.{endpoint}]");
            problems.push(problem.help(suggest(endpoint, names, "endpoints").unwrap_or(else_write)));
        }
    }
}

/// The partners that programs of ours deal with. Warnings: a partner's file may come and go.
pub(super) fn clients(
    document: &Document,
    gateway: &Gateway,
    partners: &BTreeSet<String>,
    problems: &mut Vec<Problem>,
) {
    for (name, client) in &gateway.client {
        for (index, partner) in client.partners.iter().enumerate().filter(|(_, p)| !partners.contains(*p)) {
            let at = steps!["client", name.as_str(), "partners", index];
            let problem = document.problem(&at, format!("there is no partner `{partner}`")).warning();
            let names = partners.iter().map(String::as_str);
            problems.push(problem.help(suggest(partner, names, "partners").unwrap_or_default()));
        }
    }
}

/// A partner's tokens, the answers that are expected, and how it hears of rejections.
pub(super) fn partner(gateway: &Gateway, profile: &PartnerProfile, problems: &mut Vec<Problem>) {
    let partner = &profile.partner;
    for (index, token) in partner.https.iter().flat_map(|https| &https.tokens).enumerate() {
        let holder = gateway.client.iter().find(|(_, client)| client.tokens.iter().any(|t| t.0 == token.0));
        if let Some((client, _)) = holder {
            let message = format!("this token is that of our own program `{client}`");
            let problem = profile.problem(&steps!["https", "tokens", index], message);
            problems.push(problem.help("one token, one holder: make a new one for the partner"));
        }
    }
    for (code, send) in &partner.send {
        answers(profile, ("send", code), &send.answers, problems);
    }
    for (code, receive) in &partner.receive {
        answers(profile, ("receive", code), &receive.answers, problems);
        for answer in receive.answers.keys().filter(|a| is_set(a) && !partner.send.contains_key(*a)) {
            let at = steps!["receive", code.as_str(), "answers", answer.as_str()];
            let problem = profile.problem(&at, format!("we owe the partner {answer}, but do not send any"));
            problems
                .push(problem.warning().help(format!("add [send.{answer}]; until then it is always late")));
        }
    }
    for (code, receive) in &partner.receive {
        let Some(set) = receive.rejected_with.set().filter(|set| !partner.send.contains_key(*set)) else {
            continue;
        };
        let at = steps!["receive", code.as_str(), "rejected_with"];
        let problem =
            profile.problem(&at, format!("the partner is to be told by {set}, but is not sent any"));
        problems
            .push(problem.warning().help(format!("add [send.{set}]; until then operators alone hear of it")));
    }
}

/// Answers that are expected or owed: their codes, and when they are due.
fn answers(
    profile: &PartnerProfile,
    (section, code): (&str, &str),
    answers: &BTreeMap<String, Due>,
    problems: &mut Vec<Problem>,
) {
    for (answer, due) in answers {
        let at = steps![section, code, "answers", answer.as_str()];
        if !is_set(answer) {
            let problem = profile.problem(&at, format!("`{answer}` is not a set's code"));
            problems.push(
                problem
                    .help("write the codes of the answers, as in { 855 = \"48h\" } or { ORDRSP = \"2d\" }"),
            );
        }
        let undated = due.terms().iter().find(|term| term.mark == Mark::Document);
        if due.terms().is_empty() {
            problems.push(
                profile.problem(&at, format!("it is not said when the {answer} is due")).help(due::HELP),
            );
        } else if let Some(term) = undated.filter(|_| due.terms().len() > 1) {
            let message = format!("`{term}` in a list does not say what it counts from");
            problems.push(profile.problem(&at, message).help(due::HELP));
        }
        if due.terms().iter().any(|term| term.mark == Mark::Set(answer.clone())) {
            problems.push(
                profile.problem(&at, format!("the {answer} cannot be due after itself")).help(due::HELP),
            );
        }
    }
}

/// The code of a set, or of one of the answers that are none.
pub(super) fn is_set(code: &str) -> bool {
    let x12 = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    x12 || code.len() == 6 && code.bytes().all(|b| b.is_ascii_uppercase()) || code == "TA1"
}
