//! `portway db run|needed`: what `portway-postgres.service` calls. The private PostgreSQL as a unit of its own.
//!
//! `needed` answers by its exit alone: 0 if `[database]` in gateway.toml names the unit's socket, 1 if the ledger is elsewhere.

use super::arguments::DbVerb;
use super::{FINE, PROBLEMS, fail};
use crate::ledger::cluster::Cluster;
use crate::profile::Configuration;
use std::path::Path;
use std::process::ExitCode;

/// Where the unit's socket is, as its `RuntimeDirectory=` has it.
pub const SOCKET: &str = "/run/portway-postgres";

pub fn run(dir: &Path, verb: &DbVerb) -> ExitCode {
    match verb {
        DbVerb::Run { data, socket } => fail(&Cluster::of_unit(data, socket).become_server()),
        DbVerb::Needed => needed(dir),
    }
}

fn needed(dir: &Path) -> ExitCode {
    if Configuration::database_url(dir).is_some_and(|url| url.contains(SOCKET)) {
        return ExitCode::from(FINE);
    }
    anstream::eprintln!(
        "not needed: [database] in {} does not name {SOCKET}",
        dir.join("gateway.toml").display()
    );
    ExitCode::from(PROBLEMS)
}
