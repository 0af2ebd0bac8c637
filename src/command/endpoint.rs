//! `portway endpoint list|test|redeliver`: our own systems, how they stand, and what they have not got.

use super::actor::actor;
use super::arguments::{EndpointVerb, RedeliverMany};
use super::check::server::Look;
use super::check::{Report, token};
use super::connect;
use super::listing::table;
use super::status::trouble;
use super::{NOT_FOUND, PROBLEMS, fail};
use crate::clock::{Clock, SystemClock, rfc3339};
use crate::endpoint::event::{EventParts, event_bytes};
use crate::endpoint::{EventBody, Outcome, Target};
use crate::ledger::alert::Move;
use crate::ledger::breaker::Again;
use crate::ledger::job::endpoint_lane;
use crate::pipeline::deliver::Outlet;
use crate::profile::Configuration;
use crate::profile::gateway::{Endpoint, SftpEndpoint};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(dir: &Path, verb: EndpointVerb) -> ExitCode {
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    match verb {
        EndpointVerb::List { json } => list(&configuration, json).await,
        EndpointVerb::Redeliver(asked) => redeliver(&configuration, &asked).await,
        EndpointVerb::Test { name, json } => test(&configuration, &name, json).await,
    }
}

/// What is configured, and, where a ledger can be asked, how each stands.
async fn list(configuration: &Configuration, as_json: bool) -> ExitCode {
    let lanes = match connect::quietly(configuration).await {
        Some(ledger) => ledger.status(SystemClock.now()).await.map(|status| status.lanes).unwrap_or_default(),
        None => Vec::new(),
    };
    if lanes.is_empty() {
        anstream::eprintln!("No ledger can be asked: how they stand is not known.");
    }
    let mut lines = table(["NAME", "KIND", "TEST", "WHERE", "STANDS", "WAITING", "DEAD OR HELD"]);
    for (name, endpoint) in &configuration.gateway.endpoint {
        let (kind, place) = match endpoint {
            Endpoint::Http(http) => ("http", http.url.clone()),
            Endpoint::Directory(directory) => {
                ("directory", configuration.path(&directory.path).display().to_string())
            }
            Endpoint::Sftp(sftp) => ("sftp", place(sftp)),
            Endpoint::Events(_) => ("events", "GET /v1/events".to_owned()),
        };
        let lane = lanes.iter().find(|lane| lane.lane == endpoint_lane(name));
        if as_json {
            anstream::println!(
                "{}",
                json!({ "name": name, "kind": kind, "test": endpoint.is_test(), "where": place,
                    "breaker": lane.map(|l| &l.breaker), "since": lane.and_then(|l| l.since.as_ref()),
                    "next_probe": lane.and_then(|l| l.next_probe.as_ref()),
                    "waiting": lane.map(|l| l.waiting), "parked": lane.map(|l| l.parked) })
            );
            continue;
        }
        let stands = lane.map(|lane| match trouble(lane).trim() {
            "" => "closed: it takes documents".to_owned(),
            trouble => trouble.trim_matches(['(', ')']).to_owned(),
        });
        lines.add_row([
            name.clone(),
            kind.to_owned(),
            if endpoint.is_test() { "yes" } else { "" }.to_owned(),
            place,
            stands.unwrap_or_default(),
            lane.map(|lane| lane.waiting.to_string()).unwrap_or_default(),
            lane.map(|lane| lane.parked.to_string()).unwrap_or_default(),
        ]);
    }
    if !as_json {
        anstream::println!("{lines}");
    }
    ExitCode::SUCCESS
}

/// `sftp://us@host:22/path`
pub(super) fn place(sftp: &SftpEndpoint) -> String {
    format!("sftp://{}@{}:{}/{}", sftp.user, sftp.host, sftp.port, sftp.path.trim_start_matches('/'))
}

/// Sends one signed event of type `portway.test`, which a receiver may throw away. The way to an SFTP server, or to a token, is looked at before.
async fn test(configuration: &Configuration, name: &str, as_json: bool) -> ExitCode {
    let Some(endpoint) = configuration.endpoint(name) else {
        anstream::eprintln!("error: there is no endpoint {name}: see 'portway endpoint list'");
        return ExitCode::from(NOT_FOUND);
    };
    crate::net::tls::install_provider();
    if let Endpoint::Sftp(sftp) = endpoint {
        let look = Look {
            account: &sftp.account(),
            base: &configuration.dir,
            section: format!("[endpoint.{name}]"),
            theirs: Move::Endpoint,
            poll: None,
            push: Some((&sftp.path, sftp.temporary)),
        };
        if !look.run(&mut Report::new(as_json)).await {
            return ExitCode::from(PROBLEMS);
        }
    }
    let outlet = match Outlet::open(configuration, name, endpoint, false) {
        Ok(outlet) => outlet,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            return ExitCode::from(PROBLEMS);
        }
    };
    if let Target::Http { client, target } = &outlet.target
        && let Some(tokens) = &target.tokens
        && !token::look(tokens, client, target.timeout, &mut Report::new(as_json)).await
    {
        return ExitCode::from(PROBLEMS);
    }
    let now = SystemClock.now();
    let id = crate::ledger::id::new(now).to_string();
    let data = serde_json::to_vec(&json!({ "text": "a test of the connection; nothing to do" }));
    let Ok(data) = data else { return ExitCode::from(PROBLEMS) };
    let bytes = event_bytes(EventParts {
        id: &id,
        source: "/portway",
        event_type: "portway.test",
        subject: None,
        time: &rfc3339(now),
        data_schema: None,
        partner: "none",
        station: "none",
        thread: None,
        message: None,
        test: true,
        data: &data,
    });
    let outcome = outlet
        .target
        .deliver(&EventBody { id: id.clone(), timestamp: now.as_second(), bytes: bytes.into() })
        .await;
    if as_json {
        anstream::println!(
            "{}",
            json!({ "endpoint": name, "id": id, "outcome": outcome.word(), "status": outcome.status(), "detail": outcome.reason() })
        );
    } else {
        let status = outcome.status().map(|s| format!(" ({s})")).unwrap_or_default();
        anstream::println!("{name}: {}{status} {}", outcome.word(), outcome.reason());
    }
    if matches!(outcome, Outcome::Delivered { .. }) { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) }
}

/// What is dead or held there goes again, in the order in which it came.
async fn redeliver(configuration: &Configuration, asked: &RedeliverMany) -> ExitCode {
    if configuration.endpoint(&asked.name).is_none() {
        anstream::eprintln!("error: there is no endpoint {}: see 'portway endpoint list'", asked.name);
        return ExitCode::from(NOT_FOUND);
    }
    let ledger = match connect::ledger(configuration).await {
        Ok(ledger) => ledger,
        Err(exit) => return exit,
    };
    let again = Again {
        endpoint: &asked.name,
        state: asked.state.word(),
        partner: asked.partner.as_deref(),
        reason: &asked.reason,
        rate: asked.rate.map(|rate| rate.a_second()),
    };
    if asked.dry_run {
        return match ledger.count_of_redelivery(&again).await {
            Ok(counts) => {
                for (partner, code, count, oldest) in &counts {
                    anstream::println!("{count} of {partner}, {code}, the oldest of {oldest}");
                }
                let all: i64 = counts.iter().map(|(_, _, count, _)| count).sum();
                anstream::eprintln!("{all} would go again; nothing was changed");
                ExitCode::SUCCESS
            }
            Err(error) => fail(&error),
        };
    }
    match ledger.redeliver_many(&again, &actor(), SystemClock.now()).await {
        Ok(0) => {
            anstream::eprintln!("nothing is {} at {}", again.state, asked.name);
            ExitCode::from(NOT_FOUND)
        }
        Ok(count) => {
            anstream::eprintln!(
                "{count} deliveries queued again, in the order in which they came, with the same bytes and ids"
            );
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}
