//! What the writer builds, and what it refuses.

use super::reading::read;
use portway_edi::Delimiters;
use portway_edi::x12::PartyId;
use portway_edi::x12::writer::{Envelope, InData, Value, WriteError, Writer};

fn envelope() -> Envelope {
    let party = |id: &str| PartyId { qualifier: "ZZ".to_string(), id: id.to_string() };
    Envelope {
        sender: party("ORCHARD"),
        receiver: party("GREENFIELD"),
        group_sender: "ORCHARD".to_string(),
        group_receiver: "GREENFIELD".to_string(),
        date: "20260106".to_string(),
        time: "0815".to_string(),
        interchange_version: "00401".to_string(),
        group_version: "004010".to_string(),
        interchange_control_number: 41,
        group_control_number: 12,
        acknowledgement_requested: true,
        usage: 'P',
        delimiters: Delimiters::X12,
    }
}

#[test]
fn counts_and_control_numbers_are_the_writers() {
    let mut writer = Writer::new(&envelope(), InData::Refuse).unwrap();
    for _ in 0..2 {
        writer.begin_group("PO").unwrap();
        for _ in 0..2 {
            writer.begin_set("850").unwrap();
            writer.segment("BEG", &["00", "SA", "4500123", "", "20260105", "", ""]).unwrap();
            writer.segment("PO1", &["", "4", "EA", "3.25"]).unwrap();
            writer
                .segment_of(
                    "SLN",
                    &[
                        Value::Simple("1"),
                        Value::Simple(""),
                        Value::Simple("I"),
                        Value::Simple("2"),
                        Value::Composite(&["EA", "", ""]),
                    ],
                )
                .unwrap();
        }
    }
    let bytes = writer.finish().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(
        "ST*850*0002~BEG*00*SA*4500123**20260105~PO1**4*EA*3.25~SLN*1**I*2*EA~SE*5*0002~GE*2*12~GS*PO*"
    ));
    assert!(text.ends_with("SE*5*0002~GE*2*13~IEA*2*000000041~"));
    let reading = read(&bytes);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    assert_eq!(reading.sets, 4);
    assert!(reading.results[0].header.acknowledgement_requested);
}

#[test]
fn delimiters_in_data_are_refused_or_replaced() {
    let mut writer = Writer::new(&envelope(), InData::Refuse).unwrap();
    writer.begin_group("PO").unwrap();
    writer.begin_set("850").unwrap();
    for bad in ["a*b", "a~b", "a>b", "a\nb"] {
        let error = writer.segment("N3", &["Lane", bad]).unwrap_err();
        let value = bad.to_string();
        assert_eq!(error, WriteError::DelimiterInData { segment: "N3".to_string(), element: 2, value });
    }
    // What was refused left no trace in the text.
    writer.segment("N3", &["Lane^"]).unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert!(text.contains("ST*850*0001~N3*Lane^~SE*"), "{text}");

    let mut writer = Writer::new(&envelope(), InData::ReplaceWith(b' ')).unwrap();
    writer.begin_group("PO").unwrap();
    writer.begin_set("850").unwrap();
    writer.segment("N3", &["a*b~c>d\ne"]).unwrap();
    assert!(String::from_utf8(writer.finish().unwrap()).unwrap().contains("N3*a b c d e~"));
}

#[test]
fn header_fields_must_fit() {
    type Change = fn(&mut Envelope);
    let cases: [(&str, Change); 8] = [
        ("ISA06", |e| e.sender.id = "SIXTEEN LETTERS!".to_string()),
        ("ISA08", |e| e.receiver.id = String::new()),
        ("ISA06", |e| e.sender.id = "A*B".to_string()),
        ("ISA05", |e| e.sender.qualifier = "Z".to_string()),
        ("ISA09", |e| e.date = "2601".to_string()),
        ("ISA10", |e| e.time = "081500".to_string()),
        ("ISA12", |e| e.interchange_version = "4010".to_string()),
        ("ISA13", |e| e.interchange_control_number = 1_000_000_000),
    ];
    for (expected, change) in cases {
        let mut envelope = envelope();
        change(&mut envelope);
        match Writer::new(&envelope, InData::Refuse).unwrap_err() {
            WriteError::DoesNotFit { element, .. } => assert_eq!(element, expected),
            other => panic!("{expected}: {other}"),
        }
    }
}

#[test]
fn segments_stand_where_they_belong() {
    let mut writer = Writer::new(&envelope(), InData::Refuse).unwrap();
    assert!(matches!(writer.begin_set("850"), Err(WriteError::OutOfPlace { .. })));
    assert!(matches!(writer.segment("BEG", &[]), Err(WriteError::OutOfPlace { .. })));
    writer.begin_group("PO").unwrap();
    assert!(matches!(
        writer.interchange_acknowledgement(&["", "", "", "", ""]),
        Err(WriteError::OutOfPlace { .. })
    ));
}

#[test]
fn a_repetition_separator_takes_isa11() {
    let mut envelope = envelope();
    envelope.interchange_version = "00501".to_string();
    envelope.delimiters.repetition = Some(b'^');
    let bytes = Writer::new(&envelope, InData::Refuse).unwrap().finish().unwrap();
    assert_eq!(read(&bytes).results[0].header.delimiters.repetition, Some(b'^'));
}
