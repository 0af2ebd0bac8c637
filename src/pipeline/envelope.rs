//! The envelopes of a message: whose it is, to which of our stations, and whether its number was seen before.
//!
//! The sender in ISA and GS must belong to the authenticated connection, or to a partner that comes via it; else nothing of
//! the message is worked on. A repeated control number with the same content is answered with the original answer again; with
//! other content it is held, or by profile rejected.

use super::aperak::Noted;
use super::findings;
use super::findings::{one_line, to_json};
use super::frame::{Framed, FramedInterchange};
use super::work::{Failure, Work};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::id;
use crate::ledger::process::{InterchangeRow, Process};
use crate::profile::PartnerProfile;
use crate::profile::gateway::Station;
use crate::profile::partner::DuplicateInterchange;
use jiff::Timestamp;
use portway_edi::acknowledgement::AckCode;
use portway_edi::interchange::{Interchange, PartyId};
use portway_edi::{Answer, Finding, Place, Severity, Standard};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// An interchange whose envelope is judged.
pub struct Judged {
    pub framed: FramedInterchange,
    pub row: InterchangeRow,
    pub profile: Arc<PartnerProfile>,
    pub station: Option<(String, Station)>,
    /// False: nothing of it may be routed.
    pub open: bool,
    /// Its messages that an APERAK is owed for.
    pub noted: Vec<Noted>,
}

impl Work<'_> {
    /// Whose interchanges these are, to whom, and what their envelopes are worth.
    pub(super) fn judge(&self, framed: Framed) -> Result<Vec<Judged>, String> {
        let mut stray = framed.stray;
        let mut all = Vec::new();
        for (ordinal, mut framed) in (1..).zip(framed.interchanges) {
            let header = framed.result.header.clone();
            let groups: Vec<String> = framed
                .result
                .groups
                .iter()
                .map(|g| g.header.sender.clone())
                .filter(|sender| !sender.is_empty())
                .collect();
            let profile = self.sender(header.standard, &header.sender, &groups)?;
            let station = self
                .configuration
                .station(header.standard, &header.receiver)
                .map(|(name, s)| (name.to_owned(), s.clone()));
            if station.is_none() {
                framed.result.findings.push(not_our_address(&header));
            }
            framed.result.findings.append(&mut framed.beside);
            framed.result.findings.append(&mut stray);
            let rejected = framed.result.verdict() == AckCode::Rejected;
            let row = InterchangeRow {
                id: id::derive(self.message.id, "interchange", ordinal),
                ordinal: i32::try_from(ordinal).unwrap_or(i32::MAX),
                station: station.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
                standard: match header.standard {
                    Standard::X12 => "x12",
                    Standard::Edifact => "edifact",
                },
                sender: header.sender.to_string(),
                receiver: header.receiver.to_string(),
                control_number: header.control_number.clone(),
                version: header.version.clone(),
                usage: header.usage.to_string(),
                state: match framed.result.verdict() {
                    AckCode::Accepted => "accepted",
                    AckCode::Rejected => "rejected",
                    AckCode::AcceptedWithErrors | AckCode::PartiallyAccepted => "accepted_with_errors",
                },
                note_code: framed.result.note_code().to_owned(),
                findings: to_json(&framed.result.findings),
                sha256: hex(&framed.sha256),
            };
            all.push(Judged { framed, row, profile, station, open: !rejected, noted: Vec::new() });
        }
        Ok(all)
    }

    fn sender(
        &self,
        standard: Standard,
        sender: &PartyId,
        groups: &[String],
    ) -> Result<Arc<PartnerProfile>, String> {
        let connection = &self.connection.partner.id;
        let mut profile = self
            .configuration
            .partner_for_sender(connection, standard, sender, None)
            .map_err(|e| e.to_string())?;
        for group in groups {
            self.configuration
                .partner_for_sender(connection, standard, sender, Some(group))
                .map_err(|e| e.to_string())?;
        }
        if profile.partner.id == *connection {
            // Its own: the version the message was accepted under.
            profile = self.connection.clone();
        }
        Ok(profile)
    }

    /// Finds repeated control numbers: the same content is answered again and done with, other content is held.
    pub(super) async fn see_interchanges(
        &self,
        tx: &mut Process<'_>,
        judged: &mut [Judged],
    ) -> Result<(), Failure> {
        let mut own: HashMap<(String, String, String, String), usize> = HashMap::new();
        let mut repeated: Vec<(usize, usize)> = Vec::new();
        for (nth, one) in judged.iter().enumerate() {
            let row = &one.row;
            let key =
                (row.sender.clone(), row.receiver.clone(), row.control_number.clone(), row.usage.clone());
            match own.get(&key) {
                Some(first) => repeated.push((nth, *first)),
                None => {
                    own.insert(key, nth);
                }
            }
        }
        // A rejected interchange does not use its number up: the partner mends it and sends it again.
        let counted = |nth: usize, one: &Judged| one.open && !repeated.iter().any(|(r, _)| *r == nth);
        let rows: Vec<InterchangeRow> = judged
            .iter()
            .enumerate()
            .filter(|(nth, one)| counted(*nth, one))
            .map(|(_, one)| one.row.clone())
            .collect();
        let window = judged
            .first()
            .and_then(|j| j.profile.partner.habits(j.framed.result.header.standard))
            .map(|habits| habits.duplicate_window.duration());
        let window = window
            .and_then(|w| jiff::SignedDuration::try_from(w).ok())
            .unwrap_or(jiff::SignedDuration::from_hours(9600));
        let oldest = self.now.checked_sub(window).unwrap_or(Timestamp::UNIX_EPOCH);
        // A person released it in spite of the number: from now on this one counts.
        let oldest = if self.message.accept_duplicate { Timestamp::MAX } else { oldest };
        let seen = tx.see_interchanges(&rows, oldest).await?;
        for before in seen {
            if before.same_content {
                tx.answer_again(before.earlier_interchange).await?;
            }
            if let Some(one) = judged.iter_mut().find(|j| j.row.id == before.interchange) {
                self.repeat(tx, one, before.same_content, before.earlier_message).await?;
            }
        }
        for (nth, first) in repeated {
            let same = judged[nth].row.sha256 == judged[first].row.sha256;
            self.repeat(tx, &mut judged[nth], same, self.message.id).await?;
        }
        Ok(())
    }

    /// Operators hear of an interchange that is rejected whole.
    pub(super) async fn tell_rejected(&self, tx: &mut Process<'_>, judged: &[Judged]) -> Result<(), Failure> {
        for one in judged.iter().filter(|j| j.row.state == "rejected") {
            let (partner, number) = (&one.profile.partner.id, &one.row.control_number);
            let mut detail = format!(
                "Interchange {number} of {partner} was rejected whole (TA1 {}). Nothing of it was posted.\n",
                one.row.note_code
            );
            for finding in
                one.framed.result.findings.iter().filter(|f| f.severity == Severity::Error).take(10)
            {
                detail += &format!("{}\n", one_line(finding));
            }
            detail += &format!("\nLook at it:      portway message show {}\n", self.message.id);
            let raise = Raise {
                cause: format!("interchange:rejected:{partner}"),
                whose: Move::Partner,
                partner: Some(partner.clone()),
                title: format!("{partner}: interchange {number} was rejected (TA1 {})", one.row.note_code),
                detail,
                subject: Some(self.message.id),
            };
            tx.raise(&raise, self.house.coalesce()).await?;
        }
        Ok(())
    }

    async fn repeat(
        &self,
        tx: &mut Process<'_>,
        one: &mut Judged,
        same: bool,
        earlier: Uuid,
    ) -> Result<(), Failure> {
        one.open = false;
        let (id, number) = (one.profile.partner.id.clone(), one.row.control_number.clone());
        if same {
            one.row.state = "duplicate";
            return Ok(());
        }
        let policy = one
            .profile
            .partner
            .habits(one.framed.result.header.standard)
            .map(|habits| habits.duplicate_interchange)
            .unwrap_or_default();
        if policy == DuplicateInterchange::Reject {
            one.framed.result.findings.push(duplicate_number(&one.framed.result.header, earlier));
            one.row.state = "rejected";
            one.row.note_code = one.framed.result.note_code().to_owned();
            one.row.findings = to_json(&one.framed.result.findings);
        } else {
            one.row.state = "held";
        }
        let raise = Raise {
            cause: format!("interchange:duplicate:{id}"),
            whose: Move::Partner,
            partner: Some(id.clone()),
            title: format!("{id}: interchange {number} came again with other content"),
            detail: format!(
                "Control number {number} was used by message {earlier}; message {} has the same number and other content. Nothing of \
                 it was posted.\nAsk {id} which of the two they mean, and to send it under a new number.\n\nCompare:         portway \
                 message raw {earlier}\n                 portway message raw {}",
                self.message.id, self.message.id
            ),
            subject: Some(self.message.id),
        };
        Ok(tx.raise(&raise, self.house.coalesce()).await?)
    }
}

/// Where a fault of the interchange's header stands, and how it is answered, in each standard.
struct InHeader {
    x12: (u16, &'static str),
    edifact: (u16, &'static str),
}

impl InHeader {
    fn place(&self, header: &Interchange) -> (Place, Answer) {
        let (segment, element, answer) = match header.standard {
            Standard::X12 => ("ISA", self.x12.0, Answer::new("TA105", self.x12.1)),
            Standard::Edifact => ("UNB", self.edifact.0, Answer::new("UCI05", self.edifact.1)),
        };
        let place = Place {
            interchange: Some(header.control_number.clone()),
            segment: Some(segment.into()),
            element: Some(element),
            offset: header.offset,
            ..Place::default()
        };
        (place, answer)
    }
}

fn not_our_address(header: &Interchange) -> Finding {
    let (place, answer) = InHeader { x12: (8, "009"), edifact: (3, "7") }.place(header);
    Finding {
        code: findings::NOT_OUR_ADDRESS,
        severity: Severity::Error,
        place,
        value: Some(header.receiver.to_string()),
        message: format!("the receiver {} is none of our stations", header.receiver),
        help: Some(
            "if it is ours, add it to gateway.toml as a station; else the partner sent it to the wrong house"
                .into(),
        ),
        answer: Some(answer),
    }
}

fn duplicate_number(header: &Interchange, earlier: Uuid) -> Finding {
    let (place, answer) = InHeader { x12: (13, "025"), edifact: (5, "26") }.place(header);
    let number = &header.control_number;
    Finding {
        code: findings::INTERCHANGE_NUMBER_USED,
        severity: Severity::Error,
        place,
        value: Some(number.clone()),
        message: format!("control number {number} was used before, by message {earlier}, with other content"),
        help: Some("the partner must send it under a new control number".into()),
        answer: Some(answer),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
