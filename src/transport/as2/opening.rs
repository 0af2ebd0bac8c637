//! A spooled message is opened, on a blocking thread: what is in it, how it was packed, whether that is safe enough.

use crate::net::spool::{Spool, SpoolWriter, Spooled};
use crate::profile::as2::{As2, MicBy};
use crate::profile::{Configuration, PartnerProfile};
use jiff::Timestamp;
use portway_as2::algorithm::{Cipher, Digest};
use portway_as2::certificate::Certificate;
use portway_as2::header::Fields;
use portway_as2::mdn::Condition;
use portway_as2::mic::Mic;
use portway_as2::open::{self, Limits, Opened, Outcome, Part, Receiving, Refused, Sink, Why};
use serde_json::json;
use std::io::{self, Read};
use std::sync::Arc;

/// Compressed data may grow to the largest message and this much more, for its MIME headers.
const HEADERS: u64 = 64 * 1024;

/// What a message is opened with.
pub struct Keys {
    pub configuration: Arc<Configuration>,
    pub station: String,
    pub profile: Arc<PartnerProfile>,
    /// What the requested receipt prefers for its MIC.
    pub requested: Option<Digest>,
    pub largest: u64,
}

/// A message that came to its end, this way or that.
pub struct Verdict {
    pub result: Result<Content, Refusal>,
    pub mic: Option<Mic>,
    /// How it was packed, for people and for the ledger.
    pub facts: serde_json::Value,
}

/// What was inside: the EDI, and what came beside it (RFC 6362). EDI in several parts is one message, in their order.
pub struct Content {
    pub edi: (Part, Spooled),
    pub beside: Vec<(Part, Spooled)>,
}

impl Content {
    fn of(parts: Vec<(Part, Spooled)>, spool: &Spool, largest: u64) -> io::Result<Option<Content>> {
        let (mut edi, mut beside) = (Vec::new(), Vec::new());
        for (part, bytes) in parts {
            if is_edi(&bytes)? { edi.push((part, bytes)) } else { beside.push((part, bytes)) }
        }
        if edi.is_empty() && !beside.is_empty() {
            edi.push(beside.remove(0));
        }
        let mut edi = edi.into_iter();
        let Some((part, mut bytes)) = edi.next().filter(|(_, bytes)| bytes.size > 0) else { return Ok(None) };
        for (_, more) in edi {
            let joined = bytes.reader()?.chain(more.reader()?);
            bytes = spool.read_from(joined, largest).map_err(io::Error::other)?;
        }
        Ok(Some(Content { edi: (part, bytes), beside }))
    }
}

fn is_edi(bytes: &Spooled) -> io::Result<bool> {
    let mut start = Vec::new();
    bytes.reader()?.take(64).read_to_end(&mut start)?;
    let start = start.trim_ascii_start();
    Ok([b"ISA", b"UNA", b"UNB"].iter().any(|tag| start.starts_with(&tag[..])))
}

/// Why it is not taken.
#[derive(Debug)]
pub struct Refusal {
    pub condition: Condition,
    /// For our own people; the partner hears the condition only.
    pub detail: String,
    /// The ledger's word.
    pub reason: &'static str,
}

struct Parts<'a> {
    spool: &'a Spool,
    largest: u64,
    open: Vec<(Part, SpoolWriter)>,
}

impl Sink for Parts<'_> {
    fn begin(&mut self, part: &Part) -> io::Result<()> {
        self.open.push((part.clone(), self.spool.writer(self.largest)));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.open.last_mut() {
            Some((_, writer)) => writer.write_blocking(bytes).map_err(io::Error::other),
            None => Ok(()),
        }
    }
}

/// Opens `body` and judges the result by the profile. Blocking.
///
/// # Errors
/// The spool's: ours to mend, and nothing is answered but "later".
pub fn open(
    fields: &Fields,
    body: &Spooled,
    keys: &Keys,
    as2: &As2,
    spool: &Spool,
    now: Timestamp,
) -> io::Result<Verdict> {
    let identities = keys.configuration.decrypting(&keys.station);
    let signers = keys.profile.as2.as_ref().map(|as2| as2.signers()).unwrap_or_default();
    let mut again = None;
    loop {
        let mut sink = Parts { spool, largest: keys.largest, open: Vec::new() };
        let receiving = Receiving {
            identities,
            signers,
            requested: keys.requested,
            again,
            mic_by: match as2.mic {
                MicBy::Signature => open::MicBy::Signature,
                MicBy::Requested => open::MicBy::Requested,
            },
            canonical: as2.interop.canonical_mic,
            limits: Limits {
                payload: keys.largest,
                inflated: keys.largest.saturating_add(HEADERS),
                ..Limits::default()
            },
        };
        match open::open(fields, &mut *body.reader()?, &receiving, &mut sink)? {
            Outcome::Again(digest) if again.is_none() => again = Some(digest),
            Outcome::Again(digest) => {
                return Ok(refused_for(
                    Condition::UnexpectedProcessingError,
                    format!("the digest {digest} was asked for twice"),
                ));
            }
            Outcome::Refused(refused) => return Ok(not_opened(&refused)),
            Outcome::Opened(opened) => {
                let facts = facts(&opened, signers);
                let mic = Some(opened.mic.clone());
                if let Some(refusal) = unsafe_for(&opened, signers, as2, now) {
                    return Ok(Verdict { result: Err(refusal), mic, facts });
                }
                let mut parts = Vec::with_capacity(sink.open.len());
                for (described, (_, writer)) in opened.parts.into_iter().zip(sink.open) {
                    parts.push((described, writer.finish_blocking().map_err(io::Error::other)?));
                }
                let result = Content::of(parts, spool, keys.largest)?.ok_or_else(|| Refusal {
                    condition: Condition::UnexpectedProcessingError,
                    detail: "there is nothing in it".to_owned(),
                    reason: "unparseable",
                });
                return Ok(Verdict { result, mic, facts });
            }
        }
    }
}

fn refused_for(condition: Condition, detail: String) -> Verdict {
    Verdict { result: Err(Refusal { condition, detail, reason: "unparseable" }), mic: None, facts: json!({}) }
}

fn not_opened(refused: &Refused) -> Verdict {
    let (condition, reason) = match refused.why {
        Why::DecryptionFailed => (Condition::DecryptionFailed, "decrypt"),
        Why::AuthenticationFailed => (Condition::AuthenticationFailed, "signature"),
        Why::IntegrityCheckFailed => (Condition::IntegrityCheckFailed, "signature"),
        Why::DecompressionFailed => (Condition::DecompressionFailed, "unparseable"),
        Why::TooLarge => (Condition::UnexpectedProcessingError, "too_large"),
        Why::Malformed => (Condition::UnexpectedProcessingError, "unparseable"),
        // `failed/failure: unsupported format` speaks of the receipt that was asked for (RFC 4130 section 7.5.3).
        Why::UnsupportedFormat => (Condition::UnexpectedProcessingError, "unparseable"),
    };
    let mut facts = json!({});
    if let Some(encrypted) = refused.encrypted {
        facts["encrypted"] = encrypted.cipher.name().into();
    }
    Verdict {
        result: Err(Refusal { condition, detail: refused.detail.clone(), reason }),
        mic: refused.mic.clone(),
        facts,
    }
}

/// The profile's policy, on what the message turned out to be.
fn unsafe_for(opened: &Opened, signers: &[Certificate], as2: &As2, now: Timestamp) -> Option<Refusal> {
    let refuse = |condition, detail: String| Some(Refusal { condition, detail, reason: "signature" });
    if opened.encrypted.is_none() && !as2.accept_unencrypted {
        let detail = "it was not encrypted, and the profile does not say accept_unencrypted = true";
        return refuse(Condition::InsufficientMessageSecurity, detail.to_owned());
    }
    let weak = opened.encrypted.is_some_and(|encrypted| encrypted.cipher == Cipher::TripleDes);
    if weak && !as2.accept_3des {
        let detail = "it was encrypted with 3DES, and the profile does not say accept_3des = true";
        return refuse(Condition::InsufficientMessageSecurity, detail.to_owned());
    }
    let Some(signature) = &opened.signed else {
        if as2.accept_unsigned {
            return None;
        }
        let detail = "it was not signed, and the profile does not say accept_unsigned = true";
        return refuse(Condition::InsufficientMessageSecurity, detail.to_owned());
    };
    let signer = signers.get(signature.signer)?;
    let seconds = now.as_second();
    if as2.accept_expired || (signer.not_before() <= seconds && seconds <= signer.not_after()) {
        return None;
    }
    let detail = format!(
        "it is signed with {} ({}), which is not valid today; get their new certificate, or say accept_expired = true for a while",
        signer.subject(),
        signer.fingerprint()
    );
    refuse(Condition::AuthenticationFailed, detail)
}

fn facts(opened: &Opened, signers: &[Certificate]) -> serde_json::Value {
    let mut facts = json!({});
    if let Some(encrypted) = opened.encrypted {
        facts["encrypted"] = encrypted.cipher.name().into();
        facts["key_transport"] = format!("{:?}", encrypted.transport).to_lowercase().into();
    }
    if let Some(signature) = &opened.signed {
        facts["signed"] = signature.digest.name().into();
        facts["scheme"] = format!("{:?}", signature.scheme).to_lowercase().into();
        if let Some(signer) = signers.get(signature.signer) {
            if signer.key_description().starts_with("EC ") {
                facts["scheme"] = "ecdsa".into();
            }
            facts["signer"] = json!({ "subject": signer.subject(), "sha256": signer.fingerprint() });
        }
    }
    if let Some(compressed) = opened.compressed {
        facts["compressed"] = match compressed {
            open::Compression::BeforeSigning => "before-signing",
            open::Compression::AfterSigning => "after-signing",
        }
        .into();
    }
    if !opened.notes.is_empty() {
        facts["notes"] = opened.notes.iter().map(|note| format!("{note:?}")).collect::<Vec<_>>().into();
    }
    facts
}
