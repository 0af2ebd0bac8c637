//! When a business answer is due, as it is written in a profile: `"48h"`, `"4h after shipment"`, `"before arrival"`, `"2d after 856"`.
//!
//! Promises: one term, or a list of dated ones of which the earliest counts; what is read is written back the same. A term alone without
//! a date counts from the hand-over (theirs) or the receipt (ours). Fails with a sentence that says how it is written.

use super::api_checks::is_set;
use super::duration::Span;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub(super) const HELP: &str = "write a time as in \"48h\", or when it is due, as in \"4h after shipment\", \"before arrival\", \"1d before arrival\" or \"2d after 856\"; of several, as in [\"4h after shipment\", \"before arrival\"], the earliest counts";

impl super::partner::Partner {
    /// Whether an answer is due by dates, or owed by us.
    pub fn times_answers(&self) -> bool {
        self.receive.values().any(|receive| !receive.answers.is_empty())
            || self.send.values().flat_map(|send| send.answers.values()).any(|due| due.within().is_none())
    }
}

/// What a term counts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// The hand-over of ours, the receipt of theirs.
    Document,
    /// The goods leave.
    Shipment,
    /// The goods arrive.
    Arrival,
    /// The first set of this code in the answer's own direction.
    Set(String),
}

/// One point in time that an answer is due at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub span: Span,
    /// Before the mark, not after it.
    pub before: bool,
    pub mark: Mark,
    written: String,
}

impl FromStr for Term {
    type Err = String;

    fn from_str(text: &str) -> Result<Term, String> {
        let words: Vec<&str> = text.split(' ').collect();
        let (span, before, mark) = match words.as_slice() {
            [span] if !matches!(*span, "before" | "after") => {
                return Ok(Term {
                    span: span.parse()?,
                    before: false,
                    mark: Mark::Document,
                    written: text.to_owned(),
                });
            }
            ["before", mark] => (Span::seconds(0), true, *mark),
            [span, "before", mark] => (span.parse()?, true, *mark),
            [span, "after", mark] => (span.parse()?, false, *mark),
            ["after", _] => return Err(format!("`{text}` does not say how long after")),
            _ => return Err(format!("`{text}` does not say when")),
        };
        let mark = match mark {
            "shipment" => Mark::Shipment,
            "arrival" => Mark::Arrival,
            set if is_set(set) && set != "TA1" && !before => Mark::Set(set.to_owned()),
            set if is_set(set) => {
                return Err(format!("nobody knows the time before a {set} until it has come"));
            }
            other => {
                return Err(format!("`{other}` is not `shipment`, `arrival` or the code of a set"));
            }
        };
        Ok(Term { span, before, mark, written: text.to_owned() })
    }
}

impl fmt::Display for Term {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// When an answer is due: the earliest of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due(Vec<Term>);

impl Due {
    /// The time from the hand-over or the receipt, where it is that alone.
    pub fn within(&self) -> Option<Span> {
        match self.0.as_slice() {
            [Term { span, mark: Mark::Document, .. }] => Some(*span),
            _ => None,
        }
    }

    pub fn terms(&self) -> &[Term] {
        &self.0
    }

    /// As they are written.
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(Term::to_string).collect()
    }
}

impl<'de> Deserialize<'de> for Due {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Due, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(String),
            Several(Vec<String>),
        }
        let texts = match Written::deserialize(deserializer)? {
            Written::One(text) => vec![text],
            Written::Several(texts) => texts,
        };
        let terms: Result<Vec<Term>, String> = texts.iter().map(|text| text.parse()).collect();
        let terms = terms.map_err(|message| serde::de::Error::custom(format!("{message}; {HELP}")))?;
        Ok(Due(terms))
    }
}

impl JsonSchema for Due {
    fn schema_name() -> Cow<'static, str> {
        "Due".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let term = json_schema!({ "type": "string", "format": "due" });
        json_schema!({ "anyOf": [term, { "type": "array", "items": term, "minItems": 1 }] })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn reads_and_writes_back() {
        for text in ["48h", "4h after shipment", "before arrival", "1d before arrival", "2d after INVOIC"] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_has_to_be_guessed() {
        for (text, message) in [
            ("after shipment", "how long after"),
            ("4h", ""),
            ("4 after shipment", "has no unit"),
            ("4h since shipment", "does not say when"),
            ("4h after shiping", "`shiping` is not"),
            ("2d before 856", "until it has come"),
            ("before", "does not say when"),
            ("", "begins with"),
        ] {
            let said = text.parse::<Term>().err().unwrap_or_default();
            assert!(said.contains(message), "{text}: {said}");
        }
    }
}
