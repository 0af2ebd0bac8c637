//! Every published sample: read without a panic, every byte accounted for, and the findings those of the table beside.

use super::{read, read_with};
use crate::samples::{compare_with_table, files};
use portway_edi::acknowledgement::Tolerance;
use portway_edi::edifact::reader::Reader;
use portway_edi::edifact::writer::{Envelope, Foreign, Value, Writer};
use portway_edi::interchange::{Event, Interchange, Limits};
use std::path::Path;

#[test]
fn every_published_sample_has_the_findings_of_the_table() {
    compare_with_table("edifact", |bytes| {
        let tight = Limits { max_set_bytes: 300, max_set_segments: 5, max_segment_bytes: 200 };
        read_with(bytes, tight, Tolerance::Strict);
        let reading = read(bytes);
        (reading.sets, reading.findings)
    });
}

/// Tag and values of each segment between header and trailer, as text.
type Message = (String, String, Vec<(String, Vec<Vec<String>>)>);

fn messages(bytes: &[u8]) -> Vec<(Interchange, Message)> {
    let mut reader = Reader::new(bytes, Limits::default());
    let (mut header, mut found) = (None, Vec::new());
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Interchange(interchange) => header = Some(interchange),
            Event::Set(set) => {
                let body = set.segments.iter().filter(|s| !matches!(s.tag(), "UNH" | "UNT"));
                let values = body.map(|segment| {
                    let elements = 1..=segment.elements().count();
                    let parts = |n| {
                        let texts = segment.components(n).map(|part| segment.decoded(part).into_owned());
                        without_empty(texts.collect(), |text: &String| text.is_empty())
                    };
                    let values =
                        without_empty(elements.map(parts).collect(), |parts: &Vec<String>| parts.is_empty());
                    (segment.tag().to_string(), values)
                });
                found.push((
                    header.clone().unwrap(),
                    (set.code.clone(), set.version.clone(), values.collect()),
                ));
            }
            _ => {}
        }
    }
    found
}

/// Trailing separators are not written again.
fn without_empty<T>(mut values: Vec<T>, is_empty: impl Fn(&T) -> bool) -> Vec<T> {
    while values.last().is_some_and(&is_empty) {
        values.pop();
    }
    values
}

#[test]
fn every_published_message_written_and_read_again_is_the_same() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/edifact"));
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let mut found = Vec::new();
    files(folder, &mut found);
    let mut compared = 0;
    for path in found {
        for (header, (code, version, segments)) in messages(&std::fs::read(&path).unwrap()) {
            let syntax = header.edifact.as_deref().unwrap();
            let named = portway_edi::charset::Charset::named(syntax.identifier.as_bytes()).is_some();
            // UNOA in name only: what is in these files is written in a set that has it.
            let set = if named && !matches!(syntax.identifier.as_str(), "UNOA" | "UNOB") {
                &syntax.identifier
            } else {
                "UNOW"
            };
            let envelope = Envelope {
                syntax: set.to_string(),
                delimiters: header.delimiters,
                ..super::contrl::envelope(syntax.version)
            };
            let mut writer = Writer::new(&envelope, Foreign::Refuse).unwrap();
            writer.begin_message(&code, &version).unwrap();
            let written = segments.iter().try_for_each(|(tag, elements)| {
                let parts: Vec<Vec<&str>> =
                    elements.iter().map(|parts| parts.iter().map(String::as_str).collect()).collect();
                let values: Vec<Value<'_>> = parts.iter().map(|parts| Value::Composite(parts)).collect();
                writer.segment_of(tag, &values)
            });
            // Control characters and the like cannot be written in any set: they have their finding.
            let Ok(()) = written else { continue };
            let again = messages(&writer.finish().unwrap());
            assert_eq!(again.len(), 1, "{}", path.display());
            assert_eq!(again[0].1, (code, version, segments), "{}", path.display());
            compared += 1;
        }
    }
    println!("{compared} messages written again");
    assert!(compared > 150, "{compared}");
}
