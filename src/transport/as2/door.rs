//! The AS2 door: one request, from its fields to the committed answer.

use super::answer::{self, Making, plain, reply};
use super::opening::{self, Content, Keys, Refusal, Verdict};
use super::{LONGEST_RECEIPT, receipt};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::as2::{As2In, Mdn, Receipt, RefusedArrival};
use crate::ledger::message::Attachment;
use crate::ledger::{self};
use crate::net::accept::Peer;
use crate::net::body::{self, BodyError};
use crate::net::spool::Spooled;
use crate::profile::as2::{As2, DuplicateMessage};
use crate::profile::partner::Status;
use crate::profile::{Configuration, PartnerProfile};
use crate::transport::Doors;
use crate::transport::accept::{Facts, Taken};
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::response::Response;
use base64::Engine;
use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;
use portway_as2::certificate::Identity;
use portway_as2::header::{self, Name, Request, Wanted};
use portway_as2::mdn::{self, Condition, Disposition};
use portway_as2::open::Part;
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Silence a body may begin with.
const PATIENCE: Duration = Duration::from_secs(60);
/// Of a message that is not taken, this much is kept.
const KEPT: usize = 64 * 1024;
/// Messages that are not taken, kept in a minute; more are answered, and only counted in the log.
const JUNK_A_MINUTE: u32 = 120;

/// What the handlers share.
#[derive(Clone)]
pub struct Door {
    pub doors: Doors,
    junk: Arc<Mutex<(i64, u32)>>,
}

impl Door {
    pub fn new(doors: Doors) -> Door {
        Door { doors, junk: Arc::default() }
    }

    /// Whether one more message that is not taken may be kept this minute.
    fn room_for_junk(&self, now: Timestamp) -> bool {
        let minute = now.as_second() / 60;
        let mut junk = self.junk.lock().unwrap_or_else(PoisonError::into_inner);
        if junk.0 != minute {
            *junk = (minute, 0);
        }
        junk.1 += 1;
        junk.1 <= JUNK_A_MINUTE
    }
}

/// Any request at the door.
pub async fn any(State(door): State<Door>, request: HttpRequest) -> Response {
    match *request.method() {
        Method::POST => match post(&door, request).await {
            Ok(response) | Err(response) => response,
        },
        Method::HEAD | Method::GET => {
            plain(StatusCode::OK, "This is an AS2 address: messages come here by POST.")
        }
        _ => plain(StatusCode::METHOD_NOT_ALLOWED, "AS2 messages come by POST."),
    }
}

/// Who speaks to whom.
pub struct Parties {
    pub configuration: Arc<Configuration>,
    pub profile: Arc<PartnerProfile>,
    pub station: String,
    /// Our name and theirs.
    pub us: Name,
    pub them: Name,
    pub domain: String,
}

impl Parties {
    pub fn as2(&self) -> Result<&As2, Response> {
        self.profile.partner.as2.as_ref().ok_or_else(later)
    }

    fn identity(&self, now: Timestamp) -> Option<&Identity> {
        self.configuration.signing_identity(&self.station, now)
    }
}

async fn post(door: &Door, request: HttpRequest) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let fields = answer::fields(&parts.headers);
    let said = Request::read(&fields);
    let peer = parts.extensions.get::<Peer>().cloned();
    let remote = peer.as_ref().map(|peer| peer.address.to_string());
    let (Some(them), Some(us)) = (said.from.clone(), said.to.clone()) else {
        let faults: Vec<String> = said.faults.iter().map(ToString::to_string).collect();
        return Err(plain(
            StatusCode::BAD_REQUEST,
            &format!("This is no AS2 message: {}. Nothing was accepted.", faults.join("; ")),
        ));
    };
    let configuration = door.doors.profiles.current();
    let domain = domain(&configuration, &us);
    let Some((profile, station)) = configuration.as2_partner(them.as_str(), us.as_str()) else {
        return stranger(door, &configuration, &said, &them, &us, &domain, remote.as_deref(), &fields, body)
            .await;
    };
    let parties = Parties {
        station: station.to_owned(),
        profile: profile.clone(),
        configuration: configuration.clone(),
        us,
        them,
        domain,
    };
    let as2 = parties.as2()?;
    if parties.profile.partner.status == Status::Draft {
        return Err(plain(
            StatusCode::FORBIDDEN,
            "Your set-up here is a draft. Nothing was accepted; ask your contact to open it.",
        ));
    }
    admitted(as2, &parties, peer.as_ref(), &fields)?;
    let limit = configuration.gateway.limits.max_message_bytes;
    // Base64 and MIME need more room than what they carry.
    let wire = limit.saturating_add(limit / 2).saturating_add(KEPT as u64);
    let raw = body::receive(body, &door.doors.spool, wire, PATIENCE).await.map_err(|e| broken(&e))?;
    crate::fault::point("as2.body");
    if mdn::is_mdn(&fields, &beginning(&raw, 1024).map_err(|e| disk(&e))?) {
        return receipt::came(&door.doors, &parties, &fields, &raw).await;
    }
    let came = Came { fields, said, raw, remote };
    message(door, &parties, came).await
}

/// A message as it came.
struct Came {
    fields: Vec<(String, String)>,
    said: Request,
    raw: Spooled,
    remote: Option<String>,
}

/// What opening a message and signing its receipt came to.
struct Judged {
    verdict: Verdict,
    disposition: Disposition,
    receipt: Option<Receipt>,
    /// What is said to a message that came before, where the profile wants a new receipt for it.
    warning: Option<Receipt>,
}

async fn message(door: &Door, parties: &Parties, came: Came) -> Result<Response, Response> {
    let now = door.doors.clock.now();
    let partner = parties.profile.partner.id.clone();
    let Some(exchange) = came.said.message_id.clone() else {
        return Err(plain(StatusCode::BAD_REQUEST, "The Message-ID is missing. Nothing was accepted."));
    };
    let wanted = deliverable(parties, &came.said.wanted)?;
    let mut judged = judge(door, parties, &came, now).await?;
    crate::fault::point("as2.opened");
    if let (Wanted::Async { url, .. }, Some(receipt)) = (&wanted, &mut judged.receipt) {
        receipt.url = Some(url.clone());
    }
    let mut as2 = As2In {
        as2_from: parties.them.as_str().to_owned(),
        as2_to: parties.us.as_str().to_owned(),
        exchange: exchange.clone(),
        opened: judged.verdict.result.is_ok(),
        facts: judged.verdict.facts.clone(),
        mic: judged.verdict.mic.as_ref().map(|mic| (mic.digest.name().to_owned(), mic.base64())),
        mdn: match wanted {
            Wanted::None => Mdn::None,
            Wanted::Sync(_) => Mdn::Sync,
            Wanted::Async { .. } => Mdn::Async,
        },
        disposition: judged.disposition.to_string(),
        receipt: judged.receipt.clone(),
        raw: came.raw.in_memory().map(|bytes| bytes.to_vec()),
    };
    as2.facts["subject"] = came.said.subject.clone().into();
    as2.facts["product"] = came.said.product.clone().into();
    if came.said.wanted != wanted {
        as2.facts["receipt"] =
            "asked for at an address that mdn_urls does not name; it went into the reply".into();
        tracing::warn!(
            partner,
            "a receipt was asked for at an address that the profile's mdn_urls does not name: it goes into the reply"
        );
    }
    let content = match judged.verdict.result {
        Ok(content) => content,
        Err(refusal) => return refused(door, parties, &came, None, &as2, &refusal, now).await,
    };
    let key = format!("as2:{}\u{1f}{}\u{1f}{exchange}", as2.as2_from, as2.as2_to);
    let Content { edi: (part, bytes), beside } = content;
    let facts = Facts {
        transport: "as2",
        remote: came.remote.as_deref(),
        file_name: part.file_name.as_deref(),
        content_type: part.content_type.as_deref(),
        idempotency_key: Some(&key),
        as2: Some(&as2),
    };
    let taken = door.doors.take_with(&parties.profile, facts, bytes.clone(), attachments(beside)).await;
    let taken = taken.map_err(|e| unavailable(&e))?;
    crate::fault::point("as2.committed");
    match taken {
        Taken::New(id) => {
            tracing::info!(message_id = %id, partner, as2_message_id = exchange, "accepted over AS2");
            Ok(answered(door, &as2, id, false))
        }
        Taken::Replay(id) => replay(door, parties, as2, id, judged.warning).await,
        Taken::KeyConflict(id) => {
            let refusal = Refusal {
                condition: Condition::UnexpectedProcessingError,
                detail: format!(
                    "message {id} came under the same Message-ID with other content; ask {partner} which of the two counts"
                ),
                reason: "duplicate",
            };
            let disposition = Disposition::of(refusal.condition.clone());
            as2.receipt = sign(parties, &came.said, &disposition, judged.verdict.mic, now)?;
            as2.disposition = disposition.to_string();
            if let (Wanted::Async { url, .. }, Some(receipt)) = (&wanted, &mut as2.receipt) {
                receipt.url = Some(url.clone());
            }
            refused(door, parties, &came, Some(&bytes), &as2, &refusal, now).await
        }
    }
}

/// Opens, judges and signs, on one blocking thread.
async fn judge(door: &Door, parties: &Parties, came: &Came, now: Timestamp) -> Result<Judged, Response> {
    let as2 = parties.as2()?.clone();
    let configuration = parties.configuration.clone();
    let keys = Keys {
        configuration: configuration.clone(),
        station: parties.station.clone(),
        profile: parties.profile.clone(),
        requested: came.said.wanted.receipt().and_then(|receipt| receipt.digests.first().copied()),
        largest: configuration.gateway.limits.max_message_bytes,
    };
    let spool = door.doors.spool.clone();
    let (fields, raw, said) = (came.fields.clone(), came.raw.clone(), came.said.clone());
    let (us, them, domain) = (parties.us.clone(), parties.them.clone(), parties.domain.clone());
    let identity = parties.identity(now).cloned();
    let work = tokio::task::spawn_blocking(move || -> io::Result<Judged> {
        let verdict = opening::open(&fields, &raw, &keys, &as2, &spool, now)?;
        let unsupported = said.wanted.receipt().and_then(|receipt| receipt.unsupported.clone());
        let disposition = match (&verdict.result, unsupported) {
            (Err(refusal), _) => Disposition::of(refusal.condition.clone()),
            (Ok(_), Some(condition)) => Disposition::of(condition),
            (Ok(_), None) => Disposition::processed(),
        };
        let making = Making {
            request: &said,
            us: &us,
            them: &them,
            identity: identity.as_ref(),
            as2: Some(&as2),
            domain: &domain,
            now,
        };
        let receipt = answer::receipt(&making, &disposition, verdict.mic.as_ref())?;
        let warning = if as2.duplicate == DuplicateMessage::Warning && verdict.result.is_ok() {
            let duplicate = Disposition::of(Condition::DuplicateDocument);
            answer::receipt(&making, &duplicate, verdict.mic.as_ref())?
        } else {
            None
        };
        Ok(Judged { verdict, disposition, receipt, warning })
    });
    work.await.map_err(io::Error::other).and_then(|done| done).map_err(|e| disk(&e))
}

/// A receipt made again, once it is known what it must say.
fn sign(
    parties: &Parties,
    said: &Request,
    disposition: &Disposition,
    mic: Option<portway_as2::mic::Mic>,
    now: Timestamp,
) -> Result<Option<Receipt>, Response> {
    let as2 = parties.as2()?;
    let making = Making {
        request: said,
        us: &parties.us,
        them: &parties.them,
        identity: parties.identity(now),
        as2: Some(as2),
        domain: &parties.domain,
        now,
    };
    tokio::task::block_in_place(|| answer::receipt(&making, disposition, mic.as_ref())).map_err(|e| disk(&e))
}

/// The committed answer. A receipt that is wanted later is let go when this reply has ended.
fn answered(door: &Door, as2: &As2In, id: uuid::Uuid, again: bool) -> Response {
    match (&as2.receipt, as2.mdn) {
        (Some(receipt), Mdn::Sync) => reply(&receipt.fields, receipt.bytes.clone()),
        (Some(_), Mdn::Async) => {
            let doors = door.doors.clone();
            let end = futures_util::stream::once(async move {
                tokio::spawn(async move {
                    if let Err(error) = doors.ledger.release_receipt(id, again, doors.clock.now()).await {
                        tracing::warn!(%error, message_id = %id, "the receipt waits a few seconds more");
                    }
                });
                Ok::<_, std::convert::Infallible>(Bytes::new())
            });
            Response::new(Body::from_stream(end))
        }
        _ => Response::new(Body::empty()),
    }
}

/// A message that was processed before: the receipt it got then, or a new one that says so, as the profile has it.
async fn replay(
    door: &Door,
    parties: &Parties,
    mut as2: As2In,
    id: uuid::Uuid,
    warning: Option<Receipt>,
) -> Result<Response, Response> {
    tracing::info!(message_id = %id, partner = parties.profile.partner.id, "this AS2 message had come before; it is answered, not processed");
    if as2.mdn == Mdn::Async {
        return Ok(answered(door, &as2, id, true));
    }
    if let Some(warning) = warning {
        as2.receipt = Some(warning);
        return Ok(answered(door, &as2, id, true));
    }
    let stored = door.doors.ledger.as2_answer(id).await.map_err(|e| unavailable(&e))?;
    if let Some(stored) = stored.filter(|stored| !stored.bytes.is_empty()) {
        as2.receipt = as2.receipt.map(|_| Receipt { fields: stored.fields, bytes: stored.bytes, url: None });
    }
    Ok(answered(door, &as2, id, true))
}

async fn refused(
    door: &Door,
    parties: &Parties,
    came: &Came,
    opened: Option<&Spooled>,
    as2: &As2In,
    refusal: &Refusal,
    now: Timestamp,
) -> Result<Response, Response> {
    let partner = &parties.profile.partner.id;
    tracing::warn!(partner, condition = %refusal.condition, detail = refusal.detail, "an AS2 message was not taken");
    if !door.room_for_junk(now) {
        return Ok(unkept(as2));
    }
    let wire = beginning(&came.raw, KEPT).map_err(|e| disk(&e))?;
    let arrival = RefusedArrival {
        connection: Some(partner),
        remote: came.remote.as_deref(),
        file_name: None,
        content_type: header::field(&came.fields, "content-type").as_deref().map(str::to_owned),
        profile: Some(&parties.profile.hash),
        size: opened.unwrap_or(&came.raw).size,
        sha256: opened.unwrap_or(&came.raw).sha256,
        parts: match opened {
            Some(bytes) => Box::new(parts(bytes)),
            None => Box::new(std::iter::once(Ok(wire))),
        },
        reason: refusal.reason,
        detail: &refusal.detail,
        as2,
    };
    let raise = Raise {
        cause: format!("as2:{partner}:{}", refusal.condition),
        whose: Move::Partner,
        partner: Some(partner.clone()),
        title: format!("{partner}: an AS2 message could not be taken ({})", refusal.condition),
        detail: format!(
            "{}\nThe partner was told so in its receipt. Message-ID {}.\n\nLook at them:    portway message list --state quarantined --partner {partner}",
            refusal.detail, as2.exchange
        ),
        subject: None,
    };
    let coalesce = coalesce(&parties.configuration);
    let id =
        door.doors.ledger.refuse_as2(arrival, &raise, coalesce, now).await.map_err(|e| unavailable(&e))?;
    if as2.receipt.is_none() {
        let words = format!("The message was not accepted: {}.", refusal.condition);
        return Err(plain(StatusCode::BAD_REQUEST, &words));
    }
    Ok(answered(door, as2, id, false))
}

/// Too many of this kind came in this minute: the same answer, and nothing is kept. A receipt for later is not sent.
fn unkept(as2: &As2In) -> Response {
    match (&as2.receipt, as2.mdn) {
        (Some(receipt), Mdn::Sync) => reply(&receipt.fields, receipt.bytes.clone()),
        _ => plain(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many messages that cannot be opened. Nothing was accepted.",
        ),
    }
}

/// Two names without an agreement: a receipt that says so, and the beginning of what came.
#[allow(clippy::too_many_arguments)]
async fn stranger(
    door: &Door,
    configuration: &Configuration,
    said: &Request,
    them: &Name,
    us: &Name,
    domain: &str,
    remote: Option<&str>,
    fields: &[(String, String)],
    body: Body,
) -> Result<Response, Response> {
    let now = door.doors.clock.now();
    let raw = match body::receive(body, &door.doors.spool, KEPT as u64, PATIENCE).await {
        Ok(raw) => raw,
        // Its beginning is not worth the trouble.
        Err(BodyError::TooLarge { .. }) => Spooled::from_bytes(Bytes::new()),
        Err(error) => return Err(broken(&error)),
    };
    let detail = format!("there is no profile for AS2 messages from \"{them}\" to \"{us}\"");
    tracing::warn!(from = %them, to = %us, remote, "an AS2 message of a stranger");
    let station = configuration.gateway.stations().find(|(_, s)| s.as2.as_deref() == Some(us.as_str()));
    let identity = station.and_then(|(name, _)| configuration.signing_identity(name, now));
    let known = configuration
        .partners
        .values()
        .any(|p| p.partner.as2.as_ref().is_some_and(|as2| as2.id == them.as_str()));
    let condition = match (them == us, known) {
        (true, _) => Condition::SenderEqualsReceiver,
        (false, true) => Condition::UnknownTradingRelationship,
        (false, false) => Condition::UnknownTradingPartner,
    };
    let disposition = Disposition::of(condition);
    let making = Making { request: said, us, them, identity, as2: None, domain, now };
    let receipt =
        tokio::task::block_in_place(|| answer::receipt(&making, &disposition, None)).map_err(|e| disk(&e))?;
    let sync = matches!(said.wanted, Wanted::Sync(_)) && receipt.is_some();
    let as2 = As2In {
        as2_from: them.as_str().to_owned(),
        as2_to: us.as_str().to_owned(),
        exchange: said.message_id.clone().unwrap_or_default(),
        opened: false,
        facts: serde_json::json!({ "subject": said.subject, "product": said.product }),
        mic: None,
        // Nobody said that we may speak to the address it names.
        mdn: if sync { Mdn::Sync } else { Mdn::None },
        disposition: disposition.to_string(),
        receipt: receipt.filter(|_| sync),
        raw: None,
    };
    if !door.room_for_junk(now) {
        return Ok(unkept(&as2));
    }
    let arrival = RefusedArrival {
        connection: None,
        remote,
        file_name: None,
        content_type: header::field(fields, "content-type"),
        profile: None,
        size: raw.size,
        sha256: raw.sha256,
        parts: Box::new(std::iter::once(Ok(beginning(&raw, KEPT).map_err(|e| disk(&e))?))),
        reason: "unknown_partner",
        detail: &detail,
        as2: &as2,
    };
    let raise = Raise {
        cause: "as2:stranger".to_owned(),
        whose: Move::Us,
        partner: None,
        title: "AS2 messages came from a stranger".to_owned(),
        detail: format!(
            "{detail}. If it is a partner's: write its name into [as2] id, exactly as it stands here, and our name into the station's as2."
        ),
        subject: None,
    };
    let coalesce = coalesce(configuration);
    let id =
        door.doors.ledger.refuse_as2(arrival, &raise, coalesce, now).await.map_err(|e| unavailable(&e))?;
    if sync {
        Ok(answered(door, &as2, id, false))
    } else {
        Err(plain(
            StatusCode::FORBIDDEN,
            "We have no agreement under these two AS2 names. Nothing was accepted.",
        ))
    }
}

/// HTTP's own credentials, where the profile asks for some.
fn admitted(
    as2: &As2,
    parties: &Parties,
    peer: Option<&Peer>,
    fields: &[(String, String)],
) -> Result<(), Response> {
    if let Some(login) = &as2.login {
        let shown = header::field(fields, "authorization");
        let shown = shown
            .as_deref()
            .and_then(|value| value.split_once(' '))
            .filter(|(s, _)| s.eq_ignore_ascii_case("basic"));
        let decoded =
            shown.and_then(|(_, text)| base64::engine::general_purpose::STANDARD.decode(text.trim()).ok());
        let good = decoded
            .as_deref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok()?.split_once(':'))
            .is_some_and(|(user, password)| {
                // Compared as digests: the time says nothing about the password.
                user == login.username && <[u8; 32]>::from(Sha256::digest(password)) == login.password.0
            });
        if !good {
            return Err(plain(
                StatusCode::UNAUTHORIZED,
                "The user name or password is not the one we agreed on. Nothing was accepted.",
            ));
        }
    }
    if !as2.client_certificates.is_empty() {
        let shown = peer.and_then(|peer| peer.client_certificate.as_deref());
        let known = parties.profile.as2.as_ref().is_some_and(|as2| {
            shown.is_some_and(|shown| as2.client_certificates().iter().any(|pinned| pinned.as_ref() == shown))
        });
        if !known {
            return Err(plain(
                StatusCode::FORBIDDEN,
                "The TLS client certificate is not one we know of you. Nothing was accepted.",
            ));
        }
    }
    Ok(())
}

/// Where the receipt goes: into the reply if it was wanted at an address that the profile does not name.
fn deliverable(parties: &Parties, wanted: &Wanted) -> Result<Wanted, Response> {
    let Wanted::Async { url, receipt } = wanted else { return Ok(wanted.clone()) };
    let as2 = parties.as2()?;
    let allowed = if as2.mdn_urls.is_empty() {
        as2.url.iter().any(|known| receipt::same_origin(known, url))
    } else {
        as2.mdn_urls.iter().any(|prefix| receipt::below(prefix, url))
    };
    Ok(if allowed { wanted.clone() } else { Wanted::Sync(receipt.clone()) })
}

/// As the ledger keeps a payload.
fn parts(bytes: &Spooled) -> impl Iterator<Item = io::Result<Vec<u8>>> + Send + use<> {
    bytes.chunks(ledger::message::PART).map(|part| part.map(|bytes| bytes.to_vec()))
}

fn attachments(beside: Vec<(Part, Spooled)>) -> Vec<Attachment<'static>> {
    beside
        .into_iter()
        .map(|(part, bytes)| Attachment {
            file_name: part.file_name,
            content_type: part.content_type,
            size: bytes.size,
            sha256: bytes.sha256,
            parts: Box::new(parts(&bytes)),
        })
        .collect()
}

fn beginning(bytes: &Spooled, most: usize) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    bytes.reader()?.take(most as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// What our Message-IDs end in: the host of the door's address, else our AS2 name.
pub fn domain(configuration: &Configuration, us: &Name) -> String {
    let url = configuration.gateway.listen.as2.as_ref().and_then(|door| door.url.as_deref());
    let host =
        url.and_then(|url| reqwest::Url::parse(url).ok()).and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| us.as_str().to_ascii_lowercase())
}

pub fn coalesce(configuration: &Configuration) -> jiff::SignedDuration {
    let wait = configuration.gateway.alerts.coalesce.duration();
    jiff::SignedDuration::try_from(wait).unwrap_or(jiff::SignedDuration::from_secs(60))
}

pub fn unavailable(error: &ledger::Error) -> Response {
    tracing::warn!(%error, "answered 503");
    later()
}

fn disk(error: &io::Error) -> Response {
    tracing::error!(%error, "an AS2 message could not be worked on; answered 503");
    later()
}

fn later() -> Response {
    plain(
        StatusCode::SERVICE_UNAVAILABLE,
        "We cannot take it just now. Nothing was accepted: send the same again in a while.",
    )
}

fn broken(error: &BodyError) -> Response {
    let status = match error {
        BodyError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::Stalled => StatusCode::REQUEST_TIMEOUT,
        BodyError::Broken(_) => StatusCode::BAD_REQUEST,
        BodyError::Disk(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    plain(status, &format!("Nothing was accepted: {error}."))
}

/// Receipts are small: they are read into memory.
pub fn small(raw: &Spooled) -> Result<Vec<u8>, Response> {
    if raw.size > LONGEST_RECEIPT as u64 {
        return Err(plain(StatusCode::PAYLOAD_TOO_LARGE, "This receipt is too long."));
    }
    beginning(raw, LONGEST_RECEIPT).map_err(|e| disk(&e))
}
