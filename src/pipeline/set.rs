//! One transaction set: its row in the ledger, its route, its duplicates, and what operators must know of it.

use super::acknowledge;
use super::due;
use super::envelope::Judged;
use super::findings;
use super::findings::{one_line, to_json};
use super::frame;
use super::route::{self, Route};
use super::thread::{self, Threads};
use super::translate::Translated;
use super::work::{Failure, Work};
use crate::endpoint::event::{EventParts, event_bytes};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::id;
use crate::ledger::process::{DocumentSeen, Process, SetRow};
use crate::profile::partner::DuplicateDocument;
use jiff::Timestamp;
use portway_documents::DocumentKind;
use portway_edi::acknowledgement::AckCode;
use portway_edi::acknowledgement::answered::Answered;
use portway_edi::{Finding, Place, Severity};
use std::collections::HashMap;
use uuid::Uuid;

/// A translated set on its way into the ledger.
pub struct Pending {
    /// Among the sets of the message, from 1.
    pub nth: usize,
    pub interchange: usize,
    pub group: usize,
    pub translated: Translated,
    /// The set that had the same document number before.
    pub earlier: Option<Uuid>,
    /// It is a 997, 999 or CONTRL: what it says to something of ours.
    pub answered: Option<Answered>,
}

impl Work<'_> {
    /// The threads of the orders that they name, in their order.
    pub(super) async fn threads(
        &self,
        tx: &mut Process<'_>,
        judged: &[Judged],
        batch: &[Pending],
    ) -> Result<Vec<Threads>, Failure> {
        let asked: Vec<thread::Asked<'_>> = batch
            .iter()
            .map(|pending| thread::Asked {
                set: id::derive(self.message.id, "set", pending.nth as u64),
                partner: &judged[pending.interchange].profile.partner.id,
                name: pending.translated.document.as_deref().unwrap_or_default(),
                number: pending.translated.number.as_deref(),
                document: pending.translated.canonical.as_ref(),
            })
            .collect();
        Ok(thread::of(tx, &asked).await?)
    }

    /// The set's row as things stand before duplicates are known.
    pub(super) fn row(&self, one: &Judged, pending: &Pending, threads: Threads) -> SetRow {
        let group = &one.framed.result.groups[pending.group];
        let translated = &pending.translated;
        let partner = &one.profile.partner.id;
        let set = id::derive(self.message.id, "set", pending.nth as u64);
        let number = translated.number.clone();
        // An acknowledgement is never acknowledged, and never posted.
        let acknowledged = group.header.functional_id != "FA" && translated.result.code != "CONTRL";
        let accepted =
            one.open && !frame::has_errors(&group.findings) && translated.result.verdict != AckCode::Rejected;
        let code = translated.result.code.clone();
        let mut row = SetRow {
            id: set,
            interchange: one.row.id,
            ordinal: i32::try_from(pending.nth).unwrap_or(i32::MAX),
            group_number: group.header.control_number.clone(),
            functional_id: group.header.functional_id.clone(),
            version: translated.result.version.clone(),
            control_number: translated.result.control_number.clone(),
            partner: partner.clone(),
            usage: one.row.usage.clone(),
            state: "rejected",
            reason: None,
            answer: (acknowledged && one.open && !one.framed.assumed)
                .then(|| if accepted { acknowledge::letter(translated.result.verdict) } else { "R" }),
            document: translated.document.clone(),
            number,
            findings: to_json(&translated.result.findings),
            unmapped: i32::try_from(translated.unmapped).unwrap_or(i32::MAX),
            thread: threads.first,
            further: threads.further,
            unplaced: threads.unplaced,
            says: translated
                .canonical
                .as_ref()
                .map(|document| due::says(document, &one.profile))
                .unwrap_or_default(),
            event: None,
            deliveries: Vec::new(),
            code,
        };
        if !accepted {
            let reason = if !one.open {
                "interchange_rejected"
            } else if translated.unknown {
                "not_supported"
            } else {
                "invalid"
            };
            row.reason = Some(reason.into());
        } else if !acknowledged {
            // An acknowledgement of what we sent: kept, never posted, never acknowledged.
            row.state = "done";
        } else if let Some(data) = &translated.data {
            self.route(one, &mut row, data);
        } else {
            row.state = "held";
            let failed = translated.transform_failed;
            row.reason = Some(if failed { "transform_failed" } else { "no_document" }.into());
        }
        row
    }

    fn route(&self, one: &Judged, row: &mut SetRow, data: &[u8]) {
        let usage = one.framed.result.header.usage;
        row.event = Some(self.event(one, row, data));
        match route::route(&self.configuration, &one.profile, &row.code, usage) {
            Route::To(hops) => {
                row.state = "routed";
                row.deliveries =
                    route::deliveries(&one.profile, &row.code, row.id, row.number.as_deref(), &hops);
            }
            Route::Held { reason, .. } => {
                row.state = "held";
                row.reason = Some(reason.into());
            }
        }
    }

    fn event(&self, one: &Judged, row: &SetRow, data: &[u8]) -> Vec<u8> {
        let subject = Subject {
            id: row.id,
            thread: row.thread,
            message: self.message.id,
            document: row.document.as_deref().unwrap_or_default(),
            number: row.number.as_deref(),
            partner: &row.partner,
            station: &one.row.station,
            received_at: self.message.received_at,
            test: one.framed.result.header.usage != 'P',
        };
        subject.event(data)
    }

    /// Sets whose document number was seen before, with the earlier set.
    pub(super) async fn duplicates(
        &self,
        tx: &mut Process<'_>,
        rows: &[SetRow],
    ) -> Result<HashMap<Uuid, Uuid>, Failure> {
        let mut found = HashMap::new();
        let mut own: HashMap<(&str, &str, &str), Uuid> = HashMap::new();
        let mut seen = Vec::new();
        for row in rows.iter().filter(|r| r.state == "routed" || r.state == "held") {
            let (Some(document), Some(number)) = (row.document.as_deref(), row.number.as_deref()) else {
                continue;
            };
            match own.get(&(row.partner.as_str(), document, number)) {
                Some(first) => {
                    found.insert(row.id, *first);
                }
                None => {
                    own.insert((&row.partner, document, number), row.id);
                    seen.push(DocumentSeen { partner: &row.partner, document, number, id: row.id });
                }
            }
        }
        found.extend(tx.see_documents(&seen).await?);
        Ok(found)
    }

    pub(super) fn duplicate_document(
        &self,
        one: &Judged,
        row: &mut SetRow,
        pending: &mut Pending,
        earlier: Uuid,
    ) {
        let policy = one.profile.partner.receive.get(&row.code).map(|r| r.duplicate).unwrap_or_default();
        match policy {
            DuplicateDocument::Accept => return,
            DuplicateDocument::Hold => row.state = "held",
            DuplicateDocument::Reject => {
                row.state = "rejected";
                row.answer = row.answer.map(|_| "R");
                row.event = None;
                pending.translated.result.findings.push(duplicate_document(row, earlier));
                pending.translated.result.verdict = AckCode::Rejected;
                row.findings = to_json(&pending.translated.result.findings);
            }
        }
        row.reason = Some("duplicate_document".into());
        row.deliveries.clear();
        pending.earlier = Some(earlier);
    }

    /// What operators must know of this set, if anything.
    pub(super) fn alert_of(&self, one: &Judged, row: &SetRow, pending: &Pending) -> Option<Raise> {
        let reason = row.reason.as_deref()?;
        let (partner, code, id) = (&row.partner, &row.code, row.id);
        let number = row.number.as_deref().unwrap_or("without a number");
        let (whose, what) = match (row.state, reason) {
            // The interchange's own alert tells of those.
            ("rejected", "interchange_rejected") => return None,
            ("rejected", _) => (Move::Partner, "was rejected"),
            ("held", "duplicate_document") => {
                (Move::Partner, "came again under a new control number and is held")
            }
            ("held", _) => (Move::Us, "is held"),
            _ => return None,
        };
        let mut detail = match why_held(self, row, reason) {
            Some(detail) => format!("{detail}\n"),
            None => String::new(),
        };
        if let Some(earlier) = pending.earlier {
            detail += &format!("The same number came before: portway doc show {earlier}\n");
        }
        for finding in
            pending.translated.result.findings.iter().filter(|f| f.severity == Severity::Error).take(10)
        {
            detail += &format!("{}\n", one_line(finding));
        }
        detail += &format!("\nLook at it:      portway doc show {id}\n");
        if row.state == "held" && row.event.is_none() {
            detail += &format!("Once mended:     portway doc release {id} --reason \"…\"\n");
        } else if row.state == "held" {
            detail += &format!("Let it through:  portway doc release {id} --reason \"…\"\n");
        } else if one.framed.assumed {
            detail += "Nothing of it was posted. It came without an envelope, so nobody was answered: tell the partner, who must send \
                       it again, mended.\n";
        } else {
            detail +=
                "Nothing of it was posted; the partner has our answer and must send it again, mended.\n";
        }
        Some(Raise {
            cause: format!("set:{}:{reason}:{partner}:{code}", row.state),
            whose,
            partner: Some(partner.clone()),
            title: format!("{partner}: {code} {number} {what} ({reason})"),
            detail,
            subject: Some(id),
        })
    }
}

/// What an event tells of the set it is about.
pub(super) struct Subject<'a> {
    pub id: Uuid,
    pub thread: Uuid,
    pub message: Uuid,
    pub document: &'a str,
    pub number: Option<&'a str>,
    pub partner: &'a str,
    pub station: &'a str,
    pub received_at: Timestamp,
    pub test: bool,
}

impl Subject<'_> {
    /// The event's bytes, as they stay.
    pub(super) fn event(&self, data: &[u8]) -> Vec<u8> {
        let (set, thread, message) = (self.id.to_string(), self.thread.to_string(), self.message.to_string());
        let schema = DocumentKind::from_name(self.document)
            .map(|kind| format!("https://portway.example/schemas/{}-1.json", kind.name()));
        event_bytes(EventParts {
            id: &set,
            source: &format!("/portway/{}", self.station),
            event_type: &format!("portway.{}.received", self.document),
            subject: self.number,
            time: &crate::clock::rfc3339(self.received_at),
            data_schema: schema.as_deref(),
            partner: self.partner,
            station: self.station,
            thread: Some(&thread),
            message: Some(&message),
            test: self.test,
            data,
        })
    }
}

fn why_held(work: &Work<'_>, row: &SetRow, reason: &str) -> Option<String> {
    if row.state != "held" || reason == "duplicate_document" {
        return None;
    }
    let profile = work.configuration.partner(&row.partner)?;
    match route::route(&work.configuration, profile, &row.code, row.usage.chars().next()?) {
        Route::Held { detail, .. } => Some(detail),
        Route::To(_) => None,
    }
}

fn duplicate_document(row: &SetRow, earlier: Uuid) -> Finding {
    let number = row.number.clone().unwrap_or_default();
    Finding {
        code: findings::DOCUMENT_NUMBER_USED,
        severity: Severity::Error,
        place: Place {
            set: Some(row.control_number.clone()),
            segment: Some("ST".into()),
            position: Some(1),
            ..Place::default()
        },
        message: format!("document number {number} was received before, as document {earlier}"),
        value: Some(number),
        help: Some("the partner must send a change (860), or use a new number".into()),
        answer: None,
    }
}
