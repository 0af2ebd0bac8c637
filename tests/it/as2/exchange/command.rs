//! The openssl command as a partner: it builds what we get, opens what we send, and writes and verifies receipts.

use super::rows::{Party, Row, Sends};
use super::{Bench, Cell, Out, words};
use crate::as2::{Receipt, acme, northwind};
use crate::harness::as2_openssl::{self as openssl, Encryption, SHA256, Signing};
use crate::harness::as2_raw::{Catcher, Heard, reply, request};
use crate::harness::*;
use std::collections::HashMap;
use std::sync::Arc;

/// One step of building a message, from the inside out; some are about its header lines.
#[derive(Clone, Copy)]
pub enum Layer {
    Sign(Signing<'static>),
    Compress,
    Encrypt(Encryption<'static>),
    /// To the partner itself, somebody else, and us.
    EncryptToMany(Encryption<'static>),
    Base64,
    /// Content-Transfer-Encoding, as a word alone.
    Encoding(&'static str),
    /// The payload and a picture in a multipart/related.
    Related,
    /// A header line in place of the usual one; without a value: none.
    Line(&'static str),
    /// The receipt shall come later.
    Later,
}

/// What was built.
struct Built {
    entity: Entity,
    /// What the MIC is over, by the sender's understanding.
    covered: Vec<u8>,
    digest: &'static str,
    lines: Vec<&'static str>,
    later: bool,
}

fn build(row: &Row, layers: &[Layer], payload: &[u8]) -> Built {
    let us = northwind();
    let signer = if row.ec { Identity::ec("acme.example") } else { acme() };
    let mut entity = Entity::new("application/edi-x12", payload);
    let (mut signed, mut innermost) = (None, None);
    let (mut digest, mut lines, mut later) = ("sha256", Vec::new(), false);
    for layer in layers {
        let before = entity.bytes();
        match *layer {
            Layer::Sign(how) => {
                digest = how.digest;
                signed = Some(before);
                entity = openssl::signed(&entity, &signer, how);
            }
            Layer::Compress => {
                innermost = innermost.or(Some(before));
                entity = openssl::compressed(&entity);
            }
            Layer::Encrypt(how) => {
                innermost = innermost.or(Some(before));
                entity = openssl::encrypted(&entity, &[&us], how);
            }
            Layer::EncryptToMany(how) => {
                let stranger = Identity::rsa("stranger.example");
                entity = openssl::encrypted(&entity, &[&acme(), &stranger, &us], how);
            }
            Layer::Base64 => entity = entity.base64(),
            Layer::Encoding(word) => entity = entity.with("Content-Transfer-Encoding", word),
            Layer::Related => {
                let picture = Entity::new("image/png", &b"\x89PNG\r\n\x1a\n"[..]).base64();
                let parts = [entity.bytes(), picture.bytes()];
                let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
                entity = Entity::multipart("related; type=\"application/edi-x12\"", "related-parts", &parts);
            }
            Layer::Line(line) => lines.push(line),
            Layer::Later => later = true,
        }
    }
    let mut covered = signed.or(innermost).unwrap_or_else(|| payload.to_vec());
    if row.canonical {
        covered =
            String::from_utf8(covered).unwrap().replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
    }
    Built { entity, covered, digest: row.mic.unwrap_or(digest), lines, later }
}

/// What the command found in one message of ours.
#[derive(Debug, Clone)]
struct Judged {
    opened: Result<(), String>,
    layers: Vec<&'static str>,
    /// Algorithms, as the command prints them.
    printed: String,
    /// Header lines and every layer, as text.
    wire: String,
    payload: Vec<u8>,
    /// A receipt that is wanted later: where, and its request.
    owed: Option<(String, Vec<u8>)>,
}

#[derive(Default)]
struct Book {
    /// By the partner's AS2 name.
    messages: HashMap<String, Judged>,
    receipts: HashMap<String, Heard>,
}

pub struct Command {
    catcher: Catcher,
    book: Arc<Watched<Book>>,
}

impl Command {
    pub fn start() -> Command {
        let (catcher, book) = (Catcher::start(), Arc::new(Watched::<Book>::default()));
        catcher.reply_with({
            let book = book.clone();
            move |heard| take(&book, heard)
        });
        Command { catcher, book }
    }

    pub fn url(&self) -> String {
        self.catcher.url()
    }

    pub fn row(&self, bench: &Bench, row: &Row, id: &str, nth: usize) -> [Cell; 2] {
        let mut came = match &row.sends[2] {
            Sends::Not(why) => {
                bench.nudge(row, id, nth);
                Cell::Not(why)
            }
            Sends::Built(layers) => Cell::of(bench, id, || {
                self.send(bench, row, id, build(row, layers, &bench.order(row, id, nth)))
            }),
            Sends::Asked(_) => panic!("{}: the command is not asked, it builds", row.name),
        };
        bench.facts(row, id, &mut came);
        let went = bench.went(row, (id, nth), Party::Openssl, &came, |out| self.judge(bench, row, id, out));
        [came, went]
    }

    /// Posts it; the command's verdict on the receipt.
    fn send(&self, bench: &Bench, row: &Row, id: &str, built: Built) -> String {
        let name = id.to_uppercase();
        let later = format!("Receipt-Delivery-Option: {}", self.url());
        let id = format!("Message-ID: <{id}@acme.example>");
        let (from, to) = (format!("AS2-From: {name}"), format!("AS2-To: {}", row.us()));
        let mut lines: Vec<&str> = vec![
            &from,
            &to,
            "AS2-Version: 1.2",
            &id,
            "Subject: an order",
            "Disposition-Notification-To: edi@acme.example",
            "Disposition-Notification-Options: signed-receipt-protocol=optional, pkcs7-signature; \
             signed-receipt-micalg=optional, sha-256",
        ];
        if built.later {
            lines.push(&later);
        }
        let field = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
        lines.retain(|line| built.lines.iter().all(|own| field(own) != field(line)));
        lines.extend(built.lines.iter().filter(|line| !line.ends_with(':')));
        let own: Vec<String> = built.entity.headers.iter().map(|(n, v)| format!("{n}: {v}")).collect();
        lines.extend(own.iter().map(String::as_str));
        let asked = lines.iter().any(|line| line.starts_with("Disposition-Notification-To"));
        let signed = lines.iter().any(|line| line.starts_with("Disposition-Notification-Options"));
        let heard = bench.raw().send(&request("/as2", &lines, &built.entity.body));
        assert_eq!(heard.status(), 200, "{}", String::from_utf8_lossy(&heard.body));
        if !asked {
            assert!(heard.body.is_empty(), "a receipt that nobody wants");
            return "yes".into();
        }
        let receipt = if built.later {
            assert!(heard.body.is_empty(), "a receipt now and not later");
            self.book.until("the receipt", |book| book.receipts.get(&name).cloned())
        } else {
            heard
        };
        let receipt = Receipt::by(&receipt.entity(), signed.then(|| row.identity()).as_ref());
        assert_eq!(receipt.disposition, "processed", "{}", receipt.text);
        let mic = receipt.mic.unwrap_or_default();
        let said = mic.split(',').next().unwrap_or_default();
        assert_eq!(said, openssl::mic(&built.covered, built.digest), "the MIC of {mic}");
        "yes".into()
    }

    /// The command's verdict on what we sent.
    fn judge(&self, bench: &Bench, row: &Row, id: &str, out: &Out) -> Result<Vec<u8>, String> {
        let name = id.to_uppercase();
        let judged = self.book.until("our message", |book| book.messages.get(&name).cloned());
        if let Some((_, receipt)) = &judged.owed {
            let reply = bench.raw().send(receipt);
            assert_eq!(reply.status(), 200, "{}", String::from_utf8_lossy(&reply.body));
        }
        out.settled();
        judged.opened?;
        let there = |kind: &str| judged.layers.iter().any(|layer| layer.to_lowercase().contains(kind));
        let flags = [there("signed-data"), there("enveloped-data"), there("compressed-data")];
        row.holds(flags, &words(&judged.printed))?;
        let has = |text: &str| match text.strip_prefix('^') {
            Some(line) => judged.wire.lines().any(|known| known.eq_ignore_ascii_case(line)),
            None => judged.wire.contains(text),
        };
        for text in row.goes {
            let right = text.strip_prefix('!').map_or_else(|| has(text), |text| !has(text));
            if !right {
                return Err(format!("{text:?}: {right} in {:.600}", judged.wire));
            }
        }
        Ok(judged.payload)
    }
}

/// A request at the partner's address: a receipt is kept, a message judged and answered.
fn take(book: &Watched<Book>, heard: &Heard) -> Vec<u8> {
    let name = heard.header("AS2-To").to_owned();
    let kind = heard.header("content-type").to_ascii_lowercase();
    let signed_report = kind.starts_with("multipart/signed")
        && String::from_utf8_lossy(&heard.body[..heard.body.len().min(600)]).contains("multipart/report");
    if kind.starts_with("multipart/report") || signed_report {
        book.with(|book| book.receipts.insert(name, heard.clone()));
        return reply(200, &[], b"");
    }
    let station =
        if heard.header("AS2-From") == "NORTHWIND" { northwind() } else { Identity::ec("northwind.example") };
    let (layers, inner) = openssl::open(&heard.entity(), &acme(), &station.cert);
    let refused = layers.iter().find(|layer| !layer.verdict.ok);
    let mut judged = Judged {
        opened: refused.map_or(Ok(()), |layer| Err(format!("{}: {}", layer.kind, layer.verdict.said))),
        layers: layers.iter().map(|layer| layer.kind).collect(),
        printed: String::new(),
        wire: heard.header_lines.join("\n") + "\n",
        payload: inner.content(),
        owed: None,
    };
    for layer in layers.iter().filter(|layer| layer.kind != "compressed-data") {
        // The certificates before it name algorithms too.
        judged.printed += openssl::printed(&layer.der).split("signerInfos:").last().unwrap_or_default();
        judged.wire += &String::from_utf8_lossy(&layer.content);
    }
    judged.wire += &judged.printed;
    let signed = layers.iter().find(|layer| layer.kind == "signed-data");
    let covered = signed.or(layers.last()).map_or(heard.body.clone(), |layer| layer.content.clone());
    let digest = ["sha1", "sha384", "sha512"].into_iter().find(|digest| {
        let options = heard.header("disposition-notification-options").replace("sha-", "sha");
        signed.is_some() && options.contains(digest)
    });
    let digest = digest.unwrap_or("sha256");
    let answer = match &judged.opened {
        Ok(()) => {
            format!("processed\r\nReceived-Content-MIC: {}, {digest}", openssl::mic(&covered, digest))
        }
        Err(_) => "processed/error: integrity-check-failed".to_owned(),
    };
    let mut replied = reply(200, &[], b"");
    if !heard.header("disposition-notification-to").is_empty() {
        let (lines, body) = receipt(heard, &answer);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        match heard.header("receipt-delivery-option") {
            "" => replied = reply(200, &lines, &body),
            url => judged.owed = Some((url.to_owned(), request("/as2", &lines, &body))),
        }
    }
    book.with(|book| book.messages.insert(name, judged));
    replied
}

/// A receipt, signed by the command if that is asked for.
fn receipt(heard: &Heard, answer: &str) -> (Vec<String>, Vec<u8>) {
    let name = heard.header("AS2-To");
    let fields = format!(
        "Reporting-UA: openssl\r\nOriginal-Recipient: rfc822; {name}\r\nFinal-Recipient: rfc822; {name}\r\n\
         Original-Message-ID: {}\r\nDisposition: automatic-action/MDN-sent-automatically; {answer}\r\n",
        heard.header("Message-ID")
    );
    let text = Entity::new("text/plain", &b"It was received.\r\n"[..]).bytes();
    let fields = Entity::new("message/disposition-notification", fields).bytes();
    let mut report =
        Entity::multipart("report; report-type=disposition-notification", "report-parts", &[&text, &fields]);
    if !heard.header("disposition-notification-options").is_empty() {
        report = openssl::signed(&report, &acme(), SHA256);
    }
    let mut lines = vec![
        format!("AS2-From: {name}"),
        format!("AS2-To: {}", heard.header("AS2-From")),
        "AS2-Version: 1.2".to_owned(),
        format!("Message-ID: <receipt-{name}@acme.example>"),
        "MIME-Version: 1.0".to_owned(),
    ];
    lines.extend(report.headers.iter().map(|(name, value)| format!("{name}: {value}")));
    (lines, report.body)
}
