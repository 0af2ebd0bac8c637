//! Answers that do not come: noticed, told, and what they are for sent again as the partner's profile says. Receipts (MDN) are
//! [`super::receipts`]'s.

use super::House;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::answers::Overdue;
use crate::ledger::due::Ours;
use crate::ledger::id;
use std::time::Duration;
use uuid::Uuid;

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

fn ours_due(ours: &Ours, soon: bool) -> Raise {
    let Ours { partner, kind, code, set_id, due_at, .. } = ours;
    let theirs = match &ours.number {
        Some(number) => format!("{code} {number}"),
        None => code.clone(),
    };
    let due = due_at.get(..16).map_or_else(|| due_at.clone(), |text| text.replace('T', " "));
    let (title, which) = match soon {
        true => (format!("{partner}: our {kind} for their {theirs} is due at {due} UTC"), "owed-soon"),
        false => (format!("{partner}: our {kind} for their {theirs} did not leave in time"), "owed"),
    };
    let shipment = ours.shipment.as_ref().map(|number| format!(" It is owed for the shipment {number}."));
    let where_it_is = match ours.message {
        Some(message) => {
            format!("It was handed over, but has not reached them: portway message show {message}")
        }
        None => "None of our systems has handed it over: see what holds it back there.".to_owned(),
    };
    Raise {
        cause: format!("partner:{partner}:{which}:{kind}"),
        whose: Move::Us,
        partner: Some(partner.clone()),
        title,
        detail: format!(
            "By their profile ({}) it is due at {due_at}.{}\n{where_it_is}\n\nLook at it:      portway doc show {set_id}\nAll of them:     portway ack list\nIf none is owed: portway ack waive {} --reason \"…\"",
            ours.terms.join(", "),
            shipment.unwrap_or_default(),
            ours.id
        ),
        subject: Some(*set_id),
    }
}

impl House {
    async fn look_for_overdue_answers(&self, recovery: bool) -> crate::ledger::Result<()> {
        self.look_for_ours().await?;
        let theirs = self.ledger.theirs_due(self.clock.now()).await?;
        self.dates_again(&theirs).await?;
        for overdue in self.ledger.answers_overdue(self.clock.now()).await? {
            self.answer_overdue(&overdue).await?;
        }
        if !recovery {
            return Ok(());
        }
        for cause in self.ledger.open_causes().await? {
            let of = |what: &str| cause.strip_prefix("partner:").and_then(|rest| rest.split_once(what));
            let over = if let Some((partner, kind)) = of(":overdue:") {
                !self.ledger.any_overdue(partner, kind).await?
            } else if let Some((partner, kind)) = of(":owed:") {
                !self.ledger.any_ours(partner, kind, false).await?
            } else if let Some((partner, kind)) = of(":owed-soon:") {
                !self.ledger.any_ours(partner, kind, true).await?
            } else {
                false
            };
            if over {
                self.recovered(&cause).await;
            }
        }
        Ok(())
    }

    /// Answers of ours that are late, and those that soon will be.
    async fn look_for_ours(&self) -> crate::ledger::Result<()> {
        let before = self.profiles.current().gateway.alerts.due_soon;
        let span = jiff::SignedDuration::try_from(before.duration()).unwrap_or_default();
        for soon in [false, true] {
            if soon && before.is_zero() {
                continue;
            }
            let now = self.clock.now();
            let until = soon.then(|| now.checked_add(span).unwrap_or(now));
            // What came meanwhile may have moved a date.
            let asked: Vec<Uuid> =
                self.ledger.ours_due(now, until).await?.iter().map(|one| one.set_id).collect();
            self.dates_again(&asked).await?;
            if asked.is_empty() {
                continue;
            }
            for ours in self.ledger.ours_due(now, until).await? {
                let raise = ours_due(&ours, soon);
                if self.ledger.ours_told(&ours, soon, (&raise, self.coalesce()), now).await? {
                    tracing::warn!(
                        partner = ours.partner,
                        kind = ours.kind,
                        due_at = ours.due_at,
                        soon,
                        "an answer of ours has not left"
                    );
                }
            }
        }
        Ok(())
    }

    async fn dates_again(&self, sets: &[Uuid]) -> crate::ledger::Result<()> {
        if sets.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut tx = self.ledger.begin_process(id::new(now), 0, now).await?;
        super::due::settle(&mut tx, sets).await?;
        tx.commit().await
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
