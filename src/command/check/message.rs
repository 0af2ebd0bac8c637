//! The test message, and what its receipt says.

use super::{Report, Step};
use crate::ledger::alert::Move;
use crate::net::outcome::Outcome;
use crate::net::spool::Spool;
use crate::profile::as2::{As2, MdnWanted};
use crate::transport::as2::{End, Link, Test, test};
use portway_as2::mdn::Condition;

const MESSAGE: &str = "test message";
const RECEIPT: &str = "receipt";

pub async fn send(link: &Link, as2: &As2, url: &str, report: &mut Report) {
    let ours =
        |why: String| Step::error(MESSAGE, why, Move::Us, "see the steps above, and portway cert list");
    // Else packing would say that there is no key at all.
    let signing = link.configuration.station_of(&link.profile).map(|(station, _)| {
        link.configuration.keys.certificates(station).is_empty()
            || link.configuration.signing_identity(station, link.now).is_some()
    });
    if as2.sign.digest().is_some() && signing == Some(false) {
        let found = "not sent: our key cannot be read here, or its day has not come";
        report.add(&Step::error(
            MESSAGE,
            found,
            Move::Us,
            "run this as the gateway's own user; a credential of systemd is readable within the service alone: \
             systemd-run --pipe -p LoadCredential=NAME:PATH portway ...",
        ));
        return report.skip(RECEIPT);
    }
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return report.add(&ours(format!("no folder for temporary files: {error}"))),
    };
    let tested = match Spool::new(folder.path()) {
        Ok(spool) => test(link, as2, url, &spool).await,
        Err(error) => Err(error.to_string()),
    };
    match tested {
        Err(why) => {
            report.add(&ours(why));
            report.skip(RECEIPT);
        }
        Ok(test) => tell(link, as2, &test, report),
    }
}

fn tell(link: &Link, as2: &As2, test: &Test, report: &mut Report) {
    if let End::Unanswered(outcome) = &test.end {
        let found = format!("{}: {}", sent(test), outcome.reason());
        let next = match outcome {
            Outcome::Uncertain { .. } => "ask what their log says for this Message-ID",
            _ => "try again; see the steps above",
        };
        report.add(&Step::error(MESSAGE, found, Move::Partner, next));
        return report.skip(RECEIPT);
    }
    report.add(&Step::ok(MESSAGE, sent(test)));
    report.add(&receipt(link, as2, test));
    if as2.mdn == MdnWanted::Async {
        report.add(&Step::warning(
            "receipt later",
            "not tried: the profile says mdn = \"async\", and the test asked for the receipt in the answer",
            Move::Us,
            "watch the first real message: portway ack list",
        ));
    }
}

/// `<id>, 2314 bytes, signed sha-256, encrypted aes256-cbc`
fn sent(test: &Test) -> String {
    let fact = |name: &str| test.facts.get(name).and_then(|value| value.as_str());
    let mut text = format!("{}, {} bytes", test.exchange, test.size);
    for word in ["signed", "encrypted"] {
        match fact(word) {
            Some(algorithm) => text += &format!(", {word} {algorithm}"),
            None => text += &format!(", not {word}"),
        }
    }
    text
}

fn receipt(link: &Link, as2: &As2, test: &Test) -> Step {
    let log = "ask what their log says for this Message-ID";
    match &test.end {
        End::Unanswered(outcome) => Step::error(RECEIPT, outcome.reason(), Move::Partner, log),
        End::NoReceipt { status, outcome } => no_receipt(as2, *status, outcome),
        End::Unreadable { status, why } => Step::error(
            RECEIPT,
            format!("they answered {status} with a receipt that cannot be read: {why}"),
            Move::Partner,
            log,
        ),
        End::Receipt { judgement, condition } => {
            let signed = if judgement.signed { "signed" } else { "not signed" };
            let found = format!("{signed}: {}", judgement.detail);
            match judgement.word {
                "accepted" => Step::ok(RECEIPT, found),
                "accepted_with_errors" => {
                    let next = match judgement.forgeable {
                        true => "sign receipts; or, if they never do, we write mdn_signed = false",
                        false => log,
                    };
                    Step::warning(RECEIPT, found, Move::Partner, next)
                }
                _ if judgement.forgeable => {
                    let next = format!(
                        "ask which certificate they sign with; portway cert import FILE --partner {}",
                        link.profile.partner.id
                    );
                    Step::error(RECEIPT, found, Move::Partner, next)
                }
                _ => {
                    let (whose, next) = refused(link, as2, test, condition.as_ref());
                    Step::error(RECEIPT, found, whose, next)
                }
            }
        }
    }
}

fn no_receipt(as2: &As2, status: u16, outcome: &Outcome) -> Step {
    if matches!(outcome, Outcome::Delivered { .. }) {
        let found = format!("they answered {status} without the receipt that we asked for");
        return match as2.mdn {
            MdnWanted::None => Step::warning(
                RECEIPT,
                format!("{found}, and the profile says mdn = \"none\": whether they understood is not known"),
                Move::Partner,
                "ask what their log says for this Message-ID",
            ),
            MdnWanted::Sync | MdnWanted::Async => Step::error(
                RECEIPT,
                found,
                Move::Partner,
                "send receipts (MDN) in the answer; ask what their log says for this Message-ID",
            ),
        };
    }
    let (whose, next) = match status {
        401 | 407 => (Move::Us, "they want a login: username and password under [as2]"),
        403 => (
            Move::Us,
            "they do not let us in: a login, a certificate of ours (tls_certificate), or our address in their firewall",
        ),
        404 | 405 | 410 => (Move::Us, "compare the path of url under [as2] with what they told"),
        _ => (Move::Partner, "ask what their log says for this Message-ID"),
    };
    Step::error(RECEIPT, format!("none; {}", outcome.reason()), whose, next)
}

/// Whose move it is, and what it is, after their refusal.
fn refused(link: &Link, as2: &As2, test: &Test, condition: Option<&Condition>) -> (Move, String) {
    let id = &link.profile.partner.id;
    let fingerprint = |name: &str| test.facts.get(name).and_then(|v| v.as_str()).unwrap_or("none").to_owned();
    let us = |next: String| (Move::Us, next);
    match condition {
        Some(Condition::DecryptionFailed) => us(format!(
            "we encrypted to SHA-256 {}: compare it with theirs by telephone; portway cert import FILE --partner {id} takes the right one",
            fingerprint("recipient")
        )),
        Some(Condition::AuthenticationFailed) => us(format!(
            "we signed with SHA-256 {}: send it to them (portway partner sheet {id}), and have it taken in",
            fingerprint("signer")
        )),
        Some(Condition::IntegrityCheckFailed) => {
            us("their product reads other bytes than we signed: try signed_part = \"base64\" under [as2.interop]".to_owned())
        }
        Some(Condition::DecompressionFailed) => us("try compress = \"none\" under [as2]".to_owned()),
        Some(Condition::InsufficientMessageSecurity) => {
            us("ask what they want signed and encrypted, and with what: sign and encrypt under [as2]".to_owned())
        }
        Some(Condition::UnsupportedFormat | Condition::UnsupportedMicAlgorithms) => us(
            "their product does not know the digest that we ask for: another sign under [as2], or old_digest_names = true under [as2.interop]"
                .to_owned(),
        ),
        Some(Condition::UnknownTradingPartner | Condition::UnknownTradingRelationship) => (
            Move::Partner,
            format!(
                "set up AS2-From {} to AS2-To {} (case counts); portway partner sheet {id} has what they need",
                link.us(),
                as2.id
            ),
        ),
        _ => (Move::Partner, format!("ask what their log says for Message-ID {}", test.exchange)),
    }
}
