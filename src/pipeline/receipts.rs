//! Receipts that do not come: noticed, told, and the message sent again as the partner's profile says.

use super::House;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::as2::Overdue;
use crate::transport::as2::overdue_cause;
use std::time::Duration;

/// How often is looked.
const LOOK: Duration = Duration::from_secs(1);

/// Looks for overdue receipts until the gateway stops.
pub async fn run(house: House) {
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = house.look_for_overdue_receipts().await {
            tracing::debug!(%error, "overdue receipts cannot be looked for");
        }
    }
}

impl House {
    async fn look_for_overdue_receipts(&self) -> crate::ledger::Result<()> {
        for overdue in self.ledger.receipts_overdue(self.clock.now()).await? {
            self.overdue(&overdue).await?;
        }
        Ok(())
    }

    async fn overdue(&self, overdue: &Overdue) -> crate::ledger::Result<()> {
        let configuration = self.profiles.current();
        let as2 = configuration.partner(&overdue.partner).and_then(|profile| profile.partner.as2.as_ref());
        let resend = as2.is_some_and(|as2| overdue.resends < i32::try_from(as2.resends).unwrap_or(i32::MAX));
        let (partner, message) = (&overdue.partner, overdue.message);
        let cause = overdue_cause(partner);
        let next = if resend {
            format!("The same bytes go out again (repetition {}).", overdue.resends + 1)
        } else {
            format!(
                "It has been sent {} times; it is not sent again by itself.\nAsk them whether they have it. If not:  portway message resend {message} --reason \"…\"",
                overdue.resends + 1
            )
        };
        let raise = Raise {
            cause: cause.clone(),
            whose: Move::Partner,
            partner: Some(partner.clone()),
            title: format!("{partner}: no receipt (MDN) came in time"),
            detail: format!(
                "They took our message, and the receipt that we asked for did not come. Message-ID {}.\n{next}\n\nLook at it:      portway message show {message}",
                overdue.exchange
            ),
            subject: Some(message),
        };
        let told = Some((&raise, self.coalesce()));
        if self.ledger.receipt_overdue(overdue, resend, told, self.clock.now()).await? {
            tracing::warn!(partner, message_id = %message, resend, "no receipt came in time");
            self.troubled.add(&cause);
        }
        Ok(())
    }
}
