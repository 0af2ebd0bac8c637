//! Documents that wait for each other leave together: at the hours, in the rhythm, or by the count of the partner's profile.
//!
//! What cannot be sent off stays, is tried again with each look, and is an alert (`batch:<partner>`, X1194) until it has left or does
//! not wait any more. While the ledger is away nothing is looked for.

use super::Refusal;
use super::interchange::{Envelope, Filled, Manner, send_off};
use crate::ledger;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::outgoing::Waiting;
use crate::pipeline::House;
use crate::pipeline::findings::BATCH_STAYS;
use crate::profile::partner::Partner;
use crate::profile::{Configuration, PartnerProfile};
use jiff::Timestamp;
use portway_documents::Written;
use portway_edi::Standard;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often is looked.
const LOOK: Duration = Duration::from_secs(1);
/// Documents in one interchange.
const MOST: i64 = 500;
/// Of the alert of a partner's batch.
const CAUSE: &str = "batch:";

/// Partners whose batch operators were told of; `None` until the ledger was asked.
#[derive(Debug, Default)]
struct Told(Option<BTreeSet<String>>);

/// When a document that is handed over `now` leaves at the latest; `now` where nothing is to be waited for.
pub(super) fn leaves_at(partner: &Partner, code: &str, now: Timestamp) -> Timestamp {
    let Some(send) = partner.send.get(code) else { return now };
    let zone = partner.time_zone.as_ref().map_or(jiff::tz::TimeZone::UTC, |zone| zone.get());
    let hour = send.at.iter().map(|hour| hour.next_after(now, &zone)).min();
    let rhythm = send.every.filter(|every| !every.is_zero()).and_then(|every| {
        let step = i64::try_from(every.duration().as_millis()).ok()?;
        let next = now.as_millisecond().checked_div(step)?.checked_add(1)?.checked_mul(step)?;
        Timestamp::from_millisecond(next).ok()
    });
    match (hour, rhythm) {
        (Some(hour), Some(rhythm)) => hour.min(rhythm),
        (Some(one), None) | (None, Some(one)) => one,
        // By count alone: a day at most, so that the last ones leave too.
        (None, None) if send.count.is_some_and(|count| count > 1) => {
            now.checked_add(jiff::SignedDuration::from_hours(24)).unwrap_or(now)
        }
        (None, None) => now,
    }
}

/// Sends off what is due, until the gateway stops.
pub async fn run(house: House) {
    let mut told = Told::default();
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = house.send_off_due(&mut told).await {
            tracing::warn!(%error, "documents that wait are not sent off yet");
        }
        if let Err(error) = house.tell_untold().await {
            tracing::warn!(%error, "rejections that are kept are not told yet");
        }
    }
}

impl House {
    async fn send_off_due(&self, told: &mut Told) -> Result<(), Refusal> {
        let configuration = self.profiles.current();
        let mut stay: BTreeMap<String, String> = BTreeMap::new();
        for partner in self.ledger.partners_with_documents_due(self.clock.now()).await? {
            // One partner's trouble is not the others'.
            let sent = match configuration.partner(&partner) {
                Some(profile) => self.send_off_waiting(&configuration, profile).await,
                None => Err(Refusal::NoPartner(format!(
                    "there is no profile {partner} any more: restore partners.d/{partner}.toml"
                ))),
            };
            match sent {
                Ok(()) => {}
                Err(Refusal::Ledger(error)) if error.is_unavailable() => return Err(error.into()),
                // They were held, cancelled or sent meanwhile: the next look sees what is left.
                Err(Refusal::Ledger(ledger::Error::Refused(_))) => {}
                Err(error) => drop(stay.insert(partner, error.to_string())),
            }
        }
        Ok(self.tell_of_batches(&stay, told).await?)
    }

    /// Raises what stays and was not told of, and ends what does not stay any more.
    async fn tell_of_batches(
        &self,
        stay: &BTreeMap<String, String>,
        told: &mut Told,
    ) -> Result<(), ledger::Error> {
        let now = self.clock.now();
        if told.0.is_none() {
            let open = self.ledger.open_causes().await?;
            let partners = open.iter().filter_map(|cause| cause.strip_prefix(CAUSE)).map(str::to_owned);
            told.0 = Some(partners.collect());
        }
        let known = told.0.get_or_insert_default();
        for (partner, why) in stay.iter().filter(|(partner, _)| !known.contains(*partner)) {
            tracing::warn!(partner, why, "its documents cannot be sent off");
            let raise = Raise {
                cause: format!("{CAUSE}{partner}"),
                whose: Move::Us,
                partner: Some(partner.clone()),
                title: format!("{partner}: documents that wait cannot be sent off"),
                detail: format!(
                    "{}: {why}\nThey wait, and leave by themselves once it is mended: then portway reload.\n\n\
                     What waits:       portway doc list --partner {partner} --state translated\n\
                     What it means:    portway explain {}",
                    BATCH_STAYS.0, BATCH_STAYS.0
                ),
                subject: None,
            };
            self.ledger.raise(&raise, self.coalesce(), now).await?;
        }
        for partner in known.iter().filter(|partner| !stay.contains_key(*partner)) {
            self.ledger.recover(&format!("{CAUSE}{partner}"), now).await?;
        }
        *known = stay.keys().cloned().collect();
        Ok(())
    }

    async fn send_off_waiting(
        &self,
        configuration: &Configuration,
        profile: &PartnerProfile,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let mut tx = self.ledger.begin_process(ledger::id::new(now), 0, now).await?;
        let waiting = tx.lock_waiting(&profile.partner.id, MOST).await?;
        let mut together: BTreeMap<(bool, char, &str), Vec<&Waiting>> = BTreeMap::new();
        for one in &waiting {
            let x12 = one.code.starts_with(|c: char| c.is_ascii_digit());
            let usage = one.usage.chars().next().unwrap_or('T');
            // GS08 is the interchange's in what we write: one version each.
            let version = if x12 { one.version.as_str() } else { "" };
            together.entry((x12, usage, version)).or_default().push(one);
        }
        for ((x12, usage, _), documents) in together {
            let standard = if x12 { Standard::X12 } else { Standard::Edifact };
            let envelope = Envelope::of(configuration, profile, standard).map_err(Refusal::NotAgreed)?;
            let mut segments = Vec::with_capacity(documents.len());
            for document in &documents {
                let frozen = self.ledger.frozen_segments(document.id).await?;
                let read: Vec<Written> = serde_json::from_slice(&frozen)
                    .map_err(|error| Refusal::Unwritable(format!("document {}: {error}", document.id)))?;
                segments.push(read);
            }
            let filled: Vec<Filled<'_>> = documents
                .iter()
                .zip(&segments)
                .map(|(document, segments)| Filled {
                    id: document.id,
                    code: &document.code,
                    version: &document.version,
                    functional_id: &document.functional_id,
                    segments,
                })
                .collect();
            let manner = Manner { now, usage, gapless: false };
            send_off(&self.ledger, &mut tx, &envelope, manner, &filled).await?;
        }
        Ok(tx.commit().await?)
    }
}
