//! Written and read back: what a set does not carry of a document is listed, with the reason, and nothing else is lost.
//!
//! Each golden document, and many made from it by leaving out fields and changing values, is written as each set it has in each
//! standard and version, and read back. Everything must be there, except for fields listed beside the mappings as not carried.
//! Written once more, the set is the same: what came back is whole.
//!
//! Fails with the pointer of the field that is lost.

use crate::sets::{Case, Set, cases, sets, written};
use portway_documents::Document;
use portway_documents::carried::{NotCarried, Reasons, Target, not_carried};
use portway_edi::interchange::Standard;
use serde_json::Value;

pub const VERSIONS: [(Standard, &str); 4] = [
    (Standard::X12, "004010"),
    (Standard::X12, "005010"),
    (Standard::Edifact, "D:96A:UN"),
    (Standard::Edifact, "D:01B:UN"),
];

pub fn other(standard: Standard) -> Standard {
    match standard {
        Standard::X12 => Standard::Edifact,
        Standard::Edifact => Standard::X12,
    }
}

/// A line for each value that is not carried.
pub fn reasons(document: &Document, target: Target<'_>, lost: &[NotCarried]) -> Vec<String> {
    let reasons = Reasons::of(document, target);
    let line = |n: &NotCarried| {
        let why = reasons.why(&n.pointer).unwrap_or("NO REASON LISTED");
        format!("{} = {}: {why}", n.pointer, n.value)
    };
    lost.iter().map(line).collect()
}

fn check(document: &Document, what: &str) {
    for (standard, version) in VERSIONS {
        for code in document.kind().sets(standard) {
            let what = format!("{what}, as {code} {version}");
            let target = Target { standard, set: code, version };
            let Some(bytes) = written(document, standard, code, version) else { continue };
            let back: Vec<Set> = sets(&bytes);
            let [back] = back.as_slice() else {
                panic!("{what}: {} sets came back of\n{}", back.len(), String::from_utf8_lossy(&bytes))
            };
            assert_eq!(back.document.kind(), document.kind(), "{what} became another document");
            let lost = not_carried(document, &back.document);
            let reasons = Reasons::of(document, target);
            let unlisted: Vec<&NotCarried> =
                lost.iter().filter(|n| reasons.why(&n.pointer).is_none()).collect();
            assert!(
                unlisted.is_empty(),
                "{what}: lost without a listed reason: {unlisted:#?}\n{}",
                String::from_utf8_lossy(&bytes).replace('~', "~\n").replace('\'', "'\n")
            );
            let again = written(&back.document, standard, code, version).unwrap();
            let differ = first_difference(&bytes, &again);
            assert!(differ.is_none(), "{what}: written once more it is another set: {differ:?}");
        }
    }
}

/// The first segments in which two interchanges differ.
fn first_difference(a: &[u8], b: &[u8]) -> Option<(String, String)> {
    let terminator = if a.starts_with(b"ISA") { b'~' } else { b'\'' };
    let segments = |bytes: &[u8]| {
        let split = bytes.split(|b| *b == terminator).map(|s| String::from_utf8_lossy(s).into_owned());
        split.chain([String::new()]).collect::<Vec<_>>()
    };
    segments(a).into_iter().zip(segments(b)).find(|(a, b)| a != b)
}

#[test]
fn golden_documents_come_back() {
    for case in cases() {
        check(&case.set().document, &case.folder.display().to_string());
    }
}

#[test]
fn documents_with_fields_left_out_and_values_changed_come_back() {
    for case in cases() {
        for (round, document) in thinned(&case).enumerate() {
            check(&document, &format!("{}, round {round}", case.folder.display()));
        }
    }
}

/// Documents made from a golden one by leaving out fields and changing values. What is left may lack what the shape asks for: such
/// a document is none.
pub fn thinned(case: &Case) -> impl Iterator<Item = Document> {
    let kind = case.kind;
    let mut whole = case.set().json();
    whole.as_object_mut().unwrap().remove("unmapped");
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let shape = jsonschema::validator_for(&kind.json_schema()).unwrap();
    (0..12).filter_map(move |round| {
        let mut json = whole.clone();
        thin(&mut json, &mut random, round, true);
        let whole = shape.is_valid(&json);
        whole.then(|| kind.parse(&json.to_string()).ok()).flatten()
    })
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

/// Leaves out one field or entry in `8 + round`, and gives numbers and free names another value.
fn thin(value: &mut Value, random: &mut Random, round: u64, at_root: bool) {
    match value {
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().cloned().collect();
            for key in keys {
                let keeps = at_root
                    && matches!(
                        key.as_str(),
                        "code_list" | "schema_version" | "kind" | "kind_code" | "number" | "lines"
                    );
                // A word and its code stay together, a unit and the partner's unit too.
                let paired = key.ends_with("_code") || key.starts_with("original_") || key == "code";
                if !keeps && !paired && random.below(8 + round) == 0 {
                    let code = format!("{key}_code");
                    let original = format!("original_{key}");
                    for key in [&key, &code, &original] {
                        map.remove(key);
                    }
                }
            }
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(text) if matches!(key.as_str(), "name" | "city" | "postal_code") => {
                        *text = text.chars().rev().collect::<String>().trim().to_owned();
                    }
                    _ => thin(value, random, round, false),
                }
            }
        }
        Value::Array(list) => {
            list.retain(|_| random.below(8 + round) != 0);
            list.iter_mut().for_each(|value| thin(value, random, round, false));
        }
        _ => {}
    }
}
