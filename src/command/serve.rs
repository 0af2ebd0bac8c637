//! `portway serve`: the daemon.
//!
//! Checks the configuration (exit 78), takes the state directory's lock, brings PostgreSQL and the schema up, opens the doors
//! last. SIGHUP and `portway reload` reload; SIGTERM closes the doors, lets running work end, gives the rest back, and stops
//! the private PostgreSQL. While PostgreSQL is away the doors answer 503, and work goes on when it is back.

use super::actor::host;
use super::connect::{self, Place};
use super::{fail, log};
use crate::alert::{self, Post};
use crate::api;
use crate::clock::{Clock, SystemClock};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::audit::Actor;
use crate::ledger::cluster::{Cluster, StateLock};
use crate::ledger::profile::Accepted;
use crate::ledger::{Error, Ledger};
use crate::net::accept::{self, DoorLimits};
use crate::net::handed::{self, Handed};
use crate::net::spool::Spool;
use crate::net::tls::{self, CertificateSource, DoorCertificate};
use crate::pipeline::supervise::Workers;
use crate::pipeline::{House, retention, source};
use crate::profile::gateway::Endpoint;
use crate::profile::secret::KeyFile;
use crate::profile::{Configuration, PartnerProfile, ReloadReport, Store};
use crate::transport::{Doors, as2, directory, https, sftp, sftp_client};
use crate::watch::Watch;
use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Messages committed and waiting for a processor here; half of them with their bytes, at most 256 KiB each in memory.
const ARRIVALS: usize = 256;
/// How often what runs beside is looked at.
const TICK: Duration = Duration::from_millis(500);
const RELOAD: &str = "reload";

fn limits(configuration: &Configuration) -> DoorLimits {
    DoorLimits { drain: configuration.gateway.work.drain.duration(), ..DoorLimits::default() }
}

/// Runs until SIGTERM or SIGINT.
pub async fn run(dir: &Path) -> ExitCode {
    let configuration = match connect::gateways_configuration(dir) {
        Ok(configuration) => configuration,
        Err(exit) => return exit,
    };
    log::level(configuration.gateway.log.level.as_deref());
    log::traces(configuration.gateway.log.otlp.as_deref());
    for problem in &configuration.problems {
        tracing::warn!("{problem}");
    }
    tls::install_provider();
    let handed = match Handed::take() {
        Ok(handed) => handed,
        Err(error) => return fail(&Error::Unsuitable(format!("the service manager's sockets: {error}"))),
    };
    match Gateway::open(dir, &configuration, handed).await {
        Ok(Some(gateway)) => gateway.run().await,
        Ok(None) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// A gateway that runs.
pub struct Gateway {
    house: House,
    doors: Doors,
    workers: Arc<Workers>,
    cluster: Option<Cluster>,
    /// Door and watcher tasks.
    open: TaskTracker,
    /// Closes the doors; the workers end after.
    close: CancellationToken,
    /// Sockets that the service manager holds for the doors.
    handed: Handed,
    /// What the doors show, by the section that says so.
    certificates: Vec<(&'static str, Arc<DoorCertificate>)>,
    watched: Mutex<HashSet<String>>,
    /// Endpoints whose source is watched.
    sources: Mutex<HashSet<String>>,
    /// The certificate of doors that name none.
    self_signed: PathBuf,
    /// Where the HTTPS door listens.
    pub https: Option<SocketAddr>,
    /// Where the AS2 door listens: with TLS, and without.
    pub as2: Option<SocketAddr>,
    pub as2_plain: Option<SocketAddr>,
    /// Where the SFTP door listens.
    pub sftp: Option<SocketAddr>,
    /// Where the door of our own systems listens.
    pub api: Option<SocketAddr>,
    /// Who watches, and the end of the door for that: it closes last.
    watch: Arc<Watch>,
    unwatched: CancellationToken,
    /// Listened to from the start's first moment on.
    terminate: Option<Signal>,
    _lock: StateLock,
}

impl Gateway {
    /// Brings everything up. `None`: told to stop before the ledger was reachable.
    ///
    /// # Errors
    /// What a person must mend: the lock, PostgreSQL's binaries, a server that does not fit, a port in use.
    pub async fn open(
        dir: &Path,
        configuration: &Configuration,
        handed: Handed,
    ) -> Result<Option<Gateway>, Error> {
        let place = Place::of(configuration)?;
        let lock = StateLock::take(&place.state)?;
        let cluster = place.cluster.clone();
        let opened = Gateway::open_locked(dir, configuration, place, lock, handed).await;
        if let (Err(_) | Ok(None), Some(cluster)) = (&opened, cluster) {
            // Nobody would look after it.
            let _ = tokio::task::spawn_blocking(move || cluster.stop()).await;
        }
        opened
    }

    async fn open_locked(
        dir: &Path,
        configuration: &Configuration,
        place: Place,
        lock: StateLock,
        mut handed: Handed,
    ) -> Result<Option<Gateway>, Error> {
        let close = CancellationToken::new();
        // Once for the whole life: one that comes during the start is found when it is over.
        let mut terminate = signal(SignalKind::terminate()).map_err(|e| Error::Unsuitable(e.to_string()))?;
        let (watch, unwatched) = (Watch::begin(), CancellationToken::new());
        if let Some(door) = &configuration.gateway.listen.metrics {
            open_metrics(&mut handed, door.address, watch.router(), unwatched.clone()).await?;
        }
        if let Some(cluster) = place.cluster.clone() {
            blocking(move || cluster.ensure()).await?;
        }
        let lease = configuration.gateway.work.lease.duration();
        let Some(ledger) = connect_or_stop(&place, lease, &mut terminate).await? else { return Ok(None) };
        let now = SystemClock.now();
        ledger.migrate(now).await?;
        let home = home(&place.state).map_err(|e| Error::Unsuitable(format!("the state directory: {e}")))?;
        let taken = ledger.enter(&home, now).await?;
        if taken > 0 {
            tracing::info!(jobs = taken, "took over the work that an earlier process of this gateway left");
        }
        let profiles = Arc::new(open_profiles(dir, &ledger).await?);
        recover_profiles(&ledger, &profiles.current()).await?;
        let self_signed = place.state.join("certs/self-signed.pem");
        watch.attach(ledger.clone(), profiles.clone(), self_signed.clone());
        let spool = Spool::new(place.state.join("spool"))
            .map_err(|e| Error::Unsuitable(format!("the spool folder: {e}")))?;
        let stop = CancellationToken::new();
        let clock = Arc::new(SystemClock);
        let house = House {
            ledger: ledger.clone(),
            profiles: profiles.clone(),
            spool: spool.clone(),
            poster: Arc::default(),
            pusher: Arc::default(),
            as2: Arc::default(),
            troubled: Arc::default(),
            clock: clock.clone(),
            stop: stop.clone(),
        };
        let (arrivals, queue) = mpsc::channel(ARRIVALS);
        let processes = configuration.gateway.work.processors != Some(0);
        let doors = Doors {
            ledger: ledger.clone(),
            profiles: profiles.clone(),
            spool,
            clock: clock.clone(),
            arrivals,
            processes,
        };
        // Each may hold a connection while it asks for another: three a processor keep them from starving each other.
        let connections = usize::try_from(place.address.connections).unwrap_or(24);
        let processors = configuration.gateway.work.processors.unwrap_or(8).min((connections / 3).max(1));
        let workers = Workers::start(house.clone(), Arc::new(tokio::sync::Mutex::new(queue)), processors);
        workers.reconcile().await?;
        tokio::spawn(alert::run(Post { ledger, profiles, clock, stop }));
        let mut gateway = Gateway {
            house,
            doors,
            workers,
            cluster: place.cluster,
            open: TaskTracker::new(),
            close,
            handed,
            certificates: Vec::new(),
            watched: Mutex::default(),
            sources: Mutex::default(),
            self_signed,
            watch,
            unwatched,
            https: None,
            as2: None,
            as2_plain: None,
            sftp: None,
            api: None,
            terminate: Some(terminate),
            _lock: lock,
        };
        gateway.open_https(configuration, &place.state).await?;
        gateway.open_as2(configuration, &place.state).await?;
        gateway.open_sftp(configuration, &place.state).await?;
        gateway.open_api(configuration, &place.state).await?;
        gateway.refuse_the_rest();
        gateway.watch_folders();
        // They follow the configuration by themselves.
        gateway
            .open
            .spawn(sftp_client::run(sftp_client::Partners(gateway.doors.clone()), gateway.close.clone()));
        let servers = source::Servers(gateway.house.clone());
        gateway.open.spawn(sftp_client::run(servers, gateway.close.clone()));
        gateway.open.spawn(retention::run(gateway.house.clone(), host(), gateway.close.clone()));
        gateway.look_at_certificates().await?;
        gateway.watch.opened();
        Ok(Some(gateway))
    }

    async fn open_https(&mut self, configuration: &Configuration, state: &Path) -> Result<(), Error> {
        let Some(door) = &configuration.gateway.listen.https else { return Ok(()) };
        let limits = DoorLimits { connections: door.max_connections, ..limits(configuration) };
        let files = (door.certificate.as_deref(), door.key.as_ref());
        let tls = self.door_tls("listen.https", configuration, files, state)?;
        let router = https::router(self.doors.clone());
        self.https = Some(self.open_door("listen.https", door.address, Some(tls), router, limits).await?);
        Ok(())
    }

    async fn open_as2(&mut self, configuration: &Configuration, state: &Path) -> Result<(), Error> {
        let Some(door) = &configuration.gateway.listen.as2 else { return Ok(()) };
        let limits = DoorLimits { connections: door.max_connections, unfold: true, ..limits(configuration) };
        let files = (door.certificate.as_deref(), door.key.as_ref());
        let tls = self.door_tls("listen.as2", configuration, files, state)?;
        let router = as2::router(self.doors.clone());
        let open = self.open_door("listen.as2", door.address, Some(tls), router.clone(), limits.clone());
        self.as2 = Some(open.await?);
        if let Some(address) = door.plain_address {
            self.as2_plain = Some(self.open_door("listen.as2 plain", address, None, router, limits).await?);
        }
        Ok(())
    }

    async fn open_sftp(&mut self, configuration: &Configuration, state: &Path) -> Result<(), Error> {
        let Some(door) = &configuration.gateway.listen.sftp else { return Ok(()) };
        let unsuitable = |e: std::io::Error| Error::Unsuitable(format!("[listen.sftp]: the host keys: {e}"));
        let keys = sftp::host_key::open(state).map_err(unsuitable)?;
        let (listener, address) = listen(&mut self.handed, "listen.sftp", door.address).await?;
        let doors = self.doors.clone();
        let serving = sftp::Door::new(doors, keys, &configuration.gateway, door, state);
        self.open.spawn(serving.serve(listener, self.close.clone()));
        self.sftp = Some(address);
        tracing::info!(%address, "the SFTP door is open");
        Ok(())
    }

    async fn open_api(&mut self, configuration: &Configuration, state: &Path) -> Result<(), Error> {
        let Some(door) = &configuration.gateway.listen.api else { return Ok(()) };
        let limits = DoorLimits { connections: door.max_connections, ..limits(configuration) };
        let tls = if door.plain {
            None
        } else {
            let files = (door.certificate.as_deref(), door.key.as_ref());
            Some(self.door_tls("listen.api", configuration, files, state)?)
        };
        let router = api::router(self.house.clone(), self.close.clone());
        self.api = Some(self.open_door("listen.api", door.address, tls, router, limits).await?);
        Ok(())
    }

    /// The TLS side of a door: from its files, or a certificate of our own making.
    fn door_tls(
        &mut self,
        section: &'static str,
        configuration: &Configuration,
        files: (Option<&Path>, Option<&KeyFile>),
        state: &Path,
    ) -> Result<Arc<rustls::ServerConfig>, Error> {
        let source = match files {
            (Some(chain), Some(key)) => {
                let key = key
                    .path(&configuration.dir)
                    .map_err(|e| Error::Unsuitable(format!("[{section}] key: {e}")))?;
                CertificateSource::Files { chain: configuration.path(chain), key }
            }
            _ => CertificateSource::SelfSigned { dir: state.join("certs"), names: own_names() },
        };
        let unsuitable = |e: tls::TlsError| Error::Unsuitable(format!("[{section}]: {e}"));
        let certificate = DoorCertificate::open(source).map_err(unsuitable)?;
        let config = certificate.server_config().map_err(unsuitable)?;
        self.certificates.push((section, certificate));
        Ok(config)
    }

    async fn open_door(
        &mut self,
        section: &str,
        address: SocketAddr,
        tls: Option<Arc<rustls::ServerConfig>>,
        router: axum::Router,
        limits: DoorLimits,
    ) -> Result<SocketAddr, Error> {
        let (listener, address) = listen(&mut self.handed, section, address).await?;
        self.open.spawn(accept::serve(listener, tls, router, limits, self.close.clone()));
        let door = match section {
            "listen.https" => "the HTTPS door",
            "listen.as2" => "the AS2 door",
            "listen.api" => "the API",
            _ => "the plain AS2 door",
        };
        tracing::info!(%address, "{door} is open");
        Ok(address)
    }

    /// Sockets whose door is shut in gateway.toml: nobody waits in them.
    fn refuse_the_rest(&mut self) {
        for (name, listener) in self.handed.unclaimed() {
            tracing::warn!(
                "portway-{name}.socket is open, but gateway.toml has no [listen.{name}]: whoever comes is turned away; add \
                 the section, or run 'systemctl mask --now portway-{name}.socket'"
            );
            self.open.spawn(handed::refuse(listener, self.close.clone()));
        }
    }

    /// One watcher for each partner with a drop folder and each endpoint with a source; they follow the configuration by themselves.
    fn watch_folders(&self) {
        let configuration = self.house.profiles.current();
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, profile) in &configuration.partners {
            if profile.partner.directory.is_some() && watched.insert(id.clone()) {
                self.open.spawn(directory::watch(self.doors.clone(), id.clone(), self.close.clone()));
            }
        }
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, endpoint) in &configuration.gateway.endpoint {
            let Endpoint::Directory(directory) = endpoint else { continue };
            if directory.source.is_some() && sources.insert(name.clone()) {
                self.open.spawn(source::watch(self.house.clone(), name.clone(), self.close.clone()));
            }
        }
    }

    /// Serves until told to stop, then drains.
    pub async fn run(mut self) -> ExitCode {
        let terminate = self.terminate.take();
        let gateway = Arc::new(self);
        let side = tokio::spawn(gateway.clone().look_after());
        let pat = tokio::spawn(pat());
        let (Some(mut terminate), Ok(mut interrupt), Ok(mut hangup)) =
            (terminate, signal(SignalKind::interrupt()), signal(SignalKind::hangup()))
        else {
            return fail(&Error::Unsuitable("signals cannot be handled on this system".into()));
        };
        notify(&[sd_notify::NotifyState::Ready]);
        tracing::info!("ready");
        let bell = gateway.house.ledger.wake.of(RELOAD);
        let mut again: Option<bool> = None;
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => again = (!gateway.reload(false).await).then_some(false),
                () = bell.notified() => again = (!gateway.reload(true).await).then_some(true),
                // The ledger was away: a change that cannot be written down waits.
                () = tokio::time::sleep(Duration::from_secs(2)), if again.is_some() => {
                    let asked = again == Some(true);
                    again = (!gateway.reload(asked).await).then_some(asked);
                }
            }
        }
        tracing::info!("stopping: the doors close, running work ends");
        notify(&[sd_notify::NotifyState::Stopping]);
        // It would start the private PostgreSQL again while we stop it.
        pat.abort();
        side.abort();
        let _ = side.await;
        gateway.shut().await;
        ExitCode::SUCCESS
    }

    /// Closes the doors, drains, and stops the private PostgreSQL.
    pub async fn shut(&self) {
        let drain = self.house.profiles.current().gateway.work.drain.duration();
        self.watch.draining();
        self.close.cancel();
        self.open.close();
        let _ = tokio::time::timeout(drain, self.open.wait()).await;
        self.house.stop.cancel();
        self.workers.drain(drain).await;
        if let Err(error) = self.house.ledger.return_control_numbers().await {
            tracing::debug!(%error, "unused control numbers are not given back: they stay unused");
        }
        self.unwatched.cancel();
        self.house.ledger.close().await;
        if let Some(cluster) = self.cluster.clone() {
            let _ = tokio::task::spawn_blocking(move || cluster.stop()).await;
        }
        tracing::info!("stopped");
        log::end().await;
    }

    /// Reloads: checked first, written down, then put in force; a broken part keeps what it had. `asked`: by `portway reload`. `false`:
    /// it cannot be written down now, so nothing has changed.
    async fn reload(&self, asked: bool) -> bool {
        reloading();
        let report = match self.read_again(asked).await {
            Ok(report) => report,
            Err(error) => {
                notify(&[sd_notify::NotifyState::Ready]);
                let again = error.is_unavailable();
                tracing::error!(%error, again, "not reloaded: nothing has changed, as the ledger cannot keep what would");
                return !again;
            }
        };
        log::level(self.house.profiles.current().gateway.log.level.as_deref());
        for problem in &report.problems {
            tracing::warn!("{problem}");
        }
        for (door, certificate) in &self.certificates {
            if let Err(error) = certificate.reload() {
                tracing::error!(%error, door, "this door keeps its old certificate");
            }
        }
        if let Err(error) = self.put_in_force(&report).await {
            tracing::warn!(%error, "the reload is in force here, but is not recorded in the ledger");
        }
        self.watch_folders();
        notify(&[sd_notify::NotifyState::Ready]);
        tracing::info!(added = ?report.added, changed = ?report.changed, removed = ?report.removed, gateway = report.gateway_changed, "reloaded");
        true
    }

    async fn read_again(&self, asked: bool) -> Result<ReloadReport, Error> {
        let (ledger, now) = (self.house.ledger.clone(), self.house.clock.now());
        let lately = now.checked_sub(jiff::SignedDuration::from_mins(1)).unwrap_or(now);
        let who = if asked { ledger.asked_for_reload(lately).await? } else { None };
        let actor = Actor::reload(&host(), who.as_deref());
        let (profiles, runtime) = (self.house.profiles.clone(), tokio::runtime::Handle::current());
        blocking(move || profiles.reload(|after| runtime.block_on(accept(&ledger, after, &actor)))).await
    }

    async fn put_in_force(&self, report: &ReloadReport) -> Result<(), Error> {
        let (ledger, now) = (&self.house.ledger, self.house.clock.now());
        self.workers.reconcile().await?;
        self.look_at_certificates().await?;
        let mut kept = Vec::new();
        for partner in &report.removed {
            let open = ledger.open_obligations(partner).await?;
            if open > 0 {
                kept.push(format!("{partner} has {open} open obligations: restore its file with status = \"paused\" until they are done"));
            }
        }
        for (partner, problem) in &report.kept_last_good {
            let raise = Raise {
                cause: format!("profile:{partner}"),
                whose: Move::Us,
                partner: Some(partner.clone()),
                title: format!("{partner}: its profile is broken; the last good version stays in force"),
                detail: format!("{problem}\n\nMend the file, then: portway validate, portway reload"),
                subject: None,
            };
            let wait = jiff::SignedDuration::try_from(
                self.house.profiles.current().gateway.alerts.coalesce.duration(),
            );
            ledger.raise(&raise, wait.unwrap_or_default(), now).await?;
        }
        for partner in self.house.profiles.current().partners.keys() {
            if !report.kept_last_good.iter().any(|(id, _)| id == partner) {
                ledger.recover(&format!("profile:{partner}"), now).await?;
            }
        }
        ledger.record_reload(None, &report_json(report, &kept), now).await
    }

    /// Warns of certificates that run out.
    async fn look_at_certificates(&self) -> Result<(), Error> {
        let (configuration, now) = (self.house.profiles.current(), self.house.clock.now());
        let host = own_names().swap_remove(0);
        let here = alert::expiry::Here { host: &host, self_signed: &self.self_signed };
        alert::expiry::look(&self.house.ledger, &configuration, &here, now).await
    }

    /// A few times a day: the partitions ahead, certificates that run out, and alerts that nobody needs to see any more.
    async fn tidy(&self) -> Result<(), Error> {
        let now = self.house.clock.now();
        self.house.ledger.make_partitions(now).await?;
        self.look_at_certificates().await?;
        self.house.ledger.close_stale_alerts(now).await
    }

    /// What runs beside: the private PostgreSQL's health, the partitions ahead.
    async fn look_after(self: Arc<Self>) {
        let mut ticks = 0u64;
        loop {
            tokio::time::sleep(TICK).await;
            ticks += 1;
            if let Some(cluster) = self.cluster.clone() {
                let mended = tokio::task::spawn_blocking(move || {
                    if cluster.running() { Ok(None) } else { cluster.ensure().map(Some) }
                })
                .await;
                match mended {
                    Ok(Ok(Some(_))) => {
                        tracing::warn!("the private PostgreSQL had died and was started again")
                    }
                    Ok(Err(error)) => tracing::error!(%error, "the private PostgreSQL is down"),
                    _ => {}
                }
            }
            if ticks.is_multiple_of(2 * 3600 * 6)
                && let Err(error) = self.tidy().await
            {
                tracing::warn!(%error, "next month's partitions are not made yet, or old alerts not closed");
            }
        }
    }
}

/// Pats the watchdog, three times in the time that the service manager gives. Of its own: what waits for PostgreSQL must not look dead.
async fn pat() {
    let every = sd_notify::watchdog_enabled().map_or(Duration::from_secs(5), |time| (time / 3).max(TICK));
    loop {
        tokio::time::sleep(every).await;
        notify(&[sd_notify::NotifyState::Watchdog]);
    }
}

/// The door's socket: the service manager's, or one of our own at `address` (port 0 takes a free one).
async fn listen(
    handed: &mut Handed,
    section: &str,
    address: SocketAddr,
) -> Result<(tokio::net::TcpListener, SocketAddr), Error> {
    let refuse = |e: std::io::Error| {
        Error::Unsuitable(format!(
            "[{section}]: {address} cannot be opened: {e}; choose another address or stop what uses it"
        ))
    };
    let name = section.trim_start_matches("listen.").replace(' ', "-");
    let listener = match handed.claim(&name) {
        Some(listener) => tokio::net::TcpListener::from_std(listener).map_err(refuse)?,
        None => accept::listen(address).await.map_err(refuse)?,
    };
    let open = listener.local_addr().map_err(refuse)?;
    if !handed::fits(open, address) {
        tracing::warn!(
            "[{section}] says {address}, but its socket unit listens at {open}, and that is what counts: change \
             'address', or ListenStream with 'systemctl edit portway-{name}.socket'"
        );
    }
    Ok((listener, open))
}

/// The door of those who watch.
async fn open_metrics(
    handed: &mut Handed,
    address: SocketAddr,
    router: axum::Router,
    stop: CancellationToken,
) -> Result<(), Error> {
    let (listener, address) = listen(handed, "listen.metrics", address).await?;
    let limits = DoorLimits { connections: 64, drain: Duration::from_secs(1), ..DoorLimits::default() };
    tokio::spawn(accept::serve(listener, None, router, limits, stop));
    tracing::info!(%address, "the metrics door is open");
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Unavailable(e.to_string()))?
}

/// Connects, and goes on trying while the server is away.
async fn connect_or_stop(
    place: &Place,
    lease: Duration,
    terminate: &mut Signal,
) -> Result<Option<Ledger>, Error> {
    loop {
        match Ledger::connect(&place.address, lease).await {
            Ok(ledger) => return Ok(Some(ledger)),
            Err(error) if error.is_unavailable() => tracing::warn!(%error, "not reachable yet; trying again"),
            Err(error) => return Err(error),
        }
        tokio::select! {
            _ = terminate.recv() => return Ok(None),
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
    }
}

/// The profiles in force: the files, or where one is broken its last good version from the ledger.
async fn open_profiles(dir: &Path, ledger: &Ledger) -> Result<Store, Error> {
    let stored = ledger.last_good_profiles().await?;
    let last_good: BTreeMap<String, PartnerProfile> = stored
        .into_iter()
        .filter_map(|(id, source)| {
            PartnerProfile::from_stored(&id, &source).ok().map(|profile| (id, profile))
        })
        .collect();
    let store = Store::open(dir, last_good)
        .map_err(|problems| Error::Unsuitable(crate::profile::render(&problems, false)))?;
    accept(ledger, &store.current(), &Actor::start(&host())).await?;
    Ok(store)
}

/// Alerts on profiles that were mended while no gateway ran, or whose partner is gone.
async fn recover_profiles(ledger: &Ledger, configuration: &Configuration) -> Result<(), Error> {
    for cause in ledger.open_causes().await? {
        let Some(partner) = cause.strip_prefix("profile:") else { continue };
        let broken =
            configuration.problems.iter().any(|p| p.is_error() && p.partner.as_deref() == Some(partner));
        if !broken {
            ledger.recover(&cause, SystemClock.now()).await?;
        }
    }
    Ok(())
}

/// Writes down what is about to be in force.
async fn accept(ledger: &Ledger, configuration: &Configuration, actor: &Actor) -> Result<(), Error> {
    let versions: Vec<_> =
        configuration.partners.iter().map(|(id, p)| (id.clone(), p.hash, p.source.clone())).collect();
    let gateway = format!("{}:{}", host(), connect::state_directory(configuration).display());
    let accepted =
        Accepted { profiles: &versions, gateway: &gateway, gateway_hash: configuration.gateway_hash() };
    ledger.accept_configuration(&accepted, actor, SystemClock.now()).await
}

fn report_json(report: &ReloadReport, kept: &[String]) -> serde_json::Value {
    serde_json::json!({
        "gateway_changed": report.gateway_changed, "gateway_kept": report.gateway_kept,
        "added": report.added, "changed": report.changed, "removed": report.removed,
        "kept_last_good": report.kept_last_good.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        "problems": report.problems.iter().map(|p| p.to_json()).collect::<Vec<_>>(),
        "obligations": kept,
    })
}

/// Host, state directory and an id kept in it: whoever holds that lock is the only one of this name, also where two hosts were
/// made from one image.
fn home(state: &Path) -> std::io::Result<String> {
    let file = state.join("gateway.id");
    if !file.exists() {
        std::fs::write(&file, uuid::Uuid::now_v7().to_string())?;
    }
    let id = std::fs::read_to_string(&file)?;
    let host = host();
    Ok(format!("{host}:{}#{}", state.display(), id.trim()))
}

fn own_names() -> Vec<String> {
    vec![host(), "localhost".into(), "127.0.0.1".into()]
}

/// Since systemd 253 the instant belongs to it.
fn reloading() {
    let mut states = vec![sd_notify::NotifyState::Reloading];
    states.extend(sd_notify::NotifyState::monotonic_usec_now());
    notify(&states);
}

fn notify(states: &[sd_notify::NotifyState<'_>]) {
    // Nobody listens outside systemd.
    let _ = sd_notify::notify(states);
}
