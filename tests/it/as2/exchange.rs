//! AS2 with live products and the openssl command: every packaging and algorithm, both ways, receipts at once and later.
//!
//! One gateway, one profile for each row of the table and party. The other side's own verdict counts: on our receipt (is it
//! accepted, is the signature ours, is the MIC the one it computed), and on our message (does it open, does the signature hold, is
//! it packed as the profile says). What happened is the table in docs/as2.md, to the letter.

mod command;
mod products;
mod rows;
mod samples;
mod table;

use super::*;
use crate::harness::as2_peer::decoded;
use crate::harness::x12::{Order, order};
use crate::harness::*;
use command::Command;
use products::Live;
use rows::{PARTIES, Party, Row, Takes, rows};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

const SIGNED_AND_ENCRYPTED: &str =
    r#"{ "sign": "sha256", "encrypt": "aes128-cbc", "mdn": "sync", "mdn_signed": "sha256" }"#;

/// What became of one row in one direction.
#[derive(Debug, Clone)]
pub enum Cell {
    Done(String),
    /// By the other side, as known.
    Refused(&'static str),
    /// Not possible, and why.
    Not(&'static str),
    Failed(String),
}

impl Cell {
    /// What the other side says of a message that it sent to us.
    fn of(bench: &Bench, id: &str, send: impl FnOnce() -> String) -> Cell {
        match caught(send) {
            Ok(verdict) => Cell::Done(verdict),
            Err(why) => {
                let sql = format!(
                    "SELECT disposition || facts::text FROM as2 WHERE as2_from = '{}'",
                    id.to_uppercase()
                );
                Cell::Failed(format!("{why}; the ledger: {:?}", bench.house.site.database().rows(&sql)))
            }
        }
    }
}

fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })
}

/// Names of algorithms without their dashes.
fn words(text: &str) -> String {
    text.to_lowercase().replace(['-', '_'], "")
}

/// The gateway, and what the parties do at it.
pub struct Bench {
    house: House,
}

impl Bench {
    fn url(&self) -> String {
        format!("http://{}/as2", self.house.gateway.as2_plain)
    }

    fn raw(&self) -> Raw {
        self.house.raw()
    }

    /// An order of this row's partner.
    fn order(&self, row: &Row, id: &str, control: usize) -> Vec<u8> {
        let control = u32::try_from(control).unwrap();
        let text = Order { sender: id.to_uppercase(), ..order(&format!("PO-{id}"), control) }.text();
        let text = text
            .replace("NORTHWIND      ", &format!("{:<15}", row.us()))
            .replace("*NORTHWIND*", &format!("*{}*", row.us()));
        if !row.beyond_ascii {
            return text.into_bytes();
        }
        // In Latin-1; the acknowledgement repeats the set's number.
        let text = text.replace("*850*0001", "*850*00\u{e9}1").replace("*6*0001~", "*6*00\u{e9}1~");
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    }

    /// An order as plain as can be, so that there is something to answer.
    fn nudge(&self, row: &Row, id: &str, nth: usize) {
        let (from, to) = (format!("AS2-From: {}", id.to_uppercase()), format!("AS2-To: {}", row.us()));
        let message = format!("Message-ID: <nudge-{id}@acme.example>");
        let lines = [from.as_str(), &to, &message, "Content-Type: application/edi-x12"];
        let reply = self.raw().send(&request("/as2", &lines, &self.order(row, id, 1000 + nth)));
        assert_eq!(reply.status(), 200, "{}", String::from_utf8_lossy(&reply.body));
    }

    /// Holds a message that came, as the ledger describes it, against what its sender was to pack.
    fn facts(&self, row: &Row, id: &str, came: &mut Cell) {
        if !matches!(came, Cell::Done(_)) {
            return;
        }
        let sql = format!(
            "SELECT facts::text FROM as2 WHERE direction = 'in' AND as2_from = '{}'",
            id.to_uppercase()
        );
        let text = self.house.site.database().rows(&sql).remove(0);
        let facts: Value = serde_json::from_str(&text).unwrap();
        let sql = sql.replace("facts::text", "encode(raw, 'hex')");
        let raw = self.house.site.database().rows(&sql).remove(0);
        let raw: Vec<u8> = (0..raw.len() / 2)
            .map(|nth| u8::from_str_radix(&raw[2 * nth..2 * nth + 2], 16).unwrap())
            .collect();
        let raw = String::from_utf8_lossy(&raw);
        let right = match row.came.strip_prefix('^') {
            Some(start) => raw.starts_with(start),
            None => raw.contains(row.came),
        };
        if !right {
            *came = Cell::Failed(format!("no {:?} in it: {raw}", row.came));
        }
        for name in ["signed", "encrypted", "compressed", "scheme", "key_transport"] {
            let is = facts[name].as_str();
            let right = match row.fact(name) {
                Some(wanted) => is.is_some_and(|is| words(is).contains(&words(wanted))),
                None => is.is_none() || ["scheme", "key_transport"].contains(&name),
            };
            if !right {
                *came = Cell::Failed(format!("it was packed otherwise: {text}"));
            }
        }
    }

    /// The acknowledgement that we send: the other side's verdict, and how we took its receipt.
    fn went(
        &self,
        row: &Row,
        (id, nth): (&str, usize),
        party: Party,
        came: &Cell,
        judge: impl FnOnce(&Out) -> Result<Vec<u8>, String>,
    ) -> Cell {
        let takes = row.takes[party as usize];
        if let Takes::Not(why) = takes {
            return Cell::Not(why);
        }
        if matches!(came, Cell::Failed(_)) {
            self.nudge(row, id, nth);
        }
        let out = Out { bench: self, id, settled: RefCell::default() };
        let judged = caught(|| judge(&out)).and_then(|judged| judged).and_then(|payload| {
            let text = String::from_utf8_lossy(&payload).into_owned();
            let right = text.starts_with("ISA*")
                && text.contains("~AK1*PO*")
                && row.beyond_ascii != payload.iter().all(u8::is_ascii);
            if right { Ok(()) } else { Err(format!("another payload: {text:.60}")) }
        });
        let end = out.settled.take();
        match (takes, judged) {
            // It must have had it: the answer is its own.
            (Takes::No(why), Err(_)) if !end.status.is_empty() => Cell::Refused(why),
            (Takes::No(why), judged) => Cell::Failed(format!("{judged:?}, although {why}; {end:?}")),
            (_, Err(why)) => Cell::Failed(format!("{why}; {end:?}")),
            (_, Ok(())) => match end.receipt.as_str() {
                _ if end.delivery != "delivered" => Cell::Failed(format!("{end:?}")),
                "" if row.keys.contains("mdn = \"none\"") => Cell::Done("yes".into()),
                "accepted" => Cell::Done("yes".into()),
                "accepted_with_errors" if end.detail.contains("without a MIC") => {
                    Cell::Done("yes, no MIC in its receipt".into())
                }
                _ => Cell::Failed(format!("{end:?}")),
            },
        }
    }
}

/// How it ended: states of delivery and receipt, the HTTP status of the answer, the reason.
#[derive(Debug, Default)]
struct Settled {
    delivery: String,
    receipt: String,
    status: String,
    detail: String,
}

/// One message of ours on its way.
pub struct Out<'a> {
    bench: &'a Bench,
    id: &'a str,
    settled: RefCell<Settled>,
}

impl Out<'_> {
    /// Waits for the end of it.
    fn settled(&self) {
        let sql = format!(
            "SELECT concat_ws('|', d.state, coalesce(a.state, ''), coalesce(d.status::text, ''), \
             coalesce(a.detail, d.detail, '')) FROM delivery d \
             LEFT JOIN acknowledgement a ON a.answers = d.message_id AND a.kind = 'MDN' \
             WHERE d.way = 'as2' AND d.target = '{}'",
            self.id
        );
        let house = &self.bench.house;
        let row = house.gateway.until(&format!("what we send to {}", self.id), || {
            let row = house.site.database().rows(&sql).pop()?;
            let mut words = row.split('|');
            let (delivery, receipt) = (words.next()?, words.next()?);
            (delivery == "dead" || (delivery == "delivered" && receipt != "expected")).then_some(row)
        });
        let mut words = row.splitn(4, '|').map(str::to_owned);
        let mut word = || words.next().unwrap_or_default();
        *self.settled.borrow_mut() =
            Settled { delivery: word(), receipt: word(), status: word(), detail: word() };
    }
}

/// The profile of one row and party.
fn profile_of(row: &Row, id: &str, url: &str, takes: Takes) -> String {
    let origin = url.rsplit_once('/').unwrap().0;
    let ways = match takes {
        Takes::Not(_) => String::new(),
        _ => format!("url = \"{url}\"\n"),
    };
    let tries = if matches!(takes, Takes::No(_)) { 1 } else { 500 };
    let mut certificates = vec![acme().cert];
    if row.ec {
        certificates.push(Identity::ec("acme.example").cert);
    }
    let plain = Profile::live(id);
    let more = format!(
        "{}\n[as2]\nid = \"{}\"\n{ways}certificates = {certificates:?}\nmdn_urls = [\"{origin}\"]\n\
         accept_unsigned = true\naccept_unencrypted = true\n\
         retry = {{ first = \"100ms\", longest = \"400ms\", tries = {tries} }}\n{}",
        plain.more,
        id.to_uppercase(),
        row.keys
    );
    let station = if row.ec { "ec" } else { "us" };
    format!("station = \"{station}\"\n{}", Profile { more, ..plain }.text())
}

#[test]
fn every_packaging_and_algorithm_with_every_party() {
    let rows = rows();
    let (pyas2, libas2, openssl) = (Live::start(Party::Pyas2), Live::start(Party::Libas2), Command::start());
    let (erp, mut site) = site();
    let ec = Identity::ec("northwind.example");
    site.add(&format!(
        "[station.ec]\nname = \"Northwind Supply Inc.\"\nx12 = \"ZZ:NORTHWIND-EC\"\nas2 = \"NORTHWIND-EC\"\n\
         keys = [{{ certificate = \"{}\", key = {{ file = \"{}\" }} }}]",
        ec.cert.display(),
        ec.key.display()
    ));
    named_door(&mut site);
    for (nth, row) in rows.iter().enumerate() {
        for (party, url) in PARTIES.into_iter().zip([pyas2.url(), libas2.url(), &openssl.url()]) {
            let id = row.id(nth, party);
            site.partner_text(&id, &profile_of(row, &id, url, row.takes[party as usize]));
        }
    }
    let bench = &Bench { house: House { gateway: site.start(), erp, site } };
    let all = |party: Party, run: &dyn Fn(&Row, &str, usize) -> [Cell; 2]| -> Vec<[Cell; 2]> {
        rows.iter().enumerate().map(|(nth, row)| run(row, &row.id(nth, party), nth + 1)).collect()
    };
    let all = &all;
    let columns: Vec<Vec<[Cell; 2]>> = std::thread::scope(|scope| {
        let one = scope.spawn(move || all(Party::Pyas2, &|row, id, nth| pyas2.row(bench, row, id, nth)));
        let two = scope.spawn(move || all(Party::Libas2, &|row, id, nth| libas2.row(bench, row, id, nth)));
        let three =
            scope.spawn(move || all(Party::Openssl, &|row, id, nth| openssl.row(bench, row, id, nth)));
        [one, two, three].into_iter().map(|party| party.join().unwrap()).collect()
    });
    let cells: Vec<Vec<Cell>> =
        (0..rows.len()).map(|row| columns.iter().flat_map(|column| column[row].clone()).collect()).collect();
    let failed: Vec<String> = rows
        .iter()
        .zip(&cells)
        .flat_map(|(row, cells)| {
            cells.iter().enumerate().filter_map(move |(nth, cell)| match cell {
                Cell::Failed(why) => {
                    Some(format!("{} / {}, column {}: {why}", row.section, row.name, nth + 1))
                }
                _ => None,
            })
        })
        .collect();
    assert!(failed.is_empty(), "{} cells:\n{}", failed.len(), failed.join("\n"));
    table::check(&table::text(&rows, &cells));
}

#[test]
fn an_order_from_a_live_product_reaches_the_erp_and_its_997_goes_back() {
    let (house, peer) = pair(Product::Pyas2, "");
    let sent = peer.send(order("4500123", 17).text().as_bytes(), &asked(SIGNED_AND_ENCRYPTED));
    assert_eq!(sent["http_status"], 200, "{sent}");
    let mdn = &sent["mdn"];
    assert_eq!(
        (&mdn["accepted"], &mdn["signed"], &mdn["mic_matches"]),
        (&json!(true), &json!(true), &json!(true)),
        "{sent}"
    );

    let event: Value = serde_json::from_slice(&house.erp.wait_effects(1)[0].body).unwrap();
    assert_eq!(event["subject"], "4500123");
    let back = peer.received(1).remove(0);
    assert_eq!(back["accepted"], true, "{back}");
    assert_eq!(
        (&back["signed"], &back["encrypted"], &back["content_type"]),
        (&json!(true), &json!(true), &json!("application/edi-x12")),
        "{back}"
    );
    assert_eq!(x12::Acknowledgement::read(&decoded(&back["payload"])).only(), ("A", "A"));
    house.gateway.until("the receipt for the 997", || {
        (house.site.database().rows("SELECT state FROM acknowledgement WHERE kind = 'MDN'") == ["accepted"])
            .then_some(())
    });
    // The receipt is written as it is judged; the try that it came with ends a moment later.
    house.gateway.until("the end of our try", || {
        let states = house.site.database().rows("SELECT state FROM message ORDER BY direction");
        (states == ["done", "sent"] && house.site.database().count("job") == 0).then_some(())
    });
    house.gateway.stop();
}

#[test]
fn products_over_tls_with_passwords_and_client_certificates_both_ways() {
    use sha2::{Digest, Sha256};
    let hash: String = Sha256::digest("open sesame").iter().map(|b| format!("{b:02x}")).collect();
    let (server, client) = (Identity::ec("server.example"), Identity::ec("client.example"));
    for product in [Product::Pyas2, Product::Libas2] {
        let mut config = config("ACME", &acme(), "NORTHWIND", &northwind());
        config["listen"] = json!({
            "cert": server.cert, "key": server.key, "client_ca": northwind().cert, "basic": ["northwind", "secret"],
        });
        let peer = As2Peer::start(product, &config);
        let (erp, site) = site();
        std::fs::write(site.path("conf/secrets/acme"), "secret").unwrap();
        let as2 = format!(
            "tls_certificate = true\nca = \"{}\"\nusername = \"northwind\"\npassword = {{ file = \"secrets/acme\" }}\n\
             client_certificates = [\"{}\"]\nlogin = {{ username = \"acme\", password = \"sha256:{hash}\" }}\n",
            server.cert.display(),
            client.cert.display()
        );
        site.partner(&profile(Some(peer.url()), &as2));
        let house = House { gateway: site.start(), erp, site };
        peer.configure(&json!({ "partner": {
            "url": format!("https://{}/as2", house.gateway.as2), "basic": ["acme", "open sesame"],
            "ca": house.site.state().join("certs/self-signed.pem"),
            "client_cert": client.cert, "client_key": client.key,
        } }));
        let sent = peer.send(order("4500123", 17).text().as_bytes(), &asked(SIGNED_AND_ENCRYPTED));
        assert_eq!((&sent["http_status"], &sent["mdn"]["accepted"]), (&json!(200), &json!(true)), "{sent}");
        let back = peer.received(1).remove(0);
        assert_eq!(back["accepted"], true, "{back}");
        assert!(back["client_subject"].to_string().contains("northwind.example"), "{back}");
        house.ledger("SELECT state FROM acknowledgement WHERE kind = 'MDN'", &["accepted"]);
        house.gateway.stop();
    }
}
