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

#[test]
fn every_published_sample_is_read_to_its_last_byte() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/x12"));
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let mut found = Vec::new();
    files(folder, &mut found);
    found.sort();
    for path in found {
        let bytes = std::fs::read(&path).unwrap();
        let (codes, sets) = read(&bytes, Limits::default());
        println!("{}: {sets} sets {codes:?}", path.strip_prefix(folder).unwrap().display());
        read(&bytes, Limits { max_set_bytes: 300, max_set_segments: 5, max_segment_bytes: 200 });
    }
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
