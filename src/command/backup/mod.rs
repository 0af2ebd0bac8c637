//! `portway backup FILE`: the ledger and the configuration in one file, while the gateway works on.
//!
//! Promises: the ledger is of one instant; the file is readable by its owner alone, and has its name only once it is whole and on
//! disk. Private keys and secrets are in it with `--with-keys` alone. What is not in it is said, and stands in the manifest.
//! Fails where the file is there already, the ledger cannot be reached, or no `pg_dump` here fits the server; nothing is left then.

pub mod archive;
pub mod files;
pub mod restore;
mod scratch;

use super::actor::host;
use super::connect::{self, Place};
use super::output::{Stop, words};
use super::{FINE, UNREACHABLE, fail};
use crate::clock::{Clock, SystemClock};
use crate::ledger::backup::Snapshot;
use crate::ledger::{Address, Ledger};
use crate::profile::Configuration;
use archive::{LEDGER, Manifest, Writer};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The dump is cut into pieces of this size.
const PIECE: usize = 16 << 20;
/// How often a long run says where it is.
const TELL: Duration = Duration::from_secs(10);

pub async fn run(dir: &Path, file: &Path, with_keys: bool) -> ExitCode {
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    let ledger = match connect::ledger(&configuration).await {
        Ok(ledger) => ledger,
        Err(exit) => return exit,
    };
    let place = match Place::of(&configuration) {
        Ok(place) => place,
        Err(error) => return fail(&error),
    };
    words("counting what the ledger holds");
    let now = SystemClock.now();
    let snapshot = match ledger.snapshot().await {
        Ok(snapshot) => snapshot,
        Err(error) => return fail(&error),
    };
    if !file.exists() {
        let partial = archive::partial(file);
        tokio::spawn(async move {
            if scratch::ended().await {
                // It may not be there yet.
                let _ = std::fs::remove_file(partial);
                words("interrupted: nothing is left of the backup");
                std::process::exit(130);
            }
        });
    }
    let done = tokio::task::block_in_place(|| write(&configuration, &place, &snapshot, file, with_keys, now));
    match done {
        Ok(manifest) => {
            summary(file, &manifest);
            ExitCode::from(FINE)
        }
        Err(stop) => stop.say(),
    }
}

fn write(
    configuration: &Configuration,
    place: &Place,
    snapshot: &Snapshot,
    file: &Path,
    with_keys: bool,
    now: Timestamp,
) -> Result<Manifest, Stop> {
    let mut writer = Writer::new(file, now.as_second().unsigned_abs())?;
    let not_in_it = add_all(&mut writer, configuration, place, snapshot, with_keys)?;
    writer.finish(Manifest {
        format: 0,
        portway: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        host: host(),
        postgresql: snapshot.server,
        keys: with_keys,
        ledger: snapshot.contents.clone(),
        parts: BTreeMap::new(),
        not_in_it,
    })
}

/// Everything but the manifest; gives what was left out.
fn add_all(
    writer: &mut Writer,
    configuration: &Configuration,
    place: &Place,
    snapshot: &Snapshot,
    with_keys: bool,
) -> Result<Vec<String>, Stop> {
    let mut left_out = Vec::new();
    let mut found = files::of_configuration(&configuration.dir, &place.state)?;
    found.extend(files::of_state(&place.state)?);
    for one in found {
        if one.secret && !with_keys {
            left_out.push(format!("{} (a key or secret)", one.path.display()));
        } else {
            writer.add(&one.name, one.mode, &one.bytes)?;
        }
    }
    left_out.push("secrets that are named by { env = … }, and credentials loaded from elsewhere".to_owned());
    left_out.push("files of directory endpoints and drop folders".to_owned());
    left_out.push(format!("uploads under way in {}", place.state.display()));
    dump(writer, &place.address, snapshot)?;
    Ok(left_out)
}

fn dump(writer: &mut Writer, address: &Address, snapshot: &Snapshot) -> Result<(), Stop> {
    let problem = |error: crate::ledger::Error| Stop::Problem(error.to_string());
    let mut program = snapshot.dump(address).map_err(problem)?;
    let Some(mut out) = program.child.stdout.take() else {
        return Err(Stop::Problem("pg_dump gives nothing".to_owned()));
    };
    let (mut told, mut size) = (Instant::now(), 0_u64);
    let mut piece = Vec::with_capacity(PIECE);
    for number in 1.. {
        piece.clear();
        (&mut out)
            .take(PIECE as u64)
            .read_to_end(&mut piece)
            .map_err(|error| Stop::Problem(format!("pg_dump: {error}")))?;
        if piece.is_empty() {
            break;
        }
        size += piece.len() as u64;
        writer.add(&format!("{LEDGER}{number:06}"), 0o600, &piece)?;
        if told.elapsed() > TELL {
            words(format_args!("{} MB of the ledger are written", size >> 20));
            told = Instant::now();
        }
    }
    drop(out);
    program.end().map_err(problem)
}

fn summary(file: &Path, manifest: &Manifest) {
    let count = |table: &str| manifest.ledger.tables.get(table).copied().unwrap_or_default();
    let size = std::fs::metadata(file).map_or(0, |m| m.len());
    words(format_args!(
        "wrote {} ({} KB): {} messages, {} documents, {} deliveries as of {}, schema {}",
        file.display(),
        size.div_ceil(1024),
        count("message"),
        count("transaction_set"),
        count("delivery"),
        manifest.taken_at,
        manifest.ledger.schema
    ));
    if manifest.keys {
        words(
            "it holds private keys and secrets: whoever has it can sign as us. It is readable by its owner alone (0600); keep it so",
        );
    }
    words("not in it:");
    manifest.not_in_it.iter().for_each(|line| words(format_args!("  {line}")));
    if !manifest.keys {
        words(
            "help: '--with-keys' takes keys and secrets in; with other SFTP host keys, every partner's client refuses us",
        );
    }
}

/// A ledger at this address, for who has it alone.
async fn connect_to(address: &Address) -> Result<Ledger, Stop> {
    let mut address = address.clone();
    address.connections = 2;
    Ledger::connect(&address, Duration::from_secs(30)).await.map_err(|error| Stop::Problem(error.to_string()))
}

fn unreachable(error: &crate::ledger::Error) -> ExitCode {
    words(format_args!("error: {error}"));
    ExitCode::from(UNREACHABLE)
}
