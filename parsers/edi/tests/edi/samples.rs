//! Every published sample, and our own: read without a panic, every byte accounted for, validated where a schema is shipped.

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

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
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

/// Three lines' worth a file: its sets, then each finding as `X1207 PO1:7:03`, those of one code and place counted.
/// `UPDATE=1` writes the table anew. What is left in files that were meant as good is explained in
/// `tests/samples/x12-explained.txt`.
#[test]
fn every_published_sample_has_the_findings_of_the_table() {
    let Some(folder) = published() else { return };
    let mut found = Vec::new();
    files(&folder.join("x12"), &mut found);
    found.sort();
    let mut table = String::new();
    for path in found {
        let bytes = std::fs::read(&path).unwrap();
        let reading = super::reading::read(&bytes);
        let name = path.strip_prefix(&folder).unwrap().display();
        table += &format!("{name}: {} sets\n", reading.sets);
        let mut lines: Vec<(String, usize)> = Vec::new();
        for finding in &reading.findings {
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
        read(&bytes, Limits { max_set_bytes: 300, max_set_segments: 5, max_segment_bytes: 200 });
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/x12-findings.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &table).unwrap();
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
