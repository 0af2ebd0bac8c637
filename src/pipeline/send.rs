//! Send: our own messages (answers, later documents) to a partner, one lane a partner.
//!
//! The way was chosen when the message was written: sent by AS2, posted to the partner's URL, put into the out folder or onto their SFTP
//! server, or left in the outbox (which has no job: it counts as sent once fetched and confirmed). Bytes and control numbers are frozen; a repetition is a
//! repetition of the same bytes under the same id.

use super::House;
use super::deliver::unread;
use super::lane::judge;
use crate::endpoint::Outcome;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::breaker::Trip;
use crate::ledger::delivery::{Due, Next};
use crate::ledger::job;
use crate::ledger::pace::Pace;
use crate::net::ssh::SshError;
use crate::profile::PartnerProfile;
use crate::profile::duration::Rate;
use crate::profile::gateway::Retry;
use crate::transport::as2::{Link, Outgoing};
use crate::transport::{directory, sftp_client};
use std::sync::Arc;
use tracing::Instrument;

const TELL_AFTER: i32 = 3;
/// Sends to one partner at once.
pub const CAP: u32 = 4;

impl House {
    pub async fn send(&self, mut due: Due) {
        let span = tracing::info_span!("send", delivery = %due.id, message_id = %due.subject, partner = %due.target, epoch = due.lease.epoch);
        async {
            crate::fault::point("send.claimed");
            if due.lease.remaining() < self.ledger.lease_time() / 4 {
                return;
            }
            let configuration = self.profiles.current();
            let (outcome, error) = match configuration.partner(&due.target) {
                Some(profile) => self.take_over(profile.clone(), &mut due).await,
                None => {
                    let reason = format!("there is no profile {} any more; restore it, or cancel the message", due.target);
                    (Outcome::Deferred { reason, retry_after: None, status: None }, None)
                }
            };
            crate::fault::point("send.answered");
            let retry = configuration.partner(&due.target).map(|profile| retry_of(profile, &due.way)).unwrap_or_default();
            let lane = job::partner_lane(&due.target);
            let trip = self.lane_failed(&lane, &due, &outcome, retry).await;
            let tried = judge(&outcome, &due, retry, true, trip.open, (self.clock.now(), rand::random()));
            tracing::info!(outcome = tried.outcome, status = tried.status, tries = due.tries, detail = %tried.detail, "sent");
            let raise = raise_for(&due, &tried.detail, tried.next, (trip, error.as_ref()));
            if let Some(raise) = &raise {
                self.troubled.add(&raise.cause);
            }
            self.settle(&lane, &due, &tried, raise.as_ref()).await;
            let strained = self.lane_answered(&lane, &due, &outcome, false).await;
            let causes = [cause(&due.target), sftp_client::host_key_cause(&due.target)];
            let here = if due.way == "sftp" { 2 } else { 1 };
            for cause in causes.iter().take(here) {
                if strained || tried.next == Next::Done && self.troubled.take(cause) {
                    self.recovered(cause).await;
                }
            }
        }
        .instrument(span)
        .await;
    }

    /// The error is beside the outcome where the way has one that says whose move it is.
    async fn take_over(&self, profile: Arc<PartnerProfile>, due: &mut Due) -> (Outcome, Option<SshError>) {
        let out = || Outgoing {
            ledger: self.ledger.clone(),
            spool: self.spool.clone(),
            clock: self.clock.clone(),
            link: Link {
                configuration: self.profiles.current(),
                profile: profile.clone(),
                now: self.clock.now(),
            },
        };
        match due.way.as_str() {
            "as2" => return (self.as2.send(&out(), due).await, None),
            "receipt" => return (self.as2.send_receipt(&out(), due).await, None),
            _ => {}
        }
        let bytes = match self.ledger.payload_of(due).await {
            Ok(bytes) => bytes,
            Err(error) => return (unread(&error), None),
        };
        let name = due.file_name.clone().unwrap_or_else(|| format!("{}.edi", due.subject));
        let (configuration, id) = (self.profiles.current(), due.subject.to_string());
        let outcome = match due.way.as_str() {
            "directory" => directory::hand_over(&configuration, &profile, name, bytes).await,
            "sftp" => {
                let again = match self.ledger.may_have_arrived(due).await {
                    Ok(again) => again,
                    Err(error) => return (unread(&error), None),
                };
                let message = sftp_client::Message { id, name, again, bytes: bytes.into() };
                return self.pusher.push(&configuration, &profile, message).await;
            }
            _ => self.poster.post(&configuration, &profile, &id, &name, bytes).await,
        };
        (outcome, None)
    }
}

fn retry_of(profile: &PartnerProfile, way: &str) -> Retry {
    let partner = &profile.partner;
    let retry = match way {
        "as2" | "receipt" => partner.as2.as_ref().map(|as2| as2.retry),
        "sftp" => partner.sftp_client.as_ref().and_then(|client| client.push.as_ref()).map(|push| push.retry),
        _ => None,
    };
    retry.unwrap_or_default()
}

/// A partner has one lane, whatever the ways: the slower rate is that of all.
fn rate_of(profile: &PartnerProfile) -> Option<f64> {
    let as2 = profile.partner.as2.as_ref().and_then(|as2| as2.rate);
    let push = profile
        .partner
        .sftp_client
        .as_ref()
        .and_then(|client| client.push.as_ref())
        .and_then(|push| push.rate);
    as2.into_iter().chain(push).map(Rate::a_second).reduce(f64::min)
}

fn cause(partner: &str) -> String {
    format!("partner:{partner}:send")
}

fn raise_for(due: &Due, detail: &str, next: Next, (trip, error): (Trip, Option<&SshError>)) -> Option<Raise> {
    let partner = &due.target;
    if let (Next::Again(_), Some(raise)) =
        (next, error.and_then(|e| sftp_client::host_key_changed(partner, e)))
    {
        return Some(raise);
    }
    let (title, text) = match next {
        Next::Done => return None,
        Next::Again(_) if trip.open.is_some() => (
            format!("{partner}: our messages cannot be handed over"),
            "Too many tries failed in a row. What is owed to them waits, in order; one message at a time is tried, until one gets through."
                .to_owned(),
        ),
        Next::Again(_) if due.tries < TELL_AFTER => return None,
        Next::Again(_) => (
            format!("{partner}: our messages cannot be handed over"),
            format!("{} tries failed so far; Portway goes on trying.", due.tries),
        ),
        Next::Dead | Next::Held => (
            format!("{partner}: a message of ours could not be sent (dead)"),
            format!("After {} tries it is given up.", due.tries),
        ),
    };
    Some(Raise {
        cause: cause(partner),
        whose: error.map_or(Move::Partner, sftp_client::whose),
        partner: Some(partner.clone()),
        title,
        detail: format!(
            "{text} The last one: {detail}\n\nLook at it:      portway message show {}",
            due.subject
        ),
        subject: Some(due.subject),
    })
}

/// The lane of a partner, until the gateway stops.
pub async fn run_lane(house: House, partner: String) {
    let lane = job::partner_lane(&partner);
    let pace = move |house: &House| {
        let configuration = house.profiles.current();
        Pace { steady: configuration.partner(&partner).and_then(|profile| rate_of(profile)), drain: None }
    };
    super::lane::run(house, lane, CAP, pace, |house, due| async move { house.send(due).await }).await;
}
