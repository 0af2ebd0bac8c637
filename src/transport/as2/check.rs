//! A test message to a partner, and its receipt judged: `portway partner check --send`.
//!
//! Promises: packed and sent as a message of ours is, by the same code, with the keys and certificates that are in force now. The
//! content is a few lines of text, never EDI: no control number of ours is used up, and nobody can take it for an order. The
//! ledger knows nothing of it, so the receipt is asked for in the answer, whatever the profile says: one that comes later would
//! find nothing that it is for.

use super::packing::{Content, Link, Packing};
use super::reach;
use super::receipt::{self, Judgement};
use crate::ledger::as2::{Expected, Mdn};
use crate::net::outcome::Outcome;
use crate::net::spool::Spool;
use crate::profile::as2::As2;
use portway_as2::mdn::{self, Condition};
use portway_as2::{header, mic};
use std::io::Read;
use uuid::Uuid;

/// A test message that was packed, and what became of it.
pub struct Test {
    /// Its Message-ID, in brackets: partners find it in their log by this.
    pub exchange: String,
    /// `signed`, `encrypted` (algorithms), `signer`, `recipient` (fingerprints), `compressed`.
    pub facts: serde_json::Value,
    /// Bytes that left.
    pub size: u64,
    pub end: End,
}

pub enum End {
    /// No whole answer.
    Unanswered(Outcome),
    /// An answer without a receipt; its HTTP status, and what that alone means.
    NoReceipt { status: u16, outcome: Outcome },
    /// A receipt that cannot be read.
    Unreadable { status: u16, why: String },
    /// A receipt, and the condition that it names, if any.
    Receipt { judgement: Judgement, condition: Option<Condition> },
}

/// Sends a test message to `url`.
///
/// # Errors
/// In words: it could not be packed, and what is missing. Nothing left.
pub async fn test(link: &Link, as2: &As2, url: &str, spool: &Spool) -> Result<Test, String> {
    let client = reach::client(link, as2)?;
    let id = Uuid::now_v7();
    let exchange = header::message_id(&format!("test-{}", id.simple()), &link.domain());
    let what = Content {
        exchange: exchange.clone(),
        file_name: "portway-test.txt".to_owned(),
        content_type: Some("text/plain"),
        mdn: Mdn::Sync,
    };
    let packing = Packing::of(link, as2, what)?;
    let (mut fields, facts) = (packing.fields.clone(), packing.facts.clone());
    let text = text(link, as2, &exchange);
    let spool = spool.clone();
    let packed = tokio::task::spawn_blocking(move || {
        let content = spool.read_from(text.as_bytes(), u64::MAX).map_err(std::io::Error::other)?;
        let (sealed, packed) = packing.pack(&content, &spool)?;
        let mut bytes = Vec::new();
        packed.reader()?.read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>((sealed, bytes))
    });
    let (sealed, bytes) =
        packed.await.map_err(|e| e.to_string())?.map_err(|e| format!("the message cannot be packed: {e}"))?;
    fields.extend(sealed.fields);
    let expected = Expected { message: id, mdn: Mdn::Sync, mic: Some(mic_text(&sealed.mic)) };
    let size = bytes.len();
    let announced = i64::try_from(size).unwrap_or(i64::MAX);
    let end = match reach::post(&client, link, as2, url, &fields, bytes.into(), announced).await {
        Err(outcome) => End::Unanswered(outcome),
        Ok(answer) => {
            let start = &answer.body[..answer.body.len().min(1024)];
            if mdn::is_mdn(&answer.fields, start) {
                match mdn::read(&answer.fields, &answer.body, receipt::signers(&link.profile)) {
                    Err(why) => End::Unreadable { status: answer.status, why: format!("{why:?}") },
                    Ok(received) => {
                        let mut judgement = receipt::judge(&received, Some(&expected), as2.mdn_signed, false);
                        if judgement.exchange != exchange {
                            judgement.word = "rejected";
                            judgement.detail = format!("it is for another message, {}", judgement.exchange);
                        }
                        let condition = received.mdn.disposition.modifier.map(|m| m.condition);
                        End::Receipt { judgement, condition }
                    }
                }
            } else {
                End::NoReceipt { status: answer.status, outcome: answer.outcome() }
            }
        }
    };
    Ok(Test { exchange, facts, size: size as u64, end })
}

fn mic_text(mic: &mic::Mic) -> (String, String) {
    (mic.digest.name().to_owned(), mic.base64())
}

/// Lines end with CRLF, so that a product which writes text anew changes nothing.
fn text(link: &Link, as2: &As2, exchange: &str) -> String {
    let name = link.configuration.station_of(&link.profile).map_or("", |(_, station)| station.name.as_str());
    format!(
        "This is a test of the AS2 connection from {} to {}.\r\n\
         It was sent by {name} with {}. It holds no business data: you may throw it away.\r\n\
         Message-ID: {exchange}\r\n",
        link.us(),
        as2.id,
        super::PRODUCT,
    )
}
