//! What the writer writes, refuses and replaces; and that what was read can be written again, byte for byte.

use super::contrl::envelope;
use super::{counted, read};
use portway_edi::Delimiters;
use portway_edi::edifact::reader::Reader;
use portway_edi::edifact::sample::{Extent, sample, version_of};
use portway_edi::edifact::writer::{Envelope, Foreign, Value, WriteError, Writer};
use portway_edi::interchange::{Event, Limits};
use portway_edi::schema::shipped_edifact;

fn order(envelope: &Envelope, foreign: Foreign, note: &str) -> Result<String, WriteError> {
    let mut writer = Writer::new(envelope, foreign)?;
    writer.begin_message("ORDERS", "D:96A:UN:EAN008")?;
    writer.segment("BGM", &["220", "4500123", "9", ""])?;
    writer.segment_of("DTM", &[Value::Composite(&["137", "20260105", "102"])])?;
    writer.segment_of(
        "FTX",
        &[Value::Simple("AAI"), Value::Simple(""), Value::Simple(""), Value::Composite(&[note, "", ""])],
    )?;
    writer.segment_of("NAD", &[Value::Simple("BY"), Value::Composite(&["4012345000009", "", "9"])])?;
    writer.segment("LIN", &["1"])?;
    writer.segment("UNS", &["S"])?;
    Ok(envelope.syntax.clone() + &String::from_utf8_lossy(&writer.finish()?))
}

fn note(foreign: Foreign, syntax: &str, text: &str) -> Result<String, WriteError> {
    let envelope = Envelope { syntax: syntax.to_string(), ..envelope(3) };
    let text = order(&envelope, foreign, text)?;
    let start = text.find("FTX+AAI+++").map(|at| at + 10).unwrap_or(0);
    let rest = &text[start..];
    Ok(rest[..rest.find("'NAD").unwrap()].to_string())
}

#[test]
fn counts_references_and_separators_are_the_writers() {
    let text = order(&envelope(3), Foreign::Refuse, "a").unwrap();
    assert_eq!(
        &text[4..],
        "UNB+UNOC:3+4098765000010:14+4012345000009:14+260106:0815+41++++++1'UNH+1+ORDERS:D:96A:UN:EAN008'\
         BGM+220+4500123+9'DTM+137:20260105:102'FTX+AAI+++a'NAD+BY+4012345000009::9'LIN+1'UNS+S'UNT+8+1'UNZ+1+41'"
    );
    assert!(read(&text.as_bytes()[4..]).findings.is_empty());
}

#[test]
fn delimiters_in_data_are_released() {
    assert_eq!(note(Foreign::Refuse, "UNOC", "it's 1+1:2?").unwrap(), "it?'s 1?+1?:2??");
    assert_eq!(note(Foreign::Refuse, "UNOC", "ends in :").unwrap(), "ends in ?:");
}

/// Two bytes a character (ISO 2022): the halves of one are never released, and read back as they were written.
#[test]
fn two_byte_characters_are_written_as_runs() {
    let written = note(Foreign::Refuse, "UNOX", "1+1 ェカズタ婚辱 ok").unwrap();
    assert_eq!(written, "1?+1 \u{1b}$B%'%+%:%?:'?+\u{1b}(B ok");
    let envelope = Envelope { syntax: "UNOX".to_string(), ..envelope(3) };
    let text = order(&envelope, Foreign::Refuse, "1+1 ェカズタ婚辱 ok").unwrap();
    let mut reader = Reader::new(&text.as_bytes()[4..], Limits::default());
    let mut read = Vec::new();
    while let Some(event) = reader.next_event().unwrap() {
        if let Event::Set(set) = event {
            let ftx = set.segments.iter().find(|s| s.tag() == "FTX").unwrap();
            read.push(ftx.component_text(4, 1).into_owned());
        }
    }
    assert_eq!(read, ["1+1 ェカズタ婚辱 ok"]);
}

#[test]
fn without_a_release_character_delimiters_are_refused_or_replaced() {
    let bare = Envelope { delimiters: Delimiters { release: None, ..Delimiters::EDIFACT }, ..envelope(3) };
    assert!(matches!(
        order(&bare, Foreign::Refuse, "1+1"),
        Err(WriteError::CharacterInData { character: '+', .. })
    ));
    let text = order(&bare, Foreign::ReplaceWith(' '), "1+1").unwrap();
    assert!(text.contains("UNA:+.  'UNB") && text.contains("FTX+AAI+++1 1'"), "{text}");
}

#[test]
fn una_is_written_where_it_is_needed() {
    let other = Envelope { delimiters: Delimiters { segment: b'~', ..Delimiters::EDIFACT }, ..envelope(3) };
    assert!(order(&other, Foreign::Refuse, "a").unwrap()[4..].starts_with("UNA:+.? ~UNB+"));
    let asked = Envelope { service_string: true, ..envelope(4) };
    assert!(order(&asked, Foreign::Refuse, "a").unwrap()[4..].starts_with("UNA:+.?*'UNB+"));
    assert!(order(&envelope(4), Foreign::Refuse, "a").unwrap()[4..].starts_with("UNB+UNOC:4+"));
}

#[test]
fn foreign_characters_are_refused_written_otherwise_or_replaced() {
    let foreign = |syntax, text| note(Foreign::Transliterate, syntax, text).unwrap();
    assert_eq!(foreign("UNOA", "Müller & Söhne"), "MUELLER & SOEHNE");
    assert_eq!(foreign("UNOB", "Müller naïve Łódź"), "Mueller naive Lodz");
    assert_eq!(note(Foreign::Refuse, "UNOW", "Łódź").unwrap(), "Łódź");
    let refused = note(Foreign::Refuse, "UNOB", "Müller");
    assert!(
        matches!(refused, Err(WriteError::CharacterInData { character: 'ü', element: 4, .. })),
        "{refused:?}"
    );
    assert!(note(Foreign::Transliterate, "UNOB", "漢").is_err());
    assert_eq!(note(Foreign::ReplaceWith('.'), "UNOB", "漢字").unwrap(), "..");
    assert_eq!(note(Foreign::ReplaceWith(' '), "UNOC", "a\nb").unwrap(), "a b");
}

#[test]
fn groups_are_written() {
    let mut writer = Writer::new(&envelope(3), Foreign::Refuse).unwrap();
    for _ in 0..2 {
        writer.begin_group("ORDERS", "D:96A:UN:EAN008").unwrap();
        writer.begin_message("ORDERS", "D:96A:UN:EAN008").unwrap();
        writer.segment("BGM", &["220"]).unwrap();
        writer.segment_of("DTM", &[Value::Composite(&["137", "20260105", "102"])]).unwrap();
        writer.segment_of("NAD", &[Value::Simple("BY")]).unwrap();
        writer.segment("LIN", &["1"]).unwrap();
        writer.segment("UNS", &["S"]).unwrap();
    }
    let bytes = writer.finish().unwrap();
    let reading = read(&bytes);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    assert!(String::from_utf8(bytes).unwrap().ends_with("UNT+7+2'UNE+1+2'UNZ+2+41'"));
}

#[test]
fn what_does_not_fit_or_is_out_of_place_is_refused() {
    let long = Envelope { reference: "123456789012345".to_string(), ..envelope(3) };
    assert!(matches!(
        Writer::new(&long, Foreign::Refuse),
        Err(WriteError::DoesNotFit { element: "0020", .. })
    ));
    let same = Envelope { delimiters: Delimiters { element: b':', ..Delimiters::EDIFACT }, ..envelope(3) };
    assert!(Writer::new(&same, Foreign::Refuse).is_err());
    let mut writer = Writer::new(&envelope(3), Foreign::Refuse).unwrap();
    assert!(matches!(writer.segment("BGM", &["220"]), Err(WriteError::OutOfPlace { .. })));
    // Inside a message a header would be read as the next interchange.
    writer.begin_message("ORDERS", "D:96A:UN").unwrap();
    for tag in ["UNB", "UNH", "UNT", "UNZ"] {
        assert!(matches!(writer.segment(tag, &["UNOC:3"]), Err(WriteError::OutOfPlace { .. })), "{tag}");
    }
    writer.begin_message("ORDERS", "D:96A:UN").unwrap();
    let repeated = Value::Repeated(&[Value::Simple("1"), Value::Simple("2")]);
    assert!(writer.segment_of("BGM", &[repeated]).is_err());
    writer.end_message().unwrap();
    assert!(matches!(writer.begin_group("ORDERS", "D:96A:UN"), Err(WriteError::OutOfPlace { .. })));
}

#[test]
fn what_is_read_is_written_again_byte_for_byte() {
    for (message, directory) in shipped_edifact() {
        for extent in [Extent::Least, Extent::Whole] {
            let bytes = sample(message, directory, extent).unwrap();
            let version = if directory == "v4" { 4 } else { 3 };
            let sample_envelope = Envelope {
                sender: envelope(3).receiver,
                receiver: envelope(3).sender,
                date: "20260105".to_string(),
                time: "0930".to_string(),
                reference: "1".to_string(),
                service_string: true,
                ..envelope(version)
            };
            let mut writer = Writer::new(&sample_envelope, Foreign::Refuse).unwrap();
            let mut reader = Reader::new(&bytes[..], Limits::default());
            while let Some(event) = reader.next_event().unwrap() {
                let Event::Set(set) = event else { continue };
                writer.begin_message(&set.code, version_of(directory)).unwrap();
                for segment in &set.segments[1..set.segments.len() - 1] {
                    let texts: Vec<Vec<String>> = (1..=segment.elements().count())
                        .map(|n| {
                            segment.components(n).map(|part| segment.decoded(part).into_owned()).collect()
                        })
                        .collect();
                    let parts: Vec<Vec<&str>> =
                        texts.iter().map(|parts| parts.iter().map(String::as_str).collect()).collect();
                    let values: Vec<Value<'_>> = parts.iter().map(|parts| Value::Composite(parts)).collect();
                    writer.segment_of(segment.tag(), &values).unwrap();
                }
            }
            let written = writer.finish().unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), String::from_utf8(bytes).unwrap());
        }
    }
    assert!(counted("").is_empty());
}
