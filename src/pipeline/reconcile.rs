//! Reconcile: what partners say to documents of ours, matched with what was sent, in the transaction that writes the message it came in.
//!
//! Technical answers (TA1, 997, 999, CONTRL) are matched by the numbers of envelopes, business answers (855, 824 and whatever a profile
//! expects) by the numbers of documents. A rejection names the field of our document that caused it: it is told to operators, and goes as
//! an event to the system that handed the document over. What answers nothing of ours is kept as an orphan.

use super::envelope::Judged;
use super::route::{self, Hop};
use super::set::{Pending, Subject};
use super::work::{Failure, Work};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::answers::{Answer, Numbered, SentSet, Settled};
use crate::ledger::id;
use crate::ledger::process::{Process, SetRow};
use crate::profile::Configuration;
use portway_documents::application_advice::AdviceStatus;
use portway_documents::order_response::ResponseStatus;
use portway_documents::origin::Origins;
use portway_documents::{Document, DocumentKind, Written};
use portway_edi::Standard;
use portway_edi::acknowledgement::answered::{Answered, Sent, Verdict};
use portway_edi::acknowledgement::{OurElement, our_element};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

/// Errors of one document that are told with their places.
const TOLD: usize = 20;

/// One fault that a partner finds with a document of ours.
struct Fault {
    text: String,
    place: Option<OurElement>,
    code: String,
    value: String,
}

/// A document of ours that is not simply accepted.
struct Told {
    set: SentSet,
    verdict: &'static str,
    words: &'static str,
    faults: Vec<Fault>,
}

impl Work<'_> {
    /// Matches a set that came with what was sent; what operators must know of it. The row may get an event for the system that
    /// handed the document over.
    pub(super) async fn reconcile(
        &self,
        tx: &mut Process<'_>,
        one: &Judged,
        row: &mut SetRow,
        pending: &Pending,
    ) -> Result<Vec<Raise>, Failure> {
        let told = match (&pending.answered, &pending.translated.canonical) {
            (Some(answered), _) if row.state == "done" => self.technical(tx, row, answered).await?,
            (None, Some(document)) if matches!(row.state, "routed" | "held") => {
                self.business(tx, row, document).await?
            }
            _ => return Ok(Vec::new()),
        };
        let mut raises = Vec::new();
        let mut described = Vec::new();
        let mut endpoints = BTreeSet::new();
        for told in &told {
            let errors = self.places(told).await?;
            raises.push(self.raise(row, told, &errors));
            let source = told.set.source.as_deref().unwrap_or_default();
            endpoints.extend(endpoint_of(&self.configuration, source));
            described.push(json!({
                "id": told.set.id, "document": told.set.document, "number": told.set.number, "set": told.set.code,
                "control_number": told.set.control_number, "verdict": told.verdict, "errors": errors,
            }));
        }
        let hops: Vec<Hop> =
            endpoints.iter().filter_map(|name| route::hop(&self.configuration, name)).collect();
        if hops.is_empty() {
            return Ok(raises);
        }
        if pending.answered.is_some() {
            let data = json!({ "kind": row.code, "partner": row.partner, "documents": described });
            row.event = Some(self.told_event(one, row, told.first().map(|told| &told.set), &data));
        }
        // An advice that nobody is named for goes to whom it concerns.
        let unnamed = row.state == "held" && row.reason.as_deref() == Some("not_expected");
        if row.event.is_some() && (row.state == "done" || unnamed) {
            (row.state, row.reason) = ("routed", None);
            row.deliveries = route::deliveries(&one.profile, &row.code, row.id, row.number.as_deref(), &hops);
        }
        Ok(raises)
    }

    async fn technical(
        &self,
        tx: &mut Process<'_>,
        row: &SetRow,
        answered: &Answered,
    ) -> Result<Vec<Told>, Failure> {
        let settles: &[&str] = if answered.standard == Standard::X12 { &["997", "999"] } else { &["CONTRL"] };
        let mut found = false;
        let mut seen = HashSet::new();
        let mut told = Vec::new();
        for set in answered_sets(tx, &row.partner, answered).await? {
            let place = Sent {
                interchange: &set.interchange,
                functional_id: if answered.standard == Standard::X12 { &set.functional_id } else { "" },
                group: Some(set.group_number.as_str()).filter(|number| !number.is_empty()),
                code: &set.code,
                set: &set.control_number,
            };
            let Some(on) = answered.on(&place) else { continue };
            // The newest of these numbers is meant.
            if !seen.insert((set.functional_id.clone(), set.group_number.clone(), set.control_number.clone()))
            {
                continue;
            }
            found = true;
            let verdict = word(on.verdict);
            let words = on.verdict.map_or("not decided on", Verdict::words);
            let lines: Vec<String> = on.errors.iter().take(TOLD).map(|error| error.to_string()).collect();
            let settled = tx
                .answered(&Answer {
                    id: id::derive(row.id, &set.id.to_string(), 0),
                    partner: &row.partner,
                    kind: &row.code,
                    settles,
                    set: Some(set.id),
                    interchange: Some(set.interchange_id),
                    verdict,
                    detail: Some(lines.join("; ")).filter(|lines| !lines.is_empty()),
                    once: true,
                    superseded: set.superseded,
                })
                .await?;
            // What is said of an earlier sending is kept: the newer one's answer is what counts.
            let new =
                !set.superseded && matches!(settled, Settled::Closed | Settled::Late | Settled::Unexpected);
            if new && matches!(verdict, "rejected" | "partial" | "accepted_with_errors") {
                let tags = self.tags(&set).await?;
                let fault = |error: &&portway_edi::acknowledgement::ReportedError| Fault {
                    text: error.to_string(),
                    place: our_element(error, &tags),
                    code: error.code.clone(),
                    value: error.value.clone(),
                };
                let faults = on.errors.iter().take(TOLD).map(fault).collect();
                told.push(Told { set, verdict, words, faults });
            }
        }
        if !found {
            self.orphan(tx, row, word(answered.verdict())).await?;
        }
        Ok(told)
    }

    async fn orphan(&self, tx: &mut Process<'_>, row: &SetRow, verdict: &'static str) -> Result<(), Failure> {
        tracing::info!(partner = %row.partner, kind = %row.code, set = %row.id, "an answer to nothing that we sent");
        let orphan = Answer {
            id: id::derive(row.id, "orphan", 0),
            partner: &row.partner,
            kind: &row.code,
            settles: &[],
            set: None,
            interchange: None,
            verdict,
            detail: None,
            once: true,
            superseded: false,
        };
        tx.answered(&orphan).await?;
        Ok(())
    }

    /// The TA1s of an interchange.
    pub(super) async fn reconcile_interchanges(
        &self,
        tx: &mut Process<'_>,
        one: &Judged,
    ) -> Result<Vec<Raise>, Failure> {
        let mut raises = Vec::new();
        for (nth, answered) in (0..).zip(&one.framed.acknowledged) {
            let Some(interchange) = &answered.interchange else { continue };
            let partner = &one.profile.partner.id;
            let verdict = word(interchange.verdict);
            let lines: Vec<String> = interchange.errors.iter().map(|error| error.to_string()).collect();
            let detail = Some(lines.join("; ")).filter(|lines| !lines.is_empty());
            let numbers = variants(&interchange.control_number);
            let closed = if verdict == "open" {
                false
            } else {
                tx.interchange_answered(partner, &numbers, verdict, detail.as_deref()).await?
            };
            let mut sent = tx.sent_in_interchange(partner, &numbers).await?;
            if sent.is_empty() {
                sent = tx.sent_before_in_interchange(partner, &numbers).await?;
            }
            let superseded = sent.first().is_some_and(|set| set.superseded);
            if !closed {
                let answer = Answer {
                    id: id::derive(one.row.id, "TA1", nth),
                    partner,
                    kind: "TA1",
                    settles: &["TA1"],
                    set: sent.first().map(|set| set.id),
                    interchange: None,
                    verdict,
                    detail: detail.clone(),
                    once: false,
                    superseded,
                };
                tx.answered(&answer).await?;
            }
            if verdict == "rejected"
                && !superseded
                && let Some(first) = sent.first()
            {
                raises.push(Raise {
                    cause: format!("answer:rejected:{partner}:TA1"),
                    whose: Move::Us,
                    partner: Some(partner.clone()),
                    title: format!("{partner} rejected our interchange {} (TA1)", interchange.control_number),
                    detail: format!(
                        "{}\nNothing of it was taken there: {} documents.\n\nLook at it:      portway doc show {}\n",
                        lines.join("\n"),
                        sent.len(),
                        first.id
                    ),
                    subject: Some(first.id),
                });
            }
        }
        Ok(raises)
    }

    async fn business(
        &self,
        tx: &mut Process<'_>,
        row: &SetRow,
        document: &Document,
    ) -> Result<Vec<Told>, Failure> {
        if let Document::ApplicationAdvice(advice) = document {
            return self.advice(tx, row, advice).await;
        }
        let waited_for = self.configuration.partner(&row.partner).is_some_and(|profile| {
            profile.partner.send.values().any(|send| send.answers.contains_key(&row.code))
        });
        if !waited_for {
            return Ok(Vec::new());
        }
        // A standard may have no word for whose number it is: a despatch advice names the order to despatch as any other. What was
        // waited for decides.
        let orders = document.orders().into_iter().map(|order| order.number);
        let others = document.answers().into_iter().map(|other| other.number);
        let named = orders.chain(others).map(|number| number.trim().to_owned());
        let numbers: BTreeSet<String> = named.chain(references(document)).collect();
        let numbers: Vec<String> = numbers.into_iter().collect();
        let status = match document {
            Document::OrderResponse(response) => Some(response.status),
            Document::OrderChangeResponse(response) => Some(response.status),
            _ => None,
        };
        let verdict = match status {
            Some(ResponseStatus::Rejected | ResponseStatus::RejectedWithDetail) => "rejected",
            Some(ResponseStatus::PartiallyAccepted) => "partial",
            Some(ResponseStatus::Received | ResponseStatus::Pending) => "received",
            _ => "accepted",
        };
        for set in tx.sent_expecting(&row.partner, &row.code, &numbers).await? {
            let answer = Answer {
                id: id::derive(row.id, &set.id.to_string(), 0),
                partner: &row.partner,
                kind: &row.code,
                settles: &[&row.code],
                set: Some(set.id),
                interchange: None,
                verdict,
                detail: None,
                // A second ship notice or invoice to one order is nothing unusual.
                once: false,
                superseded: false,
            };
            tx.answered(&answer).await?;
        }
        // Their answer goes to our system as the document that it is.
        Ok(Vec::new())
    }

    async fn advice(
        &self,
        tx: &mut Process<'_>,
        row: &SetRow,
        advice: &portway_documents::ApplicationAdvice,
    ) -> Result<Vec<Told>, Failure> {
        let mut told = Vec::new();
        let mut found = false;
        for (nth, spoken) in (0u64..).zip(advice.spoken_of()) {
            let set = self.spoken_of(tx, row, &spoken).await?;
            let (verdict, words) = match spoken.status {
                AdviceStatus::Rejected => ("rejected", "rejected by the application"),
                AdviceStatus::PartiallyAccepted => ("partial", "accepted in part"),
                AdviceStatus::AcceptedWithErrors | AdviceStatus::AcceptedWithChanges => {
                    ("accepted_with_errors", "accepted with changes or errors")
                }
                AdviceStatus::OnHold => ("received", "on hold"),
                AdviceStatus::Accepted => ("accepted", "accepted"),
                AdviceStatus::Other => ("open", "not decided on"),
            };
            let Some(set) = set else { continue };
            found = true;
            let faults: Vec<Fault> = spoken
                .errors
                .iter()
                .take(TOLD)
                .map(|error| Fault {
                    text: error.text.as_deref().unwrap_or("without words").to_owned(),
                    place: error.place(),
                    code: error.code.to_string(),
                    value: error.value.as_deref().unwrap_or_default().to_owned(),
                })
                .collect();
            let lines: Vec<&str> = faults.iter().map(|fault| fault.text.as_str()).collect();
            let answer = Answer {
                id: id::derive(row.id, &set.id.to_string(), nth),
                partner: &row.partner,
                kind: &row.code,
                settles: &[&row.code],
                set: Some(set.id),
                interchange: None,
                verdict,
                detail: Some(lines.join("; ")).filter(|lines| !lines.is_empty()),
                once: false,
                superseded: false,
            };
            let settled = tx.answered(&answer).await?;
            if settled != Settled::Known && matches!(verdict, "rejected" | "partial" | "accepted_with_errors")
            {
                told.push(Told { set, verdict, words, faults });
            }
        }
        if !found {
            self.orphan(tx, row, "open").await?;
        }
        Ok(told)
    }

    async fn spoken_of(
        &self,
        tx: &mut Process<'_>,
        row: &SetRow,
        spoken: &portway_documents::relations::SpokenOf<'_>,
    ) -> Result<Option<SentSet>, Failure> {
        if let (Some(group), Some(number)) = (spoken.group_control_number, spoken.set_control_number) {
            let sent = tx.sent_in_groups(&row.partner, &[plain(group)]).await?;
            let same = |set: &&SentSet| plain(&set.control_number) == plain(number);
            if let Some(set) = sent.iter().find(same) {
                return Ok(Some(set.clone()));
            }
        }
        let (Some(kind), Some(number)) = (spoken.kind, &spoken.number) else { return Ok(None) };
        Ok(tx.sent_documents(&row.partner, &[numbered(kind, number)]).await?.into_iter().next())
    }

    /// The tags of what we wrote, ST or UNH first.
    async fn tags(&self, set: &SentSet) -> Result<Vec<String>, Failure> {
        let first = if is_x12(&set.code) { "ST" } else { "UNH" };
        let segments = self.segments(set).await?;
        Ok(std::iter::once(first.to_owned()).chain(segments.into_iter().map(|s| s.tag.to_string())).collect())
    }

    async fn segments(&self, set: &SentSet) -> Result<Vec<Written>, Failure> {
        let frozen = self.house.ledger.frozen_segments(set.id).await?;
        Ok(serde_json::from_slice(&frozen).unwrap_or_default())
    }

    /// The faults with the element and the field of our document that each is about.
    async fn places(&self, told: &Told) -> Result<Vec<Value>, Failure> {
        let body = self.house.ledger.payload(told.set.message_id).await?;
        let kind = told.set.document.as_deref().and_then(DocumentKind::from_name);
        let document = kind.and_then(|kind| kind.parse(std::str::from_utf8(&body).ok()?).ok());
        let standard = if is_x12(&told.set.code) { Standard::X12 } else { Standard::Edifact };
        let target = super::compose::Target::new(standard, &told.set.code, &told.set.version);
        let tables =
            self.configuration.partner(&self.connection.partner.id).map(|profile| profile.tables.clone());
        let tables = tables.unwrap_or_default();
        Ok(tokio::task::block_in_place(|| {
            let origins = document.as_ref().zip(target.as_ref()).and_then(|(document, target)| {
                Origins::of(document, target.schema, &told.set.version, &tables)
            });
            told.faults
                .iter()
                .map(|fault| {
                    let pointer = fault.place.as_ref().and_then(|place| origins.as_ref()?.pointer_of(place));
                    let mut error = json!({ "message": fault.text });
                    let mut put = |name: &str, value: Option<Value>| {
                        if let Some(value) = value {
                            error[name] = value;
                        }
                    };
                    put("pointer", pointer.map(Value::from));
                    put("element", fault.place.as_ref().map(|place| Value::from(place.to_string())));
                    put("position", fault.place.as_ref().and_then(|place| place.position).map(Value::from));
                    put("code", Some(fault.code.clone()).filter(|code| !code.is_empty()).map(Value::from));
                    put(
                        "value",
                        Some(fault.value.clone()).filter(|value| !value.is_empty()).map(Value::from),
                    );
                    error
                })
                .collect()
        }))
    }

    fn raise(&self, row: &SetRow, told: &Told, errors: &[Value]) -> Raise {
        let (partner, set) = (&row.partner, &told.set);
        let number = set.number.as_deref().unwrap_or("without a number");
        let mut detail = format!(
            "Their {} says: {}. It was handed over by {}.\n",
            row.code,
            told.words,
            set.source.as_deref().unwrap_or("nobody")
        );
        for error in errors {
            let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
            let at =
                [text("element"), text("pointer")].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>();
            let at = if at.is_empty() { String::new() } else { format!("{}: ", at.join(" ")) };
            detail += &format!("{at}{}\n", text("message"));
        }
        detail += &format!(
            "\nLook at it:      portway doc show {}\nOnce mended:     hand it over again, under a new Idempotency-Key\n",
            set.id
        );
        Raise {
            cause: format!("answer:{}:{partner}:{}", told.verdict, set.code),
            whose: Move::Us,
            partner: Some(partner.clone()),
            title: format!("{partner}: our {} {number} was {} ({})", set.code, told.words, row.code),
            detail,
            subject: Some(set.id),
        }
    }

    fn told_event(&self, one: &Judged, row: &SetRow, about: Option<&SentSet>, data: &Value) -> Vec<u8> {
        let subject = Subject {
            id: row.id,
            thread: row.thread,
            message: self.message.id,
            document: "acknowledgement",
            number: about.and_then(|set| set.number.as_deref()),
            partner: &row.partner,
            station: &one.row.station,
            received_at: self.message.received_at,
            test: one.framed.result.header.usage != 'P',
        };
        subject.event(data.to_string().as_bytes())
    }
}

/// What a technical answer may be about: what left under its numbers, the latest sendings before those whose place others have taken.
async fn answered_sets(
    tx: &mut Process<'_>,
    partner: &str,
    answered: &Answered,
) -> Result<Vec<SentSet>, Failure> {
    let mut sent;
    match answered.standard {
        Standard::X12 => {
            let groups: Vec<String> =
                answered.groups.iter().map(|group| plain(&group.control_number)).collect();
            sent = tx.sent_in_groups(partner, &groups).await?;
            sent.extend(tx.sent_before_in_groups(partner, &groups).await?);
        }
        Standard::Edifact => {
            let number = answered.interchange.as_ref().map(|i| i.control_number.as_str());
            let numbers = variants(number.unwrap_or_default());
            sent = tx.sent_in_interchange(partner, &numbers).await?;
            sent.extend(tx.sent_before_in_interchange(partner, &numbers).await?);
        }
    }
    Ok(sent)
}

/// Where a program of ours hears what became of its documents: its `endpoint`, or the endpoint of its own name.
fn endpoint_of(configuration: &Configuration, source: &str) -> Option<String> {
    let named = configuration.gateway.client.get(source).and_then(|client| client.endpoint.clone());
    named.or_else(|| configuration.endpoint(source).map(|_| source.to_owned()))
}

/// The numbers that a document gives as its references, whatever they are called.
fn references(document: &Document) -> Vec<String> {
    let json = serde_json::to_value(document).unwrap_or_default();
    let references = json["references"].as_array().cloned().unwrap_or_default();
    let value = |reference: &Value| Some(reference["value"].as_str()?.trim().to_owned());
    references.iter().filter_map(value).filter(|number| !number.is_empty()).collect()
}

fn numbered(kind: DocumentKind, number: &str) -> Numbered {
    Numbered { document: kind.name().to_owned(), number: number.trim().to_owned() }
}

fn word(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Accepted) => "accepted",
        Some(Verdict::AcceptedWithErrors) => "accepted_with_errors",
        Some(Verdict::Partial) => "partial",
        Some(Verdict::Rejected) => "rejected",
        Some(Verdict::Received) => "received",
        None => "open",
    }
}

fn is_x12(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_digit())
}

/// Without leading zeros.
fn plain(number: &str) -> String {
    number.trim().trim_start_matches('0').to_owned()
}

/// As we may have written it: ISA13 with its zeros, 0020 without.
fn variants(number: &str) -> Vec<String> {
    let plain = plain(number);
    vec![format!("{plain:0>9}"), plain, number.trim().to_owned()]
}
