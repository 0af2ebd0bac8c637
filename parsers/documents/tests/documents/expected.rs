//! Samples whose authors say what must come out: the facts of their JSON or XML are those of our document.
//!
//! Their shapes are their own, so values are compared, not fields: every value of theirs that stands in an element of the set must
//! stand in our document too, as text, number, date or time. Envelope, header and trailer are left aside.
//!
//! Skipped, and says so, where there are no samples.

use crate::sets::{sets, workspace};
use portway_documents::quantity::Decimal;
use portway_edi::interchange::{Event, Limits};
use portway_edi::reader::Reader;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

#[test]
fn the_facts_that_authors_expect_are_found() {
    let mut compared = 0;
    let mut all_missing = Vec::new();
    for (sample, expected) in pairs() {
        let input = std::fs::read(&sample).unwrap();
        let documents = sets(&input);
        if documents.is_empty() {
            continue;
        }
        let mut ours = BTreeSet::new();
        documents.iter().for_each(|set| values(&set.json(), &mut ours));
        let elements = elements(&input);
        let theirs = std::fs::read_to_string(&expected).unwrap();
        let theirs: BTreeSet<String> =
            expected_values(&theirs).into_iter().filter(|v| elements.contains(v)).collect();
        let missing: Vec<&String> = theirs.iter().filter(|v| !holds(&ours, v)).collect();
        let name = expected.file_name().unwrap().to_string_lossy();
        println!("{name}: {} values of theirs in the set, missing {missing:?}", theirs.len());
        all_missing.extend(missing.iter().map(|value| format!("{name}: {value}")));
        compared += theirs.len();
    }
    assert!(all_missing.is_empty(), "not in our documents: {all_missing:#?}");
    if sample_root().exists() {
        assert!(compared > 100, "only {compared} values were compared");
    } else {
        println!("skipped: no samples at {}", sample_root().display());
    }
}

fn sample_root() -> PathBuf {
    workspace().join("../shared/samples")
}

/// A sample, and what its author expects of it as JSON or XML.
fn pairs() -> Vec<(PathBuf, PathBuf)> {
    let mut pairs = Vec::new();
    for standard in ["x12", "edifact"] {
        let Ok(folders) = std::fs::read_dir(sample_root().join(standard)) else { return pairs };
        for folder in folders.map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
            for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let is_data = name.ends_with(".json") || name.ends_with(".xml");
                if let (true, Some((sample, _))) = (is_data, name.split_once(".expected")) {
                    pairs.push((path.with_file_name(sample), path));
                }
            }
        }
    }
    pairs.retain(|(sample, _)| Path::new(sample).is_file());
    pairs.sort();
    pairs
}

/// The elements and components of all sets, header and trailer aside, without blanks around them.
fn elements(input: &[u8]) -> BTreeSet<String> {
    let mut reader = Reader::new(input, Limits::default());
    let mut found = BTreeSet::new();
    while let Some(event) = reader.next_event().unwrap() {
        let Event::Set(set) = event else { continue };
        for segment in set.segments.iter().filter(|s| !["ST", "SE", "UNH", "UNT", "UNS"].contains(&s.tag())) {
            for element in 1..=segment.elements().count() {
                found.insert(segment.text(element).trim().to_owned());
                // 2379 says how the date beside it is written; ours is written one way.
                let parts = segment.components(element).count();
                for component in (1..=parts).filter(|part| segment.tag() != "DTM" || *part != 3) {
                    found.insert(segment.component_text(element, component).trim().to_owned());
                }
            }
        }
    }
    found
}

/// Values of three characters and more: shorter ones are codes, which stand anywhere.
fn expected_values(text: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    match serde_json::from_str::<Value>(text) {
        Ok(json) => values(&json, &mut found),
        Err(_) => found.extend(text.split('>').filter_map(|part| part.split('<').next()).map(str::to_owned)),
    }
    found.into_iter().map(|v| v.trim().to_owned()).filter(|v| v.chars().count() >= 3).collect()
}

fn values(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        Value::Object(map) => map.values().for_each(|value| values(value, found)),
        Value::Array(list) => list.iter().for_each(|value| values(value, found)),
        Value::String(text) => found.extend([text.trim().to_owned()]),
        Value::Number(number) => found.extend([number.to_string()]),
        _ => {}
    }
}

/// True if the value is ours: as it is, as a part of a text of several lines, as a number (also of implied decimals), as a date or
/// a time.
fn holds(ours: &BTreeSet<String>, value: &str) -> bool {
    let number = value.parse::<Decimal>().ok();
    let is = |own: &String| {
        let plain: String = own.chars().filter(char::is_ascii_alphanumeric).collect();
        own == value
            // An element that repeats stands whole under `unmapped`.
            || own.split(['*', ':']).any(|part| part == value)
            || own.lines().any(|line| line.trim() == value)
            || own.split_whitespace().collect::<String>() == value.split_whitespace().collect::<String>()
            || (value.len() >= 4 && plain.starts_with(value) && own.contains(['-', ':']))
            || own
                .parse::<Decimal>()
                .ok()
                .zip(number)
                .is_some_and(|(a, b)| a == b || a * Decimal::ONE_HUNDRED == b)
    };
    ours.iter().any(is)
}
