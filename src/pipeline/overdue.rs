//! Answers that do not come: noticed, told, and what they are for sent again as the partner's profile says. Receipts (MDN) are
//! [`super::receipts`]'s.

use super::House;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::answers::Overdue;
use std::time::Duration;

/// How often is looked.
const LOOK: Duration = Duration::from_secs(1);
/// Rounds between two looks at what has come late.
const RECOVERY: u32 = 5;

/// Looks for overdue answers until the gateway stops.
pub async fn run(house: House) {
    let mut round = 0u32;
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        round = round.wrapping_add(1);
        if let Err(error) = house.look_for_overdue_answers(round.is_multiple_of(RECOVERY)).await {
            tracing::debug!(%error, "overdue answers cannot be looked for");
        }
    }
}

/// `partner:acme:overdue:997`: lasts until none of that kind is missing.
fn cause(partner: &str, kind: &str) -> String {
    format!("partner:{partner}:overdue:{kind}")
}

impl House {
    async fn look_for_overdue_answers(&self, recovery: bool) -> crate::ledger::Result<()> {
        for overdue in self.ledger.answers_overdue(self.clock.now()).await? {
            self.answer_overdue(&overdue).await?;
        }
        if !recovery {
            return Ok(());
        }
        for cause in self.ledger.open_causes().await? {
            let Some((partner, kind)) =
                cause.strip_prefix("partner:").and_then(|rest| rest.split_once(":overdue:"))
            else {
                continue;
            };
            if !self.ledger.any_overdue(partner, kind).await? {
                self.recovered(&cause).await;
            }
        }
        Ok(())
    }

    async fn answer_overdue(&self, overdue: &Overdue) -> crate::ledger::Result<()> {
        let configuration = self.profiles.current();
        let profile = configuration.partner(&overdue.partner);
        let resends = profile.map_or(0, |profile| match overdue.kind.as_str() {
            "997" | "999" | "TA1" => profile.partner.x12.as_ref().map_or(0, |x12| x12.resends),
            "CONTRL" => profile.partner.edifact.as_ref().map_or(0, |edifact| edifact.resends),
            // That they have not answered does not say that they do not have it.
            _ => 0,
        });
        let resend = u32::try_from(overdue.resends).unwrap_or(u32::MAX) < resends;
        let (partner, kind, message) = (&overdue.partner, &overdue.kind, overdue.message);
        let what = match (&overdue.code, &overdue.number) {
            (Some(code), Some(number)) => format!("our {code} {number}"),
            (Some(code), None) => format!("our {code}"),
            _ => "our interchange".to_owned(),
        };
        let next = if resend {
            format!("The same bytes go out again (repetition {}).", overdue.resends + 1)
        } else {
            format!(
                "It is not sent again by itself. Ask them whether they have it. If not:  portway message resend {message} --reason \"…\"\nIf nothing is to come:  portway ack waive {} --reason \"…\"",
                overdue.acknowledgement
            )
        };
        let show = overdue
            .set_id
            .map_or(format!("portway message show {message}"), |set| format!("portway doc show {set}"));
        let raise = Raise {
            cause: cause(partner, kind),
            whose: Move::Partner,
            partner: Some(partner.clone()),
            title: format!("{partner}: no {kind} came in time"),
            detail: format!(
                "They were sent {what}, and the {kind} that they owe us did not come.\n{next}\n\nLook at it:      {show}\nAll of them:     portway ack list --overdue"
            ),
            subject: overdue.set_id.or(Some(message)),
        };
        if self.ledger.answer_overdue(overdue, resend, (&raise, self.coalesce()), self.clock.now()).await? {
            tracing::warn!(partner, kind, message_id = %message, resend, "no answer came in time");
        }
        Ok(())
    }
}
