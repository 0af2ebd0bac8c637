//! A live product as a partner: what it makes of our messages and receipts.

use super::rows::{Party, Row, Sends};
use super::{Bench, Cell, Out, words};
use crate::as2::{acme, northwind};
use crate::harness::as2_peer::{config, decoded};
use crate::harness::*;
use serde_json::{Value, json};
use std::cell::Cell as Counter;

pub struct Live {
    peer: As2Peer,
    party: Party,
    /// Receipts that came later, so far.
    later: Counter<usize>,
}

impl Live {
    pub fn start(party: Party) -> Live {
        let product = if party == Party::Pyas2 { Product::Pyas2 } else { Product::Libas2 };
        let peer = As2Peer::start(product, &config("ACME", &acme(), "NORTHWIND", &northwind()));
        Live { peer, party, later: Counter::new(0) }
    }

    pub fn url(&self) -> &str {
        self.peer.url()
    }

    /// One product is one partner after the other: its name changes with the row.
    pub fn row(&self, bench: &Bench, row: &Row, id: &str, nth: usize) -> [Cell; 2] {
        self.peer.configure(&json!({
            "own": { "as2_id": id.to_uppercase() },
            "partner": { "as2_id": row.us(), "url": bench.url(), "verify_cert": row.identity().cert },
        }));
        let mut came = match &row.sends[self.party as usize] {
            Sends::Not(why) => {
                bench.nudge(row, id, nth);
                Cell::Not(why)
            }
            Sends::Asked(options) => Cell::of(bench, id, || self.send(options, &bench.order(row, id, nth))),
            Sends::Built(_) => panic!("{}: a product is asked, it does not build", row.name),
        };
        bench.facts(row, id, &mut came);
        let went = bench.went(row, (id, nth), self.party, &came, |out| self.judge(row, id, out));
        [came, went]
    }

    /// The product's verdict on our receipt.
    fn send(&self, options: &str, order: &[u8]) -> String {
        let mut asked = json!({ "mdn": "sync", "mdn_signed": "sha256" });
        let own: Value = serde_json::from_str(options).unwrap();
        asked.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        let sent = self.peer.send(order, &asked);
        assert_eq!(sent["http_status"], 200, "{sent}");
        let mdn = match asked["mdn"].as_str() {
            Some("sync") => sent["mdn"].clone(),
            Some("async") => {
                assert!(sent["mdn"].is_null(), "{sent}");
                self.later.set(self.later.get() + 1);
                self.peer.mdns(self.later.get()).remove(self.later.get() - 1)
            }
            _ => {
                assert!(sent["mdn"].is_null(), "{sent}");
                return "yes".into();
            }
        };
        assert_eq!(
            (&mdn["accepted"], &mdn["original_message_id"]),
            (&json!(true), &sent["message_id"]),
            "{mdn}"
        );
        assert_eq!(mdn["signed"] == true, !asked["mdn_signed"].is_null(), "{mdn}");
        // A signed message has a MIC, and the product compares it; of others pyas2lib computes none.
        if asked["sign"].is_string() {
            assert_eq!(mdn["mic_matches"], true, "{mdn} {sent}");
            return "yes".into();
        }
        assert_ne!(mdn["mic_matches"], false, "{mdn}");
        if mdn["mic_matches"] == true { "yes".into() } else { "yes, it compares no MIC".into() }
    }

    /// The product's verdict on our message.
    fn judge(&self, row: &Row, id: &str, out: &Out) -> Result<Vec<u8>, String> {
        out.settled();
        let name = id.to_uppercase();
        let all = self.peer.received(0);
        let received = all.iter().find(|one| one["to"] == *name);
        let Some(received) = received else { return Err("nothing that it could read".into()) };
        if received["accepted"] != true {
            return Err(received["detail"].to_string());
        }
        let is = |what: &str| received[what] == true;
        let algorithms =
            ["digest_alg", "scheme", "enc_alg", "key_transport"].map(|key| received[key].to_string());
        row.holds([is("signed"), is("encrypted"), is("compressed")], &words(&algorithms.join(" ")))?;
        Ok(decoded(&received["payload"]))
    }
}
