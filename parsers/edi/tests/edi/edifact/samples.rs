//! Every published sample: read without a panic, every byte accounted for, and the findings those of the table beside.

use super::{read, read_with};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::interchange::Limits;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A line a file: messages, then codes and how often. `UPDATE=1` writes the table anew.
#[test]
fn every_published_sample_has_the_findings_of_the_table() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/edifact"));
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let mut found = Vec::new();
    files(folder, &mut found);
    found.sort();
    let mut table = String::new();
    for path in found {
        let bytes = std::fs::read(&path).unwrap();
        let reading = read(&bytes);
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        reading.findings.iter().for_each(|f| *codes.entry(f.code.0).or_default() += 1);
        let codes: Vec<String> = codes.iter().map(|(code, times)| format!("{code}x{times}")).collect();
        let name = path.strip_prefix(folder).unwrap().display();
        writeln!(table, "{name}: {} {}", reading.sets, codes.join(" ")).unwrap();
        let tight = Limits { max_set_bytes: 300, max_set_segments: 5, max_segment_bytes: 200 };
        read_with(&bytes, tight, Tolerance::Strict);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/edifact-findings.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    for (ours, theirs) in table.lines().zip(expected.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(table.lines().count(), expected.lines().count());
}
