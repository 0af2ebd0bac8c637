//! Items of the outbox that a partner does not fetch: noticed, told once, and closed when they are gone.
//!
//! The time is the profile's (`uncollected_after` under `[sftp]`), a day where nothing is said; by SFTP or HTTPS, the outbox is one.

use super::House;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::uncollected::{Uncollected, cause};
use crate::profile::sftp::UNCOLLECTED_AFTER;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::time::Duration;

/// How often is looked.
const LOOK: Duration = Duration::from_secs(5);

/// Looks for uncollected items until the gateway stops.
pub async fn run(house: House) {
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = house.look_for_uncollected().await {
            tracing::debug!(%error, "uncollected items cannot be looked for");
        }
    }
}

impl House {
    async fn look_for_uncollected(&self) -> crate::ledger::Result<()> {
        let now = self.clock.now();
        let lying = self.ledger.uncollected(&self.uncollected_before(now)).await?;
        let told: HashSet<String> = self.ledger.told_uncollected().await?.into_iter().collect();
        for items in lying.iter().filter(|items| !told.contains(&items.partner)) {
            self.ledger.raise(&words(items), self.coalesce(), now).await?;
            tracing::warn!(partner = items.partner, many = items.many, oldest = %items.oldest, "items of the outbox are not collected");
        }
        let still: HashSet<&str> = lying.iter().map(|items| items.partner.as_str()).collect();
        for partner in told.iter().filter(|partner| !still.contains(partner.as_str())) {
            self.ledger.recover(&cause(partner), now).await?;
            tracing::info!(partner, "the outbox has been collected");
        }
        Ok(())
    }

    /// Each partner, and the instant before which an item has lain too long; those that want no alert are left out.
    fn uncollected_before(&self, now: Timestamp) -> Vec<(String, Timestamp)> {
        let configuration = self.profiles.current();
        let partners = configuration.partners.iter().filter_map(|(id, profile)| {
            let sftp = profile.partner.sftp.as_ref();
            let after = sftp.map_or(UNCOLLECTED_AFTER, |sftp| sftp.uncollected_after);
            let after = SignedDuration::try_from(after.duration()).unwrap_or(SignedDuration::MAX);
            (!after.is_zero()).then(|| (id.clone(), now.saturating_sub(after).unwrap_or(Timestamp::MIN)))
        });
        partners.collect()
    }
}

fn words(items: &Uncollected) -> Raise {
    let Uncollected { partner, many, oldest, file_name } = items;
    let (what, since) = if *many == 1 { ("item waits", "It") } else { ("items wait", "The oldest") };
    let oldest = crate::clock::rfc3339(*oldest);
    Raise {
        cause: cause(partner),
        whose: Move::Partner,
        partner: Some(partner.clone()),
        title: format!(
            "{partner}: {many} {what} in the outbox and {} not collected",
            if *many == 1 { "is" } else { "are" }
        ),
        detail: format!(
            "{since} has lain there since {oldest}: {file_name}. It is theirs to fetch, from /out by SFTP or from /edi/outbox by HTTPS, \
             and to confirm: deleted after it was read to its end (SFTP), or DELETE (HTTPS).\n\
             Ask them whether their collection runs. Until they fetch, our answers and documents have not reached them.\n\n\
             Look at it:      portway message list --partner {partner}"
        ),
        subject: None,
    }
}
