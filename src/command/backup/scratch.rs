//! `portway restore --verify`: a restore into a PostgreSQL made for it and removed after, compared with the manifest.
//!
//! Promises: touches neither the ledger nor the configuration, and leaves nothing, also when it is interrupted. It needs room for the
//! whole ledger in the temporary folder (`TMPDIR`).

use super::archive::{self, Manifest};
use super::connect_to;
use super::restore::{fill, same};
use crate::command::output::{Stop, words};
use crate::command::{FINE, PROBLEMS};
use crate::ledger::cluster::Cluster;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

/// The cluster and its folder; both go with it.
struct Scratch {
    cluster: Cluster,
    folder: tempfile::TempDir,
}

impl Scratch {
    fn new() -> Result<Scratch, Stop> {
        let made = tempfile::Builder::new()
            .prefix("pw-verify-")
            .permissions(PermissionsExt::from_mode(0o755))
            .tempdir();
        let folder =
            made.map_err(|error| Stop::Problem(format!("no temporary folder can be made: {error}")))?;
        let cluster = Cluster::of(folder.path()).map_err(|error| Stop::Problem(error.to_string()))?;
        Ok(Scratch { cluster, folder })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.cluster.running() {
            self.cluster.stop();
        }
    }
}

pub async fn run(file: &Path) -> ExitCode {
    match verify(file).await {
        Ok(()) => ExitCode::from(FINE),
        Err(stop) => {
            stop.say();
            ExitCode::from(PROBLEMS)
        }
    }
}

async fn verify(file: &Path) -> Result<(), Stop> {
    let manifest = tokio::task::block_in_place(|| archive::check(file))?;
    words(format_args!(
        "the file is whole: {} parts, taken at {} on {}",
        manifest.parts.len(),
        manifest.taken_at,
        manifest.host
    ));
    let scratch = Scratch::new()?;
    let (cluster, folder) = (scratch.cluster.clone(), scratch.folder.path().to_owned());
    tokio::spawn(async move {
        if ended().await {
            cluster.stop();
            // What cannot be removed is in the temporary folder.
            let _ = std::fs::remove_dir_all(folder);
            std::process::exit(130);
        }
    });
    compare(file, &manifest, &scratch).await
}

/// Ctrl-C, SIGTERM, or SIGHUP, unless it is ignored (nohup).
pub(super) async fn ended() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else { return false };
    let Ok(mut hup) = signal(if ignores_hangup() { SignalKind::terminate() } else { SignalKind::hangup() })
    else {
        return false;
    };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
        _ = term.recv() => true,
        _ = hup.recv() => true,
    }
}

/// The mask of ignored signals, as Linux tells it; the first bit is SIGHUP's.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

async fn compare(file: &Path, manifest: &Manifest, scratch: &Scratch) -> Result<(), Stop> {
    words("restoring it into a PostgreSQL of its own, which is removed after");
    let problem = |error: crate::ledger::Error| Stop::Problem(error.to_string());
    tokio::task::block_in_place(|| scratch.cluster.ensure()).map_err(problem)?;
    let address = scratch.cluster.address(2);
    let ledger = connect_to(&address).await?;
    let server = ledger.server().await.map_err(problem)?;
    tokio::task::block_in_place(|| fill(file, &address, server))?;
    let found = ledger.contents().await.map_err(problem)?;
    ledger.close().await;
    same(&manifest.ledger, &found)?;
    let rows: i64 = found.tables.values().sum();
    words(format_args!(
        "fine: schema {}, {} tables with {rows} rows, and {} control numbers are what the manifest says",
        found.schema,
        found.tables.len(),
        found.control_numbers.len()
    ));
    Ok(())
}
