//! Receipts that come: in the answer to what we sent, or later at our door. Judged against what was sent, and written down.

use super::answer::plain;
use super::door::{self, Parties};
use crate::ledger::alert::{Move, Raise};
use crate::ledger::as2::{Expected, Matched, MicText, ReceiptCame};
use crate::ledger::{self, Ledger};
use crate::net::spool::Spooled;
use crate::profile::PartnerProfile;
use crate::transport::Doors;
use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use portway_as2::algorithm::Digest;
use portway_as2::certificate::Certificate;
use portway_as2::mdn::{self, Condition, Disposition, Received, Verdict};
use portway_as2::mic::Mic;

/// What a receipt says, and what we make of it.
pub struct Judgement {
    /// The Message-ID it is for, in brackets.
    pub exchange: String,
    pub signed: bool,
    pub disposition: String,
    /// `accepted`, `accepted_with_errors`, `rejected`.
    pub word: &'static str,
    /// In words.
    pub detail: String,
    /// A later try may end otherwise.
    pub temporary: bool,
    /// Whether anybody could have written it.
    pub forgeable: bool,
}

/// Holds a receipt against what was sent. Blocking, short.
pub fn judge(
    received: &Received,
    expected: Option<&Expected>,
    signature_required: bool,
    repeated: bool,
) -> Judgement {
    let exchange = bracketed(received.mdn.original_message_id.as_deref().unwrap_or_default());
    let disposition = &received.mdn.disposition;
    let mics: Vec<Mic> = expected.and_then(|e| e.mic.as_ref()).and_then(mic_of).into_iter().collect();
    let verdict = mdn::judge(
        received,
        &mdn::Expected { message_id: &exchange, mics: &mics, signature_required, repeated },
    );
    let mut judgement = Judgement {
        exchange: exchange.clone(),
        signed: !matches!(received.signed, mdn::Signed::No),
        disposition: disposition.to_string(),
        word: "accepted",
        detail: disposition.to_string(),
        temporary: false,
        forgeable: false,
    };
    judgement.apply(&verdict);
    if !received.mdn.text.trim().is_empty() && judgement.word == "rejected" {
        let said: String = received.mdn.text.trim().chars().take(200).collect();
        judgement.detail = format!("{}. They say: {said}", judgement.detail);
    }
    judgement
}

impl Judgement {
    fn apply(&mut self, verdict: &Verdict) {
        let mut say = |word, detail: String| (self.word, self.detail) = (word, detail);
        match verdict {
            Verdict::Accepted => {}
            Verdict::AcceptedDuplicate => {
                say("accepted", format!("{}: an earlier try of ours had arrived", self.disposition.clone()));
            }
            Verdict::Warning(disposition) => say("accepted_with_errors", disposition.to_string()),
            Verdict::Rejected(disposition) => {
                say("rejected", disposition.to_string());
                self.temporary = is_temporary(disposition);
            }
            Verdict::WrongMic(mic) => say(
                "rejected",
                format!(
                    "they received other bytes than we sent: their MIC is {mic}; ask for their log of this message"
                ),
            ),
            Verdict::NoMic => say(
                "accepted_with_errors",
                "processed, but without a MIC that we could compare: what they received is not proven"
                    .to_owned(),
            ),
            Verdict::Unsigned(inside) => {
                self.apply(inside);
                self.forgeable = true;
                if self.word == "accepted" {
                    self.word = "accepted_with_errors";
                }
                self.detail = format!("{}; it is not signed, though we asked for that", self.detail);
            }
            Verdict::BadSignature(_) => {
                say(
                    "rejected",
                    "its signature is not by a certificate that we have of them, so it proves nothing; ask for their current one".to_owned(),
                );
                self.forgeable = true;
            }
            Verdict::OtherMessage(id) => {
                let id = id.as_deref().unwrap_or("without a Message-ID");
                say("rejected", format!("it is for another message, {id}"));
                self.temporary = true;
            }
        }
    }
}

/// Refusals that the other side may mend without a new message.
fn is_temporary(disposition: &Disposition) -> bool {
    disposition.modifier.as_ref().is_some_and(|m| m.condition == Condition::UnexpectedProcessingError)
}

fn mic_of((digest, value): &MicText) -> Option<Mic> {
    Some(Mic { digest: Digest::named(digest)?, value: STANDARD.decode(value).ok()? })
}

/// As we send Message-IDs: in brackets, whatever they made of it.
fn bracketed(id: &str) -> String {
    let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
    format!("<{bare}>")
}

/// Writes a judged receipt down. Operators hear of refusals.
pub async fn settle(
    ledger: &Ledger,
    profile: &PartnerProfile,
    (from, to): (&str, &str),
    expected: Option<&Expected>,
    judgement: &Judgement,
    bytes: Vec<u8>,
    (coalesce, now): (SignedDuration, Timestamp),
) -> ledger::Result<Matched> {
    let partner = &profile.partner.id;
    let raise = (judgement.word != "accepted" && !judgement.temporary).then(|| Raise {
        cause: format!("as2:{partner}:receipt:{}", judgement.word),
        whose: Move::Partner,
        partner: Some(partner.clone()),
        title: match judgement.word {
            "rejected" => format!("{partner}: a message of ours was refused by its receipt"),
            _ => format!("{partner}: a receipt has something to say"),
        },
        detail: format!(
            "{}\nMessage-ID {}.\n\nLook at it:      portway message show {}",
            judgement.detail,
            judgement.exchange,
            expected.map(|e| e.message.to_string()).unwrap_or_default()
        ),
        subject: expected.map(|e| e.message),
    });
    let came = ReceiptCame {
        as2_from: from,
        as2_to: to,
        exchange: &judgement.exchange,
        message: expected.map(|e| e.message),
        verdict: judgement.word,
        signed: judgement.signed,
        disposition: &judgement.disposition,
        detail: &judgement.detail,
        settles: !judgement.temporary && !judgement.forgeable,
        bytes,
    };
    let matched = ledger.receive_receipt(came, raise.as_ref().map(|raise| (raise, coalesce)), now).await?;
    tracing::info!(
        partner,
        as2_message_id = judgement.exchange,
        verdict = judgement.word,
        ?matched,
        detail = judgement.detail,
        "a receipt came"
    );
    if matched == Matched::Late && judgement.word != "rejected" {
        ledger.recover(&overdue_cause(partner), now).await?;
    }
    Ok(matched)
}

pub fn overdue_cause(partner: &str) -> String {
    format!("partner:{partner}:receipt-overdue")
}

/// A receipt at our door.
pub(super) async fn came(
    doors: &Doors,
    parties: &Parties,
    fields: &[(String, String)],
    raw: &Spooled,
) -> Result<Response, Response> {
    let bytes = door::small(raw)?;
    let pinned = signers(&parties.profile);
    let received = mdn::read(fields, &bytes, pinned)
        .map_err(|why| plain(StatusCode::BAD_REQUEST, &format!("This receipt cannot be read: {why:?}.")))?;
    let (them, us) = (parties.them.as_str(), parties.us.as_str());
    let exchange = bracketed(received.mdn.original_message_id.as_deref().unwrap_or_default());
    let expected =
        doors.ledger.receipt_expected(&exchange, them, us).await.map_err(|e| door::unavailable(&e))?;
    let as2 = parties.as2()?;
    let mut judgement = judge(&received, expected.as_ref(), as2.mdn_signed, true);
    // Whoever had to log in to get here could have signed it as well.
    if judgement.word != "rejected" && (as2.login.is_some() || !as2.client_certificates.is_empty()) {
        judgement.forgeable = false;
    }
    let when = (door::coalesce(&parties.configuration), doors.clock.now());
    settle(&doors.ledger, &parties.profile, (them, us), expected.as_ref(), &judgement, bytes, when)
        .await
        .map_err(|e| door::unavailable(&e))?;
    crate::fault::point("as2.receipt");
    Ok(Response::new(Body::empty()))
}

pub fn signers(profile: &PartnerProfile) -> &[Certificate] {
    profile.as2.as_ref().map(|as2| as2.signers()).unwrap_or_default()
}

/// Scheme, host and port are the same.
pub fn same_origin(one: &str, other: &str) -> bool {
    match (reqwest::Url::parse(one), reqwest::Url::parse(other)) {
        (Ok(one), Ok(other)) => one.has_host() && one.origin() == other.origin() && plain_authority(&other),
        _ => false,
    }
}

/// The same origin, and a path at or below the prefix's. The query is theirs.
pub fn below(prefix: &str, url: &str) -> bool {
    let (Ok(prefix_url), Ok(asked)) = (reqwest::Url::parse(prefix), reqwest::Url::parse(url)) else {
        return false;
    };
    let base = prefix_url.path().trim_end_matches('/');
    same_origin(prefix, url)
        && asked.path().strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// No user name hides where it really goes.
fn plain_authority(url: &reqwest::Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_go_to_named_places_only() {
        let known = "https://as2.acme.example/receive";
        assert!(same_origin(known, "https://as2.acme.example:443/mdn?id=1"));
        for other in [
            "http://as2.acme.example/mdn",
            "https://as2.acme.example:8443/mdn",
            "https://as2.acme.example.evil.example/",
            "https://as2.acme.example@evil.example/",
            "https://user@as2.acme.example/",
            "file:///etc/passwd",
            "/mdn",
        ] {
            assert!(!same_origin(known, other), "{other}");
        }
        assert!(below("https://as2.acme.example/mdn", "https://as2.acme.example/mdn?x=1"));
        assert!(below("https://as2.acme.example/mdn/", "https://as2.acme.example/mdn/7"));
        assert!(!below("https://as2.acme.example/mdn", "https://as2.acme.example/mdnx"));
        assert!(!below("https://as2.acme.example/mdn", "https://as2.acme.example/mdn/../admin"));
    }

    #[test]
    fn message_ids_are_compared_in_brackets() {
        assert_eq!(bracketed("a@b"), "<a@b>");
        assert_eq!(bracketed(" <a@b> "), "<a@b>");
    }
}
