//! The workers: who waits for which bell, how many work at once, and how they end.
//!
//! Processors take what a transport has just committed, and from the queue what another node left. Each lane has one loop that
//! claims and spawns. One heartbeat renews the leases of this node, one look a second at the whole queue rings the bells that
//! got lost. All end when the gateway stops; what is running then is waited for by [`Workers::drain`].

use super::{Arrivals, House, deliver, send};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::job::{Claimed, Lease, PROCESS_LANE, SUSPECT_TRIES};
use crate::ledger::message::ToProcess;
use crate::net::spool::Spooled;
use crate::pipeline::deliver::Outlet;
use crate::pipeline::work::Failure;
use crate::profile::gateway::Endpoint;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Messages claimed at once from the queue.
const CLAIM: i64 = 16;
const LOOK: Duration = Duration::from_secs(1);
/// When a message is tried again that could not be read back.
const AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(1);
/// Held while a message is worked that may have killed its worker.
static SUSPECTS: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The running workers of this node.
pub struct Workers {
    house: House,
    tasks: TaskTracker,
    /// Cancelled once nothing runs any more: the heartbeat ends.
    drained: CancellationToken,
    lanes: Mutex<HashSet<String>>,
    outlets: Mutex<HashMap<String, CancellationToken>>,
}

impl Workers {
    /// Starts the processors, the heartbeat and the queue's watch; lanes come with [`Workers::reconcile`].
    pub fn start(house: House, arrivals: Arrivals, processors: usize) -> Arc<Workers> {
        let workers = Arc::new(Workers {
            house: house.clone(),
            tasks: TaskTracker::new(),
            drained: CancellationToken::new(),
            lanes: Mutex::default(),
            outlets: Mutex::default(),
        });
        for _ in 0..processors {
            workers.tasks.spawn(processor(house.clone(), arrivals.clone()));
        }
        if processors > 0 {
            workers.tasks.spawn(abandoned(house.clone(), processors, workers.tasks.clone()));
        }
        tokio::spawn(heartbeat(house.clone(), workers.drained.clone()));
        workers.tasks.spawn(watch(house.clone()));
        workers.tasks.spawn(super::receipts::run(house.clone()));
        workers.tasks.spawn(super::outgoing::batch::run(house.clone()));
        workers.tasks.spawn(super::overdue::run(house.clone()));
        workers.tasks.spawn(super::uncollected::run(house.clone()));
        workers.tasks.spawn(super::vigil::run(house.clone()));
        for bells in [true, false] {
            let house = house.clone();
            workers.tasks.spawn(async move {
                let ledger = house.ledger.clone();
                tokio::select! {
                    () = house.stop.cancelled() => {}
                    () = async { if bells { ledger.send_bells().await } else { ledger.hear_bells().await } } => {}
                }
            });
        }
        workers
    }

    /// Brings the lanes in line with the configuration in force: new ones start, changed endpoints get a new outlet.
    ///
    /// # Errors
    /// The ledger's, for the lanes' rows. An endpoint that cannot be opened is logged, and its documents wait.
    pub async fn reconcile(self: &Arc<Self>) -> crate::ledger::Result<()> {
        let configuration = self.house.profiles.current();
        let troubled: HashSet<String> = self.house.ledger.open_causes().await?.into_iter().collect();
        let mut rows = vec![(PROCESS_LANE.to_owned(), 10_000), (crate::ledger::job::MAIL_LANE.to_owned(), 1)];
        // What is not in the configuration any more gets nothing more; its documents wait.
        self.outlets.lock().unwrap_or_else(PoisonError::into_inner).retain(|name, stop| {
            let kept = configuration.gateway.endpoint.contains_key(name);
            if !kept {
                tracing::warn!(endpoint = %name, "gone from gateway.toml: what is still owed to it waits");
                stop.cancel();
            }
            kept
        });
        for (name, endpoint) in &configuration.gateway.endpoint {
            let open = troubled.contains(&format!("endpoint:{name}"));
            if let Endpoint::Events(_) = endpoint {
                rows.push((crate::ledger::job::endpoint_lane(name), 1));
                let house = self.house_of_outlet(name);
                self.tasks.spawn(super::events::run(house, name.clone()));
                continue;
            }
            match Outlet::open(&configuration, name, endpoint, open) {
                Ok(outlet) => {
                    rows.push((crate::ledger::job::endpoint_lane(name), outlet.cap));
                    self.replace_outlet(name, Arc::new(outlet));
                }
                Err(error) => {
                    rows.push((crate::ledger::job::endpoint_lane(name), 1));
                    self.shut_outlet(name, &error).await?;
                }
            }
        }
        for partner in configuration.partners.keys() {
            let lane = crate::ledger::job::partner_lane(partner);
            rows.push((lane.clone(), send::CAP));
            if self.lanes.lock().unwrap_or_else(PoisonError::into_inner).insert(lane) {
                self.tasks.spawn(send::run_lane(self.house.clone(), partner.clone()));
            }
        }
        self.house.troubled.extend(troubled);
        self.house.ledger.set_lanes(&rows).await
    }

    /// An endpoint that cannot be opened gets nothing, and operators hear of it; its documents wait.
    async fn shut_outlet(&self, name: &str, error: &str) -> crate::ledger::Result<()> {
        tracing::error!(%error, "this endpoint gets nothing until that is mended and reloaded; its documents wait");
        if let Some(before) = self.outlets.lock().unwrap_or_else(PoisonError::into_inner).remove(name) {
            before.cancel();
        }
        let raise = Raise {
            cause: format!("endpoint:{name}"),
            whose: Move::Us,
            partner: None,
            title: format!("endpoint {name} cannot be used: its configuration is not complete"),
            detail: format!("{error}\nIts documents wait. Mend it, then: portway reload"),
            subject: None,
        };
        self.house.ledger.raise(&raise, self.house.coalesce(), self.house.clock.now()).await
    }

    fn replace_outlet(&self, name: &str, outlet: Arc<Outlet>) {
        let house = self.house_of_outlet(name);
        self.tasks.spawn(deliver::run_lane(house, outlet));
    }

    /// Stops what works for an endpoint so far; the house of what does from now on.
    fn house_of_outlet(&self, name: &str) -> House {
        let stop = self.house.stop.child_token();
        let house = House { stop: stop.clone(), ..self.house.clone() };
        let before =
            self.outlets.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), stop);
        if let Some(before) = before {
            before.cancel();
        }
        house
    }

    /// Gives back what has not begun, waits at most `time` for what is running, and gives back what did not end: others take it at
    /// once. Called when nothing new begins any more.
    pub async fn drain(&self, time: Duration) {
        self.tasks.close();
        let ledger = &self.house.ledger;
        match ledger.give_back_idle(self.house.clock.now()).await {
            Ok(0) => {}
            Ok(jobs) => tracing::info!(jobs, "given back unbegun, for others to take"),
            Err(error) => tracing::warn!(%error, "what has not begun is not given back yet"),
        }
        let ended = tokio::time::timeout(time, self.tasks.wait()).await.is_ok();
        self.drained.cancel();
        match ledger.leave().await {
            Ok(0) if ended => {}
            Ok(jobs) => tracing::warn!(
                jobs,
                "some work did not end in time; it is given back, and goes on here after a start or on another node at once"
            ),
            Err(error) => {
                tracing::warn!(%error, "what did not end goes on when its lease has passed, here or on another node")
            }
        }
    }
}

async fn processor(house: House, arrivals: Arrivals) {
    loop {
        let arrived = {
            let mut queue = arrivals.lock().await;
            tokio::select! {
                () = house.stop.cancelled() => None,
                arrived = queue.recv() => arrived,
            }
        };
        let Some(arrived) = arrived else { return };
        // A task of its own: a panic over one message ends that message's work, not the processor.
        let house = house.clone();
        let work =
            tokio::spawn(async move { house.work(arrived.message, arrived.lease, arrived.content).await });
        if let Err(error) = work.await {
            tracing::error!(%error, "a processor broke off; the message is tried again when its lease has passed");
        }
    }
}

/// Messages whose worker died, or that came while too many waited.
async fn abandoned(house: House, most: usize, tasks: TaskTracker) {
    let bell = house.ledger.wake.of(PROCESS_LANE);
    let places = Arc::new(Semaphore::new((most / 2).max(1)));
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = bell.notified() => {}
        }
        loop {
            let claimed = match house.ledger.claim_plain(PROCESS_LANE, CLAIM, house.clock.now()).await {
                Ok(claimed) => claimed,
                Err(error) => {
                    tracing::warn!(%error, "no messages claimed");
                    break;
                }
            };
            let last = (claimed.len() as i64) < CLAIM;
            for claimed in claimed {
                let place = tokio::select! {
                    // What has no place yet is given back, and not kept.
                    () = house.stop.cancelled() => return,
                    place = places.clone().acquire_owned() => place,
                };
                let Ok(place) = place else { return };
                let house = house.clone();
                tasks.spawn(async move {
                    house.work_on_claimed(claimed).await;
                    drop(place);
                });
            }
            if last || house.stop.is_cancelled() {
                break;
            }
        }
    }
}

impl House {
    async fn work_on_claimed(&self, claimed: Claimed) {
        match self.ledger.message_to_process(claimed.subject).await {
            Ok(message) => self.work(message, claimed.lease, None).await,
            Err(error) => tracing::warn!(%error, message_id = %claimed.subject, "not processed yet"),
        }
    }

    async fn work(&self, message: ToProcess, lease: Lease, content: Option<Spooled>) {
        let (id, partner) = (message.id, message.connection.clone());
        if !lease.begin() {
            return;
        }
        let span = tracing::info_span!("process", message_id = %id, partner, epoch = lease.epoch);
        async {
            crate::fault::point("process.leased");
            let Err(failure) = self.process_or_wait(message, &lease, content).await else { return };
            match &failure {
                Failure::Ledger(crate::ledger::Error::LeaseLost) => {
                    tracing::warn!(
                        "another worker has this message since: what was computed here is dropped"
                    );
                }
                Failure::Ledger(error) if error.is_unavailable() => {
                    tracing::warn!(%error, "not processed yet; it is tried again when its lease has passed");
                }
                Failure::Content(error) => {
                    // A full disk is nobody's poison: back into the queue, for later, and the try does not count.
                    tracing::error!(%error, "the message cannot be read back; it is tried again in a minute");
                    let later = self.clock.now().checked_add(AGAIN).unwrap_or(self.clock.now());
                    if let Err(error) = self.ledger.give_back_until(&lease, later).await {
                        tracing::warn!(%error, "not given back; it is tried again when its lease has passed");
                    }
                }
                _ => tracing::error!(%failure, "not processed; it is tried again when its lease has passed"),
            }
        }
        .instrument(span)
        .await;
    }
}

impl House {
    /// While the ledger is away, what is in work waits here; the epoch tells afterwards whether it still counts. Suspects
    /// are worked one at a time, so that what dies with a worker is known to have killed it.
    async fn process_or_wait(
        &self,
        message: ToProcess,
        lease: &Lease,
        content: Option<Spooled>,
    ) -> Result<(), Failure> {
        let suspect = lease.tries > SUSPECT_TRIES;
        let _alone = if suspect { Some(SUSPECTS.lock().await) } else { None };
        let strikes = if suspect { self.ledger.strike(lease).await? } else { 0 };
        loop {
            match self.process(message.clone(), lease, strikes, content.clone()).await {
                Err(Failure::Ledger(error)) if error.is_unavailable() && !self.stop.is_cancelled() => {
                    tracing::warn!(%error, "not processed yet; it waits for the ledger");
                    tokio::time::sleep(LOOK).await;
                }
                done => return done,
            }
        }
    }
}

/// Renews the leases of this node until its last work has ended, also while it drains.
async fn heartbeat(house: House, drained: CancellationToken) {
    let every = house.ledger.lease_time() / 3;
    loop {
        tokio::select! {
            () = drained.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        if let Err(error) = house.ledger.heartbeat(house.clock.now()).await {
            tracing::warn!(%error, "leases not renewed");
        }
    }
}

/// Rings the bells of lanes with due work once a second: retries whose time has come, and bells that got lost.
async fn watch(house: House) {
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        match house.ledger.lanes_due(house.clock.now()).await {
            Ok(lanes) => lanes.iter().for_each(|lane| house.ledger.wake.ring_here(lane)),
            Err(error) => tracing::debug!(%error, "the queue cannot be looked at"),
        }
    }
}
