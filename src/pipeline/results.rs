//! The verdict of one of our systems on a document that it received; a rejection tells the partner, and operators.
//!
//! The acknowledgement said that we can read the document; what our application says of it comes later, and may be no. By the
//! partner's profile (`[receive.850] rejected_with`) a rejection becomes an application advice (824, APERAK) or a rejecting order
//! response (855, ORDRSP), handed over as a document of ours: written, enveloped, sent and tracked like every other. Its key is
//! the document's id, so that it leaves once, however often the verdict is repeated. Whoever dies between keeping the verdict and handing
//! that over leaves the obligation in the ledger; a gateway looks for it with the batches ([`House::tell_untold`]).

use super::House;
use super::outgoing::{HandOver, Refusal};
use crate::ledger::Error;
use crate::ledger::alert::{Move, Raise};
use crate::ledger::audit::Actor;
use crate::ledger::results::{Received, ResultLine};
use crate::profile::partner::RejectedWith;
use jiff::Timestamp;
use portway_documents::application_advice::{AdviceLine, AdviceScope, AdviceStatus, ApplicationError};
use portway_documents::date::{Date, Time};
use portway_documents::order_response::ResponseStatus;
use portway_documents::purchase_order::{Purpose, SCHEMA_VERSION};
use portway_documents::reference::{CodeList, Note, Reference, ReferenceKind};
use portway_documents::{ApplicationAdvice, Document, OrderResponse, Text};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Errors told to the partner at most.
const MOST_ERRORS: usize = 50;
/// BGN02 of 004010; BGM 1004 has 35.
const LONGEST_NUMBER: usize = 30;

/// What our system says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    pub accepted: bool,
    /// Our system's own number for the document.
    pub number: Option<String>,
    /// Why not, in a sentence for the partner.
    pub reason: Option<String>,
    #[serde(default)]
    pub errors: Vec<Wrong>,
}

/// One thing that is wrong with the document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    /// RFC 6901, into the event's `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    pub message: String,
    /// Our system's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What became of a verdict.
#[derive(Debug)]
pub struct Kept {
    pub result: ResultLine,
    /// The partner is not told: why.
    pub untold: Option<String>,
}

/// Why it was not kept.
#[derive(Debug)]
pub enum NotKept {
    /// The key was used for another verdict on this document.
    KeyUsed,
    /// Another verdict was given before.
    Given(Box<ResultLine>),
    Ledger(Error),
}

impl From<Error> for NotKept {
    fn from(error: Error) -> NotKept {
        NotKept::Ledger(error)
    }
}

impl House {
    /// Keeps a verdict, and tells the partner of a rejection.
    ///
    /// # Errors
    /// As [`NotKept`] says. With [`NotKept::Ledger`] the same may be sent again.
    pub async fn keep_result(
        &self,
        of: &Received,
        client: &str,
        actor: &Actor,
        key: &str,
        verdict: &Verdict,
    ) -> Result<Kept, NotKept> {
        if !matches!(of.state.as_str(), "routed" | "done") {
            return Err(NotKept::Ledger(Error::Refused(format!(
                "document {} is {}: only what went to our systems has a result",
                of.id, of.state
            ))));
        }
        let now = self.clock.now();
        let given = ResultLine {
            accepted: verdict.accepted,
            number: verdict.number.clone(),
            reason: verdict.reason.clone(),
            errors: serde_json::to_value(&verdict.errors).unwrap_or_default(),
            client: client.to_owned(),
            key: key.to_owned(),
            answer: None,
            answer_code: None,
            at: String::new(),
        };
        let raise = (!verdict.accepted).then(|| rejected(of, client, &given));
        let raise = raise.as_ref().map(|raise| (raise, self.coalesce()));
        let kept = self.ledger.keep_result(of.id, &given, raise, actor, now).await?;
        let same = kept.accepted == given.accepted
            && kept.number == given.number
            && kept.reason == given.reason
            && kept.errors == given.errors;
        match same {
            false if kept.key == key && kept.client == client => return Err(NotKept::KeyUsed),
            false => return Err(NotKept::Given(Box::new(kept))),
            true if kept.accepted || kept.answer.is_some() => return Ok(Kept { result: kept, untold: None }),
            true => {}
        }
        crate::fault::point("result.kept");
        self.tell_or_say(of, kept, actor, now).await
    }

    /// Tells the partner of a rejection that is kept, or operators why it is not told.
    async fn tell_or_say(
        &self,
        of: &Received,
        mut kept: ResultLine,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Kept, NotKept> {
        match self.tell(of, &kept, actor, now).await {
            Ok(None) => {
                self.ledger.result_settled(of.id).await?;
                Ok(Kept { result: kept, untold: None })
            }
            Ok(Some((answer, code))) => {
                crate::fault::point("result.told");
                self.ledger.result_answered(of.id, answer, &code, now).await?;
                (kept.answer, kept.answer_code) = (Some(answer), Some(code));
                Ok(Kept { result: kept, untold: None })
            }
            Err(Refusal::Ledger(error)) => Err(error.into()),
            Err(refusal) => {
                let why = told(&refusal);
                self.ledger.raise(&untold(of, &why), self.coalesce(), now).await?;
                self.ledger.result_settled(of.id).await?;
                Ok(Kept { result: kept, untold: Some(why) })
            }
        }
    }

    /// Tells partners of rejections that whoever took them died over.
    ///
    /// # Errors
    /// The ledger's: they are told later.
    pub async fn tell_untold(&self) -> Result<(), Error> {
        let now = self.clock.now();
        for document in self.ledger.claim_untold(now).await? {
            let of = self.ledger.received(document).await?;
            let Some(kept) = self.ledger.result_of(document).await? else { continue };
            let actor = Actor::client(&kept.client, None);
            match self.tell_or_say(&of, kept, &actor, now).await {
                Ok(_) => tracing::info!(%document, "a rejection that was kept is told now"),
                Err(NotKept::Ledger(error)) => return Err(error),
                Err(other) => tracing::warn!(%document, ?other, "a rejection is not told yet"),
            }
        }
        Ok(())
    }

    /// Hands over what tells the partner: its id, and the set it is.
    async fn tell(
        &self,
        of: &Received,
        result: &ResultLine,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<(Uuid, String)>, Refusal> {
        let configuration = self.profiles.current();
        let profile = configuration.partner(&of.partner);
        let with = profile.and_then(|p| p.partner.receive.get(&of.code)).map(|r| r.rejected_with);
        let Some(set) = with.and_then(RejectedWith::set) else { return Ok(None) };
        let document = match with {
            Some(RejectedWith::OrderResponse855 | RejectedWith::Ordrsp) => {
                let event = self.ledger.payload(of.id).await?;
                Document::OrderResponse(Box::new(response(of, result, &event, set, now)))
            }
            _ => Document::ApplicationAdvice(Box::new(advice(of, result, set, now))),
        };
        let body = serde_json::to_vec(&document).map_err(|e| Refusal::Unwritable(e.to_string()))?;
        let key = format!("result:{}", of.id);
        let handed = HandOver {
            actor,
            source: "result",
            transport: "result",
            remote: None,
            file_name: None,
            content_type: Some("application/json"),
            key: Some(&key),
            body: &body,
            document: &document,
            partner: &of.partner,
            set: Some(set),
            test: of.usage != "P",
            strict: false,
            thread: Some(of.thread_id),
        };
        match self.hand_over(&handed).await {
            Ok(done) => Ok(Some((done.document, done.code))),
            // An earlier try handed it over, a second ago or before the profile changed: it has left.
            Err(Refusal::KeyUsed { document }) => Ok(Some((document, set.to_owned()))),
            Err(refusal) => Err(refusal),
        }
    }
}

fn told(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid { told, .. } => {
            let first = told.iter().find(|t| t.finding.severity == portway_edi::Severity::Error);
            format!("{refusal}: {}", first.map(|t| t.finding.message.as_str()).unwrap_or_default())
        }
        other => other.to_string(),
    }
}

fn named(of: &Received) -> String {
    format!("{} {}", of.code, of.number.as_deref().unwrap_or("without a number"))
}

fn rejected(of: &Received, client: &str, result: &ResultLine) -> Raise {
    Raise {
        cause: format!("result:rejected:{}:{}", of.partner, of.code),
        whose: Move::Partner,
        partner: Some(of.partner.clone()),
        title: format!("{}: {} was rejected by {client}", of.partner, named(of)),
        detail: format!(
            "{}\n\nLook at it:      portway doc show {}",
            result.reason.as_deref().unwrap_or_default(),
            of.id
        ),
        subject: Some(of.id),
    }
}

fn untold(of: &Received, why: &str) -> Raise {
    Raise {
        cause: format!("result:untold:{}:{}", of.partner, of.code),
        whose: Move::Us,
        partner: Some(of.partner.clone()),
        title: format!("{}: the partner is not told that {} was rejected", of.partner, named(of)),
        detail: format!(
            "{why}\nMend the profile, and let our system send the same result again; or tell the partner.\n\n\
             Look at it:      portway doc show {}",
            of.id
        ),
        subject: Some(of.id),
    }
}

/// The number of what tells the partner: made of the document's id, so that the same is the same.
fn own_number(of: &Received) -> Text {
    of.id.simple().to_string().to_uppercase().chars().take(LONGEST_NUMBER).collect()
}

fn day(now: Timestamp) -> (Date, Time) {
    let now = now.to_zoned(jiff::tz::TimeZone::UTC);
    (Date(now.date()), Time(jiff::civil::time(now.hour(), now.minute(), 0, 0)))
}

fn text(value: &str) -> Text {
    value.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn list(set: &str) -> CodeList {
    if set.starts_with(|c: char| c.is_ascii_digit()) { CodeList::X12 } else { CodeList::Edifact }
}

/// The reason, and each error, in a line.
fn sentences(result: &ResultLine) -> Vec<String> {
    let errors: Vec<Wrong> = serde_json::from_value(result.errors.clone()).unwrap_or_default();
    let line = |wrong: &Wrong| {
        let code = wrong.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
        let at = wrong.pointer.as_ref().map(|pointer| format!(" ({pointer})")).unwrap_or_default();
        format!("{code}{}{at}", wrong.message)
    };
    result.reason.iter().cloned().chain(errors.iter().take(MOST_ERRORS).map(line)).collect()
}

fn advice(of: &Received, result: &ResultLine, set: &str, now: Timestamp) -> ApplicationAdvice {
    let list = list(set);
    let (advice_date, advice_time) = day(now);
    let error = |sentence: &String| ApplicationError {
        // No code of the lists: those of our system are in the text.
        code: if list == CodeList::Edifact { Text::new_static("ZZZ") } else { Text::default() },
        agency_code: (list == CodeList::Edifact).then(|| Text::new_static("ZZZ")),
        text: Some(text(sentence)),
        ..ApplicationError::default()
    };
    let mut line = AdviceLine {
        status: AdviceStatus::Rejected,
        scope: Some(AdviceScope::Document),
        errors: sentences(result).iter().map(error).collect(),
        ..AdviceLine::default()
    };
    line.document_kind = kind(of.document.as_deref().unwrap_or_default());
    line.number = of.number.as_deref().map(text);
    let mut references = Vec::new();
    match list {
        CodeList::Edifact => {
            let previous = Text::new_static("ACW");
            if line.document_kind == ReferenceKind::Other {
                (line.document_kind_code, line.number) = (previous.clone(), Some(text(&of.control_number)));
            }
            let value = Some(text(&of.control_number));
            references.push(Reference { kind_code: previous, value, ..Reference::default() });
        }
        _ => {
            line.group_control_number = Some(text(&of.group_number));
            line.set_control_number = Some(text(&of.control_number));
            line.set_code = Some(text(&of.code));
        }
    }
    ApplicationAdvice {
        schema_version: Text::new_static(SCHEMA_VERSION),
        code_list: Some(list),
        number: own_number(of),
        purpose: Purpose::Response,
        status: Some(AdviceStatus::Rejected),
        advice_date: Some(advice_date),
        advice_time: Some(advice_time),
        references,
        lines: vec![line],
        ..ApplicationAdvice::default()
    }
}

fn kind(document: &str) -> ReferenceKind {
    match document {
        "purchase-order" => ReferenceKind::PurchaseOrder,
        "order-change" => ReferenceKind::OrderChange,
        "order-response" => ReferenceKind::OrderResponse,
        "invoice" => ReferenceKind::Invoice,
        "ship-notice" => ReferenceKind::ShipNotice,
        "receiving-advice" => ReferenceKind::ReceivingAdvice,
        "remittance-advice" => ReferenceKind::RemittanceAdvice,
        "price-catalog" => ReferenceKind::PriceList,
        _ => ReferenceKind::Other,
    }
}

/// A response that rejects an order as a whole.
fn response(of: &Received, result: &ResultLine, event: &[u8], set: &str, now: Timestamp) -> OrderResponse {
    #[derive(Default, Deserialize)]
    struct Data {
        order_date: Option<Date>,
    }
    #[derive(Deserialize)]
    struct Event {
        data: Data,
    }
    // A transform may have made something else of the order: then the day of the response stands for it.
    let data = serde_json::from_slice::<Event>(event).map(|event| event.data).unwrap_or_default();
    let (today, _) = day(now);
    let order = of.number.as_deref().map(text);
    let list = list(set);
    OrderResponse {
        schema_version: Text::new_static(SCHEMA_VERSION),
        code_list: Some(list),
        number: match list {
            CodeList::Edifact => own_number(of),
            _ => order.clone().unwrap_or_default(),
        },
        purpose: match list {
            CodeList::Edifact => Purpose::Other,
            _ => Purpose::Original,
        },
        status: ResponseStatus::Rejected,
        order_number: order,
        order_date: data.order_date,
        response_date: Some(today),
        notes: sentences(result)
            .iter()
            .map(|sentence| Note { lines: vec![text(sentence)], ..Note::default() })
            .collect(),
        ..OrderResponse::default()
    }
}

/// What a person at the command line reads of a verdict.
pub fn shown(result: &ResultLine) -> String {
    let verdict = if result.accepted { "accepted" } else { "rejected" };
    let number = result.number.as_ref().map(|number| format!(" as {number}")).unwrap_or_default();
    let reason = result.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let answer = match (&result.answer_code, result.answer) {
        (Some(code), Some(answer)) => format!("; {code} {answer} tells the partner"),
        _ => String::new(),
    };
    format!("{verdict} by {}{number}{reason}{answer}", result.client)
}
