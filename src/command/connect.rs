//! From a configuration folder to the ledger: for the daemon, which may start its private PostgreSQL, and for verbs, which only
//! connect.

use super::{BAD_CONFIGURATION, fail};
use crate::ledger::cluster::Cluster;
use crate::ledger::{Address, Error, Ledger};
use crate::profile::{Configuration, LastGood, Problem, render};
use secrecy::ExposeSecret;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Where the ledger is, and the cluster to look after if it is a private one.
pub struct Place {
    pub address: Address,
    pub cluster: Option<Cluster>,
    pub state: PathBuf,
}

/// The state directory: `state` of gateway.toml, what systemd gives us, or `/var/lib/portway`.
pub fn state_directory(configuration: &Configuration) -> PathBuf {
    match &configuration.gateway.state {
        Some(state) => configuration.path(state),
        None => std::env::var_os("STATE_DIRECTORY").map_or_else(|| "/var/lib/portway".into(), PathBuf::from),
    }
}

impl Place {
    /// # Errors
    /// A password that cannot be read, a URL that cannot be understood, no account to run PostgreSQL under.
    pub fn of(configuration: &Configuration) -> Result<Place, Error> {
        let state = state_directory(configuration);
        let state = std::path::absolute(&state).unwrap_or(state);
        let Some(database) = &configuration.gateway.database else {
            let cluster = Cluster::of(&state)?;
            return Ok(Place { address: cluster.address(24), cluster: Some(cluster), state });
        };
        let password = match &database.password {
            Some(secret) => Some(
                secret
                    .resolve(&configuration.dir)
                    .map_err(|e| Error::Unsuitable(format!("[database] password: {e}")))?,
            ),
            None => None,
        };
        let password = password.as_ref().map(|p| p.expose_secret());
        Ok(Place {
            address: Address::url(&database.url, password, database.connections)?,
            cluster: None,
            state,
        })
    }
}

/// Loads the configuration for a verb, or prints what is wrong with it.
pub fn configuration(dir: &Path) -> Result<Configuration, ExitCode> {
    Configuration::load(dir).map_err(say)
}

/// The same for the gateway itself: our own keys must be there.
pub fn gateways_configuration(dir: &Path) -> Result<Configuration, ExitCode> {
    Configuration::load_with(dir, &LastGood::new()).map_err(say)
}

fn say(problems: Vec<Problem>) -> ExitCode {
    anstream::eprintln!("{}", render(&problems, std::io::stderr().is_terminal()));
    ExitCode::from(BAD_CONFIGURATION)
}

/// A ledger for a verb: a gateway must have made it, and its PostgreSQL must be running.
pub async fn ledger(configuration: &Configuration) -> Result<Ledger, ExitCode> {
    let place = Place::of(configuration).map_err(|e| fail(&e))?;
    let mut address = place.address;
    address.connections = 2;
    Ledger::connect(&address, Duration::from_secs(30)).await.map_err(|error| {
        let exit = fail(&error);
        if place.cluster.is_some() {
            anstream::eprintln!("help: the private PostgreSQL runs with the gateway: start it with 'portway serve --config DIR'");
        }
        exit
    })
}

/// A ledger for a verb that can do without.
pub async fn quietly(configuration: &Configuration) -> Option<Ledger> {
    reach(configuration, 1).await.ok()
}

/// A ledger, or why there is none.
///
/// # Errors
/// Those of [`Place::of`] and [`Ledger::connect`].
pub async fn reach(configuration: &Configuration, connections: u32) -> Result<Ledger, Error> {
    let mut address = Place::of(configuration)?.address;
    address.connections = connections;
    Ledger::connect(&address, Duration::from_secs(30)).await
}

/// Both, for a verb that needs both.
pub async fn open(dir: &Path) -> Result<(Configuration, Ledger), ExitCode> {
    let configuration = configuration(dir)?;
    let ledger = ledger(&configuration).await?;
    Ok((configuration, ledger))
}
