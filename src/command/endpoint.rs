//! `portway endpoint list|test`: our own systems.

use super::arguments::EndpointVerb;
use super::check::Report;
use super::check::server::Look;
use super::connect;
use super::listing::table;
use super::{NOT_FOUND, PROBLEMS};
use crate::clock::{Clock, SystemClock, rfc3339};
use crate::endpoint::event::{EventParts, event_bytes};
use crate::endpoint::{EventBody, Outcome};
use crate::ledger::alert::Move;
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
        EndpointVerb::List { json } => list(&configuration, json),
        EndpointVerb::Test { name, json } => test(&configuration, &name, json).await,
    }
}

fn list(configuration: &Configuration, as_json: bool) -> ExitCode {
    let mut lines = table(["NAME", "KIND", "TEST", "WHERE"]);
    for (name, endpoint) in &configuration.gateway.endpoint {
        let (kind, place) = match endpoint {
            Endpoint::Http(http) => ("http", http.url.clone()),
            Endpoint::Directory(directory) => {
                ("directory", configuration.path(&directory.path).display().to_string())
            }
            Endpoint::Sftp(sftp) => ("sftp", place(sftp)),
            Endpoint::Events(_) => ("events", "GET /v1/events".to_owned()),
        };
        if as_json {
            anstream::println!(
                "{}",
                json!({ "name": name, "kind": kind, "test": endpoint.is_test(), "where": place })
            );
        } else {
            lines.add_row([name.as_str(), kind, if endpoint.is_test() { "yes" } else { "" }, &place]);
        }
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

/// Sends one signed event of type `portway.test`, which a receiver may throw away. The way to an SFTP server is looked at before.
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
