//! `portway db run|needed|migrate|upgrade`: the ledger's database as packages and administrators handle it.
//!
//! `needed` answers by its exit alone: 0 if `[database]` in gateway.toml names the unit's socket, 1 if the ledger is elsewhere.
//! `migrate --check` likewise: 0 if the schema is this program's or newer, 1 if a gateway of this version would change it.
//! `upgrade` works on a private PostgreSQL that stands still, see [`crate::ledger::cluster::upgrade`].

use super::arguments::DbVerb;
use super::connect::{self, state_directory};
use super::output::words;
use super::validate::say;
use super::{FINE, PROBLEMS, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::cluster::upgrade::{Upgraded, Wish};
use crate::ledger::cluster::{Cluster, StateLock};
use crate::ledger::{Error, Ledger};
use crate::profile::Configuration;
use std::path::Path;
use std::process::ExitCode;

/// Where the unit's socket is, as its `RuntimeDirectory=` has it.
pub const SOCKET: &str = "/run/portway-postgres";

pub async fn run(dir: &Path, verb: DbVerb) -> ExitCode {
    match verb {
        DbVerb::Run { data, socket } => fail(&Cluster::of_unit(&data, &socket).become_server()),
        DbVerb::Needed => needed(dir),
        DbVerb::Migrate { check } => migrate(dir, check).await,
        DbVerb::Upgrade { check, link, to, finish, data } => {
            tokio::task::block_in_place(|| upgrade(dir, Wish { check, link, to }, finish, &data))
        }
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

async fn migrate(dir: &Path, check: bool) -> ExitCode {
    let ledger = match connect::open(dir).await {
        Ok((_, ledger)) => ledger,
        Err(exit) => return exit,
    };
    match migrations(&ledger, check).await {
        Ok(exit) => ExitCode::from(exit),
        Err(error) => fail(&error),
    }
}

async fn migrations(ledger: &Ledger, check: bool) -> Result<u8, Error> {
    let pending = ledger.pending_migrations().await?;
    if !check {
        ledger.migrate(SystemClock.now()).await?;
    }
    for (number, what) in &pending {
        say(format_args!("{number:04} {what}"));
    }
    words(match (pending.is_empty(), check) {
        (true, _) => "nothing to do: the ledger's schema is this program's, or newer",
        (false, true) => {
            "these would run when a gateway of this version starts, or with 'portway db migrate'"
        }
        (false, false) => "these were run; gateways of the version before work on beside",
    });
    Ok(if check && !pending.is_empty() { PROBLEMS } else { FINE })
}

fn upgrade(dir: &Path, wish: Wish, finish: bool, data: &Path) -> ExitCode {
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    match upgraded(&configuration, wish, finish, data) {
        Ok(()) => ExitCode::from(FINE),
        Err(error) => fail(&error),
    }
}

fn upgraded(configuration: &Configuration, wish: Wish, finish: bool, data: &Path) -> Result<(), Error> {
    let state = state_directory(configuration);
    let state = std::path::absolute(&state).unwrap_or(state);
    let private = configuration.gateway.database.is_none();
    let unit = configuration.gateway.database.as_ref().is_some_and(|d| d.url.contains(SOCKET));
    if !private && !unit {
        return Err(Error::Refused(
            "the ledger is on a server of its own ([database] in gateway.toml): upgrade it as its administrator does".into(),
        ));
    }
    let cluster = match private {
        true => Cluster::of(&state)?,
        false => Cluster::of_unit_from_outside(data, Path::new(SOCKET)),
    };
    if finish {
        let removed = cluster.finish_upgrade()?;
        removed.iter().for_each(|folder| words(format_args!("removed {}", folder.display())));
        if removed.is_empty() {
            words("nothing to do: no earlier upgrade has left anything");
        }
        return Ok(());
    }
    // A gateway that runs would start it in the middle.
    let _lock = match private && state.join("portway.lock").exists() {
        true => Some(StateLock::take(&state)?),
        false => None,
    };
    let Upgraded { from, to, old } = cluster.upgrade(wish)?;
    match old {
        None => words(format_args!("fine: it can go from PostgreSQL {from} to {to}; nothing was changed")),
        Some(old) => words(format_args!(
            "PostgreSQL {from} has become {to}; the old data is in {}\n\
             next: start it (systemctl start portway), and as {} let it know its data anew:\n\
             \x20 /usr/lib/postgresql/{to}/bin/vacuumdb --all --analyze-in-stages -h {} -U {}\n\
             Once all is well, 'portway db upgrade --finish' removes the old data.",
            old.display(),
            if private { "the gateway's account or root" } else { "root" },
            if private { state.join("postgres/run").display().to_string() } else { SOCKET.to_owned() },
            if private { "portway" } else { "postgres" },
        )),
    }
    Ok(())
}
