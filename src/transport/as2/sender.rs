//! Our messages and receipts, to a partner's address.

use super::{LONGEST_RECEIPT, PRODUCT, door, receipt};
use crate::ledger::as2::{Expected, Fields, Freeze, Frozen, Mdn};
use crate::ledger::delivery::Due;
use crate::ledger::message::PART;
use crate::ledger::{self, Ledger, id};
use crate::net;
use crate::net::http::Answer;
use crate::net::outcome::Outcome;
use crate::net::spool::{Spool, Spooled};
use crate::net::tls::OwnCertificate;
use crate::profile::as2::{As2, Compress, MdnWanted, TransferEncoding};
use crate::profile::{Configuration, PartnerProfile};
use futures_util::stream;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use portway_as2::algorithm::Digest;
use portway_as2::certificate::{Certificate, Identity};
use portway_as2::cms::{EncryptOptions, SignOptions};
use portway_as2::header::{self, Name};
use portway_as2::mdn;
use portway_as2::open::Compression;
use portway_as2::seal::{self, Attachment, BodyEncoding, Scratch, Sealed, Sending};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// For connection and answer; larger messages have more.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes a second that a partner must take on average.
const SLOWEST: u64 = 256 * 1024;

/// Sends to partners; keeps one client each, for its connections, until the profile changes.
#[derive(Default)]
pub struct Sender(Mutex<HashMap<String, ([u8; 32], reqwest::Client)>>);

/// What one sending works with.
#[derive(Clone)]
pub struct Outgoing {
    pub ledger: Ledger,
    pub spool: Spool,
    pub configuration: Arc<Configuration>,
    pub profile: Arc<PartnerProfile>,
    pub now: Timestamp,
}

impl Sender {
    /// One try of one message. What the receipt says is written down before this returns.
    pub async fn send(&self, out: &Outgoing, due: &Due) -> Outcome {
        let partner = &out.profile.partner.id;
        let Some(as2) = out.profile.partner.as2.as_ref() else {
            return ours(format!("[as2] is gone from the profile {partner}; restore it"));
        };
        let Some(url) = &as2.url else {
            return ours(format!("[as2] url is gone from the profile {partner}; restore it"));
        };
        let mut frozen = match self.frozen(out, as2, due).await {
            Ok(frozen) => frozen,
            Err(why) => return ours(why),
        };
        crate::fault::point("as2.frozen");
        if frozen.accepted {
            return Outcome::Delivered { status: None, detail: "its receipt had come already".to_owned() };
        }
        if frozen.repeated && as2.interop.new_message_id {
            let renewed = header::message_id(&Uuid::now_v7().simple().to_string(), &domain(out));
            if let Err(error) = out.ledger.as2_new_exchange(due.subject, &renewed).await {
                return ours(error.to_string());
            }
            set(&mut frozen.fields, "Message-ID", &renewed);
            frozen.exchange = renewed;
        }
        let body = reqwest::Body::wrap_stream(payload(out.ledger.clone(), frozen.sealed));
        let answer = match self.exchange(out, as2, url, &frozen.fields, body, frozen.size).await {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        crate::fault::point("as2.answered");
        self.judge(out, as2, due, &frozen, answer).await
    }

    /// One try of a receipt that was wanted later.
    pub async fn send_receipt(&self, out: &Outgoing, due: &mut Due) -> Outcome {
        let partner = &out.profile.partner.id;
        let Some(as2) = out.profile.partner.as2.as_ref() else {
            return ours(format!("[as2] is gone from the profile {partner}; restore it"));
        };
        let (target, bytes) =
            match (out.ledger.as2_receipt_to_send(due.subject).await, out.ledger.payload_of(due).await) {
                (Ok(target), Ok(bytes)) => (target, bytes),
                (Err(error), _) | (_, Err(error)) => return ours(error.to_string()),
            };
        let Some((url, fields)) = target else {
            return ours("the receipt's address is not in the ledger".to_owned());
        };
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        match self.exchange(out, as2, &url, &fields, bytes.into(), size).await {
            Ok(answer) => answer.outcome(),
            Err(outcome) => outcome,
        }
    }

    async fn exchange(
        &self,
        out: &Outgoing,
        as2: &As2,
        url: &str,
        fields: &Fields,
        body: reqwest::Body,
        size: i64,
    ) -> Result<Answer, Outcome> {
        let client = self.client(out, as2).map_err(ours)?;
        let mut headers = headers(fields);
        // Always announced, never chunked: not every product reads chunks.
        headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
        if let (Some(user), Some(password)) = (&as2.username, &as2.password) {
            let password = password.resolve(&out.configuration.dir).map_err(|e| ours(e.to_string()))?;
            headers.insert(AUTHORIZATION, basic(user, password.expose_secret()).map_err(ours)?);
        }
        let timeout = TIMEOUT + Duration::from_secs(u64::try_from(size).unwrap_or(0) / SLOWEST);
        net::http::exchange(&client, url, headers, body, timeout, LONGEST_RECEIPT).await
    }

    async fn judge(&self, out: &Outgoing, as2: &As2, due: &Due, frozen: &Frozen, answer: Answer) -> Outcome {
        let start = &answer.body[..answer.body.len().min(1024)];
        if frozen.mdn == Mdn::None || !mdn::is_mdn(&answer.fields, start) {
            return self.unreceipted(out, as2, due, frozen, &answer).await;
        }
        let pinned = receipt::signers(&out.profile);
        let read = tokio::task::block_in_place(|| mdn::read(&answer.fields, &answer.body, pinned));
        let received = match read {
            Ok(received) => received,
            Err(why) => {
                let reason = format!("the receipt in the answer cannot be read: {why:?}");
                return Outcome::Uncertain { reason, status: Some(answer.status) };
            }
        };
        let expected = Expected { message: due.subject, mdn: frozen.mdn, mic: frozen.mic.clone() };
        let mut judgement = receipt::judge(&received, Some(&expected), as2.mdn_signed, frozen.repeated);
        if judgement.exchange != frozen.exchange {
            let reason = format!("the receipt in the answer is for another message, {}", judgement.exchange);
            return Outcome::Uncertain { reason, status: Some(answer.status) };
        }
        // It came as the answer to our own request: who else could have written it?
        judgement.forgeable = false;
        let names = (as2.id.as_str(), us(out));
        let when = (door::coalesce(&out.configuration), out.now);
        let written = receipt::settle(
            &out.ledger,
            &out.profile,
            names,
            Some(&expected),
            &judgement,
            answer.body.clone(),
            when,
        )
        .await;
        if let Err(error) = written {
            let reason = format!("the receipt could not be written down: {error}");
            return Outcome::Uncertain { reason, status: Some(answer.status) };
        }
        let status = Some(answer.status);
        match (judgement.word, judgement.temporary) {
            ("rejected", true) => Outcome::Deferred { reason: judgement.detail, retry_after: None, status },
            ("rejected", false) => Outcome::Refused { reason: judgement.detail, status },
            _ => Outcome::Delivered { status, detail: judgement.detail },
        }
    }

    /// An answer without a receipt.
    async fn unreceipted(
        &self,
        out: &Outgoing,
        as2: &As2,
        due: &Due,
        frozen: &Frozen,
        answer: &Answer,
    ) -> Outcome {
        let outcome = answer.outcome();
        if !matches!(outcome, Outcome::Delivered { .. }) {
            return outcome;
        }
        match frozen.mdn {
            Mdn::None => outcome,
            Mdn::Sync => Outcome::Uncertain {
                reason: format!("they answered {} without the receipt that we asked for", answer.status),
                status: Some(answer.status),
            },
            Mdn::Async => {
                let wait =
                    SignedDuration::try_from(as2.mdn_due.duration()).unwrap_or(SignedDuration::from_hours(1));
                let until = out.now.checked_add(wait).unwrap_or(out.now);
                match out.ledger.receipt_due(due.subject, until).await {
                    Ok(()) => outcome,
                    Err(error) => {
                        Outcome::Uncertain { reason: error.to_string(), status: Some(answer.status) }
                    }
                }
            }
        }
    }

    fn client(&self, out: &Outgoing, as2: &As2) -> Result<reqwest::Client, String> {
        let partner = &out.profile.partner.id;
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match clients.get(partner) {
            Some((hash, client)) if *hash == out.profile.hash => Ok(client.clone()),
            _ => {
                let ca = as2.ca.as_ref().map(|ca| out.configuration.path(ca));
                let own = if as2.tls_certificate { Some(own_certificate(out)?) } else { None };
                let client = net::http::client_as(ca.as_deref(), own, TIMEOUT).map_err(|e| e.to_string())?;
                clients.insert(partner.clone(), (out.profile.hash, client.clone()));
                Ok(client)
            }
        }
    }

    /// The frozen form: of an earlier try, or made now.
    async fn frozen(&self, out: &Outgoing, as2: &As2, due: &Due) -> Result<Frozen, String> {
        let stored = out.ledger.as2_frozen(due.subject).await.map_err(|e| e.to_string())?;
        if let Some(frozen) = stored {
            return Ok(frozen);
        }
        let content = content(out, due.subject).await.map_err(|e| e.to_string())?;
        let packing = Packing::of(out, as2, due)?;
        let (fields, exchange, mdn, facts) =
            (packing.fields.clone(), packing.exchange.clone(), packing.mdn, packing.facts.clone());
        let spool = out.spool.clone();
        let (sealed, bytes) = tokio::task::spawn_blocking(move || packing.pack(&content, &spool))
            .await
            .map_err(|e| e.to_string())?
            .map_err(|e| format!("the message cannot be packed: {e}"))?;
        let mut all = fields;
        all.extend(sealed.fields);
        let mut parts = bytes.chunks(PART).map(|part| part.map(|bytes| bytes.to_vec()));
        let freeze = Freeze {
            as2_from: us(out),
            as2_to: &as2.id,
            exchange: &exchange,
            facts,
            mic: (mdn != Mdn::None).then(|| (sealed.mic.digest.name().to_owned(), sealed.mic.base64())),
            mdn,
            fields: all,
            size: bytes.size,
            parts: &mut parts,
        };
        out.ledger.freeze_as2(due.subject, freeze, out.now).await.map_err(|e| e.to_string())
    }
}

/// How one message is packed.
struct Packing {
    file_name: String,
    compress: Option<Compression>,
    sign: Option<(Identity, SignOptions)>,
    encrypt: Option<(Vec<Certificate>, EncryptOptions)>,
    interop: crate::profile::as2::Interop,
    fields: Fields,
    exchange: String,
    mdn: Mdn,
    facts: serde_json::Value,
}

impl Packing {
    fn of(out: &Outgoing, as2: &As2, due: &Due) -> Result<Packing, String> {
        let partner = &out.profile.partner.id;
        let (station, _) = out
            .configuration
            .station_of(&out.profile)
            .ok_or_else(|| format!("the station of {partner} is gone from gateway.toml"))?;
        let mut facts = json!({});
        let sign = match as2.sign.digest() {
            None => None,
            Some(digest) => {
                let identity = out.configuration.signing_identity(station, out.now).ok_or_else(|| {
                    format!("station {station} has no key to sign with; portway cert new --station {station}")
                })?;
                facts["signed"] = digest.name().into();
                facts["signer"] = identity.certificate().fingerprint().into();
                let options = SignOptions {
                    digest,
                    scheme: as2.signature.scheme(),
                    algorithm_protection: !as2.interop.no_algorithm_protection,
                    certificate_included: true,
                    signing_time: Some(out.now.as_second()),
                };
                Some((identity.clone(), options))
            }
        };
        let encrypt = match as2.encrypt.cipher() {
            None => None,
            Some(cipher) => {
                let to =
                    out.profile.as2.as_ref().and_then(|as2| as2.encrypt_to(out.now)).ok_or_else(|| {
                        format!(
                            "there is no certificate of {partner} to encrypt to; add it to [as2] certificates"
                        )
                    })?;
                facts["encrypted"] = cipher.name().into();
                facts["recipient"] = to.fingerprint().into();
                Some((vec![to.clone()], EncryptOptions { cipher, transport: as2.key_transport.transport() }))
            }
        };
        let compress = match as2.compress {
            Compress::None => None,
            Compress::BeforeSigning => Some(Compression::BeforeSigning),
            Compress::AfterSigning => Some(Compression::AfterSigning),
        };
        if compress.is_some() {
            facts["compressed"] = true.into();
        }
        let exchange = header::message_id(&id_text(due.subject), &domain(out));
        let mdn = match as2.mdn {
            MdnWanted::Sync => Mdn::Sync,
            MdnWanted::Async => Mdn::Async,
            MdnWanted::None => Mdn::None,
        };
        Ok(Packing {
            file_name: due.file_name.clone().unwrap_or_else(|| format!("{}.edi", due.subject)),
            compress,
            sign,
            encrypt,
            interop: as2.interop.clone(),
            fields: fields(out, as2, &exchange, mdn)?,
            exchange,
            mdn,
            facts,
        })
    }

    /// Blocking: as long as the cryptography takes.
    fn pack(self, content: &Spooled, spool: &Spool) -> io::Result<(Sealed, Spooled)> {
        let encoding = |encoding| match encoding {
            TransferEncoding::Binary => BodyEncoding::Binary,
            TransferEncoding::Base64 => BodyEncoding::Base64,
        };
        let sending = Sending {
            compress: self.compress,
            sign: self.sign.as_ref().map(|(identity, options)| (identity, *options)),
            encrypt: self.encrypt.as_ref().map(|(to, options)| (to.as_slice(), *options)),
            payload_encoding: encoding(self.interop.signed_part),
            layer_encoding: encoding(self.interop.body),
            quoted_file_names: !self.interop.no_file_name_quotes,
            old_digest_names: self.interop.old_digest_names,
            mic: None,
        };
        let mut start = Vec::new();
        content.reader()?.take(64).read_to_end(&mut start)?;
        let mut reader = content.reader()?;
        let parts = vec![Attachment {
            content_type: content_type(&start),
            file_name: Some(&self.file_name),
            content: &mut reader,
            length: content.size,
        }];
        let mut out = spool.writer(u64::MAX);
        let mut scratch = || -> io::Result<Box<dyn Scratch>> { Ok(Box::new(spool.scratch())) };
        let sealed = seal::seal(parts, &sending, &mut scratch, &mut out)?;
        Ok((sealed, out.finish_blocking().map_err(io::Error::other)?))
    }
}

/// By the standard (RFC 1767): what the payload begins with.
fn content_type(start: &[u8]) -> &'static str {
    let start = start.trim_ascii_start();
    match start {
        [b'I', b'S', b'A', ..] => "application/edi-x12",
        [b'U', b'N', b'A' | b'B', ..] => "application/edifact",
        [b'<', ..] => "application/xml",
        _ => "application/octet-stream",
    }
}

/// The fields beside MIME's own (RFC 4130 sections 6 and 7).
fn fields(out: &Outgoing, as2: &As2, exchange: &str, mdn: Mdn) -> Result<Fields, String> {
    let name = |name: &str| Name::new(name).map(|name| name.field()).map_err(|fault| fault.to_string());
    let mut fields = vec![
        ("AS2-From".to_owned(), name(us(out))?),
        ("AS2-To".to_owned(), name(&as2.id)?),
        ("AS2-Version".to_owned(), as2.version.text().to_owned()),
        ("Message-ID".to_owned(), exchange.to_owned()),
        ("Date".to_owned(), header::date(out.now.as_second())),
        ("Subject".to_owned(), as2.subject.clone().unwrap_or_else(|| "EDI message".to_owned())),
        ("AS2-Product".to_owned(), PRODUCT.to_owned()),
        ("EDIINT-Features".to_owned(), "multiple-attachments".to_owned()),
    ];
    if mdn != Mdn::None {
        fields.push(("Disposition-Notification-To".to_owned(), format!("edi@{}", domain(out))));
        if as2.mdn_signed {
            let digest = as2.sign.digest().unwrap_or(Digest::Sha256);
            let options = header::notification_options(&[digest], as2.interop.old_digest_names);
            fields.push(("Disposition-Notification-Options".to_owned(), options));
        }
    }
    if mdn == Mdn::Async {
        let door = out.configuration.gateway.listen.as2.as_ref().and_then(|door| door.url.as_deref());
        let url = door.ok_or("[listen.as2] url is missing: receipts that come later need an address")?;
        fields.push(("Receipt-Delivery-Option".to_owned(), url.to_owned()));
    }
    Ok(fields)
}

/// The payload of a frozen message, part by part.
fn payload(ledger: Ledger, owner: Uuid) -> impl futures_util::Stream<Item = ledger::Result<Vec<u8>>> {
    stream::try_unfold((ledger, 0), move |(ledger, part)| async move {
        let bytes = ledger.payload_part(owner, part).await?;
        Ok(bytes.map(|bytes| (bytes, (ledger, part + 1))))
    })
}

/// The EDI, from the ledger into the spool.
async fn content(out: &Outgoing, message: Uuid) -> Result<Spooled, String> {
    let mut writer = out.spool.writer(u64::MAX);
    let mut part = 0;
    while let Some(bytes) = out.ledger.payload_part(message, part).await.map_err(|e| e.to_string())? {
        writer.write(&bytes).await.map_err(|e| e.to_string())?;
        part += 1;
    }
    writer.finish().await.map_err(|e| e.to_string())
}

fn us(out: &Outgoing) -> &str {
    out.configuration.station_of(&out.profile).and_then(|(_, s)| s.as2.as_deref()).unwrap_or_default()
}

fn domain(out: &Outgoing) -> String {
    Name::new(us(out)).map_or_else(|_| "localhost".to_owned(), |us| door::domain(&out.configuration, &us))
}

/// The Message-ID is made from the message's own id: a second worker would make the same one.
fn id_text(message: Uuid) -> String {
    id::derive(message, "as2", 0).simple().to_string()
}

fn own_certificate(out: &Outgoing) -> Result<OwnCertificate, String> {
    let (station, _) =
        out.configuration.station_of(&out.profile).ok_or("the station is gone from gateway.toml")?;
    let identity = out
        .configuration
        .signing_identity(station, out.now)
        .ok_or_else(|| format!("station {station} has no key to show as a TLS client"))?;
    let pem = identity.key().to_pem(None).map_err(|e| e.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|e| e.to_string())?;
    Ok(OwnCertificate { chain: vec![identity.certificate().der().to_vec().into()], key })
}

fn headers(fields: &Fields) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::from_bytes(value.as_bytes()))
        {
            headers.append(name, value);
        }
    }
    headers
}

fn set(fields: &mut Fields, name: &str, value: &str) {
    for (known, old) in fields.iter_mut() {
        if known.eq_ignore_ascii_case(name) {
            value.clone_into(old);
        }
    }
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, String> {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    let mut value = HeaderValue::from_str(&format!("Basic {text}")).map_err(|e| e.to_string())?;
    value.set_sensitive(true);
    Ok(value)
}

/// Ours to mend; nothing left us.
fn ours(reason: String) -> Outcome {
    Outcome::Deferred { reason, retry_after: None, status: None }
}
