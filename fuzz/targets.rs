//! What holds for any bytes whatever: the bodies of the fuzz targets, and of the test that mutates samples (`mutated.rs`).
//!
//! No panic; every byte accounted for; the same events however the input arrives, in one piece or in small ones; whatever is
//! read can be validated, judged, answered and shown as JSON; what we write from it reads back as the same values.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use portway_edi::Segment;
use portway_edi::acknowledgement::answered::{Answered, Sent};
use portway_edi::acknowledgement::{self, Form, InterchangeResult, Tolerance, our_element};
use portway_edi::edifact::{self, contrl};
use portway_edi::examination::examine;
use portway_edi::interchange::{Accounted, Event, Interchange, Limits, PartyId, Standard, TransactionSet};
use portway_edi::reader::Reader;
use portway_edi::schema::{Schema, to_json};
use portway_edi::x12;
use std::io::{BufRead, BufReader, Read};

/// Small, so that small inputs meet them.
const LIMITS: Limits = Limits { max_set_bytes: 3000, max_set_segments: 60, max_segment_bytes: 600 };

/// Any bytes, read as X12 alone.
pub fn x12_read(bytes: &[u8]) {
    same_in_pieces(bytes, |input| {
        let mut reader = x12::reader::Reader::new(input, LIMITS);
        let mut told = Vec::new();
        while let Some(event) = reader.next_event().unwrap() {
            told.push(format!("{event:?}"));
        }
        (told, reader.accounted())
    });
    judge(bytes);
}

/// Any bytes, read as EDIFACT alone, and by the reader of both.
pub fn edifact_read(bytes: &[u8]) {
    same_in_pieces(bytes, |input| {
        let mut reader = edifact::reader::Reader::new(input, LIMITS);
        let mut told = Vec::new();
        while let Some(event) = reader.next_event().unwrap() {
            told.push(format!("{event:?}"));
        }
        (told, reader.accounted())
    });
    same_in_pieces(bytes, |input| {
        let mut reader = Reader::new(input, LIMITS);
        let mut told = Vec::new();
        while let Some(event) = reader.next_event().unwrap() {
            told.push(format!("{event:?}"));
        }
        (told, reader.accounted())
    });
    judge(bytes);
}

/// TA1, 997, 999 and CONTRL as values.
pub fn acknowledgement_read(bytes: &[u8]) {
    let mut reader = Reader::new(bytes, Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Set(set) => {
                if let Some(answer) = acknowledgement::read(&set) {
                    let _ = answer.verdict_on("850", "0001");
                }
                if let Some(answer) = contrl::read(&set) {
                    let _ = answer.verdict(None, "1");
                }
                if let Some(answer) = Answered::of(&set) {
                    matched(&answer);
                }
            }
            Event::InterchangeAcknowledgement(ta1) => {
                matched(&Answered::of_ta1(&ta1));
            }
            _ => {}
        }
    }
}

/// As it is held against what was sent: each set that it names, and one that it does not, with every error in words and in its place.
fn matched(answer: &Answered) {
    let interchange = answer.interchange.as_ref().map_or("1", |i| i.control_number.as_str());
    let _ = answer.verdict();
    for group in &answer.groups {
        let number = Some(group.control_number.as_str()).filter(|_| !group.implied);
        let sent =
            Sent { interchange, functional_id: &group.functional_id, group: number, code: "850", set: "0" };
        assert!(answer.on(&sent).is_some());
        for set in &group.sets {
            let said = answer.on(&Sent { code: &set.code, set: &set.control_number, ..sent }).unwrap();
            for error in said.errors {
                assert!(!error.to_string().is_empty());
                if let Some(place) = our_element(error, &["ST", "BEG", "N1", "PO1", "PO1", "SE"]) {
                    assert!(place.position.is_none_or(|n| (1..=6).contains(&n)));
                    let _ = place.to_string();
                }
            }
        }
    }
}

/// Bytes, values, bytes, values: the same ones, wherever the writer takes them.
pub fn x12_round_trip(bytes: &[u8]) {
    for (header, sets) in interchanges(bytes).into_iter().filter(|i| i.0.standard == Standard::X12) {
        if header.delimiters.release.is_some() {
            continue;
        }
        let Some(written) = write_x12(&header, &sets) else { continue };
        assert_eq!(sets, only_sets(&written), "{}", String::from_utf8_lossy(&written));
    }
}

/// As [`x12_round_trip`].
pub fn edifact_round_trip(bytes: &[u8]) {
    for (header, sets) in interchanges(bytes).into_iter().filter(|i| i.0.standard == Standard::Edifact) {
        let Some(written) = write_edifact(&header, &sets) else { continue };
        assert_eq!(sets, only_sets(&written), "{}", String::from_utf8_lossy(&written));
    }
}

/// Whole, and in pieces of a few bytes; the length says how few.
fn same_in_pieces(bytes: &[u8], read: impl Fn(&mut dyn BufRead) -> (Vec<String>, Accounted)) {
    let (whole, accounted) = read(&mut &bytes[..]);
    assert_eq!(accounted.total(), bytes.len() as u64);
    let mut pieces = BufReader::with_capacity(8, Pieces { bytes, size: bytes.len() % 97 + 1 });
    let (pieced, accounted_pieced) = read(&mut pieces);
    assert_eq!(whole, pieced);
    assert_eq!(accounted, accounted_pieced);
}

struct Pieces<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.size.min(buffer.len()).min(self.bytes.len());
        buffer[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

/// Validated, shown, judged and answered.
fn judge(bytes: &[u8]) {
    let mut reader = Reader::new(bytes, Limits::default());
    let examination = examine(&mut reader, Tolerance::Strict, |_, validated| {
        if let Some(validated) = validated {
            let _ = to_json(validated);
        }
    })
    .unwrap();
    for result in &examination.interchanges {
        match result.header.standard {
            Standard::X12 => answer_x12(result),
            Standard::Edifact => answer_edifact(result),
        }
    }
}

fn answer_x12(result: &InterchangeResult) {
    for (form, version) in [(Form::Functional, "004010"), (Form::Implementation, "005010X231A1")] {
        let envelope = x12::writer::Envelope { group_version: version.to_string(), ..x12_envelope(None) };
        if let Ok(Some(answer)) = acknowledgement::write_as(result, &envelope, true, form) {
            clean(&answer);
        }
    }
}

fn answer_edifact(result: &InterchangeResult) {
    let envelope = edifact_envelope(None);
    for report in [contrl::Report::Verdict, contrl::Report::EveryMessage, contrl::Report::Receipt] {
        if let Ok(Some(answer)) = contrl::write(result, &envelope, report) {
            clean(&answer);
        }
    }
}

/// What we answer has a faultless envelope, and its sets read as an acknowledgement.
fn clean(answer: &[u8]) {
    let mut reader = Reader::new(answer, Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Set(set) => {
                assert!(set.findings.is_empty(), "{:?}", set.findings);
                assert!(Schema::of(&set).is_none_or(|_| acknowledgement::read(&set).is_some() || contrl::read(&set).is_some()));
            }
            Event::GroupEnd { findings, .. } | Event::InterchangeEnd { findings, .. } => {
                assert!(findings.is_empty(), "{findings:?}");
            }
            Event::Stray(finding) => panic!("{finding:?}"),
            _ => {}
        }
    }
}

/// Tag, and the components of each element; nothing empty at the end.
type Values = Vec<(String, Vec<Vec<String>>)>;
type Sets = Vec<(String, Values)>;

fn values(segment: &Segment<'_>) -> (String, Vec<Vec<String>>) {
    let mut elements: Vec<Vec<String>> = Vec::new();
    for number in 1..=segment.elements().count() {
        let count = segment.components(number).count();
        let mut components: Vec<String> =
            (1..=count).map(|c| segment.component_text(number, c).into_owned()).collect();
        while components.last().is_some_and(String::is_empty) {
            components.pop();
        }
        elements.push(components);
    }
    while elements.last().is_some_and(Vec::is_empty) {
        elements.pop();
    }
    (segment.tag().to_string(), elements)
}

/// Every interchange with its sets that can be written again: no binary data, no repetitions, tags that are ones.
fn interchanges(bytes: &[u8]) -> Vec<(Interchange, Sets)> {
    let mut found: Vec<(Interchange, Sets)> = Vec::new();
    let mut reader = Reader::new(bytes, Limits::default());
    while let Some(event) = reader.next_event().unwrap() {
        match event {
            Event::Interchange(header) => found.push((header, Vec::new())),
            Event::Set(set) if plain(&set) => {
                if let Some((_, sets)) = found.last_mut() {
                    sets.push((set.code.clone(), body(&set)));
                }
            }
            _ => {}
        }
    }
    found
}

fn only_sets(bytes: &[u8]) -> Sets {
    interchanges(bytes).into_iter().flat_map(|(_, sets)| sets).collect()
}

fn body(set: &TransactionSet<'_>) -> Values {
    let inner = set.segments.iter().skip(1);
    inner.filter(|s| !matches!(s.tag(), "SE" | "UNT")).map(values).collect()
}

fn plain(set: &TransactionSet<'_>) -> bool {
    let tag = |s: &Segment<'_>| {
        let tag = s.tag();
        (2..=3).contains(&tag.len())
            && tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && tag.as_bytes()[0].is_ascii_uppercase()
            && !matches!(tag, "BIN" | "BDS" | "ISA")
    };
    let repeats = |s: &Segment<'_>| s.delimiters.repetition.is_some_and(|r| s.bytes.contains(&r));
    set.segments.iter().all(|s| tag(s) && !repeats(s)) && set.code.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn x12_envelope(header: Option<&Interchange>) -> x12::writer::Envelope {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_string(), id: id.to_string() };
    x12::writer::Envelope {
        sender: party("ORCHARD"),
        receiver: party("GREENFIELD"),
        group_sender: "ORCHARD".to_string(),
        group_receiver: "GREENFIELD".to_string(),
        date: "20260105".to_string(),
        time: "0930".to_string(),
        interchange_version: header.map_or("00401".to_string(), |h| h.version.clone()),
        group_version: "004010".to_string(),
        interchange_control_number: 1,
        group_control_number: 1,
        acknowledgement_requested: false,
        usage: 'P',
        delimiters: header.map_or(portway_edi::Delimiters::X12, |h| h.delimiters),
    }
}

fn write_x12(header: &Interchange, sets: &Sets) -> Option<Vec<u8>> {
    use x12::writer::{InData, Value, Writer};
    let mut writer = Writer::new(&x12_envelope(Some(header)), InData::Refuse).ok()?;
    writer.begin_group("PO").ok()?;
    for (code, segments) in sets {
        writer.begin_set(code).ok()?;
        for (tag, elements) in segments {
            let texts: Vec<Vec<&str>> =
                elements.iter().map(|e| e.iter().map(String::as_str).collect()).collect();
            let values: Vec<Value<'_>> = texts
                .iter()
                .map(|e| match e[..] {
                    [] => Value::Simple(""),
                    [only] => Value::Simple(only),
                    _ => Value::Composite(e),
                })
                .collect();
            writer.segment_of(tag, &values).ok()?;
        }
    }
    writer.finish().ok()
}

fn edifact_envelope(header: Option<&Interchange>) -> edifact::writer::Envelope {
    let party = |id: &str| PartyId { qualifier: "14".to_string(), id: id.to_string() };
    let syntax = header.and_then(|h| h.edifact.as_ref());
    edifact::writer::Envelope {
        syntax: syntax.map_or("UNOC".to_string(), |s| s.identifier.clone()),
        syntax_version: syntax.map_or(3, |s| s.version),
        sender: party("5412345000013"),
        receiver: party("4012345000009"),
        sender_internal: String::new(),
        receiver_internal: String::new(),
        date: "20260105".to_string(),
        time: "0930".to_string(),
        reference: "1".to_string(),
        application: String::new(),
        agreement: String::new(),
        acknowledgement_requested: false,
        test: false,
        service_string: true,
        delimiters: header.map_or(portway_edi::Delimiters::EDIFACT, |h| h.delimiters),
    }
}

fn write_edifact(header: &Interchange, sets: &Sets) -> Option<Vec<u8>> {
    use edifact::writer::{Foreign, Value, Writer};
    let mut writer = Writer::new(&edifact_envelope(Some(header)), Foreign::Refuse).ok()?;
    for (code, segments) in sets {
        writer.begin_message(code, "D:96A:UN").ok()?;
        for (tag, elements) in segments {
            let texts: Vec<Vec<&str>> =
                elements.iter().map(|e| e.iter().map(String::as_str).collect()).collect();
            let values: Vec<Value<'_>> = texts
                .iter()
                .map(|e| match e[..] {
                    [] => Value::Simple(""),
                    [only] => Value::Simple(only),
                    _ => Value::Composite(e),
                })
                .collect();
            writer.segment_of(tag, &values).ok()?;
        }
    }
    writer.finish().ok()
}
