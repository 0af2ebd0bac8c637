//! Every published sample, and our own: read without a panic, every byte accounted for, validated where a schema is shipped.

use portway_edi::Finding;
use portway_edi::schema::Schema;
use portway_edi::x12::reader::{Event, Limits, Reader};
use std::path::{Path, PathBuf};

/// Reads everything; the findings' codes in order, and the number of sets.
fn read(bytes: &[u8], limits: Limits) -> (Vec<&'static str>, usize) {
    let mut reader = Reader::new(bytes, limits);
    let (mut codes, mut sets) = (Vec::new(), 0);
    let mut version = String::new();
    let mut lengths = 0;
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Group(group) => version = group.version,
            Event::Set(set) => {
                sets += 1;
                codes.extend(set.findings.iter().map(|f| f.code.0));
                if let Some(schema) = Schema::x12(&set.code, &version) {
                    codes.extend(schema.validate(&set).findings.iter().map(|f| f.code.0));
                }
            }
            Event::GroupEnd { findings, .. } => codes.extend(findings.iter().map(|f| f.code.0)),
            Event::InterchangeEnd { findings, length, .. } => {
                lengths += length;
                codes.extend(findings.iter().map(|f| f.code.0));
            }
            Event::Stray(finding) => codes.push(finding.code.0),
            Event::Interchange(_) | Event::InterchangeAcknowledgement(_) => {}
        }
    }
    let accounted = reader.accounted();
    assert_eq!(accounted.interchanges, lengths);
    assert_eq!(accounted.total(), bytes.len() as u64);
    (codes, sets)
}

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

/// Where the published samples are; `None`, and a line saying so, where they are not.
pub fn published() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples"));
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return None;
    }
    Some(folder)
}

/// A paragraph a file of a standard: its sets, then each finding as `X1207 PO103`, those of one code and place counted. It
/// must be the one that is checked in; `UPDATE=1` writes that anew. What is left in files that were meant as good is
/// explained in `x12-explained.txt` and `edifact-explained.txt` beside it.
pub fn compare_with_table(standard: &str, mut read: impl FnMut(&[u8]) -> (usize, Vec<Finding>)) {
    let Some(folder) = published() else { return };
    let mut found = Vec::new();
    files(&folder.join(standard), &mut found);
    found.sort();
    let mut table = String::new();
    for path in found {
        let (sets, findings) = read(&std::fs::read(&path).unwrap());
        let name = path.strip_prefix(&folder).unwrap().display();
        table += &format!("{name}: {sets} sets\n");
        let mut lines: Vec<(String, usize)> = Vec::new();
        for finding in &findings {
            let place = &finding.place;
            let mut line =
                format!("{} {}", finding.code, place.segment.as_deref().unwrap_or("-").escape_debug());
            line += &place.element.map_or(String::new(), |e| format!("{e:02}"));
            line += &place.component.map_or(String::new(), |c| format!("-{c}"));
            match lines.iter_mut().find(|(known, _)| *known == line) {
                Some((_, times)) => *times += 1,
                None => lines.push((line, 1)),
            }
        }
        for (line, times) in lines {
            table += &format!("  {line} x{times}\n");
        }
    }
    let path = format!("{}/tests/samples/{standard}-findings.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &table).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let mut name = "";
    for (ours, theirs) in table.lines().zip(expected.lines()) {
        name = if ours.starts_with(' ') { name } else { ours };
        assert_eq!(ours, theirs, "in {name}");
    }
    assert_eq!(table.lines().count(), expected.lines().count());
}

#[test]
fn every_published_sample_has_the_findings_of_the_table() {
    compare_with_table("x12", |bytes| {
        read(bytes, Limits { max_set_bytes: 300, max_set_segments: 5, max_segment_bytes: 200 });
        let reading = super::reading::read(bytes);
        (reading.sets, reading.findings)
    });
}

/// Finding, and what an independent check of the envelope calls it.
type AlsoFound = &'static [(&'static str, &'static str)];

const X12_ALSO_FOUND: AlsoFound = &[
    ("X1002", "ISA-not-106"),
    ("X1004", "junk-after"),
    ("X1006", "missing-IEA"),
    ("X1007", "IEA02!=ISA13"),
    ("X1008", "IEA01-count"),
    ("X1021", "missing-GE"),
    ("X1022", "GE02!=GS06"),
    ("X1023", "GE01-count"),
    ("X1031", "missing-SE"),
    ("X1032", "SE02!=ST02"),
    ("X1033", "SE01-count"),
    ("X1042", "GS01/ST01"),
];
const EDIFACT_ALSO_FOUND: AlsoFound = &[
    ("X1004", "junk-outside-interchange"),
    ("E1006", "missing-UNZ"),
    ("E1007", "UNZ-ref"),
    ("E1008", "UNZ-count"),
    ("E1031", "missing-UNT"),
    ("E1032", "UNT-ref"),
    ("E1033", "UNT-count"),
];

#[test]
fn what_is_left_in_samples_meant_as_good_is_explained() {
    let (findings, explained) =
        (include_str!("../samples/x12-findings.txt"), include_str!("../samples/x12-explained.txt"));
    compare_with_explanations("x12/", findings, explained, X12_ALSO_FOUND);
    let (findings, explained) =
        (include_str!("../samples/edifact-findings.txt"), include_str!("../samples/edifact-explained.txt"));
    compare_with_explanations("edifact/", findings, explained, EDIFACT_ALSO_FOUND);
}

/// Each finding in a file that was meant as good has its explanation, and each explanation its finding.
fn compare_with_explanations(below: &str, findings: &str, explained: &str, also_found: AlsoFound) {
    let Some(folder) = published() else { return };
    let index = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let mut lines = index.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|h| *h == name).unwrap();
    let (path, intent, errors) = (column("path"), column("source_intent"), column("envelope_errors"));
    let envelope = column("envelope");
    let rows: Vec<Vec<&str>> = lines.collect();
    let explained: Vec<Vec<&str>> = explained
        .lines()
        .filter(|l| !l.starts_with('#'))
        .map(|l| l.split(" | ").map(str::trim).collect())
        .collect();
    let short: Vec<_> = explained.iter().filter(|e| e.len() != 3 || e[2].len() < 6).collect();
    assert!(short.is_empty(), "{short:?}");
    let (mut name, mut left, mut unexplained) = ("", 0, Vec::new());
    let mut used = std::collections::BTreeSet::new();
    for line in findings.lines() {
        let Some(finding) = line.strip_prefix("  ") else {
            name = line.rsplit_once(':').unwrap().0;
            continue;
        };
        let Some(row) = rows.iter().find(|r| r[path] == name && r[intent] == "positive") else { continue };
        left += 1;
        let finding = finding.rsplit_once(' ').unwrap().0.trim();
        let also =
            also_found.iter().any(|(code, word)| finding.starts_with(code) && row[errors].contains(word));
        let by_hand = explained
            .iter()
            .position(|e| name.trim_start_matches(below).starts_with(e[0]) && e[1] == finding);
        used.extend(by_hand);
        if !also && by_hand.is_none() && row[envelope] != "fragment" {
            unexplained.push(format!("{name} | {finding}"));
        }
    }
    assert!(unexplained.is_empty() && left > 100, "{left} {}", unexplained.join("\n"));
    let unused: Vec<&Vec<&str>> =
        explained.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, e)| e).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn a_clean_order_has_no_findings() {
    assert_eq!(read(include_bytes!("../samples/850-clean.edi"), Limits::default()), (vec![], 1));
}

#[test]
fn a_broken_order_has_one_finding_for_each_fault() {
    let (codes, sets) = read(include_bytes!("../samples/850-broken.edi"), Limits::default());
    assert_eq!((codes, sets), (vec!["X1201", "X1208", "X1107", "X1207", "X1202", "X1101"], 1));
}

#[test]
fn a_cut_at_any_byte_is_read_to_its_last_byte() {
    let clean: &[u8] = include_bytes!("../samples/850-clean.edi");
    for end in 0..clean.len() {
        let (codes, _) = read(&clean[..end], Limits::default());
        // Only a last terminator may be missing.
        let whole = end == 0 || clean[..end].windows(15).any(|w| w == b"IEA*1*000000417");
        assert_eq!(codes.is_empty(), whole, "cut at {end}: {codes:?}");
    }
}

#[test]
fn a_flipped_byte_anywhere_does_no_harm() {
    let clean: &[u8] = include_bytes!("../samples/850-clean.edi");
    for at in 0..clean.len() {
        let mut bytes = clean.to_vec();
        bytes[at] = [b'~', b'*', b'>', b'I', 0, 0xff][at % 6];
        read(&bytes, Limits::default());
    }
}
