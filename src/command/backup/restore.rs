//! `portway restore FILE`: a backup becomes a ledger on which a gateway may run.
//!
//! Promises: every part is compared with the manifest before anything is changed. The ledger is filled in one transaction, and only where
//! it is empty; files of the configuration are written only where there are none, or with `--config-too`, which first looks whether the
//! ledger may be filled, and keeps what it replaces as `NAME.before-restore`. Then the ledger is made safe: it is older than the world, see [`crate::ledger::restored`].
//! Fails with what is in the way. A private PostgreSQL is started for it, and stopped after.

use super::archive::{self, LEDGER, Manifest};
use super::files::{CONFIGURATION, STATE, inside};
use super::{TELL, connect_to, unreachable};
use crate::clock::{Clock, SystemClock};
use crate::command::FINE;
use crate::command::actor::{actor, host};
use crate::command::connect::{self, Place};
use crate::command::init::template::SHIPPED;
use crate::command::output::{Stop, words};
use crate::ledger::backup::Contents;
use crate::ledger::cluster::StateLock;
use crate::ledger::restored::Safe;
use crate::ledger::{Address, Error, Ledger, newest_schema};
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

pub struct Wanted {
    pub file: PathBuf,
    pub verify: bool,
    /// Where the configuration goes; `None`: the folder that names the ledger.
    pub into: Option<PathBuf>,
    pub config_too: bool,
    pub margin: u32,
}

pub async fn run(dir: &Path, wanted: &Wanted) -> ExitCode {
    if wanted.verify {
        return super::scratch::run(&wanted.file).await;
    }
    let manifest = match tokio::task::block_in_place(|| check(&wanted.file)) {
        Ok(manifest) => manifest,
        Err(stop) => return stop.say(),
    };
    let target = wanted.into.as_deref().unwrap_or(dir);
    let bare = is_bare(target);
    let unpack = bare || wanted.config_too;
    // An empty folder gets its gateway.toml first: it names the ledger. Another one names it already, and is left as it is where
    // the ledger may not be filled.
    let mut held = None;
    if unpack && !is_bare(dir) {
        match look(dir, &manifest).await {
            Ok(lock) => held = Some(lock),
            Err(exit) => return exit,
        }
    }
    if unpack && let Err(stop) = write_files(&wanted.file, CONFIGURATION, target, None, true) {
        return stop.say();
    }
    let configuration = match connect::configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => {
            words(format_args!(
                "the ledger was not touched: complete {} (keys and secrets that the backup does not hold), and run it again",
                dir.display()
            ));
            return exit;
        }
    };
    let place = match Place::of(&configuration) {
        Ok(place) => place,
        Err(error) => return unreachable(&error),
    };
    match into_ledger(&manifest, &place, wanted, held).await {
        Ok(safe) => {
            say_done(&manifest, &safe, unpack.then_some(target), wanted.margin);
            ExitCode::from(FINE)
        }
        Err(stop) => stop.say(),
    }
}

fn check(file: &Path) -> Result<Manifest, Stop> {
    words("comparing the file with its manifest");
    let manifest = archive::check(file)?;
    if manifest.ledger.schema > newest_schema() {
        return Err(Stop::Problem(format!(
            "the backup is of schema {} (Portway {}), and this Portway knows {}: install that version or a newer one",
            manifest.ledger.schema,
            manifest.portway,
            newest_schema()
        )));
    }
    Ok(manifest)
}

/// Nothing in it but what the package puts there.
fn is_bare(dir: &Path) -> bool {
    let Ok(entries) = fs::read_dir(dir) else { return true };
    entries.flatten().map(|e| e.path()).all(|path| {
        if path.is_dir() {
            return is_bare(&path);
        }
        path.file_name().is_some_and(|n| n == "gateway.toml")
            && fs::read(&path).is_ok_and(|bytes| bytes == SHIPPED.as_bytes())
    })
}

/// Takes the state directory that the configuration as it is names, and looks whether its ledger may be filled.
async fn look(dir: &Path, manifest: &Manifest) -> Result<(PathBuf, StateLock), ExitCode> {
    let configuration = connect::configuration(dir).inspect_err(|_| {
        words(format_args!(
            "nothing was written: {} names no ledger to look at. Mend it, or move it away, so that the backup's is put there",
            dir.display()
        ));
    })?;
    let place = Place::of(&configuration).map_err(|error| unreachable(&error))?;
    let looked = async {
        let problem = |error: Error| Stop::Problem(error.to_string());
        let lock = lock(&place)?;
        if let Some(cluster) = &place.cluster {
            tokio::task::block_in_place(|| cluster.ensure()).map_err(problem)?;
        }
        let room = match connect_to(&place.address).await {
            Ok(ledger) => {
                let room = ledger.has_room(&manifest.tables()).await.map_err(problem);
                ledger.close().await;
                room.map(drop)
            }
            Err(stop) => Err(stop),
        };
        if let Some(cluster) = &place.cluster {
            tokio::task::block_in_place(|| cluster.stop());
        }
        room.map(|()| lock)
    };
    let lock = looked.await.map_err(|stop| stop.say())?;
    Ok((place.state, lock))
}

fn lock(place: &Place) -> Result<StateLock, Stop> {
    let lock = StateLock::take(&place.state).map_err(|error| Stop::Problem(error.to_string()))?;
    belong(&Ledger::lock_path(&place.state), &place.state)?;
    Ok(lock)
}

/// `held`: a state directory that we have already.
async fn into_ledger(
    manifest: &Manifest,
    place: &Place,
    wanted: &Wanted,
    held: Option<(PathBuf, StateLock)>,
) -> Result<Safe, Stop> {
    let problem = |error: Error| Stop::Problem(error.to_string());
    let lock = match held {
        Some((state, lock)) if state == place.state => lock,
        _ => lock(place)?,
    };
    if let Some(cluster) = &place.cluster {
        tokio::task::block_in_place(|| cluster.ensure()).map_err(problem)?;
    }
    let done = fill_and_secure(manifest, place, wanted).await;
    if let Some(cluster) = &place.cluster {
        tokio::task::block_in_place(|| cluster.stop());
    }
    let safe = done?;
    write_files(&wanted.file, STATE, &place.state, Some(&place.state), wanted.config_too)?;
    drop(lock);
    Ok(safe)
}

async fn fill_and_secure(manifest: &Manifest, place: &Place, wanted: &Wanted) -> Result<Safe, Stop> {
    let problem = |error: Error| Stop::Problem(error.to_string());
    let ledger = connect_to(&place.address).await?;
    ledger.make_room(&manifest.tables()).await.map_err(problem)?;
    words("filling the ledger");
    let server = ledger.server().await.map_err(problem)?;
    tokio::task::block_in_place(|| fill(&wanted.file, &place.address, server))?;
    same(&manifest.ledger, &ledger.contents().await.map_err(problem)?)?;
    let now = SystemClock.now();
    ledger.migrate(now).await.map_err(problem)?;
    let home = format!("{}:{}", host(), place.state.display());
    let safe = ledger
        .make_safe(&manifest.taken_at, i64::from(wanted.margin), &actor(), &home, now)
        .await
        .map_err(|error| {
            Stop::Problem(format!(
                "the ledger is filled but not made safe, so no gateway may run on it: {error}. Drop the database, create it \
                 anew, and restore again"
            ))
        })?;
    ledger.close().await;
    Ok(safe)
}

/// The dump's pieces into a database.
pub fn fill(file: &Path, address: &Address, server: u32) -> Result<(), Stop> {
    let problem = |error: Error| Stop::Problem(error.to_string());
    let mut program = crate::ledger::backup::restore(address, server).map_err(problem)?;
    let mut stdin = program.child.stdin.take();
    let (mut told, mut size) = (Instant::now(), 0_u64);
    let given = archive::read(file, &mut |mut entry| {
        if let (true, Some(stdin)) = (entry.name.starts_with(LEDGER), stdin.as_mut()) {
            match io::copy(&mut entry.bytes, stdin) {
                Ok(bytes) => size += bytes,
                // pg_restore says itself why it reads no further.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                Err(error) => return Err(Stop::Problem(format!("pg_restore: {error}"))),
            }
            if told.elapsed() > TELL {
                words(format_args!("{} MB of the ledger are read", size >> 20));
                told = Instant::now();
            }
        }
        Ok(())
    });
    drop(stdin);
    program.end().map_err(problem)?;
    given
}

/// What is there is what the manifest says.
pub fn same(wanted: &Contents, found: &Contents) -> Result<(), Stop> {
    if wanted == found {
        return Ok(());
    }
    let mut differ: Vec<String> = wanted
        .tables
        .iter()
        .filter(|(name, rows)| found.tables.get(*name) != Some(rows))
        .map(|(name, rows)| format!("{name} has {:?} rows, not {rows}", found.tables.get(name).unwrap_or(&0)))
        .collect();
    if wanted.schema != found.schema {
        differ.push(format!("the schema is {}, not {}", found.schema, wanted.schema));
    }
    if wanted.control_numbers != found.control_numbers {
        differ.push("the control numbers differ".to_owned());
    }
    Err(Stop::Problem(format!("what was restored is not what the manifest says: {}", differ.join("; "))))
}

/// Writes the files of a part of the backup. What is there already and is another is kept aside (`replace`), or left, and said.
fn write_files(
    file: &Path,
    under: &str,
    folder: &Path,
    like: Option<&Path>,
    replace: bool,
) -> Result<(), Stop> {
    archive::read(file, &mut |entry| {
        let part = &entry.name;
        let Some(name) = part.strip_prefix(under) else { return Ok(()) };
        let Some(path) = inside(folder, name) else {
            return Err(Stop::Problem(format!("the backup names a file outside its folder: {name:?}")));
        };
        let mut bytes = Vec::new();
        entry.bytes.read_to_end(&mut bytes).map_err(|error| cannot(&path, &error))?;
        if path.exists() {
            let there = fs::read(&path).map_err(|error| cannot(&path, &error))?;
            if there == bytes {
                return Ok(());
            }
            if !replace {
                words(format_args!(
                    "kept: {part}; the backup's is another: who knows that one refuses this one. To have it, before the gateway starts: \
                     tar --zstd -xOf {} {part} > {}",
                    file.display(),
                    path.display()
                ));
                return Ok(());
            }
            if there != SHIPPED.as_bytes() {
                fs::rename(&path, aside(&path)).map_err(|error| cannot(&path, &error))?;
            }
        }
        let made = || -> io::Result<()> {
            for parent in path.parent().into_iter().filter(|p| !p.exists()) {
                fs::create_dir_all(parent)?;
                let mode = if name.starts_with("credentials/") { 0o700 } else { 0o755 };
                fs::set_permissions(parent, Permissions::from_mode(mode))?;
            }
            let mut out =
                fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
            io::Write::write_all(&mut out, &bytes)?;
            out.set_permissions(Permissions::from_mode(entry.mode))?;
            out.sync_all()
        };
        made().map_err(|error| cannot(&path, &error))?;
        match like {
            Some(like) => {
                path.parent().map_or(Ok(()), |parent| belong(parent, like))?;
                belong(&path, like)
            }
            None => Ok(()),
        }
    })
}

/// A name beside, which nothing has yet.
fn aside(path: &Path) -> PathBuf {
    let named = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(".before-restore");
        name.push(ending);
        PathBuf::from(name)
    };
    let mut name = named("");
    let mut nth = 1_u64;
    while fs::symlink_metadata(&name).is_ok() {
        nth += 1;
        name = named(&format!(".{nth}"));
    }
    name
}

fn cannot(path: &Path, error: &io::Error) -> Stop {
    Stop::Problem(format!("{} cannot be written: {error}", path.display()))
}

/// What root writes for the gateway belongs to whom its state directory does.
fn belong(path: &Path, like: &Path) -> Result<(), Stop> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let owner = fs::metadata(like).map_err(|error| cannot(like, &error))?;
    std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())).map_err(|error| cannot(path, &error))
}

fn say_done(manifest: &Manifest, safe: &Safe, unpacked: Option<&Path>, margin: u32) {
    let taken = &manifest.taken_at;
    words(format_args!("restored: the ledger as it was at {taken} on {}", manifest.host));
    match unpacked {
        Some(folder) => words(format_args!("the configuration is in {}", folder.display())),
        None => words("the configuration was left as it is (--config-too writes the backup's over it)"),
    }
    words(format_args!("counters are {margin} further, so that no number is used twice:"));
    for jump in &safe.counters {
        let whose = [jump.sender.as_str(), jump.receiver.as_str()].join(" > ");
        words(format_args!("  {:<12} {whose}: {} -> {}", jump.kind, jump.before, jump.after));
    }
    words("held for a person, as they may have left after the backup:");
    for held in &safe.deliveries {
        words(format_args!(
            "  {} deliveries to {} {} ({})",
            held.many, held.target_kind, held.target, held.was
        ));
    }
    words(format_args!("  {} documents of ours that waited to leave", safe.documents));
    words(format_args!("  {} messages that were not worked through", safe.messages));
    words(format_args!("  {} rejections that the partner was not told of", safe.rejections.len()));
    for document in &safe.rejections {
        words(format_args!(
            "    {document}: if the partner knows nothing of it, our system sends the same result again"
        ));
    }
    words(format_args!(
        "next, for each: does the other side have it? If not, let it go:\n\
         \x20 portway doc list --state held              then: portway doc release ID --reason WHY, or doc cancel\n\
         \x20 portway endpoint redeliver NAME --state held --reason WHY     all of one of our systems, which knows their ids\n\
         \x20 portway message list --direction out --state held      then: portway message resend ID --reason WHY\n\
         \x20 portway message list --quarantined         then: portway message release ID --reason WHY\n\
         Ask partners and our systems for what they sent after {taken}: the ledger knows nothing of it.\n\
         Then start the gateway (systemctl start portway) and look at portway status."
    ));
    if !manifest.keys {
        words(
            "the backup holds no keys: put our AS2 keys, the secrets and state/sftp/host_* back before partners are let in",
        );
    }
}
