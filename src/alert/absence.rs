//! What did not happen: a partner that is silent, deliveries that stand still, documents that are late.
//!
//! Promises: one alert a cause, on however many nodes and however often it is looked; each closes by itself once it is over. Of a
//! silent partner there is one a day, by the partner's clock. The caller gives the time.
//! Fails with the ledger's error only; the next look makes it good.

use crate::ledger::Ledger;
use crate::ledger::alert::{Move, Raise};
use crate::profile::partner::{Receive, Status};
use crate::profile::{Configuration, PartnerProfile};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashSet};

const PREFIXES: [&str; 3] = ["silent:", "queue:", "late:"];

/// Looks at all of it, raises what is due and closes what is over.
///
/// # Errors
/// The ledger's.
pub async fn look(
    ledger: &Ledger,
    configuration: &Configuration,
    now: Timestamp,
) -> crate::ledger::Result<()> {
    let wait = SignedDuration::try_from(configuration.gateway.alerts.coalesce.duration()).unwrap_or_default();
    let mut due: BTreeMap<String, Raise> = BTreeMap::new();
    let mut kept: HashSet<String> = HashSet::new();
    let mut add = |raise: Raise| drop(due.insert(raise.cause.clone(), raise));
    let profiles = configuration.partners.values();
    for profile in profiles.filter(|profile| matches!(profile.partner.status, Status::Test | Status::Live)) {
        for (code, receive) in &profile.partner.receive {
            if let Some((raise, today)) = silent(ledger, profile, (code, receive), now).await? {
                // What did not come on a day before is kept, not told anew: the profile may not have asked for it then.
                if !today {
                    kept.insert(raise.cause.clone());
                }
                add(raise);
            }
            late(ledger, profile, (code, receive), now).await?.map(&mut add);
        }
    }
    let age = configuration.gateway.alerts.queue_age;
    if !age.is_zero() {
        let standing = ledger.standing(before(now, age.duration())).await?;
        standing.iter().for_each(|lane| add(stands_still(lane, age)));
    }
    let open = ledger.open_causes().await?;
    let open: HashSet<&str> =
        open.iter().map(String::as_str).filter(|c| PREFIXES.iter().any(|p| c.starts_with(p))).collect();
    for raise in
        due.values().filter(|raise| !open.contains(raise.cause.as_str()) && !kept.contains(&raise.cause))
    {
        ledger.raise(raise, wait, now).await?;
    }
    for cause in open.into_iter().filter(|cause| !due.contains_key(*cause)) {
        // A silent partner's next day takes the place of the one before.
        let day_before = cause.rsplit_once('@').is_some_and(|(subject, _)| {
            due.keys().any(|other| other.rsplit_once('@').is_some_and(|(s, _)| s == subject))
        });
        if day_before {
            ledger.close_alert(cause, now).await?;
        } else {
            ledger.recover(cause, now).await?;
        }
    }
    Ok(())
}

fn before(now: Timestamp, span: std::time::Duration) -> Timestamp {
    let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
    now.saturating_sub(span).unwrap_or(Timestamp::MIN)
}

/// Nothing of a set came since the day began at the partner's, and the hour has come. Before the hour, and on days without one, the
/// last expected day counts: what did not come stays missing until it does. `true`: that day is today.
async fn silent(
    ledger: &Ledger,
    profile: &PartnerProfile,
    (code, receive): (&String, &Receive),
    now: Timestamp,
) -> crate::ledger::Result<Option<(Raise, bool)>> {
    let Some(hour) = receive.expected_by else { return Ok(None) };
    let partner = &profile.partner.id;
    let zone = profile.partner.time_zone.as_ref().map_or(TimeZone::UTC, |zone| zone.get());
    let Some((begin, by)) = hour.last_on(now, &zone, |day| receive.is_expected(day)) else { return Ok(None) };
    if ledger.came_since(partner, code, begin).await? {
        return Ok(None);
    }
    let today = now.to_zoned(zone.clone()).date();
    let local = by.to_zoned(zone);
    let raise = Raise {
        cause: format!("silent:{partner}:{code}@{}", local.date()),
        whose: Move::Partner,
        partner: Some(partner.clone()),
        title: format!("{partner}: no {code} came by {}", local.strftime("%H:%M")),
        detail: format!(
            "On {} one was expected by {} ({}), and none has come that day.\nAsk them whether they sent it, and how. If none is to come any more, take \
             expected_by out of [receive.{code}] in partners.d/{partner}.toml.\n\nThe last of them:  portway doc list --partner {partner} --kind {code}\n\
             Set aside:         portway message list --partner {partner} --quarantined\nTheir connection:  portway partner check {partner}",
            local.strftime("%A, %Y-%m-%d"),
            local.strftime("%H:%M"),
            local.time_zone().iana_name().unwrap_or("UTC"),
        ),
        subject: None,
    };
    Ok(Some((raise, local.date() == today)))
}

async fn late(
    ledger: &Ledger,
    profile: &PartnerProfile,
    (code, receive): (&String, &Receive),
    now: Timestamp,
) -> crate::ledger::Result<Option<Raise>> {
    let Some(within) = receive.delivered_within else { return Ok(None) };
    let partner = &profile.partner.id;
    let Some(late) = ledger.late(partner, code, before(now, within.duration())).await? else {
        return Ok(None);
    };
    Ok(Some(Raise {
        cause: format!("late:{partner}:{code}"),
        whose: Move::Us,
        partner: Some(partner.clone()),
        title: format!("{partner}: {code} not delivered within {within}"),
        detail: format!(
            "{} received and not yet with all of our systems, the oldest of {}.\n[receive.{code}] in partners.d/{partner}.toml says delivered_within = \
             \"{within}\".\n\nThe oldest:      portway doc show {}\nWhat waits:      portway endpoint list",
            late.many, late.oldest, late.document
        ),
        subject: Some(late.document),
    }))
}

fn stands_still(lane: &crate::ledger::absence::Standing, age: crate::profile::duration::Span) -> Raise {
    let (what, look) = match lane.lane.split_once(':') {
        Some(("endpoint", name)) => (format!("endpoint {name}"), "portway endpoint list".to_owned()),
        Some(("partner", id)) => {
            (id.to_owned(), format!("portway message list --partner {id} --direction out"))
        }
        _ => (lane.lane.clone(), "portway status".to_owned()),
    };
    Raise {
        cause: format!("queue:{}", lane.lane),
        whose: Move::Us,
        partner: None,
        title: format!("{what}: deliveries wait for more than {age}"),
        detail: format!(
            "{} are due and do not go, the oldest since {}, although nothing says that the other side is down.\nThe usual causes: an earlier document \
             of the same order key is dead or held; more comes than the endpoint's `concurrency` lets through; no gateway runs.\n\nLook at it:      {look}\n\
             Dead or held:    portway doc list --state held; portway endpoint redeliver NAME --dry-run --reason \"…\"\nGateways:        portway status",
            lane.many, lane.oldest
        ),
        subject: None,
    }
}
