//! Whole conversations in both roles, from the first order to the invoice, over real transports: every document gets through, every
//! acknowledgement is accounted for.

mod anew;
mod buyer;
mod due;
mod supplier;
mod texts;

use crate::harness::*;
use serde_json::Value;
use std::collections::BTreeSet;
use texts::{Standard, code};

/// Sections of a profile: what is received, and what is sent with the answers expected.
fn agreed(standard: Standard, receive: &[&str], send: &[(&str, &[&str])]) -> String {
    let mut text = String::new();
    for what in receive {
        text += &format!("[receive.{}]\nto = [\"erp\"]\n", code(standard, what));
    }
    for (what, answers) in send {
        let answers: BTreeSet<String> =
            answers.iter().map(|answer| format!("{} = \"2d\"", code(standard, answer))).collect();
        let answers: Vec<String> = answers.into_iter().collect();
        let version = if standard == Standard::Edifact && *what != "despatch order" {
            "version = \"D:96A:UN\"\n"
        } else {
            ""
        };
        text +=
            &format!("[send.{}]\n{version}answers = {{ {} }}\n", code(standard, what), answers.join(", "));
    }
    text
}

/// What is asked of `[edifact]`.
const EDIFACT: &str = "contrl = \"always\"\nacknowledged_within = \"1d\"\n";

/// How every acknowledgement that we expect stands, by kind: `855 accepted`.
fn expected(site: &Site) -> Vec<String> {
    site.database().rows(
        "SELECT kind || ' ' || state FROM acknowledgement WHERE direction = 'expected' AND kind <> 'MDN' ORDER BY at, kind",
    )
}

/// The document that reached our system at this place, from 1.
#[track_caller]
fn told(erp: &Recorder, many: usize) -> Value {
    serde_json::from_slice(&erp.wait_effects(many)[many - 1].body).unwrap()
}
